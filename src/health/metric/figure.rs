//! The figures a metric can name.

use super::{MetricError, Snap};
use crate::health::State;
use crate::network::{Network, PsapId, ServerId, ServiceId, ZoneId};
use crate::sim::ServerState;

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Reading {
    /// A number.
    Number(f64),
    /// A state.
    State(State),
    /// A word.
    Word(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Ner,
    Asr,
    Received,
    Attempts,
    State,
    Queue,
    Occupancy,
    ServerState,
    ServerManaged,
    ServerLoad,
    ServerLeaked,
    ServerProgressed,
    Headroom,
    ServersUp,
    ZonesDegraded,
    LostLow,
    LostHigh,
    Alarm,
    CauseOdds,
}

/// Name, figure, takes an argument?
const FIGURES: &[(&str, What, bool)] = &[
    ("ner", What::Ner, true),
    ("asr", What::Asr, true),
    ("received_ratio", What::Received, true),
    ("attempts_ratio", What::Attempts, true),
    ("state", What::State, true),
    ("queue", What::Queue, true),
    ("occupancy", What::Occupancy, true),
    ("server_state", What::ServerState, true),
    ("server_managed", What::ServerManaged, true),
    ("server_load", What::ServerLoad, true),
    ("server_leaked", What::ServerLeaked, true),
    ("server_progressed", What::ServerProgressed, true),
    ("headroom", What::Headroom, true),
    ("servers_up", What::ServersUp, false),
    ("zones_degraded", What::ZonesDegraded, false),
    ("lost_low", What::LostLow, false),
    ("lost_high", What::LostHigh, false),
    ("alarm", What::Alarm, true),
    ("cause_odds", What::CauseOdds, false),
];

/// A figure and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    what: What,
    about: String,
}

/// What a name in brackets points to.
enum About {
    All,
    Service(ServiceId),
    Zone(ZoneId),
    Psap(PsapId),
    Server(ServerId),
}

impl Figure {
    pub(super) fn new(name: &str, column: usize, about: Option<(String, usize)>) -> Result<Self, MetricError> {
        let Some((_, what, takes)) = FIGURES.iter().find(|(known, ..)| *known == name) else {
            let known: Vec<&str> = FIGURES.iter().map(|(known, ..)| *known).collect();
            let message = format!("`{name}` is no figure; figures are {}", known.join(", "));
            return Err(MetricError { column, message });
        };
        match (takes, about) {
            (true, Some((about, _))) => Ok(Self { what: *what, about }),
            (false, None) => Ok(Self { what: *what, about: String::new() }),
            (true, None) => {
                let message = format!("`{name}` of what? Write for example `{name}({})`", example(*what));
                Err(MetricError { column, message })
            }
            (false, Some((_, column))) => {
                Err(MetricError { column, message: format!("`{name}` takes nothing in brackets") })
            }
        }
    }

    pub(super) fn is_state(&self) -> bool {
        self.what == What::State
    }

    pub(super) fn is_number(&self) -> bool {
        !matches!(self.what, What::State | What::ServerState | What::ServerManaged | What::Alarm)
    }

    pub(super) fn words(&self) -> &'static [&'static str] {
        match self.what {
            What::ServerState => &["up", "impaired", "restarting", "down", "withdrawn"],
            What::ServerManaged => &["yes", "no"],
            What::Alarm => &["active", "none"],
            _ => &[],
        }
    }

    pub(super) fn check(&self, network: &Network) -> Result<(), String> {
        if self.about.is_empty() || self.what == What::Alarm || self.about(network).is_some() {
            return Ok(());
        }
        Err(format!("`{}` is no service, `zone:…`, psap or call server of this network", self.about))
    }

    fn about(&self, network: &Network) -> Option<About> {
        let server = || network.server_by_id(&self.about).map(About::Server);
        if matches!(
            self.what,
            What::ServerState
                | What::ServerManaged
                | What::ServerLoad
                | What::ServerLeaked
                | What::ServerProgressed
                | What::Headroom
        ) {
            return server();
        }
        if self.about == "all" {
            return Some(About::All);
        }
        if let Some(code) = self.about.strip_prefix("zone:") {
            return network.zone_by_code(code).map(About::Zone);
        }
        let psap = self.about.strip_prefix("psap:").unwrap_or(&self.about);
        network
            .service_by_code(&self.about)
            .map(About::Service)
            .or_else(|| network.psap_by_id(psap).map(About::Psap))
            .or_else(server)
    }

    pub(super) fn read(&self, network: &Network, snap: &Snap) -> Option<Reading> {
        let ratio = |(ok, of): (u32, u32)| (of > 0).then(|| Reading::Number(f64::from(ok) / f64::from(of)));
        let share = |(seen, expected): (f64, f64)| (expected > 0.0).then(|| Reading::Number(seen / expected));
        let service = |id: ServiceId| snap.services.get(id.index());
        match self.what {
            What::ServersUp => {
                let heard = !snap.servers.is_empty();
                let up = snap.servers.iter().filter(|server| server.says == ServerState::Up && !server.frozen).count();
                return heard.then_some(Reading::Number(up as f64));
            }
            What::ZonesDegraded => return snap.zones_degraded.map(|zones| Reading::Number(f64::from(zones))),
            What::LostLow => return snap.lost.map(|(low, _)| Reading::Number(f64::from(low))),
            What::LostHigh => return snap.lost.map(|(_, high)| Reading::Number(f64::from(high))),
            What::CauseOdds => return snap.cause_odds.map(Reading::Number),
            What::Alarm => {
                let active = snap.alarms.contains(&self.about);
                return snap.fed.then_some(Reading::Word(if active { "active" } else { "none" }));
            }
            _ => {}
        }
        match (self.what, self.about(network)?) {
            (What::Ner, About::All) => ratio(sum(snap.services.iter().map(|row| row.ner))),
            (What::Ner, About::Service(id)) => ratio(service(id)?.ner),
            (What::Ner, About::Zone(id)) => ratio(snap.zones.get(id.index())?.1),
            (What::Asr, About::All) => ratio(sum(snap.services.iter().map(|row| row.asr))),
            (What::Asr, About::Service(id)) => ratio(service(id)?.asr),
            (What::Received, About::All) => share(volume(snap.services.iter().map(|row| row.received))),
            (What::Received, About::Service(id)) => share(service(id)?.received),
            (What::Received, About::Psap(id)) => share(snap.psaps.get(id.index())?.received),
            (What::Attempts, About::All) => share(volume(snap.services.iter().map(|row| row.attempts))),
            (What::Attempts, About::Service(id)) => share(service(id)?.attempts),
            (What::State, About::All) => Some(Reading::State(snap.state)),
            (What::State, About::Service(id)) => Some(Reading::State(service(id)?.state)),
            (What::State, About::Zone(id)) => Some(Reading::State(snap.zones.get(id.index())?.0)),
            (What::State, About::Psap(id)) => Some(Reading::State(snap.psaps.get(id.index())?.state)),
            (What::State, About::Server(id)) => Some(Reading::State(snap.servers.get(id.index())?.state)),
            (What::Queue, About::Psap(id)) => {
                snap.psaps.get(id.index())?.gauge.map(|(queue, ..)| Reading::Number(f64::from(queue)))
            }
            (What::Occupancy, About::Psap(id)) => {
                let (_, busy, positions) = snap.psaps.get(id.index())?.gauge?;
                (positions > 0).then(|| Reading::Number(f64::from(busy) / f64::from(positions)))
            }
            (What::ServerState, About::Server(id)) => {
                let server = snap.servers.get(id.index()).filter(|server| !server.frozen)?;
                Some(Reading::Word(match server.says {
                    ServerState::Up => "up",
                    ServerState::Impaired => "impaired",
                    ServerState::Restarting => "restarting",
                    ServerState::Down => "down",
                    ServerState::Withdrawn => "withdrawn",
                }))
            }
            (What::ServerManaged, About::Server(id)) => {
                Some(Reading::Word(if snap.servers.get(id.index())?.managed { "yes" } else { "no" }))
            }
            (What::ServerLoad, About::Server(id)) => snap.servers.get(id.index())?.share(|server| server.sessions),
            (What::ServerLeaked, About::Server(id)) => snap.servers.get(id.index())?.share(|server| server.leaked),
            (What::Headroom, About::Server(id)) => headroom(snap, id),
            (What::ServerProgressed, About::Server(id)) => ratio(snap.servers.get(id.index())?.progressed),
            _ => None,
        }
    }
}

/// What a call server has free against what the others carry now: 1 and more, it can take over from all of them.
/// No data while it is silent about itself, or while the others carry nothing to compare with.
fn headroom(snap: &Snap, id: ServerId) -> Option<Reading> {
    let own = snap.servers.get(id.index()).filter(|server| !server.frozen)?;
    let free = own.capacity.saturating_sub(own.sessions);
    let others = snap.servers.iter().enumerate().filter(|(i, _)| *i != id.index());
    let carried: u32 = others.map(|(_, server)| server.sessions.saturating_sub(server.leaked)).sum();
    (own.capacity > 0 && carried > 0).then(|| Reading::Number(f64::from(free) / f64::from(carried)))
}

fn example(what: What) -> &'static str {
    match what {
        What::ServerState
        | What::ServerManaged
        | What::ServerLoad
        | What::ServerLeaked
        | What::ServerProgressed
        | What::Headroom => "cs-1",
        What::Queue | What::Occupancy => "psap:samu-59",
        What::Alarm => "national-ner",
        _ => "15",
    }
}

fn sum(pairs: impl Iterator<Item = (u32, u32)>) -> (u32, u32) {
    pairs.fold((0, 0), |(ok, of), (more_ok, more_of)| (ok + more_ok, of + more_of))
}

fn volume(pairs: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    pairs.fold((0.0, 0.0), |(seen, expected), (s, e)| (seen + s, expected + e))
}
