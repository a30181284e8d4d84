//! From sources to a [`Scenario`]: all mistakes at once.

use super::{Callers, Law, Network, Scenario, ScenarioErrors, Source, Text};

/// Reads a scenario from its layers, base first.
///
/// # Errors
/// Every mistake of every layer, with file, line, column and mend.
pub fn load(files: &[Source]) -> Result<Scenario, ScenarioErrors> {
    let name = files.last().map_or("scenario", |s| s.name.as_str());
    Err(ScenarioErrors::of_file(name, "this version reads no scenario yet".to_owned(), None))
}

/// The network known without a scenario: zones and services, nothing else.
pub fn reference() -> Network {
    Network {
        name: Text::default(),
        tz: chrono_tz::Europe::Paris,
        zones: vec![],
        services: vec![],
        operators: vec![],
        lines: vec![],
        profiles: vec![],
        demand: vec![],
        psaps: vec![],
        call_servers: vec![],
        trunk_groups: vec![],
        routes: vec![],
        translation: vec![],
        substitutes: vec![],
        callers: silent_callers(),
    }
}

/// Callers who try once, at once, and then stop.
fn silent_callers() -> Callers {
    Callers {
        setup: Law::Fixed(0.0),
        patience_silence: Law::Fixed(15.0),
        redial: std::array::from_fn(|_| 0.0.into()),
        redial_decay: 1.0.into(),
        redial_delay: vec![],
        max_attempts: 1,
        persistence_spread: 0.0.into(),
        switch_service: 0.0.into(),
        switch_access: 0.0.into(),
        own_means: 0.0.into(),
    }
}
