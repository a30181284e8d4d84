//! The real-world chord: the exercise is frozen at once, and a REAL log opens beside it, on a thread of its own: a slow
//! disk keeps nobody from seeing that play has stopped.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::load::background;
use super::open::{genesis, kept_playbooks};
use super::{Outcome, Session, SessionError};
use crate::clock::Reading;
use crate::incident::desk::DeskAct;
use crate::incident::event::{Author, Body, Genesis, Mode, Role};
use crate::incident::hex;
use crate::lang::Arg;
use crate::store::{Ack, Disk, Draft, Folder, Writer};

/// How long the disk may take for the first line of a REAL log.
const WAIT: Duration = Duration::from_secs(20);

/// A REAL log on its way.
#[derive(Debug)]
pub(super) struct Opening {
    incident: String,
    done: Receiver<Result<PathBuf, String>>,
}

/// All that is needed to open one.
struct RealLog {
    genesis: Genesis,
    playbooks: Vec<(String, String)>,
    author: Author,
    body: Body,
    at: Reading,
    root: PathBuf,
    state: PathBuf,
    disk: Arc<dyn Disk>,
    silent: String,
}

impl RealLog {
    fn open(self) -> Result<PathBuf, String> {
        let kept: Vec<(&str, &[u8])> =
            self.playbooks.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        let opened = Folder::create_on(self.disk, &self.root, &self.genesis, &kept, &self.state);
        let mut folder = opened.map_err(|error| error.to_string())?;
        let mut writer = Writer::start(&mut folder, &self.at).map_err(|error| error.to_string())?;
        let asked = writer.append(vec![Draft {
            author: self.author,
            body: self.body,
            event_at: None,
            re: Vec::new(),
            frame: None,
            at: self.at,
            x: None,
        }]);
        loop {
            match writer.wait_ack(WAIT) {
                Some(Ack::Saved { ticket, .. }) if ticket == asked => return Ok(folder.path().to_path_buf()),
                Some(Ack::NotSaved { .. }) | None => return Err(self.silent),
                Some(_) => {}
            }
        }
    }
}

impl Session {
    /// The real-world chord, from any role: freezes the exercise for good and opens a REAL log whose first entry cites
    /// the exercise's head. Gives the id of the REAL incident; [`Outcome::Opened`] says when it is there. Where it cannot
    /// be opened, [`Outcome::Failed`] says why, and a line of the exercise's log that there is none; the exercise is
    /// frozen all the same.
    ///
    /// # Errors
    /// When the exercise's own log cannot be read, or no thread can be had.
    pub fn real_world(&mut self, text: &str) -> Result<String, SessionError> {
        if let Some(opening) = &self.opening {
            return Ok(opening.incident.clone());
        }
        if self.live.is_some() {
            // Whatever the disk does: time stands from here on.
            self.hold = Some(self.now_incident());
        }
        let opened = self.open_beside(text);
        let incident = opened.as_ref().map_or_else(|_| String::new(), |opening| opening.incident.clone());
        self.act(DeskAct::RealWorld { incident: incident.clone() }, text);
        self.opening = Some(opened?);
        Ok(incident)
    }

    /// Opens the REAL log of the chord for whoever sits here: name and organisation are carried over, and so is the role,
    /// unless it is one of exercises only.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn go_over(&self, path: &Path) -> Result<Self, SessionError> {
        let mut setup = self.setup.clone();
        if matches!(setup.author.role, Role::Facilitator | Role::Evaluator | Role::Observer) {
            setup.author.role = Role::LogKeeper;
        }
        Self::resume(setup, path)
    }

    /// The REAL incident whose log is being opened.
    pub fn opening(&self) -> Option<&str> {
        self.opening.as_ref().map(|opening| opening.incident.as_str())
    }

    /// Was a real emergency declared here that is not on the disk yet?
    pub fn freezing(&self) -> bool {
        self.pending().any(|pending| {
            pending.author.role != Role::Machine
                && matches!(pending.body, Body::Desk { act: DeskAct::RealWorld { .. }, .. })
        })
    }

    /// Hears of the REAL log that is being opened; `wait`: for as long as that may take.
    pub(super) fn take_opened(&mut self, wait: bool) {
        let Some(opening) = &self.opening else { return };
        let heard = if wait { opening.done.recv_timeout(WAIT).ok() } else { opening.done.try_recv().ok() };
        let Some(heard) = heard else { return };
        self.opening = None;
        match heard {
            Ok(path) => self.ready.push(Outcome::Opened { path }),
            Err(why) => {
                let said = self.lang.ta("session-desk-real-failed", &[("why", Arg::Str(&why))]);
                // The desk is frozen by now: only the machine may still say what became of it.
                let body = Body::Desk { act: DeskAct::RealWorld { incident: String::new() }, text: said.clone() };
                let now = self.now_incident();
                self.submit_machine(body, now);
                self.ready.push(Outcome::Failed { why: said });
            }
        }
    }

    fn open_beside(&self, text: &str) -> Result<Opening, SessionError> {
        let title =
            if text.trim().is_empty() { self.lang.t("session-desk-real-title") } else { text.trim().to_owned() };
        let mut genesis = genesis(&self.setup, Mode::Real, &title, &self.library);
        genesis.zone.clone_from(&self.incident.genesis().zone);
        let exercise = self.incident.genesis().inc.clone();
        let last = self.log.len().checked_sub(1);
        let head = match last {
            Some(last) => hex(&Sha256::digest(self.log.bytes(last)?)),
            None => String::new(),
        };
        let entry = last.and_then(|last| self.log.id(last)).map_or(String::new(), |id| id.0);
        let sentence =
            self.lang.ta("session-desk-real", &[("exercise", Arg::Str(&exercise)), ("head", Arg::Str(&head))]);
        let data = [("exercise", exercise), ("entry", entry), ("head", head)];
        let body = Body::Notice { text: sentence, data: data.map(|(key, value)| (key.to_owned(), value)).into() };
        let incident = genesis.inc.clone();
        let log = RealLog {
            genesis,
            playbooks: kept_playbooks(&self.library),
            author: self.setup.author.clone(),
            body,
            at: self.setup.clock.now(),
            root: self.setup.root(Mode::Real),
            state: self.setup.config.state.value.clone(),
            disk: Arc::clone(&self.setup.disk),
            silent: self.lang.t("session-disk-silent"),
        };
        Ok(Opening { incident, done: background(&self.waker, move || log.open())? })
    }
}
