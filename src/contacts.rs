//! The directory: whom to call, by what means, who keeps the row true, when it was last tested. Substitute and back-up
//! numbers live there too.
//!
//! Dead contact data is a killer: every row has a day on which it was last tested, and is *stale* after a while. A call
//! that the log records is a test. `docs/contacts-format.md` is the specification of the file.
//!
//! Does not belong here: drawing, disk (the caller reads the folder of the user's own directory).

use std::collections::BTreeSet;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::incident::crisis::ContactCall;
use crate::incident::{DeadlineSource, Debt, DebtKind, Incident};
use crate::network::{Said, Text};
use crate::text::document::{Document, Problem, Problems, Table, write};

/// A contact is stale this many days after its last test, where its row does not say otherwise.
pub const STALE_AFTER_DAYS: u32 = 90;

/// What a row of the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ContactKind {
    /// Somebody to call.
    #[default]
    Person,
    /// A number that is published when a short number fails.
    Substitute,
    /// A number that only professionals know.
    Backup,
}

/// A row of the directory.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    /// Id, as steps of playbooks and entries of the log name it.
    pub id: String,
    /// What it is.
    pub kind: ContactKind,
    /// What the person does there.
    pub role: Text,
    /// Organisation.
    pub organisation: String,
    /// Numbers, addresses, radio, the first to try first.
    pub means: Vec<String>,
    /// Who keeps the row true (a role word, or a name).
    pub owner: String,
    /// The day it was last tested, as the file says; `None` = never.
    pub last_tested: Option<NaiveDate>,
    /// Stale after so many days.
    pub stale_after_days: u32,
    /// The centre that answers (substitute and back-up numbers).
    pub centre: String,
    /// The way it takes: `fixed`, `ip`, `mobile`.
    pub path: String,
    /// Lines that can be taken at once; `None` = not known.
    pub lines: Option<u32>,
    /// Remark.
    pub note: Option<Text>,
}

/// How far a contact can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Tested lately, at this time.
    Fresh(DateTime<Utc>),
    /// Tested too long ago.
    Stale(DateTime<Utc>),
    /// The last call of this incident reached nobody.
    Unreached(DateTime<Utc>),
    /// Never tested.
    Never,
}

impl Freshness {
    /// Can it be trusted?
    pub fn is_fresh(self) -> bool {
        matches!(self, Self::Fresh(_))
    }
}

impl Contact {
    /// How far it can be trusted at `now` (incident time); `calls` are those that the log records. A call that reached
    /// somebody is a test; when the last one reached nobody, the contact is not fresh whatever was before. The file
    /// grows old on the wall (`today`), in exercises too.
    pub fn freshness(&self, now: DateTime<Utc>, today: NaiveDate, calls: &[ContactCall]) -> Freshness {
        let calls = || calls.iter().filter(|call| call.origin.at <= now);
        if let Some(last) = calls().max_by_key(|call| call.origin.at).filter(|call| !call.reached) {
            return Freshness::Unreached(last.origin.at);
        }
        let filed = self.last_tested.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let called = calls().filter(|call| call.reached).map(|call| call.origin.at).max();
        let days = TimeDelta::days(i64::from(self.stale_after_days));
        match (called, filed, self.last_tested) {
            (Some(at), ..) if now - at <= days => Freshness::Fresh(at),
            (_, Some(at), Some(day)) if today - day <= days => Freshness::Fresh(at),
            _ => called.max(filed).map_or(Freshness::Never, Freshness::Stale),
        }
    }
}

/// All rows, in the order of the files.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Directory {
    contacts: Vec<Contact>,
    example: bool,
}

impl Directory {
    /// The invented directory that comes with the program.
    pub fn example() -> &'static Self {
        static EXAMPLE: OnceLock<Directory> = OnceLock::new();
        EXAMPLE.get_or_init(|| {
            // A test reads the file: a mistake in it cannot leave the house.
            let contacts = parse("example.toml", include_str!("../assets/contacts/example.toml")).unwrap_or_default();
            Self { contacts, example: true }
        })
    }

    /// The directory of these files (name and text); without files, the example. Mistakes are in the second part, and a
    /// file that has one is left out.
    pub fn new(files: &[(String, String)]) -> (Self, Vec<Problem>) {
        if files.is_empty() {
            return (Self::example().clone(), Vec::new());
        }
        let (mut contacts, mut wrong) = (Vec::<Contact>::new(), Vec::new());
        for (name, text) in files {
            let rows = match parse(name, text) {
                Ok(rows) => rows,
                Err(problems) => {
                    wrong.extend(problems.0);
                    continue;
                }
            };
            for row in rows {
                if contacts.iter().any(|known| known.id == row.id) {
                    wrong.push(Problem {
                        file: name.clone(),
                        line: 0,
                        column: 1,
                        message: Said::new("doc-contact-elsewhere").with("id", &row.id),
                        mend: Some(Said::new("doc-mend-one-file")),
                    });
                } else {
                    contacts.push(row);
                }
            }
        }
        (Self { contacts, example: false }, wrong)
    }

    /// Is it the invented one? Nobody is to be called by it.
    pub fn is_example(&self) -> bool {
        self.example
    }

    /// All rows.
    pub fn contacts(&self) -> &[Contact] {
        &self.contacts
    }

    /// A row by its id.
    pub fn get(&self, id: &str) -> Option<&Contact> {
        self.contacts.iter().find(|contact| contact.id == id)
    }

    /// Contacts that cannot be trusted, as debts of an incident: those of `wanted` (ids that open playbooks name), or all.
    pub fn debts(
        &self,
        incident: &Incident,
        now: DateTime<Utc>,
        today: NaiveDate,
        wanted: Option<&BTreeSet<String>>,
    ) -> Vec<Debt> {
        let opened = incident.genesis().at.to_utc();
        let rows = self.contacts.iter().filter(|contact| wanted.is_none_or(|ids| ids.contains(&contact.id)));
        let debt = |contact: &Contact| {
            let fresh = contact.freshness(now, today, incident.contact_calls(&contact.id));
            let since = match fresh {
                Freshness::Fresh(_) => return None,
                Freshness::Unreached(at) => at,
                Freshness::Stale(at) => at + TimeDelta::days(i64::from(contact.stale_after_days)),
                Freshness::Never => opened,
            };
            let name = |role: &str| format!("{role} · {}", contact.organisation);
            Some(Debt {
                kind: DebtKind::Contact,
                label: Text { fr: name(&contact.role.fr), en: name(&contact.role.en) },
                since,
                owner: contact.owner.clone(),
                source: DeadlineSource::Contact(contact.id.clone()),
                payable: true,
                missing: Vec::new(),
            })
        };
        rows.filter_map(debt).collect()
    }
}

/// Reads one file of contacts.
///
/// # Errors
/// All mistakes at once, each with file, line, column and mend.
pub fn parse(file: &str, text: &str) -> Result<Vec<Contact>, Problems> {
    let document = Document::parse(file, text)?;
    let root = document.root();
    let (mut found, mut ids) = (Vec::new(), BTreeSet::new());
    for mut row in root.tables("contact") {
        row.name("[[contact]]");
        found.extend(contact(&row, &mut ids));
        row.finish();
    }
    root.finish();
    document.finish(Some(found))
}

fn contact(row: &Table<'_>, ids: &mut BTreeSet<String>) -> Option<Contact> {
    let id = row.string("id", write("id = \"codis-59\""));
    if let Some(id) = &id {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.value.is_empty() || !id.value.chars().all(good) {
            let message = Said::new("doc-not-an-id").with("id", &id.value);
            row.problem(id.span.clone(), message, Said::new("doc-mend-id"));
        } else if !ids.insert(id.value.clone()) {
            let message = Said::new("doc-twice").with("what", Said::new("doc-contact").with("id", &id.value));
            row.problem(id.span.clone(), message, Said::new("doc-mend-other-id"));
        }
    }
    let words =
        [("person", ContactKind::Person), ("substitute", ContactKind::Substitute), ("backup", ContactKind::Backup)];
    let kind = row.opt_word("kind", &words).map_or(ContactKind::Person, |at| at.value);
    let role = row.text("role");
    let organisation = row.string("organisation", write("organisation = \"SDIS 59\""));
    let means: Vec<String> = row.strings("means").into_iter().map(|at| at.value).collect();
    if means.iter().all(|one| one.trim().is_empty()) {
        row.problem(row.span(), Said::new("doc-no-means"), write("means = [\"03 20 00 00 00\"]"));
    }
    let owner = row.string("owner", write("owner = \"liaison\""));
    let last_tested = row.opt_date("last_tested").map(|at| at.value);
    let days = row.opt_integer("stale_after_days", 1..3_651);
    let words = |key| row.opt_string(key).map(|at| at.value).unwrap_or_default();
    let (centre, path) = (words("centre"), words("path"));
    let lines = row.opt_integer("lines", 1..100_001).and_then(|at| u32::try_from(at.value).ok());
    let note = row.opt_text("note");
    if kind != ContactKind::Person && centre.trim().is_empty() {
        row.problem(row.span(), Said::new("doc-no-centre"), write("centre = \"SAMU 59\""));
    }
    Some(Contact {
        id: id?.value,
        kind,
        role: role?,
        organisation: organisation?.value,
        means,
        owner: owner?.value,
        last_tested,
        stale_after_days: days.and_then(|at| u32::try_from(at.value).ok()).unwrap_or(STALE_AFTER_DAYS),
        centre,
        path,
        lines,
        note,
    })
}

#[cfg(test)]
mod tests;
