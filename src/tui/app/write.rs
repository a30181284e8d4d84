//! What Enter makes of the input line.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::incident::event::{ActionState, Body, EntryId, Mode, Statement, StepChange};
use crate::lang::Arg;
use crate::session::Progress;
use crate::tui::action::{self, fold};
use crate::tui::entry;
use crate::tui::model::{EntryKind, Level, Overlay, Purpose};

use super::{App, HISTORY, Sent};

/// Longest name in front of a colon \[characters\].
const NAME_MAX: usize = 40;

/// Takes `WHO: what` apart; the name has at most four words.
pub fn addressed(text: &str) -> Option<(&str, &str)> {
    let (who, what) = text.split_once(':')?;
    let who = who.trim();
    let name = !who.is_empty() && who.chars().count() <= NAME_MAX && who.split_whitespace().count() <= 4;
    let spaced = what.starts_with([' ', '\u{a0}', '\u{202f}']) && !what.trim().is_empty();
    (name && spaced).then(|| (who, what.trim()))
}

/// Does this look like an organisation (`SAMU 59`, `COZ Nord`) rather than a word like `Attention`?
fn organisation(name: &str) -> bool {
    name.split_whitespace().any(|word| word.chars().filter(|c| c.is_uppercase()).count() >= 2)
}

/// First words, without accents, of those who are named without capitals: `Préfecture de zone`, `Supervision de l'opérateur`.
const COMMON: [&str; 38] = [
    "prefecture",
    "prefet",
    "prefete",
    "sous",
    "mairie",
    "maire",
    "ministere",
    "ministre",
    "cabinet",
    "supervision",
    "exploitation",
    "operateur",
    "autre",
    "regulation",
    "regulateur",
    "salle",
    "medecin",
    "gendarmerie",
    "police",
    "pompiers",
    "hopital",
    "journaliste",
    "presse",
    "animation",
    "direction",
    "standard",
    "service",
    "prefect",
    "ministry",
    "minister",
    "operator",
    "dispatch",
    "fire",
    "hospital",
    "journalist",
    "press",
    "mayor",
    "control",
];

/// Does this begin as the name of somebody who is usually named so? What follows must be part of a name: `Service rétabli
/// : …` is a sentence.
fn common(name: &str) -> bool {
    let plain = crate::text::drill::plain(name);
    let mut words = plain.split(' ');
    let known = words.next().is_some_and(|first| COMMON.contains(&first));
    known && words.next().is_none_or(|next| JOINS.contains(&next))
}

/// Words that go on with a name.
const JOINS: [&str; 14] = [
    "de",
    "du",
    "des",
    "d",
    "departementale",
    "nationale",
    "prefecture",
    "operateur",
    "regionale",
    "client",
    "clients",
    "of",
    "room",
    "office",
];

/// Takes a decision and its reason apart: `…, car …`, `… parce que …`, `… because …`.
pub(super) fn reasoned(text: &str) -> (&str, &str) {
    for mark in [" car ", " parce que ", " parce qu'", " because "] {
        if let Some((what, why)) = text.split_once(mark) {
            let what = what.trim().trim_end_matches(',');
            if !what.is_empty() && !why.trim().is_empty() {
                return (what, why.trim());
            }
        }
    }
    (text, "")
}

/// Is a reason asked for this change of a step?
const fn asks_why(change: StepChange) -> bool {
    matches!(change, StepChange::Skipped | StepChange::NotApplicable | StepChange::Refused | StepChange::Deferred)
}

impl App {
    /// Enter on a line that is not empty, or that answers a question.
    pub(super) fn submit_line(&mut self) {
        match self.ui.input.purpose.clone() {
            Purpose::Entry => self.submit_entry(),
            Purpose::LateReason { text } => self.submit_late(&text),
            Purpose::Command => self.submit_command(),
            Purpose::Search => self.keep_search(),
            Purpose::Step { playbook, step, change } => {
                let reason = self.ui.input.line.text().trim().to_owned();
                if reason.is_empty() && asks_why(change) {
                    self.status(Level::Warning, self.t("refusal-skip-reason"));
                    return;
                }
                self.answer(|text| (Body::step(playbook, step, change, text), Vec::new()));
            }
            Purpose::Playbook(act) => self.answer_step_act(&act),
            Purpose::Correction { of } => {
                if self.ui.input.line.text().trim().is_empty() {
                    self.status(Level::Warning, self.t("refusal-empty"));
                    return;
                }
                self.answer(|text| (Body::Correction { text, reason: String::new() }, vec![of]));
            }
            Purpose::Receipt { of } => self.answer(|text| (Body::Receipt { acknowledged: true, text }, vec![of])),
            Purpose::Explain { of } => {
                if self.ui.input.line.text().trim().is_empty() {
                    self.status(Level::Warning, self.t("refusal-empty"));
                    return;
                }
                self.answer(|text| (Body::Note { text }, vec![of]));
            }
        }
    }

    /// Records the answer to a question and gives the line back to what it was for.
    fn answer(&mut self, make: impl FnOnce(String) -> (Body, Vec<EntryId>)) {
        let raw = self.ui.input.line.take();
        let purpose = std::mem::take(&mut self.ui.input.purpose);
        let (body, re) = make(raw.trim().to_owned());
        self.unstash();
        self.submit(None, body, None, re, Sent { raw, purpose, ..Sent::default() });
    }

    /// Does nobody know yet what time it is in the incident? The clock of an exercise is in its scenario.
    pub(super) fn no_time_yet(&self) -> bool {
        self.session.progress() == Some(Progress::Loading) && self.session.mode() != Mode::Real
    }

    fn submit_entry(&mut self) {
        let kind = self.ui.input.kind;
        if self.no_time_yet() {
            let line = self.ui.input.line.text();
            let now = self.session.now_incident();
            let told = entry::parse(line, now, self.session.zone()).time.is_some();
            if told || (kind == EntryKind::Action && self.due(line).1.is_some()) {
                self.status(Level::Warning, self.t("why-loading"));
                return;
            }
        }
        let raw = self.ui.input.line.take();
        self.ui.input.kind = EntryKind::default();
        let order = self.sounds_like_an_order(&raw);
        self.send_entry(raw, kind, None);
        if let Some(said) = order {
            self.status(Level::Warning, said);
        }
    }

    fn submit_late(&mut self, text: &str) {
        let reason = self.ui.input.line.text().trim().to_owned();
        if reason.is_empty() {
            self.status(Level::Warning, self.t("refusal-late-reason"));
            return;
        }
        self.ui.input.line.take();
        self.ui.input.purpose = Purpose::Entry;
        let kind = std::mem::take(&mut self.ui.input.kind);
        self.unstash();
        self.send_entry(text.to_owned(), kind, Some(reason));
    }

    fn send_entry(&mut self, raw: String, kind: EntryKind, reason: Option<String>) {
        let parsed = entry::parse(&raw, self.session.now_incident(), self.session.zone());
        let mut time = parsed.time;
        if let Some(time) = &mut time {
            time.reason = reason;
        }
        let body = self.body(kind, parsed.text);
        if kind == EntryKind::Decision {
            self.decided();
        }
        if self.history.last() != Some(&raw) {
            self.history.push(raw.clone());
            if self.history.len() > HISTORY {
                self.history.remove(0);
            }
        }
        self.leave_log();
        self.submit(None, body, time, Vec::new(), Sent { raw, kind, ..Sent::default() });
    }

    /// What a line of this kind says.
    pub(super) fn body(&self, kind: EntryKind, text: &str) -> Body {
        let statement = |text: &str| {
            let (source, text) = match addressed(text) {
                Some((who, what)) if organisation(who) || common(who) || self.is_known(who) => {
                    (who.to_owned(), what.to_owned())
                }
                _ => (String::new(), text.to_owned()),
            };
            Statement { text, source, ..Statement::default() }
        };
        match kind {
            EntryKind::Information => Body::Information(statement(text)),
            EntryKind::Fact => Body::Fact(statement(text)),
            EntryKind::Decision => {
                let (what, why) = reasoned(text);
                let mut body = Body::decision(what, why, Vec::new());
                if let Body::Decision { record, .. } = &mut body {
                    record.forecast.clone_from(&self.cited);
                }
                body
            }
            EntryKind::Action => {
                let (text, due) = self.due(text);
                let (owner, what) = addressed(text).unwrap_or(("", text));
                let (text, owner) = (what.to_owned(), owner.to_owned());
                Body::Action { text, owner, due, state: ActionState::Ordered }
            }
            EntryKind::Message => {
                let (text, answer_by) = self.due(text);
                let incoming = text.strip_prefix('<').map(str::trim_start);
                let (other, what) = addressed(incoming.unwrap_or(text)).unwrap_or(("?", incoming.unwrap_or(text)));
                let (here, there) = (String::new(), other.to_owned());
                let (from, to) = if incoming.is_some() { (there, here) } else { (here, there) };
                Body::Message { text: what.to_owned(), to, from, channel: String::new(), answer_by }
            }
            EntryKind::Request => {
                let (to, what) = addressed(text).unwrap_or(("?", text));
                Body::Request { text: what.to_owned(), to: to.to_owned() }
            }
            EntryKind::Note => Body::Note { text: text.to_owned() },
        }
    }

    /// Is this the name of a centre or an operator?
    fn is_known(&self, name: &str) -> bool {
        let network = self.session.network();
        let wanted = fold(name);
        let contacts = self.session.contacts().contacts().iter().map(|contact| &contact.organisation);
        let names = network.psaps.iter().map(|psap| &psap.name).chain(network.operators.iter().map(|op| &op.name));
        let names = names.chain(contacts).map(String::as_str).chain(self.session.named());
        names.into_iter().any(|known| fold(known) == wanted)
    }

    /// Takes `@18:30` or `@+20m` off the end.
    fn due<'a>(&self, text: &'a str) -> (&'a str, Option<DateTime<FixedOffset>>) {
        let Some((rest, last)) = text.rsplit_once(' ') else { return (text, None) };
        let now = self.session.now_incident();
        let zone = self.session.zone();
        let Some(at) = last.strip_prefix('@').and_then(|word| entry::moment(word, now, zone)) else {
            return (text, None);
        };
        // A time of day that is long past means tomorrow.
        let at: DateTime<Utc> = if now - at > TimeDelta::hours(12) { at + TimeDelta::hours(24) } else { at };
        (rest.trim_end(), Some(at.with_timezone(&zone).fixed_offset()))
    }

    /// The next line is of this kind.
    pub(super) fn set_kind(&mut self, kind: EntryKind, text: &str) {
        self.ui.clear_overlays();
        if self.ui.input.purpose != Purpose::Entry {
            self.leave_purpose();
        }
        self.ui.input.kind = kind;
        if !text.is_empty() {
            self.ui.input.line.insert(text);
        }
    }

    /// Label, hint and event time of the line, as they follow from its text.
    pub(super) fn refresh_input(&mut self) {
        let input = &self.ui.input;
        let id = match &input.purpose {
            Purpose::Entry if self.session.read_only() => "input-read-only",
            Purpose::Entry => input.kind.id(),
            Purpose::LateReason { .. } => "input-late-reason",
            Purpose::Step { change, .. } => match change {
                StepChange::BackedOut => "input-step-back-out",
                change if asks_why(*change) => "input-step-reason",
                StepChange::Effect => "input-step-effect",
                _ => "input-step-note",
            },
            Purpose::Playbook(act) => act.input_id().unwrap_or("input-step-note"),
            Purpose::Correction { .. } => "input-correction",
            Purpose::Receipt { .. } => "input-receipt",
            Purpose::Explain { .. } => "input-explain",
            Purpose::Command => "input-command",
            Purpose::Search => "input-search",
        };
        let time = match input.purpose {
            Purpose::Entry if !input.line.is_empty() => {
                entry::parse(input.line.text(), self.session.now_incident(), self.session.zone()).time
            }
            _ => None,
        };
        let label = self.lang.t(id);
        let asked = match &input.purpose {
            Purpose::Receipt { of } => self.session.incident().message(of).map(|message| {
                // One's own message is one that its addressee has acknowledged by other means.
                let (id, whom) = if message.from.is_empty() {
                    ("hint-receipt-by", &message.to)
                } else {
                    ("hint-receipt-of", &message.from)
                };
                let text = crate::text::truncate(&message.text, 32);
                match self.session.plays(message) {
                    // The desk says in whose name it answers.
                    Some(played) => {
                        let text = crate::text::truncate(&message.text, 24);
                        let args = [("for", Arg::Str(&played)), ("from", Arg::Str(whom)), ("text", Arg::Str(&text))];
                        self.lang.ta("hint-receipt-for", &args)
                    }
                    None => self.lang.ta(id, &[("from", Arg::Str(whom)), ("text", Arg::Str(&text))]),
                }
            }),
            _ => None,
        };
        let hint = match (&self.ui.overlay, &input.purpose) {
            (_, Purpose::Receipt { .. }) if asked.is_some() => asked.unwrap_or_default(),
            (Overlay::Menu(menu), Purpose::Entry) if menu.letters => self.lang.t("hint-menu"),
            (Overlay::Menu(menu), Purpose::Entry)
                if menu.of_desk()
                    && action::by_id("desk-fire").is_some_and(|row| (row.when)(&self.context()).is_ok()) =>
            {
                self.lang.t("hint-desk")
            }
            (Overlay::Card(_), Purpose::Entry) => self.lang.t("hint-card"),
            (Overlay::Map { .. }, Purpose::Entry) => self.lang.t("hint-map"),
            (Overlay::List { .. } | Overlay::Menu(_) | Overlay::Deadlines { .. }, Purpose::Entry) => {
                self.lang.t("hint-list")
            }
            (Overlay::Draft(_), Purpose::Entry) => self.lang.t("hint-draft"),
            (Overlay::Form(_), _) => self.lang.t("hint-form"),
            (Overlay::Help { .. } | Overlay::Timeline { .. } | Overlay::Detail { .. }, Purpose::Entry) => {
                self.lang.t("hint-scroll")
            }
            _ => self.lang.t(&id.replacen("input-", "hint-", 1)),
        };
        self.ui.input.label = label;
        self.ui.input.hint = hint;
        self.ui.input.time = time;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_before_a_colon() {
        assert_eq!(addressed("SDIS 95: défaut confirmé ?"), Some(("SDIS 95", "défaut confirmé ?")));
        assert_eq!(addressed("SDIS 95 : défaut"), Some(("SDIS 95", "défaut")));
        assert_eq!(addressed("à 17:42 le 15 est muet"), None);
        assert_eq!(addressed("un deux trois quatre cinq : six"), None);
        assert_eq!(addressed("rien:"), None);
    }

    #[test]
    fn warnings_are_not_organisations() {
        assert!(organisation("SAMU 59") && organisation("COZ Nord"));
        assert!(!organisation("Attention") && !organisation("préfecture"));
    }

    #[test]
    fn who_is_usually_named_without_capitals_is_a_source() {
        for who in
            ["Préfecture", "préfecture de zone", "Supervision de l'opérateur", "Mairie de Lyon", "Journaliste", "Mayor"]
        {
            assert!(common(who), "{who}");
        }
        for words in ["Attention", "Service rétabli", "Police injoignable", "À vérifier", "Direction sud"] {
            assert!(!common(words), "{words}");
        }
    }

    #[test]
    fn reasons_of_decisions() {
        assert_eq!(
            reasoned("réunir la cellule à 18:15, car 3 départements muets"),
            ("réunir la cellule à 18:15", "3 départements muets")
        );
        assert_eq!(reasoned("isoler CS 3"), ("isoler CS 3", ""));
        assert_eq!(reasoned("withdraw it because it reboots"), ("withdraw it", "it reboots"));
    }
}
