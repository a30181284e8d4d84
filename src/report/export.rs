//! Markdown, CSV and JSON Lines.

use std::io::{self, Write};

use chrono::SecondsFormat;
use chrono_tz::Tz;

use super::markdown::escape as markdown;
use super::wording;
use crate::incident::Incident;
use crate::incident::event::{Body, Entry, EntryId, Precision, Role};
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
    provenance: Option<Provenance>,
    redact: bool,
    entries: u64,
    masked: u64,
}

/// Columns of the CSV export; documented in `docs/import.md`.
const COLUMNS: [&str; 22] = [
    "mode",
    "incident",
    "zone",
    "entry",
    "kind",
    "fact_time",
    "offset",
    "precision",
    "entry_time",
    "wall_time",
    "who",
    "org",
    "role",
    "text",
    "details",
    "corrected_to",
    "late_reason",
    "page",
    "re",
    "frame",
    "data",
    "prev",
];

/// What an imported log was before: the lines of our own CSV export that it was made from.
///
/// Mode, id, times of writing and hashes of a line are those of the log in which it was first written; the import has
/// others. An export of the import gives the first ones.
#[derive(Debug, Clone)]
pub struct Provenance {
    rows: Vec<csv::StringRecord>,
    head: csv::StringRecord,
}

impl Provenance {
    /// From the CSV file that an import keeps; `None` when it is none of ours.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        [b',', b';'].into_iter().find_map(|delimiter| {
            let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes);
            let head = reader.headers().ok()?.clone();
            if !head.iter().eq(COLUMNS) {
                return None;
            }
            Some(Self { head, rows: reader.records().collect::<Result<_, _>>().ok()? })
        })
    }

    fn cell(&self, entry: &Entry, column: &str) -> Option<String> {
        let row = self.rows.get(usize::try_from(entry.seq).ok()?)?;
        let at = self.head.iter().position(|head| head == column)?;
        row.get(at).map(|cell| text::from_cell(cell).to_owned())
    }
}

impl<'a, W: Write> Exporter<'a, W> {
    /// Writes the head.
    pub fn new(out: W, format: Format, incident: &'a Incident, lang: &'a Lang) -> io::Result<Self> {
        let tz = incident.genesis().zone.parse().unwrap_or(Tz::UTC);
        let mut exporter =
            Self { out, format, lang, tz, incident, provenance: None, redact: false, entries: 0, masked: 0 };
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

    /// Lines of an imported log are given the identity that they had before.
    #[must_use]
    pub fn with_provenance(mut self, provenance: Option<Provenance>) -> Self {
        self.provenance = provenance;
        self
    }

    /// Masks what may name people: the words of entries, who wrote them, sources, addressees. Kinds, roles, times and
    /// hashes stay, so that the order can be followed; the log itself is not touched.
    #[must_use]
    pub fn redacted(mut self, redact: bool) -> Self {
        self.redact = redact;
        self
    }

    /// How many entries were masked so far.
    pub fn masked(&self) -> u64 {
        self.masked
    }

    /// Writes one entry.
    pub fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        self.entries += 1;
        if self.redact && entry.role != Role::Machine {
            self.masked += 1;
        }
        match self.format {
            Format::Markdown => self.markdown_entry(entry),
            Format::Csv { separator } => self.csv_entry(separator, entry),
        }
    }

    /// Writes the foot and hands everything over.
    pub fn finish(mut self) -> io::Result<W> {
        if self.format == Format::Markdown && self.redact {
            let masked = self.lang.ta("report-masked", &[("n", Arg::Num(self.masked as f64))]);
            writeln!(self.out, "\n{}", text::visible(&masked))?;
        }
        if self.format == Format::Markdown {
            let mode = self.lang.t(self.incident.genesis().mode.id());
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
        let mode = lang.t(genesis.mode.id());
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
        let masked = self.masks(entry);
        let author = if entry.role == Role::Machine || masked {
            lang.t(wording::role_id(entry.role))
        } else {
            format!("{} ({}, {})", entry.who, entry.org, lang.t(wording::role_id(entry.role)))
        };
        let said = match self.incident.corrections(&entry.id()) {
            _ if masked => lang.t("report-masked-text"),
            Some(correction) => format!("~~{}~~ {}", markdown(entry.body.text()), markdown(&correction.text)),
            None => markdown(entry.body.text()),
        };
        let details = if masked { String::new() } else { wording::details(entry, lang, tz) };
        writeln!(
            self.out,
            "| {} | {} | {} | {} | {said} | {} |",
            wording::fact_time(entry, lang, tz),
            wording::entry_time(entry, lang, tz),
            lang.t(&wording::kind_id(&entry.body)),
            markdown(&author),
            markdown(&details),
        )
    }

    /// Is this entry masked? What the machine wrote by itself names nobody.
    fn masks(&self, entry: &Entry) -> bool {
        self.redact && entry.role != Role::Machine
    }

    fn csv_entry(&mut self, separator: u8, entry: &Entry) -> io::Result<()> {
        let genesis = self.incident.genesis();
        let before = |column: &str, now: String| {
            self.provenance.as_ref().and_then(|known| known.cell(entry, column)).unwrap_or(now)
        };
        let precision = match entry.event_at.as_ref().map(|event| event.precision) {
            Some(Precision::About) => "about",
            Some(Precision::Before) => "before",
            Some(Precision::Exact) | None => "exact",
        };
        let time = |t: chrono::DateTime<chrono::FixedOffset>| t.to_rfc3339_opts(SecondsFormat::Millis, false);
        let corrected = self.incident.corrections(&entry.id()).map_or(String::new(), |c| c.text.clone());
        let re: Vec<&str> = entry.re.iter().map(|id| id.0.as_str()).collect();
        let re = before("re", re.join(" "));
        let mut shown = entry.clone();
        shown.re = re.split_whitespace().map(|id| EntryId(id.to_owned())).collect();
        let event = entry.event_at.as_ref();
        let of_event = |part: Option<&String>| part.cloned().unwrap_or_default();
        let mut row = [
            before("mode", genesis.mode.file_word().to_owned()),
            before("incident", genesis.inc.clone()),
            genesis.zone.clone(),
            before("entry", entry.id().0),
            entry.body.kind().to_owned(),
            time(entry.fact_time()),
            entry.fact_time().offset().to_string(),
            precision.to_owned(),
            before("entry_time", time(entry.x.unwrap_or(entry.at))),
            before("wall_time", time(entry.at)),
            entry.who.clone(),
            entry.org.clone(),
            role_code(entry.role),
            entry.body.text().to_owned(),
            wording::details(&shown, self.lang, self.tz),
            corrected,
            of_event(event.and_then(|event| event.reason.as_ref())),
            of_event(event.and_then(|event| event.page.as_ref())),
            re,
            before("frame", entry.frame.as_ref().map_or(String::new(), |f| format!("{}:{}", f.index, f.digest))),
            data(&entry.body)?,
            before("prev", entry.prev.clone()),
        ];
        if self.masks(entry) {
            let mask = self.lang.t("report-masked-text");
            for (cell, column) in row.iter_mut().zip(COLUMNS) {
                match column {
                    "text" => cell.clone_from(&mask),
                    "who" | "org" | "details" | "corrected_to" | "late_reason" | "data" => cell.clear(),
                    _ => {}
                }
            }
        }
        self.row(separator, &row)
    }

    fn row(&mut self, separator: u8, cells: &[String]) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
        writer.write_record(cells.iter().map(|cell| text::cell(cell))).map_err(io::Error::other)?;
        let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
        self.out.write_all(&bytes)
    }
}

/// The role's word in the log.
fn role_code(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What an entry carries beside its kind and its text, as JSON; empty when there is nothing. The text is in it too
/// where the text column cannot show it as it is.
fn data(body: &Body) -> io::Result<String> {
    let mut value = serde_json::to_value(body).map_err(io::Error::other)?;
    if let Some(fields) = value.as_object_mut() {
        fields.remove("kind");
        let shown = |words: &str| words == body.text() && text::visible(words) == words;
        if fields.get("text").and_then(|words| words.as_str()).is_some_and(shown) {
            fields.remove("text");
        }
        if fields.is_empty() {
            return Ok(String::new());
        }
    }
    text::json_line(&value).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+33", "-1", "@cmd", " =1", "＝1", "\t=1", "\r=1"] {
            let text = text::cell(cell);
            assert!(text.starts_with('\'') || text.starts_with(['␀', '⏎', '␍', '\u{240d}']), "{cell:?}: {text:?}");
        }
        assert_eq!(text::cell("17:42 = heure"), "17:42 = heure");
        assert!(!text::cell("\u{1b}[31m\u{202e}").contains(['\u{1b}', '\u{202e}']));
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
