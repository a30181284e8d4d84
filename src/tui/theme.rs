//! Colours and glyphs by role. Colour is never alone: every state has a glyph and a word of its own.
//!
//! The default theme uses the terminal's own sixteen colours and never white, black or yellow as text
//! (they vanish on somebody's background). Other themes use fixed indices of the 256-colour cube, whose
//! red, green and blue are known, so that their contrast is tested.
//!
//! Does not belong here: what is drawn where, words.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};

use crate::health::{State, Trend};
use crate::incident::event::Mode;

use super::model::Glyphs;

/// Which palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeId {
    /// The terminal's sixteen colours on its own dark background.
    #[default]
    Default,
    /// For light backgrounds.
    Light,
    /// Contrast of 7 and more.
    HighContrast,
    /// Blue, orange and shape: for people who see red and green alike.
    Deuteranopia,
    /// No colour at all: bold, underline, reverse and glyphs.
    Mono,
}

impl ThemeId {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 5] = [Self::Default, Self::Light, Self::HighContrast, Self::Deuteranopia, Self::Mono];

    /// The word used in the config and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::Deuteranopia => "deuteranopia",
            Self::Mono => "mono",
        }
    }

    /// The theme after this one.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|id| *id == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }
}

impl FromStr for ThemeId {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|id| id.word() == word).ok_or_else(|| {
            let words: Vec<&str> = Self::ALL.iter().map(|id| id.word()).collect();
            format!("unknown theme {word:?}: use one of {}", words.join(", "))
        })
    }
}

/// What a piece of the screen is for; a theme gives each role a style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// Ordinary text.
    Base,
    /// Text that may be overlooked: units, column heads, explanations.
    Muted,
    /// Text that must be seen first.
    Strong,
    /// Title of a pane.
    Title,
    /// Frame of a pane.
    Border,
    /// Frame and title of the pane that has the focus.
    Focus,
    /// The selected row.
    Selection,
    /// As expected.
    Ok,
    /// A change was detected.
    Watch,
    /// Degraded.
    Degraded,
    /// Critical.
    Critical,
    /// Calls expected, none seen.
    Silent,
    /// Down.
    Down,
    /// Too little to say.
    Unknown,
    /// The feed is broken.
    Stale,
    /// Under maintenance.
    Maintenance,
    /// On disk.
    Recorded,
    /// Not yet on disk.
    Pending,
    /// A deadline that comes soon.
    Due,
    /// A deadline that has passed.
    Overdue,
    /// What the machine suggests.
    Accent,
    /// A key that can be pressed.
    Key,
    /// Text found by a search.
    Hit,
    /// Text that was corrected later.
    Struck,
    /// A decision.
    Decision,
    /// An error or a refusal on the status line.
    Error,
    /// Badge of a REAL incident.
    Real,
    /// Badge of an EXERCISE.
    Exercise,
    /// Badge of a REPLAY.
    Replay,
}

/// Number of roles.
const ROLES: usize = Role::Replay as usize + 1;

impl Role {
    /// All roles, for tests and for the theme menu.
    pub const ALL: [Self; ROLES] = [
        Self::Base,
        Self::Muted,
        Self::Strong,
        Self::Title,
        Self::Border,
        Self::Focus,
        Self::Selection,
        Self::Ok,
        Self::Watch,
        Self::Degraded,
        Self::Critical,
        Self::Silent,
        Self::Down,
        Self::Unknown,
        Self::Stale,
        Self::Maintenance,
        Self::Recorded,
        Self::Pending,
        Self::Due,
        Self::Overdue,
        Self::Accent,
        Self::Key,
        Self::Hit,
        Self::Struck,
        Self::Decision,
        Self::Error,
        Self::Real,
        Self::Exercise,
        Self::Replay,
    ];

    /// The role of a state.
    pub const fn of_state(state: State) -> Self {
        match state {
            State::Unknown => Self::Unknown,
            State::Stale => Self::Stale,
            State::Maintenance => Self::Maintenance,
            State::Nominal => Self::Ok,
            State::Watch => Self::Watch,
            State::Degraded => Self::Degraded,
            State::Critical => Self::Critical,
            State::Silent => Self::Silent,
            State::Down => Self::Down,
        }
    }

    /// The role of a mode's badge.
    pub const fn of_mode(mode: Mode) -> Self {
        match mode {
            Mode::Real => Self::Real,
            Mode::Exercise => Self::Exercise,
            Mode::Replay => Self::Replay,
        }
    }
}

/// A palette, ready to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    id: ThemeId,
    styles: [Style; ROLES],
}

/// The colours a theme is made of; `None` = the terminal's own.
struct Inks {
    muted: Option<Color>,
    border: Option<Color>,
    accent: Option<Color>,
    ok: Option<Color>,
    watch: Option<Color>,
    degraded: Option<Color>,
    critical: Option<Color>,
    maintenance: Option<Color>,
    /// Muted text is also dimmed (only where the colours are the terminal's own).
    dim: bool,
}

impl Theme {
    /// Builds a palette.
    pub fn new(id: ThemeId) -> Self {
        let inks = match id {
            ThemeId::Default => Inks {
                muted: None,
                border: Some(Color::DarkGray),
                accent: Some(Color::LightCyan),
                ok: Some(Color::LightGreen),
                watch: Some(Color::LightCyan),
                degraded: Some(Color::LightMagenta),
                critical: Some(Color::LightRed),
                maintenance: Some(Color::LightBlue),
                dim: true,
            },
            ThemeId::Light => Inks {
                muted: Some(Color::Indexed(240)),
                border: Some(Color::Indexed(245)),
                accent: Some(Color::Indexed(24)),
                ok: Some(Color::Indexed(22)),
                watch: Some(Color::Indexed(25)),
                degraded: Some(Color::Indexed(90)),
                critical: Some(Color::Indexed(124)),
                maintenance: Some(Color::Indexed(19)),
                dim: false,
            },
            ThemeId::HighContrast => Inks {
                muted: Some(Color::Indexed(252)),
                border: Some(Color::Indexed(250)),
                accent: Some(Color::Indexed(123)),
                ok: Some(Color::Indexed(120)),
                watch: Some(Color::Indexed(123)),
                degraded: Some(Color::Indexed(219)),
                critical: Some(Color::Indexed(217)),
                maintenance: Some(Color::Indexed(153)),
                dim: false,
            },
            ThemeId::Deuteranopia => Inks {
                muted: Some(Color::Indexed(248)),
                border: Some(Color::Indexed(243)),
                accent: Some(Color::Indexed(117)),
                ok: Some(Color::Indexed(75)),
                watch: Some(Color::Indexed(159)),
                degraded: Some(Color::Indexed(222)),
                critical: Some(Color::Indexed(214)),
                maintenance: Some(Color::Indexed(146)),
                dim: false,
            },
            ThemeId::Mono => Inks {
                muted: None,
                border: None,
                accent: None,
                ok: None,
                watch: None,
                degraded: None,
                critical: None,
                maintenance: None,
                dim: false,
            },
        };
        let ink = |color: Option<Color>| color.map_or_else(Style::new, |color| Style::new().fg(color));
        let mut theme = Self { id, styles: [Style::new(); ROLES] };
        let muted = if inks.dim { ink(inks.muted).add_modifier(Modifier::DIM) } else { ink(inks.muted) };
        let mut set = |role: Role, style: Style| theme.styles[role as usize] = style;
        set(Role::Base, Style::new());
        set(Role::Muted, muted);
        set(Role::Strong, Style::new().add_modifier(Modifier::BOLD));
        set(Role::Title, Style::new().add_modifier(Modifier::BOLD));
        set(Role::Border, ink(inks.border));
        set(Role::Focus, ink(inks.accent).add_modifier(Modifier::BOLD));
        set(Role::Selection, Style::new().add_modifier(Modifier::REVERSED));
        set(Role::Ok, ink(inks.ok));
        set(Role::Watch, ink(inks.watch).add_modifier(Modifier::UNDERLINED));
        set(Role::Degraded, ink(inks.degraded).add_modifier(Modifier::BOLD));
        set(Role::Critical, ink(inks.critical).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        set(Role::Silent, ink(inks.degraded).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        set(Role::Down, ink(inks.critical).add_modifier(Modifier::BOLD | Modifier::REVERSED | Modifier::UNDERLINED));
        set(Role::Unknown, muted);
        set(Role::Stale, muted.add_modifier(Modifier::ITALIC));
        set(Role::Maintenance, ink(inks.maintenance));
        set(Role::Recorded, ink(inks.ok));
        set(Role::Pending, ink(inks.watch));
        set(Role::Due, ink(inks.degraded).add_modifier(Modifier::BOLD));
        set(Role::Overdue, ink(inks.critical).add_modifier(Modifier::BOLD));
        set(Role::Accent, ink(inks.accent));
        set(Role::Key, Style::new().add_modifier(Modifier::BOLD));
        set(Role::Hit, ink(inks.accent).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        set(Role::Struck, muted.add_modifier(Modifier::CROSSED_OUT));
        set(Role::Decision, ink(inks.accent).add_modifier(Modifier::BOLD));
        set(Role::Error, ink(inks.critical).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        set(Role::Real, ink(inks.critical).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        set(Role::Exercise, ink(inks.watch).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        set(Role::Replay, ink(inks.degraded).add_modifier(Modifier::BOLD | Modifier::REVERSED));
        theme
    }

    /// Which palette this is.
    pub const fn id(&self) -> ThemeId {
        self.id
    }

    /// The style of a role.
    pub const fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// The style of a state.
    pub const fn state(&self, state: State) -> Style {
        self.style(Role::of_state(state))
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(ThemeId::Default)
    }
}

/// A sign drawn by the views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Done, verified.
    Check,
    /// The row people are at; a running clock.
    Here,
    /// A standing clock.
    Pause,
    /// Open, later.
    Dot,
    /// Overdue.
    Overdue,
    /// Soon.
    Soon,
    /// Skipped.
    Skip,
    /// A warning.
    Warning,
    /// Better.
    Up,
    /// Worse.
    Down,
    /// No change.
    Same,
    /// Cut here.
    Ellipsis,
    /// Multiplication sign.
    Times,
    /// From … to.
    To,
    /// Range dash.
    Dash,
    /// Minus.
    Minus,
    /// Full block.
    Full,
    /// Left half block.
    Left,
    /// Right half block.
    Right,
    /// Shade.
    Shade,
    /// Continuation of a row.
    Follow,
    /// Vertical bar between columns.
    Bar,
    /// Struck by a correction.
    Struck,
}

impl Sign {
    /// In Unicode and in ASCII.
    const fn forms(self) -> (&'static str, &'static str) {
        match self {
            Self::Check => ("✔", "v"),
            Self::Here => ("▶", ">"),
            Self::Pause => ("‖", "="),
            Self::Dot => ("·", "-"),
            Self::Overdue => ("‼", "X"),
            Self::Soon => ("!", "!"),
            Self::Skip => ("↷", "s"),
            Self::Warning => ("⚠", "!"),
            Self::Up => ("▲", "^"),
            Self::Down => ("▼", "v"),
            Self::Same => ("=", "="),
            Self::Ellipsis => ("…", "~"),
            Self::Times => ("×", "x"),
            Self::To => ("→", ">"),
            Self::Dash => ("–", "-"),
            Self::Minus => ("−", "-"),
            Self::Full => ("█", "#"),
            Self::Left => ("▌", "<"),
            Self::Right => ("▐", ">"),
            Self::Shade => ("▒", "#"),
            Self::Follow => ("↳", ">"),
            Self::Bar => ("│", "|"),
            Self::Struck => ("≠", "x"),
        }
    }
}

impl Glyphs {
    /// The characters of a sign.
    pub const fn sign(self, sign: Sign) -> &'static str {
        let (unicode, ascii) = sign.forms();
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }

    /// The glyph of a state: all differ, so that severity needs no colour.
    pub const fn state(self, state: State) -> &'static str {
        match (self, state) {
            (_, State::Unknown) => "?",
            (_, State::Stale) => "~",
            (Self::Unicode, State::Maintenance) => "◇",
            (Self::Ascii, State::Maintenance) => "m",
            (Self::Unicode, State::Nominal) => "·",
            (Self::Ascii, State::Nominal) => ".",
            (Self::Unicode, State::Watch) => "○",
            (Self::Ascii, State::Watch) => "o",
            (Self::Unicode, State::Degraded) => "◑",
            (Self::Ascii, State::Degraded) => "+",
            (Self::Unicode, State::Critical) => "●",
            (Self::Ascii, State::Critical) => "#",
            (Self::Unicode, State::Silent) => "□",
            (Self::Ascii, State::Silent) => "0",
            (Self::Unicode, State::Down) => "■",
            (Self::Ascii, State::Down) => "X",
        }
    }

    /// The glyph of a trend.
    pub const fn trend(self, trend: Trend) -> &'static str {
        match trend {
            Trend::Steady => self.sign(Sign::Same),
            Trend::Better => self.sign(Sign::Up),
            Trend::Worse => self.sign(Sign::Down),
        }
    }

    /// Corners and lines of a frame: top left, top right, bottom left, bottom right, horizontal, vertical. The pane
    /// with the focus has heavy lines: it is known without colour.
    pub const fn frame(self, focus: bool) -> [&'static str; 6] {
        match (self, focus) {
            (Self::Unicode, false) => ["┌", "┐", "└", "┘", "─", "│"],
            (Self::Unicode, true) => ["┏", "┓", "┗", "┛", "━", "┃"],
            (Self::Ascii, false) => ["+", "+", "+", "+", "-", "|"],
            (Self::Ascii, true) => ["#", "#", "#", "#", "=", "|"],
        }
    }

    /// Levels of a sparkline, lowest first.
    pub const fn bars(self) -> &'static [&'static str] {
        match self {
            Self::Unicode => &["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
            Self::Ascii => &["_", ".", ":", "-", "=", "+", "*", "#"],
        }
    }
}

#[cfg(test)]
mod tests;
