//! What the writer thread does with a batch: lines from drafts, one write, one flush, and what to do when they fail.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, SubsecRound as _, TimeZone as _, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::chain::{self, MAX_LINE};
use super::checkpoint;
use super::disk::{self, Disk};
use super::folder::{self, Folder, OwnChain};
use super::writer::{Ack, Draft, Line, NotSaved, Ticket};
use crate::clock::{Reading, monotonic_us};
use crate::incident::event::{Author, Body, Entry, EntryId, Role};
use crate::incident::hex;
use crate::lang::{Arg, Lang, LangId};

/// Wall clock and boot clock may drift apart by this much between two entries before it is said \[ms\].
const STEP_MS: i64 = 1_000;

/// The end of one's own chain, and all that is needed to write there.
pub(super) struct Appender {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    own: OwnChain,
    inc: String,
    tz: Tz,
    lang: LangId,
    org: String,
    /// The file may hold bytes after its good length that could not be cut off, or a flush of it failed.
    poisoned: Option<String>,
    last_reading: Option<Reading>,
}

/// Lines made from a batch, with the head after them.
struct Built {
    buffer: Vec<u8>,
    /// Lines of each ticket, or why it cannot be written.
    tickets: Vec<(Ticket, Result<Vec<Line>, NotSaved>)>,
    notices: Vec<Line>,
    head: chain::Head,
    close: bool,
}

impl Appender {
    pub fn new(folder: &mut Folder) -> Option<Self> {
        let own = folder.take_own()?;
        let genesis = folder.genesis();
        Some(Self {
            folder: folder.path().to_path_buf(),
            disk: folder.disk(),
            inc: genesis.inc.clone(),
            tz: genesis.zone.parse().unwrap_or(Tz::UTC),
            lang: genesis.lang.parse().unwrap_or_default(),
            org: String::new(),
            own,
            poisoned: None,
            last_reading: None,
        })
    }

    pub fn chain(&self) -> &str {
        &self.own.id
    }

    /// Notes what a crash left, if anything.
    pub fn opening_notice(&mut self, now: &Reading) -> Vec<Ack> {
        let Some(torn) = self.own.torn.take() else { return Vec::new() };
        let bytes = torn.bytes.to_string();
        let text = Lang::new(self.lang)
            .ta("store-notice-torn", &[("bytes", Arg::Str(&bytes)), ("file", Arg::Str(&torn.kept))]);
        let data = [
            ("what", "torn_tail".to_owned()),
            ("file", torn.file),
            ("at", torn.at.to_string()),
            ("bytes", bytes),
            ("sha256", torn.sha256),
            ("kept", torn.kept),
        ];
        let draft = self.notice(text, &data, now, None);
        self.write(Vec::new(), vec![draft])
    }

    /// Keeps room for the last words: not before the first frame, so here.
    pub fn lay_ballast(&self) {
        folder::lay_ballast(self.disk.as_ref(), &self.folder);
    }

    /// Writes a batch: all its tickets are answered.
    pub fn append(&mut self, batch: Vec<(Ticket, Vec<Draft>)>) -> Vec<Ack> {
        let mut notices = Vec::new();
        for draft in batch.iter().flat_map(|(_, drafts)| drafts) {
            if let Some(notice) = self.clock_step(draft) {
                notices.push(notice);
            }
            self.last_reading = Some(draft.at.clone());
        }
        let last = batch.iter().flat_map(|(_, drafts)| drafts).next_back().map(|d| (d.at.clone(), d.x));
        let mut acks = self.write(batch, notices);
        let segment = acks.iter().find_map(|ack| match ack {
            Ack::Segment { path, why } => Some((path.clone(), why.clone())),
            _ => None,
        });
        if let (Some((path, why)), Some((at, x))) = (segment, last) {
            let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let text = Lang::new(self.lang).ta("store-notice-segment", &[("file", (&file).into())]);
            let data = [("what", "segment".to_owned()), ("file", file), ("why", why)];
            let notice = self.notice(text, &data, &at, x);
            acks.extend(self.write(Vec::new(), vec![notice]));
        }
        acks
    }

    fn write(&mut self, batch: Vec<(Ticket, Vec<Draft>)>, notices: Vec<Draft>) -> Vec<Ack> {
        let started = monotonic_us();
        let mut built = self.build(batch, notices);
        let mut acks = Vec::new();
        if !built.buffer.is_empty() {
            if let Err(why) = self.flush(&mut built, &mut acks) {
                let failed = built.tickets.into_iter();
                acks.extend(
                    failed.map(|(ticket, lines)| Ack::NotSaved {
                        ticket,
                        why: lines.err().unwrap_or_else(|| why.clone()),
                    }),
                );
                return acks;
            }
            self.own.head = built.head;
        }
        let took_us = monotonic_us().saturating_sub(started);
        acks.extend(built.notices.into_iter().map(|line| Ack::Noticed(Box::new(line))));
        acks.extend(built.tickets.into_iter().map(|(ticket, lines)| match lines {
            Ok(lines) => Ack::Saved { ticket, lines, took_us },
            Err(why) => Ack::NotSaved { ticket, why },
        }));
        if built.close {
            acks.push(match checkpoint::write(self.disk.as_ref(), &self.folder) {
                Ok(path) => Ack::Checkpoint { path },
                Err(e) => Ack::NoCheckpoint { why: e.to_string() },
            });
        }
        acks
    }

    fn build(&self, batch: Vec<(Ticket, Vec<Draft>)>, notices: Vec<Draft>) -> Built {
        let mut built = Built {
            buffer: Vec::new(),
            tickets: Vec::with_capacity(batch.len()),
            notices: Vec::new(),
            head: self.own.head.clone(),
            close: false,
        };
        // A notice is best effort: what cannot be written must not hold back what people wrote.
        for notice in notices {
            if let Ok(lines) = self.lines(&mut built, vec![notice]) {
                built.notices.extend(lines);
            }
        }
        for (ticket, drafts) in batch {
            let close = drafts.iter().any(|draft| matches!(draft.body, Body::Close { .. }));
            let lines = self.lines(&mut built, drafts);
            built.close |= close && lines.is_ok();
            built.tickets.push((ticket, lines));
        }
        built
    }

    /// The lines of one append, all or none.
    fn lines(&self, built: &mut Built, drafts: Vec<Draft>) -> Result<Vec<Line>, NotSaved> {
        let (length, head) = (built.buffer.len(), built.head.clone());
        let lines = self.try_lines(built, drafts);
        if lines.is_err() {
            built.buffer.truncate(length);
            built.head = head;
        }
        lines
    }

    /// They refer to each other by their place.
    fn try_lines(&self, built: &mut Built, drafts: Vec<Draft>) -> Result<Vec<Line>, NotSaved> {
        let first = built.head.seq;
        let mut lines = Vec::with_capacity(drafts.len());
        for draft in drafts {
            let re = draft.re.into_iter().map(|id| match id.place_in_append() {
                Some(n) => EntryId::new(&self.own.id, first + n as u64),
                None => id,
            });
            let entry = Entry {
                v: 1,
                inc: self.inc.clone(),
                chain: self.own.id.clone(),
                seq: built.head.seq,
                at: self.zoned(draft.at.wall),
                up: draft.at.up(),
                x: draft.x.map(|x| self.zoned(x)),
                event_at: draft.event_at,
                who: draft.author.who,
                org: draft.author.org,
                role: draft.author.role,
                body: draft.body,
                re: re.collect(),
                seen: std::collections::BTreeMap::new(),
                frame: draft.frame,
                prev: built.head.sha256.clone(),
                sig: None,
            };
            let bytes = crate::text::json_line(&entry).map_err(|e| NotSaved::Unwritable(e.to_string()))?;
            if bytes.len() > MAX_LINE {
                return Err(NotSaved::Unwritable(format!("{} bytes, at most {MAX_LINE}", bytes.len())));
            }
            // What everyone else will read is what is applied here too.
            let entry = serde_json::from_str(&bytes).map_err(|e| NotSaved::Unwritable(e.to_string()))?;
            let offset = self.own.length + built.buffer.len() as u64;
            built.buffer.extend_from_slice(bytes.as_bytes());
            built.buffer.push(b'\n');
            built.head = chain::Head { seq: built.head.seq + 1, sha256: hex(&Sha256::digest(bytes.as_bytes())) };
            lines.push(Line { entry, bytes, segment: self.own.segment, offset });
        }
        Ok(lines)
    }

    /// One write, one flush. After an error nothing of the buffer counts.
    fn flush(&mut self, built: &mut Built, acks: &mut Vec<Ack>) -> Result<(), NotSaved> {
        if self.poisoned.is_none() {
            match self.own.file.write(&built.buffer) {
                Ok(n) if n == built.buffer.len() => match self.own.file.sync() {
                    Ok(()) => {
                        self.own.length += n as u64;
                        return Ok(());
                    }
                    Err(e) => {
                        // Linux reports a write-back error once and forgets it: this file is never believed again.
                        self.poisoned = Some(e.to_string());
                        let _ = self.own.file.truncate(self.own.length);
                    }
                },
                Ok(_) => return Err(self.cut_back(&io::Error::from(io::ErrorKind::StorageFull))),
                Err(e) => return Err(self.cut_back(&e)),
            }
        }
        self.new_segment(built, acks)
    }

    /// A failed or short write: back to the last good length; if that fails too, the file is poisoned.
    fn cut_back(&mut self, error: &io::Error) -> NotSaved {
        if let Err(e) = self.own.file.truncate(self.own.length) {
            self.poisoned = Some(e.to_string());
        }
        self.why(error)
    }

    fn why(&self, error: &io::Error) -> NotSaved {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded => {
                let reserve_freed = self.disk.remove(&self.folder.join("ballast")).is_ok();
                NotSaved::DiskFull { reserve_freed }
            }
            FileTooLarge => NotSaved::Io("the file has reached the size this system allows".to_owned()),
            _ => NotSaved::Io(error.to_string()),
        }
    }

    /// The chain goes on in a new file, which begins with the lines whose flush failed: should they be in the old
    /// one after all, they are the same bytes there.
    fn new_segment(&mut self, built: &mut Built, acks: &mut Vec<Ack>) -> Result<(), NotSaved> {
        let chains = self.folder.join("chains");
        let mut segment = self.own.segment + 1;
        while chains.join(chain::file_name(&self.own.id, segment)).exists() {
            segment += 1;
        }
        let path = chains.join(chain::file_name(&self.own.id, segment));
        let written = (|| {
            let mut file = self.disk.open_append(&path)?;
            match disk::append_all(file.as_mut(), &built.buffer)
                .and_then(|()| file.sync())
                .and_then(|()| self.disk.sync_dir(&chains))
            {
                Ok(()) => Ok(file),
                Err(e) => {
                    // Nothing in it was acknowledged; a file that stays is passed over by the next attempt.
                    let _ = file.truncate(0);
                    let _ = self.disk.remove(&path);
                    Err(e)
                }
            }
        })();
        let file = written.map_err(|e| self.why(&e))?;
        let before = std::mem::replace(&mut self.own.file, file);
        // The lock is on the first segment.
        if self.own.lock.is_none() {
            self.own.lock = Some(before);
        }
        let start = self.own.length;
        let lines = built.tickets.iter_mut().filter_map(|(_, lines)| lines.as_mut().ok()).flatten();
        for line in lines.chain(built.notices.iter_mut()) {
            line.segment = segment;
            line.offset -= start;
        }
        self.own.segment = segment;
        self.own.length = built.buffer.len() as u64;
        let why = self.poisoned.take().unwrap_or_default();
        acks.push(Ack::Segment { path, why });
        Ok(())
    }

    fn zoned(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        self.tz.from_utc_datetime(&at.naive_utc()).fixed_offset().trunc_subsecs(3)
    }

    /// "Stepped by −3,600.2 s": wall and boot clock of the same boot moved apart.
    fn clock_step(&self, draft: &Draft) -> Option<Draft> {
        let before = self.last_reading.as_ref()?;
        let now = &draft.at;
        if before.boot_id != now.boot_id {
            return None;
        }
        let wall = (now.wall - before.wall).num_milliseconds();
        let boot = now.boot_ms as i64 - before.boot_ms as i64;
        let step = wall - boot;
        if step.abs() <= STEP_MS {
            return None;
        }
        let seconds = format!("{:+.1}", step as f64 / 1_000.0);
        let text = Lang::new(self.lang).ta("store-notice-step", &[("seconds", Arg::Str(&seconds))]);
        let data = [("what", "clock_step".to_owned()), ("step_ms", step.to_string())];
        Some(self.notice(text, &data, now, draft.x))
    }

    fn notice(&self, text: String, data: &[(&str, String)], at: &Reading, x: Option<DateTime<Utc>>) -> Draft {
        Draft {
            author: Author { who: "vigie".to_owned(), org: self.org.clone(), role: Role::Machine },
            body: Body::Notice {
                text,
                data: data.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
            },
            event_at: None,
            re: Vec::new(),
            frame: None,
            at: at.clone(),
            x,
        }
    }
}
