//! From a spreadsheet to injects, or line by line why not.

use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Cell, Wrong, decode, scan};
use super::{EITHER, NAMES, unguard};
use crate::exercise::kit::{Act, Contingency, Inject, Since};
use crate::exercise::rule::Rule;
use crate::lang::LangId;
use crate::network::{Said, Text};
use crate::text::document::{Problem, Problems, choose};
use crate::text::drill::{plain, refused};
use crate::text::duration::parse_duration;

/// Longest cell that is taken \[bytes\].
const LONGEST: usize = 4_096;
/// A time of day may lie this much before that of the row above and still be of the same day \[s\].
const OUT_OF_ORDER_S: i64 = 3_600;
/// The first may lie this much before STARTEX and be a mistake, not the next day \[s\].
const BEFORE_START_S: i64 = 12 * 3_600;
/// Most injects of one chronogramme.
const MOST: usize = 2_000;
/// So many lines of titles may stand above the headings.
const TITLES: usize = 12;
/// A day \[s\].
const DAY_S: u32 = 86_400;

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The injects, in the order of the rows.
    pub injects: Vec<Inject>,
    /// What stands in the file and was not read, or not as it stands: columns that mean nothing here, titles between the
    /// rows, another encoding. Each with its place.
    pub unread: Vec<Problem>,
}

/// Reads a chronogramme from CSV.
///
/// `start_s`: time of day of STARTEX \[s after midnight\], for chronogrammes written in times of day; `None` = the
/// first time of day in it. Columns that name no language are in `lang`.
///
/// # Errors
/// Line by line why not.
pub fn import(file: &str, bytes: &[u8], start_s: Option<u32>, lang: LangId) -> Result<Imported, Problems> {
    let (text, encoding) = decode(file, bytes)?;
    let (rows, wrong, head) = layout(&text);
    let mut sheet = Sheet {
        file,
        heads: Vec::new(),
        problems: Vec::new(),
        ids: BTreeSet::new(),
        unread: Vec::from_iter(encoding),
        lang,
    };
    for (line, column, message) in wrong {
        let mend = "a text with quotes, separators or line ends in it stands between quotes, quotes inside doubled";
        sheet.problems.push(sheet.problem_at(line, column, message.to_owned(), mend));
    }
    if !sheet.problems.is_empty() {
        return Err(Problems(sheet.problems));
    }
    let heads = rows.get(head).cloned().unwrap_or_default();
    sheet.heads = named(&heads);
    sheet.check_heads(&heads)?;
    let body: Vec<&Vec<Cell>> = rows
        .iter()
        .skip(head + 1)
        .filter(|row| row.iter().any(|cell| !cell.text.trim().is_empty()))
        .filter(|row| !row.first().is_some_and(|cell| is_marking(&cell.text)))
        .collect();
    if body.len() > MOST {
        let message = format!("{} injects; at most {MOST} are taken", body.len());
        return Err(Problems(vec![sheet.problem_at(0, 0, message, "split the exercise")]));
    }
    let (titles, body): (Vec<_>, Vec<_>) =
        body.into_iter().partition(|row| row.iter().filter(|cell| !cell.text.trim().is_empty()).count() == 1);
    for cell in titles.into_iter().flatten().filter(|cell| !cell.text.trim().is_empty()) {
        // The title of a phase, in cells that were merged: an inject has at least a number, a time and a text.
        let message = format!("\"{}\" stands alone in its row and is read as a title", cell.text.trim());
        let said = sheet.problem_at(cell.line, cell.column, message, "an inject has at least id, time and inject");
        sheet.unread.push(said);
    }
    let read: Vec<(Inject, When, Place)> = body.iter().filter_map(|row| sheet.inject(row)).collect();
    let injects = sheet.on_the_clock(read, start_s);
    if sheet.problems.is_empty() && injects.is_empty() {
        let message = "no inject was found".to_owned();
        return Err(Problems(vec![sheet.problem_at(0, 0, message, "one line per inject below the line of headings")]));
    }
    if sheet.problems.is_empty() {
        sheet.unread(&heads, &body);
        sheet.unread.sort();
        Ok(Imported { injects, unread: sheet.unread })
    } else {
        sheet.problems.sort();
        Err(Problems(sheet.problems))
    }
}

type Scanned = (Vec<Vec<Cell>>, Vec<Wrong>, usize);

/// The rows, by the separator with which most headings are known; and which row holds the headings: titles may stand
/// above.
fn layout(text: &str) -> Scanned {
    let best = |rows: &[Vec<Cell>]| {
        let known = |row: &Vec<Cell>| {
            let named = named(row);
            NAMES.iter().filter(|(name, _)| named.contains(&Some(*name))).count()
        };
        // Of equals the first: an inject may hold the words of headings.
        let counted = rows.iter().take(TITLES).map(known).enumerate();
        counted.max_by_key(|(at, count)| (*count, std::cmp::Reverse(*at))).unwrap_or((0, 0))
    };
    let all = [';', '\t', ','].map(|delimiter| {
        let (rows, wrong) = scan(text, delimiter);
        let (head, known) = best(&rows);
        (known, rows.get(head).map_or(0, Vec::len), (rows, wrong, head))
    });
    let found = all.into_iter().max_by_key(|(known, columns, _)| (*known, *columns));
    found.map(|(.., scanned)| scanned).unwrap_or_default()
}

/// The word that every page of an export begins and ends with.
fn is_marking(cell: &str) -> bool {
    let plain = plain(cell);
    plain.starts_with("exercice exercice") || plain.starts_with("exercise exercise")
}

/// What each column is, by its heading.
fn named(heads: &[Cell]) -> Vec<Option<&'static str>> {
    let words: Vec<String> = heads.iter().map(|cell| plain(&cell.text)).collect();
    let known =
        |word: &String| NAMES.iter().find(|(_, names)| names.contains(&word.as_str())).map(|(column, _)| *column);
    let mut all: Vec<Option<&'static str>> = words.iter().map(known).collect();
    for (at, word) in words.iter().enumerate() {
        if EITHER.contains(&word.as_str()) {
            let missing = ["id", "inject"].into_iter().find(|name| !all.contains(&Some(*name)));
            if let Some(column) = all.get_mut(at) {
                *column = missing.or(Some("inject"));
            }
        }
    }
    all
}

/// Where something stands: line and column of the file.
type Place = (u32, u32);

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
    // A day has 24 hours; a delay of more stands behind a sign.
    let of_day = |s: u32| (s < DAY_S).then_some(When::OfDay(s));
    clock(&text).map_or_else(|| parse_duration(&text).ok().map(When::After), of_day)
}

/// How long: `10m`, `1h20`, `1:20`, `T+10`, a bare number of minutes.
fn delay(text: &str) -> Option<u32> {
    let text = text.trim().to_lowercase().replace([' ', '\u{a0}', '\u{202f}'], "");
    let minutes = || text.parse::<u32>().ok().and_then(|minutes| minutes.checked_mul(60));
    match minutes().or_else(|| clock(&text)) {
        Some(s) => Some(s),
        None => match time(&text) {
            Some(When::After(s)) => Some(s),
            _ => None,
        },
    }
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
    /// What each column is.
    heads: Vec<Option<&'static str>>,
    problems: Vec<Problem>,
    /// What is said of what was read otherwise, or not at all.
    unread: Vec<Problem>,
    ids: BTreeSet<String>,
    /// Language of columns that name none.
    lang: LangId,
}

impl Sheet<'_> {
    fn problem_at(&self, line: u32, column: u32, message: impl Into<Said>, mend: impl Into<Said>) -> Problem {
        Problem { file: self.file.to_owned(), line, column, message: message.into(), mend: Some(mend.into()) }
    }

    fn problem(&mut self, (line, column): Place, message: impl Into<Said>, mend: impl Into<Said>) {
        self.problems.push(self.problem_at(line, column, message, mend));
    }

    /// Three columns must be there, each once.
    fn check_heads(&mut self, heads: &[Cell]) -> Result<(), Problems> {
        let line = heads.first().map_or(0, |cell| cell.line);
        for (needed, called) in NAMES.iter().filter(|(name, _)| ["id", "time", "inject"].contains(name)) {
            let mut found = heads.iter().zip(&self.heads).filter(|(_, column)| **column == Some(*needed));
            match (found.next(), found.next()) {
                (None, _) => {
                    let seen: Vec<&str> = heads.iter().map(|cell| cell.text.trim()).collect();
                    let message = format!("no column is the {needed}; the headings are: {}", seen.join(" | "));
                    let mend = format!("call one of them: {}", called.join(", "));
                    self.problem((line, 1), message, mend);
                }
                (Some((one, _)), Some((other, _))) if *needed != "inject" => {
                    let message =
                        format!("\"{}\" and \"{}\" are both the {needed}", one.text.trim(), other.text.trim());
                    self.problem(
                        (other.line, other.column),
                        message,
                        "give one of them another heading, or leave it out",
                    );
                }
                _ => {}
            }
        }
        if self.problems.is_empty() { Ok(()) } else { Err(Problems(std::mem::take(&mut self.problems))) }
    }

    /// Columns that hold something and mean nothing here.
    fn unread(&mut self, heads: &[Cell], rows: &[&Vec<Cell>]) {
        for (at, head) in heads.iter().enumerate() {
            let column = self.heads.get(at).copied().flatten();
            let filled = rows.iter().filter(|row| row.get(at).is_some_and(|cell| !cell.text.trim().is_empty())).count();
            let (read, name) = (column.is_some_and(|name| name != "status"), head.text.trim());
            // The marking of an export stands in a column of its own.
            if read || filled == 0 || plain(name) == "mode" {
                continue;
            }
            let message = Said::new("sheet-not-read").with("name", name).with("filled", filled);
            let mend = if column.is_some() {
                Said::new("sheet-mend-no-plan")
            } else {
                let known: Vec<&str> = NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
                let near = choose(&plain(name), &known);
                if near.id == "doc-mend-mean" { near } else { Said::new("sheet-mend-headings") }
            };
            let said = self.problem_at(head.line, head.column, message, mend);
            self.unread.push(said);
        }
    }

    /// Times of day become times after STARTEX.
    fn on_the_clock(&mut self, read: Vec<(Inject, When, Place)>, start_s: Option<u32>) -> Vec<Inject> {
        let first = read.iter().find_map(|(_, when, _)| match when {
            When::OfDay(s) => Some(*s),
            _ => None,
        });
        let origin = start_s.or(first).unwrap_or(0);
        let mut injects = Vec::new();
        let mut last = 0;
        let mut begun = false;
        for (mut inject, when, place) in read {
            inject.at_s = match when {
                When::None => None,
                When::After(s) => Some(s),
                When::OfDay(s) => {
                    // A time of day goes on from the row above; past midnight it is the next day's. Rows that stand a
                    // little out of order are of the same day.
                    let back = if begun { OUT_OF_ORDER_S } else { BEFORE_START_S };
                    let mut s = i64::from(s) - i64::from(origin);
                    while s < i64::from(last) - back {
                        s += i64::from(DAY_S);
                    }
                    begun = true;
                    let at = u32::try_from(s).ok();
                    if at.is_none() {
                        self.problem(place, "the time lies before STARTEX", "give the time of STARTEX with --start");
                    }
                    at
                }
            };
            last = inject.at_s.unwrap_or(last);
            injects.push(inject);
        }
        injects
    }

    fn inject(&mut self, row: &[Cell]) -> Option<(Inject, When, Place)> {
        let known = self.problems.len();
        let line = row.first().map_or(0, |cell| cell.line);
        let beyond = row.iter().skip(self.heads.len()).find(|cell| !cell.text.trim().is_empty());
        if let Some(beyond) = beyond {
            let mend = "put texts with the separator in them between double quotes";
            self.problem((beyond.line, beyond.column), "more cells than columns", mend);
        }
        // What stands under each heading, and where; under several headings of one meaning, one after the other.
        let mut said: BTreeMap<&str, (String, Place)> = BTreeMap::new();
        for (column, cell) in self.heads.iter().zip(row) {
            let (Some(name), text) = (column, unguard(cell.text.trim())) else { continue };
            let (all, place) = said.entry(name).or_insert_with(|| (String::new(), (cell.line, cell.column)));
            if !text.is_empty() {
                if all.is_empty() {
                    *place = (cell.line, cell.column);
                } else {
                    all.push(' ');
                }
                all.push_str(text);
            }
        }
        let cell = |name: &str| said.get(name).map_or_else(String::new, |(text, _)| text.clone());
        let at = |name: &str| said.get(name).map_or((line, 1), |(_, place)| *place);
        if let Some(long) = row.iter().find(|cell| cell.text.len() > LONGEST) {
            let message = format!("a cell of {} bytes; at most {LONGEST} are taken", long.text.len());
            self.problem((long.line, long.column), message, "shorten it");
        }
        let id = cell("id");
        if id.is_empty() {
            self.problem(at("id"), "the inject has no id", "number it in the id column");
        } else if !self.ids.insert(id.clone()) {
            self.problem(at("id"), format!("inject \"{id}\" is there twice"), "give each its own id");
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
                        at("time"),
                        format!("inject \"{id}\" has no time"),
                        "write 17:05 or T+10 (merged cells hold it in their first row only: repeat it), or mark it as contingency",
                    );
                    When::None
                }
                Some(when) => when,
                None => {
                    let plainly = said.to_lowercase().replace(' ', "");
                    self.problem(
                        at("time"),
                        format!("\"{said}\" is not a time"),
                        if said.to_lowercase().starts_with(['j', 'd']) {
                            "days are not read: write the time of day (17:05), row after row in the order of play, or T+34:30"
                        } else if clock(&plainly).is_some() {
                            "a day has 24 hours: write the time of the next day (01:21), or so long after STARTEX (T+25:21)"
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
            self.problem(at("inject"), format!("inject \"{id}\" has no text"), "write what is said or done");
        } else if let Some(phrase) = refused(&text) {
            self.problem(
                at("inject"),
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
                    self.problem(at(name), format!("the rule \"{text}\" cannot be read"), why);
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
                    at("fault"),
                    format!("the fault cannot be read: {why}"),
                    "write it as in scenario files: fault = \"crash\"",
                );
            }
            if on.is_empty() {
                self.problem(at("fault"), "the fault befalls nothing", "name the elements in the column on");
            }
        }
        let answer = cell("answer");
        let answer_s = delay(&answer);
        if answer_s.is_none() && !answer.is_empty() {
            self.problem(at("answer"), format!("\"{answer}\" is not a delay"), "write 10m or 1h20");
        }
        let since = cell("since");
        if !reserve && !since.is_empty() {
            self.problem(
                at("since"),
                "`since` is for contingency injects",
                "empty the column, or mark it as contingency",
            );
        }
        let lang = self.lang;
        let mut words = |name: &str, text: String| {
            let (fr, en) = (cell(&format!("{name}_fr")), cell(&format!("{name}_en")));
            if fr.is_empty() && en.is_empty() {
                return match lang {
                    LangId::Fr => Text { fr: text, en: String::new() },
                    LangId::En => Text { fr: String::new(), en: text },
                };
            }
            // Whoever changed one column of the two did not mean the other.
            if !text.is_empty() && text != fr && text != en {
                self.problem(
                    at(name),
                    format!("the column {name} says something else than {name}_fr and {name}_en"),
                    "change it in all of them, or empty the columns of the two languages",
                );
            }
            if let Some(phrase) = [&fr, &en].into_iter().find_map(|text| refused(text)) {
                self.problem(
                    at(name),
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
            act: Act::new(&fault, on).ok(),
            line,
        };
        let place = at("time");
        (self.problems.len() == known).then_some((inject, when, place))
    }
}

/// Words parted by `,`, `;`, `/` or a line break.
fn list(text: &str) -> Vec<String> {
    text.split([',', ';', '/', '\n']).map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}
