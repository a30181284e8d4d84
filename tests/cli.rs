//! The command line from outside: exit codes, messages, exports, streams that close.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("vigie"));
        command
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("VIGIE_DATA", self.path().join("data"))
            .env("VIGIE_CONFIG", self.path().join("config"))
            .env("VIGIE_STATE", self.path().join("state"))
            .env("LANG", "en_GB.UTF-8")
            .env("TERM", "dumb");
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).stdin(Stdio::null()).output().unwrap()
    }

    fn typed(&self, args: &[&str], lines: &str) -> Output {
        let mut child =
            self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// A REAL incident with these lines; its folder.
    fn incident(&self, lines: &str) -> PathBuf {
        let output = self.typed(&["open", "Numéros d'urgence", "--as", "m.durand/SAMU 59/director"], lines);
        assert_eq!(code(&output), 0, "{}", text(&output));
        let mut found: Vec<PathBuf> =
            fs::read_dir(self.path().join("data/real")).unwrap().map(|e| e.unwrap().path()).collect();
        found.sort();
        found.pop().unwrap()
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn chain(folder: &Path) -> PathBuf {
    fs::read_dir(folder.join("chains")).unwrap().next().unwrap().unwrap().path()
}

#[test]
fn exit_codes_are_as_documented() {
    let world = World::new();
    let broken = world.write("broken.toml", "[scenario]\ntitle = 3\n");
    let sheet = world.write("sheet.toml", "id = \"x\"\n");
    let cases: &[(&[&str], i32)] = &[
        (&["--help"], 0),
        (&["--version"], 0),
        (&["simulate", "--help"], 0),
        (&["completions", "bash"], 0),
        (&["man"], 0),
        (&["config", "print"], 0),
        (&["config", "path"], 0),
        (&["config", "check"], 0),
        (&["scenario", "list"], 0),
        (&["playbook", "list"], 0),
        (&["no-such-command"], 2),
        (&["simulate"], 2),
        (&["simulate", "france-2021-06-02", "--runs", "0"], 2),
        (&["simulate", "france-2021-06-02", "--until", "noon"], 2),
        (&["exercise", "france-2021-06-02", "--speed", "0"], 2),
        (&["exercise", "france-2021-06-02", "--speed", "601"], 2),
        (&["exercise", "france-2021-06-02", "--perimeter", "everywhere"], 2),
        (&["open", " "], 2),
        (&["config", "print", "--lang", "de"], 2),
        (&[], 2),
        (&["verify"], 4),
        (&["verify", "no-such-incident"], 4),
        (&["watch"], 4),
        (&["replay", "no-such-incident"], 4),
        (&["simulate", "no-such-scenario"], 4),
        (&["scenario", "check", broken.to_str().unwrap()], 4),
        (&["exercise", broken.to_str().unwrap()], 4),
        (&["playbook", "show", "no-such-playbook"], 4),
        (&["playbook", "lint", sheet.to_str().unwrap()], 4),
        (&["import", "no-such.csv", "--mapping", "no-such.toml"], 4),
    ];
    for (args, expected) in cases {
        let output = world.run(args);
        assert_eq!(code(&output), *expected, "vigie {}\n{}", args.join(" "), text(&output));
        if *expected != 0 {
            assert!(!output.stderr.is_empty(), "vigie {} says why", args.join(" "));
            assert!(output.stdout.is_empty(), "vigie {}", args.join(" "));
        }
        assert!(!text(&output).contains("panicked"), "vigie {}\n{}", args.join(" "), text(&output));
    }
}

#[test]
fn help_and_documentation_name_the_same_codes_and_commands() {
    let world = World::new();
    let help = text(&world.run(&["--help"]));
    let docs = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md")).unwrap();
    for code in 0..=4 {
        assert!(help.lines().any(|line| line.trim_start().starts_with(&format!("{code}  "))), "{code} in help");
        assert!(docs.contains(&format!("| {code} |")), "{code} in docs/cli.md");
    }
    for command in vigie::cli::command().get_subcommands() {
        assert!(docs.contains(&format!("`vigie {}", command.get_name())), "{} in docs/cli.md", command.get_name());
    }
}

#[test]
fn a_broken_configuration_names_file_line_and_mend() {
    let world = World::new();
    world.write("config/config.toml", "lang = \"fr\"\ncolour = true\n");
    let output = world.run(&["config", "check"]);
    assert_eq!(code(&output), 4);
    assert!(text(&output).contains("config.toml:2:1: "), "{}", text(&output));
    // The path is told all the same.
    assert_eq!(code(&world.run(&["config", "path"])), 0);
    assert_eq!(code(&world.run(&["doctor"])), 1);
}

#[test]
fn typed_lines_are_kept_verified_and_exported() {
    let world = World::new();
    let folder =
        world.incident("chute des appels\n:decision isoler CS 1 -- trois centres muets\n:note =1+1\n:close fin\n");
    let verify = world.run(&["verify", folder.to_str().unwrap()]);
    assert_eq!(code(&verify), 0, "{}", text(&verify));
    for (format, name) in [("md", "REAL_"), ("csv", "REAL_"), ("jsonl", "REAL_")] {
        let output = world.run(&["export", "--format", format, "--output", "out"]);
        assert_eq!(code(&output), 0, "{}", text(&output));
        assert!(text(&output).contains(name), "{}", text(&output));
    }
    let read = |extension: &str| {
        let found = fs::read_dir(world.path().join("out")).unwrap().map(|e| e.unwrap().path());
        let path = found.into_iter().find(|path| path.extension().is_some_and(|e| e == extension)).unwrap();
        fs::read_to_string(path).unwrap()
    };
    let markdown = read("md");
    assert!(markdown.starts_with("# REAL") && markdown.contains("trois centres muets"), "{markdown}");
    let csv = read("csv");
    assert!(csv.contains("'=1+1") && !csv.contains(",=1+1"), "{csv}");
    let semicolons = world.run(&["export", "--format", "csv", "--separator", ";", "--output", "-"]);
    assert!(text(&semicolons).lines().all(|line| line.matches(';').count() >= 16), "{}", text(&semicolons));
    let evidence =
        fs::read_dir(world.path().join("out")).unwrap().map(|e| e.unwrap().path()).find(|p| p.is_dir()).unwrap();
    let python = Command::new("python3").arg("verify.py").arg(".").current_dir(&evidence).output();
    if let Ok(python) = python {
        assert!(python.status.success(), "{}", text(&python));
    }
    let jsonl = world.run(&["export", "--format", "jsonl", "--output", "-"]);
    let lines = text(&jsonl);
    assert_eq!(lines.lines().count(), 5);
    assert!(lines.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    assert!(lines.starts_with("{\"v\":1,\"inc\":") && lines.contains("\"mode\":\"real\""));
}

#[test]
fn an_altered_log_is_exit_code_3_and_names_the_line() {
    let world = World::new();
    let folder = world.incident("un\ndeux\ntrois\n:close fin\n");
    let path = chain(&folder);
    let good = fs::read(&path).unwrap();
    let mut bad = good.clone();
    let at = good.windows(4).position(|bytes| bytes == b"deux").unwrap();
    bad[at] = b'D';
    fs::write(&path, &bad).unwrap();
    let output = world.run(&["verify"]);
    assert_eq!(code(&output), 3, "{}", text(&output));
    assert!(text(&output).contains(".jsonl"), "{}", text(&output));
    // The tail of a closed log is cut.
    let last = good[..good.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap();
    fs::write(&path, &good[..=last]).unwrap();
    assert_eq!(code(&world.run(&["verify"])), 3);
    fs::write(&path, &good).unwrap();
    assert_eq!(code(&world.run(&["verify"])), 0);
}

#[test]
fn a_pipe_that_closes_is_not_an_error() {
    let world = World::new();
    for args in
        [&["man"][..], &["completions", "zsh"], &["config", "print"], &["playbook", "show", "call-server-failure"]]
    {
        let mut child = world.command(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(code(&output), 0, "{args:?}: {}", text(&output));
        assert!(output.stderr.is_empty(), "{args:?}: {}", text(&output));
    }
}

#[test]
fn what_is_typed_cannot_disturb_a_terminal() {
    let world = World::new();
    let output = world.typed(&["open", "x", "--as", "a/b/director"], "avant \u{1b}[31m rouge \u{202e} envers\u{7}\n");
    let shown = text(&output);
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{shown:?}");
    for format in ["md", "csv", "jsonl"] {
        let export = world.run(&["export", "--format", format, "--output", "-"]);
        assert!(!text(&export).contains(['\u{1b}', '\u{202e}', '\u{7}']), "{format}");
    }
}

#[test]
fn simulate_does_not_depend_on_threads() {
    let world = World::new();
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sim/tests/small.toml");
    let figures = |threads: &str| {
        let args = ["simulate", small.to_str().unwrap(), "--runs", "5", "--json", "--threads", threads];
        let output = world.run(&args);
        assert_eq!(code(&output), 0, "{}", text(&output));
        assert!(output.stderr.is_empty(), "no bar where there is no terminal: {}", text(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    let one = figures("1");
    assert_eq!(one, figures("2"));
    assert_eq!(one, figures("5"));
    let report: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(report["runs"], 5);
    assert!(report["window"]["denominator"].as_str().unwrap().contains("attempts"));
    let attempts = report["figures"].as_array().unwrap().iter().find(|row| row["figure"] == "window.attempts").unwrap();
    assert!(attempts["mean"].as_f64().unwrap() > 1_000.0 && attempts["sd"].as_f64().unwrap() > 0.0, "{attempts}");
}

#[test]
fn an_exercise_runs_as_plain_text_and_can_be_watched_followed_and_replayed() {
    let world = World::new();
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sim/tests/small.toml");
    let output = world.typed(
        &["exercise", small.to_str().unwrap(), "--lang", "fr"],
        ":jump +5m\nun fait\n:message SDIS 95: un essai\n:message sans personne\n",
    );
    assert_eq!(code(&output), 0, "{}", text(&output));
    assert!(text(&output).starts_with("EXERCICE"), "{}", text(&output));
    let followed = world.run(&["follow", "--plain", "--once", "--lang", "fr"]);
    assert_eq!(code(&followed), 0, "{}", text(&followed));
    assert!(text(&followed).contains("un fait"), "{}", text(&followed));
    assert!(text(&followed).contains("un essai") && text(&followed).contains("SDIS 95"), "{}", text(&followed));
    assert!(!text(&followed).contains("sans personne"), "{}", text(&followed));
    let verified = world.run(&["verify"]);
    assert_eq!(code(&verified), 0, "{}", text(&verified));
    let taken_up = world.typed(&["resume"], "de nouveau\n");
    assert_eq!(code(&taken_up), 0, "{}", text(&taken_up));
    let inc = fs::read_dir(world.path().join("data/exercise")).unwrap().next().unwrap().unwrap().file_name();
    let replayed = world.typed(&["replay", inc.to_str().unwrap(), "--speed", "600"], "une remarque\n");
    assert_eq!(code(&replayed), 0, "{}", text(&replayed));
    assert!(text(&replayed).starts_with("REPLAY"), "{}", text(&replayed));
    assert_eq!(fs::read_dir(world.path().join("data/replay")).unwrap().count(), 1);
}

#[test]
fn a_past_log_is_imported_and_replayed() {
    let world = World::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/import");
    let (csv, mapping) = (data.join("main-courante.csv"), data.join("main-courante.toml"));
    let args = ["import", csv.to_str().unwrap(), "--mapping", mapping.to_str().unwrap()];
    let output = world.run(&args);
    assert_eq!(code(&output), 0, "{}", text(&output));
    let verified = world.run(&["verify"]);
    assert_eq!(code(&verified), 0, "{}", text(&verified));
    let inc = fs::read_dir(world.path().join("data/replay")).unwrap().next().unwrap().unwrap().file_name();
    let replayed = world.typed(&["replay", inc.to_str().unwrap()], "");
    assert_eq!(code(&replayed), 0, "{}", text(&replayed));
    let broken = world.write("broken.toml", "zone = \"Paris\"\n");
    let refused = world.run(&["import", csv.to_str().unwrap(), "--mapping", broken.to_str().unwrap()]);
    assert_eq!(code(&refused), 4);
    assert!(text(&refused).contains("broken.toml:1:"), "{}", text(&refused));
}

#[test]
fn a_csv_export_comes_back_the_same_and_a_redacted_one_names_nobody() {
    let world = World::new();
    let typed = "~17:40 =1+1 chez Mme Durand\nun autre fait\n:jump +5m\n";
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sim/tests/small.toml");
    let written = world.typed(&["exercise", small.to_str().unwrap(), "--as", "m.durand/SAMU/director"], typed);
    assert_eq!(code(&written), 0, "{}", text(&written));
    let csv = |separator: &str| {
        let output = world.run(&["export", "--format", "csv", "--separator", separator, "--output", "-"]);
        assert_eq!(code(&output), 0, "{}", text(&output));
        output.stdout
    };
    let first = csv(";");
    let redacted = world.run(&["export", "--format", "csv", "--redact", "--output", "-"]);
    assert!(!text(&redacted).contains("Durand") && !text(&redacted).contains("m.durand"), "{}", text(&redacted));
    assert!(text(&redacted).contains("masked"), "{}", text(&redacted));
    assert_eq!(code(&world.run(&["export", "--format", "jsonl", "--redact", "--output", "-"])), 2);
    let file = world.path().join("log.csv");
    fs::write(&file, &first).unwrap();
    let imported = world.run(&["import", file.to_str().unwrap(), "--mapping", "vigie"]);
    assert_eq!(code(&imported), 0, "{}", text(&imported));
    assert_eq!(code(&world.run(&["verify"])), 0);
    assert_eq!(String::from_utf8_lossy(&csv(";")), String::from_utf8_lossy(&first));
}

#[test]
fn reports_and_the_paper_kit_are_written_with_the_mode_first() {
    let world = World::new();
    let opened = world.typed(&["open", "Numéros", "--as", "m.durand/SAMU/director"], "chute des appels\n");
    assert_eq!(code(&opened), 0, "{}", text(&opened));
    for (what, word) in [("sitrep", "chute des appels"), ("can", "REAL"), ("handover", "REAL")] {
        for format in ["md", "html", "txt"] {
            let args = ["report", what, "--format", format, "--output", "-", "--lang", "en"];
            let output = world.run(&args);
            assert_eq!(code(&output), 0, "{}", text(&output));
            assert!(text(&output).contains(word) && text(&output).contains("REAL"), "{what} {format}");
        }
        let folder = world.path().join("reports");
        let output = world.run(&["report", what, "--output", folder.to_str().unwrap()]);
        assert!(text(&output).contains("/REAL_"), "{}", text(&output));
    }
    let none = world.run(&["report", "sitrep", "--number", "7"]);
    assert_eq!(code(&none), 4, "{}", text(&none));
    let folder = world.path().join("paper");
    let output = world.run(&["paper", "--output", folder.to_str().unwrap(), "--sheets", "2"]);
    assert_eq!(code(&output), 0, "{}", text(&output));
    let files: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert!(
        files.iter().all(|file| file.starts_with("BLANK_") && Path::new(file).extension().is_some_and(|e| e == "html")),
        "{files:?}"
    );
    for lang in ["fr", "en"] {
        assert!(files.iter().filter(|file| file.contains(&format!("_{lang}-"))).count() > 6, "{files:?}");
    }
}

/// A chronogramme of 60 injects as a French spreadsheet writes it: byte order mark, `;`, `17h05`, quoted line breaks.
#[test]
fn a_chronogramme_comes_in_from_a_spreadsheet_or_is_refused_line_by_line() {
    let world = World::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/chronogramme");
    let good = world.run(&["plan", "import", data.join("plan-60.csv").to_str().unwrap(), "--lang", "fr"]);
    assert_eq!(code(&good), 0, "{}", text(&good));
    let written = String::from_utf8(good.stdout).unwrap();
    assert_eq!(written.matches("[[inject]]").count(), 60);
    assert!(written.starts_with("# EXERCICE EXERCICE EXERCICE"), "{written}");
    assert!(written.contains("- depuis quand ?") && written.contains("Préfecture de zone"));
    // 17 h 05 is the first; 59 times nine minutes later the day has changed.
    assert!(written.contains("at = \"8 h 51 min\""), "{written}");
    // What came in is an exercise that can be checked.
    let file = world.path().join("plan.toml");
    let head =
        "[exercise]\nid = \"plan\"\ntitle = { fr = \"Essai\", en = \"Test\" }\nscenario = \"france-ordinary-day\"\n\n";
    let objective =
        |n| format!("[[objective]]\nid = \"O{n}\"\ntitle = {{ fr = \"Objectif {n}\", en = \"Objective {n}\" }}\n\n");
    let objectives = [1, 2, 3].map(objective).concat();
    fs::write(&file, format!("{head}{objectives}{written}")).unwrap();
    let checked = world.run(&["plan", "check", file.to_str().unwrap()]);
    assert!(text(&checked).contains("60 injects"), "{}", text(&checked));
    let wrong = world.run(&["plan", "import", data.join("plan-wrong.csv").to_str().unwrap()]);
    assert_eq!(code(&wrong), 4);
    assert!(wrong.stdout.is_empty(), "nothing is taken");
    let said = text(&wrong);
    for part in ["is not a time", "is there twice", "has no id", "has no text"] {
        assert!(said.contains(part), "{part} not in:\n{said}");
    }
    assert!(said.lines().filter(|line| line.contains("plan-wrong.csv:")).count() >= 4, "{said}");
}

/// From a name with accents to one file: every mistake at once with its place, the same pack twice, nothing overwritten.
#[test]
fn a_plan_is_laid_out_checked_and_packed() {
    let world = World::new();
    let folder = world.path().join("Préfecture de l'Eure");
    let named = folder.to_str().unwrap();
    let laid = world.run(&["plan", "new", named]);
    assert_eq!(code(&laid), 0, "{}", text(&laid));
    assert!(text(&laid).contains("Préfecture de l'\\''Eure'"), "the next command can be typed: {}", text(&laid));
    let plan = folder.join("exercise.toml");
    let good = fs::read_to_string(&plan).unwrap();
    assert!(good.contains("id = \"prefecture-de-l-eure\"\ntitle = { fr = \"Préfecture de l'Eure\""), "{good}");
    assert_eq!(code(&world.run(&["plan", "check", named])), 0);
    let packs = ["one.toml", "two.toml"].map(|name| world.path().join(name));
    for pack in &packs {
        assert_eq!(code(&world.run(&["plan", "pack", named, "-o", pack.to_str().unwrap()])), 0);
    }
    let [one, two] = packs.each_ref().map(|pack| fs::read(pack).unwrap());
    assert_eq!(one, two);
    let again = world.run(&["plan", "pack", named, "-o", packs[0].to_str().unwrap(), "--lang", "fr"]);
    assert_eq!(code(&again), 1);
    assert!(!text(&again).contains("os error") && text(&again).contains("-o FICHIER"), "{}", text(&again));
    let wrong = good
        .replace("from = \"SAMU 59\"", "from = \"This isn't a drill\"")
        .replace("on = [\"cs-lille\"]", "on = [\"cs-nowhere\"]")
        .replace("length = \"60m\"", "length = \"9h\"");
    fs::write(&plan, wrong).unwrap();
    let checked = world.run(&["plan", "check", named]);
    assert_eq!(code(&checked), 4);
    let said = text(&checked);
    let errors: Vec<&str> =
        said.lines().filter(|line| line.contains("exercise.toml:") && line.contains(": error: ")).collect();
    assert_eq!(errors.len(), 3, "{said}");
    for part in ["t a drill", "cs-nowhere", "planned to last 9 h"] {
        assert!(errors.iter().any(|line| line.contains(part)), "{part}: {said}");
    }
    assert_eq!(code(&world.run(&["exercise", named])), 4, "it is not played either");
    fs::write(&plan, good.replace("on = [\"cs-lille\"]", "on = [\"cs-nowhere\"]")).unwrap();
    let played = world.run(&["exercise", named]);
    assert_eq!(code(&played), 4);
    assert!(text(&played).contains("cs-nowhere") && text(&played).contains("plan check"), "{}", text(&played));
}
