//! What a planner should mend before the day: an exercise that can be read can still be a bad one.

use super::desk::elements;
use super::kit::Kit;
use crate::network::Scenario;
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
    pub message: String,
}

/// Looks an exercise through, with the scenario that it runs on where that is at hand.
pub fn lint(kit: &Kit, scenario: Option<&Scenario>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |level, line, message: String| found.push(Finding { level, line, message });
    if kit.injects.is_empty() {
        say(Level::Error, 0, "there is no inject: nothing would happen".to_owned());
    }
    if kit.objectives.is_empty() {
        say(Level::Error, 0, "there is no objective: nothing could be learnt".to_owned());
    }
    for objective in &kit.objectives {
        let id = &objective.id;
        if objective.rule.is_none() {
            say(Level::Note, objective.line, format!("objective {id} has no rule: only people judge it"));
        } else if objective.target_s.is_none() {
            say(
                Level::Note,
                objective.line,
                format!("objective {id} has no target: its delay is measured, not judged"),
            );
        }
        if objective.historic_s.is_some() && objective.source.is_empty() {
            say(Level::Warning, objective.line, format!("objective {id}: the historic figure has no source"));
        }
        if !kit.injects.iter().any(|inject| inject.objectives.contains(id)) {
            say(Level::Warning, objective.line, format!("no inject serves objective {id}"));
        }
        if objective.title.fr.is_empty() || objective.title.en.is_empty() {
            say(Level::Warning, objective.line, format!("objective {id} is worded in one language only"));
        }
    }
    let length_s = match (kit.length_s, scenario) {
        (0, Some(scenario)) => scenario.duration_s as u32,
        (length_s, _) => length_s,
    };
    for inject in &kit.injects {
        let id = &inject.id;
        if inject.expected.fr.is_empty() && inject.expected.en.is_empty() {
            say(Level::Warning, inject.line, format!("inject {id} does not say what the players are expected to do"));
        }
        if inject.objectives.is_empty() {
            say(Level::Warning, inject.line, format!("inject {id} serves no objective"));
        }
        if inject.text.fr.is_empty() || inject.text.en.is_empty() {
            say(Level::Warning, inject.line, format!("inject {id} is worded in one language only"));
        }
        if !inject.to.is_empty() && inject.from.is_empty() {
            say(Level::Warning, inject.line, format!("inject {id} does not say from whom it comes"));
        }
        if inject.at_s.is_some_and(|at_s| length_s > 0 && at_s > length_s) {
            let end = print_duration(length_s);
            say(Level::Error, inject.line, format!("inject {id} comes after the end of the exercise ({end})"));
        }
        if let (Some(act), Some(scenario)) = (&inject.act, scenario) {
            for name in &act.on {
                if elements(std::slice::from_ref(name), &scenario.network).is_empty() {
                    say(Level::Error, inject.line, format!("inject {id}: the scenario has no element \"{name}\""));
                }
            }
        }
        if inject.contingency.as_ref().is_some_and(|one| one.when.is_none() && one.unless.is_none()) {
            say(Level::Note, inject.line, format!("contingency inject {id} has no rule: it is never suggested"));
        }
    }
    if !kit.injects.is_empty() && !kit.injects.iter().any(|inject| inject.contingency.is_some()) {
        say(Level::Warning, 0, "there is no contingency inject: a script alone rarely survives its players".to_owned());
    }
    let mut times: Vec<u32> = kit.injects.iter().filter_map(|inject| inject.at_s).collect();
    times.sort_unstable();
    if let Some(window) = times.windows(DENSE + 1).find(|window| window[DENSE] - window[0] < 300) {
        let at = print_duration(window[0]);
        say(Level::Warning, 0, format!("more than {DENSE} injects within five minutes from {at}"));
    }
    found.sort_by_key(|finding| (finding.line, std::cmp::Reverse(finding.level)));
    found
}
