//! `vigie compare A.toml B.toml`: the same crises and callers before and after a proposed change.

use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};

use super::fail::one_of;
use super::out::{Out, ready};
use super::usage::within;
use super::{Context, Exit, Failure};
use crate::forecast::compare::compare;
use crate::forecast::setup::{Crisis, Proposal, SetupError};
use crate::forecast::shipped;
use crate::lang::Arg;
use crate::network::{Said, Source, find};
use crate::report::compare::Page;
use crate::report::document::Form;

/// Compare networks under the same crises and the same callers.
#[derive(Debug, clap::Args)]
pub struct Compare {
    /// Network as it is: `france` or a file [default: france]
    before: Option<String>,
    /// Networks as proposed: a shipped measure or a file [default: every shipped measure]
    after: Vec<String>,
    /// Folder of crises [default: the six that are shipped]
    #[arg(long, value_name = "DIR")]
    crises: Option<PathBuf>,
    /// Only these crises, by id
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Runs of each crisis on each network
    #[arg(long, default_value_t = 40, value_parser = within::<u32>(4, 100_000))]
    runs: u32,
    /// Root of all draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads; the results do not depend on them
    #[arg(long, default_value_t = 2, value_parser = within::<u16>(1, 256))]
    threads: u16,
    /// What is printed
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Also write `MODEL_compare.md`, .json, .csv and .html here
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Markdown,
    /// Every figure and every run.
    Json,
    /// One line a comparison.
    Csv,
    /// One file with plots.
    Html,
}

/// A network by the name of a shipped one or by its file; `B.crisis.toml` beside `B.toml` is what it changes of a crisis.
pub(super) fn network(name: &str, crises: &[Crisis]) -> Result<Proposal, Failure> {
    if name == "france" {
        return Ok(shipped::france()?);
    }
    if let Some(measure) = shipped::measure(name) {
        return Ok(measure?);
    }
    let path = Path::new(name);
    if path.extension().is_none_or(|e| e != "toml") {
        let known: Vec<&str> = shipped::measures().collect();
        return Err(Failure::input(Said::new("cli-no-network").with("name", name))
            .next(Said::new("cli-next-file-or").with("known", format!("france, {}", known.join(", ")))));
    }
    let sources = find(name, None)?;
    let mut after = std::collections::BTreeMap::new();
    for crisis in crises {
        let beside = path.with_extension(format!("{}.toml", crisis.id));
        if beside.is_file() {
            let text = std::fs::read_to_string(&beside).map_err(|error| Failure::unread(&beside, &error))?;
            after.insert(crisis.id.clone(), Source { name: beside.display().to_string(), text });
        }
    }
    let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Proposal { id, sources, after })
}

/// The crises of a folder, by name; without a folder, those that are shipped.
pub(super) fn crises(folder: Option<&Path>, only: &[String]) -> Result<Vec<Crisis>, Failure> {
    let mut out = Vec::new();
    match folder {
        None => {
            for id in shipped::crises() {
                out.extend(shipped::crisis(id).transpose()?);
            }
        }
        Some(folder) => {
            let wrong = |error: std::io::Error| Failure::unread(folder, &error);
            let mut files = Vec::new();
            for entry in std::fs::read_dir(folder).map_err(wrong)? {
                let path = entry.map_err(wrong)?.path();
                if path.extension().is_some_and(|e| e == "toml") {
                    files.push(path);
                }
            }
            files.sort();
            for path in files {
                let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
                out.push(Crisis { id, sources: find(&path.display().to_string(), None)? });
            }
        }
    }
    let only: Vec<&str> =
        only.iter().map(|id| if folder.is_none() { shipped::crisis_id(id) } else { id.as_str() }).collect();
    if let Some(unknown) = only.iter().find(|id| !out.iter().any(|c| c.id == **id)) {
        let known: Vec<&str> = out.iter().map(|c| c.id.as_str()).collect();
        return Err(Failure::input(Said::new("cli-no-crisis").with("name", *unknown)).next(one_of(&known.join(", "))));
    }
    out.retain(|crisis| only.is_empty() || only.contains(&crisis.id.as_str()));
    if out.is_empty() {
        return Err(Failure::input(Said::new("cli-no-crisis-at-all")).next(Said::new("cli-next-crises")));
    }
    Ok(out)
}

impl From<SetupError> for Failure {
    fn from(error: SetupError) -> Self {
        Self::input(error.to_string())
    }
}

/// A bar for long work, on stderr.
pub(super) fn bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}, {eta} left") {
        bar.set_style(style);
    }
    bar
}

impl Compare {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let crises = crises(self.crises.as_deref(), &self.only)?;
        let before = network(self.before.as_deref().unwrap_or("france"), &crises)?;
        let after: Vec<String> =
            if self.after.is_empty() { shipped::measures().map(str::to_owned).collect() } else { self.after.clone() };
        let after = after.iter().map(|name| network(name, &crises)).collect::<Result<Vec<_>, _>>()?;
        if let Some(folder) = &self.out {
            ready(folder)?;
        }
        let bar = bar(after.len() * crises.len() * self.runs.next_multiple_of(2) as usize);
        let mut comparisons = Vec::new();
        for proposal in &after {
            let step = || bar.inc(1);
            comparisons.push(compare(
                &before,
                proposal,
                &crises,
                self.runs,
                self.seed,
                usize::from(self.threads),
                &step,
            )?);
        }
        bar.finish_and_clear();
        let page = Page { comparisons: &comparisons, lang: &context.lang };
        let json = || -> Result<String, Failure> {
            let text = serde_json::to_string_pretty(&page.json()).map_err(|e| Failure::failed(e.to_string()))?;
            Ok(text + "\n")
        };
        let mut out = Out::new();
        if let Some(folder) = &self.out {
            let document = page.document();
            let rendered = [Form::Markdown, Form::Html].map(|form| (form.extension(), document.render(form)));
            let files = rendered.into_iter().chain([("json", json()?), ("csv", page.csv())]);
            for (extension, text) in files {
                let path = folder.join(format!("{}_compare.{extension}", document.marking.word()));
                std::fs::write(&path, text).map_err(|e| Failure::at(&path, &e))?;
                out.line(&context.lang.ta("compare-done", &[("file", Arg::Str(&path.display().to_string()))]))?;
            }
        } else {
            match self.format {
                Format::Markdown => {
                    for line in page.document().render(Form::Markdown).lines() {
                        out.line(line)?;
                    }
                }
                Format::Json => out.raw(json()?.as_bytes())?,
                Format::Csv => out.raw(page.csv().as_bytes())?,
                Format::Html => out.raw(page.document().render(Form::Html).as_bytes())?,
            }
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}
