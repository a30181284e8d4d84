//! Garbage in, from outside: broken settings, scenarios, playbooks, past logs and logs each give a message with place
//! and mend, the documented exit code, and no panic.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;

fn broken(kind: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken").join(kind);
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect();
    found.sort();
    found
}

fn vigie(world: &Path, args: &[&str], typed: &str) -> Output {
    let mut child = Command::new(cargo_bin("vigie"))
        .args(args)
        .current_dir(world)
        .env_clear()
        .env("VIGIE_DATA", world.join("data"))
        .env("VIGIE_CONFIG", world.join("config"))
        .env("VIGIE_STATE", world.join("state"))
        .env("LANG", "en_GB.UTF-8")
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input has nothing to be told.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    child.wait_with_output().unwrap()
}

fn check(output: &Output, code: i32, what: &str) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{what}: {said}");
    assert!(!said.contains("panicked"), "{what}: {said}");
    said
}

#[test]
fn broken_settings() {
    let files = broken("config", "toml");
    assert!(files.len() >= 8);
    for path in files {
        let world = tempfile::tempdir().unwrap();
        fs::create_dir(world.path().join("config")).unwrap();
        fs::copy(&path, world.path().join("config/config.toml")).unwrap();
        let what = path.display().to_string();
        let said = check(&vigie(world.path(), &["config", "check"], ""), 4, &what);
        let expected = fs::read_to_string(path.with_extension("expected")).unwrap();
        assert!(said.contains(expected.trim_end()), "{what}: {said}");
        // No command runs on settings that cannot be read.
        check(&vigie(world.path(), &["open", "x"], ""), 4, &what);
        assert!(!world.path().join("data").exists(), "{what}");
    }
}

#[test]
fn broken_scenarios_playbooks_and_past_logs() {
    let world = tempfile::tempdir().unwrap();
    let mut seen = 0;
    for path in broken("scenario", "toml") {
        let name = path.to_str().unwrap();
        for args in [&["scenario", "check", name][..], &["simulate", name], &["exercise", name]] {
            let said = check(&vigie(world.path(), args, ""), 4, name);
            let file = path.file_name().unwrap().to_str().unwrap();
            assert!(said.contains(".toml:") || said.contains(file), "{name}: {said}");
        }
        seen += 1;
    }
    for path in broken("playbook", "toml") {
        let name = path.to_str().unwrap();
        let said = check(&vigie(world.path(), &["playbook", "lint", name], ""), 4, name);
        assert!(said.contains(".toml:"), "{name}: {said}");
        seen += 1;
    }
    let good = broken("import", "toml").into_iter().find(|path| path.ends_with("good.toml")).unwrap();
    for path in broken("import", "csv") {
        let name = path.to_str().unwrap();
        let args = ["import", name, "--mapping", good.to_str().unwrap()];
        let said = check(&vigie(world.path(), &args, ""), 4, name);
        assert!(said.contains(".csv"), "{name}: {said}");
        seen += 1;
    }
    assert!(seen >= 20, "{seen}");
    assert!(!world.path().join("data").exists(), "nothing was created");
}

/// A closed incident of four lines, and how each of these hands spoils it.
#[test]
fn broken_logs() {
    type Hand = fn(&Path, &Path);
    let hands: &[(&str, i32, Hand)] = &[
        ("no incident.json", 4, |folder, _| fs::remove_file(folder.join("incident.json")).unwrap()),
        ("incident.json is no JSON", 3, |folder, _| fs::write(folder.join("incident.json"), "{").unwrap()),
        ("incident.json of a later version", 3, |folder, _| {
            let text = fs::read_to_string(folder.join("incident.json")).unwrap();
            fs::write(folder.join("incident.json"), text.replacen("\"v\":1", "\"v\":9", 1)).unwrap();
        }),
        ("a letter of the title", 3, |folder, _| {
            let text = fs::read_to_string(folder.join("incident.json")).unwrap();
            fs::write(folder.join("incident.json"), text.replacen("urgence", "Urgence", 1)).unwrap();
        }),
        ("a letter of a line", 3, |_, chain| edit(chain, |text| text.replacen("deux", "deuX", 1))),
        ("two lines exchanged", 3, |_, chain| {
            edit(chain, |text| {
                let mut lines: Vec<&str> = text.lines().collect();
                lines.swap(1, 2);
                lines.join("\n") + "\n"
            });
        }),
        ("a line left out", 3, |_, chain| {
            edit(chain, |text| {
                let kept: Vec<&str> = text.lines().enumerate().filter(|(i, _)| *i != 1).map(|(_, l)| l).collect();
                kept.join("\n") + "\n"
            });
        }),
        ("a line twice", 3, |_, chain| {
            edit(chain, |text| text.lines().flat_map(|l| [l, l]).collect::<Vec<_>>().join("\n") + "\n");
        }),
        ("the last line cut off", 3, |_, chain| {
            edit(chain, |text| text.lines().take(3).collect::<Vec<_>>().join("\n") + "\n");
        }),
        ("rubbish at the end", 3, |_, chain| edit(chain, |text| format!("{text}\u{1b}[2J\u{202e}\n"))),
        ("a line of one megabyte", 3, |_, chain| edit(chain, |text| format!("{text}{}\n", "x".repeat(1 << 20)))),
        ("no text at all", 3, |_, chain| fs::write(chain, [0xff_u8, 0xfe, 0, 1, 2]).unwrap()),
        ("empty", 3, |_, chain| fs::write(chain, "").unwrap()),
    ];
    for (what, code, hand) in hands {
        let world = tempfile::tempdir().unwrap();
        let lines = "un\ndeux\ntrois\n:close fin\n";
        check(&vigie(world.path(), &["open", "Numéros d'urgence", "--as", "a/b/director"], lines), 0, what);
        let folder = fs::read_dir(world.path().join("data/real")).unwrap().next().unwrap().unwrap().path();
        let chain = fs::read_dir(folder.join("chains")).unwrap().next().unwrap().unwrap().path();
        check(&vigie(world.path(), &["verify"], ""), 0, what);
        hand(&folder, &chain);
        let output = vigie(world.path(), &["verify", folder.to_str().unwrap()], "");
        check(&output, *code, what);
        let shown = [output.stdout.clone(), output.stderr.clone()].concat();
        assert!(!shown.contains(&0x1b), "{what}: the terminal is not disturbed");
        // Reading goes on as far as it can; nothing panics, nothing is written.
        for args in [&["export", "--output", "-"][..], &["follow", "--once"], &["replay"]] {
            let mut args = args.to_vec();
            args.insert(1, folder.to_str().unwrap());
            let output = vigie(world.path(), &args, "");
            assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{what} {args:?}");
            assert!(output.status.code().is_some_and(|code| code <= 4), "{what} {args:?}");
            assert!(![output.stdout, output.stderr].concat().contains(&0x1b), "{what} {args:?}");
        }
    }
}

fn edit(path: &Path, how: impl Fn(&str) -> String) {
    let text = fs::read_to_string(path).unwrap();
    fs::write(path, how(&text)).unwrap();
}
