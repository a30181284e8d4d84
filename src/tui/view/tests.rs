//! The screens: snapshots of text and style from a hand-made evening, and any size at all.

use std::fmt::Write as _;

use proptest::prelude::*;
use ratatui::style::Modifier;

use super::*;

mod overlays;
mod scene;

use overlays::overlays;
use scene::{Scene, now, said};

use crate::health::Perimeter;
use crate::incident::event::{Mode, Verification};
use crate::lang::LangId;
use crate::network::PsapId;
use crate::tui::edit::Editor;
use crate::tui::layout::layout;
use crate::tui::model::{LogUi, Target, UiState};
use crate::tui::theme::ThemeId;

/// The text of a screen, a line a row.
fn text(buf: &Buffer) -> String {
    let row = |y: u16| {
        let line: String = (0..buf.area.width).map(|x| buf[(x, y)].symbol()).collect();
        line.trim_end().to_owned()
    };
    (0..buf.area.height).map(row).collect::<Vec<_>>().join("\n")
}

/// A map of styles: one letter a cell, with a key below.
fn styles(buf: &Buffer) -> String {
    let mut seen: Vec<Style> = Vec::new();
    let mut out = String::new();
    for y in 0..buf.area.height {
        for x in 0..buf.area.width {
            let style = buf[(x, y)].style();
            let at = seen.iter().position(|s| *s == style).unwrap_or_else(|| {
                seen.push(style);
                seen.len() - 1
            });
            out.push(if at == 0 { ' ' } else { char::from(b'a' + (at as u8 - 1) % 26) });
        }
        while out.ends_with(' ') {
            out.pop();
        }
        out.push('\n');
    }
    for (i, style) in seen.iter().enumerate().skip(1) {
        let fg = style.fg.unwrap_or_default();
        let _ = writeln!(out, "{}: {fg:?} {:?}", char::from(b'a' + (i as u8 - 1) % 26), style.add_modifier);
    }
    out
}

/// The rows of a scene's screen of 120 by 40.
fn rows(scene: &Scene) -> Vec<String> {
    text(&scene.screen(120, 40)).lines().map(str::to_owned).collect()
}

#[test]
fn a_number_says_which_share_made_its_state() {
    // As on 25 June 2023: all calls are delivered and then cut.
    let mut scene = Scene::new(LangId::Fr);
    let row = scene.services.first_mut().unwrap();
    (row.ner, row.state) = (rate_of(200, 200), State::Critical);
    row.failed = rate_of(70, 270);
    let shown = rows(&scene);
    let fifteen = shown.iter().find(|row| row.starts_with("│ 15 ")).unwrap();
    assert!(fifteen.contains("100 %") && fifteen.contains("26 %  ● CRITIQUE"), "{fifteen}");
    // One call of one is no 100 %; the head says over how long the state was made.
    let row = scene.services.first_mut().unwrap();
    (row.ner, row.failed, row.failed_window_s) = (rate_of(1, 1), rate_of(6, 7), 1_800);
    let shown = rows(&scene);
    let fifteen = shown.iter().find(|row| row.starts_with("│ 15 ")).unwrap();
    assert!(!fifteen.contains("100 %") && fifteen.contains("86 %  ● CRITIQUE"), "{fifteen}");
    assert!(shown.iter().any(|row| row.contains("≤30min")), "{shown:#?}");
}

#[test]
fn a_cause_is_never_cut_away_and_never_made_up() {
    let mut scene = Scene::new(LangId::Fr);
    scene.overview.cause.as_mut().unwrap().odds_log10 = 6.0;
    let shown = rows(&scene);
    assert!(shown[2].contains("explique le mieux : logiciel CS 7.2 (plus de 1 000 000 contre 1"), "{}", shown[2]);
    // On a narrow screen in fewer words, beside the age of the data.
    let narrow = text(&scene.screen(80, 24));
    let row = narrow.lines().nth(3).unwrap();
    assert!(row.contains("piste : CS 7.2 (1 000 000:1)") && row.contains("opérateur 5 s"), "{row}");
    (scene.overview.operator_age_s, scene.overview.trend) = (Some(240), crate::health::Trend::Worse);
    let shown = rows(&scene);
    assert!(shown[1].contains("opérateur 4 min"), "{}", shown[1]);
    scene.unpublished = true;
    let shown = rows(&scene);
    assert!(shown[2].contains("cause non publiée : inconnue") && !shown[2].contains("CS 7.2"), "{}", shown[2]);
}

fn rate_of(ok: u32, of: u32) -> crate::health::Rate {
    crate::health::formulas::rate(ok, of)
}

const SIZES: [(u16, u16); 5] = [(200, 60), (160, 45), (120, 40), (80, 24), (40, 12)];

#[test]
fn main_screens() {
    for lang in [LangId::Fr, LangId::En] {
        let scene = Scene::new(lang);
        for (width, height) in SIZES {
            insta::assert_snapshot!(format!("main_{width}x{height}_{lang}"), text(&scene.screen(width, height)));
        }
    }
}

#[test]
fn main_screen_in_style() {
    let scene = Scene::new(LangId::Fr);
    insta::assert_snapshot!("style_120x40_fr", styles(&scene.screen(120, 40)));
    let mut scene = Scene::new(LangId::Fr);
    scene.theme = Theme::new(ThemeId::Mono);
    insta::assert_snapshot!("style_80x24_fr_mono", styles(&scene.screen(80, 24)));
}

#[test]
fn tabs_on_a_small_screen() {
    for lang in [LangId::Fr, LangId::En] {
        let mut scene = Scene::new(lang);
        for pane in Pane::RING {
            (scene.ui.tab, scene.ui.focus) = (pane, pane);
            scene.ui.board = Some(Target::Psap(PsapId(2)));
            let name = format!("tab_{pane:?}_80x24_{lang}");
            insta::assert_snapshot!(name, text(&scene.screen(80, 24)));
            insta::assert_snapshot!(format!("tab_{pane:?}_40x12_{lang}"), text(&scene.screen(40, 12)));
        }
    }
}

#[test]
fn real_without_a_feed() {
    for lang in [LangId::Fr, LangId::En] {
        let scene = Scene::real(lang);
        insta::assert_snapshot!(format!("real_120x40_{lang}"), text(&scene.screen(120, 40)));
    }
}

#[test]
fn ascii_only() {
    let mut scene = Scene::new(LangId::En);
    scene.glyphs = Glyphs::Ascii;
    let screen = text(&scene.screen(200, 60));
    assert!(screen.is_ascii(), "{screen}");
    insta::assert_snapshot!("ascii_200x60_en", screen);
}

#[test]
fn what_lies_on_top() {
    let mut scene = Scene::new(LangId::Fr);
    for (name, overlay) in overlays() {
        scene.ui.overlay = overlay;
        insta::assert_snapshot!(format!("overlay_{name}_120x40"), text(&scene.screen(120, 40)));
        insta::assert_snapshot!(format!("overlay_{name}_80x24"), text(&scene.screen(80, 24)));
    }
}

#[test]
fn a_search_shows_its_hits_and_the_cursor_opens_its_line() {
    let mut scene = Scene::new(LangId::Fr);
    scene.pending.clear();
    scene.ui.log = LogUi { query: "ÉCHOUENT".into(), hits: Some(2), cursor: Some(3), ..LogUi::default() };
    let screen = scene.screen(120, 40);
    let hits = screen.content.iter().filter(|cell| cell.style().add_modifier.contains(Modifier::REVERSED)).count();
    assert!(hits > "échouent".chars().count(), "{hits}");
    insta::assert_snapshot!("search_120x40", text(&screen));
}

#[test]
fn the_mode_stands_on_every_screen() {
    for (mode, fr, en) in
        [(Mode::Real, "RÉEL", "REAL"), (Mode::Exercise, "EXERCICE", "EXERCISE"), (Mode::Replay, "REJEU", "REPLAY")]
    {
        for (lang, word) in [(LangId::Fr, fr), (LangId::En, en)] {
            let mut scene = Scene::new(lang);
            scene.mode = mode;
            for (width, height) in
                [(9, 1), (12, 3), (24, 8), (40, 12), (60, 18), (80, 24), (99, 31), (120, 40), (200, 60), (500, 300)]
            {
                let text = text(&scene.screen(width, height));
                let lines: Vec<&str> = text.lines().collect();
                assert!(lines[0].contains(word), "{word} at {width}x{height}: {}", lines[0]);
                assert!(height < 8 || lines.last().unwrap().contains(word), "{word} at {width}x{height}");
            }
        }
    }
}

#[test]
fn no_escape_of_the_log_reaches_a_cell() {
    let scene = Scene::new(LangId::Fr);
    for cell in &scene.screen(200, 60).content {
        assert!(!cell.symbol().chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)));
    }
}

#[test]
fn without_data_nothing_is_said_to_be_nominal() {
    for lang in [LangId::Fr, LangId::En] {
        let mut scene = Scene::real(lang);
        scene.observations.clear();
        let text = text(&scene.screen(120, 40));
        assert!(!text.contains("nominal"), "{text}");
        assert!(!text.contains(" 0 %") && !text.contains(" 0%"), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]
    #[test]
    fn any_size_any_overlay(
        width in 0u16..210,
        height in 0u16..70,
        over in 0usize..13,
        pane in 0usize..4,
        zoom: bool,
        french: bool,
        cursor in prop::option::of(0usize..12),
        typed in ".{0,60}",
    ) {
        let mut scene = Scene::new(if french { LangId::Fr } else { LangId::En });
        scene.ui.zoom = zoom;
        (scene.ui.tab, scene.ui.focus) = (Pane::RING[pane], Pane::RING[pane]);
        scene.ui.log.cursor = cursor;
        scene.ui.step = cursor.unwrap_or(0);
        scene.ui.input.line = Editor::new(typed);
        if let Some((_, overlay)) = overlays().into_iter().nth(over) {
            scene.ui.overlay = overlay;
        }
        scene.screen(width, height);
    }
}

/// The whole way from a session to the screen, at sizes of every class and with everything on top of it.
#[test]
fn a_session_is_drawn_at_every_size() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().to_path_buf();
    let config = crate::config::Config::load_with(&crate::config::Flags::default(), &move |name| {
        let mine = ["VIGIE_DATA", "VIGIE_CONFIG", "VIGIE_STATE"].contains(&name);
        mine.then(|| root.join(name).into_os_string())
    })
    .unwrap();
    let clock = crate::clock::Clock::manual(now());
    let setup = crate::session::Setup::new(&config, clock, LangId::Fr);
    let mut session = Session::open_real(setup, "Numéros d'urgence", Perimeter::Nation).unwrap();
    session.submit(said("chute des appels au 15", "SAMU 59", Verification::ToVerify), None, Vec::new());
    let (lang, theme) = (Lang::new(LangId::Fr), Theme::default());
    let mut overlays = overlays();
    overlays.push(("none", Overlay::None));
    for (width, height) in
        [(0, 0), (1, 1), (9, 30), (30, 9), (40, 12), (79, 24), (80, 24), (120, 40), (160, 45), (200, 60)]
    {
        for (name, overlay) in &overlays {
            for pane in Pane::RING {
                let ui = UiState {
                    size: (width, height),
                    tab: pane,
                    focus: pane,
                    overlay: overlay.clone(),
                    ..UiState::default()
                };
                let model = Model {
                    session: &session,
                    ui: &ui,
                    wall: now(),
                    lang: &lang,
                    theme: &theme,
                    glyphs: Glyphs::Unicode,
                };
                let layout = layout(Size { width, height }, &ui);
                let mut screen = Buffer::empty(Rect::new(0, 0, width, height));
                for (region, area) in layout.regions {
                    let mut buf = Buffer::empty(area);
                    let cursor = draw(region, &model, area, &mut buf);
                    assert!(cursor.is_none_or(|at| area.contains(at)), "{region:?} under {name}: {cursor:?}");
                    screen.merge(&buf);
                }
                let text = text(&screen);
                assert!(width < 9 || text.contains("RÉEL"), "{width}x{height} under {name}");
                let log = width >= 80 && pane == Pane::Log && *name == "none";
                assert!(!log || text.contains("chute des appels au 15"), "{text}");
            }
        }
    }
}

/// Writes the screens as terminal text into `target/pictures`, to be looked at.
#[test]
#[ignore = "writes pictures"]
fn pictures() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for lang in [LangId::Fr, LangId::En] {
        for theme in ThemeId::ALL {
            let mut scene = Scene::new(lang);
            scene.theme = Theme::new(theme);
            for (width, height) in SIZES {
                let name = format!("{width}x{height}-{lang}-{}.ansi", theme.word());
                std::fs::write(folder.join(name), ansi(&scene.screen(width, height))).unwrap();
            }
            for (name, overlay) in overlays() {
                scene.ui.overlay = overlay;
                let name = format!("120x40-{lang}-{}-{name}.ansi", theme.word());
                std::fs::write(folder.join(name), ansi(&scene.screen(120, 40))).unwrap();
            }
        }
        let name = format!("120x40-{lang}-real.ansi");
        std::fs::write(folder.join(name), ansi(&Scene::real(lang).screen(120, 40))).unwrap();
    }
}

/// A screen as SGR sequences.
fn ansi(buf: &Buffer) -> String {
    use ratatui::style::Color;
    let mut out = String::from("\u{1b}[2J");
    for y in 0..buf.area.height {
        let _ = write!(out, "\u{1b}[{};1H", y + 1);
        for x in 0..buf.area.width {
            let cell = &buf[(x, y)];
            out.push_str("\u{1b}[0");
            let fg = match cell.fg {
                Color::DarkGray => "90".to_owned(),
                Color::LightRed => "91".to_owned(),
                Color::LightGreen => "92".to_owned(),
                Color::LightBlue => "94".to_owned(),
                Color::LightMagenta => "95".to_owned(),
                Color::LightCyan => "96".to_owned(),
                Color::Indexed(i) => format!("38;5;{i}"),
                _ => "39".to_owned(),
            };
            let _ = write!(out, ";{fg}");
            for (modifier, code) in [
                (Modifier::BOLD, 1),
                (Modifier::DIM, 2),
                (Modifier::ITALIC, 3),
                (Modifier::UNDERLINED, 4),
                (Modifier::REVERSED, 7),
                (Modifier::CROSSED_OUT, 9),
            ] {
                if cell.modifier.contains(modifier) {
                    let _ = write!(out, ";{code}");
                }
            }
            out.push('m');
            out.push_str(cell.symbol());
        }
    }
    out.push_str("\u{1b}[0m");
    out
}
