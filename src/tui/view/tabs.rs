//! The panes to choose from, where only one fits.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::tui::model::Pane;
use crate::tui::theme::Role;
use crate::tui::view::Ctx;
use crate::tui::view::row::{Row, width};

/// What a pane is called, long and short.
const fn ids(pane: Pane) -> (&'static str, &'static str) {
    match pane {
        Pane::Board => ("tab-board", "tab-board-short"),
        Pane::Playbook => ("tab-playbook", "tab-playbook-short"),
        Pane::Log => ("tab-log", "tab-log-short"),
        Pane::Deadlines => ("tab-deadlines", "tab-deadlines-short"),
    }
}

/// Draws the tabs; the chosen one stands in brackets and reversed. `badges` says what waits in each pane.
pub fn draw(ctx: &Ctx<'_>, chosen: Pane, badges: &[usize; 4], area: Rect, buf: &mut Buffer) {
    let names = |short: bool| -> Vec<String> {
        let name = |(pane, n): (Pane, &usize)| {
            let (long_id, short_id) = ids(pane);
            let name = ctx.lang.t(if short { short_id } else { long_id });
            let name = if *n > 0 { format!("{name} {n}!") } else { name };
            if pane == chosen { format!("[{name}]") } else { format!(" {name} ") }
        };
        Pane::RING.into_iter().zip(badges).map(name).collect()
    };
    let long = names(false);
    let shown = if long.iter().map(|name| width(name) + 1).sum::<usize>() < usize::from(area.width) {
        long
    } else {
        names(true)
    };
    let mut row = Row::new(buf, area, 0, ctx.glyphs);
    for (pane, name) in Pane::RING.into_iter().zip(shown) {
        let role = if pane == chosen { Role::Selection } else { Role::Base };
        row.put_if_fits(&name, ctx.style(role)).skip(1);
    }
    row.fill(ctx.glyphs.frame(false)[4], ctx.style(Role::Border));
}
