//! Opening a cell of players: its folder, its board, and where the host and the others are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Cells, Link, Peer, Seen};
use crate::config::Config;
use crate::exercise::{CellSpec, Kit};
use crate::health::Board;
use crate::incident::Incident;
use crate::incident::event::{Genesis, Mode};
use crate::lang::{Arg, Lang, LangId};
use crate::network::{self, Network, Scenario};
use crate::session::load::{self, Loaded, checked, keep_open, layers, observations, tape_path};
use crate::session::open::{genesis, kept_playbooks, pinned, playbooks};
use crate::session::sentence;
use crate::session::{Session, SessionError, Setup, VerifyState, incidents, kept_exercise};
use crate::store::folder::read_genesis;
use crate::store::tape::{TapeReader, TapeWriter};
use crate::store::{Access, Folder, LogView, Warning};

/// An exercise on this machine that cells can join.
#[derive(Debug)]
pub struct Host {
    /// Its folder.
    pub path: PathBuf,
    /// What it is.
    pub genesis: Genesis,
    /// Its plan.
    pub kit: Kit,
}

/// The exercises on this machine that cells can join, the newest first.
pub fn hosts(config: &Config) -> Vec<Host> {
    let hosting = incidents(config).into_iter().filter(|known| Link::of(&known.genesis) == Some(Link::Host));
    hosting
        .filter_map(|known| {
            let folder = Folder::open(&known.path, Access::Read, &config.state.value).ok()?;
            let kit = kept_exercise(&folder).ok()?.unwrap_or_default();
            Some(Host { path: known.path, genesis: known.genesis, kit })
        })
        .collect()
}

/// The scenario of a host without what befalls it: what a cell of players may know.
pub(in crate::session) fn host_scenario(folder: &Folder) -> Result<Scenario, String> {
    let mut scenario = network::load(&layers(folder)?).map_err(|errors| errors.to_string())?;
    scenario.events.clear();
    scenario.truth.clear();
    scenario.about = network::Text::default();
    Ok(scenario)
}

/// A cell that joins, or comes back.
pub(in crate::session) struct Joining {
    pub host: PathBuf,
    pub spec: CellSpec,
    pub kit: Arc<Kit>,
    /// Its own folder, if it was there before.
    pub own: Option<PathBuf>,
    /// All of a new one but what the host's scenario says.
    pub genesis: Genesis,
    pub playbooks: Vec<(String, String)>,
    pub setup: Setup,
}

impl Session {
    /// Joins an exercise that is hosted on this machine as one of its cells, or comes back to it.
    ///
    /// # Errors
    /// When the host's folder cannot be read, the plan has no such cell, or another console has it open.
    pub fn join(setup: Setup, host: &Path, cell: &str) -> Result<Self, SessionError> {
        let folder = Folder::open(host, Access::Read, &setup.config.state.value)?;
        let kit = Arc::new(kept_exercise(&folder)?.unwrap_or_default());
        let inc = folder.genesis().inc.clone();
        let Some(spec) = kit.cell(cell).filter(|spec| spec.id != crate::exercise::CONTROL) else {
            let known: Vec<&str> = kit.cells.iter().map(|cell| cell.id.as_str()).collect();
            let known = known.join(", ");
            let args = [("inc", Arg::Str(inc.as_str())), ("cell", Arg::Str(cell)), ("known", Arg::Str(&known))];
            return Err(SessionError::input(Lang::new(setup.lang).ta("session-cell-unknown", &args)));
        };
        let link = Link::Cell { cell: cell.to_owned(), host: inc };
        let origin = link.origin();
        let before = incidents(&setup.config).into_iter().find(|known| known.genesis.origin.as_ref() == Some(&origin));
        let library = match &before {
            Some(known) => {
                let own = Folder::open(&known.path, Access::Read, &setup.config.state.value)?;
                pinned(&setup.config, &own)
            }
            None => playbooks(&setup.config),
        };
        let of = folder.genesis();
        let title = if setup.lang == LangId::Fr { &spec.title.fr } else { &spec.title.en };
        let title = format!("{title} · {}", of.title);
        let mut genesis = if let Some(known) = &before {
            known.genesis.clone()
        } else {
            // Its folder is named after the plan and the cell: long titles are cut in names.
            let plan = of.scenario.as_ref().map_or("exercise", |scenario| scenario.id.as_str());
            let plan = if kit.id.is_empty() { plan } else { kit.id.as_str() };
            genesis(&setup, Mode::Exercise, &format!("{plan} {cell}"), &library)
        };
        if before.is_none() {
            genesis.title = title;
            genesis.zone.clone_from(&of.zone);
            genesis.perimeter = spec.perimeter.clone().unwrap_or_else(|| of.perimeter.clone());
            genesis.scenario.clone_from(&of.scenario);
            genesis.origin = Some(origin);
        }
        let playbooks = kept_playbooks(&library);
        let own = before.map(|known| known.path);
        let mut session = Self::bare(setup.clone(), &genesis, library);
        if let Some(own) = &spec.clocks {
            // Another organisation's duties are none of this cell's deadlines.
            let clocks = session.clocks.iter().filter(|clock| own.contains(&clock.id)).cloned().collect();
            session.clocks = Arc::new(clocks);
            session.incident.know_clocks(Arc::clone(&session.clocks));
        }
        let work = Joining { host: host.to_path_buf(), spec, kit, own, genesis, playbooks, setup };
        session.loading = Some(load::background(&session.waker, move || work.load())?);
        Ok(session)
    }

    /// Comes back to a cell by its own folder.
    pub(in crate::session) fn rejoin(setup: Setup, path: &Path, cell: &str, host: &str) -> Result<Self, SessionError> {
        let beside = path.parent().map(|root| root.join(host)).filter(|path| read_genesis(path).is_ok());
        let Some(path) = beside else {
            let lang = Lang::new(setup.lang);
            return Err(SessionError::input(lang.ta("session-cell-no-host", &[("host", Arg::Str(host))])));
        };
        Self::join(setup, &path, cell)
    }
}

impl Joining {
    pub(in crate::session) fn load(self) -> Result<Loaded, String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        let state = &self.setup.config.state.value;
        let host = Folder::open(&self.host, Access::Read, state).map_err(|e| text(&e))?;
        let scenario = host_scenario(&host)?;
        let network: Arc<Network> = Arc::new(scenario.network.clone());
        let root = self.setup.root(Mode::Exercise);
        let disk = self.setup.disk.clone();
        let new = self.own.is_none();
        let folder = if let Some(path) = &self.own {
            Folder::open_on(disk, path, Access::Write, state).map_err(|e| text(&e))?
        } else {
            let kept: Vec<(&str, &[u8])> =
                self.playbooks.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
            Folder::create_on(disk, &root, &self.genesis, &kept, state).map_err(|e| text(&e))?
        };
        if folder.warnings().contains(&Warning::SecondConsole) {
            let lang = Lang::new(self.setup.lang);
            return Err(lang.ta("session-cell-open", &[("cell", Arg::Str(lang.of(&self.spec.title)))]));
        }
        let (log, incident) = if new {
            (None, Incident::new(self.genesis.clone()))
        } else {
            LogView::open(&folder).map(|(log, incident)| (Some(log), incident)).map_err(|e| text(&e))?
        };
        let mut board = Board::new(Arc::clone(&network), scenario.start, self.genesis.perimeter.clone(), true);
        let tape = TapeReader::open(&tape_path(&self.host)).map_err(|e| text(&e))?;
        let mut seen = Seen::new(tape, scenario.start, &self.spec, board.clone());
        let path = tape_path(folder.path());
        let mut said = Vec::new();
        let failed = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut alarms = Vec::new();
        if let Some(log) = &log {
            for (at, observation) in observations(log) {
                seen.observe(at, observation);
            }
            let read = TapeReader::open(&path).and_then(|mut tape| tape.read_readable());
            let (taped, gaps) = read.map_err(|e| text(&e))?;
            let lang = Lang::new(self.setup.lang);
            said.extend(gaps.iter().map(|gap| sentence::gap(&lang, gap, scenario.start, network.tz)));
            for frame in &taped {
                alarms.extend(seen.again(&mut board, frame));
            }
            alarms.retain(|(at, _)| *at > scenario.open_at);
            load::again::unsaid(log, &mut alarms);
            seen.record_to(TapeWriter::append(&path).map_err(failed)?);
        } else {
            seen.record_to(TapeWriter::create(&path).map_err(failed)?);
            let step = seen.advance(&mut board, false);
            let mut open = Vec::new();
            for (at, alarm) in step.alarms {
                keep_open(&mut open, vec![alarm], at);
            }
            alarms = open;
        }
        let own = folder.path().to_path_buf();
        let kit = Arc::clone(&self.kit);
        let mut cells = Cells::new(self.spec, self.kit, host.genesis().inc.clone(), root, own);
        cells.known.insert(self.host.clone());
        cells.seen = Some(Box::new(seen));
        let (peer, before) = Peer::open(&self.host, CellSpec::control(), Some(&kit), state).map_err(|e| text(&e))?;
        cells.add(peer, &before, &self.genesis);
        let verify = if new { VerifyState::Ok } else { checked(&folder) };
        Ok(Loaded {
            folder: Some(folder),
            incident,
            log,
            verify,
            network,
            scenario: Some(Arc::new(scenario)),
            board,
            live: None,
            watch: None,
            replay: None,
            cells: Some(cells),
            past: Vec::new(),
            said,
            hold: None,
            alarms,
            clock: None,
            levers_told: std::collections::BTreeSet::new(),
            desk: None,
        })
    }
}
