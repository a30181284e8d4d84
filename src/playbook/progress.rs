//! Where a running playbook stands: computed from the log's statuses, the board's metrics and the time.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::{LimitFrom, Playbook, Section, SignOff, Step, StepChange, StepStatus};
use crate::lang::Lang;

/// State of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepState {
    /// Nothing recorded.
    Open,
    /// Started.
    Started,
    /// Done; it has no proof to wait for.
    Done,
    /// Done, and its proof holds, or someone says it took effect.
    Effective,
    /// Done, and its proof does not hold yet, or there are no data.
    NotYetEffective,
    /// Skipped.
    Skipped,
    /// Not applicable.
    NotApplicable,
}

impl StepState {
    /// Nothing more to do for it (which is not the same as effective).
    pub fn settled(self) -> bool {
        !matches!(self, Self::Open | Self::Started)
    }
}

/// How late a step is, or was when it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Late {
    /// In time, or no limit.
    #[default]
    No,
    /// Past its soft limit.
    Soft,
    /// Past its hard limit.
    Hard,
}

/// A step as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct StepView<'a> {
    /// Index of its section.
    pub section: usize,
    /// The step.
    pub step: &'a Step,
    /// What the log says of it.
    pub status: Option<&'a StepStatus>,
    /// Its state.
    pub state: StepState,
    /// The next limit ahead, or the last one passed.
    pub due: Option<DateTime<Utc>>,
    /// Soft limit.
    pub soft_due: Option<DateTime<Utc>>,
    /// Hard limit.
    pub hard_due: Option<DateTime<Utc>>,
    /// How late it is, or was when it was done.
    pub late: Late,
    /// Does its proof hold? `None`: no proof, or no data.
    pub proof: Option<bool>,
    /// Signatures that are still missing: a debt, never a lock.
    pub missing_signatures: usize,
}

/// The steps of a playbook as they stand, in order.
///
/// `statuses` comes from the incident, `metric` says whether a condition holds (`None` = no data),
/// `awareness` is when the incident was acknowledged as such, if it was.
pub fn progress<'a>(
    playbook: &'a Playbook,
    statuses: &'a BTreeMap<String, StepStatus>,
    metric: &dyn Fn(&str) -> Option<bool>,
    now: DateTime<Utc>,
    awareness: Option<DateTime<Utc>>,
) -> Vec<StepView<'a>> {
    let mut views = Vec::with_capacity(playbook.steps().count());
    let mut before = awareness;
    for (i, section) in playbook.sections.iter().enumerate() {
        let start = section_start(section, statuses).or(before);
        for step in &section.steps {
            views.push(view(i, step, statuses.get(&step.id), metric, now, awareness, start));
        }
        before = section_end(section, statuses);
    }
    views
}

fn view<'a>(
    section: usize,
    step: &'a Step,
    status: Option<&'a StepStatus>,
    metric: &dyn Fn(&str) -> Option<bool>,
    now: DateTime<Utc>,
    awareness: Option<DateTime<Utc>>,
    section_start: Option<DateTime<Utc>>,
) -> StepView<'a> {
    let proof = step.proof.as_deref().and_then(metric);
    let state = match status.map(|status| status.change) {
        None | Some(StepChange::Undone | StepChange::BackedOut | StepChange::Deferred) => StepState::Open,
        Some(StepChange::Started) => StepState::Started,
        Some(StepChange::Skipped) => StepState::Skipped,
        Some(StepChange::NotApplicable) => StepState::NotApplicable,
        Some(StepChange::Effect) => StepState::Effective,
        Some(StepChange::Ended) => StepState::Done,
        // These leave a step where it is: a status never carries them as its change.
        Some(
            StepChange::Acknowledged
            | StepChange::Signed
            | StepChange::Refused
            | StepChange::Chosen
            | StepChange::Evidenced,
        ) => StepState::Started,
        Some(StepChange::Done) => match (&step.proof, proof) {
            (None, _) => StepState::Done,
            (Some(_), Some(true)) => StepState::Effective,
            (Some(_), _) => StepState::NotYetEffective,
        },
    };
    let from = match step.from {
        LimitFrom::Awareness => awareness,
        LimitFrom::Section => section_start,
    };
    let limit = |seconds: Option<u32>| Some(from? + TimeDelta::seconds(i64::from(seconds?)));
    let (soft_due, hard_due) = (limit(step.soft_s), limit(step.hard_s));
    let measured = match state {
        StepState::Open | StepState::Started => Some(now),
        StepState::Skipped | StepState::NotApplicable => None,
        _ => status.map(|status| status.done.first().map_or(status.at, |(at, _)| *at)),
    };
    let past = |due: Option<DateTime<Utc>>| matches!((measured, due), (Some(at), Some(due)) if at > due);
    let late = match (past(soft_due), past(hard_due)) {
        (_, true) => Late::Hard,
        (true, false) => Late::Soft,
        (false, false) => Late::No,
    };
    let due = if past(soft_due) { hard_due.or(soft_due) } else { soft_due.or(hard_due) };
    StepView {
        section,
        step,
        status,
        state,
        due,
        soft_due,
        hard_due,
        late,
        proof,
        missing_signatures: missing_signatures(step, status, state),
    }
}

/// A step for two that was done needs two different people. The director's own signature is a question of
/// roles: the incident answers it.
fn missing_signatures(step: &Step, status: Option<&StepStatus>, state: StepState) -> usize {
    let done = matches!(state, StepState::Done | StepState::Effective | StepState::NotYetEffective);
    if step.sign_off != SignOff::Two || !done {
        return 0;
    }
    let mut people: Vec<&str> = status.iter().flat_map(|s| &s.done).map(|(_, who)| who.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    2_usize.saturating_sub(people.len())
}

fn section_start(section: &Section, statuses: &BTreeMap<String, StepStatus>) -> Option<DateTime<Utc>> {
    let changed = section.steps.iter().filter_map(|step| statuses.get(&step.id));
    changed
        .filter(|status| status.change != StepChange::Undone)
        .map(|status| status.started.unwrap_or_else(|| status.done.first().map_or(status.at, |(at, _)| *at)))
        .min()
}

/// When the last step of a section was settled; `None` while one is open.
fn section_end(section: &Section, statuses: &BTreeMap<String, StepStatus>) -> Option<DateTime<Utc>> {
    let mut end = None;
    for step in &section.steps {
        let status = statuses.get(&step.id)?;
        if matches!(status.change, StepChange::Started | StepChange::Undone) {
            return None;
        }
        end = end.max(Some(status.done.first().map_or(status.at, |(at, _)| *at)));
    }
    end
}

/// Counts for the head of the pane: `2 of 14, 1 effective`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Steps in all, those not applicable left out.
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
    /// Index of the step to look at: the one started first, else the first open one.
    pub current: Option<usize>,
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
        tally.steps += usize::from(view.state != StepState::NotApplicable);
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
            StepState::Open | StepState::Started => tally.late += usize::from(view.late != Late::No),
            StepState::NotApplicable => {}
        }
        tally.missing_signatures += view.missing_signatures;
    }
    let first = |state| views.iter().position(|view| view.state == state);
    tally.current = first(StepState::Started).or_else(|| first(StepState::Open));
    tally
}
