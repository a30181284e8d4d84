//! `apply`: one entry becomes true. Total: an entry that refers to nothing known changes nothing and is still kept.

use std::sync::Arc;

use super::event::{ActionState, Author, Body, Entry, EntryId, Mode, NO_CHAIN, Role, StepChange};
use super::status::{
    ActionStatus, AlarmStatus, CorrectionStatus, DecisionStatus, InjectStatus, LeverStatus, MessageStatus,
    ObservationStatus, OpenPlaybook, Origin,
};
use super::{Incident, Place, Stopped};
use crate::clock::IncidentClock;
use crate::playbook::{StepMark, StepStatus};

impl Incident {
    /// Makes one entry true.
    pub fn apply(&mut self, entry: &Entry) {
        self.take(entry.clone());
    }

    /// As [`Incident::apply`], of an entry that nobody needs any more.
    pub fn take(&mut self, entry: Entry) {
        self.count(&entry.chain, entry.seq);
        let (id, at) = (entry.id(), entry.fact_time().to_utc());
        let Entry { at: entered, who, org, role, body, re, prev, .. } = entry;
        let origin = Origin { entry: id, at, who, role };
        match body {
            Body::Information(_) | Body::Fact(_) | Body::Notice { .. } | Body::Desk { .. } => {}
            Body::Note { text } => self.explain(&re, &text),
            Body::Message { text, to, from, channel, answer_by } => {
                self.answer(&re, &origin);
                self.add_message(MessageStatus {
                    quoted: self.quotes(&origin),
                    origin,
                    text,
                    from,
                    to,
                    channel,
                    answer_by: answer_by.map(|at| at.to_utc()),
                    request: false,
                    received: None,
                    acknowledged: None,
                });
            }
            Body::Request { text, to } => self.add_message(MessageStatus {
                quoted: self.quotes(&origin),
                origin,
                text,
                from: String::new(),
                to,
                channel: String::new(),
                answer_by: None,
                request: true,
                received: None,
                acknowledged: None,
            }),
            Body::Receipt { acknowledged: true, .. } => self.answer(&re, &origin),
            Body::Receipt { acknowledged: false, .. } => {
                for id in &re {
                    if let Some(message) = self.message_mut(id) {
                        message.received.get_or_insert((origin.entry.clone(), origin.at));
                    }
                }
            }
            // A decision that refers to a decision completes its record: it is the same decision.
            Body::Decision { text, rationale, levers, record } if levers.is_empty() && self.decided(&re).is_some() => {
                self.complete(&re, text, rationale, *record);
            }
            Body::Decision { text, rationale, levers, record } => {
                self.settle(&re, &origin);
                let place = self.state.decisions.len();
                self.places.put(&origin.entry, Place::Decision(place));
                if rationale.trim().is_empty() {
                    self.state.unexplained.insert(place);
                }
                let review_at = record.review_at.map(|at| at.to_utc());
                if review_at.is_some() {
                    self.state.reviewed.insert(place);
                }
                let (record, outcomes) = (*record, Vec::new());
                let decision = DecisionStatus { origin, text, rationale, levers, record, review_at, outcomes };
                self.state.decisions.push(Arc::new(decision));
            }
            Body::Action { text, owner, due, state } => {
                let due = due.map(|at| at.to_utc());
                self.action_entry(&re, ActionStatus { origin, text, owner, due, state, changed: None });
            }
            Body::Correction { text, reason } => self.correct(&re, &origin, &text, &reason),
            Body::Observation { data, .. } => self.state.observations.push(ObservationStatus { origin, data }),
            Body::Awareness { .. } => {
                // The first counts; a later one counts only when it says that it replaces it.
                if self.state.awareness.as_ref().is_none_or(|known| re.contains(&known.entry)) {
                    self.state.awareness = Some(origin);
                }
            }
            Body::ClockStop { id, reason } => {
                self.state.stopped.entry(id).or_insert(Stopped { at: origin.at, reason, re });
            }
            Body::RoleTaken { taken, .. } => {
                let holder = Author { who: origin.who.clone(), org, role };
                self.role_taken(taken, holder, origin);
            }
            Body::Playbook { id, sha256, called_by, .. } => {
                if let Some(step) = called_by {
                    self.state.cell.calls.push((step, id.clone()));
                }
                if !self.state.playbooks.iter().any(|open| open.id == id && open.sha256 == sha256) {
                    self.state.playbooks.push(OpenPlaybook { origin, id, sha256 });
                }
            }
            Body::Step { playbook, step, change, text, go, evidence } => {
                let (who, role, at) = (origin.who, origin.role, origin.at);
                let evidence = evidence.iter().map(super::record::Evidence::kind).collect();
                match change {
                    StepChange::Done => {
                        let lines = self.state.done.entry((playbook.clone(), step.clone())).or_default();
                        lines.push(origin.entry);
                    }
                    // Ticked by mistake: what stopped because of it runs again.
                    StepChange::Undone => {
                        let lines = self.state.done.remove(&(playbook.clone(), step.clone())).unwrap_or_default();
                        self.state.stopped.retain(|_, stop| !stop.re.iter().any(|line| lines.contains(line)));
                    }
                    _ => {}
                }
                let mark = StepMark { change, who, role, at, text, go, evidence };
                self.step(playbook, step, mark);
            }
            Body::Lever { order, frame_at, .. } => {
                self.state.levers.push(LeverStatus { origin, frame_at, order });
            }
            Body::Inject { fault, on, frame_at, .. } => {
                self.state.injects.push(InjectStatus { origin, frame_at, fault, on });
            }
            Body::Clock { x_at, running, rate_milli, .. } => {
                if self.genesis.mode != Mode::Real {
                    let next = IncidentClock {
                        anchor_wall: entered.to_utc(),
                        anchor_incident: x_at.to_utc(),
                        rate_milli,
                        running,
                    };
                    let before = std::mem::replace(&mut self.state.clock, next);
                    self.state.clock_before.push(before);
                }
            }
            Body::Crossing { alarm, over, .. } => self.crossing(&alarm, over, origin.entry),
            Body::Acknowledge { group, shelved_until, .. } => {
                if let Some(status) = self.state.alarms.iter_mut().find(|status| status.alarm.group == group) {
                    match shelved_until {
                        Some(until) => status.shelved_until = Some(until.to_utc()),
                        None => {
                            status.acknowledged.get_or_insert((origin.entry, origin.at));
                        }
                    }
                }
            }
            body @ (Body::Question { .. }
            | Body::Outcome { .. }
            | Body::ClockStart { .. }
            | Body::Rhythm { .. }
            | Body::Slot { .. }
            | Body::ContactCall { .. }
            | Body::Substitute { .. }
            | Body::Sitrep { .. }
            | Body::Approval { .. }
            | Body::Handover { .. }
            | Body::HandoverAnswer { .. }
            | Body::Public { .. }
            | Body::Forecast { .. }
            | Body::PlaybookRun { .. }) => self.cell(body, &re, &org, origin, &prev),
            Body::Close { .. } => {
                self.state.cell.closings.push((origin.at, None));
                self.state.closed = Some(origin);
            }
            Body::Reopen { .. } => {
                if let Some((_, until @ None)) = self.state.cell.closings.last_mut() {
                    *until = Some(origin.at);
                }
                self.state.closed = None;
            }
        }
    }

    /// Counts a line that changes nothing but the number of entries (plain information, facts and notes that refer
    /// to nothing), so that a long log is folded without parsing them.
    pub fn count(&mut self, chain: &str, seq: u64) {
        if let Some(count) = self.state.counts.get_mut(chain) {
            *count = (*count).max(seq.saturating_add(1));
        } else {
            self.state.counts.insert(chain.to_owned(), seq.saturating_add(1));
        }
    }

    /// Is an entry documented of others, and quoted in a replay of their incident or before it was taken over?
    pub fn quotes(&self, of: &Origin) -> bool {
        let replayed = || of.entry.0.starts_with(NO_CHAIN);
        let taken = || self.genesis.taken_over().is_some_and(|(_, at)| of.at <= at);
        of.role == Role::Observer && (replayed() || taken())
    }

    fn add_message(&mut self, message: MessageStatus) {
        self.places.put(&message.origin.entry, Place::Message(self.state.messages.len()));
        if !message.quoted {
            self.state.unanswered.insert(self.state.messages.len());
        }
        self.state.messages.push(Arc::new(message));
    }

    fn message_mut(&mut self, id: &EntryId) -> Option<&mut MessageStatus> {
        match self.places.get(id)? {
            Place::Message(index) => self.state.messages.get_mut(index).map(Arc::make_mut),
            _ => None,
        }
    }

    /// The messages in `re` are answered: by an acknowledgement, or by a message that refers to them.
    fn answer(&mut self, re: &[EntryId], origin: &Origin) {
        for id in re {
            let Some(Place::Message(place)) = self.places.get(id) else { continue };
            if let Some(message) = self.state.messages.get_mut(place).map(Arc::make_mut) {
                message.received.get_or_insert((origin.entry.clone(), origin.at));
                message.acknowledged.get_or_insert((origin.entry.clone(), origin.at));
                self.state.unanswered.remove(&place);
            }
        }
    }

    fn action_entry(&mut self, re: &[EntryId], new: ActionStatus) {
        let mut known = false;
        for id in re {
            let Some(Place::Action(place)) = self.places.get(id) else { continue };
            let Some(action) = self.state.actions.get_mut(place).map(Arc::make_mut) else { continue };
            known = true;
            action.state = new.state;
            if new.state == ActionState::Ordered {
                self.state.undone.insert(place);
            } else {
                self.state.undone.remove(&place);
            }
            if !new.owner.is_empty() {
                action.owner.clone_from(&new.owner);
            }
            if new.due.is_some() {
                action.due = new.due;
            }
            action.changed = Some((new.origin.entry.clone(), new.origin.at));
        }
        if known {
            return;
        }
        let place = self.state.actions.len();
        self.places.put(&new.origin.entry, Place::Action(place));
        if new.state == ActionState::Ordered {
            self.state.undone.insert(place);
        }
        self.state.actions.push(Arc::new(new));
    }

    /// The place of the decision that `re` names.
    fn decided(&self, re: &[EntryId]) -> Option<usize> {
        re.iter().find_map(|id| match self.places.get(id) {
            Some(Place::Decision(place)) => Some(place),
            _ => None,
        })
    }

    /// Other words, a reason, a record for a decision that was already taken; a reason that was given stays given.
    fn complete(&mut self, re: &[EntryId], text: String, rationale: String, record: super::record::DecisionRecord) {
        let Some(place) = self.decided(re) else { return };
        let Some(decision) = self.state.decisions.get_mut(place).map(Arc::make_mut) else { return };
        decision.text = text;
        if !rationale.trim().is_empty() {
            decision.rationale = rationale;
            self.state.unexplained.remove(&place);
        }
        decision.review_at = record.review_at.map(|at| at.to_utc());
        if decision.review_at.is_some() {
            self.state.reviewed.insert(place);
        } else {
            self.state.reviewed.remove(&place);
        }
        decision.record = record;
    }

    /// A note that refers to a decision without a reason pays the debt.
    fn explain(&mut self, re: &[EntryId], text: &str) {
        if text.trim().is_empty() {
            return;
        }
        for id in re {
            if let Some(Place::Decision(index)) = self.places.get(id)
                && let Some(decision) = self.state.decisions.get_mut(index).map(Arc::make_mut)
                && decision.rationale.trim().is_empty()
            {
                text.clone_into(&mut decision.rationale);
                self.state.unexplained.remove(&index);
            }
        }
    }

    /// The corrected text also shows wherever the entry's text is asked for; the entry itself stays as it was.
    fn correct(&mut self, re: &[EntryId], origin: &Origin, text: &str, reason: &str) {
        for id in re {
            match self.places.get(id) {
                Some(Place::Decision(index)) => {
                    if let Some(decision) = self.state.decisions.get_mut(index).map(Arc::make_mut) {
                        text.clone_into(&mut decision.text);
                    }
                }
                Some(Place::Action(index)) => {
                    if let Some(action) = self.state.actions.get_mut(index).map(Arc::make_mut) {
                        text.clone_into(&mut action.text);
                    }
                }
                Some(Place::Message(index)) => {
                    if let Some(message) = self.state.messages.get_mut(index).map(Arc::make_mut) {
                        text.clone_into(&mut message.text);
                    }
                }
                Some(Place::Question(index)) => {
                    if let Some(question) = self.state.cell.questions.get_mut(index) {
                        text.clone_into(&mut question.text);
                    }
                }
                // What was approved or accepted keeps its words: a new one is drafted.
                Some(Place::Sitrep(_) | Place::Handover(_) | Place::Public(_)) | None => {}
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

    fn step(&mut self, playbook: String, step: String, mark: StepMark) {
        let steps = self.state.steps.entry(playbook).or_default();
        steps.entry(step).or_insert_with(|| StepStatus::before(&mark)).take(mark);
    }
}
