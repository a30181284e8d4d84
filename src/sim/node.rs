//! Call servers, trunk groups and psaps over time: ordinary traffic, leaks, boots, faults, the script.
//!
//! Ordinary traffic is never simulated call by call: every frame it is an integer load of sessions and set-ups per
//! server. A server that is out sheds its ordinary traffic to the others in proportion to their size, sessions
//! following with the mean duration of ordinary calls; where it wants more than there is, it and the emergency calls
//! are admitted alike, with the share that fits.
//!
//! Does not belong here: what callers do about it.

use super::arrival::STREAM_NODE;
use super::calendar::NEVER;
use super::draw::{Chance, Key, Purpose, draw_law};
use super::plan::{Act, Plan, ServerPlan};
use super::state::{Bug, Due, Faults, Loop, Lull, Server, Source, State};
use super::{FRAME_S, ServerGauge, ServerState, SimTime};
use crate::network::{Element, FaultKind, Law};

const FRAME: u64 = FRAME_S * SimTime::SECOND;
/// Tolerance of the set-up limiter, in periods (RFC 7415 recommends a few).
const TOLERANCE: u64 = 4;
const DAY: u64 = 86_400 * SimTime::SECOND;

/// A server at the start.
pub(super) fn server(plan: &ServerPlan) -> Server {
    Server {
        faults: Faults::NONE,
        withdrawn: false,
        booting: false,
        cycle: None,
        bug: None,
        awake: false,
        unmanaged_by_bug: false,
        unmanageable: false,
        epoch: 0,
        draws: 0,
        sessions: 0,
        leaked: 0.0,
        ordinary: 0.0,
        ordinary_rate: 0.0,
        leak_per_s: 0.0,
        capacity: plan.sessions,
        limit: plan.setups_per_s,
        cap: None,
        weight: None,
        limiter: Chance::ONE,
        bucket: 0,
        period: 0,
        tolerance: 0,
        setups: 0,
        refused: 0,
        silent: 0,
        offered: 0,
        last_setups: 0,
        frozen: false,
        late: 0,
        said: ServerGauge::default(),
        said_at: NEVER,
    }
}

/// Ordinary sessions and set-ups per second at a minute of the day, linear between points, round midnight.
fn ordinary(points: &[(u16, f64, f64)], minute: f64) -> (f64, f64) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return (0.0, 0.0) };
    let next = points.partition_point(|p| f64::from(p.0) <= minute);
    let before =
        if next == 0 { (f64::from(last.0) - 1440.0, *last) } else { (f64::from(points[next - 1].0), points[next - 1]) };
    let after = points.get(next).map_or((f64::from(first.0) + 1440.0, *first), |p| (f64::from(p.0), *p));
    let share = if after.0 > before.0 { (minute - before.0) / (after.0 - before.0) } else { 0.0 };
    let between = |a: f64, b: f64| a + (b - a) * share;
    (between(before.1.1, after.1.1), between(before.1.2, after.1.2))
}

impl State {
    /// Finds when the next node event, script entry, shift or tick is.
    pub fn plan_next_node(&mut self, plan: &Plan) {
        let script = plan.script.get(self.script_at).map_or(NEVER, |s| s.time);
        let shift = plan.shifts.get(self.shift_at).map_or(NEVER, |s| self.shift_day + s.0);
        let agenda = self.agenda.iter().map(|a| a.0).min().unwrap_or(NEVER);
        self.next_node = script.min(shift).min(agenda).min(self.next_tick);
    }

    /// Runs what is due now: tick, script, shifts, node events, in this order.
    pub fn run_nodes(&mut self, plan: &Plan) {
        if self.next_tick <= self.now {
            self.next_tick += FRAME;
            self.tick(plan);
        }
        while let Some(entry) = plan.script.get(self.script_at).filter(|s| s.time <= self.now) {
            let at = self.script_at;
            self.script_at += 1;
            match &entry.act {
                Act::Fault(kind, on) => {
                    if !(self.frozen && is_change(kind)) {
                        self.fault(plan, kind, *on);
                    }
                }
                Act::Lever(lever) => self.take_effect(plan, lever),
                Act::Surge(surge) => self.surge(plan, at, surge.factor, self.now + surge.length),
            }
        }
        while let Some(&(offset, psap, positions)) = plan.shifts.get(self.shift_at) {
            if self.shift_day + offset > self.now {
                break;
            }
            self.desks[psap as usize].rostered = positions;
            self.staff(plan, psap);
            self.shift_at += 1;
            if self.shift_at == plan.shifts.len() {
                self.shift_at = 0;
                self.shift_day += DAY;
            }
        }
        while let Some(first) = (0..self.agenda.len()).min_by_key(|&i| self.agenda[i]) {
            if self.agenda[first].0 > self.now {
                break;
            }
            let (_, due) = self.agenda.swap_remove(first);
            self.happen(plan, due);
        }
        self.plan_next_node(plan);
    }

    /// Plans a node event.
    pub fn plan_due(&mut self, time: u64, due: Due) {
        self.agenda.push((time, due));
        self.next_node = self.next_node.min(time);
    }

    fn happen(&mut self, plan: &Plan, due: Due) {
        let current = |state: &Self, server: u16, epoch: u32| state.servers[server as usize].epoch == epoch;
        match due {
            Due::Booted { server, epoch } if current(self, server, epoch) => self.booted(plan, server),
            Due::Reboots { server, epoch } if current(self, server, epoch) => {
                if let Some(cycle) = self.servers[server as usize].cycle {
                    self.boot(plan, server, cycle.down, true);
                }
            }
            Due::Wakes { server, epoch } if current(self, server, epoch) => self.wake(plan, server),
            Due::Lever { order } => self.execute(plan, order),
            _ => {}
        }
    }

    /// A duration of a server's own, from its law.
    fn node_time(&mut self, server: u16, law: &Law) -> u64 {
        let node = &mut self.servers[server as usize];
        node.draws += 1;
        let key = Key::caller(self.seed, STREAM_NODE, (u64::from(server) << 32) | u64::from(node.draws));
        draw_law(law, key.word(0, Purpose::Node, 0)).max(1)
    }

    // ---- every frame ----

    /// Ordinary traffic, leaks and limits of all servers for the coming frame; call backs.
    fn tick(&mut self, plan: &Plan) {
        if self.callback_per_min > 0.0 {
            self.call_back(plan);
        }
        let minute = ((f64::from(plan.start_s) + self.now as f64 / 1e6) / 60.0) % 1440.0;
        let (mut shed_sessions, mut shed_rate, mut carriers) = (0.0, 0.0, 0.0);
        for (node, fixed) in self.servers.iter().zip(&plan.servers) {
            if node.carries() {
                carriers += f64::from(fixed.sessions);
            } else {
                let (sessions, rate) = ordinary(&fixed.ordinary, minute);
                shed_sessions += sessions;
                shed_rate += rate;
            }
        }
        for (i, fixed) in plan.servers.iter().enumerate() {
            let (mut sessions, mut rate) = ordinary(&fixed.ordinary, minute);
            let node = &mut self.servers[i];
            if node.carries() {
                let share = if carriers > 0.0 { f64::from(fixed.sessions) / carriers } else { 0.0 };
                sessions += shed_sessions * share;
                rate += shed_rate * share;
            } else {
                (sessions, rate) = (0.0, 0.0);
            }
            sessions *= self.gap;
            rate *= self.gap;
            // Sessions follow with the mean duration of ordinary calls, sessions / rate.
            let follow = if sessions > 0.0 && self.now > 0 { (FRAME_S as f64 * rate / sessions).min(1.0) } else { 1.0 };
            let follow = if node.carries() { follow } else { 0.05 };
            node.ordinary += (sessions - node.ordinary) * follow;
            node.ordinary_rate = rate;
            node.last_setups = std::mem::take(&mut node.offered);
            node.refit(fixed);
            let room = f64::from(node.capacity.saturating_sub(node.sessions));
            let admitted = if node.ordinary > room - node.leaked && node.ordinary > 0.0 {
                ((room - node.leaked) / node.ordinary).clamp(0.0, 1.0)
            } else {
                1.0
            };
            let swallowed = if node.faults.leak { node.faults.blackhole.get() } else { 0.0 };
            let carried = if node.carries() { rate * admitted * node.limiter.get() } else { 0.0 };
            let leak = (swallowed * carried + node.leak_per_s) * FRAME_S as f64;
            node.leaked = (node.leaked + leak).min(room.max(node.leaked));
            self.exposed(plan, i as u16);
        }
    }

    /// Looks whether a latent bug has enough to wake.
    pub fn exposed(&mut self, plan: &Plan, server: u16) {
        let node = &self.servers[server as usize];
        if let Some(bug) = node.bug
            && !node.awake
            && node.leaked > 0.0
            && node.leaked >= bug.threshold * f64::from(plan.servers[server as usize].sessions)
        {
            let delay = self.node_time(server, &bug.delay);
            let node = &mut self.servers[server as usize];
            node.awake = true;
            let epoch = node.epoch;
            self.plan_due(self.now + delay, Due::Wakes { server, epoch });
        }
    }

    // ---- boots ----

    /// A latent bug wakes: cyclic reboots, and perhaps no management plane.
    fn wake(&mut self, plan: &Plan, server: u16) {
        let node = &mut self.servers[server as usize];
        let Some(bug) = node.bug else { return };
        node.draws += 1;
        let key = Key::caller(self.seed, STREAM_NODE, (u64::from(server) << 32) | u64::from(node.draws));
        node.unmanaged_by_bug = key.coin(0, Purpose::Management, 0, Chance::new(bug.unmanageable));
        node.cycle = Some(Loop { up: bug.up, down: bug.down, bug: true, cured: false });
        self.boot(plan, server, bug.down, true);
    }

    /// A server goes down for a duration and starts again with an empty memory.
    pub fn boot(&mut self, plan: &Plan, server: u16, law: Law, lose_calls: bool) {
        let time = self.node_time(server, &law);
        let node = &mut self.servers[server as usize];
        node.epoch += 1;
        node.booting = true;
        let epoch = node.epoch;
        if lose_calls {
            self.lose_calls(plan, server);
            let node = &mut self.servers[server as usize];
            node.leaked = 0.0;
            node.ordinary = 0.0;
        }
        self.plan_due(self.now + time, Due::Booted { server, epoch });
    }

    fn booted(&mut self, plan: &Plan, server: u16) {
        let node = &mut self.servers[server as usize];
        node.booting = false;
        node.leaked = 0.0;
        node.faults.crashed = false;
        let mut leaking = node.leaking();
        for (group, fixed) in self.groups.iter().zip(&plan.groups) {
            leaking |= fixed.from == server && self.faults[group.faults as usize].leaks();
        }
        node.refit(&plan.servers[server as usize]);
        match node.cycle {
            Some(cycle) if cycle.cured || (cycle.bug && !leaking) => self.end_cycle(server),
            Some(cycle) => {
                let time = self.node_time(server, &cycle.up);
                let epoch = self.servers[server as usize].epoch;
                self.plan_due(self.now + time, Due::Reboots { server, epoch });
            }
            None => {
                let node = &mut self.servers[server as usize];
                node.awake = false;
            }
        }
    }

    /// The loop is over: the management plane answers again and the bug can wake anew.
    pub fn end_cycle(&mut self, server: u16) {
        let node = &mut self.servers[server as usize];
        node.cycle = None;
        node.awake = false;
        node.unmanaged_by_bug = false;
        node.epoch += 1;
        node.booting = false;
    }

    // ---- staff and surges ----

    /// Works out how many call-takers a psap has now, and lets the free ones answer.
    pub fn staff(&mut self, plan: &Plan, psap: u16) {
        let desk = &self.desks[psap as usize];
        let present = f64::from(desk.imposed.unwrap_or(desk.rostered)) * desk.share;
        self.psaps[psap as usize].positions = if desk.down { 0 } else { (present + 0.5) as u32 };
        self.serve_queue(plan, psap);
    }

    fn surge(&mut self, plan: &Plan, at: usize, factor: f64, until: u64) {
        if factor > 1.0 {
            self.add_stream(plan, Source::Surge { row: at, until, stretch: 1.0 / (factor - 1.0) });
        } else if factor < 1.0 {
            self.lulls.retain(|l| l.until > self.now);
            self.lulls.push(Lull { surge: at, until, keep: Chance::new(factor) });
        }
    }

    // ---- faults ----

    /// A fault befalls an element.
    pub fn fault(&mut self, plan: &Plan, kind: &FaultKind, on: Element) {
        match on {
            Element::Server(id) if id.index() < self.servers.len() => self.server_fault(plan, kind, id.0),
            Element::Group(id) if id.index() < self.groups.len() => {
                let group = &mut self.groups[id.index()];
                let faults = Self::own_faults(&mut self.faults, &mut group.faults);
                match kind {
                    FaultKind::Clear { kinds } => kinds.iter().for_each(|kind| clear(faults, kind)),
                    _ => set(faults, kind),
                }
                group.circuits = scaled(plan.groups[id.index()].circuits, faults.capacity);
            }
            Element::Psap(id) if id.index() < self.psaps.len() => self.psap_fault(plan, kind, id.0),
            _ => {}
        }
        self.plan_next_node(plan);
    }

    fn server_fault(&mut self, plan: &Plan, kind: &FaultKind, server: u16) {
        let fixed = &plan.servers[server as usize];
        let now = self.now;
        let node = &mut self.servers[server as usize];
        set(&mut node.faults, kind);
        match kind {
            FaultKind::Crash { lose_calls } => {
                self.end_cycle(server);
                if *lose_calls {
                    self.lose_calls(plan, server);
                    let node = &mut self.servers[server as usize];
                    node.leaked = 0.0;
                    node.ordinary = 0.0;
                }
            }
            FaultKind::Restart { lose_calls } => self.boot(plan, server, fixed.restart, *lose_calls),
            FaultKind::RestartLoop { up, down } => {
                node.cycle = Some(Loop { up: *up, down: *down, bug: false, cured: false });
                self.boot(plan, server, *down, true);
            }
            FaultKind::Leak { per_s } => node.leak_per_s = per_s.max(0.0),
            FaultKind::LatentBug { threshold, delay, up, down, unmanageable } => {
                node.bug = Some(Bug {
                    threshold: *threshold,
                    delay: *delay,
                    up: *up,
                    down: *down,
                    unmanageable: *unmanageable,
                });
                self.exposed(plan, server);
            }
            FaultKind::Unmanageable => node.unmanageable = true,
            FaultKind::Telemetry { frozen, delay_s } => {
                node.said = node.gauge();
                node.said_at = now;
                node.frozen = *frozen;
                node.late = super::draw::ticks(*delay_s);
            }
            FaultKind::Clear { kinds } => self.clear_server(kinds, server),
            _ => {}
        }
        self.servers[server as usize].refit(fixed);
    }

    fn clear_server(&mut self, kinds: &[String], server: u16) {
        let node = &mut self.servers[server as usize];
        for kind in kinds {
            clear(&mut node.faults, kind);
            match kind.as_str() {
                "leak" => node.leak_per_s = 0.0,
                "unmanageable" => {
                    node.unmanageable = false;
                    node.unmanaged_by_bug = false;
                }
                "telemetry" => {
                    node.frozen = false;
                    node.late = 0;
                }
                "latent_bug" => node.bug = None,
                _ => {}
            }
        }
        if kinds.iter().any(|k| k == "restart_loop" || k == "restart") && (node.cycle.is_some() || node.booting) {
            node.leaked = 0.0;
            self.end_cycle(server);
        }
    }

    fn psap_fault(&mut self, plan: &Plan, kind: &FaultKind, psap: u16) {
        match kind {
            FaultKind::Down => self.desks[psap as usize].down = true,
            FaultKind::Positions { share } => self.desks[psap as usize].share = share.max(0.0),
            // A psap's counters come from its own software: frozen, they stay where they were.
            FaultKind::Telemetry { frozen, .. } => {
                self.desks[psap as usize].said = frozen.then(|| self.psaps[psap as usize].gauge());
            }
            FaultKind::Flood { per_s, hold } if *per_s > 0.0 => {
                self.floods.push(*hold);
                let law = (self.floods.len() - 1) as u16;
                self.add_stream(plan, Source::Flood { psap, gap: 1e6 / per_s / 4_294_967_296.0, law });
            }
            FaultKind::Clear { kinds } => {
                let number = self.psaps[psap as usize].faults as usize;
                for kind in kinds {
                    if number != 0 {
                        clear(&mut self.faults[number], kind);
                    }
                    match kind.as_str() {
                        "down" => self.desks[psap as usize].down = false,
                        "positions" => self.desks[psap as usize].share = 1.0,
                        "telemetry" => self.desks[psap as usize].said = None,
                        "flood" => {
                            let of = |s: &Source| matches!(s, Source::Flood { psap: p, .. } if *p == psap);
                            self.streams.retain(|s| !of(&s.source));
                            self.find_arrival();
                        }
                        _ => {}
                    }
                }
            }
            _ => {
                set(Self::own_faults(&mut self.faults, &mut self.psaps[psap as usize].faults), kind);
            }
        }
        let centre = &mut self.psaps[psap as usize];
        let faults = &self.faults[centre.faults as usize];
        centre.limit = scaled(plan.psaps[psap as usize].trunks, faults.capacity);
        self.staff(plan, psap);
    }
}

/// Is it the work of an operation, which a freeze stops, rather than of nature or of an attacker?
fn is_change(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Degraded { .. }
            | FaultKind::Reject { .. }
            | FaultKind::Blackhole { .. }
            | FaultKind::Drop { .. }
            | FaultKind::Restart { .. }
            | FaultKind::Isolated
            | FaultKind::Locked
    )
}

pub(super) fn scaled(value: u32, factor: f64) -> u32 {
    (f64::from(value) * factor.clamp(0.0, 1e3)) as u32
}

/// Sets what all elements have in common.
fn set(faults: &mut Faults, kind: &FaultKind) {
    match kind {
        FaultKind::Degraded { capacity, delay_s } => {
            faults.capacity = capacity.clamp(0.0, 1.0);
            faults.delay = super::draw::ticks(*delay_s);
        }
        FaultKind::Reject { p } => faults.reject = Chance::new(*p),
        FaultKind::Blackhole { p, leak } => {
            faults.blackhole = Chance::new(*p);
            faults.leak = *leak;
        }
        FaultKind::Drop { p, after } => {
            faults.drop = Chance::new(*p);
            faults.drop_after = *after;
        }
        FaultKind::Crash { .. } => faults.crashed = true,
        FaultKind::Isolated => faults.isolated = true,
        FaultKind::Locked => faults.locked = true,
        _ => {}
    }
}

/// Clears one kind of what all elements have in common.
pub(super) fn clear(faults: &mut Faults, kind: &str) {
    match kind {
        "degraded" => {
            faults.capacity = 1.0;
            faults.delay = 0;
        }
        "reject" => faults.reject = Chance(0),
        "blackhole" => {
            faults.blackhole = Chance(0);
            faults.leak = false;
        }
        "drop" => faults.drop = Chance(0),
        "crash" => faults.crashed = false,
        "isolated" => faults.isolated = false,
        "locked" => faults.locked = false,
        _ => {}
    }
}

impl Server {
    /// Works out capacity and limits after anything changed.
    pub fn refit(&mut self, plan: &ServerPlan) {
        self.capacity = scaled(plan.sessions, self.faults.capacity);
        let limit = plan.setups_per_s * self.faults.capacity;
        self.limit = self.cap.map_or(limit, |cap| cap.min(limit));
        let ordinary = self.ordinary_rate;
        if ordinary > 0.0 {
            let offered = ordinary + f64::from(self.last_setups) / FRAME_S as f64;
            self.period = 0;
            self.limiter = if offered > self.limit { Chance::new(self.limit / offered) } else { Chance::ONE };
        } else if self.limit > 0.0 {
            self.limiter = Chance::ONE;
            self.period = ((1e6 / self.limit) as u64).max(1);
            self.tolerance = self.period * TOLERANCE;
        } else {
            self.period = 0;
            self.limiter = Chance(0);
        }
    }

    /// What it is doing.
    pub fn state(&self) -> ServerState {
        if self.booting {
            ServerState::Restarting
        } else if self.faults.refuses() {
            ServerState::Down
        } else if self.withdrawn {
            ServerState::Withdrawn
        } else if self.faults.costs() || self.cycle.is_some() || f64::from(self.load()) >= f64::from(self.capacity) {
            ServerState::Impaired
        } else {
            ServerState::Up
        }
    }

    /// Sessions held, with ordinary traffic and leaked ones.
    pub fn load(&self) -> u32 {
        let held = self.sessions + self.leaks();
        held + (self.ordinary as u32).min(self.capacity.saturating_sub(held))
    }

    /// What it would say about itself if its telemetry were true; counts are of the frame so far.
    pub fn gauge(&self) -> ServerGauge {
        let count = |n: u32| n.min(u32::from(u16::MAX)) as u16;
        ServerGauge {
            sessions: self.load(),
            leaked: self.leaks(),
            capacity: self.capacity,
            setups: count(self.setups),
            refused: count(self.refused),
            silent: count(self.silent),
            state: self.state(),
            managed: self.managed(),
            telemetry_frozen: false,
        }
    }
}
