//! The table of who may use whom (`docs/architecture.md`), kept true by reading the sources.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Room → rooms it may name. `text`, `lang`, `clock` are free for all but `network`, `sim`, `health`.
const TABLE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("text", &["network"]),
    ("lang", &["network", "text"]),
    ("network", &[]),
    ("sim", &["network"]),
    ("health", &["network", "sim"]),
    ("playbook", &["network", "health", "lang", "clock", "text"]),
    ("incident", &["network", "health", "playbook", "lang", "clock", "text"]),
    ("exercise", &["network", "health", "playbook", "incident", "lang", "clock", "text"]),
    ("contacts", &["network", "playbook", "incident", "lang", "clock", "text"]),
    ("forecast", &["network", "sim", "health", "playbook", "incident", "lang", "clock", "text"]),
    ("store", &["network", "sim", "health", "playbook", "incident", "lang", "clock", "text"]),
    ("feed", &["network", "sim", "health", "incident", "store", "lang", "clock", "text"]),
    (
        "report",
        &[
            "network", "sim", "health", "playbook", "incident", "contacts", "forecast", "exercise", "store", "lang",
            "clock", "text",
        ],
    ),
    ("config", &["network", "health", "incident", "lang", "clock", "text"]),
    (
        "session",
        &[
            "network", "sim", "health", "playbook", "incident", "forecast", "exercise", "store", "feed", "report",
            "config", "contacts", "lang", "clock", "text",
        ],
    ),
    (
        "tui",
        &[
            "network", "sim", "health", "playbook", "incident", "forecast", "exercise", "store", "feed", "report",
            "config", "contacts", "session", "lang", "clock", "text",
        ],
    ),
    (
        "cli",
        &[
            "network", "sim", "health", "playbook", "incident", "forecast", "exercise", "store", "feed", "report",
            "config", "contacts", "session", "lang", "clock", "text", "tui",
        ],
    ),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The text of a source file without its unit tests and comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The room of a file: the first part of its path under `src`.
fn room(path: &Path) -> String {
    let inner = path.strip_prefix(src()).unwrap();
    let first = inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// Rooms named after `crate::`, also inside `use crate::{a, b::c}`.
fn named(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in code.split("crate::").skip(1) {
        if let Some(list) = part.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    if c == ',' {
                        found.push(std::mem::take(&mut word));
                    } else {
                        word.push(c);
                    }
                }
            }
            found.push(word);
        } else {
            found.push(part.to_owned());
        }
    }
    found
        .iter()
        .map(|w| w.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>())
        .filter(|w| !w.is_empty())
        .collect()
}

#[test]
fn each_room_uses_only_the_rooms_it_may() {
    let table: BTreeMap<_, _> = TABLE.iter().copied().collect();
    let mut files = Vec::new();
    sources(&src(), &mut files);
    assert!(files.len() > 15, "the sources were not found");
    let mut wrong = Vec::new();
    for file in &files {
        let room = room(file);
        if room == "lib" || room == "main" {
            continue;
        }
        let Some(allowed) = table.get(room.as_str()) else {
            wrong.push(format!("{}: room `{room}` is not in the table", file.display()));
            continue;
        };
        for other in named(&code(file)) {
            if other != room && table.contains_key(other.as_str()) && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{}: `{room}` may not use `{other}`", file.display()));
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_has_no_circle() {
    fn reaches(table: &BTreeMap<&str, &[&str]>, from: &str, to: &str) -> bool {
        table[from].iter().any(|next| *next == to || reaches(table, next, to))
    }
    let table: BTreeMap<_, _> = TABLE.iter().copied().collect();
    for room in table.keys() {
        assert!(!reaches(&table, room, room), "`{room}` reaches itself");
    }
}

#[test]
fn order_of_hash_maps_stays_out_of_what_must_be_the_same_everywhere() {
    let mut files = Vec::new();
    sources(&src(), &mut files);
    let wrong: Vec<_> = files
        .iter()
        .filter(|file| matches!(room(file).as_str(), "sim" | "health" | "incident" | "playbook" | "network"))
        .filter(|file| code(file).contains("HashMap") || code(file).contains("HashSet"))
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn modules_lie_beside_their_folder() {
    let mut files = Vec::new();
    sources(&src(), &mut files);
    let wrong: Vec<_> = files.iter().filter(|file| file.file_name().is_some_and(|n| n == "mod.rs")).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
