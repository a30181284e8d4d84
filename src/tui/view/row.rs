//! The row writer: text into the cells of one screen row, from left to right, never outside its stretch.
//!
//! Tables of ratatui allocate hundreds of times a frame; this writes ASCII straight into the cells and goes
//! through graphemes only for the rest. Control characters never reach a cell.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::tui::model::Glyphs;
use crate::tui::theme::{Role, Sign, Theme};

/// Columns that `text` takes.
pub fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

/// `text` for a terminal that knows ASCII only: letters without their accents, simple punctuation, and a question
/// mark for each column of anything else.
fn to_ascii(text: &str) -> String {
    const FROM: &str = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿÀÂÄÁÃÅÇÉÈÊËÍÌÎÏÑÓÒÔÖÕÚÙÛÜÝœŒ’‘“”«»–—−·…×→↑↓▸▶◀✔°\u{a0}\u{202f}";
    const TO: &str = "aaaaaaceeeeiiiinooooouuuuyyAAAAAACEEEEIIIINOOOOOUUUUYoO''\"\"\"\"----~x>^v>><vo  ";
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.push(c);
        } else if let Some(plain) = FROM.chars().position(|from| from == c).and_then(|at| TO.chars().nth(at)) {
            out.push(plain);
        } else {
            out.extend(std::iter::repeat_n('?', c.width().unwrap_or(0)));
        }
    }
    out
}

/// The part of `text` before the last space within `columns`, if that keeps more than half of them; else all of it.
fn at_word(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut cut = None;
    for (at, c) in text.char_indices() {
        if c == ' ' && used * 2 > columns {
            cut = Some(at);
        }
        used += c.width().unwrap_or(0);
        if used > columns {
            break;
        }
    }
    cut.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// Wraps `text` at words: its first row to `first` columns, the others to `rest`.
pub fn first_and_rest(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut head = crate::text::wrap(text, first);
    if head.len() <= 1 {
        return head;
    }
    // Wrapping may squeeze spaces: then what follows the first row cannot be found again by its length.
    let Some(tail) = head.first().and_then(|first| text.strip_prefix(first.as_str())) else { return head };
    let tail = crate::text::wrap(tail.trim_start(), rest);
    head.truncate(1);
    head.extend(tail);
    head
}

/// Is every character of `text` one column wide and a grapheme of its own? True for Latin letters with
/// accents, punctuation, arrows, boxes, blocks and shapes: nearly all that is drawn.
fn simple(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{2010}'..='\u{2027}' | '\u{202f}' | '\u{2030}'..='\u{205e}' | '\u{2190}'..='\u{21ff}' | '\u{2200}'..='\u{22ff}' | '\u{2500}'..='\u{25fc}' | '\u{2713}'..='\u{2718}')
        && c.width() == Some(1)
}

/// A stretch of one row.
pub struct Row<'b> {
    buf: &'b mut Buffer,
    /// First column of the stretch.
    left: u16,
    /// Next column to be written.
    x: u16,
    /// First column behind the stretch.
    right: u16,
    y: u16,
    ellipsis: &'static str,
    ascii: bool,
}

impl<'b> Row<'b> {
    /// Row `line` of `area`; a row outside the area or the buffer has no columns.
    pub fn new(buf: &'b mut Buffer, area: Rect, line: u16, glyphs: Glyphs) -> Self {
        let y = area.y.saturating_add(line);
        let seen = area.intersection(buf.area);
        let right = if y < seen.bottom() && y >= seen.y { seen.right() } else { seen.x };
        Self {
            buf,
            left: seen.x,
            x: seen.x,
            right,
            y,
            ellipsis: glyphs.sign(Sign::Ellipsis),
            ascii: glyphs == Glyphs::Ascii,
        }
    }

    /// Columns that can still be written.
    pub fn room(&self) -> u16 {
        self.right.saturating_sub(self.x)
    }

    /// The next column to be written, on the screen.
    pub fn x(&self) -> u16 {
        self.x
    }

    /// The row, on the screen.
    pub fn y(&self) -> u16 {
        self.y
    }

    /// Writes `text`; what does not fit is cut with an ellipsis.
    pub fn put(&mut self, text: &str, style: Style) -> &mut Self {
        let room = usize::from(self.room());
        self.put_in(text, room, style);
        self
    }

    /// Writes `text` if all of it fits, else nothing.
    pub fn put_if_fits(&mut self, text: &str, style: Style) -> &mut Self {
        if width(text) <= usize::from(self.room()) {
            self.put(text, style);
        }
        self
    }

    /// Leaves `columns` empty.
    pub fn skip(&mut self, columns: u16) -> &mut Self {
        self.x = self.x.saturating_add(columns).min(self.right.max(self.left));
        self
    }

    /// Goes on at `column` of the stretch, if it lies ahead.
    pub fn to(&mut self, column: u16) -> &mut Self {
        let x = self.left.saturating_add(column);
        self.x = self.x.max(x.min(self.right.max(self.left)));
        self
    }

    /// Writes `text` to the left of a column of `columns`, cut if need be, and goes behind it.
    pub fn cell(&mut self, text: &str, columns: u16, style: Style) -> &mut Self {
        let end = self.x.saturating_add(columns).min(self.right.max(self.left));
        self.put_in(text, usize::from(columns.min(self.room())), style);
        self.x = end;
        self
    }

    /// Writes `text` to the right of a column of `columns`, cut if need be, and goes behind it.
    pub fn cell_right(&mut self, text: &str, columns: u16, style: Style) -> &mut Self {
        let room = columns.min(self.room());
        let end = self.x + room;
        let wide = u16::try_from(width(text)).unwrap_or(u16::MAX).min(room);
        self.x = end - wide;
        self.put_in(text, usize::from(wide), style);
        self.x = end;
        self
    }

    /// Writes `text` at the right end and takes it off the stretch, if at least `keep` columns stay.
    pub fn end(&mut self, text: &str, keep: u16, style: Style) -> &mut Self {
        let Ok(wide) = u16::try_from(width(text)) else { return self };
        if wide.saturating_add(keep) > self.room() {
            return self;
        }
        let (x, right) = (self.x, self.right);
        self.x = right - wide;
        self.put_in(text, usize::from(wide), style);
        self.x = x;
        self.right = right - wide;
        self
    }

    /// Fills what is left with `symbol`.
    pub fn fill(&mut self, symbol: &str, style: Style) -> &mut Self {
        let folded = if self.ascii { to_ascii(symbol) } else { symbol.to_owned() };
        for x in self.x..self.right {
            if let Some(cell) = self.buf.cell_mut((x, self.y)) {
                cell.set_symbol(&folded).set_style(style);
            }
        }
        self.x = self.right.max(self.x);
        self
    }

    /// Lays a style over the whole stretch, from its first column to its end.
    pub fn lay(&mut self, style: Style) -> &mut Self {
        for x in self.left..self.right {
            if let Some(cell) = self.buf.cell_mut((x, self.y)) {
                cell.set_style(style);
            }
        }
        self
    }

    /// Writes into at most `room` columns and moves behind the text.
    fn put_in(&mut self, text: &str, room: usize, style: Style) {
        let room = room.min(usize::from(self.room()));
        if room == 0 || text.is_empty() {
            return;
        }
        let folded;
        let text = if self.ascii && !text.is_ascii() {
            folded = to_ascii(text);
            folded.as_str()
        } else {
            text
        };
        let fits = width(text) <= room;
        let used =
            if fits { self.write(text, room, style) } else { self.write(at_word(text, room - 1), room - 1, style) };
        self.x += used;
        if !fits {
            let used = self.write(self.ellipsis, 1, style);
            self.x += used;
        }
    }

    /// Writes whole graphemes into at most `room` columns from `x` on; returns the columns used.
    fn write(&mut self, text: &str, room: usize, style: Style) -> u16 {
        let at = usize::from(self.y - self.buf.area.y) * usize::from(self.buf.area.width)
            + usize::from(self.x - self.buf.area.x);
        let Some(cells) = self.buf.content.get_mut(at..at + room) else { return 0 };
        if text.is_ascii() {
            let mut used = 0;
            for (cell, byte) in cells.iter_mut().zip(text.bytes().filter(|byte| !byte.is_ascii_control())) {
                cell.set_char(char::from(byte)).set_style(style);
                used += 1;
            }
            return used;
        }
        let mut used = 0;
        if text.chars().all(simple) {
            for (cell, c) in cells.iter_mut().zip(text.chars()) {
                cell.set_char(c).set_style(style);
                used += 1;
            }
            return used;
        }
        for grapheme in text.graphemes(true) {
            if grapheme.contains(char::is_control) {
                continue;
            }
            let wide = grapheme.width();
            if wide == 0 {
                continue;
            }
            let Some(mine) = cells.get_mut(usize::from(used)..usize::from(used) + wide) else { break };
            for (i, cell) in mine.iter_mut().enumerate() {
                if i == 0 {
                    cell.set_symbol(grapheme).set_style(style);
                } else {
                    cell.reset();
                    cell.set_style(style);
                }
            }
            used += wide as u16;
        }
        used
    }
}

/// Draws a frame with its title and returns the area inside, one column of air on each side.
pub fn frame(buf: &mut Buffer, area: Rect, title: &str, focus: bool, theme: &Theme, glyphs: Glyphs) -> Rect {
    let area = area.intersection(buf.area);
    if area.width < 6 || area.height < 2 {
        return Rect { width: 0, height: 0, ..area };
    }
    let line = theme.style(if focus { Role::Focus } else { Role::Border });
    let heading = theme.style(if focus { Role::Focus } else { Role::Title });
    let [top_left, top_right, bottom_left, bottom_right, horizontal, vertical] = glyphs.frame(focus);
    let mut top = Row::new(buf, area, 0, glyphs);
    top.put(top_left, line).end(top_right, 0, line);
    if !title.is_empty() {
        top.put(" ", line);
        let room = top.room().saturating_sub(1);
        let wide = u16::try_from(width(title)).unwrap_or(u16::MAX).min(room);
        top.cell(title, wide, heading).put(" ", line);
    }
    top.fill(horizontal, line);
    let mut bottom = Row::new(buf, area, area.height - 1, glyphs);
    bottom.put(bottom_left, line).end(bottom_right, 0, line).fill(horizontal, line);
    for y in 1..area.height - 1 {
        let mut row = Row::new(buf, area, y, glyphs);
        row.put(vertical, line).end(vertical, 0, line);
    }
    Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 }
}

/// Writes a note into the bottom line of a frame, at the right (`12–30 / 45`).
pub fn frame_note(buf: &mut Buffer, area: Rect, note: &str, style: Style, glyphs: Glyphs) {
    if area.height < 2 || note.is_empty() {
        return;
    }
    let inside = Rect { x: area.x.saturating_add(2), width: area.width.saturating_sub(4), ..area };
    let mut row = Row::new(buf, inside, area.height - 1, glyphs);
    row.end(" ", 4, style).end(note, 4, style).end(" ", 0, style);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(buf: &Buffer, y: u16) -> String {
        (buf.area.x..buf.area.right()).map(|x| buf[(x, y)].symbol()).collect()
    }

    #[test]
    fn cuts_with_an_ellipsis_and_aligns() {
        let area = Rect::new(0, 0, 20, 2);
        let mut buf = Buffer::empty(area);
        let mut row = Row::new(&mut buf, area, 0, Glyphs::Unicode);
        row.cell("dégradé", 5, Style::new())
            .skip(1)
            .cell_right("64 %", 6, Style::new())
            .put("abcdefghijkl", Style::new());
        assert_eq!(line(&buf, 0), "dégr…   64 %abcdefg…");
        let mut row = Row::new(&mut buf, area, 1, Glyphs::Ascii);
        row.end("fin", 0, Style::new()).put("un texte trop long pour ici", Style::new());
        assert_eq!(line(&buf, 1), "un texte trop~   fin");
    }

    #[test]
    fn wide_graphemes_never_stick_out() {
        let area = Rect::new(0, 0, 5, 1);
        let mut buf = Buffer::empty(area);
        Row::new(&mut buf, area, 0, Glyphs::Unicode).put("日本語", Style::new());
        assert_eq!(buf[(0, 0)].symbol(), "日");
        assert_eq!(buf[(2, 0)].symbol(), "本");
        assert_eq!(buf[(4, 0)].symbol(), "…");
    }

    proptest! {
        #[test]
        fn stays_inside(text in ".{0,40}", x in 0u16..12, y in 0u16..4, w in 0u16..30, h in 0u16..5, at in 0u16..6, columns in 0u16..40) {
            let screen = Rect::new(2, 1, 16, 3);
            let mut buf = Buffer::empty(screen);
            let area = Rect::new(x, y, w, h);
            let mut row = Row::new(&mut buf, area, at, Glyphs::Unicode);
            row.end(&text, 2, Style::new()).cell(&text, columns, Style::new()).cell_right(&text, columns, Style::new());
            row.put_if_fits(&text, Style::new()).to(columns).put(&text, Style::new()).fill("x", Style::new());
            frame(&mut buf, area, &text, true, &Theme::default(), Glyphs::Unicode);
            for cy in screen.y..screen.bottom() {
                for cx in screen.x..screen.right() {
                    if !area.contains((cx, cy).into()) {
                        prop_assert_eq!(buf[(cx, cy)].symbol(), " ");
                    }
                    prop_assert!(!buf[(cx, cy)].symbol().contains(char::is_control));
                }
            }
        }
    }
}
