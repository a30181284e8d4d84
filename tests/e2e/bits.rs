//! With the console and without it: the same exercise gives the same frames, to the bit.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use vigie::feed::SimFeed;
use vigie::health::Frame;
use vigie::network::{find, load};
use vigie::sim::{Plan, Simulation};
use vigie::store::tape::TapeReader;

use super::harness::Term;

const SCENARIO: &str = "france-2021-06-02";
const SEED: u64 = 7;
/// Frames that must be on the tape: the hour before the console opens, and 50 minutes after it, with the change of 16:44
/// and the first losses.
const FRAMES: usize = 660;

/// The tape below a folder.
fn tape(dir: &Path) -> Option<PathBuf> {
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == "health.tape") {
                return Some(path);
            }
        }
    }
    None
}

fn frames(dir: &Path) -> Vec<Frame> {
    let Some(path) = tape(dir) else { return Vec::new() };
    // It is being written: the last frame may be there in part.
    TapeReader::open(&path).and_then(|mut tape| tape.poll()).unwrap_or_default()
}

#[test]
fn a_console_with_futures_beside_it_changes_no_bit() {
    let seed = SEED.to_string();
    let args =
        ["exercise", SCENARIO, "--seed", &seed, "--speed", "600", "--lang", "fr", "--as", "m.durand/NOC/director"];
    let mut term = Term::vigie(&args, 120, 40);
    term.wait("the exercise", |screen| screen.contains("info reçue ▸") && !screen.contains("scénario en lecture"));
    // Futures are asked for while it runs: the fork of the present must not touch it.
    term.send("\x06");
    term.wait("the question", |screen| screen.contains("Prévision") || screen.contains("prévision"));
    term.send("\x1b[A");
    term.wait("its button", |screen| screen.contains("▸"));
    term.send("\r");
    term.wait("the fan", |screen| screen.contains("MODÈLE"));
    let end = Instant::now() + super::PATIENCE;
    while frames(term.dir()).len() < FRAMES {
        assert!(Instant::now() < end, "{} frames; the screen is\n{}", frames(term.dir()).len(), term.screen());
        term.look(Duration::from_millis(100));
    }
    let shown = frames(term.dir());
    term.signal(rustix::process::Signal::TERM);

    let scenario = load(&find(SCENARIO, None).unwrap()).unwrap();
    let plan = Arc::new(Plan::new(&scenario).unwrap());
    let mut feed = SimFeed::new(Simulation::new(plan, SEED), scenario.visibility);
    let mut compared = 0;
    for frame in &shown {
        while feed.next_index() < frame.index {
            feed.next_frame();
        }
        let alone = feed.next_frame();
        assert_eq!(alone.index, frame.index);
        assert_eq!(alone.digest(), frame.digest(), "frame {}", frame.index);
        compared += 1;
    }
    assert!(compared >= FRAMES);
}
