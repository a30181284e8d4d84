//! The curve of health with what was done pinned on it, as SVG that needs nothing from outside.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::document::Table;
use super::super::html::escape;
use super::{Material, Point, Words};
use crate::exercise::CellSpec;
use crate::incident::desk::DeskAct;
use crate::incident::event::{Body, Entry, Role};
use crate::lang::Arg;

/// Width and height of the drawing \[px\]: on the width of an A4 page its text is of ten points.
const SIZE: (f64, f64) = (700.0, 400.0);
/// Left, top, right and bottom of the field of the curve \[px\]; what is right of it belongs to the last pin's number.
const FIELD: (f64, f64, f64, f64) = (72.0, 66.0, 664.0, 322.0);
/// Baselines of the rows in which the numbers of pins stand \[px\].
const ROWS: [f64; 3] = [16.0, 34.0, 52.0];
/// Width of a digit of a pin's number, at most \[px\].
const DIGIT: f64 = 7.6;
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
    // What is said before play begins, what the direction of the exercise says, and the copy in which a lever is asked of it,
    // tell nobody of anything.
    let start = material.desk.start();
    let asked = |entry: &Entry| matches!(&entry.body, Body::Message { to, .. } if CellSpec::control().answers_to(to));
    let told = |entry: &Entry| {
        entry.role != Role::Facilitator && start.is_none_or(|start| entry.fact_time() >= start) && !asked(entry)
    };
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
                Body::Message { from, .. } if from.is_empty() && told(entry) => ("retex-pin-message", false),
                _ => return None,
            };
            let text = match &entry.body {
                Body::Desk { act: DeskAct::Fire { inject, .. }, .. } => {
                    let planned = material.desk.item(inject).and_then(|item| material.desk.planned(item));
                    let text = planned.map_or("", |inject| words.lang.of(&inject.text));
                    format!("{inject} {text}")
                }
                _ => material.text(entry),
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

/// The number, or numbers, of pins that stand together, and where.
struct Flag {
    x: f64,
    row: usize,
    /// Indices of its first and last pin.
    of: (usize, usize),
}

impl Flag {
    fn label(&self) -> String {
        let (first, last) = (self.of.0 + 1, self.of.1 + 1);
        match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first}–{last}"),
        }
    }

    fn width(&self) -> f64 {
        self.label().chars().count() as f64 * DIGIT
    }
}

/// Numbers of pins, none over another: those that would touch go on the next row, and share a place where no row is free.
fn flags(at: &[f64]) -> Vec<Flag> {
    let mut flags: Vec<Flag> = Vec::new();
    for (i, x) in at.iter().copied().enumerate() {
        let free = |row: usize| {
            let before = flags.iter().rev().find(|flag| flag.row == row);
            before.is_none_or(|flag| flag.x + flag.width() + DIGIT < x)
        };
        let together = flags.last().is_some_and(|flag| x - flag.x < DIGIT);
        match (0..ROWS.len()).find(|row| free(*row)).filter(|_| !together) {
            Some(row) => flags.push(Flag { x, row, of: (i, i) }),
            None => {
                if let Some(flag) = flags.last_mut() {
                    flag.of.1 = i;
                }
            }
        }
    }
    flags
}

/// The drawing. Line and dash tell truth from what was seen; no colour has to be told from another.
pub(super) fn svg(material: &Material, pins: &[Pin], words: Words<'_>) -> String {
    let (left, top, right, bottom) = FIELD;
    let first = material.curve.first().map_or(material.end, |point| point.at);
    let last = material.curve.last().map_or(material.end, |point| point.at);
    let span = ((last - first).num_seconds() as f64).max(60.0);
    let x = |at: DateTime<Utc>| left + (right - left) * ((at - first).num_seconds() as f64 / span).clamp(0.0, 1.0);
    let y = |share: f64| bottom - (bottom - top) * share.clamp(0.0, 1.0);
    let said = |id: &str| escape(&words.t(id));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" width=\"100%\" font-family=\"sans-serif\" \
         font-size=\"13\" fill=\"#111\">",
        SIZE.0, SIZE.1
    );
    // Writing to a String cannot fail, here and below.
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let _ = write!(
            out,
            "<line x1=\"{left}\" x2=\"{right}\" y1=\"{0:.1}\" y2=\"{0:.1}\" stroke=\"#ccc\" stroke-width=\"1\"/>\
             <text x=\"{1:.1}\" y=\"{2:.1}\" text-anchor=\"end\">{3}</text>",
            y(share),
            left - 6.0,
            y(share) + 4.5,
            words.lang.percent(share, 0)
        );
    }
    let middle = f64::midpoint(top, bottom);
    let _ = write!(
        out,
        "<text x=\"14\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {middle})\">{}</text>",
        said("retex-curve-share")
    );
    hours(&mut out, (first, last), &x, words);
    let at: Vec<f64> = pins.iter().map(|pin| x(pin.at)).collect();
    let flags = flags(&at);
    for flag in &flags {
        for (pin, x) in pins.iter().zip(&at).take(flag.of.1 + 1).skip(flag.of.0) {
            let dash = if pin.given { " stroke-dasharray=\"2 3\"" } else { "" };
            let head = ROWS.get(flag.row).copied().unwrap_or_default();
            let _ = write!(
                out,
                "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{head:.1}\" y2=\"{bottom}\" stroke=\"#888\"{dash}/>"
            );
        }
    }
    let style = "stroke=\"#000\" stroke-width=\"1.6\"";
    line(&mut out, &material.curve, |point| point.truth, &x, &y, style);
    let style = "stroke=\"#1f5fa8\" stroke-width=\"1.6\" stroke-dasharray=\"5 3\"";
    line(&mut out, &material.curve, |point| point.seen, &x, &y, style);
    // The numbers last, each on a white ground: no line passes through them.
    for flag in &flags {
        let base = ROWS.get(flag.row).copied().unwrap_or_default();
        let _ = write!(
            out,
            "<rect x=\"{0:.1}\" y=\"{1:.1}\" width=\"{2:.1}\" height=\"16\" fill=\"#fff\"/>\
             <text x=\"{3:.1}\" y=\"{base:.1}\">{4}</text>",
            flag.x - 2.0,
            base - 12.0,
            flag.width() + 2.0,
            flag.x,
            flag.label()
        );
    }
    let key = SIZE.1 - 12.0;
    let _ = write!(
        out,
        "<line x1=\"{left}\" x2=\"100\" y1=\"{key}\" y2=\"{key}\" stroke=\"#000\" stroke-width=\"1.6\"/>\
         <text x=\"106\" y=\"{0}\">{1}</text>\
         <line x1=\"360\" x2=\"388\" y1=\"{key}\" y2=\"{key}\" stroke=\"#1f5fa8\" stroke-width=\"1.6\" \
         stroke-dasharray=\"5 3\"/><text x=\"394\" y=\"{0}\">{2}</text></svg>",
        key + 4.5,
        said("retex-curve-truth"),
        said("retex-curve-seen")
    );
    out
}

/// The axis of time, with its zone.
fn hours(
    out: &mut String,
    (first, last): (DateTime<Utc>, DateTime<Utc>),
    x: &impl Fn(DateTime<Utc>) -> f64,
    words: Words<'_>,
) {
    let (_, _, right, bottom) = FIELD;
    let span = (last - first).num_seconds() as f64;
    let every = [60, 300, 600, 900, 1_800, 3_600, 7_200, 14_400]
        .into_iter()
        .find(|every| span / f64::from(*every) <= 10.0)
        .unwrap_or(86_400);
    let to_next =
        |at: DateTime<Utc>| TimeDelta::seconds(i64::from(every) - at.timestamp().rem_euclid(i64::from(every)));
    let mut at = first - TimeDelta::seconds(1);
    loop {
        at += to_next(at);
        if at > last {
            break;
        }
        // Writing to a String cannot fail, here and below.
        let _ = write!(
            out,
            "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{bottom}\" y2=\"{1:.1}\" stroke=\"#666\"/>\
             <text x=\"{0:.1}\" y=\"{2:.1}\" text-anchor=\"middle\">{3}</text>",
            x(at),
            bottom + 5.0,
            bottom + 20.0,
            words.lang.hm(at, words.tz)
        );
    }
    let zone = words.lang.zone(first, words.tz);
    let title = words.lang.ta("retex-curve-time", &[("zone", Arg::Str(&zone))]);
    let _ = write!(out, "<text x=\"{right}\" y=\"{}\" text-anchor=\"end\">{}</text>", bottom + 42.0, escape(&title));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_pin_stands_over_another() {
        let crowded: Vec<f64> = (0..40).map(|i| 72.0 + f64::from(i * i % 37) * 3.0).collect();
        let mut crowded = crowded;
        crowded.sort_by(f64::total_cmp);
        for at in
            [crowded, vec![72.0; 12], vec![72.0, 75.0, 80.0, 664.0], (0..40).map(|i| f64::from(i) * 15.0).collect()]
        {
            let flags = flags(&at);
            let mut next = 0;
            for (i, flag) in flags.iter().enumerate() {
                assert_eq!(flag.of.0, next, "every pin has its number, once");
                next = flag.of.1 + 1;
                for other in flags.iter().skip(i + 1).filter(|other| other.row == flag.row) {
                    assert!(flag.x + flag.width() <= other.x, "{at:?}: {} over {}", flag.label(), other.label());
                }
            }
            assert_eq!(next, at.len());
        }
    }
}
