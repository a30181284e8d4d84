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
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::clock::IncidentClock;
use crate::health::{Board, Metric, Perimeter};
use crate::incident::event::{Author, Body, EntryId, EventTime, Genesis, Mode};
use crate::incident::{Deadline, Incident};
use crate::network::{Network, Scenario};
use crate::playbook::Library;

/// An open incident and everything that makes it live.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    incident: Incident,
    board: Board,
    network: Arc<Network>,
    scenario: Option<Arc<Scenario>>,
    library: Library,
    pending: VecDeque<Pending>,
    ready: Vec<Outcome>,
    next_ticket: u64,
}

impl Session {
    /// A session that keeps nothing on disk; the constructors that do are being built on it.
    pub fn new(setup: Setup, genesis: Genesis) -> Self {
        let network = Arc::new(crate::network::reference());
        let board = Board::new(Arc::clone(&network), genesis.at.to_utc(), genesis.perimeter.clone(), false);
        Self {
            setup,
            incident: Incident::new(genesis),
            board,
            network,
            scenario: None,
            library: Library::new([]),
            pending: VecDeque::new(),
            ready: Vec::new(),
            next_ticket: 0,
        }
    }

    /// Asks for something to be recorded. Commands are decided one at a time, each after the one before is applied;
    /// the answer comes out of [`Session::pump`] under the same ticket.
    pub fn submit(&mut self, body: Body, event_at: Option<EventTime>, re: Vec<EntryId>) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        let author = self.setup.author.clone();
        let at = self.now_incident();
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

    /// The incident as its log says it is.
    pub fn incident(&self) -> &Incident {
        &self.incident
    }

    /// The board.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The network it is about.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The scenario of an exercise, once it is read: levers that exist, playbooks to propose.
    pub fn scenario(&self) -> Option<&Arc<Scenario>> {
        self.scenario.as_ref()
    }

    /// The playbooks at hand.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// What was asked for and is not on disk yet, oldest first.
    pub fn pending(&self) -> impl ExactSizeIterator<Item = &Pending> {
        self.pending.iter()
    }

    /// Mode of the incident; a recorded incident looked at read-only counts as a replay.
    pub fn mode(&self) -> Mode {
        self.incident.genesis().mode
    }

    /// Can nothing be recorded here (`watch`)?
    pub fn read_only(&self) -> bool {
        false
    }

    /// Who writes.
    pub fn author(&self) -> &Author {
        &self.setup.author
    }

    /// Changes who writes (the next entries).
    pub fn set_author(&mut self, author: Author) {
        self.setup.author = author;
    }

    /// Zone in which the incident's times are shown.
    pub fn zone(&self) -> Tz {
        self.incident.genesis().zone.parse().unwrap_or(Tz::UTC)
    }

    /// The map from wall time to incident time: the log's own, or the replay's.
    pub fn clock(&self) -> &IncidentClock {
        self.incident.clock()
    }

    /// Incident time now.
    pub fn now_incident(&self) -> DateTime<Utc> {
        self.clock().at(self.setup.clock.now().wall)
    }

    /// Everything that is due or was, the most urgent first, with the limits of open playbooks.
    pub fn deadlines(&self, now: DateTime<Utc>) -> Vec<Deadline> {
        self.incident.deadlines(now)
    }

    /// Does a condition of the metric language hold? `None`: no data, or not a condition.
    pub fn holds(&self, metric: &str) -> Option<bool> {
        Metric::parse(metric).ok().and_then(|metric| self.board.holds(&metric))
    }

    /// Shows another part of the country or of the network; changes nothing in the log.
    pub fn set_perimeter(&mut self, perimeter: Perimeter) {
        self.board.set_perimeter(perimeter);
    }

    /// Stops the exercise or replay clock.
    pub fn pause(&mut self) {}

    /// Lets the exercise or replay clock run.
    pub fn resume_clock(&mut self) {}

    /// Sets the speed of the exercise or replay clock, thousandths (60 000 is ×60).
    pub fn set_speed(&mut self, _rate_milli: u32) {}

    /// Moves the exercise or replay clock to a later incident time.
    pub fn jump(&mut self, _to: DateTime<Utc>) {}

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
