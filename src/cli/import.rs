//! `vigie import CSV --mapping FILE`: a past log of one's own becomes an incident that can be replayed.

use std::path::PathBuf;

use super::out::Out;
use super::{Context, Exit, Failure};
use crate::feed::import::{Mapping, import, utf8};
use crate::lang::Arg;
use crate::session;

/// Bring in a past log as CSV.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// The CSV file
    csv: PathBuf,
    /// Which column is what (see docs/import.md); `vigie`: our own CSV export
    #[arg(long)]
    mapping: PathBuf,
    /// Title of the incident [default: name of the file]
    #[arg(long)]
    title: Option<String>,
    /// Check only: write nothing
    #[arg(long)]
    check: bool,
}

impl Import {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let read = |path: &PathBuf| std::fs::read(path).map_err(|error| Failure::unread(path, &error));
        let input = |errors: crate::feed::import::ImportErrors| Failure::input(errors);
        let (mapping_name, csv_name) = (self.mapping.display().to_string(), self.csv.display().to_string());
        let shipped = if self.mapping.exists() { None } else { Mapping::shipped(&mapping_name) };
        let mapping = match shipped {
            Some(mapping) => mapping,
            None => utf8(&mapping_name, &read(&self.mapping)?).and_then(|text| Mapping::parse(&mapping_name, text)),
        };
        let mapping = mapping.map_err(input)?;
        let csv = read(&self.csv)?;
        let lines = import(&csv_name, utf8(&csv_name, &csv).map_err(input)?, &mapping).map_err(input)?;
        let mut out = Out::new();
        let count = lines.len() as f64;
        if self.check {
            out.line(&context.lang.ta("cli-import-good", &[("lines", Arg::Num(count))]))?;
        } else {
            let stem = self.csv.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let title = self.title.unwrap_or_else(|| stem.clone());
            let tz = lines.iter().find_map(|line| line.own.as_ref()).map_or(mapping.tz, |own| own.tz);
            let path = session::import(&context.setup(), &title, (&csv_name, &csv), tz, lines)?;
            let inc = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            out.line(&context.lang.ta("cli-import-done", &[("lines", Arg::Num(count)), ("inc", Arg::Str(&inc))]))?;
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}
