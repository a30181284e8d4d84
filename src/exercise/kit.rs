//! The exercise's file: TOML, both languages in one file; every mistake at once.
//!
//! A packed exercise is the same file with its `[[file]]`s inside: scenario layers, packs for players and
//! facilitators. `docs/exercise.md` is the description.

mod read;

pub(super) use read::{early, named};
pub use read::{examine, parse};

use std::fmt::Write as _;

use super::cell::CellSpec;
use super::rule::Rule;
use crate::network::Text;
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
    pub(in crate::exercise) fn parse(text: &str) -> Self {
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
    pub fn words(&self) -> String {
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
    /// A fault in the simulation.
    Fault,
    /// The end of a fault.
    Repair,
    /// A change of what is seen.
    View,
}

/// A fault in the simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Vocabulary word and parameters, as in scenario files, without the braces of an inline table.
    pub fault: String,
    /// Its word of the vocabulary.
    pub word: &'static str,
    /// Ids of the elements; `software=…` stands for all call servers of a software.
    pub on: Vec<String>,
}

impl Act {
    /// A fault as it is written, with or without braces, and what it befalls.
    ///
    /// # Errors
    /// What is wrong with it. Whether what it names is there says the network.
    pub fn new(fault: &str, on: Vec<String>) -> Result<Self, crate::network::ScenarioErrors> {
        let word = crate::network::fault_syntax(fault)?;
        let bare = fault.trim();
        let bare = bare.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(bare).trim();
        Ok(Self { fault: bare.to_owned(), word, on })
    }
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
        match self.act.as_ref().map(|act| act.word) {
            None => InjectKind::Message,
            Some("telemetry") => InjectKind::View,
            Some("clear") => InjectKind::Repair,
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

    /// Line of its head in the file; 0: it has none.
    pub(super) fn head_line(&self) -> u32 {
        let head = self.text.lines().position(|line| line.trim() == "[exercise]");
        head.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(0)
    }

    /// All rules in it.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules_with_lines().map(|(rule, _)| rule)
    }

    /// All rules in it, each with the line of what it belongs to.
    pub(in crate::exercise) fn rules_with_lines(&self) -> impl Iterator<Item = (&Rule, u32)> {
        let contingencies = self.injects.iter().filter_map(|inject| Some((inject.contingency.as_ref()?, inject.line)));
        let theirs = contingencies.flat_map(|(one, line)| [(one.when.as_ref(), line), (one.unless.as_ref(), line)]);
        let own = self.objectives.iter().map(|objective| (objective.rule.as_ref(), objective.line));
        own.chain(theirs).filter_map(|(rule, line)| Some((rule?, line)))
    }

    /// What the delay of an objective, or of a contingency inject, counts from.
    fn counts_from(&self, of: &Since) -> Option<&Since> {
        match of {
            Since::Objective(id) => Some(&self.objective(id)?.since),
            Since::Inject(id) => Some(&self.inject(id)?.contingency.as_ref()?.since),
            Since::Start | Since::Awareness => None,
        }
    }

    /// A file of a packed exercise.
    pub fn file(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    /// The whole exercise in one file: its own text with these files inside.
    pub fn pack(&self, files: &[(String, String)], seed: u64, engine: &str) -> String {
        let mut out = format!("{PACKED} · {} · packed by vigie {engine}, seed {seed}\n", self.id);
        // A pack of a pack is the same pack.
        let packed = |line: &str| line.starts_with(PACKED) && line.contains(" · packed by vigie ");
        let own = self.text.split_once('\n').filter(|(first, _)| packed(first)).map(|(_, own)| own);
        out.push_str(own.unwrap_or(&self.text));
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

/// What a packed exercise begins with.
const PACKED: &str = "# EXERCISE";

/// A TOML string that holds any text.
pub fn quoted(text: &str) -> String {
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
            line("fault", format!("{{ {} }}", act.fault));
            line("on", list(&act.on));
        }
    }
    out
}
