//! What is seen of a run frame by frame: figures of one service, one psap, one call server, for theory cases.
//!
//! Does not belong here: what the figures should be.

use chrono::Timelike as _;

use super::figure::Snapshot;
use super::{FRAME_S, Sum};
use crate::network::{Network, Psap, Scenario};
use crate::sim::{Sample, Simulation};

/// Meaning of the figures of one element, `NAME.ID`, for the documentation and for messages.
pub const ELEMENT_FIGURES: [(&str, &str, &str); 10] = [
    ("blocking", "service", "busy over attempts that reached the psap's side"),
    ("refused", "service", "attempts refused by the network over attempts"),
    ("answered", "service", "attempts answered over attempts"),
    ("time_congestion", "psap", "share of time in which all trunks are taken"),
    ("busy", "psap", "mean number of busy call-takers; with `@HH:MM`, at this time of the day"),
    ("busy_square", "psap", "mean square of the number of busy call-takers"),
    ("queue", "psap", "mean number of calls that wait"),
    (
        "little",
        "psap",
        "mean number that waits over received per second times mean wait of all psaps (Little's law: 1)",
    ),
    ("setups_share", "call server", "set-ups offered to it over those offered to all"),
    ("refused_share", "call server", "set-ups that it refused over those offered to it"),
];

/// Sums over the frames of a stretch of a run.
#[derive(Debug, Clone, Default)]
pub struct Observer {
    frames: u64,
    start: Snapshot,
    now: Snapshot,
    services: Vec<Sum>,
    psaps: Vec<Gauges>,
    servers: Vec<(u64, u64)>,
    /// By psap: sum of busy call-takers by frame of the day, and how many days; empty when nobody asks.
    days: Vec<(u64, u64)>,
    day_frames: usize,
    /// By psap: frame of the day, by the clock of its zone, at which the scenario starts.
    first_frames: Vec<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Gauges {
    full: u64,
    busy: u64,
    square: u64,
    queue: u64,
}

impl Observer {
    /// Starts to observe a simulation of a scenario as it is; figures by the time of the day are kept when a truth of
    /// the scenario names one.
    pub fn new(scenario: &Scenario, simulation: &Simulation) -> Self {
        let network = &scenario.network;
        let by_time = scenario.truth.iter().any(|truth| truth.figure.contains('@'));
        let day_frames = if by_time { (86_400 / FRAME_S) as usize } else { 0 };
        let first_frame = |psap: &Psap| {
            let tz = network.zones.get(psap.zone.index()).map_or(network.tz, |zone| zone.tz);
            (u64::from(scenario.start.with_timezone(&tz).num_seconds_from_midnight()) / FRAME_S) as usize
        };
        Self {
            frames: 0,
            start: Snapshot::of(simulation),
            now: Snapshot::of(simulation),
            services: vec![Sum::default(); network.services.len()],
            psaps: vec![Gauges::default(); network.psaps.len()],
            servers: vec![(0, 0); network.call_servers.len()],
            days: vec![(0, 0); day_frames * network.psaps.len()],
            day_frames,
            first_frames: network.psaps.iter().map(first_frame).collect(),
        }
    }

    /// Takes a frame that the simulation has just cut.
    pub fn add(&mut self, network: &Network, simulation: &Simulation, sample: &Sample) {
        self.frames += 1;
        for cell in &sample.cells {
            let (_, service, _) = network.of_cell(cell.cell);
            let sum = &mut self.services[service.index()];
            sum.add(&Sum::from(cell));
        }
        for (i, (gauge, psap)) in sample.psaps.iter().zip(&network.psaps).enumerate() {
            let (busy, queue) = (u64::from(gauge.busy), u64::from(gauge.queue));
            let sums = &mut self.psaps[i];
            sums.full += u64::from(busy + queue >= u64::from(psap.trunks));
            sums.busy += busy;
            sums.square += busy * busy;
            sums.queue += queue;
            if self.day_frames > 0 {
                // The frame ends at this time of the day, by the clock of the scenario's first day.
                let at = (self.first_frames[i] + sample.index as usize + 1) % self.day_frames;
                let (sum, days) = &mut self.days[i * self.day_frames + at];
                *sum += busy;
                *days += 1;
            }
        }
        for (sum, gauge) in self.servers.iter_mut().zip(&sample.servers) {
            sum.0 += u64::from(gauge.setups);
            sum.1 += u64::from(gauge.refused);
        }
        self.now = Snapshot::of(simulation);
    }

    /// Numerator and denominator of a figure: one of [`super::FIGURES`], or of [`ELEMENT_FIGURES`] with an id.
    pub fn figure(&self, network: &Network, name: &str) -> Option<(f64, f64)> {
        let counts = self.now.since(&self.start);
        let Some((figure, id)) = name.split_once('.') else { return counts.figure(name) };
        let (id, time) = id.split_once('@').map_or((id, None), |(id, time)| (id, Some(time)));
        if let Some(service) = network.service_by_code(id) {
            let sum = &self.services[service.index()];
            let of = |top: u64, bottom: u64| Some((top as f64, bottom as f64));
            return match figure {
                "blocking" => of(sum.busy, sum.delivered),
                "refused" => of(sum.refused, sum.attempts),
                "answered" => of(sum.answered, sum.attempts),
                _ => None,
            };
        }
        if let Some(psap) = network.psap_by_id(id) {
            let sums = &self.psaps[psap.index()];
            let frames = self.frames as f64;
            return match (figure, time) {
                ("busy", Some(time)) => {
                    let (h, m) = time.split_once(':')?;
                    let s: u64 = h.parse::<u64>().ok()? * 3_600 + m.parse::<u64>().ok()? * 60;
                    let at = (s / FRAME_S) as usize % self.day_frames.max(1);
                    let (sum, days) = self.days.get(psap.index() * self.day_frames + at)?;
                    Some((*sum as f64, *days as f64))
                }
                ("time_congestion", None) => Some((sums.full as f64, frames)),
                ("busy", None) => Some((sums.busy as f64, frames)),
                ("busy_square", None) => Some((sums.square as f64, frames)),
                ("queue", None) => Some((sums.queue as f64, frames)),
                ("little", None) => Some((sums.queue as f64 * FRAME_S as f64, counts.waits.wait as f64 / 1e6)),
                _ => None,
            };
        }
        let server = network.server_by_id(id)?;
        let (setups, refused) = self.servers[server.index()];
        let all: u64 = self.servers.iter().map(|s| s.0).sum();
        match figure {
            "setups_share" => Some((setups as f64, all as f64)),
            "refused_share" => Some((refused as f64, setups as f64)),
            _ => None,
        }
    }
}
