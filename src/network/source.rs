//! Scenario sources: files by path, shipped scenarios by id, and the errors found in them.

use std::fmt;
use std::path::Path;

/// One scenario file: its name (as shown in errors) and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path or shipped name.
    pub name: String,
    /// The TOML text.
    pub text: String,
}

/// One mistake in a scenario, with the place and the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// Name of the file (layer) that holds the mistake.
    pub file: String,
    /// Line, from 1; 0 when the mistake is of the file as a whole.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub mend: Option<String>,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.message)?;
        } else {
            write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        }
        match &self.mend {
            Some(mend) => write!(f, "; {mend}"),
            None => Ok(()),
        }
    }
}

/// All the mistakes of a scenario, by layer and place; displayed one per line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScenarioErrors(pub Vec<ScenarioError>);

impl ScenarioErrors {
    /// The one mistake that a file as a whole has.
    pub(super) fn of_file(file: &str, message: String, mend: Option<String>) -> Self {
        Self(vec![ScenarioError { file: file.to_owned(), line: 0, column: 0, message, mend }])
    }
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioErrors {}

/// The shipped files by name, layers included.
const FILES: &[(&str, &str)] = &[];

/// Shipped scenarios: id and file name of the last layer.
const SHIPPED: &[(&str, &str)] = &[];

/// The shipped scenarios: (id, file name of the last layer). [`find`] gives their sources.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    SHIPPED
}

/// The sources of a scenario, base first: `id_or_path` is a path of a file (its `layers` are relative to
/// it), a scenario of `user_dir`, or a shipped id. A user's scenario goes before a shipped one of the same id.
///
/// # Errors
/// When no such scenario exists, a layer cannot be read, or layers go round in a circle.
pub fn find(id_or_path: &str, user_dir: Option<&Path>) -> Result<Vec<Source>, ScenarioErrors> {
    let _ = (FILES, user_dir);
    Err(ScenarioErrors::of_file(
        id_or_path,
        "no such scenario".to_owned(),
        Some(format!("shipped: {}", SHIPPED.iter().map(|(id, _)| *id).collect::<Vec<_>>().join(", "))),
    ))
}
