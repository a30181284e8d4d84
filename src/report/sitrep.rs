//! The draft of a point de situation, computed from the log and the board: people edit it, a second person approves it.
//!
//! Nothing is invented: what the log does not say is left to be completed, and says so. Impacts are ranges.
//!
//! Does not belong here: writing entries, drawing, headings on the screen ([`heading_id`] names them).

mod impacts;
mod said;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use chrono_tz::Tz;

use super::parts::{Since, Voice, one_line};
pub use said::Statements;

use crate::health::Board;
use crate::incident::Incident;
use crate::incident::debts::Debt;
use crate::incident::event::{ActionState, Body};
use crate::incident::record::{PublicStage, Section, SitrepVariant};
use crate::incident::status::{Deadline, DeadlineKind, DeadlineState};
use crate::lang::{Arg, Lang};
use crate::playbook::Tally;

/// Without a battle rhythm, the next point is proposed this long after \[min\] (the French cadence is 20 to 30 min at first).
const NEXT_MIN: i64 = 30;

/// Sections of a full point de situation, in their order.
pub const FULL: [&str; 13] = [
    "confirmed",
    "unverified",
    "refuted",
    "impacts",
    "done",
    "in-progress",
    "decisions",
    "pending",
    "anticipation",
    "needs",
    "communication",
    "debts",
    "changes",
];

/// Sections of the short form: conditions, actions, needs.
pub const CAN: [&str; 3] = ["conditions", "actions", "needs"];

/// A playbook that runs, with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// Its title in the language of the report.
    pub title: String,
    /// Its counts.
    pub tally: Tally,
}

/// What a draft is made from.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// The log, folded.
    pub incident: &'a Incident,
    /// Information and facts of the log ([`Statements::of`]).
    pub statements: Option<&'a Statements>,
    /// Routing health, if there is any.
    pub board: Option<&'a Board>,
    /// What is due, the most urgent first.
    pub deadlines: &'a [Deadline],
    /// Everything owed, the oldest first.
    pub debts: &'a [Debt],
    /// Playbooks that run.
    pub playbooks: &'a [Running],
    /// Titles of playbooks that the board suggests and nobody opened.
    pub suggested: &'a [String],
    /// As of (incident time).
    pub now: DateTime<Utc>,
    /// Language.
    pub lang: &'a Lang,
    /// Time zone.
    pub tz: Tz,
    /// Shape.
    pub variant: SitrepVariant,
}

impl<'a> Input<'a> {
    /// With the log alone; fill in what else is known.
    pub fn new(incident: &'a Incident, now: DateTime<Utc>, lang: &'a Lang, tz: Tz) -> Self {
        Self {
            incident,
            statements: None,
            board: None,
            deadlines: &[],
            debts: &[],
            playbooks: &[],
            suggested: &[],
            now,
            lang,
            tz,
            variant: SitrepVariant::Full,
        }
    }

    pub(super) fn voice(&self) -> Voice<'a> {
        Voice { lang: self.lang, tz: self.tz, now: self.now }
    }

    /// Since when things are new: the last point de situation that nobody refused.
    pub(super) fn since(&self) -> Option<Since> {
        let refused = |sitrep: &&crate::incident::SitrepStatus| {
            sitrep.approved().is_none() && sitrep.marks.iter().any(|mark| !mark.granted)
        };
        let last = self.incident.sitreps().iter().rev().find(|sitrep| !refused(sitrep))?;
        Some(Since { entry: last.origin.entry.clone(), as_of: last.as_of })
    }
}

/// A drafted point de situation, ready to become an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its number, from 1.
    pub number: u32,
    /// Its shape.
    pub variant: SitrepVariant,
    /// One line.
    pub text: String,
    /// Its parts, in order ([`FULL`], [`CAN`]); each at most [`crate::incident::MAX_TEXT`] bytes.
    pub sections: Vec<Section>,
    /// What it describes (incident time).
    pub as_of: DateTime<Utc>,
    /// The next one (incident time).
    pub next_at: DateTime<Utc>,
}

impl Draft {
    /// The entry that records it.
    pub fn body(self, tz: Tz) -> Body {
        let fixed = |at: DateTime<Utc>| at.with_timezone(&tz).fixed_offset();
        Body::Sitrep {
            number: self.number,
            variant: self.variant,
            text: self.text,
            sections: self.sections,
            as_of: fixed(self.as_of),
            next_at: Some(fixed(self.next_at)),
        }
    }
}

/// Message id of a section's heading: in the reader's language, whatever language the section is written in.
pub fn heading_id(section: &str) -> String {
    format!("sitrep-section-{section}")
}

/// The heading of a section; its id where it is none of ours.
pub fn heading(section: &str, lang: &Lang) -> String {
    let id = heading_id(section);
    if lang.has(&id) { lang.t(&id) } else { one_line(section) }
}

/// Drafts a point de situation.
pub fn draft(input: &Input<'_>) -> Draft {
    let number = input.incident.sitreps().iter().map(|sitrep| sitrep.number).max().unwrap_or(0).saturating_add(1);
    let next_at = next_at(input.incident, input.now);
    let sections = match input.variant {
        SitrepVariant::Full => FULL.iter().map(|id| section(input, id)).collect(),
        SitrepVariant::Can => CAN.iter().map(|id| section(input, id)).collect(),
    };
    Draft { number, variant: input.variant, text: headline(input), sections, as_of: input.now, next_at }
}

/// One line: the state, the range, how long it has been known.
fn headline(input: &Input<'_>) -> String {
    let voice = input.voice();
    let mut parts = impacts::headline(input);
    if let Some(awareness) = input.incident.awareness() {
        parts.push(voice.say("sitrep-aware", &[("time", Arg::Str(&voice.hm(awareness)))]));
    }
    let debts = input.debts.len();
    if debts > 0 {
        parts.push(voice.say("sitrep-debts-count", &[("n", Arg::from(debts))]));
    }
    parts.join(" · ")
}

/// The next point fixe: the next slot of the rhythm; without one, in half an hour, on five minutes.
pub fn next_at(incident: &Incident, now: DateTime<Utc>) -> DateTime<Utc> {
    if let Some(rhythm) = incident.rhythm().filter(|rhythm| rhythm.every_min > 0) {
        let every = i64::from(rhythm.every_min) * 60;
        let behind = (now - rhythm.next_at).num_seconds();
        let slots = if behind < 0 { 0 } else { behind / every + 1 };
        let ahead = TimeDelta::try_seconds(slots.saturating_mul(every)).unwrap_or_default();
        return rhythm.next_at.checked_add_signed(ahead).unwrap_or(rhythm.next_at);
    }
    let plain = now + TimeDelta::minutes(NEXT_MIN);
    plain.duration_trunc(TimeDelta::minutes(5)).unwrap_or(plain)
}

/// One section by its id.
pub(super) fn section(input: &Input<'_>, id: &str) -> Section {
    let lines = match id {
        "confirmed" => said::confirmed(input),
        "unverified" => said::unverified(input),
        "refuted" => said::refuted(input),
        "impacts" => impacts::lines(input),
        "done" => done(input),
        "in-progress" => in_progress(input),
        "decisions" => decisions(input),
        "pending" => pending(input),
        "anticipation" => anticipation(input),
        "needs" => needs(input),
        "communication" => communication(input),
        "debts" => owed(input),
        "changes" => changes(input),
        "clocks" => clocks(input),
        "conditions" => impacts::lines(input).into_iter().chain(said::confirmed(input)).collect(),
        "actions" => in_progress(input).into_iter().chain(done(input)).collect(),
        _ => Vec::new(),
    };
    input.voice().section(id, lines)
}

/// Lines on the impacts, for other reports.
pub(super) fn impact_lines(input: &Input<'_>) -> Vec<String> {
    impacts::lines(input)
}

/// Actions that were done or dropped, the latest first; playbooks with their counts.
fn done(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let mut ended: Vec<_> = input
        .incident
        .actions()
        .iter()
        .filter(|action| action.state != ActionState::Ordered)
        .map(|action| (action.changed.as_ref().map_or(action.origin.at, |(_, at)| *at), action))
        .collect();
    ended.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    ended
        .into_iter()
        .map(|(at, action)| {
            let dropped = if action.state == ActionState::Dropped { voice.t("report-dropped") } else { String::new() };
            voice.line(at, &action.text, &[one_line(&action.owner), dropped])
        })
        .collect()
}

/// Actions that are not done, the most urgent first; playbooks that run; playbooks that nobody opened.
fn in_progress(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let mut open: Vec<_> = input.incident.undone().collect();
    open.sort_by_key(|action| (action.due.is_none(), action.due, action.origin.at));
    let actions = open.into_iter().map(|action| {
        let owner = if action.owner.is_empty() { voice.t("sitrep-no-owner") } else { one_line(&action.owner) };
        let due = action.due.map_or(String::new(), |due| {
            let id = if due <= input.now { "sitrep-overdue" } else { "sitrep-due" };
            voice.say(id, &[("time", Arg::Str(&voice.hm(due)))])
        });
        voice.bullet(&action.text, &[owner, due])
    });
    let playbooks = input.playbooks.iter().map(|running| {
        let late = match running.tally.late {
            0 => String::new(),
            n => voice.say("sitrep-steps-late", &[("n", Arg::from(n))]),
        };
        let not_yet = match running.tally.not_yet_effective {
            0 => String::new(),
            n => voice.say("sitrep-steps-not-effective", &[("n", Arg::from(n))]),
        };
        let what = voice.say("sitrep-playbook", &[("title", Arg::Str(&one_line(&running.title)))]);
        voice.bullet(&what, &[running.tally.sentence(input.lang), not_yet, late])
    });
    let suggested = input
        .suggested
        .iter()
        .map(|title| voice.bullet(&voice.say("sitrep-suggested", &[("title", Arg::Str(&one_line(title)))]), &[]));
    actions.chain(playbooks).chain(suggested).collect()
}

/// Decisions, the latest first, with their reason and what came of them.
fn decisions(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let mut all: Vec<_> = input.incident.decisions().iter().collect();
    all.sort_by_key(|decision| std::cmp::Reverse(decision.origin.at));
    all.into_iter()
        .map(|decision| {
            let reason = if decision.rationale.trim().is_empty() {
                voice.t("report-no-reason")
            } else {
                voice.say("report-reason", &[("value", Arg::Str(&one_line(&decision.rationale)))])
            };
            let not = if decision.record.not_to_act { voice.t("sitrep-not-to-act") } else { String::new() };
            let review = decision
                .review_at
                .map_or(String::new(), |at| voice.say("crisis-review", &[("value", Arg::Str(&voice.hm(at)))]));
            let outcome = decision
                .outcomes
                .last()
                .map_or(String::new(), |(_, text)| voice.say("sitrep-outcome", &[("text", Arg::Str(&one_line(text)))]));
            voice.line(
                decision.origin.at,
                &decision.text,
                &[not, one_line(&decision.origin.who), reason, review, outcome],
            )
        })
        .collect()
}

/// Decisions that are pending, the most urgent first.
fn pending(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let mut open: Vec<_> = input.incident.questions().iter().filter(|question| question.settled.is_none()).collect();
    open.sort_by_key(|question| (question.decide_by.is_none(), question.decide_by, question.origin.at));
    open.into_iter()
        .map(|question| {
            let by = question.decide_by.map_or(String::new(), |by| {
                let id = if by <= input.now { "sitrep-overdue" } else { "crisis-decide-by" };
                let hm = voice.hm(by);
                voice.say(id, &[("time", Arg::Str(&hm)), ("value", Arg::Str(&hm))])
            });
            let options: Vec<String> = question.record.options.iter().map(|option| one_line(option)).collect();
            let options = if options.is_empty() {
                String::new()
            } else {
                voice.say("sitrep-options", &[("options", Arg::Str(&options.join(" / ")))])
            };
            voice.bullet(&question.text, &[by, options])
        })
        .collect()
}

/// What may come: the words of a forecast, and the lines that a person must complete.
fn anticipation(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let mut lines: Vec<String> = said::forecast(input).into_iter().collect();
    lines.extend(impacts::trend(input));
    lines.push(voice.bullet(&voice.t("sitrep-worst"), &[]));
    lines.push(voice.bullet(&voice.t("sitrep-most-likely"), &[]));
    lines
}

/// Requests that nobody answered, the oldest first.
fn needs(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let asked = input.incident.unanswered().filter(|message| message.request);
    asked
        .map(|request| {
            let to = voice.say("report-to", &[("value", Arg::Str(&one_line(&request.to)))]);
            let age = voice.say("sitrep-unanswered", &[("age", Arg::Str(&voice.age(request.origin.at)))]);
            voice.line(request.origin.at, &request.text, &[to, age])
        })
        .collect()
}

/// Messages without an answer, messages to the public, substitute numbers.
fn communication(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let messages = input.incident.unanswered().filter(|message| !message.request && message.awaits()).map(|message| {
        let from = match message.from.as_str() {
            "" => voice.say("report-to", &[("value", Arg::Str(&one_line(&message.to)))]),
            from => voice.say("report-from", &[("value", Arg::Str(&one_line(from)))]),
        };
        let age = voice.say("sitrep-unanswered", &[("age", Arg::Str(&voice.age(message.origin.at)))]);
        voice.line(message.origin.at, &message.text, &[from, age])
    });
    let publics = input.incident.publics().iter().map(|public| {
        let at = public.stages.last().map_or(public.origin.at, |(origin, _, _)| origin.at);
        let stage = voice.t(match public.stage {
            PublicStage::Draft => "crisis-draft",
            PublicStage::Published => "crisis-public-published",
            PublicStage::Withdrawn => "crisis-public-withdrawn",
        });
        let approvals = voice.say("sitrep-approvals", &[("n", Arg::from(public.approvals().len()))]);
        let what = voice.say("sitrep-public", &[("text", Arg::Str(&one_line(&public.message.headline)))]);
        voice.line(at, &what, &[stage, approvals])
    });
    let substitutes = input.incident.substitutes().values().map(|substitute| {
        let what = voice.say(
            "sitrep-substitute",
            &[("number", Arg::Str(&one_line(&substitute.number))), ("centre", Arg::Str(&one_line(&substitute.centre)))],
        );
        voice.bullet(&what, &said::substitute(&voice, substitute))
    });
    messages.chain(publics).chain(substitutes).collect()
}

/// Legal and internal clocks that run, then those that were stopped.
fn clocks(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let clocks = input.deadlines.iter().filter(|deadline| deadline.kind == DeadlineKind::Clock);
    clocks
        .map(|clock| {
            let time = voice.hm(clock.due);
            let id = match clock.state {
                DeadlineState::Overdue => "sitrep-overdue",
                DeadlineState::Done => "sitrep-met",
                DeadlineState::Soon | DeadlineState::Later => "sitrep-due",
            };
            let state = voice.say(id, &[("time", Arg::Str(&time))]);
            voice.bullet(input.lang.of(&clock.label), &[state, one_line(&clock.owner), one_line(&clock.basis)])
        })
        .collect()
}

/// Everything owed, the oldest first.
fn owed(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let line = |debt: &Debt| {
        let since = voice.say("since", &[("time", Arg::Str(&voice.hm(debt.since)))]);
        let (what, words) = (input.lang.of(&debt.label), debt.words(input.lang));
        if what.is_empty() {
            voice.bullet(&words, &[since, one_line(&debt.owner)])
        } else {
            voice.bullet(what, &[words, since, one_line(&debt.owner)])
        }
    };
    input.debts.iter().map(line).collect()
}

/// What is new since the last point de situation.
fn changes(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let Some(since) = input.since() else { return vec![voice.bullet(&voice.t("sitrep-first"), &[])] };
    let mut news: Vec<(DateTime<Utc>, String)> = said::news(input, &since);
    let mut add = |at: DateTime<Utc>, id: &str, text: &str| {
        let what = voice.say(id, &[("text", Arg::Str(&one_line(text)))]);
        news.push((at, voice.line(at, &what, &[])));
    };
    let incident = input.incident;
    for decision in incident.decisions().iter().filter(|decision| since.news_of(&decision.origin)) {
        add(decision.origin.at, "sitrep-new-decision", &decision.text);
    }
    for action in incident.actions() {
        match &action.changed {
            Some((entry, at)) if action.state != ActionState::Ordered && since.news(entry, *at) => {
                add(*at, "sitrep-new-done", &action.text);
            }
            None if action.state != ActionState::Ordered && since.news_of(&action.origin) => {
                add(action.origin.at, "sitrep-new-done", &action.text);
            }
            _ if action.state == ActionState::Ordered && since.news_of(&action.origin) => {
                add(action.origin.at, "sitrep-new-action", &action.text);
            }
            _ => {}
        }
    }
    for question in incident.questions().iter().filter(|question| since.news_of(&question.origin)) {
        add(question.origin.at, "sitrep-new-question", &question.text);
    }
    for message in incident.messages() {
        if let Some((entry, at)) = &message.acknowledged
            && since.news(entry, *at)
        {
            add(*at, "sitrep-new-answer", &message.text);
        }
    }
    for public in incident.publics() {
        for (origin, stage, _) in public.stages.iter().filter(|(origin, _, _)| since.news_of(origin)) {
            let id = match stage {
                PublicStage::Withdrawn => "sitrep-new-withdrawn",
                PublicStage::Draft | PublicStage::Published => "sitrep-new-public",
            };
            add(origin.at, id, &public.message.headline);
        }
    }
    for handover in incident.handovers() {
        if let Some(answer) = handover.answer.as_ref().filter(|answer| answer.accepted && since.news_of(&answer.origin))
        {
            add(answer.origin.at, "sitrep-new-handover", &answer.origin.who);
        }
    }
    news.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    news.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests;
