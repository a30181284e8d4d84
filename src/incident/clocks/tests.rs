use super::*;

const FR: &str = include_str!("../../../assets/clocks/fr.toml");

fn t(s: &str) -> DateTime<Utc> {
    s.parse().unwrap()
}

/// When a shipped clock is due, in the zone's own time.
fn due(id: &str, zone: Tz, awareness: &str, stopped: Option<(&str, &str)>) -> String {
    let none = |_: &str| None;
    let stopped = |id: &str| stopped.filter(|(known, _)| *known == id).map(|(_, at)| t(at));
    let said = Said { zone, awareness: Some(t(awareness)), started: &none, stopped: &stopped };
    let clock = shipped().iter().find(|clock| clock.id == id).unwrap();
    clock.due(shipped(), &said).map_or("-".to_owned(), |at| at.with_timezone(&zone).to_rfc3339())
}

#[test]
fn shipped_files_parse_and_name_their_basis() {
    let ids: Vec<&str> = shipped().iter().map(|clock| clock.id.as_str()).collect();
    assert_eq!(ids[..5], ["fr-d98-5", "fr-crisis-cell", "nis2-24h", "nis2-72h", "nis2-1month"]);
    let files = ["fr", "eu", "us", "uk", "au"];
    let rows: usize = files
        .iter()
        .map(|file| {
            let text = std::fs::read_to_string(format!("{}/assets/clocks/{file}.toml", env!("CARGO_MANIFEST_DIR")));
            text.unwrap().matches("[[clock]]").count()
        })
        .sum();
    assert_eq!(shipped().len(), rows, "a file with a mistake would be left out");
    for clock in shipped() {
        let texts = [&clock.label, &clock.authority, &clock.trigger, &clock.content, &clock.channel];
        assert!(texts.iter().all(|text| !text.fr.is_empty() && !text.en.is_empty()), "{}", clock.id);
        assert!(!clock.basis.is_empty() && !clock.sources.is_empty(), "{}", clock.id);
        // Awareness starts the clocks of the incident's own regimes and no others.
        let ours = clock.id.starts_with("fr-") || clock.id.starts_with("nis2-");
        assert_eq!(clock.from_awareness(shipped()), ours, "{}", clock.id);
    }
}

#[test]
fn dues_count_from_awareness_and_from_the_clock_before() {
    let paris = Tz::Europe__Paris;
    let at = "2021-06-02T15:45:00Z";
    assert_eq!(due("fr-d98-5", paris, at, None), "2021-06-02T17:45:00+02:00");
    assert_eq!(due("fr-crisis-cell", paris, at, None), "2021-06-02T18:15:00+02:00");
    assert_eq!(due("nis2-72h", paris, at, None), "2021-06-05T17:45:00+02:00");
    assert_eq!(due("nis2-1month", paris, at, None), "2021-07-05T17:45:00+02:00");
    let sent = Some(("nis2-72h", "2021-06-03T08:00:00Z"));
    assert_eq!(due("nis2-1month", paris, at, sent), "2021-07-03T10:00:00+02:00");
    assert_eq!(due("fcc-nors-120min", paris, at, None), "-", "nobody has started it");
}

/// 28 March and 31 October 2027 are the Sundays on which Paris changes the hour; La Réunion and Guyane never do.
#[test]
fn hours_are_hours_and_months_are_months_across_a_change_of_the_hour() {
    let (paris, reunion, guyane) = (Tz::Europe__Paris, Tz::Indian__Reunion, Tz::America__Cayenne);
    // Saturday evening before the hour is put forward.
    let spring = "2027-03-27T19:00:00Z";
    for (zone, at_once, day, three) in [
        (paris, "2027-03-27T20:00:00+01:00", "2027-03-28T21:00:00+02:00", "2027-03-30T21:00:00+02:00"),
        (reunion, "2027-03-27T23:00:00+04:00", "2027-03-28T23:00:00+04:00", "2027-03-30T23:00:00+04:00"),
        (guyane, "2027-03-27T16:00:00-03:00", "2027-03-28T16:00:00-03:00", "2027-03-30T16:00:00-03:00"),
    ] {
        assert_eq!(due("fr-d98-5", zone, spring, None), at_once);
        assert_eq!(due("nis2-24h", zone, spring, None), day, "24 hours are 24 hours");
        assert_eq!(due("nis2-72h", zone, spring, None), three);
    }
    // Thirty minutes over the change itself: 01:45 and half an hour is 03:15.
    assert_eq!(due("fr-crisis-cell", paris, "2027-03-28T00:45:00Z", None), "2027-03-28T03:15:00+02:00");
    // In autumn, 02:45 of summer and half an hour is 02:15 of winter.
    assert_eq!(due("fr-crisis-cell", paris, "2027-10-31T00:45:00Z", None), "2027-10-31T02:15:00+01:00");
    let autumn = "2027-10-30T18:00:00Z";
    for (zone, day, three) in [
        (paris, "2027-10-31T19:00:00+01:00", "2027-11-02T19:00:00+01:00"),
        (reunion, "2027-10-31T22:00:00+04:00", "2027-11-02T22:00:00+04:00"),
        (guyane, "2027-10-31T15:00:00-03:00", "2027-11-02T15:00:00-03:00"),
    ] {
        assert_eq!(due("nis2-24h", zone, autumn, None), day);
        assert_eq!(due("nis2-72h", zone, autumn, None), three);
    }
}

#[test]
fn a_month_is_counted_in_the_calendar_of_the_zone() {
    let (paris, reunion, guyane) = (Tz::Europe__Paris, Tz::Indian__Reunion, Tz::America__Cayenne);
    let month = |zone, notified: &'static str| due("nis2-1month", zone, notified, Some(("nis2-72h", notified)));
    // The same time of day on the other side of the change.
    assert_eq!(month(paris, "2027-03-10T09:00:00Z"), "2027-04-10T10:00:00+02:00");
    assert_eq!(month(paris, "2027-10-10T08:00:00Z"), "2027-11-10T10:00:00+01:00");
    // Half past midnight of 1 October in Paris is still 30 September in UTC.
    assert_eq!(month(paris, "2027-09-30T22:30:00Z"), "2027-11-01T00:30:00+01:00");
    // 02:30 of 28 March does not exist: when the hour is put forward.
    assert_eq!(month(paris, "2027-02-28T01:30:00Z"), "2027-03-28T03:00:00+02:00");
    // 02:30 of 31 October comes twice: the first.
    assert_eq!(month(paris, "2027-09-30T00:30:00Z"), "2027-10-30T02:30:00+02:00");
    assert_eq!(month(paris, "2027-08-31T00:30:30Z"), "2027-09-30T02:30:30+02:00", "the last day of a shorter month");
    assert_eq!(month(reunion, "2027-02-28T01:30:00Z"), "2027-03-28T05:30:00+04:00");
    assert_eq!(month(guyane, "2027-10-01T02:30:00Z"), "2027-10-30T23:30:00-03:00");
}

#[test]
fn a_start_by_hand_counts_in_calendar_days() {
    let started = |id: &str| (id == "fcc-nors-3d").then(|| t("2027-03-26T01:30:00Z"));
    let none = |_: &str| None;
    for (zone, expected) in [(Tz::Europe__Paris, "2027-03-29T00:30:00+00:00"), (Tz::UTC, "2027-03-29T01:30:00+00:00")] {
        let said = Said { zone, awareness: None, started: &started, stopped: &none };
        let clock = shipped().iter().find(|clock| clock.id == "fcc-nors-3d").unwrap();
        assert_eq!(clock.due(shipped(), &said).unwrap().to_rfc3339(), expected);
        assert!(shipped()[0].due(shipped(), &said).is_none(), "without awareness nothing else runs");
    }
}

#[test]
fn an_hour_that_comes_twice_is_the_first() {
    let local = t("2027-10-31T02:30:00Z").naive_utc();
    let at = on_calendar(Some(local), Tz::Europe__Paris, t("2000-01-01T00:00:00Z"));
    assert_eq!(at, t("2027-10-31T00:30:00Z"));
    let gap = t("2027-03-28T02:30:45Z").naive_utc();
    assert_eq!(on_calendar(Some(gap), Tz::Europe__Paris, t("2000-01-01T00:00:00Z")), t("2027-03-28T01:00:00Z"));
}

#[test]
fn errors_name_the_line_and_the_mend() {
    let bad = FR.replace("due = \"30 min\"", "due = \"soon\"").replace("id = \"fr-crisis-cell\"", "id = \"fr-d98-5\"");
    let errors = parse("clocks.toml", &bad, &[]).unwrap_err();
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2, "{shown:?}");
    let line = |needle: &str| bad.lines().position(|l| l.contains(needle)).unwrap() + 1;
    assert!(shown[1].starts_with(&format!("clocks.toml:{}: due = \"soon\": write", line("\"soon\""))), "{}", shown[1]);
    assert!(shown[0].contains("already used"), "{}", shown[0]);
    let syntax = parse("clocks.toml", "[[clock]]\nid = 3\n", &[]).unwrap_err();
    assert_eq!(syntax[0].line, 2, "{syntax:?}");
}

#[test]
fn own_clocks_join_those_that_come_with_the_program() {
    let own = FR.replace("fr-d98-5", "own-a").replace("fr-crisis-cell", "own-b");
    let files = [("own.toml".to_owned(), own), ("bad.toml".to_owned(), FR.to_owned())];
    let (all, wrong) = with_own(&files);
    assert_eq!(all.len(), shipped().len() + 2);
    assert!(wrong.len() == 2 && wrong.iter().all(|error| error.file == "bad.toml"), "{wrong:?}");
}
