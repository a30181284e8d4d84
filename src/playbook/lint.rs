//! What a planner should mend before the night: a playbook that parses can still be a bad one.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{NaiveDate, TimeDelta};

use super::{Playbook, Section, Step, lever_word};
use crate::network::Text;
use crate::text::duration::print_duration;

/// Most steps between two pauses: past this people shortcut.
const SECTION_STEPS: usize = 9;
/// Most characters in the sentence of a step.
const SENTENCE: usize = 90;
/// Levers that can make an outage worse.
const RISKY_LEVERS: [&str; 7] = ["withdraw", "restart", "rollback", "complete", "weight", "gap", "repoint"];

/// What the lint knows beside the playbook.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Clocks by id, with their delay \[s\]; `None` = as soon as known.
    pub clocks: Vec<(String, Option<u32>)>,
    /// Today, to judge dates; `None` = dates are not judged.
    pub today: Option<NaiveDate>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Good to know.
    Note,
    /// Should be mended.
    Warning,
    /// Must be mended.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Playbook id.
    pub playbook: String,
    /// Line of its file, from 1.
    pub line: u32,
    /// How bad it is.
    pub level: Level,
    /// Short name of the rule (`missing-translation`).
    pub rule: &'static str,
    /// What is wrong, and how to mend it.
    pub message: String,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.toml:{}: {}: {} [{}]", self.playbook, self.line, self.level, self.message, self.rule)
    }
}

/// All findings, in the order of the file.
pub fn lint(playbook: &Playbook, context: &Context) -> Vec<Lint> {
    let mut findings = Findings { playbook, found: Vec::new() };
    findings.document(context);
    for section in &playbook.sections {
        findings.section(section);
        for step in &section.steps {
            findings.step(step, context);
        }
    }
    findings.reach();
    findings.found.sort_by_key(|lint| (lint.line, std::cmp::Reverse(lint.level)));
    findings.found
}

struct Findings<'a> {
    playbook: &'a Playbook,
    found: Vec<Lint>,
}

impl Findings<'_> {
    fn add(&mut self, line: u32, level: Level, rule: &'static str, message: String) {
        self.found.push(Lint { playbook: self.playbook.id.clone(), line, level, rule, message });
    }

    fn translated(&mut self, line: u32, what: &str, text: &Text) {
        for (language, words) in [("French", &text.fr), ("English", &text.en)] {
            if words.is_empty() {
                self.add(line, Level::Error, "missing-translation", format!("{what} has no {language} text"));
            }
        }
    }

    fn document(&mut self, context: &Context) {
        let playbook = self.playbook;
        self.translated(1, "the title", &playbook.title);
        self.translated(1, "`about`", &playbook.about);
        for trigger in &playbook.triggers {
            self.translated(1, &format!("the trigger \"{}\"", trigger.metric), &trigger.why);
        }
        if playbook.triggers.is_empty() {
            self.add(1, Level::Note, "no-trigger", "nothing suggests this playbook: add a [[trigger]]".to_owned());
        }
        let cited: BTreeSet<&str> = playbook.steps().flat_map(|(_, s)| &s.sources).map(String::as_str).collect();
        for source in playbook.sources.iter().filter(|source| !cited.contains(source.id.as_str())) {
            self.add(1, Level::Note, "unused-source", format!("no step cites source {}", source.id));
        }
        let Some(today) = context.today else { return };
        match playbook.valid_until {
            None => self.add(
                1,
                Level::Warning,
                "no-validity",
                "say until when it is valid: valid_until = 2027-06-30".to_owned(),
            ),
            Some(until) if until < today => {
                self.add(1, Level::Warning, "stale", format!("it was valid until {until}: review it"));
            }
            Some(_) => {}
        }
        match playbook.last_exercised {
            None => self.add(
                1,
                Level::Note,
                "never-exercised",
                "it was never exercised: try it before the night".to_owned(),
            ),
            Some(day) if today - day > TimeDelta::days(365) => {
                self.add(1, Level::Note, "long-unexercised", format!("it was last exercised on {day}"));
            }
            Some(_) => {}
        }
    }

    fn section(&mut self, section: &Section) {
        self.translated(section.line, &format!("section \"{}\"", section.id), &section.title);
        if section.steps.len() > SECTION_STEPS {
            let message = format!(
                "section \"{}\" has {} steps: past {SECTION_STEPS} people shortcut; split it",
                section.id,
                section.steps.len()
            );
            self.add(section.line, Level::Warning, "long-section", message);
        }
    }

    fn step(&mut self, step: &Step, context: &Context) {
        let name = format!("step \"{}\"", step.id);
        self.translated(step.line, &name, &step.text);
        let parts = [
            ("precondition", &step.precondition),
            ("warning", &step.warning),
            ("back_out", &step.back_out),
            ("evidence", &step.evidence),
            ("note", &step.note),
        ];
        for (part, text) in parts {
            if let Some(text) = text {
                self.translated(step.line, &format!("`{part}` of {name}"), text);
            }
        }
        for branch in &step.branches {
            if let Some(when) = &branch.when {
                self.translated(step.line, &format!("a branch of {name}"), when);
            }
            if branch.go == step.id {
                self.add(step.line, Level::Error, "loop", format!("{name} goes on at itself"));
            }
        }
        for words in [&step.text.fr, &step.text.en] {
            let length = words.chars().count();
            if length > SENTENCE {
                let message = format!("{name} has a sentence of {length} characters: put the detail into `note`");
                self.add(step.line, Level::Note, "long-sentence", message);
            }
        }
        if step.risky {
            if step.warning.is_none() {
                let message = format!("{name} is risky: say in `warning` what can go wrong");
                self.add(step.line, Level::Error, "risk-without-warning", message);
            }
            if step.back_out.is_none() {
                let message = format!("{name} is risky: say in `back_out` how to undo it");
                self.add(step.line, Level::Error, "risk-without-back-out", message);
            }
        } else if let Some(lever) = step.levers.iter().find(|lever| RISKY_LEVERS.contains(&lever_word(lever))) {
            let message = format!("{name} offers `{lever}`, which can make things worse: write risky = true");
            self.add(step.line, Level::Warning, "hidden-risk", message);
        }
        self.limits(step, &name, context);
    }

    fn limits(&mut self, step: &Step, name: &str, context: &Context) {
        let Some(clock) = &step.clock else { return };
        let Some((_, delay)) = context.clocks.iter().find(|(id, _)| id == clock) else {
            if !context.clocks.is_empty() {
                self.add(
                    step.line,
                    Level::Warning,
                    "unknown-clock",
                    format!("{name} names the clock \"{clock}\", which does not exist"),
                );
            }
            return;
        };
        let Some(delay) = delay else { return };
        match step.hard_s.or(step.soft_s) {
            None => {
                let message = format!("{name} answers the clock \"{clock}\" but has no limit: give it a `hard` one");
                self.add(step.line, Level::Warning, "clock-without-limit", message);
            }
            Some(limit) if limit > *delay => {
                let message = format!(
                    "{name} may take {}, longer than the clock \"{clock}\" ({})",
                    print_duration(limit),
                    print_duration(*delay)
                );
                self.add(step.line, Level::Error, "limit-past-clock", message);
            }
            Some(_) => {}
        }
    }

    /// Steps that no path from the first one reaches.
    fn reach(&mut self) {
        let steps: Vec<&Step> = self.playbook.steps().map(|(_, step)| step).collect();
        let mut reached = vec![false; steps.len()];
        let mut todo = vec![0];
        while let Some(i) = todo.pop() {
            let (Some(step), Some(seen)) = (steps.get(i), reached.get_mut(i)) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            for branch in &step.branches {
                todo.extend(steps.iter().position(|other| other.id == branch.go));
            }
            if step.branches.iter().all(|branch| branch.when.is_some()) {
                todo.push(i + 1);
            }
        }
        for (step, _) in steps.iter().zip(reached).filter(|(_, reached)| !reached) {
            let message = format!("step \"{}\" cannot be reached: every path goes round it", step.id);
            self.add(step.line, Level::Error, "unreachable", message);
        }
    }
}
