use super::*;
use crate::incident::{EntryId, Origin, Role};

const EXAMPLE: &str = include_str!("../../assets/contacts/example.toml");

fn t(s: &str) -> DateTime<Utc> {
    s.parse().unwrap()
}

fn call(at: &str, reached: bool) -> ContactCall {
    let origin = Origin { entry: EntryId::new("a", 0), at: t(at), who: "x".to_owned(), role: Role::Liaison };
    ContactCall { origin, reached, text: String::new() }
}

#[test]
fn the_example_is_read_and_every_number_in_it_is_invented() {
    let directory = Directory::example();
    assert!(directory.is_example() && directory.contacts().len() >= 8);
    assert_eq!(directory.get("samu-substitute").unwrap().lines, Some(8));
    // Blocks that Arcep keeps for fiction.
    let fiction = ["01 99 00", "02 61 91", "03 53 01", "04 65 71", "05 36 49", "06 39 98"];
    for contact in directory.contacts() {
        for means in contact.means.iter().filter(|means| means.starts_with('0')) {
            assert!(fiction.iter().any(|block| means.starts_with(block)), "{means}");
        }
    }
}

#[test]
fn a_contact_is_stale_after_its_days_and_a_call_is_a_test() {
    let noc = Directory::example().get("noc").unwrap();
    let of = |now: &str, calls: &[ContactCall]| noc.freshness(t(now), t(now).date_naive(), calls);
    let tested = t("2026-11-02T00:00:00Z");
    assert_eq!(of("2027-01-31T23:00:00Z", &[]), Freshness::Fresh(tested));
    let later = "2027-02-01T12:00:00Z";
    assert_eq!(of(later, &[]), Freshness::Stale(tested));
    let reached = call("2027-01-30T10:00:00Z", true);
    assert_eq!(of(later, std::slice::from_ref(&reached)), Freshness::Fresh(reached.origin.at));
    let nobody = call("2027-01-30T11:00:00Z", false);
    assert_eq!(of(later, &[reached.clone(), nobody.clone()]), Freshness::Unreached(nobody.origin.at));
    // What is still to come does not count: a replay asks for an earlier instant.
    assert_eq!(of("2027-01-30T10:30:00Z", &[reached.clone(), nobody]), Freshness::Fresh(reached.origin.at));
    // In an exercise of 2021 the file is as old as it is today.
    let (then, today) = (t("2021-06-02T15:00:00Z"), t(later).date_naive());
    assert_eq!(noc.freshness(then, today, &[]), Freshness::Stale(tested));
    assert!(noc.freshness(then, today, &[call("2021-06-02T14:50:00Z", true)]).is_fresh());
    let never = Directory::example().get("prefecture").unwrap();
    assert_eq!(never.freshness(then, today, &[]), Freshness::Never);
}

#[test]
fn every_mistake_is_told_with_its_line_and_mend() {
    let bad = EXAMPLE
        .replace("id = \"director-on-call\"", "id = \"noc\"")
        .replace("means = [\"01 99 00 20 03\"]", "means = []")
        .replace("kind = \"backup\"", "kind = \"back-up\"")
        .replace("last_tested = 2026-09-01", "last_tested = \"lately\"")
        .replace("organisation = \"SDIS Exemple\"", "organization = \"SDIS Exemple\"");
    let problems = parse("own.toml", &bad).unwrap_err().0;
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let line = |needle: &str| bad.lines().position(|l| l.contains(needle)).unwrap() + 1;
    for needle in ["\"back-up\"", "\"lately\"", "organization"] {
        let place = format!("own.toml:{}:", line(needle));
        assert!(shown.iter().any(|s| s.starts_with(&place)), "{needle}: {shown:#?}");
    }
    for words in ["there twice", "no means to reach", "organisation"] {
        assert!(shown.iter().any(|s| s.contains(words)), "{words}: {shown:#?}");
    }
    assert!(problems.iter().all(|problem| problem.line > 0 && problem.mend.is_some()), "{shown:#?}");
}

#[test]
fn an_own_directory_replaces_the_example() {
    let own = |id: &str| {
        format!(
            "[[contact]]\nid = \"{id}\"\nrole = {{ fr = \"a\", en = \"b\" }}\norganisation = \"O\"\nmeans = [\"1\"]\nowner = \"x\"\n"
        )
    };
    let files =
        [("a.toml".to_owned(), own("un")), ("b.toml".to_owned(), own("un")), ("c.toml".to_owned(), own("deux"))];
    let (directory, wrong) = Directory::new(&files);
    assert!(!directory.is_example() && directory.get("noc").is_none());
    assert_eq!(directory.contacts().len(), 2);
    assert!(wrong.len() == 1 && wrong[0].file == "b.toml", "{wrong:?}");
    assert!(Directory::new(&[]).0.is_example());
}
