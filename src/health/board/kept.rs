//! A board to start from later, without what the tape gives back: a replay keeps hundreds of them.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Board, CELLS, RECEIVED, REMEMBERED, SERVERS};
use crate::health::Frame;
use crate::health::expected::Expected;
use crate::health::metric::Packed;
use crate::health::window::{KEEP, LONG, MINUTE, Ring, Slot};

/// A board without its last hour of frames, and the moments that it remembers beyond the board kept before it.
#[derive(Debug, Clone)]
pub struct KeptBoard {
    board: Board,
    moments: Vec<Packed>,
}

impl Board {
    /// Keeps this board to start from. `before`: the board of the same walk that was kept last.
    pub fn keep(&self, before: Option<&KeptBoard>) -> KeptBoard {
        let told = before.and_then(KeptBoard::last_moment);
        let fresh = self.past.iter().filter(|snap| told.is_none_or(|told| snap.at > told));
        let moments = fresh.map(|snap| Packed::new(snap)).collect();
        let mut board = self.clone();
        board.delivery.ring = Ring::default();
        board.reception.ring = Ring::default();
        board.switching.take_frames(Ring::default());
        board.expectations = VecDeque::new();
        board.past = VecDeque::new();
        board.current = Arc::default();
        KeptBoard { board, moments }
    }

    /// Numbers of the frames that a board needs whose last frame was `last`: those that its windows still hold.
    fn needed(&self) -> Option<(u32, u32)> {
        let last = self.last_frame?;
        let newest = [CELLS, RECEIVED, SERVERS].into_iter().filter_map(|pulse| self.pulses.get(pulse)?.of);
        Some((newest.min()?.saturating_sub(KEEP), last))
    }

    /// Takes back the frames of the last hour.
    fn take_back(&mut self, frames: &[Frame]) {
        let mut cells = Vec::new();
        let mut received = Vec::new();
        let mut servers = Vec::new();
        let mut known = Known::default();
        let (newest_cells, newest_received, newest_servers) =
            (self.pulses[CELLS].of, self.pulses[RECEIVED].of, self.pulses[SERVERS].of);
        let held = |of: Option<u32>, newest: Option<u32>, last: Option<u32>| {
            of.filter(|of| newest.is_some_and(|newest| *of <= newest && of + KEEP > newest))
                .filter(|of| last.is_none_or(|last| *of > last))
        };
        for frame in frames {
            if let Some(of) = held(frame.cells.of, newest_cells, cells.last().map(|slot: &Arc<Slot<_>>| slot.of)) {
                let expected = known.within(self, of, newest_cells);
                cells.push(Arc::new(Slot { of, rows: frame.cells.data.clone(), expected }));
            }
            if let Some(of) =
                held(frame.received.of, newest_received, received.last().map(|slot: &Arc<Slot<_>>| slot.of))
            {
                let expected = known.within(self, of, newest_received);
                received.push(Arc::new(Slot { of, rows: frame.received.data.clone(), expected }));
            }
            if let Some(of) = held(frame.servers.of, newest_servers, servers.last().map(|slot: &Arc<Slot<_>>| slot.of))
            {
                servers.push(Arc::new(Slot { of, rows: frame.servers.data.clone(), expected: Arc::default() }));
            }
        }
        self.delivery.ring = Ring::holding(cells);
        self.reception.ring = Ring::holding(received);
        self.switching.take_frames(Ring::holding(servers));
    }
}

/// Expectations by minute: vantage points ask for the same ones.
#[derive(Default)]
struct Known {
    minutes: Vec<Arc<Expected>>,
    first: Option<u32>,
}

impl Known {
    /// What was expected in a frame, while a window holds it; what has left all of them is never asked again.
    fn within(&mut self, board: &Board, of: u32, newest: Option<u32>) -> Arc<Expected> {
        let held = newest.is_some_and(|newest| of + LONG > newest);
        if held { self.of(board, of) } else { Arc::default() }
    }

    fn of(&mut self, board: &Board, of: u32) -> Arc<Expected> {
        let minute = of / MINUTE;
        let first = *self.first.get_or_insert(minute);
        let at = minute.checked_sub(first).map(|at| at as usize);
        if let Some(known) = at.and_then(|at| self.minutes.get(at)) {
            return Arc::clone(known);
        }
        let middle = board.time(minute * MINUTE + MINUTE / 2);
        let expected = Arc::new(board.tables.expected(&board.network, middle));
        if at == Some(self.minutes.len()) {
            self.minutes.push(Arc::clone(&expected));
        }
        expected
    }
}

impl KeptBoard {
    /// The last moment that is remembered here.
    fn last_moment(&self) -> Option<DateTime<Utc>> {
        self.moments.last().map(Packed::at)
    }

    /// The board as it was. `frames` gives the frames with these numbers (first and last); `before` are the boards kept
    /// before this one in the same walk, the latest first.
    pub fn board<'a>(
        &'a self,
        frames: impl FnOnce(u32, u32) -> Vec<Frame>,
        before: impl Iterator<Item = &'a Self>,
    ) -> Board {
        let mut board = self.board.clone();
        if let Some((first, last)) = board.needed() {
            board.take_back(&frames(first, last));
        }
        let moments = std::iter::once(self).chain(before).flat_map(|kept| kept.moments.iter().rev());
        board.past = moments.take(REMEMBERED).map(|packed| Arc::new(packed.unpack())).collect();
        board.past.make_contiguous().reverse();
        board.current = Arc::new(board.snap());
        board
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::SimFeed;
    use crate::health::{Metric, Perimeter};
    use crate::network::{Source, load};
    use crate::sim::{Plan, Simulation};

    #[test]
    fn a_kept_board_comes_back_whole_and_goes_on_as_it_would_have() {
        let text = include_str!("../../sim/tests/small.toml").to_owned();
        let scenario = load(&[Source { name: "small.toml".into(), text }]).expect("valid");
        let plan = Plan::new(&scenario).expect("plan");
        let mut feed = SimFeed::new(Simulation::new(Arc::new(plan), 7), scenario.visibility);
        let frames: Vec<Frame> = (0..1_100).map(|_| feed.next_frame()).collect();
        let network = Arc::new(scenario.network.clone());
        let empty = Board::new(network, scenario.start, Perimeter::Nation, true);
        let lasting = Metric::parse("ner(15) < 0.97 for 5m").expect("a metric");
        let (mut board, mut kept, mut whole) = (empty.clone(), Vec::<KeptBoard>::new(), Vec::new());
        for (at, frame) in frames.iter().enumerate() {
            if at % 140 == 0 {
                kept.push(board.keep(kept.last()));
                whole.push((at, board.clone()));
            }
            board.push(frame);
        }
        let between = |first: u32, last: u32| -> Vec<Frame> {
            frames.iter().filter(|frame| (first..=last).contains(&frame.index)).cloned().collect()
        };
        for (i, (at, mut direct)) in whole.into_iter().enumerate() {
            let (one, before) = kept[..=i].split_last().expect("kept");
            assert!(one.moments.len() < REMEMBERED, "moments are kept once");
            let mut back = one.board(between, before.iter().rev());
            assert_eq!(back.digest(), direct.digest(), "{at}");
            assert_eq!(back.past, direct.past, "{at}");
            assert_eq!(back.current, direct.current, "{at}");
            let counted =
                |board: &Board| board.delivery.ring.iter().map(|slot| (slot.of, slot.rows.clone())).collect::<Vec<_>>();
            assert_eq!(counted(&back), counted(&direct), "{at}");
            for frame in frames.iter().skip(at).take(200) {
                assert_eq!(back.push(frame), direct.push(frame), "{at}, frame {}", frame.index);
            }
            assert_eq!(back.holds(&lasting), direct.holds(&lasting), "{at}");
            assert_eq!(back.digest(), direct.digest(), "{at} and 200 frames");
            let zone = back.network().zones[0].code.clone();
            back.set_perimeter(Perimeter::Zone(zone.clone()));
            direct.set_perimeter(Perimeter::Zone(zone));
            assert_eq!(back.digest(), direct.digest(), "{at} in one zone");
        }
    }
}
