//! `vigie paper`: the paper kit, for the night when the machine is down.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::out::Out;
use super::report::write_free;
use super::usage::within;
use super::{Context, Exit, Failure};
use crate::clock::Clock;
use crate::contacts::Contact;
use crate::incident::clocks;
use crate::lang::{Arg, Lang, LangId};
use crate::report::document::{Document, Form};
use crate::report::paper::{self, ContactRow};
use crate::session;

/// Blank log sheets, playbooks, contacts and the card of the first ten minutes, to print on A4.
#[derive(Debug, clap::Args)]
pub struct Paper {
    /// Folder to write into
    #[arg(long, short, default_value = ".", value_name = "DIR")]
    output: PathBuf,
    /// Sheets of the log
    #[arg(long, default_value_t = 10, value_parser = within::<u32>(1, 500))]
    sheets: u32,
    /// Number of the first sheet, when paper was used before
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = within::<u32>(1, 99_999))]
    from: u32,
}

impl Paper {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let library = session::playbooks(&context.config);
        let (directory, wrong) = session::contacts(&context.config);
        if !wrong.is_empty() {
            return Err(Failure::input(crate::text::document::Problems(wrong)));
        }
        // The shipped example is invented: on paper somebody would call it.
        let contacts = if directory.is_example() { &[] } else { directory.contacts() };
        let now = Clock::system().now().wall;
        let mut out = Out::new();
        // A language that was asked for alone; else both, for whoever is there that night.
        let asked = context.config.lang.value.is_some();
        let languages = if asked { vec![context.lang.id()] } else { vec![LangId::Fr, LangId::En] };
        for id in languages {
            let lang = Lang::new(id);
            let mut documents: Vec<(String, Document)> = vec![
                ("1-card".to_owned(), paper::card(library.iter().map(AsRef::as_ref), clocks::shipped(), &lang)),
                ("2-log".to_owned(), paper::log_sheets(self.from, self.sheets, &lang)),
                ("3-contacts".to_owned(), paper::contacts(&rows(contacts, now, &lang), &lang)),
            ];
            documents.extend(
                library.iter().map(|sheet| (format!("4-playbook-{}", sheet.id), paper::checklist(sheet, &lang))),
            );
            for (name, document) in documents {
                let text = document.render(Form::Html);
                let path = write_free(&self.output, &document.file_name(&format!("{id}-{name}"), Form::Html), &text)?;
                out.line(&path.display().to_string())?;
            }
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}

/// Contacts as they stand on paper: a stale one says so.
fn rows(contacts: &[Contact], now: DateTime<Utc>, lang: &Lang) -> Vec<ContactRow> {
    let row = |contact: &Contact| {
        let tested = contact.last_tested.map_or_else(String::new, |day| day.to_string());
        let fresh = contact.freshness(now, now.date_naive(), &[]).is_fresh();
        ContactRow {
            role: lang.of(&contact.role).to_owned(),
            organisation: contact.organisation.clone(),
            means: contact.means.join("\n"),
            tested: if fresh { tested } else { lang.ta("paper-stale", &[("day", Arg::Str(&tested))]) },
        }
    };
    contacts.iter().map(row).collect()
}
