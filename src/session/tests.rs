//! Sessions driven by hand: no sleeps, the clock moves when told to.

use std::time::Duration;

use super::*;
use crate::clock::Clock;
use crate::config::{Config, Flags};
use crate::incident::Refusal;
use crate::incident::event::{Role, Statement};
use crate::lang::LangId;

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
        if let Some(loading) = &session.loading {
            let loaded = loading.recv_timeout(Duration::from_secs(60)).expect("loaded");
            session.loading = None;
            match loaded {
                Ok(loaded) => session.install(loaded),
                Err(why) => panic!("{why}"),
            }
        }
        if !session.recorder.idle() && session.recorder.writer.is_some() {
            let ack = session.recorder.writer.as_ref().and_then(|writer| writer.wait_ack(Duration::from_secs(30)));
            session.take_ack(ack.expect("the writer answers"));
        }
        all.extend(session.pump());
        if session.recorder.idle() && session.loading.is_none() && session.behind.is_none() {
            return all;
        }
    }
}

#[test]
fn nothing_is_in_the_log_before_it_is_saved() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Numéros d'urgence", Perimeter::Nation).expect("open");
    let ticket = session.submit(info("chute des appels au 15"), None, vec![]);
    assert_eq!(session.pending().count(), 1);
    assert_eq!(session.log.len(), 0);
    let outcomes = settle(&mut session);
    let [Outcome::Saved { ticket: saved, ids }] = outcomes.as_slice() else { panic!("{outcomes:?}") };
    assert_eq!((*saved, ids.len()), (ticket, 1));
    assert_eq!(session.pending().count(), 0);
    assert!(session.incident().has_entry(&ids[0]));
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
