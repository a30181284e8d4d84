//! The help of the command line in French. English stands with the definitions; French in `assets/i18n/help.toml`, by
//! the English sentence.

use std::collections::BTreeMap;

use clap::builder::StyledStr;
use clap::{Arg, Command};

/// The catalogue: what is written in English, and what is said of it in French.
const FRENCH: &str = include_str!("../../assets/i18n/help.toml");

/// The head of a page; clap's own has English words in it.
const PAGE: &str = "{before-help}{about-with-newline}\nUsage : {usage}\n\n{all-args}{after-help}";

/// The command line with its help in French. What has no French yet stays English.
pub(super) fn french(mut command: Command) -> Command {
    // A file that does not parse gives no French at all; a test reads it.
    let words: BTreeMap<String, String> = toml::from_str(FRENCH).unwrap_or_default();
    command.build();
    translated(command, &words)
}

fn translated(command: Command, words: &BTreeMap<String, String>) -> Command {
    let say = |english: Option<&StyledStr>| english.and_then(|text| words.get(&text.to_string())).cloned();
    let (about, long, after) = (say(command.get_about()), say(command.get_long_about()), say(command.get_after_help()));
    let mut command = command
        .help_template(PAGE)
        .subcommand_help_heading("Commandes")
        .subcommand_value_name("COMMANDE")
        .mut_args(|arg| argument(arg, words))
        .mut_subcommands(|inner| translated(inner, words));
    if let Some(about) = about {
        command = command.about(about);
    }
    if let Some(long) = long {
        command = command.long_about(long);
    }
    if let Some(after) = after {
        command = command.after_help(after);
    }
    command
}

/// An argument: what clap adds by itself in English (defaults, possible values) is added here in French.
fn argument(arg: Arg, words: &BTreeMap<String, String>) -> Arg {
    let french = |english: &str| words.get(english).cloned().unwrap_or_else(|| english.to_owned());
    let mut help = arg.get_help().map(|help| french(&help.to_string())).unwrap_or_default();
    if !arg.is_hide_possible_values_set() {
        let values = arg.get_possible_values();
        let values: Vec<String> = values
            .iter()
            .map(|value| match value.get_help() {
                Some(help) => format!("{} ({})", value.get_name(), french(&help.to_string())),
                None => value.get_name().to_owned(),
            })
            .collect();
        if !values.is_empty() {
            help = format!("{help} [valeurs : {}]", values.join(", "));
        }
    }
    let defaults = arg.get_default_values();
    if arg.get_action().takes_values() && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        let defaults: Vec<_> = defaults.iter().map(|value| value.to_string_lossy()).collect();
        help = format!("{help} [défaut : {}]", defaults.join(" "));
    }
    arg.help(help).long_help(None::<&str>).hide_possible_values(true).hide_default_value(true)
}
