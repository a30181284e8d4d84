//! A second, read-only look at an incident that is open elsewhere on this machine: its log and tape as they grow.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use crate::feed::frame_end;
use crate::health::{Board, Observation};
use crate::store::tape::{TapeError, TapeReader};

/// The tape of an incident that somebody else records.
#[derive(Debug)]
pub(super) struct Watch {
    tape: Option<TapeReader>,
    start: DateTime<Utc>,
    waiting: VecDeque<(DateTime<Utc>, Observation)>,
}

impl Watch {
    pub(super) fn new(tape: Option<TapeReader>, start: DateTime<Utc>) -> Self {
        Self { tape, start, waiting: VecDeque::new() }
    }

    /// Takes an observation from the log; without a tape the board learns it at once.
    pub(super) fn observe(&mut self, board: &mut Board, at: DateTime<Utc>, observation: Observation) {
        if self.tape.is_none() {
            board.observe(&observation);
        } else {
            let place = self.waiting.partition_point(|(other, _)| *other <= at);
            self.waiting.insert(place, (at, observation));
        }
    }

    /// Folds the frames that have come since.
    pub(super) fn advance(&mut self, board: &mut Board) -> Result<(), TapeError> {
        let Some(tape) = self.tape.as_mut() else { return Ok(()) };
        for frame in tape.poll()? {
            let end = frame_end(self.start, frame.index);
            while let Some((_, observation)) = self.waiting.pop_front_if(|(at, _)| *at < end) {
                board.observe(&observation);
            }
            // Its alarms are recorded by the one who records.
            board.push(&frame);
        }
        Ok(())
    }
}
