//! The incident: a fold of its events. `decide` says what may become an event; `apply` makes it true.
//!
//! Does not belong here: I/O, the clock, drawing.

pub mod command;
pub mod event;
