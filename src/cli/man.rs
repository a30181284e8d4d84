//! `vigie man`: the manual page, made from the command line's own definition.

use super::out::Out;
use super::{Exit, Failure};
use crate::lang::LangId;

pub(super) fn run(lang: LangId) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    clap_mangen::Man::new(super::command_in(lang)).render(&mut bytes)?;
    // One page for the whole program carries every subcommand's options.
    let mut command = super::command_in(lang);
    command.build();
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let man = clap_mangen::Man::new(sub.clone());
        man.render_name_section(&mut bytes)?;
        man.render_synopsis_section(&mut bytes)?;
        man.render_options_section(&mut bytes)?;
    }
    let mut out = Out::new();
    out.raw(&bytes)?;
    out.flush()?;
    Ok(Exit::Ok)
}
