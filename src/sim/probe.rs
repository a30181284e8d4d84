//! Synthetic test calls: they take a session and a circuit as any call does, and no call-taker.
//!
//! Does not belong here: what is concluded from them.

use super::SimTime;
use super::draw::Key;
use super::plan::{NO, Plan};
use super::state::{Count, NIL, Net, Phase, Slot, Source, State, flag};
use crate::network::{Element, Failure};

/// How long a test call that got through is held \[ticks\]: long enough to hear the answering device.
const HOLD: u64 = 10 * SimTime::SECOND;

impl State {
    /// A test call begins.
    pub fn start_probe(&mut self, plan: &Plan, key: Key, target: u32) {
        self.net.events += 1;
        let Some(&(server, group)) = self.net.probes.get(target as usize) else { return };
        let Some(slot) = self.take_slot() else { return };
        self.slots[slot as usize] = Slot {
            key,
            psap: NO,
            server: NO,
            group: NO,
            substitute: NO,
            first_psap: NO,
            flood: NO,
            attempt: 1,
            units: 1,
            row: NIL,
            flags: flag::PROBE | flag::FLOOD,
            ..Slot::default()
        };
        self.net.probed.add(Count::Attempts);
        self.offer_probe(plan, slot, server, group);
    }
}

impl Net {
    /// Starts test calls through these elements, one through each trunk group every so many seconds; 0 ends all.
    pub fn probe(&mut self, plan: &Plan, on: &[Element], every_s: f64) {
        self.streams.retain(|s| !matches!(s.source, Source::Probe { .. }));
        self.probes.clear();
        for element in on.iter().filter(|_| every_s > 0.0) {
            match element {
                Element::Server(id) if id.index() < self.servers.len() => {
                    let own = plan.groups.iter().enumerate().filter(|(_, g)| g.from == id.0);
                    let before = self.probes.len();
                    self.probes.extend(own.map(|(i, _)| (id.0, i as u16)));
                    if self.probes.len() == before {
                        self.probes.push((id.0, NO));
                    }
                }
                Element::Group(id) if id.index() < self.groups.len() => {
                    self.probes.push((plan.groups[id.index()].from, id.0));
                }
                _ => {}
            }
        }
        let targets = self.probes.len() as u32;
        if targets > 0 {
            let gap = (super::draw::ticks(every_s) / u64::from(targets)).max(1);
            self.add_stream(plan, Source::Probe { gap, targets });
        }
        self.find_arrival();
    }

    /// A test call is through.
    pub fn probe_through(&mut self, slot: u32, call: &mut Slot) {
        self.probed.add(Count::Delivered);
        self.probed.add(Count::Answered);
        call.phase = Phase::Test;
        self.calendar.insert(slot, self.now + HOLD);
    }

    /// It hangs up, or is cut.
    pub fn end_probe(&mut self, plan: &Plan, slot: u32, call: &mut Slot, cut: bool) {
        self.release(plan, call);
        if cut {
            self.fail(plan, slot, call, Failure::Dropped);
        } else {
            self.free_slot(slot, call);
        }
    }
}
