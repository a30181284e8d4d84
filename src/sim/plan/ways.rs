//! The ways of calls, compiled: translation table, lines, routes, trunk groups, and the usual way of every cell.
//!
//! Does not belong here: what is in the way at an instant.

use super::super::alias::Alias;
use super::super::calendar::NEVER;
use super::super::draw::ticks;
use super::{Choice, NO, Plan, RoutePlan, SEVERAL, weight};
use crate::network::{Access, Network, Route};

/// The usual psap of the calls of a zone and service, where there is nothing to look for.
#[derive(Debug, Clone, Copy)]
pub(in crate::sim) struct Usual {
    /// The psap; [`SEVERAL`] for one of two, in `Plan::two_psaps_of`; [`NO`] where there is none.
    pub psap: u16,
    /// On the switched network (1), or not (0)?
    pub switched: u8,
}

/// The call server of the first choice of calls from a zone and line, to a psap outside the switched network and to one
/// on it: [`NO`] for calls that cross none, [`SEVERAL`] where it has to be looked for.
pub(in crate::sim) type FirstServers = [u16; 2];

/// The trunk groups from a call server to a psap, where there are one or two.
#[derive(Debug, Clone, Copy)]
pub(in crate::sim) struct Lead {
    /// The first group, or [`NO`] where there are none, or more than two, or two without weights.
    pub first: u16,
    /// The second one, or [`NO`].
    pub second: u16,
    /// The largest word that draws the first of two.
    pub last: u64,
}

impl RoutePlan {
    /// The server of the first choice, where there is nothing to draw; else [`NO`].
    pub(super) fn first(&self) -> u16 {
        match self.choices.first() {
            Some(first) if self.strict && first.weight > 0 => first.server,
            _ => NO,
        }
    }
}

/// The largest word that a draw by weights gives to the first of two, whose weight is not zero: a word draws the first as
/// long as the word times both weights stays below the first's times 2⁶⁴.
fn last_word(first: u32, second: u32) -> u64 {
    let (first, both) = (u128::from(first), u128::from(first) + u128::from(second));
    ((first << 64).div_ceil(both) - 1) as u64
}

impl Plan {
    /// What every call of a kind does as long as nothing is in the way.
    pub(super) fn find_ways(&mut self) {
        self.usual = (0..self.zones * self.services).map(|row| self.usual(row)).collect();
        self.first_servers = (0..self.zones * self.lines)
            .map(|at| {
                let first = self.first_of[at];
                let first = if first == NO { SEVERAL } else { first };
                [false, true].map(|switched| if self.crosses((at % self.lines) as u8, switched) { first } else { NO })
            })
            .collect();
        self.leads = self.group_range.iter().map(|&range| self.lead(range)).collect();
    }

    fn lead(&self, (from, to): (u32, u32)) -> Lead {
        let weight = |g: u16| self.groups[g as usize].weight;
        match self.group_list[from as usize..to as usize] {
            [only] => Lead { first: only, second: NO, last: 0 },
            [a, b] if weight(a) > 0 => Lead { first: a, second: b, last: last_word(weight(a), weight(b)) },
            _ => Lead { first: NO, second: NO, last: 0 },
        }
    }

    fn usual(&self, row: usize) -> Usual {
        let switched = |psap: u16| self.psaps.get(psap as usize).map(|centre| centre.switched);
        let psap = self.psap_of[row];
        let switched = if psap == SEVERAL {
            let mut two = self.psaps_of[row].values().map(|psap| switched(psap as u16));
            match (two.next(), two.next(), two.next()) {
                (Some(one), Some(other), None) if one == other => one,
                _ => None,
            }
        } else {
            switched(psap)
        };
        switched.map_or(Usual { psap: NO, switched: 0 }, |switched| Usual { psap, switched: switched.into() })
    }
}

pub(super) fn line_shares(network: &Network, zone: usize) -> Vec<f64> {
    network
        .lines
        .iter()
        .map(|l| l.zones.iter().find(|(z, _)| z.index() == zone).map_or(l.share.value, |(_, share)| *share))
        .collect()
}

pub(super) fn lines_of(network: &Network, access: Access) -> Option<(Vec<u8>, Alias)> {
    let lines: Vec<u8> =
        (0..network.lines.len()).filter(|&i| network.lines[i].access == access).map(|i| i as u8).collect();
    let shares: Vec<f64> = lines.iter().map(|&i| network.lines[i as usize].share.value).collect();
    let values: Vec<u32> = lines.iter().map(|&l| l.into()).collect();
    (!lines.is_empty()).then(|| (lines, Alias::of(&values, &shares)))
}

pub(super) fn translation(network: &Network) -> (Vec<u16>, Vec<Alias>) {
    let rows = network.zones.len() * network.services.len();
    let (mut one, mut several) = (vec![NO; rows], vec![Alias::default(); rows]);
    for row in &network.translation {
        let at = row.zone.index() * network.services.len() + row.service.index();
        one[at] = match row.to.as_slice() {
            [] => NO,
            [(only, _)] => only.0,
            _ => SEVERAL,
        };
        let psaps: Vec<u32> = row.to.iter().map(|(p, _)| p.0.into()).collect();
        let weights: Vec<f64> = row.to.iter().map(|(_, w)| *w).collect();
        several[at] = if one[at] == SEVERAL { Alias::of(&psaps, &weights) } else { Alias::default() };
    }
    (one, several)
}

pub(super) fn groups(network: &Network) -> (Vec<(u32, u32)>, Vec<u16>) {
    let psaps = network.psaps.len();
    let mut lists = vec![Vec::new(); network.call_servers.len() * psaps];
    for (i, group) in network.trunk_groups.iter().enumerate() {
        for psap in &group.to {
            lists[group.from.index() * psaps + psap.index()].push(i as u16);
        }
    }
    let mut flat = Vec::new();
    let ranges = lists
        .into_iter()
        .map(|list| {
            let start = flat.len() as u32;
            flat.extend(list);
            (start, flat.len() as u32)
        })
        .collect();
    (ranges, flat)
}

pub(super) fn route(route: &Route) -> RoutePlan {
    let mut choices: Vec<Choice> =
        route.choices.iter().map(|&(server, order, w)| Choice { server: server.0, order, weight: weight(w) }).collect();
    choices.sort_by_key(|c| c.order);
    let timeout = if route.timeout_s > 0.0 { ticks(route.timeout_s) } else { NEVER };
    let strict = choices.windows(2).all(|pair| pair[0].order < pair[1].order);
    RoutePlan { choices, strict, reroute_on: route.reroute_on, timeout, detour: route.detour.max(1) }
}

pub(super) fn route_of(network: &Network) -> Vec<u16> {
    let mut table = Vec::with_capacity(network.zones.len() * network.lines.len());
    for zone in 0..network.zones.len() {
        for line in 0..network.lines.len() {
            let found = network.routes.iter().position(|r| {
                (r.lines.is_empty() || r.lines.iter().any(|l| l.index() == line))
                    && (r.zones.is_empty() || r.zones.iter().any(|z| z.index() == zone))
            });
            table.push(found.map_or(NO, |i| i as u16));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::super::super::draw::{Key, Purpose};
    use super::*;

    /// A word draws the first of two as a walk over the weights does, at the edge too.
    #[test]
    fn a_comparison_draws_as_the_weights_do() {
        let walk = |word: u64, first: u32, second: u32| {
            let product = u128::from(word) * (u128::from(first) + u128::from(second));
            product >> 64 < u128::from(first)
        };
        for (first, second) in
            [(1, 0), (1, 1), (1_000, 1_000), (3, 7), (1, 1_000_000_000), (1_000_000_000, 999_999_999)]
        {
            let last = last_word(first, second);
            assert!(
                walk(last, first, second) && (last == u64::MAX || !walk(last + 1, first, second)),
                "{first} {second}"
            );
            for i in 0..1_000 {
                let word = Key::caller(1, 2, i).word(1, Purpose::Circuits, 0);
                assert_eq!(word <= last, walk(word, first, second), "{first} {second} {word}");
            }
        }
    }
}
