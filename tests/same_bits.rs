//! The same scenario, seed and inputs give the same bits: in this build, on one thread and on two, against digests that
//! are written down in `same_bits.toml`, which other builds and other machines were held against too.
//!
//! `VIGIE_BITS_PROGRAM` names another program to ask: a release build, or one for another architecture under an
//! emulator (`tests/other-architecture`).

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests, which clippy does not see as tests; another program is named in the environment"
)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};

/// The program and what comes before its arguments.
fn program() -> Vec<String> {
    let named = std::env::var("VIGIE_BITS_PROGRAM").unwrap_or_default();
    let words: Vec<String> = named.split_whitespace().map(str::to_owned).collect();
    if words.is_empty() { vec![env!("CARGO_BIN_EXE_vigie").to_owned()] } else { words }
}

/// Runs a command with folders of its own; what it says of its figures.
fn figures(words: &[&str], threads: u32) -> String {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out.jsonl");
    let program = program();
    let mut command = Command::new(&program[0]);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(&program[1..]);
    for word in words {
        if *word == "{out}" {
            command.arg(&out)
        } else {
            command.arg(word)
        };
    }
    command.args(["--threads", &threads.to_string()]);
    for name in ["VIGIE_DATA", "VIGIE_CONFIG", "VIGIE_STATE"] {
        command.env(name, dir.path().join(name));
    }
    let done = command.env("LANG", "C.UTF-8").output().unwrap();
    // 3 says that a figure misses a truth, which so short a run may.
    assert!(
        matches!(done.status.code(), Some(0 | 3)),
        "{words:?}: {} {}",
        done.status,
        String::from_utf8_lossy(&done.stderr)
    );
    if out.exists() {
        return rows(&out);
    }
    let all: Value = serde_json::from_slice(&done.stdout).unwrap();
    // What a run is, not how it is told: the layout of the rest may change.
    let kept = ["digests", "events", "rows"].map(|key| all.get(key).cloned().unwrap_or_default());
    Value::from(kept.to_vec()).to_string()
}

/// The lines of a file without the first.
fn rows(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    text.split_once('\n').unwrap().1.to_owned()
}

fn hex(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Holds a case against what is written down, on one thread and on two.
fn holds(name: &str) {
    let file: toml::Table = include_str!("same_bits.toml").parse().unwrap();
    let case = file["case"].as_array().unwrap().iter().find(|case| case["name"].as_str() == Some(name)).unwrap();
    let words: Vec<&str> = case["command"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    let found = [1, 2].map(|threads| figures(&words, threads));
    assert!(found[0].len() > 40, "{name}: {}", found[0]);
    assert_eq!(found[0], found[1], "{name}: one thread and two");
    assert_eq!(hex(&found[0]), case["sha256"].as_str().unwrap(), "{name}: other bits than those written down");
}

#[test]
fn a_case_of_theory_gives_the_bits_it_always_gave() {
    holds("erlang-a");
}

#[test]
fn network_c_gives_the_bits_it_always_gave() {
    holds("network-c");
}

#[test]
fn the_evening_of_2_june_gives_the_bits_it_always_gave() {
    holds("evening");
}

#[test]
fn a_national_day_gives_the_bits_it_always_gave() {
    holds("day");
}

#[test]
fn a_back_up_that_fails_gives_the_bits_it_always_gave() {
    holds("back-up");
}

#[test]
fn a_stress_test_gives_the_bits_it_always_gave_and_so_do_its_parts() {
    holds("stress");
    if program().len() > 1 {
        // Under an emulator the whole test is enough.
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let run = |words: &[&str]| {
        let done = Command::new(&program()[0]).args(words).env("VIGIE_CONFIG", dir.path()).output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    for (part, out) in [("1/2", path("one")), ("2/2", path("two"))] {
        run(&["stress", "france", "--only", "june-2021", "--seeds", "2", "--shard", part, "--out", &out]);
    }
    run(&["stress", "merge", &path("two"), &path("one"), "--out", &path("whole")]);
    let file: toml::Table = include_str!("same_bits.toml").parse().unwrap();
    let cases = file["case"].as_array().unwrap();
    let whole = cases.iter().find(|case| case["name"].as_str() == Some("stress")).unwrap();
    assert_eq!(hex(&rows(Path::new(&path("whole")))), whole["sha256"].as_str().unwrap());
}

#[test]
fn futures_are_the_bits_they_always_were() {
    holds("futures");
}

/// The comparison sees a single bit.
#[test]
fn another_seed_gives_other_bits() {
    let run = |seed: &str| {
        figures(&["simulate", "tests/theory/erlang-b-10-10.toml", "--until", "01:10", "--json", "--seed", seed], 1)
    };
    let without_seed = |text: String, seed: &str| text.replace(&format!("\"seed\":{seed}"), "");
    assert_eq!(run("7"), run("7"));
    assert_ne!(without_seed(run("7"), "7"), without_seed(run("8"), "8"));
}
