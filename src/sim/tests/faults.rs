//! What faults and levers do.

use super::*;

const CS1: Element = Element::Server(ServerId(0));
const CS2: Element = Element::Server(ServerId(1));

fn fault(kind: FaultKind, on: &[Element]) -> Input {
    Input::Fault { kind, on: on.to_vec() }
}

fn clear(kind: &str) -> FaultKind {
    FaultKind::Clear { kinds: vec![kind.to_owned()] }
}

fn bug() -> FaultKind {
    FaultKind::LatentBug {
        threshold: 0.3,
        delay: Law::Fixed(60.0),
        up: Law::Exp(120.0),
        down: Law::Exp(60.0),
        unmanageable: 1.0,
    }
}

/// Frames up to a time, the last one returned.
fn frames(sim: &mut Simulation, to_s: u64) -> Sample {
    let mut last = Sample::default();
    while sim.now() < SimTime::secs(to_s) {
        last = sim.next_sample();
        sim.state.check(&sim.plan).unwrap();
    }
    last
}

/// The mechanism of 2021: a route without exit, sessions that pile up, a bug that wakes, a command that is refused.
#[test]
fn a_route_without_exit_leaks_sessions_until_the_bug_wakes_and_commands_are_refused() {
    let mut sim = simulation(&scenario(), 1);
    sim.apply(&fault(bug(), &servers()));
    frames(&mut sim, 600);
    sim.apply(&fault(FaultKind::Blackhole { p: 0.5, leak: true }, &servers()));
    let (mut leaked, mut restarting, mut unmanaged) = (0, 0, 0);
    for _ in 0..360 {
        let sample = sim.next_sample();
        sim.state.check(&sim.plan).unwrap();
        leaked = leaked.max(sample.servers[0].leaked);
        restarting += u32::from(sample.servers[0].state == ServerState::Restarting);
        unmanaged += u32::from(!sample.servers[0].managed);
    }
    // 30 % of 200 sessions at least.
    assert!((60..=200).contains(&leaked), "{leaked}");
    assert!((60..250).contains(&restarting), "{restarting} of 360 frames");
    assert!(unmanaged > 250, "{unmanaged} of 360 frames");
    sim.apply(&lever(LeverKind::Complete { on: vec![CS1] }));
    sim.apply(&lever(LeverKind::Withdraw { on: vec![CS1] }));
    sim.apply(&lever(LeverKind::Rollback { on: vec![CS1, CS2] }));
    let outcomes: Vec<_> = sim.levers().iter().map(|l| l.outcome).collect();
    assert_eq!(outcomes, [LeverOutcome::Refused, LeverOutcome::Worked, LeverOutcome::Refused]);
    // The facilitator gives the management plane back: completing the change ends the loops by itself.
    sim.apply(&fault(clear("unmanageable"), &servers()));
    sim.apply(&lever(LeverKind::Complete { on: servers() }));
    assert_eq!(sim.levers()[3].outcome, LeverOutcome::Worked);
    let after = frames(&mut sim, 4_200 + 1_200);
    assert!(after.servers.iter().all(|s| s.leaked == 0 && s.managed), "{:?}", after.servers);
    assert_eq!(after.servers[0].state, ServerState::Withdrawn);
    // In service; perhaps full, since it carries the other's traffic.
    assert!(matches!(after.servers[1].state, ServerState::Up | ServerState::Impaired));
}

#[test]
fn redialling_works_while_servers_reboot_in_turn() {
    let mut sim = simulation(&scenario(), 2);
    let kind = FaultKind::RestartLoop { up: Law::Exp(180.0), down: Law::Exp(60.0) };
    sim.apply(&fault(kind, &servers()));
    frames(&mut sim, 3_600);
    let truth = sim.truth();
    assert!(truth.served_later > truth.needs / 20, "{truth:?}");
    assert!(truth.not_delivered > truth.attempts / 20, "{truth:?}");
    // Refused attempts are many, lost people far fewer.
    assert!(truth.lost_network < truth.not_delivered / 2, "{truth:?}");
}

#[test]
fn a_crash_loses_its_calls_at_once_and_a_lever_restarts_it() {
    let mut sim = simulation(&scenario(), 3);
    frames(&mut sim, 600);
    sim.apply(&fault(FaultKind::Crash { lose_calls: true }, &[CS1]));
    let sample = frames(&mut sim, 610);
    assert!(sample.cells.iter().map(|c| u32::from(c.dropped)).sum::<u32>() > 0);
    assert_eq!((sample.servers[0].state, sample.servers[0].sessions), (ServerState::Down, 0));
    sim.apply(&lever(LeverKind::Restart { on: vec![CS1] }));
    assert_eq!(frames(&mut sim, 620).servers[0].state, ServerState::Restarting);
    // 180 s of restart.
    assert_eq!(frames(&mut sim, 800).servers[0].state, ServerState::Up);
}

#[test]
fn ordinary_traffic_of_a_withdrawn_server_goes_to_the_other() {
    let mut sim = simulation(&scenario(), 4);
    let before = frames(&mut sim, 600).servers[1].sessions;
    sim.apply(&lever(LeverKind::Withdraw { on: vec![CS1] }));
    let after = frames(&mut sim, 1_200);
    assert!(after.servers[1].sessions > before + 60, "{before} {}", after.servers[1].sessions);
    assert!(after.servers[1].sessions <= after.servers[1].capacity);
    sim.apply(&lever(LeverKind::Gap { share: 0.1 }));
    let gapped = frames(&mut sim, 1_800).servers[1].sessions;
    assert!(gapped + 60 < after.servers[1].sessions, "{gapped}");
}

#[test]
fn a_capped_server_refuses_what_is_above_its_cap() {
    let mut s = scenario();
    for server in &mut s.network.call_servers {
        server.ordinary.clear();
    }
    let mut sim = simulation(&s, 5);
    sim.apply(&lever(LeverKind::Cap { on: servers(), setups_per_s: 0.02 }));
    let mut taken = 0;
    for _ in 0..360 {
        taken += sim.next_sample().servers.iter().map(|s| u32::from(s.setups - s.refused)).sum::<u32>();
    }
    // Two servers, an hour, one set-up in 50 s each, a burst of a few more.
    assert!((120..=156).contains(&taken), "{taken}");
}

#[test]
fn substitutes_help_only_off_the_broken_path() {
    let run = |publish: Option<u16>| {
        let mut sim = simulation(&scenario(), 6);
        sim.apply(&fault(FaultKind::Blackhole { p: 1.0, leak: false }, &servers()));
        if let Some(number) = publish {
            sim.apply(&lever(LeverKind::Publish { substitutes: vec![SubstituteId(number)] }));
        }
        frames(&mut sim, 7_200);
        sim.truth()
    };
    let (none, trap, mobile) = (run(None), run(Some(0)), run(Some(1)));
    assert_eq!(none.served_substitute, 0);
    // The number on the same exchange serves only copper callers, who were served anyway.
    assert!(trap.served_substitute < mobile.served_substitute / 10, "{trap:?} {mobile:?}");
    assert!(mobile.lost_network + 100 < none.lost_network, "{none:?} {mobile:?}");
    assert!(trap.lost_network + 50 > none.lost_network, "{none:?} {trap:?}");
}

#[test]
fn an_alert_tells_at_once_what_publication_tells_slowly() {
    let run = |alert: bool| {
        let mut sim = simulation(&scenario(), 7);
        sim.apply(&fault(FaultKind::Blackhole { p: 1.0, leak: false }, &servers()));
        sim.apply(&lever(LeverKind::Publish { substitutes: vec![] }));
        if alert {
            sim.apply(&lever(LeverKind::Alert { zones: vec![] }));
        }
        frames(&mut sim, 600);
        sim.truth().served_substitute
    };
    let (slow, fast) = (run(false), run(true));
    assert!(fast > slow * 3 / 2, "{slow} {fast}");
}

#[test]
fn levers_take_their_time_and_their_chance() {
    let mut s = scenario();
    s.levers = vec![
        LeverSpec {
            id: "withdraw".into(),
            name: Text::default(),
            help: Text::default(),
            preparation_s: 95.0,
            success: 1.0,
        },
        LeverSpec {
            id: "restart".into(),
            name: Text::default(),
            help: Text::default(),
            preparation_s: 0.0,
            success: 0.0,
        },
    ];
    let mut sim = simulation(&s, 8);
    sim.apply(&lever(LeverKind::Withdraw { on: vec![CS1] }));
    sim.apply(&lever(LeverKind::Restart { on: vec![CS2] }));
    sim.apply(&lever(LeverKind::Freeze));
    assert_eq!(frames(&mut sim, 90).servers[0].state, ServerState::Up);
    assert_eq!(frames(&mut sim, 100).servers[0].state, ServerState::Withdrawn);
    let outcomes: Vec<_> = sim.levers().iter().map(|l| (l.due.0 / SimTime::SECOND, l.outcome)).collect();
    assert_eq!(outcomes, [(95, LeverOutcome::Worked), (0, LeverOutcome::Failed), (0, LeverOutcome::NotAvailable)]);
}

#[test]
fn a_freeze_stops_the_changes_that_have_not_been_made() {
    let mut s = scenario();
    let act = ScriptedAct::Fault(FaultKind::Locked);
    let event =
        ScriptedEvent { at_s: 60.0, stagger_s: 600.0, act, on: servers(), note: None, grade: None, source: None };
    s.events = vec![event];
    let mut sim = simulation(&s, 9);
    frames(&mut sim, 100);
    sim.apply(&lever(LeverKind::Freeze));
    let after = frames(&mut sim, 1_200);
    assert_eq!(after.servers[0].state, ServerState::Down);
    // It carries the first one's traffic, so it may be full, but nobody locked it.
    assert_ne!(after.servers[1].state, ServerState::Down);
}

#[test]
fn psaps_go_down_lose_positions_and_call_back() {
    let mut sim = simulation(&scenario(), 10);
    let all: Vec<Element> = (0..4).map(|i| Element::Psap(PsapId(i))).collect();
    frames(&mut sim, 300);
    sim.apply(&fault(FaultKind::Down, &all));
    let down = frames(&mut sim, 1_200);
    assert!(down.psaps.iter().all(|p| p.positions == 0));
    let lost = sim.truth().lost_psap;
    assert!(lost > 50, "{lost}");
    sim.apply(&fault(clear("down"), &all));
    sim.apply(&fault(FaultKind::Positions { share: 0.5 }, &all[..1]));
    sim.apply(&lever(LeverKind::Positions { psap: PsapId(1), positions: 3 }));
    let up = frames(&mut sim, 1_210);
    assert_eq!((up.psaps[0].positions, up.psaps[1].positions), (5, 3));
    sim.apply(&fault(clear("positions"), &all));
    sim.apply(&lever(LeverKind::Positions { psap: PsapId(0), positions: 30 }));
    sim.apply(&lever(LeverKind::Positions { psap: PsapId(1), positions: 30 }));
    sim.apply(&lever(LeverKind::Callback { per_min: 6.0 }));
    frames(&mut sim, 3_600);
    assert!(sim.truth().lost_psap < lost / 2, "{lost} {:?}", sim.truth());
}

#[test]
fn frozen_telemetry_says_what_it_said_while_neighbours_see_the_truth() {
    let mut sim = simulation(&scenario(), 11);
    frames(&mut sim, 600);
    sim.apply(&fault(FaultKind::Telemetry { frozen: true, delay_s: 0.0, lying: false }, &[CS1]));
    sim.apply(&fault(FaultKind::Blackhole { p: 1.0, leak: false }, &[CS1]));
    let mut silent = 0;
    for _ in 0..30 {
        let server = sim.next_sample().servers[0];
        assert_eq!((server.state, server.telemetry_frozen), (ServerState::Up, true));
        silent += server.silent;
    }
    assert!(silent > 0);
    sim.apply(&fault(clear("telemetry"), &[CS1]));
    let server = frames(&mut sim, 920).servers[0];
    assert_eq!((server.state, server.telemetry_frozen), (ServerState::Impaired, false));
}

#[test]
fn a_change_given_to_one_server_first_costs_little_if_calls_go_round() {
    let run = |on: &[Element]| {
        let mut sim = simulation(&scenario(), 12);
        sim.apply(&fault(FaultKind::Reject { p: 1.0 }, on));
        frames(&mut sim, 3_600);
        let totals = sim.totals();
        totals.refused as f64 / totals.attempts as f64
    };
    let (one, both) = (run(&[CS1]), run(&servers()));
    assert!(one < 0.005, "{one}");
    assert!(both > 0.3, "{both}");
}

#[test]
fn a_trunk_group_without_exit_keeps_the_sessions_of_its_server() {
    let run = |leak: bool| {
        let mut sim = simulation(&scenario(), 13);
        let on: Vec<Element> = (0..4).map(|i| Element::Group(GroupId(i))).collect();
        sim.apply(&fault(FaultKind::Blackhole { p: 1.0, leak }, &on));
        let sample = frames(&mut sim, 1_800);
        (sample.servers[0].leaked, sim.totals().silent)
    };
    let ((kept, silent), (released, _)) = (run(true), run(false));
    assert!(kept > 50 && u64::from(kept) <= silent, "{kept} of {silent}");
    assert_eq!(released, 0);
}
