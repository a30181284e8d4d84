//! What is typed and not recorded yet: a small private file for each chain, which gives it back after a crash.
//!
//! It lies in the machine's state folder, not in the incident's: that one is evidence, is copied and handed on, and what
//! nobody has recorded is nobody else's business. It promises less than the log: nobody waits for it, and a disk that
//! refuses it stops nobody.
//!
//! Does not belong here: what is in it (`tui::kept`).

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use super::disk::read_limited;

/// More than this is not read back \[bytes\].
const MOST: u64 = 4 << 20;

/// The file of a chain, written by a thread of its own. Dropping it waits until the last words are down.
#[derive(Debug)]
pub struct Unsent {
    asked: Option<Sender<Vec<u8>>>,
    thread: Option<JoinHandle<()>>,
}

impl Unsent {
    /// Where it lies for a chain of an incident.
    pub fn path(state: &Path, inc: &str, chain: &str) -> PathBuf {
        state.join("unsent").join(format!("{inc}-{chain}.json"))
    }

    /// What a console that ended has left; `None`: nothing.
    pub fn read(path: &Path) -> Option<Vec<u8>> {
        read_limited(path, MOST).ok().filter(|bytes| !bytes.is_empty())
    }

    /// Starts the thread that writes this file.
    ///
    /// # Errors
    /// No thread can be had.
    pub fn start(path: PathBuf) -> io::Result<Self> {
        let (asked, jobs) = channel::<Vec<u8>>();
        let thread = std::thread::Builder::new().name("vigie-unsent".to_owned()).spawn(move || {
            while let Ok(first) = jobs.recv() {
                // Only the newest is of use. What cannot be written is written at the next change.
                let newest = jobs.try_iter().last().unwrap_or(first);
                let _ = put(&path, &newest);
            }
        })?;
        Ok(Self { asked: Some(asked), thread: Some(thread) })
    }

    /// Keeps these words in place of the last ones; none: the file goes. Never waits.
    pub fn keep(&self, words: Vec<u8>) {
        if let Some(asked) = &self.asked {
            // A thread that is gone keeps nothing; the log is what counts.
            let _ = asked.send(words);
        }
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        self.asked = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing to say.
            let _ = thread.join();
        }
    }
}

/// Whole or not at all, for the owner's eyes only.
fn put(path: &Path, words: &[u8]) -> io::Result<()> {
    if words.is_empty() {
        return match fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        };
    }
    if let Some(folder) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(words)?;
    file.sync_data()?;
    fs::rename(&new, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_newest_words_are_kept_for_their_owner_alone_until_there_are_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = Unsent::path(dir.path(), "2026-11-23-essai-3f9a", "7f3c2d19");
        assert_eq!(Unsent::read(&path), None);
        let unsent = Unsent::start(path.clone()).unwrap();
        for n in 0..100 {
            unsent.keep(format!("mot {n}").into_bytes());
        }
        drop(unsent);
        assert_eq!(Unsent::read(&path).unwrap(), b"mot 99");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing half-written is left");
        let unsent = Unsent::start(path.clone()).unwrap();
        unsent.keep(Vec::new());
        drop(unsent);
        assert!(!path.exists());
    }

    #[test]
    fn a_disk_that_refuses_stops_nobody() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("unsent"), "a file where the folder should be").unwrap();
        let path = Unsent::path(dir.path(), "x", "7f3c2d19");
        let unsent = Unsent::start(path.clone()).unwrap();
        unsent.keep(b"mot".to_vec());
        drop(unsent);
        assert_eq!(Unsent::read(&path), None);
    }
}
