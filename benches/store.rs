//! The log at its real sizes: a durable append beside a bare write and flush, and logs of 35,000 (a crisis of 72 hours
//! on eight consoles) and 1,000,000 entries read, folded, checked and searched.
//!
//! `cargo bench --bench store`; `VIGIE_BENCH_ENTRIES=35000` leaves the million out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench that fails stops")]

use std::fs::OpenOptions;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use vigie::clock::Clock;
use vigie::incident::event::{Body, Statement};
use vigie::incident::kind::{Kind, KindSet};
use vigie::store::{Access, Ack, Draft, Filter, Folder, LoadEvent, LogView, Search, Writer, generate};

fn draft(clock: &Clock, n: u64) -> Draft {
    let text = format!("SAMU 59 : chute du nombre d'appels reçus au 15, à vérifier auprès du centre voisin ({n})");
    Draft {
        author: generate::author(),
        body: Body::Information(Statement { text, source: "SAMU 59".to_owned(), ..Statement::default() }),
        event_at: None,
        re: Vec::new(),
        frame: None,
        at: clock.now(),
        x: None,
    }
}

/// The ratio of these two is the price of everything that is not the disk.
fn append(c: &mut Criterion) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let clock = Clock::system();
    let made = generate::incident(dir.path(), "append", 0, 1).unwrap();
    let mut folder = Folder::open(&made, Access::Write, dir.path()).unwrap();
    let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
    let mut bare = OpenOptions::new().append(true).create(true).open(dir.path().join("bare")).unwrap();
    let line = vec![b'x'; 412];
    let mut group = c.benchmark_group("append");
    group.sample_size(50).measurement_time(Duration::from_secs(4));
    let mut n = 0;
    group.bench_function("bare write and fdatasync", |b| {
        b.iter(|| {
            bare.write_all(&line).unwrap();
            bare.sync_data().unwrap();
        });
    });
    group.bench_function("entry, until saved", |b| {
        b.iter(|| {
            n += 1;
            writer.append(vec![draft(&clock, n)]);
            let ack = writer.wait_ack(Duration::from_secs(10));
            assert!(matches!(ack, Some(Ack::Saved { .. })), "{ack:?}");
        });
    });
    group.finish();
}

fn load(c: &mut Criterion) {
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let most = std::env::vars()
        .find(|(name, _)| name == "VIGIE_BENCH_ENTRIES")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(1_000_000);
    for (entries, chains) in [(35_000, 1), (35_000, 8), (1_000_000, 1)] {
        if entries > most {
            continue;
        }
        let name = format!("{entries} entries in {chains}");
        let path = generate::incident(dir.path(), &format!("n{entries}-{chains}"), entries, chains).unwrap();
        let open = || Folder::open(&path, Access::Read, Path::new("/nonexistent")).unwrap();
        let mut group = c.benchmark_group(&name);
        group.sample_size(10).measurement_time(Duration::from_secs(5));
        group.bench_function("tail, 60 entries parsed", |b| {
            b.iter(|| {
                let view = LogView::open_tail(&open()).unwrap();
                for position in view.len() - 60..view.len() {
                    black_box(view.get(position));
                }
            });
        });
        group.bench_function("indexed and folded", |b| {
            b.iter(|| black_box(LogView::open(&open()).unwrap()));
        });
        group.bench_function("tail, folded, chain checked", |b| {
            b.iter(|| {
                let mut view = LogView::open_tail(&open()).unwrap();
                let (told, events) = std::sync::mpsc::channel();
                view.load(Box::new(move || {
                    let _ = told.send(());
                }))
                .unwrap();
                loop {
                    events.recv().unwrap();
                    for event in view.poll() {
                        match event {
                            LoadEvent::Checked(Ok(())) => return,
                            LoadEvent::Folded(incident) => drop(black_box(incident)),
                            other => panic!("{other:?}"),
                        }
                    }
                }
            });
        });
        let (view, incident) = LogView::open(&open()).unwrap();
        let filters = [
            (
                "rare words",
                Filter {
                    text: "chute du nombre d'appels reçus au 15, à vérifier auprès du centre voisin (77".to_owned(),
                    ..Filter::default()
                },
            ),
            ("frequent word", Filter { text: "Samu".to_owned(), ..Filter::default() }),
            ("absent word", Filter { text: "zyzzyva".to_owned(), ..Filter::default() }),
            ("decisions", Filter { kinds: Some(KindSet::EMPTY.with(Kind::Decision)), ..Filter::default() }),
        ];
        for (what, filter) in filters {
            group.bench_with_input(BenchmarkId::new("first screenful", what), &filter, |b, filter| {
                b.iter(|| {
                    let mut search = Search::new(&view, filter.clone());
                    while search.count() < 60 && !search.step(&view, 1 << 20) {}
                    black_box(search.count())
                });
            });
            group.bench_with_input(BenchmarkId::new("count", what), &filter, |b, filter| {
                b.iter(|| {
                    let mut search = Search::new(&view, filter.clone());
                    while !search.step(&view, usize::MAX) {}
                    black_box(search.count())
                });
            });
        }
        group.bench_function("deadlines", |b| {
            b.iter(|| black_box(incident.deadlines(incident.genesis().at.to_utc())));
        });
        group.finish();
    }
}

criterion_group!(benches, append, load);
criterion_main!(benches);
