//! Speed of the core: events per second on the mini network C (an event is an arrival, or the end of a set-up, of a
//! patience, of a talk, or a redial), a fork, and a queue without a network.

#![expect(clippy::expect_used, reason = "a bench that cannot read its case stops")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use vigie::network::{Scenario, Source, load};
use vigie::sim::{Plan, SimTime, Simulation};

const HOUR: u64 = 3_600;

fn scenario(name: &str, text: &str) -> Scenario {
    load(&[Source { name: name.to_owned(), text: text.to_owned() }]).expect("a shipped case reads")
}

/// A simulation one hour into its run, with events per hour from there.
fn warm(scenario: &Scenario) -> (Simulation, u64) {
    let mut simulation = Simulation::new(Arc::new(Plan::new(scenario).expect("it compiles")), 1);
    simulation.advance(SimTime::secs(HOUR));
    let mut ahead = simulation.fork();
    ahead.advance(SimTime::secs(2 * HOUR));
    let events = ahead.events() - simulation.events();
    (simulation, events)
}

fn bench(c: &mut Criterion) {
    let crisis = scenario("network-c.toml", include_str!("../tests/theory/network-c.toml"));
    let mut nominal = crisis.clone();
    for row in &mut nominal.network.demand {
        row.per_day.value *= 1.39 / 6.0;
    }
    let erlang = scenario("erlang-a.toml", include_str!("../tests/theory/erlang-a-100-105.toml"));
    for (name, case) in [("network C, crisis", &crisis), ("network C, nominal", &nominal), ("Erlang A", &erlang)] {
        let (start, events) = warm(case);
        let mut group = c.benchmark_group(name);
        group.throughput(Throughput::Elements(events));
        group.bench_function("advance 1 h", |b| {
            b.iter_batched_ref(
                || start.fork(),
                |sim| sim.advance(black_box(SimTime::secs(2 * HOUR))),
                BatchSize::SmallInput,
            );
        });
        group.finish();
        c.bench_function(&format!("{name}/fork"), |b| b.iter_with_large_drop(|| black_box(&start).fork()));
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
