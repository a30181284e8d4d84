//! The mapping: which column of a past log is what, in which formats, and what its kinds become.

use chrono::NaiveDate;
use chrono::format::{Item, StrftimeItems};
use chrono_tz::Tz;

use super::ImportErrors;
use crate::network::Said;
use crate::text::document::{Document, Table, choose, write};

/// Which column is what.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Between fields: `;`, `,` or tab; `None` = the one of the three that the first line has most of.
    pub delimiter: Option<u8>,
    /// Does the first line name the columns?
    pub header: bool,
    /// Zone of times without offset.
    pub tz: Tz,
    /// Day of the first line, when the times carry no date: a time far before the one above is the next day.
    pub date: Option<NaiveDate>,
    pub(super) columns: Columns,
    pub(super) formats: Formats,
    pub(super) kinds: Vec<(String, Kind)>,
    pub(super) other_kind: Option<Kind>,
}

/// A column by its name in the header, or by its number from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Column {
    Name(String),
    Number(usize),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) event_time: Column,
    pub(super) text: Column,
    pub(super) event_date: Option<Column>,
    pub(super) entry_time: Option<Column>,
    pub(super) entry_date: Option<Column>,
    pub(super) offset: Option<Column>,
    pub(super) author: Option<Column>,
    pub(super) organisation: Option<Column>,
    pub(super) kind: Option<Column>,
    pub(super) source: Option<Column>,
    pub(super) channel: Option<Column>,
    pub(super) from: Option<Column>,
    pub(super) to: Option<Column>,
    pub(super) rationale: Option<Column>,
    pub(super) precision: Option<Column>,
    pub(super) page: Option<Column>,
    pub(super) own: Option<OwnColumns>,
}

/// Columns that only our own export has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnColumns {
    pub(super) id: &'static str,
    pub(super) re: &'static str,
    pub(super) role: &'static str,
    pub(super) reason: &'static str,
    pub(super) zone: &'static str,
    pub(super) data: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Formats {
    pub(super) date: String,
    pub(super) event_time: String,
    pub(super) entry_time: String,
}

/// The kinds of entry that a past log can become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Information in.
    Information,
    /// A fact.
    Fact,
    /// A message.
    Message,
    /// A decision.
    Decision,
    /// An action, done.
    Action,
    /// A request.
    Request,
    /// A note.
    Note,
}

pub(super) const KINDS: [(&str, Kind); 7] = [
    ("information", Kind::Information),
    ("fact", Kind::Fact),
    ("message", Kind::Message),
    ("decision", Kind::Decision),
    ("action", Kind::Action),
    ("request", Kind::Request),
    ("note", Kind::Note),
];

/// The mapping of our own CSV export: what it says of an entry beyond the columns that others have is read too.
const OWN: &str = "vigie";
/// The shipped mappings: name and text.
const SHIPPED: &[(&str, &str)] = &[("vigie", include_str!("../../../assets/import/vigie.toml"))];

impl Mapping {
    /// A shipped mapping by its name: `vigie` reads our own CSV export.
    ///
    /// # Errors
    /// The mistakes of its file; a test refuses a shipped one that has any.
    pub fn shipped(name: &str) -> Option<Result<Self, ImportErrors>> {
        let (_, text) = SHIPPED.iter().find(|(shipped, _)| *shipped == name)?;
        Some(Self::parse(name, text).map(|mut mapping| {
            if name == OWN {
                mapping.columns.own = Some(OwnColumns {
                    id: "entry",
                    re: "re",
                    role: "role",
                    reason: "late_reason",
                    zone: "zone",
                    data: "data",
                });
            }
            mapping
        }))
    }

    /// Reads a mapping.
    ///
    /// # Errors
    /// All mistakes at once, each with file, line, column and mend.
    pub fn parse(name: &str, text: &str) -> Result<Self, ImportErrors> {
        let document = Document::parse(name, text)?;
        let mapping = mapping(&document.root());
        document.finish(mapping)
    }
}

fn mapping(root: &Table<'_>) -> Option<Mapping> {
    let delimiter = root.opt_word("delimiter", &[(";", b';'), (",", b','), ("tab", b'\t')]);
    let header = root.flag("header", true);
    let zone = root.string("zone", write("zone = \"Europe/Paris\""));
    let tz = zone.as_ref().and_then(|at| at.value.parse().ok());
    if let (Some(at), None) = (&zone, tz) {
        let what = Said::new("doc-no-zone").with("zone", &at.value);
        root.problem(at.span.clone(), what, write("zone = \"Europe/Paris\""));
    }
    let date = root.opt_date("date").map(|at| at.value);
    let columns = if let Some(mut table) = root.opt_table("columns") {
        table.name("[columns]");
        columns(&table, header)
    } else {
        root.problem(0..0, Said::new("doc-missing").with("key", "`columns`"), Said::new("csv-mend-columns"));
        None
    };
    let formats = root.opt_table("formats").map_or_else(Formats::default, |mut table| {
        table.name("[formats]");
        formats(&table)
    });
    if let Some(columns) = &columns
        && date.is_none()
        && columns.event_date.is_none()
        && !has_date(&formats.event_time)
    {
        let message = Said::new("csv-no-date").with("format", &formats.event_time);
        root.problem(0..0, message, Said::new("csv-mend-no-date"));
    }
    let (kinds, other_kind) = root.opt_table("kinds").map_or((Vec::new(), None), |mut table| {
        table.name("[kinds]");
        kinds(&table)
    });
    root.finish();
    Some(Mapping {
        delimiter: delimiter.map(|at| at.value),
        header,
        tz: tz?,
        date,
        columns: columns?,
        formats,
        kinds,
        other_kind,
    })
}

fn columns(table: &Table<'_>, header: bool) -> Option<Columns> {
    let column = |key: &'static str| -> Option<Column> {
        if !header {
            return table.opt_integer(key, 1..1_000).map(|at| Column::Number(at.value as usize));
        }
        if table.is_integer(key) {
            return table.opt_integer(key, 1..1_000).map(|at| Column::Number(at.value as usize));
        }
        table.opt_string(key).map(|at| Column::Name(at.value))
    };
    let required = |key: &'static str| {
        let found = column(key);
        if !table.has(key) {
            table.problem(
                table.span(),
                Said::new("doc-missing")
                    .with("key", Said::new("doc-key-in").with("key", key).with("what", "[columns]")),
                write(format!("{key} = \"…\"")),
            );
        }
        found
    };
    let event_time = required("event_time");
    let text = required("text");
    let found = Columns {
        event_time: event_time.clone().unwrap_or(Column::Number(1)),
        text: text.clone().unwrap_or(Column::Number(1)),
        event_date: column("event_date"),
        entry_time: column("entry_time"),
        entry_date: column("entry_date"),
        offset: column("offset"),
        author: column("author"),
        organisation: column("organisation"),
        kind: column("kind"),
        source: column("source"),
        channel: column("channel"),
        from: column("from"),
        to: column("to"),
        rationale: column("rationale"),
        precision: column("precision"),
        page: column("page"),
        own: None,
    };
    table.finish();
    (event_time.is_some() && text.is_some()).then_some(found)
}

impl Default for Formats {
    fn default() -> Self {
        Self {
            date: "%d/%m/%Y".to_owned(),
            event_time: "%d/%m/%Y %H:%M".to_owned(),
            entry_time: "%d/%m/%Y %H:%M".to_owned(),
        }
    }
}

fn formats(table: &Table<'_>) -> Formats {
    let read = |key: &'static str, default: String| {
        let Some(at) = table.opt_string(key) else { return default };
        if StrftimeItems::new(&at.value).any(|item| matches!(item, Item::Error)) {
            let message = Said::new("csv-no-format").with("format", &at.value);
            table.problem(at.span, message, Said::new("csv-mend-format"));
        }
        at.value
    };
    let default = Formats::default();
    let formats = Formats {
        date: read("date", default.date),
        event_time: read("event_time", default.event_time),
        entry_time: read("entry_time", default.entry_time),
    };
    table.finish();
    formats
}

/// Does a format hold a date of its own?
pub(super) fn has_date(format: &str) -> bool {
    use chrono::format::Fixed::RFC3339;
    use chrono::format::Numeric::Day;
    StrftimeItems::new(format).any(|item| matches!(item, Item::Numeric(Day, _) | Item::Fixed(RFC3339)))
}

/// Does a format hold an offset of its own?
pub(super) fn has_offset(format: &str) -> bool {
    use chrono::format::Fixed::{RFC3339, TimezoneOffset, TimezoneOffsetColon, TimezoneOffsetZ};
    StrftimeItems::new(format)
        .any(|item| matches!(item, Item::Fixed(RFC3339 | TimezoneOffset | TimezoneOffsetColon | TimezoneOffsetZ)))
}

fn kinds(table: &Table<'_>) -> (Vec<(String, Kind)>, Option<Kind>) {
    let mut kinds = Vec::new();
    let mut other = None;
    for (key, at) in table.all_strings() {
        let words: Vec<&str> = KINDS.iter().map(|(word, _)| *word).collect();
        match KINDS.iter().find(|(word, _)| *word == at.value) {
            Some((_, kind)) if key.value == "*" => other = Some(*kind),
            Some((_, kind)) => kinds.push((fold(&key.value), *kind)),
            None => {
                table.problem(at.span, Said::new("csv-not-a-kind").with("word", &at.value), choose(&at.value, &words));
            }
        }
    }
    (kinds, other)
}

/// How kinds are compared: without case and outer space.
pub(super) fn fold(word: &str) -> String {
    word.trim().to_lowercase()
}
