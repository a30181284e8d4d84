//! What the desk of an exercise writes into the log: the facilitator's verbs, observations, ratings.
//!
//! Plain data of the log's lines (`docs/log-format.md`). What it means is for the room `exercise`: the incident itself
//! keeps these lines and changes nothing by them.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// What was done at the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum DeskAct {
    /// STARTEX: the clock runs, and the chronogramme's times count from here.
    Start {
        /// SHA-256 of the exercise's file.
        sha256: String,
        /// Number of injects in it.
        injects: u32,
    },
    /// Play is interrupted: the clock stands and players' screens are locked.
    Pause,
    /// Play goes on.
    Resume,
    /// ENDEX: the clock stands, players are done; notes and ratings go on.
    End,
    /// An inject is given to the players.
    Fire {
        /// Inject id.
        inject: String,
        /// The rule that suggested it; empty when nobody suggested it.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        rule: String,
    },
    /// An inject will not be given.
    Skip {
        /// Inject id.
        inject: String,
    },
    /// An inject waits until it is released or fired by hand.
    Hold {
        /// Inject id.
        inject: String,
    },
    /// A held or skipped inject is due again at its time, or at once where that has passed.
    Release {
        /// Inject id.
        inject: String,
    },
    /// An inject is due later.
    Delay {
        /// Inject id.
        inject: String,
        /// By how much \[s\].
        by_s: u32,
    },
    /// A second copy of an inject, due at a time of its own.
    Duplicate {
        /// Inject id.
        inject: String,
        /// Id of the copy.
        copy: String,
        /// Seconds after STARTEX.
        at_s: u32,
    },
    /// An inject was tried before the start; nothing reaches the players.
    Test {
        /// Inject id.
        inject: String,
    },
    /// The clock jumps ahead; players see a card.
    Jump {
        /// To (incident time).
        to: DateTime<FixedOffset>,
    },
    /// The fog is lifted for a cell, or comes down again: it sees all that the desk sees.
    Fog {
        /// Cell id.
        cell: String,
        /// Lifted?
        lifted: bool,
    },
    /// Communication check before the start: could a role be reached?
    Check {
        /// Whom: a role or an organisation.
        whom: String,
        /// Was somebody reached?
        ok: bool,
    },
    /// An evaluator's observation.
    Observe {
        /// Objective id; empty: of the whole.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        objective: String,
        /// `Some(true)`: went well; `Some(false)`: did not; `None`: neither.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        good: Option<bool>,
    },
    /// A person rates an objective.
    Rate {
        /// Objective id.
        objective: String,
        /// The rating.
        rating: Rating,
    },
    /// A line of the improvement plan.
    Improve {
        /// Objective id that the next exercise tests it with.
        objective: String,
        /// Whose.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        owner: String,
    },
    /// The real-world chord: the exercise is frozen because of a real emergency.
    RealWorld {
        /// Id of the REAL incident that was opened; empty where it could not be.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        incident: String,
    },
}

/// A rating of an objective (HSEEP): set by people, never by the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rating {
    /// Performed without challenges.
    P,
    /// Performed with some challenges.
    S,
    /// Performed with major challenges.
    M,
    /// Unable to be performed.
    U,
}

impl DeskAct {
    /// The word in the line's `act` field.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::End => "end",
            Self::Fire { .. } => "fire",
            Self::Skip { .. } => "skip",
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Delay { .. } => "delay",
            Self::Duplicate { .. } => "duplicate",
            Self::Test { .. } => "test",
            Self::Jump { .. } => "jump",
            Self::Fog { .. } => "fog",
            Self::Check { .. } => "check",
            Self::Observe { .. } => "observe",
            Self::Rate { .. } => "rate",
            Self::Improve { .. } => "improve",
            Self::RealWorld { .. } => "real_world",
        }
    }

    /// The inject it is about.
    pub fn inject(&self) -> Option<&str> {
        match self {
            Self::Fire { inject, .. }
            | Self::Skip { inject }
            | Self::Hold { inject }
            | Self::Release { inject }
            | Self::Delay { inject, .. }
            | Self::Duplicate { inject, .. }
            | Self::Test { inject } => Some(inject),
            _ => None,
        }
    }
}
