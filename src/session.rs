//! The loop that joins the rooms: feed → board → alarms → command → decide → store → apply → simulation input.
//!
//! A [`Session`] is a plain synchronous struct: whoever owns it calls [`Session::submit`] when somebody wants
//! something recorded and [`Session::pump`] when woken (or at [`Session::next_wake`]). It is used by the console,
//! `follow`, `watch` and headless tests alike.
//!
//! Does not belong here: drawing, tokio, the rules of the domain.

mod advance;
mod bookmark;
mod catalog;
mod cells;
mod chord;
mod counterfactual;
mod debts;
mod desk;
mod exports;
mod import;
mod live;
mod load;
mod open;
mod pace;
mod playback;
mod record;
mod sentence;
mod situation;
mod study;
mod takeover;
mod types;
mod watch;

pub use bookmark::{Bookmark, Mark};
pub use catalog::{Known, NotFound, find_incident, incidents};
pub use cells::{Host, Link, Playing, hosts};
pub use counterfactual::what_if;
pub use desk::{KEPT_EXERCISE, kept_exercise};
pub use import::{IMPORTED_FILE, import};
pub use open::{contacts, playbooks};
pub use pace::{MAX_RATE_MILLI, MIN_RATE_MILLI};
pub use sentence::group as alarm_group;
pub use situation::Situation;
pub use study::study;
pub use types::{DiskState, Outcome, Pending, Progress, SessionError, Setup, Ticket, VerifyState};

use std::collections::BTreeSet;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::clock::IncidentClock;
use crate::feed::documented::{self, DocumentedEvent, Layer};
use crate::health::{Board, Metric, Perimeter};
use crate::incident::Incident;
use crate::incident::event::{Author, Mode, RunChange};
use crate::lang::Lang;
use crate::network::{Network, Scenario};
use crate::playbook::{self, Called, Facts, Library, StepView, Suggestion};
use crate::sim::{LeverOutcome, LeverResult};
use crate::store::{LogView, Unsent};

use live::Live;
use load::Loaded;
use playback::Replay;
use record::Recorder;

/// Called from other threads when [`Session::pump`] has something to do.
pub type Waker = Box<dyn Fn() + Send>;

/// The waker as the threads share it.
type SharedWaker = Arc<Mutex<Option<Waker>>>;

/// An open incident and everything that makes it live.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    lang: Lang,
    incident: Incident,
    log: LogView,
    board: Board,
    network: Arc<Network>,
    scenario: Option<Arc<Scenario>>,
    library: Library,
    recorder: Recorder,
    live: Option<Live>,
    watch: Option<watch::Watch>,
    /// The other cells of an exercise that is played by several.
    cells: Option<cells::Cells>,
    replay: Option<Replay>,
    loading: Option<Receiver<Result<Loaded, String>>>,
    /// The log is still being folded: nothing can be decided yet.
    folding: bool,
    /// Levers whose outcome was said.
    levers_told: BTreeSet<usize>,
    /// The clocks of the program and of the user's own folder.
    clocks: Arc<Vec<crate::incident::clocks::ClockSpec>>,
    /// The directory of contacts.
    contacts: crate::contacts::Directory,
    /// The last missed slot of the rhythm that was noted from here.
    slot_told: Option<DateTime<Utc>>,
    /// Second of incident time up to which the board's ages are counted.
    ticked: Option<i64>,
    documented: Vec<DocumentedEvent>,
    /// The folder of the record that is played back.
    recorded: Option<std::path::PathBuf>,
    /// How many lines of the log had happened before a take-over.
    past_lines: u64,
    /// Is what history did after a take-over shown beside?
    ghost: bool,
    /// Incident time stands here until the next `clock` entry: before the first, and after an interruption.
    hold: Option<DateTime<Utc>>,
    ready: Vec<Outcome>,
    disk: DiskState,
    verify: VerifyState,
    waker: Shared,
    behind: Option<(u32, u32)>,
    read_only: bool,
    /// A recorded incident is played back, also while it is still being read.
    replaying: bool,
    ended: bool,
    /// The brief of the exercise was looked for in the log, and told.
    briefed: bool,
    /// A REAL log that is being opened beside an exercise.
    opening: Option<chord::Opening>,
    /// The desk of an exercise.
    desk: Option<crate::exercise::Desk>,
}

/// The waker, with a `Debug` of its own.
#[derive(Clone, Default)]
struct Shared(SharedWaker);

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waker")
    }
}

impl Shared {
    fn wake(&self) {
        if let Some(waker) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            waker();
        }
    }
}

impl Session {
    /// Names who is called, from other threads, when [`Session::pump`] has something to do.
    pub fn waker(&mut self, waker: Waker) {
        *self.waker.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
    }

    /// When [`Session::pump`] is wanted next without anything having happened; `None` = only when woken.
    pub fn next_wake(&self) -> Option<Duration> {
        if !self.ready.is_empty() || self.behind.is_some() {
            return Some(Duration::ZERO);
        }
        if self.loading.is_some() {
            return None;
        }
        // Clocks on the screen tick with the wall's seconds; at high speed frames end more often than that.
        let wall = self.setup.clock.now().wall;
        let tick = Duration::from_millis(1_000 - u64::from(wall.timestamp_subsec_millis().min(999)));
        let next =
            self.live.as_ref().filter(|_| self.hold.is_none()).and_then(|live| self.clock().wall_at(live.next_end()));
        let frame = next.map(|at| (at - wall).to_std().unwrap_or_default().max(FASTEST));
        let next = frame.map_or(tick, |frame| frame.min(tick));
        Some(if self.cells.is_some() {
            next.min(HEAR)
        } else if self.watch.is_some() {
            next.min(LOOK)
        } else if self.replay.is_some() && self.clock().running && self.clock().rate_milli > 1_000 {
            next.min(FASTEST)
        } else {
            next
        })
    }

    /// The incident as its log says it is.
    pub fn incident(&self) -> &Incident {
        &self.incident
    }

    /// All entries, in the order in which they are shown.
    pub fn log(&self) -> &LogView {
        &self.log
    }

    /// From when to when a replay was recorded; `None` elsewhere.
    pub fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        self.replay.as_ref().map(Replay::span)
    }

    /// Is this a documented incident whose cause was never published? What its rebuilt network shows of one is no finding.
    pub fn cause_unpublished(&self) -> bool {
        let timeline = self.documented.first().and_then(|first| documented::timeline_of(&[first]));
        timeline.is_some_and(|timeline| timeline.cause_unknown)
    }

    /// What is documented of a historic incident and known at `now`, by the time from which it is known; empty for other
    /// incidents. Who took over sees what was known then to somebody; the facts, and what history did later, while the
    /// ghost is on. In a replay the ghost is what lies ahead.
    pub fn documented_until(&self, now: DateTime<Utc>) -> Vec<&DocumentedEvent> {
        let shown = |event: &&DocumentedEvent| match self.taken_over_at() {
            Some(at) if !self.ghost => event.known <= now.min(at) && event.layer != Layer::Truth,
            None if self.ghost => true,
            _ => event.known <= now,
        };
        self.documented.iter().filter(shown).collect()
    }

    /// The levers that were ordered in an exercise and what became of them.
    pub fn levers(&self) -> &[LeverResult] {
        self.live.as_ref().map_or(&[], |live| live.levers())
    }

    /// Wakes the owner of the session, from any thread.
    pub fn waking(&self) -> impl Fn() + Send + 'static {
        let waker = self.waker.clone();
        move || waker.wake()
    }

    /// The board.
    pub fn board(&self) -> &Board {
        &self.board
    }

    /// The network it is about.
    pub fn network(&self) -> &Arc<Network> {
        &self.network
    }

    /// The scenario of an exercise, once it is read: levers that exist, playbooks to propose.
    pub fn scenario(&self) -> Option<&Arc<Scenario>> {
        self.scenario.as_ref()
    }

    /// The playbooks at hand.
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// What was asked for and is not on disk yet, oldest first.
    pub fn pending(&self) -> impl Iterator<Item = &Pending> {
        self.recorder.pending()
    }

    /// Mode of the incident; a recorded incident looked at read-only counts as a replay.
    pub fn mode(&self) -> Mode {
        if self.replaying { Mode::Replay } else { self.incident.genesis().mode }
    }

    /// Can nothing be recorded here (`watch`)?
    pub fn read_only(&self) -> bool {
        self.read_only
    }

    /// Where the console keeps what is typed and not recorded yet; `None` while nothing can be recorded here.
    pub fn unsent(&self) -> Option<std::path::PathBuf> {
        let writer = self.recorder.writer.as_ref()?;
        Some(Unsent::path(&self.setup.config.state.value, &self.incident.genesis().inc, writer.chain()))
    }

    /// Who writes.
    pub fn author(&self) -> &Author {
        &self.setup.author
    }

    /// Changes who writes (the next entries).
    pub fn set_author(&mut self, author: Author) {
        self.setup.author = author;
        if let Some(desk) = self.desk.as_mut() {
            desk.sit(self.setup.author.role);
        }
        self.never_scripted();
    }

    /// Zone in which the incident's times are shown.
    pub fn zone(&self) -> Tz {
        self.incident.genesis().zone.parse().unwrap_or(Tz::UTC)
    }

    /// The map from wall time to incident time: the log's own, or the replay's.
    pub fn clock(&self) -> &IncidentClock {
        self.replay.as_ref().map_or_else(|| self.incident.clock(), Replay::clock)
    }

    /// Incident time now.
    pub fn now_incident(&self) -> DateTime<Utc> {
        match self.hold {
            Some(hold) => hold,
            None if self.mode() == Mode::Real => self.setup.clock.now().wall,
            None if self.is_played() => {
                let (wall, clock) = (self.setup.clock.now().wall, self.incident.clock());
                self.cells.as_ref().and_then(|cells| cells.now(wall, clock)).unwrap_or_else(|| clock.at(wall))
            }
            None => {
                let now = self.clock().at(self.setup.clock.now().wall);
                self.recorder.stands().map_or(now, |stands| stands.min(now))
            }
        }
    }

    /// The steps of a playbook as they stand.
    pub fn progress_of<'a>(&'a self, playbook: &'a playbook::Playbook, now: DateTime<Utc>) -> Vec<StepView<'a>> {
        let runs = self.incident.playbook_runs(&playbook.id);
        let run = runs.iter().rfind(|mark| mark.change != RunChange::Ended);
        let aborted = run.filter(|mark| mark.change == RunChange::Aborted).map(|mark| mark.origin.at);
        let called = |id: &str| self.called(id, now);
        let metric = |metric: &str| self.holds(metric);
        let reading = |metric: &str| Metric::parse(metric).ok().and_then(|metric| self.board.metric(&metric));
        let facts = Facts {
            statuses: self.incident.steps(&playbook.id),
            metric: &metric,
            reading: &reading,
            now,
            awareness: self.incident.awareness(),
            aborted,
            called: &called,
            elsewhere: &|step| self.incident.done_elsewhere(&self.library, &playbook.id, step),
        };
        playbook::progress(playbook, &facts)
    }

    /// How a playbook that a step calls stands. What it calls in turn is not asked: its own steps say so.
    fn called(&self, id: &str, now: DateTime<Utc>) -> Called {
        if !self.incident.open_playbooks().iter().any(|open| open.id == id) {
            return Called::No;
        }
        let ended = self.incident.playbook_runs(id).last().is_some_and(|mark| mark.change == RunChange::Ended);
        let statuses = self.incident.steps(id);
        let settled = self.library.get(id).is_some_and(|playbook| {
            let metric = |_: &str| None;
            let elsewhere = |step: &playbook::Step| self.incident.done_elsewhere(&self.library, id, step);
            let facts = Facts { elsewhere: &elsewhere, ..Facts::new(statuses, &metric, now, None) };
            playbook::progress(playbook, &facts).iter().all(|view| view.state.settled())
        });
        if ended || settled { Called::Returned } else { Called::Running }
    }

    /// What was last recorded about a whole playbook that is open: `None` = it is not open, `Some(None)` = it runs.
    pub fn run_of(&self, id: &str) -> Option<Option<RunChange>> {
        let open = self.incident.open_playbooks().iter().any(|open| open.id == id);
        open.then(|| self.incident.playbook_runs(id).last().map(|mark| mark.change))
    }

    /// The directory of contacts: the user's own, or the invented example.
    pub fn contacts(&self) -> &crate::contacts::Directory {
        &self.contacts
    }

    /// Today on the wall: documents grow old in real time, in exercises too.
    pub fn today(&self) -> NaiveDate {
        self.setup.clock.now().wall.date_naive()
    }

    /// Playbooks that the board suggests and nobody has opened.
    pub fn suggestions(&self) -> Vec<Suggestion<'_>> {
        let mut found = self.library.suggestions(&|metric| self.holds(metric));
        found.retain(|one| !self.incident.open_playbooks().iter().any(|open| open.id == one.playbook.id));
        found
    }

    /// Does a condition of the metric language hold? `None`: no data, or not a condition.
    pub fn holds(&self, metric: &str) -> Option<bool> {
        Metric::parse(metric).ok().and_then(|metric| self.board.holds(&metric))
    }

    /// Shows another part of the country or of the network; changes nothing in the log.
    pub fn set_perimeter(&mut self, perimeter: Perimeter) {
        self.board.set_perimeter(perimeter);
    }

    /// How the disk is doing.
    pub fn disk_state(&self) -> &DiskState {
        &self.disk
    }

    /// How far the chain has been checked.
    pub fn verify_state(&self) -> &VerifyState {
        &self.verify
    }

    /// What is being loaded or caught up with, if anything.
    pub fn progress(&self) -> Option<Progress> {
        if self.loading.is_some() {
            return Some(Progress::Loading);
        }
        self.behind.map(|(done, of)| Progress::CatchingUp { done, of })
    }
}

/// Is it known what became of a lever?
fn settled(lever: &LeverResult) -> bool {
    lever.outcome != LeverOutcome::Pending
}

#[cfg(test)]
mod tests;

/// How often a second, read-only screen looks for what others wrote.
const LOOK: Duration = Duration::from_millis(250);
/// How often a cell of an exercise listens to the others: at ×600 this is half a minute of incident time.
const HEAR: Duration = Duration::from_millis(50);
/// Frames are not shown more often than this.
const FASTEST: Duration = Duration::from_millis(33);
