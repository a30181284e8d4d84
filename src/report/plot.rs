//! Plots as inline SVG: intervals about zero. Colours follow the page; nothing is fetched.
//!
//! Does not belong here: what the figures mean.

use std::fmt::Write as _;

/// One row of [`intervals`].
#[derive(Debug, Clone)]
pub struct Interval {
    /// Words at the left.
    pub label: String,
    /// Lower end of the interval of the mean.
    pub low: f64,
    /// The mean.
    pub mean: f64,
    /// Upper end.
    pub high: f64,
    /// 5 % of single runs lie below.
    pub from: f64,
    /// 5 % lie above.
    pub to: f64,
}

const WIDTH: f64 = 860.0;
const LEFT: f64 = 330.0;
const ROW: f64 = 30.0;
const HEAD: f64 = 26.0;

/// Text that is safe inside HTML and SVG.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::text::visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// A step of 1, 2 or 5 times a power of ten, so that about six of them span `span`.
fn step(span: f64) -> f64 {
    let mut step = 1.0;
    while step * 60.0 <= span {
        step *= 10.0;
    }
    for factor in [1.0, 2.0, 5.0] {
        if step * factor * 6.0 >= span {
            return step * factor;
        }
    }
    step * 10.0
}

/// Intervals of a mean (thick) within the spread of single runs (thin), about a line at zero. `title` and `desc` are read
/// by screen readers.
pub fn intervals(rows: &[Interval], title: &str, desc: &str) -> String {
    let ends = rows.iter().flat_map(|r| [r.low, r.high, r.from, r.to]).filter(|x| x.is_finite());
    let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
    let tick = step((high - low).max(1.0));
    let (low, high) = (low - tick / 2.0, high + tick / 2.0);
    let x = |value: f64| LEFT + (value.clamp(low, high) - low) / (high - low) * (WIDTH - LEFT - 20.0);
    let height = HEAD + rows.len() as f64 * ROW + 30.0;
    let mut out = format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" width=\"100%\"><title>{}</title><desc>{}</desc>\n",
        escaped(title),
        escaped(desc)
    );
    let bottom = HEAD + rows.len() as f64 * ROW;
    let mut at = (low / tick).ceil() * tick;
    while at <= high {
        let at_x = x(at);
        let class = if at.abs() < tick / 1e6 { "zero" } else { "grid" };
        let _ =
            writeln!(out, "<line class=\"{class}\" x1=\"{at_x:.1}\" x2=\"{at_x:.1}\" y1=\"{HEAD}\" y2=\"{bottom}\"/>");
        let label = if at.abs() < tick / 1e6 { 0.0 } else { at };
        let _ = writeln!(out, "<text class=\"tick\" x=\"{at_x:.1}\" y=\"{}\">{label:+.0}</text>", bottom + 18.0);
        at += tick;
    }
    for (i, row) in rows.iter().enumerate() {
        let y = HEAD + (i as f64 + 0.5) * ROW;
        let _ = writeln!(
            out,
            "<text class=\"label\" x=\"{}\" y=\"{:.1}\">{}</text>",
            LEFT - 12.0,
            y + 5.0,
            escaped(&row.label)
        );
        let line = |class: &str, from: f64, to: f64| {
            format!("<line class=\"{class}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\n", x(from), x(to))
        };
        out.push_str(&line("runs", row.from, row.to));
        out.push_str(&line("mean", row.low, row.high));
        let _ = writeln!(out, "<circle class=\"dot\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"4\"/>", x(row.mean));
    }
    out.push_str("</svg>\n");
    out
}

/// Style of a page with such plots: light and dark, no fonts fetched.
pub const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--soft:#666;--grid:#ddd;--mark:#00518a}\
@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--paper:#161616;--soft:#aaa;--grid:#3a3a3a;--mark:#7ec3f5}}\
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top}\
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.model{border:2px solid var(--ink);padding:.1rem .5rem;font-weight:bold}\
.soft{color:var(--soft)}svg text{fill:var(--ink);font:13px system-ui,sans-serif}svg .label{text-anchor:end}svg .tick{text-anchor:middle;fill:var(--soft)}\
svg .grid{stroke:var(--grid)}svg .zero{stroke:var(--ink)}svg .runs{stroke:var(--mark);stroke-width:2}svg .mean{stroke:var(--mark);stroke-width:8}\
svg .dot{fill:var(--paper);stroke:var(--mark);stroke-width:2}";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_is_well_formed_and_escapes_what_it_shows() {
        let row = |label: &str, mean: f64| Interval {
            label: label.to_owned(),
            low: mean - 5.0,
            mean,
            high: mean + 5.0,
            from: mean - 50.0,
            to: mean + 50.0,
        };
        let plot = intervals(&[row("<b>", -300.0), row("b", 0.0)], "t & t", "d");
        assert!(plot.contains("&lt;b&gt;") && plot.contains("t &amp; t") && !plot.contains("<b>"));
        assert_eq!(plot.matches("<svg").count(), plot.matches("</svg>").count());
        assert!(plot.contains("class=\"zero\""));
    }

    #[test]
    fn steps_are_round() {
        assert_eq!((step(6.0), step(13.0), step(100.0), step(1_000.0)), (1.0, 5.0, 20.0, 200.0));
    }
}
