//! What goes in and out of a session.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::config::Config;
use crate::incident::command::Refusal;
use crate::incident::event::{Author, Body, EntryId, EventTime, Role};
use crate::lang::LangId;
use crate::network::Said;
use crate::store::{Disk, Files, StoreError};

/// Names one thing that was asked for, until its [`Outcome`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// What became of something that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is on disk and true for ever.
    Saved {
        /// What was asked.
        ticket: Ticket,
        /// The entries that were written.
        ids: Vec<EntryId>,
    },
    /// The domain says no; the text goes back to the input.
    Refused {
        /// What was asked.
        ticket: Ticket,
        /// What was to be written.
        body: Body,
        /// Why not.
        refusal: Refusal,
    },
    /// The disk could not keep it; the text goes back to the input.
    NotSaved {
        /// What was asked.
        ticket: Ticket,
        /// What was to be written.
        body: Body,
        /// Why not.
        why: String,
    },
    /// The REAL log of an emergency that was declared in an exercise is there.
    Opened {
        /// Its folder.
        path: std::path::PathBuf,
    },
    /// Something that was loading in the background failed for good.
    Failed {
        /// Why, in the user's language where it is known.
        why: String,
    },
}

/// Asked for and not on disk yet: shown with `…`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// Its name.
    pub ticket: Ticket,
    /// Who asked.
    pub author: Author,
    /// What is to be recorded.
    pub body: Body,
    /// Event time, if typed.
    pub event_at: Option<EventTime>,
    /// Entries it refers to.
    pub re: Vec<EntryId>,
    /// Incident time at which it was asked.
    pub at: DateTime<Utc>,
}

/// How the disk is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DiskState {
    /// Every entry asked for so far was kept, promptly.
    #[default]
    Ok,
    /// An entry has been waiting for the disk for more than a second.
    Slow,
    /// The last entry was not kept, and why.
    NotSaved(String),
    /// A flush failed: the file is no longer trusted, a new segment is written.
    Poisoned,
}

/// How far the chain of the log has been checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum VerifyState {
    /// Being checked in the background.
    #[default]
    Checking,
    /// Every line hangs on the one before.
    Ok,
    /// What is wrong, in one sentence.
    Bad(String),
}

/// Work in the background or in slices, for a progress line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The scenario is being read and warmed up.
    Loading,
    /// The simulation catches up with the incident clock: frames done and wanted.
    CatchingUp {
        /// Frames on the tape.
        done: u32,
        /// Frames due.
        of: u32,
    },
}

/// Why a session cannot be opened.
#[derive(Debug)]
pub enum SessionError {
    /// The folder of the incident.
    Store(StoreError),
    /// No thread can be had.
    Thread(std::io::Error),
    /// Scenario, tape or log cannot be used.
    Input(Said),
}

impl SessionError {
    /// Something that was read cannot be used.
    pub fn input(why: impl Into<Said>) -> Self {
        Self::Input(why.into())
    }

    /// The error as a sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Store(error) => error.said(),
            Self::Thread(error) => Said::new("session-no-thread").with("why", crate::lang::os(error)),
            Self::Input(said) => said.clone(),
        }
    }
}

impl From<StoreError> for SessionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<std::io::Error> for SessionError {
    fn from(error: std::io::Error) -> Self {
        Self::Thread(error)
    }
}

impl std::fmt::Display for SessionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::lang::english(&self.said()))
    }
}

impl std::error::Error for SessionError {}

/// What a session needs from outside.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The clocks.
    pub clock: Clock,
    /// Who writes.
    pub author: Author,
    /// Language of machine sentences in new incidents.
    pub lang: LangId,
    /// Settings.
    pub config: Config,
    /// Where logs are kept.
    pub disk: Arc<dyn Disk>,
}

impl Setup {
    /// The setup for this machine; an author who is not known yet writes as `?` until he says who he is.
    pub fn new(config: &Config, clock: Clock, lang: LangId) -> Self {
        let nobody = || Author { who: "?".to_owned(), org: String::new(), role: Role::LogKeeper };
        let author = config.author.value.clone().unwrap_or_else(nobody);
        Self { clock, author, lang, config: config.clone(), disk: Arc::new(Files) }
    }
}
