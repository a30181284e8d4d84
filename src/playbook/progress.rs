//! Where a running playbook stands: computed from the log's statuses, the board's metrics and the time.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::debts::{Owed, Owes, asks_acknowledgement, has_evidence, missing_signature, refusals, signers};
use super::flow::Flow;
use super::{Branch, Check, LimitFrom, Playbook, Step, StepChange, StepMark, StepStatus};
use crate::health::Metric;

/// State of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepState {
    /// Nothing recorded.
    Open,
    /// Started.
    Started,
    /// Put off.
    Deferred,
    /// Done; it has no proof to wait for.
    Done,
    /// Done, and its proof holds, or someone says it took effect.
    Effective,
    /// Done, and its proof does not hold yet, or there are no data.
    NotYetEffective,
    /// Done, then undone by its back-out.
    BackedOut,
    /// Skipped.
    Skipped,
    /// Not applicable.
    NotApplicable,
    /// Not on the way: [`StepView::aside`] says why. It can be done all the same.
    Aside,
}

impl StepState {
    /// Nothing more to do for it (which is not the same as effective).
    pub const fn settled(self) -> bool {
        !matches!(self, Self::Open | Self::Started | Self::Deferred)
    }

    /// Was it done, effective or not?
    pub const fn done(self) -> bool {
        matches!(self, Self::Done | Self::Effective | Self::NotYetEffective)
    }
}

/// Why a step is not on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aside {
    /// Another branch was chosen.
    Branch,
    /// The other lanes have gone on without it.
    Joined,
    /// The playbook was aborted: its safe list counts.
    Aborted,
    /// It belongs to the safe list, and nothing was aborted.
    Safe,
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

/// How a playbook that a step calls stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Called {
    /// Nobody has opened it.
    #[default]
    No,
    /// It runs.
    Running,
    /// It has ended, or nothing is left to do in it: back here.
    Returned,
}

/// A way out of a step and what the figures say of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Way<'a> {
    /// The branch.
    pub branch: &'a Branch,
    /// Is it suggested? `None`: no figures, no data: people decide.
    pub suggested: Option<bool>,
}

/// What a playbook's progress is computed from.
pub struct Facts<'a, 'f> {
    /// What the log says of its steps.
    pub statuses: &'a BTreeMap<String, StepStatus>,
    /// Does a condition hold? `None` = no data.
    pub metric: &'f dyn Fn(&str) -> Option<bool>,
    /// What does its first figure say? `None` = no data.
    pub reading: &'f dyn Fn(&str) -> Option<f64>,
    /// Incident time.
    pub now: DateTime<Utc>,
    /// When the incident was acknowledged as such.
    pub awareness: Option<DateTime<Utc>>,
    /// When it was aborted and not taken up again.
    pub aborted: Option<DateTime<Utc>>,
    /// How the playbooks that it calls stand.
    pub called: &'f dyn Fn(&str) -> Called,
    /// Another open playbook in which the same step was done, and what the log says of it there.
    pub elsewhere: &'f dyn Fn(&Step) -> Option<(&'a Playbook, &'a StepStatus)>,
}

impl<'a, 'f> Facts<'a, 'f> {
    /// Facts of a playbook that was not aborted and calls no other.
    pub fn new(
        statuses: &'a BTreeMap<String, StepStatus>,
        metric: &'f dyn Fn(&str) -> Option<bool>,
        now: DateTime<Utc>,
        awareness: Option<DateTime<Utc>>,
    ) -> Self {
        let (called, elsewhere) = (&|_: &str| Called::No, &|_: &Step| None);
        Self { statuses, metric, reading: &|_| None, now, awareness, aborted: None, called, elsewhere }
    }

    /// What the log says of a step: here, or in the other playbook in which it was done, unless the last word fell here.
    fn said(&self, step: &Step) -> Said<'a> {
        let here = self.statuses.get(&step.id);
        let moved = here.and_then(|here| here.marks.iter().rfind(|mark| moves(mark.change)));
        match (self.elsewhere)(step) {
            Some((playbook, there)) if moved.is_none_or(|mark| mark.at < there.at && !mark.change.is_done()) => {
                let mut marks: Vec<&StepMark> = present(Some(there)).into_iter().chain(present(here)).collect();
                marks.sort_by_key(|mark| mark.at);
                Said { status: Some(there), elsewhere: Some(playbook), marks }
            }
            _ => Said { status: here, elsewhere: None, marks: present(here) },
        }
    }
}

impl std::fmt::Debug for Facts<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Facts").field("now", &self.now).field("aborted", &self.aborted).finish_non_exhaustive()
    }
}

/// What the log says of a step.
struct Said<'a> {
    status: Option<&'a StepStatus>,
    /// The other playbook in which it was done.
    elsewhere: Option<&'a Playbook>,
    /// The marks since it was last undone.
    marks: Vec<&'a StepMark>,
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
    /// The other open playbook in which it was done: `status` is that of there.
    pub elsewhere: Option<&'a Playbook>,
    /// Its state.
    pub state: StepState,
    /// Why it is not on the way.
    pub aside: Option<Aside>,
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
    /// Its effect is awaited until then; `None` before it was done.
    pub effect_due: Option<DateTime<Utc>>,
    /// Its effect did not come within that time.
    pub effect_late: bool,
    /// Signatures that are still missing: a debt, never a lock.
    pub missing_signatures: usize,
    /// Who signed, each person once.
    pub signers: Vec<&'a str>,
    /// Refusals that stand.
    pub refusals: Vec<&'a StepMark>,
    /// Was what stands before it read? True as well when it asks nothing.
    pub acknowledged: bool,
    /// Conditions looked at before it: do they hold, and what does the figure say?
    pub checks: Vec<(&'a Check, Option<bool>, Option<f64>)>,
    /// Ways out of it.
    pub ways: Vec<Way<'a>>,
    /// Where it goes on, if somebody chose.
    pub chosen: Option<&'a str>,
    /// A step to work at now: one in each lane.
    pub current: bool,
    /// It runs on beside the others until its end is recorded.
    pub pinned: bool,
    /// Lanes before it have not joined yet.
    pub waits: bool,
    /// A branch led back here: it is to be done once more.
    pub again: bool,
    /// How the playbook that it calls stands.
    pub called: Called,
    /// What it owes.
    pub owed: Vec<Owed>,
}

/// The steps of a playbook as they stand, in order.
pub fn progress<'a>(playbook: &'a Playbook, facts: &Facts<'a, '_>) -> Vec<StepView<'a>> {
    let flow = Flow::new(playbook);
    let steps: Vec<&Step> = playbook.steps().map(|(_, step)| step).collect();
    let said: Vec<Said<'_>> = steps.iter().map(|step| facts.said(step)).collect();
    let (cutoffs, back) = cutoffs(playbook, &said);
    let fresh = |i: usize, mark: &StepMark| cutoffs.get(i).copied().flatten().is_none_or(|cutoff| mark.at > cutoff);
    let marks: Vec<Vec<&StepMark>> =
        said.iter().enumerate().map(|(i, said)| said.marks.iter().copied().filter(|m| fresh(i, m)).collect()).collect();
    let choice = |i: usize| marks.get(i)?.iter().copied().rfind(|mark| mark.change == StepChange::Chosen);
    let chosen = |i: usize| choice(i)?.go.as_deref();
    // What leads back pins nothing: the way forward is open again.
    let forward = |i: usize| playbook.position(chosen(i)?).filter(|target| *target > i);
    let mut starts = flow.starts();
    starts.extend(back.iter().map(|(_, target)| *target));
    let reached = flow.reach(starts, false, &forward);
    let mut led = back;
    led.extend((0..steps.len()).filter_map(|i| Some((choice(i)?.at, forward(i)?))));
    led.sort_by_key(|(at, _)| std::cmp::Reverse(*at));

    let mut views = Vec::with_capacity(steps.len());
    let mut before = facts.awareness;
    let of_section = |s: usize| said.get(flow.steps_of(s)).unwrap_or_default();
    for (s, section) in playbook.sections.iter().enumerate() {
        let start = if section.safe { facts.aborted } else { section_start(of_section(s)).or(before) };
        for i in flow.steps_of(s) {
            let (Some(step), Some(said), Some(marks)) = (steps.get(i), said.get(i), marks.get(i)) else { continue };
            let again = cutoffs.get(i).copied().flatten().is_some() && marks.iter().all(|mark| !moves(mark.change));
            let mut view = view(s, step, facts, (said, marks), again, start);
            view.chosen = chosen(i);
            let aside = match (section.safe, facts.aborted) {
                (true, None) => Some(Aside::Safe),
                (false, Some(_)) => Some(Aside::Aborted),
                (false, None) if !reached.get(i).copied().unwrap_or_default() => Some(Aside::Branch),
                _ => None,
            };
            put_aside(&mut view, aside);
            views.push(view);
        }
        if section.lanes.is_none() && !section.safe {
            before = section_end(of_section(s));
        }
    }
    lanes(&flow, &mut views);
    let led: Vec<usize> = led.into_iter().map(|(_, target)| target).collect();
    point(&flow, facts.aborted.is_some(), &led, &mut views);
    for view in &mut views {
        owed(view, facts.now);
    }
    views
}

/// A step on which nothing was done yet can be off the way; what was done stays what it is.
fn put_aside(view: &mut StepView<'_>, aside: Option<Aside>) {
    if aside.is_some() && matches!(view.state, StepState::Open | StepState::Deferred) {
        view.state = StepState::Aside;
        view.aside = aside;
        view.late = Late::No;
    }
}

/// The marks since the step was last undone or backed out: what was signed before does not count for what is done now.
fn present(status: Option<&StepStatus>) -> Vec<&StepMark> {
    let marks = status.map(|status| status.marks.as_slice()).unwrap_or_default();
    let undone = |mark: &StepMark| matches!(mark.change, StepChange::Undone | StepChange::BackedOut);
    let from = marks.iter().rposition(undone).unwrap_or(0);
    marks.iter().skip(from).collect()
}

/// Does a change move the step? Signatures, evidence, what was read and what was chosen leave it where it is.
const fn moves(change: StepChange) -> bool {
    !matches!(
        change,
        StepChange::Acknowledged
            | StepChange::Signed
            | StepChange::Refused
            | StepChange::Chosen
            | StepChange::Evidenced
    )
}

/// When a branch was chosen, and the place of the step it leads to.
type Chosen = (DateTime<Utc>, usize);

/// For each step, until when what was done belongs to an earlier round: a branch that leads back opens the steps from
/// its target to itself once more. With when these branches were chosen and where they lead.
fn cutoffs(playbook: &Playbook, said: &[Said<'_>]) -> (Vec<Option<DateTime<Utc>>>, Vec<Chosen>) {
    let (mut cutoffs, mut back) = (vec![None; said.len()], Vec::new());
    for (i, said) in said.iter().enumerate() {
        let choices = said.marks.iter().filter(|mark| mark.change == StepChange::Chosen);
        for mark in choices {
            let Some(target) = mark.go.as_deref().and_then(|go| playbook.position(go)) else { continue };
            if target <= i {
                back.push((mark.at, target));
            }
            for cutoff in cutoffs.iter_mut().take(i + 1).skip(target) {
                *cutoff = (*cutoff).max(Some(mark.at));
            }
        }
    }
    (cutoffs, back)
}

fn state(step: &Step, status: Option<&StepStatus>, proof: Option<bool>, again: bool) -> StepState {
    let Some(status) = status.filter(|_| !again) else { return StepState::Open };
    let done = match (&step.proof, proof) {
        (None, _) => StepState::Done,
        (Some(_), Some(true)) => StepState::Effective,
        (Some(_), _) => StepState::NotYetEffective,
    };
    match status.change {
        StepChange::BackedOut => StepState::BackedOut,
        StepChange::Deferred => StepState::Deferred,
        StepChange::Started => StepState::Started,
        StepChange::Skipped => StepState::Skipped,
        StepChange::NotApplicable => StepState::NotApplicable,
        StepChange::Effect => StepState::Effective,
        StepChange::Done | StepChange::Ended => done,
        // The others leave a step where it is: a status never carries them as its change.
        StepChange::Undone
        | StepChange::Acknowledged
        | StepChange::Signed
        | StepChange::Refused
        | StepChange::Chosen
        | StepChange::Evidenced => StepState::Open,
    }
}

/// How long after the act a proof can first say something about it: the condition's own time, and at least a minute of
/// frames.
fn reading_time(step: &Step) -> TimeDelta {
    let lasting = step.proof.as_deref().and_then(|proof| Metric::parse(proof).ok()).map(|metric| metric.lasting());
    lasting.unwrap_or_default().max(TimeDelta::minutes(1))
}

fn view<'a>(
    section: usize,
    step: &'a Step,
    facts: &Facts<'a, '_>,
    (said, marks): (&Said<'a>, &[&'a StepMark]),
    again: bool,
    section_start: Option<DateTime<Utc>>,
) -> StepView<'a> {
    let status = said.status;
    let proof = step.proof.as_deref().and_then(facts.metric);
    // What held before the act is no effect of it: the whole time that the condition asks for lies behind the act.
    let acted = marks.iter().rfind(|mark| matches!(mark.change, StepChange::Done | StepChange::Ended));
    let seen_since = acted.is_none_or(|mark| facts.now - mark.at >= reading_time(step));
    let state = state(step, status, proof.filter(|_| seen_since), again);
    let from = match step.from {
        LimitFrom::Awareness => facts.awareness,
        LimitFrom::Section => section_start,
    };
    let limit = |seconds: Option<u32>| Some(from? + TimeDelta::seconds(i64::from(seconds?)));
    let (soft_due, hard_due) = (limit(step.soft_s), limit(step.hard_s));
    // A continuous step is in time once it was begun.
    let begun = step.until.as_ref().and(status).filter(|_| !again).and_then(|status| status.started);
    let done_at = marks.iter().find(|mark| mark.change == StepChange::Done).map(|mark| mark.at);
    let measured = match state {
        StepState::Open | StepState::Started | StepState::Deferred => begun.or(Some(facts.now)),
        StepState::Skipped | StepState::NotApplicable | StepState::BackedOut | StepState::Aside => None,
        _ => done_at.or(begun).or_else(|| status.map(|status| status.at)),
    };
    let past = |due: Option<DateTime<Utc>>| matches!((measured, due), (Some(at), Some(due)) if at > due);
    let late = match (past(soft_due), past(hard_due)) {
        (_, true) => Late::Hard,
        (true, false) => Late::Soft,
        (false, false) => Late::No,
    };
    let due = if past(soft_due) { hard_due.or(soft_due) } else { soft_due.or(hard_due) };
    let effect_due = step
        .effective_within_s
        .zip(done_at.filter(|_| state.done()))
        .map(|(within, at)| at + TimeDelta::seconds(i64::from(within)));
    let missing = missing_signature(step, marks).filter(|_| state.done());
    let missing_signatures = match missing {
        Some(Owes::Signature(n)) => n,
        Some(_) => 1,
        None => 0,
    };
    let left = hard_due.map(|due| due - facts.now);
    let suggested = |branch: &Branch| match (branch.less_than_s, left) {
        (Some(seconds), Some(left)) if left < TimeDelta::seconds(i64::from(seconds)) => Some(true),
        (Some(_), Some(_)) => branch.metric.as_deref().map_or(Some(false), facts.metric),
        _ => branch.metric.as_deref().and_then(facts.metric),
    };
    let read = marks.iter().any(|mark| mark.change == StepChange::Acknowledged);
    StepView {
        section,
        step,
        status,
        elsewhere: said.elsewhere,
        state,
        aside: None,
        due: due.filter(|_| begun.is_none() || state.settled()),
        soft_due,
        hard_due,
        late,
        proof,
        effect_due,
        effect_late: state == StepState::NotYetEffective && effect_due.is_some_and(|due| facts.now > due),
        missing_signatures,
        signers: signers(marks).into_iter().map(|(who, _)| who).collect(),
        refusals: refusals(marks),
        acknowledged: read || !asks_acknowledgement(step),
        checks: step
            .checks
            .iter()
            .map(|check| (check, (facts.metric)(&check.metric), (facts.reading)(&check.metric)))
            .collect(),
        ways: step.branches.iter().map(|branch| Way { branch, suggested: suggested(branch) }).collect(),
        chosen: None,
        current: false,
        pinned: step.until.is_some() && state == StepState::Started,
        waits: false,
        again: again && status.is_some(),
        called: step.calls.as_deref().map_or(Called::No, facts.called),
        owed: missing.map(|what| Owed { what, since: done_at.unwrap_or(facts.now) }).into_iter().collect(),
    }
}

/// Joins lanes: what follows waits until enough of them are finished; then what is left in the others is not needed.
fn lanes(flow: &Flow<'_>, views: &mut [StepView<'_>]) {
    let mut waits = false;
    for block in &flow.blocks {
        let steps = |section: &usize| flow.steps_of(*section);
        for view in block.sections.iter().flat_map(steps).collect::<Vec<_>>() {
            if let Some(view) = views.get_mut(view) {
                view.waits = waits;
            }
        }
        let Some(lanes) = block.lanes else { continue };
        let finished = |section: &&usize| {
            steps(section).all(|i| views.get(i).is_none_or(|view| view.state.settled() || view.pinned))
        };
        let done = block.sections.iter().filter(finished).count();
        let joined = done >= lanes.join.needed(block.sections.len());
        if joined && done < block.sections.len() {
            for i in block.sections.iter().flat_map(steps).collect::<Vec<_>>() {
                if let Some(view) = views.get_mut(i) {
                    put_aside(view, Some(Aside::Joined));
                }
            }
        }
        waits |= !joined;
    }
}

/// Marks where the work stands: the step that people chose to go on at (`led`, the latest choice first), else the one
/// that was started, else the first one open, else one that was put off or left by a branch; where lanes run at once,
/// one in each of them. After an abort the safe list comes first.
fn point(flow: &Flow<'_>, aborted: bool, led: &[usize], views: &mut [StepView<'_>]) {
    let all: Vec<usize> = (0..views.len()).collect();
    let safe: Vec<usize> = flow.safe_sections().flat_map(|section| flow.steps_of(section)).collect();
    let place = |steps: &[usize]| place(views, led, steps);
    let at = if aborted { place(&safe).or_else(|| place(&all)) } else { place(&all) };
    let Some(at) = at else { return };
    let mut current = vec![at];
    let lanes = flow.blocks.iter().filter(|block| block.lanes.is_some());
    for block in lanes.filter(|block| block.sections.iter().any(|section| flow.steps_of(*section).contains(&at))) {
        for section in block.sections.iter().filter(|section| !flow.steps_of(**section).contains(&at)) {
            current.extend(place(&flow.steps_of(*section).collect::<Vec<_>>()));
        }
    }
    for at in current {
        if let Some(view) = views.get_mut(at) {
            view.current = true;
        }
    }
}

/// Where the work stands among these steps.
fn place(views: &[StepView<'_>], led: &[usize], steps: &[usize]) -> Option<usize> {
    let is = |i: &usize, wanted: &dyn Fn(&StepView<'_>) -> bool| views.get(*i).is_some_and(wanted);
    let first = |wanted: &dyn Fn(&StepView<'_>) -> bool| steps.iter().copied().find(|i| is(i, wanted));
    // The work has left a step by the branch that was chosen there.
    let started = |view: &StepView<'_>| view.state == StepState::Started && !view.pinned && view.chosen.is_none();
    let open = |view: &StepView<'_>| view.state == StepState::Open && !view.waits && view.chosen.is_none();
    let here = |i: &usize| steps.contains(i) && is(i, &|view| started(view) || open(view));
    (led.iter().copied().find(here))
        .or_else(|| first(&started))
        .or_else(|| first(&open))
        .or_else(|| first(&|view| view.state == StepState::Deferred))
        .or_else(|| first(&|view| !view.state.settled() && !view.pinned && !view.waits))
}

/// What a step owes.
fn owed(view: &mut StepView<'_>, now: DateTime<Utc>) {
    let Some(status) = view.status else { return };
    let marks = present(Some(status));
    let touched = view.state.done() || view.state == StepState::Started;
    let since = status.at;
    let mut owes = |what: Owes, since: DateTime<Utc>| view.owed.push(Owed { what, since });
    if view.effect_late {
        owes(Owes::Effect, view.effect_due.unwrap_or(now));
    }
    if touched && !view.acknowledged {
        owes(Owes::Acknowledgement, since);
    }
    if view.state.done() && view.step.evidence_required && !has_evidence(view.step, &marks) {
        owes(Owes::Evidence, since);
    }
    if view.state.done() && view.step.decision && view.chosen.is_none() {
        owes(Owes::Choice, since);
    }
    let reasoned = matches!(view.state, StepState::Skipped | StepState::NotApplicable | StepState::Deferred);
    if (reasoned && status.reason.trim().is_empty()) || view.refusals.iter().any(|mark| mark.text.trim().is_empty()) {
        owes(Owes::Reason, since);
    }
    if view.state == StepState::Deferred {
        owes(Owes::Deferred, since);
    }
    view.owed.sort_by_key(|owed| owed.what);
}

fn section_start(section: &[Said<'_>]) -> Option<DateTime<Utc>> {
    let changed = section.iter().filter_map(|said| said.status);
    changed
        .filter(|status| status.change != StepChange::Undone)
        .map(|status| status.started.unwrap_or_else(|| status.done.first().map_or(status.at, |(at, _)| *at)))
        .min()
}

/// When the last step of a section was settled; `None` while one is open.
fn section_end(section: &[Said<'_>]) -> Option<DateTime<Utc>> {
    let mut end = None;
    for said in section {
        let status = said.status?;
        if matches!(status.change, StepChange::Started | StepChange::Undone) {
            return None;
        }
        end = end.max(Some(status.done.first().map_or(status.at, |(at, _)| *at)));
    }
    end
}
