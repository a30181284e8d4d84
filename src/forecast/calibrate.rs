//! Do the bands hold? Futures against a reality that they have not seen, also when the twin is wrong about it.

use std::cmp::Ordering;
use std::sync::Arc;

use super::assimilate::Past;
use super::band::Band;
use super::draw::{Ranges, mix};
use super::setup::Setup;
use super::workers::{answer, each};
use super::{Choice, HORIZONS_S, Question};
use crate::network::{Element, FaultKind, Scenario, ServerId};
use crate::sim::{Input, Plan, Scalars, SimTime, Simulation};

/// In what the twin is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// In nothing, and it is the network itself, as in an exercise: seeds and parameters held out.
    Nothing,
    /// In nothing, but it is kept by telemetry and does not know that it is right.
    Right,
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
    pub const ALL: [Self; 8] = [
        Self::Nothing,
        Self::Right,
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
            Self::Right => "right",
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
            Self::Nothing | Self::Right | Self::HiddenFault | Self::OldTelemetry => {}
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
/// Times the expected demand that a twin has room for.
const ROOM: f64 = 1.6;

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
    /// Share of trials in which what happened lay below the band.
    pub below: f64,
    /// Above it.
    pub above: f64,
    /// Mean share of the bands' variance that is chance; the rest is ignorance.
    pub noise: f64,
}

/// Where what happened lay.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seat {
    side: Ordering,
    noise: f64,
}

impl Seat {
    fn of(band: Band, value: f64) -> Self {
        let side = if value < band.low {
            Ordering::Less
        } else if value > band.high {
            Ordering::Greater
        } else {
            Ordering::Equal
        };
        Self { side, noise: band.noise }
    }
}

/// Wilson's 95 % interval of a share that was seen.
fn wilson(held: usize, trials: usize) -> (f64, f64) {
    let (n, z2) = (trials as f64, 1.959_963_984_540_054_f64.powi(2));
    let share = held as f64 / n.max(1.0);
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = (z2 * (share * (1.0 - share) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

impl Coverage {
    fn of(seats: &[Seat]) -> Self {
        let share = |side| seats.iter().filter(|seat| seat.side == side).count() as f64 / (seats.len() as f64).max(1.0);
        let noise = seats.iter().map(|seat| seat.noise).sum::<f64>() / (seats.len() as f64).max(1.0);
        let held = seats.iter().filter(|seat| seat.side == Ordering::Equal).count();
        let (low, high) = wilson(held, seats.len());
        Self {
            share: share(Ordering::Equal),
            low,
            high,
            below: share(Ordering::Less),
            above: share(Ordering::Greater),
            noise,
        }
    }

    /// Does it cover 85–95 %, as far as was tried?
    pub fn holds(&self) -> bool {
        (HOLDS.0..=HOLDS.1).contains(&self.share)
    }

    /// Does its whole interval lie outside 85–95 %?
    fn fails(&self) -> bool {
        self.high < HOLDS.0 || self.low > HOLDS.1
    }
}

/// What the trials allow to be said of some bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calibrated {
    /// Every share lies within 85–95 %, and none of their intervals is wider than that.
    Yes,
    /// The whole interval of a share lies outside 85–95 %.
    No,
    /// Neither: more trials would tell.
    TooFew,
}

impl Calibrated {
    /// Of the bands of one figure at several horizons.
    pub fn of(coverages: &[Coverage]) -> Self {
        let sharp = |c: &Coverage| c.high - c.low <= HOLDS.1 - HOLDS.0;
        if coverages.iter().any(Coverage::fails) {
            Self::No
        } else if coverages.iter().all(|c| c.holds() && sharp(c)) {
            Self::Yes
        } else {
            Self::TooFew
        }
    }

    /// Its word in message ids and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Yes => "calibrated",
            Self::No => "not-calibrated",
            Self::TooFew => "too-few",
        }
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
    /// The rows of the table that are asked for; `step` is called after each trial.
    ///
    /// # Errors
    /// When the scenario cannot be compiled with room for more callers than it expects.
    pub fn run(
        &self,
        wrongs: &[Wrong],
        threads: usize,
        step: &(dyn Fn() + Sync),
    ) -> Result<Vec<CalibrationRow>, String> {
        let roomy = self.roomy()?;
        Ok(wrongs.iter().map(|wrong| self.row(&roomy, *wrong, threads, step)).collect())
    }

    /// The same scenario, compiled so that demand may leave its range: more callers than the highest plausible would
    /// otherwise be cut off.
    fn roomy(&self) -> Result<Arc<Plan>, String> {
        let mut scenario = Scenario::clone(&self.setup.scenario);
        for row in &mut scenario.network.demand {
            row.per_day.high = Some(row.per_day.high.unwrap_or(0.0).max(row.per_day.value * ROOM));
        }
        Ok(Setup::compile(scenario)?.plan)
    }

    fn row(&self, plan: &Arc<Plan>, wrong: Wrong, threads: usize, step: &(dyn Fn() + Sync)) -> CalibrationRow {
        let held = each(self.trials as usize, threads, step, &|k| self.trial(plan, wrong, k as u64));
        let coverage = |of: fn(&(Seat, Seat)) -> Seat| {
            let by = |h: usize| held.iter().filter_map(|trial| trial.get(h).map(of)).collect::<Vec<_>>();
            (0..HORIZONS_S.len()).map(|h| Coverage::of(&by(h))).collect()
        };
        CalibrationRow { wrong, lost: coverage(|h| h.0), in_target: coverage(|h| h.1) }
    }

    /// One forecast: by horizon, where what happened lay against the bands of lost and of answered in target.
    fn trial(&self, plan: &Arc<Plan>, wrong: Wrong, k: u64) -> Vec<(Seat, Seat)> {
        let ranges = Ranges::of(&self.setup.scenario);
        // Other draws in every row: a row must not repeat the luck of another.
        let root = mix(mix(self.seed ^ 0xca_11b7, wrong as u64), k);
        let at = self.at_s[k as usize % self.at_s.len().max(1)].max(LEAD_S);
        let mut twin = Simulation::new(Arc::clone(plan), mix(root, 0));
        twin.advance(SimTime::secs(at - LEAD_S));
        let (before, mut reality) = (twin.fork(), twin.fork());
        reality.set_scalars(&wrong.bend(ranges.draw(mix(root, 1), 0)));
        let servers = self.setup.scenario.network.call_servers.len() as u16;
        let lag_s = if wrong == Wrong::OldTelemetry { OLD_S } else { 0 };
        let ends = [at - HIDDEN_S - lag_s, at - lag_s].map(SimTime::secs);
        let mut seen = reality.fork();
        let fault = (wrong == Wrong::HiddenFault && servers > 0).then(|| Input::Fault {
            kind: FaultKind::Blackhole { p: 0.2, leak: false },
            on: vec![Element::Server(ServerId(servers - 1))],
        });
        // The hidden fault begins with the last window of the telemetry.
        let past = match &fault {
            None => Past::of(before, &mut seen, ends, servers),
            Some(fault) => {
                let mut past = Past::of(before.fork(), &mut seen.fork(), ends, servers);
                seen.advance(ends[0]);
                seen.apply(fault);
                past.seen[1] = Past::of(before, &mut seen, [ends[1]; 2], servers).seen[0];
                past
            }
        };
        reality = if lag_s == 0 { seen } else { reality };
        reality.advance(SimTime::secs(at));
        twin.advance(SimTime::secs(at - lag_s));
        let question = Question {
            present: if wrong == Wrong::Nothing { reality.fork() } else { twin },
            choices: vec![Choice::nothing()],
            pairs: Vec::new(),
            horizons_s: HORIZONS_S.to_vec(),
            futures: self.futures,
            first: None,
            seed: mix(root, 2),
            ranges,
            lag_s,
            past: (wrong != Wrong::Nothing).then_some(past),
        };
        let answer = answer(&question, 1);
        // What is to come must not be what was forked.
        reality.forget_script();
        reality.reseed(mix(root, 3));
        let counts = |s: &Simulation| (lost(s), s.waits().in_target as f64);
        let before = counts(&reality);
        let cells = answer.outlooks.iter().flat_map(|outlook| &outlook.cells);
        cells
            .zip(HORIZONS_S)
            .map(|(cell, horizon)| {
                reality.advance(SimTime::secs(at + horizon));
                let now = counts(&reality);
                (Seat::of(cell.lost, now.0 - before.0), Seat::of(cell.in_target, now.1 - before.1))
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
        let of = |held: usize| {
            let seat = |k| if k < held { Ordering::Equal } else { Ordering::Less };
            Coverage::of(&(0..100).map(|k| Seat { side: seat(k), noise: 1.0 }).collect::<Vec<_>>())
        };
        let c = of(90);
        assert!((c.low - 0.8256).abs() < 1e-3 && (c.high - 0.9448).abs() < 1e-3, "{c:?}");
        assert!(c.holds() && !of(80).holds() && !of(100).holds());
    }

    #[test]
    fn few_trials_tell_nothing_unless_they_fail_badly() {
        let of = |held: usize, trials: usize| {
            let side = |k| if k < held { Ordering::Equal } else { Ordering::Less };
            Coverage::of(&(0..trials).map(|k| Seat { side: side(k), noise: 1.0 }).collect::<Vec<_>>())
        };
        // Seven of ten happens once in a hundred where nine of ten is true; ten of ten once in three.
        for held in [7, 8, 9, 10] {
            assert_eq!(Calibrated::of(&[of(held, 10)]), Calibrated::TooFew, "{held} of 10");
        }
        assert_eq!(Calibrated::of(&[of(4, 10)]), Calibrated::No);
        assert_eq!(Calibrated::of(&[of(180, 200), of(174, 200)]), Calibrated::Yes);
        assert_eq!(Calibrated::of(&[of(180, 200), of(168, 200)]), Calibrated::TooFew, "84 % of 200");
        assert_eq!(Calibrated::of(&[of(180, 200), of(150, 200)]), Calibrated::No);
        assert_eq!(Calibrated::of(&[of(200, 200)]), Calibrated::No, "too wide");
    }

    #[test]
    fn telemetry_mends_what_a_wrong_twin_would_say() {
        let network = super::super::shipped::france().expect("reads");
        let crisis = super::super::shipped::crisis("june-2021").expect("known").expect("reads");
        let setup = Setup::of(&network, &crisis).expect("fits");
        let trials = Trials { setup, at_s: vec![7_200], trials: 10, futures: 20, seed: 5 };
        let row = trials.row(&trials.roomy().expect("compiles"), Wrong::DemandDown, 2, &|| ());
        // Without it six of ten would be missed.
        assert!(row.in_target.iter().all(|c| c.share > 0.6), "{row:?}");
    }
}
