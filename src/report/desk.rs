//! A log without a disk, for the tests of this room.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::incident::Incident;
use crate::incident::event::{Body, Entry, EntryId, EventTime, Genesis, Mode, Role, ScenarioRef};

/// Writes entries and folds them, one minute apart.
pub struct Desk {
    pub incident: Incident,
    pub entries: Vec<Arc<Entry>>,
    pub now: DateTime<Utc>,
    pub who: &'static str,
    pub role: Role,
}

impl Desk {
    pub fn new(mode: Mode) -> Self {
        let genesis = Genesis {
            v: 1,
            inc: "2021-06-02-essai-3f9a".to_owned(),
            mode,
            title: "Numéros d'urgence <15>".to_owned(),
            at: "2021-06-02T17:00:00+02:00".parse().expect("a time"),
            zone: "Europe/Paris".to_owned(),
            lang: "fr".to_owned(),
            perimeter: crate::health::Perimeter::Nation,
            scenario: (mode == Mode::Exercise).then(|| ScenarioRef {
                id: "france-2021-06-02".to_owned(),
                sha256: String::new(),
                seed: 1,
                start: "2021-06-02T14:00:00Z".parse().expect("a time"),
            }),
            origin: None,
            playbooks: BTreeMap::new(),
            engine: "0".to_owned(),
        };
        let now = "2021-06-02T15:00:00Z".parse().expect("a time");
        Self { incident: Incident::new(genesis), entries: Vec::new(), now, who: "m.durand", role: Role::LogKeeper }
    }

    pub fn say(&mut self, body: Body) -> EntryId {
        self.write(body, None, &[])
    }

    pub fn about(&mut self, body: Body, re: &EntryId) -> EntryId {
        self.write(body, None, std::slice::from_ref(re))
    }

    pub fn write(&mut self, body: Body, event_at: Option<EventTime>, re: &[EntryId]) -> EntryId {
        let seq = self.entries.len() as u64;
        let at = self.now.with_timezone(&chrono_tz::Europe::Paris).fixed_offset();
        let entry = Entry {
            v: 1,
            inc: self.incident.genesis().inc.clone(),
            chain: "c0ffee00".to_owned(),
            seq,
            at,
            up: "0000:0".to_owned(),
            x: (self.incident.genesis().mode != Mode::Real).then_some(at),
            event_at,
            who: self.who.to_owned(),
            org: "SAMU 59".to_owned(),
            role: self.role,
            body,
            re: re.to_vec(),
            seen: BTreeMap::new(),
            frame: None,
            prev: format!("{seq:064x}"),
            sig: None,
        };
        self.incident.apply(&entry);
        self.entries.push(Arc::new(entry));
        self.now += TimeDelta::minutes(1);
        EntryId::new("c0ffee00", seq)
    }
}
