//! When needs arise and whose: one superposed stream whose rate is constant over five minutes, then a pick of the
//! demand group (profile and clock), of the zone and service, of the line.
//!
//! Does not belong here: what a caller does next.

use chrono::{Datelike, TimeDelta, Timelike};
use chrono_tz::Tz;

use super::alias::Alias;
use super::calendar::NEVER;
use crate::network::Scenario;

/// Length of a slot of constant rate \[s\].
const SLOT_S: u64 = 300;
/// The same in ticks: a constant, so that finding the slot of a time is no division.
const SLOT: u64 = SLOT_S * 1_000_000;
/// Slots in a week, after which the rates repeat.
const WEEK: usize = (7 * 86_400 / SLOT_S) as usize;

/// Groups that are looked at together, before the others one by one.
const HEAVY: usize = 3;

/// The demand of a scenario, compiled.
#[derive(Debug, Clone)]
pub(super) struct Demand {
    /// Ticks per 2⁻³² of a unit of hazard, by slot: infinite when nobody calls.
    step: Vec<f64>,
    /// The rate never changes: there is one slot.
    flat: bool,
    /// By slot and group: words below it belong to the group or an earlier one. At least [`HEAVY`] a slot.
    thresholds: Vec<u64>,
    groups: Vec<Alias>,
    /// Most that a sampled demand may be times the expected one.
    pub ceiling: f64,
}

/// Rows that share a profile and a clock.
struct Group {
    profile: Option<u16>,
    tz: Tz,
    rows: Vec<u32>,
    per_day: Vec<f64>,
}

impl Demand {
    /// Compiles the demand; rates start at the scenario's start and repeat every week.
    pub fn new(scenario: &Scenario) -> Self {
        let network = &scenario.network;
        let mut groups: Vec<Group> = Vec::new();
        let mut ceiling = 1.0f64;
        for row in &network.demand {
            if row.per_day.value <= 0.0 {
                continue;
            }
            ceiling = ceiling.max(row.per_day.high.unwrap_or(0.0) / row.per_day.value);
            let known = network.profiles.get(usize::from(row.profile));
            let shaped = known.is_some_and(|p| p.points.len() > 1 || !p.days.is_empty());
            let profile = shaped.then_some(row.profile);
            let flat = known.map_or(1.0, |p| if shaped { 1.0 } else { p.value(0.0, 0) });
            let tz = if shaped { network.zones[row.zone.index()].tz } else { network.tz };
            let index = (row.zone.index() * network.services.len() + row.service.index()) as u32;
            let at = groups.iter().position(|g| g.profile == profile && g.tz == tz).unwrap_or_else(|| {
                groups.push(Group { profile, tz, rows: Vec::new(), per_day: Vec::new() });
                groups.len() - 1
            });
            groups[at].rows.push(index);
            groups[at].per_day.push(row.per_day.value * flat);
        }
        // Heaviest first: the pick walks them in this order.
        let weight = |g: &Group| g.per_day.iter().sum::<f64>();
        groups.sort_by(|a, b| weight(b).total_cmp(&weight(a)));
        let slots = if groups.iter().any(|g| g.profile.is_some()) { WEEK } else { 1 };
        let mut step = Vec::with_capacity(slots);
        let mut thresholds = Vec::with_capacity(slots * groups.len().max(HEAVY));
        for slot in 0..slots {
            let rates: Vec<f64> = groups.iter().map(|g| weight(g) / 86_400.0 * factor(scenario, g, slot)).collect();
            let total: f64 = rates.iter().sum();
            step.push(1e6 / (total * ceiling) / 4_294_967_296.0);
            let mut sum = 0.0;
            for rate in rates {
                sum += rate;
                thresholds.push((sum / total * 4_294_967_296.0) as u64);
            }
            if let Some(last) = thresholds.last_mut() {
                *last = u64::MAX;
            }
            thresholds.resize((slot + 1) * groups.len().max(HEAVY), u64::MAX);
        }
        Self {
            step,
            flat: slots == 1,
            thresholds,
            groups: groups.into_iter().map(|g| Alias::of(&g.rows, &g.per_day)).collect(),
            ceiling,
        }
    }

    /// Time at which the cumulated rate, times `1 / stretch`, has grown by `hazard` (units of 2⁻³²) since `from`.
    #[inline]
    pub fn after(&self, from: u64, hazard: u64, stretch: f64) -> u64 {
        // Below 2⁶³, so that the signed conversion, which is one instruction, says the same.
        let mut left = hazard as i64 as f64 * stretch;
        if self.flat {
            let gap = left * self.step[0];
            return if gap < 1e18 { from + gap as i64 as u64 } else { NEVER };
        }
        let mut time = from;
        // A week without a call: nobody calls.
        for _ in 0..=WEEK {
            let slot = time / SLOT;
            let step = self.step[slot as usize % WEEK];
            let end = (slot + 1) * SLOT;
            let gap = left * step;
            if gap < (end - time) as f64 {
                return time + gap as i64 as u64;
            }
            left -= (end - time) as f64 / step;
            time = end;
        }
        NEVER
    }

    /// The zone × service of an arrival at `time`.
    #[inline]
    pub fn row(&self, time: u64, group: impl FnOnce() -> u64, row: u64) -> u32 {
        let n = self.groups.len();
        let mut pick = 0;
        if n > 1 {
            let word = group() >> 32;
            let slot = if self.flat { 0 } else { (time / SLOT) as usize % WEEK };
            let stride = n.max(HEAVY);
            // The heaviest without a branch: nobody foresees at which one a walk would end.
            if let Some((heavy, others)) = self.thresholds[slot * stride..].split_first_chunk::<HEAVY>() {
                pick = heavy.map(|threshold| usize::from(word >= threshold)).iter().sum();
                if pick == HEAVY {
                    pick += others.iter().take_while(|&&threshold| word >= threshold).count();
                }
            }
        }
        self.groups[pick].pick(row)
    }

    /// Does anybody ever call?
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }
}

/// Relative rate of a group in the middle of a slot.
fn factor(scenario: &Scenario, group: &Group, slot: usize) -> f64 {
    let Some(profile) = group.profile.and_then(|p| scenario.network.profiles.get(usize::from(p))) else { return 1.0 };
    let middle = scenario.start + TimeDelta::seconds(slot as i64 * SLOT_S as i64 + SLOT_S as i64 / 2);
    let local = middle.with_timezone(&group.tz);
    profile.value(f64::from(local.num_seconds_from_midnight()) / 60.0, local.weekday().num_days_from_monday() as usize)
}
