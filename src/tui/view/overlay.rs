//! What lies on top of the panes as data: help, palette, menus, cards, forms.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::text::{visible, wrap};
use crate::tui::model::{Card, FieldValue, Form, Glyphs, HelpLine, Level, Menu, MenuItem, Overlay};
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, frame, frame_note, width};

/// Rows that a menu needs inside its frame.
pub fn menu_rows(menu: &Menu) -> usize {
    let hint = menu.items.iter().any(|item| !item.hint.is_empty() || !item.why_not.is_empty());
    menu.items.len() + 2 * usize::from(hint)
}

/// Rows that an overlay wants, with its frame, at `columns`.
pub fn rows(overlay: &Overlay, columns: u16) -> u16 {
    let rows = match overlay {
        Overlay::Palette(palette) => palette.items.len().max(1) + 2,
        Overlay::Menu(menu) => menu_rows(menu) + 2,
        Overlay::Card(card) => card_rows(card, columns.saturating_sub(4)) + 2,
        Overlay::Form(form) => form_rows(form, columns.saturating_sub(4)) + 2,
        Overlay::None => 0,
        Overlay::Help { .. }
        | Overlay::Detail { .. }
        | Overlay::Map { .. }
        | Overlay::Timeline { .. }
        | Overlay::List { .. }
        | Overlay::Draft(_)
        | Overlay::Deadlines { .. } => usize::from(u16::MAX),
    };
    u16::try_from(rows).unwrap_or(u16::MAX)
}

/// Draws an overlay that is data; those that look at the session are drawn by [`super::draw`].
pub fn draw(ctx: &Ctx<'_>, overlay: &Overlay, area: Rect, buf: &mut Buffer) -> Option<Position> {
    clear(area, buf);
    match overlay {
        Overlay::Help { lines, scroll } => help(ctx, lines, *scroll, area, buf),
        Overlay::Palette(palette) => {
            let inside = frame(buf, area, &ctx.lang.t("palette-title"), true, ctx.theme, ctx.glyphs);
            if palette.items.is_empty() {
                Row::new(buf, inside, 0, ctx.glyphs).put(&ctx.lang.t("palette-none"), ctx.style(Role::Muted));
                return None;
            }
            items(ctx, &palette.items, palette.cursor, false, inside, buf)
        }
        Overlay::Menu(shown) => menu(ctx, shown, area, buf),
        Overlay::Card(shown) => card(ctx, shown, area, buf),
        Overlay::Form(shown) => form(ctx, shown, area, buf),
        Overlay::Draft(shown) => super::draft::draw(ctx, shown, area, buf),
        Overlay::None
        | Overlay::Detail { .. }
        | Overlay::Map { .. }
        | Overlay::Timeline { .. }
        | Overlay::List { .. }
        | Overlay::Deadlines { .. } => None,
    }
}

/// Empties an area, so that nothing shines through what lies on top.
pub fn clear(area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            if let Some(cell) = buf.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }
}

/// The first of `total` rows to show so that `cursor` is among `rows`.
pub fn top_of(cursor: usize, rows: usize, total: usize) -> usize {
    let lead = rows / 3;
    cursor.saturating_sub(lead).min(total.saturating_sub(rows))
}

/// `12–30 / 45` in the frame's bottom line, where not everything is shown.
fn scroll_note(ctx: &Ctx<'_>, area: Rect, top: usize, shown: usize, total: usize, buf: &mut Buffer) {
    if shown < total {
        let note = format!("{}{}{} / {total}", top + 1, ctx.glyphs.sign(Sign::Dash), (top + shown).min(total));
        frame_note(buf, area, &note, ctx.style(Role::Focus), ctx.glyphs);
    }
}

fn help(ctx: &Ctx<'_>, lines: &[HelpLine], scroll: usize, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let inside = frame(buf, area, &ctx.lang.t("help-title"), true, ctx.theme, ctx.glyphs);
    let rows = usize::from(inside.height);
    let key_columns = lines.iter().map(|line| width(&line.key)).max().unwrap_or(0).min(24) as u16 + 1;
    let word_columns = lines.iter().map(|line| width(&line.word)).max().unwrap_or(0).min(18) as u16 + 2;
    let words = inside.width >= 60;
    // A key without a word leaves its room to the text.
    let lead = |line: &HelpLine| match (line.key.is_empty(), line.word.is_empty()) {
        (true, true) => 0,
        (_, false) if words => 1 + key_columns + word_columns,
        _ => 1 + key_columns,
    };
    let texts: Vec<Vec<String>> = lines
        .iter()
        .map(|line| {
            let why = if line.why_not.is_empty() { String::new() } else { format!(" ({})", line.why_not) };
            wrap(&format!("{}{why}", line.text), usize::from(inside.width.saturating_sub(lead(line)).max(8)))
        })
        .collect();
    // The last page is full: no further down than that.
    let mut room = rows;
    let fits = |text: &&Vec<String>| {
        let whole = text.len() <= room;
        room = room.saturating_sub(text.len());
        whole
    };
    let last_page = texts.iter().rev().take_while(fits).count();
    let top = scroll.min(lines.len() - last_page);
    let (mut y, mut shown) = (0_u16, 0);
    for (line, text) in lines.iter().zip(&texts).skip(top) {
        if usize::from(y) >= rows {
            break;
        }
        shown += 1;
        let mut row = Row::new(buf, inside, y, ctx.glyphs);
        if !line.key.is_empty() || !line.word.is_empty() {
            row.skip(1).cell(&line.key, key_columns, ctx.style(Role::Key));
            if words && !line.word.is_empty() {
                row.cell(&format!(":{}", line.word), word_columns, ctx.style(Role::Muted));
            }
        }
        let role = match (lead(line), line.why_not.is_empty()) {
            (0, _) => Role::Title,
            (_, true) => Role::Base,
            (_, false) => Role::Muted,
        };
        for words in text.iter().take(rows - usize::from(y)) {
            let mut row = Row::new(buf, inside, y, ctx.glyphs);
            row.skip(lead(line)).put(words, ctx.style(role));
            y += 1;
        }
    }
    scroll_note(ctx, area, top, shown, lines.len(), buf);
    Some(Position::new(inside.x, inside.y)).filter(|_| !inside.is_empty())
}

/// Draws a menu in its frame; the hint of the chosen item stands below the items.
pub fn menu(ctx: &Ctx<'_>, menu: &Menu, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let inside = frame(buf, area, &visible(&menu.title), true, ctx.theme, ctx.glyphs);
    let hinted = menu.items.iter().any(|item| !item.hint.is_empty() || !item.why_not.is_empty());
    // In two columns of the F10 menu the letters come before the second row of the hint.
    let least = menu.items.len().div_ceil(2);
    let hint_rows = match usize::from(inside.height) {
        _ if !hinted => 0,
        rows if menu.letters && (least + 1..least + 2).contains(&rows) => 1,
        0..=3 => 0,
        _ => 2,
    };
    let list = Rect { height: inside.height.saturating_sub(hint_rows), ..inside };
    let cursor = if menu.letters {
        lettered(ctx, &menu.items, menu.cursor, list, buf)
    } else {
        items(ctx, &menu.items, menu.cursor, false, list, buf)
    };
    let shown = usize::from(list.height);
    if !(menu.letters && columns_of(list, menu.items.len()) > 1) {
        scroll_note(ctx, area, top_of(menu.cursor, shown, menu.items.len()), shown, menu.items.len(), buf);
    }
    if hint_rows > 0
        && let Some(item) = menu.items.get(menu.cursor)
    {
        let text = if item.enabled { &item.hint } else { &item.why_not };
        let role = if item.enabled { Role::Muted } else { Role::Due };
        let lines = wrap(&visible(text), usize::from(inside.width));
        for (i, line) in lines.iter().take(usize::from(hint_rows)).enumerate() {
            let line_at = list.height + i as u16;
            Row::new(buf, inside, line_at, ctx.glyphs).put(line, ctx.style(role));
        }
    }
    cursor
}

/// Least width of a column of the F10 menu \[columns\].
const MENU_COLUMN: u16 = 24;

/// In how many columns `count` items stand in `area`.
fn columns_of(area: Rect, count: usize) -> usize {
    let rows = usize::from(area.height.max(1));
    count.div_ceil(rows).min(usize::from((area.width / MENU_COLUMN).max(1)))
}

/// The F10 menu: its items side by side where one column is too short, so that no letter is out of sight.
fn lettered(ctx: &Ctx<'_>, all: &[MenuItem], cursor: usize, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let columns = columns_of(area, all.len());
    let rows = usize::from(area.height);
    if columns < 2 || columns * rows < all.len() {
        return items(ctx, all, cursor, true, area, buf);
    }
    let per = all.len().div_ceil(columns);
    let width = area.width / columns as u16;
    let mut at = None;
    for (i, chunk) in all.chunks(per).enumerate() {
        let column = Rect { x: area.x + i as u16 * width, width: width.saturating_sub(1), ..area };
        // Outside its column the cursor stands nowhere. Why something cannot be chosen stands below.
        let cursor = cursor.checked_sub(i * per).unwrap_or(usize::MAX);
        let short: Vec<MenuItem> =
            chunk.iter().map(|item| MenuItem { why_not: String::new(), ..item.clone() }).collect();
        at = at.or(items(ctx, &short, cursor, true, column, buf));
    }
    at
}

/// Items of a menu or of the palette: mark, label, hint (palette), key at the right end.
fn items(
    ctx: &Ctx<'_>,
    items: &[MenuItem],
    cursor: usize,
    letters: bool,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let rows = usize::from(area.height);
    let top = if items.len() <= rows { 0 } else { top_of(cursor, rows, items.len()) };
    let mut at = None;
    for (i, item) in items.iter().enumerate().skip(top).take(rows) {
        let line = (i - top) as u16;
        let chosen = i == cursor;
        let mut row = Row::new(buf, area, line, ctx.glyphs);
        row.put(if chosen { ctx.glyphs.sign(Sign::Here) } else { " " }, ctx.style(Role::Accent)).skip(1);
        let style = ctx.style(if item.enabled { Role::Base } else { Role::Muted });
        let key = visible(&item.key);
        if letters {
            row.cell(&key, 3, ctx.style(Role::Key));
        } else if !key.is_empty() {
            row.end(&key, 20, ctx.style(Role::Key)).end("  ", 20, style);
        }
        let label = visible(&item.label);
        if item.enabled || item.why_not.is_empty() {
            row.put(&label, style);
        } else {
            row.put(&format!("{label} ({})", visible(&item.why_not)), style);
        }
        if chosen {
            at = Some(Position::new(area.x, area.y + line));
            Row::new(buf, area, line, ctx.glyphs).lay(ctx.style(Role::Selection));
        }
    }
    at
}

/// Columns of a card's labels.
fn label_columns(card: &Card, columns: u16) -> u16 {
    let widest = card.lines.iter().map(|line| width(&line.label)).max().unwrap_or(0);
    u16::try_from(widest + 2).unwrap_or(u16::MAX).min(columns / 3)
}

/// A card's lines as they are drawn: label, part of the value, stress.
fn card_lines(card: &Card, columns: u16) -> Vec<(String, String, Level)> {
    let label = label_columns(card, columns);
    let mut lines = Vec::with_capacity(card.lines.len());
    for line in &card.lines {
        let room = if line.label.is_empty() { columns } else { columns.saturating_sub(label) };
        let value = visible(&line.value);
        for (i, part) in wrap(&value, usize::from(room.max(1))).into_iter().enumerate() {
            let label = if i == 0 { line.label.clone() } else { String::new() };
            // A value's later lines stand under its first.
            let part = if i > 0 && !line.label.is_empty() { format!("\t{part}") } else { part };
            lines.push((label, part, line.level));
        }
    }
    lines
}

fn card_rows(card: &Card, columns: u16) -> usize {
    let buttons = if card.buttons.is_empty() { 0 } else { card.buttons.len() + 1 };
    card_lines(card, columns).len() + buttons
}

fn card(ctx: &Ctx<'_>, card: &Card, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let inside = frame(buf, area, &visible(&card.title), true, ctx.theme, ctx.glyphs);
    if card.grave {
        let mut row = Row::new(buf, Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area }, 0, ctx.glyphs);
        let mark = ctx.glyphs.sign(Sign::Warning);
        row.end(&format!(" {mark} "), 0, ctx.style(Role::Error));
    }
    let lines = card_lines(card, inside.width);
    let label = label_columns(card, inside.width);
    // Buttons always show; what is said scrolls above them.
    let buttons = card.buttons.len() as u16;
    let button_rows = if buttons == 0 { 0 } else { (buttons + 1).min(inside.height) };
    let rows = usize::from(inside.height - button_rows);
    let top = usize::from(card.scroll).min(lines.len().saturating_sub(rows));
    for (i, (name, value, level)) in lines.iter().skip(top).take(rows).enumerate() {
        let mut row = Row::new(buf, inside, i as u16, ctx.glyphs);
        if !name.is_empty() {
            row.cell(name, label, ctx.style(Role::Muted));
        }
        match value.strip_prefix('\t') {
            Some(rest) => row.to(label).put(rest, ctx.level(*level)),
            None => row.put(value, ctx.level(*level)),
        };
    }
    scroll_note(ctx, area, top, rows, lines.len(), buf);
    let mut cursor = None;
    let first = inside.height - button_rows + u16::from(button_rows > buttons);
    let shown = usize::from(inside.height - first.min(inside.height));
    let from = top_of(card.selected.unwrap_or(0), shown, card.buttons.len());
    for (i, button) in card.buttons.iter().enumerate().skip(from).take(shown) {
        let line = first + (i - from) as u16;
        let chosen = card.selected == Some(i);
        let mut row = Row::new(buf, inside, line, ctx.glyphs);
        row.put(if chosen { ctx.glyphs.sign(Sign::Here) } else { " " }, ctx.style(Role::Accent)).skip(1);
        match &button.why_not {
            None => row.put(&format!("[ {} ]", visible(&button.label)), ctx.style(Role::Strong)),
            Some(why) => row.put(&format!("[ {} ] {}", visible(&button.label), visible(why)), ctx.style(Role::Muted)),
        };
        if chosen {
            cursor = Some(Position::new(inside.x, inside.y + line));
            Row::new(buf, inside, line, ctx.glyphs).lay(ctx.style(Role::Selection));
        }
    }
    cursor.or_else(|| Some(Position::new(inside.x, inside.y)).filter(|_| !inside.is_empty()))
}

/// Rows of a form: about, then each field with its hint or error, then the button.
fn form_rows(form: &Form, columns: u16) -> usize {
    let about: usize = form.about.iter().map(|text| wrap(&visible(text), usize::from(columns.max(1))).len()).sum();
    let fields: usize = form.fields.iter().map(|field| 1 + usize::from(!note_of(field).is_empty())).sum();
    about + usize::from(about > 0) + fields + 2
}

fn note_of(field: &crate::tui::model::Field) -> &str {
    if field.error.is_empty() { &field.hint } else { &field.error }
}

fn form(ctx: &Ctx<'_>, form: &Form, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let inside = frame(buf, area, &visible(&form.title), true, ctx.theme, ctx.glyphs);
    if inside.is_empty() {
        return None;
    }
    let columns = usize::from(inside.width);
    let mut about: Vec<String> = form.about.iter().flat_map(|text| wrap(&visible(text), columns)).collect();
    if !about.is_empty() {
        about.push(String::new());
    }
    let widest = form.fields.iter().map(|field| width(&field.label)).max().unwrap_or(0);
    let label = u16::try_from(widest + 2).unwrap_or(u16::MAX).min(inside.width / 2);
    // Where each field begins, so that the focused one is always in sight.
    let mut starts = Vec::with_capacity(form.fields.len() + 1);
    let mut total = about.len();
    for field in &form.fields {
        starts.push(total);
        total += 1 + usize::from(!note_of(field).is_empty());
    }
    starts.push(total + 1);
    total += 2;
    let rows = usize::from(inside.height);
    let at = starts.get(form.focus.min(form.fields.len())).copied().unwrap_or(0);
    let top = if total <= rows { 0 } else { (at + 2).saturating_sub(rows) };
    let line_of = |at: usize| at.checked_sub(top).filter(|line| *line < rows).and_then(|line| u16::try_from(line).ok());

    for (i, text) in about.iter().enumerate() {
        if let Some(line) = line_of(i) {
            Row::new(buf, inside, line, ctx.glyphs).put(text, ctx.style(Role::Base));
        }
    }
    let mut cursor = None;
    for (i, (field, start)) in form.fields.iter().zip(&starts).enumerate() {
        let focused = i == form.focus;
        if let Some(line) = line_of(*start) {
            let mut row = Row::new(buf, inside, line, ctx.glyphs);
            let role = if focused { Role::Focus } else { Role::Base };
            row.cell(&visible(&field.label), label, ctx.style(role));
            let here = value(ctx, &field.value, focused, &mut row);
            if focused {
                cursor = Some(here);
            }
        }
        let note = note_of(field);
        if !note.is_empty()
            && let Some(line) = line_of(start + 1)
        {
            let role = if field.error.is_empty() { Role::Muted } else { Role::Overdue };
            let mark = if field.error.is_empty() { "" } else { "! " };
            let mut row = Row::new(buf, inside, line, ctx.glyphs);
            row.to(label).put(&format!("{mark}{}", visible(note)), ctx.style(role));
        }
    }
    if let Some(line) = starts.last().and_then(|start| line_of(*start)) {
        let focused = form.focus >= form.fields.len();
        let mut row = Row::new(buf, inside, line, ctx.glyphs);
        row.put(if focused { ctx.glyphs.sign(Sign::Here) } else { " " }, ctx.style(Role::Accent)).skip(1);
        row.put(&format!("[ {} ]", visible(&form.submit)), ctx.style(Role::Strong));
        if focused {
            cursor = Some(Position::new(inside.x, inside.y + line));
            Row::new(buf, inside, line, ctx.glyphs).lay(ctx.style(Role::Selection));
        }
    }
    cursor
}

/// Draws the value of a field and says where the cursor stands in it.
fn value(ctx: &Ctx<'_>, value: &FieldValue, focused: bool, row: &mut Row<'_>) -> Position {
    let base = ctx.style(Role::Base);
    let (left, right) = match ctx.glyphs {
        Glyphs::Unicode => ("◀ ", " ▶"),
        Glyphs::Ascii => ("< ", " >"),
    };
    let start = Position::new(row.x(), row.y());
    match value {
        FieldValue::Text(line) => {
            let before = visible(line.before());
            let after = visible(line.after());
            // The end of a long text stays in sight while it is typed.
            let room = usize::from(row.room()).saturating_sub(2);
            let mut hidden = width(&before).saturating_sub(room);
            let mut text = before.as_ref();
            while hidden > 0 {
                let Some(c) = text.chars().next() else { break };
                hidden = hidden.saturating_sub(width(c.encode_utf8(&mut [0; 4])));
                text = text.get(c.len_utf8()..).unwrap_or_default();
            }
            row.put(text, base);
            let cursor = Position::new(row.x(), row.y());
            row.put(&after, base).fill(if ctx.glyphs == Glyphs::Unicode { "·" } else { "_" }, ctx.style(Role::Muted));
            cursor
        }
        FieldValue::Choice { options, selected } => {
            let option = options.get(*selected).map_or("", String::as_str);
            let style = if focused { ctx.style(Role::Strong) } else { base };
            row.put(left, ctx.style(Role::Accent)).put(&visible(option), style).put(right, ctx.style(Role::Accent));
            row.skip(2).put_if_fits(&format!("{}/{}", selected + 1, options.len()), ctx.style(Role::Muted));
            start
        }
        FieldValue::Many { options, cursor } => {
            let mut at = start;
            let mut from = 0;
            let wide = |range: std::ops::Range<usize>| -> usize {
                options.get(range).unwrap_or_default().iter().map(|(name, _)| width(name) + 5).sum()
            };
            // Where not all of them fit: how many are ticked, how many there are.
            if wide(0..options.len()) > usize::from(row.room()) {
                let ticked = options.iter().filter(|(_, ticked)| *ticked).count();
                let count = format!("[x] {ticked} · {}/{}", cursor + 1, options.len());
                row.end(&count, 0, ctx.style(Role::Muted)).end("  ", 0, base);
            }
            // Begin so that the option under the cursor fits.
            while from < *cursor && wide(from..cursor + 1) > usize::from(row.room()) {
                from += 1;
            }
            for (i, (name, ticked)) in options.iter().enumerate().skip(from) {
                let text = format!("[{}] {} ", if *ticked { "x" } else { " " }, visible(name));
                if width(&text) > usize::from(row.room()) && i > *cursor {
                    break;
                }
                if i == *cursor {
                    at = Position::new(row.x(), row.y());
                }
                let style = if focused && i == *cursor { ctx.style(Role::Selection) } else { base };
                row.put(&text, style);
            }
            at
        }
    }
}
