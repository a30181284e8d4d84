//! What is due: legal and internal clocks from awareness, actions, messages that await an answer, limits of steps,
//! and debts (a decision without its reason).

use chrono::{DateTime, TimeDelta, Utc};

use super::Incident;
use super::clocks::{self, ClockSpec};
use super::status::{
    ActionStatus, Deadline, DeadlineKind, DeadlineSource, DeadlineState, DecisionStatus, MessageStatus, StepLimit,
};
use crate::network::Text;

/// A message without a time of its own is answered within this time \[s\].
const ANSWER_S: i64 = 300;
/// A missing reason is due within this time after the decision \[s\].
const RATIONALE_S: i64 = 900;
/// What is due within this time is *soon* \[s\].
const SOON_S: i64 = 1_800;
/// Deadlines given at once: nobody works through more.
pub const MOST_DEADLINES: usize = 200;

impl Incident {
    /// Everything that is due, the most urgent first; clocks that were stopped come last. Actions that are done,
    /// messages that were answered and debts that were paid are no longer in it.
    pub fn deadlines(&self, now: DateTime<Utc>) -> Vec<Deadline> {
        self.deadlines_with(now, &[])
    }

    /// As [`Incident::deadlines`], with the limits that open playbooks set. At most [`MOST_DEADLINES`]: the rest is
    /// less urgent than all of these.
    pub fn deadlines_with(&self, now: DateTime<Utc>, limits: &[StepLimit]) -> Vec<Deadline> {
        let awareness = self.awareness();
        let stopped = |id: &str| self.state.stopped.get(id).map(|(at, _)| *at);
        let mut all: Vec<(bool, DateTime<Utc>, What<'_>)> = Vec::new();
        for clock in clocks::shipped() {
            let Some(awareness) = awareness else { break };
            let due = clock.due(awareness, clocks::shipped(), &stopped);
            all.push((stopped(&clock.id).is_some(), due, What::Clock(clock)));
        }
        all.extend(self.undone().filter_map(|action| Some((false, action.due?, What::Action(action)))));
        all.extend(self.unanswered().filter(|message| message.awaits()).map(|message| {
            let due = message.answer_by.unwrap_or(message.origin.at + TimeDelta::seconds(ANSWER_S));
            (false, due, What::Message(message))
        }));
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
}

impl What<'_> {
    fn deadline(self, due: DateTime<Utc>, state: DeadlineState) -> Deadline {
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
        };
        Deadline { label, due, kind, owner: owner.clone(), state, source, basis }
    }
}

impl MessageStatus {
    /// Does somebody owe an answer, or did they? Requests, messages from others to us, and those with a time.
    pub fn awaits(&self) -> bool {
        self.request || self.answer_by.is_some() || !self.from.is_empty()
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

/// Words from the log are the same in both languages.
fn both(text: &str) -> Text {
    Text { fr: text.to_owned(), en: text.to_owned() }
}
