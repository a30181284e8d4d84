//! What is asked of the incident. [`Refusal`] is a "no" of the domain: the text goes back to the input line.

use chrono::{DateTime, Utc};

use super::event::{Author, Body, EntryId, EventTime};
use crate::lang::{Arg, Lang};

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
    /// The whole entry is too long for one line of the log.
    #[error("the entry is {0} bytes long; at most 60000 are kept in one line")]
    LineTooLong(usize),
    /// Who refuses or puts off says why.
    #[error("say why")]
    NoReason,
    /// A handover names the roles that change hands.
    #[error("say which roles are handed over")]
    NoRole,
    /// Points de situation are numbered without gaps.
    #[error("the next situation report has the number {0}")]
    SitrepNumber(u32),
    /// A rhythm lies between five minutes and a week.
    #[error("{0} minutes is no rhythm: 5 to 10080, or 0 for none")]
    Rhythm(u32),
    /// The rhythm has no such slot, or it is too early for it.
    #[error("no slot of the rhythm at {0}")]
    NoSuchSlot(String),
    /// The directory has no such contact.
    #[error("no contact {0} in the directory")]
    NoSuchContact(String),
    /// The number is not published there.
    #[error("number {0} is not published there")]
    NotPublished(String),
    /// The playbook is not open.
    #[error("playbook {0} is not open")]
    NoSuchPlaybook(String),
    /// Nothing in an exercise says that it is none.
    #[error("an exercise never says that it is none")]
    NotADrill,
    /// The desk of the exercise says no; the word names the rule (message id `refusal-desk-…`).
    #[error("the desk of the exercise refuses: {0}")]
    Desk(&'static str),
    /// Incident time would run backwards.
    #[error("the exercise clock does not run backwards")]
    Backwards,
}

impl Refusal {
    /// Why not, in the reader's language.
    pub fn words(&self, lang: &Lang) -> String {
        let what = |id: &str, what: &str| lang.ta(id, &[("what", Arg::Str(what))]);
        match self {
            Self::Empty => lang.t("refusal-empty"),
            Self::LateReason => lang.t("refusal-late-reason"),
            Self::FutureFact => lang.t("refusal-future-fact"),
            Self::NoSuchEntry(id) => what("refusal-no-such-entry", id),
            Self::NoSuchStep(id) => what("refusal-no-such-step", id),
            Self::SkipReason => lang.t("refusal-skip-reason"),
            Self::Closed => lang.t("why-closed"),
            Self::Observer => lang.t("refusal-observer"),
            Self::Mode(mode) => what("refusal-mode", mode),
            Self::TooLong(bytes) => what("refusal-too-long", &lang.number(*bytes as u64)),
            Self::Backwards => lang.t("refusal-backwards"),
            Self::NoReference => lang.t("refusal-no-reference"),
            Self::NoSuchAlarm(group) => what("refusal-no-such-alarm", group),
            Self::NoSuchClock(id) => what("refusal-no-such-clock", id),
            Self::NotClosed => lang.t("refusal-not-closed"),
            Self::LineTooLong(bytes) => what("refusal-line-too-long", &lang.number(*bytes as u64)),
            Self::NoReason => lang.t("refusal-no-reason"),
            Self::NoRole => lang.t("refusal-no-role"),
            Self::SitrepNumber(next) => what("refusal-sitrep-number", &next.to_string()),
            Self::Rhythm(minutes) => what("refusal-rhythm", &minutes.to_string()),
            Self::NoSuchSlot(slot) => what("refusal-no-such-slot", slot),
            Self::NoSuchContact(id) => what("refusal-no-such-contact", id),
            Self::NotPublished(number) => what("refusal-not-published", number),
            Self::NoSuchPlaybook(id) => what("refusal-no-such-playbook", id),
            Self::Desk(word) => lang.t(&format!("refusal-desk-{word}")),
            Self::NotADrill => lang.t("refusal-not-a-drill"),
        }
    }
}
