//! Frames from a recorded tape, read as they are wanted: the file is the store, memory holds a few of them.

use std::collections::VecDeque;

use crate::health::Frame;
use crate::store::tape::{TapeError, TapeReader};

/// Frames read at once.
const AHEAD: usize = 60;

/// A recorded tape as a feed; can be set to any place.
#[derive(Debug, Clone)]
pub struct ReplayFeed {
    tape: TapeReader,
    /// Place of the next frame, counted from the oldest.
    next: usize,
    /// Frames from `next` on that are at hand.
    read: VecDeque<Frame>,
}

impl ReplayFeed {
    /// A feed that starts at the first frame of a tape that was looked through ([`TapeReader::survey`]) or lies in memory.
    pub fn new(tape: TapeReader) -> Self {
        Self { tape, next: 0, read: VecDeque::new() }
    }

    /// How many frames there are.
    pub fn len(&self) -> usize {
        self.tape.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.tape.is_empty()
    }

    /// Number of the last frame.
    pub fn last_index(&self) -> Option<u32> {
        self.tape.number(self.len().checked_sub(1)?)
    }

    /// Place of the next frame, counted from the oldest.
    pub fn place(&self) -> usize {
        self.next
    }

    /// Number of the next frame; `None` at the end.
    pub fn next_index(&self) -> Option<u32> {
        self.tape.number(self.next)
    }

    /// The next frame; `None` at the end.
    ///
    /// # Errors
    /// What cannot be read; the feed then stands behind it.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, TapeError> {
        let Some(index) = self.next_index() else { return Ok(None) };
        if self.read.front().is_none_or(|frame| frame.index != index) {
            let last = self.tape.number((self.next + AHEAD - 1).min(self.len() - 1)).unwrap_or(index);
            self.read.clear();
            match self.tape.frames(index, last) {
                Ok(frames) => self.read.extend(frames),
                Err(error) => {
                    self.next += 1;
                    return Err(error);
                }
            }
        }
        self.next += 1;
        Ok(self.read.pop_front())
    }

    /// Goes to a place, counted from the oldest frame.
    pub fn go_to(&mut self, place: usize) {
        let place = place.min(self.len());
        if place > self.next {
            self.read.drain(..(place - self.next).min(self.read.len()));
        } else if place < self.next {
            self.read.clear();
        }
        self.next = place;
    }

    /// Goes to the first frame numbered `index` or later.
    pub fn seek(&mut self, index: u32) {
        self.go_to(self.tape.below(index));
    }

    /// The frames numbered `first` to `last`, both included, that can be read; the feed stays where it is.
    pub fn frames(&self, first: u32, last: u32) -> Vec<Frame> {
        self.tape.read(first, last)
    }

    /// The last frame numbered below `index`; the feed stays where it is.
    pub fn before(&self, index: u32) -> Option<Frame> {
        let wanted = self.tape.number(self.tape.below(index).checked_sub(1)?)?;
        self.tape.read(wanted, wanted).pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Part;
    use crate::sim::CellCount;

    fn frame(index: u32) -> Frame {
        let cells = vec![CellCount { cell: index % 7, attempts: 1, ..CellCount::default() }];
        Frame { index, cells: Part { of: Some(index), data: cells }, ..Frame::default() }
    }

    #[test]
    fn any_place_gives_the_frames_from_there_on() {
        let frames: Vec<Frame> = (0..500).filter(|index| !(200..260).contains(index)).map(frame).collect();
        let mut feed = ReplayFeed::new(TapeReader::in_memory(frames.clone()));
        assert_eq!((feed.len(), feed.last_index()), (440, Some(499)));
        for (from, count) in [(0, 5), (3, 70), (190, 20), (10, 1), (11, 1), (439, 9), (440, 1)] {
            feed.go_to(from);
            let got: Vec<Frame> = std::iter::from_fn(|| feed.next_frame().unwrap()).take(count).collect();
            let end = (from + count).min(frames.len());
            assert_eq!(got, frames[from..end], "{from}");
            assert_eq!(feed.place(), end);
        }
        feed.seek(230);
        assert_eq!(feed.next_index(), Some(260));
        assert_eq!(feed.before(230).map(|frame| frame.index), Some(199));
        assert_eq!(feed.before(0), None);
        assert_eq!(feed.next_frame().unwrap().map(|frame| frame.index), Some(260));
    }
}
