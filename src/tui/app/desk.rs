//! The desk of an exercise: the chronogramme as a menu, the facilitator's verbs as words, the real-world chord.

use crate::exercise::{Item, ItemState, Phase, evaluate};
use crate::incident::desk::{DeskAct, Rating};
use crate::incident::event::{Body, Role};
use crate::lang::Arg;
use crate::text::duration::parse_duration;
use crate::tui::action::Act;
use crate::tui::model::{Level, Menu, MenuItem, Overlay};

use super::App;

/// Verbs of the desk as typed after its word, French and English, without accents.
const VERBS: [(&str, &str, &str); 17] = [
    ("debutex", "startex", "start"),
    ("pause", "pause", "pause"),
    ("reprise", "resume", "resume"),
    ("finex", "endex", "end"),
    ("jouer", "fire", "fire"),
    ("ecarter", "skip", "skip"),
    ("retenir", "hold", "hold"),
    ("liberer", "release", "release"),
    ("retarder", "delay", "delay"),
    ("dupliquer", "duplicate", "duplicate"),
    ("essayer", "test", "test"),
    ("saut", "jump", "jump"),
    ("brouillard", "fog", "fog"),
    ("verifier", "check", "check"),
    ("observer", "observe", "observe"),
    ("evaluer", "rate", "rate"),
    ("ameliorer", "improve", "improve"),
];

impl App {
    /// `:desk` opens the chronogramme; `:desk fire I03` and the like do it at once.
    pub(super) fn run_desk(&mut self, args: &str) {
        if args.trim().is_empty() {
            let menu = self.desk_menu();
            self.toggle(Overlay::Menu(menu));
            return;
        }
        match self.desk_words(args) {
            Some((act, text)) => self.record(Body::Desk { act, text }, None, Vec::new()),
            None => self.status(Level::Warning, self.t("desk-usage")),
        }
    }

    /// What was typed after the word of the desk.
    fn desk_words(&self, args: &str) -> Option<(DeskAct, String)> {
        let (verb, rest) = args.trim().split_once(char::is_whitespace).unwrap_or((args.trim(), ""));
        let verb = crate::exercise::plain(verb);
        let (_, _, verb) = VERBS.iter().find(|(fr, en, _)| verb == *fr || verb == *en)?;
        let rest = rest.trim();
        let (one, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (one, more) = (one.to_owned(), more.trim().to_owned());
        let seconds = |text: &str| text.parse::<u32>().ok().map(|m| m * 60).or_else(|| parse_duration(text).ok());
        let about = |id: &str| {
            let desk = self.session.desk()?;
            desk.kit().objectives.iter().map(|one| &one.id).find(|known| known.eq_ignore_ascii_case(id)).cloned()
        };
        // Ids are found whatever the case they are typed in.
        let inject = self
            .session
            .desk()
            .and_then(|desk| desk.items().iter().find(|item| item.id.eq_ignore_ascii_case(&one)))
            .map_or_else(|| one.clone(), |item| item.id.clone());
        let act = match *verb {
            "start" => self.start_act()?,
            "pause" => return Some((DeskAct::Pause, rest.to_owned())),
            "resume" => return Some((DeskAct::Resume, rest.to_owned())),
            "end" => return Some((DeskAct::End, rest.to_owned())),
            "fire" => return Some((DeskAct::Fire { rule: self.rule_of(&inject), inject }, more)),
            "skip" => return Some((DeskAct::Skip { inject }, more)),
            "hold" => return Some((DeskAct::Hold { inject }, more)),
            "release" => return Some((DeskAct::Release { inject }, more)),
            "delay" => DeskAct::Delay { inject, by_s: seconds(&more)? },
            "duplicate" => self.copy_of(&inject, seconds(&more))?,
            "test" => DeskAct::Test { inject },
            "jump" => {
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
                return Some((DeskAct::Improve { objective: about(&one)?, owner: String::new() }, more));
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

    /// Who sits at the desk sees what is to come; whoever plays alone sees only that it comes.
    fn sees_all(&self) -> bool {
        matches!(self.session.author().role, Role::Facilitator | Role::Evaluator)
    }

    fn item(label: String, hint: String, act: Act) -> MenuItem {
        MenuItem { label, key: String::new(), hint, enabled: true, why_not: String::new(), act }
    }

    /// The chronogramme with what can be done now.
    fn desk_menu(&self) -> Menu {
        let mut items = Vec::new();
        let now = self.session.now_incident();
        let mut title = self.t("act-desk");
        if let Some(desk) = self.session.desk() {
            let phase = match desk.phase() {
                Phase::Before => "desk-phase-before",
                Phase::Running => "desk-phase-running",
                Phase::Paused => "desk-phase-paused",
                Phase::Ended => "desk-phase-ended",
                Phase::Frozen => "desk-phase-frozen",
            };
            title = format!("{title} · {}", self.t(phase));
            let mut offer = |id: &str, act: Option<DeskAct>| {
                if let Some(act) = act {
                    items.push(Self::item(self.t(id), self.t("desk-verb-hint"), Act::Desk(act)));
                }
            };
            match desk.phase() {
                Phase::Before => offer("desk-verb-start", self.start_act()),
                Phase::Running => {
                    offer("desk-verb-pause", Some(DeskAct::Pause));
                    offer("desk-verb-end", Some(DeskAct::End));
                }
                Phase::Paused => {
                    offer("desk-verb-resume", Some(DeskAct::Resume));
                    offer("desk-verb-end", Some(DeskAct::End));
                }
                Phase::Ended | Phase::Frozen => {}
            }
            let suggested = desk.suggestions(now);
            for one in &suggested {
                let label = self.lang.ta("desk-suggested", &[("inject", Arg::Str(&one.item))]);
                items.push(Self::item(label, one.rule.clone(), Act::DeskInject(one.item.clone())));
            }
            for item in desk.items() {
                items.push(Self::item(self.item_line(item), self.item_text(item), Act::DeskInject(item.id.clone())));
            }
            if desk.phase() != Phase::Before {
                for verdict in evaluate(desk, now) {
                    let id = match verdict.met {
                        Some(true) => "desk-objective-met",
                        Some(false) => "desk-objective-not",
                        None => "desk-objective-open",
                    };
                    let delay = verdict.delay().map_or_else(|| "–".to_owned(), |delay| self.lang.duration(delay));
                    let args =
                        [("objective", Arg::Str(verdict.objective.id.as_str())), ("delay", Arg::Str(delay.as_str()))];
                    let hint = self.lang.of(&verdict.objective.title).to_owned();
                    items.push(Self::item(self.lang.ta(id, &args), hint, Act::Run("desk")));
                }
            }
        }
        Menu { title, items, cursor: 0, letters: false }
    }

    /// One line of the chronogramme: id, time, state.
    fn item_line(&self, item: &Item) -> String {
        let Some(desk) = self.session.desk() else { return String::new() };
        let state = self.t(match item.state {
            ItemState::Planned if item.at_s.is_none() => "exercise-contingency",
            ItemState::Planned => "desk-item-planned",
            ItemState::Held => "desk-item-held",
            ItemState::Skipped => "desk-item-skipped",
            ItemState::Given if item.answered.is_some() => "desk-item-answered",
            ItemState::Given => "desk-item-given",
        });
        let at = item.given.as_ref().map(|(_, at)| *at).or_else(|| desk.due_at(item));
        let time = match (at, item.at_s) {
            (Some(at), _) => self.lang.hm(at, self.session.zone()),
            (None, Some(s)) => format!("T+{}:{:02}", s / 3_600, s / 60 % 60),
            (None, None) => "–".to_owned(),
        };
        format!("{time}  {}  {state}", item.id)
    }

    fn item_text(&self, item: &Item) -> String {
        let planned = self.session.desk().and_then(|desk| desk.planned(item));
        match planned {
            Some(inject) if self.sees_all() || item.state == ItemState::Given => self.lang.of(&inject.text).to_owned(),
            _ => self.t("desk-hidden"),
        }
    }

    /// What can be done with one inject.
    pub(super) fn inject_menu(&self, id: &str) -> Menu {
        let inject = id.to_owned();
        let Some(item) = self.session.desk().and_then(|desk| desk.item(id)) else {
            return Menu { title: inject, items: Vec::new(), cursor: 0, letters: false };
        };
        let hint = self.item_text(item);
        let before = self.session.desk().is_some_and(|desk| desk.phase() == Phase::Before);
        let mut acts: Vec<(&str, DeskAct)> = Vec::new();
        if item.state == ItemState::Given {
            acts.extend(self.copy_of(id, None).map(|act| ("desk-verb-again", act)));
        } else {
            if before {
                acts.push(("desk-verb-test", DeskAct::Test { inject: inject.clone() }));
            } else {
                acts.push(("desk-verb-fire", DeskAct::Fire { rule: self.rule_of(id), inject: inject.clone() }));
            }
            if matches!(item.state, ItemState::Held | ItemState::Skipped) {
                acts.push(("desk-verb-release", DeskAct::Release { inject: inject.clone() }));
            } else {
                acts.push(("desk-verb-hold", DeskAct::Hold { inject: inject.clone() }));
            }
            if item.state != ItemState::Skipped {
                acts.push(("desk-verb-skip", DeskAct::Skip { inject: inject.clone() }));
            }
            if item.at_s.is_some() {
                acts.push(("desk-verb-delay", DeskAct::Delay { inject, by_s: 300 }));
            }
        }
        let items = acts.into_iter().map(|(id, act)| Self::item(self.t(id), hint.clone(), Act::Desk(act))).collect();
        Menu { title: self.item_line(item), items, cursor: 0, letters: false }
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
        match self.session.real_world(text) {
            Ok(path) => {
                let inc = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let said = self.lang.ta("desk-real-opened", &[("incident", Arg::Str(&inc))]);
                self.status(Level::Bad, said);
            }
            Err(error) => {
                let why = error.to_string();
                let said = self.lang.ta("desk-real-failed", &[("why", Arg::Str(&why))]);
                self.status(Level::Bad, said);
            }
        }
    }
}
