//! A recorded incident played back: the board at any instant, bit for bit what it was.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::IncidentClock;
use crate::feed::frame_end;
use crate::health::{Board, Frame, Observation};

/// A board is kept for every so many seconds of incident time.
const KEYFRAME_S: i64 = 300;

/// Tape and observations of a recorded incident, with kept boards to start from.
#[derive(Debug, Clone)]
pub(super) struct Playback {
    start: DateTime<Utc>,
    frames: Arc<Vec<Frame>>,
    /// By incident time.
    observations: Arc<Vec<(DateTime<Utc>, Observation)>>,
    /// Boards by incident time, the empty one first.
    kept: Vec<Place>,
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
    /// Folds everything once and keeps a board every five minutes.
    pub(super) fn new(
        empty: Board,
        start: DateTime<Utc>,
        frames: Vec<Frame>,
        mut observations: Vec<(DateTime<Utc>, Observation)>,
    ) -> Self {
        observations.sort_by_key(|(at, _)| *at);
        let begin = DateTime::<Utc>::MIN_UTC;
        let mut playback = Self {
            start,
            frames: Arc::new(frames),
            observations: Arc::new(observations),
            kept: vec![Place { at: begin, frames: 0, observations: 0, board: empty }],
        };
        let Some(end) = playback.end() else { return playback };
        let mut at = start;
        let Some(mut place) = playback.kept.first().cloned() else { return playback };
        while at <= end {
            playback.fold(&mut place, at);
            playback.kept.push(place.clone());
            at += TimeDelta::seconds(KEYFRAME_S);
        }
        playback
    }

    /// Incident time of the last thing recorded here.
    pub(super) fn end(&self) -> Option<DateTime<Utc>> {
        let frames = self.frames.last().map(|frame| frame_end(self.start, frame.index));
        frames.max(self.observations.last().map(|(at, _)| *at))
    }

    /// The frames.
    pub(super) fn frames(&self) -> &Arc<Vec<Frame>> {
        &self.frames
    }

    /// The last frame that had ended at `at`.
    pub(super) fn frame_at(&self, at: DateTime<Utc>) -> Option<&Frame> {
        let ended = self.frames.partition_point(|frame| frame_end(self.start, frame.index) <= at);
        self.frames.get(ended.checked_sub(1)?)
    }

    /// The board as it was at `at`.
    pub(super) fn board_at(&self, at: DateTime<Utc>) -> Option<Board> {
        let before = self.kept.partition_point(|place| place.at <= at).checked_sub(1)?;
        let mut place = self.kept.get(before)?.clone();
        self.fold(&mut place, at);
        Some(place.board)
    }

    /// Folds what lies between where the place is and `to`.
    fn fold(&self, place: &mut Place, to: DateTime<Utc>) {
        while let Some(frame) = self.frames.get(place.frames) {
            let end = frame_end(self.start, frame.index);
            if end > to {
                break;
            }
            self.observe(place, |at| at < end);
            // The alarms are in the log already.
            place.board.push(frame);
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

/// A playback with its own clock.
#[derive(Debug)]
pub(super) struct Replay {
    playback: Playback,
    clock: IncidentClock,
    at: DateTime<Utc>,
}

impl Replay {
    /// The replay's own clock.
    pub(super) fn clock(&self) -> &IncidentClock {
        &self.clock
    }

    /// Changes the replay's own clock.
    pub(super) fn set_clock(&mut self, clock: IncidentClock) {
        self.clock = clock;
    }

    /// The frame on screen.
    pub(super) fn frame(&self) -> Option<&Frame> {
        self.playback.frame_at(self.at)
    }
}
