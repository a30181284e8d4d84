//! Clocks as data: legal and internal deadlines (`assets/clocks/*.toml`). Those of France and the European Union start
//! with the logged awareness entry, those of other regimes by an entry of their own. Days and months are counted in the
//! calendar of the incident's zone, so that a change of the hour moves no deadline.

use std::fmt;
use std::sync::OnceLock;

use chrono::{DateTime, Days, Months, NaiveDate, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
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
    /// Calendar days.
    Days(u32),
    /// Calendar months.
    Months(u32),
}

/// What a clock counts from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// From awareness.
    Awareness,
    /// From an entry that starts it.
    Hand,
    /// From the stop of this other clock; from its deadline until it is stopped.
    Clock(String),
}

/// What the log says of clocks.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    /// The zone whose calendar counts.
    pub zone: Tz,
    /// Awareness.
    pub awareness: Option<DateTime<Utc>>,
    /// When a clock was started by an entry.
    pub started: &'a dyn Fn(&str) -> Option<DateTime<Utc>>,
    /// When a clock was stopped.
    pub stopped: &'a dyn Fn(&str) -> Option<DateTime<Utc>>,
}

/// A legal or internal clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockSpec {
    /// Whose law or practice it is: the file that it stands in (`fr`, `eu`, `uk`); empty: the user's own.
    pub law: String,
    /// Id (`fr-d98-5`).
    pub id: String,
    /// What must have been done.
    pub label: Text,
    /// To whom, or on whose authority.
    pub authority: Text,
    /// What makes it start, in words.
    pub trigger: Text,
    /// What is to be sent or done.
    pub content: Text,
    /// By what means.
    pub channel: Text,
    /// What it counts from.
    pub start: Start,
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
    /// Does awareness alone start it, itself or through the clocks it counts from?
    pub fn from_awareness(&self, all: &[Self]) -> bool {
        match &self.start {
            Start::Awareness => true,
            Start::Hand => false,
            Start::Clock(other) => all.iter().find(|clock| clock.id == *other).is_some_and(|c| c.from_awareness(all)),
        }
    }

    /// When it is due; `None`: nothing has started it. A start by hand counts for every clock, whatever it says itself.
    pub fn due(&self, all: &[Self], said: &Said<'_>) -> Option<DateTime<Utc>> {
        let start = match ((said.started)(&self.id), &self.start) {
            (Some(at), _) => at,
            (None, Start::Awareness) => said.awareness?,
            (None, Start::Hand) => return None,
            // A chain of clocks has no cycle: `parse` accepts only clocks that come before.
            (None, Start::Clock(other)) => match (said.stopped)(other) {
                Some(at) => at,
                None => all.iter().find(|clock| clock.id == *other)?.due(all, said)?,
            },
        };
        let local = start.with_timezone(&said.zone).naive_local();
        Some(match self.delay {
            Delay::AsSoonAsKnown => start,
            Delay::Seconds(s) => start.checked_add_signed(TimeDelta::seconds(s)).unwrap_or(start),
            Delay::Days(n) => on_calendar(local.checked_add_days(Days::new(u64::from(n))), said.zone, start),
            Delay::Months(n) => on_calendar(local.checked_add_months(Months::new(n)), said.zone, start),
        })
    }
}

/// A local time as an instant. Of an hour that comes twice, the first: nobody is told he has more than he has. In an hour
/// that does not exist, the moment at which the clocks are put forward.
fn on_calendar(local: Option<NaiveDateTime>, zone: Tz, otherwise: DateTime<Utc>) -> DateTime<Utc> {
    let Some(local) = local else { return otherwise };
    if let Some(at) = zone.from_local_datetime(&local).earliest() {
        return at.to_utc();
    }
    // A gap is at most a day long (an island that changed sides of the date line).
    let mut minutes = (1..=1_440).map(|minute| local + TimeDelta::minutes(minute));
    let after = minutes.find_map(|later| zone.from_local_datetime(&later).earliest());
    after.map_or(otherwise, |at| {
        let past = at.naive_local() - local;
        // The first minute that exists is the change itself when the minutes line up; round down to the whole minute.
        (at - TimeDelta::seconds(i64::from(chrono::Timelike::second(&at)).min(past.num_seconds()))).to_utc()
    })
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
    trigger: Text,
    content: Text,
    channel: Text,
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
        let start = match after {
            "awareness" => Start::Awareness,
            "hand" => Start::Hand,
            other => Start::Clock(other.to_owned()),
        };
        if matches!(start, Start::Clock(_)) && !before.iter().chain(&clocks).any(|clock| clock.id == after) {
            errors.push(error(
                row.after.span().start,
                format!("after = \"{after}\": write \"awareness\", \"hand\" or the id of a clock further up"),
            ));
        }
        let delay = parse_delay(row.due.get_ref());
        if delay.is_none() {
            errors.push(error(
                row.due.span().start,
                format!(
                    "due = \"{}\": write \"as soon as known\", or a number and min, h, d or month (\"30 min\")",
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
                law: file.trim_end_matches(".toml").to_owned(),
                id,
                label: row.label,
                authority: row.authority,
                trigger: row.trigger,
                content: row.content,
                channel: row.channel,
                start,
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
        "d" => Some(Delay::Days(number)),
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
            ("us.toml", include_str!("../../assets/clocks/us.toml")),
            ("uk.toml", include_str!("../../assets/clocks/uk.toml")),
            ("au.toml", include_str!("../../assets/clocks/au.toml")),
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

/// The clocks that come with the program, then those of a user's own files (name and text, in this order); a file with a
/// mistake is left out and every mistake of it is in the second list.
pub fn with_own(files: &[(String, String)]) -> (Vec<ClockSpec>, Vec<ClockError>) {
    let (mut all, mut wrong) = (shipped().to_vec(), Vec::new());
    for (name, text) in files {
        match parse(name, text, &all) {
            Ok(more) => all.extend(more.into_iter().map(|clock| ClockSpec { law: String::new(), ..clock })),
            Err(errors) => wrong.extend(errors),
        }
    }
    (all, wrong)
}

#[cfg(test)]
mod tests;
