//! The terminal's file descriptor: opened anew so that it can be non-blocking without changing the shell's.
//!
//! At most one frame is under way. While the terminal takes no bytes, no frame is made and nothing waits for it:
//! the loop goes on recording and the next frame shows the latest state. What is made is written whole, so the
//! painter's idea of the screen is always what the terminal was told.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// Where frames go, and the rest of the frame under way.
#[derive(Debug)]
pub struct Output {
    tty: OwnedFd,
    /// Could the descriptor not be made non-blocking? Then only as much is written as surely fits.
    careful: bool,
    rest: Vec<u8>,
    from: usize,
}

/// A terminal takes at least this much after it said it takes bytes.
const SURE: usize = 256;

/// Opens the terminal behind a descriptor a second time, non-blocking; says whether that went.
pub fn reopen(fd: BorrowedFd<'_>) -> std::io::Result<(OwnedFd, bool)> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let path = rustix::termios::ttyname(fd, Vec::new());
    let opened = path.ok().and_then(|path| rustix::fs::open(path, flags, Mode::empty()).ok());
    match opened {
        Some(tty) => Ok((tty, true)),
        None => Ok((fd.try_clone_to_owned()?, false)),
    }
}

impl Output {
    /// For the terminal behind this descriptor.
    pub fn new(fd: BorrowedFd<'_>) -> std::io::Result<Self> {
        let (tty, free) = reopen(fd)?;
        Ok(Self { tty, careful: !free, rest: Vec::new(), from: 0 })
    }

    /// The descriptor, to wait until it takes bytes.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.tty.as_fd()
    }

    /// Is a frame still under way?
    pub fn busy(&self) -> bool {
        self.from < self.rest.len()
    }

    /// Sends a frame: what the terminal does not take now goes out in [`Output::go_on`].
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn send(&mut self, frame: Vec<u8>) -> Result<(), Errno> {
        if self.busy() {
            self.rest.extend_from_slice(&frame);
        } else {
            self.rest = frame;
            self.from = 0;
        }
        self.go_on()
    }

    /// Writes as much as the terminal takes.
    ///
    /// # Errors
    ///
    /// The terminal is gone.
    pub fn go_on(&mut self) -> Result<(), Errno> {
        while let Some(bytes) = self.rest.get(self.from..).filter(|bytes| !bytes.is_empty()) {
            let bytes = if self.careful {
                if !takes(self.tty.as_fd(), 0) {
                    return Ok(());
                }
                bytes.get(..SURE).unwrap_or(bytes)
            } else {
                bytes
            };
            match rustix::io::write(&self.tty, bytes) {
                Ok(n) => self.from += n,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(()),
                Err(gone) => return Err(gone),
            }
        }
        self.rest.clear();
        self.from = 0;
        Ok(())
    }

    /// Gives the frame under way up.
    pub fn forget(&mut self) {
        self.rest.clear();
        self.from = 0;
    }
}

/// Writes the last words to a terminal that may have stopped reading: tries for this many milliseconds.
pub fn last_words(tty: BorrowedFd<'_>, mut bytes: &[u8], patience_ms: i64) {
    while !bytes.is_empty() && takes(tty, patience_ms) {
        match rustix::io::write(tty, bytes.get(..SURE).unwrap_or(bytes)) {
            Ok(n) => bytes = bytes.get(n..).unwrap_or_default(),
            Err(Errno::INTR | Errno::AGAIN) => {}
            Err(_) => return,
        }
    }
}

fn takes(tty: BorrowedFd<'_>, wait_ms: i64) -> bool {
    let wait = Timespec { tv_sec: wait_ms / 1_000, tv_nsec: (wait_ms % 1_000) * 1_000_000 };
    let mut fds = [PollFd::from_borrowed_fd(tty, PollFlags::OUT)];
    matches!(poll(&mut fds, Some(&wait)), Ok(n) if n > 0)
        && fds.first().is_some_and(|fd| fd.revents().contains(PollFlags::OUT))
}

/// The terminal that is read: standard input if it is one, else the controlling terminal.
///
/// # Errors
///
/// Neither is a terminal.
pub fn open_input() -> std::io::Result<OwnedFd> {
    let stdin = std::io::stdin();
    if rustix::termios::isatty(&stdin) {
        return Ok(reopen(stdin.as_fd())?.0);
    }
    Ok(OwnedFd::from(File::options().read(true).write(true).open("/dev/tty")?))
}
