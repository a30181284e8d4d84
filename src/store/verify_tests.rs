use std::path::PathBuf;
use std::time::Duration;

use super::*;
use crate::clock::Clock;
use crate::incident::event::Body;
use crate::store::{Access, Ack, Draft, Folder, Writer, generate};

/// A closed incident of `lines` lines, the last of which is the close, and its chain's file.
fn closed(lines: usize) -> (tempfile::TempDir, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let state = dir.path().join("state");
    let made = generate::incident(dir.path(), "essai", 0, 1).unwrap();
    let mut folder = Folder::open(&made, Access::Write, &state).unwrap();
    let clock = Clock::manual("2030-01-01T00:00:00Z".parse().unwrap());
    let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
    for n in 0..lines {
        let last = n + 1 == lines;
        let text = format!("ligne {n} é");
        let body = if last { Body::Close { text } } else { Body::Note { text } };
        let draft = Draft {
            author: generate::author(),
            body,
            event_at: None,
            re: vec![],
            frame: None,
            at: clock.now(),
            x: None,
        };
        writer.append(vec![draft]);
        assert!(matches!(writer.wait_ack(Duration::from_secs(20)), Some(Ack::Saved { .. })));
        if last {
            assert!(matches!(writer.wait_ack(Duration::from_secs(20)), Some(Ack::Checkpoint { .. })));
        }
    }
    let file = made.join("chains").join(format!("{}.jsonl", writer.chain()));
    // The empty chain that the generator leaves says nothing.
    for entry in std::fs::read_dir(made.join("chains")).unwrap().flatten() {
        if entry.path() != file {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    (dir, made, file)
}

/// Bytes of each line with its newline: start and end.
fn spans(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut start = 0;
    let mut all = Vec::new();
    for at in memchr::memchr_iter(b'\n', bytes) {
        all.push((start, at + 1));
        start = at + 1;
    }
    all
}

/// Does this problem name line `seq`, alone or in a pair?
fn names(problem: &Problem, seq: u64) -> bool {
    let line = |s: &Suspect| matches!(s, Suspect::Line(at) if at.seq == seq);
    match problem {
        Problem::Unreadable { at, .. }
        | Problem::Foreign { at, .. }
        | Problem::Missing { at, .. }
        | Problem::Repeated { at, .. }
        | Problem::Changed { at } => at.seq == seq,
        Problem::Pair { first, second } => line(first) || line(second),
        _ => false,
    }
}

#[test]
fn an_untouched_log_is_sound_and_the_close_vouches_for_its_end() {
    let (_dir, folder, _) = closed(12);
    let report = verify(&folder).unwrap();
    assert!(report.ok(), "{report:?}");
    assert_eq!((report.entries(), report.chains[0].anchored, report.checkpoints), (12, 12, 1));
    assert_eq!(report.notes, []);
    for id in [crate::lang::LangId::Fr, crate::lang::LangId::En] {
        let words = report.lines(&crate::lang::Lang::new(id));
        assert_eq!(words.len(), 4, "{words:#?}");
        assert!(words.iter().all(|line| !line.contains("verify-")), "{words:#?}");
    }
}

#[test]
fn every_flipped_bit_of_a_closed_log_is_found_at_its_line() {
    let (_dir, folder, file) = closed(6);
    let good = std::fs::read(&file).unwrap();
    let lines = spans(&good);
    for (seq, (start, end)) in lines.iter().enumerate() {
        for at in *start..*end {
            // All bits of some bytes, one bit of the others.
            let bits: &[u8] = if at % 17 == 0 { &[0, 1, 2, 3, 4, 5, 6, 7] } else { &[(at % 8) as u8] };
            for bit in bits {
                let mut bad = good.clone();
                bad[at] ^= 1 << bit;
                std::fs::write(&file, &bad).unwrap();
                let report = verify(&folder).unwrap();
                let first = report.first_problem();
                let newline = at + 1 == *end;
                let located = match first {
                    // A newline that is gone joins two lines; at the very end it leaves a torn tail before a checkpoint.
                    Some(Problem::CutTail { entries: 6, found: 5, .. }) => newline && seq + 1 == lines.len(),
                    Some(problem) => names(problem, seq as u64),
                    None => false,
                };
                assert!(located, "line {seq}, byte {at}, bit {bit}: {first:?}");
            }
        }
    }
}

#[test]
fn every_cut_of_a_closed_log_is_found() {
    let (_dir, folder, file) = closed(5);
    let good = std::fs::read(&file).unwrap();
    for length in 0..good.len() {
        std::fs::write(&file, &good[..length]).unwrap();
        let report = verify(&folder).unwrap();
        let kept = spans(&good[..length]).len() as u64;
        let cut = report.all_problems().any(|p| matches!(p, Problem::CutTail { found, .. } if *found == kept));
        assert!(cut, "{length}: {report:?}");
    }
}

#[test]
fn changes_of_the_other_files_are_found() {
    let (_dir, folder, _) = closed(4);
    for name in ["incident.json", "checkpoints/0001.txt"] {
        let path = folder.join(name);
        let good = std::fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&path, &bad).unwrap();
            assert!(!verify(&folder).unwrap().ok(), "{name}, byte {at}");
            std::fs::write(&path, &good[..at]).unwrap();
            assert!(!verify(&folder).unwrap().ok(), "{name} cut at {at}");
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert!(verify(&folder).unwrap().ok());
}

#[test]
fn without_a_checkpoint_the_pair_is_named() {
    let (_dir, folder, file) = closed(5);
    std::fs::remove_file(folder.join("checkpoints/0001.txt")).unwrap();
    let good = std::fs::read_to_string(&file).unwrap();
    // The last line but one: only the last line's link tells, and nothing vouches for the last line.
    std::fs::write(&file, good.replace("ligne 3", "ligne 9")).unwrap();
    let report = verify(&folder).unwrap();
    let Some(Problem::Pair { first: Suspect::Line(a), second: Suspect::Line(b) }) = report.first_problem() else {
        panic!("{report:?}")
    };
    assert_eq!((a.seq, b.seq), (3, 4));
    // The last line: nothing tells, and the report says so.
    std::fs::write(&file, good.replace("ligne 4", "ligne 9")).unwrap();
    let report = verify(&folder).unwrap();
    assert!(report.ok());
    assert!(matches!(&report.notes[..], [Note::OpenEnd { lines: 5, .. }]), "{:?}", report.notes);
}

#[test]
fn removed_added_moved_and_rewritten_lines() {
    let (_dir, folder, file) = closed(8);
    let good: Vec<String> = std::fs::read_to_string(&file).unwrap().lines().map(|l| format!("{l}\n")).collect();
    let with = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = good.clone();
        change(&mut lines);
        std::fs::write(&file, lines.concat()).unwrap();
        verify(&folder).unwrap().first_problem().cloned()
    };
    assert!(matches!(with(&|l| drop(l.remove(3))), Some(Problem::Missing { at, found: 4 }) if at.line == 4));
    assert!(matches!(with(&|l| l.insert(3, l[2].clone())), Some(Problem::Repeated { at, found: 2 }) if at.line == 4));
    assert!(matches!(with(&|l| l.swap(3, 4)), Some(Problem::Missing { at, found: 4 }) if at.line == 4));
    // A history rewritten from line 3 on, every link made anew: the chain is whole, the checkpoint is not.
    let rewritten = with(&|lines| {
        lines[3] = lines[3].replace("ligne 3", "ligne X");
        for n in 4..lines.len() {
            let prev = digits(&Sha256::digest(lines[n - 1].trim_end()));
            let mut entry: Entry = serde_json::from_str(&lines[n]).unwrap();
            entry.prev = String::from_utf8(prev.to_vec()).unwrap();
            lines[n] = format!("{}\n", crate::text::json_line(&entry).unwrap());
        }
    });
    assert!(
        matches!(&rewritten, Some(Problem::Pair { first: Suspect::Line(at), second: Suspect::Checkpoint(_) }) if at.seq == 7),
        "{rewritten:?}"
    );
}

#[test]
fn a_torn_tail_is_a_note_and_not_a_problem() {
    let (_dir, folder, file) = closed(3);
    let good = std::fs::read(&file).unwrap();
    let mut torn = good.clone();
    torn.extend_from_slice(b"{\"v\":1,\"inc\":");
    std::fs::write(&file, &torn).unwrap();
    let report = verify(&folder).unwrap();
    assert!(report.ok(), "{report:?}");
    assert!(matches!(&report.notes[..], [Note::TornTail { bytes: 13, .. }]));
}

/// `verify.py` says the same about sound and altered logs, where there is a python3.
#[test]
fn python_agrees() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/verify.py");
    let python = |folder: &Path| {
        std::process::Command::new("python3").arg(script).arg(folder).output().map(|o| (o.status.code(), o.stdout))
    };
    let (_dir, folder, file) = closed(7);
    let Ok((code, said)) = python(&folder) else {
        // Nothing to agree with on this machine.
        return;
    };
    assert_eq!((code, String::from_utf8_lossy(&said).trim()), (Some(0), "ok: 7 lines"));
    let good = std::fs::read(&file).unwrap();
    for n in 0..40 {
        let mut bad = good.clone();
        let at = n * 7919 % bad.len();
        if n % 4 == 3 {
            bad.truncate(at);
        } else {
            bad[at] ^= 1 << (n % 8);
        }
        std::fs::write(&file, &bad).unwrap();
        let ours = verify(&folder).unwrap().ok();
        let (code, said) = python(&folder).unwrap();
        assert_eq!(ours, code == Some(0), "byte {at}: {}", String::from_utf8_lossy(&said));
    }
}
