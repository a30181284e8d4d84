//! What happens to a network and what can be done about it: faults, levers, scripted events, what is seen when.

use serde::{Deserialize, Serialize};

use super::{Grade, GroupId, Law, PsapId, ServerId, ServiceId, SubstituteId, Text, ZoneId};

/// What happens to a network element. One vocabulary in files, code, screens and reports.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// Less of everything: capacity factor on sessions and set-ups/s, extra set-up delay \[s\].
    Degraded {
        /// Share of sessions and set-ups per second that is left, 0 to 1.
        capacity: f64,
        /// Extra set-up delay \[s\].
        delay_s: f64,
    },
    /// Refuses new calls with probability `p`.
    Reject {
        /// Probability, 0 to 1.
        p: f64,
    },
    /// Swallows new calls with probability `p`: silence until someone gives up. With `leak`, their sessions are never released.
    Blackhole {
        /// Probability, 0 to 1.
        p: f64,
        /// Are the sessions of swallowed calls held for ever?
        leak: bool,
    },
    /// Cuts calls: with probability `p`, after this many seconds of talk.
    Drop {
        /// Probability, 0 to 1.
        p: f64,
        /// Time of talk before the cut.
        after: Law,
    },
    /// Answered, but without sound: caller and call-taker lose some seconds, then the caller tries again. Counts as
    /// answered.
    Mute {
        /// Probability, 0 to 1.
        p: f64,
    },
    /// Delivers calls to the wrong psap, whose call-taker transfers them: both sides pay.
    Misroute {
        /// Probability, 0 to 1.
        p: f64,
        /// Where they arrive.
        to: PsapId,
        /// Time the wrong call-taker needs to find out and transfer \[s\].
        transfer_s: f64,
    },
    /// Frozen: talks survive; set-ups, running and new, end in silence; it goes on saying what it said.
    Hang,
    /// A counter that runs into its limit, and what happens there.
    Counter {
        /// Where it stands.
        start: u64,
        /// Where it ends.
        limit: u64,
        /// What it counts.
        per: CounterPer,
        /// What the server does from there.
        then: CounterThen,
        /// What sets it to 0.
        reset_by: CounterReset,
    },
    /// How a server behaves above its set-ups per second.
    Overload {
        /// What a set-up too many does.
        model: OverloadModel,
        /// Whether its sources hold back (RFC 7339, RFC 7415).
        control: OverloadControl,
        /// Do the sources hold back ordinary calls first?
        emergency_exempt: bool,
    },
    /// Devices that register again, now and after every restart: a load of set-ups until all are through.
    Storm {
        /// How many devices.
        population: f64,
        /// Time between two tries of a device \[s\].
        period_s: f64,
        /// Factor on that time after each failed try, 1 or more.
        backoff: f64,
        /// Share of the period over which devices spread their tries, 0 to 1.
        jitter: f64,
        /// Set-ups that one registration costs.
        cost: f64,
    },
    /// Out, while a back-up takes over; that may fail.
    Failover {
        /// The back-up.
        to: ServerId,
        /// Probability that it works, 0 to 1.
        p: f64,
        /// How long it takes \[s\].
        after_s: f64,
    },
    /// The substitute numbers published for a psap are wrong, for this share of those who dial them, until they are
    /// published again.
    WrongNumber {
        /// Share, 0 to 1.
        p: f64,
    },
    /// Out, calls in progress lost or not.
    Crash {
        /// Are calls in progress lost?
        lose_calls: bool,
    },
    /// Out for its restart time, then back.
    Restart {
        /// Are calls in progress lost?
        lose_calls: bool,
        /// Time over which its set-ups per second come back, from nothing to all \[s\].
        ramp_s: f64,
    },
    /// Cyclic reboots.
    RestartLoop {
        /// Time in service between two reboots.
        up: Law,
        /// Time of a reboot.
        down: Law,
    },
    /// Sessions leak at this rate per second whatever happens.
    Leak {
        /// Sessions lost per second.
        per_s: f64,
    },
    /// A bug that wakes when sessions held for ever exceed `threshold` (share of capacity), after `delay`: then [`FaultKind::RestartLoop`] and, with probability `unmanageable`, the management plane is lost.
    LatentBug {
        /// Share of the capacity held for ever at which it wakes, 0 to 1.
        threshold: f64,
        /// Time from there to the first reboot.
        delay: Law,
        /// Time in service between two reboots.
        up: Law,
        /// Time of a reboot.
        down: Law,
        /// Probability that the management plane is lost, 0 to 1.
        unmanageable: f64,
    },
    /// Commands are refused.
    Unmanageable,
    /// Isolated from the rest: nothing gets in or out, calls refused.
    Isolated,
    /// Locked by maintenance without draining: new calls refused.
    Locked,
    /// What it says about itself is late by `delay_s`, frozen at the last value, or a lie.
    Telemetry {
        /// Is it frozen at the last value?
        frozen: bool,
        /// How late it is \[s\].
        delay_s: f64,
        /// Does it say that all is well, whatever happens?
        lying: bool,
    },
    /// A psap that answers nothing.
    Down,
    /// A psap with only this share of its positions.
    Positions {
        /// Share of positions that is left, 0 to 1.
        share: f64,
    },
    /// Extra calls on a psap's services (TDoS): calls per second, each holding for `hold`.
    Flood {
        /// Calls per second.
        per_s: f64,
        /// How long each holds a call-taker.
        hold: Law,
    },
    /// Puts an end to named faults on the same elements (repair).
    Clear {
        /// Words of the faults that end.
        kinds: Vec<String>,
    },
}

/// What a [`FaultKind::Counter`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterPer {
    /// Emergency set-ups.
    Setup,
    /// Hours.
    Hour,
}

/// What a server does when its [`FaultKind::Counter`] is at its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterThen {
    /// Refuses new calls.
    Reject,
    /// Swallows new calls.
    Blackhole,
    /// Is out, calls in progress lost.
    Crash,
}

/// What sets a [`FaultKind::Counter`] to 0 and lets the server work again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterReset {
    /// A restart.
    Restart,
    /// A change of its configuration: the lever `rollback`.
    Config,
}

/// What a set-up above the limit does to a server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OverloadModel {
    /// Refusing costs this share of the work of a set-up, 0 to less than 1.
    RejectCost {
        /// The share.
        f: f64,
    },
    /// Set-ups wait first come first served; a caller who waited too long is gone when the work is done.
    FifoTimeout {
        /// Set-ups that can wait.
        places: u32,
        /// How long a caller bears it \[s\].
        patience_s: f64,
    },
    /// Above this multiple of the limit the limit itself falls, in proportion.
    Thrash {
        /// The multiple, 1 or more.
        knee: f64,
    },
}

/// Whether those who send calls to a server hold back when it has too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OverloadControl {
    /// They do not.
    None,
    /// They leave out a share of the calls that follows what was offered in the frame before (RFC 7339, `loss`).
    Loss,
    /// They keep to a rate, by a leaky bucket (RFC 7415).
    Rate,
}

/// What an event or lever acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Element {
    /// A call server.
    Server(ServerId),
    /// A trunk group.
    Group(GroupId),
    /// A psap.
    Psap(PsapId),
}

/// Something that happens by itself at a time of the scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct ScriptedEvent {
    /// Seconds after the scenario's start.
    pub at_s: f64,
    /// Delay between one element and the next \[s\] (a change pushed one by one).
    pub stagger_s: f64,
    /// What happens.
    pub act: ScriptedAct,
    /// On what, in order.
    pub on: Vec<Element>,
    /// A note with its grade for the facilitator and the reports.
    pub note: Option<Text>,
    /// How well this is known.
    pub grade: Option<Grade>,
    /// Where it comes from.
    pub source: Option<String>,
}

/// A scripted fault or a scripted lever (a repair that history made).
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptedAct {
    /// A fault.
    Fault(FaultKind),
    /// A lever.
    Lever(LeverKind),
    /// Factor on the demand of the listed services and zones (empty = all) for some time \[s\].
    Surge {
        /// Factor on the demand.
        factor: f64,
        /// How long \[s\].
        for_s: f64,
        /// Services; empty = all.
        services: Vec<ServiceId>,
        /// Zones; empty = all.
        zones: Vec<ZoneId>,
    },
}

/// What the cell can have done to the network or the public.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "lever")]
pub enum LeverKind {
    /// Take a server or trunk group out of the routes.
    Withdraw {
        /// The elements, in order.
        on: Vec<Element>,
    },
    /// Put it back.
    Reinstate {
        /// The elements, in order.
        on: Vec<Element>,
    },
    /// Restart a server; frees the sessions it holds.
    Restart {
        /// The elements, in order.
        on: Vec<Element>,
    },
    /// Undo the change that was made to a server.
    Rollback {
        /// The elements, in order.
        on: Vec<Element>,
    },
    /// Complete a half-made change (open the missing exit).
    Complete {
        /// The elements, in order.
        on: Vec<Element>,
    },
    /// Freeze operations: scripted changes that have not happened yet do not happen.
    Freeze,
    /// Set a server's weight in all routes.
    Weight {
        /// The elements, in order.
        on: Vec<Element>,
        /// The weight; 0 = out.
        weight: f64,
    },
    /// Cap a server's set-ups per second.
    Cap {
        /// The elements, in order.
        on: Vec<Element>,
        /// Set-ups per second allowed.
        setups_per_s: f64,
    },
    /// Gap ordinary traffic: the share let through.
    Gap {
        /// Share let through, 0 to 1.
        share: f64,
    },
    /// Send the emergency calls meant for a server to another one.
    Reroute {
        /// The server that is spared.
        from: ServerId,
        /// The one that gets its emergency calls.
        to: ServerId,
    },
    /// Switch a server's whole traffic, ordinary calls included, to a back-up.
    Failover {
        /// The server that is left.
        from: ServerId,
        /// The back-up.
        to: ServerId,
    },
    /// Keep circuits of trunk groups, or trunks of psaps, for calls that come their first way.
    Reserve {
        /// Trunk groups and psaps.
        on: Vec<Element>,
        /// Circuits or trunks kept.
        circuits: u32,
    },
    /// Filter a psap's calls against a flood, at the edge of the network.
    Filter {
        /// The psap.
        psap: PsapId,
        /// Share of the flood's calls that it stops, 0 to 1.
        caught: f64,
        /// Share of real calls that it stops by mistake, 0 to 1.
        wrong: f64,
    },
    /// Synthetic test calls through each trunk group of these servers (or these groups), one every so many seconds.
    Probe {
        /// Call servers and trunk groups.
        on: Vec<Element>,
        /// Time between two calls of one group \[s\]; 0 ends all probes.
        every_s: f64,
    },
    /// Deliver a zone's service to another psap.
    Repoint {
        /// Zone of the callers.
        zone: ZoneId,
        /// What they dial.
        service: ServiceId,
        /// Where it is delivered.
        psap: PsapId,
    },
    /// Let a psap's excess calls go to another.
    Overflow {
        /// The psap that has no room.
        from: PsapId,
        /// The one that helps.
        to: PsapId,
    },
    /// Set a psap's positions.
    Positions {
        /// The psap.
        psap: PsapId,
        /// Call-takers.
        positions: u32,
    },
    /// Publish substitute numbers (all of a path, or some).
    Publish {
        /// Which; empty = all.
        substitutes: Vec<SubstituteId>,
    },
    /// Withdraw substitute numbers.
    Retire {
        /// Which; empty = all.
        substitutes: Vec<SubstituteId>,
    },
    /// Advise the public: factors on behaviour.
    Advise {
        /// What they are told.
        advice: Advice,
    },
    /// FR-Alert: advice and substitutes reach people at once in these zones (empty = all).
    Alert {
        /// Where; empty = everywhere.
        zones: Vec<ZoneId>,
    },
    /// Call back lost callers from the psaps' lists, this many calls per minute in each.
    Callback {
        /// Calls per minute in each psap.
        per_min: f64,
    },
}

/// What the public is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Call again if it fails.
    Redial,
    /// Call from a landline.
    Landline,
    /// Call from a mobile.
    Mobile,
    /// Do not call to test.
    NoTest,
}

/// A lever that exists in this scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverSpec {
    /// Word of the vocabulary (`withdraw`).
    pub id: String,
    /// Name.
    pub name: Text,
    /// What it does and what it risks.
    pub help: Text,
    /// Time from the order to the effect \[s\].
    pub preparation_s: f64,
    /// Chance that it works.
    pub success: f64,
}

/// How long after the fact each vantage point is seen \[s\].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visibility {
    /// The operator's counters (attempts, delivered, call servers).
    pub operator_s: u32,
    /// The psaps' counters.
    pub psaps_s: u32,
}

/// One expected value of a test scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Name of the figure (`blocking`, `wait_probability`, `mean_wait_s`, `abandon`…).
    pub figure: String,
    /// Expected value.
    pub value: f64,
    /// Standard error of one run's estimate, computed for correlated output; absent: batch means.
    pub se: Option<f64>,
    /// Where the value comes from.
    pub source: String,
}
