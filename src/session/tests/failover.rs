//! The lesson of 25 June 2023: the failover playbook warns before the switch with the capacity that is left, and says
//! afterwards that it took no effect; what was done is recorded all the same.

use super::*;
use crate::incident::event::StepChange;
use crate::incident::record::{Choice, DecisionRecord};
use crate::playbook::{Owes, StepState};

const ID: &str = "failover-to-backup";

fn step(session: &mut Session, step: &str, change: StepChange) {
    session.submit(Body::step(ID, step, change, ""), None, vec![]);
    let outcomes = settle(session);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Saved { .. })), "{outcomes:?}");
}

/// Lets the exercise run until this incident time, a minute of it each second.
fn until(session: &mut Session, clock: &Clock, at: &str) {
    let at: DateTime<Utc> = at.parse().expect("time");
    while session.now_incident() < at {
        clock.advance(Duration::from_secs(1));
        settle(session);
    }
}

#[test]
fn the_failover_playbook_warns_before_and_says_that_it_took_no_effect() {
    let world = world();
    let sources = crate::network::find("uk-2023-06-25", None).expect("shipped");
    let mut session =
        Session::new_exercise(world.setup.clone(), sources, Some(7), 60_000, Perimeter::Nation).expect("exercise");
    settle(&mut session);
    session.submit(Body::Awareness { text: "999".into() }, None, vec![]);
    let playbook = session.library().get(ID).expect("shipped").clone();
    let body =
        Body::Playbook { id: ID.into(), sha256: playbook.sha256.clone(), text: "bascule".into(), called_by: None };
    session.submit(body, None, vec![]);
    settle(&mut session);

    // Before: the back-up has not room enough, and how much it has stands beside.
    until(&mut session, &world.clock, "2023-06-25T07:20:00+01:00");
    let now = session.now_incident();
    let views = session.progress_of(&playbook, now);
    let view = views.iter().find(|view| view.step.id == "capacity-left").expect("step");
    let (check, holds, reading) = view.checks[0];
    assert_eq!((check.metric.as_str(), holds), ("headroom(backup) >= 2", Some(false)));
    assert!(reading.is_some_and(|reading| (0.1..2.0).contains(&reading)), "{reading:?}");
    let ask = views.iter().find(|view| view.step.id == "switch-or-not").expect("step");
    let suggested: Vec<Option<bool>> = ask.ways.iter().map(|way| way.suggested).collect();
    assert_eq!(suggested, [Some(false), Some(true)], "not to switch is suggested");
    let before = session.board().metric(&Metric::parse("ner(all) < 1").expect("metric")).expect("data");
    drop(views);

    // Against the warning: the choice is a decision, without its reason a debt, and it is kept.
    let choice = Choice { playbook: ID.into(), step: "switch-or-not".into(), go: "abort-criterion".into() };
    let record = Box::new(DecisionRecord { choice: Some(choice), ..DecisionRecord::default() });
    session.submit(
        Body::Decision { text: "basculer".into(), rationale: String::new(), levers: vec![], record },
        None,
        vec![],
    );
    settle(&mut session);
    assert_eq!(session.incident().decisions().len(), 1);
    let statuses = session.incident().steps(ID);
    let mark = statuses["switch-or-not"].marks.last().expect("mark");
    assert_eq!((mark.change, mark.go.as_deref()), (StepChange::Chosen, Some("abort-criterion")));
    step(&mut session, "switch-or-not", StepChange::Done);

    // The switch of the script fails at 07:33; what was done is recorded at once, with nothing acknowledged or signed.
    until(&mut session, &world.clock, "2023-06-25T07:33:00+01:00");
    step(&mut session, "switch-over", StepChange::Done);
    let state = |session: &Session| {
        let views = session.progress_of(&playbook, session.now_incident());
        let view = views.iter().find(|view| view.step.id == "switch-over").expect("step");
        let owed: Vec<Owes> = view.owed.iter().map(|owed| owed.what).collect();
        (view.state, view.effect_late, owed)
    };
    let (at_once, late, owed) = state(&session);
    assert_eq!(at_once, StepState::NotYetEffective, "what held before the switch is no effect of it");
    assert!(!late, "its limit has not come yet");
    assert_eq!(owed, [Owes::Acknowledgement, Owes::Signature(1)]);
    until(&mut session, &world.clock, "2023-06-25T07:50:00+01:00");
    let (after, late, owed) = state(&session);
    assert_eq!((after, late), (StepState::NotYetEffective, true), "no effect within a quarter of an hour");
    assert_eq!(owed, [Owes::Effect, Owes::Acknowledgement, Owes::Signature(1)]);
    let now = session.board().metric(&Metric::parse("ner(all) < 1").expect("metric")).expect("data");
    assert!(now < before / 2.0, "the partial outage became total: {before} then {now}");

    // The way out is suggested, and nothing that was done is lost.
    let views = session.progress_of(&playbook, session.now_incident());
    let switch = views.iter().find(|view| view.step.id == "switch-over").expect("step");
    assert_eq!(switch.ways.iter().find(|way| way.branch.gate).and_then(|way| way.suggested), Some(true));
    let done = session.incident().steps(ID)["switch-over"].done.len();
    assert_eq!(done, 1);
    let log = session.log();
    let said = (0..log.len()).filter_map(|i| log.get(i)).filter(
        |entry| matches!(&entry.body, Body::Step { step, change: StepChange::Done, .. } if step == "switch-over"),
    );
    assert_eq!(said.count(), 1);
}
