//! Who calls when: streams of arrivals, each with keys of its own; another future from the same present.
//!
//! Does not belong here: what a caller does next (`call`).

use super::calendar::{NEVER, before};
use super::draw::{Chance, Duration, Key, Purpose, StreamKey};
use super::plan::{NO, Plan};
use super::state::{Count, NIL, Net, Phase, Served, Slot, Source, State, Stream, flag};

/// Stream of the base demand.
const STREAM_BASE: u32 = 0;
/// Stream of call backs.
pub(super) const STREAM_CALLBACK: u32 = 1;
/// Stream of servers' durations.
pub(super) const STREAM_NODE: u32 = 2;
/// Stream of levers.
pub(super) const STREAM_LEVER: u32 = 3;
/// Stream of the callers of a future, by their keys of the past.
const STREAM_RESEED: u32 = 4;
/// Stream of people who only try the number.
const STREAM_CURIOUS: u32 = 5;
/// Stream of synthetic test calls.
const STREAM_PROBE: u32 = 6;
/// First stream of surges and floods, in the order they start.
const STREAM_ADDED: u32 = 16;

impl State {
    /// The earliest arrival happens.
    pub fn arrive(&mut self, plan: &Plan) {
        let at = self.net.arrival_stream;
        let stream = &mut self.net.streams[at];
        let key = stream.key;
        let now = self.net.now;
        stream.draw_next(plan);
        match stream.source {
            Source::Base | Source::Surge { .. } => {
                let surge = match stream.source {
                    Source::Surge { row, .. } => Some(row),
                    _ => None,
                };
                self.net.rearm();
                if self.net.compiled.thin != Chance::ONE && !key.coin(0, Purpose::Thin, 0, self.net.compiled.thin) {
                    return;
                }
                let row = plan.demand.row(now, || key.word(0, Purpose::Group, 0), key.word(0, Purpose::Row, 0));
                if let Some(act) = surge
                    && !plan.surge(act).is_some_and(|s| s.rows[row as usize])
                {
                    return;
                }
                if !self.net.lulls.is_empty() && !self.net.kept(plan, key, row) {
                    return;
                }
                let mut flags = 0;
                if !plan.sources.is_empty() {
                    match self.net.one_of_few(plan, key, row as usize) {
                        Some(flag) => flags = flag,
                        None => return,
                    }
                }
                self.net.truth.needs += 1;
                let (zone, service) = plan.rows[row as usize];
                self.admit(plan, key, zone, service, flags, NO);
            }
            Source::Flood { psap, law, .. } => {
                let index = stream.index;
                self.net.rearm();
                let target = &plan.psaps[psap as usize];
                let services = &plan.services_of[psap as usize];
                let service = services.get(index as usize % services.len().max(1)).copied().unwrap_or(0);
                self.admit(plan, key, target.zone, service, flag::FLOOD, law);
            }
            Source::Curious { since, law, .. } => {
                self.net.rearm();
                let row = plan.demand.row(now, || key.word(0, Purpose::Group, 0), key.word(0, Purpose::Row, 0));
                let (zone, service) = plan.rows[row as usize];
                if self.net.still_curious(plan, key, zone, since) {
                    self.admit(plan, key, zone, service, flag::FLOOD, law);
                }
            }
            Source::Probe { targets, .. } => {
                let target = (stream.index % u64::from(targets)) as u32;
                self.net.rearm();
                self.start_probe(plan, key, target);
            }
        }
    }

    /// A caller comes in.
    pub fn admit(&mut self, plan: &Plan, key: Key, zone: u16, service: u8, flags: u16, flood: u16) {
        self.net.events += 1;
        let line = plan.line_of.pick(zone as usize, key.word(0, Purpose::Line, 0)) as u8;
        let Some(slot) = self.take_slot() else {
            // More callers at once than event words can name: turned away, and counted so.
            self.net.count_one(plan, zone, service, line, flags, Count::Attempts);
            self.net.count_one(plan, zone, service, line, flags, Count::Refused);
            if flags & flag::FLOOD == 0 {
                self.net.truth.lost_network += 1;
            }
            return;
        };
        self.slots[slot as usize] = Slot {
            key,
            since: 0,
            zone,
            psap: NO,
            server: NO,
            group: NO,
            substitute: NO,
            first_psap: NO,
            transfer_to: NO,
            flood,
            tried: 0,
            service,
            first_service: service,
            line,
            attempt: 0,
            phase: Phase::Redial,
            flags,
            trunk: 0,
            units: 1,
            row: NIL,
            served: Served::Not,
        };
        self.dial(plan, slot);
    }

    /// Draws the future anew from another seed.
    pub fn reseed(&mut self, plan: &Plan, seed: u64) {
        self.net.seed = seed;
        let now = self.net.now;
        for stream in &mut self.net.streams {
            stream.keys = StreamKey::new(seed, stream.id);
            stream.look_ahead(plan);
        }
        let random = |s: &&mut Stream| s.next != NEVER && !matches!(s.source, Source::Probe { .. });
        for stream in self.net.streams.iter_mut().filter(random) {
            // Poisson streams have no memory.
            stream.next = now;
            stream.draw_next(plan);
        }
        self.net.find_arrival();
        for i in 0..self.slots.len() as u32 {
            let slot = &mut self.slots[i as usize];
            slot.key = Key::caller(seed, STREAM_RESEED, slot.key.0);
            let Slot { key, attempt, psap, since, flags, phase, .. } = *slot;
            let (law, purpose) = match phase {
                Phase::Talk if flags & (flag::FLOOD | flag::CUT | flag::MUTE | flag::MISROUTED) == 0 => {
                    let law = plan.psaps[psap as usize].handling;
                    let mean = self.net.compiled.handling.of(law.mean);
                    (Some(Duration { mean, ..law }), Purpose::Handling)
                }
                Phase::Queue => (plan.psaps[psap as usize].patience, Purpose::Patience),
                _ => (None, Purpose::Patience),
            };
            if let Some(law) = law {
                let elapsed = now - since.min(now);
                let length = plan.tables.draw_longer(law, elapsed, key.word(attempt, purpose, 1));
                self.net.calendar.cancel(i);
                self.net.calendar.insert(i, since + length);
            }
        }
    }
}

impl Net {
    /// Opens a stream of arrivals that starts now.
    pub fn add_stream(&mut self, plan: &Plan, source: Source) {
        // Streams that a lever opens have names of their own, so that those of the script keep theirs.
        let id = match source {
            Source::Base => STREAM_BASE,
            Source::Curious { .. } => STREAM_CURIOUS,
            Source::Probe { .. } => STREAM_PROBE,
            Source::Surge { .. } | Source::Flood { .. } => {
                self.next_stream += 1;
                STREAM_ADDED + self.next_stream - 1
            }
        };
        let keys = StreamKey::new(self.seed, id);
        let (key, ahead) = (Key::default(), Key::default());
        let mut stream = Stream { id, index: 0, next: self.now, keys, key, ahead, hazard: 0, source };
        stream.look_ahead(plan);
        stream.draw_next(plan);
        self.streams.push(stream);
        self.find_arrival();
    }

    /// Finds the earliest arrival again after a stream changed.
    pub fn find_arrival(&mut self) {
        let mut first = NEVER;
        for (i, stream) in self.streams.iter().enumerate() {
            if stream.next < first {
                first = stream.next;
                self.arrival_stream = i;
            }
        }
        self.arrival = before(first);
    }

    /// Of a few callers there are, is this one free to call? His mark if so.
    fn one_of_few(&mut self, plan: &Plan, key: Key, row: usize) -> Option<u16> {
        let (all, calling) = (plan.sources[row], self.active[row]);
        if all == 0 {
            return Some(0);
        }
        let free = f64::from(all.saturating_sub(calling)) / f64::from(all);
        // A certain coin needs no word, an impossible one neither.
        if !key.coin(0, Purpose::Source, 0, if calling == 0 { Chance::ONE } else { Chance::new(free) }) {
            return None;
        }
        self.active[row] += 1;
        Some(flag::SOURCE)
    }

    /// Finds the next arrival after the earliest stream moved on.
    #[inline]
    pub fn rearm(&mut self) {
        if self.streams.len() == 1 {
            self.arrival = before(self.streams[0].next);
        } else {
            self.find_arrival();
        }
    }

    /// Is an arrival kept by the factors below 1 that are in force?
    pub fn kept(&self, plan: &Plan, key: Key, row: u32) -> bool {
        self.lulls.iter().enumerate().all(|(i, lull)| {
            !plan.surge(lull.surge).is_some_and(|s| s.rows[row as usize])
                || key.coin(0, Purpose::Thin, 1 + i as u8, lull.keep)
        })
    }
}

impl Stream {
    /// Draws the next arrival after the present one.
    #[inline]
    fn draw_next(&mut self, plan: &Plan) {
        let hazard = self.hazard;
        self.key = self.ahead;
        self.index += 1;
        self.next = match self.source {
            Source::Base => plan.demand.after(self.next, hazard, 1.0),
            Source::Surge { until, stretch, .. } => {
                let next = plan.demand.after(self.next, hazard, stretch);
                if next < until { next } else { NEVER }
            }
            Source::Flood { gap, .. } => self.next + (hazard as f64 * gap) as u64,
            Source::Curious { stretch, .. } => plan.demand.after(self.next, hazard, stretch),
            Source::Probe { gap, .. } => self.next + gap,
        };
        self.look_ahead(plan);
    }

    /// Draws who comes after the next arrival, and when: an arrival then need not wait for the table.
    #[inline]
    fn look_ahead(&mut self, plan: &Plan) {
        self.ahead = self.keys.caller(self.index);
        self.hazard = plan.tables.unit(self.ahead.word(0, Purpose::Gap, 0));
    }
}
