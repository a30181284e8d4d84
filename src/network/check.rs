//! Checks across rows, once every row reads well: can every call be translated, routed and carried?

use std::collections::BTreeSet;

use super::doc::Sink;
use super::merge::Doc;
use super::script::place;
use super::{LineId, Network, PsapId, Route, ServerId, ServiceId, ZoneId};

pub(super) fn check(doc: &Doc, network: &Network, sink: &Sink) {
    sizes(doc, network, sink);
    ids_differ(doc, network, sink);
    let translated = demand_is_translated(doc, network, sink);
    calls_are_routed(doc, network, &translated, sink);
}

/// Ids are small numbers inside.
fn sizes(doc: &Doc, network: &Network, sink: &Sink) {
    for (list, n, most) in [
        ("zones", network.zones.len(), 10_000),
        ("services", network.services.len(), 250),
        ("operators", network.operators.len(), 250),
        ("lines", network.lines.len(), 250),
        ("psaps", network.psaps.len(), 60_000),
        ("call_servers", network.call_servers.len(), 60_000),
        ("trunk_groups", network.trunk_groups.len(), 60_000),
        ("substitutes", network.substitutes.len(), 60_000),
    ] {
        if n > most {
            sink.error(place(doc, list, most), format!("{n} {list}: at most {most} can be read"), None::<String>);
        }
    }
    for (list, n) in [("zones", network.zones.len()), ("services", network.services.len())] {
        if n == 0 {
            sink.error(doc.end, format!("there are no {list}"), format!("add [[{list}]]"));
        }
    }
}

/// Events name call servers, trunk groups and psaps alike, so their ids must differ across the three.
fn ids_differ(doc: &Doc, network: &Network, sink: &Sink) {
    let servers: BTreeSet<&str> = network.call_servers.iter().map(|s| s.id.as_str()).collect();
    for (i, group) in network.trunk_groups.iter().enumerate() {
        if servers.contains(group.id.as_str()) {
            let message = format!("a call server is called `{}` too", group.id);
            sink.error(place(doc, "trunk_groups", i), message, "give one of them another id".to_owned());
        }
    }
    let groups: BTreeSet<&str> = network.trunk_groups.iter().map(|g| g.id.as_str()).collect();
    for (i, psap) in network.psaps.iter().enumerate() {
        if servers.contains(psap.id.as_str()) || groups.contains(psap.id.as_str()) {
            let message = format!("a call server or trunk group is called `{}` too", psap.id);
            sink.error(place(doc, "psaps", i), message, "give one of them another id".to_owned());
        }
    }
}

/// The psaps each zone and service leads to; a need that leads nowhere is a mistake.
fn demand_is_translated(doc: &Doc, network: &Network, sink: &Sink) -> Vec<Vec<PsapId>> {
    let services = network.services.len();
    let mut to = vec![Vec::new(); network.zones.len() * services];
    for row in &network.translation {
        if let Some(cell) = to.get_mut(row.zone.index() * services + row.service.index()) {
            *cell = row.to.iter().filter(|(_, w)| *w > 0.0).map(|(p, _)| *p).collect();
        }
    }
    let mut missing: Vec<Vec<&str>> = vec![Vec::new(); services];
    for d in network.demand.iter().filter(|d| d.per_day.value > 0.0) {
        if to.get(d.zone.index() * services + d.service.index()).is_some_and(Vec::is_empty)
            && let (Some(list), Some(zone)) = (missing.get_mut(d.service.index()), network.zones.get(d.zone.index()))
        {
            list.push(&zone.code);
        }
    }
    for (s, mut zones) in missing.into_iter().enumerate() {
        zones.dedup();
        let (Some(first), Some(service)) = (zones.first(), network.services.get(s)) else { continue };
        let rest = if zones.len() > 1 { format!(" and {} more zones", zones.len() - 1) } else { String::new() };
        let of_service = |e: &super::merge::Entry| e.table.str("service") == Some(&service.code);
        let at = doc.list("demand").iter().find(|e| of_service(e)).map_or(doc.end, |e| e.pos);
        let message = format!("no psap takes {} dialled in zone {first}{rest}", service.code);
        let mend = "add a row to translation, or a psap of the zone with this service".to_owned();
        sink.error(at, message, mend);
    }
    to
}

/// Calls that cross need a route, and each of its servers a trunk group to the psap.
fn calls_are_routed(doc: &Doc, network: &Network, translated: &[Vec<PsapId>], sink: &Sink) {
    if network.call_servers.is_empty() {
        return;
    }
    for (i, route) in network.routes.iter().enumerate() {
        if route.choices.iter().all(|(_, _, w)| *w <= 0.0) {
            let mend = "name at least one call server".to_owned();
            sink.error(place(doc, "routes", i), "this route has no choice", mend);
        }
    }
    let mut reach = vec![BTreeSet::new(); network.call_servers.len()];
    for group in &network.trunk_groups {
        if let Some(set) = reach.get_mut(group.from.index()) {
            set.extend(group.to.iter().copied());
        }
    }
    let mut unrouted = BTreeSet::new();
    let mut unreached: BTreeSet<(usize, ServerId, PsapId)> = BTreeSet::new();
    let services = network.services.len();
    for z in 0..network.zones.len() {
        for l in 0..network.lines.len() {
            let (zone, line) = (ZoneId(z as u16), LineId(l as u8));
            let route = network.routes.iter().position(|r| matches_route(r, zone, line));
            for s in 0..services {
                for psap in translated.get(z * services + s).into_iter().flatten() {
                    if !network.crosses(line, *psap) {
                        continue;
                    }
                    let Some(r) = route else {
                        unrouted.insert((line, zone, ServiceId(s as u8)));
                        continue;
                    };
                    let switched =
                        network.psaps.get(psap.index()).is_some_and(|p| p.connection == super::Connection::Pstn);
                    let choices = network.routes.get(r).map(|r| r.choices.as_slice()).unwrap_or_default();
                    for (server, _, weight) in choices {
                        let reached = reach.get(server.index()).is_some_and(|set| set.contains(psap));
                        if switched && *weight > 0.0 && !reached {
                            unreached.insert((r, *server, *psap));
                        }
                    }
                }
            }
        }
    }
    if let Some((line, zone, service)) = unrouted.first() {
        let code = network.zones.get(zone.index()).map_or("", |z| z.code.as_str());
        let digits = network.services.get(service.index()).map_or("", |s| s.code.as_str());
        let operator = network.lines.get(line.index()).and_then(|l| network.operators.get(l.operator.index()));
        let operator = operator.map_or("", |o| o.id.as_str());
        let more = if unrouted.len() > 1 { format!(" ({} such cases)", unrouted.len()) } else { String::new() };
        let message = format!(
            "calls of {operator} from zone {code} to {digits} cross a call server but no route takes them{more}"
        );
        sink.error(place(doc, "lines", line.index()), message, "add a route for this line and zone".to_owned());
    }
    let mut told = BTreeSet::new();
    for (r, server, psap) in &unreached {
        if !told.insert((*r, *server)) {
            continue;
        }
        let more = unreached.iter().filter(|(a, b, _)| a == r && b == server).count() - 1;
        let more = if more > 0 { format!(" and {more} more psaps") } else { String::new() };
        let server = network.call_servers.get(server.index()).map_or("", |s| s.id.as_str());
        let psap = network.psaps.get(psap.index()).map_or("", |p| p.id.as_str());
        let message = format!("this route uses {server}, which has no trunk group to {psap}{more}");
        sink.error(place(doc, "routes", *r), message, format!("add a trunk group from {server} to it"));
    }
}

/// Does this route take calls of this zone and line?
fn matches_route(route: &Route, zone: ZoneId, line: LineId) -> bool {
    (route.lines.is_empty() || route.lines.contains(&line)) && (route.zones.is_empty() || route.zones.contains(&zone))
}
