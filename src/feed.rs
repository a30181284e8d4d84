//! Where health comes from: the simulation core, a recorded tape, or hands.
//!
//! A feed produces [`Frame`]s, one per 10 s of incident time, and knows nothing of the clock: whoever owns it says
//! how far it may go.
//!
//! Does not belong here: deciding what is an incident, formulas, drawing.

pub mod documented;
pub mod import;
pub mod replay;
pub mod sim;

pub use replay::ReplayFeed;
pub use sim::{SimFeed, TooLate};

use chrono::{DateTime, TimeDelta, Utc};

use crate::health::Frame;
use crate::sim::FRAME_S;
use crate::store::tape::TapeError;

/// Where frames come from. A REAL incident without feeds has [`Feed::Manual`].
#[derive(Debug)]
pub enum Feed {
    /// The simulation core (exercises).
    Sim(Box<SimFeed>),
    /// A recorded tape (replays).
    Replay(Box<ReplayFeed>),
    /// Observations by hand only: no frame ever.
    Manual,
}

impl Feed {
    /// Number of the next frame it will give; `None` at the end of a tape and by hand.
    pub fn next_index(&self) -> Option<u32> {
        match self {
            Self::Sim(feed) => Some(feed.next_index()),
            Self::Replay(feed) => feed.next_index(),
            Self::Manual => None,
        }
    }

    /// The next frame; `None` at the end of a tape and by hand.
    ///
    /// # Errors
    /// A frame of a tape that cannot be read.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, TapeError> {
        match self {
            Self::Sim(feed) => Ok(Some(feed.next_frame())),
            Self::Replay(feed) => feed.next_frame(),
            Self::Manual => Ok(None),
        }
    }
}

/// Incident time at which frame `index` ends.
pub fn frame_end(start: DateTime<Utc>, index: u32) -> DateTime<Utc> {
    start + TimeDelta::seconds((i64::from(index) + 1) * FRAME_S as i64)
}

/// How many frames have ended at incident time `at`.
pub fn frames_until(start: DateTime<Utc>, at: DateTime<Utc>) -> u32 {
    let seconds = (at - start).num_seconds().max(0);
    u32::try_from(seconds / FRAME_S as i64).unwrap_or(u32::MAX)
}
