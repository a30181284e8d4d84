//! Choosing elements by id or by property: `"cs-lille"`, `["a", "b"]`, `"all"`,
//! `{ software = "cs-7.2" }`, `{ kind = "samu", zones = { region = "32" } }`.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::doc::{Node, Pos, Sink, Table, Value, suggest};
use super::merge::Doc;
use super::read::{Row, strs, text};
use super::{Element, GroupId, PsapId, ServerId};

/// A choice by property and the rows it chose.
type Choice = (Table, Vec<usize>);

/// What rows are called and what they can be chosen by; indices are those of the rows.
#[derive(Default)]
pub(super) struct Names<'a> {
    pub zones: Vec<&'a Table>,
    pub zone_index: BTreeMap<&'a str, usize>,
    pub servers: Vec<&'a Table>,
    pub server_index: BTreeMap<&'a str, usize>,
    pub groups: Vec<&'a Table>,
    pub group_index: BTreeMap<&'a str, usize>,
    pub psaps: Vec<&'a Table>,
    pub psap_index: BTreeMap<&'a str, usize>,
    pub services: Vec<&'a str>,
    pub lines: Vec<&'a Table>,
    pub profiles: Vec<&'a str>,
    pub substitutes: Vec<&'a Table>,
    /// Choices by property already made: rows repeated by `each` bring the same one many times.
    made: RefCell<BTreeMap<(&'static str, Pos), Choice>>,
}

impl<'a> Names<'a> {
    pub fn of(doc: &'a Doc) -> Self {
        let tables = |list| doc.list(list).iter().map(|e| &e.table).collect::<Vec<_>>();
        let index = |list| -> BTreeMap<&'a str, usize> {
            let rows = doc.list(list).iter().enumerate();
            rows.filter_map(|(i, e)| Some((e.id.as_deref()?, i))).collect()
        };
        let ids = |list| doc.list(list).iter().map(|e| e.id.as_deref().unwrap_or_default()).collect::<Vec<_>>();
        Self {
            zones: tables("zones"),
            zone_index: index("zones"),
            servers: tables("call_servers"),
            server_index: index("call_servers"),
            groups: tables("trunk_groups"),
            group_index: index("trunk_groups"),
            psaps: tables("psaps"),
            psap_index: index("psaps"),
            services: ids("services"),
            lines: tables("lines"),
            profiles: ids("profiles"),
            substitutes: tables("substitutes"),
            made: RefCell::default(),
        }
    }

    /// Index of an id, or a mistake with a suggestion.
    pub fn find(&self, what: &str, id: &str, pos: Pos, sink: &Sink) -> Option<usize> {
        let found = match what {
            "zones" => self.zone_index.get(id).copied(),
            "call_servers" => self.server_index.get(id).copied(),
            "trunk_groups" => self.group_index.get(id).copied(),
            "psaps" => self.psap_index.get(id).copied(),
            "services" => self.services.iter().position(|s| *s == id),
            "profiles" => self.profiles.iter().position(|s| *s == id),
            _ => self.rows(what).iter().position(|t| t.str("id") == Some(id)),
        };
        if found.is_none() {
            sink.error(pos, format!("{what} has no `{id}`"), suggest(id, &self.known(what), what));
        }
        found
    }

    fn rows(&self, what: &str) -> &[&'a Table] {
        match what {
            "zones" => &self.zones,
            "call_servers" => &self.servers,
            "trunk_groups" => &self.groups,
            "psaps" => &self.psaps,
            "lines" => &self.lines,
            "substitutes" => &self.substitutes,
            _ => &[],
        }
    }

    fn known(&self, what: &str) -> Vec<&'a str> {
        match what {
            "services" => self.services.iter().copied().filter(|s| !s.is_empty()).collect(),
            "profiles" => self.profiles.iter().copied().filter(|s| !s.is_empty()).collect(),
            "zones" => self.zones.iter().filter_map(|t| t.str("code")).collect(),
            _ => self.rows(what).iter().filter_map(|t| t.str("id")).collect(),
        }
    }

    /// The rows of a list that a selector chooses, ascending. Choosing nothing is a mistake.
    pub fn select(&self, what: &'static str, node: &Node, sink: &Sink) -> Vec<usize> {
        let rows = self.rows(what);
        let mut chosen = match &node.value {
            Value::Str(s) if s == "all" => (0..rows.len()).collect(),
            Value::Table(t) => {
                // The same place can hold different choices once `each` has filled its marks.
                if let Some((before, rows)) = self.made.borrow().get(&(what, node.pos))
                    && before == t
                {
                    return rows.clone();
                }
                let rows = self.by_property(what, t, node.pos, sink);
                self.made.borrow_mut().insert((what, node.pos), (t.clone(), rows.clone()));
                return rows;
            }
            _ => {
                let ids = strs(node, what, sink);
                ids.into_iter().filter_map(|(id, pos)| self.find(what, id, pos, sink)).collect::<Vec<_>>()
            }
        };
        chosen.sort_unstable();
        chosen.dedup();
        chosen
    }

    fn by_property(&self, what: &'static str, table: &Table, pos: Pos, sink: &Sink) -> Vec<usize> {
        let row = Row::new(table, pos, format!("the choice of {what}"), sink);
        let mut chosen: Vec<usize> = (0..self.rows(what).len()).collect();
        let keep = |key: &'static str, chosen: &mut Vec<usize>| {
            let wanted = row.strs(key);
            if !wanted.is_empty() {
                chosen.retain(|i| wanted.iter().any(|(w, _)| self.has(what, *i, key, w)));
            }
        };
        let properties: &[&'static str] = match what {
            "zones" => &["region", "tag"],
            "call_servers" => &["software", "site", "tag"],
            "psaps" => &["kind", "connection", "services", "tag"],
            "trunk_groups" => &["tag"],
            "lines" => &["operator", "access"],
            "substitutes" => &["path", "tag"],
            _ => &[],
        };
        for key in properties {
            keep(key, &mut chosen);
        }
        if what == "psaps"
            && let Some(zones) = row.get("zones")
        {
            let zones = self.select("zones", zones, sink);
            chosen.retain(|i| {
                let zone = self.psaps.get(*i).and_then(|t| t.str("zone"));
                zone.and_then(|z| self.zone_index.get(z)).is_some_and(|z| zones.contains(z))
            });
        }
        if what == "trunk_groups"
            && let Some(from) = row.get("from")
        {
            let from = self.select("call_servers", from, sink);
            chosen.retain(|i| {
                let server = self.groups.get(*i).and_then(|t| t.str("from"));
                server.and_then(|s| self.server_index.get(s)).is_some_and(|s| from.contains(s))
            });
        }
        if what == "substitutes"
            && let Some(psaps) = row.get("psaps")
        {
            let psaps = self.select("psaps", psaps, sink);
            chosen.retain(|i| {
                let psap = self.substitutes.get(*i).and_then(|t| t.str("psap"));
                psap.and_then(|p| self.psap_index.get(p)).is_some_and(|p| psaps.contains(p))
            });
        }
        let before_except = chosen.len();
        if let Some(except) = row.get("except") {
            let except = self.select(what, except, sink);
            chosen.retain(|i| !except.contains(i));
        }
        row.finish();
        if chosen.is_empty() {
            let mend = if before_except == 0 { "no row has these properties" } else { "`except` leaves none" };
            sink.error(pos, format!("this chooses none of the {what}"), mend.to_owned());
        }
        chosen
    }

    fn has(&self, what: &str, i: usize, key: &str, wanted: &str) -> bool {
        let Some(table) = self.rows(what).get(i) else { return false };
        match key {
            "tag" => has_word(table, "tags", wanted),
            "services" => has_word(table, "services", wanted),
            "region" => table.str("region_code") == Some(wanted) || table.str("region") == Some(wanted),
            "connection" => table.str(key).unwrap_or("pstn") == wanted,
            "kind" => table.str(key).unwrap_or("other") == wanted,
            _ => table.str(key) == Some(wanted),
        }
    }

    /// The elements an event or lever acts on, in the order written.
    pub fn elements(&self, node: &Node, sink: &Sink) -> Vec<Element> {
        let server = |i: usize| Element::Server(ServerId(i as u16));
        let group = |i: usize| Element::Group(GroupId(i as u16));
        let psap = |i: usize| Element::Psap(PsapId(i as u16));
        let Value::Table(table) = &node.value else {
            let ids = strs(node, "on", sink);
            return ids.into_iter().filter_map(|(id, pos)| self.element(id, pos, sink)).collect();
        };
        let row = Row::new(table, node.pos, "the choice `on`".to_owned(), sink);
        let mut out = Vec::new();
        if row.get("software").is_some() || row.get("site").is_some() {
            return self.select("call_servers", node, sink).into_iter().map(server).collect();
        }
        if let Some(n) = row.get("call_servers") {
            out.extend(self.select("call_servers", n, sink).into_iter().map(server));
        }
        if let Some(n) = row.get("trunk_groups") {
            out.extend(self.select("trunk_groups", n, sink).into_iter().map(group));
        }
        if let Some(n) = row.get("psaps") {
            out.extend(self.select("psaps", n, sink).into_iter().map(psap));
        }
        row.finish();
        out
    }

    /// A call server, trunk group or psap by its id.
    pub fn element(&self, id: &str, pos: Pos, sink: &Sink) -> Option<Element> {
        if let Some(i) = self.server_index.get(id) {
            return Some(Element::Server(ServerId(*i as u16)));
        }
        if let Some(i) = self.group_index.get(id) {
            return Some(Element::Group(GroupId(*i as u16)));
        }
        if let Some(i) = self.psap_index.get(id) {
            return Some(Element::Psap(PsapId(*i as u16)));
        }
        let mut known = self.known("call_servers");
        known.extend(self.known("trunk_groups"));
        known.extend(self.known("psaps"));
        let message = format!("no call server, trunk group or psap is called `{id}`");
        sink.error(pos, message, suggest(id, &known, "elements"));
        None
    }
}

/// Is the word in the list (or the single text) of this key?
fn has_word(table: &Table, key: &str, word: &str) -> bool {
    match table.get(key).map(|n| &n.value) {
        Some(Value::Str(s)) => s == word,
        Some(Value::Array(items)) => items.iter().any(|n| matches!(&n.value, Value::Str(s) if s == word)),
        _ => false,
    }
}

/// One id given as text.
pub(super) fn id_of<'n>(node: &'n Node, key: &str, sink: &Sink) -> Option<(&'n str, Pos)> {
    text(node, key, sink).map(|s| (s, node.pos))
}
