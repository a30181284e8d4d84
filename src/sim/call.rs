//! An attempt from dialling to its end, and what its failure leads to.
//!
//! Does not belong here: the way through the network (`route`), the psap (`centre`), what faults and levers change
//! (`node`, `lever`).

#![expect(clippy::inline_always, reason = "measured: the few steps that every call takes are one path")]

use std::hint::select_unpredictable;

use super::centre::psap_row;
use super::draw::{Chance, Key, Purpose};
use super::plan::{NO, Plan, SEVERAL, Usual};
use super::route::Step;
use super::state::{Count, NIL, Net, Phase, Slot, State, flag};
use crate::network::Failure;

/// What a new attempt knows nothing of.
const ATTEMPT: u16 =
    flag::CUT | flag::GUARD | flag::LEAK | flag::CALLBACK | flag::MUTE | flag::MISROUTED | flag::TRANSFERRED;

impl State {
    /// The caller dials.
    pub fn dial(&mut self, plan: &Plan, slot: u32) {
        let call = &mut self.slots[slot as usize];
        match self.net.dial(plan, slot, call) {
            Step::Done => {}
            Step::Look => self.find_way(plan, slot, Failure::Refused, None),
            Step::Offered(server, offer) => self.find_way(plan, slot, Failure::Refused, Some((server, offer))),
        }
    }

    /// What a slot was waiting for happens: the earliest event of the calendar, or an arrival for nobody's slot.
    #[inline]
    pub fn fire(&mut self, plan: &Plan, slot: u32) {
        let call = &mut self.slots[slot as usize];
        // One jump for all there is: nobody can foresee which one it is, and two would be missed twice.
        match call.phase {
            Phase::Arrival => self.arrive(plan),
            Phase::Redial => {
                self.net.next_event();
                self.net.redial(plan, call);
                self.dial(plan, slot);
            }
            Phase::Setup => {
                self.net.next_event();
                self.net.deliver(plan, slot, call);
            }
            Phase::Queue => {
                self.net.next_event();
                self.net.abandon(plan, slot, call);
            }
            Phase::Talk => {
                self.net.next_event();
                let psap = call.psap;
                self.net.end_talk(plan, slot, call);
                self.serve_queue(plan, psap);
            }
            Phase::Silence => {
                self.net.next_event();
                self.end_silence(plan, slot);
            }
            Phase::Probe => {
                self.net.next_event();
                self.net.probe_through(slot, call);
            }
            Phase::Test => {
                self.net.next_event();
                self.net.end_probe(plan, slot, call, false);
            }
            Phase::Free => self.net.next_event(),
        }
    }

    /// A server loses the calls it carries.
    pub fn lose_calls(&mut self, plan: &Plan, server: u16) {
        let net = &mut self.net;
        for (slot, call) in (0u32..).zip(&mut self.slots) {
            if call.server != server || matches!(call.phase, Phase::Free | Phase::Redial) {
                continue;
            }
            net.calendar.cancel(slot);
            match call.phase {
                Phase::Talk => {
                    net.psaps[call.psap as usize].busy -= 1;
                    call.flags &= !flag::MUTE;
                    net.release(plan, call);
                    net.cut(plan, slot, call);
                }
                Phase::Test => net.end_probe(plan, slot, call, true),
                Phase::Queue => {
                    net.unqueue(slot, call);
                    net.waits.wait += net.now - call.since;
                    net.release(plan, call);
                    net.fail(plan, slot, call, Failure::Refused);
                }
                _ => {
                    net.release(plan, call);
                    net.fail(plan, slot, call, Failure::Refused);
                }
            }
        }
        for psap in 0..self.net.psaps.len() as u16 {
            self.serve_queue(plan, psap);
        }
    }
}

impl Net {
    /// Takes the earliest event off the calendar.
    #[inline]
    fn next_event(&mut self) {
        self.events += 1;
        self.calendar.pop();
    }

    /// The caller dials: straight to the psap, or the usual way through the network, or one that is still to be found.
    #[inline]
    fn dial(&mut self, plan: &Plan, slot: u32, call: &mut Slot) -> Step {
        // Below the most attempts there can be.
        call.attempt += 1;
        call.tried = 0;
        call.server = NO;
        call.group = NO;
        call.flags &= !ATTEMPT;
        let (zone, service, line) = (call.zone, call.service, call.line);
        let row = plan.row(zone, service);
        if call.flags & flag::SUBSTITUTE == 0 && !self.unusual {
            let Usual { psap, switched } = plan.usual[row];
            let server = plan.first_servers[zone as usize * plan.lines + line as usize][usize::from(switched & 1)];
            if psap != NO && server != SEVERAL {
                call.psap = if psap == SEVERAL {
                    plan.two_psaps_of.pick(row, call.key.word(0, Purpose::Psap, service.min(15)))
                } else {
                    psap
                };
                call.row = row as u32;
                if call.attempt == 1 {
                    call.first_psap = call.psap;
                }
                self.count(call, Count::Attempts);
                if server == NO {
                    self.set_up(plan, slot, call, 0);
                    return Step::Done;
                }
                return self.take_way(plan, slot, call, server);
            }
        }
        self.dial_out(plan, slot, call, row)
    }

    /// The same where there is no usual way: several psaps, a substitute number, a filter, a changed translation.
    #[inline(never)]
    fn dial_out(&mut self, plan: &Plan, slot: u32, call: &mut Slot, row: usize) -> Step {
        let (zone, service, line) = (call.zone, call.service, call.line);
        let switched;
        if call.substitute == NO {
            call.psap = self.translate(plan, call.key, zone, service);
            switched = call.psap == NO || plan.psaps[call.psap as usize].switched;
            call.row = row as u32;
        } else {
            let number = &plan.substitutes[call.substitute as usize];
            call.psap = number.psap;
            switched = number.switched;
            // Calls to a long number are nobody's calls to a short one.
            call.row = NIL;
        }
        if call.attempt == 1 {
            call.first_psap = call.psap;
        }
        self.count(call, Count::Attempts);
        if call.psap == NO || (self.screened && self.stopped(call)) {
            self.fail(plan, slot, call, Failure::Refused);
        } else if !plan.crosses(line, switched) {
            self.set_up(plan, slot, call, 0);
        } else {
            return match plan.first_of[zone as usize * plan.lines + line as usize] {
                NO => Step::Look,
                server => self.take_way(plan, slot, call, server),
            };
        }
        Step::Done
    }

    /// Is the call stopped before the network: by a filter against a flood, or by a misprinted number?
    #[cold]
    fn stopped(&self, call: &Slot) -> bool {
        let Slot { key, attempt, psap, substitute, flags, .. } = *call;
        if substitute != NO && key.coin(0, Purpose::WrongNumber, 0, self.misprinted[substitute as usize]) {
            return true;
        }
        let Some(&(caught, wrong)) = self.filters.get(psap as usize) else { return false };
        key.coin(attempt, Purpose::Filter, 0, if flags & flag::FLOOD == 0 { wrong } else { caught })
    }

    /// The psap of a zone and service for this caller.
    #[inline]
    pub fn translate(&self, plan: &Plan, key: Key, zone: u16, service: u8) -> u16 {
        let row = plan.row(zone, service);
        match self.psap_of[row] {
            SEVERAL => plan.psaps_of[row].pick(key.word(0, Purpose::Psap, service.min(15))) as u16,
            psap => psap,
        }
    }

    /// Counts something of a call in its cell and in all.
    #[inline(always)]
    pub fn count(&mut self, call: &Slot, what: Count) {
        if call.flags & flag::ODD == 0 {
            self.counters.cell(call.row, call.line, what);
            self.people.add(what);
        } else {
            self.count_odd(call, what);
        }
    }

    #[cold]
    fn count_odd(&mut self, call: &Slot, what: Count) {
        if call.row != NIL {
            self.counters.cell(call.row, call.line, what);
        }
        self.totals(call.flags).add(what);
    }

    /// The same for a call that has no slot.
    pub fn count_one(&mut self, plan: &Plan, zone: u16, service: u8, line: u8, flags: u16, what: Count) {
        self.counters.cell(plan.row(zone, service) as u32, line, what);
        self.totals(flags).add(what);
    }

    pub fn totals(&mut self, flags: u16) -> &mut super::Totals {
        if flags & flag::FLOOD == 0 {
            &mut self.people
        } else if flags & flag::PROBE == 0 {
            &mut self.flood
        } else {
            &mut self.probed
        }
    }

    /// The caller hangs up in the queue.
    fn abandon(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        self.unqueue(slot, call);
        self.waits.wait += self.now - call.since;
        let count = &mut self.counters.psaps[psap_row(plan, call)][3];
        *count = count.saturating_add(1);
        self.release(plan, call);
        self.fail(plan, slot, call, Failure::Abandoned);
    }

    /// Gives back what the call holds in servers, groups and psaps (not the call-taker, not the place in the queue).
    #[inline]
    pub fn release(&mut self, plan: &Plan, call: &mut Slot) {
        let units = u32::from(call.units);
        // Which calls hold something is not to be foreseen: those that hold nothing give back nothing to the first one.
        let held = |number: u16| {
            let holds = number != NO;
            (select_unpredictable(holds, number as usize, 0), select_unpredictable(holds, units, 0))
        };
        let (server, sessions) = held(call.server);
        if let Some(node) = self.servers.get_mut(server) {
            node.sessions -= sessions;
        }
        let (group, circuits) = held(call.group);
        if let Some(group) = self.groups.get_mut(group) {
            group.used -= circuits;
        }
        if call.trunk > 0 {
            if call.flags & flag::SUBSTITUTE == 0 {
                self.psaps[call.psap as usize].trunks -= u32::from(call.trunk);
            } else {
                self.substitute_calls[call.substitute as usize] -= 1;
            }
        }
        let server = call.server;
        call.server = NO;
        call.group = NO;
        call.trunk = 0;
        if call.flags & flag::LEAK != 0 {
            call.flags &= !flag::LEAK;
            self.leak(plan, server, units);
        }
    }

    /// Sessions of a server are never released.
    #[cold]
    fn leak(&mut self, plan: &Plan, server: u16, units: u32) {
        if let Some(node) = self.servers.get_mut(server as usize) {
            node.leaked = (node.leaked + f64::from(units)).min(f64::from(node.capacity));
            node.fit_door();
            self.exposed(plan, server);
        }
    }

    /// The attempt failed: the caller tries again or gives up. Everything it held is given back already.
    pub fn fail(&mut self, plan: &Plan, slot: u32, call: &mut Slot, failure: Failure) {
        let what = match failure {
            Failure::Busy => Count::Busy,
            Failure::Refused => Count::Refused,
            Failure::Silent => Count::Silent,
            Failure::Abandoned => Count::Abandoned,
            Failure::Dropped => Count::Dropped,
        };
        let flags = call.flags;
        // Nobody dialled a call back; a transferred or mute call was counted as answered.
        if flags & (flag::CALLBACK | flag::MUTE) == 0 && (flags & flag::TRANSFERRED == 0 || what == Count::Dropped) {
            self.count(call, what);
        }
        if flags & flag::FLOOD != 0 {
            self.free_slot(slot, call);
            return;
        }
        if matches!(failure, Failure::Refused | Failure::Silent | Failure::Dropped) {
            call.flags |= flag::NETWORK;
        }
        let Slot { key, attempt, .. } = *call;
        let mut p = self.compiled.redial(failure as usize, attempt, key);
        if self.follows_advice(plan, call, 0) {
            p = p.max(Chance::new(0.95));
        }
        if attempt >= plan.callers.max_attempts || !key.coin(attempt, Purpose::Redial, 0, p) {
            self.give_up(slot, call);
            return;
        }
        let delay = match plan.callers.delays.get(usize::from(attempt) - 1).or(plan.callers.delays.last()) {
            Some(&law) => plan.tables.draw(law, key.word(attempt, Purpose::RedialDelay, 0)),
            None => 0,
        };
        let delay = self.compiled.delay.of(delay);
        call.phase = Phase::Redial;
        // At least one tick: an attempt never fails and starts again in the same instant for ever.
        self.calendar.insert(slot, self.now + delay.max(1));
    }

    fn give_up(&mut self, slot: u32, call: &mut Slot) {
        let Slot { key, attempt, flags, psap, .. } = *call;
        if key.coin(attempt, Purpose::OwnMeans, 0, self.compiled.own_means) {
            self.truth.own_means += 1;
        } else {
            let network = flags & flag::NETWORK != 0;
            // A centre's software lists those who hung up or were cut there.
            let listed = psap != NO && call.since != 0;
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
        self.free_slot(slot, call);
    }
}
