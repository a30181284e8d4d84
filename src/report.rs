//! Point de situation and handover drafted from the log; exports: Markdown, CSV, JSON Lines; the wording of entries.
//!
//! Every export carries the mode's word, in the text and in the file's name, and goes through the output wall.
//!
//! Does not belong here: reading files, guessing the locale.

pub mod cap;
pub mod compare;
pub mod crisis;
pub mod document;
pub mod export;
pub mod figures;
pub mod handover;
pub mod html;
mod markdown;
pub mod outlook;
pub mod package;
pub mod paper;
mod parts;
mod plain;
pub mod plot;
pub mod retex;
pub mod sitrep;
pub mod wording;
pub mod words;

pub use export::{Exporter, Format, Provenance};

use crate::incident::event::Genesis;

/// Name of an exported file: mode first, so that nobody mistakes one for the other in a folder.
pub fn file_name(genesis: &Genesis, extension: &str) -> String {
    let safe: String =
        genesis.inc.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("{}_{safe}.{extension}", genesis.mode.file_word())
}

#[cfg(test)]
mod desk;
