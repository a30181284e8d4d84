//! What a scenario must keep to for the core to hold it: how much of everything, finite figures, indices in range.
//!
//! Does not belong here: what a person can mend, with file and line (the network room says that first).

use super::PlanError;
use crate::network::Network;

fn limit(what: &'static str, count: usize, most: usize) -> Result<(), PlanError> {
    if count > most { Err(PlanError::TooMany { what, count, most }) } else { Ok(()) }
}

fn within(what: impl FnOnce() -> String, kind: &'static str, index: usize, len: usize) -> Result<(), PlanError> {
    if index < len { Ok(()) } else { Err(PlanError::Dangling { what: what(), kind, index }) }
}

fn figure(what: impl FnOnce() -> String, value: f64) -> Result<(), PlanError> {
    if value.is_finite() && value >= 0.0 {
        Ok(())
    } else {
        Err(PlanError::NotANumber { what: what(), value: value.to_string() })
    }
}

pub(super) fn check(network: &Network) -> Result<(), PlanError> {
    limit("zones", network.zones.len(), 10_000)?;
    limit("services", network.services.len(), 200)?;
    limit("lines", network.lines.len(), 200)?;
    limit("psaps", network.psaps.len(), 60_000)?;
    limit("call servers", network.call_servers.len(), 1_000)?;
    limit("trunk groups", network.trunk_groups.len(), 60_000)?;
    limit("routes", network.routes.len(), 60_000)?;
    limit("substitute numbers", network.substitutes.len(), 60_000)?;
    let (zones, services, psaps) = (network.zones.len(), network.services.len(), network.psaps.len());
    for row in &network.demand {
        let what = || format!("demand of zone {} service {}", row.zone.0, row.service.0);
        within(what, "zone", row.zone.index(), zones)?;
        within(what, "service", row.service.index(), services)?;
        figure(what, row.per_day.value)?;
    }
    for row in &network.translation {
        let what = || format!("translation of zone {} service {}", row.zone.0, row.service.0);
        within(what, "zone", row.zone.index(), zones)?;
        within(what, "service", row.service.index(), services)?;
        for (psap, _) in &row.to {
            within(what, "psap", psap.index(), psaps)?;
        }
    }
    for psap in &network.psaps {
        let what = || format!("psap `{}`", psap.id);
        within(what, "zone", psap.zone.index(), zones)?;
        if let Some(overflow) = psap.overflow {
            within(what, "psap", overflow.index(), psaps)?;
        }
        for service in &psap.services {
            within(what, "service", service.index(), services)?;
        }
    }
    for group in &network.trunk_groups {
        let what = || format!("trunk group `{}`", group.id);
        within(what, "call server", group.from.index(), network.call_servers.len())?;
        for psap in &group.to {
            within(what, "psap", psap.index(), psaps)?;
        }
    }
    for (i, route) in network.routes.iter().enumerate() {
        let what = || format!("route number {i}");
        limit("choices in a route", route.choices.len(), 16)?;
        for (server, _, _) in &route.choices {
            within(what, "call server", server.index(), network.call_servers.len())?;
        }
    }
    for server in &network.call_servers {
        figure(|| format!("set-ups per second of call server `{}`", server.id), server.setups_per_s)?;
    }
    for substitute in &network.substitutes {
        within(|| format!("substitute number `{}`", substitute.id), "psap", substitute.psap.index(), psaps)?;
    }
    Ok(())
}
