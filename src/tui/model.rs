//! What the views see: the session, the state of the interface, and nothing that can be changed.
//!
//! Everything on top of the panes (cards, menus, forms) is *data*, so that a view draws it without
//! knowing what it is about and a test reads it without looking at a screen.
//!
//! Does not belong here: what keys do (`app`), how anything looks (`view`, `theme`).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::feed::documented::Layer;
use crate::incident::event::{EntryId, EventTime};
use crate::incident::kind::KindSet;
use crate::network::{PsapId, ServerId, ServiceId, ZoneId};

use crate::lang::Lang;
use crate::session::Session;
use crate::store::{LogView, Search};

use super::edit::Editor;
use super::theme::Theme;

mod overlay;

pub use overlay::{
    Button, Card, CardLine, Field, FieldValue, Form, FormId, HelpLine, Menu, MenuItem, Overlay, Palette,
};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The kinds shown (`decision`, `message`…); empty = all but those that are hidden.
    pub kinds: Vec<String>,
    /// Kinds that are shown to whoever asks for them only.
    pub hidden: KindSet,
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
    /// Rows that the list on top asks for; 0: not known.
    pub list_rows: usize,
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
