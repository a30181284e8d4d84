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

    /// Corners and lines of a frame: top left, top right, bottom left, bottom right, horizontal, vertical.
    pub const fn frame(self) -> [&'static str; 6] {
        match self {
            Self::Unicode => ["┌", "┐", "└", "┘", "─", "│"],
            Self::Ascii => ["+", "+", "+", "+", "-", "|"],
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
mod tests {
    use std::collections::BTreeSet;

    use unicode_width::UnicodeWidthStr;

    use super::*;

    const STATES: [State; 9] = [
        State::Unknown,
        State::Stale,
        State::Maintenance,
        State::Nominal,
        State::Watch,
        State::Degraded,
        State::Critical,
        State::Silent,
        State::Down,
    ];

    /// Red, green and blue of an index of the 256-colour cube or grey ramp.
    fn rgb(color: Color) -> Option<[f64; 3]> {
        let Color::Indexed(i) = color else { return None };
        let i = u32::from(i);
        if i >= 232 {
            let v = f64::from(8 + 10 * (i - 232));
            return Some([v, v, v]);
        }
        let level = |v: u32| f64::from(if v == 0 { 0 } else { 55 + 40 * v });
        (i >= 16).then(|| [level((i - 16) / 36), level((i - 16) / 6 % 6), level((i - 16) % 6)])
    }

    /// WCAG relative luminance.
    fn luminance(rgb: [f64; 3]) -> f64 {
        let [r, g, b] = rgb.map(|v| {
            let v = v / 255.0;
            if v <= 0.03928 { v / 12.92 } else { libm_pow((v + 0.055) / 1.055) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// x^2.4 by a fifth root found with Newton's method: no platform maths in tests either.
    fn libm_pow(x: f64) -> f64 {
        let mut root = 1.0_f64;
        for _ in 0..60 {
            root = (4.0 * root + x / root.powi(4)) / 5.0;
        }
        x * x * root * root
    }

    fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn contrast_is_measured_as_wcag_does() {
        assert!((contrast([255.0; 3], [0.0; 3]) - 21.0).abs() < 0.01);
        assert!((contrast([119.0; 3], [255.0; 3]) - 4.48).abs() < 0.01);
    }

    #[test]
    fn palettes_with_known_colours_have_enough_contrast() {
        for (id, ground, least) in [
            (ThemeId::Light, [253.0, 253.0, 250.0], 4.5),
            (ThemeId::Light, [238.0, 238.0, 230.0], 4.5),
            (ThemeId::HighContrast, [0.0, 0.0, 0.0], 7.0),
            (ThemeId::HighContrast, [30.0, 30.0, 30.0], 7.0),
            (ThemeId::Deuteranopia, [16.0, 20.0, 24.0], 4.5),
            (ThemeId::Deuteranopia, [0.0, 0.0, 0.0], 4.5),
        ] {
            let theme = Theme::new(id);
            for role in Role::ALL {
                if role == Role::Border {
                    continue; // lines are not text
                }
                // A reversed style swaps ink and ground: the ratio is the same.
                if let Some(ink) = theme.style(role).fg.and_then(rgb) {
                    let ratio = contrast(ink, ground);
                    assert!(ratio >= least, "{} {role:?}: {ratio:.2} on {ground:?}", id.word());
                }
            }
        }
    }

    #[test]
    fn default_theme_never_writes_white_black_or_yellow() {
        let theme = Theme::default();
        for role in Role::ALL {
            let style = theme.style(role);
            for color in [style.fg, style.bg].into_iter().flatten() {
                assert!(
                    ![Color::White, Color::Gray, Color::Black, Color::Yellow, Color::LightYellow].contains(&color),
                    "{role:?}"
                );
            }
        }
    }

    #[test]
    fn mono_has_no_colour() {
        let theme = Theme::new(ThemeId::Mono);
        for role in Role::ALL {
            assert_eq!((theme.style(role).fg, theme.style(role).bg), (None, None), "{role:?}");
        }
    }

    #[test]
    fn severity_needs_no_colour() {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let distinct: BTreeSet<&str> = STATES.into_iter().map(|state| glyphs.state(state)).collect();
            assert_eq!(distinct.len(), STATES.len(), "{glyphs:?}");
            let trends: BTreeSet<&str> =
                [Trend::Steady, Trend::Better, Trend::Worse].into_iter().map(|trend| glyphs.trend(trend)).collect();
            assert_eq!(trends.len(), 3);
        }
        // In mono, the severe states do not look like the harmless ones.
        let mono = Theme::new(ThemeId::Mono);
        for severe in [State::Degraded, State::Critical, State::Silent, State::Down] {
            assert_ne!(mono.state(severe), mono.state(State::Nominal));
        }
    }

    #[test]
    fn every_glyph_is_one_column_wide() {
        for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
            let mut all: Vec<&str> = STATES.into_iter().map(|state| glyphs.state(state)).collect();
            all.extend(glyphs.frame());
            all.extend(glyphs.bars());
            all.extend(SIGNS.map(|sign| glyphs.sign(sign)));
            for glyph in all {
                assert_eq!(glyph.width(), 1, "{glyph}");
                assert!(glyphs == Glyphs::Unicode || glyph.is_ascii(), "{glyph}");
                assert!(!glyph.contains('\u{fe0f}'));
            }
        }
    }

    const SIGNS: [Sign; 23] = [
        Sign::Check,
        Sign::Here,
        Sign::Pause,
        Sign::Dot,
        Sign::Overdue,
        Sign::Soon,
        Sign::Skip,
        Sign::Warning,
        Sign::Up,
        Sign::Down,
        Sign::Same,
        Sign::Ellipsis,
        Sign::Times,
        Sign::To,
        Sign::Dash,
        Sign::Minus,
        Sign::Full,
        Sign::Left,
        Sign::Right,
        Sign::Shade,
        Sign::Follow,
        Sign::Bar,
        Sign::Struck,
    ];

    #[test]
    fn theme_words_are_read_back() {
        for id in ThemeId::ALL {
            assert_eq!(id.word().parse(), Ok(id));
        }
        assert!("pink".parse::<ThemeId>().is_err_and(|message| message.contains("high-contrast")));
        assert_eq!(ThemeId::Mono.next(), ThemeId::Default);
    }
}
