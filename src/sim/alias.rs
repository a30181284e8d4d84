//! Picks by weight: one word picks among any number of values in constant time.
//!
//! Does not belong here: where the word comes from (`draw`).

/// Walker's alias table (Walker 1977; Vose 1991): one word picks among n in constant time.
#[derive(Debug, Clone, Default)]
pub struct Alias {
    /// Threshold, value below or at it, value above it.
    cells: Vec<(u32, u32, u32)>,
}

impl Alias {
    /// Picks 0, 1, 2… by weights.
    pub fn new(weights: &[f64]) -> Self {
        Self::of(&(0..weights.len() as u32).collect::<Vec<_>>(), weights)
    }

    /// Picks values by their weights; negative ones count as zero. Without any weight the first value is picked, or 0.
    pub fn of(values: &[u32], weights: &[f64]) -> Self {
        let total: f64 = weights.iter().map(|w| w.max(0.0)).sum();
        if weights.is_empty() || total <= 0.0 {
            let first = values.first().copied().unwrap_or(0);
            return Self { cells: vec![(u32::MAX, first, first)] };
        }
        let scale = weights.len() as f64 / total;
        let mut left: Vec<f64> = weights.iter().map(|w| w.max(0.0) * scale).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..left.len()).partition(|&i| left[i] < 1.0);
        let mut cells: Vec<(u32, u32, u32)> = values.iter().map(|&v| (u32::MAX, v, v)).collect();
        while let (Some(&few), Some(&many)) = (small.last(), large.last()) {
            small.pop();
            cells[few] = ((left[few] * 4_294_967_296.0) as u32, values[few], values[many]);
            left[many] -= 1.0 - left[few];
            if left[many] < 1.0 {
                large.pop();
                small.push(many);
            }
        }
        Self { cells }
    }

    /// The values, in their order.
    pub fn values(&self) -> impl Iterator<Item = u32> {
        self.cells.iter().map(|&(_, own, _)| own)
    }

    /// The value for a word.
    #[inline]
    pub fn pick(&self, word: u64) -> u32 {
        let (threshold, own, other) = self.cells[(((word >> 32) * self.cells.len() as u64) >> 32) as usize];
        if (word as u32) <= threshold { own } else { other }
    }
}

/// Alias tables of equally many small values side by side: what a pick needs is one read away.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Threshold, value below or at it, value above it.
    cells: Vec<(u32, u16, u16)>,
    width: usize,
}

impl Rows {
    /// From tables of `width` values each; a table of one value is that value `width` times.
    pub fn new(width: usize, tables: impl Iterator<Item = Alias>) -> Self {
        let width = width.max(1);
        let mut cells = Vec::new();
        for (row, table) in tables.enumerate() {
            let narrow = table.cells.iter().map(|&(threshold, own, other)| (threshold, own as u16, other as u16));
            cells.extend(narrow.cycle().take(width));
            cells.resize((row + 1) * width, (u32::MAX, 0, 0));
        }
        Self { cells, width }
    }

    /// The value of a row for a word, as [`Alias::pick`] gives it.
    #[inline]
    pub fn pick(&self, row: usize, word: u64) -> u16 {
        let at = (((word >> 32) * self.width as u64) >> 32) as usize;
        let (threshold, own, other) = self.cells[row * self.width + at];
        if (word as u32) <= threshold { own } else { other }
    }
}

#[cfg(test)]
mod tests {
    use super::super::draw::{Key, Purpose};
    use super::*;

    #[test]
    fn an_alias_table_keeps_the_weights() {
        let weights = [3.0, 0.0, 1.0, 0.5, 5.5];
        let alias = Alias::new(&weights);
        let mut counts = [0u32; 5];
        for i in 0..100_000 {
            counts[alias.pick(Key::caller(1, 2, i).word(0, Purpose::Row, 0)) as usize] += 1;
        }
        assert_eq!(counts[1], 0);
        for (count, weight) in counts.iter().zip(weights) {
            assert!((f64::from(*count) / 10_000.0 - weight).abs() < 0.08, "{counts:?}");
        }
        assert_eq!(Alias::new(&[]).pick(12), 0);
    }

    #[test]
    fn tables_side_by_side_pick_as_they_do_alone() {
        let tables =
            [Alias::new(&[3.0, 0.0, 1.0]), Alias::new(&[0.0, 0.0, 0.0]), Alias::of(&[9, 4, 7], &[1.0, 2.0, 3.0])];
        let rows = Rows::new(3, tables.iter().cloned());
        for i in 0..10_000 {
            let word = Key::caller(1, 2, i).word(0, Purpose::Line, 0);
            for (row, table) in tables.iter().enumerate() {
                assert_eq!(u32::from(rows.pick(row, word)), table.pick(word));
            }
        }
        assert_eq!(Rows::new(0, std::iter::once(Alias::new(&[]))).pick(0, 1 << 63), 0);
    }
}
