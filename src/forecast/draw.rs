//! What a future draws: a seed for chance, a point in the ranges of the uncertain parameters for ignorance.

use crate::network::{Grade, Network, Param, Scenario};
use crate::sim::Scalars;

/// A draw word from a root and an index (`SplitMix64`, Steele, Lea and Flood 2014): neighbours share nothing.
pub fn mix(root: u64, index: u64) -> u64 {
    let mut z = root.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A word as a number in [0, 1).
pub(super) fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / 9_007_199_254_740_992.0
}

/// The root above 1 of x⁹ = x + 1: the golden ratio of eight dimensions.
const PLASTIC_8: f64 = 1.085_070_245_491_450_8;

/// An uncertain parameter that futures draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranged {
    /// Its place in the scenario (`callers.redial.silent`).
    pub path: String,
    /// Most plausible value: half of the draws lie below.
    pub value: f64,
    /// Lowest plausible value.
    pub low: f64,
    /// Highest plausible value.
    pub high: f64,
    /// How well it is known.
    pub grade: Option<Grade>,
}

impl Ranged {
    pub(super) fn of(path: &str, param: &Param) -> Self {
        let value = param.value;
        let (low, high) = (param.low.unwrap_or(value).min(value), param.high.unwrap_or(value).max(value));
        Self { path: path.to_owned(), value, low, high, grade: param.grade }
    }

    /// Is there anything to draw?
    pub fn is_uncertain(&self) -> bool {
        self.high > self.low
    }

    /// The value at a draw word.
    pub(super) fn at_word(&self, word: u64) -> f64 {
        self.at(unit(word))
    }

    /// Half of the mass lies on each side of the value, evenly: the median stays the value, the range is never left.
    fn at(&self, u: f64) -> f64 {
        if u < 0.5 {
            self.low + (self.value - self.low) * u * 2.0
        } else {
            self.value + (self.high - self.value) * (u - 0.5) * 2.0
        }
    }
}

/// The ranges that the futures of a scenario draw from.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranges {
    demand: Ranged,
    redial: [Ranged; 5],
    redial_decay: Ranged,
    persistence_spread: Ranged,
    switch_service: Ranged,
    switch_access: Ranged,
    own_means: Ranged,
    handling: Ranged,
    /// Ranges of the scenario that futures do not draw: they are compiled into the plan.
    fixed: usize,
}

const REDIAL: [&str; 5] = [
    "callers.redial.busy",
    "callers.redial.refused",
    "callers.redial.silent",
    "callers.redial.abandoned",
    "callers.redial.dropped",
];

impl Ranges {
    /// The ranges of a scenario. Demand and handling times are drawn as one factor for all rows: a busy day is busy
    /// everywhere.
    pub fn of(scenario: &Scenario) -> Self {
        let network = &scenario.network;
        let callers = &network.callers;
        let mut out = Self {
            demand: demand(network),
            redial: std::array::from_fn(|i| Ranged::of(REDIAL[i], &callers.redial[i])),
            redial_decay: Ranged::of("callers.redial_decay", &callers.redial_decay),
            persistence_spread: Ranged::of("callers.persistence_spread", &callers.persistence_spread),
            switch_service: Ranged::of("callers.switch_service", &callers.switch_service),
            switch_access: Ranged::of("callers.switch_access", &callers.switch_access),
            own_means: Ranged::of("callers.own_means", &callers.own_means),
            handling: handling(scenario),
            fixed: 0,
        };
        let drawn =
            |path: &str| path.starts_with("demand.") || path.starts_with("callers.") || path.contains(".handling");
        let ranged = |p: &Param| p.low.is_some() || p.high.is_some();
        out.fixed = scenario.figures.iter().filter(|f| ranged(&f.param) && !drawn(&f.path)).count();
        out
    }

    /// No ignorance: every future has the present's own parameters.
    #[must_use]
    pub fn none(mut self) -> Self {
        for ranged in self.all_mut() {
            ranged.low = ranged.value;
            ranged.high = ranged.value;
        }
        self
    }

    /// The parameters that are drawn.
    pub fn drawn(&self) -> impl Iterator<Item = &Ranged> {
        [
            &self.demand,
            &self.redial_decay,
            &self.persistence_spread,
            &self.switch_service,
            &self.switch_access,
            &self.own_means,
            &self.handling,
        ]
        .into_iter()
        .chain(&self.redial)
        .filter(|r| r.is_uncertain())
    }

    /// How many ranges of the scenario are not drawn (they are part of the compiled network).
    pub fn fixed(&self) -> usize {
        self.fixed
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut Ranged> {
        [
            &mut self.demand,
            &mut self.redial_decay,
            &mut self.persistence_spread,
            &mut self.switch_service,
            &mut self.switch_access,
            &mut self.own_means,
            &mut self.handling,
        ]
        .into_iter()
        .chain(&mut self.redial)
    }

    /// The parameters of draw `index` under `root`.
    pub fn draw(&self, root: u64, index: u64) -> Scalars {
        self.at(|i| unit(mix(mix(root, index), i)))
    }

    /// The same, but draws 0, 1, 2… lie evenly in the ranges instead of anywhere: few of them tell what many draws
    /// would. Additive recurrence with the powers of the generalised golden ratio (Roberts 2018, *The unreasonable
    /// effectiveness of quasirandom sequences*), shifted by the root.
    pub fn spread(&self, root: u64, index: u64) -> Scalars {
        self.at(|i| {
            let step = (0..=i).fold(1.0, |step, _| step / PLASTIC_8);
            (unit(mix(root, i)) + (index + 1) as f64 * step).fract()
        })
    }

    /// The point of the ranges at `word(0)`, `word(1)`… in [0, 1).
    fn at(&self, word: impl Fn(u64) -> f64) -> Scalars {
        // What makes callers persistent is one unknown, not five: their probabilities move together.
        let persistence = word(1);
        Scalars {
            demand: self.demand.at(word(0)),
            redial: std::array::from_fn(|i| self.redial[i].at(persistence)),
            redial_decay: self.redial_decay.at(word(2)),
            persistence_spread: self.persistence_spread.at(word(3)),
            switch_service: self.switch_service.at(word(4)),
            switch_access: self.switch_access.at(word(5)),
            own_means: self.own_means.at(word(6)),
            delay: 1.0,
            handling: self.handling.at(word(7)),
        }
    }
}

/// Demand over the expected one: the rows' ranges, weighted by volume.
fn demand(network: &Network) -> Ranged {
    let (mut value, mut low, mut high) = (0.0, 0.0, 0.0);
    let mut grade = None;
    for row in &network.demand {
        let p = &row.per_day;
        value += p.value;
        low += p.low.unwrap_or(p.value).min(p.value);
        high += p.high.unwrap_or(p.value).max(p.value);
        grade = grade.max(p.grade);
    }
    let ratio = |x: f64| if value > 0.0 { x / value } else { 1.0 };
    Ranged { path: "demand".to_owned(), value: 1.0, low: ratio(low), high: ratio(high), grade }
}

/// Factor on handling times: the mean of the centres' ranges, each over its own value.
fn handling(scenario: &Scenario) -> Ranged {
    let (mut low, mut high, mut n) = (0.0, 0.0, 0.0);
    let mut grade = None;
    for figure in scenario.figures.iter().filter(|f| f.path.starts_with("psaps.") && f.path.ends_with(".handling")) {
        let p = &figure.param;
        if p.value <= 0.0 {
            continue;
        }
        low += p.low.unwrap_or(p.value).min(p.value) / p.value;
        high += p.high.unwrap_or(p.value).max(p.value) / p.value;
        n += 1.0;
        grade = grade.max(p.grade);
    }
    let mean = |x: f64| if n > 0.0 { x / n } else { 1.0 };
    Ranged { path: "psaps.handling".to_owned(), value: 1.0, low: mean(low), high: mean(high), grade }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_golden_ratio_of_eight_dimensions_is_a_root() {
        assert!((PLASTIC_8.powi(9) - PLASTIC_8 - 1.0).abs() < 1e-12, "{}", PLASTIC_8.powi(9) - PLASTIC_8 - 1.0);
    }

    #[test]
    fn spread_draws_lie_evenly_and_follow_the_root() {
        let scenario = crate::network::load(&crate::network::find("france-2021-06-02", None).expect("shipped"));
        let ranges = Ranges::of(&scenario.expect("valid"));
        for root in 0..5 {
            let mut demand: Vec<f64> = (0..32).map(|k| ranges.spread(root, k).demand).collect();
            demand.sort_by(f64::total_cmp);
            // No quarter of the range stays empty, and the middle is the value.
            assert!((demand[15] - 1.0).abs() < 0.02 && (demand[16] - 1.0).abs() < 0.02, "{demand:?}");
        }
        assert_ne!(ranges.spread(1, 0), ranges.spread(2, 0));
    }
}
