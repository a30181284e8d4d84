//! A caller's way: arrival, attempt, route, set-up, queue, talk, failure, redial.
//!
//! Does not belong here: what faults and levers change (`node`, `lever`).

use super::calendar::NEVER;
use super::draw::{Chance, Duration, Key, Purpose};
use super::plan::{NO, Plan, RoutePlan, SEVERAL};
use super::state::{Count, Faults, NIL, Phase, Served, Slot, Source, State, Stream, flag};
use crate::network::Failure;

/// Streams of arrivals: base demand, then surges and floods in the order they start.
const STREAM_BASE: u32 = 0;
/// First stream of surges and floods.
const STREAM_ADDED: u32 = 16;
/// Stream of call backs.
pub(super) const STREAM_CALLBACK: u32 = 1;
/// Stream of servers' durations.
pub(super) const STREAM_NODE: u32 = 2;
/// Stream of levers.
pub(super) const STREAM_LEVER: u32 = 3;

/// Stream of the callers of a future, by their keys of the past.
const STREAM_RESEED: u32 = 4;

/// Half-time and reach of advice given to the public \[s, share\]: no figure known, a common assumption for
/// broadcast media.
const ADVICE_HALF_TIME: f64 = 1_800.0;
const ADVICE_REACH: f64 = 0.4;
/// Share of those who heard it and can follow: redial anyway, have copper at hand, have a mobile at hand. Assumed.
const ADVICE_FOLLOWED: [f64; 3] = [0.9, 0.3, 0.9];

/// What a call server or trunk group makes of a call.
enum Offer {
    Taken,
    Swallowed,
    Refused,
    Full,
}

impl State {
    // ---- arrivals ----

    /// Opens a stream of arrivals that starts now.
    pub fn add_stream(&mut self, plan: &Plan, source: Source) {
        let id = if matches!(source, Source::Base) { STREAM_BASE } else { STREAM_ADDED + self.next_stream };
        self.next_stream += u32::from(id != STREAM_BASE);
        let mut stream = Stream { id, index: 0, next: self.now, key: Key::default(), source };
        stream.draw_next(plan, self.seed);
        self.streams.push(stream);
        self.find_arrival();
    }

    /// Finds the earliest arrival again after a stream changed.
    pub fn find_arrival(&mut self) {
        self.arrival = NEVER;
        for (i, stream) in self.streams.iter().enumerate() {
            if stream.next < self.arrival {
                self.arrival = stream.next;
                self.arrival_stream = i;
            }
        }
    }

    /// The earliest arrival happens.
    pub fn arrive(&mut self, plan: &Plan) {
        let at = self.arrival_stream;
        let seed = self.seed;
        let stream = &mut self.streams[at];
        let key = stream.key;
        let now = self.now;
        stream.draw_next(plan, seed);
        match stream.source {
            Source::Base | Source::Surge { .. } => {
                let surge = match stream.source {
                    Source::Surge { row, .. } => Some(row),
                    _ => None,
                };
                self.rearm();
                if self.compiled.thin != Chance::ONE && !key.coin(0, Purpose::Thin, 0, self.compiled.thin) {
                    return;
                }
                let row = plan.demand.row(now, || key.word(0, Purpose::Group, 0), key.word(0, Purpose::Row, 0));
                if let Some(act) = surge
                    && !plan.surge(act).is_some_and(|s| s.rows[row as usize])
                {
                    return;
                }
                if !self.lulls.is_empty() && !self.kept(plan, key, row) {
                    return;
                }
                self.truth.needs += 1;
                let (zone, service) = ((row as usize / plan.services) as u16, (row as usize % plan.services) as u8);
                self.admit(plan, key, zone, service, 0, NO);
            }
            Source::Flood { psap, law, .. } => {
                let index = stream.index;
                self.rearm();
                let target = &plan.psaps[psap as usize];
                let services = &plan.services_of[psap as usize];
                let service = services.get(index as usize % services.len().max(1)).copied().unwrap_or(0);
                self.admit(plan, key, target.zone, service, flag::FLOOD, law);
            }
        }
    }

    /// Finds the next arrival after the earliest stream moved on.
    #[inline]
    fn rearm(&mut self) {
        if self.streams.len() == 1 {
            self.arrival = self.streams[0].next;
        } else {
            self.find_arrival();
        }
    }

    /// Is an arrival kept by the factors below 1 that are in force?
    fn kept(&self, plan: &Plan, key: Key, row: u32) -> bool {
        self.lulls.iter().enumerate().all(|(i, lull)| {
            !plan.surge(lull.surge).is_some_and(|s| s.rows[row as usize])
                || key.coin(0, Purpose::Thin, 1 + i as u8, lull.keep)
        })
    }

    /// A caller comes in.
    fn admit(&mut self, plan: &Plan, key: Key, zone: u16, service: u8, flags: u8, flood: u16) {
        self.events += 1;
        let line = plan.line_of[zone as usize].pick(key.word(0, Purpose::Line, 0)) as u8;
        let Some(slot) = self.take_slot() else {
            // More callers at once than event words can name: turned away, and counted so.
            self.count_one(plan, zone, service, line, flags, Count::Attempts);
            self.count_one(plan, zone, service, line, flags, Count::Refused);
            if flags & flag::FLOOD == 0 {
                self.truth.lost_network += 1;
            }
            return;
        };
        self.slots[slot as usize] = Slot {
            key,
            since: 0,
            queue_next: NIL,
            queue_prev: NIL,
            zone,
            psap: NO,
            server: NO,
            group: NO,
            substitute: NO,
            first_psap: NO,
            flood,
            tried: 0,
            service,
            first_service: service,
            line,
            attempt: 0,
            phase: Phase::Redial,
            flags,
            trunk: false,
            served: Served::Not,
        };
        self.dial(plan, slot);
    }

    // ---- counting ----

    #[inline]
    fn count(&mut self, plan: &Plan, slot: u32, what: Count) {
        let Slot { zone, service, line, flags, substitute, .. } = self.slots[slot as usize];
        if substitute == NO {
            self.count_one(plan, zone, service, line, flags, what);
        } else {
            // Calls to a long number are nobody's calls to a short one.
            self.totals(flags).add(what);
        }
    }

    #[inline]
    fn count_one(&mut self, plan: &Plan, zone: u16, service: u8, line: u8, flags: u8, what: Count) {
        self.counters.cell(plan.cell(zone, service, line), what);
        self.totals(flags).add(what);
    }

    #[inline]
    fn totals(&mut self, flags: u8) -> &mut super::Totals {
        if flags & flag::FLOOD == 0 { &mut self.people } else { &mut self.flood }
    }

    #[inline]
    fn count_psap(&mut self, plan: &Plan, slot: u32, what: usize) {
        let Slot { psap, service, substitute, .. } = self.slots[slot as usize];
        let column = if substitute == NO { service as usize } else { plan.services };
        self.counters.psap(psap as usize * (plan.services + 1) + column, what);
    }

    // ---- attempt ----

    /// The caller dials.
    pub fn dial(&mut self, plan: &Plan, slot: u32) {
        let call = &mut self.slots[slot as usize];
        call.attempt = call.attempt.saturating_add(1);
        call.tried = 0;
        call.server = NO;
        call.group = NO;
        call.flags &= !(flag::CUT | flag::GUARD | flag::LEAK | flag::CALLBACK);
        let Slot { key, zone, service, line, substitute, .. } = *call;
        let (psap, switched) = if substitute == NO {
            let psap = self.translate(plan, key, zone, service);
            let switched = psap == NO || plan.psaps[psap as usize].switched;
            (psap, switched)
        } else {
            let number = &plan.substitutes[substitute as usize];
            (number.psap, number.switched)
        };
        let call = &mut self.slots[slot as usize];
        call.psap = psap;
        if call.attempt == 1 {
            call.first_psap = psap;
        }
        self.count(plan, slot, Count::Attempts);
        if psap == NO {
            self.fail(plan, slot, Failure::Refused);
        } else if plan.crosses(line, switched) {
            self.route(plan, slot, Failure::Refused);
        } else {
            self.set_up(plan, slot, 0);
        }
    }

    /// The psap of a zone and service for this caller.
    #[inline]
    fn translate(&self, plan: &Plan, key: Key, zone: u16, service: u8) -> u16 {
        let row = zone as usize * plan.services + service as usize;
        match self.psap_of[row] {
            SEVERAL => plan.psaps_of[row].pick(key.word(0, Purpose::Psap, service.min(15))) as u16,
            psap => psap,
        }
    }

    /// Tries the choices of the route that are left; `last` is how the caller feels it when there is none.
    fn route(&mut self, plan: &Plan, slot: u32, last: Failure) {
        let Slot { zone, line, .. } = self.slots[slot as usize];
        let number = plan.route_of[zone as usize * plan.lines + line as usize];
        if number == NO {
            self.fail(plan, slot, last);
            return;
        }
        let route = &plan.routes[number as usize];
        while let Some(server) = self.choose(route, slot) {
            let rank = (self.slots[slot as usize].tried.count_ones() - 1).min(7) as u8;
            let again = match self.offer(plan, slot, server, rank) {
                Offer::Taken => return,
                Offer::Swallowed => {
                    self.swallow(plan, slot, route);
                    return;
                }
                Offer::Refused => route.reroute_on.reject,
                Offer::Full => route.reroute_on.full,
            };
            self.servers[server as usize].refused += 1;
            if !again {
                break;
            }
        }
        self.fail(plan, slot, last);
    }

    /// The next choice of a route: the lowest order with a server that was not tried and is not withdrawn.
    fn choose(&mut self, route: &RoutePlan, slot: u32) -> Option<u16> {
        let Slot { key, attempt, tried, .. } = self.slots[slot as usize];
        let open = |i: usize| {
            let choice = &route.choices[i];
            let server = &self.servers[choice.server as usize];
            let weight = server.weight.unwrap_or(choice.weight);
            (tried & (1 << i) == 0 && !server.withdrawn && weight > 0).then_some((choice.order, weight))
        };
        if route.strict {
            let pick = (0..route.choices.len()).find(|&i| open(i).is_some())?;
            self.slots[slot as usize].tried |= 1 << pick;
            return Some(route.choices[pick].server);
        }
        let (mut order, mut sum, mut first, mut several) = (u8::MAX, 0u64, usize::MAX, false);
        for i in 0..route.choices.len() {
            if let Some((o, weight)) = open(i) {
                if first != usize::MAX && o != order {
                    break;
                }
                several = first != usize::MAX;
                if !several {
                    first = i;
                    order = o;
                }
                sum += u64::from(weight);
            }
        }
        if first == usize::MAX {
            return None;
        }
        let mut pick = first;
        if several {
            let rank = tried.count_ones().min(15) as u8;
            let word = key.word(attempt, Purpose::Route, rank);
            let mut left = ((u128::from(word) * u128::from(sum)) >> 64) as u64;
            for i in first..route.choices.len() {
                if let Some((o, weight)) = open(i)
                    && o == order
                {
                    pick = i;
                    if left < u64::from(weight) {
                        break;
                    }
                    left -= u64::from(weight);
                }
            }
        }
        self.slots[slot as usize].tried |= 1 << pick;
        Some(route.choices[pick].server)
    }

    /// Offers a call to a server, then to a trunk group of the server.
    fn offer(&mut self, plan: &Plan, slot: u32, server: u16, rank: u8) -> Offer {
        let Slot { key, attempt, psap, .. } = self.slots[slot as usize];
        let now = self.now;
        let node = &mut self.servers[server as usize];
        node.setups += 1;
        node.offered += 1;
        if node.refuses() || key.coin(attempt, Purpose::Reject, rank, node.faults.reject) {
            return Offer::Refused;
        }
        if node.limiter != Chance::ONE && !key.coin(attempt, Purpose::Limiter, rank, node.limiter) {
            return Offer::Full;
        }
        if node.period > 0 {
            // Leaky bucket, RFC 7415 section 3.5.1.
            if now + node.tolerance < node.bucket {
                return Offer::Full;
            }
            node.bucket = node.bucket.max(now) + node.period;
        }
        let held = node.sessions + node.leaks();
        if held >= node.capacity {
            return Offer::Full;
        }
        let room = f64::from(node.capacity - held);
        if node.ordinary > room {
            // Ordinary traffic wants more than what is left: all share it alike.
            let p = Chance::new(room / node.ordinary);
            if !key.coin(attempt, Purpose::Session, rank, p) {
                return Offer::Full;
            }
        }
        let (delay, lost) = (node.faults.delay, key.coin(attempt, Purpose::Blackhole, rank, node.faults.blackhole));
        if lost {
            let leak = node.faults.leak;
            self.hold(slot, server, NO);
            self.slots[slot as usize].flags |= if leak { flag::LEAK } else { 0 };
            return Offer::Swallowed;
        }
        if !plan.psaps[psap as usize].grouped {
            self.hold(slot, server, NO);
            self.set_up(plan, slot, delay);
            return Offer::Taken;
        }
        let Some(group) = self.choose_group(plan, slot, server, rank) else { return Offer::Full };
        let number = self.groups[group as usize].faults;
        if number == 0 {
            self.hold(slot, server, group);
            self.set_up(plan, slot, delay);
            return Offer::Taken;
        }
        let faults = self.faults[number as usize];
        if key.coin(attempt, Purpose::Reject, 8 + rank, faults.reject) {
            return Offer::Refused;
        }
        self.hold(slot, server, group);
        if key.coin(attempt, Purpose::Blackhole, 8 + rank, faults.blackhole) {
            self.slots[slot as usize].flags |= if faults.leak { flag::LEAK } else { 0 };
            return Offer::Swallowed;
        }
        let delay = delay + faults.delay;
        self.set_up(plan, slot, delay);
        Offer::Taken
    }

    /// A trunk group from the server to the call's psap with a free circuit: by weight, weight 0 as a last resort.
    fn choose_group(&self, plan: &Plan, slot: u32, server: u16, rank: u8) -> Option<u16> {
        let Slot { key, attempt, psap, .. } = self.slots[slot as usize];
        let (from, to) = plan.group_range[server as usize * plan.psaps.len() + psap as usize];
        let list = &plan.group_list[from as usize..to as usize];
        let open = |g: u16| {
            let group = &self.groups[g as usize];
            !group.withdrawn
                && group.used < group.circuits
                && (group.faults == 0 || !self.faults[group.faults as usize].refuses())
        };
        if let [only] = list {
            return open(*only).then_some(*only);
        }
        let weight = |g: u16| u64::from(plan.groups[g as usize].weight);
        let sum: u64 = list.iter().filter(|&&g| open(g)).map(|&g| weight(g)).sum();
        if sum == 0 {
            return list.iter().copied().find(|&g| open(g));
        }
        let mut left = ((u128::from(key.word(attempt, Purpose::Circuits, rank)) * u128::from(sum)) >> 64) as u64;
        for &g in list.iter().filter(|&&g| open(g)) {
            if left < weight(g) {
                return Some(g);
            }
            left -= weight(g);
        }
        None
    }

    fn hold(&mut self, slot: u32, server: u16, group: u16) {
        self.servers[server as usize].sessions += 1;
        if group != NO {
            self.groups[group as usize].used += 1;
        }
        let call = &mut self.slots[slot as usize];
        call.server = server;
        call.group = group;
    }

    /// Sends the call on; it reaches the psap after the set-up time.
    #[inline]
    fn set_up(&mut self, plan: &Plan, slot: u32, delay: u64) {
        let call = &mut self.slots[slot as usize];
        let mut time = plan.tables.draw(plan.callers.setup, call.key.word(call.attempt, Purpose::Setup, 0)) + delay;
        let faults = self.psaps[call.psap as usize].faults;
        if faults != 0 {
            time += self.faults[faults as usize].delay;
        }
        if time == 0 {
            self.deliver(plan, slot);
        } else {
            call.phase = Phase::Setup;
            self.calendar.insert(slot, self.now + time);
        }
    }

    /// Silence, until the caller or the guard timer gives up.
    fn swallow(&mut self, plan: &Plan, slot: u32, route: &RoutePlan) {
        let call = &mut self.slots[slot as usize];
        let patience = plan.tables.draw(plan.callers.silence, call.key.word(call.attempt, Purpose::Silence, 0));
        // What is left of the patience after earlier silences of the same attempt: the clock runs from each try.
        let guarded = route.timeout < patience;
        call.phase = Phase::Silence;
        if guarded {
            call.flags |= flag::GUARD;
        }
        self.servers[call.server as usize].silent += 1;
        self.calendar.insert(slot, self.now + if guarded { route.timeout } else { patience });
    }

    /// The silence ends.
    fn end_silence(&mut self, plan: &Plan, slot: u32) {
        let Slot { zone, line, flags, .. } = self.slots[slot as usize];
        self.release(plan, slot);
        self.slots[slot as usize].flags &= !flag::GUARD;
        let number = plan.route_of[zone as usize * plan.lines + line as usize];
        if flags & flag::GUARD != 0 && number != NO && plan.routes[number as usize].reroute_on.timeout {
            self.route(plan, slot, Failure::Silent);
        } else {
            self.fail(plan, slot, Failure::Silent);
        }
    }

    // ---- psap ----

    /// The call reaches the psap's side.
    fn deliver(&mut self, plan: &Plan, slot: u32) {
        let Slot { key, attempt, mut psap, substitute, .. } = self.slots[slot as usize];
        let number = self.psaps[psap as usize].faults;
        if number != 0 {
            let faults: Faults = self.faults[number as usize];
            if faults.refuses() || key.coin(attempt, Purpose::Reject, 15, faults.reject) {
                self.release(plan, slot);
                self.fail(plan, slot, Failure::Refused);
                return;
            }
            if key.coin(attempt, Purpose::Blackhole, 15, faults.blackhole) {
                let patience = plan.tables.draw(plan.callers.silence, key.word(attempt, Purpose::Silence, 0));
                self.slots[slot as usize].phase = Phase::Silence;
                self.calendar.insert(slot, self.now + patience);
                return;
            }
        }
        self.count(plan, slot, Count::Delivered);
        if substitute == NO {
            if self.psaps[psap as usize].trunks >= self.psaps[psap as usize].limit {
                let other = self.psaps[psap as usize].overflow;
                if other == NO || self.psaps[other as usize].trunks >= self.psaps[other as usize].limit {
                    self.busy(plan, slot);
                    return;
                }
                psap = other;
                self.slots[slot as usize].psap = other;
            }
            self.psaps[psap as usize].trunks += 1;
        } else {
            if self.substitute_calls[substitute as usize] >= plan.substitutes[substitute as usize].lines {
                self.busy(plan, slot);
                return;
            }
            self.substitute_calls[substitute as usize] += 1;
        }
        self.slots[slot as usize].trunk = true;
        self.waits.received += 1;
        self.count_psap(plan, slot, 0);
        let centre = &mut self.psaps[psap as usize];
        if centre.busy < centre.positions {
            self.answer(plan, slot, 0);
            return;
        }
        let tail = centre.tail;
        centre.tail = slot;
        centre.queue += 1;
        if tail == NIL {
            centre.head = slot;
        } else {
            self.slots[tail as usize].queue_next = slot;
        }
        self.waits.waited += 1;
        let call = &mut self.slots[slot as usize];
        call.queue_prev = tail;
        call.queue_next = NIL;
        call.phase = Phase::Queue;
        call.since = self.now;
        if let Some(patience) = plan.psaps[psap as usize].patience {
            let patience = plan.tables.draw(patience, key.word(attempt, Purpose::Patience, 0));
            self.calendar.insert(slot, self.now + patience);
        }
    }

    fn busy(&mut self, plan: &Plan, slot: u32) {
        self.release(plan, slot);
        self.fail(plan, slot, Failure::Busy);
    }

    /// Takes a call out of its psap's queue.
    fn unqueue(&mut self, slot: u32) {
        let Slot { psap, queue_next, queue_prev, .. } = self.slots[slot as usize];
        let centre = &mut self.psaps[psap as usize];
        centre.queue -= 1;
        if queue_prev == NIL {
            centre.head = queue_next;
        } else {
            self.slots[queue_prev as usize].queue_next = queue_next;
        }
        if queue_next == NIL {
            centre.tail = queue_prev;
        } else {
            self.slots[queue_next as usize].queue_prev = queue_prev;
        }
    }

    /// A call-taker answers.
    fn answer(&mut self, plan: &Plan, slot: u32, wait: u64) {
        let Slot { key, attempt, psap, server, group, flags, flood, .. } = self.slots[slot as usize];
        let centre = &plan.psaps[psap as usize];
        self.psaps[psap as usize].busy += 1;
        self.waits.wait += wait;
        self.waits.answered_wait += wait;
        let mut time = if flags & flag::FLOOD == 0 {
            let time = plan.tables.draw(centre.handling, key.word(attempt, Purpose::Handling, 0));
            ((u128::from(time) * u128::from(self.compiled.handling)) >> 16) as u64
        } else {
            super::draw::draw_law(&self.floods[flood as usize], key.word(attempt, Purpose::Handling, 0))
        };
        for (node, sub) in [(server, 0), (group, 1)] {
            if node == NO {
                continue;
            }
            let faults = if sub == 0 {
                &self.servers[node as usize].faults
            } else {
                &self.faults[self.groups[node as usize].faults as usize]
            };
            if faults.drop != Chance(0) && key.coin(attempt, Purpose::Drop, sub, faults.drop) {
                let cut = super::draw::draw_law(&faults.drop_after, key.word(attempt, Purpose::DropAfter, sub));
                if cut < time {
                    time = cut;
                    self.slots[slot as usize].flags |= flag::CUT;
                }
            }
        }
        if flags & flag::CALLBACK == 0 {
            self.count(plan, slot, Count::Answered);
            self.count_psap(plan, slot, 1);
            if wait <= centre.target {
                self.waits.in_target += 1;
                self.count_psap(plan, slot, 2);
            }
        }
        if flags & flag::FLOOD == 0 {
            self.serve(slot);
        }
        let call = &mut self.slots[slot as usize];
        call.phase = Phase::Talk;
        // Known to the psap from now on, even if cut.
        call.since = self.now.max(1);
        self.calendar.insert(slot, self.now + time);
    }

    /// Counts a need as served, in the class that says how.
    fn serve(&mut self, slot: u32) {
        let call = &mut self.slots[slot as usize];
        call.served = if call.substitute != NO {
            Served::Substitute
        } else if call.psap != call.first_psap || call.service != call.first_service {
            Served::Elsewhere
        } else if call.attempt <= 1 && call.flags & flag::CALLBACK == 0 {
            Served::First
        } else {
            Served::Later
        };
        *self.served_cell(slot) += 1;
    }

    fn served_cell(&mut self, slot: u32) -> &mut u64 {
        match self.slots[slot as usize].served {
            Served::First => &mut self.truth.served_first,
            Served::Not | Served::Later => &mut self.truth.served_later,
            Served::Elsewhere => &mut self.truth.served_elsewhere,
            Served::Substitute => &mut self.truth.served_substitute,
        }
    }

    /// Free call-takers answer those who wait.
    pub fn serve_queue(&mut self, plan: &Plan, psap: u16) {
        loop {
            let centre = &self.psaps[psap as usize];
            if centre.busy >= centre.positions || centre.head == NIL {
                return;
            }
            let slot = centre.head;
            self.unqueue(slot);
            self.calendar.cancel(slot);
            let wait = self.now - self.slots[slot as usize].since;
            self.answer(plan, slot, wait);
        }
    }

    /// The talk ends, by itself or cut.
    fn end_talk(&mut self, plan: &Plan, slot: u32) {
        let Slot { psap, flags, .. } = self.slots[slot as usize];
        self.psaps[psap as usize].busy -= 1;
        self.release(plan, slot);
        if flags & flag::CUT == 0 {
            self.free_slot(slot);
        } else {
            self.cut(plan, slot);
        }
        self.serve_queue(plan, psap);
    }

    /// An answered call was cut: the need is not served after all. The call-taker and all else are free already.
    fn cut(&mut self, plan: &Plan, slot: u32) {
        if self.slots[slot as usize].flags & flag::FLOOD == 0 {
            *self.served_cell(slot) -= 1;
            self.slots[slot as usize].served = Served::Not;
        }
        self.fail(plan, slot, Failure::Dropped);
    }

    // ---- end of an attempt ----

    /// Gives back what the call holds in servers, groups and psaps (not the call-taker, not the place in the queue).
    fn release(&mut self, plan: &Plan, slot: u32) {
        let Slot { server, group, psap, substitute, trunk, flags, .. } = self.slots[slot as usize];
        if server != NO {
            let node = &mut self.servers[server as usize];
            node.sessions -= 1;
            if flags & flag::LEAK != 0 {
                node.leaked = (node.leaked + 1.0).min(f64::from(node.capacity));
            }
        }
        if group != NO {
            self.groups[group as usize].used -= 1;
        }
        if trunk {
            if substitute == NO {
                self.psaps[psap as usize].trunks -= 1;
            } else {
                self.substitute_calls[substitute as usize] -= 1;
            }
        }
        let call = &mut self.slots[slot as usize];
        call.server = NO;
        call.group = NO;
        call.trunk = false;
        if flags & flag::LEAK != 0 {
            call.flags &= !flag::LEAK;
            self.exposed(plan, server);
        }
    }

    /// The attempt failed: the caller tries again or gives up. Everything it held is given back already.
    fn fail(&mut self, plan: &Plan, slot: u32, failure: Failure) {
        let what = match failure {
            Failure::Busy => Count::Busy,
            Failure::Refused => Count::Refused,
            Failure::Silent => Count::Silent,
            Failure::Abandoned => Count::Abandoned,
            Failure::Dropped => Count::Dropped,
        };
        if self.slots[slot as usize].flags & flag::CALLBACK == 0 {
            self.count(plan, slot, what);
        }
        let call = &mut self.slots[slot as usize];
        if call.flags & flag::FLOOD != 0 {
            self.free_slot(slot);
            return;
        }
        if matches!(failure, Failure::Refused | Failure::Silent | Failure::Dropped) {
            call.flags |= flag::NETWORK;
        }
        let Slot { key, attempt, .. } = *call;
        let persistence = (key.word(0, Purpose::Persistence, 0) >> 32) as f64 / 4_294_967_296.0;
        let mut p = self.compiled.redial(failure as usize, attempt, persistence);
        if self.follows_advice(plan, slot, 0) {
            p = p.max(Chance::new(0.95));
        }
        if attempt >= plan.callers.max_attempts || !key.coin(attempt, Purpose::Redial, 0, p) {
            self.give_up(slot);
            return;
        }
        let delay = match plan.callers.delays.get(usize::from(attempt) - 1).or(plan.callers.delays.last()) {
            Some(&law) => plan.tables.draw(law, key.word(attempt, Purpose::RedialDelay, 0)),
            None => 0,
        };
        let delay = ((u128::from(delay) * u128::from(self.compiled.delay)) >> 16) as u64;
        self.slots[slot as usize].phase = Phase::Redial;
        // At least one tick: an attempt never fails and starts again in the same instant for ever.
        self.calendar.insert(slot, self.now + delay.max(1));
    }

    fn give_up(&mut self, slot: u32) {
        let Slot { key, attempt, flags, psap, .. } = self.slots[slot as usize];
        if key.coin(attempt, Purpose::OwnMeans, 0, self.compiled.own_means) {
            self.truth.own_means += 1;
        } else {
            let network = flags & flag::NETWORK != 0;
            // A centre's software lists those who hung up or were cut there.
            let listed = psap != NO && self.slots[slot as usize].since != 0;
            if network {
                self.truth.lost_network += 1;
            } else {
                self.truth.lost_psap += 1;
            }
            if listed {
                let desk = &mut self.desks[psap as usize];
                *(if network { &mut desk.lost_network } else { &mut desk.lost_psap }) += 1;
            }
        }
        self.free_slot(slot);
    }

    /// A redial's decisions, taken when the caller picks up the phone again.
    fn redial(&mut self, plan: &Plan, slot: u32) {
        let Slot { key, attempt, zone, service, line, .. } = self.slots[slot as usize];
        let mut substitute = NO;
        if self.any_published {
            let psap = self.translate(plan, key, zone, service);
            substitute = self.known_substitute(plan, key, zone, psap);
        }
        let mut other = service;
        if key.coin(attempt, Purpose::SwitchService, 0, self.compiled.switch_service) {
            let choices = &plan.callers.other_services;
            let left = choices.iter().filter(|&&s| s != service).count() as u64;
            if left > 0 {
                let pick = (((key.word(attempt, Purpose::OtherService, 0) >> 32) * left) >> 32) as usize;
                other = choices.iter().copied().filter(|&s| s != service).nth(pick).unwrap_or(service);
            }
        }
        let mut access = line;
        if key.coin(attempt, Purpose::SwitchAccess, 0, self.compiled.switch_access) {
            access = plan.line_of[zone as usize].pick(key.word(attempt, Purpose::OtherLine, 0)) as u8;
        }
        for (advice, kind) in [(1, 0), (2, 2)] {
            if self.follows_advice(plan, slot, advice)
                && let Some((lines, alias)) = &plan.line_of_access[kind]
                && !lines.contains(&access)
            {
                access = alias.pick(key.word(0, Purpose::OtherLine, advice as u8)) as u8;
            }
        }
        let call = &mut self.slots[slot as usize];
        call.substitute = substitute;
        call.service = other;
        call.line = access;
        self.dial(plan, slot);
    }

    /// Share of those who will learn of something who know it `since` then.
    fn known(&self, plan: &Plan, since: u64, half_time: f64, everyone: bool) -> f64 {
        if since == NEVER || since > self.now {
            0.0
        } else if everyone {
            1.0
        } else {
            plan.aware.at((self.now - since) as f64 / 1e6 / half_time)
        }
    }

    fn known_substitute(&self, plan: &Plan, key: Key, zone: u16, psap: u16) -> u16 {
        if psap == NO {
            return NO;
        }
        let u = (key.word(0, Purpose::Awareness, 0) >> 32) as f64 / 4_294_967_296.0;
        let knows = |&s: &u16| {
            let number = &plan.substitutes[s as usize];
            let known = self.known(plan, self.published[s as usize], number.half_time, self.alerted[zone as usize]);
            u < number.reach * known
        };
        plan.substitutes_of[psap as usize].iter().copied().find(knows).unwrap_or(NO)
    }

    /// Has the caller heard the advice (0 redial, 1 landline, 2 mobile), and does he follow it?
    fn follows_advice(&self, plan: &Plan, slot: u32, advice: usize) -> bool {
        let since = self.advised[advice];
        if since == NEVER {
            return false;
        }
        let Slot { key, zone, .. } = self.slots[slot as usize];
        let known = self.known(plan, since, ADVICE_HALF_TIME, self.alerted[zone as usize]);
        let p = Chance::new(ADVICE_REACH * ADVICE_FOLLOWED[advice] * known);
        key.coin(0, Purpose::Advice, advice as u8, p)
    }

    /// Draws the future anew from another seed.
    pub fn reseed(&mut self, plan: &Plan, seed: u64) {
        self.seed = seed;
        let now = self.now;
        for stream in self.streams.iter_mut().filter(|s| s.next != NEVER) {
            // Poisson streams have no memory.
            stream.next = now;
            stream.draw_next(plan, seed);
        }
        self.find_arrival();
        for i in 0..self.slots.len() as u32 {
            let slot = &mut self.slots[i as usize];
            slot.key = Key::caller(seed, STREAM_RESEED, slot.key.0);
            let Slot { key, attempt, psap, since, flags, phase, .. } = *slot;
            let (law, purpose) = match phase {
                Phase::Talk if flags & (flag::FLOOD | flag::CUT) == 0 => {
                    let law = plan.psaps[psap as usize].handling;
                    let mean = ((u128::from(law.mean) * u128::from(self.compiled.handling)) >> 16) as u64;
                    (Some(Duration { mean, ..law }), Purpose::Handling)
                }
                Phase::Queue => (plan.psaps[psap as usize].patience, Purpose::Patience),
                _ => (None, Purpose::Patience),
            };
            if let Some(law) = law {
                let elapsed = now - since.min(now);
                let length = plan.tables.draw_longer(law, elapsed, key.word(attempt, purpose, 1));
                self.calendar.cancel(i);
                self.calendar.insert(i, since + length);
            }
        }
    }

    // ---- events ----

    /// What a slot was waiting for happens.
    pub fn fire(&mut self, plan: &Plan, slot: u32) {
        match self.slots[slot as usize].phase {
            Phase::Redial => self.redial(plan, slot),
            Phase::Setup => self.deliver(plan, slot),
            Phase::Silence => self.end_silence(plan, slot),
            Phase::Queue => self.abandon(plan, slot),
            Phase::Talk => self.end_talk(plan, slot),
            Phase::Free => {}
        }
    }

    fn abandon(&mut self, plan: &Plan, slot: u32) {
        self.unqueue(slot);
        self.waits.wait += self.now - self.slots[slot as usize].since;
        self.count_psap(plan, slot, 3);
        self.release(plan, slot);
        self.fail(plan, slot, Failure::Abandoned);
    }

    /// A server loses the calls it carries.
    pub fn lose_calls(&mut self, plan: &Plan, server: u16) {
        for slot in 0..self.slots.len() as u32 {
            let Slot { server: holder, phase, psap, .. } = self.slots[slot as usize];
            if holder != server || matches!(phase, Phase::Free | Phase::Redial) {
                continue;
            }
            self.calendar.cancel(slot);
            match phase {
                Phase::Talk => {
                    self.psaps[psap as usize].busy -= 1;
                    self.release(plan, slot);
                    self.cut(plan, slot);
                }
                Phase::Queue => {
                    self.unqueue(slot);
                    self.waits.wait += self.now - self.slots[slot as usize].since;
                    self.release(plan, slot);
                    self.fail(plan, slot, Failure::Refused);
                }
                _ => {
                    self.release(plan, slot);
                    self.fail(plan, slot, Failure::Refused);
                }
            }
        }
        for psap in 0..self.psaps.len() as u16 {
            self.serve_queue(plan, psap);
        }
    }

    /// Calls back people on the lists of the psaps that have a free call-taker.
    pub fn call_back(&mut self, plan: &Plan) {
        for psap in 0..self.psaps.len() as u16 {
            let desk = &mut self.desks[psap as usize];
            if desk.lost_network + desk.lost_psap == 0 {
                desk.callback = 0.0;
                continue;
            }
            desk.callback += self.callback_per_min * super::FRAME_S as f64 / 60.0;
            while self.desks[psap as usize].callback >= 1.0 {
                let (desk, centre) = (&mut self.desks[psap as usize], &self.psaps[psap as usize]);
                if desk.lost_network + desk.lost_psap == 0 || centre.busy >= centre.positions {
                    break;
                }
                desk.callback -= 1.0;
                if desk.lost_network > 0 {
                    desk.lost_network -= 1;
                    self.truth.lost_network -= 1;
                } else {
                    desk.lost_psap -= 1;
                    self.truth.lost_psap -= 1;
                }
                let Some(slot) = self.take_slot() else { break };
                let index = (self.now << 16) ^ u64::from(psap) << 8 ^ u64::from(self.psaps[psap as usize].busy);
                self.slots[slot as usize] = Slot {
                    key: Key::caller(self.seed, STREAM_CALLBACK, index),
                    queue_next: NIL,
                    queue_prev: NIL,
                    zone: plan.psaps[psap as usize].zone,
                    psap,
                    server: NO,
                    group: NO,
                    substitute: NO,
                    first_psap: psap,
                    flood: NO,
                    service: plan.services_of[psap as usize].first().copied().unwrap_or(0),
                    attempt: 1,
                    flags: flag::CALLBACK,
                    ..Slot::default()
                };
                self.answer(plan, slot, 0);
            }
        }
    }
}

impl Stream {
    /// Draws the next arrival after the present one.
    #[inline]
    fn draw_next(&mut self, plan: &Plan, seed: u64) {
        let key = Key::caller(seed, self.id, self.index);
        let hazard = plan.tables.unit(key.word(0, Purpose::Gap, 0));
        self.index += 1;
        self.key = key;
        self.next = match self.source {
            Source::Base => plan.demand.after(self.next, hazard, 1.0),
            Source::Surge { until, stretch, .. } => {
                let next = plan.demand.after(self.next, hazard, stretch);
                if next < until { next } else { NEVER }
            }
            Source::Flood { gap, .. } => self.next + (hazard as f64 * gap) as u64,
        };
    }
}
