//! Import of a past log kept elsewhere: CSV with a mapping file (TOML) that says which column is what.
//!
//! All mistakes at once, each with its line and mend: half an imported log would be a wrong log.
//! `docs/import.md` is the specification.

mod mapping;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use csv::StringRecord;

use mapping::{Column, KINDS, fold, has_date, has_offset};
pub use mapping::{Kind, Mapping};

use crate::incident::event::{ActionState, Body, Precision, Role, Statement};
use crate::network::Said;
use crate::text::document::{Problem, Problems, choose, position, write};

/// The mistakes of a mapping or of a CSV file.
pub type ImportErrors = Problems;

/// One line of a past log.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportedLine {
    /// Line of the CSV file, from 1.
    pub line: u64,
    /// When it happened.
    pub event_at: DateTime<FixedOffset>,
    /// How exactly that is known (a `~` before the time says about).
    pub precision: Precision,
    /// When it was written down, if the file says.
    pub entry_at: Option<DateTime<FixedOffset>>,
    /// Who wrote it, if the file says.
    pub author: Option<String>,
    /// For which organisation, if the file says.
    pub organisation: Option<String>,
    /// Page of the paper log it was first written on, if the file says.
    pub page: Option<String>,
    /// What it says.
    pub body: Body,
    /// What only our own export says.
    pub own: Option<Own>,
}

/// What only our own CSV export says of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Own {
    /// Its id in the log it comes from.
    pub id: String,
    /// The ids it refers to there.
    pub re: Vec<String>,
    /// In which role it was written.
    pub role: Role,
    /// Why it was entered late.
    pub reason: Option<String>,
    /// Zone in which that log showed its times.
    pub tz: Tz,
}

/// The text of a file, or where it stops being UTF-8.
///
/// # Errors
/// One problem with the line and a mend: spreadsheets often save in Windows-1252.
pub fn utf8<'a>(name: &str, bytes: &'a [u8]) -> Result<&'a str, ImportErrors> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let (line, column) = position(&String::from_utf8_lossy(good), good.len());
        Problems(vec![Problem {
            file: name.to_owned(),
            line,
            column,
            message: Said::new("os-not-text"),
            mend: Some(Said::new("csv-mend-utf8")),
        }])
    })
}

/// Reads a past log. `name` is the CSV file's name, for messages.
///
/// # Errors
/// All mistakes at once, each with line, column (number of the field) and mend.
pub fn import(name: &str, csv_text: &str, mapping: &Mapping) -> Result<Vec<ImportedLine>, ImportErrors> {
    let text = csv_text.strip_prefix('\u{FEFF}').unwrap_or(csv_text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(mapping.delimiter.unwrap_or_else(|| guess(text)))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows =
        Rows { name, mapping, fields: None, problems: Vec::new(), day: mapping.date, last: None, begin: mapping.date };
    let mut lines = Vec::new();
    let mut width = None;
    let mut last = None;
    let mut counter = Counter { text: text.as_bytes(), byte: 0, line: 1 };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = counter.line(error.position().map_or(0, csv::Position::byte));
                let what = Said::new("csv-unreadable").with("why", error.to_string());
                rows.problem(line, 0, what, Said::new("csv-mend-line"));
                continue;
            }
        };
        let line = counter.line(record.position().map_or(0, csv::Position::byte));
        last = Some((line, record.iter().any(|field| field.contains('\n'))));
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if width.is_none() {
            width = Some(record.len());
            if !rows.header(&record, line) {
                return Err(Problems(rows.problems));
            }
            if mapping.header {
                continue;
            }
        }
        if Some(record.len()) != width {
            let message = Said::new("csv-fields").with("n", record.len()).with("first", width.unwrap_or(0).to_string());
            rows.problem(line, 0, message, Said::new("csv-mend-quotes"));
            continue;
        }
        lines.extend(rows.line(&record, line));
    }
    if let Some((line, true)) = last
        && memchr::memchr_iter(b'"', text.as_bytes()).count() % 2 == 1
    {
        rows.problem(line, 0, Said::new("csv-open-quote"), Said::new("csv-mend-open-quote"));
    }
    if width.is_none() || (lines.is_empty() && rows.problems.is_empty()) {
        rows.problem(0, 0, Said::new("csv-no-line"), Said::new("csv-mend-no-line"));
    }
    if rows.problems.is_empty() {
        Ok(lines)
    } else {
        rows.problems.sort();
        Err(Problems(rows.problems))
    }
}

/// The delimiter that the first line has most of.
fn guess(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|b| *b == delimiter).count();
    // The last of equals wins: `;`, as French spreadsheets write.
    [b'\t', b',', b';'].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b';')
}

/// Counts lines by bytes: the reader's own count is one short after a carriage return.
struct Counter<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Counter<'_> {
    /// Line of the first byte at or after `byte` that does not end a line; asked in ascending order.
    fn line(&mut self, byte: u64) -> u64 {
        let mut end = byte as usize;
        while matches!(self.text.get(end), Some(b'\r' | b'\n')) {
            end += 1;
        }
        let passed = self.text.get(self.byte..end).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.byte = self.byte.max(end);
        self.line
    }
}

/// Numbers of the fields, from 0.
#[derive(Debug, Clone, Copy)]
struct Fields {
    event_time: usize,
    text: usize,
    event_date: Option<usize>,
    entry_time: Option<usize>,
    entry_date: Option<usize>,
    offset: Option<usize>,
    author: Option<usize>,
    organisation: Option<usize>,
    kind: Option<usize>,
    source: Option<usize>,
    channel: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    rationale: Option<usize>,
    precision: Option<usize>,
    page: Option<usize>,
    own: Option<OwnFields>,
}

/// Numbers of the fields that only our own export has.
#[derive(Debug, Clone, Copy)]
struct OwnFields {
    id: usize,
    re: usize,
    role: usize,
    reason: usize,
    zone: usize,
    data: usize,
}

struct Rows<'a> {
    name: &'a str,
    mapping: &'a Mapping,
    fields: Option<Fields>,
    problems: Vec<Problem>,
    /// The day and time of the last line without a date.
    day: Option<NaiveDate>,
    last: Option<NaiveTime>,
    /// The day on which the log begins.
    begin: Option<NaiveDate>,
}

/// Lines without a date may be out of order by so much across midnight.
const OUT_OF_ORDER: TimeDelta = TimeDelta::hours(3);

/// The day of an entry without a date: it follows its fact, or its clock is a little behind; the first such day.
fn following(fact: NaiveDateTime, time: NaiveTime) -> Option<NaiveDate> {
    let day = fact.date();
    let days = [day.pred_opt(), Some(day), day.succ_opt()];
    days.into_iter().flatten().find(|day| day.and_time(time) >= fact - OUT_OF_ORDER)
}

impl Rows<'_> {
    fn problem(&mut self, line: u64, field: usize, message: impl Into<Said>, mend: impl Into<Said>) {
        self.problems.push(Problem {
            file: self.name.to_owned(),
            line: line as u32,
            column: field as u32 + 1,
            message: message.into(),
            mend: Some(mend.into()),
        });
    }

    /// Finds the columns; false when one is missing.
    fn header(&mut self, record: &StringRecord, line: u64) -> bool {
        let before = self.problems.len();
        let other = [(';', ";"), (',', ","), ('\t', "tab")].into_iter();
        if let (1, Some(only)) = (record.len(), record.get(0))
            && let Some((_, word)) = other.into_iter().find(|(c, _)| only.contains(*c))
        {
            let mend = Said::new("csv-mend-in-mapping").with("code", format!("delimiter = \"{word}\""));
            self.problem(line, 0, Said::new("csv-one-field"), mend);
            return false;
        }
        let mut columns = self.mapping.columns.clone();
        let page = columns.page.take();
        let mut find = |column: &Column| -> usize {
            match column {
                Column::Number(number) => {
                    if *number > record.len() {
                        let message =
                            Said::new("csv-no-number").with("number", number.to_string()).with("n", record.len());
                        self.problem(line, 0, message, Said::new("csv-mend-number"));
                    }
                    number - 1
                }
                Column::Name(name) => {
                    let found = record.iter().position(|field| field.trim() == name);
                    if found.is_none() {
                        let names: Vec<&str> = record.iter().map(str::trim).collect();
                        self.problem(line, 0, Said::new("csv-no-column").with("name", name), choose(name, &names));
                    }
                    found.unwrap_or(0)
                }
            }
        };
        let fields = Fields {
            event_time: find(&columns.event_time),
            text: find(&columns.text),
            event_date: columns.event_date.as_ref().map(&mut find),
            entry_time: columns.entry_time.as_ref().map(&mut find),
            entry_date: columns.entry_date.as_ref().map(&mut find),
            offset: columns.offset.as_ref().map(&mut find),
            author: columns.author.as_ref().map(&mut find),
            organisation: columns.organisation.as_ref().map(&mut find),
            kind: columns.kind.as_ref().map(&mut find),
            source: columns.source.as_ref().map(&mut find),
            channel: columns.channel.as_ref().map(&mut find),
            from: columns.from.as_ref().map(&mut find),
            to: columns.to.as_ref().map(&mut find),
            rationale: columns.rationale.as_ref().map(&mut find),
            precision: columns.precision.as_ref().map(&mut find),
            page: None,
            own: None,
        };
        let own = columns.own.as_ref().and_then(|own| {
            // Exports of earlier versions had fewer columns: they are read as anybody's.
            let find = |name: &str| record.iter().position(|field| field == name);
            Some(OwnFields {
                id: find(own.id)?,
                re: find(own.re)?,
                role: find(own.role)?,
                reason: find(own.reason)?,
                zone: find(own.zone)?,
                data: find(own.data)?,
            })
        });
        let page = if columns.own.is_some() && own.is_none() { None } else { page.map(|column| find(&column)) };
        self.fields = Some(Fields { page, own, ..fields });
        self.problems.len() == before
    }

    fn line(&mut self, record: &StringRecord, line: u64) -> Option<ImportedLine> {
        let fields = self.fields?;
        // Our own export guards its cells against spreadsheets and means every blank; others' cells are trimmed.
        let guarded = fields.own.is_some();
        let mend = |cell| if guarded { crate::text::from_cell(cell) } else { str::trim(cell) };
        let field = |i: Option<usize>| i.and_then(|i| record.get(i)).map(mend).filter(|s| !s.is_empty());
        let offset = self.offset(field(fields.offset), line, fields.offset.unwrap_or(0));
        let raw = field(Some(fields.event_time)).unwrap_or_default();
        let (precision, raw) = match raw.strip_prefix('~') {
            Some(rest) => (Precision::About, rest.trim_start()),
            None => (self.precision(field(fields.precision), line, fields.precision.unwrap_or(0))?, raw),
        };
        let formats = self.mapping.formats.clone();
        let date = field(fields.event_date);
        let event_at = self.time(raw, date, &formats.event_time, offset, line, fields.event_time, None);
        // An entry without a date of its own was written near the fact; of a fact that cannot be read nothing is known.
        let near = event_at.map(|at| at.naive_local());
        let entry_at = match field(fields.entry_time).filter(|_| near.is_some()) {
            Some(raw) => {
                let at = fields.entry_time.unwrap_or(0);
                Some(self.time(raw, field(fields.entry_date), &formats.entry_time, offset, line, at, near))
            }
            None => None,
        };
        let text = field(Some(fields.text));
        if text.is_none() && fields.own.is_none() {
            self.problem(line, fields.text, Said::new("csv-no-text"), Said::new("csv-mend-no-text"));
        }
        let own = match fields.own {
            Some(own) => Some(self.own(&own, &field, &fields, line)?),
            None => None,
        };
        if let Some((own, body)) = own {
            return Some(ImportedLine {
                line,
                event_at: event_at?,
                precision,
                entry_at: entry_at.flatten(),
                author: field(fields.author).map(str::to_owned),
                organisation: field(fields.organisation).map(str::to_owned),
                page: field(fields.page).map(str::to_owned),
                body,
                own: Some(own),
            });
        }
        let kind = self.kind(field(fields.kind), line, fields.kind.unwrap_or(0));
        let owned = |i| field(i).unwrap_or_default().to_owned();
        // An unreadable entry time is a problem of its own; the line is dropped with it.
        let entry_at = match entry_at {
            Some(None) => return None,
            Some(at) => at,
            None => None,
        };
        let text = text?.to_owned();
        let body = match kind? {
            Kind::Information => Body::Information(statement(text, owned(fields.source), owned(fields.channel))),
            Kind::Fact => Body::Fact(statement(text, owned(fields.source), owned(fields.channel))),
            Kind::Message => Body::Message {
                text,
                to: owned(fields.to),
                from: owned(fields.from.or(fields.source)),
                channel: owned(fields.channel),
                answer_by: None,
            },
            Kind::Decision => Body::decision(text, owned(fields.rationale), Vec::new()),
            Kind::Action => Body::Action { text, owner: owned(fields.to), due: None, state: ActionState::Done },
            Kind::Request => Body::Request { text, to: owned(fields.to) },
            Kind::Note => Body::Note { text },
        };
        Some(ImportedLine {
            line,
            event_at: event_at?,
            precision,
            entry_at,
            author: field(fields.author).map(str::to_owned),
            organisation: field(fields.organisation).map(str::to_owned),
            page: field(fields.page).map(str::to_owned),
            body,
            own: None,
        })
    }

    /// What our own export says beyond the columns that others have, and the entry itself: kind, text and data.
    fn own<'r>(
        &mut self,
        own: &OwnFields,
        field: &dyn Fn(Option<usize>) -> Option<&'r str>,
        fields: &Fields,
        line: u64,
    ) -> Option<(Own, Body)> {
        let quoted = |word: &str| serde_json::Value::from(word);
        let role_word = field(Some(own.role)).unwrap_or_default();
        let role = serde_json::from_value(quoted(role_word)).ok();
        if role.is_none() {
            let what = Said::new("csv-no-role").with("word", role_word);
            self.problem(line, own.role, what, Said::new("csv-mend-export"));
        }
        let zone = field(Some(own.zone)).unwrap_or_default();
        let tz = zone.parse().ok();
        if tz.is_none() {
            self.problem(line, own.zone, Said::new("doc-no-zone").with("zone", zone), write("Europe/Paris"));
        }
        let kind = field(fields.kind).unwrap_or_default();
        let data = field(Some(own.data)).unwrap_or("{}");
        let body = serde_json::from_str(data).and_then(|mut entry: serde_json::Map<_, _>| {
            entry.insert("kind".to_owned(), quoted(kind));
            entry.entry("text").or_insert_with(|| quoted(field(Some(fields.text)).unwrap_or_default()));
            serde_json::from_value::<Body>(entry.into())
        });
        let body = body.map_err(|error| {
            let message = Said::new("csv-bad-entry").with("kind", kind).with("why", error.to_string());
            self.problem(line, own.data, message, Said::new("csv-mend-entry"));
        });
        let re = field(Some(own.re)).unwrap_or_default();
        let own = Own {
            id: field(Some(own.id)).unwrap_or_default().to_owned(),
            re: re.split_whitespace().map(str::to_owned).collect(),
            role: role?,
            reason: field(Some(own.reason)).map(str::to_owned),
            tz: tz?,
        };
        Some((own, body.ok()?))
    }

    fn kind(&mut self, word: Option<&str>, line: u64, field: usize) -> Option<Kind> {
        let Some(word) = word else { return Some(self.mapping.other_kind.unwrap_or(Kind::Note)) };
        let folded = fold(word);
        let mapped = self.mapping.kinds.iter().find(|(from, _)| *from == folded).map(|(_, kind)| *kind);
        let own = || KINDS.iter().find(|(name, _)| *name == folded).map(|(_, kind)| *kind);
        let found = mapped.or_else(own).or(self.mapping.other_kind);
        if found.is_none() {
            self.problem(
                line,
                field,
                Said::new("csv-no-kind").with("word", word),
                Said::new("csv-mend-kind").with("word", word),
            );
        }
        found
    }

    fn precision(&mut self, word: Option<&str>, line: u64, field: usize) -> Option<Precision> {
        match word {
            None | Some("exact") => Some(Precision::Exact),
            Some("about") => Some(Precision::About),
            Some("before") => Some(Precision::Before),
            Some(other) => {
                let mend = Said::new("doc-mend-one-of").with("known", "exact, about, before");
                self.problem(line, field, Said::new("csv-no-precision").with("word", other), mend);
                None
            }
        }
    }

    fn offset(&mut self, word: Option<&str>, line: u64, field: usize) -> Option<FixedOffset> {
        let word = word?;
        let found = word.parse().ok();
        if found.is_none() {
            self.problem(line, field, Said::new("csv-no-offset").with("word", word), write("+02:00"));
        }
        found
    }

    #[expect(clippy::too_many_arguments, reason = "one call for the event's time and one for the entry's")]
    fn time(
        &mut self,
        raw: &str,
        date: Option<&str>,
        format: &str,
        offset: Option<FixedOffset>,
        line: u64,
        field: usize,
        near: Option<NaiveDateTime>,
    ) -> Option<DateTime<FixedOffset>> {
        if has_offset(format) && has_date(format) {
            let found = DateTime::parse_from_str(raw, format).ok();
            if found.is_none() {
                self.unreadable(raw, format, line, field);
            }
            return found;
        }
        let local = if has_date(format) {
            NaiveDateTime::parse_from_str(raw, format).ok()
        } else {
            let time = NaiveTime::parse_from_str(raw, format).ok();
            let day = match (date, near) {
                (Some(date), _) => Some(self.date(date, line)?),
                (None, Some(near)) => time.and_then(|time| following(near, time)),
                (None, None) => match (time, self.day) {
                    (Some(time), Some(day)) => Some(self.day(time, day, line, field)?),
                    _ => None,
                },
            };
            if let (Some(_), None) = (time, day) {
                self.problem(line, field, Said::new("csv-empty-date"), Said::new("csv-mend-empty-date"));
                return None;
            }
            day.zip(time).map(|(day, time)| day.and_time(time))
        };
        let Some(local) = local else {
            self.unreadable(raw, format, line, field);
            return None;
        };
        if let Some(offset) = offset {
            return offset.from_local_datetime(&local).single();
        }
        // In the repeated hour of autumn the first passage is taken.
        let found = self.mapping.tz.from_local_datetime(&local).earliest().map(|t| t.fixed_offset());
        if found.is_none() {
            self.problem(
                line,
                field,
                Said::new("doc-no-such-hour").with("time", local.to_string()).with("zone", self.mapping.tz.name()),
                Said::new("doc-mend-hour"),
            );
        }
        found
    }

    fn date(&mut self, raw: &str, line: u64) -> Option<NaiveDate> {
        let format = self.mapping.formats.date.clone();
        let found = NaiveDate::parse_from_str(raw, &format).ok();
        if found.is_none() {
            let field = self.fields.and_then(|fields| fields.event_date).unwrap_or(0);
            self.problem(
                line,
                field,
                Said::new("csv-not-a-date").with("raw", raw).with("format", format),
                Said::new("csv-mend-formats"),
            );
        }
        found
    }

    /// The day of a time without date, `day` being that of the line before: a time more than half a day before the last
    /// one is the next day; one that is a little before it across midnight is the day before. Where the log has no day
    /// before, nobody can tell: a mistake.
    fn day(&mut self, time: NaiveTime, day: NaiveDate, line: u64, field: usize) -> Option<NaiveDate> {
        let later = self.last.map_or(TimeDelta::zero(), |last| time - last);
        let day = if later < TimeDelta::hours(-12) {
            day.succ_opt()?
        } else if later <= TimeDelta::hours(24) - OUT_OF_ORDER {
            day
        } else if Some(day) > self.begin {
            day.pred_opt()?
        } else {
            let last = self.last.map(|last| last.format("%H:%M").to_string()).unwrap_or_default();
            let message = format!("{} follows {last}: the day before, or late the same day?", time.format("%H:%M"));
            let mend = "put the lines in order, or add a column of dates";
            self.problem(line, field, message, mend);
            return None;
        };
        self.day = Some(day);
        self.last = Some(time);
        Some(day)
    }

    fn unreadable(&mut self, raw: &str, format: &str, line: u64, field: usize) {
        let message = if raw.is_empty() {
            Said::new("csv-empty-time")
        } else {
            Said::new("csv-not-a-clock").with("raw", raw).with("format", format)
        };
        self.problem(line, field, message, Said::new("csv-mend-formats"));
    }
}

fn statement(text: String, source: String, channel: String) -> Statement {
    Statement { text, source, channel, ..Statement::default() }
}

#[cfg(test)]
mod tests;
