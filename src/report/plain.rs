//! The plain-text form of a document, to paste into a message: lines of at most 78 columns.

use super::document::{Block, Check, Document, Table, lines};
use crate::text;

/// Most columns of a line: what every mail program leaves alone.
const COLUMNS: usize = 78;

/// The document.
pub(super) fn render(document: &Document) -> String {
    let word = text::visible(&document.word);
    let title = format!("{word} · {}", text::visible(&document.title));
    let mut parts = vec![format!("{}\n{}", wrapped("", &title), "=".repeat(text::width(&title).min(COLUMNS)))];
    parts.extend(document.blocks.iter().map(|part| block(part, document.colon())).filter(|part| !part.is_empty()));
    let foot = if document.foot.is_empty() { word.into_owned() } else { format!("{word} · {}", document.foot) };
    parts.push(wrapped("", &foot));
    let mut out = parts.join("\n\n");
    out.push('\n');
    out
}

/// Lines of a text, wrapped; the first line begins with `mark`, the others are indented as far.
fn wrapped(mark: &str, s: &str) -> String {
    let indent = text::width(mark);
    let mut out: Vec<String> = Vec::new();
    for line in lines(s) {
        for part in text::wrap(&line, COLUMNS.saturating_sub(indent).max(20)) {
            let before = if out.is_empty() { mark.to_owned() } else { " ".repeat(indent) };
            out.push(format!("{before}{part}"));
        }
    }
    out.join("\n")
}

/// A name and its value: on one line, or the value below when the name is long.
fn pair(name: &str, colon: &str, value: &str) -> String {
    let name = format!("{}{colon}", text::visible(name));
    if text::width(&name) <= COLUMNS / 2 {
        return wrapped(&format!("{name} "), value);
    }
    format!("{}\n{}", wrapped("", &name), wrapped("  ", value))
}

fn block(block: &Block, colon: &str) -> String {
    match block {
        Block::Heading(level, words) => {
            let words = text::visible(words);
            if *level <= 2 {
                format!("{}\n{}", wrapped("", &words), "-".repeat(text::width(&words).min(COLUMNS)))
            } else {
                wrapped("", &words)
            }
        }
        Block::Text(words) => wrapped("", words),
        Block::Warning(words) => wrapped("! ", words),
        Block::List(items) => each(items.iter().map(|item| wrapped("- ", item))),
        Block::Facts(facts) => each(facts.iter().map(|(name, value)| pair(name, colon, value))),
        Block::Table(table) => render_table(table, colon),
        Block::Checks(checks) => each(checks.iter().map(check)),
        Block::Drawing(_) | Block::NewPage => String::new(),
    }
}

fn each(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join("\n")
}

fn check(check: &Check) -> String {
    let side = if check.side.is_empty() { String::new() } else { format!(" ({})", check.side) };
    let mut out = wrapped("[ ] ", &format!("{}{side}", check.text));
    let warning = (!check.warning.is_empty()).then(|| wrapped("    ! ", &check.warning));
    for below in warning.into_iter().chain(check.below.iter().map(|line| wrapped("    ", line))) {
        out = format!("{out}\n{below}");
    }
    out
}

/// In columns where they fit, else one record after another.
fn render_table(table: &Table, colon: &str) -> String {
    let cell = |row: &[String], column: usize| {
        row.get(column).map_or_else(String::new, |cell| lines(cell).collect::<Vec<_>>().join(" / "))
    };
    let columns = table.rows.iter().map(Vec::len).chain([table.head.len()]).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let rows = table.rows.iter().map(|row| text::width(&cell(row, column)));
            rows.chain([text::width(&cell(&table.head, column))]).max().unwrap_or(0)
        })
        .collect();
    if widths.iter().sum::<usize>() + 2 * columns.saturating_sub(1) <= COLUMNS {
        let line = |row: &[String]| {
            let cells: Vec<String> = widths
                .iter()
                .enumerate()
                .map(|(column, width)| {
                    let words = cell(row, column);
                    if table.figures.contains(&column) {
                        text::pad_left(&words, *width)
                    } else {
                        text::pad(&words, *width)
                    }
                })
                .collect();
            cells.join("  ").trim_end().to_owned()
        };
        return each([line(&table.head)].into_iter().chain(table.rows.iter().map(|row| line(row))));
    }
    let record = |row: &Vec<String>| {
        let pairs = (0..columns).filter(|column| !cell(row, *column).is_empty());
        each(pairs.map(|column| pair(&cell(&table.head, column), colon, &cell(row, column))))
    };
    table.rows.iter().map(record).collect::<Vec<_>>().join("\n\n")
}
