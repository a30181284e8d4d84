//! Bands over futures, and how much of their width is chance and how much ignorance.

use crate::sim::report::t95;

/// Quantile of sorted values, linear between them (type 7 of Hyndman and Fan 1996); 0 without values.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let at = p.clamp(0.0, 1.0) * last as f64;
    let i = at as usize;
    let next = sorted[(i + 1).min(last)];
    sorted[i] + (next - sorted[i]) * (at - i as f64)
}

/// Quantile by which one more value of the same law is exceeded with probability 1 − p: linear between the values at
/// p (n + 1) (type 6 of Hyndman and Fan 1996). The plain quantile of few values lies too far inside: between those at
/// 5 % and 95 % of 60 values, one more falls in 87 %, not in 90 %.
fn predictive(sorted: &[f64], p: f64) -> f64 {
    let n = sorted.len() as f64;
    if n < 2.0 {
        return quantile(sorted, p);
    }
    quantile(sorted, ((p * (n + 1.0) - 1.0) / (n - 1.0)).clamp(0.0, 1.0))
}

/// A figure over futures: a band that one more future falls into in nine cases of ten.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Band {
    /// One more future lies below it in 5 % of the cases.
    pub low: f64,
    /// In half.
    pub mid: f64,
    /// In 95 %.
    pub high: f64,
    /// Mean.
    pub mean: f64,
    /// Share of the variance that is chance, 0 to 1; the rest is ignorance of parameters. 1 when nothing varies.
    pub noise: f64,
}

impl Band {
    /// Of values in the order of their futures: 2k and 2k + 1 share a draw of the parameters and differ by chance
    /// alone, so that half their squared difference estimates the variance of chance (one-way analysis of variance
    /// with groups of two).
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let total = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        let pairs = values.as_chunks::<2>().0;
        let chance = pairs.iter().map(|[a, b]| (a - b).powi(2) / 2.0).sum::<f64>() / (pairs.len() as f64).max(1.0);
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        Self {
            low: predictive(&sorted, 0.05),
            mid: quantile(&sorted, 0.5),
            high: predictive(&sorted, 0.95),
            mean,
            noise: if total > 0.0 { (chance / total).clamp(0.0, 1.0) } else { 1.0 },
        }
    }
}

/// A mean over independent runs, with its 95 % confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Half the width of the interval; infinite with fewer than two runs.
    pub half: f64,
    /// Runs.
    pub runs: usize,
}

impl Mean {
    /// Of independent values. The interval is Student's.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        if values.is_empty() {
            return Self { mean: 0.0, half: f64::INFINITY, runs: 0 };
        }
        let mean = values.iter().sum::<f64>() / n;
        if values.len() < 2 {
            return Self { mean, half: f64::INFINITY, runs: 1 };
        }
        let df = n - 1.0;
        let var = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / df;
        Self { mean, half: t95(values.len() - 1) * (var / n).sqrt(), runs: values.len() }
    }

    /// Lower end.
    pub fn low(&self) -> f64 {
        self.mean - self.half
    }

    /// Upper end.
    pub fn high(&self) -> f64 {
        self.mean + self.half
    }

    /// Is zero outside the interval?
    pub fn is_clear(&self) -> bool {
        self.low() > 0.0 || self.high() < 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_between_the_values() {
        let values: Vec<f64> = (0..=100).map(f64::from).collect();
        assert!((quantile(&values, 0.05) - 5.0).abs() < 1e-9);
        assert!((quantile(&[1.0, 2.0], 0.5) - 1.5).abs() < 1e-9);
        assert!(quantile(&[], 0.5).abs() < 1e-12);
    }

    #[test]
    fn one_more_value_falls_into_the_band_in_nine_cases_of_ten() {
        // For n values of one law the share between order statistics i and j of one more is (j − i) / (n + 1): here
        // between the values at 0.05 × 20 = 1 and 0.95 × 20 = 19, the least and the most.
        let band = Band::of(&(1..=19).map(f64::from).collect::<Vec<_>>());
        assert!((band.low - 1.0).abs() < 1e-9 && (band.high - 19.0).abs() < 1e-9, "{band:?}");
        let band = Band::of(&(1..=59).map(f64::from).collect::<Vec<_>>());
        assert!((band.low - 3.0).abs() < 1e-9 && (band.high - 57.0).abs() < 1e-9, "{band:?}");
        assert!((Band::of(&[4.0]).high - 4.0).abs() < 1e-9);
    }

    #[test]
    fn chance_and_ignorance_are_told_apart() {
        // Pairs alike, groups apart: ignorance alone.
        let groups: Vec<f64> = (0..100).flat_map(|g| [f64::from(g); 2]).collect();
        assert!(Band::of(&groups).noise < 1e-12);
        // Pairs as far apart as anything else: chance alone.
        let chance: Vec<f64> = (0..100).flat_map(|_| [0.0, 10.0]).collect();
        assert!(Band::of(&chance).noise > 0.98);
        assert!((Band::of(&[3.0; 8]).noise - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_interval_of_the_mean_is_students() {
        // Ten values: t(9) = 2.2622.
        let values: Vec<f64> = (0..10).map(f64::from).collect();
        let mean = Mean::of(&values);
        let se = (values.iter().map(|v| (v - 4.5f64).powi(2)).sum::<f64>() / 9.0 / 10.0).sqrt();
        assert!((mean.half / se - 2.2622).abs() < 0.01, "{}", mean.half / se);
        assert!(Mean::of(&[1.0]).half.is_infinite());
    }
}
