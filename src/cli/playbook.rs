//! `vigie playbook lint|show|list|coverage|import`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use clap::Subcommand;

use super::fail::one_of;
use super::out::Out;
use super::{Context, Exit, Failure};
use crate::clock::Clock;
use crate::incident::clocks::{self, Delay};
use crate::lang::{Arg, Lang};
use crate::network::Said;
use crate::playbook::import::Lack;
use crate::playbook::lint::Level;
use crate::playbook::{self, Lint, Playbook as Sheet, SignOff, Style};
use crate::report::wording::role_id;
use crate::session;

/// Check or show playbooks.
#[derive(Debug, Subcommand)]
pub enum Playbook {
    /// Find missing owners, risky steps without back-out, limits longer than a legal clock
    Lint {
        /// Ids or files [default: all at hand]
        playbooks: Vec<String>,
    },
    /// Show a playbook
    Show {
        /// Id or file
        playbook: String,
    },
    /// The playbooks at hand
    List,
    /// Which playbooks answer which kind of fault, and which fault none answers
    Coverage {
        /// As JSON: fault → playbooks
        #[arg(long)]
        json: bool,
    },
    /// Make a playbook from a Markdown checklist or a CSV list, and say what is missing in it
    Import {
        /// `list.md` or `list.csv`
        file: PathBuf,
        /// Write it here [default: on the standard output]
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

impl Playbook {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut out = Out::new();
        let exit = match self {
            Self::Lint { playbooks } => lint(context, &playbooks, &mut out)?,
            Self::Show { playbook } => {
                show(&context.lang, &load(context, &playbook)?, &mut out)?;
                Exit::Ok
            }
            Self::Coverage { json } => coverage(context, json, &mut out)?,
            Self::Import { file, out: to } => {
                import(context, &file, to.as_deref(), &mut out)?;
                Exit::Ok
            }
            Self::List => {
                let library = session::playbooks(&context.config);
                let rows: Vec<Vec<String>> = library
                    .iter()
                    .map(|sheet| {
                        vec![sheet.id.clone(), sheet.version.clone(), context.lang.of(&sheet.title).to_owned()]
                    })
                    .collect();
                out.table(&rows, &[])?;
                Exit::Ok
            }
        };
        out.flush()?;
        Ok(exit)
    }
}

/// A playbook by id or from a file.
fn load(context: &Context, name: &str) -> Result<Sheet, Failure> {
    let path = Path::new(name);
    if path.is_file() {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::unread(path, &error))?;
        return playbook::parse(name, &text).map_err(Failure::input);
    }
    let library = session::playbooks(&context.config);
    library.get(name).map(|sheet| Sheet::clone(sheet)).ok_or_else(|| {
        let known: Vec<&str> = library.iter().map(|sheet| sheet.id.as_str()).collect();
        Failure::input(Said::new("cli-no-playbook").with("name", name)).next(one_of(&known.join(", ")))
    })
}

/// A playbook as it is read aloud: sections, steps, limits, what proves them.
fn show(lang: &Lang, sheet: &Sheet, out: &mut Out) -> Result<(), Failure> {
    out.line(&format!("{} ({}, {})", lang.of(&sheet.title), sheet.id, sheet.version))?;
    out.line(lang.of(&sheet.about))?;
    for section in &sheet.sections {
        let style = lang.t(match section.style {
            Style::ReadDo => "cli-playbook-read-do",
            Style::DoConfirm => "cli-playbook-do-confirm",
        });
        out.line("")?;
        out.line(&format!("{} ({style})", lang.of(&section.title)))?;
        for step in &section.steps {
            out.line(&format!("  [ ] {} ({}; {})", lang.of(&step.text), lang.t(role_id(step.role)), step.id))?;
            let say = |id: &str, value: &str| format!("      {}", lang.ta(id, &[("value", Arg::Str(value))]));
            for (id, seconds) in [("cli-playbook-soft", step.soft_s), ("cli-playbook-hard", step.hard_s)] {
                if let Some(seconds) = seconds {
                    out.line(&say(id, &lang.duration(TimeDelta::seconds(i64::from(seconds)))))?;
                }
            }
            for (id, text) in [
                ("cli-playbook-before", &step.precondition),
                ("cli-playbook-warning", &step.warning),
                ("cli-playbook-back-out", &step.back_out),
                ("cli-playbook-until", &step.until),
                ("cli-playbook-evidence", &step.evidence),
                ("cli-playbook-note", &step.note),
            ] {
                if let Some(text) = text {
                    out.line(&say(id, lang.of(text)))?;
                }
            }
            if !step.levers.is_empty() {
                out.line(&say("cli-playbook-levers", &step.levers.join(", ")))?;
            }
            if let Some(proof) = &step.proof {
                out.line(&say("cli-playbook-proof", proof))?;
            }
            for check in &step.checks {
                let text = format!("{} ({})", lang.of(&check.why), check.metric);
                out.line(&say("cli-playbook-check", &text))?;
            }
            for branch in &step.branches {
                let when = branch.when.as_ref().map(|when| lang.of(when)).unwrap_or_default();
                let id = if branch.gate { "cli-playbook-gate" } else { "cli-playbook-branch" };
                out.line(&say(id, &format!("{when} → {}", branch.go)))?;
            }
            if let Some(calls) = &step.calls {
                out.line(&say("cli-playbook-calls", calls))?;
            }
            match step.sign_off {
                SignOff::One => {}
                SignOff::Two => out.line(&format!("      {}", lang.t("cli-playbook-two")))?,
                SignOff::Director => out.line(&format!("      {}", lang.t("cli-playbook-director")))?,
            }
        }
    }
    for source in &sheet.sources {
        out.line(&format!("[{}] {} {}", source.id, source.title, source.address))?;
    }
    Ok(())
}

/// Fault kinds × playbooks; a fault that none answers is a hole.
fn coverage(context: &Context, json: bool, out: &mut Out) -> Result<Exit, Failure> {
    let library = session::playbooks(&context.config);
    let table = library.coverage();
    let holes = table.iter().filter(|(_, answers)| answers.is_empty()).count();
    if json {
        let map: BTreeMap<&str, &Vec<&str>> = table.iter().map(|(fault, answers)| (*fault, answers)).collect();
        out.line(&serde_json::to_string_pretty(&map).map_err(|error| Failure::failed(error.to_string()))?)?;
    } else {
        let hole = context.lang.t("cli-playbook-hole");
        let shown = |answers: &[&str]| if answers.is_empty() { hole.clone() } else { answers.join(", ") };
        let rows: Vec<Vec<String>> =
            table.iter().map(|(fault, answers)| vec![(*fault).to_owned(), shown(answers)]).collect();
        out.table(&rows, &[])?;
        out.line(&context.lang.ta("cli-playbook-holes", &[("n", Arg::from(holes))]))?;
    }
    Ok(if holes > 0 { Exit::Failed } else { Exit::Ok })
}

/// A list becomes a playbook; what is missing is said beside it, as comments where it goes to the same output.
fn import(context: &Context, file: &Path, to: Option<&Path>, out: &mut Out) -> Result<(), Failure> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| Failure::unread(file, &error))?;
    let csv = file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    // The id is that of the file that is written: only then can it be read again.
    let named = to.map_or_else(|| name.clone(), |to| to.display().to_string());
    let made = playbook::import::import(&named, &text, csv, context.lang.id())
        .map_err(|error| Failure::input(format!("{name}: {error}")))?;
    let missing: Vec<String> = made
        .missing
        .iter()
        .map(|missing| {
            let what = context.lang.t(missing.what.id());
            match (missing.line, missing.what) {
                (0, _) => what,
                (line, Lack::Owner | Lack::Limit | Lack::Unread) => format!("{name}:{line}: {}: {what}", missing.step),
                (line, _) => format!("{name}:{line}: {what}"),
            }
        })
        .collect();
    let Some(to) = to else {
        for line in &missing {
            out.line(&format!("# {line}"))?;
        }
        for line in made.toml.lines() {
            out.line(line)?;
        }
        return Ok(());
    };
    let mut target = std::fs::File::create_new(to).map_err(|error| Failure::unread(to, &error))?;
    std::io::Write::write_all(&mut target, made.toml.as_bytes()).map_err(|error| Failure::at(to, &error))?;
    for line in &missing {
        out.line(line)?;
    }
    Ok(())
}

fn lint(context: &Context, names: &[String], out: &mut Out) -> Result<Exit, Failure> {
    let library = session::playbooks(&context.config);
    let mut wrong: Vec<String> = Vec::new();
    let mut sheets = Vec::new();
    if names.is_empty() {
        wrong.extend(library.errors().iter().map(|errors| context.lang.say(&errors.said())));
        sheets.extend(library.iter().map(|sheet| Sheet::clone(sheet)));
    }
    for name in names {
        match load(context, name) {
            Ok(sheet) => sheets.push(sheet),
            Err(failure) => wrong.push(context.lang.say(&failure.message)),
        }
    }
    let today = Some(Clock::system().now().wall.date_naive());
    let seconds = |delay: Delay| match delay {
        Delay::AsSoonAsKnown => None,
        Delay::Seconds(seconds) => u32::try_from(seconds).ok(),
        Delay::Days(days) => Some(days.saturating_mul(86_400)),
        Delay::Months(months) => Some(months.saturating_mul(30 * 86_400)),
    };
    let clocks = clocks::shipped().iter().map(|clock| (clock.id.clone(), seconds(clock.delay))).collect();
    let (directory, _) = session::contacts(&context.config);
    // Nobody is called by the invented example: steps are not judged by it.
    let now = Clock::system().now().wall;
    let contacts = (!directory.is_example()).then(|| {
        let fresh = |one: &crate::contacts::Contact| one.freshness(now, now.date_naive(), &[]).is_fresh();
        directory.contacts().iter().map(|one| (one.id.clone(), fresh(one))).collect()
    });
    let lang = &context.lang;
    let context = playbook::Context { clocks, today, calls: library.calls(), contacts };
    let mut found = 0;
    for sheet in &sheets {
        let lints: Vec<Lint> = playbook::lint(sheet, &context);
        found += lints.iter().filter(|lint| lint.level == Level::Error).count();
        for lint in &lints {
            out.line(&lint.words(lang))?;
        }
        if lints.is_empty() {
            out.line(&lang.ta("lint-good", &[("name", Arg::Str(&sheet.id))]))?;
        }
    }
    out.flush()?;
    if !wrong.is_empty() {
        return Err(Failure::input(wrong.join("\n")));
    }
    Ok(if found > 0 { Exit::Failed } else { Exit::Ok })
}
