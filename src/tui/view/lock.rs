//! What players see while the facilitator has suspended play, and after its end: nothing is written, everything can still
//! be read; suspended, it is grey.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::exercise::Phase;
use crate::incident::event::Role as Who;
use crate::session::Session;
use crate::tui::theme::Role;
use crate::tui::view::Ctx;
use crate::tui::view::row::Row;

/// Why players write nothing now; `None`: play runs, or it is staff that looks.
pub(in crate::tui) fn phase(session: &Session) -> Option<Phase> {
    let staff = matches!(session.author().role, Who::Facilitator | Who::Evaluator) && !session.is_played();
    let desk = session.desk().filter(|desk| desk.locked() && !staff)?;
    Some(desk.phase())
}

/// Takes the colours out of a pane while play is suspended.
pub(super) fn grey(ctx: &Ctx<'_>, phase: Phase, area: Rect, buf: &mut Buffer) {
    if phase == Phase::Paused {
        buf.set_style(area, ctx.style(Role::Muted));
    }
}

/// What stands in place of the input line.
pub(super) fn sentence(ctx: &Ctx<'_>, phase: Phase, area: Rect, buf: &mut Buffer) -> Option<Position> {
    if area.is_empty() {
        return None;
    }
    let id = match phase {
        Phase::Paused => "lock-paused",
        Phase::Frozen => "lock-frozen",
        Phase::Before | Phase::Running | Phase::Ended => "lock-ended",
    };
    let said = ctx.lang.t(id);
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    row.skip(1);
    row.put(&said, ctx.style(Role::Strong));
    None
}
