//! Turns drawn regions into as few bytes as possible.
//!
//! [`Screen`] keeps what the terminal was last told to show. A region is compared with it cell by cell, the
//! cells that differ are encoded, and one frame goes out as one synchronized write; a frame in which nothing
//! changed is no bytes at all. Rows begin with an absolute move and odd glyphs are followed by one, so that a
//! terminal that disagrees about a width spoils that glyph and nothing else.
//!
//! Does not belong here: when to draw, the file descriptor.

use std::io::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// Stands in the second column of a wide glyph.
const CONTINUED: &str = "";
/// Stands where the terminal may show anything: differs from every cell.
const UNKNOWN: &str = "\u{0}";
/// At most this many unchanged cells are written again instead of jumped over.
const BRIDGE: u16 = 3;

/// Colours and attributes the terminal writes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Pen = Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

impl Pen {
    fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }
}

/// What the terminal shows, and the bytes of the frame being made.
#[derive(Debug)]
pub struct Screen {
    width: u16,
    height: u16,
    shown: Vec<Cell>,
    pen: Pen,
    /// Where the terminal's cursor is, if that is sure.
    at: Option<(u16, u16)>,
    /// The visible cursor asked for in this frame and what the last frame left.
    cursor: Option<(u16, u16)>,
    cursor_shown: Option<(u16, u16)>,
    clear: bool,
    out: Vec<u8>,
}

impl Screen {
    /// A screen of which nothing is known: the first frame begins by clearing it.
    pub fn new(width: u16, height: u16) -> Self {
        let mut screen = Self {
            width: 0,
            height: 0,
            shown: Vec::new(),
            pen: PLAIN,
            at: None,
            cursor: None,
            cursor_shown: None,
            clear: true,
            out: Vec::new(),
        };
        screen.reset(width, height);
        screen
    }

    /// Forgets what is shown, after a resize or when the terminal came back: the next frame is a whole one.
    pub fn reset(&mut self, width: u16, height: u16) {
        (self.width, self.height) = (width, height);
        self.shown.clear();
        self.shown.resize(usize::from(width) * usize::from(height), Cell::EMPTY);
        self.pen = PLAIN;
        self.at = None;
        self.cursor_shown = None;
        self.clear = true;
        self.out.clear();
        self.out.extend_from_slice(BEGIN);
        self.out.extend_from_slice(b"\x1b[0m\x1b[?25l\x1b[2J");
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        (self.width, self.height)
    }

    /// Compares a region with what is shown and encodes the differences; cells inside `hole` (an overlay on
    /// top) are left alone.
    pub fn put(&mut self, next: &Buffer, hole: Option<Rect>) {
        let area = next.area.intersection(Rect::new(0, 0, self.width, self.height));
        for y in area.top()..area.bottom() {
            let hole = hole.filter(|hole| hole.top() <= y && y < hole.bottom() && hole.width > 0);
            let (left, right) = (area.left(), area.right());
            if let Some(hole) = hole {
                self.span(next, y, left, hole.left().clamp(left, right));
                self.span(next, y, hole.right().clamp(left, right), right);
            } else {
                self.span(next, y, left, right);
            }
        }
    }

    /// Asks for a visible cursor at the end of this frame, or for none.
    pub fn set_cursor(&mut self, cursor: Option<Position>) {
        self.cursor = cursor.map(|at| (at.x, at.y)).filter(|(x, y)| *x < self.width && *y < self.height);
    }

    /// The bytes of the frame; `None` if nothing changed.
    pub fn frame(&mut self) -> Option<Vec<u8>> {
        if self.out.is_empty() && self.cursor == self.cursor_shown {
            return None;
        }
        self.begin();
        match self.cursor {
            Some((x, y)) => {
                self.move_to(x, y);
                if self.cursor_shown.is_none() {
                    self.out.extend_from_slice(b"\x1b[?25h");
                }
            }
            None if self.cursor_shown.is_some() => self.out.extend_from_slice(b"\x1b[?25l"),
            None => {}
        }
        self.cursor_shown = self.cursor;
        self.clear = false;
        self.out.extend_from_slice(END);
        Some(std::mem::take(&mut self.out))
    }

    fn begin(&mut self) {
        if self.out.is_empty() {
            self.out.extend_from_slice(BEGIN);
        }
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.width) + usize::from(x)
    }

    fn is(&self, at: usize, symbol: &str) -> bool {
        self.shown.get(at).is_some_and(|cell| cell.symbol() == symbol)
    }

    fn forget(&mut self, at: usize) {
        if let Some(cell) = self.shown.get_mut(at) {
            cell.set_symbol(UNKNOWN);
        }
    }

    /// The cells `left..right` of row `y`.
    fn span(&mut self, next: &Buffer, y: u16, left: u16, right: u16) {
        let blank = Cell::EMPTY;
        let mut x = left;
        while x < right {
            let cell = next.cell((x, y)).unwrap_or(&blank);
            let width = width(cell.symbol());
            if x + width > right || width == 0 {
                // Half of it would be outside: a blank of the same colours stands for it.
                let mut stand_in = cell.clone();
                stand_in.set_symbol(" ");
                self.cell(x, y, &stand_in, 1);
                x += 1;
            } else {
                self.cell(x, y, cell, width);
                x += width;
            }
        }
    }

    fn cell(&mut self, x: u16, y: u16, cell: &Cell, width: u16) {
        let at = self.index(x, y);
        let whole = (1..width).all(|i| self.is(at + usize::from(i), CONTINUED));
        let orphan = width == 1 && x + 1 < self.width && self.is(at + 1, CONTINUED);
        if whole && !orphan && self.shown.get(at) == Some(cell) {
            return;
        }
        self.begin();
        self.move_to(x, y);
        // Writing over one half of a wide glyph destroys the other half.
        if x > 0 && self.is(at, CONTINUED) {
            let head = (0..usize::from(x)).map(|back| at - 1 - back).find(|at| !self.is(*at, CONTINUED));
            if let Some(head) = head {
                self.forget(head);
            }
        }
        let after = at + usize::from(width);
        let mut broken = after;
        while x + width + ((broken - after) as u16) < self.width && self.is(broken, CONTINUED) {
            self.forget(broken);
            broken += 1;
        }
        self.pen(Pen::of(cell));
        let simple = self.symbol(cell.symbol());
        if let Some(shown) = self.shown.get_mut(at) {
            shown.clone_from(cell);
        }
        for i in 1..usize::from(width) {
            if let Some(shown) = self.shown.get_mut(at + i) {
                shown.set_symbol(CONTINUED);
            }
        }
        self.at = (simple && x + width < self.width).then_some((x + width, y));
    }

    /// Writes a symbol; says whether every terminal agrees where the cursor is then.
    fn symbol(&mut self, symbol: &str) -> bool {
        if let [byte] = symbol.as_bytes() {
            self.out.push(if (0x20..0x7f).contains(byte) { *byte } else { b'?' });
            return true;
        }
        // The views pass everything through `text::visible`; this is the last wall.
        if symbol.is_empty() || symbol.chars().any(char::is_control) {
            self.out.push(b'?');
            return true;
        }
        self.out.extend_from_slice(symbol.as_bytes());
        let mut chars = symbol.chars();
        let first = chars.next().map_or(0, u32::from);
        // Latin, Greek, Cyrillic letters, punctuation, arrows, boxes, blocks: one column everywhere.
        chars.next().is_none()
            && (first < 0x300
                || (0x370..0x530).contains(&first)
                || (0x2010..0x2028).contains(&first)
                || (0x2190..0x2300).contains(&first)
                || (0x2500..0x25a0).contains(&first))
    }

    fn move_to(&mut self, x: u16, y: u16) {
        if self.at == Some((x, y)) {
            return;
        }
        if let Some((from, row)) = self.at
            && row == y
            && from < x
        {
            if self.bridge(from, x, y) {
                return;
            }
            if x - from == 1 {
                self.out.extend_from_slice(b"\x1b[C");
            } else {
                self.write(format_args!("\x1b[{}C", x - from));
            }
        } else if x == 0 {
            self.write(format_args!("\x1b[{}H", y + 1));
        } else {
            self.write(format_args!("\x1b[{};{}H", y + 1, x + 1));
        }
        self.at = Some((x, y));
    }

    /// Writes a few unchanged cells again where that is shorter than a jump.
    fn bridge(&mut self, from: u16, to: u16, y: u16) -> bool {
        if to - from > BRIDGE {
            return false;
        }
        let (start, end) = (self.index(from, y), self.index(to, y));
        let plain = |cell: &Cell| matches!(cell.symbol().as_bytes(), [0x20..=0x7e]) && Pen::of(cell) == self.pen;
        let Some(cells) = self.shown.get(start..end) else { return false };
        if !cells.iter().all(plain) {
            return false;
        }
        let bytes: Vec<u8> = cells.iter().filter_map(|cell| cell.symbol().as_bytes().first().copied()).collect();
        self.out.extend_from_slice(&bytes);
        self.at = Some((to, y));
        true
    }

    fn pen(&mut self, to: Pen) {
        if self.pen == to {
            return;
        }
        let from = std::mem::replace(&mut self.pen, to);
        let mut codes = Codes::default();
        let removed = from.modifier - to.modifier;
        let base = if !removed.is_empty() || to == PLAIN {
            // Going back to plain and building up is never much longer than taking away one by one.
            codes.add(0);
            PLAIN
        } else {
            from
        };
        for (flag, code) in MODIFIERS {
            if (to.modifier - base.modifier).contains(flag) {
                codes.add(code);
            }
        }
        if base.fg != to.fg {
            codes.color(to.fg, 30);
        }
        if base.bg != to.bg {
            codes.color(to.bg, 40);
        }
        self.out.extend_from_slice(b"\x1b[");
        // `ESC [ m` is `ESC [ 0 m`, and "0;" can be left away before nothing else.
        self.out.extend_from_slice(if codes.0 == b"0" { b"" } else { &codes.0 });
        self.out.push(b'm');
    }

    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing into a Vec cannot fail.
        let _ = self.out.write_fmt(text);
    }
}

const MODIFIERS: [(Modifier, u8); 7] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

#[derive(Default)]
struct Codes(Vec<u8>);

impl Codes {
    fn add(&mut self, code: u8) {
        if !self.0.is_empty() {
            self.0.push(b';');
        }
        let _ = write!(self.0, "{code}");
    }

    fn color(&mut self, color: Color, base: u8) {
        let named = match color {
            Color::Reset => 9,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 60,
            Color::LightRed => 61,
            Color::LightGreen => 62,
            Color::LightYellow => 63,
            Color::LightBlue => 64,
            Color::LightMagenta => 65,
            Color::LightCyan => 66,
            Color::White => 67,
            Color::Indexed(n) => {
                for code in [base + 8, 5, n] {
                    self.add(code);
                }
                return;
            }
            Color::Rgb(r, g, b) => {
                for code in [base + 8, 2, r, g, b] {
                    self.add(code);
                }
                return;
            }
        };
        self.add(base + named);
    }
}

fn width(symbol: &str) -> u16 {
    if symbol.len() == 1 { 1 } else { symbol.width().min(8) as u16 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::Style;

    use super::*;

    const COLUMNS: u16 = 24;
    const ROWS: u16 = 4;

    fn words() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec![
                "a", "b", " ", "  ", "é", "─", "█", "漢", "字", "e\u{301}", "▲", "x", "12", "한",
            ]),
            0..20,
        )
        .prop_map(|parts| parts.concat())
    }

    fn style() -> impl Strategy<Value = Style> {
        let colors = vec![Color::Reset, Color::Red, Color::LightCyan, Color::Indexed(240), Color::Rgb(1, 2, 3)];
        (prop::sample::select(colors.clone()), prop::sample::select(colors), 0u16..4).prop_map(|(fg, bg, bits)| {
            let modifier =
                [Modifier::empty(), Modifier::BOLD, Modifier::REVERSED, Modifier::UNDERLINED | Modifier::ITALIC];
            Style::new().fg(fg).bg(bg).add_modifier(modifier[usize::from(bits)])
        })
    }

    /// A region with some words in it.
    fn region(area: Rect) -> impl Strategy<Value = Buffer> {
        prop::collection::vec((0..area.width, 0..area.height, words(), style()), 0..8).prop_map(move |texts| {
            let mut buffer = Buffer::empty(area);
            for (x, y, text, style) in texts {
                buffer.set_stringn(area.x + x, area.y + y, text, usize::from(area.width - x), style);
            }
            buffer
        })
    }

    fn whole() -> Rect {
        Rect::new(0, 0, COLUMNS, ROWS)
    }

    fn color(color: Color) -> vt100::Color {
        match color {
            Color::Reset => vt100::Color::Default,
            Color::Red => vt100::Color::Idx(1),
            Color::LightCyan => vt100::Color::Idx(14),
            Color::Indexed(n) => vt100::Color::Idx(n),
            Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
            other => panic!("{other:?}"),
        }
    }

    /// Does the emulator show this region, outside the hole? Blanks may be empty cells.
    fn check(parser: &vt100::Parser, buffer: &Buffer, hole: Option<Rect>) {
        let area = buffer.area;
        for y in area.top()..area.bottom() {
            let mut x = area.left();
            while x < area.right() {
                if hole.is_some_and(|hole| hole.contains(Position { x, y })) {
                    x += 1;
                    continue;
                }
                let wanted = &buffer[(x, y)];
                let shown = parser.screen().cell(y, x).unwrap();
                let columns = width(wanted.symbol()).max(1);
                let right =
                    hole.filter(|h| h.top() <= y && y < h.bottom() && h.left() > x).map_or(area.right(), Rect::left);
                let cut = x + columns > right;
                let text = if cut { " " } else { wanted.symbol() };
                let got = if shown.contents().is_empty() { " " } else { shown.contents() };
                assert_eq!(got, text, "at {x},{y} of {:?}", parser.screen().contents());
                assert_eq!(shown.fgcolor(), color(wanted.fg), "fg at {x},{y}");
                assert_eq!(shown.bgcolor(), color(wanted.bg), "bg at {x},{y}");
                assert_eq!(shown.bold(), wanted.modifier.contains(Modifier::BOLD), "bold at {x},{y}");
                assert_eq!(shown.inverse(), wanted.modifier.contains(Modifier::REVERSED), "inverse at {x},{y}");
                assert_eq!(shown.underline(), wanted.modifier.contains(Modifier::UNDERLINED), "underline at {x},{y}");
                x += if cut { 1 } else { columns };
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn what_was_written_is_what_was_drawn(frames in prop::collection::vec(region(whole()), 1..6)) {
            let mut screen = Screen::new(COLUMNS, ROWS);
            let mut parser = vt100::Parser::new(ROWS, COLUMNS, 0);
            for buffer in &frames {
                screen.put(buffer, None);
                parser.process(&screen.frame().unwrap_or_default());
                check(&parser, buffer, None);
                prop_assert_eq!(screen.frame(), None);
                screen.put(buffer, None);
                prop_assert_eq!(screen.frame(), None, "the same frame again is no bytes");
            }
        }

        #[test]
        fn regions_and_an_overlay_do_not_spoil_each_other(
            left in region(Rect::new(0, 0, 11, ROWS)),
            right in region(Rect::new(11, 0, COLUMNS - 11, ROWS)),
            right2 in region(Rect::new(11, 0, COLUMNS - 11, ROWS)),
            over in region(Rect::new(7, 1, 9, 2)),
        ) {
            let mut screen = Screen::new(COLUMNS, ROWS);
            let mut parser = vt100::Parser::new(ROWS, COLUMNS, 0);
            let hole = Some(over.area);
            screen.put(&left, None);
            screen.put(&right, None);
            parser.process(&screen.frame().unwrap_or_default());
            screen.put(&left, hole);
            screen.put(&right2, hole);
            screen.put(&over, None);
            parser.process(&screen.frame().unwrap_or_default());
            check(&parser, &left, hole);
            check(&parser, &right2, hole);
            check(&parser, &over, None);
            // The overlay goes: what was under it comes back.
            screen.put(&left, None);
            screen.put(&right2, None);
            parser.process(&screen.frame().unwrap_or_default());
            check(&parser, &left, None);
            check(&parser, &right2, None);
        }
    }

    #[test]
    fn a_frame_is_one_synchronized_write() {
        let mut screen = Screen::new(COLUMNS, ROWS);
        screen.put(&Buffer::empty(whole()), None);
        screen.frame();
        let mut buffer = Buffer::empty(whole());
        buffer.set_string(3, 1, "abc", Style::new().fg(Color::LightRed));
        screen.put(&buffer, None);
        screen.set_cursor(Some(Position { x: 0, y: 3 }));
        let bytes = String::from_utf8(screen.frame().unwrap()).unwrap();
        assert_eq!(bytes, "\u{1b}[?2026h\u{1b}[2;4H\u{1b}[91mabc\u{1b}[4H\u{1b}[?25h\u{1b}[?2026l");
    }

    #[test]
    fn control_characters_never_go_out() {
        let mut screen = Screen::new(COLUMNS, ROWS);
        let mut buffer = Buffer::empty(whole());
        buffer[(0, 0)].set_symbol("\u{1b}");
        buffer[(1, 0)].set_symbol("\u{9b}2J");
        screen.put(&buffer, None);
        let text = String::from_utf8(screen.frame().unwrap()).unwrap();
        assert!(!text.contains('\u{9b}') && text.contains('?'), "{text:?}");
        assert!(!text.contains("\u{1b}\u{1b}"));
    }
}
