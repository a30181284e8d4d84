//! Checkpoints: one line per file of a chain, `file entries bytes sha256-of-last-line`, so that a cut tail or an
//! altered last line is noticed. Unsigned for now; the place of the signature is a file `.sig` beside.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::chain::{self, Head, Tail};
use super::disk::{self, Disk};

/// One line of a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// File in `chains/`.
    pub file: String,
    /// Lines in it.
    pub entries: u64,
    /// Length up to the end of the last of them \[bytes\].
    pub bytes: u64,
    /// SHA-256 of the last of them.
    pub head: String,
}

/// A checkpoint that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Its file name.
    pub name: String,
    /// Its lines, or what is wrong with it.
    pub anchors: Result<Vec<Anchor>, String>,
}

/// Writes a checkpoint of all chains of a folder, flushed.
pub(super) fn write(disk: &dyn Disk, folder: &Path) -> Result<PathBuf, StoreError> {
    let at = |path: &Path| {
        let path = path.to_path_buf();
        move |source: std::io::Error| StoreError::Io { path, source }
    };
    let mut text = String::new();
    for chain in chain::list(folder)? {
        for segment in &chain.segments {
            let tail = Tail::read(&segment.path).map_err(at(&segment.path))?;
            let Some(Head { seq, sha256 }) = tail.last else { continue };
            // Lines that a later segment replaces were never acknowledged; what is before them, that segment vouches for.
            if segment.until.is_some_and(|until| seq >= until) {
                continue;
            }
            let first = chain::first_seq(&segment.path)?.unwrap_or(seq);
            let file = chain::file_name(&chain.id, segment.index);
            let entries = seq.saturating_sub(first).saturating_add(1);
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{file} {entries} {} {sha256}", tail.good);
        }
    }
    let dir = folder.join("checkpoints");
    disk.create_dir(&dir).map_err(at(&dir))?;
    let mut number = 1;
    while dir.join(format!("{number:04}.txt")).exists() {
        number += 1;
    }
    let path = dir.join(format!("{number:04}.txt"));
    let new = dir.join(format!("{number:04}.new"));
    disk::write_whole(disk, &new, text.as_bytes()).map_err(at(&new))?;
    // Only a whole checkpoint carries the name: half of one would say that the log was cut.
    disk.rename(&new, &path).map_err(at(&path))?;
    disk.sync_dir(&dir).map_err(at(&dir))?;
    Ok(path)
}

/// All checkpoints of a folder, by name.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Checkpoint>, StoreError> {
    let dir = folder.join("checkpoints");
    let mut all = Vec::new();
    let entries = match std::fs::read_dir(&dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(all),
        Err(source) => return Err(StoreError::Io { path: dir, source }),
    };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if Path::new(&name).extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let anchors = match disk::read_limited(&entry.path(), 1 << 20).map(String::from_utf8) {
            Ok(Ok(text)) => parse(&text),
            Ok(Err(e)) => Err(e.to_string()),
            Err(e) => Err(e.to_string()),
        };
        all.push(Checkpoint { name, anchors });
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

fn parse(text: &str) -> Result<Vec<Anchor>, String> {
    let mut anchors = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let parts: Vec<&str> = line.split(' ').collect();
        let anchor = match parts.as_slice() {
            [file, entries, bytes, head] if head.len() == 64 => entries
                .parse()
                .ok()
                .zip(bytes.parse().ok())
                .map(|(entries, bytes)| Anchor { file: (*file).to_owned(), entries, bytes, head: (*head).to_owned() }),
            _ => None,
        };
        match anchor {
            Some(anchor) => anchors.push(anchor),
            None => return Err(format!("line {}: not 'file entries bytes sha256'", number + 1)),
        }
    }
    // A text that was cut has lost its last newline, or is empty.
    if anchors.is_empty() || !text.ends_with('\n') { Err("cut short".to_owned()) } else { Ok(anchors) }
}
