//! Another cell of the exercise, as its folder tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::{Cells, Link, SCAN_MS, Task};
use crate::exercise::{CellSpec, Desk, Kit, addressees};
use crate::incident::Incident;
use crate::incident::desk::DeskAct;
use crate::incident::event::{Body, Entry, EntryId, Genesis, Role};
use crate::session::Setup;
use crate::store::folder::read_genesis;
use crate::store::{Access, Folder, LogView, StoreError};

/// Another cell.
#[derive(Debug)]
pub(in crate::session) struct Peer {
    pub(super) spec: CellSpec,
    log: LogView,
    pub(super) incident: Incident,
    /// Of the host: its desk, with the whole plan.
    pub(super) desk: Option<Desk>,
    /// Lines by which it received messages, and the sender's line.
    received: BTreeMap<EntryId, EntryId>,
    /// Of the host: the cells whose fog is lifted, each time that the fog of this one was, or came down again, the last jump with its card, the REAL incident and who opened it,
    /// the lines of other cells by which real emergencies were declared.
    pub(super) lifted: BTreeSet<String>,
    pub(super) fog: Vec<(EntryId, DeskAct, String)>,
    pub(super) jump: Option<(EntryId, String)>,
    pub(super) real: (String, String),
    pub(super) chords: BTreeSet<EntryId>,
    /// Messages (lines of their senders) that a person there answered or acknowledged.
    pub(super) settled: BTreeSet<EntryId>,
}

/// How far back the last line that a person wrote is looked for.
const MOST_BACK: usize = 200;

/// Another cell as the facilitator sees it.
#[derive(Debug, Clone)]
pub struct Playing {
    /// Which cell.
    pub spec: CellSpec,
    /// Has it been opened?
    pub joined: bool,
    /// When it declared that it is aware of the crisis (incident time).
    pub awareness: Option<chrono::DateTime<chrono::Utc>>,
    /// Messages to it that nobody there has acknowledged or answered.
    pub unanswered: usize,
    /// The last line that a person there wrote.
    pub last: Option<Arc<Entry>>,
}

/// What was heard.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) entries: Vec<Arc<Entry>>,
    pub(super) failed: Vec<String>,
}

impl Peer {
    /// Reads all it wrote so far; gives it with its entries.
    pub(in crate::session) fn open(
        path: &Path,
        spec: CellSpec,
        host: Option<&Arc<Kit>>,
        state: &Path,
    ) -> Result<(Self, Vec<Arc<Entry>>), StoreError> {
        let folder = Folder::open(path, Access::Read, state)?;
        let (log, incident) = LogView::open(&folder)?;
        let entries = (0..log.len()).filter_map(|position| log.get(position)).collect();
        let peer = Self {
            spec,
            log,
            incident,
            desk: host.map(|kit| Desk::new(Arc::clone(kit), false)),
            received: BTreeMap::new(),
            lifted: BTreeSet::new(),
            fog: Vec::new(),
            jump: None,
            real: (String::new(), String::new()),
            chords: BTreeSet::new(),
            settled: BTreeSet::new(),
        };
        Ok((peer, entries))
    }

    /// What it has written since.
    fn follow(&mut self) -> Result<Vec<Arc<Entry>>, StoreError> {
        let fresh = self.log.follow(None)?;
        for entry in &fresh {
            self.incident.apply(entry);
        }
        Ok(fresh)
    }

    /// What the host's desk did.
    fn at_the_desk(&mut self, act: &DeskAct, text: &str, entry: &Entry) {
        match act {
            DeskAct::Fog { cell, lifted } => {
                let other = if *lifted { self.lifted.insert(cell.clone()) } else { self.lifted.remove(cell) };
                if other {
                    self.fog.push((entry.id(), act.clone(), text.to_owned()));
                }
            }
            DeskAct::Jump { .. } => self.jump = Some((entry.id(), text.to_owned())),
            DeskAct::RealWorld { incident } => {
                self.real = (incident.clone(), text.to_owned());
                self.chords.extend(entry.re.iter().cloned());
            }
            _ => {}
        }
    }
}

impl Peer {
    /// Does it owe an acknowledgement of this message (`of` is the line of its sender, `to` its address)? Control has a
    /// copy of everything and owes none.
    pub(super) fn owes(&self, of: &EntryId, to: &str) -> bool {
        if self.desk.is_some() || self.incident.has_entry(of) {
            return false;
        }
        match self.received.iter().find(|(_, from)| *from == of) {
            Some((copy, _)) => self.incident.message(copy).is_some_and(|message| message.acknowledged.is_none()),
            None => self.spec.answers_to(to),
        }
    }

    /// How it plays, for whoever sits at the desk.
    pub(super) fn playing(&self) -> Playing {
        let last = (0..self.log.len()).rev().filter_map(|at| self.log.get(at));
        let last = last.take(MOST_BACK).find(|entry| entry.role != Role::Machine);
        Playing {
            spec: self.spec.clone(),
            joined: true,
            awareness: self.incident.awareness(),
            // Its own messages wait elsewhere.
            unanswered: self.incident.unanswered().filter(|message| !message.from.is_empty()).count(),
            last,
        }
    }
}

impl Cells {
    /// Has this cell a console?
    pub(super) fn joined(&self, cell: &CellSpec) -> bool {
        self.spec.id == cell.id || self.peers.iter().any(|peer| peer.spec.id == cell.id)
    }

    /// The names in an address that no cell with a console answers to: control plays them.
    pub(super) fn played(&self, to: &str) -> Vec<String> {
        let joined =
            |name: &str| self.spec.answers_to(name) || self.peers.iter().any(|peer| peer.spec.answers_to(name));
        addressees(to).filter(|name| !joined(name)).map(str::to_owned).collect()
    }

    /// Adds a cell and what it has written to what is to be heard.
    pub(in crate::session) fn add(&mut self, peer: Peer, entries: &[Arc<Entry>], own: &Genesis) {
        let at = self.peers.len();
        self.peers.push(peer);
        for entry in entries {
            self.hear(at, entry, own);
        }
    }

    /// Looks for new cells and for what the known ones wrote.
    pub(super) fn listen(&mut self, setup: &Setup, own: &Genesis) -> Heard {
        let mut heard = Heard::default();
        let now = setup.clock.now().boot_ms;
        if self.scanned_ms.is_none_or(|at| now.saturating_sub(at) >= SCAN_MS) {
            self.scanned_ms = Some(now);
            self.scan(setup, own, &mut heard);
        }
        for at in 0..self.peers.len() {
            let Some(peer) = self.peers.get_mut(at) else { continue };
            match peer.follow() {
                Ok(fresh) => {
                    for entry in &fresh {
                        self.hear(at, entry, own);
                    }
                    heard.entries.extend(fresh);
                }
                Err(error) => heard.failed.push(error.to_string()),
            }
        }
        heard
    }

    /// Cells of the same exercise that have been opened since.
    fn scan(&mut self, setup: &Setup, own: &Genesis, heard: &mut Heard) {
        let Ok(entries) = std::fs::read_dir(&self.root) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
            if hidden || path == self.own || !self.known.insert(path.clone()) {
                continue;
            }
            let Ok((genesis, _)) = read_genesis(&path) else { continue };
            let Some(Link::Cell { cell, host }) = Link::of(&genesis) else { continue };
            if host != self.host {
                continue;
            }
            let spec = self.kit.cell(&cell).unwrap_or_else(|| CellSpec::unplanned(&cell));
            match Peer::open(&path, spec, None, &setup.config.state.value) {
                Ok((peer, before)) => {
                    self.add(peer, &before, own);
                    heard.entries.extend(before);
                }
                Err(error) => {
                    // It is looked at again.
                    self.known.remove(&path);
                    heard.failed.push(error.to_string());
                }
            }
        }
    }

    /// One line of another cell: what it means for this one.
    fn hear(&mut self, at: usize, entry: &Entry, own: &Genesis) {
        let hosting = self.hosting();
        let Some(peer) = self.peers.get_mut(at) else { return };
        let name = if own.lang == "fr" { &peer.spec.title.fr } else { &peer.spec.title.en }.clone();
        if let Some(desk) = peer.desk.as_mut() {
            desk.apply(entry);
        }
        let id = entry.id();
        if entry.role != Role::Machine
            && matches!(entry.body, Body::Message { .. } | Body::Receipt { acknowledged: true, .. })
        {
            let of: Vec<EntryId> = entry.re.iter().filter_map(|re| peer.received.get(re)).cloned().collect();
            peer.settled.extend(of);
        }
        let foreign = entry.re.iter().find(|re| !peer.incident.has_entry(re)).cloned();
        match &entry.body {
            Body::Message { .. } if foreign.is_some() && entry.role == Role::Machine => {
                let Some(of) = foreign else { return };
                peer.received.insert(id.clone(), of.clone());
                // Control has a copy of everything: that alone is no delivery, unless it plays whom it was sent to.
                if peer.desk.is_none() {
                    self.task(Task::Receipt { from: id, of, acknowledged: false, text: String::new() });
                }
            }
            Body::Message { text, to, from, channel, answer_by } if !to.trim().is_empty() => {
                let reaches = hosting
                    || match peer.desk.as_ref().and_then(|desk| inject_of(desk, entry)) {
                        Some(inject) => self.kit.reaches(inject, &self.spec),
                        None => self.spec.answers_to(to),
                    };
                let answers: Vec<EntryId> = entry.re.iter().filter_map(|re| peer.received.get(re)).cloned().collect();
                let from = if from.trim().is_empty() { name.clone() } else { from.clone() };
                let body = told(text, to, from, channel, *answer_by);
                let ordered = entry.re.iter().find_map(|re| Some((re.clone(), peer.incident.decision(re)?)));
                let order =
                    ordered.filter(|(_, decision)| hosting && !decision.levers.is_empty()).map(|(decision, status)| {
                        Task::Order {
                            decision,
                            of: id.clone(),
                            levers: status.levers.clone(),
                            text: status.text.clone(),
                        }
                    });
                if reaches {
                    self.task(Task::Message { from: id, body, answers });
                    if let Some(order) = order {
                        self.task(order);
                    }
                }
            }
            Body::Request { text, to } if hosting || self.spec.answers_to(to) => {
                let body = told(text, to, name.clone(), "", None);
                self.task(Task::Message { from: id, body, answers: Vec::new() });
            }
            // What only repeats a receipt of a third cell is heard from that cell.
            Body::Receipt { acknowledged, text } if foreign.is_none() || entry.role != Role::Machine => {
                let of: Vec<EntryId> = entry.re.iter().filter_map(|re| peer.received.get(re)).cloned().collect();
                for of in of {
                    let text = text.clone();
                    self.task(Task::Receipt { from: id.clone(), of, acknowledged: *acknowledged, text });
                }
            }
            Body::Notice { data, .. }
                if !hosting && data.get("what").is_some_and(|what| what == "lever") && peer.desk.is_some() =>
            {
                self.task(Task::Told { from: id, body: entry.body.clone() });
            }
            Body::Desk { act, text } if peer.desk.is_some() => peer.at_the_desk(act, text, entry),
            Body::Desk { act: act @ DeskAct::RealWorld { .. }, text } if hosting && entry.role != Role::Machine => {
                let who = format!("{name} ({})", entry.who);
                let text = if text.trim().is_empty() { who } else { format!("{who}: {}", text.trim()) };
                self.task(Task::Told { from: id, body: Body::Desk { act: act.clone(), text } });
            }
            _ => {}
        }
    }

    fn task(&mut self, task: Task) {
        let from = match &task {
            Task::Message { from, .. } | Task::Receipt { from, .. } | Task::Told { from, .. } => from,
            Task::Order { decision, .. } => decision,
        };
        if !self.taken.contains_key(from) {
            self.tasks.push(task);
        }
    }
}

/// A message as whoever it is for writes it down.
fn told(
    text: &str,
    to: &str,
    from: String,
    channel: &str,
    answer_by: Option<chrono::DateTime<chrono::FixedOffset>>,
) -> Body {
    Body::Message { text: text.to_owned(), to: to.to_owned(), from, channel: channel.to_owned(), answer_by }
}

/// The inject whose message this is.
fn inject_of<'d>(desk: &'d Desk, entry: &Entry) -> Option<&'d crate::exercise::Inject> {
    let given = |item: &&crate::exercise::Item| item.given.as_ref().is_some_and(|(id, _)| entry.re.contains(id));
    desk.planned(desk.items().iter().find(given)?)
}
