//! French and English stay in step: the same messages with the same variables, all of them used, all that are
//! used there.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use fluent_bundle::FluentResource;
use vigie::lang::{Lang, LangId};

/// Messages of a language: id → (file, variables).
fn messages(id: LangId) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut found = BTreeMap::new();
    for (file, text) in Lang::sources(id) {
        let mut current: Option<String> = None;
        for line in text.lines() {
            let starts = line.starts_with(|c: char| c.is_ascii_lowercase() || c == '-');
            if starts && let Some((name, _)) = line.split_once('=') {
                let name = name.trim().to_owned();
                let before = found.insert(name.clone(), (file.to_owned(), BTreeSet::new()));
                assert!(before.is_none(), "{id}: {name} is in {file} and in {}", before.unwrap().0);
                current = Some(name);
            } else if !line.starts_with([' ', '}']) {
                current = None;
            }
            if let Some(name) = &current {
                let variables = line.split('$').skip(1).map(|rest| {
                    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect::<String>()
                });
                found.get_mut(name).unwrap().1.extend(variables);
            }
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// All code under `src`, without comments and unit tests: what only they name is not used.
fn code() -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        (path, code)
    };
    files.into_iter().filter(|path| !path.ends_with("tests.rs")).map(read).collect()
}

fn is_id(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// The literal that follows each `call` (`.t(` or `.ta(`).
fn literals_after(code: &str, call: &str) -> Vec<String> {
    let quoted = |rest: &str| Some(rest.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned());
    code.split(call).skip(1).filter_map(quoted).collect()
}

#[test]
fn every_file_is_fluent_without_mistakes() {
    for id in [LangId::Fr, LangId::En] {
        for (file, text) in Lang::sources(id) {
            if let Err((_, errors)) = FluentResource::try_new(text.to_owned()) {
                panic!("{id}/{file}.ftl: {errors:?}");
            }
        }
    }
}

#[test]
fn every_file_of_the_folders_is_listed_in_both_languages() {
    for id in [LangId::Fr, LangId::En] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/i18n").join(id.to_string());
        let on_disk: BTreeSet<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        let listed: BTreeSet<String> = Lang::sources(id).map(|(name, _)| format!("{name}.ftl")).collect();
        assert_eq!(on_disk, listed, "{id}: list the files in src/lang.rs");
    }
}

#[test]
fn both_languages_have_the_same_messages_and_variables() {
    let (fr, en) = (messages(LangId::Fr), messages(LangId::En));
    for (id, message) in &fr {
        assert_eq!(Some(message), en.get(id), "{id} (file, variables): French | English");
    }
    for id in en.keys() {
        assert!(fr.contains_key(id), "{id} has no French text");
    }
}

#[test]
fn every_id_used_in_the_code_exists() {
    let known = messages(LangId::Fr);
    for (path, code) in code() {
        for call in [".t(", ".ta(", "Said::new("] {
            for id in literals_after(&code, call).iter().filter(|id| is_id(id)) {
                assert!(known.contains_key(id), "{}: no message {id}", path.display());
            }
        }
    }
}

#[test]
fn every_message_is_used() {
    let code: String = code().into_iter().map(|(_, code)| code).collect::<Vec<_>>().join("\n");
    let strings: BTreeSet<&str> = code.split('"').collect();
    // Ids made at run time: `format!("act-{…}")` and `"hint-"` use every message that begins so.
    let prefixes: BTreeSet<&str> = strings
        .iter()
        .map(|s| s.split_once('{').map_or(*s, |(before, _)| before))
        .filter(|p| p.len() > 3 && p.strip_suffix('-').is_some_and(is_id))
        .collect();
    let unused: Vec<String> = messages(LangId::Fr)
        .into_keys()
        .filter(|id| !strings.contains(id.as_str()) && !prefixes.iter().any(|prefix| id.starts_with(prefix)))
        .collect();
    assert!(unused.is_empty(), "not used in src: {}", unused.join(", "));
}

#[test]
fn no_message_holds_characters_that_hide_or_turn_text() {
    for id in [LangId::Fr, LangId::En] {
        for (file, text) in Lang::sources(id) {
            for (i, line) in text.lines().enumerate() {
                assert_eq!(vigie::text::visible(line), line, "{id}/{file}.ftl:{}", i + 1);
            }
        }
    }
}

#[test]
fn formatted_messages_hold_no_isolation_marks() {
    for id in [LangId::Fr, LangId::En] {
        let lang = Lang::new(id);
        for (message, (_, variables)) in messages(id) {
            let args: Vec<(&str, vigie::lang::Arg<'_>)> =
                variables.iter().map(|name| (name.as_str(), vigie::lang::Arg::Num(2.0))).collect();
            let text = lang.ta(&message, &args);
            assert!(!text.contains(|c| matches!(c, '\u{2066}'..='\u{2069}')), "{message}");
            assert!(!text.contains("{$"), "{id}: {message} gives {text}");
        }
    }
}
