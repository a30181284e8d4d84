//! Everything that changes: plain data in a few flat tables, so that a fork is a copy.
//!
//! Does not belong here: what changes it (`call`, `node`, `lever`).

use std::sync::Arc;

use super::calendar::{Calendar, NEVER, NOBODY};
pub(super) use super::counters::{Count, Counters, NIL};
use super::draw::{Chance, Key, StreamKey};
pub(super) use super::element::{Bug, Desk, Faults, Group, Loop, PsapState, Server};
use super::plan::{NO, Plan};
use super::scalars::{Compiled, Scalars};
use super::{LeverResult, Truth};
use crate::network::{Law, LeverKind};

/// What a call in a slot is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Phase {
    #[default]
    Free,
    /// The caller will dial again.
    Redial,
    /// Being set up.
    Setup,
    /// Swallowed: nothing will come.
    Silence,
    /// In a psap's queue.
    Queue,
    /// Answered.
    Talk,
    /// A test call being set up.
    Probe,
    /// A test call that got through.
    Test,
    /// Nobody's slot only: the next arrival.
    Arrival,
}

/// Bits of [`Slot::flags`].
pub(super) mod flag {
    /// Not a person in need: a flood's call.
    pub const FLOOD: u16 = 1;
    /// The network failed this caller at least once.
    pub const NETWORK: u16 = 2;
    /// The talk will be cut.
    pub const CUT: u16 = 4;
    /// A call back: nobody dialled.
    pub const CALLBACK: u16 = 8;
    /// When the silence ends, the next choice of the route is tried.
    pub const GUARD: u16 = 16;
    /// The session will never be released.
    pub const LEAK: u16 = 32;
    /// Answered without sound: the caller will hang up and try again.
    pub const MUTE: u16 = 64;
    /// On the way to the wrong psap, or talking to it.
    pub const MISROUTED: u16 = 128;
    /// Transferred by the wrong psap: its attempt counts as answered already.
    pub const TRANSFERRED: u16 = 256;
    /// One of a few callers there are at all.
    pub const SOURCE: u16 = 512;
    /// A synthetic test call.
    pub const PROBE: u16 = 1024;
    /// Made to a substitute number.
    pub const SUBSTITUTE: u16 = 2048;
    /// Counted elsewhere than in its cell and among people, or not at all.
    pub const ODD: u16 = FLOOD | SUBSTITUTE | CALLBACK | MISROUTED | TRANSFERRED;
}

/// One caller: a need, its attempts one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub key: Key,
    /// Start of the wait in the queue.
    pub since: u64,
    /// Zone × service of the cell in which it is counted, `NIL` if in none.
    pub row: u32,
    pub zone: u16,
    pub psap: u16,
    pub server: u16,
    pub group: u16,
    /// Substitute number being dialled, or `NO`.
    pub substitute: u16,
    /// Psap of the first attempt.
    pub first_psap: u16,
    /// The right psap of a call that goes to a wrong one.
    pub transfer_to: u16,
    /// Flood it belongs to.
    pub flood: u16,
    /// Choices of the route already tried.
    pub tried: u16,
    pub service: u8,
    pub first_service: u8,
    pub line: u8,
    pub attempt: u8,
    pub phase: Phase,
    pub flags: u16,
    /// Trunks of `psap` that it holds (or 1, a line of `substitute`).
    pub trunk: u8,
    /// Sessions of `server` and circuits of `group` that it holds or asks for.
    pub units: u8,

    /// How it was counted when it was answered.
    pub served: Served,
}

/// How a need was served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Served {
    #[default]
    Not,
    First,
    Later,
    Elsewhere,
    Substitute,
}

/// Where arrivals come from.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Base,
    Surge {
        row: usize,
        until: u64,
        stretch: f64,
    },
    Flood {
        psap: u16,
        gap: f64,
        law: u16,
    },
    /// People who only try whether the number works, since the outage became public.
    Curious {
        since: u64,
        stretch: f64,
        law: u16,
    },
    /// Test calls through targets in turn.
    Probe {
        gap: u64,
        targets: u32,
    },
}

/// A stream of arrivals, with keys of its own.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub id: u32,
    pub index: u64,
    pub next: u64,
    /// Of the stream, of its next caller, and of the one after that.
    pub keys: StreamKey,
    pub key: Key,
    pub ahead: Key,
    /// How long after the next arrival that one comes, in units of 2⁻³² of a unit of hazard.
    pub hazard: u64,
    pub source: Source,
}

/// A factor below 1 on the demand.
#[derive(Debug, Clone)]
pub(super) struct Lull {
    pub surge: usize,
    pub until: u64,
    pub keep: Chance,
}

/// Something that will happen to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// A server has booted.
    Booted { server: u16, epoch: u32 },
    /// A server in a loop goes down.
    Reboots { server: u16, epoch: u32 },
    /// A latent bug wakes.
    Wakes { server: u16, epoch: u32 },
    /// A switch to a back-up is over.
    Switched { server: u16, epoch: u32 },
    /// A lever takes effect.
    Lever { order: u16 },
}

/// A lever that was ordered and has not taken effect.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub lever: Arc<LeverKind>,
    pub result: u16,
}

/// Counts since the start, exact; people in need and flood apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Attempts begun.
    pub attempts: u64,
    /// Reached the psap's side.
    pub delivered: u64,
    /// Answered.
    pub answered: u64,
    /// Busy at the psap.
    pub busy: u64,
    /// Hung up in a queue.
    pub abandoned: u64,
    /// Refused by the network.
    pub refused: u64,
    /// Swallowed.
    pub silent: u64,
    /// Cut after the answer.
    pub dropped: u64,
}

impl Totals {
    #[inline]
    pub(super) fn add(&mut self, what: Count) {
        let cell = match what {
            Count::Attempts => &mut self.attempts,
            Count::Delivered => &mut self.delivered,
            Count::Answered => &mut self.answered,
            Count::Busy => &mut self.busy,
            Count::Abandoned => &mut self.abandoned,
            Count::Refused => &mut self.refused,
            Count::Silent => &mut self.silent,
            Count::Dropped => &mut self.dropped,
        };
        *cell += 1;
    }
}

/// What happened in the psaps' queues since the start, all psaps together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waits {
    /// Calls that got a trunk.
    pub received: u64,
    /// Of which had to wait.
    pub waited: u64,
    /// Sum of the waits of those that left the queue, answered or not \[µs\].
    pub wait: u64,
    /// Answered within the target.
    pub in_target: u64,
    /// Sum of the waits of those that were answered \[µs\].
    pub answered_wait: u64,
    /// People in need who were answered: floods left out.
    pub people_answered: u64,
    /// Sum of their waits \[µs\].
    pub people_wait: u64,
}

/// A caller's place in the queue of a psap: the callers behind and before, or nobody.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub next: u32,
    pub prev: u32,
}

/// The whole state of a simulation: the callers, and all else. Apart, so that an event holds its caller while it
/// changes the rest.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Slot 0 is nobody's.
    pub slots: Vec<Slot>,
    pub net: Net,
}

/// All but the callers themselves.
#[derive(Debug, Clone)]
pub(super) struct Net {
    pub now: u64,
    pub seed: u64,
    pub events: u64,
    pub calendar: Calendar,
    /// Places in queues, by slot; what the place of slot 0 says means nothing.
    pub places: Vec<Place>,
    /// One bit per free slot, and one per word of them that has any.
    pub free: Vec<u64>,
    pub free_words: Vec<u64>,
    pub streams: Vec<Stream>,
    /// Earliest arrival, as the word of an event of nobody's slot, and its stream.
    pub arrival: u64,
    pub arrival_stream: usize,
    pub next_stream: u32,
    pub lulls: Vec<Lull>,
    pub servers: Vec<Server>,
    pub groups: Vec<Group>,
    pub psaps: Vec<PsapState>,
    pub desks: Vec<Desk>,
    /// Faults of trunk groups and psaps; the first is none.
    pub faults: Vec<Faults>,
    /// Calls on each substitute, and since when it is published.
    pub substitute_calls: Vec<u32>,
    pub published: Vec<u64>,
    pub any_published: bool,
    /// Share of those who dial a substitute that reach somebody else.
    pub misprinted: Vec<Chance>,
    /// Some number is misprinted or some psap filtered.
    pub screened: bool,
    /// Some fault has ever cut calls or muted them.
    pub spoiling: bool,
    /// The plan's ways say nothing: the same, or the translation table was changed.
    pub unusual: bool,
    /// Share of the flood's and of real calls that a filter stops, by psap; empty without filters.
    pub filters: Vec<(Chance, Chance)>,
    /// Targets of test calls: server and group.
    pub probes: Vec<(u16, u16)>,
    /// Callers in the system by zone × service, where there are only a few at all; empty otherwise.
    pub active: Vec<u32>,
    pub floods: Vec<Law>,
    /// Psap of a zone × service: the plan's, unless a lever imposed another.
    pub psap_of: Vec<u16>,
    /// Since when the public is advised to redial, to use a landline, a mobile, not to try the number.
    pub advised: [u64; 4],
    /// Zones where an alert reached everyone.
    pub alerted: Vec<bool>,
    pub gap: f64,
    pub callback_per_min: f64,
    pub frozen: bool,
    pub agenda: Vec<(u64, Due)>,
    pub orders: Vec<Order>,
    pub results: Vec<LeverResult>,
    /// Earliest node event, script, shift or tick.
    pub next_node: u64,
    pub script_at: usize,
    pub shift_at: usize,
    pub shift_day: u64,
    pub next_tick: u64,
    /// Services there are.
    pub services: u16,
    pub scalars: Scalars,
    pub compiled: Compiled,
    pub counters: Counters,
    pub frames: u32,
    pub people: Totals,
    pub flood: Totals,
    pub probed: Totals,
    pub waits: Waits,
    pub truth: Truth,
}

/// Slots at the start; the table grows by doubling and never shrinks.
const SLOTS: usize = 256;

impl Net {
    /// The faults of an element that has its own place for them from now on; `number` is the element's.
    pub fn own_faults<'a>(faults: &'a mut Vec<Faults>, number: &mut u16) -> &'a mut Faults {
        if *number == 0 {
            *number = faults.len() as u16;
            faults.push(Faults::NONE);
        }
        &mut faults[*number as usize]
    }

    fn new(plan: &Plan, seed: u64) -> Self {
        let scalars = Scalars::of(plan);
        let mut calendar = Calendar::new();
        calendar.reserve(SLOTS);
        let mut net = Self {
            now: 0,
            seed,
            events: 0,
            calendar,
            places: vec![Place::default(); SLOTS],
            free: vec![u64::MAX; SLOTS / 64],
            free_words: vec![(1 << (SLOTS / 64)) - 1],
            streams: Vec::new(),
            arrival: NEVER,
            arrival_stream: 0,
            next_stream: 0,
            lulls: Vec::new(),
            servers: plan.servers.iter().map(super::node::server).collect(),
            groups: plan
                .groups
                .iter()
                .map(|g| Group { used: 0, circuits: g.circuits, faults: 0, withdrawn: false, reserve: g.reserve })
                .collect(),
            psaps: plan
                .psaps
                .iter()
                .map(|p| PsapState {
                    trunks: 0,
                    limit: p.trunks,
                    head: NOBODY,
                    tail: NOBODY,
                    queue: 0,
                    busy: 0,
                    positions: p.positions,
                    overflow: p.overflow,
                    touched: false,
                    reserve: 0,
                    faults: 0,
                })
                .collect(),
            desks: plan
                .psaps
                .iter()
                .map(|p| Desk {
                    rostered: p.positions,
                    said: None,
                    imposed: None,
                    share: 1.0,
                    down: false,
                    lost_network: 0,
                    lost_psap: 0,
                    callback: 0.0,
                })
                .collect(),
            faults: vec![Faults::NONE],
            substitute_calls: vec![0; plan.substitutes.len()],
            published: vec![NEVER; plan.substitutes.len()],
            any_published: false,
            misprinted: vec![Chance(0); plan.substitutes.len()],
            screened: false,
            unusual: false,
            spoiling: false,
            filters: Vec::new(),
            probes: Vec::new(),
            active: vec![0; plan.sources.len()],
            floods: Vec::new(),
            psap_of: plan.psap_of.clone(),
            advised: [NEVER; 4],
            alerted: vec![false; plan.zones],
            gap: 1.0,
            callback_per_min: 0.0,
            frozen: false,
            agenda: Vec::new(),
            orders: Vec::new(),
            results: Vec::new(),
            next_node: 0,
            script_at: 0,
            shift_at: 0,
            shift_day: 0,
            next_tick: if plan.servers.is_empty() { NEVER } else { 0 },
            scalars,
            compiled: Compiled::new(&scalars, plan),
            services: plan.services as u16,
            counters: Counters::new(plan.zones * plan.services, plan.lines, plan.psaps.len() * (plan.services + 1)),
            frames: 0,
            people: Totals::default(),
            flood: Totals::default(),
            probed: Totals::default(),
            waits: Waits::default(),
            truth: Truth::default(),
        };
        if !plan.demand.is_empty() {
            net.add_stream(plan, Source::Base);
        }
        net.free[0] &= !1;
        net.plan_next_node(plan);
        net
    }

    /// Gives a slot back.
    #[inline]
    pub fn free_slot(&mut self, slot: u32, call: &mut Slot) {
        if call.flags & flag::SOURCE != 0 {
            self.active[call.zone as usize * self.services as usize + call.first_service as usize] -= 1;
        }
        let word = slot as usize / 64;
        self.free[word] |= 1 << (slot % 64);
        self.free_words[word / 64] |= 1 << (word % 64);
        call.phase = Phase::Free;
    }
}

impl State {
    pub fn new(plan: &Plan, seed: u64) -> Self {
        let mut slots = vec![Slot::default(); SLOTS];
        slots[NOBODY as usize] = Slot { phase: Phase::Arrival, server: NO, ..Slot::default() };
        Self { slots, net: Net::new(plan, seed) }
    }

    /// The callers in the system, with their slots.
    pub fn callers(&self) -> impl Iterator<Item = (u32, &Slot)> {
        (0..).zip(&self.slots).skip(1).filter(|(_, call)| call.phase != Phase::Free)
    }

    /// The lowest free slot.
    #[inline]
    pub fn take_slot(&mut self) -> Option<u32> {
        let net = &mut self.net;
        let Some(at) = net.free_words.iter().position(|&words| words != 0) else {
            return self.grow();
        };
        let word = at * 64 + net.free_words[at].trailing_zeros() as usize;
        let bits = net.free[word];
        let left = bits & (bits - 1);
        net.free[word] = left;
        // Without a branch: the lowest word often has but one.
        net.free_words[at] &= !(u64::from(left == 0) << (word % 64));
        Some((word * 64) as u32 + bits.trailing_zeros())
    }

    /// The same when none is free: there are twice as many from now on.
    #[cold]
    fn grow(&mut self) -> Option<u32> {
        let slots = self.slots.len() * 2;
        if slots > super::calendar::MAX_SLOTS {
            return None;
        }
        let net = &mut self.net;
        net.free_words.resize((slots / 64).div_ceil(64), 0);
        for word in net.free.len()..slots / 64 {
            net.free_words[word / 64] |= 1 << (word % 64);
        }
        net.free.resize(slots / 64, u64::MAX);
        net.places.resize(slots, Place::default());
        net.calendar.reserve(slots);
        self.slots.resize(slots, Slot::default());
        self.take_slot()
    }
}
