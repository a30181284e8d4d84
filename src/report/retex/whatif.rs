//! Counterfactuals in words: of measures, never of persons; "within noise" where the band holds zero.

use chrono::{DateTime, Utc};

use super::super::document::{Block, Document, Drawing, Table};
use super::super::plot::{Interval, Scale, intervals};
use super::{Material, Words};
use crate::forecast::Band;
use crate::forecast::compare::Verdict;
use crate::forecast::counterfactual::{Change, Counterfactuals, Variant};
use crate::lang::Arg;

/// A measure that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// When it was ordered (incident time).
    pub at: DateTime<Utc>,
    /// The lever's word.
    pub lever: String,
    /// What was written with it.
    pub text: String,
}

/// What the measures were worth.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// The measures, in the order of their variants.
    pub measures: Vec<Measure>,
    /// Those that were taken in all.
    pub taken: usize,
    /// What came out.
    pub found: Counterfactuals,
    /// Up to when people are counted (incident time).
    pub until: DateTime<Utc>,
}

/// A number of people, whole.
fn whole(words: Words<'_>, value: f64) -> String {
    words.lang.number(value.abs().round() as u64)
}

/// How much of the variance of a band is noise, and how much is ignorance of the parameters; nothing where there is none.
fn parted(words: Words<'_>, change: &Change) -> String {
    if change.verdict == Verdict::Untouched {
        return String::new();
    }
    let noise = change.difference.noise.clamp(0.0, 1.0);
    format!("{} / {}", words.lang.percent(noise, 0), words.lang.percent(1.0 - noise, 0))
}

/// The difference as a sentence: fewer, more, within noise, or nothing at all.
fn sentence(words: Words<'_>, change: &Change) -> String {
    let band = change.difference;
    let (low, high) = (whole(words, band.low), whole(words, band.high));
    match change.verdict {
        Verdict::Untouched => words.t("retex-if-nothing"),
        Verdict::Fewer => words.lang.ta("retex-if-fewer", &[("least", Arg::Str(&high)), ("most", Arg::Str(&low))]),
        Verdict::More => words.lang.ta("retex-if-more", &[("least", Arg::Str(&low)), ("most", Arg::Str(&high))]),
        Verdict::CannotTell => {
            let args = [
                ("fewer", Arg::Str(&low)),
                ("more", Arg::Str(&high)),
                ("runs_fewer", Arg::from(change.fewer as usize)),
                ("runs_more", Arg::from(change.more as usize)),
            ];
            words.lang.ta("retex-if-noise", &args)
        }
    }
}

/// What was played against history.
fn against_history(words: Words<'_>, what_if: &WhatIf, change: &Change) -> String {
    let band = change.difference;
    let until = words.hm(what_if.until);
    let (low, high) = (whole(words, band.low), whole(words, band.high));
    // The difference is history − played: more lost in history is fewer lost here.
    let mid = whole(words, band.mid);
    let mid = match change.verdict {
        Verdict::CannotTell if band.mid < 0.0 => words.lang.ta("retex-if-more-by", &[("n", Arg::Str(&mid))]),
        Verdict::CannotTell => words.lang.ta("retex-if-fewer-by", &[("n", Arg::Str(&mid))]),
        _ => mid,
    };
    let noise = words.lang.percent(band.noise, 0);
    let ignorance = words.lang.percent(1.0 - band.noise.clamp(0.0, 1.0), 0);
    let (id, least, most) = match change.verdict {
        Verdict::Untouched => return words.lang.ta("retex-history-nothing", &[("until", Arg::Str(&until))]),
        Verdict::More => ("retex-history-fewer", low, high),
        Verdict::Fewer => ("retex-history-more", high, low),
        Verdict::CannotTell => ("retex-history-noise", low, high),
    };
    words.lang.ta(
        id,
        &[
            ("until", Arg::Str(&until)),
            ("least", Arg::Str(&least)),
            ("most", Arg::Str(&most)),
            ("mid", Arg::Str(&mid)),
            ("chance", Arg::Str(&noise)),
            ("ignorance", Arg::Str(&ignorance)),
            // What history lost more, this lost less.
            ("runs_fewer", Arg::from(change.more as usize)),
            ("runs_more", Arg::from(change.fewer as usize)),
        ],
    )
}

/// Played − history, as the other differences are read: left of zero is fewer lost here.
fn turned(change: &Change) -> Change {
    let band = change.difference;
    Change {
        difference: Band { low: -band.high, mid: -band.mid, high: -band.low, mean: -band.mean, noise: band.noise },
        verdict: match change.verdict {
            Verdict::Fewer => Verdict::More,
            Verdict::More => Verdict::Fewer,
            other => other,
        },
        fewer: change.more,
        more: change.fewer,
        ..*change
    }
}

/// What was played against history: the end as a sentence, the hours before as a table.
fn history(document: &mut Document, what_if: &WhatIf, words: Words<'_>) {
    let hours = what_if.found.changes.iter().filter_map(|change| match change.variant {
        Variant::History(frame) => Some((frame, change)),
        _ => None,
    });
    let hours: Vec<_> = hours.collect();
    let Some((last, end)) = hours.last() else { return };
    document.blocks.push(Block::Warning(against_history(words, what_if, end)));
    let until = |frame: u32| {
        let before = i64::from(last - frame) * crate::sim::FRAME_S as i64;
        words.hm(what_if.until - chrono::TimeDelta::seconds(before))
    };
    let clear = |change: &Change| matches!(change.verdict, Verdict::Fewer | Verdict::More);
    let was_clear = hours.iter().rev().find(|(_, change)| clear(change)).filter(|_| end.verdict == Verdict::CannotTell);
    if let Some((frame, change)) = was_clear {
        let (until, change) = (until(*frame), sentence(words, &turned(change)));
        let args = [("until", Arg::Str(&until)), ("change", Arg::Str(&change))];
        document.blocks.push(Block::Warning(words.lang.ta("retex-history-clear", &args)));
    }
    document.paragraph(words.t("retex-history-how"));
    let rows = hours
        .iter()
        .map(|(frame, change)| vec![until(*frame), sentence(words, &turned(change)), parted(words, change)]);
    let heads = ["retex-history-until", "retex-if-lost", "retex-if-chance"];
    let table = Table { head: words.heads(&heads), rows: rows.collect(), figures: vec![2], by_hand: None };
    document.blocks.push(Block::Table(table));
}

/// The part of the report.
pub(super) fn part(document: &mut Document, material: &Material, words: Words<'_>) {
    let Some(what_if) = &material.what_if else { return };
    let found = &what_if.found;
    document.heading(words.t("retex-if"));
    let lost = found.lost;
    let (low, high) = (whole(words, lost.low), whole(words, lost.high));
    document.paragraph(words.lang.ta(
        "retex-if-how",
        &[
            ("runs", Arg::Num(f64::from(found.runs))),
            ("until", Arg::Str(&words.hm(what_if.until))),
            ("low", Arg::Str(&low)),
            ("high", Arg::Str(&high)),
            ("drawn", Arg::from(found.drawn)),
        ],
    ));
    if found.fixed > 0 {
        document.paragraph(words.lang.ta("retex-if-fixed", &[("fixed", Arg::from(found.fixed))]));
    }
    history(document, what_if, words);
    if what_if.measures.is_empty() {
        document.paragraph(words.t("retex-if-none"));
        return;
    }
    let named = |change: &Change| {
        let (index, what) = match change.variant {
            Variant::Earlier(index, by) => {
                let by = words.lang.lasted(chrono::TimeDelta::seconds(by as i64));
                (index, words.lang.ta("retex-if-earlier", &[("by", Arg::Str(&by))]))
            }
            Variant::Without(index) => (index, words.t("retex-if-without")),
            Variant::History(_) => return None,
        };
        Some((what_if.measures.get(index)?, what))
    };
    let mut plot = Vec::new();
    let mut rows = Vec::new();
    for change in &found.changes {
        let Some((measure, what)) = named(change) else { continue };
        let band = change.difference;
        // The plot has room for a number and what was changed; the table under it says which measure that is.
        let number = match change.variant {
            Variant::Earlier(index, _) | Variant::Without(index) => (index + 1).to_string(),
            Variant::History(_) => String::new(),
        };
        let label = format!("{} {number} · {what}", words.t("retex-if-measure"));
        // The band is the thin line, the median the dot: there is no interval of a mean to be drawn thick.
        plot.push(Interval { label, low: band.mid, mean: band.mid, high: band.mid, from: band.low, to: band.high });
        rows.push(vec![
            number,
            format!("{} {}", words.hm(measure.at), words.lever(&measure.lever)),
            crate::text::truncate(&measure.text, 100).into_owned(),
            what,
            sentence(words, change),
            parted(words, change),
        ]);
    }
    let words_of_plot = words.t("retex-if-plot");
    let axis = words.t("compare-plot-axis");
    let scale = Scale { words: &axis, number: &|x| words.lang.signed(x) };
    let svg = intervals(&plot, &words.t("retex-if"), &words_of_plot, &scale);
    document.blocks.push(Block::Drawing(Drawing { svg, words: words_of_plot }));
    let heads = ["retex-number", "retex-if-measure", "retex-text", "retex-change", "retex-if-lost", "retex-if-chance"];
    document.blocks.push(Block::Table(Table { head: words.heads(&heads), rows, figures: vec![0, 5], by_hand: None }));
    if what_if.taken > what_if.measures.len() {
        let args = [("n", Arg::from(what_if.measures.len())), ("of", Arg::from(what_if.taken))];
        document.paragraph(words.lang.ta("retex-if-left", &args));
    }
}
