//! Readers for one row of a scenario: typed values with their ranges and units; every key asked for is
//! remembered, so that what is left over is a mistake with a suggestion.

use std::cell::RefCell;

use super::doc::{Node, Pos, Sink, Table, Value, grade, suggest};
use super::{Figure, Grade, Law, Param, Text};

/// One table of the scenario being read.
pub(super) struct Row<'a> {
    pub table: &'a Table,
    pub pos: Pos,
    /// Name in messages and figures: `psaps.samu-59`.
    pub path: String,
    pub sink: &'a Sink,
    asked: RefCell<Vec<&'static str>>,
}

/// What a number counts: decides how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// A plain number.
    Number,
    /// A whole number.
    Whole,
    /// A duration with its unit, read as seconds.
    Seconds,
}

/// A number's unit and allowed range.
#[derive(Debug, Clone, Copy)]
pub(super) struct Is(pub Unit, pub f64, pub f64);

/// A share or probability.
pub(super) const SHARE: Is = Is(Unit::Number, 0.0, 1.0);
/// A duration of at most a month.
pub(super) const DURATION: Is = Is(Unit::Seconds, 0.0, 31.0 * 86_400.0);

impl<'a> Row<'a> {
    pub fn new(table: &'a Table, pos: Pos, path: String, sink: &'a Sink) -> Self {
        Self { table, pos, path, sink, asked: RefCell::new(Vec::new()) }
    }

    /// A table inside this row, as a row of its own.
    pub fn inner(&self, key: &'static str) -> Option<Row<'a>> {
        let node = self.get(key)?;
        match &node.value {
            Value::Table(t) => Some(Row::new(t, node.pos, format!("{}.{key}", self.path), self.sink)),
            other => {
                self.sink.error(node.pos, format!("`{key}` must be a table, not {}", other.kind()), None);
                None
            }
        }
    }

    /// The node of a key, remembered as known.
    pub fn get(&self, key: &'static str) -> Option<&'a Node> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.table.get(key)
    }

    /// A key that must be there.
    pub fn need(&self, key: &'static str) -> Option<&'a Node> {
        let node = self.get(key);
        if node.is_none() {
            self.sink.error(self.pos, format!("{} has no `{key}`", self.path), format!("add `{key} = …`"));
        }
        node
    }

    /// Reports every key that nobody asked for.
    pub fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, _) in &self.table.entries {
            if !asked.contains(&key.name.as_str()) {
                let message = format!("unknown key `{}` in {}", key.name, self.path);
                self.sink.error(key.pos, message, suggest(&key.name, &asked, "keys"));
            }
        }
    }

    pub fn str(&self, key: &'static str) -> Option<&'a str> {
        text(self.get(key)?, key, self.sink)
    }

    pub fn need_str(&self, key: &'static str) -> Option<&'a str> {
        text(self.need(key)?, key, self.sink)
    }

    pub fn bool(&self, key: &'static str) -> Option<bool> {
        let node = self.get(key)?;
        match &node.value {
            Value::Bool(b) => Some(*b),
            other => {
                self.sink.error(node.pos, format!("`{key}` must be true or false, not {}", other.kind()), None);
                None
            }
        }
    }

    /// A text in both languages: a string, or `{ fr, en }`.
    pub fn text(&self, key: &'static str) -> Option<Text> {
        let node = self.get(key)?;
        match &node.value {
            Value::Str(s) => Some(Text { fr: s.clone(), en: s.clone() }),
            Value::Table(t) => {
                let row = Row::new(t, node.pos, format!("{}.{key}", self.path), self.sink);
                let (fr, en) = (row.need_str("fr"), row.need_str("en"));
                row.finish();
                Some(Text { fr: fr?.to_owned(), en: en?.to_owned() })
            }
            other => {
                let mend = "write \"…\" or { fr = \"…\", en = \"…\" }".to_owned();
                self.sink.error(node.pos, format!("`{key}` must be a text, not {}", other.kind()), mend);
                None
            }
        }
    }

    /// A number within its range.
    pub fn num(&self, key: &'static str, is: Is) -> Option<f64> {
        self.param(key, is).map(|p| p.value)
    }

    pub fn need_num(&self, key: &'static str, is: Is) -> Option<f64> {
        self.need(key)?;
        self.num(key, is)
    }

    /// A number within its range, with what is known about it.
    pub fn param(&self, key: &'static str, is: Is) -> Option<Param> {
        let node = self.get(key)?;
        self.param_of(node, key, is)
    }

    pub fn param_of(&self, node: &Node, key: &str, is: Is) -> Option<Param> {
        let Value::Table(t) = &node.value else { return number(node, key, is, self.sink).map(Param::from) };
        let row = Row::new(t, node.pos, format!("{}.{key}", self.path), self.sink);
        let value = row.need("value").and_then(|n| number(n, key, is, self.sink));
        let (low, high, grade, source) = row.knowledge(is);
        row.finish();
        let value = value?;
        if low.is_some_and(|l| l > value) || high.is_some_and(|h| h < value) {
            let mend = "low ≤ value ≤ high".to_owned();
            self.sink.error(node.pos, format!("the value of `{key}` is outside its own range"), mend);
        }
        let param = Param { value, low, high, grade, source };
        self.note(key, &param);
        Some(param)
    }

    /// `low`, `high`, `grade`, `source` of a figure.
    fn knowledge(&self, is: Is) -> (Option<f64>, Option<f64>, Option<Grade>, Option<String>) {
        let bound = |key| self.get(key).and_then(|n| number(n, key, is, self.sink));
        (bound("low"), bound("high"), self.grade(), self.str("source").map(str::to_owned))
    }

    /// The grade of this row.
    pub fn grade(&self) -> Option<Grade> {
        let node = self.get("grade")?;
        let mark = text(node, "grade", self.sink)?;
        let found = grade(mark);
        if found.is_none() {
            let mend = "D documented, D- documented but weak, I inferred, M from memory, U unknown".to_owned();
            self.sink.error(node.pos, format!("unknown grade \"{mark}\""), mend);
        }
        found
    }

    fn note(&self, key: &str, p: &Param) {
        self.sink.figure(Figure { path: format!("{}.{key}", self.path), param: p.clone() });
    }

    /// A duration's law: `"90s"` (always the same), `{ exp = "90s" }`, `{ lognormal = "90s", cv = 1.1 }`,
    /// `{ hyper = { p = 0.3, first = "20s", second = "3m" } }`.
    pub fn law(&self, key: &'static str) -> Option<Law> {
        let node = self.get(key)?;
        self.law_of(node, key)
    }

    pub fn law_of(&self, node: &Node, key: &str) -> Option<Law> {
        const SHAPES: &str =
            "\"90s\", { exp = \"90s\" }, { lognormal = \"90s\", cv = 1.1 } or { hyper = { p, first, second } }";
        let Value::Table(t) = &node.value else {
            return number(node, key, DURATION, self.sink).map(Law::Fixed);
        };
        let row = Row::new(t, node.pos, format!("{}.{key}", self.path), self.sink);
        let law = if let Some(mean) = row.get("exp") {
            number(mean, "exp", DURATION, self.sink).map(Law::Exp)
        } else if let Some(mean) = row.get("lognormal") {
            let mean = number(mean, "lognormal", DURATION, self.sink);
            let cv = row.need_num("cv", Is(Unit::Number, 0.0, 20.0));
            mean.zip(cv).map(|(m, cv)| Law::Lognormal(m, cv))
        } else if let Some(value) = row.get("fixed") {
            number(value, "fixed", DURATION, self.sink).map(Law::Fixed)
        } else if let Some(hyper) = row.inner("hyper") {
            let parts =
                (hyper.need_num("p", SHARE), hyper.need_num("first", DURATION), hyper.need_num("second", DURATION));
            hyper.finish();
            match parts {
                (Some(p), Some(first), Some(second)) => Some(Law::Hyper(p, first, second)),
                _ => None,
            }
        } else {
            self.sink.error(node.pos, format!("`{key}` has no law"), format!("write {SHAPES}"));
            return None;
        };
        let (low, high, grade, source) = row.knowledge(DURATION);
        row.finish();
        let law = law?;
        if low.is_some() || high.is_some() || grade.is_some() || source.is_some() {
            self.note(key, &Param { value: law.mean(), low, high, grade, source });
        }
        Some(law)
    }

    /// A list of texts; one text alone is a list of one.
    pub fn strs(&self, key: &'static str) -> Vec<(&'a str, Pos)> {
        self.get(key).map(|n| strs(n, key, self.sink)).unwrap_or_default()
    }

    /// One of a closed set of words.
    pub fn word<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let node = self.get(key)?;
        let word = text(node, key, self.sink)?;
        one_of(word, node.pos, words, self.sink, key)
    }
}

/// One of a closed set of words, or a mistake with a suggestion.
pub(super) fn one_of<T: Copy>(word: &str, pos: Pos, words: &[(&'static str, T)], sink: &Sink, key: &str) -> Option<T> {
    if let Some((_, value)) = words.iter().find(|(w, _)| *w == word) {
        return Some(*value);
    }
    let known: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
    sink.error(pos, format!("unknown {key} \"{word}\""), suggest(word, &known, "words"));
    None
}

/// The text of a node.
pub(super) fn text<'a>(node: &'a Node, key: &str, sink: &Sink) -> Option<&'a str> {
    match &node.value {
        Value::Str(s) => Some(s),
        other => {
            sink.error(node.pos, format!("`{key}` must be a text, not {}", other.kind()), "put it in \"…\"".to_owned());
            None
        }
    }
}

/// A list of texts with their places.
pub(super) fn strs<'a>(node: &'a Node, key: &str, sink: &Sink) -> Vec<(&'a str, Pos)> {
    match &node.value {
        Value::Array(items) => items.iter().filter_map(|n| text(n, key, sink).map(|s| (s, n.pos))).collect(),
        _ => text(node, key, sink).map(|s| (s, node.pos)).into_iter().collect(),
    }
}

/// The items of a list.
pub(super) fn list<'a>(node: &'a Node, key: &str, sink: &Sink) -> &'a [Node] {
    match &node.value {
        Value::Array(items) => items,
        other => {
            sink.error(node.pos, format!("`{key}` must be a list, not {}", other.kind()), "put it in [ … ]".to_owned());
            &[]
        }
    }
}

/// The number of a node, in its unit and range.
pub(super) fn number(node: &Node, key: &str, is: Is, sink: &Sink) -> Option<f64> {
    let Is(unit, low, high) = is;
    let value = match (&node.value, unit) {
        (Value::Int(0), Unit::Seconds) => 0.0,
        (Value::Int(i), Unit::Number | Unit::Whole) => *i as f64,
        (Value::Float(x), Unit::Number) => *x,
        (Value::Str(s), Unit::Seconds) => {
            if let Some(x) = seconds(s) {
                x
            } else {
                let mend = "write a number and its unit: \"250ms\", \"90s\", \"15m\", \"1h30m\", \"2d\"".to_owned();
                sink.error(node.pos, format!("`{key}`: \"{s}\" is not a duration"), mend);
                return None;
            }
        }
        (Value::Int(_) | Value::Float(_), Unit::Seconds) => {
            let shown = shown(&node.value);
            let mend = format!("write \"{shown}s\" if seconds are meant");
            sink.error(node.pos, format!("`{key}` = {shown} has no unit"), mend);
            return None;
        }
        (Value::Float(x), Unit::Whole) => {
            sink.error(node.pos, format!("`{key}` = {x} is not a whole number"), format!("write {}", x.round()));
            return None;
        }
        (other, _) => {
            let wanted = match unit {
                Unit::Number => "a number",
                Unit::Whole => "a whole number",
                Unit::Seconds => "a duration such as \"90s\"",
            };
            sink.error(node.pos, format!("`{key}` must be {wanted}, not {}", other.kind()), None);
            return None;
        }
    };
    if !(low..=high).contains(&value) {
        let range = match unit {
            Unit::Seconds if high >= DURATION.2 => format!("must be at least {low} s and at most 31 days"),
            Unit::Seconds => format!("must be from {low} s to {high} s"),
            _ if high >= MANY => format!("must be at least {low}"),
            _ => format!("must be from {low} to {high}"),
        };
        sink.error(node.pos, format!("`{key}` = {} is out of range", shown(&node.value)), range);
        return None;
    }
    Some(value)
}

/// Upper bound of counts that have no natural one.
pub(super) const MANY: f64 = 1e9;

fn shown(value: &Value) -> String {
    match value {
        Value::Int(i) => i.to_string(),
        Value::Float(x) => x.to_string(),
        Value::Str(s) => format!("\"{s}\""),
        other => other.kind().to_owned(),
    }
}

/// A duration in seconds: `250ms`, `90s`, `15m`, `1h30m`, `2d`, `1.5h`.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let mut rest = text.trim();
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
        let (number, after) = rest.split_at(digits);
        let letters = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        let factor = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * factor;
        rest = next.trim_start();
    }
    total.is_finite().then_some(total)
}

/// Minute of the day of `07:30`; `24:00` is 1440 only where a day's end may be written.
pub(super) fn minute_of_day(node: &Node, key: &str, sink: &Sink) -> Option<u16> {
    let written = match &node.value {
        Value::Str(s) | Value::Time(s) => s.as_str(),
        _ => "",
    };
    let mut parts = written.split(':').map(|p| if p.len() == 2 { p.parse::<u16>().ok() } else { None });
    let minute = match (parts.next().flatten(), parts.next().flatten(), parts.next()) {
        (Some(h), Some(m), None | Some(Some(0))) if h < 24 && m < 60 => Some(h * 60 + m),
        _ => None,
    };
    if minute.is_none() {
        let mend = "write it as \"07:30\"".to_owned();
        sink.error(node.pos, format!("`{key}`: not a time of the day"), mend);
    }
    minute
}

impl Law {
    /// Mean \[s\].
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Fixed(m) | Self::Exp(m) | Self::Lognormal(m, _) => m,
            Self::Hyper(p, a, b) => p * a + (1.0 - p) * b,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_units_and_add_up() {
        assert_eq!(seconds("1h30m"), Some(5400.0));
        assert_eq!(seconds("250ms"), Some(0.25));
        assert_eq!(seconds("1.5h"), Some(5400.0));
        for bad in ["", "90", "s", "90x", "1h30", "-5s", "1..5s"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
