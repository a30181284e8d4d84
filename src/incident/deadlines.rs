//! What is due: legal and internal clocks from awareness, actions, messages that await an answer, limits of steps,
//! questions, reviews, the rhythm, and debts.

use chrono::{DateTime, TimeDelta, Utc};

use super::Incident;
use super::clocks::{ClockSpec, Said};
use super::crisis::QuestionStatus;
use super::debts::{Debt, DebtKind, both};
use super::status::{
    ActionStatus, Deadline, DeadlineKind, DeadlineSource, DeadlineState, DecisionStatus, MessageStatus, StepLimit,
};

/// A message without a time of its own is answered within this time \[s\].
const ANSWER_S: i64 = 300;
/// A missing reason is due within this time after the decision \[s\].
const RATIONALE_S: i64 = 900;
/// A point de situation is approved by a second person within this time \[s\].
const APPROVAL_S: i64 = 900;
/// A handover is accepted within this time \[s\].
const HANDOVER_S: i64 = 900;
/// What is due within this time is *soon* \[s\].
const SOON_S: i64 = 1_800;
/// Deadlines given at once: nobody works through more.
pub const MOST_DEADLINES: usize = 200;

impl Incident {
    /// Everything that is due, the most urgent first; clocks that were stopped come last. Actions that are done,
    /// messages that were answered and debts that were paid are no longer in it.
    pub fn deadlines(&self, now: DateTime<Utc>) -> Vec<Deadline> {
        self.deadlines_with(now, &[], &[])
    }

    /// As [`Incident::deadlines`], with the limits that open playbooks set and the debts that other rooms know. At most
    /// [`MOST_DEADLINES`]: the rest is less urgent than all of these.
    pub fn deadlines_with(&self, now: DateTime<Utc>, limits: &[StepLimit], extra: &[Debt]) -> Vec<Deadline> {
        let mut all: Vec<(bool, DateTime<Utc>, What<'_>)> = Vec::new();
        for clock in self.clocks() {
            let Some(due) = self.clock_due(clock, self.clocks()) else { continue };
            all.push((self.state.stopped.contains_key(&clock.id), due, What::Clock(clock)));
        }
        all.extend(self.unsettled().map(|question| (false, question.due(), What::Question(question))));
        all.extend(self.reviewed().filter_map(|decision| Some((false, decision.review_at?, What::Review(decision)))));
        if let Some(beat) = self.beat(now).filter(|_| !self.closed()) {
            all.push((false, beat.slot, What::Slot(beat.slot)));
        }
        // What is in the strip by a time of its own is not there a second time as a debt.
        let twice = |debt: &Debt| matches!(debt.kind, DebtKind::Question | DebtKind::Review);
        for debt in self.cell_debts(now).into_iter().filter(|debt| !twice(debt)).chain(extra.iter().cloned()) {
            let grace = match debt.kind {
                DebtKind::Sitrep => APPROVAL_S,
                DebtKind::Handover => HANDOVER_S,
                _ => 0,
            };
            if debt.payable {
                all.push((false, debt.since + TimeDelta::seconds(grace), What::Debt(Box::new(debt))));
            }
        }
        all.extend(self.undone().filter_map(|action| Some((false, action.due?, What::Action(action)))));
        all.extend(
            self.unanswered()
                .filter(|message| message.awaits())
                .map(|message| (false, message.due(), What::Message(message))),
        );
        all.extend(
            self.unexplained().map(|decision| {
                (false, decision.origin.at + TimeDelta::seconds(RATIONALE_S), What::Decision(decision))
            }),
        );
        all.extend(limits.iter().map(|limit| (limit.done, limit.due, What::Limit(limit))));
        if all.len() > MOST_DEADLINES {
            all.select_nth_unstable_by_key(MOST_DEADLINES, |(done, due, _)| (*done, *due));
            all.truncate(MOST_DEADLINES);
        }
        let mut deadlines: Vec<Deadline> =
            all.into_iter().map(|(done, due, what)| what.deadline(due, state(due, now, done))).collect();
        deadlines.sort_by(|a, b| {
            let done = |d: &Deadline| d.state == DeadlineState::Done;
            (done(a), a.due, a.kind, &a.source).cmp(&(done(b), b.due, b.kind, &b.source))
        });
        deadlines
    }
}

/// What a deadline is made from, once it is known to be urgent enough.
enum What<'a> {
    Clock(&'a ClockSpec),
    Action(&'a ActionStatus),
    Message(&'a MessageStatus),
    Decision(&'a DecisionStatus),
    Limit(&'a StepLimit),
    Question(&'a QuestionStatus),
    Review(&'a DecisionStatus),
    Slot(DateTime<Utc>),
    Debt(Box<Debt>),
}

impl What<'_> {
    fn deadline(self, due: DateTime<Utc>, state: DeadlineState) -> Deadline {
        let director = "director".to_owned();
        let (label, kind, owner, source, basis) = match self {
            Self::Clock(clock) => {
                let source = DeadlineSource::Clock(clock.id.clone());
                (clock.label.clone(), DeadlineKind::Clock, &clock.owner, source, clock.basis.clone())
            }
            Self::Action(action) => {
                let source = DeadlineSource::Entry(action.origin.entry.clone());
                (both(&action.text), DeadlineKind::Action, &action.owner, source, String::new())
            }
            Self::Message(message) => {
                let source = DeadlineSource::Entry(message.origin.entry.clone());
                (both(&message.text), DeadlineKind::Message, &message.to, source, String::new())
            }
            Self::Decision(decision) => {
                let source = DeadlineSource::Entry(decision.origin.entry.clone());
                (both(&decision.text), DeadlineKind::Rationale, &decision.origin.who, source, String::new())
            }
            Self::Limit(limit) => {
                let source = DeadlineSource::Step { playbook: limit.playbook.clone(), step: limit.step.clone() };
                (limit.label.clone(), DeadlineKind::Step, &limit.owner, source, String::new())
            }
            Self::Question(question) => {
                let source = DeadlineSource::Entry(question.origin.entry.clone());
                (both(&question.text), DeadlineKind::Question, &director, source, String::new())
            }
            Self::Review(decision) => {
                let source = DeadlineSource::Entry(decision.origin.entry.clone());
                (both(&decision.text), DeadlineKind::Review, &decision.origin.who, source, String::new())
            }
            Self::Slot(slot) => (both(""), DeadlineKind::Slot, &director, DeadlineSource::Slot(slot), String::new()),
            Self::Debt(debt) => {
                let kind = match debt.kind {
                    DebtKind::Sitrep => DeadlineKind::Approval,
                    DebtKind::Handover => DeadlineKind::Handover,
                    kind => DeadlineKind::Debt(kind),
                };
                let Debt { label, owner, source, .. } = *debt;
                return Deadline { label, due, kind, owner, state, source, basis: String::new() };
            }
        };
        Deadline { label, due, kind, owner: owner.clone(), state, source, basis }
    }
}

impl Incident {
    /// When a clock is due: counted from awareness, or from its start by hand; `None`: it does not run.
    pub(super) fn clock_due(&self, clock: &ClockSpec, all: &[ClockSpec]) -> Option<DateTime<Utc>> {
        let stopped = |id: &str| self.state.stopped.get(id).map(|stop| stop.at);
        let started = |id: &str| self.clock_started(id).map(|(at, _)| at);
        let (zone, awareness) = (self.zone, self.awareness());
        clock.due(all, &Said { zone, awareness, started: &started, stopped: &stopped })
    }
}

impl MessageStatus {
    /// When it is to be answered: its own time, or five minutes after it was sent.
    pub fn due(&self) -> DateTime<Utc> {
        self.answer_by.unwrap_or(self.origin.at + TimeDelta::seconds(ANSWER_S))
    }

    /// Does somebody owe an answer, or did they? Requests, messages from others to us, and those with a time; never what is quoted of others.
    pub fn awaits(&self) -> bool {
        !self.quoted && (self.request || self.answer_by.is_some() || !self.from.is_empty())
    }
}

fn state(due: DateTime<Utc>, now: DateTime<Utc>, done: bool) -> DeadlineState {
    if done {
        DeadlineState::Done
    } else if due <= now {
        DeadlineState::Overdue
    } else if due - now <= TimeDelta::seconds(SOON_S) {
        DeadlineState::Soon
    } else {
        DeadlineState::Later
    }
}
