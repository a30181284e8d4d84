//! At the psap: trunks, overflow, queue, call-takers, call backs.
//!
//! Does not belong here: how a call got there (`route`).

use super::SimTime;
use super::arrival::STREAM_CALLBACK;
use super::draw::{Chance, Key, Purpose};
use super::plan::{NO, Plan};
use super::state::{Count, Faults, NIL, Phase, Served, Slot, State, flag};
use crate::network::Failure;

/// Time that a call without sound costs caller and call-taker \[ticks\]; assumed.
const MUTE_TALK: u64 = 8 * SimTime::SECOND;

impl State {
    /// The call reaches the psap's side.
    pub fn deliver(&mut self, plan: &Plan, slot: u32) {
        let Slot { key, attempt, psap, .. } = self.slots[slot as usize];
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
        self.count(slot, Count::Delivered);
        self.seat(plan, slot);
    }

    /// The call takes a trunk, there or at the psap that helps out, and a call-taker or a place in the queue.
    fn seat(&mut self, plan: &Plan, slot: u32) {
        let Slot { key, attempt, mut psap, substitute, service, .. } = self.slots[slot as usize];
        let mut taken = 1;
        if substitute == NO {
            let units = plan.units[service as usize];
            taken = units;
            let centre = &mut self.psaps[psap as usize];
            if centre.trunks + units <= centre.limit {
                centre.trunks += units;
            } else {
                let other = centre.overflow;
                if other == NO {
                    self.busy(plan, slot);
                    return;
                }
                let helper = &mut self.psaps[other as usize];
                if helper.trunks + units + helper.reserve > helper.limit {
                    self.busy(plan, slot);
                    return;
                }
                helper.trunks += units;
                psap = other;
                self.slots[slot as usize].psap = other;
            }
        } else {
            if self.substitute_calls[substitute as usize] >= plan.substitutes[substitute as usize].lines {
                self.busy(plan, slot);
                return;
            }
            self.substitute_calls[substitute as usize] += 1;
        }
        self.slots[slot as usize].trunk = taken as u8;
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

    pub fn busy(&mut self, plan: &Plan, slot: u32) {
        self.release(plan, slot);
        self.fail(plan, slot, Failure::Busy);
    }

    /// Takes a call out of its psap's queue.
    pub fn unqueue(&mut self, slot: u32) {
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
    pub fn answer(&mut self, plan: &Plan, slot: u32, wait: u64) {
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
        if flags & flag::MISROUTED != 0 {
            time = self.transfer_time(slot);
        }
        if server != NO && self.servers[server as usize].faults.spoils() {
            let faults = self.servers[server as usize].faults;
            time = self.spoil(slot, &faults, 0, time);
        }
        if group != NO && self.groups[group as usize].faults != 0 {
            let faults = self.faults[self.groups[group as usize].faults as usize];
            time = self.spoil(slot, &faults, 1, time);
        }
        if flags & flag::CALLBACK == 0 {
            if flags & flag::TRANSFERRED == 0 {
                self.count(slot, Count::Answered);
            }
            let in_target = u16::from(wait <= centre.target);
            self.waits.in_target += u64::from(in_target);
            let counts = self.psap_counts(plan, slot);
            counts[1] = counts[1].saturating_add(1);
            counts[2] = counts[2].saturating_add(in_target);
        }
        if flags & flag::FLOOD == 0 {
            self.serve(slot);
            if flags & flag::CALLBACK == 0 {
                self.waits.people_answered += 1;
                self.waits.people_wait += wait;
            }
        }
        let call = &mut self.slots[slot as usize];
        call.phase = Phase::Talk;
        // Known to the psap from now on, even if cut.
        call.since = self.now.max(1);
        self.calendar.insert(slot, self.now + time);
    }

    /// What a fault does to a talk of this length: cut, or without sound.
    #[cold]
    fn spoil(&mut self, slot: u32, faults: &Faults, sub: u8, time: u64) -> u64 {
        let call = &mut self.slots[slot as usize];
        let Slot { key, attempt, flags, .. } = *call;
        if flags & flag::FLOOD == 0 && key.coin(attempt, Purpose::Mute, sub, faults.mute) {
            call.flags |= flag::MUTE;
            return time.min(MUTE_TALK);
        }
        if faults.drop != Chance(0) && key.coin(attempt, Purpose::Drop, sub, faults.drop) {
            let cut = super::draw::draw_law(&faults.drop_after, key.word(attempt, Purpose::DropAfter, sub));
            if cut < time {
                call.flags = (call.flags | flag::CUT) & !flag::MUTE;
                return cut;
            }
        }
        time
    }

    /// Counts a need as served, in the class that says how.
    pub fn serve(&mut self, slot: u32) {
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

    pub fn served_cell(&mut self, slot: u32) -> &mut u64 {
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
    pub fn end_talk(&mut self, plan: &Plan, slot: u32) {
        let Slot { psap, flags, .. } = self.slots[slot as usize];
        self.psaps[psap as usize].busy -= 1;
        if flags & (flag::CUT | flag::MUTE | flag::MISROUTED) == 0 {
            self.release(plan, slot);
            self.free_slot(slot);
        } else if flags & (flag::CUT | flag::MUTE) == 0 {
            self.transfer(plan, slot);
        } else {
            self.release(plan, slot);
            self.cut(plan, slot);
        }
        self.serve_queue(plan, psap);
    }

    /// Time that the call-taker of a wrong psap needs, from whatever sent the call there.
    fn transfer_time(&self, slot: u32) -> u64 {
        let Slot { server, group, .. } = self.slots[slot as usize];
        let of = |faults: &Faults| (faults.misroute != Chance(0)).then_some(faults.transfer);
        let server = self.servers.get(server as usize).and_then(|s| of(&s.faults));
        let group = self.groups.get(group as usize).and_then(|g| of(&self.faults[g.faults as usize]));
        group.or(server).unwrap_or(0)
    }

    /// The wrong psap passes the call on: it keeps its way through the network and queues anew.
    fn transfer(&mut self, plan: &Plan, slot: u32) {
        let call = &mut self.slots[slot as usize];
        let (wrong, substitute) = (call.psap, call.substitute);
        call.psap = call.transfer_to;
        call.flags = (call.flags & !flag::MISROUTED) | flag::TRANSFERRED;
        let trunk = std::mem::take(&mut call.trunk);
        if trunk > 0 {
            if substitute == NO {
                self.psaps[wrong as usize].trunks -= u32::from(trunk);
            } else {
                self.substitute_calls[substitute as usize] -= 1;
            }
        }
        if flag::FLOOD & self.slots[slot as usize].flags == 0 {
            *self.served_cell(slot) -= 1;
            self.slots[slot as usize].served = Served::Not;
        }
        self.seat(plan, slot);
    }

    /// An answered call was cut: the need is not served after all. The call-taker and all else are free already.
    pub fn cut(&mut self, plan: &Plan, slot: u32) {
        if self.slots[slot as usize].flags & flag::FLOOD == 0 {
            *self.served_cell(slot) -= 1;
            self.slots[slot as usize].served = Served::Not;
        }
        let mute = self.slots[slot as usize].flags & flag::MUTE != 0;
        self.fail(plan, slot, if mute { Failure::Silent } else { Failure::Dropped });
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
                    cell: NIL,
                    flags: flag::CALLBACK,
                    ..Slot::default()
                };
                self.answer(plan, slot, 0);
            }
        }
    }
}
