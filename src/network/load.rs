//! From sources to a [`Scenario`]: all mistakes at once.

use sha2::{Digest, Sha256};

use super::doc::{Sink, Table, parse};
use super::merge::merge;
use super::select::Names;
use super::source::reference_files;
use super::{Network, Scenario, ScenarioErrors, Source, build, check, script};

/// Reads a scenario from its layers, base first. The last layer names the scenario.
///
/// # Errors
/// Every mistake of every layer, with file, line, column and mend. Checks across rows are made only when
/// each row reads well by itself, so that one slip is not reported twice.
pub fn load(files: &[Source]) -> Result<Scenario, ScenarioErrors> {
    let sink = Sink::default();
    let layers = parse_all(files, &sink);
    if !sink.is_empty() {
        // What is read from half a file would only bring mistakes that are none.
        return Err(sink.into_errors(files));
    }
    let doc = merge(files, layers, &sink);
    let names = Names::of(&doc);
    let network = build::network(&doc, &names, &sink);
    let head = script::head(&doc, network.tz, &sink);
    let (events, event_ids, scripted_levers) = script::events(&doc, &names, head.as_ref(), network.tz, &sink);
    let levers = script::levers(&doc, &sink);
    let visibility = script::visibility(&doc, &sink);
    let truth = script::truth(&doc, &sink);
    if sink.is_empty() {
        check::check(&doc, &network, &sink);
    }
    let head = match head {
        Some(head) if sink.is_empty() => head,
        _ => return Err(sink.into_errors(files)),
    };
    Ok(Scenario {
        id: files.last().map(|s| id_of_file(&s.name).to_owned()).unwrap_or_default(),
        title: head.title,
        about: head.about,
        start: head.start,
        open_at: head.open_at,
        duration_s: head.duration_s,
        seed: head.seed,
        network,
        events,
        scripted_levers,
        event_ids,
        levers,
        visibility,
        playbooks: head.playbooks,
        truth,
        figures: sink.figures(),
        sha256: sha256(files),
    })
}

/// The network known without a scenario: the départements with their places on the map and the emergency
/// numbers; no centres, no call servers, no demand. For a real incident without a scenario.
pub fn reference() -> Network {
    let files = reference_files();
    let sink = Sink::default();
    let layers = parse_all(&files, &sink);
    let doc = merge(&files, layers, &sink);
    build::network(&doc, &Names::of(&doc), &sink)
}

fn parse_all(files: &[Source], sink: &Sink) -> Vec<Table> {
    files.iter().enumerate().map(|(i, s)| parse(i as u16, &s.text, sink)).collect()
}

/// File name without folder and extension.
pub(super) fn id_of_file(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file.strip_suffix(".toml").unwrap_or(file)
}

fn sha256(files: &[Source]) -> String {
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.text.as_bytes());
    }
    hash.finalize().iter().fold(String::new(), |mut hex, byte| {
        use std::fmt::Write;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Law, find, shipped};

    /// The smallest scenario: one centre, Erlang B.
    const THEORY: &str = r#"
        [scenario]
        title = "Erlang B"
        start = 2021-01-04T00:00:00Z
        duration = "100h"

        [[zones]]
        code = "A"

        [[services]]
        code = "15"

        [[demand]]
        service = "15"
        per_day = 86400

        [[psaps]]
        id = "centre"
        services = "15"
        trunks = 10
        positions = 10
        handling = { exp = "10s" }

        [[truth]]
        figure = "blocking"
        value = 0.2145823431
        source = "Erlang B, 10 circuits, 10 erlangs"
    "#;

    fn source(text: &str) -> Vec<Source> {
        vec![Source { name: "theory.toml".into(), text: text.into() }]
    }

    #[test]
    fn a_theory_case_needs_one_centre_and_little_else() {
        let s = load(&source(THEORY)).unwrap();
        assert_eq!(s.id, "theory");
        assert_eq!(s.duration_s, 360_000);
        let n = &s.network;
        assert_eq!(n.psaps[0].handling, Law::Exp(10.0));
        assert_eq!(n.psaps[0].patience, None);
        assert_eq!(n.translation.len(), 1);
        let psap = n.psap_by_id("centre").unwrap();
        assert!((n.expected_received_per_s(psap, s.start) - 1.0).abs() < 1e-12);
        assert!((n.expected_received_all(s.start)[0] - 1.0).abs() < 1e-12);
        assert_eq!(n.callers.max_attempts, 1);
    }

    #[test]
    fn all_mistakes_come_at_once() {
        let text = THEORY
            .replace("trunks = 10", "trunk = 10")
            .replace("\"10s\"", "10")
            .replace("duration = \"100h\"", "duration = \"100 hours\"");
        let errors = load(&source(&text)).unwrap_err().to_string();
        for part in ["did you mean `trunks`", "has no unit", "is not a duration"] {
            assert!(errors.contains(part), "{part} not in:\n{errors}");
        }
    }

    #[test]
    fn the_reference_knows_101_departements_each_with_a_place_of_its_own() {
        let n = reference();
        assert_eq!(n.zones.len(), 101);
        assert_eq!(n.services.iter().map(|s| s.code.as_str()).collect::<Vec<_>>(), ["15", "17", "18", "112"]);
        let mut tiles: Vec<_> = n.zones.iter().map(|z| z.tile.unwrap()).collect();
        // 60 columns at 4 a tile, 14 rows.
        assert!(tiles.iter().all(|(x, y)| *x < 15 && *y < 14));
        tiles.sort_unstable();
        tiles.dedup();
        assert_eq!(tiles.len(), 101);
        let reunion = &n.zones[n.zone_by_code("974").unwrap().index()];
        assert_eq!(reunion.tz, chrono_tz::Indian::Reunion);
        assert!(n.zones.iter().all(|z| z.population > 70_000 && !z.region.is_empty()));
    }

    #[test]
    fn shipped_scenarios_read_without_mistakes() {
        for (id, _) in shipped() {
            let files = find(id, None).unwrap();
            if let Err(errors) = load(&files) {
                panic!("{id}:\n{errors}");
            }
        }
    }
}
