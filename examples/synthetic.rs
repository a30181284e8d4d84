//! Makes a synthetic incident of any length and says how long it takes to read it:
//! `cargo run --release --example synthetic -- FOLDER ENTRIES [CHAINS]`; an incident that is there is only read.

use std::path::PathBuf;

use vigie::clock::monotonic_us;
use vigie::store::{Access, Filter, Folder, LoadEvent, LogView, Search, StoreError, generate};

fn main() -> Result<(), StoreError> {
    let mut args = std::env::args().skip(1);
    let root = PathBuf::from(args.next().unwrap_or_else(|| "synthetic".to_owned()));
    let entries: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(35_000);
    let chains: usize = args.next().and_then(|n| n.parse().ok()).unwrap_or(1);
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

/// Wall and processor time \[µs\].
fn now() -> (u64, u64) {
    let cpu = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    (monotonic_us(), cpu.tv_sec as u64 * 1_000_000 + cpu.tv_nsec as u64 / 1_000)
}
