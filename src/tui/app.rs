//! The state of the console and what changes it: keys, pastes, answers of the session. No I/O: what has to
//! happen outside comes back as [`Effect`]s, so that tests drive the whole console with a manual clock.
//!
//! Does not belong here: how anything looks, rules of the domain (the session's incident decides).

mod cards;
mod cell;
mod commands;
mod desk;
mod fan;
mod forecast;
pub(super) mod forms;
mod levers;
mod log;
mod panes;
mod steps;
mod unsent;
mod write;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::incident::command::Refusal;
use crate::incident::event::{Author, Body, EntryId, EventTime};
use crate::lang::{Arg, Lang, LangId};
use crate::session::{Outcome, Session, Ticket};
use crate::text;

use super::action::Context;
use super::edit::Editor;
use super::input::{Key, MouseKind, PASTE_MAX};
use super::keymap::{Edit, Intent, resolve};
use super::model::{EntryKind, Form, Glyphs, Level, Model, Overlay, Pane, Purpose, Status, UiState};
use super::theme::Theme;

pub use cell::stage_id;
pub use write::addressed;

/// Two Ctrl-C within this time quit \[s\].
const INTERRUPT_S: i64 = 2;
/// Lines that Up brings back.
const HISTORY: usize = 200;

/// What has to happen outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// End the console.
    Quit,
    /// Give the terminal to the shell and stop.
    Suspend,
    /// Take the mouse, or give it back.
    Mouse(bool),
    /// Write the whole screen anew.
    Redraw,
}

/// Something that was asked of the session and has no answer yet.
#[derive(Debug, Clone, PartialEq, Default)]
struct Sent {
    /// The line as it was typed; empty for buttons and forms.
    raw: String,
    kind: EntryKind,
    purpose: Purpose,
    then: Then,
    /// The form that it was filled in; it comes back if this is not recorded.
    form: Option<Box<Form>>,
}

/// What is shown once something is saved, if nothing else was opened meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Then {
    /// Nothing.
    #[default]
    Nothing,
    /// The card of what was written.
    ShowFirst,
    /// The card of this entry.
    Show(EntryId),
    /// The document that was being edited makes room for the card of what was written.
    CloseDraft,
}

/// The console.
#[derive(Debug)]
pub struct App {
    /// The incident and everything live about it.
    pub session: Session,
    /// The state of the interface.
    pub ui: UiState,
    /// Language.
    pub lang: Lang,
    /// Palette.
    pub theme: Theme,
    /// Glyphs.
    pub glyphs: Glyphs,
    clock: Clock,
    sent: BTreeMap<Ticket, Sent>,
    history: Vec<String>,
    /// Which line of the history is shown, counted from the newest, and what was typed before.
    recalled: Option<(usize, String)>,
    draft: Option<(EntryKind, String)>,
    /// What was being typed when a question came in between.
    stash: Option<(EntryKind, String)>,
    interrupted: Option<DateTime<Utc>>,
    effects: Vec<Effect>,
    /// The forecast on the card, while there is one.
    forecasting: Option<forecast::Forecasting>,
    /// The forecast that the next decision cites.
    cited: Option<EntryId>,
    /// The filled form that is being recorded.
    sending: Option<Box<Form>>,
    /// The copy on the disk of what is typed and not recorded yet.
    keeping: unsent::Keeping,
    /// The REAL log that the console goes over to when it leaves this exercise.
    pub over: Option<std::path::PathBuf>,
}

impl App {
    /// A console on a session.
    pub fn new(session: Session, clock: Clock, lang: LangId, theme: Theme, glyphs: Glyphs) -> Self {
        let ui = UiState { read_only: session.read_only(), ..UiState::default() };
        let mut app = Self {
            session,
            ui,
            lang: Lang::new(lang),
            theme,
            glyphs,
            clock,
            sent: BTreeMap::new(),
            history: Vec::new(),
            recalled: None,
            draft: None,
            stash: None,
            interrupted: None,
            effects: Vec::new(),
            forecasting: None,
            cited: None,
            sending: None,
            keeping: unsent::Keeping::default(),
            over: None,
        };
        app.refresh_input();
        app
    }

    /// The first run asks who writes; nothing else is in the way.
    pub fn welcome(&mut self) {
        if self.session.author().who == "?" && !self.session.read_only() {
            let form = self.author_form();
            self.open_form(form);
        }
    }

    /// What the views see, at the present moment.
    pub fn model(&self) -> Model<'_> {
        Model {
            session: &self.session,
            ui: &self.ui,
            wall: self.clock.now().wall,
            lang: &self.lang,
            theme: &self.theme,
            glyphs: self.glyphs,
        }
    }

    /// Takes a key; gives back what has to happen outside.
    pub fn key(&mut self, key: Key) -> Vec<Effect> {
        let intent = resolve(key, &self.ui);
        if !matches!(intent, Intent::Write(_) | Intent::Edit(_)) {
            self.ui.status.take_if(|status| status.level != Level::Bad);
        }
        if intent != Intent::Interrupt {
            self.interrupted = None;
        }
        self.intend(intent);
        self.after()
    }

    /// Takes pasted text: always text, never a command; what is too long is cut, with a notice.
    pub fn paste(&mut self, pasted: &str, bytes: usize) -> Vec<Effect> {
        let pasted = pasted.replace("\r\n", "\n");
        let mut line: String = pasted.split(['\r', '\n']).map(str::trim_end).collect::<Vec<_>>().join(" ");
        line.retain(|c| !c.is_control() || c == '\t');
        let line = line.replace('\t', " ");
        if let Overlay::Draft(_) = self.ui.overlay {
            let mut kept: String = pasted.replace('\t', " ").replace('\r', "\n");
            kept.retain(|c| !c.is_control() || c == '\n');
            self.draft_insert(&kept);
        } else if let Overlay::Form(_) = self.ui.overlay {
            self.form_insert(&line);
        } else {
            let room = PASTE_MAX.saturating_sub(self.ui.input.line.text().len());
            let cut = line.floor_char_boundary(room);
            self.ui.input.line.insert(line.get(..cut).unwrap_or_default());
            if bytes > PASTE_MAX || cut < line.len() {
                let (kept, came) = (self.lang.number(cut as u64), self.lang.number(bytes as u64));
                let args = [("kept", Arg::Str(&kept)), ("bytes", Arg::Str(&came))];
                self.status(Level::Warning, self.lang.ta("status-paste-cut", &args));
            }
            self.typed();
        }
        self.after()
    }

    /// Takes the mouse: the wheel scrolls the pane under it, a press gives it the focus.
    pub fn mouse(&mut self, kind: MouseKind, pane: Option<Pane>) -> Vec<Effect> {
        if let Some(pane) = pane
            && self.ui.overlay == Overlay::None
        {
            self.focus(pane);
        }
        match kind {
            MouseKind::WheelUp => self.intend(Intent::Move(super::keymap::Move::Up)),
            MouseKind::WheelDown => self.intend(Intent::Move(super::keymap::Move::Down)),
            MouseKind::Press => {}
        }
        self.after()
    }

    /// Lets the session do what is due and takes its answers.
    pub fn pump(&mut self) -> Vec<Effect> {
        let outcomes = self.session.pump();
        let answered = !outcomes.is_empty();
        for outcome in outcomes {
            self.outcome(outcome);
        }
        for death in super::terminal::deaths() {
            let args = [("what", Arg::Str(&death))];
            self.status(Level::Bad, self.lang.ta("status-worker-died", &args));
        }
        self.follow_log();
        self.refresh_desk();
        self.keep_unsent();
        let answered = self.look_at_futures() || answered;
        // Without an answer the input line is as the last key left it.
        if answered { self.after() } else { std::mem::take(&mut self.effects) }
    }

    /// A size of the terminal, and the rows that the log has on it.
    pub fn resized(&mut self, size: (u16, u16), log_rows: usize) {
        self.ui.size = size;
        self.ui.log.rows = log_rows;
        self.keep_log_in_view();
    }

    fn intend(&mut self, intent: Intent) {
        match intent {
            Intent::Run(id) => self.run(id, ""),
            Intent::Write(c) => {
                if self.ui.input.line.text().len() + c.len_utf8() <= PASTE_MAX {
                    self.ui.input.line.insert(c.encode_utf8(&mut [0; 4]));
                }
                self.typed();
            }
            Intent::Letter(c) => self.menu_letter(c),
            Intent::Edit(edit) => self.edit(edit),
            Intent::History(back) => self.recall(back),
            Intent::Form(key) if matches!(self.ui.overlay, Overlay::Draft(_)) => self.draft_key(key),
            Intent::Form(key) => self.form_key(key),
            Intent::Move(to) => self.go(to),
            Intent::Submit => self.submit_line(),
            Intent::Choose => self.choose(),
            Intent::Back => self.back(),
            Intent::Pane(back) => {
                self.ui.clear_overlays();
                self.focus(self.ui.focus.next(back));
            }
            Intent::Interrupt => self.interrupt(),
            Intent::Nothing => {}
        }
    }

    /// After anything: labels of the input line, revision, effects.
    fn after(&mut self) -> Vec<Effect> {
        self.leave_futures();
        self.refresh_input();
        self.measure_list();
        self.ui.revision += 1;
        self.keeping.touched = true;
        std::mem::take(&mut self.effects)
    }

    fn context(&self) -> Context<'_> {
        Context { session: &self.session, ui: &self.ui }
    }

    fn t(&self, id: &str) -> String {
        self.lang.t(id)
    }

    fn status(&mut self, level: Level, text: impl Into<String>) {
        let text = text::visible(&text.into()).into_owned();
        self.ui.status = Some(Status { text, level });
    }

    fn focus(&mut self, pane: Pane) {
        self.ui.focus = pane;
        self.ui.tab = pane;
        self.settle_focus();
    }

    fn edit(&mut self, edit: Edit) {
        let line = &mut self.ui.input.line;
        match edit {
            Edit::Backspace => {
                if !line.backspace() && self.ui.input.purpose != Purpose::Entry {
                    self.leave_purpose();
                    return;
                }
            }
            Edit::Delete => {
                line.delete();
            }
            Edit::WordBack => line.delete_word(),
            Edit::Left => line.left(),
            Edit::Right => line.right(),
            Edit::Home => line.home(),
            Edit::End => line.end(),
            Edit::Clear => self.keep_draft(),
        }
        self.typed();
    }

    /// The text of the line changed.
    fn typed(&mut self) {
        self.recalled = None;
        match self.ui.input.purpose {
            Purpose::Command => self.refresh_palette(),
            Purpose::Search => self.search_again(),
            _ => {}
        }
    }

    fn recall(&mut self, back: bool) {
        if self.ui.input.purpose != Purpose::Entry {
            return;
        }
        let (at, typed) = self.recalled.take().unwrap_or((0, self.ui.input.line.text().to_owned()));
        let at = if back { (at + 1).min(self.history.len()) } else { at.saturating_sub(1) };
        let line = match at {
            0 => typed.clone(),
            at => self.history.get(self.history.len() - at).cloned().unwrap_or_default(),
        };
        self.ui.input.line = Editor::new(line);
        self.recalled = (at > 0).then_some((at, typed));
    }

    fn keep_draft(&mut self) {
        let text = self.ui.input.line.take();
        if !text.is_empty() {
            self.draft = Some((self.ui.input.kind, text));
            self.status(Level::Info, self.t("status-draft"));
        }
    }

    fn take_draft(&mut self) {
        if let Some((kind, text)) = self.draft.take() {
            let now = self.ui.input.line.take();
            self.ui.input.kind = kind;
            self.ui.input.line = Editor::new(join(&text, &now));
        } else {
            self.status(Level::Info, self.t("status-no-draft"));
        }
    }

    /// Esc: one step back.
    fn back(&mut self) {
        let purpose = &self.ui.input.purpose;
        let asked = *purpose != Purpose::Entry;
        if matches!(purpose, Purpose::Command | Purpose::Search) {
            self.leave_purpose();
        } else if self.ui.overlay != Overlay::None {
            let kept = self.ui.kept.len();
            self.ui.pop();
            if self.ui.kept.len() > kept {
                self.status(Level::Info, self.t("status-kept"));
            }
        } else if asked {
            self.leave_purpose();
        } else if !self.ui.input.line.is_empty() {
            self.keep_draft();
        } else if self.ui.input.kind != EntryKind::Information {
            self.ui.input.kind = EntryKind::Information;
        } else if self.ui.status.take().is_none() {
            if self.ui.zoom {
                self.ui.zoom = false;
            } else {
                self.leave_log();
            }
        }
    }

    /// The line is for a new entry again; what was typed before the question comes back.
    fn leave_purpose(&mut self) {
        match std::mem::take(&mut self.ui.input.purpose) {
            Purpose::Command => {
                self.ui.input.line.take();
                if matches!(self.ui.overlay, Overlay::Palette(_)) {
                    self.ui.pop();
                }
            }
            Purpose::Search => {
                self.ui.input.line.take();
                self.end_search();
            }
            Purpose::LateReason { text } => self.ui.input.line = Editor::new(text),
            Purpose::Step { .. }
            | Purpose::Playbook(_)
            | Purpose::Correction { .. }
            | Purpose::Receipt { .. }
            | Purpose::Explain { .. } => {
                self.keep_draft();
            }
            Purpose::Entry => {}
        }
        self.unstash();
    }

    /// Makes room for a question; what is being typed waits.
    fn ask(&mut self, purpose: Purpose, line: &str) {
        let text = self.ui.input.line.take();
        if !text.is_empty() && self.stash.is_none() {
            self.stash = Some((self.ui.input.kind, text));
        }
        self.ui.input.purpose = purpose;
        self.ui.input.line = Editor::new(line);
    }

    fn unstash(&mut self) {
        if let Some((kind, text)) = self.stash.take() {
            let now = self.ui.input.line.take();
            self.ui.input.kind = kind;
            self.ui.input.line = Editor::new(join(&now, &text));
        }
    }

    fn interrupt(&mut self) {
        let now = self.clock.now().wall;
        if self.interrupted.is_some_and(|at| now - at <= TimeDelta::seconds(INTERRUPT_S)) {
            self.effects.push(Effect::Quit);
        } else {
            self.interrupted = Some(now);
            self.status(Level::Warning, self.t("status-interrupt"));
        }
    }

    /// Asks the session to record something that was not typed into the line.
    fn record(&mut self, body: Body, event_at: Option<EventTime>, re: Vec<EntryId>) {
        self.submit(None, body, event_at, re, Sent::default());
    }

    /// As [`App::record`], by whoever names himself (`None`: the author), with something to show afterwards.
    fn record_then(&mut self, by: Option<Author>, body: Body, re: Vec<EntryId>, then: Then) {
        self.submit(by, body, None, re, Sent { then, ..Sent::default() });
    }

    fn submit(&mut self, by: Option<Author>, body: Body, event_at: Option<EventTime>, re: Vec<EntryId>, sent: Sent) {
        let sent = Sent { form: self.sending.take(), ..sent };
        if self.session.read_only() {
            self.status(Level::Warning, self.t("why-read-only"));
            self.give_back(sent);
            return;
        }
        let author = by.unwrap_or_else(|| self.session.author().clone());
        let ticket = self.session.submit_as(author, body, event_at, re);
        self.sent.insert(ticket, sent);
        for outcome in self.session.pump() {
            self.outcome(outcome);
        }
        self.follow_log();
    }

    fn outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Saved { ticket, ids } => {
                self.futures_saved(ticket, &ids);
                let then = self.sent.remove(&ticket).map(|sent| sent.then).unwrap_or_default();
                self.show_saved(then, ids);
            }
            Outcome::Refused { ticket, refusal, .. } => {
                let Some(sent) = self.sent.remove(&ticket) else { return };
                if refusal == Refusal::LateReason && sent.purpose == Purpose::Entry && !sent.raw.is_empty() {
                    self.ui.input.kind = sent.kind;
                    self.ask(Purpose::LateReason { text: sent.raw }, "");
                    return;
                }
                self.status(Level::Warning, self.refusal(&refusal));
                self.give_back(sent);
            }
            Outcome::NotSaved { ticket, why, .. } => {
                let args = [("why", Arg::Str(&why))];
                self.status(Level::Bad, self.lang.ta("status-not-saved", &args));
                if let Some(sent) = self.sent.remove(&ticket) {
                    self.give_back(sent);
                }
            }
            Outcome::Opened { path } => self.real_log_opened(&path),
            Outcome::Failed { why } => self.status(Level::Bad, why),
        }
    }

    /// Shows what was saved, unless something else was opened meanwhile.
    fn show_saved(&mut self, then: Then, ids: Vec<EntryId>) {
        if then == Then::CloseDraft
            && let Overlay::Draft(draft) = &mut self.ui.overlay
        {
            // It is in the log now.
            draft.edited = false;
            self.ui.pop();
        }
        let id = match then {
            Then::Nothing => None,
            Then::ShowFirst | Then::CloseDraft => ids.into_iter().next(),
            Then::Show(id) => Some(id),
        };
        let free = matches!(self.ui.overlay, Overlay::None | Overlay::List { .. });
        if let Some(id) = id.filter(|_| free && self.ui.input.purpose == Purpose::Entry) {
            self.open_card_of(&id);
        }
    }

    /// The text comes back, in front of what was typed since; a form waits for its next opening.
    fn give_back(&mut self, sent: Sent) {
        if let Some(form) = sent.form {
            self.ui.kept.put(*form);
        }
        if sent.raw.is_empty() {
            return;
        }
        let since = self.ui.input.line.take();
        let same = self.ui.input.purpose == sent.purpose;
        self.ui.input.kind = sent.kind;
        self.ui.input.purpose = sent.purpose;
        if same {
            self.ui.input.line = Editor::new(join(&sent.raw, &since));
        } else {
            self.ui.input.line = Editor::new(sent.raw);
            if !since.is_empty() {
                self.stash.get_or_insert((EntryKind::Information, since));
            }
        }
    }

    /// A refusal in the user's language.
    fn refusal(&self, refusal: &Refusal) -> String {
        refusal.words(&self.lang)
    }
}

fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (true, _) => second.to_owned(),
        (_, true) => first.to_owned(),
        (false, false) => format!("{first} {second}"),
    }
}

#[cfg(test)]
mod tests;
