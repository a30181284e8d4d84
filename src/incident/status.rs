//! What the incident remembers of its entries: decisions, actions, messages, alarms and the rest, as views ask for them.

use std::borrow::Cow;

use chrono::{DateTime, TimeDelta, Utc};

use super::event::{ActionState, Author, EntryId, EventTime, LeverOrder, Role};
use crate::health::{Alarm, Observation};
use crate::lang::Lang;
use crate::network::{Element, Text};

/// What the four sides of every status share: which entry, when, who.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The entry.
    pub entry: EntryId,
    /// Time of the fact (incident time in exercises and replays).
    pub at: DateTime<Utc>,
    /// Who wrote it.
    pub who: String,
    /// In which role.
    pub role: Role,
}

/// A decision.
#[derive(Debug, Clone, PartialEq)]
pub struct DecisionStatus {
    /// Its entry.
    pub origin: Origin,
    /// What was decided.
    pub text: String,
    /// Why; empty = a debt.
    pub rationale: String,
    /// The levers it set in motion.
    pub levers: Vec<LeverOrder>,
    /// What it was taken on.
    pub record: super::record::DecisionRecord,
    /// When it is to be looked at again; `None` = not, or not any more.
    pub review_at: Option<DateTime<Utc>>,
    /// What came of it, oldest first.
    pub outcomes: Vec<(Origin, String)>,
}

/// An action.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionStatus {
    /// The entry that ordered it.
    pub origin: Origin,
    /// What.
    pub text: String,
    /// By whom.
    pub owner: String,
    /// Due.
    pub due: Option<DateTime<Utc>>,
    /// Its present state.
    pub state: ActionState,
    /// The entry that last changed it, and when.
    pub changed: Option<(EntryId, DateTime<Utc>)>,
}

/// A message or a request between cells.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageStatus {
    /// Its entry.
    pub origin: Origin,
    /// Text.
    pub text: String,
    /// From whom (empty: from us).
    pub from: String,
    /// To whom (empty: to us).
    pub to: String,
    /// By what means.
    pub channel: String,
    /// Answer expected by.
    pub answer_by: Option<DateTime<Utc>>,
    /// True for entries of kind `request`.
    pub request: bool,
    /// Documented of others, and quoted here: nobody waits for an answer.
    pub quoted: bool,
    /// Received: by which entry, when.
    pub received: Option<(EntryId, DateTime<Utc>)>,
    /// Acknowledged or answered: by which entry, when.
    pub acknowledged: Option<(EntryId, DateTime<Utc>)>,
}

impl MessageStatus {
    /// Is an answer still awaited?
    pub fn unanswered(&self) -> bool {
        self.acknowledged.is_none() && !self.quoted
    }

    /// For how long it has been, or was, without an answer.
    pub fn waited(&self, now: DateTime<Utc>) -> TimeDelta {
        let end = self.acknowledged.as_ref().map_or(now, |(_, at)| *at);
        (end - self.origin.at).max(TimeDelta::zero())
    }
}

/// A lever that was ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverStatus {
    /// Its entry.
    pub origin: Origin,
    /// Frame at whose start it takes effect.
    pub frame_at: u32,
    /// The order.
    pub order: LeverOrder,
}

/// A fault put in by the facilitator.
#[derive(Debug, Clone, PartialEq)]
pub struct InjectStatus {
    /// Its entry.
    pub origin: Origin,
    /// Frame at whose start it takes effect.
    pub frame_at: u32,
    /// Vocabulary word and parameters, as in scenario files.
    pub fault: String,
    /// On what.
    pub on: Vec<Element>,
}

/// An alarm group as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmStatus {
    /// Its latest form.
    pub alarm: Alarm,
    /// The entry that last changed it.
    pub entry: EntryId,
    /// The entry that first raised it since it was last over.
    pub first: EntryId,
    /// Acknowledged: by which entry, when.
    pub acknowledged: Option<(EntryId, DateTime<Utc>)>,
    /// Shelved until.
    pub shelved_until: Option<DateTime<Utc>>,
    /// Over?
    pub over: bool,
}

/// A playbook that was opened.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenPlaybook {
    /// Its entry.
    pub origin: Origin,
    /// Playbook id.
    pub id: String,
    /// SHA-256 of the text of the running copy.
    pub sha256: String,
}

/// An entry that was corrected: the old one is shown struck.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrectionStatus {
    /// The entry that corrects.
    pub origin: Origin,
    /// The corrected text.
    pub text: String,
    /// Why.
    pub reason: String,
}

/// An observation of health by hand.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservationStatus {
    /// Its entry.
    pub origin: Origin,
    /// What was seen.
    pub data: Observation,
}

/// A role that somebody holds.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleStatus {
    /// Its entry.
    pub origin: Origin,
    /// The role.
    pub role: Role,
    /// Who holds it.
    pub holder: Author,
    /// Who held it before and did not hand it over: a debt.
    pub seized_from: Option<String>,
}

/// What a deadline comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeadlineSource {
    /// A legal or internal clock, by id.
    Clock(String),
    /// An entry: an action, a message, a decision.
    Entry(EntryId),
    /// A step of a playbook.
    Step {
        /// Playbook id.
        playbook: String,
        /// Step id.
        step: String,
    },
    /// A slot of the rhythm.
    Slot(DateTime<Utc>),
    /// A substitute number.
    Number(String),
    /// A contact of the directory, by id.
    Contact(String),
}

/// Kind of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeadlineKind {
    /// A clock of `assets/clocks`.
    Clock,
    /// An action with a due time.
    Action,
    /// A message or request that awaits an answer.
    Message,
    /// A decision without a reason: a debt.
    Rationale,
    /// A step of a playbook with a limit.
    Step,
    /// A question that must be decided.
    Question,
    /// A decision that is to be looked at again.
    Review,
    /// A slot of the rhythm.
    Slot,
    /// A point de situation that awaits a second person.
    Approval,
    /// A handover that awaits the incoming person.
    Handover,
    /// Any other debt.
    Debt(super::debts::DebtKind),
}

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeadlineState {
    /// Past.
    Overdue,
    /// Within half an hour, or within the last tenth of a long delay.
    Soon,
    /// Later.
    Later,
    /// Met or stopped.
    Done,
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Deadline {
    /// What.
    pub label: Text,
    /// When (incident time).
    pub due: DateTime<Utc>,
    /// What kind.
    pub kind: DeadlineKind,
    /// Whose (a role word such as `liaison`, or a name as typed); empty when nobody's.
    pub owner: String,
    /// How it stands at the time asked.
    pub state: DeadlineState,
    /// Where it comes from.
    pub source: DeadlineSource,
    /// Legal or internal basis, and who set it; empty for entries.
    pub basis: String,
}

impl Deadline {
    /// What is due, in the reader's language.
    pub fn title<'a>(&'a self, lang: &'a Lang) -> Cow<'a, str> {
        match lang.of(&self.label) {
            "" if self.kind == DeadlineKind::Slot => Cow::Owned(lang.t("deadline-title-slot")),
            label => Cow::Borrowed(label),
        }
    }
}

/// A limit that an open playbook sets; given by the playbook room as data.
#[derive(Debug, Clone, PartialEq)]
pub struct StepLimit {
    /// Playbook id.
    pub playbook: String,
    /// Step id.
    pub step: String,
    /// What.
    pub label: Text,
    /// When.
    pub due: DateTime<Utc>,
    /// Whose.
    pub owner: String,
    /// Already done?
    pub done: bool,
}

/// One thing that `decide` lets be written: body, event time, references.
pub type Decided = (super::event::Body, Option<EventTime>, Vec<EntryId>);
