//! The pace of the core on one case, and what came out of it: for `benches/peers/run`, and for valgrind (no round: the
//! instructions of two lengths of a run, over the difference of their events, are those of an event).
//!
//! `cargo run --release --example pace -- CASE [HOURS] [ROUNDS]`. Cases: `c` (network C, crisis), `c-mean`,
//! `c-tenfold` (every rate and every size ten times that of `c-mean`), `a`, `b` (Erlang A and B), `evening` (2 June
//! 2021), `day` (an ordinary day in France), `day-tenfold` (ten times the callers on it).
//!
//! Every round has a seed of its own. Prints one line: case, events of the last round, its digest; of the best round
//! nanoseconds per event, millions of events and thousands of needs a second; the share of needs lost and its standard
//! error over the rounds.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measuring tool stops with a sentence, and prints")]
#![allow(clippy::disallowed_methods, reason = "it reads its arguments and the processor's clock")]

use std::hint::black_box;
use std::sync::Arc;

use rustix::time::{ClockId, clock_gettime};
use vigie::network::{Scenario, Source, find, load};
use vigie::sim::report::Moments;
use vigie::sim::{Plan, SimTime, Simulation};

const HOUR: u64 = 3_600;

fn theory(name: &str) -> Scenario {
    let path = format!("{}/tests/theory/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("a case of tests/theory");
    load(&[Source { name: path, text }]).expect("a shipped case reads")
}

fn shipped(name: &str) -> Scenario {
    load(&find(name, None).expect("a shipped scenario")).expect("a shipped scenario reads")
}

/// `factor` times the callers on the same network.
fn busier(mut scenario: Scenario, factor: f64) -> Scenario {
    for row in &mut scenario.network.demand {
        row.per_day.value *= factor;
        row.per_day.high = row.per_day.high.map(|high| high * factor);
    }
    scenario
}

/// `factor` times the callers, and everything that serves them.
fn larger(scenario: Scenario, factor: u32) -> Scenario {
    let mut scenario = busier(scenario, f64::from(factor));
    for psap in &mut scenario.network.psaps {
        psap.trunks *= factor;
        for (_, positions) in &mut psap.positions {
            *positions *= factor;
        }
    }
    for server in &mut scenario.network.call_servers {
        server.sessions *= factor;
    }
    for group in &mut scenario.network.trunk_groups {
        group.circuits *= factor;
    }
    scenario
}

/// A case, and the hours it starts into its run.
fn case(name: &str) -> Option<(Scenario, u64)> {
    let mean = || busier(theory("network-c"), 1.39 / 6.0);
    Some(match name {
        "c" => (theory("network-c"), 1),
        "c-mean" => (mean(), 1),
        "c-tenfold" => (larger(mean(), 10), 1),
        "a" => (theory("erlang-a-100-105"), 1),
        "b" => (theory("erlang-b-100-90"), 1),
        "evening" => (shipped("france-2021-06-02"), 0),
        "day" => (shipped("france-ordinary-day"), 0),
        "day-tenfold" => (busier(shipped("france-ordinary-day"), 10.0), 0),
        _ => return None,
    })
}

fn processor_s() -> f64 {
    let t = clock_gettime(ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let name = arguments.first().map_or("c", String::as_str);
    let number = |i: usize, usual: u64| arguments.get(i).map_or(usual, |a| a.parse().expect("a whole number"));
    let (hours, rounds) = (number(1, 1), number(2, 1));
    let (scenario, warm) = case(name).expect("a case named in the documentation of this example");
    let plan = Arc::new(Plan::new(&scenario).expect("it compiles"));
    let (mut ns, mut needs_pace, mut events, mut digest) = (f64::INFINITY, 0.0f64, 0, 0);
    let mut lost = Moments::default();
    // No round: one run without a look at the clock, which cannot be read under valgrind.
    for seed in 1..=rounds.max(1) {
        let mut simulation = Simulation::new(Arc::clone(&plan), seed);
        simulation.advance(SimTime::secs(warm * HOUR));
        let (start, start_events) = (simulation.truth(), simulation.events());
        let before = if rounds > 0 { processor_s() } else { 0.0 };
        simulation.advance(black_box(SimTime::secs((warm + hours) * HOUR)));
        let time = if rounds > 0 { processor_s() - before } else { 0.0 };
        let end = simulation.truth();
        events = simulation.events() - start_events;
        digest = simulation.digest();
        let needs = (end.needs - start.needs) as f64;
        ns = ns.min(time * 1e9 / events as f64);
        needs_pace = needs_pace.max(needs / time);
        lost.add((end.lost_network + end.lost_psap - start.lost_network - start.lost_psap) as f64 / needs);
    }
    println!(
        "{name} events {events} digest {digest:016x} ns/event {ns:.1} M/s {:.2} kneeds/s {:.0} lost {:.6} se {:.6}",
        1e3 / ns,
        needs_pace / 1e3,
        lost.mean,
        lost.se()
    );
}
