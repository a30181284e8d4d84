//! What futures of a cell of players start from: the exercise's own simulation, worked out again from control's log when
//! somebody asks. It is the world as it is, not as this cell sees it; the forecast says so.

use std::path::Path;
use std::sync::mpsc::Receiver;

use super::Cells;
use crate::incident::Incident;
use crate::session::load::{Ready, again, background, layers, ready};
use crate::session::{Outcome, Session};
use crate::sim::Simulation;
use crate::store::{Access, Folder, LogView};

/// The simulation of a cell.
#[derive(Debug, Default)]
pub(super) struct Twin {
    there: Option<Simulation>,
    working: Option<Receiver<Result<Simulation, String>>>,
}

impl Session {
    /// Can futures start from here: is a simulation running, or can one be worked out?
    pub fn has_twin(&self) -> bool {
        self.live.is_some() || (self.is_played() && self.loading.is_none())
    }

    /// The simulation core that futures start from: that of a running exercise; in a cell of players the one that
    /// [`Session::prepare_twin`] asked for, once it is there.
    pub fn twin(&self) -> Option<&Simulation> {
        let of_cell = || self.cells.as_ref().and_then(|cells| cells.twin.there.as_ref());
        self.live.as_ref().map(crate::session::live::Live::simulation).or_else(of_cell)
    }

    /// In a cell of players: asks for the simulation as of the last frame; an earlier one is forgotten. Elsewhere nothing.
    pub fn prepare_twin(&mut self) {
        let state = self.setup.config.state.value.clone();
        let waker = self.waker.clone();
        let Some(cells) = self.cells.as_mut() else { return };
        let Some(last) = cells.seen.as_ref().and_then(|seen| seen.last()).map(|frame| frame.index) else { return };
        let host = cells.root.join(&cells.host);
        cells.twin = Twin::default();
        match background(&waker, move || work_out(&host, &state, last + 1)) {
            Ok(working) => cells.twin.working = Some(working),
            Err(error) => self.ready.push(Outcome::Failed { why: error.to_string() }),
        }
    }

    /// Is it being worked out?
    pub fn preparing_twin(&self) -> bool {
        self.cells.as_ref().is_some_and(|cells| cells.twin.working.is_some())
    }
}

impl Cells {
    /// Takes it when it is there; gives why there is none.
    pub(super) fn take_twin(&mut self) -> Option<String> {
        let heard = self.twin.working.as_ref()?.try_recv().ok()?;
        self.twin.working = None;
        match heard {
            Ok(simulation) => self.twin.there = Some(simulation),
            Err(why) => return Some(why),
        }
        None
    }
}

/// The simulation of a host after so many frames.
fn work_out(host: &Path, state: &Path, frames: u32) -> Result<Simulation, String> {
    let folder = Folder::open(host, Access::Read, state).map_err(|error| error.to_string())?;
    let (_, incident): (LogView, Incident) = LogView::open(&folder).map_err(|error| error.to_string())?;
    let seed = incident.genesis().scenario.as_ref().map(|scenario| scenario.seed);
    let Ready { network, mut feed, .. } = ready(&layers(&folder)?, seed)?;
    again::give(&mut feed, &incident, &network)?;
    for _ in 0..frames {
        feed.next_frame();
    }
    Ok(feed.simulation().fork())
}
