//! Forms: their fields, their keys, and what a filled one asks for.

use chrono::{DateTime, Utc};

use crate::config::ROLES;
use crate::health::{Observation, State};
use crate::incident::event::{Author, Body, EventTime, Role};
use crate::lang::Arg;
use crate::report::wording;
use crate::tui::edit::Editor;
use crate::tui::entry;
use crate::tui::input::PASTE_MAX;
use crate::tui::keymap::{Edit, FormKey};
use crate::tui::model::{Field, FieldValue, Form, FormId, Level, Overlay};

use super::App;

/// States that people can observe, best first.
const OBSERVED: [State; 6] =
    [State::Nominal, State::Watch, State::Degraded, State::Critical, State::Silent, State::Down];

impl App {
    pub(super) fn text_form(&self, id: FormId, title: &str, label: &str, value: &str) -> Form {
        let fields = vec![self.text_field("text", label, value, "")];
        Form { id, title: self.t(title), about: Vec::new(), fields, focus: 0, submit: self.t("form-record") }
    }

    pub(super) fn choice(&self, id: &'static str, label: &str, options: Vec<String>, selected: usize) -> Field {
        let value = FieldValue::Choice { options, selected };
        Field { id, label: self.t(label), value, hint: String::new(), error: String::new() }
    }

    /// Who writes, for which organisation, in which role.
    pub fn author_form(&self) -> Form {
        let author = self.session.author();
        let known = if author.who == "?" { "" } else { author.who.as_str() };
        let roles = ROLES.iter().map(|(_, role)| self.t(wording::role_id(*role))).collect();
        let role = ROLES.iter().position(|(_, role)| *role == author.role).unwrap_or(1);
        let fields = vec![
            self.text_field("who", "form-who", known, &self.t("form-who-hint")),
            self.text_field("org", "form-org", &author.org, &self.t("form-org-hint")),
            self.choice("role", "form-role", roles, role),
        ];
        let about = vec![self.t("form-author-about")];
        Form { id: FormId::Author, title: self.t("act-author"), about, fields, focus: 0, submit: self.t("form-take") }
    }

    pub(super) fn observation_form(&self) -> Form {
        let services = self.session.network().services.iter().map(|service| service.code.clone()).collect();
        let states = OBSERVED.iter().map(|state| self.t(state.id())).collect();
        let fields = vec![
            self.choice("service", "form-service", services, 0),
            self.text_field("zone", "form-zone", "", &self.t("form-zone-hint")),
            self.text_field("source", "form-source", "", &self.t("form-source-hint")),
            self.choice("state", "form-state", states, 2),
            self.text_field("share", "form-share", "", &self.t("form-share-hint")),
            self.text_field("time", "form-time", "", &self.t("form-time-hint")),
        ];
        let (title, submit) = (self.t("act-observation"), self.t("form-record"));
        Form { id: FormId::Observation, title, about: Vec::new(), fields, focus: 0, submit }
    }

    pub(super) fn awareness_form(&self) -> Form {
        let fields = vec![
            self.text_field("text", "form-awareness-text", &self.t("form-awareness-default"), ""),
            self.text_field("time", "form-time", "", &self.t("form-time-hint")),
            self.text_field("reason", "form-late", "", &self.t("form-late-hint")),
        ];
        let about = vec![self.t("form-awareness-about")];
        let (title, submit) = (self.t("act-awareness"), self.t("form-declare"));
        Form { id: FormId::Awareness, title, about, fields, focus: 0, submit }
    }

    pub(super) fn perimeter_form(&self) -> Form {
        let fields = vec![self.text_field("text", "form-perimeter", "", &self.t("form-perimeter-hint"))];
        let (title, submit) = (self.t("act-perimeter"), self.t("form-show"));
        Form { id: FormId::Perimeter, title, about: Vec::new(), fields, focus: 0, submit }
    }

    pub(super) fn filter_form(&self) -> Form {
        let options = self.kinds().into_iter().map(|(word, name)| {
            let on = self.ui.log.kinds.contains(&word);
            (name, on)
        });
        let value = FieldValue::Many { options: options.collect(), cursor: 0 };
        let field = Field {
            id: "kinds",
            label: self.t("form-kinds"),
            value,
            hint: self.t("form-kinds-hint"),
            error: String::new(),
        };
        let (title, submit) = (self.t("act-filter"), self.t("form-show"));
        Form { id: FormId::Filter, title, about: Vec::new(), fields: vec![field], focus: 0, submit }
    }

    /// A key for the form on top.
    pub(super) fn form_key(&mut self, key: FormKey) {
        if let Overlay::Form(form) = &mut self.ui.overlay
            && edit(form, key)
        {
            self.submit_form();
        }
    }

    pub(super) fn form_insert(&mut self, text: &str) {
        if let Overlay::Form(form) = &mut self.ui.overlay {
            insert(form, text);
        }
    }

    pub(super) fn submit_form(&mut self) {
        let Overlay::Form(form) = self.ui.overlay.clone() else { return };
        self.sending = Some(Box::new(form.clone()));
        if let FormId::Cell(which) = &form.id {
            // What lay under it comes back: a list shows at once what has changed.
            self.ui.pop();
            self.ui.kept.forget(&form.id);
            let answer = self.submit_cell(&form, which);
            self.sending = None;
            if let Err((id, why)) = answer {
                self.status(Level::Warning, why.clone());
                let mut form = form.clone();
                refuse(&mut form, id, why);
                self.ui.push(Overlay::Form(form));
            }
            return;
        }
        let answer = self.submitted(&form);
        self.sending = None;
        match answer {
            Ok(()) => {
                let id = form.id.clone();
                let refused = self.ui.kept.holds(&id);
                if self.ui.overlay == Overlay::Form(form) && !self.shows_futures() {
                    self.ui.clear_overlays();
                }
                if !refused {
                    self.ui.kept.forget(&id);
                }
            }
            Err((id, why)) => {
                self.status(Level::Warning, why.clone());
                if let Overlay::Form(form) = &mut self.ui.overlay {
                    refuse(form, id, why);
                }
            }
        }
    }

    /// Does what a filled form asks for; the error names the field.
    fn submitted(&mut self, form: &Form) -> Result<(), (&'static str, String)> {
        let text = text_of(form, "text");
        match &form.id {
            FormId::Author => self.take_author(form)?,
            FormId::Lever(word) => {
                let body = self.lever_decision(word, form)?;
                self.record(body, None, Vec::new());
            }
            FormId::Observation => self.observe(form)?,
            FormId::Awareness => {
                let time = self.time_of(form)?;
                if text.is_empty() {
                    return Err(("text", self.t("refusal-empty")));
                }
                self.record(Body::Awareness { text }, time, Vec::new());
            }
            FormId::Jump => self.jump_to(&text).map_err(|why| ("text", why))?,
            FormId::Perimeter => {
                let words = if text.is_empty() { "nation" } else { text.as_str() };
                self.set_perimeter(words).map_err(|why| ("text", why))?;
            }
            FormId::Filter => {
                let kinds = self.kinds();
                if let Some(FieldValue::Many { options, .. }) = form.fields.first().map(|field| &field.value) {
                    let on = kinds.into_iter().zip(options).filter(|(_, (_, ticked))| *ticked);
                    let words = on.map(|((word, _), _)| word).collect();
                    self.ui.clear_overlays();
                    self.filter_log(words);
                }
            }
            FormId::ClockStop(id) => {
                if text.is_empty() {
                    return Err(("text", self.t("refusal-empty")));
                }
                self.record(Body::ClockStop { id: id.clone(), reason: text }, None, Vec::new());
            }
            FormId::Forecast(re) => self.ask_futures(form, re.clone())?,
            FormId::Close => self.record(Body::Close { text }, None, Vec::new()),
            FormId::Reopen => {
                if text.is_empty() {
                    return Err(("text", self.t("refusal-empty")));
                }
                self.record(Body::Reopen { text }, None, Vec::new());
            }
            // The cell's own forms go their own way; the others are the first screen's.
            FormId::Cell(_) | FormId::Open | FormId::Exercise => {}
        }
        Ok(())
    }

    fn take_author(&mut self, form: &Form) -> Result<(), (&'static str, String)> {
        let (who, org) = (text_of(form, "who"), text_of(form, "org"));
        if who.is_empty() || who.contains('/') {
            return Err(("who", self.t("form-who-missing")));
        }
        let role = chosen(form, "role").and_then(|at| ROLES.get(at)).map_or(Role::LogKeeper, |(_, role)| *role);
        let author = Author { who, org, role };
        if author == *self.session.author() {
            return Ok(());
        }
        let name = self.t(wording::role_id(role));
        let args = [("who", Arg::Str(&author.who)), ("role", Arg::Str(&name))];
        let text = self.lang.ta("entry-role-taken", &args);
        self.session.set_author(author);
        if self.why_not_record().is_none() {
            self.record(Body::RoleTaken { text, taken: role }, None, Vec::new());
        }
        Ok(())
    }

    fn why_not_record(&self) -> Option<&'static str> {
        if self.session.read_only() || self.session.incident().closed() { Some("why-read-only") } else { None }
    }

    fn observe(&mut self, form: &Form) -> Result<(), (&'static str, String)> {
        let network = self.session.network();
        let service =
            chosen(form, "service").and_then(|at| network.services.get(at)).map(|service| service.code.clone());
        let zone = text_of(form, "zone").to_uppercase();
        let zone = (!zone.is_empty()).then_some(zone);
        if let Some(code) = &zone
            && network.zone_by_code(code).is_none()
        {
            return Err(("zone", self.lang.ta("status-no-zone", &[("what", Arg::Str(code))])));
        }
        let source = text_of(form, "source");
        if source.is_empty() {
            return Err(("source", self.t("form-source-missing")));
        }
        let state = chosen(form, "state").and_then(|at| OBSERVED.get(at)).copied().unwrap_or_default();
        let typed = text_of(form, "share");
        let typed = typed.trim_end_matches('%').trim_end().replace(',', ".");
        let share = match (typed.is_empty(), typed.parse::<f64>()) {
            (true, _) => None,
            (false, Ok(percent)) if (0.0..=100.0).contains(&percent) => Some(percent / 100.0),
            _ => return Err(("share", self.t("form-share-wrong"))),
        };
        let time = self.time_of(form)?;
        let at: DateTime<Utc> = time.as_ref().map_or_else(|| self.session.now_incident(), |time| time.at.to_utc());
        let service = service.unwrap_or_default();
        let text = {
            let place = zone.clone().unwrap_or_else(|| self.t("observation-everywhere"));
            let state = self.t(state.id());
            let args = [
                ("service", Arg::Str(service.as_str())),
                ("place", Arg::Str(&place)),
                ("state", Arg::Str(&state)),
                ("source", Arg::Str(&source)),
            ];
            self.lang.ta("entry-observation", &args)
        };
        let data = Observation { zone, service, source, state, share, at };
        self.record(Body::Observation { text, data }, time, Vec::new());
        Ok(())
    }

    /// The event time of a form; empty is now.
    fn time_of(&self, form: &Form) -> Result<Option<EventTime>, (&'static str, String)> {
        let typed = text_of(form, "time");
        if typed.is_empty() {
            return Ok(None);
        }
        if self.no_time_yet() {
            return Err(("time", self.t("why-loading")));
        }
        let parsed = entry::parse(&typed, self.session.now_incident(), self.session.zone());
        let Some(mut time) = parsed.time.filter(|_| parsed.text.is_empty()) else {
            return Err(("time", self.lang.ta("status-no-time", &[("what", Arg::Str(&typed))])));
        };
        let reason = text_of(form, "reason");
        time.reason = (!reason.is_empty()).then_some(reason);
        Ok(Some(time))
    }
}

/// Takes a key of a form; says whether it is to be submitted.
pub(in crate::tui) fn edit(form: &mut Form, key: FormKey) -> bool {
    let (last, button) = (form.fields.len().saturating_sub(1), form.fields.len());
    let field = form.fields.get_mut(form.focus);
    match key {
        FormKey::Next => form.focus = (form.focus + 1) % (button + 1),
        FormKey::Previous => form.focus = (form.focus + button) % (button + 1),
        FormKey::Enter if form.focus == button => return true,
        // A bounced Enter gets no further than the last field.
        FormKey::Enter => form.focus = (form.focus + 1).min(last),
        FormKey::Write(c) => insert(form, c.encode_utf8(&mut [0; 4])),
        FormKey::Edit(edit) => {
            if let Some(Field { value: FieldValue::Text(editor), .. }) = field {
                apply(editor, edit);
            }
        }
        FormKey::Option(forward) => match field.map(|field| &mut field.value) {
            Some(FieldValue::Choice { options, selected }) => *selected = step(*selected, options.len(), forward),
            Some(FieldValue::Many { options, cursor }) => *cursor = step(*cursor, options.len(), forward),
            _ => {}
        },
        FormKey::Tick => {
            if let Some(FieldValue::Many { options, cursor }) = field.map(|field| &mut field.value)
                && let Some((_, ticked)) = options.get_mut(*cursor)
            {
                *ticked = !*ticked;
            }
        }
        FormKey::Line(_) | FormKey::Part(_) => {}
    }
    false
}

/// Writes into the focused field, as far as there is room.
fn insert(form: &mut Form, text: &str) {
    let Some(field) = form.fields.get_mut(form.focus) else { return };
    field.error.clear();
    if let FieldValue::Text(editor) = &mut field.value
        && editor.text().len() + text.len() <= PASTE_MAX
    {
        editor.insert(text);
    }
}

/// Says what is wrong with a field and goes there.
pub(in crate::tui) fn refuse(form: &mut Form, id: &str, why: String) {
    if let Some(at) = form.fields.iter().position(|field| field.id == id) {
        form.focus = at;
        if let Some(field) = form.fields.get_mut(at) {
            field.error = why;
        }
    }
}

/// The text of a field, trimmed.
pub(in crate::tui) fn text_of(form: &Form, id: &str) -> String {
    let field = form.fields.iter().find(|field| field.id == id);
    match field.map(|field| &field.value) {
        Some(FieldValue::Text(text)) => text.text().trim().to_owned(),
        _ => String::new(),
    }
}

/// The chosen option of a field.
pub(in crate::tui) fn chosen(form: &Form, id: &str) -> Option<usize> {
    match form.fields.iter().find(|field| field.id == id).map(|field| &field.value) {
        Some(FieldValue::Choice { selected, .. }) => Some(*selected),
        _ => None,
    }
}

/// The ticked options of a field.
pub(in crate::tui) fn ticked(form: &Form, id: &str) -> Vec<usize> {
    match form.fields.iter().find(|field| field.id == id).map(|field| &field.value) {
        Some(FieldValue::Many { options, .. }) => {
            options.iter().enumerate().filter(|(_, (_, on))| *on).map(|(at, _)| at).collect()
        }
        _ => Vec::new(),
    }
}

/// Fills a text field.
pub(in crate::tui) fn preset(form: &mut Form, id: &str, text: &str) {
    if let Some(field) = form.fields.iter_mut().find(|field| field.id == id) {
        field.value = FieldValue::Text(Editor::new(text));
    }
}

fn step(at: usize, len: usize, forward: bool) -> usize {
    let len = len.max(1);
    if forward { (at + 1) % len } else { (at + len - 1) % len }
}

pub(super) fn apply(editor: &mut Editor, edit: Edit) {
    match edit {
        Edit::Backspace => {
            editor.backspace();
        }
        Edit::Delete => {
            editor.delete();
        }
        Edit::WordBack => editor.delete_word(),
        Edit::Left => editor.left(),
        Edit::Right => editor.right(),
        Edit::Home => editor.home(),
        Edit::End => editor.end(),
        Edit::Clear => {
            editor.take();
        }
    }
}
