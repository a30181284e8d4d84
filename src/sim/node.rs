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
use super::fault::{is_change, scaled};
use super::plan::{Act, NO, Plan, ServerPlan};
use super::state::{Due, Faults, Loop, Lull, Net, Server, Source, State};
use super::strain::Strain;
use super::{FRAME_S, ServerGauge, ServerState, SimTime};
use crate::network::{CounterReset, Law};

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
        full: 0,
        crowded: 0,
        leaked: 0.0,
        ordinary: 0.0,
        ordinary_rate: 0.0,
        leak_per_s: 0.0,
        storm_rate: 0.0,
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
        lying: false,
        stand_in: NO,
        ramp: 0,
        ramp_from: 0,
        strain: Strain::default(),
        plain: false,
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
    /// Runs what is due now: tick, script, shifts, node events, in this order.
    pub fn run_nodes(&mut self, plan: &Plan) {
        if self.net.next_tick <= self.net.now {
            self.net.next_tick += FRAME;
            self.tick(plan);
        }
        while let Some(entry) = plan.script.get(self.net.script_at).filter(|s| s.time <= self.net.now) {
            let at = self.net.script_at;
            self.net.script_at += 1;
            match &entry.act {
                Act::Fault(kind, on) => {
                    if !(self.net.frozen && is_change(kind)) {
                        self.fault(plan, kind, *on);
                    }
                }
                Act::Lever(lever) => self.take_effect(plan, lever),
                Act::Surge(surge) => self.net.surge(plan, at, surge.factor, self.net.now + surge.length),
            }
        }
        while let Some(&(offset, psap, positions)) = plan.shifts.get(self.net.shift_at) {
            if self.net.shift_day + offset > self.net.now {
                break;
            }
            self.net.desks[psap as usize].rostered = positions;
            self.staff(plan, psap);
            self.net.shift_at += 1;
            if self.net.shift_at == plan.shifts.len() {
                self.net.shift_at = 0;
                self.net.shift_day += DAY;
            }
        }
        while let Some(first) = (0..self.net.agenda.len()).min_by_key(|&i| self.net.agenda[i]) {
            if self.net.agenda[first].0 > self.net.now {
                break;
            }
            let (_, due) = self.net.agenda.swap_remove(first);
            self.happen(plan, due);
        }
        self.net.servers.iter_mut().for_each(Server::fit_door);
        self.net.plan_next_node(plan);
    }

    fn happen(&mut self, plan: &Plan, due: Due) {
        let current = |state: &Self, server: u16, epoch: u32| state.net.servers[server as usize].epoch == epoch;
        match due {
            Due::Booted { server, epoch } if current(self, server, epoch) => self.booted(plan, server),
            Due::Reboots { server, epoch } if current(self, server, epoch) => {
                if let Some(cycle) = self.net.servers[server as usize].cycle {
                    self.boot(plan, server, cycle.down, true);
                }
            }
            Due::Wakes { server, epoch } if current(self, server, epoch) => self.wake(plan, server),
            Due::Switched { server, epoch } if current(self, server, epoch) => self.net.switched(server),
            Due::Lever { order } => self.execute(plan, order),
            _ => {}
        }
    }

    // ---- every frame ----

    /// Ordinary traffic, leaks and limits of all servers for the coming frame; call backs.
    fn tick(&mut self, plan: &Plan) {
        if self.net.callback_per_min > 0.0 {
            self.call_back(plan);
        }
        let minute = ((f64::from(plan.start_s) + self.net.now as f64 / 1e6) / 60.0) % 1440.0;
        let (mut shed_sessions, mut shed_rate, mut carriers) = (0.0, 0.0, 0.0);
        // What a back-up takes over whole: (back-up, sessions, set-ups per second).
        let taken_over = |state: &Self, i: usize| {
            let node = &state.net.servers[i];
            let to = state.net.servers.get(node.stand_in as usize).filter(|to| !node.carries() && to.carries());
            to.map(|_| node.stand_in)
        };
        for (i, (node, fixed)) in self.net.servers.iter().zip(&plan.servers).enumerate() {
            if node.carries() {
                carriers += f64::from(fixed.sessions);
            } else if taken_over(self, i).is_none() {
                let (sessions, rate) = ordinary(&fixed.ordinary, minute);
                shed_sessions += sessions;
                shed_rate += rate;
            }
        }
        for (i, fixed) in plan.servers.iter().enumerate() {
            let (mut sessions, mut rate) = ordinary(&fixed.ordinary, minute);
            for (j, other) in plan.servers.iter().enumerate() {
                if taken_over(self, j) == Some(i as u16) {
                    let (s, r) = ordinary(&other.ordinary, minute);
                    sessions += s;
                    rate += r;
                }
            }
            let node = &mut self.net.servers[i];
            if node.carries() {
                let share = if carriers > 0.0 { f64::from(fixed.sessions) / carriers } else { 0.0 };
                sessions += shed_sessions * share;
                rate += shed_rate * share;
            } else {
                (sessions, rate) = (0.0, 0.0);
            }
            sessions *= self.net.gap;
            rate *= self.net.gap;
            // Sessions follow with the mean duration of ordinary calls, sessions / rate.
            let follow =
                if sessions > 0.0 && self.net.now > 0 { (FRAME_S as f64 * rate / sessions).min(1.0) } else { 1.0 };
            let follow = if node.carries() { follow } else { 0.05 };
            node.ordinary += (sessions - node.ordinary) * follow;
            node.ordinary_rate = rate;
            node.last_setups = std::mem::take(&mut node.offered);
            let through = if node.carries() && !node.faults.hung { node.limiter.get() } else { 0.0 };
            node.storm_rate = node.strain.storm.as_mut().map_or(0.0, |storm| storm.frame(through));
            node.refit(fixed, self.net.now);
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
            self.net.exposed(plan, i as u16);
            self.count_up(plan, i as u16, 0);
        }
    }

    // ---- boots ----

    /// A latent bug wakes: cyclic reboots, and perhaps no management plane.
    fn wake(&mut self, plan: &Plan, server: u16) {
        let node = &mut self.net.servers[server as usize];
        let Some(bug) = node.bug else { return };
        node.draws += 1;
        let key = Key::caller(self.net.seed, STREAM_NODE, (u64::from(server) << 32) | u64::from(node.draws));
        node.unmanaged_by_bug = key.coin(0, Purpose::Management, 0, Chance::new(bug.unmanageable));
        node.cycle = Some(Loop { up: bug.up, down: bug.down, bug: true, cured: false });
        self.boot(plan, server, bug.down, true);
    }

    /// A server goes down for a duration and starts again with an empty memory.
    pub fn boot(&mut self, plan: &Plan, server: u16, law: Law, lose_calls: bool) {
        let time = self.net.node_time(server, &law);
        let node = &mut self.net.servers[server as usize];
        node.epoch += 1;
        node.booting = true;
        node.plain = false;
        let epoch = node.epoch;
        if lose_calls {
            self.lose_calls(plan, server);
            let node = &mut self.net.servers[server as usize];
            node.leaked = 0.0;
            node.ordinary = 0.0;
        }
        self.net.plan_due(self.net.now + time, Due::Booted { server, epoch });
    }

    fn booted(&mut self, plan: &Plan, server: u16) {
        let node = &mut self.net.servers[server as usize];
        node.booting = false;
        node.leaked = 0.0;
        node.faults.crashed = false;
        node.faults.left = false;
        node.stand_in = NO;
        node.strain.backup = None;
        if std::mem::take(&mut node.faults.hung) {
            node.frozen = false;
        }
        node.ramp_from = self.net.now;
        node.reset_counter(Some(CounterReset::Restart), self.net.now);
        node.stay_run_out();
        if let Some(storm) = &mut node.strain.storm {
            storm.start();
        }
        let mut leaking = node.leaking();
        for (group, fixed) in self.net.groups.iter().zip(&plan.groups) {
            leaking |= fixed.from == server && self.net.faults[group.faults as usize].leaks();
        }
        node.refit(&plan.servers[server as usize], self.net.now);
        match node.cycle {
            Some(cycle) if cycle.cured || (cycle.bug && !leaking) => self.net.end_cycle(server),
            Some(cycle) => {
                let time = self.net.node_time(server, &cycle.up);
                let epoch = self.net.servers[server as usize].epoch;
                self.net.plan_due(self.net.now + time, Due::Reboots { server, epoch });
            }
            None => {
                let node = &mut self.net.servers[server as usize];
                node.awake = false;
            }
        }
    }

    // ---- staff and surges ----

    /// Works out how many call-takers a psap has now, and lets the free ones answer.
    pub fn staff(&mut self, plan: &Plan, psap: u16) {
        let desk = &self.net.desks[psap as usize];
        let present = f64::from(desk.imposed.unwrap_or(desk.rostered)) * desk.share;
        self.net.psaps[psap as usize].positions = if desk.down { 0 } else { (present + 0.5) as u32 };
        self.serve_queue(plan, psap);
    }
}

impl Net {
    /// Finds when the next node event, script entry, shift or tick is.
    pub fn plan_next_node(&mut self, plan: &Plan) {
        let script = plan.script.get(self.script_at).map_or(NEVER, |s| s.time);
        let shift = plan.shifts.get(self.shift_at).map_or(NEVER, |s| self.shift_day + s.0);
        let agenda = self.agenda.iter().map(|a| a.0).min().unwrap_or(NEVER);
        self.next_node = script.min(shift).min(agenda).min(self.next_tick);
    }

    /// Plans a node event.
    pub fn plan_due(&mut self, time: u64, due: Due) {
        self.agenda.push((time, due));
        self.next_node = self.next_node.min(time);
    }

    /// A duration of a server's own, from its law.
    fn node_time(&mut self, server: u16, law: &Law) -> u64 {
        let node = &mut self.servers[server as usize];
        node.draws += 1;
        let key = Key::caller(self.seed, STREAM_NODE, (u64::from(server) << 32) | u64::from(node.draws));
        draw_law(law, key.word(0, Purpose::Node, 0)).max(1)
    }

    /// A coin of a server's own.
    pub fn node_coin(&mut self, server: u16, purpose: Purpose, p: Chance) -> bool {
        let node = &mut self.servers[server as usize];
        node.draws += 1;
        let key = Key::caller(self.seed, STREAM_NODE, (u64::from(server) << 32) | u64::from(node.draws));
        key.coin(0, purpose, 0, p)
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

    /// The loop is over: the management plane answers again and the bug can wake anew.
    pub fn end_cycle(&mut self, server: u16) {
        let node = &mut self.servers[server as usize];
        node.cycle = None;
        node.awake = false;
        node.unmanaged_by_bug = false;
        node.epoch += 1;
        node.booting = false;
    }

    fn surge(&mut self, plan: &Plan, at: usize, factor: f64, until: u64) {
        if factor > 1.0 {
            self.add_stream(plan, Source::Surge { row: at, until, stretch: 1.0 / (factor - 1.0) });
        } else if factor < 1.0 {
            self.lulls.retain(|l| l.until > self.now);
            self.lulls.push(Lull { surge: at, until, keep: Chance::new(factor) });
        }
    }
}

impl Server {
    /// Works out capacity and limits after anything changed.
    pub fn refit(&mut self, plan: &ServerPlan, now: u64) {
        self.capacity = scaled(plan.sessions, self.faults.capacity);
        let mut limit = plan.setups_per_s * self.faults.capacity;
        if self.ramp > 0 {
            // The middle of the frame that begins.
            let since = now.saturating_sub(self.ramp_from) + FRAME / 2;
            limit *= (since as f64 / self.ramp as f64).min(1.0);
        }
        self.limit = self.cap.map_or(limit, |cap| cap.min(limit));
        let ordinary = self.ordinary_rate + self.storm_rate;
        let emergency = f64::from(self.last_setups) / FRAME_S as f64;
        if ordinary > 0.0 {
            let offered = ordinary + emergency;
            self.period = 0;
            let share = match &self.strain.overload {
                Some(overload) => overload.share(self.limit, offered, emergency),
                None if offered > self.limit => self.limit / offered,
                None => 1.0,
            };
            self.limiter = if share < 1.0 { Chance::new(share) } else { Chance::ONE };
        } else if self.limit > 0.0 {
            let limit = self.strain.overload.map_or(self.limit, |overload| overload.limit(self.limit, emergency));
            self.limiter = Chance::ONE;
            self.period = ((1e6 / limit) as u64).max(1);
            // A limit at the grain of time is none.
            if self.period == 1 && self.strain.overload.is_none() {
                self.period = 0;
            }
            self.tolerance = self.period * TOLERANCE;
        } else {
            self.period = 0;
            self.limiter = Chance(0);
        }
        self.plain = !self.refuses()
            && self.faults.reject == Chance(0)
            && self.faults.blackhole == Chance(0)
            && self.faults.misroute == Chance(0)
            && self.faults.delay == 0
            && !self.faults.hung
            && self.limiter == Chance::ONE
            && self.period == 0
            && self.strain.counter.is_none()
            && self.stand_in == NO;
        self.fit_door();
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
