//! The loop, the cut of a frame, the simulator's own knowledge, the digest.
//!
//! Does not belong here: what an event does.

use super::calendar::{END, NEVER, before, slot_of, time_of};
use super::plan::Plan;
use super::scalars::{Compiled, Scalars};
use super::state::{Net, Phase, State, flag};
use super::{CellCount, Received, Sample, ServerGauge, ServerState, Truth};

impl State {
    /// Runs every event before `to`. At one instant: nodes and script first, then arrivals, then calls by slot.
    pub fn run(&mut self, plan: &Plan, to: u64) {
        let to = to.min(END);
        loop {
            let end = self.net.next_node.min(to);
            let event = self.net.arrival.min(self.net.calendar.first());
            if event < before(end) {
                self.net.now = time_of(event);
                self.fire(plan, slot_of(event));
            } else if self.net.next_node < to {
                self.net.now = self.net.now.max(self.net.next_node);
                self.run_nodes(plan);
            } else {
                break;
            }
        }
        self.net.now = self.net.now.max(to);
    }

    /// Cuts what was counted since the last cut.
    pub fn cut_sample(&mut self, plan: &Plan, index: u32) -> Sample {
        let mut sample = Sample {
            index,
            cells: Vec::new(),
            received: Vec::new(),
            psaps: Vec::with_capacity(self.net.psaps.len()),
            servers: Vec::with_capacity(self.net.servers.len()),
            truth: self.net.truth(),
        };
        let counters = &mut self.net.counters;
        counters.take_cells(|cell, [attempts, delivered, answered, busy, abandoned, refused, silent, dropped]| {
            sample.cells.push(CellCount {
                cell,
                attempts,
                delivered,
                answered,
                busy,
                abandoned,
                refused,
                silent,
                dropped,
            });
        });
        let columns = plan.services + 1;
        for (i, (centre, desk)) in self.net.psaps.iter_mut().zip(&self.net.desks).enumerate() {
            sample.psaps.push(desk.said.unwrap_or_else(|| centre.gauge()));
            if !std::mem::take(&mut centre.touched) {
                continue;
            }
            for (column, counts) in counters.psaps[i * columns..(i + 1) * columns].iter_mut().enumerate() {
                let [received, answered, in_target, abandoned] = std::mem::take(counts);
                if [received, answered, in_target, abandoned] != [0; 4] {
                    let service = if column == plan.services { u8::MAX } else { column as u8 };
                    sample.received.push(Received {
                        psap: i as u16,
                        service,
                        received,
                        answered,
                        in_target,
                        abandoned,
                    });
                }
            }
        }
        for i in 0..self.net.servers.len() {
            let gauge = self.net.said(i);
            sample.servers.push(gauge);
        }
        self.net.frames += 1;
        sample
    }

    /// Callers in the system who are people in need: (trying or about to, answered).
    pub fn live(&self) -> (u64, u64) {
        let mut live = (0, 0);
        for (_, call) in self.callers().filter(|(_, call)| call.flags & flag::FLOOD == 0) {
            match call.phase {
                Phase::Talk => live.1 += 1,
                _ => live.0 += 1,
            }
        }
        live
    }

    /// Digest of all that decides the future and of all that was counted.
    pub fn digest(&self) -> u64 {
        let mut hash = Hash(self.net.seed ^ 0x9e37_79b9_7f4a_7c15);
        let arrival = if self.net.arrival == NEVER { NEVER } else { time_of(self.net.arrival) };
        for word in [self.net.now, self.net.events, arrival, self.net.people.attempts, self.net.people.delivered] {
            hash.add(word);
        }
        let t = self.net.truth();
        for word in [t.needs, t.served_first, t.served_later, t.served_elsewhere, t.served_substitute, t.own_means] {
            hash.add(word);
        }
        for word in [t.lost_network, t.lost_psap, t.pending, self.net.waits.wait, self.net.waits.in_target] {
            hash.add(word);
        }
        for (slot, call) in self.callers() {
            hash.add(call.key.0);
            hash.add(self.net.calendar.time(slot));
            hash.add((u64::from(call.psap) << 32) | (u64::from(call.attempt) << 8) | call.phase as u64);
        }
        for server in &self.net.servers {
            hash.add(u64::from(server.sessions) << 32 | u64::from(server.epoch));
            hash.add(server.leaked.to_bits());
            hash.add(server.ordinary.to_bits());
        }
        for (group, psap) in self.net.groups.iter().map(|g| g.used).zip(self.net.psaps.iter().map(|p| p.trunks)) {
            hash.add(u64::from(group) << 32 | u64::from(psap));
        }
        for stream in &self.net.streams {
            hash.add(stream.index ^ stream.next);
        }
        hash.0
    }

    /// Checks what must hold between any two events; a sentence about the first thing that does not.
    #[cfg(test)]
    pub fn check(&self, plan: &Plan) -> Result<(), String> {
        use super::plan::NO;

        let (trying, talking) = self.live();
        let t = self.net.truth();
        let served = t.served_first + t.served_later + t.served_elsewhere + t.served_substitute;
        if t.pending != trying {
            return Err(format!("{} pending, {trying} callers trying", t.pending));
        }
        if served < talking {
            return Err(format!("{talking} talking, only {served} served"));
        }
        let mut trunks = vec![0u32; self.net.psaps.len()];
        let mut busy = trunks.clone();
        let mut queue = trunks.clone();
        let mut sessions = vec![0u32; self.net.servers.len()];
        let mut circuits = vec![0u32; self.net.groups.len()];
        let mut lines = vec![0u32; self.net.substitute_calls.len()];
        let (mut people, mut flood, mut probed) = ([0u64; 2], [0u64; 2], [0u64; 2]);
        for (_, slot) in self.callers() {
            let progress = match slot.flags & (flag::FLOOD | flag::PROBE) {
                0 => &mut people,
                flag::FLOOD => &mut flood,
                _ => &mut probed,
            };
            let units = u32::from(slot.units);
            match slot.phase {
                _ if slot.flags & flag::TRANSFERRED != 0 && slot.phase != Phase::Talk => {}
                Phase::Talk if slot.flags & flag::CALLBACK != 0 => {}
                Phase::Test | Phase::Talk => progress[1] += 1,
                Phase::Probe | Phase::Setup | Phase::Silence | Phase::Queue => progress[0] += 1,
                _ => {}
            }
            if slot.phase == Phase::Talk {
                busy[slot.psap as usize] += 1;
            }
            if slot.phase == Phase::Queue {
                queue[slot.psap as usize] += 1;
            }
            if slot.trunk > 0 && slot.substitute == NO {
                trunks[slot.psap as usize] += u32::from(slot.trunk);
            } else if slot.trunk > 0 {
                lines[slot.substitute as usize] += 1;
            }
            if slot.server != NO {
                sessions[slot.server as usize] += units;
            }
            if slot.group != NO {
                circuits[slot.group as usize] += units;
            }
        }
        for (who, totals, [progress, talk]) in
            [("people", self.net.people, people), ("flood", self.net.flood, flood), ("probes", self.net.probed, probed)]
        {
            let ended = totals.busy + totals.refused + totals.silent + totals.abandoned + totals.answered;
            if totals.attempts != ended + progress {
                return Err(format!("{who}: {} attempts, {ended} ended, {progress} in progress", totals.attempts));
            }
            if totals.answered < totals.dropped + talk {
                return Err(format!("{who}: {} answered, {} dropped", totals.answered, totals.dropped));
            }
        }
        for (i, psap) in self.net.psaps.iter().enumerate() {
            if (psap.trunks, psap.busy, psap.queue) != (trunks[i], busy[i], queue[i]) {
                return Err(format!("psap {i}: {psap:?} but {} {} {} found", trunks[i], busy[i], queue[i]));
            }
            if psap.trunks > plan.psaps[i].trunks {
                return Err(format!("psap {i} holds {} calls on {} trunks", psap.trunks, plan.psaps[i].trunks));
            }
            if psap.queue > 0 && psap.busy < psap.positions {
                return Err(format!("psap {i}: {} wait while a call-taker is free", psap.queue));
            }
        }
        for (i, server) in self.net.servers.iter().enumerate() {
            if server.sessions != sessions[i] || server.leaked < 0.0 {
                return Err(format!("server {i}: {} sessions, {} found", server.sessions, sessions[i]));
            }
        }
        for (i, group) in self.net.groups.iter().enumerate() {
            if group.used != circuits[i] {
                return Err(format!("group {i}: {} circuits, {} found", group.used, circuits[i]));
            }
        }
        if lines != self.net.substitute_calls {
            return Err(format!("substitutes: {:?} but {lines:?} found", self.net.substitute_calls));
        }
        Ok(())
    }
}

impl Net {
    /// What a server says about itself for the frame that ends now; what its neighbours count is always true.
    fn said(&mut self, server: usize) -> ServerGauge {
        let now = self.now;
        let node = &mut self.servers[server];
        let real = node.gauge();
        if !node.frozen && !node.lying && (node.said_at == NEVER || now >= node.said_at + node.late) {
            node.said = real;
            node.said_at = now;
        }
        let mut said = node.said;
        let stale = !node.lying && (node.frozen || node.said_at != now);
        if node.lying {
            said = ServerGauge { leaked: 0, state: ServerState::Up, managed: true, ..said };
        }
        node.setups = 0;
        node.refused = 0;
        node.silent = 0;
        ServerGauge { setups: real.setups, refused: real.refused, silent: real.silent, telemetry_frozen: stale, ..said }
    }

    /// The simulator's own knowledge.
    pub fn truth(&self) -> Truth {
        let mut truth = self.truth;
        truth.attempts = self.people.attempts;
        truth.not_delivered = self.people.refused + self.people.silent;
        let ended = truth.served_first
            + truth.served_later
            + truth.served_elsewhere
            + truth.served_substitute
            + truth.own_means
            + truth.lost_network
            + truth.lost_psap;
        truth.pending = truth.needs - ended;
        truth
    }

    /// Sets the sampled parameters.
    pub fn set_scalars(&mut self, plan: &Plan, scalars: &Scalars) {
        self.scalars = *scalars;
        self.compiled = Compiled::new(scalars, plan);
    }
}

struct Hash(u64);

impl Hash {
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0xa076_1d64_78bd_642f;
        self.0 = (product >> 64) as u64 ^ product as u64 ^ word.rotate_left(29);
    }
}
