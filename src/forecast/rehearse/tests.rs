//! Playbooks worked through by hand-made cells, against a shipped crisis.

use super::*;
use crate::forecast::shipped;

const CIRCLE: &str = r#"
id = "circle"
version = "1"
title = { fr = "Cercle", en = "Circle" }
[about]
fr = "Essai."
en = "Test."
[[section]]
id = "one"
title = { fr = "Un", en = "One" }
style = "read-do"
[[section.step]]
id = "first"
text = { fr = "Faire.", en = "Do." }
role = "operations"
hard = "1 min"
soft = "30 s"
[[section.step]]
id = "second"
text = { fr = "Publier.", en = "Publish." }
role = "communication"
soft = "10 h"
levers = ["publish path=ip", "withdraw", "overflow", "advise no_test"]
[[section.step.branch]]
go = "first"
"#;

fn rehearsal(text: &str) -> Rehearsal {
    let playbook = crate::playbook::parse("circle.toml", text).expect("a playbook");
    let crisis = shipped::crisis("january-2023").expect("known").expect("reads");
    let france = shipped::france().expect("reads");
    rehearse(&playbook, &france, &[crisis], &Cell::default(), 20, 1, 2, &|| ()).expect("runs")
}

#[test]
fn a_circle_is_a_dead_end_and_a_minute_is_too_short() {
    let found = rehearsal(CIRCLE);
    assert!((found.dead_ends["first"] - 1.0).abs() < 1e-9, "{found:?}");
    assert!(found.steps[0].hard_broken > Some(0.8), "{found:?}");
    assert_eq!(found.steps[1].soft_broken, Some(0.0));
    assert_eq!(found.not_simulated, ["advise no_test", "overflow"], "nobody calls to test there");
    assert!(found.unused.is_empty());
}

#[test]
fn without_the_branch_it_ends_and_the_slow_step_is_critical() {
    let found = rehearsal(CIRCLE.split("[[section.step.branch]]").next().expect("text"));
    assert!(found.dead_ends.is_empty(), "{found:?}");
    assert!(found.steps.iter().all(|s| s.reached > 0.99 && s.critical > 0.99), "{found:?}");
}

#[test]
fn every_shipped_playbook_can_be_rehearsed() {
    for playbook in crate::playbook::shipped() {
        let sheet = Sheet::new(playbook);
        let ended = (0..50).filter(|k| course(&sheet, &Cell::default(), *k, &|_, _| None).circle.is_none()).count();
        assert!(ended > 40, "{}: {ended} of 50", playbook.id);
    }
}

const LANES: &str = r#"
[[lanes]]
id = "both"
join = 1
[[section]]
id = "quick"
title = { fr = "Vite", en = "Quick" }
style = "read-do"
lanes = "both"
[[section.step]]
id = "quick-one"
text = { fr = "Un.", en = "One." }
role = "operations"
[[section]]
id = "slow"
title = { fr = "Lent", en = "Slow" }
style = "read-do"
lanes = "both"
[[section.step]]
id = "slow-one"
text = { fr = "Un.", en = "One." }
role = "liaison"
[[section.step]]
id = "slow-two"
text = { fr = "Deux.", en = "Two." }
role = "liaison"
hard = "20 min"
[[section.step.gate]]
when = { fr = "trop tard", en = "too late" }
less_than = "5 min"
go = "after"
[[section.step]]
id = "slow-three"
text = { fr = "Trois.", en = "Three." }
role = "liaison"
[[section.step.branch]]
metric = "ner(15) < 0.5"
go = "slow-one"
[[section]]
id = "end"
title = { fr = "Fin", en = "End" }
style = "read-do"
[[section.step]]
id = "after"
text = { fr = "Après.", en = "After." }
role = "director"
[[section]]
id = "safe"
title = { fr = "Repli", en = "Safe" }
style = "read-do"
safe = true
[[section.step]]
id = "stop"
text = { fr = "Arrêter.", en = "Stop." }
role = "director"
"#;

/// Every step takes a minute.
fn steady() -> Cell {
    Cell { step: (1.0, 0.0), second: (0.0, 0.0), director: (0.0, 0.0), ..Cell::default() }
}

fn minutes(text: &str, cell: &Cell, figure: Option<bool>) -> Vec<Option<f64>> {
    let head = CIRCLE.split("[[section]]").next().expect("head");
    let playbook = crate::playbook::parse("circle.toml", &format!("{head}{text}")).unwrap_or_else(|e| panic!("{e}"));
    let found = course(&Sheet::new(&playbook), cell, 1, &|_, _| figure);
    found.done.iter().map(|done| done.map(|(end, _)| end / 60.0)).collect()
}

#[test]
fn lanes_run_at_the_same_time_and_join_when_enough_of_them_are_finished() {
    // One lane is enough: after its minute comes what follows; the slow lane's first step had begun with it. The
    // safe list is not worked through.
    let one = minutes(LANES, &steady(), None);
    assert_eq!(one, [Some(1.0), Some(1.0), None, None, Some(2.0), None]);
    let all = minutes(&LANES.replace("join = 1", "join = \"all\""), &steady(), Some(false));
    assert_eq!(all, [Some(1.0), Some(1.0), Some(2.0), Some(3.0), Some(4.0), None]);
}

#[test]
fn figures_and_the_time_that_is_left_take_branches() {
    let all = LANES.replace("join = 1", "join = \"all\"");
    // The figure leads back until the cell has gone round too often.
    let head = CIRCLE.split("[[section]]").next().expect("head");
    let playbook = crate::playbook::parse("circle.toml", &format!("{head}{all}")).expect("reads");
    assert!(course(&Sheet::new(&playbook), &steady(), 1, &|_, _| Some(true)).circle.is_some());
    // Steps of nine minutes leave two of the twenty: less than five, so the rest is left out.
    let late = minutes(&all, &Cell { step: (9.0, 0.0), ..steady() }, Some(false));
    assert_eq!(late, [Some(9.0), Some(9.0), Some(18.0), None, Some(27.0), None]);
}

#[test]
fn a_lever_on_servers_is_pulled_on_those_in_trouble_and_never_on_more_than_half() {
    let france = shipped::france().expect("reads");
    let crisis = shipped::crisis("june-2021").expect("known").expect("reads");
    let setup = Setup::of(&france, &crisis).expect("fits");
    let mut run = Simulation::new(Arc::clone(&setup.plan), 3);
    run.advance(SimTime::secs(setup.first_fault_s() - 120));
    assert_eq!(ordered(&setup.scenario, &run, "withdraw"), None, "all is well");
    assert_eq!(ordered(&setup.scenario, &run, "reinstate"), None, "none is out");
    run.advance(SimTime::secs(setup.first_fault_s() + 2 * 3_600));
    let Some(LeverKind::Withdraw { on }) = ordered(&setup.scenario, &run, "withdraw") else {
        panic!("all six are ill")
    };
    assert!((1..=3).contains(&on.len()), "{on:?}");
    run.apply(&Input::Lever(LeverKind::Withdraw { on }));
    run.advance(SimTime::secs(setup.first_fault_s() + 2 * 3_600 + 600));
    assert!(matches!(ordered(&setup.scenario, &run, "reinstate"), Some(LeverKind::Reinstate { .. })));
    // What needs no server is what it always is.
    assert!(matches!(ordered(&setup.scenario, &run, "gap"), Some(LeverKind::Gap { .. })));
}
