//! The core allocates nothing while it runs: neither on a busy theory case nor on the worst evening of the country.
//!
//! A run that allocates is a run whose pace depends on what the allocator was left with, and forked futures share one.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its case stops")]

use std::sync::Arc;

use allocation_counter::measure;
use vigie::network::{Scenario, Source, find, load};
use vigie::sim::{FRAME_S, Plan, SimTime, Simulation};

/// Frames of the stretch `[from, to)` \[s\] in which something was allocated, with how often.
fn allocating_frames(scenario: &Scenario, from: u64, to: u64) -> (u64, Vec<(u64, u64)>) {
    let mut simulation = Simulation::new(Arc::new(Plan::new(scenario).unwrap()), 2021);
    simulation.advance(SimTime::secs(from));
    let before = simulation.events();
    let mut frames = Vec::new();
    for end in (from + FRAME_S..=to).step_by(FRAME_S as usize) {
        let count = measure(|| simulation.advance(SimTime::secs(end))).count_total;
        if count > 0 {
            frames.push((end, count));
        }
    }
    (simulation.events() - before, frames)
}

#[test]
fn the_evening_of_2_june_allocates_nothing() {
    let scenario = load(&find("france-2021-06-02", None).unwrap()).unwrap();
    let hours = |clock: f64| (clock * 3_600.0) as u64;
    // For two hours after the height of the outage: a table doubles when there are more callers than ever before.
    let start = scenario.start.with_timezone(&scenario.network.tz);
    let since = chrono::Timelike::num_seconds_from_midnight(&start);
    let from = hours(18.75) - u64::from(since);
    let (events, frames) = allocating_frames(&scenario, from, from + hours(2.0));
    assert!(events > 20_000, "only {events} events");
    assert_eq!(frames, [], "frame ending at (s), allocations in it");
}

#[test]
fn network_c_allocates_nothing() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/theory/network-c.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let scenario = load(&[Source { name: path.into(), text }]).unwrap();
    let (events, frames) = allocating_frames(&scenario, 7_200, 14_400);
    assert!(events > 100_000, "only {events} events");
    assert_eq!(frames, [], "frame ending at (s), allocations in it");
}

/// The counter counts: cutting a frame, which hands out a sample, is seen.
#[test]
fn a_cut_frame_is_counted() {
    let scenario = load(&find("france-ordinary-day", None).unwrap()).unwrap();
    let mut simulation = Simulation::new(Arc::new(Plan::new(&scenario).unwrap()), 1);
    let info = measure(|| drop(simulation.next_sample()));
    assert!(info.count_total > 0);
}
