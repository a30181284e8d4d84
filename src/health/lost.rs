//! Callers whom the network lost, estimated from what a real network counts: failed attempts.
//!
//! A failed attempt is one caller's try number 1, 2, 3…; after each failure the caller tries again with some
//! probability, which the scenario gives as a range. Of those who meet a failure probability `p` at every try, so many
//! per failed attempt give up for good: `Σ Nₖ (1 − rₖ) ÷ Σ Nₖ`, `N₁ = 1`, `Nₖ₊₁ = Nₖ rₖ p`
//! (the retrial chain with limited persistence of Cohen, *Philips Telecom. Review* 18, 1957). The range of the redial
//! probabilities gives the range of the estimate; Poisson noise is added at the end.
//!
//! Does not belong here: the simulator's own figures.

use super::formulas::Z95;
use super::packing::pack_fields;
use crate::network::{Callers, Failure, Param};
use crate::sim::CellCount;

/// Callers lost in some part of the network: the middle, and where each uncertain parameter alone would move it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Lost {
    middle: f64,
    /// With redial, its decay, help without a call each at the end that loses fewest callers.
    fewer: [f64; 3],
    /// Each at the end that loses most.
    more: [f64; 3],
}

pack_fields!(Lost: middle, fewer, more);

impl Lost {
    /// Adds another part. The same parameters hold everywhere, so their effects add up and do not cancel.
    pub fn add(&mut self, other: Self) {
        self.middle += other.middle;
        for (sum, part) in self.fewer.iter_mut().zip(other.fewer).chain(self.more.iter_mut().zip(other.more)) {
            *sum += part;
        }
    }

    /// The 90 % range in people. The parameters are unknown independently of each other and of the noise of counting:
    /// half-widths add in quadrature (GUM, JCGM 100:2008, §5.1.2).
    pub fn range(&self) -> (u32, u32) {
        let noise = Z95 * Z95 * self.middle;
        let width = |ends: &[f64; 3]| {
            let ignorance: f64 = ends.iter().map(|end| (end - self.middle) * (end - self.middle)).sum();
            (ignorance + noise).sqrt()
        };
        let low = self.middle - width(&self.fewer);
        let high = self.middle + width(&self.more);
        (low.max(0.0).floor() as u32, high.ceil() as u32)
    }

    /// What one frame of a cell adds when the share `failing` of attempts fails around it.
    pub fn of(row: &CellCount, failing: f64, callers: &Callers) -> Self {
        let mut lost = Self::default();
        for (count, failure) in
            [(row.refused, Failure::Refused), (row.silent, Failure::Silent), (row.dropped, Failure::Dropped)]
        {
            let Some(redial) = callers.redial.get(failure as usize).filter(|_| count > 0) else { continue };
            let (decay, own) = (&callers.redial_decay, &callers.own_means);
            let count = f64::from(count);
            let estimate = |redial: f64, decay: f64, own: f64| {
                count * given_up(failing, redial, decay, callers.max_attempts) * (1.0 - own)
            };
            let (redial_low, redial_high) = ends(redial);
            let (decay_low, decay_high) = ends(decay);
            let (own_low, own_high) = ends(own);
            lost.add(Self {
                middle: estimate(redial.value, decay.value, own.value),
                fewer: [
                    estimate(redial_high, decay.value, own.value),
                    estimate(redial.value, decay_high, own.value),
                    estimate(redial.value, decay.value, own_high),
                ],
                more: [
                    estimate(redial_low, decay.value, own.value),
                    estimate(redial.value, decay_low, own.value),
                    estimate(redial.value, decay.value, own_low),
                ],
            });
        }
        lost
    }
}

/// The range of a parameter; where the scenario gives none, a fifth on both sides: a stated ignorance, not a measure.
fn ends(param: &Param) -> (f64, f64) {
    let low = param.low.unwrap_or(param.value * 0.8);
    let high = param.high.unwrap_or_else(|| (param.value * 1.2).min(1.0_f64.max(param.value)));
    (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0))
}

/// Callers who give up per failed attempt.
fn given_up(failing: f64, redial: f64, decay: f64, most: u8) -> f64 {
    let (mut trying, mut failures, mut lost, mut again) = (1.0, 0.0, 0.0, redial);
    for attempt in 1..=most.max(1) {
        failures += trying;
        let stays = if attempt == most.max(1) { 0.0 } else { again };
        lost += trying * (1.0 - stays);
        trying *= stays * failing;
        again *= decay;
    }
    lost / failures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_never_redials_is_lost_at_once_and_who_always_does_at_the_last_try() {
        assert!((given_up(0.5, 0.0, 1.0, 8) - 1.0).abs() < 1e-12);
        // everything fails, everybody goes on: one caller per `most` failures
        assert!((given_up(1.0, 1.0, 1.0, 8) - 0.125).abs() < 1e-12);
        // nothing else fails: the next try always helps
        assert!((given_up(0.0, 0.8, 1.0, 8) - 0.2).abs() < 1e-12);
    }

    #[test]
    fn the_range_opens_with_ignorance_and_noise() {
        let known = Lost { middle: 100.0, fewer: [100.0; 3], more: [100.0; 3] };
        assert_eq!(known.range(), (83, 117));
        let unknown = Lost { middle: 100.0, fewer: [60.0, 70.0, 100.0], more: [140.0, 130.0, 100.0] };
        let (low, high) = unknown.range();
        assert!(low > 40 && low < 50 && high > 150 && high < 160, "{low} {high}");
        assert_eq!(Lost::default().range(), (0, 0));
    }
}
