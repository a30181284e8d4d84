//! What the board counts for its perimeter: one set of sums per service. Can be rebuilt from the last hour of frames.
//!
//! Does not belong here: detection (it watches everything, whatever is shown), drawing.

use std::collections::VecDeque;
use std::sync::Arc;

use super::chart::CALL;
use super::expected::{Expected, Scope, Tables};
use super::formulas::{asr, ner, rate, z_difference, z_volumes};
use super::packing::pack_fields;
use super::track::Track;
use super::window::{Edge, MINUTE, Ring, Slot};
use super::{ServiceRow, State, Trend, Volume};
use crate::network::{Network, PsapId, ServiceId, ZoneId};
use crate::sim::{CellCount, FRAME_S, Received};

/// Minutes of history in a row.
pub const HISTORY: usize = 60;
/// A trend is shown past this many standard deviations (one in twenty by chance, both sides together).
const TREND_Z: f64 = 1.96;

/// Sums of cell counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// Attempts begun.
    pub attempts: u32,
    /// Delivered.
    pub delivered: u32,
    /// Answered.
    pub answered: u32,
    /// Busy at the psap.
    pub busy: u32,
    /// Hung up while ringing or queueing.
    pub abandoned: u32,
    /// Refused by the network.
    pub refused: u32,
    /// Swallowed by the network.
    pub silent: u32,
    /// Cut by the network after they were delivered.
    pub dropped: u32,
    /// Expected attempts \[millionths\].
    pub expected: u64,
}

impl Sums {
    fn add(&mut self, row: &CellCount) {
        self.attempts += u32::from(row.attempts);
        self.delivered += u32::from(row.delivered);
        self.answered += u32::from(row.answered);
        self.busy += u32::from(row.busy);
        self.abandoned += u32::from(row.abandoned);
        self.refused += u32::from(row.refused);
        self.silent += u32::from(row.silent);
        self.dropped += u32::from(row.dropped);
    }

    fn take(&mut self, row: &CellCount) {
        self.attempts -= u32::from(row.attempts);
        self.delivered -= u32::from(row.delivered);
        self.answered -= u32::from(row.answered);
        self.busy -= u32::from(row.busy);
        self.abandoned -= u32::from(row.abandoned);
        self.refused -= u32::from(row.refused);
        self.silent -= u32::from(row.silent);
        self.dropped -= u32::from(row.dropped);
    }

    fn ner(&self) -> (u32, u32) {
        (self.delivered, self.delivered + self.refused + self.silent)
    }

    fn asr(&self) -> (u32, u32) {
        (self.answered, self.answered + self.busy + self.abandoned + self.refused + self.silent)
    }
}

/// Received against expected \[millionths\].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// Calls.
    pub seen: u32,
    /// Expected \[millionths\].
    pub expected: u64,
}

pack_fields!(Heard: seen, expected);

impl Heard {
    /// As figures for the screen.
    pub fn volume(self) -> Volume {
        Volume { seen: f64::from(self.seen), expected: self.expected as f64 / CALL as f64 }
    }
}

/// Successes and failures of a cell's frame as the network's failure chart counts them: a call cut after the answer
/// is a failure too.
pub fn outcomes(row: &CellCount) -> (u32, u32) {
    (u32::from(row.delivered), u32::from(row.refused) + u32::from(row.silent) + u32::from(row.dropped))
}

/// One service in the perimeter.
#[derive(Debug, Clone, Default)]
pub struct ServiceView {
    /// Evidence on delivery.
    pub track: Track,
    /// Last 5 minutes.
    pub short: Sums,
    /// The 15 minutes before.
    pub mid: Sums,
    /// Received in the last 5 minutes.
    pub received: Heard,
    /// Received in the 15 minutes before.
    pub received_mid: Heard,
    minute: Sums,
    history: VecDeque<Option<u16>>,
}

/// The perimeter's sums.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The perimeter.
    pub scope: Scope,
    /// Per service.
    pub services: Vec<ServiceView>,
    /// All services together: (successes, trials) in the short window and in the 15 minutes before.
    pub total: [(u32, u32); 2],
    minute: Option<u32>,
}

impl View {
    /// An empty view.
    pub fn new(scope: Scope, services: usize) -> Self {
        Self { scope, services: vec![ServiceView::default(); services], total: [(0, 0); 2], minute: None }
    }

    /// The same frames seen through another perimeter.
    pub fn rebuilt(
        scope: Scope,
        network: &Network,
        tables: &Tables,
        cells: &Ring<CellCount>,
        received: &Ring<Received>,
    ) -> Self {
        let mut view = Self::new(scope, tables.services);
        let mut ring = Ring::default();
        for slot in cells.iter() {
            ring.push(Arc::clone(slot));
            view.enter_cells(network, tables, slot);
            while let Some((edge, slot)) = ring.leaving() {
                view.leave_cells(network, tables, edge, &slot);
            }
            view.settle(slot.of);
        }
        let mut ring = Ring::default();
        for slot in received.iter() {
            ring.push(Arc::clone(slot));
            view.enter_received(network, tables, slot);
            while let Some((edge, slot)) = ring.leaving() {
                view.leave_received(network, tables, edge, &slot);
            }
        }
        view
    }

    /// A frame of the operator enters.
    pub fn enter_cells(&mut self, network: &Network, tables: &Tables, slot: &Slot<CellCount>) {
        self.turn_minute(slot.of);
        for row in &slot.rows {
            let Some(service) = self.service_of(network, row) else { continue };
            let (ok, failed) = outcomes(row);
            let Some(view) = self.services.get_mut(service) else { continue };
            view.short.add(row);
            view.minute.add(row);
            view.track.enter(slot.of, ok, failed);
            let (now, of) = &mut self.total[0];
            *now += ok;
            *of += ok + failed;
        }
        let expected = self.expected(tables, &slot.expected, true);
        for (view, expected) in self.services.iter_mut().zip(expected) {
            view.short.expected += expected;
        }
    }

    /// A frame of the operator leaves a window.
    pub fn leave_cells(&mut self, network: &Network, tables: &Tables, edge: Edge, slot: &Slot<CellCount>) {
        for row in &slot.rows {
            let Some(service) = self.service_of(network, row) else { continue };
            let (ok, failed) = outcomes(row);
            let Some(view) = self.services.get_mut(service) else { continue };
            let [now, before] = &mut self.total;
            match edge {
                Edge::Short => {
                    view.short.take(row);
                    view.mid.add(row);
                    view.track.leave_short(ok, failed);
                    *now = (now.0 - ok, now.1 - ok - failed);
                    *before = (before.0 + ok, before.1 + ok + failed);
                }
                Edge::Mid => {
                    view.mid.take(row);
                    *before = (before.0 - ok, before.1 - ok - failed);
                }
                Edge::Long => view.track.leave_long(ok, failed),
            }
        }
        let expected = self.expected(tables, &slot.expected, true);
        for (view, expected) in self.services.iter_mut().zip(expected) {
            match edge {
                Edge::Short => {
                    view.short.expected -= expected;
                    view.mid.expected += expected;
                }
                Edge::Mid => view.mid.expected -= expected,
                Edge::Long => {}
            }
        }
    }

    /// A frame of the psaps enters.
    pub fn enter_received(&mut self, network: &Network, tables: &Tables, slot: &Slot<Received>) {
        for row in &slot.rows {
            if let Some(view) = self.receiver(network, row) {
                view.received.seen += u32::from(row.received);
            }
        }
        let expected = self.expected(tables, &slot.expected, false);
        for (view, expected) in self.services.iter_mut().zip(expected) {
            view.received.expected += expected;
        }
    }

    /// A frame of the psaps leaves a window.
    pub fn leave_received(&mut self, network: &Network, tables: &Tables, edge: Edge, slot: &Slot<Received>) {
        if edge == Edge::Long {
            return;
        }
        for row in &slot.rows {
            let count = u32::from(row.received);
            if let Some(view) = self.receiver(network, row) {
                if edge == Edge::Short {
                    view.received.seen -= count;
                    view.received_mid.seen += count;
                } else {
                    view.received_mid.seen -= count;
                }
            }
        }
        let expected = self.expected(tables, &slot.expected, false);
        for (view, expected) in self.services.iter_mut().zip(expected) {
            if edge == Edge::Short {
                view.received.expected -= expected;
                view.received_mid.expected += expected;
            } else {
                view.received_mid.expected -= expected;
            }
        }
    }

    /// Lets the states follow.
    pub fn settle(&mut self, frame: u32) {
        for view in &mut self.services {
            view.track.settle(frame);
        }
    }

    /// Direction of delivery over all services.
    pub fn trend(&self) -> Trend {
        trend(z_difference(self.total[0], self.total[1]))
    }

    /// Writes the rows.
    pub fn rows(&self, rows: &mut [ServiceRow]) {
        for (i, (view, row)) in self.services.iter().zip(rows).enumerate() {
            let (short, mid) = (&view.short, &view.mid);
            row.service = ServiceId(i as u8);
            row.attempts = Volume { seen: f64::from(short.attempts), expected: short.expected as f64 / CALL as f64 };
            row.ner = ner(short.delivered, short.refused, short.silent);
            row.ner_trend = trend(z_difference(short.ner(), mid.ner()));
            row.received = view.received.volume();
            let (now, before) = (view.received.volume(), view.received_mid.volume());
            row.received_trend = trend(z_volumes((now.seen, now.expected), (before.seen, before.expected)));
            row.asr = asr(short.answered, short.busy, short.abandoned, short.refused, short.silent);
            row.asr_trend = trend(z_difference(short.asr(), mid.asr()));
            row.state = view.track.state();
            let seen = view.track.evidence();
            row.failed = rate(seen.of - seen.ok, seen.of);
            row.cut = rate(short.dropped.min(short.delivered), short.delivered);
            row.failed_window_s = view.track.window() * FRAME_S as u32;
            row.history.clear();
            row.history.extend(&view.history);
        }
    }

    /// Closes minutes that are over and begins new ones.
    fn turn_minute(&mut self, of: u32) {
        let minute = of / MINUTE;
        let Some(open) = self.minute.replace(minute).filter(|open| *open < minute) else { return };
        for view in &mut self.services {
            let (ok, trials) = view.minute.ner();
            let share = (trials > 0).then(|| (1_000 * ok / trials) as u16);
            for missing in 0..(minute - open).min(HISTORY as u32) {
                view.history.push_back(if missing == 0 { share } else { None });
            }
            while view.history.len() > HISTORY {
                view.history.pop_front();
            }
            view.minute = Sums::default();
        }
    }

    fn service_of(&self, network: &Network, row: &CellCount) -> Option<usize> {
        let (zone, service, line) = network.of_cell(row.cell);
        (self.scope.zone(zone) && self.scope.line(line)).then_some(service.index())
    }

    fn receiver(&mut self, network: &Network, row: &Received) -> Option<&mut ServiceView> {
        let psap = network.psaps.get(PsapId(row.psap).index())?;
        if !self.scope.psap(psap) {
            return None;
        }
        self.services.get_mut(usize::from(row.service))
    }

    /// Expected calls per service in the perimeter; `by_line`: only the share of its lines. What psaps receive does
    /// not tell operators apart.
    fn expected(&self, tables: &Tables, expected: &Expected, by_line: bool) -> Vec<u64> {
        let all_lines = !by_line || self.scope.lines.iter().all(|inside| *inside);
        if all_lines && self.scope.zones.iter().all(|inside| *inside) {
            return expected.services.clone();
        }
        let mut sums = vec![0; tables.services];
        for (leaf, needs) in expected.needs.iter().enumerate() {
            let zone = leaf / tables.services.max(1);
            if !self.scope.zone(ZoneId(zone as u16)) {
                continue;
            }
            let share: f64 = if all_lines {
                1.0
            } else {
                let row = tables.line_share.get(zone * tables.lines..(zone + 1) * tables.lines).unwrap_or_default();
                row.iter().zip(&self.scope.lines).filter(|(_, inside)| **inside).map(|(share, _)| share).sum()
            };
            if let Some(sum) = sums.get_mut(leaf % tables.services.max(1)) {
                *sum += (f64::from(*needs) * share) as u64;
            }
        }
        sums
    }
}

/// Direction from a difference in standard deviations (now minus before).
pub fn trend(z: f64) -> Trend {
    if z > TREND_Z {
        Trend::Better
    } else if z < -TREND_Z {
        Trend::Worse
    } else {
        Trend::Steady
    }
}

/// The worst of two states: what says something goes before what says nothing; unknown only if both are.
pub fn worst(a: State, b: State) -> State {
    use super::track::severity;
    match severity(a).cmp(&severity(b)) {
        std::cmp::Ordering::Greater => a,
        std::cmp::Ordering::Less => b,
        std::cmp::Ordering::Equal => a.max(b),
    }
}
