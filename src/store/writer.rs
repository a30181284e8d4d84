//! The writer: a thread of its own, so that the screen never waits for the disk.
//!
//! One append = one buffer, one write, one `fdatasync`, then *saved*. Appends that wait share a flush. A failed or
//! short write is cut back; a failed flush poisons the file for good and the chain goes on in a new segment.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::StoreError;
use super::append::Appender;
use super::folder::Folder;
use crate::clock::Reading;
use crate::incident::event::{Author, Body, Entry, EntryId, EventTime, FrameRef};

/// Most lines that share one flush: a pasted list does not make one person wait for another for long.
const BATCH: usize = 1_000;

/// One entry to be written. The writer adds chain, number and `prev`.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Who writes.
    pub author: Author,
    /// What it says.
    pub body: Body,
    /// Event time, if typed.
    pub event_at: Option<EventTime>,
    /// Entries it refers to; [`EntryId::in_same_append`] for others of the same append.
    pub re: Vec<EntryId>,
    /// The health frame on screen.
    pub frame: Option<FrameRef>,
    /// Wall clock and boot clock at the moment it was decided.
    pub at: Reading,
    /// Incident time at that moment, in exercises and replays.
    pub x: Option<DateTime<Utc>>,
}

/// A line as it is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The entry, read back from the bytes.
    pub entry: Entry,
    /// The bytes, without the newline.
    pub bytes: String,
    /// Segment of the chain in which it stands.
    pub segment: u32,
    /// Offset in that file \[bytes\].
    pub offset: u64,
}

/// Names an append until its [`Ack`] comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Why an append is not on disk: its text goes back to where it was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSaved {
    /// The disk is full; true: the reserve was freed, so that a few last entries fit.
    #[error("the disk is full")]
    DiskFull {
        /// Was the reserve freed just now?
        reserve_freed: bool,
    },
    /// The system said no.
    #[error("{0}")]
    Io(String),
    /// It cannot be written so that it reads back the same.
    #[error("this entry cannot be written: {0}")]
    Unwritable(String),
}

/// What the writer says.
#[derive(Debug, Clone, PartialEq)]
pub enum Ack {
    /// On disk.
    Saved {
        /// Which append.
        ticket: Ticket,
        /// Its lines in order.
        lines: Vec<Line>,
        /// How long write and flush took \[µs\].
        took_us: u64,
    },
    /// Not on disk.
    NotSaved {
        /// Which append.
        ticket: Ticket,
        /// Why.
        why: NotSaved,
    },
    /// A line which the store itself wrote (torn tail set aside, clock stepped, new segment): apply it as any other.
    Noticed(Box<Line>),
    /// A flush failed: the file is poisoned and the chain goes on in a new one.
    Segment {
        /// The new file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A checkpoint was written at the close.
    Checkpoint {
        /// Where.
        path: PathBuf,
    },
    /// The checkpoint could not be written: the close stands, its anchor is missing.
    NoCheckpoint {
        /// Why.
        why: String,
    },
}

enum Job {
    Append(Ticket, Vec<Draft>),
    Stop,
}

type Waker = Arc<Mutex<Option<Box<dyn Fn() + Send>>>>;

/// The handle of the writer thread.
pub struct Writer {
    chain: String,
    jobs: Sender<Job>,
    acks: Receiver<Ack>,
    waker: Waker,
    next: u64,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("chain", &self.chain).field("next", &self.next).finish_non_exhaustive()
    }
}

impl Writer {
    /// Starts the writer of a folder that was opened to write. `now` stamps the notice of a torn tail, if there was one.
    ///
    /// # Errors
    /// When the folder was opened to read only, its writer was started already, or no thread can be had.
    pub fn start(folder: &mut Folder, now: &Reading) -> Result<Self, StoreError> {
        let appender = Appender::new(folder).ok_or_else(|| StoreError::ReadOnly(folder.path().to_path_buf()))?;
        let chain = appender.chain().to_owned();
        let (jobs, job_end) = channel();
        let (ack_end, acks) = channel();
        let waker: Waker = Arc::default();
        let wake = Arc::clone(&waker);
        let now = now.clone();
        let thread = std::thread::Builder::new()
            .name("vigie-writer".to_owned())
            .spawn(move || run(appender, &now, &job_end, &ack_end, &wake))
            .map_err(|source| StoreError::Io { path: folder.path().to_path_buf(), source })?;
        Ok(Self { chain, jobs, acks, waker, next: 0, thread: Some(thread) })
    }

    /// The chain it writes.
    pub fn chain(&self) -> &str {
        &self.chain
    }

    /// Called from the writer's thread whenever there is an [`Ack`] to take.
    pub fn set_waker(&self, waker: Box<dyn Fn() + Send>) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
    }

    /// Asks for these entries to be written together: all of them, or none.
    pub fn append(&mut self, drafts: Vec<Draft>) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        // The thread only ends when told to; a send that fails is answered by the missing ack at shutdown.
        let _ = self.jobs.send(Job::Append(ticket, drafts));
        ticket
    }

    /// The next ack, if there is one.
    pub fn try_ack(&self) -> Option<Ack> {
        self.acks.try_recv().ok()
    }

    /// Waits for the next ack; `None` when none came in time.
    pub fn wait_ack(&self, timeout: Duration) -> Option<Ack> {
        self.acks.recv_timeout(timeout).ok()
    }

    /// Writes all that waits, stops the thread, and gives the acks that nobody took yet.
    pub fn shutdown(mut self) -> Vec<Ack> {
        self.stop();
        self.acks.try_iter().collect()
    }

    fn stop(&mut self) {
        let _ = self.jobs.send(Job::Stop);
        if let Some(thread) = self.thread.take() {
            // A panic in the writer was printed by the panic hook; there is nothing left to add here.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.stop();
        }
    }
}

fn run(mut appender: Appender, now: &Reading, jobs: &Receiver<Job>, acks: &Sender<Ack>, waker: &Waker) {
    let wake = || {
        if let Some(waker) = waker.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            waker();
        }
    };
    let tell = |said: Vec<Ack>| {
        let any = !said.is_empty();
        for ack in said {
            // Nobody listens any more: what is on disk is on disk.
            let _ = acks.send(ack);
        }
        if any {
            wake();
        }
    };
    tell(appender.opening_notice(now));
    appender.lay_ballast();
    let mut stopping = false;
    while !stopping {
        let Ok(first) = jobs.recv() else { return };
        let mut batch = Vec::new();
        let mut lines = 0;
        let mut next = Some(first);
        while let Some(job) = next.take() {
            match job {
                Job::Append(ticket, drafts) => {
                    lines += drafts.len();
                    batch.push((ticket, drafts));
                }
                Job::Stop => stopping = true,
            }
            if lines < BATCH && !stopping {
                next = jobs.try_recv().ok();
            }
        }
        if !batch.is_empty() {
            tell(appender.append(batch));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::incident::Genesis;
    use crate::incident::event::{Mode, Role, Statement};
    use crate::store::{Access, Warning};

    fn genesis() -> Genesis {
        Genesis {
            v: 1,
            inc: "2026-11-23-essai-0001".to_owned(),
            mode: Mode::Real,
            title: "Essai".to_owned(),
            at: "2026-11-23T10:00:00+01:00".parse().unwrap(),
            zone: "Europe/Paris".to_owned(),
            lang: "fr".to_owned(),
            perimeter: crate::health::Perimeter::Nation,
            scenario: None,
            origin: None,
            playbooks: std::collections::BTreeMap::new(),
            engine: "0.1.0".to_owned(),
        }
    }

    fn draft(clock: &Clock, text: &str) -> Draft {
        Draft {
            author: Author { who: "m.durand".to_owned(), org: "SAMU 59".to_owned(), role: Role::LogKeeper },
            body: Body::Information(Statement { text: text.to_owned(), ..Statement::default() }),
            event_at: None,
            re: Vec::new(),
            frame: None,
            at: clock.now(),
            x: None,
        }
    }

    fn clock() -> Clock {
        Clock::manual("2026-11-23T09:00:00Z".parse().unwrap())
    }

    fn saved(ack: Option<Ack>) -> Vec<Line> {
        match ack {
            Some(Ack::Saved { lines, .. }) => lines,
            other => panic!("not saved: {other:?}"),
        }
    }

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn lines_chain_from_incident_json_on_and_a_second_opening_continues() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let clock = clock();
        let mut folder = Folder::create(dir.path(), &genesis(), &[("a.toml", b"x = 1\n")], &state).unwrap();
        assert_eq!(folder.kept("a.toml").unwrap(), b"x = 1\n");
        let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
        let ticket = writer.append(vec![draft(&clock, "chute des appels\u{9b}31m\u{202e}")]);
        let ack = writer.wait_ack(SOON);
        assert!(matches!(&ack, Some(Ack::Saved { ticket: t, .. }) if *t == ticket), "{ack:?}");
        let first = saved(ack);
        assert_eq!(first[0].entry.prev, folder.genesis_sha256());
        assert_eq!(first[0].entry.seq, 0);
        assert!(first[0].bytes.is_ascii() || !first[0].bytes.contains(['\u{9b}', '\u{202e}']));
        assert_eq!(first[0].entry.body.text(), "chute des appels\u{9b}31m\u{202e}");
        let chain = writer.chain().to_owned();
        drop(writer);
        let mut again = Folder::open(folder.path(), Access::Write, &state).unwrap();
        assert_eq!(again.chain(), Some(chain.as_str()));
        let mut writer = Writer::start(&mut again, &clock.now()).unwrap();
        writer.append(vec![draft(&clock, "deux"), draft(&clock, "trois")]);
        let two = saved(writer.wait_ack(SOON));
        assert_eq!(two.iter().map(|l| l.entry.seq).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(two[0].entry.prev, crate::incident::hex(&<sha2::Sha256 as sha2::Digest>::digest(&first[0].bytes)));
        let file = std::fs::read_to_string(folder.path().join("chains").join(format!("{chain}.jsonl"))).unwrap();
        let expected = [&first[0], &two[0], &two[1]].map(|l| l.bytes.clone() + "\n").concat();
        assert_eq!(file, expected);
        assert_eq!(two[1].offset as usize, first[0].bytes.len() + two[0].bytes.len() + 2);
    }

    #[test]
    fn a_second_console_writes_a_chain_of_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let clock = clock();
        let mut one = Folder::create(dir.path(), &genesis(), &[], &state).unwrap();
        let _writer = Writer::start(&mut one, &clock.now()).unwrap();
        let mut two = Folder::open(one.path(), Access::Write, &state).unwrap();
        assert_ne!(one.chain(), two.chain());
        assert!(two.warnings().contains(&Warning::SecondConsole));
        let mut other = Writer::start(&mut two, &clock.now()).unwrap();
        other.append(vec![draft(&clock, "de l'autre poste")]);
        assert_eq!(saved(other.wait_ack(SOON))[0].entry.seq, 0);
        assert_eq!(two.chains().unwrap().len(), 2);
    }

    #[test]
    fn a_copied_folder_starts_a_new_chain() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let folder = Folder::create(dir.path(), &genesis(), &[], &state).unwrap();
        let chain = folder.chain().unwrap().to_owned();
        let from = folder.path().to_path_buf();
        drop(folder);
        let to = dir.path().join("copy");
        std::fs::create_dir_all(to.join("chains")).unwrap();
        for name in ["incident.json".to_owned(), format!("chains/{chain}.jsonl")] {
            std::fs::copy(from.join(&name), to.join(&name)).unwrap();
        }
        let copy = Folder::open(&to, Access::Write, &state).unwrap();
        assert_ne!(copy.chain(), Some(chain.as_str()));
    }

    #[test]
    fn a_step_of_the_wall_clock_is_noted_before_the_entry() {
        let dir = tempfile::tempdir().unwrap();
        let mut folder = Folder::create(dir.path(), &genesis(), &[], &dir.path().join("state")).unwrap();
        let clock = clock();
        let mut writer = Writer::start(&mut folder, &clock.now()).unwrap();
        writer.append(vec![draft(&clock, "avant")]);
        saved(writer.wait_ack(SOON));
        clock.advance(Duration::from_mins(1));
        let mut stepped = draft(&clock, "après");
        stepped.at.wall -= chrono::TimeDelta::seconds(3_600);
        writer.append(vec![stepped]);
        let Some(Ack::Noticed(notice)) = writer.wait_ack(SOON) else { panic!("no notice") };
        assert!(notice.entry.body.text().contains("-3600"), "{}", notice.entry.body.text());
        assert_eq!(saved(writer.wait_ack(SOON))[0].entry.seq, notice.entry.seq + 1);
    }
}
