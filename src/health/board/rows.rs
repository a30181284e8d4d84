//! From evidence to rows.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Board, CELLS, GAUGES, RECEIVED, SERVERS, STALE};
use crate::health::formulas::rate;
use crate::health::metric::{PsapSnap, ServerSnap, ServiceSnap, Snap};
use crate::health::track::severity;
use crate::health::view::{HISTORY, Heard, worst};
use crate::health::window::SHORT;
use crate::health::{Overview, PsapRow, State, ZoneRow, cause, observe};
use crate::network::{Network, PsapId, ServiceId, ZoneId};
use crate::sim::{FRAME_S, PsapGauge};

/// A row for each zone: nothing known yet.
pub(super) fn zones(network: &Network) -> Vec<ZoneRow> {
    let services = network.services.len();
    let row = |zone| ZoneRow {
        zone,
        services: vec![State::Unknown; services],
        ner: vec![rate(0, 0); services],
        ..ZoneRow::default()
    };
    (0..network.zones.len()).map(|i| row(ZoneId(i as u16))).collect()
}

/// A row for each psap: nothing known yet.
pub(super) fn psaps(network: &Network) -> Vec<PsapRow> {
    (0..network.psaps.len()).map(|i| PsapRow { psap: PsapId(i as u16), ..PsapRow::default() }).collect()
}

impl Board {
    /// Writes all rows anew from the evidence and the time.
    pub(super) fn refresh(&mut self) {
        if self.has_feed {
            self.view.rows(&mut self.services);
            self.refresh_psaps();
            self.refresh_zones();
            self.refresh_servers();
        } else {
            self.refresh_observed();
        }
        self.refresh_overview();
        self.current = Arc::new(self.snap());
    }

    pub(super) fn take_gauges(&mut self, gauges: &[PsapGauge]) {
        for (row, gauge) in self.psaps.iter_mut().zip(gauges) {
            row.queue = gauge.queue;
            row.busy = gauge.busy;
            row.positions = gauge.positions;
        }
    }

    /// A minute is over: histories grow, the cause is looked for.
    pub(super) fn turn_minute(&mut self) {
        for (row, count) in self.psaps.iter_mut().zip(self.reception.take_minute()) {
            remember(&mut row.history, count);
        }
        for (row, gauge) in self.servers.iter_mut().zip(&self.switching.gauges) {
            let share = u64::from(gauge.sessions) * 1_000 / u64::from(gauge.capacity.max(1));
            remember(&mut row.history, share.min(u64::from(u16::MAX)) as u16);
        }
        let failing = self.delivery.nation.chart.watch() || self.alarms.any();
        self.cause =
            if failing { cause::likeliest(&self.network, &self.tables, &self.delivery, &self.switching) } else { None };
        if let Some(found) = &mut self.cause {
            let begun = self.delivery.onset.unwrap_or_else(|| self.delivery.nation.chart.since());
            found.since = Some(self.start + TimeDelta::seconds(i64::from(begun) * FRAME_S as i64));
        }
    }

    fn refresh_psaps(&mut self) {
        let stale = self.pulses[RECEIVED].stale(self.now);
        let start = self.start;
        for (row, centre) in self.psaps.iter_mut().zip(&self.reception.centres) {
            row.received = centre.long.volume();
            row.in_target = rate(centre.in_target, centre.answered + centre.abandoned);
            row.abandoned = centre.abandoned;
            row.state = if stale { State::Stale } else { centre.machine.state() };
            row.since = (row.state != State::Unknown).then(|| frame_time(start, centre.machine.since()));
        }
    }

    fn refresh_zones(&mut self) {
        let operator = self.pulses[CELLS];
        let outdated = operator.stale(self.now);
        // the moment of a change does not depend on how often somebody looks
        let heard = self.last_frame.map_or(self.start, |last| frame_time(self.start, last.saturating_add(1)));
        let changed = operator.at.filter(|_| outdated).map_or(heard, |at| at + STALE);
        let services = self.network.services.len();
        let mut received = vec![Heard::default(); self.zones.len()];
        let mut psaps = vec![State::Unknown; self.zones.len()];
        for ((psap, centre), row) in self.network.psaps.iter().zip(&self.reception.centres).zip(&self.psaps) {
            let zone = psap.zone.index();
            if let (Some(sum), Some(worst_here)) = (received.get_mut(zone), psaps.get_mut(zone)) {
                sum.seen += centre.long.seen;
                sum.expected += centre.long.expected;
                *worst_here = worst(*worst_here, row.state);
            }
        }
        for (i, row) in self.zones.iter_mut().enumerate() {
            let whole = self.delivery.zones.get(i).copied().unwrap_or_default();
            let mut state = whole.state();
            for service in 0..services {
                let Some(leaf) = self.delivery.leaves.get(i * services + service) else { continue };
                if let (Some(shown), Some(ner)) = (row.services.get_mut(service), row.ner.get_mut(service)) {
                    *shown = if outdated { State::Stale } else { leaf.state() };
                    if (ner.ok, ner.of) != (leaf.long.ok, leaf.long.of) {
                        *ner = rate(leaf.long.ok, leaf.long.of);
                    }
                }
                state = worst(state, leaf.state());
            }
            if outdated {
                state = State::Stale;
            }
            // a psap that is well says nothing on delivery to the zone: only bad news counts
            let bad = psaps.get(i).copied().filter(|psap| severity(*psap) > 0).unwrap_or_default();
            row.state = worst(state, bad);
            row.received = received.get(i).copied().unwrap_or_default().volume();
            if let Some((last, since)) = self.since.get_mut(i) {
                if *last != row.state {
                    (*last, *since) = (row.state, changed);
                }
                row.since = (row.state != State::Unknown).then_some(*since);
            }
        }
    }

    fn refresh_servers(&mut self) {
        let stale = self.pulses[SERVERS].stale(self.now);
        let frames = self.last_frame.map_or(1, |last| last + 1).min(SHORT);
        for (i, row) in self.servers.iter_mut().enumerate() {
            let Some(gauge) = self.switching.gauges.get(i) else { continue };
            row.says = gauge.state;
            row.state = if stale { State::Stale } else { self.switching.state(i) };
            if let Some(track) = self.switching.servers.get(i) {
                let seen = track.evidence();
                row.progressed = rate(seen.ok, seen.of);
            }
            row.sessions = gauge.sessions;
            row.leaked = gauge.leaked;
            row.capacity = gauge.capacity;
            row.setups_per_s = self.switching.setups_per_s(i, frames);
            row.managed = gauge.managed;
            row.frozen = gauge.telemetry_frozen;
        }
    }

    /// Without a feed the states are those of the observations.
    fn refresh_observed(&mut self) {
        for (i, row) in self.services.iter_mut().enumerate() {
            let Some(service) = self.network.services.get(i) else { continue };
            row.state = observe::state(&self.observations, &service.code, None, self.now);
        }
        for (row, zone) in self.zones.iter_mut().zip(&self.network.zones) {
            let mut state = State::Unknown;
            for (shown, service) in row.services.iter_mut().zip(&self.network.services) {
                *shown = observe::state(&self.observations, &service.code, Some(&zone.code), self.now);
                state = worst(state, *shown);
            }
            // well for one service is not well for all
            let all_well = row.services.iter().all(|state| *state == State::Nominal);
            row.state = if state == State::Nominal && !all_well { State::Unknown } else { state };
            row.since = self
                .observations
                .iter()
                .filter(|o| o.zone.as_deref().is_none_or(|code| code == zone.code) && o.at <= self.now)
                .map(|o| o.at)
                .max();
        }
    }

    fn refresh_overview(&mut self) {
        let bad = |state: State| severity(state) >= 2;
        let inside: Vec<&ZoneRow> = self.zones.iter().filter(|row| self.view.scope.zone(row.zone)).collect();
        let mut state = self.services.iter().map(|row| row.state).reduce(worst).unwrap_or_default();
        let hit = inside.iter().filter(|row| bad(row.state)).count();
        if self.has_feed {
            let operator_stale = self.pulses[CELLS].stale(self.now);
            if operator_stale {
                state = State::Stale;
            }
            // a few bad places are worth a look; a tenth of the perimeter is more
            if hit * 10 >= inside.len() && hit > 0 {
                state = worst(state, State::Degraded);
            } else if hit > 0 {
                state = worst(state, State::Watch);
            }
        } else if state == State::Nominal && self.services.iter().any(|row| row.state != State::Nominal) {
            state = State::Unknown;
        }
        let age = |pulse: usize| {
            let of = self.pulses.get(pulse)?.of?;
            Some((self.now - frame_time(self.start, of.saturating_add(1))).num_seconds().max(0) as u64)
        };
        let frozen = self.switching.gauges.iter().filter(|gauge| gauge.telemetry_frozen).count();
        let silent_feeds = self.pulses.iter().filter(|pulse| pulse.stale(self.now)).count();
        self.overview = Overview {
            state,
            trend: self.view.trend(),
            services: self.services.iter().filter(|row| bad(row.state)).map(|row| row.service).collect(),
            zones: hit as u32,
            zones_of: inside.len() as u32,
            lost: self.delivery.onset.map(|_| self.lost()),
            lost_since: self.delivery.onset.map(|onset| frame_time(self.start, onset)),
            abandoned: self.abandoned(),
            cause: self.cause.clone(),
            operator_age_s: age(CELLS),
            psaps_age_s: age(RECEIVED).max(age(GAUGES)),
            mute: (frozen + silent_feeds) as u32,
        };
    }

    fn lost(&self) -> (u32, u32) {
        let mut lost = crate::health::lost::Lost::default();
        let scope = &self.view.scope;
        if scope.lines.iter().all(|inside| *inside) {
            let zones = self.delivery.lost_zones.iter().enumerate();
            zones.filter(|(i, _)| scope.zone(ZoneId(*i as u16))).for_each(|(_, part)| lost.add(*part));
        } else {
            for (i, part) in self.delivery.lost_operators.iter().enumerate() {
                let mut own =
                    self.network.lines.iter().zip(&scope.lines).filter(|(line, _)| line.operator.index() == i);
                if own.any(|(_, inside)| *inside) {
                    lost.add(*part);
                }
            }
        }
        lost.range()
    }

    fn abandoned(&self) -> u32 {
        let psaps = self.network.psaps.iter().zip(&self.reception.abandoned);
        psaps.filter(|(psap, _)| self.view.scope.psap(psap)).map(|(_, count)| count).sum()
    }

    pub(super) fn snap(&self) -> Snap {
        let pair = |volume: crate::health::Volume| (volume.seen, volume.expected);
        let counts = |rate: crate::health::Rate| (rate.ok, rate.of);
        let fed = self.pulses.iter().any(|pulse| pulse.of.is_some());
        let gauged = self.pulses.get(GAUGES).is_some_and(|pulse| pulse.of.is_some());
        let servers = self.servers.iter().zip(&self.switching.gauges).map(|(row, _)| ServerSnap {
            says: row.says,
            state: row.state,
            managed: row.managed,
            frozen: row.frozen,
            sessions: row.sessions,
            leaked: row.leaked,
            capacity: row.capacity,
            progressed: counts(row.progressed),
        });
        Snap {
            at: self.now,
            fed,
            state: self.overview.state,
            services: self
                .services
                .iter()
                .map(|row| ServiceSnap {
                    ner: counts(row.ner),
                    asr: counts(row.asr),
                    received: pair(row.received),
                    attempts: pair(row.attempts),
                    state: row.state,
                })
                .collect(),
            zones: self
                .zones
                .iter()
                .map(|row| {
                    let ner = (0..row.ner.len()).filter_map(|s| row.ner.get(ServiceId(s as u8).index()));
                    (row.state, ner.fold((0, 0), |(ok, of), rate| (ok + rate.ok, of + rate.of)))
                })
                .collect(),
            psaps: self
                .psaps
                .iter()
                .map(|row| PsapSnap {
                    state: row.state,
                    received: pair(row.received),
                    gauge: gauged.then_some((row.queue, row.busy, row.positions)),
                })
                .collect(),
            servers: servers.collect(),
            zones_degraded: (fed || !self.observations.is_empty()).then_some(self.overview.zones),
            lost: self.overview.lost.or(fed.then_some((0, 0))),
            cause_odds: self.cause.as_ref().map(|cause| cause.odds_log10),
            alarms: self.alarms.active().map(|alarm| alarm.group.clone()).collect(),
        }
    }
}

fn frame_time(start: DateTime<Utc>, frame: u32) -> DateTime<Utc> {
    start + TimeDelta::seconds(i64::from(frame) * FRAME_S as i64)
}

/// Adds the newest minute and lets the oldest go.
fn remember(history: &mut Vec<u16>, count: u16) {
    if history.len() >= HISTORY {
        history.remove(0);
    }
    history.push(count);
}
