//! The checklist: each step with its state as glyph and word, whose it is, what is left of its limit, what must be
//! looked at before, and whether it took effect. *Done* is not *effective*.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::lang::Arg;
use crate::playbook::{
    Aside, Late, Playbook, Section, StepState, StepView, Style as SectionStyle, Suggestion, Tally, Validity, tally,
};
use crate::text::{visible, wrap};
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, first_and_rest, frame, frame_note, width};

/// What the pane is drawn from.
#[derive(Clone, Copy)]
pub struct In<'a> {
    /// The running playbook and its steps as they stand; `None` = none is open.
    pub running: Option<(&'a Playbook, &'a [StepView<'a>])>,
    /// Position among the open playbooks and their number.
    pub of: (usize, usize),
    /// Playbooks that can be opened, when none is.
    pub library: &'a [&'a Playbook],
    /// A playbook whose trigger fires and that is not open.
    pub suggestion: Option<&'a Suggestion<'a>>,
    /// Is the running playbook still valid?
    pub validity: Validity,
    /// Has its file changed since it was opened?
    pub changed: bool,
    /// Was its end recorded?
    pub ended: bool,
    /// Focused step, or focused playbook of the library.
    pub cursor: usize,
    /// Has the pane the focus?
    pub focus: bool,
}

/// Draws the pane and says where the focused row is.
pub fn draw(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, framed: bool, buf: &mut Buffer) -> Option<Position> {
    let title = match input.running {
        None => ctx.lang.t("playbook-title-none"),
        Some((playbook, steps)) => {
            let tally = tally(steps);
            let name = visible(ctx.lang.of(&playbook.title));
            let args = [
                ("title", Arg::Str(&name)),
                ("done", Arg::from(tally.done)),
                ("of", Arg::from(tally.steps)),
                ("effective", Arg::from(tally.effective)),
            ];
            let long = ctx.lang.ta("playbook-title", &args);
            let room = usize::from(area.width.saturating_sub(6));
            if width(&long) <= room { long } else { ctx.lang.ta("playbook-title-short", &args) }
        }
    };
    let mut inside = if framed {
        frame(buf, area, &title, input.focus, ctx.theme, ctx.glyphs)
    } else {
        let inside = super::board::bare(area);
        Row::new(buf, inside, 0, ctx.glyphs).put(&title, ctx.style(Role::Title));
        Rect { y: inside.y + inside.height.min(1), height: inside.height.saturating_sub(1), ..inside }
    };
    if framed && input.of.1 > 1 {
        frame_note(buf, area, &format!("{}/{}", input.of.0 + 1, input.of.1), ctx.style(Role::Title), ctx.glyphs);
    }
    if let Some(suggestion) = input.suggestion {
        inside = suggest(ctx, suggestion, inside, buf);
    }
    let cursor = match input.running {
        Some((playbook, steps)) => {
            let inside = banners(ctx, input, steps, inside, buf);
            running(ctx, input, playbook, steps, inside, buf)
        }
        None => library(ctx, input, inside, buf),
    };
    cursor.filter(|_| input.focus)
}

/// What the machine suggests, in one or two rows at the top; returns what is left.
fn suggest(ctx: &Ctx<'_>, suggestion: &Suggestion<'_>, area: Rect, buf: &mut Buffer) -> Rect {
    let text = ctx.lang.ta(
        "playbook-suggestion",
        &[
            ("title", Arg::Str(&visible(ctx.lang.of(&suggestion.playbook.title)))),
            ("why", Arg::Str(&visible(ctx.lang.of(&suggestion.trigger.why)))),
        ],
    );
    let most = if area.height >= 8 { 3 } else { 1 };
    let lines = wrap(&text, usize::from(area.width.saturating_sub(2).max(1)));
    let shown = lines.len().min(most);
    for (i, line) in lines.iter().take(shown).enumerate() {
        let mut row = Row::new(buf, area, i as u16, ctx.glyphs);
        row.put(if i == 0 { ctx.glyphs.sign(Sign::Here) } else { " " }, ctx.style(Role::Accent)).skip(1);
        let cut = i + 1 == shown && lines.len() > shown;
        let line = if cut { format!("{line}{}", ctx.glyphs.sign(Sign::Ellipsis)) } else { line.clone() };
        row.put(&line, ctx.style(Role::Decision));
    }
    let rows = (shown as u16).min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// What must not be missed of the whole playbook, one row each: it was aborted, it is out of date, what it owes, where
/// the work stood last. Returns what is left.
fn banners(ctx: &Ctx<'_>, input: &In<'_>, steps: &[StepView<'_>], area: Rect, buf: &mut Buffer) -> Rect {
    let counted = tally(steps);
    let mut rows: Vec<(String, Role)> = Vec::new();
    if steps.iter().any(|view| view.aside == Some(Aside::Aborted)) {
        rows.push((ctx.lang.t("playbook-aborted"), Role::Overdue));
    }
    if input.ended {
        rows.push((ctx.lang.t("playbook-ended"), Role::Muted));
    }
    if input.changed {
        rows.push((ctx.lang.t("playbook-changed"), Role::Due));
    }
    match input.validity {
        Validity::Expired => rows.push((ctx.lang.t("playbook-expired"), Role::Overdue)),
        Validity::Unexercised if area.height >= 12 => rows.push((ctx.lang.t("playbook-unexercised"), Role::Muted)),
        Validity::Unexercised | Validity::Good => {}
    }
    if counted.owed > 0 {
        rows.push((ctx.lang.ta("playbook-owed", &[("n", Arg::from(counted.owed))]), Role::Due));
    }
    if let Some(text) = place(ctx, &counted, steps).filter(|_| area.height >= 10) {
        rows.push((text, Role::Muted));
    }
    // The checklist keeps the greater part.
    let most = usize::from(area.height / 3);
    let shown = rows.len().min(most);
    for (i, (text, role)) in rows.into_iter().take(shown).enumerate() {
        let mut row = Row::new(buf, area, i as u16, ctx.glyphs);
        let sign = if role == Role::Muted { Sign::Dot } else { Sign::Warning };
        row.put(ctx.glyphs.sign(sign), ctx.style(role)).skip(1).put(&text, ctx.style(role));
    }
    let rows = shown as u16;
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// The last step settled and when, so that work can be taken up after an interruption.
fn place(ctx: &Ctx<'_>, counted: &Tally, steps: &[StepView<'_>]) -> Option<String> {
    let last = steps.get(counted.last?)?;
    let (at, text) = (ctx.hm(last.status?.at), visible(ctx.lang.of(&last.step.text)));
    Some(ctx.lang.ta("playbook-last", &[("time", Arg::Str(&at)), ("step", Arg::Str(&text))]))
}

/// A section's title with how it is worked through, and its lane.
fn section_title(ctx: &Ctx<'_>, playbook: &Playbook, section: &Section) -> String {
    let style = match section.style {
        SectionStyle::ReadDo => "section-read-do",
        SectionStyle::DoConfirm => "section-do-confirm",
    };
    let title = visible(ctx.lang.of(&section.title));
    let mut text = format!("{title} · {}", ctx.lang.t(style));
    if section.safe {
        text = format!("{text} · {}", ctx.lang.t("section-safe"));
    }
    if let Some(lanes) = section.lanes.as_deref().and_then(|id| playbook.lanes.iter().find(|lanes| lanes.id == id)) {
        let beside: Vec<&Section> =
            playbook.sections.iter().filter(|other| other.lanes.as_deref() == Some(lanes.id.as_str())).collect();
        let n = beside.iter().position(|other| other.id == section.id).map_or(1, |n| n + 1);
        let args = [
            ("n", Arg::from(n)),
            ("of", Arg::from(beside.len())),
            ("needed", Arg::from(lanes.join.needed(beside.len()))),
        ];
        text = format!("{text} · {}", ctx.lang.ta("section-lane", &args));
    }
    text
}

/// A row of the checklist before it is drawn.
enum Line<'a> {
    Section(String),
    /// A step with the first row of its words.
    Step(usize, &'a StepView<'a>, String),
    /// A further row of a step's words.
    More(usize, String),
    /// What must be seen before or after a step.
    Sub(String, Role),
}

fn running(
    ctx: &Ctx<'_>,
    input: &In<'_>,
    playbook: &Playbook,
    steps: &[StepView<'_>],
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let lines = lines(ctx, input, playbook, steps, area.width);
    let rows = usize::from(area.height);
    // Without the focus, the step to look at stays in sight; with it, the focused one.
    let looked_at = if input.focus { input.cursor } else { tally(steps).current.unwrap_or(0) };
    let at = lines.iter().position(|line| matches!(line, Line::Step(i, ..) if *i == looked_at)).unwrap_or(0);
    let top = super::overlay::top_of(at, rows, lines.len());
    let mut cursor = None;
    for (i, line) in lines.iter().skip(top).take(rows).enumerate() {
        let mut row = Row::new(buf, area, i as u16, ctx.glyphs);
        match line {
            Line::Section(text) => {
                row.put(text, ctx.style(Role::Muted));
            }
            Line::Sub(text, role) => {
                row.skip(4).put(text, ctx.style(*role));
            }
            Line::More(index, text) => {
                row.skip(2).put(text, ctx.style(Role::Base));
                if input.focus && *index == input.cursor {
                    row.lay(ctx.style(Role::Selection));
                }
            }
            Line::Step(index, view, text) => {
                step(ctx, view, text, &mut row);
                if input.focus && *index == input.cursor {
                    row.lay(ctx.style(Role::Selection));
                    cursor = Some(Position::new(area.x, area.y + i as u16));
                }
            }
        }
    }
    cursor
}

/// All rows of the checklist: sections, steps, and below a step what must be seen before or after it.
fn lines<'a>(
    ctx: &Ctx<'_>,
    input: &In<'_>,
    playbook: &Playbook,
    steps: &'a [StepView<'a>],
    columns: u16,
) -> Vec<Line<'a>> {
    let room = usize::from(columns.saturating_sub(4).max(8));
    let mut lines = Vec::with_capacity(steps.len() * 2);
    let mut section = None;
    for (i, view) in steps.iter().enumerate() {
        if section != Some(view.section) {
            section = Some(view.section);
            if let Some(shown) = playbook.sections.get(view.section) {
                lines.push(Line::Section(section_title(ctx, playbook, shown)));
            }
        }
        let open = !view.state.settled();
        let near = view.current || (input.focus && input.cursor == i);
        let mut parts = step_words(ctx, view, columns, open || near).into_iter();
        lines.push(Line::Step(i, view, parts.next().unwrap_or_default()));
        lines.extend(parts.map(|part| Line::More(i, part)));
        let mut sub = |text: String, role: Role, most: usize| {
            let parts = wrap(&text, room);
            let cut = parts.len() > most;
            for (n, part) in parts.into_iter().take(most).enumerate() {
                let dots = if cut && n + 1 == most { ctx.glyphs.sign(Sign::Ellipsis) } else { "" };
                lines.push(Line::Sub(format!("{part}{dots}"), role));
            }
        };
        if open && near {
            if let Some(text) = &view.step.precondition {
                let text = visible(ctx.lang.of(text)).into_owned();
                sub(ctx.lang.ta("step-before", &[("text", Arg::Str(&text))]), Role::Due, 3);
            }
            for (check, holds, reading) in &view.checks {
                let why = visible(ctx.lang.of(&check.why)).into_owned();
                let metric = with_reading(&check.metric, *reading);
                let args = [("why", Arg::Str(&why)), ("metric", Arg::Str(&metric))];
                let (id, role) = match holds {
                    Some(true) => ("check-holds", Role::Muted),
                    Some(false) => ("check-fails", Role::Overdue),
                    None => ("check-unknown", Role::Due),
                };
                sub(ctx.lang.ta(id, &args), role, 3);
            }
            if let Some(text) = &view.step.warning {
                sub(format!("{} {}", ctx.glyphs.sign(Sign::Warning), visible(ctx.lang.of(text))), Role::Due, 3);
            }
            if let Some(text) = &view.step.evidence {
                let text = visible(ctx.lang.of(text)).into_owned();
                sub(ctx.lang.ta("step-evidence", &[("text", Arg::Str(&text))]), Role::Muted, 2);
            }
        }
        if let Some(text) = view.step.until.as_ref().filter(|_| near || view.pinned) {
            let text = visible(ctx.lang.of(text)).into_owned();
            sub(ctx.lang.ta("step-until", &[("text", Arg::Str(&text))]), Role::Accent, 2);
        }
        if open && (near || view.ways.iter().any(|way| way.suggested == Some(true))) {
            for way in view.ways.iter().filter(|way| near || way.suggested == Some(true)) {
                let when = way.branch.when.as_ref().map(|when| visible(ctx.lang.of(when)).into_owned());
                let target = playbook.step(&way.branch.go).map(|step| visible(ctx.lang.of(&step.text)).into_owned());
                let args = [
                    ("when", Arg::Str(when.as_deref().unwrap_or_default())),
                    ("go", Arg::Str(target.as_deref().unwrap_or_default())),
                ];
                let id = if way.branch.gate { "step-gate" } else { "step-branch" };
                let role = if way.suggested == Some(true) { Role::Due } else { Role::Muted };
                sub(ctx.lang.ta(id, &args), role, 2);
            }
        }
        if let Some(go) = view.chosen.filter(|_| near || view.state.settled()).and_then(|id| playbook.step(id)) {
            let text = visible(ctx.lang.of(&go.text)).into_owned();
            sub(ctx.lang.ta("step-chosen", &[("go", Arg::Str(&text))]), Role::Muted, 1);
        }
        if let Some(other) = view.elsewhere {
            let title = visible(ctx.lang.of(&other.title)).into_owned();
            sub(ctx.lang.ta("step-elsewhere", &[("title", Arg::Str(&title))]), Role::Muted, 1);
        }
        if let Some(proof) = view.step.proof.as_deref().filter(|_| near || view.state == StepState::NotYetEffective) {
            let id = match view.proof {
                Some(true) => "step-proof-holds",
                Some(false) => "step-proof-awaited",
                None => "step-proof-no-data",
            };
            sub(ctx.lang.ta(id, &[("metric", Arg::Str(proof))]), Role::Muted, 2);
        }
        for owed in &view.owed {
            sub(format!("{} {}", ctx.glyphs.sign(Sign::Soon), owed.what.sentence(ctx.lang)), Role::Due, 1);
        }
        if let Some(status) = view.status.filter(|status| near && !status.reason.is_empty()) {
            sub(visible(&status.reason).into_owned(), Role::Muted, 2);
        }
    }
    lines
}

/// A condition with what its figure says now: `headroom(backup) >= 2, 1.21`.
pub fn with_reading(metric: &str, reading: Option<f64>) -> String {
    reading.map_or_else(|| metric.to_owned(), |reading| format!("{metric}, = {reading:.2}"))
}

/// Glyph, word and style of a step's state.
const fn look(state: StepState) -> (Sign, &'static str, Role) {
    match state {
        StepState::Open => (Sign::Dot, "", Role::Base),
        StepState::Started => (Sign::Here, "step-started", Role::Accent),
        StepState::Done => (Sign::Check, "step-done", Role::Base),
        StepState::Effective => (Sign::Check, "step-effective", Role::Recorded),
        StepState::NotYetEffective => (Sign::Soon, "step-not-effective", Role::Due),
        StepState::Deferred => (Sign::Soon, "step-deferred", Role::Due),
        StepState::BackedOut => (Sign::Skip, "step-backed-out", Role::Muted),
        StepState::Aside => (Sign::Skip, "step-aside", Role::Muted),
        StepState::Skipped => (Sign::Skip, "step-skipped", Role::Muted),
        StepState::NotApplicable => (Sign::Skip, "step-not-applicable", Role::Muted),
    }
}

/// What stands in front of a step's words: glyph, word, time.
fn head(ctx: &Ctx<'_>, view: &StepView<'_>, columns: u16) -> Vec<(String, Role)> {
    let (sign, id, role) = match look(view.state) {
        (_, _, role) if view.effect_late => (Sign::Overdue, "step-not-effective", role),
        (sign, _, role) if view.pinned => (sign, "step-runs", role),
        (_, id, _) if view.current && id.is_empty() => (Sign::Here, "", Role::Accent),
        other => other,
    };
    let mut head = vec![(format!("{} ", ctx.glyphs.sign(sign)), role)];
    if !id.is_empty() {
        head.push((format!("{} ", crate::text::pad(&ctx.lang.t(id), 9)), role));
        // A running limit says more than the time of the start.
        let timed = view.state != StepState::Started || view.due.is_none();
        if let Some(status) = view.status.filter(|_| columns >= 44 && timed) {
            head.push((format!("{} ", ctx.hm(status.at)), role));
        }
    }
    head
}

/// What stands behind a step's words: what is left of its limit, whose it is.
fn behind(ctx: &Ctx<'_>, view: &StepView<'_>, columns: u16) -> Vec<(String, Role)> {
    let mut behind = Vec::with_capacity(2);
    if !view.state.settled()
        && let Some(due) = view.due
    {
        let left = due - ctx.now;
        let role = match view.late {
            Late::No => Role::Base,
            Late::Soft => Role::Due,
            Late::Hard => Role::Overdue,
        };
        // Past the last limit the time is negative: said as how late.
        let id = if left < chrono::TimeDelta::zero() { "step-late" } else { "step-left" };
        let time = ctx.lang.span(left.abs());
        behind.push((format!("  {}", ctx.lang.ta(id, &[("time", Arg::Str(&time))])), role));
    }
    // Who did it is in the log: the room goes to the words.
    let taken: usize = head(ctx, view, columns).iter().chain(&behind).map(|(text, _)| width(text)).sum();
    if usize::from(columns) >= taken + 13 + 16 && !view.state.settled() {
        let role = ctx.lang.t(role_id(view.step.role));
        behind.push((format!("  {}", crate::text::pad_left(&role, 11)), Role::Muted));
    }
    behind
}

/// The words of a step in rows: all of them while it is open, else what fits into one.
fn step_words(ctx: &Ctx<'_>, view: &StepView<'_>, columns: u16, all: bool) -> Vec<String> {
    let wide = |pieces: &[(String, Role)]| pieces.iter().map(|(text, _)| width(text)).sum::<usize>();
    let taken = wide(&head(ctx, view, columns)) + wide(&behind(ctx, view, columns));
    let room = usize::from(columns).saturating_sub(taken).max(10);
    let text = visible(ctx.lang.of(&view.step.text));
    let mut parts = first_and_rest(&text, room, usize::from(columns).saturating_sub(2).max(10));
    if !all && parts.len() > 1 {
        let first = wrap(&text, room - 1).into_iter().next().unwrap_or_default();
        parts = vec![format!("{first}{}", ctx.glyphs.sign(Sign::Ellipsis))];
    }
    parts
}

fn step(ctx: &Ctx<'_>, view: &StepView<'_>, text: &str, row: &mut Row<'_>) {
    let columns = row.room();
    for (piece, role) in head(ctx, view, columns) {
        row.put(&piece, ctx.style(role));
    }
    for (piece, role) in behind(ctx, view, columns).iter().rev() {
        row.end(piece, 8, ctx.style(*role));
    }
    let role = if view.state == StepState::Aside {
        Role::Muted
    } else if view.state == StepState::Started || view.current {
        Role::Strong
    } else {
        Role::Base
    };
    row.put(text, ctx.style(role));
}

/// Message id of a role's short name.
pub const fn role_id(role: crate::playbook::Role) -> &'static str {
    use crate::playbook::Role as R;
    match role {
        R::Observer => "role-short-observer",
        R::LogKeeper => "role-short-log-keeper",
        R::Operations => "role-short-operations",
        R::Communication => "role-short-communication",
        R::Anticipation => "role-short-anticipation",
        R::Liaison => "role-short-liaison",
        R::Director => "role-short-director",
        R::Facilitator => "role-short-facilitator",
        R::Evaluator => "role-short-evaluator",
        R::Machine => "role-short-machine",
    }
}

/// The playbooks that can be opened.
fn library(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let mut cursor = None;
    let mut line = 0;
    if input.suggestion.is_none() {
        for text in wrap(&ctx.lang.t("playbook-none"), usize::from(area.width.max(1))).iter().take(2) {
            Row::new(buf, area, line, ctx.glyphs).put(text, ctx.style(Role::Muted));
            line += 1;
        }
    }
    let room = usize::from(area.height.saturating_sub(line)) / input.library.len().max(1);
    let rows = usize::from(area.height.saturating_sub(line));
    let top = if room >= 1 { 0 } else { super::overlay::top_of(input.cursor, rows, input.library.len()) };
    for (i, playbook) in input.library.iter().enumerate().skip(top) {
        let mut row = Row::new(buf, area, line, ctx.glyphs);
        row.put(ctx.glyphs.sign(Sign::Dot), ctx.style(Role::Base)).skip(1);
        row.put(&visible(ctx.lang.of(&playbook.title)), ctx.style(Role::Base));
        if input.focus && i == input.cursor {
            row.lay(ctx.style(Role::Selection));
            cursor = Some(Position::new(area.x, area.y + line)).filter(|_| line < area.height);
        }
        line += 1;
        // What each is for, where there is room to say it of all of them.
        if room >= 4 {
            let about = wrap(&visible(ctx.lang.of(&playbook.about)), usize::from(area.width.saturating_sub(2).max(8)));
            let most = room - 2;
            let cut = about.len() > most;
            for (n, text) in about.iter().take(most).enumerate() {
                let dots = if cut && n + 1 == most { ctx.glyphs.sign(Sign::Ellipsis) } else { "" };
                Row::new(buf, area, line, ctx.glyphs).skip(2).put(&format!("{text}{dots}"), ctx.style(Role::Muted));
                line += 1;
            }
        }
    }
    cursor
}
