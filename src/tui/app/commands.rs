//! What the actions of the table do.

use crate::config::Origin;
use crate::health::Perimeter;
use crate::incident::event::{Body, Mode};
use crate::lang::{Arg, Lang, LangId};
use crate::tui::action::{self, ACTIONS, Act};
use crate::tui::entry;
use crate::tui::model::{EntryKind, Form, FormId, Layers, Level, Menu, MenuItem, Overlay, Palette, Pane, Purpose};
use crate::tui::theme::{Theme, ThemeId};

use super::{App, Effect};

/// Speeds of the menu \[×\].
const SPEEDS: [u32; 8] = [1, 2, 5, 10, 20, 60, 120, 600];

impl App {
    /// Does an action of the table, with what was typed after its word.
    pub(super) fn run(&mut self, id: &str, args: &str) {
        let Some(row) = action::by_id(id) else { return };
        if let Err(why) = (row.when)(&self.context()) {
            self.status(Level::Warning, self.t(why));
            return;
        }
        if self.run_cell(id, args) {
            return;
        }
        match id {
            "decision" if args.is_empty() && self.form_instead(EntryKind::Decision) => {}
            "message" if args.is_empty() && self.form_instead(EntryKind::Message) => {}
            "decision" => self.set_kind(EntryKind::Decision, args),
            "action" => self.set_kind(EntryKind::Action, args),
            "message" => self.set_kind(EntryKind::Message, args),
            "information" => self.set_kind(EntryKind::Information, args),
            "fact" => self.set_kind(EntryKind::Fact, args),
            "request" => self.set_kind(EntryKind::Request, args),
            "note" => self.set_kind(EntryKind::Note, args),
            "receipt" => self.ask_receipt(),
            "correct" => self.ask_correction(),
            "awareness" => self.declare(args),
            "observation" => {
                let form = self.observation_form();
                self.open_form(form);
            }
            "acknowledge" => self.open_latest_alarm(),
            "step" => self.open_next_step(),
            "levers" => {
                let menu = self.lever_menu(&[]);
                self.toggle(Overlay::Menu(menu));
            }
            "forecast" => {
                self.session.prepare_twin();
                let form = self.forecast_form(None, None);
                self.open_form(form);
            }
            "map" => {
                let cursor = self.map_start();
                self.toggle(Overlay::Map { cursor, service: None });
            }
            "timeline" => self.toggle(Overlay::Timeline { cursor: None, layers: Layers::default() }),
            "deadlines" => self.toggle(Overlay::Deadlines { cursor: 0 }),
            "playbooks" if !args.trim().is_empty() => self.find_playbook(args),
            "playbooks" => {
                let menu = self.playbook_menu();
                self.ui.push(Overlay::Menu(menu));
            }
            "search" => {
                self.ui.clear_overlays();
                self.focus(Pane::Log);
                self.ask(Purpose::Search, args);
                self.search_again();
            }
            "filter" => {
                let form = self.filter_form();
                self.open_form(form);
            }
            "perimeter" => self.perimeter(args),
            "next-pane" => self.focus(self.ui.focus.next(false)),
            "previous-pane" => self.focus(self.ui.focus.next(true)),
            "zoom" => {
                self.ui.clear_overlays();
                self.ui.zoom = !self.ui.zoom;
            }
            "pause" => {
                self.session.pause();
            }
            "play" => {
                self.session.resume_clock();
            }
            "speed" => self.speed(args),
            "jump" => self.jump(args),
            "bookmark" => self.bookmark(args),
            "take-over" => {
                if let Err(why) = self.session.take_over() {
                    self.status(Level::Warning, self.lang.say(&why.said()));
                }
            }
            "ghost" => {
                let on = !self.session.ghost();
                self.session.set_ghost(on);
                let id = match (on, self.session.taken_over_at().is_some()) {
                    (true, true) => "status-ghost-on",
                    (true, false) => "status-ghost-ahead",
                    (false, _) => "status-ghost-off",
                };
                self.status(Level::Info, self.t(id));
            }
            "desk" => self.run_desk(args),
            verb if row.group == action::Group::Desk => self.at_desk(verb, args),
            "real-world" => self.ask_real_world(args),
            "help" => {
                let lines = action::help(&self.context(), &self.lang);
                self.toggle(Overlay::Help { lines, scroll: 0 });
            }
            "palette" => self.open_palette(),
            "menu" => self.toggle_menu(),
            "author" => {
                let form = self.author_form();
                self.open_form(form);
            }
            "language" => self.language(args),
            "theme" => self.theme(args),
            "mouse" => {
                self.ui.mouse = !self.ui.mouse;
                self.effects.push(Effect::Mouse(self.ui.mouse));
                self.status(Level::Info, self.t(if self.ui.mouse { "status-mouse-on" } else { "status-mouse-off" }));
            }
            "slow" => {
                self.ui.slow = !self.ui.slow;
                self.status(Level::Info, self.t(if self.ui.slow { "status-slow-on" } else { "status-slow-off" }));
            }
            "redraw" => self.effects.push(Effect::Redraw),
            "draft" => self.take_draft(),
            "suspend" => self.effects.push(Effect::Suspend),
            "close" => {
                let form = self.text_form(FormId::Close, "form-close", "form-close-text", "");
                self.open_form(form);
            }
            "reopen" => {
                let form = self.text_form(FormId::Reopen, "form-reopen", "form-reason", "");
                self.open_form(form);
            }
            "quit" => self.effects.push(Effect::Quit),
            _ => {}
        }
    }

    /// Does what a button or a menu item asks for.
    pub(super) fn perform(&mut self, act: Act) {
        match act {
            Act::Run(id) => self.run(id, ""),
            Act::Back => {
                self.ui.pop();
            }
            Act::Show(of) => self.ui.push(Overlay::Detail { of, scroll: 0 }),
            Act::Step { playbook, step, change, ask } => {
                self.ui.clear_overlays();
                if ask {
                    self.ask(Purpose::Step { playbook, step, change }, "");
                } else {
                    self.record(Body::step(playbook, step, change, ""), None, Vec::new());
                }
            }
            Act::Playbook(act) => self.step_act(act),
            Act::Lever { word, on } => {
                let form = self.lever_form(&word, &on);
                self.open_form(form);
            }
            Act::PlaybookCard(id) => self.open_playbook_card(&id),
            Act::OpenPlaybook(id) => self.open_playbook(&id),
            Act::ShowPlaybook(index) => {
                self.ui.clear_overlays();
                self.ui.playbook = index;
                self.ui.step = 0;
                self.focus(Pane::Playbook);
            }
            Act::Correct(of) => self.correct(of),
            Act::Answer(of) => {
                self.ui.clear_overlays();
                self.ask(Purpose::Receipt { of }, "");
            }
            Act::Receipt(of, acknowledged) => {
                self.ui.clear_overlays();
                self.record(Body::Receipt { acknowledged, text: String::new() }, None, vec![of]);
            }
            Act::Settle(of, done) => {
                use crate::incident::event::ActionState::{Done, Dropped};
                self.ui.clear_overlays();
                let state = if done { Done } else { Dropped };
                let (text, owner) = (String::new(), String::new());
                self.record(Body::Action { text, owner, due: None, state }, None, vec![of]);
            }
            Act::Acknowledge(group) => {
                self.ui.clear_overlays();
                self.record(Body::Acknowledge { group, shelved_until: None, text: String::new() }, None, Vec::new());
            }
            Act::Shelve(group, minutes) => {
                self.ui.clear_overlays();
                let until = self.session.now_incident() + chrono::TimeDelta::minutes(i64::from(minutes));
                let shelved_until = Some(until.with_timezone(&self.session.zone()).fixed_offset());
                self.record(Body::Acknowledge { group, shelved_until, text: String::new() }, None, Vec::new());
            }
            Act::Goto(id) => self.show_entry(&id),
            Act::StopClock(id) => {
                let form = self.text_form(FormId::ClockStop(id), "form-clock-stop", "form-reason", "");
                self.open_form(form);
            }
            Act::Desk(act) if self.asks_first(&act) => self.ask_sure(act),
            Act::Desk(act) | Act::DeskSure(act) => {
                self.ui.clear_overlays();
                self.record(Body::Desk { act, text: String::new() }, None, Vec::new());
            }
            Act::DeskInject(_) | Act::DeskCell(_) | Act::DeskObjective(_) => self.open_desk_row(&act),
            Act::RealWorld(text) => {
                self.ui.clear_overlays();
                self.real_world(&text);
            }
            Act::Speed(rate) => {
                self.ui.clear_overlays();
                self.session.set_speed(rate);
            }
            Act::Seek(to) => {
                self.ui.clear_overlays();
                self.session.seek(to);
            }
            Act::Theme(word) => {
                self.ui.clear_overlays();
                self.theme(&word);
            }
            Act::Language(id) => {
                self.ui.clear_overlays();
                self.set_language(id);
            }
            Act::Explain(of) => {
                self.ui.clear_overlays();
                self.ask(Purpose::Explain { of }, "");
            }
            Act::WhatIf { re, step } => {
                self.session.prepare_twin();
                let form = self.forecast_form(re, step.as_ref());
                self.open_form(form);
            }
            Act::CiteForecast => self.cite_forecast(),
            Act::Cell(act) => self.perform_cell(act),
            Act::Quit => self.effects.push(Effect::Quit),
            // Only the first screen offers these.
            Act::Continue(_) | Act::Exercise(_) | Act::Replay(_) => {}
        }
    }

    /// Opens an overlay, or closes it if it is the one on top.
    pub(super) fn toggle(&mut self, overlay: Overlay) {
        let same = std::mem::discriminant(&self.ui.overlay) == std::mem::discriminant(&overlay);
        let title = |overlay: &Overlay| match overlay {
            Overlay::Menu(menu) => menu.title.clone(),
            _ => String::new(),
        };
        if same && title(&self.ui.overlay) == title(&overlay) {
            self.ui.pop();
        } else {
            self.ui.clear_overlays();
            self.ui.push(overlay);
        }
    }

    pub(super) fn open_form(&mut self, form: Form) {
        if self.ui.input.purpose != Purpose::Entry {
            self.leave_purpose();
        }
        let (form, left) = self.ui.kept.open(form);
        self.ui.push(Overlay::Form(form));
        if left {
            self.status(Level::Info, self.t("status-form-resumed"));
        }
    }

    fn open_palette(&mut self) {
        if self.ui.input.purpose != Purpose::Entry {
            self.leave_purpose();
        }
        self.ask(Purpose::Command, "");
        self.ui.push(Overlay::Palette(Palette::default()));
        self.refresh_palette();
    }

    pub(super) fn refresh_palette(&mut self) {
        let found = action::matching(self.ui.input.line.text(), &self.lang);
        let context = self.context();
        let items: Vec<MenuItem> =
            found.into_iter().filter(|row| row.id != "palette").map(|row| row.item(&context, &self.lang)).collect();
        if let Overlay::Palette(palette) = &mut self.ui.overlay {
            *palette = Palette { items, cursor: 0 };
        }
    }

    /// Enter after `:`.
    pub(super) fn submit_command(&mut self) {
        let chosen = match &self.ui.overlay {
            Overlay::Palette(palette) => palette.items.get(palette.cursor).cloned(),
            _ => None,
        };
        let line = self.ui.input.line.text().trim().to_owned();
        let (_, args) = action::command(&line);
        let Some(item) = chosen else {
            let args = [("what", Arg::Str(line.as_str()))];
            self.status(Level::Warning, self.lang.ta("status-no-command", &args));
            return;
        };
        self.leave_purpose();
        if let Act::Run(id) = item.act {
            self.run(id, args.trim());
        }
    }

    fn toggle_menu(&mut self) {
        let context = self.context();
        let items = ACTIONS.iter().filter_map(|row| {
            let letter = row.letter?;
            Some(MenuItem { key: letter.to_string(), ..row.item(&context, &self.lang) })
        });
        let menu = Menu { title: self.t("menu-title"), items: items.collect(), cursor: 0, letters: true };
        self.toggle(Overlay::Menu(menu));
    }

    pub(super) fn menu_letter(&mut self, letter: char) {
        let Overlay::Menu(menu) = &self.ui.overlay else { return };
        let wanted = letter.to_lowercase().to_string();
        let item = menu.items.iter().find(|item| item.key == wanted).cloned();
        if let Some(item) = item {
            self.choose_item(item);
        }
    }

    pub(super) fn choose_item(&mut self, item: MenuItem) {
        if item.enabled {
            self.ui.pop();
            self.perform(item.act);
        } else {
            self.status(Level::Warning, item.why_not);
        }
    }

    /// Awareness: with words at once, else by a form.
    fn declare(&mut self, args: &str) {
        if args.is_empty() {
            let form = self.awareness_form();
            self.open_form(form);
            return;
        }
        let parsed = entry::parse(args, self.session.now_incident(), self.session.zone());
        let text = if parsed.text.is_empty() { self.t("form-awareness-default") } else { parsed.text.to_owned() };
        self.record(Body::Awareness { text }, parsed.time, Vec::new());
    }

    fn perimeter(&mut self, args: &str) {
        if args.is_empty() {
            let form = self.perimeter_form();
            self.open_form(form);
            return;
        }
        if let Err(why) = self.set_perimeter(args) {
            self.status(Level::Warning, why);
        }
    }

    /// Shows another part of the country; the error is a sentence.
    pub(super) fn set_perimeter(&mut self, words: &str) -> Result<(), String> {
        let perimeter = crate::config::perimeter(words, &Origin::Flag("perimeter"))
            .map_err(|error| self.lang.say(&error.said()))?;
        let network = self.session.network();
        let exists = match &perimeter {
            Perimeter::Nation => true,
            Perimeter::Region(code) => network.zones.iter().any(|zone| zone.region_code == *code),
            Perimeter::Zone(code) => network.zones.iter().any(|zone| zone.code == *code),
            Perimeter::Operator(id) => network.operators.iter().any(|operator| operator.id == *id),
        };
        if !exists {
            return Err(self.lang.ta("status-no-perimeter", &[("what", Arg::Str(words))]));
        }
        self.session.set_perimeter(perimeter);
        Ok(())
    }

    fn speed(&mut self, args: &str) {
        let typed = args.trim_start_matches(['×', 'x']);
        if let Ok(speed) = typed.parse::<u32>() {
            let speed = speed.clamp(1, 600);
            self.session.set_speed(speed * 1_000);
            return;
        }
        let now = self.session.clock().rate_milli;
        let items: Vec<MenuItem> = SPEEDS
            .iter()
            .map(|speed| MenuItem {
                label: format!("×{speed}"),
                key: String::new(),
                hint: String::new(),
                enabled: true,
                why_not: String::new(),
                act: Act::Speed(speed * 1_000),
            })
            .collect();
        let cursor = SPEEDS.iter().position(|speed| speed * 1_000 >= now).unwrap_or(0);
        self.ui.push(Overlay::Menu(Menu { title: self.t("act-speed"), items, cursor, letters: false }));
    }

    fn jump(&mut self, args: &str) {
        if args.is_empty() {
            let form = self.text_form(FormId::Jump, "act-jump", "form-jump-to", "+10m");
            self.open_form(form);
        } else if let Err(why) = self.jump_to(args) {
            self.status(Level::Warning, why);
        }
    }

    /// Moves the exercise or replay clock; the error is a sentence.
    pub(super) fn jump_to(&mut self, word: &str) -> Result<(), String> {
        let now = self.session.now_incident();
        let to = entry::place(word, &self.session, &self.lang)?;
        if to < now && (self.session.mode() != Mode::Replay || self.session.taken_over_at().is_some()) {
            return Err(self.t("refusal-backwards"));
        }
        self.session.jump(to);
        if let Some((from, until)) = self.session.span().filter(|(from, until)| to < *from || to > *until) {
            let zone = self.session.zone();
            let named = |at| format!("{} {}", self.lang.date(at, zone), self.lang.hm(at, zone));
            let (from, until) = (named(from), named(until));
            let text = self.lang.ta("jump-outside", &[("from", Arg::Str(&from)), ("until", Arg::Str(&until))]);
            self.status(Level::Info, text);
        }
        Ok(())
    }

    /// `:bookmark NAME` marks this moment; without a name the places of the record are listed.
    fn bookmark(&mut self, args: &str) {
        let name = args.trim();
        if !name.is_empty() {
            let text = self.session.bookmark_text(name);
            self.record(Body::Note { text }, None, Vec::new());
            return;
        }
        let (all, now, zone) = (self.session.bookmarks(), self.session.now_incident(), self.session.zone());
        if all.is_empty() {
            self.status(Level::Info, self.t("bookmark-none"));
            return;
        }
        let cursor = all.iter().rposition(|one| one.at <= now).unwrap_or(0);
        let items = all.iter().map(|one| MenuItem {
            label: crate::text::visible(&one.name(&self.lang)).into_owned(),
            key: String::new(),
            hint: format!("{} {}", self.lang.date(one.at, zone), self.lang.time(one.at, zone)),
            enabled: true,
            why_not: String::new(),
            act: Act::Seek(one.at),
        });
        let items = items.collect();
        self.ui.push(Overlay::Menu(Menu { title: self.t("act-bookmark"), items, cursor, letters: false }));
    }

    fn language(&mut self, args: &str) {
        let next = match self.lang.id() {
            LangId::Fr => LangId::En,
            LangId::En => LangId::Fr,
        };
        self.set_language(args.parse().unwrap_or(next));
    }

    fn set_language(&mut self, id: LangId) {
        self.lang = Lang::new(id);
        self.ui.clear_overlays();
        self.ui.status = None;
    }

    fn theme(&mut self, args: &str) {
        if let Ok(id) = args.parse::<ThemeId>() {
            self.theme = Theme::new(id);
            return;
        }
        let here = self.theme.id();
        let items = ThemeId::ALL.into_iter().map(|id| MenuItem {
            label: self.t(&format!("theme-{}", id.word())),
            key: String::new(),
            hint: String::new(),
            enabled: true,
            why_not: String::new(),
            act: Act::Theme(id.word().to_owned()),
        });
        let items: Vec<MenuItem> = items.collect();
        let cursor = ThemeId::ALL.iter().position(|id| *id == here).unwrap_or(0);
        self.ui.push(Overlay::Menu(Menu { title: self.t("act-theme"), items, cursor, letters: false }));
    }
}
