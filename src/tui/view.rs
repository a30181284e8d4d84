//! Pure drawing: each view reads the model and writes cells inside its own area, at any size, without failing.
//!
//! Does not belong here: rules of the domain, what keys do, writing to the terminal.

pub mod band;
pub mod board;
pub mod deadlines;
pub mod detail;
pub mod draft;
pub mod input;
pub mod launcher;
pub mod list;
pub(super) mod lock;
pub mod log;
pub mod map;
pub mod overlay;
pub mod overview;
pub mod playbook;
pub mod row;
pub mod spark;
pub mod tabs;
pub mod timeline;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use ratatui::style::Style;

use crate::feed::documented::DocumentedEvent;
use crate::health::State;
use crate::incident::event::RunChange;
use crate::incident::{Deadline, DeadlineSource, DeadlineState};
use crate::lang::{Arg, Lang};
use crate::playbook::{Playbook, Validity, validity};
use crate::session::{DiskState, Progress, Session, VerifyState};
use crate::text::visible;

use super::action;
use super::layout::{Class, Region};
use super::model::{Glyphs, Level, Model, Overlay, Pane, WORST};
use super::theme::{Role, Theme};

/// What every view needs to speak, to colour and to tell the time.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    /// Language.
    pub lang: &'a Lang,
    /// Palette.
    pub theme: &'a Theme,
    /// Characters that may be drawn.
    pub glyphs: Glyphs,
    /// Zone in which times are shown.
    pub tz: Tz,
    /// Incident time.
    pub now: DateTime<Utc>,
    /// How much fits on this terminal.
    pub class: Class,
}

impl Ctx<'_> {
    /// The style of a role.
    pub fn style(&self, role: Role) -> Style {
        self.theme.style(role)
    }

    /// The word of a state, in the user's language.
    pub fn state_word(&self, state: State) -> String {
        self.lang.t(state.id())
    }

    /// `5 s`, `12 min`, `3 h`: an age at a glance.
    pub fn age(&self, seconds: u64) -> String {
        let (id, n) = match seconds {
            0..=89 => ("age-seconds", seconds),
            90..=5_399 => ("age-minutes", (seconds + 30) / 60),
            5_400..=172_799 => ("age-hours", (seconds + 1_800) / 3_600),
            _ => ("age-days", (seconds + 43_200) / 86_400),
        };
        self.lang.ta(id, &[("n", Arg::Num(n as f64))])
    }

    /// Hours and minutes of an incident time in the incident's zone.
    pub fn hm(&self, at: DateTime<Utc>) -> String {
        self.lang.hm(at, self.tz)
    }

    /// The style of a level of stress.
    pub fn level(&self, level: Level) -> Style {
        self.style(match level {
            Level::Info => Role::Base,
            Level::Good => Role::Ok,
            Level::Warning => Role::Due,
            Level::Bad => Role::Error,
        })
    }
}

impl<'a> Ctx<'a> {
    /// From a frame's model.
    pub fn of(model: &Model<'a>) -> Self {
        let (width, height) = model.ui.size;
        Self {
            lang: model.lang,
            theme: model.theme,
            glyphs: model.glyphs,
            tz: model.session.zone(),
            now: model.session.now_incident(),
            class: Class::of(Size { width, height }),
        }
    }
}

/// Draws one region into its area and says where the cursor belongs if this region has it. Never fails, never
/// writes outside `area`, at any size.
pub fn draw(region: Region, model: &Model<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let area = area.intersection(buf.area);
    if area.is_empty() {
        return None;
    }
    let ctx = Ctx::of(model);
    let (session, ui) = (model.session, model.ui);
    let waited = |deadline: &Deadline| waited(session, deadline, ctx.now);
    let framed = ctx.class.framed() && !ui.zoom;
    let focus = |pane: Pane| ui.focus == pane && ui.overlay == Overlay::None;
    let locked = lock::phase(session);
    let cursor = match region {
        Region::BandTop => {
            band_top(&ctx, model, area, buf);
            None
        }
        Region::BandBottom => {
            band_bottom(&ctx, model, area, buf);
            None
        }
        Region::Overview => {
            overview(&ctx, model, area, buf);
            None
        }
        Region::Deadlines => {
            let deadlines = session.deadlines(ctx.now);
            let aware = session.incident().awareness().is_some();
            let input = deadlines::In {
                deadlines: &deadlines,
                alarms: session.incident().alarms(),
                cursor: ui.deadline,
                focus: focus(Pane::Deadlines),
                aware,
                waited: &waited,
            };
            deadlines::draw(&ctx, &input, area, framed, buf)
        }
        Region::Tabs => {
            tabs::draw(&ctx, ui.tab, &badges(&ctx, model), area, buf);
            None
        }
        Region::Board => {
            let board = session.board();
            let worst = board.worst(WORST);
            let input = board::In {
                network: session.network(),
                perimeter: board.perimeter(),
                has_feed: board.has_feed(),
                heard: board.last_frame().is_some(),
                services: board.services(),
                worst: &worst,
                servers: board.servers(),
                observations: board.observations(),
                focus: focus(Pane::Board),
                cursor: ui.board,
                slow: ui.slow,
            };
            board::draw(&ctx, &input, area, framed, buf)
        }
        Region::Map => {
            let title = ctx.lang.ta("map-title", &[("what", Arg::Str(&ctx.lang.t("map-all")))]);
            let inside = row::frame(buf, area, &title, false, ctx.theme, ctx.glyphs);
            let zones = session.board().zones();
            let input = map::In { network: session.network(), zones, service: None, cursor: None };
            map::draw(&ctx, &input, inside, buf);
            None
        }
        Region::Playbook => checklist(&ctx, model, focus(Pane::Playbook), area, framed, buf),
        Region::Log => incident_log(&ctx, model, focus(Pane::Log), area, framed, buf),
        Region::Input => match locked {
            // What somebody is typing, and what he asks for, stays before his eyes.
            Some(phase) if ui.input.line.is_empty() && ui.overlay == Overlay::None => {
                lock::sentence(&ctx, session, phase, area, buf)
            }
            _ => input::draw(&ctx, &ui.input, area, buf),
        },
        Region::Overlay => on_top(&ctx, model, area, buf),
        Region::Tiny => {
            tiny(&ctx, model, area, buf);
            None
        }
    };
    let panes = !matches!(region, Region::BandTop | Region::BandBottom | Region::Input | Region::Overlay);
    if let Some(phase) = locked.filter(|_| panes) {
        lock::grey(&ctx, phase, area, buf);
    }
    cursor
}

/// For how long the message of a deadline has been without an answer.
fn waited(session: &Session, deadline: &Deadline, now: DateTime<Utc>) -> Option<TimeDelta> {
    let DeadlineSource::Entry(id) = &deadline.source else { return None };
    Some(session.incident().message(id)?.waited(now))
}

fn band_top(ctx: &Ctx<'_>, model: &Model<'_>, area: Rect, buf: &mut Buffer) {
    let (session, incident) = (model.session, model.session.incident());
    let clock = session.clock();
    let top = band::Top {
        mode: session.mode(),
        title: &incident.genesis().title,
        running: clock.running,
        rate_milli: clock.rate_milli,
        awareness: incident.awareness(),
        closed: incident.closed(),
        debts: session.debts(ctx.now).len(),
    };
    band::top(ctx, &top, area, buf);
}

fn band_bottom(ctx: &Ctx<'_>, model: &Model<'_>, area: Rect, buf: &mut Buffer) {
    let session = model.session;
    // What threatens the record comes before anything else the console has to say.
    let disk = match session.disk_state() {
        DiskState::Ok => None,
        DiskState::Slow => Some((ctx.lang.t("disk-slow"), Level::Warning)),
        DiskState::NotSaved(why) => {
            Some((ctx.lang.ta("disk-not-saved", &[("why", Arg::Str(&visible(why)))]), Level::Bad))
        }
        DiskState::Poisoned => Some((ctx.lang.t("disk-poisoned"), Level::Bad)),
    };
    let broken = match session.verify_state() {
        VerifyState::Bad(what) => Some((visible(what).into_owned(), Level::Bad)),
        VerifyState::Checking | VerifyState::Ok => None,
    };
    let said = model.ui.status.as_ref().map(|status| (visible(&status.text).into_owned(), status.level));
    // The card of a jump in time stays for a while.
    let card = session.jump_card();
    let card = card.map(|card| (ctx.lang.ta("lock-jump", &[("card", Arg::Str(&visible(card)))]), Level::Warning));
    let status = disk.or(said).or(broken).or_else(|| lock::halt(ctx, session)).or(card);
    let author = session.author();
    let role = ctx.lang.t(playbook::role_id(author.role));
    let who = format!("{} · {role}", author.who);
    let keys: Vec<(String, String)> = FOOTER
        .iter()
        .filter_map(|id| action::by_id(id))
        .map(|action| (action.key_name(ctx.lang), action.word(ctx.lang).to_owned()))
        .collect();
    let bottom = band::Bottom {
        mode: session.mode(),
        keys: &keys,
        who: &who,
        role: &role,
        status: status.as_ref().map(|(text, level)| (text.as_str(), *level)),
    };
    band::bottom(ctx, &bottom, area, buf);
}

/// The actions named in the bottom band, most useful first: the last ones give way on narrow screens.
const FOOTER: [&str; 12] = [
    "help",
    "menu",
    "decision",
    "action",
    "message",
    "deadlines",
    "step",
    "levers",
    "map",
    "correct",
    "acknowledge",
    "observation",
];

fn overview(ctx: &Ctx<'_>, model: &Model<'_>, area: Rect, buf: &mut Buffer) {
    let board = model.session.board();
    let progress = model.session.progress().map(|progress| match progress {
        Progress::Loading => ctx.lang.t("progress-loading"),
        Progress::CatchingUp { done, of } => {
            ctx.lang.ta("progress-catching-up", &[("done", Arg::from(done)), ("of", Arg::from(of))])
        }
    });
    let input = overview::In {
        overview: board.overview(),
        network: model.session.network(),
        has_feed: board.has_feed(),
        observations: board.observations().len(),
        unpublished: model.session.cause_unpublished(),
        progress: progress.as_deref(),
    };
    overview::draw(ctx, &input, area, buf);
}

/// What waits in each pane of the ring: nothing, nothing, unacknowledged alarms, overdue deadlines.
fn badges(ctx: &Ctx<'_>, model: &Model<'_>) -> [usize; 4] {
    let alarms = model.session.incident().alarms();
    let alarms = alarms.iter().filter(|alarm| !alarm.over && alarm.acknowledged.is_none()).count();
    let overdue =
        model.session.deadlines(ctx.now).iter().filter(|deadline| deadline.state == DeadlineState::Overdue).count();
    [0, 0, alarms, overdue]
}

fn checklist(
    ctx: &Ctx<'_>,
    model: &Model<'_>,
    focus: bool,
    area: Rect,
    framed: bool,
    buf: &mut Buffer,
) -> Option<Position> {
    let (session, ui) = (model.session, model.ui);
    let open = session.incident().open_playbooks();
    let at = ui.playbook.min(open.len().saturating_sub(1));
    let running = open.get(at).and_then(|open| session.library().get(&open.id));
    let steps = running.map(|playbook| session.progress_of(playbook, ctx.now)).unwrap_or_default();
    let library: Vec<&Playbook> = session.library().iter().map(AsRef::as_ref).collect();
    let suggestions = session.suggestions();
    let suggestion = suggestions.iter().find(|suggestion| open.iter().all(|open| open.id != suggestion.playbook.id));
    let input = playbook::In {
        running: running.map(|playbook| (playbook.as_ref(), steps.as_slice())),
        of: (at, open.len()),
        library: &library,
        suggestion,
        validity: running.map_or(Validity::Good, |playbook| validity(playbook, session.today())),
        changed: running.zip(open.get(at)).is_some_and(|(playbook, open)| {
            playbook.sha256 != open.sha256 || session.library().is_renewed(&playbook.id)
        }),
        ended: open.get(at).and_then(|open| session.run_of(&open.id)).flatten() == Some(RunChange::Ended),
        cursor: ui.step,
        focus,
    };
    playbook::draw(ctx, &input, area, framed, buf)
}

fn incident_log(
    ctx: &Ctx<'_>,
    model: &Model<'_>,
    focus: bool,
    area: Rect,
    framed: bool,
    buf: &mut Buffer,
) -> Option<Position> {
    let (session, ui) = (model.session, model.ui);
    let view = session.log();
    let window = ui.log.window(view, usize::from(area.height));
    let entries: Vec<_> = window.into_iter().filter_map(|at| Some((at, view.get(at)?))).collect();
    let pending: Vec<_> = session.pending().collect();
    let input = log::In {
        incident: session.incident(),
        entries: &entries,
        pending: &pending,
        ui: &ui.log,
        focus,
        org: log::org(session.mode(), &session.author().org),
        verify: session.verify_state(),
        step: &|playbook, step| Some(session.library().get(playbook)?.step(step)?.text.clone()),
        playbook: &|playbook| Some(session.library().get(playbook)?.title.clone()),
        contact: &|id| {
            let contact = session.contacts().get(id)?;
            Some(format!("{}, {}", ctx.lang.of(&contact.role), contact.organisation))
        },
    };
    log::draw(ctx, &input, area, framed, buf)
}

/// What lies on top: data is drawn as it is, the rest looks at the session.
fn on_top(ctx: &Ctx<'_>, model: &Model<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let session = model.session;
    match &model.ui.overlay {
        Overlay::Detail { of, scroll } => {
            let board = session.board();
            let input = detail::In {
                network: session.network(),
                services: board.services(),
                psaps: board.psaps(),
                servers: board.servers(),
                zones: board.zones(),
            };
            detail::draw(ctx, &input, *of, *scroll, area, buf)
        }
        Overlay::Map { cursor, service } => {
            overlay::clear(area, buf);
            let what = service.and_then(|id| session.network().services.get(id.index())).map_or_else(
                || ctx.lang.t("map-all"),
                |service| format!("{} {}", service.code, visible(ctx.lang.of(&service.name))),
            );
            let title = ctx.lang.ta("map-title", &[("what", Arg::Str(&what))]);
            let inside = row::frame(buf, area, &title, true, ctx.theme, ctx.glyphs);
            let zones = session.board().zones();
            let input = map::In { network: session.network(), zones, service: *service, cursor: Some(*cursor) };
            map::draw(ctx, &input, inside, buf)
        }
        Overlay::Timeline { cursor, layers } => {
            let events = session.documented_until(ctx.now);
            let taken = session.taken_over_at();
            let beyond = |event: &DocumentedEvent| match taken {
                Some(taken) => (event.known > taken).then_some("timeline-ghost"),
                None => (event.known > ctx.now).then_some("timeline-ahead"),
            };
            timeline::draw(ctx, &events, (*cursor, *layers), &beyond, area, buf)
        }
        Overlay::Deadlines { cursor } => {
            overlay::clear(area, buf);
            let deadlines = session.deadlines(ctx.now);
            let aware = session.incident().awareness().is_some();
            let input = deadlines::In {
                deadlines: &deadlines,
                alarms: session.incident().alarms(),
                cursor: *cursor,
                focus: true,
                aware,
                waited: &|deadline| waited(session, deadline, ctx.now),
            };
            deadlines::draw(ctx, &input, area, area.height > 2, buf)
        }
        Overlay::List { of, cursor } => {
            let list = super::lists::listing(session, ctx.lang, *of, ctx.now);
            list::draw(ctx, &list, *cursor, area, buf)
        }
        data => overlay::draw(ctx, data, area, buf),
    }
}

/// The one sentence of a screen that is too small for anything else: mode, state, alarms.
fn tiny(ctx: &Ctx<'_>, model: &Model<'_>, area: Rect, buf: &mut Buffer) {
    let session = model.session;
    let alarms = session.incident().alarms().iter().filter(|alarm| !alarm.over && alarm.acknowledged.is_none()).count();
    let mode = ctx.lang.t(session.mode().id());
    let state = ctx.state_word(session.board().overview().state);
    let text =
        ctx.lang.ta("tiny", &[("mode", Arg::Str(&mode)), ("state", Arg::Str(&state)), ("alarms", Arg::from(alarms))]);
    for (i, line) in crate::text::wrap(&text, usize::from(area.width.max(1))).iter().enumerate() {
        let role = if i == 0 { Role::of_mode(session.mode()) } else { Role::Base };
        row::Row::new(buf, area, i as u16, ctx.glyphs).put(line, ctx.style(role));
    }
}

#[cfg(test)]
mod tests;
