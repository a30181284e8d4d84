//! The core against itself: conservation, forks, keyed callers, levers. Against theory: `tests/theory.rs`.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::network::{
    Advice, CounterPer, CounterReset, CounterThen, FaultKind, GroupId, Law, LeverSpec, OverloadControl, OverloadModel,
    PsapId, Scenario, ScriptedAct, ScriptedEvent, ServerId, ServiceId, Source, SubstituteId, Text, ZoneId, load,
};

mod faults;
mod signatures;

/// Two zones, three lines, two servers, four psaps: a bit of everything.
const SMALL: &str = include_str!("tests/small.toml");

fn scenario() -> Scenario {
    match load(&[Source { name: "small.toml".into(), text: SMALL.into() }]) {
        Ok(scenario) => scenario,
        Err(errors) => panic!("{errors}"),
    }
}

fn simulation(scenario: &Scenario, seed: u64) -> Simulation {
    Simulation::new(Arc::new(Plan::new(scenario).unwrap()), seed)
}

fn lever(lever: LeverKind) -> Input {
    Input::Lever(lever)
}

fn servers() -> Vec<Element> {
    vec![Element::Server(ServerId(0)), Element::Server(ServerId(1))]
}

fn run(sim: &mut Simulation, to_s: u64) {
    while sim.now() < SimTime::secs(to_s) {
        sim.next_sample();
        sim.state.check(&sim.plan).unwrap();
    }
}

// ---- random networks, faults and levers ----

fn law() -> impl Strategy<Value = Law> {
    let mean = 0.0..200.0f64;
    prop_oneof![
        mean.clone().prop_map(Law::Fixed),
        mean.clone().prop_map(Law::Exp),
        (mean.clone(), 0.0..2.5f64).prop_map(|(m, cv)| Law::Lognormal(m, cv)),
        (0.01..0.99f64, mean.clone(), mean).prop_map(|(p, a, b)| Law::Hyper(p, a, b)),
    ]
}

fn element() -> impl Strategy<Value = Element> {
    prop_oneof![
        (0..2u16).prop_map(|i| Element::Server(ServerId(i))),
        (0..4u16).prop_map(|i| Element::Group(GroupId(i))),
        (0..4u16).prop_map(|i| Element::Psap(PsapId(i))),
    ]
}

fn fault() -> impl Strategy<Value = FaultKind> {
    let p = || prop_oneof![Just(1.0), 0.0..1.0f64];
    prop_oneof![
        (0.0..1.2f64, 0.0..5.0f64).prop_map(|(capacity, delay_s)| FaultKind::Degraded { capacity, delay_s }),
        p().prop_map(|p| FaultKind::Reject { p }),
        (p(), any::<bool>()).prop_map(|(p, leak)| FaultKind::Blackhole { p, leak }),
        (p(), law()).prop_map(|(p, after)| FaultKind::Drop { p, after }),
        any::<bool>().prop_map(|lose_calls| FaultKind::Crash { lose_calls }),
        (any::<bool>(), 0.0..300.0f64).prop_map(|(lose_calls, ramp_s)| FaultKind::Restart { lose_calls, ramp_s }),
        (law(), law()).prop_map(|(up, down)| FaultKind::RestartLoop { up, down }),
        (0.0..2.0f64).prop_map(|per_s| FaultKind::Leak { per_s }),
        (0.0..1.0f64, law(), law(), law(), p()).prop_map(|(threshold, delay, up, down, unmanageable)| {
            FaultKind::LatentBug { threshold, delay, up, down, unmanageable }
        }),
        Just(FaultKind::Unmanageable),
        Just(FaultKind::Isolated),
        Just(FaultKind::Locked),
        (any::<bool>(), 0.0..60.0f64, any::<bool>()).prop_map(|(frozen, delay_s, lying)| FaultKind::Telemetry {
            frozen,
            delay_s,
            lying
        }),
        p().prop_map(|p| FaultKind::Mute { p }),
        (p(), 0..5u16, 0.0..90.0f64).prop_map(|(p, to, transfer_s)| FaultKind::Misroute {
            p,
            to: PsapId(to),
            transfer_s
        }),
        Just(FaultKind::Hang),
        (0..50u64, 1..60u64, counter_words()).prop_map(|(start, limit, (per, then, reset_by))| FaultKind::Counter {
            start,
            limit,
            per,
            then,
            reset_by
        }),
        (overload_model(), overload_control(), any::<bool>()).prop_map(|(model, control, emergency_exempt)| {
            FaultKind::Overload { model, control, emergency_exempt }
        }),
        (0.0..5_000.0f64, 0.0..120.0f64, 1.0..3.0f64, 0.0..1.0f64, 0.0..3.0f64).prop_map(
            |(population, period_s, backoff, jitter, cost)| FaultKind::Storm {
                population,
                period_s,
                backoff,
                jitter,
                cost
            }
        ),
        (0..3u16, p(), 0.0..120.0f64).prop_map(|(to, p, after_s)| FaultKind::Failover { to: ServerId(to), p, after_s }),
        p().prop_map(|p| FaultKind::WrongNumber { p }),
        Just(FaultKind::Down),
        (0.0..2.0f64).prop_map(|share| FaultKind::Positions { share }),
        (0.0..2.0f64, law()).prop_map(|(per_s, hold)| FaultKind::Flood { per_s, hold }),
        prop::sample::subsequence(crate::network::FAULT_WORDS.to_vec(), 0..8)
            .prop_map(|kinds| FaultKind::Clear { kinds: kinds.into_iter().map(str::to_owned).collect() }),
    ]
}

fn counter_words() -> impl Strategy<Value = (CounterPer, CounterThen, CounterReset)> {
    (
        prop::sample::select(vec![CounterPer::Setup, CounterPer::Hour]),
        prop::sample::select(vec![CounterThen::Reject, CounterThen::Blackhole, CounterThen::Crash]),
        prop::sample::select(vec![CounterReset::Restart, CounterReset::Config]),
    )
}

fn overload_model() -> impl Strategy<Value = OverloadModel> {
    prop_oneof![
        (0.0..0.95f64).prop_map(|f| OverloadModel::RejectCost { f }),
        (0..50u32, 0.0..30.0f64).prop_map(|(places, patience_s)| OverloadModel::FifoTimeout { places, patience_s }),
        (1.0..3.0f64).prop_map(|knee| OverloadModel::Thrash { knee }),
    ]
}

fn overload_control() -> impl Strategy<Value = OverloadControl> {
    prop::sample::select(vec![OverloadControl::None, OverloadControl::Loss, OverloadControl::Rate])
}

fn any_lever() -> impl Strategy<Value = LeverKind> {
    let on = || prop::collection::vec(element(), 0..3);
    let psap = || (0..4u16).prop_map(PsapId);
    let numbers = || prop::collection::vec((0..2u16).prop_map(SubstituteId), 0..3);
    prop_oneof![
        on().prop_map(|on| LeverKind::Withdraw { on }),
        on().prop_map(|on| LeverKind::Reinstate { on }),
        on().prop_map(|on| LeverKind::Restart { on }),
        on().prop_map(|on| LeverKind::Rollback { on }),
        on().prop_map(|on| LeverKind::Complete { on }),
        Just(LeverKind::Freeze),
        (on(), 0.0..5.0f64).prop_map(|(on, weight)| LeverKind::Weight { on, weight }),
        (on(), 0.0..3.0f64).prop_map(|(on, setups_per_s)| LeverKind::Cap { on, setups_per_s }),
        (0.0..1.0f64).prop_map(|share| LeverKind::Gap { share }),
        (0..3u16, 0..3u16).prop_map(|(a, b)| LeverKind::Reroute { from: ServerId(a), to: ServerId(b) }),
        (0..3u16, 0..3u16).prop_map(|(a, b)| LeverKind::Failover { from: ServerId(a), to: ServerId(b) }),
        (on(), 0..20u32).prop_map(|(on, circuits)| LeverKind::Reserve { on, circuits }),
        (psap(), 0.0..1.0f64, 0.0..1.0f64).prop_map(|(psap, caught, wrong)| LeverKind::Filter { psap, caught, wrong }),
        (on(), 0.0..60.0f64).prop_map(|(on, every_s)| LeverKind::Probe { on, every_s }),
        (0..2u16, 0..3u8, psap()).prop_map(|(zone, service, psap)| LeverKind::Repoint {
            zone: ZoneId(zone),
            service: ServiceId(service),
            psap
        }),
        (psap(), psap()).prop_map(|(from, to)| LeverKind::Overflow { from, to }),
        (psap(), 0..6u32).prop_map(|(psap, positions)| LeverKind::Positions { psap, positions }),
        numbers().prop_map(|substitutes| LeverKind::Publish { substitutes }),
        numbers().prop_map(|substitutes| LeverKind::Retire { substitutes }),
        prop_oneof![Just(Advice::Redial), Just(Advice::Landline), Just(Advice::Mobile), Just(Advice::NoTest)]
            .prop_map(|advice| LeverKind::Advise { advice }),
        prop::collection::vec((0..2u16).prop_map(ZoneId), 0..2).prop_map(|zones| LeverKind::Alert { zones }),
        (0.0..30.0f64).prop_map(|per_min| LeverKind::Callback { per_min }),
    ]
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        any_lever().prop_map(Input::Lever),
        (fault(), prop::collection::vec(element(), 1..4)).prop_map(|(kind, on)| Input::Fault { kind, on }),
    ]
}

/// The small network with other numbers.
fn any_scenario() -> impl Strategy<Value = Scenario> {
    let psap = (1..12u32, 0..6u32, law(), prop::option::of(law()), prop::option::of(0..4u16));
    let server = (1..40u32, 0.0..3.0f64, 0.0..30.0f64);
    let callers = (law(), law(), prop::array::uniform5(0.0..1.0f64), 1..9u8, prop::array::uniform5(0.0..1.0f64));
    let script = (0.0..900.0f64, 0.0..60.0f64, fault(), prop::collection::vec(element(), 1..3));
    let surge = (0.0..600.0f64, 0.0..5.0f64, 0.0..600.0f64);
    (
        prop::collection::vec(psap, 4),
        prop::collection::vec(server, 2),
        prop::collection::vec(1..10u32, 4),
        callers,
        prop::collection::vec(script, 0..4),
        surge,
        0.1..3.0f64,
    )
        .prop_map(|(psaps, servers, circuits, callers, script, surge, load)| {
            let mut s = scenario();
            for (psap, (trunks, positions, handling, patience, overflow)) in s.network.psaps.iter_mut().zip(psaps) {
                psap.trunks = trunks;
                psap.positions = vec![(0, positions), (10, positions + 1), (20, positions / 2)];
                psap.handling = handling;
                psap.patience = patience;
                psap.overflow = overflow.map(PsapId);
            }
            for (server, (sessions, setups, ordinary)) in s.network.call_servers.iter_mut().zip(servers) {
                server.sessions = sessions;
                server.setups_per_s = setups;
                server.ordinary = vec![(0, ordinary, ordinary / 100.0)];
            }
            // Some services take several circuits, some zones have few callers, some people try the number.
            s.network.services[1].circuits = 1 + (circuits[0] % 3) as u8;
            s.network.demand[0].sources = (circuits[1] % 2 == 0).then_some(1 + circuits[1]);
            s.network.trunk_groups[0].reserve = circuits[2] / 4;
            for (group, circuits) in s.network.trunk_groups.iter_mut().zip(circuits) {
                group.circuits = circuits;
            }
            let (setup, pause, redial, attempts, [spread, service, access, own, decay]) = callers;
            let c = &mut s.network.callers;
            c.setup = setup;
            c.redial_delay = vec![pause];
            c.redial = redial.map(Into::into);
            c.max_attempts = attempts;
            c.persistence_spread = spread.into();
            c.switch_service = service.into();
            c.switch_access = access.into();
            c.own_means = own.into();
            c.test_calls = own.into();
            c.redial_decay = decay.into();
            for row in &mut s.network.demand {
                row.per_day.value *= load;
                row.per_day.high = Some(row.per_day.value * 1.1);
            }
            for (at_s, stagger_s, kind, on) in script {
                let act = ScriptedAct::Fault(kind);
                s.events.push(ScriptedEvent { at_s, stagger_s, act, on, note: None, grade: None, source: None });
            }
            let (at_s, factor, for_s) = surge;
            let act = ScriptedAct::Surge { factor, for_s, services: vec![], zones: vec![ZoneId(1)] };
            s.events.push(ScriptedEvent {
                at_s,
                stagger_s: 0.0,
                act,
                on: vec![],
                note: None,
                grade: None,
                source: None,
            });
            s
        })
}

/// How many random networks: `VIGIE_SIM_CASES`, 10,000 at night.
fn cases(usual: u32) -> u32 {
    option_env_now().unwrap_or(usual)
}

#[expect(clippy::disallowed_methods, reason = "the nightly count of a test, not a setting of the program")]
fn option_env_now() -> Option<u32> {
    std::env::var("VIGIE_SIM_CASES").ok()?.parse().ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(96)))]

    /// Needs = served + lost + own means + pending, attempts = outcomes + in progress, everything held is held by
    /// someone, whatever befalls the network; and a fork at any frame goes on exactly as the original does.
    #[test]
    fn everything_is_conserved(
        scenario in any_scenario(),
        seed in any::<u64>(),
        inputs in prop::collection::vec((0..90u64, input()), 0..12),
        fork_at in 0..90u64,
    ) {
        let mut sim = simulation(&scenario, seed);
        let mut fork = None;
        for frame in 0..90 {
            if frame == fork_at {
                fork = Some(sim.fork());
            }
            for (_, input) in inputs.iter().filter(|(at, _)| *at == frame) {
                sim.apply(input);
                if let Some(fork) = &mut fork {
                    fork.apply(input);
                }
            }
            let sample = sim.next_sample();
            prop_assert_eq!(sim.state.check(&sim.plan), Ok(()));
            for server in &sample.servers {
                prop_assert!(server.refused <= server.setups && server.silent <= server.setups);
            }
            if let Some(fork) = &mut fork {
                prop_assert_eq!(fork.next_sample(), sample);
            }
        }
        if let Some(fork) = fork {
            prop_assert_eq!(fork.digest(), sim.digest());
        }
    }
}

// ---- determinism and keyed callers ----

#[test]
fn the_same_seed_gives_the_same_run_however_it_is_cut() {
    let s = scenario();
    let mut a = simulation(&s, 5);
    let mut b = simulation(&s, 5);
    run(&mut a, 3_600);
    b.advance(SimTime(1_234_567_891));
    b.advance(SimTime::secs(3_600));
    assert_eq!(a.digest(), b.digest());
    assert_eq!(a.truth(), b.truth());
    let mut c = simulation(&s, 6);
    run(&mut c, 3_600);
    assert_ne!(a.digest(), c.digest());
}

/// The digest of a run, written down: it must be the same on every machine and in every build.
#[test]
fn a_run_has_the_digest_it_always_had() {
    let mut sim = simulation(&scenario(), 2021);
    sim.apply(&Input::Fault { kind: FaultKind::Blackhole { p: 0.5, leak: true }, on: servers() });
    run(&mut sim, 3_600);
    assert_eq!(format!("{:016x}", sim.digest()), DIGEST);
}

const DIGEST: &str = "d319465cc8458343";

#[test]
fn a_lever_that_changes_nothing_changes_nothing() {
    let s = scenario();
    let mut a = simulation(&s, 7);
    let mut b = simulation(&s, 7);
    b.apply(&lever(LeverKind::Reinstate { on: servers() }));
    b.apply(&lever(LeverKind::Gap { share: 1.0 }));
    b.apply(&lever(LeverKind::Retire { substitutes: vec![] }));
    b.apply(&lever(LeverKind::Advise { advice: Advice::NoTest }));
    b.apply(&lever(LeverKind::Reserve { on: vec![Element::Group(GroupId(0))], circuits: 0 }));
    b.apply(&lever(LeverKind::Filter { psap: PsapId(0), caught: 1.0, wrong: 0.0 }));
    b.apply(&lever(LeverKind::Probe { on: servers(), every_s: 0.0 }));
    run(&mut a, 3_600);
    run(&mut b, 3_600);
    assert_eq!(a.digest(), b.digest());
    assert_eq!(b.levers().len(), 7);
}

/// Who calls when, of the base demand, by index.
fn base_arrivals(sim: &Simulation) -> (u64, u64) {
    (sim.state.net.streams[0].index, sim.state.net.streams[0].next)
}

#[test]
fn floods_surges_and_levers_do_not_reshuffle_who_calls() {
    let s = scenario();
    let mut a = simulation(&s, 8);
    let mut b = simulation(&s, 8);
    b.apply(&Input::Fault {
        kind: FaultKind::Flood { per_s: 1.0, hold: Law::Exp(30.0) },
        on: vec![Element::Psap(PsapId(0))],
    });
    b.apply(&lever(LeverKind::Withdraw { on: servers() }));
    let mut surged = s.clone();
    surged.events.push(ScriptedEvent {
        at_s: 600.0,
        stagger_s: 0.0,
        act: ScriptedAct::Surge { factor: 3.0, for_s: 1_200.0, services: vec![], zones: vec![] },
        on: vec![],
        note: None,
        grade: None,
        source: None,
    });
    let mut c = simulation(&surged, 8);
    for sim in [&mut a, &mut b, &mut c] {
        run(sim, 3_600);
    }
    assert_eq!(base_arrivals(&a), base_arrivals(&b));
    assert_eq!(base_arrivals(&a), base_arrivals(&c));
    // Flood calls are nobody's need; a surge's are.
    assert_eq!(a.truth().needs, b.truth().needs);
    assert!(b.flood_totals().attempts > 3_400 && a.flood_totals().attempts == 0);
    assert!(c.truth().needs > a.truth().needs + 300);
    assert_ne!(a.digest(), b.digest());
}

#[test]
fn a_lull_takes_callers_away_and_moves_nobody() {
    let s = scenario();
    let mut quiet = s.clone();
    let act = ScriptedAct::Surge { factor: 0.25, for_s: 7_200.0, services: vec![], zones: vec![] };
    quiet.events.push(ScriptedEvent {
        at_s: 0.0,
        stagger_s: 0.0,
        act,
        on: vec![],
        note: None,
        grade: None,
        source: None,
    });
    let (mut a, mut b) = (simulation(&s, 9), simulation(&quiet, 9));
    run(&mut a, 7_200);
    run(&mut b, 7_200);
    assert_eq!(base_arrivals(&a), base_arrivals(&b));
    let (all, kept) = (a.truth().needs as f64, b.truth().needs as f64);
    assert!((kept / all - 0.25).abs() < 0.03, "{kept} of {all}");
}

#[test]
fn demand_is_thinned_against_the_top_of_its_range() {
    let mut s = scenario();
    for row in &mut s.network.demand {
        row.per_day.high = Some(row.per_day.value * 1.5);
    }
    let mut a = simulation(&s, 10);
    let mut more = a.fork();
    more.set_scalars(&Scalars { demand: 1.4, ..*a.scalars() });
    run(&mut a, 14_400);
    run(&mut more, 14_400);
    // What the network expects, minute by minute: the same curve that health compares with.
    let mut expected = 0.0;
    for minute in 0..240 {
        let t = s.start + chrono::TimeDelta::seconds(minute * 60 + 30);
        for cell in 0..6 {
            expected += 60.0 * s.network.expected_attempts_per_s(ZoneId(cell / 3), ServiceId((cell % 3) as u8), t);
        }
    }
    assert!((a.truth().needs as f64 / expected - 1.0).abs() < 0.03, "{} {expected}", a.truth().needs);
    assert!((more.truth().needs as f64 / expected - 1.4).abs() < 0.04, "{} {expected}", more.truth().needs);
    assert_eq!(base_arrivals(&a), base_arrivals(&more));
}

#[test]
fn a_reseeded_fork_keeps_the_present_and_draws_another_future() {
    let mut start = simulation(&scenario(), 11);
    run(&mut start, 3_600);
    let future = |seed: u64| {
        let mut fork = start.fork();
        fork.reseed(seed);
        fork.state.check(&fork.plan).unwrap();
        fork
    };
    assert_eq!(future(1).digest(), future(1).digest());
    assert_eq!(future(1).truth(), start.truth());
    assert_eq!(future(1).live(), start.live());
    // How many of the present talks end within a minute differs between futures from the start.
    let ends: Vec<u64> = (0..40)
        .map(|seed| {
            let mut fork = future(seed);
            let before = fork.live().1;
            fork.state.net.streams.clear();
            fork.state.net.find_arrival();
            fork.advance(SimTime::secs(3_660));
            fork.state.check(&fork.plan).unwrap();
            before.saturating_sub(fork.live().1)
        })
        .collect();
    let spread: report::Moments = ends.iter().map(|&n| n as f64).collect();
    assert!(spread.sd() > 0.8 && spread.mean > 1.0, "{spread:?}");
}

// ---- common random numbers ----

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(24)))]

    /// Adding levers, faults of nodes, floods and probes changes no caller's arrival; and patience and talk are
    /// functions of the caller's key and attempt alone (the key is the arrival's).
    #[test]
    fn the_same_people_call_under_every_option(
        seed in any::<u64>(),
        inputs in prop::collection::vec((0..40u64, input()), 1..8),
    ) {
        let s = scenario();
        let (mut plain, mut touched) = (simulation(&s, seed), simulation(&s, seed));
        let mut keys = std::collections::BTreeMap::new();
        for frame in 0..40u64 {
            for (_, input) in inputs.iter().filter(|(at, _)| *at == frame) {
                touched.apply(input);
            }
            plain.next_sample();
            touched.next_sample();
            // Whoever is in both systems was drawn alike: same key, same zone, same service first dialled.
            for (_, slot) in plain.state.callers() {
                keys.insert(slot.key.0, (slot.zone, slot.first_service));
            }
            for (_, slot) in touched.state.callers() {
                if let Some(known) = keys.get(&slot.key.0) {
                    prop_assert_eq!(*known, (slot.zone, slot.first_service));
                }
            }
            prop_assert_eq!(plain.truth().needs, touched.truth().needs);
            prop_assert_eq!(base_arrivals(&plain), base_arrivals(&touched));
        }
    }
}

/// Patience and talk of a caller are the same in another network: seen from outside, as the length of the talk.
#[test]
fn a_caller_talks_as_long_whatever_the_cell_did() {
    use crate::sim::state::Phase;
    let s = scenario();
    let (mut a, mut b) = (simulation(&s, 77), simulation(&s, 77));
    b.apply(&lever(LeverKind::Withdraw { on: servers()[..1].to_vec() }));
    b.apply(&lever(LeverKind::Gap { share: 0.2 }));
    let mut talks: [std::collections::BTreeMap<(u64, u8), u64>; 2] = Default::default();
    for _ in 0..2_000 {
        for (sim, talks) in [&mut a, &mut b].into_iter().zip(&mut talks) {
            sim.advance(SimTime(sim.now().0 + 500_000));
            for (i, slot) in sim.state.slots.iter().enumerate() {
                if slot.phase == Phase::Talk && slot.flags == 0 {
                    let length = sim.state.net.calendar.time(i as u32) - slot.since;
                    talks.insert((slot.key.0, slot.attempt), length);
                }
            }
        }
    }
    let both = talks[0].iter().filter_map(|(k, v)| Some((v, talks[1].get(k)?)));
    let mut n = 0;
    for (x, y) in both {
        assert_eq!(x, y);
        n += 1;
    }
    assert!(n > 100, "{n} talks in both");
}
