//! An option: levers, ordered at once or later.

use crate::network::{Advice, Element, LeverKind, Scenario, ServerId};
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

    /// Several levers, as a branch of a playbook lists them, ordered now.
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

/// The levers of a scenario that can be ordered now without further detail, in the order of the scenario: those on
/// call servers act on the ones in trouble, those on the public on everybody. Levers that need a choice of place
/// (repoint, overflow, positions) are left to whoever knows the place.
pub fn possible(scenario: &Scenario, servers: &[ServerGauge]) -> Vec<LeverKind> {
    let which = |keep: &dyn Fn(&ServerGauge) -> bool| -> Vec<Element> {
        let servers = servers.iter().enumerate().filter(|(_, s)| keep(s));
        servers.map(|(i, _)| Element::Server(ServerId(i as u16))).collect()
    };
    let troubled = which(&|s| !matches!(s.state, ServerState::Up | ServerState::Withdrawn));
    let withdrawn = which(&|s| s.state == ServerState::Withdrawn);
    let on = |elements: &Vec<Element>| (!elements.is_empty()).then(|| elements.clone());
    let mut out = Vec::new();
    for spec in &scenario.levers {
        out.extend(match spec.id.as_str() {
            "withdraw" if troubled.len() < servers.len() => on(&troubled).map(|on| LeverKind::Withdraw { on }),
            "reinstate" => on(&withdrawn).map(|on| LeverKind::Reinstate { on }),
            "restart" => on(&troubled).map(|on| LeverKind::Restart { on }),
            "rollback" => on(&troubled).map(|on| LeverKind::Rollback { on }),
            "complete" => on(&troubled).map(|on| LeverKind::Complete { on }),
            "freeze" => Some(LeverKind::Freeze),
            "gap" => Some(LeverKind::Gap { share: 0.5 }),
            "publish" if !scenario.network.substitutes.is_empty() => {
                Some(LeverKind::Publish { substitutes: Vec::new() })
            }
            "advise" => Some(LeverKind::Advise { advice: Advice::Redial }),
            "alert" => Some(LeverKind::Alert { zones: Vec::new() }),
            "callback" => Some(LeverKind::Callback { per_min: 1.0 }),
            _ => None,
        });
    }
    out
}
