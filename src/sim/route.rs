//! The way through the network: choice of a call server, of a trunk group, set-up, silence.
//!
//! Does not belong here: what happens at the psap (`centre`).

use super::draw::{Chance, Purpose};
use super::plan::{NO, Plan, RoutePlan};
use super::state::{Phase, Slot, State, flag};
use crate::network::Failure;

/// What a call server or trunk group makes of a call.
enum Offer {
    Taken,
    Swallowed,
    Refused,
    Full,
}

impl State {
    /// Tries the choices of the route that are left; `last` is how the caller feels it when there is none.
    pub fn route(&mut self, plan: &Plan, slot: u32, last: Failure) {
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
    pub fn choose(&mut self, route: &RoutePlan, slot: u32) -> Option<u16> {
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
    pub fn choose_group(&self, plan: &Plan, slot: u32, server: u16, rank: u8) -> Option<u16> {
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

    pub fn hold(&mut self, slot: u32, server: u16, group: u16) {
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
    pub fn set_up(&mut self, plan: &Plan, slot: u32, delay: u64) {
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
    pub fn swallow(&mut self, plan: &Plan, slot: u32, route: &RoutePlan) {
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
    pub fn end_silence(&mut self, plan: &Plan, slot: u32) {
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
}
