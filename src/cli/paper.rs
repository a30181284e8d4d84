//! `vigie paper`: the paper kit, for the night when the machine is down.

use std::path::PathBuf;

use super::out::Out;
use super::report::write_free;
use super::{Context, Exit, Failure};
use crate::incident::clocks;
use crate::lang::{Lang, LangId};
use crate::report::document::{Document, Form};
use crate::report::paper;
use crate::session;

/// Blank log sheets, playbooks, contacts and the card of the first ten minutes, to print on A4.
#[derive(Debug, clap::Args)]
pub struct Paper {
    /// Folder to write into
    #[arg(long, short, default_value = ".", value_name = "DIR")]
    output: PathBuf,
    /// Sheets of the log
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=500))]
    sheets: u32,
    /// Number of the first sheet, when paper was used before
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=99_999))]
    from: u32,
}

impl Paper {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let library = session::playbooks(&context.config);
        let mut out = Out::new();
        // A language that was asked for alone; else both, for whoever is there that night.
        let asked = context.config.lang.value.is_some();
        let languages = if asked { vec![context.lang.id()] } else { vec![LangId::Fr, LangId::En] };
        for id in languages {
            let lang = Lang::new(id);
            let mut documents: Vec<(String, Document)> = vec![
                ("1-card".to_owned(), paper::card(library.iter().map(AsRef::as_ref), clocks::shipped(), &lang)),
                ("2-log".to_owned(), paper::log_sheets(self.from, self.sheets, &lang)),
                ("3-contacts".to_owned(), paper::contacts(&[], &lang)),
            ];
            documents.extend(
                library.iter().map(|sheet| (format!("4-playbook-{}", sheet.id), paper::checklist(sheet, &lang))),
            );
            for (name, document) in documents {
                let text = document.render(Form::Html);
                let path = write_free(&self.output, &document, &format!("{id}-{name}"), Form::Html, &text)?;
                out.line(&path.display().to_string())?;
            }
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}
