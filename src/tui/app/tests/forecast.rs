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

fn value(bench: &Bench) -> String {
    let lines: Vec<String> = bench.card().lines.iter().map(|line| format!("{} {}", line.label, line.value)).collect();
    lines.join("\n") + "\n"
}

#[test]
fn what_if_asks_first_shows_bands_and_is_kept_for_the_decision() {
    let mut bench = evening();
    bench.press(Code::Ctrl('f'));
    assert_eq!(bench.form().id, FormId::Forecast);
    bench.fill("estimate", "100 à 300");
    bench.send();
    assert!(value(&bench).contains("100 à 300"));
    assert!(value(&bench).contains("calcul"), "{}", value(&bench));
    while bench.app.forecasting.as_ref().is_some_and(|f| f.entry.is_none()) {
        bench.woken.recv_timeout(Duration::from_mins(5)).unwrap();
        bench.app.pump();
    }
    let shown = value(&bench);
    for minutes in ["15 min MODÈLE", "30 min MODÈLE", "60 min MODÈLE", "120 min MODÈLE"] {
        assert_eq!(shown.matches(minutes).count(), 2, "{minutes}\n{shown}");
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
    bench.enter("information sans rapport");
    bench.app.run("decision", "");
    bench.enter("autre chose -- parce que");
    let Some(Body::Decision { record, .. }) = bench.bodies().pop() else { panic!("{:?}", bench.texts()) };
    assert_eq!(record.forecast, None, "one decision cites it");
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
