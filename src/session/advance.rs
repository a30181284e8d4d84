//! What a pump does: takes what was loaded and saved, lets health advance to incident now, shows a replay's instant.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::playback::Change;
use super::{DiskState, Outcome, Session, SessionError, VerifyState, load, sentence, settled};
use crate::clock::IncidentClock;
use crate::incident::event::{Body, Entry};
use crate::lang::Arg;
use crate::sim::{Input, LeverResult};
use crate::store::LoadEvent;

/// How long a disk may take for the last entries.
const LAST_WAIT: Duration = Duration::from_secs(20);

/// How long the frames that are still due may take at the end \[ms\].
const LAST_FRAMES_MS: u64 = 1_000;

impl Session {
    /// Does what is due: what was loaded, acks from the disk, frames up to incident now (a bounded share of work),
    /// alarms; then decides what waits.
    pub fn pump(&mut self) -> Vec<Outcome> {
        self.take_loaded();
        self.take_acks();
        self.take_opened(false);
        self.dispatch();
        self.advance();
        self.dispatch();
        std::mem::take(&mut self.ready)
    }

    /// Takes what the background has loaded.
    pub(super) fn take_loaded(&mut self) {
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

    /// Of the clocks that come with the program keeps those of the country of the network.
    pub(super) fn keep_clocks(&mut self) {
        let laws = &self.network.clocks;
        if !laws.is_empty() {
            let own = |law: &String| law.is_empty() || laws.contains(law);
            self.clocks = Arc::new(self.clocks.iter().filter(|clock| own(&clock.law)).cloned().collect());
        }
    }

    /// Tells the incident which steps the open playbooks have.
    pub(super) fn know_open_playbooks(&mut self) {
        self.incident.know_clocks(Arc::clone(&self.clocks));
        if !self.contacts.is_example() {
            self.incident.know_contacts(self.contacts.contacts().iter().map(|contact| contact.id.as_str()));
        }
        let open: Vec<String> = self.incident.open_playbooks().iter().map(|open| open.id.clone()).collect();
        for id in open {
            if let Some(playbook) = self.library.get(&id) {
                self.incident.know_steps(&id, playbook.steps().map(|(_, step)| step.id.as_str()));
            }
        }
    }

    /// Lets health advance to incident now.
    pub(super) fn advance(&mut self) {
        let mut now = self.now_incident();
        self.brief();
        if self.live.is_some() {
            self.advance_live(now);
            self.advance_cells();
            self.run_desk();
        } else if self.replay.is_some() {
            self.advance_replay(now);
        } else if self.is_played() {
            self.advance_cells();
        } else if let Some(watch) = self.watch.as_mut() {
            if let Err(error) = watch.advance(&mut self.board) {
                self.ready.push(Outcome::Failed { why: error.to_string() });
                self.watch = None;
            }
            self.follow();
        }
        if self.is_played() {
            now = self.now_incident();
        }
        // While frames are due, data is not old but on its way: ages are counted when it is there.
        let caught_up = self.live.as_ref().is_none_or(|live| live.next_index() >= live.frame_after(now));
        let second = now.timestamp();
        if caught_up && self.ticked != Some(second) {
            self.ticked = Some(second);
            self.board.tick(now);
            self.note_missed_slot(now);
        }
    }

    /// Notes once that the latest slot of the rhythm passed without a point de situation. Older ones that passed while
    /// nobody was at the console stay in the list of debts, which derives them.
    fn note_missed_slot(&mut self, now: DateTime<Utc>) {
        let ours = !self.read_only && !self.replaying && self.replay.is_none() && self.watch.is_none();
        if !ours || self.folding || self.loading.is_some() || self.incident.closed() {
            return;
        }
        // The last that passed; if somebody spoke of it, there is nothing to say of those before.
        let Some(slot) = self.incident.last_slot_unheard(now).filter(|slot| self.slot_told != Some(*slot)) else {
            return;
        };
        self.slot_told = Some(slot);
        let at = slot.with_timezone(&self.zone()).fixed_offset();
        let text = self.lang.ta("session-slot-missed", &[("at", Arg::Str(&self.lang.hm(slot, self.zone())))]);
        self.submit_machine(Body::Slot { slot: at, held: false, text }, now);
    }

    pub(super) fn advance_live(&mut self, now: DateTime<Utc>) {
        let barrier = self.recorder.barrier();
        // A closed exercise stands still.
        let closed = self.incident.closed();
        let Some(live) = self.live.as_mut().filter(|_| !closed) else { return };
        let desk = &mut self.desk;
        let step = live.advance(&mut self.board, now, barrier, &self.setup.clock, &mut |at, board| {
            if let Some(desk) = desk.as_mut() {
                desk.look(at, &|metric| board.holds(metric));
            }
        });
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
            let text = sentence::alarm(&self.lang, &alarm, self.zone());
            self.submit_machine(Body::Crossing { alarm: alarm.alarm, over: alarm.over, text }, at);
        }
        for (index, lever) in settled {
            self.levers_told.insert(index);
            let body = sentence::lever(&self.lang, &lever);
            self.submit_machine(body, reached);
        }
        self.end_of_scenario(reached);
    }

    pub(super) fn advance_replay(&mut self, now: DateTime<Utc>) {
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
        let (change, board) = replay.show(now, &self.log);
        match change {
            Some(Change::Anew(incident, count)) => {
                self.incident = *incident;
                self.log.show(count);
                self.know_open_playbooks();
            }
            Some(Change::Forward(entries)) => {
                let open = self.incident.open_playbooks().len();
                self.log.show(entries.end);
                self.log.fold(entries, &mut self.incident);
                if self.incident.open_playbooks().len() != open {
                    self.know_open_playbooks();
                }
            }
            None => {}
        }
        if let Some(mut board) = board {
            board.set_perimeter(self.board.perimeter().clone());
            board.tick(now);
            self.board = board;
            self.ticked = Some(now.timestamp());
        }
    }

    /// What others have written since.
    pub(super) fn follow(&mut self) {
        match self.log.follow(None) {
            Ok(fresh) => {
                for entry in fresh {
                    self.incident.apply(&entry);
                    self.after(&entry);
                }
            }
            Err(error) => {
                self.ready.push(Outcome::Failed { why: self.lang.say(&error.said()) });
                self.watch = None;
            }
        }
    }

    /// At the end of its scenario an exercise stops by itself, once; whoever lets it run again may.
    pub(super) fn end_of_scenario(&mut self, reached: DateTime<Utc>) {
        let Some(scenario) = &self.scenario else { return };
        let end = scenario.start + TimeDelta::seconds(scenario.duration_s as i64);
        if !self.ended && reached >= end {
            self.ended = true;
            if self.clock().running {
                let (rate_milli, text) = (self.clock().rate_milli, self.lang.t("session-scenario-end"));
                let x_at = self.now_incident().with_timezone(&self.zone()).fixed_offset();
                self.submit_machine(Body::Clock { x_at, running: false, rate_milli, text }, x_at.to_utc());
            }
        }
    }

    /// What hangs on an entry that became true.
    pub(super) fn after(&mut self, entry: &Entry) {
        let at = load::instant(entry);
        // What had happened before a take-over is in the simulation and on the board already.
        let past = entry.seq < self.past_lines;
        match &entry.body {
            Body::Observation { .. } | Body::Lever { .. } | Body::Inject { .. } if past => {}
            Body::Observation { data, .. } => {
                let seen = self.cells.as_mut().and_then(|cells| cells.seen.as_mut());
                match (self.live.as_mut(), self.watch.as_mut(), seen) {
                    (Some(live), ..) => live.observe(at, data.clone()),
                    (None, Some(watch), _) => watch.observe(&mut self.board, at, data.clone()),
                    (None, None, Some(seen)) => seen.observe(at, data.clone()),
                    (None, None, None) if self.replay.is_none() => self.board.observe(data),
                    (None, None, None) => {}
                }
            }
            Body::Lever { order, frame_at, .. } => self.input(*frame_at, Input::Lever(order.lever.clone())),
            Body::Inject { fault, on, frame_at, .. } => match sentence::fault(&self.network, fault) {
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

    pub(super) fn input(&mut self, frame_at: u32, input: Input) {
        if let Some(Err(late)) = self.live.as_mut().map(|live| live.input(frame_at, input)) {
            // The barrier keeps this from happening; were it to, the tape could not be rebuilt from the log.
            self.ready.push(Outcome::Failed { why: late.to_string() });
        }
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
        self.take_opened(true);
        if self.live.is_some() && self.hold.is_none() && self.clock().running && !self.incident.closed() {
            self.pause();
        }
        // What is due goes on the tape, if it does not take long: a replay then ends as the screen did.
        let begun = self.setup.clock.now().boot_ms;
        while self.behind.is_some() && self.setup.clock.now().boot_ms.saturating_sub(begun) < LAST_FRAMES_MS {
            self.advance_live(self.now_incident());
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
            let ack = self.recorder.writer.as_ref().and_then(|writer| writer.wait_ack(LAST_WAIT));
            let Some(ack) = ack else {
                lost.push(self.lang.t("session-disk-silent"));
                break;
            };
            self.take_ack(ack);
        }
        if lost.is_empty() { Ok(()) } else { Err(SessionError::input(lost.join("; "))) }
    }
}
