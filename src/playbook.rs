//! Playbooks (fiches réflexes): the file format, its lint, and progress computed from what the log says.
//!
//! A playbook is a checklist document in both languages; `docs/playbook-format.md` is its specification.
//! *Done* is not *effective*: a step with a proof stays "not effective yet" until the metric says so or
//! someone says why not. Triggers suggest, never start; nothing here ever stops people.
//!
//! Does not belong here: drawing, disk (the caller reads the folder of the user's own playbooks).

pub mod library;
pub mod lint;
pub mod parse;
pub mod progress;

pub use library::{Library, Suggestion, shipped};
pub use lint::{Context, Lint, lint};
pub use parse::{lever_word, parse};
pub use progress::{Late, StepState, StepView, Tally, progress, tally};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::network::{Grade, Text};
pub use crate::text::document::Problems as PlaybookErrors;

/// Roles in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Reads only.
    Observer,
    /// Log keeper (historien).
    LogKeeper,
    /// Operations.
    Operations,
    /// Communication.
    Communication,
    /// Anticipation.
    Anticipation,
    /// Liaison officer.
    Liaison,
    /// Director.
    Director,
    /// Facilitator of an exercise.
    Facilitator,
    /// Evaluator.
    Evaluator,
    /// The machine itself.
    Machine,
}

/// Are these two short names the same person? Capitals and blanks around a name do not make two people of one, who
/// would then sign twice.
pub fn same_person(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// What was done to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepChange {
    /// Started.
    Started,
    /// Done.
    Done,
    /// Skipped, with a reason.
    Skipped,
    /// Not applicable, with a reason.
    NotApplicable,
    /// Undone: open again.
    Undone,
    /// Someone says it took effect though the metric does not show it (or why it did not).
    Effect,
    /// Its precondition and warning were read and understood.
    Acknowledged,
    /// Signed by one more person.
    Signed,
    /// Someone refuses to sign, with a reason.
    Refused,
    /// Put off, with a reason.
    Deferred,
    /// Backed out: what was done was undone by its back-out.
    BackedOut,
    /// A branch was chosen (the entry's `go`).
    Chosen,
    /// Evidence was added after it was done.
    Evidenced,
    /// A continuous step ("until…") has ended.
    Ended,
}

impl StepChange {
    /// All changes.
    pub const ALL: [Self; 14] = [
        Self::Started,
        Self::Done,
        Self::Skipped,
        Self::NotApplicable,
        Self::Undone,
        Self::Effect,
        Self::Acknowledged,
        Self::Signed,
        Self::Refused,
        Self::Deferred,
        Self::BackedOut,
        Self::Chosen,
        Self::Evidenced,
        Self::Ended,
    ];

    /// Its word in message ids (`log-step-…`, `report-step-…`).
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::NotApplicable => "not-applicable",
            Self::Undone => "undone",
            Self::Effect => "effect",
            Self::Acknowledged => "acknowledged",
            Self::Signed => "signed",
            Self::Refused => "refused",
            Self::Deferred => "deferred",
            Self::BackedOut => "backed-out",
            Self::Chosen => "chosen",
            Self::Evidenced => "evidenced",
            Self::Ended => "ended",
        }
    }
}

/// A checklist document.
#[derive(Debug, Clone, PartialEq)]
pub struct Playbook {
    /// Id: also its file's name without extension.
    pub id: String,
    /// Version of its text, as its authors count.
    pub version: String,
    /// Title.
    pub title: Text,
    /// When to use it, and what it does not cover.
    pub about: Text,
    /// Day after which it must be reviewed.
    pub valid_until: Option<NaiveDate>,
    /// Day it was last exercised; `None` = never.
    pub last_exercised: Option<NaiveDate>,
    /// Where its steps come from.
    pub sources: Vec<Source>,
    /// What makes the console suggest it.
    pub triggers: Vec<Trigger>,
    /// Sections, in order.
    pub sections: Vec<Section>,
    /// SHA-256 of its text, hexadecimal: pins the running copy.
    pub sha256: String,
    /// The text it was read from.
    pub text: String,
}

/// A source that steps refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Id (`S07`).
    pub id: String,
    /// What it is.
    pub title: String,
    /// Address, if it has one.
    pub address: String,
}

/// A condition on the board that suggests the playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// The condition, in the small language of metrics (`ner(15) < 0.95 for 3m`).
    pub metric: String,
    /// What it means, in words.
    pub why: Text,
}

/// How a section is worked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// Read a step, then do it.
    ReadDo,
    /// Do from memory, then confirm each step.
    DoConfirm,
}

/// A group of steps between two pauses.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Id, unique in the playbook.
    pub id: String,
    /// Title.
    pub title: Text,
    /// How it is worked through.
    pub style: Style,
    /// Steps, in order.
    pub steps: Vec<Step>,
    /// Line of its file, from 1.
    pub line: u32,
}

/// From when a step's limits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitFrom {
    /// From awareness: the `T+` of the incident.
    #[default]
    Awareness,
    /// From the start of the step's section: its first recorded change, or the end of the section before.
    Section,
}

/// Who has to sign for a step. A missing signature is a visible debt, never a locked door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignOff {
    /// The one who does it.
    #[default]
    One,
    /// Two different people.
    Two,
    /// The director.
    Director,
}

/// A way out of a step: when the condition holds, go on at another step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The condition, in words; `None` = always.
    pub when: Option<Text>,
    /// Step to go on at.
    pub go: String,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Id, unique in the playbook.
    pub id: String,
    /// A short imperative sentence.
    pub text: Text,
    /// Who does it.
    pub role: Role,
    /// Should be done within this time \[s\].
    pub soft_s: Option<u32>,
    /// Must be done within this time \[s\].
    pub hard_s: Option<u32>,
    /// From when the limits count.
    pub from: LimitFrom,
    /// Clock it answers (`fr-d98-5`): its hard limit may not be longer.
    pub clock: Option<String>,
    /// What must be true before; shown before the step.
    pub precondition: Option<Text>,
    /// What can go wrong; shown before the step.
    pub warning: Option<Text>,
    /// True if doing it can make things worse: such a step names its warning and its back-out.
    pub risky: bool,
    /// How to undo it.
    pub back_out: Option<Text>,
    /// Levers it offers: beginnings of lever lines as [`crate::network::Network::lever`] reads them
    /// (`freeze`, `withdraw`, `advise redial`, `publish path=ip`); the first word is always one of the vocabulary.
    pub levers: Vec<String>,
    /// Metric that proves its effect.
    pub proof: Option<String>,
    /// What to write down as evidence.
    pub evidence: Option<Text>,
    /// Who signs.
    pub sign_off: SignOff,
    /// Where to go on instead of the next step.
    pub branches: Vec<Branch>,
    /// More words, shown on the step's card.
    pub note: Option<Text>,
    /// How well its ground is known.
    pub grade: Option<Grade>,
    /// Ids of its sources.
    pub sources: Vec<String>,
    /// Line of its file, from 1.
    pub line: u32,
}

impl Playbook {
    /// All steps with the index of their section, in order.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.sections.iter().enumerate().flat_map(|(i, section)| section.steps.iter().map(move |step| (i, step)))
    }

    /// A step by its id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps().map(|(_, step)| step).find(|step| step.id == id)
    }
}

/// One entry about a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepMark {
    /// What was done.
    pub change: StepChange,
    /// Who wrote it.
    pub who: String,
    /// In which role.
    pub role: Role,
    /// When (fact time).
    pub at: DateTime<Utc>,
    /// Reason, evidence or note given with it.
    pub text: String,
    /// The branch that was chosen.
    pub go: Option<String>,
    /// Pieces of evidence that came with it.
    pub evidence: usize,
}

/// What the log says of a step: the fold of its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepStatus {
    /// The last change that moved it: signatures, evidence and what was read leave it where it is.
    pub change: StepChange,
    /// Who made it.
    pub author: String,
    /// When (fact time).
    pub at: DateTime<Utc>,
    /// Reason, evidence or note given with it.
    pub reason: String,
    /// When it was started, if that was recorded.
    pub started: Option<DateTime<Utc>>,
    /// When it was done, and by whom; several people sign by recording it done.
    pub done: Vec<(DateTime<Utc>, String)>,
    /// Every entry about it, oldest first.
    pub marks: Vec<StepMark>,
}

impl StepStatus {
    /// The status after one more entry.
    #[must_use]
    pub fn after(before: Option<&Self>, mark: StepMark) -> Self {
        let mut status = before.cloned().unwrap_or_else(|| Self::before(&mark));
        status.take(mark);
        status
    }

    /// The status of a step that nobody has touched, just before its first entry.
    pub fn before(mark: &StepMark) -> Self {
        Self {
            change: StepChange::Undone,
            author: mark.who.clone(),
            at: mark.at,
            reason: String::new(),
            started: None,
            done: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// Takes one more entry, in place: a long log is folded without copying the marks before.
    pub fn take(&mut self, mark: StepMark) {
        let status = self;
        let moves = match mark.change {
            StepChange::Started => {
                status.started = status.started.or(Some(mark.at));
                true
            }
            StepChange::Done => {
                status.done.push((mark.at, mark.who.clone()));
                true
            }
            StepChange::Skipped | StepChange::NotApplicable | StepChange::Deferred => {
                status.done.clear();
                true
            }
            StepChange::Undone | StepChange::BackedOut => {
                status.started = None;
                status.done.clear();
                true
            }
            StepChange::Effect | StepChange::Ended => true,
            StepChange::Acknowledged
            | StepChange::Signed
            | StepChange::Refused
            | StepChange::Chosen
            | StepChange::Evidenced => false,
        };
        if moves {
            status.change = mark.change;
            status.author.clone_from(&mark.who);
            status.at = mark.at;
            status.reason.clone_from(&mark.text);
        }
        status.marks.push(mark);
    }
}

#[cfg(test)]
mod tests;
