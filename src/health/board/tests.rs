use chrono::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::health::{Rate, Trend};
use crate::network::PsapId;
use crate::network::{
    Access, CallServer, Callers, Connection, Demand, Law, Line, LineId, Operator, OperatorId, Profile, Psap, PsapKind,
    RerouteOn, Route, Service, Text, Translation, Zone,
};
use crate::sim::{CellCount, PsapGauge, Received, ServerGauge, ServerState};

const ZONES: u16 = 6;

/// Six zones, two services, three lines of two operators, a psap per zone and service, three call servers that share
/// their software. Needs: 1 a second in all, spread evenly, the same at every hour.
fn network() -> Arc<Network> {
    static NETWORK: std::sync::LazyLock<Arc<Network>> = std::sync::LazyLock::new(build);
    Arc::clone(&NETWORK)
}

fn build() -> Arc<Network> {
    let text = |s: &str| Text { fr: s.to_owned(), en: s.to_owned() };
    let zones = (0..ZONES)
        .map(|i| Zone {
            code: format!("{:02}", i + 1),
            name: format!("Zone {}", i + 1),
            region_code: (i / 3).to_string(),
            region: format!("Region {}", i / 3),
            population: 500_000,
            tz: chrono_tz::Europe::Paris,
            tile: None,
        })
        .collect();
    let operators =
        ["orion", "lyra"].map(|id| Operator { id: id.to_owned(), name: id.to_uppercase() }).into_iter().collect();
    let line = |operator, access, share: f64| Line {
        operator: OperatorId(operator),
        access,
        share: share.into(),
        zones: vec![],
    };
    let psaps = (0..ZONES)
        .flat_map(|zone| {
            [("samu", PsapKind::Samu, 0), ("sdis", PsapKind::Fire, 1)].map(|(id, kind, service)| Psap {
                id: format!("{id}-{:02}", zone + 1),
                name: format!("{} {:02}", id.to_uppercase(), zone + 1),
                kind,
                zone: ZoneId(zone),
                services: vec![ServiceId(service)],
                connection: Connection::Pstn,
                trunks: 30,
                positions: vec![(0, 10)],
                handling: Law::Exp(120.0),
                patience: None,
                target_s: 60.0,
                target_share: 0.9,
                overflow: None,
            })
        })
        .collect();
    let call_servers: Vec<CallServer> = (1..=3)
        .map(|i| CallServer {
            id: format!("cs-{i}"),
            name: format!("CS {i}"),
            site: String::new(),
            software: "cs-7.2".to_owned(),
            sessions: 1_000,
            setups_per_s: 50.0,
            ordinary: vec![],
            restart: Law::Fixed(60.0),
        })
        .collect();
    let leaves = || (0..ZONES).flat_map(|zone| [0, 1].map(|service| (ZoneId(zone), ServiceId(service))));
    Arc::new(Network {
        name: text("test"),
        country: text("France"),
        area: text("département"),
        areas: text("départements"),
        clocks: vec![],
        tz: chrono_tz::Europe::Paris,
        zones,
        services: ["15", "18"]
            .map(|code| Service { code: code.to_owned(), name: text(code), circuits: 1 })
            .into_iter()
            .collect(),
        operators,
        lines: vec![line(0, Access::Mobile, 0.5), line(0, Access::Pstn, 0.2), line(1, Access::Mobile, 0.3)],
        profiles: vec![Profile { id: "flat".to_owned(), points: vec![], days: vec![] }],
        demand: leaves()
            .map(|(zone, service)| Demand {
                zone,
                service,
                per_day: (86_400.0 / 12.0).into(),
                profile: 0,
                sources: None,
            })
            .collect(),
        psaps,
        call_servers,
        trunk_groups: vec![],
        routes: vec![Route {
            lines: vec![],
            zones: vec![],
            choices: (0..3).map(|server| (ServerId(server), 0, 1.0)).collect(),
            reroute_on: RerouteOn::default(),
            timeout_s: 10.0,
            detour: 1,
        }],
        translation: leaves()
            .map(|(zone, service)| Translation {
                zone,
                service,
                to: vec![(PsapId(zone.0 * 2 + u16::from(service.0)), 1.0)],
            })
            .collect(),
        substitutes: vec![],
        callers: Callers {
            setup: Law::Fixed(3.0),
            patience_silence: Law::Exp(15.0),
            redial: [0.8, 0.8, 0.8, 0.4, 0.9].map(Into::into),
            redial_decay: 1.0.into(),
            redial_delay: vec![Law::Exp(30.0)],
            max_attempts: 8,
            persistence_spread: 0.0.into(),
            switch_service: 0.0.into(),
            switch_access: 0.0.into(),
            own_means: 0.3.into(),
            test_calls: 0.0.into(),
        },
    })
}

fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2021, 6, 2, 13, 30, 0).unwrap()
}

fn board(perimeter: Perimeter) -> Board {
    Board::new(network(), start(), perimeter, true)
}

/// A small generator (splitmix64), so that the tests need no other.
struct Dice(u64);

impl Dice {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> u16 {
        let (limit, mut product, mut count) = (libm::exp(-mean), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            count += 1;
        }
        count
    }
}

/// What fails: share of calls that cross a call server, share of all calls in zone 1, and is the psap of zone 1 cut?
#[derive(Clone, Copy, Default)]
struct Trouble {
    servers: f64,
    first_zone: f64,
}

/// A frame of callers who call once.
fn frame(index: u32, dice: &mut Dice, trouble: Trouble) -> Frame {
    let network = network();
    let (mut cells, mut received) = (Vec::new(), Vec::new());
    let mut servers = [ServerGauge { capacity: 1_000, sessions: 100, managed: true, ..ServerGauge::default() }; 3];
    for zone in 0..ZONES {
        for service in 0..2_u8 {
            let mut arrived = 0;
            for (line, share) in [(0_u8, 0.5), (1, 0.2), (2, 0.3)] {
                let attempts = dice.poisson(10.0 / 12.0 * share);
                let (mut refused, mut silent) = (0, 0);
                for _ in 0..attempts {
                    let at_zone = zone == 0 && dice.unit() < trouble.first_zone;
                    let crosses = line != 1;
                    let server = (dice.unit() * 3.0) as usize;
                    let at_server = crosses && dice.unit() < trouble.servers;
                    if crosses {
                        servers[server].setups += 1;
                        servers[server].silent += u16::from(at_server);
                    }
                    silent += u16::from(at_server);
                    refused += u16::from(at_zone && !at_server);
                }
                let delivered = attempts - refused - silent;
                arrived += delivered;
                if attempts > 0 {
                    cells.push(CellCount {
                        cell: network.cell(ZoneId(zone), ServiceId(service), LineId(line)),
                        attempts,
                        delivered,
                        answered: delivered,
                        refused,
                        silent,
                        ..CellCount::default()
                    });
                }
            }
            if arrived > 0 {
                let psap = zone * 2 + u16::from(service);
                let row =
                    Received { psap, service, received: arrived, answered: arrived, in_target: arrived, abandoned: 0 };
                received.push(row);
            }
        }
    }
    let of = Some(index);
    Frame {
        index,
        cells: Part { of, data: cells },
        received: Part { of, data: received },
        psaps: Part { of, data: vec![PsapGauge { queue: 0, busy: 3, positions: 10 }; usize::from(ZONES) * 2] },
        servers: Part { of, data: servers.to_vec() },
        truth: None,
    }
}

/// Frames of a calm hour, then `trouble` for half an hour, then calm again for `after` frames.
fn evening(seed: u64, trouble: Trouble, after: u32) -> Vec<Frame> {
    let mut dice = Dice(seed);
    (0..540 + after)
        .map(|i| frame(i, &mut dice, if (360..540).contains(&i) { trouble } else { Trouble::default() }))
        .collect()
}

fn run(board: &mut Board, frames: &[Frame]) -> Vec<(u32, AlarmEvent)> {
    frames.iter().flat_map(|f| board.push(f).into_iter().map(|e| (f.index, e)).collect::<Vec<_>>()).collect()
}

fn states(board: &Board) -> impl Iterator<Item = State> + '_ {
    std::iter::once(board.overview().state)
        .chain(board.services().iter().map(|row| row.state))
        .chain(board.zones().iter().flat_map(|row| row.services.iter().copied().chain([row.state])))
        .chain(board.psaps().iter().map(|row| row.state))
        .chain(board.servers().iter().map(|row| row.state))
}

#[test]
fn nothing_is_green_without_data() {
    let mut board = board(Perimeter::Nation);
    assert!(states(&board).all(|state| state == State::Unknown));
    // frames without any news, then frames that say: nothing counted
    for index in 0..200 {
        board.push(&Frame { index, ..Frame::default() });
    }
    assert!(states(&board).all(|state| state == State::Unknown));
    for index in 200..900 {
        let of = Some(index);
        let quiet = Frame {
            index,
            cells: Part { of, data: vec![] },
            servers: Part { of, data: vec![ServerGauge { managed: true, capacity: 9, ..ServerGauge::default() }; 3] },
            ..Frame::default()
        };
        board.push(&quiet);
        assert!(states(&board).all(|state| state != State::Nominal), "frame {index}");
    }
}

#[test]
fn a_calm_hour_is_green_and_raises_no_alarm() {
    let mut board = board(Perimeter::Nation);
    assert_eq!(run(&mut board, &evening(7, Trouble::default(), 0)), []);
    assert_eq!(board.overview().state, State::Nominal);
    assert!(board.services().iter().all(|row| row.state == State::Nominal));
    assert_eq!(board.overview().lost, None);
    assert!(board.worst(5).is_empty());
    assert!(board.psaps().iter().all(|row| row.history.len() == 60 && row.state == State::Nominal));
}

#[test]
fn a_feed_that_falls_silent_goes_stale_and_not_bad() {
    let mut board = board(Perimeter::Nation);
    let frames = evening(7, Trouble::default(), 0);
    run(&mut board, &frames[..400]);
    let last = frames[399].clone();
    // the same part again is no news
    for index in 400..402 {
        board.push(&Frame { index, ..last.clone() });
    }
    assert_eq!(board.overview().state, State::Nominal);
    assert_eq!(board.overview().operator_age_s, Some(20));
    for index in 402..404 {
        board.push(&Frame { index, ..last.clone() });
    }
    assert_eq!(board.overview().state, State::Stale);
    assert!(board.zones().iter().all(|row| row.state == State::Stale));
    assert!(board.psaps().iter().all(|row| row.state == State::Stale));
    assert_eq!(board.overview().mute, 4);
    // time alone does the same
    let mut board = self::board(Perimeter::Nation);
    run(&mut board, &frames[..400]);
    board.tick(start() + TimeDelta::seconds(4_030));
    assert_eq!(board.overview().state, State::Nominal);
    board.tick(start() + TimeDelta::seconds(4_031));
    assert_eq!(board.overview().state, State::Stale);
}

#[test]
fn an_outage_gives_few_alarms_by_shared_cause_and_ends() {
    let trouble = Trouble { servers: 0.6, first_zone: 0.0 };
    let mut board = board(Perimeter::Nation);
    let frames = evening(11, trouble, 540);
    let lines = run(&mut board, &frames[..540]);
    let groups: Vec<&str> = lines.iter().map(|(_, event)| event.alarm.group.as_str()).collect();
    assert!(
        groups.contains(&"national-ner") && groups.contains(&"software:cs-7.2") && groups.contains(&"received"),
        "{groups:?}"
    );
    assert!(groups.iter().all(|group| ["national-ner", "software:cs-7.2", "received"].contains(group)), "{groups:?}");
    let first = lines[0].0;
    assert!((361..=368).contains(&first), "first line at frame {first}");
    let national = lines.iter().find(|(_, event)| event.alarm.group == "national-ner").unwrap();
    assert!(national.0 <= 360 + 30);
    let mut named = national.1.alarm.elements.clone();
    named.sort();
    assert_eq!(named, ["15", "18"]);
    assert!(national.1.alarm.since >= start() + TimeDelta::minutes(59));
    let early = lines.iter().filter(|(frame, _)| *frame < first + 60).count();
    assert!(early <= 10, "{early} lines in the first ten minutes");
    for pair in lines.iter().filter(|(frame, _)| *frame >= first + 60).collect::<Vec<_>>().windows(2) {
        assert!(pair[1].0 >= pair[0].0 + 6, "two lines within a minute");
    }
    assert!(lines.iter().all(|(_, event)| !event.over));
    assert_eq!(
        board.overview().cause.as_ref().map(|cause| (cause.kind.as_str(), cause.name.as_str())),
        Some(("software", "cs-7.2"))
    );
    assert!(severity(board.overview().state) >= 3);
    let (low, high) = board.overview().lost.unwrap();
    // callers of this test call once: each failure is one caller; the estimate knows only that callers redial
    let failed: u32 = frames[360..540].iter().flat_map(|f| &f.cells.data).map(|c| u32::from(c.silent)).sum();
    assert!(low > 0 && low < high && high < failed, "{low} {high} of {failed}");
    let lines = run(&mut board, &frames[540..]);
    let mut over: Vec<&str> = lines.iter().filter(|(_, e)| e.over).map(|(_, e)| e.alarm.group.as_str()).collect();
    over.sort_unstable();
    assert_eq!(over, ["national-ner", "received", "software:cs-7.2"]);
    assert_eq!(board.alarms().count(), 0);
    assert_eq!(board.overview().state, State::Nominal);
    assert_eq!(board.overview().lost.unwrap().0, low, "calm hours add no lost callers");
}

#[test]
fn a_local_failure_is_told_as_local() {
    let mut board = board(Perimeter::Nation);
    let lines = run(&mut board, &evening(3, Trouble { servers: 0.0, first_zone: 0.95 }, 0));
    let groups: std::collections::BTreeSet<&str> = lines.iter().map(|(_, e)| e.alarm.group.as_str()).collect();
    assert!(groups.contains("zone:01") || groups.contains("national-ner"), "{groups:?}");
    assert_eq!(board.overview().cause.as_ref().map(|c| (c.kind.as_str(), c.name.as_str())), Some(("zone", "Zone 1")));
    assert!(severity(board.zones()[0].state) >= 3);
    assert!(board.zones()[1..].iter().all(|row| row.state == State::Nominal));
    assert_eq!(board.worst(1)[0].psap.index() / 2, 0);
    // seen from elsewhere all is well; seen from there it is not
    board.set_perimeter(Perimeter::Zone("02".to_owned()));
    assert_eq!((board.overview().zones, board.overview().zones_of), (0, 1));
    assert!(board.worst(3).is_empty());
    assert_eq!(board.overview().lost.unwrap().1, 0);
    board.set_perimeter(Perimeter::Region("0".to_owned()));
    assert_eq!((board.overview().zones, board.overview().zones_of), (1, 3));
}

#[test]
fn a_server_is_judged_by_its_neighbours() {
    let mut board = board(Perimeter::Nation);
    for index in 0..120 {
        let of = Some(index);
        let well = ServerGauge { setups: 4, capacity: 100, managed: true, ..ServerGauge::default() };
        let liar = ServerGauge { silent: 4, telemetry_frozen: true, ..well };
        let withdrawn = ServerGauge { setups: 0, state: ServerState::Withdrawn, ..well };
        board.push(&Frame { index, servers: Part { of, data: vec![well, liar, withdrawn] }, ..Frame::default() });
    }
    let states: Vec<_> = board.servers().iter().map(|row| (row.says, row.state)).collect();
    assert_eq!(
        states,
        [
            (ServerState::Up, State::Nominal),
            (ServerState::Up, State::Down),
            (ServerState::Withdrawn, State::Maintenance)
        ]
    );
    assert_eq!(board.overview().mute, 1);
    assert!((board.servers()[0].setups_per_s - 0.4).abs() < 1e-9);
}

#[test]
fn a_board_seen_through_another_perimeter_is_as_if_it_had_always_been() {
    let frames = evening(5, Trouble { servers: 0.5, first_zone: 0.0 }, 0);
    for perimeter in
        [Perimeter::Zone("03".to_owned()), Perimeter::Operator("lyra".to_owned()), Perimeter::Region("1".to_owned())]
    {
        let (mut turned, mut always) = (board(Perimeter::Nation), board(perimeter.clone()));
        run(&mut turned, &frames[..350]);
        run(&mut always, &frames[..350]);
        turned.set_perimeter(perimeter);
        assert_eq!(turned.services(), always.services());
        run(&mut turned, &frames[350..]);
        run(&mut always, &frames[350..]);
        assert_eq!(turned.digest(), always.digest());
    }
}

#[test]
fn the_same_frames_give_the_same_bits_also_from_a_copy() {
    let frames = evening(9, Trouble { servers: 0.4, first_zone: 0.3 }, 60);
    let (mut one, mut two) = (board(Perimeter::Nation), board(Perimeter::Nation));
    run(&mut one, &frames);
    run(&mut two, &frames[..400]);
    let mut copy = two.clone();
    run(&mut copy, &frames[400..]);
    assert_eq!(one.digest(), copy.digest());
    assert_ne!(one.digest(), two.digest());
}

#[test]
fn an_hour_of_history_is_kept_per_minute() {
    let mut board = board(Perimeter::Nation);
    run(&mut board, &evening(1, Trouble { servers: 1.0, first_zone: 0.0 }, 0));
    let history = &board.services()[0].history;
    assert_eq!(history.len(), 60);
    assert!(history[..29].iter().all(|ner| *ner == Some(1_000)));
    assert!(history[31..].iter().all(|ner| ner.is_none_or(|ner| ner < 600)), "{history:?}");
    assert_eq!(board.services()[0].ner_trend, Trend::Steady);
}

#[test]
fn without_a_feed_the_board_lives_on_observations() {
    let mut board = Board::new(network(), start(), Perimeter::Nation, false);
    assert!(states(&board).all(|state| state == State::Unknown));
    let seen = |zone: Option<&str>, service: &str, state, minute| Observation {
        zone: zone.map(str::to_owned),
        service: service.to_owned(),
        source: "SAMU 01".to_owned(),
        state,
        share: None,
        at: start() + TimeDelta::minutes(minute),
    };
    board.observe(&seen(Some("01"), "15", State::Nominal, 0));
    assert_eq!(board.zones()[0].services, [State::Nominal, State::Unknown]);
    assert_eq!(board.zones()[0].state, State::Unknown, "one service well is not a zone well");
    assert_eq!(board.overview().state, State::Unknown);
    board.observe(&seen(Some("01"), "15", State::Critical, 5));
    assert_eq!(board.zones()[0].state, State::Critical);
    assert_eq!(board.overview().state, State::Critical);
    assert_eq!((board.overview().zones, board.overview().zones_of), (1, 6));
    board.tick(start() + TimeDelta::minutes(66));
    assert_eq!(board.zones()[0].state, State::Stale);
    assert_eq!(board.overview().state, State::Unknown);
    for service in ["15", "18"] {
        board.observe(&seen(None, service, State::Nominal, 70));
    }
    assert_eq!(board.overview().state, State::Nominal);
    assert_eq!(board.observations().len(), 4);
    let state = Metric::parse("state(zone:01) = nominal").unwrap();
    assert_eq!(board.holds(&state), Some(true));
    assert_eq!(board.holds(&Metric::parse("ner(15) > 0.9").unwrap()), None);
}

#[test]
fn metrics_are_true_false_or_without_data() {
    let mut board = board(Perimeter::Nation);
    let holds = |board: &Board, text: &str| board.holds(&Metric::parse(text).unwrap());
    assert_eq!(holds(&board, "ner(15) > 0.97"), None);
    assert_eq!(holds(&board, "servers_up > 2"), None);
    let frames = evening(11, Trouble { servers: 0.6, first_zone: 0.0 }, 0);
    run(&mut board, &frames[..24]);
    assert_eq!(holds(&board, "ner(15) > 0.97"), Some(true));
    assert_eq!(holds(&board, "ner(15) > 0.97 for 5m"), None, "four minutes are not five");
    run(&mut board, &frames[24..350]);
    for text in [
        "ner(15) > 0.97 for 5m",
        "ner(all) > 97% for 30m",
        "received_ratio(all) > 0.9 and received_ratio(psap:samu-01) > 0.5",
        "state(all) = nominal",
        "state(15) < watch",
        "state(zone:02) = nominal",
        "server_state(cs-1) = up",
        "server_managed(cs-1) = yes",
        "server_load(cs-1) < 0.2",
        "servers_up = 3",
        "zones_degraded = 0",
        "alarm(national-ner) = none",
        "lost_high = 0",
        "occupancy(samu-01) < 0.5",
    ] {
        assert_eq!(holds(&board, text), Some(true), "{text}");
    }
    assert_eq!(holds(&board, "ner(15) < 0.97"), Some(false));
    assert_eq!(holds(&board, "ner(99) < 0.97"), None);
    assert!(Metric::parse("ner(99) < 0.97").unwrap().check(board.network()).is_err());
    run(&mut board, &frames[350..]);
    assert_eq!(holds(&board, "ner(15) > 0.97 for 5m"), Some(false));
    assert_eq!(holds(&board, "state(15) >= degraded for 10m"), Some(true));
    assert_eq!(holds(&board, "alarm(national-ner) = active"), Some(true));
    assert_eq!(board.metric(&Metric::parse("ner(15) > 0.97").unwrap()), board.services()[0].ner.value());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// What a window shows is what its frames held, also when frames are missing.
    #[test]
    fn windows_conserve_counts(seed in any::<u64>(), keep in proptest::collection::vec(prop::bool::weighted(0.9), 260)) {
        let mut dice = Dice(seed);
        let mut board = board(Perimeter::Nation);
        let mut kept: Vec<Frame> = Vec::new();
        for (index, keep) in keep.into_iter().enumerate() {
            let frame = frame(index as u32, &mut dice, Trouble { servers: 0.3, first_zone: 0.2 });
            if keep {
                board.push(&frame);
                kept.push(frame);
            }
        }
        let newest = kept.last().map_or(0, |f| f.index);
        let within = |length: u32| kept.iter().filter(move |f| f.index + length > newest);
        let network = network();
        for (i, row) in board.services().iter().enumerate() {
            let cells = || within(30).flat_map(|f| &f.cells.data).filter(|c| network.of_cell(c.cell).1.index() == i);
            let attempts: u32 = cells().map(|c| u32::from(c.attempts)).sum();
            let delivered: u32 = cells().map(|c| u32::from(c.delivered)).sum();
            let received: u32 = within(30)
                .flat_map(|f| &f.received.data)
                .filter(|r| usize::from(r.service) == i)
                .map(|r| u32::from(r.received))
                .sum();
            prop_assert_eq!(row.attempts.seen as u32, attempts);
            prop_assert_eq!((row.ner.ok, row.ner.of), (delivered, attempts));
            prop_assert_eq!(row.received.seen as u32, received);
            // 1/12 need a second in each of 6 zones, over the frames that were heard
            let expected = within(30).count() as f64 * 5.0;
            prop_assert!((row.attempts.expected - expected).abs() < 1e-3, "{} {}", row.attempts.expected, expected);
        }
        for (i, row) in board.psaps().iter().enumerate() {
            let received: u32 = within(180)
                .flat_map(|f| &f.received.data)
                .filter(|r| usize::from(r.psap) == i)
                .map(|r| u32::from(r.received))
                .sum();
            prop_assert_eq!(row.received.seen as u32, received);
        }
        let totals: Rate = board.zones().iter().flat_map(|z| &z.ner).fold(Rate::default(), |sum, rate| Rate { of: sum.of + rate.of, ok: sum.ok + rate.ok, ..sum });
        let attempts: u32 = within(180).flat_map(|f| &f.cells.data).map(|c| u32::from(c.attempts)).sum();
        prop_assert_eq!(totals.of, attempts);
    }
}
