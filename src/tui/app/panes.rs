//! Moving in the panes and in what lies on top of them.

use crate::health::State;
use crate::network::{ServiceId, ZoneId};
use crate::tui::keymap::Move;
use crate::tui::model::{Level, Overlay, Pane, Target, WORST};

use super::App;

/// Rows of a page where the pane's height does not matter.
const PAGE: usize = 10;

/// A cursor in a list of `len` after a move.
fn moved(at: usize, len: usize, to: Move, page: usize) -> usize {
    let last = len.saturating_sub(1);
    match to {
        Move::Up | Move::Left => at.saturating_sub(1),
        Move::Down | Move::Right => (at + 1).min(last),
        Move::PageUp => at.saturating_sub(page),
        Move::PageDown => (at + page).min(last),
        Move::First => 0,
        Move::Last => last,
    }
    .min(last)
}

fn scrolled(at: usize, to: Move) -> usize {
    match to {
        Move::Up => at.saturating_sub(1),
        Move::Down => at + 1,
        Move::PageUp => at.saturating_sub(PAGE),
        Move::PageDown => at + PAGE,
        Move::First => 0,
        Move::Last | Move::Left | Move::Right => at,
    }
}

impl App {
    /// What the board's cursor can stand on: the numbers, the worst centres, the call servers.
    pub fn board_rows(&self) -> Vec<Target> {
        let board = self.session.board();
        let services = board.services().iter().map(|row| Target::Service(row.service));
        let worst = board.worst(WORST).into_iter().map(|row| Target::Psap(row.psap));
        let servers = board.servers().iter().map(|row| Target::Server(row.server));
        services.chain(worst).chain(servers).collect()
    }

    /// A move in what lies on top, or in the focused pane.
    pub(super) fn go(&mut self, to: Move) {
        let deadlines = self.deadline_count();
        let rows = self.list_len();
        let (documented, newest) = match &self.ui.overlay {
            Overlay::Timeline { layers, .. } => {
                let now = self.session.now_incident();
                let mut events = self.session.documented_until(now);
                events.retain(|event| layers.shows(event.layer));
                (events.len(), crate::feed::documented::newest(&events, now))
            }
            _ => (0, 0),
        };
        match &mut self.ui.overlay {
            Overlay::None => self.go_in_pane(to),
            Overlay::Help { lines, scroll } => *scroll = scrolled(*scroll, to).min(lines.len().saturating_sub(1)),
            Overlay::Palette(palette) => palette.cursor = moved(palette.cursor, palette.items.len(), to, PAGE),
            Overlay::Menu(menu) => {
                if !matches!(to, Move::Left | Move::Right) {
                    menu.cursor = moved(menu.cursor, menu.items.len(), to, PAGE);
                }
            }
            Overlay::Card(card) => match to {
                Move::PageUp | Move::PageDown | Move::First => {
                    card.scroll = scrolled(card.scroll.into(), to).min(200) as u16;
                }
                _ if card.buttons.is_empty() => card.scroll = scrolled(card.scroll.into(), to).min(200) as u16,
                _ => {
                    card.selected = Some(match card.selected {
                        None if matches!(to, Move::Up | Move::Left | Move::Last) => card.buttons.len() - 1,
                        None => 0,
                        Some(at) => moved(at, card.buttons.len(), to, PAGE),
                    });
                }
            },
            Overlay::Detail { scroll, .. } => *scroll = scrolled((*scroll).into(), to).min(400) as u16,
            Overlay::Map { cursor, service } => {
                let (from, shown) = (*cursor, *service);
                let services = self.session.network().services.len();
                let (cursor_to, service_to) = match to {
                    Move::PageUp | Move::PageDown => (from, turn(shown, services, to == Move::PageDown)),
                    to => (self.neighbour(from, to), shown),
                };
                self.ui.overlay = Overlay::Map { cursor: cursor_to, service: service_to };
            }
            Overlay::Timeline { layers, .. } if matches!(to, Move::Left | Move::Right) => {
                layers.turn(to == Move::Left);
            }
            Overlay::Timeline { cursor, .. } => {
                // At what is known last the list follows the newest event.
                let next = moved(cursor.unwrap_or(newest), documented, to, PAGE);
                *cursor = (next != newest).then_some(next);
            }
            Overlay::Deadlines { cursor } => *cursor = moved(*cursor, deadlines, to, PAGE),
            Overlay::List { cursor, .. } => *cursor = moved(*cursor, rows, to, PAGE),
            Overlay::Form(_) | Overlay::Draft(_) => {}
        }
    }

    fn go_in_pane(&mut self, to: Move) {
        match self.ui.focus {
            Pane::Board => {
                let rows = self.board_rows();
                let at = self.ui.board.and_then(|target| rows.iter().position(|row| *row == target));
                let next = at.map_or(0, |at| moved(at, rows.len(), to, PAGE));
                self.ui.board = rows.get(next).copied();
            }
            Pane::Playbook => {
                let open = self.session.incident().open_playbooks().len();
                match to {
                    Move::Left | Move::Right if open > 1 => {
                        self.ui.playbook = moved(self.ui.playbook.min(open.saturating_sub(1)), open, to, 1);
                        self.ui.step = 0;
                    }
                    Move::Left | Move::Right => {}
                    to => self.ui.step = moved(self.ui.step, self.playbook_rows(), to, PAGE),
                }
            }
            Pane::Log => self.go_in_log(to),
            Pane::Deadlines => {
                let count = self.deadline_count();
                self.ui.deadline = moved(self.ui.deadline, count, to, PAGE);
            }
        }
    }

    /// The focused pane got the focus, or its rows changed: its cursor stands on a row.
    pub(super) fn settle_focus(&mut self) {
        match self.ui.focus {
            Pane::Board => {
                let rows = self.board_rows();
                if !self.ui.board.is_some_and(|target| rows.contains(&target)) {
                    self.ui.board = rows.first().copied();
                }
            }
            Pane::Playbook => {
                // Which playbook is shown stays as wished: the one just opened is on its way to the disk.
                self.ui.step = self.ui.step.min(self.playbook_rows().saturating_sub(1));
            }
            Pane::Deadlines => {
                let count = self.deadline_count();
                self.ui.deadline = self.ui.deadline.min(count.saturating_sub(1));
            }
            Pane::Log => {}
        }
    }

    fn deadline_count(&self) -> usize {
        self.session.deadlines(self.session.now_incident()).len()
    }

    /// Enter on an empty line: opens or chooses what has the focus. Nothing that is recorded happens by this alone.
    pub(super) fn choose(&mut self) {
        match &self.ui.overlay {
            Overlay::None => self.open_focused(),
            Overlay::Menu(menu) => {
                if let Some(item) = menu.items.get(menu.cursor).cloned() {
                    self.choose_item(item);
                }
            }
            Overlay::Card(card) => match card.selected.and_then(|at| card.buttons.get(at)).cloned() {
                Some(button) => {
                    if let Some(why) = button.why_not {
                        self.status(Level::Warning, why);
                    } else {
                        self.ui.pop();
                        self.perform(button.act);
                    }
                }
                None => self.status(Level::Info, self.t("hint-card")),
            },
            Overlay::Detail { of, .. } => {
                let menu = match of {
                    Target::Server(_) | Target::Psap(_) => Some(self.lever_menu(&self.ids_of(*of))),
                    Target::Service(_) | Target::Zone(_) => None,
                };
                if let Some(menu) = menu.filter(|menu| !menu.items.is_empty()) {
                    self.ui.push(Overlay::Menu(menu));
                }
            }
            Overlay::Map { cursor, .. } => {
                let of = Target::Zone(*cursor);
                self.ui.push(Overlay::Detail { of, scroll: 0 });
            }
            Overlay::Timeline { layers, .. } => {
                let mut layers = *layers;
                layers.toggle();
                self.ui.overlay = Overlay::Timeline { cursor: None, layers };
            }
            Overlay::Deadlines { cursor } => {
                let cursor = *cursor;
                self.open_deadline(cursor);
            }
            Overlay::List { of, cursor } => self.choose_row(*of, *cursor),
            Overlay::Help { .. } | Overlay::Palette(_) | Overlay::Form(_) | Overlay::Draft(_) => {}
        }
    }

    fn open_focused(&mut self) {
        match self.ui.focus {
            Pane::Board => {
                self.settle_focus();
                if let Some(of) = self.ui.board {
                    self.ui.push(Overlay::Detail { of, scroll: 0 });
                }
            }
            Pane::Playbook => self.open_step_card(),
            Pane::Log => self.open_log_card(),
            Pane::Deadlines => self.open_deadline(self.ui.deadline),
        }
    }

    /// Ids of an element, as levers name it.
    fn ids_of(&self, of: Target) -> Vec<String> {
        let network = self.session.network();
        let id = match of {
            Target::Server(id) => network.call_servers.get(id.index()).map(|server| server.id.clone()),
            Target::Psap(id) => network.psaps.get(id.index()).map(|psap| psap.id.clone()),
            Target::Service(_) | Target::Zone(_) => None,
        };
        id.into_iter().collect()
    }

    /// The map opens on the worst zone, or on the first that has a tile.
    pub(super) fn map_start(&self) -> ZoneId {
        let worst =
            self.session.board().zones().iter().filter(|row| row.state >= State::Watch).max_by_key(|row| row.state);
        let first = || self.session.network().zones.iter().position(|zone| zone.tile.is_some());
        worst.map_or_else(|| ZoneId(first().unwrap_or(0) as u16), |row| row.zone)
    }

    /// The nearest tile in a direction: along it counts once, across three times.
    pub(super) fn neighbour(&self, from: ZoneId, to: Move) -> ZoneId {
        let zones = &self.session.network().zones;
        let Some((x, y)) = zones.get(from.index()).and_then(|zone| zone.tile) else { return self.map_start() };
        let distance = |tile: (u8, u8)| -> Option<i32> {
            let (dx, dy) = (i32::from(tile.0) - i32::from(x), i32::from(tile.1) - i32::from(y));
            let (along, across) = match to {
                Move::Up => (-dy, dx),
                Move::Down => (dy, dx),
                Move::Left => (-dx, dy),
                Move::Right => (dx, dy),
                _ => return None,
            };
            (along > 0).then(|| along + 3 * across.abs())
        };
        let near = zones.iter().enumerate().filter_map(|(i, zone)| Some((distance(zone.tile?)?, i)));
        near.min().map_or(from, |(_, i)| ZoneId(i as u16))
    }
}

/// The next number shown on the map; after the last, all of them.
fn turn(now: Option<ServiceId>, count: usize, forward: bool) -> Option<ServiceId> {
    let at = now.map_or(0, |service| service.index() + 1);
    let next = if forward { (at + 1) % (count + 1) } else { (at + count) % (count + 1) };
    next.checked_sub(1).map(|i| ServiceId(i as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_stay_in_their_list() {
        assert_eq!(moved(0, 0, Move::Down, 5), 0);
        assert_eq!(moved(2, 3, Move::Down, 5), 2);
        assert_eq!(moved(2, 30, Move::PageUp, 5), 0);
        assert_eq!(moved(9, 3, Move::Up, 5), 2);
    }

    #[test]
    fn the_map_turns_through_all_numbers_and_back() {
        let mut at = None;
        for _ in 0..5 {
            at = turn(at, 4, true);
        }
        assert_eq!(at, None);
        assert_eq!(turn(None, 4, false), Some(ServiceId(3)));
    }
}
