//! `vigie contacts list|check`.

use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::out::Out;
use super::{Context, Exit, Failure};
use crate::clock::Clock;
use crate::contacts::{ContactKind, Directory, Freshness};
use crate::lang::{Arg, Lang};
use crate::text::document::Problems;

/// Check or show the directory of contacts.
#[derive(Debug, Subcommand)]
pub enum Contacts {
    /// Every contact, by what means, and when it was last tested
    List,
    /// Check the files of the directory, and name contacts that are stale
    Check,
}

impl Contacts {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let lang = &context.lang;
        let (directory, wrong) = crate::session::contacts(&context.config);
        if !wrong.is_empty() {
            return Err(Failure::input(Problems(wrong)));
        }
        let mut out = Out::new();
        let now = Clock::system().now().wall;
        if directory.is_example() {
            let folder = context.config.contacts_dir().display().to_string();
            out.line(&lang.ta("contacts-example", &[("folder", Arg::Str(&folder))]))?;
        }
        match self {
            Self::List => list(&directory, now, lang, &mut out)?,
            Self::Check => {
                let mut stale = 0_usize;
                for contact in directory.contacts() {
                    let fresh = contact.freshness(now, now.date_naive(), &[]);
                    if !fresh.is_fresh() {
                        stale += 1;
                        out.line(&format!("{}: {}", contact.id, words(fresh, lang)))?;
                    }
                }
                let args = [("all", Arg::from(directory.contacts().len())), ("stale", Arg::from(stale))];
                out.line(&lang.ta("contacts-checked", &args))?;
            }
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}

fn list(directory: &Directory, now: DateTime<Utc>, lang: &Lang, out: &mut Out) -> Result<(), Failure> {
    let head = ["id", "kind", "role", "organisation", "means", "owner", "tested"];
    let mut rows = vec![head.map(|column| lang.t(&format!("contacts-{column}"))).to_vec()];
    for contact in directory.contacts() {
        let kind = match contact.kind {
            ContactKind::Person => "contacts-person",
            ContactKind::Substitute => "contacts-substitute",
            ContactKind::Backup => "contacts-backup",
        };
        rows.push(vec![
            contact.id.clone(),
            lang.t(kind),
            lang.of(&contact.role).to_owned(),
            contact.organisation.clone(),
            contact.means.join(", "),
            contact.owner.clone(),
            words(contact.freshness(now, now.date_naive(), &[]), lang),
        ]);
    }
    Ok(out.table(&rows, &[])?)
}

/// How far a contact can be trusted, in words.
fn words(fresh: Freshness, lang: &Lang) -> String {
    let day = |id: &str, at: DateTime<Utc>| lang.ta(id, &[("day", Arg::Str(&at.date_naive().to_string()))]);
    match fresh {
        Freshness::Fresh(at) => day("contacts-fresh", at),
        Freshness::Stale(at) => day("contacts-stale", at),
        Freshness::Unreached(at) => day("contacts-unreached", at),
        Freshness::Never => lang.t("contacts-never"),
    }
}
