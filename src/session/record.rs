//! From what was asked to what is on disk: decide, write, apply.
//!
//! Commands are decided one at a time, each after the one before is applied. Plain entries depend on nothing but
//! themselves: those that wait are handed over together and share a flush.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

use super::pace::Pace;
use super::types::{DiskState, Outcome, Pending, Ticket};
use super::{Session, sentence};
use crate::health::Frame;
use crate::incident::event::{Author, Body, Entry, EntryId, EventTime, FrameRef, Mode, Role, StepChange};
use crate::incident::{Command, DeadlineSource, DeadlineState, Moment, Refusal};
use crate::lang::Arg;
use crate::store::{Ack, Draft, Line, NotSaved, Writer};

/// An entry that waits longer than this for the disk is said to be slow \[ms\].
const SLOW_MS: u64 = 1_000;

/// What waits and what is under way.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    pub(super) writer: Option<Writer>,
    queue: VecDeque<Asked>,
    flights: VecDeque<Flight>,
    next_ticket: u64,
}

/// Asked for, not decided yet.
#[derive(Debug)]
struct Asked {
    pending: Pending,
    /// Incident time of the moment, for what the machine says about a frame; else the time of deciding.
    moment: Option<DateTime<Utc>>,
    /// It changes the clock, as that stands when its turn comes.
    pace: Option<Pace>,
}

/// Decided and handed to the writer.
#[derive(Debug)]
struct Flight {
    store: crate::store::Ticket,
    pending: Pending,
    /// First frame that must not be cut before this is on disk.
    barrier: Option<u32>,
    /// It changes the clock: incident time stands here until it is known what becomes of it, so that it cannot be
    /// seen to run back.
    stands: Option<DateTime<Utc>>,
    sent_ms: u64,
    plain: bool,
}

impl Recorder {
    /// What was asked for and is not on disk yet, oldest first.
    pub(super) fn pending(&self) -> impl Iterator<Item = &Pending> {
        self.flights.iter().map(|flight| &flight.pending).chain(self.queue.iter().map(|asked| &asked.pending))
    }

    /// The first frame that has to wait for the disk.
    pub(super) fn barrier(&self) -> Option<u32> {
        self.flights.iter().filter_map(|flight| flight.barrier).min()
    }

    /// Where incident time stands while a change of the clock is on its way to the disk.
    pub(super) fn stands(&self) -> Option<DateTime<Utc>> {
        self.flights.iter().find_map(|flight| flight.stands)
    }

    /// Is nothing waiting and nothing under way?
    pub(super) fn idle(&self) -> bool {
        self.queue.is_empty() && self.flights.is_empty()
    }

    /// Is something not decided yet?
    pub(super) fn waits(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Is something with the writer?
    #[cfg(test)]
    pub(super) fn under_way(&self) -> bool {
        !self.flights.is_empty()
    }

    fn ask(&mut self, pending: Pending, moment: Option<DateTime<Utc>>, pace: Option<Pace>) {
        self.queue.push_back(Asked { pending, moment, pace });
    }

    fn ticket(&mut self) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket += 1;
        ticket
    }
}

impl Session {
    /// Asks for something to be recorded. Commands are decided one at a time, each after the one before is applied;
    /// the answer comes out of [`Session::pump`] under the same ticket.
    pub fn submit(&mut self, body: Body, event_at: Option<EventTime>, re: Vec<EntryId>) -> Ticket {
        self.submit_as(self.setup.author.clone(), body, event_at, re)
    }

    /// As [`Session::submit`], by somebody else who names himself at this console: a second signature, the incoming
    /// person of a handover. The next entries are the author's again.
    pub fn submit_as(&mut self, author: Author, body: Body, event_at: Option<EventTime>, re: Vec<EntryId>) -> Ticket {
        if let Body::Inject { fault, .. } = &body
            && let Err(why) = sentence::fault(&self.network, fault)
        {
            // Once written it would have to be simulated for ever.
            self.ready.push(Outcome::Failed { why });
            return self.recorder.ticket();
        }
        let ticket = self.ask(author, body, event_at, re, None);
        self.dispatch();
        ticket
    }

    /// Something the machine says, about the incident time `at`.
    pub(super) fn submit_machine(&mut self, body: Body, at: DateTime<Utc>) -> Ticket {
        let author = Author { who: "vigie".to_owned(), org: self.setup.author.org.clone(), role: Role::Machine };
        self.ask(author, body, None, Vec::new(), Some(at))
    }

    pub(super) fn ask(
        &mut self,
        author: Author,
        body: Body,
        event_at: Option<EventTime>,
        re: Vec<EntryId>,
        moment: Option<DateTime<Utc>>,
    ) -> Ticket {
        let at = moment.unwrap_or_else(|| self.now_incident());
        let ticket = self.recorder.ticket();
        self.queue(Pending { ticket, author, body, event_at, re, at }, moment, None)
    }

    /// A change of the clock by whoever sits here.
    pub(super) fn ask_pace(&mut self, body: Body, pace: Pace) -> Ticket {
        let (author, at) = (self.setup.author.clone(), self.now_incident());
        let ticket = self.recorder.ticket();
        self.queue(Pending { ticket, author, body, event_at: None, re: Vec::new(), at }, None, Some(pace))
    }

    fn queue(&mut self, pending: Pending, moment: Option<DateTime<Utc>>, pace: Option<Pace>) -> Ticket {
        let ticket = pending.ticket;
        if self.read_only() {
            self.ready.push(Outcome::Refused { ticket, body: pending.body, refusal: Refusal::Observer });
        } else if let Err(error) = self.take_up_replay() {
            let why = self.lang.say(&error.said());
            self.disk = DiskState::NotSaved(why.clone());
            self.ready.push(Outcome::NotSaved { ticket, body: pending.body, why });
        } else {
            self.recorder.ask(pending, moment, pace);
        }
        ticket
    }

    /// Decides what waits and hands it to the writer.
    pub(super) fn dispatch(&mut self) {
        while let Some(asked) = self.recorder.queue.front() {
            let plain = is_plain(&asked.pending);
            let may = self.recorder.flights.is_empty() || (plain && self.recorder.flights.iter().all(|f| f.plain));
            if !may || self.folding || self.recorder.writer.is_none() {
                return;
            }
            let Some(Asked { mut pending, moment, pace }) = self.recorder.queue.pop_front() else { return };
            let reading = self.setup.clock.now();
            let now = self.now_incident();
            if let (Some(pace), Body::Clock { text, .. }) = (pace, &mut pending.body) {
                let text = std::mem::take(text);
                pending.body = self.paced(pace, now, text);
            }
            let incident_at = match (&mut pending.body, moment) {
                // A change of the clock that was asked for "now" takes place when its turn comes.
                (Body::Clock { x_at, .. }, _) if x_at.to_utc() == pending.at => {
                    *x_at = now.with_timezone(&x_at.timezone());
                    now
                }
                // What a jump passed over comes where it landed, and nothing before what was done last.
                (Body::Desk { .. }, Some(moment)) => moment.max(self.done_last()),
                (_, moment) => moment.unwrap_or(now),
            };
            let next_frame = self.live.as_ref().map_or(0, |live| live.next_boundary(incident_at));
            let at = Moment { wall: reading.wall, incident: incident_at, next_frame };
            let command = Command {
                author: pending.author.clone(),
                event_at: pending.event_at.clone(),
                body: pending.body.clone(),
                re: pending.re.clone(),
            };
            let decided = match self.decide(command, &at) {
                Ok(decided) => decided,
                // What the machine may not say any more (the incident was closed) is nobody's concern.
                Err(_) if pending.author.role == Role::Machine => continue,
                Err(refusal) => {
                    self.ready.push(Outcome::Refused { ticket: pending.ticket, body: pending.body, refusal });
                    continue;
                }
            };
            let barrier = decided.iter().filter_map(|(body, ..)| self.barrier_of(body, incident_at)).min();
            let stands = decided.iter().any(|(body, ..)| matches!(body, Body::Clock { .. })).then_some(now);
            let frame = self.frame_on_screen();
            let in_incident_time = self.mode() != Mode::Real;
            let drafts = decided
                .into_iter()
                .map(|(body, event_at, re)| Draft {
                    author: pending.author.clone(),
                    body,
                    event_at,
                    re,
                    frame: frame.clone(),
                    at: reading.clone(),
                    x: in_incident_time.then_some(incident_at),
                })
                .collect();
            let Some(writer) = self.recorder.writer.as_mut() else { return };
            let store = writer.append(drafts);
            let sent_ms = reading.boot_ms;
            self.recorder.flights.push_back(Flight { store, pending, barrier, stands, sent_ms, plain });
        }
    }

    /// Incident time of the last change of the clock or act at the desk.
    fn done_last(&self) -> DateTime<Utc> {
        let anchor = self.incident.clock().anchor_incident;
        self.desk.as_ref().and_then(crate::exercise::Desk::last_act).map_or(anchor, |at| at.max(anchor))
    }

    /// The first frame that must not be cut before this body is on disk: simulation inputs and observations change
    /// what comes after them.
    fn barrier_of(&self, body: &Body, at: DateTime<Utc>) -> Option<u32> {
        let live = self.live.as_ref()?;
        match body {
            Body::Lever { frame_at, .. } | Body::Inject { frame_at, .. } => Some(*frame_at),
            Body::Observation { .. } => Some(live.frame_after(at)),
            _ => None,
        }
    }

    /// The frame that is on the author's screen.
    pub fn frame_on_screen(&self) -> Option<FrameRef> {
        if let Some(frame) = self.cells.as_ref().and_then(|cells| cells.seen.as_ref()?.last()) {
            return Some(FrameRef { index: frame.index, digest: frame.digest() });
        }
        let cited = |frame: &Frame| FrameRef { index: frame.index, digest: frame.digest() };
        match (&self.live, &self.replay) {
            (Some(live), _) => live.last_frame().map(cited),
            (None, Some(replay)) => replay.frame().as_ref().map(cited),
            (None, None) => None,
        }
    }

    /// Takes what the writer says.
    pub(super) fn take_acks(&mut self) {
        while let Some(ack) = self.recorder.writer.as_ref().and_then(Writer::try_ack) {
            self.take_ack(ack);
        }
        let now = self.setup.clock.now().boot_ms;
        let slow = self.recorder.flights.front().is_some_and(|f| now.saturating_sub(f.sent_ms) > SLOW_MS);
        match (&self.disk, slow) {
            (DiskState::Ok, true) => self.disk = DiskState::Slow,
            (DiskState::Slow, false) => self.disk = DiskState::Ok,
            _ => {}
        }
    }

    pub(super) fn take_ack(&mut self, ack: Ack) {
        match ack {
            Ack::Saved { ticket, lines, .. } => {
                let ids = lines.iter().map(|line| line.entry.id()).collect();
                for line in lines {
                    self.apply(&line);
                    self.stop_clock_of(&line.entry);
                }
                if let Some(flight) = self.landed(ticket) {
                    // A file that was poisoned stays so for the eye until the next start.
                    if self.disk != DiskState::Poisoned {
                        self.disk = DiskState::Ok;
                    }
                    self.ready.push(Outcome::Saved { ticket: flight.pending.ticket, ids });
                }
            }
            Ack::NotSaved { ticket, why } => {
                let why = self.why(&why);
                self.disk = DiskState::NotSaved(why.clone());
                if let Some(Flight { pending, .. }) = self.landed(ticket) {
                    self.ready.push(Outcome::NotSaved { ticket: pending.ticket, body: pending.body, why });
                }
            }
            Ack::Noticed(line) => self.apply(&line),
            Ack::Segment { .. } => self.disk = DiskState::Poisoned,
            Ack::Checkpoint { .. } => {}
            Ack::NoCheckpoint { why } => {
                let why = self.lang.ta("session-no-checkpoint", &[("why", Arg::Str(&why))]);
                self.ready.push(Outcome::Failed { why });
            }
        }
    }

    /// A step that is done stops the clock it was there to meet: nothing stays overdue that was done.
    fn stop_clock_of(&mut self, entry: &Entry) {
        let Body::Step { playbook, step, change: StepChange::Done, .. } = &entry.body else { return };
        let Some((_, step)) = self.library.get(playbook).and_then(|p| p.steps().find(|(_, one)| one.id == *step))
        else {
            return;
        };
        let Some(clock) = step.clock.clone() else { return };
        let runs = self.incident.deadlines(self.now_incident()).into_iter().any(|deadline| {
            deadline.state != DeadlineState::Done && deadline.source == DeadlineSource::Clock(clock.clone())
        });
        if runs {
            let reason = self.lang.ta("session-clock-step", &[("step", Arg::Str(self.lang.of(&step.text)))]);
            let re = vec![entry.id()];
            // A step entered late stopped it when it was done.
            self.ask(entry.author(), Body::ClockStop { id: clock, reason }, entry.event_at.clone(), re, None);
        }
    }

    fn landed(&mut self, store: crate::store::Ticket) -> Option<Flight> {
        let at = self.recorder.flights.iter().position(|flight| flight.store == store)?;
        self.recorder.flights.remove(at)
    }

    fn why(&self, why: &NotSaved) -> String {
        match why {
            NotSaved::DiskFull { reserve_freed: true } => self.lang.t("session-disk-full-freed"),
            NotSaved::DiskFull { reserve_freed: false } => self.lang.t("session-disk-full"),
            NotSaved::Io(why) | NotSaved::Unwritable(why) => why.clone(),
        }
    }

    /// Makes a line that is on disk true here: incident, log, and what hangs on them.
    pub(super) fn apply(&mut self, line: &Line) {
        let entry = line.entry.clone();
        self.incident.apply(&entry);
        if let Some(desk) = self.desk.as_mut() {
            desk.apply(&entry);
        }
        if let Some(mut cells) = self.cells.take() {
            let incident = &self.incident;
            cells.note(&entry, &|id| incident.has_entry(id));
            self.cells = Some(cells);
        }
        self.log.push(line);
        if let Some(replay) = self.replay.as_mut() {
            replay.add(&entry);
        }
        self.after(&entry);
    }
}

/// Does nothing in the incident decide whether this may be written, and does it change nothing that decides on others?
fn is_plain(pending: &Pending) -> bool {
    pending.re.is_empty()
        && matches!(
            pending.body,
            Body::Information(_)
                | Body::Fact(_)
                | Body::Note { .. }
                | Body::Message { .. }
                | Body::Request { .. }
                | Body::Action { .. }
                | Body::Crossing { .. }
                | Body::Notice { .. }
        )
}
