//! The mode band, top and bottom of every frame: word, pattern and colour, so that nobody ever takes an
//! exercise for the real thing or the real thing for an exercise.

use chrono::{DateTime, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::incident::event::Mode;
use crate::lang::Arg;
use crate::text::visible;
use crate::tui::model::Level;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, width};

/// How many of the forms of the top band leave a quarter of it to the title.
const FULL_FORMS: usize = 4;
/// What the others leave to it \[columns\].
const SHORT_TITLE: usize = 6;

/// What the top band says.
#[derive(Debug, Clone, Copy)]
pub struct Top<'a> {
    /// Mode of the incident.
    pub mode: Mode,
    /// Its title.
    pub title: &'a str,
    /// Does incident time run?
    pub running: bool,
    /// Incident seconds per wall second, thousandths.
    pub rate_milli: u32,
    /// From when `T+` counts.
    pub awareness: Option<DateTime<Utc>>,
    /// Is the incident closed?
    pub closed: bool,
    /// What is owed.
    pub debts: usize,
}

/// What the bottom band says.
#[derive(Debug, Clone, Copy)]
pub struct Bottom<'a> {
    /// Mode of the incident.
    pub mode: Mode,
    /// Keys and what they do, most useful first.
    pub keys: &'a [(String, String)],
    /// Who writes, in which role.
    pub who: &'a str,
    /// The role alone.
    pub role: &'a str,
    /// The console about itself, in place of the keys.
    pub status: Option<(&'a str, Level)>,
}

/// Writes the badge of a mode at the right end (`end`) or where the row stands.
///
/// REAL is solid, EXERCISE stands between half blocks, REPLAY between shades.
fn badge(row: &mut Row<'_>, ctx: &Ctx<'_>, mode: Mode, end: bool) {
    let style = ctx.style(Role::of_mode(mode));
    let edge = style.remove_modifier(Modifier::REVERSED);
    let (left, right) = match mode {
        Mode::Real => (Sign::Full, Sign::Full),
        Mode::Exercise => (Sign::Right, Sign::Left),
        Mode::Replay => (Sign::Shade, Sign::Shade),
    };
    let word = format!(" {} ", ctx.lang.t(mode.id()));
    if end {
        // All or nothing: half a badge says nothing.
        if usize::from(row.room()) >= width(&word) + 2 {
            row.end(ctx.glyphs.sign(right), 0, edge).end(&word, 0, style).end(ctx.glyphs.sign(left), 0, edge);
        }
    } else {
        row.put_if_fits(ctx.glyphs.sign(left), edge).put(&word, style).put_if_fits(ctx.glyphs.sign(right), edge);
    }
}

/// `×60 ▶`, `×0.5 ▶`, `‖ pause`; nothing in REAL, where time is the wall's.
fn speed(ctx: &Ctx<'_>, top: &Top<'_>) -> String {
    if top.mode == Mode::Real {
        return String::new();
    }
    let times = ctx.glyphs.sign(Sign::Times);
    let rate = if top.rate_milli.is_multiple_of(1_000) {
        (top.rate_milli / 1_000).to_string()
    } else {
        format!("{:.1}", f64::from(top.rate_milli) / 1_000.0)
    };
    if top.running {
        format!("{times}{rate} {}", ctx.glyphs.sign(Sign::Here))
    } else {
        format!("{times}{rate} {} {}", ctx.glyphs.sign(Sign::Pause), ctx.lang.t("band-pause"))
    }
}

/// `T+00:12:30`.
pub fn t_plus(now: DateTime<Utc>, awareness: DateTime<Utc>) -> String {
    let seconds = (now - awareness).num_seconds();
    let (sign, s) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    format!("T{sign}{:02}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60)
}

/// Draws the top band.
pub fn top(ctx: &Ctx<'_>, top: &Top<'_>, area: Rect, buf: &mut Buffer) {
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    badge(&mut row, ctx, top.mode, false);
    if area.width >= 60 {
        badge(&mut row, ctx, top.mode, true);
    }
    let clock = ctx.lang.time(ctx.now, ctx.tz);
    let zone = ctx.now.with_timezone(&ctx.tz).format("%Z").to_string();
    let date = ctx.lang.date(ctx.now, ctx.tz);
    let speed = speed(ctx, top);
    let closed = if top.closed { ctx.lang.t("band-closed") } else { String::new() };
    let debts = match top.debts {
        0 => String::new(),
        n => ctx.lang.ta("cell-band-debts", &[("n", Arg::from(n))]),
    };
    let (aware, tplus) = match top.awareness {
        Some(at) => {
            let hm = ctx.hm(at);
            let tplus = t_plus(ctx.now, at);
            (ctx.lang.ta("band-awareness", &[("time", Arg::Str(&hm)), ("elapsed", Arg::Str(&tplus))]), tplus)
        }
        None => (ctx.lang.t("band-no-awareness"), String::new()),
    };
    // What must not be taken for running time stays, the word for it may go.
    let brief = match (top.mode, top.running) {
        (Mode::Real, _) | (_, true) => speed.clone(),
        (_, false) => speed.trim_end_matches(&format!(" {}", ctx.lang.t("band-pause"))).to_owned(),
    };
    let join = |parts: &[&str]| {
        let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
        parts.join(" · ")
    };
    let full = format!("{date} {clock} {zone}");
    let medium = format!("{clock} {zone}");
    // From all to least: what is owed is the last to go but the clock. The title keeps some room as long as anything
    // can be left out.
    let forms = [
        join(&[&full, &speed, &aware, &debts, &closed]),
        join(&[&medium, &speed, &aware, &debts, &closed]),
        join(&[&full, &speed, &tplus, &debts, &closed]),
        join(&[&medium, &speed, &tplus, &debts, &closed]),
        join(&[&clock, &speed, &tplus, &debts, &closed]),
        join(&[&clock, &brief, &tplus, &debts, &closed]),
        join(&[&clock, &brief, &tplus, &debts]),
        join(&[&clock, &brief, &debts]),
        join(&[&clock, &debts]),
        join(&[&clock, &brief]),
        clock,
    ];
    let room = usize::from(row.room());
    let title = visible(top.title);
    let fits = |(i, form): &(usize, &String)| {
        let title = width(&title).min(if *i < FULL_FORMS { room / 4 } else { SHORT_TITLE });
        width(form) + title + 3 <= room
    };
    if let Some(form) = forms.iter().enumerate().find(fits).map(|(_, form)| form).or(forms.last()) {
        row.end(" ", 0, ctx.style(Role::Base)).end(form, 0, ctx.style(Role::Strong));
    }
    row.skip(1);
    let room = row.room().saturating_sub(1);
    row.cell(&title, room, ctx.style(Role::Title));
}

/// Draws the bottom band.
pub fn bottom(ctx: &Ctx<'_>, bottom: &Bottom<'_>, area: Rect, buf: &mut Buffer) {
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    badge(&mut row, ctx, bottom.mode, false);
    row.skip(1);
    if let Some((text, level)) = bottom.status {
        if usize::from(row.room()) > width(text) + 16 {
            badge(&mut row, ctx, bottom.mode, true);
        }
        row.put(text, ctx.level(level));
        return;
    }
    if area.width >= 60 {
        badge(&mut row, ctx, bottom.mode, true);
        row.end(" ", 0, ctx.style(Role::Base));
    }
    if area.width >= 100 {
        // The name is in every line of the log; the role is what matters on a shared screen.
        let who = visible(if area.width >= 160 { bottom.who } else { bottom.role });
        row.end(&who, 60, ctx.style(Role::Muted)).end("  ", 0, ctx.style(Role::Base));
    }
    let mut room = usize::from(row.room());
    let mut shown = Vec::with_capacity(bottom.keys.len());
    for (key, label) in bottom.keys {
        let wide = width(key) + width(label) + 2;
        if wide > room {
            break;
        }
        room -= wide;
        shown.push((key, label));
    }
    // Chosen by use, written in the order of the keyboard.
    shown.sort_by_key(|(key, _)| key.trim_start_matches('F').parse::<u8>().unwrap_or(u8::MAX));
    for (key, label) in shown {
        row.put(key, ctx.style(Role::Key)).skip(1).put(label, ctx.style(Role::Base)).skip(1);
    }
}
