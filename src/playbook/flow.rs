//! The way through a playbook: what can follow a step, which lanes run at once, and what is no longer on the way once
//! a branch was chosen. Plain graph work on step numbers; what the log says comes in as closures.

use super::{Lanes, Playbook};

/// Sections worked through together: one, or the lanes of one group.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// Its sections.
    pub sections: Vec<usize>,
    /// The group, if it is one.
    pub lanes: Option<&'a Lanes>,
}

/// The steps of a playbook as a graph.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    playbook: &'a Playbook,
    /// First step and number of steps of each section.
    spans: Vec<(usize, usize)>,
    /// Blocks in order; the safe list is in none.
    pub blocks: Vec<Block<'a>>,
    /// Branches of each step as step numbers, those to nowhere left out.
    targets: Vec<Vec<usize>>,
    /// Has the step a branch without a condition, so that what stands behind it does not follow it?
    turns: Vec<bool>,
}

impl<'a> Flow<'a> {
    pub(super) fn new(playbook: &'a Playbook) -> Self {
        let mut spans = Vec::with_capacity(playbook.sections.len());
        let mut blocks: Vec<Block<'a>> = Vec::new();
        let mut first = 0;
        for (i, section) in playbook.sections.iter().enumerate() {
            spans.push((first, section.steps.len()));
            first += section.steps.len();
            if section.safe || section.steps.is_empty() {
                continue;
            }
            let lanes = section.lanes.as_ref().and_then(|id| playbook.lanes.iter().find(|lanes| lanes.id == *id));
            match blocks.last_mut() {
                Some(block) if lanes.is_some() && block.lanes == lanes => block.sections.push(i),
                _ => blocks.push(Block { sections: vec![i], lanes }),
            }
        }
        let steps = || playbook.steps().map(|(_, step)| step);
        let targets = steps().map(|s| s.branches.iter().filter_map(|b| playbook.position(&b.go)).collect()).collect();
        let always = |b: &super::Branch| b.when.is_none() && b.metric.is_none() && b.less_than_s.is_none();
        let turns = steps().map(|s| s.branches.iter().any(always)).collect();
        Self { playbook, spans, blocks, targets, turns }
    }

    /// The steps of a section.
    pub(super) fn steps_of(&self, section: usize) -> std::ops::Range<usize> {
        let (first, count) = self.spans.get(section).copied().unwrap_or_default();
        first..first + count
    }

    fn entries(&self, block: usize) -> Vec<usize> {
        let sections = self.blocks.get(block).map(|block| block.sections.as_slice()).unwrap_or_default();
        sections.iter().map(|section| self.steps_of(*section).start).collect()
    }

    /// The first steps.
    pub(super) fn starts(&self) -> Vec<usize> {
        self.entries(0)
    }

    /// What stands behind a step when nothing turns.
    pub(super) fn behind(&self, step: usize) -> Vec<usize> {
        let section = self.spans.iter().position(|(first, count)| (*first..first + count).contains(&step));
        let Some(section) = section else { return Vec::new() };
        if self.steps_of(section).end > step + 1 {
            return vec![step + 1];
        }
        match self.blocks.iter().position(|block| block.sections.contains(&section)) {
            Some(block) => self.entries(block + 1),
            // The safe list goes on with its own next section.
            None => {
                self.safe_sections().find(|next| *next > section).map(|s| self.steps_of(s).start).into_iter().collect()
            }
        }
    }

    /// Sections of the safe list.
    pub(super) fn safe_sections(&self) -> impl Iterator<Item = usize> {
        let safe = self.playbook.sections.iter().enumerate();
        safe.filter(|(_, section)| section.safe && !section.steps.is_empty()).map(|(i, _)| i)
    }

    /// All steps that can come from `starts`, when `chosen` says where a step goes on. What leads back is followed only
    /// with `back`: while nobody has chosen it, it puts nothing on the way.
    pub(super) fn reach(&self, starts: Vec<usize>, back: bool, chosen: &dyn Fn(usize) -> Option<usize>) -> Vec<bool> {
        let mut reached = vec![false; self.targets.len()];
        let mut todo = starts;
        while let Some(step) = todo.pop() {
            let Some(seen) = reached.get_mut(step) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            if let Some(target) = chosen(step) {
                todo.push(target);
                continue;
            }
            todo.extend(self.targets.get(step).into_iter().flatten().filter(|target| back || **target > step));
            if !self.turns.get(step).copied().unwrap_or_default() {
                todo.extend(self.behind(step));
            }
        }
        reached
    }
}
