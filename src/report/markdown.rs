//! The Markdown form of a document.

use super::document::{Block, Check, Document, Table, lines};

/// Text in Markdown, through the output wall, with nothing that Markdown or HTML would act on.
pub fn escape(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in crate::text::visible(s).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Lines of a text; `between` joins them.
fn joined(s: &str, between: &str) -> String {
    lines(s).map(|line| paragraph(&line)).collect::<Vec<_>>().join(between)
}

/// As [`escape`], and not the start of a list either.
fn paragraph(line: &str) -> String {
    let escaped = escape(line);
    let rest = escaped.trim_start_matches(|c: char| c.is_ascii_digit());
    if escaped.starts_with(['-', '+', '=']) {
        format!("\\{escaped}")
    } else if rest.len() < escaped.len() && rest.starts_with(['.', ')']) {
        // `1.` at the start would be a list.
        let digits = escaped.len() - rest.len();
        format!("{}\\{rest}", escaped.get(..digits).unwrap_or_default())
    } else {
        escaped
    }
}

/// The document.
pub(super) fn render(document: &Document) -> String {
    let word = escape(&document.word);
    let mut parts = vec![format!("# {word} · {}", escape(&document.title))];
    parts.extend(document.blocks.iter().map(|part| block(part, document.colon())).filter(|part| !part.is_empty()));
    parts.push("---".to_owned());
    parts.push(if document.foot.is_empty() { word } else { format!("{word} · {}", escape(&document.foot)) });
    let mut out = parts.join("\n\n");
    out.push('\n');
    out
}

fn block(block: &Block, colon: &str) -> String {
    match block {
        Block::Heading(level, words) => {
            format!("{} {}", "#".repeat(usize::from(*level.clamp(&2, &4))), escape(words))
        }
        Block::Text(words) => joined(words, "  \n"),
        Block::Warning(words) => format!("> **{}**", joined(words, " ")),
        Block::List(items) => list(items.iter().map(|item| joined(item, " "))),
        Block::Facts(facts) => {
            list(facts.iter().map(|(name, value)| format!("**{}**{colon} {}", escape(name), joined(value, " "))))
        }
        Block::Table(table) => render_table(table),
        Block::Checks(checks) => checks.iter().map(check).collect::<Vec<_>>().join("\n"),
        // Its words explain lines that are not here; the tables beside it have the figures.
        Block::Drawing(_) | Block::NewPage => String::new(),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("- {item}")).collect::<Vec<_>>().join("\n")
}

fn check(check: &Check) -> String {
    let side = if check.side.is_empty() { String::new() } else { format!(" ({})", escape(&check.side)) };
    let mut out = format!("- [ ] {}{side}", joined(&check.text, " "));
    if !check.warning.is_empty() {
        out = format!("{out}\n  **{}**", joined(&check.warning, " "));
    }
    for line in &check.below {
        out = format!("{out}\n  {}", joined(line, " "));
    }
    out
}

fn render_table(table: &Table) -> String {
    let row = |cells: &[String]| {
        let cells: Vec<String> = (0..table.head.len().max(cells.len()))
            .map(|column| {
                cells
                    .get(column)
                    .map_or_else(String::new, |cell| lines(cell).map(|l| escape(&l)).collect::<Vec<_>>().join("<br>"))
            })
            .collect();
        format!("| {} |", cells.join(" | "))
    };
    let rule: String =
        (0..table.head.len()).map(|column| if table.figures.contains(&column) { "---:|" } else { "---|" }).collect();
    let mut out = vec![row(&table.head), format!("|{rule}")];
    out.extend(table.rows.iter().map(|cells| row(cells)));
    out.join("\n")
}
