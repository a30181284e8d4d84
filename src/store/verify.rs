//! Verification: what the chain, the numbers and the checkpoints prove, which line is wrong, and what cannot be told.
//!
//! Every line carries the SHA-256 of the line before. A changed line therefore shows at the *next* line; whether that
//! next line is itself intact is told by the line after it, or by a checkpoint. Where neither speaks, the report names
//! the pair.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::StoreError;
use super::chain::{self, Segment};
use super::check::{ChainCheck, digits};
use super::checkpoint::{self, Anchor};
use super::folder;
use super::lines;
use crate::incident::event::{Entry, Genesis, Mode};

/// A line in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// File in `chains/`.
    pub file: String,
    /// Line in that file, from 1.
    pub line: u64,
    /// Number of the entry in its chain, by its place.
    pub seq: u64,
}

/// One side of a pair that cannot be told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspect {
    /// A line.
    Line(Place),
    /// `incident.json`.
    Genesis,
    /// A checkpoint, by file name.
    Checkpoint(String),
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// `incident.json` cannot be read.
    GenesisUnreadable {
        /// Line in it.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// A line is no entry.
    Unreadable {
        /// Which.
        at: Place,
        /// What is wrong.
        why: String,
    },
    /// A line belongs to another incident or chain.
    Foreign {
        /// Which.
        at: Place,
        /// `inc`, `chain` or `v`.
        field: &'static str,
        /// What it says.
        found: String,
    },
    /// Numbers jump: lines are missing before this one.
    Missing {
        /// Which.
        at: Place,
        /// The number it has.
        found: u64,
    },
    /// Numbers go back: a line was put in, doubled or moved.
    Repeated {
        /// Which.
        at: Place,
        /// The number it has.
        found: u64,
    },
    /// This line was changed: the next does not follow from it, and the one after vouches for the next.
    Changed {
        /// Which.
        at: Place,
    },
    /// `incident.json` was changed: line 0 does not follow from it, and line 1 vouches for line 0.
    GenesisChanged {
        /// Line 0 of which chain.
        at: Place,
    },
    /// One of the two was changed; nothing tells which.
    Pair {
        /// The first.
        first: Suspect,
        /// The second.
        second: Suspect,
    },
    /// A checkpoint stands for more lines than there are.
    CutTail {
        /// The checkpoint.
        checkpoint: String,
        /// File in `chains/`.
        file: String,
        /// Lines it stands for.
        entries: u64,
        /// Finished lines that are there.
        found: u64,
    },
    /// A checkpoint does not agree with the log at this line, although the chain is whole: the history up to there
    /// was rewritten, or the checkpoint was.
    Rewritten {
        /// The checkpoint.
        checkpoint: String,
        /// The line it stands for.
        at: Place,
    },
    /// A checkpoint cannot be read.
    CheckpointUnreadable {
        /// The checkpoint.
        checkpoint: String,
        /// What is wrong.
        why: String,
    },
    /// A file kept beside is not the one that was pinned when the incident was opened.
    KeptChanged {
        /// Its name in `kept/`.
        file: String,
    },
}

/// Something worth knowing that is not wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// An unfinished line at the end of a file: what a crash leaves, not tampering.
    TornTail {
        /// File in `chains/`.
        file: String,
        /// How many bytes.
        bytes: u64,
    },
    /// Lines at the end of a segment that a later segment replaces: their flush had failed.
    Superseded {
        /// File in `chains/`.
        file: String,
        /// How many lines.
        lines: u64,
    },
    /// Bytes that an earlier crash left, kept in `side/`.
    Side {
        /// Its name.
        file: String,
        /// How many bytes.
        bytes: u64,
    },
    /// Nothing vouches for the last lines of a chain: they could have been cut off or altered unseen.
    OpenEnd {
        /// The chain.
        chain: String,
        /// Lines after the last checkpoint.
        lines: u64,
    },
}

/// What was found in one chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainReport {
    /// The chain.
    pub chain: String,
    /// Finished lines.
    pub entries: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// SHA-256 of the last line; of `incident.json` when there is none.
    pub head: String,
    /// Entry time of the first and last readable line.
    pub span: Option<(String, String)>,
    /// Lines that checkpoints vouch for.
    pub anchored: u64,
    /// What is wrong, in the order of the lines.
    pub problems: Vec<Problem>,
}

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// The folder.
    pub path: PathBuf,
    /// Incident id, if `incident.json` can be read.
    pub inc: Option<String>,
    /// Mode, if `incident.json` can be read.
    pub mode: Option<Mode>,
    /// Per chain.
    pub chains: Vec<ChainReport>,
    /// What is wrong outside the chains.
    pub problems: Vec<Problem>,
    /// What is worth knowing.
    pub notes: Vec<Note>,
    /// Checkpoints read.
    pub checkpoints: usize,
}

impl VerifyReport {
    /// Is nothing wrong?
    pub fn ok(&self) -> bool {
        self.first_problem().is_none()
    }

    /// All problems, those of the folder first.
    pub fn all_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().chain(self.chains.iter().flat_map(|chain| &chain.problems))
    }

    /// The first problem.
    pub fn first_problem(&self) -> Option<&Problem> {
        self.all_problems().next()
    }

    /// Finished lines in all chains.
    pub fn entries(&self) -> u64 {
        self.chains.iter().map(|chain| chain.entries).sum()
    }
}

/// Verifies the folder of an incident. Reads only.
///
/// # Errors
/// When the folder cannot be read at all; everything that is wrong *in* it is in the report.
pub fn verify(path: &Path) -> Result<VerifyReport, StoreError> {
    let mut report = VerifyReport {
        path: path.to_path_buf(),
        inc: None,
        mode: None,
        chains: Vec::new(),
        problems: Vec::new(),
        notes: Vec::new(),
        checkpoints: 0,
    };
    let (genesis, genesis_sha256) = match folder::read_genesis(path) {
        Ok((genesis, sha256)) => (Some(genesis), sha256),
        Err(StoreError::Json { line, message, .. }) => {
            report.problems.push(Problem::GenesisUnreadable { line, why: message });
            (None, folder::genesis_hash(path)?)
        }
        Err(StoreError::Version { found, .. }) => {
            report.problems.push(Problem::GenesisUnreadable { line: 1, why: format!("format version {found}") });
            (None, folder::genesis_hash(path)?)
        }
        Err(e) => return Err(e),
    };
    let checkpoints = checkpoint::read_all(path)?;
    report.checkpoints = checkpoints.len();
    let mut anchors: Vec<(String, Anchor)> = Vec::new();
    for checkpoint in checkpoints {
        match checkpoint.anchors {
            Ok(lines) => anchors.extend(lines.into_iter().map(|anchor| (checkpoint.name.clone(), anchor))),
            Err(why) => {
                report.problems.push(Problem::CheckpointUnreadable { checkpoint: checkpoint.name, why });
            }
        }
    }
    let chains = chain::list(path)?;
    for chain in &chains {
        let inc = match &genesis {
            Some(genesis) => genesis.inc.clone(),
            None => incident_of(&chain.segments).unwrap_or_default(),
        };
        let mut check = ChainCheck::new(&inc, &chain.id, &genesis_sha256).parsing();
        if genesis.is_none() {
            // Said already: line 0 cannot follow from a file that cannot be read.
            check.excused = true;
        }
        let mut cut = Vec::new();
        for segment in &chain.segments {
            check_segment(&mut check, &chain.id, segment, &mut anchors, &mut cut, &mut report.notes)?;
        }
        check.finish();
        check.problems.append(&mut cut);
        if check.seq > check.anchored {
            report.notes.push(Note::OpenEnd { chain: chain.id.clone(), lines: check.seq - check.anchored });
        }
        report.chains.push(ChainReport {
            chain: chain.id.clone(),
            entries: check.seq,
            bytes: check.bytes,
            head: String::from_utf8_lossy(&check.head).into_owned(),
            span: check.span,
            anchored: check.anchored,
            problems: check.problems,
        });
    }
    // Checkpoints of files that are not there at all.
    for (checkpoint, anchor) in anchors {
        report.problems.push(Problem::CutTail { checkpoint, file: anchor.file, entries: anchor.entries, found: 0 });
    }
    side_notes(path, &mut report.notes);
    if let Some(genesis) = genesis {
        check_kept(path, &genesis, &mut report.problems);
        report.inc = Some(genesis.inc);
        report.mode = Some(genesis.mode);
    }
    Ok(report)
}

fn check_segment(
    check: &mut ChainCheck,
    chain: &str,
    segment: &Segment,
    anchors: &mut Vec<(String, Anchor)>,
    cut: &mut Vec<Problem>,
    notes: &mut Vec<Note>,
) -> Result<(), StoreError> {
    let name = chain::file_name(chain, segment.index);
    let failed = |source: io::Error| StoreError::Io { path: segment.path.clone(), source };
    let file = File::open(&segment.path).map_err(failed)?;
    check.segment(&name, segment.until);
    let mine: Vec<_> = anchors.extract_if(.., |(_, anchor)| anchor.file == name).collect();
    check.anchors(mine.clone());
    let end = lines::for_each(&file, 0, segment.length, |offset, line| {
        check.line(offset, line);
        true
    })
    .map_err(failed)?;
    for (checkpoint, anchor) in mine {
        if anchor.bytes > end {
            let (file, entries, found) = (name.clone(), anchor.entries, check.line);
            cut.push(Problem::CutTail { checkpoint, file, entries, found });
        } else if !check.compared.contains(&checkpoint) && check.problems.is_empty() {
            let at = Place { file: name.clone(), line: anchor.entries, seq: anchor.entries.saturating_sub(1) };
            cut.push(Problem::Rewritten { checkpoint, at });
        }
    }
    if end < segment.length {
        notes.push(Note::TornTail { file: name.clone(), bytes: segment.length - end });
    }
    if check.superseded > 0 {
        notes.push(Note::Superseded { file: name, lines: check.superseded });
    }
    Ok(())
}

/// The incident that the first line of a chain names, for want of an `incident.json`.
fn incident_of(segments: &[Segment]) -> Option<String> {
    let bytes = super::disk::read_limited(&segments.first()?.path, chain::MAX_LINE as u64).ok()?;
    let line = bytes.split(|b| *b == b'\n').next()?;
    serde_json::from_slice::<Entry>(line).ok().map(|entry| entry.inc)
}

fn side_notes(path: &Path, notes: &mut Vec<Note>) {
    let Ok(entries) = std::fs::read_dir(path.join("side")) else { return };
    let mut files: Vec<Note> = entries
        .flatten()
        .filter_map(|entry| {
            let bytes = entry.metadata().ok()?.len();
            Some(Note::Side { file: entry.file_name().to_string_lossy().into_owned(), bytes })
        })
        .collect();
    files.sort_by(|a, b| match (a, b) {
        (Note::Side { file: a, .. }, Note::Side { file: b, .. }) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    });
    notes.append(&mut files);
}

/// Playbooks kept beside must be those that were pinned.
fn check_kept(path: &Path, genesis: &Genesis, problems: &mut Vec<Problem>) {
    for (id, sha256) in &genesis.playbooks {
        let file = format!("{id}.toml");
        let Ok(bytes) = std::fs::read(path.join("kept").join(&file)) else { continue };
        if digits(&Sha256::digest(&bytes)) != sha256.as_bytes() {
            problems.push(Problem::KeptChanged { file });
        }
    }
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
