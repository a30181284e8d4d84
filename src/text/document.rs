//! Reading TOML documents for people: every mistake at once, each with file, line, column and mend.
//!
//! A [`Document`] hands out [`Table`]s; asking a table for a key records the problem if it is missing or of
//! the wrong kind, and [`Table::finish`] refuses the keys nobody asked for.

use std::cell::RefCell;
use std::ops::Range;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::duration::parse_duration;
use crate::network::{Grade, Said, Text};

/// How a text in both languages is written.
const BOTH: &str = "{ fr = \"…\", en = \"…\" }";

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
    pub message: Said,
    /// How to mend it, if that can be said.
    pub mend: Option<Said>,
}

impl Problem {
    /// The mistake as a sentence, with its place.
    pub fn said(&self) -> Said {
        let place =
            if self.line == 0 { self.file.clone() } else { format!("{}:{}:{}", self.file, self.line, self.column) };
        let id = if self.mend.is_some() { "doc-problem-mend" } else { "doc-problem" };
        let said = Said::new(id).with("place", place).with("what", &self.message);
        match &self.mend {
            Some(mend) => said.with("mend", mend),
            None => said,
        }
    }
}

/// All the mistakes of a document by place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// The mistakes as sentences, one a line.
    pub fn said(&self) -> Said {
        Said::lines(self.0.iter().map(Problem::said))
    }
}

impl From<Problems> for Said {
    fn from(problems: Problems) -> Self {
        problems.said()
    }
}

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
            let why = error.message().replace('\n', ", ");
            let what = Said::new("doc-not-toml").with("why", why);
            document.problem(error.span().unwrap_or(0..0), what, Said::new("doc-mend-toml"));
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
            what: None,
            asked: RefCell::default(),
        }
    }

    /// Every text in the document, wherever it stands, but for those under one key of its root.
    pub fn texts(&self, but: &str) -> Vec<At<String>> {
        let mut found = Vec::new();
        let values = self.root.get_ref().iter().filter(|(key, _)| key.get_ref() != but);
        let mut left: Vec<&Spanned<DeValue<'_>>> = values.map(|(_, value)| value).collect();
        while let Some(value) = left.pop() {
            match value.get_ref() {
                DeValue::String(text) => found.push(At { value: text.to_string(), span: value.span() }),
                DeValue::Array(items) => left.extend(items.iter()),
                DeValue::Table(table) => left.extend(table.iter().map(|(_, value)| value)),
                _ => {}
            }
        }
        found
    }

    /// Records a mistake.
    pub fn problem(&self, span: Range<usize>, message: impl Into<Said>, mend: impl Into<Said>) {
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
            _ if problems.0.is_empty() => {
                Err(Problems(vec![Problem { file, line: 0, column: 0, message: Said::new("doc-nothing"), mend: None }]))
            }
            _ => Err(problems),
        }
    }
}

fn place(file: &str, text: &str, span: Range<usize>, message: Said, mend: Said) -> Problem {
    let (line, column) = position(text, span.start);
    Problem { file: file.to_owned(), line, column, message, mend: Some(mend).filter(|mend| *mend != Said::from("")) }
}

/// What to write instead: the same in every language.
pub fn write(code: impl Into<String>) -> Said {
    Said::new("doc-mend-write").with("code", code.into())
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
    what: Option<Said>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d> Table<'d> {
    /// Where the table stands.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Records a mistake.
    pub fn problem(&self, span: Range<usize>, message: impl Into<Said>, mend: impl Into<Said>) {
        self.problems.borrow_mut().push(place(self.file, self.text, span, message.into(), mend.into()));
    }

    /// A key of the table by its name, and where that is: `` `title` (step "call-operator") ``.
    fn key(&self, key: &str) -> Said {
        match &self.what {
            Some(what) => Said::new("doc-key-in").with("key", key).with("what", what),
            None => Said::new("doc-key").with("key", key),
        }
    }

    /// Names the table in messages (`step "call-operator"`).
    pub fn name(&mut self, what: impl Into<Said>) {
        self.what = Some(what.into());
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

    fn missing(&self, key: &str, mend: impl Into<Said>) {
        self.problem(self.span(), Said::new("doc-missing").with("key", self.key(key)), mend);
    }

    /// `wanted` is the id of a kind of value.
    fn wrong(&self, value: &Spanned<DeValue<'_>>, key: &str, wanted: &'static str, mend: impl Into<Said>) {
        let what = Said::new("doc-wrong-kind")
            .with("key", self.key(key))
            .with("found", Said::new(kind(value.get_ref())))
            .with("wanted", Said::new(wanted));
        self.problem(value.span(), what, mend);
    }

    /// A text that may be absent.
    pub fn opt_string(&self, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(s) if s.trim().is_empty() => {
                let what = Said::new("doc-empty").with("key", self.key(key));
                self.problem(value.span(), what, Said::new("doc-mend-empty"));
                None
            }
            DeValue::String(s) => Some(At { value: s.to_string(), span: value.span() }),
            _ => {
                self.wrong(value, key, "doc-a-text", Said::new("doc-mend-quotes"));
                None
            }
        }
    }

    /// A text, or an inline table as it stands in the document; either may be absent.
    pub fn opt_written(&self, key: &'static str) -> Option<At<String>> {
        let value = self.get(key)?;
        if !matches!(value.get_ref(), DeValue::Table(_)) {
            return self.opt_string(key);
        }
        let written = self.text.get(value.span()).filter(|text| text.starts_with('{'));
        if written.is_none() {
            self.wrong(value, key, "doc-a-text", write("{ … }"));
        }
        Some(At { value: written?.to_owned(), span: value.span() })
    }

    /// A text that must be there.
    pub fn string(&self, key: &'static str, mend: impl Into<Said>) -> Option<At<String>> {
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
        let what = Said::new("doc-cannot-be").with("key", self.key(key)).with("value", &value);
        self.problem(span, what, choose(&value, &names));
        None
    }

    /// One word of a list that must be there.
    pub fn word<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<At<T>> {
        if !self.has(key) {
            let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.missing(key, Said::new("doc-mend-one-of").with("known", names.join(", ")));
        }
        self.opt_word(key, words)
    }

    /// True or false; `default` when absent.
    pub fn flag(&self, key: &'static str, default: bool) -> bool {
        match self.get(key).map(|value| (value, value.get_ref())) {
            None => default,
            Some((_, DeValue::Boolean(flag))) => *flag,
            Some((value, _)) => {
                self.wrong(value, key, "doc-a-flag", Said::new("doc-mend-flag"));
                default
            }
        }
    }

    /// A whole number that may be absent.
    pub fn opt_integer(&self, key: &'static str, range: Range<i64>) -> Option<At<i64>> {
        let value = self.get(key)?;
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong(value, key, "doc-a-whole-number", Said::new("doc-mend-digits"));
            return None;
        };
        let number = i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok();
        match number {
            Some(number) if range.contains(&number) => Some(At { value: number, span: value.span() }),
            _ => {
                let mend = Said::new("doc-mend-range")
                    .with("least", range.start.to_string())
                    .with("most", (range.end - 1).to_string());
                self.problem(value.span(), Said::new("doc-out-of-range").with("key", self.key(key)), mend);
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
                _ => self.wrong(value, &name, "doc-a-text", Said::new("doc-mend-quotes")),
            }
        }
        out
    }

    /// A duration (`"30 min"`) in seconds that may be absent.
    pub fn opt_duration(&self, key: &'static str) -> Option<At<u32>> {
        let value = self.get(key)?;
        let DeValue::String(s) = value.get_ref() else {
            self.wrong(value, key, "doc-a-duration", Said::new("doc-mend-duration"));
            return None;
        };
        match parse_duration(s) {
            Ok(seconds) => Some(At { value: seconds, span: value.span() }),
            Err(error) => {
                let what = Said::new("doc-bad-duration").with("key", self.key(key)).with("why", error.said());
                self.problem(value.span(), what, Said::new("doc-mend-duration"));
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
            self.wrong(value, key, "doc-a-date", Said::new("doc-mend-date"));
        }
        date.map(|date| At { value: date, span: value.span() })
    }

    /// A list of texts; empty when absent.
    pub fn strings(&self, key: &'static str) -> Vec<At<String>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, key, "doc-a-list-of-texts", write("[\"…\", \"…\"]"));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::String(s) if !s.trim().is_empty() => {
                    out.push(At { value: s.to_string(), span: item.span() });
                }
                DeValue::String(_) => {
                    let what = Said::new("doc-empty-item").with("key", self.key(key));
                    self.problem(item.span(), what, Said::new("doc-mend-remove"));
                }
                _ => self.wrong(item, key, "doc-a-text", Said::new("doc-mend-quotes")),
            }
        }
        out
    }

    /// A sub-table that may be absent.
    pub fn opt_table(&self, key: &'static str) -> Option<Table<'d>> {
        let value = self.get(key)?;
        let DeValue::Table(map) = value.get_ref() else {
            self.wrong(value, key, "doc-a-table", write(format!("{key} = {{ … }}")));
            return None;
        };
        Some(self.child(map, value.span(), Said::new("doc-key").with("key", key)))
    }

    /// An array of tables (`[[key]]`); empty when absent.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'d>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, key, "doc-a-list-of-tables", write(format!("[[{key}]]")));
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(map) => out.push(self.child(map, item.span(), Said::new("doc-key").with("key", key))),
                _ => self.wrong(item, key, "doc-a-table", write(format!("[[{key}]]"))),
            }
        }
        out
    }

    fn child(&self, map: &'d DeTable<'d>, span: Range<usize>, what: Said) -> Table<'d> {
        Table {
            problems: self.problems,
            file: self.file,
            text: self.text,
            map,
            span,
            what: Some(what),
            asked: RefCell::default(),
        }
    }

    /// A text in both languages that may be absent. One language alone is kept: what a missing
    /// translation means is for the caller's lint to say.
    pub fn opt_text(&self, key: &'static str) -> Option<Text> {
        let value = self.get(key)?;
        let DeValue::Table(map) = value.get_ref() else {
            self.wrong(value, key, "doc-a-bilingual-text", write(BOTH));
            return None;
        };
        let table = self.child(map, value.span(), self.key(key));
        let part = |key| table.opt_string(key).map(|at| at.value).unwrap_or_default();
        let text = Text { fr: part("fr"), en: part("en") };
        if map.is_empty() {
            table.problem(value.span(), Said::new("doc-no-text").with("key", self.key(key)), write(BOTH));
        }
        table.finish();
        Some(text)
    }

    /// A text in both languages that must be there.
    pub fn text(&self, key: &'static str) -> Option<Text> {
        if !self.has(key) {
            self.missing(key, write(BOTH));
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
                let what = Said::new("doc-unknown-key").with("key", self.key(name));
                self.problem(key.span(), what, choose(name, &asked));
            }
        }
    }
}

/// The id of a kind of value.
fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "doc-a-text",
        DeValue::Integer(_) => "doc-a-whole-number",
        DeValue::Float(_) => "doc-a-number",
        DeValue::Boolean(_) => "doc-a-flag",
        DeValue::Datetime(_) => "doc-a-date-or-time",
        DeValue::Array(_) => "doc-a-list",
        DeValue::Table(_) => "doc-a-table",
    }
}

/// "did you mean …?" when one known word is near, the list otherwise.
pub fn choose(word: &str, known: &[&str]) -> Said {
    let near = known.iter().map(|k| (distance(word, k), k)).min();
    match near {
        Some((d, k)) if d <= 2 && d < word.chars().count() => Said::new("doc-mend-mean").with("word", *k),
        _ => {
            let quoted: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
            Said::new("doc-mend-known").with("known", quoted.join(", "))
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
