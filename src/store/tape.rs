//! The tape: recorded health frames, one file, appended to while others read it.
//!
//! A record is a header (length, frame number, kind, checksum of these), the frame's bytes
//! ([`crate::health::codec`]) and their checksum. Every [`FULL_EVERY`] frames stands alone, so that a reader
//! can start there. Half a record at the end means *wait*. The tape is no evidence by itself: nothing is
//! flushed to the disk on purpose; log entries cite frames by number and digest.
//!
//! Does not belong here: what frames mean.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::health::Frame;
use crate::health::codec;

/// First bytes of every tape: name and version of the format.
pub const MAGIC: &[u8; 13] = b"vigie-tape 1\n";
/// A frame that stands alone is written at least this often: 30 frames are five minutes.
pub const FULL_EVERY: u32 = 30;
/// Length (4), frame number (4), kind (1), checksum of these (4).
const HEADER: usize = 13;
/// No frame of a country comes near this; a longer one is a broken length.
const LONGEST: usize = 16 << 20;

/// Why a tape cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TapeError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file does not begin as a tape does.
    #[error("{path}: not a tape of vigie (the first line must read \"vigie-tape 1\")")]
    NotATape {
        /// The file.
        path: PathBuf,
    },
    /// A record is damaged.
    #[error("{path}: the record at byte {offset} is damaged ({what}); frames before it are good")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where the record begins.
        offset: u64,
        /// What does not fit.
        what: String,
    },
}

/// Frames that a damaged tape no longer gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Number of the first frame that is missing.
    pub first: u32,
    /// Number of the last one; `None`: nothing behind it can be read.
    pub last: Option<u32>,
    /// The byte at which the damage begins.
    pub offset: u64,
    /// What does not fit there.
    pub what: String,
}

/// Where a frame lies on the tape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    index: u32,
    offset: u64,
    full: bool,
}

/// Writes frames at the end of a tape; one `write` per frame.
#[derive(Debug)]
pub struct TapeWriter {
    file: File,
    last: Option<Frame>,
    since_full: u32,
    bytes: Vec<u8>,
}

impl TapeWriter {
    /// Begins a new tape.
    ///
    /// # Errors
    /// The file exists already or cannot be written.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().append(true).create_new(true).open(path)?;
        file.write_all(MAGIC)?;
        Ok(Self { file, last: None, since_full: 0, bytes: Vec::new() })
    }

    /// Goes on with a tape, or begins it. What a crash left behind the last good frame is moved to
    /// `<path>.torn`; damage before that frame stays where it is.
    ///
    /// # Errors
    /// The file cannot be read or written, or is no tape.
    pub fn append(path: &Path) -> io::Result<Self> {
        let whole = match std::fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Self::create(path),
            Err(error) => return Err(error),
            Ok(bytes) => bytes,
        };
        let mut reader = TapeReader::open(path).map_err(io::Error::other)?;
        reader.survey().map_err(io::Error::other)?;
        let last = reader.seek(u32::MAX).map_err(io::Error::other)?;
        let end = reader.marks.last().map(|mark| {
            let head = whole.get(mark.offset as usize..).map(header);
            let length = head.and_then(Result::ok).flatten().map_or(0, |(_, _, length)| HEADER + length + 4);
            mark.offset as usize + length
        });
        let good = end.unwrap_or(MAGIC.len()).min(whole.len());
        let mut file = OpenOptions::new().append(true).open(path)?;
        if let Some(torn) = whole.get(good..).filter(|torn| !torn.is_empty()) {
            let mut side = path.as_os_str().to_owned();
            side.push(".torn");
            OpenOptions::new().append(true).create(true).open(side)?.write_all(torn)?;
            file.set_len(good as u64)?;
        }
        if good < MAGIC.len() {
            file.set_len(0)?;
            file.write_all(MAGIC)?;
        }
        Ok(Self { file, last, since_full: FULL_EVERY, bytes: Vec::new() })
    }

    /// Number of the last frame on the tape.
    pub fn last_index(&self) -> Option<u32> {
        self.last.as_ref().map(|frame| frame.index)
    }

    /// Writes one frame.
    ///
    /// # Errors
    /// The frame is not later than the last one ([`io::ErrorKind::InvalidInput`]), or the file cannot be
    /// written; the reader then waits at the half record and the next [`TapeWriter::append`] sets it aside.
    pub fn write(&mut self, frame: &Frame) -> io::Result<()> {
        if self.last_index().is_some_and(|last| frame.index <= last) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "frames go on the tape in order"));
        }
        let before = self.last.as_ref().filter(|_| self.since_full + 1 < FULL_EVERY);
        self.bytes.clear();
        put(frame, before, &mut self.bytes);
        self.since_full = if before.is_none() { 0 } else { self.since_full + 1 };
        self.file.write_all(&self.bytes)?;
        self.last = Some(frame.clone());
        Ok(())
    }
}

/// Adds the record of a frame: alone, or as changes against the one before.
fn put(frame: &Frame, before: Option<&Frame>, bytes: &mut Vec<u8>) {
    let start = bytes.len();
    bytes.resize(start + HEADER, 0);
    codec::encode(frame, before, bytes);
    let length = (bytes.len() - start - HEADER) as u32;
    let mut header = [0_u8; HEADER];
    for (to, from) in header.iter_mut().zip(length.to_le_bytes().into_iter().chain(frame.index.to_le_bytes())) {
        *to = from;
    }
    header[8] = u8::from(before.is_none());
    let sum = crc32c(&header[..9]).to_le_bytes();
    header[9..].copy_from_slice(&sum);
    bytes[start..start + HEADER].copy_from_slice(&header);
    let sum = crc32c(&bytes[start + HEADER..]);
    bytes.extend_from_slice(&sum.to_le_bytes());
}

/// The record at the beginning of `bytes` and its length; `None` while it is not whole.
fn record(bytes: &[u8], before: Option<&Frame>) -> Result<Option<(Frame, usize)>, String> {
    let Some((index, full, length)) = header(bytes)? else { return Ok(None) };
    let Some(payload) = bytes.get(HEADER..HEADER + length) else { return Ok(None) };
    let Some(sum) = bytes.get(HEADER + length..).and_then(<[u8]>::first_chunk::<4>) else { return Ok(None) };
    if crc32c(payload) != u32::from_le_bytes(*sum) {
        return Err("checksum of the frame".to_owned());
    }
    if !full && before.is_none() {
        return Err("a change without the frame before".to_owned());
    }
    let frame = codec::decode(payload, before.filter(|_| !full)).map_err(|error| error.to_string())?;
    if frame.index != index || before.is_some_and(|before| before.index >= index) {
        return Err("frame number".to_owned());
    }
    Ok(Some((frame, HEADER + length + 4)))
}

/// Frame number, kind and payload length from a header; `None` while it is not whole.
fn header(bytes: &[u8]) -> Result<Option<(u32, bool, usize)>, String> {
    let Some(head) = bytes.first_chunk::<HEADER>() else { return Ok(None) };
    let [l0, l1, l2, l3, i0, i1, i2, i3, kind, sum @ ..] = *head;
    if crc32c(&head[..9]) != u32::from_le_bytes(sum) {
        return Err("checksum of the header".to_owned());
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if kind > 1 || length > LONGEST {
        return Err("header".to_owned());
    }
    Ok(Some((u32::from_le_bytes([i0, i1, i2, i3]), kind == 1, length)))
}

/// The bytes of a tape.
#[derive(Debug, Clone)]
enum Source {
    File(Arc<File>),
    /// Frames that were never on a disk.
    Memory(Arc<Vec<u8>>),
}

/// Reads a tape, also while it grows. A clone reads the same tape by itself.
#[derive(Debug, Clone)]
pub struct TapeReader {
    source: Source,
    path: PathBuf,
    offset: u64,
    last: Option<Frame>,
    marks: Vec<Mark>,
    /// All that can be read is marked: [`TapeReader::survey`] has looked at every byte.
    surveyed: bool,
}

impl TapeReader {
    /// Opens a tape; nothing is read yet but its first line.
    ///
    /// # Errors
    /// [`TapeError`] if it cannot be read or is no tape.
    pub fn open(path: &Path) -> Result<Self, TapeError> {
        let io = |source| TapeError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(io)?;
        let mut magic = Vec::new();
        (&mut file).take(MAGIC.len() as u64).read_to_end(&mut magic).map_err(io)?;
        if !MAGIC.starts_with(&magic) {
            return Err(TapeError::NotATape { path: path.to_owned() });
        }
        let source = Source::File(Arc::new(file));
        let offset = MAGIC.len() as u64;
        Ok(Self { source, path: path.to_owned(), offset, last: None, marks: Vec::new(), surveyed: false })
    }

    /// A tape that is kept in memory, for frames that nobody records: a thirtieth of what the frames themselves take.
    pub fn in_memory(frames: impl IntoIterator<Item = Frame>) -> Self {
        let mut bytes = MAGIC.to_vec();
        let mut marks: Vec<Mark> = Vec::new();
        let mut before: Option<Frame> = None;
        for frame in frames {
            let full = marks.len().is_multiple_of(FULL_EVERY as usize);
            marks.push(Mark { index: frame.index, offset: bytes.len() as u64, full });
            put(&frame, before.as_ref().filter(|_| !full), &mut bytes);
            before = Some(frame);
        }
        bytes.shrink_to_fit();
        let source = Source::Memory(Arc::new(bytes));
        Self { source, path: PathBuf::new(), offset: MAGIC.len() as u64, last: None, marks, surveyed: true }
    }

    /// How many frames are known to lie on it.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Is none known to lie on it?
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Number of the frame at a place, counted from the oldest.
    pub fn number(&self, place: usize) -> Option<u32> {
        self.marks.get(place).map(|mark| mark.index)
    }

    /// How many of the known frames have a number below this one.
    pub fn below(&self, index: u32) -> usize {
        self.marks.partition_point(|mark| mark.index < index)
    }

    /// Checks every record of the tape as it is now and marks those that can be read; says what cannot. A frame that
    /// holds changes needs all those before it back to one that stands alone, so that damage reaches to the next of
    /// these, five minutes at most. Frames that come later are not seen any more.
    ///
    /// # Errors
    /// [`TapeError::Io`] when the file cannot be read.
    pub fn survey(&mut self) -> Result<Vec<Gap>, TapeError> {
        const BLOCK: usize = 1 << 20;
        self.marks.clear();
        self.surveyed = true;
        let end = self.length()?;
        let mut gaps: Vec<Gap> = Vec::new();
        let mut damage: Option<(u64, String)> = None;
        let (mut base, mut at) = (MAGIC.len() as u64, 0);
        let mut bytes = self.bytes(base, BLOCK)?;
        while base + (at as u64) < end {
            let rest = bytes.get(at..).unwrap_or_default();
            let head = header(rest);
            let whole =
                head.as_ref().ok().and_then(Option::as_ref).map_or(HEADER, |(_, _, length)| HEADER + length + 4);
            let here = base + at as u64;
            if rest.len() < whole && here + (rest.len() as u64) < end {
                (base, at) = (here, 0);
                bytes = self.bytes(base, whole.max(BLOCK))?;
                continue;
            }
            let last = self.marks.last().map(|mark| mark.index);
            let damaged = match head {
                // Half a record at the end is still being written.
                Ok(None) => break,
                Ok(Some(_)) if rest.len() < whole => break,
                Ok(Some((index, full, length))) => {
                    let sum = rest.get(HEADER + length..).and_then(<[u8]>::first_chunk::<4>);
                    let good = rest.get(HEADER..HEADER + length).map(crc32c) == sum.map(|sum| u32::from_le_bytes(*sum));
                    let in_order = last.is_none_or(|last| last < index);
                    if good && in_order && (full || (damage.is_none() && last.is_some())) {
                        if let Some((offset, what)) = damage.take() {
                            let first = last.map_or(0, |last| last + 1);
                            gaps.push(Gap { first, last: Some(index.saturating_sub(1)), offset, what });
                        }
                        self.marks.push(Mark { index, offset: here, full });
                        at += whole;
                        continue;
                    }
                    let what = if !good {
                        "checksum of the frame"
                    } else if in_order {
                        "a change without the frame before"
                    } else {
                        "frame number"
                    };
                    // What is not in order is no record of this tape, whatever its length says.
                    (what.to_owned(), if in_order { whole } else { 1 })
                }
                // Its length is not to be believed: the next record is looked for byte by byte.
                Err(what) => (what, 1),
            };
            let (what, skip) = damaged;
            damage.get_or_insert((here, what));
            at += skip;
        }
        if let Some((offset, what)) = damage {
            gaps.push(Gap { first: self.marks.last().map_or(0, |mark| mark.index + 1), last: None, offset, what });
        }
        Ok(gaps)
    }

    /// All frames that can be read, and what cannot.
    ///
    /// # Errors
    /// As [`TapeReader::survey`], and [`TapeError::Damaged`] for a frame that its checksum does not betray.
    pub fn read_readable(&mut self) -> Result<(Vec<Frame>, Vec<Gap>), TapeError> {
        let gaps = self.survey()?;
        Ok((self.frames(0, u32::MAX)?, gaps))
    }

    /// The frames that have come since the last call. Half a frame is left for the next call.
    ///
    /// # Errors
    /// [`TapeError::Damaged`] at a record whose checksum is wrong; the frames before it were given by the
    /// calls before, or are given by this one first (the error then comes with the next call).
    pub fn poll(&mut self) -> Result<Vec<Frame>, TapeError> {
        let bytes = self.bytes_from(self.offset)?;
        let mut frames = Vec::new();
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            match record(rest, self.last.as_ref()) {
                Ok(None) => return Ok(frames),
                Ok(Some((frame, length))) => {
                    let full = rest.get(8) == Some(&1);
                    if self.marks.last().is_none_or(|mark| mark.offset < self.offset) {
                        self.marks.push(Mark { index: frame.index, offset: self.offset, full });
                    }
                    self.offset += length as u64;
                    at += length;
                    self.last = Some(frame.clone());
                    frames.push(frame);
                }
                Err(_) if !frames.is_empty() => return Ok(frames),
                Err(what) => {
                    return Err(TapeError::Damaged { path: self.path.clone(), offset: self.offset, what });
                }
            }
        }
    }

    /// All frames from the beginning; goes on with [`TapeReader::poll`] behind the last one.
    ///
    /// # Errors
    /// As [`TapeReader::poll`].
    pub fn read_all(&mut self) -> Result<Vec<Frame>, TapeError> {
        self.offset = MAGIC.len() as u64;
        self.last = None;
        self.marks.clear();
        self.surveyed = false;
        let mut frames = Vec::new();
        loop {
            let more = self.poll()?;
            if more.is_empty() {
                return Ok(frames);
            }
            frames.extend(more);
        }
    }

    /// Reads the headers of records that came since, without their frames, so that a long tape can be
    /// entered anywhere at once. Leaves [`TapeReader::poll`] where it was.
    ///
    /// # Errors
    /// [`TapeError::Damaged`] at a broken header.
    pub fn index(&mut self) -> Result<Option<u32>, TapeError> {
        let mut offset = MAGIC.len() as u64;
        if let Some(mark) = self.marks.last() {
            offset = mark.offset;
            self.marks.pop();
        }
        let bytes = self.bytes_from(offset)?;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..) {
            let damaged = |what| TapeError::Damaged { path: self.path.clone(), offset: offset + at as u64, what };
            let Some((index, full, length)) = header(rest).map_err(damaged)? else { break };
            if rest.len() < HEADER + length + 4 {
                break;
            }
            self.marks.push(Mark { index, offset: offset + at as u64, full });
            at += HEADER + length + 4;
        }
        Ok(self.marks.last().map(|mark| mark.index))
    }

    /// The frames numbered `first` to `last`, both included, that are on the tape.
    ///
    /// # Errors
    /// As [`TapeReader::poll`].
    pub fn frames(&mut self, first: u32, last: u32) -> Result<Vec<Frame>, TapeError> {
        if !self.surveyed && self.marks.last().is_none_or(|mark| mark.index < last) {
            self.index()?;
        }
        let mut frames = Vec::new();
        self.between(first, last, &mut frames).map(|()| frames)
    }

    /// The same of a tape that was looked through, as far as it can be read.
    pub fn read(&self, first: u32, last: u32) -> Vec<Frame> {
        let mut frames = Vec::new();
        // What was read before the first frame that cannot be is good.
        let _ = self.between(first, last, &mut frames);
        frames
    }

    fn between(&self, first: u32, last: u32, frames: &mut Vec<Frame>) -> Result<(), TapeError> {
        let from = self.marks.partition_point(|mark| mark.index <= first);
        let from = self.marks.get(..from).unwrap_or_default().iter().rposition(|mark| mark.full).unwrap_or(0);
        let to = self.marks.partition_point(|mark| mark.index <= last);
        let Some(begin) = self.marks.get(from).filter(|_| from < to).map(|mark| mark.offset) else {
            return Ok(());
        };
        let bytes = match self.marks.get(to) {
            Some(end) => self.bytes(begin, (end.offset - begin) as usize)?,
            None => self.bytes_from(begin)?,
        };
        let mut before: Option<Frame> = None;
        for mark in self.marks.get(from..to).unwrap_or_default() {
            // Between two marks there may be what cannot be read.
            let rest = bytes.get((mark.offset - begin) as usize..).unwrap_or_default();
            let damaged = |what| TapeError::Damaged { path: self.path.clone(), offset: mark.offset, what };
            let Some((frame, _)) = record(rest, before.as_ref()).map_err(damaged)? else { break };
            if frame.index >= first {
                frames.push(frame.clone());
            }
            before = Some(frame);
        }
        Ok(())
    }

    /// The frame that was the latest at number `index`: itself, or the last one before it.
    ///
    /// # Errors
    /// As [`TapeReader::poll`].
    pub fn seek(&mut self, index: u32) -> Result<Option<Frame>, TapeError> {
        if !self.surveyed && self.marks.last().is_none_or(|mark| mark.index < index) {
            self.index()?;
        }
        let at = self.marks.partition_point(|mark| mark.index <= index);
        let Some(mark) = at.checked_sub(1).and_then(|at| self.marks.get(at)).copied() else { return Ok(None) };
        Ok(self.frames(mark.index, mark.index)?.pop())
    }

    /// SHA-256, hexadecimal, of the full encodings of all frames on the tape: does not depend on where
    /// frames that stand alone were written.
    ///
    /// # Errors
    /// As [`TapeReader::poll`].
    pub fn digest(&mut self) -> Result<String, TapeError> {
        Ok(digest(&self.read_all()?))
    }

    fn length(&self) -> Result<u64, TapeError> {
        match &self.source {
            Source::File(file) => {
                let io = |source| TapeError::Io { path: self.path.clone(), source };
                Ok(file.metadata().map_err(io)?.len())
            }
            Source::Memory(bytes) => Ok(bytes.len() as u64),
        }
    }

    fn bytes_from(&self, offset: u64) -> Result<Vec<u8>, TapeError> {
        self.bytes(offset, self.length()?.saturating_sub(offset) as usize)
    }

    fn bytes(&self, offset: u64, length: usize) -> Result<Vec<u8>, TapeError> {
        let file = match &self.source {
            Source::File(file) => file,
            Source::Memory(bytes) => {
                let from = (offset as usize).min(bytes.len());
                let to = from.saturating_add(length).min(bytes.len());
                return Ok(bytes.get(from..to).unwrap_or_default().to_vec());
            }
        };
        let io = |source| TapeError::Io { path: self.path.clone(), source };
        let mut bytes = vec![0; length];
        let mut got = 0;
        while let Some(rest) = bytes.get_mut(got..).filter(|rest| !rest.is_empty()) {
            match file.read_at(rest, offset + got as u64) {
                Ok(0) => break,
                Ok(n) => got += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(io(error)),
            }
        }
        bytes.truncate(got);
        Ok(bytes)
    }
}

/// SHA-256, hexadecimal, of the full encodings of these frames, one after the other: the "tape digest".
pub fn digest<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> String {
    use std::fmt::Write as _;
    let mut hash = Sha256::new();
    let mut bytes = Vec::new();
    for frame in frames {
        bytes.clear();
        codec::encode(frame, None, &mut bytes);
        hash.update((bytes.len() as u32).to_le_bytes());
        hash.update(&bytes);
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// CRC-32C (Castagnoli, reflected, RFC 3720 appendix B.4): finds every single flipped bit and every burst of
/// up to 32 bits.
fn crc32c(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0_u32; 256];
        let mut i = 0;
        while i < 256 {
            let mut value = i as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { value >> 1 ^ 0x82F6_3B78 } else { value >> 1 };
                bit += 1;
            }
            table[i] = value;
            i += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |sum, byte| sum >> 8 ^ TABLE[((sum ^ u32::from(*byte)) & 0xff) as usize])
}

#[cfg(test)]
mod tests;
