//! Keyed draws: every random word is a function of (seed, stream, caller, attempt, purpose) and of nothing else.
//!
//! One word per draw and one draw per purpose: no two purposes can ever share a word, whatever a caller goes
//! through, and a lever or a flood cannot reshuffle anybody. Durations come from [`Quantiles`], which turn exactly
//! one word into one duration, so that what remains of a running duration can be redrawn conditionally.
//!
//! Does not belong here: what is drawn and when.

use super::math;
use crate::network::Law;

/// What a word is for. A number per purpose, never reused; up to sixteen sub-draws each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Purpose {
    /// Time since the previous arrival of the stream.
    Gap = 1,
    /// Demand group.
    Group,
    /// Zone and service.
    Row,
    /// Line.
    Line,
    /// Psap among those of a translation row.
    Psap,
    /// Whether an arrival is kept.
    Thin,
    /// Persistence of the caller.
    Persistence,
    /// Whether the caller learns of substitute numbers.
    Awareness,
    /// Whether the caller follows advice.
    Advice,
    /// Set-up time.
    Setup,
    /// Patience in silence.
    Silence,
    /// Patience in a queue.
    Patience,
    /// Handling time.
    Handling,
    /// Choice of a call server; sub-draw: the rank of the try.
    Route,
    /// Choice of a trunk group; sub-draw: the rank of the try.
    Circuits,
    /// Whether a server's ordinary traffic leaves a session; sub-draw: the rank of the try.
    Session,
    /// Whether a server's ordinary traffic leaves a set-up; sub-draw: the rank of the try.
    Limiter,
    /// Whether a fault refuses; sub-draw: the rank of the try, trunk groups from 8.
    Reject,
    /// Whether a fault swallows; sub-draw as for `Reject`.
    Blackhole,
    /// Whether a fault cuts.
    Drop,
    /// When it cuts.
    DropAfter,
    /// Whether the caller tries again.
    Redial,
    /// When.
    RedialDelay,
    /// Whether another service is dialled.
    SwitchService,
    /// Which one.
    OtherService,
    /// Whether another access is used.
    SwitchAccess,
    /// Which one.
    OtherLine,
    /// Whether the need is served without a call.
    OwnMeans,
    /// Duration of a node's state.
    Node,
    /// Success of a lever.
    Lever,
    /// Loss of the management plane.
    Management,
    /// Whether an answered call has no sound; sub-draw: 0 server, 1 trunk group.
    Mute,
    /// Whether a call is sent to the wrong psap; sub-draw: the rank of the try, trunk groups from 8.
    Misroute,
    /// Whether a substitute number as published leads elsewhere.
    WrongNumber,
    /// Whether a filter stops a call.
    Filter,
    /// Whether one of the few callers there are is free to call.
    Source,
    /// Whether a switch to a back-up works.
    Switch,
    /// Whether somebody tries the number only to see.
    Curious,
}

/// The key of one caller: all the caller's words come from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Key(pub u64);

const STEP: u64 = 0xa076_1d64_78bd_642f;
const TURN: u64 = 0xe703_7ed1_a0b4_28db;

#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// What all callers of a stream have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StreamKey(u64);

impl StreamKey {
    /// The key of a stream.
    #[inline]
    pub fn new(seed: u64, stream: u32) -> Self {
        Self(fold(seed ^ 0x8ebc_6af0_9c88_c6e3, u64::from(stream).wrapping_mul(STEP) ^ 0x5896_65cc_7537_4cc3))
    }

    /// The key of its caller number `index`.
    #[inline]
    pub fn caller(self, index: u64) -> Key {
        let a = self.0;
        Key(fold(a ^ index.wrapping_mul(TURN), STEP ^ index.rotate_left(32)) ^ a.rotate_left(17))
    }
}

impl Key {
    /// The key of caller number `index` of a stream.
    #[inline]
    pub fn caller(seed: u64, stream: u32, index: u64) -> Self {
        StreamKey::new(seed, stream).caller(index)
    }

    /// The word for a purpose at an attempt: step number (attempt, purpose, sub) of a wyrand sequence.
    #[inline]
    pub fn word(self, attempt: u8, purpose: Purpose, sub: u8) -> u64 {
        let counter = (u64::from(attempt) << 16) | ((purpose as u64) << 8) | u64::from(sub);
        let state = self.0.wrapping_add(counter.wrapping_mul(STEP));
        fold(state, state ^ TURN)
    }

    /// True with probability `p` / 2³².
    #[inline]
    pub fn coin(self, attempt: u8, purpose: Purpose, sub: u8, p: Chance) -> bool {
        p.0 != 0 && (self.word(attempt, purpose, sub) >> 32) < u64::from(p.0) + u64::from(p.0 == u32::MAX)
    }
}

/// A probability in units of 2⁻³²; `u32::MAX` is certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Chance(pub u32);

impl Chance {
    /// Certainty.
    pub const ONE: Self = Self(u32::MAX);

    /// The nearest to `p`, which is clamped to 0–1.
    pub fn new(p: f64) -> Self {
        Self((p.clamp(0.0, 1.0) * 4_294_967_296.0) as u32)
    }

    /// As a number between 0 and 1.
    pub fn get(self) -> f64 {
        if self == Self::ONE { 1.0 } else { f64::from(self.0) / 4_294_967_296.0 }
    }
}

/// Segments per halving of the survival probability.
const SEGMENTS: usize = 64;
/// Halvings: durations less likely than 2⁻³² are cut there.
const OCTAVES: usize = 32;
/// Points of a halving, its end with them. Not a power of two, which would have the place of a point put together by shifts
/// over two words.
const ROW: usize = SEGMENTS + 1;
/// Points of a table.
const POINTS: usize = OCTAVES * ROW;

/// A law of unit mean as a table of its quantiles, linear between points that crowd towards the long tail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantiles {
    /// Units of 2⁻³² of the mean, at falling survival probability. Their number is known to the compiler, so that
    /// looking one up needs no check.
    points: Box<[u64; POINTS]>,
}

impl Quantiles {
    /// From a quantile function of the survival probability (falling), scaled so that the table's mean is exactly 1.
    fn new(quantile: impl Fn(f64) -> f64) -> Self {
        let mut points = Vec::with_capacity(POINTS);
        let mut top = 1.0;
        for _ in 0..OCTAVES {
            for segment in 0..ROW {
                let survival = top * (1.0 - 0.5 * segment as f64 / SEGMENTS as f64);
                points.push(if survival < 1.0 { quantile(survival) } else { 0.0 });
            }
            top /= 2.0;
        }
        let mut mean = 0.0;
        let mut weight = 0.5 / SEGMENTS as f64;
        for octave in 0..OCTAVES {
            for segment in 0..SEGMENTS {
                let i = octave * ROW + segment;
                mean += weight * f64::midpoint(points[i], points[i + 1]);
            }
            weight /= 2.0;
        }
        let mut table = Self::constant();
        for (unit, p) in table.points.iter_mut().zip(&points) {
            *unit = (p / mean * 4_294_967_296.0) as u64;
        }
        table
    }

    fn exponential() -> Self {
        Self::new(|survival| -math::ln(survival))
    }

    fn lognormal(cv: f64) -> Self {
        let sigma = math::ln(1.0 + cv * cv).sqrt();
        Self::new(|survival| math::exp(sigma * math::normal_upper(survival)))
    }

    /// With probability `p` an exponential of mean 1, else one of mean `second`.
    fn hyper(p: f64, second: f64) -> Self {
        Self::new(|survival| {
            let (mut low, mut high) = (0.0, 50.0 * second.max(1.0));
            for _ in 0..80 {
                let middle = f64::midpoint(low, high);
                let here = p * math::exp(-middle) + (1.0 - p) * math::exp(-middle / second);
                if here > survival {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            f64::midpoint(low, high)
        })
    }

    fn constant() -> Self {
        // On the heap from the start: a table is larger than what a stack likes.
        let Ok(points) = vec![1 << 32; POINTS].into_boxed_slice().try_into() else { unreachable!("as many as asked") };
        Self { points }
    }

    /// The quantile at a word (large words: short durations), in units of 2⁻³² of the mean.
    #[inline]
    pub fn at(&self, word: u64) -> u64 {
        let (point, down) = place(word);
        let (from, to) = (self.points[point], self.points[point + 1]);
        from + upper(to - from, down)
    }

    /// Survival probability at a duration in units of 2⁻³² of the mean, as a word: [`Quantiles::at`] of a word below
    /// it is at least that duration.
    pub fn survival(&self, value: u64) -> u64 {
        let mut low = 0;
        let mut high = u64::MAX;
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle) <= value {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

/// Where a word lies in a table: the point before it, and how far on the next one is, in units of 2⁻⁶⁴ of the way.
#[inline]
fn place(word: u64) -> (usize, u64) {
    let octave = (word.leading_zeros() as usize).min(OCTAVES - 1);
    let rest = (word << octave) << 1;
    let segment = SEGMENTS - 1 - (rest >> 58) as usize;
    // Distance from the upper end of the segment: 32 bits, in the upper half of the word.
    (octave * ROW + segment, !(rest << 6) >> 32 << 32)
}

/// A duration's law, compiled: a table and a mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Duration {
    /// Index into [`Tables`].
    pub table: u16,
    /// Mean \[ticks\].
    pub mean: u64,
}

/// The tables of a plan; laws of the same shape share one.
#[derive(Debug, Clone)]
pub struct Tables {
    shapes: Vec<Shape>,
    tables: Vec<Quantiles>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Shape {
    Constant,
    Exponential,
    Lognormal(f64),
    Hyper(f64, f64),
}

impl Shape {
    fn table(self) -> Quantiles {
        match self {
            Self::Constant => Quantiles::constant(),
            Self::Exponential => Quantiles::exponential(),
            Self::Lognormal(cv) => Quantiles::lognormal(cv),
            Self::Hyper(p, second) => Quantiles::hyper(p, second),
        }
    }
}

fn shape(law: &Law) -> (Shape, f64) {
    match *law {
        Law::Exp(mean) => (Shape::Exponential, mean),
        Law::Lognormal(mean, cv) if cv > 0.0 => (Shape::Lognormal(cv), mean),
        Law::Fixed(mean) | Law::Lognormal(mean, _) => (Shape::Constant, mean),
        Law::Hyper(p, first, second) if first > 0.0 && second > 0.0 => {
            (Shape::Hyper(p, second / first), p * first + (1.0 - p) * second)
        }
        Law::Hyper(p, first, second) => (Shape::Exponential, p * first + (1.0 - p) * second),
    }
}

/// Ticks of a duration in seconds; negative and absurd ones are clamped to 0–10 years.
pub fn ticks(seconds: f64) -> u64 {
    (seconds.clamp(0.0, 3.2e8) * 1e6).round() as u64
}

impl Tables {
    /// Only the exponential law, as table 0.
    pub fn new() -> Self {
        Self { shapes: vec![Shape::Exponential], tables: vec![Quantiles::exponential()] }
    }

    /// A draw of the exponential law of mean 1, in units of 2⁻³².
    #[inline]
    pub fn unit(&self, word: u64) -> u64 {
        self.tables[0].at(word)
    }

    /// The compiled form of a law, adding a table if its shape is new.
    pub fn add(&mut self, law: &Law) -> Duration {
        let (shape, mean) = shape(law);
        let table = self.shapes.iter().position(|known| *known == shape).unwrap_or_else(|| {
            self.shapes.push(shape);
            self.tables.push(shape.table());
            self.tables.len() - 1
        });
        Duration { table: table as u16, mean: ticks(mean) }
    }

    /// A duration \[ticks\].
    #[inline]
    pub fn draw(&self, law: Duration, word: u64) -> u64 {
        scale(self.tables[law.table as usize].at(word), law.mean)
    }

    /// A duration given that it exceeds `elapsed` \[ticks\]: what a fork redraws for calls in progress.
    pub fn draw_longer(&self, law: Duration, elapsed: u64, word: u64) -> u64 {
        if law.mean == 0 {
            return elapsed;
        }
        let table = &self.tables[law.table as usize];
        let value = ((u128::from(elapsed) << 32) / u128::from(law.mean)) as u64;
        let survival = table.survival(value);
        let word = ((u128::from(word) * u128::from(survival)) >> 64) as u64;
        scale(table.at(word), law.mean).max(elapsed)
    }
}

/// The upper word of a product. Where a product is shifted by less, it pays to shift a factor before: shifting over two
/// words is many steps for a processor.
#[inline]
fn upper(a: u64, b: u64) -> u64 {
    ((u128::from(a) * u128::from(b)) >> 64) as u64
}

#[inline]
fn scale(value: u64, mean: u64) -> u64 {
    if mean >> 32 == 0 { upper(value, mean << 32) } else { scale_long(value, mean) }
}

/// The same for means of more than 71 minutes.
#[cold]
#[inline(never)]
fn scale_long(value: u64, mean: u64) -> u64 {
    ((u128::from(value) * u128::from(mean)) >> 32) as u64
}

/// A factor on durations, in units of 2⁻¹⁶.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Factor(u64);

impl Factor {
    /// The nearest below `x`, which is clamped to 0–10,000.
    pub fn new(x: f64) -> Self {
        Self((x.clamp(0.0, 1e4) * 65_536.0) as u64)
    }

    /// A duration times the factor.
    #[inline]
    pub fn of(self, time: u64) -> u64 {
        if self.0 == 1 << 16 { time } else { self.of_long(time) }
    }

    #[cold]
    #[inline(never)]
    fn of_long(self, time: u64) -> u64 {
        ((u128::from(time) * u128::from(self.0)) >> 16) as u64
    }
}

/// A duration straight from its law \[ticks\]: for the few that an input brings while the simulation runs.
pub fn draw_law(law: &Law, word: u64) -> u64 {
    let survival = ((word >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0;
    let (shape, mean) = shape(law);
    let unit = match shape {
        Shape::Constant => 1.0,
        Shape::Exponential => -math::ln(survival),
        Shape::Lognormal(cv) => {
            let square = math::ln(1.0 + cv * cv);
            math::exp(square.sqrt() * math::normal_upper(survival) - square / 2.0)
        }
        Shape::Hyper(p, second) => {
            let scale = p + (1.0 - p) * second;
            // The first component takes the upper part of the word's range, rescaled.
            let (mean, within) = if survival < p { (1.0, survival / p) } else { (second, (survival - p) / (1.0 - p)) };
            -math::ln(within.max(1e-18)) * mean / scale
        }
    };
    ticks(unit * mean)
}

/// Share of those who will learn of something who know it after so many half-times: 1 − 2^−x, linear between points.
#[derive(Debug, Clone)]
pub struct Aware {
    points: Vec<f64>,
}

/// Points per half-time, and half-times after which everyone knows.
const AWARE: (usize, usize) = (32, 20);

impl Aware {
    /// Builds the table.
    pub fn new() -> Self {
        let step = std::f64::consts::LN_2 / AWARE.0 as f64;
        Self { points: (0..=AWARE.0 * AWARE.1).map(|i| 1.0 - math::exp(-step * i as f64)).collect() }
    }

    /// The share after `half_times` (zero or more).
    #[inline]
    pub fn at(&self, half_times: f64) -> f64 {
        let x = half_times * AWARE.0 as f64;
        let i = x as usize;
        match self.points.get(i..i + 2) {
            Some(&[from, to]) => from + (to - from) * (x - i as f64),
            _ => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_cv(tables: &Tables, law: Duration) -> (f64, f64) {
        let n = 400_000;
        let values: Vec<f64> =
            (0..n).map(|i| tables.draw(law, Key::caller(7, 3, i).word(1, Purpose::Handling, 0)) as f64 / 1e6).collect();
        let mean = values.iter().sum::<f64>() / n as f64;
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n as f64;
        (mean, variance.sqrt() / mean)
    }

    #[test]
    fn laws_have_their_mean_and_spread() {
        let mut tables = Tables::new();
        for (law, mean, cv) in [
            (Law::Fixed(3.0), 3.0, 0.0),
            (Law::Exp(2.0), 2.0, 1.0),
            (Law::Lognormal(140.0, 1.1), 140.0, 1.1),
            // cv² = 2 (p m1² + (1 − p) m2²) / mean² − 1
            (Law::Hyper(0.8, 0.5, 3.0), 1.0, 1.732_050_8),
        ] {
            let compiled = tables.add(&law);
            let (m, c) = mean_and_cv(&tables, compiled);
            assert!((m / mean - 1.0).abs() < 0.011, "{law:?}: mean {m}");
            assert!((c - cv).abs() < 0.03 * cv.max(0.01), "{law:?}: cv {c}");
        }
        assert_eq!(tables.tables.len(), 4);
    }

    #[test]
    fn quantiles_fall_as_the_word_grows() {
        let table = Quantiles::exponential();
        let mut last = u64::MAX;
        for i in 0..4096u64 {
            let value = table.at(i << 52 | (i & 0xfff));
            assert!(value <= last, "at {i}");
            last = value;
        }
        // ln 2, the median.
        assert!((table.at(1 << 63) as f64 / 4_294_967_296.0 - std::f64::consts::LN_2).abs() < 1e-4);
    }

    #[test]
    fn the_rest_of_a_duration_is_longer_than_what_has_passed() {
        let mut tables = Tables::new();
        let law = tables.add(&Law::Exp(10.0));
        let n = 200_000u64;
        let mut rest = 0.0;
        for i in 0..n {
            let elapsed = 7_000_000;
            let value = tables.draw_longer(law, elapsed, Key::caller(1, 1, i).word(0, Purpose::Handling, 0));
            assert!(value >= elapsed);
            rest += (value - elapsed) as f64 / 1e6;
        }
        // The exponential law has no memory.
        assert!((rest / n as f64 - 10.0).abs() < 0.12, "{}", rest / n as f64);
    }

    /// Long means and short ones, factors of one and others: always the product, rounded down.
    #[test]
    fn a_duration_is_scaled_exactly() {
        for mean in [0, 1, 120_000_000, u64::from(u32::MAX), 1 << 32, 320_000_000_000_000] {
            for value in [0, 1, 1 << 32, 94_000_000_000, (1 << 40) + 12_345] {
                assert_eq!(scale(value, mean), ((u128::from(value) * u128::from(mean)) >> 32) as u64, "{value} {mean}");
            }
        }
        assert_eq!((Factor::new(1.0).of(u64::MAX), Factor::new(1.5).of(3), Factor::new(0.0).of(7)), (u64::MAX, 4, 0));
    }

    #[test]
    fn half_of_them_know_after_a_half_time() {
        let aware = Aware::new();
        for (x, share) in [(0.0, 0.0), (1.0, 0.5), (2.0, 0.75), (0.5, 0.292_893), (30.0, 1.0)] {
            assert!((aware.at(x) - share).abs() < 1e-4, "{x}");
        }
    }

    #[test]
    fn words_of_all_purposes_and_attempts_differ() {
        let key = Key::caller(42, 0, 99);
        let mut words: Vec<u64> = (0..20)
            .flat_map(|attempt| {
                [Purpose::Gap, Purpose::Patience, Purpose::Handling, Purpose::Route, Purpose::Management]
                    .into_iter()
                    .flat_map(move |p| (0..16).map(move |sub| key.word(attempt, p, sub)))
            })
            .collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
    }
}
