//! The pending-event set: a calendar queue (Brown 1988) with an occupancy bitmap and true cancel.
//!
//! One event per slot at most. An event is one word, time in the high bits and slot in the low ones, so the order is
//! total and does not depend on how the queue is built. Buckets are lists linked through arrays indexed by slot; their
//! width follows the load, which changes the speed and nothing else. Slot 0 is nobody's: what has no neighbour points
//! there and writes there, so that linking and unlinking take no branch; its own event never happens, and nothing
//! follows it.
//!
//! Does not belong here: what an event means.

use std::hint::select_unpredictable;

/// Bits of an event word that hold the slot.
pub const SLOT_BITS: u32 = 20;
/// Most slots there can be, slot 0 with them.
pub const MAX_SLOTS: usize = (1 << SLOT_BITS) - 1;
/// Time of a slot without a pending event.
pub const NEVER: u64 = u64::MAX;
/// A time after every event: the earliest one's when there is none.
pub const END: u64 = NEVER >> SLOT_BITS;
/// Nobody's slot: the end of a list.
pub const NOBODY: u32 = 0;

const BUCKETS: usize = 8192;
const WORDS: usize = BUCKETS / 64;
/// Pops between two looks at the width.
const RETUNE: u32 = 4096;

#[derive(Debug, Clone, Copy)]
struct Link {
    /// The event, or [`NEVER`].
    event: u64,
    next: u32,
    prev: u32,
}

const FREE: Link = Link { event: NEVER, next: NOBODY, prev: NOBODY };

/// Pending events, at most one per slot.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// First slot of every bucket. Their number is known to the compiler, so that finding one needs no check.
    heads: Box<[u32; BUCKETS]>,
    occupied: [u64; WORDS],
    links: Vec<Link>,
    /// The earliest event, or [`NEVER`] when there is none.
    first: u64,
    /// No pending event is earlier than this one.
    floor: u64,
    /// An event's turn is the event shifted right by this: the time over the width of a bucket.
    shift: u32,
    /// Events to be taken off before the next look at the width.
    left: u32,
    tuned_at: u64,
}

#[inline]
fn event(time: u64, slot: u32) -> u64 {
    (time << SLOT_BITS) | u64::from(slot)
}

/// The word of something outside the calendar at a time, before all its events of that time; [`NEVER`] from [`END`] on.
#[inline]
pub fn before(time: u64) -> u64 {
    if time < END { time << SLOT_BITS } else { NEVER }
}

/// The slot of an event.
#[inline]
pub fn slot_of(event: u64) -> u32 {
    (event & MAX_SLOTS as u64) as u32
}

/// The time of an event.
#[inline]
pub fn time_of(event: u64) -> u64 {
    event >> SLOT_BITS
}

impl Calendar {
    /// An empty calendar.
    pub fn new() -> Self {
        let heads = vec![NOBODY; BUCKETS].into_boxed_slice();
        let Ok(heads) = heads.try_into() else { unreachable!("as many as asked") };
        Self {
            heads,
            occupied: [0; WORDS],
            links: Vec::new(),
            first: NEVER,
            floor: 0,
            shift: SLOT_BITS + 16,
            left: RETUNE,
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
        match self.links[slot as usize].event {
            NEVER => NEVER,
            event => event >> SLOT_BITS,
        }
    }

    /// Number of pending events.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.links.iter().filter(|link| link.event != NEVER).count()
    }

    #[inline]
    fn bucket(&self, event: u64) -> usize {
        (event >> self.shift) as usize & (BUCKETS - 1)
    }

    #[inline]
    fn link(&mut self, slot: u32, event: u64) {
        let bucket = self.bucket(event);
        let head = self.heads[bucket];
        self.links[head as usize].prev = slot;
        self.links[slot as usize] = Link { event, next: head, prev: NOBODY };
        self.heads[bucket] = slot;
        self.occupied[bucket / 64] |= 1 << (bucket % 64);
    }

    /// Takes a slot with this event out of its bucket.
    #[inline]
    fn unlink(&mut self, slot: u32, event: u64) {
        let link = &mut self.links[slot as usize];
        let Link { next, prev, .. } = *link;
        link.event = NEVER;
        self.links[next as usize].prev = prev;
        self.links[prev as usize].next = next;
        self.links[NOBODY as usize].next = NOBODY;
        let bucket = self.bucket(event);
        let head = self.heads[bucket];
        self.heads[bucket] = select_unpredictable(prev == NOBODY, next, head);
        let alone = u64::from(prev | next == NOBODY);
        self.occupied[bucket / 64] &= !(alone << (bucket % 64));
    }

    /// Plans the event of a slot that has none pending, not earlier than the last one that was taken off.
    #[inline]
    pub fn insert(&mut self, slot: u32, time: u64) {
        let event = event(time, slot);
        debug_assert!(slot != NOBODY && event >= self.floor & !(MAX_SLOTS as u64), "slot {slot} at {time}");
        self.link(slot, event);
        // A branch and not the lesser of both: it is seldom taken, and where the processor foresees that, the next event
        // need not wait until this one's time is worked out.
        if event < self.first {
            self.comes_first(event);
        }
    }

    #[cold]
    #[inline(never)]
    fn comes_first(&mut self, event: u64) {
        self.first = event;
    }

    /// Forgets the event of a slot, if it has one.
    #[inline]
    pub fn cancel(&mut self, slot: u32) {
        let event = self.links[slot as usize].event;
        if event != NEVER {
            self.unlink(slot, event);
            if self.first == event {
                self.first = self.search();
            }
        }
    }

    /// The earliest event, or [`NEVER`].
    #[inline]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Takes the earliest event off, which there must be. The next one is looked for at once, while what the event does
    /// is still to be worked out: the processor does both side by side.
    #[inline]
    pub fn pop(&mut self) {
        let first = self.first;
        self.unlink(slot_of(first), first);
        self.floor = first;
        self.left -= 1;
        if self.left == 0 {
            self.retune();
        }
        self.first = self.search();
    }

    /// The earliest event of a bucket, of whatever turn.
    #[inline]
    fn earliest(&self, bucket: usize) -> u64 {
        // Two at once without a branch; more are rare.
        let Link { event, next, .. } = self.links[self.heads[bucket & (BUCKETS - 1)] as usize];
        let Link { event: second, next: mut slot, .. } = self.links[next as usize];
        let mut best = event.min(second);
        while slot != NOBODY {
            let Link { event, next, .. } = self.links[slot as usize];
            best = best.min(event);
            slot = next;
        }
        best
    }

    /// Finds the earliest event: mostly it is in the next bucket with any, a few bits on.
    #[inline]
    fn search(&self) -> u64 {
        let start = self.floor >> self.shift;
        let origin = start as usize & (BUCKETS - 1);
        let bits = self.occupied[origin / 64] >> (origin % 64);
        let ahead = bits.trailing_zeros();
        if bits != 0 {
            let best = self.earliest(origin + ahead as usize);
            if best >> self.shift == start + u64::from(ahead) {
                return best;
            }
        }
        self.search_on()
    }

    /// The same wherever it is: walks the buckets of one turn of the calendar, then all events.
    #[inline(never)]
    fn search_on(&self) -> u64 {
        let start = self.floor >> self.shift;
        let origin = start as usize & (BUCKETS - 1);
        let mut word = origin / 64;
        let mut bits = self.occupied[word] & (u64::MAX << (origin % 64));
        // The first word is visited twice: its upper bits first, its lower bits at the end of the turn.
        for _ in 0..=WORDS {
            while bits != 0 {
                let bucket = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let turn = start + ((bucket.wrapping_sub(origin)) & (BUCKETS - 1)) as u64;
                let best = self.earliest(bucket);
                if best >> self.shift == turn {
                    return best;
                }
            }
            word = (word + 1) % WORDS;
            bits = self.occupied[word];
        }
        self.links.iter().map(|link| link.event).min().unwrap_or(NEVER)
    }

    /// Sets the width so that a bucket holds about one event, and files everything again if it changed.
    #[cold]
    fn retune(&mut self) {
        let now = self.floor >> SLOT_BITS;
        let gap = (now - self.tuned_at) / u64::from(RETUNE);
        self.left = RETUNE;
        self.tuned_at = now;
        let shift = SLOT_BITS + (64 - (gap / 4 + gap / 8).leading_zeros()).clamp(4, 32);
        if shift == self.shift {
            return;
        }
        self.heads.fill(NOBODY);
        self.occupied.fill(0);
        self.shift = shift;
        for slot in 1..self.links.len() {
            let event = self.links[slot].event;
            if event != NEVER {
                self.link(slot as u32, event);
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
        fn pops_in_order(steps in prop::collection::vec((1u32..300, 0u64..u64::from(u32::MAX), 0u8..4), 1..3000)) {
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
                        let first = calendar.first();
                        prop_assert_eq!(first, expected.map_or(NEVER, |e| event(e.0, e.1)));
                        if let Some((time, slot)) = expected {
                            prop_assert_eq!((time_of(first), slot_of(first)), (time, slot));
                            calendar.pop();
                            now = time;
                        }
                    }
                }
                prop_assert_eq!(calendar.len(), set.len());
            }
        }
    }

    #[test]
    fn the_width_follows_the_load_without_changing_the_order() {
        let mut calendar = Calendar::new();
        calendar.reserve(1001);
        let mut state = 1u64;
        let mut now = 0;
        for slot in 1..=1000 {
            calendar.insert(slot, u64::from(slot) * 7);
        }
        for _ in 0..50_000 {
            let (time, slot) = (time_of(calendar.first()), slot_of(calendar.first()));
            calendar.pop();
            assert!(time >= now && time < END);
            now = time;
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            calendar.insert(slot, now + (state >> 40));
        }
        assert_ne!(calendar.shift, SLOT_BITS + 16);
        assert_eq!(calendar.len(), 1000);
    }
}
