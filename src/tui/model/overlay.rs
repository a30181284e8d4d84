//! What lies on top of the panes, as data: cards, menus, forms, documents, lists.

use serde::{Deserialize, Serialize};

use crate::incident::event::EntryId;
use crate::network::{ServiceId, ZoneId};
use crate::tui::action::Act;
use crate::tui::cell::{CellForm, Draft, Listing};
use crate::tui::edit::Editor;

use super::{Layers, Level, Target};

/// A line of a card or detail: label and value, or a sentence (empty label).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CardLine {
    /// Label; empty for a sentence.
    pub label: String,
    /// Value or sentence.
    pub value: String,
    /// To be stressed, and how.
    pub level: Level,
}

/// A button of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Label.
    pub label: String,
    /// What choosing it asks for.
    pub act: Act,
    /// Why it cannot be chosen now.
    pub why_not: Option<String>,
}

/// A card: what something is and what can be done with it. No button is chosen when it opens, so that
/// a bounced Enter does nothing; an arrow chooses, Enter acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Title.
    pub title: String,
    /// Lines.
    pub lines: Vec<CardLine>,
    /// Buttons.
    pub buttons: Vec<Button>,
    /// The chosen button.
    pub selected: Option<usize>,
    /// First line shown.
    pub scroll: u16,
    /// Draws the eye: a confirmation of something grave.
    pub grave: bool,
}

/// A line of a menu or of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuItem {
    /// Label.
    pub label: String,
    /// Its key as people name it (`F2`, `q`), or empty.
    pub key: String,
    /// One sentence about it.
    pub hint: String,
    /// Can it be chosen now?
    pub enabled: bool,
    /// Why not.
    pub why_not: String,
    /// What choosing it asks for.
    pub act: Act,
}

/// A menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// Title.
    pub title: String,
    /// Items.
    pub items: Vec<MenuItem>,
    /// Where the cursor is.
    pub cursor: usize,
    /// True in the F10 menu only: a letter chooses an item. Elsewhere letters write into the input line.
    pub letters: bool,
}

impl Menu {
    /// Is it the facilitator's desk, or what can be done with one of its rows?
    pub fn of_desk(&self) -> bool {
        self.items.iter().any(|item| {
            matches!(item.act, Act::Desk(_) | Act::DeskInject(_) | Act::DeskCell(_) | Act::DeskObjective(_))
        })
    }
}

/// The palette: every action, filtered while a word is typed after `:`. The word is in the input line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    /// What fits the word, best first.
    pub items: Vec<MenuItem>,
    /// Where the cursor is.
    pub cursor: usize,
}

/// Value of a form's field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldValue {
    /// Free text.
    Text(Editor),
    /// One of several: left and right change it.
    Choice {
        /// Options, translated.
        options: Vec<String>,
        /// The chosen one.
        selected: usize,
    },
    /// Any of several: left and right move, space ticks.
    Many {
        /// Options, translated, and whether each is ticked.
        options: Vec<(String, bool)>,
        /// Where the cursor is.
        cursor: usize,
    },
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Id, for the code that reads the form.
    pub id: &'static str,
    /// Label.
    pub label: String,
    /// Value.
    pub value: FieldValue,
    /// What is expected, shown dimmed.
    pub hint: String,
    /// What is wrong with it, shown in red.
    pub error: String,
}

/// A form. Enter goes to the next field; on the last it stays (a bounced Enter must not act); an arrow or Tab
/// reaches the button, where Enter submits.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    /// Which form this is.
    pub id: FormId,
    /// Title.
    pub title: String,
    /// Sentences above the fields.
    pub about: Vec<String>,
    /// Fields.
    pub fields: Vec<Field>,
    /// The field with the focus; `fields.len()` is the button.
    pub focus: usize,
    /// Label of the button.
    pub submit: String,
}

/// Which form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormId {
    /// Who writes: first run.
    Author,
    /// A lever: word of the vocabulary.
    Lever(String),
    /// An observation of health by hand.
    Observation,
    /// Awareness of the incident.
    Awareness,
    /// Jump of the exercise clock or seek of the replay.
    Jump,
    /// Perimeter of the board.
    Perimeter,
    /// Title of a new real incident.
    Open,
    /// Scenario, seed and speed of a new exercise.
    Exercise,
    /// Which kinds of lines the log shows.
    Filter,
    /// Why a clock is stopped: clock id.
    ClockStop(String),
    /// Own estimate and options of a forecast; the pending decision it is for.
    Forecast(Option<EntryId>),
    /// Last words before the incident is closed.
    Close,
    /// Why a closed incident is reopened.
    Reopen,
    /// A form of the cell's own work.
    Cell(CellForm),
}

/// A line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLine {
    /// Key as people name it; empty for a heading.
    pub key: String,
    /// Word to type after `:`; may be empty.
    pub word: String,
    /// What it does; the heading's text.
    pub text: String,
    /// Why it cannot be used now; empty if it can.
    pub why_not: String,
}

/// What lies on top of the panes.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// Help for the present focus, then everything.
    Help {
        /// Lines.
        lines: Vec<HelpLine>,
        /// First line shown.
        scroll: usize,
    },
    /// The palette.
    Palette(Palette),
    /// A menu.
    Menu(Menu),
    /// A card, also used to confirm.
    Card(Card),
    /// Figures of one thing, drawn from the board.
    Detail {
        /// What.
        of: Target,
        /// First line shown.
        scroll: u16,
    },
    /// The tile map.
    Map {
        /// The zone under the cursor.
        cursor: ZoneId,
        /// One number only; `None` = the worst of all.
        service: Option<ServiceId>,
    },
    /// What is documented of a historic incident, up to now.
    Timeline {
        /// The focused event of those shown; `None` = the newest.
        cursor: Option<usize>,
        /// Which layers are shown.
        layers: Layers,
    },
    /// A form.
    Form(Form),
    /// A document being edited.
    Draft(Draft),
    /// A list that stays true while it is open.
    List {
        /// Of what.
        of: Listing,
        /// Where the cursor is.
        cursor: usize,
    },
    /// All deadlines.
    Deadlines {
        /// Where the cursor is.
        cursor: usize,
    },
}
