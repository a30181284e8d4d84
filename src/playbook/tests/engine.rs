//! Branches, lanes, checks, signatures, debts: what the log says of a playbook that is more than a list.

use super::*;

const LONG: &str = r#"
id = "long"
version = "1"
title = { fr = "Longue", en = "Long" }
about = { fr = "Essai", en = "Test" }
[[lanes]]
id = "both"
join = 1
[[section]]
id = "first"
title = { fr = "Un", en = "One" }
style = "read-do"
[[section.step]]
id = "ask"
text = { fr = "Choisir", en = "Choose" }
role = "director"
decision = true
[[section.step.branch]]
when = { fr = "oui", en = "yes" }
metric = "ner(15) > 0.5"
go = "yes"
[[section.step.branch]]
when = { fr = "non", en = "no" }
go = "no"
[[section.step]]
id = "yes"
text = { fr = "Oui", en = "Yes" }
role = "operations"
risky = true
sign_off = "director"
warning = { fr = "Attention", en = "Mind" }
back_out = { fr = "Revenir", en = "Back" }
proof = "ner(15) > 0.97 for 5m"
effective_within = "10 min"
hard = "30 min"
[[section.step.check]]
metric = "servers_up >= 2"
why = { fr = "pas de place", en = "no room" }
[[section.step.branch]]
go = "wide"
[[section.step.gate]]
when = { fr = "peu de temps", en = "little time" }
less_than = "5 min"
go = "narrow"
[[section.step]]
id = "no"
text = { fr = "Non", en = "No" }
role = "operations"
evidence = { fr = "Le chiffre", en = "The figure" }
evidence_as = "number"
evidence_required = true
[[section]]
id = "lane-a"
title = { fr = "A", en = "A" }
style = "read-do"
lanes = "both"
[[section.step]]
id = "wide"
text = { fr = "Large", en = "Wide" }
role = "operations"
until = { fr = "c'est fini", en = "it is over" }
[[section]]
id = "lane-b"
title = { fr = "B", en = "B" }
style = "read-do"
lanes = "both"
[[section.step]]
id = "narrow"
text = { fr = "Étroit", en = "Narrow" }
role = "liaison"
calls = "small"
[[section]]
id = "last"
title = { fr = "Fin", en = "End" }
style = "do-confirm"
[[section.step]]
id = "end"
text = { fr = "Finir", en = "Finish" }
role = "director"
[[section.step.branch]]
when = { fr = "encore", en = "again" }
go = "no"
[[section]]
id = "safe"
title = { fr = "Repli", en = "Safe" }
style = "read-do"
safe = true
[[section.step]]
id = "stop"
text = { fr = "Arrêter", en = "Stop" }
role = "operations"
"#;

fn long() -> Playbook {
    parse("long.toml", LONG).unwrap_or_else(|errors| panic!("{errors}"))
}

const NOTHING: &dyn Fn(&str) -> Option<bool> = &|_| None;

fn of<'v, 'a>(views: &'v [StepView<'a>], id: &str) -> &'v StepView<'a> {
    views.iter().find(|view| view.step.id == id).unwrap()
}

fn owes(views: &[StepView<'_>], id: &str) -> Vec<Owes> {
    of(views, id).owed.iter().map(|owed| owed.what).collect()
}

fn currents<'a>(views: &[StepView<'a>]) -> Vec<&'a str> {
    views.iter().filter(|view| view.current).map(|view| view.step.id.as_str()).collect()
}

#[test]
fn a_branch_that_is_not_taken_is_off_the_way_and_not_lost() {
    let playbook = long();
    let mut statuses = Statuses::new();
    let views = stand(&playbook, &statuses, NOTHING, 1, Some(0));
    assert_eq!(of(&views, "yes").state, StepState::Open);
    assert_eq!(currents(&views), ["ask"]);

    record_as(&mut statuses, "ask", StepChange::Chosen, ("dir", Role::Director), 2, Some("no"));
    record(&mut statuses, "ask", StepChange::Done, "dir", 2);
    let views = stand(&playbook, &statuses, NOTHING, 3, Some(0));
    assert_eq!(of(&views, "ask").chosen, Some("no"));
    assert_eq!((of(&views, "yes").state, of(&views, "yes").aside), (StepState::Aside, Some(Aside::Branch)));
    assert_eq!(currents(&views), ["no"]);
    assert_eq!(views.len(), playbook.steps().count(), "every step is shown");
    assert!(owes(&views, "ask").is_empty());

    // What is done off the way is recorded all the same.
    record(&mut statuses, "yes", StepChange::Done, "ana", 4);
    let views = stand(&playbook, &statuses, NOTHING, 5, Some(0));
    assert_eq!((of(&views, "yes").state, of(&views, "yes").aside), (StepState::NotYetEffective, None));
}

#[test]
fn a_decision_done_without_a_choice_is_owed() {
    let playbook = long();
    let mut statuses = Statuses::new();
    record(&mut statuses, "ask", StepChange::Done, "dir", 2);
    assert_eq!(owes(&stand(&playbook, &statuses, NOTHING, 3, Some(0)), "ask"), [Owes::Choice]);
}

#[test]
fn figures_suggest_a_branch_and_without_data_people_decide() {
    let playbook = long();
    let statuses = Statuses::new();
    let suggested = |holds: Option<bool>, minute| {
        let metric = |_: &str| holds;
        let views = stand(&playbook, &statuses, &metric, minute, Some(0));
        (of(&views, "ask").ways.iter().map(|way| way.suggested).collect::<Vec<_>>(), of(&views, "ask").chosen.is_none())
    };
    assert_eq!(suggested(Some(true), 1), (vec![Some(true), None], true));
    assert_eq!(suggested(Some(false), 1), (vec![Some(false), None], true));
    assert_eq!(suggested(None, 1), (vec![None, None], true));
    // The gate opens by the clock of the incident: five minutes before the hard limit.
    let gate = |minute| of(&stand(&playbook, &statuses, NOTHING, minute, Some(0)), "yes").ways[1].suggested;
    assert_eq!((gate(20), gate(26)), (Some(false), Some(true)));
}

#[test]
fn warnings_are_shown_before_and_a_missing_acknowledgement_is_owed() {
    let playbook = long();
    let mut statuses = Statuses::new();
    let checks = |holds: Option<bool>| {
        let metric = |_: &str| holds;
        of(&stand(&playbook, &Statuses::new(), &metric, 1, Some(0)), "yes").checks[0].1
    };
    assert_eq!((checks(Some(false)), checks(None)), (Some(false), None));
    record_as(&mut statuses, "yes", StepChange::Done, ("dir", Role::Director), 5, None);
    assert_eq!(owes(&stand(&playbook, &statuses, NOTHING, 6, Some(0)), "yes"), [Owes::Acknowledgement]);
    record(&mut statuses, "yes", StepChange::Acknowledged, "ana", 7);
    assert!(owes(&stand(&playbook, &statuses, NOTHING, 8, Some(0)), "yes").is_empty());
}

#[test]
fn what_takes_no_effect_within_its_limit_is_shown_and_owed() {
    let playbook = long();
    let mut statuses = Statuses::new();
    record(&mut statuses, "yes", StepChange::Acknowledged, "dir", 4);
    record_as(&mut statuses, "yes", StepChange::Done, ("dir", Role::Director), 5, None);
    for holds in [Some(false), None] {
        let metric = |_: &str| holds;
        assert!(!of(&stand(&playbook, &statuses, &metric, 15, Some(0)), "yes").effect_late);
        let views = stand(&playbook, &statuses, &metric, 16, Some(0));
        assert!(of(&views, "yes").effect_late);
        assert_eq!(owes(&views, "yes"), [Owes::Effect]);
        assert_eq!(of(&views, "yes").owed[0].since, moment(15));
    }
    // Whenever it comes, the effect pays.
    let views = stand(&playbook, &statuses, &|_| Some(true), 40, Some(0));
    assert_eq!(of(&views, "yes").state, StepState::Effective);
    assert!(owes(&views, "yes").is_empty());
}

#[test]
fn the_director_signs_or_refuses_and_one_person_is_one_signature() {
    let playbook = long();
    let mut statuses = Statuses::new();
    record(&mut statuses, "yes", StepChange::Acknowledged, "ana", 1);
    record(&mut statuses, "yes", StepChange::Done, "ana", 1);
    let signature = |statuses: &Statuses| {
        let views = stand(&playbook, statuses, &|_| Some(true), 2, Some(0));
        (owes(&views, "yes"), of(&views, "yes").refusals.len(), of(&views, "yes").signers.len())
    };
    assert_eq!(signature(&statuses), (vec![Owes::Director], 0, 1));
    record_as(&mut statuses, "yes", StepChange::Refused, ("dir", Role::Director), 2, None);
    assert_eq!(signature(&statuses), (vec![Owes::Director, Owes::Reason], 1, 1));
    record_as(&mut statuses, "yes", StepChange::Signed, ("DIR ", Role::Director), 3, None);
    assert_eq!(signature(&statuses), (vec![], 0, 2));
    record_as(&mut statuses, "yes", StepChange::Signed, ("dir", Role::Director), 4, None);
    assert_eq!(signature(&statuses).2, 2);
    // Done again after it was undone, it is signed again.
    record(&mut statuses, "yes", StepChange::BackedOut, "ana", 5);
    assert_eq!(of(&stand(&playbook, &statuses, NOTHING, 6, Some(0)), "yes").state, StepState::BackedOut);
    record(&mut statuses, "yes", StepChange::Done, "ana", 7);
    assert_eq!(signature(&statuses).0, [Owes::Acknowledgement, Owes::Director]);
}

#[test]
fn evidence_of_the_kind_that_is_asked() {
    let playbook = long();
    let mut statuses = Statuses::new();
    record(&mut statuses, "no", StepChange::Done, "ana", 1);
    let mut add = |kind| {
        let mut mark = statuses["no"].marks[0].clone();
        mark.change = StepChange::Evidenced;
        mark.evidence = vec![kind];
        let after = StepStatus::after(statuses.get("no"), mark);
        statuses.insert("no".to_owned(), after);
        owes(&stand(&playbook, &statuses, NOTHING, 2, Some(0)), "no")
    };
    assert_eq!(add(EvidenceKind::Text), [Owes::Evidence]);
    assert!(add(EvidenceKind::Number).is_empty());
}

#[test]
fn lanes_run_at_once_and_join_when_enough_are_finished() {
    let playbook = long();
    let mut statuses = Statuses::new();
    record_as(&mut statuses, "ask", StepChange::Chosen, ("dir", Role::Director), 1, Some("yes"));
    for step in ["ask", "yes"] {
        record(&mut statuses, step, StepChange::Done, "ana", 1);
    }
    let views = stand(&playbook, &statuses, NOTHING, 2, Some(0));
    assert_eq!(currents(&views), ["wide", "narrow"]);
    assert!(of(&views, "end").waits);
    // A continuous step stays in sight and holds nothing up.
    record(&mut statuses, "wide", StepChange::Started, "ana", 3);
    let views = stand(&playbook, &statuses, NOTHING, 4, Some(0));
    assert!(of(&views, "wide").pinned);
    assert!(!of(&views, "end").waits);
    assert_eq!((of(&views, "narrow").state, of(&views, "narrow").aside), (StepState::Aside, Some(Aside::Joined)));
    assert_eq!(currents(&views), ["end"]);
    record(&mut statuses, "wide", StepChange::Ended, "ana", 9);
    let views = stand(&playbook, &statuses, NOTHING, 9, Some(0));
    assert!(!of(&views, "wide").pinned && of(&views, "wide").state == StepState::Done);
}

#[test]
fn a_branch_that_leads_back_opens_the_steps_once_more() {
    let playbook = long();
    let mut statuses = Statuses::new();
    record_as(&mut statuses, "ask", StepChange::Chosen, ("dir", Role::Director), 1, Some("no"));
    for (minute, step) in [(1, "ask"), (2, "no"), (3, "wide"), (3, "narrow"), (4, "end")] {
        record(&mut statuses, step, StepChange::Done, "ana", minute);
    }
    record_as(&mut statuses, "end", StepChange::Chosen, ("dir", Role::Director), 5, Some("no"));
    let views = stand(&playbook, &statuses, NOTHING, 6, Some(0));
    assert_eq!((of(&views, "no").state, of(&views, "no").again), (StepState::Open, true));
    assert_eq!(of(&views, "no").status.map(|status| status.done.len()), Some(1), "the first round is not lost");
    assert_eq!(of(&views, "ask").state, StepState::Done);
    assert_eq!(currents(&views), ["no"]);
    record(&mut statuses, "no", StepChange::Done, "ana", 7);
    assert_eq!(of(&stand(&playbook, &statuses, NOTHING, 8, Some(0)), "no").state, StepState::Done);
}

#[test]
fn the_work_goes_on_where_people_chose() {
    let playbook = long();
    let mut statuses = Statuses::new();
    // Chosen, and not recorded as done: the step is left all the same.
    record_as(&mut statuses, "ask", StepChange::Chosen, ("dir", Role::Director), 1, Some("no"));
    let views = stand(&playbook, &statuses, NOTHING, 2, Some(0));
    assert_eq!((of(&views, "ask").state, currents(&views)), (StepState::Open, vec!["no"]));
    record(&mut statuses, "ask", StepChange::Started, "dir", 3);
    assert_eq!(currents(&stand(&playbook, &statuses, NOTHING, 4, Some(0))), ["no"]);
    // What was left comes last.
    for step in ["no", "wide", "narrow"] {
        record(&mut statuses, step, StepChange::Done, "ana", 5);
    }
    assert_eq!(currents(&stand(&playbook, &statuses, NOTHING, 6, Some(0))), ["end"]);
    record(&mut statuses, "end", StepChange::Done, "ana", 7);
    assert_eq!(currents(&stand(&playbook, &statuses, NOTHING, 8, Some(0))), ["ask"]);
    // A branch that leads back leads there, whatever stands open before it.
    record_as(&mut statuses, "end", StepChange::Chosen, ("dir", Role::Director), 9, Some("no"));
    assert_eq!(currents(&stand(&playbook, &statuses, NOTHING, 10, Some(0))), ["no"]);
}

#[test]
fn what_is_done_in_another_playbook_is_done_here_until_the_last_word_falls_here() {
    let playbook = small();
    let mut there = Statuses::new();
    record(&mut there, "a", StepChange::Done, "ana", 4);
    let stand = |here: &Statuses, there: &Statuses| {
        let elsewhere = |step: &Step| Some((&playbook, there.get(&step.id)?));
        let facts = Facts::new(here, NOTHING, moment(60), Some(moment(0)));
        let views = progress(&playbook, &Facts { elsewhere: &elsewhere, ..facts });
        let view = of(&views, "a");
        (view.state, view.late, view.elsewhere.is_some(), currents(&views).contains(&"a"))
    };
    let mut here = Statuses::new();
    assert_eq!(stand(&here, &Statuses::new()), (StepState::Open, Late::Hard, false, true));
    assert_eq!(stand(&here, &there), (StepState::Done, Late::No, true, false));
    record(&mut here, "a", StepChange::Started, "bob", 2);
    assert_eq!(stand(&here, &there), (StepState::Done, Late::No, true, false));
    record(&mut here, "a", StepChange::Undone, "bob", 9);
    assert_eq!(stand(&here, &there), (StepState::Open, Late::Hard, false, true));
    record(&mut here, "a", StepChange::Done, "bob", 12);
    assert!(!stand(&here, &there).2);
}

#[test]
fn the_same_step_of_two_playbooks_is_told_by_its_clock_or_its_words() {
    let step = |id: &str, step: &str| Library::new([]).get(id).and_then(|p| p.step(step).cloned()).unwrap();
    let (one, two) = (step("call-server-failure", "meet"), step("inform-authorities-and-public", "meet"));
    assert!(one.same_as(&two) && two.same_as(&one));
    assert!(!step("call-server-failure", "relieve").same_as(&step("failover-to-backup", "relieve")));
    assert!(!step("tdos-flood", "report-attack").same_as(&step("inform-authorities-and-public", "interior")));
}

#[test]
fn an_abort_leaves_the_safe_list_and_keeps_what_was_done() {
    let playbook = long();
    let mut statuses = Statuses::new();
    assert_eq!(of(&stand(&playbook, &statuses, NOTHING, 1, Some(0)), "stop").aside, Some(Aside::Safe));
    record(&mut statuses, "ask", StepChange::Done, "dir", 1);
    let facts = Facts { aborted: Some(moment(2)), ..Facts::new(&statuses, NOTHING, moment(3), Some(moment(0))) };
    let views = progress(&playbook, &facts);
    assert_eq!(currents(&views), ["stop"]);
    assert_eq!(of(&views, "ask").state, StepState::Done);
    assert_eq!(of(&views, "end").aside, Some(Aside::Aborted));
}

#[test]
fn a_playbook_that_is_called_returns() {
    let playbook = long();
    let statuses = Statuses::new();
    let called = |id: &str| if id == "small" { Called::Returned } else { Called::No };
    let facts = Facts { called: &called, ..Facts::new(&statuses, NOTHING, moment(3), None) };
    assert_eq!(of(&progress(&playbook, &facts), "narrow").called, Called::Returned);
}

#[test]
fn what_was_put_off_is_still_to_do() {
    let playbook = small();
    let mut statuses = Statuses::new();
    record(&mut statuses, "a", StepChange::Deferred, "ana", 1);
    let views = stand(&playbook, &statuses, NOTHING, 2, Some(0));
    assert_eq!(of(&views, "a").state, StepState::Deferred);
    assert_eq!(owes(&views, "a"), [Owes::Reason, Owes::Deferred]);
    assert_eq!(currents(&views), ["b"]);
    assert!(!StepState::Deferred.settled());
}

#[test]
fn the_lint_finds_lanes_that_cannot_join_and_calls_that_turn_in_a_circle() {
    let rules = |text: &str, calls: &[(&str, &[&str])]| -> Vec<&'static str> {
        let playbook = parse("long.toml", text).unwrap_or_else(|errors| panic!("{errors}"));
        let calls = calls
            .iter()
            .map(|(id, called)| ((*id).to_owned(), called.iter().map(|id| (*id).to_owned()).collect()))
            .collect();
        let context = Context { calls, ..Context::default() };
        lint(&playbook, &context).into_iter().filter(|l| l.level == Level::Error).map(|l| l.rule).collect()
    };
    assert!(rules(LONG, &[]).is_empty(), "{:?}", rules(LONG, &[]));
    assert_eq!(rules(&LONG.replace("join = 1", "join = 3"), &[]), ["lanes-cannot-join"]);
    assert_eq!(rules(LONG, &[("long", &["small"])]), ["unknown-playbook"]);
    assert_eq!(rules(LONG, &[("long", &["small"]), ("small", &["other"]), ("other", &["long"])]), ["call-cycle"]);
    assert!(rules(LONG, &[("long", &["small"]), ("small", &[])]).is_empty());
}

#[test]
fn contacts_that_are_unknown_or_stale_are_found() {
    let text = LONG.replace("calls = \"small\"", "contacts = [\"coz\", \"noc\", \"moon\"]");
    let playbook = parse("long.toml", &text).unwrap();
    let contacts = Some(vec![("coz".to_owned(), true), ("noc".to_owned(), false)]);
    let found: Vec<&str> = lint(&playbook, &Context { contacts, ..Context::default() })
        .iter()
        .filter(|lint| lint.rule.ends_with("contact"))
        .map(|lint| lint.rule)
        .collect();
    assert_eq!(found, ["unknown-contact", "stale-contact"]);
    assert!(lint(&playbook, &Context::default()).iter().all(|lint| !lint.rule.ends_with("contact")));
}

#[test]
fn a_list_becomes_a_playbook_that_parses_and_says_what_is_missing() {
    use crate::playbook::import::{ImportError, Lack, import};
    let list = "# Panne du centre\n\nQuand rien n'arrive.\n\n## D'abord\n- [ ] Liaison : appeler le « 15 » voisin (10 min)\n  - deux fois\n- couper\n";
    let made = import("Ma liste.md", list, false, crate::lang::LangId::Fr).unwrap();
    assert_eq!(made.id, "ma-liste");
    let playbook = parse("ma-liste.toml", &made.toml).unwrap_or_else(|errors| panic!("{errors}\n{}", made.toml));
    let steps: Vec<&Step> = playbook.steps().map(|(_, step)| step).collect();
    assert_eq!(steps.len(), 2);
    assert_eq!((steps[0].role, steps[0].hard_s), (Role::Liaison, Some(600)));
    assert_eq!(steps[0].note.as_ref().map(|note| note.fr.as_str()), Some("deux fois"));
    let lacks: Vec<(usize, Lack)> = made.missing.iter().map(|missing| (missing.line, missing.what)).collect();
    assert!(lacks.contains(&(8, Lack::Owner)) && lacks.contains(&(8, Lack::Limit)), "{lacks:?}");
    assert!(!lacks.iter().any(|(line, _)| *line == 6), "{lacks:?}");
    assert!(lint(&playbook, &Context::default()).iter().any(|lint| lint.rule == "missing-translation"));

    let csv = "étape;rôle;délai;note\n\"Appeler ; vite\";directeur;5 min;ok\nCouper;plombier;bientôt;\n";
    let made = import("liste.csv", csv, true, crate::lang::LangId::Fr).unwrap();
    let playbook = parse("liste.toml", &made.toml).unwrap_or_else(|errors| panic!("{errors}\n{}", made.toml));
    let (_, first) = playbook.steps().next().unwrap();
    assert_eq!((first.text.fr.as_str(), first.role, first.hard_s), ("Appeler ; vite", Role::Director, Some(300)));
    assert!(made.missing.iter().any(|missing| missing.line == 3 && missing.what == Lack::Unread));
    assert_eq!(import("x.md", "nothing", false, crate::lang::LangId::En), Err(ImportError::NoStep));
    assert_eq!(import("x.csv", "a;b\n1;2\n", true, crate::lang::LangId::En), Err(ImportError::NoColumn));
}

#[test]
fn the_shipped_pack_answers_every_kind_of_fault() {
    for (fault, playbooks) in Library::new([]).coverage() {
        assert!(!playbooks.is_empty(), "nothing answers {fault}");
    }
    assert!(shipped().len() >= 8);
}
