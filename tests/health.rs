//! Health on the shipped scenarios: the evening of 2 June 2021, and ordinary days that must stay silent.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use vigie::feed::SimFeed;
use vigie::health::{AlarmEvent, Board, Frame, Perimeter, State};
use vigie::network::{self, Scenario};
use vigie::sim::{Plan, Simulation, Truth};

fn scenario(id: &str) -> Scenario {
    network::load(&network::find(id, None).unwrap()).unwrap()
}

/// Runs a scenario through the feed into a board and shows each frame to `each`.
fn watch(
    scenario: &Scenario,
    seed: u64,
    until: DateTime<Utc>,
    mut each: impl FnMut(&Board, &Frame, Vec<AlarmEvent>),
) -> Board {
    let plan = Arc::new(Plan::new(scenario).unwrap());
    let mut feed = SimFeed::new(Simulation::new(plan, seed), scenario.visibility);
    let mut board = Board::new(Arc::new(scenario.network.clone()), scenario.start, Perimeter::Nation, true);
    while board.now() < until {
        let frame = feed.next_frame();
        let events = board.push(&frame);
        each(&board, &frame, events);
    }
    board
}

/// Local time of the evening.
fn at(scenario: &Scenario, hour: u32, minute: u32) -> DateTime<Utc> {
    scenario.network.tz.with_ymd_and_hms(2021, 6, 2, hour, minute, 0).unwrap().to_utc()
}

#[test]
fn the_evening_is_seen_in_time_with_few_lines() {
    let scenario = scenario("france-2021-06-02");
    let time = |hour, minute| at(&scenario, hour, minute);
    let mut lines: Vec<(DateTime<Utc>, AlarmEvent)> = Vec::new();
    let mut first_in_list = None;
    let mut begun: Option<Truth> = None;
    let mut at_seven = None;
    let end = time(23, 0) + chrono::TimeDelta::minutes(170);
    watch(&scenario, scenario.seed, end, |board, frame, events| {
        lines.extend(events.into_iter().map(|event| (board.now(), event)));
        if board.now() <= time(17, 0) && first_in_list.is_none() {
            let name = |row: &vigie::health::PsapRow| scenario.network.psaps[row.psap.index()].name.clone();
            let first = board.worst(1).first().map(|row| name(row));
            first_in_list = first.filter(|name| board.now() > time(16, 45) && name == "SAMU 59").map(|_| board.now());
        }
        if begun.is_none() && board.overview().lost.is_some() {
            begun = frame.truth;
        }
        if board.now() == time(19, 0) {
            at_seven = frame.truth.map(|truth| (truth, board.overview().clone()));
        }
    });
    assert!(lines.iter().all(|(at, _)| *at > time(16, 44)), "an alarm before the change: {:?}", lines.first());
    let (national, _) = lines.iter().find(|(_, event)| event.alarm.group == "national-ner").unwrap();
    assert!(*national <= time(16, 50), "national alarm at {national}");
    let named = |event: &AlarmEvent| event.alarm.elements.iter().any(|element| element == "SAMU 59");
    let (samu, _) = lines.iter().find(|(_, event)| named(event)).unwrap();
    assert!(*samu <= time(17, 10), "SAMU 59 alarmed at {samu}");
    assert!(first_in_list.is_some_and(|at| at < time(17, 0)), "first in the list: {first_in_list:?}");
    let first = lines[0].0;
    let early = lines.iter().filter(|(at, _)| (*at - first).num_minutes() < 10).count();
    assert!(early <= 10, "{early} lines in the first ten minutes");
    for pair in lines.windows(2).filter(|pair| (pair[0].0 - first).num_minutes() >= 10) {
        assert!((pair[1].0 - pair[0].0).num_seconds() >= 60, "{} and {}", pair[0].0, pair[1].0);
    }
    assert!(lines.len() <= 40, "{} lines in nine hours", lines.len());
    let (truth, overview) = at_seven.unwrap();
    let cause = overview.cause.unwrap();
    assert_eq!((cause.kind.as_str(), cause.elements), ("software", 6), "{cause:?}");
    assert!(overview.state >= State::Degraded);
    // what the operator's counters tell holds the simulator's own figure
    let lost = truth.lost_network - begun.unwrap().lost_network;
    let (low, high) = overview.lost.unwrap();
    assert!(u64::from(low) <= lost && lost <= u64::from(high), "{lost} lost, said {low} to {high}");
}

#[test]
fn ordinary_days_raise_no_alarm() {
    let scenario = scenario("france-ordinary-day");
    // one false alarm in 30 days is promised: four fixed days without any is a coarse check, the charts' own
    // test computes the rate exactly
    for seed in 1..=4 {
        let mut watched = 0_u32;
        let mut worst = State::Unknown;
        let mut lines = Vec::new();
        watch(&scenario, seed, scenario.start + chrono::TimeDelta::hours(24), |board, frame, events| {
            lines.extend(events);
            if frame.index % 60 == 59 && frame.index > 360 {
                worst = worst.max(board.overview().state);
                watched += board.psaps().iter().filter(|row| row.state >= State::Watch).count() as u32;
            }
        });
        assert_eq!(lines, [], "seed {seed}");
        assert!(worst <= State::Watch, "seed {seed}: {worst:?}");
        // of some 400 psaps at 138 moments, hardly any is worth a look for nothing
        assert!(watched < 138 * 8, "seed {seed}: {watched}");
    }
}
