//! The board: folds frames and observations by hand into what the views show.
//!
//! Pure: no clock, no I/O; the same frames give the same board, bit for bit. Detection and alarms watch everything the
//! feed shows; the perimeter only chooses what is shown.
//!
//! Does not belong here: where frames come from, how rows are drawn.

mod kept;
mod rows;

pub use kept::KeptBoard;

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::alarm::{Alarms, Sources};
use super::expected::{Minute, Scope, Tables};
use super::fold::{Delivery, Reception, Switching};
use super::metric::{Moment, Snap};
use super::track::severity;
use super::view::View;
use super::window::{MINUTE, Slot};
use super::{
    Alarm, AlarmEvent, Cause, Frame, Metric, Observation, Overview, Part, Perimeter, PsapRow, ServerRow, ServiceRow,
    State, ZoneRow,
};
use crate::network::{Network, ServerId, ServiceId, ZoneId};
use crate::sim::FRAME_S;

/// A vantage point is stale when nothing new came for this long: three intervals.
const STALE: TimeDelta = TimeDelta::seconds(3 * FRAME_S as i64);
/// Moments remembered for metrics with a duration \[minutes\].
const REMEMBERED: usize = 62;
/// Minutes of expectations kept: psaps are seen later than the operator.
const EXPECTATIONS: usize = 16;

/// When a vantage point was last heard, and of which frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pulse {
    of: Option<u32>,
    at: Option<DateTime<Utc>>,
}

impl Pulse {
    /// Is this part news? Notes it if so.
    fn hears<T>(&mut self, part: &Part<T>, now: DateTime<Utc>) -> Option<u32> {
        let of = part.of.filter(|of| self.of.is_none_or(|last| *of > last))?;
        *self = Self { of: Some(of), at: Some(now) };
        Some(of)
    }

    fn stale(&self, now: DateTime<Utc>) -> bool {
        self.at.is_some_and(|at| now - at > STALE)
    }
}

/// The latest health and its short history.
#[derive(Debug, Clone)]
pub struct Board {
    network: Arc<Network>,
    tables: Arc<Tables>,
    start: DateTime<Utc>,
    now: DateTime<Utc>,
    perimeter: Perimeter,
    has_feed: bool,
    last_frame: Option<u32>,
    expectations: VecDeque<(u32, Arc<Minute>)>,
    delivery: Delivery,
    reception: Reception,
    switching: Switching,
    view: View,
    alarms: Alarms,
    pulses: [Pulse; 4],
    minute: Option<u32>,
    since: Vec<(State, DateTime<Utc>)>,
    cause: Option<Cause>,
    overview: Overview,
    services: Vec<ServiceRow>,
    zones: Vec<ZoneRow>,
    psaps: Vec<PsapRow>,
    servers: Vec<ServerRow>,
    observations: Vec<Observation>,
    current: Arc<Snap>,
    past: VecDeque<Moment>,
}

/// Index of each vantage point among the pulses.
const CELLS: usize = 0;
const RECEIVED: usize = 1;
const GAUGES: usize = 2;
const SERVERS: usize = 3;

impl Board {
    /// An empty board: everything unknown. `start` is the incident time at which frame 0 begins.
    pub fn new(network: Arc<Network>, start: DateTime<Utc>, perimeter: Perimeter, has_feed: bool) -> Self {
        let tables = Arc::new(Tables::new(&network));
        let services = network.services.len();
        let mut board = Self {
            delivery: Delivery::new(&network),
            reception: Reception::new(&network),
            switching: Switching::new(&tables, network.call_servers.len()),
            view: View::new(Scope::new(&network, &perimeter), services),
            alarms: Alarms::default(),
            expectations: VecDeque::new(),
            pulses: [Pulse::default(); 4],
            minute: None,
            since: vec![(State::Unknown, start); network.zones.len()],
            cause: None,
            overview: Overview::default(),
            services: (0..services)
                .map(|i| ServiceRow { service: ServiceId(i as u8), ..ServiceRow::default() })
                .collect(),
            zones: rows::zones(&network),
            psaps: rows::psaps(&network),
            servers: (0..network.call_servers.len())
                .map(|i| ServerRow { server: ServerId(i as u16), ..ServerRow::default() })
                .collect(),
            observations: Vec::new(),
            current: Arc::default(),
            past: VecDeque::new(),
            tables,
            network,
            start,
            now: start,
            perimeter,
            has_feed,
            last_frame: None,
        };
        board.refresh();
        board
    }

    /// Folds one frame; gives back the alarms that are to be recorded: new, changed or over. Parts that bring nothing
    /// newer than what was heard before are passed over.
    pub fn push(&mut self, frame: &Frame) -> Vec<AlarmEvent> {
        let now = self.time(frame.index.saturating_add(1));
        self.now = self.now.max(now);
        self.last_frame = Some(frame.index);
        self.push_cells(frame, now);
        self.push_received(frame, now);
        if self.pulses[GAUGES].hears(&frame.psaps, now).is_some() {
            self.take_gauges(&frame.psaps.data);
        }
        if let Some(of) = self.pulses[SERVERS].hears(&frame.servers, now) {
            let slot = Slot { of, rows: frame.servers.data.clone(), expected: Arc::default() };
            self.switching.enter(&self.tables, Arc::new(slot));
            self.switching.settle(of);
        }
        let minute = frame.index / MINUTE;
        let turned = self.minute.replace(minute).is_some_and(|before| before != minute);
        if turned {
            self.turn_minute();
        }
        let sources = Sources {
            network: &self.network,
            tables: &self.tables,
            delivery: &self.delivery,
            reception: &self.reception,
            switching: &self.switching,
            start: self.start,
            frame: frame.index,
        };
        let events = self.alarms.push(&sources);
        self.refresh();
        if turned {
            self.past.push_back(Moment::new(Arc::clone(&self.current)));
            if self.past.len() > REMEMBERED {
                self.past.pop_front();
            }
        }
        events
    }

    fn push_cells(&mut self, frame: &Frame, now: DateTime<Utc>) {
        let Some(of) = self.pulses[CELLS].hears(&frame.cells, now) else { return };
        let expected = self.expected(of);
        let slot = Arc::new(Slot { of, rows: frame.cells.data.clone(), expected });
        let Self { network, tables, delivery, view, .. } = self;
        delivery.enter(network, tables, &slot);
        view.enter_cells(network, tables, &slot);
        delivery.ring.push(slot);
        while let Some((edge, slot)) = delivery.ring.leaving() {
            delivery.leave(network, edge, &slot);
            view.leave_cells(network, tables, edge, &slot);
        }
        delivery.settle(of, network, tables);
        view.settle(of);
    }

    fn push_received(&mut self, frame: &Frame, now: DateTime<Utc>) {
        let Some(of) = self.pulses[RECEIVED].hears(&frame.received, now) else { return };
        let expected = self.expected(of);
        let slot = Arc::new(Slot { of, rows: frame.received.data.clone(), expected });
        let Self { network, tables, reception, view, delivery, .. } = self;
        reception.support(network, tables, delivery);
        reception.enter(&slot, delivery.onset);
        view.enter_received(network, tables, &slot);
        reception.ring.push(slot);
        while let Some((edge, slot)) = reception.ring.leaving() {
            reception.leave(edge, &slot);
            view.leave_received(network, tables, edge, &slot);
        }
        reception.settle(of, network);
    }

    /// Expectations for a frame, computed once a minute.
    fn expected(&mut self, of: u32) -> Arc<Minute> {
        let minute = of / MINUTE;
        if let Some((_, known)) = self.expectations.iter().find(|(known, _)| *known == minute) {
            return Arc::clone(known);
        }
        let expected = Arc::new(self.of_minute(minute));
        self.expectations.push_back((minute, Arc::clone(&expected)));
        if self.expectations.len() > EXPECTATIONS {
            self.expectations.pop_front();
        }
        expected
    }

    /// What is expected in the frames of a minute, counted from the start.
    fn of_minute(&self, minute: u32) -> Minute {
        Minute::new(&self.network, &self.tables, self.time(minute * MINUTE + MINUTE / 2))
    }

    /// Incident time at which a frame begins.
    fn time(&self, frame: u32) -> DateTime<Utc> {
        self.start + TimeDelta::seconds(i64::from(frame) * FRAME_S as i64)
    }

    /// Takes an observation made by hand. Without a feed it is what the board shows; with one it stands beside.
    pub fn observe(&mut self, observation: &Observation) {
        self.observations.push(observation.clone());
        self.now = self.now.max(observation.at);
        self.refresh();
    }

    /// Shows another part of the country or of the network; the last hour is counted anew.
    pub fn set_perimeter(&mut self, perimeter: Perimeter) {
        if perimeter == self.perimeter {
            return;
        }
        let scope = Scope::new(&self.network, &perimeter);
        self.perimeter = perimeter;
        self.view = View::rebuilt(scope, &self.network, &self.tables, &self.delivery.ring, &self.reception.ring);
        self.refresh();
    }

    /// Lets time pass without data: ages, staleness, fading of observations. Time never goes back.
    pub fn tick(&mut self, now: DateTime<Utc>) {
        if now > self.now {
            self.now = now;
            self.refresh();
        }
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

    /// The `n` worst psaps of the perimeter that are in `Watch` or worse: by severity, then by how many calls
    /// are missing beyond chance.
    pub fn worst(&self, n: usize) -> Vec<&PsapRow> {
        let inside =
            |row: &&PsapRow| self.network.psaps.get(row.psap.index()).is_some_and(|psap| self.view.scope.psap(psap));
        let missing =
            |row: &PsapRow| self.reception.centres.get(row.psap.index()).map_or(0.0, super::fold::Centre::missing);
        let mut rows: Vec<&PsapRow> = self.psaps.iter().filter(|row| severity(row.state) > 0).filter(inside).collect();
        rows.sort_by(|a, b| {
            severity(b.state).cmp(&severity(a.state)).then(missing(b).total_cmp(&missing(a))).then(a.psap.cmp(&b.psap))
        });
        rows.truncate(n);
        rows
    }

    /// Observations by hand, in the order they were made.
    pub fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// Alarms that were recorded and are not over.
    pub fn alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.active()
    }

    /// The figure on the left of a metric; a state gives its severity (0 nominal to 5 down); `None` without data.
    pub fn metric(&self, metric: &Metric) -> Option<f64> {
        metric.figure(&self.network, &self.current)
    }

    /// Does the condition hold? `None` = no data.
    pub fn holds(&self, metric: &Metric) -> Option<bool> {
        metric.holds(&self.network, &self.current, &self.past.iter())
    }

    /// First 16 hexadecimal digits of the SHA-256 of all that the board shows: the same on every run and build.
    pub fn digest(&self) -> String {
        use std::fmt::Write as _;
        let mut hash = Hashed(Sha256::new());
        let shown = (&self.overview, &self.services, &self.zones, &self.psaps, &self.servers, &self.observations);
        // a hash takes every byte: writing to it cannot fail
        let _ = write!(hash, "{:?}{shown:?}{:?}{:?}", self.last_frame, self.alarms, self.perimeter);
        super::codec::hex16(&hash.0.finalize())
    }

    /// Is a feed expected, or only observations by hand?
    pub fn has_feed(&self) -> bool {
        self.has_feed
    }

    /// Number of the last frame folded.
    pub fn last_frame(&self) -> Option<u32> {
        self.last_frame
    }

    /// Incident time up to which the board has come.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The network it watches.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The part it shows.
    pub fn perimeter(&self) -> &Perimeter {
        &self.perimeter
    }

    /// Is this zone in the perimeter?
    pub fn in_perimeter(&self, zone: ZoneId) -> bool {
        self.view.scope.zone(zone)
    }
}

/// Text that goes into a hash as it is written: floating-point numbers in their shortest exact form.
struct Hashed(Sha256);

impl std::fmt::Write for Hashed {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.update(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests;
