//! Which region of the screen lies where, for every size of terminal.
//!
//! A layout depends on the size, the chosen tab and what lies on top; it is computed once for each of them,
//! not at every frame.
//!
//! Does not belong here: what is drawn inside a region.

use ratatui::layout::{Rect, Size};

use super::model::{Overlay, Pane, Target, UiState};

/// A part of the screen that is drawn as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Region {
    /// Mode, title, date and clock.
    BandTop,
    /// What a director reads in ten seconds.
    Overview,
    /// Deadlines, decisions and debts; one row on small screens.
    Deadlines,
    /// The panes to choose from, where only one fits.
    Tabs,
    /// Routing health.
    Board,
    /// Tile map, on wide screens.
    Map,
    /// Checklist.
    Playbook,
    /// Incident log.
    Log,
    /// The line being typed.
    Input,
    /// Mode, keys, who writes; or the status line.
    BandBottom,
    /// What lies on top.
    Overlay,
    /// The one sentence of a screen that is too small for anything else.
    Tiny,
}

/// How much fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// One sentence.
    Tiny,
    /// State, next deadline, one pane, input (40x12).
    Small,
    /// Three top lines, next deadline, one pane with tabs, input (80x24).
    Tabs,
    /// All panes (120x40).
    Full,
    /// All panes, more columns (160x45).
    Large,
    /// All panes and the map (200x60).
    Wide,
}

impl Class {
    /// The class of a terminal of this size.
    pub const fn of(size: Size) -> Self {
        match (size.width, size.height) {
            (0..=23, _) | (_, 0..=7) => Self::Tiny,
            (0..=59, _) | (_, 0..=17) => Self::Small,
            (0..=99, _) | (_, 0..=31) => Self::Tabs,
            (0..=139, _) | (_, 0..=39) => Self::Full,
            (0..=179, _) | (_, 0..=44) => Self::Large,
            _ => Self::Wide,
        }
    }

    /// Do several panes stand side by side, each in a frame?
    pub const fn framed(self) -> bool {
        matches!(self, Self::Full | Self::Large | Self::Wide)
    }
}

/// Where everything is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// How much fits.
    pub class: Class,
    /// Regions in drawing order; an overlay comes last. No two overlap, except that the overlay covers others.
    pub regions: Vec<(Region, Rect)>,
}

impl Layout {
    /// Where a region is, if it is shown.
    pub fn rect(&self, region: Region) -> Option<Rect> {
        self.regions.iter().find(|(of, _)| *of == region).map(|(_, rect)| *rect)
    }

    /// Is this region wholly or partly under the overlay?
    pub fn covered(&self, region: Region) -> bool {
        let Some(over) = self.rect(Region::Overlay) else { return false };
        region != Region::Overlay && self.rect(region).is_some_and(|rect| rect.intersects(over))
    }
}

/// The region that shows a pane.
pub const fn region_of(pane: Pane) -> Region {
    match pane {
        Pane::Board => Region::Board,
        Pane::Playbook => Region::Playbook,
        Pane::Log => Region::Log,
        Pane::Deadlines => Region::Deadlines,
    }
}

/// Hands out horizontal slices from the top or the bottom of an area.
struct Slices(Rect);

impl Slices {
    fn top(&mut self, rows: u16) -> Rect {
        let rows = rows.min(self.0.height);
        let slice = Rect { height: rows, ..self.0 };
        self.0.y += rows;
        self.0.height -= rows;
        slice
    }

    fn bottom(&mut self, rows: u16) -> Rect {
        let rows = rows.min(self.0.height);
        self.0.height -= rows;
        Rect { y: self.0.y + self.0.height, height: rows, ..self.0 }
    }
}

/// Divides a screen of `size`. Never fails: at sizes where nothing fits there is one region for one sentence.
pub fn layout(size: Size, ui: &UiState) -> Layout {
    let class = Class::of(size);
    let screen = Rect::new(0, 0, size.width, size.height);
    let mut regions = Vec::with_capacity(12);
    if class == Class::Tiny {
        regions.push((Region::Tiny, screen));
        return Layout { class, regions };
    }
    let mut rest = Slices(screen);
    regions.push((Region::BandTop, rest.top(1)));
    let band_bottom = rest.bottom(1);
    let input = rest.bottom(1);
    let middle;
    if ui.zoom {
        middle = rest.0;
        regions.push((region_of(ui.focus), rest.0));
    } else if class.framed() {
        regions.push((Region::Overview, rest.top(2)));
        middle = rest.0;
        panes(class, rest, ui, &mut regions);
    } else {
        regions.push((Region::Overview, rest.top(if class == Class::Small { 1 } else { 3 })));
        // On the deadlines' own tab, the strip of one row would say the same twice.
        if ui.tab == Pane::Deadlines {
            regions.push((Region::Tabs, rest.top(u16::from(class == Class::Tabs))));
        } else {
            regions.push((Region::Deadlines, rest.top(1)));
            regions.push((Region::Tabs, rest.top(u16::from(class == Class::Tabs))));
        }
        middle = rest.0;
        regions.push((region_of(ui.tab), rest.0));
    }
    regions.push((Region::Input, input));
    regions.push((Region::BandBottom, band_bottom));
    if ui.overlay != Overlay::None {
        regions.push((Region::Overlay, overlay_rect(ui, middle, class)));
    }
    regions.retain(|(_, rect)| !rect.is_empty());
    Layout { class, regions }
}

/// Deadlines, then board, map and checklist side by side, then the log.
fn panes(class: Class, mut rest: Slices, ui: &UiState, regions: &mut Vec<(Region, Rect)>) {
    let deadlines = match class {
        Class::Wide => 7,
        Class::Large => 6,
        _ => 5,
    };
    regions.push((Region::Deadlines, rest.top(deadlines)));
    let main = rest.top((u32::from(rest.0.height) * 9 / 16) as u16);
    let width = u32::from(main.width);
    if class == Class::Wide && !ui.slow {
        // The map has a width of its own (tiles of four columns); board and checklist share the rest.
        let map = 60;
        let board = (width - map) * 59 / 100;
        let [board, map] = [board as u16, map as u16];
        regions.push((Region::Board, Rect { width: board, ..main }));
        regions.push((Region::Map, Rect { x: main.x + board, width: map, ..main }));
        let left = board + map;
        regions.push((Region::Playbook, Rect { x: main.x + left, width: main.width - left, ..main }));
    } else {
        let board = (width * if class == Class::Full { 55 } else { 57 } / 100) as u16;
        regions.push((Region::Board, Rect { width: board, ..main }));
        regions.push((Region::Playbook, Rect { x: main.x + board, width: main.width - board, ..main }));
    }
    regions.push((Region::Log, rest.0));
}

/// What lies on top covers the panes, never the overview, the input line or the bands.
fn overlay_rect(ui: &UiState, middle: Rect, class: Class) -> Rect {
    let overlay = &ui.overlay;
    let wanted = match overlay {
        Overlay::Palette(palette) => Some((78, palette.items.len() + 2)),
        Overlay::Menu(menu) => {
            let hint = usize::from(menu.items.iter().any(|item| !item.hint.is_empty() || !item.why_not.is_empty()));
            // The chronogramme has long lines.
            Some((if menu.of_desk() { 130 } else { 78 }, menu.items.len() + 2 + 2 * hint))
        }
        Overlay::Card(card) => Some((84, card_rows(card, 80) + 2)),
        // As wide as the middle allows, as high as its fields and their hints need.
        Overlay::Form(_) => Some((84, usize::from(super::view::overlay::rows(overlay, middle.width.min(84))))),
        // No wider or higher than they can use: the panes around them go on living.
        Overlay::Map { .. } => Some((66, 28)),
        Overlay::Detail { of: Target::Psap(_), .. } => Some((100, 20)),
        Overlay::Detail { of: Target::Server(_), .. } => Some((100, 14)),
        Overlay::Detail { .. } => Some((100, 30)),
        Overlay::Help { lines, .. } => Some((120, lines.len() + 2)),
        Overlay::Deadlines { .. } => Some((130, 24)),
        Overlay::List { .. } => Some((116, if ui.list_rows == 0 { 40 } else { ui.list_rows.clamp(10, 38) + 2 })),
        Overlay::Draft(_) => Some((116, usize::from(u16::MAX))),
        Overlay::Timeline { .. } => Some((150, usize::from(u16::MAX))),
        Overlay::None => None,
    };
    // A small screen has no room for a frame around a frame.
    let Some((width, height)) = wanted.filter(|_| class.framed()) else { return middle };
    // What would be left beside it is no pane any more.
    let width = if middle.width < width + 8 { middle.width } else { width };
    let height = middle.height.min(u16::try_from(height.max(5)).unwrap_or(u16::MAX));
    Rect { x: middle.x + (middle.width - width) / 2, y: middle.y + (middle.height - height) / 3, width, height }
}

/// Rows a card needs, long values wrapped at `columns` (an estimate: the card scrolls).
fn card_rows(card: &super::model::Card, columns: usize) -> usize {
    let lines: usize = card.lines.iter().map(|line| 1 + line.value.chars().count() / (columns - 22)).sum();
    lines + if card.buttons.is_empty() { 0 } else { 2 + card.buttons.len() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::model::{Card, Menu};

    #[test]
    fn named_sizes_have_their_class() {
        for (width, height, class) in [
            (200, 60, Class::Wide),
            (160, 45, Class::Large),
            (120, 40, Class::Full),
            (80, 24, Class::Tabs),
            (40, 12, Class::Small),
            (20, 5, Class::Tiny),
        ] {
            assert_eq!(Class::of(Size { width, height }), class, "{width}x{height}");
        }
    }

    #[test]
    fn tabs_keep_the_top_lines_and_the_next_deadline() {
        let layout = layout(Size { width: 80, height: 24 }, &UiState::default());
        let shown: Vec<Region> = layout.regions.iter().map(|(region, _)| *region).collect();
        assert_eq!(
            shown,
            [
                Region::BandTop,
                Region::Overview,
                Region::Deadlines,
                Region::Tabs,
                Region::Log,
                Region::Input,
                Region::BandBottom
            ]
        );
        assert_eq!(layout.rect(Region::Log).map(|rect| rect.height), Some(16));
    }

    fn overlays() -> [Overlay; 4] {
        let menu = Menu { title: String::new(), items: Vec::new(), cursor: 0, letters: false };
        let card = Card {
            title: String::new(),
            lines: Vec::new(),
            buttons: Vec::new(),
            selected: None,
            scroll: 0,
            grave: false,
        };
        [Overlay::None, Overlay::Menu(menu), Overlay::Card(card), Overlay::Help { lines: Vec::new(), scroll: 0 }]
    }

    proptest! {
        #[test]
        fn regions_tile_the_screen(width in 0u16..320, height in 0u16..120, tab in 0usize..4, zoom: bool, slow: bool) {
            for overlay in overlays() {
                let ui = UiState { tab: Pane::RING[tab], focus: Pane::RING[tab], zoom, slow, overlay, ..UiState::default() };
                let size = Size { width, height };
                let layout = layout(size, &ui);
                let screen = Rect::new(0, 0, width, height);
                let mut cells = 0;
                for (i, (region, rect)) in layout.regions.iter().enumerate() {
                    prop_assert_eq!(rect.intersection(screen), *rect);
                    if *region == Region::Overlay {
                        continue;
                    }
                    cells += u32::from(rect.width) * u32::from(rect.height);
                    for (other, other_rect) in layout.regions.iter().skip(i + 1) {
                        prop_assert!(*other == Region::Overlay || !rect.intersects(*other_rect), "{region:?} {other:?}");
                    }
                }
                prop_assert_eq!(cells, u32::from(width) * u32::from(height));
            }
        }
    }
}
