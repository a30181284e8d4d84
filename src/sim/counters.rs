//! What was counted since the last frame was cut: by cell, and by psap and service.
//!
//! A frame touches a few dozen of thousands of cells. Only the rows of cells that it touches are kept, side by side, so
//! that they stay near the processor and a fork copies nothing else.
//!
//! Does not belong here: what is counted when (`call`, `centre`), counts since the start.

/// What a cell counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Count {
    Attempts,
    Delivered,
    Answered,
    Busy,
    Abandoned,
    Refused,
    Silent,
    Dropped,
}

/// No row of cells.
pub(super) const NIL: u32 = u32::MAX;

/// Counters since the last frame was cut.
#[derive(Debug, Clone)]
pub(super) struct Counters {
    /// Where the cells of a zone × service begin in `cells`, by row, or [`NIL`] while none of them was touched.
    starts: Vec<u32>,
    /// The cells of the rows that were touched, a line each.
    cells: Vec<[u16; 8]>,
    lines: usize,
    /// By psap × (services + 1): received, answered, in target, abandoned. A psap knows whether it was touched.
    pub psaps: Vec<[u16; 4]>,
}

impl Counters {
    /// None yet, for `rows` of zone × service with so many lines, and `centres` of psap × (services + 1).
    pub fn new(rows: usize, lines: usize, centres: usize) -> Self {
        Self { starts: vec![NIL; rows], cells: Vec::with_capacity(rows * lines), lines, psaps: vec![[0; 4]; centres] }
    }

    /// Counts something in a cell.
    #[inline]
    pub fn cell(&mut self, row: u32, line: u8, what: Count) {
        let mut start = self.starts[row as usize];
        if start == NIL {
            start = self.touch(row);
        }
        let count = &mut self.cells[start as usize + line as usize][what as usize];
        *count = count.saturating_add(1);
    }

    #[cold]
    #[inline(never)]
    fn touch(&mut self, row: u32) -> u32 {
        let start = self.cells.len();
        self.cells.resize(start + self.lines, [0; 8]);
        self.starts[row as usize] = start as u32;
        start as u32
    }

    /// Visits the cells that counted anything, in order, and forgets their counts.
    pub fn take_cells(&mut self, mut visit: impl FnMut(u32, [u16; 8])) {
        for (row, start) in self.starts.iter_mut().enumerate().filter(|(_, start)| **start != NIL) {
            let start = std::mem::replace(start, NIL) as usize;
            for (line, counts) in self.cells[start..start + self.lines].iter().enumerate() {
                if *counts != [0; 8] {
                    visit((row * self.lines + line) as u32, *counts);
                }
            }
        }
        self.cells.clear();
    }
}
