//! French and English: messages (Fluent), numbers, dates, durations.
//!
//! Messages live in `assets/i18n/{fr,en}/*.ftl`, one file per room; only the chosen language is parsed.
//! A message that does not exist shows its id, and `tests/i18n.rs` keeps both languages in step.
//!
//! Does not belong here: texts built by gluing pieces together.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::langid;

use crate::network::{Given, Said, Text};
use crate::text::document::{Problem, Problems};

macro_rules! ftl {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../assets/i18n/fr/", $name, ".ftl")),
            include_str!(concat!("../assets/i18n/en/", $name, ".ftl")),
        )
    };
}
/// The message files, by name and in both languages: add yours here.
const FILES: &[(&str, &str, &str)] = &[
    ftl!("contacts"),
    ftl!("debts"),
    ftl!("lint"),
    ftl!("playbook"),
    ftl!("report"),
    ftl!("store"),
    ftl!("tui-engine"),
    ftl!("session"),
    ftl!("cli"),
    ftl!("views"),
    ftl!("health"),
    ftl!("crisis"),
    ftl!("cap"),
    ftl!("sitrep"),
    ftl!("document"),
    ftl!("paper"),
    ftl!("forecast"),
    ftl!("cell"),
    ftl!("exercise"),
    ftl!("retex"),
    ftl!("replay"),
];

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LangId {
    /// French.
    Fr,
    /// English.
    #[default]
    En,
}

impl fmt::Display for LangId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fr => "fr",
            Self::En => "en",
        })
    }
}

/// Not a language of this program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a language of this program: write fr or en")]
pub struct UnknownLanguage(pub String);

impl FromStr for LangId {
    type Err = UnknownLanguage;

    /// Takes `fr`, `en` and locales that begin with them (`fr_FR.UTF-8`, `en-GB`).
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let language = s.split(['-', '_', '.', '@']).next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "fr" => Ok(Self::Fr),
            "en" => Ok(Self::En),
            _ => Err(UnknownLanguage(s.to_owned())),
        }
    }
}

/// The language to use: the flag, else the configuration, else the environment's locale, else English.
pub fn detect(flag: Option<&str>, config: Option<&str>) -> LangId {
    let stated = [flag, config].into_iter().flatten().find_map(|s| s.parse().ok());
    stated.or_else(|| sys_locale::get_locale().and_then(|s| s.parse().ok())).unwrap_or_default()
}

/// A value put into a message.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Arg<'a> {
    /// Text.
    Str(&'a str),
    /// A number: chooses plural forms, and is written with the language's separators.
    Num(f64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(s: &'a str) -> Self {
        Self::Str(s)
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(s: &'a String) -> Self {
        Self::Str(s)
    }
}

impl From<f64> for Arg<'_> {
    fn from(n: f64) -> Self {
        Self::Num(n)
    }
}

impl From<u32> for Arg<'_> {
    fn from(n: u32) -> Self {
        Self::Num(f64::from(n))
    }
}

impl From<usize> for Arg<'_> {
    fn from(n: usize) -> Self {
        Self::Num(n as f64)
    }
}

/// What the system said no with, as a sentence.
pub fn os(error: &std::io::Error) -> Said {
    use std::io::ErrorKind;
    Said::new(match error.kind() {
        ErrorKind::NotFound => "os-not-found",
        ErrorKind::PermissionDenied => "os-denied",
        ErrorKind::AlreadyExists => "os-exists",
        ErrorKind::NotADirectory => "os-no-folder",
        ErrorKind::IsADirectory => "os-folder",
        ErrorKind::DirectoryNotEmpty => "os-not-empty",
        ErrorKind::ReadOnlyFilesystem => "os-read-only",
        ErrorKind::StorageFull => "os-full",
        ErrorKind::QuotaExceeded => "os-quota",
        ErrorKind::FileTooLarge => "os-too-large",
        ErrorKind::InvalidFilename => "os-name",
        ErrorKind::InvalidData => "os-not-text",
        ErrorKind::UnexpectedEof => "os-cut",
        ErrorKind::ResourceBusy => "os-busy",
        ErrorKind::TooManyLinks => "os-links",
        ErrorKind::OutOfMemory => "os-memory",
        _ => match error.raw_os_error() {
            Some(number) => return Said::new("os-number").with("number", number.unsigned_abs() as usize),
            // What a library of ours said in its own words.
            None => return Said::from(error.to_string()),
        },
    })
}

/// What is wrong with a file.
pub fn at(path: &std::path::Path, error: &std::io::Error) -> Said {
    Said::new("os-at").with("path", path.display().to_string()).with("why", os(error))
}

/// A sentence in English, for those who ask in no language (`Display` of errors).
pub fn english(said: &Said) -> String {
    Lang::new(LangId::En).say(said)
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(&self.said()))
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(&self.said()))
    }
}

impl std::error::Error for Problems {}

/// One language, ready to speak.
pub struct Lang {
    id: LangId,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lang").field(&self.id).finish()
    }
}

impl Lang {
    /// Parses the messages of one language.
    pub fn new(id: LangId) -> Self {
        let locale = match id {
            LangId::Fr => langid!("fr"),
            LangId::En => langid!("en"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Isolation marks are characters of their own: they would break columns.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match id {
            LangId::Fr => |value, _| format_number(LangId::Fr, value),
            LangId::En => |value, _| format_number(LangId::En, value),
        }));
        for (_, source) in Self::sources(id) {
            // A file that does not parse gives what it can; `tests/i18n.rs` refuses it.
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            // The first definition of an id wins; the test refuses the second.
            let _ = bundle.add_resource(resource);
        }
        Self { id, bundle }
    }

    /// The message files of a language: name and text.
    pub fn sources(id: LangId) -> impl Iterator<Item = (&'static str, &'static str)> {
        FILES.iter().map(move |&(name, fr, en)| match id {
            LangId::Fr => (name, fr),
            LangId::En => (name, en),
        })
    }

    /// Which language this is.
    pub fn id(&self) -> LangId {
        self.id
    }

    /// Does a message exist?
    pub fn has(&self, id: &str) -> bool {
        self.bundle.has_message(id)
    }

    /// A message without variables; the id itself if it does not exist.
    pub fn t(&self, id: &str) -> String {
        self.ta(id, &[])
    }

    /// A message with variables; the id itself if it does not exist.
    pub fn ta(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let args: FluentArgs<'_> = args
            .iter()
            .map(|&(name, arg)| {
                let value = match arg {
                    Arg::Str(s) => FluentValue::String(Cow::Borrowed(s)),
                    Arg::Num(n) => FluentValue::from(n),
                };
                (name, value)
            })
            .collect();
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// A sentence that was kept to be said in the reader's language.
    pub fn say(&self, said: &Said) -> String {
        let parts: Vec<String> = said
            .with
            .iter()
            .map(|(_, given)| match given {
                Given::Text(text) => text.clone(),
                Given::Said(said) => self.say(said),
                Given::Count(_) => String::new(),
            })
            .collect();
        let args: Vec<(&str, Arg<'_>)> = said
            .with
            .iter()
            .zip(&parts)
            .map(|((name, given), text)| match given {
                Given::Count(count) => (*name, Arg::from(*count)),
                Given::Text(_) | Given::Said(_) => (*name, Arg::from(text)),
            })
            .collect();
        self.ta(said.id, &args)
    }

    /// A bilingual text in this language; the other one if this one is missing.
    pub fn of<'a>(&self, text: &'a Text) -> &'a str {
        let (mine, other) = match self.id {
            LangId::Fr => (&text.fr, &text.en),
            LangId::En => (&text.en, &text.fr),
        };
        if mine.is_empty() { other } else { mine }
    }

    /// `17:57:30`.
    pub fn time(&self, t: DateTime<Utc>, tz: Tz) -> String {
        let t = t.with_timezone(&tz);
        format!("{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second())
    }

    /// `17:57`.
    pub fn hm(&self, t: DateTime<Utc>, tz: Tz) -> String {
        let t = t.with_timezone(&tz);
        format!("{:02}:{:02}", t.hour(), t.minute())
    }

    /// `mer. 2 juin`, `Wed 2 Jun`.
    pub fn date(&self, t: DateTime<Utc>, tz: Tz) -> String {
        let t = t.with_timezone(&tz);
        let (days, months) = match self.id {
            LangId::Fr => (&DAYS_FR, &MONTHS_FR),
            LangId::En => (&DAYS_EN, &MONTHS_EN),
        };
        let day = days.get(t.weekday().num_days_from_monday() as usize).unwrap_or(&"");
        let month = months.get(t.month0() as usize).unwrap_or(&"");
        format!("{day} {} {month}", t.day())
    }

    /// `mer. 2 juin 2021`, `Wed 2 Jun 2021`.
    pub fn date_year(&self, t: DateTime<Utc>, tz: Tz) -> String {
        format!("{} {}", self.date(t, tz), t.with_timezone(&tz).year())
    }

    /// `12:30` (minutes and seconds), `1:02:30` from an hour; `−12:30` if negative.
    pub fn duration(&self, d: TimeDelta) -> String {
        let sign = if d.num_seconds() < 0 { "−" } else { "" };
        let s = d.num_seconds().unsigned_abs();
        let (h, m, s) = (s / 3_600, s / 60 % 60, s % 60);
        if h > 0 { format!("{sign}{h}:{m:02}:{s:02}") } else { format!("{sign}{m:02}:{s:02}") }
    }

    /// How long something took, in words that cannot be taken for a time of day: `50 s`, `2 min 50 s`, `36 min`,
    /// `1 h 01 min` (from an hour on the seconds are left out, rounded down); `−5 min` if negative.
    pub fn lasted(&self, d: TimeDelta) -> String {
        let sign = if d.num_seconds() < 0 { "−" } else { "" };
        let s = d.num_seconds().unsigned_abs();
        let (h, m, s) = (s / 3_600, s / 60 % 60, s % 60);
        let body = match (h, m, s) {
            (0, 0, s) => format!("{s} s"),
            (0, m, 0) => format!("{m} min"),
            (0, m, s) => format!("{m} min {s:02} s"),
            (h, m, _) => format!("{} h {m:02} min", self.number(h)),
        };
        format!("{sign}{body}")
    }

    /// `CEST, UTC+02:00`: what times of a zone are to be read as at an instant.
    pub fn zone(&self, t: DateTime<Utc>, tz: Tz) -> String {
        t.with_timezone(&tz).format("%Z, UTC%:z").to_string()
    }

    /// A span at a glance: a [`Lang::duration`] up to two days, then whole days and hours (`33 j 0 h`), rounded down:
    /// nobody is told that he has more than he has.
    pub fn span(&self, d: TimeDelta) -> String {
        let hours = d.num_hours().unsigned_abs();
        if hours < 48 {
            return self.duration(d);
        }
        let args = [("days", Arg::Num((hours / 24) as f64)), ("hours", Arg::Num((hours % 24) as f64))];
        let sign = if d < TimeDelta::zero() { "−" } else { "" };
        format!("{sign}{}", self.ta("days-hours", &args))
    }

    /// `11 800`, `11,800`.
    pub fn number(&self, n: u64) -> String {
        group(self.id, &n.to_string())
    }

    /// A difference of counts with its sign, rounded: `+1 120`, `−11,800`, `0`.
    pub fn signed(&self, x: f64) -> String {
        let rounded = x.round();
        let sign = match rounded {
            r if r > 0.0 => "+",
            r if r < 0.0 => "−",
            _ => "",
        };
        format!("{sign}{}", self.number(rounded.abs() as u64))
    }

    /// A share as a percentage, `digits` after the point: `82 %`, `82%`.
    pub fn percent(&self, x: f64, digits: usize) -> String {
        let (sign, body) = self.percent_parts(x, digits);
        format!("{}{body}", if sign < 0 { "−" } else { "" })
    }

    /// A deviation as a percentage with its sign: `+9 %`, `−11 %`, `0 %`.
    pub fn signed_percent(&self, x: f64, digits: usize) -> String {
        let (sign, body) = self.percent_parts(x, digits);
        let sign = match sign {
            1 => "+",
            -1 => "−",
            _ => "",
        };
        format!("{sign}{body}")
    }

    /// Sign of the *rounded* figure, so that nothing shows as `−0`, and the figure with its unit.
    fn percent_parts(&self, x: f64, digits: usize) -> (i8, String) {
        let space = if self.id == LangId::Fr { " " } else { "" };
        if !x.is_finite() {
            return (0, format!("–{space}%"));
        }
        let figure = format!("{:.digits$}", (x * 100.0).abs());
        let zero = figure.bytes().all(|b| b == b'0' || b == b'.');
        let sign = if zero {
            0
        } else if x < 0.0 {
            -1
        } else {
            1
        };
        (sign, format!("{}{space}%", group(self.id, &figure)))
    }
}

const DAYS_FR: [&str; 7] = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."];
const DAYS_EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS_FR: [&str; 12] =
    ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];
const MONTHS_EN: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Writes a plain decimal figure (`11800.5`) with a language's separators (`11 800,5`).
fn group(id: LangId, figure: &str) -> String {
    let (separator, point) = match id {
        LangId::Fr => (' ', ','),
        LangId::En => (',', '.'),
    };
    let (whole, fraction) = figure.split_once('.').map_or((figure, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = whole.trim_start_matches('-').len();
    let mut out = String::with_capacity(figure.len() + digits / 3);
    let mut left = digits;
    for c in whole.chars() {
        if c == '-' {
            out.push('−');
            continue;
        }
        out.push(c);
        left -= 1;
        if left > 0 && left.is_multiple_of(3) {
            out.push(separator);
        }
    }
    if let Some(fraction) = fraction {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

/// How numbers inside messages are written.
fn format_number(id: LangId, value: &FluentValue<'_>) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(group(id, &number.as_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
