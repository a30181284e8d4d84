//! `vigie report retex INCIDENT`, `vigie report compare EX1 EX2`: what is learnt from an exercise.

use std::path::{Path, PathBuf};

use super::launch::find;
use super::out::{Out, ready};
use super::usage::within;
use super::{Context, Exit, Failure};
use crate::forecast::counterfactual::FEWEST;
use crate::network::Said;
use crate::report::document::Form;
use crate::report::retex;
use crate::session;

/// After-action report: one HTML page that needs nothing else, Markdown, and the improvement plan as CSV.
#[derive(Debug, clap::Args)]
pub struct Retex {
    /// Folder, id or part of an id [default: the newest]
    incident: Option<String>,
    /// Runs of each counterfactual: the same exercise with a measure earlier or not taken; 0: none, else at least 20
    #[arg(long, default_value_t = 100, value_parser = within::<u32>(0, 10_000))]
    runs: u32,
    /// Threads; the results do not depend on them
    #[arg(long, default_value_t = 2, value_parser = within::<u16>(1, 256))]
    threads: u16,
    /// Folder to write into
    #[arg(long, short, default_value = ".")]
    output: PathBuf,
}

/// What changed from one exercise to the next.
#[derive(Debug, clap::Args)]
pub struct Compare {
    /// The earlier exercise: folder, id or part of an id
    before: String,
    /// The later one
    after: String,
    /// Folder to write into
    #[arg(long, short, default_value = ".")]
    output: PathBuf,
}

impl Retex {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if (1..FEWEST).contains(&self.runs) {
            let runs = self.runs.to_string();
            return Err(Failure::usage(Said::new("cli-too-few-runs").with("runs", runs))
                .next(Said::new("cli-next-runs").with("least", FEWEST.to_string())));
        }
        let path = find(context, self.incident.as_deref())?;
        ready(&self.output)?;
        let mut material = session::study(&context.setup(), &path)?;
        if self.runs > 0 {
            let bar = super::compare::bar(self.runs.next_multiple_of(2) as usize / 2);
            let step = || bar.inc(1);
            material.what_if = session::what_if(&context.setup(), &path, self.runs, usize::from(self.threads), &step)?;
            bar.finish_and_clear();
        }
        let document = retex::retex(&material, &context.lang);
        let inc = &material.incident.genesis().inc;
        let mut out = Out::new();
        for form in [Form::Html, Form::Markdown] {
            let name = document.file_name(&format!("{inc}-retex"), form);
            write(&self.output, &name, &document.render(form), &mut out)?;
        }
        let separator = if context.lang.id() == crate::lang::LangId::Fr { b';' } else { b',' };
        let plan = retex::improvements_csv(&material, &context.lang, separator)
            .map_err(|error| Failure::failed(error.to_string()))?;
        let name = document.file_name(&format!("{inc}-improvements"), Form::Text);
        write(&self.output, &name.replace(".txt", ".csv"), &format!("\u{feff}{plan}"), &mut out)?;
        out.flush()?;
        Ok(Exit::Ok)
    }
}

impl Compare {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let read = |name: &str| -> Result<retex::Material, Failure> {
            Ok(session::study(&context.setup(), &find(context, Some(name))?)?)
        };
        let (before, after) = (read(&self.before)?, read(&self.after)?);
        let document = retex::compare(&before, &after, &context.lang);
        let inc = &after.incident.genesis().inc;
        let mut out = Out::new();
        for form in [Form::Html, Form::Markdown] {
            let name = document.file_name(&format!("{inc}-compare"), form);
            write(&self.output, &name, &document.render(form), &mut out)?;
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}

/// Writes a file and says its name.
fn write(folder: &Path, name: &str, text: &str, out: &mut Out) -> Result<(), Failure> {
    let path = super::report::write_free(folder, name, text)?;
    Ok(out.line(&path.display().to_string())?)
}
