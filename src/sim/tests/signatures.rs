//! Each remaining word of the vocabulary by its signature effect: what one would recognise it by.

use super::*;
use crate::network::SubstitutePath;

const CS1: Element = Element::Server(ServerId(0));
const CS2: Element = Element::Server(ServerId(1));

fn fault(kind: FaultKind, on: &[Element]) -> Input {
    Input::Fault { kind, on: on.to_vec() }
}

fn clear(kind: &str) -> FaultKind {
    FaultKind::Clear { kinds: vec![kind.to_owned()] }
}

/// Frames up to a time, checked; the last one.
fn frames(sim: &mut Simulation, to_s: u64) -> Sample {
    let mut last = Sample::default();
    while sim.now() < SimTime::secs(to_s) {
        last = sim.next_sample();
        sim.state.check(&sim.plan).unwrap();
    }
    last
}

/// Without ordinary traffic set-ups are admitted one by one.
fn bare() -> Scenario {
    let mut s = scenario();
    for server in &mut s.network.call_servers {
        server.ordinary.clear();
    }
    s
}

/// An hour with these inputs at its start.
fn hour(s: &Scenario, seed: u64, inputs: &[Input]) -> Simulation {
    let mut sim = simulation(s, seed);
    for input in inputs {
        sim.apply(input);
    }
    frames(&mut sim, 3_600);
    sim
}

fn lost(sim: &Simulation) -> u64 {
    sim.truth().lost_network + sim.truth().lost_psap
}

#[test]
fn mute_calls_look_answered_and_help_nobody() {
    let plain = hour(&scenario(), 21, &[]);
    let mute = hour(&scenario(), 21, &[fault(FaultKind::Mute { p: 0.5 }, &servers())]);
    let asr = |sim: &Simulation| sim.totals().answered as f64 / sim.totals().attempts as f64;
    // The rate of answers does not fall, while people call again and some are never helped.
    assert!(asr(&mute) > asr(&plain) - 0.02, "{} {}", asr(&mute), asr(&plain));
    assert_eq!(mute.totals().dropped, 0);
    assert!(mute.totals().attempts > plain.totals().attempts * 5 / 4);
    assert!(lost(&mute) > lost(&plain) + 20, "{} {}", lost(&mute), lost(&plain));
}

#[test]
fn a_misrouted_call_costs_a_call_taker_on_both_sides() {
    let kind = FaultKind::Misroute { p: 1.0, to: PsapId(3), transfer_s: 60.0 };
    let (plain, wrong) = (hour(&scenario(), 22, &[]), hour(&scenario(), 22, &[fault(kind, &[CS1])]));
    let seen = |sim: &Simulation| sim.waits().received;
    // Each is received twice, answered once; nobody is refused.
    assert!(seen(&wrong) > seen(&plain) + 100, "{} {}", seen(&wrong), seen(&plain));
    assert_eq!(wrong.totals().refused, plain.totals().refused);
    let busy = |sim: &Simulation| sim.waits().waited;
    assert!(busy(&wrong) > busy(&plain), "{} {}", busy(&wrong), busy(&plain));
}

#[test]
fn a_hung_server_keeps_its_talks_swallows_the_rest_and_says_nothing_new() {
    let mut sim = simulation(&scenario(), 23);
    let before = frames(&mut sim, 1_200);
    sim.apply(&fault(FaultKind::Hang, &[CS1]));
    let after = frames(&mut sim, 1_260);
    assert_eq!(sim.totals().dropped, 0);
    assert_eq!(after.servers[0].state, before.servers[0].state);
    assert!(after.servers[0].telemetry_frozen);
    let silent = sim.totals().silent;
    assert!(silent > 0);
    // A restart cures it.
    sim.apply(&lever(LeverKind::Restart { on: vec![CS1] }));
    let cured = frames(&mut sim, 1_800);
    assert!(!cured.servers[0].telemetry_frozen);
    assert!(sim.totals().silent < silent + 40, "{silent} {}", sim.totals().silent);
}

#[test]
fn a_counter_runs_out_and_only_a_restart_sets_it_back() {
    let kind = FaultKind::Counter {
        start: 0,
        limit: 200,
        per: CounterPer::Setup,
        then: CounterThen::Reject,
        reset_by: CounterReset::Restart,
    };
    let mut s = bare();
    // No second way, as in 2014.
    for route in &mut s.network.routes {
        route.choices.retain(|c| c.0 == ServerId(0));
    }
    let mut sim = simulation(&s, 24);
    sim.apply(&fault(kind, &[CS1]));
    let mut first = None;
    for frame in 0..540 {
        let sample = sim.next_sample();
        sim.state.check(&sim.plan).unwrap();
        let taken: u16 = sample.servers[0].setups - sample.servers[0].refused;
        if first.is_none() && sample.servers[0].setups > 0 && taken == 0 {
            first = Some(frame);
        }
    }
    assert!(first.is_some_and(|f| (10..500).contains(&f)), "{first:?}");
    assert!(sim.totals().refused > 100);
    sim.apply(&lever(LeverKind::Rollback { on: vec![CS1] }));
    let sample = frames(&mut sim, 5_460);
    // A rollback takes the refusals back, but the counter is still at its end: the next call starts them again.
    assert!(sample.servers[0].refused > 0, "{:?}", sample.servers[0]);
    sim.apply(&lever(LeverKind::Restart { on: vec![CS1] }));
    frames(&mut sim, 5_700);
    let refused = sim.totals().refused;
    frames(&mut sim, 5_900);
    assert!(sim.totals().refused < refused + 3, "{refused} {}", sim.totals().refused);
}

/// Set-ups taken in an hour by two servers of half a set-up a second each, under four times as many offered.
fn taken(model: OverloadModel, control: OverloadControl) -> u64 {
    let mut s = bare();
    for server in &mut s.network.call_servers {
        server.setups_per_s = 0.05;
    }
    s.network.callers.redial = std::array::from_fn(|_| 0.0.into());
    for route in &mut s.network.routes {
        route.reroute_on = crate::network::RerouteOn::default();
    }
    let kind = FaultKind::Overload { model, control, emergency_exempt: false };
    let sim = hour(&s, 25, &[fault(kind, &servers())]);
    let copper = hour(&s, 25, &[fault(FaultKind::Reject { p: 1.0 }, &servers())]);
    sim.totals().delivered - copper.totals().delivered
}

#[test]
fn refusing_at_a_cost_ruins_an_overloaded_server_and_control_at_the_sources_cures_it() {
    let cost = OverloadModel::RejectCost { f: 0.5 };
    let (ruined, cured) = (taken(cost, OverloadControl::None), taken(cost, OverloadControl::Rate));
    assert!(cured > 300, "{cured}");
    assert!(ruined < cured / 3, "{ruined} {cured}");
    let stale = OverloadModel::FifoTimeout { places: 20, patience_s: 10.0 };
    let (late, held) = (taken(stale, OverloadControl::None), taken(stale, OverloadControl::Loss));
    assert!(late < held / 4, "{late} {held}");
    let thrash = OverloadModel::Thrash { knee: 1.5 };
    let (worse, kept) = (taken(thrash, OverloadControl::None), taken(thrash, OverloadControl::Rate));
    assert!(worse < kept * 2 / 3, "{worse} {kept}");
}

#[test]
fn after_a_restart_a_storm_keeps_emergency_calls_out_long_after_the_server_is_back() {
    let run = |population: f64, backoff: f64| {
        let mut s = scenario();
        for route in &mut s.network.routes {
            route.choices.retain(|c| c.0 == ServerId(0));
        }
        let mut sim = simulation(&s, 26);
        let storm = FaultKind::Storm { population, period_s: 60.0, backoff, jitter: 1.0, cost: 1.0 };
        sim.apply(&fault(storm, &[CS1]));
        frames(&mut sim, 3_600);
        let before = sim.totals().refused;
        sim.apply(&lever(LeverKind::Restart { on: vec![CS1] }));
        // 180 s of restart, then half an hour.
        frames(&mut sim, 3_780);
        let boot = sim.totals().refused;
        frames(&mut sim, 5_580);
        (before, sim.totals().refused - boot)
    };
    let (_, quiet) = run(0.0, 1.0);
    let (settled, stormy) = run(30_000.0, 1.0);
    // 30,000 devices at 20 set-ups a second: 25 minutes of a full server. It had drained before the restart.
    assert!(stormy > quiet + 100, "{quiet} {stormy}");
    assert!(settled > 0);
    let (_, backed_off) = run(30_000.0, 2.0);
    assert!(backed_off < stormy, "{backed_off} {stormy}");
}

#[test]
fn an_undersized_back_up_fails_those_it_was_to_save_and_a_failed_switch_fails_all() {
    let run = |sessions: u32, p: f64| {
        let mut s = bare();
        for route in &mut s.network.routes {
            route.choices.retain(|c| c.0 == ServerId(0));
        }
        s.network.call_servers[1].sessions = sessions;
        let kind = FaultKind::Failover { to: ServerId(1), p, after_s: 60.0 };
        let sim = hour(&s, 27, &[fault(kind, &[CS1])]);
        sim.totals().refused as f64 / sim.totals().attempts as f64
    };
    let (large, small, failed) = (run(200, 1.0), run(4, 1.0), run(200, 0.0));
    assert!(large < 0.03, "{large}");
    assert!(small > 0.2 && small < failed, "{small} {failed}");
    assert!(failed > 0.5, "{failed}");
}

#[test]
fn a_lever_fails_over_and_reroutes_and_reinstating_undoes_both() {
    let s = bare();
    for kind in [
        LeverKind::Failover { from: ServerId(0), to: ServerId(1) },
        LeverKind::Reroute { from: ServerId(0), to: ServerId(1) },
    ] {
        let mut sim = simulation(&s, 28);
        sim.apply(&fault(FaultKind::Blackhole { p: 1.0, leak: false }, &[CS1]));
        frames(&mut sim, 600);
        let silent = sim.totals().silent;
        assert!(silent > 20);
        sim.apply(&lever(kind));
        frames(&mut sim, 1_200);
        assert!(sim.totals().silent <= silent + 20, "{silent} {}", sim.totals().silent);
        let before = sim.totals().silent;
        sim.apply(&lever(LeverKind::Reinstate { on: vec![CS1] }));
        frames(&mut sim, 1_800);
        assert!(sim.totals().silent > before + 20);
    }
}

#[test]
fn a_reservation_keeps_overflow_out_of_the_last_trunks() {
    let run = |kept: u32| {
        let mut s = scenario();
        s.network.psaps[0].trunks = 4;
        s.network.psaps[1].trunks = 12;
        let on = vec![Element::Psap(PsapId(1))];
        let sim = hour(&s, 29, &[lever(LeverKind::Reserve { on, circuits: kept })]);
        sim.totals().busy
    };
    assert!(run(10) > run(0), "{} {}", run(10), run(0));
}

#[test]
fn a_filter_gives_a_flooded_psap_back_to_those_who_need_it() {
    let flood = || fault(FaultKind::Flood { per_s: 1.5, hold: Law::Exp(30.0) }, &[Element::Psap(PsapId(0))]);
    let filter = |caught, wrong| lever(LeverKind::Filter { psap: PsapId(0), caught, wrong });
    let plain = hour(&scenario(), 30, &[]);
    let flooded = hour(&scenario(), 30, &[flood()]);
    let filtered = hour(&scenario(), 30, &[flood(), filter(0.95, 0.0)]);
    let clumsy = hour(&scenario(), 30, &[flood(), filter(0.95, 0.5)]);
    assert!(lost(&flooded) > lost(&plain) + 50, "{} {}", lost(&flooded), lost(&plain));
    assert!(lost(&filtered) < lost(&plain) + (lost(&flooded) - lost(&plain)) / 4);
    assert!(lost(&clumsy) > lost(&filtered), "{} {}", lost(&clumsy), lost(&filtered));
    assert_eq!(plain.truth().needs, filtered.truth().needs);
}

#[test]
fn probes_see_a_black_hole_at_night_that_few_callers_show() {
    let mut s = scenario();
    for row in &mut s.network.demand {
        row.per_day.value /= 200.0;
    }
    let run = |probes: bool| {
        let mut sim = simulation(&s, 31);
        if probes {
            sim.apply(&lever(LeverKind::Probe { on: servers(), every_s: 60.0 }));
        }
        sim.apply(&fault(FaultKind::Blackhole { p: 1.0, leak: false }, &[CS1]));
        let mut silent = 0;
        for _ in 0..60 {
            silent += u64::from(sim.next_sample().servers[0].silent);
            sim.state.check(&sim.plan).unwrap();
        }
        (silent, sim.probe_totals())
    };
    let ((blind, none), (seen, probed)) = (run(false), run(true));
    assert!(blind < 5 && none.attempts == 0, "{blind}");
    // Two groups of the server, ten minutes.
    assert!((19..=21 + blind).contains(&seen), "{seen}");
    assert!((38..=42).contains(&probed.attempts) && probed.answered >= 18, "{probed:?}");
    // They are nobody's attempts.
    let mut with = simulation(&s, 31);
    with.apply(&lever(LeverKind::Probe { on: servers(), every_s: 60.0 }));
    frames(&mut with, 3_600);
    assert_eq!(with.totals().attempts, hour(&s, 31, &[]).totals().attempts);
}

#[test]
fn a_misprinted_number_helps_nobody_until_it_is_published_again() {
    let run = |wrong: bool, again: bool| {
        let mut sim = simulation(&scenario(), 32);
        sim.apply(&fault(FaultKind::Blackhole { p: 1.0, leak: false }, &servers()));
        if wrong {
            sim.apply(&fault(FaultKind::WrongNumber { p: 1.0 }, &[Element::Psap(PsapId(2))]));
        }
        let publish = || lever(LeverKind::Publish { substitutes: vec![SubstituteId(1)] });
        sim.apply(&publish());
        if wrong {
            // Published first, misprinted then.
            sim.apply(&fault(FaultKind::WrongNumber { p: 1.0 }, &[Element::Psap(PsapId(2))]));
        }
        frames(&mut sim, 1_800);
        if again {
            sim.apply(&publish());
        }
        frames(&mut sim, 3_600);
        sim.truth().served_substitute
    };
    let (right, wrong, mended) = (run(false, false), run(true, false), run(true, true));
    assert_eq!(wrong, 0);
    assert!(mended > 20 && mended < right, "{mended} {right}");
}

#[test]
fn people_who_try_the_number_load_the_centres_until_told_not_to() {
    let mut s = scenario();
    s.network.callers.test_calls = 2.0.into();
    let publish = || lever(LeverKind::Publish { substitutes: vec![SubstituteId(1)] });
    let quiet = hour(&s, 33, &[]);
    let curious = hour(&s, 33, &[publish()]);
    let told = hour(&s, 33, &[publish(), lever(LeverKind::Advise { advice: Advice::NoTest })]);
    assert_eq!(quiet.flood_totals().attempts, 0);
    let (c, t) = (curious.flood_totals().attempts, told.flood_totals().attempts);
    assert!(c > 400 && t < c * 4 / 5, "{c} {t}");
    assert!(lost(&told) <= lost(&curious));
    assert_eq!(quiet.truth().needs, told.truth().needs);
}

#[test]
fn lying_telemetry_shows_a_healthy_server_that_swallows_calls() {
    let mut sim = simulation(&scenario(), 34);
    frames(&mut sim, 600);
    sim.apply(&fault(FaultKind::Telemetry { frozen: false, delay_s: 0.0, lying: true }, &[CS1]));
    sim.apply(&fault(FaultKind::Crash { lose_calls: true }, &[CS1]));
    let sample = frames(&mut sim, 900);
    let server = sample.servers[0];
    assert_eq!(
        (server.state, server.managed, server.telemetry_frozen, server.leaked),
        (ServerState::Up, true, false, 0)
    );
    // What its neighbours count is true.
    let mut refused = 0;
    for _ in 0..12 {
        refused += sim.next_sample().servers[0].refused;
    }
    assert!(refused > 0);
    sim.apply(&fault(clear("telemetry"), &[CS1]));
    assert_eq!(frames(&mut sim, 1_100).servers[0].state, ServerState::Down);
}

#[test]
fn a_ramp_lets_a_restarted_server_take_calls_little_by_little() {
    let run = |ramp_s: f64| {
        let mut s = bare();
        for server in &mut s.network.call_servers {
            server.setups_per_s = 0.1;
        }
        for route in &mut s.network.routes {
            route.choices.retain(|c| c.0 == ServerId(0));
        }
        let mut sim = simulation(&s, 35);
        sim.apply(&fault(FaultKind::Restart { lose_calls: true, ramp_s }, &[CS1]));
        let mut taken = 0;
        for _ in 0..48 {
            let server = sim.next_sample().servers[0];
            taken += u32::from(server.setups - server.refused);
        }
        taken
    };
    let (at_once, slowly) = (run(0.0), run(600.0));
    assert!(at_once > 25 && slowly < at_once / 2, "{at_once} {slowly}");
}

/// A number behind the same gateway is no way round it; one on a mobile is.
#[test]
fn a_substitute_behind_the_same_gateway_does_not_help() {
    let run = |path: SubstitutePath| {
        let mut s = scenario();
        for number in &mut s.network.substitutes {
            number.path = path;
            number.lines = 20;
        }
        // Nobody has copper.
        for (line, share) in s.network.lines.iter_mut().zip([0.0, 0.4, 0.6]) {
            line.share = share.into();
        }
        let sim = hour(
            &s,
            36,
            &[
                fault(FaultKind::Reject { p: 1.0 }, &[CS1, CS2]),
                lever(LeverKind::Publish { substitutes: vec![] }),
                lever(LeverKind::Alert { zones: vec![] }),
            ],
        );
        sim.truth()
    };
    let (same, other) = (run(SubstitutePath::SameExchange), run(SubstitutePath::Mobile));
    assert_eq!(same.served_substitute, 0);
    assert!(other.served_substitute > 50 && other.lost_network < same.lost_network * 4 / 5, "{same:?} {other:?}");
}

/// A black hole looks idle and attracts calls again and again; a server that refuses sheds them.
#[test]
fn a_black_hole_attracts_calls_and_a_refusing_server_sheds_them() {
    let run = |kind: FaultKind| {
        let mut s = scenario();
        for route in &mut s.network.routes {
            route.reroute_on.timeout = false;
        }
        hour(&s, 37, &[fault(kind, &[CS1])])
    };
    let hole = run(FaultKind::Blackhole { p: 1.0, leak: false });
    let wall = run(FaultKind::Reject { p: 1.0 });
    assert!(lost(&hole) > lost(&wall) * 3 / 2, "{} {}", lost(&hole), lost(&wall));
    assert!(hole.totals().attempts > wall.totals().attempts + 100);
}
