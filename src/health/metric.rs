//! A small language for proofs and triggers in playbooks: `ner(15) > 0.97 for 5m and server_state(cs-1) = up`.
//!
//! `docs/health.md` lists the figures. A condition is true, false, or *no data*: a proof without data proves nothing.
//!
//! Does not belong here: reading playbooks, deciding what a proof means for a step.

mod figure;
mod packed;
mod snap;

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

pub use figure::{Figure, Reading};
pub(super) use packed::{Moment, Packed};
pub(super) use snap::{PsapSnap, ServerSnap, ServiceSnap, Snap};

use super::State;
use super::track::severity;
use crate::network::Network;

/// A condition on the board, as written in a playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    text: String,
    clauses: Vec<Clause>,
}

impl Metric {
    /// For how long it must have held, at the longest of its clauses (`for 5m`); zero when none says so.
    pub fn lasting(&self) -> TimeDelta {
        self.clauses.iter().map(|clause| clause.lasting).max().unwrap_or_default()
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Clause {
    figure: Figure,
    compare: Compare,
    value: Value,
    lasting: TimeDelta,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
    Equal,
    NotEqual,
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Number(f64),
    Word(String),
}

/// Why a metric cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct MetricError {
    /// Column of the first character that does not fit, from 1.
    pub column: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl FromStr for Metric {
    type Err = MetricError;

    fn from_str(text: &str) -> Result<Self, MetricError> {
        Self::parse(text)
    }
}

impl std::fmt::Display for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Metric {
    /// Reads a condition.
    ///
    /// # Errors
    /// [`MetricError`] with the column and a mend.
    pub fn parse(text: &str) -> Result<Self, MetricError> {
        let mut words = Words::new(text)?;
        let mut clauses = Vec::new();
        loop {
            clauses.push(words.clause()?);
            match words.next() {
                None => return Ok(Self { text: text.trim().to_owned(), clauses }),
                Some(token) if token.text == "and" => {}
                Some(token) => {
                    let message = format!("`{}` does not fit; join conditions with `and`", token.text);
                    return Err(MetricError { column: token.column, message });
                }
            }
        }
    }

    /// The condition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Are the ids it names known to this network?
    ///
    /// # Errors
    /// A sentence with the first id that does not exist.
    pub fn check(&self, network: &Network) -> Result<(), String> {
        self.clauses.iter().try_for_each(|clause| clause.figure.check(network))
    }

    /// The first figure, from one moment of the board.
    pub(super) fn figure(&self, network: &Network, snap: &Snap) -> Option<f64> {
        match self.clauses.first()?.figure.read(network, snap)? {
            Reading::Number(number) => Some(number),
            Reading::State(state) => Some(f64::from(severity(state))),
            Reading::Word(_) => None,
        }
    }

    /// Does it hold? `past` is oldest first, about one a minute.
    pub(super) fn holds<'a>(
        &self,
        network: &Network,
        now: &Snap,
        past: &(impl Iterator<Item = &'a Moment> + Clone),
    ) -> Option<bool> {
        let mut all = Some(true);
        for clause in &self.clauses {
            match clause.holds(network, now, past.clone()) {
                Some(false) => return Some(false),
                None => all = None,
                Some(true) => {}
            }
        }
        all
    }
}

impl Clause {
    fn holds<'a>(&self, network: &Network, now: &Snap, past: impl Iterator<Item = &'a Moment>) -> Option<bool> {
        let mut all = self.at(network, now);
        if self.lasting <= TimeDelta::zero() || all == Some(false) {
            return all;
        }
        let begin: DateTime<Utc> = now.at - self.lasting;
        let mut covered = false;
        for moment in past {
            if moment.at() <= begin {
                // the last moment before the span: what it said held when the span began
                covered = true;
                continue;
            }
            match self.at(network, moment.snap()) {
                Some(false) => return Some(false),
                None => all = None,
                Some(true) => {}
            }
        }
        all.filter(|_| covered)
    }

    fn at(&self, network: &Network, snap: &Snap) -> Option<bool> {
        let ordering = match (self.figure.read(network, snap)?, &self.value) {
            (Reading::Number(seen), Value::Number(wanted)) => seen.partial_cmp(wanted)?,
            (Reading::State(seen), Value::Word(wanted)) => {
                let wanted = state(wanted)?;
                if matches!(seen, State::Unknown | State::Stale) && seen != wanted {
                    return None;
                }
                severity(seen).cmp(&severity(wanted)).then(if severity(seen) == 0 {
                    seen.cmp(&wanted)
                } else {
                    std::cmp::Ordering::Equal
                })
            }
            (Reading::Word(seen), Value::Word(wanted)) => seen.cmp(wanted.as_str()),
            _ => return None,
        };
        Some(match self.compare {
            Compare::Less => ordering.is_lt(),
            Compare::LessOrEqual => ordering.is_le(),
            Compare::More => ordering.is_gt(),
            Compare::MoreOrEqual => ordering.is_ge(),
            Compare::Equal => ordering.is_eq(),
            Compare::NotEqual => ordering.is_ne(),
        })
    }
}

/// A state from its word in playbooks.
pub fn state(word: &str) -> Option<State> {
    Some(match word {
        "unknown" => State::Unknown,
        "stale" => State::Stale,
        "maintenance" => State::Maintenance,
        "nominal" => State::Nominal,
        "watch" => State::Watch,
        "degraded" => State::Degraded,
        "critical" => State::Critical,
        "silent" => State::Silent,
        "down" => State::Down,
        _ => return None,
    })
}

const STATES: &str = "unknown, stale, maintenance, nominal, watch, degraded, critical, silent, down";

struct Token {
    text: String,
    column: usize,
}

struct Words {
    tokens: std::vec::IntoIter<Token>,
    end: usize,
}

impl Words {
    /// Cuts the text: words (letters, digits, `-_.:%`), brackets, comparisons.
    fn new(text: &str) -> Result<Self, MetricError> {
        let mut tokens: Vec<Token> = Vec::new();
        let word = |c: char| c.is_alphanumeric() || "-_.:%".contains(c);
        let mut glue = false;
        for (i, c) in text.chars().enumerate() {
            let column = i + 1;
            let kind = match c {
                _ if c.is_whitespace() => {
                    glue = false;
                    continue;
                }
                _ if word(c) => true,
                '(' | ')' | ',' | '<' | '>' | '=' | '!' => false,
                _ => {
                    let message = format!("`{}` does not belong in a metric", c.escape_debug());
                    return Err(MetricError { column, message });
                }
            };
            match tokens.last_mut() {
                Some(last) if glue && kind && last.text.chars().all(word) => last.text.push(c),
                Some(last) if glue && c == '=' && ["<", ">", "=", "!"].contains(&last.text.as_str()) => {
                    last.text.push(c);
                }
                _ => tokens.push(Token { text: c.to_string(), column }),
            }
            glue = true;
        }
        Ok(Self { tokens: tokens.into_iter(), end: text.chars().count() + 1 })
    }

    fn next(&mut self) -> Option<Token> {
        self.tokens.next()
    }

    fn need(&mut self, what: &str) -> Result<Token, MetricError> {
        let column = self.end;
        self.next().ok_or_else(|| MetricError { column, message: format!("the metric ends here; {what} is missing") })
    }

    fn peek(&self) -> Option<&str> {
        self.tokens.as_slice().first().map(|token| token.text.as_str())
    }

    fn clause(&mut self) -> Result<Clause, MetricError> {
        let name = self.need("a figure such as `ner(15)`")?;
        let mut argument = None;
        if self.peek() == Some("(") {
            self.next();
            let inside = self.need("what it is about, such as `15`")?;
            if inside.text != ")" {
                argument = Some((inside.text, inside.column));
                let close = self.need("`)`")?;
                if close.text != ")" {
                    let message = format!("`)` is expected here, not `{}`", close.text);
                    return Err(MetricError { column: close.column, message });
                }
            }
        }
        let figure = Figure::new(&name.text, name.column, argument)?;
        let operator = self.need("a comparison such as `> 0.97`")?;
        let compare = match operator.text.as_str() {
            "<" => Compare::Less,
            "<=" => Compare::LessOrEqual,
            ">" => Compare::More,
            ">=" => Compare::MoreOrEqual,
            "=" | "==" => Compare::Equal,
            "!=" => Compare::NotEqual,
            other => {
                let message = format!("`{other}` is no comparison; write < <= > >= = or !=");
                return Err(MetricError { column: operator.column, message });
            }
        };
        let wanted = self.need("the value to compare with")?;
        let value = value(&figure, &wanted, compare)?;
        let mut lasting = TimeDelta::zero();
        if self.peek() == Some("for") {
            self.next();
            let length = self.need("a duration such as `5m`")?;
            lasting = duration(&length)?;
        }
        Ok(Clause { figure, compare, value, lasting })
    }
}

fn value(figure: &Figure, wanted: &Token, compare: Compare) -> Result<Value, MetricError> {
    let error = |message: String| MetricError { column: wanted.column, message };
    if figure.is_number() {
        let (digits, scale) =
            wanted.text.strip_suffix('%').map_or((wanted.text.as_str(), 1.0), |digits| (digits, 100.0));
        let number: Option<f64> = digits.parse().ok().filter(|number: &f64| number.is_finite());
        return number
            .map(|number| Value::Number(number / scale))
            .ok_or_else(|| error(format!("`{}` is no number; write for example 0.97 or 97%", wanted.text)));
    }
    if figure.is_state() {
        return match state(&wanted.text) {
            Some(_) => Ok(Value::Word(wanted.text.clone())),
            None => Err(error(format!("`{}` is no state; states are {STATES}", wanted.text))),
        };
    }
    let words = figure.words();
    if !words.contains(&wanted.text.as_str()) {
        return Err(error(format!("`{}` does not fit here; write one of {}", wanted.text, words.join(", "))));
    }
    if !matches!(compare, Compare::Equal | Compare::NotEqual) {
        return Err(error("words are compared with = or != only".to_owned()));
    }
    Ok(Value::Word(wanted.text.clone()))
}

fn duration(token: &Token) -> Result<TimeDelta, MetricError> {
    let error = || MetricError {
        column: token.column,
        message: format!("`{}` is no duration; write for example 90s, 5m or 1h (at most 1h is remembered)", token.text),
    };
    let seconds = [("s", 1), ("m", 60), ("h", 3_600)]
        .into_iter()
        .find_map(|(unit, seconds)| Some(token.text.strip_suffix(unit)?.parse::<u32>().ok()?.checked_mul(seconds)));
    match seconds.flatten() {
        Some(seconds) if seconds > 0 && seconds <= 3_600 => Ok(TimeDelta::seconds(i64::from(seconds))),
        _ => Err(error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        for text in [
            "ner(15) > 0.97 for 5m",
            "server_state(cs-1) = up",
            "received_ratio(all) > 90%",
            "state(zone:59) >= degraded",
            "received_ratio(psap:samu-59)<0.5 for 90s and alarm(national-ner) = active",
            "servers_up >= 5",
            "servers_up() >= 5",
        ] {
            let metric = Metric::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(metric.text(), text);
        }
    }

    #[test]
    fn errors_name_the_column_and_a_mend() {
        for (text, column, part) in [
            ("", 1, "a figure such as"),
            ("nerf(15) > 1", 1, "no figure"),
            ("ner(15 > 1", 8, "`)` is expected"),
            ("ner(15) 0.97", 9, "no comparison"),
            ("ner(15) > many", 11, "no number"),
            ("ner > 0.97", 1, "of what"),
            ("state(15) = green", 13, "no state"),
            ("server_state(cs-1) = open", 22, "one of"),
            ("server_state(cs-1) < up", 22, "= or !="),
            ("ner(15) > 0.97 for ever", 20, "no duration"),
            ("ner(15) > 0.97 for 2h", 20, "no duration"),
            ("ner(15) > 0.97 or asr(15) > 0.5", 16, "join conditions with `and`"),
            ("ner(15) > 0.97 for", 19, "duration"),
            ("ner[15] > 0.97", 4, "does not belong"),
        ] {
            let error = Metric::parse(text).unwrap_err();
            assert_eq!(error.column, column, "{text}: {error}");
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
}
