//! A documented incident taken over at an instant: the scenario that rebuilds it, without what people ordered later,
//! simulated up to that instant from the scenario's own seed.
//!
//! What is removed is a layer of its own, kept beside the log: the log and what is kept beside it are all that is needed
//! to go on, to replay and to verify.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, NaiveTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Loaded, Past, Ready, instant, kept_layers, ready, recorded, tape_path};
use crate::feed::documented::Timeline;
use crate::feed::{frame_end, frames_until};
use crate::health::{Board, Perimeter};
use crate::incident::Incident;
use crate::incident::event::{Author, Body, Genesis, Role, ScenarioRef, TAKEN_OVER};
use crate::lang::{Arg, Lang, LangId};
use crate::network::{self, Scenario, ScriptedAct, Source};
use crate::session::live::Live;
use crate::session::sentence;
use crate::session::types::VerifyState;
use crate::sim::FRAME_S;
use crate::store::tape::TapeWriter;
use crate::store::{Disk, Folder};

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

/// A documented incident that is taken over.
pub(in crate::session) struct TakenOver {
    pub timeline: Timeline,
    pub sources: Vec<Source>,
    pub at: Moment,
    pub rate_milli: u32,
    pub perimeter: Perimeter,
    /// All but what timeline and scenario say.
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
        let tz = self.timeline.tz;
        let base = network::load(&self.sources).map_err(|errors| errors.to_string())?;
        let at = self.at.instant(base.start, tz).map(|at| boundary(base.start, at));
        let end = base.start + TimeDelta::seconds(base.duration_s as i64);
        let Some(at) = at.filter(|at| *at > base.start && *at < end) else {
            let (from, to) = (lang.hm(base.start, tz), lang.hm(end, tz));
            return Err(lang.ta("session-take-over-outside", &[("from", Arg::Str(&from)), ("to", Arg::Str(&to))]));
        };
        let removed = later(&base, at).map_err(|event| lang.ta("session-take-over-id", &[("at", Arg::Str(&event))]))?;
        let mut sources = self.sources;
        sources.push(Source { name: LAYER.to_owned(), text: layer(at, tz, &removed) });
        let Ready { scenario, network, mut feed } = ready(&sources, None)?;

        let hm = lang.hm(at, tz);
        let mut genesis = self.genesis;
        let title = [("title", Arg::Str(lang.of(&self.timeline.title))), ("at", Arg::Str(&hm))];
        genesis.title = lang.ta("session-take-over-title", &title);
        genesis.zone = tz.to_string();
        genesis.at = genesis.at.with_timezone(&tz).fixed_offset();
        genesis.perimeter = self.perimeter.clone();
        genesis.origin =
            Some(format!("{TAKEN_OVER}{}@{}", self.timeline.id, at.to_rfc3339_opts(SecondsFormat::Secs, true)));
        genesis.scenario = Some(ScenarioRef {
            id: base.id,
            sha256: scenario.sha256.clone(),
            seed: scenario.seed,
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

        let happened = self.timeline.events.iter().filter(|event| event.at <= at);
        let mut past: Vec<Past> = happened
            .map(|event| {
                let local = event.at.with_timezone(&tz).fixed_offset();
                let entry = recorded::entry(&genesis, &self.timeline, event, local, &lang);
                Past { author: entry.author(), at: instant(&entry), event_at: entry.event_at, body: entry.body }
            })
            .collect();
        let machine = || Author { who: "vigie".to_owned(), org: String::new(), role: Role::Machine };
        let mut last = None;
        for _ in 0..frames_until(scenario.start, at) {
            let frame = feed.next_frame();
            tape.write(&frame).map_err(|error| failed(&error))?;
            let end = frame_end(scenario.start, frame.index);
            past.extend(board.push(&frame).into_iter().map(|alarm| {
                let text = sentence::alarm(&lang, &alarm);
                let body = Body::Crossing { alarm: alarm.alarm, over: alarm.over, text };
                Past { author: machine(), body, event_at: None, at: end }
            }));
            last = Some(frame);
        }
        board.tick(at);
        past.sort_by_key(|one| one.at);
        past.push(Past { author: self.author, body: divergence(&lang, &genesis, &hm, &removed), event_at: None, at });
        Ok(Loaded {
            folder: Some(folder),
            incident: Incident::new(genesis),
            log: None,
            verify: VerifyState::Ok,
            watch: None,
            cells: None,
            replay: None,
            levers_told: BTreeSet::new(),
            desk: None,
            network,
            hold: Some(at),
            live: Some(Live::new(feed, Some(tape), scenario.start, last)),
            scenario: Some(Arc::new(scenario)),
            board,
            alarms: Vec::new(),
            clock: Some((true, self.rate_milli)),
            past,
            said: Vec::new(),
        })
    }
}

/// The last frame boundary at or before an instant.
fn boundary(start: DateTime<Utc>, at: DateTime<Utc>) -> DateTime<Utc> {
    start + TimeDelta::seconds(i64::from(frames_until(start, at)) * FRAME_S as i64)
}

/// Ids of the levers that history ordered after `at`. An error names the time of one that has no id.
fn later(scenario: &Scenario, at: DateTime<Utc>) -> Result<Vec<String>, String> {
    let after = (at - scenario.start).num_seconds() as f64;
    let named: Vec<String> =
        scenario.scripted_levers.iter().filter(|(_, at_s)| *at_s > after).map(|(id, _)| id.clone()).collect();
    let all: Vec<f64> = scenario
        .events
        .iter()
        .filter(|event| matches!(event.act, ScriptedAct::Lever(_)) && event.at_s > after)
        .map(|event| event.at_s)
        .collect();
    match all.last() {
        Some(at_s) if all.len() > named.len() => Err(format!("+{at_s} s")),
        _ => Ok(named),
    }
}

/// The layer that takes out of the scenario what did not happen, and opens the console at the instant.
fn layer(at: DateTime<Utc>, tz: Tz, removed: &[String]) -> String {
    let mut text = String::from("# Taken over: what people ordered after this instant did not happen.\n");
    let ids: Vec<String> = removed.iter().map(|id| format!("\"events.{id}\"")).collect();
    let opened = at.with_timezone(&tz).to_rfc3339_opts(SecondsFormat::Secs, false);
    // Writing to a String cannot fail.
    let _ = writeln!(text, "remove = [{}]\n\n[[patch]]\nin = \"scenario\"\nopen_at = {opened}", ids.join(", "));
    text
}

/// The entry that says where history and this log part.
fn divergence(lang: &Lang, genesis: &Genesis, at: &str, removed: &[String]) -> Body {
    let text = lang.ta("session-take-over", &[("at", Arg::Str(at)), ("n", Arg::from(removed.len()))]);
    let mut data = vec![("origin", genesis.origin.clone().unwrap_or_default()), ("not_happened", removed.join(", "))];
    if let Some(scenario) = &genesis.scenario {
        data.push(("scenario", scenario.sha256.clone()));
        data.push(("seed", scenario.seed.to_string()));
    }
    Body::Notice { text, data: data.into_iter().map(|(key, value)| (key.to_owned(), value)).collect() }
}
