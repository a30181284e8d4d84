//! The store: the folder of an incident, its chains, the writer thread, verification, and the view of a log of any
//! length. *Saved* means on this machine's disk: one write and one `fdatasync` came back.
//!
//! Does not belong here: what entries mean (room `incident`), how they look.

use std::io;
use std::path::PathBuf;

use crate::network::Said;

mod append;
pub mod chain;
mod check;
pub mod checkpoint;
pub mod disk;
pub mod folder;
#[doc(hidden)]
pub mod generate;
mod index;
mod lines;
pub mod load;
mod quick;
mod scan;
pub mod search;
pub mod tape;
mod unsent;
pub mod verify;
mod verify_text;
pub mod view;
pub mod writer;

pub use chain::{ChainFile, Segment};
pub use disk::{Disk, DiskFile, FileSystem, Files};
pub use folder::{Access, Folder, Torn, Warning};
pub use load::LoadEvent;
pub use search::{Filter, Search};
pub use unsent::Unsent;
pub use verify::{Note, Problem, VerifyReport, verify};
pub use view::LogView;
pub use writer::{Ack, Draft, Line, NotSaved, Ticket, Writer};

/// What can go wrong with the folder of an incident.
#[derive(Debug)]
pub enum StoreError {
    /// The system said no.
    Io {
        /// On which file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A file is not what it should be.
    Json {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The folder has no `incident.json`.
    NotAnIncident(PathBuf),
    /// A later format.
    Version {
        /// Which file.
        path: PathBuf,
        /// The version it has.
        found: u8,
    },
    /// There is an incident of that name.
    Exists(PathBuf),
    /// The name could leave its folder.
    BadName(String),
    /// No chain could be locked.
    NoChain(PathBuf),
    /// The folder was opened to read only.
    ReadOnly(PathBuf),
}

impl StoreError {
    /// The error as a sentence.
    pub fn said(&self) -> Said {
        let at = |id, path: &PathBuf| Said::new(id).with("path", path.display().to_string());
        match self {
            Self::Io { path, source } => crate::lang::at(path, source),
            Self::Json { path, line, message } => {
                at("store-error-line", path).with("line", line.to_string()).with("why", message)
            }
            Self::NotAnIncident(path) => at("store-error-no-incident", path),
            Self::Version { path, found } => at("store-error-version", path).with("found", found.to_string()),
            Self::Exists(path) => at("store-error-exists", path),
            Self::BadName(name) => Said::new("store-error-name").with("name", name),
            Self::NoChain(path) => at("store-error-no-chain", path),
            Self::ReadOnly(path) => at("store-error-read-only", path),
        }
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::lang::english(&self.said()))
    }
}

impl std::error::Error for StoreError {}

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
pub(crate) mod faulty;
