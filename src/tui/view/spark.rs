//! Sparklines: one column per slice of time, in blocks or in ASCII.

use ratatui::style::Style;

use crate::tui::model::Glyphs;
use crate::tui::view::row::Row;

/// Draws `values` (oldest first) between `low` and `high` into `columns`, newest at the right end.
///
/// When there are more values than columns, each column shows the lowest of its slice: a hole must not be
/// averaged away. A slice without data is a blank, never a zero.
pub fn spark(
    row: &mut Row<'_>,
    values: impl DoubleEndedIterator<Item = Option<u32>> + ExactSizeIterator,
    (low, high): (u32, u32),
    columns: u16,
    glyphs: Glyphs,
    style: Style,
) {
    let columns = columns.min(row.room());
    if columns == 0 {
        return;
    }
    let bars = glyphs.bars();
    let per = values.len().div_ceil(usize::from(columns)).max(1);
    let mut slots: Vec<Option<u32>> = Vec::with_capacity(usize::from(columns));
    let mut lowest = None;
    for (i, value) in values.rev().enumerate() {
        lowest = match (lowest, value) {
            (Some(a), Some(b)) => Some(u32::min(a, b)),
            (a, b) => a.or(b),
        };
        if (i + 1) % per == 0 {
            slots.push(lowest.take());
        }
    }
    if lowest.is_some() {
        slots.push(lowest);
    }
    slots.truncate(usize::from(columns));
    row.skip(columns - u16::try_from(slots.len()).unwrap_or(columns));
    let span = high.saturating_sub(low).max(1);
    for slot in slots.into_iter().rev() {
        match slot {
            None => {
                row.skip(1);
            }
            Some(value) => {
                let step = u64::from(value.saturating_sub(low).min(span)) * (bars.len() as u64 - 1) / u64::from(span);
                row.put(bars.get(step as usize).copied().unwrap_or(" "), style);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use super::*;

    fn drawn(values: &[Option<u32>], columns: u16, glyphs: Glyphs) -> String {
        let area = Rect::new(0, 0, 8, 1);
        let mut buf = Buffer::empty(area);
        let mut row = Row::new(&mut buf, area, 0, glyphs);
        spark(&mut row, values.iter().copied(), (0, 1_000), columns, glyphs, Style::new());
        (0..8).map(|x| buf[(x, 0)].symbol()).collect()
    }

    #[test]
    fn newest_stands_at_the_right_and_holes_stay_holes() {
        assert_eq!(drawn(&[Some(1_000), None, Some(0)], 6, Glyphs::Unicode), "   █ ▁  ");
        assert_eq!(drawn(&[Some(1_000), None, Some(0)], 6, Glyphs::Ascii), "   # _  ");
    }

    #[test]
    fn a_slice_shows_its_lowest_value() {
        let values: Vec<Option<u32>> = (0..60).map(|i| Some(if i == 31 { 0 } else { 1_000 })).collect();
        assert_eq!(drawn(&values, 4, Glyphs::Unicode), "██▁█    ");
    }
}
