//! What the incident remembers of the cell's own work: questions and decisions, points de situation, handovers,
//! contacts, substitute numbers, public messages, the battle rhythm; and the fold that makes it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::event::{Author, Body, EntryId, Role, RunChange, StepRef};
use super::record::{DecisionRecord, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange};
use super::status::{Origin, RoleStatus};
use super::{Incident, Place};

/// A pending decision, or one that was.
#[derive(Debug, Clone, PartialEq)]
pub struct QuestionStatus {
    /// Its entry.
    pub origin: Origin,
    /// The question.
    pub text: String,
    /// To be decided by.
    pub decide_by: Option<DateTime<Utc>>,
    /// What was known when it was asked.
    pub record: DecisionRecord,
    /// The first decision that settled it, and when.
    pub settled: Option<(EntryId, DateTime<Utc>)>,
}

/// A word for or against something.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalMark {
    /// Its entry.
    pub origin: Origin,
    /// Approved?
    pub granted: bool,
    /// Remark or reason.
    pub text: String,
    /// SHA-256 of the line before it: the head of the log at that moment, for the four words.
    pub head: String,
}

/// A point de situation.
#[derive(Debug, Clone, PartialEq)]
pub struct SitrepStatus {
    /// Its entry.
    pub origin: Origin,
    /// Its number.
    pub number: u32,
    /// Its shape.
    pub variant: SitrepVariant,
    /// One line.
    pub text: String,
    /// Its parts.
    pub sections: Vec<Section>,
    /// What it describes.
    pub as_of: DateTime<Utc>,
    /// The next one.
    pub next_at: Option<DateTime<Utc>>,
    /// Approvals and refusals, oldest first.
    pub marks: Vec<ApprovalMark>,
}

/// The approvals among `marks` by people other than `author`, each person once, the first of each.
fn approvals<'a>(marks: &'a [ApprovalMark], author: &str) -> Vec<&'a ApprovalMark> {
    let mut found: Vec<&ApprovalMark> = Vec::new();
    for mark in marks.iter().filter(|mark| mark.origin.who != author) {
        // The last word of a person counts: who refuses after having approved has not approved.
        found.retain(|known| mark.granted || known.origin.who != mark.origin.who);
        if mark.granted && !found.iter().any(|known| known.origin.who == mark.origin.who) {
            found.push(mark);
        }
    }
    found
}

impl SitrepStatus {
    /// The approval by a second person; one's own does not count.
    pub fn approved(&self) -> Option<&ApprovalMark> {
        approvals(&self.marks, &self.origin.who).first().copied()
    }
}

/// A handover of roles.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoverStatus {
    /// Its entry.
    pub origin: Origin,
    /// Roles that change hands.
    pub roles: Vec<Role>,
    /// To whom, as written by the one who leaves.
    pub to: String,
    /// What worries him.
    pub text: String,
    /// The package.
    pub sections: Vec<Section>,
    /// The answer that counts: the first acceptance by somebody else; before that, the last refusal.
    pub answer: Option<HandoverReply>,
}

/// The incoming person's answer.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoverReply {
    /// Its entry.
    pub origin: Origin,
    /// Accepted?
    pub accepted: bool,
    /// Was the mode's word read back?
    pub mode_read: bool,
    /// Remark.
    pub text: String,
}

impl HandoverStatus {
    /// Was it accepted by somebody else?
    pub fn accepted(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.accepted)
    }
}

/// A call to a contact of the directory.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactCall {
    /// Its entry.
    pub origin: Origin,
    /// Was somebody reached?
    pub reached: bool,
    /// What was said.
    pub text: String,
}

/// A substitute number as the register has it.
#[derive(Debug, Clone, PartialEq)]
pub struct SubstituteStatus {
    /// The number.
    pub number: String,
    /// The first entry about it.
    pub origin: Origin,
    /// The centre that answers; empty when it was never registered.
    pub centre: String,
    /// The way it takes.
    pub path: String,
    /// Lines.
    pub lines: Option<u32>,
    /// Was it put on the register, or only used?
    pub registered: bool,
    /// Test calls, oldest first: entry, access, did the right centre answer?
    pub tests: Vec<(Origin, String, bool)>,
    /// Where it was published, oldest first.
    pub published: Vec<Publication>,
    /// Must it not be used?
    pub refuted: Option<Origin>,
}

/// A place where a substitute number was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Publication {
    /// The entry that says so.
    pub origin: Origin,
    /// The place.
    pub place: String,
    /// When it was withdrawn from there.
    pub withdrawn: Option<Origin>,
}

impl SubstituteStatus {
    /// Accesses from which the last test reached the right centre.
    pub fn works_from(&self) -> Vec<&str> {
        let mut last: BTreeMap<&str, bool> = BTreeMap::new();
        for (_, access, ok) in &self.tests {
            last.insert(access, *ok);
        }
        last.into_iter().filter_map(|(access, ok)| ok.then_some(access)).collect()
    }

    /// Is it published somewhere and not withdrawn there?
    pub fn in_use(&self) -> bool {
        self.published.iter().any(|publication| publication.withdrawn.is_none())
    }
}

/// A message to the public.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicStatus {
    /// The entry of the draft.
    pub origin: Origin,
    /// Its latest words.
    pub message: PublicMessage,
    /// Where it stands.
    pub stage: PublicStage,
    /// Approvals and refusals of the latest words, oldest first.
    pub marks: Vec<ApprovalMark>,
    /// Later stages: entry, stage, where or why.
    pub stages: Vec<(Origin, PublicStage, String)>,
}

impl PublicStatus {
    /// Approvals by different people, none of them the author.
    pub fn approvals(&self) -> Vec<&ApprovalMark> {
        approvals(&self.marks, &self.origin.who)
    }
}

/// The battle rhythm.
#[derive(Debug, Clone, PartialEq)]
pub struct RhythmStatus {
    /// The entry that set it.
    pub origin: Origin,
    /// Minutes between two points fixes; 0 = none.
    pub every_min: u32,
    /// Its first slot.
    pub next_at: DateTime<Utc>,
}

/// Something about a whole playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct RunMark {
    /// Its entry.
    pub origin: Origin,
    /// What.
    pub change: RunChange,
    /// Reason.
    pub text: String,
}

/// The cell's part of the folded state.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Cell {
    pub questions: Vec<QuestionStatus>,
    pub sitreps: Vec<SitrepStatus>,
    pub handovers: Vec<HandoverStatus>,
    pub contacts: BTreeMap<String, Vec<ContactCall>>,
    pub substitutes: BTreeMap<String, SubstituteStatus>,
    pub publics: Vec<PublicStatus>,
    pub rhythm: Option<RhythmStatus>,
    /// Slots that somebody wrote about: held or not, by which entry.
    pub slots: BTreeMap<DateTime<Utc>, (bool, Origin)>,
    /// Clocks started by hand.
    pub started: BTreeMap<String, (DateTime<Utc>, String)>,
    pub runs: BTreeMap<String, Vec<RunMark>>,
    /// Sub-playbooks: which step called which.
    pub calls: Vec<(StepRef, String)>,
}

impl Incident {
    /// Questions to decide, oldest first; settled ones stay.
    pub fn questions(&self) -> &[QuestionStatus] {
        &self.state.cell.questions
    }

    /// Points de situation, oldest first.
    pub fn sitreps(&self) -> &[SitrepStatus] {
        &self.state.cell.sitreps
    }

    /// Handovers, oldest first.
    pub fn handovers(&self) -> &[HandoverStatus] {
        &self.state.cell.handovers
    }

    /// Calls to a contact of the directory, oldest first.
    pub fn contact_calls(&self, contact: &str) -> &[ContactCall] {
        self.state.cell.contacts.get(contact).map_or(&[], Vec::as_slice)
    }

    /// The register of substitute numbers, by number.
    pub fn substitutes(&self) -> &BTreeMap<String, SubstituteStatus> {
        &self.state.cell.substitutes
    }

    /// Messages to the public, oldest first.
    pub fn publics(&self) -> &[PublicStatus] {
        &self.state.cell.publics
    }

    /// The battle rhythm, if one is set.
    pub fn rhythm(&self) -> Option<&RhythmStatus> {
        self.state.cell.rhythm.as_ref()
    }

    /// Slots of the rhythm that somebody wrote about: held or not, by which entry.
    pub fn slots(&self) -> &BTreeMap<DateTime<Utc>, (bool, Origin)> {
        &self.state.cell.slots
    }

    /// When and why a clock was started by hand.
    pub fn clock_started(&self, id: &str) -> Option<(DateTime<Utc>, &str)> {
        self.state.cell.started.get(id).map(|(at, why)| (*at, why.as_str()))
    }

    /// What was done to a playbook as a whole, oldest first.
    pub fn playbook_runs(&self, id: &str) -> &[RunMark] {
        self.state.cell.runs.get(id).map_or(&[], Vec::as_slice)
    }

    /// Sub-playbooks that steps called, oldest first.
    pub fn playbook_calls(&self) -> &[(StepRef, String)] {
        &self.state.cell.calls
    }

    /// The question of this entry.
    pub fn question(&self, id: &EntryId) -> Option<&QuestionStatus> {
        match self.places.get(id)? {
            Place::Question(index) => self.state.cell.questions.get(index),
            _ => None,
        }
    }

    /// The point de situation of this entry.
    pub fn sitrep(&self, id: &EntryId) -> Option<&SitrepStatus> {
        match self.places.get(id)? {
            Place::Sitrep(index) => self.state.cell.sitreps.get(index),
            _ => None,
        }
    }

    /// The handover of this entry.
    pub fn handover(&self, id: &EntryId) -> Option<&HandoverStatus> {
        match self.places.get(id)? {
            Place::Handover(index) => self.state.cell.handovers.get(index),
            _ => None,
        }
    }

    /// The public message of this entry.
    pub fn public(&self, id: &EntryId) -> Option<&PublicStatus> {
        match self.places.get(id)? {
            Place::Public(index) => self.state.cell.publics.get(index),
            _ => None,
        }
    }

    /// Folds a body of the cell's own work; `prev` is the head of the log before this line.
    pub(super) fn cell(&mut self, body: Body, re: &[EntryId], org: String, origin: Origin, prev: &str) {
        match body {
            Body::Question { text, decide_by, record } => {
                self.places.put(&origin.entry, Place::Question(self.state.cell.questions.len()));
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
                self.state.cell.rhythm = Some(RhythmStatus { origin, every_min, next_at: next_at.to_utc() });
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
                self.places.put(&origin.entry, Place::Sitrep(self.state.cell.sitreps.len()));
                let (as_of, next_at) = (as_of.to_utc(), next_at.map(|at| at.to_utc()));
                let marks = Vec::new();
                let sitrep = SitrepStatus { origin, number, variant, text, sections, as_of, next_at, marks };
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
            Body::PlaybookRun { id, change, text } => {
                self.state.cell.runs.entry(id).or_default().push(RunMark { origin, change, text });
            }
            _ => {}
        }
    }

    fn outcome(&mut self, re: &[EntryId], origin: &Origin, text: &str, review_at: Option<DateTime<Utc>>) {
        for id in re {
            if let Some(Place::Decision(index)) = self.places.get(id)
                && let Some(decision) = self.state.decisions.get_mut(index)
            {
                decision.outcomes.push((origin.clone(), text.to_owned()));
                decision.review_at = review_at;
            }
        }
    }

    /// A decision settles the questions it refers to; the first one counts.
    pub(super) fn settle(&mut self, re: &[EntryId], origin: &Origin) {
        for id in re {
            if let Some(Place::Question(index)) = self.places.get(id)
                && let Some(question) = self.state.cell.questions.get_mut(index)
            {
                question.settled.get_or_insert((origin.entry.clone(), origin.at));
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

    fn handover_answer(&mut self, re: &[EntryId], org: String, reply: &HandoverReply) {
        for id in re {
            let Some(Place::Handover(index)) = self.places.get(id) else { continue };
            let Some(handover) = self.state.cell.handovers.get_mut(index) else { continue };
            // Nobody hands over to himself, and an accepted handover stays accepted.
            if handover.accepted() || (reply.accepted && reply.origin.who == handover.origin.who) {
                continue;
            }
            handover.answer = Some(reply.clone());
            if !reply.accepted {
                continue;
            }
            let roles = handover.roles.clone();
            for role in roles {
                let holder = Author { who: reply.origin.who.clone(), org: org.clone(), role };
                let status = RoleStatus { origin: reply.origin.clone(), role, holder, seized_from: None };
                self.state.roles.insert(role, status);
            }
        }
    }

    fn public_stage(
        &mut self,
        re: &[EntryId],
        origin: Origin,
        stage: PublicStage,
        message: Option<Box<PublicMessage>>,
        text: String,
    ) {
        let known = re.iter().find_map(|id| match self.places.get(id) {
            Some(Place::Public(index)) => Some(index),
            _ => None,
        });
        if let Some(public) = known.and_then(|index| self.state.cell.publics.get_mut(index)) {
            if let Some(message) = message
                && *message != public.message
            {
                // Other words need other approvals.
                public.marks.clear();
                public.message = *message;
            }
            public.stage = stage;
            public.stages.push((origin, stage, text));
            return;
        }
        let Some(message) = message else { return };
        self.places.put(&origin.entry, Place::Public(self.state.cell.publics.len()));
        let (marks, stages) = (Vec::new(), Vec::new());
        self.state.cell.publics.push(PublicStatus { origin, message: *message, stage, marks, stages });
    }
}
