//! Bookmarks: places of a record that somebody wants to come back to.
//!
//! A bookmark is a note in the log whose words begin with one of [`WORDS`]: whoever reads the log sees it, an export
//! carries it, and every replay finds it. What a record has by itself stands among them: awareness, the first alarm, the
//! steps of a documented answer.

use chrono::{DateTime, Utc};

use super::Session;
use crate::incident::event::{Body, Entry, EntryId};
use crate::lang::{Arg, Lang};
use crate::text::plain;

/// What the note of a bookmark begins with, in any language of the program.
const WORDS: [&str; 2] = ["signet", "bookmark"];

/// What a place is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// The beginning of the record.
    Begin,
    /// Somebody gave it a name.
    Named(String),
    /// Awareness was declared.
    Awareness,
    /// The first alarm.
    Alarm,
    /// A step of a documented answer: one of [`crate::feed::documented::MILESTONES`].
    Milestone(String),
    /// The end of the record.
    End,
}

/// A place of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// Incident time.
    pub at: DateTime<Utc>,
    /// What it is known by.
    pub mark: Mark,
}

impl Bookmark {
    /// Its name in the reader's language.
    pub fn name(&self, lang: &Lang) -> String {
        match &self.mark {
            Mark::Begin => lang.t("bookmark-begin"),
            Mark::Named(name) => name.clone(),
            Mark::Awareness => lang.t("bookmark-awareness"),
            Mark::Alarm => lang.t("bookmark-alarm"),
            Mark::Milestone(word) if word == "start" => lang.t("bookmark-start"),
            Mark::Milestone(word) => lang.t(&format!("retex-milestone-{word}")),
            Mark::End => lang.t("bookmark-end"),
        }
    }
}

/// The name that a note gives to its moment.
fn named(body: &Body) -> Option<String> {
    let Body::Note { text } = body else { return None };
    let (word, name) = text.split_once(':')?;
    let word = plain(word.trim());
    let name = name.trim();
    (WORDS.contains(&word.as_str()) && !name.is_empty()).then(|| name.to_owned())
}

/// Gathers the bookmarks of a record, entry by entry.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub found: Vec<Bookmark>,
    aware: bool,
    alarmed: bool,
}

impl Gathered {
    /// Looks at the next entry, which comes into view at `at`.
    pub(super) fn look(&mut self, entry: &Entry, at: DateTime<Utc>) {
        let mark = match &entry.body {
            Body::Awareness { .. } if !std::mem::replace(&mut self.aware, true) => Mark::Awareness,
            Body::Crossing { over: false, .. } if !std::mem::replace(&mut self.alarmed, true) => Mark::Alarm,
            body => match named(body) {
                Some(name) => Mark::Named(name),
                None => return,
            },
        };
        self.found.push(Bookmark { at, mark });
    }
}

impl Session {
    /// The bookmarks of the record that is played back, by time, with its beginning and end; elsewhere none. The steps of
    /// a documented answer are among them up to now; those ahead while the ghost is on.
    pub fn bookmarks(&self) -> Vec<Bookmark> {
        self.known_bookmarks(if self.ghost { DateTime::<Utc>::MAX_UTC } else { self.now_incident() })
    }

    /// The bookmarks with the steps of a documented answer that are known at `now`.
    fn known_bookmarks(&self, now: DateTime<Utc>) -> Vec<Bookmark> {
        let Some(replay) = &self.replay else { return Vec::new() };
        let (begin, end) = replay.span();
        let own = replay.own().iter().filter_map(|entry| {
            Some(Bookmark { at: super::load::instant(entry), mark: Mark::Named(named(&entry.body)?) })
        });
        let steps = self.documented.iter().filter(|event| event.known <= now).filter_map(|event| {
            let mark = Mark::Milestone(event.milestone.clone()?);
            Some(Bookmark { at: event.at.clamp(begin, end), mark })
        });
        let mut all: Vec<Bookmark> = replay.bookmarks().iter().cloned().chain(own).chain(steps).collect();
        all.push(Bookmark { at: begin, mark: Mark::Begin });
        all.sort_by_key(|one| one.at);
        all.push(Bookmark { at: end, mark: Mark::End });
        all
    }

    /// The words of a note that marks its moment with a name, in the incident's language.
    pub fn bookmark_text(&self, name: &str) -> String {
        self.lang.ta("session-bookmark", &[("name", Arg::Str(name.trim()))])
    }

    /// The bookmark that somebody means, also ahead: its whole name, then the beginning of one, then a part of one; of several the
    /// next one after now, else the first.
    pub fn bookmark_named(&self, words: &str, lang: &Lang) -> Option<Bookmark> {
        let wanted = plain(words.trim());
        if wanted.is_empty() {
            return None;
        }
        let now = self.now_incident();
        let all: Vec<(String, Bookmark)> = self
            .known_bookmarks(DateTime::<Utc>::MAX_UTC)
            .into_iter()
            .map(|one| (plain(&one.name(lang)), one))
            .collect();
        let fits: [fn(&str, &str) -> bool; 3] = [
            |name, wanted| name == wanted,
            |name, wanted| name.starts_with(wanted),
            |name, wanted| name.contains(wanted),
        ];
        fits.iter().find_map(|fits| {
            let mut those = all.iter().filter(|(name, _)| fits(name, &wanted)).map(|(_, one)| one);
            let first = those.clone().next();
            those.find(|one| one.at > now).or(first).cloned()
        })
    }

    /// How many entries the record has that is played back; `None`: nothing is.
    pub fn recorded_entries(&self) -> Option<usize> {
        self.replay.as_ref().map(super::playback::Replay::entries)
    }

    /// The number, counted from 1, of an entry of the record that is played back; `None` for one's own, and elsewhere.
    pub fn number_of_entry(&self, id: &EntryId) -> Option<usize> {
        let recorded = self.recorded_entries()?;
        self.log.position(id).filter(|at| *at < recorded).map(|at| at + 1)
    }

    /// The incident time at which the entry with this number, counted from 1, comes into view in the record that is
    /// played back.
    pub fn instant_of_entry(&self, number: usize) -> Option<DateTime<Utc>> {
        self.replay.as_ref()?.instant(number.checked_sub(1)?)
    }
}
