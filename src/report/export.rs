//! Markdown, CSV and JSON Lines.

use std::io::{self, Write};

use chrono::SecondsFormat;
use chrono_tz::Tz;

use super::markdown::escape as markdown;
use super::{mode_id, wording};
use crate::incident::Incident;
use crate::incident::event::{Entry, Precision, Role};
use crate::lang::{Arg, Lang};
use crate::text;

/// A format of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown, for people.
    Markdown,
    /// Comma separated values, for spreadsheets; the separator is `,` or `;`.
    Csv {
        /// The separator.
        separator: u8,
    },
}

/// Writes a log for people: give it every entry in order, then [`Exporter::finish`].
pub struct Exporter<'a, W: Write> {
    out: W,
    format: Format,
    lang: &'a Lang,
    tz: Tz,
    incident: &'a Incident,
    entries: u64,
}

/// Columns of the CSV export; documented in `docs/cli.md`.
const COLUMNS: [&str; 17] = [
    "mode",
    "incident",
    "entry",
    "kind",
    "fact_time",
    "precision",
    "entry_time",
    "wall_time",
    "who",
    "org",
    "role",
    "text",
    "details",
    "corrected_to",
    "re",
    "frame",
    "prev",
];

impl<'a, W: Write> Exporter<'a, W> {
    /// Writes the head.
    pub fn new(out: W, format: Format, incident: &'a Incident, lang: &'a Lang) -> io::Result<Self> {
        let tz = incident.genesis().zone.parse().unwrap_or(Tz::UTC);
        let mut exporter = Self { out, format, lang, tz, incident, entries: 0 };
        match format {
            Format::Markdown => exporter.markdown_head()?,
            Format::Csv { separator } => {
                // A byte order mark: spreadsheets take UTF-8 for what it is.
                exporter.out.write_all("\u{feff}".as_bytes())?;
                exporter.row(separator, &COLUMNS.map(str::to_owned))?;
            }
        }
        Ok(exporter)
    }

    /// Writes one entry.
    pub fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.entries += 1;
        match self.format {
            Format::Markdown => self.markdown_entry(entry),
            Format::Csv { separator } => self.csv_entry(separator, entry),
        }
    }

    /// Writes the foot and hands everything over.
    pub fn finish(mut self) -> io::Result<W> {
        if self.format == Format::Markdown {
            let mode = self.lang.t(mode_id(self.incident.genesis().mode));
            let foot =
                self.lang.ta("report-foot", &[("mode", Arg::Str(&mode)), ("entries", Arg::Num(self.entries as f64))]);
            writeln!(self.out, "\n{}", text::visible(&foot))?;
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn markdown_head(&mut self) -> io::Result<()> {
        let genesis = self.incident.genesis();
        let lang = self.lang;
        let mode = lang.t(mode_id(genesis.mode));
        writeln!(self.out, "# {mode} · {}\n", markdown(&genesis.title))?;
        let opened = genesis.at.to_utc();
        let opened = format!("{} {}", lang.date_year(opened, self.tz), lang.time(opened, self.tz));
        let mut facts = vec![
            ("report-head-incident", genesis.inc.clone()),
            ("report-head-opened", opened),
            ("report-head-zone", genesis.zone.clone()),
        ];
        if let Some(scenario) = &genesis.scenario {
            facts.push(("report-head-scenario", format!("{}, seed {}", scenario.id, scenario.seed)));
        }
        if let Some(origin) = &genesis.origin {
            facts.push(("report-head-origin", origin.clone()));
        }
        for (id, value) in facts {
            writeln!(self.out, "- {} {}", lang.t(id), markdown(&value))?;
        }
        let heads = ["fact", "entry", "kind", "author", "text", "details"]
            .map(|column| lang.t(&format!("report-column-{column}")));
        writeln!(self.out, "\n| {} |", heads.join(" | "))?;
        writeln!(self.out, "|{}", "---|".repeat(heads.len()))
    }

    fn markdown_entry(&mut self, entry: &Entry) -> io::Result<()> {
        let (lang, tz) = (self.lang, self.tz);
        let author = if entry.role == Role::Machine {
            lang.t(wording::role_id(entry.role))
        } else {
            format!("{} ({}, {})", entry.who, entry.org, lang.t(wording::role_id(entry.role)))
        };
        let said = match self.incident.corrections(&entry.id()) {
            Some(correction) => format!("~~{}~~ {}", markdown(entry.body.text()), markdown(&correction.text)),
            None => markdown(entry.body.text()),
        };
        writeln!(
            self.out,
            "| {} | {} | {} | {} | {said} | {} |",
            wording::fact_time(entry, lang, tz),
            wording::entry_time(entry, lang, tz),
            lang.t(&wording::kind_id(&entry.body)),
            markdown(&author),
            markdown(&wording::details(entry, lang, tz)),
        )
    }

    fn csv_entry(&mut self, separator: u8, entry: &Entry) -> io::Result<()> {
        let genesis = self.incident.genesis();
        let precision = match entry.event_at.as_ref().map(|event| event.precision) {
            Some(Precision::About) => "about",
            Some(Precision::Before) => "before",
            Some(Precision::Exact) | None => "exact",
        };
        let time = |t: chrono::DateTime<chrono::FixedOffset>| t.to_rfc3339_opts(SecondsFormat::Millis, false);
        let corrected = self.incident.corrections(&entry.id()).map_or(String::new(), |c| c.text.clone());
        let re: Vec<&str> = entry.re.iter().map(|id| id.0.as_str()).collect();
        let row = [
            super::mode_word(genesis.mode).to_owned(),
            genesis.inc.clone(),
            entry.id().0,
            entry.body.kind().to_owned(),
            time(entry.fact_time()),
            precision.to_owned(),
            time(entry.x.unwrap_or(entry.at)),
            time(entry.at),
            entry.who.clone(),
            entry.org.clone(),
            self.lang.t(wording::role_id(entry.role)),
            entry.body.text().to_owned(),
            wording::details(entry, self.lang, self.tz),
            corrected,
            re.join(" "),
            entry.frame.as_ref().map_or(String::new(), |frame| format!("{}:{}", frame.index, frame.digest)),
            entry.prev.clone(),
        ];
        self.row(separator, &row)
    }

    fn row(&mut self, separator: u8, cells: &[String]) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
        writer.write_record(cells.iter().map(|cell| cell_text(cell))).map_err(io::Error::other)?;
        let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        self.out.write_all(&bytes)
    }
}

/// A cell of a spreadsheet: through the output wall, and never a formula.
///
/// A cell that a spreadsheet would run (`=`, `+`, `-`, `@` first, also behind blanks) gets an apostrophe in front.
fn cell_text(cell: &str) -> String {
    let visible = text::visible(cell);
    let runs = visible.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if runs { format!("'{visible}") } else { visible.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+33", "-1", "@cmd", " =1", "＝1", "\t=1", "\r=1"] {
            let text = cell_text(cell);
            assert!(text.starts_with('\'') || text.starts_with(['␀', '⏎', '␍', '\u{240d}']), "{cell:?}: {text:?}");
        }
        assert_eq!(cell_text("17:42 = heure"), "17:42 = heure");
        assert!(!cell_text("\u{1b}[31m\u{202e}").contains(['\u{1b}', '\u{202e}']));
    }

    #[test]
    fn nothing_in_markdown_acts() {
        let text = markdown("<img src=x> | [a](b) *gras* `x` \u{1b}[2J\nligne");
        assert!(!text.contains(['<', '\u{1b}', '\n']), "{text}");
        for sign in ["\\|", "\\[", "\\*", "\\`"] {
            assert!(text.contains(sign), "{sign} in {text}");
        }
    }
}
