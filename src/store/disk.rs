//! The disk, behind a small trait: files, and (in tests) a disk that fails at any call.
//!
//! Only what decides whether an entry is kept goes through it: creating, appending, flushing, cutting back. Reading
//! does not.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

/// What the store asks of a file system.
pub trait Disk: std::fmt::Debug + Send + Sync {
    /// Makes one folder; it is fine if it is there.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Opens a file to append to, creating it if it is not there.
    fn open_append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Flushes a folder, so that the files created in it stay.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;
    /// Gives a file or folder its final name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// A file open for appending.
pub trait DiskFile: std::fmt::Debug + Send {
    /// One `write`: may be short.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;
    /// `fdatasync`.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts the file to this length \[bytes\].
    fn truncate(&mut self, length: u64) -> io::Result<()>;
    /// Length \[bytes\].
    fn length(&self) -> io::Result<u64>;
    /// Takes the exclusive lock that lasts as long as the file is open; `false`: somebody else has it.
    fn try_lock(&self) -> io::Result<bool>;
}

/// The machine's files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files;

impl Disk for Files {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        match std::fs::create_dir(path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            other => other,
        }
    }

    fn open_append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        Ok(Box::new(PlainFile(file)))
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }
}

#[derive(Debug)]
struct PlainFile(File);

impl DiskFile for PlainFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn try_lock(&self) -> io::Result<bool> {
        match self.0.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

/// Writes a small file whole and flushes it: a file of that name is replaced.
pub(super) fn write_whole(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = disk.open_append(path)?;
    file.truncate(0)?;
    append_all(file.as_mut(), bytes)?;
    file.sync()
}

/// Appends everything, in as many writes as it takes; the caller cuts back after an error.
pub(super) fn append_all(file: &mut dyn DiskFile, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match file.write(bytes) {
            Ok(0) => return Err(io::Error::from(io::ErrorKind::WriteZero)),
            Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// What "saved" is worth on this file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSystem {
    /// A local disk.
    Local,
    /// Lives in memory: lost with the power.
    Memory,
    /// Over a network, or through FUSE: a flush may mean less than on a local disk.
    Remote,
    /// A removable-media format without a journal.
    Removable,
    /// A layer of a container: lost with it.
    Overlay,
}

/// The kind of file system a folder is on; `Local` when it cannot be told.
pub fn file_system(path: &Path) -> FileSystem {
    const TMPFS: u64 = 0x0102_1994;
    const RAMFS: u64 = 0x8584_58f6;
    const NFS: u64 = 0x6969;
    const SMB: u64 = 0x517B;
    const CIFS: u64 = 0xFF53_4D42;
    const SMB2: u64 = 0xFE53_4D42;
    const FUSE: u64 = 0x6573_5546;
    const CEPH: u64 = 0x00C3_6400;
    const NINE_P: u64 = 0x0102_1997;
    const MSDOS: u64 = 0x4d44;
    const EXFAT: u64 = 0x2011_BAB0;
    const OVERLAY: u64 = 0x794c_7630;
    let Ok(stat) = rustix::fs::statfs(path) else { return FileSystem::Local };
    // The magic number is 32 bits wide; some platforms extend its sign.
    match (stat.f_type as u64) & 0xFFFF_FFFF {
        TMPFS | RAMFS => FileSystem::Memory,
        NFS | SMB | CIFS | SMB2 | FUSE | CEPH | NINE_P => FileSystem::Remote,
        MSDOS | EXFAT => FileSystem::Removable,
        OVERLAY => FileSystem::Overlay,
        _ => FileSystem::Local,
    }
}

/// Free space for this user \[bytes\]; `None` when it cannot be told.
pub fn free_bytes(path: &Path) -> Option<u64> {
    let stat = rustix::fs::statvfs(path).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Reads at most `limit` bytes of a file.
pub(super) fn read_limited(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
