//! The index of a log: per entry where its line is, its kind, its author, and where its searched text begins.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::DateTime;

use super::chain::MAX_LINE;
use super::quick;
use super::scan::{self, Scanner};
use crate::incident::event::{Author, Entry, EntryId};
use crate::incident::kind::Kind;

/// Bits of the place of a line that are the offset in its file.
const OFFSET_BITS: u32 = 44;
/// Between the fields of one entry in the searched text.
const FIELD: u8 = 0x1f;
/// Kind byte of a line that cannot be read.
const DAMAGED: u8 = u8::MAX;

/// One file of a chain, open for reading.
#[derive(Debug, Clone)]
pub(super) struct LogFile {
    pub chain: Arc<str>,
    pub path: PathBuf,
    pub file: Arc<File>,
}

/// Entries that follow each other in one file.
#[derive(Debug, Clone, Copy)]
struct Run {
    file: u32,
    first_seq: u64,
    first_row: u32,
    rows: u32,
}

/// Columns, one row per entry, in the order in which they were read.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub files: Vec<LogFile>,
    runs: Vec<Run>,
    /// File number and offset.
    place: Vec<u64>,
    kind: Vec<u8>,
    author: Vec<u16>,
    /// Where the searched text of the entry begins.
    text_at: Vec<u32>,
    text: Vec<u8>,
    authors: Vec<Vec<u8>>,
    parsed_authors: Vec<Option<Author>>,
    scratch: Vec<u8>,
    author_numbers: HashMap<Vec<u8>, u16>,
    last_author: Option<u16>,
    /// Entry time, never before that of the chain's line before \[ms\]: only kept when there are several chains.
    when: Option<Vec<i64>>,
}

/// A line as it goes into the index.
pub(super) struct Indexed {
    pub seq: u64,
    /// The whole entry, where the fold or the index needed it.
    pub entry: Option<Entry>,
}

impl Index {
    pub fn new(files: Vec<LogFile>, several: bool) -> Self {
        Self { files, when: several.then(Vec::new), ..Self::default() }
    }

    pub fn len(&self) -> usize {
        self.place.len()
    }

    pub fn reserve(&mut self, lines: usize) {
        self.place.reserve(lines);
        self.kind.reserve(lines);
        self.author.reserve(lines);
        self.text_at.reserve(lines);
        self.text.reserve(lines * 80);
    }

    /// Adds the line of a file; `seq` is the number it must have by its place. The entry comes back when the fold needs
    /// it (then perhaps without what the fold does not look at) or when the line does not look like ours.
    pub fn add(&mut self, file: u32, offset: u64, line: &[u8], seq: u64, scanner: &Scanner) -> Indexed {
        let Some(found) = scanner.scan(line) else {
            if let Ok(entry) = serde_json::from_slice::<Entry>(line) {
                return self.add_entry(file, offset, entry);
            }
            self.add_damaged(file, offset, seq);
            return Indexed { seq, entry: None };
        };
        self.push_row(file, offset, found.seq, found.kind as u8);
        let author = self.author_number(found.author);
        self.author.push(author);
        if self.when.is_some() {
            let at = std::str::from_utf8(found.at).ok().and_then(|s| DateTime::parse_from_rfc3339(s).ok());
            self.push_when(at.map(|at| at.timestamp_millis()));
        }
        scan::fold_json(&mut self.text, found.text);
        if !found.source.is_empty() {
            self.text.push(FIELD);
            scan::fold_json(&mut self.text, found.source);
        }
        let mut entry = None;
        if found.stateful {
            entry = match (self.parsed_authors.get(usize::from(author)), self.files.get(file as usize)) {
                (Some(Some(author)), Some(file)) => quick::entry(&found, &file.chain, author, &mut self.scratch),
                _ => None,
            };
            if entry.is_none() {
                entry = serde_json::from_slice::<Entry>(line).ok();
            }
            if let Some(entry) = &entry {
                for word in scan::more_text(&entry.body) {
                    self.text.push(FIELD);
                    scan::fold(&mut self.text, word.as_bytes());
                }
            } else if let Some(kind) = self.kind.last_mut() {
                *kind = DAMAGED;
            }
        }
        self.text.push(b'\n');
        Indexed { seq: found.seq, entry }
    }

    /// Adds an entry that is parsed already.
    pub fn add_entry(&mut self, file: u32, offset: u64, entry: Entry) -> Indexed {
        let kind = Kind::of(&entry.body);
        self.push_row(file, offset, entry.seq, kind as u8);
        let author = self.author_number(&scan::author_key(&entry));
        self.author.push(author);
        self.push_when(Some(entry.at.timestamp_millis()));
        scan::fold(&mut self.text, entry.body.text().as_bytes());
        for word in scan::more_text(&entry.body) {
            self.text.push(FIELD);
            scan::fold(&mut self.text, word.as_bytes());
        }
        self.text.push(b'\n');
        Indexed { seq: entry.seq, entry: Some(entry) }
    }

    /// Adds a line that cannot be read: it keeps its place.
    pub fn add_damaged(&mut self, file: u32, offset: u64, seq: u64) {
        self.push_row(file, offset, seq, DAMAGED);
        let author = self.author_number(b"?");
        self.author.push(author);
        self.push_when(None);
        self.text.push(b'\n');
    }

    fn push_row(&mut self, file: u32, offset: u64, seq: u64, kind: u8) {
        let row = self.place.len() as u32;
        match self.runs.last_mut() {
            Some(run) if run.file == file && run.first_seq.saturating_add(u64::from(run.rows)) == seq => run.rows += 1,
            _ => self.runs.push(Run { file, first_seq: seq, first_row: row, rows: 1 }),
        }
        self.place.push(u64::from(file) << OFFSET_BITS | offset);
        self.kind.push(kind);
        // Past four gibibytes of words the search finds no more; everything else goes on.
        self.text_at.push(u32::try_from(self.text.len()).unwrap_or(u32::MAX));
    }

    fn push_when(&mut self, at: Option<i64>) {
        let file = self.runs.last().map(|run| run.file);
        let chain = file.and_then(|f| self.files.get(f as usize)).map(|f| Arc::clone(&f.chain));
        let before = self.last_when_of(chain.as_deref());
        if let Some(when) = &mut self.when {
            let floor = before.unwrap_or(i64::MIN);
            when.push(at.unwrap_or(floor).max(floor));
        }
    }

    /// Time of the latest earlier row of a chain.
    fn last_when_of(&self, chain: Option<&str>) -> Option<i64> {
        let when = self.when.as_ref()?;
        let chain = chain?;
        // The row being added is already counted in its run.
        let newest = self.place.len().checked_sub(1)?;
        self.runs.iter().rev().find_map(|run| {
            let of_chain = self.files.get(run.file as usize).is_some_and(|f| &*f.chain == chain);
            let end = (run.first_row + run.rows) as usize;
            let last = end.min(newest).checked_sub(1)?;
            (of_chain && last >= run.first_row as usize).then(|| when.get(last).copied()).flatten()
        })
    }

    fn author_number(&mut self, key: &[u8]) -> u16 {
        if let Some(last) = self.last_author
            && self.authors.get(usize::from(last)).is_some_and(|known| known == key)
        {
            return last;
        }
        let known = self.author_numbers.get(key).copied();
        let number = known.unwrap_or_else(|| {
            let number = u16::try_from(self.authors.len()).unwrap_or(u16::MAX);
            if number < u16::MAX {
                self.authors.push(key.to_vec());
                self.parsed_authors.push(quick::author(key));
                self.author_numbers.insert(key.to_vec(), number);
            }
            number
        });
        self.last_author = Some(number);
        number
    }

    pub fn kind(&self, row: usize) -> Option<Kind> {
        self.kind.get(row).and_then(|number| Kind::from_number(*number))
    }

    pub fn kinds(&self) -> &[u8] {
        &self.kind
    }

    pub fn author(&self, row: usize) -> Option<u16> {
        self.author.get(row).copied()
    }

    /// Which author numbers have this short name.
    pub fn authors_named(&self, who: &str) -> Vec<u16> {
        let quoted = crate::text::json_line(&who).unwrap_or_default();
        let name = quoted.as_bytes().get(1..).unwrap_or_default();
        let named = self.authors.iter().enumerate().filter(|(_, key)| key.starts_with(name));
        named.map(|(number, _)| number as u16).collect()
    }

    /// Short names of all who wrote.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .authors
            .iter()
            .filter_map(|key| {
                let end = memchr::memmem::find(key, b"\",\"org\":\"")?;
                let mut quoted = vec![b'"'];
                quoted.extend_from_slice(key.get(..end)?);
                quoted.push(b'"');
                serde_json::from_slice(&quoted).ok()
            })
            .collect();
        names.sort();
        names.dedup();
        names
    }

    pub fn when(&self) -> Option<&[i64]> {
        self.when.as_deref()
    }

    /// The searched text of a range of rows, and where it begins in the whole.
    pub fn text_of(&self, rows: std::ops::Range<usize>) -> (usize, &[u8]) {
        let start = self.text_at.get(rows.start).map_or(self.text.len(), |at| *at as usize);
        let end = self.text_at.get(rows.end).map_or(self.text.len(), |at| *at as usize);
        (start, self.text.get(start..end).unwrap_or_default())
    }

    /// Where the searched text of a row begins.
    pub fn text_at(&self, row: usize) -> usize {
        self.text_at.get(row).map_or(self.text.len(), |at| *at as usize)
    }

    /// The row whose searched text holds this byte.
    pub fn row_of_text(&self, at: usize) -> usize {
        self.text_at.partition_point(|start| (*start as usize) <= at).saturating_sub(1)
    }

    /// Chain and number of a row.
    pub fn id(&self, row: usize) -> Option<(&str, u64)> {
        let at = self.runs.partition_point(|run| run.first_row as usize <= row).checked_sub(1)?;
        let run = self.runs.get(at)?;
        let within = (row as u64).checked_sub(u64::from(run.first_row))?;
        if within >= u64::from(run.rows) {
            return None;
        }
        Some((&self.files.get(run.file as usize)?.chain, run.first_seq.saturating_add(within)))
    }

    /// The row of an entry.
    pub fn row(&self, id: &EntryId) -> Option<usize> {
        let (chain, seq) = id.parts()?;
        self.row_of(chain, seq)
    }

    pub fn row_of(&self, chain: &str, seq: u64) -> Option<usize> {
        let run = self.runs.iter().rev().find(|run| {
            seq.checked_sub(run.first_seq).is_some_and(|within| within < u64::from(run.rows))
                && self.files.get(run.file as usize).is_some_and(|f| &*f.chain == chain)
        })?;
        Some(run.first_row as usize + (seq - run.first_seq) as usize)
    }

    /// Highest number of a chain so far.
    pub fn last_seq(&self, chain: &str) -> Option<u64> {
        let of_chain =
            self.runs.iter().filter(|run| self.files.get(run.file as usize).is_some_and(|f| &*f.chain == chain));
        of_chain.map(|run| run.first_seq.saturating_add(u64::from(run.rows) - 1)).max()
    }

    /// The number of a file, opening it if it is new.
    pub fn file_number(&mut self, chain: &str, path: &Path) -> io::Result<u32> {
        if let Some(known) = self.files.iter().position(|f| f.path == path) {
            return Ok(known as u32);
        }
        let chain = match self.files.iter().find(|f| &*f.chain == chain) {
            Some(known) => Arc::clone(&known.chain),
            None => Arc::from(chain),
        };
        // A file that is not here reads as empty: whoever pushes its entries keeps them.
        let file = File::open(path).or_else(|_| File::open("/dev/null"))?;
        self.files.push(LogFile { chain, path: path.to_path_buf(), file: Arc::new(file) });
        Ok(self.files.len() as u32 - 1)
    }

    /// From one chain to several: times are needed from now on. `time` gives that of a row.
    pub fn keep_times(&mut self, time: impl Fn(&Self, usize) -> Option<i64>) {
        if self.when.is_some() {
            return;
        }
        let mut when = Vec::with_capacity(self.len());
        let mut floor = i64::MIN;
        for row in 0..self.len() {
            floor = time(self, row).unwrap_or(floor).max(floor);
            when.push(floor);
        }
        self.when = Some(when);
    }

    /// Reads the bytes of a row's line.
    pub fn line(&self, row: usize) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let place = *self.place.get(row).ok_or_else(missing)?;
        let file = &self.files.get((place >> OFFSET_BITS) as usize).ok_or_else(missing)?.file;
        let offset = place & ((1 << OFFSET_BITS) - 1);
        let mut line = vec![0_u8; 1_024];
        let mut filled = 0;
        loop {
            let Some(room) = line.get_mut(filled..) else { return Err(missing()) };
            let read = file.read_at(room, offset + filled as u64)?;
            let fresh = line.get(filled..filled + read).unwrap_or_default();
            if let Some(end) = memchr::memchr(b'\n', fresh) {
                line.truncate(filled + end);
                return Ok(line);
            }
            filled += read;
            if read == 0 || filled > MAX_LINE {
                line.truncate(filled.min(MAX_LINE));
                return Ok(line);
            }
            line.resize((line.len() * 8).min(MAX_LINE + 2), 0);
        }
    }
}
