//! The battle rhythm: slots at which the cell meets (points fixes), the freeze of the picture before each, slots that
//! were missed. All of it is derived from entries and the time asked; the machine notes a missed slot once.

use chrono::{DateTime, TimeDelta, Utc};

use super::Incident;
use super::crisis::RhythmStatus;
use super::event::Mode;
use crate::clock::IncidentClock;

/// The picture is frozen this long before a slot \[min\].
pub const FREEZE_MIN: i64 = 5;
/// A slot without a point de situation is missed after this time \[min\], or after half the time between two slots.
pub const GRACE_MIN: i64 = 10;
/// Slots that are looked back at, for each rhythm that was set: at one every five minutes, a month.
const MOST_SLOTS: i64 = 10_000;

/// Where the cell stands in its rhythm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beat {
    /// The next slot, or the present one while it can still be held.
    pub slot: DateTime<Utc>,
    /// The picture is frozen for it: what is presented is what was known then.
    pub frozen_since: Option<DateTime<Utc>>,
    /// It was already held (written down, or by a point de situation).
    pub held: bool,
}

impl RhythmStatus {
    /// Time between two slots; `None`: there is no rhythm any more.
    pub fn every(&self) -> Option<TimeDelta> {
        (self.every_min > 0).then(|| TimeDelta::minutes(i64::from(self.every_min)))
    }

    /// A slot that nobody held until this long after it is missed.
    pub fn grace(&self) -> TimeDelta {
        TimeDelta::minutes(GRACE_MIN.min(i64::from(self.every_min) / 2))
    }

    /// Its slots until `until`, oldest first; at most the last [`MOST_SLOTS`].
    fn between(&self, until: DateTime<Utc>) -> impl Iterator<Item = DateTime<Utc>> + use<> {
        let every = self.every().unwrap_or(TimeDelta::MAX);
        let least = until.checked_sub_signed(TimeDelta::minutes(i64::from(self.every_min) * MOST_SLOTS));
        let first = self.first_from(least.unwrap_or(self.origin.at));
        std::iter::successors(first, move |slot| slot.checked_add_signed(every)).take_while(move |slot| *slot <= until)
    }

    /// The first slot at `from` or later.
    fn first_from(&self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let every = self.every()?;
        let from = from.max(self.origin.at);
        if from <= self.next_at {
            return Some(self.next_at);
        }
        let (behind, step) = ((from - self.next_at).num_milliseconds(), every.num_milliseconds());
        let slots = behind / step + i64::from(behind % step > 0);
        self.next_at.checked_add_signed(TimeDelta::milliseconds(slots.checked_mul(step)?))
    }
}

impl Incident {
    /// The slot ahead, or the one that can still be held; `None`: no rhythm.
    pub fn beat(&self, now: DateTime<Utc>) -> Option<Beat> {
        let rhythm = self.rhythm()?;
        let present = rhythm.first_from(now - rhythm.grace())?;
        let held = self.slot_held(rhythm, present);
        // The one that was held is behind us as soon as its time has come.
        let slot =
            if held && present <= now { rhythm.first_from(present + TimeDelta::milliseconds(1))? } else { present };
        let freeze = slot - TimeDelta::minutes(FREEZE_MIN);
        let held = self.slot_held(rhythm, slot);
        Some(Beat { slot, frozen_since: (freeze <= now && !held).then_some(freeze), held })
    }

    /// Slots that passed and were not held, oldest first.
    pub fn missed_slots(&self, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let mut missed: Vec<DateTime<Utc>> = self
            .passed_slots(now)
            .filter(|(rhythm, slot)| !self.slot_held(rhythm, *slot))
            .map(|(_, slot)| slot)
            .collect();
        // Somebody wrote that it was not held, whatever the rhythm says now.
        missed.extend(self.slots().iter().filter(|(_, (held, _))| !held).map(|(slot, _)| *slot));
        missed.sort_unstable();
        missed.dedup();
        missed
    }

    /// The last slot that passed, if it was missed and no entry speaks of it: the machine notes it once.
    pub fn last_slot_unheard(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (rhythm, slot) = self.passed_slots(now).last()?;
        (!self.slots().contains_key(&slot) && !self.slot_held(rhythm, slot)).then_some(slot)
    }

    /// Is this a slot of a rhythm that was set?
    pub(super) fn is_slot(&self, at: DateTime<Utc>) -> bool {
        self.state.cell.rhythms.iter().any(|rhythm| rhythm.first_from(at) == Some(at))
    }

    /// Slots whose grace is over at `now`, of every rhythm while it counted, as far as the incident lived them.
    fn passed_slots(&self, now: DateTime<Utc>) -> impl Iterator<Item = (&RhythmStatus, DateTime<Utc>)> {
        let rhythms = &self.state.cell.rhythms;
        rhythms.iter().enumerate().flat_map(move |(i, rhythm)| {
            // A rhythm counts until the next one is set.
            let next = rhythms.get(i + 1).map(|next| next.origin.at);
            let until = (now - rhythm.grace()).min(next.unwrap_or(now)) - TimeDelta::milliseconds(1);
            rhythm.between(until).filter(|slot| self.lived(*slot)).map(move |slot| (rhythm, slot))
        })
    }

    /// Was this slot held: written down as such, or by a point de situation drafted from half a period before it until
    /// its grace is over?
    fn slot_held(&self, rhythm: &RhythmStatus, slot: DateTime<Utc>) -> bool {
        if let Some((held, _)) = self.slots().get(&slot) {
            return *held;
        }
        let half = TimeDelta::seconds(i64::from(rhythm.every_min) * 30);
        let during = |at: DateTime<Utc>| slot - half < at && at <= slot + rhythm.grace();
        self.sitreps().iter().any(|sitrep| during(sitrep.origin.at))
    }

    /// Did the incident pass through this instant? Nobody meets while it is closed, and the exercise clock jumps.
    fn lived(&self, at: DateTime<Utc>) -> bool {
        let closed =
            |(from, until): &(DateTime<Utc>, Option<DateTime<Utc>>)| *from <= at && until.is_none_or(|u| at < u);
        if self.state.cell.closings.iter().any(closed) {
            return false;
        }
        if self.genesis.mode == Mode::Real {
            return true;
        }
        let maps: Vec<&IncidentClock> =
            self.state.clock_before.iter().chain(std::iter::once(&self.state.clock)).collect();
        maps.iter().enumerate().any(|(i, map)| {
            let end = maps.get(i + 1).map(|next| map.at(next.anchor_wall));
            map.anchor_incident <= at && end.is_none_or(|end| at <= end)
        })
    }
}
