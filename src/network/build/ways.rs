//! The ways of a call: call servers, trunk groups, routes, translation.

use super::super::doc::{Node, Pos, Sink, Value};
use super::super::merge::Doc;
use super::super::read::{DURATION, Is, Row, Unit, list, text};
use super::super::select::{Names, id_of};
use super::super::{
    CallServer, Law, LineId, Profile, Psap, PsapId, RerouteOn, Route, ServerId, ServiceId, Translation, TrunkGroup,
    ZoneId,
};
use super::{RATE, rows, timed};

pub(super) fn call_servers(doc: &Doc, names: &Names<'_>, profiles: &[Profile], sink: &Sink) -> Vec<CallServer> {
    rows(doc, "call_servers", sink, |row| {
        let id = row.need_str("id").unwrap_or_default().to_owned();
        row.get("tags");
        row.need("sessions");
        row.need("setups_per_s");
        let ordinary = match row.get("ordinary").map(|n| &n.value) {
            Some(Value::Table(_)) => ordinary_by_profile(row, names, profiles),
            _ => timed(row, "ordinary", &[RATE, RATE])
                .into_iter()
                .filter_map(|(m, v)| Some((m, *v.first()?, *v.get(1)?)))
                .collect(),
        };
        CallServer {
            name: row.str("name").map_or_else(|| id.clone(), str::to_owned),
            id,
            site: row.str("site").unwrap_or_default().to_owned(),
            software: row.str("software").unwrap_or_default().to_owned(),
            sessions: row.num("sessions", Is(Unit::Whole, 1.0, 10_000_000.0)).unwrap_or(1.0) as u32,
            setups_per_s: row.num("setups_per_s", RATE).unwrap_or(0.0),
            ordinary,
            restart: row.law("restart").unwrap_or(Law::Fixed(300.0)),
        }
    })
}

/// `ordinary = { profile = "day", sessions = 5000, setups_per_s = 40 }`: daily means shaped by a profile.
fn ordinary_by_profile(row: &Row<'_>, names: &Names<'_>, profiles: &[Profile]) -> Vec<(u16, f64, f64)> {
    let Some(rule) = row.inner("ordinary") else { return Vec::new() };
    let sessions = rule.need_num("sessions", RATE).unwrap_or(0.0);
    let setups = rule.need_num("setups_per_s", RATE).unwrap_or(0.0);
    let profile = rule.need("profile").and_then(|n| id_of(n, "profile", row.sink));
    let profile = profile.and_then(|(id, pos)| names.find("profiles", id, pos, row.sink));
    rule.finish();
    let points = profile.and_then(|i| profiles.get(i)).map(|p| p.points.as_slice()).unwrap_or_default();
    points.iter().map(|(m, v)| (*m, sessions * v, setups * v)).collect()
}

pub(super) fn trunk_groups(doc: &Doc, names: &Names<'_>, sink: &Sink) -> Vec<TrunkGroup> {
    rows(doc, "trunk_groups", sink, |row| {
        let id = row.need_str("id").unwrap_or_default().to_owned();
        row.get("tags");
        let from = row.need("from").and_then(|n| id_of(n, "from", sink));
        let from = from.and_then(|(id, pos)| names.find("call_servers", id, pos, sink)).unwrap_or(0);
        let to = row.need("to").map(|n| names.select("psaps", n, sink)).unwrap_or_default();
        row.need("circuits");
        TrunkGroup {
            id,
            from: ServerId(from as u16),
            to: to.into_iter().map(|i| PsapId(i as u16)).collect(),
            circuits: row.num("circuits", Is(Unit::Whole, 1.0, 1_000_000.0)).unwrap_or(1.0) as u32,
            weight: row.num("weight", RATE).unwrap_or(1.0),
            reserve: row.num("reserve", Is(Unit::Whole, 0.0, 1_000_000.0)).unwrap_or(0.0) as u32,
        }
    })
}

pub(super) fn routes(doc: &Doc, names: &Names<'_>, sink: &Sink) -> Vec<Route> {
    rows(doc, "routes", sink, |row| {
        row.get("id");
        let chosen = |key: &'static str| row.get(key).map(|n| names.select(key, n, sink)).unwrap_or_default();
        let all = |key: &str, n: usize, of: usize| {
            matches!(row.table.get(key).map(|n| &n.value), Some(Value::Str(s)) if s == "all") || n == of
        };
        let mut lines = chosen("lines");
        if all("lines", lines.len(), names.lines.len()) {
            lines.clear();
        }
        let mut zones = chosen("zones");
        if all("zones", zones.len(), names.zones.len()) {
            zones.clear();
        }
        let mut choices = Vec::new();
        for item in row.need("choices").map(|n| list(n, "choices", sink)).unwrap_or_default() {
            choices.extend(choice(item, choices.len(), row, names));
        }
        let mut reroute_on = RerouteOn::default();
        for (word, pos) in row.strs("reroute_on") {
            match word {
                "reject" => reroute_on.reject = true,
                "full" => reroute_on.full = true,
                "timeout" => reroute_on.timeout = true,
                _ => sink.error(
                    pos,
                    format!("unknown cause \"{word}\""),
                    super::super::doc::suggest(word, &["reject", "full", "timeout"], "causes"),
                ),
            }
        }
        Route {
            lines: lines.into_iter().map(|i| LineId(i as u8)).collect(),
            zones: zones.into_iter().map(|i| ZoneId(i as u16)).collect(),
            choices,
            reroute_on,
            timeout_s: row.num("timeout", DURATION).unwrap_or(20.0),
            detour: row.num("detour", Is(Unit::Whole, 1.0, 10.0)).map_or(1, |n| n as u8),
        }
    })
}

/// A choice: `"cs-lille"` (next in order) or `{ server = "cs-lille", order = 1, weight = 2 }`.
fn choice(item: &Node, place: usize, row: &Row<'_>, names: &Names<'_>) -> Option<(ServerId, u8, f64)> {
    let server = |id: &str, pos: Pos| names.find("call_servers", id, pos, row.sink).map(|i| ServerId(i as u16));
    let Value::Table(t) = &item.value else {
        let id = text(item, "choices", row.sink)?;
        return Some((server(id, item.pos)?, place as u8, 1.0));
    };
    let inner = Row::new(t, item.pos, format!("{}.choices", row.path), row.sink);
    let found = inner.need("server").and_then(|n| id_of(n, "server", row.sink)).and_then(|(id, pos)| server(id, pos));
    let order = inner.num("order", Is(Unit::Whole, 0.0, 255.0)).unwrap_or(0.0) as u8;
    let weight = inner.num("weight", RATE).unwrap_or(1.0);
    inner.finish();
    Some((found?, order, weight))
}

/// Where a zone's service leads, and the place of the row that says so.
type Cell = (Pos, Vec<(PsapId, f64)>);

pub(super) fn translation(doc: &Doc, names: &Names<'_>, psaps: &[Psap], sink: &Sink) -> Vec<Translation> {
    let services = names.services.len();
    // Given rows first, in place of what centres of the zone would do by themselves.
    let mut table: Vec<Option<Cell>> = vec![None; names.zones.len() * services];
    for (i, entry) in doc.list("translation").iter().enumerate() {
        let row = entry.row("translation", i, sink);
        row.get("id");
        let service = row.need("service").and_then(|n| id_of(n, "service", sink));
        let service = service.and_then(|(id, pos)| names.find("services", id, pos, sink));
        let zones = row.need("zones").map(|n| names.select("zones", n, sink)).unwrap_or_default();
        let to = row.need("to").map(|n| destinations(n, &row, names)).unwrap_or_default();
        row.finish();
        let weightless = to.iter().all(|(_, w)| *w <= 0.0);
        let empty = matches!(entry.table.get("to").map(|n| &n.value), Some(Value::Array(items)) if items.is_empty());
        if weightless && (empty || !to.is_empty()) {
            let mend = "name a psap with a weight above 0".to_owned();
            sink.error(entry.pos, format!("{} leads nowhere", row.path), mend);
        }
        for (psap, _) in &to {
            let (Some(p), Some(service)) = (psaps.get(psap.index()), service) else { continue };
            if !p.services.contains(&ServiceId(service as u8)) {
                let code = names.services.get(service).copied().unwrap_or_default();
                let mend = format!("add \"{code}\" to its services");
                sink.error(entry.pos, format!("{} sends {code} to {}, which does not answer it", row.path, p.id), mend);
            }
        }
        let Some(service) = service else { continue };
        for z in zones {
            let Some(cell) = table.get_mut(z * services + service) else { continue };
            if cell.is_some() {
                let code = names.zones.get(z).and_then(|t| t.str("code")).unwrap_or_default();
                let mend = "keep one of the two rows, or use `except`".to_owned();
                sink.error(entry.pos, format!("{} gives zone {code} a second time", row.path), mend);
            }
            *cell = Some((entry.pos, to.clone()));
        }
    }
    for (i, psap) in psaps.iter().enumerate() {
        for service in &psap.services {
            let Some(cell) = table.get_mut(psap.zone.index() * services + service.index()) else { continue };
            match cell {
                None => *cell = Some((Pos::default(), vec![(PsapId(i as u16), 1.0)])),
                // Only rows made here have the place of nothing.
                Some((pos, to)) if *pos == Pos::default() => to.push((PsapId(i as u16), 1.0)),
                Some(_) => {}
            }
        }
    }
    let cells = table.into_iter().enumerate();
    cells
        .filter_map(|(cell, to)| {
            let (_, to) = to?;
            Some(Translation {
                zone: ZoneId((cell / services) as u16),
                service: ServiceId((cell % services) as u8),
                to,
            })
        })
        .collect()
}

/// `"samu-59"` or `[{ psap = "cic-59", weight = 0.6 }, …]`.
fn destinations(node: &Node, row: &Row<'_>, names: &Names<'_>) -> Vec<(PsapId, f64)> {
    let psap = |id: &str, pos: Pos| names.find("psaps", id, pos, row.sink).map(|i| PsapId(i as u16));
    let items = match &node.value {
        Value::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items
        .iter()
        .filter_map(|item| {
            let Value::Table(t) = &item.value else {
                return Some((psap(text(item, "to", row.sink)?, item.pos)?, 1.0));
            };
            let inner = Row::new(t, item.pos, format!("{}.to", row.path), row.sink);
            let found = inner.need("psap").and_then(|n| id_of(n, "psap", row.sink)).and_then(|(id, p)| psap(id, p));
            let weight = inner.num("weight", RATE).unwrap_or(1.0);
            inner.finish();
            Some((found?, weight))
        })
        .collect()
}
