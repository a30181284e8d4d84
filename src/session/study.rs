//! A finished exercise read whole for its after-action report: log, tape and desk folded in the order of time.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::cells::Link;
use super::{SessionError, Setup, load};
use crate::exercise::Desk;
use crate::feed::frame_end;
use crate::health::{Board, Frame, Metric};
use crate::incident::Incident;
use crate::incident::event::Entry;
use crate::lang::Lang;
use crate::report::retex::{CellReport, Material, Point};
use crate::store::{Access, Folder, LogView};

/// Frames of ten seconds in one point of the curve.
const MINUTE: u32 = 6;
/// So much of the curve is shown before the first fault of an incident that was taken over.
const BEFORE: TimeDelta = TimeDelta::minutes(15);

/// Reads an incident for its report. Health conditions of objectives are looked at frame by frame.
///
/// # Errors
/// When the folder or its exercise cannot be read; of the tape the report has what can be.
pub fn study(setup: &Setup, path: &Path) -> Result<Material, SessionError> {
    let folder = Folder::open(path, Access::Read, &setup.config.state.value)?;
    let (log, mut incident) = LogView::open(&folder)?;
    let kit = super::kept_exercise(&folder)?.unwrap_or_default();
    let mut desk = Desk::new(Arc::new(kit), true);
    let mut entries: Vec<Arc<Entry>> = (0..log.len()).filter_map(|position| log.get(position)).collect();
    // An exercise of several cells is told from the logs of all.
    if let Some(merged) = super::cells::merged(setup, &folder, &entries)? {
        entries = merged;
        incident = Incident::new(folder.genesis().clone());
        for entry in &entries {
            incident.apply(entry);
        }
    }
    let (network, scenario, start) = load::world(&folder).map_err(SessionError::input)?;
    let (frames, missing) = match &scenario {
        Some(_) => {
            let (tape, missing) = load::readable(&folder, start, &Lang::new(setup.lang));
            (tape.read(0, u32::MAX), missing)
        }
        None => (Vec::new(), Vec::new()),
    };
    let operators =
        network.operators.iter().flat_map(|operator| [operator.id.clone(), operator.name.clone()]).collect();
    let mut board = Board::new(network, start, folder.genesis().perimeter.clone(), scenario.is_some());
    let mut curve = Vec::new();
    let mut before = (0, 0);
    let mut next = entries.iter().peekable();
    for frame in &frames {
        let end = frame_end(start, frame.index);
        while let Some(entry) = next.next_if(|entry| load::instant(entry) < end) {
            desk.apply(entry);
        }
        board.push(frame);
        desk.look(end, &|metric| board.holds(metric));
        if (frame.index + 1) % MINUTE == 0 {
            curve.push(point(&board, frame, end, &mut before));
        }
    }
    for entry in next {
        desk.apply(entry);
    }
    let last = entries.iter().map(|entry| load::instant(entry)).max();
    let end = last.into_iter().chain(frames.last().map(|frame| frame_end(start, frame.index))).max().unwrap_or(start);
    let truth = frames.iter().rev().find_map(|frame| frame.truth);
    let library = super::playbooks(&setup.config);
    let fault_at = scenario.as_ref().and_then(|scenario| super::counterfactual::first_fault(scenario, &entries));
    let specs = scenario.iter().flat_map(|scenario| &scenario.levers);
    let preparation = specs.map(|spec| (spec.id.clone(), TimeDelta::seconds(spec.preparation_s as i64))).collect();
    // What was before anybody sat down is not part of the exercise; of an incident that was taken over the delays count from
    // its first fault, which is to be seen.
    let open_at = scenario.map_or(start, |scenario| scenario.open_at);
    let taken_over = folder.genesis().taken_over().is_some();
    let first = fault_at.filter(|_| taken_over).map_or(open_at, |fault| open_at.min(fault - BEFORE));
    curve.retain(|point| point.at >= first);
    let playbooks = incident.open_playbooks().iter().filter_map(|open| library.get(&open.id));
    let proofs = playbooks
        .flat_map(|playbook| playbook.steps().filter_map(|(_, step)| step.proof.clone()).collect::<Vec<_>>())
        .map(|proof| {
            let holds = Metric::parse(&proof).ok().and_then(|metric| board.holds(&metric));
            (proof, holds)
        })
        .collect();
    let historic = super::counterfactual::historic(incident.genesis());
    // A cell is measured by the plan that lies beside control's log, once play is over: before that it would tell
    // players what is to come.
    let link = Link::of(folder.genesis());
    let whole = super::cells::host_of(&folder).map(|host| study(setup, &host)).transpose()?;
    let over = whole.as_ref().is_some_and(|whole| whole.desk.end().is_some());
    let cell = match link {
        Some(Link::Cell { .. }) if over => Some(CellReport::Whole),
        Some(Link::Cell { .. }) if whole.is_some() => Some(CellReport::Playing),
        Some(Link::Cell { .. }) => Some(CellReport::Alone),
        _ => None,
    };
    let (desk, fault_at) = match whole {
        Some(whole) if over => (whole.desk.for_players(), whole.fault_at),
        _ => (desk, fault_at),
    };
    Ok(Material {
        incident,
        cell,
        desk,
        entries,
        curve,
        truth,
        library,
        proofs,
        end,
        fault_at,
        preparation,
        operators,
        historic,
        what_if: None,
        missing,
    })
}

/// One minute: what the simulation knows of it, and what the board shows.
fn point(board: &Board, frame: &Frame, at: DateTime<Utc>, before: &mut (u64, u64)) -> Point {
    let truth = frame.truth.and_then(|truth| {
        let (attempts, failed) =
            (truth.attempts.saturating_sub(before.0), truth.not_delivered.saturating_sub(before.1));
        *before = (truth.attempts, truth.not_delivered);
        (attempts > 0).then(|| 1.0 - failed as f64 / attempts as f64)
    });
    let (ok, of) = board
        .services()
        .iter()
        .fold((0_u64, 0_u64), |(ok, of), row| (ok + u64::from(row.ner.ok), of + u64::from(row.ner.of)));
    Point { at, truth, seen: (of > 0).then(|| ok as f64 / of as f64) }
}
