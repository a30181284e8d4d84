//! What wears a call server down: set-ups above its limit, storms of registrations, counters that run out.
//!
//! Does not belong here: who calls, and what they do when it fails.

use super::draw::{Chance, ticks};
use super::plan::Plan;
use super::state::{Server, State};
use super::{FRAME_S, SimTime};
use crate::network::{CounterPer, CounterReset, CounterThen, OverloadControl, OverloadModel};

const HOUR: u64 = 3_600 * SimTime::SECOND;
/// Refusals that can wait for their turn at a server that refuses at a cost, in set-ups.
const REFUSALS: u64 = 64;
/// Longest time between two tries of a device, in periods.
const BACKED_OFF: f64 = 64.0;

/// What a server does above its limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overload {
    pub model: OverloadModel,
    pub control: OverloadControl,
    /// Its sources hold back ordinary calls first.
    pub exempt: bool,
}

/// What a set-up offered to an overloaded server meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Taken, after this many ticks of waiting.
    Taken(u64),
    /// Worked on too late: the caller hears nothing and is gone.
    Stale,
    Full,
}

impl Overload {
    /// Share of the set-ups offered per second that come through, when ordinary traffic is part of them.
    pub fn share(&self, limit: f64, offered: f64, emergency: f64) -> f64 {
        if offered <= limit {
            return 1.0;
        }
        if self.control != OverloadControl::None {
            return if self.exempt && emergency > 0.0 { (limit / emergency).min(1.0) } else { limit / offered };
        }
        match self.model {
            OverloadModel::RejectCost { f } => ((limit - f * offered) / (1.0 - f) / offered).clamp(0.0, 1.0),
            OverloadModel::FifoTimeout { places, patience_s } => {
                // Above the limit the queue is full: everybody waits as long as it takes to empty it.
                if limit <= 0.0 || f64::from(places) / limit > patience_s { 0.0 } else { limit / offered }
            }
            OverloadModel::Thrash { knee } => {
                let working = if offered > knee * limit { limit * knee * limit / offered } else { limit };
                working / offered
            }
        }
    }

    /// The limit when set-ups are admitted one by one, after a frame in which `offered` came per second.
    pub fn limit(&self, limit: f64, offered: f64) -> f64 {
        match self.model {
            OverloadModel::Thrash { knee } if self.control == OverloadControl::None && offered > knee * limit => {
                limit * knee * limit / offered
            }
            _ => limit,
        }
    }

    /// Admits one set-up; `bucket` is when the work in hand will be done.
    pub fn admit(&self, bucket: &mut u64, now: u64, period: u64, tolerance: u64) -> Admission {
        let backlog = bucket.saturating_sub(now);
        if self.control == OverloadControl::None {
            match self.model {
                OverloadModel::RejectCost { f } if backlog > tolerance => {
                    if backlog < tolerance + REFUSALS * period {
                        *bucket += (period as f64 * f) as u64;
                    }
                    return Admission::Full;
                }
                OverloadModel::FifoTimeout { places, patience_s } => {
                    if backlog > u64::from(places) * period {
                        return Admission::Full;
                    }
                    *bucket = now.max(*bucket) + period;
                    let patience = ticks(patience_s);
                    return if backlog > patience { Admission::Stale } else { Admission::Taken(backlog) };
                }
                _ => {}
            }
        }
        if backlog > tolerance {
            return Admission::Full;
        }
        *bucket = now.max(*bucket) + period;
        Admission::Taken(0)
    }
}

/// Devices that register, all of them, again and again until each is through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Storm {
    population: f64,
    period: f64,
    backoff: f64,
    jitter: f64,
    cost: f64,
    /// Devices that are not through.
    left: f64,
    /// Of these, how many have not tried in this round.
    untried: f64,
    /// Seconds until the next round, and from one to the next.
    next: f64,
    interval: f64,
    /// Seconds over which this round still spreads.
    spread: f64,
    /// Devices that tried in this frame.
    trying: f64,
}

impl Storm {
    pub fn new(population: f64, period_s: f64, backoff: f64, jitter: f64, cost: f64) -> Self {
        let mut storm = Self {
            population: population.max(0.0),
            period: period_s.max(FRAME_S as f64),
            backoff: backoff.max(1.0),
            jitter: jitter.clamp(0.0, 1.0),
            cost: cost.max(0.0),
            left: 0.0,
            untried: 0.0,
            next: 0.0,
            interval: 0.0,
            spread: 0.0,
            trying: 0.0,
        };
        storm.start();
        storm
    }

    /// Everybody registers anew: the server has forgotten them.
    pub fn start(&mut self) {
        self.left = self.population;
        self.interval = self.period;
        self.next = 0.0;
        self.untried = 0.0;
    }

    /// Set-ups per second that registrations ask for in the coming frame; `through` is the share that came through
    /// in the frame before.
    pub fn frame(&mut self, through: f64) -> f64 {
        let dt = FRAME_S as f64;
        self.left = (self.left - self.trying * through).max(0.0);
        if self.left < 1.0 {
            self.left = 0.0;
            self.trying = 0.0;
            return 0.0;
        }
        if self.next <= 0.0 {
            // Round after round, later and later.
            self.untried = self.left;
            self.spread = (self.jitter * self.interval).max(dt);
            self.next = self.interval;
            self.interval = (self.interval * self.backoff).min(self.period * BACKED_OFF);
        }
        let share = (dt / self.spread).min(1.0);
        self.trying = (self.untried * share).min(self.left);
        self.untried -= self.trying;
        self.spread = (self.spread - dt).max(dt);
        self.next -= dt;
        self.trying * self.cost / dt
    }
}

/// A counter that runs into its limit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counter {
    count: u64,
    limit: u64,
    per: CounterPer,
    then: CounterThen,
    reset_by: CounterReset,
    /// Since when hours are counted.
    since: u64,
    run_out: bool,
}

impl Counter {
    pub fn new(start: u64, limit: u64, per: CounterPer, then: CounterThen, reset_by: CounterReset, now: u64) -> Self {
        Self { count: start, limit, per, then, reset_by, since: now, run_out: false }
    }
}

/// All that a server may suffer from and mostly does not.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Strain {
    pub overload: Option<Overload>,
    pub storm: Option<Storm>,
    pub counter: Option<Counter>,
    /// Back-up being switched to, and the chance that it works.
    pub backup: Option<(u16, Chance)>,
}

impl Server {
    /// Sets the counter to 0 and lets the server work again, if this is what resets it (`None`: anything does).
    pub fn reset_counter(&mut self, by: Option<CounterReset>, now: u64) {
        let Some(counter) = self.strain.counter.as_mut().filter(|c| by.is_none_or(|by| by == c.reset_by)) else {
            return;
        };
        counter.count = 0;
        counter.since = now;
        if std::mem::take(&mut counter.run_out) {
            match counter.then {
                CounterThen::Reject => self.faults.reject = Chance(0),
                CounterThen::Blackhole => self.faults.blackhole = Chance(0),
                CounterThen::Crash => self.faults.crashed = false,
            }
        }
    }
}

impl Server {
    /// What other cures took back, while the counter is still at its limit, is there again.
    pub fn stay_run_out(&mut self) {
        if let Some(counter) = self.strain.counter.filter(|c| c.run_out) {
            match counter.then {
                CounterThen::Reject => self.faults.reject = Chance::ONE,
                CounterThen::Blackhole => self.faults.blackhole = Chance::ONE,
                CounterThen::Crash => self.faults.crashed = true,
            }
        }
    }
}

impl State {
    /// A server's counter counts set-ups, or looks at the hours; at its limit the server is done for.
    pub fn count_up(&mut self, plan: &Plan, server: u16, setups: u64) {
        let now = self.net.now;
        let node = &mut self.net.servers[server as usize];
        let Some(counter) = &mut node.strain.counter else { return };
        let count = match counter.per {
            CounterPer::Setup => {
                counter.count += setups;
                counter.count
            }
            CounterPer::Hour => counter.count + (now - counter.since) / HOUR,
        };
        if counter.run_out || count < counter.limit {
            return;
        }
        counter.run_out = true;
        match counter.then {
            CounterThen::Reject => node.faults.reject = Chance::ONE,
            CounterThen::Blackhole => node.faults.blackhole = Chance::ONE,
            CounterThen::Crash => {
                node.faults.crashed = true;
                self.forget(plan, server);
            }
        }
        self.net.servers[server as usize].refit(&plan.servers[server as usize], now);
    }
}
