//! What is uncertain in a scenario and compiled into its network: how substitute numbers become known, how callers are
//! shared between lines, how strong a fault is. A draw of these makes another scenario; what futures draw besides is in
//! [`super::draw`].

use super::draw::{Ranged, mix};
use crate::network::{FaultKind, Param, Scenario, ScriptedAct, Substitute};

/// The compiled unknowns of a scenario.
#[derive(Debug, Clone, Default)]
pub(super) struct Unknowns {
    /// How fast substitute numbers become known, how many hear of them: each one unknown for all numbers.
    substitutes: [bool; 2],
    /// Lines whose share of the callers has a range.
    lines: Vec<(usize, Ranged)>,
    /// Scripted faults one of whose figures has a range: place among the events, name of the figure.
    faults: Vec<(usize, String, Ranged)>,
    /// Ranges of the scenario that these stand for.
    ranges: usize,
}

/// The two figures of a substitute number that may have a range.
const OF_SUBSTITUTES: [fn(&mut Substitute) -> &mut Param; 2] = [|one| &mut one.half_time_s, |one| &mut one.reach];

impl Unknowns {
    /// Those of a scenario.
    pub(super) fn of(scenario: &Scenario) -> Self {
        let mut found = Self::default();
        let uncertain = |param: &Param| Ranged::of("", param).is_uncertain();
        for substitute in &scenario.network.substitutes {
            found.substitutes[0] |= uncertain(&substitute.half_time_s);
            found.substitutes[1] |= uncertain(&substitute.reach);
        }
        for figure in scenario.figures.iter().filter(|figure| uncertain(&figure.param)) {
            let ranged = Ranged::of(&figure.path, &figure.param);
            let Some((table, rest)) = figure.path.split_once('.') else { continue };
            let Some((id, key)) = rest.rsplit_once('.') else { continue };
            match table {
                "substitutes" => found.ranges += 1,
                "lines" if key == "share" => {
                    // Compiled lines have no id: the figure itself says which one it is.
                    let mut lines = scenario.network.lines.iter().enumerate();
                    let taken = |place: usize| found.lines.iter().any(|(known, _)| *known == place);
                    if let Some((place, _)) = lines.find(|(at, line)| line.share == figure.param && !taken(*at)) {
                        found.lines.push((place, ranged));
                        found.ranges += 1;
                    }
                }
                "events" => {
                    let mut places = scenario.event_ids.iter().zip(&scenario.events).enumerate();
                    let place = places.find_map(|(at, (known, event))| {
                        let ScriptedAct::Fault(kind) = &event.act else { return None };
                        (known == id && set(&mut kind.clone(), key, figure.param.value)).then_some(at)
                    });
                    if let Some(place) = place {
                        found.faults.push((place, key.to_owned(), ranged));
                        found.ranges += 1;
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// How many unknowns are drawn.
    pub(super) fn drawn(&self) -> usize {
        self.substitutes.iter().filter(|one| **one).count() + self.lines.len() + self.faults.len()
    }

    /// How many ranges of the scenario they stand for.
    pub(super) fn ranges(&self) -> usize {
        self.ranges
    }

    /// The scenario at draw `group` under `seed`. What has the same name in two scenarios is drawn alike.
    pub(super) fn draw(&self, scenario: &Scenario, seed: u64, group: u64) -> Scenario {
        let root = mix(seed ^ 0x5b5, group);
        let mut scenario = scenario.clone();
        for substitute in &mut scenario.network.substitutes {
            for (i, of) in OF_SUBSTITUTES.iter().enumerate() {
                let param = of(substitute);
                param.value = Ranged::of("", param).at_word(mix(root, i as u64));
            }
        }
        for (place, ranged) in &self.lines {
            let share = ranged.at_word(mix(root, name(&ranged.path)));
            // The other lines share the rest as they did.
            let rest = (1.0 - share) / (1.0 - ranged.value).max(1e-9);
            for (at, line) in scenario.network.lines.iter_mut().enumerate() {
                line.share.value = if at == *place { share } else { line.share.value * rest };
            }
        }
        for (place, key, ranged) in &self.faults {
            if let Some(event) = scenario.events.get_mut(*place)
                && let ScriptedAct::Fault(kind) = &mut event.act
            {
                set(kind, key, ranged.at_word(mix(root, name(&ranged.path))));
            }
        }
        scenario
    }
}

/// Gives a figure of a fault another value; false: it has no such figure, or none that can be drawn.
fn set(kind: &mut FaultKind, key: &str, value: f64) -> bool {
    let figure = match (kind, key) {
        (
            FaultKind::Reject { p }
            | FaultKind::Blackhole { p, .. }
            | FaultKind::Drop { p, .. }
            | FaultKind::Mute { p }
            | FaultKind::Misroute { p, .. }
            | FaultKind::Failover { p, .. },
            "p",
        ) => p,
        (FaultKind::Degraded { capacity, .. }, "capacity") => capacity,
        _ => return false,
    };
    *figure = value;
    true
}

/// A name as a number (FNV-1a, 64 bits).
fn name(path: &str) -> u64 {
    path.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evening() -> Scenario {
        crate::network::load(&crate::network::find("france-2021-06-02", None).expect("shipped")).expect("valid")
    }

    #[test]
    fn every_range_of_the_evening_is_drawn_and_stays_within_its_bounds() {
        let scenario = evening();
        let unknowns = Unknowns::of(&scenario);
        assert_eq!((unknowns.drawn(), unknowns.lines.len(), unknowns.faults.len()), (4, 1, 1));
        assert_eq!(unknowns.ranges(), super::super::draw::Ranges::of(&scenario).fixed(), "a range is left");
        let p = |scenario: &Scenario| {
            let (place, ..) = &unknowns.faults[0];
            match &scenario.events[*place].act {
                ScriptedAct::Fault(FaultKind::Blackhole { p, leak: true }) => *p,
                other => panic!("{other:?}"),
            }
        };
        assert!((p(&scenario) - 0.02).abs() < 1e-12);
        let mut seen = Vec::new();
        for group in 0..40 {
            let drawn = unknowns.draw(&scenario, 7, group);
            assert_eq!(drawn, unknowns.draw(&scenario, 7, group));
            let share = drawn.network.lines[unknowns.lines[0].0].share.value;
            let total: f64 = drawn.network.lines.iter().map(|line| line.share.value).sum();
            assert!((0.08..=0.20).contains(&share) && (0.01..=0.10).contains(&p(&drawn)), "{share} {}", p(&drawn));
            assert!((total - 1.0).abs() < 1e-9, "{total}");
            seen.push((share, p(&drawn)));
        }
        // Both sides of the value are drawn, and the two do not move together.
        assert!(seen.iter().any(|(share, p)| *share < 0.13 && *p > 0.03));
        assert!(seen.iter().any(|(share, p)| *share > 0.15 && *p < 0.02));
    }

    #[test]
    fn what_has_the_same_name_in_another_scenario_is_drawn_alike() {
        let scenario = evening();
        let mut other = scenario.clone();
        other.events.remove(0);
        other.event_ids.remove(0);
        let drawn = |scenario: &Scenario| {
            let unknowns = Unknowns::of(scenario);
            let drawn = unknowns.draw(scenario, 3, 5);
            let (place, ..) = unknowns.faults[0];
            (drawn.events[place].act.clone(), drawn.network.lines)
        };
        assert_eq!(drawn(&scenario), drawn(&other));
    }
}
