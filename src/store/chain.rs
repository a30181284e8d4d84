//! The files of a chain: names, segments, the end of a file, the head that the next line continues.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::StoreError;
use crate::incident::hex;

/// Longest line that is read \[bytes\].
pub const MAX_LINE: usize = 64 << 10;

/// A chain and its files. A chain goes on in a new segment after a flush failed: `<chain>.jsonl`, `<chain>.1.jsonl`…
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainFile {
    /// Chain id.
    pub id: String,
    /// Its segments in order.
    pub segments: Vec<Segment>,
}

/// One file of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Number, from 0.
    pub index: u32,
    /// Where it is.
    pub path: PathBuf,
    /// Length when it was listed \[bytes\].
    pub length: u64,
    /// First line number that the next segment holds: lines of this segment from there on were never acknowledged.
    pub until: Option<u64>,
}

/// Number of the next line and the hash it must carry as `prev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of the next line (for the last line of a tail: of the last line).
    pub seq: u64,
    /// SHA-256 of the last line, or of `incident.json`.
    pub sha256: String,
}

/// Name of a segment's file.
pub fn file_name(chain: &str, segment: u32) -> String {
    if segment == 0 { format!("{chain}.jsonl") } else { format!("{chain}.{segment}.jsonl") }
}

/// Is this an id of ours: 8 lower-case hexadecimal digits?
pub fn is_chain_id(id: &str) -> bool {
    id.len() == 8 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// All chains of an incident's folder, by id.
pub(super) fn list(folder: &Path) -> Result<Vec<ChainFile>, StoreError> {
    let dir = folder.join("chains");
    let failed = |source| StoreError::Io { path: dir.clone(), source };
    let mut chains: Vec<ChainFile> = Vec::new();
    for entry in std::fs::read_dir(&dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some((id, index)) = name.to_str().and_then(parse_name) else { continue };
        let length = entry.metadata().map_err(failed)?.len();
        let segment = Segment { index, path: entry.path(), length, until: None };
        match chains.iter_mut().find(|c| c.id == id) {
            Some(chain) => chain.segments.push(segment),
            None => chains.push(ChainFile { id: id.to_owned(), segments: vec![segment] }),
        }
    }
    chains.sort_by(|a, b| a.id.cmp(&b.id));
    for chain in &mut chains {
        chain.segments.sort_by_key(|s| s.index);
        if chain.segments.len() == 1 {
            continue;
        }
        // An empty segment says nothing about the one before it.
        let mut until = None;
        for segment in chain.segments.iter_mut().rev() {
            segment.until = until;
            if let Some(first) = first_seq(&segment.path)? {
                until = Some(until.map_or(first, |u: u64| u.min(first)));
            }
        }
    }
    Ok(chains)
}

fn parse_name(name: &str) -> Option<(&str, u32)> {
    let stem = name.strip_suffix(".jsonl")?;
    let (id, index) = match stem.split_once('.') {
        None => (stem, 0),
        Some((id, index)) => (id, index.parse().ok().filter(|n| *n > 0)?),
    };
    is_chain_id(id).then_some((id, index))
}

/// The little of a line that says where it stands.
#[derive(Debug, Deserialize)]
pub(super) struct LineHead {
    pub seq: u64,
}

/// Number of the first line of a file; `None` when it has no whole line.
pub(super) fn first_seq(path: &Path) -> Result<Option<u64>, StoreError> {
    let bytes = super::disk::read_limited(path, MAX_LINE as u64 + 1)
        .map_err(|source| StoreError::Io { path: path.to_path_buf(), source })?;
    let Some(end) = memchr::memchr(b'\n', &bytes) else { return Ok(None) };
    let head: Option<LineHead> = bytes.get(..end).and_then(|line| serde_json::from_slice(line).ok());
    Ok(head.map(|head| head.seq))
}

/// The end of a chain's file.
#[derive(Debug)]
pub(super) struct Tail {
    /// Length up to the end of the last good line \[bytes\].
    pub good: u64,
    /// Bytes after it that belong to no finished line.
    pub torn: u64,
    /// Number and hash of the last good line.
    pub last: Option<Head>,
}

impl Tail {
    /// Reads the end of a file. Torn is what follows the last newline, and lines before it that are no JSON at all:
    /// a power cut can keep the end of a write and lose its middle.
    pub fn read(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut window = 256 << 10_u64;
        loop {
            let from = length.saturating_sub(window);
            let mut bytes = vec![0; (length - from) as usize];
            file.read_exact_at(&mut bytes, from)?;
            if let Some(tail) = Self::find(&bytes, from) {
                return Ok(tail);
            }
            if from == 0 {
                return Ok(Self { good: 0, torn: length, last: None });
            }
            window *= 8;
        }
    }

    /// Looks for the last good line in the end of a file that begins at `from`.
    fn find(bytes: &[u8], from: u64) -> Option<Self> {
        let mut end = bytes.len();
        while let Some(newline) = bytes.get(..end).and_then(|b| memchr::memrchr(b'\n', b)) {
            let start = match bytes.get(..newline).and_then(|b| memchr::memrchr(b'\n', b)) {
                Some(before) => before + 1,
                None if from == 0 => 0,
                // The line begins before the window.
                None => return None,
            };
            let line = bytes.get(start..newline).unwrap_or_default();
            if let Ok(head) = serde_json::from_slice::<LineHead>(line) {
                return Some(Self {
                    good: from + newline as u64 + 1,
                    torn: (bytes.len() - newline - 1) as u64,
                    last: Some(Head { seq: head.seq, sha256: hex(&Sha256::digest(line)) }),
                });
            }
            end = newline;
        }
        None
    }
}

/// The head which a segment without a line of its own continues: the end of the segments before it.
pub(super) fn head_before(chain: &ChainFile, segment: u32, genesis_sha256: &str) -> Result<Head, StoreError> {
    for before in chain.segments.iter().rev().filter(|s| s.index < segment) {
        let tail = Tail::read(&before.path).map_err(|source| StoreError::Io { path: before.path.clone(), source })?;
        if let Some(last) = tail.last {
            return Ok(Head { seq: last.seq.saturating_add(1), sha256: last.sha256 });
        }
    }
    Ok(Head { seq: 0, sha256: genesis_sha256.to_owned() })
}

/// The bytes of a file from an offset on.
pub(super) fn read_from(path: &Path, from: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut bytes = vec![0; length.saturating_sub(from) as usize];
    file.read_exact_at(&mut bytes, from)?;
    Ok(bytes)
}
