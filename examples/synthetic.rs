//! Makes a synthetic incident of any length and says how long it takes to read it:
//! `cargo run --release --example synthetic -- FOLDER ENTRIES [CHAINS]`; an incident that is there is only read.
//! With `tape HOURS` after the chains: an exercise with a tape of that length, to be replayed (`benches/seek.py`).

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vigie::clock::monotonic_us;
use vigie::feed::SimFeed;
use vigie::health::Perimeter;
use vigie::incident::event::{Genesis, Mode, ScenarioRef};
use vigie::network;
use vigie::sim::{Plan, Simulation};
use vigie::store::tape::TapeWriter;
use vigie::store::{Access, Filter, Folder, LoadEvent, LogView, Search, generate};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let root = PathBuf::from(args.next().unwrap_or_else(|| "synthetic".to_owned()));
    let entries: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(35_000);
    let chains: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
    if args.next().as_deref() == Some("tape") {
        let hours: u32 = args.next().and_then(|n| n.parse().ok()).unwrap_or(72);
        return taped(&root, entries, chains, hours);
    }
    let inc = format!("synthetic-{entries}-{chains}");
    let path = root.join(&inc);
    if !path.exists() {
        generate::incident(&root, &inc, entries, chains)?;
    }
    let say = |what: &str, from: (u64, u64)| {
        let (wall, cpu) = now();
        let line = format!("{what:<28}{:>9} µs wall {:>9} µs of this process\n", wall - from.0, cpu - from.1);
        // Nobody reads: nothing is lost.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), line.as_bytes());
    };
    for _ in 0..3 {
        let from = now();
        let folder = Folder::open(&path, Access::Read, &root)?;
        let mut view = LogView::open_tail(&folder)?;
        for position in view.len().saturating_sub(60)..view.len() {
            view.get(position);
        }
        say("tail, 60 entries", from);
        let from = now();
        let (told, events) = std::sync::mpsc::channel();
        view.load(Box::new(move || {
            let _ = told.send(());
        }))?;
        let mut incident = None;
        'loading: while events.recv().is_ok() {
            for event in view.poll() {
                match event {
                    LoadEvent::Folded(whole) => {
                        incident = Some(whole);
                        say("folded", from);
                    }
                    LoadEvent::Checked(_) | LoadEvent::Failed(_) => break 'loading,
                }
            }
        }
        say("folded and checked", from);
        for text in ["renfort", "zyzzyva"] {
            let from = now();
            let filter = Filter { text: text.to_owned(), ..Filter::default() };
            let mut search = Search::new(&view, filter);
            while search.count() < 60 && !search.step(&view, 1 << 20) {}
            say("first hits", from);
            while !search.step(&view, usize::MAX) {}
            say("count", from);
        }
        let from = now();
        let due = incident.as_ref().map(|incident| incident.deadlines(incident.genesis().at.to_utc()).len());
        say(&format!("deadlines {due:?}"), from);
    }
    Ok(())
}

/// An exercise on the evening of 2 June 2021 whose tape goes on for hours, and a log of as many lines beside.
fn taped(root: &Path, entries: usize, chains: usize, hours: u32) -> Result<(), Box<dyn Error>> {
    let sources = network::find("france-2021-06-02", None)?;
    let scenario = network::load(&sources)?;
    let genesis = Genesis {
        v: 1,
        inc: format!("taped-{entries}-{hours}"),
        mode: Mode::Exercise,
        title: format!("{entries} lignes, {hours} h"),
        at: scenario.open_at.fixed_offset(),
        zone: "Europe/Paris".to_owned(),
        lang: "fr".to_owned(),
        perimeter: Perimeter::Nation,
        scenario: Some(ScenarioRef {
            id: scenario.id.clone(),
            sha256: scenario.sha256.clone(),
            seed: scenario.seed,
            start: scenario.start,
        }),
        origin: None,
        playbooks: BTreeMap::new(),
        engine: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let names: Vec<String> = (0..sources.len()).map(|i| format!("scenario_{i}_layer.toml")).collect();
    let kept: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(sources.iter().map(|s| s.text.as_bytes())).collect();
    let path = generate::filled(root, &genesis, &kept, entries, chains)?;
    let mut feed = SimFeed::new(Simulation::new(Arc::new(Plan::new(&scenario)?), scenario.seed), scenario.visibility);
    let mut tape = TapeWriter::create(&path.join("tape").join("health.tape"))?;
    for _ in 0..hours * 360 {
        tape.write(&feed.next_frame())?;
    }
    Ok(())
}

/// Wall and processor time \[µs\].
fn now() -> (u64, u64) {
    let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    (monotonic_us(), cpu.tv_sec as u64 * 1_000_000 + cpu.tv_nsec as u64 / 1_000)
}
