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
            ("nis2-72h".to_owned(), Some(72 * 3_600)),
        ],
        today: NaiveDate::from_ymd_opt(2026, 11, 23),
    }
}

#[test]
fn every_shipped_playbook_is_read_and_has_ten_to_fourteen_steps() {
    for (name, text) in FILES {
        let playbook = parse(name, text).unwrap_or_else(|errors| panic!("{errors}"));
        let steps = playbook.steps().count();
        assert!((10..=14).contains(&steps), "{name} has {steps} steps");
    }
    assert_eq!(shipped().len(), FILES.len());
}

#[test]
fn the_lint_finds_only_notes_in_the_shipped_playbooks() {
    for playbook in shipped() {
        let found: Vec<String> =
            lint(playbook, &context()).into_iter().filter(|l| l.level > Level::Note).map(|l| l.to_string()).collect();
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
