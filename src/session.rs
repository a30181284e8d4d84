//! The loop that joins the rooms: feed → board → alarms → command → decide → store → apply → simulation input.
//!
//! A [`Session`] is a plain synchronous struct: whoever owns it calls [`Session::submit`] when somebody wants
//! something recorded and [`Session::pump`] when woken (or at [`Session::next_wake`]). It is used by the console,
//! `follow`, `watch` and headless tests alike.
//!
//! Does not belong here: drawing, tokio, the rules of the domain.

mod types;

pub use types::{DiskState, Outcome, Pending, Progress, SessionError, Setup, Ticket, VerifyState};

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::incident::event::{Author, Body, EntryId, EventTime, Mode};

/// An open incident and everything that makes it live.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    mode: Mode,
    pending: VecDeque<Pending>,
    ready: Vec<Outcome>,
    next_ticket: u64,
}

impl Session {
    /// A session without an incident, only good for compiling against.
    pub fn new(setup: Setup, mode: Mode) -> Self {
        Self { setup, mode, pending: VecDeque::new(), ready: Vec::new(), next_ticket: 0 }
    }

    /// Asks for something to be recorded. Commands are decided one at a time, each after the one before is applied;
    /// the answer comes out of [`Session::pump`] under the same ticket.
    pub fn submit(&mut self, body: Body, event_at: Option<EventTime>, re: Vec<EntryId>) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        let author = self.setup.author.clone();
        let at = self.setup.clock.now().wall;
        self.pending.push_back(Pending { ticket, author, body, event_at, re, at });
        ticket
    }

    /// Does what is due: acks from the disk, frames up to incident now (a bounded share of work), alarms.
    pub fn pump(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.ready)
    }

    /// When [`Session::pump`] is wanted next without anything having happened; `None` = only when woken.
    pub fn next_wake(&self) -> Option<Duration> {
        (!self.ready.is_empty()).then_some(Duration::ZERO)
    }

    /// What was asked for and is not on disk yet, oldest first.
    pub fn pending(&self) -> &VecDeque<Pending> {
        &self.pending
    }

    /// Mode of the incident.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Who writes.
    pub fn author(&self) -> &Author {
        &self.setup.author
    }

    /// Changes who writes (the next entries).
    pub fn set_author(&mut self, author: Author) {
        self.setup.author = author;
    }

    /// Incident time now.
    pub fn now_incident(&self) -> DateTime<Utc> {
        self.setup.clock.now().wall
    }

    /// How the disk is doing.
    pub fn disk_state(&self) -> DiskState {
        DiskState::Ok
    }

    /// How far the chain has been checked.
    pub fn verify_state(&self) -> VerifyState {
        VerifyState::Checking
    }

    /// What is being loaded or caught up with, if anything.
    pub fn progress(&self) -> Option<Progress> {
        None
    }
}
