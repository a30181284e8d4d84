use std::collections::BTreeMap;

use chrono::{TimeDelta, TimeZone};

use super::library::FILES;
use super::lint::Level;
use super::*;

fn moment(minutes: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2021, 6, 2, 15, 45, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn context() -> Context {
    Context {
        clocks: vec![
            ("fr-d98-5".to_owned(), None),
            ("fr-crisis-cell".to_owned(), Some(1_800)),
            ("nis2-24h".to_owned(), Some(24 * 3_600)),
            ("nis2-72h".to_owned(), Some(72 * 3_600)),
        ],
        today: NaiveDate::from_ymd_opt(2026, 11, 23),
        calls: Library::new([]).calls(),
        contacts: None,
    }
}

#[test]
fn every_shipped_playbook_is_read_and_is_neither_short_nor_long() {
    for (name, text) in FILES {
        let playbook = parse(name, text).unwrap_or_else(|errors| panic!("{errors}"));
        // The safe list is read after an abort only.
        let steps = playbook.steps().filter(|(section, _)| !playbook.sections[*section].safe).count();
        assert!((7..=14).contains(&steps), "{name} has {steps} steps");
    }
    assert_eq!(shipped().len(), FILES.len());
}

#[test]
fn the_lint_finds_only_notes_in_the_shipped_playbooks() {
    for playbook in shipped() {
        let found: Vec<String> = lint(playbook, &context())
            .into_iter()
            .filter(|l| l.level > Level::Note)
            .map(|l| format!("{l:?}"))
            .collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn every_step_of_a_shipped_playbook_says_how_well_it_is_grounded() {
    for playbook in shipped() {
        for (_, step) in playbook.steps() {
            assert!(step.grade.is_some() && !step.sources.is_empty(), "{} of {}", step.id, playbook.id);
            assert!(step.text.fr.chars().count() <= 70 && step.text.en.chars().count() <= 70, "{}", step.id);
        }
    }
}

const SMALL: &str = r#"
id = "small"
version = "1"
title = { fr = "Petite", en = "Small" }
about = { fr = "Essai", en = "Test" }
[[section]]
id = "first"
title = { fr = "Un", en = "One" }
style = "read-do"
[[section.step]]
id = "a"
text = { fr = "A", en = "A" }
role = "director"
soft = "10 min"
hard = "20 min"
[[section.step]]
id = "b"
text = { fr = "B", en = "B" }
role = "operations"
sign_off = "two"
proof = "ner(15) > 0.97 for 5m"
[[section]]
id = "second"
title = { fr = "Deux", en = "Two" }
style = "do-confirm"
[[section.step]]
id = "c"
text = { fr = "C", en = "C" }
role = "liaison"
soft = "5 min"
from = "section"
"#;

fn small() -> Playbook {
    parse("small.toml", SMALL).unwrap_or_else(|errors| panic!("{errors}"))
}

type Statuses = BTreeMap<String, StepStatus>;

/// The steps as they stand, of a playbook that was not aborted.
fn stand<'a>(
    playbook: &'a Playbook,
    statuses: &'a Statuses,
    metric: &dyn Fn(&str) -> Option<bool>,
    minute: i64,
    awareness: Option<i64>,
) -> Vec<StepView<'a>> {
    progress(playbook, &Facts::new(statuses, metric, moment(minute), awareness.map(moment)))
}

fn record(statuses: &mut Statuses, step: &str, change: StepChange, who: &str, minute: i64) {
    record_as(statuses, step, change, (who, Role::Operations), minute, None);
}

fn record_as(
    statuses: &mut Statuses,
    step: &str,
    change: StepChange,
    (who, role): (&str, Role),
    minute: i64,
    go: Option<&str>,
) {
    let mark = StepMark {
        change,
        who: who.to_owned(),
        role,
        at: moment(minute),
        text: String::new(),
        go: go.map(str::to_owned),
        evidence: Vec::new(),
    };
    let status = StepStatus::after(statuses.get(step), mark);
    statuses.insert(step.to_owned(), status);
}

#[test]
fn done_is_not_effective_until_the_metric_moves_or_someone_says_so() {
    let playbook = small();
    let mut statuses = Statuses::new();
    let state =
        |statuses: &Statuses, metric: Option<bool>| stand(&playbook, statuses, &|_| metric, 20, Some(0))[1].state;
    assert_eq!(state(&statuses, Some(true)), StepState::Open);
    record(&mut statuses, "b", StepChange::Started, "ana", 4);
    assert_eq!(state(&statuses, Some(true)), StepState::Started);
    record(&mut statuses, "b", StepChange::Done, "ana", 6);
    assert_eq!(state(&statuses, Some(false)), StepState::NotYetEffective);
    assert_eq!(state(&statuses, None), StepState::NotYetEffective);
    assert_eq!(state(&statuses, Some(true)), StepState::Effective);
    record(&mut statuses, "b", StepChange::Effect, "ana", 8);
    assert_eq!(state(&statuses, Some(false)), StepState::Effective);
    record(&mut statuses, "b", StepChange::Undone, "ana", 9);
    assert_eq!(state(&statuses, Some(true)), StepState::Open);
}

#[test]
fn a_step_for_two_wants_two_different_people_but_locks_nothing() {
    let playbook = small();
    let mut statuses = Statuses::new();
    let missing = |statuses: &Statuses| {
        let views = stand(&playbook, statuses, &|_| Some(true), 10, None);
        (views[1].state, views[1].missing_signatures)
    };
    record(&mut statuses, "b", StepChange::Done, "ana", 1);
    assert_eq!(missing(&statuses), (StepState::Effective, 1));
    record(&mut statuses, "b", StepChange::Done, "ana", 2);
    assert_eq!(missing(&statuses), (StepState::Effective, 1));
    // Two people in one role have looked at it with the same eyes.
    record(&mut statuses, "b", StepChange::Done, "bob", 3);
    assert_eq!(missing(&statuses), (StepState::Effective, 1));
    record_as(&mut statuses, "b", StepChange::Signed, (" Ana ", Role::Liaison), 4, None);
    assert_eq!(missing(&statuses), (StepState::Effective, 0));
}

#[test]
fn limits_turn_from_soft_to_hard_and_stop_when_the_step_is_done() {
    let playbook = small();
    let mut statuses = Statuses::new();
    let at = |statuses: &Statuses, minute| {
        let views = stand(&playbook, statuses, &|_| None, minute, Some(0));
        (views[0].late, views[0].due)
    };
    assert_eq!(at(&statuses, 5), (Late::No, Some(moment(10))));
    assert_eq!(at(&statuses, 10), (Late::No, Some(moment(10))));
    assert_eq!(at(&statuses, 12), (Late::Soft, Some(moment(20))));
    assert_eq!(at(&statuses, 25), (Late::Hard, Some(moment(20))));
    record(&mut statuses, "a", StepChange::Done, "ana", 15);
    assert_eq!(at(&statuses, 120).0, Late::Soft);
    record(&mut statuses, "a", StepChange::NotApplicable, "ana", 16);
    assert_eq!(at(&statuses, 120).0, Late::No);
}

#[test]
fn without_awareness_nothing_is_late() {
    let views = stand(&small(), &Statuses::new(), &|_| None, 600, None)
        .into_iter()
        .map(|view| (view.late, view.due))
        .collect::<Vec<_>>();
    assert_eq!(views, vec![(Late::No, None); 3]);
}

#[test]
fn limits_of_a_section_count_from_its_start() {
    let playbook = small();
    let mut statuses = Statuses::new();
    let due = |statuses: &Statuses| stand(&playbook, statuses, &|_| None, 30, Some(0))[2].due;
    // While the first section is open the second one has not begun.
    assert_eq!(due(&statuses), None);
    record(&mut statuses, "a", StepChange::Done, "ana", 3);
    record(&mut statuses, "b", StepChange::Skipped, "ana", 7);
    assert_eq!(due(&statuses), Some(moment(12)));
    record(&mut statuses, "c", StepChange::Started, "ana", 9);
    assert_eq!(due(&statuses), Some(moment(14)));
}

#[test]
fn the_tally_counts_and_points_at_the_step_to_look_at() {
    let playbook = small();
    let mut statuses = Statuses::new();
    record(&mut statuses, "b", StepChange::Done, "ana", 3);
    let views = stand(&playbook, &statuses, &|_| Some(false), 25, Some(0));
    let counted = tally(&views);
    assert_eq!(
        counted,
        Tally {
            steps: 3,
            done: 1,
            effective: 0,
            not_yet_effective: 1,
            skipped: 0,
            late: 1,
            missing_signatures: 1,
            owed: 1,
            last: Some(1),
            current: Some(0)
        }
    );
    assert_eq!(counted.sentence(&crate::lang::Lang::new(crate::lang::LangId::Fr)), "1 sur 3, dont 0 effective");
}

#[test]
fn the_user_s_own_file_overrides_and_a_bad_one_harms_nothing() {
    let own = FILES[0].1.replace("version = \"1.0.0\"", "version = \"2.0.0\"");
    let library = Library::new([
        ("call-server-failure.toml".to_owned(), own),
        ("small.toml".to_owned(), SMALL.to_owned()),
        ("end-of-crisis.toml".to_owned(), "id = \n".to_owned()),
    ]);
    assert_eq!(library.iter().count(), FILES.len() + 1);
    assert_eq!(library.get("call-server-failure").unwrap().version, "2.0.0");
    assert!(library.is_own("call-server-failure") && !library.is_own("end-of-crisis"));
    assert_eq!(library.get("end-of-crisis").unwrap().version, "1.0.0");
    assert_eq!(library.errors().len(), 1);
}

#[test]
fn triggers_suggest_when_they_hold_and_not_without_data() {
    let library = Library::new([]);
    assert!(library.suggestions(&|_| None).is_empty());
    assert!(library.suggestions(&|_| Some(false)).is_empty());
    let held = library.suggestions(&|metric| Some(metric == "ner(all) < 0.90 for 10m"));
    assert_eq!(held.iter().map(|s| s.playbook.id.as_str()).collect::<Vec<_>>(), ["substitute-numbers"]);
}

#[test]
fn the_lint_finds_what_makes_a_playbook_dangerous() {
    let text = SMALL
        .replace("text = { fr = \"A\", en = \"A\" }", "text = { fr = \"A\" }\nrisky = true")
        .replace("text = { fr = \"B\", en = \"B\" }", "text = { fr = \"B\", en = \"B\" }\nlevers = [\"restart\"]")
        .replace("soft = \"5 min\"", "hard = \"1 h\"\nclock = \"fr-crisis-cell\"");
    let playbook = parse("small.toml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let rules: Vec<&str> = lint(&playbook, &context()).iter().map(|lint| lint.rule).collect();
    assert_eq!(
        rules,
        [
            "no-validity",
            "no-trigger",
            "never-exercised",
            "missing-translation",
            "risk-without-warning",
            "risk-without-back-out",
            "hidden-risk",
            "limit-past-clock",
        ]
    );
}

#[test]
fn a_step_that_every_path_goes_round_is_found() {
    let text = SMALL
        .replace("role = \"director\"", "role = \"director\"\n[[section.step.branch]]\ngo = \"c\"")
        .replace("soft = \"10 min\"\nhard = \"20 min\"\n", "");
    let playbook = parse("small.toml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let found: Vec<Lint> =
        lint(&playbook, &Context::default()).into_iter().filter(|lint| lint.level == Level::Error).collect();
    assert_eq!(found.len(), 1);
    let said = |id| found[0].words(&crate::lang::Lang::new(id));
    assert_eq!(
        said(crate::lang::LangId::En),
        "small.toml:16: error: step \"b\" cannot be reached: every path goes round it [unreachable]"
    );
    assert_eq!(
        said(crate::lang::LangId::Fr),
        "small.toml:16: erreur: l’étape « b » n’est jamais atteinte : tous les chemins la contournent [unreachable]"
    );
}

#[test]
fn a_running_playbook_stays_as_it_was_when_the_incident_was_opened() {
    let before = small();
    let newer = SMALL.replace("version = \"1\"", "version = \"2\"");
    let mut library = Library::new([("small.toml".to_owned(), newer.clone())]);
    library.pin([("small.toml".to_owned(), SMALL.to_owned(), before.sha256.clone())]);
    assert_eq!(library.get("small").unwrap().version, "1");
    assert!(library.is_renewed("small"));
    // A copy that is not what the incident names is not believed.
    let mut library = Library::new([("small.toml".to_owned(), newer)]);
    library.pin([("small.toml".to_owned(), SMALL.replace("20 min", "90 min"), before.sha256.clone())]);
    assert_eq!(library.get("small").unwrap().version, "2");
    // Nothing changed: nothing is said.
    let mut library = Library::new([("small.toml".to_owned(), SMALL.to_owned())]);
    library.pin([("small.toml".to_owned(), SMALL.to_owned(), before.sha256)]);
    assert!(!library.is_renewed("small"));
}

mod engine;
mod laws;
