//! The three vantage points folded frame by frame, over everything the feed shows whatever the perimeter.
//!
//! Does not belong here: rows for the screen, grouping of alarms.

use std::sync::Arc;

use super::State;
use super::chart::{CALL, FIFTH, Failures, HALF, QUIET, SILENT, THIRD, Volume};
use super::expected::Tables;
use super::formulas::{jeffreys, poisson_bounds};
use super::lost::Lost;
use super::packing::pack_fields;
use super::track::{Machine, Track};
use super::view::{Heard, outcomes};
use super::window::{Edge, Ring, SHORT, Slot};
use crate::network::{Network, PsapId};
use crate::sim::{CellCount, Received, ServerGauge, ServerState};

/// The operator's counters.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// Last hour of frames.
    pub ring: Ring<CellCount>,
    /// Zone × service.
    pub leaves: Vec<Track>,
    /// Zone, all services.
    pub zones: Vec<Track>,
    /// Line.
    pub lines: Vec<Track>,
    /// Operator.
    pub operators: Vec<Track>,
    /// Service, the whole country.
    pub services: Vec<Track>,
    /// Everything.
    pub nation: Track,
    /// Callers lost per zone since the onset.
    pub lost_zones: Vec<Lost>,
    /// Callers lost per operator since the onset.
    pub lost_operators: Vec<Lost>,
    /// Frame from which losses are counted.
    pub onset: Option<u32>,
}

impl Delivery {
    /// Nothing counted yet.
    pub fn new(network: &Network) -> Self {
        let (zones, services) = (network.zones.len(), network.services.len());
        Self {
            leaves: vec![Track::default(); zones * services],
            zones: vec![Track::default(); zones],
            lines: vec![Track::default(); network.lines.len()],
            operators: vec![Track::default(); network.operators.len()],
            services: vec![Track::default(); services],
            lost_zones: vec![Lost::default(); zones],
            lost_operators: vec![Lost::default(); network.operators.len()],
            ..Self::default()
        }
    }

    /// The tracks that a cell feeds, besides the nation's.
    fn tracks(&mut self, network: &Network, cell: u32) -> [Option<&mut Track>; 5] {
        let (zone, service, line) = network.of_cell(cell);
        let operator = network.lines.get(line.index()).map_or(usize::MAX, |line| line.operator.index());
        [
            self.leaves.get_mut(zone.index() * network.services.len() + service.index()),
            self.zones.get_mut(zone.index()),
            self.lines.get_mut(line.index()),
            self.operators.get_mut(operator),
            self.services.get_mut(service.index()),
        ]
    }

    /// A frame enters.
    pub fn enter(&mut self, network: &Network, tables: &Tables, slot: &Slot<CellCount>) {
        let (mut all_ok, mut all_failed) = (0, 0);
        for row in &slot.rows {
            let (ok, failed) = outcomes(row);
            all_ok += ok;
            all_failed += failed;
            for track in self.tracks(network, row.cell).into_iter().flatten() {
                track.enter(slot.of, ok, failed);
            }
        }
        self.nation.enter(slot.of, all_ok, all_failed);
        if self.onset.is_some() && all_failed > 0 {
            self.count_lost(network, tables, &slot.rows);
        }
    }

    /// A frame leaves a window.
    pub fn leave(&mut self, network: &Network, edge: Edge, slot: &Slot<CellCount>) {
        if edge == Edge::Mid {
            return;
        }
        let leave = |track: &mut Track, ok, failed| match edge {
            Edge::Short => track.leave_short(ok, failed),
            _ => track.leave_long(ok, failed),
        };
        for row in &slot.rows {
            let (ok, failed) = outcomes(row);
            for track in self.tracks(network, row.cell).into_iter().flatten() {
                leave(track, ok, failed);
            }
            leave(&mut self.nation, ok, failed);
        }
    }

    /// Lets the states follow; begins to count losses once anything fails beyond doubt.
    pub fn settle(&mut self, frame: u32, network: &Network, tables: &Tables) {
        let tracks = [&mut self.leaves, &mut self.zones, &mut self.lines, &mut self.operators, &mut self.services];
        for track in tracks.into_iter().flatten() {
            track.settle(frame);
        }
        self.nation.settle(frame);
        if self.onset.is_none() {
            let charts = || {
                std::iter::once(&self.nation)
                    .chain(&self.leaves)
                    .chain(&self.zones)
                    .chain(&self.lines)
                    .map(|t| &t.chart)
            };
            self.onset = charts().filter(|chart| chart.alarm()).map(Failures::since).min();
            if let Some(onset) = self.onset {
                let slots: Vec<_> = self.ring.iter().filter(|slot| slot.of >= onset).map(Arc::clone).collect();
                for slot in slots {
                    self.count_lost(network, tables, &slot.rows);
                }
            }
        }
    }

    fn count_lost(&mut self, network: &Network, tables: &Tables, rows: &[CellCount]) {
        let nation = self.nation.failing(0.0);
        for row in rows.iter().filter(|row| row.refused + row.silent + row.dropped > 0) {
            let (zone, service, line) = network.of_cell(row.cell);
            let failing = self.leaves.get(tables.leaf(zone, service)).map_or(nation, |leaf| leaf.failing(nation));
            let lost = Lost::of(row, failing, &network.callers);
            if let Some(sum) = self.lost_zones.get_mut(zone.index()) {
                sum.add(lost);
            }
            let operator = network.lines.get(line.index()).map_or(usize::MAX, |line| line.operator.index());
            if let Some(sum) = self.lost_operators.get_mut(operator) {
                sum.add(lost);
            }
        }
    }
}

/// Evidence on one psap.
#[derive(Debug, Clone, Copy, Default)]
pub struct Centre {
    /// Received in the last 30 minutes against expected.
    pub long: Heard,
    /// Answered in that time.
    pub answered: u32,
    /// Within target.
    pub in_target: u32,
    /// Hung up before.
    pub abandoned: u32,
    /// Expected since the last call that came \[millionths\].
    pub quiet: i64,
    /// Frame of the last call that came.
    pub last_call: u32,
    /// Fall to one half.
    pub half: Volume,
    /// Fall by three tenths.
    pub third: Volume,
    /// State.
    pub machine: Machine,
    /// The operator's counters show failures on the way here.
    pub supported: bool,
    minute: u16,
}

pack_fields!(
    Centre: long, answered, in_target, abandoned, quiet, last_call, half, third, machine, supported, minute
);

impl Centre {
    /// Did a chart cross its alarm line, or is it silent?
    pub fn alarm(&self) -> bool {
        self.half.alarm() || self.third.alarm() || self.silent()
    }

    fn silent(&self) -> bool {
        self.quiet >= if self.supported { SILENT / 2 } else { SILENT }
    }

    /// Received and expected since the change, if a chart or silence shows one; else over the last 30 minutes.
    pub fn counted(&self) -> Heard {
        let chart =
            [&self.half, &self.third].into_iter().filter(|chart| chart.alarm()).min_by_key(|chart| chart.since());
        match chart.map(Volume::counted) {
            Some((seen, expected)) => Heard { seen, expected },
            None if self.silent() => Heard { seen: 0, expected: self.quiet as u64 },
            None => self.long,
        }
    }

    /// When what is wrong is likely to have begun.
    pub fn since(&self) -> u32 {
        let charts = [&self.half, &self.third].into_iter().filter(|chart| chart.alarm()).map(Volume::since).min();
        charts.unwrap_or(self.last_call)
    }

    /// Calls that are missing beyond chance: expected minus the 95 % upper bound of what was seen, over the last 30
    /// minutes or since the change that a chart sees, whichever is more. A big psap that lost half its calls goes before
    /// a small one that happened to receive none.
    pub fn missing(&self) -> f64 {
        let missing = |seen: u32, expected: u64| expected as f64 / CALL as f64 - poisson_bounds(f64::from(seen), 1.0).1;
        let charts = [&self.half, &self.third].map(|chart| {
            let (seen, expected) = chart.counted();
            missing(seen, expected)
        });
        charts.into_iter().fold(missing(self.long.seen, self.long.expected), f64::max)
    }

    /// What the counters say now. Poor answering alone is worth a look and no more, whatever the volume: small psaps
    /// answer late on normal days too.
    fn judge(&self, target_share: f64) -> State {
        let ended = self.answered + self.abandoned;
        let most_answered = jeffreys(self.answered, ended).1;
        if ended >= 9 && most_answered < 0.20 {
            return State::Down;
        }
        if self.silent() {
            return State::Silent;
        }
        let expected = self.long.expected as f64 / CALL as f64;
        let quiet = self.quiet >= if self.supported { QUIET / 2 } else { QUIET };
        let volume = if self.half.alarm() || self.third.alarm() {
            let most = poisson_bounds(f64::from(self.long.seen), 1.0).1;
            if most < 0.5 * expected { State::Critical } else { State::Degraded }
        } else if self.half.watch(&HALF, self.supported) || self.third.watch(&THIRD, self.supported) || quiet {
            State::Watch
        } else if expected >= 3.0 && self.long.seen > 0 {
            State::Nominal
        } else {
            State::Unknown
        };
        let in_target = jeffreys(self.in_target, ended).1;
        let answering = if ended >= 20 && (most_answered < 0.6 || in_target < 0.25 * target_share) {
            State::Watch
        } else {
            State::Unknown
        };
        volume.max(answering)
    }
}

/// The psaps' counters.
#[derive(Debug, Clone, Default)]
pub struct Reception {
    /// Last hour of frames.
    pub ring: Ring<Received>,
    /// Per psap.
    pub centres: Vec<Centre>,
    /// Fall by a fifth per service, the whole country.
    pub services: Vec<Volume>,
    /// Abandoned since the onset, per psap.
    pub abandoned: Vec<u32>,
}

impl Reception {
    /// Nothing heard yet.
    pub fn new(network: &Network) -> Self {
        Self {
            ring: Ring::default(),
            centres: vec![Centre::default(); network.psaps.len()],
            services: vec![Volume::default(); network.services.len()],
            abandoned: vec![0; network.psaps.len()],
        }
    }

    /// A frame enters; `onset` is the frame from which abandoned calls are counted.
    pub fn enter(&mut self, slot: &Slot<Received>, onset: Option<u32>) {
        let mut seen = vec![0_i64; self.centres.len()];
        let mut service_seen = vec![0_i64; self.services.len()];
        let counting = onset.is_some_and(|onset| slot.of >= onset);
        for row in &slot.rows {
            let i = PsapId(row.psap).index();
            let Some(centre) = self.centres.get_mut(i) else { continue };
            centre.long.seen += u32::from(row.received);
            centre.answered += u32::from(row.answered);
            centre.in_target += u32::from(row.in_target);
            centre.abandoned += u32::from(row.abandoned);
            centre.minute = centre.minute.saturating_add(row.received);
            if let Some(seen) = seen.get_mut(i) {
                *seen += i64::from(row.received);
            }
            if let Some(seen) = service_seen.get_mut(usize::from(row.service)) {
                *seen += i64::from(row.received);
            }
            if let Some(sum) = self.abandoned.get_mut(i).filter(|_| counting) {
                *sum += u32::from(row.abandoned);
            }
        }
        for ((centre, seen), expected) in self.centres.iter_mut().zip(seen).zip(&slot.expected.psaps) {
            let expected = i64::from(*expected);
            centre.long.expected += expected as u64;
            centre.half.push(&HALF, slot.of, expected, seen, centre.supported);
            centre.third.push(&THIRD, slot.of, expected, seen, centre.supported);
            if seen > 0 {
                centre.quiet = 0;
                centre.last_call = slot.of;
            } else {
                centre.quiet += expected;
            }
        }
        for ((chart, seen), expected) in self.services.iter_mut().zip(service_seen).zip(&slot.expected.services) {
            chart.push(&FIFTH, slot.of, *expected as i64, seen, false);
        }
    }

    /// Marks the psaps on whose way the operator's counters show failures.
    pub fn support(&mut self, network: &Network, tables: &Tables, delivery: &Delivery) {
        for (centre, psap) in self.centres.iter_mut().zip(&network.psaps) {
            centre.supported = delivery.zones.get(psap.zone.index()).is_some_and(|zone| zone.chart.alarm());
        }
        for (_, to) in delivery.leaves.iter().zip(&tables.shares).filter(|(leaf, _)| leaf.chart.alarm()) {
            for (psap, _) in to.iter().filter(|(_, share)| *share >= 0.2) {
                if let Some(centre) = self.centres.get_mut(usize::from(*psap)) {
                    centre.supported = true;
                }
            }
        }
    }

    /// A frame leaves the long window.
    pub fn leave(&mut self, edge: Edge, slot: &Slot<Received>) {
        if edge != Edge::Long {
            return;
        }
        for row in &slot.rows {
            let Some(centre) = self.centres.get_mut(PsapId(row.psap).index()) else { continue };
            centre.long.seen -= u32::from(row.received);
            centre.answered -= u32::from(row.answered);
            centre.in_target -= u32::from(row.in_target);
            centre.abandoned -= u32::from(row.abandoned);
        }
        for (centre, expected) in self.centres.iter_mut().zip(&slot.expected.psaps) {
            centre.long.expected -= u64::from(*expected);
        }
    }

    /// Lets the states follow. The charts have an end of their own, so the machine only asks for patience.
    pub fn settle(&mut self, frame: u32, network: &Network) {
        for (centre, psap) in self.centres.iter_mut().zip(&network.psaps) {
            let proposed = centre.judge(psap.target_share);
            centre.machine.propose(frame, proposed, u32::MAX);
        }
    }

    /// Takes the count of the minute that is over for each psap.
    pub fn take_minute(&mut self) -> impl Iterator<Item = u16> + '_ {
        self.centres.iter_mut().map(|centre| std::mem::take(&mut centre.minute))
    }
}

/// The call servers.
#[derive(Debug, Clone, Default)]
pub struct Switching {
    ring: Ring<ServerGauge>,
    /// Per server: set-ups sent to it that progressed.
    pub servers: Vec<Track>,
    /// Per software group.
    pub software: Vec<Track>,
    /// The last gauges.
    pub gauges: Vec<ServerGauge>,
    /// Set-ups offered in the short window, per server.
    pub setups: Vec<u32>,
}

/// Set-ups of a frame that progressed and that did not, as its neighbours see it.
fn progressed(gauge: &ServerGauge) -> (u32, u32) {
    let failed = (u32::from(gauge.refused) + u32::from(gauge.silent)).min(u32::from(gauge.setups));
    (u32::from(gauge.setups) - failed, failed)
}

impl Switching {
    /// Nothing heard yet.
    pub fn new(tables: &Tables, servers: usize) -> Self {
        Self {
            ring: Ring::default(),
            servers: vec![Track::default(); servers],
            software: vec![Track::default(); tables.software.len()],
            gauges: Vec::new(),
            setups: vec![0; servers],
        }
    }

    /// Puts other frames in place of those of the last hour: none while a board is kept, the same again from the tape.
    pub fn take_frames(&mut self, ring: Ring<ServerGauge>) {
        self.ring = ring;
    }

    /// A frame enters.
    pub fn enter(&mut self, tables: &Tables, slot: Arc<Slot<ServerGauge>>) {
        let mut software = vec![(0, 0); self.software.len()];
        for (i, gauge) in slot.rows.iter().enumerate() {
            let (ok, failed) = progressed(gauge);
            if let (Some(track), Some(setups)) = (self.servers.get_mut(i), self.setups.get_mut(i)) {
                track.enter(slot.of, ok, failed);
                *setups += u32::from(gauge.setups);
            }
            if let Some(sum) = tables.software_of.get(i).and_then(|group| software.get_mut(*group)) {
                *sum = (sum.0 + ok, sum.1 + failed);
            }
        }
        for (track, (ok, failed)) in self.software.iter_mut().zip(software) {
            track.enter(slot.of, ok, failed);
        }
        self.gauges.clone_from(&slot.rows);
        self.ring.push(slot);
        while let Some((edge, slot)) = self.ring.leaving() {
            self.leave(tables, edge, &slot);
        }
    }

    fn leave(&mut self, tables: &Tables, edge: Edge, slot: &Slot<ServerGauge>) {
        let leave = |track: &mut Track, ok, failed| match edge {
            Edge::Short => track.leave_short(ok, failed),
            Edge::Mid => {}
            Edge::Long => track.leave_long(ok, failed),
        };
        for (i, gauge) in slot.rows.iter().enumerate() {
            let (ok, failed) = progressed(gauge);
            if let Some(track) = self.servers.get_mut(i) {
                leave(track, ok, failed);
            }
            if let Some(track) = tables.software_of.get(i).and_then(|group| self.software.get_mut(*group)) {
                leave(track, ok, failed);
            }
            if let Some(setups) = self.setups.get_mut(i).filter(|_| edge == Edge::Short) {
                *setups -= u32::from(gauge.setups);
            }
        }
    }

    /// Lets the states follow.
    pub fn settle(&mut self, frame: u32) {
        for track in self.servers.iter_mut().chain(&mut self.software) {
            track.settle(frame);
        }
    }

    /// The state of a server: what its neighbours see; its own word counts only when it is bad.
    pub fn state(&self, server: usize) -> State {
        let seen = self.servers.get(server).map_or(State::Unknown, Track::state);
        let Some(gauge) = self.gauges.get(server) else { return State::Unknown };
        let says = match gauge.state {
            ServerState::Withdrawn => return State::Maintenance,
            ServerState::Down => State::Down,
            ServerState::Restarting => State::Critical,
            ServerState::Impaired => State::Watch,
            ServerState::Up => State::Unknown,
        };
        let full = f64::from(gauge.sessions) > 0.95 * f64::from(gauge.capacity);
        let looks = if full || !gauge.managed || gauge.telemetry_frozen { State::Watch } else { State::Unknown };
        super::view::worst(seen, super::view::worst(says, looks))
    }

    /// Set-ups offered per second over the short window.
    pub fn setups_per_s(&self, server: usize, frames: u32) -> f64 {
        let frames = f64::from(frames.clamp(1, SHORT));
        self.setups.get(server).map_or(0.0, |setups| f64::from(*setups) / (frames * crate::sim::FRAME_S as f64))
    }
}
