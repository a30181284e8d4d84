//! Reading TOML documents for people: every mistake at once, each with file, line, column and mend.
//!
//! A [`Document`] hands out [`Table`]s; asking a table for a key records the problem if it is missing or of
//! the wrong kind, and [`Table::finish`] refuses the keys nobody asked for.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::duration::parse_duration;
use crate::network::{Grade, Text};

/// What most syntax errors come from.
const SYNTAX: &str = "texts stand between quotes, tables begin with [name] or [[name]]";

/// One mistake in a document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Name of the file.
    pub file: String,
    /// Line, from 1; 0 when the mistake is of the file as a whole.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.message)?;
        } else {
            write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        }
        if self.mend.is_empty() { Ok(()) } else { write!(f, "; {}", self.mend) }
    }
}

/// All the mistakes of a document by place; displayed one per line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A value and where it stands in the document (byte range).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Range<usize>,
}

/// A parsed document that collects its mistakes.
#[derive(Debug)]
pub struct Document<'i> {
    file: &'i str,
    text: &'i str,
    root: Spanned<DeTable<'i>>,
    problems: RefCell<Vec<Problem>>,
}

impl<'i> Document<'i> {
    /// Parses the text.
    ///
    /// # Errors
    /// All syntax errors at once: what such a text means is not guessed.
    pub fn parse(file: &'i str, text: &'i str) -> Result<Self, Problems> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let document = Self { file, text, root, problems: RefCell::default() };
        for error in &errors {
            let message = error.message().replace('\n', ", ");
            document.problem(error.span().unwrap_or(0..0), format!("not TOML: {message}"), SYNTAX);
        }
        if errors.is_empty() { Ok(document) } else { Err(document.into_problems()) }
    }

    /// The whole document as a table.
    pub fn root(&self) -> Table<'_> {
        Table {
            problems: &self.problems,
            file: self.file,
            text: self.text,
            map: self.root.get_ref(),
            span: 0..0,
            what: String::new(),
            asked: RefCell::default(),
        }
    }

    /// Records a mistake.
    pub fn problem(&self, span: Range<usize>, message: impl Into<String>, mend: impl Into<String>) {
        self.problems.borrow_mut().push(place(self.file, self.text, span, message.into(), mend.into()));
    }

    /// The mistakes found, by place.
    pub fn into_problems(self) -> Problems {
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems.dedup();
        Problems(problems)
    }

    /// The value if no mistake was found, all mistakes otherwise.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problems> {
        let file = self.file.to_owned();
        let problems = self.into_problems();
        match value {
            Some(value) if problems.0.is_empty() => Ok(value),
            _ if problems.0.is_empty() => Err(Problems(vec![Problem {
                file,
                line: 0,
                column: 0,
                message: "nothing could be read".to_owned(),
                mend: String::new(),
            }])),
            _ => Err(problems),
        }
    }
}

fn place(file: &str, text: &str, span: Range<usize>, message: String, mend: String) -> Problem {
    let (line, column) = position(text, span.start);
    Problem { file: file.to_owned(), line, column, message, mend }
}

/// Line and column (in characters), both from 1, of a byte offset.
pub fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = text.as_bytes().get(..offset.min(text.len())).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |i| i + 1);
    // UTF-8 continuation bytes do not count.
    let column = before.iter().skip(start).filter(|&&b| b & 0xC0 != 0x80).count() + 1;
    (line as u32, column as u32)
}

/// A table of the document.
#[derive(Debug)]
pub struct Table<'d> {
    problems: &'d RefCell<Vec<Problem>>,
    file: &'d str,
    text: &'d str,
    map: &'d DeTable<'d>,
    span: Range<usize>,
    what: String,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d> Table<'d> {
    /// Where the table stands.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Records a mistake.
    pub fn problem(&self, span: Range<usize>, message: impl Into<String>, mend: impl Into<String>) {
        self.problems.borrow_mut().push(place(self.file, self.text, span, message.into(), mend.into()));
    }

    /// ` in step "x"`, or nothing for the document itself.
    fn within(&self) -> String {
        if self.what.is_empty() { String::new() } else { format!(" in {}", self.what) }
    }

    /// Names the table in messages (`step "call-operator"`).
    pub fn name(&mut self, what: impl Into<String>) {
        self.what = what.into();
    }

    fn get(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        if !self.asked.borrow().contains(&key) {
            self.asked.borrow_mut().push(key);
        }
        self.map.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    /// Is the key there?
    pub fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// The keys, with their places; marks all of them as asked for only through the other methods.
    pub fn keys(&self) -> Vec<At<String>> {
        self.map.iter().map(|(key, _)| At { value: key.get_ref().to_string(), span: key.span() }).collect()
    }

    fn missing(&self, key: &str, mend: &str) {
        self.problem(self.span(), format!("`{key}` is missing{}", self.within()), mend);
    }

    fn wrong(&self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &str, mend: &str) {
        self.problem(
            value.span(),
            format!("`{key}`{} is {}, not {wanted}", self.within(), kind(value.get_ref())),
            mend,
        );
    }

    /// A text that may be absent.
    pub fn opt_string(&self, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(s) if s.trim().is_empty() => {
                self.problem(
                    value.span(),
                    format!("`{key}`{} is empty", self.within()),
                    "write something, or remove it",
                );
                None
            }
            DeValue::String(s) => Some(At { value: s.to_string(), span: value.span() }),
            _ => {
                self.wrong(value, key, "text", "put it between quotes");
                None
            }
        }
    }

    /// A text that must be there.
    pub fn string(&self, key: &'static str, mend: &str) -> Option<At<String>> {
        if !self.has(key) {
            self.missing(key, mend);
        }
        self.opt_string(key)
    }

    /// One word of a list that may be absent.
    pub fn opt_word<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<At<T>> {
        let At { value, span } = self.opt_string(key)?;
        if let Some((_, found)) = words.iter().find(|(word, _)| *word == value) {
            return Some(At { value: *found, span });
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.problem(span, format!("`{key}`{} cannot be \"{value}\"", self.within()), choose(&value, &names));
        None
    }

    /// One word of a list that must be there.
    pub fn word<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<At<T>> {
        if !self.has(key) {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.missing(key, &format!("write one of {}", names.join(", ")));
        }
        self.opt_word(key, words)
    }

    /// True or false; `default` when absent.
    pub fn flag(&self, key: &'static str, default: bool) -> bool {
        match self.get(key).map(|value| (value, value.get_ref())) {
            None => default,
            Some((_, DeValue::Boolean(flag))) => *flag,
            Some((value, _)) => {
                self.wrong(value, key, "true or false", "write true or false, without quotes");
                default
            }
        }
    }

    /// A whole number that may be absent.
    pub fn opt_integer(&self, key: &'static str, range: Range<i64>) -> Option<At<i64>> {
        let value = self.get(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong(value, key, "a whole number", "write digits, without quotes");
            return None;
        };
        let number = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok();
        match number {
            Some(number) if range.contains(&number) => Some(At { value: number, span: value.span() }),
            _ => {
                let mend = format!("write a number from {} to {}", range.start, range.end - 1);
                self.problem(value.span(), format!("`{key}`{} is out of range", self.within()), mend);
                None
            }
        }
    }

    /// Is the value there and a whole number?
    pub fn is_integer(&self, key: &'static str) -> bool {
        self.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Integer(_)))
    }

    /// All keys with their texts, for tables whose keys are free; what is not text is a problem.
    pub fn all_strings(&self) -> Vec<(At<String>, At<String>)> {
        let mut out = Vec::new();
        for (key, value) in self.map {
            let name = key.get_ref().to_string();
            match value.get_ref() {
                DeValue::String(s) => {
                    out.push((At { value: name, span: key.span() }, At { value: s.to_string(), span: value.span() }));
                }
                _ => self.wrong(value, &name, "text", "put it between quotes"),
            }
        }
        out
    }

    /// A duration (`"30 min"`) in seconds that may be absent.
    pub fn opt_duration(&self, key: &'static str) -> Option<At<u32>> {
        let value = self.get(key)?;
        let DeValue::String(s) = value.get_ref() else {
            self.wrong(
                value,
                key,
                "a duration",
                "write it with its unit: \"90 s\", \"30 min\", \"1 h 30 min\", \"2 d\"",
            );
            return None;
        };
        match parse_duration(s) {
            Ok(seconds) => Some(At { value: seconds, span: value.span() }),
            Err(error) => {
                self.problem(
                    value.span(),
                    format!("`{key}`{}: {error}", self.within()),
                    "write \"90 s\", \"30 min\", \"1 h 30 min\" or \"2 d\"",
                );
                None
            }
        }
    }

    /// A date that may be absent.
    pub fn opt_date(&self, key: &'static str) -> Option<At<NaiveDate>> {
        let value = self.get(key)?;
        let date = match value.get_ref() {
            DeValue::Datetime(stamp) if stamp.time.is_none() => stamp
                .date
                .and_then(|d| NaiveDate::from_ymd_opt(i32::from(d.year), u32::from(d.month), u32::from(d.day))),
            _ => None,
        };
        if date.is_none() {
            self.wrong(value, key, "a date", "write it as 2026-11-23, without quotes");
        }
        date.map(|date| At { value: date, span: value.span() })
    }

    /// A list of texts; empty when absent.
    pub fn strings(&self, key: &'static str) -> Vec<At<String>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, key, "a list of texts", "write [\"one\", \"two\"]");
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(s) if !s.trim().is_empty() => {
                    out.push(At { value: s.to_string(), span: item.span() });
                }
                DeValue::String(_) => {
                    self.problem(item.span(), format!("`{key}`{} has an empty item", self.within()), "remove it");
                }
                _ => self.wrong(item, key, "text", "put it between quotes"),
            }
        }
        out
    }

    /// A sub-table that may be absent.
    pub fn opt_table(&self, key: &'static str) -> Option<Table<'d>> {
        let value = self.get(key)?;
        let DeValue::Table(map) = value.get_ref() else {
            self.wrong(value, key, "a table", "write { … } or a [header]");
            return None;
        };
        Some(self.child(map, value.span(), format!("`{key}`")))
    }

    /// An array of tables (`[[key]]`); empty when absent.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'d>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, key, "a list of tables", &format!("begin each with [[{key}]]"));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(map) => out.push(self.child(map, item.span(), format!("`{key}`"))),
                _ => self.wrong(item, key, "a table", &format!("begin each with [[{key}]]")),
            }
        }
        out
    }

    fn child(&self, map: &'d DeTable<'d>, span: Range<usize>, what: String) -> Table<'d> {
        Table { problems: self.problems, file: self.file, text: self.text, map, span, what, asked: RefCell::default() }
    }

    /// A text in both languages that may be absent. One language alone is kept: what a missing
    /// translation means is for the caller's lint to say.
    pub fn opt_text(&self, key: &'static str) -> Option<Text> {
        let value = self.get(key)?;
        let DeValue::Table(map) = value.get_ref() else {
            self.wrong(value, key, "a text in both languages", "write { fr = \"…\", en = \"…\" }");
            return None;
        };
        let table = self.child(map, value.span(), format!("`{key}`{}", self.within()));
        let part = |key| table.opt_string(key).map(|at| at.value).unwrap_or_default();
        let text = Text { fr: part("fr"), en: part("en") };
        if map.is_empty() {
            table.problem(
                value.span(),
                format!("`{key}`{} has no text", self.within()),
                "write { fr = \"…\", en = \"…\" }",
            );
        }
        table.finish();
        Some(text)
    }

    /// A text in both languages that must be there.
    pub fn text(&self, key: &'static str) -> Option<Text> {
        if !self.has(key) {
            self.missing(key, "write { fr = \"…\", en = \"…\" }");
        }
        self.opt_text(key)
    }

    /// A grade of knowledge that may be absent.
    pub fn opt_grade(&self, key: &'static str) -> Option<Grade> {
        let words = [("D", Grade::D), ("D-", Grade::DWeak), ("I", Grade::I), ("M", Grade::M), ("U", Grade::U)];
        self.opt_word(key, &words).map(|at| at.value)
    }

    /// Refuses the keys nobody asked for.
    pub fn finish(&self) {
        let asked = self.asked.borrow();
        for (key, _) in self.map {
            let name = key.get_ref().as_ref();
            if !asked.contains(&name) {
                self.problem(key.span(), format!("`{name}` is not known{}", self.within()), choose(name, &asked));
            }
        }
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// "did you mean …?" when one known word is near, the list otherwise.
pub fn choose(word: &str, known: &[&str]) -> String {
    let near = known.iter().map(|k| (distance(word, k), k)).min();
    match near {
        Some((d, k)) if d <= 2 && d < word.chars().count() => format!("did you mean `{k}`?"),
        _ => {
            let quoted: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
            format!("known: {}", quoted.join(", "))
        }
    }
}

/// Edit distance (Levenshtein) in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, cb) in row.iter_mut().skip(1).zip(&b) {
            let here = (diagonal + usize::from(ca != *cb)).min(*cell + 1).min(left + 1);
            diagonal = *cell;
            *cell = here;
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}
