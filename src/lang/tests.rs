use chrono::TimeZone;
use chrono_tz::Europe::Paris;
use proptest::prelude::*;

use super::*;

fn evening() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2021, 6, 2, 15, 57, 30).unwrap()
}

#[test]
fn times_and_dates_are_written_as_people_read_them() {
    let (fr, en) = (Lang::new(LangId::Fr), Lang::new(LangId::En));
    assert_eq!(fr.time(evening(), Paris), "17:57:30");
    assert_eq!(en.hm(evening(), Paris), "17:57");
    assert_eq!(fr.date(evening(), Paris), "mer. 2 juin");
    assert_eq!(en.date(evening(), Paris), "Wed 2 Jun");
    assert_eq!(fr.date_year(evening(), Paris), "mer. 2 juin 2021");
    // An hour later it is the next day in La Réunion.
    let reunion = chrono_tz::Indian::Reunion;
    assert_eq!(fr.date(evening() + TimeDelta::hours(5), reunion), "jeu. 3 juin");
}

#[test]
fn every_day_and_month_has_its_name() {
    for id in [LangId::Fr, LangId::En] {
        let lang = Lang::new(id);
        let dates: std::collections::BTreeSet<String> =
            (0..365).map(|day| lang.date(evening() + TimeDelta::days(day), Tz::UTC)).collect();
        assert_eq!(dates.len(), 365);
    }
}

#[test]
fn durations_have_hours_only_when_they_last_one() {
    let lang = Lang::new(LangId::Fr);
    assert_eq!(lang.duration(TimeDelta::seconds(750)), "12:30");
    assert_eq!(lang.duration(TimeDelta::seconds(5)), "00:05");
    assert_eq!(lang.duration(TimeDelta::seconds(3_750)), "1:02:30");
    assert_eq!(lang.duration(TimeDelta::seconds(-750)), "−12:30");
    assert_eq!(lang.duration(TimeDelta::hours(72)), "72:00:00");
    assert_eq!(lang.duration(TimeDelta::milliseconds(-400)), "00:00");
}

#[test]
fn long_spans_are_days_and_hours() {
    let (fr, en) = (Lang::new(LangId::Fr), Lang::new(LangId::En));
    assert_eq!(fr.span(TimeDelta::minutes(2_879)), "47:59:00");
    assert_eq!(fr.span(TimeDelta::hours(792)), "33 j 0 h");
    assert_eq!(en.span(TimeDelta::minutes(3 * 1_440 - 1)), "2 d 23 h");
    assert_eq!(en.span(TimeDelta::hours(-50)), "−2 d 2 h");
}

#[test]
fn figures_follow_the_language() {
    let (fr, en) = (Lang::new(LangId::Fr), Lang::new(LangId::En));
    assert_eq!(fr.number(11_800), "11 800");
    assert_eq!(en.number(1_234_567), "1,234,567");
    assert_eq!(fr.number(999), "999");
    assert_eq!(fr.percent(0.82, 0), "82 %");
    assert_eq!(en.percent(0.825, 1), "82.5%");
    assert_eq!(fr.percent(0.825, 1), "82,5 %");
    assert_eq!(fr.signed_percent(-0.11, 0), "−11 %");
    assert_eq!(en.signed_percent(0.09, 0), "+9%");
    assert_eq!(fr.signed_percent(-0.001, 0), "0 %");
    assert_eq!(fr.percent(f64::NAN, 0), "– %");
}

#[test]
fn the_flag_goes_before_the_configuration() {
    assert_eq!(detect(Some("en"), Some("fr")), LangId::En);
    assert_eq!(detect(None, Some("fr_FR.UTF-8")), LangId::Fr);
    assert_eq!(detect(Some("klingon"), Some("fr")), LangId::Fr);
    assert!("de".parse::<LangId>().is_err());
}

#[test]
fn a_message_that_does_not_exist_shows_its_id() {
    assert_eq!(Lang::new(LangId::Fr).t("no-such-message"), "no-such-message");
}

#[test]
fn a_missing_translation_falls_back_on_the_other_language() {
    let text = Text { fr: "fiche".to_owned(), en: String::new() };
    assert_eq!(Lang::new(LangId::En).of(&text), "fiche");
}

#[test]
fn messages_choose_plurals_and_write_figures_as_the_language_does() {
    let (fr, en) = (Lang::new(LangId::Fr), Lang::new(LangId::En));
    let tally = |done: f64, of: f64, effective: f64| {
        [("done", Arg::Num(done)), ("of", Arg::Num(of)), ("effective", Arg::Num(effective))]
    };
    assert_eq!(fr.ta("playbook-tally", &tally(2.0, 14.0, 1.0)), "2 sur 14, dont 1 effective");
    assert_eq!(fr.ta("playbook-tally", &tally(3.0, 14.0, 2.0)), "3 sur 14, dont 2 effectives");
    // Zero is singular in French.
    assert_eq!(fr.ta("playbook-tally", &tally(3.0, 14.0, 0.0)), "3 sur 14, dont 0 effective");
    assert_eq!(fr.ta("playbook-tally", &tally(0.0, 14.0, 0.0)), "0 sur 14");
    assert_eq!(en.ta("playbook-tally", &tally(2.0, 11_800.0, 1.0)), "2 of 11,800, 1 effective");
}

proptest! {
    #[test]
    fn figures_keep_their_digits(n in any::<u64>()) {
        for id in [LangId::Fr, LangId::En] {
            let digits: String = Lang::new(id).number(n).chars().filter(char::is_ascii_digit).collect();
            prop_assert_eq!(digits, n.to_string());
        }
    }

    #[test]
    fn durations_read_back(seconds in 0_i64..10_000_000) {
        let text = Lang::new(LangId::En).duration(TimeDelta::seconds(seconds));
        let back = text.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap());
        prop_assert_eq!(back, seconds);
    }
}
