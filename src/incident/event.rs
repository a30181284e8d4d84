//! What was accepted and is true for ever: one [`Entry`] per line of the log.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

use crate::health::{Alarm, Observation};
use crate::network::{Element, LeverKind};
pub use crate::playbook::{Role, StepChange};

use super::desk::DeskAct;
use super::outlook::Outlook;
use super::record::{DecisionRecord, Evidence, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange};

/// Mode of an incident: chosen when it is created, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// A real incident.
    Real,
    /// An exercise.
    Exercise,
    /// A replay, taken over by someone.
    Replay,
}

/// `incident.json`: never rewritten. Its SHA-256 is the `prev` of every chain's line 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// Format version, 1.
    pub v: u8,
    /// Id, also the folder's name: `2026-11-23-title-3f9a`.
    pub inc: String,
    /// Mode.
    pub mode: Mode,
    /// Title.
    pub title: String,
    /// When it was opened (entry time).
    pub at: DateTime<FixedOffset>,
    /// IANA zone in which times are shown.
    pub zone: String,
    /// Language of machine sentences: `fr` or `en`.
    pub lang: String,
    /// Perimeter of the board.
    #[serde(default)]
    pub perimeter: crate::health::Perimeter,
    /// Scenario, for exercises and replays.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scenario: Option<ScenarioRef>,
    /// What a REPLAY was taken over from.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub origin: Option<String>,
    /// SHA-256 of the playbooks kept beside, by id.
    #[serde(default)]
    pub playbooks: BTreeMap<String, String>,
    /// Version of vigie that opened it.
    pub engine: String,
}

/// What the origin of a REPLAY begins with that was taken over from a documented incident; `ID@INSTANT` follows.
pub const TAKEN_OVER: &str = "taken-over:";

impl Genesis {
    /// The documented incident that was taken over here, and the instant from which on the world answers whoever sits
    /// here; `None` in every other incident.
    pub fn taken_over(&self) -> Option<(&str, DateTime<Utc>)> {
        let origin = self.origin.as_deref().filter(|_| self.mode == Mode::Replay)?;
        let (id, at) = origin.strip_prefix(TAKEN_OVER)?.rsplit_once('@')?;
        Some((id, at.parse().ok()?))
    }

    /// Is there a simulation behind it, whose time never runs backwards?
    pub fn forward_only(&self) -> bool {
        self.mode == Mode::Exercise || self.taken_over().is_some()
    }
}

/// The scenario an exercise runs on; its text is kept beside in the incident's folder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioRef {
    /// Scenario id.
    pub id: String,
    /// SHA-256 of its files.
    pub sha256: String,
    /// Seed.
    pub seed: u64,
    /// Incident time of tick 0.
    pub start: DateTime<Utc>,
}

/// How exactly the time of a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// To the minute or better.
    #[default]
    Exact,
    /// About.
    About,
    /// At this time or before.
    Before,
}

/// Event time typed by the author.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventTime {
    /// When (incident time in exercises and replays).
    pub at: DateTime<FixedOffset>,
    /// How exactly.
    #[serde(default)]
    pub precision: Precision,
    /// Why it is entered late (asked past five minutes).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Page of the paper log it was first written on: reason enough to be late.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub page: Option<String>,
}

/// How far a statement has been checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// Nobody has checked.
    #[default]
    ToVerify,
    /// Being checked.
    BeingVerified,
    /// Checked.
    Verified,
    /// Found wrong.
    Refuted,
}

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Short name (`m.durand`).
    pub who: String,
    /// Organisation.
    pub org: String,
    /// Role.
    pub role: Role,
}

/// Reference to an entry: `chain:seq`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub String);

impl EntryId {
    /// From its parts.
    pub fn new(chain: &str, seq: u64) -> Self {
        let mut id = String::with_capacity(chain.len() + 8);
        id.push_str(chain);
        id.push(':');
        // Writing to a String cannot fail.
        let _ = write!(id, "{seq}");
        Self(id)
    }

    /// The `n`th entry of the same append, whose number is not known yet: the store puts the number in its place.
    pub fn in_same_append(n: usize) -> Self {
        Self(format!("@{n}"))
    }

    /// `Some(n)` for a reference made by [`EntryId::in_same_append`].
    pub fn place_in_append(&self) -> Option<usize> {
        self.0.strip_prefix('@')?.parse().ok()
    }

    /// Chain and number; `None` when it is not `chain:seq`.
    pub fn parts(&self) -> Option<(&str, u64)> {
        let (chain, seq) = self.0.split_once(':')?;
        Some((chain, seq.parse().ok()?))
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A health frame that was on the author's screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameRef {
    /// Number of the frame.
    pub index: u32,
    /// First 16 hexadecimal digits of the SHA-256 of its encoding on the tape.
    pub digest: String,
}

/// One line of the log. Field order is the order of the line; `docs/log-format.md` is the specification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Format version, 1.
    pub v: u8,
    /// Incident id.
    pub inc: String,
    /// Chain id: 8 hexadecimal digits.
    pub chain: String,
    /// Number in the chain, from 0, without gaps.
    pub seq: u64,
    /// Entry time.
    pub at: DateTime<FixedOffset>,
    /// Boot id and boot clock.
    pub up: String,
    /// Incident time, in exercises and replays.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub x: Option<DateTime<FixedOffset>>,
    /// Event time, if earlier than the writing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub event_at: Option<EventTime>,
    /// Who wrote it.
    pub who: String,
    /// For which organisation.
    pub org: String,
    /// In which role.
    pub role: Role,
    /// What it says: `kind` and its own fields.
    #[serde(flatten)]
    pub body: Body,
    /// Entries it refers to.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub re: Vec<EntryId>,
    /// Heads of the other chains that changed since the author's last line: chain → (seq, sha256).
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub seen: BTreeMap<String, (u64, String)>,
    /// The health frame on screen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub frame: Option<FrameRef>,
    /// SHA-256 of the previous line's bytes without newline; of `incident.json` for line 0.
    pub prev: String,
    /// Signature of the bytes before this field (Ed25519, base64url). Not written yet: its place is kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sig: Option<String>,
}

impl Entry {
    /// `chain:seq`.
    pub fn id(&self) -> EntryId {
        EntryId::new(&self.chain, self.seq)
    }

    /// Who wrote it.
    pub fn author(&self) -> Author {
        Author { who: self.who.clone(), org: self.org.clone(), role: self.role }
    }

    /// Time used for display and sorting of facts: event time, else incident time, else entry time.
    pub fn fact_time(&self) -> DateTime<FixedOffset> {
        self.event_at.as_ref().map_or_else(|| self.x.unwrap_or(self.at), |event| event.at)
    }
}

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

impl Body {
    /// A decision without a record.
    pub fn decision(text: impl Into<String>, rationale: impl Into<String>, levers: Vec<LeverOrder>) -> Self {
        Self::Decision { text: text.into(), rationale: rationale.into(), levers, record: Box::default() }
    }

    /// A change of a step, without evidence.
    pub fn step(
        playbook: impl Into<String>,
        step: impl Into<String>,
        change: StepChange,
        text: impl Into<String>,
    ) -> Self {
        let (playbook, step, text) = (playbook.into(), step.into(), text.into());
        Self::Step { playbook, step, change, text, go: None, evidence: Vec::new() }
    }

    /// The word in the line's `kind` field.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Information(_) => "information",
            Self::Fact(_) => "fact",
            Self::Message { .. } => "message",
            Self::Receipt { .. } => "receipt",
            Self::Decision { .. } => "decision",
            Self::Action { .. } => "action",
            Self::Request { .. } => "request",
            Self::Correction { .. } => "correction",
            Self::Note { .. } => "note",
            Self::Observation { .. } => "observation",
            Self::Awareness { .. } => "awareness",
            Self::ClockStop { .. } => "clock_stop",
            Self::Question { .. } => "question",
            Self::Outcome { .. } => "outcome",
            Self::ClockStart { .. } => "clock_start",
            Self::Rhythm { .. } => "rhythm",
            Self::Slot { .. } => "slot",
            Self::ContactCall { .. } => "contact_call",
            Self::Substitute { .. } => "substitute",
            Self::Sitrep { .. } => "sitrep",
            Self::Approval { .. } => "approval",
            Self::Handover { .. } => "handover",
            Self::HandoverAnswer { .. } => "handover_answer",
            Self::Public { .. } => "public",
            Self::PlaybookRun { .. } => "playbook_run",
            Self::Forecast { .. } => "forecast",
            Self::Desk { .. } => "desk",
            Self::RoleTaken { .. } => "role_taken",
            Self::Playbook { .. } => "playbook",
            Self::Step { .. } => "step",
            Self::Lever { .. } => "lever",
            Self::Inject { .. } => "inject",
            Self::Clock { .. } => "clock",
            Self::Crossing { .. } => "crossing",
            Self::Acknowledge { .. } => "acknowledge",
            Self::Notice { .. } => "notice",
            Self::Close { .. } => "close",
            Self::Reopen { .. } => "reopen",
        }
    }

    /// All words beyond [`Body::text`] that people typed into the lines of the cell's own work.
    pub fn cell_texts(&self) -> Vec<&str> {
        match self {
            Self::Question { record, .. } => record.texts().collect(),
            Self::Step { evidence, .. } => evidence.iter().map(Evidence::text).collect(),
            Self::ContactCall { contact, .. } => vec![contact],
            Self::Substitute { number, change, .. } => {
                let mut all = vec![number.as_str()];
                all.extend(change.texts());
                all
            }
            Self::Sitrep { sections, .. } => sections.iter().map(|section| section.text.as_str()).collect(),
            Self::Handover { to, sections, .. } => {
                let mut all = vec![to.as_str()];
                all.extend(sections.iter().map(|section| section.text.as_str()));
                all
            }
            Self::Public { message: Some(message), .. } => {
                vec![&message.headline, &message.description, &message.instruction, &message.area]
            }
            Self::Forecast { outlook, .. } => outlook.texts().collect(),
            _ => Vec::new(),
        }
    }

    /// The words people read.
    pub fn text(&self) -> &str {
        match self {
            Self::Information(s) | Self::Fact(s) => &s.text,
            Self::Message { text, .. }
            | Self::Receipt { text, .. }
            | Self::Decision { text, .. }
            | Self::Action { text, .. }
            | Self::Request { text, .. }
            | Self::Correction { text, .. }
            | Self::Note { text }
            | Self::Question { text, .. }
            | Self::Outcome { text, .. }
            | Self::ClockStart { text, .. }
            | Self::Rhythm { text, .. }
            | Self::Slot { text, .. }
            | Self::ContactCall { text, .. }
            | Self::Substitute { text, .. }
            | Self::Sitrep { text, .. }
            | Self::Approval { text, .. }
            | Self::Handover { text, .. }
            | Self::HandoverAnswer { text, .. }
            | Self::PlaybookRun { text, .. }
            | Self::Forecast { text, .. }
            | Self::Desk { text, .. }
            | Self::Observation { text, .. }
            | Self::Awareness { text }
            | Self::RoleTaken { text, .. }
            | Self::Playbook { text, .. }
            | Self::Step { text, .. }
            | Self::Lever { text, .. }
            | Self::Inject { text, .. }
            | Self::Clock { text, .. }
            | Self::Crossing { text, .. }
            | Self::Acknowledge { text, .. }
            | Self::Notice { text, .. }
            | Self::Close { text }
            | Self::Reopen { text } => text,
            Self::ClockStop { reason, .. } => reason,
            Self::Public { message, text, .. } => match message {
                Some(message) if text.is_empty() => &message.headline,
                _ => text,
            },
        }
    }
}
