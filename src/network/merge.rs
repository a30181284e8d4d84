//! Layers become one document: a later layer adds rows, patches fields by id, or removes rows; anything
//! else is a mistake. Every value keeps the place of the layer that set it.

use std::collections::BTreeMap;

use super::doc::{Key, Node, Pos, Sink, Table, Value, suggest};
use super::each;
use super::read::{Row, strs, text};
use super::select::Names;
use super::source::Source;

/// Tables that exist once.
pub(super) const SINGLES: [&str; 4] = ["scenario", "network", "callers", "visibility"];

/// Lists of rows, with the key that identifies a row.
pub(super) const LISTS: [(&str, &str); 14] = [
    ("zones", "code"),
    ("services", "code"),
    ("operators", "id"),
    ("lines", "id"),
    ("profiles", "id"),
    ("demand", "id"),
    ("psaps", "id"),
    ("call_servers", "id"),
    ("trunk_groups", "id"),
    ("routes", "id"),
    ("translation", "id"),
    ("substitutes", "id"),
    ("events", "id"),
    ("levers", "id"),
];

/// One row of a list.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// Its id; rows without one cannot be patched.
    pub id: Option<String>,
    pub pos: Pos,
    pub table: Table,
    /// Made by `each` from a pattern row.
    pub made: bool,
}

impl Entry {
    pub fn row<'a>(&'a self, list: &str, index: usize, sink: &'a Sink) -> Row<'a> {
        let path = match &self.id {
            Some(id) => format!("{list}.{id}"),
            None => format!("{list}[{index}]"),
        };
        Row::new(&self.table, self.pos, path, sink)
    }
}

/// All layers as one.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Doc {
    pub singles: BTreeMap<&'static str, (Pos, Table)>,
    pub lists: BTreeMap<&'static str, Vec<Entry>>,
    pub truth: Vec<Entry>,
    /// Start of the last layer: where "there is no …" is reported.
    pub end: Pos,
}

impl Doc {
    pub fn list(&self, name: &str) -> &[Entry] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    fn index_of(&self, list: &str, id: &str) -> Option<usize> {
        self.list(list).iter().position(|e| e.id.as_deref() == Some(id))
    }

    fn ids(&self, list: &str) -> Vec<&str> {
        self.list(list).iter().filter_map(|e| e.id.as_deref()).collect()
    }
}

/// Merges parsed layers, base first.
pub(super) fn merge(files: &[Source], layers: Vec<Table>, sink: &Sink) -> Doc {
    let mut doc = Doc::default();
    for (file, layer) in layers.into_iter().enumerate() {
        let file = file as u16;
        doc.end = Pos { file, at: 0 };
        add_layer(&mut doc, file, layer, files, sink);
    }
    doc
}

fn add_layer(doc: &mut Doc, file: u16, mut layer: Table, files: &[Source], sink: &Sink) {
    if let Some(layers) = layer.take("layers") {
        strs(&layers, "layers", sink);
    }
    if let Some(remove) = layer.take("remove") {
        for (what, pos) in strs(&remove, "remove", sink) {
            remove_row(doc, what, pos, sink);
        }
    }
    let patches = layer.take("patch");
    let mut seen: BTreeMap<&'static str, BTreeMap<String, Pos>> = BTreeMap::new();
    for (key, node) in layer.entries {
        if let Some(name) = SINGLES.into_iter().find(|s| *s == key.name) {
            add_single(doc, name, &key, node, files, sink);
        } else if let Some((name, id_key)) = LISTS.into_iter().find(|(s, _)| *s == key.name) {
            let seen = seen.entry(name).or_default();
            for (pos, table) in rows(node, name, sink) {
                add_row(doc, name, id_key, Entry { id: None, pos, table, made: false }, seen, files, sink);
            }
        } else if key.name == "truth" {
            let truth = rows(node, "truth", sink);
            doc.truth.extend(truth.into_iter().map(|(pos, table)| Entry { id: None, pos, table, made: false }));
        } else {
            let mut known: Vec<&str> = SINGLES.to_vec();
            known.extend(LISTS.iter().map(|(l, _)| *l));
            known.extend(["truth", "patch", "remove", "layers"]);
            let message = format!("unknown table or key `{}`", key.name);
            sink.error(key.pos, message, suggest(&key.name, &known, "tables"));
        }
    }
    each::expand(doc, file, sink);
    if let Some(patches) = patches {
        let mut set = BTreeMap::new();
        for (pos, table) in rows(patches, "patch", sink) {
            patch(doc, file, pos, table, &mut set, sink);
        }
    }
    each::size_positions(doc, sink);
}

/// The tables of a list of tables.
fn rows(node: Node, name: &str, sink: &Sink) -> Vec<(Pos, Table)> {
    let pos = node.pos;
    let mend = || format!("write [[{name}]] before each row");
    let Value::Array(items) = node.value else {
        sink.error(pos, format!("`{name}` must be a list of tables, not {}", node.value.kind()), mend());
        return Vec::new();
    };
    items
        .into_iter()
        .filter_map(|item| match item.value {
            Value::Table(t) => Some((item.pos, t)),
            other => {
                sink.error(item.pos, format!("a row of `{name}` must be a table, not {}", other.kind()), mend());
                None
            }
        })
        .collect()
}

fn add_single(doc: &mut Doc, name: &'static str, key: &Key, node: Node, files: &[Source], sink: &Sink) {
    let Value::Table(table) = node.value else {
        let message = format!("`{name}` must be a table, not {}", node.value.kind());
        sink.error(key.pos, message, format!("write [{name}]"));
        return;
    };
    if let Some((before, _)) = doc.singles.get(name) {
        let message = format!("[{name}] is already set by {}", file_name(files, before.file));
        sink.error(key.pos, message, format!("change fields of it with [[patch]] in = \"{name}\""));
        return;
    }
    doc.singles.insert(name, (key.pos, table));
}

fn add_row(
    doc: &mut Doc,
    name: &'static str,
    id_key: &'static str,
    mut entry: Entry,
    seen: &mut BTreeMap<String, Pos>,
    files: &[Source],
    sink: &Sink,
) {
    // A pattern row gets its ids when it is repeated.
    let pattern = entry.table.get("each").is_some();
    entry.id = entry.table.str(id_key).filter(|_| !pattern).map(str::to_owned);
    if let Some(id) = &entry.id {
        if seen.contains_key(id) {
            let message = format!("{name} has `{id}` twice in this file");
            sink.error(entry.pos, message, "give one of them another id".to_owned());
            return;
        }
        if let Some(before) = doc.index_of(name, id) {
            let before = doc.list(name).get(before).map_or(0, |e| e.pos.file);
            let message = format!("{name} has `{id}` already from {}", file_name(files, before));
            let mend = format!("change fields of it with [[patch]] in = \"{name}\", id = \"{id}\"");
            sink.error(entry.pos, message, mend);
            return;
        }
        seen.insert(id.clone(), entry.pos);
    }
    doc.lists.entry(name).or_default().push(entry);
}

fn remove_row(doc: &mut Doc, what: &str, pos: Pos, sink: &Sink) {
    let Some((list, id)) = what.split_once('.') else {
        let mend = "write it as \"psaps.samu-59\"".to_owned();
        sink.error(pos, format!("cannot remove \"{what}\""), mend);
        return;
    };
    let Some((list, _)) = LISTS.into_iter().find(|(l, _)| *l == list) else {
        let known: Vec<&str> = LISTS.iter().map(|(l, _)| *l).collect();
        sink.error(pos, format!("cannot remove from \"{list}\""), suggest(list, &known, "lists"));
        return;
    };
    match doc.index_of(list, id) {
        Some(i) => {
            if let Some(rows) = doc.lists.get_mut(list) {
                rows.remove(i);
            }
        }
        None => sink.error(
            pos,
            format!("cannot remove `{id}`: no earlier layer has it in {list}"),
            suggest(id, &doc.ids(list), list),
        ),
    }
}

/// Fields set by patches of one layer: (list, id, field).
type Set = BTreeMap<(String, String, String), Pos>;

fn patch(doc: &mut Doc, file: u16, pos: Pos, mut table: Table, set: &mut Set, sink: &Sink) {
    let Some(target) = table.take("in") else {
        sink.error(pos, "this patch does not say `in` which list", "add in = \"psaps\"".to_owned());
        return;
    };
    let Some(name) = text(&target, "in", sink) else { return };
    let id = table.take("id");
    if let Some(single) = SINGLES.into_iter().find(|s| *s == name) {
        if let Some(id) = id {
            sink.error(id.pos, format!("[{single}] exists once and has no id"), "leave `id` out".to_owned());
        }
        match doc.singles.get_mut(single) {
            Some((_, row)) => apply(row, (single, ""), &table, set, sink),
            None => sink.error(target.pos, format!("no earlier layer has [{single}]"), format!("write [{single}]")),
        }
        return;
    }
    let Some((list, id_key)) = LISTS.into_iter().find(|(l, _)| *l == name) else {
        let mut known: Vec<&str> = LISTS.iter().map(|(l, _)| *l).collect();
        known.extend(SINGLES);
        sink.error(target.pos, format!("there is no `{name}` to patch"), suggest(name, &known, "lists"));
        return;
    };
    let Some(id) = id else {
        sink.error(
            pos,
            format!("this patch of {list} has no `id`"),
            "add id = \"…\" or id = [\"…\", \"…\"]".to_owned(),
        );
        return;
    };
    if let Some((key, _)) = table.entries.iter().find(|(k, _)| k.name == id_key) {
        let mend = "remove the row and add another".to_owned();
        sink.error(key.pos, format!("a patch cannot change `{id_key}`"), mend);
        return;
    }
    for (i, at) in chosen(doc, list, &id, sink) {
        let Some(entry) = doc.lists.get_mut(list).and_then(|rows| rows.get_mut(i)) else { continue };
        let id = entry.id.clone().unwrap_or_default();
        if entry.pos.file == file && !entry.made {
            let mend = "change the row itself".to_owned();
            sink.error(at, format!("`{id}` is a row of this very file"), mend);
            continue;
        }
        apply(&mut entry.table, (list, &id), &table, set, sink);
    }
}

/// The rows that a patch names, by id or by property, with the place of the name.
fn chosen(doc: &Doc, list: &'static str, id: &Node, sink: &Sink) -> Vec<(usize, Pos)> {
    if matches!(id.value, Value::Table(_)) {
        let rows = Names::of(doc).select(list, id, sink);
        return rows.into_iter().map(|i| (i, id.pos)).collect();
    }
    let mut out = Vec::new();
    for (id, at) in strs(id, "id", sink) {
        match doc.index_of(list, id) {
            Some(i) => out.push((i, at)),
            None => sink.error(at, format!("{list} has no `{id}` to patch"), suggest(id, &doc.ids(list), list)),
        }
    }
    out
}

fn apply(row: &mut Table, (list, id): (&str, &str), fields: &Table, set: &mut Set, sink: &Sink) {
    for (key, node) in &fields.entries {
        let field = (list.to_owned(), id.to_owned(), key.name.clone());
        if set.insert(field, key.pos).is_some() {
            let mend = "keep one of the two".to_owned();
            sink.error(key.pos, format!("`{}` of {list}.{id} is patched twice in this file", key.name), mend);
            continue;
        }
        row.set(key.clone(), node.clone());
    }
}

fn file_name(files: &[Source], file: u16) -> &str {
    files.get(usize::from(file)).map_or("an earlier layer", |s| s.name.as_str())
}
