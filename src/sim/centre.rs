//! At the psap: trunks, overflow, queue, call-takers, call backs.
//!
//! Does not belong here: how a call got there (`route`).

use super::arrival::STREAM_CALLBACK;
use super::draw::{Chance, Key, Purpose};
use super::plan::{NO, Plan};
use super::state::{Count, Faults, NIL, Phase, Served, Slot, State, flag};
use crate::network::Failure;

impl State {
    /// The call reaches the psap's side.
    pub fn deliver(&mut self, plan: &Plan, slot: u32) {
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
        self.release(plan, slot);
        if flags & flag::CUT == 0 {
            self.free_slot(slot);
        } else {
            self.cut(plan, slot);
        }
        self.serve_queue(plan, psap);
    }

    /// An answered call was cut: the need is not served after all. The call-taker and all else are free already.
    pub fn cut(&mut self, plan: &Plan, slot: u32) {
        if self.slots[slot as usize].flags & flag::FLOOD == 0 {
            *self.served_cell(slot) -= 1;
            self.slots[slot as usize].served = Served::Not;
        }
        self.fail(plan, slot, Failure::Dropped);
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
