//! The core against theory: every file of `tests/theory` is a scenario with `[[truth]]`, run by `vigie simulate`.
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
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use vigie::network::{Element, FaultKind, Law, LeverKind, Scenario, ServerId, Source, load};
use vigie::sim::report::{Observer, Snapshot, batch_means};
use vigie::sim::{FRAME_S, Input, Plan, SimTime, Simulation};

/// Batches of a run; each lasts hundreds of holding times.
const BATCHES: u64 = 40;
/// Share of a run dropped at its start, in batches.
const WARM_UP: u64 = 2;

/// What was seen of each batch of one long run.
fn batches(scenario: &Scenario) -> Result<Vec<Observer>, String> {
    let plan = Arc::new(Plan::new(scenario).map_err(|e| format!("{}: {e}", scenario.id))?);
    let mut simulation = Simulation::new(plan, scenario.seed);
    let network = &scenario.network;
    let frames = scenario.duration_s / (BATCHES + WARM_UP) / FRAME_S;
    simulation.advance(SimTime::secs(frames * WARM_UP * FRAME_S));
    simulation.next_sample();
    Ok((0..BATCHES)
        .map(|_| {
            let mut seen = Observer::new(scenario, &simulation);
            for _ in 0..frames {
                let sample = simulation.next_sample();
                seen.add(network, &simulation, &sample);
            }
            seen
        })
        .collect())
}

/// What `vigie simulate CASE --json` says of every truth of a case: the door that an outsider comes through.
fn check(path: &Path) -> Result<Vec<String>, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let ran = Command::new(env!("CARGO_BIN_EXE_vigie")).arg("simulate").arg(path).arg("--json").output();
    let ran = ran.map_err(|e| format!("{name}: {e}"))?;
    let said = || format!("{name}: exit {:?}: {}", ran.status.code(), String::from_utf8_lossy(&ran.stderr));
    let report: Value = serde_json::from_slice(&ran.stdout).map_err(|e| format!("{}; {e}", said()))?;
    let truths = report["truth"].as_array().filter(|truths| !truths.is_empty());
    let truths = truths.ok_or_else(|| format!("{name}: no [[truth]]"))?;
    let (mut lines, mut bad) = (Vec::new(), Vec::new());
    for truth in truths {
        let number = |key: &str| truth[key].as_f64().ok_or_else(|| format!("{name}: no {key} in {truth}"));
        let (expected, found, se, z) = (number("expected")?, number("found")?, number("se")?, number("z")?);
        let line = format!(
            "{name}: {} = {found:.7}, truth {expected:.7}, {z:+.2} SE of {se:.2e} ({:.2} %)",
            truth["figure"],
            100.0 * se / expected
        );
        if z.abs() > 4.0 || truth["met"] != true || se > 0.01 * expected {
            bad.push(line.clone());
        }
        lines.push(line);
    }
    if !ran.status.success() {
        bad.push(said());
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
    assert!(files.len() >= 30, "{} cases", files.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(check(file));
        }
        done
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        let both = [scope.spawn(work), scope.spawn(work)];
        both.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut bad = Vec::new();
    for result in results {
        match result {
            Ok(lines) => lines.iter().for_each(|l| println!("{l}")),
            Err(text) => bad.push(text),
        }
    }
    assert!(bad.is_empty(), "\n{}", bad.join("\n"));
}

/// A case that names no figure, or a wrong one where nothing varies, must not pass for one that was met.
#[test]
fn a_truth_that_cannot_be_judged_is_never_met() {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/theory/erlang-b-3-1.toml"));
    let (base, _) = text.as_ref().unwrap().split_once("[[truth]]").unwrap();
    let run = |figure: &str, value: f64| {
        let case = folder.path().join("case.toml");
        let text = format!("{base}[[truth]]\nfigure = \"{figure}\"\nvalue = {value:?}\nsource = \"none\"\n");
        std::fs::write(&case, text).unwrap();
        let ran = Command::new(env!("CARGO_BIN_EXE_vigie")).arg("simulate").arg(&case).output().unwrap();
        (ran.status.code(), String::from_utf8_lossy(&ran.stderr).into_owned())
    };
    let (code, said) = run("blockng", 0.1);
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("blockng") && said.contains("blocking"), "{said}");
    // Nothing is refused in this case: every batch counts 0.
    assert_eq!(run("refused", 0.5).0, Some(3));
    assert_eq!(run("refused", 0.0).0, Some(0));
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

fn case(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/theory").join(name);
    load(&[Source { name: name.into(), text: std::fs::read_to_string(path).unwrap() }]).unwrap()
}

/// Estimate and standard error of a figure of a case.
fn estimate(scenario: &Scenario, figure: &str) -> (f64, f64) {
    let seen = batches(scenario).unwrap();
    let ratios: Vec<_> = seen.iter().map(|b| b.figure(&scenario.network, figure).unwrap()).collect();
    batch_means(&ratios)
}

/// Cohen's limit holds for slow redials only: fast ones meet the congestion that sent them away.
#[test]
fn fast_redials_are_worse_than_the_slow_limit() {
    let (fast, se) = estimate(&case("redial.toml"), "blocking");
    let limit = case("slow-redial.toml").truth[0].value;
    assert!(fast > limit + 10.0 * se, "{fast} {limit} {se}");
}

/// In a symmetric mesh whose rerouted calls take two circuits there are two ways to live at the same load: empty
/// enough for first ways, or full of detours. Which one depends on where it starts; a reservation leaves one.
#[test]
fn a_mesh_of_detours_has_two_states_and_a_reservation_leaves_one() {
    let run = |start: f64, kept: u32| {
        let mut s = case("detour.toml");
        let net = &mut s.network;
        let n = 12u16;
        let (zone, psap, server, group, row, route) = (
            net.zones[0].clone(),
            net.psaps[0].clone(),
            net.call_servers[0].clone(),
            net.trunk_groups[0].clone(),
            net.demand[0].clone(),
            net.routes[0].clone(),
        );
        net.zones = (0..n).map(|i| vigie::network::Zone { code: i.to_string(), ..zone.clone() }).collect();
        net.psaps.truncate(1);
        net.psaps[0] = psap;
        net.call_servers =
            (0..n).map(|i| vigie::network::CallServer { id: format!("s{i}"), ..server.clone() }).collect();
        net.trunk_groups = (0..n)
            .map(|i| vigie::network::TrunkGroup {
                id: format!("g{i}"),
                from: ServerId(i),
                to: vec![vigie::network::PsapId(0)],
                circuits: 60,
                reserve: kept,
                ..group.clone()
            })
            .collect();
        // 54.5 erlangs on each group of 60.
        net.demand = (0..n)
            .map(|i| vigie::network::Demand {
                zone: vigie::network::ZoneId(i),
                per_day: (5.45 * 86_400.0).into(),
                ..row.clone()
            })
            .collect();
        net.translation = (0..n)
            .map(|i| vigie::network::Translation {
                zone: vigie::network::ZoneId(i),
                to: vec![(vigie::network::PsapId(0), 1.0)],
                ..net.translation[0].clone()
            })
            .collect();
        // First way, then two others drawn by lot of all.
        net.routes = (0..n)
            .map(|i| {
                let mut choices = vec![(ServerId(i), 0, 1.0)];
                choices.extend((1..n).map(|k| (ServerId((i + k) % n), 1, 1.0)));
                vigie::network::Route { zones: vec![vigie::network::ZoneId(i)], choices, ..route.clone() }
            })
            .collect();
        s.events.clear();
        s.events.push(vigie::network::ScriptedEvent {
            at_s: 0.0,
            stagger_s: 0.0,
            act: vigie::network::ScriptedAct::Surge { factor: start, for_s: 120.0, services: vec![], zones: vec![] },
            on: vec![],
            note: None,
            grade: None,
            source: None,
        });
        let mut simulation = Simulation::new(Arc::new(Plan::new(&s).unwrap()), 5);
        simulation.advance(SimTime::secs(300));
        let before = Snapshot::of(&simulation);
        simulation.advance(SimTime::secs(900));
        let seen = Snapshot::of(&simulation).since(&before);
        seen.totals.refused as f64 / seen.totals.attempts as f64
    };
    let (empty, free) = (run(0.2, 0), run(4.0, 0));
    println!("mesh: {empty} from empty, {free} from congested");
    assert!(free > 2.0 * empty + 0.02, "{empty} {free}");
    let (empty, full) = (run(0.2, 8), run(4.0, 8));
    println!("with a reservation: {empty}, {full}");
    // The quarter of an hour that is looked at has the end of the congested start in it.
    assert!(full < 0.25 * free, "{full} {free}");
}

/// The transient after a start from nothing and from a full house, forked, against the exponential law of the mean.
#[test]
fn a_house_fills_and_empties_at_the_pace_of_its_calls() {
    let mut s = case("time-of-day.toml");
    s.network.demand[0].profile = s.network.profiles.len() as u16;
    s.network.profiles.push(vigie::network::Profile { id: "flat".into(), points: vec![(0, 1.0)], days: vec![] });
    let plan = Arc::new(Plan::new(&s).unwrap());
    // One arrival a second, half an hour each: 1,800 at once in the long run.
    let (mut fill, mut drain) = (0.0, 0.0);
    let runs = 40;
    for seed in 0..runs {
        let mut sim = Simulation::new(Arc::clone(&plan), seed);
        sim.advance(SimTime::secs(1_800));
        fill += sim.live().1 as f64 / f64::from(runs as u32);
        sim.advance(SimTime::secs(18_000));
        let mut fork = sim.fork();
        fork.reseed(seed + 1_000);
        let before = fork.live().1 as f64;
        let arrived = {
            let needs = fork.truth().needs;
            fork.advance(SimTime::secs(18_000 + 1_800));
            fork.truth().needs - needs
        };
        // Of those there, e^-1 are left; of those who came, 1 - e^-1 in the mean over the half hour.
        let kept = 1.0 - (-1.0f64).exp_m1().abs();
        drain += (fork.live().1 as f64 - kept * before - arrived as f64 * (1.0 - kept)) / f64::from(runs as u32);
    }
    let expected = 1_800.0 * (1.0 - 0.367_879_441);
    assert!((fill - expected).abs() < 4.0 * (expected / f64::from(runs as u32)).sqrt(), "{fill} {expected}");
    assert!(drain.abs() < 4.0 * (1_800.0 / f64::from(runs as u32)).sqrt(), "{drain}");
}
