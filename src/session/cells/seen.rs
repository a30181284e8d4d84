//! What a cell of players sees of the host's health: its own tape and board, without what it must not see. While the
//! facilitator lifts its fog it is shown the board of the truth, which is fed beside all the time: it is warm at once,
//! and the own view goes on behind it as if nothing had happened.
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
    /// The board that is not shown: the whole one under the fog, the cell's own while it is lifted.
    behind: Board,
    lifted: bool,
    /// What the own board has not learned yet, and what the whole one has not.
    waiting: Waiting,
    waiting_whole: Waiting,
    last: Option<Frame>,
    /// Latest frame of the whole board.
    last_whole: Option<u32>,
    operator: bool,
    psaps: bool,
}

/// Observations that a board has not learned yet, by time.
#[derive(Debug, Default)]
struct Waiting(VecDeque<(DateTime<Utc>, Observation)>);

impl Waiting {
    fn add(&mut self, at: DateTime<Utc>, observation: Observation) {
        let place = self.0.partition_point(|(other, _)| *other <= at);
        self.0.insert(place, (at, observation));
    }

    /// Tells a board what comes before the end of a frame, then the frame.
    fn push(&mut self, board: &mut Board, frame: &Frame, end: DateTime<Utc>) -> Vec<AlarmEvent> {
        while let Some((_, observation)) = self.0.pop_front_if(|(at, _)| *at < end) {
            board.observe(&observation);
        }
        board.push(frame)
    }
}

/// What came.
#[derive(Debug, Default)]
pub(in crate::session) struct Step {
    pub(in crate::session) alarms: Vec<(DateTime<Utc>, AlarmEvent)>,
    /// A tape could not be read or written.
    pub(in crate::session) failed: Option<String>,
    /// Another board is shown than before.
    pub(in crate::session) turned: bool,
}

impl Seen {
    /// `whole`: a board that has seen nothing yet.
    pub(in crate::session) fn new(host: TapeReader, start: DateTime<Utc>, spec: &CellSpec, whole: Board) -> Self {
        Self {
            host,
            own: None,
            start,
            behind: whole,
            lifted: false,
            waiting: Waiting::default(),
            waiting_whole: Waiting::default(),
            last: None,
            last_whole: None,
            operator: spec.operator,
            psaps: spec.psaps,
        }
    }

    /// Puts the frames from now on on this tape.
    pub(in crate::session) fn record_to(&mut self, tape: TapeWriter) {
        self.own = Some(tape);
    }

    /// The frame that came last, as this cell's own view has it.
    pub(in crate::session) fn last(&self) -> Option<&Frame> {
        self.last.as_ref()
    }

    /// Is the board of the truth shown?
    pub(in crate::session) fn lifted(&self) -> bool {
        self.lifted
    }

    /// Incident time up to which health is known.
    pub(in crate::session) fn reached(&self) -> DateTime<Utc> {
        ended(self.start, self.last.as_ref().map(|frame| frame.index))
    }

    /// Takes an observation that is in the log; the boards learn it in its turn.
    pub(in crate::session) fn observe(&mut self, at: DateTime<Utc>, observation: Observation) {
        self.waiting_whole.add(at, observation.clone());
        self.waiting.add(at, observation);
    }

    /// A frame of the own tape, as it was seen then.
    pub(in crate::session) fn again(&mut self, board: &mut Board, frame: &Frame) -> Vec<(DateTime<Utc>, AlarmEvent)> {
        let end = frame_end(self.start, frame.index);
        let own = if self.lifted { &mut self.behind } else { board };
        let alarms = self.waiting.push(own, frame, end);
        self.last = Some(frame.clone());
        alarms.into_iter().map(|alarm| (end, alarm)).collect()
    }

    /// Takes what has come on the host's tape since. Tape and alarms are those of the own view, lifted or not.
    pub(in crate::session) fn advance(&mut self, board: &mut Board, lifted: bool) -> Step {
        let turned = lifted != self.lifted;
        if turned {
            let perimeter = board.perimeter().clone();
            std::mem::swap(board, &mut self.behind);
            board.set_perimeter(perimeter);
            self.lifted = lifted;
        }
        let mut step = Step { turned, ..Step::default() };
        let frames = match self.host.poll() {
            Ok(frames) => frames,
            Err(error) => return Step { failed: Some(error.to_string()), ..step },
        };
        for frame in frames {
            if self.last_whole.is_none_or(|last| frame.index > last) {
                self.last_whole = Some(frame.index);
                let whole = if self.lifted { &mut *board } else { &mut self.behind };
                self.waiting_whole.push(whole, &frame, frame_end(self.start, frame.index));
            }
            if self.last.as_ref().is_some_and(|last| frame.index <= last.index) {
                continue;
            }
            let frame = self.through_fog(frame);
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
