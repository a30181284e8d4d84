//! `vigie completions SHELL`.

use clap_complete::Shell;

use super::out::Out;
use super::{Exit, Failure};
use crate::lang::LangId;

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, lang: LangId) -> Result<Exit, Failure> {
        let mut bytes = Vec::new();
        clap_complete::generate(self.shell, &mut super::command_in(lang), "vigie", &mut bytes);
        let mut out = Out::new();
        out.raw(&bytes)?;
        out.flush()?;
        Ok(Exit::Ok)
    }
}
