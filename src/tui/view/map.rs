//! The tile map: one tile per département, each with its code and the glyph of its state.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::health::{State, ZoneRow};
use crate::lang::Arg;
use crate::network::{Network, ServiceId, ZoneId};
use crate::text::visible;
use crate::tui::theme::Role;
use crate::tui::view::Ctx;
use crate::tui::view::board::counts;
use crate::tui::view::row::{Row, width};

/// Columns of a tile: code of two or three characters, glyph, air.
const TILE: u16 = 4;

/// What the map is drawn from.
#[derive(Clone, Copy)]
pub struct In<'a> {
    /// Names and places.
    pub network: &'a Network,
    /// States.
    pub zones: &'a [ZoneRow],
    /// One number only; `None` = the worst of all.
    pub service: Option<ServiceId>,
    /// The zone under the cursor.
    pub cursor: Option<ZoneId>,
}

/// The legend, worst first.
const LEGEND: [State; 6] =
    [State::Down, State::Critical, State::Degraded, State::Watch, State::Nominal, State::Unknown];

fn state_of(input: &In<'_>, row: &ZoneRow) -> State {
    match input.service {
        None => row.state,
        Some(service) => row.services.get(service.index()).copied().unwrap_or_default(),
    }
}

/// Draws tiles, legend and, under the cursor, the figures of one département. Where the tiles do not fit, the
/// départements that are not nominal are listed.
pub fn draw(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let area = area.intersection(buf.area);
    let places = || input.network.zones.iter().filter_map(|zone| zone.tile);
    let columns = places().map(|(x, _)| u16::from(x) + 1).max().unwrap_or(0);
    let rows = places().map(|(_, y)| u16::from(y) + 1).max().unwrap_or(0);
    if columns == 0 || columns * TILE > area.width + 1 || rows > area.height {
        list(ctx, input, area, buf);
        return None;
    }
    // What is left is shared: air on both sides.
    let grid = Rect { x: area.x + (area.width + 1 - columns * TILE) / 2, ..area };
    let mut cursor = None;
    for data in input.zones {
        let Some(zone) = input.network.zones.get(data.zone.index()) else { continue };
        let Some((x, y)) = zone.tile else { continue };
        let at =
            Rect { x: grid.x + u16::from(x) * TILE, y: area.y, width: TILE, height: area.height }.intersection(area);
        let state = state_of(input, data);
        let style = ctx.theme.state(state);
        let mut row = Row::new(buf, at, u16::from(y), ctx.glyphs);
        let text_style =
            if state <= State::Nominal { style } else { style.add_modifier(ratatui::style::Modifier::BOLD) };
        row.put(&zone.code, text_style).put(ctx.glyphs.state(state), text_style);
        if input.cursor == Some(data.zone) {
            cursor = Some(Position::new(at.x, at.y + u16::from(y)));
            let code = Rect { width: width(&zone.code) as u16 + 1, ..at };
            Row::new(buf, code, u16::from(y), ctx.glyphs).lay(ctx.style(Role::Selection));
        }
    }
    let mut line = rows;
    if area.height > line + 1 {
        line += 1;
    }
    line = legend(ctx, area, line, buf);
    if let Some(data) = input.cursor.and_then(|id| input.zones.iter().find(|row| row.zone == id)) {
        under_cursor(ctx, input, data, area, line, buf);
        line += 2;
    }
    worst(ctx, input, area, line + 1, buf);
    cursor
}

/// Glyphs and their words, on as many rows as they need; returns the next free row.
fn legend(ctx: &Ctx<'_>, area: Rect, mut line: u16, buf: &mut Buffer) -> u16 {
    let mut used = 0;
    for state in LEGEND {
        let text = format!("{} {}", ctx.glyphs.state(state), ctx.state_word(state));
        let wide = width(&text) as u16 + 2;
        if used > 0 && used + wide > area.width {
            line += 1;
            used = 0;
        }
        let mut row = Row::new(buf, area, line, ctx.glyphs);
        row.skip(used).put_if_fits(&text, ctx.theme.state(state));
        used += wide;
    }
    line + 1
}

fn under_cursor(ctx: &Ctx<'_>, input: &In<'_>, data: &ZoneRow, area: Rect, line: u16, buf: &mut Buffer) {
    let Some(zone) = input.network.zones.get(data.zone.index()) else { return };
    let mut row = Row::new(buf, area, line, ctx.glyphs);
    let base = ctx.style(Role::Base);
    row.put(&format!("{} {}", zone.code, visible(&zone.name)), ctx.style(Role::Strong)).skip(2);
    super::board::state(&mut row, ctx, state_of(input, data), 14);
    row.skip(1);
    if data.received.expected > 0.0 {
        let text = ctx.lang.ta("map-received", &[("counts", Arg::Str(&counts(ctx, data.received)))]);
        row.put_if_fits(&text, base);
    }
    // One number after the other below, where there is a row for them.
    let mut row = Row::new(buf, area, line + 1, ctx.glyphs);
    for (service, state) in input.network.services.iter().zip(&data.services) {
        let text = format!("{} {} {}", service.code, ctx.glyphs.state(*state), ctx.state_word(*state));
        row.put_if_fits(&text, ctx.theme.state(*state)).skip(2);
    }
}

/// Below the legend, as many of the worst départements as there is room for.
fn worst(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, from: u16, buf: &mut Buffer) {
    let mut zones: Vec<&ZoneRow> = input.zones.iter().filter(|row| state_of(input, row) > State::Watch).collect();
    let missing = |row: &ZoneRow| row.received.expected - row.received.seen;
    zones.sort_by(|a, b| {
        let states = state_of(input, b).cmp(&state_of(input, a));
        states.then(missing(b).total_cmp(&missing(a))).then(a.zone.cmp(&b.zone))
    });
    for (line, data) in (from..area.height).zip(zones) {
        let Some(zone) = input.network.zones.get(data.zone.index()) else { continue };
        let mut row = Row::new(buf, area, line, ctx.glyphs);
        row.cell(&zone.code, 4, ctx.style(Role::Strong)).cell(&visible(&zone.name), 22, ctx.style(Role::Base)).skip(1);
        super::board::state(&mut row, ctx, state_of(input, data), 13);
        if data.received.expected > 0.0 {
            row.cell_right(&counts(ctx, data.received), 8, ctx.style(Role::Base));
        }
    }
}

/// The départements that are not nominal, run in, the worst first.
fn list(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, buf: &mut Buffer) {
    let mut zones: Vec<(State, &str)> = input
        .zones
        .iter()
        .filter_map(|row| Some((state_of(input, row), input.network.zones.get(row.zone.index())?.code.as_str())))
        .filter(|(state, _)| *state > State::Nominal)
        .collect();
    zones.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    if zones.is_empty() {
        let known = input.zones.iter().any(|row| state_of(input, row) == State::Nominal);
        let areas = [("areas", Arg::Str(ctx.lang.of(&input.network.areas)))];
        let text = if known { ctx.lang.ta("map-all-nominal", &areas) } else { ctx.lang.t("no-data") };
        Row::new(buf, area, 0, ctx.glyphs).put(&text, ctx.style(Role::Muted));
        return;
    }
    let (mut line, mut used) = (0, 0);
    for (state, code) in zones {
        let text = format!("{code}{}", ctx.glyphs.state(state));
        let wide = width(&text) as u16 + 1;
        if used + wide > area.width + 1 {
            line += 1;
            used = 0;
        }
        Row::new(buf, area, line, ctx.glyphs).skip(used).put_if_fits(&text, ctx.theme.state(state));
        used += wide;
    }
}
