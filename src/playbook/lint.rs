//! What a planner should mend before the night: a playbook that parses can still be a bad one.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{NaiveDate, TimeDelta};

use super::flow::Flow;
use super::{Playbook, Section, Step, lever_word};
use crate::network::{FAULT_WORDS, Text};
use crate::text::duration::print_duration;

/// Most steps between two pauses: past this people shortcut.
const SECTION_STEPS: usize = 9;
/// Most characters in the sentence of a step.
const SENTENCE: usize = 90;
/// Levers that can make an outage worse.
const RISKY_LEVERS: [&str; 10] =
    ["withdraw", "restart", "rollback", "complete", "weight", "gap", "repoint", "reroute", "failover", "filter"];

/// What the lint knows beside the playbook.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// Clocks by id, with their delay \[s\]; `None` = as soon as known.
    pub clocks: Vec<(String, Option<u32>)>,
    /// Today, to judge dates; `None` = dates are not judged.
    pub today: Option<NaiveDate>,
    /// The playbooks at hand, each with those that its steps call; empty = calls are not judged.
    pub calls: Vec<(String, Vec<String>)>,
    /// Contacts of the directory by id, and whether they were tested lately; `None` = there is no directory.
    pub contacts: Option<Vec<(String, bool)>>,
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
    findings.lanes();
    findings.calls(context);
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
        for fault in playbook.covers.iter().filter(|fault| !FAULT_WORDS.contains(&fault.as_str())) {
            let message = format!("it covers \"{fault}\", which is no fault of the vocabulary of this version");
            self.add(1, Level::Note, "unknown-fault", message);
        }
        let risky = playbook.steps().filter(|(_, step)| step.risky).count();
        if risky >= 3 && !playbook.has_safe_list() {
            let message =
                format!("{risky} steps are risky: say in a section with safe = true what an abort comes down to");
            self.add(1, Level::Note, "no-safe-list", message);
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
            ("until", &step.until),
            ("note", &step.note),
        ];
        for (part, text) in parts {
            if let Some(text) = text {
                self.translated(step.line, &format!("`{part}` of {name}"), text);
            }
        }
        for check in &step.checks {
            self.translated(step.line, &format!("a check of {name}"), &check.why);
        }
        if let Some(directory) = &context.contacts {
            for id in &step.contacts {
                match directory.iter().find(|(known, _)| known == id) {
                    None => {
                        let message = format!("{name} names the contact \"{id}\", which is not in the directory");
                        self.add(step.line, Level::Error, "unknown-contact", message);
                    }
                    Some((_, false)) => {
                        let message =
                            format!("{name} names the contact \"{id}\", which was not tested lately: call it");
                        self.add(step.line, Level::Warning, "stale-contact", message);
                    }
                    Some((_, true)) => {}
                }
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

    /// Steps that no path from the first ones reaches.
    fn reach(&mut self) {
        let flow = Flow::new(self.playbook);
        let mut reached = flow.reach(flow.starts(), true, &|_| None);
        // The safe list is entered by an abort.
        if let Some(safe) = flow.safe_sections().next() {
            let from_abort = flow.reach(vec![flow.steps_of(safe).start], true, &|_| None);
            for (step, also) in reached.iter_mut().zip(from_abort) {
                *step |= also;
            }
        }
        for ((_, step), _) in self.playbook.steps().zip(reached).filter(|(_, reached)| !reached) {
            let message = format!("step \"{}\" cannot be reached: every path goes round it", step.id);
            self.add(step.line, Level::Error, "unreachable", message);
        }
    }

    /// Lanes that can never join: too few of them, not side by side, or one that is left for good.
    fn lanes(&mut self) {
        let flow = Flow::new(self.playbook);
        let playbook = self.playbook;
        for lanes in &playbook.lanes {
            let sections: Vec<usize> = playbook
                .sections
                .iter()
                .enumerate()
                .filter(|(_, section)| section.lanes.as_deref() == Some(lanes.id.as_str()))
                .map(|(i, _)| i)
                .collect();
            let needed = lanes.join.needed(sections.len());
            let mut wrong = |message: String| self.add(lanes.line, Level::Error, "lanes-cannot-join", message);
            if sections.len() < 2 {
                wrong(format!("the lanes \"{}\" are {} section: lanes are two or more", lanes.id, sections.len()));
                continue;
            }
            if needed > sections.len() {
                wrong(format!("the lanes \"{}\" wait for {needed} of {}", lanes.id, sections.len()));
            }
            if flow.blocks.iter().filter(|block| block.lanes == Some(lanes)).count() > 1 {
                wrong(format!("other sections stand between the lanes \"{}\": put them side by side", lanes.id));
            }
            for section in &sections {
                let own = flow.steps_of(*section);
                let last = own.end.saturating_sub(1);
                let reached = flow.reach(vec![own.start], true, &|step| (!own.contains(&step)).then_some(usize::MAX));
                // A lane whose every path leaves it before its end stays unfinished for ever.
                if !reached.get(last).copied().unwrap_or_default() {
                    let id = playbook.sections.get(*section).map(|section| section.id.clone()).unwrap_or_default();
                    wrong(format!("no path through the lane \"{id}\" reaches its last step"));
                }
            }
        }
    }

    /// Playbooks that are called: they exist, and none calls itself through others.
    fn calls(&mut self, context: &Context) {
        if context.calls.is_empty() {
            return;
        }
        let calls = |id: &str| context.calls.iter().find(|(known, _)| known == id).map(|(_, calls)| calls);
        let playbook = self.playbook;
        for (_, step) in playbook.steps() {
            let Some(called) = &step.calls else { continue };
            if calls(called).is_none() {
                let message = format!("step \"{}\" calls the playbook \"{called}\", which is not at hand", step.id);
                self.add(step.line, Level::Error, "unknown-playbook", message);
                continue;
            }
            let (mut todo, mut seen) = (vec![called.as_str()], BTreeSet::new());
            while let Some(id) = todo.pop() {
                if id == playbook.id {
                    let message = format!("step \"{}\" calls \"{called}\", which leads back to this playbook", step.id);
                    self.add(step.line, Level::Error, "call-cycle", message);
                    break;
                }
                if seen.insert(id) {
                    todo.extend(calls(id).into_iter().flatten().map(String::as_str));
                }
            }
        }
    }
}
