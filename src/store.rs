//! The store: the folder of an incident, its chains, the writer thread, verification, and the view of a log of any
//! length. *Saved* means on this machine's disk: one write and one `fdatasync` came back.
//!
//! Does not belong here: what entries mean (room `incident`), how they look.

use std::io;
use std::path::PathBuf;

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
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// On which file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}:{line}: {message}", path.display())]
    Json {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The folder has no `incident.json`.
    #[error("{}: not the folder of an incident: it has no incident.json", .0.display())]
    NotAnIncident(PathBuf),
    /// A later format.
    #[error("{}: format version {found}; this program reads version 1: use a newer vigie", path.display())]
    Version {
        /// Which file.
        path: PathBuf,
        /// The version it has.
        found: u8,
    },
    /// There is an incident of that name.
    #[error("{}: exists already: choose another title, or continue it", .0.display())]
    Exists(PathBuf),
    /// The name could leave its folder.
    #[error("'{0}' cannot be the name of a file: only letters without accents, digits, '.', '-' and '_'")]
    BadName(String),
    /// No chain could be locked.
    #[error("{}: no chain could be locked: is another program holding them all?", .0.display())]
    NoChain(PathBuf),
    /// The folder was opened to read only.
    #[error("{}: opened to read only", .0.display())]
    ReadOnly(PathBuf),
}

#[cfg(test)]
mod fault_tests;
#[cfg(test)]
pub(crate) mod faulty;
