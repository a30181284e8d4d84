//! Exponential, logarithm and normal quantile from additions, multiplications and divisions only.
//!
//! Platform libraries differ in the last bit of these functions; IEEE 754 basic arithmetic does not.
//! Used when a plan is compiled and for the rare durations of faults, never in the call loop.
//!
//! Does not belong here: random numbers.

#![expect(clippy::excessive_precision, reason = "coefficients and tables with the digits they were published with")]

const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// `e` to the power `x`, to about one unit in the last place; saturates outside ±700.
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let k = (x * std::f64::consts::LOG2_E).round();
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    // Taylor's series: |r| <= ln 2 / 2, so the term of degree 15 is below 1e-19.
    let sum = (1..=14).rev().fold(1.0, |sum, n| 1.0 + sum * r / f64::from(n));
    sum * f64::from_bits(((k as i64 + 1023) as u64) << 52)
}

/// Natural logarithm of a positive normal number, to about one unit in the last place.
pub fn ln(x: f64) -> f64 {
    let bits = x.max(f64::MIN_POSITIVE).to_bits();
    let mut exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
    let mut mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa /= 2.0;
        exponent += 1;
    }
    // ln m = 2 artanh((m − 1) / (m + 1)); |s| <= 0.172, so s^25 is below 1e-19.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let series = (0..12).rev().fold(0.0, |sum, n| sum * square + 1.0 / f64::from(2 * n + 1));
    let k = exponent as f64;
    k * LN_2_HIGH + (k * LN_2_LOW + 2.0 * s * series)
}

/// Quantile of the standard normal law whose *upper* tail is `tail` (0 < `tail` < 1).
///
/// Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988), relative accuracy 1e-16.
pub fn normal_upper(tail: f64) -> f64 {
    let q = 0.5 - tail;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * polynomial(&CENTRE_A, r) / polynomial(&CENTRE_B, r);
    }
    let side = if q < 0.0 { 1.0 - tail } else { tail };
    let r = (-ln(side)).sqrt();
    let value = if r <= 5.0 {
        polynomial(&NEAR_C, r - 1.6) / polynomial(&NEAR_D, r - 1.6)
    } else {
        polynomial(&FAR_E, r - 5.0) / polynomial(&FAR_F, r - 5.0)
    };
    if q < 0.0 { -value } else { value }
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

const CENTRE_A: [f64; 8] = [
    3.387_132_872_796_366_608,
    1.331_416_678_917_843_774_5e2,
    1.971_590_950_306_551_442_7e3,
    1.373_169_376_550_946_112_5e4,
    4.592_195_393_154_987_145_7e4,
    6.726_577_092_700_870_085_3e4,
    3.343_057_558_358_812_810_5e4,
    2.509_080_928_730_122_672_7e3,
];
const CENTRE_B: [f64; 8] = [
    1.0,
    4.231_333_070_160_091_125_2e1,
    6.871_870_074_920_579_083e2,
    5.394_196_021_424_751_107_7e3,
    2.121_379_430_158_659_586_7e4,
    3.930_789_580_009_271_061e4,
    2.872_908_573_572_194_267_4e4,
    5.226_495_278_852_854_561e3,
];
const NEAR_C: [f64; 8] = [
    1.423_437_110_749_683_577_34,
    4.630_337_846_156_545_295_9,
    5.769_497_221_460_691_405_5,
    3.647_848_324_763_204_605_04,
    1.270_458_252_452_368_382_58,
    2.417_807_251_774_506_117_7e-1,
    2.272_384_498_926_918_458_33e-2,
    7.745_450_142_783_414_076_4e-4,
];
const NEAR_D: [f64; 8] = [
    1.0,
    2.053_191_626_637_758_821_87,
    1.676_384_830_183_803_849_4,
    6.897_673_349_851_000_045_5e-1,
    1.481_039_764_274_800_745_9e-1,
    1.519_866_656_361_645_719_66e-2,
    5.475_938_084_995_344_946e-4,
    1.050_750_071_644_416_843_24e-9,
];
const FAR_E: [f64; 8] = [
    6.657_904_643_501_103_777_2,
    5.463_784_911_164_114_369_9,
    1.784_826_539_917_291_335_8,
    2.965_605_718_285_048_912_3e-1,
    2.653_218_952_657_612_309_3e-2,
    1.242_660_947_388_078_438_6e-3,
    2.711_555_568_743_487_578_15e-5,
    2.010_334_399_292_288_132_65e-7,
];
const FAR_F: [f64; 8] = [
    1.0,
    5.998_322_065_558_879_376_9e-1,
    1.369_298_809_227_358_053_1e-1,
    1.487_536_129_085_061_485_25e-2,
    7.868_691_311_456_132_591e-4,
    1.846_318_317_510_054_681_8e-5,
    1.421_511_758_316_445_888_7e-7,
    2.044_263_103_389_939_785_64e-15,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs().max(1e-300), "{a} is not {b}");
    }

    /// Values from the 30-digit tables of mpmath 1.3.
    #[test]
    fn elementary_functions_match_tables() {
        close(exp(1.0), std::f64::consts::E, 3e-16);
        close(exp(-20.0), 2.061_153_622_438_557_8e-9, 1e-15);
        close(exp(10.5), 36_315.502_674_246_64, 1e-15);
        close(ln(10.0), std::f64::consts::LN_10, 3e-16);
        close(ln(1e-12), -27.631_021_115_928_547, 1e-15);
        close(ln(0.999), -0.001_000_500_333_583_533_5, 1e-13);
        for i in 1..200 {
            let x = f64::from(i) * 0.37;
            close(ln(exp(x)), x, 1e-14);
        }
    }

    #[test]
    fn normal_quantiles_match_tables() {
        close(normal_upper(0.025), 1.959_963_984_540_054, 1e-14);
        close(normal_upper(0.975), -1.959_963_984_540_054, 1e-14);
        close(normal_upper(1e-9), 5.997_807_015_007_686_87, 1e-13);
        close(normal_upper(0.3), 0.524_400_512_708_040_9, 1e-14);
        assert!(normal_upper(0.5).abs() < 1e-15);
    }
}
