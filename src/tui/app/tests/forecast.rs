//! *What if* by keystrokes, on the evening of 2 June 2021.

use super::*;

/// At 17:30, the twin included.
fn evening() -> Bench {
    let mut bench = exercise();
    bench.enter(":saut 17:30");
    let until: DateTime<Utc> = "2021-06-02T15:30:00Z".parse().unwrap();
    let twin = |bench: &Bench| bench.app.session.twin().map_or(0, |twin| twin.now().0);
    let wanted = (until - bench.app.session.scenario().unwrap().start).num_seconds() as u64 * 1_000_000;
    while twin(&bench) < wanted {
        bench.app.pump();
    }
    bench.settle();
    bench
}

/// Waits until the forecast is in the log.
fn kept(bench: &mut Bench) {
    while bench.app.forecasting.as_ref().is_some_and(|f| f.entry.is_none()) {
        bench.woken.recv_timeout(Duration::from_mins(5)).unwrap();
        bench.app.pump();
    }
}

/// Ticks or clears an option of a field of the form on top, with arrows and the space bar.
fn tick(bench: &mut Bench, id: &str, label: &str) {
    let at = bench.form().fields.iter().position(|field| field.id == id).unwrap();
    while bench.form().focus != at {
        bench.press(Code::Down);
    }
    for _ in 0..40 {
        let FieldValue::Many { options, cursor } = &bench.form().fields[at].value else { panic!("{id}") };
        if options[*cursor].0.contains(label) {
            bench.press(Code::Char(' '));
            return;
        }
        bench.press(Code::Right);
    }
    panic!("{label}: {:?}", bench.form().fields[at].value);
}

fn outlook(bench: &Bench) -> crate::incident::outlook::Outlook {
    let bodies = bench.bodies();
    let found = bodies.iter().rev().find_map(|body| match body {
        Body::Forecast { outlook, .. } => Some((**outlook).clone()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{:?}", bench.texts()))
}

fn value(bench: &Bench) -> String {
    let lines: Vec<String> = bench.card().lines.iter().map(|line| format!("{} {}", line.label, line.value)).collect();
    lines.join("\n") + "\n"
}

#[test]
fn what_if_asks_first_shows_bands_and_is_kept_for_the_decision() {
    let mut bench = evening();
    bench.press(Code::Ctrl('f'));
    assert_eq!(bench.form().id, FormId::Forecast(None));
    bench.fill("estimate", "100 à 300");
    bench.send();
    assert!(value(&bench).contains("100 à 300"));
    assert!(value(&bench).contains("calcul"), "{}", value(&bench));
    kept(&mut bench);
    let shown = value(&bench);
    for minutes in ["15 min MODÈLE", "30 min MODÈLE", "60 min MODÈLE", "120 min MODÈLE"] {
        assert_eq!(shown.matches(minutes).count(), 2, "{minutes}\n{shown}");
    }
    // What is zero, how far the scale goes, until when a row counts.
    for words in ["17:30 (maintenant)", "jusqu'à 17:45", "jusqu'à 19:30", "┤ 0–", "├", "à gauche, 0"] {
        assert!(shown.replace('\u{a0}', " ").contains(words), "{words}\n{shown}");
    }
    for option in ["rien", "maintenant", "dans 30 min", "mêmes appelants"] {
        assert!(shown.contains(option), "{option}\n{shown}");
    }
    assert!(shown.contains('█') && shown.contains("hasard") && shown.contains("Supposé"), "{shown}");
    let Some(Body::Forecast { outlook, .. }) = bench.bodies().pop() else { panic!("{:?}", bench.texts()) };
    assert_eq!((outlook.estimate.as_str(), outlook.options.len()), ("100 à 300", 3));
    assert_eq!(outlook.horizons_min, [15, 30, 60, 120]);
    assert!(outlook.options.iter().all(|option| option.lost.iter().all(|(low, mid, high)| low <= mid && mid <= high)));
    // Waiting costs nothing in the first half hour but what publishing at once would have saved.
    assert_eq!(outlook.options[0].lost[1], outlook.options[2].lost[1], "in 30 minutes is nothing for 30 minutes");

    bench.button("Décider");
    bench.enter("publier les substitutions -- mieux vaut maintenant");
    let Some(Body::Decision { record, .. }) = bench.bodies().pop() else { panic!("{:?}", bench.texts()) };
    assert!(record.forecast.is_some());
    let decision = bench.app.session.incident().decisions().last().unwrap().origin.entry.clone();
    bench.app.open_card_of(&decision);
    let shown = value(&bench);
    assert!(shown.contains("prévision citée 17:30") && shown.contains("100 à 300"), "{shown}");
    bench.press(Code::Esc);
    bench.enter("information sans rapport");
    bench.app.run("decision", "");
    bench.enter("autre chose -- parce que");
    let Some(Body::Decision { record, .. }) = bench.bodies().pop() else { panic!("{:?}", bench.texts()) };
    assert_eq!(record.forecast, None, "one decision cites it");
}

/// Asks, and presses *decide* while the futures are still running.
fn decide_early() -> Bench {
    let mut bench = evening();
    bench.press(Code::Ctrl('f'));
    bench.send();
    assert!(bench.app.forecasting.as_ref().is_some_and(|f| f.entry.is_none()));
    bench.button("Décider");
    assert_eq!((bench.app.ui.input.kind, &bench.app.ui.overlay), (EntryKind::Decision, &Overlay::None));
    assert!(bench.status().contains("décision"), "{}", bench.status());
    bench
}

#[test]
fn what_is_typed_after_deciding_early_is_the_decision_and_cites_what_was_shown_by_then() {
    let mut bench = decide_early();
    while bench.app.cited.is_none() {
        bench.woken.recv_timeout(Duration::from_mins(5)).unwrap();
        bench.app.pump();
    }
    assert!(bench.app.forecasting.is_none(), "nothing runs any more");
    assert_eq!(bench.app.ui.overlay, Overlay::None, "no card comes back over what is typed");
    assert!(!outlook(&bench).horizons_min.is_empty());
    bench.enter("publier -- sans attendre");
    let Some(Body::Decision { record, .. }) = bench.bodies().pop() else { panic!("{:?}", bench.texts()) };
    assert!(record.forecast.is_some());
}

#[test]
fn a_decision_sent_before_its_forecast_is_there_is_a_decision_without_one_and_says_so() {
    let mut bench = decide_early();
    bench.enter("publier -- sans attendre");
    let decisions: Vec<_> = bench.bodies().into_iter().filter(|body| matches!(body, Body::Decision { .. })).collect();
    let [Body::Decision { record, .. }] = decisions.as_slice() else { panic!("{:?}", bench.texts()) };
    assert_eq!((&record.forecast, &bench.app.cited), (&None, &None));
    assert!(bench.app.forecasting.is_none());
    bench.settle();
    assert_eq!(bench.app.cited, None, "it is not that of the next decision either");
}

#[test]
fn leaving_the_card_stops_the_futures() {
    let mut bench = evening();
    bench.press(Code::Ctrl('f'));
    bench.send();
    assert!(bench.app.forecasting.is_some());
    bench.press(Code::Esc);
    assert!(bench.app.forecasting.is_none());
    assert!(!bench.bodies().iter().any(|body| matches!(body, Body::Forecast { .. })), "nothing was shown");
}

#[test]
fn in_a_real_incident_it_is_off() {
    let mut bench = bench();
    bench.press(Code::Ctrl('f'));
    assert!(bench.status().contains("jumeau"), "{}", bench.status());
    assert_eq!(bench.app.ui.overlay, Overlay::None);
}

#[test]
fn branches_of_the_running_playbook_places_and_delays_are_options() {
    let mut bench = evening();
    bench.app.open_playbook("call-server-failure");
    bench.settle();
    let before =
        ["see", "awareness", "inside-or-outside", "test-calls", "who-changed-what", "meet", "open-other-playbooks"];
    for step in before.iter().chain(&["freeze", "management-plane"]) {
        bench.app.record(Body::step("call-server-failure", *step, StepChange::Done, ""), None, Vec::new());
        bench.settle();
    }
    bench.press(Code::F(4));
    bench.button("Et si");
    let form = bench.form().clone();
    let FieldValue::Many { options, .. } = &form.fields.iter().find(|f| f.id == "courses").unwrap().value else {
        panic!()
    };
    assert!(options.len() >= 2 && options[0].1, "the step it was asked from is ticked: {options:?}");
    bench.fill("lines", "positions samu-59; magie");
    bench.send();
    assert!(bench.status().contains("positions"), "{}", bench.status());
    bench.fill("lines", "positions samu-59 30; withdraw cs-lyon + publish path=ip");
    tick(&mut bench, "delay", "15");
    bench.send();
    assert!(bench.status().contains("10 options"), "{}: eleven are too many", bench.status());
    tick(&mut bench, "courses", &options[1].0);
    bench.send();
    kept(&mut bench);
    let outlook = outlook(&bench);
    // Nothing, then the step and two lines, each now, in 15 and in 30 minutes.
    assert!(outlook.options.len() >= 7, "{:?}", outlook.options.iter().map(|o| &o.text).collect::<Vec<_>>());
    let text = |wanted: &str| outlook.options.iter().any(|option| option.text.contains(wanted));
    for wanted in ["positions samu-59 30, maintenant", "positions samu-59 30, dans 15 min", "path=ip, dans 30 min"] {
        assert!(text(wanted), "{wanted}");
    }
    let both = outlook.options.iter().find(|o| o.text.starts_with("withdraw cs-lyon + publish")).unwrap();
    assert_eq!(
        both.levers.iter().map(|(at, lever)| (*at, lever.word())).collect::<Vec<_>>(),
        [(0, "withdraw"), (0, "publish")]
    );
    assert_eq!(outlook.delays.iter().map(|d| d.minutes).filter(|m| *m == 15).count(), 3);
}

#[test]
fn a_pending_decision_shows_what_waiting_costs_and_its_decision_cites_it() {
    let mut bench = evening();
    bench.enter(":question 18:15 Publier les substitutions ?");
    let id = bench.app.session.incident().questions()[0].origin.entry.clone();
    bench.app.open_card_of(&id);
    assert!(!value(&bench).contains("perdus de plus"));
    bench.button("Et si");
    assert_eq!(bench.form().id, FormId::Forecast(Some(id.clone())));
    bench.fill("estimate", "200");
    bench.send();
    kept(&mut bench);
    let forecast = bench.app.forecasting.as_ref().unwrap().entry.clone();
    assert_eq!(bench.app.session.incident().forecasts()[0].re, std::slice::from_ref(&id));
    bench.press(Code::Esc);
    bench.app.open_card_of(&id);
    let shown = value(&bench);
    assert!(
        shown.contains("attendre, MODÈLE") && shown.contains("dans 30 min :") && shown.contains("17:30"),
        "{shown}"
    );
    // A register of substitutes and a step that publishes say it too.
    assert_eq!(bench.app.delay_lines(None, &["publish"]).len(), 1);
    assert_eq!(bench.app.delay_lines(None, &["withdraw"]), []);
    bench.button("Décider");
    bench.fill("text", "publier");
    bench.fill("why", "le coût de l'attente");
    bench.send();
    let Some(Body::Decision { record, .. }) = bench.bodies().pop() else { panic!("{:?}", bench.texts()) };
    assert_eq!(record.forecast, forecast);
    bench.app.open_card_of(&id);
    assert!(!value(&bench).contains("perdus de plus"), "it is settled");
}
