//! Sessions driven by hand: no sleeps, the clock moves when told to.

mod cells;
mod csv;
mod failover;
mod held;
mod lessons;
mod real;
mod replay;
mod rhythm;
mod takeover;

use std::time::Duration;

use super::*;
use crate::clock::Clock;
use crate::config::{Config, Flags};
use crate::incident::Refusal;
use crate::incident::event::{Body, Role, Statement};
use crate::lang::LangId;
use crate::network::Source;

struct World {
    _dir: tempfile::TempDir,
    clock: Clock,
    setup: Setup,
}

fn world() -> World {
    let dir = tempfile::tempdir().expect("folder");
    let root = dir.path().to_path_buf();
    let config = Config::load_with(&Flags::default(), &move |name| {
        name.starts_with("VIGIE_")
            .then(|| root.join(name.trim_start_matches("VIGIE_").to_lowercase()).into_os_string())
            .filter(|_| ["VIGIE_DATA", "VIGIE_CONFIG", "VIGIE_STATE"].contains(&name))
    })
    .expect("config");
    let clock = Clock::manual("2026-11-23T20:00:00Z".parse().expect("time"));
    let mut setup = Setup::new(&config, clock.clone(), LangId::Fr);
    setup.author = Author { who: "m.durand".into(), org: "SAMU 59".into(), role: Role::LogKeeper };
    World { _dir: dir, clock, setup }
}

fn info(text: &str) -> Body {
    Body::Information(Statement { text: text.into(), ..Statement::default() })
}

/// Pumps until nothing waits for the disk or the background; gives all outcomes.
fn settle(session: &mut Session) -> Vec<Outcome> {
    let mut all = session.pump();
    loop {
        if let Some(loading) = session.loading.take() {
            match loading.recv_timeout(Duration::from_mins(2)).expect("loaded") {
                Ok(loaded) => session.install(loaded),
                Err(why) => panic!("{why}"),
            }
        }
        session.take_opened(true);
        if session.recorder.under_way() {
            let ack = session.recorder.writer.as_ref().and_then(|writer| writer.wait_ack(Duration::from_secs(30)));
            session.take_ack(ack.expect("the writer answers"));
        }
        all.extend(session.pump());
        if session.recorder.idle() && session.behind.is_none() && !session.folding {
            return all;
        }
    }
}

/// Lets this much wall time pass in steps of one second.
fn run(session: &mut Session, clock: &Clock, seconds: u64) {
    for _ in 0..seconds {
        clock.advance(Duration::from_secs(1));
        settle(session);
    }
}

/// A small network with one call server that fails.
fn small() -> Vec<Source> {
    let text = include_str!("../sim/tests/small.toml");
    vec![Source { name: "small.toml".into(), text: text.into() }]
}

fn exercise(world: &World, rate: u32) -> Session {
    let mut session =
        Session::new_exercise(world.setup.clone(), small(), Some(7), rate, Perimeter::Nation).expect("exercise");
    settle(&mut session);
    session
}

fn folder_of(world: &World, mode: Mode) -> std::path::PathBuf {
    let found = incidents(&world.setup.config);
    found.into_iter().find(|known| known.genesis.mode == mode).expect("an incident").path
}

fn tape_digest(world: &World) -> String {
    let path = load::tape_path(&folder_of(world, Mode::Exercise));
    let frames = crate::store::tape::TapeReader::open(&path).and_then(|mut tape| tape.read_all()).expect("tape");
    assert!(frames.len() > 10, "{}", frames.len());
    crate::store::tape::digest(&frames)
}

fn lever(text: &str) -> Body {
    let lever = crate::network::LeverKind::Gap { share: 0.5 };
    let levers = vec![crate::incident::event::LeverOrder { lever }];
    Body::Decision { text: text.into(), rationale: "essai".into(), levers, record: Box::default() }
}

#[test]
fn nothing_is_in_the_log_before_it_is_saved() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Numéros d'urgence", Perimeter::Nation).expect("open");
    let ticket = session.submit(info("chute des appels au 15"), None, vec![]);
    assert_eq!(session.pending().count(), 1);
    assert_eq!(session.log().len(), 0);
    let outcomes = settle(&mut session);
    let [Outcome::Saved { ticket: saved, ids }] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert_eq!((*saved, ids.len()), (ticket, 1));
    assert_eq!(session.pending().count(), 0);
    assert!(session.incident().has_entry(&ids[0]));
    assert_eq!(session.log().get(0).expect("entry").body, info("chute des appels au 15"));
}

#[test]
fn a_refusal_gives_the_words_back() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "x", Perimeter::Nation).expect("open");
    let body = Body::Correction { text: "non, au 17".into(), reason: String::new() };
    session.submit(body.clone(), None, vec![]);
    let outcomes = settle(&mut session);
    assert!(
        matches!(&outcomes[..], [Outcome::Refused { body: b, refusal: Refusal::NoReference, .. }] if *b == body),
        "{outcomes:?}"
    );
    world.clock.advance(Duration::from_secs(1));
}

#[test]
fn the_same_seed_and_inputs_give_the_same_tape_at_any_speed() {
    let digests: Vec<String> = [(1_000, 600), (60_000, 10), (600_000, 1)]
        .into_iter()
        .map(|(rate, seconds)| {
            let world = world();
            let mut session = exercise(&world, 1_000);
            session.submit(lever("alléger le trafic ordinaire"), None, vec![]);
            settle(&mut session);
            session.set_speed(rate);
            settle(&mut session);
            run(&mut session, &world.clock, seconds);
            session.close().expect("closed");
            tape_digest(&world)
        })
        .collect();
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[0], digests[2]);
}

#[test]
fn a_lever_is_on_disk_before_the_feed_passes_its_frame() {
    let world = world();
    let mut session = exercise(&world, 600_000);
    session.submit(lever("alléger"), None, vec![]);
    let barrier = session.recorder.barrier().expect("a frame waits");
    world.clock.advance(Duration::from_secs(5));
    // The ack is not taken: health stands at the lever's frame.
    session.advance();
    assert_eq!(session.live.as_ref().expect("live").next_index(), barrier);
    settle(&mut session);
    assert!(session.live.as_ref().expect("live").next_index() > barrier);
    let [lever] = session.incident().levers() else { panic!("one lever") };
    assert_eq!(lever.frame_at, barrier);
    assert_eq!(session.levers().len(), 1);
}

#[test]
fn an_interrupted_exercise_goes_on_exactly() {
    let run_all = |stop: bool| {
        let world = world();
        let mut session = exercise(&world, 60_000);
        run(&mut session, &world.clock, 3);
        session.submit(lever("alléger"), None, vec![]);
        run(&mut session, &world.clock, 3);
        if stop {
            // A crash: nothing is said, nothing is paused.
            drop(session);
            world.clock.advance(Duration::from_hours(1));
            let path = folder_of(&world, Mode::Exercise);
            session = Session::resume(world.setup.clone(), &path).expect("resumed");
            settle(&mut session);
            assert!(!session.clock().running, "it stands until somebody lets it run");
            session.resume_clock();
            settle(&mut session);
        }
        run(&mut session, &world.clock, 4);
        let (digest, now) = (session.board().digest(), session.now_incident());
        session.close().expect("closed");
        (tape_digest(&world), digest, now)
    };
    assert_eq!(run_all(false), run_all(true));
}

#[test]
fn a_replay_shows_every_instant_as_it_was() {
    let world = world();
    let mut session = exercise(&world, 60_000);
    let mut seen = Vec::new();
    for second in 0..14 {
        // Not on a frame's boundary: what is decided there comes after what was on screen.
        world.clock.advance(Duration::from_millis(40));
        if second == 3 {
            session.submit(info("chute des appels"), None, vec![]);
        }
        if second == 5 {
            let data = crate::health::Observation {
                zone: None,
                service: "15".into(),
                source: "SAMU".into(),
                state: crate::health::State::Degraded,
                share: Some(0.6),
                at: session.now_incident(),
            };
            session.submit(Body::Observation { text: "15 difficile".into(), data }, None, vec![]);
        }
        run(&mut session, &world.clock, 1);
        let now = session.now_incident();
        seen.push((now, session.board().digest(), session.incident().digest(), session.log().len()));
    }
    world.clock.advance(Duration::from_millis(40));
    session.close().expect("closed");
    let path = folder_of(&world, Mode::Exercise);
    let mut replay = Session::replay(world.setup.clone(), &path, 1_000).expect("replay");
    settle(&mut replay);
    replay.pause();
    // Forward, backward, and anywhere.
    let order = (0..seen.len()).chain((0..seen.len()).rev()).chain([4, 11, 2, 9, 5]);
    for at in order {
        let (now, board, incident, entries) = &seen[at];
        replay.seek(*now);
        settle(&mut replay);
        assert_eq!(replay.now_incident(), *now);
        assert_eq!(replay.board().digest(), *board, "board at {now}");
        assert_eq!(replay.log().len(), *entries, "entries at {now}");
        assert_eq!(replay.incident().digest(), *incident, "incident at {now}");
    }
    assert!(replay.recorder.writer.is_none(), "looking writes nothing");
    replay.submit(info("c'est ici que tout se joue"), None, vec![]);
    let outcomes = settle(&mut replay);
    assert!(matches!(outcomes[..], [Outcome::Saved { .. }]), "{outcomes:?}");
    let own = folder_of(&world, Mode::Replay);
    let entries = replay.log().len();
    replay.close().expect("closed");
    assert!(crate::store::verify(&own).expect("report").ok());
    assert!(crate::store::verify(&path).expect("report").ok());
    let mut again = Session::replay(world.setup.clone(), &own, 1_000).expect("taken up again");
    settle(&mut again);
    assert_eq!(again.log().len(), entries);
}

#[test]
fn a_second_screen_sees_what_the_first_records() {
    let world = world();
    let mut first = exercise(&world, 60_000);
    let path = folder_of(&world, Mode::Exercise);
    let mut second = Session::watch(world.setup.clone(), &path).expect("watch");
    settle(&mut second);
    first.submit(info("vu des deux"), None, vec![]);
    run(&mut first, &world.clock, 3);
    settle(&mut second);
    assert_eq!(second.log().len(), first.log().len());
    assert_eq!(second.board().last_frame(), first.board().last_frame());
    assert_eq!(second.board().digest(), first.board().digest());
    second.submit(info("non"), None, vec![]);
    assert!(matches!(settle(&mut second)[..], [Outcome::Refused { .. }]));
}

#[test]
fn a_facilitators_fault_is_put_in_at_its_frame() {
    let world = world();
    let mut session = exercise(&world, 60_000);
    let on = vec![crate::network::Element::Server(crate::network::ServerId(0))];
    let fault = "{ fault = \"reject\", p = 1.0 }".to_owned();
    session.submit(Body::Inject { fault, on: on.clone(), frame_at: 0, text: "panne".into() }, None, vec![]);
    let outcomes = settle(&mut session);
    assert!(matches!(outcomes[..], [Outcome::Saved { .. }]), "{outcomes:?}");
    run(&mut session, &world.clock, 20);
    let rejected = session.board().digest();
    session.close().expect("closed");
    let other = self::world();
    let mut calm = exercise(&other, 60_000);
    run(&mut calm, &other.clock, 20);
    assert_ne!(rejected, calm.board().digest());
    // A word that does not exist is refused by name before it is written anywhere.
    let wrong = Body::Inject { fault: "{ fault = \"gremlins\" }".into(), on, frame_at: 0, text: String::new() };
    calm.submit(wrong, None, vec![]);
    let outcomes = settle(&mut calm);
    assert!(matches!(&outcomes[..], [Outcome::Failed { why }] if why.contains("gremlins")), "{outcomes:?}");
    assert!(calm.incident().injects().is_empty());
}
