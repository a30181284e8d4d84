//! A running exercise: the simulation core, the tape and the board, frame by frame up to incident now.
//!
//! The order in which the board learns things is a pure function of log and tape: frames by their end, observations
//! by the incident time of their entry, frames first at equal times. A replay folds in the same order.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use crate::clock::Clock;
use crate::feed::{SimFeed, TooLate, frame_end, frames_until};
use crate::health::{AlarmEvent, Board, Frame, Observation};
use crate::sim::{Input, LeverResult};
use crate::store::tape::TapeWriter;

/// Longest share of work in one pump \[ms\]: the screen stays alive at any speed and during jumps.
pub(super) const BUDGET_MS: u64 = 8;

/// The simulation core of an exercise with its tape.
#[derive(Debug)]
pub(super) struct Live {
    feed: SimFeed,
    /// `None` once the tape could not be written: the exercise goes on, its replay ends there.
    tape: Option<TapeWriter>,
    start: DateTime<Utc>,
    /// Observations that the board has not learned yet, by time.
    waiting: VecDeque<(DateTime<Utc>, Observation)>,
    last: Option<Frame>,
}

/// What one step brought.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Alarms to be recorded, with the incident time of their frame.
    pub alarms: Vec<(DateTime<Utc>, AlarmEvent)>,
    /// Frames that were cut.
    pub frames: u32,
    /// The tape could not be written.
    pub tape_failed: Option<String>,
}

impl Live {
    pub(super) fn new(feed: SimFeed, tape: Option<TapeWriter>, start: DateTime<Utc>, last: Option<Frame>) -> Self {
        Self { feed, tape, start, waiting: VecDeque::new(), last }
    }

    /// Number of the next frame.
    pub(super) fn next_index(&self) -> u32 {
        self.feed.next_index()
    }

    /// The frame that was folded last: what is on screen.
    pub(super) fn last_frame(&self) -> Option<&Frame> {
        self.last.as_ref()
    }

    /// Incident time at which the next frame ends.
    pub(super) fn next_end(&self) -> DateTime<Utc> {
        frame_end(self.start, self.feed.next_index())
    }

    /// The frame at whose start an input decided at incident time `now` takes effect: the next boundary, never one
    /// that was passed.
    pub(super) fn next_boundary(&self, now: DateTime<Utc>) -> u32 {
        (frames_until(self.start, now) + 1).max(self.feed.next_index())
    }

    /// The first frame that must wait for something decided at incident time `at` to be saved.
    pub(super) fn frame_after(&self, at: DateTime<Utc>) -> u32 {
        frames_until(self.start, at)
    }

    /// Plans an input that is in the log.
    pub(super) fn input(&mut self, frame_at: u32, input: Input) -> Result<(), TooLate> {
        self.feed.input(frame_at, input)
    }

    /// Takes an observation that is in the log; the board learns it in its turn.
    pub(super) fn observe(&mut self, at: DateTime<Utc>, observation: Observation) {
        let place = self.waiting.partition_point(|(other, _)| *other <= at);
        self.waiting.insert(place, (at, observation));
    }

    /// Advances to `now`, but not past the start of frame `barrier`, for at most [`BUDGET_MS`]; `look` is shown the board
    /// after each frame.
    pub(super) fn advance(
        &mut self,
        board: &mut Board,
        now: DateTime<Utc>,
        barrier: Option<u32>,
        clock: &Clock,
        look: &mut dyn FnMut(DateTime<Utc>, &Board),
    ) -> Step {
        let due = frames_until(self.start, now);
        let until = barrier.map_or(due, |barrier| barrier.min(due));
        let begun = clock.now().boot_ms;
        let mut step = Step::default();
        while self.feed.next_index() < until {
            let end = self.next_end();
            let (frame, alarms) = self.step(board);
            look(end, board);
            if let Some(Err(error)) = self.tape.as_mut().map(|tape| tape.write(&frame)) {
                self.tape = None;
                step.tape_failed = Some(error.to_string());
            }
            step.alarms.extend(alarms.into_iter().map(|alarm| (end, alarm)));
            step.frames += 1;
            if clock.now().boot_ms.saturating_sub(begun) >= BUDGET_MS {
                break;
            }
        }
        if self.feed.next_index() >= due {
            self.tell(board, |at| at <= now);
        }
        step
    }

    /// One frame, whatever the clock says; it is not put on the tape.
    pub(super) fn step(&mut self, board: &mut Board) -> (Frame, Vec<AlarmEvent>) {
        let end = self.next_end();
        self.tell(board, |at| at < end);
        let frame = self.feed.next_frame();
        let alarms = board.push(&frame);
        self.last = Some(frame.clone());
        (frame, alarms)
    }

    /// Puts the frames from now on on this tape.
    pub(super) fn record_to(&mut self, tape: TapeWriter) {
        self.tape = Some(tape);
    }

    /// The levers that were ordered and what became of them.
    pub(super) fn levers(&self) -> &[LeverResult] {
        self.feed.simulation().levers()
    }

    /// The simulation core.
    pub(super) fn simulation(&self) -> &crate::sim::Simulation {
        self.feed.simulation()
    }

    fn tell(&mut self, board: &mut Board, due: impl Fn(DateTime<Utc>) -> bool) {
        while let Some((_, observation)) = self.waiting.pop_front_if(|(at, _)| due(*at)) {
            board.observe(&observation);
        }
    }
}
