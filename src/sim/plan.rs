//! The immutable side of a simulation, compiled once from a scenario and shared by all its forks.

use thiserror::Error;

use crate::network::Scenario;

/// Why a scenario cannot be compiled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PlanError {
    /// A figure is outside what the core can hold.
    #[error("{what} is {value}, outside what the simulation can hold ({range})")]
    OutOfRange {
        /// What it is, with its id.
        what: String,
        /// The value found.
        value: String,
        /// What is accepted.
        range: String,
    },
}

/// Everything about a scenario that no lever and no fault changes.
#[derive(Debug)]
pub struct Plan {
    zones: usize,
}

impl Plan {
    /// Compiles a scenario.
    ///
    /// # Errors
    /// Names the first figure that the core cannot hold.
    pub fn new(scenario: &Scenario) -> Result<Self, PlanError> {
        Ok(Self { zones: scenario.network.zones.len() })
    }

    /// Number of zones.
    pub fn zones(&self) -> usize {
        self.zones
    }
}
