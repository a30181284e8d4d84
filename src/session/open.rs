//! Opening: a REAL incident, a new exercise, one that was interrupted, a recorded one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cells::Link;
use super::import::IMPORTED;
use super::load::{self, Loaded, NewExercise, Recorded, Resume, Watched};
use super::record::Recorder;
use super::{Session, SessionError, Setup, Shared, sentence};
use crate::clock::{IncidentClock, Reading};
use crate::config::Config;
use crate::contacts::Directory;
use crate::feed::documented;
use crate::health::{Board, Perimeter};
use crate::incident::Incident;
use crate::incident::clocks::{self, ClockError, ClockSpec};
use crate::incident::event::{Body, Genesis, Mode};
use crate::lang::Lang;
use crate::network::{self, Said, Source};
use crate::playbook::Library;
use crate::store::folder::{random_hex, read_genesis};
use crate::store::{Access, Folder, LogView, Writer};
use crate::text::document::Problem;

/// What the origin of a REPLAY of a documented incident begins with.
pub(super) const DOCUMENTED: &str = "documented:";

impl Session {
    /// Opens a REAL incident: no feed, the wall clock, observations by hand.
    ///
    /// # Errors
    /// When its folder cannot be created.
    pub fn open_real(setup: Setup, title: &str, perimeter: Perimeter) -> Result<Self, SessionError> {
        let library = playbooks(&setup.config);
        let mut genesis = genesis(&setup, Mode::Real, title, &library);
        genesis.perimeter = perimeter;
        let playbooks = kept_playbooks(&library);
        let kept: Vec<(&str, &[u8])> = playbooks.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        let root = setup.root(Mode::Real);
        let mut folder = Folder::create_on(setup.disk.clone(), &root, &genesis, &kept, &setup.config.state.value)?;
        let mut session = Self::bare(setup, &genesis, library);
        session.log = LogView::open_tail(&folder)?;
        session.start_writer(&mut folder)?;
        Ok(session)
    }

    /// Starts an exercise on a scenario. The scenario is read in the background: until then the session has an empty
    /// board, and what is submitted waits.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn new_exercise(
        setup: Setup,
        sources: Vec<Source>,
        seed: Option<u64>,
        rate_milli: u32,
        perimeter: Perimeter,
    ) -> Result<Self, SessionError> {
        Self::new_exercise_with(setup, sources, seed, rate_milli, perimeter, None)
    }

    /// As [`Session::new_exercise`], with a chronogramme: its clock waits for STARTEX, which the machine gives where
    /// nobody sits at the desk.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn new_exercise_with(
        setup: Setup,
        sources: Vec<Source>,
        seed: Option<u64>,
        rate_milli: u32,
        perimeter: Perimeter,
        kit: Option<&crate::exercise::Kit>,
    ) -> Result<Self, SessionError> {
        Self::begin_exercise(setup, sources, seed, (rate_milli, perimeter), kit, None)
    }

    /// As [`Session::new_exercise_with`], as the cell at the desk that hosts the simulation for other cells.
    ///
    /// # Errors
    /// When no thread can be had.
    pub fn host_exercise(
        setup: Setup,
        sources: Vec<Source>,
        seed: Option<u64>,
        rate_milli: u32,
        perimeter: Perimeter,
        kit: Option<&crate::exercise::Kit>,
    ) -> Result<Self, SessionError> {
        Self::begin_exercise(setup, sources, seed, (rate_milli, perimeter), kit, Some(&Link::Host))
    }

    fn begin_exercise(
        setup: Setup,
        sources: Vec<Source>,
        seed: Option<u64>,
        (rate_milli, perimeter): (u32, Perimeter),
        kit: Option<&crate::exercise::Kit>,
        link: Option<&Link>,
    ) -> Result<Self, SessionError> {
        let library = playbooks(&setup.config);
        let name = sources.last().map_or("exercise", |source| source.name.as_str());
        let name = kit.map_or(name, |kit| kit.id.as_str());
        let stem = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".toml").to_owned();
        let mut genesis = genesis(&setup, Mode::Exercise, &stem, &library);
        genesis.origin = link.map(Link::origin);
        let mut playbooks = kept_playbooks(&library);
        playbooks.extend(kit.map(|kit| (super::KEPT_EXERCISE.to_owned(), kit.text.clone())));
        let work = NewExercise {
            sources,
            seed,
            rate_milli: rate_milli.clamp(super::MIN_RATE_MILLI, super::MAX_RATE_MILLI),
            perimeter,
            genesis: genesis.clone(),
            playbooks,
            title: kit.map(|kit| kit.title.clone()),
            waits: link.is_some() || kit.is_some_and(|kit| !kit.injects.is_empty()),
            root: setup.root(Mode::Exercise),
            state: setup.config.state.value.clone(),
            disk: setup.disk.clone(),
            french: setup.lang == crate::lang::LangId::Fr,
        };
        let mut session = Self::bare(setup, &genesis, library);
        session.loading = Some(load::background(&session.waker, move || work.load())?);
        Ok(session)
    }

    /// Goes on with an incident: a REAL one is folded behind the first frame, an exercise is simulated anew up to the
    /// last frame on its tape, a REPLAY goes on where its last entry stands. A closed exercise is played back.
    ///
    /// # Errors
    /// When its folder cannot be opened.
    pub fn resume(setup: Setup, path: &Path) -> Result<Self, SessionError> {
        let (genesis, _) = read_genesis(path)?;
        if genesis.mode == Mode::Replay && genesis.taken_over().is_none() {
            return Self::replay(setup, path, super::MIN_RATE_MILLI);
        }
        if let Some(Link::Cell { cell, host }) = Link::of(&genesis) {
            return Self::rejoin(setup, path, &cell, &host);
        }
        let state = setup.config.state.value.clone();
        let mut folder = Folder::open_on(setup.disk.clone(), path, Access::Write, &state)?;
        let library = pinned(&setup.config, &folder);
        let mut session = Self::bare(setup, &genesis, library);
        session.log = LogView::open_tail(&folder)?;
        session.verify = super::VerifyState::Checking;
        if session.incident.genesis().mode == Mode::Real {
            let waker = session.waker.clone();
            session.log.load(Box::new(move || waker.wake()))?;
            session.folding = true;
            session.start_writer(&mut folder)?;
        } else {
            let work = Resume { folder };
            session.loading = Some(load::background(&session.waker, move || work.load())?);
        }
        Ok(session)
    }

    /// Looks at an incident that is open elsewhere on this machine, read-only.
    ///
    /// # Errors
    /// When its folder cannot be opened.
    pub fn watch(setup: Setup, path: &Path) -> Result<Self, SessionError> {
        let folder = Folder::open(path, Access::Read, &setup.config.state.value)?;
        let library = pinned(&setup.config, &folder);
        let mut session = Self::bare(setup, folder.genesis(), library);
        session.log = LogView::open_tail(&folder)?;
        session.read_only = true;
        session.verify = super::VerifyState::Checking;
        let work = Watched { folder };
        session.loading = Some(load::background(&session.waker, move || work.load())?);
        Ok(session)
    }

    /// Plays a recorded incident back, read-only; the first entry of one's own creates a REPLAY incident. The path of
    /// a REPLAY incident goes on with it.
    ///
    /// # Errors
    /// When its folder cannot be opened, or what it was taken over from is not on this machine.
    pub fn replay(setup: Setup, path: &Path, rate_milli: u32) -> Result<Self, SessionError> {
        let state = setup.config.state.value.clone();
        let (genesis, _) = read_genesis(path)?;
        let mut source = path.to_path_buf();
        let mut own = None;
        let imported = genesis.origin.as_ref().is_some_and(|origin| origin.starts_with(IMPORTED));
        if genesis.mode == Mode::Replay && !imported && genesis.taken_over().is_none() {
            let origin = genesis.origin.clone().unwrap_or_default();
            own = Some(Folder::open_on(setup.disk.clone(), path, Access::Write, &state)?);
            if let Some(id) = origin.strip_prefix(DOCUMENTED) {
                return Self::of_documented(setup, id, rate_milli, own);
            }
            source = super::find_incident(&setup.config, Some(&origin)).map_err(|error| {
                SessionError::Input(Said::new("config-at").with("place", origin).with("why", error.said()))
            })?;
        }
        let folder = Folder::open(&source, Access::Read, &state)?;
        let library = pinned(&setup.config, &folder);
        let (wall, language) = (setup.clock.now().wall, setup.lang);
        let mut session = Self::bare(setup, folder.genesis(), library);
        session.verify = super::VerifyState::Checking;
        session.replaying = true;
        session.recorded = Some(source);
        let work = Recorded { folder, own, rate_milli, wall, language };
        session.loading = Some(load::background(&session.waker, move || work.load())?);
        Ok(session)
    }

    /// Plays a documented incident back, beside the simulated health of the scenario of the same id.
    ///
    /// # Errors
    /// When there is no such documented incident.
    pub fn documented(setup: Setup, id: &str, rate_milli: u32) -> Result<Self, SessionError> {
        Self::of_documented(setup, id, rate_milli, None)
    }

    fn of_documented(setup: Setup, id: &str, rate_milli: u32, own: Option<Folder>) -> Result<Self, SessionError> {
        let timeline = match documented::load(id) {
            Some(Ok(timeline)) => timeline,
            Some(Err(problems)) => return Err(SessionError::input(problems)),
            None => return Err(SessionError::input(Said::new("session-no-documented").with("id", id))),
        };
        let sources = network::find(id, Some(&setup.config.scenarios_dir())).ok();
        let library = playbooks(&setup.config);
        let mut genesis = genesis(&setup, Mode::Replay, id, &library);
        genesis.origin = Some(format!("{DOCUMENTED}{id}"));
        let clock = IncidentClock {
            rate_milli: rate_milli.clamp(super::MIN_RATE_MILLI, super::MAX_RATE_MILLI),
            ..IncidentClock::wall(setup.clock.now().wall)
        };
        let language = setup.lang;
        let mut session = Self::bare(setup, &genesis, library);
        session.replaying = true;
        session.documented.clone_from(&timeline.events);
        let work = move || load::documented(&timeline, sources.as_deref(), genesis, &clock, language, own);
        session.loading = Some(load::background(&session.waker, work)?);
        Ok(session)
    }

    /// The first entry of one's own in a replay creates a REPLAY incident.
    pub(super) fn take_up_replay(&mut self) -> Result<(), SessionError> {
        let Some(replay) = &self.replay else { return Ok(()) };
        if self.recorder.writer.is_some() {
            return Ok(());
        }
        let source = replay.genesis().clone();
        let documented = source.origin.clone().filter(|origin| origin.starts_with(DOCUMENTED));
        let origin = documented.unwrap_or(source.inc);
        let mut genesis = genesis(&self.setup, Mode::Replay, &source.title, &self.library);
        genesis.zone = source.zone;
        genesis.perimeter = source.perimeter;
        genesis.scenario = source.scenario;
        genesis.origin = Some(origin);
        let playbooks = kept_playbooks(&self.library);
        let kept: Vec<(&str, &[u8])> = playbooks.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        let root = self.setup.root(Mode::Replay);
        let state = self.setup.config.state.value.clone();
        let mut folder = Folder::create_on(self.setup.disk.clone(), &root, &genesis, &kept, &state)?;
        self.start_writer(&mut folder)
    }

    /// A session around an incident without entries.
    pub(super) fn bare(setup: Setup, genesis: &Genesis, library: Library) -> Self {
        let network = Arc::new(network::reference());
        let opened = genesis.at.to_utc();
        let board = Board::new(Arc::clone(&network), opened, genesis.perimeter.clone(), genesis.mode != Mode::Real);
        let lang = Lang::new(genesis.lang.parse().unwrap_or(setup.lang));
        let (clocks, wrong) = own_clocks(&setup.config);
        let clocks = Arc::new(clocks);
        let (contacts, mistakes) = contacts(&setup.config);
        let failed = |why: Said| super::Outcome::Failed { why: lang.say(&why) };
        let wrong = wrong.iter().map(|error| Said::from(error.to_string()));
        let ready = wrong.chain(mistakes.iter().map(Problem::said)).map(failed).collect();
        let mut incident = Incident::new(genesis.clone());
        incident.know_clocks(Arc::clone(&clocks));
        Self {
            setup,
            lang,
            incident,
            clocks,
            contacts,
            log: LogView::new(genesis.clone()),
            board,
            network,
            scenario: None,
            library,
            recorder: Recorder::default(),
            live: None,
            watch: None,
            cells: None,
            replay: None,
            loading: None,
            folding: false,
            levers_told: BTreeSet::new(),
            slot_told: None,
            ticked: None,
            documented: super::takeover::timeline_of(genesis),
            ghost: false,
            recorded: None,
            past_lines: 0,
            hold: None,
            ready,
            disk: super::DiskState::Ok,
            verify: super::VerifyState::Ok,
            waker: Shared::default(),
            behind: None,
            read_only: false,
            replaying: false,
            ended: false,
            briefed: false,
            opening: None,
            desk: None,
        }
    }

    pub(super) fn start_writer(&mut self, folder: &mut Folder) -> Result<(), SessionError> {
        // A log that was resumed is read before the writer adds to it.
        let writer = Writer::start(folder, &self.setup.clock.now())?;
        let waker = self.waker.clone();
        writer.set_waker(Box::new(move || waker.wake()));
        self.recorder.writer = Some(writer);
        Ok(())
    }

    /// Takes over what the background has read.
    pub(super) fn install(&mut self, loaded: Loaded) {
        self.incident = loaded.incident;
        self.lang = Lang::new(self.incident.genesis().lang.parse().unwrap_or(self.setup.lang));
        self.network = loaded.network;
        self.keep_clocks();
        self.scenario = loaded.scenario;
        self.board = loaded.board;
        self.live = loaded.live;
        self.watch = loaded.watch;
        let cells = loaded.cells;
        self.replay = loaded.replay;
        if let Some(replay) = self.replay.as_mut() {
            // Reading took its time: the replay begins when there is something to see.
            let anchor_wall = self.setup.clock.now().wall;
            replay.set_clock(IncidentClock { anchor_wall, ..replay.clock().clone() });
        }
        self.ready.extend(loaded.said.into_iter().map(|why| super::Outcome::Failed { why }));
        self.hold = loaded.hold;
        if self.live.is_some() {
            // A replay that was taken over is one no more.
            self.replaying = false;
            self.ghost = false;
            self.documented = super::takeover::timeline_of(self.incident.genesis());
        }
        self.levers_told = loaded.levers_told;
        self.verify = loaded.verify;
        if let Some(log) = loaded.log {
            self.log = log;
        } else if let Some(Ok(log)) = loaded.folder.as_ref().map(LogView::open_tail) {
            self.log = log;
        }
        self.know_open_playbooks();
        self.open_desk(loaded.folder.as_ref());
        if let (Some(desk), Some(seen)) = (self.desk.as_mut(), &loaded.desk) {
            desk.saw(seen);
        }
        self.install_cells(cells);
        self.never_scripted();
        if let Some(mut folder) = loaded.folder
            && let Err(error) = self.start_writer(&mut folder)
        {
            self.ready.push(super::Outcome::Failed { why: self.lang.say(&error.said()) });
        }
        self.write_past(loaded.past);
        if self.recorder.waits()
            && let Err(error) = self.take_up_replay()
        {
            self.ready.push(super::Outcome::Failed { why: self.lang.say(&error.said()) });
        }
        if let (Some((running, rate_milli)), Some(at)) = (loaded.clock, loaded.hold) {
            let x_at = at.with_timezone(&self.zone()).fixed_offset();
            let new = self.desk.as_ref().is_some_and(|desk| desk.start().is_none() && !desk.kit().injects.is_empty());
            let taken = self.incident.genesis().taken_over().is_some();
            let text = self.lang.t(match (running, new) {
                _ if taken && Some(at) == self.taken_over_at() => "session-take-over-clock",
                (true, _) => "session-clock-start",
                (false, true) => "session-desk-waits",
                (false, false) => "session-clock-resumed",
            });
            self.submit_machine(Body::Clock { x_at, running, rate_milli, text }, at);
        }
        for (at, alarm) in loaded.alarms {
            let text = sentence::alarm(&self.lang, &alarm, self.zone());
            self.submit_machine(Body::Crossing { alarm: alarm.alarm, over: alarm.over, text }, at);
        }
    }
}

impl Setup {
    /// Folder of the incidents of one mode.
    pub fn root(&self, mode: Mode) -> PathBuf {
        self.config.data.value.join(super::catalog::folder_of(mode))
    }
}

/// The shipped playbooks and the user's own.
pub fn playbooks(config: &Config) -> Library {
    Library::new(toml_files(&config.playbooks_dir()))
}

/// The playbooks at hand, those of an incident as they were when it was opened.
pub(super) fn pinned(config: &Config, folder: &Folder) -> Library {
    let mut library = playbooks(config);
    let kept = folder.genesis().playbooks.iter().filter_map(|(id, sha256)| {
        let name = format!("{id}.toml");
        let text = String::from_utf8(folder.kept(&name).ok()?).ok()?;
        Some((name, text, sha256.clone()))
    });
    library.pin(kept);
    library
}

/// The clocks that come with the program and the user's own, and the mistakes in these.
fn own_clocks(config: &Config) -> (Vec<ClockSpec>, Vec<ClockError>) {
    clocks::with_own(&toml_files(&config.clocks_dir()))
}

/// The directory of contacts, the user's own or the example, and the mistakes in it.
pub fn contacts(config: &Config) -> (Directory, Vec<Problem>) {
    Directory::new(&toml_files(&config.contacts_dir()))
}

/// Path and text of the TOML files of a folder, by name; a folder that is not there has none.
fn toml_files(folder: &Path) -> Vec<(String, String)> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut own: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|x| x == "toml")).collect();
    own.sort();
    let text = |path: &PathBuf| std::fs::read_to_string(path).ok();
    own.iter().filter_map(|path| Some((path.display().to_string(), text(path)?))).collect()
}

/// The playbooks as they are kept beside a log: file name and text.
pub(super) fn kept_playbooks(library: &Library) -> Vec<(String, String)> {
    library.iter().map(|playbook| (format!("{}.toml", playbook.id), playbook.text.clone())).collect()
}

/// `incident.json` of a new incident.
pub(super) fn genesis(setup: &Setup, mode: Mode, title: &str, library: &Library) -> Genesis {
    let zone = setup.config.zone.value;
    let Reading { wall, .. } = setup.clock.now();
    let at = wall.with_timezone(&zone).fixed_offset();
    let playbooks: BTreeMap<String, String> =
        library.iter().map(|playbook| (playbook.id.clone(), playbook.sha256.clone())).collect();
    Genesis {
        v: 1,
        inc: incident_id(&at.date_naive().to_string(), title),
        mode,
        title: title.to_owned(),
        at,
        zone: zone.to_string(),
        lang: setup.lang.to_string(),
        perimeter: Perimeter::Nation,
        scenario: None,
        origin: None,
        playbooks,
        engine: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// `2026-11-23-title-3f9a`: date, title without accents, four random digits.
fn incident_id(date: &str, title: &str) -> String {
    let mut slug = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'à' | 'â' | 'ä' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' => 'i',
            'ô' | 'ö' => 'o',
            'ù' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            c if c.is_ascii_alphanumeric() => c,
            _ => '-',
        };
        if slug.len() < 40 && !(c == '-' && (slug.is_empty() || slug.ends_with('-'))) {
            slug.push(c);
        }
    }
    let random: String = random_hex().chars().take(4).collect();
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { format!("{date}-{random}") } else { format!("{date}-{slug}-{random}") }
}
