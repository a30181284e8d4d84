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

/// Estimate and standard error of a ratio from batches of one run, `(numerator, denominator)` each: the ratio of the
/// sums, with the error of a ratio estimator (Law, *Simulation Modeling and Analysis*, batch means; delta method).
/// Batches must be much longer than the memory of the system.
pub fn batch_means(batches: &[(f64, f64)]) -> (f64, f64) {
    let n = batches.len() as f64;
    let (top, bottom) = batches.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    if bottom == 0.0 || batches.len() < 2 {
        return (0.0, f64::INFINITY);
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
    fn a_ratio_of_batches_has_the_ratio_of_their_sums() {
        let (ratio, se) = batch_means(&[(1.0, 10.0), (3.0, 10.0), (2.0, 10.0), (2.0, 10.0)]);
        assert!((ratio - 0.2).abs() < 1e-12);
        // Equal denominators: the plain standard error of the batch ratios 0.1, 0.3, 0.2, 0.2.
        assert!((se - (0.02f64 / 12.0).sqrt()).abs() < 1e-12, "{se}");
    }
}
