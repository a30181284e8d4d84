//! Documented timelines of past incidents: what is known of an evening, with grades and sources.
//!
//! Layers are kept apart: what was true, what each organisation believed, what was done, who was told,
//! what the public heard. Contradictions stay open as conflict groups. Victims are left out.

use std::sync::OnceLock;

use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::network::{Grade, Said, Text};
use crate::text::document::{At, Document, Problems, Table, choose, write};

/// The shipped timelines: id of the incident and text.
const FILES: &[(&str, &str)] = &[
    ("france-2021-06-02", include_str!("../../assets/incidents/france-2021-06-02/timeline.toml")),
    ("france-2023-01-17", include_str!("../../assets/incidents/france-2023-01-17/timeline.toml")),
    ("uk-2023-06-25", include_str!("../../assets/incidents/uk-2023-06-25/timeline.toml")),
    ("optus-2025-09-18", include_str!("../../assets/incidents/optus-2025-09-18/timeline.toml")),
    ("intrado-2014-04-09", include_str!("../../assets/incidents/intrado-2014-04-09/timeline.toml")),
    ("flood-2016-10-25", include_str!("../../assets/incidents/flood-2016-10-25/timeline.toml")),
];

/// Steps of an answer that a timeline may mark, one event each.
pub const MILESTONES: [&str; 8] =
    ["start", "detect", "understand", "declare", "authorities", "operators", "publish", "recover"];

/// How exactly a time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimePrecision {
    /// To the minute.
    Exact,
    /// About.
    About,
    /// At this time or before.
    Before,
    /// Some time between `at` and `until`.
    Window,
}

/// Whose knowledge an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What happened.
    Truth,
    /// What an organisation saw or believed.
    Belief,
    /// What an organisation did.
    Action,
    /// Who told whom.
    Notice,
    /// What the public was told.
    Public,
}

impl Layer {
    /// All layers, in the order they are shown.
    pub const ALL: [Self; 5] = [Self::Truth, Self::Belief, Self::Action, Self::Notice, Self::Public];

    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Truth => "truth",
            Self::Belief => "belief",
            Self::Action => "action",
            Self::Notice => "notice",
            Self::Public => "public",
        }
    }
}

/// One documented event.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentedEvent {
    /// When (incident time).
    pub at: DateTime<Utc>,
    /// End of what lasts, or of the window in which it happened.
    pub until: Option<DateTime<Utc>>,
    /// The earliest instant at which its words could be said: an account of the evening is of the next day, what lies in
    /// a window has happened at its end. Nothing shows it earlier unasked.
    pub known: DateTime<Utc>,
    /// How exactly `at` is known.
    pub precision: TimePrecision,
    /// Whose knowledge it is.
    pub layer: Layer,
    /// Id of the organisation ([`Timeline::organisation`]).
    pub organisation: String,
    /// What.
    pub text: Text,
    /// How well it is known.
    pub grade: Grade,
    /// Ids of its sources ([`Timeline::source`]).
    pub sources: Vec<String>,
    /// The contradiction it is one side of ([`Timeline::conflict`]).
    pub conflict: Option<String>,
    /// Which step of the answer it documents: one of [`MILESTONES`].
    pub milestone: Option<String>,
}

/// What was wanted of the answer afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// One of [`MILESTONES`].
    pub milestone: String,
    /// Within so long after the start \[s\].
    pub within_s: u32,
    /// Ids of its sources.
    pub sources: Vec<String>,
}

/// A source of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Id (`S07`).
    pub id: String,
    /// What it is.
    pub title: String,
    /// Address, if it has one.
    pub address: String,
}

/// A contradiction between sources that was never settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Id (`start`).
    pub id: String,
    /// The open question.
    pub question: Text,
}

/// Who acts, sees or speaks in a timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Id (`operator`).
    pub id: String,
    /// Name.
    pub name: Text,
}

/// A documented timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Id of the incident.
    pub id: String,
    /// Title.
    pub title: Text,
    /// What it is, its limits.
    pub about: Text,
    /// Was the cause never published? Then what a rebuilt network shows of one is no finding.
    pub cause_unknown: bool,
    /// Zone of its local times.
    pub tz: Tz,
    /// Organisations.
    pub organisations: Vec<Organisation>,
    /// Open contradictions.
    pub conflicts: Vec<Conflict>,
    /// Sources.
    pub sources: Vec<Source>,
    /// What was wanted of the answer afterwards.
    pub targets: Vec<Target>,
    /// Events by the time from which they are known, then by their own.
    pub events: Vec<DocumentedEvent>,
}

impl Timeline {
    /// The events that are known at `now`.
    pub fn until(&self, now: DateTime<Utc>) -> impl Iterator<Item = &DocumentedEvent> {
        self.events.iter().filter(move |event| event.known <= now)
    }

    /// An organisation by id.
    pub fn organisation(&self, id: &str) -> Option<&Organisation> {
        self.organisations.iter().find(|organisation| organisation.id == id)
    }

    /// A contradiction by id.
    pub fn conflict(&self, id: &str) -> Option<&Conflict> {
        self.conflicts.iter().find(|conflict| conflict.id == id)
    }

    /// A source by id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }
}

/// Ids of the shipped timelines.
pub fn shipped() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(id, _)| *id)
}

/// A shipped timeline by the id of its incident.
///
/// # Errors
/// The mistakes of its file (a test refuses a shipped file that has any); `None` if there is no such incident.
pub fn load(id: &str) -> Option<Result<Timeline, Problems>> {
    FILES.iter().find(|(name, _)| *name == id).map(|(_, text)| parse(&format!("{id}/timeline.toml"), text))
}

/// The shipped timeline that these events belong to, read once.
pub fn timeline_of(events: &[&DocumentedEvent]) -> Option<&'static Timeline> {
    static READ: OnceLock<Vec<Timeline>> = OnceLock::new();
    let first = *events.first()?;
    let all = READ.get_or_init(|| shipped().filter_map(|id| load(id)?.ok()).collect());
    all.iter().find(|timeline| timeline.events.contains(first))
}

/// The place of the newest of these events that is known at `now`, or of the first.
pub fn newest(events: &[&DocumentedEvent], now: DateTime<Utc>) -> usize {
    events.iter().rposition(|event| event.known <= now).unwrap_or(0)
}

/// Reads a timeline.
///
/// # Errors
/// All mistakes at once, each with file, line, column and mend.
pub fn parse(name: &str, text: &str) -> Result<Timeline, Problems> {
    let document = Document::parse(name, text)?;
    let timeline = read(&document.root());
    document.finish(timeline)
}

fn read(root: &Table<'_>) -> Option<Timeline> {
    let id = root.string("id", "name the incident: id = \"france-2021-06-02\"");
    let title = root.text("title");
    let about = root.text("about");
    let cause_unknown = root.opt_word("cause", &[("unknown", ())]).is_some();
    let tz = zone(root);
    let sources: Vec<Source> = root.tables("source").iter().filter_map(source).collect();
    let conflicts: Vec<Conflict> = root
        .tables("conflict")
        .iter()
        .filter_map(|t| named(t, "question").map(|(id, question)| Conflict { id, question }))
        .collect();
    let organisations: Vec<Organisation> = root
        .tables("organisation")
        .iter()
        .filter_map(|t| named(t, "name").map(|(id, name)| Organisation { id, name }))
        .collect();
    let known = Known {
        tz: tz.unwrap_or(Tz::UTC),
        sources: sources.iter().map(|s| s.id.as_str()).collect(),
        conflicts: conflicts.iter().map(|c| c.id.as_str()).collect(),
        organisations: organisations.iter().map(|o| o.id.as_str()).collect(),
    };
    let targets = root.tables("target").iter().filter_map(|t| target(t, &known)).collect();
    let mut events: Vec<DocumentedEvent> = root.tables("event").iter().filter_map(|t| event(t, &known)).collect();
    root.finish();
    events.sort_by_key(|event| (event.known, event.at));
    Some(Timeline {
        id: id?.value,
        title: title?,
        about: about?,
        cause_unknown,
        tz: tz?,
        organisations,
        conflicts,
        sources,
        targets,
        events,
    })
}

struct Known<'a> {
    tz: Tz,
    sources: Vec<&'a str>,
    conflicts: Vec<&'a str>,
    organisations: Vec<&'a str>,
}

fn zone(root: &Table<'_>) -> Option<Tz> {
    let at = root.string("zone", write("zone = \"Europe/Paris\""))?;
    let zone = at.value.parse().ok();
    if zone.is_none() {
        root.problem(at.span, Said::new("doc-no-zone").with("zone", at.value), write("zone = \"Europe/Paris\""));
    }
    zone
}

fn source(table: &Table<'_>) -> Option<Source> {
    let id = table.string("id", write("id = \"S07\""));
    let title = table.string("title", write("title = \"…\""));
    let address = table.opt_string("address").map(|at| at.value).unwrap_or_default();
    table.finish();
    Some(Source { id: id?.value, title: title?.value, address })
}

fn named(table: &Table<'_>, text: &'static str) -> Option<(String, Text)> {
    let id = table.string("id", write("id = \"…\""));
    let words = table.text(text);
    table.finish();
    Some((id?.value, words?))
}

/// A local time of the file (`2021-06-02 16:44`) as an instant.
fn instant(table: &Table<'_>, at: &At<String>, tz: Tz) -> Option<DateTime<Utc>> {
    let Ok(local) = NaiveDateTime::parse_from_str(&at.value, "%Y-%m-%d %H:%M") else {
        table.problem(
            at.span.clone(),
            Said::new("doc-not-a-time").with("time", &at.value),
            write("\"2021-06-02 16:44\""),
        );
        return None;
    };
    // In the repeated hour of autumn the first passage is taken.
    let found = tz.from_local_datetime(&local).earliest();
    if found.is_none() {
        table.problem(
            at.span.clone(),
            Said::new("doc-no-such-hour").with("time", &at.value).with("zone", tz.name()),
            Said::new("doc-mend-hour"),
        );
    }
    found.map(|t| t.to_utc())
}

/// `what` is the id of what it is called in messages.
fn reference(table: &Table<'_>, at: &At<String>, what: &'static str, known: &[&str]) {
    if !known.contains(&at.value.as_str()) {
        let message = Said::new("doc-not-listed").with("what", Said::new(what).with("id", &at.value));
        table.problem(at.span.clone(), message, choose(&at.value, known));
    }
}

fn target(table: &Table<'_>, known: &Known<'_>) -> Option<Target> {
    let milestone = table.word("milestone", &MILESTONES.map(|word| (word, word)));
    let within = table.opt_duration("within");
    if within.is_none() {
        let what = Said::new("doc-missing").with("key", "`within`");
        table.problem(table.span(), what, write("within = \"30m\""));
    }
    let sources = table.strings("sources");
    for at in &sources {
        reference(table, at, "doc-source", &known.sources);
    }
    table.finish();
    let sources = sources.into_iter().map(|at| at.value).collect();
    Some(Target { milestone: milestone?.value.to_owned(), within_s: within?.value, sources })
}

fn event(table: &Table<'_>, known: &Known<'_>) -> Option<DocumentedEvent> {
    let at = table.string("at", write("at = \"2021-06-02 16:44\"")).and_then(|at| instant(table, &at, known.tz));
    let until_span = table.opt_string("until");
    let until = until_span.as_ref().and_then(|at| instant(table, at, known.tz));
    let told_span = table.opt_string("known");
    let told = told_span.as_ref().and_then(|at| instant(table, at, known.tz));
    let words = [
        ("exact", TimePrecision::Exact),
        ("about", TimePrecision::About),
        ("before", TimePrecision::Before),
        ("window", TimePrecision::Window),
    ];
    let precision = table.opt_word("precision", &words).map_or(TimePrecision::Exact, |at| at.value);
    let layer = table.word("layer", &Layer::ALL.map(|layer| (layer.word(), layer)));
    let organisation = table.string("organisation", Said::new("doc-mend-organisation"));
    if let Some(at) = &organisation {
        reference(table, at, "doc-organisation", &known.organisations);
    }
    let text = table.text("text");
    if !table.has("grade") {
        let what = Said::new("doc-missing").with("key", "`grade`");
        table.problem(table.span(), what, Said::new("doc-mend-one-of").with("known", "D, D-, I, M, U"));
    }
    let grade = table.opt_grade("grade");
    let sources = table.strings("sources");
    for at in &sources {
        reference(table, at, "doc-source", &known.sources);
    }
    if sources.is_empty() && matches!(grade, Some(Grade::D | Grade::DWeak)) {
        table.problem(table.span(), Said::new("doc-event-no-source"), Said::new("doc-mend-event-no-source"));
    }
    let conflict = table.opt_string("conflict");
    if let Some(at) = &conflict {
        reference(table, at, "doc-conflict", &known.conflicts);
    }
    let milestone = table.opt_word("milestone", &MILESTONES.map(|word| (word, word))).map(|at| at.value.to_owned());
    if precision == TimePrecision::Window && !table.has("until") {
        table.problem(table.span(), Said::new("doc-window-no-end"), write("until = \"2021-06-02 18:00\""));
    }
    for (name, later, span) in [("until", until, until_span), ("known", told, told_span)] {
        if let (Some(at), Some(later), Some(span)) = (at, later, span)
            && later < at
        {
            let what = Said::new("doc-before-at").with("key", name);
            table.problem(span.span, what, Said::new("doc-mend-one-of-both"));
        }
    }
    table.finish();
    let happened = until.filter(|_| precision == TimePrecision::Window).or(at);
    Some(DocumentedEvent {
        at: at?,
        known: told.or(happened)?,
        until,
        precision,
        layer: layer?.value,
        organisation: organisation?.value,
        text: text?,
        grade: grade?,
        sources: sources.into_iter().map(|at| at.value).collect(),
        conflict: conflict.map(|at| at.value),
        milestone,
    })
}

#[cfg(test)]
mod tests;
