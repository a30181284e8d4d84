//! The one table of what the interface can be asked to do: keys, words, palette, menus, help and
//! `docs/keys.md` all come from it.

use crate::incident::event::{EntryId, StepChange};

use super::model::Target;

/// What a button, a menu item or a key asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An action of the table, by id.
    Run(&'static str),
    /// Close what is on top.
    Back,
    /// Look closely at something.
    Show(Target),
    /// Do something to a step; `ask` first asks for a text in the input line.
    Step {
        /// Playbook id.
        playbook: String,
        /// Step id.
        step: String,
        /// What.
        change: StepChange,
        /// Ask for a reason or evidence first?
        ask: bool,
    },
    /// Open the form of a lever, by its word, with the targets already ticked.
    Lever {
        /// Word of the vocabulary.
        word: String,
        /// Ids of the elements.
        on: Vec<String>,
    },
    /// Open a playbook.
    OpenPlaybook(String),
    /// Show one of the open playbooks.
    ShowPlaybook(usize),
    /// Correct an entry.
    Correct(EntryId),
    /// Answer a message.
    Answer(EntryId),
    /// Note that a message was received (false) or understood (true).
    Receipt(EntryId, bool),
    /// Mark an action done (true) or dropped (false).
    Settle(EntryId, bool),
    /// Acknowledge an alarm group.
    Acknowledge(String),
    /// Shelve an alarm group for this many minutes.
    Shelve(String, u32),
    /// Show an entry in the log.
    Goto(EntryId),
    /// Stop a clock.
    StopClock(String),
    /// Set the speed of the exercise clock, in thousandths.
    Speed(u32),
    /// Use another theme, by name.
    Theme(String),
    /// Continue an incident, by folder.
    Continue(std::path::PathBuf),
    /// Start an exercise on a scenario.
    Exercise(String),
    /// Replay something that is shipped, or a folder.
    Replay(String),
    /// Quit.
    Quit,
}
