//! One future: the present, drawn anew, under one option.

use std::sync::atomic::{AtomicBool, Ordering};

use super::draw::mix;
use super::{Choice, Question};
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

/// Runs a future of an option to `horizons`; `None`: asked to stop. A lever's order takes effect at the frame boundary
/// at or after its time.
pub fn record(question: &Question, choice: u32, future: u32, horizons: &[u64], stop: &AtomicBool) -> Option<Record> {
    let mut simulation = question.present.fork();
    simulation.forget_script();
    simulation.set_scalars(&question.ranges.draw(question.seed, u64::from(future / 2)));
    simulation.reseed(mix(question.seed ^ 0x5eed, u64::from(future)));
    let start = simulation.now();
    let before = counts(&simulation);
    let nothing = Choice::nothing();
    let levers = &question.choices.get(choice as usize).unwrap_or(&nothing).levers;
    let mut levers = levers.iter().peekable();
    let mut outcomes = Vec::with_capacity(horizons.len());
    for horizon in horizons {
        let end = SimTime(start.0 + horizon * SimTime::SECOND);
        while let Some((at, lever)) = levers.next_if(|(at, _)| at < horizon) {
            let frame = FRAME_S * SimTime::SECOND;
            let at = SimTime((start.0 + at * SimTime::SECOND).div_ceil(frame) * frame);
            if !advance(&mut simulation, at, stop) {
                return None;
            }
            simulation.apply(&Input::Lever(lever.clone()));
        }
        if !advance(&mut simulation, end, stop) {
            return None;
        }
        let now = counts(&simulation);
        outcomes.push(Outcome {
            lost: now.lost - before.lost,
            in_target: now.in_target - before.in_target,
            attempts: now.attempts - before.attempts,
        });
    }
    Some(Record { choice, future, outcomes })
}
