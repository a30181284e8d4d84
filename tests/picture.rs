//! The pictures in the README are drawn by the program: the evening of 2 June 2021 at 17:57, 160 columns, in both
//! languages. When a screen changes, this test writes the new pictures and says how to take them over.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test helper that fails fails the test")]

use std::fmt::Write as _;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Modifier};

use vigie::clock::Clock;
use vigie::config::{Config, Flags};
use vigie::health::Perimeter;
use vigie::incident::event::{Author, Body, Role, Statement, StepChange};
use vigie::lang::LangId;
use vigie::network::find;
use vigie::session::{Session, Setup};
use vigie::tui::app::App;
use vigie::tui::layout::layout;
use vigie::tui::model::Glyphs;
use vigie::tui::theme::{Theme, ThemeId};
use vigie::tui::view;

const SIZE: Size = Size { width: 160, height: 45 };

/// Lets the session do all that is due until nothing waits for the disk or the simulation.
fn settle(session: &mut Session, woken: &std::sync::mpsc::Receiver<()>) {
    loop {
        session.pump();
        if session.pending().count() == 0 && session.progress().is_none() && session.next_wake() != Some(Duration::ZERO)
        {
            return;
        }
        let _ = woken.recv_timeout(Duration::from_millis(200));
    }
}

fn said(session: &mut Session, body: Body) {
    session.submit(body, None, Vec::new());
}

/// The screen after the evening's first 87 minutes, with what a cell would have written.
fn screen(lang: LangId) -> Buffer {
    let french = lang == LangId::Fr;
    let word = |fr: &str, en: &str| if french { fr } else { en }.to_owned();
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().to_path_buf();
    let config = Config::load_with(&Flags::default(), &move |name| {
        ["VIGIE_DATA", "VIGIE_CONFIG", "VIGIE_STATE"].contains(&name).then(|| root.join(name).into_os_string())
    })
    .unwrap();
    let clock = Clock::manual("2026-11-23T20:00:00Z".parse().unwrap());
    let mut setup = Setup::new(&config, clock.clone(), lang);
    setup.author = Author { who: "m.durand".into(), org: word("cellule", "cell"), role: Role::LogKeeper };
    let sources = find("france-2021-06-02", None).unwrap();
    let mut session = Session::new_exercise(setup, sources, None, 60_000, Perimeter::Nation).unwrap();
    let (tx, woken) = channel();
    session.waker(Box::new(move || {
        let _ = tx.send(());
    }));
    // The scenario is read in the background first.
    while session.scenario().is_none() {
        let _ = woken.recv_timeout(Duration::from_millis(50));
        session.pump();
    }
    settle(&mut session, &woken);
    let minutes = |session: &mut Session, n: u64| {
        for _ in 0..n {
            clock.advance(Duration::from_secs(1));
            settle(session, &woken);
        }
    };
    minutes(&mut session, 72);
    said(
        &mut session,
        Body::Information(Statement {
            text: word("chute des appels au 15", "calls to 15 have dropped"),
            source: "SAMU 59".into(),
            ..Statement::default()
        }),
    );
    minutes(&mut session, 3);
    said(
        &mut session,
        Body::Awareness { text: word("incident sur les numéros d'urgence", "incident on the emergency numbers") },
    );
    let playbook = session.library().get("call-server-failure").unwrap().clone();
    said(
        &mut session,
        Body::Playbook {
            id: playbook.id.clone(),
            sha256: playbook.sha256.clone(),
            text: if french { playbook.title.fr.clone() } else { playbook.title.en.clone() },
            called_by: None,
        },
    );
    settle(&mut session, &woken);
    let steps: Vec<String> = playbook.sections.iter().flat_map(|s| &s.steps).map(|s| s.id.clone()).take(3).collect();
    for (n, step) in steps.iter().enumerate() {
        minutes(&mut session, 2);
        let change = if n < 2 { StepChange::Done } else { StepChange::Started };
        said(
            &mut session,
            Body::Step {
                playbook: playbook.id.clone(),
                step: step.clone(),
                change,
                text: String::new(),
                go: None,
                evidence: Vec::new(),
            },
        );
    }
    minutes(&mut session, 4);
    said(
        &mut session,
        Body::Decision {
            text: word("réunir la cellule de crise à 18:15", "crisis cell meets at 18:15"),
            rationale: word("plusieurs centres sous l'attendu", "several centres below what they expect"),
            levers: Vec::new(),
            record: Box::default(),
        },
    );
    minutes(&mut session, 2);
    let theme = Theme::new(ThemeId::Default);
    let mut app = App::new(session, clock, lang, theme, Glyphs::Unicode);
    app.resized((SIZE.width, SIZE.height), 12);
    let model = app.model();
    let mut buffer = Buffer::empty(Rect::new(0, 0, SIZE.width, SIZE.height));
    for (region, area) in &layout(SIZE, model.ui).regions {
        view::draw(*region, &model, *area, &mut buffer);
    }
    buffer
}

/// The terminal's sixteen colours on a dark ground, and the 256-colour cube.
fn rgb(color: Color, default: u32) -> u32 {
    const BASIC: [u32; 16] = [
        0x1c_20_26, 0xd1_4f_4f, 0x6f_b3_6a, 0xd6_a8_4a, 0x5c_8f_d6, 0xb0_7f_d0, 0x4f_b3_bf, 0xd5_d9_df, 0x8b_93_9d,
        0xff_6f_6f, 0x93_d4_8e, 0xf0_c6_74, 0x84_b1_f2, 0xd2_a4_f0, 0x7a_d6_e0, 0xff_ff_ff,
    ];
    let index = match color {
        Color::Reset => return default,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Rgb(r, g, b) => return u32::from(r) << 16 | u32::from(g) << 8 | u32::from(b),
        Color::Indexed(n) => u32::from(n),
    };
    match index {
        0..=15 => BASIC[index as usize],
        16..=231 => {
            let level = |n: u32| if n == 0 { 0 } else { 55 + 40 * n };
            let n = index - 16;
            level(n / 36) << 16 | level(n / 6 % 6) << 8 | level(n % 6)
        }
        _ => (8 + 10 * (index - 232)) * 0x01_01_01,
    }
}

fn colours(cell: &Cell) -> (u32, u32) {
    let (fg, bg) = (rgb(cell.fg, 0xd5_d9_df), rgb(cell.bg, 0x14_17_1c));
    if cell.modifier.contains(Modifier::REVERSED) { (bg, fg) } else { (fg, bg) }
}

/// One `<text>` per run of cells that look alike, on one rectangle per run of ground.
fn svg(buffer: &Buffer, title: &str) -> String {
    const W: f64 = 8.43;
    const H: f64 = 18.0;
    let (width, height) = (f64::from(buffer.area.width) * W + 16.0, f64::from(buffer.area.height) * H + 16.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" \
         font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"#14171c\"/>\n"
    );
    for y in 0..buffer.area.height {
        let mut x = 0;
        while x < buffer.area.width {
            let first = &buffer[(x, y)];
            let look = |cell: &Cell| (colours(cell), cell.modifier);
            let mut end = x;
            let mut text = String::new();
            while end < buffer.area.width && look(&buffer[(end, y)]) == look(first) {
                text.push_str(buffer[(end, y)].symbol());
                end += 1;
            }
            let (fg, bg) = colours(first);
            let (left, top, wide) = (8.0 + f64::from(x) * W, 8.0 + f64::from(y) * H, f64::from(end - x) * W);
            if bg != 0x14_17_1c {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{H}\" fill=\"#{bg:06x}\"/>"
                );
            }
            if !text.trim().is_empty() {
                let bold = if first.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
                let line =
                    if first.modifier.contains(Modifier::UNDERLINED) { " text-decoration=\"underline\"" } else { "" };
                let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                let base = top + 13.5;
                let _ = writeln!(
                    out,
                    "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{wide:.1}\" xml:space=\"preserve\" \
                     fill=\"#{fg:06x}\"{bold}{line}>{text}</text>"
                );
            }
            x = end;
        }
    }
    out.push_str("</svg>\n");
    out
}

#[test]
fn the_pictures_in_the_readme_are_what_the_program_draws() {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut stale = Vec::new();
    for (lang, code, title) in [
        (LangId::Fr, "fr", "La console de vigie le soir du 2 juin 2021"),
        (LangId::En, "en", "The console of vigie on the evening of 2 June 2021"),
    ] {
        let drawn = svg(&screen(lang), title);
        assert!(drawn.contains(if lang == LangId::Fr { "EXERCICE" } else { "EXERCISE" }), "the mode is on the picture");
        let name = format!("assets/console.{code}.svg");
        if std::fs::read_to_string(home.join(&name)).unwrap_or_default() != drawn {
            let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("console.{code}.svg"));
            std::fs::write(&new, drawn).unwrap();
            stale.push(format!("cp {} {name}", new.display()));
        }
    }
    assert!(stale.is_empty(), "the screens have changed; look at the new pictures, then:\n{}", stale.join("\n"));
}
