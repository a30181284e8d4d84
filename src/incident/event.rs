//! What was accepted and is true for ever: one [`Entry`] per line of the log.
//!
//! How an incident begins is in `genesis`, what an entry can say in `body`, the words of its kinds in `words`.

mod body;
mod genesis;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

pub use self::body::{ActionState, Body, LeverOrder, RunChange, Statement, StepRef};
pub use self::genesis::{Genesis, Mode, NO_CHAIN, ScenarioRef, TAKEN_OVER};
pub use crate::playbook::{Role, StepChange};

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
