//! The log pane: cursor, scrolling, search, filter.

use std::sync::Arc;

use crate::incident::event::{Entry, EntryId};
use crate::incident::kind::{Kind, KindSet};
use crate::lang::Arg;
use crate::store::{Filter, LogView, Search};
use crate::tui::keymap::Move;
use crate::tui::model::{Level, Pane, Purpose};

use super::App;
use super::cards::correctable;

/// Searched at once when a key changes the query: enough for the first screenful of a common word \[bytes\].
const FIRST: usize = 512 << 10;
/// Searched between two looks at the keyboard \[bytes\].
const SLICE: usize = 4 << 20;

impl App {
    fn log(&self) -> &LogView {
        self.session.log()
    }

    /// Work that can wait until nobody types: the rest of a search. Says whether there is more.
    pub fn background(&mut self) -> bool {
        let log = self.session.log();
        let Some(search) = self.ui.log.search.as_mut() else { return false };
        if search.done(log) {
            return false;
        }
        let done = search.step(log, SLICE);
        self.ui.log.hits = done.then(|| search.count());
        self.ui.revision += 1;
        !done
    }

    /// Entries came: the search goes on with them.
    pub(super) fn follow_log(&mut self) {
        let hidden = self.hidden_kinds();
        if hidden != self.ui.log.hidden {
            self.ui.log.hidden = hidden;
            self.start_search();
        }
        let log = self.session.log();
        if let Some(search) = self.ui.log.search.as_mut()
            && !search.done(log)
        {
            let done = search.step(log, FIRST);
            self.ui.log.hits = done.then(|| search.count());
        }
    }

    /// What the log does not show unasked. What the desk does to the clock stands in the desk's own lines. Whoever plays
    /// alone has the whole exercise in his log, and is shown what befell the network only when it is over.
    fn hidden_kinds(&self) -> KindSet {
        let clock = KindSet::EMPTY.with(Kind::Clock);
        match self.session.desk() {
            _ if self.session.cell().is_some() => clock,
            Some(desk) if desk.kit().injects.is_empty() => KindSet::EMPTY,
            Some(_) if self.sees_all() => clock,
            Some(_) => clock.with(Kind::Desk).with(Kind::Inject),
            None => KindSet::EMPTY,
        }
    }

    fn start_search(&mut self) {
        let ui = &mut self.ui.log;
        let mut kinds: KindSet = ui.kinds.iter().filter_map(|word| Kind::from_bytes(word.as_bytes())).collect();
        if kinds.is_empty() && !ui.hidden.is_empty() {
            kinds = Kind::ALL.iter().copied().filter(|kind| !ui.hidden.has(*kind)).collect();
        }
        let filter =
            Filter { kinds: (!kinds.is_empty()).then_some(kinds), who: None, text: ui.query.trim().to_owned() };
        ui.cursor = None;
        ui.bottom = None;
        ui.hits = None;
        if filter.is_empty() {
            ui.search = None;
            return;
        }
        let log = self.session.log();
        let mut search = Search::new(log, filter);
        let done = search.step(log, FIRST);
        ui.hits = done.then(|| search.count());
        ui.search = Some(search);
    }

    /// The query changed.
    pub(super) fn search_again(&mut self) {
        self.ui.log.query = self.ui.input.line.text().to_owned();
        self.start_search();
    }

    /// Esc in a search: everything is shown again.
    pub(super) fn end_search(&mut self) {
        self.ui.log.query.clear();
        self.start_search();
    }

    /// Enter in a search: the hits stay, the line is for writing again, the cursor is on the newest hit.
    pub(super) fn keep_search(&mut self) {
        self.ui.input.line.take();
        self.ui.input.purpose = Purpose::Entry;
        self.unstash();
        if self.ui.log.query.trim().is_empty() {
            return;
        }
        self.focus(Pane::Log);
        self.ui.log.cursor = self.ui.log.search.as_ref().and_then(|search| search.hit(self.log(), 0));
        if self.ui.log.cursor.is_none() {
            let args = [("what", Arg::Str(self.ui.log.query.as_str()))];
            let text = self.lang.ta("status-not-found", &args);
            self.status(Level::Info, text);
        }
    }

    pub(super) fn filter_log(&mut self, kinds: Vec<String>) {
        self.ui.log.kinds = kinds;
        self.start_search();
        self.focus(Pane::Log);
    }

    /// The kinds that can be shown: word and name.
    pub(super) fn kinds(&self) -> Vec<(String, String)> {
        let name = |kind: &Kind| self.t(&format!("report-kind-{}", kind.word().replace('_', "-")));
        Kind::ALL.iter().map(|kind| (kind.word().to_owned(), name(kind))).collect()
    }

    /// Back to the newest entries; what is filtered stays filtered, a search ends.
    pub(super) fn leave_log(&mut self) {
        let ui = &mut self.ui.log;
        if ui.cursor.take().is_some() {
            ui.bottom = None;
        } else if !ui.query.is_empty() {
            self.end_search();
        } else if !ui.kinds.is_empty() {
            ui.kinds.clear();
            self.start_search();
        }
    }

    /// Number of entries shown, and the `n`th newest of them.
    fn shown(&self) -> usize {
        self.ui.log.search.as_ref().map_or(self.log().len(), Search::count)
    }

    fn nth(&self, n: usize) -> Option<usize> {
        match &self.ui.log.search {
            Some(search) => search.hit(self.log(), n),
            None => self.log().len().checked_sub(n + 1),
        }
    }

    /// How many shown entries are newer than the one at a position.
    fn rank(&self, position: usize) -> usize {
        let log = self.log();
        match &self.ui.log.search {
            Some(search) => search.nearest(log, position).unwrap_or(0),
            None => log.len().saturating_sub(position + 1),
        }
    }

    pub(super) fn go_in_log(&mut self, to: Move) {
        let count = self.shown();
        let Some(last) = count.checked_sub(1) else { return };
        let page = self.ui.log.rows.saturating_sub(1).max(1);
        let at = self.ui.log.cursor.map(|position| self.rank(position));
        let next = match (to, at) {
            (Move::Up, None) | (Move::Last, _) => 0,
            (Move::Left | Move::Right, _) | (Move::Down | Move::PageDown, None) => return,
            (Move::PageUp, None) => page,
            (Move::First, _) => last,
            (Move::Up, Some(at)) => at + 1,
            (Move::PageUp, Some(at)) => at + page,
            (Move::PageDown, Some(at)) => at.saturating_sub(page),
            // Below the newest there is nothing to choose: following again.
            (Move::Down, Some(0)) => {
                self.ui.log.cursor = None;
                self.ui.log.bottom = None;
                return;
            }
            (Move::Down, Some(at)) => at - 1,
        };
        self.ui.log.cursor = self.nth(next.min(last));
        self.keep_log_in_view();
    }

    /// Scrolls as little as needed to show the focused entry.
    pub(super) fn keep_log_in_view(&mut self) {
        let Some(cursor) = self.ui.log.cursor else { return };
        let rows = self.ui.log.rows.max(1);
        let at = self.rank(cursor);
        let bottom = self.ui.log.bottom.map_or(0, |position| self.rank(position));
        let bottom = if at < bottom {
            at
        } else if at >= bottom + rows {
            at + 1 - rows
        } else {
            bottom
        };
        self.ui.log.bottom = if bottom == 0 { None } else { self.nth(bottom) };
    }

    pub(super) fn focused_entry(&self) -> Option<Arc<Entry>> {
        self.ui.log.cursor.and_then(|position| self.log().get(position))
    }

    /// The author's last entry whose words can be corrected, among the newest few hundred.
    pub(super) fn last_own_entry(&self) -> Option<Arc<Entry>> {
        let (log, who) = (self.log(), &self.session.author().who);
        let newest = (0..log.len()).rev().take(500).filter_map(|position| log.get(position));
        newest.into_iter().find(|entry| entry.who == *who && correctable(&entry.body))
    }

    pub(super) fn entry_text(&self, id: &EntryId) -> Option<String> {
        if let Some(correction) = self.session.incident().corrections(id) {
            return Some(correction.text.clone());
        }
        self.log().entry(id).map(|entry| entry.body.text().to_owned())
    }

    /// Shows an entry in the log, whatever is filtered.
    pub(super) fn show_entry(&mut self, id: &EntryId) {
        let Some(position) = self.log().position(id) else { return };
        self.ui.clear_overlays();
        if self.ui.log.search.is_some() {
            self.ui.log.query.clear();
            self.ui.log.kinds.clear();
            self.start_search();
        }
        self.focus(Pane::Log);
        self.ui.log.cursor = Some(position);
        self.keep_log_in_view();
    }

    /// The card of the focused entry; without one, of the newest.
    pub(super) fn open_log_card(&mut self) {
        if self.ui.log.cursor.is_none() {
            self.ui.log.cursor = self.nth(0);
        }
        if let Some(entry) = self.focused_entry() {
            self.open_entry_card(&entry);
        }
    }
}
