//! The strip of deadlines, decisions and debts: what is overdue, what comes soon, what is owed.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::incident::{AlarmStatus, Deadline, DeadlineKind, DeadlineState};
use crate::lang::Arg;
use crate::text::visible;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, frame, width};

/// What the strip is drawn from.
#[derive(Clone, Copy)]
pub struct In<'a> {
    /// Most urgent first; those that are met come last.
    pub deadlines: &'a [Deadline],
    /// The focused one.
    pub cursor: usize,
    /// Has the pane the focus?
    pub focus: bool,
    /// Alarms: those nobody has acknowledged fill the rows that deadlines leave free.
    pub alarms: &'a [AlarmStatus],
    /// Was the incident acknowledged as such? Without that no clock runs.
    pub aware: bool,
    /// For how long a message has been without an answer.
    pub waited: &'a dyn Fn(&Deadline) -> Option<chrono::TimeDelta>,
}

/// Glyph, word and style of a state.
fn look(state: DeadlineState) -> (Sign, &'static str, Role) {
    match state {
        DeadlineState::Overdue => (Sign::Overdue, "deadline-overdue", Role::Overdue),
        DeadlineState::Soon => (Sign::Soon, "deadline-left", Role::Due),
        DeadlineState::Later => (Sign::Dot, "deadline-left", Role::Base),
        DeadlineState::Done => (Sign::Check, "deadline-done", Role::Recorded),
    }
}

/// What kind of thing is due, in one or two words.
fn kind_id(kind: DeadlineKind) -> String {
    let id = match kind {
        DeadlineKind::Clock => "deadline-clock",
        DeadlineKind::Action => "deadline-action",
        DeadlineKind::Message => "deadline-message",
        DeadlineKind::Rationale => "deadline-rationale",
        DeadlineKind::Step => "deadline-step",
        DeadlineKind::Question => "deadline-question",
        DeadlineKind::Review => "deadline-review",
        DeadlineKind::Slot => "deadline-slot",
        DeadlineKind::Approval => "deadline-approval",
        DeadlineKind::Handover => "deadline-handover",
        DeadlineKind::Debt(kind) => return format!("deadline-debt-{}", kind.word()),
    };
    id.to_owned()
}

/// Draws the strip in its frame, or one row of it where there is no more room.
pub fn draw(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, framed: bool, buf: &mut Buffer) -> Option<Position> {
    if area.height == 1 {
        next_one(ctx, input, area, buf);
        return None;
    }
    let open = input.deadlines.iter().filter(|deadline| deadline.state != DeadlineState::Done).count();
    let inside = if framed {
        let rows = usize::from(area.height.saturating_sub(2));
        let title = if open == 0 {
            ctx.lang.t("deadlines-title-none")
        } else {
            ctx.lang.ta("deadlines-title", &[("shown", Arg::from(rows.min(open))), ("of", Arg::from(open))])
        };
        frame(buf, area, &title, input.focus, ctx.theme, ctx.glyphs)
    } else {
        super::board::bare(area)
    };
    let rows = usize::from(inside.height);
    if input.deadlines.is_empty() {
        let id = if input.aware { "deadlines-none" } else { "deadlines-not-aware" };
        let lines = crate::text::wrap(&ctx.lang.t(id), usize::from(inside.width.max(1)));
        for (i, text) in lines.iter().take(rows).enumerate() {
            let role = if input.aware { Role::Muted } else { Role::Due };
            Row::new(buf, inside, i as u16, ctx.glyphs).put(text, ctx.style(role));
        }
        alarms(ctx, input, inside, lines.len().min(rows) as u16, buf);
        return None;
    }
    // Unfocused, the strip shows the most urgent; focused, it follows the cursor.
    let top = if input.focus { super::overlay::top_of(input.cursor, rows, input.deadlines.len()) } else { 0 };
    let mut cursor = None;
    for (i, deadline) in input.deadlines.iter().enumerate().skip(top).take(rows) {
        let line = (i - top) as u16;
        let mut row = Row::new(buf, inside, line, ctx.glyphs);
        one(ctx, deadline, input, &mut row);
        if input.focus && i == input.cursor {
            cursor = Some(Position::new(inside.x, inside.y + line));
            Row::new(buf, inside, line, ctx.glyphs).lay(ctx.style(Role::Selection));
        }
    }
    alarms(ctx, input, inside, input.deadlines.len().min(rows) as u16, buf);
    cursor
}

/// Alarms that wait for somebody, the latest first, from row `from` on.
fn alarms(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, from: u16, buf: &mut Buffer) {
    let waiting = |status: &&AlarmStatus| {
        !status.over && status.acknowledged.is_none() && status.shelved_until.is_none_or(|until| until <= ctx.now)
    };
    let mut waiting: Vec<&AlarmStatus> = input.alarms.iter().filter(waiting).collect();
    waiting.sort_by(|a, b| b.alarm.since.cmp(&a.alarm.since).then_with(|| a.alarm.group.cmp(&b.alarm.group)));
    for (line, status) in (from..area.height).zip(waiting) {
        let mut row = Row::new(buf, area, line, ctx.glyphs);
        let style = ctx.style(Role::Due);
        row.put(ctx.glyphs.sign(Sign::Soon), style).skip(1);
        let room = row.room();
        if room >= 30 {
            row.cell(&ctx.lang.t("deadline-alarm"), 9, style).skip(1);
        }
        let since = span(ctx, ctx.now - status.alarm.since);
        row.cell_right(&since, if room >= 30 { 8 } else { 7 }, style).skip(if room >= 30 { 2 } else { 1 });
        if room >= 60 {
            row.end(&ctx.lang.t("log-unacknowledged"), 30, ctx.style(Role::Muted)).end("  ", 0, style);
        }
        let alarm = &status.alarm;
        let group = crate::session::alarm_group(ctx.lang, alarm);
        let mut text = format!("{} · {}", ctx.state_word(alarm.state), visible(&group));
        let elements = alarm.elements.join(", ");
        if !group.contains(&elements) {
            text = format!("{text} · {}", visible(&elements));
        }
        let more = (alarm.count as usize).saturating_sub(alarm.elements.len());
        if more > 0 {
            text = format!("{text} +{more}");
        }
        row.put(&text, ctx.style(Role::Base));
    }
}

/// One deadline: mark, word, time, what, whose, what kind.
fn one(ctx: &Ctx<'_>, deadline: &Deadline, input: &In<'_>, row: &mut Row<'_>) {
    let (sign, id, role) = look(deadline.state);
    let style = ctx.style(role);
    let base = ctx.style(Role::Base);
    row.put(ctx.glyphs.sign(sign), style).skip(1);
    let word = ctx.lang.t(id);
    let room = row.room();
    if room >= 30 {
        row.cell(&word, 9, style).skip(1);
    }
    let time = match deadline.state {
        DeadlineState::Done => ctx.hm(deadline.due),
        DeadlineState::Overdue => span(ctx, ctx.now - deadline.due),
        DeadlineState::Soon | DeadlineState::Later => span(ctx, deadline.due - ctx.now),
    };
    row.cell_right(&time, if room >= 30 { 8 } else { 7 }, style).skip(if room >= 30 { 2 } else { 1 });
    if room >= 90 {
        // How long a message has waited says more than that it is one.
        let waited = (input.waited)(deadline);
        let kind = waited.map_or_else(
            || ctx.lang.t(&kind_id(deadline.kind)),
            |age| ctx.lang.ta("cell-unanswered", &[("age", Arg::Str(&span(ctx, age)))]),
        );
        row.end(&pad_left(&kind, 22), 40, ctx.style(Role::Muted)).end("  ", 0, base);
    }
    if room >= 60 {
        row.end(&pad_left(&owner(ctx, deadline), 14), 30, base).end("  ", 0, base);
    }
    let label_role = if deadline.state == DeadlineState::Overdue { Role::Strong } else { Role::Base };
    row.put(&visible(&deadline.title(ctx.lang)), ctx.style(label_role));
}

/// A span of time in eight columns: from ten days on without the hours.
fn span(ctx: &Ctx<'_>, span: chrono::TimeDelta) -> String {
    let days = span.num_days();
    if days >= 10 { ctx.lang.ta("age-days", &[("n", Arg::Num(days as f64))]) } else { ctx.lang.span(span) }
}

/// A role word in the user's language, or a name as typed.
fn owner(ctx: &Ctx<'_>, deadline: &Deadline) -> String {
    let owner = deadline.owner.as_str();
    if owner.is_empty() && deadline.kind == DeadlineKind::Message {
        return ctx.lang.t("log-us");
    }
    let id = format!("role-short-{owner}");
    if !owner.is_empty() && ctx.lang.has(&id) { ctx.lang.t(&id) } else { visible(owner).into_owned() }
}

fn pad_left(text: &str, columns: usize) -> String {
    crate::text::pad_left(text, columns)
}

/// The next deadline in one row, and how many more are overdue.
fn next_one(ctx: &Ctx<'_>, input: &In<'_>, area: Rect, buf: &mut Buffer) {
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    row.skip(1);
    let Some(first) = input.deadlines.iter().find(|deadline| deadline.state != DeadlineState::Done) else {
        let id = if input.aware { "deadlines-none-short" } else { "deadlines-not-aware-short" };
        row.put(&ctx.lang.t(id), ctx.style(if input.aware { Role::Muted } else { Role::Due }));
        return;
    };
    let overdue = input.deadlines.iter().filter(|deadline| deadline.state == DeadlineState::Overdue).count();
    if overdue > 1 {
        let more = ctx.lang.ta("deadlines-more-overdue", &[("n", Arg::from(overdue - 1))]);
        let text = if width(&more) + 40 < usize::from(row.room()) { more } else { format!("+{}", overdue - 1) };
        row.end(" ", 0, ctx.style(Role::Base)).end(&text, 20, ctx.style(Role::Overdue)).end(
            "  ",
            0,
            ctx.style(Role::Base),
        );
    }
    one(ctx, first, input, &mut row);
}
