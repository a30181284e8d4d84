//! What is due: legal and internal clocks from awareness, actions, messages that await an answer, limits of steps,
//! and debts (a decision without its reason).

use chrono::{DateTime, TimeDelta, Utc};

use super::Incident;
use super::clocks;
use super::status::{Deadline, DeadlineKind, DeadlineSource, DeadlineState, MessageStatus, StepLimit};
use crate::network::Text;

/// A message without a time of its own is answered within this time \[s\].
const ANSWER_S: i64 = 300;
/// A missing reason is due within this time after the decision \[s\].
const RATIONALE_S: i64 = 900;
/// What is due within this time is *soon* \[s\].
const SOON_S: i64 = 1_800;

impl Incident {
    /// Everything that is due, the most urgent first; clocks that were stopped come last. Actions that are done,
    /// messages that were answered and debts that were paid are no longer in it.
    pub fn deadlines(&self, now: DateTime<Utc>) -> Vec<Deadline> {
        self.deadlines_with(now, &[])
    }

    /// As [`Incident::deadlines`], with the limits that open playbooks set.
    pub fn deadlines_with(&self, now: DateTime<Utc>, limits: &[StepLimit]) -> Vec<Deadline> {
        let mut all = Vec::new();
        self.clock_deadlines(now, &mut all);
        for action in self.undone() {
            let Some(due) = action.due else { continue };
            all.push(Deadline {
                label: both(&action.text),
                due,
                kind: DeadlineKind::Action,
                owner: action.owner.clone(),
                state: state(due, now, false),
                source: DeadlineSource::Entry(action.origin.entry.clone()),
                basis: String::new(),
            });
        }
        for message in self.unanswered().filter(|message| message.awaits()) {
            let due = message.answer_by.unwrap_or(message.origin.at + TimeDelta::seconds(ANSWER_S));
            all.push(Deadline {
                label: both(&message.text),
                due,
                kind: DeadlineKind::Message,
                owner: message.to.clone(),
                state: state(due, now, false),
                source: DeadlineSource::Entry(message.origin.entry.clone()),
                basis: String::new(),
            });
        }
        for decision in self.unexplained() {
            let due = decision.origin.at + TimeDelta::seconds(RATIONALE_S);
            all.push(Deadline {
                label: both(&decision.text),
                due,
                kind: DeadlineKind::Rationale,
                owner: decision.origin.who.clone(),
                state: state(due, now, false),
                source: DeadlineSource::Entry(decision.origin.entry.clone()),
                basis: String::new(),
            });
        }
        for limit in limits {
            all.push(Deadline {
                label: limit.label.clone(),
                due: limit.due,
                kind: DeadlineKind::Step,
                owner: limit.owner.clone(),
                state: state(limit.due, now, limit.done),
                source: DeadlineSource::Step { playbook: limit.playbook.clone(), step: limit.step.clone() },
                basis: String::new(),
            });
        }
        all.sort_by(|a, b| {
            let done = |d: &Deadline| d.state == DeadlineState::Done;
            (done(a), a.due, a.kind, &a.source).cmp(&(done(b), b.due, b.kind, &b.source))
        });
        all
    }

    fn clock_deadlines(&self, now: DateTime<Utc>, all: &mut Vec<Deadline>) {
        let Some(awareness) = self.awareness() else { return };
        let stopped = |id: &str| self.state.stopped.get(id).map(|(at, _)| *at);
        for clock in clocks::shipped() {
            let due = clock.due(awareness, clocks::shipped(), &stopped);
            all.push(Deadline {
                label: clock.label.clone(),
                due,
                kind: DeadlineKind::Clock,
                owner: clock.owner.clone(),
                state: state(due, now, stopped(&clock.id).is_some()),
                source: DeadlineSource::Clock(clock.id.clone()),
                basis: clock.basis.clone(),
            });
        }
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
