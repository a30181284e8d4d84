//! The immutable side of a simulation, compiled once from a scenario and shared by all its forks.
//!
//! Ids become indices, times become ticks, weights become alias tables, laws become quantile tables.
//!
//! Does not belong here: anything that a lever, a fault or the passing of time changes.

mod check;
mod ways;

use std::sync::Arc;

use chrono::Timelike;
use thiserror::Error;

use self::check::check;
pub(super) use self::ways::{FirstServers, Lead, Usual};
use self::ways::{groups, line_shares, lines_of, route, route_of, translation};
use super::alias::{Alias, Rows};
use super::demand::Demand;
use super::draw::{Aware, Duration, Tables, ticks};
use crate::network::{
    Access, Connection, Element, FaultKind, Law, LeverKind, Network, Param, Psap, RerouteOn, Scenario, ScriptedAct,
    SubstitutePath,
};

/// Why a scenario cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    /// There are more of something than the core can hold.
    #[error("the scenario has {count} {what}; the simulation holds at most {most}")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// How many.
        count: usize,
        /// The most there can be.
        most: usize,
    },
    /// A figure that must be finite and not negative is not.
    #[error("{what} is {value}: it must be zero or more, and finite")]
    NotANumber {
        /// What it is, with its id.
        what: String,
        /// The value found.
        value: String,
    },
    /// An index points outside its table.
    #[error("{what} names {kind} number {index}, which does not exist")]
    Dangling {
        /// What names it.
        what: String,
        /// What it names.
        kind: &'static str,
        /// The index.
        index: usize,
    },
}

/// No psap, server, group or substitute.
pub(super) const NO: u16 = u16::MAX;
/// One of several psaps, by a draw.
pub(super) const SEVERAL: u16 = NO - 1;

/// A psap, compiled.
#[derive(Debug, Clone)]
pub(super) struct PsapPlan {
    pub zone: u16,
    pub trunks: u32,
    pub handling: Duration,
    pub patience: Option<Duration>,
    pub target: u64,
    pub switched: bool,
    pub overflow: u16,
    pub positions: u32,
    /// Some trunk group leads to it: a server without one cannot reach it.
    pub grouped: bool,
}

/// A call server, compiled.
#[derive(Debug, Clone)]
pub(super) struct ServerPlan {
    pub sessions: u32,
    pub setups_per_s: f64,
    pub ordinary: Vec<(u16, f64, f64)>,
    pub restart: Law,
}

/// A trunk group, compiled.
#[derive(Debug, Clone)]
pub(super) struct GroupPlan {
    /// The server it belongs to.
    pub from: u16,
    pub circuits: u32,
    pub weight: u32,
    pub reserve: u32,
}

/// A choice of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    pub server: u16,
    pub order: u8,
    pub weight: u32,
}

/// A route, compiled; choices by order.
#[derive(Debug, Clone)]
pub(super) struct RoutePlan {
    pub choices: Vec<Choice>,
    /// No two choices have the same order: nothing to draw.
    pub strict: bool,
    pub reroute_on: RerouteOn,
    pub timeout: u64,
    /// Factor on what a call takes that does not come its first way.
    pub detour: u8,
}

/// A substitute number, compiled.
#[derive(Debug, Clone)]
pub(super) struct SubstitutePlan {
    pub psap: u16,
    pub switched: bool,
    pub lines: u32,
    pub half_time: f64,
    pub reach: f64,
}

/// Something of the script, for one element.
#[derive(Debug, Clone)]
pub(super) struct Script {
    pub time: u64,
    pub act: Act,
}

#[derive(Debug, Clone)]
pub(super) enum Act {
    Fault(Arc<FaultKind>, Element),
    Lever(Arc<LeverKind>),
    Surge(Arc<SurgePlan>),
}

/// A surge: a factor on the demand of some cells for some time.
#[derive(Debug, Clone)]
pub(super) struct SurgePlan {
    pub factor: f64,
    pub length: u64,
    /// Zone × service that it touches.
    pub rows: Vec<bool>,
}

/// A lever that exists.
#[derive(Debug, Clone)]
pub(super) struct LeverPlan {
    pub word: String,
    pub preparation: u64,
    pub success: f64,
}

/// How callers behave, compiled; probabilities are in [`super::scalars::Scalars`].
#[derive(Debug, Clone)]
pub(super) struct CallerPlan {
    pub setup: Duration,
    pub silence: Duration,
    pub delays: Vec<Duration>,
    pub max_attempts: u8,
    /// Services that callers turn to, best first.
    pub other_services: Vec<u8>,
    pub redial: [Param; 5],
    pub redial_decay: Param,
    pub persistence_spread: Param,
    pub switch_service: Param,
    pub switch_access: Param,
    pub own_means: Param,
    /// Calls made to try the number once the outage is public, as a share of the demand.
    pub test_calls: f64,
}

/// Everything about a scenario that no lever and no fault changes.
#[derive(Debug)]
pub struct Plan {
    pub(super) zones: usize,
    pub(super) services: usize,
    pub(super) lines: usize,
    pub(super) tables: Tables,
    pub(super) demand: Demand,
    /// Callers there are at all by zone × service, 0 = too many to matter; empty when that holds everywhere.
    pub(super) sources: Vec<u32>,
    /// Sessions, circuits and trunks that a call of a service takes.
    pub(super) units: Vec<u32>,
    pub(super) aware: Aware,
    /// Lines of a zone, by share.
    pub(super) line_of: Rows,
    /// Lines of one access, by share: copper, box, mobile.
    pub(super) line_of_access: [Option<(Vec<u8>, Alias)>; 3],
    /// Is the line copper?
    pub(super) copper: Vec<bool>,
    /// Psap of a zone × service, [`NO`] or [`SEVERAL`].
    pub(super) psap_of: Vec<u16>,
    /// Psaps of a zone × service that has several; and of one that has two, which most of them have.
    pub(super) psaps_of: Vec<Alias>,
    pub(super) two_psaps_of: Rows,
    pub(super) psaps: Vec<PsapPlan>,
    /// Services that a psap answers.
    pub(super) services_of: Vec<Vec<u8>>,
    /// Substitute numbers that reach it.
    pub(super) substitutes_of: Vec<Vec<u16>>,
    pub(super) servers: Vec<ServerPlan>,
    pub(super) groups: Vec<GroupPlan>,
    /// Groups from a server to a psap: ranges of `group_list`, by server × psap.
    pub(super) group_range: Vec<(u32, u32)>,
    pub(super) group_list: Vec<u16>,
    pub(super) routes: Vec<RoutePlan>,
    /// Route of a zone × line, or `NO`.
    pub(super) route_of: Vec<u16>,
    /// First choice of that route, where there is nothing to draw; else `NO`.
    pub(super) first_of: Vec<u16>,
    /// The one or two groups from a server to a psap, by server × psap.
    pub(super) leads: Vec<Lead>,
    /// The usual psap of a zone × service.
    pub(super) usual: Vec<Usual>,
    /// The first call server of a zone × line.
    pub(super) first_servers: Vec<FirstServers>,
    /// Zone and service of a row of the demand.
    pub(super) rows: Vec<(u16, u8)>,
    pub(super) substitutes: Vec<SubstitutePlan>,
    pub(super) callers: CallerPlan,
    pub(super) script: Vec<Script>,
    /// Changes of positions: (offset in the day since the start, psap, positions), by offset.
    pub(super) shifts: Vec<(u64, u16, u32)>,
    /// Seconds after local midnight of the network at the start.
    pub(super) start_s: u32,
    pub(super) levers: Vec<LeverPlan>,
}

/// Weight as an integer, at least 1 when it is not zero.
pub(super) fn weight(value: f64) -> u32 {
    if value > 0.0 { ((value * 1_000.0).min(1e9) as u32).max(1) } else { 0 }
}

impl Plan {
    /// Compiles a scenario.
    ///
    /// # Errors
    /// Names the first figure or reference that the core cannot hold; the scenario parser reports such things better
    /// and all at once.
    pub fn new(scenario: &Scenario) -> Result<Self, PlanError> {
        let network = &scenario.network;
        check(network)?;
        let mut tables = Tables::new();
        let callers = callers(network, &mut tables);
        let substitutes: Vec<SubstitutePlan> = network
            .substitutes
            .iter()
            .map(|s| SubstitutePlan {
                psap: s.psap.0,
                switched: s.path == SubstitutePath::SameExchange,
                lines: s.lines,
                half_time: s.half_time_s.value.max(1.0),
                reach: s.reach.value.clamp(0.0, 1.0),
            })
            .collect();
        let psaps =
            network.psaps.iter().enumerate().map(|(i, p)| psap(scenario, p, i as u16, &mut tables)).collect::<Vec<_>>();
        let (group_range, group_list) = groups(network);
        let (psap_of, several) = translation(network);
        let routes: Vec<RoutePlan> = network.routes.iter().map(route).collect();
        let route_of = route_of(network);
        let first_of = route_of.iter().map(|&r| routes.get(r as usize).map_or(NO, RoutePlan::first)).collect();
        let (zones, services) = (network.zones.len() as u16, network.services.len() as u8);
        let mut plan = Self {
            usual: Vec::new(),
            first_servers: Vec::new(),
            rows: (0..zones).flat_map(|zone| (0..services).map(move |service| (zone, service))).collect(),
            zones: network.zones.len(),
            services: network.services.len(),
            lines: network.lines.len(),
            demand: Demand::new(scenario),
            sources: sources(network),
            units: network.services.iter().map(|s| u32::from(s.circuits).max(1)).collect(),
            aware: Aware::new(),
            line_of: Rows::new(
                network.lines.len(),
                (0..network.zones.len()).map(|z| Alias::new(&line_shares(network, z))),
            ),
            line_of_access: [Access::Pstn, Access::Voip, Access::Mobile].map(|access| lines_of(network, access)),
            copper: network.lines.iter().map(|l| l.access == Access::Pstn).collect(),
            psap_of,
            two_psaps_of: Rows::new(2, several.iter().cloned()),
            psaps_of: several,
            services_of: network.psaps.iter().map(|p| p.services.iter().map(|s| s.0).collect()).collect(),
            substitutes_of: (0..network.psaps.len()).map(|p| substitutes_of(network, p)).collect(),
            servers: network
                .call_servers
                .iter()
                .map(|s| ServerPlan {
                    sessions: s.sessions,
                    setups_per_s: s.setups_per_s,
                    ordinary: s.ordinary.clone(),
                    restart: s.restart,
                })
                .collect(),
            groups: network
                .trunk_groups
                .iter()
                .map(|g| GroupPlan {
                    from: g.from.0,
                    circuits: g.circuits,
                    weight: weight(g.weight),
                    reserve: g.reserve,
                })
                .collect(),
            group_range,
            group_list,
            routes,
            route_of,
            first_of,
            leads: Vec::new(),
            shifts: shifts(scenario),
            start_s: scenario.start.with_timezone(&network.tz).num_seconds_from_midnight(),
            levers: scenario
                .levers
                .iter()
                .map(|l| LeverPlan {
                    word: l.id.clone(),
                    preparation: ticks(l.preparation_s),
                    success: l.success.clamp(0.0, 1.0),
                })
                .collect(),
            script: script(scenario),
            tables,
            psaps,
            substitutes,
            callers,
        };
        plan.find_ways();
        Ok(plan)
    }

    /// Number of zones.
    pub fn zones(&self) -> usize {
        self.zones
    }

    /// Number of services.
    pub fn services(&self) -> usize {
        self.services
    }

    /// Number of lines.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Number of psaps.
    pub fn psaps(&self) -> usize {
        self.psaps.len()
    }

    /// The surge of an entry of the script.
    pub(super) fn surge(&self, script: usize) -> Option<&SurgePlan> {
        match self.script.get(script).map(|s| &s.act) {
            Some(Act::Surge(surge)) => Some(surge),
            _ => None,
        }
    }

    /// Row of a zone and service in tables by both.
    #[inline]
    pub(super) fn row(&self, zone: u16, service: u8) -> usize {
        zone as usize * self.services + service as usize
    }

    /// Does a call from this line cross a call server to reach the switched network, or to leave it?
    #[inline]
    pub(super) fn crosses(&self, line: u8, switched: bool) -> bool {
        self.copper[line as usize] != switched && !self.servers.is_empty()
    }
}

fn callers(network: &Network, tables: &mut Tables) -> CallerPlan {
    let callers = &network.callers;
    let service = |code: &str| network.services.iter().position(|s| s.code == code).map(|i| i as u8);
    let mut other_services: Vec<u8> = [service("112"), service("18")].into_iter().flatten().collect();
    if other_services.is_empty() {
        other_services = (0..network.services.len() as u8).collect();
    }
    CallerPlan {
        setup: tables.add(&callers.setup),
        silence: tables.add(&callers.patience_silence),
        delays: callers.redial_delay.iter().map(|law| tables.add(law)).collect(),
        max_attempts: callers.max_attempts.max(1),
        other_services,
        redial: callers.redial.clone(),
        redial_decay: callers.redial_decay.clone(),
        persistence_spread: callers.persistence_spread.clone(),
        switch_service: callers.switch_service.clone(),
        switch_access: callers.switch_access.clone(),
        test_calls: callers.test_calls.value.max(0.0),
        own_means: callers.own_means.clone(),
    }
}

fn psap(scenario: &Scenario, psap: &Psap, index: u16, tables: &mut Tables) -> PsapPlan {
    let network = &scenario.network;
    let (minute, _) = network.local(psap.zone, scenario.start);
    // In force at the start: the last change before it, else the last of the day before.
    let positions = psap.positions.iter().rev().find(|(m, _)| f64::from(*m) <= minute).or(psap.positions.last());
    PsapPlan {
        zone: psap.zone.0,
        trunks: psap.trunks,
        handling: tables.add(&psap.handling),
        patience: psap.patience.as_ref().map(|law| tables.add(law)),
        target: (psap.target_s * 1e6) as u64,
        switched: psap.connection == Connection::Pstn,
        overflow: psap.overflow.map_or(NO, |p| p.0),
        positions: positions.map_or(0, |p| p.1),
        grouped: network.trunk_groups.iter().any(|g| g.to.iter().any(|p| p.0 == index)),
    }
}

fn substitutes_of(network: &Network, psap: usize) -> Vec<u16> {
    (0..network.substitutes.len()).filter(|&i| network.substitutes[i].psap.index() == psap).map(|i| i as u16).collect()
}

fn sources(network: &Network) -> Vec<u32> {
    if network.demand.iter().all(|d| d.sources.is_none()) {
        return Vec::new();
    }
    let mut sources = vec![0; network.zones.len() * network.services.len()];
    for row in &network.demand {
        sources[row.zone.index() * network.services.len() + row.service.index()] = row.sources.unwrap_or(0);
    }
    sources
}

fn shifts(scenario: &Scenario) -> Vec<(u64, u16, u32)> {
    let network = &scenario.network;
    let mut shifts = Vec::new();
    for (i, psap) in network.psaps.iter().enumerate().filter(|(_, p)| p.positions.len() > 1) {
        let (minute, _) = network.local(psap.zone, scenario.start);
        for &(at, positions) in &psap.positions {
            let ahead = (f64::from(at) - minute).rem_euclid(1440.0);
            shifts.push((ticks(ahead * 60.0), i as u16, positions));
        }
    }
    shifts.sort_unstable();
    shifts
}

fn script(scenario: &Scenario) -> Vec<Script> {
    let network = &scenario.network;
    let mut script = Vec::new();
    for event in &scenario.events {
        match &event.act {
            ScriptedAct::Fault(kind) => {
                let kind = Arc::new(kind.clone());
                for (i, &on) in event.on.iter().enumerate() {
                    let time = ticks(event.at_s + event.stagger_s * i as f64);
                    script.push(Script { time, act: Act::Fault(Arc::clone(&kind), on) });
                }
            }
            ScriptedAct::Lever(kind) => {
                script.push(Script { time: ticks(event.at_s), act: Act::Lever(Arc::new(kind.clone())) });
            }
            ScriptedAct::Surge { factor, for_s, services, zones } => {
                let rows = (0..network.zones.len() * network.services.len())
                    .map(|row| {
                        let (zone, service) = (row / network.services.len(), row % network.services.len());
                        (zones.is_empty() || zones.iter().any(|z| z.index() == zone))
                            && (services.is_empty() || services.iter().any(|s| s.index() == service))
                    })
                    .collect();
                let surge = SurgePlan { factor: factor.max(0.0), length: ticks(*for_s), rows };
                script.push(Script { time: ticks(event.at_s), act: Act::Surge(Arc::new(surge)) });
            }
        }
    }
    script.sort_by_key(|s| s.time);
    script
}
