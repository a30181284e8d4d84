//! A playbook worked through by a model of a cell, against many outages: what breaks its clock, what leads nowhere, what
//! the fallback bears.
//!
//! The cell is a model: how long a step takes is drawn, what people answer at a branch is drawn. Nobody has measured
//! either (grade U); the figures say where a playbook is tight, not how fast a cell is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::band::quantile;
use super::draw::{Ranges, mix};
use super::setup::{Crisis, Proposal, Setup, SetupError};
use super::workers::each;
use crate::network::LeverKind;
use crate::playbook::{LimitFrom, Playbook, SignOff, Step, Style};
use crate::sim::{FRAME_S, Input, SimTime, Simulation};

/// Delays of the cell, all lognormal \[min: median, spread of the logarithm\]. Grade U: ours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// From the first fault to awareness: an hour in 2021 (S12, S22).
    pub aware: (f64, f64),
    /// A step, once its person turns to it.
    pub step: (f64, f64),
    /// A second signature.
    pub second: (f64, f64),
    /// The director's.
    pub director: (f64, f64),
    /// Share of the answers at a branch with a condition that take it.
    pub branch: f64,
}

impl Default for Cell {
    fn default() -> Self {
        Self { aware: (60.0, 0.4), step: (3.0, 0.8), second: (3.0, 0.7), director: (4.0, 0.8), branch: 0.25 }
    }
}

/// A step is visited at most so often in one outage: beyond, the cell goes round in a circle.
const MOST_VISITS: u32 = 5;
/// How long after awareness the outage is looked at \[s\].
const AFTER_S: u64 = 3 * 3_600;

/// A step over all outages.
#[derive(Debug, Clone, PartialEq)]
pub struct StepReport {
    /// Id.
    pub id: String,
    /// Share of the outages in which it was reached.
    pub reached: f64,
    /// Median time of its end, after awareness \[s\]; `None`: never reached.
    pub done_s: Option<f64>,
    /// Share of those in which it was reached that broke its soft limit; `None`: it has none.
    pub soft_broken: Option<f64>,
    /// As before, the hard limit.
    pub hard_broken: Option<f64>,
    /// Share of the outages in which the end waited for it.
    pub critical: f64,
}

/// What a rehearsal found.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsal {
    /// Outages.
    pub outages: u32,
    /// Share of the outages in which the cell went round in a circle, and the step where it was stopped.
    pub dead_ends: BTreeMap<String, f64>,
    /// Steps, in order.
    pub steps: Vec<StepReport>,
    /// Branches that were never taken: step and where it leads.
    pub unused: Vec<(String, String)>,
    /// Share of the outages in which more people gave up at the centres than without the playbook's levers: the fallback
    /// was too small.
    pub overload: f64,
    /// People lost with the playbook's levers − without, median, 5 % and 95 %.
    pub lost: (f64, f64, f64),
    /// Levers of the playbook that need a place and were not simulated.
    pub not_simulated: Vec<String>,
}

/// A normal draw from two uniform words (Box and Muller would need run-time logarithms; the sum of twelve uniforms is
/// within 0.1 of a normal quantile up to three deviations, which these unmeasured delays do not deserve).
fn normal(root: u64, index: u64) -> f64 {
    let sum: f64 = (0..12).map(|i| (mix(mix(root, index), i) >> 11) as f64 / 9_007_199_254_740_992.0).sum();
    sum - 6.0
}

fn lognormal(law: (f64, f64), root: u64, index: u64) -> f64 {
    law.0 * libm::exp(law.1 * normal(root, index)) * 60.0
}

fn uniform(root: u64, index: u64) -> f64 {
    (mix(root, index) >> 11) as f64 / 9_007_199_254_740_992.0
}

/// How one outage went.
#[derive(Debug, Clone, Default)]
struct Course {
    /// By step: last end \[s after awareness\], and when its section had begun.
    done: Vec<Option<(f64, f64)>>,
    /// By step: the end waited for it.
    critical: Vec<bool>,
    taken: Vec<(usize, usize)>,
    circle: Option<usize>,
}

/// Works through a playbook once.
fn course(steps: &[(usize, Style, &Step)], ids: &BTreeMap<&str, usize>, cell: &Cell, root: u64) -> Course {
    let mut out = Course { done: vec![None; steps.len()], critical: vec![false; steps.len()], ..Course::default() };
    let mut visits = vec![0u32; steps.len()];
    let mut before: Vec<Option<usize>> = vec![None; steps.len()];
    // When each role is free again, and the step that kept it.
    let mut free: BTreeMap<crate::playbook::Role, (f64, Option<usize>)> = BTreeMap::new();
    let (mut at, mut clock, mut waited) = (0usize, 0.0f64, None);
    let (mut section, mut section_began, mut latest) = (usize::MAX, 0.0f64, (0.0f64, None));
    let mut draw = 0u64;
    while let Some((of, style, step)) = steps.get(at).copied() {
        if of != section {
            // A section begins when all of the one before is done.
            if clock < latest.0 {
                (clock, waited) = latest;
            }
            (section, section_began) = (of, clock);
        }
        visits[at] += 1;
        if visits[at] > MOST_VISITS {
            out.circle = Some(at);
            break;
        }
        draw += 8;
        let (busy, kept) = free.get(&step.role).copied().unwrap_or((0.0, None));
        let (begin, cause) = if busy > clock { (busy, kept) } else { (clock, waited) };
        let mut end = begin + lognormal(cell.step, root, draw);
        end += match step.sign_off {
            SignOff::One => 0.0,
            SignOff::Two => lognormal(cell.second, root, draw + 1),
            SignOff::Director => lognormal(cell.director, root, draw + 2),
        };
        free.insert(step.role, (end, Some(at)));
        before[at] = cause;
        out.done[at] = Some((end, section_began));
        if end >= latest.0 {
            latest = (end, Some(at));
        }
        let mut next = at + 1;
        for (b, branch) in step.branches.iter().enumerate() {
            let takes = branch.when.is_none() || uniform(root, draw + 3 + b as u64) < cell.branch;
            if takes && let Some(target) = ids.get(branch.go.as_str()) {
                out.taken.push((at, b));
                next = *target;
                break;
            }
        }
        // Read, then do: one after the other. Do, then confirm: each role as it can; only a jump waits.
        if style == Style::ReadDo || next != at + 1 {
            (clock, waited) = (end, Some(at));
        }
        at = next;
    }
    let mut on = latest.1;
    while let Some(i) = on {
        if std::mem::replace(&mut out.critical[i], true) {
            break;
        }
        on = before[i];
    }
    out
}

/// Rehearses a playbook.
///
/// # Errors
/// When the network and a crisis do not go together.
#[expect(clippy::too_many_arguments, reason = "each is a thing of its own that the caller chooses")]
pub fn rehearse(
    playbook: &Playbook,
    network: &Proposal,
    crises: &[Crisis],
    cell: &Cell,
    outages: u32,
    seed: u64,
    threads: usize,
    tick: &(dyn Fn() + Sync),
) -> Result<Rehearsal, SetupError> {
    let steps: Vec<(usize, Style, &Step)> = playbook
        .sections
        .iter()
        .enumerate()
        .flat_map(|(i, section)| section.steps.iter().map(move |step| (i, section.style, step)))
        .collect();
    let ids: BTreeMap<&str, usize> = steps.iter().enumerate().map(|(i, (.., step))| (step.id.as_str(), i)).collect();
    let setups = crises.iter().map(|crisis| Setup::of(network, crisis)).collect::<Result<Vec<_>, _>>()?;
    let mut not_simulated = Vec::new();
    let mut levers: Vec<Vec<LeverKind>> = vec![Vec::new(); steps.len()];
    if let Some(setup) = setups.first() {
        for (i, (.., step)) in steps.iter().enumerate() {
            for line in &step.levers {
                // A step offers several: all that need no place are pulled.
                match setup.scenario.network.lever(line) {
                    Ok(lever) => levers[i].push(lever),
                    Err(_) => not_simulated.push(line.clone()),
                }
            }
        }
    }
    let run = |k: usize| {
        let root = mix(seed ^ 0x4e_4e4e, k as u64);
        let course = course(&steps, &ids, cell, root);
        let effect = setups.get(k % setups.len().max(1)).map(|setup| effect(setup, cell, &course, &levers, root));
        (course, effect)
    };
    let runs = each(outages as usize, threads, tick, &run);
    not_simulated.sort();
    not_simulated.dedup();
    Ok(report(&steps, &runs, not_simulated))
}

/// The outage with the playbook's levers at their times, and without: (lost, lost at the centres) of both.
fn effect(setup: &Setup, cell: &Cell, course: &Course, levers: &[Vec<LeverKind>], root: u64) -> [(f64, f64); 2] {
    let aware = setup.first_fault_s() + lognormal(cell.aware, root, 1_000_003) as u64;
    let ranges = Ranges::of(&setup.scenario);
    let mut base = Simulation::new(Arc::clone(&setup.plan), mix(root, 7));
    base.set_scalars(&ranges.draw(root, 0));
    base.advance(SimTime::secs(aware));
    let mut orders: Vec<(u64, &LeverKind)> = course
        .done
        .iter()
        .zip(levers)
        .filter_map(|(done, levers)| Some((done.as_ref()?.0 as u64, levers)))
        .flat_map(|(at, levers)| levers.iter().map(move |lever| (at, lever)))
        .collect();
    orders.sort_by_key(|(at, _)| *at);
    let end = SimTime::secs(aware + AFTER_S);
    let count = |s: &Simulation| {
        let truth = s.truth();
        ((truth.lost_network + truth.lost_psap) as f64, truth.lost_psap as f64)
    };
    let mut without = base.fork();
    without.advance(end);
    for (at, lever) in orders.into_iter().filter(|(at, _)| *at < AFTER_S) {
        base.advance(SimTime::secs((aware + at).next_multiple_of(FRAME_S)));
        base.apply(&Input::Lever(lever.clone()));
    }
    base.advance(end);
    [count(&base), count(&without)]
}

/// One outage: the course of the playbook, and what was counted with its levers and without.
type Run = (Course, Option<[(f64, f64); 2]>);

fn report(steps: &[(usize, Style, &Step)], runs: &[Run], not_simulated: Vec<String>) -> Rehearsal {
    let n = runs.len().max(1) as f64;
    let share = |count: usize, of: usize| if of == 0 { 0.0 } else { count as f64 / of as f64 };
    let step_report = |(i, (.., step)): (usize, &(usize, Style, &Step))| {
        let mut ends: Vec<f64> = Vec::new();
        let (mut soft, mut hard) = (0, 0);
        for (end, began) in runs.iter().filter_map(|(c, _)| c.done[i]) {
            let counted = if step.from == LimitFrom::Section { end - began } else { end };
            soft += usize::from(step.soft_s.is_some_and(|limit| counted > f64::from(limit)));
            hard += usize::from(step.hard_s.is_some_and(|limit| counted > f64::from(limit)));
            ends.push(end);
        }
        ends.sort_by(f64::total_cmp);
        StepReport {
            id: step.id.clone(),
            reached: ends.len() as f64 / n,
            done_s: (!ends.is_empty()).then(|| quantile(&ends, 0.5)),
            soft_broken: step.soft_s.map(|_| share(soft, ends.len())),
            hard_broken: step.hard_s.map(|_| share(hard, ends.len())),
            critical: runs.iter().filter(|(c, _)| c.critical[i]).count() as f64 / n,
        }
    };
    let mut dead_ends = BTreeMap::new();
    for at in runs.iter().filter_map(|(c, _)| c.circle) {
        *dead_ends.entry(steps[at].2.id.clone()).or_insert(0.0) += 1.0 / n;
    }
    let mut unused = Vec::new();
    for (i, (.., step)) in steps.iter().enumerate() {
        for (b, branch) in step.branches.iter().enumerate() {
            if !runs.iter().any(|(c, _)| c.taken.contains(&(i, b))) {
                unused.push((step.id.clone(), branch.go.clone()));
            }
        }
    }
    let effects: Vec<_> = runs.iter().filter_map(|(_, e)| *e).collect();
    let overload = effects.iter().filter(|[with, without]| with.1 > without.1).count();
    let mut lost: Vec<f64> = effects.iter().map(|[with, without]| with.0 - without.0).collect();
    lost.sort_by(f64::total_cmp);
    Rehearsal {
        outages: runs.len() as u32,
        dead_ends,
        steps: steps.iter().enumerate().map(step_report).collect(),
        unused,
        overload: share(overload, effects.len()),
        lost: (quantile(&lost, 0.5), quantile(&lost, 0.05), quantile(&lost, 0.95)),
        not_simulated,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::shipped;

    const CIRCLE: &str = r#"
id = "circle"
version = "1"
title = { fr = "Cercle", en = "Circle" }
[about]
fr = "Essai."
en = "Test."
[[section]]
id = "one"
title = { fr = "Un", en = "One" }
style = "read-do"
[[section.step]]
id = "first"
text = { fr = "Faire.", en = "Do." }
role = "operations"
hard = "1 min"
soft = "30 s"
[[section.step]]
id = "second"
text = { fr = "Publier.", en = "Publish." }
role = "communication"
soft = "10 h"
levers = ["publish path=ip", "withdraw"]
[[section.step.branch]]
go = "first"
"#;

    fn rehearsal(text: &str) -> Rehearsal {
        let playbook = crate::playbook::parse("circle.toml", text).expect("a playbook");
        let crisis = shipped::crisis("january-2023").expect("known").expect("reads");
        let france = shipped::france().expect("reads");
        rehearse(&playbook, &france, &[crisis], &Cell::default(), 20, 1, 2, &|| ()).expect("runs")
    }

    #[test]
    fn a_circle_is_a_dead_end_and_a_minute_is_too_short() {
        let found = rehearsal(CIRCLE);
        assert!((found.dead_ends["first"] - 1.0).abs() < 1e-9, "{found:?}");
        assert!(found.steps[0].hard_broken > Some(0.8), "{found:?}");
        assert_eq!(found.steps[1].soft_broken, Some(0.0));
        assert_eq!(found.not_simulated, ["withdraw"]);
        assert!(found.unused.is_empty());
    }

    #[test]
    fn without_the_branch_it_ends_and_the_slow_step_is_critical() {
        let found = rehearsal(CIRCLE.split("[[section.step.branch]]").next().expect("text"));
        assert!(found.dead_ends.is_empty(), "{found:?}");
        assert!(found.steps.iter().all(|s| s.reached > 0.99 && s.critical > 0.99), "{found:?}");
    }

    #[test]
    fn every_shipped_playbook_can_be_rehearsed() {
        for playbook in crate::playbook::shipped() {
            let steps: Vec<_> = playbook
                .sections
                .iter()
                .enumerate()
                .flat_map(|(i, section)| section.steps.iter().map(move |step| (i, section.style, step)))
                .collect();
            let ids = steps.iter().enumerate().map(|(i, (.., step))| (step.id.as_str(), i)).collect();
            let ended = (0..50).filter(|k| course(&steps, &ids, &Cell::default(), *k).circle.is_none()).count();
            assert!(ended > 40, "{}: {ended} of 50", playbook.id);
        }
    }
}
