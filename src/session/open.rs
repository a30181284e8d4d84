//! Opening: a REAL incident, a new exercise, one that was interrupted, a recorded one.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::load::{self, Loaded, NewExercise};
use super::record::Recorder;
use super::{Session, SessionError, Setup, Shared, sentence};
use crate::clock::Reading;
use crate::config::Config;
use crate::health::{Board, Perimeter};
use crate::incident::Incident;
use crate::incident::event::{Body, Genesis, Mode};
use crate::lang::Lang;
use crate::network::{self, Source};
use crate::playbook::Library;
use crate::store::folder::random_hex;
use crate::store::{Folder, LogView, Writer};

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
        let mut session = Self::bare(setup, genesis, library);
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
        let library = playbooks(&setup.config);
        let name = sources.last().map_or("exercise", |source| source.name.as_str());
        let stem = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".toml").to_owned();
        let genesis = genesis(&setup, Mode::Exercise, &stem, &library);
        let work = NewExercise {
            sources,
            seed,
            rate_milli: rate_milli.clamp(super::MIN_RATE_MILLI, super::MAX_RATE_MILLI),
            perimeter,
            genesis: genesis.clone(),
            playbooks: kept_playbooks(&library),
            root: setup.root(Mode::Exercise),
            state: setup.config.state.value.clone(),
            disk: setup.disk.clone(),
            french: setup.lang == crate::lang::LangId::Fr,
        };
        let mut session = Self::bare(setup, genesis, library);
        session.loading = Some(load::background(&session.waker, move || work.load())?);
        Ok(session)
    }

    /// A session around an incident without entries.
    pub(super) fn bare(setup: Setup, genesis: Genesis, library: Library) -> Self {
        let network = Arc::new(network::reference());
        let opened = genesis.at.to_utc();
        let board = Board::new(Arc::clone(&network), opened, genesis.perimeter.clone(), genesis.mode != Mode::Real);
        let lang = Lang::new(genesis.lang.parse().unwrap_or(setup.lang));
        Self {
            setup,
            lang,
            log: LogView::new(genesis.clone()),
            incident: Incident::new(genesis),
            board,
            network,
            scenario: None,
            library,
            recorder: Recorder::default(),
            live: None,
            replay: None,
            loading: None,
            hold: None,
            ready: Vec::new(),
            disk: super::DiskState::Ok,
            verify: super::VerifyState::Ok,
            waker: Shared::default(),
            behind: None,
            read_only: false,
            ended: false,
        }
    }

    pub(super) fn start_writer(&mut self, folder: &mut Folder) -> Result<(), SessionError> {
        // A log that was resumed is read before the writer adds to it.
        self.log = LogView::open(folder)?.0;
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
        self.scenario = loaded.scenario;
        self.board = loaded.board;
        self.live = loaded.live;
        self.hold = loaded.hold;
        if let Some(mut folder) = loaded.folder
            && let Err(error) = self.start_writer(&mut folder)
        {
            self.ready.push(super::Outcome::Failed { why: error.to_string() });
        }
        if let (Some((running, rate_milli)), Some(at)) = (loaded.clock, loaded.hold) {
            let x_at = at.with_timezone(&self.zone()).fixed_offset();
            let text = self.lang.t(if running { "session-clock-start" } else { "session-clock-resumed" });
            self.submit_machine(Body::Clock { x_at, running, rate_milli, text }, at);
        }
        for (at, alarm) in loaded.alarms {
            let text = sentence::alarm(&self.lang, &alarm);
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
    let Ok(entries) = std::fs::read_dir(config.playbooks_dir()) else { return Library::new([]) };
    let mut own: Vec<PathBuf> =
        entries.flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|x| x == "toml")).collect();
    own.sort();
    Library::new(own.into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(&path).ok()?;
        Some((path.display().to_string(), text))
    }))
}

/// The playbooks as they are kept beside a log: file name and text.
fn kept_playbooks(library: &Library) -> Vec<(String, String)> {
    library.iter().map(|playbook| (format!("playbook_{}.toml", playbook.id), playbook.text.clone())).collect()
}

/// `incident.json` of a new incident.
fn genesis(setup: &Setup, mode: Mode, title: &str, library: &Library) -> Genesis {
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
