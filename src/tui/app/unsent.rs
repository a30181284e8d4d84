//! What is typed and not recorded yet is put down once a second, and is there again after a crash.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use crate::lang::Arg;
use crate::store::Unsent;
use crate::tui::edit::Editor;
use crate::tui::kept::Unsaved;
use crate::tui::model::{EntryKind, Form, Level, Purpose};

use super::{App, join};

/// It is put down at most this often \[s\].
const EVERY_S: i64 = 1;

/// The file, and what is in it.
#[derive(Debug, Default)]
pub(super) struct Keeping {
    /// Where; known once something can be recorded.
    path: Option<PathBuf>,
    /// Who writes it; from the first words on.
    file: Option<Unsent>,
    /// Did something happen since it was looked at last?
    pub(super) touched: bool,
    at: Option<DateTime<Utc>>,
    last: Vec<u8>,
}

impl App {
    /// Takes up what a console that died has left. Nothing of it is recorded: that is for people to do.
    pub fn take_up_unsent(&mut self) {
        if self.keeping.path.is_some() || self.session.read_only() {
            return;
        }
        let Some(path) = self.session.unsent() else { return };
        let left = Unsent::read(&path);
        self.keeping.path = Some(path);
        let Some(bytes) = left else { return };
        let Ok(left) = serde_json::from_slice::<Unsaved>(&bytes) else { return };
        self.keeping.last = bytes;
        self.keeping.touched = true;
        let mut said = Vec::new();
        if let Some((kind, text)) = left.line {
            if self.ui.input.purpose == Purpose::Entry {
                let now = self.ui.input.line.take();
                self.ui.input.kind = kind;
                self.ui.input.line = Editor::new(join(&text, &now));
            } else {
                self.stash.get_or_insert((kind, text));
            }
            said.push(self.t("status-unsent-line"));
        }
        if let Some(draft) = left.draft {
            self.draft.get_or_insert(draft);
            said.push(self.t("status-unsent-draft"));
        }
        let count = left.forms.len() + left.documents.len();
        if count > 0 {
            self.ui.kept.restore(left.forms, left.documents);
            said.push(self.lang.ta("status-unsent-forms", &[("n", Arg::from(count))]));
        }
        if !said.is_empty() {
            self.status(Level::Warning, said.join(" · "));
        }
        self.refresh_input();
        self.ui.revision += 1;
    }

    /// Puts down what is typed, if anything changed and the last time is long enough ago.
    pub(super) fn keep_unsent(&mut self) {
        self.take_up_unsent();
        let now = self.clock.now().wall;
        let soon = self.keeping.at.is_some_and(|at| (now - at).abs() < TimeDelta::seconds(EVERY_S));
        if self.keeping.touched && !soon {
            self.keeping.at = Some(now);
            self.put_down(true);
        }
    }

    /// Puts down what is typed when the console ends in order: what the disk has not answered for yet is written by the
    /// end of the session.
    pub fn keep_unsent_at_the_end(&mut self) {
        self.put_down(false);
    }

    fn put_down(&mut self, waiting: bool) {
        self.keeping.touched = false;
        let Some(path) = &self.keeping.path else { return };
        let unsaved = self.unsaved(waiting);
        // These types have no map with odd keys and no float: they always serialise.
        let words =
            if unsaved == Unsaved::default() { Vec::new() } else { serde_json::to_vec(&unsaved).unwrap_or_default() };
        if words == self.keeping.last {
            return;
        }
        if self.keeping.file.is_none() {
            // Without a thread nothing is kept, and nobody is stopped.
            self.keeping.file = Unsent::start(path.clone()).ok();
        }
        if let Some(file) = &self.keeping.file {
            file.keep(words.clone());
            self.keeping.last = words;
        }
    }

    /// Everything typed that is not recorded yet; `waiting`: with what the disk has not answered for.
    fn unsaved(&self, waiting: bool) -> Unsaved {
        let input = &self.ui.input;
        let typed = input.line.text();
        let stashed = self.stash.as_ref().map(|(_, text)| text.as_str()).unwrap_or_default();
        let mut draft = self.draft.clone();
        let (kind, line) = match &input.purpose {
            Purpose::Entry => (input.kind, join(typed, stashed)),
            Purpose::LateReason { text } => (input.kind, join(text, stashed)),
            Purpose::Command | Purpose::Search => (self.stashed_kind(), stashed.to_owned()),
            // As Esc would do: the answer is put aside, what was typed before it comes back.
            Purpose::Step { .. }
            | Purpose::Playbook(_)
            | Purpose::Correction { .. }
            | Purpose::Receipt { .. }
            | Purpose::Explain { .. } => {
                if !typed.is_empty() {
                    draft = Some((EntryKind::Information, typed.to_owned()));
                }
                (self.stashed_kind(), stashed.to_owned())
            }
        };
        // What the disk has not answered for yet comes first.
        let mut kept = self.ui.kept.clone();
        let mut line = (kind, line);
        for sent in self.sent.values().rev().filter(|_| waiting) {
            if let Some(form) = &sent.form {
                kept.put(Form::clone(form));
            }
            if sent.purpose == Purpose::Entry && !sent.raw.is_empty() {
                line = (sent.kind, join(&sent.raw, &line.1));
            }
        }
        let (forms, documents) = kept.saved(self.ui.under.iter().chain([&self.ui.overlay]));
        Unsaved { line: Some(line).filter(|(_, text)| !text.is_empty()), draft, forms, documents }
    }

    fn stashed_kind(&self) -> EntryKind {
        self.stash.as_ref().map(|(kind, _)| *kind).unwrap_or_default()
    }
}
