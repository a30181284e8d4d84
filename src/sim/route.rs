//! The way through the network: choice of a call server, of a trunk group, set-up, silence.
//!
//! Does not belong here: what happens at the psap (`centre`).

#![expect(clippy::inline_always, reason = "measured: the few steps that every call takes are one path")]

use std::hint::select_unpredictable;

use super::draw::{Chance, Purpose};
use super::plan::{NO, Plan, RoutePlan};
use super::state::{Net, Phase, Slot, State, flag};
use super::strain::Admission;
use crate::network::Failure;

/// What a call server or trunk group makes of a call.
pub(super) enum Offer {
    Taken,
    Swallowed,
    Refused,
    Full,
}

/// How many choices of a route were tried. Mostly none or one: counting bits is many steps for a processor that must be
/// able to do without an instruction for it.
#[inline]
fn rank(tried: u16) -> u8 {
    if tried & tried.wrapping_sub(1) == 0 { u8::from(tried != 0) } else { tried.count_ones() as u8 }
}

/// How far a call got by itself.
pub(super) enum Step {
    Done,
    /// Its way has to be looked for from the start.
    Look,
    /// It was offered to this server, which did not take it.
    Offered(u16, Offer),
}

impl State {
    /// Tries the choices of the route that are left, whatever may be in the way; `last` is how the caller feels it when
    /// there is none, `made` an offer that was made already.
    pub fn find_way(&mut self, plan: &Plan, slot: u32, last: Failure, mut made: Option<(u16, Offer)>) {
        let call = &mut self.slots[slot as usize];
        let number = plan.route_of[call.zone as usize * plan.lines + call.line as usize];
        if number == NO {
            self.net.fail(plan, slot, call, last);
            return;
        }
        let route = &plan.routes[number as usize];
        let units = plan.units[call.service as usize];
        loop {
            let (server, offer) = match made.take() {
                Some(made) => made,
                None => match self.try_next(plan, slot, route, units) {
                    Some(made) => made,
                    None => break,
                },
            };
            let again = match offer {
                Offer::Taken => return,
                Offer::Swallowed => {
                    self.net.swallow(plan, slot, &mut self.slots[slot as usize], route.timeout);
                    return;
                }
                Offer::Refused => route.reroute_on.reject,
                Offer::Full => route.reroute_on.full,
            };
            self.net.servers[server as usize].refused += 1;
            if !again {
                break;
            }
        }
        self.net.fail(plan, slot, &mut self.slots[slot as usize], last);
    }

    /// Offers a call to the next choice of its route: the server, and what it makes of it.
    fn try_next(&mut self, plan: &Plan, slot: u32, route: &RoutePlan, units: u32) -> Option<(u16, Offer)> {
        let call = &mut self.slots[slot as usize];
        let server = self.net.choose(route, call)?;
        let rank = (rank(call.tried) - 1).min(7);
        call.units = if rank == 0 { units } else { units * u32::from(route.detour) }.min(255) as u8;
        let server = match self.net.servers[server as usize].stand_in {
            NO => server,
            other => other,
        };
        self.knock(plan, server);
        let offer = self.net.offer(plan, slot, &mut self.slots[slot as usize], server, rank);
        Some((server, offer))
    }

    /// A set-up is about to be offered to a server: what it does to the server's counter, if it has one.
    #[inline]
    fn knock(&mut self, plan: &Plan, server: u16) {
        let node = &self.net.servers[server as usize];
        if !node.plain && node.strain.counter.is_some() {
            self.count_up(plan, server, 1);
        }
    }

    /// Offers a test call to a server and one of its trunk groups.
    pub fn offer_probe(&mut self, plan: &Plan, slot: u32, server: u16, group: u16) {
        self.knock(plan, server);
        let (net, call) = (&mut self.net, &mut self.slots[slot as usize]);
        let offer = match net.enter(call, server, 0) {
            Err(refusal) => refusal,
            Ok(delay) if group == NO => {
                net.hold(call, server, NO);
                net.set_up(plan, slot, call, delay);
                Offer::Taken
            }
            Ok(delay) if net.groups[group as usize].open(&net.faults, 1, 0) => {
                net.seize(plan, (slot, call), server, group, 0, delay)
            }
            Ok(_) => Offer::Full,
        };
        match offer {
            Offer::Taken => {}
            Offer::Swallowed => net.swallow(plan, slot, call, u64::MAX),
            Offer::Refused | Offer::Full => {
                net.servers[server as usize].refused += 1;
                net.fail(plan, slot, call, Failure::Refused);
            }
        }
    }

    /// The silence ends.
    pub fn end_silence(&mut self, plan: &Plan, slot: u32) {
        let call = &mut self.slots[slot as usize];
        let flags = call.flags;
        self.net.release(plan, call);
        call.flags &= !flag::GUARD;
        let number = plan.route_of[call.zone as usize * plan.lines + call.line as usize];
        if flags & (flag::GUARD | flag::PROBE) == flag::GUARD
            && number != NO
            && plan.routes[number as usize].reroute_on.timeout
        {
            self.find_way(plan, slot, Failure::Silent, None);
        } else {
            self.net.fail(plan, slot, call, Failure::Silent);
        }
    }
}

impl Net {
    /// Takes the usual way of a first try when no fault and no lever is in it: the first choice of a route without
    /// draws, and a sound trunk group from there.
    #[inline(always)]
    pub fn take_way(&mut self, plan: &Plan, slot: u32, call: &mut Slot, server: u16) -> Step {
        let Some(node) = self.servers.get_mut(server as usize) else { return Step::Look };
        let units = plan.units[call.service as usize].min(255);
        call.units = units as u8;
        if node.sessions + units > node.full || node.sessions >= node.crowded {
            return Step::Look;
        }
        let lead = plan.leads[server as usize * plan.psaps.len() + call.psap as usize];
        let mut number = lead.first;
        if lead.second != NO {
            let first = call.key.word(call.attempt, Purpose::Circuits, 0) <= lead.last;
            number = select_unpredictable(first, lead.first, lead.second);
            let other = select_unpredictable(first, lead.second, lead.first);
            if !self.groups.get(other as usize).is_some_and(|group| group.open(&self.faults, units, 0)) {
                return Step::Look;
            }
        }
        let Some(group) = self.groups.get_mut(number as usize) else { return Step::Look };
        if !group.open(&self.faults, units, 0) {
            return Step::Look;
        }
        let Some(node) = self.servers.get_mut(server as usize) else { return Step::Look };
        node.setups += 1;
        node.offered += 1;
        call.tried = 1;
        if group.faults != 0 {
            return match self.seize(plan, (slot, call), server, number, 0, 0) {
                Offer::Taken => Step::Done,
                other => Step::Offered(server, other),
            };
        }
        group.used += units;
        node.sessions += units;
        call.server = server;
        call.group = number;
        self.set_up(plan, slot, call, 0);
        Step::Done
    }

    /// The next choice of a route: the lowest order with a server that was not tried and is not withdrawn.
    fn choose(&self, route: &RoutePlan, call: &mut Slot) -> Option<u16> {
        let Slot { key, attempt, tried, .. } = *call;
        if route.strict
            && tried == 0
            && let Some(first) = route.choices.first()
            && first.weight > 0
        {
            let server = &self.servers[first.server as usize];
            if !server.withdrawn && server.weight.is_none() {
                call.tried = 1;
                return Some(first.server);
            }
        }
        let open = |i: usize| {
            let choice = &route.choices[i];
            let server = &self.servers[choice.server as usize];
            let weight = server.weight.unwrap_or(choice.weight);
            (tried & (1 << i) == 0 && (!server.withdrawn || server.stand_in != NO) && weight > 0)
                .then_some((choice.order, weight))
        };
        if route.strict {
            let pick = (0..route.choices.len()).find(|&i| open(i).is_some())?;
            call.tried |= 1 << pick;
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
            let word = key.word(attempt, Purpose::Route, rank(tried).min(15));
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
        call.tried |= 1 << pick;
        Some(route.choices[pick].server)
    }

    /// Offers a call to a server, then to a trunk group of the server.
    fn offer(&mut self, plan: &Plan, slot: u32, call: &mut Slot, server: u16, rank: u8) -> Offer {
        let delay = match self.enter(call, server, rank) {
            Ok(delay) => delay,
            Err(refusal) => return refusal,
        };
        if !plan.psaps[call.psap as usize].grouped {
            self.hold(call, server, NO);
            self.misroute(plan, call, rank, None);
            self.set_up(plan, slot, call, delay);
            return Offer::Taken;
        }
        let Some(group) = self.choose_group(plan, call, server, rank) else { return Offer::Full };
        self.seize(plan, (slot, call), server, group, rank, delay)
    }

    /// Goes through a trunk group that has room.
    fn seize(
        &mut self,
        plan: &Plan,
        (slot, call): (u32, &mut Slot),
        server: u16,
        group: u16,
        rank: u8,
        mut delay: u64,
    ) -> Offer {
        let Slot { key, attempt, .. } = *call;
        let number = self.groups[group as usize].faults;
        if number != 0 {
            let faults = self.faults[number as usize];
            if key.coin(attempt, Purpose::Reject, 8 + rank, faults.reject) {
                return Offer::Refused;
            }
            if key.coin(attempt, Purpose::Blackhole, 8 + rank, faults.blackhole) {
                self.hold(call, server, group);
                call.flags |= if faults.leak { flag::LEAK } else { 0 };
                return Offer::Swallowed;
            }
            delay += faults.delay;
        }
        self.hold(call, server, group);
        self.misroute(plan, call, rank, Some(number));
        self.set_up(plan, slot, call, delay);
        Offer::Taken
    }

    /// Sends a call that was taken to the wrong psap, if the server or the trunk group does such things.
    fn misroute(&self, plan: &Plan, call: &mut Slot, rank: u8, group: Option<u16>) {
        let Slot { key, attempt, server, flags, .. } = *call;
        if self.servers[server as usize].plain && group.is_none_or(|n| n == 0) || flags & flag::PROBE != 0 {
            return;
        }
        for (faults, sub) in [
            (Some(&self.servers[server as usize].faults), rank),
            (group.filter(|&n| n != 0).map(|n| &self.faults[n as usize]), 8 + rank),
        ] {
            if let Some(faults) = faults
                && faults.misroute != Chance(0)
                && faults.misroute_to != call.psap
                && (faults.misroute_to as usize) < plan.psaps.len()
                && key.coin(attempt, Purpose::Misroute, sub, faults.misroute)
            {
                call.flags |= flag::MISROUTED;
                call.transfer_to = call.psap;
                call.psap = faults.misroute_to;
                return;
            }
        }
    }

    /// Offers a call to a server: the extra delay of its set-up, or what it makes of it.
    fn enter(&mut self, call: &mut Slot, server: u16, rank: u8) -> Result<u64, Offer> {
        let Slot { key, attempt, units, .. } = *call;
        let units = u32::from(units);
        let now = self.now;
        let node = &mut self.servers[server as usize];
        if node.plain {
            node.setups += 1;
            node.offered += 1;
            let held = node.sessions + node.leaks();
            if held + units > node.capacity {
                return Err(Offer::Full);
            }
            if node.ordinary > f64::from(node.capacity - held) {
                return self.share(call, server, rank);
            }
            return Ok(0);
        }
        node.setups += 1;
        node.offered += 1;
        if node.refuses() || key.coin(attempt, Purpose::Reject, rank, node.faults.reject) {
            return Err(Offer::Refused);
        }
        if node.limiter != Chance::ONE && !key.coin(attempt, Purpose::Limiter, rank, node.limiter) {
            return Err(Offer::Full);
        }
        let mut delay = node.faults.delay;
        if node.period > 0 {
            // Leaky bucket, RFC 7415 section 3.5.1.
            match node.strain.overload {
                Some(overload) => match overload.admit(&mut node.bucket, now, node.period, node.tolerance) {
                    Admission::Taken(wait) => delay += wait,
                    Admission::Full => return Err(Offer::Full),
                    Admission::Stale => {
                        self.hold(call, server, NO);
                        return Err(Offer::Swallowed);
                    }
                },
                None if now + node.tolerance < node.bucket => return Err(Offer::Full),
                None => node.bucket = node.bucket.max(now) + node.period,
            }
        }
        let held = node.sessions + node.leaks();
        if held + units > node.capacity {
            return Err(Offer::Full);
        }
        if node.ordinary > f64::from(node.capacity - held) {
            self.share(call, server, rank)?;
        }
        let node = &mut self.servers[server as usize];
        if node.faults.hung || key.coin(attempt, Purpose::Blackhole, rank, node.faults.blackhole) {
            let leak = node.faults.leak && !node.faults.hung;
            self.hold(call, server, NO);
            call.flags |= if leak { flag::LEAK } else { 0 };
            return Err(Offer::Swallowed);
        }
        Ok(delay)
    }

    /// Ordinary traffic wants more sessions than are left: all share them alike.
    fn share(&self, call: &Slot, server: u16, rank: u8) -> Result<u64, Offer> {
        let Slot { key, attempt, .. } = *call;
        let node = &self.servers[server as usize];
        let room = f64::from(node.capacity.saturating_sub(node.sessions + node.leaks()));
        if key.coin(attempt, Purpose::Session, rank, Chance::new(room / node.ordinary)) {
            Ok(0)
        } else {
            Err(Offer::Full)
        }
    }

    /// A trunk group from the server to the call's psap with a free circuit: by weight, weight 0 as a last resort.
    fn choose_group(&self, plan: &Plan, call: &Slot, server: u16, rank: u8) -> Option<u16> {
        let Slot { key, attempt, psap, units, .. } = *call;
        let units = u32::from(units);
        let at = server as usize * plan.psaps.len() + psap as usize;
        let kept = if rank > 0 { u32::MAX } else { 0 };
        let open = |g: u16| self.groups[g as usize].open(&self.faults, units, kept);
        let lead = plan.leads[at];
        if lead.first != NO && open(lead.first) && (lead.second == NO || open(lead.second)) {
            let first = lead.second == NO || key.word(attempt, Purpose::Circuits, rank) <= lead.last;
            return Some(select_unpredictable(first, lead.first, lead.second));
        }
        let (from, to) = plan.group_range[at];
        let list = &plan.group_list[from as usize..to as usize];
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

    /// The call takes what it asks for.
    #[inline]
    fn hold(&mut self, call: &mut Slot, server: u16, group: u16) {
        let units = u32::from(call.units);
        self.servers[server as usize].sessions += units;
        if group != NO {
            self.groups[group as usize].used += units;
        }
        call.server = server;
        call.group = group;
    }

    /// Sends the call on; it reaches the psap after the set-up time.
    #[inline(always)]
    pub fn set_up(&mut self, plan: &Plan, slot: u32, call: &mut Slot, delay: u64) {
        let mut time = plan.tables.draw(plan.callers.setup, call.key.word(call.attempt, Purpose::Setup, 0)) + delay;
        if call.flags & flag::PROBE != 0 {
            call.phase = Phase::Probe;
            self.calendar.insert(slot, self.now + time.max(1));
            return;
        }
        let faults = self.psaps[call.psap as usize].faults;
        if faults != 0 {
            time += self.faults[faults as usize].delay;
        }
        if time == 0 {
            // Never inlined: it is a long way.
            self.deliver_at_once(plan, slot, call);
        } else {
            call.phase = Phase::Setup;
            self.calendar.insert(slot, self.now + time);
        }
    }

    #[inline(never)]
    fn deliver_at_once(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        self.deliver(plan, slot, call);
    }

    /// Silence, until the caller or the guard timer gives up.
    pub fn swallow(&mut self, plan: &Plan, slot: u32, call: &mut Slot, timeout: u64) {
        let patience = plan.tables.draw(plan.callers.silence, call.key.word(call.attempt, Purpose::Silence, 0));
        // What is left of the patience after earlier silences of the same attempt: the clock runs from each try.
        let guarded = timeout < patience;
        call.phase = Phase::Silence;
        if guarded {
            call.flags |= flag::GUARD;
        }
        self.servers[call.server as usize].silent += 1;
        self.calendar.insert(slot, self.now + if guarded { timeout } else { patience });
    }
}
