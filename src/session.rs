//! The loop that joins the rooms: feed → board → alarms → command → decide → store → apply → simulation input.
//!
//! A [`Session`] is a plain synchronous struct: whoever owns it calls [`Session::submit`] when somebody wants
//! something recorded and [`Session::pump`] when woken (or at [`Session::next_wake`]). It is used by the console,
//! `follow`, `watch` and headless tests alike.
//!
//! Does not belong here: drawing, tokio, the rules of the domain.

mod catalog;
mod import;
mod live;
mod load;
mod open;
mod playback;
mod record;
mod sentence;
mod types;
mod watch;

pub use catalog::{Known, NotFound, find_incident, incidents};
pub use import::import;
pub use open::playbooks;
pub use types::{DiskState, Outcome, Pending, Progress, SessionError, Setup, Ticket, VerifyState};

use std::collections::BTreeSet;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::clock::IncidentClock;
use crate::feed::documented::DocumentedEvent;
use crate::health::{Board, Metric, Perimeter};
use crate::incident::event::{Author, Body, Entry, Mode};
use crate::incident::{Deadline, Incident, StepLimit};
use crate::lang::Lang;
use crate::network::{Network, Scenario};
use crate::playbook::{self, Library, StepView, Suggestion};
use crate::sim::{Input, LeverOutcome, LeverResult};
use crate::store::{Line, LoadEvent, LogView};

use live::Live;
use load::Loaded;
use playback::{Change, Replay};
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
    replay: Option<Replay>,
    loading: Option<Receiver<Result<Loaded, String>>>,
    /// The log is still being folded: nothing can be decided yet.
    folding: bool,
    /// Levers whose outcome was said.
    levers_told: BTreeSet<usize>,
    /// Second of incident time up to which the board's ages are counted.
    ticked: Option<i64>,
    documented: Vec<DocumentedEvent>,
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

    /// Does what is due: what was loaded, acks from the disk, frames up to incident now (a bounded share of work),
    /// alarms; then decides what waits.
    pub fn pump(&mut self) -> Vec<Outcome> {
        self.take_loaded();
        self.take_acks();
        self.dispatch();
        self.advance();
        self.dispatch();
        std::mem::take(&mut self.ready)
    }

    /// Takes what the background has loaded.
    fn take_loaded(&mut self) {
        if let Some(loaded) = self.loading.as_ref().and_then(|loading| loading.try_recv().ok()) {
            self.loading = None;
            match loaded {
                Ok(loaded) => self.install(loaded),
                Err(why) => self.ready.push(Outcome::Failed { why }),
            }
        }
        for event in self.log.poll() {
            match event {
                LoadEvent::Folded(incident) => {
                    self.incident = *incident;
                    self.folding = false;
                    self.know_open_playbooks();
                    let seen: Vec<_> = self.incident.observations().iter().map(|one| one.data.clone()).collect();
                    for observation in &seen {
                        self.board.observe(observation);
                    }
                }
                LoadEvent::Checked(Ok(())) => self.verify = VerifyState::Ok,
                LoadEvent::Checked(Err(problem)) => self.verify = VerifyState::Bad(problem.words(&self.lang)),
                LoadEvent::Failed(why) => {
                    self.verify = VerifyState::Bad(why.clone());
                    self.ready.push(Outcome::Failed { why });
                }
            }
        }
    }

    /// Tells the incident which steps the open playbooks have.
    fn know_open_playbooks(&mut self) {
        let open: Vec<String> = self.incident.open_playbooks().iter().map(|open| open.id.clone()).collect();
        for id in open {
            if let Some(playbook) = self.library.get(&id) {
                self.incident.know_steps(&id, playbook.steps().map(|(_, step)| step.id.as_str()));
            }
        }
    }

    /// Lets health advance to incident now.
    fn advance(&mut self) {
        let now = self.now_incident();
        if self.live.is_some() {
            self.advance_live(now);
        } else if self.replay.is_some() {
            self.advance_replay(now);
        } else if let Some(watch) = self.watch.as_mut() {
            if let Err(error) = watch.advance(&mut self.board) {
                self.ready.push(Outcome::Failed { why: error.to_string() });
                self.watch = None;
            }
            self.follow();
        }
        // While frames are due, data is not old but on its way: ages are counted when it is there.
        let caught_up = self.live.as_ref().is_none_or(|live| live.next_index() >= live.frame_after(now));
        let second = now.timestamp();
        if caught_up && self.ticked != Some(second) {
            self.ticked = Some(second);
            self.board.tick(now);
        }
    }

    fn advance_live(&mut self, now: DateTime<Utc>) {
        let barrier = self.recorder.barrier();
        // A closed exercise stands still.
        let closed = self.incident.closed();
        let Some(live) = self.live.as_mut().filter(|_| !closed) else { return };
        let step = live.advance(&mut self.board, now, barrier, &self.setup.clock);
        let due = live.frame_after(now);
        self.behind = (live.next_index() < due && barrier.is_none_or(|barrier| live.next_index() < barrier))
            .then_some((live.next_index(), due));
        let reached = live.next_end() - TimeDelta::seconds(crate::sim::FRAME_S as i64);
        let told = &self.levers_told;
        let settled: Vec<(usize, LeverResult)> = live
            .levers()
            .iter()
            .enumerate()
            .filter(|(i, lever)| settled(lever) && !told.contains(i))
            .map(|(i, lever)| (i, lever.clone()))
            .collect();
        if let Some(why) = step.tape_failed {
            self.disk = DiskState::NotSaved(why);
        }
        for (at, alarm) in step.alarms {
            let text = sentence::alarm(&self.lang, &alarm);
            self.submit_machine(Body::Crossing { alarm: alarm.alarm, over: alarm.over, text }, at);
        }
        for (index, lever) in settled {
            self.levers_told.insert(index);
            let body = sentence::lever(&self.lang, &lever);
            self.submit_machine(body, reached);
        }
        self.end_of_scenario(reached);
    }

    fn advance_replay(&mut self, now: DateTime<Utc>) {
        let wall = self.setup.clock.now().wall;
        let Some(replay) = self.replay.as_mut() else { return };
        let (_, end) = replay.span();
        let now = now.min(end);
        if replay.clock().running && now >= end {
            // It ends where the record ends.
            replay.set_clock(IncidentClock {
                running: false,
                anchor_wall: wall,
                anchor_incident: end,
                ..replay.clock().clone()
            });
        }
        let (change, board) = replay.show(now);
        match change {
            Some(Change::Anew(entries)) => {
                self.incident = Incident::new(replay.genesis().clone());
                self.log.clear();
                self.play(&entries);
                self.know_open_playbooks();
            }
            Some(Change::Forward(entries)) => self.play(&entries),
            None => {}
        }
        if let Some(mut board) = board {
            board.set_perimeter(self.board.perimeter().clone());
            board.tick(now);
            self.board = board;
            self.ticked = Some(now.timestamp());
        }
    }

    /// Recorded entries come into view.
    fn play(&mut self, entries: &[Arc<Entry>]) {
        for entry in entries {
            self.incident.apply(entry);
            let line = Line { entry: Entry::clone(entry), bytes: String::new(), segment: 0, offset: 0 };
            self.log.push(&line);
        }
    }

    /// What others have written since.
    fn follow(&mut self) {
        match self.log.follow(None) {
            Ok(fresh) => {
                for entry in fresh {
                    self.incident.apply(&entry);
                    self.after(&entry);
                }
            }
            Err(error) => {
                self.ready.push(Outcome::Failed { why: error.to_string() });
                self.watch = None;
            }
        }
    }

    /// At the end of its scenario an exercise stops by itself, once; whoever lets it run again may.
    fn end_of_scenario(&mut self, reached: DateTime<Utc>) {
        let Some(scenario) = &self.scenario else { return };
        let end = scenario.start + TimeDelta::seconds(scenario.duration_s as i64);
        if !self.ended && reached >= end {
            self.ended = true;
            if self.clock().running {
                let (rate_milli, text) = (self.clock().rate_milli, self.lang.t("session-scenario-end"));
                let x_at = self.now_incident().with_timezone(&self.zone()).fixed_offset();
                self.submit_machine(Body::Clock { x_at, running: false, rate_milli, text }, reached);
            }
        }
    }

    /// What hangs on an entry that became true.
    fn after(&mut self, entry: &Entry) {
        let at = load::instant(entry);
        match &entry.body {
            Body::Observation { data, .. } => match (self.live.as_mut(), self.watch.as_mut()) {
                (Some(live), _) => live.observe(at, data.clone()),
                (None, Some(watch)) => watch.observe(&mut self.board, at, data.clone()),
                (None, None) if self.replay.is_none() => self.board.observe(data),
                (None, None) => {}
            },
            Body::Lever { order, frame_at, .. } => self.input(*frame_at, Input::Lever(order.lever.clone())),
            Body::Inject { fault, on, frame_at, .. } => match sentence::fault(fault) {
                Ok(kind) => self.input(*frame_at, Input::Fault { kind, on: on.clone() }),
                Err(why) => self.ready.push(Outcome::Failed { why }),
            },
            Body::Clock { .. } => self.hold = None,
            Body::Playbook { id, .. } => {
                if let Some(playbook) = self.library.get(id) {
                    self.incident.know_steps(id, playbook.steps().map(|(_, step)| step.id.as_str()));
                }
            }
            _ => {}
        }
    }

    fn input(&mut self, frame_at: u32, input: Input) {
        if let Some(Err(late)) = self.live.as_mut().map(|live| live.input(frame_at, input)) {
            // The barrier keeps this from happening; were it to, the tape could not be rebuilt from the log.
            self.ready.push(Outcome::Failed { why: late.to_string() });
        }
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
        Some(if self.watch.is_some() {
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

    /// What is documented of a historic incident up to `now`; empty for other incidents.
    pub fn documented_until(&self, now: DateTime<Utc>) -> &[DocumentedEvent] {
        let count = self.documented.partition_point(|event| event.at <= now);
        self.documented.get(..count).unwrap_or_default()
    }

    /// The levers that were ordered in an exercise and what became of them.
    pub fn levers(&self) -> &[LeverResult] {
        self.live.as_ref().map_or(&[], |live| live.levers())
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

    /// Who writes.
    pub fn author(&self) -> &Author {
        &self.setup.author
    }

    /// Changes who writes (the next entries).
    pub fn set_author(&mut self, author: Author) {
        self.setup.author = author;
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
            None => self.clock().at(self.setup.clock.now().wall),
        }
    }

    /// Everything that is due or was, the most urgent first, with the limits of open playbooks.
    pub fn deadlines(&self, now: DateTime<Utc>) -> Vec<Deadline> {
        let mut limits = Vec::new();
        for open in self.incident.open_playbooks() {
            let Some(playbook) = self.library.get(&open.id) else { continue };
            for view in self.progress_of(playbook, now) {
                let Some(due) = view.due else { continue };
                limits.push(StepLimit {
                    playbook: open.id.clone(),
                    step: view.step.id.clone(),
                    label: view.step.text.clone(),
                    due,
                    owner: crate::config::role_name(view.step.role).to_owned(),
                    done: view.state.settled(),
                });
            }
        }
        self.incident.deadlines_with(now, &limits)
    }

    /// The steps of a playbook as they stand.
    pub fn progress_of<'a>(&'a self, playbook: &'a playbook::Playbook, now: DateTime<Utc>) -> Vec<StepView<'a>> {
        let statuses = self.incident.steps(&playbook.id);
        playbook::progress(playbook, statuses, &|metric| self.holds(metric), now, self.incident.awareness())
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

    /// Stops the exercise or replay clock.
    pub fn pause(&mut self) -> Option<Ticket> {
        self.change_clock(|clock| clock.running = false, "session-clock-pause")
    }

    /// Lets the exercise or replay clock run.
    pub fn resume_clock(&mut self) -> Option<Ticket> {
        self.change_clock(|clock| clock.running = true, "session-clock-run")
    }

    /// Sets the speed of the exercise or replay clock, thousandths (60 000 is ×60; 1 000 to 600 000).
    pub fn set_speed(&mut self, rate_milli: u32) -> Option<Ticket> {
        let rate_milli = rate_milli.clamp(MIN_RATE_MILLI, MAX_RATE_MILLI);
        self.change_clock(|clock| clock.rate_milli = rate_milli, "session-clock-speed")
    }

    /// Moves the exercise clock to a later incident time, or the replay clock to any.
    pub fn jump(&mut self, to: DateTime<Utc>) -> Option<Ticket> {
        self.change_clock(|clock| clock.anchor_incident = to, "session-clock-jump")
    }

    /// Moves the replay clock; the same as [`Session::jump`].
    pub fn seek(&mut self, to: DateTime<Utc>) {
        self.jump(to);
    }

    /// In an exercise the change is an entry; the replay's own clock just changes.
    fn change_clock(&mut self, change: impl Fn(&mut IncidentClock), id: &str) -> Option<Ticket> {
        if self.loading.is_some() {
            // Nobody knows yet what time it is in there.
            return None;
        }
        let wall = self.setup.clock.now().wall;
        let now = self.now_incident();
        let mut clock = IncidentClock { anchor_wall: wall, anchor_incident: now, ..self.clock().clone() };
        change(&mut clock);
        if let Some(replay) = self.replay.as_mut() {
            let (begin, end) = replay.span();
            clock.anchor_incident = clock.anchor_incident.clamp(begin, end);
            replay.set_clock(clock);
            self.hold = None;
            return None;
        }
        let x_at = clock.anchor_incident.with_timezone(&self.zone()).fixed_offset();
        let text = self.lang.t(id);
        let body = Body::Clock { x_at, running: clock.running, rate_milli: clock.rate_milli, text };
        Some(self.submit(body, None, Vec::new()))
    }

    /// Ends the session: an exercise's clock is stopped by an entry, what waits is written, the writer is drained.
    /// The incident is not closed; it can be continued.
    ///
    /// # Errors
    /// What could not be saved, in one sentence.
    pub fn close(mut self) -> Result<(), SessionError> {
        // What was typed while the background was reading is kept as well.
        if self.recorder.waits()
            && let Some(Ok(loaded)) = self.loading.take().and_then(|loading| loading.recv().ok())
        {
            self.install(loaded);
        }
        self.take_acks();
        if self.live.is_some() && self.hold.is_none() && self.clock().running && !self.incident.closed() {
            self.pause();
        }
        let mut lost = Vec::new();
        loop {
            self.dispatch();
            lost.extend(std::mem::take(&mut self.ready).into_iter().filter_map(|outcome| match outcome {
                Outcome::NotSaved { why, .. } => Some(why),
                _ => None,
            }));
            if self.recorder.writer.is_none() || self.recorder.idle() {
                break;
            }
            match self.recorder.writer.as_ref().and_then(|writer| writer.wait_ack(LAST_WAIT)) {
                Some(ack) => self.take_ack(ack),
                None => {
                    lost.push(self.lang.t("session-disk-silent"));
                    break;
                }
            }
        }
        if lost.is_empty() { Ok(()) } else { Err(SessionError::Input(lost.join("; "))) }
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

/// Slowest rate of an exercise or replay clock \[thousandths\].
pub const MIN_RATE_MILLI: u32 = 1_000;
/// Fastest rate of an exercise or replay clock \[thousandths\].
pub const MAX_RATE_MILLI: u32 = 600_000;
/// How long a disk may take for the last entries.
const LAST_WAIT: Duration = Duration::from_secs(20);
/// How often a second, read-only screen looks for what others wrote.
const LOOK: Duration = Duration::from_millis(250);
/// Frames are not shown more often than this.
const FASTEST: Duration = Duration::from_millis(33);
