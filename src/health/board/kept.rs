//! A board to start from later, without what the tape gives back: a replay keeps hundreds of them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::{Board, CELLS, RECEIVED, REMEMBERED, SERVERS, rows};
use crate::health::expected::Minute;
use crate::health::fold::{Delivery, Reception};
use crate::health::metric::{Moment, Packed};
use crate::health::packing::{Pack, Through};
use crate::health::view::HISTORY;
use crate::health::window::{KEEP, MINUTE, Ring, Slot};
use crate::health::{Frame, Observation};

/// A board without its last hour of frames, its detectors packed, and the minutes that it remembers beyond the board
/// kept before it.
#[derive(Debug, Clone)]
pub struct KeptBoard {
    /// What is small.
    board: Board,
    /// [`Board::detectors`].
    packed: Box<[u8]>,
    minutes: Vec<Remembered>,
}

/// What a board remembers of a minute.
#[derive(Debug, Clone)]
struct Remembered {
    moment: Arc<Packed>,
    /// Received, by psap.
    received: Box<[u8]>,
}

impl Board {
    /// Keeps this board to start from. `before`: the board of the same walk that was kept last.
    pub fn keep(&self, before: Option<&KeptBoard>) -> KeptBoard {
        let told = before.and_then(|before| before.minutes.last()).map(|minute| minute.moment.at());
        let fresh = self.past.iter().rev().take_while(|moment| told.is_none_or(|told| moment.at() > told));
        let mut minutes: Vec<Remembered> = fresh
            .enumerate()
            .map(|(back, moment)| {
                let mut received = Through::out();
                for row in &self.psaps {
                    let at = row.history.len().checked_sub(back + 1);
                    at.and_then(|at| row.history.get(at)).copied().unwrap_or_default().pack(&mut received);
                }
                Remembered { moment: Arc::new(Packed::new(moment.snap())), received: received.bytes() }
            })
            .collect();
        minutes.reverse();
        let mut board = self.clone();
        let mut packed = Through::out();
        board.detectors(&mut packed);
        board.delivery.ring = Ring::default();
        board.reception.ring = Ring::default();
        board.switching.take_frames(Ring::default());
        board.expectations = VecDeque::new();
        (board.delivery.leaves, board.delivery.zones, board.delivery.lost_zones) = (Vec::new(), Vec::new(), Vec::new());
        (board.reception.centres, board.reception.abandoned) = (Vec::new(), Vec::new());
        (board.zones, board.psaps, board.observations) = (Vec::new(), Vec::new(), Vec::new());
        board.past = VecDeque::new();
        board.current = Arc::default();
        KeptBoard { board, packed: packed.bytes(), minutes }
    }

    /// Hands over, or takes back, what there is one of for every zone and every psap.
    fn detectors(&mut self, through: &mut Through<'_>) {
        self.delivery.leaves.pack(through);
        self.delivery.zones.pack(through);
        self.delivery.lost_zones.pack(through);
        self.reception.centres.pack(through);
        self.reception.abandoned.pack(through);
        for row in &mut self.psaps {
            row.queue.pack(through);
            row.busy.pack(through);
            row.positions.pack(through);
        }
    }

    /// Numbers of the frames that a board needs whose last frame was `last`: those that its windows still hold.
    fn needed(&self) -> Option<(u32, u32)> {
        let last = self.last_frame?;
        let newest = [CELLS, RECEIVED, SERVERS].into_iter().filter_map(|pulse| self.pulses.get(pulse)?.of);
        Some((newest.min()?.saturating_sub(KEEP), last))
    }

    /// Takes back the frames of the last hour.
    fn take_back(&mut self, frames: Vec<Frame>) {
        let mut cells = Vec::new();
        let mut received = Vec::new();
        let mut servers = Vec::new();
        let mut minutes = Minutes::default();
        let (newest_cells, newest_received, newest_servers) =
            (self.pulses[CELLS].of, self.pulses[RECEIVED].of, self.pulses[SERVERS].of);
        let held = |of: Option<u32>, newest: Option<u32>, last: Option<u32>| {
            of.filter(|of| newest.is_some_and(|newest| *of <= newest && of + KEEP > newest))
                .filter(|of| last.is_none_or(|last| *of > last))
        };
        for frame in frames {
            if let Some(of) = held(frame.cells.of, newest_cells, cells.last().map(|slot: &Arc<Slot<_>>| slot.of)) {
                cells.push(Arc::new(Slot { of, rows: frame.cells.data, expected: minutes.of(self, of) }));
            }
            if let Some(of) =
                held(frame.received.of, newest_received, received.last().map(|slot: &Arc<Slot<_>>| slot.of))
            {
                received.push(Arc::new(Slot { of, rows: frame.received.data, expected: minutes.of(self, of) }));
            }
            if let Some(of) = held(frame.servers.of, newest_servers, servers.last().map(|slot: &Arc<Slot<_>>| slot.of))
            {
                servers.push(Arc::new(Slot { of, rows: frame.servers.data, expected: Arc::default() }));
            }
        }
        self.delivery.ring = Ring::holding(cells);
        self.reception.ring = Ring::holding(received);
        self.switching.take_frames(Ring::holding(servers));
    }
}

/// Expectations by minute: the frames of a minute and both vantage points share them.
#[derive(Default)]
struct Minutes(Vec<(u32, Arc<Minute>)>);

impl Minutes {
    fn of(&mut self, board: &Board, of: u32) -> Arc<Minute> {
        let minute = of / MINUTE;
        if let Some((_, known)) = self.0.iter().rev().find(|(known, _)| *known == minute) {
            return Arc::clone(known);
        }
        let fresh = Arc::new(board.of_minute(minute));
        self.0.push((minute, Arc::clone(&fresh)));
        fresh
    }
}

impl KeptBoard {
    /// The board as it was. `frames` gives the frames with these numbers (first and last); `before` are the boards kept
    /// before this one in the same walk, the latest first; `observations` are those by hand that it had taken, in order.
    pub fn board<'a>(
        &'a self,
        frames: impl FnOnce(u32, u32) -> Vec<Frame>,
        before: impl Iterator<Item = &'a Self>,
        observations: impl Iterator<Item = &'a Observation>,
    ) -> Board {
        let mut board = self.board.clone();
        let network = Arc::clone(&board.network);
        let Delivery { leaves, zones, lost_zones, .. } = Delivery::new(&network);
        (board.delivery.leaves, board.delivery.zones, board.delivery.lost_zones) = (leaves, zones, lost_zones);
        let Reception { centres, abandoned, .. } = Reception::new(&network);
        (board.reception.centres, board.reception.abandoned) = (centres, abandoned);
        (board.zones, board.psaps) = (rows::zones(&network), rows::psaps(&network));
        board.observations = observations.cloned().collect();
        board.detectors(&mut Through::back(&self.packed));
        if let Some((first, last)) = board.needed() {
            board.take_back(frames(first, last));
        }
        let minutes = std::iter::once(self).chain(before).flat_map(|kept| kept.minutes.iter().rev());
        let mut minutes: Vec<&Remembered> = minutes.take(REMEMBERED).collect();
        minutes.reverse();
        board.past = minutes.iter().map(|minute| Moment::packed(&minute.moment)).collect();
        for minute in minutes.iter().skip(minutes.len().saturating_sub(HISTORY)) {
            let mut received = Through::back(&minute.received);
            for row in &mut board.psaps {
                let mut count = 0_u16;
                count.pack(&mut received);
                row.history.push(count);
            }
        }
        board.refresh();
        board
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::SimFeed;
    use crate::health::{Metric, Perimeter, State};
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
        let mut observations = Vec::new();
        for (at, frame) in frames.iter().enumerate() {
            if at % 500 == 100 {
                let (service, source) = (scenario.network.services[0].code.clone(), format!("{at}"));
                let seen = board.now();
                let one = Observation { zone: None, service, source, state: State::Watch, share: None, at: seen };
                board.observe(&one);
                observations.push(one);
            }
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
            assert!(one.minutes.len() < REMEMBERED, "minutes are kept once");
            let mut back = one.board(between, before.iter().rev(), observations.iter().take(direct.observations.len()));
            assert_eq!(back.digest(), direct.digest(), "{at}");
            let told = |board: &Board| board.past.iter().map(|moment| moment.snap().clone()).collect::<Vec<_>>();
            assert_eq!(told(&back), told(&direct), "{at}");
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
