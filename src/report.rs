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

use crate::incident::event::{Genesis, Mode};

/// The mode's word in file names: ASCII, upper case, the same in every language.
pub fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "REAL",
        Mode::Exercise => "EXERCISE",
        Mode::Replay => "REPLAY",
    }
}

/// Message id of the mode's word on screens and in exports.
pub fn mode_id(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "report-mode-real",
        Mode::Exercise => "report-mode-exercise",
        Mode::Replay => "report-mode-replay",
    }
}

/// Name of an exported file: mode first, so that nobody mistakes one for the other in a folder.
pub fn file_name(genesis: &Genesis, extension: &str) -> String {
    let safe: String =
        genesis.inc.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    format!("{}_{safe}.{extension}", mode_word(genesis.mode))
}

#[cfg(test)]
mod desk;
