//! From merged rows to the typed network. Every reader notes its mistakes and goes on, so that all of them
//! come at once; a network built with mistakes is never handed out.

mod ways;

use chrono_tz::Tz;

use super::doc::{Sink, Value, nearest};
use super::merge::Doc;
use super::read::{DURATION, Is, MANY, Row, SHARE, Unit, list, minute_of_day, number, strs};
use super::select::{Names, id_of};
use super::{
    Access, Callers, Connection, Demand, Law, Line, Network, Operator, OperatorId, Param, Profile, Psap, PsapId,
    PsapKind, Service, ServiceId, Substitute, SubstitutePath, Text, Zone, ZoneId,
};

const COUNT: Is = Is(Unit::Whole, 0.0, MANY);
const RATE: Is = Is(Unit::Number, 0.0, MANY);

/// Demand that names no profile, until it is given the flat one.
const NO_PROFILE: u16 = u16::MAX;

/// Words of psap kinds.
const KINDS: [(&str, PsapKind); 5] = [
    ("samu", PsapKind::Samu),
    ("fire", PsapKind::Fire),
    ("police", PsapKind::Police),
    ("gendarmerie", PsapKind::Gendarmerie),
    ("other", PsapKind::Other),
];

/// Words of connections.
const CONNECTIONS: [(&str, Connection); 2] = [("pstn", Connection::Pstn), ("ip", Connection::Ip)];

/// Words of accesses.
const ACCESSES: [(&str, Access); 3] = [("pstn", Access::Pstn), ("voip", Access::Voip), ("mobile", Access::Mobile)];

/// Words of substitute paths.
const PATHS: [(&str, SubstitutePath); 3] =
    [("same_exchange", SubstitutePath::SameExchange), ("mobile", SubstitutePath::Mobile), ("ip", SubstitutePath::Ip)];

/// Builds the whole network.
pub(super) fn network(doc: &Doc, names: &Names<'_>, sink: &Sink) -> Network {
    let Header { name, country, area, areas, clocks, tz } = header(doc, sink);
    let zones = zones(doc, tz, sink);
    let services = services(doc, sink);
    let operators = operators(doc, sink);
    let lines = lines(doc, names, &operators, sink);
    let mut profiles = profiles(doc, sink);
    let mut demand = demand(doc, names, &zones, sink);
    flat_where_none(&mut demand, &mut profiles);
    let psaps = psaps(doc, names, sink);
    let call_servers = ways::call_servers(doc, names, &profiles, sink);
    let trunk_groups = ways::trunk_groups(doc, names, sink);
    let routes = ways::routes(doc, names, sink);
    let translation = ways::translation(doc, names, &psaps, sink);
    let substitutes = substitutes(doc, names, sink);
    let callers = callers(doc, sink);
    Network {
        name,
        country,
        area,
        areas,
        clocks,
        tz,
        zones,
        services,
        operators: if operators.is_empty() { vec![default_operator()] } else { operators },
        lines: if lines.is_empty() { vec![default_line()] } else { lines },
        profiles,
        demand,
        psaps,
        call_servers,
        trunk_groups,
        routes,
        translation,
        substitutes,
        callers,
    }
}

/// The part of the network that sizing rules need; lines, call servers and what hangs on them stay out.
pub(super) fn for_sizing(doc: &Doc, names: &Names<'_>, sink: &Sink) -> Network {
    let Header { name, country, area, areas, clocks, tz } = header(doc, sink);
    let zones = zones(doc, tz, sink);
    let mut profiles = profiles(doc, sink);
    let mut demand = demand(doc, names, &zones, sink);
    flat_where_none(&mut demand, &mut profiles);
    let psaps = psaps(doc, names, sink);
    let translation = ways::translation(doc, names, &psaps, sink);
    Network {
        name,
        country,
        area,
        areas,
        clocks,
        tz,
        zones,
        services: services(doc, sink),
        operators: vec![],
        lines: vec![],
        profiles,
        demand,
        psaps,
        call_servers: vec![],
        trunk_groups: vec![],
        routes: vec![],
        translation,
        substitutes: vec![],
        callers: patient_callers(),
    }
}

/// Gives demand without a profile a flat one.
fn flat_where_none(demand: &mut [Demand], profiles: &mut Vec<Profile>) {
    if demand.iter().any(|d| d.profile == NO_PROFILE) {
        let flat = profiles.len() as u16;
        profiles.push(Profile { id: "flat".to_owned(), points: vec![(0, 1.0)], days: vec![] });
        demand.iter_mut().filter(|d| d.profile == NO_PROFILE).for_each(|d| d.profile = flat);
    }
}

/// Where no operator is given there is one.
fn default_operator() -> Operator {
    Operator { id: "operator".to_owned(), name: "–".to_owned() }
}

/// Where no line is given all callers have a copper line.
fn default_line() -> Line {
    Line { operator: OperatorId(0), access: Access::Pstn, share: 1.0.into(), zones: vec![] }
}

/// What a network is called, and the zone of its times.
struct Header {
    name: Text,
    country: Text,
    area: Text,
    areas: Text,
    clocks: Vec<String>,
    tz: Tz,
}

fn header(doc: &Doc, sink: &Sink) -> Header {
    let both = |word: &str| Text { fr: word.to_owned(), en: word.to_owned() };
    let table = doc.singles.get("network");
    let row = table.map(|(pos, table)| Row::new(table, *pos, "network".to_owned(), sink));
    let text = |key| row.as_ref().and_then(|row| row.text(key));
    let name = text("name").unwrap_or_default();
    let header = Header {
        country: text("country").unwrap_or_else(|| name.clone()),
        name,
        area: text("area").unwrap_or_else(|| both("zone")),
        areas: text("areas").unwrap_or_else(|| both("zones")),
        clocks: row.iter().flat_map(|row| row.strs("clocks")).map(|(law, _)| law.to_owned()).collect(),
        tz: row.as_ref().and_then(|row| zone_name(row, "zone")).unwrap_or(chrono_tz::Europe::Paris),
    };
    if let Some(row) = &row {
        row.finish();
    }
    header
}

/// An IANA zone.
fn zone_name(row: &Row<'_>, key: &'static str) -> Option<Tz> {
    let (name, pos) = id_of(row.get(key)?, key, row.sink)?;
    let tz = name.parse::<Tz>();
    if tz.is_err() {
        let near = nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|t| t.name()));
        let mend = near.map_or_else(
            || "write an IANA name such as \"Europe/Paris\"".to_owned(),
            |near| format!("did you mean \"{near}\"?"),
        );
        row.sink.error(pos, format!("unknown time zone \"{name}\""), mend);
    }
    tz.ok()
}

fn zones(doc: &Doc, default: Tz, sink: &Sink) -> Vec<Zone> {
    let read = |row: &Row<'_>| {
        let tile = row.get("tile").and_then(|n| {
            let pair = list(n, "tile", sink);
            let part = |i: usize| pair.get(i).and_then(|n| number(n, "tile", Is(Unit::Whole, 0.0, 250.0), sink));
            if pair.len() != 2 {
                let mend = "write tile = [column, row]".to_owned();
                sink.error(n.pos, "a tile has two numbers", mend);
            }
            Some((part(0)? as u8, part(1)? as u8))
        });
        row.get("tags");
        let code = row.need_str("code").unwrap_or_default();
        Zone {
            code: code.to_owned(),
            name: row.str("name").unwrap_or(code).to_owned(),
            region_code: row.str("region_code").unwrap_or_default().to_owned(),
            region: row.str("region").unwrap_or_default().to_owned(),
            population: row.num("population", COUNT).unwrap_or(0.0) as u32,
            tz: zone_name(row, "zone").unwrap_or(default),
            tile,
        }
    };
    rows(doc, "zones", sink, read)
}

fn services(doc: &Doc, sink: &Sink) -> Vec<Service> {
    rows(doc, "services", sink, |row| {
        let code = row.need_str("code").unwrap_or_default().to_owned();
        let name = row.text("name").unwrap_or_else(|| Text { fr: code.clone(), en: code.clone() });
        Service { code, name, circuits: row.num("circuits", Is(Unit::Whole, 1.0, 250.0)).map_or(1, |n| n as u8) }
    })
}

fn operators(doc: &Doc, sink: &Sink) -> Vec<Operator> {
    rows(doc, "operators", sink, |row| {
        let id = row.need_str("id").unwrap_or_default().to_owned();
        let name = row.str("name").map_or_else(|| id.clone(), str::to_owned);
        Operator { id, name }
    })
}

fn lines(doc: &Doc, names: &Names<'_>, operators: &[Operator], sink: &Sink) -> Vec<Line> {
    let out: Vec<Line> = rows(doc, "lines", sink, |row| {
        row.get("id");
        let operator = row.need("operator").and_then(|n| id_of(n, "operator", sink)).map_or(0, |(id, pos)| {
            operators.iter().position(|o| o.id == id).unwrap_or_else(|| {
                let known: Vec<&str> = operators.iter().map(|o| o.id.as_str()).collect();
                let mend = super::doc::suggest(id, &known, "operators");
                sink.error(pos, format!("operators has no `{id}`"), mend);
                0
            })
        });
        row.need("access");
        let access = row.word("access", &ACCESSES).unwrap_or(Access::Pstn);
        row.need("share");
        let share = row.param("share", SHARE).unwrap_or_else(|| 0.0.into());
        let mut zones = Vec::new();
        for item in row.get("in_zones").map(|n| list(n, "in_zones", sink)).unwrap_or_default() {
            let Value::Table(t) = &item.value else {
                sink.error(item.pos, "`in_zones` holds tables", "write { zones = [\"75\"], share = 0.1 }".to_owned());
                continue;
            };
            let inner = Row::new(t, item.pos, format!("{}.in_zones", row.path), sink);
            let share = inner.need_num("share", SHARE).unwrap_or(0.0);
            let chosen = inner.need("zones").map(|n| names.select("zones", n, sink)).unwrap_or_default();
            zones.extend(chosen.into_iter().map(|z| (ZoneId(z as u16), share)));
            inner.finish();
        }
        Line { operator: OperatorId(operator as u8), access, share, zones }
    });
    let total: f64 = out.iter().map(|l| l.share.value).sum();
    if let (false, Some(entry)) = (out.is_empty() || (total - 1.0).abs() < 1e-3, doc.list("lines").first()) {
        let mend = "shares of all lines add up to 1".to_owned();
        sink.error(entry.pos, format!("the shares of the lines add up to {total:.3}"), mend);
    }
    for (i, line) in out.iter().enumerate() {
        let twice = out.iter().take(i).any(|l| l.operator == line.operator && l.access == line.access);
        if let (true, Some(entry)) = (twice, doc.list("lines").get(i)) {
            let mend = "one line for each operator and access".to_owned();
            sink.error(entry.pos, "this operator has this access already", mend);
        }
    }
    out
}

/// Times of the day with numbers: `[["08:00", 5], …]`, ascending, each time once.
fn timed(row: &Row<'_>, key: &'static str, numbers: &[Is]) -> Vec<(u16, Vec<f64>)> {
    let Some(node) = row.get(key) else { return Vec::new() };
    let mut out: Vec<(u16, Vec<f64>)> = Vec::new();
    for item in list(node, key, row.sink) {
        let parts = list(item, key, row.sink);
        if parts.len() != numbers.len() + 1 {
            let mend = format!("write [\"08:00\"{}]", ", number".repeat(numbers.len()));
            row.sink.error(item.pos, format!("a point of `{key}` has a time and {} numbers", numbers.len()), mend);
            continue;
        }
        let minute = parts.first().and_then(|n| minute_of_day(n, key, row.sink));
        let values: Vec<f64> =
            parts.iter().skip(1).zip(numbers).filter_map(|(n, is)| number(n, key, *is, row.sink)).collect();
        let Some(minute) = minute.filter(|_| values.len() == numbers.len()) else { continue };
        if out.last().is_some_and(|(m, _)| *m >= minute) {
            let mend = "put the points in the order of the day".to_owned();
            row.sink.error(item.pos, format!("a point of `{key}` is not after the one before"), mend);
        }
        out.push((minute, values));
    }
    out
}

fn profiles(doc: &Doc, sink: &Sink) -> Vec<Profile> {
    rows(doc, "profiles", sink, |row| {
        let id = row.need_str("id").unwrap_or_default().to_owned();
        let points: Vec<(u16, f64)> =
            timed(row, "points", &[RATE]).into_iter().filter_map(|(m, v)| Some((m, *v.first()?))).collect();
        let days: Vec<f64> = row
            .get("days")
            .map(|n| list(n, "days", sink).iter().filter_map(|n| number(n, "days", RATE, sink)).collect())
            .unwrap_or_default();
        if let (false, Some(node)) = (days.is_empty() || days.len() == 7, row.get("days")) {
            sink.error(node.pos, "`days` has seven numbers, Monday first", None::<String>);
        }
        row.grade();
        row.str("source");
        let mean = mean_of(&points);
        if !points.is_empty() && mean <= 0.0 {
            sink.error(row.pos, format!("{} is zero all day", row.path), None::<String>);
        }
        let scaled = points.into_iter().map(|(m, v)| (m, if mean > 0.0 { v / mean } else { v })).collect();
        Profile { id, points: scaled, days }
    })
}

/// Mean over the day of a curve that is linear between points and round midnight.
fn mean_of(points: &[(u16, f64)]) -> f64 {
    let Some(first) = points.first() else { return 1.0 };
    let next = points.iter().skip(1).copied().map(|(m, v)| (f64::from(m), v));
    let next = next.chain(std::iter::once((f64::from(first.0) + 1440.0, first.1)));
    let area: f64 = points.iter().zip(next).map(|(a, b)| f64::midpoint(a.1, b.1) * (b.0 - f64::from(a.0))).sum();
    area / 1440.0
}

fn demand(doc: &Doc, names: &Names<'_>, zones: &[Zone], sink: &Sink) -> Vec<Demand> {
    let mut out = Vec::new();
    for (i, entry) in doc.list("demand").iter().enumerate() {
        let row = entry.row("demand", i, sink);
        row.get("id");
        let service = row.need("service").and_then(|n| id_of(n, "service", sink));
        let service = service.and_then(|(id, pos)| names.find("services", id, pos, sink)).unwrap_or(0);
        let chosen = match row.get("zones") {
            Some(node) => names.select("zones", node, sink),
            None => (0..zones.len()).collect(),
        };
        let each = row.param("per_day", RATE);
        let shared = row.param("total_per_day", RATE);
        if each.is_some() == shared.is_some() && row.get("per_day").is_some() == row.get("total_per_day").is_some() {
            let mend = "per_day = needs a day in each zone; total_per_day is shared by population".to_owned();
            sink.error(entry.pos, format!("{} needs one of `per_day` and `total_per_day`", row.path), mend);
        }
        let profile = row.get("profile").and_then(|n| id_of(n, "profile", sink));
        let profile = match profile {
            Some((id, pos)) => names.find("profiles", id, pos, sink).unwrap_or(0) as u16,
            None => NO_PROFILE,
        };
        let sources = row.num("sources", Is(Unit::Whole, 1.0, 1_000_000.0)).map(|n| n as u32);
        row.finish();
        let people: f64 = chosen.iter().filter_map(|z| zones.get(*z)).map(|z| f64::from(z.population)).sum();
        if shared.is_some() && people <= 0.0 {
            sink.error(entry.pos, "nobody lives in these zones", "give them a population".to_owned());
        }
        for z in chosen {
            let per_day = match (&each, &shared) {
                (Some(p), _) => p.clone(),
                (None, Some(p)) => {
                    let part = zones.get(z).map_or(0.0, |z| f64::from(z.population)) / people.max(1.0);
                    Param {
                        value: p.value * part,
                        low: p.low.map(|x| x * part),
                        high: p.high.map(|x| x * part),
                        grade: p.grade,
                        source: p.source.clone(),
                    }
                }
                (None, None) => continue,
            };
            out.push(Demand { zone: ZoneId(z as u16), service: ServiceId(service as u8), per_day, profile, sources });
        }
    }
    out
}

fn psaps(doc: &Doc, names: &Names<'_>, sink: &Sink) -> Vec<Psap> {
    rows(doc, "psaps", sink, |row| {
        let id = row.need_str("id").unwrap_or_default().to_owned();
        row.get("tags");
        let zone = if let Some((code, pos)) = row.get("zone").and_then(|n| id_of(n, "zone", sink)) {
            names.find("zones", code, pos, sink).unwrap_or(0)
        } else {
            if names.zones.len() > 1 {
                row.need("zone");
            }
            0
        };
        let services: Vec<ServiceId> = row
            .need("services")
            .map(|n| strs(n, "services", sink))
            .unwrap_or_default()
            .into_iter()
            .filter_map(|(code, pos)| names.find("services", code, pos, sink))
            .map(|i| ServiceId(i as u8))
            .collect();
        let overflow = row.get("overflow").and_then(|n| id_of(n, "overflow", sink)).and_then(|(other, pos)| {
            if other == id {
                sink.error(pos, "a psap cannot overflow to itself", "name another psap".to_owned());
                return None;
            }
            names.find("psaps", other, pos, sink).map(|i| PsapId(i as u16))
        });
        // A rule is a table here only while sizing (each.rs): any count will do.
        let sized = |key: &str| matches!(row.table.get(key).map(|n| &n.value), Some(Value::Table(_)));
        let trunks = match row.need("trunks") {
            Some(_) if sized("trunks") => 1.0,
            Some(_) => row.num("trunks", Is(Unit::Whole, 1.0, 100_000.0)).unwrap_or(1.0),
            None => 1.0,
        };
        let positions = match row.need("positions").map(|n| &n.value) {
            Some(Value::Array(_)) => timed(row, "positions", &[Is(Unit::Whole, 0.0, 100_000.0)])
                .into_iter()
                .filter_map(|(m, v)| Some((m, *v.first()? as u32)))
                .collect(),
            Some(Value::Table(_)) | None => vec![(0, 1)],
            Some(_) => vec![(0, row.num("positions", Is(Unit::Whole, 0.0, 100_000.0)).unwrap_or(1.0) as u32)],
        };
        row.need("handling");
        Psap {
            name: row.str("name").map_or_else(|| id.clone(), str::to_owned),
            id,
            kind: row.word("kind", &KINDS).unwrap_or(PsapKind::Other),
            zone: ZoneId(zone as u16),
            services,
            connection: row.word("connection", &CONNECTIONS).unwrap_or(Connection::Pstn),
            trunks: trunks as u32,
            positions,
            handling: row.law("handling").unwrap_or(Law::Fixed(1.0)),
            patience: row.law("patience"),
            target_s: row.num("target", DURATION).unwrap_or(30.0),
            target_share: row.num("target_share", SHARE).unwrap_or(0.9),
            overflow,
        }
    })
}

fn substitutes(doc: &Doc, names: &Names<'_>, sink: &Sink) -> Vec<Substitute> {
    rows(doc, "substitutes", sink, |row| {
        row.get("tags");
        let psap = row.need("psap").and_then(|n| id_of(n, "psap", sink));
        let psap = psap.and_then(|(id, pos)| names.find("psaps", id, pos, sink)).unwrap_or(0);
        row.need("path");
        let lines = match row.need("lines").map(|n| &n.value) {
            Some(Value::Table(_)) | None => 1.0,
            Some(_) => row.num("lines", Is(Unit::Whole, 1.0, 100_000.0)).unwrap_or(1.0),
        };
        Substitute {
            id: row.need_str("id").unwrap_or_default().to_owned(),
            psap: PsapId(psap as u16),
            number: row.str("number").unwrap_or_default().to_owned(),
            path: row.word("path", &PATHS).unwrap_or(SubstitutePath::Ip),
            lines: lines as u32,
            half_time_s: row.param("half_time", DURATION).unwrap_or_else(|| 1800.0.into()),
            reach: row.param("reach", SHARE).unwrap_or_else(|| 0.5.into()),
        }
    })
}

/// Callers who try once and then stop: what holds where a scenario says nothing (theory cases).
pub(super) fn patient_callers() -> Callers {
    Callers {
        setup: Law::Fixed(0.0),
        patience_silence: Law::Fixed(15.0),
        redial: std::array::from_fn(|_| 0.0.into()),
        redial_decay: 1.0.into(),
        redial_delay: vec![Law::Fixed(30.0)],
        max_attempts: 1,
        persistence_spread: 0.0.into(),
        switch_service: 0.0.into(),
        switch_access: 0.0.into(),
        own_means: 0.0.into(),
        test_calls: 0.0.into(),
    }
}

fn callers(doc: &Doc, sink: &Sink) -> Callers {
    let mut out = patient_callers();
    let Some((pos, table)) = doc.singles.get("callers") else { return out };
    let row = Row::new(table, *pos, "callers".to_owned(), sink);
    out.setup = row.law("setup").unwrap_or(out.setup);
    out.patience_silence = row.law("patience_silence").unwrap_or(out.patience_silence);
    if let Some(redial) = row.inner("redial") {
        for (slot, key) in out.redial.iter_mut().zip(["busy", "refused", "silent", "abandoned", "dropped"]) {
            if let Some(p) = redial.param(key, SHARE) {
                *slot = p;
            }
        }
        redial.finish();
    }
    if let Some(node) = row.get("redial_delay") {
        let delays: Vec<Law> =
            list(node, "redial_delay", sink).iter().filter_map(|n| row.law_of(n, "redial_delay")).collect();
        if !delays.is_empty() {
            out.redial_delay = delays;
        }
    }
    out.max_attempts = row.num("max_attempts", Is(Unit::Whole, 1.0, 255.0)).map_or(1, |n| n as u8);
    for (slot, key, is) in [
        (&mut out.redial_decay, "redial_decay", SHARE),
        (&mut out.persistence_spread, "persistence_spread", SHARE),
        (&mut out.switch_service, "switch_service", SHARE),
        (&mut out.switch_access, "switch_access", SHARE),
        (&mut out.own_means, "own_means", SHARE),
        (&mut out.test_calls, "test_calls", Is(Unit::Number, 0.0, 100.0)),
    ] {
        if let Some(p) = row.param(key, is) {
            *slot = p;
        }
    }
    row.finish();
    out
}

/// Reads every row of a list.
fn rows<T>(doc: &Doc, list: &str, sink: &Sink, read: impl Fn(&Row<'_>) -> T) -> Vec<T> {
    doc.list(list)
        .iter()
        .enumerate()
        .map(|(i, entry)| {
            let row = entry.row(list, i, sink);
            let value = read(&row);
            row.finish();
            value
        })
        .collect()
}
