//! Pure drawing: each view reads the model and writes cells inside its own area, at any size, without failing.
//!
//! Does not belong here: rules of the domain, what keys do, writing to the terminal.

pub mod row;
