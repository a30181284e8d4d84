//! What a planner should mend before the day: an exercise that can be read can still be a bad one.

use super::desk::elements;
use super::kit::Kit;
use crate::lang::Lang;
use crate::network::{Said, Scenario};
use crate::playbook::lint::Level;
use crate::text::duration::print_duration;

/// More injects than this within five minutes are more than a cell takes in.
const DENSE: usize = 5;

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub level: Level,
    /// Line in the exercise's file; 0 = of the whole.
    pub line: u32,
    /// What, and how to mend it.
    pub message: Said,
}

impl Finding {
    /// The finding as a line for people, with the file and its line.
    pub fn words(&self, file: &str, lang: &Lang) -> String {
        format!("{file}:{}: {}: {}", self.line, lang.t(self.level.id()), lang.say(&self.message))
    }
}

/// Looks an exercise through, with the scenario that it runs on where that is at hand.
pub fn lint(kit: &Kit, scenario: Option<&Scenario>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |level, line, message: Said| found.push(Finding { level, line, message });
    if kit.injects.is_empty() {
        say(Level::Error, 0, Said::new("lint-no-inject"));
    }
    if kit.objectives.is_empty() {
        say(Level::Error, 0, Said::new("lint-no-objective"));
    }
    for objective in &kit.objectives {
        let id = &objective.id;
        let of = |message: &'static str| Said::new(message).with("objective", id);
        if objective.rule.is_none() {
            say(Level::Note, objective.line, of("lint-objective-no-rule"));
        } else if objective.target_s.is_none() {
            say(Level::Note, objective.line, of("lint-objective-no-target"));
        }
        if objective.historic_s.is_some() && objective.source.is_empty() {
            say(Level::Warning, objective.line, of("lint-objective-no-source"));
        }
        if !kit.injects.iter().any(|inject| inject.objectives.contains(id)) {
            say(Level::Warning, objective.line, of("lint-objective-unserved"));
        }
        if objective.title.fr.is_empty() || objective.title.en.is_empty() {
            say(Level::Warning, objective.line, of("lint-objective-one-language"));
        }
    }
    let length_s = match (kit.length_s, scenario) {
        (0, Some(scenario)) => scenario.duration_s as u32,
        (length_s, _) => length_s,
    };
    for inject in &kit.injects {
        let id = &inject.id;
        let of = |message: &'static str| Said::new(message).with("inject", id);
        if inject.expected.fr.is_empty() && inject.expected.en.is_empty() {
            say(Level::Warning, inject.line, of("lint-inject-nothing-expected"));
        }
        if inject.objectives.is_empty() {
            say(Level::Warning, inject.line, of("lint-inject-no-objective"));
        }
        if inject.text.fr.is_empty() || inject.text.en.is_empty() {
            say(Level::Warning, inject.line, of("lint-inject-one-language"));
        }
        if !inject.to.is_empty() && inject.from.is_empty() {
            say(Level::Warning, inject.line, of("lint-inject-no-sender"));
        }
        if inject.at_s.is_some_and(|at_s| length_s > 0 && at_s > length_s) {
            let end = print_duration(length_s);
            say(Level::Error, inject.line, of("lint-inject-after-end").with("end", end));
        }
        if let (Some(act), Some(scenario)) = (&inject.act, scenario) {
            if let Err(errors) = crate::network::fault_in(&scenario.network, &act.fault) {
                let why = errors.first();
                say(Level::Error, inject.line, of("lint-inject-fault").with("why", why));
            }
            for name in &act.on {
                if elements(std::slice::from_ref(name), &scenario.network).is_empty() {
                    say(Level::Error, inject.line, of("lint-inject-unknown-element").with("element", name));
                }
            }
        }
        if inject.contingency.as_ref().is_some_and(|one| one.when.is_none() && one.unless.is_none()) {
            say(Level::Note, inject.line, of("lint-contingency-no-rule"));
        }
    }
    if !kit.injects.is_empty() && !kit.injects.iter().any(|inject| inject.contingency.is_some()) {
        say(Level::Warning, 0, Said::new("lint-no-contingency"));
    }
    let mut times: Vec<u32> = kit.injects.iter().filter_map(|inject| inject.at_s).collect();
    times.sort_unstable();
    if let Some(window) = times.windows(DENSE + 1).find(|window| window[DENSE] - window[0] < 300) {
        let at = print_duration(window[0]);
        say(Level::Warning, 0, Said::new("lint-dense").with("most", DENSE).with("at", at));
    }
    found.sort_by_key(|finding| (finding.line, std::cmp::Reverse(finding.level)));
    found
}
