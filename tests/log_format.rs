//! The test vectors of `docs/log-format.md` are what the program writes, and verify.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};
use vigie::incident::event::{
    Body, Entry, EntryId, EventTime, Genesis, Mode, Precision, Role, Statement, Verification,
};
use vigie::store::{Access, Folder, LogView, verify};

const DOC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/log-format.md");

fn sha(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").unwrap();
        out
    })
}

fn genesis() -> String {
    let genesis = Genesis {
        v: 1,
        inc: "2026-11-23-orange-sud-3f9a".to_owned(),
        mode: Mode::Real,
        title: "Numéros d'urgence, Orange Sud".to_owned(),
        at: "2026-11-23T14:00:00+01:00".parse().unwrap(),
        zone: "Europe/Paris".to_owned(),
        lang: "fr".to_owned(),
        perimeter: vigie::health::Perimeter::Nation,
        scenario: None,
        origin: None,
        playbooks: BTreeMap::new(),
        engine: "0.1.0".to_owned(),
    };
    vigie::text::json_line(&genesis).unwrap()
}

fn lines(genesis: &str) -> Vec<String> {
    let statement = Statement {
        text: "chute des appels au 15\u{9b}31m \u{202e}".to_owned(),
        source: "SAMU 59".to_owned(),
        channel: "téléphone".to_owned(),
        verification: Verification::ToVerify,
    };
    let earlier = EventTime {
        at: "2026-11-23T13:58:00+01:00".parse().unwrap(),
        precision: Precision::About,
        reason: None,
        page: None,
    };
    let bodies = [
        (Body::Information(statement), Some(earlier), vec![]),
        (
            Body::Decision {
                text: "réunir la cellule à 14:30".to_owned(),
                rationale: String::new(),
                levers: vec![],
                record: Box::default(),
            },
            None,
            vec![],
        ),
        (Body::Note { text: "trois départements muets".to_owned() }, None, vec![EntryId::new("7f3c2d19", 1)]),
    ];
    let mut prev = sha(format!("{genesis}\n").as_bytes());
    let mut lines = Vec::new();
    for (seq, (body, event_at, re)) in bodies.into_iter().enumerate() {
        let entry = Entry {
            v: 1,
            inc: "2026-11-23-orange-sud-3f9a".to_owned(),
            chain: "7f3c2d19".to_owned(),
            seq: seq as u64,
            at: format!("2026-11-23T14:0{}:11.123+01:00", seq + 1).parse().unwrap(),
            up: format!("b3f1:{}", 8_123_456 + 60_000 * seq),
            x: None,
            event_at,
            who: "m.durand".to_owned(),
            org: "SAMU 59".to_owned(),
            role: Role::LogKeeper,
            body,
            re,
            seen: BTreeMap::new(),
            frame: None,
            prev,
            sig: None,
        };
        let line = vigie::text::json_line(&entry).unwrap();
        prev = sha(line.as_bytes());
        lines.push(line);
    }
    lines
}

fn checkpoint(lines: &[String]) -> String {
    let bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
    format!("7f3c2d19.jsonl {} {bytes} {}", lines.len(), sha(lines.last().unwrap().as_bytes()))
}

#[test]
fn the_vectors_of_the_specification_are_what_is_written_and_verify() {
    let genesis = genesis();
    let lines = lines(&genesis);
    let checkpoint = checkpoint(&lines);
    let vectors = format!(
        "`incident.json` (SHA-256 `{}`):\n\n```json\n{genesis}\n```\n\n`chains/7f3c2d19.jsonl`:\n\n```json\n{}\n```\n\n`checkpoints/0001.txt`:\n\n```\n{checkpoint}\n```\n",
        sha(format!("{genesis}\n").as_bytes()),
        lines.join("\n"),
    );
    let doc = std::fs::read_to_string(DOC).unwrap();
    assert!(doc.ends_with(&vectors), "the test vectors should read:\n\n{vectors}");
    assert!(lines.iter().all(|line| !line.chars().any(vigie::text::is_dangerous)));

    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("2026-11-23-orange-sud-3f9a");
    for (name, text) in [
        ("incident.json", format!("{genesis}\n")),
        ("chains/7f3c2d19.jsonl", lines.join("\n") + "\n"),
        ("checkpoints/0001.txt", format!("{checkpoint}\n")),
    ] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let report = verify(&folder).unwrap();
    assert!(report.ok(), "{report:#?}");
    assert_eq!((report.entries(), report.chains[0].anchored), (3, 3));
    let opened = Folder::open(&folder, Access::Read, Path::new("/nonexistent")).unwrap();
    let (view, incident) = LogView::open(&opened).unwrap();
    assert_eq!(view.get(0).unwrap().body.text(), "chute des appels au 15\u{9b}31m \u{202e}");
    assert_eq!(incident.decisions()[0].rationale, "trois départements muets");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/verify.py");
    if let Ok(output) = std::process::Command::new("python3").arg(script).arg(&folder).output() {
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "ok: 3 lines");
    }
}
