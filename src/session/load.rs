//! What takes time is read in the background, so that the first frame waits for nothing: scenario, warm-up of the
//! simulation, folding of a log, tape of a recorded incident.

pub(super) mod again;
mod recorded;
mod taken;

pub(super) use again::Resume;
pub(super) use recorded::{Recorded, Watched, documented, readable, world};
pub(super) use taken::{Moment, TakenFrom, TakenOver};

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use chrono::{DateTime, Utc};

use super::cells::{Cells, Link};
use super::live::Live;
use super::playback::Replay;
use super::watch::Watch;
use super::{Shared, VerifyState};
use crate::exercise::{CellSpec, Desk};
use crate::feed::{SimFeed, frames_until};
use crate::health::{AlarmEvent, Board, Observation, Perimeter};
use crate::incident::Incident;
use crate::incident::event::{Author, Body, Entry, EntryId, EventTime, Genesis, ScenarioRef};
use crate::incident::kind::Kind;
use crate::lang::Lang;
use crate::network::{self, Network, Scenario, Source, Text};
use crate::sim::{Plan, Simulation};
use crate::store::tape::TapeWriter;
use crate::store::{Disk, Folder, LogView};

/// What the background hands over.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The folder, locked for writing; `None`: only looked at.
    pub folder: Option<Folder>,
    pub incident: Incident,
    /// The whole log; `None`: there is none yet.
    pub log: Option<LogView>,
    pub verify: VerifyState,
    pub network: Arc<Network>,
    pub scenario: Option<Arc<Scenario>>,
    pub board: Board,
    pub live: Option<Live>,
    pub watch: Option<Watch>,
    pub replay: Option<Replay>,
    /// The other cells of an exercise that several play.
    pub cells: Option<Cells>,
    /// Incident time stands here until a `clock` entry says otherwise.
    pub hold: Option<DateTime<Utc>>,
    /// Alarms that are not in the log yet.
    pub alarms: Vec<(DateTime<Utc>, AlarmEvent)>,
    /// The clock entry that starts or restarts an exercise: running, rate in thousandths.
    pub clock: Option<(bool, u32)>,
    /// Levers whose outcome the log knows.
    pub levers_told: BTreeSet<usize>,
    /// A desk that looked at what is on the tape; `None`: nobody did.
    pub desk: Option<Desk>,
    /// What had happened before somebody sat down, to be written first.
    pub past: Vec<Past>,
    /// What is to be said to whoever opens it.
    pub said: Vec<String>,
}

/// A line of what had happened before somebody sat down.
#[derive(Debug, Clone)]
pub(super) struct Past {
    pub author: Author,
    pub body: Body,
    pub event_at: Option<EventTime>,
    /// Incident time.
    pub at: DateTime<Utc>,
    /// Entries it refers to.
    pub re: Vec<EntryId>,
}

/// Does something on a thread of its own and wakes the owner of the session when it is done.
pub(super) fn background<T: Send + 'static>(
    waker: &Shared,
    work: impl FnOnce() -> T + Send + 'static,
) -> std::io::Result<Receiver<T>> {
    let (sender, receiver) = channel();
    let waker = waker.clone();
    std::thread::Builder::new().name("vigie-loader".to_owned()).spawn(move || {
        // Nobody waits any more when the session is gone.
        let _ = sender.send(work());
        waker.wake();
    })?;
    Ok(receiver)
}

/// Name of the tape in an incident's folder.
pub(super) fn tape_path(folder: &Path) -> PathBuf {
    folder.join("tape").join("health.tape")
}

/// Names under which the layers of a scenario are kept beside a log, in their order.
pub(super) fn kept_layers(sources: &[Source]) -> Vec<(String, &[u8])> {
    let plain = |name: &str| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        file.chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' })
            .take(80)
            .collect::<String>()
    };
    sources
        .iter()
        .enumerate()
        .map(|(i, source)| (format!("scenario_{i}_{}", plain(&source.name)), source.text.as_bytes()))
        .collect()
}

/// The layers of a scenario that were kept beside a log.
pub(super) fn layers(folder: &Folder) -> Result<Vec<Source>, String> {
    let mut found: Vec<(usize, String)> = folder
        .kept_names()
        .into_iter()
        .filter_map(|name| {
            let number = name.strip_prefix("scenario_")?.split('_').next()?.parse().ok()?;
            Some((number, name))
        })
        .collect();
    found.sort();
    let read = |(_, name): (usize, String)| {
        let bytes = folder.kept(&name).map_err(|error| error.to_string())?;
        let text = String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))?;
        Ok(Source { name, text })
    };
    found.into_iter().map(read).collect()
}

/// A scenario that runs: plan, simulation at tick 0.
pub(super) struct Ready {
    pub scenario: Scenario,
    pub network: Arc<Network>,
    pub feed: SimFeed,
}

/// Reads a scenario and compiles it.
pub(super) fn ready(sources: &[Source], seed: Option<u64>) -> Result<Ready, String> {
    let scenario = network::load(sources).map_err(|errors| errors.to_string())?;
    let plan = Plan::new(&scenario).map_err(|error| error.to_string())?;
    let simulation = Simulation::new(Arc::new(plan), seed.unwrap_or(scenario.seed));
    let feed = SimFeed::new(simulation, scenario.visibility);
    let network = Arc::new(scenario.network.clone());
    Ok(Ready { scenario, network, feed })
}

/// A new exercise.
pub(super) struct NewExercise {
    pub sources: Vec<Source>,
    pub seed: Option<u64>,
    pub rate_milli: u32,
    pub perimeter: Perimeter,
    /// All but what the scenario says.
    pub genesis: Genesis,
    /// Playbooks kept beside: file name and text.
    pub playbooks: Vec<(String, String)>,
    /// The exercise's own title; `None`: that of the scenario.
    pub title: Option<Text>,
    /// The clock stands until STARTEX.
    pub waits: bool,
    pub root: PathBuf,
    pub state: PathBuf,
    pub disk: Arc<dyn Disk>,
    pub french: bool,
}

impl NewExercise {
    /// Reads the scenario, warms the simulation up to the moment at which the console opens, creates the folder.
    pub(super) fn load(self) -> Result<Loaded, String> {
        let Ready { scenario, network, mut feed } = ready(&self.sources, self.seed)?;
        let mut genesis = self.genesis;
        let title = self.title.as_ref().unwrap_or(&scenario.title);
        genesis.title = if self.french { title.fr.clone() } else { title.en.clone() };
        genesis.zone = network.tz.to_string();
        genesis.at = genesis.at.with_timezone(&network.tz).fixed_offset();
        genesis.perimeter = self.perimeter.clone();
        genesis.scenario = Some(ScenarioRef {
            id: scenario.id.clone(),
            sha256: scenario.sha256.clone(),
            seed: self.seed.unwrap_or(scenario.seed),
            start: scenario.start,
        });
        let mut board = Board::new(Arc::clone(&network), scenario.start, self.perimeter, true);
        let layers = kept_layers(&self.sources);
        let kept: Vec<(&str, &[u8])> = layers
            .iter()
            .map(|(name, bytes)| (name.as_str(), *bytes))
            .chain(self.playbooks.iter().map(|(name, text)| (name.as_str(), text.as_bytes())))
            .collect();
        let folder = Folder::create_on(self.disk, &self.root, &genesis, &kept, &self.state)
            .map_err(|error| error.to_string())?;
        let path = tape_path(folder.path());
        let mut tape = TapeWriter::create(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut last = None;
        let mut alarms = Vec::new();
        for _ in 0..frames_until(scenario.start, scenario.open_at) {
            let frame = feed.next_frame();
            tape.write(&frame).map_err(|error| format!("{}: {error}", path.display()))?;
            keep_open(&mut alarms, board.push(&frame), scenario.open_at);
            last = Some(frame);
        }
        board.tick(scenario.open_at);
        let live = Live::new(feed, Some(tape), scenario.start, last);
        let cells = hosted(&folder)?;
        Ok(Loaded {
            folder: Some(folder),
            incident: Incident::new(genesis),
            log: None,
            verify: VerifyState::Ok,
            watch: None,
            cells,
            replay: None,
            levers_told: BTreeSet::new(),
            desk: None,
            past: Vec::new(),
            said: Vec::new(),
            network,
            hold: Some(scenario.open_at),
            scenario: Some(Arc::new(scenario)),
            board,
            live: Some(live),
            alarms,
            clock: Some((!self.waits, self.rate_milli)),
        })
    }
}

/// The cells around the one that hosts the simulation; `None`: an exercise of its own.
fn hosted(folder: &Folder) -> Result<Option<Cells>, String> {
    if Link::of(folder.genesis()) != Some(Link::Host) {
        return Ok(None);
    }
    let kit = super::kept_exercise(folder).map_err(|error| error.to_string())?.unwrap_or_default();
    let (inc, own) = (folder.genesis().inc.clone(), folder.path().to_path_buf());
    let root = own.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(Some(Cells::new(CellSpec::control(), Arc::new(kit), inc, root, own)))
}

/// Of the alarms before anybody sat down, those that are still open.
pub(super) fn keep_open(open: &mut Vec<(DateTime<Utc>, AlarmEvent)>, events: Vec<AlarmEvent>, at: DateTime<Utc>) {
    for event in events {
        open.retain(|(_, other)| other.alarm.group != event.alarm.group);
        if !event.over {
            open.push((at, event));
        }
    }
}

/// Incident time of an entry: when it was written, by the incident's own clock.
pub(super) fn instant(entry: &Entry) -> DateTime<Utc> {
    entry.x.unwrap_or(entry.at).to_utc()
}

/// The observations of a log with the incident time of their entries.
pub(super) fn observations(log: &LogView) -> Vec<(DateTime<Utc>, Observation)> {
    let entries = (0..log.len()).filter(|at| log.kind(*at) == Some(Kind::Observation)).filter_map(|at| log.get(at));
    entries
        .filter_map(|entry| match &entry.body {
            Body::Observation { data, .. } => Some((instant(&entry), data.clone())),
            _ => None,
        })
        .collect()
}

/// What the check of a whole log found, in the incident's language.
pub(super) fn checked(folder: &Folder) -> VerifyState {
    match crate::store::verify(folder.path()) {
        Ok(report) => match report.first_problem() {
            Some(problem) => {
                let lang = Lang::new(folder.genesis().lang.parse().unwrap_or_default());
                VerifyState::Bad(problem.words(&lang))
            }
            None => VerifyState::Ok,
        },
        Err(error) => VerifyState::Bad(error.to_string()),
    }
}
