//! A parsed scenario file as a tree that remembers where each value stands, and the list of mistakes.

use std::cell::RefCell;

use toml::de::{DeTable, DeValue};

use super::source::{ScenarioError, ScenarioErrors, Source};
use super::{Figure, Grade};

/// Where something stands: layer and byte offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct Pos {
    pub file: u16,
    pub at: u32,
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub pos: Pos,
    pub value: Value,
}

/// A TOML value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Str(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    /// A TOML date or time, as written.
    Time(String),
    Array(Vec<Node>),
    Table(Table),
}

impl Value {
    /// What it is, in words of a message.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Str(_) => "a text",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Time(_) => "a date or time",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// A table: entries in file order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Table {
    pub entries: Vec<(Key, Node)>,
}

/// A key and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub name: String,
    pub pos: Pos,
}

impl Table {
    pub fn get(&self, name: &str) -> Option<&Node> {
        self.entries.iter().find(|(k, _)| k.name == name).map(|(_, n)| n)
    }

    pub fn str(&self, name: &str) -> Option<&str> {
        match self.get(name).map(|n| &n.value) {
            Some(Value::Str(s)) => Some(s),
            _ => None,
        }
    }

    /// Sets an entry, replacing value and place of one that exists.
    pub fn set(&mut self, key: Key, node: Node) {
        match self.entries.iter_mut().find(|(k, _)| k.name == key.name) {
            Some(entry) => *entry = (key, node),
            None => self.entries.push((key, node)),
        }
    }

    pub fn take(&mut self, name: &str) -> Option<Node> {
        let i = self.entries.iter().position(|(k, _)| k.name == name)?;
        Some(self.entries.remove(i).1)
    }
}

/// Mistakes and graded figures, gathered while reading. Shared by `&`: readers hold it at many places.
#[derive(Default)]
pub(super) struct Sink {
    mistakes: RefCell<Vec<Mistake>>,
    figures: RefCell<Vec<Figure>>,
}

struct Mistake {
    pos: Pos,
    message: String,
    mend: Option<String>,
}

impl Sink {
    /// Notes a mistake.
    pub fn error(&self, pos: Pos, message: impl Into<String>, mend: impl Into<Option<String>>) {
        self.mistakes.borrow_mut().push(Mistake { pos, message: message.into(), mend: mend.into() });
    }

    /// Notes a figure that carries its grade, range or source.
    pub fn figure(&self, figure: Figure) {
        self.figures.borrow_mut().push(figure);
    }

    pub fn is_empty(&self) -> bool {
        self.mistakes.borrow().is_empty()
    }

    /// The graded figures in order.
    pub fn figures(self) -> Vec<Figure> {
        self.figures.into_inner()
    }

    /// The mistakes in order of layer and place, each once.
    pub fn into_errors(self, files: &[Source]) -> ScenarioErrors {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by(|a, b| a.pos.cmp(&b.pos).then_with(|| a.message.cmp(&b.message)));
        mistakes.dedup_by(|a, b| a.pos == b.pos && a.message == b.message);
        let place = |pos: Pos| {
            let text = files.get(usize::from(pos.file)).map_or("", |s| s.text.as_str());
            let before = text.get(..(pos.at as usize).min(text.len())).unwrap_or_default();
            let line = before.matches('\n').count() as u32 + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
            (line, column)
        };
        ScenarioErrors(
            mistakes
                .into_iter()
                .map(|m| {
                    let (line, column) = place(m.pos);
                    let file = files.get(usize::from(m.pos.file)).map_or_else(String::new, |s| s.name.clone());
                    ScenarioError { file, line, column, message: m.message, mend: m.mend }
                })
                .collect(),
        )
    }
}

/// Parses one layer; syntax errors go to the sink and what could be read is returned.
pub(super) fn parse(file: u16, text: &str, sink: &Sink) -> Table {
    let (root, errors) = DeTable::parse_recoverable(text);
    // One broken line often yields several reports: the first of a line says it.
    let mut last_line = None;
    for error in errors {
        let at = error.span().map_or(0, |s| s.start);
        let line = text.get(..at).map_or(0, |t| t.matches('\n').count());
        if last_line != Some(line) {
            let message = format!("not TOML: {}", error.message().replace('\n', ", "));
            sink.error(Pos { file, at: at as u32 }, message, None);
        }
        last_line = Some(line);
    }
    table(file, root.into_inner(), sink)
}

fn table(file: u16, table: DeTable<'_>, sink: &Sink) -> Table {
    let entries = table
        .into_iter()
        .map(|(key, value)| {
            let pos = Pos { file, at: key.span().start as u32 };
            let name = key.into_inner().into_owned();
            let node = node(file, value, sink);
            (Key { name, pos }, node)
        })
        .collect();
    Table { entries }
}

fn node(file: u16, value: toml::Spanned<DeValue<'_>>, sink: &Sink) -> Node {
    let pos = Pos { file, at: value.span().start as u32 };
    let value = match value.into_inner() {
        DeValue::String(s) => Value::Str(s.into_owned()),
        DeValue::Integer(i) => {
            if let Ok(n) = i64::from_str_radix(i.as_str(), i.radix()) {
                Value::Int(n)
            } else {
                sink.error(pos, "this whole number is too large", None);
                Value::Int(0)
            }
        }
        DeValue::Float(x) => Value::Float(x.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(b) => Value::Bool(b),
        DeValue::Datetime(t) => Value::Time(t.to_string()),
        DeValue::Array(items) => Value::Array(items.into_iter().map(|v| node(file, v, sink)).collect()),
        DeValue::Table(t) => Value::Table(table(file, t, sink)),
    };
    Node { pos, value }
}

/// The grade with this mark.
pub(super) fn grade(mark: &str) -> Option<Grade> {
    Some(match mark {
        "D" => Grade::D,
        "D-" => Grade::DWeak,
        "I" => Grade::I,
        "M" => Grade::M,
        "U" => Grade::U,
        _ => return None,
    })
}

/// The nearest of the known words, if one is near enough to be what was meant.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    known.into_iter().map(|k| (distance(word, k, limit), k)).filter(|(d, _)| *d <= limit).min().map(|(_, k)| k)
}

/// "did you mean …", or the list of what is known when it is short.
pub(super) fn suggest(word: &str, known: &[&str], what: &str) -> String {
    if let Some(near) = nearest(word, known.iter().copied()) {
        return format!("did you mean `{near}`?");
    }
    match known.len() {
        0 => format!("there are no {what}"),
        1..=24 => format!("known {what}: {}", known.join(", ")),
        n => format!("there are {n} {what}, for instance `{}`", known.first().copied().unwrap_or_default()),
    }
}

/// Edits (insert, delete, change, swap of neighbours) from one word to another; anything above `limit` may
/// be reported as `limit + 1`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let width = b.len() + 1;
    let mut rows = vec![0usize; (a.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            let here = if i == 0 || j == 0 {
                i + j
            } else {
                let same = usize::from(a[i - 1] != b[j - 1]);
                let mut best = (rows[at(i - 1, j)] + 1).min(rows[at(i, j - 1)] + 1).min(rows[at(i - 1, j - 1)] + same);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    best = best.min(rows[at(i - 2, j - 2)] + 1);
                }
                best
            };
            rows[at(i, j)] = here;
        }
    }
    rows[at(a.len(), b.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("trunk", ["trunks", "target"]), Some("trunks"));
        assert_eq!(nearest("positoins", ["positions", "patience"]), Some("positions"));
        assert_eq!(nearest("zzz", ["positions", "patience"]), None);
    }

    #[test]
    fn places_are_lines_and_columns_in_characters() {
        let sink = Sink::default();
        let text = "é = 1\nb = [ 'é', 12 ]\n";
        let at = text.find("12").unwrap() as u32;
        sink.error(Pos { file: 0, at }, "x", None);
        let errors = sink.into_errors(&[Source { name: "f".into(), text: text.into() }]);
        assert_eq!(errors.to_string(), "f:2:12: x");
    }
}
