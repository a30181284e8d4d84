//! Plots as inline SVG: intervals about zero, made for paper too. Nothing is fetched, no style of the page is needed.
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
/// Room for the numbers of the scale and what they count.
const FOOT: f64 = 50.0;

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

/// What the scale of [`intervals`] says.
pub struct Scale<'a> {
    /// Below the numbers: what is counted, and which side is which.
    pub words: &'a str,
    /// A number of the scale as readers of the language write it.
    pub number: &'a dyn Fn(f64) -> String,
}

/// Intervals of a mean (thick) within the spread of single runs (thin), about a line at zero. `title` and `desc` are read
/// by screen readers.
pub fn intervals(rows: &[Interval], title: &str, desc: &str, scale: &Scale<'_>) -> String {
    let ends = rows.iter().flat_map(|r| [r.low, r.high, r.from, r.to]).filter(|x| x.is_finite());
    let (low, high) = ends.fold((0.0f64, 0.0f64), |(low, high), x| (low.min(x), high.max(x)));
    let tick = step((high - low).max(1.0));
    let (low, high) = (low - tick / 2.0, high + tick / 2.0);
    let x = |value: f64| LEFT + (value.clamp(low, high) - low) / (high - low) * (WIDTH - LEFT - 20.0);
    let height = HEAD + rows.len() as f64 * ROW + FOOT;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" width=\"100%\" \
         font-family=\"sans-serif\" font-size=\"13\" fill=\"#111\"><title>{}</title><desc>{}</desc>\n",
        escaped(title),
        escaped(desc)
    );
    let bottom = HEAD + rows.len() as f64 * ROW;
    let mut at = (low / tick).ceil() * tick;
    while at <= high {
        let at_x = x(at);
        let (class, colour) = if at.abs() < tick / 1e6 { ("zero", "#111") } else { ("grid", "#ccc") };
        let _ = writeln!(
            out,
            "<line class=\"{class}\" stroke=\"{colour}\" x1=\"{at_x:.1}\" x2=\"{at_x:.1}\" y1=\"{HEAD}\" y2=\"{bottom}\"/>"
        );
        let label = escaped(&(scale.number)(at));
        let _ = writeln!(
            out,
            "<text fill=\"#555\" text-anchor=\"middle\" x=\"{at_x:.1}\" y=\"{}\">{label}</text>",
            bottom + 18.0
        );
        at += tick;
    }
    let _ = writeln!(
        out,
        "<text fill=\"#111\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{}\">{}</text>",
        f64::midpoint(LEFT, WIDTH - 20.0),
        bottom + 40.0,
        escaped(scale.words)
    );
    for (i, row) in rows.iter().enumerate() {
        let y = HEAD + (i as f64 + 0.5) * ROW;
        let _ = writeln!(
            out,
            "<text text-anchor=\"end\" x=\"{}\" y=\"{:.1}\">{}</text>",
            LEFT - 12.0,
            y + 5.0,
            escaped(&row.label)
        );
        let line = |width: u8, from: f64, to: f64| {
            format!(
                "<line stroke=\"#00518a\" stroke-width=\"{width}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\n",
                x(from),
                x(to)
            )
        };
        out.push_str(&line(2, row.from, row.to));
        out.push_str(&line(8, row.low, row.high));
        let _ = writeln!(
            out,
            "<circle fill=\"#fff\" stroke=\"#00518a\" stroke-width=\"2\" cx=\"{:.1}\" cy=\"{y:.1}\" r=\"4\"/>",
            x(row.mean)
        );
    }
    out.push_str("</svg>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{Lang, LangId};

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
        let plot = intervals(
            &[row("<b>", -300.0), row("b", 0.0)],
            "t & t",
            "d",
            &Scale { words: "fewer < 0", number: &|x| Lang::new(LangId::Fr).signed(x) },
        );
        assert!(plot.contains("fewer &lt; 0") && plot.contains("−300"), "{plot}");
        assert!(plot.contains("&lt;b&gt;") && plot.contains("t &amp; t") && !plot.contains("<b>"));
        assert_eq!(plot.matches("<svg").count(), plot.matches("</svg>").count());
        assert!(plot.contains("class=\"zero\""));
    }

    #[test]
    fn steps_are_round() {
        assert_eq!((step(6.0), step(13.0), step(100.0), step(1_000.0)), (1.0, 5.0, 20.0, 200.0));
    }
}
