//! Lists that stay true while they are open: clocks and rhythm, contacts, substitute numbers, documents, debts.
//!
//! Pure: the session and a moment in, rows out; Enter on a row does what the row asks for.
//!
//! Does not belong here: how a list looks (`view::list`), what a row's act does (`app::cell`).

mod clocks;
mod papers;
mod register;

use chrono::{DateTime, Utc};

use crate::lang::Lang;
use crate::session::Session;

use super::action::Act;
use super::cell::{CellAct, CellForm, Listing};
use super::model::Level;

pub use clocks::{Slots, Stand, clock, clock_facts, slots, stand};
pub use papers::contact_words;
pub use register::{Facts, network_facts, path_id, substitute_facts};

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// How it stands.
    pub level: Level,
    /// What.
    pub head: String,
    /// At the right end: what is left, how old.
    pub end: String,
    /// Below it, the most important first.
    pub details: Vec<String>,
    /// What Enter asks for.
    pub act: Option<Act>,
}

impl ListRow {
    fn new(level: Level, head: impl Into<String>, end: impl Into<String>, act: CellAct) -> Self {
        Self { level, head: head.into(), end: end.into(), details: Vec::new(), act: Some(Act::Cell(act)) }
    }

    /// A row that opens a form.
    fn form(label: String, form: CellForm) -> Self {
        Self::new(Level::Info, label, "", CellAct::Form(form))
    }

    fn with(mut self, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        if !detail.is_empty() {
            self.details.push(detail);
        }
        self
    }
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Title.
    pub title: String,
    /// A sentence above the rows; may be empty.
    pub about: String,
    /// Rows.
    pub rows: Vec<ListRow>,
}

/// What a list says at `now`.
pub fn listing(session: &Session, lang: &Lang, of: Listing, now: DateTime<Utc>) -> List {
    let (title, about, rows) = match of {
        Listing::Clocks => ("act-clocks", clocks::about(session, lang), clocks::rows(session, lang, now)),
        Listing::Contacts => {
            ("act-contacts", papers::contacts_about(session, lang), papers::contacts(session, lang, now))
        }
        Listing::Substitutes => ("act-substitutes", lang.t("cell-substitutes-about"), register::rows(session, lang)),
        Listing::Publics => ("act-public", lang.t("cell-transmits-nothing"), papers::publics(session, lang)),
        Listing::Documents => ("act-documents", String::new(), papers::documents(session, lang)),
        Listing::Debts => ("act-debts", lang.t("cell-debts-about"), papers::debts(session, lang, now)),
    };
    List { title: lang.t(title), about, rows }
}
