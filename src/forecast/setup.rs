//! Networks and crises put together: the network's layers, the crisis's own, then what the proposal changes of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::network::{Scenario, ScenarioErrors, Source, load};
use crate::sim::Plan;

/// A network, as it is or as it is proposed.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Its name in tables.
    pub id: String,
    /// Its layers, base first.
    pub sources: Vec<Source>,
    /// What it changes of a crisis, by the crisis's id: a layer on top of all.
    pub after: BTreeMap<String, Source>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Crisis {
    /// Its name in tables.
    pub id: String,
    /// Its layers, base first; those that the network has too count once.
    pub sources: Vec<Source>,
}

/// A crisis on a network, compiled.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// Compiled.
    pub plan: Arc<Plan>,
}

/// File name without its folder: the same layer may have been found through different paths.
fn file(source: &Source) -> &str {
    source.name.rsplit(['/', '\\']).next().unwrap_or(&source.name)
}

/// The layers of a crisis on a network.
fn layers(network: &Proposal, crisis: &Crisis) -> Vec<Source> {
    let mut out = network.sources.clone();
    let own = crisis.sources.iter().filter(|s| !network.sources.iter().any(|n| file(n) == file(s) && n.text == s.text));
    out.extend(own.cloned());
    out.extend(network.after.get(&crisis.id).cloned());
    out
}

/// Why a crisis and a network do not go together.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SetupError {
    /// The files do not make a scenario.
    #[error("{network} with {crisis}:\n{errors}")]
    Scenario {
        /// The network.
        network: String,
        /// The crisis.
        crisis: String,
        /// Every mistake.
        errors: ScenarioErrors,
    },
    /// The scenario cannot be compiled.
    #[error("{network} with {crisis}: {why}")]
    Plan {
        /// The network.
        network: String,
        /// The crisis.
        crisis: String,
        /// Why.
        why: String,
    },
    /// Two of them could not be told apart in any table.
    #[error("two {what} are called {id}: give one of the files another name")]
    Double {
        /// Kind: network, crisis.
        what: &'static str,
        /// The name.
        id: String,
    },
    /// The two scenarios cannot be compared.
    #[error("{what}: {before} and {after} differ; the same callers cannot be compared")]
    Unlike {
        /// What differs.
        what: &'static str,
        /// One network.
        before: String,
        /// The other.
        after: String,
    },
}

/// Refuses two of one name.
pub(super) fn no_doubles<'a>(ids: impl Iterator<Item = &'a String>, what: &'static str) -> Result<(), SetupError> {
    let mut seen = std::collections::BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(SetupError::Double { what, id: id.clone() });
        }
    }
    Ok(())
}

impl Setup {
    /// Puts a network and a crisis together.
    ///
    /// # Errors
    /// Every mistake of every layer.
    pub fn of(network: &Proposal, crisis: &Crisis) -> Result<Self, SetupError> {
        let names = || (network.id.clone(), crisis.id.clone());
        let scenario = load(&layers(network, crisis)).map_err(|errors| {
            let (network, crisis) = names();
            SetupError::Scenario { network, crisis, errors }
        })?;
        Self::compile(scenario).map_err(|why| {
            let (network, crisis) = names();
            SetupError::Plan { network, crisis, why }
        })
    }

    /// Compiles a scenario.
    ///
    /// # Errors
    /// What the core cannot hold, in one sentence.
    pub fn compile(scenario: Scenario) -> Result<Self, String> {
        let plan = Plan::new(&scenario).map_err(|error| error.to_string())?;
        Ok(Self { scenario: Arc::new(scenario), plan: Arc::new(plan) })
    }

    /// The same network on the same day, where nothing happens.
    ///
    /// # Errors
    /// When it cannot be compiled, which it could with its events.
    pub fn calm(&self) -> Result<Self, SetupError> {
        let mut scenario = Scenario::clone(&self.scenario);
        scenario.events.clear();
        Self::compile(scenario).map_err(|why| SetupError::Plan {
            network: self.scenario.id.clone(),
            crisis: String::new(),
            why,
        })
    }

    /// Second at which the first fault happens, since the start; 0 without faults.
    pub fn first_fault_s(&self) -> u64 {
        self.scenario.first_fault_s().unwrap_or(0.0) as u64
    }
}
