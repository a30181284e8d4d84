//! The view of a log of any length: what the log pane, `follow`, exports and replays read.
//!
//! The end of the log is there at once; the rest is read and folded behind it by a thread of its own. Entries are
//! numbered by *position*, oldest first, from 0.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use super::StoreError;
use super::chain::{self, ChainFile};
use super::folder::Folder;
use super::index::Index;
use super::lines::{self, RawLine};
use super::load::{LoadEvent, Loaded, Work};
use super::scan::Scanner;
use super::writer::Line;
use crate::incident::Incident;
use crate::incident::event::{Body, Entry, EntryId, Genesis, Role};
use crate::incident::kind::Kind;

/// How much of the end of each chain is read for the first frame \[bytes\].
const TAIL: u64 = 256 << 10;
/// No line of ours is shorter \[bytes\].
const SHORTEST: u64 = 128;
/// Parsed entries kept at most.
const CACHE: usize = 4_096;

/// A record of which only the beginning is shown; what is pushed comes behind that.
#[derive(Debug, Clone, Copy)]
struct Played {
    /// Rows of the record: those from here on were pushed.
    rows: usize,
    /// Entries of the record that are shown.
    shown: usize,
}

/// All entries of an incident in the order in which they are shown.
#[derive(Debug)]
pub struct LogView {
    path: PathBuf,
    genesis: Genesis,
    genesis_sha256: String,
    index: Index,
    /// Rows in display order, when that is not the order of the rows.
    order: Option<Vec<u32>>,
    /// Entries before the first one of the index: not read yet.
    first: usize,
    /// A record that is played back: how much of it is shown.
    played: Option<Played>,
    /// Goes up when rows are counted anew.
    generation: u64,
    /// Lines pushed by this console's writer: kept, whatever becomes of the disk.
    pushed: BTreeMap<u32, Arc<Entry>>,
    /// Lines pushed while the loader was at work.
    waiting: Vec<Line>,
    loading: Option<Receiver<Loaded>>,
    /// How far each file has been read, for following others.
    ends: HashMap<PathBuf, u64>,
    cache: RefCell<HashMap<u32, Arc<Entry>>>,
}

impl LogView {
    /// Reads and folds the whole log.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn open(folder: &Folder) -> Result<(Self, Incident), StoreError> {
        let work = work(folder)?;
        let mut view = Self::empty(folder);
        view.note_ends(&work.chains);
        let (index, incident) = work.load()?;
        view.take_index(index);
        Ok((view, incident))
    }

    /// Reads the end of the log only: enough for the first frame. [`LogView::load`] reads the rest.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn open_tail(folder: &Folder) -> Result<Self, StoreError> {
        let mut view = Self::empty(folder);
        view.read_tails(&folder.chains()?)?;
        Ok(view)
    }

    /// Takes what is there as a record that is played back: nothing of it is shown until [`LogView::show`] says so.
    /// What is pushed from now on stands behind what is shown, whatever its time.
    pub fn play_back(&mut self) {
        self.played = Some(Played { rows: self.index.len(), shown: 0 });
        self.generation += 1;
    }

    /// Shows the first `count` entries of the record that is played back.
    pub fn show(&mut self, count: usize) {
        let Some(played) = self.played.as_mut() else { return };
        let count = count.min(played.rows);
        if played.shown != count {
            played.shown = count;
            self.generation += 1;
        }
    }

    /// Entries of the record that is played back, shown or not; of another log all entries.
    pub fn recorded(&self) -> usize {
        self.played.map_or_else(|| self.len(), |played| played.rows)
    }

    /// An entry of the record that is played back, shown or not.
    pub fn record(&self, position: usize) -> Option<Arc<Entry>> {
        Some(self.entry_of_row(self.row_of_record(position)?))
    }

    /// Makes these entries of the record true for an incident, shown or not. Lines that change nothing but the number of
    /// entries are not parsed.
    pub fn fold(&self, positions: std::ops::Range<usize>, incident: &mut Incident) {
        let mut scanner: Option<(EntryId, Scanner)> = None;
        for row in positions.filter_map(|position| self.row_of_record(position)) {
            if let Some(entry) = self.pushed.get(&(row as u32)) {
                incident.apply(entry);
                continue;
            }
            let Some((chain, seq)) = self.index.id(row) else { continue };
            let known = scanner.as_ref().and_then(|(id, _)| id.parts()).is_some_and(|(known, _)| known == chain);
            if !known {
                scanner = Some((EntryId::new(chain, seq), Scanner::new(&self.genesis.inc, chain)));
            }
            let line = self.index.line(row).unwrap_or_default();
            let found = scanner.as_ref().and_then(|(_, scanner)| scanner.scan(&line));
            match found {
                Some(found) if !found.stateful => incident.count(chain, found.seq),
                _ => match serde_json::from_slice::<Entry>(&line) {
                    Ok(entry) => incident.take(entry),
                    Err(_) => incident.count(chain, seq),
                },
            }
        }
    }

    fn empty(folder: &Folder) -> Self {
        Self {
            path: folder.path().to_path_buf(),
            genesis_sha256: folder.genesis_sha256().to_owned(),
            ..Self::new(folder.genesis().clone())
        }
    }

    /// The log of an incident that has no folder yet: empty.
    pub fn new(genesis: Genesis) -> Self {
        Self {
            path: PathBuf::new(),
            genesis,
            genesis_sha256: String::new(),
            index: Index::default(),
            order: None,
            first: 0,
            played: None,
            generation: 0,
            pushed: BTreeMap::new(),
            waiting: Vec::new(),
            loading: None,
            ends: HashMap::new(),
            cache: RefCell::default(),
        }
    }

    /// Starts reading, folding and checking the whole log on a thread; `wake` is called whenever [`LogView::poll`] has
    /// something.
    ///
    /// # Errors
    /// When the folder cannot be listed or no thread can be had.
    pub fn load(&mut self, wake: Box<dyn Fn() + Send>) -> Result<(), StoreError> {
        let chains = chain::list(&self.path)?;
        self.note_ends(&chains);
        let work = Work { genesis: self.genesis.clone(), genesis_sha256: self.genesis_sha256.clone(), chains };
        let (to, from) = channel();
        std::thread::Builder::new()
            .name("vigie-loader".to_owned())
            .spawn(move || work.run(&to, wake.as_ref()))
            .map_err(|source| StoreError::Io { path: self.path.clone(), source })?;
        self.loading = Some(from);
        Ok(())
    }

    /// What the loader has done since the last call.
    pub fn poll(&mut self) -> Vec<LoadEvent> {
        let mut events = Vec::new();
        while let Some(loaded) = self.loading.as_ref().and_then(|from| from.try_recv().ok()) {
            events.push(match loaded {
                Loaded::Index(index, mut incident) => {
                    self.take_index(*index);
                    for line in std::mem::take(&mut self.waiting) {
                        let known = self.index.row_of(&line.entry.chain, line.entry.seq).is_some();
                        if !known {
                            incident.apply(&line.entry);
                            self.add(&line);
                        }
                    }
                    LoadEvent::Folded(incident)
                }
                Loaded::Checked(result) => {
                    self.loading = None;
                    LoadEvent::Checked(result)
                }
                Loaded::Failed(why) => {
                    self.loading = None;
                    LoadEvent::Failed(why)
                }
            });
        }
        events
    }

    /// Adds a line which this console's writer has just saved.
    pub fn push(&mut self, line: &Line) {
        self.add(line);
        if self.loading.is_some() {
            self.waiting.push(line.clone());
        }
    }

    /// Reads what others have appended since; their entries, in the order in which they were read.
    /// Chains that [`LogView::push`] feeds are left alone: `own` is this console's chain.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn follow(&mut self, own: Option<&str>) -> Result<Vec<Arc<Entry>>, StoreError> {
        let mut fresh = Vec::new();
        for chain in chain::list(&self.path)? {
            if own == Some(chain.id.as_str()) {
                continue;
            }
            let scanner = Scanner::new(&self.genesis.inc, &chain.id);
            for segment in &chain.segments {
                let from = self.ends.get(&segment.path).copied().unwrap_or(0);
                if segment.length <= from {
                    continue;
                }
                let failed = |source: io::Error| StoreError::Io { path: segment.path.clone(), source };
                self.several(&chain.id);
                let number = self.index.file_number(&chain.id, &segment.path).map_err(failed)?;
                let Some(file) = self.index.files.get(number as usize).map(|f| Arc::clone(&f.file)) else { continue };
                let mut seq = self.index.last_seq(&chain.id).map_or(0, |seq| seq.saturating_add(1));
                let mut added = Vec::new();
                let end = lines::for_each(&file, from, segment.length, |offset, line| {
                    let row = self.index.len();
                    match line {
                        RawLine::Whole(line) => {
                            seq = self.index.add(number, offset, line, seq, &scanner).seq.saturating_add(1);
                            fresh.extend(serde_json::from_slice(line).ok().map(Arc::new));
                        }
                        RawLine::TooLong => {
                            self.index.add_damaged(number, offset, seq);
                            seq = seq.saturating_add(1);
                        }
                    }
                    added.push(row);
                    true
                })
                .map_err(failed)?;
                self.ends.insert(segment.path.clone(), end);
                for row in added {
                    self.place_row(row);
                }
            }
        }
        Ok(fresh)
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        if let Some(Played { rows, shown }) = self.played {
            return shown + self.index.len().saturating_sub(rows);
        }
        self.first + self.order.as_ref().map_or(self.index.len(), Vec::len)
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Position of the oldest entry that was read: below it [`LogView::get`] gives nothing until the loader is done.
    pub fn first_known(&self) -> usize {
        self.first
    }

    /// Is the whole log there?
    pub fn complete(&self) -> bool {
        self.first == 0
    }

    /// The entry at a position. A damaged line gives a notice that says so. `None`: not read yet, or past the end.
    pub fn get(&self, position: usize) -> Option<Arc<Entry>> {
        Some(self.entry_of_row(self.row_at(position)?))
    }

    fn entry_of_row(&self, row: usize) -> Arc<Entry> {
        if let Some(entry) = self.pushed.get(&(row as u32)) {
            return Arc::clone(entry);
        }
        if let Some(entry) = self.cache.borrow().get(&(row as u32)) {
            return Arc::clone(entry);
        }
        let parsed = match self.index.line(row) {
            Ok(line) => serde_json::from_slice::<Entry>(&line).map_err(|e| e.to_string()),
            Err(e) => Err(e.to_string()),
        };
        let entry = Arc::new(parsed.unwrap_or_else(|why| self.damaged(row, why)));
        let mut cache = self.cache.borrow_mut();
        if cache.len() >= CACHE {
            cache.clear();
        }
        cache.insert(row as u32, Arc::clone(&entry));
        entry
    }

    /// The bytes of the line at a position, as they stand in the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn bytes(&self, position: usize) -> io::Result<Vec<u8>> {
        let row = self.row_at(position).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        self.index.line(row)
    }

    /// The kind of the entry at a position; `None` for damaged lines and those not read yet.
    pub fn kind(&self, position: usize) -> Option<Kind> {
        self.index.kind(self.row_at(position)?)
    }

    /// Id of the entry at a position, without reading it.
    pub fn id(&self, position: usize) -> Option<EntryId> {
        let (chain, seq) = self.index.id(self.row_at(position)?)?;
        Some(EntryId::new(chain, seq))
    }

    /// Position of an entry.
    pub fn position(&self, id: &EntryId) -> Option<usize> {
        self.position_of_row(self.index.row(id)?).map(|position| position as usize)
    }

    /// The entry of this id.
    pub fn entry(&self, id: &EntryId) -> Option<Arc<Entry>> {
        self.get(self.position(id)?)
    }

    /// Short names of all who wrote (in the part that was read).
    pub fn authors(&self) -> Vec<String> {
        self.index.names()
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// May the order of positions be another one than that of the rows, or rows without a position be there?
    pub(super) fn has_order(&self) -> bool {
        self.order.is_some() || self.played.is_some()
    }

    /// Position of a row.
    pub(super) fn position_of_row(&self, row: usize) -> Option<u32> {
        let Some(Played { rows, shown }) = self.played else { return self.recorded_position(row) };
        if row >= rows {
            return (row < self.index.len()).then(|| (shown + row - rows) as u32);
        }
        self.recorded_position(row).filter(|position| (*position as usize) < shown)
    }

    fn recorded_position(&self, row: usize) -> Option<u32> {
        let Some(order) = &self.order else { return u32::try_from(row + self.first).ok() };
        let key = |row: u32| self.sort_key(row);
        let wanted = key(u32::try_from(row).ok()?);
        let at = order.partition_point(|other| key(*other) < wanted);
        (order.get(at).copied() == u32::try_from(row).ok()).then(|| (at + self.first) as u32)
    }

    fn row_at(&self, position: usize) -> Option<usize> {
        match self.played {
            Some(Played { shown, .. }) if position < shown => self.row_of_record(position),
            Some(Played { rows, shown }) => Some(rows + position - shown).filter(|row| *row < self.index.len()),
            None => self.row_of_record(position),
        }
    }

    fn row_of_record(&self, position: usize) -> Option<usize> {
        let known = position.checked_sub(self.first)?;
        match &self.order {
            Some(order) => order.get(known).map(|row| *row as usize),
            None => (known < self.played.map_or(self.index.len(), |played| played.rows)).then_some(known),
        }
    }

    /// By time, then by chain, then by number: the same for every reader.
    fn sort_key(&self, row: u32) -> (i64, &str, u64) {
        let when = self.index.when().and_then(|when| when.get(row as usize)).copied().unwrap_or(i64::MIN);
        let (chain, seq) = self.index.id(row as usize).unwrap_or(("", 0));
        (when, chain, seq)
    }

    fn take_index(&mut self, index: Index) {
        self.index = index;
        self.first = 0;
        self.generation += 1;
        self.pushed.clear();
        self.cache.borrow_mut().clear();
        self.sort();
    }

    fn sort(&mut self) {
        if self.index.when().is_none() {
            self.order = None;
            return;
        }
        let mut order: Vec<u32> = (0..self.index.len() as u32).collect();
        order.sort_by(|a, b| self.sort_key(*a).cmp(&self.sort_key(*b)));
        self.order = Some(order);
    }

    /// Puts a new row where it belongs: mostly at the end.
    fn place_row(&mut self, row: usize) {
        if self.played.is_some() {
            // What is added stands behind what is shown.
            return;
        }
        let Some(mut order) = self.order.take() else { return };
        let row = row as u32;
        let key = self.sort_key(row);
        let at = order.partition_point(|other| self.sort_key(*other) < key);
        order.insert(at, row);
        self.order = Some(order);
    }

    /// A line of another chain than those known so far: from now on times decide the order.
    fn several(&mut self, chain: &str) {
        let other = self.index.files.iter().any(|f| &*f.chain != chain);
        if self.played.is_some() || !other || self.index.when().is_some() {
            return;
        }
        let pushed = &self.pushed;
        self.index.keep_times(|index, row| {
            if let Some(entry) = pushed.get(&(row as u32)) {
                return Some(entry.at.timestamp_millis());
            }
            let entry: Entry = serde_json::from_slice(&index.line(row).ok()?).ok()?;
            Some(entry.at.timestamp_millis())
        });
        self.sort();
    }

    fn add(&mut self, line: &Line) {
        let name = chain::file_name(&line.entry.chain, line.segment);
        let path = self.path.join("chains").join(name);
        self.several(&line.entry.chain);
        // A file that cannot be opened for reading: the entry itself is at hand.
        let number = self.index.file_number(&line.entry.chain, &path).unwrap_or(0);
        let row = self.index.len();
        self.index.add_entry(number, line.offset, line.entry.clone());
        self.pushed.insert(row as u32, Arc::new(line.entry.clone()));
        self.ends.insert(path, line.offset + line.bytes.len() as u64 + 1);
        self.place_row(row);
    }

    fn note_ends(&mut self, chains: &[ChainFile]) {
        for segment in chains.iter().flat_map(|chain| &chain.segments) {
            self.ends.insert(segment.path.clone(), segment.length);
        }
    }

    /// What is shown of a line that cannot be read.
    fn damaged(&self, row: usize, why: String) -> Entry {
        let (chain, seq) = self.index.id(row).map_or((String::new(), 0), |(chain, seq)| (chain.to_owned(), seq));
        let lang = crate::lang::Lang::new(self.genesis.lang.parse().unwrap_or_default());
        let number = seq.to_string();
        Entry {
            v: 1,
            inc: self.genesis.inc.clone(),
            chain: chain.clone(),
            seq,
            at: self.genesis.at,
            up: String::new(),
            x: None,
            event_at: None,
            who: "vigie".to_owned(),
            org: String::new(),
            role: Role::Machine,
            body: Body::Notice {
                text: lang.ta("store-damaged-line", &[("chain", (&chain).into()), ("number", (&number).into())]),
                data: [("what".to_owned(), "damaged_line".to_owned()), ("why".to_owned(), why)].into(),
            },
            re: Vec::new(),
            seen: BTreeMap::new(),
            frame: None,
            prev: String::new(),
            sig: None,
        }
    }

    /// Reads the ends of all chains.
    fn read_tails(&mut self, chains: &[ChainFile]) -> Result<(), StoreError> {
        let work = Work { genesis: self.genesis.clone(), genesis_sha256: String::new(), chains: chains.to_vec() };
        let several = chains.iter().filter(|c| c.segments.iter().any(|s| s.length > 0)).count() > 1;
        let mut index = Index::new(work.open_files()?, several);
        let mut total = 0;
        // With several chains only what is later than the beginning of every tail is sure to be in its place.
        let mut sure = i64::MIN;
        let mut number = 0_u32;
        for chain in chains {
            let scanner = Scanner::new(&self.genesis.inc, &chain.id);
            let mut missing = chain.segments.iter().map(|s| s.length).sum::<u64>().saturating_sub(TAIL);
            let cut_off = missing > 0;
            let first_row = index.len();
            let mut seq = 0;
            for segment in &chain.segments {
                let skip = missing.min(segment.length);
                missing -= skip;
                let file = index.files.get(number as usize).map(|f| Arc::clone(&f.file));
                let Some(file) = file else { break };
                let until = segment.until.unwrap_or(u64::MAX);
                if skip < segment.length {
                    let mut partial = skip > 0;
                    lines::for_each(&file, skip, segment.length, |offset, line| {
                        if std::mem::take(&mut partial) {
                            return true;
                        }
                        if let RawLine::Whole(line) = line {
                            if let Some(scanned) = scanner.scan(line) {
                                seq = scanned.seq;
                            }
                            if seq >= until {
                                return false;
                            }
                            seq = index.add(number, offset, line, seq, &scanner).seq.saturating_add(1);
                        } else {
                            index.add_damaged(number, offset, seq);
                            seq = seq.saturating_add(1);
                        }
                        true
                    })
                    .map_err(|source| StoreError::Io { path: segment.path.clone(), source })?;
                }
                number += 1;
            }
            // A number that cannot be is not believed: no line of ours is that short.
            let bytes: u64 = chain.segments.iter().map(|s| s.length).sum();
            total += seq.min(bytes / SHORTEST) as usize;
            if cut_off && let Some(when) = index.when().and_then(|when| when.get(first_row)) {
                sure = sure.max(*when);
            }
        }
        self.note_ends(chains);
        self.take_index(index);
        if let Some(order) = &mut self.order {
            let when = self.index.when().unwrap_or_default();
            order.retain(|row| when.get(*row as usize).is_some_and(|at| *at >= sure));
            self.first = total.saturating_sub(order.len());
        } else {
            self.first = total.saturating_sub(self.index.len());
        }
        Ok(())
    }
}

fn work(folder: &Folder) -> Result<Work, StoreError> {
    Ok(Work {
        genesis: folder.genesis().clone(),
        genesis_sha256: folder.genesis_sha256().to_owned(),
        chains: folder.chains()?,
    })
}

#[cfg(test)]
#[path = "view_tests.rs"]
mod tests;
