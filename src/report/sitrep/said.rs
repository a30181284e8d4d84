//! Information and facts by how far they were checked, and what the register says of a substitute number.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Input;
use crate::incident::SubstituteStatus;
use crate::incident::event::{Body, Entry, EntryId, Precision, Statement, Verification};
use crate::incident::kind::Kind;
use crate::lang::Arg;
use crate::report::outlook::details;
use crate::report::parts::{Since, Voice, one_line};
use crate::store::LogView;

/// Most statements that are read back for a draft: what is older is counted and not read.
const MOST: usize = 2_000;

/// Information and facts of a log, in the order of the log.
#[derive(Debug, Clone, Default)]
pub struct Statements {
    entries: Vec<Arc<Entry>>,
    earlier: usize,
    /// The latest forecast that was shown.
    forecast: Option<Arc<Entry>>,
}

impl Statements {
    /// The latest statements of a log (at most 2,000; earlier ones are counted).
    pub fn of(log: &LogView) -> Self {
        let statement = |kind: Option<Kind>| matches!(kind, Some(Kind::Information | Kind::Fact));
        let mut found = Self::default();
        for position in (0..log.len()).rev().filter(|position| statement(log.kind(*position))) {
            if found.entries.len() >= MOST {
                found.earlier += 1;
            } else if let Some(entry) = log.get(position) {
                found.entries.push(entry);
            }
        }
        found.entries.reverse();
        let forecast = (0..log.len()).rev().find(|position| log.kind(*position) == Some(Kind::Forecast));
        found.forecast = forecast.and_then(|position| log.get(position));
        found
    }

    /// From entries in the order of the log; other kinds are passed over.
    pub fn from_entries(entries: impl IntoIterator<Item = Arc<Entry>>) -> Self {
        let mut found = Self::default();
        for entry in entries {
            match entry.body {
                Body::Information(_) | Body::Fact(_) => found.entries.push(entry),
                Body::Forecast { .. } => found.forecast = Some(entry),
                _ => {}
            }
        }
        found
    }

    /// Statements that stand: one that refers to an earlier statement takes its place. The latest first.
    fn standing(&self) -> Vec<(&Entry, &Statement)> {
        let replaced: BTreeSet<&EntryId> = self.entries.iter().flat_map(|entry| &entry.re).collect();
        let mut standing: Vec<(&Entry, &Statement)> = self
            .entries
            .iter()
            .filter(|entry| !replaced.contains(&entry.id()))
            .filter_map(|entry| match &entry.body {
                Body::Information(statement) | Body::Fact(statement) => Some((entry.as_ref(), statement)),
                _ => None,
            })
            .collect();
        standing.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.fact_time()));
        standing
    }
}

/// The latest forecast, while it still speaks of what lies ahead: its words, whose figures they are, each option.
pub(super) fn forecast(input: &Input<'_>) -> Option<String> {
    let entry = input.statements?.forecast.as_deref()?;
    let Body::Forecast { text, outlook } = &entry.body else { return None };
    let at = entry.fact_time().to_utc();
    let ahead = outlook.horizons_min.iter().max().copied().unwrap_or_default();
    (input.now - at <= TimeDelta::minutes(i64::from(ahead)))
        .then(|| input.voice().line(at, &one_line(text), &details(outlook, input.lang)))
}

/// Facts that were verified.
pub(super) fn confirmed(input: &Input<'_>) -> Vec<String> {
    lines(input, &[Verification::Verified])
}

/// Facts that are being verified, or that nobody has checked.
pub(super) fn unverified(input: &Input<'_>) -> Vec<String> {
    lines(input, &[Verification::BeingVerified, Verification::ToVerify])
}

/// What was said and found wrong.
pub(super) fn refuted(input: &Input<'_>) -> Vec<String> {
    lines(input, &[Verification::Refuted])
}

fn lines(input: &Input<'_>, states: &[Verification]) -> Vec<String> {
    let Some(statements) = input.statements else { return Vec::new() };
    let mut lines: Vec<String> = statements
        .standing()
        .into_iter()
        .filter(|(_, statement)| states.contains(&statement.verification))
        .map(|(entry, statement)| line(input, entry, statement))
        .collect();
    if statements.earlier > 0 && states.contains(&Verification::ToVerify) {
        let voice = input.voice();
        lines.push(voice.bullet(&voice.say("sitrep-earlier", &[("n", Arg::from(statements.earlier))]), &[]));
    }
    lines
}

/// One statement: as corrected, with its source and how far it was checked.
fn line(input: &Input<'_>, entry: &Entry, statement: &Statement) -> String {
    let voice = input.voice();
    let correction = input.incident.corrections(&entry.id());
    let text = correction.map_or(statement.text.as_str(), |correction| correction.text.as_str());
    let mark = match entry.event_at.as_ref().map(|event| event.precision) {
        Some(Precision::About) => "~",
        Some(Precision::Before) => "≤",
        Some(Precision::Exact) | None => "",
    };
    let what = format!("{mark}{} {}", voice.hm(entry.fact_time().to_utc()), one_line(text));
    let source = match statement.source.as_str() {
        "" => String::new(),
        source => voice.say("report-source", &[("value", Arg::Str(&one_line(source)))]),
    };
    let checked = match statement.verification {
        Verification::ToVerify => voice.t("report-to-verify"),
        Verification::BeingVerified => voice.t("report-being-verified"),
        Verification::Verified | Verification::Refuted => String::new(),
    };
    let corrected = if correction.is_some() { voice.t("sitrep-corrected") } else { String::new() };
    voice.bullet(&what, &[source, checked, corrected])
}

/// Statements that are new, and earlier ones that were corrected since.
pub(super) fn news(input: &Input<'_>, since: &Since) -> Vec<(DateTime<Utc>, String)> {
    let Some(statements) = input.statements else { return Vec::new() };
    let voice = input.voice();
    let mut news = Vec::new();
    for (entry, statement) in statements.standing() {
        let at = entry.fact_time().to_utc();
        let correction = input.incident.corrections(&entry.id()).filter(|known| since.news_of(&known.origin));
        let (id, text, at) = match (correction, statement.verification) {
            (Some(correction), _) => ("sitrep-new-correction", correction.text.as_str(), correction.origin.at),
            (None, _) if !since.news(&entry.id(), at) => continue,
            (None, Verification::Verified) => ("sitrep-new-confirmed", statement.text.as_str(), at),
            (None, Verification::Refuted) => ("sitrep-new-refuted", statement.text.as_str(), at),
            (None, Verification::ToVerify | Verification::BeingVerified) => {
                ("sitrep-new-unverified", statement.text.as_str(), at)
            }
        };
        let what = voice.say(id, &[("text", Arg::Str(&one_line(text)))]);
        news.push((at, voice.line(at, &what, &[])));
    }
    news
}

/// What the register says of a substitute number.
pub(super) fn substitute(voice: &Voice<'_>, substitute: &SubstituteStatus) -> Vec<String> {
    let mut parts = Vec::new();
    if substitute.refuted.is_some() {
        parts.push(voice.t("crisis-refuted"));
    }
    if !substitute.registered {
        parts.push(voice.t("sitrep-not-registered"));
    }
    let works = substitute.works_from();
    parts.push(if substitute.tests.is_empty() {
        voice.t("sitrep-never-tested")
    } else if works.is_empty() {
        voice.t("crisis-tested-ko")
    } else {
        let works: Vec<String> = works.into_iter().map(one_line).collect();
        voice.say("sitrep-works-from", &[("accesses", Arg::Str(&works.join(", ")))])
    });
    for publication in &substitute.published {
        let place = one_line(&publication.place);
        let id = if publication.withdrawn.is_some() { "crisis-withdrawn" } else { "crisis-published" };
        parts.push(voice.say(id, &[("value", Arg::Str(&place))]));
    }
    parts
}
