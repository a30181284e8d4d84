//! `vigie report sitrep|can|handover [INCIDENT]`: points de situation and handovers as files for people.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use clap::{Subcommand, ValueEnum};

use super::launch::find;
use super::out::Out;
use super::{Context, Exit, Failure};
use crate::incident::event::Role;
use crate::incident::record::SitrepVariant;
use crate::lang::Arg;
use crate::network::Said;
use crate::report::document::{Document, Form};
use crate::report::package::Reader;
use crate::report::{handover, sitrep};
use crate::session::{Outcome, Session};

/// Points de situation and handovers.
#[derive(Debug, Subcommand)]
pub enum Report {
    /// The draft of a point de situation as of now; or a recorded one by its number
    Sitrep(Sitrep),
    /// The short form: conditions, actions, needs
    Can(Sitrep),
    /// The package of a handover as of now; or the last recorded one
    Handover(Handover),
    /// The after-action report of an exercise: HTML, Markdown, improvement plan as CSV
    Retex(super::retex::Retex),
    /// What changed from one exercise to the next
    Compare(super::retex::Compare),
}

/// A point de situation.
#[derive(Debug, clap::Args)]
pub struct Sitrep {
    /// Folder, id or part of an id [default: the newest]
    incident: Option<String>,
    /// The recorded one of this number, with its approval and four words
    #[arg(long, value_name = "N")]
    number: Option<u32>,
    #[command(flatten)]
    target: Target,
}

/// A handover.
#[derive(Debug, clap::Args)]
pub struct Handover {
    /// Folder, id or part of an id [default: the newest]
    incident: Option<String>,
    /// Roles that change hands (director, log-keeper…) [default: one's own]
    #[arg(long = "role", value_name = "ROLE", value_parser = role)]
    roles: Vec<Role>,
    /// The last handover of the log, with its answer
    #[arg(long)]
    recorded: bool,
    #[command(flatten)]
    target: Target,
}

/// Where to and in which form.
#[derive(Debug, clap::Args)]
pub(super) struct Target {
    /// md, html (prints on A4) or txt (to paste)
    #[arg(long, value_enum, default_value = "md")]
    format: Kind,
    /// Folder to write into; - for standard output
    #[arg(long, short, default_value = ".", value_name = "DIR")]
    output: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Md,
    Html,
    Txt,
}

impl Target {
    /// Writes a document: to standard output, or to a file that takes no other one's place.
    pub(super) fn write(&self, document: &Document, name: &str) -> Result<(), Failure> {
        let form = match self.format {
            Kind::Md => Form::Markdown,
            Kind::Html => Form::Html,
            Kind::Txt => Form::Text,
        };
        let text = document.render(form);
        if self.output == "-" {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()?;
            return Ok(());
        }
        let path = write_free(Path::new(&self.output), &document.file_name(name, form), &text)?;
        let mut out = Out::new();
        out.line(&path.display().to_string())?;
        out.flush()?;
        Ok(())
    }
}

/// Writes a file beside those that are there: an earlier one keeps its name.
pub(super) fn write_free(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::at(folder, &error))?;
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "txt"));
    let mut number = 1;
    loop {
        let path = match number {
            1 => folder.join(name),
            number => folder.join(format!("{stem}-{number}.{extension}")),
        };
        match fs::File::create_new(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes()).map_err(|error| Failure::at(&path, &error))?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(Failure::at(&path, &error)),
        }
    }
}

fn role(word: &str) -> Result<Role, Said> {
    crate::config::role_word(word).ok_or_else(|| crate::config::no_role(word))
}

impl Report {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Sitrep(args) => args.run(context, SitrepVariant::Full),
            Self::Can(args) => args.run(context, SitrepVariant::Can),
            Self::Handover(args) => args.run(context),
            Self::Retex(args) => args.run(context),
            Self::Compare(args) => args.run(context),
        }
    }
}

/// The incident, read-only, with everything loaded.
pub(super) fn watched(context: &Context, name: Option<&str>) -> Result<Session, Failure> {
    let path = find(context, name)?;
    let mut session = Session::watch(context.setup(), &path)?;
    let (wake, woken) = channel();
    // A send that fails means that nobody waits any more.
    session.waker(Box::new(move || {
        let _ = wake.send(());
    }));
    loop {
        for outcome in session.pump() {
            if let Outcome::Failed { why } = outcome {
                return Err(Failure::input(why));
            }
        }
        if session.progress().is_none() && session.log().complete() {
            return Ok(session);
        }
        match woken.recv_timeout(session.next_wake().unwrap_or(Duration::from_secs(1))) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(session),
        }
    }
}

impl Sitrep {
    fn run(self, context: &Context, variant: SitrepVariant) -> Result<Exit, Failure> {
        let session = watched(context, self.incident.as_deref())?;
        let incident = session.incident();
        let reader = Reader { genesis: incident.genesis(), lang: &context.lang, tz: session.zone() };
        let (document, number) = if let Some(number) = self.number {
            let recorded = incident.sitreps().iter().rev().find(|sitrep| sitrep.number == number);
            let Some(recorded) = recorded else {
                let args = [("n", Arg::from(number)), ("of", Arg::from(incident.sitreps().len()))];
                return Err(Failure::input(context.lang.ta("document-no-such-sitrep", &args)));
            };
            (reader.sitrep(recorded), number)
        } else {
            let now = session.now_incident();
            let situation = session.situation(now, &context.lang);
            let draft = sitrep::draft(&situation.input(&session, &context.lang, variant));
            (reader.draft(&draft), draft.number)
        };
        let kind = match variant {
            SitrepVariant::Full => "sitrep",
            SitrepVariant::Can => "can",
        };
        self.target.write(&document, &format!("{}_{kind}-{number}", incident.genesis().inc))?;
        Ok(Exit::Ok)
    }
}

impl Handover {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = watched(context, self.incident.as_deref())?;
        let incident = session.incident();
        let reader = Reader { genesis: incident.genesis(), lang: &context.lang, tz: session.zone() };
        let document = if self.recorded {
            let Some(last) = incident.handovers().last() else {
                return Err(Failure::input(context.lang.t("document-no-handover")));
            };
            reader.handover(last)
        } else {
            let roles = if self.roles.is_empty() { vec![session.author().role] } else { self.roles };
            let now = session.now_incident();
            let situation = session.situation(now, &context.lang);
            let input = situation.input(&session, &context.lang, SitrepVariant::Full);
            reader.handover_draft(&handover::draft(&input, &roles), &roles, now)
        };
        self.target.write(&document, &format!("{}_handover", incident.genesis().inc))?;
        Ok(Exit::Ok)
    }
}
