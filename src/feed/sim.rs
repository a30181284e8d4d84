//! Frames from the simulation core: inputs at frame boundaries, and what each vantage point sees when.

use std::collections::{BTreeMap, VecDeque};

use crate::health::{Frame, Part};
use crate::network::Visibility;
use crate::sim::{FRAME_S, Input, Sample, Simulation};

/// An input for a frame that was already cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("frame {frame} was already cut: the next one is {next}")]
pub struct TooLate {
    /// Frame asked for.
    pub frame: u32,
    /// Next frame to be cut.
    pub next: u32,
}

/// The simulation core as a feed.
#[derive(Debug)]
pub struct SimFeed {
    sim: Simulation,
    next: u32,
    inputs: BTreeMap<u32, Vec<Input>>,
    /// Frames after which the operator's counters are seen.
    operator_late: u32,
    /// Frames after which the psaps' counters are seen.
    psaps_late: u32,
    /// The samples that somebody has still to see, oldest first.
    recent: VecDeque<Sample>,
}

impl SimFeed {
    /// A feed that starts at frame 0; delays are rounded up to whole frames.
    pub fn new(sim: Simulation, visibility: Visibility) -> Self {
        let frames = |s: u32| s.div_ceil(FRAME_S as u32);
        Self {
            sim,
            next: 0,
            inputs: BTreeMap::new(),
            operator_late: frames(visibility.operator_s),
            psaps_late: frames(visibility.psaps_s),
            recent: VecDeque::new(),
        }
    }

    /// Number of the next frame.
    pub fn next_index(&self) -> u32 {
        self.next
    }

    /// The simulation.
    pub fn simulation(&self) -> &Simulation {
        &self.sim
    }

    /// Plans an input for the start of frame `frame_at`.
    ///
    /// # Errors
    /// When that frame was already cut: time does not run backwards.
    pub fn input(&mut self, frame_at: u32, input: Input) -> Result<(), TooLate> {
        if frame_at < self.next {
            return Err(TooLate { frame: frame_at, next: self.next });
        }
        self.inputs.entry(frame_at).or_default().push(input);
        Ok(())
    }

    /// Applies the inputs of this boundary, runs one frame and shows what is seen at its end.
    pub fn next_frame(&mut self) -> Frame {
        if let Some(inputs) = self.inputs.remove(&self.next) {
            for input in &inputs {
                self.sim.apply(input);
            }
        }
        let sample = self.sim.next_sample();
        let index = self.next;
        self.next += 1;
        let truth = Some(sample.truth);
        self.recent.push_back(sample);
        while self.recent.len() > self.operator_late.max(self.psaps_late) as usize + 1 {
            self.recent.pop_front();
        }
        let mut frame = Frame { index, truth, ..Frame::default() };
        if let Some((of, sample)) = self.seen(index, self.operator_late) {
            frame.cells = Part { of: Some(of), data: sample.cells.clone() };
            frame.servers = Part { of: Some(of), data: sample.servers.clone() };
        }
        if let Some((of, sample)) = self.seen(index, self.psaps_late) {
            frame.received = Part { of: Some(of), data: sample.received.clone() };
            frame.psaps = Part { of: Some(of), data: sample.psaps.clone() };
        }
        frame
    }

    /// The sample that a vantage point `late` frames behind sees at the end of frame `index`.
    fn seen(&self, index: u32, late: u32) -> Option<(u32, &Sample)> {
        let of = index.checked_sub(late)?;
        let back = self.recent.len().checked_sub(late as usize + 1)?;
        self.recent.get(back).map(|sample| (of, sample))
    }
}
