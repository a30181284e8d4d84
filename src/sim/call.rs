//! An attempt from dialling to its end, and what its failure leads to.
//!
//! Does not belong here: the way through the network (`route`), the psap (`centre`), what faults and levers change
//! (`node`, `lever`).

use super::draw::{Chance, Key, Purpose};
use super::plan::{NO, Plan, SEVERAL};
use super::state::{Count, NIL, Phase, Slot, State, flag};
use crate::network::Failure;

/// What a new attempt knows nothing of.
const ATTEMPT: u16 =
    flag::CUT | flag::GUARD | flag::LEAK | flag::CALLBACK | flag::MUTE | flag::MISROUTED | flag::TRANSFERRED;

impl State {
    /// The caller dials.
    pub fn dial(&mut self, plan: &Plan, slot: u32) {
        let call = &mut self.slots[slot as usize];
        call.attempt = call.attempt.saturating_add(1);
        call.tried = 0;
        call.server = NO;
        call.group = NO;
        call.flags &= !ATTEMPT;
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
        // Calls to a long number are nobody's calls to a short one.
        call.cell = if substitute == NO { plan.cell(zone, service, line) as u32 } else { NIL };
        if call.attempt == 1 {
            call.first_psap = psap;
        }
        self.count(slot, Count::Attempts);
        if psap == NO || (self.screened && self.stopped(slot)) {
            self.fail(plan, slot, Failure::Refused);
        } else if plan.crosses(line, switched) {
            self.route(plan, slot, Failure::Refused);
        } else {
            self.set_up(plan, slot, 0);
        }
    }

    /// Is the call stopped before the network: by a filter against a flood, or by a misprinted number?
    fn stopped(&self, slot: u32) -> bool {
        let Slot { key, attempt, psap, substitute, flags, .. } = self.slots[slot as usize];
        if substitute != NO && key.coin(0, Purpose::WrongNumber, 0, self.misprinted[substitute as usize]) {
            return true;
        }
        let Some(&(caught, wrong)) = self.filters.get(psap as usize) else { return false };
        key.coin(attempt, Purpose::Filter, 0, if flags & flag::FLOOD == 0 { wrong } else { caught })
    }

    /// The psap of a zone and service for this caller.
    #[inline]
    pub fn translate(&self, plan: &Plan, key: Key, zone: u16, service: u8) -> u16 {
        let row = zone as usize * plan.services + service as usize;
        match self.psap_of[row] {
            SEVERAL => plan.psaps_of[row].pick(key.word(0, Purpose::Psap, service.min(15))) as u16,
            psap => psap,
        }
    }

    #[inline]
    pub fn count(&mut self, slot: u32, what: Count) {
        let Slot { cell, flags, .. } = self.slots[slot as usize];
        if cell != NIL {
            self.counters.cell(cell as usize, what);
        }
        self.totals(flags).add(what);
    }

    #[inline]
    pub fn count_one(&mut self, plan: &Plan, zone: u16, service: u8, line: u8, flags: u16, what: Count) {
        self.counters.cell(plan.cell(zone, service, line), what);
        self.totals(flags).add(what);
    }

    #[inline]
    pub fn totals(&mut self, flags: u16) -> &mut super::Totals {
        if flags & flag::FLOOD == 0 {
            &mut self.people
        } else if flags & flag::PROBE == 0 {
            &mut self.flood
        } else {
            &mut self.probed
        }
    }

    #[inline]
    pub fn count_psap(&mut self, plan: &Plan, slot: u32, what: usize) {
        let count = &mut self.psap_counts(plan, slot)[what];
        *count = count.saturating_add(1);
    }

    /// The counts of the call's psap and service.
    #[inline]
    pub fn psap_counts(&mut self, plan: &Plan, slot: u32) -> &mut [u16; 4] {
        let Slot { psap, service, substitute, .. } = self.slots[slot as usize];
        let column = if substitute == NO { service as usize } else { plan.services };
        self.counters.psap(psap as usize * (plan.services + 1) + column)
    }

    /// What a slot was waiting for happens.
    pub fn fire(&mut self, plan: &Plan, slot: u32) {
        match self.slots[slot as usize].phase {
            Phase::Redial => self.redial(plan, slot),
            Phase::Setup => self.deliver(plan, slot),
            Phase::Silence => self.end_silence(plan, slot),
            Phase::Queue => self.abandon(plan, slot),
            Phase::Talk => self.end_talk(plan, slot),
            Phase::Probe => self.probe_through(slot),
            Phase::Test => self.end_probe(plan, slot, false),
            Phase::Free => {}
        }
    }

    pub fn abandon(&mut self, plan: &Plan, slot: u32) {
        self.unqueue(slot);
        self.waits.wait += self.now - self.slots[slot as usize].since;
        self.count_psap(plan, slot, 3);
        self.release(plan, slot);
        self.fail(plan, slot, Failure::Abandoned);
    }

    /// Gives back what the call holds in servers, groups and psaps (not the call-taker, not the place in the queue).
    pub fn release(&mut self, plan: &Plan, slot: u32) {
        let Slot { server, group, psap, substitute, trunk, flags, units, .. } = self.slots[slot as usize];
        let units = u32::from(units);
        if server != NO {
            let node = &mut self.servers[server as usize];
            node.sessions -= units;
            if flags & flag::LEAK != 0 {
                node.leaked = (node.leaked + f64::from(units)).min(f64::from(node.capacity));
            }
        }
        if group != NO {
            self.groups[group as usize].used -= units;
        }
        if trunk > 0 {
            if substitute == NO {
                self.psaps[psap as usize].trunks -= u32::from(trunk);
            } else {
                self.substitute_calls[substitute as usize] -= 1;
            }
        }
        let call = &mut self.slots[slot as usize];
        call.server = NO;
        call.group = NO;
        call.trunk = 0;
        if flags & flag::LEAK != 0 {
            call.flags &= !flag::LEAK;
            self.exposed(plan, server);
        }
    }

    /// The attempt failed: the caller tries again or gives up. Everything it held is given back already.
    pub fn fail(&mut self, plan: &Plan, slot: u32, failure: Failure) {
        let what = match failure {
            Failure::Busy => Count::Busy,
            Failure::Refused => Count::Refused,
            Failure::Silent => Count::Silent,
            Failure::Abandoned => Count::Abandoned,
            Failure::Dropped => Count::Dropped,
        };
        let flags = self.slots[slot as usize].flags;
        // Nobody dialled a call back; a transferred or mute call was counted as answered.
        if flags & (flag::CALLBACK | flag::MUTE) == 0 && (flags & flag::TRANSFERRED == 0 || what == Count::Dropped) {
            self.count(slot, what);
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

    pub fn give_up(&mut self, slot: u32) {
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
                    self.slots[slot as usize].flags &= !flag::MUTE;
                    self.release(plan, slot);
                    self.cut(plan, slot);
                }
                Phase::Test => self.end_probe(plan, slot, true),
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
}
