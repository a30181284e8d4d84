//! The terminal is given back, whatever happens.
//!
//! One list of what was switched on, undone in reverse when the console returns, fails, panics on its own
//! thread, is told to end, is suspended or loses its terminal. A panic on any other thread does not touch the
//! terminal: it becomes a red status line.

use std::fmt::Write as _;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread::ThreadId;

use crossterm::Command;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{DisableLineWrap, EnableLineWrap, EnterAlternateScreen, LeaveAlternateScreen};
use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

use super::output::last_words;

/// How long a terminal that does not read is given to take its last words \[ms\].
const PATIENCE_MS: i64 = 300;

/// Something that is switched on, and off again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Feature {
    AltScreen,
    NoWrap,
    HiddenCursor,
    Paste,
    Mouse,
}

impl Feature {
    fn on(self) -> String {
        let mut ansi = String::new();
        // Writing to a string cannot fail.
        let _ = match self {
            Self::AltScreen => EnterAlternateScreen.write_ansi(&mut ansi),
            Self::NoWrap => DisableLineWrap.write_ansi(&mut ansi),
            Self::HiddenCursor => Hide.write_ansi(&mut ansi),
            Self::Paste => EnableBracketedPaste.write_ansi(&mut ansi),
            // Presses and the wheel only: the library's own command reports every motion, too much for a bad link.
            Self::Mouse => ansi.write_str("\x1b[?1000h\x1b[?1006h"),
        };
        ansi
    }

    fn off(self) -> String {
        let mut ansi = String::new();
        let _ = match self {
            Self::AltScreen => LeaveAlternateScreen.write_ansi(&mut ansi),
            Self::NoWrap => EnableLineWrap.write_ansi(&mut ansi),
            Self::HiddenCursor => Show.write_ansi(&mut ansi),
            Self::Paste => DisableBracketedPaste.write_ansi(&mut ansi),
            Self::Mouse => ansi.write_str("\x1b[?1006l\x1b[?1000l"),
        };
        ansi
    }
}

/// What is switched on just now.
#[derive(Debug)]
struct Taken {
    tty: OwnedFd,
    cooked: Termios,
    features: Vec<Feature>,
    thread: ThreadId,
}

/// The process has one terminal; the panic hook must reach it from anywhere.
static TAKEN: Mutex<Option<Taken>> = Mutex::new(None);
/// What other threads said when they died, until the status line shows it.
static DEATHS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Holds the terminal; dropping it gives the terminal back.
#[derive(Debug)]
pub struct Guard {
    tty: OwnedFd,
    mouse: bool,
}

impl Guard {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// It is not a terminal, or it is gone.
    pub fn take(tty: BorrowedFd<'_>) -> std::io::Result<Self> {
        HOOK.call_once(install_hook);
        let guard = Self { tty: tty.try_clone_to_owned()?, mouse: false };
        guard.set_up()?;
        Ok(guard)
    }

    /// Sets the terminal up, again after a stop. The screen is in an unknown state then.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn set_up(&self) -> std::io::Result<()> {
        let mut taken = lock(&TAKEN);
        let mut raw = tcgetattr(&self.tty)?;
        let mut state = Taken {
            tty: self.tty.try_clone()?,
            cooked: raw.clone(),
            features: Vec::new(),
            thread: std::thread::current().id(),
        };
        raw.make_raw();
        // Noted before it is done, so that whatever interrupts us is undone.
        let features = [Feature::AltScreen, Feature::NoWrap, Feature::HiddenCursor, Feature::Paste];
        state.features.extend(features.into_iter().chain(self.mouse.then_some(Feature::Mouse)));
        let bytes: Vec<u8> = state.features.iter().flat_map(|feature| feature.on().into_bytes()).collect();
        *taken = Some(state);
        tcsetattr(&self.tty, OptionalActions::Now, &raw)?;
        last_words(self.tty.as_fd(), &bytes, PATIENCE_MS);
        Ok(())
    }

    /// Captures the mouse, or leaves it to the terminal (where it selects text).
    pub fn set_mouse(&mut self, on: bool) {
        if self.mouse == on {
            return;
        }
        self.mouse = on;
        if let Some(taken) = lock(&TAKEN).as_mut() {
            taken.features.retain(|feature| *feature != Feature::Mouse);
            if on {
                taken.features.push(Feature::Mouse);
            }
        }
        let ansi = if on { Feature::Mouse.on() } else { Feature::Mouse.off() };
        last_words(self.tty.as_fd(), ansi.as_bytes(), PATIENCE_MS);
    }

    /// Gives the terminal back; [`Guard::set_up`] takes it again.
    pub fn give_back(&self) {
        give_back();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back if it is taken. Safe at any time, any number of times, from any thread.
pub fn give_back() {
    let Some(taken) = lock(&TAKEN).take() else { return };
    // A frame may have been cut anywhere: end it first.
    let mut bytes = b"\x1b[?2026l\x1b[0m".to_vec();
    for feature in taken.features.iter().rev() {
        bytes.extend_from_slice(feature.off().as_bytes());
    }
    last_words(taken.tty.as_fd(), &bytes, PATIENCE_MS);
    // Not the variants that wait for the output to drain: a stalled terminal would hold us for ever.
    let _ = tcsetattr(&taken.tty, OptionalActions::Now, &taken.cooked);
    // What was typed meanwhile is not for the shell.
    let _ = tcflush(&taken.tty, QueueSelector::IFlush);
}

/// What other threads said when they died since the last call.
pub fn deaths() -> Vec<String> {
    std::mem::take(&mut *lock(&DEATHS))
}

fn install_hook() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let owner = lock(&TAKEN).as_ref().map(|taken| taken.thread);
        match owner {
            Some(thread) if thread != std::thread::current().id() => {
                let name = std::thread::current().name().unwrap_or("?").to_owned();
                let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
                let said = info.payload_as_str().unwrap_or("?");
                lock(&DEATHS).push(format!("{name}: {said} ({place})"));
            }
            _ => {
                give_back();
                before(info);
            }
        }
    }));
}
