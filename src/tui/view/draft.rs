//! A document being edited: its parts one under the other, the focused one with the cursor in sight.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::visible;
use crate::tui::cell::Draft;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::row::{Row, frame, frame_note, width};
use crate::tui::view::{Ctx, overlay};

/// The rows of a text at `columns`: ranges of bytes. Breaks at the last space that fits, and at each newline.
pub fn rows_of(text: &str, columns: usize) -> Vec<Range<usize>> {
    let columns = columns.max(1);
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let end = start + line.len();
        let (mut from, mut used, mut space) = (start, 0, None);
        for (at, grapheme) in line.grapheme_indices(true) {
            let at = start + at;
            let wide = width(&visible(grapheme));
            if used + wide > columns && at > from {
                let cut = space.filter(|cut| *cut > from).unwrap_or(at);
                rows.push(from..cut);
                used = text.get(cut..at).map_or(0, |part| width(&visible(part)));
                (from, space) = (cut, None);
            }
            used += wide;
            if grapheme == " " {
                space = Some(at + 1);
            }
        }
        rows.push(from..end);
        start = end + 1;
    }
    rows
}

/// A row of the whole document.
enum Line<'a> {
    Heading(&'a str, bool),
    Text { part: usize, range: Range<usize> },
    Button,
}

/// Draws the document in its frame.
pub fn draw(ctx: &Ctx<'_>, draft: &Draft, area: Rect, buf: &mut Buffer) -> Option<Position> {
    overlay::clear(area, buf);
    let inside = frame(buf, area, &visible(&draft.title), true, ctx.theme, ctx.glyphs);
    if inside.is_empty() {
        return None;
    }
    // The last row says which keys do what.
    let keys = u16::from(inside.height > 6);
    let body = Rect { height: inside.height - keys, ..inside };
    let columns = usize::from(inside.width.saturating_sub(3));
    let mut lines = Vec::new();
    let mut cursor_line = 0;
    for (i, part) in draft.parts.iter().enumerate() {
        lines.push(Line::Heading(&part.heading, i == draft.focus));
        for range in rows_of(part.text.text(), columns) {
            // Where two rows meet, the cursor stands at the start of the second.
            if i == draft.focus && (range.start..=range.end).contains(&part.text.cursor()) {
                cursor_line = lines.len();
            }
            lines.push(Line::Text { part: i, range });
        }
    }
    lines.push(Line::Button);
    if draft.focus >= draft.parts.len() {
        cursor_line = lines.len() - 1;
    }
    let rows = usize::from(body.height);
    let top = if lines.len() <= rows {
        0
    } else {
        (cursor_line + 3).saturating_sub(rows).max(cursor_line.saturating_sub(rows / 2)).min(lines.len() - rows)
    };
    let mut at = None;
    for (n, line) in lines.iter().enumerate().skip(top).take(rows) {
        let y = (n - top) as u16;
        let mut row = Row::new(buf, body, y, ctx.glyphs);
        match line {
            Line::Heading(heading, focused) => {
                let mark = if *focused { ctx.glyphs.sign(Sign::Here) } else { " " };
                row.put(mark, ctx.style(Role::Accent)).skip(1);
                row.put(&visible(heading), ctx.style(if *focused { Role::Focus } else { Role::Title }));
            }
            Line::Text { part, range } => {
                row.skip(2);
                let Some(editor) = draft.parts.get(*part).map(|part| &part.text) else { continue };
                let text = editor.text();
                row.put(&visible(text.get(range.clone()).unwrap_or_default()), ctx.style(Role::Base));
                if *part == draft.focus && n == cursor_line {
                    let before = text.get(range.start..editor.cursor()).unwrap_or_default();
                    let x = u16::try_from(width(&visible(before))).unwrap_or(u16::MAX);
                    let x = body.x.saturating_add(2).saturating_add(x).min(body.right().saturating_sub(1));
                    at = Some(Position::new(x, body.y + y));
                }
            }
            Line::Button => {
                let focused = draft.focus >= draft.parts.len();
                row.put(if focused { ctx.glyphs.sign(Sign::Here) } else { " " }, ctx.style(Role::Accent)).skip(1);
                row.put(&format!("[ {} ]", visible(&draft.submit)), ctx.style(Role::Strong));
                if focused {
                    at = Some(Position::new(body.x, body.y + y));
                    Row::new(buf, body, y, ctx.glyphs).lay(ctx.style(Role::Selection));
                }
            }
        }
    }
    if keys > 0 {
        let mut row = Row::new(buf, inside, inside.height - 1, ctx.glyphs);
        row.put(&ctx.lang.t("cell-draft-keys"), ctx.style(Role::Muted));
    }
    if lines.len() > rows {
        let note = format!("{}{}{} / {}", top + 1, ctx.glyphs.sign(Sign::Dash), top + rows, lines.len());
        frame_note(buf, area, &note, ctx.style(Role::Focus), ctx.glyphs);
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn breaks_at_spaces_and_newlines() {
        let text = "un deux trois\n\nquatrecinq";
        let rows: Vec<&str> = rows_of(text, 8).into_iter().filter_map(|range| text.get(range)).collect();
        assert_eq!(rows, ["un deux ", "trois", "", "quatreci", "nq"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_between_rows(text in "[a-zé \n]{0,60}", columns in 1usize..12) {
            let rows = rows_of(&text, columns);
            let joined: String = rows.iter().filter_map(|range| text.get(range.clone())).collect();
            prop_assert_eq!(joined, text.replace('\n', ""));
            for range in rows {
                prop_assert!(text.get(range).is_some_and(|row| width(row) <= columns));
            }
        }
    }
}
