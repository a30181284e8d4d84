//! The resilience table and the weaknesses it shows.

use std::collections::BTreeMap;

use super::row::{Header, Row};
use crate::forecast::band::{Band, Mean, quantile};

/// A crisis on a network over its runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Crisis.
    pub crisis: String,
    /// Network.
    pub network: String,
    /// People lost because of the crisis: with it − without it, same callers.
    pub lost: Band,
    /// Its mean.
    pub mean: Mean,
    /// Median time until it can be seen \[s\]; `None`: not in half of the runs.
    pub detect_s: Option<f64>,
    /// Median time until it can no longer be seen \[s\]; `None`: it still can when the run ends, in half of the runs.
    pub recover_s: Option<f64>,
    /// Département that was worst most often, and in what share of the runs.
    pub worst: Option<(String, f64)>,
    /// Median share of calls unanswered in the worst one.
    pub worst_unanswered: Option<f64>,
}

/// A weakness: where a crisis costs people.
#[derive(Debug, Clone, PartialEq)]
pub struct Weakness {
    /// Network.
    pub network: String,
    /// Crisis.
    pub crisis: String,
    /// Mean number of people lost because of it.
    pub lost: f64,
    /// Kinds: never seen, seen late, one place bears it, restored late.
    pub kinds: Vec<Kind>,
}

/// What makes a crisis hard on a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In half of the runs nothing could be seen.
    Unseen,
    /// It took longer than 15 minutes until it could be seen.
    SeenLate,
    /// The same département was worst in most runs.
    OnePlace,
    /// It could be seen for longer than four hours.
    Long,
    /// In half of the runs it could still be seen at their end.
    NotOver,
}

/// Longer than this is late \[s\].
const LATE_S: f64 = 900.0;
/// Longer than this is long \[s\].
const LONG_S: f64 = 4.0 * 3_600.0;
/// The same place in this share of runs is one place.
const ONE_PLACE: f64 = 0.8;

/// All lines, in the order of the test; weaknesses, worst first.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// By crisis, then network.
    pub lines: Vec<Line>,
    /// Where people are lost, most first.
    pub weaknesses: Vec<Weakness>,
}

/// Median of what is known; `None` when it is unknown in half of the runs.
fn median(values: &[Option<u64>]) -> Option<f64> {
    let mut known: Vec<f64> = values.iter().map(|v| v.map_or(f64::INFINITY, |v| v as f64)).collect();
    known.sort_by(f64::total_cmp);
    let middle = known.get(known.len() / 2).copied().filter(|m| m.is_finite())?;
    Some(middle)
}

impl Table {
    /// From all the rows of a test.
    pub fn of(header: &Header, rows: &[Row]) -> Self {
        let mut by: BTreeMap<(usize, usize), Vec<&Row>> = BTreeMap::new();
        for row in rows {
            let place = |list: &[String], id: &str| list.iter().position(|x| x == id).unwrap_or(usize::MAX);
            by.entry((place(&header.crises, &row.crisis), place(&header.networks, &row.network)))
                .or_default()
                .push(row);
        }
        let lines: Vec<Line> = by.values().filter_map(|rows| line(rows)).collect();
        let mut weaknesses: Vec<Weakness> = lines
            .iter()
            .filter(|line| line.mean.low() > 0.0)
            .map(|line| Weakness {
                network: line.network.clone(),
                crisis: line.crisis.clone(),
                lost: line.mean.mean,
                kinds: kinds(line),
            })
            .collect();
        weaknesses.sort_by(|a, b| b.lost.total_cmp(&a.lost));
        Self { lines, weaknesses }
    }
}

fn line(rows: &[&Row]) -> Option<Line> {
    let first = rows.first()?;
    let excess: Vec<f64> = rows.iter().map(|r| r.excess()).collect();
    let column = |of: fn(&Row) -> Option<u64>| median(&rows.iter().map(|r| of(r)).collect::<Vec<_>>());
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for code in rows.iter().filter_map(|r| r.worst.as_deref()) {
        *places.entry(code).or_default() += 1;
    }
    let worst = places.iter().max_by_key(|(_, n)| **n);
    let mut shares: Vec<f64> = rows.iter().filter_map(|r| r.worst_unanswered).collect();
    shares.sort_by(f64::total_cmp);
    Some(Line {
        crisis: first.crisis.clone(),
        network: first.network.clone(),
        lost: Band::of(&excess),
        mean: Mean::of(&excess),
        detect_s: column(|r| r.detect_s),
        recover_s: column(|r| r.recover_s),
        worst: worst.map(|(code, n)| ((*code).to_owned(), *n as f64 / rows.len() as f64)),
        worst_unanswered: (!shares.is_empty()).then(|| quantile(&shares, 0.5)),
    })
}

fn kinds(line: &Line) -> Vec<Kind> {
    let mut out = Vec::new();
    match line.detect_s {
        None => out.push(Kind::Unseen),
        Some(s) if s > LATE_S => out.push(Kind::SeenLate),
        Some(_) => {}
    }
    if line.worst.as_ref().is_some_and(|(_, share)| *share >= ONE_PLACE) {
        out.push(Kind::OnePlace);
    }
    match line.recover_s {
        None if line.detect_s.is_some() => out.push(Kind::NotOver),
        Some(s) if s > LONG_S => out.push(Kind::Long),
        _ => {}
    }
    out
}
