//! The core against itself: conservation, forks, keyed callers. Against theory: `tests/theory.rs`.

use std::sync::Arc;

use super::*;
use crate::network::{Scenario, Source, load};

fn scenario(text: &str) -> Scenario {
    match load(&[Source { name: "case.toml".into(), text: text.into() }]) {
        Ok(scenario) => scenario,
        Err(errors) => panic!("{errors}"),
    }
}

fn simulation(scenario: &Scenario, seed: u64) -> Simulation {
    Simulation::new(Arc::new(Plan::new(scenario).unwrap()), seed)
}

const QUEUE: &str = r#"
[scenario]
title = "Erlang A"
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
trunks = 1000
positions = 9
handling = { exp = "10s" }
patience = { exp = "20s" }
"#;

#[test]
fn an_erlang_a_queue_loses_what_theory_says() {
    let mut sim = simulation(&scenario(QUEUE), 1);
    sim.advance(SimTime::secs(1_000_000));
    sim.state.check(&sim.plan).unwrap();
    let (totals, waits) = (sim.totals(), sim.waits());
    let n = totals.attempts as f64;
    eprintln!(
        "{totals:?} {waits:?} P(ab) {} P(W>0) {} E[W] {}",
        totals.abandoned as f64 / n,
        waits.waited as f64 / n,
        waits.wait as f64 / 1e6 / n
    );
}
