//! The pace of an exercise or a replay: pause, speed, jump.

use chrono::{DateTime, Utc};

use super::{Session, Ticket};
use crate::clock::IncidentClock;
use crate::incident::event::Body;

/// Slowest rate of an exercise or replay clock \[thousandths\].
pub const MIN_RATE_MILLI: u32 = 1_000;
/// Fastest rate of an exercise or replay clock \[thousandths\].
pub const MAX_RATE_MILLI: u32 = 600_000;

/// What is to change, whatever else has changed until its turn comes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// It runs, or stands.
    Run(bool),
    /// Its rate \[thousandths\].
    Rate(u32),
    /// It goes on from another incident time.
    To(DateTime<Utc>),
}

impl Pace {
    /// The clock after this change at incident time `now`.
    fn of(self, clock: &IncidentClock, now: DateTime<Utc>) -> IncidentClock {
        let mut clock = IncidentClock { anchor_incident: now, ..clock.clone() };
        match self {
            Self::Run(running) => clock.running = running,
            Self::Rate(rate_milli) => clock.rate_milli = rate_milli,
            Self::To(at) => clock.anchor_incident = at,
        }
        clock
    }
}

impl Session {
    /// Stops the exercise or replay clock.
    pub fn pause(&mut self) -> Option<Ticket> {
        self.change_clock(Pace::Run(false), "session-clock-pause")
    }

    /// Lets the exercise or replay clock run.
    pub fn resume_clock(&mut self) -> Option<Ticket> {
        self.change_clock(Pace::Run(true), "session-clock-run")
    }

    /// Sets the speed of the exercise or replay clock, thousandths (60 000 is ×60; 1 000 to 600 000).
    pub fn set_speed(&mut self, rate_milli: u32) -> Option<Ticket> {
        self.change_clock(Pace::Rate(rate_milli.clamp(MIN_RATE_MILLI, MAX_RATE_MILLI)), "session-clock-speed")
    }

    /// Moves the exercise clock to a later incident time, or the replay clock to any.
    pub fn jump(&mut self, to: DateTime<Utc>) -> Option<Ticket> {
        self.change_clock(Pace::To(to), "session-clock-jump")
    }

    /// Moves the replay clock; the same as [`Session::jump`].
    pub fn seek(&mut self, to: DateTime<Utc>) {
        self.jump(to);
    }

    /// In an exercise the change is an entry; the replay's own clock just changes.
    fn change_clock(&mut self, change: Pace, id: &str) -> Option<Ticket> {
        if self.loading.is_some() {
            // Nobody knows yet what time it is in there.
            return None;
        }
        let now = self.now_incident();
        if let Some(replay) = self.replay.as_mut() {
            let (begin, end) = replay.span();
            let mut clock = change.of(replay.clock(), now);
            clock.anchor_wall = self.setup.clock.now().wall;
            clock.anchor_incident = clock.anchor_incident.clamp(begin, end);
            replay.set_clock(clock);
            self.hold = None;
            // What is to be seen there is shown with the key that asked for it, not with the next tick of the clock.
            self.advance();
            return None;
        }
        let text = self.lang.t(id);
        let body = self.paced(change, now, text);
        let ticket = self.ask_pace(body, change);
        self.dispatch();
        Some(ticket)
    }

    /// The line that changes the clock at incident time `now`.
    pub(super) fn paced(&self, change: Pace, now: DateTime<Utc>, text: String) -> Body {
        let clock = change.of(self.clock(), now);
        // A simulation does not run backwards.
        let x_at = if self.live.is_some() { clock.anchor_incident.max(now) } else { clock.anchor_incident };
        let x_at = x_at.with_timezone(&self.zone()).fixed_offset();
        Body::Clock { x_at, running: clock.running, rate_milli: clock.rate_milli, text }
    }
}
