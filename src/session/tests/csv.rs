//! A log goes out as CSV, comes in again and goes out the same, whatever its entries are.

use chrono::{DateTime, FixedOffset};
use proptest::prelude::*;

use super::*;
use crate::feed::import::{Mapping, import as read};
use crate::health::{Alarm, Observation};
use crate::incident::event::{ActionState, EntryId, EventTime, Precision, RunChange, StepChange};
use crate::incident::kind::Kind;
use crate::incident::record::{PublicStage, SitrepVariant, SubstituteChange};
use crate::report::{Exporter, Format, Provenance};
use crate::store::{Access, Ack, Draft, Folder, Writer};

/// A body of each kind; the text and the time go everywhere they may.
fn body(kind: Kind, text: &str, at: DateTime<FixedOffset>) -> Body {
    let words = || text.to_owned();
    let said = || Statement {
        text: words(),
        source: words(),
        channel: words(),
        verification: crate::incident::event::Verification::Refuted,
    };
    match kind {
        Kind::Information => Body::Information(said()),
        Kind::Fact => Body::Fact(said()),
        Kind::Message => {
            Body::Message { text: words(), to: words(), from: words(), channel: words(), answer_by: Some(at) }
        }
        Kind::Receipt => Body::Receipt { acknowledged: true, text: words() },
        Kind::Decision => Body::decision(words(), words(), Vec::new()),
        Kind::Action => Body::Action { text: words(), owner: words(), due: Some(at), state: ActionState::Ordered },
        Kind::Request => Body::Request { text: words(), to: words() },
        Kind::Correction => Body::Correction { text: words(), reason: words() },
        Kind::Note => Body::Note { text: words() },
        Kind::Observation => Body::Observation {
            text: words(),
            data: Observation {
                zone: Some("59".into()),
                service: "15".into(),
                source: words(),
                state: crate::health::State::Watch,
                share: Some(0.1 + 0.2),
                at: at.to_utc(),
            },
        },
        Kind::Awareness => Body::Awareness { text: words() },
        Kind::ClockStop => Body::ClockStop { id: words(), reason: words() },
        Kind::Desk => {
            let act = crate::incident::desk::DeskAct::Check { whom: words(), ok: true };
            Body::Desk { act, text: words() }
        }
        Kind::Question => Body::Question { text: words(), decide_by: Some(at), record: Box::default() },
        Kind::Outcome => Body::Outcome { text: words(), review_at: None },
        Kind::ClockStart => Body::ClockStart { id: words(), text: words() },
        Kind::Rhythm => Body::Rhythm { every_min: 20, next_at: at, text: words() },
        Kind::Slot => Body::Slot { slot: at, held: true, text: words() },
        Kind::ContactCall => Body::ContactCall { contact: words(), reached: false, text: words() },
        Kind::Substitute => Body::Substitute {
            number: words(),
            change: SubstituteChange::Registered { centre: words(), path: words(), lines: Some(4) },
            text: words(),
        },
        Kind::Sitrep => Body::Sitrep {
            number: 3,
            variant: SitrepVariant::Can,
            text: words(),
            sections: vec![crate::incident::record::Section { id: "needs".into(), text: format!("{text}\n- {text}") }],
            as_of: at,
            next_at: Some(at),
        },
        Kind::Approval => Body::Approval { granted: true, text: words() },
        Kind::Handover => {
            Body::Handover { roles: vec![Role::Director], to: words(), text: words(), sections: Vec::new() }
        }
        Kind::HandoverAnswer => Body::HandoverAnswer { accepted: true, mode_read: true, text: words() },
        Kind::Public => {
            let message = crate::incident::record::PublicMessage { headline: words(), ..Default::default() };
            Body::Public { stage: PublicStage::Draft, message: Some(Box::new(message)), text: String::new() }
        }
        Kind::Forecast => {
            let option = crate::incident::outlook::OutlookOption { text: words(), ..Default::default() };
            let (estimate, options) = (words(), vec![option]);
            let outlook = crate::incident::outlook::Outlook {
                as_of: Some(at),
                estimate,
                options,
                seed: u64::MAX,
                ..Default::default()
            };
            Body::Forecast { text: words(), outlook: Box::new(outlook) }
        }
        Kind::PlaybookRun => Body::PlaybookRun { id: words(), change: RunChange::Ended, text: words() },
        Kind::RoleTaken => Body::RoleTaken { text: words(), taken: Role::Director },
        Kind::Playbook => Body::Playbook { id: words(), sha256: words(), text: words(), called_by: None },
        Kind::Step => Body::step(words(), words(), StepChange::Done, words()),
        Kind::Lever => {
            let lever = crate::network::LeverKind::Gap { share: 0.3 };
            let order = crate::incident::event::LeverOrder { lever };
            Body::Lever { order, frame_at: 7, text: words() }
        }
        Kind::Inject => Body::Inject { fault: words(), on: Vec::new(), frame_at: 7, text: words() },
        Kind::Clock => Body::Clock { x_at: at, running: false, rate_milli: 1_000, text: words() },
        Kind::Crossing => Body::Crossing {
            alarm: Alarm {
                group: "psap:samu-59".into(),
                state: crate::health::State::Silent,
                elements: vec![words()],
                count: 1,
                measure: "silence".into(),
                seen: 0.0,
                expected: 9.25,
                of: 829,
                window_s: 300,
                recent: None,
                false_alarm_days: 30.0,
                since: at.to_utc(),
            },
            over: false,
            text: words(),
        },
        Kind::Acknowledge => Body::Acknowledge { group: words(), shelved_until: Some(at), text: words() },
        Kind::Notice => Body::Notice { text: words(), data: [("what".to_owned(), words())].into() },
        Kind::Close => Body::Close { text: words() },
        Kind::Reopen => Body::Reopen { text: words() },
    }
}

/// The log of a folder as CSV.
fn export(world: &World, path: &std::path::Path, separator: u8) -> Vec<u8> {
    let folder = Folder::open(path, Access::Read, &world.setup.config.state.value).expect("folder");
    let (log, incident) = LogView::open(&folder).expect("log");
    let kept = std::fs::read(path.join("kept").join(IMPORTED_FILE)).ok();
    let lang = Lang::new(LangId::Fr);
    let exporter = Exporter::new(Vec::new(), Format::Csv { separator }, &incident, &lang).expect("exporter");
    let mut exporter = exporter.with_provenance(kept.and_then(|bytes| Provenance::read(&bytes)));
    for position in 0..log.len() {
        exporter.entry(&log.get(position).expect("entry")).expect("row");
    }
    exporter.finish().expect("csv")
}

/// A real log of these entries, one after another; each refers to the one `back` before it.
fn written(world: &World, entries: &[(usize, String, u8, Option<String>, usize)]) -> std::path::PathBuf {
    let genesis = open::genesis(&world.setup, Mode::Real, "x", &playbooks(&world.setup.config));
    let (root, state) = (world.setup.root(Mode::Real), &world.setup.config.state.value);
    let mut folder = Folder::create_on(world.setup.disk.clone(), &root, &genesis, &[], state).expect("folder");
    let mut writer = Writer::start(&mut folder, &world.clock.now()).expect("writer");
    let chain = writer.chain().to_owned();
    for (seq, (kind, text, precision, reason, back)) in entries.iter().enumerate() {
        let at: DateTime<FixedOffset> = "2026-11-23T20:41:00.250+01:00".parse().expect("time");
        let precision = [Precision::Exact, Precision::About, Precision::Before][usize::from(*precision) % 3];
        let event_at = EventTime { at, precision, reason: reason.clone(), page: reason.clone() };
        writer.append(vec![Draft {
            author: Author { who: text.clone(), org: "=SAMU".into(), role: Role::Liaison },
            body: body(Kind::ALL[kind % Kind::ALL.len()], text, at),
            event_at: (!precision_is_plain(&event_at)).then_some(event_at),
            re: seq.checked_sub(*back).map(|seq| EntryId::new(&chain, seq as u64)).into_iter().collect(),
            frame: Some(crate::incident::event::FrameRef { index: 4, digest: "0011223344556677".into() }),
            at: world.clock.now(),
            x: None,
        }]);
        loop {
            match writer.wait_ack(Duration::from_secs(30)).expect("the writer answers") {
                Ack::Saved { .. } => break,
                Ack::NotSaved { why, .. } => panic!("{why}"),
                _ => {}
            }
        }
        world.clock.advance(Duration::from_secs(61));
    }
    folder.path().to_path_buf()
}

fn precision_is_plain(event: &EventTime) -> bool {
    event.precision == Precision::Exact && event.reason.is_none()
}

/// Out, in, out.
fn there_and_back(world: &World, path: &std::path::Path, separator: u8) -> (Vec<u8>, Vec<u8>) {
    let first = export(world, path, separator);
    let text = std::str::from_utf8(&first).expect("UTF-8");
    let mapping = Mapping::shipped("vigie").expect("shipped").expect("good");
    let lines = read("log.csv", text, &mapping).unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    let tz = lines[0].own.as_ref().expect("our own").tz;
    let imported = import(&world.setup, "y", ("log.csv", &first), tz, lines).expect("imported");
    let second = export(world, &imported, separator);
    (first, second)
}

#[test]
fn every_kind_comes_back_the_same() {
    let world = world();
    let entries: Vec<_> =
        (0..Kind::ALL.len()).map(|kind| (kind, format!("'=ligne {kind};\u{202e}\n \""), 1, None, 1)).collect();
    let path = written(&world, &entries);
    for separator in [b',', b';'] {
        let (first, second) = there_and_back(&world, &path, separator);
        assert_eq!(String::from_utf8_lossy(&first), String::from_utf8_lossy(&second));
        for kind in Kind::ALL {
            assert!(String::from_utf8_lossy(&first).contains(kind.word()), "{}", kind.word());
        }
    }
    let folders = std::fs::read_dir(world.setup.root(Mode::Replay)).expect("imported").count();
    assert_eq!(folders, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn out_in_out_is_identical(
        entries in prop::collection::vec(
            (
                0_usize..64,
                "[a-zé '\"=+@,;|\\-\n\t\u{202e}\u{7}＝0-9]{0,24}",
                0_u8..3,
                prop::option::of("[=' a-z;\"]{1,12}"),
                1_usize..4,
            ),
            1..12,
        ),
    ) {
        let world = world();
        let path = written(&world, &entries);
        let (first, second) = there_and_back(&world, &path, b';');
        prop_assert_eq!(String::from_utf8_lossy(&first), String::from_utf8_lossy(&second));
    }
}
