//! What a measure was worth: what was played again, with one measure earlier or not taken, on the same callers; and what
//! history did instead.
//!
//! Run *k* of everything that is compared has the same seed and the same draw of the uncertain parameters (common random
//! numbers), so that what changes nothing differs by exactly zero. Runs 2*k* and 2*k* + 1 share their parameters: the
//! width of a band is told apart into chance and ignorance as in a forecast.
//!
//! It speaks of measures. Who took them, or could have, is not asked.

use std::sync::Arc;

use super::band::Band;
use super::compare::{Tally, Verdict, counted};
use super::draw::{Ranges, mix};
use super::unknown::Unknowns;
use super::workers::each;
use crate::network::Scenario;
use crate::sim::{FRAME_S, Input, Plan, Scalars, SimTime, Simulation};

/// How much earlier a measure is tried \[s\].
pub const EARLIER_S: u64 = 1_800;
/// History is held against what was played every so often \[s\], and at the end.
const MARK_S: u64 = 3_600;
/// Most measures that are looked at, the first ones.
pub const MOST: usize = 12;

/// What was played.
#[derive(Debug, Clone)]
pub struct Played<'a> {
    /// The scenario it ran on.
    pub scenario: &'a Scenario,
    /// Levers and faults that were put in, each with the frame at whose start it took effect.
    pub inputs: Vec<(u32, Input)>,
    /// What became of the levers among the inputs, by place: it took effect, or it failed; nothing where that is not known.
    /// Luck that was had is had again: a lever that worked works in every run, one that failed does nothing in any.
    pub outcomes: Vec<Option<bool>>,
    /// First frame at which anybody could act: nothing is tried earlier.
    pub from: u32,
    /// Frames that were played: what follows is not counted.
    pub until: u32,
    /// The scenario with what history did, where what was played was taken over from it.
    pub history: Option<&'a Scenario>,
}

impl Played<'_> {
    /// Words of the levers that took effect.
    fn worked(&self) -> Vec<&'static str> {
        let with = self.inputs.iter().zip(&self.outcomes);
        with.filter_map(|((_, input), outcome)| match input {
            Input::Lever(lever) if *outcome == Some(true) => Some(lever.word()),
            _ => None,
        })
        .collect()
    }

    /// Inputs that did something, each with its place.
    fn effective(&self) -> impl Iterator<Item = (usize, &(u32, Input))> {
        let failed = |at: usize| self.outcomes.get(at).copied().flatten() == Some(false);
        self.inputs.iter().enumerate().filter(move |(at, _)| !failed(*at))
    }
}

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The measure with this index among the levers, so much earlier \[s\].
    Earlier(usize, u64),
    /// Without the measure with this index.
    Without(usize),
    /// Nothing of what was played, all of what history did; counted up to the start of this frame.
    History(u32),
}

/// What the difference makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// What is different.
    pub variant: Variant,
    /// People lost under it − people lost as played, run by run: 5 %, median and 95 % of the runs, and how much of the
    /// variance is chance.
    pub difference: Band,
    /// Untouched only when every run counted the same calls; fewer or more only when the whole band lies on one side of
    /// zero.
    pub verdict: Verdict,
    /// Runs in which fewer people are lost under it than as played.
    pub fewer: u32,
    /// Runs in which more are.
    pub more: u32,
}

/// What all of them make.
#[derive(Debug, Clone, PartialEq)]
pub struct Counterfactuals {
    /// Runs of each.
    pub runs: u32,
    /// People lost as played.
    pub lost: Band,
    /// By measure: earlier (if it could have been), without; then history, hour by hour, the end last.
    pub changes: Vec<Change>,
    /// Parameters that were drawn from their ranges.
    pub drawn: usize,
    /// Ranges of the scenario that are compiled into the network and were not drawn.
    pub fixed: usize,
}

/// Fewest runs: between the least and the most of nineteen, one more falls in nine cases of ten; of fewer there is no
/// band of 90 %.
pub const FEWEST: u32 = 20;

/// Runs everything `runs` times (made even, at least [`FEWEST`]) on `threads` threads, whose number changes nothing; `step` is
/// called once for every two runs.
///
/// # Errors
/// What the core cannot hold, in one sentence.
pub fn counterfactuals(
    played: &Played<'_>,
    runs: u32,
    seed: u64,
    threads: usize,
    step: &(dyn Fn() + Sync),
) -> Result<Counterfactuals, String> {
    let runs = runs.max(FEWEST).next_multiple_of(2);
    let ranges = Ranges::of(played.scenario);
    let variants = variants(played);
    let unknowns = Unknowns::of(played.scenario);
    let history = played.history.map(|history| (history, Unknowns::of(history)));
    let worked = played.worked();
    let drawn = |scenario: &Scenario, unknowns: &Unknowns, group: u64| {
        let mut drawn = unknowns.draw(scenario, seed, group);
        for spec in drawn.levers.iter_mut().filter(|spec| worked.contains(&spec.id.as_str())) {
            spec.success = 1.0;
        }
        Plan::new(&drawn).map(Arc::new).map_err(|error| error.to_string())
    };
    let groups = each(runs as usize / 2, threads, step, &|group| {
        let group = group as u64;
        let plan = drawn(played.scenario, &unknowns, group)?;
        let history = history.as_ref().map(|(history, unknowns)| drawn(history, unknowns, group)).transpose()?;
        Ok(group_of(played, &variants, &ranges.draw(seed, group), (&plan, history.as_ref()), (seed, group)))
    });
    let groups: Vec<[Vec<Tally>; 2]> = groups.into_iter().collect::<Result<_, String>>()?;
    let all: Vec<&Vec<Tally>> = groups.iter().flatten().collect();
    let of = |at: usize| all.iter().map(|run| run.get(at).copied().unwrap_or_default()).collect::<Vec<Tally>>();
    let lost = |tallies: &[Tally]| tallies.iter().map(|tally| tally.lost as f64).collect::<Vec<f64>>();
    // Each run holds what was counted as played at every mark, then the variants.
    let marks = marks(played);
    let base_at = |mark: u32| of(marks.iter().position(|other| *other == mark).unwrap_or_default());
    let base = base_at(played.until);
    let changes = variants.iter().enumerate().map(|(i, variant)| {
        let base = match variant {
            Variant::History(mark) => base_at(*mark),
            _ => base.clone(),
        };
        let other = of(marks.len() + i);
        let differences: Vec<f64> = lost(&other).iter().zip(lost(&base)).map(|(other, base)| other - base).collect();
        let difference = Band::of(&differences);
        let verdict = verdict(&other, &base, difference);
        let count = |is: &dyn Fn(f64) -> bool| differences.iter().filter(|d| is(**d)).count() as u32;
        let (fewer, more) = (count(&|d| d <= -0.5), count(&|d| d >= 0.5));
        Change { variant: *variant, difference, verdict, fewer, more }
    });
    Ok(Counterfactuals {
        runs,
        lost: Band::of(&lost(&base)),
        changes: changes.collect(),
        drawn: ranges.drawn().count() + unknowns.drawn(),
        fixed: ranges.fixed().saturating_sub(unknowns.ranges()),
    })
}

/// What may be said of runs that counted this beside the same runs as played.
fn verdict(other: &[Tally], base: &[Tally], difference: Band) -> Verdict {
    if other == base {
        Verdict::Untouched
    } else if difference.high < 0.0 {
        Verdict::Fewer
    } else if difference.low > 0.0 {
        Verdict::More
    } else {
        Verdict::CannotTell
    }
}

/// Places of the levers among the inputs, at most [`MOST`].
fn levers(played: &Played<'_>) -> Vec<usize> {
    let is = |(at, (_, input)): (usize, &(u32, Input))| matches!(input, Input::Lever(_)).then_some(at);
    played.inputs.iter().enumerate().filter_map(is).take(MOST).collect()
}

fn variants(played: &Played<'_>) -> Vec<Variant> {
    let mut out = Vec::new();
    for (measure, at) in levers(played).into_iter().enumerate() {
        let frame = played.inputs.get(at).map_or(0, |(frame, _)| *frame);
        let sooner = u64::from(frame.saturating_sub(played.from)) * FRAME_S;
        if sooner > 0 {
            out.push(Variant::Earlier(measure, sooner.min(EARLIER_S)));
        }
        out.push(Variant::Without(measure));
    }
    if played.history.is_some() {
        out.extend(marks(played).into_iter().map(Variant::History));
    }
    out
}

/// The frames at whose start people are counted, the end last.
fn marks(played: &Played<'_>) -> Vec<u32> {
    let every = (MARK_S / FRAME_S) as usize;
    let mut marks: Vec<u32> = (played.from..played.until).step_by(every).skip(1).collect();
    marks.push(played.until);
    marks
}

/// Two runs that share their parameters; of each, what was counted as played, then under every variant.
fn group_of(
    played: &Played<'_>,
    variants: &[Variant],
    scalars: &Scalars,
    (plan, history): (&Arc<Plan>, Option<&Arc<Plan>>),
    (seed, group): (u64, u64),
) -> [Vec<Tally>; 2] {
    let levers = levers(played);
    let marks = marks(played);
    let run = |k: u64| {
        let key = mix(seed ^ 0xc0_3a12, k);
        let begin = |plan: &Arc<Plan>| {
            let mut simulation = Simulation::new(Arc::clone(plan), key);
            simulation.set_scalars(scalars);
            simulation
        };
        // What all variants share is run once.
        let earliest = levers.iter().filter_map(|at| played.inputs.get(*at)).map(|(frame, _)| {
            let sooner = (EARLIER_S / FRAME_S) as u32;
            (*frame).min(frame.saturating_sub(sooner).max(played.from))
        });
        let shared = earliest.min().unwrap_or(played.until).min(played.until);
        let mut common = begin(plan);
        let first = marks.iter().copied().filter(|mark| *mark <= shared);
        let before = played.effective().filter(|(_, (frame, _))| *frame < shared);
        let inputs: Vec<(u32, Input)> = before.map(|(_, input)| input.clone()).collect();
        let mut out = play(&mut common, &inputs, first.chain([shared]));
        // The last one only brings everything to where it parts.
        out.pop();
        let after: Vec<u32> = marks.iter().copied().filter(|mark| *mark > shared).collect();
        let rest = |change: &dyn Fn(usize, u32) -> Option<u32>, marks: &[u32]| {
            let mut inputs: Vec<(u32, Input)> = played
                .effective()
                .filter(|(_, (frame, _))| *frame >= shared)
                .filter_map(|(at, (frame, input))| Some((change(at, *frame)?, input.clone())))
                .collect();
            inputs.sort_by_key(|(frame, _)| *frame);
            let mut simulation = common.fork();
            play(&mut simulation, &inputs, marks.iter().copied())
        };
        let end = [played.until];
        out.extend(rest(&|_, frame| Some(frame), &after));
        for variant in variants {
            match variant {
                Variant::Earlier(measure, by) => {
                    let of = levers.get(*measure).copied();
                    let by = (by / FRAME_S) as u32;
                    let sooner = |at, frame: u32| Some(if of == Some(at) { frame.saturating_sub(by) } else { frame });
                    out.extend(rest(&sooner, &end));
                }
                Variant::Without(measure) => {
                    let of = levers.get(*measure).copied();
                    out.extend(rest(&|at, frame| (of != Some(at)).then_some(frame), &end));
                }
                // One run counts at all marks.
                Variant::History(_) => {}
            }
        }
        if let Some(plan) = history {
            out.extend(play(&mut begin(plan), &[], marks.iter().copied()));
        }
        out
    };
    [run(2 * group), run(2 * group + 1)]
}

/// Applies inputs at their frames and says what was counted by the start of each of these frames, which ascend.
fn play(simulation: &mut Simulation, inputs: &[(u32, Input)], marks: impl Iterator<Item = u32>) -> Vec<Tally> {
    let start = |frame: u32| SimTime::secs(u64::from(frame) * FRAME_S);
    let mut inputs = inputs.iter().peekable();
    let mut out = Vec::new();
    for mark in marks {
        while let Some((frame, input)) = inputs.next_if(|(frame, _)| *frame < mark) {
            simulation.advance(start(*frame));
            simulation.apply(input);
        }
        simulation.advance(start(mark));
        out.push(counted(simulation));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Advice, Element, LeverKind, LeverSpec, PsapId, ServerId, Source, Text, load};

    fn small() -> Scenario {
        let text = include_str!("../sim/tests/small.toml").to_owned();
        load(&[Source { name: "small.toml".into(), text }]).expect("valid")
    }

    fn played(scenario: &Scenario, inputs: Vec<(u32, Input)>) -> Played<'_> {
        Played { scenario, inputs, outcomes: Vec::new(), from: 60, until: 360, history: None }
    }

    #[test]
    fn a_measure_that_changes_nothing_differs_by_exactly_nothing() {
        let scenario = small();
        let inputs = vec![(200, Input::Lever(LeverKind::Freeze))];
        let found = counterfactuals(&played(&scenario, inputs), 6, 3, 2, &|| ()).expect("runs");
        let verdicts: Vec<_> = found.changes.iter().map(|change| (change.variant, change.verdict)).collect();
        assert_eq!(
            verdicts,
            [(Variant::Earlier(0, 1_400), Verdict::Untouched), (Variant::Without(0), Verdict::Untouched)]
        );
    }

    #[test]
    fn a_lever_has_the_luck_again_that_it_had() {
        let mut scenario = small();
        scenario.levers = vec![LeverSpec {
            id: "withdraw".to_owned(),
            name: Text::default(),
            help: Text::default(),
            preparation_s: 0.0,
            success: 0.5,
        }];
        // Every server is taken out of the routes: whoever does that feels it.
        let all = (0..scenario.network.call_servers.len()).map(|i| Element::Server(ServerId(i as u16))).collect();
        let lever = LeverKind::Withdraw { on: all };
        let inputs = || vec![(100, Input::Lever(lever.clone()))];
        let run = |scenario: &Scenario, outcomes| {
            let asked = Played { outcomes, ..played(scenario, inputs()) };
            counterfactuals(&asked, 20, 3, 2, &|| ()).expect("runs")
        };
        let without = |found: &Counterfactuals| {
            *found.changes.iter().find(|change| change.variant == Variant::Without(0)).expect("asked")
        };
        let failed = run(&scenario, vec![Some(false)]);
        assert_eq!(without(&failed).verdict, Verdict::Untouched, "{failed:?}");
        let worked = run(&scenario, vec![Some(true)]);
        scenario.levers.clear();
        assert_eq!(worked, run(&scenario, vec![None]), "as if it could not fail");
        assert_ne!(without(&worked).verdict, Verdict::Untouched, "{worked:?}");
    }

    #[test]
    fn a_measure_that_loses_nobody_but_changes_calls_is_not_called_untouched() {
        let base = [Tally { lost: 7, attempts: 100, ..Tally::default() }; 4];
        let more_calls = [Tally { lost: 7, attempts: 101, ..Tally::default() }; 4];
        let nobody = Band::of(&[0.0; 4]);
        assert_eq!(verdict(&base, &base, nobody), Verdict::Untouched);
        assert_eq!(verdict(&more_calls, &base, nobody), Verdict::CannotTell);
    }

    #[test]
    fn fewer_runs_than_a_band_needs_are_not_taken() {
        let found = counterfactuals(&played(&small(), Vec::new()), 4, 3, 2, &|| ()).expect("runs");
        assert_eq!(found.runs, FEWEST);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let scenario = small();
        let inputs = || {
            vec![
                (100, Input::Lever(LeverKind::Gap { share: 0.2 })),
                (250, Input::Lever(LeverKind::Advise { advice: Advice::Redial })),
            ]
        };
        let run = |threads| counterfactuals(&played(&scenario, inputs()), 8, 3, threads, &|| ()).expect("runs");
        assert_eq!(run(1), run(3));
    }

    #[test]
    fn history_is_what_the_other_scenario_did() {
        let scenario = small();
        let mut worse = scenario.clone();
        worse.events.push(crate::network::ScriptedEvent {
            at_s: 900.0,
            stagger_s: 0.0,
            act: crate::network::ScriptedAct::Fault(crate::network::FaultKind::Down),
            on: (0..scenario.network.psaps.len()).map(|i| Element::Psap(PsapId(i as u16))).collect(),
            note: None,
            grade: None,
            source: None,
        });
        let asked = Played { history: Some(&worse), ..played(&scenario, Vec::new()) };
        let found = counterfactuals(&asked, 8, 3, 2, &|| ()).expect("runs");
        let [history] = found.changes.as_slice() else { panic!("{found:?}") };
        assert_eq!((history.variant, history.verdict), (Variant::History(360), Verdict::More), "{found:?}");
    }
}
