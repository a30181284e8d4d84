//! What was played, read from a log, and asked again with one measure changed; history beside where it was taken over.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cells::{Link, host_of};
use super::{SessionError, Setup, load, sentence, study};
use crate::feed::documented::{self, DocumentedEvent, TimePrecision, Timeline};
use crate::feed::{frame_end, frames_until};
use crate::forecast::counterfactual::{MOST, Played, counterfactuals};
use crate::incident::event::{Body, Entry, Genesis, Mode};
use crate::network::{self, Scenario};
use crate::report::retex::{Historic, HistoricStep, Measure, WhatIf};
use crate::sim::Input;
use crate::store::tape::TapeReader;
use crate::store::{Access, Folder, LogView};

/// The timeline that exercises are held against which rebuild no documented incident themselves.
const REFERENCE: &str = "france-2021-06-02";
/// How a layer ends that a take-over has put on top.
const TAKEN: &str = "_take-over.toml";

/// Runs what was played in an incident again: every measure earlier and not taken, and history where it was taken over.
/// `None`: nothing was simulated. `threads` does not change what comes out; `step` is called once for every two runs.
///
/// # Errors
/// When the folder, its scenario or its tape cannot be read.
pub fn what_if(
    setup: &Setup,
    path: &Path,
    runs: u32,
    threads: usize,
    step: &(dyn Fn() + Sync),
) -> Result<Option<WhatIf>, SessionError> {
    let folder = Folder::open(path, Access::Read, &setup.config.state.value)?;
    let genesis = folder.genesis().clone();
    if let Some(Link::Cell { .. }) = Link::of(&genesis) {
        // What was simulated stands beside control's log, faults included: once play is over, it may be told.
        let host = host_of(&folder).filter(|host| study(setup, host).is_ok_and(|whole| whole.desk.end().is_some()));
        return host.map_or(Ok(None), |host| what_if(setup, &host, runs, threads, step));
    }
    let simulated = genesis.mode == Mode::Exercise || genesis.taken_over().is_some();
    let Some(reference) = genesis.scenario.clone().filter(|_| simulated) else { return Ok(None) };
    let (log, _) = LogView::open(&folder)?;
    let layers = load::layers(&folder).map_err(SessionError::input)?;
    let read =
        |layers: &[network::Source]| network::load(layers).map_err(|errors| SessionError::input(errors.to_string()));
    let scenario = read(&layers)?;
    let history = match layers.split_last() {
        Some((last, base)) if documented_before(&genesis) && last.name.ends_with(TAKEN) => Some(read(base)?),
        _ => None,
    };
    let mut tape =
        TapeReader::open(&load::tape_path(folder.path())).map_err(|error| SessionError::input(error.to_string()))?;
    // Only how far it went is asked of it: damage on the way does not matter.
    tape.survey().map_err(|error| SessionError::input(error.to_string()))?;
    let Some(last) = tape.len().checked_sub(1).and_then(|last| tape.number(last)) else { return Ok(None) };
    let mut inputs = Vec::new();
    let mut measures = Vec::new();
    // Levers of one word take the same time to prepare: what became of them is said in the order they were ordered in.
    let mut outcomes: BTreeMap<String, VecDeque<bool>> = BTreeMap::new();
    for entry in (0..log.len()).filter_map(|at| log.get(at)) {
        match &entry.body {
            Body::Lever { order, frame_at, text } => {
                inputs.push((*frame_at, Input::Lever(order.lever.clone())));
                let at = load::instant(&entry);
                measures.push((*frame_at, Measure { at, lever: order.lever.word().to_owned(), text: text.clone() }));
            }
            Body::Inject { fault, on, frame_at, .. } => {
                let kind = sentence::fault(&scenario.network, fault).map_err(SessionError::input)?;
                inputs.push((*frame_at, Input::Fault { kind, on: on.clone() }));
            }
            Body::Notice { data, .. } => {
                if let Some((word, worked)) = sentence::lever_outcome(data) {
                    outcomes.entry(word.to_owned()).or_default().push_back(worked);
                }
            }
            _ => {}
        }
    }
    inputs.sort_by_key(|(frame, _)| *frame);
    let outcomes = inputs.iter().map(|(_, input)| match input {
        Input::Lever(lever) => outcomes.get_mut(lever.word()).and_then(VecDeque::pop_front),
        Input::Fault { .. } => None,
    });
    let outcomes = outcomes.collect();
    measures.sort_by_key(|(frame, _)| *frame);
    let played = Played {
        scenario: &scenario,
        inputs,
        outcomes,
        from: frames_until(scenario.start, scenario.open_at),
        until: last + 1,
        history: history.as_ref(),
    };
    let found = counterfactuals(&played, runs, reference.seed, threads, step).map_err(SessionError::input)?;
    let taken = measures.len();
    let measures = measures.into_iter().take(MOST).map(|(_, measure)| measure).collect();
    Ok(Some(WhatIf { measures, taken, found, until: frame_end(scenario.start, last) }))
}

/// The historic team that an incident is held against: of the incident that its scenario rebuilds, else of 2 June 2021.
/// `None` where nothing is simulated.
pub(super) fn historic(genesis: &Genesis) -> Option<Historic> {
    let scenario = genesis.scenario.as_ref()?;
    let of = |id: &str| documented::load(id)?.ok();
    let taken = genesis.taken_over().map(|(id, _)| id).filter(|_| documented_before(genesis));
    let own = taken.unwrap_or(scenario.id.as_str());
    let (timeline, same) = match of(own).filter(|timeline| begun(timeline).is_some()) {
        Some(timeline) => (timeline, true),
        None => (of(REFERENCE)?, false),
    };
    let first = begun(&timeline)?;
    // A delay is known no better than its beginning.
    let (start, vague) = (first.at, first.precision != TimePrecision::Exact);
    let steps = timeline.events.iter().filter_map(|event| {
        let milestone = event.milestone.clone().filter(|word| word != "start")?;
        let mark = match event.precision {
            TimePrecision::Exact if !vague => "",
            TimePrecision::Before => "≤ ",
            TimePrecision::Exact | TimePrecision::About | TimePrecision::Window => "≈ ",
        };
        let source = format!("{} [{}]", event.sources.join(", "), event.grade.mark());
        Some(HistoricStep { milestone, at: event.at, mark, source })
    });
    let targets = timeline
        .targets
        .iter()
        .map(|target| (target.milestone.clone(), target.within_s, target.sources.join(", ")))
        .collect();
    Some(Historic { title: timeline.title.clone(), same, start, steps: steps.collect(), targets })
}

/// Was it taken over from a documented incident, not from a recorded exercise?
fn documented_before(genesis: &Genesis) -> bool {
    genesis.taken_over().is_some_and(|(id, _)| documented::shipped().any(|known| known == id))
}

/// The event with which what a timeline tells of began.
fn begun(timeline: &Timeline) -> Option<&DocumentedEvent> {
    timeline.events.iter().find(|event| event.milestone.as_deref() == Some("start"))
}

/// When the first fault happens: of those that the scenario scripts and those that were put in.
pub(super) fn first_fault(scenario: &Scenario, entries: &[Arc<Entry>]) -> Option<DateTime<Utc>> {
    let scripted = scenario.first_fault_s().map(|at_s| scenario.start + chrono::TimeDelta::seconds(at_s as i64));
    let put_in = entries.iter().filter_map(|entry| match &entry.body {
        Body::Inject { fault, .. } => {
            let kind = network::fault_in(&scenario.network, fault).ok()?;
            kind.breaks().then(|| entry.fact_time().to_utc())
        }
        _ => None,
    });
    put_in.chain(scripted).min()
}
