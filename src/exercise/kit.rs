//! The exercise's file: TOML, both languages in one file; every mistake at once.
//!
//! A packed exercise is the same file with its `[[file]]`s inside: scenario layers, packs for players and
//! facilitators. `docs/exercise.md` is the description.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::cell::{self, CellSpec};
use super::rule::Rule;
use crate::incident::hex;
use crate::network::{Said, Text};
use crate::text::document::{At, Document, Problems, Table, choose, position, write};
use crate::text::drill::refused;
use crate::text::duration::print_duration;

/// An exercise as planned.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kit {
    /// Id.
    pub id: String,
    /// Title, for players too.
    pub title: Text,
    /// What it is about: for planners and facilitators.
    pub about: Text,
    /// What players are told before the start.
    pub brief: Text,
    /// Scenario: shipped id, or the name of one of the files.
    pub scenario: String,
    /// Seed; `None` = that of the scenario.
    pub seed: Option<u64>,
    /// Planned length \[s\]; 0 = not said.
    pub length_s: u32,
    /// The cells that play, the main one first; empty: one cell.
    pub cells: Vec<CellSpec>,
    /// Objectives, in the file's order.
    pub objectives: Vec<Objective>,
    /// Injects, in the file's order: those of the chronogramme and the contingency injects.
    pub injects: Vec<Inject>,
    /// Files that a packed exercise carries: name and text.
    pub files: Vec<(String, String)>,
    /// The text itself.
    pub text: String,
    /// SHA-256 of the text, hexadecimal.
    pub sha256: String,
}

/// What is to be trained, and how it shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Id.
    pub id: String,
    /// What.
    pub title: Text,
    /// What shows that it was reached; `None` = people judge.
    pub rule: Option<Rule>,
    /// From when its delay counts.
    pub since: Since,
    /// Does what was done before its delay counts, and still holds, meet it? Early is not late; an answer is never
    /// early.
    pub early: bool,
    /// How long it may take \[s\].
    pub target_s: Option<u32>,
    /// How long the historic team took \[s\], where that is known.
    pub historic_s: Option<u32>,
    /// Where the target or the historic figure comes from.
    pub source: String,
    /// Line in the file.
    pub line: u32,
}

/// From when something counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Since {
    /// STARTEX.
    #[default]
    Start,
    /// Awareness.
    Awareness,
    /// An inject was given.
    Inject(String),
    /// Another objective was reached.
    Objective(String),
}

impl Since {
    /// As it stands in files; an inject may stand there by its id alone.
    pub(super) fn parse(text: &str) -> Self {
        match text.trim() {
            "start" | "" => Self::Start,
            "awareness" => Self::Awareness,
            other => match other.strip_prefix("objective ") {
                Some(objective) => Self::Objective(objective.trim().to_owned()),
                None => Self::Inject(other.strip_prefix("inject ").unwrap_or(other).trim().to_owned()),
            },
        }
    }

    /// As it is written in files.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Start => "start".to_owned(),
            Self::Awareness => "awareness".to_owned(),
            Self::Inject(id) => format!("inject {id}"),
            Self::Objective(id) => format!("objective {id}"),
        }
    }
}

/// What an inject changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InjectKind {
    /// A message to a role.
    Message,
    /// A fault or a demand in the simulation.
    Fault,
    /// A change of what is seen.
    View,
}

/// A fault in the simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Vocabulary word and parameters, as in scenario files.
    pub fault: String,
    /// Ids of the elements; `software=…` stands for all call servers of a software.
    pub on: Vec<String>,
}

/// When a contingency inject is suggested.
#[derive(Debug, Clone, PartialEq)]
pub struct Contingency {
    /// Suggested only once this is true.
    pub when: Option<Rule>,
    /// Not suggested once this is true.
    pub unless: Option<Rule>,
    /// Earliest, after `since` \[s\].
    pub after_s: u32,
    /// From when `after_s` counts.
    pub since: Since,
}

/// One line of the chronogramme.
#[derive(Debug, Clone, PartialEq)]
pub struct Inject {
    /// Id.
    pub id: String,
    /// Seconds after STARTEX; `None` for contingency injects.
    pub at_s: Option<u32>,
    /// When it is suggested; only for contingency injects.
    pub contingency: Option<Contingency>,
    /// Who seems to send it.
    pub from: String,
    /// To whom; empty: no message reaches the players.
    pub to: String,
    /// By what means.
    pub channel: String,
    /// Its words.
    pub text: Text,
    /// What the players are expected to do.
    pub expected: Text,
    /// Objectives it serves.
    pub objectives: Vec<String>,
    /// Who plays it.
    pub controller: String,
    /// Which cells it is for; empty: all.
    pub audience: Vec<String>,
    /// An answer is expected within \[s\].
    pub answer_s: Option<u32>,
    /// What it does in the simulation.
    pub act: Option<Act>,
    /// Line in the file.
    pub line: u32,
}

impl Inject {
    /// What it changes.
    pub fn kind(&self) -> InjectKind {
        match &self.act {
            None => InjectKind::Message,
            Some(act) if act.fault.contains("telemetry") => InjectKind::View,
            Some(_) => InjectKind::Fault,
        }
    }
}

impl Kit {
    /// An inject by its id.
    pub fn inject(&self, id: &str) -> Option<&Inject> {
        self.injects.iter().find(|inject| inject.id == id)
    }

    /// An objective by its id.
    pub fn objective(&self, id: &str) -> Option<&Objective> {
        self.objectives.iter().find(|objective| objective.id == id)
    }

    /// All rules in it.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        let contingencies = self.injects.iter().filter_map(|inject| inject.contingency.as_ref());
        let theirs = contingencies.flat_map(|one| [one.when.as_ref(), one.unless.as_ref()]);
        self.objectives.iter().map(|objective| objective.rule.as_ref()).chain(theirs).flatten()
    }

    /// A file of a packed exercise.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The whole exercise in one file: its own text with these files inside.
    pub fn pack(&self, files: &[(String, String)], seed: u64, engine: &str) -> String {
        let mut out = format!("# EXERCISE · {} · packed by vigie {engine}, seed {seed}\n", self.id);
        out.push_str(&self.text);
        if !out.ends_with('\n') {
            out.push('\n');
        }
        for (name, text) in files {
            // Writing to a String cannot fail.
            let _ = write!(out, "\n[[file]]\nname = {}\ntext = {}\n", quoted(name), quoted(text));
        }
        out
    }
}

/// A TOML string that holds any text.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // What a terminal would obey, or show in another order than it stands.
            c if c.is_control() || crate::text::is_dangerous(c) => {
                // Writing to a String cannot fail.
                let _ = match c as u32 {
                    code @ ..=0xffff => write!(out, "\\u{code:04X}"),
                    code => write!(out, "\\U{code:08X}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The shipped exercises: id and text.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    &[
        ("kit-a", include_str!("../../assets/exercises/kit-a.toml")),
        ("kit-b", include_str!("../../assets/exercises/kit-b.toml")),
        ("drill-first-five-minutes", include_str!("../../assets/exercises/drill-first-five-minutes.toml")),
    ]
}

/// Names something that has no name yet.
pub(super) fn named(code: &str) -> Said {
    Said::new("doc-mend-name-it").with("code", code)
}

/// Reads an exercise.
///
/// # Errors
/// All mistakes at once, each with file, line, column and mend.
pub fn parse(name: &str, text: &str) -> Result<Kit, Problems> {
    let document = Document::parse(name, text)?;
    let kit = read(&document, text);
    document.finish(kit)
}

fn read(document: &Document<'_>, text: &str) -> Option<Kit> {
    let root = document.root();
    let Some(mut head) = root.opt_table("exercise") else {
        root.problem(0..0, Said::new("doc-missing").with("key", "[exercise]"), Said::new("doc-mend-exercise"));
        return None;
    };
    head.name("[exercise]");
    let id = head.string("id", named("id = \"kit-a\""));
    let title = head.text("title");
    let about = head.opt_text("about").unwrap_or_default();
    let brief = head.opt_text("brief").unwrap_or_default();
    let scenario = head.string("scenario", named("scenario = \"france-ordinary-day\""));
    let seed = head.opt_integer("seed", 0..i64::MAX).map(|at| at.value as u64);
    let length_s = head.opt_duration("length").map_or(0, |at| at.value);
    if let Some(phrase) = [&brief.fr, &brief.en].into_iter().find_map(|text| refused(text)) {
        head.problem(head.span(), Said::new("doc-phrase-brief").with("phrase", phrase), Said::new("doc-mend-phrase"));
    }
    head.finish();
    let cells: Vec<CellSpec> = root.tables("cell").into_iter().filter_map(cell::read).collect();
    let objectives: Vec<Objective> = root.tables("objective").into_iter().filter_map(|t| objective(t, text)).collect();
    let injects: Vec<Inject> = root.tables("inject").into_iter().filter_map(|t| inject(t, text)).collect();
    let files = root
        .tables("file")
        .iter()
        .filter_map(|table| {
            let name = table.string("name", named("name = \"players.md\""));
            let text = table.string("text", write("text = \"…\""));
            table.finish();
            Some((name?.value, text?.value))
        })
        .collect();
    root.finish();
    let kit = Kit {
        id: id?.value,
        title: title?,
        about,
        brief,
        scenario: scenario?.value,
        seed,
        length_s,
        cells,
        objectives,
        injects,
        files,
        text: text.to_owned(),
        sha256: hex(&Sha256::digest(text.as_bytes())),
    };
    cross_check(&root, &kit, text);
    Some(kit)
}

fn rule(table: &Table<'_>, at: Option<At<String>>) -> Option<Rule> {
    let at = at?;
    match Rule::parse(&at.value) {
        Ok(rule) => Some(rule),
        Err(why) => {
            table.problem(at.span, Said::new("doc-bad-rule").with("rule", at.value), why);
            None
        }
    }
}

fn since(at: Option<&At<String>>) -> Since {
    at.map_or(Since::Start, |at| Since::parse(&at.value))
}

fn objective(mut table: Table<'_>, text: &str) -> Option<Objective> {
    let id = table.string("id", named("id = \"O1\""));
    if let Some(id) = &id {
        table.name(Said::new("doc-objective").with("id", &id.value));
    }
    let title = table.text("title");
    let rule = rule(&table, table.opt_string("rule"));
    let since = since(table.opt_string("since").as_ref());
    // Only what is said can be an answer, and only an inject asks.
    let done = rule.as_ref().is_some_and(Rule::is_entry);
    let usual = done && (!matches!(since, Since::Inject(_)) || rule.as_ref().is_some_and(Rule::stays));
    let early = table.flag("early", usual);
    if early && !done {
        table.problem(table.span(), Said::new("doc-early"), Said::new("doc-mend-early"));
    }
    let found = Objective {
        rule,
        since,
        early,
        target_s: table.opt_duration("target").map(|at| at.value),
        historic_s: table.opt_duration("historic").map(|at| at.value),
        source: table.opt_string("source").map(|at| at.value).unwrap_or_default(),
        line: position(text, table.span().start).0,
        id: String::new(),
        title: Text::default(),
    };
    table.finish();
    Some(Objective { id: id?.value, title: title?, ..found })
}

fn inject(mut table: Table<'_>, text: &str) -> Option<Inject> {
    let id = table.string("id", named("id = \"I01\""));
    if let Some(id) = &id {
        table.name(Said::new("doc-inject").with("id", &id.value));
    }
    let at_s = table.opt_duration("at").map(|at| at.value);
    let (when, unless) = (table.opt_string("when"), table.opt_string("unless"));
    let (after, since_at) = (table.opt_duration("after"), table.opt_string("since"));
    let reserve = table.flag("contingency", false);
    let ruled = when.is_some() || unless.is_some();
    match (at_s.is_some(), reserve) {
        (true, true) => {
            table.problem(table.span(), Said::new("doc-reserve-time"), Said::new("doc-mend-reserve-time"));
        }
        (false, false) => {
            table.problem(table.span(), Said::new("doc-inject-no-time"), Said::new("doc-mend-inject-time"));
        }
        (_, false) if ruled || after.is_some() => {
            table.problem(table.span(), Said::new("doc-reserve-only"), Said::new("doc-mend-reserve-only"));
        }
        _ => {}
    }
    let contingency = reserve.then(|| Contingency {
        when: rule(&table, when),
        unless: rule(&table, unless),
        after_s: after.map_or(0, |at| at.value),
        since: since(since_at.as_ref()),
    });
    let words = table.text("text");
    if let Some(words) = &words
        && let Some(phrase) = [&words.fr, &words.en].into_iter().find_map(|text| refused(text))
    {
        table.problem(table.span(), Said::new("doc-phrase").with("phrase", phrase), Said::new("doc-mend-phrase"));
    }
    let word = |key| table.opt_string(key).map(|at| at.value).unwrap_or_default();
    let (from, to, channel, controller) = (word("from"), word("to"), word("channel"), word("controller"));
    let fault = table.opt_string("fault");
    let on: Vec<String> = table.strings("on").into_iter().map(|at| at.value).collect();
    if let Some(fault) = &fault
        && let Err(errors) = crate::network::fault_syntax(&fault.value)
    {
        let why = errors.first();
        let mend = errors.0.first().and_then(|error| error.mend.clone()).unwrap_or_default();
        table.problem(fault.span.clone(), Said::new("doc-bad-fault").with("why", why), mend);
    }
    if fault.is_some() && on.is_empty() {
        table.problem(table.span(), Said::new("doc-fault-nowhere"), named("on = [\"cs-lille\"]"));
    }
    if to.is_empty() && fault.is_none() {
        table.problem(table.span(), Said::new("doc-inject-nobody"), Said::new("doc-mend-inject-nobody"));
    }
    let list = |key| table.strings(key).into_iter().map(|at| at.value).collect();
    let found = Inject {
        id: String::new(),
        at_s,
        contingency,
        from,
        to,
        channel,
        text: Text::default(),
        expected: table.opt_text("expected").unwrap_or_default(),
        objectives: list("objectives"),
        controller,
        audience: list("audience"),
        answer_s: table.opt_duration("answer_within").map(|at| at.value),
        act: fault.map(|fault| Act { fault: fault.value, on }),
        line: position(text, table.span().start).0,
    };
    table.finish();
    Some(Inject { id: id?.value, text: words?, ..found })
}

/// Ids twice, and names of what is not there.
fn cross_check(root: &Table<'_>, kit: &Kit, text: &str) {
    let at = |line: u32| {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1);
        let start = std::iter::once(0).chain(starts).nth(line.saturating_sub(1) as usize).unwrap_or(0);
        start..start
    };
    let objectives: Vec<&str> = kit.objectives.iter().map(|one| one.id.as_str()).collect();
    let injects: Vec<&str> = kit.injects.iter().map(|one| one.id.as_str()).collect();
    let all =
        kit.objectives.iter().map(|one| (&one.id, one.line)).chain(kit.injects.iter().map(|one| (&one.id, one.line)));
    let mut seen = BTreeSet::new();
    for (id, line) in all {
        if !seen.insert(id) {
            root.problem(at(line), Said::new("doc-twice").with("what", id), Said::new("doc-mend-own-id"));
        }
    }
    let mut seen = BTreeSet::new();
    for cell in &kit.cells {
        if !seen.insert(&cell.id) {
            let what = Said::new("doc-cell").with("id", &cell.id);
            root.problem(0..0, Said::new("doc-twice").with("what", what), Said::new("doc-mend-own-id"));
        }
    }
    let known = |since: &Since, line: u32| match since {
        Since::Inject(id) if !injects.contains(&id.as_str()) => {
            root.problem(at(line), Said::new("doc-no-inject").with("id", id), choose(id, &injects));
        }
        Since::Objective(id) if !objectives.contains(&id.as_str()) => {
            root.problem(at(line), Said::new("doc-no-objective").with("id", id), choose(id, &objectives));
        }
        _ => {}
    };
    for objective in &kit.objectives {
        known(&objective.since, objective.line);
    }
    for inject in &kit.injects {
        for id in inject.objectives.iter().filter(|id| !objectives.contains(&id.as_str())) {
            root.problem(at(inject.line), Said::new("doc-no-objective").with("id", id), choose(id, &objectives));
        }
        if let Some(contingency) = &inject.contingency {
            known(&contingency.since, inject.line);
        }
    }
    for rule in kit.rules() {
        if let Some(id) = rule.inject().filter(|id| !injects.contains(id)) {
            root.problem(
                0..0,
                Said::new("doc-rule-no-inject").with("rule", rule.text()).with("id", id),
                choose(id, &injects),
            );
        }
    }
}

/// Injects as they are written in an exercise's file.
pub fn write_injects(injects: &[Inject]) -> String {
    let mut out = String::new();
    for inject in injects {
        out.push_str("\n[[inject]]\n");
        let mut line = |key: &str, value: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(out, "{key} = {value}");
        };
        let both = |text: &Text| {
            let parts = [("fr", &text.fr), ("en", &text.en)].into_iter().filter(|(_, part)| !part.is_empty());
            let parts: Vec<String> = parts.map(|(lang, part)| format!("{lang} = {}", quoted(part))).collect();
            format!("{{ {} }}", parts.join(", "))
        };
        let list = |all: &[String]| format!("[{}]", all.iter().map(|one| quoted(one)).collect::<Vec<_>>().join(", "));
        line("id", quoted(&inject.id));
        match inject.at_s {
            Some(at_s) => line("at", quoted(&print_duration(at_s))),
            None => line("contingency", "true".to_owned()),
        }
        if let Some(contingency) = &inject.contingency {
            for (key, rule) in [("when", &contingency.when), ("unless", &contingency.unless)] {
                if let Some(rule) = rule {
                    line(key, quoted(rule.text()));
                }
            }
            if contingency.after_s > 0 {
                line("after", quoted(&print_duration(contingency.after_s)));
            }
            if contingency.since != Since::Start {
                line("since", quoted(&contingency.since.words()));
            }
        }
        for (key, value) in [
            ("from", &inject.from),
            ("to", &inject.to),
            ("channel", &inject.channel),
            ("controller", &inject.controller),
        ] {
            if !value.is_empty() {
                line(key, quoted(value));
            }
        }
        line("text", both(&inject.text));
        if inject.expected != Text::default() {
            line("expected", both(&inject.expected));
        }
        for (key, all) in [("objectives", &inject.objectives), ("audience", &inject.audience)] {
            if !all.is_empty() {
                line(key, list(all));
            }
        }
        if let Some(answer_s) = inject.answer_s {
            line("answer_within", quoted(&print_duration(answer_s)));
        }
        if let Some(act) = &inject.act {
            line("fault", quoted(&act.fault));
            line("on", list(&act.on));
        }
    }
    out
}
