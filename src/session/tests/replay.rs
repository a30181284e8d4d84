//! Replays of what is damaged, and the ways to a place of a record.

use super::*;
use crate::lang::Lang;

/// A recorded exercise of a quarter of an hour with a bookmark in it; gives its folder.
fn recorded(world: &World) -> std::path::PathBuf {
    let mut session = exercise(world, 60_000);
    run(&mut session, &world.clock, 6);
    let text = session.bookmark_text("la bascule");
    session.submit(Body::Note { text }, None, vec![]);
    settle(&mut session);
    run(&mut session, &world.clock, 9);
    session.close().expect("closed");
    folder_of(world, Mode::Exercise)
}

#[test]
fn a_replay_of_a_damaged_tape_says_what_is_missing_and_goes_on_behind_it() {
    let world = world();
    let path = recorded(&world);
    let tape = load::tape_path(&path);
    let mut bytes = std::fs::read(&tape).expect("tape");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&tape, &bytes).expect("written");
    let gaps = crate::store::tape::TapeReader::open(&tape).and_then(|mut tape| tape.survey()).expect("read");
    let [gap] = gaps.as_slice() else { panic!("{gaps:?}") };
    let mut replay = Session::replay(world.setup.clone(), &path, 1_000).expect("replay");
    let said = settle(&mut replay);
    let told = said.iter().any(|one| matches!(one, Outcome::Failed { why } if why.contains("illisible")));
    assert!(told, "{said:?}");
    replay.pause();
    let start = replay.scenario().expect("a scenario").start;
    let (_, end) = replay.span().expect("a span");
    replay.seek(crate::feed::frame_end(start, gap.first + 2));
    settle(&mut replay);
    assert_eq!(replay.board().last_frame(), gap.first.checked_sub(1), "no frame is invented");
    replay.seek(end);
    settle(&mut replay);
    match gap.last {
        Some(last) => assert!(replay.board().last_frame() > Some(last), "what lies behind is shown"),
        None => assert_eq!(replay.board().last_frame(), gap.first.checked_sub(1)),
    }
    assert!(!replay.log().is_empty());
    // A file that is no tape at all leaves the log.
    std::fs::write(&tape, "ceci n'est pas une bande").expect("written");
    let mut replay = Session::replay(world.setup.clone(), &path, 1_000).expect("replay");
    let said = settle(&mut replay);
    assert!(said.iter().any(|one| matches!(one, Outcome::Failed { .. })), "{said:?}");
    replay.pause();
    replay.seek(end);
    settle(&mut replay);
    assert!(!replay.log().is_empty() && replay.board().last_frame().is_none());
}

#[test]
fn a_record_is_gone_through_by_bookmark_and_by_number_of_entry() {
    let world = world();
    let path = recorded(&world);
    let mut replay = Session::replay(world.setup.clone(), &path, 1_000).expect("replay");
    settle(&mut replay);
    replay.pause();
    let lang = Lang::new(LangId::Fr);
    let count = replay.recorded_entries().expect("a record");
    let (begin, end) = replay.span().expect("a span");
    assert_eq!(replay.instant_of_entry(0), None);
    assert_eq!(replay.instant_of_entry(count + 1), None);
    let last = replay.instant_of_entry(count).expect("the last entry");
    assert!(begin <= last && last <= end);
    for named in ["la bascule", "bascule", "LA BAS"] {
        let found = replay.bookmark_named(named, &lang).expect("found");
        assert_eq!(found.name(&lang), "la bascule");
        replay.seek(found.at);
        // Shown at once: no wake, no tick is waited for.
        assert_eq!(replay.now_incident(), found.at);
        let shown = replay.log().get(replay.log().len() - 1).expect("an entry");
        assert!(shown.body.text().contains("la bascule"), "{shown:?}");
    }
    assert_eq!(replay.bookmark_named("nulle part", &lang), None);
    let all = replay.bookmarks();
    assert_eq!(all.first().map(|one| &one.mark), Some(&Mark::Begin));
    assert_eq!(all.last().map(|one| &one.mark), Some(&Mark::End));
    assert!(all.is_sorted_by_key(|one| one.at));
    // One's own bookmark of the replay stands among them.
    let text = replay.bookmark_text("à revoir");
    replay.submit(Body::Note { text }, None, vec![]);
    settle(&mut replay);
    assert!(replay.bookmark_named("à revoir", &lang).is_some());
    // Entries of one's own stay behind what is shown, wherever one goes.
    replay.seek(begin);
    let log = replay.log();
    let own = log.get(log.len() - 1).expect("one's own");
    assert!(own.body.text().contains("à revoir"), "{own:?}");
    assert_eq!(log.position(&own.id()), Some(log.len() - 1));
}
