//! Call servers, trunk groups and psaps as they are at an instant, and what is wrong with them.
//!
//! Does not belong here: how they change (`node`, `lever`).

use super::draw::Chance;
use super::plan::NO;
use super::strain::Strain;
use super::{PsapGauge, ServerGauge};
use crate::network::Law;

/// What is wrong with an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Faults {
    /// Factor on its capacity.
    pub capacity: f64,
    /// Extra set-up time \[ticks\].
    pub delay: u64,
    pub reject: Chance,
    pub blackhole: Chance,
    pub leak: bool,
    pub drop: Chance,
    pub drop_after: Law,
    pub mute: Chance,
    pub misroute: Chance,
    pub misroute_to: u16,
    /// Time the wrong call-taker needs \[ticks\].
    pub transfer: u64,
    /// Takes calls and does nothing with them.
    pub hung: bool,
    /// Left for a back-up.
    pub left: bool,
    pub crashed: bool,
    pub isolated: bool,
    pub locked: bool,
}

impl Faults {
    pub const NONE: Self = Self {
        capacity: 1.0,
        delay: 0,
        reject: Chance(0),
        blackhole: Chance(0),
        leak: false,
        drop: Chance(0),
        drop_after: Law::Fixed(0.0),
        mute: Chance(0),
        misroute: Chance(0),
        misroute_to: NO,
        transfer: 0,
        hung: false,
        left: false,
        crashed: false,
        isolated: false,
        locked: false,
    };

    /// Does it refuse everything?
    #[inline]
    pub fn refuses(&self) -> bool {
        self.crashed || self.isolated || self.locked || self.left
    }

    /// Does it spoil calls that are answered?
    #[inline]
    pub fn spoils(&self) -> bool {
        self.drop != Chance(0) || self.mute != Chance(0)
    }

    /// Does it swallow calls and keep their sessions?
    pub fn leaks(&self) -> bool {
        self.leak && self.blackhole != Chance(0)
    }

    /// Does it cost calls?
    pub fn costs(&self) -> bool {
        self.refuses()
            || self.capacity < 1.0
            || self.delay > 0
            || self.reject != Chance(0)
            || self.blackhole != Chance(0)
            || self.drop != Chance(0)
            || self.mute != Chance(0)
            || self.misroute != Chance(0)
            || self.hung
    }
}

/// Cyclic reboots.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loop {
    pub up: Law,
    pub down: Law,
    /// Woken by the latent bug: ends with its cause.
    pub bug: bool,
    /// Ends at the next start.
    pub cured: bool,
}

/// A latent bug.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bug {
    pub threshold: f64,
    pub delay: Law,
    pub up: Law,
    pub down: Law,
    pub unmanageable: f64,
}

/// A call server.
#[derive(Debug, Clone, Copy)]
pub(super) struct Server {
    pub faults: Faults,
    pub withdrawn: bool,
    /// Booting: out until the event of this epoch.
    pub booting: bool,
    pub cycle: Option<Loop>,
    pub bug: Option<Bug>,
    /// The bug's delay is running, or its loop.
    pub awake: bool,
    /// The management plane is lost; by the bug or by a fault of its own.
    pub unmanaged_by_bug: bool,
    pub unmanageable: bool,
    /// Increases at every change of state: planned node events of an older epoch are void.
    pub epoch: u32,
    /// How many durations were drawn for it.
    pub draws: u32,
    /// Emergency calls that hold a session.
    pub sessions: u32,
    /// A call takes the straight way while there are at most `full` sessions with its own, and fewer than `crowded`
    /// before it; 0 where anything but sessions is to be looked at.
    pub full: u32,
    pub crowded: u32,
    /// Sessions that are never released.
    pub leaked: f64,
    /// Ordinary traffic offered: sessions and set-ups per second.
    pub ordinary: f64,
    pub ordinary_rate: f64,
    pub leak_per_s: f64,
    /// Set-ups per second of devices that register.
    pub storm_rate: f64,
    /// Sessions and set-ups per second that it can take now.
    pub capacity: u32,
    pub limit: f64,
    /// Set-ups per second imposed by a lever.
    pub cap: Option<f64>,
    /// Weight imposed by a lever.
    pub weight: Option<u32>,
    /// Chance that ordinary traffic leaves a set-up for an emergency call; `ONE` without ordinary traffic.
    pub limiter: Chance,
    /// Leaky bucket: theoretical arrival time, its period and tolerance \[ticks\]; period 0 = no limit.
    pub bucket: u64,
    pub period: u64,
    pub tolerance: u64,
    pub setups: u32,
    pub refused: u32,
    pub silent: u32,
    /// Set-ups offered since the last tick.
    pub offered: u32,
    /// And in the frame before it.
    pub last_setups: u32,
    pub frozen: bool,
    /// It says that all is well.
    pub lying: bool,
    /// Server that gets its calls, or `NO`.
    pub stand_in: u16,
    /// Time over which set-ups come back after a boot, and since when they do \[ticks\].
    pub ramp: u64,
    pub ramp_from: u64,
    pub strain: Strain,
    /// Nothing but its sessions limits it: worked out by `refit` whenever anything changed.
    pub plain: bool,
    /// Delay of what it says \[ticks\].
    pub late: u64,
    /// What it last said, and when.
    pub said: ServerGauge,
    pub said_at: u64,
}

impl Server {
    /// Does it take new calls at all?
    #[inline]
    pub fn refuses(&self) -> bool {
        self.booting || self.faults.refuses()
    }

    /// Works out up to how many sessions calls take the straight way: nothing is wrong, and ordinary traffic has all
    /// the sessions it wants. To be called after whatever changes that.
    pub fn fit_door(&mut self) {
        let room = self.capacity.saturating_sub(self.leaks());
        let straight = self.plain && !self.withdrawn && self.weight.is_none();
        self.full = if straight { room } else { 0 };
        self.crowded = (room + 1).saturating_sub(self.ordinary.ceil() as u32);
    }

    /// Can ordinary traffic be sent to it?
    pub fn carries(&self) -> bool {
        !self.withdrawn && !self.refuses()
    }

    /// Does it take commands?
    pub fn managed(&self) -> bool {
        !self.unmanageable && !self.unmanaged_by_bug
    }

    /// Whole leaked sessions.
    #[inline]
    pub fn leaks(&self) -> u32 {
        self.leaked as u32
    }

    /// Is something still eating its sessions?
    pub fn leaking(&self) -> bool {
        self.leak_per_s > 0.0 || self.faults.leaks()
    }
}

/// A trunk group.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub used: u32,
    pub circuits: u32,
    /// Index into the state's table of faults; 0 = none.
    pub faults: u16,
    pub withdrawn: bool,
    /// Circuits kept for calls that come their first way.
    pub reserve: u32,
}

impl Group {
    /// Has it room for a call of so many circuits that leaves `kept` circuits of its reserve: 0 for a call that comes its
    /// first way?
    #[inline]
    pub fn open(&self, faults: &[Faults], units: u32, kept: u32) -> bool {
        !self.withdrawn
            && self.used + units + kept.min(self.reserve) <= self.circuits
            && (self.faults == 0 || !faults[self.faults as usize].refuses())
    }
}

/// A psap.
#[derive(Debug, Clone, Copy)]
pub(super) struct PsapState {
    pub trunks: u32,
    /// Trunks in service.
    pub limit: u32,
    pub head: u32,
    pub tail: u32,
    pub queue: u32,
    pub busy: u32,
    /// Call-takers who can answer now.
    pub positions: u32,
    pub overflow: u16,
    /// Something was counted since the last frame was cut.
    pub touched: bool,
    /// Trunks kept for calls that were not sent here by another psap.
    pub reserve: u32,
    /// Index into the state's table of faults; 0 = none.
    pub faults: u16,
}

/// What a psap seldom needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Desk {
    /// Call-takers by the time of day.
    pub rostered: u32,
    /// Its last gauge, while its telemetry is frozen.
    pub said: Option<PsapGauge>,
    /// Imposed by a lever.
    pub imposed: Option<u32>,
    /// Share left by a fault.
    pub share: f64,
    pub down: bool,
    /// Lost callers on its list, by whose failure, and the fraction of a call back due.
    pub lost_network: u32,
    pub lost_psap: u32,
    pub callback: f64,
}

impl PsapState {
    /// Its state for a frame that ends now.
    pub fn gauge(&self) -> PsapGauge {
        let small = |n: u32| n.min(u32::from(u16::MAX)) as u16;
        PsapGauge { queue: small(self.queue), busy: small(self.busy), positions: small(self.positions) }
    }
}
