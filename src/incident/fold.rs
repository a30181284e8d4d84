//! `apply`: one entry becomes true. Total: an entry that refers to nothing known changes nothing and is still kept.

use chrono::{DateTime, Utc};

use super::event::{ActionState, Body, Entry, EntryId, Mode, StepChange};
use super::status::{
    ActionStatus, AlarmStatus, CorrectionStatus, DecisionStatus, InjectStatus, LeverStatus, MessageStatus,
    ObservationStatus, OpenPlaybook, Origin, RoleStatus,
};
use super::{Incident, Place};
use crate::clock::IncidentClock;
use crate::playbook::StepStatus;

impl Incident {
    /// Makes one entry true.
    pub fn apply(&mut self, entry: &Entry) {
        self.count(&entry.chain, entry.seq);
        let origin =
            Origin { entry: entry.id(), at: entry.fact_time().to_utc(), who: entry.who.clone(), role: entry.role };
        match &entry.body {
            Body::Information(_) | Body::Fact(_) | Body::Notice { .. } => {}
            Body::Note { text } => self.explain(&entry.re, text),
            Body::Message { text, to, from, channel, answer_by } => {
                self.answer(&entry.re, &origin);
                self.add_message(MessageStatus {
                    origin,
                    text: text.clone(),
                    from: from.clone(),
                    to: to.clone(),
                    channel: channel.clone(),
                    answer_by: answer_by.map(|at| at.to_utc()),
                    request: false,
                    received: None,
                    acknowledged: None,
                });
            }
            Body::Request { text, to } => self.add_message(MessageStatus {
                origin,
                text: text.clone(),
                from: String::new(),
                to: to.clone(),
                channel: String::new(),
                answer_by: None,
                request: true,
                received: None,
                acknowledged: None,
            }),
            Body::Receipt { acknowledged: true, .. } => self.answer(&entry.re, &origin),
            Body::Receipt { acknowledged: false, .. } => {
                for id in &entry.re {
                    if let Some(message) = self.message_mut(id) {
                        message.received.get_or_insert((origin.entry.clone(), origin.at));
                    }
                }
            }
            Body::Decision { text, rationale, levers } => {
                let place = self.state.decisions.len();
                self.places.insert(origin.entry.clone(), Place::Decision(place));
                if rationale.trim().is_empty() {
                    self.state.unexplained.insert(place);
                }
                self.state.decisions.push(DecisionStatus {
                    origin,
                    text: text.clone(),
                    rationale: rationale.clone(),
                    levers: levers.clone(),
                });
            }
            Body::Action { text, owner, due, state } => {
                self.action_entry(&entry.re, origin, text, owner, due.map(|at| at.to_utc()), *state);
            }
            Body::Correction { text, reason } => self.correct(&entry.re, &origin, text, reason),
            Body::Observation { data, .. } => {
                self.state.observations.push(ObservationStatus { origin, data: data.clone() });
            }
            Body::Awareness { .. } => {
                // The first counts; a later one counts only when it says that it replaces it.
                let replaces = match &self.state.awareness {
                    Some(known) => entry.re.contains(&known.entry),
                    None => true,
                };
                if replaces {
                    self.state.awareness = Some(origin);
                }
            }
            Body::ClockStop { id, reason } => {
                self.state.stopped.entry(id.clone()).or_insert_with(|| (origin.at, reason.clone()));
            }
            Body::RoleTaken { taken, .. } => {
                self.state.roles.insert(*taken, RoleStatus { origin, role: *taken, holder: entry.author() });
            }
            Body::Playbook { id, sha256, .. } => {
                if !self.state.playbooks.iter().any(|open| open.id == *id && open.sha256 == *sha256) {
                    self.state.playbooks.push(OpenPlaybook { origin, id: id.clone(), sha256: sha256.clone() });
                }
            }
            Body::Step { playbook, step, change, text } => self.step(playbook, step, *change, text, &origin),
            Body::Lever { order, frame_at, .. } => {
                self.state.levers.push(LeverStatus { origin, frame_at: *frame_at, order: order.clone() });
            }
            Body::Inject { fault, on, frame_at, .. } => {
                self.state.injects.push(InjectStatus {
                    origin,
                    frame_at: *frame_at,
                    fault: fault.clone(),
                    on: on.clone(),
                });
            }
            Body::Clock { x_at, running, rate_milli, .. } => {
                if self.genesis.mode != Mode::Real {
                    let next = IncidentClock {
                        anchor_wall: entry.at.to_utc(),
                        anchor_incident: x_at.to_utc(),
                        rate_milli: *rate_milli,
                        running: *running,
                    };
                    let before = std::mem::replace(&mut self.state.clock, next);
                    self.state.clock_before.push(before);
                }
            }
            Body::Crossing { alarm, over, .. } => self.crossing(alarm, *over, origin.entry),
            Body::Acknowledge { group, shelved_until, .. } => {
                if let Some(status) = self.state.alarms.iter_mut().find(|status| status.alarm.group == *group) {
                    match shelved_until {
                        Some(until) => status.shelved_until = Some(until.to_utc()),
                        None => {
                            status.acknowledged.get_or_insert((origin.entry, origin.at));
                        }
                    }
                }
            }
            Body::Close { .. } => self.state.closed = Some(origin),
            Body::Reopen { .. } => self.state.closed = None,
        }
    }

    /// Counts a line that changes nothing but the number of entries (plain information, facts and notes that refer
    /// to nothing), so that a long log is folded without parsing them.
    pub fn count(&mut self, chain: &str, seq: u64) {
        if let Some(count) = self.state.counts.get_mut(chain) {
            *count = (*count).max(seq + 1);
        } else {
            self.state.counts.insert(chain.to_owned(), seq + 1);
        }
    }

    fn add_message(&mut self, message: MessageStatus) {
        self.places.insert(message.origin.entry.clone(), Place::Message(self.state.messages.len()));
        self.state.unanswered.insert(self.state.messages.len());
        self.state.messages.push(message);
    }

    fn message_mut(&mut self, id: &EntryId) -> Option<&mut MessageStatus> {
        match self.places.get(id)? {
            Place::Message(index) => self.state.messages.get_mut(*index),
            _ => None,
        }
    }

    /// The messages in `re` are answered: by an acknowledgement, or by a message that refers to them.
    fn answer(&mut self, re: &[EntryId], origin: &Origin) {
        for id in re {
            let Some(Place::Message(place)) = self.places.get(id).copied() else { continue };
            if let Some(message) = self.state.messages.get_mut(place) {
                message.received.get_or_insert((origin.entry.clone(), origin.at));
                message.acknowledged.get_or_insert((origin.entry.clone(), origin.at));
                self.state.unanswered.remove(&place);
            }
        }
    }

    fn action_entry(
        &mut self,
        re: &[EntryId],
        origin: Origin,
        text: &str,
        owner: &str,
        due: Option<DateTime<Utc>>,
        state: ActionState,
    ) {
        let mut known = false;
        for id in re {
            let Some(Place::Action(index)) = self.places.get(id).copied() else { continue };
            let Some(action) = self.state.actions.get_mut(index) else { continue };
            known = true;
            action.state = state;
            if state == ActionState::Ordered {
                self.state.undone.insert(index);
            } else {
                self.state.undone.remove(&index);
            }
            if !owner.is_empty() {
                owner.clone_into(&mut action.owner);
            }
            if due.is_some() {
                action.due = due;
            }
            action.changed = Some((origin.entry.clone(), origin.at));
        }
        if known {
            return;
        }
        self.places.insert(origin.entry.clone(), Place::Action(self.state.actions.len()));
        if state == ActionState::Ordered {
            self.state.undone.insert(self.state.actions.len());
        }
        self.state.actions.push(ActionStatus {
            origin,
            text: text.to_owned(),
            owner: owner.to_owned(),
            due,
            state,
            changed: None,
        });
    }

    /// A note that refers to a decision without a reason pays the debt.
    fn explain(&mut self, re: &[EntryId], text: &str) {
        for id in re {
            if let Some(Place::Decision(index)) = self.places.get(id)
                && let Some(decision) = self.state.decisions.get_mut(*index)
                && decision.rationale.trim().is_empty()
            {
                text.clone_into(&mut decision.rationale);
                self.state.unexplained.remove(index);
            }
        }
    }

    /// The corrected text also shows wherever the entry's text is asked for; the entry itself stays as it was.
    fn correct(&mut self, re: &[EntryId], origin: &Origin, text: &str, reason: &str) {
        for id in re {
            match self.places.get(id) {
                Some(Place::Decision(index)) => {
                    if let Some(decision) = self.state.decisions.get_mut(*index) {
                        text.clone_into(&mut decision.text);
                    }
                }
                Some(Place::Action(index)) => {
                    if let Some(action) = self.state.actions.get_mut(*index) {
                        text.clone_into(&mut action.text);
                    }
                }
                Some(Place::Message(index)) => {
                    if let Some(message) = self.state.messages.get_mut(*index) {
                        text.clone_into(&mut message.text);
                    }
                }
                None => {}
            }
            self.state.corrections.insert(
                id.clone(),
                CorrectionStatus { origin: origin.clone(), text: text.to_owned(), reason: reason.to_owned() },
            );
        }
    }

    fn crossing(&mut self, alarm: &crate::health::Alarm, over: bool, entry: EntryId) {
        let Some(status) = self.state.alarms.iter_mut().find(|status| status.alarm.group == alarm.group) else {
            self.state.alarms.push(AlarmStatus {
                alarm: alarm.clone(),
                first: entry.clone(),
                entry,
                acknowledged: None,
                shelved_until: None,
                over,
            });
            return;
        };
        // Raised again after it was over, or worse than what was acknowledged: it must be seen again.
        if status.over && !over {
            status.first = entry.clone();
            status.acknowledged = None;
        } else if !over && alarm.state > status.alarm.state {
            status.acknowledged = None;
        }
        status.alarm = alarm.clone();
        status.entry = entry;
        status.over = over;
    }

    fn step(&mut self, playbook: &str, step: &str, change: StepChange, text: &str, origin: &Origin) {
        let steps = self.state.steps.entry(playbook.to_owned()).or_default();
        let after = StepStatus::after(steps.get(step), change, &origin.who, origin.at, text);
        steps.insert(step.to_owned(), after);
    }
}
