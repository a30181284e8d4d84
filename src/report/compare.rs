//! A comparison of networks for people and programs: Markdown, JSON, CSV, HTML with plots.
//!
//! Does not belong here: running anything.

use std::fmt::Write as _;

use serde_json::json;

use super::document::{Block, Document, Drawing, Marking, Table};
use super::plot::{Interval, Scale, intervals};
use crate::forecast::Mean;
use crate::forecast::compare::{Compared, Comparison, Tally, Verdict};
use crate::forecast::shipped;
use crate::lang::{Arg, Lang};

/// A mean and its 95 % interval, with signs.
fn interval(mean: &Mean, lang: &Lang) -> String {
    format!("{} [{} ; {}]", lang.signed(mean.mean), lang.signed(mean.low()), lang.signed(mean.high()))
}

/// People, whole.
fn whole(value: f64, lang: &Lang) -> String {
    lang.number(value.max(0.0).round() as u64)
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
                &[
                    ("least", Arg::Str(&whole(least, lang))),
                    ("most", Arg::Str(&whole(most, lang))),
                    ("share", Arg::Str(&share)),
                ],
            )
        }
        Verdict::CannotTell => lang.ta(
            "compare-cannot-tell",
            &[
                ("fewer", Arg::Str(&whole(-low, lang))),
                ("more", Arg::Str(&whole(high, lang))),
                ("runs", Arg::Num(runs)),
            ],
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
    fn heads<const N: usize>(&self, columns: [&str; N]) -> Vec<String> {
        columns.map(|c| self.lang.t(&format!("compare-column-{c}"))).to_vec()
    }

    /// A network by its name; a shipped measure by its title and its id.
    fn name(&self, id: &str) -> String {
        match shipped::announced(id) {
            Some(_) => format!("{} ({id})", self.lang.t(&format!("measure-{id}-title"))),
            None => id.to_owned(),
        }
    }

    fn row(&self, comparison: &Comparison, compared: &Compared) -> Vec<String> {
        let lang = self.lang;
        let after = &compared.after;
        vec![
            self.name(&comparison.after),
            format!("{} [{}–{}]", whole(after.mean, lang), whole(after.low, lang), whole(after.high, lang)),
            interval(&compared.difference, lang),
            compared.share.map(|s| lang.signed_percent(s, 0)).unwrap_or_default(),
            verdict(compared, comparison.runs, lang),
        ]
    }

    /// All measures under one crisis: what was lost before, a plot, a table.
    fn crisis(&self, document: &mut Document, at: usize, crisis: &Compared) {
        let lang = self.lang;
        let of = || self.comparisons.iter().filter_map(|c| Some((c, c.crises.get(at)?)));
        document.heading(format!("{} ({})", lang.of(&crisis.title), crisis.crisis));
        let before = &crisis.before;
        document.paragraph(lang.ta(
            "compare-before",
            &[
                ("mean", Arg::Str(&whole(before.mean, lang))),
                ("low", Arg::Str(&whole(before.low, lang))),
                ("high", Arg::Str(&whole(before.high, lang))),
            ],
        ));
        let bar = |(c, compared): (&Comparison, &Compared)| Interval {
            label: shipped::announced(&c.after)
                .map_or_else(|| c.after.clone(), |_| lang.t(&format!("measure-{}-title", c.after))),
            low: compared.difference.low(),
            mean: compared.difference.mean,
            high: compared.difference.high(),
            from: compared.spread.low,
            to: compared.spread.high,
        };
        let rows: Vec<Interval> = of().map(bar).collect();
        let (title, words, axis) = (lang.of(&crisis.title), lang.t("compare-plot"), lang.t("compare-plot-axis"));
        let scale = Scale { words: &axis, number: &|x| lang.signed(x) };
        document.blocks.push(Block::Drawing(Drawing { svg: intervals(&rows, title, &words, &scale), words }));
        document.blocks.push(Block::Table(Table {
            head: self.heads(["measure", "after", "difference", "share", "verdict"]),
            rows: of().map(|(c, compared)| self.row(c, compared)).collect(),
            figures: vec![1, 2, 3],
            by_hand: None,
        }));
    }

    /// What the shipped measures change, who announced them, how well that is known.
    fn measures(&self, document: &mut Document) {
        let row = |c: &Comparison| {
            let announced = shipped::announced(&c.after)?;
            Some(vec![
                self.name(&c.after),
                self.lang.t(&format!("measure-{}-changes", c.after)),
                format!("{} ({})", self.lang.t(&format!("measure-{}-announced", c.after)), announced.sources),
                announced.grade.mark().to_owned(),
                announced.modelled.mark().to_owned(),
            ])
        };
        let rows: Vec<Vec<String>> = self.comparisons.iter().filter_map(row).collect();
        if rows.is_empty() {
            return;
        }
        document.heading(self.lang.t("compare-measures"));
        let head = self.heads(["measure", "changes", "announced", "grade", "modelled"]);
        document.blocks.push(Block::Table(Table { head, rows, figures: Vec::new(), by_hand: None }));
        document.paragraph(self.lang.t("compare-grades"));
    }

    /// As a document: for each crisis a plot and one table of all measures; then what the measures change.
    pub fn document(&self) -> Document {
        let lang = self.lang;
        let mut document = Document::new(lang.t("compare-heading"), Marking::Model, lang);
        let Some(first) = self.comparisons.first() else { return document };
        document.paragraph(lang.ta(
            "compare-how",
            &[
                ("before", Arg::Str(&first.before)),
                ("runs", Arg::Num(f64::from(first.runs))),
                ("seed", Arg::Str(&first.seed.to_string())),
            ],
        ));
        for (at, crisis) in first.crises.iter().enumerate() {
            self.crisis(&mut document, at, crisis);
        }
        self.measures(&mut document);
        document.heading(lang.t("compare-reading"));
        let notes = ["lost", "band", "paired", "drawn", "network"];
        document.blocks.push(Block::List(notes.map(|n| lang.t(&format!("compare-note-{n}"))).to_vec()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::Band;
    use crate::lang::LangId;
    use crate::report::document::Form;

    fn comparison(after: &str, fewer: f64) -> Comparison {
        let mean = |mean: f64| Mean { mean, half: 120.0, runs: 40 };
        let band = |mean: f64| Band { low: mean / 2.0, mid: mean, high: mean * 2.0, mean, noise: 0.1 };
        let compared = Compared {
            crisis: "june-2021".to_owned(),
            title: crate::network::Text { fr: "Soirée".to_owned(), en: "Evening".to_owned() },
            before: band(4_556.0),
            after: band(4_556.0 - fewer),
            difference: mean(-fewer),
            spread: band(-fewer),
            share: Some(-fewer / 4_556.0),
            not_delivered: mean(0.0),
            in_target: mean(0.0),
            verdict: if fewer > 120.0 { Verdict::Fewer } else { Verdict::CannotTell },
            runs: Vec::new(),
        };
        Comparison { before: "france".to_owned(), after: after.to_owned(), runs: 40, seed: 1, crises: vec![compared] }
    }

    #[test]
    fn all_measures_of_a_crisis_stand_in_one_table_and_say_what_they_change_and_who_announced_them() {
        let comparisons: Vec<Comparison> =
            shipped::measures().map(|id| comparison(id, if id == "canary" { 1_912.0 } else { 60.0 })).collect();
        for (id, number) in [(LangId::Fr, "−1 912"), (LangId::En, "−1,912")] {
            let lang = Lang::new(id);
            let text = Page { comparisons: &comparisons, lang: &lang }.document().render(Form::Markdown);
            assert_eq!(text.matches("(june-2021)").count(), 1, "{text}");
            assert!(text.replace(['\u{a0}', '\u{202f}'], " ").contains(number), "{text}");
            for measure in shipped::measures() {
                let announced = shipped::announced(measure).expect("every shipped measure says where it comes from");
                // In the table of the crisis, and in that of the measures.
                assert_eq!(text.matches(&format!("({measure})")).count(), 2, "{measure}\n{text}");
                assert!(text.contains(&format!("({})", announced.sources)), "{measure}");
            }
        }
    }
}
