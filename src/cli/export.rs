//! `vigie export INCIDENT --format md|csv|jsonl|cap`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::launch::find;
use super::out::Out;
use super::{Context, Exit, Failure};
use crate::incident::Incident;
use crate::lang::Arg;
use crate::report::cap::{self, NotActual};
use crate::report::{self, Exporter, Format};
use crate::session;
use crate::store::{Access, Folder, LogView};

/// Export a log for people or programs.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// Folder, id or part of an id [default: the newest]
    incident: Option<String>,
    /// md: for people; csv: for spreadsheets; jsonl: the evidence itself, byte for byte, with verify.py; cap: a message
    /// to the public as a CAP 1.2 draft, which vigie never transmits
    #[arg(long, value_enum, default_value = "md")]
    format: Kind,
    /// Folder to write into; - for standard output
    #[arg(long, short, default_value = ".", value_name = "DIR")]
    output: String,
    /// Separator of the CSV: , or ;
    #[arg(long, default_value = ",", value_parser = super::usage::separator)]
    separator: u8,
    /// md, csv: mask words, names and sources; the log itself stays whole, and what was masked is counted
    #[arg(long)]
    redact: bool,
    /// cap: which message to the public, from 1 [default: the newest]
    #[arg(long, value_name = "N")]
    message: Option<usize>,
    /// cap: status Actual, in a REAL incident and after two approvals by different people
    #[arg(long)]
    actual: bool,
    /// cap: status Actual though approvals are missing; the reason stands in the document
    #[arg(long, requires = "actual", value_name = "REASON")]
    break_glass: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Md,
    Csv,
    Jsonl,
    Cap,
}

/// The checker that every exported log carries.
const VERIFY_PY: &str = include_str!("../../assets/verify.py");

impl Export {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.redact && !matches!(self.format, Kind::Md | Kind::Csv) {
            return Err(Failure::usage(context.lang.t("export-redact-formats")));
        }
        let path = find(context, self.incident.as_deref())?;
        let folder = Folder::open(&path, Access::Read, &context.config.state.value)?;
        let (log, incident) = LogView::open(&folder)?;
        // An imported log keeps the file it was made from.
        let imported = fs::read(path.join("kept").join(session::IMPORTED_FILE)).ok();
        let provenance = imported.and_then(|bytes| report::Provenance::read(&bytes));
        let source = Source { log: &log, incident: &incident, provenance };
        if self.output == "-" {
            let masked = self.to(io::stdout().lock(), &source, context)?;
            if self.redact {
                writeln!(io::stderr().lock(), "{}", said_masked(masked, context))?;
            }
            return Ok(Exit::Ok);
        }
        let target = PathBuf::from(&self.output);
        fs::create_dir_all(&target).map_err(|error| at(&target, &error))?;
        let redacted = |extension: &str| format!("{}{extension}", if self.redact { "redacted." } else { "" });
        let (written, masked) = match self.format {
            Kind::Md => self.file(&target, &redacted("md"), &source, context)?,
            Kind::Csv => self.file(&target, &redacted("csv"), &source, context)?,
            Kind::Jsonl => (evidence(&folder, &target)?, 0),
            // Said first: a refusal leaves no empty file behind.
            Kind::Cap => {
                self.cap(&incident, context)?;
                self.file(&target, "cap.xml", &source, context)?
            }
        };
        let mut out = Out::new();
        out.line(&written.display().to_string())?;
        if self.redact {
            out.line(&said_masked(masked, context))?;
        }
        out.flush()?;
        Ok(Exit::Ok)
    }

    /// A message to the public as a CAP document.
    fn cap(&self, incident: &Incident, context: &Context) -> Result<String, Failure> {
        let lang = &context.lang;
        let of = incident.publics().len();
        let number = self.message.unwrap_or(of);
        let Some(message) = number.checked_sub(1).and_then(|index| incident.publics().get(index)) else {
            let args = [("of", Arg::from(of)), ("number", Arg::from(number))];
            return Err(Failure::input(if of == 0 { lang.t("cap-none") } else { lang.ta("cap-no-such", &args) }));
        };
        let ask = cap::Ask { actual: self.actual, break_glass: self.break_glass.clone() };
        cap::document(incident, message, &ask, lang).map_err(|why| {
            Failure::input(match why {
                NotActual::Mode => lang.t("cap-not-actual-mode"),
                NotActual::Approvals(count) => lang.ta("cap-not-actual-approvals", &[("count", Arg::from(count))]),
            })
        })
    }

    /// One file, named by mode and incident; an export never takes the place of an earlier one.
    fn file(
        &self,
        target: &Path,
        extension: &str,
        source: &Source<'_>,
        context: &Context,
    ) -> Result<(PathBuf, u64), Failure> {
        let genesis = source.incident.genesis();
        let path = free(target, |suffix| report::file_name(genesis, &format!("{suffix}{extension}")));
        let file = fs::File::create_new(&path).map_err(|error| at(&path, &error))?;
        let masked = self.to(io::BufWriter::new(file), source, context)?;
        Ok((path, masked))
    }

    /// Writes the export; gives how many entries were masked.
    fn to<W: Write>(&self, mut out: W, source: &Source<'_>, context: &Context) -> Result<u64, Failure> {
        let Source { log, incident, provenance } = source;
        let format = match self.format {
            Kind::Md => Format::Markdown,
            Kind::Csv => Format::Csv { separator: self.separator },
            Kind::Cap => {
                out.write_all(self.cap(incident, context)?.as_bytes())?;
                out.flush()?;
                return Ok(0);
            }
            Kind::Jsonl => {
                // The mode's word leads: line 1 is the genesis, then the lines as they are stored.
                let genesis = crate::text::json_line(incident.genesis()).map_err(|e| Failure::failed(e.to_string()))?;
                writeln!(out, "{genesis}")?;
                for position in 0..log.len() {
                    out.write_all(&log.bytes(position)?)?;
                    out.write_all(b"\n")?;
                }
                out.flush()?;
                return Ok(0);
            }
        };
        let exporter = Exporter::new(out, format, incident, &context.lang)?;
        let mut exporter = exporter.with_provenance(provenance.clone()).redacted(self.redact);
        for position in 0..log.len() {
            if let Some(entry) = log.get(position) {
                exporter.entry(&entry)?;
            }
        }
        let masked = exporter.masked();
        exporter.finish()?;
        Ok(masked)
    }
}

/// How many entries were masked.
fn said_masked(masked: u64, context: &Context) -> String {
    context.lang.ta("report-masked", &[("n", Arg::Num(masked as f64))])
}

/// What is exported.
struct Source<'a> {
    log: &'a LogView,
    incident: &'a Incident,
    /// What an imported log was before.
    provenance: Option<report::Provenance>,
}

/// The log byte for byte, with what it takes to check it without vigie.
fn evidence(folder: &Folder, target: &Path) -> Result<PathBuf, Failure> {
    let name = report::file_name(folder.genesis(), "");
    let name = name.trim_end_matches('.').to_owned();
    let path = free(target, |suffix| format!("{name}{}", suffix.trim_end_matches('.').trim_start_matches('-')));
    fs::create_dir(&path).map_err(|error| at(&path, &error))?;
    let copy = |from: &Path, to: &Path| fs::copy(from, to).map_err(|error| at(from, &error));
    copy(&folder.path().join("incident.json"), &path.join("incident.json"))?;
    for part in ["chains", "checkpoints", "kept", "side"] {
        let (from, to) = (folder.path().join(part), path.join(part));
        let Ok(entries) = fs::read_dir(&from) else { continue };
        fs::create_dir(&to).map_err(|error| at(&to, &error))?;
        for entry in entries.flatten() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
    }
    let checker = path.join("verify.py");
    fs::write(&checker, VERIFY_PY).map_err(|error| at(&checker, &error))?;
    Ok(path)
}

/// A name that is not taken yet: `name`, then `2-name`…
fn free(target: &Path, name: impl Fn(&str) -> String) -> PathBuf {
    let mut path = target.join(name(""));
    let mut number = 2;
    while path.exists() {
        path = target.join(name(&format!("{number}.")));
        number += 1;
    }
    path
}

fn at(path: &Path, error: &io::Error) -> Failure {
    Failure::at(path, error)
}
