//! What the telemetry of the last half hour says of the unknowns: parameters that are drawn from their ranges, and what
//! the twin does not know of at all.
//!
//! An ensemble smoother (van Leeuwen and Evensen 1996; Evensen 2009, *Data Assimilation*): the twin of half an hour ago
//! is run again to now under many draws, each with its own chance, and the unknowns of every draw are moved by the
//! regression of unknowns on counts, towards the counts that were seen. Exact where all is linear and normal; here it
//! is neither, and `vigie forecast calibrate` says how far it holds.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use super::draw::{Ranges, mix, unit};
use crate::network::{Element, FaultKind, ServerId};
use crate::sim::{Input, Scalars, SimTime, Simulation};

/// Counts in a window: attempts, attempts not delivered, calls answered within target, calls that
/// reached a centre and were not answered.
pub type Counts = [f64; FIGURES];
const FIGURES: usize = 4;
/// Windows that are looked at: one that shows what lasts, one that shows what has just begun.
const WINDOWS: usize = 2;
/// Figures of the telemetry.
const SEEN: usize = WINDOWS * FIGURES;
/// Unknowns that are moved: demand, redials (log odds), handling times, the share that something unknown swallows.
const UNKNOWN: usize = 4;
/// Draws that are run again; half as many would leave the regression to chance.
const DRAWS: usize = 96;
/// How far the unknowns may lie outside the scenario's ranges, as factors: nobody knows how good a range is.
const DEMAND: (f64, f64) = (0.8, 1.25);
const REDIAL: (f64, f64) = (0.35, 1.75);
/// Share of the draws in which they do.
const BEYOND: f64 = 0.6;
/// Share of the draws in which a call server swallows calls and the twin does not know, and the most it swallows.
const HIDDEN: f64 = 0.4;
const SWALLOWS: f64 = 0.4;
/// Least share that counts as a fault.
const LEAST: f64 = 0.01;

/// What a network counted since its start, as its operator and its centres see it.
pub fn counted(simulation: &Simulation) -> Counts {
    let (truth, waits) = (simulation.truth(), simulation.waits());
    let unanswered = waits.received.saturating_sub(waits.people_answered);
    [truth.attempts, truth.not_delivered, waits.in_target, unanswered].map(|count| count as f64)
}

/// The twin as it was, and what the network counted since.
#[derive(Debug, Clone)]
pub struct Past {
    /// The twin at the beginning of the first window.
    pub twin: Simulation,
    /// Ends of the windows, ascending; the last is the time of the telemetry.
    pub ends: [SimTime; WINDOWS],
    /// What was counted in each.
    pub seen: [Counts; WINDOWS],
    /// Call servers of the network.
    pub servers: u16,
}

impl Past {
    /// Lets a network (a simulated one) run through the windows and keeps what it counts.
    pub fn of(twin: Simulation, network: &mut Simulation, ends: [SimTime; WINDOWS], servers: u16) -> Self {
        let mut before = counted(network);
        let seen = ends.map(|end| {
            network.advance(end);
            let now = counted(network);
            let window = std::array::from_fn(|i| now[i] - before[i]);
            before = now;
            window
        });
        Self { twin, ends, seen, servers }
    }
}

/// A draw of all that is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Draw {
    /// Parameters.
    pub scalars: Scalars,
    /// A server that swallows this share of its calls.
    pub hidden: Option<(ServerId, f64)>,
}

impl Draw {
    /// The fault that the twin does not know of, as an input.
    pub(super) fn input(&self) -> Option<Input> {
        self.hidden.map(|(server, p)| Input::Fault {
            kind: FaultKind::Blackhole { p, leak: false },
            on: vec![Element::Server(server)],
        })
    }
}

/// Logarithm of a count, steady where little is counted.
fn level(count: f64) -> f64 {
    libm::log(count + 10.0)
}

/// Logarithm of the odds of a probability: what is lost goes with how rarely people do *not* try again.
fn odds(p: f64) -> f64 {
    let p = p.clamp(0.005, 0.99);
    libm::log(p / (1.0 - p))
}

fn levels(counts: &[Counts; WINDOWS]) -> [f64; SEEN] {
    std::array::from_fn(|i| level(counts[i / FIGURES][i % FIGURES]))
}

/// One draw run again.
#[derive(Debug, Clone)]
struct Again {
    scalars: Scalars,
    server: ServerId,
    unknown: [f64; UNKNOWN],
    seen: [f64; SEEN],
}

/// Draw `k`, before the telemetry is looked at, run from the past to now.
fn again(past: &Past, ranges: &Ranges, root: u64, k: usize, stop: &AtomicBool) -> Option<Again> {
    let word = |i: u64| unit(mix(mix(root ^ 0xa551_1a7e, k as u64), i));
    let mut scalars = ranges.spread(root, k as u64);
    let factor = |(low, high): (f64, f64), u: f64| libm::exp(libm::log(low) + u * libm::log(high / low));
    if word(0) < BEYOND {
        scalars.demand *= factor(DEMAND, word(1));
    }
    if word(2) < BEYOND {
        let by = factor(REDIAL, word(3));
        for p in &mut scalars.redial {
            *p = (*p * by).min(0.98);
        }
    }
    let servers = past.servers;
    let server = ServerId((word(4) * f64::from(servers)) as u16);
    let swallowed = if servers > 0 && word(5) < HIDDEN { word(6) * SWALLOWS } else { 0.0 };
    let mut twin = past.twin.fork();
    twin.set_scalars(&scalars);
    twin.reseed(mix(root ^ 0x0bad_cafe, k as u64));
    let (begin, end) = (twin.now().0, past.ends[WINDOWS - 1].0);
    // Whole frames, so that what is run again is what an input at a frame boundary would have done.
    let frame = crate::sim::FRAME_S * SimTime::SECOND;
    let at = (begin + (word(7) * end.saturating_sub(begin) as f64) as u64) / frame * frame;
    let (mut before, mut counts, mut due) = (counted(&twin), [[0.0; FIGURES]; WINDOWS], swallowed > LEAST);
    for (window, end) in counts.iter_mut().zip(past.ends) {
        if due && at < end.0 {
            twin.advance(SimTime(at));
            twin.apply(&Input::Fault {
                kind: FaultKind::Blackhole { p: swallowed, leak: false },
                on: vec![Element::Server(server)],
            });
            due = false;
        }
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        twin.advance(end);
        let now = counted(&twin);
        *window = std::array::from_fn(|i| now[i] - before[i]);
        before = now;
    }
    let unknown = [libm::log(scalars.demand), odds(scalars.redial[0]), libm::log(scalars.handling), swallowed];
    Some(Again { scalars, server, unknown, seen: levels(&counts) })
}

/// Draws that agree with what was seen; `None`: asked to stop. They do not depend on `threads`.
pub(super) fn draws(
    past: &Past,
    ranges: &Ranges,
    root: u64,
    want: usize,
    threads: usize,
    stop: &AtomicBool,
) -> Option<Vec<Draw>> {
    let (total, next, done) = (DRAWS.max(want), AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        loop {
            let k = next.fetch_add(1, Ordering::Relaxed);
            if k >= total {
                return;
            }
            let Some(one) = again(past, ranges, root, k, stop) else { return };
            done.lock().unwrap_or_else(PoisonError::into_inner).push((k, one));
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    if done.len() < total {
        return None;
    }
    done.sort_by_key(|(k, _)| *k);
    let all: Vec<Again> = done.into_iter().map(|(_, one)| one).collect();
    let gain = gain(&all);
    let target = levels(&past.seen);
    Some(all.iter().take(want).map(|one| moved(one, &gain, &target)).collect())
}

/// Regression of each unknown on the figures: covariance times the inverse of the figures' own.
fn gain(all: &[Again]) -> [[f64; SEEN]; UNKNOWN] {
    let n = all.len().max(2) as f64;
    let mean = |of: &dyn Fn(&Again) -> f64| all.iter().map(of).sum::<f64>() / n;
    let seen: [f64; SEEN] = std::array::from_fn(|i| mean(&|a| a.seen[i]));
    let unknown: [f64; UNKNOWN] = std::array::from_fn(|u| mean(&|a| a.unknown[u]));
    let own =
        |i: usize, j: usize| all.iter().map(|a| (a.seen[i] - seen[i]) * (a.seen[j] - seen[j])).sum::<f64>() / (n - 1.0);
    let mut matrix: [[f64; SEEN]; SEEN] = std::array::from_fn(|i| std::array::from_fn(|j| own(i, j)));
    for (i, row) in matrix.iter_mut().enumerate() {
        // A hundredth of its own variance: figures that say the same must not cancel into something wild.
        row[i] = row[i] * 1.01 + 1e-9;
    }
    std::array::from_fn(|u| {
        let with = std::array::from_fn(|i| {
            all.iter().map(|a| (a.unknown[u] - unknown[u]) * (a.seen[i] - seen[i])).sum::<f64>() / (n - 1.0)
        });
        solve(matrix, with)
    })
}

/// Solves a symmetric positive definite system by elimination.
fn solve(mut a: [[f64; SEEN]; SEEN], mut b: [f64; SEEN]) -> [f64; SEEN] {
    for i in 0..SEEN {
        for j in i + 1..SEEN {
            let (above, below) = a.split_at_mut(j);
            let by = below[0][i] / above[i][i];
            for (cell, from) in below[0].iter_mut().zip(above[i]).skip(i) {
                *cell -= by * from;
            }
            b[j] -= by * b[i];
        }
    }
    for i in (0..SEEN).rev() {
        let known: f64 = (i + 1..SEEN).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - known) / a[i][i];
    }
    b
}

/// A draw moved towards what was seen, as far as its unknowns explain figures; never far outside what was thought
/// possible.
fn moved(one: &Again, gain: &[[f64; SEEN]; UNKNOWN], target: &[f64; SEEN]) -> Draw {
    let by: [f64; UNKNOWN] =
        std::array::from_fn(|u| (0..SEEN).map(|i| gain[u][i] * (target[i] - one.seen[i])).sum::<f64>());
    let factor = |u: usize| libm::exp(by[u].clamp(-1.5, 1.5));
    let mut scalars = one.scalars;
    scalars.demand = (scalars.demand * factor(0)).clamp(0.5, 2.0);
    for p in &mut scalars.redial {
        *p = 1.0 / (1.0 + libm::exp(-(odds(*p) + by[1].clamp(-3.0, 3.0))));
    }
    scalars.handling = (scalars.handling * factor(2)).clamp(0.3, 3.0);
    let swallowed = one.unknown[3] + by[3];
    let hidden = (swallowed > LEAST).then(|| (one.server, swallowed.min(0.9)));
    Draw { scalars, hidden }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::forecast::setup::Setup;
    use crate::forecast::shipped;

    #[test]
    fn a_system_is_solved() {
        let a: [[f64; SEEN]; SEEN] = std::array::from_fn(|i| std::array::from_fn(|j| if i == j { 3.0 } else { 1.0 }));
        let x: [f64; SEEN] = std::array::from_fn(|i| i as f64 - 2.0);
        let b = std::array::from_fn(|i| (0..SEEN).map(|j| a[i][j] * x[j]).sum());
        for (found, wanted) in solve(a, b).iter().zip(x) {
            assert!((found - wanted).abs() < 1e-9, "{found} {wanted}");
        }
    }

    /// Mean redial factor and demand of the draws after telemetry of a network whose callers differ.
    fn learnt(bend: impl Fn(&mut Scalars)) -> (f64, f64) {
        let network = shipped::france().expect("reads");
        let crisis = shipped::crisis("june-2021").expect("known").expect("reads");
        let setup = Setup::of(&network, &crisis).expect("fits");
        let ranges = Ranges::of(&setup.scenario);
        let mut twin = Simulation::new(Arc::clone(&setup.plan), 3);
        twin.advance(SimTime::secs(5_400));
        let mut real = twin.fork();
        let mut scalars = *real.scalars();
        let usual = scalars.redial[1];
        bend(&mut scalars);
        real.set_scalars(&scalars);
        let past = Past::of(twin, &mut real, [SimTime::secs(6_600), SimTime::secs(7_200)], 6);
        let found = draws(&past, &ranges, 9, 32, 2, &AtomicBool::new(false)).expect("whole");
        let mean = |of: &dyn Fn(&Draw) -> f64| found.iter().map(of).sum::<f64>() / found.len() as f64;
        (mean(&|d| d.scalars.redial[1] / usual), mean(&|d| d.scalars.demand))
    }

    #[test]
    fn telemetry_tells_fewer_redials_from_more() {
        let down = learnt(|s| s.redial.iter_mut().for_each(|p| *p *= 0.5));
        let up = learnt(|s| s.redial.iter_mut().for_each(|p| *p = (*p * 1.3).min(0.98)));
        assert!(down.0 < up.0 - 0.2, "{down:?} {up:?}");
    }

    #[test]
    fn telemetry_tells_fewer_callers() {
        let (right, fewer) = (learnt(|_| {}), learnt(|s| s.demand *= 0.85));
        assert!(fewer.1 < right.1 - 0.05, "{right:?} {fewer:?}");
    }
}
