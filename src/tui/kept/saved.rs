//! Half-written words as they lie on the disk until they are recorded.

use serde::{Deserialize, Serialize};

use crate::tui::cell::Draft;
use crate::tui::edit::Editor;
use crate::tui::model::{EntryKind, FieldValue, Form, FormId};

/// Everything typed that is not recorded yet.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unsaved {
    /// The line being typed.
    pub line: Option<(EntryKind, String)>,
    /// The line that was put aside.
    pub draft: Option<(EntryKind, String)>,
    /// Forms.
    pub forms: Vec<SavedForm>,
    /// Documents.
    pub documents: Vec<Draft>,
}

/// What was typed into a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedForm {
    /// Which form.
    pub id: FormId,
    /// Its fields as it was opened, and as they were left.
    fields: Vec<SavedField>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct SavedField {
    id: String,
    before: FieldValue,
    now: FieldValue,
}

impl SavedForm {
    /// A form as it was opened and as it was left.
    pub fn new(before: &Form, now: &Form) -> Self {
        let fields = before.fields.iter().zip(&now.fields).map(|(before, now)| SavedField {
            id: now.id.to_owned(),
            before: before.value.clone(),
            now: now.value.clone(),
        });
        Self { id: now.id.clone(), fields: fields.collect() }
    }

    /// Puts the answers that were given into the same form as it is opened now; says whether there were any. The
    /// incident may have gone on since: a choice is taken only where it is still between the same things.
    pub fn fill(self, mut form: Form) -> (Form, bool) {
        let mut filled = false;
        for saved in self.fields.into_iter().filter(|saved| !same(&saved.before, &saved.now)) {
            let Some(field) = form.fields.iter_mut().find(|field| field.id == saved.id) else { continue };
            let fits = match (&field.value, &saved.now) {
                (FieldValue::Text(_), FieldValue::Text(_)) => true,
                (FieldValue::Choice { options: a, .. }, FieldValue::Choice { options: b, .. }) => a == b,
                (FieldValue::Many { options: a, .. }, FieldValue::Many { options: b, .. }) => {
                    a.iter().map(|(label, _)| label).eq(b.iter().map(|(label, _)| label))
                }
                _ => false,
            };
            if fits {
                field.value = saved.now;
                filled = true;
            }
        }
        (form, filled)
    }
}

/// Do two values say the same, wherever their cursors stand?
pub(super) fn same(a: &FieldValue, b: &FieldValue) -> bool {
    match (a, b) {
        (FieldValue::Text(a), FieldValue::Text(b)) => Editor::text(a) == b.text(),
        (FieldValue::Choice { selected: a, .. }, FieldValue::Choice { selected: b, .. }) => a == b,
        (FieldValue::Many { options: a, .. }, FieldValue::Many { options: b, .. }) => a == b,
        _ => false,
    }
}
