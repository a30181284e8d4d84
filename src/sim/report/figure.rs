//! The figures that test scenarios name, as ratios of counts.

use crate::sim::{SimTime, Simulation, Totals, Truth, Waits};

/// Exact counts of a simulation at an instant, or between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Snapshot {
    /// When, or how long.
    pub time: SimTime,
    /// Attempts of people.
    pub totals: Totals,
    /// The psaps' queues.
    pub waits: Waits,
    /// Needs.
    pub truth: Truth,
}

type Ratio = fn(&Snapshot) -> (f64, f64);

/// Name, meaning, and numerator and denominator of every figure.
pub const FIGURES: [(&str, &str, Ratio); 16] = [
    ("blocking", "busy over attempts that reached the psap's side", |s| {
        (s.totals.busy as f64, s.totals.delivered as f64)
    }),
    ("wait_probability", "calls that waited over calls received", |s| (s.waits.waited as f64, s.waits.received as f64)),
    ("mean_wait_s", "mean wait of calls received, answered or not, seconds", |s| {
        (s.waits.wait as f64 / 1e6, s.waits.received as f64)
    }),
    ("mean_wait_answered_s", "mean wait of calls answered, seconds", |s| {
        (s.waits.answered_wait as f64 / 1e6, s.totals.answered as f64)
    }),
    ("abandon", "calls abandoned in a queue over calls received", |s| {
        (s.totals.abandoned as f64, s.waits.received as f64)
    }),
    ("answered", "calls answered over attempts", |s| (s.totals.answered as f64, s.totals.attempts as f64)),
    ("answered_in_target", "calls answered within the target over calls received", |s| {
        (s.waits.in_target as f64, s.waits.received as f64)
    }),
    ("in_target_of_answered", "calls answered within the target over calls answered", |s| {
        (s.waits.in_target as f64, s.totals.answered as f64)
    }),
    ("delivered", "attempts that reached the psap's side over attempts", |s| {
        (s.totals.delivered as f64, s.totals.attempts as f64)
    }),
    ("dropped", "answered calls that were cut over calls answered", |s| {
        (s.totals.dropped as f64, s.totals.answered as f64)
    }),
    (
        "lost_by_network",
        "needs lost after the network failed them (answered calls that were cut included), over needs",
        |s| (s.truth.lost_network as f64, s.truth.needs as f64),
    ),
    ("refused", "attempts refused by the network over attempts", |s| {
        (s.totals.refused as f64, s.totals.attempts as f64)
    }),
    ("silent", "attempts swallowed over attempts", |s| (s.totals.silent as f64, s.totals.attempts as f64)),
    ("attempts_per_need", "attempts over needs", |s| (s.totals.attempts as f64, s.truth.needs as f64)),
    ("lost", "needs lost over needs", |s| ((s.truth.lost_network + s.truth.lost_psap) as f64, s.truth.needs as f64)),
    ("needs_per_s", "needs per second", |s| (s.truth.needs as f64, s.time.as_secs_f64())),
];

impl Snapshot {
    /// The counts of a simulation now.
    pub fn of(simulation: &Simulation) -> Self {
        Self {
            time: simulation.now(),
            totals: simulation.totals(),
            waits: simulation.waits(),
            truth: simulation.truth(),
        }
    }

    /// What was counted since an earlier snapshot of the same run.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let (a, b) = (&self.totals, &earlier.totals);
        let totals = Totals {
            attempts: a.attempts - b.attempts,
            delivered: a.delivered - b.delivered,
            answered: a.answered - b.answered,
            busy: a.busy - b.busy,
            abandoned: a.abandoned - b.abandoned,
            refused: a.refused - b.refused,
            silent: a.silent - b.silent,
            dropped: a.dropped - b.dropped,
        };
        let (a, b) = (&self.waits, &earlier.waits);
        let waits = Waits {
            received: a.received - b.received,
            waited: a.waited - b.waited,
            wait: a.wait - b.wait,
            in_target: a.in_target - b.in_target,
            answered_wait: a.answered_wait - b.answered_wait,
            people_answered: a.people_answered - b.people_answered,
            people_wait: a.people_wait - b.people_wait,
        };
        let mut truth = Truth::default();
        super::grow(&mut truth, &earlier.truth, &self.truth);
        Self { time: SimTime(self.time.0 - earlier.time.0), totals, waits, truth }
    }

    /// Numerator and denominator of a figure; `None` when there is no figure of this name.
    pub fn figure(&self, name: &str) -> Option<(f64, f64)> {
        FIGURES.iter().find(|(known, _, _)| *known == name).map(|(_, _, ratio)| ratio(self))
    }
}
