//! Speed of the futures on the evening of 2 June 2021, 18:00: the first answer (100 futures × 30 min) and the whole
//! one (1,000 × 2 h), and how soon a stop is obeyed. Two threads.

#![expect(clippy::expect_used, reason = "a bench that cannot read its case stops")]

use std::hint::black_box;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use vigie::clock::monotonic_us;
use vigie::forecast::{Choice, HORIZONS_S, Question, Ranges, answer, start};
use vigie::network::{LeverKind, find, load};
use vigie::sim::{Plan, SimTime, Simulation};

fn question(at_s: u64, id: &str) -> Question {
    let scenario = load(&find(id, None).expect("shipped")).expect("it reads");
    let mut present = Simulation::new(Arc::new(Plan::new(&scenario).expect("it compiles")), 1);
    present.advance(SimTime::secs(at_s));
    Question {
        present,
        choices: vec![Choice::nothing()],
        pairs: Vec::new(),
        horizons_s: HORIZONS_S.to_vec(),
        futures: 1_000,
        first: None,
        seed: 1,
        ranges: Ranges::of(&scenario),
        lag_s: 0,
        past: None,
    }
}

fn bench(c: &mut Criterion) {
    let evening = question(9_000, "france-2021-06-02");
    let mut group = c.benchmark_group("futures");
    group.sample_size(10);
    let first = Question { horizons_s: HORIZONS_S[..2].to_vec(), futures: 100, ..evening.clone() };
    group.bench_function("2 June 2021 18:00, 100 × 30 min", |b| b.iter(|| black_box(answer(&first, 2))));
    group.measurement_time(Duration::from_secs(30));
    group.bench_function("2 June 2021 18:00, 1,000 × 2 h", |b| b.iter(|| black_box(answer(&evening, 2))));
    let day = question(20 * 3_600, "france-ordinary-day");
    group.bench_function("ordinary day 18:00, 1,000 × 2 h", |b| b.iter(|| black_box(answer(&day, 2))));
    let publish = || Choice::lever(LeverKind::Publish { substitutes: Vec::new() });
    let three = Question {
        choices: vec![Choice::nothing(), publish(), publish().later(1_800)],
        futures: 60,
        ..evening.clone()
    };
    let short = Question { horizons_s: HORIZONS_S[..2].to_vec(), ..three.clone() };
    group.bench_function("three options, 60 × 30 min", |b| b.iter(|| black_box(answer(&short, 2))));
    group.bench_function("three options, 60 × 2 h", |b| b.iter(|| black_box(answer(&three, 2))));
    group.bench_function("stop", |b| {
        b.iter_custom(|times| {
            let mut spent = Duration::ZERO;
            for _ in 0..times {
                let (sender, gone) = channel::<()>();
                let running = start(evening.clone(), 2, move || {
                    let _ = sender.send(());
                });
                // Long enough for the first futures to be under way; a message would only mean that it is quicker.
                let _ = gone.recv_timeout(Duration::from_millis(30));
                let begun = monotonic_us();
                drop(running);
                // The sender lives in the thread: it is gone when the thread is.
                while gone.recv().is_ok() {}
                spent += Duration::from_micros(monotonic_us() - begun);
            }
            spent
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
