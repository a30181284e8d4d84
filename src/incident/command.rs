//! What is asked of the incident. [`Refusal`] is a "no" of the domain: the text goes back to the input line.

use chrono::{DateTime, Utc};

use super::event::{Author, Body, EntryId, EventTime};

/// A request to change the incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Who asks.
    pub author: Author,
    /// Event time, if typed.
    pub event_at: Option<EventTime>,
    /// What is to be recorded. Bodies that need the frame (`Lever`, `Inject`) get their `frame_at` from `decide`.
    pub body: Body,
    /// Entries it refers to.
    pub re: Vec<EntryId>,
}

/// The moment at which a command is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    /// Wall clock.
    pub wall: DateTime<Utc>,
    /// Incident time.
    pub incident: DateTime<Utc>,
    /// Number of the next frame boundary: simulation inputs take effect at its start.
    pub next_frame: u32,
}

/// Why a command was refused. Shown translated (message id `refusal-…`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was written.
    #[error("the text is empty")]
    Empty,
    /// Past five minutes the reason for the late entry is asked.
    #[error("this fact is more than five minutes old: say why it is entered late")]
    LateReason,
    /// The typed time lies ahead.
    #[error("the time of a fact cannot lie ahead")]
    FutureFact,
    /// The referred entry does not exist.
    #[error("entry {0} does not exist")]
    NoSuchEntry(String),
    /// The step does not exist in an open playbook.
    #[error("no step {0} in an open playbook")]
    NoSuchStep(String),
    /// Skipping asks for a reason.
    #[error("say why this step is skipped")]
    SkipReason,
    /// The incident is closed.
    #[error("this incident is closed: reopen it first")]
    Closed,
    /// The incident is not closed.
    #[error("this incident is not closed")]
    NotClosed,
    /// A correction or a receipt must say which entry it is about.
    #[error("say which entry this is about")]
    NoReference,
    /// No alarm of this group was raised.
    #[error("no alarm {0}")]
    NoSuchAlarm(String),
    /// No such clock is running.
    #[error("no clock {0}")]
    NoSuchClock(String),
    /// The author's role may only read.
    #[error("observers only read")]
    Observer,
    /// Not in this mode.
    #[error("not in this mode: {0}")]
    Mode(String),
    /// The text is too long.
    #[error("the text is {0} bytes long; at most 4096 are kept in one entry")]
    TooLong(usize),
    /// Incident time would run backwards.
    #[error("the exercise clock does not run backwards")]
    Backwards,
}
