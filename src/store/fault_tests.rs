//! A fault at every file call of creating, appending, closing and reopening; a torn tail at every byte.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::faulty::{ALL, Fault, Faulty};
use super::*;
use crate::clock::Clock;
use crate::incident::Genesis;
use crate::incident::event::Body;

const SOON: Duration = Duration::from_secs(30);

fn genesis(inc: &str) -> Genesis {
    Genesis {
        v: 1,
        inc: inc.to_owned(),
        mode: crate::incident::Mode::Real,
        title: "Pannes de disque".to_owned(),
        at: "2026-11-23T10:00:00+01:00".parse().unwrap(),
        zone: "Europe/Paris".to_owned(),
        lang: "fr".to_owned(),
        perimeter: crate::health::Perimeter::Nation,
        scenario: None,
        origin: None,
        playbooks: std::collections::BTreeMap::new(),
        engine: "0".to_owned(),
    }
}

fn draft(clock: &Clock, body: Body) -> Draft {
    let author = generate::author();
    Draft { author, body, event_at: None, re: vec![], frame: None, at: clock.now(), x: None }
}

fn note(clock: &Clock, n: usize) -> Draft {
    draft(clock, Body::Note { text: format!("entrée {n}, {}", "x".repeat(n * 37 % 200)) })
}

/// Appends and waits for the answer; lines that the store wrote itself are kept, too.
fn ask(writer: &mut Writer, drafts: Vec<Draft>, saved: &mut Vec<Line>) -> Result<(), NotSaved> {
    let mine = writer.append(drafts);
    loop {
        match writer.wait_ack(SOON).expect("every append is answered") {
            Ack::Saved { ticket, lines, .. } if ticket == mine => {
                saved.extend(lines);
                return Ok(());
            }
            Ack::NotSaved { ticket, why } if ticket == mine => return Err(why),
            Ack::Noticed(line) => saved.push(*line),
            _ => {}
        }
    }
}

/// An evening at a console whose disk fails: what was acknowledged, and how many calls it took.
fn evening(root: &Path, disk: &Faulty) -> (Option<PathBuf>, Vec<Line>) {
    let clock = Clock::manual("2026-11-23T09:00:00Z".parse().unwrap());
    let mut saved = Vec::new();
    let state = root.join("state");
    let Ok(mut folder) =
        Folder::create_on(Arc::new(disk.clone()), root, &genesis("panne"), &[("a.toml", b"a")], &state)
    else {
        return (None, saved);
    };
    let path = folder.path().to_path_buf();
    let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
    for n in 0..6 {
        clock.advance(Duration::from_secs(30));
        let drafts = if n == 2 { vec![note(&clock, n), note(&clock, n + 100)] } else { vec![note(&clock, n)] };
        if ask(&mut writer, drafts.clone(), &mut saved).is_err() {
            // The text is back in the input: whoever typed it tries once more.
            let _ = ask(&mut writer, drafts, &mut saved);
        }
    }
    let _ = ask(&mut writer, vec![draft(&clock, Body::Close { text: String::new() })], &mut saved);
    writer.shutdown();
    (Some(path), saved)
}

/// Whatever happened: the folder opens, every acknowledged line is there byte for byte, verification is content, and
/// one can go on writing.
fn all_is_there(root: &Path, path: &Path, saved: &[Line], what: &str) {
    let clock = Clock::manual("2026-11-23T12:00:00Z".parse().unwrap());
    let state = root.join("state");
    let check = |folder: &Folder, expected: &[Line]| {
        let (view, _) = LogView::open(folder).unwrap_or_else(|e| panic!("{what}: {e}"));
        for line in expected {
            let position =
                view.position(&line.entry.id()).unwrap_or_else(|| panic!("{what}: {} lost", line.entry.id()));
            assert_eq!(view.bytes(position).unwrap(), line.bytes.as_bytes(), "{what}: {}", line.entry.id());
        }
        let report = verify(folder.path()).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert!(report.ok(), "{what}: {report:#?}");
        view.len()
    };
    let before = check(&Folder::open(path, Access::Read, &state).unwrap_or_else(|e| panic!("{what}: {e}")), saved);
    assert!(before >= saved.len());
    let mut folder = Folder::open(path, Access::Write, &state).unwrap_or_else(|e| panic!("{what}: {e}"));
    let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
    let mut all = saved.to_vec();
    ask(&mut writer, vec![note(&clock, 7)], &mut all).unwrap_or_else(|e| panic!("{what}: {e}"));
    writer.shutdown();
    check(&folder, &all);
}

#[test]
fn a_fault_at_every_call_loses_nothing_and_leaves_a_log_that_opens() {
    let dir = tempfile::tempdir().unwrap();
    let calm = Faulty::new(None);
    let root = dir.path().join("calm");
    let (path, saved) = evening(&root, &calm);
    assert_eq!(saved.len(), 8);
    all_is_there(&root, &path.unwrap(), &saved, "no fault");
    let calls = calm.calls();
    assert!(calls > 40, "{calls}");
    let mut reached = 0;
    for fault in ALL {
        for at in 1..=calls {
            let what = format!("{fault:?} at call {at} of {calls}");
            let root = dir.path().join(format!("{fault:?}-{at}"));
            let disk = Faulty::new(Some((at, fault)));
            let (path, saved) = evening(&root, &disk);
            reached += saved.len();
            if let Some(path) = path {
                all_is_there(&root, &path, &saved, &what);
            } else {
                // It was never said to be open: either there is nothing of that name, or it is whole.
                let path = root.join("panne");
                if path.exists() {
                    all_is_there(&root, &path, &saved, &what);
                } else {
                    let made = Folder::create(&root, &genesis("panne"), &[], &root.join("state"));
                    assert!(made.is_ok(), "{what}: {made:?}");
                }
            }
            if matches!(fault, Fault::Error | Fault::Short) && at > 25 {
                // One failure of the disk costs at most one try: everything typed is there.
                assert!(saved.len() >= 7, "{what}: {}", saved.len());
            }
            if fault == Fault::KillBefore {
                assert!(disk.dead(), "{what}");
            }
            std::fs::remove_dir_all(&root).unwrap();
        }
    }
    assert!(reached > calls * 8);
}

#[test]
fn a_full_disk_frees_the_reserve_and_the_next_try_fits() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Clock::manual("2026-11-23T09:00:00Z".parse().unwrap());
    let calm = Faulty::new(None);
    let mut folder =
        Folder::create_on(Arc::new(calm.clone()), &dir.path().join("a"), &genesis("plein"), &[], dir.path()).unwrap();
    Writer::start(&mut folder, &clock.now()).unwrap().shutdown();
    let full = Faulty::new(Some((calm.calls() + 1, Fault::FullUntilFreed)));
    drop(folder);
    // The same calls again in another folder, with the first write failing.
    let root = dir.path().join("b");
    folder = Folder::create_on(Arc::new(full), &root, &genesis("plein"), &[], dir.path()).unwrap();
    let ballast = folder.path().join("ballast");
    let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
    let mut saved = Vec::new();
    let first = ask(&mut writer, vec![note(&clock, 1)], &mut saved);
    assert_eq!(first, Err(NotSaved::DiskFull { reserve_freed: true }));
    assert!(!ballast.exists());
    assert_eq!(ask(&mut writer, vec![note(&clock, 1)], &mut saved), Ok(()));
    assert_eq!(saved[0].entry.seq, 0);
    writer.shutdown();
    // The next console that opens it lays the reserve again.
    let mut again = Folder::open(folder.path(), Access::Write, dir.path()).unwrap();
    Writer::start(&mut again, &clock.now()).unwrap().shutdown();
    assert_eq!(std::fs::metadata(&ballast).unwrap().len(), folder::BALLAST);
}

#[test]
fn a_failed_flush_goes_on_in_a_new_segment_that_readers_follow() {
    let dir = tempfile::tempdir().unwrap();
    let calm = Faulty::new(None);
    let (_, lines) = evening(&dir.path().join("calm"), &calm);
    assert_eq!(lines.len(), 8);
    let mut segments = 0;
    for at in 1..=calm.calls() {
        let root = dir.path().join(at.to_string());
        let (path, saved) = evening(&root, &Faulty::new(Some((at, Fault::Error))));
        let Some(path) = path else { continue };
        let last = saved.last().unwrap().segment;
        if last > 0 {
            segments += 1;
            let folder = Folder::open(&path, Access::Read, &root).unwrap();
            let chains = folder.chains().unwrap();
            let chain = chains.iter().find(|c| c.segments.len() > 1).unwrap();
            assert_eq!(chain.segments[0].until, Some(saved.iter().find(|l| l.segment == last).unwrap().entry.seq));
        }
    }
    // Each of the seven appends has one flush.
    assert_eq!(segments, 7);
}

#[test]
fn a_tail_torn_at_any_byte_of_the_last_three_lines_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("whole");
    let (path, saved) = evening(&root, &Faulty::new(None));
    let path = path.unwrap();
    let chain = saved[0].entry.chain.clone();
    let whole = std::fs::read(path.join("chains").join(format!("{chain}.jsonl"))).unwrap();
    std::fs::remove_dir_all(path.join("checkpoints")).unwrap();
    let from = saved[saved.len() - 3].offset as usize;
    let clock = Clock::manual("2026-11-23T12:00:00Z".parse().unwrap());
    for cut in from..whole.len() {
        let file = path.join("chains").join(format!("{chain}.jsonl"));
        std::fs::write(&file, &whole[..cut]).unwrap();
        let kept = saved.iter().take_while(|l| l.offset as usize + l.bytes.len() < cut).count();
        let torn = cut - (saved[kept].offset as usize).min(cut);
        let mut folder = Folder::open(&path, Access::Write, &root.join("state")).unwrap();
        assert_eq!(folder.chain(), Some(chain.as_str()));
        let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
        let mut fresh = Vec::new();
        ask(&mut writer, vec![note(&clock, 1)], &mut fresh).unwrap();
        writer.shutdown();
        assert_eq!(fresh.len(), if torn > 0 { 2 } else { 1 }, "cut at {cut}");
        if torn > 0 {
            let Body::Notice { data, .. } = &fresh[0].entry.body else { panic!("{:?}", fresh[0]) };
            assert_eq!(data["bytes"], torn.to_string());
            let side = std::fs::read(path.join("side").join(&data["kept"])).unwrap();
            assert_eq!(side, &whole[cut - torn..cut]);
            std::fs::remove_dir_all(path.join("side")).unwrap();
        }
        assert_eq!(fresh[0].entry.seq as usize, kept);
        let report = verify(&path).unwrap();
        assert!(report.ok(), "cut at {cut}: {report:#?}");
    }
}

#[test]
fn a_tail_of_zeros_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("whole");
    let (path, saved) = evening(&root, &Faulty::new(None));
    let path = path.unwrap();
    let file = path.join("chains").join(format!("{}.jsonl", saved[0].entry.chain));
    let mut bytes = std::fs::read(&file).unwrap();
    let good = bytes.len();
    // A power cut can leave the end of a write without its middle.
    bytes.extend_from_slice(&[0; 4_096]);
    bytes.extend_from_slice(b"xt\":\"y\"}\n");
    std::fs::write(&file, &bytes).unwrap();
    let folder = Folder::open(&path, Access::Write, &root.join("state")).unwrap();
    assert!(matches!(folder.warnings().last(), Some(Warning::TornTail(torn)) if torn.at as usize == good));
    assert_eq!(std::fs::metadata(&file).unwrap().len() as usize, good);
}
