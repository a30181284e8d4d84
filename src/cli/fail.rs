//! Exit codes, and failures as people read them: what, why, what to do next.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::lang::{self, Lang};
use crate::network::{Said, ScenarioErrors};
use crate::session::SessionError;
use crate::store::StoreError;
use crate::text;
use crate::tui::TuiError;

/// How the program ends; the same table is in `--help` and `docs/cli.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok,
    /// Failed: disk, terminal, lock.
    Failed,
    /// Wrong usage of the command line.
    Usage,
    /// Verification failed.
    Verification,
    /// A configuration, playbook, scenario, mapping or log file cannot be used.
    Input,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Ok => 0,
            Exit::Failed => 1,
            Exit::Usage => 2,
            Exit::Verification => 3,
            Exit::Input => 4,
        })
    }
}

/// A command that could not do what was asked.
#[derive(Debug)]
pub struct Failure {
    /// How the program ends.
    pub exit: Exit,
    /// What is wrong; may have several lines.
    pub message: Said,
    /// What to do next.
    pub next: Option<Said>,
    broken_pipe: bool,
}

impl Failure {
    /// A failure of the machine (exit code 1).
    pub fn failed(message: impl Into<Said>) -> Self {
        Self { exit: Exit::Failed, message: message.into(), next: None, broken_pipe: false }
    }

    /// A mistake in the arguments that clap cannot see (exit code 2).
    pub fn usage(message: impl Into<Said>) -> Self {
        Self { exit: Exit::Usage, ..Self::failed(message) }
    }

    /// A file that cannot be used (exit code 4).
    pub fn input(message: impl Into<Said>) -> Self {
        Self { exit: Exit::Input, ..Self::failed(message) }
    }

    /// A file that cannot be read or written (exit code 1).
    pub fn at(path: &Path, error: &io::Error) -> Self {
        Self::failed(lang::at(path, error))
    }

    /// A file that was given and cannot be read (exit code 4).
    pub fn unread(path: &Path, error: &io::Error) -> Self {
        Self::input(lang::at(path, error))
    }

    /// Says what to do next.
    #[must_use]
    pub fn next(mut self, next: impl Into<Said>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Nobody reads any more: not an error.
    pub fn is_broken_pipe(&self) -> bool {
        self.broken_pipe
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { broken_pipe: error.kind() == io::ErrorKind::BrokenPipe, ..Self::failed(lang::os(&error)) }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let message = error.said();
        match error {
            ConfigError::Value { origin: crate::config::Origin::Flag(_), .. } => Self::usage(message),
            ConfigError::Value { .. } | ConfigError::File { .. } => {
                Self::input(message).next(Said::new("cli-next-config"))
            }
            ConfigError::Read { .. } | ConfigError::NoHome => Self::failed(message),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let message = error.said();
        match error {
            StoreError::Io { .. } | StoreError::NoChain(_) | StoreError::ReadOnly(_) => Self::failed(message),
            StoreError::Exists(_)
            | StoreError::Json { .. }
            | StoreError::NotAnIncident(_)
            | StoreError::Version { .. }
            | StoreError::BadName(_) => Self::input(message),
        }
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Store(error) => error.into(),
            SessionError::Thread(_) => Self::failed(error.said()),
            SessionError::Input(message) => Self::input(message),
        }
    }
}

impl From<TuiError> for Failure {
    fn from(error: TuiError) -> Self {
        let TuiError::Terminal(why) = &error;
        Self::failed(Said::new("cli-no-terminal").with("why", lang::os(why))).next(Said::new("cli-next-doctor"))
    }
}

impl From<ScenarioErrors> for Failure {
    fn from(errors: ScenarioErrors) -> Self {
        Self::input(errors.to_string())
    }
}

/// A command line that does it: the same in every language.
pub(super) fn example(command: &str) -> Said {
    Said::from(command.to_owned())
}

/// What can be given instead.
pub(super) fn one_of(known: &str) -> Said {
    Said::new("cli-next-one-of").with("known", known)
}

/// Prints a failure on stderr and gives its exit code.
pub(super) fn print(failure: &Failure, lang: &Lang) -> ExitCode {
    let mut err = io::stderr().lock();
    // Nothing can be said about a stderr that is gone.
    for (i, line) in lang.say(&failure.message).lines().enumerate() {
        let head = if i == 0 { "vigie: " } else { "       " };
        let _ = writeln!(err, "{head}{}", text::visible(line));
    }
    if let Some(next) = &failure.next {
        let _ = writeln!(err, "       → {}", text::visible(&lang.say(next)));
    }
    failure.exit.into()
}
