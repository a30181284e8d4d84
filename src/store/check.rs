//! The check of one chain, line by line: links, numbers, and the checkpoints' lines where they fall.

use sha2::{Digest, Sha256};

use super::chain;
use super::checkpoint::Anchor;
use super::lines::RawLine;
use super::verify::{Place, Problem, Suspect};
use crate::incident::event::Entry;

/// Most problems reported for one chain: after that the rest follows from them.
const MAX_PROBLEMS: usize = 20;

/// Checks one chain, line by line.
pub(super) struct ChainCheck {
    prefix: Vec<u8>,
    inc: String,
    chain: String,
    file: String,
    until: u64,
    pub line: u64,
    pub seq: u64,
    pub bytes: u64,
    /// Hash of the line before, in hexadecimal.
    pub head: [u8; 64],
    before: Suspect,
    /// `prev` of the line before did not fit: is it that line, or the one before it?
    broken: Option<(Suspect, Place)>,
    /// The line before is known to be wrong: that its hash does not fit says nothing new.
    pub excused: bool,
    anchors: Vec<(String, Anchor)>,
    /// Lines vouched for by anchors that agree.
    pub anchored: u64,
    /// Checkpoints whose line in this segment was found and compared.
    pub compared: Vec<String>,
    /// Anchors that disagree: their line.
    against: Vec<(String, Place, u64)>,
    pub superseded: u64,
    parse: bool,
    pub span: Option<(String, String)>,
    pub problems: Vec<Problem>,
}

/// What a line says about its place.
struct Facts {
    seq: u64,
    prev: [u8; 64],
    at: Option<String>,
}

impl ChainCheck {
    /// For the chain of an incident. Lines are hashed and linked; their JSON is only parsed where they do not look
    /// like ours.
    pub fn new(inc: &str, chain: &str, genesis_sha256: &str) -> Self {
        Self {
            prefix: format!("{{\"v\":1,\"inc\":\"{inc}\",\"chain\":\"{chain}\",\"seq\":").into_bytes(),
            inc: inc.to_owned(),
            chain: chain.to_owned(),
            file: String::new(),
            until: u64::MAX,
            line: 0,
            seq: 0,
            bytes: 0,
            head: sixty_four(genesis_sha256.as_bytes()).unwrap_or([b'0'; 64]),
            before: Suspect::Genesis,
            broken: None,
            excused: false,
            anchors: Vec::new(),
            anchored: 0,
            compared: Vec::new(),
            against: Vec::new(),
            superseded: 0,
            parse: false,
            span: None,
            problems: Vec::new(),
        }
    }

    /// Also parses every line.
    pub fn parsing(mut self) -> Self {
        self.parse = true;
        self
    }

    /// Begins a segment; lines from number `until` on are replaced by the next segment.
    pub fn segment(&mut self, file: &str, until: Option<u64>) {
        file.clone_into(&mut self.file);
        self.until = until.unwrap_or(u64::MAX);
        self.line = 0;
        self.superseded = 0;
    }

    /// Sets the checkpoints' lines for the present segment.
    pub fn anchors(&mut self, anchors: Vec<(String, Anchor)>) {
        self.anchors = anchors;
        self.compared.clear();
    }

    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Checks the next finished line.
    pub fn line(&mut self, offset: u64, line: RawLine<'_>) {
        self.line += 1;
        if self.seq >= self.until {
            self.superseded += 1;
            return;
        }
        let place = Place { file: self.file.clone(), line: self.line, seq: self.seq };
        let (facts, length) = match line {
            RawLine::Whole(bytes) => (self.facts(bytes, &place), bytes.len() as u64),
            RawLine::TooLong => {
                let why = format!("longer than {} bytes", chain::MAX_LINE);
                (Err(Problem::Unreadable { at: place.clone(), why }), 0)
            }
        };
        let mut excuse = false;
        match facts {
            Err(problem) => {
                // It stands for the line before, too: nothing can be said of that one.
                self.settle(None);
                if let Problem::Foreign { field: "inc", found, .. } = &problem
                    && self.seq == 0
                {
                    // The whole chain will say so: once is enough.
                    self.inc.clone_from(found);
                }
                self.problem(problem);
                self.broken = None;
                excuse = true;
            }
            Ok(facts) => {
                let fits = facts.prev == self.head;
                self.settle(Some(fits));
                let wrong_number = facts.seq != self.seq;
                if wrong_number {
                    self.problem(if facts.seq > self.seq {
                        Problem::Missing { at: place.clone(), found: facts.seq }
                    } else {
                        Problem::Repeated { at: place.clone(), found: facts.seq }
                    });
                    // A line with only its number changed is followed by lines with the right ones.
                    excuse = fits;
                } else if !fits && !self.excused {
                    self.broken = Some((self.before.clone(), place.clone()));
                }
                if wrong_number && !fits {
                    self.seq = facts.seq;
                }
                if let Some(at) = facts.at {
                    let first = self.span.take().map_or_else(|| at.clone(), |(first, _)| first);
                    self.span = Some((first, at));
                }
            }
        }
        self.excused = excuse;
        if let RawLine::Whole(bytes) = line {
            self.head = digits(&Sha256::digest(bytes));
        }
        self.bytes += length + 1;
        self.at_anchors(offset + length + 1, &place);
        self.before = Suspect::Line(place);
        self.seq = self.seq.saturating_add(1);
    }

    /// The next line has come: it says whether the one before, whose `prev` did not fit, is itself intact.
    fn settle(&mut self, fits: Option<bool>) {
        let Some((earlier, at)) = self.broken.take() else { return };
        let problem = match (fits, earlier) {
            (Some(true), Suspect::Line(at)) => Problem::Changed { at },
            (Some(true), _) => Problem::GenesisChanged { at },
            (Some(false), _) => {
                // That the next does not fit either is the same change seen again.
                self.excused = true;
                Problem::Changed { at }
            }
            (None, first) => Problem::Pair { first, second: Suspect::Line(at) },
        };
        self.problem(problem);
    }

    fn at_anchors(&mut self, end: u64, place: &Place) {
        for (name, anchor) in self.anchors.iter().filter(|(_, anchor)| anchor.bytes == end) {
            self.compared.push(name.clone());
            if anchor.head.as_bytes() == self.head && anchor.entries == self.line {
                self.anchored = self.seq.saturating_add(1);
                // The checkpoint vouches for this line: a link that does not fit is the fault of the line before.
                if let Some((earlier, at)) = self.broken.take() {
                    let problem = match earlier {
                        Suspect::Line(at) => Problem::Changed { at },
                        _ => Problem::GenesisChanged { at },
                    };
                    if self.problems.len() < MAX_PROBLEMS {
                        self.problems.push(problem);
                    }
                }
            } else {
                self.against.push((name.clone(), place.clone(), self.seq));
            }
        }
    }

    /// The end of the last segment's lines: what is still open is settled with the checkpoints.
    pub fn finish(&mut self) {
        let last = self.seq.checked_sub(1);
        let clean = self.problems.is_empty();
        for (checkpoint, at, seq) in std::mem::take(&mut self.against) {
            let is_last = Some(seq) == last;
            if is_last && let Some((_, at)) = self.broken.take() {
                // The link does not fit, nor does the checkpoint: it is this line.
                self.problem(Problem::Changed { at });
            } else if is_last && clean {
                self.problem(Problem::Pair { first: Suspect::Line(at), second: Suspect::Checkpoint(checkpoint) });
            } else if clean {
                self.problem(Problem::Rewritten { checkpoint, at });
            }
        }
        if let Some((first, at)) = self.broken.take() {
            self.problem(Problem::Pair { first, second: Suspect::Line(at) });
        }
    }

    fn problem(&mut self, problem: Problem) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn facts(&self, line: &[u8], place: &Place) -> Result<Facts, Problem> {
        if !self.parse
            && let Some(facts) = self.quick_facts(line)
        {
            return Ok(facts);
        }
        let entry: Entry =
            serde_json::from_slice(line).map_err(|e| Problem::Unreadable { at: place.clone(), why: e.to_string() })?;
        let foreign = |field, found: String| Err(Problem::Foreign { at: place.clone(), field, found });
        if entry.v != 1 {
            return foreign("v", entry.v.to_string());
        }
        if entry.inc != self.inc {
            return foreign("inc", entry.inc);
        }
        if entry.chain != self.chain {
            return foreign("chain", entry.chain);
        }
        let Some(prev) = sixty_four(entry.prev.as_bytes()) else {
            return Err(Problem::Unreadable { at: place.clone(), why: "prev is not 64 hexadecimal digits".to_owned() });
        };
        Ok(Facts { seq: entry.seq, prev, at: Some(entry.at.to_rfc3339()) })
    }

    /// The facts of a line in our own shape.
    fn quick_facts(&self, line: &[u8]) -> Option<Facts> {
        let rest = line.strip_prefix(self.prefix.as_slice())?;
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 || count > 18 {
            return None;
        }
        let seq = rest.get(..count)?.iter().fold(0_u64, |n, b| n * 10 + u64::from(b - b'0'));
        let tail = line.get(line.len().checked_sub(74)?..)?;
        let prev = tail.strip_prefix(b"\"prev\":\"")?.strip_suffix(b"\"}")?;
        Some(Facts { seq, prev: sixty_four(prev)?, at: None })
    }
}

fn sixty_four(bytes: &[u8]) -> Option<[u8; 64]> {
    bytes.try_into().ok()
}

/// A hash as hexadecimal digits, without allocating.
pub(super) fn digits(hash: &[u8]) -> [u8; 64] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = [b'0'; 64];
    for (pair, byte) in out.chunks_exact_mut(2).zip(hash) {
        pair[0] = DIGITS[usize::from(byte >> 4)];
        pair[1] = DIGITS[usize::from(byte & 15)];
    }
    out
}
