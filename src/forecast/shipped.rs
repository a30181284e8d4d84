//! The crises and the announced measures that are shipped.

use crate::network::{Grade, ScenarioErrors, Source, find, find_text};

use super::setup::{Crisis, Proposal};

/// Crises: `assets/crises`.
const CRISES: &[(&str, &str)] = &[
    ("call-flood", include_str!("../../assets/crises/call-flood.toml")),
    ("counter", include_str!("../../assets/crises/counter.toml")),
    ("failed-failover", include_str!("../../assets/crises/failed-failover.toml")),
    ("gateway-locked", include_str!("../../assets/crises/gateway-locked.toml")),
    ("january-2023", include_str!("../../assets/crises/january-2023.toml")),
    ("june-2021", include_str!("../../assets/crises/june-2021.toml")),
];

/// Measures announced after 2021: `assets/measures`.
const MEASURES: &[(&str, &str)] = &[
    ("automatic-reroute", include_str!("../../assets/measures/automatic-reroute.toml")),
    ("canary", include_str!("../../assets/measures/canary.toml")),
    ("cell-in-30", include_str!("../../assets/measures/cell-in-30.toml")),
    ("independent-substitutes", include_str!("../../assets/measures/independent-substitutes.toml")),
    ("ip-centres", include_str!("../../assets/measures/ip-centres.toml")),
    ("priority", include_str!("../../assets/measures/priority.toml")),
    ("two-vendors", include_str!("../../assets/measures/two-vendors.toml")),
];

/// What a measure changes of one crisis: `measure.crisis`.
const AFTER: &[(&str, &str)] = &[
    ("canary.june-2021", include_str!("../../assets/measures/canary.june-2021.toml")),
    ("cell-in-30.counter", include_str!("../../assets/measures/cell-in-30.counter.toml")),
    ("cell-in-30.failed-failover", include_str!("../../assets/measures/cell-in-30.failed-failover.toml")),
    ("cell-in-30.june-2021", include_str!("../../assets/measures/cell-in-30.june-2021.toml")),
    ("priority.call-flood", include_str!("../../assets/measures/priority.call-flood.toml")),
    ("priority.counter", include_str!("../../assets/measures/priority.counter.toml")),
    ("priority.failed-failover", include_str!("../../assets/measures/priority.failed-failover.toml")),
    ("priority.gateway-locked", include_str!("../../assets/measures/priority.gateway-locked.toml")),
    ("priority.january-2023", include_str!("../../assets/measures/priority.january-2023.toml")),
    ("priority.june-2021", include_str!("../../assets/measures/priority.june-2021.toml")),
];

/// Where a measure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// Sources (`docs/sources.md`).
    pub sources: &'static str,
    /// How well it is known that it was announced.
    pub grade: Grade,
    /// How well the figures are known by which it is modelled.
    pub modelled: Grade,
}

/// Where the shipped measures come from; the reasons stand at the head of their files.
const ANNOUNCED: &[(&str, Announced)] = &[
    ("automatic-reroute", Announced { sources: "S13, IN-5", grade: Grade::D, modelled: Grade::U }),
    ("canary", Announced { sources: "S110, S55, S56", grade: Grade::D, modelled: Grade::U }),
    ("cell-in-30", Announced { sources: "S13, S15, S26, S111", grade: Grade::D, modelled: Grade::I }),
    ("independent-substitutes", Announced { sources: "S65", grade: Grade::I, modelled: Grade::I }),
    ("ip-centres", Announced { sources: "S13, S65", grade: Grade::D, modelled: Grade::U }),
    ("priority", Announced { sources: "S06, S65", grade: Grade::D, modelled: Grade::U }),
    ("two-vendors", Announced { sources: "S10, S53", grade: Grade::D, modelled: Grade::U }),
];

/// Where a shipped measure comes from; `None` when there is none of this id.
pub fn announced(id: &str) -> Option<Announced> {
    ANNOUNCED.iter().find(|(known, _)| *known == id).map(|(_, announced)| *announced)
}

/// Crises that are a scenario of the library under the scenario's own id.
const SAME: &[(&str, &str)] = &[("france-2021-06-02", "june-2021")];

/// The id by which a crisis is known here: scenarios of the library that are a crisis have two.
pub fn crisis_id(id: &str) -> &str {
    SAME.iter().find(|(scenario, _)| *scenario == id).map_or(id, |(_, crisis)| crisis)
}

/// Ids of the shipped crises.
pub fn crises() -> impl Iterator<Item = &'static str> {
    CRISES.iter().map(|(id, _)| *id)
}

/// Ids of the shipped measures.
pub fn measures() -> impl Iterator<Item = &'static str> {
    MEASURES.iter().map(|(id, _)| *id)
}

/// A shipped crisis; `None` when there is none of this id.
///
/// # Errors
/// When a layer is missing, which a test rules out.
pub fn crisis(id: &str) -> Option<Result<Crisis, ScenarioErrors>> {
    let (id, text) = CRISES.iter().find(|(known, _)| *known == crisis_id(id))?;
    Some(find_text(&format!("{id}.toml"), text).map(|sources| Crisis { id: (*id).to_owned(), sources }))
}

/// A shipped measure; `None` when there is none of this id.
///
/// # Errors
/// When a layer is missing, which a test rules out.
pub fn measure(id: &str) -> Option<Result<Proposal, ScenarioErrors>> {
    let (id, text) = MEASURES.iter().find(|(known, _)| *known == id)?;
    let after = AFTER.iter().filter_map(|(name, text)| {
        let crisis = name.strip_prefix(id)?.strip_prefix('.')?;
        Some((crisis.to_owned(), Source { name: format!("{name}.toml"), text: (*text).to_owned() }))
    });
    Some(find_text(&format!("{id}.toml"), text).map(|sources| Proposal {
        id: (*id).to_owned(),
        sources,
        after: after.collect(),
    }))
}

/// The network of France as it is shipped: what the measures change.
///
/// # Errors
/// When a layer is missing, which a test rules out.
pub fn france() -> Result<Proposal, ScenarioErrors> {
    let mut sources = find("france-ordinary-day", None)?;
    sources.pop();
    Ok(Proposal { id: "france".to_owned(), sources, after: std::collections::BTreeMap::new() })
}
