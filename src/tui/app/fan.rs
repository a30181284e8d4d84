//! The fan of a forecast as lines of a card: a bar from 5 % to 95 % of the futures, the middle marked.
//!
//! Does not belong here: which futures, what they cost.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::forecast::{Answer, Band};
use crate::lang::{Arg, Lang};
use crate::text;
use crate::tui::model::{CardLine, Glyphs, Level};

use super::forecast::ask::{Asked, Later, Named};

/// Columns of a bar.
const BAR: usize = 16;
/// Columns of an option's name, and when it is done.
const NAME: usize = 28;
/// Columns of the time until which a row counts.
const UNTIL: usize = 14;

/// A band drawn on a scale from 0 to `most`. Faint: the data are too old to be looked at hard.
fn bar(band: &Band, most: f64, glyphs: Glyphs, faint: bool) -> String {
    let (range, middle) = match (glyphs, faint) {
        (Glyphs::Unicode, false) => ('▒', '█'),
        (Glyphs::Unicode, true) => ('░', '░'),
        (Glyphs::Ascii, false) => ('-', '#'),
        (Glyphs::Ascii, true) => ('.', '.'),
    };
    let column = |value: f64| ((value.max(0.0) / most.max(1.0)) * (BAR - 1) as f64).round() as usize;
    let (low, mid, high) = (column(band.low), column(band.mid), column(band.high));
    let cell = |i| {
        if i == mid {
            middle
        } else if (low..=high).contains(&i) {
            range
        } else {
            ' '
        }
    };
    (0..BAR).map(cell).collect()
}

fn line(label: String, value: &str, level: Level) -> CardLine {
    CardLine { label, value: text::visible(value).into_owned(), level }
}

/// A row of the fan. Its blanks are columns: no-break spaces, which a card does not fold; also the empty label, under
/// which the value would lose its column.
fn row(label: String, value: &str) -> CardLine {
    let label = if label.is_empty() { "\u{a0}".to_owned() } else { label };
    CardLine { label, value: text::visible(value).replace(' ', "\u{a0}"), level: Level::Info }
}

/// People and calls, whole.
fn whole(value: f64, lang: &Lang) -> String {
    if value.round() < 0.0 { lang.signed(value) } else { lang.number(value.round() as u64) }
}

fn range(band: &Band, lang: &Lang) -> String {
    format!("{}–{}", whole(band.low, lang), whole(band.high, lang))
}

/// The scale that the bars below it are drawn on: its ends are the ends of a bar.
fn scale(glyphs: Glyphs) -> String {
    let (left, between, right) = match glyphs {
        Glyphs::Unicode => ('├', "─", '┤'),
        Glyphs::Ascii => ('|', "-", '|'),
    };
    format!("{left}{}{right}", between.repeat(BAR - 2))
}

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fan<'a> {
    /// The answer.
    pub answer: &'a Answer,
    /// The options, in their order.
    pub asked: &'a Asked,
    /// Glyphs of the terminal.
    pub glyphs: Glyphs,
    /// Are the data too old?
    pub stale: bool,
    /// The present it starts from, in incident time, and the zone it is told in.
    pub now: (DateTime<Utc>, Tz),
}

/// The name of an option in so many columns: what it is gives way to when it is done.
fn label(option: &Named, lang: &Lang, columns: usize) -> String {
    let when = option.when(lang);
    if when.is_empty() {
        return text::pad(&text::truncate(&option.what, columns), columns);
    }
    let room = columns.saturating_sub(text::width(&when) + 2);
    text::pad(&format!("{}, {when}", text::truncate(&option.what, room)), columns)
}

impl Fan<'_> {
    /// Its lines: people lost at each horizon, then calls answered within target, then what waiting costs, then how
    /// much of the width is chance.
    pub(super) fn lines(&self, lang: &Lang) -> Vec<CardLine> {
        let mut out = Vec::new();
        let level = if self.stale { Level::Info } else { Level::Good };
        let minutes = |s: u64| lang.ta("forecast-horizon", &[("minutes", Arg::Num((s / 60) as f64))]);
        let widest = self.asked.options.iter().map(|option| text::width(&option.name(lang))).max().unwrap_or(0);
        // Room for `until 17:45` beside the scale, too.
        let columns = widest.clamp(UNTIL, NAME);
        let names: Vec<String> = self.asked.options.iter().map(|option| label(option, lang, columns)).collect();
        let (now, zone) = self.now;
        let hm = |at| lang.hm(at, zone);
        out.push(line(String::new(), &lang.ta("forecast-lost", &[("at", Arg::Str(&hm(now)))]), level));
        out.push(line(String::new(), &lang.t("forecast-legend"), Level::Info));
        for (h, horizon) in self.answer.horizons_s.iter().enumerate() {
            let bands: Vec<Band> = self.answer.outlooks.iter().filter_map(|o| o.cells.get(h)).map(|c| c.lost).collect();
            let most = bands.iter().map(|b| b.high).fold(1.0, f64::max);
            let until = hm(now + TimeDelta::seconds(*horizon as i64));
            let until = lang.ta("forecast-until", &[("at", Arg::Str(&until))]);
            let ends = lang.ta("forecast-scale", &[("most", Arg::Str(&whole(most, lang)))]);
            let until = text::pad(&text::truncate(&until, columns), columns);
            out.push(row(minutes(*horizon), &format!("{until} {} {ends}", scale(self.glyphs))));
            for (name, band) in names.iter().zip(&bands) {
                let drawn = bar(band, most, self.glyphs, self.stale);
                out.push(row(String::new(), &format!("{name} {drawn} {}", range(band, lang))));
            }
        }
        out.push(line(String::new(), &lang.ta("forecast-in-target", &[("at", Arg::Str(&hm(now)))]), level));
        for (h, horizon) in self.answer.horizons_s.iter().enumerate() {
            for (i, (name, outlook)) in names.iter().zip(&self.answer.outlooks).enumerate() {
                let Some(cell) = outlook.cells.get(h) else { continue };
                let label = if i == 0 { minutes(*horizon) } else { String::new() };
                out.push(row(label, &format!("{name} {}", range(&cell.in_target, lang))));
            }
        }
        out.extend(self.delays(lang));
        out.extend(self.width(lang));
        out
    }

    /// What waiting costs at the last horizon.
    fn delays(&self, lang: &Lang) -> Vec<CardLine> {
        let Some(horizon) = self.answer.horizons_s.last() else { return Vec::new() };
        let minutes = (horizon / 60) as f64;
        let sentence = |(delay, bands): (&Later, &Vec<Band>)| {
            let band = bands.last()?;
            let name = self.asked.options.get(delay.option)?.name(lang);
            let (low, high) = (whole(band.low, lang), whole(band.high, lang));
            let args = [
                ("option", Arg::Str(name.as_str())),
                ("low", Arg::Str(&low)),
                ("high", Arg::Str(&high)),
                ("minutes", Arg::Num(minutes)),
            ];
            Some(line(lang.t("forecast-delay-label"), &lang.ta("forecast-delay", &args), Level::Info))
        };
        self.asked.delays.iter().zip(&self.answer.pairs).filter_map(sentence).collect()
    }

    /// How much of the band's width is chance, how much is what is not known.
    fn width(&self, lang: &Lang) -> Option<CardLine> {
        let cell = self.answer.outlooks.first()?.cells.last()?;
        let (chance, rest) = (lang.percent(cell.lost.noise, 0), lang.percent(1.0 - cell.lost.noise, 0));
        let args = [("chance", Arg::Str(&chance)), ("ignorance", Arg::Str(&rest))];
        Some(line(lang.t("forecast-width-label"), &lang.ta("forecast-width", &args), Level::Info))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_keeps_its_columns_in_a_card() {
        let line = row(String::new(), "rien   ▒▒█▒  1–2");
        assert_eq!(text::wrap(&text::visible(&line.value), 40), std::slice::from_ref(&line.value));
        assert_eq!(text::width(&line.value), 16);
        assert!(!line.label.is_empty());
    }

    #[test]
    fn a_bar_stands_where_its_figures_are() {
        let band = Band { low: 0.0, mid: 50.0, high: 100.0, ..Band::default() };
        let drawn = bar(&band, 100.0, Glyphs::Ascii, false);
        assert_eq!(drawn.chars().count(), BAR);
        assert_eq!((drawn.find('#'), drawn.chars().next(), drawn.chars().last()), (Some(8), Some('-'), Some('-')));
        let half = bar(&Band { low: 40.0, mid: 45.0, high: 50.0, ..band }, 100.0, Glyphs::Unicode, false);
        assert!(half.starts_with("      ▒█"), "{half:?}");
        assert!(!bar(&band, 100.0, Glyphs::Unicode, true).contains('█'), "old data are drawn faint");
    }
}
