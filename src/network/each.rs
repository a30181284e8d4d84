//! Rules that stand for many rows: `each` repeats a row for zones, call servers or psaps; sizing rules give
//! positions, trunks and lines from the demand. Both are worked out when their layer is read, so a later
//! layer that changes the demand does not resize the centres by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::build;
use super::doc::{Node, Pos, Sink, Table, Value};
use super::merge::{Doc, Entry};
use super::read::{Is, MANY, Row, Unit, minute_of_day};
use super::select::Names;
use super::{Network, Psap};

/// Lists that may use `each`, in the order they are worked out.
const LISTS: [&str; 6] = ["psaps", "translation", "demand", "routes", "trunk_groups", "substitutes"];

/// Repeats the rows of this layer that have `each`.
pub(super) fn expand(doc: &mut Doc, file: u16, sink: &Sink) {
    for (name, entries) in &doc.lists {
        if LISTS.contains(name) {
            continue;
        }
        for entry in entries.iter().filter(|e| e.pos.file == file) {
            if let Some(each) = entry.table.get("each") {
                let mend = format!("`each` works in {}", LISTS.join(", "));
                sink.error(each.pos, format!("`each` does not work in {name}"), mend);
            }
        }
    }
    for list in LISTS {
        if !doc.list(list).iter().any(|e| e.table.get("each").is_some()) {
            continue;
        }
        let mut made = Vec::new();
        {
            let names = Names::of(doc);
            for entry in doc.list(list) {
                match entry.table.get("each") {
                    Some(each) => repeat(entry, each, &names, &mut made, sink),
                    None => made.push(entry.clone()),
                }
            }
        }
        let mut ids = BTreeSet::new();
        made.retain(|e: &Entry| match &e.id {
            Some(id) if !ids.insert(id.clone()) => {
                let mend = "make the ids differ with {code}, {id} or {n}".to_owned();
                sink.error(e.pos, format!("{list} gets `{id}` twice"), mend);
                false
            }
            _ => true,
        });
        doc.lists.insert(list, made);
    }
}

fn repeat(entry: &Entry, each: &Node, names: &Names<'_>, out: &mut Vec<Entry>, sink: &Sink) {
    let Value::Table(choice) = &each.value else {
        let mend = "write each = { zones = \"all\" }".to_owned();
        sink.error(each.pos, format!("`each` must be a table, not {}", each.value.kind()), mend);
        return;
    };
    let row = Row::new(choice, each.pos, "`each`".to_owned(), sink);
    let mut found = None;
    for what in ["zones", "call_servers", "psaps"] {
        if let Some(node) = row.get(what) {
            found = Some((what, names.select(what, node, sink)));
        }
    }
    row.finish();
    let Some((what, chosen)) = found else {
        let mend = "write each = { zones = … }, { call_servers = … } or { psaps = … }".to_owned();
        sink.error(each.pos, "`each` does not say for what", mend);
        return;
    };
    for (n, i) in chosen.into_iter().enumerate() {
        let (source, keys): (Option<&&Table>, &[&str]) = match what {
            "zones" => (names.zones.get(i), &["code", "name"]),
            "call_servers" => (names.servers.get(i), &["id", "name", "site"]),
            _ => (names.psaps.get(i), &["id", "name", "zone"]),
        };
        let Some(source) = source else { continue };
        let number = n + 1;
        let mut words: Vec<(&str, String)> =
            keys.iter().filter_map(|k| Some((*k, source.str(k)?.to_owned()))).collect();
        words.push(("n", number.to_string()));
        words.push(("n2", format!("{:02}", number % 100)));
        words.push(("nn", format!("{:02} {:02}", number / 100 % 100, number % 100)));
        let mut table =
            Table { entries: entry.table.entries.iter().filter(|(k, _)| k.name != "each").cloned().collect() };
        for (_, node) in &mut table.entries {
            fill(node, &words, sink);
        }
        out.push(Entry { id: table.str("id").map(str::to_owned), pos: entry.pos, table, made: true });
    }
}

/// Replaces `{word}` in every text of a node.
fn fill(node: &mut Node, words: &[(&str, String)], sink: &Sink) {
    match &mut node.value {
        Value::Str(text) if text.contains('{') => {
            for (word, value) in words {
                let mark = format!("{{{word}}}");
                if text.contains(&mark) {
                    *text = text.replace(&mark, value);
                }
            }
            if text.contains('{') {
                let known: Vec<String> = words.iter().map(|(w, _)| format!("{{{w}}}")).collect();
                sink.error(node.pos, format!("\"{text}\" has a mark that `each` does not fill"), known.join(", "));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|n| fill(n, words, sink)),
        Value::Table(table) => table.entries.iter_mut().for_each(|(_, n)| fill(n, words, sink)),
        _ => {}
    }
}

/// Works out sizing rules: `positions = { at, occupancy, safety, min }`, `trunks = { per_position, min }`,
/// `lines = { per_trunk, min }`.
pub(super) fn size_positions(doc: &mut Doc, sink: &Sink) {
    let is_rule = |table: &Table, key: &str| matches!(table.get(key).map(|n| &n.value), Some(Value::Table(_)));
    let wanted = doc.list("psaps").iter().any(|e| is_rule(&e.table, "positions") || is_rule(&e.table, "trunks"))
        || doc.list("substitutes").iter().any(|e| is_rule(&e.table, "lines"));
    if !wanted {
        return;
    }
    // The network as it stands at the end of this layer; its mistakes are reported at the end, not here.
    let muted = Sink::default();
    let network = build::for_sizing(doc, &Names::of(doc), &muted);
    let loads = Loads::of(&network);
    let mut trunks_of: BTreeMap<String, f64> = BTreeMap::new();
    let mut new_positions = Vec::new();
    for (i, entry) in doc.list("psaps").iter().enumerate() {
        let row = entry.row("psaps", i, sink);
        let psap = network.psaps.get(i);
        let positions = match (entry.table.get("positions").map(|n| &n.value), psap) {
            (Some(Value::Table(_)), Some(psap)) => positions_by_rule(&row, psap, loads.of_psap(i)),
            _ => None,
        };
        let most = positions.as_ref().map_or_else(
            || psap.map_or(0, |p| p.positions.iter().map(|(_, n)| *n).max().unwrap_or(0)),
            |p| p.iter().map(|(_, n)| *n).max().unwrap_or(0),
        );
        let trunks = per_unit(&row, "trunks", "per_position", f64::from(most));
        let trunks_now = trunks.or_else(|| psap.map(|p| f64::from(p.trunks))).unwrap_or(0.0);
        if let Some(id) = &entry.id {
            trunks_of.insert(id.clone(), trunks_now);
        }
        new_positions.push((positions, trunks));
    }
    let mut new_lines = Vec::new();
    for (i, entry) in doc.list("substitutes").iter().enumerate() {
        let row = entry.row("substitutes", i, sink);
        let trunks = entry.table.str("psap").and_then(|p| trunks_of.get(p)).copied().unwrap_or(0.0);
        new_lines.push(per_unit(&row, "lines", "per_trunk", trunks));
    }
    if let Some(psaps) = doc.lists.get_mut("psaps") {
        for (entry, (positions, trunks)) in psaps.iter_mut().zip(new_positions) {
            if let Some(points) = positions {
                set(&mut entry.table, "positions", |pos| positions_value(&points, pos));
            }
            if let Some(n) = trunks {
                set(&mut entry.table, "trunks", |_| Value::Int(n as i64));
            }
        }
    }
    if let Some(substitutes) = doc.lists.get_mut("substitutes") {
        for (entry, lines) in substitutes.iter_mut().zip(new_lines) {
            if let Some(n) = lines {
                set(&mut entry.table, "lines", |_| Value::Int(n as i64));
            }
        }
    }
}

fn set(table: &mut Table, key: &str, value: impl Fn(Pos) -> Value) {
    if let Some((_, node)) = table.entries.iter_mut().find(|(k, _)| k.name == key) {
        node.value = value(node.pos);
    }
}

fn positions_value(points: &[(u16, u32)], pos: Pos) -> Value {
    let point = |(minute, n): &(u16, u32)| {
        let time = Node { pos, value: Value::Str(format!("{:02}:{:02}", minute / 60, minute % 60)) };
        let count = Node { pos, value: Value::Int(i64::from(*n)) };
        Node { pos, value: Value::Array(vec![time, count]) }
    };
    Value::Array(points.iter().map(point).collect())
}

/// Positions = load / occupancy + safety × √load, load = mean arrival rate of the shift × mean handling time
/// (erlangs); rounded up, not below `min`.
fn positions_by_rule(row: &Row<'_>, psap: &Psap, rate_at: impl Fn(usize) -> f64) -> Option<Vec<(u16, u32)>> {
    let rule = row.inner("positions")?;
    let at = rule.get("at").map(|n| super::read::list(n, "at", row.sink)).unwrap_or_default();
    let mut shifts: Vec<u16> = at.iter().filter_map(|n| minute_of_day(n, "at", row.sink)).collect();
    if shifts.is_empty() {
        shifts.push(0);
    }
    shifts.sort_unstable();
    let occupancy = rule.need_num("occupancy", Is(Unit::Number, 0.05, 3.0));
    let safety = rule.num("safety", Is(Unit::Number, 0.0, 10.0)).unwrap_or(0.0);
    let min = rule.num("min", Is(Unit::Whole, 0.0, MANY)).unwrap_or(1.0);
    rule.get("grade");
    rule.get("source");
    rule.finish();
    let occupancy = occupancy?;
    let points = shifts.iter().enumerate().map(|(i, from)| {
        let to = shifts.get(i + 1).copied().unwrap_or(1440 + shifts[0]);
        let quarters = (usize::from(to - from) / 15).max(1);
        let first = usize::from(*from) / 15;
        let mean = (first..first + quarters).map(&rate_at).sum::<f64>() / quarters as f64;
        let load = mean * psap.handling.mean();
        let n = (load / occupancy + safety * load.sqrt()).ceil().max(min);
        (*from, n as u32)
    });
    Some(points.collect())
}

/// A count given as a rule: `base × factor`, rounded up, not below `min`.
fn per_unit(row: &Row<'_>, key: &'static str, factor: &'static str, base: f64) -> Option<f64> {
    if !matches!(row.table.get(key).map(|n| &n.value), Some(Value::Table(_))) {
        return None;
    }
    let rule = row.inner(key)?;
    let per = rule.need_num(factor, Is(Unit::Number, 0.0, 1000.0));
    let min = rule.num("min", Is(Unit::Whole, 0.0, MANY)).unwrap_or(1.0);
    rule.get("grade");
    rule.get("source");
    rule.finish();
    Some((base * per?).ceil().max(min))
}

/// Quarters of an hour in a day.
const QUARTERS: usize = 96;

/// Arrivals per second at each psap by quarter of an hour, whatever the day of the week.
struct Loads {
    /// For each psap: (needs per second at profile 1, profile).
    streams: Vec<Vec<(f64, u16)>>,
    /// For each profile: its value in the middle of each quarter.
    shapes: Vec<[f64; QUARTERS]>,
}

impl Loads {
    fn of(network: &Network) -> Self {
        let services = network.services.len();
        let mut by_cell: Vec<Vec<(f64, u16)>> = vec![Vec::new(); network.zones.len() * services];
        for d in &network.demand {
            if let Some(cell) = by_cell.get_mut(d.zone.index() * services + d.service.index()) {
                cell.push((d.per_day.value / 86_400.0, d.profile));
            }
        }
        let mut streams = vec![Vec::new(); network.psaps.len()];
        for row in &network.translation {
            let total: f64 = row.to.iter().map(|(_, w)| w).sum();
            let Some(cell) = by_cell.get(row.zone.index() * services + row.service.index()) else { continue };
            for (psap, weight) in &row.to {
                if let Some(of) = streams.get_mut(psap.index()) {
                    of.extend(cell.iter().map(|(rate, profile)| (rate * weight / total, *profile)));
                }
            }
        }
        // Day 7 does not exist: the factor of the day of the week stays out.
        let middle = |quarter: usize| quarter as f64 * 15.0 + 7.5;
        let shapes = network.profiles.iter().map(|p| std::array::from_fn(|q| p.value(middle(q), 7))).collect();
        Self { streams, shapes }
    }

    fn of_psap(&self, i: usize) -> impl Fn(usize) -> f64 + '_ {
        move |quarter| {
            let streams = self.streams.get(i).map_or(&[][..], Vec::as_slice);
            let shape = |profile: u16| self.shapes.get(usize::from(profile)).map_or(1.0, |s| s[quarter % QUARTERS]);
            streams.iter().map(|(rate, profile)| rate * shape(*profile)).sum()
        }
    }
}
