//! Filter and search: newest hits first, in steps, so that the first screenful is there at once and the count follows.

use std::collections::VecDeque;

use memchr::memmem;

use super::scan;
use super::view::LogView;
use crate::incident::kind::{Kind, KindSet};

/// Searched text per block \[bytes\].
const BLOCK: usize = 256 << 10;
/// Rows per block when there are no words to search.
const BLOCK_ROWS: usize = 64 << 10;

/// What is wanted. Empty: everything.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Only these kinds.
    pub kinds: Option<KindSet>,
    /// Only what this author wrote (short name).
    pub who: Option<String>,
    /// Only entries with these letters in their words: small or capital does not matter, accents as typed.
    pub text: String,
}

impl Filter {
    /// Does it let everything through?
    pub fn is_empty(&self) -> bool {
        self.kinds.is_none() && self.who.is_none() && self.text.is_empty()
    }
}

/// A running search.
#[derive(Debug, Clone)]
pub struct Search {
    filter: Filter,
    needle: Option<memmem::Finder<'static>>,
    authors: Option<Vec<u16>>,
    /// Generation of the view in which `lower` and `upper` are rows.
    generation: u64,
    /// Rows from here down are still to be searched.
    lower: usize,
    /// Rows from here up are still to be searched.
    upper: usize,
    /// Rows found, newest read first.
    rows: VecDeque<u32>,
    /// Positions in display order, newest first; only kept when that is another order.
    sorted: Option<Vec<u32>>,
}

impl Search {
    /// Begins a search; [`Search::step`] does the work.
    pub fn new(view: &LogView, filter: Filter) -> Self {
        let mut search = Self {
            filter,
            needle: None,
            authors: None,
            generation: 0,
            lower: 0,
            upper: 0,
            rows: VecDeque::new(),
            sorted: None,
        };
        search.restart(view);
        search
    }

    /// What is searched.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    fn restart(&mut self, view: &LogView) {
        let mut folded = Vec::new();
        scan::fold(&mut folded, self.filter.text.as_bytes());
        self.needle = (!folded.is_empty()).then(|| memmem::Finder::new(&folded).into_owned());
        self.generation = view.generation();
        self.lower = view.index().len();
        self.upper = self.lower;
        self.rows.clear();
        self.sorted = None;
    }

    /// Searches on, over about `budget` bytes of words; entries that came meanwhile are searched first. True: done.
    pub fn step(&mut self, view: &LogView, budget: usize) -> bool {
        if self.generation != view.generation() {
            // The whole log took the place of its tail: rows are counted anew.
            self.restart(view);
        }
        // Authors may be new: their list is short.
        self.authors = self.filter.who.as_ref().map(|who| view.index().authors_named(who));
        let before = self.rows.len();
        let len = view.index().len();
        if self.upper < len {
            let mut found = Vec::new();
            self.block(view, self.upper..len, &mut found);
            for row in found {
                self.rows.push_front(row);
            }
            self.upper = len;
        }
        let mut spent = 0;
        let mut found = Vec::new();
        while self.lower > 0 && spent < budget {
            let from = self.block_start(view);
            found.clear();
            self.block(view, from..self.lower, &mut found);
            self.rows.extend(found.iter().rev());
            spent += view.index().text_at(self.lower) - view.index().text_at(from);
            spent += (self.lower - from) * 2;
            self.lower = from;
        }
        if view.has_order() && (self.rows.len() != before || self.sorted.is_none()) {
            let mut sorted: Vec<u32> = self.rows.iter().filter_map(|row| view.position_of_row(*row as usize)).collect();
            sorted.sort_unstable_by(|a, b| b.cmp(a));
            self.sorted = Some(sorted);
        }
        self.done(view)
    }

    /// Has everything been searched?
    pub fn done(&self, view: &LogView) -> bool {
        self.generation == view.generation() && self.lower == 0 && self.upper == view.index().len()
    }

    /// Number of hits so far.
    pub fn count(&self) -> usize {
        // Of a record that is played back, what is not shown yet is not found.
        self.sorted.as_ref().map_or(self.rows.len(), Vec::len)
    }

    /// The `n`th newest hit: its position in the view.
    pub fn hit(&self, view: &LogView, n: usize) -> Option<usize> {
        match &self.sorted {
            Some(sorted) => sorted.get(n).map(|position| *position as usize),
            None => self.rows.get(n).map(|row| *row as usize + view.first_known()),
        }
    }

    /// Which hit is at this position or the nearest older one.
    pub fn nearest(&self, view: &LogView, position: usize) -> Option<usize> {
        let older = |n: usize| self.hit(view, n).is_some_and(|p| p <= position);
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low.midpoint(high);
            if older(middle) { high = middle } else { low = middle + 1 }
        }
        (low < self.count()).then_some(low)
    }

    fn block_start(&self, view: &LogView) -> usize {
        if self.needle.is_none() {
            return self.lower.saturating_sub(BLOCK_ROWS);
        }
        let end = view.index().text_at(self.lower);
        // At least one row, however long.
        view.index().row_of_text(end.saturating_sub(BLOCK)).min(self.lower - 1)
    }

    fn wanted(&self, view: &LogView, row: usize) -> bool {
        let index = view.index();
        let kind = match self.filter.kinds {
            Some(kinds) => index.kind(row).is_some_and(|kind| kinds.has(kind)),
            None => true,
        };
        kind && self.authors.as_ref().is_none_or(|authors| index.author(row).is_some_and(|a| authors.contains(&a)))
    }

    /// Hits in a range of rows, oldest first.
    fn block(&self, view: &LogView, rows: std::ops::Range<usize>, found: &mut Vec<u32>) {
        let index = view.index();
        let Some(needle) = &self.needle else {
            if self.authors.is_none()
                && let Some(kinds) = self.filter.kinds
            {
                let bytes = index.kinds().get(rows.clone()).unwrap_or_default();
                let mut table = [false; 256];
                for kind in Kind::ALL.iter().filter(|kind| kinds.has(**kind)) {
                    table[*kind as usize] = true;
                }
                found.extend(
                    bytes
                        .iter()
                        .zip(rows.start..)
                        .filter(|(kind, _)| table[usize::from(**kind)])
                        .map(|(_, r)| r as u32),
                );
                return;
            }
            found.extend(rows.filter(|row| self.wanted(view, *row)).map(|row| row as u32));
            return;
        };
        let (start, text) = index.text_of(rows.clone());
        let mut from = 0;
        let mut row = rows.start;
        while let Some(at) = text.get(from..).and_then(|rest| needle.find(rest)) {
            let at = start + from + at;
            // Hits are often close together, and the next row is at hand.
            while row + 1 < rows.end && index.text_at(row + 1) <= at {
                row += 1;
            }
            if self.wanted(view, row) {
                found.push(row as u32);
            }
            from = index.text_at(row + 1) - start;
            row += 1;
        }
    }
}
