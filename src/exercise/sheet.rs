//! The chronogramme as a spreadsheet holds it: import and export as CSV, with the columns planners use.
//!
//! Import takes `,`, `;` and tabs, a byte order mark, French or English headings in any order. What cannot be taken
//! is said line by line; nothing is guessed and nothing is dropped in silence.

use std::collections::BTreeSet;

use super::kit::{Act, Contingency, Inject, Since};
use super::rule::Rule;
use crate::network::Text;
use crate::text::document::{Problem, Problems};
use crate::text::drill::{plain, refused};
use crate::text::duration::{parse_duration, print_duration};

/// Longest cell that is taken \[bytes\].
const LONGEST: usize = 4_096;
/// A time of day may lie this much before that of the row above and still be of the same day \[s\].
const OUT_OF_ORDER_S: i64 = 3_600;
/// The first may lie this much before STARTEX and be a mistake, not the next day \[s\].
const BEFORE_START_S: i64 = 12 * 3_600;
/// Most injects of one chronogramme.
const MOST: usize = 2_000;

/// Columns of the export, in their order; `docs/exercise.md` says what stands in them.
const COLUMNS: [&str; 23] = [
    "id",
    "time",
    "from",
    "to",
    "method",
    "inject",
    "expected",
    "objective",
    "controller",
    "status",
    "audience",
    "answer",
    "fault",
    "on",
    "contingency",
    "when",
    "unless",
    "since",
    "inject_fr",
    "inject_en",
    "expected_fr",
    "expected_en",
    "mode",
];

/// What a column may be called, without accents and punctuation.
const NAMES: [(&str, &[&str]); 22] = [
    (
        "id",
        &[
            "id",
            "no",
            "n",
            "num",
            "numero",
            "ref",
            "reference",
            "event",
            "inject id",
            "stimulus",
            "number",
            "n stimulus",
        ],
    ),
    (
        "time",
        &[
            "time",
            "heure",
            "scenario time",
            "heure scenario",
            "temps",
            "h",
            "heure d injection",
            "horaire",
            "t",
            "timing",
        ],
    ),
    ("from", &["from", "de", "emetteur", "source", "sender", "expediteur", "origine"]),
    ("to", &["to", "a", "vers", "destinataire", "recipient", "destinataires", "cible"]),
    ("method", &["method", "moyen", "canal", "channel", "support", "mode d envoi", "vecteur", "means", "delivery"]),
    (
        "inject",
        &["inject", "text", "texte", "message", "stimulus texte", "contenu", "description", "inject text", "libelle"],
    ),
    (
        "expected",
        &[
            "expected",
            "reaction attendue",
            "attendu",
            "action attendue",
            "expected action",
            "expected player action",
            "reactions attendues",
            "actions attendues",
            "expected response",
        ],
    ),
    ("objective", &["objective", "objectif", "objectifs", "objectives", "capability", "capacite"]),
    ("controller", &["controller", "animateur", "responsable", "responsible controller", "owner", "controleur"]),
    (
        "status",
        &["status", "etat", "statut", "fait", "real time", "heure reelle", "remarques", "notes", "commentaires"],
    ),
    ("audience", &["audience", "cellule", "cellules", "joueurs", "cells"]),
    ("answer", &["answer", "reponse sous", "answer within", "delai de reponse"]),
    ("fault", &["fault", "panne"]),
    ("on", &["on", "element", "elements", "sur"]),
    ("contingency", &["contingency", "reserve", "de reserve"]),
    ("when", &["when", "si", "if"]),
    ("unless", &["unless", "sauf", "sauf si"]),
    ("since", &["since", "depuis"]),
    ("inject_fr", &["inject fr", "texte fr"]),
    ("inject_en", &["inject en", "texte en"]),
    ("expected_fr", &["expected fr", "attendu fr"]),
    ("expected_en", &["expected en", "attendu en"]),
];

/// Reads a chronogramme from CSV.
///
/// `start_s`: time of day of STARTEX \[s after midnight\], for chronogrammes written in times of day; `None` = the
/// first time of day in it.
///
/// # Errors
/// Line by line why not.
pub fn import(file: &str, bytes: &[u8], start_s: Option<u32>) -> Result<Vec<Inject>, Problems> {
    let whole = |message: &str, mend: &str| {
        Problems(vec![Problem {
            file: file.to_owned(),
            line: 0,
            column: 0,
            message: message.to_owned(),
            mend: mend.to_owned(),
        }])
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(whole("the file is not UTF-8", "in the spreadsheet, save as \"CSV UTF-8\""));
    };
    let text = skip_marking(text);
    let skipped = bytes.len() - text.len();
    let before = bytes.get(..skipped).unwrap_or_default();
    let lines_before = memchr::memchr_iter(b'\n', before).count() as u64;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|error| whole(&error.to_string(), ""))?.clone();
    let columns: Vec<Option<&str>> = heads.iter().map(column).collect();
    for needed in ["id", "time", "inject"] {
        if !columns.contains(&Some(needed)) {
            let seen: Vec<&str> = heads.iter().collect();
            return Err(whole(
                &format!("no column is the {needed}; the first line holds: {}", seen.join(" | ")),
                "the first line names the columns: id, time, from, to, method, inject, expected, objective, controller",
            ));
        }
    }
    let mut problems = Vec::new();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |at| at.line() + lines_before) as u32;
                let message = error.to_string();
                problems.push(Problem { file: file.to_owned(), line, column: 0, message, mend: String::new() });
                continue;
            }
        };
        let line = (record.position().map_or(0, csv::Position::line) + lines_before) as u32;
        if record.iter().all(|cell| cell.trim().is_empty()) || is_marking(record.get(0).unwrap_or_default()) {
            continue;
        }
        rows.push((line, record));
    }
    if rows.len() > MOST {
        return Err(whole(&format!("{} injects; at most {MOST} are taken", rows.len()), "split the exercise"));
    }
    let mut sheet = Sheet { file, columns: &columns, problems, ids: BTreeSet::new() };
    let read: Vec<(u32, Inject, When)> = rows.iter().filter_map(|(line, record)| sheet.inject(*line, record)).collect();
    let first = read.iter().find_map(|(_, _, when)| match when {
        When::OfDay(s) => Some(*s),
        _ => None,
    });
    let origin = start_s.or(first).unwrap_or(0);
    let mut injects = Vec::new();
    let mut last = 0;
    let mut begun = false;
    for (line, mut inject, when) in read {
        inject.at_s = match when {
            When::None => None,
            When::After(s) => Some(s),
            When::OfDay(s) => {
                // A time of day goes on from the row above; past midnight it is the next day's. Rows that stand a little
                // out of order are of the same day.
                let back = if begun { OUT_OF_ORDER_S } else { BEFORE_START_S };
                let mut s = i64::from(s) - i64::from(origin);
                while s < i64::from(last) - back {
                    s += 86_400;
                }
                begun = true;
                if let Ok(s) = u32::try_from(s) {
                    Some(s)
                } else {
                    let message = "the time lies before STARTEX".to_owned();
                    let mend = "give the time of STARTEX with --start".to_owned();
                    sheet.problems.push(Problem { file: file.to_owned(), line, column: 0, message, mend });
                    None
                }
            }
        };
        last = inject.at_s.unwrap_or(last);
        injects.push(inject);
    }
    let mut problems = sheet.problems;
    if problems.is_empty() && injects.is_empty() {
        return Err(whole("no inject was found", "one line per inject below the line of headings"));
    }
    if problems.is_empty() {
        Ok(injects)
    } else {
        problems.sort();
        Err(Problems(problems))
    }
}

/// The word that every page of an export begins and ends with.
fn is_marking(cell: &str) -> bool {
    let plain = plain(cell);
    plain.starts_with("exercice exercice") || plain.starts_with("exercise exercise")
}

/// Titles above the headings: lines with less than two filled cells, and the marking.
fn skip_marking(text: &str) -> &str {
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        let filled = line.split([',', ';', '\t']).filter(|cell| !cell.trim().trim_matches('"').is_empty()).count();
        if filled >= 2 && !is_marking(line) {
            break;
        }
        rest = after;
    }
    rest
}

/// The separator: the one of `;`, tab and `,` that parts the first line most often outside quotes.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    let mut quoted = false;
    let mut counts = [0_usize; 3];
    for c in head.bytes() {
        match c {
            b'"' => quoted = !quoted,
            b';' if !quoted => counts[0] += 1,
            b'\t' if !quoted => counts[1] += 1,
            b',' if !quoted => counts[2] += 1,
            _ => {}
        }
    }
    match counts {
        [semi, tab, comma] if semi >= tab && semi >= comma && semi > 0 => b';',
        [_, tab, comma] if tab > comma => b'\t',
        _ => b',',
    }
}

fn column(head: &str) -> Option<&'static str> {
    let head = plain(head);
    NAMES.iter().find(|(_, names)| names.contains(&head.as_str())).map(|(column, _)| *column)
}

/// A time in a chronogramme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    None,
    After(u32),
    OfDay(u32),
}

/// `T+0:10`, `H+1:30`, `+10`, `10m`, `0:10` after STARTEX with a sign; `17:05`, `17h05` as a time of day.
fn time(text: &str) -> Option<When> {
    let text = text.trim().to_lowercase().replace([' ', '\u{a0}', '\u{202f}'], "");
    if text.is_empty() {
        return Some(When::None);
    }
    let after = ["t+", "h+", "+"].iter().find_map(|sign| text.strip_prefix(sign));
    if let Some(rest) = after {
        let rest = rest.trim_start_matches('+');
        // A bare number is minutes after `T+` and `+`, hours after `H+`.
        return match rest.parse::<u32>() {
            Ok(number) => Some(When::After(number.checked_mul(if text.starts_with("h+") { 3_600 } else { 60 })?)),
            Err(_) => clock(rest).or_else(|| parse_duration(rest).ok()).map(When::After),
        };
    }
    clock(&text).map(When::OfDay).or_else(|| parse_duration(&text).ok().map(When::After))
}

/// `17:05`, `17:05:30`, `17h05`, `17h` as seconds.
fn clock(text: &str) -> Option<u32> {
    let (hours, rest) = text.split_once([':', 'h'])?;
    let hours: u32 = hours.parse().ok().filter(|hours| *hours < 100)?;
    let (minutes, seconds) = rest.split_once([':', 'm']).unwrap_or((rest, ""));
    let part = |part: &str| match part {
        "" => Some(0),
        part => part.trim_end_matches(['m', 's']).parse::<u32>().ok().filter(|value| *value < 60),
    };
    if text.contains(':') && minutes.is_empty() {
        return None;
    }
    Some(hours * 3_600 + part(minutes)? * 60 + part(seconds)?)
}

struct Sheet<'a> {
    file: &'a str,
    columns: &'a [Option<&'static str>],
    problems: Vec<Problem>,
    ids: BTreeSet<String>,
}

impl Sheet<'_> {
    fn problem(&mut self, line: u32, message: impl Into<String>, mend: impl Into<String>) {
        let (message, mend) = (message.into(), mend.into());
        self.problems.push(Problem { file: self.file.to_owned(), line, column: 0, message, mend });
    }

    fn inject(&mut self, line: u32, record: &csv::StringRecord) -> Option<(u32, Inject, When)> {
        let known = self.problems.len();
        if record.len() > self.columns.len()
            && record.iter().skip(self.columns.len()).any(|cell| !cell.trim().is_empty())
        {
            self.problem(line, "more cells than columns", "put texts with the separator in them between double quotes");
        }
        let columns = self.columns;
        let cell = |name: &str| {
            let all = columns.iter().zip(record.iter()).filter(|(column, _)| **column == Some(name));
            let said: Vec<&str> = all.map(|(_, cell)| unguard(cell.trim())).filter(|cell| !cell.is_empty()).collect();
            said.join(" ")
        };
        if let Some(long) = record.iter().find(|cell| cell.len() > LONGEST) {
            self.problem(line, format!("a cell of {} bytes; at most {LONGEST} are taken", long.len()), "shorten it");
        }
        let id = cell("id");
        if id.is_empty() {
            self.problem(line, "the inject has no id", "number it in the id column");
        } else if !self.ids.insert(id.clone()) {
            self.problem(line, format!("inject \"{id}\" is there twice"), "give each its own id");
        }
        let said = cell("time");
        let reserve = !matches!(plain(&cell("contingency")).as_str(), "" | "no" | "non" | "false" | "0")
            || matches!(plain(&said).as_str(), "reserve" | "contingency" | "si besoin" | "a la demande");
        let when = if reserve {
            When::None
        } else {
            match time(&said) {
                Some(When::None) => {
                    self.problem(
                        line,
                        format!("inject \"{id}\" has no time"),
                        "write 17:05, T+10, 1h20, or mark it as contingency",
                    );
                    When::None
                }
                Some(when) => when,
                None => {
                    self.problem(
                        line,
                        format!("\"{said}\" is not a time"),
                        if said.to_lowercase().starts_with(['j', 'd']) {
                            "days are not read: write the time of day (17:05), row after row in the order of play, or T+34:30"
                        } else {
                            "write 17:05, 17h05, T+10 (minutes), T+1:20 or 10m"
                        },
                    );
                    When::None
                }
            }
        };
        let text = cell("inject");
        if text.is_empty() {
            self.problem(line, format!("inject \"{id}\" has no text"), "write what is said or done");
        } else if let Some(phrase) = refused(&text) {
            self.problem(
                line,
                format!("the text says \"{phrase}\""),
                "leave it out: it would pass for a real emergency",
            );
        }
        let mut rule = |name: &str| {
            let text = cell(name);
            if text.is_empty() {
                return None;
            }
            match Rule::parse(&text) {
                Ok(rule) => Some(rule),
                Err(why) => {
                    self.problem(line, format!("the rule \"{text}\" cannot be read"), why);
                    None
                }
            }
        };
        let (suggested, unless) = (rule("when"), rule("unless"));
        let fault = cell("fault");
        let on = list(&cell("on"));
        if !fault.is_empty() {
            if let Err(errors) = crate::network::fault_syntax(&fault) {
                let why = errors.first();
                self.problem(
                    line,
                    format!("the fault cannot be read: {why}"),
                    "write it as in scenario files: fault = \"crash\"",
                );
            }
            if on.is_empty() {
                self.problem(line, "the fault befalls nothing", "name the elements in the column on");
            }
        }
        let answer = cell("answer");
        let answer_s = match (answer.as_str(), time(&answer)) {
            ("", _) => None,
            (_, Some(When::After(s) | When::OfDay(s))) => Some(s),
            _ => {
                self.problem(line, format!("\"{answer}\" is not a delay"), "write 10m");
                None
            }
        };
        let since = cell("since");
        if !reserve && !since.is_empty() {
            self.problem(line, "`since` is for contingency injects", "empty the column, or mark it as contingency");
        }
        let mut words = |name: &str, text: String| {
            let (fr, en) = (cell(&format!("{name}_fr")), cell(&format!("{name}_en")));
            if fr.is_empty() && en.is_empty() {
                return Text { fr: text.clone(), en: text };
            }
            // Whoever changed one column of the two did not mean the other.
            if !text.is_empty() && text != fr && text != en {
                self.problem(
                    line,
                    format!("the column {name} says something else than {name}_fr and {name}_en"),
                    "change it in all of them, or empty the columns of the two languages",
                );
            }
            if let Some(phrase) = [&fr, &en].into_iter().find_map(|text| refused(text)) {
                self.problem(
                    line,
                    format!("the text says \"{phrase}\""),
                    "leave it out: it would pass for a real emergency",
                );
            }
            Text { fr, en }
        };
        let text = words("inject", text);
        let expected = words("expected", cell("expected"));
        let inject = Inject {
            id,
            at_s: None,
            contingency: reserve.then(|| Contingency {
                when: suggested,
                unless,
                after_s: match time(&said) {
                    Some(When::After(s)) => s,
                    _ => 0,
                },
                since: Since::parse(&since),
            }),
            from: cell("from"),
            to: match cell("to") {
                to if to.is_empty() && fault.is_empty() => "*".to_owned(),
                to => to,
            },
            channel: cell("method"),
            text,
            expected,
            objectives: list(&cell("objective")),
            controller: cell("controller"),
            audience: list(&cell("audience")),
            answer_s,
            act: (!fault.is_empty()).then_some(Act { fault, on }),
            line,
        };
        (self.problems.len() == known).then_some((line, inject, when))
    }
}

/// Words parted by `,`, `;`, `/` or a line break.
fn list(text: &str) -> Vec<String> {
    text.split([',', ';', '/', '\n']).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// A cell that a spreadsheet would run as a formula; the apostrophe that guards it is taken off again.
fn runs(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'])
}

fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest,
        _ => cell,
    }
}

/// Writes a chronogramme as CSV, `mode` (the mode's word) at the beginning and at the end. `states` says how an inject
/// stands (empty in a plan). No cell is a formula.
pub fn export(
    injects: &[Inject],
    french: bool,
    separator: u8,
    mode: &str,
    states: &dyn Fn(&Inject) -> String,
) -> Result<String, csv::Error> {
    let of = |text: &Text| if french { text.fr.clone() } else { text.en.clone() };
    let mut writer = csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(Vec::new());
    let marking = format!("{mode} {mode} {mode}");
    writer.write_record([&marking])?;
    writer.write_record(COLUMNS)?;
    for inject in injects {
        let rule = |rule: Option<&Rule>| rule.map_or(String::new(), |rule| rule.text().to_owned());
        let contingency = inject.contingency.as_ref();
        let (fault, on) =
            inject.act.as_ref().map_or((String::new(), String::new()), |act| (act.fault.clone(), act.on.join("; ")));
        let when = match (inject.at_s, contingency) {
            (Some(at_s), _) => format!("T+{}:{:02}:{:02}", at_s / 3_600, at_s / 60 % 60, at_s % 60),
            (None, Some(contingency)) if contingency.after_s > 0 => print_duration(contingency.after_s),
            _ => String::new(),
        };
        let row = [
            inject.id.clone(),
            when,
            inject.from.clone(),
            inject.to.clone(),
            inject.channel.clone(),
            of(&inject.text),
            of(&inject.expected),
            inject.objectives.join("; "),
            inject.controller.clone(),
            states(inject),
            inject.audience.join("; "),
            inject.answer_s.map_or(String::new(), print_duration),
            fault,
            on,
            if contingency.is_some() { "yes".to_owned() } else { String::new() },
            rule(contingency.and_then(|one| one.when.as_ref())),
            rule(contingency.and_then(|one| one.unless.as_ref())),
            contingency.filter(|one| one.since != Since::Start).map_or(String::new(), |one| one.since.words()),
            inject.text.fr.clone(),
            inject.text.en.clone(),
            inject.expected.fr.clone(),
            inject.expected.en.clone(),
            mode.to_owned(),
        ];
        writer.write_record(row.iter().map(|cell| guard(cell)))?;
    }
    writer.write_record([&marking])?;
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn guard(cell: &str) -> String {
    let cell: String = cell.chars().filter(|c| *c == '\n' || !crate::text::is_dangerous(*c)).collect();
    if runs(&cell) { format!("'{cell}") } else { cell }
}
