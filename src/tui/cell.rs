//! The cell's own work as the interface asks for it: which forms, which lists, which document is being edited.
//!
//! Does not belong here: what a filled form becomes (`app::cell`), how a list or an editor looks (`view`).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::incident::DeadlineSource;
use crate::incident::event::{EntryId, Role};
use crate::incident::record::SitrepVariant;

use super::edit::Editor;

/// A form of the cell's own work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellForm {
    /// A decision with its record; `re` is the question that it settles, or the decision that it completes.
    Decision {
        /// The question, or the decision.
        re: Option<EntryId>,
    },
    /// A decision that is pending.
    Question,
    /// What a decision led to.
    Outcome(EntryId),
    /// A message.
    Message,
    /// Start a clock by hand: its id.
    ClockStart(String),
    /// The battle rhythm.
    Rhythm,
    /// A slot of the rhythm was not held.
    Missed(DateTime<Utc>),
    /// A slot that passed as missed was held after all: who was there, what was said.
    HeldAfterAll(DateTime<Utc>),
    /// A contact was called: its id, and whether somebody was reached.
    Call(String, bool),
    /// A substitute number is put on the register; a number that was only used so far is given.
    Register(String),
    /// A substitute number was called as a test.
    Test(String),
    /// It was published.
    Publish(String),
    /// It was withdrawn.
    Withdraw(String),
    /// It must not be used.
    Refute(String),
    /// Someone approves (true), or refuses, a point de situation or a public message.
    Approve(EntryId, bool),
    /// Roles are handed over.
    Handover,
    /// The incoming person accepts (true) or refuses.
    Accept(EntryId, bool),
    /// A message to the public: a new draft, or other words for this one.
    Public(Option<EntryId>),
    /// It was given to those who publish it.
    Published(EntryId),
    /// It was withdrawn.
    PublicWithdrawn(EntryId),
}

/// A list that stays true while it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listing {
    /// Legal and internal clocks, and the battle rhythm.
    Clocks,
    /// The directory.
    Contacts,
    /// The register of substitute numbers.
    Substitutes,
    /// Messages to the public.
    Publics,
    /// Points de situation and handovers.
    Documents,
    /// Everything owed.
    Debts,
}

/// What a button of the cell's own cards asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellAct {
    /// Open a form.
    Form(CellForm),
    /// Open a list.
    List(Listing),
    /// The card of an entry, whatever it is.
    Entry(EntryId),
    /// The card of a clock.
    Clock(String),
    /// The card of the battle rhythm.
    Rhythm,
    /// A slot of the rhythm was held.
    Held(DateTime<Utc>),
    /// The card of a contact.
    Contact(String),
    /// The card of a substitute number.
    Substitute(String),
    /// Edit a point de situation anew; the new one takes the place of this one.
    Redraft(EntryId),
    /// Draft a new point de situation.
    Sitrep,
    /// Write a point de situation, or a handover, into files.
    Export(EntryId),
    /// Open what pays a debt, or settles a deadline.
    Pay(DeadlineSource),
}

/// A part of a document being edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Id of the section; empty for the one line at the top.
    pub id: String,
    /// Heading, translated.
    pub heading: String,
    /// Its words, several lines.
    pub text: Editor,
}

/// What the document being edited becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftOf {
    /// A point de situation.
    Sitrep {
        /// Its number.
        number: u32,
        /// Its shape.
        variant: SitrepVariant,
        /// What it describes.
        as_of: DateTime<Utc>,
        /// The next one.
        next_at: Option<DateTime<Utc>>,
        /// The one whose place it takes.
        replaces: Option<EntryId>,
    },
    /// A handover.
    Handover {
        /// Roles that change hands.
        roles: Vec<Role>,
        /// To whom.
        to: String,
    },
}

/// A document being edited. Letters write, Enter breaks the line, Tab goes to the next part and in the end to the
/// button, where Enter records it; Ctrl-X records it from anywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// What it becomes.
    pub of: DraftOf,
    /// Title.
    pub title: String,
    /// Its parts; the first is one line.
    pub parts: Vec<Part>,
    /// The part with the focus; `parts.len()` is the button.
    pub focus: usize,
    /// Label of the button.
    pub submit: String,
    /// Was anything typed into it?
    pub edited: bool,
    /// Was it taken up as it had been left?
    pub resumed: bool,
}

impl Draft {
    /// What it describes, if it describes a moment.
    pub fn as_of(&self) -> Option<DateTime<Utc>> {
        match self.of {
            DraftOf::Sitrep { as_of, .. } => Some(as_of),
            DraftOf::Handover { .. } => None,
        }
    }

    /// The text with the focus.
    pub fn focused(&mut self) -> Option<&mut Editor> {
        self.parts.get_mut(self.focus).map(|part| &mut part.text)
    }
}
