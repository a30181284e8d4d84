//! A comparison of networks for people and programs: Markdown, JSON, CSV, HTML with plots.
//!
//! Does not belong here: running anything.

use std::fmt::Write as _;

use serde_json::json;

use super::document::{Block, Document, Drawing, Marking, Table};
use super::plot::{Interval, intervals};
use crate::forecast::Mean;
use crate::forecast::compare::{Compared, Comparison, Tally, Verdict};
use crate::lang::{Arg, Lang};

/// A number of people or calls, rounded no finer than a whole one.
fn whole(value: f64) -> String {
    let value = value.round();
    format!("{}", if value == 0.0 { 0.0 } else { value })
}

fn signed(value: f64) -> String {
    let value = value.round();
    if value == 0.0 { "0".to_owned() } else { format!("{value:+.0}") }
}

fn interval(mean: &Mean) -> String {
    format!("{} [{}; {}]", signed(mean.mean), signed(mean.low()), signed(mean.high()))
}

/// The verdict of a crisis in one sentence that claims no more than the numbers.
pub fn verdict(compared: &Compared, runs: u32, lang: &Lang) -> String {
    let (low, high) = (compared.difference.low(), compared.difference.high());
    let runs = f64::from(runs);
    match compared.verdict {
        Verdict::Untouched => lang.ta("compare-untouched", &[("runs", Arg::Num(runs))]),
        Verdict::Fewer | Verdict::More => {
            let (least, most) = if high < 0.0 { (-high, -low) } else { (low, high) };
            let id = if high < 0.0 { "compare-fewer" } else { "compare-more" };
            let share = lang.percent(compared.share.unwrap_or(0.0).abs(), 0);
            lang.ta(
                id,
                &[("least", Arg::Str(&whole(least))), ("most", Arg::Str(&whole(most))), ("share", Arg::Str(&share))],
            )
        }
        Verdict::CannotTell => lang.ta(
            "compare-cannot-tell",
            &[("fewer", Arg::Str(&whole(-low))), ("more", Arg::Str(&whole(high))), ("runs", Arg::Num(runs))],
        ),
    }
}

/// All comparisons of one run of the command.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Comparisons with the same network as it is.
    pub comparisons: &'a [Comparison],
    /// Language.
    pub lang: &'a Lang,
}

impl Page<'_> {
    fn head(&self) -> Vec<String> {
        ["crisis", "before", "after", "difference", "share", "verdict"]
            .map(|c| self.lang.t(&format!("compare-column-{c}")))
            .to_vec()
    }

    fn cells(&self, compared: &Compared, runs: u32) -> Vec<String> {
        let band = |b: &crate::forecast::Band| format!("{} [{}–{}]", whole(b.mean), whole(b.low), whole(b.high));
        vec![
            self.lang.of(&compared.title).to_owned(),
            band(&compared.before),
            band(&compared.after),
            interval(&compared.difference),
            compared.share.map(|s| self.lang.signed_percent(s, 0)).unwrap_or_default(),
            verdict(compared, runs, self.lang),
        ]
    }

    fn notes(&self) -> Vec<String> {
        ["lost", "band", "paired", "drawn", "network"].map(|n| self.lang.t(&format!("compare-note-{n}"))).to_vec()
    }

    fn title(&self, comparison: &Comparison) -> String {
        self.lang.ta(
            "compare-title",
            &[
                ("before", Arg::Str(&comparison.before)),
                ("after", Arg::Str(&comparison.after)),
                ("runs", Arg::Num(f64::from(comparison.runs))),
                ("seed", Arg::Str(&comparison.seed.to_string())),
            ],
        )
    }

    /// As a document: a plot for each crisis, a table for each comparison.
    pub fn document(&self) -> Document {
        let lang = self.lang;
        let mut document = Document::new(lang.t("compare-heading"), Marking::Model, lang);
        let crises = self.comparisons.first().map(|c| c.crises.as_slice()).unwrap_or_default();
        for (i, crisis) in crises.iter().enumerate() {
            let rows: Vec<Interval> = self
                .comparisons
                .iter()
                .filter_map(|c| Some((c, c.crises.get(i)?)))
                .map(|(c, compared)| Interval {
                    label: c.after.clone(),
                    low: compared.difference.low(),
                    mean: compared.difference.mean,
                    high: compared.difference.high(),
                    from: compared.spread.low,
                    to: compared.spread.high,
                })
                .collect();
            let title = lang.of(&crisis.title);
            let words = lang.t("compare-plot");
            document.heading(title);
            document.blocks.push(Block::Drawing(Drawing { svg: intervals(&rows, title, &words), words }));
        }
        for comparison in self.comparisons {
            document.heading(self.title(comparison));
            let rows = comparison.crises.iter().map(|compared| self.cells(compared, comparison.runs));
            let figures = vec![1, 2, 3, 4];
            document.blocks.push(Block::Table(Table {
                head: self.head(),
                rows: rows.collect(),
                figures,
                by_hand: None,
            }));
        }
        document.blocks.push(Block::List(self.notes()));
        document
    }

    /// JSON: every figure and every run.
    pub fn json(&self) -> serde_json::Value {
        let mean = |m: &Mean| json!({"mean": m.mean, "low": m.low(), "high": m.high()});
        let band = |b: &crate::forecast::Band| json!({"p05": b.low, "median": b.mid, "p95": b.high, "mean": b.mean});
        let tally = |t: &Tally| {
            json!({"needs": t.needs, "lost": t.lost, "lost_network": t.lost_network, "attempts": t.attempts,
                "not_delivered": t.not_delivered, "in_target": t.in_target})
        };
        let compared = |c: &Compared, runs: u32| {
            json!({
                "crisis": c.crisis, "before": band(&c.before), "after": band(&c.after),
                "difference": mean(&c.difference), "difference_single_runs": band(&c.spread), "share": c.share,
                "not_delivered": mean(&c.not_delivered), "in_target": mean(&c.in_target),
                "verdict": word(c.verdict), "sentence": verdict(c, runs, self.lang),
                "runs": c.runs.iter().map(|(a, b)| json!([tally(a), tally(b)])).collect::<Vec<_>>(),
            })
        };
        let comparisons: Vec<_> = self
            .comparisons
            .iter()
            .map(|c| {
                let crises: Vec<_> = c.crises.iter().map(|x| compared(x, c.runs)).collect();
                json!({"before": c.before, "after": c.after, "runs": c.runs, "seed": c.seed, "crises": crises})
            })
            .collect();
        json!({"model": true, "engine": env!("CARGO_PKG_VERSION"), "unit": "people who gave up unserved", "comparisons": comparisons})
    }

    /// CSV: one line a comparison and crisis.
    pub fn csv(&self) -> String {
        let mut out = String::from(
            "mode,before,after,crisis,runs,seed,lost_before,lost_after,difference,difference_low,difference_high,share,verdict\n",
        );
        let quoted = |s: &str| format!("\"{}\"", crate::text::cell(s).replace('"', "\"\""));
        for c in self.comparisons {
            for x in &c.crises {
                let share = x.share.map(|s| format!("{s:.5}")).unwrap_or_default();
                let _ = writeln!(
                    out,
                    "MODEL,{},{},{},{},{},{:.2},{:.2},{:.2},{:.2},{:.2},{share},{}",
                    quoted(&c.before),
                    quoted(&c.after),
                    quoted(&x.crisis),
                    c.runs,
                    c.seed,
                    x.before.mean,
                    x.after.mean,
                    x.difference.mean,
                    x.difference.low(),
                    x.difference.high(),
                    word(x.verdict)
                );
            }
        }
        out
    }
}

/// The verdict as programs read it.
fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Untouched => "untouched",
        Verdict::Fewer => "fewer",
        Verdict::More => "more",
        Verdict::CannotTell => "cannot_tell",
    }
}
