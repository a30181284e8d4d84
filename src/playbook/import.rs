//! Planners do not write TOML: a Markdown checklist or a CSV list becomes a playbook that parses, and a list of what
//! is missing in it.
//!
//! What is not said is not invented, except the owner, without whom a playbook is not read: he is then named as
//! assumed. Does not belong here: disk, the lint of what comes out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::Role;
use crate::lang::LangId;
use crate::text::duration::{parse_duration, print_duration};

/// Longest text taken over \[bytes\].
const FILE_MOST: usize = 1 << 20;

/// A playbook made from a list, and what it lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its id: the file is to be called so.
    pub id: String,
    /// The TOML.
    pub toml: String,
    /// What is missing, each with its line of the list.
    pub missing: Vec<Missing>,
}

/// Something that the list does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Line of the list, from 1; 0 = the whole list.
    pub line: usize,
    /// Of what; empty = the whole list.
    pub step: String,
    /// What.
    pub what: Lack,
}

/// What can be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lack {
    /// The other language.
    Translation,
    /// When to use it.
    About,
    /// Until when it is valid.
    Validity,
    /// What suggests it.
    Trigger,
    /// Who does a step; operations are assumed.
    Owner,
    /// The time it may take.
    Limit,
    /// A role or a limit that cannot be read.
    Unread,
}

impl Lack {
    /// Message id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Translation => "playbook-import-translation",
            Self::About => "playbook-import-about",
            Self::Validity => "playbook-import-validity",
            Self::Trigger => "playbook-import-trigger",
            Self::Owner => "playbook-import-owner",
            Self::Limit => "playbook-import-limit",
            Self::Unread => "playbook-import-unread",
        }
    }
}

/// Why a list cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// There is no step in it.
    #[error(
        "there is no step in it: begin each with `- ` or `1. ` (Markdown), or write a header `section;step;role;limit` (CSV)"
    )]
    NoStep,
    /// A CSV line cannot be read.
    #[error("line {line}: {message}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// The header names no column for the steps.
    #[error("line 1: no column is called `step` (or `étape`, `text`, `action`)")]
    NoColumn,
    /// It is too long.
    #[error("it is longer than {} kB", FILE_MOST >> 10)]
    TooLong,
}

#[derive(Debug, Default)]
struct Step {
    line: usize,
    text: String,
    role: Option<Role>,
    limit_s: Option<u32>,
    warning: String,
    note: String,
    unread: bool,
}

#[derive(Debug, Default)]
struct Draft {
    title: String,
    about: String,
    sections: Vec<(String, Vec<Step>)>,
}

impl Draft {
    fn section(&mut self, title: &str) -> &mut Vec<Step> {
        let same = self.sections.last().is_some_and(|(known, _)| known == title);
        if !same {
            self.sections.push((title.to_owned(), Vec::new()));
        }
        let last = self.sections.len() - 1;
        &mut self.sections[last].1
    }

    fn last_step(&mut self) -> Option<&mut Step> {
        self.sections.last_mut()?.1.last_mut()
    }
}

/// Makes a playbook from a Markdown checklist (`# title`, `## section`, `- [ ] step`) or, when `csv` is set, from a
/// list with a header (`section;step;role;limit;warning;note`). `name` gives the id, `lang` is the list's language.
///
/// # Errors
/// [`ImportError`] when there is no step in it, or a line of the CSV cannot be read.
pub fn import(name: &str, text: &str, csv: bool, lang: LangId) -> Result<Imported, ImportError> {
    if text.len() > FILE_MOST {
        return Err(ImportError::TooLong);
    }
    let draft = if csv { from_csv(text)? } else { from_markdown(text) };
    if draft.sections.iter().all(|(_, steps)| steps.is_empty()) {
        return Err(ImportError::NoStep);
    }
    Ok(write(name, &draft, lang))
}

fn from_markdown(text: &str) -> Draft {
    let mut draft = Draft::default();
    let mut section = String::new();
    for (i, raw) in text.lines().enumerate() {
        let line = raw.trim();
        let indented = raw.starts_with([' ', '\t']);
        if let Some(title) = line.strip_prefix("# ") {
            title.trim().clone_into(&mut draft.title);
        } else if line.starts_with("##") {
            line.trim_start_matches('#').trim().clone_into(&mut section);
        } else if let Some(item) = item(line) {
            if let Some(step) = draft.last_step().filter(|_| indented) {
                // What is indented below a step says more about it.
                join(&mut step.note, item);
            } else {
                let mut step = Step { line: i + 1, ..Step::default() };
                read_item(item, &mut step);
                draft.section(&section).push(step);
            }
        } else if !line.is_empty() {
            match draft.last_step() {
                Some(step) if indented || !step.note.is_empty() => join(&mut step.note, line),
                Some(_) => {}
                None => join(&mut draft.about, line),
            }
        }
    }
    draft
}

fn join(to: &mut String, text: &str) {
    if !to.is_empty() {
        to.push(' ');
    }
    to.push_str(text.trim());
}

/// The words of a list item: `- x`, `* x`, `+ x`, `- [ ] x`, `1. x`, `1) x`.
fn item(line: &str) -> Option<&str> {
    let rest = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark)).or_else(|| {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let rest = line.get(digits..).filter(|_| digits > 0)?;
        rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") "))
    })?;
    let rest = rest.trim_start();
    let boxed = ["[ ]", "[x]", "[X]", "☐", "☑"].iter().find_map(|mark| rest.strip_prefix(mark));
    Some(boxed.unwrap_or(rest).trim()).filter(|rest| !rest.is_empty())
}

/// Takes `Liaison: call the prefect (15 min)` apart.
fn read_item(item: &str, step: &mut Step) {
    let mut text = item.replace("**", "");
    if let Some((who, what)) = text.split_once(':')
        && let Some(role) = role(who)
        && !what.trim().is_empty()
    {
        step.role = Some(role);
        text = String::from(what.trim());
    }
    while let Some(inside) = text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, inside)| inside) {
        if let Some(seconds) = duration(inside).filter(|_| step.limit_s.is_none()) {
            step.limit_s = Some(seconds);
        } else if let Some(role) = role(inside).filter(|_| step.role.is_none()) {
            step.role = Some(role);
        } else {
            break;
        }
        let length = text.len() - inside.len() - 2;
        text.truncate(length);
        text.truncate(text.trim_end().len());
    }
    step.text = text;
}

fn duration(text: &str) -> Option<u32> {
    let text = text.trim().trim_start_matches(['<', '≤']).trim();
    parse_duration(text).ok().filter(|seconds| *seconds > 0)
}

/// A role by the words that cells use for it, in both languages.
fn role(word: &str) -> Option<Role> {
    Some(match crate::text::plain(word.trim()).as_str() {
        "director" | "directeur" | "directrice" | "dg" => Role::Director,
        "log-keeper" | "log keeper" | "historien" | "historienne" | "scribe" => Role::LogKeeper,
        "operations" | "exploitation" | "exploit." | "noc" | "technique" => Role::Operations,
        "communication" | "com" | "comm" | "comm." => Role::Communication,
        "anticipation" | "planning" | "planification" => Role::Anticipation,
        "liaison" | "liaisons" => Role::Liaison,
        _ => return None,
    })
}

fn from_csv(text: &str) -> Result<Draft, ImportError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let many = |c: char| first.matches(c).count();
    let delimiter = if many(';') >= many(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let wrong = |error: &csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        ImportError::Line { line: usize::try_from(line).unwrap_or(1), message: error.to_string() }
    };
    let header = reader.headers().map_err(|error| wrong(&error))?.clone();
    let column =
        |names: &[&str]| header.iter().position(|name| names.contains(&crate::text::plain(name.trim()).as_str()));
    let texts = column(&["step", "etape", "text", "texte", "action", "task", "tache"]).ok_or(ImportError::NoColumn)?;
    let sections = column(&["section", "phase", "partie"]);
    let roles = column(&["role", "owner", "who", "qui", "responsable"]);
    let limits = column(&["limit", "hard", "limite", "delai", "duree", "time"]);
    let warnings = column(&["warning", "attention", "risk", "risque"]);
    let notes = column(&["note", "notes", "remarque", "comment", "commentaire"]);
    let mut draft = Draft::default();
    for record in reader.records() {
        let record = record.map_err(|error| wrong(&error))?;
        let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(str::trim).unwrap_or_default();
        let mut step = Step { line, text: cell(Some(texts)).to_owned(), ..Step::default() };
        if step.text.is_empty() {
            continue;
        }
        step.role = role(cell(roles));
        step.limit_s = duration(cell(limits));
        step.unread =
            (step.role.is_none() && !cell(roles).is_empty()) || (step.limit_s.is_none() && !cell(limits).is_empty());
        cell(warnings).clone_into(&mut step.warning);
        cell(notes).clone_into(&mut step.note);
        // What could not be read is kept as it stands.
        for (known, words) in [(step.role.is_some(), cell(roles)), (step.limit_s.is_some(), cell(limits))] {
            if !known && !words.is_empty() {
                join(&mut step.note, words);
            }
        }
        draft.section(cell(sections)).push(step);
    }
    Ok(draft)
}

/// An id from words: `Appeler le préfet` → `appeler-le-prefet`; another one when it is taken.
fn id(words: &str, fallback: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = crate::text::plain(words);
    let parts = plain.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let mut slug = String::new();
    for part in parts {
        if !slug.is_empty() && slug.len() + part.len() > 32 {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(part.chars().take(32));
    }
    if slug.is_empty() {
        fallback.clone_into(&mut slug);
    }
    let mut unique = slug.clone();
    let mut n = 2;
    while !taken.insert(unique.clone()) {
        unique = format!("{slug}-{n}");
        n += 1;
    }
    unique
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string()
}

fn write(name: &str, draft: &Draft, lang: LangId) -> Imported {
    let words = |text: &str| format!("{{ {lang} = {} }}", quoted(text));
    let mut missing = Vec::new();
    let mut lack = |line: usize, step: &str, what: Lack| {
        missing.push(Missing { line, step: step.to_owned(), what });
    };
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let own = id(stem, "playbook", &mut BTreeSet::new());
    let title = if draft.title.is_empty() { stem } else { &draft.title };
    let about = if draft.about.is_empty() { title } else { &draft.about };
    lack(0, "", Lack::Translation);
    if draft.about.is_empty() {
        lack(0, "", Lack::About);
    }
    lack(0, "", Lack::Validity);
    lack(0, "", Lack::Trigger);
    let mut body = String::new();
    // Writing to a String cannot fail.
    let _ = write!(body, "id = \"{own}\"\nversion = \"0.1.0\"\ntitle = {}\nabout = {}\n", words(title), words(about));
    let (mut sections, mut steps) = (BTreeSet::new(), BTreeSet::new());
    for (heading, list) in draft.sections.iter().filter(|(_, list)| !list.is_empty()) {
        let shown = if heading.is_empty() { title } else { heading };
        let section = id(shown, "section", &mut sections);
        let _ = write!(body, "\n[[section]]\nid = \"{section}\"\ntitle = {}\nstyle = \"read-do\"\n", words(shown));
        for step in list {
            let step_id = id(&step.text, "step", &mut steps);
            let role = step.role.unwrap_or(Role::Operations);
            let _ = write!(
                body,
                "\n[[section.step]]\nid = \"{step_id}\"\ntext = {}\nrole = \"{}\"\n",
                words(&step.text),
                super::parse::role_word(role)
            );
            match step.limit_s {
                Some(seconds) => {
                    let _ = writeln!(body, "hard = \"{}\"", print_duration(seconds));
                }
                None => lack(step.line, &step_id, Lack::Limit),
            }
            for (key, text) in [("warning", &step.warning), ("note", &step.note)] {
                if !text.is_empty() {
                    let _ = writeln!(body, "{key} = {}", words(text));
                }
            }
            if step.role.is_none() {
                lack(step.line, &step_id, Lack::Owner);
            }
            if step.unread {
                lack(step.line, &step_id, Lack::Unread);
            }
        }
    }
    Imported { id: own, toml: body, missing }
}
