//! The desk as a menu: what the facilitator can do, how the cells play, the chronogramme, the objectives.

use chrono::{DateTime, Utc};

use crate::exercise::{Desk, InjectKind, Item, ItemState, Phase, evaluate};
use crate::incident::desk::{DeskAct, Rating};
use crate::incident::event::Role;
use crate::lang::Arg;
use crate::report::wording;
use crate::session::Playing;
use crate::text::{truncate, visible};
use crate::tui::action::Act;
use crate::tui::app::App;
use crate::tui::model::{Menu, MenuItem, Overlay};
use crate::tui::view::row::width;

/// Columns of the id and of the addressee in the chronogramme.
const ID: usize = 6;
const WHOM: usize = 14;

/// `text` in so many columns, cut or filled.
fn column(text: &str, columns: usize) -> String {
    let cut = truncate(text, columns);
    let fill = columns.saturating_sub(width(&cut));
    format!("{cut}{}", " ".repeat(fill))
}

impl App {
    /// Who sits at the desk sees what is to come and what befell the network; whoever plays alone, once it is over.
    pub(in crate::tui::app) fn sees_all(&self) -> bool {
        let over = self.session.desk().is_some_and(|desk| desk.phase() == Phase::Ended);
        over || matches!(self.session.author().role, Role::Facilitator | Role::Evaluator)
    }

    pub(super) fn item(label: String, hint: String, act: Act) -> MenuItem {
        MenuItem { label, key: String::new(), hint, enabled: true, why_not: String::new(), act }
    }

    /// While the desk is open it goes on with play.
    pub(in crate::tui::app) fn refresh_desk(&mut self) {
        let Overlay::Menu(open) = &self.ui.overlay else { return };
        // What can be done with one inject, or one cell, stands until it is chosen.
        let play = |act: &Act| {
            matches!(act, Act::Desk(DeskAct::Start { .. } | DeskAct::Pause | DeskAct::Resume) | Act::DeskInject(_))
        };
        if !open.items.iter().any(|item| play(&item.act)) {
            return;
        }
        // The cursor stays on what it is on, wherever that has moved.
        let on = open.items.get(open.cursor).map(|item| item.act.clone());
        let cursor = open.cursor;
        let mut menu = self.desk_menu();
        let same = |item: &MenuItem| Some(&item.act) == on.as_ref();
        let stays = menu.items.get(cursor).is_some_and(same);
        let moved = menu.items.iter().position(same).unwrap_or(cursor);
        menu.cursor = if stays { cursor } else { moved }.min(menu.items.len().saturating_sub(1));
        self.ui.overlay = Overlay::Menu(menu);
    }

    /// The desk with what can be done now.
    pub(super) fn desk_menu(&self) -> Menu {
        let mut items = Vec::new();
        let now = self.session.now_incident();
        let mut title = self.t("act-desk");
        if let Some(desk) = self.session.desk() {
            title = self.desk_title(desk, now);
            for (id, act) in self.verbs(desk) {
                items.push(Self::item(self.t(id), self.t("desk-verb-hint"), Act::Desk(act)));
            }
            let all = self.sees_all();
            items.extend(self.session.playing().iter().map(|cell| self.cell_item(cell)));
            for one in desk.suggestions(now).into_iter().filter(|_| all) {
                let label = self.lang.ta("desk-suggested", &[("inject", Arg::Str(&one.item))]);
                items.push(Self::item(label, one.rule, Act::DeskInject(one.item)));
            }
            for item in desk.chronogramme() {
                // A player knows the messages that he got; neither what else there is nor how much of it.
                let got = item.state == ItemState::Given && item.message.is_some();
                if !all && !got {
                    continue;
                }
                let key = self.item_state(desk, item, now);
                let act = Act::DeskInject(item.id.clone());
                items.push(MenuItem { key, ..Self::item(self.item_line(desk, item), self.item_text(item), act) });
            }
            if !all {
                items.push(Self::item(self.t("desk-hidden"), self.t("desk-hidden-hint"), Act::Back));
            } else if desk.phase() != Phase::Before {
                items.extend(self.objective_items(desk, now));
            }
        }
        Menu { title, items, cursor: 0, letters: false }
    }

    fn desk_title(&self, desk: &Desk, now: DateTime<Utc>) -> String {
        let phase = self.t(match desk.phase() {
            Phase::Before => "desk-phase-before",
            Phase::Running => "desk-phase-running",
            Phase::Paused => "desk-phase-paused",
            Phase::Ended => "desk-phase-ended",
            Phase::Frozen => "desk-phase-frozen",
        });
        let name = self.t("act-desk");
        let args = [("desk", Arg::Str(&name)), ("phase", Arg::Str(&phase))];
        match desk.next().filter(|_| desk.phase() == Phase::Running && self.sees_all()) {
            Some((item, at)) => {
                let wait = self.lang.duration((at - now).max(chrono::TimeDelta::zero()));
                let more = [("inject", Arg::Str(item.id.as_str())), ("wait", Arg::Str(&wait))];
                self.lang.ta("desk-title-next", &[args.as_slice(), more.as_slice()].concat())
            }
            None => self.lang.ta("desk-title", &args),
        }
    }

    fn verbs(&self, desk: &Desk) -> Vec<(&'static str, DeskAct)> {
        match desk.phase() {
            Phase::Before => self.start_act().into_iter().map(|act| ("desk-verb-start", act)).collect(),
            Phase::Running => vec![("desk-verb-pause", DeskAct::Pause), ("desk-verb-end", DeskAct::End)],
            Phase::Paused => vec![("desk-verb-resume", DeskAct::Resume), ("desk-verb-end", DeskAct::End)],
            // A player who is alone cannot undo a real emergency.
            Phase::Frozen if self.sees_all() => vec![("desk-verb-resume", DeskAct::Resume)],
            Phase::Frozen | Phase::Ended => Vec::new(),
        }
    }

    /// How another cell plays, in a line.
    fn cell_item(&self, cell: &Playing) -> MenuItem {
        let name = self.lang.of(&cell.spec.title).to_owned();
        let mut key = if cell.joined {
            self.lang.ta("desk-cell-on", &[("n", Arg::from(cell.unanswered))])
        } else {
            self.t("desk-cell-away")
        };
        if let Some(at) = cell.awareness {
            let at = self.lang.hm(at, self.session.zone());
            key = self.lang.ta("desk-cell-aware", &[("at", Arg::Str(&at)), ("rest", Arg::Str(&key))]);
        }
        let hint = match &cell.last {
            Some(entry) => {
                let at = self.lang.hm(entry.fact_time().to_utc(), self.session.zone());
                let text = visible(entry.body.text()).into_owned();
                self.lang.ta("desk-cell-last", &[("at", Arg::Str(&at)), ("text", Arg::Str(&text))])
            }
            None if cell.joined => self.t("desk-cell-silent"),
            None => String::new(),
        };
        MenuItem { key, ..Self::item(name, hint, Act::DeskCell(cell.spec.id.clone())) }
    }

    fn objective_items(&self, desk: &Desk, now: DateTime<Utc>) -> Vec<MenuItem> {
        let over = desk.phase() == Phase::Ended;
        let of = |verdict: crate::exercise::Verdict<'_>| {
            let id = match verdict.met {
                _ if verdict.objective.rule.is_none() => "exercise-judged",
                Some(true) => "desk-objective-met",
                Some(false) => "desk-objective-not",
                None if over && verdict.reached.is_none() => "desk-objective-never",
                None => "desk-objective-open",
            };
            let delay = verdict.delay().map_or_else(|| "–".to_owned(), |delay| self.lang.duration(delay));
            // Whoever rates again has thought again: each evaluator's last word counts.
            let mut ratings: Vec<(&str, Rating)> = Vec::new();
            for (mark, rating) in &verdict.ratings {
                ratings.retain(|(who, _)| *who != mark.who);
                ratings.push((&mark.who, *rating));
            }
            let ratings: Vec<String> = ratings.iter().map(|(_, rating)| format!("{rating:?}")).collect();
            let mut key = self.lang.ta(id, &[("delay", Arg::Str(&delay))]);
            if !ratings.is_empty() {
                key = format!("{key} · {}", ratings.join(" "));
            }
            let title = self.lang.of(&verdict.objective.title).to_owned();
            let label = format!("{}{title}", column(&verdict.objective.id, ID));
            let act = Act::DeskObjective(verdict.objective.id.clone());
            MenuItem { key, ..Self::item(label, title, act) }
        };
        evaluate(desk, now).into_iter().map(of).collect()
    }

    /// One line of the chronogramme: time, id, whom it is for, what it says.
    fn item_line(&self, desk: &Desk, item: &Item) -> String {
        let at = item.given.as_ref().map(|(_, at)| *at).or_else(|| desk.due_at(item));
        let time = match (at, item.at_s) {
            (Some(at), _) => self.lang.hm(at, self.session.zone()),
            (None, Some(s)) => format!("T+{}:{:02}", s / 3_600, s / 60 % 60),
            (None, None) => "–".to_owned(),
        };
        let whom = match desk.planned(item) {
            Some(inject) => match inject.kind() {
                _ if !inject.to.is_empty() => wording::addressee(&inject.to, &self.lang),
                InjectKind::View => self.t("desk-kind-view"),
                InjectKind::Repair => self.t("desk-kind-repair"),
                InjectKind::Message | InjectKind::Fault => self.t("desk-kind-fault"),
            },
            None => String::new(),
        };
        let text = self.item_text(item);
        format!("{} {}{} {text}", column(&time, 6), column(&item.id, ID), column(&whom, WHOM))
    }

    /// How it stands.
    fn item_state(&self, desk: &Desk, item: &Item, now: DateTime<Utc>) -> String {
        let message = desk.planned(item).is_some_and(|inject| !inject.to.is_empty());
        match item.state {
            ItemState::Planned | ItemState::Held if desk.phase() == Phase::Ended => self.t("desk-item-never"),
            ItemState::Planned if item.at_s.is_none() => self.t("exercise-contingency"),
            ItemState::Planned if item.tested => self.t("desk-item-tested"),
            ItemState::Planned => self.t("desk-item-planned"),
            ItemState::Held => self.t("desk-item-held"),
            ItemState::Skipped => self.t("desk-item-skipped"),
            ItemState::Given if !message => self.t("desk-item-done"),
            ItemState::Given => {
                let Some(at) = item.answered else {
                    let given = item.given.as_ref().map_or(now, |(_, at)| *at);
                    let waited = self.lang.duration((now - given).max(chrono::TimeDelta::zero()));
                    return self.lang.ta("log-unanswered", &[("time", Arg::Str(&waited))]);
                };
                self.lang.ta("log-answered", &[("time", Arg::Str(&self.lang.hm(at, self.session.zone())))])
            }
        }
    }

    fn item_text(&self, item: &Item) -> String {
        let planned = self.session.desk().and_then(|desk| desk.planned(item));
        planned.map_or_else(String::new, |inject| self.lang.of(&inject.text).to_owned())
    }

    /// What can be done with one inject.
    fn inject_menu(&self, id: &str) -> Menu {
        let inject = id.to_owned();
        let found = self.session.desk().and_then(|desk| Some((desk, desk.item(id)?)));
        let Some((desk, item)) = found else {
            return Menu { title: inject, items: Vec::new(), cursor: 0, letters: false };
        };
        let mut hint = self.item_text(item);
        if let Some(expected) = desk.planned(item).map(|inject| self.lang.of(&inject.expected))
            && self.sees_all()
            && !expected.is_empty()
        {
            hint = format!("{hint} ▸ {expected}");
        }
        let mut acts: Vec<(&str, DeskAct)> = Vec::new();
        if item.state == ItemState::Given {
            acts.extend(self.copy_of(id, None).map(|act| ("desk-verb-again", act)));
        } else {
            if desk.phase() == Phase::Before {
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
        let state = self.item_state(desk, item, self.session.now_incident());
        Menu { title: format!("{} · {state}", item.id), items, cursor: 0, letters: false }
    }

    /// Opens what can be done with a row of the desk; the desk stays under it.
    pub(in crate::tui::app) fn open_desk_row(&mut self, row: &Act) {
        let card = match row {
            Act::DeskInject(id) => self.inject_menu(id),
            Act::DeskCell(id) => self.cell_menu(id),
            Act::DeskObjective(id) => self.objective_menu(id),
            _ => return,
        };
        let mut desk = self.desk_menu();
        desk.cursor = desk.items.iter().position(|item| item.act == *row).unwrap_or_default();
        self.ui.push(Overlay::Menu(desk));
        self.ui.push(Overlay::Menu(card));
    }

    /// The ratings of an objective: people give them.
    fn objective_menu(&self, id: &str) -> Menu {
        let objective = id.to_owned();
        let ratings = [Rating::P, Rating::S, Rating::M, Rating::U];
        let item = |rating: Rating| {
            let label = self.t(&format!("desk-rating-{rating:?}").to_lowercase());
            Self::item(
                label,
                self.t("desk-rating-hint"),
                Act::Desk(DeskAct::Rate { objective: objective.clone(), rating }),
            )
        };
        let known = self.session.desk().and_then(|desk| desk.kit().objective(id));
        let title = known.map_or_else(String::new, |known| self.lang.of(&known.title).to_owned());
        Menu { title: format!("{id} · {title}"), items: ratings.map(item).into(), cursor: 0, letters: false }
    }

    /// What can be done with one cell.
    fn cell_menu(&self, id: &str) -> Menu {
        let cells = self.session.other_cells();
        let name = cells.iter().find(|cell| cell.id == id).map_or(id, |cell| self.lang.of(&cell.title)).to_owned();
        let fog = |lifted| DeskAct::Fog { cell: id.to_owned(), lifted };
        let check = |ok| DeskAct::Check { whom: name.clone(), ok };
        let acts = [
            ("desk-verb-check-ok", "desk-verb-check-ok-hint", check(true)),
            ("desk-verb-check-ko", "desk-verb-check-ko-hint", check(false)),
            ("desk-verb-fog-off", "desk-verb-fog-off-hint", fog(true)),
            ("desk-verb-fog-on", "desk-verb-fog-on-hint", fog(false)),
        ];
        let items =
            acts.into_iter().map(|(id, hint, act)| Self::item(self.t(id), self.t(hint), Act::Desk(act))).collect();
        Menu { title: name, items, cursor: 0, letters: false }
    }
}
