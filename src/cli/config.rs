//! `vigie config print|path|check`.

use clap::Subcommand;

use super::out::Out;
use super::{Context, Exit, Failure, Globals};
use crate::lang::Arg;

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
                let context = context?;
                let head = ["config-setting", "config-value", "config-from"].map(|id| context.lang.t(id)).to_vec();
                let settings = context.config.rows(&context.lang).into_iter();
                let rows = settings.map(|(name, value, from)| vec![name.to_owned(), value, from]);
                out.table(&std::iter::once(head).chain(rows).collect::<Vec<_>>(), &[])?;
            }
            // The path is wanted most when the file cannot be read.
            Self::Path => out.line(&crate::config::path()?.display().to_string())?,
            Self::Check => {
                let context = context?;
                let (id, path) = match context.config.file {
                    Some(path) => ("config-good", path),
                    None => ("config-none", crate::config::path()?),
                };
                out.line(&context.lang.ta(id, &[("path", Arg::Str(&path.display().to_string()))]))?;
            }
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}
