//! The mode's word is on every screen at every size in both languages, and in every export and file name; what comes from
//! a simulation and of no incident says that.
//!
//! Screens are found from the table of actions, commands from the command line's own definition: a new one is walked
//! through as soon as it is there, and one that nobody has thought about fails.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests, which clippy does not see as tests"
)]

mod desk;
mod exports;
mod screens;

use vigie::incident::event::Mode;
use vigie::lang::LangId;

const MODES: [Mode; 3] = [Mode::Real, Mode::Exercise, Mode::Replay];
const LANGS: [LangId; 2] = [LangId::Fr, LangId::En];

/// The word of a mode on screens and in exports; in English also that of file names. Written out once more here: the
/// program's own table is what is tested.
fn word(mode: Mode, lang: LangId) -> &'static str {
    match (mode, lang) {
        (Mode::Real, LangId::Fr) => "RÉEL",
        (Mode::Real, LangId::En) => "REAL",
        (Mode::Exercise, LangId::Fr) => "EXERCICE",
        (Mode::Exercise, LangId::En) => "EXERCISE",
        (Mode::Replay, LangId::Fr) => "REJEU",
        (Mode::Replay, LangId::En) => "REPLAY",
    }
}
