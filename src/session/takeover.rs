//! Take-over: from an instant of a documented incident or of a recorded exercise on, whoever sits here acts, and the
//! simulation answers.
//!
//! Up to the instant everything is as it was, to the bit. Levers that were ordered later are not ordered; faults, also
//! those of a facilitator, and the technical repair of history stay: they are the world's. What is documented later remains
//! as a ghost beside.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::cells::Link;
use super::load::{self, Moment, Past, TakenFrom, TakenOver};
use super::open::{DOCUMENTED, genesis, kept_playbooks};
use super::{Session, SessionError, Setup};
use crate::clock::IncidentClock;
use crate::feed::documented::{self, DocumentedEvent, Timeline};
use crate::health::Perimeter;
use crate::incident::event::{Genesis, Mode};
use crate::lang::Lang;
use crate::network::{self, Said};
use crate::store::Draft;
use crate::store::folder::read_genesis;

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
        let from = documented_here(&setup, id)?;
        let library = super::playbooks(&setup.config);
        let genesis = genesis(&setup, Mode::Replay, id, &library);
        let mut session = Self::bare(setup, &genesis, library);
        session.board.set_perimeter(perimeter);
        session.replaying = true;
        session.begin(from, Moment::Typed(at.to_owned()), (true, rate_milli))?;
        Ok(session)
    }

    /// Takes over a recorded exercise at an instant, as [`Session::take_over_documented`] does a documented incident.
    ///
    /// # Errors
    /// When the folder cannot be read, holds nothing that was simulated here, or no thread can be had.
    pub fn take_over_recorded(
        setup: Setup,
        path: &Path,
        at: &str,
        rate_milli: u32,
        perimeter: Perimeter,
    ) -> Result<Self, SessionError> {
        let (source, _) = read_genesis(path)?;
        if !simulated(&source) {
            return Err(SessionError::input(Lang::new(setup.lang).t("why-no-take-over")));
        }
        let library = super::playbooks(&setup.config);
        let genesis = genesis(&setup, Mode::Replay, &source.title, &library);
        let mut session = Self::bare(setup, &genesis, library);
        session.board.set_perimeter(perimeter);
        session.replaying = true;
        let from = TakenFrom::Recorded(path.to_path_buf());
        session.begin(from, Moment::Typed(at.to_owned()), (true, rate_milli))?;
        Ok(session)
    }

    /// Can the replay that is shown be taken over?
    pub fn can_take_over(&self) -> bool {
        let recorded =
            || self.recorded.is_some() && self.replay.as_ref().is_some_and(|replay| simulated(replay.genesis()));
        self.loading.is_none() && self.scenario.is_some() && (self.replayed().is_some() || recorded())
    }

    /// The id of the documented incident that is played back.
    fn replayed(&self) -> Option<&str> {
        self.replay.as_ref()?.genesis().origin.as_deref()?.strip_prefix(DOCUMENTED)
    }

    /// Takes over the incident that is played back, at the instant that is shown. The simulation is brought
    /// there in the background; until then the replay stands. The clock goes on as the replay's: at its speed, and paused
    /// if that was.
    ///
    /// # Errors
    /// When nothing is played back that can be taken over, something is still being written, or no thread can be had.
    pub fn take_over(&mut self) -> Result<(), SessionError> {
        let from = match (self.replayed(), &self.recorded) {
            _ if !self.can_take_over() => None,
            (Some(id), _) => Some(documented_here(&self.setup, id)?),
            (None, recorded) => recorded.clone().map(TakenFrom::Recorded),
        };
        let Some(from) = from else { return Err(SessionError::input(self.lang.t("why-no-take-over"))) };
        if !self.recorder.idle() {
            return Err(SessionError::input(self.lang.t("session-take-over-busy")));
        }
        let at = self.now_incident();
        let clock = (self.clock().running, self.clock().rate_milli);
        let anchor_wall = self.setup.clock.now().wall;
        if let Some(replay) = self.replay.as_mut() {
            let clock = IncidentClock { running: false, anchor_wall, anchor_incident: at, ..replay.clock().clone() };
            replay.set_clock(clock);
        }
        self.begin(from, Moment::At(at), clock)
    }

    fn begin(&mut self, from: TakenFrom, at: Moment, clock: (bool, u32)) -> Result<(), SessionError> {
        let setup = &self.setup;
        let name = match &from {
            TakenFrom::Documented(timeline, _) => timeline.id.clone(),
            TakenFrom::Recorded(path) => read_genesis(path)?.0.title,
        };
        let work = TakenOver {
            genesis: genesis(setup, Mode::Replay, &name, &self.library),
            from,
            at,
            clock: (clock.0, clock.1.clamp(super::MIN_RATE_MILLI, super::MAX_RATE_MILLI)),
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

    /// Is there anything that a ghost could show: a documented incident that is played back, or was taken over?
    pub fn has_ghost(&self) -> bool {
        !self.documented.is_empty()
    }

    /// Is what history did after the take-over, or will do in a replay, shown beside?
    pub fn ghost(&self) -> bool {
        self.ghost
    }

    /// Shows, or hides, what history did after the take-over, or will do in a replay.
    pub fn set_ghost(&mut self, on: bool) {
        self.ghost = on;
    }

    /// Writes what had happened before somebody sat down: the first lines of the log.
    pub(super) fn write_past(&mut self, past: Vec<Past>) {
        self.past_lines = past.len() as u64;
        let reading = self.setup.clock.now();
        let Some(writer) = self.recorder.writer.as_mut() else { return };
        let mut past = past.into_iter().peekable();
        while past.peek().is_some() {
            let drafts = past.by_ref().take(TOGETHER).map(|one| Draft {
                author: one.author,
                body: one.body,
                event_at: one.event_at,
                re: one.re,
                frame: None,
                at: reading.clone(),
                x: Some(one.at),
            });
            writer.append(drafts.collect());
        }
    }
}

/// Was it simulated here, from a scenario that is kept beside its log?
fn simulated(genesis: &Genesis) -> bool {
    let cell = matches!(Link::of(genesis), Some(Link::Cell { .. }));
    genesis.scenario.is_some() && genesis.forward_only() && !cell
}

/// A documented incident with the scenario that rebuilds it.
fn documented_here(setup: &Setup, id: &str) -> Result<TakenFrom, SessionError> {
    let sources = network::find(id, Some(&setup.config.scenarios_dir()));
    let sources = sources.map_err(|error| SessionError::input(error.to_string()));
    Ok(TakenFrom::Documented(Box::new(timeline(id)?), sources?))
}

/// A shipped timeline.
fn timeline(id: &str) -> Result<Timeline, SessionError> {
    match documented::load(id) {
        Some(Ok(timeline)) => Ok(timeline),
        Some(Err(problems)) => Err(SessionError::input(problems)),
        None => Err(SessionError::input(Said::new("session-no-documented").with("id", id))),
    }
}
