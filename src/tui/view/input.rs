//! The input line: always on, letters only ever write.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use crate::incident::event::Precision;
use crate::text::visible;
use crate::tui::model::{Glyphs, Input, Purpose};
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, width};

/// The end of `text` that fits into `columns`, whole graphemes only.
fn tail(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut from = text.len();
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += width(grapheme);
        if used > columns {
            break;
        }
        from = at;
    }
    text.get(from..).unwrap_or_default()
}

/// Draws the input line and says where the cursor stands.
pub fn draw(ctx: &Ctx<'_>, input: &Input, area: Rect, buf: &mut Buffer) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let narrow = area.width < 60;
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    row.skip(1);
    if matches!(input.purpose, Purpose::Entry | Purpose::LateReason { .. }) {
        let time = match &input.time {
            None => ctx.hm(ctx.now),
            Some(time) => {
                let mark = match time.precision {
                    Precision::Exact => "",
                    Precision::About => "~",
                    Precision::Before => "<",
                };
                format!("{mark}{}", time.at.format("%H:%M"))
            }
        };
        let role = if input.time.is_some() { Role::Accent } else { Role::Muted };
        row.put(&time, ctx.style(role)).skip(1);
    }
    let label = visible(&input.label);
    let room = row.room() / if narrow { 3 } else { 2 };
    row.cell(&label, u16::try_from(width(&label)).unwrap_or(u16::MAX).min(room), ctx.style(Role::Strong));
    row.put(if ctx.glyphs == Glyphs::Ascii { " > " } else { " ▸ " }, ctx.style(Role::Accent));

    let before = visible(input.line.before());
    let after = visible(input.line.after());
    let room = usize::from(row.room());
    if room == 0 {
        return None;
    }
    // One column stays for the cursor; when the text is longer, its part around the cursor is shown.
    let shown = if width(&before) < room { before.as_ref() } else { tail(&before, room.saturating_sub(2)) };
    if shown.len() < before.len() {
        row.put(ctx.glyphs.sign(Sign::Ellipsis), ctx.style(Role::Muted));
    }
    row.put(shown, ctx.style(Role::Base));
    let cursor = Position::new(row.x().min(area.right().saturating_sub(1)), row.y());
    row.put(&after, ctx.style(Role::Base));
    if input.line.is_empty() {
        let hint = visible(&input.hint);
        row.skip(2);
        // A sentence cut in the middle is worse than none.
        if width(&hint) < usize::from(row.room()) {
            row.end(" ", 0, ctx.style(Role::Base)).end(&hint, 0, ctx.style(Role::Muted));
        } else if let Some((first, _)) = hint.split_once(" · ") {
            row.put_if_fits(first, ctx.style(Role::Muted));
        }
    }
    Some(cursor)
}
