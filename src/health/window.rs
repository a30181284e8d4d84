//! Sliding windows over frames that are kept once and shared by all clones of a board.
//!
//! Does not belong here: what is counted.

use std::collections::VecDeque;
use std::sync::Arc;

use super::expected::Minute;

/// The short window: 5 minutes \[frames\].
pub const SHORT: u32 = 30;
/// The short window and the comparison before it reach this far: 20 minutes \[frames\].
pub const MID: u32 = 120;
/// The long window: 30 minutes \[frames\].
pub const LONG: u32 = 180;
/// Frames are kept for an hour \[frames\].
pub const KEEP: u32 = 360;
/// Frames in a minute.
pub const MINUTE: u32 = 6;

/// What one vantage point counted in one frame, and what was expected there.
#[derive(Debug)]
pub struct Slot<T> {
    /// Number of the frame.
    pub of: u32,
    /// The counts.
    pub rows: Vec<T>,
    /// What a normal day would have brought.
    pub expected: Arc<Minute>,
}

/// The end of a window that a slot has just left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// Older than 5 minutes.
    Short,
    /// Older than 20 minutes.
    Mid,
    /// Older than 30 minutes.
    Long,
}

/// The last hour of slots, by frame number.
#[derive(Debug)]
pub struct Ring<T> {
    slots: VecDeque<Arc<Slot<T>>>,
    starts: [usize; 3],
}

impl<T> Default for Ring<T> {
    fn default() -> Self {
        Self { slots: VecDeque::new(), starts: [0; 3] }
    }
}

impl<T> Clone for Ring<T> {
    fn clone(&self) -> Self {
        Self { slots: self.slots.clone(), starts: self.starts }
    }
}

impl<T> Ring<T> {
    /// A ring that holds these slots, oldest first, none older than an hour before the newest.
    pub fn holding(slots: Vec<Arc<Slot<T>>>) -> Self {
        let newest = slots.last().map_or(0, |slot| slot.of);
        let starts = [SHORT, MID, LONG].map(|length| slots.partition_point(|slot| slot.of + length <= newest));
        Self { slots: slots.into(), starts }
    }

    /// Number of the newest slot.
    pub fn newest(&self) -> Option<u32> {
        self.slots.back().map(|slot| slot.of)
    }

    /// Adds a slot newer than all others. Call [`Ring::leaving`] until it gives nothing.
    pub fn push(&mut self, slot: Arc<Slot<T>>) {
        self.slots.push_back(slot);
    }

    /// The next slot that the newest one pushes out of a window.
    pub fn leaving(&mut self) -> Option<(Edge, Arc<Slot<T>>)> {
        let newest = self.newest()?;
        for (start, (edge, length)) in
            self.starts.iter_mut().zip([(Edge::Short, SHORT), (Edge::Mid, MID), (Edge::Long, LONG)])
        {
            if let Some(slot) = self.slots.get(*start).filter(|slot| slot.of + length <= newest) {
                *start += 1;
                return Some((edge, Arc::clone(slot)));
            }
        }
        while self.slots.front().is_some_and(|slot| slot.of + KEEP <= newest) {
            self.slots.pop_front();
            self.starts = self.starts.map(|start| start.saturating_sub(1));
        }
        None
    }

    /// All slots, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Arc<Slot<T>>> {
        self.slots.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_enters_a_window_leaves_it(gaps in proptest::collection::vec(prop_oneof![9 => 1..3_u32, 1 => 1..200_u32], 1..500)) {
            let mut ring = Ring::default();
            let (mut of, mut inside) = (0, [0_i64; 3]);
            for gap in gaps {
                of += gap;
                ring.push(Arc::new(Slot { of, rows: vec![i64::from(of)], expected: Arc::default() }));
                for sum in &mut inside {
                    *sum += i64::from(of);
                }
                while let Some((edge, slot)) = ring.leaving() {
                    inside[edge as usize] -= slot.rows[0];
                }
                for (sum, length) in inside.iter().zip([SHORT, MID, LONG]) {
                    let direct: i64 = ring.iter().filter(|s| s.of + length > of).map(|s| s.rows[0]).sum();
                    prop_assert_eq!(*sum, direct);
                }
                prop_assert!(ring.iter().all(|slot| slot.of + KEEP > of));
                let again = Ring::holding(ring.iter().map(Arc::clone).collect());
                prop_assert!(again.iter().zip(ring.iter()).all(|(one, other)| Arc::ptr_eq(one, other)));
                prop_assert_eq!(again.slots.len(), ring.slots.len());
                prop_assert_eq!(again.starts, ring.starts);
            }
        }
    }
}
