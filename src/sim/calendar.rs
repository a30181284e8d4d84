//! The pending-event set: a calendar queue (Brown 1988) with an occupancy bitmap and true cancel.
//!
//! One event per slot at most. An event is one word, time in the high bits and slot in the low ones, so the order is
//! total and does not depend on how the queue is built. Buckets are lists linked through arrays indexed by slot; their
//! width follows the load, which changes the speed and nothing else.
//!
//! Does not belong here: what an event means.

/// Bits of an event word that hold the slot.
pub const SLOT_BITS: u32 = 20;
/// Most slots there can be.
pub const MAX_SLOTS: usize = (1 << SLOT_BITS) - 1;
/// Time of a slot without a pending event.
pub const NEVER: u64 = u64::MAX;

const NONE: u32 = u32::MAX;
const BUCKETS: usize = 8192;
const WORDS: usize = BUCKETS / 64;
/// Pops between two looks at the width.
const RETUNE: u32 = 4096;

#[derive(Debug, Clone, Copy)]
struct Link {
    time: u64,
    next: u32,
    prev: u32,
}

const FREE: Link = Link { time: NEVER, next: NONE, prev: NONE };

/// Pending events, at most one per slot.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// First slot of every bucket.
    heads: Vec<u32>,
    occupied: [u64; WORDS],
    links: Vec<Link>,
    /// The earliest event word, or `NEVER` when it has to be looked for.
    first: u64,
    /// No pending event is earlier than this.
    floor: u64,
    pending: u32,
    shift: u32,
    pops: u32,
    tuned_at: u64,
}

#[inline]
fn event(time: u64, slot: u32) -> u64 {
    (time << SLOT_BITS) | u64::from(slot)
}

impl Calendar {
    /// An empty calendar.
    pub fn new() -> Self {
        Self {
            heads: vec![NONE; BUCKETS],
            occupied: [0; WORDS],
            links: Vec::new(),
            first: NEVER,
            floor: 0,
            pending: 0,
            shift: 16,
            pops: 0,
            tuned_at: 0,
        }
    }

    /// Makes room for slots below `slots`.
    pub fn reserve(&mut self, slots: usize) {
        if self.links.len() < slots {
            self.links.resize(slots, FREE);
        }
    }

    /// Time of a slot's pending event, or [`NEVER`].
    #[inline]
    pub fn time(&self, slot: u32) -> u64 {
        self.links[slot as usize].time
    }

    /// Number of pending events.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.pending as usize
    }

    #[inline]
    fn bucket(&self, time: u64) -> usize {
        (time >> self.shift) as usize & (BUCKETS - 1)
    }

    #[inline]
    fn link(&mut self, slot: u32, time: u64) {
        let bucket = self.bucket(time);
        let head = self.heads[bucket];
        self.links[slot as usize] = Link { time, next: head, prev: NONE };
        if head == NONE {
            self.occupied[bucket / 64] |= 1 << (bucket % 64);
        } else {
            self.links[head as usize].prev = slot;
        }
        self.heads[bucket] = slot;
    }

    #[inline]
    fn unlink(&mut self, slot: u32) {
        let Link { time, next, prev } = self.links[slot as usize];
        if next != NONE {
            self.links[next as usize].prev = prev;
        }
        if prev == NONE {
            let bucket = self.bucket(time);
            self.heads[bucket] = next;
            if next == NONE {
                self.occupied[bucket / 64] &= !(1 << (bucket % 64));
            }
        } else {
            self.links[prev as usize].next = next;
        }
        self.links[slot as usize].time = NEVER;
    }

    /// Plans the event of a slot that has none pending.
    #[inline]
    pub fn insert(&mut self, slot: u32, time: u64) {
        self.link(slot, time);
        self.pending += 1;
        self.floor = self.floor.min(time);
        let word = event(time, slot);
        if self.pending == 1 || (self.first != NEVER && word < self.first) {
            self.first = word;
        }
    }

    /// Forgets the event of a slot, if it has one.
    #[inline]
    pub fn cancel(&mut self, slot: u32) {
        let time = self.links[slot as usize].time;
        if time != NEVER {
            self.unlink(slot);
            self.pending -= 1;
            if self.first == event(time, slot) {
                self.first = NEVER;
            }
        }
    }

    /// Time of the earliest event, or [`NEVER`].
    #[inline]
    pub fn next_time(&mut self) -> u64 {
        if self.first == NEVER {
            if self.pending == 0 {
                return NEVER;
            }
            self.search();
        }
        self.first >> SLOT_BITS
    }

    /// Takes the earliest event off: its time and slot.
    #[inline]
    pub fn pop(&mut self) -> Option<(u64, u32)> {
        let time = self.next_time();
        if time == NEVER {
            return None;
        }
        let slot = (self.first & MAX_SLOTS as u64) as u32;
        self.unlink(slot);
        self.pending -= 1;
        self.first = NEVER;
        self.floor = time;
        self.pops += 1;
        if self.pops == RETUNE {
            self.retune(time);
        }
        Some((time, slot))
    }

    /// Finds the earliest event: walks the buckets of one turn of the calendar, then all of them.
    #[inline(never)]
    fn search(&mut self) {
        let start = self.floor >> self.shift;
        let origin = start as usize & (BUCKETS - 1);
        let mut best = NEVER;
        let mut word = origin / 64;
        let mut bits = self.occupied[word] & (u64::MAX << (origin % 64));
        // The first word is visited twice: its upper bits first, its lower bits at the end of the turn.
        for _ in 0..=WORDS {
            while bits != 0 {
                let bucket = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let turn = start + ((bucket.wrapping_sub(origin)) & (BUCKETS - 1)) as u64;
                let mut slot = self.heads[bucket];
                while slot != NONE {
                    let Link { time, next, .. } = self.links[slot as usize];
                    if time >> self.shift == turn {
                        best = best.min(event(time, slot));
                    }
                    slot = next;
                }
                if best != NEVER {
                    self.first = best;
                    return;
                }
            }
            word = (word + 1) % WORDS;
            bits = self.occupied[word];
        }
        for (slot, link) in self.links.iter().enumerate() {
            if link.time != NEVER {
                best = best.min(event(link.time, slot as u32));
            }
        }
        self.first = best;
    }

    /// Sets the width so that a bucket holds about one event, and files everything again if it changed.
    fn retune(&mut self, now: u64) {
        let gap = (now - self.tuned_at) / u64::from(RETUNE);
        self.pops = 0;
        self.tuned_at = now;
        let shift = (64 - (gap / 4 + gap / 8).leading_zeros()).clamp(4, 32);
        if shift == self.shift {
            return;
        }
        self.heads.fill(NONE);
        self.occupied.fill(0);
        self.shift = shift;
        for slot in 0..self.links.len() {
            let time = self.links[slot].time;
            if time != NEVER {
                self.link(slot as u32, time);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Whatever is planned and cancelled, events come out in the order of a sorted set.
        #[test]
        fn pops_in_order(steps in prop::collection::vec((0u32..300, 0u64..u64::from(u32::MAX), 0u8..4), 1..3000)) {
            let mut calendar = Calendar::new();
            calendar.reserve(300);
            let mut set = BTreeSet::new();
            let mut now = 0;
            for (slot, delay, step) in steps {
                // From microseconds to an hour ahead.
                let delay = delay >> (delay % 32);
                match step {
                    0 | 1 if calendar.time(slot) == NEVER => {
                        calendar.insert(slot, now + delay);
                        set.insert((now + delay, slot));
                    }
                    2 => {
                        set.remove(&(calendar.time(slot), slot));
                        calendar.cancel(slot);
                    }
                    _ => {
                        let expected = set.pop_first();
                        prop_assert_eq!(calendar.next_time(), expected.map_or(NEVER, |e| e.0));
                        let popped = calendar.pop();
                        prop_assert_eq!(popped, expected);
                        now = popped.map_or(now, |p| p.0);
                    }
                }
                prop_assert_eq!(calendar.len(), set.len());
            }
        }
    }

    #[test]
    fn the_width_follows_the_load_without_changing_the_order() {
        let mut calendar = Calendar::new();
        calendar.reserve(1000);
        let mut state = 1u64;
        let mut now = 0;
        for slot in 0..1000 {
            calendar.insert(slot, u64::from(slot) * 7);
        }
        for _ in 0..50_000 {
            let (time, slot) = calendar.pop().unwrap();
            assert!(time >= now);
            now = time;
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            calendar.insert(slot, now + (state >> 40));
        }
        assert_ne!(calendar.shift, 16);
        assert_eq!(calendar.len(), 1000);
    }
}
