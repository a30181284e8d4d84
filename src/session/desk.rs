//! The desk of an exercise in the loop: what is due is given, what the desk forbids is refused.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Session, SessionError, Ticket};
use crate::exercise::{Asked, Desk, Item, Kit, Phase};
use crate::incident::desk::DeskAct;
use crate::incident::event::{Author, Body, Entry, EntryId, Mode, Role};
use crate::incident::status::Decided;
use crate::incident::{Command, Moment, Refusal};
use crate::lang::{Arg, LangId};
use crate::store::Folder;

/// Name under which an exercise is kept beside its log.
pub const KEPT_EXERCISE: &str = "exercise.toml";
/// What a line says that it is which tells players what they are told before the start.
const BRIEF: &str = "brief";
/// It is one of the first lines of a log.
const BRIEFED_WITHIN: usize = 8;

/// The exercise that is kept beside a log; none is kept where there is no chronogramme.
///
/// # Errors
/// When it cannot be read any more.
pub fn kept_exercise(folder: &Folder) -> Result<Option<Kit>, SessionError> {
    if !folder.kept_names().iter().any(|name| name == KEPT_EXERCISE) {
        return Ok(None);
    }
    let bytes = folder.kept(KEPT_EXERCISE)?;
    let text = String::from_utf8(bytes).map_err(|error| SessionError::input(format!("{KEPT_EXERCISE}: {error}")))?;
    // It was good enough to be played once: what a later version refuses in a plan is no reason not to read its log.
    match crate::exercise::examine(KEPT_EXERCISE, &text) {
        (Some(kit), _) => Ok(Some(kit)),
        (None, errors) => Err(errors),
    }
    .map_err(SessionError::input)
}

impl Session {
    /// The desk of an exercise; `None` in other modes and while it is still being read.
    pub fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// Asks the desk for something.
    pub fn act(&mut self, act: DeskAct, text: &str) -> Ticket {
        self.submit(Body::Desk { act, text: text.to_owned() }, None, Vec::new())
    }

    /// Sets the desk up from what is kept beside the log, and folds the log into it.
    pub(super) fn open_desk(&mut self, folder: Option<&Folder>) {
        let Some(folder) = folder.filter(|_| self.incident.genesis().mode == Mode::Exercise) else { return };
        let kit = match kept_exercise(folder) {
            Ok(kit) => kit.unwrap_or_default(),
            Err(error) => {
                self.ready.push(super::Outcome::Failed { why: self.lang.say(&error.said()) });
                Kit::default()
            }
        };
        let scripted = self.setup.author.role != Role::Facilitator;
        let mut desk = Desk::new(Arc::new(kit), scripted);
        for entry in (0..self.log.len()).filter_map(|position| self.log.get(position)) {
            desk.apply(&entry);
        }
        self.desk = Some(desk);
    }

    /// Where several cells play, people sit at the desk, whatever the role of who writes.
    pub(super) fn never_scripted(&mut self) {
        if let Some(desk) = self.desk.as_mut().filter(|_| self.cells.is_some()) {
            desk.sit(Role::Facilitator);
        }
    }

    /// `decide` of the incident, with what the desk allows and adds.
    pub(super) fn decide(&self, mut command: Command, moment: &Moment) -> Result<Vec<Decided>, Refusal> {
        let chord = matches!(command.body, Body::Desk { act: DeskAct::RealWorld { .. }, .. });
        if self.is_played() && !(chord && command.author.role != Role::Machine) {
            return self.decide_in_cell(command, moment);
        }
        if let Body::Receipt { .. } = &command.body
            && command.author.role != Role::Machine
            && command.re.iter().filter_map(|id| self.incident.message(id)).any(|message| !self.answers_for(message))
        {
            return Err(Refusal::Desk("addressee"));
        }
        let foreign = self.foreign(&mut command);
        if let Some(order) = self.carried_out(&command, &foreign, moment) {
            return order;
        }
        let mut lines = self.decide_at_desk(command, moment)?;
        if let Some((.., re)) = lines.first_mut() {
            re.extend(foreign);
        }
        Ok(lines)
    }

    /// Takes out what the machine refers to in the logs of other cells: the incident knows its own lines only.
    fn foreign(&self, command: &mut Command) -> Vec<EntryId> {
        if self.cells.is_none() || command.author.role != Role::Machine {
            return Vec::new();
        }
        let own = |id: &EntryId| self.incident.has_entry(id) || id.place_in_append().is_some();
        let (re, foreign) = std::mem::take(&mut command.re).into_iter().partition(own);
        command.re = re;
        foreign
    }

    pub(super) fn decide_at_desk(&self, mut command: Command, moment: &Moment) -> Result<Vec<Decided>, Refusal> {
        let Some(desk) = &self.desk else {
            return match command.body {
                Body::Desk { .. } => Err(Refusal::Desk("none")),
                _ => self.incident.decide(command, moment),
            };
        };
        let Body::Desk { act, text } = command.body else {
            desk.admit(&command.body, &command.author)?;
            return self.incident.decide(command, moment);
        };
        let asked = Asked {
            author: &command.author,
            now: moment.incident,
            clock: self.incident.clock(),
            zone: self.zone(),
            network: &self.network,
            french: self.lang.id() == LangId::Fr,
        };
        let real = matches!(act, DeskAct::RealWorld { .. });
        let fired = match &act {
            DeskAct::Fire { inject, .. } if command.author.role == Role::Machine => Some(inject.clone()),
            _ => None,
        };
        let bodies = desk.decide(act, &text, &asked)?;
        if real && command.author.role == Role::Observer {
            // A real emergency may be declared by those who otherwise only read.
            command.author.role = Role::LogKeeper;
        }
        let mut all: Vec<Decided> = Vec::with_capacity(bodies.len());
        for body in bodies {
            let first = all.is_empty();
            let re = if first { std::mem::take(&mut command.re) } else { Vec::new() };
            let one = Command { author: command.author.clone(), event_at: None, body, re };
            let lines = match (self.incident.decide(one, moment), &fired) {
                (Err(refusal), Some(inject)) => return self.withhold(inject, &refusal, command.author, moment),
                (lines, _) => lines?,
            };
            all.extend(lines.into_iter().map(|(body, event_at, re)| {
                (body, event_at, if first { re } else { vec![EntryId::in_same_append(0)] })
            }));
        }
        Ok(all)
    }

    /// An inject that falls due and cannot be written is held, and the log says why: nobody would miss it otherwise.
    fn withhold(
        &self,
        inject: &str,
        refusal: &Refusal,
        author: Author,
        moment: &Moment,
    ) -> Result<Vec<Decided>, Refusal> {
        let why = refusal.words(&self.lang);
        let text = self.lang.ta("desk-withheld", &[("inject", Arg::Str(inject)), ("why", Arg::Str(&why))]);
        let body = Body::Desk { act: DeskAct::Hold { inject: inject.to_owned() }, text };
        self.incident.decide(Command { author, event_at: None, body, re: Vec::new() }, moment)
    }

    /// Where nobody sits at the desk: STARTEX, the injects that are due, ENDEX.
    pub(super) fn run_desk(&mut self) {
        if self.loading.is_some() || self.recorder.writer.is_none() || self.incident.closed() {
            return;
        }
        let now = self.now_incident();
        let Some(desk) = self.desk.as_ref().filter(|desk| !desk.kit().injects.is_empty()) else { return };
        // A facilitator says when play begins and ends; what is planned comes by itself unless he holds it.
        let alone = desk.scripted();
        let asked = |wanted: &dyn Fn(&DeskAct) -> bool| {
            self.recorder.pending().any(|pending| matches!(&pending.body, Body::Desk { act, .. } if wanted(act)))
        };
        let mut acts: Vec<(DeskAct, DateTime<Utc>)> = Vec::new();
        match desk.phase() {
            Phase::Before if alone && !asked(&|act| matches!(act, DeskAct::Start { .. })) => {
                let kit = desk.kit();
                acts.push((DeskAct::Start { sha256: kit.sha256.clone(), injects: kit.injects.len() as u32 }, now));
            }
            Phase::Running => {
                let waits =
                    |item: &Item| asked(&|act| matches!(act, DeskAct::Fire { inject, .. } if *inject == item.id));
                for (item, at) in desk.due(now).into_iter().filter(|(item, _)| !waits(item)) {
                    acts.push((DeskAct::Fire { inject: item.id.clone(), rule: String::new() }, at));
                }
                let length = i64::from(desk.kit().length_s);
                let over = desk
                    .start()
                    .filter(|_| alone && length > 0)
                    .map(|start| start + chrono::TimeDelta::seconds(length));
                if let Some(end) = over.filter(|end| *end <= now)
                    && !asked(&|act| *act == DeskAct::End)
                {
                    acts.push((DeskAct::End, end));
                }
            }
            _ => {}
        }
        for (act, at) in acts {
            self.submit_machine(Body::Desk { act, text: String::new() }, at);
        }
    }

    /// Before STARTEX, whoever plays finds what players are told as a line of his log, once.
    pub(super) fn brief(&mut self) {
        let plays = self.is_played() || self.desk.as_ref().is_some_and(Desk::scripted);
        if self.briefed || !plays || self.loading.is_some() || self.recorder.writer.is_none() {
            return;
        }
        let Some(desk) = &self.desk else { return };
        self.briefed = true;
        // Beside the log of a cell of players no plan is kept.
        let kit = self.cells.as_ref().map_or(desk.kit(), super::cells::Cells::kit);
        let text = self.lang.of(&kit.brief).trim().to_owned();
        let told = |entry: &Entry| match &entry.body {
            Body::Notice { data, .. } => data.get("what").is_some_and(|what| what == BRIEF),
            _ => false,
        };
        let before =
            (0..self.log.len().min(BRIEFED_WITHIN)).filter_map(|at| self.log.get(at)).any(|entry| told(&entry));
        if desk.phase() == Phase::Before && !text.is_empty() && !before {
            let data = [("what".to_owned(), BRIEF.to_owned())].into();
            self.submit_machine(Body::Notice { text, data }, self.now_incident());
        }
    }

    /// The card of the last jump in time, while it is shown.
    pub fn jump_card(&self) -> Option<&str> {
        self.desk.as_ref()?.card(self.now_incident(), self.setup.clock.now().wall)
    }
}
