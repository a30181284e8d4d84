//! Documents being edited: the point de situation and the package of a handover.

use chrono::{DateTime, Utc};

use crate::incident::MAX_TEXT;
use crate::incident::event::{Body, EntryId};
use crate::incident::record::Section;
use crate::lang::Arg;
use crate::report::sitrep;
use crate::tui::cell::{Draft, DraftOf, Part};
use crate::tui::edit::Editor;
use crate::tui::keymap::{Edit, FormKey};
use crate::tui::model::{Form, Level, Overlay};

use super::super::forms::text_of;
use super::super::{App, Then};
use super::Wrong;

impl App {
    fn part(&self, section: &Section) -> Part {
        let mut text = Editor::new(section.text.clone());
        text.home();
        Part { id: section.id.clone(), heading: sitrep::heading(&section.id, &self.lang), text }
    }

    fn edit_document(&mut self, of: DraftOf, title: String, line: (&str, &str), sections: &[Section]) {
        let mut parts = vec![Part { id: String::new(), heading: self.t(line.0), text: Editor::new(line.1) }];
        parts.extend(sections.iter().map(|section| self.part(section)));
        self.ui.clear_overlays();
        let submit = self.t("form-record");
        self.ui.push(Overlay::Draft(Draft { of, title, parts, focus: 0, submit, edited: false, resumed: false }));
    }

    /// Takes a document up as it was left; `anew`: another one is asked for.
    fn resume_document(&mut self, of: &DraftOf, anew: bool) -> bool {
        let Some(mut draft) = (!anew).then(|| self.ui.kept.document(of)).flatten() else { return false };
        if let DraftOf::Sitrep { number, as_of, .. } = &mut draft.of {
            // Others may have recorded one meanwhile: numbers have no gaps and come once.
            *number = self.session.incident().next_sitrep();
            let (number, as_of) = (*number, *as_of);
            draft.title = self.sitrep_title(number, as_of);
        }
        self.ui.clear_overlays();
        self.ui.push(Overlay::Draft(draft));
        self.status(Level::Info, self.t("cell-draft-resumed"));
        true
    }

    /// Drafts the next point de situation, or takes an unapproved one up again.
    pub(super) fn draft_sitrep(&mut self, again: Option<&EntryId>) {
        // The same key on one that was taken up drafts another: the picture has moved on. What was typed is kept.
        let anew = matches!(&self.ui.overlay, Overlay::Draft(draft) if draft.resumed);
        if matches!(self.ui.overlay, Overlay::Draft(_)) && !anew {
            return;
        }
        if let Some(known) = again.and_then(|id| self.session.incident().sitrep(id)).cloned() {
            // Numbers have no gaps: the new words have a number of their own.
            let number = self.session.incident().next_sitrep();
            let of = DraftOf::Sitrep {
                number,
                variant: known.variant,
                as_of: known.as_of,
                next_at: known.next_at,
                replaces: Some(known.origin.entry),
            };
            if self.resume_document(&of, anew) {
                return;
            }
            let title = self.sitrep_title(number, known.as_of);
            self.edit_document(of, title, ("cell-headline", &known.text), &known.sections);
            return;
        }
        let draft = self.drafted_sitrep();
        let (number, variant) = (draft.number, draft.variant);
        // One that was refused, and that nothing has replaced yet: this one takes its place.
        let refused = self.session.incident().sitreps().iter().rev().find(|sitrep| {
            sitrep.approved().is_none() && sitrep.replaced_by.is_none() && sitrep.marks.iter().any(|mark| !mark.granted)
        });
        let refused = refused.map(|sitrep| (sitrep.number, sitrep.origin.entry.clone()));
        let replaces = refused.as_ref().map(|(_, entry)| entry.clone());
        let of = DraftOf::Sitrep { number, variant, as_of: draft.as_of, next_at: Some(draft.next_at), replaces };
        if self.resume_document(&of, anew) {
            return;
        }
        let title = self.sitrep_title(number, draft.as_of);
        self.edit_document(of, title, ("cell-headline", &draft.text), &draft.sections);
        if let Some((n, _)) = refused {
            let n = n.to_string();
            self.status(Level::Info, self.lang.ta("cell-replaces", &[("n", Arg::Str(&n))]));
            return;
        }
        let waiting = self.session.incident().sitreps().iter().rev();
        let waiting = waiting.filter(|sitrep| sitrep.approved().is_none()).map(|sitrep| sitrep.number).next();
        if let Some(n) = waiting {
            let n = n.to_string();
            self.status(Level::Warning, self.lang.ta("cell-waits", &[("n", Arg::Str(&n))]));
        }
    }

    fn sitrep_title(&self, number: u32, as_of: DateTime<Utc>) -> String {
        let (n, time) = (number.to_string(), self.lang.hm(as_of, self.session.zone()));
        self.lang.ta("cell-sitrep-draft", &[("n", Arg::Str(&n)), ("time", Arg::Str(&time))])
    }

    /// The form of a handover is filled: its package is drafted and shown to be edited.
    pub(super) fn draft_handover(&mut self, form: &Form) -> Result<(), Wrong> {
        let to = text_of(form, "to");
        if to.is_empty() {
            return Err(("to", self.t("refusal-empty")));
        }
        let roles = Self::roles_of(form);
        if roles.is_empty() {
            return Err(("roles", self.t("cell-no-roles")));
        }
        let sections = self.drafted_handover(&roles);
        let title = self.lang.ta("cell-handover-title", &[("to", Arg::Str(&to))]);
        let of = DraftOf::Handover { roles, to };
        if self.resume_document(&of, false) {
            return Ok(());
        }
        self.edit_document(of, title, ("cell-worries-title", &text_of(form, "worries")), &sections);
        Ok(())
    }

    /// A key for the document on top.
    pub(in crate::tui::app) fn draft_key(&mut self, key: FormKey) {
        let Overlay::Draft(draft) = &mut self.ui.overlay else { return };
        if edit(draft, key) {
            self.submit_draft();
        }
    }

    /// Pasted text goes into the focused part, its lines as they are.
    pub(in crate::tui::app) fn draft_insert(&mut self, text: &str) {
        if let Overlay::Draft(draft) = &mut self.ui.overlay {
            insert(draft, text);
        }
    }

    /// Records the document on top.
    pub(super) fn submit_draft(&mut self) {
        let Overlay::Draft(draft) = self.ui.overlay.clone() else { return };
        let mut parts = draft.parts.into_iter();
        let text = parts.next().map(|part| part.text.text().trim().to_owned()).unwrap_or_default();
        let sections: Vec<Section> =
            parts.map(|part| Section { id: part.id, text: part.text.text().trim_end().to_owned() }).collect();
        let mut re = Vec::new();
        let body = match draft.of {
            DraftOf::Sitrep { number, variant, as_of, next_at, replaces } => {
                re.extend(replaces);
                // A line of the log has words.
                let text = if text.is_empty() { draft.title } else { text };
                let (as_of, next_at) = (self.local(as_of), next_at.map(|at| self.local(at)));
                Body::Sitrep { number, variant, text, sections, as_of, next_at }
            }
            DraftOf::Handover { roles, to } => Body::Handover { roles, to, text, sections },
        };
        // Refused or not saved, the document is still there.
        self.record_then(None, body, re, Then::CloseDraft);
    }
}

/// Takes a key of a document; says whether it is to be recorded.
fn edit(draft: &mut Draft, key: FormKey) -> bool {
    let button = draft.parts.len();
    match key {
        FormKey::Next => draft.focus = (draft.focus + 1) % (button + 1),
        FormKey::Previous => draft.focus = (draft.focus + button) % (button + 1),
        FormKey::Part(true) => draft.focus = (draft.focus + 1).min(button),
        FormKey::Part(false) => draft.focus = draft.focus.saturating_sub(1),
        FormKey::Enter if draft.focus == button => return true,
        // The line at the top stays one line.
        FormKey::Enter if draft.focus == 0 => draft.focus = 1.min(button),
        FormKey::Enter => insert(draft, "\n"),
        FormKey::Write(c) => insert(draft, c.encode_utf8(&mut [0; 4])),
        FormKey::Line(down) => {
            let moved = draft.focused().is_some_and(|text| if down { text.down() } else { text.up() });
            // From the last line into the next part, from the first into the one before.
            if !moved && down && draft.focus < button {
                draft.focus += 1;
                if let Some(text) = draft.focused() {
                    text.home();
                }
            } else if !moved && !down && draft.focus > 0 {
                draft.focus -= 1;
                if let Some(text) = draft.focused() {
                    text.end();
                }
            }
        }
        FormKey::Edit(edit) => {
            draft.edited |= matches!(edit, Edit::Backspace | Edit::Delete | Edit::WordBack);
            if let Some(text) = draft.focused() {
                match edit {
                    Edit::Home => text.line_start(),
                    Edit::End => text.line_end(),
                    // A document is not emptied by one key.
                    Edit::Clear => {}
                    edit => super::super::forms::apply(text, edit),
                }
            }
        }
        FormKey::Option(_) | FormKey::Tick => {}
    }
    false
}

/// Writes into the focused part, as far as there is room.
fn insert(draft: &mut Draft, text: &str) {
    let one_line = draft.focus == 0;
    draft.edited |= draft.focus < draft.parts.len();
    let Some(editor) = draft.focused() else { return };
    let text = if one_line { text.replace('\n', " ") } else { text.to_owned() };
    let room = MAX_TEXT.saturating_sub(editor.text().len());
    let cut = text.floor_char_boundary(room.min(text.len()));
    editor.insert(text.get(..cut).unwrap_or_default());
}
