use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::clock::Clock;
use crate::incident::event::Mode;
use crate::incident::kind::KindSet;
use crate::incident::tests::truth;
use crate::store::scan;
use crate::store::{Access, Ack, Draft, Filter, LoadEvent, LogView, Search, Writer, generate};

fn made(entries: usize, chains: usize) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = generate::incident(dir.path(), "essai", entries, chains).unwrap();
    (dir, path)
}

fn opened(path: &Path) -> Folder {
    Folder::open(path, Access::Read, Path::new("/nonexistent")).unwrap()
}

fn every(view: &LogView) -> Vec<Arc<Entry>> {
    (0..view.len()).map(|i| view.get(i).unwrap()).collect()
}

/// Reads the files with serde alone.
fn plainly(folder: &Folder) -> Vec<Entry> {
    let mut all = Vec::new();
    for chain in folder.chains().unwrap() {
        let mut floor = i64::MIN;
        for segment in &chain.segments {
            for line in std::fs::read_to_string(&segment.path).unwrap().lines() {
                let entry: Entry = serde_json::from_str(line).unwrap();
                floor = floor.max(entry.at.timestamp_millis());
                all.push((floor, entry));
            }
        }
    }
    all.sort_by(|a, b| (a.0, &a.1.chain, a.1.seq).cmp(&(b.0, &b.1.chain, b.1.seq)));
    all.into_iter().map(|(_, entry)| entry).collect()
}

#[test]
fn one_chain_and_several_read_and_fold_as_plain_parsing_does() {
    for chains in [1, 3] {
        let (_dir, path) = made(3_000, chains);
        let folder = opened(&path);
        let (view, incident) = LogView::open(&folder).unwrap();
        let plain = plainly(&folder);
        assert_eq!(view.len(), plain.len());
        let mut fold = Incident::new(folder.genesis().clone());
        for (position, (entry, expected)) in every(&view).iter().zip(&plain).enumerate() {
            assert_eq!(**entry, *expected);
            assert_eq!(view.kind(position), Some(Kind::of(&expected.body)));
            assert_eq!(view.id(position), Some(expected.id()));
            assert_eq!(view.position(&expected.id()), Some(position));
            fold.apply(expected);
        }
        assert_eq!(incident.digest(), fold.digest());
        assert_eq!(incident.entries(), plain.len() as u64);
    }
}

#[test]
fn the_tail_shows_the_end_and_the_loader_brings_the_rest() {
    for chains in [1, 3] {
        let (_dir, path) = made(6_000, chains);
        let folder = opened(&path);
        let (whole, expected) = LogView::open(&folder).unwrap();
        let mut view = LogView::open_tail(&folder).unwrap();
        assert_eq!(view.len(), whole.len());
        assert!(!view.complete() && view.first_known() > 1_000);
        assert!(view.get(view.first_known() - 1).is_none());
        for position in view.first_known()..view.len() {
            assert_eq!(view.get(position), whole.get(position), "{position}");
            assert_eq!(view.position(&whole.id(position).unwrap()), Some(position));
        }
        let (told, events) = channel();
        view.load(Box::new(move || told.send(()).unwrap())).unwrap();
        let mut seen = Vec::new();
        while seen.len() < 2 {
            events.recv_timeout(Duration::from_secs(30)).unwrap();
            seen.extend(view.poll());
        }
        assert!(matches!(&seen[0], LoadEvent::Folded(incident) if incident.digest() == expected.digest()));
        assert!(matches!(&seen[1], LoadEvent::Checked(Ok(()))), "{:?}", seen[1]);
        assert!(view.complete());
        assert_eq!(every(&view), every(&whole));
    }
}

fn draft(clock: &Clock, text: &str) -> Draft {
    Draft {
        author: generate::author(),
        body: Body::Decision {
            text: text.to_owned(),
            rationale: "car".to_owned(),
            levers: Vec::new(),
            record: Box::default(),
        },
        event_at: None,
        re: Vec::new(),
        frame: None,
        at: clock.now(),
        x: None,
    }
}

#[test]
fn lines_pushed_while_the_loader_works_are_folded_once() {
    let (dir, path) = made(2_000, 1);
    let state = dir.path().join(".state-essai");
    let mut folder = Folder::open(&path, Access::Write, &state).unwrap();
    let mut view = LogView::open_tail(&folder).unwrap();
    let (told, events) = channel();
    view.load(Box::new(move || {
        let _ = told.send(());
    }))
    .unwrap();
    let clock = Clock::manual("2030-01-01T00:00:00Z".parse().unwrap());
    let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
    for n in 0..20 {
        writer.append(vec![draft(&clock, &format!("décision {n}"))]);
        let Some(Ack::Saved { lines, .. }) = writer.wait_ack(Duration::from_secs(20)) else { panic!() };
        view.push(&lines[0]);
        assert_eq!(view.get(view.len() - 1).unwrap().body.text(), format!("décision {n}"));
    }
    let mut incident = None;
    while incident.is_none() {
        events.recv_timeout(Duration::from_secs(30)).unwrap();
        for event in view.poll() {
            if let LoadEvent::Folded(folded) = event {
                incident = Some(folded);
            }
        }
    }
    drop(writer);
    let (whole, expected) = LogView::open(&opened(&path)).unwrap();
    assert_eq!(incident.unwrap().digest(), expected.digest());
    assert_eq!(every(&view), every(&whole));
}

#[test]
fn a_reader_follows_writers_of_two_chains() {
    let (dir, path) = made(300, 1);
    let clock = Clock::manual("2030-01-01T00:00:00Z".parse().unwrap());
    let (mut view, mut incident) = LogView::open(&opened(&path)).unwrap();
    let mut one = Folder::open(&path, Access::Write, &dir.path().join(".state-essai")).unwrap();
    let mut two = Folder::open(&path, Access::Write, &dir.path().join(".state-essai")).unwrap();
    let mut writers = [Writer::start(&mut one, &clock.now()).unwrap(), Writer::start(&mut two, &clock.now()).unwrap()];
    for n in 0..10 {
        clock.advance(Duration::from_secs(1));
        let writer = &mut writers[n % 2];
        writer.append(vec![draft(&clock, &format!("d{n}"))]);
        assert!(matches!(writer.wait_ack(Duration::from_secs(20)), Some(Ack::Saved { .. })));
        let fresh = view.follow(None).unwrap();
        assert_eq!(fresh.len(), 1);
        assert_eq!(fresh[0].body.text(), format!("d{n}"));
        incident.apply(&fresh[0]);
        assert_eq!(view.get(view.len() - 1).unwrap(), fresh[0]);
    }
    let (whole, expected) = LogView::open(&opened(&path)).unwrap();
    assert_eq!(every(&view), every(&whole));
    assert_eq!(incident.digest(), expected.digest());
}

#[test]
fn search_finds_what_a_plain_reading_finds_newest_first() {
    for chains in [1, 3] {
        let (_dir, path) = made(4_000, chains);
        let (view, _) = LogView::open(&opened(&path)).unwrap();
        let entries = every(&view);
        let filters = [
            Filter { text: "évolution FAVORABLE".to_owned(), ..Filter::default() },
            Filter {
                text: "samu 2a".to_owned(),
                kinds: Some(KindSet::EMPTY.with(Kind::Decision).with(Kind::Step)),
                who: None,
            },
            Filter {
                text: String::new(),
                kinds: Some(KindSet::EMPTY.with(Kind::Action)),
                who: Some("a.leroy".to_owned()),
            },
            Filter { text: String::new(), kinds: None, who: Some("a.ler".to_owned()) },
            Filter { text: "radio".to_owned(), ..Filter::default() },
            Filter::default(),
        ];
        for filter in filters {
            let expected: Vec<usize> = (0..entries.len())
                .rev()
                .filter(|i| {
                    let entry = &entries[*i];
                    let kind = filter.kinds.is_none_or(|kinds| kinds.has(Kind::of(&entry.body)));
                    let who = filter.who.as_ref().is_none_or(|who| *who == entry.who);
                    let mut words = vec![entry.body.text()];
                    if let Body::Information(s) | Body::Fact(s) = &entry.body {
                        words.push(&s.source);
                    } else {
                        words.extend(scan::more_text(&entry.body));
                    }
                    kind && who && words.iter().any(|w| w.to_lowercase().contains(&filter.text.to_lowercase()))
                })
                .collect();
            let mut search = Search::new(&view, filter.clone());
            let mut steps = 0;
            while !search.step(&view, 20_000) {
                steps += 1;
            }
            let found: Vec<usize> = (0..search.count()).map(|n| search.hit(&view, n).unwrap()).collect();
            assert_eq!(found, expected, "{filter:?}");
            assert!(steps > 0 || filter.text.is_empty());
            if let [first, .., last] = expected.as_slice() {
                assert_eq!(search.nearest(&view, *first), Some(0));
                assert_eq!(search.nearest(&view, *last), Some(expected.len() - 1));
            }
        }
    }
}

#[test]
fn a_damaged_line_keeps_its_place_and_says_so() {
    let (_dir, path) = made(50, 1);
    let folder = opened(&path);
    let file = folder.chains().unwrap()[0].segments[0].path.clone();
    let mut lines: Vec<String> = std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
    lines[30] = "{\"not\": \"ours".to_owned();
    lines[31] = "x".repeat(200_000);
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    let (view, incident) = LogView::open(&folder).unwrap();
    assert_eq!((view.len(), incident.entries()), (50, 50));
    for position in [30, 31] {
        assert_eq!(view.kind(position), None);
        assert!(view.get(position).unwrap().body.text().contains(&position.to_string()));
    }
    assert_eq!(view.get(32).unwrap().seq, 32);
}

proptest::proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in the files: reading, folding, searching and verifying come back, and agree on the number of
    /// lines.
    #[test]
    fn any_bytes_can_be_read(
        cuts in proptest::collection::vec((0_usize..60_000, 0_usize..40, any::<u64>()), 1..12),
        seq in any::<u64>(),
    ) {
        let (_dir, path) = made(120, 2);
        let folder = opened(&path);
        let file = folder.chains().unwrap()[0].segments[0].path.clone();
        let mut bytes = std::fs::read(&file).unwrap();
        for (at, length, with) in cuts {
            let at = at % bytes.len();
            let end = (at + length).min(bytes.len());
            let with = with.to_le_bytes();
            bytes.splice(at..end, with.into_iter().take(length % 9));
        }
        let line = String::from_utf8_lossy(&bytes).lines().last().map(str::to_owned).unwrap_or_default();
        bytes.extend_from_slice(line.replace("\"seq\":5", &format!("\"seq\":{seq}")).as_bytes());
        bytes.push(b'\n');
        std::fs::write(&file, &bytes).unwrap();
        let (view, incident) = LogView::open(&folder).unwrap();
        let tail = LogView::open_tail(&folder).unwrap();
        proptest::prop_assert!(tail.len() < 4_000);
        for position in 0..view.len() {
            proptest::prop_assert!(view.get(position).is_some());
        }
        let mut search = Search::new(&view, Filter { text: "samu".to_owned(), ..Filter::default() });
        while !search.step(&view, 1_000) {}
        let _ = (incident.digest(), incident.deadlines(incident.genesis().at.to_utc()));
        let lines = memchr::memchr_iter(b'\n', &bytes).count();
        let report = crate::store::verify(&path).unwrap();
        proptest::prop_assert!(!report.ok());
        proptest::prop_assert_eq!(view.len(), lines + 60);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever the people of a cell write, the fold of the file by its quick path is the fold of the entries.
    #[test]
    fn the_quick_path_folds_any_log_as_it_was_written(
        mode in prop_oneof![Just(Mode::Real), Just(Mode::Exercise)],
        script in truth::script(),
    ) {
        let (genesis, lines, digest) = truth::lines(mode, script);
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("chains")).unwrap();
        std::fs::write(dir.path().join("incident.json"), crate::text::json_line(&genesis).unwrap() + "\n").unwrap();
        std::fs::write(dir.path().join("chains/c0ffee00.jsonl"), lines.join("\n") + "\n").unwrap();
        let (view, incident) = LogView::open(&opened(dir.path())).unwrap();
        prop_assert_eq!(view.len(), lines.len());
        prop_assert_eq!(incident.digest(), digest);
    }
}
