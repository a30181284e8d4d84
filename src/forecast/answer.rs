//! What the futures say, option by option; never which is best.

use super::band::{Band, Mean};
use super::{Question, Record};

/// One option at one horizon.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cell {
    /// People lost until then.
    pub lost: Band,
    /// Calls answered within target until then.
    pub in_target: Band,
    /// People lost more than under the first option, future by future.
    pub more_lost: Band,
    /// The mean of that difference.
    pub mean_more_lost: Mean,
}

/// One option.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outlook {
    /// By horizon; shorter than the question's horizons while the answer is a first one.
    pub cells: Vec<Cell>,
}

/// What the futures say.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    /// By option.
    pub outlooks: Vec<Outlook>,
    /// For each pair that was asked for: people lost more under the first than under the second, by horizon.
    pub pairs: Vec<Vec<Band>>,
    /// Horizons answered \[s from now\].
    pub horizons_s: Vec<u64>,
    /// Futures per option.
    pub futures: u32,
    /// Is it the whole answer?
    pub complete: bool,
}

impl Answer {
    /// From all the futures of each option; `records` in any order.
    pub(super) fn of(question: &Question, mut records: Vec<Record>, horizons: &[u64], complete: bool) -> Self {
        records.sort_by_key(|r| (r.choice, r.future));
        let futures = records.len() / question.choices.len().max(1);
        let by_choice: Vec<&[Record]> = records.chunks(futures.max(1)).collect();
        let column = |records: &[Record], h: usize, of: fn(&super::Outcome) -> i64| -> Vec<f64> {
            records.iter().filter_map(|r| r.outcomes.get(h)).map(|o| of(o) as f64).collect()
        };
        let outlook = |records: &&[Record]| Outlook {
            cells: (0..horizons.len())
                .map(|h| {
                    let lost = column(records, h, |o| o.lost);
                    let first = by_choice.first().map(|first| column(first, h, |o| o.lost)).unwrap_or_default();
                    let more: Vec<f64> = lost.iter().zip(&first).map(|(a, b)| a - b).collect();
                    Cell {
                        lost: Band::of(&lost),
                        in_target: Band::of(&column(records, h, |o| o.in_target)),
                        more_lost: Band::of(&more),
                        mean_more_lost: Mean::of(&more),
                    }
                })
                .collect(),
        };
        let pair = |&(a, b): &(u32, u32)| -> Vec<Band> {
            let of = |i: u32| by_choice.get(i as usize).copied().unwrap_or_default();
            let difference = |h| {
                let (a, b) = (column(of(a), h, |o| o.lost), column(of(b), h, |o| o.lost));
                Band::of(&a.iter().zip(&b).map(|(a, b)| a - b).collect::<Vec<_>>())
            };
            (0..horizons.len()).map(difference).collect()
        };
        Self {
            pairs: question.pairs.iter().map(pair).collect(),
            outlooks: by_choice.iter().map(outlook).collect(),
            horizons_s: horizons.to_vec(),
            futures: futures as u32,
            complete,
        }
    }
}
