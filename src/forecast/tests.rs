//! The room against itself: same callers under every option, same answer on any number of threads, stops at once.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::network::{Advice, Element, LeverKind, Scenario, ServerId, Source, find, load};
use crate::sim::{Plan, SimTime};

fn small() -> Scenario {
    let text = include_str!("../sim/tests/small.toml").to_owned();
    load(&[Source { name: "small.toml".into(), text }]).expect("valid")
}

fn national() -> Scenario {
    load(&find("france-2021-06-02", None).expect("shipped")).expect("valid")
}

fn question(scenario: &Scenario, at_s: u64, choices: Vec<Choice>) -> Question {
    let mut present = Simulation::new(Arc::new(Plan::new(scenario).expect("plan")), 7);
    present.advance(SimTime::secs(at_s));
    Question {
        present,
        choices,
        pairs: Vec::new(),
        horizons_s: vec![300, 600],
        futures: 20,
        first: None,
        seed: 11,
        ranges: Ranges::of(scenario),
        lag_s: 0,
        past: None,
    }
}

/// Levers that change nothing on a network where nothing was withdrawn, published or is out.
fn idle() -> impl Strategy<Value = LeverKind> {
    let on = || prop::collection::vec((0..2u16).prop_map(|i| Element::Server(ServerId(i))), 0..3);
    prop_oneof![
        on().prop_map(|on| LeverKind::Reinstate { on }),
        Just(LeverKind::Retire { substitutes: Vec::new() }),
        Just(LeverKind::Gap { share: 1.0 }),
        Just(LeverKind::Advise { advice: Advice::NoTest }),
        Just(LeverKind::Freeze),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_changes_nothing_differs_by_exactly_zero(lever in idle(), at in 0..30u64, later in 0..500u64, seed: u64) {
        let mut question = question(
            &small(), at * 60, vec![Choice::nothing(), Choice::lever(lever).later(later)],
        );
        question.seed = seed;
        question.futures = 6;
        let answer = answer(&question, 1);
        for cell in &answer.outlooks[1].cells {
            prop_assert_eq!(cell.more_lost, Band { noise: 1.0, ..Band::default() });
            prop_assert_eq!(cell.mean_more_lost.mean.to_bits(), 0.0_f64.to_bits());
        }
        for (a, b) in answer.outlooks[0].cells.iter().zip(&answer.outlooks[1].cells) {
            prop_assert_eq!(a.in_target, b.in_target);
        }
    }
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let choices = vec![Choice::nothing(), Choice::lever(LeverKind::Publish { substitutes: Vec::new() })];
    let question = question(&small(), 600, choices);
    assert_eq!(answer(&question, 1), answer(&question, 2));
}

#[test]
fn what_the_script_holds_is_not_foreseen() {
    // Half an hour before the change of 16:44: as on the same evening without it, to the last call.
    let scenario = national();
    let mut without = scenario.clone();
    without.events.clear();
    let outlook = |scenario: &Scenario| {
        let mut question = question(scenario, 2_700, vec![Choice::nothing()]);
        question.horizons_s = vec![7_200];
        question.futures = 4;
        answer(&question, 2)
    };
    assert_eq!(outlook(&scenario), outlook(&without));
    // It would have made a difference.
    let lost = |scenario: &Scenario| {
        let mut real = question(scenario, 2_700, Vec::new()).present;
        real.advance(SimTime::secs(2_700 + 7_200));
        real.truth().lost_network
    };
    assert!(lost(&scenario) > lost(&without) + 50);
}

#[test]
fn ignorance_widens_the_band() {
    let scenario = national();
    let mut question = question(&scenario, 7_200, vec![Choice::nothing()]);
    question.futures = 40;
    let wide = answer(&question, 2).outlooks[0].cells[1].lost;
    question.ranges = question.ranges.none();
    let narrow = answer(&question, 2).outlooks[0].cells[1].lost;
    assert!(wide.high - wide.low > narrow.high - narrow.low, "{wide:?} {narrow:?}");
    assert!(wide.noise < 0.9 && narrow.noise > wide.noise, "{wide:?} {narrow:?}");
}

#[test]
fn pairs_have_less_variance_than_strangers() {
    let scenario = national();
    let choices = vec![Choice::nothing(), Choice::lever(LeverKind::Publish { substitutes: Vec::new() })];
    let mut question = question(&scenario, 7_200, choices);
    question.horizons_s = vec![3_600];
    question.futures = 40;
    question.ranges = question.ranges.none();
    let records = |choice: u32, shift: u32| -> Vec<f64> {
        let run = |f| record(&question, choice, f + shift, &question.horizons_s, &false.into()).expect("whole");
        (0..40).map(|f| run(f).outcomes[0].lost as f64).collect()
    };
    let (without, with, others) = (records(0, 0), records(1, 0), records(1, 1_000));
    let variance = |a: &[f64], b: &[f64]| {
        let d: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        let mean = d.iter().sum::<f64>() / d.len() as f64;
        d.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / (d.len() - 1) as f64
    };
    let ratio = variance(&without, &others) / variance(&without, &with);
    assert!(ratio > 2.0, "common random numbers are worth {ratio}");
}

#[test]
fn the_first_answer_comes_first_and_a_stop_is_at_once() {
    let scenario = national();
    let mut question = question(&scenario, 7_200, vec![Choice::nothing(); 3]);
    question.horizons_s = HORIZONS_S.to_vec();
    question.futures = 100_000;
    question.first = Some((4, 2));
    let (sender, woken) = std::sync::mpsc::channel();
    let running = start(question, 2, move || {
        let _ = sender.send(());
    });
    woken.recv_timeout(Duration::from_mins(1)).expect("an answer");
    let Some(Step::First(first)) = running.look() else { panic!("no first answer") };
    assert_eq!((first.horizons_s.as_slice(), first.futures, first.complete), (&HORIZONS_S[..2], 4, false));
    let begun = crate::clock::monotonic_us();
    drop(running);
    // The sender lives in the thread: it is gone when the thread is.
    assert_eq!(woken.recv_timeout(Duration::from_secs(5)), Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
    let took_us = crate::clock::monotonic_us() - begun;
    assert!(took_us < 500_000, "{took_us} µs");
}

#[test]
fn levers_are_completed_with_the_servers_in_trouble() {
    let scenario = national();
    let mut present = Simulation::new(Arc::new(Plan::new(&scenario).expect("plan")), 7);
    assert_eq!(troubled(&present.next_sample().servers), []);
    let free: Vec<LeverKind> = placeless(&scenario).collect();
    assert!(free.iter().all(|lever| lever.elements().is_empty()), "{free:?}");
    assert!(free.contains(&LeverKind::Publish { substitutes: Vec::new() }));
    present.advance(SimTime::secs(7_190));
    let on = troubled(&present.next_sample().servers);
    assert!(!on.is_empty());
    let elements: Vec<Element> = on.iter().map(|id| Element::Server(*id)).collect();
    for word in on_servers(&scenario) {
        let lever = complete(&scenario, word, &on).expect(word);
        assert_eq!((lever.word(), lever.elements()), (word, elements.as_slice()));
        complete(&scenario, word, &[]).expect_err("on nothing");
    }
    let one = complete(&scenario, "restart lyon-1", &on)
        .or_else(|_| complete(&scenario, &format!("restart {}", scenario.network.call_servers[0].id), &on));
    assert_eq!(one.expect("named").elements().len(), 1, "what is named is not overruled");
    assert_eq!(complete(&scenario, "publish", &[]), Ok(LeverKind::Publish { substitutes: Vec::new() }));
    complete(&scenario, "positions", &on).expect_err("which centre?");
    complete(&scenario, "magic", &on).expect_err("unknown");
}

#[test]
fn a_running_playbook_offers_its_steps_and_branches() {
    let playbook = crate::playbook::shipped().iter().find(|p| p.id == "call-server-failure").expect("shipped");
    let statuses = std::collections::BTreeMap::new();
    let mut views = crate::playbook::progress(
        playbook,
        &crate::playbook::Facts::new(&statuses, &|_| None, chrono::DateTime::UNIX_EPOCH, None),
    );
    assert!(courses(playbook, &views).is_empty(), "awareness pulls no lever");
    for view in &mut views {
        view.current = view.step.id == "undo-on-one";
    }
    let found = courses(playbook, &views);
    assert_eq!(found[0].offers, ["complete", "rollback"]);
    assert_eq!((found[1].step.as_str(), found[1].go.as_deref()), ("undo-on-one", Some("restart-one")));
    assert_eq!(found[1].offers, ["withdraw", "restart"]);
}

#[test]
fn futures_go_on_where_the_first_answer_ended() {
    let choices = vec![Choice::nothing(), Choice::lever(LeverKind::Publish { substitutes: Vec::new() }).later(400)];
    let once = question(&small(), 600, choices);
    let twice = Question { first: Some((20, 1)), ..once.clone() };
    let (sender, woken) = std::sync::mpsc::channel();
    let running = start(twice, 2, move || {
        let _ = sender.send(());
    });
    let mut steps = Vec::new();
    while woken.recv_timeout(Duration::from_mins(1)).is_ok() {
        steps.extend(running.look());
    }
    let Some(Step::Whole(whole)) = steps.pop() else { panic!("{steps:?}") };
    assert_eq!(whole, answer(&once, 1));
}
