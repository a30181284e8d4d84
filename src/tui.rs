//! The console: terminal guard, loop, state of the interface, actions, keymap, views.
//!
//! Does not belong here: rules of the domain.

pub mod action;
pub mod app;
pub mod dirty;
pub mod edit;
pub mod entry;
pub mod input;
pub mod keymap;
pub mod layout;
pub mod model;
pub mod output;
pub mod paint;
pub mod run;
pub mod terminal;
pub mod theme;
pub mod view;
