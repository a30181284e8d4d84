//! Objectives count from when they say: what was said before answers nothing that was asked later; what was done before
//! and still holds is not late.

use super::*;

fn told(table: &mut Table) {
    let told = Body::Message {
        text: "essai".to_owned(),
        to: "SAMU".to_owned(),
        from: String::new(),
        channel: String::new(),
        answer_by: None,
    };
    table.write(told, Role::Operations, Vec::new(), table.now()).unwrap();
}

/// The first objective with this rule, from this moment on.
fn measured(rule: &str, since: &str) -> Table {
    let text = format!("{BASE}{}", inject("I1", "60s"));
    let one = format!("rule = '{rule}'\nsince = \"{since}\"\ntarget");
    let text = text.replacen("rule = \"entry message to=samu\"\ntarget", &one, 1);
    Table::new(parse("test.toml", &text).unwrap(), true)
}

fn reached(table: &Table) -> Option<DateTime<Utc>> {
    evaluate(&table.desk, table.now())[0].reached
}

#[test]
fn a_message_before_the_start_is_no_answer_to_the_exercise() {
    let mut table = Table::new(kit(&[("I1", 600)]), false);
    told(&mut table);
    table.wall += TimeDelta::seconds(300);
    table.start();
    table.wall += TimeDelta::seconds(3_000);
    let verdicts = evaluate(&table.desk, table.now());
    assert_eq!((verdicts[0].reached, verdicts[0].met), (None, Some(false)));
    assert_eq!(table.desk.suggestions(table.now()).len(), 1, "`unless` has not become true either");
    told(&mut table);
    assert_eq!(reached(&table), Some(table.now()));
}

#[test]
fn what_was_done_before_the_delay_counts_does_not_meet_it() {
    let mut table = measured("entry message to=samu", "inject I1");
    table.start();
    table.wall += TimeDelta::seconds(30);
    told(&mut table);
    table.wall += TimeDelta::seconds(40);
    table.tick();
    assert_eq!(reached(&table), None);
    table.wall += TimeDelta::seconds(30);
    told(&mut table);
    assert_eq!(reached(&table), Some(at(100)));
    // Another cell did so earlier: its line is heard late.
    let mut earlier = table.lines.last().unwrap().clone();
    earlier.at = at(80).fixed_offset();
    earlier.x = Some(at(80).fixed_offset());
    table.desk.hear(&earlier);
    assert_eq!(reached(&table), Some(at(80)));
}

#[test]
fn health_that_was_good_before_the_fault_is_no_recovery() {
    let mut table = measured("health ner(15) > 0.97 for 5m", "inject I1");
    table.start();
    for (s, good) in [(10, true), (50, true), (70, false), (500, false), (900, true), (910, true)] {
        table.wall = at(s);
        table.tick();
        table.desk.look(at(s), &|_| Some(good));
        assert_eq!(reached(&table), (s >= 900).then(|| at(900)), "at {s}");
    }
    // It broke again afterwards: it had been reached.
    table.desk.look(at(920), &|_| None);
    assert_eq!(reached(&table), Some(at(900)));
    let mut again = Desk::new(Arc::clone(table.desk.kit()), true);
    for line in &table.lines {
        again.apply(line);
    }
    again.saw(&table.desk);
    assert_eq!(evaluate(&again, at(920))[0].reached, Some(at(900)));
}

#[test]
fn objectives_that_hang_in_a_circle_are_never_reached() {
    let text = format!("{BASE}{}", inject("I1", "60s")).replacen("target", "since = \"objective O1\"\ntarget", 1);
    let (kit, problems) = examine("test.toml", &text);
    assert_eq!(problems.0.len(), 1, "a plan does not pass with it, a log may hold it");
    let mut table = Table::new(kit.unwrap(), true);
    table.start();
    told(&mut table);
    assert_eq!(reached(&table), None);
}

/// A step as another cell wrote it down.
fn step(table: &mut Table, change: crate::incident::event::StepChange) {
    told(table);
    let (playbook, step, text) = ("p".to_owned(), "freeze".to_owned(), String::new());
    let body = Body::Step { playbook, step, change, text, go: None, evidence: Vec::new() };
    let said = Entry { body, ..table.lines.last().unwrap().clone() };
    table.desk.hear(&said);
}

#[test]
fn what_was_done_early_and_still_holds_is_reached_at_nought() {
    let mut table = measured("entry awareness", "inject I1");
    table.start();
    table.wall += TimeDelta::seconds(30);
    table.write(Body::Awareness { text: "crise".to_owned() }, Role::Director, Vec::new(), table.now()).unwrap();
    assert_eq!(reached(&table), None, "its delay does not count yet");
    table.wall += TimeDelta::seconds(4_000);
    table.tick();
    let verdicts = evaluate(&table.desk, table.now());
    assert_eq!((verdicts[0].reached, verdicts[0].met), (Some(at(30)), Some(true)), "when it was done");
    assert_eq!(verdicts[0].delay(), Some(TimeDelta::zero()));
}

#[test]
fn what_was_told_before_anybody_asked_counts_where_nobody_asks_or_the_plan_says_so() {
    let mut table = measured("entry message to=samu", "awareness");
    table.start();
    table.wall += TimeDelta::seconds(30);
    told(&mut table);
    table.wall += TimeDelta::seconds(30);
    table.write(Body::Awareness { text: "crise".to_owned() }, Role::Director, Vec::new(), table.now()).unwrap();
    assert_eq!(reached(&table), Some(at(30)));
    let text = format!("{BASE}{}", inject("I1", "60s"));
    let with = |line: &str| text.replacen("since = \"inject I1\"", &format!("since = \"inject I1\"\n{line}"), 1);
    let early = |text: &str| parse("test.toml", text).map(|kit| kit.objectives[1].early);
    assert_eq!(early(&text), Ok(false));
    let errors = early(&with("early = true")).unwrap_err().to_string();
    assert!(errors.contains("only what people enter can be done early"), "{errors}");
    let said = |line: &str| early(&with(line).replace("answered I1", "entry message to=anssi"));
    assert_eq!((said(""), said("early = true")), (Ok(false), Ok(true)));
}

#[test]
fn what_was_undone_again_does_not_hold() {
    use crate::incident::event::StepChange;
    let mut table = measured("entry step step=freeze state=done", "inject I1");
    table.start();
    for (s, change) in
        [(10, StepChange::Done), (20, StepChange::Undone), (40, StepChange::Done), (50, StepChange::Done)]
    {
        table.wall = at(s);
        step(&mut table, change);
    }
    table.wall = at(70);
    table.tick();
    assert_eq!(reached(&table), Some(at(40)), "since when it holds");
    let mut table = measured("entry step step=freeze state=done", "inject I1");
    table.start();
    for (s, change) in [(10, StepChange::Done), (20, StepChange::Undone)] {
        table.wall = at(s);
        step(&mut table, change);
    }
    table.wall = at(90);
    table.tick();
    assert_eq!(reached(&table), None);
    step(&mut table, StepChange::Done);
    assert_eq!(reached(&table), Some(at(90)));
}
