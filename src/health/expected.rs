//! What a normal day would bring in a frame, kept for one minute of incident time; and the network's shape as tables.
//!
//! Does not belong here: what was counted.

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};

use super::Perimeter;
use super::chart::CALL;
use crate::network::{LineId, Network, Psap, ServerId, ServiceId, ZoneId};
use crate::sim::FRAME_S;

/// Expected calls per frame, in millionths: integers, so that windows add and subtract exactly.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Expected {
    /// Needs per zone × service.
    pub needs: Vec<u32>,
    /// Calls received per psap.
    pub psaps: Vec<u32>,
    /// Needs per service, the whole country.
    pub services: Vec<u64>,
}

/// What is expected in the frames of one minute, worked out when somebody first asks: most of the frames that a kept
/// board takes back are never asked.
#[derive(Debug, Default)]
pub struct Minute {
    /// Where the figures come from, and the middle of the minute; `None`: nothing is expected.
    of: Option<(Arc<Network>, Arc<Tables>, DateTime<Utc>)>,
    expected: OnceLock<Expected>,
}

impl Minute {
    /// The minute whose middle is `middle`.
    pub fn new(network: &Arc<Network>, tables: &Arc<Tables>, middle: DateTime<Utc>) -> Self {
        Self { of: Some((Arc::clone(network), Arc::clone(tables), middle)), expected: OnceLock::new() }
    }
}

impl Deref for Minute {
    type Target = Expected;

    fn deref(&self) -> &Expected {
        let work_out = |(network, tables, middle): &(Arc<Network>, Arc<Tables>, _)| tables.expected(network, *middle);
        self.expected.get_or_init(|| self.of.as_ref().map(work_out).unwrap_or_default())
    }
}

/// Shape of the network as tables that never change: built once, shared by all clones of a board.
#[derive(Debug)]
pub struct Tables {
    /// Number of services.
    pub services: usize,
    /// Number of lines.
    pub lines: usize,
    /// Demand rows of each zone × service: (needs per day, profile).
    demand: Vec<Vec<(f64, u16)>>,
    /// Where calls of each zone × service should arrive: (psap, share).
    pub shares: Vec<Vec<(u16, f64)>>,
    /// Share of a zone's callers on each line: zone × line.
    pub line_share: Vec<f64>,
    /// Software groups: name and the servers that share it.
    pub software: Vec<(String, Vec<ServerId>)>,
    /// Index of the software group of each server.
    pub software_of: Vec<usize>,
    /// Which class each cell belongs to: cells of a class cross the same call servers with the same shares.
    pub class_of: Vec<u32>,
    /// Share of the calls of each class that crosses each server on the first choice of its route: class × server.
    pub crossing: Vec<f32>,
}

impl Tables {
    /// Builds the tables.
    pub fn new(network: &Network) -> Self {
        let (services, lines) = (network.services.len(), network.lines.len());
        let cells = network.zones.len() * services;
        let mut demand = vec![Vec::new(); cells];
        for row in &network.demand {
            if let Some(rows) = demand.get_mut(row.zone.index() * services + row.service.index()) {
                rows.push((row.per_day.value, row.profile));
            }
        }
        let mut shares = vec![Vec::new(); cells];
        for row in &network.translation {
            let total: f64 = row.to.iter().map(|(_, weight)| weight).sum();
            if let Some(to) = shares.get_mut(row.zone.index() * services + row.service.index()) {
                *to = row.to.iter().filter(|_| total > 0.0).map(|(psap, weight)| (psap.0, weight / total)).collect();
            }
        }
        let mut software: Vec<(String, Vec<ServerId>)> = Vec::new();
        let mut software_of = Vec::new();
        for (i, server) in network.call_servers.iter().enumerate() {
            let id = ServerId(i as u16);
            let group = software.iter().position(|(name, _)| *name == server.software).unwrap_or_else(|| {
                software.push((server.software.clone(), Vec::new()));
                software.len() - 1
            });
            software_of.push(group);
            if let Some((_, members)) = software.get_mut(group) {
                members.push(id);
            }
        }
        let mut tables = Self {
            services,
            lines,
            demand,
            shares,
            line_share: line_shares(network),
            software,
            software_of,
            class_of: Vec::new(),
            crossing: Vec::new(),
        };
        let crossing = tables.crossings(network);
        let mut classes: BTreeMap<Vec<u32>, u32> = BTreeMap::new();
        for row in crossing.chunks(network.call_servers.len().max(1)) {
            let next = classes.len() as u32;
            let class = *classes.entry(row.iter().map(|share| share.to_bits()).collect()).or_insert(next);
            if class == next {
                tables.crossing.extend(row);
            }
            tables.class_of.push(class);
        }
        tables
    }

    /// Index of a zone × service.
    pub fn leaf(&self, zone: ZoneId, service: ServiceId) -> usize {
        zone.index() * self.services + service.index()
    }

    fn crossings(&self, network: &Network) -> Vec<f32> {
        let servers = network.call_servers.len();
        let mut crossing = vec![0.0_f32; network.cells() * servers];
        if servers == 0 {
            return crossing;
        }
        for (cell, row) in crossing.chunks_mut(servers).enumerate() {
            let (zone, service, line) = network.of_cell(cell as u32);
            let shares = self.shares.get(self.leaf(zone, service)).map(Vec::as_slice).unwrap_or_default();
            let crossed: f64 = shares
                .iter()
                .filter(|(psap, _)| network.crosses(line, crate::network::PsapId(*psap)))
                .map(|(_, share)| share)
                .sum();
            let applies = |route: &&crate::network::Route| {
                (route.lines.is_empty() || route.lines.contains(&line))
                    && (route.zones.is_empty() || route.zones.contains(&zone))
            };
            let Some(route) = network.routes.iter().find(applies) else { continue };
            let first = route.choices.iter().map(|(_, order, _)| *order).min().unwrap_or_default();
            let choices = || route.choices.iter().filter(|(_, order, _)| *order == first);
            let total: f64 = choices().map(|(_, _, weight)| weight).sum();
            for (server, _, weight) in choices().filter(|_| total > 0.0) {
                if let Some(share) = row.get_mut(server.index()) {
                    *share += (crossed * weight / total) as f32;
                }
            }
        }
        crossing
    }

    /// Expectations for the frames of the minute of `t`.
    pub fn expected(&self, network: &Network, t: DateTime<Utc>) -> Expected {
        let frame = FRAME_S as f64 * CALL as f64;
        let mut expected = Expected {
            needs: vec![0; self.demand.len()],
            psaps: vec![0; network.psaps.len()],
            services: vec![0; self.services],
        };
        let mut received = vec![0.0_f64; network.psaps.len()];
        let local: Vec<(f64, usize)> =
            (0..network.zones.len()).map(|zone| network.local(ZoneId(zone as u16), t)).collect();
        for (leaf, rows) in self.demand.iter().enumerate() {
            let (minute, weekday) = local.get(leaf / self.services.max(1)).copied().unwrap_or_default();
            let per_frame: f64 = rows
                .iter()
                .map(|(per_day, profile)| {
                    let factor = network.profiles.get(usize::from(*profile)).map_or(1.0, |p| p.value(minute, weekday));
                    per_day / 86_400.0 * factor * frame
                })
                .sum();
            if let Some(needs) = expected.needs.get_mut(leaf) {
                *needs = per_frame as u32;
            }
            if let Some(service) = expected.services.get_mut(leaf % self.services.max(1)) {
                *service += per_frame as u64;
            }
            for (psap, share) in self.shares.get(leaf).into_iter().flatten() {
                if let Some(sum) = received.get_mut(usize::from(*psap)) {
                    *sum += per_frame * share;
                }
            }
        }
        for (to, from) in expected.psaps.iter_mut().zip(received) {
            *to = from as u32;
        }
        expected
    }
}

fn line_shares(network: &Network) -> Vec<f64> {
    let mut shares = Vec::with_capacity(network.zones.len() * network.lines.len());
    for zone in 0..network.zones.len() {
        let id = ZoneId(zone as u16);
        let own: Vec<f64> = network
            .lines
            .iter()
            .map(|line| line.zones.iter().find(|(zone, _)| *zone == id).map_or(line.share.value, |(_, share)| *share))
            .collect();
        let total: f64 = own.iter().sum();
        shares.extend(own.into_iter().map(|share| if total > 0.0 { share / total } else { 0.0 }));
    }
    shares
}

/// A perimeter resolved against a network: which zones and lines it holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Per zone.
    pub zones: Vec<bool>,
    /// Per line.
    pub lines: Vec<bool>,
}

impl Scope {
    /// Resolves a perimeter. A code or id that does not exist holds nothing.
    pub fn new(network: &Network, perimeter: &Perimeter) -> Self {
        let zones = network
            .zones
            .iter()
            .map(|zone| match perimeter {
                Perimeter::Nation | Perimeter::Operator(_) => true,
                Perimeter::Region(code) => zone.region_code == *code,
                Perimeter::Zone(code) => zone.code == *code,
            })
            .collect();
        let lines = network
            .lines
            .iter()
            .map(|line| match perimeter {
                Perimeter::Operator(id) => network.operators.get(line.operator.index()).is_some_and(|o| o.id == *id),
                _ => true,
            })
            .collect();
        Self { zones, lines }
    }

    /// Does it hold this zone?
    pub fn zone(&self, zone: ZoneId) -> bool {
        self.zones.get(zone.index()).copied().unwrap_or(false)
    }

    /// Does it hold this line?
    pub fn line(&self, line: LineId) -> bool {
        self.lines.get(line.index()).copied().unwrap_or(false)
    }

    /// Does it hold this psap?
    pub fn psap(&self, psap: &Psap) -> bool {
        self.zone(psap.zone)
    }
}
