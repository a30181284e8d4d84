//! `vigie config print|path|check`.

use clap::Subcommand;

use super::out::Out;
use super::{Context, Exit, Failure, Globals};

/// Show where settings come from.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Every setting, its value and where it comes from
    Print,
    /// Path of the configuration file
    Path,
    /// Check the configuration file
    Check,
}

impl ConfigCommand {
    pub(super) fn run(self, globals: &Globals) -> Result<Exit, Failure> {
        let mut out = Out::new();
        let context = Context::new(globals, None);
        match self {
            Self::Print => {
                let rows: Vec<Vec<String>> = std::iter::once(["setting", "value", "from"].map(str::to_owned).to_vec())
                    .chain(
                        context?
                            .config
                            .rows()
                            .into_iter()
                            .map(|(name, value, from)| vec![name.to_owned(), value, from]),
                    )
                    .collect();
                out.table(&rows, &[])?;
            }
            // The path is wanted most when the file cannot be read.
            Self::Path => out.line(&crate::config::path()?.display().to_string())?,
            Self::Check => match context?.config.file {
                Some(path) => out.line(&format!("{}: good", path.display()))?,
                None => {
                    out.line(&format!("{}: does not exist, defaults are used", crate::config::path()?.display()))?;
                }
            },
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}
