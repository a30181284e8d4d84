//! How far a running playbook is, in figures.

use super::progress::{Late, StepState, StepView};
use crate::lang::Lang;

/// Counts for the head of the pane: `2 of 14, 1 effective`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Steps in all, those not applicable and those not on the way left out.
    pub steps: usize,
    /// Done, effective or not.
    pub done: usize,
    /// Of which shown or said to be effective.
    pub effective: usize,
    /// Of which have a proof that does not hold yet.
    pub not_yet_effective: usize,
    /// Skipped.
    pub skipped: usize,
    /// Not done and past a limit.
    pub late: usize,
    /// Signatures missing.
    pub missing_signatures: usize,
    /// Debts.
    pub owed: usize,
    /// Index of the step to look at: the one started first, else the first open one.
    pub current: Option<usize>,
    /// Index of the step that was settled last.
    pub last: Option<usize>,
}

impl Tally {
    /// `2 sur 14, dont 1 effective`.
    pub fn sentence(&self, lang: &Lang) -> String {
        let args = [("done", self.done.into()), ("of", self.steps.into()), ("effective", self.effective.into())];
        lang.ta("playbook-tally", &args)
    }
}

/// Counts the steps.
pub fn tally(views: &[StepView<'_>]) -> Tally {
    let mut tally = Tally::default();
    for view in views {
        tally.steps += usize::from(!matches!(view.state, StepState::NotApplicable | StepState::Aside));
        match view.state {
            StepState::Done => tally.done += 1,
            StepState::Effective => {
                tally.done += 1;
                tally.effective += 1;
            }
            StepState::NotYetEffective => {
                tally.done += 1;
                tally.not_yet_effective += 1;
            }
            StepState::Skipped => tally.skipped += 1,
            StepState::Open | StepState::Started | StepState::Deferred => {
                tally.late += usize::from(view.late != Late::No);
            }
            StepState::NotApplicable | StepState::BackedOut | StepState::Aside => {}
        }
        tally.missing_signatures += view.missing_signatures;
        tally.owed += view.owed.len();
    }
    tally.current = views.iter().position(|view| view.current);
    let settled = views.iter().enumerate().filter(|(_, view)| view.state.settled() && view.status.is_some());
    tally.last = settled.max_by_key(|(i, view)| (view.status.map(|status| status.at), *i)).map(|(i, _)| i);
    tally
}
