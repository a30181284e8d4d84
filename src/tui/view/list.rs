//! A list that stays true while it is open: a mark and a line for each row, what is left at the right end, details
//! below; the focused row shows all of them.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::text::{visible, wrap};
use crate::tui::lists::{List, ListRow};
use crate::tui::model::Level;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::row::{Row, frame, frame_note};
use crate::tui::view::{Ctx, overlay};

/// Rows of the details of a row that has not the focus.
const MOST_DETAILS: usize = 2;

fn sign(level: Level) -> Sign {
    match level {
        Level::Bad => Sign::Overdue,
        Level::Warning => Sign::Soon,
        Level::Good => Sign::Check,
        Level::Info => Sign::Dot,
    }
}

/// The details of a row as they are drawn.
fn details(row: &ListRow, focused: bool, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for detail in &row.details {
        let wrapped = wrap(&visible(detail), columns.max(1));
        if focused {
            lines.extend(wrapped);
        } else if let Some(first) = wrapped.first() {
            let cut = if wrapped.len() > 1 { format!("{first} …") } else { first.clone() };
            lines.push(cut);
        }
    }
    if !focused {
        lines.truncate(MOST_DETAILS);
    }
    lines
}

/// Rows that a list fills inside its frame at `columns`.
pub fn rows(list: &List, cursor: usize, columns: usize) -> usize {
    let about = if list.about.is_empty() { 0 } else { wrap(&visible(&list.about), columns.max(1)).len() };
    let of = |(i, row)| 1 + details(row, i == cursor, columns.saturating_sub(4)).len();
    about + list.rows.iter().enumerate().map(of).sum::<usize>()
}

/// Draws a list in its frame.
pub fn draw(ctx: &Ctx<'_>, list: &List, cursor: usize, area: Rect, buf: &mut Buffer) -> Option<Position> {
    overlay::clear(area, buf);
    let inside = frame(buf, area, &visible(&list.title), true, ctx.theme, ctx.glyphs);
    if inside.is_empty() {
        return None;
    }
    let columns = usize::from(inside.width);
    let about = if list.about.is_empty() { Vec::new() } else { wrap(&visible(&list.about), columns) };
    // On a small screen the rows matter more than the sentence above them.
    let about: &[String] = if usize::from(inside.height) < about.len() + 8 { &[] } else { &about };
    for (i, text) in about.iter().enumerate() {
        Row::new(buf, inside, i as u16, ctx.glyphs).put(text, ctx.style(Role::Muted));
    }
    let top = about.len() as u16;
    let body = Rect { y: inside.y + top, height: inside.height - top, ..inside };
    let cursor = cursor.min(list.rows.len().saturating_sub(1));
    let blocks: Vec<Vec<String>> =
        list.rows.iter().enumerate().map(|(i, row)| details(row, i == cursor, columns.saturating_sub(4))).collect();
    let rows = usize::from(body.height);
    // Begin so that the focused row and its details fit.
    let mut from = 0;
    let high = |range: std::ops::RangeInclusive<usize>| -> usize {
        blocks.get(range).unwrap_or_default().iter().map(|block| 1 + block.len()).sum()
    };
    while from < cursor && high(from..=cursor) > rows {
        from += 1;
    }
    if list.rows.is_empty() {
        Row::new(buf, body, 0, ctx.glyphs).skip(1).put(&ctx.lang.t("list-none"), ctx.style(Role::Muted));
    }
    let mut at = None;
    let mut line = 0;
    let mut shown = from;
    for (i, (row, block)) in list.rows.iter().zip(&blocks).enumerate().skip(from) {
        if usize::from(line) >= rows {
            break;
        }
        shown = i + 1;
        let focused = i == cursor;
        one(ctx, row, body, line, buf);
        if focused {
            at = Some(Position::new(body.x, body.y + line));
            Row::new(buf, body, line, ctx.glyphs).lay(ctx.style(Role::Selection));
        }
        line += 1;
        for text in block {
            if usize::from(line) < rows {
                Row::new(buf, body, line, ctx.glyphs).skip(4).put(text, ctx.style(Role::Muted));
                line += 1;
            }
        }
    }
    if from > 0 || shown < list.rows.len() {
        let note = format!("{}{}{shown} / {}", from + 1, ctx.glyphs.sign(Sign::Dash), list.rows.len());
        frame_note(buf, area, &note, ctx.style(Role::Focus), ctx.glyphs);
    }
    at
}

fn one(ctx: &Ctx<'_>, row: &ListRow, area: Rect, line: u16, buf: &mut Buffer) {
    let style = ctx.level(row.level);
    let mut out = Row::new(buf, area, line, ctx.glyphs);
    out.skip(1).put(ctx.glyphs.sign(sign(row.level)), style).skip(1);
    if !row.end.is_empty() {
        out.end(&visible(&row.end), 24, style).end("  ", 0, style);
    }
    let head = if row.level == Level::Bad { Role::Strong } else { Role::Base };
    out.put(&visible(&row.head), ctx.style(head));
}
