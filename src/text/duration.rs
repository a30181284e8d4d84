//! Durations as people write them in files: `90 s`, `30 min`, `1 h 30 min`, `2 d`.

use std::fmt::Write as _;

use crate::network::Said;

/// Why a duration cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DurationError {
    /// Nothing there.
    Empty,
    /// A number without unit, or a unit without number.
    Malformed(String),
    /// Not a unit.
    Unit(String),
    /// More than 49,710 days.
    TooLong,
}

impl DurationError {
    /// The error as a sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Empty => Said::new("doc-duration-empty"),
            Self::Malformed(part) => Said::new("doc-duration-part").with("part", part),
            Self::Unit(unit) => Said::new("doc-duration-unit").with("unit", unit),
            Self::TooLong => Said::new("doc-duration-long"),
        }
    }
}

/// Seconds of a duration: whole numbers, each with its unit (`s`, `min` or `m`, `h`, `d` or `j`), added up.
///
/// # Errors
/// [`DurationError`] says which part does not fit.
pub fn parse_duration(s: &str) -> Result<u32, DurationError> {
    let mut total: u64 = 0;
    let mut rest = s.trim();
    if rest.is_empty() {
        return Err(DurationError::Empty);
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at_checked(digits).unwrap_or((rest, ""));
        let after = after.trim_start();
        let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, next) = after.split_at_checked(letters).unwrap_or((after, ""));
        if number.is_empty() || unit.is_empty() {
            return Err(DurationError::Malformed(rest.to_owned()));
        }
        let scale: u64 = match unit {
            "s" => 1,
            "min" | "m" => 60,
            "h" => 3_600,
            "d" | "j" => 86_400,
            _ => return Err(DurationError::Unit(unit.to_owned())),
        };
        let number: u64 = number.parse().ok().ok_or(DurationError::TooLong)?;
        total = number.checked_mul(scale).and_then(|s| total.checked_add(s)).ok_or(DurationError::TooLong)?;
        rest = next.trim_start();
    }
    u32::try_from(total).ok().ok_or(DurationError::TooLong)
}

/// The duration written in full: `1 h 30 min`, `45 s`, `0 s`.
pub fn print_duration(seconds: u32) -> String {
    let mut out = String::new();
    let mut rest = seconds;
    for (scale, unit) in [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")] {
        let n = rest / scale;
        rest %= scale;
        if n > 0 || (unit == "s" && out.is_empty()) {
            let space = if out.is_empty() { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(out, "{space}{n} {unit}");
        }
    }
    out
}
