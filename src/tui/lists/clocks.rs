//! The clock board and the battle rhythm.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::incident::clocks::{self, ClockSpec};
use crate::incident::rhythm::{Beat, FREEZE_MIN};
use crate::incident::{DeadlineSource, Incident};
use crate::lang::{Arg, Lang};
use crate::session::Session;
use crate::tui::cell::{CellAct, CellForm};
use crate::tui::model::Level;

use super::ListRow;

/// Slots of the past that are shown.
const PAST: usize = 6;

/// A clock by its id.
pub fn clock(id: &str) -> Option<&'static ClockSpec> {
    clocks::shipped().iter().find(|clock| clock.id == id)
}

/// How a clock stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// When it is due; `None`: it does not run.
    pub due: Option<DateTime<Utc>>,
    /// Since when it runs, and why when it was started by hand.
    pub started: Option<(DateTime<Utc>, String)>,
    /// When and why it was stopped.
    pub stopped: Option<(DateTime<Utc>, String)>,
}

/// How a clock stands at `now`.
pub fn stand(session: &Session, id: &str, now: DateTime<Utc>) -> Stand {
    let incident = session.incident();
    let due = session.deadlines(now).into_iter().find(|d| d.source == DeadlineSource::Clock(id.to_owned()));
    let by_hand = incident.clock_started(id).map(|(at, why)| (at, why.to_owned()));
    let started = by_hand.or_else(|| incident.awareness().map(|at| (at, String::new())));
    let stopped = incident.clock_stopped(id).map(|(at, why)| (at, why.to_owned()));
    let due = due.map(|deadline| deadline.due);
    Stand { started: started.filter(|_| due.is_some()), due, stopped }
}

impl Stand {
    fn level(&self, now: DateTime<Utc>) -> Level {
        match (&self.stopped, self.due) {
            (Some(_), _) => Level::Good,
            (None, None) => Level::Info,
            (None, Some(due)) if due <= now => Level::Bad,
            (None, Some(_)) => Level::Warning,
        }
    }

    /// What is left, or how late it is.
    fn left(&self, lang: &Lang, now: DateTime<Utc>) -> String {
        match (&self.stopped, self.due) {
            (Some(_), _) => lang.t("cell-clock-stopped"),
            (None, None) => lang.t("cell-clock-idle"),
            (None, Some(due)) => {
                let id = if due <= now { "cell-late" } else { "cell-left" };
                lang.ta(id, &[("time", Arg::Str(&lang.span((due - now).abs())))])
            }
        }
    }

    /// Deadline in local time and UTC, from when, stopped when and why.
    pub fn words(&self, lang: &Lang, zone: Tz, now: DateTime<Utc>) -> String {
        let mut parts = vec![self.left(lang, now)];
        if let Some(due) = self.due {
            let (local, utc) = (both(lang, due, zone, now), both(lang, due, Tz::UTC, now));
            parts.push(lang.ta("cell-clock-due", &[("local", Arg::Str(&local)), ("utc", Arg::Str(&utc))]));
        }
        if let Some((at, why)) = &self.started {
            let id = if why.is_empty() { "cell-clock-since" } else { "cell-clock-by-hand" };
            let time = both(lang, *at, zone, now);
            parts.push(lang.ta(id, &[("time", Arg::Str(&time)), ("why", Arg::Str(why))]));
        }
        if let Some((at, why)) = &self.stopped {
            let time = both(lang, *at, zone, now);
            parts.push(lang.ta("cell-clock-stop", &[("time", Arg::Str(&time)), ("why", Arg::Str(why))]));
        }
        parts.join(" · ")
    }
}

/// `18:15`, with the day when it is another one.
fn both(lang: &Lang, at: DateTime<Utc>, zone: Tz, now: DateTime<Utc>) -> String {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let time = lang.hm(at, zone);
    if day(at) == day(now) { time } else { format!("{} {time}", lang.date(at, zone)) }
}

/// Label ids and values of what a clock is about: authority, basis, content, channel, sources.
pub fn clock_facts(clock: &ClockSpec, lang: &Lang) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("cell-authority", lang.of(&clock.authority).to_owned()),
        ("cell-trigger", lang.of(&clock.trigger).to_owned()),
        ("cell-content", lang.of(&clock.content).to_owned()),
        ("cell-channel", lang.of(&clock.channel).to_owned()),
        ("card-basis", clock.basis.clone()),
        ("card-owner", clock.owner.clone()),
        ("card-sources", clock.sources.join(", ")),
        ("cell-checked", clock.checked.to_string()),
    ];
    if let Some(note) = &clock.note {
        facts.push(("card-note", lang.of(note).to_owned()));
    }
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// The sentence above the clocks: from when they count.
pub fn about(session: &Session, lang: &Lang) -> String {
    match session.incident().awareness() {
        Some(at) => lang.ta("cell-clocks-about", &[("time", Arg::Str(&lang.hm(at, session.zone())))]),
        None => lang.t("deadlines-not-aware"),
    }
}

/// The rhythm, then every clock: running ones by their deadline, then those that do not run, then stopped ones.
pub fn rows(session: &Session, lang: &Lang, now: DateTime<Utc>) -> Vec<ListRow> {
    let zone = session.zone();
    let mut stands: Vec<_> = clocks::shipped().iter().map(|clock| (stand(session, &clock.id, now), clock)).collect();
    stands.sort_by_key(|(stand, _)| (stand.stopped.is_some(), stand.due.is_none(), stand.due));
    let clocks = stands.into_iter().map(|(stand, clock)| {
        let act = CellAct::Clock(clock.id.clone());
        let mut row = ListRow::new(stand.level(now), lang.of(&clock.label), stand.left(lang, now), act);
        // What is left stands at the right end already.
        let words = stand.words(lang, zone, now);
        row = row.with(words.split_once(" · ").map_or("", |(_, rest)| rest));
        row.with(format!("{} · {}", lang.of(&clock.authority), clock.basis))
    });
    std::iter::once(rhythm_row(session, lang, now)).chain(clocks).collect()
}

/// The slots of the rhythm around now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slots {
    /// Those that passed and were missed, or were written down as held; the latest ones, oldest first.
    pub past: Vec<(DateTime<Utc>, bool)>,
    /// How many were missed in all.
    pub missed: usize,
    /// The next one, or the present one while it can still be held.
    pub next: Option<Beat>,
}

/// The slots of the rhythm around `now`.
pub fn slots(incident: &Incident, now: DateTime<Utc>) -> Slots {
    let missed = incident.missed_slots(now);
    let held = incident.slots().iter().filter(|(_, (held, _))| *held).map(|(slot, _)| (*slot, true));
    let mut past: Vec<(DateTime<Utc>, bool)> = missed.iter().map(|slot| (*slot, false)).chain(held).collect();
    past.sort_unstable();
    let from = past.len().saturating_sub(PAST);
    Slots { past: past.split_off(from), missed: missed.len(), next: incident.beat(now) }
}

fn rhythm_row(session: &Session, lang: &Lang, now: DateTime<Utc>) -> ListRow {
    let incident = session.incident();
    let Some(rhythm) = incident.rhythm().filter(|rhythm| rhythm.every_min > 0) else {
        return ListRow::new(Level::Info, lang.t("cell-rhythm-none"), "", CellAct::Form(CellForm::Rhythm));
    };
    let slots = slots(incident, now);
    let every = lang.ta("crisis-every", &[("value", Arg::Str(&rhythm.every_min.to_string()))]);
    let head = format!("{} · {every}", lang.t("act-rhythm"));
    let Some(next) = slots.next else { return ListRow::new(Level::Info, head, "", CellAct::Rhythm) };
    let left = lang.span((next.slot - now).abs());
    let id = if next.slot <= now { "cell-late" } else { "cell-left" };
    let end = lang.ta(id, &[("time", Arg::Str(&left))]);
    let level = if slots.missed > 0 {
        Level::Bad
    } else if next.frozen_since.is_some() {
        Level::Warning
    } else {
        Level::Info
    };
    let zone = session.zone();
    let freeze = next.slot - TimeDelta::minutes(FREEZE_MIN);
    let times = [("next", lang.hm(next.slot, zone)), ("freeze", lang.hm(freeze, zone))];
    let args = times.each_ref().map(|(id, time)| (*id, Arg::Str(time.as_str())));
    let id = if next.frozen_since.is_some() { "cell-rhythm-frozen" } else { "cell-rhythm-next" };
    let missed = match slots.missed {
        0 => String::new(),
        n => lang.ta("cell-rhythm-open", &[("n", Arg::from(n))]),
    };
    ListRow::new(level, head, end, CellAct::Rhythm).with(lang.ta(id, &args)).with(missed)
}
