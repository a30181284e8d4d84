//! What runs add up to: counts per window, by service, zone, line and psap; figures with their spread over runs.
//!
//! Does not belong here: how a table looks.

mod figure;
mod observe;
mod spread;

use std::sync::Arc;

pub use self::figure::{FIGURES, Snapshot};
pub use self::observe::{ELEMENT_FIGURES, Observer};
pub use self::spread::{Moments, batch_means, t95};
use super::{FRAME_S, Input, LeverResult, Plan, Sample, SimTime, Simulation, Truth};
use crate::network::{LineId, ServiceId, ZoneId};

/// A stretch of a run over which counts are added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Name in reports.
    pub name: String,
    /// First second, since the scenario's start; rounded down to a frame.
    pub from_s: u64,
    /// Second after the last.
    pub to_s: u64,
}

/// Counts of attempts: the same as [`super::CellCount`], over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// Attempts begun.
    pub attempts: u64,
    /// Reached the psap's side.
    pub delivered: u64,
    /// Answered by a person.
    pub answered: u64,
    /// Busy at the psap.
    pub busy: u64,
    /// Hung up in a queue.
    pub abandoned: u64,
    /// Refused by the network.
    pub refused: u64,
    /// Swallowed.
    pub silent: u64,
    /// Cut after the answer.
    pub dropped: u64,
}

impl Sum {
    /// Attempts that the network did not deliver.
    pub fn not_delivered(&self) -> u64 {
        self.refused + self.silent
    }

    /// Share of attempts not delivered (refused or swallowed, over attempts); `None` without attempts.
    pub fn lost_share(&self) -> Option<f64> {
        (self.attempts > 0).then(|| self.not_delivered() as f64 / self.attempts as f64)
    }

    /// Answer-seizure ratio, ITU-T E.425; `None` without attempts.
    pub fn asr(&self) -> Option<f64> {
        (self.attempts > 0).then(|| self.answered as f64 / self.attempts as f64)
    }

    fn add(&mut self, other: &Self) {
        self.attempts += other.attempts;
        self.delivered += other.delivered;
        self.answered += other.answered;
        self.busy += other.busy;
        self.abandoned += other.abandoned;
        self.refused += other.refused;
        self.silent += other.silent;
        self.dropped += other.dropped;
    }
}

impl From<&super::CellCount> for Sum {
    fn from(cell: &super::CellCount) -> Self {
        Self {
            attempts: cell.attempts.into(),
            delivered: cell.delivered.into(),
            answered: cell.answered.into(),
            busy: cell.busy.into(),
            abandoned: cell.abandoned.into(),
            refused: cell.refused.into(),
            silent: cell.silent.into(),
            dropped: cell.dropped.into(),
        }
    }
}

/// Counts of a psap over a window, all services and substitutes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PsapSum {
    /// Calls that arrived.
    pub received: u64,
    /// Answered.
    pub answered: u64,
    /// Answered within the psap's target.
    pub in_target: u64,
    /// Hung up before.
    pub abandoned: u64,
}

/// Counts of a call server over a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerSum {
    /// Emergency set-ups offered.
    pub setups: u64,
    /// Of which refused.
    pub refused: u64,
    /// Of which swallowed.
    pub silent: u64,
}

/// One window of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowReport {
    /// Which.
    pub window: Window,
    /// By cell (zone × service × line).
    pub cells: Vec<Sum>,
    /// By psap.
    pub psaps: Vec<PsapSum>,
    /// By call server.
    pub servers: Vec<ServerSum>,
    /// What the simulator knows of the window: differences between its end and its start; `pending` is at its end.
    pub truth: Truth,
    services: usize,
    lines: usize,
}

impl WindowReport {
    /// Sum over the cells that a filter keeps.
    pub fn sum(&self, keep: impl Fn(ZoneId, ServiceId, LineId) -> bool) -> Sum {
        let mut total = Sum::default();
        for (i, cell) in self.cells.iter().enumerate() {
            let (row, line) = (i / self.lines, i % self.lines);
            let (zone, service) = (row / self.services, row % self.services);
            if keep(ZoneId(zone as u16), ServiceId(service as u8), LineId(line as u8)) {
                total.add(cell);
            }
        }
        total
    }

    /// Everything.
    pub fn total(&self) -> Sum {
        self.sum(|_, _, _| true)
    }

    /// By service.
    pub fn by_service(&self) -> Vec<Sum> {
        (0..self.services).map(|s| self.sum(|_, service, _| service.index() == s)).collect()
    }

    /// By line.
    pub fn by_line(&self) -> Vec<Sum> {
        (0..self.lines).map(|l| self.sum(|_, _, line| line.index() == l)).collect()
    }

    /// By zone × service.
    pub fn by_zone_service(&self) -> Vec<(ZoneId, ServiceId, Sum)> {
        self.cells
            .chunks(self.lines.max(1))
            .enumerate()
            .map(|(row, lines)| {
                let mut sum = Sum::default();
                for cell in lines {
                    sum.add(cell);
                }
                (ZoneId((row / self.services) as u16), ServiceId((row % self.services) as u8), sum)
            })
            .collect()
    }
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunReport {
    /// Its seed.
    pub seed: u64,
    /// Its windows, as they were asked for.
    pub windows: Vec<WindowReport>,
    /// The simulator's own knowledge at the end.
    pub truth: Truth,
    /// Events processed.
    pub events: u64,
    /// Digest of the final state.
    pub digest: u64,
    /// Levers and what became of them.
    pub levers: Vec<LeverResult>,
}

/// Adds frames up into windows.
#[derive(Debug, Clone)]
pub struct Accumulator {
    windows: Vec<WindowReport>,
    /// Truth at the end of the last frame.
    last: Truth,
}

impl Accumulator {
    /// For a plan and the windows of interest, which may overlap.
    pub fn new(plan: &Plan, windows: &[Window]) -> Self {
        let empty = |window: &Window| WindowReport {
            window: window.clone(),
            cells: vec![Sum::default(); plan.zones * plan.services * plan.lines],
            psaps: vec![PsapSum::default(); plan.psaps.len()],
            servers: vec![ServerSum::default(); plan.servers.len()],
            truth: Truth::default(),
            services: plan.services,
            lines: plan.lines,
        };
        Self { windows: windows.iter().map(empty).collect(), last: Truth::default() }
    }

    /// Adds a frame to the windows it lies in.
    pub fn add(&mut self, sample: &Sample) {
        let start = u64::from(sample.index) * FRAME_S;
        for report in &mut self.windows {
            let Window { from_s, to_s, .. } = report.window;
            if start / FRAME_S < from_s / FRAME_S || start >= to_s {
                continue;
            }
            for cell in &sample.cells {
                report.cells[cell.cell as usize].add(&Sum::from(cell));
            }
            for row in &sample.received {
                let psap = &mut report.psaps[row.psap as usize];
                psap.received += u64::from(row.received);
                psap.answered += u64::from(row.answered);
                psap.in_target += u64::from(row.in_target);
                psap.abandoned += u64::from(row.abandoned);
            }
            for (server, gauge) in report.servers.iter_mut().zip(&sample.servers) {
                server.setups += u64::from(gauge.setups);
                server.refused += u64::from(gauge.refused);
                server.silent += u64::from(gauge.silent);
            }
            grow(&mut report.truth, &self.last, &sample.truth);
        }
        self.last = sample.truth;
    }

    /// The windows as they stand.
    pub fn windows(&self) -> &[WindowReport] {
        &self.windows
    }
}

/// Adds what happened between two truths.
fn grow(sum: &mut Truth, from: &Truth, to: &Truth) {
    // A cut call takes a served need back, so a difference may be negative.
    let step = |sum: &mut u64, from: u64, to: u64| *sum = sum.wrapping_add(to.wrapping_sub(from));
    step(&mut sum.needs, from.needs, to.needs);
    step(&mut sum.served_first, from.served_first, to.served_first);
    step(&mut sum.served_later, from.served_later, to.served_later);
    step(&mut sum.served_elsewhere, from.served_elsewhere, to.served_elsewhere);
    step(&mut sum.served_substitute, from.served_substitute, to.served_substitute);
    step(&mut sum.own_means, from.own_means, to.own_means);
    step(&mut sum.lost_network, from.lost_network, to.lost_network);
    step(&mut sum.lost_psap, from.lost_psap, to.lost_psap);
    step(&mut sum.attempts, from.attempts, to.attempts);
    step(&mut sum.not_delivered, from.not_delivered, to.not_delivered);
    sum.pending = to.pending;
}

/// Runs a plan from 0 to `until_s`, frame by frame, taking `inputs` at the first frame boundary at or after their
/// time (they must be in order of time).
pub fn run(plan: &Arc<Plan>, seed: u64, until_s: u64, windows: &[Window], inputs: &[(SimTime, Input)]) -> RunReport {
    let mut simulation = Simulation::new(Arc::clone(plan), seed);
    let mut sums = Accumulator::new(plan, windows);
    let mut inputs = inputs.iter().peekable();
    while simulation.now() < SimTime::secs(until_s) {
        while let Some((_, input)) = inputs.next_if(|(at, _)| *at <= simulation.now()) {
            simulation.apply(input);
        }
        sums.add(&simulation.next_sample());
    }
    RunReport {
        seed,
        windows: sums.windows,
        truth: simulation.truth(),
        events: simulation.events(),
        digest: simulation.digest(),
        levers: simulation.levers().to_vec(),
    }
}
