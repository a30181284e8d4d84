//! What alarms say against what the board shows at the same instant, on the evening of 2 June 2021 and on every
//! documented incident.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use vigie::feed::{SimFeed, documented};
use vigie::health::{AlarmEvent, Board, Perimeter, State};
use vigie::network::{self, Network, Scenario};
use vigie::sim::{Plan, Simulation};

fn scenario(id: &str) -> Scenario {
    network::load(&network::find(id, None).unwrap()).unwrap()
}

/// Runs a scenario to its end and shows each alarm with the board of that instant.
fn watch(scenario: &Scenario, mut each: impl FnMut(&Board, &AlarmEvent)) {
    let plan = Arc::new(Plan::new(scenario).unwrap());
    let mut feed = SimFeed::new(Simulation::new(plan, scenario.seed), scenario.visibility);
    let mut board = Board::new(Arc::new(scenario.network.clone()), scenario.start, Perimeter::Nation, true);
    let end = scenario.start + TimeDelta::seconds(scenario.duration_s as i64);
    while board.now() < end {
        for event in board.push(&feed.next_frame()) {
            each(&board, &event);
        }
    }
}

/// Successes or failures behind a share, and its trials.
fn counts(event: &AlarmEvent) -> (u32, u32) {
    ((event.alarm.seen * f64::from(event.alarm.of)).round() as u32, event.alarm.of)
}

/// The sum over the numbers of what made their states, if all of them speak of the same window.
fn numbers(board: &Board) -> Option<(u32, u32)> {
    let rows = board.services();
    rows.iter()
        .all(|row| row.failed_window_s == 300)
        .then(|| rows.iter().fold((0, 0), |(failed, of), row| (failed + row.failed.ok, of + row.failed.of)))
}

/// Failures and trials of the last half hour in a zone, as its row shows them.
fn zone(board: &Board, network: &Network, code: &str) -> (u32, u32) {
    let row = board.zones().iter().find(|row| network.zones[row.zone.index()].code == code).unwrap();
    row.ner.iter().fold((0, 0), |(failed, of), ner| (failed + ner.of - ner.ok, of + ner.of))
}

/// Set-ups that progressed and that were sent, to the servers that a test keeps.
fn servers(board: &Board, network: &Network, keep: impl Fn(usize) -> bool) -> Option<(u32, u32)> {
    let rows = || board.servers().iter().filter(|row| keep(row.server.index()));
    let enough = rows().all(|row| row.progressed.of >= 20) || network.call_servers.len() == 1 || rows().count() == 1;
    enough.then(|| rows().fold((0, 0), |(ok, of), row| (ok + row.progressed.ok, of + row.progressed.of)))
}

/// Compares one alarm with the board; says which kind of comparison was made.
fn agrees(board: &Board, event: &AlarmEvent, network: &Network) -> Option<&'static str> {
    let alarm = &event.alarm;
    let told = format!("{} at {}: {alarm:?}", alarm.group, board.now());
    let (kind, name) = alarm.group.split_once(':').unwrap_or((&alarm.group, ""));
    match kind {
        "national-ner" => {
            let (failed, of) = numbers(board)?;
            assert_eq!(counts(event), (failed, of), "{told}");
            assert_eq!(alarm.window_s, 300, "{told}");
            // more fail than on a normal day, and the row that is named first is as bad as the alarm
            assert!(alarm.seen > alarm.expected, "{told}");
            let first = board.services().iter().find(|row| {
                alarm.elements.first().is_some_and(|code| *code == network.services[row.service.index()].code)
            });
            assert_eq!(first.map(|row| row.state), Some(alarm.state), "{told}");
            Some("national")
        }
        "zone" => {
            assert_eq!(counts(event), zone(board, network, name), "{told}");
            assert_eq!(alarm.window_s, 1_800, "{told}");
            assert!(alarm.seen > alarm.expected, "{told}");
            Some("zone")
        }
        "software" | "server" => {
            let of_group = |i: usize| {
                let server = &network.call_servers[i];
                if kind == "server" { server.id == name } else { server.software == name }
            };
            assert_eq!(counts(event), servers(board, network, of_group)?, "{told}");
            assert!(alarm.seen < alarm.expected, "{told}");
            Some("server")
        }
        "received" | "psap" if alarm.measure != "services" => {
            if alarm.count as usize > alarm.elements.len() {
                return None;
            }
            let rows = alarm.elements.iter().map(|name| {
                let row = board.psaps().iter().find(|row| network.psaps[row.psap.index()].name == *name);
                let received = row.unwrap().received;
                (received.seen, received.expected)
            });
            let (seen, expected) = rows.fold((0.0, 0.0), |sum, row| (sum.0 + row.0, sum.1 + row.1));
            if let Some(recent) = alarm.recent {
                assert_eq!(recent, (seen as u32, expected.round() as u32), "{told}");
                assert!(alarm.since + TimeDelta::minutes(30) > board.now(), "{told}");
            } else {
                assert!((alarm.seen - seen).abs() < 0.5 && (alarm.expected - expected).abs() < 0.5, "{told}");
                assert_eq!(alarm.window_s, 1_800, "{told}");
            }
            assert!(alarm.seen < alarm.expected, "{told}");
            Some("received")
        }
        _ => None,
    }
}

#[test]
fn every_alarm_says_what_the_board_shows_beside_it() {
    let mut compared: BTreeMap<&str, u32> = BTreeMap::new();
    for id in documented::shipped() {
        let scenario = scenario(id);
        let network = &scenario.network;
        watch(&scenario, |board, event| {
            if !event.over {
                *compared.entry(agrees(board, event, network).unwrap_or("not comparable")).or_default() += 1;
            }
        });
    }
    for kind in ["national", "server", "received", "zone"] {
        assert!(compared.get(kind).is_some_and(|n| *n >= 2), "{compared:?}");
    }
    assert!(compared.get("not comparable").is_none_or(|n| *n <= 15), "{compared:?}");
}

#[test]
fn an_alarm_that_is_over_stays_over_for_a_while() {
    for id in documented::shipped() {
        let scenario = scenario(id);
        let mut over: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        let (mut lines, mut national) = (0, 0);
        watch(&scenario, |board, event| {
            lines += 1;
            national += u32::from(event.alarm.group == "national-ner");
            if event.over {
                over.insert(event.alarm.group.clone(), board.now());
                assert_eq!(event.alarm.window_s, 20 * 60);
            } else if let Some(ended) = over.remove(&event.alarm.group) {
                let since = (board.now() - ended).num_minutes();
                assert!(since >= 20, "{id}: {} again {since} min after its end", event.alarm.group);
            }
            assert!(event.alarm.state >= State::Degraded);
        });
        assert!(lines <= 16, "{id}: {lines} lines");
        assert!(national <= 5, "{id}: {national} lines on the country");
    }
}
