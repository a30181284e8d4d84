//! A forecast as it was shown, kept in the log: what was asked, what the human thought, what the model said.
//!
//! Plain data of the log's lines (`docs/log-format.md`). Does not belong here: how it was worked out.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use crate::network::LeverKind;

/// A band over futures: 5 % lie below the first, half below the second, 95 % below the third.
pub type Span = (i64, i64, i64);

/// A forecast as it was shown. Every figure is the model's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Outlook {
    /// The present it starts from (incident time); absent in a log of another program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<DateTime<FixedOffset>>,
    /// Age of the data then \[s\].
    pub data_age_s: u32,
    /// What the human expected, asked before the model answered; empty: nothing was said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub estimate: String,
    /// Horizons \[min\].
    pub horizons_min: Vec<u32>,
    /// Options, in the order in which they were shown, which ranks nothing.
    pub options: Vec<OutlookOption>,
    /// What waiting costs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delays: Vec<OutlookDelay>,
    /// Futures per option.
    pub futures: u32,
    /// Root of the draws.
    pub seed: u64,
    /// Version of the engine.
    pub engine: String,
    /// What was assumed, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<String>,
}

/// One option of a forecast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct OutlookOption {
    /// In words.
    pub text: String,
    /// Its levers with the time of their order \[s from the present\].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub levers: Vec<(u64, LeverKind)>,
    /// People lost until each horizon.
    pub lost: Vec<Span>,
    /// Calls answered within target until each horizon.
    pub in_target: Vec<Span>,
}

/// What waiting costs: an option later against the same now, future by future.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct OutlookDelay {
    /// The later option, counted from 0.
    pub later: usize,
    /// The same, now.
    pub now: usize,
    /// By how much it is later \[min\].
    pub minutes: u32,
    /// People lost more, until each horizon.
    pub more_lost: Vec<Span>,
}

impl Outlook {
    /// All the words that people typed into it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.estimate.as_str())
            .chain(self.options.iter().map(|o| o.text.as_str()))
            .chain(self.assumptions.iter().map(String::as_str))
    }
}
