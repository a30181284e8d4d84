//! Playbooks (fiches réflexes): the file format, its lint, and progress computed from what the log says.
//!
//! A playbook is a checklist document in both languages; `docs/playbook-format.md` is its specification.
//! *Done* is not *effective*: a step with a proof stays "not effective yet" until the metric says so or
//! someone says why not. Triggers suggest, never start; nothing here ever stops people.
//!
//! Does not belong here: drawing, disk (the caller reads the folder of the user's own playbooks).

pub mod debts;
mod flow;
pub mod import;
pub mod library;
pub mod lint;
pub mod parse;
pub mod progress;
pub mod tally;

pub use debts::{Owed, Owes};
pub use library::{Library, Suggestion, shipped};
pub use lint::{Context, Lint, lint};
pub use parse::{lever_word, parse};
pub use progress::{Aside, Called, Facts, Late, StepState, StepView, Way, progress};
pub use tally::{Tally, tally};

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
    /// Does it say that the step was done?
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::Ended | Self::Effect)
    }

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
    /// Day it was last rehearsed on simulated outages; `None` = never.
    pub last_rehearsed: Option<NaiveDate>,
    /// Faults of the vocabulary that it answers, for the coverage table.
    pub covers: Vec<String>,
    /// Lanes that run at the same time, and how they join.
    pub lanes: Vec<Lanes>,
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
    /// The lanes it is one of, by id: it runs beside the other sections that name them.
    pub lanes: Option<String>,
    /// It is the safe list: what counts once the playbook is aborted, and only then.
    pub safe: bool,
    /// Steps, in order.
    pub steps: Vec<Step>,
    /// Line of its file, from 1.
    pub line: u32,
}

/// Sections that run at the same time, by different people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes {
    /// Id, named by the sections.
    pub id: String,
    /// When the section after them begins.
    pub join: Join,
    /// Line of its file, from 1.
    pub line: u32,
}

/// How many lanes must be finished before what follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Join {
    /// All.
    #[default]
    All,
    /// One.
    Any,
    /// So many.
    Of(usize),
}

impl Join {
    /// Lanes needed, of `lanes`.
    pub const fn needed(self, lanes: usize) -> usize {
        match self {
            Self::All => lanes,
            Self::Any => 1,
            Self::Of(n) => n,
        }
    }
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

/// Sections that are worked through together, in order, and how many of them must be finished before what follows: one
/// section, or the lanes of one group. The safe list is in none.
pub fn blocks(playbook: &Playbook) -> Vec<(Vec<usize>, usize)> {
    let blocks = flow::Flow::new(playbook).blocks.into_iter();
    let needed = |block: &flow::Block<'_>| {
        let lanes = block.sections.len();
        block.lanes.map_or(lanes, |group| group.join.needed(lanes).min(lanes))
    };
    blocks.map(|block| (block.sections.clone(), needed(&block))).collect()
}

/// Who has to sign for a step. A missing signature is a visible debt, never a locked door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignOff {
    /// The one who does it.
    #[default]
    One,
    /// Two different people in two different roles; the one who does it counts as one.
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
    /// Figures that suggest it; nobody is sent anywhere by a figure.
    pub metric: Option<String>,
    /// An opt-out gate: it is suggested when less than this is left of the step's hard limit \[s\].
    pub less_than_s: Option<u32>,
    /// An opt-out gate leaves a list that does not fit; the others are the answers of a decision point.
    pub gate: bool,
}

/// A condition on the board that is looked at before a step: false or without data, it is a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The condition, in the small language of metrics.
    pub metric: String,
    /// What it means when it does not hold, in words.
    pub why: Text,
}

/// What shows that something was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// Words.
    Text,
    /// A figure with its unit.
    Number,
    /// The board as it was on the screen.
    Board,
    /// A file, by its hash.
    File,
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
    /// The effect is awaited for so long after it was done \[s\]; past this it is a debt.
    pub effective_within_s: Option<u32>,
    /// Conditions on the board looked at before it.
    pub checks: Vec<Check>,
    /// What to write down as evidence.
    pub evidence: Option<Text>,
    /// What kind of evidence is asked; `None` = any.
    pub evidence_as: Option<EvidenceKind>,
    /// Without evidence it stays a debt.
    pub evidence_required: bool,
    /// A continuous step: it stays in sight from its start until this holds.
    pub until: Option<Text>,
    /// A question with named branches: the branch that is taken is a decision.
    pub decision: bool,
    /// Playbook that is called here, and from which one returns here.
    pub calls: Option<String>,
    /// Contacts of the directory, by id.
    pub contacts: Vec<String>,
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

    /// Where a step stands in [`Playbook::steps`].
    pub fn position(&self, id: &str) -> Option<usize> {
        self.steps().position(|(_, step)| step.id == id)
    }

    /// Has it a list for the case that it is aborted?
    pub fn has_safe_list(&self) -> bool {
        self.sections.iter().any(|section| section.safe)
    }

    /// A step by its id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps().map(|(_, step)| step).find(|step| step.id == id)
    }
}

impl Step {
    /// Is a step of another playbook the same one, so that what is done there is done here? It has the same id and says
    /// the same, or meets the same clock; a step with branches leads on in its own playbook only.
    pub fn same_as(&self, other: &Self) -> bool {
        let says = self.text == other.text || (self.clock.is_some() && self.clock == other.clock);
        self.id == other.id && says && self.branches.is_empty() && other.branches.is_empty()
    }
}

/// How old a playbook is allowed to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// It is to be reviewed later, and was exercised within a year.
    Good,
    /// It was never exercised, or more than a year ago.
    Unexercised,
    /// Its day of review is past.
    Expired,
}

/// Is a playbook still valid on this day?
pub fn validity(playbook: &Playbook, today: NaiveDate) -> Validity {
    let exercised = playbook.last_exercised.is_some_and(|day| (today - day).num_days() <= 365);
    match playbook.valid_until {
        Some(until) if until < today => Validity::Expired,
        _ if !exercised => Validity::Unexercised,
        _ => Validity::Good,
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
    pub evidence: Vec<EvidenceKind>,
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
