//! The incident: a fold of its events. `decide` says what may become an event; `apply` makes it true.
//!
//! Both are pure: the same entries in the same order give the same [`Incident::digest`], whoever folds them and when.
//!
//! Does not belong here: I/O, the clock, drawing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::clock::IncidentClock;
use crate::playbook::{Library, Playbook, Step, StepStatus};

pub mod clocks;
pub mod command;
pub mod crisis;
mod deadlines;
pub mod debts;
mod decide;
pub mod desk;
pub mod event;
mod fold;
pub mod kind;
pub mod outlook;
pub mod record;
pub mod rhythm;
mod rules;
pub mod status;

pub use command::{Command, Moment, Refusal};
pub use crisis::{
    ApprovalMark, ForecastStatus, HandoverStatus, PublicStatus, QuestionStatus, Seizure, SitrepStatus, SubstituteStatus,
};
pub use deadlines::MOST_DEADLINES;
pub use debts::{Debt, DebtKind};
pub use decide::{LATE_AFTER_S, MAX_TEXT};
pub use event::{Author, Body, Entry, EntryId, EventTime, Genesis, Mode, Role};
pub use kind::{Kind, KindSet};
pub use rhythm::Beat;
pub use status::*;

/// One incident, as its log says it is.
#[derive(Debug, Clone)]
pub struct Incident {
    genesis: Genesis,
    state: State,
    /// Where an entry stands in the tables of `state`.
    places: Places,
    /// Steps of the playbooks that the session knows; not part of the fold.
    known_steps: BTreeMap<String, BTreeSet<String>>,
    /// Contacts of the directory that the session knows; not part of the fold. Empty: no directory.
    known_contacts: BTreeSet<String>,
    /// Clocks of the user's own folder with those that come with the program; not part of the fold.
    own_clocks: Option<Arc<Vec<clocks::ClockSpec>>>,
    /// The zone whose calendar clocks count in.
    zone: chrono_tz::Tz,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy)]
enum Place {
    Decision(usize),
    Action(usize),
    Message(usize),
    Question(usize),
    Sitrep(usize),
    Handover(usize),
    Public(usize),
}

/// Where entries stand, by chain and number: numbers have no gaps, so that a table serves better than a map.
#[derive(Debug, Clone, Default)]
struct Places(Vec<(String, Vec<u32>)>);

impl Places {
    /// Most entries of one chain that have a place; what a damaged line claims beyond is not looked up.
    const MOST: usize = 1 << 24;

    fn put(&mut self, id: &EntryId, place: Place) {
        let Some((chain, seq)) = id.parts() else { return };
        let (kind, index) = match place {
            Place::Decision(index) => (1, index),
            Place::Action(index) => (2, index),
            Place::Message(index) => (3, index),
            Place::Question(index) => (4, index),
            Place::Sitrep(index) => (5, index),
            Place::Handover(index) => (6, index),
            Place::Public(index) => (7, index),
        };
        let Some(seq) = usize::try_from(seq).ok().filter(|seq| *seq < Self::MOST) else { return };
        let at = self.0.iter().position(|(known, _)| known == chain).unwrap_or_else(|| {
            self.0.push((chain.to_owned(), Vec::new()));
            self.0.len() - 1
        });
        let Some((_, table)) = self.0.get_mut(at) else { return };
        if table.len() <= seq {
            table.resize(seq + 1, 0);
        }
        if let Some(slot) = table.get_mut(seq) {
            *slot = (index as u32) << 3 | kind;
        }
    }

    fn get(&self, id: &EntryId) -> Option<Place> {
        let (chain, seq) = id.parts()?;
        let (_, table) = self.0.iter().find(|(known, _)| known == chain)?;
        let slot = *table.get(usize::try_from(seq).ok()?)?;
        let index = (slot >> 3) as usize;
        match slot & 7 {
            1 => Some(Place::Decision(index)),
            2 => Some(Place::Action(index)),
            3 => Some(Place::Message(index)),
            4 => Some(Place::Question(index)),
            5 => Some(Place::Sitrep(index)),
            6 => Some(Place::Handover(index)),
            7 => Some(Place::Public(index)),
            _ => None,
        }
    }
}

/// A clock that was stopped.
#[derive(Debug, Clone)]
struct Stopped {
    /// When.
    at: DateTime<Utc>,
    /// Why.
    reason: String,
    /// The lines it goes by: the step that was done.
    re: Vec<EntryId>,
}

/// The folded part: everything here comes from entries and nothing else. What there may be thousands of is shared between
/// clones, so that a replay can keep many of them to start from.
#[derive(Debug, Clone)]
struct State {
    clock: IncidentClock,
    /// Earlier maps, oldest first, for turning incident time back into wall time.
    clock_before: Vec<IncidentClock>,
    awareness: Option<Origin>,
    closed: Option<Origin>,
    /// Number of entries of each chain.
    counts: BTreeMap<String, u64>,
    decisions: Vec<Arc<DecisionStatus>>,
    actions: Vec<Arc<ActionStatus>>,
    messages: Vec<Arc<MessageStatus>>,
    levers: Vec<LeverStatus>,
    injects: Vec<InjectStatus>,
    alarms: Vec<AlarmStatus>,
    playbooks: Vec<OpenPlaybook>,
    steps: BTreeMap<String, BTreeMap<String, StepStatus>>,
    observations: Vec<ObservationStatus>,
    roles: BTreeMap<Role, RoleStatus>,
    corrections: BTreeMap<EntryId, CorrectionStatus>,
    /// Messages and requests without an answer, actions not done, decisions without a reason: places in their tables,
    /// so that a log of a million entries is asked for its deadlines in no time.
    unanswered: BTreeSet<usize>,
    undone: BTreeSet<usize>,
    unexplained: BTreeSet<usize>,
    /// Decisions that are to be looked at again, questions that nobody has settled.
    reviewed: BTreeSet<usize>,
    unsettled: BTreeSet<usize>,
    /// The cell's own work.
    cell: crisis::Cell,
    /// Clocks that were stopped.
    stopped: BTreeMap<String, Stopped>,
    /// Lines by which steps were done that are not undone: playbook and step.
    done: BTreeMap<(String, String), Vec<EntryId>>,
}

impl Incident {
    /// An incident without entries.
    pub fn new(genesis: Genesis) -> Self {
        let opened = genesis.at.to_utc();
        let clock = match (genesis.mode, &genesis.scenario) {
            (Mode::Real, _) | (_, None) => IncidentClock::wall(opened),
            (_, Some(scenario)) => IncidentClock::stopped(opened, scenario.start),
        };
        let zone = genesis.zone.parse().unwrap_or(chrono_tz::Tz::UTC);
        Self {
            genesis,
            own_clocks: None,
            zone,
            state: State {
                clock,
                clock_before: Vec::new(),
                awareness: None,
                closed: None,
                counts: BTreeMap::new(),
                decisions: Vec::new(),
                actions: Vec::new(),
                messages: Vec::new(),
                levers: Vec::new(),
                injects: Vec::new(),
                alarms: Vec::new(),
                playbooks: Vec::new(),
                steps: BTreeMap::new(),
                observations: Vec::new(),
                roles: BTreeMap::new(),
                corrections: BTreeMap::new(),
                unanswered: BTreeSet::new(),
                undone: BTreeSet::new(),
                unexplained: BTreeSet::new(),
                reviewed: BTreeSet::new(),
                unsettled: BTreeSet::new(),
                cell: crisis::Cell::default(),
                stopped: BTreeMap::new(),
                done: BTreeMap::new(),
            },
            places: Places::default(),
            known_steps: BTreeMap::new(),
            known_contacts: BTreeSet::new(),
        }
    }

    /// The folder's `incident.json`.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Fact time of the entry from which `T+` and the clocks count.
    pub fn awareness(&self) -> Option<DateTime<Utc>> {
        self.state.awareness.as_ref().map(|origin| origin.at)
    }

    /// The entry from which `T+` and the clocks count.
    pub fn awareness_entry(&self) -> Option<&Origin> {
        self.state.awareness.as_ref()
    }

    /// The map from wall time to incident time.
    pub fn clock(&self) -> &IncidentClock {
        &self.state.clock
    }

    /// Is it closed?
    pub fn closed(&self) -> bool {
        self.state.closed.is_some()
    }

    /// Number of entries in all chains.
    pub fn entries(&self) -> u64 {
        self.state.counts.values().sum()
    }

    /// Does this entry exist?
    pub fn has_entry(&self, id: &EntryId) -> bool {
        id.parts().is_some_and(|(chain, seq)| self.state.counts.get(chain).is_some_and(|count| seq < *count))
    }

    /// Decisions, oldest first.
    pub fn decisions(&self) -> &[Arc<DecisionStatus>] {
        &self.state.decisions
    }

    /// Actions, oldest first.
    pub fn actions(&self) -> &[Arc<ActionStatus>] {
        &self.state.actions
    }

    /// Messages and requests, oldest first.
    pub fn messages(&self) -> &[Arc<MessageStatus>] {
        &self.state.messages
    }

    /// Messages and requests without an answer, oldest first.
    pub fn unanswered(&self) -> impl Iterator<Item = &MessageStatus> {
        self.state.unanswered.iter().filter_map(|index| self.state.messages.get(*index).map(AsRef::as_ref))
    }

    /// Actions that are neither done nor dropped, oldest first.
    pub fn undone(&self) -> impl Iterator<Item = &ActionStatus> {
        self.state.undone.iter().filter_map(|index| self.state.actions.get(*index).map(AsRef::as_ref))
    }

    /// Decisions without a reason: debts, oldest first.
    pub fn unexplained(&self) -> impl Iterator<Item = &DecisionStatus> {
        self.state.unexplained.iter().filter_map(|index| self.state.decisions.get(*index).map(AsRef::as_ref))
    }

    /// Decisions that are to be looked at again, oldest first.
    pub fn reviewed(&self) -> impl Iterator<Item = &DecisionStatus> {
        self.state.reviewed.iter().filter_map(|index| self.state.decisions.get(*index).map(AsRef::as_ref))
    }

    /// Questions that nobody has settled, oldest first.
    pub fn unsettled(&self) -> impl Iterator<Item = &QuestionStatus> {
        self.state.unsettled.iter().filter_map(|index| self.state.cell.questions.get(*index))
    }

    /// The message, or request, of this entry.
    pub fn message(&self, id: &EntryId) -> Option<&MessageStatus> {
        match self.places.get(id)? {
            Place::Message(index) => self.state.messages.get(index).map(AsRef::as_ref),
            _ => None,
        }
    }

    /// The action of this entry.
    pub fn action(&self, id: &EntryId) -> Option<&ActionStatus> {
        match self.places.get(id)? {
            Place::Action(index) => self.state.actions.get(index).map(AsRef::as_ref),
            _ => None,
        }
    }

    /// The decision of this entry.
    pub fn decision(&self, id: &EntryId) -> Option<&DecisionStatus> {
        match self.places.get(id)? {
            Place::Decision(index) => self.state.decisions.get(index).map(AsRef::as_ref),
            _ => None,
        }
    }

    /// Levers in the order they were written.
    pub fn levers(&self) -> &[LeverStatus] {
        &self.state.levers
    }

    /// The facilitator's faults in the order they were written.
    pub fn injects(&self) -> &[InjectStatus] {
        &self.state.injects
    }

    /// Alarm groups, in the order they first appeared; those that are over stay with `over` set.
    pub fn alarms(&self) -> &[AlarmStatus] {
        &self.state.alarms
    }

    /// Playbooks that were opened, oldest first.
    pub fn open_playbooks(&self) -> &[OpenPlaybook] {
        &self.state.playbooks
    }

    /// Steps of a playbook that were touched.
    pub fn steps(&self, playbook: &str) -> &BTreeMap<String, StepStatus> {
        static NONE: BTreeMap<String, StepStatus> = BTreeMap::new();
        self.state.steps.get(playbook).unwrap_or(&NONE)
    }

    /// The other open playbook in which the same step was done first, and what was recorded of it there.
    pub fn done_elsewhere<'a>(
        &'a self,
        library: &'a Library,
        playbook: &str,
        step: &Step,
    ) -> Option<(&'a Playbook, &'a StepStatus)> {
        let others = self.state.playbooks.iter().filter(|open| open.id != playbook).filter_map(|open| {
            let status = self.steps(&open.id).get(&step.id).filter(|status| status.change.is_done())?;
            let other = library.get(&open.id)?;
            other.step(&step.id)?.same_as(step).then_some((other.as_ref(), status))
        });
        others.min_by_key(|(_, status)| status.at)
    }

    /// Observations by hand, oldest first.
    pub fn observations(&self) -> &[ObservationStatus] {
        &self.state.observations
    }

    /// Who holds which role: the last to take it.
    pub fn roles(&self) -> &BTreeMap<Role, RoleStatus> {
        &self.state.roles
    }

    /// The latest correction of an entry; the entry is then shown struck.
    pub fn corrections(&self, of: &EntryId) -> Option<&CorrectionStatus> {
        self.state.corrections.get(of)
    }

    /// When and why a clock of `assets/clocks` was stopped.
    pub fn clock_stopped(&self, id: &str) -> Option<(DateTime<Utc>, &str)> {
        self.state.stopped.get(id).map(|stop| (stop.at, stop.reason.as_str()))
    }

    /// Tells which steps a playbook has, so that `decide` can refuse a step that does not exist. Not part of the fold.
    pub fn know_steps<'a>(&mut self, playbook: &str, steps: impl IntoIterator<Item = &'a str>) {
        self.known_steps.insert(playbook.to_owned(), steps.into_iter().map(str::to_owned).collect());
    }

    /// Tells which contacts the directory has, so that `decide` can refuse one that does not exist. Not part of the
    /// fold.
    pub fn know_contacts<'a>(&mut self, contacts: impl IntoIterator<Item = &'a str>) {
        self.known_contacts = contacts.into_iter().map(str::to_owned).collect();
    }

    /// Tells the clocks of the user's own folder ([`clocks::with_own`]). Not part of the fold.
    pub fn know_clocks(&mut self, clocks: Arc<Vec<clocks::ClockSpec>>) {
        self.own_clocks = Some(clocks);
    }

    /// All clocks that are known, running or not.
    pub fn clocks(&self) -> &[clocks::ClockSpec] {
        self.own_clocks.as_deref().map_or_else(|| clocks::shipped(), Vec::as_slice)
    }

    /// SHA-256 of the folded state, hexadecimal: equal for equal histories.
    pub fn digest(&self) -> String {
        let mut out = Hashing(Sha256::new());
        // Writing to a hash cannot fail.
        let _ = write!(out, "{:?}", self.state);
        hex(&out.0.finalize())
    }
}

/// A hash that can be written to.
struct Hashing(Sha256);

impl std::fmt::Write for Hashing {
    fn write_str(&mut self, s: &str) -> std::fmt::Result {
        self.0.update(s.as_bytes());
        Ok(())
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
    out
}

#[cfg(test)]
pub(crate) mod tests;
