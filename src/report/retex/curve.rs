//! The curve of health with what was done pinned on it, as SVG that needs nothing from outside.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

use super::super::document::Table;
use super::{Material, Point, Words};
use crate::incident::desk::DeskAct;
use crate::incident::event::Body;

/// Width and height of the drawing \[px\].
const SIZE: (f64, f64) = (960.0, 330.0);
/// Left, top, right and bottom of the field of the curve \[px\].
const FIELD: (f64, f64, f64, f64) = (52.0, 40.0, 944.0, 292.0);
/// Most pins: past this nobody finds one.
const MOST_PINS: usize = 40;

/// Something that is pinned on the curve.
#[derive(Debug, Clone)]
pub(super) struct Pin {
    pub at: DateTime<Utc>,
    /// Message id of its kind.
    pub kind: &'static str,
    pub text: String,
    /// Dashed: it came from the desk, not from the cell.
    pub given: bool,
}

/// What is worth a pin, and how many found no room: awareness, decisions, messages to others, levers, points de situation, injects, ENDEX.
pub(super) fn pins(material: &Material, words: Words<'_>) -> (Vec<Pin>, usize) {
    let mut pins: Vec<Pin> = material
        .entries
        .iter()
        .filter_map(|entry| {
            let (kind, given) = match &entry.body {
                Body::Awareness { .. } => ("retex-pin-awareness", false),
                Body::Decision { .. } => ("retex-pin-decision", false),
                Body::Sitrep { .. } => ("retex-pin-sitrep", false),
                Body::Desk { act: DeskAct::Fire { .. }, .. } => ("retex-pin-inject", true),
                Body::Desk { act: DeskAct::Jump { .. }, .. } => ("retex-pin-jump", true),
                Body::Message { from, .. } if from.is_empty() => ("retex-pin-message", false),
                _ => return None,
            };
            let text = match &entry.body {
                Body::Desk { act: DeskAct::Fire { inject, .. }, .. } => {
                    let planned = material.desk.item(inject).and_then(|item| material.desk.planned(item));
                    let text = planned.map_or("", |inject| words.lang.of(&inject.text));
                    format!("{inject} {text}")
                }
                body => body.text().to_owned(),
            };
            let at = if given { entry.x.unwrap_or(entry.at).to_utc() } else { entry.fact_time().to_utc() };
            Some(Pin { at, kind, text, given })
        })
        .collect();
    pins.sort_by_key(|pin| pin.at);
    let left = pins.len().saturating_sub(MOST_PINS);
    pins.truncate(MOST_PINS);
    (pins, left)
}

/// The numbers on the curve in words.
pub(super) fn legend(pins: &[Pin], words: Words<'_>) -> Table {
    let rows = pins.iter().enumerate().map(|(i, pin)| {
        let text = crate::text::truncate(&pin.text, 140).into_owned();
        vec![(i + 1).to_string(), words.hm(pin.at), words.t(pin.kind), text]
    });
    Table {
        head: words.heads(&["retex-number", "retex-time", "retex-kind", "retex-text"]),
        rows: rows.collect(),
        figures: vec![0],
        by_hand: None,
    }
}

/// The drawing. Line and dash tell truth from what was seen; no colour has to be told from another.
pub(super) fn svg(material: &Material, pins: &[Pin], words: Words<'_>) -> String {
    let (left, top, right, bottom) = FIELD;
    let first = material.curve.first().map_or(material.end, |point| point.at);
    let last = material.curve.last().map_or(material.end, |point| point.at);
    let span = ((last - first).num_seconds() as f64).max(60.0);
    let x = |at: DateTime<Utc>| left + (right - left) * ((at - first).num_seconds() as f64 / span).clamp(0.0, 1.0);
    let y = |share: f64| bottom - (bottom - top) * share.clamp(0.0, 1.0);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"100%\" font-family=\"sans-serif\" \
         font-size=\"11\" fill=\"#111\">",
        SIZE.0, SIZE.1
    );
    // Writing to a String cannot fail, here and below.
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let _ = write!(
            out,
            "<line x1=\"{left}\" x2=\"{right}\" y1=\"{0:.1}\" y2=\"{0:.1}\" stroke=\"#ccc\" stroke-width=\"1\"/>\
             <text x=\"{1:.1}\" y=\"{2:.1}\" text-anchor=\"end\">{3} %</text>",
            y(share),
            left - 6.0,
            y(share) + 4.0,
            step * 25
        );
    }
    let mut mark = first;
    let every = [300, 600, 900, 1_800, 3_600, 7_200, 14_400]
        .into_iter()
        .find(|every| span / f64::from(*every) <= 12.0)
        .unwrap_or(86_400);
    while mark <= last {
        let rest = mark.timestamp().rem_euclid(i64::from(every));
        let at = if rest == 0 { mark } else { mark + chrono::TimeDelta::seconds(i64::from(every) - rest) };
        if at > last {
            break;
        }
        let _ = write!(
            out,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{bottom}\" y2=\"{1:.1}\" stroke=\"#666\"/>\
             <text x=\"{0:.1}\" y=\"{2:.1}\" text-anchor=\"middle\">{3}</text>",
            x(at),
            bottom + 5.0,
            bottom + 18.0,
            words.lang.hm(at, words.tz)
        );
        mark = at + chrono::TimeDelta::seconds(i64::from(every));
    }
    line(&mut out, &material.curve, |point| point.truth, &x, &y, "stroke=\"#000\" stroke-width=\"1.6\"");
    line(
        &mut out,
        &material.curve,
        |point| point.seen,
        &x,
        &y,
        "stroke=\"#1f5fa8\" stroke-width=\"1.6\" stroke-dasharray=\"5 3\"",
    );
    // Numbers of pins that would touch go on a second row.
    let mut free = [f64::MIN; 3];
    for (i, pin) in pins.iter().enumerate() {
        let at = x(pin.at);
        let row = (0..3).find(|row| free[*row] + 16.0 < at).unwrap_or(0);
        free[row] = at;
        let dash = if pin.given { " stroke-dasharray=\"2 3\"" } else { "" };
        let head = 12.0 + 11.0 * row as f64;
        let _ = write!(
            out,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{0:.1}\" y2=\"{bottom}\" stroke=\"#888\"{dash}/>\
             <text x=\"{at:.1}\" y=\"{head:.1}\" text-anchor=\"middle\">{1}</text>",
            head + 2.0,
            i + 1
        );
    }
    let _ = write!(
        out,
        "<line x1=\"{left}\" x2=\"80\" y1=\"322\" y2=\"322\" stroke=\"#000\" stroke-width=\"1.6\"/>\
         <text x=\"86\" y=\"326\">{}</text>\
         <line x1=\"420\" x2=\"448\" y1=\"322\" y2=\"322\" stroke=\"#1f5fa8\" stroke-width=\"1.6\" \
         stroke-dasharray=\"5 3\"/><text x=\"454\" y=\"326\">{}</text></svg>",
        super::super::html::escape(&words.t("retex-curve-truth")),
        super::super::html::escape(&words.t("retex-curve-seen"))
    );
    out
}

/// One curve; it is broken where nothing is known.
fn line(
    out: &mut String,
    curve: &[Point],
    of: impl Fn(&Point) -> Option<f64>,
    x: &impl Fn(DateTime<Utc>) -> f64,
    y: &impl Fn(f64) -> f64,
    style: &str,
) {
    let mut path = String::new();
    let mut pen_down = false;
    for point in curve {
        match of(point) {
            Some(share) => {
                let _ = write!(path, "{}{:.1} {:.1} ", if pen_down { 'L' } else { 'M' }, x(point.at), y(share));
                pen_down = true;
            }
            None => pen_down = false,
        }
    }
    if !path.is_empty() {
        let _ = write!(out, "<path d=\"{}\" fill=\"none\" {style}/>", path.trim_end());
    }
}
