//! The mode's word is on every screen at every size in both languages, and in every export and file name.
//!
//! Screens are found from the table of actions: a new one is walked through as soon as it has a row there.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};
use vigie::clock::Clock;
use vigie::config::{Config, Flags};
use vigie::health::Perimeter;
use vigie::incident::event::{Author, Body, Mode, Role, Statement};
use vigie::incident::record::{PublicMessage, PublicStage};
use vigie::lang::{Lang, LangId};
use vigie::network::Source;
use vigie::session::{Progress, Session, Setup};
use vigie::tui::action::ACTIONS;
use vigie::tui::app::App;
use vigie::tui::input::Code;
use vigie::tui::layout::{Region, layout};
use vigie::tui::model::{Glyphs, Overlay};
use vigie::tui::theme::{Theme, ThemeId};
use vigie::tui::view;

const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (200, 60)];
const MODES: [Mode; 3] = [Mode::Real, Mode::Exercise, Mode::Replay];

/// The word of a mode on screens and in exports, and in file names.
fn word(mode: Mode, lang: LangId) -> &'static str {
    match (mode, lang) {
        (Mode::Real, LangId::Fr) => "RÉEL",
        (Mode::Real, LangId::En) => "REAL",
        (Mode::Exercise, LangId::Fr) => "EXERCICE",
        (Mode::Exercise, LangId::En) => "EXERCISE",
        (Mode::Replay, LangId::Fr) => "REJEU",
        (Mode::Replay, LangId::En) => "REPLAY",
    }
}

fn setup(dir: &Path, lang: LangId) -> Setup {
    let dir = dir.to_owned();
    let env = move |name: &str| match name {
        "VIGIE_DATA" => Some(dir.join("data").into()),
        "VIGIE_CONFIG" => Some(dir.join("config").into()),
        "VIGIE_STATE" => Some(dir.join("state").into()),
        _ => None,
    };
    let config = Config::load_with(&Flags::default(), &env).unwrap();
    let clock = Clock::manual("2026-11-23T20:00:00Z".parse().unwrap());
    let mut setup = Setup::new(&config, clock, lang);
    setup.author = Author { who: "m.durand".into(), org: "SAMU 59".into(), role: Role::Director };
    setup
}

fn small() -> Vec<Source> {
    vec![Source { name: "small.toml".to_owned(), text: include_str!("../src/sim/tests/small.toml").into() }]
}

/// A console on an incident of a mode, with something of everything in its log.
struct Desk {
    app: App,
    woken: Receiver<()>,
}

impl Desk {
    fn new(setup: &Setup, mode: Mode, lang: LangId) -> Self {
        let mut session = match mode {
            Mode::Real => Session::open_real(setup.clone(), "Numéros d'urgence", Perimeter::Nation).unwrap(),
            Mode::Exercise => Session::new_exercise(setup.clone(), small(), Some(7), 1_000, Perimeter::Nation).unwrap(),
            Mode::Replay => Session::documented(setup.clone(), "france-2023-01-17", 1_000).unwrap(),
        };
        let (wake, woken) = channel();
        session.waker(Box::new(move || {
            let _ = wake.send(());
        }));
        let mut app = App::new(session, setup.clock.clone(), lang, Theme::new(ThemeId::Mono), Glyphs::Unicode);
        app.resized((120, 40), 10);
        let mut desk = Self { app, woken };
        desk.settle();
        if mode == Mode::Replay {
            // Later in the evening: something is documented.
            desk.app.session.jump("2023-01-17T16:00:00Z".parse().unwrap());
            desk.settle();
        }
        for body in bodies() {
            desk.app.session.submit(body, None, Vec::new());
            desk.settle();
        }
        desk
    }

    fn settle(&mut self) {
        for _ in 0..2_000 {
            self.app.pump();
            let loading = self.app.session.progress() == Some(Progress::Loading);
            if !loading && self.app.session.pending().count() == 0 {
                return;
            }
            let _ = self.woken.recv_timeout(Duration::from_millis(100));
        }
        unreachable!("it never settles");
    }

    fn enter(&mut self, text: &str) {
        for c in text.chars() {
            self.app.key(Code::Char(c).into());
        }
        self.app.key(Code::Enter.into());
        self.settle();
    }

    fn press(&mut self, code: Code) {
        self.app.key(code.into());
        self.app.pump();
    }

    /// Goes back to the empty line.
    fn home(&mut self) {
        for _ in 0..8 {
            self.press(Code::Esc);
        }
        self.press(Code::Ctrl('u'));
    }

    /// What stands on a screen of this size, row by row.
    fn screen(&mut self, (width, height): (u16, u16)) -> Vec<String> {
        self.app.resized((width, height), 10);
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let model = self.app.model();
        let regions = layout(Size { width, height }, model.ui).regions;
        for (region, rect) in regions.iter().filter(|(region, _)| *region != Region::Overlay) {
            view::draw(*region, &model, *rect, &mut buffer);
        }
        for (region, rect) in regions.iter().filter(|(region, _)| *region == Region::Overlay) {
            view::draw(*region, &model, *rect, &mut buffer);
        }
        let row = |y: u16| (0..width).filter_map(|x| buffer.cell((x, y)).map(ratatui::buffer::Cell::symbol)).collect();
        (0..height).map(row).collect()
    }

    /// All sizes of what is shown now.
    fn check(&mut self, what: &str, word: &str, missing: &mut Vec<String>) {
        for size in SIZES {
            let rows = self.screen(size);
            let top = rows.first().is_some_and(|row| row.contains(word));
            let bottom = size.1 < 20 || rows.last().is_some_and(|row| row.contains(word));
            if !top || !bottom {
                missing.push(format!("{what} at {}x{}: {word}\n{}", size.0, size.1, rows.join("\n")));
            }
        }
    }
}

fn bodies() -> Vec<Body> {
    let said = |text: &str| Statement { text: text.into(), source: "SAMU 59".into(), ..Statement::default() };
    vec![
        Body::Information(said("chute des appels au 15")),
        Body::Fact(said("le 15 échoue deux fois sur trois")),
        Body::Awareness { text: "numéros d'urgence touchés".into() },
        Body::decision("ouvrir la cellule", "trois départements muets", Vec::new()),
        Body::Message {
            text: "qu'en est-il ?".into(),
            to: "Préfecture 59".into(),
            from: String::new(),
            channel: "téléphone".into(),
            answer_by: None,
        },
    ]
}

/// Name of an overlay, to know which were seen.
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

#[test]
fn every_screen_carries_the_word_at_every_size_in_both_languages() {
    let mut missing = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for mode in MODES {
        for lang in [LangId::Fr, LangId::En] {
            let dir = tempfile::tempdir().unwrap();
            let setup = setup(dir.path(), lang);
            let mut desk = Desk::new(&setup, mode, lang);
            let word = word(mode, lang);
            desk.check("console", word, &mut missing);
            // What ends or leaves the console shows nothing; what opens another incident comes last.
            let leaves = ["quit", "suspend", "close", "take-over", "language", "real-world"];
            for action in ACTIONS.iter().filter(|action| !leaves.contains(&action.id)) {
                desk.home();
                match (action.words.first(), action.key) {
                    (Some(typed), _) => desk.enter(&format!(":{typed}")),
                    (None, Some(key)) => {
                        desk.app.key(key);
                    }
                    (None, None) => panic!("{} has neither word nor key", action.id),
                }
                let what = format!("{mode:?} {lang} {}", action.id);
                seen.insert(kind(&desk.app.ui.overlay));
                if !matches!(desk.app.ui.overlay, Overlay::None) {
                    *shown.entry(action.id).or_default() += 1;
                }
                desk.check(&what, word, &mut missing);
                // One step deeper: the card, or the list, of what is chosen.
                desk.press(Code::Down);
                desk.press(Code::Enter);
                desk.settle();
                seen.insert(kind(&desk.app.ui.overlay));
                desk.check(&format!("{what}, deeper"), word, &mut missing);
            }
            // The panes with nothing above them, each zoomed.
            desk.home();
            for _ in 0..5 {
                desk.press(Code::Tab);
                for _ in 0..2 {
                    desk.enter(":zoom");
                    desk.check(&format!("{mode:?} {lang} pane"), word, &mut missing);
                }
                desk.press(Code::Down);
                desk.press(Code::Enter);
                seen.insert(kind(&desk.app.ui.overlay));
                desk.check(&format!("{mode:?} {lang} card of a row"), word, &mut missing);
                desk.home();
            }
            if mode == Mode::Exercise {
                desk.enter(":urgence-réelle");
                desk.check("real-world", word, &mut missing);
                desk.home();
            }
            desk.enter(":clore");
            desk.check("close", word, &mut missing);
            desk.home();
            if mode == Mode::Replay {
                desk.enter(":reprendre");
                desk.check("taken over", word, &mut missing);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "{} screens:\n{}",
        missing.len(),
        missing.iter().take(3).cloned().collect::<Vec<_>>().join("\n\n")
    );
    let all = ["help", "palette", "menu", "card", "detail", "map", "timeline", "form", "draft", "list", "deadlines"];
    let unseen: Vec<_> = all.iter().filter(|kind| !seen.contains(*kind)).collect();
    assert!(unseen.is_empty(), "never shown: {unseen:?}; shown by {shown:?}");
}

struct World {
    dir: tempfile::TempDir,
}

impl World {
    fn run(&self, args: &[&str]) -> Output {
        let output = Command::new(cargo_bin("vigie"))
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("VIGIE_DATA", self.dir.path().join("data"))
            .env("VIGIE_CONFIG", self.dir.path().join("config"))
            .env("VIGIE_STATE", self.dir.path().join("state"))
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "vigie {}\n{text}", args.join(" "));
        output
    }

    /// The files that a command has written, with their text.
    fn files(&self, folder: &str) -> Vec<(String, String)> {
        let mut folders = vec![self.dir.path().join(folder)];
        let mut found: Vec<PathBuf> = Vec::new();
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found.sort();
        let text = |path: &PathBuf| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
        let name =
            |path: &PathBuf| path.strip_prefix(self.dir.path().join("out")).unwrap_or(path).display().to_string();
        found.iter().map(|path| (name(path), text(path))).collect()
    }
}

#[test]
fn every_export_and_every_file_name_carries_the_word() {
    let mut missing = Vec::new();
    for mode in MODES {
        for lang in [LangId::Fr, LangId::En] {
            let dir = tempfile::tempdir().unwrap();
            let setup = setup(dir.path(), lang);
            let mut desk = Desk::new(&setup, mode, lang);
            desk.app.session.submit(public(), None, Vec::new());
            desk.settle();
            let Desk { app, .. } = desk;
            app.session.close().unwrap();
            let world = World { dir };
            let (on_page, in_name) = (word(mode, lang), word(mode, LangId::En));
            let lang_word = lang.to_string();
            let mut outputs: Vec<(Vec<&str>, bool)> = vec![
                (vec!["report", "handover"], true),
                (vec!["export", "--format", "md"], true),
                (vec!["export", "--format", "csv"], true),
                (vec!["export", "--format", "jsonl"], true),
                (vec!["export", "--format", "md", "--redact"], true),
                (vec!["report", "retex", "--runs", "0"], true),
            ];
            if mode != Mode::Replay {
                outputs.push((vec!["export", "--format", "cap"], true));
            }
            for form in ["md", "html", "txt"] {
                outputs.push((vec!["report", "sitrep", "--format", form], true));
                outputs.push((vec!["report", "can", "--format", form], true));
                outputs.push((vec!["report", "handover", "--format", form], true));
            }
            for (number, (args, _)) in outputs.iter().enumerate() {
                let folder = format!("out/{number}");
                let mut all = args.clone();
                all.extend(["--output", &folder, "--lang", &lang_word]);
                world.run(&all);
                let files = world.files(&folder);
                assert!(!files.is_empty(), "{args:?} wrote nothing");
                for (name, text) in files {
                    let stem = name.strip_prefix(&format!("{number}/")).unwrap_or(&name).to_owned();
                    if !stem.starts_with(in_name) {
                        missing.push(format!("{args:?} {lang}: name {name}"));
                    }
                    // Programs read the English word; the evidence keeps its own field.
                    let evidence = format!("\"mode\":\"{}\"", in_name.to_lowercase());
                    let marked = text.contains(on_page)
                        || text.contains(in_name)
                        || text.contains(&evidence)
                        || cap_status(mode, &text)
                        || name.ends_with("verify.py")
                        || name.contains("/chains/")
                        || name.contains("/kept/");
                    if !marked && !text.trim().is_empty() {
                        let head: String = text.chars().take(200).collect();
                        missing.push(format!("{args:?} {lang}: inside {name}\n{head}"));
                    }
                }
            }
            let followed = world.run(&["follow", "--once", "--lang", &lang_word]);
            let text = String::from_utf8_lossy(&followed.stdout).into_owned();
            if !text.lines().next().is_some_and(|line| line.contains(on_page)) {
                missing.push(format!("follow {mode:?} {lang}: {text}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// In CAP the mode is the status.
fn cap_status(mode: Mode, text: &str) -> bool {
    mode == Mode::Exercise && text.contains("<status>Exercise</status>")
}

fn public() -> Body {
    let message = PublicMessage {
        headline: "Numéros d'urgence".into(),
        description: "Des appels au 15 n'aboutissent pas.".into(),
        instruction: "Rappelez.".into(),
        area: "Nord".into(),
        ..PublicMessage::default()
    };
    Body::Public { stage: PublicStage::Draft, message: Some(Box::new(message)), text: String::new() }
}

#[test]
fn figures_of_no_incident_carry_the_word_of_a_model() {
    let world = World { dir: tempfile::tempdir().unwrap() };
    for lang in [Lang::new(LangId::Fr), Lang::new(LangId::En)] {
        let folder = format!("out/{}", lang.id());
        let args = ["compare", "france", "canary", "--only", "january-2023", "--runs", "2", "--out", &folder];
        world.run(&[&args[..], &["--lang", &lang.id().to_string()]].concat());
        let files = world.files(&folder);
        assert_eq!(files.len(), 4);
        let page = lang.t("document-model");
        for (name, text) in files {
            assert!(name.contains("MODEL_compare."), "{name}");
            assert!(text.contains(&page) || text.contains("MODEL") || text.contains("\"model\": true"), "{name}");
        }
    }
}
