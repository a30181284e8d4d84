//! The cells of an exercise on one machine: linked incidents, one per organisation, each with its own folder and log.
//! They share only messages: each console writes its own log, and takes from the others' what is addressed to it.
//!
//! What was taken refers (`re`) to the line it was taken from, by that line's chain and number: it is taken once,
//! whoever restarts when. Control hosts the simulation, and its log alone holds inputs: a player's lever is a message
//! to control. The clock of control holds everywhere; the others say in their own log what it did.
//!
//! Does not belong here: who is meant by an address, what may be done at a desk (room `exercise`).

mod join;
mod merge;
mod peer;
mod relay;
mod seen;
mod twin;

pub(super) use join::host_scenario;
pub use join::{Host, hosts};
pub(super) use merge::{host_of, merged};
pub(super) use peer::Peer;
pub use peer::Playing;
pub(super) use seen::Seen;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::Session;
use crate::clock::IncidentClock;
use crate::exercise::{CONTROL, CellSpec, Kit, Phase};
use crate::feed::frame_end;
use crate::incident::desk::DeskAct;
use crate::incident::event::{Author, Body, Entry, EntryId, Genesis, LeverOrder, Role};
use crate::incident::status::Decided;
use crate::incident::{Command, Moment, Refusal};
use crate::lang::Arg;
use crate::sim::FRAME_S;

/// What the origin of an incident begins with that is one cell of an exercise.
const CELL: &str = "cell:";
/// How often new folders are looked for \[ms\].
const SCAN_MS: u64 = 1_000;
/// Incident time of a cell goes this much further than the last frame of the host \[wall ms\]: a host that is gone
/// stops every clock.
const AHEAD_MS: i64 = 2_000;
/// The clock of a cell's log may differ this much from the host's before it is said anew \[wall ms\].
const DRIFT_MS: i64 = 1_000;

/// Which cell of which exercise an incident is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// The cell at the desk, which hosts the simulation.
    Host,
    /// A cell of players.
    Cell {
        /// Its id.
        cell: String,
        /// The incident of the host.
        host: String,
    },
}

impl Link {
    /// What an incident says it is; `None`: an incident of its own.
    pub fn of(genesis: &Genesis) -> Option<Self> {
        let rest = genesis.origin.as_deref()?.strip_prefix(CELL)?;
        if rest == CONTROL {
            return Some(Self::Host);
        }
        let (cell, host) = rest.split_once(':')?;
        Some(Self::Cell { cell: cell.to_owned(), host: host.to_owned() })
    }

    /// As it is written in `incident.json`.
    pub fn origin(&self) -> String {
        match self {
            Self::Host => format!("{CELL}{CONTROL}"),
            Self::Cell { cell, host } => format!("{CELL}{cell}:{host}"),
        }
    }
}

/// The other cells, as this one hears them.
#[derive(Debug)]
pub(super) struct Cells {
    spec: CellSpec,
    kit: Arc<Kit>,
    /// Id of the host's incident.
    host: String,
    /// Folder of the folders.
    root: PathBuf,
    own: PathBuf,
    peers: Vec<Peer>,
    /// Folders that were looked at.
    known: BTreeSet<PathBuf>,
    scanned_ms: Option<u64>,
    /// Lines of others that were taken, and the own line that says so.
    taken: BTreeMap<EntryId, EntryId>,
    tasks: Vec<Task>,
    /// Real emergencies that people of this cell declared.
    chords: Vec<EntryId>,
    /// What a player's cell sees; `None` at the host.
    pub(super) seen: Option<Box<Seen>>,
    /// What futures start from, when somebody has asked.
    twin: twin::Twin,
    /// Latest incident time in the own log: it does not run backwards.
    floor: Option<DateTime<Utc>>,
}

/// Something to be written here because of a line elsewhere.
#[derive(Debug, Clone, PartialEq)]
enum Task {
    /// A message addressed to us; `answers` are the lines of ours that it answers.
    Message { from: EntryId, body: Body, answers: Vec<EntryId> },
    /// A message was received or acknowledged elsewhere: `of` is the line of its sender.
    Receipt { from: EntryId, of: EntryId, acknowledged: bool, text: String },
    /// Levers that a message (`of`) asks for, and the decision that ordered them.
    Order { decision: EntryId, of: EntryId, levers: Vec<LeverOrder>, text: String },
    /// What the host's machine says to this cell.
    Told { from: EntryId, body: Body },
}

impl Cells {
    pub(super) fn new(spec: CellSpec, kit: Arc<Kit>, host: String, root: PathBuf, own: PathBuf) -> Self {
        let known = BTreeSet::from([own.clone()]);
        Self {
            spec,
            kit,
            host,
            root,
            own,
            peers: Vec::new(),
            known,
            scanned_ms: None,
            taken: BTreeMap::new(),
            tasks: Vec::new(),
            chords: Vec::new(),
            seen: None,
            twin: twin::Twin::default(),
            floor: None,
        }
    }

    /// The exercise as planned.
    pub(super) fn kit(&self) -> &Arc<Kit> {
        &self.kit
    }

    fn hosting(&self) -> bool {
        self.seen.is_none()
    }

    fn host_peer(&self) -> Option<&Peer> {
        self.peers.iter().find(|peer| peer.desk.is_some())
    }

    /// An entry of the own log became true.
    pub(super) fn note(&mut self, entry: &Entry, own: &dyn Fn(&EntryId) -> bool) {
        self.floor = self.floor.max(entry.x.map(|x| x.to_utc()));
        if entry.role == Role::Machine {
            for foreign in entry.re.iter().filter(|id| !own(id)) {
                self.taken.entry(foreign.clone()).or_insert_with(|| entry.id());
            }
        } else if matches!(entry.body, Body::Desk { act: DeskAct::RealWorld { .. }, .. }) {
            self.chords.push(entry.id());
        }
    }

    /// Incident time in a player's cell at wall time `wall`; `None` at the host.
    pub(super) fn now(&self, wall: DateTime<Utc>, own: &IncidentClock) -> Option<DateTime<Utc>> {
        let seen = self.seen.as_ref()?;
        let clock = self.host_peer().map_or(own, |host| host.incident.clock());
        let ahead = TimeDelta::milliseconds(AHEAD_MS * i64::from(clock.rate_milli) / 1_000);
        let most = seen.reached() + TimeDelta::seconds(FRAME_S as i64) + ahead;
        let now = clock.at(wall).min(most.max(clock.anchor_incident));
        Some(self.floor.map_or(now, |floor| floor.max(now)))
    }
}

impl Session {
    /// The cell of an exercise that this is; `None`: an incident of its own.
    pub fn cell(&self) -> Option<&CellSpec> {
        self.cells.as_ref().map(|cells| &cells.spec)
    }

    /// Is this a cell of players, whose clock and desk are the host's?
    pub fn is_played(&self) -> bool {
        self.cells.as_ref().is_some_and(|cells| !cells.hosting())
    }

    /// Begins to listen to the others; the own log says what was taken before.
    pub(super) fn install_cells(&mut self, cells: Option<Cells>) {
        let Some(mut cells) = cells else { return };
        let incident = &self.incident;
        for entry in (0..self.log.len()).filter_map(|position| self.log.get(position)) {
            cells.note(&entry, &|id| incident.has_entry(id));
        }
        self.cells = Some(cells);
    }

    /// `decide` in a player's cell: the desk and the clock are control's, a lever is a message to control.
    pub(super) fn decide_in_cell(&self, command: Command, moment: &Moment) -> Result<Vec<Decided>, Refusal> {
        let Command { author, event_at, body, re } = command;
        let machine = author.role == Role::Machine;
        let own = |id: &EntryId| self.incident.has_entry(id) || id.place_in_append().is_some();
        let (re, foreign): (Vec<EntryId>, Vec<EntryId>) = re.into_iter().partition(|id| !machine || own(id));
        let one = |body: Body, re: Vec<EntryId>| {
            let event_at = event_at.clone();
            self.incident.decide(Command { author: author.clone(), event_at, body, re }, moment)
        };
        let mut lines = match body {
            Body::Desk { .. } | Body::Inject { .. } | Body::Clock { .. } if !machine => {
                return Err(Refusal::Desk("control"));
            }
            // Time does not change with the fog.
            Body::Desk { act: DeskAct::Fog { .. }, .. } => one(body, re)?,
            Body::Desk { .. } => {
                // What control did holds here as well: its act, and the clock as it stands there now.
                let mut lines = one(body, re)?;
                lines.extend(one(self.clock_of_host(moment.incident), vec![])?);
                if let Some((.., re)) = lines.get_mut(1) {
                    re.push(EntryId::in_same_append(0));
                }
                lines
            }
            body => {
                if let Some(desk) = &self.desk {
                    desk.admit(&body, &author)?;
                }
                one(body, re)?
            }
        };
        if lines.iter().any(|(body, ..)| matches!(body, Body::Lever { .. })) {
            lines = self.asked_of_control(lines);
        }
        if let Some((.., re)) = lines.first_mut() {
            re.extend(foreign);
        }
        Ok(lines)
    }

    /// Orders become one message: control's log alone holds what the simulation is given.
    fn asked_of_control(&self, lines: Vec<Decided>) -> Vec<Decided> {
        let said = lines.iter().find_map(|(body, ..)| match body {
            Body::Decision { text, .. } if !text.trim().is_empty() => Some(text.clone()),
            _ => None,
        });
        let mut words = Vec::new();
        let mut kept: Vec<Decided> = Vec::with_capacity(lines.len());
        for line in lines {
            match line.0 {
                Body::Lever { order, .. } => words.push(self.lang.t(&format!("lever-{}", order.lever.word()))),
                _ => kept.push(line),
            }
        }
        let control = CellSpec::control().title;
        let levers = said.unwrap_or_else(|| words.join(", "));
        let message = Body::Message {
            text: self.lang.ta("session-cell-lever", &[("levers", Arg::Str(&levers))]),
            to: self.lang.of(&control).to_owned(),
            from: String::new(),
            channel: String::new(),
            answer_by: None,
        };
        kept.push((message, None, vec![EntryId::in_same_append(0)]));
        kept
    }

    /// The clock of the host as it stands now, as a line of this log.
    fn clock_of_host(&self, now: DateTime<Utc>) -> Body {
        let host = self.cells.as_ref().and_then(Cells::host_peer).map(|host| host.incident.clock());
        let clock = host.unwrap_or_else(|| self.incident.clock());
        Body::Clock {
            x_at: now.with_timezone(&self.zone()).fixed_offset(),
            running: clock.running,
            rate_milli: clock.rate_milli,
            text: self.lang.t("session-cell-clock"),
        }
    }

    /// Who is named in the exercise: its cells by all their names, and those who seem to send its injects.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        let desk = self.desk.as_ref().map(crate::exercise::Desk::kit);
        let kit = self.cells.as_ref().map(Cells::kit).or(desk);
        let cells = kit.into_iter().flat_map(|kit| &kit.cells);
        let cells = cells.flat_map(|cell| [&cell.title.fr, &cell.title.en].into_iter().chain(&cell.names));
        let senders = kit.into_iter().flat_map(|kit| &kit.injects).map(|inject| &inject.from);
        cells.chain(senders).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// Does this cell see the truth for now: has the facilitator lifted its fog?
    pub fn fog_lifted(&self) -> bool {
        self.cells.as_ref().and_then(|cells| cells.seen.as_ref()).is_some_and(|seen| seen.lifted())
    }

    /// Listens to the other cells and does what follows from it.
    pub(super) fn advance_cells(&mut self) {
        if self.loading.is_some() || self.recorder.writer.is_none() {
            return;
        }
        let Some(mut cells) = self.cells.take() else { return };
        let heard = cells.listen(&self.setup, self.incident.genesis());
        for why in heard.failed.into_iter().chain(cells.take_twin()) {
            self.ready.push(super::Outcome::Failed { why });
        }
        if let Some(desk) = self.desk.as_mut().filter(|_| cells.hosting()) {
            for entry in &heard.entries {
                desk.hear(entry);
            }
        }
        self.cells = Some(cells);
        self.see();
        self.follow_host();
        self.relay();
    }

    /// Takes the frames that have come, as far as this cell sees them.
    fn see(&mut self) {
        let Some(cells) = self.cells.as_mut() else { return };
        let lifted = cells.host_peer().is_some_and(|host| host.lifted.contains(&cells.spec.id));
        let Some(seen) = cells.seen.as_mut() else { return };
        let step = seen.advance(&mut self.board, lifted);
        if step.turned {
            // The ages of the board that was behind are counted at once.
            self.ticked = None;
        }
        if let Some(why) = step.failed {
            self.disk = super::DiskState::NotSaved(why);
        }
        for (at, alarm) in step.alarms {
            let text = super::sentence::alarm(&self.lang, &alarm, self.zone());
            self.submit_machine(Body::Crossing { alarm: alarm.alarm, over: alarm.over, text }, at);
        }
    }

    /// Says in the own log what control's clock and desk do.
    fn follow_host(&mut self) {
        let (Some(cells), Some(desk)) = (&self.cells, &self.desk) else { return };
        if cells.hosting() || self.incident.closed() {
            return;
        }
        let Some(host) = cells.host_peer() else { return };
        let Some(host_desk) = &host.desk else { return };
        // What is on its way to the own log, a chord that was pressed here above all, comes first: the host may have
        // read it from the file, and answered, before the own disk has said that it is kept.
        let under_way = |pending: &super::Pending| matches!(pending.body, Body::Desk { .. } | Body::Clock { .. });
        if self.recorder.pending().any(under_way) {
            return;
        }
        let now = self.now_incident();
        // A chord that the host has not taken yet is not undone.
        let chord_unheard = desk.phase() == Phase::Frozen && cells.chords.iter().any(|id| !host.chords.contains(id));
        let act = match (host_desk.phase(), desk.phase()) {
            (theirs, ours) if theirs == ours || chord_unheard => None,
            (Phase::Before, _) => None,
            (_, Phase::Before) => {
                let sha256 = cells.kit.sha256.clone();
                // How many injects are to come is not for players.
                Some((DeskAct::Start { sha256, injects: 0 }, None))
            }
            (Phase::Running, Phase::Paused | Phase::Frozen | Phase::Ended) => Some((DeskAct::Resume, None)),
            (Phase::Paused, _) => Some((DeskAct::Pause, None)),
            (Phase::Ended, _) => Some((DeskAct::End, None)),
            (Phase::Frozen, _) => {
                let (incident, who) = host.real.clone();
                Some((DeskAct::RealWorld { incident }, Some((None, who))))
            }
            _ => None,
        };
        let jump = host.jump.as_ref().filter(|(id, _)| !cells.taken.contains_key(id));
        let jump = jump.map(|(id, card)| {
            let to = now.with_timezone(&self.zone()).fixed_offset();
            (DeskAct::Jump { to }, Some((Some(id.clone()), card.clone())))
        });
        // Each act at the fog of this cell is a line here as well, once.
        let ours = |act: &DeskAct| matches!(act, DeskAct::Fog { cell, .. } if *cell == cells.spec.id);
        let fog = host.fog.iter().find(|(id, act, _)| ours(act) && !cells.taken.contains_key(id));
        let fog = fog.map(|(id, act, text)| (act.clone(), Some((Some(id.clone()), text.clone()))));
        if let Some((act, said)) = act.or(jump).or(fog) {
            let (re, text) = said.map_or((Vec::new(), String::new()), |(id, text)| (id.into_iter().collect(), text));
            self.submit_machine_re(Body::Desk { act, text }, re);
            return;
        }
        let (theirs, ours) = (host.incident.clock(), self.incident.clock());
        let wall = self.setup.clock.now().wall;
        let most = DRIFT_MS * i64::from(theirs.rate_milli) / 1_000;
        let drift = (ours.at(wall) - now).num_milliseconds().abs();
        let frozen = self.desk.as_ref().is_some_and(|desk| desk.phase() == Phase::Frozen);
        let other = theirs.running != ours.running || theirs.rate_milli != ours.rate_milli || drift > most;
        if other && !frozen {
            self.submit_machine_re(self.clock_of_host(now), Vec::new());
        }
    }

    /// Something the machine says because of what it heard, decided when its turn comes.
    fn submit_machine_re(&mut self, body: Body, re: Vec<EntryId>) {
        let author = Author { who: "vigie".to_owned(), org: self.setup.author.org.clone(), role: Role::Machine };
        self.ask(author, body, None, re, None);
    }
}

/// Incident time at which frame `index` of a scenario that begins at `start` has ended.
fn ended(start: DateTime<Utc>, index: Option<u32>) -> DateTime<Utc> {
    index.map_or(start, |index| frame_end(start, index))
}
