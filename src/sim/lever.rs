//! Levers: the order, its preparation, its chance, its effect.
//!
//! Does not belong here: who may order what.

use std::sync::Arc;

use super::arrival::STREAM_LEVER;
use super::calendar::NEVER;
use super::draw::{Chance, Key, Purpose};
use super::fault::{clear, reconfigure, scaled, undo};
use super::plan::{NO, Plan};
use super::state::{Due, Net, Order, Server, State};
use super::{Input, LeverOutcome, LeverResult, SimTime};
use crate::network::{Advice, Element, LeverKind};

impl State {
    /// Takes an input at the present frame boundary.
    pub fn input(&mut self, plan: &Plan, input: &Input) {
        match input {
            Input::Fault { kind, on } => {
                for &element in on {
                    self.fault(plan, kind, element);
                }
            }
            Input::Lever(lever) => self.order(plan, lever),
        }
        self.net.servers.iter_mut().for_each(Server::fit_door);
        self.net.plan_next_node(plan);
    }

    fn order(&mut self, plan: &Plan, lever: &LeverKind) {
        let word = lever.word();
        let spec = plan.levers.iter().find(|l| l.word == word);
        let unknown = spec.is_none() && !plan.levers.is_empty();
        let time = self.net.now + spec.map_or(0, |s| s.preparation);
        let result = self.net.results.len() as u16;
        self.net.results.push(LeverResult {
            lever: Arc::new(lever.clone()),
            ordered: SimTime(self.net.now),
            due: SimTime(time),
            outcome: if unknown { LeverOutcome::NotAvailable } else { LeverOutcome::Pending },
        });
        if unknown {
            return;
        }
        self.net.orders.push(Order { lever: Arc::new(lever.clone()), result });
        let order = (self.net.orders.len() - 1) as u16;
        if time == self.net.now {
            self.execute(plan, order);
        } else {
            self.net.plan_due(time, Due::Lever { order });
        }
    }

    /// A lever's preparation is over: it works, or not.
    pub fn execute(&mut self, plan: &Plan, order: u16) {
        let Order { lever, result } = self.net.orders[order as usize].clone();
        let success = plan.levers.iter().find(|l| l.word == lever.word()).map_or(1.0, |l| l.success);
        // Keyed by what was ordered and when, so that one more lever does not change the luck of the others.
        let ordered = self.net.results[result as usize].ordered.0;
        let key = Key::caller(self.net.seed, STREAM_LEVER, ordered ^ fingerprint(&lever));
        let outcome = if key.coin(0, Purpose::Lever, 0, Chance::new(success)) {
            let refused = self.net.refusing(&lever);
            let of = lever.elements().len();
            self.take_effect(plan, &lever);
            match refused {
                0 => LeverOutcome::Worked,
                n if n == of => LeverOutcome::Refused,
                _ => LeverOutcome::Partly,
            }
        } else {
            LeverOutcome::Failed
        };
        self.net.results[result as usize].outcome = outcome;
        self.net.plan_next_node(plan);
    }

    /// The effect of a lever; servers that take no commands are passed over.
    pub fn take_effect(&mut self, plan: &Plan, lever: &LeverKind) {
        for &element in lever.elements() {
            match element {
                Element::Server(id)
                    if self.net.servers.get(id.index()).is_some_and(|s| !is_command(lever) || s.managed()) =>
                {
                    self.server_lever(plan, lever, id.0);
                    self.net.own_groups(plan, lever, id.0);
                    self.net.servers[id.index()].refit(&plan.servers[id.index()], self.net.now);
                }
                Element::Group(id) if id.index() < self.net.groups.len() => {
                    let group = &mut self.net.groups[id.index()];
                    let faults = Net::own_faults(&mut self.net.faults, &mut group.faults);
                    match lever {
                        LeverKind::Withdraw { .. } => group.withdrawn = true,
                        LeverKind::Reinstate { .. } => group.withdrawn = false,
                        LeverKind::Restart { .. } => clear(faults, "crash"),
                        LeverKind::Rollback { .. } => undo(faults),
                        LeverKind::Complete { .. } => clear(faults, "blackhole"),
                        LeverKind::Reserve { circuits, .. } => group.reserve = *circuits,
                        _ => {}
                    }
                    group.circuits = scaled(plan.groups[id.index()].circuits, faults.capacity);
                }
                Element::Psap(id) if id.index() < self.net.psaps.len() => {
                    if let LeverKind::Reserve { circuits, .. } = lever {
                        self.net.psaps[id.index()].reserve = *circuits;
                    }
                }
                _ => {}
            }
        }
        self.other_lever(plan, lever);
    }

    fn server_lever(&mut self, plan: &Plan, lever: &LeverKind, server: u16) {
        let now = self.net.now;
        let node = &mut self.net.servers[server as usize];
        match lever {
            LeverKind::Withdraw { .. } => node.withdrawn = true,
            LeverKind::Reinstate { .. } => {
                node.withdrawn = false;
                node.stand_in = NO;
            }
            LeverKind::Restart { .. } => self.boot(plan, server, plan.servers[server as usize].restart, true),
            LeverKind::Rollback { .. } => {
                undo(&mut node.faults);
                reconfigure(node, now);
                if let Some(cycle) = &mut node.cycle {
                    cycle.cured = true;
                }
            }
            LeverKind::Complete { .. } => clear(&mut node.faults, "blackhole"),
            LeverKind::Weight { weight, .. } => node.weight = Some(super::plan::weight(*weight)),
            LeverKind::Cap { setups_per_s, .. } => node.cap = Some(setups_per_s.max(0.0)),
            _ => {}
        }
    }

    /// Levers that act on no element.
    fn other_lever(&mut self, plan: &Plan, lever: &LeverKind) {
        match lever {
            LeverKind::Reroute { from, to } | LeverKind::Failover { from, to }
                if from.index() < self.net.servers.len() && to.index() < self.net.servers.len() =>
            {
                let node = &mut self.net.servers[from.index()];
                node.stand_in = if from == to { NO } else { to.0 };
                node.withdrawn |= from != to && matches!(lever, LeverKind::Failover { .. });
                node.plain = false;
            }
            LeverKind::Filter { psap, caught, wrong } if psap.index() < self.net.psaps.len() => {
                self.net.filters.resize(self.net.psaps.len(), (Chance(0), Chance(0)));
                self.net.filters[psap.index()] = (Chance::new(*caught), Chance::new(*wrong));
                self.net.screened = true;
                self.net.unusual = true;
            }
            LeverKind::Probe { on, every_s } => self.net.probe(plan, on, *every_s),
            LeverKind::Freeze => self.net.frozen = true,
            LeverKind::Gap { share } => self.net.gap = share.clamp(0.0, 1.0),
            LeverKind::Repoint { zone, service, psap }
                if zone.index() < plan.zones && service.index() < plan.services && psap.index() < plan.psaps.len() =>
            {
                self.net.psap_of[zone.index() * plan.services + service.index()] = psap.0;
                self.net.unusual = true;
            }
            LeverKind::Overflow { from, to }
                if from.index() < self.net.psaps.len() && to.index() < self.net.psaps.len() =>
            {
                self.net.psaps[from.index()].overflow = if from == to { NO } else { to.0 };
            }
            LeverKind::Positions { psap, positions } if psap.index() < self.net.psaps.len() => {
                self.net.desks[psap.index()].imposed = Some(*positions);
                self.staff(plan, psap.0);
            }
            LeverKind::Publish { substitutes } => {
                self.net.go_public(plan);
                self.net.publish(substitutes.iter().map(|s| s.0), true);
            }
            LeverKind::Retire { substitutes } => self.net.publish(substitutes.iter().map(|s| s.0), false),
            LeverKind::Advise { advice } => {
                let at = match advice {
                    Advice::Redial => 0,
                    Advice::Landline => 1,
                    Advice::Mobile => 2,
                    Advice::NoTest => 3,
                };
                self.net.go_public(plan);
                self.net.advised[at] = self.net.advised[at].min(self.net.now);
            }
            LeverKind::Alert { zones } => {
                self.net.go_public(plan);
                if zones.is_empty() {
                    self.net.alerted.fill(true);
                }
                for zone in zones.iter().filter(|z| z.index() < plan.zones) {
                    self.net.alerted[zone.index()] = true;
                }
            }
            LeverKind::Callback { per_min } => {
                self.net.callback_per_min = per_min.max(0.0);
                if self.net.next_tick == NEVER {
                    self.net.next_tick = self.net.now;
                }
            }
            _ => {}
        }
    }
}

impl Net {
    /// How many of a lever's servers would refuse the command.
    fn refusing(&self, lever: &LeverKind) -> usize {
        if !is_command(lever) {
            return 0;
        }
        let refuses = |e: &&Element| matches!(e, Element::Server(id) if self.servers.get(id.index()).is_some_and(|s| !s.managed()));
        lever.elements().iter().filter(refuses).count()
    }

    /// A change of a server's configuration, undone or completed, is one of its trunk groups too.
    fn own_groups(&mut self, plan: &Plan, lever: &LeverKind, server: u16) {
        for (group, fixed) in self.groups.iter_mut().zip(&plan.groups).filter(|(_, g)| g.from == server) {
            if group.faults == 0 {
                continue;
            }
            let faults = &mut self.faults[group.faults as usize];
            match lever {
                LeverKind::Rollback { .. } => undo(faults),
                LeverKind::Complete { .. } => clear(faults, "blackhole"),
                _ => continue,
            }
            group.circuits = scaled(fixed.circuits, faults.capacity);
        }
    }

    /// Publishes or withdraws substitute numbers; an empty list means all.
    fn publish(&mut self, which: impl ExactSizeIterator<Item = u16>, publish: bool) {
        let now = self.now;
        let set = |since: &mut u64| {
            if !publish {
                *since = NEVER;
            } else if *since == NEVER {
                *since = now;
            }
        };
        // What is published again is right this time.
        if which.len() == 0 {
            self.published.iter_mut().for_each(set);
            self.misprinted.fill(Chance(0));
        } else {
            for i in which {
                self.published.get_mut(i as usize).map(set);
                if let Some(wrong) = self.misprinted.get_mut(i as usize) {
                    *wrong = Chance(0);
                }
            }
        }
        self.any_published = self.published.iter().any(|&since| since != NEVER);
    }
}

fn fingerprint(lever: &LeverKind) -> u64 {
    let first = lever.elements().first().map_or(0, |e| match e {
        Element::Server(id) => 1 + u64::from(id.0),
        Element::Group(id) => (1 << 20) + u64::from(id.0),
        Element::Psap(id) => (1 << 40) + u64::from(id.0),
    });
    lever.word().bytes().fold(first, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Is it a command given to the element itself, which a lost management plane refuses? Withdrawing and weighting are
/// done on its neighbours.
fn is_command(lever: &LeverKind) -> bool {
    matches!(
        lever,
        LeverKind::Restart { .. } | LeverKind::Rollback { .. } | LeverKind::Complete { .. } | LeverKind::Cap { .. }
    )
}
