//! What a frame costs: folding it into the board, copying the board, writing and finding it on the tape.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench that fails stops; the size of the tape is printed"
)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use vigie::feed::SimFeed;
use vigie::health::{Board, Frame, Perimeter};
use vigie::network;
use vigie::sim::{Plan, Simulation};
use vigie::store::tape::{TapeReader, TapeWriter};

/// The evening of 2 June 2021 up to 18:00, and the frames after.
fn evening() -> (Board, Vec<Frame>, Vec<Frame>) {
    let sources = network::find("france-2021-06-02", None).expect("shipped");
    let scenario = network::load(&sources).expect("valid");
    let plan = Arc::new(Plan::new(&scenario).expect("plan"));
    let mut feed = SimFeed::new(Simulation::new(plan, scenario.seed), scenario.visibility);
    let before: Vec<Frame> = (0..900).map(|_| feed.next_frame()).collect();
    let after = (0..30).map(|_| feed.next_frame()).collect();
    let mut board = Board::new(Arc::new(scenario.network.clone()), scenario.start, Perimeter::Nation, true);
    for frame in &before {
        board.push(frame);
    }
    (board, before, after)
}

fn health(c: &mut Criterion) {
    let (board, before, after) = evening();
    let mut group = c.benchmark_group("health");
    group.bench_function("push 30 frames (5 min), evening at 18:00", |b| {
        b.iter_batched(
            || board.clone(),
            |mut board| {
                for frame in &after {
                    black_box(board.push(frame));
                }
                board
            },
            BatchSize::SmallInput,
        );
    });
    group.bench_function("clone the board", |b| b.iter(|| black_box(board.clone())));
    group.bench_function("digest of the board", |b| b.iter(|| black_box(board.digest())));
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("health.tape");
    let mut writer = TapeWriter::create(&path).expect("tape");
    for frame in &before {
        writer.write(frame).expect("write");
    }
    let mut reader = TapeReader::open(&path).expect("open");
    group.bench_function("seek a frame on the tape", |b| {
        let mut index = 0;
        b.iter(|| {
            index = (index * 31 + 17) % 900;
            black_box(reader.seek(index).expect("seek"))
        });
    });
    group.finish();
    let bytes = std::fs::metadata(&path).expect("tape").len();
    println!("tape: {} bytes a frame, {} MB a day", bytes / 900, bytes * 8_640 / 900 / 1_000_000);
}

criterion_group!(benches, health);
criterion_main!(benches);
