//! The one HTML renderer: a self-contained page (no script, nothing fetched), made to be read on a screen and printed.
//!
//! The marking is in a band at the head and foot of the page, and on every printed page: as a word, a pattern and a
//! colour. All text goes through [`escape`].
//!
//! Does not belong here: what a report says.

use std::fmt::Write as _;

use super::document::{Block, Check, Document, Drawing, Marking, Table, lines};
use crate::incident::event::Mode;
use crate::text;

mod drawing;

const STYLE: &str = include_str!("html/style.css");

/// Text as HTML, through the output wall: nothing in it acts, in an element or in a quoted attribute.
pub fn escape(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in text::visible(s).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text of several lines as HTML.
fn broken(s: &str) -> String {
    lines(s).map(|line| escape(&line)).collect::<Vec<_>>().join("<br>\n")
}

/// The page.
pub fn render(document: &Document) -> String {
    let class = match document.marking {
        Marking::Mode(Mode::Real) => "real",
        Marking::Mode(Mode::Exercise) => "exercise",
        Marking::Mode(Mode::Replay) => "replay",
        Marking::Model => "model",
        Marking::Blank => "blank",
    };
    let pages = match (document.own_pages, document.one_sheet) {
        (true, _) => " own-pages",
        (false, true) => " one-sheet",
        (false, false) => "",
    };
    let (title, word, foot) = (escape(&document.title), escape(&document.word), escape(&document.foot));
    let mut out = String::with_capacity(16_384);
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{word} · {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body class=\"{class}{pages}\">\n\
         <table class=\"page\">\n\
         <thead><tr><td><div class=\"band\"><b>{word}</b><span>{title}</span><b>{word}</b></div></td></tr></thead>\n\
         <tfoot><tr><td><div class=\"room\"></div></td></tr></tfoot>\n\
         <tbody><tr><td>\n<main>\n<h1>{title}</h1>\n",
        lang = document.lang,
    );
    for block in &document.blocks {
        render_block(&mut out, block);
    }
    let _ = write!(
        out,
        "</main>\n</td></tr></tbody>\n</table>\n\
         <div class=\"band foot\"><b>{word}</b><span>{foot}</span><b>{word}</b></div>\n</body>\n</html>\n"
    );
    out
}

fn render_block(out: &mut String, block: &Block) {
    // Writing to a String cannot fail.
    let _ = match block {
        Block::Heading(level, words) => {
            let level = level.clamp(&2, &4);
            writeln!(out, "<h{level}>{}</h{level}>", escape(words))
        }
        Block::Text(words) => writeln!(out, "<p>{}</p>", broken(words)),
        Block::Warning(words) => writeln!(out, "<p class=\"warning\">{}</p>", broken(words)),
        Block::List(items) => {
            out.push_str("<ul>\n");
            for item in items {
                let _ = writeln!(out, "<li>{}</li>", broken(item));
            }
            writeln!(out, "</ul>")
        }
        Block::Facts(facts) => {
            out.push_str("<dl>\n");
            for (name, value) in facts {
                let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), broken(value));
            }
            writeln!(out, "</dl>")
        }
        Block::Table(table) => {
            render_table(out, table);
            Ok(())
        }
        Block::Checks(checks) => {
            render_checks(out, checks);
            Ok(())
        }
        Block::Drawing(Drawing { svg, words }) => {
            let drawing = drawing::kept(svg).unwrap_or_default();
            writeln!(out, "<figure>\n{drawing}\n<figcaption>{}</figcaption>\n</figure>", escape(words))
        }
        Block::NewPage => writeln!(out, "<div class=\"new-page\"></div>"),
    };
}

fn render_table(out: &mut String, table: &Table) {
    // Writing to a String cannot fail.
    let by_hand = if table.by_hand.is_some() { " by-hand" } else { "" };
    let _ = writeln!(out, "<table class=\"data{by_hand}\">");
    for width in table.by_hand.iter().flatten() {
        let _ = writeln!(out, "<col style=\"width: {width}%\">");
    }
    let class = |column: usize| if table.figures.contains(&column) { " class=\"figure\"" } else { "" };
    out.push_str("<thead><tr>");
    for (column, head) in table.head.iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(column), escape(head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for column in 0..row.len().max(table.head.len()) {
            let cell = row.get(column).map_or_else(String::new, |cell| broken(cell));
            let _ = write!(out, "<td{}>{cell}</td>", class(column));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn render_checks(out: &mut String, checks: &[Check]) {
    out.push_str("<ul class=\"checks\">\n");
    for check in checks {
        // Writing to a String cannot fail.
        let _ = write!(out, "<li><div><span>{}</span><i>{}</i></div>", broken(&check.text), escape(&check.side));
        if !check.warning.is_empty() {
            let _ = write!(out, "<p class=\"warning\">{}</p>", broken(&check.warning));
        }
        for line in &check.below {
            let _ = write!(out, "<p>{}</p>", broken(line));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}
