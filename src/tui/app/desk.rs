//! The desk of an exercise: the facilitator's verbs as words, the real-world chord.

mod menu;

use crate::exercise::Phase;
use crate::incident::desk::{DeskAct, Rating};
use crate::incident::event::Body;
use crate::lang::Arg;
use crate::text::duration::parse_duration;
use crate::tui::action::{ACTIONS, Act, Action, Group, fold};
use crate::tui::model::{Level, Menu, Overlay};

use super::App;

/// What the rows of the table that are verbs of the desk begin with.
const VERB: &str = "desk-";

/// The row of the verb that was typed after the word of the desk, in either language.
fn verb(word: &str) -> Option<&'static Action> {
    let word = match fold(word).as_str() {
        // After the desk's own word these mean play, not the clock alone.
        "pause" => "suspend-play".to_owned(),
        "saut" | "jump" => "leap".to_owned(),
        other => other.to_owned(),
    };
    let mut rows = ACTIONS.iter().filter(|row| row.group == Group::Desk);
    rows.find(|row| row.words.iter().any(|known| fold(known) == word))
}

/// A day \[s\].
const DAY_S: u32 = 86_400;

impl App {
    /// `:desk` opens the chronogramme; `:desk fire I03` and the like do it at once.
    pub(super) fn run_desk(&mut self, args: &str) {
        if args.trim().is_empty() {
            let menu = self.desk_menu();
            self.toggle(Overlay::Menu(menu));
            return;
        }
        let (word, rest) = args.trim().split_once(char::is_whitespace).unwrap_or((args.trim(), ""));
        match verb(word) {
            Some(row) => self.run(row.id, rest),
            None => self.status(Level::Warning, self.lang.ta("desk-usage", &[("word", Arg::Str(word))])),
        }
    }

    /// Does what a verb of the desk asks for, by the id of its row.
    pub(super) fn at_desk(&mut self, id: &str, rest: &str) {
        match self.desk_act(id, rest) {
            Some((act, text)) => match self.too_far(&act) {
                Some(why) => self.status(Level::Warning, why),
                // The word of the end is typed; that a real emergency is over is asked, however it is said.
                None if act == DeskAct::Resume && self.asks_first(&act) => self.ask_sure(act),
                None => self.record(Body::Desk { act, text }, None, Vec::new()),
            },
            None => self.status(Level::Warning, self.t(&format!("help-{id}"))),
        }
    }

    /// Is it too much for one key? The end cannot be taken back, and players must not find an exercise running while
    /// a real emergency goes on.
    pub(super) fn asks_first(&self, act: &DeskAct) -> bool {
        let frozen = self.session.desk().is_some_and(|desk| desk.phase() == Phase::Frozen);
        *act == DeskAct::End || (*act == DeskAct::Resume && frozen)
    }

    /// A question that begins on "no".
    pub(super) fn ask_sure(&mut self, act: DeskAct) {
        let (title, yes) = match act {
            DeskAct::Resume => ("desk-sure-resume", "desk-sure-resume-yes"),
            _ => ("desk-sure-end", "desk-sure-end-yes"),
        };
        let items = vec![
            Self::item(self.t("desk-sure-no"), self.t("desk-real-no-hint"), Act::Back),
            Self::item(self.t(yes), self.t("desk-verb-hint"), Act::DeskSure(act)),
        ];
        self.ui.push(Overlay::Menu(Menu { title: self.t(title), items, cursor: 0, letters: false }));
    }

    /// A line that was written with the desk open and reads as an order to it: it was written all the same (letters
    /// only ever write), and this says so.
    pub(super) fn sounds_like_an_order(&self, raw: &str) -> Option<String> {
        if !matches!(&self.ui.overlay, Overlay::Menu(menu) if menu.of_desk()) {
            return None;
        }
        let (word, rest) = raw.trim().split_once(char::is_whitespace).unwrap_or((raw.trim(), ""));
        let (act, _) = self.desk_act(verb(word)?.id, rest)?;
        let known = match act.inject() {
            Some(inject) => self.session.desk()?.item(inject).is_some(),
            None => {
                !matches!(act, DeskAct::Pause | DeskAct::Resume | DeskAct::End | DeskAct::Start { .. })
                    || rest.trim().is_empty()
            }
        };
        let typed = crate::text::truncate(raw.trim(), 40);
        known.then(|| self.lang.ta("desk-was-written", &[("typed", Arg::Str(&typed))]))
    }

    /// Why time is not led so far; it cannot be taken back.
    fn too_far(&self, act: &DeskAct) -> Option<String> {
        let desk = self.session.desk()?;
        let now = self.session.now_incident();
        let length = i64::from(desk.kit().length_s);
        // To the planned end; where none is planned, or it has passed, no further than a day.
        let end = desk.start().filter(|_| length > 0).map(|start| start + chrono::TimeDelta::seconds(length));
        let end = end.filter(|end| *end > now).unwrap_or(now + chrono::TimeDelta::seconds(i64::from(DAY_S)));
        match act {
            DeskAct::Jump { to } if to.to_utc() > end => {
                let at = self.lang.hm(end, self.session.zone());
                Some(self.lang.ta("desk-too-far", &[("at", Arg::Str(&at))]))
            }
            DeskAct::Delay { by_s, .. } if *by_s > DAY_S => Some(self.t("desk-too-long")),
            _ => None,
        }
    }

    /// The inject that was typed: by its id, whatever its case, or by its number alone where that can mean one only;
    /// a message comes before a fault of the same number.
    fn inject_named(&self, typed: &str) -> String {
        let Some(desk) = self.session.desk() else { return typed.to_owned() };
        let number = |id: &str| id.trim_start_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().ok();
        let exact = desk.items().iter().find(|item| item.id.eq_ignore_ascii_case(typed));
        let numbered = || {
            let wanted: u32 = typed.parse().ok()?;
            let mut all: Vec<_> = desk.items().iter().filter(|item| number(&item.id) == Some(wanted)).collect();
            if all.len() > 1 {
                all.retain(|item| desk.planned(item).is_some_and(|inject| !inject.to.is_empty()));
            }
            all.first().copied().filter(|_| all.len() == 1)
        };
        exact.or_else(numbered).map_or_else(|| typed.to_owned(), |item| item.id.clone())
    }

    /// What a verb, by the id of its row, asks for with what was typed after it.
    fn desk_act(&self, id: &str, rest: &str) -> Option<(DeskAct, String)> {
        let rest = rest.trim();
        let (one, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (one, more) = (one.to_owned(), more.trim().to_owned());
        let seconds =
            |text: &str| text.parse::<u32>().ok().and_then(|m| m.checked_mul(60)).or_else(|| parse_duration(text).ok());
        let about = |id: &str| {
            let desk = self.session.desk()?;
            desk.kit().objectives.iter().map(|one| &one.id).find(|known| known.eq_ignore_ascii_case(id)).cloned()
        };
        let verb = id.strip_prefix(VERB)?;
        if one.is_empty() && !matches!(verb, "start" | "suspend" | "resume" | "end") {
            return None;
        }
        let inject = self.inject_named(&one);
        let act = match verb {
            "start" => self.start_act()?,
            "suspend" => return Some((DeskAct::Pause, rest.to_owned())),
            "resume" => return Some((DeskAct::Resume, rest.to_owned())),
            "end" => return Some((DeskAct::End, rest.to_owned())),
            "fire" => return Some((DeskAct::Fire { rule: self.rule_of(&inject), inject }, more)),
            "skip" => return Some((DeskAct::Skip { inject }, more)),
            "hold" => return Some((DeskAct::Hold { inject }, more)),
            "release" => return Some((DeskAct::Release { inject }, more)),
            "delay" => DeskAct::Delay { inject, by_s: seconds(&more)? },
            "duplicate" => self.copy_of(&inject, seconds(&more))?,
            "test" => DeskAct::Test { inject },
            "leap" => {
                let to = self.session.now_incident() + chrono::TimeDelta::seconds(i64::from(seconds(&one)?));
                let to = to.with_timezone(&self.session.zone()).fixed_offset();
                return Some((DeskAct::Jump { to }, more));
            }
            // `:desk fog samu off` lifts the fog, `on` brings it down again.
            "fog" => {
                let cells = self.session.other_cells();
                let cell = cells.iter().find(|cell| cell.answers_to(&one))?;
                let lifted = !matches!(crate::exercise::plain(&more).as_str(), "on" | "remis");
                DeskAct::Fog { cell: cell.id.clone(), lifted }
            }
            "check" => {
                let (whom, word) = rest.rsplit_once(char::is_whitespace).unwrap_or((rest, "ok"));
                let ok = !matches!(word, "ko" | "non" | "no");
                let whom = if matches!(word, "ok" | "ko" | "oui" | "non" | "yes" | "no") { whom } else { rest };
                DeskAct::Check { whom: whom.to_owned(), ok }
            }
            "observe" => {
                let objective = about(&one);
                let words = if objective.is_some() { more } else { rest.to_owned() };
                let (good, words) = match words.strip_prefix('+') {
                    Some(words) => (Some(true), words.trim().to_owned()),
                    None => match words.strip_prefix(['-', '−']) {
                        Some(words) => (Some(false), words.trim().to_owned()),
                        None => (None, words),
                    },
                };
                return Some((DeskAct::Observe { objective: objective.unwrap_or_default(), good }, words));
            }
            "rate" => {
                let (rating, words) = more.split_once(char::is_whitespace).unwrap_or((&more, ""));
                let rating = match rating.to_uppercase().as_str() {
                    "P" => Rating::P,
                    "S" => Rating::S,
                    "M" => Rating::M,
                    "U" => Rating::U,
                    _ => return None,
                };
                return Some((DeskAct::Rate { objective: about(&one)?, rating }, words.trim().to_owned()));
            }
            _ => {
                // `@NOC` first says whose it is.
                let (owner, words) = match more.strip_prefix('@') {
                    Some(owned) => owned.split_once(char::is_whitespace).unwrap_or((owned, "")),
                    None => ("", more.as_str()),
                };
                let (owner, words) = (owner.to_owned(), words.trim().to_owned());
                return Some((DeskAct::Improve { objective: about(&one)?, owner }, words));
            }
        };
        Some((act, String::new()))
    }

    fn start_act(&self) -> Option<DeskAct> {
        let kit = self.session.desk()?.kit();
        Some(DeskAct::Start { sha256: kit.sha256.clone(), injects: kit.injects.len() as u32 })
    }

    /// The rule that suggests an inject now; empty when none does.
    fn rule_of(&self, inject: &str) -> String {
        let Some(desk) = self.session.desk() else { return String::new() };
        let suggestions = desk.suggestions(self.session.now_incident());
        suggestions.into_iter().find(|one| one.item == inject).map_or_else(String::new, |one| one.rule)
    }

    /// A copy that is due so long from now, by default at once.
    fn copy_of(&self, inject: &str, after_s: Option<u32>) -> Option<DeskAct> {
        let desk = self.session.desk()?;
        let copy = (2..=u16::MAX).map(|n| format!("{inject}-{n}")).find(|id| desk.item(id).is_none())?;
        let since = desk.start().map_or(0, |start| (self.session.now_incident() - start).num_seconds().max(0));
        let at_s = u32::try_from(since).ok()?.saturating_add(after_s.unwrap_or(0));
        Some(DeskAct::Duplicate { inject: inject.to_owned(), copy, at_s })
    }

    /// The chord: a menu that begins on "no", so that one key alone does nothing.
    pub(super) fn ask_real_world(&mut self, text: &str) {
        let items = vec![
            Self::item(self.t("desk-real-no"), self.t("desk-real-no-hint"), Act::Back),
            Self::item(self.t("desk-real-yes"), self.t("desk-real-yes-hint"), Act::RealWorld(text.to_owned())),
        ];
        self.ui.push(Overlay::Menu(Menu { title: self.t("act-real-world"), items, cursor: 0, letters: false }));
    }

    /// A real emergency: the exercise is frozen, and a REAL log begins.
    pub(super) fn real_world(&mut self, text: &str) {
        let (id, name, value) = match self.session.real_world(text) {
            Ok(incident) => ("desk-real-opening", "incident", incident),
            Err(error) => ("desk-real-failed", "why", self.lang.say(&error.said())),
        };
        let said = self.lang.ta(id, &[(name, Arg::Str(&value))]);
        self.status(Level::Bad, said);
    }

    /// What is said first in the REAL log, where the console has gone over to.
    pub(in crate::tui) fn went_over(&self, path: &std::path::Path) -> String {
        let inc = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let from = &self.session.incident().genesis().inc;
        self.lang.ta("desk-real-over", &[("incident", Arg::Str(&inc)), ("from", Arg::Str(from))])
    }

    /// Says something that must not be missed.
    pub(in crate::tui) fn warn(&mut self, said: String) {
        self.status(Level::Bad, said);
    }

    /// The REAL log is there.
    pub(super) fn real_log_opened(&mut self, path: &std::path::Path) {
        let inc = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let said = self.lang.ta("desk-real-opened", &[("incident", Arg::Str(&inc))]);
        self.status(Level::Bad, said);
        // The emergency is there, not here: the console that declared it goes over.
        self.over = Some(path.to_path_buf());
        self.effects.push(super::Effect::Quit);
    }
}
