//! How an incident begins: its mode, and the `incident.json` that is never rewritten.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

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

impl Mode {
    /// Message id of its word on screens and in exports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Real => "mode-real",
            Self::Exercise => "mode-exercise",
            Self::Replay => "mode-replay",
        }
    }

    /// Its word in file names: ASCII, upper case, the same in every language.
    pub const fn file_word(self) -> &'static str {
        match self {
            Self::Real => "REAL",
            Self::Exercise => "EXERCISE",
            Self::Replay => "REPLAY",
        }
    }
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

/// Chain of entries that stand in no file: those of a documented incident that is played back.
pub const NO_CHAIN: &str = "00000000";

/// What the origin of a REPLAY begins with that was taken over from a documented incident or from a recorded exercise;
/// `ID@INSTANT` follows.
pub const TAKEN_OVER: &str = "taken-over:";

impl Genesis {
    /// The documented incident, or the recorded exercise, that was taken over here, and the instant from which on the world answers whoever sits
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
