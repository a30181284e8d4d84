//! Replays of what is damaged, and the ways to a place of a record.

use super::*;
use crate::incident::DebtKind;
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
fn an_exercise_with_a_damaged_tape_is_continued_and_reported_with_what_is_missing() {
    let world = world();
    let path = recorded(&world);
    let tape = load::tape_path(&path);
    let mut bytes = std::fs::read(&tape).expect("tape");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    std::fs::write(&tape, &bytes).expect("written");
    let mut session = Session::resume(world.setup.clone(), &path).expect("resume");
    let said = settle(&mut session);
    let told = said.iter().any(|one| matches!(one, Outcome::Failed { why } if why.contains("illisible")));
    assert!(told && session.live.is_some(), "{said:?}");
    let reached = session.board().last_frame();
    session.resume_clock();
    settle(&mut session);
    run(&mut session, &world.clock, 3);
    assert!(session.board().last_frame() > reached, "it goes on");
    session.close().expect("closed");
    let material = study(&world.setup, &path).expect("read");
    assert_eq!(material.missing.len(), 1, "{:?}", material.missing);
    assert!(material.missing[0].contains("illisible"));
    assert!(material.curve.last().expect("a curve").at > material.end - chrono::TimeDelta::minutes(2));
    let lang = Lang::new(LangId::Fr);
    let text = crate::report::retex::retex(&material, &lang).render(crate::report::document::Form::Markdown);
    assert!(text.contains("Bande illisible"));
}

#[test]
fn a_replay_tells_the_steps_of_history_when_they_come_and_those_ahead_on_request() {
    let world = world();
    let mut replay = Session::documented(world.setup.clone(), "france-2021-06-02", 1_000).expect("replay");
    settle(&mut replay);
    replay.pause();
    let at = |hm: &str| format!("2021-06-02T{hm}:00+02:00").parse::<DateTime<Utc>>().expect("a time");
    replay.seek(at("16:50"));
    settle(&mut replay);
    let lang = Lang::new(LangId::Fr);
    let names = |replay: &Session| -> Vec<String> { replay.bookmarks().iter().map(|one| one.name(&lang)).collect() };
    assert!(names(&replay).iter().all(|name| !name.starts_with("déclarer")), "{:?}", names(&replay));
    let shown = |replay: &Session| -> Vec<String> {
        (0..replay.log().len()).filter_map(|i| replay.log().get(i)).map(|entry| entry.body.text().to_owned()).collect()
    };
    for later in ["11 800", "Plus fort de la crise", "situera", "30 à 40"] {
        assert!(shown(&replay).iter().all(|text| !text.contains(later)), "{later}");
    }
    // A name that somebody types leads there all the same.
    assert!(replay.bookmark_named("déclarer", &lang).is_some());
    replay.set_ghost(true);
    assert!(names(&replay).iter().any(|name| name.starts_with("déclarer")));
    assert!(replay.documented_until(at("16:50")).iter().any(|event| event.text.fr.contains("11 800")));
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
    let last_id = replay.log().id(replay.log().len() - 1).expect("an id");
    assert_eq!(replay.number_of_entry(&last_id), Some(replay.log().len()));
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

#[test]
fn nobody_waits_for_an_answer_to_what_is_documented_of_others() {
    let world = world();
    for id in ["france-2023-01-17", "uk-2023-06-25", "france-2021-06-02"] {
        let mut replay = Session::documented(world.setup.clone(), id, 1_000).expect("replay");
        settle(&mut replay);
        replay.pause();
        let (_, end) = replay.span().expect("a span");
        replay.seek(end);
        let messages = replay.incident().messages();
        assert!(messages.iter().any(|message| !message.from.is_empty()), "{id}");
        assert!(!messages.iter().any(|message| message.awaits() || message.unanswered()), "{id}: {messages:?}");
        let owed = replay.debts(end).into_iter().filter(|debt| debt.kind == DebtKind::Message);
        assert_eq!((owed.count(), replay.incident().unanswered().count()), (0, 0), "{id}");
    }
    // Nor after a seat was taken; what the world says from there on is to be answered.
    let opened =
        Session::take_over_documented(world.setup.clone(), "france-2021-06-02", "17:20", 1_000, Perimeter::Nation);
    let mut session = opened.expect("taken over");
    settle(&mut session);
    assert!(!session.incident().messages().is_empty());
    assert_eq!(session.incident().unanswered().count(), 0);
    let (text, from) = ("le 15 est-il rétabli ?".to_owned(), "SAMU 59".to_owned());
    let asked = Body::Message { text, from, to: String::new(), channel: String::new(), answer_by: None };
    session.submit(asked, None, vec![]);
    settle(&mut session);
    assert_eq!(session.incident().unanswered().filter(|message| message.awaits()).count(), 1);
}

#[test]
fn a_replay_of_another_country_has_the_clocks_and_the_words_of_that_country() {
    let world = world();
    let mut replay = Session::documented(world.setup.clone(), "uk-2023-06-25", 1_000).expect("replay");
    settle(&mut replay);
    let laws = |session: &Session| session.clocks.iter().map(|clock| clock.law.clone()).collect::<Vec<_>>();
    assert!(!laws(&replay).is_empty() && laws(&replay).iter().all(|law| law == "uk"), "{:?}", laws(&replay));
    assert_eq!((replay.network().country.fr.as_str(), replay.network().areas.en.as_str()), ("Royaume-Uni", "nations"));
    let mut replay = Session::documented(world.setup.clone(), "france-2021-06-02", 1_000).expect("replay");
    settle(&mut replay);
    assert!(laws(&replay).contains(&"fr".to_owned()));
    assert_eq!((replay.network().country.fr.as_str(), replay.network().area.fr.as_str()), ("France", "département"));
}
