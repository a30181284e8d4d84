//! A recorded incident, read whole: to be watched while it grows, or played back.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use super::{Loaded, Ready, checked, instant, layers, observations, ready, tape_path};
use crate::clock::IncidentClock;
use crate::feed::documented::{DocumentedEvent, Layer, TimePrecision, Timeline};
use crate::feed::frames_until;
use crate::health::Board;
use crate::incident::Incident;
use crate::incident::event::{
    ActionState, Body, Entry, EventTime, Genesis, Mode, NO_CHAIN, Precision, Role, Statement, Verification,
};
use crate::lang::{Arg, Lang, LangId};
use crate::network::{self, Grade, Network, Scenario, Source};
use crate::session::cells::{Link, host_scenario};
use crate::session::playback::{Playback, Replay, Story};
use crate::session::sentence;
use crate::session::types::VerifyState;
use crate::session::watch::Watch;
use crate::store::tape::TapeReader;
use crate::store::{Folder, Line, LogView};

/// Network, scenario if there is one, and the incident time at which frame 0 begins.
pub(in crate::session) type World = (Arc<Network>, Option<Arc<Scenario>>, DateTime<Utc>);

/// The network and scenario of an incident: its own kept copy, or what is known without one.
pub(in crate::session) fn world(folder: &Folder) -> Result<World, String> {
    let genesis = folder.genesis();
    if genesis.scenario.is_none() {
        return Ok((Arc::new(network::reference()), None, genesis.at.to_utc()));
    }
    let scenario = match Link::of(genesis) {
        // The scenario of a cell of players lies beside the host's log.
        Some(Link::Cell { host, .. }) => {
            let beside = folder.path().parent().map(|root| root.join(&host)).unwrap_or_default();
            let Ok(host) = Folder::open(&beside, crate::store::Access::Read, std::path::Path::new("")) else {
                return Ok((Arc::new(network::reference()), None, genesis.at.to_utc()));
            };
            host_scenario(&host)?
        }
        _ => network::load(&layers(folder)?).map_err(|errors| errors.to_string())?,
    };
    let start = scenario.start;
    Ok((Arc::new(scenario.network.clone()), Some(Arc::new(scenario)), start))
}

/// An incident that is open elsewhere on this machine.
pub(in crate::session) struct Watched {
    pub folder: Folder,
}

impl Watched {
    pub(in crate::session) fn load(self) -> Result<Loaded, String> {
        let folder = self.folder;
        let (network, scenario, start) = world(&folder)?;
        let (log, incident) = LogView::open(&folder).map_err(|error| error.to_string())?;
        let feed = scenario.is_some();
        let mut board = Board::new(Arc::clone(&network), start, folder.genesis().perimeter.clone(), feed);
        let path = tape_path(folder.path());
        let tape = if feed { Some(TapeReader::open(&path).map_err(|error| error.to_string())?) } else { None };
        let mut watch = Watch::new(tape, start);
        for (at, observation) in observations(&log) {
            watch.observe(&mut board, at, observation);
        }
        watch.advance(&mut board).map_err(|error| error.to_string())?;
        let verify = checked(&folder);
        Ok(Loaded {
            folder: None,
            incident,
            log: Some(log),
            verify,
            network,
            scenario,
            board,
            live: None,
            watch: Some(watch),
            cells: None,
            replay: None,
            hold: None,
            alarms: Vec::new(),
            clock: None,
            levers_told: BTreeSet::new(),
            desk: None,
            past: Vec::new(),
            said: Vec::new(),
        })
    }
}

/// An incident that was recorded, to be played back.
pub(in crate::session) struct Recorded {
    pub folder: Folder,
    /// A REPLAY incident of one's own that goes on with it: locked for writing.
    pub own: Option<Folder>,
    pub rate_milli: u32,
    pub wall: DateTime<Utc>,
    /// Of whoever opens it.
    pub language: LangId,
}

impl Recorded {
    pub(in crate::session) fn load(self) -> Result<Loaded, String> {
        let folder = self.folder;
        let (network, scenario, start) = world(&folder)?;
        let (mut log, _) = LogView::open(&folder).map_err(|error| error.to_string())?;
        let genesis = folder.genesis().clone();
        let lang = Lang::new(self.language);
        let empty = Board::new(Arc::clone(&network), start, genesis.perimeter.clone(), scenario.is_some());
        let (tape, said) = match scenario {
            Some(_) => readable(&folder, start, &lang),
            None => (TapeReader::in_memory([]), Vec::new()),
        };
        let playback = Playback::new(empty, start, tape, observations(&log));
        let playback = playback.keep_behind().map_err(|error| error.to_string())?;
        let story = Story::new(genesis.clone(), &mut log);
        let opened = scenario.as_ref().map_or(genesis.at.to_utc(), |scenario| scenario.open_at);
        let own = match &self.own {
            Some(own) => own_entries(own)?,
            None => Vec::new(),
        };
        let begin = own.iter().map(|entry: &Arc<Entry>| instant(entry)).max().unwrap_or(opened);
        let clock = IncidentClock {
            anchor_wall: self.wall,
            anchor_incident: begin,
            rate_milli: self.rate_milli,
            running: own.is_empty(),
        };
        let verify = checked(&folder);
        let replay = Replay::new(playback, story, own, clock, opened);
        let loaded = loaded(self.own, genesis, verify, (network, scenario), replay, log);
        Ok(Loaded { said, ..loaded })
    }
}

/// The tape of a recorded incident as far as it can be read, and what is to be said about the rest: a log without its
/// tape is played back all the same, on a board that has no data.
pub(in crate::session) fn readable(folder: &Folder, start: DateTime<Utc>, lang: &Lang) -> (TapeReader, Vec<String>) {
    let path = tape_path(folder.path());
    let read = TapeReader::open(&path).and_then(|mut tape| tape.survey().map(|gaps| (tape, gaps)));
    match read {
        Ok((tape, gaps)) => {
            let zone = folder.genesis().zone.parse().unwrap_or(chrono_tz::Tz::UTC);
            let said = gaps.iter().map(|gap| sentence::gap(lang, gap, start, zone));
            (tape, said.collect())
        }
        Err(error) => {
            let why = error.to_string();
            (TapeReader::in_memory([]), vec![lang.ta("session-tape-unreadable", &[("why", Arg::Str(&why))])])
        }
    }
}

/// The entries of a REPLAY incident.
fn own_entries(own: &Folder) -> Result<Vec<Arc<Entry>>, String> {
    let (log, _) = LogView::open(own).map_err(|error| error.to_string())?;
    Ok((0..log.len()).filter_map(|at| log.get(at)).collect())
}

fn loaded(
    own: Option<Folder>,
    genesis: Genesis,
    verify: VerifyState,
    (network, scenario): (Arc<Network>, Option<Arc<Scenario>>),
    replay: Replay,
    mut log: LogView,
) -> Loaded {
    let board = replay.empty_board();
    for entry in replay.own() {
        log.push(&line(entry));
    }
    Loaded {
        folder: own,
        log: Some(log),
        incident: Incident::new(genesis),
        verify,
        network,
        scenario,
        board,
        live: None,
        watch: None,
        cells: None,
        replay: Some(replay),
        hold: None,
        alarms: Vec::new(),
        clock: None,
        levers_told: BTreeSet::new(),
        desk: None,
        past: Vec::new(),
        said: Vec::new(),
    }
}

/// A documented incident beside the simulated health of the scenario that rebuilds it: what is documented, and what the
/// machine would have said, as a log to be played back.
pub(in crate::session) fn documented(
    timeline: &Timeline,
    sources: Option<&[Source]>,
    mut genesis: Genesis,
    clock: &IncidentClock,
    language: LangId,
    own: Option<Folder>,
) -> Result<Loaded, String> {
    let lang = Lang::new(language);
    lang.of(&timeline.title).clone_into(&mut genesis.title);
    genesis.zone = timeline.tz.to_string();
    let first = timeline.events.iter().map(|event| event.at).min().unwrap_or(genesis.at.to_utc());
    let mut entries = Vec::new();
    for event in &timeline.events {
        entries.push(entry(&genesis, timeline, event, &lang));
    }
    let (network, scenario, playback, begin) = match sources {
        None => {
            let network = Arc::new(network::reference());
            let empty = Board::new(Arc::clone(&network), first, genesis.perimeter.clone(), false);
            (network, None, Playback::new(empty, first, TapeReader::in_memory([]), Vec::new()), first)
        }
        Some(sources) => {
            let Ready { scenario, network, mut feed } = ready(sources, None)?;
            let empty = Board::new(Arc::clone(&network), scenario.start, genesis.perimeter.clone(), true);
            let last = timeline.events.iter().map(|event| event.at).max().unwrap_or(scenario.start);
            let end = (scenario.start + TimeDelta::seconds(scenario.duration_s as i64))
                .max(scenario.open_at)
                .min(last.max(scenario.start) + TimeDelta::hours(12));
            let frames = (0..frames_until(scenario.start, end)).map(|_| feed.next_frame());
            let tape = TapeReader::in_memory(frames);
            let playback = Playback::new(empty, scenario.start, tape, Vec::new()).keep(&mut |at, alarm| {
                let text = sentence::alarm(&lang, &alarm, timeline.tz);
                let body = Body::Crossing { alarm: alarm.alarm, over: alarm.over, text };
                entries.push(machine(&genesis, at.with_timezone(&timeline.tz).fixed_offset(), body));
            });
            let begin = scenario.open_at;
            (network, Some(Arc::new(scenario)), playback, begin)
        }
    };
    entries.sort_by_key(|entry| entry.at);
    let mut log = LogView::new(genesis.clone());
    for (mut entry, seq) in entries.into_iter().zip(0..) {
        entry.seq = seq;
        log.push(&line(&entry));
    }
    let story = Story::new(genesis.clone(), &mut log);
    let clock = IncidentClock { anchor_incident: begin, ..clock.clone() };
    let added = match &own {
        Some(own) => own_entries(own)?,
        None => Vec::new(),
    };
    let replay = Replay::new(playback, story, added, clock, begin);
    Ok(loaded(own, genesis, VerifyState::Ok, (network, scenario), replay, log))
}

/// An entry that is at hand as a line of a log view.
fn line(entry: &Entry) -> Line {
    Line { entry: entry.clone(), bytes: String::new(), segment: 0, offset: 0 }
}

/// A documented event as a line of a log, written when it was known.
pub(super) fn entry(genesis: &Genesis, timeline: &Timeline, event: &DocumentedEvent, lang: &Lang) -> Entry {
    let local = |at: DateTime<Utc>| at.with_timezone(&timeline.tz).fixed_offset();
    let text = lang.of(&event.text).to_owned();
    let source = format!("{} [{}]", event.sources.join(", "), event.grade.mark());
    let org = timeline
        .organisation(&event.organisation)
        .map_or_else(|| event.organisation.clone(), |organisation| lang.of(&organisation.name).to_owned());
    let verification = match (event.grade, &event.conflict) {
        (_, Some(_)) => Verification::BeingVerified,
        (Grade::D | Grade::DWeak, None) => Verification::Verified,
        _ => Verification::ToVerify,
    };
    let statement = || Statement { text: text.clone(), source: source.clone(), channel: String::new(), verification };
    let body = match event.layer {
        Layer::Truth => Body::Fact(statement()),
        Layer::Belief => Body::Information(statement()),
        Layer::Action => Body::Action { text: text.clone(), owner: org.clone(), due: None, state: ActionState::Done },
        Layer::Notice | Layer::Public => Body::Message {
            text: text.clone(),
            to: if event.layer == Layer::Public { lang.t("session-public") } else { String::new() },
            from: org.clone(),
            channel: source.clone(),
            answer_by: None,
        },
    };
    let precision = match event.precision {
        TimePrecision::Exact => Precision::Exact,
        TimePrecision::About | TimePrecision::Window => Precision::About,
        TimePrecision::Before => Precision::Before,
    };
    let mut entry = machine(genesis, local(event.known), body);
    entry.who = lang.t("session-documented");
    entry.org = org;
    entry.role = Role::Observer;
    entry.event_at = Some(EventTime { at: local(event.at), precision, reason: None, page: None });
    entry
}

fn machine(genesis: &Genesis, at: DateTime<FixedOffset>, body: Body) -> Entry {
    Entry {
        v: 1,
        inc: genesis.inc.clone(),
        chain: NO_CHAIN.to_owned(),
        seq: 0,
        at,
        up: String::new(),
        x: (genesis.mode != Mode::Real).then_some(at),
        event_at: None,
        who: "vigie".to_owned(),
        org: String::new(),
        role: Role::Machine,
        body,
        re: Vec::new(),
        seen: std::collections::BTreeMap::new(),
        frame: None,
        prev: String::new(),
        sig: None,
    }
}
