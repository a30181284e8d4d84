//! What is seen while play stands still: players write nothing, everything can still be read; suspended, it is grey.
//! Whoever sits at the desk is told in the bottom band, for as long as it lasts.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use crate::exercise::Phase;
use crate::incident::desk::DeskAct;
use crate::incident::event::Role as Who;
use crate::lang::Arg;
use crate::session::Session;
use crate::text::visible;
use crate::tui::model::Level;
use crate::tui::theme::Role;
use crate::tui::view::Ctx;
use crate::tui::view::row::Row;

/// Why players write nothing now; `None`: play runs, or it is staff that looks.
pub(in crate::tui) fn phase(session: &Session) -> Option<Phase> {
    let staff = matches!(session.author().role, Who::Facilitator | Who::Evaluator) && !session.is_played();
    let desk = session.desk().filter(|_| !staff)?;
    // The chord holds from the key on, whatever the disk does.
    if session.freezing() { Some(Phase::Frozen) } else { desk.locked().then_some(desk.phase()) }
}

/// Takes the colours out of a pane while play is suspended.
pub(super) fn grey(ctx: &Ctx<'_>, phase: Phase, area: Rect, buf: &mut Buffer) {
    if phase == Phase::Paused {
        buf.set_style(area, Style::new().fg(Color::Reset).bg(Color::Reset).remove_modifier(Modifier::BOLD));
        buf.set_style(area, ctx.style(Role::Muted));
    }
}

/// What the facilitator is told while play stands still; `None`: it runs, or it is a player who looks.
pub(super) fn halt(ctx: &Ctx<'_>, session: &Session) -> Option<(String, Level)> {
    let desk = session.desk().filter(|_| phase(session).is_none())?;
    let phase = if session.freezing() { Phase::Frozen } else { desk.phase() };
    match phase {
        Phase::Paused => Some((ctx.lang.t("desk-halt-paused"), Level::Warning)),
        Phase::Frozen => {
            let who = desk.real_world().map(|mark| if mark.text.is_empty() { &mark.who } else { &mark.text });
            let mut who = who.map_or_else(String::new, |who| visible(who).into_owned());
            if let Some(DeskAct::RealWorld { incident }) = desk.real_world().map(|mark| &mark.act)
                && !incident.is_empty()
            {
                who = format!("{who} · {}", visible(incident));
            }
            Some((ctx.lang.ta("desk-halt-frozen", &[("who", Arg::Str(&who))]), Level::Bad))
        }
        Phase::Ended => Some((ctx.lang.t("desk-halt-ended"), Level::Info)),
        Phase::Before | Phase::Running => None,
    }
}

/// What stands in place of the input line.
pub(super) fn sentence(
    ctx: &Ctx<'_>,
    session: &Session,
    phase: Phase,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    // Where the real log is must be readable whole: somebody has to open it now.
    let real = session.desk().and_then(crate::exercise::Desk::real_world).and_then(|mark| match &mark.act {
        DeskAct::RealWorld { incident } if !incident.is_empty() && session.opening() != Some(incident) => {
            Some(visible(incident).into_owned())
        }
        _ => None,
    });
    let said = match (phase, real) {
        (Phase::Paused, _) => ctx.lang.t("lock-paused"),
        (Phase::Frozen, Some(incident)) => ctx.lang.ta("lock-frozen-log", &[("incident", Arg::Str(&incident))]),
        (Phase::Frozen, None) => ctx.lang.t("lock-frozen"),
        (Phase::Before | Phase::Running | Phase::Ended, _) => ctx.lang.t("lock-ended"),
    };
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    row.skip(1);
    row.put(&said, ctx.style(Role::Strong));
    None
}
