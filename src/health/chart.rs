//! Change detection: cumulative sums on failures and on volume, and the console's one false-alarm budget.
//!
//! **Budget.** All charts of a console together may raise one false alarm in [`FALSE_ALARM_DAYS`] days of a country
//! of 171 000 needs a day. Every attempt feeds five failure charts (nation, line, operator, zone × service and, when it
//! crosses one, a call server with its software group); every expected call feeds the volume charts of its psap (three)
//! and of its service (one). The rate of false alarms per attempt or expected call does not depend on how traffic is cut
//! into charts, so a layer costs calls per day × rate whatever the number of its charts. Exact rates from the chart's
//! Markov chain (test `the_budget_is_kept`), at a failure rate of 2 % and Poisson volumes:
//!
//! | layer | design | false alarms a day |
//! |---|---|---|
//! | 6 layers of failures | +9 per failure, −1 per success, 72 | 6 × 1.8e-5 |
//! | psap volume, half | k = 0.7213, h = 22 | 6.2e-3 |
//! | psap volume, −30 % | k = 0.8411, h = 40 | 5.4e-3 |
//! | psap silence | 17 expected, none seen | 7.1e-3 |
//! | service volume, −20 % | k = 0.8963, h = 60 | 5.6e-3 |
//! | together | | 0.024: one in 41 days |
//!
//! A country with 3 % failures on a normal day pays 8e-3 for the failures and still has one in 31 days.
//!
//! Sources: Page, *Biometrika* 41 (1954); Lucas, *Technometrics* 27 (1985) for counts; Reynolds & Stoumbos,
//! *J. Quality Technology* 31 (1999) for Bernoulli observations.
//!
//! Does not belong here: what an alarm is called, who is told.

use super::packing::pack_fields;

/// One false alarm in this many days for all charts of a console together.
pub const FALSE_ALARM_DAYS: f64 = 30.0;

/// Bernoulli cumulative sum on failures in lattice form: one integer. Tuned to tell 3 % from about 20 % of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    value: i32,
    /// Frame at which the sum last left zero: the likeliest moment of the change.
    since: u32,
    /// Successes and failures since then.
    counted: (u32, u32),
    raised: bool,
}

pack_fields!(Failures: value, since, counted, raised);

impl Failures {
    /// Step up per failure; a success is one step down.
    pub const UP: i32 = 9;
    /// Alarm.
    pub const ALARM: i32 = 72;
    /// Worth a look.
    pub const WATCH: i32 = 40;
    /// The sum goes no higher, so that some thirty successes in a row end an alarm…
    const CEILING: i32 = 90;
    /// …once it is below this.
    const RELEASE: i32 = 60;

    /// Counts one frame: successes first, then failures.
    pub fn push(&mut self, frame: u32, ok: u32, failed: u32) {
        if failed == 0 && self.value == 0 {
            return;
        }
        let kept = (i64::from(self.value) - i64::from(ok)).max(0);
        if kept == 0 && failed > 0 {
            self.since = frame;
            self.counted = (0, 0);
        }
        self.counted.0 += ok;
        self.counted.1 += failed;
        self.value = (kept + i64::from(failed) * i64::from(Self::UP)).min(i64::from(Self::CEILING)) as i32;
        self.raised = self.value >= Self::ALARM || (self.raised && self.value >= Self::RELEASE);
    }

    /// Crossed the alarm line and has not come down since.
    pub fn alarm(&self) -> bool {
        self.raised
    }

    /// At or above the line of [`super::State::Watch`].
    pub fn watch(&self) -> bool {
        self.value >= Self::WATCH
    }

    /// The likeliest moment of the change, a frame number.
    pub fn since(&self) -> u32 {
        self.since
    }

    /// Successes and failures since that moment.
    pub fn counted(&self) -> (u32, u32) {
        self.counted
    }

    /// The sum.
    pub fn value(&self) -> i32 {
        self.value
    }
}

/// One call in the unit of volumes: expectations are kept in millionths, as integers, so that sums are exact.
pub const CALL: i64 = 1_000_000;

/// What a [`Volume`] chart is tuned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Design {
    /// Reference `(1 − ρ) ÷ −ln ρ` for a fall to the share ρ, thousandths.
    pub k: i64,
    /// Alarm line \[millionths of a call\].
    pub alarm: i64,
    /// Watch line \[millionths of a call\].
    pub watch: i64,
}

/// A fall to one half (ρ = 0.5).
pub const HALF: Design = Design { k: 721, alarm: 22 * CALL, watch: 12 * CALL };
/// A fall by three tenths (ρ = 0.7).
pub const THIRD: Design = Design { k: 841, alarm: 40 * CALL, watch: 24 * CALL };
/// A fall by one fifth (ρ = 0.8), for sums over the country.
pub const FIFTH: Design = Design { k: 896, alarm: 60 * CALL, watch: 36 * CALL };
/// Expected calls without one seen: silence as an alarm \[millionths of a call\].
pub const SILENT: i64 = 17 * CALL;
/// Expected calls without one seen: worth a look \[millionths of a call\].
pub const QUIET: i64 = 10 * CALL;

/// Poisson cumulative sum for calls that do not arrive: grows with what is expected, falls by one per call.
///
/// Where the operator's own counters already raised an alarm on the way to the same psap ("supported"), two fifths of the
/// evidence are enough: the false alarm has been paid for there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Volume {
    sum: i64,
    back: i64,
    since: u32,
    seen: u32,
    expected: u64,
    raised: bool,
}

pack_fields!(Volume: sum, back, since, seen, expected, raised);

impl Volume {
    /// Sum of the mirrored chart at which an alarm is over: as much evidence for normal as this many calls.
    const BACK: i64 = 8 * CALL;

    /// Counts one frame: `expected` in millionths of a call.
    pub fn push(&mut self, design: &Design, frame: u32, expected: i64, seen: i64, supported: bool) {
        let step = expected * design.k / 1_000 - seen * CALL;
        if self.sum == 0 && !self.raised {
            self.since = frame;
            (self.seen, self.expected) = (0, 0);
        }
        self.seen += seen as u32;
        self.expected += expected as u64;
        self.sum = (self.sum + step).clamp(0, design.alarm * 5 / 4);
        let line = if supported { design.alarm * 2 / 5 } else { design.alarm };
        if self.raised {
            self.back = (self.back - step).max(0);
            if self.back >= Self::BACK && self.sum < design.alarm {
                *self = Self::default();
            }
        } else if self.sum >= line {
            self.raised = true;
            self.back = 0;
        }
    }

    /// Crossed the alarm line, and normal volume is not proven since.
    pub fn alarm(&self) -> bool {
        self.raised
    }

    /// At or above the watch line.
    pub fn watch(&self, design: &Design, supported: bool) -> bool {
        self.raised || self.sum >= if supported { design.watch / 3 } else { design.watch }
    }

    /// The likeliest moment of the change, a frame number.
    pub fn since(&self) -> u32 {
        self.since
    }

    /// Calls seen and expected \[millionths\] since then.
    pub fn counted(&self) -> (u32, u64) {
        (self.seen, self.expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// False alarms per attempt of the failure chart in its steady state: largest eigenvalue by iteration.
    fn failures_rate(p: f64) -> f64 {
        let (h, up) = (Failures::ALARM as usize, Failures::UP as usize);
        let mut states = vec![0.0; h];
        states[0] = 1.0;
        let mut rate = 0.0;
        for _ in 0..5_000 {
            let mut next = vec![0.0; h];
            rate = 0.0;
            for (i, mass) in states.iter().enumerate() {
                if i + up >= h {
                    rate += mass * p;
                } else {
                    next[i + up] += mass * p;
                }
                next[i.saturating_sub(1)] += mass * (1.0 - p);
            }
            let total: f64 = next.iter().sum();
            for mass in &mut next {
                *mass /= total;
            }
            states = next;
        }
        rate
    }

    /// False alarms per expected call of a volume chart: calls are Poisson, the sum is cut into steps of 1/10 call.
    fn volume_rate(design: &Design) -> f64 {
        let cut = 10_usize;
        let n = (design.alarm / CALL) as usize * cut;
        let k = design.k as f64 / 1_000.0;
        let mean = 1.0 / cut as f64 / k;
        let none = libm::exp(-mean);
        let arrivals = [none, none * mean, none * mean * mean / 2.0, none * mean * mean * mean / 6.0];
        let mut states = vec![0.0; n];
        states[0] = 1.0;
        let (mut rate, mut settled) = (0.0, 0.0);
        for step in 0..30_000 {
            if step % 1_000 == 999 {
                if (rate - settled) < 1e-4 * rate {
                    break;
                }
                settled = rate;
            }
            let mut next = vec![0.0; n];
            rate = 0.0;
            for (i, mass) in states.iter().enumerate() {
                for (calls, p) in arrivals.iter().enumerate() {
                    let to = (i + 1).saturating_sub(calls * cut);
                    if to >= n { rate += mass * p } else { next[to] += mass * p }
                }
            }
            let total: f64 = next.iter().sum();
            for mass in &mut next {
                *mass /= total;
            }
            states = next;
        }
        rate / mean
    }

    #[test]
    fn the_budget_is_kept() {
        let calls_a_day = 171_000.0;
        let volumes = [HALF, THIRD, FIFTH].map(|design| volume_rate(&design));
        let silence = libm::exp(-((SILENT / CALL) as f64));
        let a_day = |p: f64| calls_a_day * (6.0 * failures_rate(p) + volumes.iter().sum::<f64>() + silence);
        let (usual, poor) = (1.0 / a_day(0.02), 1.0 / a_day(0.03));
        assert!(usual > FALSE_ALARM_DAYS && usual < 60.0, "one in {usual} days");
        assert!(poor > FALSE_ALARM_DAYS, "one in {poor} days at 3 %");
    }

    #[test]
    fn the_references_are_those_of_the_likelihood_ratio() {
        for (design, rho) in [(HALF, 0.5), (THIRD, 0.7), (FIFTH, 0.8)] {
            let k = (1.0 - rho) / -libm::log(rho);
            assert_eq!(design.k, (k * 1_000.0) as i64);
        }
    }

    #[test]
    fn eleven_percent_of_failures_are_seen_within_a_few_hundred_attempts() {
        // mean over many starting points of a fixed pattern: one failure in nine
        let mut chart = Failures::default();
        let seen = (0..1_000_u32).position(|i| {
            chart.push(i, u32::from(i % 7 != 0), u32::from(i % 7 == 0));
            chart.alarm()
        });
        assert!(seen.is_some_and(|attempts| attempts < 300), "{seen:?}");
        let mut calm = Failures::default();
        for i in 0..10_000_u32 {
            calm.push(i, u32::from(i % 33 != 0), u32::from(i % 33 == 0));
        }
        assert!(!calm.watch());
    }

    #[test]
    fn a_sudden_fall_is_seen_and_its_end_too() {
        let mut chart = Volume::default();
        let mut frame = 0;
        let mut run = |chart: &mut Volume, frames: u32, every: u32| {
            for _ in 0..frames {
                frame += 1;
                chart.push(&HALF, frame, CALL / 2, i64::from(frame % every == 0), false);
            }
        };
        run(&mut chart, 1_000, 2);
        assert!(!chart.watch(&HALF, false));
        run(&mut chart, 120, 6);
        assert!(chart.alarm() && chart.since() >= 999, "since {}", chart.since());
        let (seen, expected) = chart.counted();
        assert!(
            (19..=21).contains(&seen) && (59 * CALL as u64..=61 * CALL as u64).contains(&expected),
            "{seen} {expected}"
        );
        run(&mut chart, 200, 2);
        assert!(!chart.alarm() && !chart.watch(&HALF, false));
    }
}
