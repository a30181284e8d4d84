//! A hand-made evening: figures are invented to show the layout.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, Utc};

use super::super::row::Row;
use super::super::*;
use crate::health::{
    Alarm, Cause, Observation, Overview, Perimeter, PsapRow, Rate, ServerRow, ServiceRow, Trend, Volume, ZoneRow,
};
use crate::incident::Incident;
use crate::incident::event::{
    ActionState, Author, Body, Entry, EventTime, Genesis, Mode, Precision, Role as Who, Statement, Verification,
};
use crate::lang::LangId;
use crate::network::{CallServer, Connection, Law, Network, Psap, PsapId, PsapKind, ServerId, ServiceId, ZoneId};
use crate::playbook::{StepChange, StepMark, StepStatus, Validity};
use crate::session::{Pending, Ticket};
use crate::sim::ServerState;
use crate::tui::layout::{Layout, layout};
use crate::tui::model::{Input, UiState};

mod data;

pub(super) use data::said;
use data::{entries, network, psaps, servers, services};

/// Incident time of the fixture: 17:57:30 in Paris.
pub(super) fn now() -> DateTime<Utc> {
    "2021-06-02T15:57:30Z".parse().unwrap()
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    format!("2021-06-02T{text}:00+02:00").parse::<DateTime<FixedOffset>>().unwrap().to_utc()
}

pub(super) fn local(text: &str) -> DateTime<FixedOffset> {
    format!("2021-06-02T{text}:00+02:00").parse().unwrap()
}

/// Everything the views look at, made by hand: figures are invented to show the layout.
pub(super) struct Scene {
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    pub(super) glyphs: Glyphs,
    pub(super) mode: Mode,
    pub(super) network: Network,
    pub(super) overview: Overview,
    pub(super) unpublished: bool,
    pub(super) services: Vec<ServiceRow>,
    pub(super) psaps: Vec<PsapRow>,
    pub(super) zones: Vec<ZoneRow>,
    pub(super) servers: Vec<ServerRow>,
    pub(super) observations: Vec<Observation>,
    pub(super) has_feed: bool,
    pub(super) incident: Incident,
    pub(super) entries: Vec<(usize, Arc<Entry>)>,
    pub(super) pending: Vec<Pending>,
    pub(super) steps: BTreeMap<String, StepStatus>,
    pub(super) ui: UiState,
}

fn rate(share: f64, of: u32) -> Rate {
    let ok = (f64::from(of) * share).round() as u32;
    Rate { ok, of, low: (share - 0.03).max(0.0), high: (share + 0.03).min(1.0) }
}

fn trend(n: usize) -> Trend {
    [Trend::Worse, Trend::Steady, Trend::Better][n % 3]
}

impl Scene {
    pub(super) fn new(lang: LangId) -> Self {
        let network = network();
        let genesis = Genesis {
            v: 1,
            inc: "2021-06-02-urgence-3f9a".into(),
            mode: Mode::Exercise,
            title: "Numéros d'urgence".into(),
            at: local("16:30"),
            zone: "Europe/Paris".into(),
            lang: lang.to_string(),
            perimeter: Perimeter::Nation,
            scenario: None,
            origin: None,
            playbooks: BTreeMap::new(),
            engine: "0.1.0".into(),
        };
        let mut incident = Incident::new(genesis);
        let entries = entries();
        for entry in &entries {
            incident.apply(entry);
        }
        let states = [State::Nominal, State::Nominal, State::Watch, State::Degraded, State::Nominal, State::Critical];
        let zones = (0..network.zones.len())
            .map(|i| ZoneRow {
                zone: ZoneId(i as u16),
                state: if i == 40 { State::Silent } else { states[i % 6] },
                services: vec![states[i % 6]; network.services.len()],
                ner: vec![rate(0.8, 40); network.services.len()],
                received: Volume { seen: 12.0, expected: 31.0 },
                since: Some(at("16:58")),
            })
            .collect();
        let done = |at_text: &str, change| {
            let (who, text) = ("c.morel".to_owned(), String::new());
            let role = crate::incident::event::Role::Operations;
            let mark = StepMark { change, who, role, at: at(at_text), text, go: None, evidence: Vec::new() };
            StepStatus::after(None, mark)
        };
        let ids: Vec<String> = playbook().steps().map(|(_, step)| step.id.clone()).collect();
        let steps = BTreeMap::from([
            (ids[0].clone(), done("17:46", StepChange::Done)),
            (ids[1].clone(), done("17:48", StepChange::Effect)),
            (ids[2].clone(), done("17:49", StepChange::Skipped)),
            (ids[4].clone(), done("17:55", StepChange::Started)),
        ]);
        let hint = match lang {
            LangId::Fr => "toute lettre écrit ici · Entrée = maintenant · 17:42, ~17:40, -6m = heure du fait",
            LangId::En => "every letter writes here · Enter = now · 17:42, ~17:40, -6m = time of the fact",
        };
        let ui = UiState {
            input: Input { label: "info reçue".into(), hint: hint.into(), ..Input::default() },
            ..UiState::default()
        };
        Self {
            unpublished: false,
            overview: Overview {
                state: State::Critical,
                trend: Trend::Worse,
                services: (0..4).map(ServiceId).collect(),
                zones: 41,
                zones_of: 101,
                lost: Some((600, 1_900)),
                lost_since: Some(at("16:46")),
                abandoned: 340,
                cause: Some(Cause {
                    kind: "software".into(),
                    name: "CS 7.2".into(),
                    elements: 6,
                    odds_log10: 3.2,
                    since: Some(at("16:44")),
                }),
                operator_age_s: Some(5),
                psaps_age_s: Some(120),
                mute: 1,
            },
            services: services(&network),
            psaps: psaps(&network),
            zones,
            servers: servers(),
            observations: Vec::new(),
            has_feed: true,
            incident,
            entries: entries.into_iter().map(Arc::new).enumerate().collect(),
            pending: vec![Pending {
                ticket: Ticket(1),
                author: Author { who: "m.durand".into(), org: "cellule opérateur".into(), role: Who::LogKeeper },
                body: Body::Note { text: "la préfecture du Nord rappelle à 18:05".into() },
                event_at: None,
                re: Vec::new(),
                at: at("17:57"),
            }],
            steps,
            lang: Lang::new(lang),
            theme: Theme::default(),
            glyphs: Glyphs::Unicode,
            mode: Mode::Exercise,
            network,
            ui,
        }
    }

    /// As a REAL incident without a feed: nothing is known but what people say.
    pub(super) fn real(lang: LangId) -> Self {
        let mut scene = Self::new(lang);
        scene.mode = Mode::Real;
        scene.has_feed = false;
        scene.overview = Overview { zones_of: 101, ..Overview::default() };
        for row in &mut scene.services {
            *row = ServiceRow { service: row.service, ..ServiceRow::default() };
        }
        let saw = |service: &str, zone: Option<&str>, state, at_text: &str, source: &str| Observation {
            zone: zone.map(Into::into),
            service: service.into(),
            source: source.into(),
            state,
            share: Some(0.4),
            at: at(at_text),
        };
        let code = scene.network.services[0].code.clone();
        scene.observations = vec![
            saw(&code, Some("59"), State::Degraded, "17:20", "SAMU 59"),
            saw(&code, None, State::Critical, "17:55", "opérateur, supervision"),
        ];
        scene
    }

    fn ctx(&self, class: Class) -> Ctx<'_> {
        let tz = chrono_tz::Europe::Paris;
        Ctx { lang: &self.lang, theme: &self.theme, glyphs: self.glyphs, tz, now: now(), class }
    }

    fn draw(&self, region: Region, ctx: &Ctx<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let framed = ctx.class.framed() && !self.ui.zoom;
        let focus = |pane: Pane| self.ui.focus == pane && self.ui.overlay == Overlay::None;
        let deadlines = self.incident.deadlines(now());
        let waited = |deadline: &Deadline| {
            let DeadlineSource::Entry(id) = &deadline.source else { return None };
            Some(self.incident.message(id)?.waited(now()))
        };
        match region {
            Region::BandTop => {
                let top = band::Top {
                    mode: self.mode,
                    title: &self.incident.genesis().title,
                    running: true,
                    rate_milli: 1_000,
                    awareness: self.incident.awareness(),
                    closed: false,
                    debts: 2,
                };
                band::top(ctx, &top, area, buf);
                None
            }
            Region::BandBottom => {
                let keys: Vec<(String, String)> = FOOTER
                    .iter()
                    .filter_map(|id| action::by_id(id))
                    .map(|action| (action.key_name(ctx.lang), action.word(ctx.lang).to_owned()))
                    .collect();
                let bottom = band::Bottom {
                    mode: self.mode,
                    keys: &keys,
                    who: "m.durand · historien",
                    role: "historien",
                    status: None,
                };
                band::bottom(ctx, &bottom, area, buf);
                None
            }
            Region::Overview => {
                let input = overview::In {
                    unpublished: self.unpublished,
                    overview: &self.overview,
                    network: &self.network,
                    has_feed: self.has_feed,
                    observations: self.observations.len(),
                    progress: None,
                };
                overview::draw(ctx, &input, area, buf);
                None
            }
            Region::Deadlines => {
                let input = deadlines::In {
                    deadlines: &deadlines,
                    alarms: self.incident.alarms(),
                    cursor: 1,
                    focus: focus(Pane::Deadlines),
                    aware: true,
                    waited: &waited,
                };
                deadlines::draw(ctx, &input, area, framed, buf)
            }
            Region::Tabs => {
                tabs::draw(ctx, self.ui.tab, &[0, 0, 1, 2], area, buf);
                None
            }
            Region::Board => {
                let worst: Vec<&PsapRow> = self.psaps.iter().collect();
                let input = board::In {
                    network: &self.network,
                    perimeter: &Perimeter::Nation,
                    has_feed: self.has_feed,
                    heard: self.has_feed,
                    services: &self.services,
                    worst: &worst,
                    servers: &self.servers,
                    observations: &self.observations,
                    focus: focus(Pane::Board),
                    cursor: self.ui.board,
                    slow: false,
                };
                board::draw(ctx, &input, area, framed, buf)
            }
            Region::Map => {
                let inside = row::frame(buf, area, "Carte", false, ctx.theme, ctx.glyphs);
                map::draw(ctx, &self.map(None), inside, buf)
            }
            Region::Playbook => {
                let playbook = playbook();
                let metric = |_: &str| Some(false);
                let facts = crate::playbook::Facts::new(&self.steps, &metric, now(), self.incident.awareness());
                let steps = crate::playbook::progress(playbook, &facts);
                let input = playbook::In {
                    running: Some((playbook, &steps)),
                    of: (0, 2),
                    library: &[],
                    suggestion: None,
                    validity: Validity::Good,
                    changed: false,
                    ended: false,
                    cursor: self.ui.step,
                    focus: focus(Pane::Playbook),
                };
                playbook::draw(ctx, &input, area, framed, buf)
            }
            Region::Log => {
                let pending: Vec<&Pending> = self.pending.iter().collect();
                let input = log::In {
                    incident: &self.incident,
                    entries: &self.entries,
                    pending: &pending,
                    ui: &self.ui.log,
                    focus: focus(Pane::Log),
                    org: "cellule opérateur",
                    verify: &VerifyState::Ok,
                    step: &|_, step| Some(playbook().step(step)?.text.clone()),
                    playbook: &|_| Some(playbook().title.clone()),
                    contact: &|_| None,
                };
                log::draw(ctx, &input, area, framed, buf)
            }
            Region::Input => input::draw(ctx, &self.ui.input, area, buf),
            Region::Overlay => match &self.ui.overlay {
                Overlay::Detail { of, scroll } => {
                    let input = detail::In {
                        network: &self.network,
                        services: &self.services,
                        psaps: &self.psaps,
                        servers: &self.servers,
                        zones: &self.zones,
                    };
                    detail::draw(ctx, &input, *of, *scroll, area, buf)
                }
                Overlay::Map { cursor, .. } => {
                    overlay::clear(area, buf);
                    let inside = row::frame(buf, area, "Carte", true, ctx.theme, ctx.glyphs);
                    map::draw(ctx, &self.map(Some(*cursor)), inside, buf)
                }
                Overlay::Timeline { cursor, layers } => {
                    let timeline = crate::feed::documented::load("france-2021-06-02").unwrap().unwrap();
                    let events: Vec<_> = timeline.until(now()).collect();
                    timeline::draw(ctx, &events, (*cursor, *layers), &|_| None, area, buf)
                }
                Overlay::Deadlines { cursor } => {
                    overlay::clear(area, buf);
                    let input = deadlines::In {
                        deadlines: &deadlines,
                        alarms: self.incident.alarms(),
                        cursor: *cursor,
                        focus: true,
                        aware: true,
                        waited: &waited,
                    };
                    deadlines::draw(ctx, &input, area, area.height > 2, buf)
                }
                Overlay::List { cursor, .. } => list::draw(ctx, &super::overlays::register(), *cursor, area, buf),
                data => overlay::draw(ctx, data, area, buf),
            },
            Region::Tiny => {
                let mode = ctx.lang.t(self.mode.id());
                Row::new(buf, area, 0, ctx.glyphs).put(&mode, Style::new());
                None
            }
        }
    }

    fn map(&self, cursor: Option<ZoneId>) -> map::In<'_> {
        map::In { network: &self.network, zones: &self.zones, service: None, cursor }
    }

    /// Draws a whole screen, checking that no region writes outside its area.
    pub(super) fn screen(&self, width: u16, height: u16) -> Buffer {
        let size = Size { width, height };
        let Layout { class, regions } = layout(size, &self.ui);
        let ctx = self.ctx(class);
        let mut screen = Buffer::empty(Rect::new(0, 0, width, height));
        for (region, area) in regions {
            let mut buf = Buffer::filled(screen.area, ratatui::buffer::Cell::new("\u{7f}"));
            for y in area.top()..area.bottom() {
                for x in area.left()..area.right() {
                    buf[(x, y)].reset();
                }
            }
            let cursor = self.draw(region, &ctx, area, &mut buf);
            assert!(cursor.is_none_or(|at| area.contains(at)), "{region:?}: cursor {cursor:?} outside {area:?}");
            for y in 0..height {
                for x in 0..width {
                    let inside = area.contains(Position::new(x, y));
                    assert!(
                        inside || buf[(x, y)].symbol() == "\u{7f}",
                        "{region:?} writes at {x},{y} outside {area:?}"
                    );
                    if inside {
                        screen[(x, y)] = buf[(x, y)].clone();
                    }
                }
            }
        }
        screen
    }
}

/// A playbook of the tests' own, so that the shipped ones can be rewritten without touching the pictures.
const PLAYBOOK: &str = include_str!("fixture-playbook.toml");

fn playbook() -> &'static Playbook {
    static ONE: std::sync::OnceLock<Playbook> = std::sync::OnceLock::new();
    ONE.get_or_init(|| crate::playbook::parse("call-server-failure", PLAYBOOK).unwrap())
}
