//! Lines and sections of drafted reports: bullets that stay whole, texts that are cut honestly.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::incident::MAX_TEXT;
use crate::incident::event::EntryId;
use crate::incident::record::Section;
use crate::incident::status::Origin;
use crate::lang::{Arg, Lang};
use crate::text;

/// Most lines of a section: a director reads one page.
const MOST_LINES: usize = 24;
/// Most columns of a line.
const MOST_COLUMNS: usize = 300;

/// How times and words are said.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice<'a> {
    /// Language.
    pub lang: &'a Lang,
    /// Time zone.
    pub tz: Tz,
    /// As of (incident time).
    pub now: DateTime<Utc>,
}

impl Voice<'_> {
    /// A message without variables.
    pub fn t(&self, id: &str) -> String {
        self.lang.t(id)
    }

    /// A message with its variables.
    pub fn say(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        self.lang.ta(id, args)
    }

    /// `17:57`; with the date when it is not the day of the report.
    pub fn hm(&self, at: DateTime<Utc>) -> String {
        let day = |t: DateTime<Utc>| t.with_timezone(&self.tz).date_naive();
        let time = self.lang.hm(at, self.tz);
        if day(at) == day(self.now) { time } else { format!("{} {time}", self.lang.date(at, self.tz)) }
    }

    /// For how long, in words that need no clock: `12 min`, `1 h 05`.
    pub fn age(&self, since: DateTime<Utc>) -> String {
        let minutes = (self.now - since).max(TimeDelta::zero()).num_minutes();
        if minutes < 60 { format!("{minutes} min") } else { format!("{} h {:02}", minutes / 60, minutes % 60) }
    }

    /// A bullet: time of the fact, what, and in brackets what goes with it.
    pub fn line(&self, at: DateTime<Utc>, what: &str, rest: &[String]) -> String {
        self.bullet(&format!("{} {}", self.hm(at), one_line(what)), rest)
    }

    /// A bullet without a time.
    #[expect(clippy::unused_self, reason = "said by the same voice as a line with its time")]
    pub fn bullet(&self, what: &str, rest: &[String]) -> String {
        let rest: Vec<&str> = rest.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let tail = if rest.is_empty() { String::new() } else { format!(" ({})", rest.join(", ")) };
        // The words in brackets matter as much as the text: the text gives way first.
        let room = MOST_COLUMNS.saturating_sub(text::width(&tail)).max(MOST_COLUMNS / 3);
        let line = format!("- {}{tail}", text::truncate(&one_line(what), room));
        text::truncate(&line, MOST_COLUMNS * 2).into_owned()
    }

    /// A section of these lines, the most important first: what does not fit is counted, not lost in silence.
    pub fn section(&self, id: &str, lines: Vec<String>) -> Section {
        Section { id: id.to_owned(), text: self.bounded(lines) }
    }

    fn bounded(&self, lines: Vec<String>) -> String {
        if lines.is_empty() {
            return self.t("sitrep-nothing");
        }
        let all = lines.len();
        let fits = |kept: usize| {
            let bytes: usize = lines.iter().take(kept).map(|line| line.len() + 1).sum();
            // Room for the line that says how many more there are.
            kept <= MOST_LINES && bytes + if kept < all { 80 } else { 0 } <= MAX_TEXT
        };
        let kept = (0..=all).rev().find(|kept| fits(*kept)).unwrap_or(0);
        let mut text: Vec<String> = lines;
        text.truncate(kept);
        if kept < all {
            text.push(format!("- {}", self.say("sitrep-more", &[("n", Arg::from(all - kept))])));
        }
        text.join("\n")
    }
}

/// The words on one line, through the output wall.
pub(super) fn one_line(s: &str) -> String {
    let joined: Vec<&str> = s.split_whitespace().collect();
    text::visible(&joined.join(" ")).into_owned()
}

/// Since when something counts as new: what was written after an entry of the same chain, or happened after a time.
#[derive(Debug, Clone)]
pub(super) struct Since {
    /// The entry.
    pub entry: EntryId,
    /// What it describes.
    pub as_of: DateTime<Utc>,
}

impl Since {
    /// Is it new? A fact of earlier that was only written down since counts as new too.
    pub fn news(&self, entry: &EntryId, at: DateTime<Utc>) -> bool {
        let later = match (entry.parts(), self.entry.parts()) {
            (Some((chain, seq)), Some((own, known))) => chain == own && seq > known,
            _ => false,
        };
        at > self.as_of || later
    }

    /// As [`Since::news`].
    pub fn news_of(&self, origin: &Origin) -> bool {
        self.news(&origin.entry, origin.at)
    }
}
