//! Whatever people record about steps, in whatever order: what is owed is what the plain words of each rule say.

use proptest::prelude::*;

use super::*;

const RULES: &str = r#"
id = "rules"
version = "1"
title = { fr = "Règles", en = "Rules" }
about = { fr = "Essai", en = "Test" }
[[section]]
id = "only"
title = { fr = "Un", en = "One" }
style = "read-do"
[[section.step]]
id = "two"
text = { fr = "Deux", en = "Two" }
role = "operations"
sign_off = "two"
warning = { fr = "Attention", en = "Mind" }
proof = "ner(15) > 0.97 for 5m"
effective_within = "10 min"
evidence = { fr = "Le chiffre", en = "The figure" }
evidence_as = "number"
evidence_required = true
[[section.step]]
id = "ask"
text = { fr = "Choisir", en = "Choose" }
role = "director"
sign_off = "director"
decision = true
[[section.step.branch]]
when = { fr = "oui", en = "yes" }
go = "near"
[[section.step.branch]]
when = { fr = "non", en = "no" }
go = "far"
[[section.step]]
id = "near"
text = { fr = "Près", en = "Near" }
role = "operations"
[[section.step]]
id = "far"
text = { fr = "Loin", en = "Far" }
role = "operations"
evidence = { fr = "Des mots", en = "Words" }
evidence_required = true
"#;

const STEPS: [&str; 4] = ["two", "ask", "near", "far"];
const PEOPLE: [&str; 4] = ["a.un", "A.UN ", "b.deux", "c.trois"];
const ROLES: [Role; 3] = [Role::Director, Role::Operations, Role::Liaison];
const KINDS: [EvidenceKind; 2] = [EvidenceKind::Number, EvidenceKind::Text];

/// The last of a person's marks that speak of his signature, each person once.
fn hands<'a>(marks: &[&'a StepMark]) -> BTreeMap<String, (&'a StepMark, Vec<Role>)> {
    let mut hands: BTreeMap<String, (&StepMark, Vec<Role>)> = BTreeMap::new();
    for mark in marks {
        let person = mark.who.trim().to_lowercase();
        match mark.change {
            StepChange::Refused => {
                hands.insert(person, (mark, Vec::new()));
            }
            StepChange::Done | StepChange::Signed => {
                let hand = hands.entry(person).or_insert((mark, Vec::new()));
                hand.0 = mark;
                hand.1.push(mark.role);
            }
            _ => {}
        }
    }
    hands
}

/// What a step owes, from all that was ever recorded about it.
fn recount(step: &str, all: &[StepMark], aside: bool, holds: Option<bool>, now: DateTime<Utc>) -> Vec<Owes> {
    let undone = |mark: &StepMark| matches!(mark.change, StepChange::Undone | StepChange::BackedOut);
    let marks: Vec<&StepMark> = all.iter().rev().take_while(|mark| !undone(mark)).collect();
    let marks: Vec<&StepMark> = marks.into_iter().rev().collect();
    let last = marks.iter().rfind(|mark| {
        !matches!(
            mark.change,
            StepChange::Acknowledged
                | StepChange::Signed
                | StepChange::Refused
                | StepChange::Chosen
                | StepChange::Evidenced
        )
    });
    let change = last.map(|mark| mark.change);
    let done = matches!(change, Some(StepChange::Done | StepChange::Ended | StepChange::Effect));
    let deferred = change == Some(StepChange::Deferred) && !aside;
    let has = |wanted: StepChange| marks.iter().any(|mark| mark.change == wanted);
    let mut owes = Vec::new();
    let hands = hands(&marks);
    if step == "two" {
        let acted = marks.iter().rfind(|mark| matches!(mark.change, StepChange::Done | StepChange::Ended));
        let first = marks.iter().find(|mark| mark.change == StepChange::Done);
        let seen = acted.is_none_or(|mark| now - mark.at >= TimeDelta::minutes(5));
        let shown = change == Some(StepChange::Effect) || (holds == Some(true) && seen);
        if done && !shown && first.is_some_and(|mark| now > mark.at + TimeDelta::minutes(10)) {
            owes.push(Owes::Effect);
        }
        if (done || change == Some(StepChange::Started)) && !has(StepChange::Acknowledged) {
            owes.push(Owes::Acknowledgement);
        }
        let signed: Vec<&Vec<Role>> =
            hands.values().map(|(_, roles)| roles).filter(|roles| !roles.is_empty()).collect();
        if done && signed.len() < 2 {
            owes.push(Owes::Signature(2 - signed.len()));
        } else if done && signed.iter().all(|roles| roles.iter().all(|role| *role == signed[0][0])) {
            owes.push(Owes::OtherRole);
        }
        if done && !marks.iter().any(|mark| mark.evidence.contains(&EvidenceKind::Number)) {
            owes.push(Owes::Evidence);
        }
    }
    if step == "ask" && done {
        if !hands.values().any(|(_, roles)| roles.contains(&Role::Director)) {
            owes.push(Owes::Director);
        }
        if !has(StepChange::Chosen) {
            owes.push(Owes::Choice);
        }
    }
    if step == "far" && done {
        let words = |mark: &StepMark| {
            let said = matches!(mark.change, StepChange::Done | StepChange::Evidenced | StepChange::Ended);
            (said && !mark.text.is_empty()) || !mark.evidence.is_empty()
        };
        if !marks.iter().any(|mark| words(mark)) {
            owes.push(Owes::Evidence);
        }
    }
    let left = matches!(change, Some(StepChange::Skipped | StepChange::NotApplicable)) || deferred;
    let unsaid = left && last.is_some_and(|mark| mark.text.is_empty());
    if unsaid || hands.values().any(|(mark, _)| mark.change == StepChange::Refused && mark.text.is_empty()) {
        owes.push(Owes::Reason);
    }
    if deferred {
        owes.push(Owes::Deferred);
    }
    owes.sort();
    owes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_steps_owe_is_what_the_rules_say(
        script in proptest::collection::vec((0_usize..4, 0_usize..14, 0_usize..4, 0_usize..3, any::<u8>(), 0_i64..9), 1..40),
        holds in proptest::option::of(any::<bool>()),
    ) {
        let playbook = parse("rules.toml", RULES).unwrap_or_else(|errors| panic!("{errors}"));
        let mut statuses = Statuses::new();
        let mut all: BTreeMap<&str, Vec<StepMark>> = BTreeMap::new();
        let mut minute = 0;
        for (step, change, who, role, n, pass) in script {
            minute += pass;
            let (step, change) = (STEPS[step], StepChange::ALL[change % StepChange::ALL.len()]);
            // Only the question is answered by a choice.
            let chooses = change == StepChange::Chosen;
            if chooses && step != "ask" {
                continue;
            }
            let mark = StepMark {
                change,
                who: PEOPLE[who].to_owned(),
                role: ROLES[role],
                at: moment(minute),
                text: if n.is_multiple_of(2) { String::new() } else { "car".to_owned() },
                go: chooses.then(|| STEPS[2 + usize::from(n % 2)].to_owned()),
                evidence: (change == StepChange::Evidenced).then(|| KINDS[usize::from(n / 2) % 2]).into_iter().collect(),
            };
            statuses.insert(step.to_owned(), StepStatus::after(statuses.get(step), mark.clone()));
            all.entry(step).or_default().push(mark);
        }
        let views = stand(&playbook, &statuses, &|_| holds, minute + 3, Some(0));
        // The branch that was not taken is off the way, as long as nothing was done on it.
        let choice = all.get("ask").into_iter().flatten().rev();
        let choice = choice
            .take_while(|mark| !matches!(mark.change, StepChange::Undone | StepChange::BackedOut))
            .find(|mark| mark.change == StepChange::Chosen);
        let passed = choice.is_some_and(|mark| mark.go.as_deref() == Some("far"));
        for view in &views {
            let id = view.step.id.as_str();
            let found: Vec<Owes> = view.owed.iter().map(|owed| owed.what).collect();
            let marks = all.get(id).map(Vec::as_slice).unwrap_or_default();
            let expected = recount(id, marks, passed && id == "near", holds, moment(minute + 3));
            prop_assert_eq!(found, expected, "{} {:?}", id, marks);
            // Each person is one signature, whatever his name is written like.
            let mut people: Vec<String> = view.signers.iter().map(|who| who.trim().to_lowercase()).collect();
            people.sort();
            people.dedup();
            prop_assert_eq!(people.len(), view.signers.len());
            // Nothing that was recorded is forgotten.
            prop_assert_eq!(view.status.map_or(0, |status| status.marks.len()), marks.len());
        }
    }
}
