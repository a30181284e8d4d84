//! The shipped playbooks on the shipped evening: they suggest themselves when it begins, and not before.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use vigie::feed::{SimFeed, frame_end};
use vigie::health::{Board, Metric, Perimeter};
use vigie::network::{find, load};
use vigie::playbook::{Library, shipped};
use vigie::sim::{Plan, Simulation};

/// Runs a shipped scenario and calls `look` with the board at each minute from `from` to `until`.
fn each_minute(scenario: &str, from: DateTime<Utc>, until: DateTime<Utc>, mut look: impl FnMut(DateTime<Utc>, &Board)) {
    let scenario = load(&find(scenario, None).unwrap()).unwrap();
    let plan = Arc::new(Plan::new(&scenario).unwrap());
    let mut feed = SimFeed::new(Simulation::new(plan, scenario.seed), scenario.visibility);
    let mut board = Board::new(Arc::new(scenario.network.clone()), scenario.start, Perimeter::Nation, true);
    loop {
        let end = frame_end(scenario.start, feed.next_index());
        if end > until {
            return;
        }
        board.push(&feed.next_frame());
        board.tick(end);
        if end >= from && (end - from).num_seconds() % 60 == 0 {
            look(end, &board);
        }
    }
}

fn holds(board: &Board, text: &str) -> Option<bool> {
    board.holds(&Metric::parse(text).unwrap())
}

fn suggested(library: &Library, board: &Board) -> Vec<String> {
    library.suggestions(&|text| holds(board, text)).iter().map(|s| s.playbook.id.clone()).collect()
}

fn at(hm: &str) -> DateTime<Utc> {
    format!("2021-06-02T{hm}:00+02:00").parse().unwrap()
}

#[test]
fn the_evening_suggests_its_playbooks_within_minutes_and_not_before() {
    let library = Library::new([]);
    let mut minutes = Vec::new();
    each_minute("france-2021-06-02", at("16:35"), at("17:10"), |t, board| {
        minutes.push((t, suggested(&library, board)));
    });
    for (minute, playbooks) in &minutes {
        if *minute <= at("16:44") {
            assert!(playbooks.is_empty(), "{minute}: {playbooks:?}");
        }
    }
    let first = |id: &str| minutes.iter().find(|(_, playbooks)| playbooks.iter().any(|p| p == id)).map(|(t, _)| *t);
    let call_servers = first("call-server-failure").expect("suggested");
    assert!(call_servers - at("16:44") <= TimeDelta::minutes(8), "{call_servers}");
    let inform = first("inform-authorities-and-public").expect("suggested");
    assert!(inform - at("16:44") <= TimeDelta::minutes(10), "{inform}");
    assert!(first("substitute-numbers").is_some_and(|t| t >= call_servers));
}

#[test]
fn an_ordinary_evening_suggests_nothing_and_every_proof_holds_on_it() {
    let library = Library::new([]);
    each_minute("france-ordinary-day", at("18:00"), at("20:00"), |t, board| {
        assert!(suggested(&library, board).is_empty(), "{t}");
        if t == at("20:00") {
            for (playbook, step) in shipped().iter().flat_map(|p| p.steps().map(move |(_, step)| (p, step))) {
                if let Some(proof) = &step.proof {
                    assert_eq!(holds(board, proof), Some(true), "{}: {}: {proof}", playbook.id, step.id);
                }
            }
        }
    });
}

#[test]
fn every_condition_names_figures_that_the_shipped_network_has() {
    let network = load(&find("france-2021-06-02", None).unwrap()).unwrap().network;
    for playbook in shipped() {
        let proofs = playbook.steps().filter_map(|(_, step)| step.proof.as_deref());
        for text in proofs.chain(playbook.triggers.iter().map(|trigger| trigger.metric.as_str())) {
            Metric::parse(text).unwrap().check(&network).unwrap_or_else(|why| panic!("{}: {text}: {why}", playbook.id));
        }
    }
}
