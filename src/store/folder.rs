//! The folder of an incident: creating it, opening it, choosing and locking one's own chain, setting a torn tail aside.

use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::StoreError;
use super::chain::{self, ChainFile, Head};
use super::disk::{self, Disk, DiskFile, FileSystem, Files};
use crate::incident::Genesis;
use crate::incident::hex;

/// Kept back so that the last words still fit on a full disk \[bytes\].
pub const BALLAST: u64 = 4 << 20;
/// Below this the disk is said to be nearly full \[bytes\].
pub const LOW_SPACE: u64 = 200 << 20;
/// Longest `incident.json` that is read \[bytes\].
const MAX_GENESIS: u64 = 1 << 20;

/// How a folder is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// To look only: nothing in the folder changes.
    Read,
    /// To write a chain of one's own.
    Write,
}

/// Something people should know about where the log lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// "Saved" means less on this file system.
    FileSystem(FileSystem),
    /// Free space \[bytes\].
    LowSpace(u64),
    /// Another console on this machine has the chain: this one writes a chain of its own.
    SecondConsole,
    /// A crash left an unfinished line, which was set aside.
    TornTail(Torn),
}

/// What a crash left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// File in which it was found.
    pub file: String,
    /// Where it began \[bytes\].
    pub at: u64,
    /// How many bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: String,
    /// File in `side/` that keeps them.
    pub kept: String,
}

/// The folder of an incident.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    genesis: Genesis,
    genesis_sha256: String,
    access: Access,
    disk: Arc<dyn Disk>,
    own: Option<OwnChain>,
    chain: Option<String>,
    warnings: Vec<Warning>,
}

/// The chain this console writes: locked, clean at its end.
#[derive(Debug)]
pub(super) struct OwnChain {
    pub id: String,
    pub segment: u32,
    pub file: Box<dyn DiskFile>,
    /// The first segment, kept open for its lock when a later segment is written.
    pub lock: Option<Box<dyn DiskFile>>,
    /// Good length of the segment \[bytes\].
    pub length: u64,
    pub head: Head,
    pub torn: Option<Torn>,
}

impl Folder {
    /// Creates the folder `<root>/<genesis.inc>`; `kept` are files kept beside (scenario, playbooks): name and bytes.
    /// `state` is the machine's state folder, which remembers the console's chain.
    ///
    /// # Errors
    /// When it is there already, or the disk says no.
    pub fn create(root: &Path, genesis: &Genesis, kept: &[(&str, &[u8])], state: &Path) -> Result<Self, StoreError> {
        Self::create_on(Arc::new(Files), root, genesis, kept, state)
    }

    /// As [`Folder::create`], on any disk.
    ///
    /// # Errors
    /// As [`Folder::create`].
    pub fn create_on(
        disk: Arc<dyn Disk>,
        root: &Path,
        genesis: &Genesis,
        kept: &[(&str, &[u8])],
        state: &Path,
    ) -> Result<Self, StoreError> {
        if !is_plain_name(&genesis.inc) {
            return Err(StoreError::BadName(genesis.inc.clone()));
        }
        let path = root.join(&genesis.inc);
        if path.exists() {
            return Err(StoreError::Exists(path));
        }
        let at = |p: &Path| {
            let p = p.to_path_buf();
            move |source: io::Error| StoreError::Io { path: p, source }
        };
        create_dirs(disk.as_ref(), root).map_err(at(root))?;
        let new = root.join(format!(".new-{}-{}", genesis.inc, random_hex()));
        disk.create_dir(&new).map_err(at(&new))?;
        for dir in ["chains", "checkpoints", "side", "tape", "kept"] {
            let dir = new.join(dir);
            disk.create_dir(&dir).map_err(at(&dir))?;
        }
        for (name, bytes) in kept {
            if !is_plain_name(name) {
                return Err(StoreError::BadName((*name).to_owned()));
            }
            let file = new.join("kept").join(name);
            disk::write_whole(disk.as_ref(), &file, bytes).map_err(at(&file))?;
        }
        let mut json = crate::text::json_line(genesis).map_err(|e| StoreError::Json {
            path: new.join("incident.json"),
            line: 1,
            message: e.to_string(),
        })?;
        json.push('\n');
        let file = new.join("incident.json");
        disk::write_whole(disk.as_ref(), &file, json.as_bytes()).map_err(at(&file))?;
        for dir in [&new.join("kept"), &new] {
            disk.sync_dir(dir).map_err(at(dir))?;
        }
        // Only a whole folder ever carries its name: a crash before this leaves a hidden folder that nobody opens.
        disk.rename(&new, &path).map_err(at(&path))?;
        disk.sync_dir(root).map_err(at(root))?;
        Self::open_on(disk, &path, Access::Write, state)
    }

    /// Opens a folder. With [`Access::Write`] a chain is chosen and locked, and what a crash left is set aside.
    ///
    /// # Errors
    /// When there is no valid `incident.json`, or the disk says no.
    pub fn open(path: &Path, access: Access, state: &Path) -> Result<Self, StoreError> {
        Self::open_on(Arc::new(Files), path, access, state)
    }

    /// As [`Folder::open`], on any disk.
    ///
    /// # Errors
    /// As [`Folder::open`].
    pub fn open_on(disk: Arc<dyn Disk>, path: &Path, access: Access, state: &Path) -> Result<Self, StoreError> {
        let (genesis, genesis_sha256) = read_genesis(path)?;
        let mut folder = Self {
            path: path.to_path_buf(),
            genesis,
            genesis_sha256,
            access,
            disk,
            own: None,
            chain: None,
            warnings: Vec::new(),
        };
        let kind = disk::file_system(path);
        if kind != FileSystem::Local {
            folder.warnings.push(Warning::FileSystem(kind));
        }
        if access == Access::Write {
            folder.take_chain(state)?;
            if let Some(free) = disk::free_bytes(path).filter(|free| *free < LOW_SPACE) {
                folder.warnings.push(Warning::LowSpace(free));
            }
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its `incident.json`.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// SHA-256 of the bytes of `incident.json`: the `prev` of every chain's line 0.
    pub fn genesis_sha256(&self) -> &str {
        &self.genesis_sha256
    }

    /// How it was opened.
    pub fn access(&self) -> Access {
        self.access
    }

    /// The chain this console writes; `None` when it only reads.
    pub fn chain(&self) -> Option<&str> {
        self.chain.as_deref()
    }

    /// What people should know about where the log lives.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// All chains in the folder with their segments, by chain id.
    ///
    /// # Errors
    /// When the folder cannot be listed.
    pub fn chains(&self) -> Result<Vec<ChainFile>, StoreError> {
        chain::list(&self.path)
    }

    /// A file that was kept beside when the incident was opened.
    ///
    /// # Errors
    /// When it is not there or its name is not a plain one.
    pub fn kept(&self, name: &str) -> Result<Vec<u8>, StoreError> {
        if !is_plain_name(name) {
            return Err(StoreError::BadName(name.to_owned()));
        }
        let path = self.path.join("kept").join(name);
        fs::read(&path).map_err(|source| StoreError::Io { path, source })
    }

    /// Names of the files kept beside.
    pub fn kept_names(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path.join("kept")) else { return Vec::new() };
        let mut names: Vec<String> = entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    pub(super) fn disk(&self) -> Arc<dyn Disk> {
        Arc::clone(&self.disk)
    }

    pub(super) fn take_own(&mut self) -> Option<OwnChain> {
        self.own.take()
    }

    /// Takes the first chain of this machine that nobody else has open, or a new one.
    fn take_chain(&mut self, state: &Path) -> Result<(), StoreError> {
        let memory = ChainMemory::new(state, &self.genesis.inc, &self.path);
        let chains = chain::list(&self.path)?;
        for id in memory.known() {
            let Some(files) = chains.iter().find(|c| c.id == id) else { continue };
            match self.lock_chain(&id, Some(files))? {
                Some(own) => {
                    self.own_chain(own);
                    return Ok(());
                }
                None => self.warnings.push(Warning::SecondConsole),
            }
        }
        for _ in 0..16 {
            let id = random_hex();
            if chains.iter().any(|c| c.id == id) {
                continue;
            }
            // Remembered first: a chain that was written but forgotten would never be continued.
            memory.remember(&id)?;
            if let Some(own) = self.lock_chain(&id, None)? {
                let dir = self.path.join("chains");
                self.disk.sync_dir(&dir).map_err(|source| StoreError::Io { path: dir, source })?;
                self.own_chain(own);
                return Ok(());
            }
        }
        Err(StoreError::NoChain(self.path.clone()))
    }

    fn own_chain(&mut self, own: OwnChain) {
        if let Some(torn) = &own.torn {
            self.warnings.push(Warning::TornTail(torn.clone()));
        }
        self.chain = Some(own.id.clone());
        self.own = Some(own);
    }

    /// Locks a chain by its first file and makes its end clean; `None` when somebody else has it.
    fn lock_chain(&self, id: &str, known: Option<&ChainFile>) -> Result<Option<OwnChain>, StoreError> {
        let io_at = |path: &Path| {
            let path = path.to_path_buf();
            move |source: io::Error| StoreError::Io { path, source }
        };
        let first = self.path.join("chains").join(chain::file_name(id, 0));
        let mut file = self.disk.open_append(&first).map_err(io_at(&first))?;
        if !file.try_lock().map_err(io_at(&first))? {
            return Ok(None);
        }
        let Some(files) = known else {
            let head = Head { seq: 0, sha256: self.genesis_sha256.clone() };
            let file_parts = OwnChain { id: id.to_owned(), segment: 0, file, lock: None, length: 0, head, torn: None };
            return Ok(Some(file_parts));
        };
        let mut lock = None;
        let segment = files.segments.last().map_or(0, |s| s.index);
        let mut path = first;
        if segment > 0 {
            path = self.path.join("chains").join(chain::file_name(id, segment));
            lock = Some(std::mem::replace(&mut file, self.disk.open_append(&path).map_err(io_at(&path))?));
        }
        let tail = chain::Tail::read(&path).map_err(io_at(&path))?;
        let torn = match tail.torn {
            0 => None,
            _ => Some(self.set_aside(&path, file.as_mut(), tail.good, tail.torn)?),
        };
        let head = match tail.last {
            Some(head) => Head { seq: head.seq.saturating_add(1), sha256: head.sha256 },
            None => chain::head_before(files, segment, &self.genesis_sha256)?,
        };
        Ok(Some(OwnChain { id: id.to_owned(), segment, file, lock, length: tail.good, head, torn }))
    }

    /// Keeps what a crash left in `side/`, flushed, before the chain is cut.
    fn set_aside(&self, path: &Path, file: &mut dyn DiskFile, good: u64, bytes: u64) -> Result<Torn, StoreError> {
        let io_at = |path: &Path| {
            let path = path.to_path_buf();
            move |source: io::Error| StoreError::Io { path, source }
        };
        let torn = chain::read_from(path, good).map_err(io_at(path))?;
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or("chain").to_owned();
        let side = self.path.join("side");
        self.disk.create_dir(&side).map_err(io_at(&side))?;
        let mut kept = format!("{stem}.torn-at-{good}");
        let sha256 = hex(&Sha256::digest(&torn));
        // Two crashes at the same place leave two files.
        if fs::read(side.join(&kept)).is_ok_and(|old| old != torn) {
            kept = format!("{stem}.torn-at-{good}-{}", sha256.get(..8).unwrap_or_default());
        }
        let target = side.join(&kept);
        disk::write_whole(self.disk.as_ref(), &target, &torn).map_err(io_at(&target))?;
        self.disk.sync_dir(&side).map_err(io_at(&side))?;
        file.truncate(good).map_err(io_at(path))?;
        file.sync().map_err(io_at(path))?;
        let file = path.file_name().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
        Ok(Torn { file, at: good, bytes, sha256, kept })
    }
}

/// Lays the ballast if it is missing and there is room; a failure costs nothing but the reserve.
pub(super) fn lay_ballast(disk: &dyn Disk, folder: &Path) {
    let path = folder.join("ballast");
    let there = fs::metadata(&path).is_ok_and(|m| m.len() >= BALLAST);
    if there || disk::free_bytes(folder).is_some_and(|free| free < LOW_SPACE) {
        return;
    }
    let zeros = vec![0_u8; BALLAST as usize];
    if disk::write_whole(disk, &path, &zeros).is_err() {
        // A half ballast is no reserve, and takes the room of entries.
        let _ = disk.remove(&path);
    }
}

/// Reads `incident.json` and its SHA-256.
///
/// # Errors
/// When it is missing, too long, or not what it should be.
pub fn read_genesis(folder: &Path) -> Result<(Genesis, String), StoreError> {
    let path = folder.join("incident.json");
    let bytes = match disk::read_limited(&path, MAX_GENESIS) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(StoreError::NotAnIncident(folder.to_path_buf())),
        Err(source) => return Err(StoreError::Io { path, source }),
    };
    let genesis: Genesis = serde_json::from_slice(&bytes).map_err(|e| StoreError::Json {
        path: path.clone(),
        line: e.line(),
        message: e.to_string(),
    })?;
    if genesis.v != 1 {
        return Err(StoreError::Version { path, found: genesis.v });
    }
    Ok((genesis, hex(&Sha256::digest(&bytes))))
}

/// SHA-256 of `incident.json`, whatever it says.
pub(super) fn genesis_hash(folder: &Path) -> Result<String, StoreError> {
    let path = folder.join("incident.json");
    let bytes = disk::read_limited(&path, MAX_GENESIS).map_err(|source| StoreError::Io { path, source })?;
    Ok(hex(&Sha256::digest(&bytes)))
}

/// Eight random hexadecimal digits.
pub fn random_hex() -> String {
    // The seed of a `RandomState` comes from the system.
    let bits = RandomState::new().build_hasher().finish();
    format!("{:08x}", (bits ^ (bits >> 32)) as u32)
}

/// A name that stays in its folder: no separators, not hidden, short.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 120
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn create_dirs(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        create_dirs(disk, parent)?;
        disk.create_dir(path)?;
        return disk.sync_dir(parent);
    }
    disk.create_dir(path)
}

/// Which chains of an incident this machine writes: one line `chain folder` each in the state folder. The folder is
/// part of it: a copy or a restored backup starts a new chain instead of forking the old one.
struct ChainMemory {
    path: PathBuf,
    folder: String,
}

impl ChainMemory {
    fn new(state: &Path, inc: &str, folder: &Path) -> Self {
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
        let path = state.join("chains").join(format!("{inc}.txt"));
        Self { path, folder: folder.to_string_lossy().replace('\n', " ") }
    }

    fn known(&self) -> Vec<String> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        text.lines()
            .filter_map(|line| line.split_once(' '))
            .filter(|(id, folder)| chain::is_chain_id(id) && *folder == self.folder)
            .map(|(id, _)| id.to_owned())
            .collect()
    }

    fn remember(&self, id: &str) -> Result<(), StoreError> {
        use std::io::Write as _;
        let failed = |source: io::Error| StoreError::Io { path: self.path.clone(), source };
        if let Some(parent) = self.path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut file = fs::OpenOptions::new().append(true).create(true).open(&self.path).map_err(failed)?;
        file.write_all(format!("{id} {}\n", self.folder).as_bytes()).map_err(failed)
    }
}
