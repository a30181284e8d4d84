//! Two networks under the same crises and the same callers.

use std::sync::Arc;

use super::band::{Band, Mean};
use super::draw::{Ranges, mix};
use super::setup::{Crisis, Proposal, Setup, SetupError, no_doubles};
use super::workers::each;
use crate::sim::{Plan, Scalars, SimTime, Simulation};

/// What a whole run counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// People in need.
    pub needs: u64,
    /// People who gave up, unserved.
    pub lost: u64,
    /// Of whom the network failed at least once.
    pub lost_network: u64,
    /// Calls.
    pub attempts: u64,
    /// Calls that never reached a centre's side.
    pub not_delivered: u64,
    /// Calls answered within the centre's target.
    pub in_target: u64,
}

/// Runs a plan to its end with these parameters.
pub(super) fn tally(plan: &Arc<Plan>, seed: u64, scalars: &Scalars, until_s: u64) -> Tally {
    let mut simulation = Simulation::new(Arc::clone(plan), seed);
    simulation.set_scalars(scalars);
    simulation.advance(SimTime::secs(until_s));
    counted(&simulation)
}

/// What a run has counted by now.
pub(super) fn counted(simulation: &Simulation) -> Tally {
    let truth = simulation.truth();
    Tally {
        needs: truth.needs,
        lost: truth.lost_network + truth.lost_psap,
        lost_network: truth.lost_network,
        attempts: truth.attempts,
        not_delivered: truth.not_delivered,
        in_target: simulation.waits().in_target,
    }
}

/// What the runs allow to be said of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every run came out the same, to the last call: the measure does not touch this crisis.
    Untouched,
    /// Fewer lost callers: the whole interval lies below zero.
    Fewer,
    /// More lost callers: the whole interval lies above zero.
    More,
    /// The interval holds zero: these runs cannot tell.
    CannotTell,
}

/// One crisis, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Which.
    pub crisis: String,
    /// Its title.
    pub title: crate::network::Text,
    /// People lost before.
    pub before: Band,
    /// People lost after.
    pub after: Band,
    /// Lost after − lost before, run by run.
    pub difference: Mean,
    /// The same as a band over runs: what a single such crisis may bring.
    pub spread: Band,
    /// Share of the lost that the mean difference is; `None` when nobody was lost before.
    pub share: Option<f64>,
    /// Calls not delivered after − before.
    pub not_delivered: Mean,
    /// Calls answered within target after − before.
    pub in_target: Mean,
    /// What may be said.
    pub verdict: Verdict,
    /// Every run: before, after.
    pub runs: Vec<(Tally, Tally)>,
}

/// A comparison of two networks.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The network as it is.
    pub before: String,
    /// As it is proposed.
    pub after: String,
    /// Runs per crisis.
    pub runs: u32,
    /// Root of all draws.
    pub seed: u64,
    /// By crisis.
    pub crises: Vec<Compared>,
}

/// Compares two networks under crises: run k of both has the same seed, and the same draw words place it in the ranges
/// of the uncertain parameters, each network's in its own: a proposal may change callers too.
///
/// # Errors
/// When a network and a crisis do not go together, or their callers cannot be the same.
pub fn compare(
    before: &Proposal,
    after: &Proposal,
    crises: &[Crisis],
    runs: u32,
    seed: u64,
    threads: usize,
    step: &(dyn Fn() + Sync),
) -> Result<Comparison, SetupError> {
    // Two pairs at least: with one there is no spread.
    let runs = runs.max(4).next_multiple_of(2);
    no_doubles([&before.id, &after.id].into_iter(), "networks")?;
    no_doubles(crises.iter().map(|crisis| &crisis.id), "crises")?;
    let mut out = Vec::new();
    for crisis in crises {
        let (a, b) = (Setup::of(before, crisis)?, Setup::of(after, crisis)?);
        let unlike = |what| SetupError::Unlike { what, before: before.id.clone(), after: after.id.clone() };
        if (a.scenario.start, a.scenario.duration_s) != (b.scenario.start, b.scenario.duration_s) {
            return Err(unlike("start or length"));
        }
        if a.scenario.network.demand != b.scenario.network.demand {
            return Err(unlike("demand"));
        }
        let ranges = (Ranges::of(&a.scenario), Ranges::of(&b.scenario));
        let until = a.scenario.duration_s;
        let runs = each(runs as usize, threads, step, &|k| {
            let run = mix(seed ^ 0xc0_3a12, k as u64);
            let of = |plan, ranges: &Ranges| tally(plan, run, &ranges.draw(seed, k as u64 / 2), until);
            (of(&a.plan, &ranges.0), of(&b.plan, &ranges.1))
        });
        out.push(Compared::of(crisis, a.scenario.title.clone(), runs));
    }
    Ok(Comparison { before: before.id.clone(), after: after.id.clone(), runs, seed, crises: out })
}

impl Compared {
    fn of(crisis: &Crisis, title: crate::network::Text, runs: Vec<(Tally, Tally)>) -> Self {
        let before: Vec<f64> = runs.iter().map(|(a, _)| a.lost as f64).collect();
        let after: Vec<f64> = runs.iter().map(|(_, b)| b.lost as f64).collect();
        let differ =
            |of: fn(&Tally) -> u64| -> Vec<f64> { runs.iter().map(|(a, b)| of(b) as f64 - of(a) as f64).collect() };
        let lost = differ(|t| t.lost);
        let difference = clustered(&lost);
        let mean = before.iter().sum::<f64>() / before.len() as f64;
        let verdict = if runs.iter().all(|(a, b)| a == b) {
            Verdict::Untouched
        } else if difference.high() < 0.0 {
            Verdict::Fewer
        } else if difference.low() > 0.0 {
            Verdict::More
        } else {
            Verdict::CannotTell
        };
        Self {
            crisis: crisis.id.clone(),
            title,
            before: Band::of(&before),
            after: Band::of(&after),
            difference,
            spread: Band::of(&lost),
            share: (mean > 0.0).then(|| difference.mean / mean),
            not_delivered: clustered(&differ(|t| t.not_delivered)),
            in_target: clustered(&differ(|t| t.in_target)),
            verdict,
            runs,
        }
    }
}

/// Mean of runs that share their parameters two and two: only the means of the pairs are independent.
fn clustered(values: &[f64]) -> Mean {
    let pairs: Vec<f64> = values.as_chunks::<2>().0.iter().map(|[a, b]| f64::midpoint(*a, *b)).collect();
    Mean { runs: values.len(), ..Mean::of(&pairs) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::shipped;

    fn crisis(id: &str) -> Crisis {
        shipped::crisis(id).expect("known").expect("reads")
    }

    fn measure(id: &str) -> Proposal {
        shipped::measure(id).expect("known").expect("reads")
    }

    #[test]
    fn every_measure_fits_every_crisis() {
        let france = shipped::france().expect("reads");
        for crisis_id in shipped::crises() {
            let crisis = crisis(crisis_id);
            let before = Setup::of(&france, &crisis).unwrap_or_else(|e| panic!("{e}"));
            for id in shipped::measures() {
                let after = Setup::of(&measure(id), &crisis).unwrap_or_else(|e| panic!("{e}"));
                assert_eq!(before.scenario.network.demand, after.scenario.network.demand, "{id}");
                let network = before.scenario.network != after.scenario.network;
                let events = before.scenario.events != after.scenario.events;
                // What a measure changes of a crisis stands in a file of that crisis.
                assert_eq!(
                    events,
                    measure(id).after.contains_key(crisis_id) || (id == "two-vendors" && events),
                    "{id} {crisis_id}"
                );
                assert!(network || events || measure(id).after.len() < 6, "{id} changes nothing anywhere");
            }
        }
    }

    #[test]
    fn a_measure_that_does_not_touch_a_crisis_differs_by_exactly_nothing() {
        let france = shipped::france().expect("reads");
        let found = compare(&france, &measure("canary"), &[crisis("january-2023")], 2, 1, 2, &|| ()).expect("runs");
        let compared = &found.crises[0];
        assert_eq!((compared.verdict, compared.difference.mean), (Verdict::Untouched, 0.0));
    }

    #[test]
    fn a_canary_saves_people_and_the_same_call_in_both_networks() {
        let france = shipped::france().expect("reads");
        let found = compare(&france, &measure("canary"), &[crisis("june-2021")], 4, 1, 2, &|| ()).expect("runs");
        let compared = &found.crises[0];
        // Four runs are two independent pairs: too few for a narrow interval, enough for every run to say the same.
        assert!(compared.runs.iter().all(|(a, b)| b.lost < a.lost), "{compared:?}");
        assert!(compared.runs.iter().all(|(a, b)| a.needs == b.needs), "other callers");
    }

    #[test]
    fn what_a_proposal_changes_of_callers_counts() {
        let france = shipped::france().expect("reads");
        let mut calmer = measure("canary");
        calmer.id = "calmer".to_owned();
        let source = crate::network::Source {
            name: "calmer.toml".to_owned(),
            text: "[[patch]]\nin = \"callers\"\nown_means = { value = 0.95, low = 0.9, high = 1.0, grade = \"U\" }\n"
                .to_owned(),
        };
        calmer.sources = france.sources.clone();
        calmer.sources.push(source);
        calmer.after.clear();
        let found = compare(&france, &calmer, &[crisis("june-2021")], 4, 1, 2, &|| ()).expect("runs");
        let compared = &found.crises[0];
        assert!(compared.runs.iter().all(|(a, b)| b.lost < a.lost), "{compared:?}");
    }

    #[test]
    fn two_of_one_name_are_refused() {
        let france = shipped::france().expect("reads");
        let error = compare(&france, &france, &[crisis("june-2021")], 4, 1, 2, &|| ()).expect_err("one name");
        assert!(matches!(error, SetupError::Double { .. }), "{error}");
    }

    #[test]
    fn runs_that_share_parameters_do_not_count_twice() {
        let same: Vec<f64> = (0..10).flat_map(|g| [f64::from(g); 2]).collect();
        let single: Vec<f64> = (0..10).map(f64::from).collect();
        assert!((clustered(&same).half - Mean::of(&single).half).abs() < 1e-9);
    }
}
