//! A REAL incident by hand: two hours of it, a full disk, a disk that lies.

use std::sync::Arc;

use chrono::TimeDelta;

use super::*;
use crate::health::{Observation, State};
use crate::incident::event::{ActionState, EventTime, Precision, StepChange};
use crate::incident::{DeadlineSource, DeadlineState};
use crate::playbook::StepState;
use crate::store::faulty::{Fault, Faulty};

fn saved(outcomes: &[Outcome]) -> Vec<crate::incident::EntryId> {
    match outcomes {
        [Outcome::Saved { ids, .. }] => ids.clone(),
        other => panic!("{other:?}"),
    }
}

fn write(session: &mut Session, body: Body) -> crate::incident::EntryId {
    session.submit(body, None, vec![]);
    saved(&settle(session))[0].clone()
}

fn observed(session: &Session, service: &str, zone: &str, state: State) -> Body {
    let data = Observation {
        zone: Some(zone.into()),
        service: service.into(),
        source: "SAMU 59".into(),
        state,
        share: None,
        at: session.now_incident(),
    };
    Body::Observation { text: format!("le {service} dans le {zone}"), data }
}

#[test]
fn a_step_that_is_done_in_one_playbook_is_done_in_the_other() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Numéros d'urgence", Perimeter::Nation).expect("open");
    write(&mut session, Body::Awareness { text: "incident sur les numéros d'urgence".into() });
    let (one, two) = ("call-server-failure", "inform-authorities-and-public");
    let open = |session: &mut Session, id: &str| {
        let sha256 = session.library().get(id).expect("shipped").sha256.clone();
        write(session, Body::Playbook { id: id.to_owned(), sha256, text: String::new(), called_by: None });
    };
    open(&mut session, one);
    run(&mut session, &world.clock, 40 * 60);
    session.submit(Body::step(one, "meet", StepChange::Done, ""), None, vec![]);
    settle(&mut session);
    // Opened before or after: it is done there too, and says where; nothing of it is due any more.
    open(&mut session, two);
    let playbook = session.library().get(two).expect("shipped").clone();
    let stands = |session: &Session| {
        let views = session.progress_of(&playbook, session.now_incident());
        let view = views.iter().find(|view| view.step.id == "meet").expect("a step");
        (view.state, view.elsewhere.map(|other| other.id.clone()))
    };
    let overdue = |session: &Session| {
        let is = |of: &DeadlineSource| matches!(of, DeadlineSource::Step { step, .. } if step == "meet");
        let all = session.deadlines(session.now_incident());
        all.iter().filter(|deadline| is(&deadline.source) && deadline.state != DeadlineState::Done).count()
    };
    assert_eq!(stands(&session), (StepState::Done, Some(one.to_owned())));
    assert_eq!(overdue(&session), 0);
    session.submit(Body::step(one, "meet", StepChange::Undone, ""), None, vec![]);
    settle(&mut session);
    assert_eq!(stands(&session), (StepState::Open, None));
    assert_eq!(overdue(&session), 2);
}

#[test]
fn a_step_that_is_done_stops_the_clock_it_meets() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Numéros d'urgence", Perimeter::Nation).expect("open");
    write(&mut session, Body::Awareness { text: "incident sur les numéros d'urgence".into() });
    let playbook = session.library().get("call-server-failure").expect("shipped").clone();
    let (id, sha256) = (playbook.id.clone(), playbook.sha256.clone());
    write(&mut session, Body::Playbook { id: id.clone(), sha256, text: String::new(), called_by: None });
    run(&mut session, &world.clock, 40 * 60);
    let cell = |session: &Session| {
        let all = session.deadlines(session.now_incident());
        let is = |of: &DeadlineSource| *of == DeadlineSource::Clock("fr-crisis-cell".to_owned());
        all.into_iter().find(|deadline| is(&deadline.source)).expect("a clock").state
    };
    assert_eq!(cell(&session), DeadlineState::Overdue);
    // Begun is not done.
    session.submit(Body::step(&id, "meet", StepChange::Started, ""), None, vec![]);
    settle(&mut session);
    assert_eq!(cell(&session), DeadlineState::Overdue);
    session.submit(Body::step(&id, "meet", StepChange::Done, ""), None, vec![]);
    settle(&mut session);
    settle(&mut session);
    assert_eq!(cell(&session), DeadlineState::Done);
    let stops = || {
        let log = session.log();
        let bodies = (0..log.len()).filter_map(|i| log.get(i)).map(|entry| entry.body.clone()).collect::<Vec<_>>();
        bodies.into_iter().filter(|body| matches!(body, Body::ClockStop { .. })).collect::<Vec<_>>()
    };
    let said = stops();
    assert!(
        matches!(&said[..], [Body::ClockStop { id, reason }] if id == "fr-crisis-cell" && reason.contains("Réunir")),
        "{said:?}"
    );
}

#[test]
fn a_night_of_two_hours_is_kept_without_any_feed() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Numéros d'urgence", Perimeter::Nation).expect("open");
    assert!(!session.board().has_feed());
    assert_eq!(session.board().overview().state, State::Unknown, "no data is never green");
    assert!(session.deadlines(session.now_incident()).is_empty(), "no clock runs before somebody is aware");

    write(&mut session, info("SAMU 59 : chute des appels au 15"));
    run(&mut session, &world.clock, 120);
    let bad = observed(&session, "15", "59", State::Critical);
    write(&mut session, bad);
    assert_eq!(session.board().observations().len(), 1);
    assert!(session.board().overview().state != State::Nominal);

    // A fact from ten minutes ago asks why it comes late; the words are not lost.
    let late = |reason: Option<&str>| EventTime {
        at: (session_time(&world) - TimeDelta::minutes(10)).fixed_offset(),
        precision: Precision::About,
        reason: reason.map(str::to_owned),
        page: None,
    };
    session.submit(info("premiers appels perdus"), Some(late(None)), vec![]);
    let refused = settle(&mut session);
    assert!(
        matches!(&refused[..], [Outcome::Refused { refusal: Refusal::LateReason, body, .. }] if body.text() == "premiers appels perdus"),
        "{refused:?}"
    );
    session.submit(info("premiers appels perdus"), Some(late(Some("appris par téléphone"))), vec![]);
    saved(&settle(&mut session));

    write(&mut session, Body::Awareness { text: "incident sur les numéros d'urgence".into() });
    let aware = session.incident().awareness().expect("aware");
    let due = session.deadlines(session.now_incident());
    assert!(due.iter().any(|deadline| deadline.state == DeadlineState::Overdue), "as soon as known is due at once");
    assert!(due.iter().any(|deadline| deadline.state != DeadlineState::Overdue));

    let playbook = session.library().get("call-server-failure").expect("shipped").clone();
    write(
        &mut session,
        Body::Playbook {
            id: playbook.id.clone(),
            sha256: playbook.sha256.clone(),
            text: String::new(),
            called_by: None,
        },
    );
    let (_, step) = playbook.steps().next().expect("a step");
    let unknown = Body::Step {
        playbook: playbook.id.clone(),
        step: "no-such-step".into(),
        change: StepChange::Done,
        text: String::new(),
        go: None,
        evidence: Vec::new(),
    };
    session.submit(unknown, None, vec![]);
    assert!(matches!(settle(&mut session)[..], [Outcome::Refused { refusal: Refusal::NoSuchStep(_), .. }]));
    write(
        &mut session,
        Body::Step {
            playbook: playbook.id.clone(),
            step: step.id.clone(),
            change: StepChange::Done,
            text: "fait par téléphone".into(),
            go: None,
            evidence: Vec::new(),
        },
    );
    assert!(session.incident().steps(&playbook.id).contains_key(&step.id));

    let message = write(
        &mut session,
        Body::Message {
            text: "défaut réseau confirmé ?".into(),
            to: String::new(),
            from: "SDIS 95".into(),
            channel: "téléphone".into(),
            answer_by: None,
        },
    );
    run(&mut session, &world.clock, 600);
    assert!(session.incident().message(&message).expect("kept").unanswered());
    session.submit(Body::Receipt { acknowledged: true, text: "oui".into() }, None, vec![message.clone()]);
    saved(&settle(&mut session));
    assert!(!session.incident().message(&message).expect("kept").unanswered());

    let order = Body::Action {
        text: "appeler les SDIS".into(),
        owner: "liaison".into(),
        due: Some((session.now_incident() + TimeDelta::minutes(15)).fixed_offset()),
        state: ActionState::Ordered,
    };
    write(&mut session, order);
    // One line every minute, until two hours are over.
    let mut lines = 0;
    while session.now_incident() < aware + TimeDelta::hours(2) {
        run(&mut session, &world.clock, 60);
        write(&mut session, info(&format!("point {lines} : rien de nouveau, « 112 » à 80 %")));
        lines += 1;
    }
    assert!(lines > 100);
    let due = session.deadlines(session.now_incident());
    assert!(due.iter().any(|deadline| deadline.state == DeadlineState::Overdue && deadline.owner == "liaison"));
    // What was seen two hours ago says nothing any more.
    assert_eq!(session.board().overview().state, State::Unknown, "{:?}", session.board().overview());

    write(&mut session, Body::Close { text: "retour à la normale".into() });
    session.submit(info("trop tard"), None, vec![]);
    assert!(matches!(settle(&mut session)[..], [Outcome::Refused { refusal: Refusal::Closed, .. }]));
    let (entries, digest) = (session.log().len(), session.incident().digest());
    session.close().expect("closed");

    let path = folder_of(&world, Mode::Real);
    let report = crate::store::verify(&path).expect("report");
    assert!(report.ok() && report.checkpoints == 1, "{report:?}");
    let folder = crate::store::Folder::open(&path, crate::store::Access::Read, &world.setup.config.state.value);
    let (log, incident) = LogView::open(&folder.expect("folder")).expect("log");
    assert_eq!((log.len(), incident.digest()), (entries, digest));
    for format in [crate::report::Format::Markdown, crate::report::Format::Csv { separator: b';' }] {
        let lang = Lang::new(LangId::Fr);
        let mut exporter = crate::report::Exporter::new(Vec::new(), format, &incident, &lang).expect("export");
        for position in 0..log.len() {
            exporter.entry(&log.get(position).expect("entry")).expect("written");
        }
        let text = String::from_utf8(exporter.finish().expect("written")).expect("UTF-8");
        assert!(text.contains("REAL") || text.contains("RÉEL"), "the mode is in every export");
        assert!(text.lines().count() > entries);
    }

    // Taken up again, it is closed until somebody reopens it.
    let mut again = Session::resume(world.setup.clone(), &path).expect("resumed");
    wait_for_log(&mut again);
    assert_eq!(again.log().len(), entries);
    write(&mut again, Body::Reopen { text: "reprise".into() });
    write(&mut again, info("de nouveau"));
}

fn session_time(world: &World) -> DateTime<Utc> {
    world.clock.now().wall
}

/// Waits for the fold behind the first frame.
fn wait_for_log(session: &mut Session) {
    let (to, from) = std::sync::mpsc::channel();
    session.waker(Box::new(move || to.send(()).unwrap_or_default()));
    // The thread may have spoken before there was anybody to wake.
    while session.folding {
        session.pump();
        if session.folding {
            let _ = from.recv_timeout(Duration::from_millis(50));
        }
    }
    settle(session);
}

#[test]
fn a_full_disk_gives_the_words_back_and_keeps_the_log_whole() {
    let calls = |fault: Option<(usize, Fault)>| {
        let mut world = world();
        let disk = Faulty::new(fault);
        world.setup.disk = Arc::new(disk.clone());
        let mut session = Session::open_real(world.setup.clone(), "x", Perimeter::Nation).expect("open");
        write(&mut session, info("un"));
        (world, disk, session)
    };
    let (_, calm, _) = calls(None);
    let (world, _disk, mut session) = calls(Some((calm.calls() + 1, Fault::FullUntilFreed)));
    session.submit(info("deux"), None, vec![]);
    let outcomes = settle(&mut session);
    let [Outcome::NotSaved { body, why, .. }] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!(*body, info("deux"));
    assert!(why.contains("plein"), "{why}");
    assert!(matches!(session.disk_state(), DiskState::NotSaved(_)));
    assert_eq!(session.log().len(), 1, "what is not on disk is not in the log");
    write(&mut session, body.clone());
    assert_eq!(*session.disk_state(), DiskState::Ok);
    session.close().expect("closed");
    let report = crate::store::verify(&folder_of(&world, Mode::Real)).expect("report");
    assert!(report.ok() && report.entries() == 2, "{report:?}");
}

#[test]
fn a_failed_flush_goes_on_in_a_new_file_and_says_so() {
    let open = |fault: Option<(usize, Fault)>| {
        let mut world = world();
        let disk = Faulty::new(fault);
        world.setup.disk = Arc::new(disk.clone());
        let mut session = Session::open_real(world.setup.clone(), "x", Perimeter::Nation).expect("open");
        write(&mut session, info("un"));
        (world, disk, session)
    };
    let (_, calm, _) = open(None);
    // The write goes through, its flush does not.
    let (world, _disk, mut session) = open(Some((calm.calls() + 2, Fault::Error)));
    write(&mut session, info("deux"));
    assert_eq!(*session.disk_state(), DiskState::Poisoned);
    write(&mut session, info("trois"));
    session.close().expect("closed");
    let report = crate::store::verify(&folder_of(&world, Mode::Real)).expect("report");
    assert!(report.ok() && report.entries() >= 3, "{report:?}");
}

#[test]
fn a_step_that_is_undone_lets_its_clock_run_again() {
    let world = world();
    let mut session = Session::open_real(world.setup.clone(), "Numéros d'urgence", Perimeter::Nation).expect("open");
    let write = |session: &mut Session, body: Body| {
        session.submit(body, None, vec![]);
        settle(session);
        settle(session);
    };
    write(&mut session, Body::Awareness { text: "incident".into() });
    let playbook = session.library().get("call-server-failure").expect("shipped").clone();
    let (id, sha256) = (playbook.id.clone(), playbook.sha256.clone());
    write(&mut session, Body::Playbook { id: id.clone(), sha256, text: String::new(), called_by: None });
    write(&mut session, Body::step(&id, "meet", StepChange::Done, ""));
    write(&mut session, Body::step(&id, "meet", StepChange::Undone, "pas encore"));
    run(&mut session, &world.clock, 40 * 60);
    let all = session.deadlines(session.now_incident());
    let one = all.into_iter().find(|d| d.source == DeadlineSource::Clock("fr-crisis-cell".to_owned())).expect("clock");
    assert_eq!(one.state, DeadlineState::Overdue, "nobody has met");
}
