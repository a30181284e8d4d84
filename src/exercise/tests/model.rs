//! The desk against a model of a few lines: whatever is done in whatever order, no inject comes twice or never, no clock
//! runs backwards, and a pause loses nothing.

use super::*;

#[derive(Debug, Clone)]
enum Op {
    Wait(u32),
    Pause,
    Resume,
    Plain(bool),
    Speed(u32),
    Jump(u32),
    Fire(usize),
    Skip(usize),
    Hold(usize),
    Release(usize),
    Delay(usize, u32),
    Copy(usize, u32),
    Refold,
    /// Somebody takes the desk, or leaves it to the machine.
    Sit(bool),
}

fn op() -> impl Strategy<Value = Op> {
    let one = 0_usize..6;
    prop_oneof![
        6 => (1_u32..400).prop_map(Op::Wait),
        2 => Just(Op::Pause),
        3 => Just(Op::Resume),
        1 => any::<bool>().prop_map(Op::Plain),
        2 => prop_oneof![Just(1_000_u32), Just(6_000), Just(120_000), Just(600_000)].prop_map(Op::Speed),
        1 => (1_u32..3_000).prop_map(Op::Jump),
        2 => one.clone().prop_map(Op::Fire),
        2 => one.clone().prop_map(Op::Skip),
        2 => one.clone().prop_map(Op::Hold),
        2 => one.clone().prop_map(Op::Release),
        1 => (one.clone(), 1_u32..900).prop_map(|(i, s)| Op::Delay(i, s)),
        1 => (one, 0_u32..4_000).prop_map(|(i, s)| Op::Copy(i, s)),
        1 => Just(Op::Refold),
        1 => any::<bool>().prop_map(Op::Sit),
    ]
}

/// What a person with paper and pencil would say of one inject.
#[derive(Debug, Clone)]
struct Paper {
    due: i64,
    held: bool,
    skipped: bool,
    given: Option<i64>,
    /// It was given by hand.
    by_hand: bool,
    /// When it was last released, or copied [ms].
    since: i64,
}

/// Pause × speed × jump × give now × skip × hold × delay × copy × take-over × interruption against a model of a few lines.
fn play(ops: &[Op]) -> Result<(), TestCaseError> {
    let ids = ["I0", "I1", "I2", "I3", "I4", "I5"];
    let times = [0_u32, 60, 60, 600, 1_800, 3_600];
    let planned: Vec<(&str, u32)> = ids.into_iter().zip(times).collect();
    let mut table = Table::new(kit(&planned), false);
    table.start();
    let mut paper: BTreeMap<String, Paper> = planned
        .iter()
        .map(|(id, s)| {
            (
                (*id).to_owned(),
                Paper { due: i64::from(*s), held: false, skipped: false, given: None, by_hand: false, since: 0 },
            )
        })
        .collect();
    // The model's own clock [ms of incident time].
    let (mut ms, mut rate, mut running, mut locked) = (0_i64, 1_000_i64, true, false);
    let mut copies = 0;
    let mut last = table.now();
    let give = |paper: &mut BTreeMap<String, Paper>, ms: i64, locked: bool| {
        for one in paper.values_mut() {
            if !locked && !one.held && !one.skipped && one.given.is_none() && one.due * 1_000 <= ms {
                one.given = Some(ms);
            }
        }
    };
    table.tick();
    give(&mut paper, ms, locked);
    for op in ops {
        match op {
            Op::Wait(tenths) => {
                table.wall += TimeDelta::milliseconds(i64::from(*tenths) * 100);
                if running {
                    ms += i64::from(*tenths) * 100 * rate / 1_000;
                }
            }
            Op::Pause => {
                let done = table.act(DeskAct::Pause).is_ok();
                prop_assert_eq!(done, !locked);
                (locked, running) = (true, false);
            }
            Op::Resume => {
                let done = table.act(DeskAct::Resume).is_ok();
                prop_assert_eq!(done, locked);
                if locked {
                    (locked, running) = (false, true);
                }
            }
            Op::Plain(on) => {
                let body = Body::Clock {
                    x_at: table.now().fixed_offset(),
                    running: *on,
                    rate_milli: table.incident.clock().rate_milli,
                    text: String::new(),
                };
                let done = table.write(body, Role::Director, Vec::new(), table.now());
                prop_assert_eq!(done.is_ok(), !locked, "players cannot touch the clock while they are locked");
                if !locked {
                    running = *on;
                }
            }
            Op::Speed(milli) => {
                let body = Body::Clock {
                    x_at: table.now().fixed_offset(),
                    running: table.incident.clock().running,
                    rate_milli: *milli,
                    text: String::new(),
                };
                table.write(body, Role::Facilitator, Vec::new(), table.now()).unwrap();
                rate = i64::from(*milli);
            }
            Op::Jump(s) => {
                let to = (table.now() + TimeDelta::seconds(i64::from(*s))).fixed_offset();
                table.act(DeskAct::Jump { to }).unwrap();
                ms += i64::from(*s) * 1_000;
            }
            Op::Fire(i) => {
                let act = DeskAct::Fire { inject: ids[*i].to_owned(), rule: String::new() };
                let one = paper.get_mut(ids[*i]).unwrap();
                prop_assert_eq!(table.act(act).is_ok(), one.given.is_none() && !locked);
                if !locked && one.given.is_none() {
                    (one.given, one.by_hand) = (Some(ms), true);
                }
            }
            Op::Skip(i) => {
                let one = paper.get_mut(ids[*i]).unwrap();
                prop_assert_eq!(table.act(DeskAct::Skip { inject: ids[*i].to_owned() }).is_ok(), one.given.is_none());
                if one.given.is_none() {
                    (one.skipped, one.held) = (true, false);
                }
            }
            Op::Hold(i) => {
                let one = paper.get_mut(ids[*i]).unwrap();
                prop_assert_eq!(table.act(DeskAct::Hold { inject: ids[*i].to_owned() }).is_ok(), one.given.is_none());
                if one.given.is_none() {
                    (one.held, one.skipped) = (true, false);
                }
            }
            Op::Release(i) => {
                let one = paper.get_mut(ids[*i]).unwrap();
                let waits = one.given.is_none() && (one.held || one.skipped);
                prop_assert_eq!(table.act(DeskAct::Release { inject: ids[*i].to_owned() }).is_ok(), waits);
                if waits {
                    one.since = ms;
                }
                (one.held, one.skipped) = (false, false);
            }
            Op::Delay(i, s) => {
                let act = DeskAct::Delay { inject: ids[*i].to_owned(), by_s: *s };
                let one = paper.get_mut(ids[*i]).unwrap();
                prop_assert_eq!(table.act(act).is_ok(), one.given.is_none());
                if one.given.is_none() {
                    one.due += i64::from(*s);
                }
            }
            Op::Copy(i, at_s) => {
                copies += 1;
                let copy = format!("K{copies}");
                let act = DeskAct::Duplicate { inject: ids[*i].to_owned(), copy: copy.clone(), at_s: *at_s };
                table.act(act).unwrap();
                let due = i64::from(*at_s);
                let one = Paper { due, held: false, skipped: false, given: None, by_hand: false, since: ms };
                paper.insert(copy, one);
            }
            Op::Refold => {
                // Interrupted: everything is folded anew from the log.
                let mut desk = Desk::new(Arc::clone(table.desk.kit()), table.desk.scripted());
                for line in &table.lines {
                    desk.apply(line);
                }
                prop_assert_eq!(desk.items(), table.desk.items());
                prop_assert_eq!(desk.phase(), table.desk.phase());
                table.desk = desk;
            }
            Op::Sit(on) => table.desk.sit(if *on { Role::Facilitator } else { Role::Director }),
        }
        table.tick();
        give(&mut paper, ms, locked);
        prop_assert!(table.now() >= last, "the clock ran backwards");
        last = table.now();
        prop_assert_eq!((last - at(0)).num_milliseconds(), ms);
        for (id, one) in &paper {
            let fires = table.fires(id);
            prop_assert_eq!(fires.len(), usize::from(one.given.is_some()), "{} at {}: {:?}", id, ms, one);
            if let (Some(fire), Some(given)) = (fires.first(), one.given) {
                // Never before its time, its release or its copying; never later than it was found out.
                let earliest = if one.by_hand { given } else { (one.due * 1_000).max(one.since) };
                prop_assert!(*fire >= at(0) + TimeDelta::milliseconds(earliest), "{} came too early: {}", id, fire);
                prop_assert!(*fire <= at(0) + TimeDelta::milliseconds(given), "{} came too late: {}", id, fire);
            }
        }
    }
    // Whatever was done: once play runs on to the end, what was neither skipped nor held has come, once.
    if locked {
        table.act(DeskAct::Resume).unwrap();
    }
    let body = Body::Clock { x_at: table.now().fixed_offset(), running: true, rate_milli: 1_000, text: String::new() };
    table.write(body, Role::Facilitator, Vec::new(), table.now()).unwrap();
    table.wall += TimeDelta::hours(20);
    table.tick();
    table.tick();
    for (id, one) in &paper {
        let wanted = usize::from(one.given.is_some() || !(one.held || one.skipped));
        prop_assert_eq!(table.fires(id).len(), wanted, "{} in the end", id);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_inject_comes_twice_or_never(ops in proptest::collection::vec(op(), 1..40)) {
        play(&ops)?;
    }
}
