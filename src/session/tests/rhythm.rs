//! The rhythm on a running console, and what a restart finds of the cell's own work.

use chrono::TimeDelta;

use super::*;
use crate::incident::event::{RunChange, StepChange, StepRef};
use crate::incident::record::{
    DecisionRecord, Evidence, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange,
};
use crate::incident::{DebtKind, EntryId};

#[expect(clippy::needless_pass_by_value, reason = "bodies are made where they are written")]
fn write(session: &mut Session, body: Body, re: &[EntryId]) -> EntryId {
    session.submit(body.clone(), None, re.to_vec());
    match settle(session).as_slice() {
        [Outcome::Saved { ids, .. }] => ids[0].clone(),
        other => panic!("{body:?}: {other:?}"),
    }
}

fn path_of(world: &World) -> std::path::PathBuf {
    incidents(&world.setup.config).remove(0).path
}

fn slots(session: &Session) -> Vec<(String, bool)> {
    let slots = session.incident().slots().iter();
    slots.map(|(slot, (held, _))| (slot.format("%H:%M").to_string(), *held)).collect()
}

#[test]
fn a_missed_slot_is_noted_once_also_after_a_restart() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Rythme", Perimeter::Nation).expect("open");
    let next_at = (session.now_incident() + TimeDelta::minutes(10)).fixed_offset();
    write(&mut session, Body::Rhythm { every_min: 10, next_at, text: String::new() }, &[]);
    run(&mut session, &world.clock, 15 * 60);
    assert!(slots(&session).is_empty(), "five minutes of grace");
    run(&mut session, &world.clock, 3);
    assert_eq!(slots(&session), [("20:10".to_owned(), false)]);
    let entries = session.incident().entries();
    run(&mut session, &world.clock, 60);
    assert_eq!(session.incident().entries(), entries, "once");
    session.close().expect("closed");

    let mut session = Session::resume(world.setup.clone(), &path_of(&world)).expect("resumed");
    settle(&mut session);
    run(&mut session, &world.clock, 60);
    assert_eq!(session.incident().entries(), entries, "not again after a restart");
    // Half an hour with nobody at the console: the list of debts derives what the machine could not note.
    world.clock.advance(Duration::from_mins(30));
    run(&mut session, &world.clock, 3);
    let owed = session.debts(session.now_incident());
    assert_eq!(owed.iter().filter(|debt| debt.kind == DebtKind::Slot).count(), 4, "{owed:?}");
    assert_eq!(slots(&session).len(), 2, "only the latest is written down");
}

/// Every kind of the cell's own work, written and read again from the disk by the fold that skips and hurries.
#[test]
fn a_restart_folds_the_same_from_the_lines_on_disk() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Tout", Perimeter::Nation).expect("open");
    let now = session.now_incident().fixed_offset();
    let later = Some(now + TimeDelta::minutes(5));
    let text = || "mots".to_owned();
    let record = || Box::new(DecisionRecord { known: text(), review_at: later, ..DecisionRecord::default() });
    let sections = || vec![Section { id: "facts".to_owned(), text: "une\ndeux".to_owned() }];
    let s = &mut session;
    let question = write(s, Body::Question { text: text(), decide_by: later, record: record() }, &[]);
    let decision = Body::Decision { text: text(), rationale: String::new(), levers: Vec::new(), record: record() };
    let decision = write(s, decision, &[question]);
    write(s, Body::Outcome { text: text(), review_at: later }, &[decision]);
    write(s, Body::ClockStart { id: "uk-s105k".to_owned(), text: text() }, &[]);
    write(s, Body::Rhythm { every_min: 30, next_at: now, text: text() }, &[]);
    write(s, Body::Slot { slot: now, held: true, text: text() }, &[]);
    write(s, Body::ContactCall { contact: "noc".to_owned(), reached: true, text: text() }, &[]);
    for change in [
        SubstituteChange::Registered { centre: text(), path: "ip".to_owned(), lines: Some(3) },
        SubstituteChange::Published { place: text() },
        SubstituteChange::Tested { access: "box".to_owned(), ok: false },
        SubstituteChange::Refuted,
    ] {
        write(s, Body::Substitute { number: "03 53 01 40 15".to_owned(), change, text: String::new() }, &[]);
    }
    let (variant, sections_of) = (SitrepVariant::Can, sections());
    let sitrep = Body::Sitrep { number: 0, variant, text: text(), sections: sections_of, as_of: now, next_at: later };
    let sitrep = write(s, sitrep, &[]);
    write(s, Body::RoleTaken { text: text(), taken: Role::Director }, &[]);
    let handover = Body::Handover { roles: vec![Role::Director], to: text(), text: text(), sections: sections() };
    let handover = write(s, handover, &[]);
    let message = Some(Box::new(PublicMessage { headline: text(), expires: later, ..PublicMessage::default() }));
    let public = write(s, Body::Public { stage: PublicStage::Draft, message, text: String::new() }, &[]);
    s.set_author(Author { who: "b.petit".into(), org: "SAMU 59".into(), role: Role::Director });
    write(s, Body::Approval { granted: true, text: String::new() }, &[sitrep, public.clone()]);
    write(s, Body::HandoverAnswer { accepted: true, mode_read: false, text: String::new() }, &[handover]);
    write(s, Body::Public { stage: PublicStage::Published, message: None, text: text() }, &[public]);
    let playbook = s.library().iter().next().expect("a shipped playbook");
    let (id, sha256) = (playbook.id.clone(), playbook.sha256.clone());
    let step = playbook.steps().next().expect("a step").1.id.clone();
    write(s, Body::Playbook { id: id.clone(), sha256: sha256.clone(), text: text(), called_by: None }, &[]);
    let evidence =
        vec![Evidence::Number { value: 0.1, unit: "%".to_owned() }, Evidence::File { name: text(), sha256, bytes: 7 }];
    for change in StepChange::ALL {
        let (playbook, step, evidence) = (id.clone(), step.clone(), evidence.clone());
        let go = (change == StepChange::Chosen).then(|| step.clone());
        write(s, Body::Step { playbook, step, change, text: text(), go, evidence }, &[]);
    }
    let called_by = Some(StepRef { playbook: id.clone(), step });
    write(s, Body::Playbook { id: "substitutes".to_owned(), sha256: "0".to_owned(), text: text(), called_by }, &[]);
    write(s, Body::PlaybookRun { id, change: RunChange::Aborted, text: text() }, &[]);

    let (digest, at) = (s.incident().digest(), s.now_incident() + TimeDelta::hours(1));
    let owed = s.incident().debts(at, &[]);
    assert!(owed.len() >= 8, "{owed:?}");
    session.close().expect("closed");
    let mut again = Session::resume(world.setup.clone(), &path_of(&world)).expect("resumed");
    settle(&mut again);
    assert_eq!(again.incident().digest(), digest);
    assert_eq!(again.incident().debts(at, &[]), owed);
}
