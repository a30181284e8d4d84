//! The core against theory: every file of `tests/theory` is a scenario with `[[truth]]`, run by the shipped core.
//!
//! Rule: the estimate is within four standard errors of the truth, and the standard error within 1 % of it, so that
//! a pass means something. The error is the exact one given by the file (computed from the chain) or that of batch
//! means: never the binomial one, which is two to four times too small for loss systems.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests, which clippy does not see as tests; the margins are printed"
)]

use std::path::Path;
use std::sync::Arc;

use vigie::network::{Element, FaultKind, Law, LeverKind, ServerId, Source, load};
use vigie::sim::report::{Snapshot, batch_means};
use vigie::sim::{Input, Plan, SimTime, Simulation};

/// Batches of a run; each lasts hundreds of holding times.
const BATCHES: u64 = 40;
/// Share of a run dropped at its start, in batches.
const WARM_UP: u64 = 2;

fn check(path: &Path) -> Result<Vec<String>, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).map_err(|e| format!("{name}: {e}"))?;
    let scenario = load(&[Source { name: name.clone(), text }]).map_err(|e| e.to_string())?;
    if scenario.truth.is_empty() {
        return Err(format!("{name}: no [[truth]]"));
    }
    let plan = Arc::new(Plan::new(&scenario).map_err(|e| format!("{name}: {e}"))?);
    let mut simulation = Simulation::new(plan, scenario.seed);
    let batch = scenario.duration_s / (BATCHES + WARM_UP);
    simulation.advance(SimTime::secs(batch * WARM_UP));
    let mut last = Snapshot::of(&simulation);
    let mut batches = Vec::new();
    for i in 1..=BATCHES {
        simulation.advance(SimTime::secs(batch * (WARM_UP + i)));
        let now = Snapshot::of(&simulation);
        batches.push(now.since(&last));
        last = now;
    }
    let mut lines = Vec::new();
    let mut bad = Vec::new();
    for truth in &scenario.truth {
        let ratios: Option<Vec<(f64, f64)>> = batches.iter().map(|b| b.figure(&truth.figure)).collect();
        let ratios = ratios.ok_or_else(|| format!("{name}: there is no figure `{}`", truth.figure))?;
        let (estimate, batch_se) = batch_means(&ratios);
        let se = truth.se.unwrap_or(batch_se);
        let off = (estimate - truth.value) / se;
        let line = format!(
            "{name}: {} = {estimate:.7}, truth {:.7}, {off:+.2} SE of {se:.2e} ({:.2} %; batches say {batch_se:.2e})",
            truth.figure,
            truth.value,
            100.0 * se / truth.value
        );
        if off.abs() > 4.0 || se > 0.01 * truth.value {
            bad.push(line.clone());
        }
        lines.push(line);
    }
    if bad.is_empty() { Ok(lines) } else { Err(bad.join("\n")) }
}

#[test]
fn every_case_is_within_four_standard_errors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/theory");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    assert!(files.len() >= 10, "{} cases", files.len());
    let results: Vec<_> = files.iter().map(|f| check(f)).collect();
    let mut bad = Vec::new();
    for result in results {
        match result {
            Ok(lines) => lines.iter().for_each(|l| println!("{l}")),
            Err(text) => bad.push(text),
        }
    }
    assert!(bad.is_empty(), "\n{}", bad.join("\n"));
}

/// Needs lost per hour and attempts per need on network C at 3 needs per second when server 2 of 6 has a fault,
/// mean over seeds; `withdraw_after` seconds into the fault, if given, it is taken out of the routes.
fn fault_on_network_c(kind: Option<&FaultKind>, withdraw_after: Option<u64>) -> (f64, f64) {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/theory/network-c.toml"));
    let mut scenario = load(&[Source { name: "network-c.toml".into(), text: text.unwrap() }]).unwrap();
    for row in &mut scenario.network.demand {
        row.per_day.value /= 2.0;
    }
    scenario.network.callers.patience_silence = Law::Exp(15.0);
    for route in &mut scenario.network.routes {
        route.reroute_on.reject = true;
        route.timeout_s = 0.0;
    }
    let plan = Arc::new(Plan::new(&scenario).unwrap());
    let on = vec![Element::Server(ServerId(2))];
    let runs = 24;
    let (mut lost, mut attempts, mut needs) = (0, 0, 0);
    for seed in 0..runs {
        let mut simulation = Simulation::new(Arc::clone(&plan), seed);
        simulation.advance(SimTime::secs(3_600));
        let start = Snapshot::of(&simulation);
        if let Some(kind) = kind {
            simulation.apply(&Input::Fault { kind: kind.clone(), on: on.clone() });
        }
        if let Some(after) = withdraw_after {
            simulation.advance(SimTime::secs(3_600 + after));
            simulation.apply(&Input::Lever(LeverKind::Withdraw { on: on.clone() }));
        }
        simulation.advance(SimTime::secs(7_200));
        let hour = Snapshot::of(&simulation).since(&start);
        lost += hour.truth.lost_network + hour.truth.lost_psap;
        attempts += hour.totals.attempts;
        needs += hour.truth.needs;
    }
    (lost as f64 / runs as f64, attempts as f64 / needs as f64)
}

/// Figures of another engine with the same model, 200 runs: why a blackhole is not a refusal.
#[test]
fn a_blackhole_costs_many_times_what_a_refusal_costs() {
    let near = |(lost, attempts): (f64, f64), l: f64, a: f64, slack: f64| {
        println!("{lost:.1} lost per hour ({l}), {attempts:.3} attempts per need ({a})");
        assert!((lost - l).abs() < slack && (attempts - a).abs() < 0.015, "{lost} lost, {attempts} attempts per need");
    };
    near(fault_on_network_c(None, None), 69.5, 1.026, 14.0);
    near(fault_on_network_c(Some(&FaultKind::Reject { p: 1.0 }), None), 69.6, 1.026, 14.0);
    let hole = FaultKind::Blackhole { p: 1.0, leak: false };
    near(fault_on_network_c(Some(&hole), None), 1_639.0, 1.417, 60.0);
    near(fault_on_network_c(Some(&hole), Some(1_200)), 571.0, 1.154, 40.0);
}
