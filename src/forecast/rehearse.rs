//! A playbook worked through by a model of a cell, against many outages: what breaks its clock, what leads nowhere, what
//! the fallback bears.
//!
//! The cell is a model: how long a step takes is drawn, what people answer at a branch is drawn. Nobody has measured
//! either (grade U); the figures say where a playbook is tight, not how fast a cell is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::band::quantile;
use super::choice::{complete, needs_servers, troubled};
use super::draw::{Ranges, mix};
use super::setup::{Crisis, Proposal, Setup, SetupError};
use super::workers::each;
use crate::health::{Board, Frame, Metric, Part, Perimeter};
use crate::network::{Advice, LeverKind, Scenario, ServerId};
use crate::playbook::{Branch, LimitFrom, Playbook, SignOff, Step, Style, blocks, lever_word};
use crate::sim::{FRAME_S, Input, ServerState, SimTime, Simulation};

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
/// Index of the draw of awareness: no step's.
const AWARE: u64 = 1_000_003;
/// Awareness comes at most so late, as far as figures are kept \[s\].
const MOST_AWARE_S: u64 = 3 * 3_600;
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
    /// Levers of the playbook that were not simulated: they need a place, or act on what the scenario does not have.
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

/// A playbook as the cell works through it.
#[derive(Debug)]
struct Sheet<'a> {
    /// Section, its style, the step.
    steps: Vec<(usize, Style, &'a Step)>,
    ids: BTreeMap<&'a str, usize>,
    /// Sections worked through together, and how many of them must be finished.
    blocks: Vec<(Vec<usize>, usize)>,
}

impl<'a> Sheet<'a> {
    fn new(playbook: &'a Playbook) -> Self {
        let sections = playbook.sections.iter().enumerate();
        let steps: Vec<(usize, Style, &Step)> =
            sections.flat_map(|(i, section)| section.steps.iter().map(move |step| (i, section.style, step))).collect();
        let ids = steps.iter().enumerate().map(|(i, (.., step))| (step.id.as_str(), i)).collect();
        Self { steps, ids, blocks: blocks(playbook) }
    }

    fn section(&self, step: usize) -> Option<usize> {
        self.steps.get(step).map(|(section, ..)| *section)
    }

    fn first(&self, section: usize) -> Option<usize> {
        self.steps.iter().position(|(of, ..)| *of == section)
    }

    /// The block of a step; the safe list is in none.
    fn block(&self, step: usize) -> Option<usize> {
        let section = self.section(step)?;
        self.blocks.iter().position(|(sections, _)| sections.contains(&section))
    }
}

/// One of the sections that run at the same time.
#[derive(Debug, Clone, Copy)]
struct Lane {
    /// The step to do next; `None`: finished.
    at: Option<usize>,
    section: usize,
    /// When its next step can begin, and the step that it waited for.
    clock: (f64, Option<usize>),
    /// Its last end so far.
    latest: (f64, Option<usize>),
}

/// Does the cell take this branch when the step ends? A figure says so; without data, and where only people can tell,
/// it is a lot.
fn takes(branch: &Branch, left_s: Option<f64>, figure: &dyn Fn(&str) -> Option<bool>, lot: bool) -> bool {
    let late = branch.less_than_s.zip(left_s).map(|(less, left)| left < f64::from(less));
    let figure = branch.metric.as_deref().map(|metric| figure(metric).unwrap_or(lot));
    match (late, figure) {
        (None, None) if branch.less_than_s.is_some() => false,
        (None, None) => branch.when.is_none() || lot,
        (late, figure) => late.unwrap_or(false) || figure.unwrap_or(false),
    }
}

/// Works through a playbook once. `figure`: does a condition hold so long after awareness \[s\]?
fn course(sheet: &Sheet<'_>, cell: &Cell, root: u64, figure: &dyn Fn(&str, f64) -> Option<bool>) -> Course {
    let count = sheet.steps.len();
    let mut out = Course { done: vec![None; count], critical: vec![false; count], ..Course::default() };
    let mut visits = vec![0u32; count];
    let mut before: Vec<Option<usize>> = vec![None; count];
    // When each role is free again, and the step that kept it.
    let mut free: BTreeMap<crate::playbook::Role, (f64, Option<usize>)> = BTreeMap::new();
    let mut draw = 0u64;
    // When the next block can start, and the step that it waited for.
    let mut opening: (f64, Option<usize>) = (0.0, None);
    let (mut block, mut entry) = (0, None);
    'blocks: while let Some((together, needed)) = sheet.blocks.get(block) {
        let start =
            |section: usize| entry.filter(|e| sheet.section(*e) == Some(section)).or_else(|| sheet.first(section));
        let lane = |section: &usize| Lane { at: start(*section), section: *section, clock: opening, latest: opening };
        let mut lanes: Vec<Lane> = together.iter().map(lane).collect();
        let section_start = opening.0;
        entry = None;
        loop {
            let mut ends: Vec<(f64, Option<usize>)> =
                lanes.iter().filter(|l| l.at.is_none()).map(|l| l.latest).collect();
            ends.sort_by(|a, b| a.0.total_cmp(&b.0));
            let joined = needed.checked_sub(1).and_then(|last| ends.get(last)).copied();
            // Whoever can begin first does; what would begin after the join is off the way.
            let next = lanes.iter().enumerate().filter(|(_, l)| l.at.is_some());
            let next = next.min_by(|(_, a), (_, b)| a.clock.0.total_cmp(&b.clock.0)).map(|(i, _)| i);
            let next = next.filter(|i| joined.is_none_or(|(end, _)| lanes[*i].clock.0 < end));
            let Some((i, at)) = next.and_then(|i| lanes[i].at.map(|at| (i, at))) else {
                opening = joined.unwrap_or(opening);
                break;
            };
            let Some((_, style, doing)) = sheet.steps.get(at).copied() else { break 'blocks };
            visits[at] += 1;
            if visits[at] > MOST_VISITS {
                out.circle = Some(at);
                opening = lanes[i].latest;
                break 'blocks;
            }
            draw += 16;
            let (busy, kept) = free.get(&doing.role).copied().unwrap_or((0.0, None));
            let (begin, cause) = if busy > lanes[i].clock.0 { (busy, kept) } else { lanes[i].clock };
            let mut end = begin + lognormal(cell.step, root, draw);
            end += match doing.sign_off {
                SignOff::One => 0.0,
                SignOff::Two => lognormal(cell.second, root, draw + 1),
                SignOff::Director => lognormal(cell.director, root, draw + 2),
            };
            free.insert(doing.role, (end, Some(at)));
            before[at] = cause;
            out.done[at] = Some((end, section_start));
            if end >= lanes[i].latest.0 {
                lanes[i].latest = (end, Some(at));
            }
            let elapsed = if doing.from == LimitFrom::Section { end - section_start } else { end };
            let left = doing.hard_s.map(|hard| f64::from(hard) - elapsed);
            let chosen = doing.branches.iter().enumerate().find_map(|(b, branch)| {
                let lot = uniform(root, draw + 3 + b as u64) < cell.branch;
                let target = *sheet.ids.get(branch.go.as_str())?;
                takes(branch, left, &|metric| figure(metric, end), lot).then_some((b, target))
            });
            if let Some((b, _)) = chosen {
                out.taken.push((at, b));
            }
            let target = chosen.map_or(at + 1, |(_, target)| target);
            // Read, then do: one after the other. Do, then confirm: each role as it can; only a jump waits.
            if style == Style::ReadDo || chosen.is_some() {
                lanes[i].clock = (end, Some(at));
            }
            let there = sheet.section(target);
            if there == Some(lanes[i].section) {
                lanes[i].at = Some(target);
                continue;
            }
            lanes[i].at = None;
            if chosen.is_none() {
                continue;
            }
            if let Some(other) = lanes.iter_mut().find(|l| Some(l.section) == there) {
                other.at = Some(target);
                other.clock = if other.clock.0 > end { other.clock } else { (end, Some(at)) };
                continue;
            }
            // Out of this block: what its other lanes still had to do is off the way.
            opening = (end, Some(at));
            match sheet.block(target) {
                Some(to) => (block, entry) = (to, Some(target)),
                None => break 'blocks,
            }
            continue 'blocks;
        }
        block += 1;
    }
    let mut on = opening.1;
    while let Some(i) = on {
        if std::mem::replace(&mut out.critical[i], true) {
            break;
        }
        on = before[i];
    }
    out
}

/// Conditions of a playbook's branches in one run of a crisis without its levers, once a minute from the first fault.
fn figures(setup: &Setup, sheet: &Sheet<'_>) -> BTreeMap<String, Vec<Option<bool>>> {
    let metrics =
        sheet.steps.iter().flat_map(|(.., step)| &step.branches).filter_map(|branch| branch.metric.as_deref());
    let parsed: BTreeMap<&str, Metric> = metrics.filter_map(|m| Metric::parse(m).ok().map(|p| (m, p))).collect();
    let mut out: BTreeMap<String, Vec<Option<bool>>> = BTreeMap::new();
    if parsed.is_empty() {
        return out;
    }
    let scenario = &setup.scenario;
    let network = Arc::new(scenario.network.clone());
    let mut board = Board::new(network, scenario.start, Perimeter::Nation, true);
    let mut run = Simulation::new(Arc::clone(&setup.plan), scenario.seed);
    let first = setup.first_fault_s();
    let end = SimTime::secs(first + MOST_AWARE_S + AFTER_S);
    while run.now() < end {
        let sample = run.next_sample();
        let of = Some(sample.index);
        board.push(&Frame {
            index: sample.index,
            cells: Part { of, data: sample.cells },
            received: Part { of, data: sample.received },
            psaps: Part { of, data: sample.psaps },
            servers: Part { of, data: sample.servers },
            truth: None,
        });
        let now = run.now().0 / SimTime::SECOND;
        if now >= first && (now - first).is_multiple_of(60) {
            for (text, metric) in &parsed {
                out.entry((*text).to_owned()).or_default().push(board.holds(metric));
            }
        }
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
    let sheet = Sheet::new(playbook);
    let steps = &sheet.steps;
    let setups = crises.iter().map(|crisis| Setup::of(network, crisis)).collect::<Result<Vec<_>, _>>()?;
    let known = each(setups.len(), threads, &|| (), &|i| figures(&setups[i], &sheet));
    let mut not_simulated = Vec::new();
    let mut levers: Vec<Vec<String>> = vec![Vec::new(); steps.len()];
    if let Some(setup) = setups.first() {
        for (i, (.., step)) in steps.iter().enumerate() {
            for line in &step.levers {
                let known = if simulated(&setup.scenario, line) { &mut levers[i] } else { &mut not_simulated };
                known.push(line.clone());
            }
            // A step offers several on servers, one instead of the other: the first is pulled.
            let first = levers[i].iter().position(|line| needs_servers(line));
            let mut at = 0;
            levers[i].retain(|line| {
                at += 1;
                !needs_servers(line) || Some(at - 1) == first
            });
        }
    }
    let run = |k: usize| {
        let root = mix(seed ^ 0x4e_4e4e, k as u64);
        let which = k % setups.len().max(1);
        let aware = lognormal(cell.aware, root, AWARE) / 60.0;
        let figure = |metric: &str, at: f64| {
            let series = known.get(which)?.get(metric)?;
            series.get((aware + at / 60.0) as usize).copied().flatten()
        };
        let course = course(&sheet, cell, root, &figure);
        let effect = setups.get(which).map(|setup| effect(setup, cell, &course, &levers, root));
        (course, effect)
    };
    let runs = each(outages as usize, threads, tick, &run);
    not_simulated.sort();
    not_simulated.dedup();
    Ok(report(steps, &runs, not_simulated))
}

/// Can this line of a step be simulated?
fn simulated(scenario: &Scenario, line: &str) -> bool {
    match complete(scenario, line, &[]) {
        // Advice against what nobody does changes nothing.
        Ok(LeverKind::Advise { advice: Advice::NoTest }) => scenario.network.callers.test_calls.value > 0.0,
        Ok(_) => true,
        Err(_) => needs_servers(line),
    }
}

/// What a cell orders by this line now; `None`: there is nothing to order it for. Levers on servers are ordered for those
/// in trouble (back into service: those that were taken out), never for more than half of all: nobody empties the routes.
fn ordered(scenario: &Scenario, run: &Simulation, line: &str) -> Option<LeverKind> {
    if !needs_servers(line) {
        return complete(scenario, line, &[]).ok();
    }
    let servers = run.fork().next_sample().servers;
    let mut on = if lever_word(line) == "reinstate" {
        let out = servers.iter().enumerate().filter(|(_, server)| server.state == ServerState::Withdrawn);
        out.map(|(i, _)| ServerId(i as u16)).collect()
    } else {
        troubled(&servers)
    };
    on.truncate((servers.len() / 2).max(1));
    if on.is_empty() { None } else { complete(scenario, line, &on).ok() }
}

/// The outage with the playbook's levers at their times, and without: (lost, lost at the centres) of both.
fn effect(setup: &Setup, cell: &Cell, course: &Course, levers: &[Vec<String>], root: u64) -> [(f64, f64); 2] {
    let aware = setup.first_fault_s() + lognormal(cell.aware, root, AWARE) as u64;
    let ranges = Ranges::of(&setup.scenario);
    let mut base = Simulation::new(Arc::clone(&setup.plan), mix(root, 7));
    base.set_scalars(&ranges.draw(root, 0));
    base.advance(SimTime::secs(aware));
    let mut orders: Vec<(u64, &String)> = course
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
        if let Some(lever) = ordered(&setup.scenario, &base, lever) {
            base.apply(&Input::Lever(lever));
        }
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
mod tests;
