//! Broken playbooks, mappings and past logs: each file under `tests/broken/{playbook,import}` gives exactly the
//! messages of the `.expected` file beside it, all at once, each with its place and mend.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use vigie::feed::import::{Mapping, import};
use vigie::lang::{Lang, LangId};
use vigie::playbook::{parse, shipped};
use vigie::text::document::Problems;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken").join(name)
}

/// The files of a folder with this extension: name and text.
fn files(name: &str, extension: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    found
}

fn compare(name: &str, file: &str, errors: &Problems) {
    let expected = folder(name).join(file).with_extension("expected");
    let wanted = fs::read_to_string(&expected).unwrap_or_default();
    assert_eq!(errors.to_string(), wanted.trim_end(), "{}", expected.display());
    // As many sentences in French, and none of them English.
    let french = Lang::new(LangId::Fr).say(&errors.said());
    assert_eq!(french.lines().count(), wanted.lines().count(), "{french}");
    // What is wrong inside a condition is said by the language of conditions.
    for line in french.lines().filter(|line| !line.contains("la condition")) {
        for word in [" is ", " are ", " the ", " has ", "write ", "did you", "known:"] {
            assert!(!line.contains(word), "{file}: {word}: {line}");
        }
    }
}

#[test]
fn broken_playbooks_say_what_is_wrong_and_where() {
    let broken = files("playbook", "toml");
    assert!(broken.len() >= 8);
    for (name, text) in broken {
        let errors = parse(&name, &text).expect_err(&name);
        compare("playbook", &name, &errors);
    }
}

#[test]
fn broken_mappings_say_what_is_wrong_and_where() {
    for (name, text) in files("import", "toml").iter().filter(|(name, _)| name != "good.toml") {
        let errors = Mapping::parse(name, text).expect_err(name);
        compare("import", name, &errors);
    }
}

#[test]
fn broken_past_logs_say_what_is_wrong_and_where() {
    let good = fs::read_to_string(folder("import").join("good.toml")).unwrap();
    let mapping = Mapping::parse("good.toml", &good).unwrap();
    let broken = files("import", "csv");
    assert!(broken.len() >= 4);
    for (name, text) in broken {
        let errors = import(&name, &text, &mapping).expect_err(&name);
        compare("import", &name, &errors);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A shipped playbook with a piece cut out or doubled either parses or says where it does not.
    #[test]
    fn a_damaged_playbook_never_panics(which in 0_usize..4, from in 0_usize..400, lines in 1_usize..4, double: bool) {
        let playbook = &shipped()[which];
        let mut text: Vec<&str> = playbook.text.lines().collect();
        let from = from % text.len();
        let to = (from + lines).min(text.len());
        let piece: Vec<&str> = text[from..to].to_vec();
        if double {
            text.splice(from..from, piece);
        } else {
            text.drain(from..to);
        }
        if let Err(errors) = parse(&format!("{}.toml", playbook.id), &text.join("\n")) {
            prop_assert!(!errors.0.is_empty());
            prop_assert!(errors.0.iter().all(|problem| problem.line as usize <= text.len() + 1));
        }
    }

    #[test]
    fn no_csv_panics(text in "[a;\"\\n0-9:/]{0,80}") {
        let mapping = Mapping::parse("m.toml", "zone = \"Europe/Paris\"\nheader = false\n[columns]\nevent_time = 1\ntext = 2\n").unwrap();
        let _ = import("x.csv", &text, &mapping);
    }
}
