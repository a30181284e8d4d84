//! The small vector of sampled parameters: all that differs between two futures of one plan besides the key.
//!
//! Does not belong here: how a future samples them.

use super::draw::{Chance, Factor, Key, Purpose};
use super::plan::Plan;

/// Attempts after which the redial probability no longer decays.
const DECAYS: usize = 16;

/// Parameters that a future may sample, as factors and probabilities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scalars {
    /// Demand over the expected one (at most the highest `high / value` of the scenario's rows).
    pub demand: f64,
    /// Redial probability after each [`crate::network::Failure`].
    pub redial: [f64; 5],
    /// Factor on it at each further attempt.
    pub redial_decay: f64,
    /// Spread of persistence between callers, 0 to 1.
    pub persistence_spread: f64,
    /// Probability of dialling another service at a redial.
    pub switch_service: f64,
    /// Probability of taking another access at a redial.
    pub switch_access: f64,
    /// Probability that a need which gives up is served without a call.
    pub own_means: f64,
    /// Factor on redial delays.
    pub delay: f64,
    /// Factor on handling times.
    pub handling: f64,
}

impl Scalars {
    /// The scenario's values.
    pub fn of(plan: &Plan) -> Self {
        let callers = &plan.callers;
        Self {
            demand: 1.0,
            redial: std::array::from_fn(|i| callers.redial[i].value),
            redial_decay: callers.redial_decay.value,
            persistence_spread: callers.persistence_spread.value,
            switch_service: callers.switch_service.value,
            switch_access: callers.switch_access.value,
            own_means: callers.own_means.value,
            delay: 1.0,
            handling: 1.0,
        }
    }
}

/// [`Scalars`] in the form the call loop uses.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub thin: Chance,
    /// By failure and attempt.
    pub redial: [[Chance; DECAYS]; 5],
    pub spread: f64,
    pub switch_service: Chance,
    pub switch_access: Chance,
    pub own_means: Chance,
    /// Factor on redial delays.
    pub delay: Factor,
    /// Factor on handling times.
    pub handling: Factor,
}

impl Compiled {
    pub fn new(scalars: &Scalars, plan: &Plan) -> Self {
        let mut redial = [[Chance::default(); DECAYS]; 5];
        for (row, &p) in redial.iter_mut().zip(&scalars.redial) {
            let mut p = p;
            for cell in row {
                *cell = Chance::new(p);
                p *= scalars.redial_decay;
            }
        }
        Self {
            thin: Chance::new(scalars.demand / plan.demand.ceiling),
            redial,
            spread: scalars.persistence_spread.clamp(0.0, 1.0),
            switch_service: Chance::new(scalars.switch_service),
            switch_access: Chance::new(scalars.switch_access),
            own_means: Chance::new(scalars.own_means),
            delay: Factor::new(scalars.delay),
            handling: Factor::new(scalars.handling),
        }
    }

    /// Redial probability of a caller after a failure at an attempt (from 1), with the caller's persistence: the mean
    /// over callers is the plain probability.
    #[inline]
    pub fn redial(&self, failure: usize, attempt: u8, key: Key) -> Chance {
        let p = self.redial[failure][(usize::from(attempt) - 1).min(DECAYS - 1)];
        if self.spread == 0.0 {
            return p;
        }
        let u = (key.word(0, Purpose::Persistence, 0) >> 32) as f64 / 4_294_967_296.0;
        let p = p.get();
        Chance::new(p + self.spread * (2.0 * u - 1.0) * p.min(1.0 - p))
    }
}
