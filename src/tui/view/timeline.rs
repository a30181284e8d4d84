//! What is documented of a historic incident up to now: layers kept apart, grades and sources in sight, contradictions
//! left open.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::feed::documented::{DocumentedEvent, Layer, TimePrecision, Timeline, newest, timeline_of};
use crate::lang::Arg;
use crate::network::Grade;
use crate::text::{visible, wrap};
use crate::tui::model::Layers;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::row::{Row, frame, frame_note};
use crate::tui::view::{Ctx, overlay};

/// Columns before the words.
const BEFORE: u16 = 7 + 10 + 20;
/// The same where there is room for the time only.
const NARROW: u16 = 7;
/// Rows of an event that has not the focus.
const MOST_ROWS: usize = 2;

const fn layer_id(layer: Layer) -> &'static str {
    match layer {
        Layer::Truth => "layer-truth",
        Layer::Belief => "layer-belief",
        Layer::Action => "layer-action",
        Layer::Notice => "layer-notice",
        Layer::Public => "layer-public",
    }
}

const fn grade_id(grade: Grade) -> &'static str {
    match grade {
        Grade::D => "grade-d",
        Grade::DWeak => "grade-d-weak",
        Grade::I => "grade-i",
        Grade::M => "grade-m",
        Grade::U => "grade-u",
    }
}

/// One event as rows: its words, and with the focus its grade, sources and open question.
struct Block<'a> {
    event: &'a DocumentedEvent,
    words: Vec<String>,
    more: Vec<(String, Role)>,
    focused: bool,
}

impl<'a> Block<'a> {
    fn new(
        ctx: &Ctx<'_>,
        timeline: Option<&Timeline>,
        event: &'a DocumentedEvent,
        (focused, beyond): (bool, Option<&str>),
        (columns, who): (usize, bool),
    ) -> Self {
        let said = visible(ctx.lang.of(&event.text));
        let said = beyond.map_or_else(|| said.clone(), |id| ctx.lang.ta(id, &[("what", Arg::Str(&said))]).into());
        let name = timeline.filter(|_| who).and_then(|timeline| timeline.organisation(&event.organisation));
        let mut words = match name {
            Some(name) => {
                let name = visible(ctx.lang.of(&name.name));
                let layer = (event.layer != Layer::Truth).then(|| ctx.lang.t(layer_id(event.layer)));
                let who = layer.map_or_else(|| name.clone().into_owned(), |layer| format!("{name} ({layer})"));
                wrap(&ctx.lang.ta("timeline-said", &[("who", Arg::Str(&who)), ("what", Arg::Str(&said))]), columns)
            }
            None => wrap(&said, columns),
        };
        if !focused && words.len() > MOST_ROWS {
            words.truncate(MOST_ROWS);
            if let Some(last) = words.last_mut() {
                let kept = crate::text::truncate(last, columns - 1);
                *last = format!("{}{}", kept.trim_end_matches('…'), ctx.glyphs.sign(Sign::Ellipsis));
            }
        }
        let mut more = Vec::new();
        if focused {
            more.push((ctx.lang.t(grade_id(event.grade)), Role::Muted));
            if event.known > event.at {
                let (date, at) = (ctx.lang.date(event.known, ctx.tz), ctx.hm(event.known));
                let text = ctx.lang.ta("timeline-known", &[("date", Arg::Str(&date)), ("at", Arg::Str(&at))]);
                more.extend(wrap(&text, columns).into_iter().map(|part| (part, Role::Muted)));
            }
            let names: Vec<String> = event.sources.iter().map(|id| source_name(timeline, id)).collect();
            if !names.is_empty() {
                let text = ctx.lang.ta("timeline-sources", &[("list", Arg::Str(&names.join(" ; ")))]);
                more.extend(wrap(&text, columns).into_iter().map(|part| (part, Role::Muted)));
            }
            let conflict = event.conflict.as_deref().and_then(|id| timeline?.conflict(id));
            if let Some(conflict) = conflict {
                let question = visible(ctx.lang.of(&conflict.question)).into_owned();
                let text = ctx.lang.ta("timeline-conflict", &[("question", Arg::Str(&question))]);
                more.extend(wrap(&text, columns).into_iter().map(|part| (part, Role::Due)));
            }
        }
        Self { event, words, more, focused }
    }

    fn rows(&self) -> usize {
        (self.words.len() + self.more.len()).max(1)
    }

    fn draw(
        &self,
        ctx: &Ctx<'_>,
        timeline: Option<&Timeline>,
        (area, before): (Rect, u16),
        (first, rows): (u16, usize),
        buf: &mut Buffer,
    ) {
        let base = ctx.style(Role::Base);
        let words = self.words.iter().map(|text| (text.as_str(), Role::Base));
        let more = self.more.iter().map(|(text, role)| (text.as_str(), *role));
        for (i, (text, role)) in words.chain(more).take(rows).enumerate() {
            let at = first + i as u16;
            let mut row = Row::new(buf, area, at, ctx.glyphs);
            if i == 0 {
                row.cell_right(&time(ctx, self.event), 6, base).skip(1);
                let layer = if self.event.layer == Layer::Truth { Role::Strong } else { Role::Accent };
                if before > NARROW {
                    row.cell(&ctx.lang.t(layer_id(self.event.layer)), 9, ctx.style(layer)).skip(1);
                    let name = timeline
                        .and_then(|timeline| timeline.organisation(&self.event.organisation))
                        .map_or(self.event.organisation.as_str(), |organisation| ctx.lang.of(&organisation.name));
                    row.cell(&visible(name), 19, base);
                }
            }
            row.to(before).put(text, ctx.style(role));
            if self.focused {
                Row::new(buf, area, at, ctx.glyphs).lay(ctx.style(Role::Selection));
            }
        }
    }
}

/// Columns before the words: on narrow screens the time only.
const fn before(area: Rect) -> u16 {
    if area.width >= 70 { BEFORE } else { NARROW }
}

fn source_name(timeline: Option<&Timeline>, id: &str) -> String {
    let title = timeline.and_then(|timeline| timeline.source(id)).map(|source| visible(&source.title));
    title.map_or_else(|| id.to_owned(), |title| format!("{id} {title}"))
}

/// `~16:45`, `<17:10`: how exactly the time is known stands before it.
fn time(ctx: &Ctx<'_>, event: &DocumentedEvent) -> String {
    let mark = match event.precision {
        TimePrecision::Exact => "",
        TimePrecision::About | TimePrecision::Window => "~",
        TimePrecision::Before => "<",
    };
    format!("{mark}{}", ctx.hm(event.at))
}

/// The switches of the layers and of the two columns, the one that is reached marked.
fn switches(ctx: &Ctx<'_>, layers: &Layers, area: Rect, buf: &mut Buffer) {
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    let ids = Layer::ALL.map(|layer| (layer_id(layer), layers.shows(layer)));
    for (i, (id, on)) in ids.into_iter().chain([("timeline-beside", layers.beside)]).enumerate() {
        let role = match (i == layers.chip, on) {
            (true, _) => Role::Selection,
            (false, true) => Role::Base,
            (false, false) => Role::Muted,
        };
        let mark = if on { "[x] " } else { "[ ] " };
        row.put(mark, ctx.style(role)).put(&ctx.lang.t(id), ctx.style(role)).skip(2);
    }
}

/// Draws the events of the layers that are on, the newest at the bottom, the focused one with its grade and sources;
/// where there is room, what was true beside what each organisation believed, did and said by then. `beyond` gives the
/// words round an event that lies ahead or did not happen here.
pub fn draw(
    ctx: &Ctx<'_>,
    events: &[&DocumentedEvent],
    (cursor, layers): (Option<usize>, Layers),
    beyond: &dyn Fn(&DocumentedEvent) -> Option<&'static str>,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    overlay::clear(area, buf);
    let timeline = timeline_of(events);
    let title = timeline.map_or_else(String::new, |timeline| visible(ctx.lang.of(&timeline.title)).into_owned());
    let title = ctx.lang.ta("timeline-title", &[("title", Arg::Str(&title))]);
    let inside = frame(buf, area, &title, true, ctx.theme, ctx.glyphs);
    if inside.is_empty() {
        return None;
    }
    if events.is_empty() {
        Row::new(buf, inside, 0, ctx.glyphs).put(&ctx.lang.t("timeline-none"), ctx.style(Role::Muted));
        return None;
    }
    switches(ctx, &layers, inside, buf);
    let inside = Rect { y: inside.y + 1, height: inside.height - 1, ..inside };
    let events: Vec<&DocumentedEvent> = events.iter().filter(|event| layers.shows(event.layer)).copied().collect();
    if inside.is_empty() || events.is_empty() {
        return None;
    }
    let last = events.len() - 1;
    let at = cursor.unwrap_or_else(|| newest(&events, ctx.now)).min(last);
    let shown = Shown { ctx, timeline, events: &events, at, beyond };
    let place = if layers.beside && inside.width >= 70 {
        shown.beside(inside, buf)
    } else {
        let all: Vec<usize> = (0..=last).collect();
        shown.column(&all, at, (inside, before(inside)), buf)
    };
    frame_note(buf, area, &format!("{} / {}", at + 1, events.len()), ctx.style(Role::Focus), ctx.glyphs);
    place
}

/// What is on the screen: the events of the layers that are on, the focused one among them.
struct Shown<'a> {
    ctx: &'a Ctx<'a>,
    timeline: Option<&'static Timeline>,
    events: &'a [&'a DocumentedEvent],
    at: usize,
    beyond: &'a dyn Fn(&DocumentedEvent) -> Option<&'static str>,
}

impl Shown<'_> {
    /// What was true on the left, what was believed, done and said on the right, each up to the focused event.
    fn beside(&self, inside: Rect, buf: &mut Buffer) -> Option<Position> {
        let left = inside.width / 2;
        let columns = [
            ("timeline-true", true, Rect { width: left.saturating_sub(1), ..inside }),
            ("timeline-believed", false, Rect { x: inside.x + left, width: inside.width - left, ..inside }),
        ];
        let mut place = None;
        for (title, truth, area) in columns {
            Row::new(buf, area, 0, self.ctx.glyphs).put(&self.ctx.lang.t(title), self.ctx.style(Role::Strong));
            let area = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
            let own = |event: &DocumentedEvent| (event.layer == Layer::Truth) == truth;
            let those: Vec<usize> =
                self.events.iter().enumerate().filter(|(_, event)| own(event)).map(|(i, _)| i).collect();
            if let Some(anchor) = those.iter().rposition(|i| *i <= self.at) {
                place = place.or(self.column(&those, anchor, (area, NARROW), buf));
            } else {
                let nothing = self.ctx.lang.t("timeline-none");
                Row::new(buf, area, 0, self.ctx.glyphs).put(&nothing, self.ctx.style(Role::Muted));
            }
        }
        place
    }

    /// The event at `anchor` of `those` and what follows it as far as there is room, then what comes before; the place
    /// of the focused one if it is among them.
    fn column(&self, those: &[usize], anchor: usize, area: (Rect, u16), buf: &mut Buffer) -> Option<Position> {
        let (inside, before) = area;
        let rows = usize::from(inside.height);
        let beside = those.len() < self.events.len() || before == NARROW;
        let block = |i: usize| {
            let place = *those.get(i)?;
            let event: &DocumentedEvent = self.events.get(place)?;
            let columns = usize::from(inside.width.saturating_sub(before).max(8));
            let told = (place == self.at, (self.beyond)(event));
            Some(Block::new(self.ctx, self.timeline, event, told, (columns, beside)))
        };
        let mut blocks: Vec<Block<'_>> = block(anchor).into_iter().collect();
        let used = |blocks: &[Block<'_>]| blocks.iter().map(Block::rows).sum::<usize>();
        let anchored = those.get(anchor) == Some(&self.at);
        // Beside the focused event the other column goes no further than it does.
        for next in (anchor + 1..those.len()).take_while(|_| anchored) {
            if used(&blocks) >= rows * 2 / 3 {
                break;
            }
            blocks.extend(block(next));
        }
        let mut kept = 0;
        for earlier in (0..anchor).rev() {
            if used(&blocks) >= rows {
                break;
            }
            if let Some(earlier) = block(earlier) {
                blocks.insert(0, earlier);
                kept += 1;
            }
        }
        // What does not fit goes at the top, unless that would hide the event it stands for.
        while used(&blocks) > rows && kept > 0 {
            blocks.remove(0);
            kept -= 1;
        }
        let mut first = 0;
        let mut place = None;
        for block in &blocks {
            if first >= rows {
                break;
            }
            block.draw(self.ctx, self.timeline, area, (first as u16, rows - first), buf);
            if block.focused {
                place = Some(Position::new(inside.x, inside.y + first as u16));
            }
            first += block.rows();
        }
        place
    }
}
