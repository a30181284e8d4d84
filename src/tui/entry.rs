//! Reads the time of a fact from the start of a typed line: `17:42 text`, `17h42 text`, `~17:40 text`,
//! `<17:40 text` (at this time or before), `-6m text`, `-1h30 text`.
//!
//! What is not clearly a time stays text: a log keeper's words are never eaten.

use chrono::{
    DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;

use crate::incident::event::{EventTime, Precision};
use crate::lang::{Arg, Lang};
use crate::session::Session;

/// A time of day this far ahead of now is meant as today (and refused as lying ahead); beyond, yesterday is meant.
const AHEAD: TimeDelta = TimeDelta::minutes(30);

/// A typed line, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed<'a> {
    /// The time of the fact, if one was typed.
    pub time: Option<EventTime>,
    /// The rest.
    pub text: &'a str,
}

/// Takes a line apart. `now` is incident time, `tz` the incident's zone.
pub fn parse(line: &str, now: DateTime<Utc>, tz: Tz) -> Parsed<'_> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    match time_word(word, now, tz) {
        Some(time) => Parsed { time: Some(time), text: rest.trim_start() },
        None => Parsed { time: None, text: line },
    }
}

/// Reads a moment typed alone, as in the form of a jump: `17:42`, `-6m`, `+10m`, `+3d`, `02/06 17:20`,
/// `2021-06-02 17:20`. A day without an hour is its beginning; a day without a year is the nearest one.
pub fn moment(word: &str, now: DateTime<Utc>, tz: Tz) -> Option<DateTime<Utc>> {
    let word = word.trim();
    if let Some(ahead) = word.strip_prefix('+') {
        return now.checked_add_signed(far(ahead)?);
    }
    if let Some(back) = word.strip_prefix('-') {
        return now.checked_sub_signed(far(back)?);
    }
    let today = now.with_timezone(&tz).naive_local().date();
    if let Some(time) = of_day(word) {
        return resolve(today.and_time(time), now, tz);
    }
    let (day, time) = match word.split_once([' ', 'T', '\u{a0}']) {
        Some((day, time)) => (day, of_day(time.trim())?),
        None => (word, NaiveTime::MIN),
    };
    resolve(date(day, today)?.and_time(time), now, tz)
}

/// The incident time that somebody means who wants to go there: a moment ([`moment`]), in a replay also the number of an
/// entry (`#120`) or the name of a bookmark.
///
/// # Errors
/// A sentence that says what was not understood.
pub fn place(words: &str, session: &Session, lang: &Lang) -> Result<DateTime<Utc>, String> {
    let words = words.trim();
    if let Some(at) = moment(words, session.now_incident(), session.zone()) {
        return Ok(at);
    }
    let number = words.strip_prefix('#').map(str::trim).filter(|rest| !rest.is_empty());
    if let Some(Ok(number)) = number.map(str::parse::<usize>) {
        let Some(of) = session.recorded_entries() else { return Err(lang.t("jump-not-played")) };
        let args = [("number", Arg::from(number)), ("of", Arg::from(of))];
        return session.instant_of_entry(number).ok_or_else(|| lang.ta("jump-no-entry", &args));
    }
    match session.bookmark_named(words, lang) {
        Some(bookmark) => Ok(bookmark.at),
        None => Err(lang.ta("status-no-time", &[("what", Arg::Str(words))])),
    }
}

/// `2021-06-02`, `02/06/2021`, or `02/06`: day and month of the year that lies nearest to `today`.
fn date(word: &str, today: NaiveDate) -> Option<NaiveDate> {
    if let Some((year, rest)) = word.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        return NaiveDate::from_ymd_opt(number(year, 4)?.try_into().ok()?, number(month, 1)?, number(day, 1)?);
    }
    let (day, rest) = word.split_once('/')?;
    let day = number(day, 1)?;
    if let Some((month, year)) = rest.split_once('/') {
        return NaiveDate::from_ymd_opt(number(year, 4)?.try_into().ok()?, number(month, 1)?, day);
    }
    let month = number(rest, 1)?;
    let of = |year: i32| NaiveDate::from_ymd_opt(year, month, day);
    let near = [today.year(), today.year() - 1, today.year() + 1].into_iter().filter_map(of);
    near.min_by_key(|date| (*date - today).num_days().abs())
}

fn time_word(word: &str, now: DateTime<Utc>, tz: Tz) -> Option<EventTime> {
    let (precision, word) = if let Some(rest) = word.strip_prefix('~') {
        (Precision::About, rest)
    } else if let Some(rest) = word.strip_prefix('<') {
        (Precision::Before, rest)
    } else {
        (Precision::Exact, word)
    };
    let at = if let Some(back) = word.strip_prefix('-') {
        let at = now.checked_sub_signed(span(back)?)?;
        at.with_nanosecond(0)?
    } else {
        let time = of_day(word)?;
        let today = now.with_timezone(&tz).naive_local().date();
        let here = resolve(today.and_time(time), now, tz)?;
        if here - now > AHEAD { resolve(today.checked_sub_days(Days::new(1))?.and_time(time), now, tz)? } else { here }
    };
    Some(EventTime { at: at.with_timezone(&tz).fixed_offset(), precision, reason: None, page: None })
}

/// `17:42`, `17:42:05`, `17h42`.
fn of_day(word: &str) -> Option<NaiveTime> {
    let (hour, rest) = word.split_once(['h', 'H', ':'])?;
    let (minute, second) = rest.split_once(':').unwrap_or((rest, "00"));
    NaiveTime::from_hms_opt(number(hour, 1)?, number(minute, 2)?, number(second, 2)?)
}

/// As [`span`], and days: `3d`, `3j`, `2d4h`; at most a year.
fn far(word: &str) -> Option<TimeDelta> {
    let (days, rest) = match word.split_once(['d', 'j', 'D', 'J']) {
        Some((days, rest)) => (i64::from(number(days, 1)?), rest),
        None => (0, word),
    };
    let rest = if rest.is_empty() && days > 0 { TimeDelta::zero() } else { span(rest)? };
    (days <= 366).then(|| TimeDelta::days(days) + rest)
}

/// `6m`, `6min`, `1h`, `1h30`, `90s`.
fn span(word: &str) -> Option<TimeDelta> {
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, unit) = word.split_at_checked(digits)?;
    let count = i64::from(number(count, 1)?);
    let seconds = match unit {
        "s" => count,
        "m" | "min" | "mn" => count * 60,
        "h" => count * 3_600,
        _ => count * 3_600 + i64::from(number(unit.strip_prefix('h')?.trim_end_matches('m'), 2)?) * 60,
    };
    (seconds <= 48 * 3_600).then(|| TimeDelta::seconds(seconds))
}

fn number(digits: &str, least: usize) -> Option<u32> {
    let plain = digits.len() >= least && digits.len() <= least.max(3) && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// A local time in the zone. The hour that comes twice in autumn: the later one that is not ahead;
/// the hour that does not exist in spring: as if the clocks had not been changed yet.
fn resolve(local: NaiveDateTime, now: DateTime<Utc>, tz: Tz) -> Option<DateTime<Utc>> {
    match tz.from_local_datetime(&local) {
        LocalResult::Single(at) => Some(at.to_utc()),
        LocalResult::Ambiguous(first, second) => Some(if second <= now { second } else { first }.to_utc()),
        LocalResult::None => {
            let before = tz.from_local_datetime(&local.checked_sub_signed(TimeDelta::hours(3))?).earliest()?;
            Some(before.to_utc() + TimeDelta::hours(3))
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Europe::Paris;
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn read(line: &str, now: &str) -> (Option<(String, Precision)>, String) {
        let parsed = parse(line, utc(now), Paris);
        (parsed.time.map(|time| (time.at.format("%d %H:%M:%S %z").to_string(), time.precision)), parsed.text.to_owned())
    }

    #[test]
    fn reads_the_forms_of_the_manual() {
        let now = "2021-06-02T15:57:30Z";
        let cases = [
            ("17:42 chute", "02 17:42:00 +0200", Precision::Exact),
            ("17h42 chute", "02 17:42:00 +0200", Precision::Exact),
            ("9:05 chute", "02 09:05:00 +0200", Precision::Exact),
            ("~17:40 chute", "02 17:40:00 +0200", Precision::About),
            ("<17:40  chute", "02 17:40:00 +0200", Precision::Before),
            ("-6m chute", "02 17:51:30 +0200", Precision::Exact),
            ("~-6min chute", "02 17:51:30 +0200", Precision::About),
            ("-1h30 chute", "02 16:27:30 +0200", Precision::Exact),
            ("23:50 chute", "01 23:50:00 +0200", Precision::Exact),
            ("18:10 chute", "02 18:10:00 +0200", Precision::Exact),
        ];
        for (line, at, precision) in cases {
            assert_eq!(read(line, now), (Some((at.to_owned(), precision)), "chute".to_owned()), "{line}");
        }
    }

    #[test]
    fn leaves_words_alone() {
        let now = "2021-06-02T15:57:30Z";
        for line in
            ["15 appels", "112 muet", "17:4 non", "25:00 non", "9h de retard", "-x", "~ environ", "6m", "1:2:3", "-"]
        {
            assert_eq!(read(line, now), (None, line.to_owned()), "{line}");
        }
    }

    #[test]
    fn knows_the_nights_on_which_clocks_change() {
        // 31 October 2021, 02:30 comes twice: at 02:40 winter time the second is meant, before it the first.
        assert_eq!(read("02:30 x", "2021-10-31T01:40:00Z").0.unwrap().0, "31 02:30:00 +0100");
        assert_eq!(read("02:30 x", "2021-10-31T00:40:00Z").0.unwrap().0, "31 02:30:00 +0200");
        // 28 March 2021, 02:30 does not exist.
        assert_eq!(read("02:30 x", "2021-03-28T02:00:00Z").0.unwrap().0, "28 03:30:00 +0200");
    }

    #[test]
    fn moments_go_both_ways() {
        let now = utc("2021-06-02T15:57:30Z");
        assert_eq!(moment("+10m", now, Paris), Some(utc("2021-06-02T16:07:30Z")));
        assert_eq!(moment("19:00", now, Paris), Some(utc("2021-06-02T17:00:00Z")));
        assert_eq!(moment("demain", now, Paris), None);
    }

    #[test]
    fn moments_have_days() {
        let now = utc("2021-06-02T15:57:30Z");
        let cases = [
            ("+3d", "2021-06-05T15:57:30Z"),
            ("+3j", "2021-06-05T15:57:30Z"),
            ("-1d2h30", "2021-06-01T13:27:30Z"),
            ("02/06 17:20", "2021-06-02T15:20:00Z"),
            ("2/6 17h20", "2021-06-02T15:20:00Z"),
            ("31/12 23:00", "2020-12-31T22:00:00Z"),
            ("02/06/2022 17:20", "2022-06-02T15:20:00Z"),
            ("2021-06-02 17:20", "2021-06-02T15:20:00Z"),
            ("2021-06-02T17:20:05", "2021-06-02T15:20:05Z"),
            ("2021-06-03", "2021-06-02T22:00:00Z"),
            ("03/06", "2021-06-02T22:00:00Z"),
        ];
        for (typed, at) in cases {
            assert_eq!(moment(typed, now, Paris), Some(utc(at)), "{typed}");
        }
        // One year at most, no day that does not exist, no time of day that does not exist, no sign twice.
        for typed in
            ["+400d", "30/02 17:20", "2021-13-01", "02/06 25:00", "02/06 x", "+d", "--3d", "+3d-", "2/6/21", "/6"]
        {
            assert_eq!(moment(typed, now, Paris), None, "{typed}");
        }
        // The day on which the clocks are put forward: 02:30 does not exist.
        assert_eq!(moment("28/03/2021 02:30", now, Paris), Some(utc("2021-03-28T01:30:00Z")));
    }

    proptest! {
        #[test]
        fn never_panics_and_never_loses_words(line in "[~<-]{0,2}[0-9]{0,3}[:hm]{0,1}[0-9]{0,3}.{0,12}", s in 0i64..4_000_000_000) {
            let now = DateTime::from_timestamp(s, 0).unwrap();
            let parsed = parse(&line, now, Paris);
            prop_assert!(line.ends_with(parsed.text) || line.trim().ends_with(parsed.text));
            if parsed.time.is_none() {
                prop_assert_eq!(parsed.text, line.trim());
            }
        }

        #[test]
        fn a_moment_is_read_or_not_but_never_panics(word in "[+-]{0,1}[0-9/dhjmT: -]{0,18}", s in -9_000_000_000i64..90_000_000_000) {
            let _ = moment(&word, DateTime::from_timestamp(s, 0).unwrap(), Paris);
        }

        #[test]
        fn a_time_of_day_is_at_most_a_day_old(h in 0u32..24, m in 0u32..60, s in 0i64..4_000_000_000) {
            let now = DateTime::from_timestamp(s, 0).unwrap();
            let line = format!("{h:02}:{m:02} x");
            let at = parse(&line, now, Paris).time.unwrap().at.to_utc();
            prop_assert!(at - now <= AHEAD && now - at <= TimeDelta::hours(25), "{} at {}", at, now);
        }
    }
}
