//! The board: folds frames and observations by hand into what the views show.
//!
//! Pure: no clock, no I/O; the same frames give the same board, bit for bit.
//!
//! Does not belong here: where frames come from, how rows are drawn.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::{AlarmEvent, Frame, Metric, Observation, Overview, Perimeter, PsapRow, ServerRow, ServiceRow, ZoneRow};
use crate::network::{Network, PsapId, ServerId, ServiceId, ZoneId};
use crate::sim::FRAME_S;

/// The latest health and its short history.
#[derive(Debug, Clone)]
pub struct Board {
    network: Arc<Network>,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
    perimeter: Perimeter,
    has_feed: bool,
    last_frame: Option<u32>,
    overview: Overview,
    services: Vec<ServiceRow>,
    zones: Vec<ZoneRow>,
    psaps: Vec<PsapRow>,
    servers: Vec<ServerRow>,
    observations: Vec<Observation>,
}

impl Board {
    /// An empty board: everything unknown. `start` is the incident time at which frame 0 begins.
    pub fn new(network: Arc<Network>, start: DateTime<Utc>, perimeter: Perimeter, has_feed: bool) -> Self {
        let services = (0..network.services.len())
            .map(|i| ServiceRow { service: ServiceId(i as u8), ..ServiceRow::default() })
            .collect();
        let zones =
            (0..network.zones.len()).map(|i| ZoneRow { zone: ZoneId(i as u16), ..ZoneRow::default() }).collect();
        let psaps =
            (0..network.psaps.len()).map(|i| PsapRow { psap: PsapId(i as u16), ..PsapRow::default() }).collect();
        let servers = (0..network.call_servers.len())
            .map(|i| ServerRow { server: ServerId(i as u16), ..ServerRow::default() })
            .collect();
        Self {
            network,
            start,
            now: start,
            perimeter,
            has_feed,
            last_frame: None,
            overview: Overview::default(),
            services,
            zones,
            psaps,
            servers,
            observations: Vec::new(),
        }
    }

    /// Folds one frame; gives back the alarms that are to be recorded: new, changed or over.
    pub fn push(&mut self, frame: &Frame) -> Vec<AlarmEvent> {
        self.last_frame = Some(frame.index);
        self.now = self.start + TimeDelta::seconds((i64::from(frame.index) + 1) * FRAME_S as i64);
        Vec::new()
    }

    /// Takes an observation made by hand.
    pub fn observe(&mut self, observation: &Observation) {
        self.observations.push(observation.clone());
    }

    /// Shows another part of the country or of the network.
    pub fn set_perimeter(&mut self, perimeter: Perimeter) {
        self.perimeter = perimeter;
    }

    /// Lets time pass without data: ages, staleness, fading of observations.
    pub fn tick(&mut self, now: DateTime<Utc>) {
        self.now = self.now.max(now);
    }

    /// What a director reads in ten seconds.
    pub fn overview(&self) -> &Overview {
        &self.overview
    }

    /// One row per service, in the network's order, counted in the perimeter.
    pub fn services(&self) -> &[ServiceRow] {
        &self.services
    }

    /// One row per zone, in the network's order, the whole country.
    pub fn zones(&self) -> &[ZoneRow] {
        &self.zones
    }

    /// One row per psap, in the network's order.
    pub fn psaps(&self) -> &[PsapRow] {
        &self.psaps
    }

    /// One row per call server, in the network's order.
    pub fn servers(&self) -> &[ServerRow] {
        &self.servers
    }

    /// The `n` worst psaps of the perimeter that are in `Watch` or worse: by severity, then by how
    /// unlikely their deficit is.
    pub fn worst(&self, n: usize) -> Vec<&PsapRow> {
        self.psaps.iter().filter(|row| row.state >= super::State::Watch).take(n).collect()
    }

    /// Observations by hand, in the order they were made.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// The figure on the left of a metric; `None` without data.
    pub fn metric(&self, _metric: &Metric) -> Option<f64> {
        None
    }

    /// Does the condition hold? `None` = no data.
    pub fn holds(&self, _metric: &Metric) -> Option<bool> {
        None
    }

    /// First 16 hexadecimal digits of the SHA-256 of all that the board shows: the same on every run and build.
    pub fn digest(&self) -> String {
        let digest = Sha256::digest(format!("{:?}", self.overview).as_bytes());
        digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Is a feed expected, or only observations by hand?
    pub fn has_feed(&self) -> bool {
        self.has_feed
    }

    /// Number of the last frame folded.
    pub fn last_frame(&self) -> Option<u32> {
        self.last_frame
    }

    /// The network it watches.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The part it shows.
    pub fn perimeter(&self) -> &Perimeter {
        &self.perimeter
    }
}
