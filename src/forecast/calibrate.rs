//! Do the bands hold? Futures against a reality that they have not seen, also when the twin is wrong about it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::band::Band;
use super::draw::{Ranges, mix};
use super::future::record;
use super::setup::Setup;
use super::workers::each;
use super::{Choice, HORIZONS_S, Question};
use crate::network::{Element, FaultKind, ServerId};
use crate::sim::{Input, Scalars, SimTime, Simulation};

/// In what the twin is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// In nothing: seeds and parameters held out.
    Nothing,
    /// A call server swallows a fifth of its calls for ten minutes, and the twin does not know.
    HiddenFault,
    /// More people call than the twin thinks: + 15 %.
    DemandUp,
    /// Fewer: − 15 %.
    DemandDown,
    /// They redial half as much again.
    RedialUp,
    /// They redial half as much.
    RedialDown,
    /// The twin is two minutes behind.
    OldTelemetry,
}

impl Wrong {
    /// All, in the order of the table.
    pub const ALL: [Self; 7] = [
        Self::Nothing,
        Self::HiddenFault,
        Self::DemandUp,
        Self::DemandDown,
        Self::RedialUp,
        Self::RedialDown,
        Self::OldTelemetry,
    ];

    /// Its word in message ids and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::HiddenFault => "hidden-fault",
            Self::DemandUp => "demand-up",
            Self::DemandDown => "demand-down",
            Self::RedialUp => "redial-up",
            Self::RedialDown => "redial-down",
            Self::OldTelemetry => "old-telemetry",
        }
    }

    fn bend(self, mut scalars: Scalars) -> Scalars {
        let redial = |scalars: &mut Scalars, factor: f64| {
            for p in &mut scalars.redial {
                *p = (*p * factor).min(0.98);
            }
        };
        match self {
            Self::DemandUp => scalars.demand *= 1.15,
            Self::DemandDown => scalars.demand *= 0.85,
            Self::RedialUp => redial(&mut scalars, 1.5),
            Self::RedialDown => redial(&mut scalars, 0.5),
            Self::Nothing | Self::HiddenFault | Self::OldTelemetry => {}
        }
        scalars
    }
}

/// The least and the most that a band of 90 % may cover to count as calibrated.
pub const HOLDS: (f64, f64) = (0.85, 0.95);
/// How long the wrong has been at work before the forecast \[s\].
const LEAD_S: u64 = 1_800;
/// How long a hidden fault has been there \[s\].
const HIDDEN_S: u64 = 600;
/// How far old telemetry is behind \[s\].
const OLD_S: u64 = 120;

/// What is tried.
#[derive(Debug, Clone)]
pub struct Trials {
    /// The scenario.
    pub setup: Setup,
    /// Times of the forecasts \[s since its start\], each used in turn.
    pub at_s: Vec<u64>,
    /// Forecasts per wrong.
    pub trials: u32,
    /// Futures per forecast.
    pub futures: u32,
    /// Root of all draws.
    pub seed: u64,
}

/// How often a band of 90 % held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coverage {
    /// Share of trials in which what happened lay in the band.
    pub share: f64,
    /// 95 % interval of that share (Wilson 1927).
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Coverage {
    fn of(held: usize, trials: usize) -> Self {
        let (n, z2) = (trials as f64, 1.959_963_984_540_054_f64.powi(2));
        let share = held as f64 / n.max(1.0);
        let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = (z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
        Self { share, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
    }

    /// Does it cover 85–95 %?
    pub fn holds(&self) -> bool {
        (HOLDS.0..=HOLDS.1).contains(&self.share)
    }
}

/// A row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrationRow {
    /// In what the twin is wrong.
    pub wrong: Wrong,
    /// People lost, by horizon.
    pub lost: Vec<Coverage>,
    /// Calls answered within target, by horizon.
    pub in_target: Vec<Coverage>,
}

impl Trials {
    /// The table; `step` is called after each trial.
    pub fn run(&self, threads: usize, step: &(dyn Fn() + Sync)) -> Vec<CalibrationRow> {
        Wrong::ALL.iter().map(|wrong| self.row(*wrong, threads, step)).collect()
    }

    fn row(&self, wrong: Wrong, threads: usize, step: &(dyn Fn() + Sync)) -> CalibrationRow {
        let held = each(self.trials as usize, threads, step, &|k| self.trial(wrong, k as u64));
        let coverage = |of: fn(&(bool, bool)) -> bool| {
            let by = |h: usize| held.iter().filter(|trial| trial.get(h).is_some_and(of)).count();
            (0..HORIZONS_S.len()).map(|h| Coverage::of(by(h), held.len())).collect()
        };
        CalibrationRow { wrong, lost: coverage(|h| h.0), in_target: coverage(|h| h.1) }
    }

    /// One forecast: by horizon, whether what happened lay in the bands of lost and of answered in target.
    fn trial(&self, wrong: Wrong, k: u64) -> Vec<(bool, bool)> {
        let ranges = Ranges::of(&self.setup.scenario);
        let root = mix(self.seed ^ 0xca_11b7, k);
        let at = self.at_s[k as usize % self.at_s.len().max(1)].max(LEAD_S);
        let mut base = Simulation::new(Arc::clone(&self.setup.plan), mix(root, 0));
        base.advance(SimTime::secs(at - LEAD_S));
        let mut reality = base.fork();
        reality.set_scalars(&wrong.bend(ranges.draw(mix(root, 1), 0)));
        reality.advance(SimTime::secs(at - HIDDEN_S));
        if wrong == Wrong::HiddenFault && !self.setup.scenario.network.call_servers.is_empty() {
            let last = ServerId(self.setup.scenario.network.call_servers.len() as u16 - 1);
            let kind = FaultKind::Blackhole { p: 0.2, leak: false };
            reality.apply(&Input::Fault { kind, on: vec![Element::Server(last)] });
        }
        reality.advance(SimTime::secs(at));
        let present = match wrong {
            Wrong::Nothing => reality.fork(),
            Wrong::OldTelemetry => {
                let mut twin = base;
                twin.set_scalars(reality.scalars());
                twin.advance(SimTime::secs(at - OLD_S));
                twin
            }
            _ => {
                base.advance(SimTime::secs(at));
                base
            }
        };
        let question = Question {
            present,
            choices: vec![Choice::nothing()],
            pairs: Vec::new(),
            horizons_s: HORIZONS_S.to_vec(),
            futures: self.futures,
            first: None,
            seed: mix(root, 2),
            ranges,
        };
        let stop = AtomicBool::new(false);
        let futures = (0..self.futures.max(2).next_multiple_of(2))
            .filter_map(|f| record(&question, 0, f, &HORIZONS_S, &stop))
            .collect::<Vec<_>>();
        reality.forget_script();
        reality.reseed(mix(root, 3));
        let counts = |s: &Simulation| (lost(s), s.waits().in_target as f64);
        let before = counts(&reality);
        HORIZONS_S
            .iter()
            .enumerate()
            .map(|(h, horizon)| {
                reality.advance(SimTime::secs(at + horizon));
                let now = counts(&reality);
                let band = |of: fn(&super::Outcome) -> i64| {
                    Band::of(
                        &futures.iter().filter_map(|r| r.outcomes.get(h)).map(|o| of(o) as f64).collect::<Vec<_>>(),
                    )
                };
                let inside = |band: Band, value: f64| (band.low..=band.high).contains(&value);
                (inside(band(|o| o.lost), now.0 - before.0), inside(band(|o| o.in_target), now.1 - before.1))
            })
            .collect()
    }
}

fn lost(simulation: &Simulation) -> f64 {
    let truth = simulation.truth();
    (truth.lost_network + truth.lost_psap) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_of_a_share_is_wilsons() {
        let c = Coverage::of(90, 100);
        assert!((c.low - 0.8256).abs() < 1e-3 && (c.high - 0.9448).abs() < 1e-3, "{c:?}");
        assert!(c.holds() && !Coverage::of(80, 100).holds() && !Coverage::of(100, 100).holds());
    }

    #[test]
    fn a_twin_that_is_right_covers_more_than_one_that_thinks_too_few_call() {
        let network = super::super::shipped::france().expect("reads");
        let crisis = super::super::shipped::crisis("june-2021").expect("known").expect("reads");
        let setup = Setup::of(&network, &crisis).expect("fits");
        let trials = Trials { setup, at_s: vec![7_200], trials: 12, futures: 16, seed: 5 };
        let none = || ();
        let (right, wrong) = (trials.row(Wrong::Nothing, 2, &none), trials.row(Wrong::DemandDown, 2, &none));
        let share = |row: &CalibrationRow| row.in_target.iter().map(|c| c.share).sum::<f64>();
        assert!(share(&right) > share(&wrong), "{right:?}\n{wrong:?}");
    }
}
