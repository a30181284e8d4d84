//! What a planner should mend before the day: an exercise that can be read can still be a bad one.

use super::desk::elements;
use super::kit::{Inject, Kit};
use super::rule::Unknown;
use crate::incident::MAX_TEXT;
use crate::lang::Lang;
use crate::network::{Misfit, Said, Scenario, misfit};
use crate::playbook::lint::Level;
use crate::text::drill::refused;
use crate::text::duration::print_duration;

/// More injects than this within five minutes are more than a cell takes in.
const DENSE: usize = 5;
/// A cell that hears nothing for so long loses interest \[s\].
const FIRST_S: u32 = 3_600;

/// The ids of the cells, to choose from.
fn cells(kit: &Kit) -> String {
    kit.cells.iter().map(|cell| cell.id.as_str()).collect::<Vec<_>>().join(", ")
}

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
    /// The finding as a line for people, in the form of all mistakes in files.
    pub fn words(&self, file: &str, lang: &Lang) -> String {
        let place = if self.line == 0 { file.to_owned() } else { format!("{file}:{}:1", self.line) };
        let what = self.level.said(&self.message);
        lang.say(&Said::new("doc-problem").with("place", place).with("what", what))
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
    // The clock stops where the scenario ends: what lies beyond never comes.
    let played_s = scenario.map_or(u32::MAX, |scenario| {
        let before = (scenario.open_at - scenario.start).num_seconds();
        u32::try_from(i64::try_from(scenario.duration_s).unwrap_or(i64::MAX) - before).unwrap_or(0)
    });
    if kit.length_s > played_s {
        let (length, end) = (print_duration(kit.length_s), print_duration(played_s));
        say(Level::Error, kit.head_line(), Said::new("lint-length-past-end").with("length", length).with("end", end));
    }
    let length_s = if kit.length_s == 0 { played_s } else { kit.length_s.min(played_s) };
    let told = scenario.into_iter().flat_map(|scenario| [&scenario.title, &scenario.about]);
    if let Some(phrase) = told.flat_map(|text| [&text.fr, &text.en]).find_map(|text| refused(text)) {
        say(Level::Error, kit.head_line(), Said::new("lint-phrase-scenario").with("phrase", phrase));
    }
    if let Some(phrase) = kit.file("players.md").and_then(refused) {
        say(Level::Error, 0, Said::new("lint-phrase-players").with("phrase", phrase));
    }
    for (rule, line) in kit.rules_with_lines() {
        let of = |id: &'static str| Said::new(id).with("rule", rule.text());
        match scenario.map(|scenario| rule.check(&scenario.network)) {
            Some(Err(Unknown::Health(why))) => say(Level::Error, line, of("lint-rule-health").with("why", why)),
            Some(Err(Unknown::Word { field, word, near, own })) => {
                let (level, id) =
                    if own { (Level::Warning, "lint-rule-not-shipped") } else { (Level::Error, "lint-rule-unknown") };
                say(level, line, of(id).with("field", field).with("word", word).with("near", near));
            }
            Some(Ok(())) | None => {}
        }
    }
    for cell in &kit.cells {
        let heard = |inject: &&Inject| {
            inject.at_s.is_some_and(|at_s| at_s < FIRST_S) && !inject.to.is_empty() && kit.reaches(inject, cell)
        };
        if length_s >= FIRST_S && !kit.injects.is_empty() && !kit.injects.iter().any(|inject| heard(&inject)) {
            say(Level::Note, 0, Said::new("lint-cell-idle").with("cell", &cell.id));
        }
    }
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
        let earliest = inject.at_s.or_else(|| inject.contingency.as_ref().map(|one| one.after_s));
        if earliest.is_some_and(|at_s| at_s > length_s) {
            let end = print_duration(length_s);
            say(Level::Error, inject.line, of("lint-inject-after-end").with("end", end));
        }
        if inject.text.fr.len().max(inject.text.en.len()) > MAX_TEXT {
            say(Level::Error, inject.line, of("lint-inject-too-long").with("most", MAX_TEXT));
        }
        if let Some(name) = kit.nobody(&inject.to) {
            say(Level::Error, inject.line, of("lint-address-unknown").with("name", name).with("cells", cells(kit)));
        }
        for name in inject.audience.iter().filter_map(|name| kit.nobody(name)) {
            say(Level::Error, inject.line, of("lint-audience-unknown").with("name", name).with("cells", cells(kit)));
        }
        if let (Some(act), Some(scenario)) = (&inject.act, scenario) {
            let kind = crate::network::fault_in(&scenario.network, &act.fault);
            if let Err(errors) = &kind {
                let why = errors.first();
                say(Level::Error, inject.line, of("lint-inject-fault").with("why", why));
            }
            for name in &act.on {
                let on = elements(std::slice::from_ref(name), &scenario.network);
                let misfit = kind.as_ref().ok().and_then(|kind| misfit(kind, &on));
                if on.is_empty() {
                    say(Level::Error, inject.line, of("lint-inject-unknown-element").with("element", name));
                } else if let Some(Misfit { may, .. }) = misfit {
                    let message = of("lint-inject-misfit").with("element", name).with("fault", act.word);
                    say(Level::Error, inject.line, message.with("may", may.join(", ")));
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
