//! The store: folder, chains, writer thread, verification, and the view of a log of any length.

pub mod tape;
