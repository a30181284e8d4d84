//! A command line that cannot be understood, in the reader's language.

use std::error::Error as _;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::Failure;
use crate::network::Said;

/// What is wrong with the arguments.
pub(super) fn wrong(error: &clap::Error) -> Failure {
    let text = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let (arg, value) = (text(ContextKind::InvalidArg), text(ContextKind::InvalidValue));
    let said = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => Said::new("usage-no-value").with("arg", arg),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            Said::new("usage-wrong-value").with("arg", arg).with("value", value)
        }
        ErrorKind::UnknownArgument => Said::new("usage-unknown").with("arg", arg),
        ErrorKind::InvalidSubcommand => {
            Said::new("usage-unknown-command").with("command", text(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => Said::new("usage-missing").with("args", arg),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Said::new("usage-no-command")
        }
        ErrorKind::ArgumentConflict => match error.get(ContextKind::PriorArg) {
            Some(prior) if prior.to_string() != arg => {
                Said::new("usage-conflict").with("arg", arg).with("other", prior.to_string())
            }
            _ => Said::new("usage-twice").with("arg", arg),
        },
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            Said::new("usage-number").with("arg", arg)
        }
        ErrorKind::InvalidUtf8 => Said::new("usage-utf8"),
        _ => Said::new("usage-not-understood"),
    };
    // What a reader of one value says stands beside it; words of a library are not shown.
    let why = error.source().and_then(|source| source.downcast_ref::<Said>()).cloned();
    let said = match (why, list(error, ContextKind::ValidValue)) {
        (Some(why), _) => Said::new("usage-because").with("what", said).with("why", why),
        (None, Some(values)) => Said::new("usage-values").with("what", said).with("values", values),
        (None, None) => said,
    };
    let failure = Failure::usage(said);
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(near) = near.into_iter().find_map(|kind| list(error, kind)) {
        return failure.next(Said::new("usage-near").with("word", near));
    }
    match error.get(ContextKind::Usage).map(ToString::to_string) {
        Some(usage) => {
            let usage = usage.trim_start_matches("Usage:").split_whitespace().collect::<Vec<_>>().join(" ");
            failure.next(Said::new("usage-how").with("usage", usage))
        }
        None => failure.next(Said::new("usage-help")),
    }
}

/// Words of a context as a list; `None` where there are none.
fn list(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::Strings(many) if !many.is_empty() => Some(many.join(", ")),
        _ => None,
    }
}

/// Reads a whole number within bounds.
pub(super) fn within<T>(least: T, most: T) -> impl Fn(&str) -> Result<T, Said> + Clone + Send + Sync + 'static
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display + Clone + Send + Sync + 'static,
{
    move |text| match text.parse::<T>() {
        Ok(number) if least <= number && number <= most => Ok(number),
        _ => Err(Said::new("usage-within").with("least", least.to_string()).with("most", most.to_string())),
    }
}

/// Reads the separator of a CSV.
pub(super) fn separator(text: &str) -> Result<u8, Said> {
    match text {
        "," => Ok(b','),
        ";" => Ok(b';'),
        _ => Err(Said::new("usage-separator")),
    }
}
