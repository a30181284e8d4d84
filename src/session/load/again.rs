//! An exercise taken up again: simulated anew from the inputs in its log, up to the last frame on its tape.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Loaded, Ready, checked, instant, layers, observations, ready, tape_path};
use crate::exercise::Desk;
use crate::feed::{SimFeed, frame_end};
use crate::health::{AlarmEvent, Board};
use crate::incident::Incident;
use crate::incident::event::Body;
use crate::incident::kind::Kind;
use crate::lang::Lang;
use crate::network::{FaultKind, Network};
use crate::session::live::Live;
use crate::session::sentence;
use crate::sim::Input;
use crate::store::tape::{TapeReader, TapeWriter};
use crate::store::{Folder, LogView};

/// An exercise that was interrupted.
pub(in crate::session) struct Resume {
    /// Locked for writing.
    pub folder: Folder,
}

impl Resume {
    pub(in crate::session) fn load(self) -> Result<Loaded, String> {
        let folder = self.folder;
        let (log, incident) = LogView::open(&folder).map_err(|error| error.to_string())?;
        let genesis = incident.genesis().clone();
        let Some(reference) = &genesis.scenario else {
            return Err(format!("{}: an exercise without a scenario", folder.path().display()));
        };
        let Ready { scenario, network, mut feed } = ready(&layers(&folder)?, Some(reference.seed))?;
        give(&mut feed, &incident, &network)?;
        let path = tape_path(folder.path());
        let read = TapeReader::open(&path).and_then(|mut tape| tape.read_readable());
        let (taped, gaps) = read.map_err(|error| error.to_string())?;
        let lang = Lang::new(genesis.lang.parse().unwrap_or_default());
        let said = gaps.iter().map(|gap| sentence::gap(&lang, gap, scenario.start, network.tz)).collect();
        let board = Board::new(Arc::clone(&network), scenario.start, genesis.perimeter.clone(), true);
        let mut live = Live::new(feed, None, scenario.start, None);
        for (at, observation) in observations(&log) {
            live.observe(at, observation);
        }
        let mut board = board;
        // Conditions on health hold in frames, which are in no log: they are looked at again.
        let kit = crate::session::kept_exercise(&folder).map_err(|error| error.to_string())?.unwrap_or_default();
        let mut desk = Desk::new(Arc::new(kit), true);
        let mut raised = Vec::new();
        let mut taped = taped.iter().peekable();
        while taped.peek().is_some() {
            // What the tape no longer gives comes out of the simulation all the same.
            let (again, alarms) = live.step(&mut board);
            if let Some(frame) = taped.next_if(|frame| frame.index <= again.index)
                && again != *frame
            {
                return Err(format!(
                    "{}: frame {} comes out differently with this version of vigie ({}): this exercise can be \
                     replayed, not continued",
                    path.display(),
                    frame.index,
                    genesis.engine
                ));
            }
            let at = frame_end(scenario.start, again.index);
            desk.look(at, &|metric| board.holds(metric));
            raised.extend(alarms.into_iter().filter(|_| at > scenario.open_at).map(|alarm| (at, alarm)));
        }
        live.record_to(TapeWriter::append(&path).map_err(|error| format!("{}: {error}", path.display()))?);
        // What the machine raised and a crash kept from the log is said now.
        unsaid(&log, &mut raised);
        let last_entry = (0..log.len()).rev().find_map(|at| log.get(at)).map(|entry| instant(&entry));
        let clock = incident.clock().clone();
        let reached = live.last_frame().map(|frame| frame_end(scenario.start, frame.index));
        let at = [last_entry, reached, Some(clock.anchor_incident)].into_iter().flatten().max();
        // Whoever pressed pause before leaving finds it so; a crash left the clock running, and it did not run since.
        let interrupted = clock.running && !incident.closed();
        let verify = checked(&folder);
        let cells = super::hosted(&folder)?;
        let levers_told = live
            .levers()
            .iter()
            .enumerate()
            .filter(|(_, lever)| crate::session::settled(lever))
            .map(|(i, _)| i)
            .collect();
        Ok(Loaded {
            folder: Some(folder),
            incident,
            log: Some(log),
            verify,
            network,
            scenario: Some(Arc::new(scenario)),
            board,
            live: Some(live),
            watch: None,
            cells,
            replay: None,
            hold: at.filter(|_| interrupted),
            alarms: raised,
            clock: interrupted.then_some((false, clock.rate_milli)),
            levers_told,
            desk: Some(desk),
            past: Vec::new(),
            said,
        })
    }
}

/// Plans all inputs that are in a log, for a simulation that begins anew.
pub(in crate::session) fn give(feed: &mut SimFeed, incident: &Incident, network: &Network) -> Result<(), String> {
    let late = |error: crate::feed::TooLate| error.to_string();
    for lever in incident.levers() {
        feed.input(lever.frame_at, Input::Lever(lever.order.lever.clone())).map_err(late)?;
    }
    for inject in incident.injects() {
        let kind: FaultKind = sentence::fault(network, &inject.fault)?;
        feed.input(inject.frame_at, Input::Fault { kind, on: inject.on.clone() }).map_err(late)?;
    }
    Ok(())
}

/// Leaves of what was raised again only what the log does not say yet. An alarm of an earlier version says less of itself
/// than the same raised again: where the log has such, all up to its last line was said.
pub(in crate::session) fn unsaid(log: &LogView, raised: &mut Vec<(DateTime<Utc>, AlarmEvent)>) {
    let known = crossings(log);
    let older = known.iter().any(|one| (one.alarm.of, one.alarm.window_s, one.alarm.recent) == (0, 0, None));
    let last = (0..log.len()).rev().find_map(|at| log.get(at)).map(|entry| instant(&entry)).filter(|_| older);
    raised.retain(|(at, alarm)| !known.contains(alarm) && last.is_none_or(|last| *at > last));
}

/// What the machine has said in the log.
fn crossings(log: &LogView) -> Vec<AlarmEvent> {
    let entries = (0..log.len()).filter(|at| log.kind(*at) == Some(Kind::Crossing)).filter_map(|at| log.get(at));
    entries
        .filter_map(|entry| match &entry.body {
            Body::Crossing { alarm, over, .. } => Some(AlarmEvent { alarm: alarm.clone(), over: *over }),
            _ => None,
        })
        .collect()
}
