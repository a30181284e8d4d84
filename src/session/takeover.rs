//! Take-over: from an instant of a documented incident on, whoever sits here acts, and the simulation answers.
//!
//! Up to the instant everything is as it was, to the bit. Levers that history ordered later are not ordered; faults and
//! the technical repair of history stay: they are the world's. What is documented later remains as a ghost beside.

use chrono::{DateTime, Utc};

use super::load::{self, Moment, Past, TakenOver};
use super::open::{DOCUMENTED, genesis, kept_playbooks};
use super::{Session, SessionError, Setup};
use crate::clock::IncidentClock;
use crate::feed::documented::{self, DocumentedEvent, Timeline};
use crate::health::Perimeter;
use crate::incident::event::{Genesis, Mode};
use crate::network::{self, Said};
use crate::store::Draft;

/// Lines that share a write.
const TOGETHER: usize = 16;

/// The documented events of an incident that was taken over; none of other incidents.
pub(super) fn timeline_of(genesis: &Genesis) -> Vec<DocumentedEvent> {
    let timeline = genesis.taken_over().and_then(|(id, _)| documented::load(id)?.ok());
    timeline.map(|timeline| timeline.events).unwrap_or_default()
}

impl Session {
    /// Takes over a documented incident at an instant: `17:20` (a time of day of the scenario) or a date and time with
    /// offset. It opens a REPLAY incident whose log begins with what had happened.
    ///
    /// # Errors
    /// When there is no such documented incident, no scenario that rebuilds it, or no thread.
    pub fn take_over_documented(
        setup: Setup,
        id: &str,
        at: &str,
        rate_milli: u32,
        perimeter: Perimeter,
    ) -> Result<Self, SessionError> {
        let timeline = timeline(id)?;
        let library = super::playbooks(&setup.config);
        let genesis = genesis(&setup, Mode::Replay, id, &library);
        let mut session = Self::bare(setup, &genesis, library);
        session.board.set_perimeter(perimeter);
        session.replaying = true;
        session.begin(timeline, Moment::Typed(at.to_owned()), rate_milli)?;
        Ok(session)
    }

    /// Can the replay that is shown be taken over?
    pub fn can_take_over(&self) -> bool {
        self.loading.is_none() && self.scenario.is_some() && self.replayed().is_some()
    }

    /// The id of the documented incident that is played back.
    fn replayed(&self) -> Option<&str> {
        self.replay.as_ref()?.genesis().origin.as_deref()?.strip_prefix(DOCUMENTED)
    }

    /// Takes over the documented incident that is played back, at the instant that is shown. The simulation is brought
    /// there in the background; until then the replay stands.
    ///
    /// # Errors
    /// When nothing documented is played back, something is still being written, or no thread can be had.
    pub fn take_over(&mut self) -> Result<(), SessionError> {
        let Some(id) = self.replayed().filter(|_| self.can_take_over()).map(str::to_owned) else {
            return Err(SessionError::input(self.lang.t("why-no-take-over")));
        };
        if !self.recorder.idle() {
            return Err(SessionError::input(self.lang.t("session-take-over-busy")));
        }
        let at = self.now_incident();
        let rate_milli = self.clock().rate_milli;
        let anchor_wall = self.setup.clock.now().wall;
        if let Some(replay) = self.replay.as_mut() {
            let clock = IncidentClock { running: false, anchor_wall, anchor_incident: at, ..replay.clock().clone() };
            replay.set_clock(clock);
        }
        self.begin(timeline(&id)?, Moment::At(at), rate_milli)
    }

    fn begin(&mut self, timeline: Timeline, at: Moment, rate_milli: u32) -> Result<(), SessionError> {
        let setup = &self.setup;
        let sources = network::find(&timeline.id, Some(&setup.config.scenarios_dir()))
            .map_err(|error| SessionError::input(error.to_string()))?;
        let work = TakenOver {
            genesis: genesis(setup, Mode::Replay, &timeline.id, &self.library),
            timeline,
            sources,
            at,
            rate_milli: rate_milli.clamp(super::MIN_RATE_MILLI, super::MAX_RATE_MILLI),
            perimeter: self.board.perimeter().clone(),
            playbooks: kept_playbooks(&self.library),
            root: setup.root(Mode::Replay),
            state: setup.config.state.value.clone(),
            disk: setup.disk.clone(),
            language: setup.lang,
            author: setup.author.clone(),
        };
        self.loading = Some(load::background(&self.waker, move || work.load())?);
        Ok(())
    }

    /// The instant at which this incident was taken over from history; `None` in every other incident.
    pub fn taken_over_at(&self) -> Option<DateTime<Utc>> {
        self.incident.genesis().taken_over().map(|(_, at)| at)
    }

    /// Is what history did after the take-over shown beside?
    pub fn ghost(&self) -> bool {
        self.ghost
    }

    /// Shows, or hides, what history did after the take-over.
    pub fn set_ghost(&mut self, on: bool) {
        self.ghost = on;
    }

    /// Writes what had happened before somebody sat down: the first lines of the log.
    pub(super) fn write_past(&mut self, past: Vec<Past>) {
        let reading = self.setup.clock.now();
        let Some(writer) = self.recorder.writer.as_mut() else { return };
        let mut past = past.into_iter().peekable();
        while past.peek().is_some() {
            let drafts = past.by_ref().take(TOGETHER).map(|one| Draft {
                author: one.author,
                body: one.body,
                event_at: one.event_at,
                re: Vec::new(),
                frame: None,
                at: reading.clone(),
                x: Some(one.at),
            });
            writer.append(drafts.collect());
        }
    }
}

/// A shipped timeline.
fn timeline(id: &str) -> Result<Timeline, SessionError> {
    match documented::load(id) {
        Some(Ok(timeline)) => Ok(timeline),
        Some(Err(problems)) => Err(SessionError::input(problems.to_string())),
        None => Err(SessionError::input(Said::new("session-no-documented").with("id", id))),
    }
}
