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
    /// Out, calls in progress lost or not.
    Crash {
        /// Are calls in progress lost?
        lose_calls: bool,
    },
    /// Out for its restart time, then back.
    Restart {
        /// Are calls in progress lost?
        lose_calls: bool,
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
    /// What it says about itself is late by `delay_s`, or frozen at the last value.
    Telemetry {
        /// Is it frozen at the last value?
        frozen: bool,
        /// How late it is \[s\].
        delay_s: f64,
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
