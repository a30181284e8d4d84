//! The only file that reads the wall clock.
//!
//! A [`Clock`] hands out [`Reading`]s; everything else in the program is *given* the time.
//! [`IncidentClock`] maps wall time to incident time (pause, speed, jump) in exercises and replays.
//!
//! Does not belong here: rules about deadlines (room `incident`), formats of dates (room `lang`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// One reading of the machine's clocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Wall clock, UTC.
    pub wall: DateTime<Utc>,
    /// First four hexadecimal digits of the kernel's boot id: two readings of the same boot compare by `boot_ms`.
    pub boot_id: String,
    /// `CLOCK_BOOTTIME` \[ms\]: goes on while the machine sleeps and never steps.
    pub boot_ms: u64,
}

impl Reading {
    /// The `up` field of a log line: `boot id:boot clock`.
    pub fn up(&self) -> String {
        format!("{}:{}", self.boot_id, self.boot_ms)
    }
}

/// Where readings come from: the machine, or a hand that tests turn.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clocks.
    System(SystemClock),
    /// A clock that only moves when told to.
    Manual(Arc<Mutex<Reading>>),
}

/// The machine's clocks, with the boot id read once.
#[derive(Debug, Clone)]
pub struct SystemClock {
    boot_id: Arc<str>,
}

impl Clock {
    /// The machine's clocks.
    pub fn system() -> Self {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let short: String = id.chars().filter(char::is_ascii_hexdigit).take(4).collect();
        let boot_id = if short.len() == 4 { short } else { "0000".to_owned() };
        Self::System(SystemClock { boot_id: boot_id.into() })
    }

    /// A clock that stands at `wall` until [`Clock::advance`] moves it.
    pub fn manual(wall: DateTime<Utc>) -> Self {
        Self::Manual(Arc::new(Mutex::new(Reading { wall, boot_id: "0000".to_owned(), boot_ms: 0 })))
    }

    /// Reads all clocks at once.
    pub fn now(&self) -> Reading {
        match self {
            Self::System(system) => {
                let up = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
                #[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
                let wall = Utc::now();
                Reading {
                    wall,
                    boot_id: system.boot_id.to_string(),
                    boot_ms: (up.tv_sec as u64) * 1_000 + (up.tv_nsec as u64) / 1_000_000,
                }
            }
            Self::Manual(reading) => reading.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }

    /// Moves a manual clock forward; does nothing to the system clock.
    pub fn advance(&self, by: Duration) {
        if let Self::Manual(reading) = self {
            let mut reading = reading.lock().unwrap_or_else(PoisonError::into_inner);
            reading.boot_ms += by.as_millis() as u64;
            reading.wall += TimeDelta::from_std(by).unwrap_or(TimeDelta::MAX);
        }
    }
}

/// Microseconds of a clock that only measures how long something took.
pub fn monotonic_us() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    (now.tv_sec as u64).saturating_mul(1_000_000) + (now.tv_nsec as u64) / 1_000
}

/// The map from wall time to incident time.
///
/// In REAL incidents it is the identity. In exercises and replays it is defined by the log's
/// entries of kind `clock`; incident time never runs backwards except by a replay's seek.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IncidentClock {
    /// Wall time at which the map last changed.
    pub anchor_wall: DateTime<Utc>,
    /// Incident time at that moment.
    pub anchor_incident: DateTime<Utc>,
    /// Incident seconds per wall second, in thousandths: 1000 is real time, 60 000 is ×60.
    pub rate_milli: u32,
    /// False while paused.
    pub running: bool,
}

impl IncidentClock {
    /// The identity map of a REAL incident.
    pub fn wall(now: DateTime<Utc>) -> Self {
        Self { anchor_wall: now, anchor_incident: now, rate_milli: 1_000, running: true }
    }

    /// A clock that stands at `incident` until it is resumed.
    pub fn stopped(now: DateTime<Utc>, incident: DateTime<Utc>) -> Self {
        Self { anchor_wall: now, anchor_incident: incident, rate_milli: 1_000, running: false }
    }

    /// Incident time at wall time `wall`; a wall clock that steps back does not move it back past the anchor.
    pub fn at(&self, wall: DateTime<Utc>) -> DateTime<Utc> {
        if !self.running {
            return self.anchor_incident;
        }
        let elapsed = (wall - self.anchor_wall).num_milliseconds().max(0);
        let scaled = elapsed.saturating_mul(i64::from(self.rate_milli)) / 1_000;
        self.anchor_incident + TimeDelta::milliseconds(scaled)
    }

    /// Wall time at which incident time reaches `incident`; `None` while paused.
    pub fn wall_at(&self, incident: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if !self.running || self.rate_milli == 0 {
            return None;
        }
        let ahead = (incident - self.anchor_incident).num_milliseconds();
        let wall = ahead.saturating_mul(1_000) / i64::from(self.rate_milli);
        Some(self.anchor_wall + TimeDelta::milliseconds(wall))
    }

    /// Takes the present as the new anchor, then applies a change of running state or rate.
    pub fn change(&mut self, wall: DateTime<Utc>, running: bool, rate_milli: u32) {
        self.anchor_incident = self.at(wall);
        self.anchor_wall = wall;
        self.running = running;
        self.rate_milli = rate_milli;
    }

    /// Moves incident time to `to`, keeping rate and running state.
    pub fn jump(&mut self, wall: DateTime<Utc>, to: DateTime<Utc>) {
        self.anchor_wall = wall;
        self.anchor_incident = to;
    }
}
