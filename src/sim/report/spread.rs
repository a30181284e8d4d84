//! Mean and spread of a figure: over independent runs, or over batches of one long run.

/// Count, mean and standard deviation, added one by one (Welford 1962).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// How many values.
    pub n: u32,
    /// Mean of the values; 0 without any.
    pub mean: f64,
    squares: f64,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
}

impl Moments {
    /// Takes one more value.
    pub fn add(&mut self, value: f64) {
        self.min = if self.n == 0 { value } else { self.min.min(value) };
        self.max = if self.n == 0 { value } else { self.max.max(value) };
        self.n += 1;
        let off = value - self.mean;
        self.mean += off / f64::from(self.n);
        self.squares += off * (value - self.mean);
    }

    /// Standard deviation of one value; 0 with fewer than two.
    pub fn sd(&self) -> f64 {
        if self.n < 2 { 0.0 } else { (self.squares / f64::from(self.n - 1)).sqrt() }
    }

    /// Standard error of the mean of independent values; infinite with fewer than two.
    pub fn se(&self) -> f64 {
        if self.n < 2 { f64::INFINITY } else { self.sd() / f64::from(self.n).sqrt() }
    }
}

impl FromIterator<f64> for Moments {
    fn from_iter<T: IntoIterator<Item = f64>>(values: T) -> Self {
        let mut moments = Self::default();
        values.into_iter().for_each(|v| moments.add(v));
        moments
    }
}

/// Student's quantile of a two-sided interval of 95 %, for 1 to 30 degrees of freedom (tables of any textbook, to four
/// decimals).
const T95: [f64; 30] = [
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281, 2.2010, 2.1788, 2.1604, 2.1448,
    2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860, 2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484,
    2.0452, 2.0423,
];
/// Normal quantile of a two-sided interval of 95 %.
const Z95: f64 = 1.959_963_984_540_054;

/// Student's quantile of a two-sided interval of 95 % for so many degrees of freedom, at least 1: the table, then the
/// expansion of Abramowitz and Stegun 26.7.5 (two terms: right to four decimals from 30 on).
pub fn t95(df: usize) -> f64 {
    if let Some(t) = T95.get(df.saturating_sub(1)) {
        return *t;
    }
    let (z, df) = (Z95, df as f64);
    z + (z.powi(3) + z) / (4.0 * df) + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * df * df)
}

/// Estimate and standard error of a ratio from batches of one run, `(numerator, denominator)` each: the ratio of the
/// sums, with the error of a ratio estimator (Law, *Simulation Modeling and Analysis*, batch means; delta method).
/// Batches must be much longer than the memory of the system.
pub fn batch_means(batches: &[(f64, f64)]) -> (f64, f64) {
    let n = batches.len() as f64;
    let (top, bottom) = batches.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    // A figure that a single batch counted (a time of one day) has a value and no spread that is known.
    let counted = batches.iter().filter(|(_, y)| *y > 0.0).count();
    if counted < 2 {
        return (if bottom > 0.0 { top / bottom } else { 0.0 }, f64::INFINITY);
    }
    let ratio = top / bottom;
    let squares: f64 = batches.iter().map(|(x, y)| (x - ratio * y) * (x - ratio * y)).sum();
    (ratio, (squares / (n * (n - 1.0))).sqrt() / (bottom / n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_a_few_numbers() {
        let m: Moments = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0].into_iter().collect();
        assert_eq!((m.n, m.min, m.max), (8, 2.0, 9.0));
        assert!((m.mean - 5.0).abs() < 1e-12);
        assert!((m.sd() - (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
        assert!(Moments::default().se().is_infinite());
    }

    #[test]
    fn students_quantile_goes_over_into_its_expansion() {
        // t(9) = 2.2622, t(40) = 2.0211, t(120) = 1.9799 (tables).
        for (df, t) in [(9, 2.2622), (40, 2.0211), (120, 1.9799)] {
            assert!((t95(df) - t).abs() < 1e-4, "{df}: {}", t95(df));
        }
        assert!((30..60).all(|df| t95(df + 1) < t95(df)));
    }

    #[test]
    fn what_one_batch_counted_has_no_known_spread() {
        assert_eq!(batch_means(&[(0.0, 0.0), (7.0, 2.0)]), (3.5, f64::INFINITY));
    }

    #[test]
    fn a_ratio_of_batches_has_the_ratio_of_their_sums() {
        let (ratio, se) = batch_means(&[(1.0, 10.0), (3.0, 10.0), (2.0, 10.0), (2.0, 10.0)]);
        assert!((ratio - 0.2).abs() < 1e-12);
        // Equal denominators: the plain standard error of the batch ratios 0.1, 0.3, 0.2, 0.2.
        assert!((se - (0.02f64 / 12.0).sqrt()).abs() < 1e-12, "{se}");
    }
}
