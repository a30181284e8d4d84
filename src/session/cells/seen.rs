//! What a cell of players sees of the host's health: its own tape and board, without what it must not see.
//!
//! The delay with which anybody sees anything is the scenario's (`[visibility]`): the host's tape has it already.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::ended;
use crate::exercise::CellSpec;
use crate::feed::frame_end;
use crate::health::{AlarmEvent, Board, Frame, Observation, Part};
use crate::store::tape::{TapeReader, TapeWriter};

/// The host's tape through the fog of one cell.
#[derive(Debug)]
pub(in crate::session) struct Seen {
    host: TapeReader,
    own: Option<TapeWriter>,
    start: DateTime<Utc>,
    /// Observations that the board has not learned yet, by time.
    waiting: VecDeque<(DateTime<Utc>, Observation)>,
    last: Option<Frame>,
    operator: bool,
    psaps: bool,
}

/// What came.
#[derive(Debug, Default)]
pub(in crate::session) struct Step {
    pub(in crate::session) alarms: Vec<(DateTime<Utc>, AlarmEvent)>,
    /// A tape could not be read or written.
    pub(in crate::session) failed: Option<String>,
}

impl Seen {
    pub(in crate::session) fn new(host: TapeReader, start: DateTime<Utc>, spec: &CellSpec) -> Self {
        let (operator, psaps) = (spec.operator, spec.psaps);
        Self { host, own: None, start, waiting: VecDeque::new(), last: None, operator, psaps }
    }

    /// Puts the frames from now on on this tape.
    pub(in crate::session) fn record_to(&mut self, tape: TapeWriter) {
        self.own = Some(tape);
    }

    /// The frame that is on screen.
    pub(in crate::session) fn last(&self) -> Option<&Frame> {
        self.last.as_ref()
    }

    /// Incident time up to which health is known.
    pub(in crate::session) fn reached(&self) -> DateTime<Utc> {
        ended(self.start, self.last.as_ref().map(|frame| frame.index))
    }

    /// Takes an observation that is in the log; the board learns it in its turn.
    pub(in crate::session) fn observe(&mut self, at: DateTime<Utc>, observation: Observation) {
        let place = self.waiting.partition_point(|(other, _)| *other <= at);
        self.waiting.insert(place, (at, observation));
    }

    /// A frame of the own tape, as it was seen then.
    pub(in crate::session) fn again(&mut self, board: &mut Board, frame: &Frame) -> Vec<(DateTime<Utc>, AlarmEvent)> {
        let end = frame_end(self.start, frame.index);
        while let Some((_, observation)) = self.waiting.pop_front_if(|(at, _)| *at < end) {
            board.observe(&observation);
        }
        let alarms = board.push(frame);
        self.last = Some(frame.clone());
        alarms.into_iter().map(|alarm| (end, alarm)).collect()
    }

    /// Takes what has come on the host's tape since.
    pub(in crate::session) fn advance(&mut self, board: &mut Board, lifted: bool) -> Step {
        let mut step = Step::default();
        let frames = match self.host.poll() {
            Ok(frames) => frames,
            Err(error) => return Step { failed: Some(error.to_string()), ..step },
        };
        for frame in frames {
            if self.last.as_ref().is_some_and(|last| frame.index <= last.index) {
                continue;
            }
            let frame = if lifted { frame } else { self.through_fog(frame) };
            if let Some(Err(error)) = self.own.as_mut().map(|tape| tape.write(&frame)) {
                self.own = None;
                step.failed = Some(error.to_string());
            }
            step.alarms.extend(self.again(board, &frame));
        }
        step
    }

    /// What this cell may see of a frame: never the simulator's own knowledge.
    fn through_fog(&self, frame: Frame) -> Frame {
        let Frame { index, cells, received, psaps, servers, .. } = frame;
        let (operator, centres) = (self.operator, self.psaps);
        Frame {
            index,
            cells: if operator { cells } else { Part::default() },
            servers: if operator { servers } else { Part::default() },
            received: if centres { received } else { Part::default() },
            psaps: if centres { psaps } else { Part::default() },
            truth: None,
        }
    }
}
