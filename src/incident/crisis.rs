//! What the incident remembers of the cell's own work: questions and decisions, points de situation, handovers,
//! contacts, substitute numbers, public messages, the battle rhythm; and the fold that makes it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::event::{EntryId, Mode, Role, RunChange, StepRef};
use super::record::{DecisionRecord, PublicMessage, PublicStage, Section, SitrepVariant};
use super::status::Origin;
use super::{Incident, Place};
use crate::playbook::same_person;

mod fold;

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
    /// After a refusal: the later one that takes its place (it names this one in `re`).
    pub replaced_by: Option<EntryId>,
}

/// The approvals among `marks` by people other than `authors`, each person once: his last word counts. Those who only
/// read, and the machine, approve nothing.
fn approvals<'a>(marks: &'a [ApprovalMark], authors: &[&str]) -> Vec<&'a ApprovalMark> {
    let mut found: Vec<&ApprovalMark> = Vec::new();
    for mark in marks {
        let reads = matches!(mark.origin.role, Role::Observer | Role::Machine);
        if reads || authors.iter().any(|author| same_person(author, &mark.origin.who)) {
            continue;
        }
        // Who refuses after having approved has not approved; who approves twice is one person.
        let known = found.iter().position(|known| same_person(&known.origin.who, &mark.origin.who));
        match (mark.granted, known) {
            (true, None) => found.push(mark),
            (false, Some(at)) => {
                found.remove(at);
            }
            _ => {}
        }
    }
    found
}

impl SitrepStatus {
    /// The approval by a second person; one's own does not count.
    pub fn approved(&self) -> Option<&ApprovalMark> {
        approvals(&self.marks, &[&self.origin.who]).first().copied()
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
    /// Short names of all who wrote its latest words or the draft: none of them approves it.
    pub writers: Vec<String>,
    /// The latest words were published, by this entry.
    pub published: Option<Origin>,
    /// Publications whose words were replaced before enough people had approved them: entry, headline.
    pub unapproved: Vec<(Origin, String)>,
}

impl PublicStatus {
    /// Approvals of the latest words by different people, none of them a writer.
    pub fn approvals(&self) -> Vec<&ApprovalMark> {
        let writers: Vec<&str> = self.writers.iter().map(String::as_str).collect();
        approvals(&self.marks, &writers)
    }

    /// Have two people approved the latest words, in a real incident in two different roles?
    pub fn approved(&self, mode: Mode) -> bool {
        let approvals = self.approvals();
        let first = approvals.first().map(|mark| mark.origin.role);
        let roles = mode != Mode::Real || approvals.iter().any(|mark| Some(mark.origin.role) != first);
        approvals.len() >= 2 && roles
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

/// A role that somebody took over from somebody else who had not handed it over.
#[derive(Debug, Clone, PartialEq)]
pub struct Seizure {
    /// The entry that took it.
    pub origin: Origin,
    /// The role.
    pub role: Role,
    /// Who held it before.
    pub from: String,
    /// Short name of whoever holds it since.
    pub by: String,
    /// The handover that was accepted afterwards, by its answer.
    pub mended: Option<EntryId>,
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

/// A forecast that was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastStatus {
    /// Its entry.
    pub origin: Origin,
    /// What it was asked for: a pending decision, as a rule.
    pub re: Vec<EntryId>,
    /// What was asked and answered.
    pub outlook: super::outlook::Outlook,
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
    /// Every rhythm that was set, oldest first: each counts until the next.
    pub rhythms: Vec<RhythmStatus>,
    /// Slots that somebody wrote about: held or not, by which entry.
    pub slots: BTreeMap<DateTime<Utc>, (bool, Origin)>,
    /// Clocks started by hand.
    pub started: BTreeMap<String, (DateTime<Utc>, String)>,
    pub runs: BTreeMap<String, Vec<RunMark>>,
    /// Sub-playbooks: which step called which.
    pub calls: Vec<(StepRef, String)>,
    pub seizures: Vec<Seizure>,
    pub forecasts: Vec<ForecastStatus>,
    /// When the incident was closed, and until when.
    pub closings: Vec<(DateTime<Utc>, Option<DateTime<Utc>>)>,
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
        self.state.cell.rhythms.last()
    }

    /// Roles that were taken over without a handover, oldest first; mended ones stay.
    pub fn seizures(&self) -> &[Seizure] {
        &self.state.cell.seizures
    }

    /// Forecasts that were shown, oldest first.
    pub fn forecasts(&self) -> &[ForecastStatus] {
        &self.state.cell.forecasts
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
}
