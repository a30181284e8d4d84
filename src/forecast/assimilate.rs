//! What the telemetry of the last half hour says of the unknowns: parameters that are drawn from their ranges, and what
//! the twin does not know of at all.
//!
//! An iterated ensemble smoother with local regression (van Leeuwen and Evensen 1996; Beaumont, Zhang and Balding 2002;
//! Emerick and Reynolds 2013): the twin of half an hour ago is run again to now under many draws, each with its own
//! chance, and the unknowns of every draw are moved by the regression of unknowns on counts, towards the counts that
//! were seen; draws whose counts are near weigh most. What came out is spread and run again: one regression alone stops
//! short of corners such as "nearly everybody tries again". Exact where all is linear and normal; here it is neither,
//! and `vigie forecast calibrate` says how far it holds.

use std::sync::atomic::{AtomicBool, Ordering};

use super::draw::{Ranges, mix, unit};
use super::workers::each;
use crate::network::{Element, FaultKind, ServerId};
use crate::sim::{Input, Scalars, SimTime, Simulation};

/// Counts in a window: attempts, attempts not delivered, calls answered within target, calls that
/// reached a centre and were not answered, people who called for the first time.
pub type Counts = [f64; 5];
/// Figures of a window: the logarithms of its counts, and the odds that somebody who failed tried again.
const FIGURES: usize = 6;
/// Windows that are looked at: one that shows what lasts, one that shows what has just begun.
const WINDOWS: usize = 2;
/// Figures of the telemetry.
const SEEN: usize = WINDOWS * FIGURES;
/// Unknowns that are moved: demand, handling times (logarithms), the share that something unknown swallows, how redials
/// wane, and the log odds of a redial after each of five failures.
const UNKNOWN: usize = 9;
/// The place of the swallowed share among them.
const SWALLOWED: usize = 2;
/// The place of the first redial among them.
const REDIAL_AT: usize = 4;
/// Draws that are run again, pass by pass; half as many would leave the regression to chance.
const DRAWS: [usize; 2] = [128, 96];
/// The share of the draws that a regression looks at: those whose counts are nearest to what was seen.
const NEAREST: f64 = 0.5;
/// How much farther from their mean the draws of a next pass lie than those that a pass has moved.
const WIDER: f64 = 1.5;
/// How far the unknowns may lie outside the scenario's ranges, as factors: nobody knows how good a range is.
const DEMAND: (f64, f64) = (0.8, 1.25);
const REDIAL: (f64, f64) = (0.35, 2.5);
/// The most that people redial.
const MOST_REDIAL: f64 = 0.98;
/// Share of the draws in which they do.
const BEYOND: f64 = 0.6;
/// Share of the draws in which a call server swallows calls and the twin does not know, and the most it swallows.
const HIDDEN: f64 = 0.4;
const SWALLOWS: f64 = 0.4;
/// Least share that counts as a fault.
const LEAST: f64 = 0.01;

/// What a network counted since its start, as its operator and its centres see it. Call records carry the calling
/// number: that is how an operator tells people from attempts (here somebody who takes another line is still known).
pub fn counted(simulation: &Simulation) -> Counts {
    let (truth, waits) = (simulation.truth(), simulation.waits());
    let unanswered = waits.received.saturating_sub(waits.people_answered);
    [truth.attempts, truth.not_delivered, waits.in_target, unanswered, truth.needs].map(|count| count as f64)
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
    let p = p.clamp(0.005, 0.995);
    libm::log(p / (1.0 - p))
}

/// The figures of the windows. Without the last of each, few failures with many redials and many failures with few
/// look alike; as odds it goes with the odds of a redial in a straight line, up to where nearly everybody tries again.
fn levels(counts: &[Counts; WINDOWS]) -> [f64; SEEN] {
    std::array::from_fn(|i| {
        let window = &counts[i / FIGURES];
        window.get(i % FIGURES).map_or_else(|| again_odds(window), |count| level(*count))
    })
}

/// Logarithm of the odds that a failed attempt was followed by another, steady where few failed.
fn again_odds([attempts, not_delivered, _, unanswered, first]: &Counts) -> f64 {
    let (repeats, failed) = (attempts - first, not_delivered + unanswered);
    libm::log((repeats + 3.0) / ((failed - repeats).max(0.0) + 3.0))
}

/// A guess of all that is unknown.
#[derive(Debug, Clone)]
struct Guess {
    scalars: Scalars,
    server: ServerId,
    /// The share of its calls that the server swallows.
    swallowed: f64,
    /// Since when, as a share of the time from the past to now.
    since: f64,
}

impl Guess {
    /// Guess `k`, before the telemetry is looked at.
    fn before(ranges: &Ranges, servers: u16, root: u64, k: usize) -> Self {
        let word = |i: u64| unit(mix(mix(root ^ 0xa551_1a7e, k as u64), i));
        let mut scalars = ranges.spread(root, k as u64);
        let factor = |(low, high): (f64, f64), u: f64| libm::exp(libm::log(low) + u * libm::log(high / low));
        if word(0) < BEYOND {
            scalars.demand *= factor(DEMAND, word(1));
        }
        if word(2) < BEYOND {
            let by = factor(REDIAL, word(3));
            for p in &mut scalars.redial {
                *p = (*p * by).min(MOST_REDIAL);
            }
        }
        let server = ServerId((word(4) * f64::from(servers)) as u16);
        let swallowed = if servers > 0 && word(5) < HIDDEN { word(6) * SWALLOWS } else { 0.0 };
        Self { scalars, server, swallowed, since: word(7) }
    }

    fn unknown(&self) -> [f64; UNKNOWN] {
        let s = &self.scalars;
        let mut out =
            [libm::log(s.demand), libm::log(s.handling), self.swallowed, s.redial_decay, 0.0, 0.0, 0.0, 0.0, 0.0];
        for (place, p) in out.iter_mut().skip(REDIAL_AT).zip(s.redial) {
            *place = odds(p);
        }
        out
    }

    /// Moved by so much; never far outside what was thought possible.
    fn moved(&self, by: &[f64; UNKNOWN]) -> Self {
        let mut out = self.clone();
        let factor = |u: usize| libm::exp(by[u].clamp(-1.5, 1.5));
        out.scalars.demand = (out.scalars.demand * factor(0)).clamp(0.5, 2.0);
        out.scalars.handling = (out.scalars.handling * factor(1)).clamp(0.3, 3.0);
        out.swallowed = (out.swallowed + by[SWALLOWED]).clamp(0.0, 0.9);
        out.scalars.redial_decay = (out.scalars.redial_decay + by[3]).clamp(0.8, 1.0);
        for (p, by) in out.scalars.redial.iter_mut().zip(by.iter().skip(REDIAL_AT)) {
            *p = 1.0 / (1.0 + libm::exp(-(odds(*p) + by.clamp(-3.0, 3.0))));
        }
        out
    }

    /// The figures of the windows when the past is run to now under it; `None`: asked to stop.
    fn run(&self, past: &Past, seed: u64, stop: &AtomicBool) -> Option<[f64; SEEN]> {
        let mut twin = past.twin.fork();
        twin.set_scalars(&self.scalars);
        twin.reseed(seed);
        let (begin, end) = (twin.now().0, past.ends[WINDOWS - 1].0);
        // Whole frames, so that what is run again is what an input at a frame boundary would have done.
        let frame = crate::sim::FRAME_S * SimTime::SECOND;
        let at = (begin + (self.since * end.saturating_sub(begin) as f64) as u64) / frame * frame;
        let mut fault = self.draw().input();
        let (mut before, mut counts) = (counted(&twin), [Counts::default(); WINDOWS]);
        for (window, end) in counts.iter_mut().zip(past.ends) {
            if at < end.0
                && let Some(fault) = fault.take()
            {
                twin.advance(SimTime(at));
                twin.apply(&fault);
            }
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            twin.advance(end);
            let now = counted(&twin);
            *window = std::array::from_fn(|i| now[i] - before[i]);
            before = now;
        }
        Some(levels(&counts))
    }

    fn draw(&self) -> Draw {
        let hidden = (self.swallowed > LEAST).then_some((self.server, self.swallowed));
        Draw { scalars: self.scalars, hidden }
    }
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
    let target = levels(&past.seen);
    let mut guesses: Vec<Guess> = Vec::new();
    for (pass, draws) in DRAWS.into_iter().enumerate() {
        let draws = draws.max(want);
        guesses = match pass {
            0 => (0..draws).map(|k| Guess::before(ranges, past.servers, root, k)).collect(),
            _ => wider(&guesses, draws),
        };
        let root_of = |k: usize| mix(mix(root ^ 0x0bad_cafe, pass as u64), k as u64);
        let seen = each(guesses.len(), threads, &|| (), &|k| guesses[k].run(past, root_of(k), stop));
        let seen: Vec<[f64; SEEN]> = seen.into_iter().collect::<Option<_>>()?;
        guesses = regressed(&guesses, &seen, &target);
    }
    Some(guesses.iter().take(want).map(Guess::draw).collect())
}

/// The first guesses, farther from the mean of all.
fn wider(guesses: &[Guess], draws: usize) -> Vec<Guess> {
    let unknown: Vec<[f64; UNKNOWN]> = guesses.iter().map(Guess::unknown).collect();
    let n = unknown.len().max(1) as f64;
    let mean: [f64; UNKNOWN] = std::array::from_fn(|u| unknown.iter().map(|of| of[u]).sum::<f64>() / n);
    let farther = |of: &[f64; UNKNOWN]| -> [f64; UNKNOWN] {
        // That something swallows calls is rare: what does not stays at nothing.
        std::array::from_fn(|u| if u == SWALLOWED { 0.0 } else { (WIDER - 1.0) * (of[u] - mean[u]) })
    };
    guesses.iter().zip(&unknown).take(draws).map(|(guess, of)| guess.moved(&farther(of))).collect()
}

/// Weights of the draws, by how near their figures are to what was seen (Epanechnikov's kernel on the distance in
/// standard deviations).
fn weights(seen: &[[f64; SEEN]], target: &[f64; SEEN]) -> Vec<f64> {
    let n = seen.len().max(1) as f64;
    let scale: [f64; SEEN] = std::array::from_fn(|i| {
        let mean = seen.iter().map(|of| of[i]).sum::<f64>() / n;
        seen.iter().map(|of| (of[i] - mean).powi(2)).sum::<f64>() / n + 1e-9
    });
    let distance = |of: &[f64; SEEN]| (0..SEEN).map(|i| (of[i] - target[i]).powi(2) / scale[i]).sum::<f64>();
    let distances: Vec<f64> = seen.iter().map(distance).collect();
    let mut sorted = distances.clone();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    let far = sorted.get(((n * NEAREST) as usize).min(last)).copied().unwrap_or(1.0).max(1e-9);
    // A trace of the others keeps the regression from resting on too few.
    distances.iter().map(|of| (1.0 - of / far).max(0.0) + 1e-6).collect()
}

/// The guesses moved towards what was seen, as far as their unknowns explain figures.
fn regressed(guesses: &[Guess], seen: &[[f64; SEEN]], target: &[f64; SEEN]) -> Vec<Guess> {
    let gain = gain(guesses, seen, &weights(seen, target));
    let by = |seen: &[f64; SEEN]| -> [f64; UNKNOWN] {
        std::array::from_fn(|u| (0..SEEN).map(|i| gain[u][i] * (target[i] - seen[i])).sum())
    };
    guesses.iter().zip(seen).map(|(guess, seen)| guess.moved(&by(seen))).collect()
}

/// Regression of each unknown on the figures: covariance times the inverse of the figures' own.
fn gain(guesses: &[Guess], seen: &[[f64; SEEN]], weights: &[f64]) -> [[f64; SEEN]; UNKNOWN] {
    let total = weights.iter().sum::<f64>();
    let unknown: Vec<[f64; UNKNOWN]> = guesses.iter().map(Guess::unknown).collect();
    let of_seen: [f64; SEEN] =
        std::array::from_fn(|i| seen.iter().zip(weights).map(|(of, w)| w * of[i]).sum::<f64>() / total);
    let of_unknown: [f64; UNKNOWN] =
        std::array::from_fn(|u| unknown.iter().zip(weights).map(|(of, w)| w * of[u]).sum::<f64>() / total);
    let mut matrix = [[0.0; SEEN]; SEEN];
    let mut with = [[0.0; SEEN]; UNKNOWN];
    for ((seen, unknown), w) in seen.iter().zip(&unknown).zip(weights) {
        let off: [f64; SEEN] = std::array::from_fn(|i| w / total * (seen[i] - of_seen[i]));
        for j in 0..SEEN {
            for (row, off) in matrix.iter_mut().zip(off) {
                row[j] += off * (seen[j] - of_seen[j]);
            }
            for (row, (unknown, mean)) in with.iter_mut().zip(unknown.iter().zip(of_unknown)) {
                row[j] += off[j] * (unknown - mean);
            }
        }
    }
    for (i, row) in matrix.iter_mut().enumerate() {
        // A hundredth of its own variance: figures that say the same must not cancel into something wild.
        row[i] = row[i] * 1.01 + 1e-9;
    }
    with.map(|with| solve(matrix, with))
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
    fn telemetry_finds_callers_who_nearly_all_try_again() {
        let usual = learnt(|_| {}).0;
        let all = learnt(|s| s.redial.iter_mut().for_each(|p| *p = (*p * 1.5).min(0.98))).0;
        // Refused callers redial at 0.75, at most 1.31 times as often; one pass alone ends half way.
        assert!(all > 1.18 && usual < 1.12, "{usual} {all}");
    }

    #[test]
    fn telemetry_tells_fewer_callers() {
        let (right, fewer) = (learnt(|_| {}), learnt(|s| s.demand *= 0.85));
        assert!(fewer.1 < right.1 - 0.05, "{right:?} {fewer:?}");
    }
}
