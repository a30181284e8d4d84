//! Every screen at every size.

use std::collections::{BTreeMap, BTreeSet};

use vigie::incident::event::Mode;
use vigie::lang::LangId;
use vigie::tui::action::ACTIONS;
use vigie::tui::input::Code;
use vigie::tui::model::{Glyphs, Level, Overlay, Status};
use vigie::tui::theme::{Theme, ThemeId};

use super::desk::{Desk, Seat, setup};
use super::{LANGS, MODES, word};

/// From one cell to the largest, each class of layout at its smallest.
const SIZES: [(u16, u16); 15] = [
    (1, 1),
    (4, 2),
    (8, 1),
    (10, 3),
    (23, 60),
    (200, 7),
    (24, 8),
    (40, 12),
    (59, 17),
    (60, 18),
    (80, 24),
    (100, 32),
    (140, 40),
    (160, 45),
    (200, 60),
];
/// Where a screen differs from the one above it by what lies on top only.
const FEW: [(u16, u16); 4] = [(24, 8), (40, 12), (80, 24), (120, 40)];

/// What ends or leaves the console shows nothing; what opens another incident comes last.
const LEAVES: [&str; 6] = ["quit", "suspend", "close", "take-over", "language", "real-world"];

/// What was looked at, and where the word was missing.
#[derive(Default)]
struct Walk {
    missing: Vec<String>,
    screens: usize,
}

impl Walk {
    fn check(&mut self, desk: &mut Desk, what: &str, word: &str, sizes: &[(u16, u16)]) {
        for size in sizes {
            let screen = desk.screen(*size);
            self.screens += 1;
            if let Some(place) = screen.lacks(word) {
                let rows = screen.rows().join("\n");
                self.missing.push(format!("{what} at {}x{}, {place}: {word}\n{rows}", size.0, size.1));
            }
        }
    }

    /// Runs every action of the table, and looks at what it shows.
    fn actions(&mut self, desk: &mut Desk, what: &str, word: &str, sizes: &[(u16, u16)], seen: &mut Seen) {
        for action in ACTIONS.iter().filter(|action| !LEAVES.contains(&action.id)) {
            desk.home();
            match (action.words.first(), action.key) {
                (Some(typed), _) => desk.enter(&format!(":{typed}")),
                (None, Some(key)) => {
                    desk.app.key(key);
                }
                (None, None) => panic!("{} has neither word nor key", action.id),
            }
            let what = format!("{what} {}", action.id);
            seen.note(action.id, &desk.app.ui.overlay);
            self.check(desk, &what, word, sizes);
            // One step deeper: the card, or the list, of what is chosen.
            desk.press(Code::Down);
            desk.press(Code::Enter);
            desk.settle();
            seen.note(action.id, &desk.app.ui.overlay);
            self.check(desk, &format!("{what}, deeper"), word, &FEW);
        }
        desk.home();
    }

    fn assert_nothing_missing(&self) {
        let first: Vec<&str> = self.missing.iter().take(3).map(String::as_str).collect();
        assert!(self.missing.is_empty(), "{} of {} screens:\n{}", self.missing.len(), self.screens, first.join("\n\n"));
    }
}

/// Which overlays were seen, and by which action.
#[derive(Default)]
struct Seen(BTreeMap<&'static str, BTreeSet<&'static str>>);

impl Seen {
    fn note(&mut self, action: &'static str, overlay: &Overlay) {
        self.0.entry(kind(overlay)).or_default().insert(action);
    }
}

/// Name of an overlay. A new one does not compile until it is named here and in the list below.
fn kind(overlay: &Overlay) -> &'static str {
    match overlay {
        Overlay::None => "none",
        Overlay::Help { .. } => "help",
        Overlay::Palette(_) => "palette",
        Overlay::Menu(_) => "menu",
        Overlay::Card(_) => "card",
        Overlay::Detail { .. } => "detail",
        Overlay::Map { .. } => "map",
        Overlay::Timeline { .. } => "timeline",
        Overlay::Form(_) => "form",
        Overlay::Draft(_) => "draft",
        Overlay::List { .. } => "list",
        Overlay::Deadlines { .. } => "deadlines",
    }
}
const OVERLAYS: [&str; 12] =
    ["none", "help", "palette", "menu", "card", "detail", "map", "timeline", "form", "draft", "list", "deadlines"];

#[test]
fn every_screen_carries_the_word_at_every_size_in_both_languages() {
    let (mut walk, mut seen) = (Walk::default(), Seen::default());
    for mode in MODES {
        for lang in LANGS {
            let dir = tempfile::tempdir().unwrap();
            let setup = setup(dir.path(), lang);
            let mut desk = Desk::new(&setup, mode, lang);
            let word = word(mode, lang);
            walk.check(&mut desk, "console", word, &SIZES);
            walk.actions(&mut desk, &format!("{mode:?} {lang}"), word, &SIZES, &mut seen);
            // The palette while a word is typed; every item of the F10 menu's list.
            for c in ":pl".chars() {
                desk.press(Code::Char(c));
            }
            seen.note("typing", &desk.app.ui.overlay);
            walk.check(&mut desk, "palette", word, &SIZES);
            desk.home();
            // The panes with nothing above them, each zoomed, and the card of its first row.
            for _ in 0..5 {
                desk.press(Code::Tab);
                for _ in 0..2 {
                    desk.enter(":zoom");
                    walk.check(&mut desk, &format!("{mode:?} {lang} pane"), word, &SIZES);
                }
                desk.press(Code::Down);
                desk.press(Code::Enter);
                seen.note("row", &desk.app.ui.overlay);
                walk.check(&mut desk, &format!("{mode:?} {lang} card of a row"), word, &FEW);
                desk.home();
            }
            // A mistake of the console, longer than any row.
            for level in [Level::Info, Level::Warning, Level::Bad] {
                desk.app.ui.status = Some(Status { text: "pas enregistré ".repeat(40), level });
                walk.check(&mut desk, "mistake", word, &SIZES);
            }
            desk.app.ui.status = None;
            // Text that fills the line.
            for c in "x".repeat(400).chars() {
                desk.app.key(Code::Char(c).into());
            }
            walk.check(&mut desk, "long line", word, &SIZES);
            desk.home();
            desk.app.ui.slow = true;
            walk.check(&mut desk, "slow link", word, &SIZES);
            desk.app.ui.slow = false;
            for last in [":urgence-réelle", ":clore", ":reprendre"] {
                desk.enter(last);
                walk.check(&mut desk, last, word, &SIZES);
                desk.home();
            }
        }
    }
    walk.assert_nothing_missing();
    let unseen: Vec<_> = OVERLAYS.iter().filter(|kind| !seen.0.contains_key(*kind)).collect();
    assert!(unseen.is_empty(), "never shown: {unseen:?}; shown by {:?}", seen.0);
}

#[test]
fn every_seat_carries_the_word() {
    let mut walk = Walk::default();
    let seats = [Seat::Watch, Seat::Recorded, Seat::Control, Seat::Waiting, Seat::Paused, Seat::Ended];
    for (number, seat) in seats.into_iter().enumerate() {
        let lang = LANGS[number % 2];
        let dir = tempfile::tempdir().unwrap();
        let setup = setup(dir.path(), lang);
        let mut desk = Desk::at(&setup, seat, lang);
        desk.later();
        let word = word(desk.app.session.mode(), lang);
        walk.check(&mut desk, &format!("{seat:?}"), word, &SIZES);
        walk.actions(&mut desk, &format!("{seat:?}"), word, &FEW, &mut Seen::default());
        if seat == Seat::Paused {
            let rows = desk.screen((120, 40)).rows().join("\n");
            let said = desk.app.lang.t("lock-paused");
            assert!(rows.contains(&said), "the players' screen is not locked: {said}\n{rows}");
        }
    }
    walk.assert_nothing_missing();
}

#[test]
fn the_word_can_be_read_in_every_palette_and_with_ascii_alone() {
    for (mode, lang) in [(Mode::Real, LangId::Fr), (Mode::Exercise, LangId::En), (Mode::Replay, LangId::Fr)] {
        let dir = tempfile::tempdir().unwrap();
        let setup = setup(dir.path(), lang);
        let mut desk = Desk::new(&setup, mode, lang);
        let word = word(mode, lang);
        for theme in ThemeId::ALL {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                (desk.app.theme, desk.app.glyphs) = (Theme::new(theme), glyphs);
                // Terminals that know no accents are given none.
                let word = if glyphs == Glyphs::Ascii { word.replace('É', "E") } else { word.to_owned() };
                let word = word.as_str();
                for open in [None, Some(Code::F(10)), Some(Code::F(1))] {
                    desk.home();
                    if let Some(key) = open {
                        desk.press(key);
                    }
                    for size in [(10, 3), (40, 12), (80, 24), (120, 40)] {
                        let screen = desk.screen(size);
                        let what = format!("{mode:?} {theme:?} {glyphs:?} {open:?} {size:?}");
                        assert_eq!(screen.lacks(word), None, "{what}\n{}", screen.rows().join("\n"));
                        assert!(screen.readable(word), "{what}");
                    }
                }
            }
        }
    }
}
