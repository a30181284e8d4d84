//! One moment of the board, small enough to keep half an hour of them.

use chrono::{DateTime, Utc};

use super::Reading;
use crate::health::State;
use crate::sim::ServerState;

/// A service.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::health) struct ServiceSnap {
    pub ner: (u32, u32),
    pub asr: (u32, u32),
    pub received: (f64, f64),
    pub attempts: (f64, f64),
    pub state: State,
}

/// A psap.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::health) struct PsapSnap {
    pub state: State,
    pub received: (f64, f64),
    /// Waiting, busy call-takers, present ones.
    pub gauge: Option<(u16, u16, u16)>,
}

/// A call server.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(in crate::health) struct ServerSnap {
    pub says: ServerState,
    pub state: State,
    pub managed: bool,
    pub frozen: bool,
    pub sessions: u32,
    pub leaked: u32,
    pub capacity: u32,
    pub progressed: (u32, u32),
}

impl ServerSnap {
    pub(super) fn share(&self, part: impl Fn(&Self) -> u32) -> Option<Reading> {
        (self.capacity > 0).then(|| Reading::Number(f64::from(part(self)) / f64::from(self.capacity)))
    }
}

/// The board at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::health) struct Snap {
    pub at: DateTime<Utc>,
    /// Has anything been heard from a feed?
    pub fed: bool,
    pub state: State,
    pub services: Vec<ServiceSnap>,
    /// State, and successes and trials of all services.
    pub zones: Vec<(State, (u32, u32))>,
    pub psaps: Vec<PsapSnap>,
    pub servers: Vec<ServerSnap>,
    pub zones_degraded: Option<u32>,
    pub lost: Option<(u32, u32)>,
    pub cause_odds: Option<f64>,
    /// Groups of alarms that are active.
    pub alarms: Vec<String>,
}
