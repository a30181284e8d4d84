//! Clocks as data: legal and internal deadlines that start with the logged awareness entry (`assets/clocks/*.toml`).

use std::fmt;
use std::sync::OnceLock;

use chrono::{DateTime, Months, NaiveDate, TimeDelta, Utc};
use serde::Deserialize;
use toml::Spanned;

use crate::network::{Grade, Text};

/// How long after its start a clock is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delay {
    /// At once: as soon as known.
    AsSoonAsKnown,
    /// A fixed time \[s\].
    Seconds(i64),
    /// Calendar months.
    Months(u32),
}

/// A legal or internal clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockSpec {
    /// Id (`fr-d98-5`).
    pub id: String,
    /// What must have been done.
    pub label: Text,
    /// To whom, or on whose authority.
    pub authority: Text,
    /// `None`: from awareness; else from the stop of this other clock (from its deadline until it is stopped).
    pub after: Option<String>,
    /// How long after.
    pub delay: Delay,
    /// Whose task.
    pub owner: String,
    /// Legal basis, or who committed to it.
    pub basis: String,
    /// How well it is known.
    pub grade: Grade,
    /// Source ids of the facts.
    pub sources: Vec<String>,
    /// Day it was last checked against its source.
    pub checked: NaiveDate,
    /// Limits and remarks.
    pub note: Option<Text>,
}

impl ClockSpec {
    /// When it is due, counted from `awareness`; `stopped` says when other clocks were stopped.
    pub fn due(
        &self,
        awareness: DateTime<Utc>,
        all: &[Self],
        stopped: &dyn Fn(&str) -> Option<DateTime<Utc>>,
    ) -> DateTime<Utc> {
        let mut start = awareness;
        if let Some(after) = &self.after {
            // A chain of clocks has no cycle: `parse` accepts only clocks that come before.
            start = stopped(after).unwrap_or_else(|| {
                all.iter().find(|clock| clock.id == *after).map_or(awareness, |c| c.due(awareness, all, stopped))
            });
        }
        match self.delay {
            Delay::AsSoonAsKnown => start,
            Delay::Seconds(s) => start.checked_add_signed(TimeDelta::seconds(s)).unwrap_or(start),
            Delay::Months(n) => start.checked_add_months(Months::new(n)).unwrap_or(start),
        }
    }
}

/// An error in a file of clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockError {
    /// File name.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for ClockError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    clock: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: Spanned<String>,
    label: Text,
    authority: Text,
    after: Spanned<String>,
    due: Spanned<String>,
    owner: String,
    basis: String,
    grade: Grade,
    #[serde(default)]
    sources: Vec<String>,
    checked: Spanned<toml::value::Datetime>,
    note: Option<Text>,
}

/// Parses one file of clocks; `before` are the clocks already known, which `after` may name.
///
/// # Errors
/// Every error of the file, with its line.
pub fn parse(file: &str, text: &str, before: &[ClockSpec]) -> Result<Vec<ClockSpec>, Vec<ClockError>> {
    let error = |at: usize, message: String| ClockError { file: file.to_owned(), line: line_of(text, at), message };
    let parsed: File =
        toml::from_str(text).map_err(|e| vec![error(e.span().map_or(0, |span| span.start), e.message().to_owned())])?;
    let mut clocks: Vec<ClockSpec> = Vec::new();
    let mut errors = Vec::new();
    for row in parsed.clock {
        let id = row.id.get_ref().clone();
        if id.is_empty() || before.iter().chain(&clocks).any(|clock| clock.id == id) {
            errors.push(error(
                row.id.span().start,
                format!("clock id \"{id}\" is empty or already used: choose another"),
            ));
        }
        let after = row.after.get_ref().as_str();
        if after != "awareness" && !before.iter().chain(&clocks).any(|clock| clock.id == after) {
            errors.push(error(
                row.after.span().start,
                format!("after = \"{after}\": write \"awareness\" or the id of a clock further up"),
            ));
        }
        let delay = parse_delay(row.due.get_ref());
        if delay.is_none() {
            errors.push(error(
                row.due.span().start,
                format!(
                    "due = \"{}\": write \"as soon as known\", or a number and min, h or month (\"30 min\")",
                    row.due.get_ref()
                ),
            ));
        }
        let checked =
            row.checked.get_ref().date.and_then(|date| {
                NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            });
        if checked.is_none() {
            errors.push(error(row.checked.span().start, "checked: write a date (2026-11-22)".to_owned()));
        }
        if let (Some(delay), Some(checked)) = (delay, checked) {
            clocks.push(ClockSpec {
                id,
                label: row.label,
                authority: row.authority,
                after: (after != "awareness").then(|| after.to_owned()),
                delay,
                owner: row.owner,
                basis: row.basis,
                grade: row.grade,
                sources: row.sources,
                checked,
                note: row.note,
            });
        }
    }
    if errors.is_empty() { Ok(clocks) } else { Err(errors) }
}

fn parse_delay(words: &str) -> Option<Delay> {
    if words == "as soon as known" {
        return Some(Delay::AsSoonAsKnown);
    }
    let (number, unit) = words.split_once(' ')?;
    let number: u32 = number.parse().ok().filter(|n| *n > 0)?;
    match unit {
        "min" => Some(Delay::Seconds(i64::from(number) * 60)),
        "h" => Some(Delay::Seconds(i64::from(number) * 3_600)),
        "month" | "months" => Some(Delay::Months(number)),
        _ => None,
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The clocks that come with the program.
pub fn shipped() -> &'static [ClockSpec] {
    static SHIPPED: OnceLock<Vec<ClockSpec>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let files = [
            ("fr.toml", include_str!("../../assets/clocks/fr.toml")),
            ("eu.toml", include_str!("../../assets/clocks/eu.toml")),
        ];
        let mut all = Vec::new();
        for (name, text) in files {
            // A test parses both files: an error here cannot leave the house.
            let more = parse(name, text, &all).unwrap_or_default();
            all.extend(more);
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_files_parse_and_name_their_basis() {
        let fr = parse("fr.toml", include_str!("../../assets/clocks/fr.toml"), &[]).unwrap();
        let eu = parse("eu.toml", include_str!("../../assets/clocks/eu.toml"), &fr).unwrap();
        assert_eq!(shipped().len(), fr.len() + eu.len());
        let ids: Vec<&str> = shipped().iter().map(|clock| clock.id.as_str()).collect();
        assert_eq!(ids, ["fr-d98-5", "fr-crisis-cell", "nis2-24h", "nis2-72h", "nis2-1month"]);
        for clock in shipped() {
            assert!(
                !clock.basis.is_empty() && !clock.label.fr.is_empty() && !clock.label.en.is_empty(),
                "{}",
                clock.id
            );
        }
    }

    #[test]
    fn dues_count_from_awareness_and_from_the_clock_before() {
        let awareness: DateTime<Utc> = "2021-06-02T15:45:00Z".parse().unwrap();
        let due = |id: &str, stopped: &dyn Fn(&str) -> Option<DateTime<Utc>>| {
            shipped().iter().find(|c| c.id == id).unwrap().due(awareness, shipped(), stopped).to_rfc3339()
        };
        let none = |_: &str| None;
        assert_eq!(due("fr-d98-5", &none), "2021-06-02T15:45:00+00:00");
        assert_eq!(due("fr-crisis-cell", &none), "2021-06-02T16:15:00+00:00");
        assert_eq!(due("nis2-72h", &none), "2021-06-05T15:45:00+00:00");
        assert_eq!(due("nis2-1month", &none), "2021-07-05T15:45:00+00:00");
        let notified: DateTime<Utc> = "2021-06-03T08:00:00Z".parse().unwrap();
        let stopped = move |id: &str| (id == "nis2-72h").then_some(notified);
        assert_eq!(due("nis2-1month", &stopped), "2021-07-03T08:00:00+00:00");
    }

    #[test]
    fn errors_name_the_line_and_the_mend() {
        let text = include_str!("../../assets/clocks/fr.toml");
        let bad =
            text.replace("due = \"30 min\"", "due = \"soon\"").replace("id = \"fr-crisis-cell\"", "id = \"fr-d98-5\"");
        let errors = parse("clocks.toml", &bad, &[]).unwrap_err();
        let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(shown.len(), 2, "{shown:?}");
        let line = |needle: &str| bad.lines().position(|l| l.contains(needle)).unwrap() + 1;
        assert!(
            shown[1].starts_with(&format!("clocks.toml:{}: due = \"soon\": write", line("\"soon\""))),
            "{}",
            shown[1]
        );
        assert!(shown[0].contains("already used"), "{}", shown[0]);
        let syntax = parse("clocks.toml", "[[clock]]\nid = 3\n", &[]).unwrap_err();
        assert_eq!(syntax[0].line, 2, "{syntax:?}");
    }
}
