//! A forecast of the log in words.

use crate::incident::outlook::Outlook;
use crate::lang::{Arg, Lang};

/// What a forecast says besides its text: whose figures they are, what was expected, each option at its last horizon.
pub fn details(outlook: &Outlook, lang: &Lang) -> Vec<String> {
    let people = |count: i64| lang.number(count.max(0).unsigned_abs());
    let mut parts = vec![lang.ta("outlook-model", &[("futures", Arg::Num(f64::from(outlook.futures)))])];
    if !outlook.estimate.is_empty() {
        parts.push(lang.ta("outlook-estimate", &[("value", Arg::Str(&outlook.estimate))]));
    }
    parts.push(lang.ta("outlook-age", &[("value", Arg::Str(&outlook.data_age_s.to_string()))]));
    for option in &outlook.options {
        let Some(((low, _, high), minutes)) = option.lost.iter().zip(&outlook.horizons_min).next_back() else {
            continue;
        };
        parts.push(lang.ta(
            "outlook-option",
            &[
                ("option", Arg::Str(&option.text)),
                ("low", Arg::Str(&people(*low))),
                ("high", Arg::Str(&people(*high))),
                ("minutes", Arg::Str(&minutes.to_string())),
            ],
        ));
    }
    parts
}
