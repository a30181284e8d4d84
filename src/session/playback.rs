//! A recorded incident played back: the board and the incident at any instant, bit for bit what they were.
//!
//! Log and tape stay where they are, on the disk; in memory are an index of both, and boards and incidents to start from,
//! so that no jump folds more than a few minutes of frames and a few hundred entries.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use chrono::{DateTime, TimeDelta, Utc};

use super::bookmark::{Bookmark, Gathered};
use crate::clock::IncidentClock;
use crate::feed::{ReplayFeed, frame_end, frames_until};
use crate::health::{AlarmEvent, Board, Frame, KeptBoard, Observation};
use crate::incident::Incident;
use crate::incident::event::{Entry, Genesis};
use crate::store::LogView;
use crate::store::tape::TapeReader;

/// A board is kept for every so many seconds of incident time.
const KEYFRAME_S: i64 = 240;
/// An incident is kept for every so many entries, or fewer.
const KEYFRAME_ENTRIES: usize = 512;
/// Incidents that are kept at most.
const MOST_INCIDENTS: usize = 128;

/// Tape and observations of a recorded incident, with kept boards to start from.
#[derive(Debug)]
pub(super) struct Playback {
    start: DateTime<Utc>,
    feed: ReplayFeed,
    empty: Board,
    /// By incident time.
    observations: Arc<Vec<(DateTime<Utc>, Observation)>>,
    /// Boards by incident time.
    kept: Vec<Kept>,
    /// Those that are still being made.
    incoming: Option<Receiver<Kept>>,
}

/// A board and how far it has been folded.
#[derive(Debug, Clone)]
struct Place {
    at: DateTime<Utc>,
    frames: usize,
    observations: usize,
    board: Board,
}

/// A board that is kept, and how far it had been folded.
#[derive(Debug, Clone)]
struct Kept {
    at: DateTime<Utc>,
    frames: usize,
    observations: usize,
    board: KeptBoard,
}

impl Playback {
    /// Nothing is folded yet but the empty board. The tape was looked through, or lies in memory.
    pub(super) fn new(
        empty: Board,
        start: DateTime<Utc>,
        tape: TapeReader,
        mut observations: Vec<(DateTime<Utc>, Observation)>,
    ) -> Self {
        observations.sort_by_key(|(at, _)| *at);
        Self {
            start,
            feed: ReplayFeed::new(tape),
            observations: Arc::new(observations),
            kept: Vec::new(),
            empty,
            incoming: None,
        }
    }

    /// Folds everything once and keeps boards; `heard` is told the alarms.
    pub(super) fn keep(mut self, heard: &mut dyn FnMut(DateTime<Utc>, AlarmEvent)) -> Self {
        let mut kept = Vec::new();
        self.walk(heard, &mut |one| {
            kept.push(one);
            true
        });
        self.kept = kept;
        self
    }

    /// Folds everything on a thread of its own; what is kept comes in while the replay is already on the screen.
    pub(super) fn keep_behind(mut self) -> std::io::Result<Self> {
        let (to, from) = channel();
        let mut walker = Self {
            start: self.start,
            feed: self.feed.clone(),
            empty: self.empty.clone(),
            observations: Arc::clone(&self.observations),
            kept: Vec::new(),
            incoming: None,
        };
        std::thread::Builder::new()
            .name("vigie-keyframes".to_owned())
            .spawn(move || walker.walk(&mut |_, _| {}, &mut |kept| to.send(kept).is_ok()))?;
        self.incoming = Some(from);
        Ok(self)
    }

    /// Folds from the beginning to the end; stops early when `keep` says so.
    fn walk(&mut self, heard: &mut dyn FnMut(DateTime<Utc>, AlarmEvent), keep: &mut dyn FnMut(Kept) -> bool) {
        let Some(end) = self.end() else { return };
        let mut place = self.beginning();
        let mut before: Option<KeptBoard> = None;
        let mut at = self.start;
        while at < end {
            self.fold(&mut place, at, heard);
            let board = place.board.keep(before.as_ref());
            before = Some(board.clone());
            if !keep(Kept { at, frames: place.frames, observations: place.observations, board }) {
                return;
            }
            at += TimeDelta::seconds(KEYFRAME_S);
        }
        self.fold(&mut place, end, heard);
    }

    /// Before anything was heard.
    fn beginning(&self) -> Place {
        Place { at: DateTime::<Utc>::MIN_UTC, frames: 0, observations: 0, board: self.empty.clone() }
    }

    /// Incident time of the last thing recorded here.
    pub(super) fn end(&self) -> Option<DateTime<Utc>> {
        let frames = self.feed.last_index().map(|index| frame_end(self.start, index));
        frames.max(self.observations.last().map(|(at, _)| *at))
    }

    /// The last frame that had ended at `at`.
    pub(super) fn frame_at(&self, at: DateTime<Utc>) -> Option<Frame> {
        self.feed.before(frames_until(self.start, at))
    }

    /// The last kept board that is not later than `at`, whole again; `None`: there is none yet.
    fn before(&mut self, at: DateTime<Utc>) -> Option<Place> {
        if let Some(incoming) = &self.incoming {
            self.kept.extend(incoming.try_iter());
        }
        let count = self.kept.partition_point(|kept| kept.at <= at);
        let (one, earlier) = self.kept.get(..count)?.split_last()?;
        let board = one.board.board(
            |first, last| self.feed.frames(first, last),
            earlier.iter().rev().map(|kept| &kept.board),
            self.observations.iter().take(one.observations).map(|(_, observation)| observation),
        );
        Some(Place { at: one.at, frames: one.frames, observations: one.observations, board })
    }

    /// Folds what lies between where the place is and `to`.
    fn fold(&mut self, place: &mut Place, to: DateTime<Utc>, heard: &mut dyn FnMut(DateTime<Utc>, AlarmEvent)) {
        self.feed.go_to(place.frames);
        while let Some(index) = self.feed.next_index() {
            let end = frame_end(self.start, index);
            if end > to {
                break;
            }
            self.observe(place, |at| at < end);
            // What cannot be read was said when the tape was opened; the board then shows how old its data are.
            if let Ok(Some(frame)) = self.feed.next_frame() {
                for alarm in place.board.push(&frame) {
                    heard(end, alarm);
                }
            }
            place.frames = self.feed.place();
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

/// A recorded log as it is played back: when each entry comes into view, and incidents to start from.
#[derive(Debug)]
pub(super) struct Story {
    genesis: Genesis,
    /// How far incident time must have come for each entry to be seen; never falls.
    instants: Vec<DateTime<Utc>>,
    /// The incident after every so many entries, before the first of them first.
    kept: Vec<Incident>,
    every: usize,
    bookmarks: Vec<Bookmark>,
}

impl Story {
    /// Folds a log once; it becomes one that is played back ([`LogView::play_back`]).
    pub(super) fn new(genesis: Genesis, log: &mut LogView) -> Self {
        let mut latest = DateTime::<Utc>::MIN_UTC;
        let mut gathered = Gathered::default();
        let instants: Vec<DateTime<Utc>> = (0..log.len())
            .map(|position| {
                if let Some(entry) = log.get(position) {
                    latest = latest.max(super::load::instant(&entry));
                    gathered.look(&entry, latest);
                }
                latest
            })
            .collect();
        log.play_back();
        let every = KEYFRAME_ENTRIES.max(instants.len() / MOST_INCIDENTS);
        let mut incident = Incident::new(genesis.clone());
        let mut kept = vec![incident.clone()];
        let mut folded = 0;
        while folded + every <= instants.len() {
            log.fold(folded..folded + every, &mut incident);
            kept.push(incident.clone());
            folded += every;
        }
        Self { genesis, instants, kept, every, bookmarks: gathered.found }
    }

    /// The incident as it was after `count` entries.
    fn after(&self, count: usize, log: &LogView) -> Incident {
        let from = (count / self.every).min(self.kept.len().saturating_sub(1));
        let mut incident = self.kept.get(from).cloned().unwrap_or_else(|| Incident::new(self.genesis.clone()));
        log.fold(from * self.every..count, &mut incident);
        incident
    }
}

/// A recorded incident with a clock of its own, and what somebody has added to it.
#[derive(Debug)]
pub(super) struct Replay {
    playback: Playback,
    story: Story,
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
    /// These entries of the record have come.
    Forward(std::ops::Range<usize>),
    /// Another incident, and how many entries of the record are in it.
    Anew(Box<Incident>, usize),
}

impl Replay {
    pub(super) fn new(
        playback: Playback,
        story: Story,
        own: Vec<Arc<Entry>>,
        clock: IncidentClock,
        begin: DateTime<Utc>,
    ) -> Self {
        Self { playback, story, own, clock, begin, at: None, shown: 0, place: None }
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
        let end = self.playback.end().max(self.story.instants.last().copied());
        (self.begin, end.unwrap_or(self.begin).max(self.begin))
    }

    /// The instant at which an entry of the record comes into view.
    pub(super) fn instant(&self, entry: usize) -> Option<DateTime<Utc>> {
        self.story.instants.get(entry).copied()
    }

    /// How many entries the record has.
    pub(super) fn entries(&self) -> usize {
        self.story.instants.len()
    }

    /// The bookmarks in the record, by time.
    pub(super) fn bookmarks(&self) -> &[Bookmark] {
        &self.story.bookmarks
    }

    /// The incident that is played back.
    pub(super) fn genesis(&self) -> &Genesis {
        &self.story.genesis
    }

    /// A board that knows nothing yet.
    pub(super) fn empty_board(&self) -> Board {
        self.playback.empty.clone()
    }

    /// The frame on screen.
    pub(super) fn frame(&self) -> Option<Frame> {
        self.playback.frame_at(self.at?)
    }

    /// Entries of one's own, oldest first.
    pub(super) fn own(&self) -> &[Arc<Entry>] {
        &self.own
    }

    /// Keeps an entry of one's own.
    pub(super) fn add(&mut self, entry: &Entry) {
        self.own.push(Arc::new(entry.clone()));
    }

    /// Shows the instant `to`: what changes in the incident, and the board. `log` is the one of [`Story::new`].
    pub(super) fn show(&mut self, to: DateTime<Utc>, log: &LogView) -> (Option<Change>, Option<Board>) {
        if self.at == Some(to) {
            return (None, None);
        }
        let count = self.story.instants.partition_point(|instant| *instant <= to);
        let far = count < self.shown || count - self.shown > self.story.every;
        let change = if self.at.is_none() || far {
            let mut incident = self.story.after(count, log);
            for entry in &self.own {
                incident.apply(entry);
            }
            Some(Change::Anew(Box::new(incident), count))
        } else {
            (count > self.shown).then_some(Change::Forward(self.shown..count))
        };
        self.shown = count;
        self.at = Some(to);
        (change, Some(self.board_at(to)))
    }

    /// The board at an instant, from the one shown before when that is nearer than a kept one.
    fn board_at(&mut self, to: DateTime<Utc>) -> Board {
        let near = self.place.take().filter(|place| place.at <= to && to - place.at < TimeDelta::seconds(KEYFRAME_S));
        let mut place = match near {
            Some(place) => place,
            None => self.playback.before(to).unwrap_or_else(|| self.playback.beginning()),
        };
        // The alarms are in the log already.
        self.playback.fold(&mut place, to, &mut |_, _| {});
        let board = place.board.clone();
        self.place = Some(place);
        board
    }
}
