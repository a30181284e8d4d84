//! Futures: the present state forked many times under each option, bands of what would follow, comparisons of networks,
//! stress tests, rehearsals of playbooks.
//!
//! Every figure that comes out of here is the model's, not the world's. A future draws both a seed (chance) and a point
//! in the ranges of the scenario's uncertain parameters (ignorance); the same draws are used under every option, so that
//! options are compared on the same callers.
//!
//! Does not belong here: drawing, the wall clock, reading files.

mod answer;
pub mod assimilate;
mod band;
pub mod calibrate;
mod choice;
pub mod compare;
pub mod counterfactual;
mod draw;
mod future;
pub mod rehearse;
pub mod setup;
pub mod shipped;
pub mod stress;
mod unknown;
mod workers;

pub use answer::{Answer, Cell, Outlook};
pub use band::{Band, Mean, quantile};
pub use choice::{Choice, Course, complete, courses, on_servers, placeless, troubled};
pub use draw::{Ranged, Ranges, mix};
pub use future::{Outcome, Record, record};
pub use workers::{Running, Step, answer, start};

use crate::sim::Simulation;
use assimilate::Past;

/// Horizons of the fan \[s\]: 15, 30, 60 and 120 minutes.
pub const HORIZONS_S: [u64; 4] = [900, 1_800, 3_600, 7_200];

/// What is asked: from where, which options, how far, how many futures.
#[derive(Debug, Clone)]
pub struct Question {
    /// The present, as the twin knows it; its script is forgotten before anything is run.
    pub present: Simulation,
    /// The options; the first is the one the others are compared with.
    pub choices: Vec<Choice>,
    /// Pairs of options whose difference is wanted as well: lost under the first − lost under the second. The same
    /// lever later and now is the cost of delay.
    pub pairs: Vec<(u32, u32)>,
    /// Horizons \[s from now\], ascending, at least one.
    pub horizons_s: Vec<u64>,
    /// Futures per option; made even, since two and two share a draw of the parameters.
    pub futures: u32,
    /// Answer first with this many futures, up to that many horizons; `None`: everything at once.
    pub first: Option<(u32, usize)>,
    /// Root of all draws.
    pub seed: u64,
    /// What is uncertain.
    pub ranges: Ranges,
    /// How old the present is \[s\]: futures are counted from so long after it.
    pub lag_s: u64,
    /// What telemetry says of the unknowns; `None`: the twin is the network itself, as in an exercise, and futures draw
    /// from the ranges.
    pub past: Option<Past>,
}

#[cfg(test)]
mod tests;
