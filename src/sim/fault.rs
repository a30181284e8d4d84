//! What a fault does to a call server, a trunk group, a psap, and how it ends.
//!
//! Does not belong here: what callers do about it, what nodes do over time (`node`, `strain`).

use super::draw::{Chance, ticks};
use super::plan::{NO, Plan};
use super::state::{Bug, Due, Faults, Loop, Net, Phase, Source, State};
use super::strain::{Counter, Overload, Storm};
use crate::network::{CounterReset, Element, FaultKind};

impl State {
    /// A fault befalls an element.
    pub fn fault(&mut self, plan: &Plan, kind: &FaultKind, on: Element) {
        self.net.spoiling |= matches!(kind, FaultKind::Drop { .. } | FaultKind::Mute { .. });
        match on {
            Element::Server(id) if id.index() < self.net.servers.len() => self.server_fault(plan, kind, id.0),
            Element::Group(id) if id.index() < self.net.groups.len() => {
                let group = &mut self.net.groups[id.index()];
                let faults = Net::own_faults(&mut self.net.faults, &mut group.faults);
                match kind {
                    FaultKind::Clear { kinds } => kinds.iter().for_each(|kind| clear(faults, kind)),
                    _ => set(faults, kind, plan),
                }
                group.circuits = scaled(plan.groups[id.index()].circuits, faults.capacity);
            }
            Element::Psap(id) if id.index() < self.net.psaps.len() => self.psap_fault(plan, kind, id.0),
            _ => {}
        }
        self.net.plan_next_node(plan);
    }

    fn server_fault(&mut self, plan: &Plan, kind: &FaultKind, server: u16) {
        let fixed = &plan.servers[server as usize];
        let now = self.net.now;
        let node = &mut self.net.servers[server as usize];
        if *kind == FaultKind::Hang {
            // It goes on saying what it said.
            node.said = node.gauge();
            node.said_at = now;
            node.frozen = true;
        }
        set(&mut node.faults, kind, plan);
        match kind {
            FaultKind::Crash { lose_calls } => {
                self.net.end_cycle(server);
                if *lose_calls {
                    self.forget(plan, server);
                }
            }
            FaultKind::Restart { lose_calls, ramp_s } => {
                node.ramp = ticks(*ramp_s);
                self.boot(plan, server, fixed.restart, *lose_calls);
            }
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
                self.net.exposed(plan, server);
            }
            FaultKind::Hang => self.hang(plan, server),
            FaultKind::Counter { start, limit, per, then, reset_by } => {
                let counter = Counter::new(*start, *limit, *per, *then, *reset_by, now);
                node.strain.counter = Some(counter);
                self.count_up(plan, server, 0);
            }
            FaultKind::Overload { model, control, emergency_exempt } => {
                node.strain.overload = Some(Overload { model: *model, control: *control, exempt: *emergency_exempt });
            }
            FaultKind::Storm { population, period_s, backoff, jitter, cost } => {
                node.strain.storm = Some(Storm::new(*population, *period_s, *backoff, *jitter, *cost));
            }
            FaultKind::Failover { to, p, after_s } if to.index() < plan.servers.len() && to.0 != server => {
                node.epoch += 1;
                node.strain.backup = Some((to.0, Chance::new(*p)));
                let epoch = node.epoch;
                self.forget(plan, server);
                self.net.plan_due(now + ticks(*after_s), Due::Switched { server, epoch });
            }
            FaultKind::Unmanageable => node.unmanageable = true,
            FaultKind::Telemetry { frozen, delay_s, lying } => {
                node.said = node.gauge();
                node.said_at = now;
                node.frozen = *frozen;
                node.late = ticks(*delay_s);
                node.lying = *lying;
            }
            FaultKind::Clear { kinds } => self.net.clear_server(kinds, server),
            _ => {}
        }
        self.net.servers[server as usize].refit(fixed, now);
    }

    /// A server loses its calls and its memory.
    pub fn forget(&mut self, plan: &Plan, server: u16) {
        self.lose_calls(plan, server);
        let node = &mut self.net.servers[server as usize];
        node.leaked = 0.0;
        node.ordinary = 0.0;
    }

    /// Set-ups that a server was working on end in silence.
    fn hang(&mut self, plan: &Plan, server: u16) {
        // They were not offered in this frame.
        let silent = self.net.servers[server as usize].silent;
        for (slot, call) in (0u32..).zip(&mut self.slots) {
            if call.server != server || call.phase != Phase::Setup {
                continue;
            }
            self.net.calendar.cancel(slot);
            match plan.route_of[call.zone as usize * plan.lines + call.line as usize] {
                NO => self.net.swallow(plan, slot, call, u64::MAX),
                route => self.net.swallow(plan, slot, call, plan.routes[route as usize].timeout),
            }
        }
        self.net.servers[server as usize].silent = silent;
    }

    fn psap_fault(&mut self, plan: &Plan, kind: &FaultKind, psap: u16) {
        match kind {
            FaultKind::Down => self.net.desks[psap as usize].down = true,
            FaultKind::Positions { share } => self.net.desks[psap as usize].share = share.max(0.0),
            // A psap's counters come from its own software: frozen, they stay where they were.
            FaultKind::Telemetry { frozen, .. } => {
                self.net.desks[psap as usize].said = frozen.then(|| self.net.psaps[psap as usize].gauge());
            }
            FaultKind::Flood { per_s, hold } if *per_s > 0.0 => {
                self.net.floods.push(*hold);
                let law = (self.net.floods.len() - 1) as u16;
                self.net.add_stream(plan, Source::Flood { psap, gap: 1e6 / per_s / 4_294_967_296.0, law });
            }
            FaultKind::WrongNumber { p } => self.net.misprint(plan, psap, Chance::new(*p)),
            FaultKind::Clear { kinds } => {
                let number = self.net.psaps[psap as usize].faults as usize;
                for kind in kinds {
                    if number != 0 {
                        clear(&mut self.net.faults[number], kind);
                    }
                    match kind.as_str() {
                        "down" => self.net.desks[psap as usize].down = false,
                        "positions" => self.net.desks[psap as usize].share = 1.0,
                        "telemetry" => self.net.desks[psap as usize].said = None,
                        "wrong_number" => self.net.misprint(plan, psap, Chance(0)),
                        "flood" => {
                            let of = |s: &Source| matches!(s, Source::Flood { psap: p, .. } if *p == psap);
                            self.net.streams.retain(|s| !of(&s.source));
                            self.net.find_arrival();
                        }
                        _ => {}
                    }
                }
            }
            _ => {
                set(Net::own_faults(&mut self.net.faults, &mut self.net.psaps[psap as usize].faults), kind, plan);
            }
        }
        let centre = &mut self.net.psaps[psap as usize];
        let faults = &self.net.faults[centre.faults as usize];
        centre.limit = scaled(plan.psaps[psap as usize].trunks, faults.capacity);
        self.staff(plan, psap);
    }
}

impl Net {
    /// The time of a switch to a back-up is over.
    pub fn switched(&mut self, server: u16) {
        let Some((to, p)) = self.servers[server as usize].strain.backup else { return };
        if self.node_coin(server, super::draw::Purpose::Switch, p) {
            let node = &mut self.servers[server as usize];
            node.stand_in = to;
            node.plain = false;
        }
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
                "telemetry" | "hang" => {
                    node.frozen = false;
                    node.lying = false;
                    node.late = 0;
                }
                "latent_bug" => node.bug = None,
                "overload" => node.strain.overload = None,
                "storm" => node.strain.storm = None,
                "counter" => {
                    node.reset_counter(None, 0);
                    node.strain.counter = None;
                }
                "failover" => {
                    node.epoch += u32::from(node.strain.backup.is_some());
                    node.strain.backup = None;
                    node.stand_in = NO;
                }
                _ => {}
            }
        }
        if kinds.iter().any(|k| k == "restart_loop" || k == "restart") && (node.cycle.is_some() || node.booting) {
            node.leaked = 0.0;
            self.end_cycle(server);
        }
    }

    /// Share of the dialled substitute numbers of a psap that lead elsewhere.
    fn misprint(&mut self, plan: &Plan, psap: u16, wrong: Chance) {
        for &substitute in &plan.substitutes_of[psap as usize] {
            self.misprinted[substitute as usize] = wrong;
        }
        self.screened |= wrong != Chance(0);
        self.unusual |= self.screened;
    }
}

/// Is it the work of an operation, which a freeze stops, rather than of nature or of an attacker?
pub(super) fn is_change(kind: &FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Degraded { .. }
            | FaultKind::Reject { .. }
            | FaultKind::Blackhole { .. }
            | FaultKind::Drop { .. }
            | FaultKind::Mute { .. }
            | FaultKind::Misroute { .. }
            | FaultKind::Restart { .. }
            | FaultKind::Failover { .. }
            | FaultKind::Isolated
            | FaultKind::Locked
    )
}

pub(super) fn scaled(value: u32, factor: f64) -> u32 {
    (f64::from(value) * factor.clamp(0.0, 1e3)) as u32
}

/// Sets what all elements have in common.
fn set(faults: &mut Faults, kind: &FaultKind, plan: &Plan) {
    match kind {
        FaultKind::Degraded { capacity, delay_s } => {
            faults.capacity = capacity.clamp(0.0, 1.0);
            faults.delay = ticks(*delay_s);
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
        FaultKind::Mute { p } => faults.mute = Chance::new(*p),
        FaultKind::Misroute { p, to, transfer_s } if to.index() < plan.psaps.len() => {
            faults.misroute = Chance::new(*p);
            faults.misroute_to = to.0;
            faults.transfer = ticks(*transfer_s);
        }
        FaultKind::Hang => faults.hung = true,
        FaultKind::Crash { .. } => faults.crashed = true,
        FaultKind::Failover { .. } => faults.left = true,
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
        "mute" => faults.mute = Chance(0),
        "misroute" => faults.misroute = Chance(0),
        "hang" => faults.hung = false,
        "crash" => faults.crashed = false,
        "failover" => faults.left = false,
        "isolated" => faults.isolated = false,
        "locked" => faults.locked = false,
        _ => {}
    }
}

/// Takes back a change made to an element.
pub(super) fn undo(faults: &mut Faults) {
    for kind in ["degraded", "reject", "blackhole", "drop", "mute", "misroute", "isolated", "locked"] {
        clear(faults, kind);
    }
}

/// Resets a counter of a server that a change of configuration resets.
pub(super) fn reconfigure(node: &mut super::state::Server, now: u64) {
    node.reset_counter(Some(CounterReset::Config), now);
    node.stay_run_out();
}
