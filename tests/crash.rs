//! `kill -9` at any moment while entries are written: what was shown as saved is in the file, byte for byte.
//!
//! The test runs itself again as the process that is killed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use vigie::clock::Clock;
use vigie::incident::event::{Body, EntryId};
use vigie::store::{Access, Ack, Draft, Folder, LogView, Warning, Writer, generate, verify};

/// Kills in one run.
const ROUNDS: usize = 200;
/// Where the process that is killed writes; without it, nothing is written.
const DIR: &str = "VIGIE_CRASH_TEST_DIR";

fn told() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "how the test tells its child process where to write")]
    std::env::var_os(DIR).map(PathBuf::from)
}

/// Writes entries without end, three appends under way at any time, and says which are saved.
#[test]
fn child_writes_until_killed() {
    let Some(dir) = told() else { return };
    let clock = Clock::system();
    let mut folder = Folder::open(&dir.join("essai"), Access::Write, &dir.join("state")).unwrap();
    let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
    let mut out = std::io::stdout().lock();
    for n in 0_usize.. {
        let text = format!("entrée {n} {}", "é".repeat(n * 131 % 900));
        let draft = Draft {
            author: generate::author(),
            body: Body::Note { text },
            event_at: None,
            re: vec![],
            frame: None,
            at: clock.now(),
            x: None,
        };
        writer.append(vec![draft; 1 + n % 3]);
        if n < 2 {
            continue;
        }
        let lines = match writer.wait_ack(Duration::from_mins(1)).unwrap() {
            Ack::Saved { lines, .. } => lines,
            Ack::Noticed(line) => vec![*line],
            other => panic!("{other:?}"),
        };
        for line in lines {
            writeln!(out, "saved {} {}", line.entry.id(), line.bytes).unwrap();
        }
        out.flush().unwrap();
    }
}

#[test]
fn nothing_saved_is_lost_by_two_hundred_kills() {
    if told().is_some() {
        // This is the child: its other test writes.
        return;
    }
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    generate::incident(dir.path(), "essai", 0, 1).unwrap();
    let path = dir.path().join("essai");
    let mut saved: BTreeMap<String, String> = BTreeMap::new();
    let mut torn = 0;
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_writes_until_killed", "--nocapture", "--test-threads=1"])
            .env(DIR, dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        // Killed after the next few saves, with more appends under way.
        let mut left = 1 + round * 7919 % 9;
        let mut lines = said.lines();
        for line in lines.by_ref() {
            keep(&mut saved, &line.unwrap(), &mut left);
            if left == 0 {
                break;
            }
        }
        assert_eq!(left, 0, "round {round}: the child ended by itself");
        child.kill().unwrap();
        // What it said before it died counts, too.
        for line in lines.map_while(Result::ok) {
            keep(&mut saved, &line, &mut left);
        }
        child.wait().unwrap();
        if round % 20 == 19 {
            check(&path, &saved);
        }
        let folder = Folder::open(&path, Access::Write, &dir.path().join("state")).unwrap();
        torn += folder.warnings().iter().filter(|w| matches!(w, Warning::TornTail(_))).count();
        assert_eq!(folder.chain(), saved.keys().next().and_then(|id| id.split(':').next()), "a chain of its own");
    }
    check(&path, &saved);
    // Whether a kill falls into a write is the machine's luck; what it left must in any case be kept.
    assert!(std::fs::read_dir(path.join("side")).unwrap().count() >= torn);
}

fn keep(saved: &mut BTreeMap<String, String>, said: &str, left: &mut usize) {
    // The harness writes on the same line before the first.
    let Some((_, rest)) = said.split_once("saved ") else { return };
    let Some((id, bytes)) = rest.split_once(' ') else { return };
    // A line that the kill cut short was not shown whole; the store's promise is checked by its beginning.
    saved.insert(id.to_owned(), bytes.to_owned());
    *left = left.saturating_sub(1);
}

fn check(path: &Path, saved: &BTreeMap<String, String>) {
    let report = verify(path).unwrap();
    assert!(report.ok(), "{report:#?}");
    let folder = Folder::open(path, Access::Read, Path::new("/nonexistent")).unwrap();
    let (view, _) = LogView::open(&folder).unwrap();
    for (id, bytes) in saved {
        let position = view.position(&EntryId(id.clone())).unwrap_or_else(|| panic!("{id} is lost"));
        let there = String::from_utf8(view.bytes(position).unwrap()).unwrap();
        assert!(there.starts_with(bytes), "{id}: {there} instead of {bytes}");
    }
}
