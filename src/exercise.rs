//! Exercises: the chronogramme, the desk of the facilitator, what is judged and by which rule.
//!
//! A [`Kit`] is the exercise as planned: one file. A [`Desk`] is the exercise as it runs: a fold of the log's entries
//! over a kit; it says what may be done and what is due. `evaluate` says what became true first when.
//!
//! Does not belong here: I/O, the clock, drawing, the rules of a crisis (room `incident`).

mod cell;
mod desk;
mod evaluate;
mod improve;
mod kit;
mod lint;
mod rule;
mod sheet;

pub use crate::text::drill::{plain, refused};
pub use cell::{CONTROL, CellSpec, addressees};
pub use desk::{Asked, Desk, Item, ItemState, Mark, Phase, Suggestion};
pub use evaluate::{Verdict, evaluate};
pub use improve::{Improved, improvements, write_objectives};
pub use kit::{
    Act, Contingency, Inject, InjectKind, Kit, Objective, Since, examine, parse, quoted, shipped, write_injects,
};
pub use lint::{Finding, lint};
pub use rule::Rule;
pub use sheet::{Imported, export, import};

#[cfg(test)]
mod tests;
