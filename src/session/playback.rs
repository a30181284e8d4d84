//! A recorded incident played back: the board at any instant, bit for bit what it was.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::IncidentClock;
use crate::feed::frame_end;
use crate::health::{AlarmEvent, Board, Frame, Observation};
use crate::incident::event::{Entry, Genesis};

/// A board is kept for every so many seconds of incident time.
const KEYFRAME_S: i64 = 300;

/// Tape and observations of a recorded incident, with kept boards to start from.
#[derive(Debug)]
pub(super) struct Playback {
    start: DateTime<Utc>,
    frames: Arc<Vec<Frame>>,
    empty: Board,
    /// By incident time.
    observations: Arc<Vec<(DateTime<Utc>, Observation)>>,
    /// Boards by incident time, the empty one first.
    kept: Vec<Place>,
    /// Those that are still being made.
    incoming: Option<Receiver<Place>>,
}

/// A board and how far it has been folded.
#[derive(Debug, Clone)]
struct Place {
    at: DateTime<Utc>,
    frames: usize,
    observations: usize,
    board: Board,
}

impl Playback {
    /// Nothing is folded yet but the empty board.
    pub(super) fn new(
        empty: Board,
        start: DateTime<Utc>,
        frames: Vec<Frame>,
        mut observations: Vec<(DateTime<Utc>, Observation)>,
    ) -> Self {
        observations.sort_by_key(|(at, _)| *at);
        let begin = DateTime::<Utc>::MIN_UTC;
        Self {
            start,
            frames: Arc::new(frames),
            observations: Arc::new(observations),
            kept: vec![Place { at: begin, frames: 0, observations: 0, board: empty.clone() }],
            empty,
            incoming: None,
        }
    }

    /// Folds everything once and keeps a board every five minutes; `heard` is told the alarms.
    pub(super) fn keep(mut self, heard: &mut dyn FnMut(DateTime<Utc>, AlarmEvent)) -> Self {
        let mut kept = Vec::new();
        self.walk(heard, &mut |place| {
            kept.push(place);
            true
        });
        self.kept.extend(kept);
        self
    }

    /// Folds everything on a thread of its own; what is kept comes in while the replay is already on the screen.
    pub(super) fn keep_behind(mut self) -> std::io::Result<Self> {
        let (to, from) = channel();
        let walker = Self {
            start: self.start,
            frames: Arc::clone(&self.frames),
            empty: self.empty.clone(),
            observations: Arc::clone(&self.observations),
            kept: Vec::new(),
            incoming: None,
        };
        std::thread::Builder::new()
            .name("vigie-keyframes".to_owned())
            .spawn(move || walker.walk(&mut |_, _| {}, &mut |place| to.send(place).is_ok()))?;
        self.incoming = Some(from);
        Ok(self)
    }

    /// Folds from the beginning to the end; stops early when `keep` says so.
    fn walk(&self, heard: &mut dyn FnMut(DateTime<Utc>, AlarmEvent), keep: &mut dyn FnMut(Place) -> bool) {
        let Some(end) = self.end() else { return };
        let mut place = Place { at: DateTime::<Utc>::MIN_UTC, frames: 0, observations: 0, board: self.empty.clone() };
        let mut at = self.start;
        while at < end {
            self.fold(&mut place, at, heard);
            if !keep(place.clone()) {
                return;
            }
            at += TimeDelta::seconds(KEYFRAME_S);
        }
        self.fold(&mut place, end, heard);
        keep(place);
    }

    /// Incident time of the last thing recorded here.
    pub(super) fn end(&self) -> Option<DateTime<Utc>> {
        let frames = self.frames.last().map(|frame| frame_end(self.start, frame.index));
        frames.max(self.observations.last().map(|(at, _)| *at))
    }

    /// The last frame that had ended at `at`.
    pub(super) fn frame_at(&self, at: DateTime<Utc>) -> Option<&Frame> {
        let ended = self.frames.partition_point(|frame| frame_end(self.start, frame.index) <= at);
        self.frames.get(ended.checked_sub(1)?)
    }

    /// The last kept board that is not later than `at`.
    fn before(&mut self, at: DateTime<Utc>) -> Option<&Place> {
        if let Some(incoming) = &self.incoming {
            self.kept.extend(incoming.try_iter());
        }
        let before = self.kept.partition_point(|place| place.at <= at).checked_sub(1)?;
        self.kept.get(before)
    }

    /// Folds what lies between where the place is and `to`.
    fn fold(&self, place: &mut Place, to: DateTime<Utc>, heard: &mut dyn FnMut(DateTime<Utc>, AlarmEvent)) {
        while let Some(frame) = self.frames.get(place.frames) {
            let end = frame_end(self.start, frame.index);
            if end > to {
                break;
            }
            self.observe(place, |at| at < end);
            for alarm in place.board.push(frame) {
                heard(end, alarm);
            }
            place.frames += 1;
        }
        self.observe(place, |at| at <= to);
        place.at = to;
    }

    fn observe(&self, place: &mut Place, due: impl Fn(DateTime<Utc>) -> bool) {
        while let Some((at, observation)) = self.observations.get(place.observations) {
            if !due(*at) {
                break;
            }
            place.board.observe(observation);
            place.observations += 1;
        }
    }
}

/// A recorded incident with a clock of its own, and what somebody has added to it.
#[derive(Debug)]
pub(super) struct Replay {
    playback: Playback,
    genesis: Genesis,
    /// Entries of the recorded log, in its order.
    entries: Vec<Arc<Entry>>,
    /// How far incident time must have come for each of them to be seen; never falls.
    instants: Vec<DateTime<Utc>>,
    /// Entries of one's own REPLAY incident.
    own: Vec<Arc<Entry>>,
    clock: IncidentClock,
    begin: DateTime<Utc>,
    /// Instant that is shown.
    at: Option<DateTime<Utc>>,
    /// Entries that are shown.
    shown: usize,
    place: Option<Place>,
}

/// What is to be done to show an instant.
pub(super) enum Change {
    /// These entries have come.
    Forward(Vec<Arc<Entry>>),
    /// Everything anew: these entries.
    Anew(Vec<Arc<Entry>>),
}

impl Replay {
    pub(super) fn new(
        playback: Playback,
        genesis: Genesis,
        entries: Vec<Arc<Entry>>,
        own: Vec<Arc<Entry>>,
        clock: IncidentClock,
        begin: DateTime<Utc>,
    ) -> Self {
        let mut latest = DateTime::<Utc>::MIN_UTC;
        let instants = entries
            .iter()
            .map(|entry| {
                latest = latest.max(super::load::instant(entry));
                latest
            })
            .collect();
        Self { playback, genesis, entries, instants, own, clock, begin, at: None, shown: 0, place: None }
    }

    /// The replay's own clock.
    pub(super) fn clock(&self) -> &IncidentClock {
        &self.clock
    }

    /// Changes the replay's own clock.
    pub(super) fn set_clock(&mut self, clock: IncidentClock) {
        self.clock = clock;
    }

    /// From when to when it was recorded.
    pub(super) fn span(&self) -> (DateTime<Utc>, DateTime<Utc>) {
        let end = self.playback.end().max(self.instants.last().copied());
        (self.begin, end.unwrap_or(self.begin).max(self.begin))
    }

    /// The incident that is played back.
    pub(super) fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// A board that knows nothing yet.
    pub(super) fn empty_board(&self) -> Board {
        self.playback.empty.clone()
    }

    /// The frame on screen.
    pub(super) fn frame(&self) -> Option<&Frame> {
        self.playback.frame_at(self.at?)
    }

    /// Keeps an entry of one's own.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.own.push(Arc::new(entry.clone()));
    }

    /// Shows the instant `to`: what changes in the log, and the board.
    pub(super) fn show(&mut self, to: DateTime<Utc>) -> (Option<Change>, Option<Board>) {
        if self.at == Some(to) {
            return (None, None);
        }
        let count = self.instants.partition_point(|instant| *instant <= to);
        let first = self.at.is_none();
        let change = if first || count < self.shown {
            let all = self.entries.iter().take(count).chain(&self.own).cloned().collect();
            Some(Change::Anew(all))
        } else if count > self.shown {
            Some(Change::Forward(self.entries.iter().take(count).skip(self.shown).cloned().collect()))
        } else {
            None
        };
        self.shown = count;
        self.at = Some(to);
        (change, self.board_at(to))
    }

    /// The board at an instant, from the one shown before when that is nearer than a kept one.
    fn board_at(&mut self, to: DateTime<Utc>) -> Option<Board> {
        let near =
            self.place.take().filter(|place| place.at <= to && to - place.at < TimeDelta::seconds(2 * KEYFRAME_S));
        let mut place = match near {
            Some(place) => place,
            None => self.playback.before(to)?.clone(),
        };
        // The alarms are in the log already.
        self.playback.fold(&mut place, to, &mut |_, _| {});
        let board = place.board.clone();
        self.place = Some(place);
        Some(board)
    }
}
