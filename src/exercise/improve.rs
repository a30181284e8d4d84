//! The improvement plan of one exercise as objectives of the next.

use std::fmt::Write as _;

use super::kit::{Objective, Since, early, quoted};
use super::rule::Rule;
use super::sheet::decode;
use crate::network::{Said, Text};
use crate::text::document::{Problem, Problems};
use crate::text::drill::plain;
use crate::text::duration::{parse_duration, print_duration};

/// Columns and the headings that stand above them, without accents.
const COLUMNS: [(&str, &[&str]); 6] = [
    ("objective", &["objective", "objectif"]),
    ("rule", &["rule", "regle"]),
    ("improvement", &["improvement", "amelioration", "a ameliorer"]),
    ("title", &["title", "intitule"]),
    ("target", &["target", "target s", "cible"]),
    ("since", &["since", "depuis"]),
];
/// So many of them make a file an improvement plan.
const NEEDED: usize = 3;

/// An objective that is to be tested again, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Improved {
    /// The objective, as it was.
    pub objective: Objective,
    /// What is to be better.
    pub improvements: Vec<String>,
}

/// The objectives of an improvement plan, as `report retex` writes it; `None`: the file is none. An objective is
/// there once, with the title, rule, target and `since` that it had: by these two exercises can be compared.
///
/// # Errors
/// All lines that cannot be taken, each with its place and mend.
pub fn improvements(file: &str, bytes: &[u8]) -> Option<Result<Vec<Improved>, Problems>> {
    // What cannot be read at all is said by the import of chronogrammes, which comes after.
    let (text, _) = decode(file, bytes).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b';', b',', b'\t'].into_iter().max_by_key(|sign| first.bytes().filter(|b| b == sign).count())?;
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let heads: Vec<String> = records.next()?.ok()?.iter().map(plain).collect();
    let column = |name: &str| {
        let (_, known) = COLUMNS.iter().find(|(column, _)| *column == name)?;
        heads.iter().position(|head| known.contains(&head.as_str()))
    };
    if COLUMNS.iter().take(NEEDED).any(|(name, _)| column(name).is_none()) {
        return None;
    }
    let mut found: Vec<Improved> = Vec::new();
    let mut problems = Vec::new();
    for (n, record) in records.enumerate() {
        let mut wrong = |line: u32, message: Said, mend: Said| {
            problems.push(Problem { file: file.to_owned(), line, column: 1, message, mend: Some(mend) });
        };
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                wrong(n as u32 + 2, Said::from(error.to_string()), Said::new("improve-mend-csv"));
                continue;
            }
        };
        let line = record.position().map_or(n as u32 + 2, |at| at.line() as u32);
        let cell = |name: &str| {
            let cell = column(name).and_then(|at| record.get(at)).unwrap_or_default();
            crate::text::from_cell(cell.trim())
        };
        let (id, words) = (cell("objective"), cell("improvement"));
        if id.is_empty() && words.is_empty() {
            continue;
        }
        if id.is_empty() {
            wrong(line, Said::new("improve-no-objective").with("text", words), Said::new("improve-mend-objective"));
            continue;
        }
        let rule = match cell("rule") {
            "" => None,
            text => match Rule::parse(text) {
                Ok(rule) => Some(rule),
                Err(why) => {
                    wrong(line, Said::new("doc-bad-rule").with("rule", text), why);
                    continue;
                }
            },
        };
        let target_s = match cell("target") {
            "" => None,
            // Bare digits are seconds.
            text => match text.parse().or_else(|_| parse_duration(text)) {
                Ok(s) => Some(s),
                Err(why) => {
                    wrong(line, why.said(), Said::new("doc-mend-duration"));
                    continue;
                }
            },
        };
        match found.iter_mut().find(|one| one.objective.id == id) {
            Some(one) if one.improvements.iter().any(|said| plain(said) == plain(words)) => {}
            Some(one) => one.improvements.push(words.to_owned()),
            None => {
                let title = if cell("title").is_empty() { words } else { cell("title") };
                let since = Since::parse(cell("since"));
                let objective = Objective {
                    early: early(rule.as_ref(), &since),
                    id: id.to_owned(),
                    title: Text { fr: title.to_owned(), en: title.to_owned() },
                    rule,
                    since,
                    target_s,
                    historic_s: None,
                    source: String::new(),
                    line,
                };
                found.push(Improved { objective, improvements: vec![words.to_owned()] });
            }
        }
    }
    Some(if problems.is_empty() { Ok(found) } else { Err(Problems(problems)) })
}

/// Objectives as they are written in an exercise's file, what is to be better as comments above each.
pub fn write_objectives(improved: &[Improved]) -> String {
    let mut out = String::new();
    for Improved { objective: one, improvements } in improved {
        out.push('\n');
        for words in improvements {
            // A comment is one line, whatever is in it.
            let words: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(out, "# {}", crate::text::visible(&words));
        }
        let title = (quoted(&one.title.fr), quoted(&one.title.en));
        // Writing to a String cannot fail.
        let _ =
            write!(out, "[[objective]]\nid = {}\ntitle = {{ fr = {}, en = {} }}\n", quoted(&one.id), title.0, title.1);
        if let Some(rule) = &one.rule {
            let _ = writeln!(out, "rule = {}", quoted(rule.text()));
        }
        if one.since != Since::Start {
            let _ = writeln!(out, "since = {}", quoted(&one.since.words()));
        }
        if let Some(target_s) = one.target_s {
            let _ = writeln!(out, "target = {}", quoted(&print_duration(target_s)));
        }
    }
    out
}
