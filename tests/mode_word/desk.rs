//! Consoles on incidents of every mode and from every seat, and what they draw.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Rect, Size};
use ratatui::style::Modifier;
use vigie::clock::Clock;
use vigie::config::{Config, Flags};
use vigie::health::Perimeter;
use vigie::incident::desk::DeskAct;
use vigie::incident::event::{Author, Body, Mode, Role, Statement};
use vigie::incident::record::{PublicMessage, PublicStage};
use vigie::lang::LangId;
use vigie::network::Source;
use vigie::session::{Progress, Session, Setup, hosts, incidents};
use vigie::tui::app::App;
use vigie::tui::input::Code;
use vigie::tui::layout::{Class, Region, layout};
use vigie::tui::model::Glyphs;
use vigie::tui::theme::{Theme, ThemeId};
use vigie::tui::view;

/// A network with a bit of everything.
pub const SMALL: &str = include_str!("../../src/sim/tests/small.toml");

/// An exercise of a few cells on it.
const PLAN: &str = r#"
[exercise]
id = "two"
title = { fr = "Deux cellules", en = "Two cells" }
scenario = "small"

[[cell]]
id = "samu"
title = { fr = "SAMU", en = "SAMU" }
sees = ["psaps"]

[[inject]]
id = "I01"
at = "5m"
from = "SDIS 69"
to = "SAMU"
text = { fr = "Des gens ont composé le 15 en vain.", en = "People dialled 15 in vain." }
"#;

pub fn setup(dir: &Path, lang: LangId) -> Setup {
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
    setup.author = author(Role::Director);
    setup
}

fn author(role: Role) -> Author {
    Author { who: "m.durand".into(), org: "SAMU 59".into(), role }
}

fn small() -> Vec<Source> {
    vec![Source { name: "small.toml".to_owned(), text: SMALL.into() }]
}

/// From where one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// A read-only second screen.
    Watch,
    /// A recorded incident, played back.
    Recorded,
    /// The facilitator's desk.
    Control,
    /// A cell of players before the start.
    Waiting,
    /// The same, suspended: locked and grey.
    Paused,
    /// The same after the end.
    Ended,
}

/// A console with something of everything in its log.
pub struct Desk {
    pub app: App,
    woken: Receiver<()>,
    setup: Setup,
    /// The other cells, which must be listened to.
    others: Vec<Session>,
}

impl Desk {
    /// On an incident of its own.
    pub fn new(setup: &Setup, mode: Mode, lang: LangId) -> Self {
        let session = match mode {
            Mode::Real => Session::open_real(setup.clone(), "Numéros d'urgence", Perimeter::Nation).unwrap(),
            Mode::Exercise => Session::new_exercise(setup.clone(), small(), Some(7), 1_000, Perimeter::Nation).unwrap(),
            Mode::Replay => Session::documented(setup.clone(), "france-2023-01-17", 1_000).unwrap(),
        };
        let mut desk = Self::on(session, setup, lang);
        if mode == Mode::Replay {
            // Later in the evening: something is documented.
            desk.app.session.jump("2023-01-17T16:00:00Z".parse().unwrap());
            desk.settle();
        }
        for body in bodies() {
            desk.record(body);
        }
        desk
    }

    /// From another seat than one's own.
    pub fn at(setup: &Setup, seat: Seat, lang: LangId) -> Self {
        match seat {
            Seat::Watch => {
                Self::new(setup, Mode::Real, lang).close();
                let path = incidents(&setup.config).remove(0).path;
                Self::on(Session::watch(setup.clone(), &path).unwrap(), setup, lang)
            }
            Seat::Recorded => {
                Self::new(setup, Mode::Exercise, lang).close();
                let path = incidents(&setup.config).remove(0).path;
                Self::on(Session::replay(setup.clone(), &path, 1_000).unwrap(), setup, lang)
            }
            Seat::Control | Seat::Waiting | Seat::Paused | Seat::Ended => Self::cell(setup, seat, lang),
        }
    }

    fn cell(setup: &Setup, seat: Seat, lang: LangId) -> Self {
        let kit = vigie::exercise::parse("two.toml", PLAN).unwrap();
        let staff = Setup { author: author(Role::Facilitator), ..setup.clone() };
        let host =
            Session::host_exercise(staff.clone(), small(), Some(7), 60_000, Perimeter::Nation, Some(&kit)).unwrap();
        let mut control = Self::on(host, &staff, lang);
        if seat == Seat::Control {
            return control;
        }
        let path = hosts(&setup.config).remove(0).path;
        let mut player = Self::on(Session::join(setup.clone(), &path, "samu").unwrap(), setup, lang);
        player.others.push(control.app.session);
        let start = DeskAct::Start { sha256: kit.sha256, injects: 1 };
        let acts = match seat {
            Seat::Paused => vec![start, DeskAct::Pause],
            Seat::Ended => vec![start, DeskAct::End],
            _ => Vec::new(),
        };
        for act in acts {
            player.others[0].submit(Body::Desk { act, text: String::new() }, None, Vec::new());
            for _ in 0..3 {
                player.settle();
                setup.clock.advance(Duration::from_secs(1));
            }
        }
        player.settle();
        control.woken = channel().1;
        player
    }

    fn on(mut session: Session, setup: &Setup, lang: LangId) -> Self {
        let (wake, woken) = channel();
        session.waker(Box::new(move || {
            let _ = wake.send(());
        }));
        let mut app = App::new(session, setup.clock.clone(), lang, Theme::new(ThemeId::Mono), Glyphs::Unicode);
        app.resized((120, 40), 10);
        let mut desk = Self { app, woken, setup: setup.clone(), others: Vec::new() };
        desk.settle();
        desk
    }

    /// Ends it in order.
    pub fn close(self) {
        self.app.session.close().unwrap();
    }

    pub fn settle(&mut self) {
        for _ in 0..2_000 {
            self.app.pump();
            let mut busy = self.app.session.progress() == Some(Progress::Loading);
            busy |= self.app.session.pending().count() > 0;
            for other in &mut self.others {
                other.pump();
                busy |= other.pending().count() > 0 || other.progress() == Some(Progress::Loading);
            }
            if !busy {
                return;
            }
            let wait = if self.others.is_empty() { 100 } else { 5 };
            let _ = self.woken.recv_timeout(Duration::from_millis(wait));
        }
        unreachable!("it never settles");
    }

    pub fn record(&mut self, body: Body) {
        self.app.session.submit(body, None, Vec::new());
        self.settle();
    }

    pub fn enter(&mut self, text: &str) {
        for c in text.chars() {
            self.app.key(Code::Char(c).into());
        }
        self.app.key(Code::Enter.into());
        self.settle();
    }

    pub fn press(&mut self, code: Code) {
        self.app.key(code.into());
        self.app.pump();
    }

    /// Goes back to the empty line.
    pub fn home(&mut self) {
        for _ in 0..8 {
            self.press(Code::Esc);
        }
        self.press(Code::Ctrl('u'));
    }

    /// What is drawn on a screen of this size.
    pub fn screen(&mut self, (width, height): (u16, u16)) -> Screen {
        self.app.resized((width, height), 10);
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let model = self.app.model();
        let shown = layout(Size { width, height }, model.ui);
        let (over, under): (Vec<_>, Vec<_>) =
            shown.regions.iter().copied().partition(|(region, _)| *region == Region::Overlay);
        for (region, rect) in under.into_iter().chain(over) {
            view::draw(region, &model, rect, &mut buffer);
        }
        Screen { buffer, class: shown.class }
    }

    /// The time goes on.
    pub fn later(&mut self) {
        self.setup.clock.advance(Duration::from_secs(1));
        self.settle();
    }
}

/// A drawn screen.
pub struct Screen {
    buffer: Buffer,
    class: Class,
}

impl Screen {
    pub fn rows(&self) -> Vec<String> {
        let area = self.buffer.area;
        let row = |y: u16| (0..area.width).filter_map(|x| self.buffer.cell((x, y)).map(Cell::symbol)).collect();
        (0..area.height).map(row).collect()
    }

    /// Where the word is missing; `None`: nowhere. A screen too narrow for it shows as much as there is room for.
    pub fn lacks(&self, word: &str) -> Option<&'static str> {
        let rows = self.rows();
        let (first, last) = (rows.first()?, rows.last()?);
        let letters = word.chars().count();
        if self.class == Class::Tiny {
            let all: String = rows.iter().map(|row| row.trim_end()).collect();
            let whole = usize::from(self.buffer.area.width) >= letters;
            let there = if whole { first.contains(word) } else { all.starts_with(word) || word.starts_with(&all) };
            return (!there || all.is_empty()).then_some("first row");
        }
        if !first.contains(word) {
            return Some("first row");
        }
        (!last.contains(word)).then_some("last row")
    }

    /// Can the word in the first row be read: is it set in something else than the ground it stands on?
    pub fn readable(&self, word: &str) -> bool {
        let rows = self.rows();
        let Some(at) = rows.first().and_then(|row| row.split_once(word)).map(|(before, _)| before.chars().count())
        else {
            return false;
        };
        (at..at + word.chars().count()).all(|x| {
            self.buffer.cell((x as u16, 0)).is_some_and(|cell| {
                let hidden = cell.modifier.contains(Modifier::HIDDEN);
                let set_off = cell.modifier.intersects(Modifier::REVERSED | Modifier::BOLD);
                !hidden && (cell.fg != cell.bg || set_off)
            })
        })
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

/// A message to the public, for exports.
pub fn public() -> Body {
    let message = PublicMessage {
        headline: "Numéros d'urgence".into(),
        description: "Des appels au 15 n'aboutissent pas.".into(),
        instruction: "Rappelez.".into(),
        area: "Nord".into(),
        ..PublicMessage::default()
    };
    Body::Public { stage: PublicStage::Draft, message: Some(Box::new(message)), text: String::new() }
}
