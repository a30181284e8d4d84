//! The first screen: open a real incident, continue one, start an exercise, replay, quit.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::text::{visible, wrap};
use crate::tui::model::{Launcher, Overlay};
use crate::tui::theme::Role;
use crate::tui::view::row::Row;
use crate::tui::view::{Ctx, overlay};

/// Draws the launcher over the whole screen; the cursor stands on the chosen row (screen readers follow it).
pub fn draw(ctx: &Ctx<'_>, launcher: &Launcher, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let area = area.intersection(buf.area);
    if area.width < 12 || area.height < 3 {
        Row::new(buf, area, 0, ctx.glyphs).put("vigie", ctx.style(Role::Title));
        return None;
    }
    let columns = area.width.saturating_sub(2).min(78);
    let inside = Rect { x: area.x + (area.width - columns) / 2, width: columns, ..area };
    let about: Vec<String> =
        launcher.about.iter().flat_map(|line| wrap(&visible(line), usize::from(columns))).collect();
    let menu_rows = overlay::menu_rows(&launcher.menu) as u16 + 2;
    let needed = 3 + about.len() as u16 + menu_rows + 2;
    let mut line = area.height.saturating_sub(needed) / 3;
    let mut row = Row::new(buf, inside, line, ctx.glyphs);
    row.put("vigie", ctx.style(Role::Title)).skip(2).put(&ctx.lang.t("launcher-tagline"), ctx.style(Role::Base));
    line += 2;
    // The menu must be seen: what is said about it gives way.
    let free = area.height.saturating_sub(line + menu_rows + 1);
    for text in about.iter().take(usize::from(free)) {
        Row::new(buf, inside, line, ctx.glyphs).put(text, ctx.style(Role::Muted));
        line += 1;
    }
    line += u16::from(!about.is_empty() && free > 0);
    let menu = Rect {
        y: area.y + line.min(area.height),
        height: area.height.saturating_sub(line + 1).min(menu_rows),
        ..inside
    };
    // What was chosen takes the menu's place: one question at a time.
    let cursor = if launcher.overlay == Overlay::None {
        overlay::menu(ctx, &launcher.menu, menu, buf)
    } else {
        let room = area.bottom().saturating_sub(menu.y + 1);
        let over = Rect { height: room.min(overlay::rows(&launcher.overlay, columns)), ..menu };
        overlay::draw(ctx, &launcher.overlay, over, buf)
    };
    let mut last = Row::new(buf, area, area.height - 1, ctx.glyphs);
    last.skip(1);
    if let Some(status) = &launcher.status {
        last.put(&visible(&status.text), ctx.level(status.level));
    } else {
        last.put_if_fits(&ctx.lang.t("launcher-keys"), ctx.style(Role::Muted));
    }
    cursor
}
