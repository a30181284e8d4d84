//! A documented evening taken over: as it was up to the instant, the trainee's own from there on, the same twice.

use proptest::prelude::*;

use super::*;
use crate::feed::documented::Layer;
use crate::forecast::compare::Verdict;
use crate::forecast::counterfactual::Variant;
use crate::incident::event::LeverOrder;
use crate::lang::Lang;
use crate::network::{LeverKind, SubstituteId, SubstitutePath};
use crate::report::document::Form;
use crate::report::retex::retex;
use crate::store::tape::TapeReader;

const EVENING: &str = "france-2021-06-02";

fn at(hm: &str) -> DateTime<Utc> {
    format!("2021-06-02T{hm}:00+02:00").parse().expect("time")
}

fn taken_at(world: &World, hm: &str, rate: u32) -> Session {
    let opened = Session::take_over_documented(world.setup.clone(), EVENING, hm, rate, Perimeter::Nation);
    let mut session = opened.expect("opens");
    settle(&mut session);
    session
}

fn frames(world: &World) -> Vec<crate::health::Frame> {
    let path = load::tape_path(&folder_of(world, Mode::Replay));
    TapeReader::open(&path).and_then(|mut tape| tape.read_all()).expect("tape")
}

/// Publishes the numbers that do not hang on the exchange of the number they replace.
fn publish_independent(session: &mut Session) {
    let substitutes = session.network().substitutes.iter().enumerate();
    let independent = substitutes.filter(|(_, one)| one.path != SubstitutePath::SameExchange);
    let lever = LeverKind::Publish { substitutes: independent.map(|(i, _)| SubstituteId(i as u16)).collect() };
    let text = "publier les substitutions qui ne passent pas par la panne";
    session.submit(Body::decision(text, "essayées depuis un mobile", vec![LeverOrder { lever }]), None, vec![]);
    settle(session);
}

#[test]
fn up_to_the_instant_all_is_as_it_was_and_later_acts_of_history_do_not_happen() {
    let world = world();
    let mut session = Session::documented(world.setup.clone(), EVENING, 1_000).expect("replay");
    settle(&mut session);
    session.pause();
    session.seek(at("19:40"));
    settle(&mut session);
    let shown = |session: &Session| session.replay.as_ref().and_then(|replay| replay.frame()?.truth).expect("truth");
    let later = shown(&session);
    assert!(later.served_substitute > 0, "history published numbers: {later:?}");
    session.seek(at("17:20"));
    settle(&mut session);
    let shown = session.frame_on_screen().expect("a frame");
    let facts = |session: &Session| {
        session.documented_until(at("17:20")).iter().filter(|event| event.layer == Layer::Truth).count()
    };
    let told = session.documented_until(at("17:20")).len() - facts(&session);
    assert!(facts(&session) > 2 && session.can_take_over());
    session.set_speed(10_000);
    session.set_ghost(true);
    session.take_over().expect("taken over");
    settle(&mut session);

    assert_eq!((session.mode(), session.taken_over_at()), (Mode::Replay, Some(at("17:20"))));
    assert_eq!(session.frame_on_screen().expect("a frame"), shown, "the instant is another one");
    let log = session.log();
    let entries: Vec<_> = (0..log.len()).filter_map(|position| log.get(position)).collect();
    let divergence = entries.iter().find_map(|entry| match &entry.body {
        Body::Notice { data, .. } => data.get("not_happened").map(|not| (not.clone(), entry.who.clone())),
        _ => None,
    });
    let (not_happened, who) = divergence.expect("the divergence is an entry");
    assert_eq!(not_happened, "publish-fire, publish-all, advise-redial, advise-mobile");
    assert_eq!(who, "m.durand");
    let documented = entries.iter().filter(|entry| entry.role == Role::Observer).count();
    assert_eq!(documented, told, "what somebody knew stands in the log, and nothing else");
    assert_eq!(facts(&session), 0, "facts that nobody knew are not told to who sits down");

    // As the replay was: paused, at its speed.
    assert_eq!((session.clock().running, session.clock().rate_milli), (false, 10_000));
    session.resume_clock();
    settle(&mut session);
    // Time runs on and never back; what history did later is a ghost, and off.
    session.jump(at("16:00"));
    settle(&mut session);
    assert!(session.now_incident() >= at("17:20"));
    session.set_speed(600_000);
    settle(&mut session);
    run(&mut session, &world.clock, 14);
    assert!(session.now_incident() >= at("19:40"));
    let truth = session.twin().expect("live").truth();
    assert_eq!(truth.served_substitute, 0, "nobody has published anything here");
    let now = session.now_incident();
    assert_eq!(session.documented_until(now).len(), told);
    session.set_ghost(true);
    assert!(session.documented_until(now).len() > told + 10 && facts(&session) > 2);
    session.close().expect("closed");
    assert!(crate::store::verify(&folder_of(&world, Mode::Replay)).expect("report").ok());
}

#[test]
fn the_same_acts_after_a_take_over_give_the_same_result_twice_and_across_an_interruption() {
    let played = |stop: bool| {
        let world = world();
        let mut session = taken_at(&world, "17:20", 60_000);
        run(&mut session, &world.clock, 5);
        publish_independent(&mut session);
        run(&mut session, &world.clock, 5);
        if stop {
            drop(session);
            let path = folder_of(&world, Mode::Replay);
            session = Session::resume(world.setup.clone(), &path).expect("resumed");
            settle(&mut session);
            assert!(!session.clock().running && session.taken_over_at().is_some());
            session.resume_clock();
            settle(&mut session);
        }
        run(&mut session, &world.clock, 10);
        let (digest, now) = (session.board().digest(), session.now_incident());
        session.close().expect("closed");
        (crate::store::tape::digest(&frames(&world)), digest, now)
    };
    let first = played(false);
    assert_eq!(first, played(false));
    assert_eq!(first, played(true));
}

#[test]
fn an_instant_outside_the_evening_is_refused_by_name() {
    let world = world();
    let opened = Session::take_over_documented(world.setup.clone(), EVENING, "12:00", 1_000, Perimeter::Nation);
    let mut session = opened.expect("opens");
    let loading = session.loading.take().expect("loading");
    let why = loading.recv_timeout(Duration::from_mins(2)).expect("answers").expect_err("refused");
    assert!(why.contains("15:30") && why.contains("02:00"), "{why}");
    assert!(Session::take_over_documented(world.setup.clone(), "nowhere", "17:20", 1_000, Perimeter::Nation).is_err());
}

/// Seat taken at 17:20, cell opened at once, independent substitutes public at 17:45, nothing else until midnight: the report
/// says how many lost callers fewer than history, with a band, and that it is beyond noise.
#[test]
fn the_report_of_a_take_over_says_what_the_measures_were_worth_against_history() {
    let world = world();
    let mut session = taken_at(&world, "17:20", 60_000);
    let director = Author { who: "c.morel".into(), org: "opérateur".into(), role: Role::Director };
    session.set_author(director);
    session.submit(Body::Awareness { text: "numéros d'urgence touchés".into() }, None, vec![]);
    session.submit(Body::decision("ouvrir la cellule", "délai visé : 30 minutes", Vec::new()), None, vec![]);
    settle(&mut session);
    // The lever takes ten minutes to prepare: what is to be public at 17:45 is ordered at 17:35.
    run(&mut session, &world.clock, 15);
    assert!(session.now_incident() >= at("17:35"));
    publish_independent(&mut session);
    session.set_speed(600_000);
    settle(&mut session);
    run(&mut session, &world.clock, 39);
    assert!(session.now_incident() >= at("23:59"), "{}", session.now_incident());
    session.close().expect("closed");

    let path = folder_of(&world, Mode::Replay);
    let mut material = study(&world.setup, &path).expect("read");
    let what_if = what_if(&world.setup, &path, 20, 2, &|| ()).expect("run").expect("simulated");
    let start = material.incident.genesis().scenario.as_ref().expect("a scenario").start;
    let until = |hm: &str| Variant::History(((at(hm) - start).num_seconds() / 10) as u32);
    let of = |hm: &str| *what_if.found.changes.iter().find(|one| one.variant == until(hm)).expect("an hour");
    // Numbers were public three quarters of an hour before the first of history: up to 19:20 fewer are lost.
    let early = of("19:20");
    assert_eq!(early.verdict, Verdict::More, "{early:?}");
    // Then history published all of them, and advised: on the whole evening one act at 17:45 is within noise.
    let history = *what_if.found.changes.last().expect("history");
    assert_eq!(history.verdict, Verdict::CannotTell, "{history:?}");
    assert!(history.difference.noise < 1.0, "ignorance is in the band: {history:?}");
    material.what_if = Some(what_if);

    let lang = Lang::new(LangId::Fr);
    let text = retex(&material, &lang).render(Form::Markdown);
    let whole = |x: f64| lang.number(x.round() as u64);
    let hour = format!("{} à {} de moins", whole(early.difference.low), whole(early.difference.high));
    let band = format!(
        "dans le bruit, de {} appelants perdus de moins à {} de plus",
        whole(history.difference.high),
        whole(-history.difference.low)
    );
    assert!(text.contains("REJEU"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("| 19:20") && line.contains(&hour)), "{hour}\n{text}");
    assert!(text.contains(&band), "{band}\n{text}");
    assert!(text.contains("ignorance des paramètres comprise"), "{text}");
    assert!(text.contains("20 fois") && text.contains("des 20 écarts"), "{text}");
    let clear = text.lines().find(|line| line.contains("Au-delà du bruit jusqu'à")).unwrap_or_default();
    assert!(clear.contains("de moins") && clear.contains("ensuite la fourchette contient zéro"), "{text}");
    // Nobody is named, neither who played nor as whom what is documented was said.
    assert!(!text.contains("c.morel") && text.contains("directeur (opérateur)"), "{text}");
    assert!(!text.contains("| SAMU | SAMU |"), "what was told to the cell was told to the cell\n{text}");
    // The historic team beside: it published at 18:30, and opened its cell at about 19:00.
    let row =
        |name: &str| text.lines().find(|line| line.starts_with(&format!("| {name}"))).unwrap_or_default().to_owned();
    assert!(
        row("publier des numéros").contains("17:45") && row("publier des numéros").contains("≈ 1 h 46 min"),
        "{text}"
    );
    assert!(row("déclarer").contains("17:2") && row("déclarer").contains("S07, S26"), "{text}");
    assert!(text.contains("30 min plus tôt") || text.contains("plus tôt"), "{text}");
}

#[test]
fn what_came_of_an_order_of_history_does_not_happen_where_the_order_does_not() {
    // The switch of 07:33 locked the back-up: who sits down at 07:00 has not switched anything.
    let world = world();
    let taken = |hm: &str| {
        let opened = Session::take_over_documented(world.setup.clone(), "uk-2023-06-25", hm, 60_000, Perimeter::Nation);
        let mut session = opened.expect("opens");
        settle(&mut session);
        let ids = session.scenario().expect("a scenario").event_ids.clone();
        (ids.contains(&"switched-off".to_owned()), ids.contains(&"not-taken-over".to_owned()))
    };
    assert_eq!(taken("07:00"), (false, false));
    assert_eq!(taken("07:40"), (true, true));
}

/// A quarter of an hour of an exercise: a lever at five minutes, a fault of the facilitator at ten; gives its folder.
fn played(world: &World) -> std::path::PathBuf {
    let mut session = exercise(world, 60_000);
    run(&mut session, &world.clock, 5);
    let lever = LeverKind::Advise { advice: crate::network::Advice::Redial };
    session.submit(Body::decision("conseiller de rappeler", "ça coupe", vec![LeverOrder { lever }]), None, vec![]);
    settle(&mut session);
    run(&mut session, &world.clock, 5);
    let server = crate::network::Element::Server(crate::network::ServerId(0));
    let frame_at = session.live.as_ref().expect("live").next_index() + 6;
    let fault = "fault = \"reject\", p = 0.5".to_owned();
    let body = Body::Inject { fault, on: vec![server], frame_at, text: "panne".to_owned() };
    session.submit(body, None, vec![]);
    settle(&mut session);
    run(&mut session, &world.clock, 5);
    session.close().expect("closed");
    folder_of(world, Mode::Exercise)
}

#[test]
fn a_recorded_exercise_is_taken_over_from_its_folder_twice_with_the_same_result() {
    let taken = |minutes: i64| {
        let world = world();
        let path = played(&world);
        let recorded = TapeReader::open(&load::tape_path(&path)).and_then(|mut tape| tape.read_all()).expect("tape");
        let mut replay = Session::replay(world.setup.clone(), &path, 60_000).expect("replay");
        settle(&mut replay);
        replay.pause();
        let open = replay.scenario().expect("a scenario").open_at;
        replay.seek(open + chrono::TimeDelta::minutes(minutes));
        settle(&mut replay);
        assert!(replay.can_take_over());
        replay.take_over().expect("taken over");
        settle(&mut replay);
        let at = replay.taken_over_at().expect("taken over");
        let shown = replay.frame_on_screen().expect("a frame").index as usize;
        let words = |session: &Session| -> Vec<String> {
            (0..session.log().len())
                .filter_map(|i| session.log().get(i))
                .map(|entry| entry.body.text().to_owned())
                .collect()
        };
        let told = words(&replay);
        assert!(told.last().is_some_and(|text| text.contains("L'horloge")) || !told.is_empty(), "{told:?}");
        let levers = replay.incident().levers().len();
        assert!(!replay.clock().running);
        replay.resume_clock();
        settle(&mut replay);
        run(&mut replay, &world.clock, 12);
        let digest = replay.board().digest();
        replay.close().expect("closed");
        let frames = frames(&world);
        // Up to the instant it is the record, bit for bit.
        assert_eq!(frames[..=shown], recorded[..=shown], "{minutes} min");
        if minutes > 5 {
            // No lever comes later, and the fault of the facilitator comes all the same.
            let both = frames.len().min(recorded.len());
            assert!(both > shown + 20 && frames[..both] == recorded[..both], "the world is another one");
        }
        let path = folder_of(&world, Mode::Replay);
        assert!(crate::store::verify(&path).expect("report").ok());
        let mut again = Session::resume(world.setup.clone(), &path).expect("resumed");
        let said = settle(&mut again);
        assert!(again.live.is_some(), "{said:?}");
        (crate::store::tape::digest(&frames), digest, at, levers, told)
    };
    let (before, after) = (taken(3), taken(7));
    assert_eq!(before, taken(3), "the same twice");
    assert_eq!((before.3, after.3), (0, 1), "the lever of five minutes happened, or not");
    assert!(
        after.4.iter().any(|text| text.contains("rappeler")) && !before.4.iter().any(|text| text.contains("rappeler"))
    );
    assert!(before.4.iter().any(|text| text.contains("1 levier que les joueurs")), "{:?}", before.4);
}

/// What somebody does with the clock after a take-over.
#[derive(Debug, Clone, Copy)]
enum Hand {
    Wait(u64),
    Pause,
    Go,
    Speed(u32),
    Jump(i64),
}

fn hand() -> impl Strategy<Value = Hand> {
    prop_oneof![
        (1_u64..4).prop_map(Hand::Wait),
        Just(Hand::Pause),
        Just(Hand::Go),
        prop_oneof![Just(1_000_u32), Just(60_000), Just(600_000)].prop_map(Hand::Speed),
        (-3_i64..6).prop_map(Hand::Jump),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whenever the record is taken over and whatever is done with the clock: it does not run backwards, and the world is
    /// the recorded one frame by frame, with the fault that the facilitator put in, once and in its place.
    #[test]
    fn after_a_take_over_no_clock_runs_back_and_nothing_of_the_record_is_lost(
        minute in 6_i64..14,
        hands in proptest::collection::vec(hand(), 1..12),
    ) {
        let world = world();
        let path = played(&world);
        let recorded = TapeReader::open(&load::tape_path(&path)).and_then(|mut tape| tape.read_all()).expect("tape");
        let mut taken = Session::replay(world.setup.clone(), &path, 60_000).expect("replay");
        settle(&mut taken);
        taken.pause();
        let open = taken.scenario().expect("a scenario").open_at;
        taken.seek(open + chrono::TimeDelta::minutes(minute));
        settle(&mut taken);
        taken.take_over().expect("taken over");
        settle(&mut taken);
        let mut last = taken.now_incident();
        let mut later = |session: &mut Session| {
            settle(session);
            let now = session.now_incident();
            let before = std::mem::replace(&mut last, now);
            now >= before
        };
        for hand in &hands {
            match *hand {
                Hand::Wait(seconds) => run(&mut taken, &world.clock, seconds),
                Hand::Pause => drop(taken.pause()),
                Hand::Go => drop(taken.resume_clock()),
                Hand::Speed(rate) => drop(taken.set_speed(rate)),
                Hand::Jump(minutes) => drop(taken.jump(taken.now_incident() + chrono::TimeDelta::minutes(minutes))),
            }
            prop_assert!(later(&mut taken), "back by {:?}", hand);
        }
        taken.set_speed(60_000);
        settle(&mut taken);
        taken.resume_clock();
        settle(&mut taken);
        run(&mut taken, &world.clock, 15);
        prop_assert!(later(&mut taken));
        taken.close().expect("closed");
        let frames = frames(&world);
        prop_assert!(frames.iter().enumerate().all(|(i, frame)| frame.index as usize == i), "a frame twice or never");
        let both = frames.len().min(recorded.len());
        prop_assert!(both + 1 >= recorded.len(), "{} of {}", both, recorded.len());
        prop_assert!(frames[..both] == recorded[..both], "another world");
    }
}
