//! `vigie`, `vigie open`, `vigie exercise`, `vigie watch`, `vigie replay`: an incident on the screen.
//!
//! Where there is no terminal to draw on, the same incident runs as a plain stream of text.

use std::io::IsTerminal as _;

use super::fail::{example, one_of};
use super::{Context, Exit, Failure, follow};
use crate::clock::Clock;
use crate::exercise::CONTROL;
use crate::feed::documented;
use crate::incident::event::Role;
use crate::network::{self, Said, Source, Text};
use crate::session::{self, MAX_RATE_MILLI, MIN_RATE_MILLI, Session, Setup};
use crate::tui;
use crate::tui::launcher::{Choice, Offer, Offers};

/// Open a REAL incident.
#[derive(Debug, clap::Args)]
pub struct Open {
    /// Title
    title: String,
    /// Part of the country: nation, region:32, zone:59 or operator:ID
    #[arg(long)]
    pub(super) perimeter: Option<String>,
}

/// Start an exercise on a scenario.
#[derive(Debug, clap::Args)]
pub struct Exercise {
    /// Scenario or exercise with a chronogramme: shipped id, file or folder
    scenario: String,
    /// Seed [default: that of the scenario]
    #[arg(long)]
    seed: Option<u64>,
    /// Incident seconds per second: 1 to 600
    #[arg(long, default_value = "1", value_parser = rate)]
    speed: u32,
    /// Part of the country: nation, region:32, zone:59 or operator:ID
    #[arg(long)]
    pub(super) perimeter: Option<String>,
    /// Play with others on this machine: control (the desk; open it first), or a cell of players
    #[arg(long, value_name = "CELL")]
    cell: Option<String>,
    /// The exercise to join: folder, id or part of the id of its control [default: the newest of that name]
    #[arg(long, value_name = "INCIDENT", requires = "cell")]
    join: Option<String>,
}

/// Show an incident that is open on this machine, read-only.
#[derive(Debug, clap::Args)]
pub struct Watch {
    /// Folder, id or part of an id [default: the newest]
    incident: Option<String>,
}

/// Go on with an incident.
#[derive(Debug, clap::Args)]
pub struct Resume {
    /// Folder, id or part of an id [default: the newest]
    incident: Option<String>,
}

/// Replay a finished incident, or a documented one.
#[derive(Debug, clap::Args)]
pub struct Replay {
    /// Folder or id of an incident, a log file, or the id of a documented incident
    incident: String,
    /// Incident seconds per second: 1 to 600
    #[arg(long, default_value = "1", value_parser = rate)]
    speed: u32,
    /// Take the seat at this instant of a documented incident: from there on the world answers you (17:20, or
    /// 2021-06-02T17:20:00+02:00)
    #[arg(long, value_name = "TIME")]
    take_over_at: Option<String>,
    /// Part of the country: nation, region:32, zone:59 or operator:ID
    #[arg(long)]
    pub(super) perimeter: Option<String>,
}

/// Reads a speed (`60`, `x60`, `×60`, `0.5` is refused) as thousandths.
pub(super) fn rate(text: &str) -> Result<u32, Said> {
    let number = text.trim_start_matches(['x', 'X', '×']);
    match number.parse::<f64>() {
        Ok(rate) if (f64::from(MIN_RATE_MILLI)..=f64::from(MAX_RATE_MILLI)).contains(&(rate * 1_000.0)) => {
            Ok((rate * 1_000.0).round() as u32)
        }
        _ => Err(Said::new("cli-speed")),
    }
}

impl Context {
    /// The setup of sessions.
    pub(super) fn setup(&self) -> Setup {
        Setup::new(&self.config, Clock::system(), self.lang.id())
    }

    /// Is there a terminal that can be drawn on?
    pub(super) fn can_draw(&self) -> bool {
        std::io::stdin().is_terminal() && tui::possible(&self.config)
    }
}

impl Open {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.title.trim().is_empty() {
            return Err(
                Failure::usage(Said::new("cli-no-title")).next(example("vigie open \"Numéros d'urgence, Nord\""))
            );
        }
        let perimeter = context.config.perimeter.value.clone();
        show(context, |setup| Ok(Session::open_real(setup, self.title.trim(), perimeter)?))
    }
}

impl Exercise {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let perimeter = context.config.perimeter.value.clone();
        let hosting = match self.cell.clone().as_deref() {
            None => false,
            Some(CONTROL) if self.join.is_none() => true,
            Some(CONTROL) => return Err(Failure::usage(Said::new("cli-control-joins-none"))),
            Some(cell) => return self.join(context, cell),
        };
        let start = if hosting { Session::host_exercise } else { Session::new_exercise_with };
        if super::plan::is_exercise(&self.scenario) {
            let kit = super::plan::load(&self.scenario)?;
            let sources = super::plan::sources(&kit)?;
            let seed = self.seed.or(kit.seed);
            return show(context, |setup| {
                Ok(start(at_the_desk(setup, hosting), sources, seed, self.speed, perimeter, Some(&kit))?)
            });
        }
        let sources = scenario(context, &self.scenario)?;
        show(context, |setup| Ok(start(at_the_desk(setup, hosting), sources, self.seed, self.speed, perimeter, None)?))
    }

    /// A cell of players joins an exercise that control has opened on this machine.
    fn join(self, context: &Context, cell: &str) -> Result<Exit, Failure> {
        let open = session::hosts(&context.config);
        let host = if let Some(name) = &self.join {
            let path = find(context, Some(name))?;
            open.into_iter().find(|host| host.path == path).ok_or_else(|| {
                Failure::input(Said::new("cli-not-a-control").with("name", name)).next(Said::new("cli-next-control"))
            })?
        } else {
            let name = self.scenario.trim_end_matches('/');
            let name = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".toml");
            // A folder or a file of one's own is known by the id that stands in it.
            let planned = super::plan::load(&self.scenario).ok().map(|kit| kit.id);
            let plays = |host: &session::Host| {
                host.kit.id == name
                    || Some(&host.kit.id) == planned.as_ref()
                    || host.genesis.scenario.as_ref().is_some_and(|scenario| scenario.id == name)
            };
            open.into_iter().find(plays).ok_or_else(|| {
                Failure::input(Said::new("cli-exercise-not-open").with("name", name))
                    .next(example(&format!("vigie exercise {} --cell control", self.scenario)))
            })?
        };
        if host.kit.cell(cell).is_none() {
            let known: Vec<&str> = host.kit.cells.iter().map(|cell| cell.id.as_str()).collect();
            return Err(Failure::usage(Said::new("cli-no-cell").with("name", cell))
                .next(one_of(&format!("{CONTROL}, {}", known.join(", ")))));
        }
        show(context, |mut setup| {
            if setup.author.role == Role::Facilitator {
                setup.author.role = Role::Director;
            }
            Ok(Session::join(setup, &host.path, cell)?)
        })
    }
}

/// Who opens the control cell sits at the desk.
fn at_the_desk(mut setup: Setup, hosting: bool) -> Setup {
    if hosting {
        setup.author.role = Role::Facilitator;
    }
    setup
}

/// The sources of a scenario. One's own file is checked before the screen opens; a shipped one is known to be good,
/// and reading it is left to the background.
fn scenario(context: &Context, name: &str) -> Result<Vec<Source>, Failure> {
    let sources = network::find(name, Some(&context.config.scenarios_dir()))?;
    if !network::shipped().iter().any(|(id, _)| *id == name) {
        network::load(&sources)?;
    }
    Ok(sources)
}

impl Watch {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let path = find(context, self.incident.as_deref())?;
        show(context, |setup| Ok(Session::watch(setup, &path)?))
    }
}

impl Resume {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let path = find(context, self.incident.as_deref())?;
        show(context, |setup| Ok(Session::resume(setup, &path)?))
    }
}

impl Replay {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if let Some(at) = self.take_over_at {
            let perimeter = context.config.perimeter.value.clone();
            if documented::shipped().any(|id| id == self.incident) {
                return show(context, |setup| {
                    Ok(Session::take_over_documented(setup, &self.incident, &at, self.speed, perimeter)?)
                });
            }
            let path = find(context, Some(&self.incident))?;
            return show(context, |setup| Ok(Session::take_over_recorded(setup, &path, &at, self.speed, perimeter)?));
        }
        show(context, |_| replay(context, &self.incident, self.speed))
    }
}

/// The folder of an incident.
pub(super) fn find(context: &Context, name: Option<&str>) -> Result<std::path::PathBuf, Failure> {
    session::find_incident(&context.config, name).map_err(|error| {
        let folder = context.config.data.value.display().to_string();
        Failure::input(error.said()).next(Said::new("cli-next-incidents").with("folder", folder))
    })
}

/// Shows a session: on the screen, or as plain text.
fn show(context: &Context, open: impl FnOnce(Setup) -> Result<Session, Failure>) -> Result<Exit, Failure> {
    let session = open(context.setup())?;
    if !context.can_draw() {
        return follow::stream(session, context);
    }
    let session = tui::run(session, &context.options())?;
    session.close()?;
    Ok(Exit::Ok)
}

/// `vigie` without arguments.
pub(super) fn launcher(context: &Context) -> Result<Exit, Failure> {
    if !context.can_draw() {
        return Err(Failure::usage(Said::new("cli-no-launcher")).next(example("vigie --help")));
    }
    let offers = offers();
    let mut open = |choice: &Choice| choose(context, choice).map_err(|failure| context.lang.say(&failure.message));
    if let Some(session) = tui::launch(&context.config, &context.options(), &offers, &mut open)? {
        session.close()?;
    }
    Ok(Exit::Ok)
}

/// Opens what was chosen on the first screen.
fn choose(context: &Context, choice: &Choice) -> Result<Session, Failure> {
    let setup = context.setup();
    let perimeter = context.config.perimeter.value.clone();
    Ok(match choice {
        Choice::Open(title) => Session::open_real(setup, title, perimeter)?,
        Choice::Continue(path) => Session::resume(setup, path)?,
        Choice::Exercise { scenario: name, rate_milli, seed } => {
            Session::new_exercise(setup, scenario(context, name)?, *seed, *rate_milli, perimeter)?
        }
        Choice::Replay(name) => replay(context, name, MIN_RATE_MILLI)?,
        Choice::Quit => return Err(Failure::usage(Said::new("cli-nothing-chosen"))),
    })
}

/// What can be played on this machine. Only the few lines of the last layer are read: the network is not needed here.
fn offers() -> Offers {
    let offer = |id: &str, title: Option<Text>| {
        let title = title.unwrap_or_else(|| Text { fr: id.to_owned(), en: id.to_owned() });
        Offer { id: id.to_owned(), title }
    };
    let scenarios = network::shipped().iter().map(|(id, _)| {
        let sources = network::find(id, None).unwrap_or_default();
        offer(id, sources.last().and_then(|source| title(&source.text)))
    });
    let replays = documented::shipped().map(|id| {
        let timeline = documented::load(id).and_then(Result::ok);
        offer(id, timeline.map(|timeline| timeline.title))
    });
    Offers { scenarios: scenarios.collect(), replays: replays.collect() }
}

/// The title in a scenario file.
fn title(text: &str) -> Option<Text> {
    let table: toml::Table = toml::from_str(text).ok()?;
    match table.get("scenario")?.get("title")? {
        toml::Value::String(title) => Some(Text { fr: title.clone(), en: title.clone() }),
        title => title.clone().try_into().ok(),
    }
}

impl Context {
    fn options(&self) -> tui::Options {
        tui::Options::new(&self.config, Clock::system(), self.lang.id())
    }
}

/// A recorded incident, or a documented one.
fn replay(context: &Context, name: &str, rate_milli: u32) -> Result<Session, Failure> {
    if documented::shipped().any(|id| id == name) {
        return Ok(Session::documented(context.setup(), name, rate_milli)?);
    }
    Ok(Session::replay(context.setup(), &find(context, Some(name))?, rate_milli)?)
}
