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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::network::{LeverKind, Source, load};
    use crate::sim::Plan;

    fn feed(operator_s: u32, psaps_s: u32) -> SimFeed {
        let text = include_str!("../sim/tests/small.toml").to_owned();
        let scenario = load(&[Source { name: "small.toml".into(), text }]).expect("valid");
        let plan = Plan::new(&scenario).expect("plan");
        SimFeed::new(Simulation::new(Arc::new(plan), 7), Visibility { operator_s, psaps_s })
    }

    #[test]
    fn each_vantage_point_sees_its_own_past() {
        let (mut now, mut late) = (feed(0, 0), feed(5, 120));
        let at_once: Vec<Frame> = (0..40).map(|_| now.next_frame()).collect();
        for index in 0..40_u32 {
            let seen = late.next_frame();
            // Five seconds are rounded up to the frame in which they are over; two minutes are twelve frames.
            let (operator, psaps) = (index.checked_sub(1), index.checked_sub(12));
            assert_eq!((seen.cells.of, seen.servers.of), (operator, operator));
            assert_eq!((seen.received.of, seen.psaps.of), (psaps, psaps));
            let was = |of: Option<u32>| of.and_then(|of| at_once.get(of as usize));
            assert_eq!(seen.cells.data, was(operator).map(|frame| frame.cells.data.clone()).unwrap_or_default());
            assert_eq!(seen.received.data, was(psaps).map(|frame| frame.received.data.clone()).unwrap_or_default());
            assert_eq!(seen.truth, at_once[index as usize].truth, "the facilitator's knowledge has no delay");
        }
    }

    #[test]
    fn an_input_for_the_past_is_refused() {
        let mut feed = feed(0, 0);
        for _ in 0..3 {
            feed.next_frame();
        }
        let gap = || Input::Lever(LeverKind::Gap { share: 0.5 });
        assert_eq!(feed.input(2, gap()), Err(TooLate { frame: 2, next: 3 }));
        assert_eq!(feed.input(3, gap()), Ok(()));
        feed.next_frame();
        assert_eq!(feed.simulation().levers().len(), 1);
    }
}
