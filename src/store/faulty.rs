//! A disk that fails: any call can be made to, in every way a disk or a crash can.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, DiskFile, Files};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// EIO, once.
    Error,
    /// EIO from this call on.
    Sticky,
    /// The disk is full for this call.
    Full,
    /// The disk is full until a file is removed.
    FullUntilFreed,
    /// Half of the bytes are written.
    Short,
    /// The process dies before the call.
    KillBefore,
    /// The process dies in the middle of the call.
    KillHalfway,
    /// The power goes: what was not flushed is gone.
    PowerCut,
}

pub(super) const ALL: [Fault; 8] = [
    Fault::Error,
    Fault::Sticky,
    Fault::Full,
    Fault::FullUntilFreed,
    Fault::Short,
    Fault::KillBefore,
    Fault::KillHalfway,
    Fault::PowerCut,
];

#[derive(Debug, Default)]
struct State {
    calls: usize,
    at: Option<(usize, Fault)>,
    dead: bool,
    sticky: bool,
    full: bool,
    /// Length that survives a power cut.
    flushed: BTreeMap<PathBuf, u64>,
    /// Files whose folder was not flushed since they were created.
    unlinked: BTreeSet<PathBuf>,
}

/// The disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faulty {
    state: Arc<Mutex<State>>,
}

/// What a call must do.
enum Verdict {
    Go,
    Half,
    HalfThenDie,
    Fail(io::Error),
}

fn eio() -> io::Error {
    io::Error::from_raw_os_error(5)
}

impl Faulty {
    pub fn new(at: Option<(usize, Fault)>) -> Self {
        Self { state: Arc::new(Mutex::new(State { at, ..State::default() })) }
    }

    pub fn calls(&self) -> usize {
        self.state().calls
    }

    pub fn dead(&self) -> bool {
        self.state().dead
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self, writes: bool) -> Verdict {
        let mut state = self.state();
        state.calls += 1;
        if state.dead || state.sticky {
            return Verdict::Fail(eio());
        }
        if state.full && writes {
            return Verdict::Fail(io::Error::from_raw_os_error(28));
        }
        let Some((at, fault)) = state.at else { return Verdict::Go };
        if at != state.calls {
            return Verdict::Go;
        }
        match fault {
            Fault::Error => Verdict::Fail(eio()),
            Fault::Sticky => {
                state.sticky = true;
                Verdict::Fail(eio())
            }
            Fault::Full => Verdict::Fail(io::Error::from_raw_os_error(28)),
            Fault::FullUntilFreed => {
                state.full = true;
                Verdict::Fail(io::Error::from_raw_os_error(28))
            }
            Fault::Short => Verdict::Half,
            Fault::KillBefore => {
                state.dead = true;
                Verdict::Fail(eio())
            }
            Fault::KillHalfway => {
                state.dead = true;
                Verdict::HalfThenDie
            }
            Fault::PowerCut => {
                state.dead = true;
                for (path, length) in &state.flushed {
                    if let Ok(file) = std::fs::OpenOptions::new().write(true).open(path) {
                        let now = file.metadata().map_or(0, |m| m.len());
                        let _ = file.set_len(now.min(*length));
                    }
                }
                for path in &state.unlinked {
                    let _ = std::fs::remove_file(path);
                }
                Verdict::Fail(eio())
            }
        }
    }

    /// For calls that have no middle.
    fn whole<T>(&self, writes: bool, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        match self.call(writes) {
            Verdict::Go => act(),
            Verdict::Half => Err(eio()),
            Verdict::HalfThenDie => act().and_then(|_| Err(eio())),
            Verdict::Fail(e) => Err(e),
        }
    }
}

impl Disk for Faulty {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        self.whole(true, || Files.create_dir(path))
    }

    fn open_append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let fresh = !path.exists();
        let inner = self.whole(true, || Files.open_append(path))?;
        let mut state = self.state();
        let length = inner.length()?;
        state.flushed.entry(path.to_path_buf()).or_insert(length);
        if fresh {
            state.unlinked.insert(path.to_path_buf());
        }
        Ok(Box::new(FaultyFile { disk: self.clone(), path: path.to_path_buf(), inner }))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.whole(false, || {
            Files.sync_dir(path)?;
            self.state().unlinked.retain(|file| file.parent() != Some(path));
            Ok(())
        })
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.whole(false, || {
            Files.rename(from, to)?;
            let mut state = self.state();
            let moved = |path: &PathBuf| path.strip_prefix(from).map_or_else(|_| path.clone(), |rest| to.join(rest));
            state.flushed = state.flushed.iter().map(|(path, length)| (moved(path), *length)).collect();
            state.unlinked = state.unlinked.iter().map(moved).collect();
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.whole(false, || Files.remove(path))?;
        self.state().full = false;
        Ok(())
    }
}

#[derive(Debug)]
struct FaultyFile {
    disk: Faulty,
    path: PathBuf,
    inner: Box<dyn DiskFile>,
}

impl DiskFile for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.disk.call(true) {
            Verdict::Go => self.inner.write(bytes),
            Verdict::Half => self.inner.write(&bytes[..bytes.len() / 2]),
            Verdict::HalfThenDie => {
                self.inner.write(&bytes[..bytes.len() / 2])?;
                Err(eio())
            }
            Verdict::Fail(e) => Err(e),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let length = self.inner.length()?;
        let (disk, path) = (self.disk.clone(), self.path.clone());
        self.disk.whole(false, || {
            self.inner.sync()?;
            disk.state().flushed.insert(path, length);
            Ok(())
        })
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.disk.whole(false, || self.inner.truncate(length))
    }

    fn length(&self) -> io::Result<u64> {
        self.inner.length()
    }

    fn try_lock(&self) -> io::Result<bool> {
        self.inner.try_lock()
    }
}
