//! What an entry says: one variant of [`Body`] for each kind of line.
//!
//! Does not belong here: the words by which kinds are called and what people read in them (`words`).

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::Verification;
use crate::health::{Alarm, Observation};
use crate::incident::desk::DeskAct;
use crate::incident::outlook::Outlook;
use crate::incident::record::{
    DecisionRecord, Evidence, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange,
};
use crate::network::{Element, LeverKind};
use crate::playbook::{Role, StepChange};

/// What an entry says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Body {
    /// Information in.
    Information(Statement),
    /// A fact the cell states.
    Fact(Statement),
    /// A message between cells.
    Message {
        /// Text.
        text: String,
        /// To whom (empty: to us).
        to: String,
        /// From whom (empty: from us).
        #[serde(default)]
        from: String,
        /// By what means.
        #[serde(default)]
        channel: String,
        /// Answer expected by (incident time).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        answer_by: Option<DateTime<FixedOffset>>,
    },
    /// A message was received or acknowledged (`re` names it).
    Receipt {
        /// True: acknowledged (understood); false: received.
        acknowledged: bool,
        /// What was answered.
        #[serde(default)]
        text: String,
    },
    /// A decision.
    Decision {
        /// What was decided.
        text: String,
        /// Why; empty = a debt.
        #[serde(default)]
        rationale: String,
        /// The levers it sets in motion.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        levers: Vec<LeverOrder>,
        /// What it was taken on. `re` names the question that it settles.
        #[serde(skip_serializing_if = "DecisionRecord::is_empty", default)]
        record: Box<DecisionRecord>,
    },
    /// A decision is pending; a decision that refers to it (`re`) settles it.
    Question {
        /// The question.
        text: String,
        /// To be decided by (incident time).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        decide_by: Option<DateTime<FixedOffset>>,
        /// What is known so far, and the options.
        #[serde(skip_serializing_if = "DecisionRecord::is_empty", default)]
        record: Box<DecisionRecord>,
    },
    /// What a decision (`re`) led to, written at its review.
    Outcome {
        /// What came of it.
        text: String,
        /// When it is to be looked at again (incident time).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        review_at: Option<DateTime<FixedOffset>>,
    },
    /// An action: ordered, then done.
    Action {
        /// What.
        text: String,
        /// By whom.
        #[serde(default)]
        owner: String,
        /// Due (incident time).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        due: Option<DateTime<FixedOffset>>,
        /// Ordered, done or dropped; later states come in new entries that refer to the first (`re`).
        state: ActionState,
    },
    /// A request to somebody.
    Request {
        /// What is asked.
        text: String,
        /// Of whom.
        to: String,
    },
    /// A correction of an earlier entry (`re` names it): the old one is shown struck.
    Correction {
        /// The corrected text.
        text: String,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// A note.
    Note {
        /// Text.
        text: String,
    },
    /// An observation of health by hand.
    Observation {
        /// Text.
        text: String,
        /// What was seen.
        data: Observation,
    },
    /// The incident is acknowledged as such: `T+` and the clocks count from its fact time.
    Awareness {
        /// Of what.
        text: String,
    },
    /// A clock (legal or internal) is stopped, with a reason.
    ClockStop {
        /// Clock id (`fr-d98-5`).
        id: String,
        /// Why: done, not applicable.
        reason: String,
    },
    /// A clock is started by hand: one that awareness does not start by itself.
    ClockStart {
        /// Clock id (`fcc-psap-30min`).
        id: String,
        /// Why.
        text: String,
    },
    /// The battle rhythm: when the cell meets (points fixes).
    Rhythm {
        /// Minutes between two; 0 = no rhythm any more.
        every_min: u32,
        /// The next one (incident time).
        next_at: DateTime<FixedOffset>,
        /// Text.
        #[serde(default)]
        text: String,
    },
    /// A slot of the rhythm was held, or missed.
    Slot {
        /// The slot (incident time).
        slot: DateTime<FixedOffset>,
        /// Was it held?
        held: bool,
        /// Text.
        #[serde(default)]
        text: String,
    },
    /// A contact of the directory was called: the call is its test.
    ContactCall {
        /// Contact id.
        contact: String,
        /// Was somebody reached?
        reached: bool,
        /// What was said.
        #[serde(default)]
        text: String,
    },
    /// Something happens to a substitute number.
    Substitute {
        /// The number, as published.
        number: String,
        /// What.
        #[serde(flatten)]
        change: SubstituteChange,
        /// Text.
        #[serde(default)]
        text: String,
    },
    /// A point de situation as drafted and edited; approval comes in an entry of its own.
    Sitrep {
        /// Its number, from 1.
        number: u32,
        /// Its shape.
        #[serde(default)]
        variant: SitrepVariant,
        /// One line.
        text: String,
        /// Its parts, in order.
        sections: Vec<Section>,
        /// What it describes (incident time).
        as_of: DateTime<FixedOffset>,
        /// The next one (incident time).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        next_at: Option<DateTime<FixedOffset>>,
    },
    /// Someone approves, or refuses, what `re` names: a point de situation, a public message.
    Approval {
        /// Approved?
        granted: bool,
        /// Why not, or a remark.
        #[serde(default)]
        text: String,
    },
    /// Roles are handed over with what the next person must know.
    Handover {
        /// Roles that change hands.
        roles: Vec<Role>,
        /// To whom.
        to: String,
        /// What worries the one who leaves.
        #[serde(default)]
        text: String,
        /// The package, in order.
        sections: Vec<Section>,
    },
    /// The incoming person accepts, or refuses, a handover (`re`); with it the roles are his.
    HandoverAnswer {
        /// Accepted?
        accepted: bool,
        /// The mode's word, read back by the incoming person.
        #[serde(default)]
        mode_read: bool,
        /// Why not, or a remark.
        #[serde(default)]
        text: String,
    },
    /// A message to the public; later stages refer to the draft (`re`).
    Public {
        /// Where it stands.
        stage: PublicStage,
        /// The message; in later stages it may be left as it was (`null`).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        message: Option<Box<PublicMessage>>,
        /// Where it was published, why it was withdrawn.
        #[serde(default)]
        text: String,
    },
    /// A forecast as it was shown; a decision names it in its record.
    Forecast {
        /// One sentence.
        text: String,
        /// What was asked and answered.
        outlook: Box<Outlook>,
    },
    /// Something was done at the desk of an exercise.
    Desk {
        /// What.
        #[serde(flatten)]
        act: DeskAct,
        /// Text.
        #[serde(default)]
        text: String,
    },
    /// Something about a whole playbook that runs.
    PlaybookRun {
        /// Playbook id.
        id: String,
        /// What.
        change: RunChange,
        /// Reason.
        #[serde(default)]
        text: String,
    },
    /// Someone takes a role.
    RoleTaken {
        /// Text.
        text: String,
        /// The role.
        taken: Role,
    },
    /// A playbook is opened: its running copy is pinned by its hash.
    Playbook {
        /// Playbook id.
        id: String,
        /// SHA-256 of its text.
        sha256: String,
        /// Text.
        text: String,
        /// The step that called it, if one did: it returns there.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        called_by: Option<StepRef>,
    },
    /// A step of a playbook changes.
    Step {
        /// Playbook id.
        playbook: String,
        /// Step id.
        step: String,
        /// What was done to it.
        change: StepChange,
        /// Reason, evidence or note.
        #[serde(default)]
        text: String,
        /// Where it goes on: the branch that was chosen.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        go: Option<String>,
        /// What shows it.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        evidence: Vec<Evidence>,
    },
    /// A lever takes effect in the simulation at the start of frame `frame_at`.
    Lever {
        /// The order.
        order: LeverOrder,
        /// Frame at whose start it takes effect.
        frame_at: u32,
        /// Text.
        text: String,
    },
    /// A fault put in by the facilitator at the start of frame `frame_at`.
    Inject {
        /// Vocabulary word and parameters, as in scenario files (TOML inline table).
        fault: String,
        /// On what.
        on: Vec<Element>,
        /// Frame at whose start it takes effect.
        frame_at: u32,
        /// Text.
        text: String,
    },
    /// The exercise or replay clock changes.
    Clock {
        /// Incident time from which the new map counts.
        x_at: DateTime<FixedOffset>,
        /// Running?
        running: bool,
        /// Incident seconds per wall second, thousandths.
        rate_milli: u32,
        /// Text.
        text: String,
    },
    /// The machine crossed a threshold: one grouped line per shared cause.
    Crossing {
        /// The alarm.
        alarm: Alarm,
        /// True: it is over.
        over: bool,
        /// Text.
        text: String,
    },
    /// An alarm is acknowledged or shelved.
    Acknowledge {
        /// Alarm group.
        group: String,
        /// Shelved until (incident time); absent: acknowledged.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        shelved_until: Option<DateTime<FixedOffset>>,
        /// Text.
        #[serde(default)]
        text: String,
    },
    /// Notice of the machine about itself (torn tail set aside, clock stepped, feed lost).
    Notice {
        /// Text.
        text: String,
        /// Details.
        #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
        data: BTreeMap<String, String>,
    },
    /// The incident is closed.
    Close {
        /// Last words.
        text: String,
    },
    /// The incident is reopened after a close.
    Reopen {
        /// Why.
        text: String,
    },
}

/// A statement with its source and state of verification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Statement {
    /// Text.
    pub text: String,
    /// Who told us.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub source: String,
    /// By what means.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub channel: String,
    /// How far it has been checked.
    #[serde(default)]
    pub verification: Verification,
}

/// A step of a playbook.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepRef {
    /// Playbook id.
    pub playbook: String,
    /// Step id.
    pub step: String,
}

/// What happens to a whole playbook that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunChange {
    /// Aborted: its safe list is what counts now.
    Aborted,
    /// Taken up again after an interruption or an abort.
    Resumed,
    /// Ended: nothing more is to be done with it.
    Ended,
}

/// State of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// Ordered.
    Ordered,
    /// Done.
    Done,
    /// Dropped.
    Dropped,
}

/// A lever as ordered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeverOrder {
    /// Which and on what.
    #[serde(flatten)]
    pub lever: LeverKind,
}
