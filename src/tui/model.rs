//! What the views see: the session, the state of the interface, and nothing that can be changed.
//!
//! Everything on top of the panes (cards, menus, forms) is *data*, so that a view draws it without
//! knowing what it is about and a test reads it without looking at a screen.
//!
//! Does not belong here: what keys do (`app`), how anything looks (`view`, `theme`).

use chrono::{DateTime, Utc};

use crate::feed::documented::Layer;
use crate::incident::event::{EntryId, EventTime};
use crate::network::{PsapId, ServerId, ServiceId, ZoneId};

use crate::lang::Lang;
use crate::session::Session;
use crate::store::{LogView, Search};

use super::edit::Editor;
use super::theme::Theme;

/// Which layers of a documented timeline are shown, and whether the truth stands beside the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layers {
    on: [bool; Layer::ALL.len()],
    /// The truth in one column, what people saw, did and said in another.
    pub beside: bool,
    /// The switch that Left and Right have reached: a layer, or behind them all `beside`.
    pub chip: usize,
}

impl Default for Layers {
    fn default() -> Self {
        Self { on: [true; Layer::ALL.len()], beside: false, chip: 0 }
    }
}

impl Layers {
    /// Is this layer shown?
    pub fn shows(&self, layer: Layer) -> bool {
        Layer::ALL.iter().zip(self.on).any(|(of, on)| *of == layer && on)
    }

    /// Goes to the next switch, or back.
    pub fn turn(&mut self, back: bool) {
        let switches = Layer::ALL.len() + 1;
        self.chip = (self.chip + if back { switches - 1 } else { 1 }) % switches;
    }

    /// Turns the switch that was reached on or off.
    pub fn toggle(&mut self) {
        match self.on.get_mut(self.chip) {
            Some(on) => *on = !*on,
            None => self.beside = !self.beside,
        }
    }
}

/// The parts of the screen that can have the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pane {
    /// Routing health.
    Board,
    /// The playbook checklist.
    Playbook,
    /// The incident log.
    #[default]
    Log,
    /// The strip of deadlines and decisions.
    Deadlines,
}

impl Pane {
    /// The order in which Tab visits them; also the order of the tabs on a narrow screen.
    pub const RING: [Self; 4] = [Self::Board, Self::Playbook, Self::Log, Self::Deadlines];

    /// The next pane of the ring, or the one before.
    #[must_use]
    pub fn next(self, back: bool) -> Self {
        let at = Self::RING.iter().position(|pane| *pane == self).unwrap_or(0);
        let step = if back { Self::RING.len() - 1 } else { 1 };
        Self::RING.get((at + step) % Self::RING.len()).copied().unwrap_or(self)
    }
}

/// Something on the board that can be looked at closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A number (15, 17…).
    Service(ServiceId),
    /// A centre.
    Psap(PsapId),
    /// A call server.
    Server(ServerId),
    /// A département.
    Zone(ZoneId),
}

/// How many of the worst centres can be reached with the cursor on the board.
pub const WORST: usize = 12;

/// Which glyphs the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Glyphs {
    /// Boxes, blocks, arrows, all of width 1.
    #[default]
    Unicode,
    /// ASCII only (`LANG=C`, `--ascii`).
    Ascii,
}

/// How serious a status line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// For information.
    #[default]
    Info,
    /// Something was recorded or done.
    Good,
    /// Something was refused or asks for attention.
    Warning,
    /// Something is broken: not saved, a worker died.
    Bad,
}

/// The line of the console about itself, above or beside the input.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Status {
    /// Text, already translated and safe to show.
    pub text: String,
    /// How serious.
    pub level: Level,
}

/// Kind of the line being typed: what Enter makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EntryKind {
    /// Information received.
    #[default]
    Information,
    /// A fact the cell states.
    Fact,
    /// A decision.
    Decision,
    /// An action that is ordered.
    Action,
    /// A message (`DEST: text` names whom it goes to; `< SOURCE: text` who sent it).
    Message,
    /// A note.
    Note,
    /// A request to somebody (`WHOM: text`).
    Request,
}

impl EntryKind {
    /// Message id of its label in front of the input.
    pub fn id(self) -> &'static str {
        match self {
            Self::Information => "input-information",
            Self::Fact => "input-fact",
            Self::Decision => "input-decision",
            Self::Action => "input-action",
            Self::Message => "input-message",
            Self::Note => "input-note",
            Self::Request => "input-request",
        }
    }
}

/// What the line being typed is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Purpose {
    /// A new entry.
    #[default]
    Entry,
    /// The reason for a late entry; `text` is the entry that waits for it.
    LateReason {
        /// The entry as it was typed.
        text: String,
    },
    /// The reason why a step is skipped or not applicable, or the evidence for one.
    Step {
        /// Playbook id.
        playbook: String,
        /// Step id.
        step: String,
        /// What is done to it.
        change: crate::incident::event::StepChange,
    },
    /// What a step's card asks for.
    Playbook(super::steps::StepAct),
    /// The corrected text of an entry.
    Correction {
        /// The entry.
        of: EntryId,
    },
    /// The answer to a message.
    Receipt {
        /// The message.
        of: EntryId,
    },
    /// The reason of a decision that has none.
    Explain {
        /// The decision.
        of: EntryId,
    },
    /// A command (`:`).
    Command,
    /// A search in the log (`/`).
    Search,
}

/// The input line, always on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Input {
    /// Text and cursor.
    pub line: Editor,
    /// What Enter makes of it.
    pub kind: EntryKind,
    /// What it is for.
    pub purpose: Purpose,
    /// Event time read from the start of the line, as typed so far; `None` = now.
    pub time: Option<EventTime>,
    /// What it expects, translated: shown dimmed while the line is empty.
    pub hint: String,
    /// Label in front of it, translated (`info reçue`, `DÉCISION`, `motif du retard`…).
    pub label: String,
}

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
    pub act: super::action::Act,
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
    pub act: super::action::Act,
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

/// The palette: every action, filtered while a word is typed after `:`. The word is in the input line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Palette {
    /// What fits the word, best first.
    pub items: Vec<MenuItem>,
    /// Where the cursor is.
    pub cursor: usize,
}

/// Value of a form's field.
#[derive(Debug, Clone, PartialEq)]
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// Own estimate and options of a forecast.
    Forecast,
    /// Last words before the incident is closed.
    Close,
    /// Why a closed incident is reopened.
    Reopen,
    /// A form of the cell's own work.
    Cell(super::cell::CellForm),
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
    Draft(super::cell::Draft),
    /// A list that stays true while it is open.
    List {
        /// Of what.
        of: super::cell::Listing,
        /// Where the cursor is.
        cursor: usize,
    },
    /// All deadlines.
    Deadlines {
        /// Where the cursor is.
        cursor: usize,
    },
}

/// Where the log pane stands. Positions are those of the [`LogView`]: an entry keeps its own when others come.
#[derive(Debug, Clone, Default)]
pub struct LogUi {
    /// The running search or filter, newest hit first; `None` = all entries.
    pub search: Option<Search>,
    /// Position of the focused entry; `None` = none, following the newest.
    pub cursor: Option<usize>,
    /// Position of the entry on the lowest row; `None` = the newest.
    pub bottom: Option<usize>,
    /// What is searched for; empty = no search.
    pub query: String,
    /// The kinds shown (`decision`, `message`…); empty = all.
    pub kinds: Vec<String>,
    /// Entries that fit search and filter; `None` while they are being counted.
    pub hits: Option<usize>,
    /// Rows of the pane on the last frame.
    pub rows: usize,
}

impl LogUi {
    /// Positions of the entries on `rows` rows, the oldest first: what the pane shows from top to bottom.
    pub fn window(&self, log: &LogView, rows: usize) -> Vec<usize> {
        let mut shown: Vec<usize> = match &self.search {
            None => {
                let end = self.bottom.map_or(log.len(), |bottom| (bottom + 1).min(log.len()));
                return (end.saturating_sub(rows)..end).collect();
            }
            Some(search) => {
                let first = self.bottom.map_or(Some(0), |bottom| search.nearest(log, bottom));
                let hits = first.into_iter().flat_map(|first| (first..).take(rows));
                hits.map_while(|n| search.hit(log, n)).collect()
            }
        };
        shown.reverse();
        shown
    }
}

/// All that the interface knows and the incident does not.
#[derive(Debug, Clone, Default)]
pub struct UiState {
    /// The pane with the focus.
    pub focus: Pane,
    /// The pane shown where only one fits.
    pub tab: Pane,
    /// What lies on top.
    pub overlay: Overlay,
    /// What Esc comes back to, oldest first.
    pub under: Vec<Overlay>,
    /// What was left half-written.
    pub kept: super::kept::Kept,
    /// The input line.
    pub input: Input,
    /// The console about itself.
    pub status: Option<Status>,
    /// The log pane.
    pub log: LogUi,
    /// Focused row of the board; `None` until the focus has been there.
    pub board: Option<Target>,
    /// Which of the open playbooks is shown.
    pub playbook: usize,
    /// Focused step of it (or, while none is open, focused playbook of the library).
    pub step: usize,
    /// Focused deadline.
    pub deadline: usize,
    /// Is the mouse captured?
    pub mouse: bool,
    /// Slow link: no map, no sparklines, a frame every five seconds.
    pub slow: bool,
    /// One pane full screen, without borders (to copy from it with the mouse).
    pub zoom: bool,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Is somebody only looking (`vigie watch`)?
    pub read_only: bool,
    /// Changes with everything that is not visible in a cheaper way; views need not look at it.
    pub revision: u64,
}

impl UiState {
    /// Puts an overlay on top of the present one.
    pub fn push(&mut self, overlay: Overlay) {
        let under = std::mem::replace(&mut self.overlay, overlay);
        if under != Overlay::None {
            self.under.push(under);
        }
    }

    /// Takes the top overlay away; says whether there was one.
    pub fn pop(&mut self) -> bool {
        let had = self.overlay != Overlay::None;
        self.kept.leave(&self.overlay);
        self.overlay = self.under.pop().unwrap_or_default();
        had
    }

    /// Takes all overlays away.
    pub fn clear_overlays(&mut self) {
        for overlay in self.under.iter().chain(std::iter::once(&self.overlay)) {
            self.kept.leave(overlay);
        }
        self.overlay = Overlay::None;
        self.under.clear();
    }
}

/// The first screen of `vigie` without arguments.
#[derive(Debug, Clone, PartialEq)]
pub struct Launcher {
    /// What can be done.
    pub menu: Menu,
    /// A form or a second menu on top.
    pub overlay: Overlay,
    /// Sentences under the title.
    pub about: Vec<String>,
    /// The console about itself.
    pub status: Option<Status>,
}

/// How things are said and drawn: language, palette, glyphs.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Language.
    pub lang: &'a Lang,
    /// Palette.
    pub theme: &'a Theme,
    /// Glyphs.
    pub glyphs: Glyphs,
}

/// All that a view of the console sees.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    /// The incident and everything live about it.
    pub session: &'a Session,
    /// The state of the interface.
    pub ui: &'a UiState,
    /// Wall clock of this frame.
    pub wall: DateTime<Utc>,
    /// Language.
    pub lang: &'a Lang,
    /// Palette.
    pub theme: &'a Theme,
    /// Glyphs.
    pub glyphs: Glyphs,
}

impl<'a> Model<'a> {
    /// Language, palette and glyphs.
    pub fn look(&self) -> Look<'a> {
        Look { lang: self.lang, theme: self.theme, glyphs: self.glyphs }
    }
}
