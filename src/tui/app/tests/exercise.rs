//! Exercises and replays by keystrokes: clock, levers, alarms, timeline.

use super::*;

#[test]
fn the_clock_of_an_exercise_is_paused_sped_up_and_moved_by_keys_and_words() {
    let mut bench = exercise();
    let clock = |bench: &Bench| bench.app.session.clock().clone();
    assert!(clock(&bench).running);
    bench.press(Code::F(10));
    bench.press(Code::Char('p'));
    bench.settle();
    assert!(!clock(&bench).running);
    bench.write(":vitesse 60");
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(clock(&bench).rate_milli, 60_000);
    let before = bench.app.session.now_incident();
    bench.write(":saut -10m");
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.status(), "l'horloge de l'exercice ne recule pas");
    bench.write(":jump +10m");
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.app.session.now_incident() - before, TimeDelta::minutes(10));
    bench.write(":lecture");
    bench.press(Code::Enter);
    bench.settle();
    assert!(clock(&bench).running);
}

#[test]
fn a_lever_of_an_exercise_is_a_decision_that_reaches_the_simulation() {
    let mut bench = exercise();
    let server = bench.app.session.network().call_servers[2].id.clone();
    bench.press(Code::F(5));
    let Overlay::Menu(menu) = &bench.app.ui.overlay else { panic!() };
    let withdraw =
        menu.items.iter().position(|item| matches!(&item.act, Act::Lever { word, .. } if word == "withdraw"));
    for _ in 0..withdraw.unwrap() {
        bench.press(Code::Down);
    }
    bench.press(Code::Enter);
    // Nothing ticked: the field says so, nothing is recorded.
    bench.send();
    assert!(!bench.form().fields[0].error.is_empty());
    assert_eq!(bench.app.session.incident().levers().len(), 0);
    bench.press(Code::Right);
    bench.press(Code::Right);
    bench.press(Code::Char(' '));
    bench.fill("why", "il redémarre sans cesse");
    bench.send();
    let levers = bench.app.session.incident().levers();
    assert_eq!(levers.len(), 1);
    let on = levers[0].order.lever.elements();
    assert_eq!(bench.app.session.network().element_id(on[0]), server);
    let decision = &bench.app.session.incident().decisions()[0];
    assert_eq!(decision.rationale, "il redémarre sans cesse");
}

#[test]
fn the_board_leads_to_a_call_server_and_its_levers() {
    let mut bench = exercise();
    bench.app.focus(Pane::Board);
    bench.press(Code::End);
    bench.press(Code::Enter);
    let Overlay::Detail { of: crate::tui::model::Target::Server(server), .. } = bench.app.ui.overlay else { panic!() };
    bench.press(Code::Enter);
    bench.press(Code::Enter);
    let id = bench.app.session.network().call_servers[server.index()].id.clone();
    let FieldValue::Many { options, .. } = &bench.form().fields[0].value else { panic!() };
    assert_eq!(options.iter().filter(|(_, on)| *on).map(|(id, _)| id.clone()).collect::<Vec<_>>(), [id]);
}

#[test]
fn an_alarm_is_acknowledged_by_f11() {
    let mut bench = exercise();
    // The change of 16:44 is seen within minutes.
    for _ in 0..60 {
        bench.clock.advance(Duration::from_secs(30));
        bench.settle();
        while matches!(bench.app.session.progress(), Some(crate::session::Progress::CatchingUp { .. })) {
            bench.app.pump();
        }
        bench.settle();
        if !bench.app.session.incident().alarms().is_empty() {
            break;
        }
    }
    bench.press(Code::F(11));
    bench.button("Acquitter");
    assert!(bench.app.session.incident().alarms().iter().any(|alarm| alarm.acknowledged.is_some()));
}

#[test]
fn layers_of_a_documented_timeline_are_switched_with_arrows_and_enter() {
    let mut bench = bench();
    bench.app.ui.push(Overlay::Timeline { cursor: None, layers: Layers::default() });
    let shown = |bench: &Bench| match &bench.app.ui.overlay {
        Overlay::Timeline { layers, .. } => (Layer::ALL.map(|layer| layers.shows(layer)), layers.beside),
        _ => panic!(),
    };
    bench.press(Code::Right);
    bench.press(Code::Enter);
    assert_eq!(shown(&bench), ([true, false, true, true, true], false), "belief is off");
    bench.press(Code::Left);
    bench.press(Code::Left);
    bench.press(Code::Enter);
    assert_eq!(shown(&bench), ([true, false, true, true, true], true), "the truth stands beside");
    // Letters only write.
    bench.write("tb");
    assert_eq!(shown(&bench), ([true, false, true, true, true], true));
    assert_eq!(bench.app.ui.input.line.text(), "tb");
}

#[test]
fn before_the_scenario_is_read_nobody_knows_what_time_it_is() {
    let mut bench = loading();
    assert_eq!(bench.app.session.progress(), Some(crate::session::Progress::Loading));
    for line in ["-6m SAMU 59: chute", "17:02 chute"] {
        bench.write(line);
        bench.press(Code::Enter);
        assert_eq!(bench.line(), line, "the words stay");
        assert!(bench.status().contains("en cours de lecture"), "{}", bench.status());
        bench.press(Code::Ctrl('u'));
    }
    bench.press(Code::F(3));
    bench.write("NOC: isoler CS 3 @+10m");
    bench.press(Code::Enter);
    assert_eq!(bench.line(), "NOC: isoler CS 3 @+10m");
    bench.press(Code::F(12));
    bench.fill("source", "SAMU 59");
    bench.fill("time", "-6m");
    bench.press(Code::Ctrl('x'));
    let form = bench.form();
    assert!(form.fields.iter().any(|field| field.error.contains("en cours de lecture")), "{:?}", form.fields);
    // The prompt shows the instant: it is drawn anew when the scenario is read, though no minute has passed.
    bench.press(Code::Esc);
    let shown = |bench: &Bench| {
        let area = ratatui::layout::Rect::new(0, 38, 120, 1);
        crate::tui::dirty::fingerprint(crate::tui::layout::Region::Input, &bench.app.model(), area, None)
    };
    let before = shown(&bench);
    while bench.app.session.progress() == Some(crate::session::Progress::Loading) {
        bench.woken.recv_timeout(Duration::from_mins(2)).unwrap();
        bench.app.pump();
    }
    assert_ne!(before, shown(&bench));
}
