//! Every formula of the room, once, with its source.
//!
//! Only `+ − × ÷ √` of the language and `libm`: the same bits on every platform. Logarithms and gamma functions of
//! the platform are banned (`clippy.toml`).
//!
//! Does not belong here: windows, states, thresholds.

use std::sync::OnceLock;

use super::Rate;

/// Tail on each side of the intervals: two-sided 90 %, each bound one-sided 95 %.
pub const TAIL: f64 = 0.05;
/// The standard normal deviate that [`TAIL`] leaves above it.
pub const Z95: f64 = 1.644_853_626_951_472_7;

/// Network effectiveness ratio, ITU-T E.425 (03/2002) §3.2: seizures that reached the far side (answered, user
/// busy, ring no answer, rejected by the terminal) over seizures whose set-up is over.
pub fn ner(delivered: u32, refused: u32, silent: u32) -> Rate {
    rate(delivered, delivered + refused + silent)
}

/// Answer-seizure ratio, ITU-T E.425 (03/2002) §3.1 (also E.411): answered over seizures that have ended one way or
/// another.
pub fn asr(answered: u32, busy: u32, abandoned: u32, refused: u32, silent: u32) -> Rate {
    rate(answered, answered + busy + abandoned + refused + silent)
}

/// A rate with its 90 % Jeffreys interval.
pub fn rate(ok: u32, of: u32) -> Rate {
    let (low, high) = jeffreys(ok, of);
    Rate { ok: ok.min(of), of, low, high }
}

/// Jeffreys interval for a proportion: the 5 % and 95 % quantiles of Beta(ok + ½, of − ok + ½), with 0 when nothing
/// and 1 when everything succeeded (Brown, Cai, Das Gupta, *Statistical Science* 16(2), 2001, §3.1.3).
/// Without trials: (0, 1).
pub fn jeffreys(ok: u32, of: u32) -> (f64, f64) {
    let ok = ok.min(of);
    if of == 0 {
        return (0.0, 1.0);
    }
    if of as usize > REMEMBERED {
        return jeffreys_computed(ok, of);
    }
    let n = of as usize;
    let slot = n * (n + 1) / 2 + ok as usize;
    table().get(slot).map_or_else(|| jeffreys_computed(ok, of), |slot| *slot.get_or_init(|| jeffreys_computed(ok, of)))
}

/// Intervals of up to this many trials are computed once and remembered: a pure function, so nobody can tell.
const REMEMBERED: usize = 320;

fn table() -> &'static [OnceLock<(f64, f64)>] {
    static TABLE: OnceLock<Vec<OnceLock<(f64, f64)>>> = OnceLock::new();
    TABLE.get_or_init(|| (0..(REMEMBERED + 1) * (REMEMBERED + 2) / 2).map(|_| OnceLock::new()).collect())
}

fn jeffreys_computed(ok: u32, of: u32) -> (f64, f64) {
    let (a, b) = (f64::from(ok) + 0.5, f64::from(of - ok) + 0.5);
    let low = if ok == 0 { 0.0 } else { beta_quantile(TAIL, a, b) };
    let high = if ok == of { 1.0 } else { 1.0 - beta_quantile(TAIL, b, a) };
    (low, high)
}

/// The natural logarithm of the gamma function, for positive arguments.
fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Regularised incomplete beta function `I_x(a, b)` by its continued fraction (DLMF 8.17.22, evaluated by the modified
/// Lentz method; *Numerical Recipes*, 3rd ed., §6.4). Absolute error below 1e-12 for the arguments used here.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = libm::exp(ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * libm::log(x) + b * libm::log1p(-x));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(x, a, b) / a
    } else {
        1.0 - front * beta_fraction(1.0 - x, b, a) / b
    }
}

#[expect(clippy::many_single_char_names, reason = "the letters of the formula")]
fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..300 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let change = d * c;
        fraction *= change;
        if (change - 1.0).abs() < 1e-14 {
            break;
        }
    }
    fraction
}

/// The `x` with `I_x(a, b) = p`: Newton steps from the mean, kept inside a bracket that bisection shrinks.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let ln_b = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..80 {
        let error = beta_cdf(x, a, b) - p;
        if error > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let density = libm::exp((a - 1.0) * libm::log(x) + (b - 1.0) * libm::log1p(-x) - ln_b);
        let newton = if density > 0.0 { x - error / density } else { f64::NAN };
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - x).abs() < 1e-13 || high - low < 1e-13 {
            return next;
        }
        x = next;
    }
    x
}

/// One-sided 95 % bounds of a Poisson mean from one count: Byar's closed approximation to the exact gamma quantiles
/// (Breslow & Day, *Statistical Methods in Cancer Research* II, 1987, p. 69), within 1 % from a count of 1 on.
/// With `spread` > 1 the count is taken as overdispersed (variance = spread × mean, the negative binomial's at this
/// mean): the bounds of `count ÷ spread` events of weight `spread`.
pub fn poisson_bounds(count: f64, spread: f64) -> (f64, f64) {
    let x = count / spread;
    let byar = |x: f64, z: f64| {
        let root = 1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt());
        x * root * root * root
    };
    let low = if x > 0.0 { byar(x, -Z95).max(0.0) } else { 0.0 };
    (low * spread, byar(x + 1.0, Z95) * spread)
}

/// Difference of two proportions in pooled standard deviations (the usual two-sample z); 0 without trials.
pub fn z_difference(now: (u32, u32), before: (u32, u32)) -> f64 {
    let ((k1, n1), (k2, n2)) = (now, before);
    if n1 == 0 || n2 == 0 {
        return 0.0;
    }
    let (k1, n1, k2, n2) = (f64::from(k1), f64::from(n1), f64::from(k2), f64::from(n2));
    let pooled = (k1 + k2 + 1.0) / (n1 + n2 + 2.0);
    let spread = (pooled * (1.0 - pooled) * (1.0 / n1 + 1.0 / n2)).sqrt();
    (k1 / n1 - k2 / n2) / spread
}

/// Difference of two volumes relative to their expectations, in standard deviations (Poisson); 0 when nothing is
/// expected.
pub fn z_volumes(now: (f64, f64), before: (f64, f64)) -> f64 {
    let ((x1, m1), (x2, m2)) = (now, before);
    if m1 <= 0.0 || m2 <= 0.0 {
        return 0.0;
    }
    let pooled = (x1 + x2 + 1.0) / (m1 + m2 + 1.0);
    (x1 / m1 - x2 / m2) / (pooled * (1.0 / m1 + 1.0 / m2)).sqrt()
}

/// The log-likelihood of `failed` failures in `of` trials at failure probability `p`, without the constant.
pub fn ln_bernoulli(failed: f64, of: f64, p: f64) -> f64 {
    let p = p.clamp(1e-9, 1.0 - 1e-9);
    failed * libm::log(p) + (of - failed) * libm::log1p(-p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jeffreys_bounds_are_those_of_the_tables() {
        // two-sided 95 % values of the study of simulation metrics, computed there with another program
        for (ok, of, low, high) in [(9.0, 10.0, 0.619, 0.989), (19.0, 20.0, 0.789, 0.995), (95.0, 100.0, 0.894, 0.981)]
        {
            let (a, b) = (ok + 0.5, of - ok + 0.5);
            let (l, h) = (beta_quantile(0.025, a, b), beta_quantile(0.975, a, b));
            assert!((l - low).abs() < 6e-4 && (h - high).abs() < 6e-4, "{ok}/{of}: {l} {h}");
        }
        assert_eq!(jeffreys(0, 0), (0.0, 1.0));
        assert!(jeffreys(18, 18).0 > 0.90 && jeffreys(17, 17).0 < 0.90);
        assert!(jeffreys(0, 9).1 < 0.20 && jeffreys(0, 8).1 > 0.20);
    }

    #[test]
    fn jeffreys_bounds_leave_five_percent_on_each_side() {
        for of in [1_u32, 7, 40, 321, 5_000] {
            for ok in [0, of / 3, of / 2, of - 1, of] {
                let (low, high) = jeffreys(ok, of);
                let (a, b) = (f64::from(ok) + 0.5, f64::from(of - ok) + 0.5);
                assert!(ok == 0 || (beta_cdf(low, a, b) - TAIL).abs() < 1e-9, "{ok}/{of} {low}");
                assert!(ok == of || (beta_cdf(high, a, b) - 1.0 + TAIL).abs() < 1e-9, "{ok}/{of} {high}");
            }
        }
    }

    #[test]
    fn the_incomplete_beta_function_meets_closed_forms() {
        for x in [0.01, 0.2, 0.5, 0.77, 0.999] {
            assert!((beta_cdf(x, 1.0, 1.0) - x).abs() < 1e-12);
            assert!((beta_cdf(x, 2.0, 1.0) - x * x).abs() < 1e-12);
            // arcsine law
            let arcsine = 2.0 / std::f64::consts::PI * libm::asin(x.sqrt());
            assert!((beta_cdf(x, 0.5, 0.5) - arcsine).abs() < 1e-11, "{x}");
        }
    }

    #[test]
    fn poisson_bounds_cover_as_often_as_they_say() {
        // exact: P(X >= 10 | low) = 0.05 and P(X <= 10 | high) = 0.05 give 5.425 and 16.962 (Garwood 1936)
        let (low, high) = poisson_bounds(10.0, 1.0);
        assert!((low - 5.425).abs() < 0.05 && (high - 16.962).abs() < 0.05, "{low} {high}");
        let (low, high) = poisson_bounds(0.0, 1.0);
        assert!(low == 0.0 && (high - 2.996).abs() < 0.1, "{high}");
        let (wide_low, wide_high) = poisson_bounds(10.0, 2.0);
        assert!(wide_low < 5.0 && wide_high > 18.0);
    }

    #[test]
    fn ratios_follow_the_recommendation() {
        let ner = ner(85, 5, 10);
        assert_eq!((ner.ok, ner.of), (85, 100));
        let asr = asr(70, 5, 10, 5, 10);
        assert_eq!((asr.ok, asr.of), (70, 100));
    }
}
