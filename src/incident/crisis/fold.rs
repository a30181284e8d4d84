//! The fold of the cell's own work: each body of it becomes true.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{
    ApprovalMark, ContactCall, ForecastStatus, HandoverReply, HandoverStatus, PublicStatus, Publication,
    QuestionStatus, RhythmStatus, RunMark, Seizure, SitrepStatus, SubstituteStatus,
};
use crate::incident::event::{Author, Body, EntryId, Mode, Role};
use crate::incident::record::{PublicMessage, PublicStage, SubstituteChange};
use crate::incident::status::{Origin, RoleStatus};
use crate::incident::{Incident, Place};
use crate::playbook::same_person;

impl Incident {
    /// Folds a body of the cell's own work; `prev` is the head of the log before this line.
    pub(in crate::incident) fn cell(&mut self, body: Body, re: &[EntryId], org: &str, origin: Origin, prev: &str) {
        match body {
            Body::Question { text, decide_by, record } => {
                self.places.put(&origin.entry, Place::Question(self.state.cell.questions.len()));
                self.state.unsettled.insert(self.state.cell.questions.len());
                let decide_by = decide_by.map(|at| at.to_utc());
                self.state.cell.questions.push(QuestionStatus {
                    origin,
                    text,
                    decide_by,
                    record: *record,
                    settled: None,
                });
            }
            Body::Outcome { text, review_at } => self.outcome(re, &origin, &text, review_at.map(|at| at.to_utc())),
            Body::ClockStart { id, text } => {
                self.state.cell.started.entry(id).or_insert((origin.at, text));
            }
            Body::Rhythm { every_min, next_at, .. } => {
                self.state.cell.rhythms.push(RhythmStatus { origin, every_min, next_at: next_at.to_utc() });
            }
            Body::Slot { slot, held, .. } => {
                let slots = &mut self.state.cell.slots;
                // Held once is held: nobody can make it missed afterwards.
                if !slots.get(&slot.to_utc()).is_some_and(|(held, _)| *held) {
                    slots.insert(slot.to_utc(), (held, origin));
                }
            }
            Body::ContactCall { contact, reached, text } => {
                self.state.cell.contacts.entry(contact).or_default().push(ContactCall { origin, reached, text });
            }
            Body::Substitute { number, change, .. } => self.substitute(number, change, origin),
            Body::Sitrep { number, variant, text, sections, as_of, next_at } => {
                self.replace_sitreps(re, &origin.entry);
                self.places.put(&origin.entry, Place::Sitrep(self.state.cell.sitreps.len()));
                let (as_of, next_at) = (as_of.to_utc(), next_at.map(|at| at.to_utc()));
                let (marks, replaced_by) = (Vec::new(), None);
                let sitrep =
                    SitrepStatus { origin, number, variant, text, sections, as_of, next_at, marks, replaced_by };
                self.state.cell.sitreps.push(sitrep);
            }
            Body::Approval { granted, text } => {
                let mark = ApprovalMark { origin, granted, text, head: prev.to_owned() };
                self.approve(re, &mark);
            }
            Body::Handover { roles, to, text, sections } => {
                self.places.put(&origin.entry, Place::Handover(self.state.cell.handovers.len()));
                self.state.cell.handovers.push(HandoverStatus { origin, roles, to, text, sections, answer: None });
            }
            Body::HandoverAnswer { accepted, mode_read, text } => {
                self.handover_answer(re, org, &HandoverReply { origin, accepted, mode_read, text });
            }
            Body::Public { stage, message, text } => self.public_stage(re, origin, stage, message, text),
            Body::Forecast { outlook, .. } => {
                self.state.cell.forecasts.push(ForecastStatus { origin, re: re.to_vec(), outlook: *outlook });
            }
            Body::PlaybookRun { id, change, text } => {
                self.state.cell.runs.entry(id).or_default().push(RunMark { origin, change, text });
            }
            _ => {}
        }
    }

    fn outcome(&mut self, re: &[EntryId], origin: &Origin, text: &str, review_at: Option<DateTime<Utc>>) {
        for id in re {
            if let Some(Place::Decision(index)) = self.places.get(id)
                && let Some(decision) = self.state.decisions.get_mut(index).map(Arc::make_mut)
            {
                decision.outcomes.push((origin.clone(), text.to_owned()));
                decision.review_at = review_at;
                if review_at.is_some() {
                    self.state.reviewed.insert(index);
                } else {
                    self.state.reviewed.remove(&index);
                }
            }
        }
    }

    /// A decision settles the questions it refers to; the first one counts.
    pub(in crate::incident) fn settle(&mut self, re: &[EntryId], origin: &Origin) {
        for id in re {
            if let Some(Place::Question(index)) = self.places.get(id)
                && let Some(question) = self.state.cell.questions.get_mut(index)
            {
                question.settled.get_or_insert((origin.entry.clone(), origin.at));
                self.state.unsettled.remove(&index);
            }
        }
    }

    fn substitute(&mut self, number: String, change: SubstituteChange, origin: Origin) {
        let status = self.state.cell.substitutes.entry(number.clone()).or_insert_with(|| SubstituteStatus {
            number,
            origin: origin.clone(),
            centre: String::new(),
            path: String::new(),
            lines: None,
            registered: false,
            tests: Vec::new(),
            published: Vec::new(),
            refuted: None,
        });
        match change {
            SubstituteChange::Registered { centre, path, lines } => {
                status.registered = true;
                status.centre = centre;
                status.path = path;
                status.lines = lines;
            }
            SubstituteChange::Tested { access, ok } => status.tests.push((origin, access, ok)),
            SubstituteChange::Published { place } => {
                status.published.push(Publication { origin, place, withdrawn: None });
            }
            SubstituteChange::Withdrawn { place } => {
                // An empty place: from everywhere.
                let there = |p: &&mut Publication| p.withdrawn.is_none() && (place.is_empty() || p.place == place);
                for publication in status.published.iter_mut().filter(there) {
                    publication.withdrawn = Some(origin.clone());
                }
            }
            SubstituteChange::Refuted => {
                status.refuted.get_or_insert(origin);
            }
        }
    }

    fn approve(&mut self, re: &[EntryId], mark: &ApprovalMark) {
        for id in re {
            match self.places.get(id) {
                Some(Place::Sitrep(index)) => {
                    if let Some(sitrep) = self.state.cell.sitreps.get_mut(index) {
                        sitrep.marks.push(mark.clone());
                    }
                }
                Some(Place::Public(index)) => {
                    if let Some(public) = self.state.cell.publics.get_mut(index) {
                        public.marks.push(mark.clone());
                    }
                }
                _ => {}
            }
        }
    }

    /// A refused point de situation is replaced by a later one that names it; one that nobody refused is not.
    fn replace_sitreps(&mut self, re: &[EntryId], by: &EntryId) {
        for id in re {
            let Some(Place::Sitrep(index)) = self.places.get(id) else { continue };
            if let Some(old) = self.state.cell.sitreps.get_mut(index)
                && old.approved().is_none()
                && old.marks.last().is_some_and(|mark| !mark.granted)
            {
                old.replaced_by.get_or_insert_with(|| by.clone());
            }
        }
    }

    /// Whoever takes a role has it; that the one before did not hand it over is remembered.
    pub(in crate::incident) fn role_taken(&mut self, role: Role, holder: Author, origin: Origin) {
        let before = self.state.roles.get(&role);
        let seized_from = before.and_then(|known| {
            let other = !same_person(&known.holder.who, &holder.who);
            if other { Some(known.holder.who.clone()) } else { known.seized_from.clone() }
        });
        if let Some(known) = before.filter(|known| !same_person(&known.holder.who, &holder.who)) {
            let from = known.holder.who.clone();
            self.state.cell.seizures.push(Seizure {
                origin: origin.clone(),
                role,
                from,
                by: holder.who.clone(),
                mended: None,
            });
        }
        self.state.roles.insert(role, RoleStatus { origin, role, holder, seized_from });
    }

    fn handover_answer(&mut self, re: &[EntryId], org: &str, reply: &HandoverReply) {
        for id in re {
            let Some(Place::Handover(index)) = self.places.get(id) else { continue };
            let Some(handover) = self.state.cell.handovers.get_mut(index) else { continue };
            if let Some(answer) = handover.answer.as_mut().filter(|answer| answer.accepted) {
                // An accepted handover stays accepted; the same person can still read the mode back.
                answer.mode_read |=
                    reply.accepted && reply.mode_read && same_person(&answer.origin.who, &reply.origin.who);
                continue;
            }
            // Nobody hands over to himself.
            if reply.accepted && same_person(&reply.origin.who, &handover.origin.who) {
                continue;
            }
            handover.answer = Some(reply.clone());
            if reply.accepted {
                let (roles, giver) = (handover.roles.clone(), handover.origin.who.clone());
                for role in roles {
                    self.role_given(role, &giver, org, reply);
                }
            }
        }
    }

    /// A role changes hands by an accepted handover of `giver`; whoever else held it did not hand it over.
    fn role_given(&mut self, role: Role, giver: &str, org: &str, reply: &HandoverReply) {
        let (who, origin) = (&reply.origin.who, &reply.origin);
        for seizure in &mut self.state.cell.seizures {
            if seizure.role == role && same_person(&seizure.from, giver) {
                seizure.mended.get_or_insert_with(|| origin.entry.clone());
            }
        }
        let others =
            |known: &&RoleStatus| !same_person(&known.holder.who, giver) && !same_person(&known.holder.who, who);
        let seized_from = self.state.roles.get(&role).filter(others).map(|known| known.holder.who.clone());
        if let Some(from) = seized_from.clone() {
            let (origin, by) = (origin.clone(), who.clone());
            self.state.cell.seizures.push(Seizure { origin, role, from, by, mended: None });
        }
        let holder = Author { who: who.clone(), org: org.to_owned(), role };
        self.state.roles.insert(role, RoleStatus { origin: origin.clone(), role, holder, seized_from });
    }

    fn public_stage(
        &mut self,
        re: &[EntryId],
        origin: Origin,
        stage: PublicStage,
        message: Option<Box<PublicMessage>>,
        text: String,
    ) {
        let mode = self.genesis.mode;
        let known = re.iter().find_map(|id| match self.places.get(id) {
            Some(Place::Public(index)) => Some(index),
            _ => None,
        });
        if let Some(public) = known.and_then(|index| self.state.cell.publics.get_mut(index)) {
            if let Some(message) = message
                && *message != public.message
            {
                public.new_words(*message, &origin, mode);
            }
            public.stage = stage;
            if stage == PublicStage::Published {
                public.published.get_or_insert_with(|| origin.clone());
            }
            public.stages.push((origin, stage, text));
            return;
        }
        let Some(message) = message else { return };
        self.places.put(&origin.entry, Place::Public(self.state.cell.publics.len()));
        let published = (stage == PublicStage::Published).then(|| origin.clone());
        self.state.cell.publics.push(PublicStatus {
            writers: vec![origin.who.clone()],
            origin,
            message: *message,
            stage,
            marks: Vec::new(),
            stages: Vec::new(),
            published,
            unapproved: Vec::new(),
        });
    }
}

impl PublicStatus {
    /// Other words need other approvals; that the words before went out without theirs is not forgotten.
    fn new_words(&mut self, message: PublicMessage, by: &Origin, mode: Mode) {
        let lacking = !self.approved(mode);
        if let Some(published) = self.published.take().filter(|_| lacking) {
            self.unapproved.push((published, self.message.headline.clone()));
        }
        self.marks.clear();
        self.message = message;
        self.writers = vec![self.origin.who.clone(), by.who.clone()];
    }
}
