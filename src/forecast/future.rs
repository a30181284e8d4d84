//! One future: the present, drawn anew, under one option.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Question;
use super::assimilate::Draw;
use super::draw::mix;
use crate::sim::{FRAME_S, Input, SimTime, Simulation};

/// Simulated time between two looks at the flag that says stop \[s\]: well below a millisecond of work.
const LOOK_S: u64 = 60;

/// What has happened between now and a horizon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// People who gave up, unserved.
    pub lost: i64,
    /// Calls answered within the centre's target.
    pub in_target: i64,
    /// Calls that people in need made.
    pub attempts: i64,
}

/// One future of one option: an outcome for each horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Index of the option.
    pub choice: u32,
    /// Index of the future.
    pub future: u32,
    /// By horizon.
    pub outcomes: Vec<Outcome>,
}

fn counts(simulation: &Simulation) -> Outcome {
    let truth = simulation.truth();
    Outcome {
        lost: (truth.lost_network + truth.lost_psap) as i64,
        in_target: simulation.waits().in_target as i64,
        attempts: truth.attempts as i64,
    }
}

/// Advances in small steps; `false`: asked to stop.
fn advance(simulation: &mut Simulation, to: SimTime, stop: &AtomicBool) -> bool {
    while simulation.now() < to {
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        simulation.advance(to.min(SimTime(simulation.now().0 + LOOK_S * SimTime::SECOND)));
    }
    true
}

/// A future under way: it can be run to the nearer horizons first and to the farther ones later.
#[derive(Debug)]
pub(super) struct Future {
    pub choice: u32,
    pub index: u32,
    simulation: Simulation,
    start: SimTime,
    before: Outcome,
    /// Levers of the option that were ordered.
    ordered: usize,
    pub outcomes: Vec<Outcome>,
}

impl Future {
    /// The present, drawn anew.
    pub fn new(question: &Question, drawn: &[Draw], choice: u32, future: u32) -> Self {
        let mut simulation = question.present.fork();
        simulation.forget_script();
        let draw = drawn.get(future as usize / 2);
        let scalars = draw.map(|draw| draw.scalars);
        let scalars = scalars.unwrap_or_else(|| question.ranges.spread(question.seed, u64::from(future / 2)));
        simulation.set_scalars(&scalars);
        simulation.reseed(mix(question.seed ^ 0x5eed, u64::from(future)));
        if let Some(hidden) = draw.and_then(Draw::input) {
            simulation.apply(&hidden);
        }
        simulation.advance(SimTime(simulation.now().0 + question.lag_s * SimTime::SECOND));
        let (start, before) = (simulation.now(), counts(&simulation));
        Self { choice, index: future, simulation, start, before, ordered: 0, outcomes: Vec::new() }
    }

    /// Goes on to each of `horizons` that is still ahead; `false`: asked to stop. A lever's order takes effect at the
    /// frame boundary at or after its time.
    pub fn run(&mut self, question: &Question, horizons: &[u64], stop: &AtomicBool) -> bool {
        let levers = question.choices.get(self.choice as usize).map(|c| c.levers.as_slice()).unwrap_or_default();
        for horizon in horizons.iter().skip(self.outcomes.len()) {
            let end = SimTime(self.start.0 + horizon * SimTime::SECOND);
            while let Some((at, lever)) = levers.get(self.ordered).filter(|(at, _)| at < horizon) {
                let frame = FRAME_S * SimTime::SECOND;
                let at = SimTime((self.start.0 + at * SimTime::SECOND).div_ceil(frame) * frame);
                if !advance(&mut self.simulation, at, stop) {
                    return false;
                }
                self.simulation.apply(&Input::Lever(lever.clone()));
                self.ordered += 1;
            }
            if !advance(&mut self.simulation, end, stop) {
                return false;
            }
            let now = counts(&self.simulation);
            self.outcomes.push(Outcome {
                lost: now.lost - self.before.lost,
                in_target: now.in_target - self.before.in_target,
                attempts: now.attempts - self.before.attempts,
            });
        }
        true
    }

    /// What it came to.
    pub fn record(&self) -> Record {
        Record { choice: self.choice, future: self.index, outcomes: self.outcomes.clone() }
    }
}

/// Runs a future of an option to `horizons`, its unknowns drawn from the ranges; `None`: asked to stop.
pub fn record(question: &Question, choice: u32, future: u32, horizons: &[u64], stop: &AtomicBool) -> Option<Record> {
    let mut running = Future::new(question, &[], choice, future);
    running.run(question, horizons, stop).then(|| running.record())
}
