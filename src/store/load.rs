//! Reading a whole log: index and fold in one pass, then the check of the chain in a second.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::StoreError;
use super::chain::ChainFile;
use super::check::ChainCheck;
use super::index::{Index, LogFile};
use super::lines::{self, RawLine};
use super::scan::Scanner;
use super::verify::Problem;
use crate::incident::Incident;
use crate::incident::event::{Entry, Genesis};

/// Typical length of a line \[bytes\], for laying out memory.
const TYPICAL_LINE: u64 = 400;

/// What the loader reports.
#[derive(Debug)]
pub enum LoadEvent {
    /// The incident is folded, with every line that was pushed meanwhile, and every entry can be shown.
    Folded(Box<Incident>),
    /// The chains were checked: nothing wrong, or the first problem.
    Checked(Result<(), Problem>),
    /// The log could not be read.
    Failed(String),
}

/// What goes from the loader thread to the view.
pub(super) enum Loaded {
    Index(Box<Index>, Box<Incident>),
    Checked(Result<(), Problem>),
    Failed(String),
}

/// The chains to be read, with the lengths they had when they were listed.
pub(super) struct Work {
    pub genesis: Genesis,
    pub genesis_sha256: String,
    pub chains: Vec<ChainFile>,
}

impl Work {
    pub fn open_files(&self) -> Result<Vec<LogFile>, StoreError> {
        let mut files = Vec::new();
        for chain in &self.chains {
            let id: Arc<str> = Arc::from(chain.id.as_str());
            for segment in &chain.segments {
                let file = File::open(&segment.path)
                    .map_err(|source| StoreError::Io { path: segment.path.clone(), source })?;
                files.push(LogFile { chain: Arc::clone(&id), path: segment.path.clone(), file: Arc::new(file) });
            }
        }
        Ok(files)
    }

    /// Index and fold.
    pub fn load(&self) -> Result<(Index, Incident), StoreError> {
        let several = self.chains.len() > 1;
        let mut index = Index::new(self.open_files()?, several);
        let bytes: u64 = self.chains.iter().flat_map(|c| &c.segments).map(|s| s.length).sum();
        index.reserve((bytes / TYPICAL_LINE) as usize);
        let mut incident = Incident::new(self.genesis.clone());
        // With several chains the fold waits until the order is known.
        let mut waiting: Vec<(u32, Entry)> = Vec::new();
        let mut number = 0_u32;
        for chain in &self.chains {
            let scanner = Scanner::new(&self.genesis.inc, &chain.id);
            let mut seq = 0;
            for segment in &chain.segments {
                let file = index.files.get(number as usize).map(|f| Arc::clone(&f.file));
                let Some(file) = file else { break };
                let until = segment.until.unwrap_or(u64::MAX);
                let each = |offset: u64, line: RawLine<'_>| {
                    if seq >= until {
                        return false;
                    }
                    let row = index.len() as u32;
                    match line {
                        RawLine::Whole(line) => {
                            let added = index.add(number, offset, line, seq, &scanner);
                            seq = added.seq.saturating_add(1);
                            match added.entry {
                                Some(entry) if several => waiting.push((row, entry)),
                                Some(entry) => incident.take(entry),
                                None => incident.count(&chain.id, added.seq),
                            }
                        }
                        RawLine::TooLong => {
                            index.add_damaged(number, offset, seq);
                            incident.count(&chain.id, seq);
                            seq = seq.saturating_add(1);
                        }
                    }
                    true
                };
                lines::for_each(&file, 0, segment.length, each)
                    .map_err(|source| StoreError::Io { path: segment.path.clone(), source })?;
                number += 1;
            }
        }
        if several {
            let when = index.when().unwrap_or_default();
            // Chains come by id and rows by number, so that the row settles what the time leaves open.
            waiting.sort_by_key(|(row, _)| (when.get(*row as usize).copied().unwrap_or(i64::MIN), *row));
            for (_, entry) in waiting {
                incident.take(entry);
            }
        }
        Ok((index, incident))
    }

    /// Checks every chain; the first problem, if any.
    pub fn check(&self) -> Result<Result<(), Problem>, StoreError> {
        for chain in &self.chains {
            let mut check = ChainCheck::new(&self.genesis.inc, &chain.id, &self.genesis_sha256);
            for segment in &chain.segments {
                let failed = |source: io::Error| StoreError::Io { path: segment.path.clone(), source };
                let file = File::open(&segment.path).map_err(failed)?;
                let name = super::chain::file_name(&chain.id, segment.index);
                check.segment(&name, segment.until);
                lines::for_each(&file, 0, segment.length, |offset, line| {
                    check.line(offset, line);
                    check.problems().is_empty()
                })
                .map_err(failed)?;
                if let Some(problem) = check.problems().first() {
                    return Ok(Err(problem.clone()));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Runs on the loader's thread.
    pub fn run(&self, to: &Sender<Loaded>, wake: &(dyn Fn() + Send)) {
        let tell = |loaded| {
            // The view is gone: nobody needs the rest.
            let heard = to.send(loaded).is_ok();
            wake();
            heard
        };
        let go_on = match self.load() {
            Ok((index, incident)) => tell(Loaded::Index(Box::new(index), Box::new(incident))),
            Err(e) => {
                tell(Loaded::Failed(e.to_string()));
                false
            }
        };
        if go_on {
            match self.check() {
                Ok(checked) => tell(Loaded::Checked(checked)),
                Err(e) => tell(Loaded::Failed(e.to_string())),
            };
        }
    }
}
