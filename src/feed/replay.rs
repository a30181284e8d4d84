//! Frames from a recorded tape.

use std::sync::Arc;

use crate::health::Frame;

/// A recorded tape as a feed; can be set back.
#[derive(Debug, Clone)]
pub struct ReplayFeed {
    frames: Arc<Vec<Frame>>,
    next: usize,
}

impl ReplayFeed {
    /// A feed that starts at the first recorded frame.
    pub fn new(frames: Arc<Vec<Frame>>) -> Self {
        Self { frames, next: 0 }
    }

    /// All the frames.
    pub fn frames(&self) -> &Arc<Vec<Frame>> {
        &self.frames
    }

    /// Number of the next frame; past the end, one more than the last.
    pub fn next_index(&self) -> u32 {
        self.frames
            .get(self.next)
            .map(|frame| frame.index)
            .or_else(|| self.frames.last().map(|frame| frame.index + 1))
            .unwrap_or(0)
    }

    /// The next frame; `None` at the end.
    pub fn next_frame(&mut self) -> Option<Frame> {
        let frame = self.frames.get(self.next).cloned()?;
        self.next += 1;
        Some(frame)
    }

    /// Goes to the first frame numbered `index` or later.
    pub fn seek(&mut self, index: u32) {
        self.next = self.frames.partition_point(|frame| frame.index < index);
    }
}
