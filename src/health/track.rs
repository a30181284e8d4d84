//! Evidence on one element (a cell, a zone, a line, a call server…) and its state with hysteresis.
//!
//! Counts are integers over sliding windows: 5 minutes when they hold at least [`ENOUGH`] trials, else the last
//! [`REACH`] trials of the last 30 minutes. Rules: one-sided 95 % Jeffreys bounds, `docs/health.md`.
//!
//! Does not belong here: which elements exist, what alarms follow.

use super::State;
use super::chart::Failures;
use super::formulas::jeffreys;
use super::packing::pack_fields;
use super::window::{LONG, SHORT};

/// Trials that make the short window evidence enough.
pub const ENOUGH: u32 = 20;
/// Trials looked back over when the short window holds less.
pub const REACH: u32 = 40;
/// Below this many trials nothing is said.
pub const LEAST: u32 = 5;
/// An improvement must last this many frames (one minute)…
const PATIENCE: u32 = 6;
/// …and this many new trials.
const NEW_TRIALS: u32 = 10;

/// Successes and trials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Successes.
    pub ok: u32,
    /// Trials.
    pub of: u32,
}

pack_fields!(Counts: ok, of);

/// How bad a state is; states that say nothing count as not bad.
pub fn severity(state: State) -> u8 {
    match state {
        State::Unknown | State::Stale | State::Maintenance | State::Nominal => 0,
        State::Watch => 1,
        State::Degraded => 2,
        State::Critical => 3,
        State::Silent => 4,
        State::Down => 5,
    }
}

/// A state that worsens at once and improves with patience.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Machine {
    state: State,
    since: u32,
    better_from: Option<u32>,
    trials: u32,
}

pack_fields!(Machine: state, since, better_from, trials);

impl Machine {
    /// The state.
    pub fn state(&self) -> State {
        self.state
    }

    /// Frame of the last change.
    pub fn since(&self) -> u32 {
        self.since
    }

    /// What evidence says now, with how many new trials this frame.
    pub fn propose(&mut self, frame: u32, proposed: State, new_trials: u32) {
        if proposed == self.state {
            self.better_from = None;
            return;
        }
        let (now, was) = (severity(proposed), severity(self.state));
        if was == 0 || now > was {
            self.change(frame, proposed);
            return;
        }
        let from = *self.better_from.get_or_insert_with(|| {
            self.trials = 0;
            frame
        });
        self.trials = self.trials.saturating_add(new_trials);
        let lasted = frame.saturating_sub(from) >= PATIENCE;
        if lasted && (self.trials >= NEW_TRIALS || proposed == State::Unknown) {
            self.change(frame, proposed);
        }
    }

    fn change(&mut self, frame: u32, state: State) {
        self.state = state;
        self.since = frame;
        self.better_from = None;
    }
}

/// Evidence on one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Track {
    /// Last 5 minutes.
    pub short: Counts,
    /// Last 30 minutes.
    pub long: Counts,
    /// Change detection.
    pub chart: Failures,
    /// State.
    pub machine: Machine,
    /// Outcomes of the last 64 trials, a set bit for a failure, the newest lowest.
    recent: u64,
    /// Trials in the newest frame.
    fresh: u32,
}

pack_fields!(Track: short, long, chart, machine, recent, fresh);

impl Track {
    /// Counts a frame.
    pub fn enter(&mut self, frame: u32, ok: u32, failed: u32) {
        let of = ok + failed;
        self.short.ok += ok;
        self.short.of += of;
        self.long.ok += ok;
        self.long.of += of;
        self.fresh += of;
        self.recent = self.recent.checked_shl(ok).unwrap_or(0);
        let ones = 1_u64.checked_shl(failed).unwrap_or(0).wrapping_sub(1);
        self.recent = self.recent.checked_shl(failed).unwrap_or(0) | ones;
        self.chart.push(frame, ok, failed);
    }

    /// A frame leaves the short window.
    pub fn leave_short(&mut self, ok: u32, failed: u32) {
        self.short.ok -= ok;
        self.short.of -= ok + failed;
    }

    /// A frame leaves the long window.
    pub fn leave_long(&mut self, ok: u32, failed: u32) {
        self.long.ok -= ok;
        self.long.of -= ok + failed;
    }

    /// The trials that speak: the short window if it holds enough, else the last ones of the long window.
    pub fn evidence(&self) -> Counts {
        if self.short.of >= ENOUGH {
            return self.short;
        }
        let of = self.long.of.min(REACH);
        let mask = 1_u64.checked_shl(of).unwrap_or(0).wrapping_sub(1);
        Counts { ok: of - (self.recent & mask).count_ones(), of }
    }

    /// Judges and lets the state follow.
    pub fn settle(&mut self, frame: u32) {
        if self.long.of >= LEAST && self.long.ok == self.long.of {
            // half an hour without a failure: what the chart still holds is history
            self.chart = Failures::default();
        }
        let proposed = judge(self.evidence(), &self.chart, self.machine.state());
        self.machine.propose(frame, proposed, self.fresh);
        self.fresh = 0;
    }

    /// Length of the window that [`Track::evidence`] speaks of \[frames\].
    pub fn window(&self) -> u32 {
        if self.short.of >= ENOUGH { SHORT } else { LONG }
    }

    /// The state.
    pub fn state(&self) -> State {
        self.machine.state()
    }

    /// The chart is in alarm and a bound is crossed: a burst that is over leaves the share where it was, and is none.
    pub fn crossed(&self) -> bool {
        self.chart.alarm() && severity(self.state()) >= 2
    }

    /// In alarm, or still clearly bad though its chart has come down: an alarm is over when both are past.
    pub fn bad(&self) -> bool {
        self.chart.alarm() || severity(self.state()) >= 2
    }

    /// The share that failed in the short window, drawn towards `parent` when it holds little (four trials' weight).
    pub fn failing(&self, parent: f64) -> f64 {
        const WEIGHT: f64 = 4.0;
        (f64::from(self.short.of - self.short.ok) + WEIGHT * parent) / (f64::from(self.short.of) + WEIGHT)
    }
}

/// What evidence says, given the state so far: the bound to leave a bad state lies five points beyond the one to
/// enter it.
fn judge(evidence: Counts, chart: &Failures, state: State) -> State {
    let Counts { ok, of } = evidence;
    let failed = of - ok;
    if of < LEAST {
        return if chart.alarm() && of > 0 { State::Degraded } else { State::Unknown };
    }
    let (low, high) = jeffreys(ok, of);
    let down = high < 0.20 || (state == State::Down && low < 0.25);
    let critical = (high < 0.80 && failed >= 3) || (severity(state) >= 3 && low < 0.85 && failed >= 3);
    let degraded = (high < 0.97 && failed >= 4) || (severity(state) >= 2 && (low < 0.90 || chart.watch()));
    // a burst in many calls alarms the chart and leaves the share above the bound: a change, no bound crossed
    let watch = chart.watch() || (state == State::Watch && chart.value() > Failures::WATCH / 2);
    if down {
        State::Down
    } else if critical {
        State::Critical
    } else if degraded {
        State::Degraded
    } else if watch {
        State::Watch
    } else if low > 0.90 || (state == State::Nominal && failed <= 2) {
        State::Nominal
    } else {
        State::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fed(frames: impl IntoIterator<Item = (u32, u32)>) -> (Track, Vec<State>) {
        let mut track = Track::default();
        let states = frames
            .into_iter()
            .enumerate()
            .map(|(i, (ok, failed))| {
                track.enter(i as u32, ok, failed);
                track.settle(i as u32);
                track.state()
            })
            .collect();
        (track, states)
    }

    #[test]
    fn nothing_is_green_before_eighteen_successes() {
        let (_, states) = fed((0..30).map(|_| (1, 0)));
        assert!(states[..17].iter().all(|state| *state == State::Unknown), "{states:?}");
        assert!(states[17..].iter().all(|state| *state == State::Nominal), "{states:?}");
        let (_, states) = fed((0..100).map(|_| (0, 0)));
        assert!(states.iter().all(|state| *state == State::Unknown));
    }

    #[test]
    fn nine_failures_in_a_row_are_down() {
        let (_, states) = fed((0..9).map(|_| (0, 1)));
        assert_eq!(states[8], State::Down);
        assert!(severity(states[5]) >= 3, "{states:?}");
    }

    #[test]
    fn a_state_worsens_at_once_and_improves_with_patience() {
        let mut machine = Machine::default();
        machine.propose(1, State::Nominal, 5);
        machine.propose(2, State::Critical, 5);
        assert_eq!((machine.state(), machine.since()), (State::Critical, 2));
        machine.propose(3, State::Nominal, 5);
        machine.propose(4, State::Critical, 5);
        for frame in 5..=10 {
            machine.propose(frame, State::Nominal, 5);
            assert_eq!(machine.state(), State::Critical, "frame {frame}");
        }
        machine.propose(11, State::Nominal, 5);
        assert_eq!(machine.state(), State::Nominal);
        // without new trials the minute alone does not do
        machine.propose(12, State::Degraded, 5);
        for frame in 13..40 {
            machine.propose(frame, State::Nominal, 0);
        }
        assert_eq!(machine.state(), State::Degraded);
    }

    #[test]
    fn a_rate_between_two_bounds_does_not_flicker() {
        // 81 % delivered swings round the 80 % bound; the state must not change with every swing
        let mut changes = 0;
        let mut track = Track::default();
        let mut last = State::Unknown;
        let mut window = std::collections::VecDeque::new();
        for frame in 0..720_u32 {
            let failed = if (frame / 12).is_multiple_of(2) { 5 } else { 3 };
            let ok = 21 - failed;
            track.enter(frame, ok, failed);
            window.push_back((ok, failed));
            if window.len() > 30 {
                let (ok, failed) = window.pop_front().unwrap();
                track.leave_short(ok, failed);
            }
            track.settle(frame);
            changes += u32::from(track.state() != last);
            last = track.state();
        }
        assert!(changes <= 3, "{changes} changes");
    }

    #[test]
    fn few_trials_speak_through_the_last_ones() {
        let (track, _) = fed([(12, 0), (0, 7)]);
        assert_eq!(track.evidence(), Counts { ok: 12, of: 19 });
        let (track, _) = fed([(64, 0), (0, 100)]);
        assert_eq!(track.evidence(), Counts { ok: 64, of: 164 });
    }
}
