//! The command line: clap definitions, one file per subcommand: parse, call the library, print.
//!
//! Does not belong here: rules of the domain, the format of log or scenario.

mod compare;
mod completions;
mod config;
mod contacts;
mod doctor;
mod export;
mod fail;
mod follow;
mod forecast;
mod help;
mod import;
mod launch;
mod man;
mod out;
mod paper;
mod plan;
mod playbook;
mod rehearse;
mod report;
mod retex;
mod scenario;
mod simulate;
mod stress;
mod usage;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches as _, Parser, Subcommand};

use clap::error::ErrorKind;
pub use fail::{Exit, Failure};

use crate::config::{Config, Flags};
use crate::lang::{self, Lang, LangId};

/// What `--help` says about exit codes; `docs/cli.md` and the tests say the same.
const EXIT_CODES: &str = "Exit codes:
  0  done
  1  failed (disk, terminal, lock, interrupted)
  2  wrong usage of the command line
  3  verification failed: the log was altered, cut or is not whole
  4  a configuration, playbook, scenario, mapping or log file cannot be used";

/// A terminal console for crisis cells that keep emergency calls flowing.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, about, after_help = EXIT_CODES, propagate_version = true)]
pub struct Cli {
    /// Settings that every subcommand knows.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do; nothing: the launcher.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Settings that every subcommand knows.
#[derive(Debug, Clone, clap::Args)]
pub struct Globals {
    /// Language of the screen and of machine sentences: fr or en [default: that of the system]
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<String>,
    /// Who writes: name/organisation/role
    #[arg(long = "as", global = true, value_name = "AUTHOR")]
    pub author: Option<String>,
    /// Folder of the incidents
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Theme: auto, dark, light, mono or contrast
    #[arg(long, global = true, value_name = "THEME")]
    pub theme: Option<String>,
    /// Draw with ASCII characters only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Slow link: send as little as possible
    #[arg(long, global = true)]
    pub slow: bool,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open a REAL incident: log, playbooks, clocks, observations by hand
    Open(launch::Open),
    /// Start an exercise on a scenario
    Exercise(launch::Exercise),
    /// Go on with an incident
    Resume(launch::Resume),
    /// Show an incident that is open on this machine, read-only
    Watch(launch::Watch),
    /// Replay a finished incident, or a documented one
    Replay(launch::Replay),
    /// Bring in a past log as CSV
    Import(import::Import),
    /// Run a scenario without a screen and report its figures
    Simulate(simulate::Simulate),
    /// Compare networks under the same crises and the same callers
    Compare(compare::Compare),
    /// Run crises on networks many times: resilience table and weaknesses
    Stress(stress::Stress),
    /// Say how far forecasts can be trusted
    #[command(subcommand)]
    Forecast(forecast::Forecast),
    /// Rehearse a playbook against many outages
    Rehearse(rehearse::Rehearse),
    /// Follow an incident as a linear stream of text (screen readers, logs)
    Follow(follow::Follow),
    /// Check that a log is whole and unaltered
    Verify(verify::Verify),
    /// Export a log for people or programs
    Export(export::Export),
    /// Points de situation and handovers as files for people
    #[command(subcommand)]
    Report(report::Report),
    /// Write the paper kit: log sheets, playbooks, contacts, card of the first ten minutes
    Paper(paper::Paper),
    /// Check or show playbooks
    #[command(subcommand)]
    Playbook(playbook::Playbook),
    /// Check or show the directory of contacts
    #[command(subcommand)]
    Contacts(contacts::Contacts),
    /// Plan exercises: lay out, check, pack, bring in a chronogramme
    #[command(subcommand)]
    Plan(plan::Plan),
    /// Check scenarios
    #[command(subcommand)]
    Scenario(scenario::Scenario),
    /// Say what this machine and terminal can do
    Doctor(doctor::Doctor),
    /// Show where settings come from
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Print completions for a shell
    Completions(completions::Completions),
    /// Print the manual page
    Man,
}

/// What subcommands are given: settings and language.
#[derive(Debug)]
pub struct Context {
    /// Settings.
    pub config: Config,
    /// Language of messages.
    pub lang: Lang,
}

impl Context {
    fn new(globals: &Globals, perimeter: Option<&str>) -> Result<Self, Failure> {
        let flags = Flags {
            lang: globals.lang.clone(),
            author: globals.author.clone(),
            data: globals.data.clone(),
            theme: globals.theme.clone(),
            ascii: globals.ascii,
            slow: globals.slow,
            perimeter: perimeter.map(str::to_owned),
        };
        let config = Config::load(&flags)?;
        let lang = Lang::new(lang::detect(None, config.lang.value.as_deref()));
        Ok(Self { config, lang })
    }
}

/// The command line as clap knows it (completions, manual page, tests), its help in English.
pub fn command() -> clap::Command {
    Cli::command()
}

/// The command line with its help in a language.
pub fn command_in(lang: LangId) -> clap::Command {
    match lang {
        LangId::Fr => help::french(command()),
        LangId::En => command(),
    }
}

/// The language of a command line that is not understood yet: what it says itself, else the settings, else the system.
fn spoken(args: &[OsString]) -> LangId {
    let words: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let flag = words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix("--lang") {
        Some("") => words.get(at + 1).map(ToString::to_string),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    // Settings that cannot be read are reported by the command itself.
    let settings = Config::load(&Flags::default()).ok().and_then(|config| config.lang.value);
    lang::detect(flag.as_deref(), settings.as_deref())
}

/// Runs the program and maps its result to an exit code.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().collect();
    // A panic that gets this far is a defect of ours: the report goes to stderr after the terminal is whole again.
    if let Err(report) = color_eyre::config::HookBuilder::default().display_env_section(false).install() {
        return fail::print(&Failure::failed(report.to_string()), &Lang::new(spoken(&args)));
    }
    // A limit on file sizes must be an error of the write, not our end: the entry goes back to the input line.
    let too_large = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    if let Err(error) = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, too_large) {
        return fail::print(&Failure::failed(lang::os(&error)), &Lang::new(spoken(&args)));
    }
    run(args)
}

/// As [`main`] with arguments of one's own.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let lang = spoken(&args);
    let parsed = command_in(lang).try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return fail::print(&usage::wrong(&error), &Lang::new(lang));
        }
        Err(error) => {
            // Help and version go to stdout with 0, help that was not asked for to stderr with 2; a closed pipe is
            // nobody's fault.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Ok.into() };
        }
    };
    let lang = Lang::new(lang);
    match dispatch(cli, &lang) {
        Ok(exit) => exit.into(),
        Err(failure) if failure.is_broken_pipe() => Exit::Ok.into(),
        Err(failure) => fail::print(&failure, &lang),
    }
}

fn dispatch(cli: Cli, lang: &Lang) -> Result<Exit, Failure> {
    let globals = cli.globals;
    let context = |perimeter: Option<&str>| Context::new(&globals, perimeter);
    match cli.command {
        None => launch::launcher(&context(None)?),
        Some(Command::Open(args)) => {
            let context = context(args.perimeter.as_deref())?;
            args.run(&context)
        }
        Some(Command::Exercise(args)) => {
            let context = context(args.perimeter.as_deref())?;
            args.run(&context)
        }
        Some(Command::Resume(args)) => args.run(&context(None)?),
        Some(Command::Watch(args)) => args.run(&context(None)?),
        Some(Command::Replay(args)) => {
            let context = context(args.perimeter.as_deref())?;
            args.run(&context)
        }
        Some(Command::Import(args)) => args.run(&context(None)?),
        Some(Command::Simulate(args)) => args.run(&context(None)?),
        Some(Command::Compare(args)) => args.run(&context(None)?),
        Some(Command::Stress(args)) => args.run(&context(None)?),
        Some(Command::Forecast(command)) => command.run(&context(None)?),
        Some(Command::Rehearse(args)) => args.run(&context(None)?),
        Some(Command::Follow(args)) => args.run(&context(None)?),
        Some(Command::Verify(args)) => args.run(&context(None)?),
        Some(Command::Export(args)) => args.run(&context(None)?),
        Some(Command::Report(command)) => command.run(&context(None)?),
        Some(Command::Paper(args)) => args.run(&context(None)?),
        Some(Command::Playbook(command)) => command.run(&context(None)?),
        Some(Command::Contacts(command)) => command.run(&context(None)?),
        Some(Command::Plan(command)) => command.run(&context(None)?),
        Some(Command::Scenario(command)) => command.run(&context(None)?),
        Some(Command::Doctor(_)) => doctor::Doctor::run(&globals, lang),
        Some(Command::Config(command)) => command.run(&globals),
        Some(Command::Completions(args)) => args.run(lang.id()),
        Some(Command::Man) => man::run(lang.id()),
    }
}
