//! The output wall: every text that reaches a terminal, or a file for people, goes through [`visible`];
//! every line of JSON through [`json_line`]. Display width, truncation, padding and wrapping by grapheme.
//! And the way in for documents that people write ([`document`], [`duration`]).
//!
//! Does not belong here: styles, wording, languages.

pub mod document;
pub mod drill;
pub mod duration;

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Small letters without accents, for comparing what people type: `Échéance` is `echeance`.
pub fn plain(text: &str) -> String {
    text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// Most zero-width marks kept one after another; what exceeds it is shown as a count (`⟨+12⟩`).
const MARKS: usize = 4;
/// Most characters kept in one grapheme cluster: a cluster is drawn whole or not at all, so one without
/// end would hide itself.
const CLUSTER: usize = 16;
/// The end of a text that was cut.
const CUT: &str = "…";

/// Is this a character that can act on a terminal or hide what a text says?
///
/// C0, DEL, C1, line and paragraph separators, all format characters (category Cf: bidi controls,
/// zero-width, soft hyphen, tags), variation selectors, invisible fillers, noncharacters.
pub fn is_dangerous(c: char) -> bool {
    let code = c as u32;
    if code < 0x20 || (0x7F..0xA0).contains(&code) || code == 0xAD {
        return true;
    }
    if code < 0x300 {
        return false;
    }
    matches!(
        code,
        0x034F
            | 0x0600..=0x0605
            | 0x061C
            | 0x06DD
            | 0x070F
            | 0x0890..=0x0891
            | 0x08E2
            | 0x115F..=0x1160
            | 0x17B4..=0x17B5
            | 0x180B..=0x180F
            | 0x200B..=0x200F
            | 0x2028..=0x202E
            | 0x2060..=0x206F
            | 0x3164
            | 0xFDD0..=0xFDEF
            | 0xFE00..=0xFE0F
            | 0xFEFF
            | 0xFFA0
            | 0xFFF0..=0xFFFB
            | 0x110BD
            | 0x110CD
            | 0x13430..=0x1343F
            | 0x1BCA0..=0x1BCA3
            | 0x1D173..=0x1D17A
            | 0xE0000..=0xE0FFF
    ) || code & 0xFFFE == 0xFFFE
}

/// Writes the visible stand-in of a dangerous character.
fn stand_in(c: char, out: &mut String) {
    match c {
        '\t' => out.push(' '),
        '\n' => out.push('⏎'),
        '\x7F' => out.push('␡'),
        c if (c as u32) < 0x20 => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}')),
        c => {
            // Writing to a String cannot fail.
            let _ = write!(out, "⟨U+{:04X}⟩", c as u32);
        }
    }
}

/// The text with everything that could act on a terminal, or hide, replaced by visible stand-ins.
///
/// Tabs become spaces, line ends `⏎`, other C0 their picture (`␛`), the rest `⟨U+202E⟩`. At most four
/// zero-width marks follow each other; a mark at the start gets `◌` to sit on. Idempotent; borrows when
/// nothing changes.
pub fn visible(s: &str) -> Cow<'_, str> {
    // No marks, no clusters.
    if is_printable_ascii(s) || is_simple(s) {
        return Cow::Borrowed(s);
    }
    let replaced = if s.chars().any(is_dangerous) {
        let mut out = String::with_capacity(s.len() + 16);
        for c in s.chars() {
            if is_dangerous(c) { stand_in(c, &mut out) } else { out.push(c) }
        }
        Cow::Owned(out)
    } else {
        Cow::Borrowed(s)
    };
    if replaced.chars().all(|c| (c as u32) < 0x300) || !needs_capping(&replaced) {
        return replaced;
    }
    Cow::Owned(cap(&replaced))
}

fn is_mark(c: char) -> bool {
    c.width() == Some(0) && !is_sound_mark(c)
}

fn needs_capping(s: &str) -> bool {
    s.chars().next().is_some_and(is_mark)
        || s.graphemes(true)
            .any(|g| g.chars().count() > MARKS && (longest_run(g) > MARKS || g.chars().count() > CLUSTER))
}

fn longest_run(cluster: &str) -> usize {
    let (mut run, mut longest) = (0, 0);
    for c in cluster.chars() {
        run = if is_mark(c) { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Cuts runs of marks and endless clusters, saying how many characters are not shown.
fn cap(s: &str) -> String {
    let mut out = String::with_capacity(s.len() + 8);
    if s.chars().next().is_some_and(is_mark) {
        out.push('◌');
    }
    for cluster in s.graphemes(true) {
        let (mut run, mut kept, mut hidden) = (0, 0, 0_usize);
        for c in cluster.chars() {
            run = if is_mark(c) { run + 1 } else { 0 };
            if hidden > 0 || run > MARKS || kept >= CLUSTER {
                hidden += 1;
            } else {
                out.push(c);
                kept += 1;
            }
        }
        if hidden > 0 {
            let _ = write!(out, "⟨+{hidden}⟩");
        }
    }
    out
}

/// Columns a grapheme takes. Half-width voiced sound marks take one each, though Unicode's tables say none.
fn cluster_width(cluster: &str) -> usize {
    UnicodeWidthStr::width(cluster) + cluster.chars().filter(|c| is_sound_mark(*c)).count()
}

fn is_sound_mark(c: char) -> bool {
    matches!(c, '\u{FF9E}' | '\u{FF9F}')
}

/// Is every character a grapheme of its own, one column wide? True of what we draw ourselves and of nearly
/// all that is typed: Latin, punctuation, arrows, boxes and blocks.
fn is_simple(s: &str) -> bool {
    s.chars().all(|c| {
        let code = c as u32;
        matches!(code, 0x20..0x7F | 0xA0..=0xAC | 0xAE..=0x2FF | 0x2010..=0x2027 | 0x2030..=0x205E)
            || matches!(code, 0x2190..=0x2193 | 0x2212 | 0x2500..=0x25A8 | 0x25B2 | 0x25BC | 0x2713..=0x2714)
    })
}

/// A cell of a spreadsheet: through the output wall, and never a formula.
///
/// A cell that a spreadsheet would run (`=`, `+`, `-`, `@` first, also behind blanks) gets an apostrophe in front; one
/// that begins with an apostrophe gets one more, so that [`from_cell`] gives back what was put in.
pub fn cell(s: &str) -> String {
    let visible = visible(s);
    let runs = visible.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if runs || visible.starts_with('\'') { format!("'{visible}") } else { visible.into_owned() }
}

/// Undoes the apostrophe that [`cell`] put in front.
pub fn from_cell(s: &str) -> &str {
    s.strip_prefix('\'').unwrap_or(s)
}

/// Columns the text takes on a terminal: the sum over its graphemes, as the screen's cells count it.
pub fn width(s: &str) -> usize {
    if is_printable_ascii(s) {
        return s.len();
    }
    if is_simple(s) {
        return s.chars().count();
    }
    s.graphemes(true).map(cluster_width).sum()
}

fn is_printable_ascii(s: &str) -> bool {
    s.bytes().all(|b| (0x20..0x7F).contains(&b))
}

/// The text cut to at most `columns`, with `…` where it was cut. Never cuts inside a grapheme.
pub fn truncate(s: &str, columns: usize) -> Cow<'_, str> {
    if width(s) <= columns {
        return Cow::Borrowed(s);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    let mut used = 0;
    let mut out = String::with_capacity(columns + CUT.len());
    if is_simple(s) {
        out.extend(s.chars().take(columns - 1));
        out.push_str(CUT);
        return Cow::Owned(out);
    }
    for cluster in s.graphemes(true) {
        let wide = cluster_width(cluster);
        if used + wide > columns - 1 {
            break;
        }
        used += wide;
        out.push_str(cluster);
    }
    out.push_str(CUT);
    Cow::Owned(out)
}

/// The text in exactly `columns`: cut, or filled with spaces on the right.
pub fn pad(s: &str, columns: usize) -> String {
    let mut out = truncate(s, columns).into_owned();
    let used = width(&out);
    out.extend(std::iter::repeat_n(' ', columns.saturating_sub(used)));
    out
}

/// The text in exactly `columns`: cut, or filled with spaces on the left (figures).
pub fn pad_left(s: &str, columns: usize) -> String {
    let cut = truncate(s, columns);
    let mut out = " ".repeat(columns.saturating_sub(width(&cut)));
    out.push_str(&cut);
    out
}

/// The text in lines of at most `columns` (at least 1), broken at spaces, and inside words longer than a
/// line. Line ends in the text are kept; an empty text is one empty line.
pub fn wrap(s: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    for paragraph in s.split('\n') {
        let mut line = String::new();
        let mut used = 0;
        for word in words(paragraph) {
            let wide = width(word);
            if used > 0 && used + 1 + wide <= columns {
                line.push(' ');
                line.push_str(word);
                used += 1 + wide;
                continue;
            }
            if used > 0 {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            if wide <= columns {
                line.push_str(word);
                used = wide;
                continue;
            }
            for cluster in word.graphemes(true) {
                // A grapheme wider than the whole line cannot be shown.
                let cluster = if cluster_width(cluster) > columns { CUT } else { cluster };
                let wide = cluster_width(cluster);
                if used + wide > columns {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push_str(cluster);
                used += wide;
            }
        }
        lines.push(line);
    }
    lines
}

/// The pieces of a line between which it may break: French sets a space before `»` and double signs and after `«`, and no
/// line begins or ends with one of those alone.
fn words(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest?;
        let at = text.match_indices(' ').map(|(at, _)| at).find(|at| {
            let (before, after) = text.split_at(*at);
            let next = after.trim_start().split(' ').next().unwrap_or_default();
            let sign = matches!(next.trim_end_matches(['.', ',', ')']), "»" | ":" | ";" | "?" | "!" | "%");
            !sign && !before.ends_with('«')
        });
        let (word, more) = at.map_or((text, None), |at| {
            let (word, more) = text.split_at(at);
            (word, Some(more.trim_start_matches(' ')))
        });
        rest = more;
        Some(word)
    })
    .filter(|word| !word.is_empty())
}

/// Serialized JSON (one line) with every dangerous character written as `\uXXXX`: the same content,
/// an inert file. The input must be compact JSON, where such characters occur inside strings only.
pub fn json_escape_line(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_dangerous(c) {
            let mut units = [0_u16; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// A value as one line of inert JSON, without the line end.
pub fn json_line<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string(value).map(|json| json_escape_line(&json))
}

#[cfg(test)]
mod tests;
