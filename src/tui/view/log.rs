//! The incident log: time of the fact and of the entry, kind, who, words, and how each line stands. Only the rows in
//! sight are read. Corrected lines are struck by sign and style; what is not on disk yet says so.

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::incident::event::{Body, Entry, Mode, Precision};
use crate::incident::{Incident, LATE_AFTER_S};
use crate::lang::Arg;
use crate::network::Text;
use crate::session::{Pending, VerifyState};
use crate::text::{visible, wrap};
use crate::tui::model::LogUi;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;
use crate::tui::view::row::{self, first_and_rest};
use crate::tui::view::row::{Row, frame, frame_note};

mod words;

pub use words::kind_id;
use words::{kind_of, status, who, words};

/// Rows that one entry may take, in a low pane and in a high one.
const MOST_ROWS: [usize; 2] = [2, 3];
/// From this height on a pane is high.
const HIGH: u16 = 10;
/// Rows that the focused entry may take.
const MOST_ROWS_FOCUSED: usize = 8;

/// What the pane is drawn from.
#[derive(Clone, Copy)]
pub struct In<'a> {
    /// The fold, for how entries stand.
    pub incident: &'a Incident,
    /// The entries in sight with their positions, the oldest first: at least as many as there are rows, if the log
    /// has them.
    pub entries: &'a [(usize, Arc<Entry>)],
    /// Asked for and not on disk yet.
    pub pending: &'a [&'a Pending],
    /// Scroll, filter, search.
    pub ui: &'a LogUi,
    /// Has the pane the focus?
    pub focus: bool,
    /// Whose log.
    pub org: &'a str,
    /// How far the chain has been checked.
    pub verify: &'a VerifyState,
    /// The words of a step: playbook id, step id.
    pub step: &'a dyn Fn(&str, &str) -> Option<Text>,
    /// The title of a playbook: its id.
    pub playbook: &'a dyn Fn(&str) -> Option<Text>,
    /// Who a contact is: its id.
    pub contact: &'a dyn Fn(&str) -> Option<String>,
}

/// Widths of the columns; 0 = not shown.
#[derive(Debug, Clone, Copy)]
struct Columns {
    fact: u16,
    entry: u16,
    kind: u16,
    who: u16,
    status: u16,
}

impl Columns {
    const fn fit(width: u16) -> Self {
        match width {
            140.. => Self { fact: 6, entry: 5, kind: 12, who: 22, status: 26 },
            100..=139 => Self { fact: 6, entry: 5, kind: 12, who: 16, status: 20 },
            74..=99 => Self { fact: 6, entry: 0, kind: 11, who: 14, status: 0 },
            54..=73 => Self { fact: 6, entry: 0, kind: 11, who: 10, status: 0 },
            _ => Self { fact: 6, entry: 0, kind: 9, who: 0, status: 0 },
        }
    }

    /// Columns before the text.
    const fn before(self) -> u16 {
        let entry = if self.entry > 0 { self.entry + 3 } else { 0 };
        let who = if self.who > 0 { self.who + 1 } else { 0 };
        2 + self.fact + entry + 1 + self.kind + 1 + who
    }
}

/// One entry as it is drawn.
struct Shown {
    mark: (Sign, Role),
    saved: bool,
    fact: String,
    entry: String,
    kind: (&'static str, Role),
    who: String,
    text: String,
    /// The text that replaces it.
    corrected: Option<String>,
    status: Vec<(String, Role)>,
    /// It is read whole, whether it has the focus or not.
    whole: bool,
}

/// Draws the pane and says where the focused line is.
pub fn draw(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, framed: bool, buf: &mut Buffer) -> Option<Position> {
    let mut inside = if framed {
        let inside = frame(buf, area, &title(ctx, input), input.focus, ctx.theme, ctx.glyphs);
        let (note, role) = note(ctx, input);
        frame_note(buf, area, &note, ctx.style(role), ctx.glyphs);
        inside
    } else {
        super::board::bare(area)
    };
    inside = search_line(ctx, input, inside, buf);
    if inside.is_empty() {
        return None;
    }
    let pending: &[&Pending] = if input.ui.bottom.is_none() { input.pending } else { &[] };
    if input.entries.is_empty() && pending.is_empty() {
        let filtered = !input.ui.kinds.is_empty() || !input.ui.query.is_empty();
        let id = if filtered { "log-empty-filter" } else { "log-empty" };
        for (i, text) in wrap(&ctx.lang.t(id), usize::from(inside.width)).iter().take(2).enumerate() {
            Row::new(buf, inside, i as u16, ctx.glyphs).put(text, ctx.style(Role::Muted));
        }
        return None;
    }
    let columns = Columns::fit(inside.width);
    let rows = usize::from(inside.height);
    let focused = |position: usize| input.focus && input.ui.cursor == Some(position);
    // From the newest up, until the pane is full and the focused line is in it.
    let mut blocks: Vec<Block> = Vec::with_capacity(rows);
    for pending in pending.iter().rev().take(rows) {
        blocks.push(Block::new(ctx, pending_line(ctx, input, pending), columns, inside, false));
    }
    let wanted = input.entries.iter().any(|(position, _)| focused(*position));
    let mut found = !wanted;
    for (position, entry) in input.entries.iter().rev() {
        let full = blocks.iter().map(Block::rows).sum::<usize>() >= rows;
        if full && found {
            break;
        }
        found |= focused(*position);
        blocks.push(Block::new(ctx, entry_line(ctx, input, entry), columns, inside, focused(*position)));
    }
    // A focused line further up than the pane reaches pushes the newest below its edge.
    if let Some(at) = blocks.iter().position(|block| block.focused) {
        let up_to = |from: usize| blocks.iter().take(at + 1).skip(from).map(Block::rows).sum::<usize>();
        let drop = (0..=at).find(|from| up_to(*from) <= rows).unwrap_or(at);
        blocks.drain(..drop);
    }
    let total: usize = blocks.iter().map(Block::rows).sum();
    // A log shorter than the pane begins at its top; else the oldest loses its last rows, never the newest.
    let mut bottom = rows.min(total);
    let mut cursor = None;
    for block in &blocks {
        if bottom == 0 {
            break;
        }
        let first = bottom.saturating_sub(block.rows());
        block.draw(ctx, &input.ui.query, columns, inside, (first as u16, bottom - first), buf);
        if block.focused {
            cursor = Some(Position::new(inside.x, inside.y + first as u16));
        }
        bottom = first;
    }
    cursor
}

fn title(ctx: &Ctx<'_>, input: &In<'_>) -> String {
    if input.org.is_empty() {
        ctx.lang.t("log-title-plain")
    } else {
        ctx.lang.ta("log-title", &[("org", Arg::Str(&visible(input.org)))])
    }
}

/// What the frame says of the log as a whole: alarms, chain, disk.
fn note(ctx: &Ctx<'_>, input: &In<'_>) -> (String, Role) {
    let mut parts = Vec::with_capacity(3);
    let mut role = Role::Muted;
    let alarms = input.incident.alarms().iter().filter(|a| !a.over && a.acknowledged.is_none()).count();
    if alarms > 0 {
        parts.push(ctx.lang.ta("log-alarms", &[("n", Arg::from(alarms))]));
        role = Role::Due;
    }
    match input.verify {
        VerifyState::Checking => parts.push(ctx.lang.t("log-checking")),
        VerifyState::Bad(_) => {
            parts.push(ctx.lang.t("log-broken"));
            role = Role::Error;
        }
        VerifyState::Ok => {}
    }
    if input.pending.is_empty() {
        parts.push(ctx.lang.t("log-saved"));
    } else {
        parts.push(ctx.lang.ta("log-saving", &[("n", Arg::from(input.pending.len()))]));
    }
    (parts.join(" · "), role)
}

/// Filter and search, if any, in one row at the top; returns what is left.
fn search_line(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    let mut parts = Vec::with_capacity(2);
    if !input.ui.kinds.is_empty() {
        let kinds: Vec<String> = input.ui.kinds.iter().map(|kind| ctx.lang.t(kind_id(kind))).collect();
        parts.push(ctx.lang.ta("log-filter", &[("kinds", Arg::Str(&kinds.join(", ")))]));
    }
    if !input.ui.query.is_empty() {
        let query = visible(&input.ui.query);
        parts.push(if let Some(hits) = input.ui.hits {
            ctx.lang.ta("log-search", &[("query", Arg::Str(&query)), ("hits", Arg::from(hits))])
        } else {
            let dots = ctx.glyphs.sign(Sign::Ellipsis);
            format!("{} {dots}", ctx.lang.ta("log-search-counting", &[("query", Arg::Str(&query))]))
        });
    }
    if parts.is_empty() || area.height < 2 {
        return area;
    }
    Row::new(buf, area, 0, ctx.glyphs).put(&parts.join(" · "), ctx.style(Role::Accent));
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

/// One entry, wrapped.
struct Block {
    line: Shown,
    parts: Vec<String>,
    /// How many of the parts are the entry's own words; the rest corrects them.
    own: usize,
    focused: bool,
}

impl Block {
    fn new(ctx: &Ctx<'_>, line: Shown, columns: Columns, area: Rect, focused: bool) -> Self {
        let room = usize::from(area.width.saturating_sub(columns.before()).max(8));
        // Where a column of its own would cost too much, the status follows the text.
        let mut suffix = String::new();
        if columns.status == 0 {
            let mut words: Vec<String> = line.status.iter().map(|(word, _)| word.clone()).collect();
            if columns.entry == 0 && line.saved && line.entry != line.fact {
                let entered = ctx.lang.ta("log-entered", &[("time", Arg::Str(&line.entry))]);
                words.insert(0, if words.is_empty() { entered } else { format!("{entered} ·") });
            }
            if !words.is_empty() {
                suffix = format!(" [{}]", words.join(" "));
            }
        }
        let most = if focused || line.whole { MOST_ROWS_FOCUSED } else { MOST_ROWS[usize::from(area.height >= HIGH)] };
        // The words take what the status leaves of their first row, and the others whole.
        let status: usize = line.status.iter().map(|(word, _)| row::width(word) + 1).sum();
        let first = if columns.status == 0 || status == 0 { room } else { room.saturating_sub(status + 1).max(8) };
        let mut parts = clipped(ctx, &line.text, &suffix, (first, room), most);
        if parts.is_empty() {
            parts.push(String::new());
        }
        let own = parts.len();
        if let Some(corrected) = &line.corrected {
            let struck = ctx.lang.ta("log-struck", &[("text", Arg::Str(corrected))]);
            parts.extend(clipped(ctx, &struck, "", (room, room), most));
        }
        Self { line, parts, own, focused }
    }

    fn rows(&self) -> usize {
        self.parts.len()
    }

    /// Draws the block from row `first` on, as far as `rows` rows reach.
    fn draw(
        &self,
        ctx: &Ctx<'_>,
        query: &str,
        columns: Columns,
        area: Rect,
        (first, rows): (u16, usize),
        buf: &mut Buffer,
    ) {
        let line = &self.line;
        let before = columns.before();
        let base = ctx.style(if line.saved { Role::Base } else { Role::Pending });
        for (i, part) in self.parts.iter().enumerate().take(rows) {
            let at = first + i as u16;
            let mut row = Row::new(buf, area, at, ctx.glyphs);
            if i == 0 {
                self.head(ctx, columns, &mut row);
            }
            row.to(before);
            let struck = i < self.own && line.corrected.is_some();
            let style = if struck { ctx.style(Role::Struck) } else { base };
            if i + 1 == rows && rows < self.parts.len() {
                // The pane's edge hides the rest: say so.
                let dots = ctx.glyphs.sign(Sign::Ellipsis);
                let room = usize::from(row.room()).saturating_sub(1);
                highlighted(ctx, &mut row, &crate::text::truncate(part, room), query, style);
                row.put(dots, style);
            } else {
                highlighted(ctx, &mut row, part, query, style);
            }
            if self.focused {
                Row::new(buf, area, at, ctx.glyphs).lay(ctx.style(Role::Selection));
            }
        }
    }

    /// Mark, times, kind, who and status, around the words.
    fn head(&self, ctx: &Ctx<'_>, columns: Columns, row: &mut Row<'_>) {
        let line = &self.line;
        let base = ctx.style(if line.saved { Role::Base } else { Role::Pending });
        let muted = ctx.style(if line.saved { Role::Muted } else { Role::Pending });
        let (sign, role) = line.mark;
        row.put(if sign == Sign::Minus { " " } else { ctx.glyphs.sign(sign) }, ctx.style(role)).skip(1);
        row.cell_right(&line.fact, columns.fact, base);
        if columns.entry > 0 {
            row.put(" / ", muted).cell(&line.entry, columns.entry, muted);
        }
        row.skip(1).cell(&ctx.lang.t(line.kind.0), columns.kind, ctx.style(line.kind.1)).skip(1);
        if columns.who > 0 {
            row.cell(&line.who, columns.who, base).skip(1);
        }
        if columns.status > 0 {
            let before = columns.before();
            for (word, role) in line.status.iter().rev() {
                row.end(word, before / 2, ctx.style(*role)).end(" ", 0, base);
            }
        }
    }
}

/// A text in at most `most` rows, the first and the others so wide; when it is too long its end gives way, never the
/// status behind it.
fn clipped(ctx: &Ctx<'_>, text: &str, suffix: &str, (first, room): (usize, usize), most: usize) -> Vec<String> {
    let whole = first_and_rest(&format!("{text}{suffix}"), first, room);
    if whole.len() <= most {
        return whole;
    }
    let mut parts = first_and_rest(text, first, room);
    let cut = parts.len() > most;
    parts.truncate(most);
    let suffix = if row::width(suffix) + 8 <= room { suffix } else { "" };
    if let Some(last) = parts.last_mut() {
        let left = room - row::width(suffix);
        if cut || row::width(last) > left {
            let kept = crate::text::truncate(last, left - 1);
            *last = format!("{}{}", kept.trim_end_matches('…'), ctx.glyphs.sign(Sign::Ellipsis));
        }
        last.push_str(suffix);
    }
    parts
}

/// Writes `text` with every place that holds `query` (case does not matter) in the style of hits.
fn highlighted(ctx: &Ctx<'_>, row: &mut Row<'_>, text: &str, query: &str, style: Style) {
    if query.is_empty() {
        row.put(text, style);
        return;
    }
    let mut rest = text;
    while let Some((before, hit, after)) = split_hit(rest, query) {
        row.put(before, style).put(hit, ctx.style(Role::Hit));
        rest = after;
    }
    row.put(rest, style);
}

/// The first place of `text` that equals `query` without regard to case: before, hit, after.
fn split_hit<'t>(text: &'t str, query: &str) -> Option<(&'t str, &'t str, &'t str)> {
    let wanted: Vec<char> = query.chars().flat_map(char::to_lowercase).collect();
    for (at, _) in text.char_indices() {
        let tail = text.get(at..)?;
        let mut taken = 0;
        let mut have = 0;
        for c in tail.chars() {
            if have == wanted.len() {
                break;
            }
            let same = c.to_lowercase().all(|lower| {
                let hit = wanted.get(have) == Some(&lower);
                have += 1;
                hit
            });
            if !same {
                have = usize::MAX;
                break;
            }
            taken += c.len_utf8();
        }
        if have == wanted.len() && taken > 0 {
            return Some((text.get(..at)?, tail.get(..taken)?, tail.get(taken..)?));
        }
    }
    None
}

fn entry_line(ctx: &Ctx<'_>, input: &In<'_>, entry: &Entry) -> Shown {
    let id = entry.id();
    let about = match entry.event_at.as_ref().map(|event| event.precision) {
        Some(Precision::About) => "~",
        Some(Precision::Before) => "<",
        _ => "",
    };
    // In exercises the wall clock of the entry says nothing: its incident time does.
    let entered = entry.x.unwrap_or(entry.at);
    let corrected = input.incident.corrections(&id).map(|c| visible(&c.text).into_owned());
    let mut status = status(ctx, input.incident, entry, &id);
    let late = entry.event_at.as_ref().is_some_and(|event| (entered - event.at).num_seconds() > LATE_AFTER_S);
    if late {
        status.push((ctx.lang.t("log-late"), Role::Due));
    }
    Shown {
        mark: if corrected.is_some() { (Sign::Struck, Role::Due) } else { mark(&entry.body, &status) },
        saved: true,
        fact: format!("{about}{}", ctx.hm(entry.fact_time().into())),
        entry: ctx.hm(entered.into()),
        kind: kind_of(&entry.body),
        who: who(ctx, &entry.body, &entry.who, entry.role),
        text: words(ctx, input, &entry.body, &entry.re),
        corrected,
        status: separated(status),
        // What players are told before the start: the word for a real emergency stands at its end.
        whole: matches!(&entry.body, Body::Notice { data, .. } if data.get("what").is_some_and(|what| what == "brief")),
    }
}

/// A mark in front of what asks for something.
fn mark(body: &Body, status: &[(String, Role)]) -> (Sign, Role) {
    if status.iter().any(|(_, role)| matches!(role, Role::Overdue)) {
        return (Sign::Soon, Role::Due);
    }
    match body {
        Body::Decision { .. } | Body::Awareness { .. } => (Sign::Here, Role::Decision),
        _ => (Sign::Minus, Role::Base),
    }
}

fn separated(status: Vec<(String, Role)>) -> Vec<(String, Role)> {
    let last = status.len().saturating_sub(1);
    let add = |(i, (word, role)): (usize, (String, Role))| (if i < last { format!("{word} ·") } else { word }, role);
    status.into_iter().enumerate().map(add).collect()
}

fn pending_line(ctx: &Ctx<'_>, input: &In<'_>, pending: &Pending) -> Shown {
    let fact = pending.event_at.as_ref().map_or_else(|| ctx.hm(pending.at), |event| ctx.hm(event.at.into()));
    Shown {
        mark: (Sign::Ellipsis, Role::Pending),
        saved: false,
        fact,
        entry: ctx.glyphs.sign(Sign::Ellipsis).to_owned(),
        kind: (kind_id(pending.body.kind()), Role::Pending),
        who: who(ctx, &pending.body, &pending.author.who, pending.author.role),
        text: words(ctx, input, &pending.body, &pending.re),
        corrected: None,
        status: vec![(ctx.lang.t("log-writing"), Role::Pending)],
        whole: false,
    }
}

/// The organisation in the title: none in a replay, where several speak.
pub fn org(mode: Mode, org: &str) -> &str {
    if mode == Mode::Replay { "" } else { org }
}
