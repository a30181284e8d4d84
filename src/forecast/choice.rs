//! An option: levers, ordered at once or later.

use crate::network::{Advice, LeverKind, Scenario, ServerId};
use crate::playbook::{Playbook, StepView};
use crate::sim::{ServerGauge, ServerState};

/// An option of a forecast.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// Levers with the time of their order \[s from now\], ascending; empty: do nothing.
    pub levers: Vec<(u64, LeverKind)>,
}

impl Choice {
    /// Do nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// One lever, ordered now.
    pub fn lever(lever: LeverKind) -> Self {
        Self { levers: vec![(0, lever)] }
    }

    /// Several levers, as a step of a playbook lists them, ordered now.
    pub fn branch(levers: impl IntoIterator<Item = LeverKind>) -> Self {
        Self { levers: levers.into_iter().map(|lever| (0, lever)).collect() }
    }

    /// The same, this much later \[s\].
    #[must_use]
    pub fn later(mut self, delay_s: u64) -> Self {
        for (at, _) in &mut self.levers {
            *at += delay_s;
        }
        self
    }

    /// When its first lever is ordered \[s from now\]; `None`: never.
    pub fn delay_s(&self) -> Option<u64> {
        self.levers.first().map(|(at, _)| *at)
    }

    /// Does it do nothing?
    pub fn is_nothing(&self) -> bool {
        self.levers.is_empty()
    }
}

/// Levers that act on call servers and need nothing but their names.
const ON_SERVERS: [&str; 5] = ["withdraw", "reinstate", "restart", "rollback", "complete"];

/// Is this line of a playbook a lever on call servers that names none?
pub(super) fn needs_servers(line: &str) -> bool {
    ON_SERVERS.contains(&line.trim())
}

/// Call servers that are in trouble now: neither in service nor taken out by a lever.
pub fn troubled(servers: &[ServerGauge]) -> Vec<ServerId> {
    let out = |s: &ServerGauge| !matches!(s.state, ServerState::Up | ServerState::Withdrawn);
    servers.iter().enumerate().filter(|(_, s)| out(s)).map(|(i, _)| ServerId(i as u16)).collect()
}

/// Words of the scenario's levers that act on call servers and need nothing but their names, in its order.
pub fn on_servers(scenario: &Scenario) -> impl Iterator<Item = &str> {
    scenario.levers.iter().map(|spec| spec.id.as_str()).filter(|word| ON_SERVERS.contains(word))
}

/// The levers of a scenario that can be ordered without further detail, in its order: those on the public and on all
/// traffic. Levers that need a choice of place (which servers, which centre) are left to whoever knows the place.
pub fn placeless(scenario: &Scenario) -> impl Iterator<Item = LeverKind> {
    scenario.levers.iter().filter_map(|spec| match spec.id.as_str() {
        "freeze" => Some(LeverKind::Freeze),
        "gap" => Some(LeverKind::Gap { share: 0.5 }),
        "publish" if !scenario.network.substitutes.is_empty() => Some(LeverKind::Publish { substitutes: Vec::new() }),
        "advise" => Some(LeverKind::Advise { advice: Advice::Redial }),
        "alert" => Some(LeverKind::Alert { zones: Vec::new() }),
        "callback" => Some(LeverKind::Callback { per_min: 1.0 }),
        _ => None,
    })
}

/// A lever from its line, or from the beginning of a line as a playbook offers it: what is missing is the servers
/// `on` where it acts on servers, else what [`placeless`] takes.
///
/// # Errors
/// What is missing or unknown, in one sentence.
pub fn complete(scenario: &Scenario, line: &str, on: &[ServerId]) -> Result<LeverKind, String> {
    let word = line.split_whitespace().next().unwrap_or_default();
    if !scenario.levers.is_empty() && !scenario.levers.iter().any(|spec| spec.id == word) {
        return Err(format!("this scenario has no lever `{word}`"));
    }
    let bare = line.trim() == word;
    if bare && ON_SERVERS.contains(&word) && !on.is_empty() {
        let ids = on.iter().filter_map(|id| scenario.network.call_servers.get(id.index()));
        let line = ids.fold(word.to_owned(), |line, server| line + " " + &server.id);
        return scenario.network.lever(&line);
    }
    let known = placeless(scenario).find(|lever| bare && lever.word() == word);
    known.map_or_else(|| scenario.network.lever(line), Ok)
}

/// What a step of a running playbook would have done, or a branch out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// The step that is to be worked at now.
    pub step: String,
    /// The step a branch of it leads to; `None`: the step itself.
    pub go: Option<String>,
    /// Its levers, as the playbook offers them.
    pub offers: Vec<String>,
}

/// What the steps of a playbook that are to be worked at now would have done, each followed by the branches out of it;
/// steps that offer no lever change nothing in the network and are left out.
pub fn courses(playbook: &Playbook, views: &[StepView<'_>]) -> Vec<Course> {
    let mut out: Vec<Course> = Vec::new();
    for view in views.iter().filter(|view| view.current && !view.state.settled()) {
        let own = (None, view.step);
        let ways = view.ways.iter().filter_map(|way| playbook.step(&way.branch.go).map(|step| (Some(&step.id), step)));
        for (go, step) in std::iter::once(own).chain(ways).filter(|(_, step)| !step.levers.is_empty()) {
            let course = Course { step: view.step.id.clone(), go: go.cloned(), offers: step.levers.clone() };
            if !out.contains(&course) {
                out.push(course);
            }
        }
    }
    out
}
