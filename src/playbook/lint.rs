//! What a planner should mend before the night: a playbook that parses can still be a bad one.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};

use super::flow::Flow;
use super::{Playbook, Section, Step, lever_word};
use crate::lang::Lang;
use crate::network::{FAULT_WORDS, Said, Text};
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

impl Level {
    /// Message id of its word.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Note => "lint-level-note",
            Self::Warning => "lint-level-warning",
            Self::Error => "lint-level-error",
        }
    }

    /// A sentence with its level before it.
    pub fn said(self, what: &Said) -> Said {
        Said::new("lint-leveled").with("level", Said::new(self.id())).with("what", what)
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
    pub message: Said,
}

impl Lint {
    /// The finding as a line for people, with its place and its rule.
    pub fn words(&self, lang: &Lang) -> String {
        let (level, message) = (lang.t(self.level.id()), lang.say(&self.message));
        format!("{}.toml:{}: {level}: {message} [{}]", self.playbook, self.line, self.rule)
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
    fn add(&mut self, line: u32, level: Level, rule: &'static str, message: Said) {
        self.found.push(Lint { playbook: self.playbook.id.clone(), line, level, rule, message });
    }

    fn translated(&mut self, line: u32, what: &Said, text: &Text) {
        for (id, words) in [("lint-no-french", &text.fr), ("lint-no-english", &text.en)] {
            if words.is_empty() {
                self.add(line, Level::Error, "missing-translation", Said::new(id).with("what", what));
            }
        }
    }

    fn document(&mut self, context: &Context) {
        let playbook = self.playbook;
        self.translated(1, &Said::new("lint-the-title"), &playbook.title);
        self.translated(1, &Said::new("lint-the-about"), &playbook.about);
        for trigger in &playbook.triggers {
            self.translated(1, &Said::new("lint-the-trigger").with("metric", &trigger.metric), &trigger.why);
        }
        if playbook.triggers.is_empty() {
            self.add(1, Level::Note, "no-trigger", Said::new("lint-no-trigger"));
        }
        let cited: BTreeSet<&str> = playbook.steps().flat_map(|(_, s)| &s.sources).map(String::as_str).collect();
        for source in playbook.sources.iter().filter(|source| !cited.contains(source.id.as_str())) {
            self.add(1, Level::Note, "unused-source", Said::new("lint-unused-source").with("source", &source.id));
        }
        for fault in playbook.covers.iter().filter(|fault| !FAULT_WORDS.contains(&fault.as_str())) {
            let message = Said::new("lint-unknown-fault").with("fault", fault);
            self.add(1, Level::Note, "unknown-fault", message);
        }
        let risky = playbook.steps().filter(|(_, step)| step.risky).count();
        if risky >= 3 && !playbook.has_safe_list() {
            let message = Said::new("lint-no-safe-list").with("steps", risky);
            self.add(1, Level::Note, "no-safe-list", message);
        }
        let Some(today) = context.today else { return };
        match playbook.valid_until {
            None => self.add(1, Level::Warning, "no-validity", Said::new("lint-no-validity")),
            Some(until) if until < today => {
                self.add(1, Level::Warning, "stale", Said::new("lint-stale").with("day", until.to_string()));
            }
            Some(_) => {}
        }
        match playbook.last_exercised {
            None => self.add(1, Level::Note, "never-exercised", Said::new("lint-never-exercised")),
            Some(day) if today - day > TimeDelta::days(365) => {
                self.add(
                    1,
                    Level::Note,
                    "long-unexercised",
                    Said::new("lint-long-unexercised").with("day", day.to_string()),
                );
            }
            Some(_) => {}
        }
    }

    fn section(&mut self, section: &Section) {
        self.translated(section.line, &Said::new("lint-the-section").with("id", &section.id), &section.title);
        if section.steps.len() > SECTION_STEPS {
            let message = Said::new("lint-long-section")
                .with("id", &section.id)
                .with("steps", section.steps.len())
                .with("most", SECTION_STEPS);
            self.add(section.line, Level::Warning, "long-section", message);
        }
    }

    fn step(&mut self, step: &Step, context: &Context) {
        let name = Said::new("lint-the-step").with("id", &step.id);
        let of = |id: &'static str| Said::new(id).with("step", &step.id);
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
                self.translated(step.line, &of("lint-the-part").with("part", part), text);
            }
        }
        for check in &step.checks {
            self.translated(step.line, &of("lint-the-check"), &check.why);
        }
        if let Some(directory) = &context.contacts {
            for id in &step.contacts {
                match directory.iter().find(|(known, _)| known == id) {
                    None => {
                        let message = of("lint-unknown-contact").with("contact", id);
                        self.add(step.line, Level::Error, "unknown-contact", message);
                    }
                    Some((_, false)) => {
                        let message = of("lint-stale-contact").with("contact", id);
                        self.add(step.line, Level::Warning, "stale-contact", message);
                    }
                    Some((_, true)) => {}
                }
            }
        }
        for branch in &step.branches {
            if let Some(when) = &branch.when {
                self.translated(step.line, &of("lint-the-branch"), when);
            }
            if branch.go == step.id {
                self.add(step.line, Level::Error, "loop", of("lint-loop"));
            }
        }
        for words in [&step.text.fr, &step.text.en] {
            let length = words.chars().count();
            if length > SENTENCE {
                let message = of("lint-long-sentence").with("length", length);
                self.add(step.line, Level::Note, "long-sentence", message);
            }
        }
        if step.risky {
            if step.warning.is_none() {
                self.add(step.line, Level::Error, "risk-without-warning", of("lint-risk-without-warning"));
            }
            if step.back_out.is_none() {
                self.add(step.line, Level::Error, "risk-without-back-out", of("lint-risk-without-back-out"));
            }
        } else if let Some(lever) = step.levers.iter().find(|lever| RISKY_LEVERS.contains(&lever_word(lever))) {
            let message = of("lint-hidden-risk").with("lever", lever);
            self.add(step.line, Level::Warning, "hidden-risk", message);
        }
        self.limits(step, context);
    }

    fn limits(&mut self, step: &Step, context: &Context) {
        let Some(clock) = &step.clock else { return };
        let of = |id: &'static str| Said::new(id).with("step", &step.id).with("clock", clock);
        let Some((_, delay)) = context.clocks.iter().find(|(id, _)| id == clock) else {
            if !context.clocks.is_empty() {
                self.add(step.line, Level::Warning, "unknown-clock", of("lint-unknown-clock"));
            }
            return;
        };
        let Some(delay) = delay else { return };
        match step.hard_s.or(step.soft_s) {
            None => {
                self.add(step.line, Level::Warning, "clock-without-limit", of("lint-clock-without-limit"));
            }
            Some(limit) if limit > *delay => {
                let message = of("lint-limit-past-clock")
                    .with("limit", print_duration(limit))
                    .with("delay", print_duration(*delay));
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
            let message = Said::new("lint-unreachable").with("step", &step.id);
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
            let of = |id: &'static str| Said::new(id).with("lanes", &lanes.id);
            let mut wrong = |message: Said| self.add(lanes.line, Level::Error, "lanes-cannot-join", message);
            if sections.len() < 2 {
                wrong(of("lint-lanes-too-few").with("sections", sections.len()));
                continue;
            }
            if needed > sections.len() {
                wrong(of("lint-lanes-wait").with("needed", needed).with("sections", sections.len()));
            }
            if flow.blocks.iter().filter(|block| block.lanes == Some(lanes)).count() > 1 {
                wrong(of("lint-lanes-apart"));
            }
            for section in &sections {
                let own = flow.steps_of(*section);
                let last = own.end.saturating_sub(1);
                let reached = flow.reach(vec![own.start], true, &|step| (!own.contains(&step)).then_some(usize::MAX));
                // A lane whose every path leaves it before its end stays unfinished for ever.
                if !reached.get(last).copied().unwrap_or_default() {
                    let id = playbook.sections.get(*section).map(|section| section.id.clone()).unwrap_or_default();
                    wrong(Said::new("lint-lane-left").with("section", id));
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
                let message = Said::new("lint-unknown-playbook").with("step", &step.id).with("called", called);
                self.add(step.line, Level::Error, "unknown-playbook", message);
                continue;
            }
            let (mut todo, mut seen) = (vec![called.as_str()], BTreeSet::new());
            while let Some(id) = todo.pop() {
                if id == playbook.id {
                    let message = Said::new("lint-call-cycle").with("step", &step.id).with("called", called);
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
