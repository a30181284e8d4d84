//! vigie: a terminal console for crisis cells that keep emergency calls flowing.
//!
//! Data flows one way:
//!
//! ```text
//!              health frames (one per 10 s of incident time)
//!   feed ──────────────► tape ──► board ────────────────────────────────┐
//!   sim │ replay │ manual         │ alarms become commands              │
//!                                 ▼                                     ▼
//!   key ─► keymap ─► Action ─┬─► UiState                              views ─► screen
//!                            └─► Command ─► decide                       ▲
//!                                              │ Ok(events)              │
//!                                              ▼                         │
//!                               store.append + fdatasync ──► incident.apply
//!                                                                 │ levers, faults
//!                                                                 ▼
//!                                                          simulation input
//! ```
//!
//! One room per module; each module's documentation says what does *not* belong in it.
//! `docs/architecture.md` has the whole picture and `tests/architecture.rs` keeps the
//! table of who may use whom true.

pub mod cli;
pub mod clock;
pub mod config;
pub mod contacts;
pub mod exercise;
pub mod feed;
pub mod forecast;
pub mod health;
pub mod incident;
pub mod lang;
pub mod network;
pub mod playbook;
pub mod report;
pub mod session;
pub mod sim;
pub mod store;
pub mod text;
pub mod tui;
