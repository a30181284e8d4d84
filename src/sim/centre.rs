//! At the psap: trunks, overflow, queue, call-takers, call backs.
//!
//! Does not belong here: how a call got there (`route`).

#![expect(clippy::inline_always, reason = "measured: the few steps that every call takes are one path")]

use super::SimTime;
use super::arrival::STREAM_CALLBACK;
use super::calendar::NOBODY;
use super::draw::{Chance, Key, Purpose};
use super::plan::{NO, Plan};
use super::state::{Count, Faults, NIL, Net, Phase, Place, Served, Slot, State, flag};
use crate::network::Failure;

/// Time that a call without sound costs caller and call-taker \[ticks\]; assumed.
const MUTE_TALK: u64 = 8 * SimTime::SECOND;

impl State {
    /// Free call-takers answer those who wait.
    #[inline]
    pub fn serve_queue(&mut self, plan: &Plan, psap: u16) {
        let net = &mut self.net;
        loop {
            let centre = &mut net.psaps[psap as usize];
            // In this order: after the first answer it is mostly the call-takers who are short again, which is foreseen.
            if centre.busy >= centre.positions || centre.head == NOBODY {
                return;
            }
            let slot = centre.head;
            let behind = net.places[slot as usize].next;
            net.places[behind as usize].prev = NOBODY;
            centre.touched = true;
            centre.busy += 1;
            centre.queue -= 1;
            centre.head = behind;
            centre.tail = if behind == NOBODY { NOBODY } else { centre.tail };
            net.calendar.cancel(slot);
            let call = &mut self.slots[slot as usize];
            let wait = net.now - call.since;
            net.answer(plan, slot, call, wait);
        }
    }

    /// Calls back people on the lists of the psaps that have a free call-taker.
    pub fn call_back(&mut self, plan: &Plan) {
        for psap in 0..self.net.psaps.len() as u16 {
            let desk = &mut self.net.desks[psap as usize];
            if desk.lost_network + desk.lost_psap == 0 {
                desk.callback = 0.0;
                continue;
            }
            desk.callback += self.net.callback_per_min * super::FRAME_S as f64 / 60.0;
            while self.net.desks[psap as usize].callback >= 1.0 {
                let (desk, centre) = (&mut self.net.desks[psap as usize], &self.net.psaps[psap as usize]);
                if desk.lost_network + desk.lost_psap == 0 || centre.busy >= centre.positions {
                    break;
                }
                desk.callback -= 1.0;
                if desk.lost_network > 0 {
                    desk.lost_network -= 1;
                    self.net.truth.lost_network -= 1;
                } else {
                    desk.lost_psap -= 1;
                    self.net.truth.lost_psap -= 1;
                }
                let Some(slot) = self.take_slot() else { break };
                let net = &mut self.net;
                let index = (net.now << 16) ^ u64::from(psap) << 8 ^ u64::from(net.psaps[psap as usize].busy);
                let call = &mut self.slots[slot as usize];
                *call = Slot {
                    key: Key::caller(net.seed, STREAM_CALLBACK, index),
                    zone: plan.psaps[psap as usize].zone,
                    psap,
                    server: NO,
                    group: NO,
                    substitute: NO,
                    first_psap: psap,
                    flood: NO,
                    service: plan.services_of[psap as usize].first().copied().unwrap_or(0),
                    attempt: 1,
                    row: NIL,
                    flags: flag::CALLBACK,
                    ..Slot::default()
                };
                net.psaps[psap as usize].busy += 1;
                net.answer(plan, slot, call, 0);
            }
        }
    }
}

/// Where the call is counted among those of its psap.
#[inline(always)]
pub(super) fn psap_row(plan: &Plan, call: &Slot) -> usize {
    let column = if call.flags & flag::SUBSTITUTE == 0 { call.service as usize } else { plan.services };
    call.psap as usize * (plan.services + 1) + column
}

impl Net {
    /// The call reaches the psap's side.
    pub fn deliver(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        let number = self.psaps[call.psap as usize].faults;
        if number != 0 && self.keep_out(plan, slot, call, number) {
            return;
        }
        self.count(call, Count::Delivered);
        self.seat(plan, slot, call);
    }

    /// Does what is wrong with the psap refuse or swallow the call?
    #[cold]
    fn keep_out(&mut self, plan: &Plan, slot: u32, call: &mut Slot, number: u16) -> bool {
        let Slot { key, attempt, .. } = *call;
        let faults: Faults = self.faults[number as usize];
        if faults.refuses() || key.coin(attempt, Purpose::Reject, 15, faults.reject) {
            self.release(plan, call);
            self.fail(plan, slot, call, Failure::Refused);
            return true;
        }
        let swallowed = key.coin(attempt, Purpose::Blackhole, 15, faults.blackhole);
        if swallowed {
            let patience = plan.tables.draw(plan.callers.silence, key.word(attempt, Purpose::Silence, 0));
            call.phase = Phase::Silence;
            self.calendar.insert(slot, self.now + patience);
        }
        swallowed
    }

    /// The call takes a trunk, there or at the psap that helps out, and a call-taker or a place in the queue.
    #[inline(always)]
    fn seat(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        let mut taken = 1;
        let mut centre = &mut self.psaps[call.psap as usize];
        if call.flags & flag::SUBSTITUTE == 0 {
            taken = plan.units[call.service as usize];
            if centre.trunks + taken > centre.limit {
                let other = centre.overflow;
                match self.psaps.get_mut(other as usize) {
                    Some(helper) if helper.trunks + taken + helper.reserve <= helper.limit => centre = helper,
                    _ => return self.busy(plan, slot, call),
                }
                call.psap = other;
            }
            centre.trunks += taken;
        } else {
            let calls = &mut self.substitute_calls[call.substitute as usize];
            if *calls >= plan.substitutes[call.substitute as usize].lines {
                return self.busy(plan, slot, call);
            }
            *calls += 1;
        }
        call.trunk = taken as u8;
        centre.touched = true;
        self.waits.received += 1;
        let count = &mut self.counters.psaps[psap_row(plan, call)][0];
        *count = count.saturating_add(1);
        if centre.busy < centre.positions {
            centre.busy += 1;
            self.answer(plan, slot, call, 0);
            return;
        }
        let tail = std::mem::replace(&mut centre.tail, slot);
        centre.queue += 1;
        if tail == NOBODY {
            centre.head = slot;
        }
        self.places[tail as usize].next = slot;
        self.places[slot as usize] = Place { next: NOBODY, prev: tail };
        self.waits.waited += 1;
        call.phase = Phase::Queue;
        call.since = self.now;
        if let Some(patience) = plan.psaps[call.psap as usize].patience {
            let patience = plan.tables.draw(patience, call.key.word(call.attempt, Purpose::Patience, 0));
            self.calendar.insert(slot, self.now + patience);
        }
    }

    #[inline(never)]
    fn busy(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        self.release(plan, call);
        self.fail(plan, slot, call, Failure::Busy);
    }

    /// Takes a call out of its psap's queue.
    #[inline]
    pub fn unqueue(&mut self, slot: u32, call: &Slot) {
        let Place { next, prev } = self.places[slot as usize];
        self.places[prev as usize].next = next;
        self.places[next as usize].prev = prev;
        let centre = &mut self.psaps[call.psap as usize];
        centre.touched = true;
        centre.queue -= 1;
        if prev == NOBODY {
            centre.head = next;
        }
        if next == NOBODY {
            centre.tail = prev;
        }
    }

    /// A call-taker, who is busy already, answers.
    #[inline(always)]
    pub fn answer(&mut self, plan: &Plan, slot: u32, call: &mut Slot, wait: u64) {
        let Slot { key, attempt, flags, .. } = *call;
        let centre = &plan.psaps[call.psap as usize];
        self.waits.wait += wait;
        self.waits.answered_wait += wait;
        let mut time = if flags & flag::FLOOD == 0 {
            self.compiled.handling.of(plan.tables.draw(centre.handling, key.word(attempt, Purpose::Handling, 0)))
        } else {
            super::draw::draw_law(&self.floods[call.flood as usize], key.word(attempt, Purpose::Handling, 0))
        };
        if flags & flag::MISROUTED != 0 {
            time = self.transfer_time(call);
        }
        if self.spoiling {
            time = self.spoil(call, time);
        }
        if flags & flag::CALLBACK == 0 {
            let in_target = u16::from(wait <= centre.target);
            self.waits.in_target += u64::from(in_target);
            let counts = &mut self.counters.psaps[psap_row(plan, call)];
            counts[1] = counts[1].saturating_add(1);
            counts[2] = counts[2].saturating_add(in_target);
        }
        if flags & flag::ODD == 0 {
            self.counters.cell(call.row, call.line, Count::Answered);
            self.people.answered += 1;
            self.waits.people_answered += 1;
            self.waits.people_wait += wait;
            self.serve(call);
        } else {
            self.count_odd_answer(call, wait);
        }
        call.phase = Phase::Talk;
        // Known to the psap from now on, even if cut.
        call.since = self.now.max(1);
        self.calendar.insert(slot, self.now + time);
    }

    /// Counts the answer of a call that is not counted as all are.
    #[cold]
    fn count_odd_answer(&mut self, call: &mut Slot, wait: u64) {
        if call.flags & (flag::CALLBACK | flag::TRANSFERRED) == 0 {
            self.count(call, Count::Answered);
        }
        if call.flags & flag::FLOOD == 0 {
            self.serve(call);
            if call.flags & flag::CALLBACK == 0 {
                self.waits.people_answered += 1;
                self.waits.people_wait += wait;
            }
        }
    }

    /// What faults on its way do to a talk of this length.
    #[cold]
    fn spoil(&self, call: &mut Slot, mut time: u64) -> u64 {
        if let Some(node) = self.servers.get(call.server as usize)
            && node.faults.spoils()
        {
            time = spoil(call, &node.faults, 0, time);
        }
        if let Some(group) = self.groups.get(call.group as usize)
            && group.faults != 0
        {
            time = spoil(call, &self.faults[group.faults as usize], 1, time);
        }
        time
    }

    /// Counts a need as served, in the class that says how.
    #[inline]
    fn serve(&mut self, call: &mut Slot) {
        call.served = if call.substitute != NO {
            Served::Substitute
        } else if call.psap != call.first_psap || call.service != call.first_service {
            Served::Elsewhere
        } else if call.attempt <= 1 && call.flags & flag::CALLBACK == 0 {
            Served::First
        } else {
            Served::Later
        };
        *self.served_cell(call) += 1;
    }

    #[inline]
    fn served_cell(&mut self, call: &Slot) -> &mut u64 {
        match call.served {
            Served::First => &mut self.truth.served_first,
            Served::Not | Served::Later => &mut self.truth.served_later,
            Served::Elsewhere => &mut self.truth.served_elsewhere,
            Served::Substitute => &mut self.truth.served_substitute,
        }
    }

    /// The talk ends, by itself or cut: the call-taker is free.
    #[inline]
    pub fn end_talk(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        self.psaps[call.psap as usize].busy -= 1;
        if call.flags & (flag::CUT | flag::MUTE | flag::MISROUTED) == 0 {
            self.release(plan, call);
            self.free_slot(slot, call);
        } else if call.flags & (flag::CUT | flag::MUTE) == 0 {
            self.transfer(plan, slot, call);
        } else {
            self.release(plan, call);
            self.cut(plan, slot, call);
        }
    }

    /// Time that the call-taker of a wrong psap needs, from whatever sent the call there.
    #[cold]
    fn transfer_time(&self, call: &Slot) -> u64 {
        let of = |faults: &Faults| (faults.misroute != Chance(0)).then_some(faults.transfer);
        let server = self.servers.get(call.server as usize).and_then(|s| of(&s.faults));
        let group = self.groups.get(call.group as usize).and_then(|g| of(&self.faults[g.faults as usize]));
        group.or(server).unwrap_or(0)
    }

    /// The wrong psap passes the call on: it keeps its way through the network and queues anew.
    #[cold]
    fn transfer(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
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
        if flag::FLOOD & call.flags == 0 {
            *self.served_cell(call) -= 1;
            call.served = Served::Not;
        }
        self.seat_again(plan, slot, call);
    }

    #[inline(never)]
    fn seat_again(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        self.seat(plan, slot, call);
    }

    /// An answered call was cut: the need is not served after all. The call-taker and all else are free already.
    #[cold]
    pub fn cut(&mut self, plan: &Plan, slot: u32, call: &mut Slot) {
        if call.flags & flag::FLOOD == 0 {
            *self.served_cell(call) -= 1;
            call.served = Served::Not;
        }
        let mute = call.flags & flag::MUTE != 0;
        self.fail(plan, slot, call, if mute { Failure::Silent } else { Failure::Dropped });
    }
}

/// What a fault does to a talk of this length: cut, or without sound.
fn spoil(call: &mut Slot, faults: &Faults, sub: u8, time: u64) -> u64 {
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
