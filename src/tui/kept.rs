//! What was typed into a form or a document that was then left: it waits for the next opening. Nothing typed is lost.
//!
//! A copy of it lies on the disk until it is recorded (`saved`), so that a console that dies takes no words with it.
//!
//! Does not belong here: drawing, what a filled form asks for.

mod saved;

pub use saved::{SavedForm, Unsaved};

use super::cell::{Draft, DraftOf};
use super::model::{Form, FormId, Overlay};

/// Forms and documents that are remembered.
const MOST: usize = 16;

/// What was left half-written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kept {
    /// Forms that are open or were, as they were before anything was typed.
    opened: Vec<Form>,
    /// Forms that were left with something typed, and the same ones before that; the oldest first.
    forms: Vec<(Form, Form)>,
    /// Documents that were left with something typed, the oldest first.
    drafts: Vec<Draft>,
    /// Forms from before a crash that were not opened since.
    restored: Vec<SavedForm>,
}

impl Kept {
    /// A form is opened: it comes back as it was left, if it was left half-filled and asks the same now. Says whether.
    pub fn open(&mut self, fresh: Form) -> (Form, bool) {
        self.opened.retain(|known| known.id != fresh.id);
        push(&mut self.opened, fresh.clone());
        match self.forms.iter().position(|(before, _)| *before == fresh) {
            Some(at) => (self.forms.remove(at).1, true),
            None => match self.restored.iter().position(|saved| saved.id == fresh.id) {
                Some(at) => self.restored.remove(at).fill(fresh),
                None => (fresh, false),
            },
        }
    }

    /// What is kept, as it lies on the disk; `on_top` is what is on the screen, oldest first.
    pub fn saved<'a>(&self, on_top: impl Iterator<Item = &'a Overlay>) -> (Vec<SavedForm>, Vec<Draft>) {
        let mut all = self.clone();
        on_top.for_each(|overlay| all.leave(overlay));
        let forms = all.forms.iter().map(|(before, now)| SavedForm::new(before, now));
        (forms.chain(all.restored).collect(), all.drafts)
    }

    /// Takes back what lay on the disk.
    pub fn restore(&mut self, forms: Vec<SavedForm>, documents: Vec<Draft>) {
        self.restored = forms;
        self.drafts.extend(documents.into_iter().map(|draft| Draft { resumed: true, edited: true, ..draft }));
    }

    /// Something leaves the screen: what was typed into it is kept.
    pub fn leave(&mut self, overlay: &Overlay) {
        match overlay {
            Overlay::Form(form) => self.put(form.clone()),
            Overlay::Draft(draft) if draft.edited => {
                self.drafts.retain(|known| !same_document(&known.of, &draft.of) || known.as_of() != draft.as_of());
                push(&mut self.drafts, Draft { resumed: true, ..draft.clone() });
            }
            _ => {}
        }
    }

    /// Keeps what was typed into a form.
    pub fn put(&mut self, mut form: Form) {
        // These show how the console stands, and Esc leaves it as it was.
        if matches!(form.id, FormId::Author | FormId::Jump | FormId::Perimeter | FormId::Filter) {
            return;
        }
        let Some(before) = self.opened.iter().find(|known| known.id == form.id) else { return };
        if same_answers(before, &form) {
            return;
        }
        let before = before.clone();
        for field in &mut form.fields {
            field.error.clear();
        }
        self.forget(&form.id);
        push(&mut self.forms, (before, form));
    }

    /// A form was recorded, or is on the screen again.
    pub fn forget(&mut self, id: &FormId) {
        self.forms.retain(|(_, known)| known.id != *id);
        self.restored.retain(|known| known.id != *id);
    }

    /// The last document of this kind that was left half-written.
    pub fn document(&mut self, of: &DraftOf) -> Option<Draft> {
        let at = self.drafts.iter().rposition(|draft| same_document(&draft.of, of))?;
        Some(self.drafts.remove(at))
    }

    /// Is this form kept?
    pub fn holds(&self, id: &FormId) -> bool {
        self.forms.iter().any(|(_, known)| known.id == *id) || self.restored.iter().any(|known| known.id == *id)
    }

    /// How much is kept.
    pub fn len(&self) -> usize {
        self.forms.len() + self.drafts.len() + self.restored.len()
    }

    /// Is nothing kept?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= MOST {
        list.remove(0);
    }
    list.push(item);
}

/// Are these the same document, whatever its number and its hour?
fn same_document(a: &DraftOf, b: &DraftOf) -> bool {
    match (a, b) {
        (DraftOf::Sitrep { replaces: a, .. }, DraftOf::Sitrep { replaces: b, .. }) => a == b,
        (DraftOf::Handover { roles: a, to: to_a }, DraftOf::Handover { roles: b, to: to_b }) => (a, to_a) == (b, to_b),
        _ => false,
    }
}

/// Do two states of a form say the same, wherever their cursors stand?
fn same_answers(a: &Form, b: &Form) -> bool {
    a.fields.len() == b.fields.len() && a.fields.iter().zip(&b.fields).all(|(a, b)| saved::same(&a.value, &b.value))
}
