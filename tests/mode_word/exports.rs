//! Everything that a command prints or writes.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use vigie::incident::event::Mode;
use vigie::lang::{Lang, LangId};
use vigie::session::incidents;

use super::desk::{Desk, SMALL, public, setup};
use super::{LANGS, MODES, word};

/// Arguments of one run. `OUT` is a fresh folder, whose files are looked at; `ID` the incident; without `OUT` the
/// standard output is looked at.
type Run = &'static [&'static str];

/// What a command owes.
enum Duty {
    /// It tells of an incident: its mode's word, whatever the mode.
    Incident(&'static [Run]),
    /// It opens an incident of this mode: the word leads the stream that takes the place of a screen.
    Opens(Mode, Run),
    /// It is about exercises: their word.
    Exercise(&'static [Run]),
    /// It tells of a simulation and of no incident: the word of a model.
    Model(&'static [Run]),
    /// Paper to fill in: boxes to tick.
    Blank(&'static [Run]),
    /// It tells of no incident, and why that is so.
    Nothing(&'static str),
}

/// Every command that does something. One that is missing here fails the test.
const DUTIES: &[(&str, Duty)] = &[
    ("open", Duty::Opens(Mode::Real, &["open", "Numéros d'urgence"])),
    ("exercise", Duty::Opens(Mode::Exercise, &["exercise", "small.toml"])),
    ("resume", Duty::Opens(Mode::Exercise, &["resume", "ID"])),
    ("watch", Duty::Opens(Mode::Exercise, &["watch", "ID"])),
    ("replay", Duty::Opens(Mode::Replay, &["replay", "france-2023-01-17"])),
    ("import", Duty::Nothing("it makes an incident of mode REPLAY, which the others tell of")),
    ("simulate", Duty::Model(&[&["simulate", "small.toml"], &["simulate", "small.toml", "--json"]])),
    (
        "compare",
        Duty::Model(&[
            &["compare", "france", "canary", "--only", "january-2023", "--runs", "4", "--out", "OUT"],
            &["compare", "france", "canary", "--only", "january-2023", "--runs", "4", "--format", "markdown"],
            &["compare", "france", "canary", "--only", "january-2023", "--runs", "4", "--format", "json"],
            &["compare", "france", "canary", "--only", "january-2023", "--runs", "4", "--format", "csv"],
            &["compare", "france", "canary", "--only", "january-2023", "--runs", "4", "--format", "html"],
        ]),
    ),
    (
        "stress",
        Duty::Model(&[
            &["stress", "france", "--only", "january-2023", "--seeds", "1"],
            &["stress", "france", "--only", "january-2023", "--seeds", "1", "--out", "OUT/rows.jsonl"],
            &["stress", "france", "--only", "january-2023", "--seeds", "1", "--out", "rows.jsonl"],
        ]),
    ),
    (
        "stress merge",
        Duty::Model(&[&["stress", "merge", "rows.jsonl"], &["stress", "merge", "rows.jsonl", "--out", "OUT/a.jsonl"]]),
    ),
    (
        "forecast calibrate",
        Duty::Model(&[
            &["forecast", "calibrate", "small.toml", "--at", "16:30", "--trials", "10", "--futures", "10"],
            &["forecast", "calibrate", "small.toml", "--at", "16:30", "--trials", "10", "--futures", "10", "--json"],
        ]),
    ),
    ("rehearse", Duty::Model(&[&["rehearse", "substitute-numbers", "--outages", "10", "--only", "january-2023"]])),
    ("follow", Duty::Incident(&[&["follow", "--once"], &["follow", "ID", "--once", "--plain"]])),
    ("verify", Duty::Incident(&[&["verify"], &["verify", "--words"]])),
    (
        "export",
        Duty::Incident(&[
            &["export", "--format", "md", "--output", "OUT"],
            &["export", "--format", "csv", "--output", "OUT"],
            &["export", "--format", "jsonl", "--output", "OUT"],
            &["export", "--format", "cap", "--output", "OUT"],
            &["export", "--format", "md", "--redact", "--output", "OUT"],
            &["export", "--format", "csv", "--redact", "--separator", ";", "--output", "OUT"],
            &["export", "--format", "md", "--output", "-"],
            &["export", "--format", "csv", "--output", "-"],
            &["export", "--format", "jsonl", "--output", "-"],
            &["export", "--format", "cap", "--output", "-"],
        ]),
    ),
    (
        "report sitrep",
        Duty::Incident(&[
            &["report", "sitrep", "--format", "md", "--output", "OUT"],
            &["report", "sitrep", "--format", "html", "--output", "OUT"],
            &["report", "sitrep", "--format", "txt", "--output", "OUT"],
            &["report", "sitrep", "--format", "txt", "--output", "-"],
        ]),
    ),
    (
        "report can",
        Duty::Incident(&[
            &["report", "can", "--format", "md", "--output", "OUT"],
            &["report", "can", "--format", "html", "--output", "OUT"],
            &["report", "can", "--format", "txt", "--output", "OUT"],
        ]),
    ),
    (
        "report handover",
        Duty::Incident(&[
            &["report", "handover", "--format", "md", "--output", "OUT"],
            &["report", "handover", "--format", "html", "--output", "OUT"],
            &["report", "handover", "--format", "txt", "--output", "OUT"],
        ]),
    ),
    ("report retex", Duty::Incident(&[&["report", "retex", "--runs", "0", "--output", "OUT"]])),
    ("report compare", Duty::Incident(&[&["report", "compare", "ID", "ID", "--output", "OUT"]])),
    ("paper", Duty::Blank(&[&["paper", "--sheets", "2", "--output", "OUT"]])),
    ("playbook lint", Duty::Nothing("a playbook is of no incident")),
    ("playbook show", Duty::Nothing("a playbook is of no incident")),
    ("playbook list", Duty::Nothing("a playbook is of no incident")),
    ("playbook coverage", Duty::Nothing("a playbook is of no incident")),
    ("playbook import", Duty::Nothing("a playbook is of no incident")),
    ("contacts list", Duty::Nothing("the directory is the same in every mode")),
    ("contacts check", Duty::Nothing("the directory is the same in every mode")),
    ("plan new", Duty::Exercise(&[&["plan", "new", "OUT/mine"]])),
    ("plan check", Duty::Nothing("what is wrong with a file, not what is in it")),
    (
        "plan pack",
        Duty::Exercise(&[&["plan", "pack", "kit-a"], &["plan", "pack", "kit-a", "--output", "OUT/EXERCISE_a.toml"]]),
    ),
    ("plan import", Duty::Exercise(&[&["plan", "import", "plan.csv"]])),
    ("plan export", Duty::Exercise(&[&["plan", "export", "kit-a"]])),
    ("plan show", Duty::Exercise(&[&["plan", "show", "kit-a"]])),
    ("plan brief", Duty::Exercise(&[&["plan", "brief", "kit-a"]])),
    ("plan list", Duty::Nothing("names of files")),
    ("scenario check", Duty::Nothing("what is wrong with a file, not what is in it")),
    ("scenario list", Duty::Nothing("names of files")),
    ("doctor", Duty::Nothing("it tells of the machine")),
    ("config print", Duty::Nothing("it tells of the settings")),
    ("config path", Duty::Nothing("it tells of the settings")),
    ("config check", Duty::Nothing("it tells of the settings")),
    ("completions", Duty::Nothing("it is for the shell")),
    ("man", Duty::Nothing("it is about the program")),
];

/// Commands that run, from the command line's own definition: `report sitrep`.
fn commands(of: &clap::Command, before: &str, found: &mut Vec<(String, clap::Command)>) {
    for command in of.get_subcommands().filter(|command| command.get_name() != "help") {
        let path = format!("{before} {}", command.get_name()).trim().to_owned();
        if !command.is_subcommand_required_set() {
            found.push((path.clone(), command.clone()));
        }
        commands(command, &path, found);
    }
}

#[test]
fn every_command_and_every_format_has_its_duty() {
    let mut found = Vec::new();
    commands(&vigie::cli::command(), "", &mut found);
    assert!(found.len() > 30, "{}", found.len());
    let known: BTreeSet<&str> = DUTIES.iter().map(|(path, _)| *path).collect();
    for (path, command) in &found {
        let duty = DUTIES.iter().find(|(known, _)| known == path).map(|(_, duty)| duty);
        let Some(duty) = duty else { panic!("vigie {path}: say in DUTIES what word it owes, or why none") };
        let runs: &[Run] = match duty {
            Duty::Incident(runs) | Duty::Exercise(runs) | Duty::Model(runs) | Duty::Blank(runs) => runs,
            Duty::Opens(..) => continue,
            Duty::Nothing(why) => {
                assert!(!why.is_empty(), "{path}");
                continue;
            }
        };
        assert!(!runs.is_empty() && runs.iter().all(|run| run.join(" ").starts_with(path.as_str())), "{path}");
        let format = command.get_arguments().find(|arg| arg.get_id() == "format");
        for value in format.map(clap::Arg::get_possible_values).unwrap_or_default() {
            let tried = runs.iter().any(|run| run.windows(2).any(|two| two == ["--format", value.get_name()]));
            assert!(tried, "vigie {path} --format {} is never looked at", value.get_name());
        }
    }
    let there: BTreeSet<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(gone.is_empty(), "no such command: {gone:?}");
}

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        fs::write(world.dir.path().join("small.toml"), SMALL).unwrap();
        world
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(cargo_bin("vigie"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("VIGIE_DATA", self.dir.path().join("data"))
            .env("VIGIE_CONFIG", self.dir.path().join("config"))
            .env("VIGIE_STATE", self.dir.path().join("state"))
            .env("TERM", "dumb")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        let output = self.command(args).output().unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "vigie {}\n{text}", args.join(" "));
        output
    }

    /// The first line of a command that may go on for ever.
    fn first_line(&self, args: &[&str]) -> String {
        let mut child = self.command(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        // Kept open until now: the end of the input would end the command.
        let _ = child.stdin.take();
        let _ = child.kill();
        let _ = child.wait();
        line
    }

    /// All files of a folder, by their path in it.
    fn files(folder: &Path) -> Vec<(String, String)> {
        let mut folders = vec![folder.to_path_buf()];
        let mut found: Vec<PathBuf> = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        let text = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
        found.iter().map(|path| (name(path), text(path))).collect()
    }
}

/// What a run must show.
struct Wanted {
    /// One of these stands in the text.
    words: Vec<String>,
    /// File names begin with this.
    name: Option<&'static str>,
}

/// Does a text of this command carry one of the words? Where people read it page by page, at its head and at its foot.
fn marked(text: &str, name: &str, wanted: &Wanted) -> bool {
    let has = |part: &str| wanted.words.iter().any(|word| part.contains(word.as_str()));
    let paged = [".md", ".txt", ".html"].iter().any(|ending| name.ends_with(ending));
    if !paged {
        return has(text);
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let half = lines.len() / 2;
    has(&lines[..half.max(1)].join("\n")) && has(&lines[half..].join("\n"))
}

/// Makes a run and says what is missing in what it gave.
fn look(world: &World, run: Run, lang: LangId, id: &str, wanted: &Wanted, missing: &mut Vec<String>) {
    let out = world.dir.path().join("out");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir(&out).unwrap();
    let folder = out.display().to_string();
    let mut args: Vec<String> =
        run.iter().map(|arg| if *arg == "ID" { id.to_owned() } else { arg.replace("OUT", &folder) }).collect();
    args.extend(["--lang".to_owned(), lang.to_string()]);
    let output = world.run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let what = format!("vigie {} ({lang})", run.join(" "));
    if !run.iter().any(|arg| arg.contains("OUT")) {
        if !marked(&printed, "", wanted) {
            missing.push(format!("{what}: {}", printed.chars().take(300).collect::<String>()));
        }
        return;
    }
    let files = World::files(&out);
    assert!(!files.is_empty(), "{what} wrote nothing");
    let own_name = run.iter().any(|arg| arg.starts_with("OUT/"));
    for (name, text) in files {
        if let Some(begin) = wanted.name.filter(|begin| !own_name && !name.starts_with(begin)) {
            missing.push(format!("{what}: the name {name} does not begin with {begin}"));
        }
        // The evidence is what it is, byte for byte: its genesis says the mode, and its folder.
        let evidence = ["/chains/", "/kept/", "/checkpoints/"].iter().any(|part| name.contains(part));
        if !evidence && !name.ends_with("verify.py") && !marked(&text, &name, wanted) {
            missing.push(format!("{what}: inside {name}\n{}", text.chars().take(300).collect::<String>()));
        }
    }
}

#[test]
fn every_export_and_every_file_name_carries_the_word() {
    let mut missing = Vec::new();
    for mode in MODES {
        for lang in LANGS {
            let world = World::new();
            let setup = setup(world.dir.path(), lang);
            let mut desk = Desk::new(&setup, mode, lang);
            desk.record(public());
            desk.close();
            let id = incidents(&setup.config).remove(0).genesis.inc;
            let english = word(mode, LangId::En);
            let mut words = vec![word(mode, lang).to_owned(), english.to_owned()];
            // Programs read the evidence's own field, and in CAP the status.
            words.push(format!("\"mode\":\"{}\"", english.to_lowercase()));
            if mode == Mode::Exercise {
                words.push("<status>Exercise</status>".to_owned());
            }
            let wanted = Wanted { words, name: Some(english) };
            for (_, duty) in DUTIES {
                let Duty::Incident(runs) = duty else { continue };
                for run in *runs {
                    look(&world, run, lang, &id, &wanted, &mut missing);
                }
            }
        }
    }
    assert!(missing.is_empty(), "{}:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn what_opens_an_incident_begins_with_the_word() {
    for lang in LANGS {
        let world = World::new();
        let setup = setup(world.dir.path(), lang);
        Desk::new(&setup, Mode::Exercise, lang).close();
        let id = incidents(&setup.config).remove(0).genesis.inc;
        for (_, duty) in DUTIES {
            let Duty::Opens(mode, run) = duty else { continue };
            let mut args: Vec<&str> = run.iter().map(|arg| if *arg == "ID" { id.as_str() } else { arg }).collect();
            let lang_word = lang.to_string();
            args.extend(["--lang", &lang_word]);
            let line = world.first_line(&args);
            assert!(line.contains(word(*mode, lang)), "{run:?} {lang}: {line}");
        }
    }
}

#[test]
fn exercises_models_and_blank_paper_carry_their_own_words() {
    let mut missing = Vec::new();
    for id in LANGS {
        let (world, lang) = (World::new(), Lang::new(id));
        let plan = world.run(&["plan", "export", "kit-a", "--lang", &id.to_string()]).stdout;
        fs::write(world.dir.path().join("plan.csv"), plan).unwrap();
        for (_, duty) in DUTIES {
            let (runs, words, name) = match duty {
                Duty::Exercise(runs) => {
                    let words = LANGS.map(|lang| word(Mode::Exercise, lang).to_owned());
                    (runs, words.to_vec(), Some("EXERCISE"))
                }
                Duty::Model(runs) => {
                    let words = vec![lang.t("document-model"), "MODEL".to_owned(), "\"model\": true".to_owned()];
                    (runs, [words, vec!["\"model\":true".to_owned()]].concat(), Some("MODEL"))
                }
                Duty::Blank(runs) => (runs, vec![lang.t("document-blank")], Some("BLANK")),
                Duty::Incident(_) | Duty::Opens(..) | Duty::Nothing(_) => continue,
            };
            let wanted = Wanted { words, name };
            for run in *runs {
                look(&world, run, id, "", &wanted, &mut missing);
            }
        }
        // Without a name of one's own the pack is named by the program.
        assert!(world.dir.path().join("EXERCISE-kit-a.toml").is_file(), "the pack's own name");
    }
    assert!(missing.is_empty(), "{}:\n{}", missing.len(), missing.join("\n"));
}
