//! A documented incident, or a recorded exercise, taken over at an instant: its scenario, without what people ordered
//! later, simulated up to that instant from its own seed.
//!
//! What is removed is a layer of its own, kept beside the log: the log and what is kept beside it are all that is needed
//! to go on, to replay and to verify.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Loaded, Past, Ready, instant, kept_layers, layers, observations, ready, recorded, tape_path};
use crate::feed::documented::{Layer, Timeline};
use crate::feed::{frame_end, frames_until};
use crate::health::{Board, Observation, Perimeter};
use crate::incident::Incident;
use crate::incident::event::{Author, Body, Entry, EntryId, Genesis, Role, ScenarioRef, TAKEN_OVER};
use crate::lang::{Arg, Lang, LangId};
use crate::network::{self, Element, Network, Scenario, ScriptedAct, Source};
use crate::session::live::Live;
use crate::session::types::VerifyState;
use crate::session::{sentence, settled};
use crate::sim::{FRAME_S, Input};
use crate::store::tape::TapeWriter;
use crate::store::{Access, Disk, Folder, LogView};

/// Name of the layer that removes what did not happen.
const LAYER: &str = "take-over.toml";

/// The instant of a take-over.
#[derive(Debug, Clone)]
pub(in crate::session) enum Moment {
    /// This one.
    At(DateTime<Utc>),
    /// As typed: a time of day of the scenario, or a date and time with offset.
    Typed(String),
}

impl Moment {
    /// As an instant: a time of day is the first one at or after the start of the scenario.
    fn instant(&self, start: DateTime<Utc>, tz: Tz) -> Option<DateTime<Utc>> {
        let typed = match self {
            Self::At(at) => return Some(*at),
            Self::Typed(typed) => typed.trim(),
        };
        if let Ok(at) = DateTime::parse_from_rfc3339(typed) {
            return Some(at.to_utc());
        }
        let time = ["%H:%M:%S", "%H:%M"].iter().find_map(|form| NaiveTime::parse_from_str(typed, form).ok())?;
        let day = start.with_timezone(&tz).date_naive();
        let of = |day: chrono::NaiveDate| day.and_time(time).and_local_timezone(tz).earliest().map(|at| at.to_utc());
        of(day).filter(|at| *at >= start).or_else(|| of(day.succ_opt()?))
    }
}

/// What is taken over.
pub(in crate::session) enum TakenFrom {
    /// A documented incident, with the scenario that rebuilds it.
    Documented(Box<Timeline>, Vec<Source>),
    /// An exercise that was recorded in this folder.
    Recorded(PathBuf),
}

/// What somebody takes over.
pub(in crate::session) struct TakenOver {
    pub from: TakenFrom,
    pub at: Moment,
    /// Does the clock run, and how fast \[thousandths\].
    pub clock: (bool, u32),
    pub perimeter: Perimeter,
    /// All but what is taken over says.
    pub genesis: Genesis,
    /// Playbooks kept beside: file name and text.
    pub playbooks: Vec<(String, String)>,
    pub root: PathBuf,
    pub state: PathBuf,
    pub disk: Arc<dyn Disk>,
    pub language: LangId,
    /// Who takes over.
    pub author: Author,
}

impl TakenOver {
    pub(in crate::session) fn load(self) -> Result<Loaded, String> {
        let lang = Lang::new(self.language);
        let record = Record::read(self.from)?;
        let base = network::load(&record.sources).map_err(|errors| errors.to_string())?;
        let tz = record.timeline.as_ref().map_or(base.network.tz, |timeline| timeline.tz);
        let at = self.at.instant(base.start, tz).map(|at| boundary(base.start, at));
        let end = base.start + TimeDelta::seconds(base.duration_s as i64);
        let Some(at) = at.filter(|at| *at > base.start && *at < end) else {
            let (from, to) = (lang.hm(base.start, tz), lang.hm(end, tz));
            return Err(lang.ta("session-take-over-outside", &[("from", Arg::Str(&from)), ("to", Arg::Str(&to))]));
        };
        let (removed, added) = match &record.timeline {
            Some(_) => {
                let id = |event: String| lang.ta("session-take-over-id", &[("at", Arg::Str(&event))]);
                (later(&base, at).map_err(id)?, Vec::new())
            }
            None => (Vec::new(), record.later_faults(&base.network, at)),
        };
        let not_happened = if record.timeline.is_some() { removed.clone() } else { record.later_levers(at) };
        let mut sources = record.sources.clone();
        sources.push(Source { name: LAYER.to_owned(), text: layer(at, tz, &removed, &added) });
        let Ready { scenario, network, mut feed } = ready(&sources, record.seed)?;

        let hm = lang.hm(at, tz);
        let mut genesis = self.genesis;
        let title = record.timeline.as_ref().map_or(record.title.as_str(), |timeline| lang.of(&timeline.title));
        genesis.title = lang.ta("session-take-over-title", &[("title", Arg::Str(title)), ("at", Arg::Str(&hm))]);
        genesis.zone = tz.to_string();
        genesis.at = genesis.at.with_timezone(&tz).fixed_offset();
        genesis.perimeter = self.perimeter.clone();
        genesis.origin = Some(format!("{TAKEN_OVER}{}@{}", record.id, at.to_rfc3339_opts(SecondsFormat::Secs, true)));
        genesis.scenario = Some(ScenarioRef {
            id: base.id,
            sha256: scenario.sha256.clone(),
            seed: record.seed.unwrap_or(scenario.seed),
            start: scenario.start,
        });
        let layers = kept_layers(&sources);
        let kept: Vec<(&str, &[u8])> = layers
            .iter()
            .map(|(name, bytes)| (name.as_str(), *bytes))
            .chain(self.playbooks.iter().map(|(name, text)| (name.as_str(), text.as_bytes())))
            .collect();
        let folder = Folder::create_on(self.disk, &self.root, &genesis, &kept, &self.state)
            .map_err(|error| error.to_string())?;
        let path = tape_path(folder.path());
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let mut tape = TapeWriter::create(&path).map_err(|error| failed(&error))?;
        let mut board = Board::new(Arc::clone(&network), scenario.start, self.perimeter, true);

        let mut past = match &record.timeline {
            // What nobody knew is not told to whoever sits down.
            Some(timeline) => timeline
                .until(at)
                .filter(|event| event.layer != Layer::Truth)
                .map(|event| past_of(&recorded::entry(&genesis, timeline, event, &lang), Vec::new()))
                .collect(),
            None => record.past(at, folder.chain().unwrap_or_default()),
        };
        for (frame_at, input) in record.inputs(&network, at)? {
            feed.input(frame_at, input).map_err(|late| late.to_string())?;
        }
        let mut live = Live::new(feed, None, scenario.start, None);
        for (when, observation) in &record.observations {
            if *when <= at {
                live.observe(*when, observation.clone());
            }
        }
        let machine = || Author { who: "vigie".to_owned(), org: String::new(), role: Role::Machine };
        for _ in 0..frames_until(scenario.start, at) {
            let (frame, alarms) = live.step(&mut board);
            tape.write(&frame).map_err(|error| failed(&error))?;
            let end = frame_end(scenario.start, frame.index);
            // A record has its alarms already.
            past.extend(alarms.into_iter().filter(|_| record.timeline.is_some()).map(|alarm| {
                let text = sentence::alarm(&lang, &alarm, tz);
                let body = Body::Crossing { alarm: alarm.alarm, over: alarm.over, text };
                Past { author: machine(), body, event_at: None, at: end, re: Vec::new() }
            }));
        }
        live.record_to(tape);
        board.tick(at);
        let levers_told =
            live.levers().iter().enumerate().filter(|(_, lever)| settled(lever)).map(|(i, _)| i).collect();
        if record.timeline.is_some() {
            past.sort_by_key(|one| one.at);
        }
        let body = divergence(&lang, &genesis, (&hm, record.timeline.is_some()), &not_happened);
        past.push(Past { author: self.author, body, event_at: None, at, re: Vec::new() });
        Ok(Loaded {
            folder: Some(folder),
            incident: Incident::new(genesis),
            log: None,
            verify: VerifyState::Ok,
            watch: None,
            cells: None,
            replay: None,
            levers_told,
            desk: None,
            network,
            hold: Some(at),
            live: Some(live),
            scenario: Some(Arc::new(scenario)),
            board,
            alarms: Vec::new(),
            clock: Some(self.clock),
            past,
            said: Vec::new(),
        })
    }
}

/// What is known of what is taken over.
struct Record {
    /// Id of the documented incident, or of the recorded one.
    id: String,
    title: String,
    timeline: Option<Box<Timeline>>,
    sources: Vec<Source>,
    /// That of a record; a documented incident has that of its scenario.
    seed: Option<u64>,
    /// The log of a record.
    entries: Vec<Arc<Entry>>,
    observations: Vec<(DateTime<Utc>, Observation)>,
}

impl Record {
    fn read(from: TakenFrom) -> Result<Self, String> {
        let path = match from {
            TakenFrom::Documented(timeline, sources) => {
                return Ok(Self {
                    id: timeline.id.clone(),
                    title: String::new(),
                    timeline: Some(timeline),
                    sources,
                    seed: None,
                    entries: Vec::new(),
                    observations: Vec::new(),
                });
            }
            TakenFrom::Recorded(path) => path,
        };
        let folder = Folder::open(&path, Access::Read, Path::new("")).map_err(|error| error.to_string())?;
        let (log, _) = LogView::open(&folder).map_err(|error| error.to_string())?;
        let genesis = folder.genesis();
        Ok(Self {
            id: genesis.inc.clone(),
            title: genesis.title.clone(),
            timeline: None,
            sources: layers(&folder)?,
            seed: genesis.scenario.as_ref().map(|scenario| scenario.seed),
            entries: (0..log.len()).filter_map(|position| log.get(position)).collect(),
            observations: observations(&log),
        })
    }

    /// The lines up to an instant as the first ones of chain `chain`. Clock, desk and end belong to the record alone.
    fn past(&self, at: DateTime<Utc>, chain: &str) -> Vec<Past> {
        let own = |body: &Body| {
            matches!(body, Body::Clock { .. } | Body::Desk { .. } | Body::Close { .. } | Body::Reopen { .. })
        };
        let kept: Vec<&Arc<Entry>> =
            self.entries.iter().filter(|entry| instant(entry) <= at && !own(&entry.body)).collect();
        let places: BTreeMap<EntryId, u64> = kept.iter().zip(0..).map(|(entry, place)| (entry.id(), place)).collect();
        let here = |id: &EntryId| places.get(id).map(|place| EntryId::new(chain, *place));
        kept.iter().map(|entry| past_of(entry, entry.re.iter().filter_map(here).collect())).collect()
    }

    /// What was put into the simulation up to an instant: frame and input.
    fn inputs(&self, network: &Network, at: DateTime<Utc>) -> Result<Vec<(u32, Input)>, String> {
        let mut inputs = Vec::new();
        for entry in self.entries.iter().filter(|entry| instant(entry) <= at) {
            match &entry.body {
                Body::Lever { order, frame_at, .. } => inputs.push((*frame_at, Input::Lever(order.lever.clone()))),
                Body::Inject { fault, on, frame_at, .. } => {
                    inputs.push((*frame_at, Input::Fault { kind: sentence::fault(network, fault)?, on: on.clone() }));
                }
                _ => {}
            }
        }
        Ok(inputs)
    }

    /// The words of the levers that were ordered after an instant.
    fn later_levers(&self, at: DateTime<Utc>) -> Vec<String> {
        let later = self.entries.iter().filter(|entry| instant(entry) > at);
        later
            .filter_map(|entry| match &entry.body {
                Body::Lever { order, .. } => Some(order.lever.word().to_owned()),
                _ => None,
            })
            .collect()
    }

    /// The faults that a facilitator put in after an instant, as events of the scenario: they are the world's.
    fn later_faults(&self, network: &Network, at: DateTime<Utc>) -> Vec<String> {
        let later = self.entries.iter().filter(|entry| instant(entry) > at);
        later
            .filter_map(|entry| {
                let Body::Inject { fault, on, frame_at, .. } = &entry.body else { return None };
                let inner = fault.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(fault);
                let on: Vec<String> =
                    on.iter().filter_map(|element| Some(format!("{:?}", named(network, *element)?))).collect();
                let at_s = u64::from(*frame_at) * FRAME_S;
                Some(format!("{{ at = \"+{at_s}s\", on = [{}], {} }}", on.join(", "), inner.trim()))
            })
            .collect()
    }
}

/// The id of an element in scenario files.
fn named(network: &Network, element: Element) -> Option<&str> {
    match element {
        Element::Server(id) => network.call_servers.get(id.index()).map(|server| server.id.as_str()),
        Element::Group(id) => network.trunk_groups.get(id.index()).map(|group| group.id.as_str()),
        Element::Psap(id) => network.psaps.get(id.index()).map(|psap| psap.id.as_str()),
    }
}

fn past_of(entry: &Entry, re: Vec<EntryId>) -> Past {
    let (author, event_at, at) = (entry.author(), entry.event_at.clone(), instant(entry));
    Past { author, body: entry.body.clone(), event_at, at, re }
}

/// The last frame boundary at or before an instant.
fn boundary(start: DateTime<Utc>, at: DateTime<Utc>) -> DateTime<Utc> {
    start + TimeDelta::seconds(i64::from(frames_until(start, at)) * FRAME_S as i64)
}

/// Ids of the levers that history ordered after `at`, and of what came of them. An error names the time of one that has no id.
fn later(scenario: &Scenario, at: DateTime<Utc>) -> Result<Vec<String>, String> {
    let after = (at - scenario.start).num_seconds() as f64;
    let named: Vec<String> =
        scenario.scripted_levers.iter().filter(|(_, at_s)| *at_s > after).map(|(id, _)| id.clone()).collect();
    let nameless = scenario
        .events
        .iter()
        .zip(&scenario.event_ids)
        .find(|(event, id)| matches!(event.act, ScriptedAct::Lever(_)) && event.at_s > after && id.is_empty());
    match nameless {
        Some((event, _)) => Err(format!("+{} s", event.at_s)),
        None => Ok(named),
    }
}

/// The layer that takes out of the scenario what did not happen, adds what a facilitator did, and opens the console at the
/// instant.
fn layer(at: DateTime<Utc>, tz: Tz, removed: &[String], added: &[String]) -> String {
    let mut text = String::from("# Taken over: what people ordered after this instant did not happen.\n");
    let ids: Vec<String> = removed.iter().map(|id| format!("\"events.{id}\"")).collect();
    let opened = at.with_timezone(&tz).to_rfc3339_opts(SecondsFormat::Secs, false);
    // Writing to a String cannot fail.
    if !added.is_empty() {
        let _ = writeln!(text, "events = [\n  {},\n]", added.join(",\n  "));
    }
    let _ = writeln!(text, "remove = [{}]\n\n[[patch]]\nin = \"scenario\"\nopen_at = {opened}", ids.join(", "));
    text
}

/// The entry that says where history and this log part.
fn divergence(lang: &Lang, genesis: &Genesis, (at, documented): (&str, bool), removed: &[String]) -> Body {
    let id = if documented { "session-take-over" } else { "session-take-over-recorded" };
    let text = lang.ta(id, &[("at", Arg::Str(at)), ("n", Arg::from(removed.len()))]);
    let mut data = vec![("origin", genesis.origin.clone().unwrap_or_default()), ("not_happened", removed.join(", "))];
    if let Some(scenario) = &genesis.scenario {
        data.push(("scenario", scenario.sha256.clone()));
        data.push(("seed", scenario.seed.to_string()));
    }
    Body::Notice { text, data: data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect() }
}
