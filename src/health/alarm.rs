//! Alarms for people: one group per shared cause, few lines (ISA-18.2, EEMUA 191).
//!
//! Charts that crossed are gathered into groups: `national-ner` (delivery fails in the country), `software:…` or
//! `server:…` (call servers), `operator:…`, `zone:…` (delivery fails there and the country is well), `received` (psaps
//! below what they expect, while something shared is wrong) or `psap:…` (one alone). A group is recorded when it
//! appears, when it gets clearly worse, and when it is over; never more than [`FIRST_LINES`] lines in the first ten
//! minutes of an episode and one a minute after.
//!
//! Does not belong here: sentences, acknowledgement.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::chart::FALSE_ALARM_DAYS;
use super::expected::Tables;
use super::fold::{Delivery, Reception, Switching};
use super::formulas::jeffreys;
use super::track::{Counts, Track, severity};
use super::view::Heard;
use super::window::{LONG, MINUTE};
use super::{Alarm, AlarmEvent, State};
use crate::network::{Network, ZoneId};
use crate::sim::FRAME_S;

/// Lines in the first ten minutes of an episode.
pub const FIRST_LINES: u32 = 8;
/// Updates stop at this many of them: the rest is kept for groups that appear.
const FIRST_UPDATES: u32 = 4;
/// Length of an episode's beginning \[frames\].
const FIRST: u32 = 10 * MINUTE;
/// A group must be quiet for this long before it is over: one that comes back meanwhile was never over \[frames\].
const QUIET: u32 = 20 * MINUTE;
/// Least time between two lines of one group, unless it worsens \[frames\].
const PACE: u32 = 5 * MINUTE;
/// A group that a bigger one may swallow waits this long before it is told \[frames\].
const HOLD: u32 = 2 * MINUTE;
/// Two psaps below what they expect within this time are taken as one matter \[frames\].
const TOGETHER: u32 = 30 * MINUTE;
/// The share of failures that a normal day stays below.
const MOST_FAILED: f64 = 0.03;
/// An alarm names at most this many elements.
const NAMED: usize = 8;

/// A group as it stands.
#[derive(Debug, Clone, PartialEq)]
struct Group {
    alarm: Alarm,
    /// When the group appeared here.
    born: u32,
    /// Last line: state, count, frame.
    told: Option<(State, u32, u32)>,
    /// Not seen since.
    gone: Option<u32>,
    /// A bigger group may swallow it: wait before telling.
    hold: bool,
}

/// All groups and the rate of lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alarms {
    groups: BTreeMap<String, Group>,
    /// Which group a psap belongs to while it is in alarm.
    psaps: BTreeMap<usize, String>,
    /// Zones in alarm while the country was, and the last frame of that: their charts come down later than the
    /// country's, which is no new alarm.
    absorbed: BTreeMap<usize, u32>,
    /// Frame at which the last psap entered alarm.
    last_psap: Option<u32>,
    episode: Option<u32>,
    lines: u32,
    last_line: Option<u32>,
}

/// What the detection knows.
pub struct Sources<'a> {
    /// The network.
    pub network: &'a Network,
    /// Its tables.
    pub tables: &'a Tables,
    /// The operator's counters.
    pub delivery: &'a Delivery,
    /// The psaps' counters.
    pub reception: &'a Reception,
    /// The call servers.
    pub switching: &'a Switching,
    /// Incident time of frame 0.
    pub start: DateTime<Utc>,
    /// The frame.
    pub frame: u32,
}

impl Sources<'_> {
    fn time(&self, frame: u32) -> DateTime<Utc> {
        self.start + TimeDelta::seconds(i64::from(frame) * FRAME_S as i64)
    }

    fn alarm_of<'t>(
        &self,
        group: String,
        measure: &str,
        mut members: Vec<(String, &'t Track)>,
        whole: &'t Track,
    ) -> Alarm {
        members.sort_by_key(|(_, track)| std::cmp::Reverse(severity(track.state())));
        let worst = members.iter().map(|(_, track)| track.state()).chain([whole.state()]).max_by_key(|s| severity(*s));
        let since = members
            .iter()
            .map(|(_, track)| *track)
            .chain([whole])
            .filter(|track| track.chart.alarm())
            .map(|track| track.chart.since())
            .min()
            .unwrap_or_default();
        // the counts that the board shows beside it: a zone's row speaks of the last half hour
        let zone = group.starts_with("zone:");
        let Counts { ok, of } = if zone { whole.long } else { whole.evidence() };
        let window = if zone { LONG } else { whole.window() };
        let passed = if of > 0 { f64::from(ok) / f64::from(of) } else { 0.0 };
        Alarm {
            group,
            state: worst.unwrap_or_default().max(State::Degraded),
            count: members.len() as u32,
            elements: members.into_iter().take(NAMED).map(|(name, _)| name).collect(),
            measure: measure.to_owned(),
            seen: if measure == "failed" { 1.0 - passed } else { passed },
            expected: if measure == "failed" { MOST_FAILED } else { 1.0 - MOST_FAILED },
            of,
            window_s: seconds(window),
            recent: None,
            false_alarm_days: FALSE_ALARM_DAYS,
            since: self.time(since),
        }
    }
}

fn seconds(frames: u32) -> u32 {
    frames * FRAME_S as u32
}

impl Alarms {
    /// Groups that were told and are not over.
    pub fn active(&self) -> impl Iterator<Item = &Alarm> {
        self.groups.values().filter(|group| group.told.is_some()).map(|group| &group.alarm)
    }

    /// Is any group active, told or not?
    pub fn any(&self) -> bool {
        !self.groups.is_empty()
    }

    /// Takes a frame; gives back the lines to record now.
    pub fn push(&mut self, sources: &Sources<'_>) -> Vec<AlarmEvent> {
        let frame = sources.frame;
        let mut now: Vec<(Alarm, bool)> = Vec::new();
        self.servers(sources, &mut now);
        self.delivery(sources, &mut now);
        self.psaps(frame, sources, &mut now);
        for group in self.groups.values_mut() {
            group.gone.get_or_insert(frame);
        }
        for (mut alarm, hold) in now {
            if let Some(group) = self.groups.get_mut(&alarm.group) {
                alarm.since = group.alarm.since;
                group.alarm = alarm;
                group.gone = None;
                group.hold &= hold;
            } else {
                let id = alarm.group.clone();
                self.groups.insert(id, Group { alarm, born: frame, told: None, gone: None, hold });
            }
        }
        self.groups.retain(|_, group| group.told.is_some() || group.gone.is_none());
        self.tell(frame)
    }

    /// Was this group told, and is it not over?
    fn told(&self, group: &str) -> bool {
        self.groups.get(group).is_some_and(|group| group.told.is_some())
    }

    /// The country's delivery: in alarm, and not merely for what one server or zone is known to fail.
    fn national(&self, nation: &Track) -> bool {
        let local = self.groups.keys().any(|id| id.starts_with("server:") || id.starts_with("zone:"));
        let beyond = jeffreys(nation.short.ok, nation.short.of).1 < 1.0 - MOST_FAILED;
        (nation.crossed() && (beyond || !local)) || (self.told("national-ner") && nation.bad())
    }

    /// The country, operators, zones.
    fn delivery(&mut self, sources: &Sources<'_>, now: &mut Vec<(Alarm, bool)>) {
        let Sources { network, tables, delivery, frame, .. } = sources;
        let national = self.national(&delivery.nation);
        if national {
            let services = network.services.iter().zip(&delivery.services);
            let hit = services.filter(|(_, track)| severity(track.state()) >= 2 || track.chart.value() > 0);
            let members = hit.map(|(service, track)| (service.code.clone(), track)).collect();
            now.push((sources.alarm_of("national-ner".to_owned(), "failed", members, &delivery.nation), false));
        }
        let (all, failed) = (delivery.nation.long.of, delivery.nation.long.of - delivery.nation.long.ok);
        for (operator, track) in network.operators.iter().zip(&delivery.operators) {
            let own = track.long.of - track.long.ok;
            let concentrated = own * 5 >= failed * 4 && track.long.of * 5 <= all * 3;
            let group = format!("operator:{}", operator.id);
            if (track.crossed() && concentrated) || (self.told(&group) && track.bad()) {
                let members = vec![(operator.name.clone(), track)];
                now.push((sources.alarm_of(group, "failed", members, track), true));
            }
        }
        for (i, (zone, track)) in network.zones.iter().zip(&delivery.zones).enumerate() {
            let leaves = network.services.iter().enumerate().filter_map(|(s, service)| {
                let id = crate::network::ServiceId(s as u8);
                Some((service, delivery.leaves.get(tables.leaf(ZoneId(i as u16), id))?))
            });
            let hit: Vec<_> = leaves.filter(|(_, leaf)| leaf.chart.alarm()).collect();
            let group = format!("zone:{}", zone.code);
            let known = self.told(&group);
            if !track.chart.alarm() && hit.is_empty() && !(known && track.bad()) {
                self.absorbed.remove(&i);
                continue;
            }
            if national && !known {
                self.absorbed.insert(i, *frame);
            }
            // its long window holds nothing older than the country's recovery: failures in it are its own
            let own = |last: &u32| *frame > last + LONG && jeffreys(track.long.ok, track.long.of).1 < 1.0 - MOST_FAILED;
            let crossed = track.crossed() || hit.iter().any(|(_, leaf)| leaf.crossed());
            if known || (!national && crossed && self.absorbed.get(&i).is_none_or(own)) {
                let mut members: Vec<(String, &Track)> =
                    hit.into_iter().map(|(service, leaf)| (format!("{} {}", service.code, zone.name), leaf)).collect();
                if members.is_empty() {
                    members.push((zone.name.clone(), track));
                }
                now.push((sources.alarm_of(group, "failed", members, track), true));
            }
        }
    }

    /// Call servers, by software when several that share it are hit; a group that was told stays until all is well.
    fn servers(&self, sources: &Sources<'_>, now: &mut Vec<(Alarm, bool)>) {
        let Sources { network, tables, switching, .. } = sources;
        for ((software, members), whole) in tables.software.iter().zip(&switching.software) {
            let shared = format!("software:{software}");
            let shared_told = self.told(&shared);
            let all: Vec<_> = members
                .iter()
                .filter_map(|id| Some((network.call_servers.get(id.index())?, switching.servers.get(id.index())?)))
                .collect();
            let hit: Vec<_> = all.iter().filter(|(_, track)| track.crossed()).collect();
            let common = hit.len() > 1 || (shared_told && all.iter().any(|(_, track)| track.bad()));
            for (server, track) in &all {
                let group = format!("server:{}", server.id);
                let alone = track.crossed() && !common;
                if alone || (self.told(&group) && (track.bad() || common)) {
                    let member = vec![(server.name.clone(), *track)];
                    now.push((sources.alarm_of(group, "progressed", member, track), members.len() > 1));
                }
            }
            if common {
                let hit = all.iter().filter(|(_, track)| track.bad());
                let members = hit.map(|(server, track)| (server.name.clone(), *track)).collect();
                now.push((sources.alarm_of(shared, "progressed", members, whole), false));
            }
        }
    }

    /// Psaps below what they expect, and services over the country.
    fn psaps(&mut self, frame: u32, sources: &Sources<'_>, now: &mut Vec<(Alarm, bool)>) {
        let Sources { network, reception, .. } = sources;
        let shared = now.iter().any(|(alarm, _)| alarm.group == "national-ner" || alarm.measure == "progressed");
        let centres = &reception.centres;
        self.psaps.retain(|psap, _| centres.get(*psap).is_some_and(super::fold::Centre::alarm));
        for (i, psap) in network.psaps.iter().enumerate() {
            if !centres.get(i).is_some_and(super::fold::Centre::alarm) || self.psaps.contains_key(&i) {
                continue;
            }
            let together = self.last_psap.is_some_and(|last| frame <= last + TOGETHER) && !self.psaps.is_empty();
            let joins = shared || together || self.groups.contains_key("received");
            self.psaps.insert(i, if joins { "received".to_owned() } else { format!("psap:{}", psap.id) });
            self.last_psap = Some(frame);
        }
        let services: Vec<usize> = (0..reception.services.len())
            .filter(|s| reception.services.get(*s).is_some_and(super::chart::Volume::alarm))
            .collect();
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (psap, group) in &self.psaps {
            groups.entry(group).or_default().push(*psap);
        }
        if !services.is_empty() {
            groups.entry("received").or_default();
        }
        for (group, mut members) in groups {
            let missing = |psap: &usize| centres.get(*psap).map_or(0.0, super::fold::Centre::missing);
            members.sort_by(|a, b| missing(b).total_cmp(&missing(a)).then(a.cmp(b)));
            let (mut sum, mut long) = (Heard::default(), Heard::default());
            let (mut state, mut since) = (State::Degraded, u32::MAX);
            for centre in members.iter().filter_map(|psap| centres.get(*psap)) {
                let counted = centre.counted();
                sum.seen += counted.seen;
                sum.expected += counted.expected;
                long.seen += centre.long.seen;
                long.expected += centre.long.expected;
                state = super::view::worst(state, centre.machine.state());
                since = since.min(centre.since());
            }
            let mut elements: Vec<String> =
                members.iter().filter_map(|psap| network.psaps.get(*psap)).map(|psap| psap.name.clone()).collect();
            if group == "received" {
                for service in &services {
                    let Some(chart) = reception.services.get(*service) else { continue };
                    since = since.min(chart.since());
                    if members.is_empty() {
                        let (seen, expected) = chart.counted();
                        sum.seen += seen;
                        sum.expected += expected;
                        elements.extend(network.services.get(*service).map(|service| service.code.clone()));
                    }
                }
            }
            let count = elements.len() as u32;
            elements.truncate(NAMED);
            // the board shows the last half hour: so does the alarm, and what a younger change brought besides
            let young = members.is_empty() || frame < since.saturating_add(LONG);
            let (volume, recent) = (if young { sum.volume() } else { long.volume() }, long.volume());
            let alarm = Alarm {
                group: group.to_owned(),
                state,
                elements,
                count,
                measure: match state {
                    _ if members.is_empty() => "services",
                    State::Silent => "silence",
                    _ => "received",
                }
                .to_owned(),
                seen: volume.seen,
                expected: volume.expected,
                of: 0,
                window_s: if young { 0 } else { seconds(LONG) },
                recent: (young && !members.is_empty())
                    .then(|| (recent.seen as u32, recent.expected.max(0.0).round() as u32)),
                false_alarm_days: FALSE_ALARM_DAYS,
                since: sources.time(if since == u32::MAX { frame } else { since }),
            };
            now.push((alarm, false));
        }
    }

    /// Chooses what is told in this frame: at most one line, two while an episode is young.
    fn tell(&mut self, frame: u32) -> Vec<AlarmEvent> {
        let mut told = Vec::new();
        while let Some((rank, id)) = self.most_pressing(frame) {
            if !self.may_tell(frame, rank) {
                break;
            }
            let Some(group) = self.groups.get_mut(&id) else { break };
            let over = group.gone.is_some();
            let mut alarm = group.alarm.clone();
            if over {
                alarm.window_s = seconds(QUIET);
            }
            told.push(AlarmEvent { alarm, over });
            if over {
                self.groups.remove(&id);
            } else {
                group.told = Some((group.alarm.state, group.alarm.count, frame));
            }
            self.lines += 1;
            self.last_line = Some(frame);
        }
        told
    }

    /// The group whose line matters most, and how much: 3 new, 2 worse, 1 grown, 0 over.
    fn most_pressing(&self, frame: u32) -> Option<(u8, String)> {
        let pressing = self.groups.iter().filter_map(|(id, group)| {
            let rank = match (group.told, group.gone) {
                (None, None) if !group.hold || frame >= group.born + HOLD => 3,
                (Some((state, ..)), None) if severity(group.alarm.state) > severity(state) => 2,
                (Some((_, count, at)), None)
                    if frame >= at + PACE && group.alarm.count >= count + 3 && group.alarm.count * 2 >= count * 3 =>
                {
                    1
                }
                (Some(_), Some(gone)) if frame >= gone + QUIET => 0,
                _ => return None,
            };
            Some((rank, severity(group.alarm.state), std::cmp::Reverse(id)))
        });
        pressing.max().map(|(rank, _, id)| (rank, id.0.clone()))
    }

    fn may_tell(&mut self, frame: u32, rank: u8) -> bool {
        let calm = self.last_line.is_none_or(|last| frame > last + 3 * FIRST)
            && self.groups.values().all(|group| group.told.is_none());
        if calm {
            self.episode = Some(frame);
            self.lines = 0;
        }
        let young = self.episode.is_some_and(|episode| frame < episode + FIRST);
        if young {
            return self.lines < if rank == 3 { FIRST_LINES } else { FIRST_UPDATES };
        }
        self.last_line.is_none_or(|last| frame >= last + MINUTE)
    }
}
