//! The call-level discrete-event core: same inputs, same bits, on every platform, build and thread count.
//!
//! [`Plan`] is immutable and shared; [`Simulation`] is a plain state that can be forked; outside input
//! enters through [`Simulation::apply`] at frame boundaries only; every 10 s of incident time a [`Sample`]
//! is cut.
//!
//! Does not belong here: I/O, the clock, threads, locale, `HashMap` order.

mod alias;
mod arrival;
mod calendar;
mod call;
mod centre;
mod counters;
mod demand;
mod draw;
mod element;
mod fault;
mod lever;
mod math;
mod node;
mod plan;
mod probe;
mod redial;
pub mod report;
mod route;
mod sample;
mod scalars;
mod state;
mod strain;

use std::sync::Arc;

use crate::network::{Element, FaultKind, LeverKind};

pub use self::plan::{Plan, PlanError};
pub use self::scalars::Scalars;
use self::state::State;
pub use self::state::{Totals, Waits};

/// Simulated time \[µs since the scenario's start\].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SimTime(pub u64);

impl SimTime {
    /// Ticks in one second.
    pub const SECOND: u64 = 1_000_000;
    /// From whole seconds.
    pub const fn secs(s: u64) -> Self {
        Self(s * Self::SECOND)
    }
    /// In seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / Self::SECOND as f64
    }
}

/// Length of a frame \[s of incident time\].
pub const FRAME_S: u64 = 10;

/// Something from outside: a player's lever or a facilitator's fault. Takes effect at the present frame boundary.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A lever.
    Lever(LeverKind),
    /// A fault on these elements.
    Fault {
        /// What befalls them.
        kind: FaultKind,
        /// Them, in order.
        on: Vec<Element>,
    },
}

/// What a cell counted in one frame. A cell is zone × service × line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CellCount {
    /// Index of the cell ([`crate::network::Network::cell`]).
    pub cell: u32,
    /// Attempts (seizures) begun.
    pub attempts: u16,
    /// Attempts that reached the psap's side (answered, busy, rang, queued): the numerator of NER.
    pub delivered: u16,
    /// Answered by a person.
    pub answered: u16,
    /// Busy at the psap (no trunk free).
    pub busy: u16,
    /// Hung up while ringing or queueing.
    pub abandoned: u16,
    /// Refused by the network.
    pub refused: u16,
    /// Swallowed: silence until someone gave up.
    pub silent: u16,
    /// Cut after the answer.
    pub dropped: u16,
}

/// What a psap received in one frame for one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Received {
    /// Index of the psap.
    pub psap: u16,
    /// Index of the service; `u8::MAX` for its substitute numbers.
    pub service: u8,
    /// Calls that arrived.
    pub received: u16,
    /// Answered.
    pub answered: u16,
    /// Answered within the psap's target.
    pub in_target: u16,
    /// Hung up before.
    pub abandoned: u16,
}

/// State of a psap at the end of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PsapGauge {
    /// Calls waiting.
    pub queue: u16,
    /// Call-takers busy.
    pub busy: u16,
    /// Call-takers present.
    pub positions: u16,
}

/// What a call server is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum ServerState {
    /// In service.
    #[default]
    Up,
    /// In service with a fault that costs calls.
    Impaired,
    /// Restarting.
    Restarting,
    /// Out.
    Down,
    /// Taken out by a lever.
    Withdrawn,
}

/// A call server in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServerGauge {
    /// Sessions held, with ordinary traffic and leaked ones.
    pub sessions: u32,
    /// Sessions that are never released.
    pub leaked: u32,
    /// Sessions it can hold now.
    pub capacity: u32,
    /// Emergency set-ups offered in the frame.
    pub setups: u16,
    /// Of which refused.
    pub refused: u16,
    /// Of which swallowed (sent on, never progressed: seen from its neighbours).
    pub silent: u16,
    /// What it is doing.
    pub state: ServerState,
    /// Does it take commands?
    pub managed: bool,
    /// Is what it says about itself current?
    pub telemetry_frozen: bool,
}

/// The simulator's own knowledge, for facilitators and reports only; cumulated since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Truth {
    /// People who needed help.
    pub needs: u64,
    /// Served at the first attempt.
    pub served_first: u64,
    /// Served after more attempts.
    pub served_later: u64,
    /// Served by another psap or service than the first dialled.
    pub served_elsewhere: u64,
    /// Served through a substitute number.
    pub served_substitute: u64,
    /// Helped without a call.
    pub own_means: u64,
    /// Gave up after the network failed them at least once.
    pub lost_network: u64,
    /// Gave up though the network delivered them every time (queue, busy).
    pub lost_psap: u64,
    /// Still trying.
    pub pending: u64,
    /// Attempts in all.
    pub attempts: u64,
    /// Attempts not delivered.
    pub not_delivered: u64,
}

/// All that one frame counted: the raw material of [`crate::health::Frame`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample {
    /// Number of the frame; it ends at `(index + 1) × FRAME_S`.
    pub index: u32,
    /// Cells with at least one non-zero count, by cell.
    pub cells: Vec<CellCount>,
    /// Psap counts that are not zero, by (psap, service).
    pub received: Vec<Received>,
    /// Every psap.
    pub psaps: Vec<PsapGauge>,
    /// Every call server.
    pub servers: Vec<ServerGauge>,
    /// The simulator's own knowledge.
    pub truth: Truth,
}

/// What became of a lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeverOutcome {
    /// Being prepared.
    Pending,
    /// Took effect.
    Worked,
    /// Took effect on some of its servers; the others refused the command.
    Partly,
    /// Refused by every server: the management plane is lost.
    Refused,
    /// Was carried out and did not work.
    Failed,
    /// Does not exist in this scenario.
    NotAvailable,
}

/// A lever that was ordered, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverResult {
    /// The lever.
    pub lever: Arc<LeverKind>,
    /// When it was ordered.
    pub ordered: SimTime,
    /// When its preparation is, or was, over.
    pub due: SimTime,
    /// What became of it.
    pub outcome: LeverOutcome,
}

/// A running simulation: a plan and the plain state that runs on it.
#[derive(Debug, Clone)]
pub struct Simulation {
    plan: Arc<Plan>,
    state: State,
}

impl Simulation {
    /// A simulation at time 0.
    pub fn new(plan: Arc<Plan>, seed: u64) -> Self {
        let state = State::new(&plan, seed);
        Self { plan, state }
    }

    /// Simulated time.
    pub fn now(&self) -> SimTime {
        SimTime(self.state.net.now)
    }

    /// The plan it runs on.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Runs every event before `to`; does nothing if `to` is past. Counts go on until the next frame is cut.
    pub fn advance(&mut self, to: SimTime) {
        self.state.run(&self.plan, to.0);
    }

    /// Takes an input that takes effect now, before any event of this instant; `now` must be a frame boundary for
    /// the run to be reproducible from its inputs.
    pub fn apply(&mut self, input: &Input) {
        self.state.input(&self.plan, input);
    }

    /// Advances to the end of the current frame and cuts it: all that was counted since the last cut.
    pub fn next_sample(&mut self) -> Sample {
        let frame = FRAME_S * SimTime::SECOND;
        let index = self.state.net.now / frame;
        self.state.run(&self.plan, (index + 1) * frame);
        self.state.cut_sample(&self.plan, index as u32)
    }

    /// A copy that goes its own way.
    #[must_use]
    pub fn fork(&self) -> Self {
        self.clone()
    }

    /// Draws the future anew from another seed, keeping the present: later arrivals and decisions, what is left of
    /// running talks and of patience in queues. Set-ups, silences and redials that are running (seconds) stay.
    pub fn reseed(&mut self, seed: u64) {
        self.state.reseed(&self.plan, seed);
    }

    /// Forgets what the script still holds: no further fault, repair or lever of the scenario happens. What has begun
    /// goes on. For forecasts, which must not know the future that the facilitator has prepared.
    pub fn forget_script(&mut self) {
        self.state.net.script_at = self.plan.script.len();
        self.state.net.plan_next_node(&self.plan);
    }

    /// The simulator's own knowledge.
    pub fn truth(&self) -> Truth {
        self.state.net.truth()
    }

    /// Events processed since the start: arrivals, ends of set-ups, silences, patiences and talks, redials.
    pub fn events(&self) -> u64 {
        self.state.net.events
    }

    /// Digest of the whole state: equal for equal histories, whatever was forked or cut on the way.
    pub fn digest(&self) -> u64 {
        self.state.digest()
    }

    /// Levers ordered so far and what became of them, in order.
    pub fn levers(&self) -> &[LeverResult] {
        &self.state.net.results
    }

    /// Exact counts of the attempts of people in need since the start.
    pub fn totals(&self) -> Totals {
        self.state.net.people
    }

    /// Exact counts of the calls of floods, and of people who only try the number, since the start.
    pub fn flood_totals(&self) -> Totals {
        self.state.net.flood
    }

    /// Exact counts of synthetic test calls since the start.
    pub fn probe_totals(&self) -> Totals {
        self.state.net.probed
    }

    /// What happened in the psaps' queues since the start.
    pub fn waits(&self) -> Waits {
        self.state.net.waits
    }

    /// Callers in the system: (trying or about to, answered).
    pub fn live(&self) -> (u64, u64) {
        self.state.live()
    }

    /// The sampled parameters in force.
    pub fn scalars(&self) -> &Scalars {
        &self.state.net.scalars
    }

    /// Sets the sampled parameters, for callers' decisions from now on.
    pub fn set_scalars(&mut self, scalars: &Scalars) {
        self.state.net.set_scalars(&self.plan, scalars);
    }
}

#[cfg(test)]
mod tests;
