//! The desk over the writer as it is, a thread with a disk of its own pace: orders given while an earlier one is not
//! kept yet, flushes and writes that fail, the process killed in between. No inject comes twice or never, no clock runs
//! backwards, a pause loses nothing, and every order is answered once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::{Condvar, MutexGuard};

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::exercise::{Desk, ItemState, Kit, Phase};
use crate::incident::desk::DeskAct;
use crate::incident::event::Entry;
use crate::store::{Disk, DiskFile, Files};

const IDS: [&str; 5] = ["F01", "I01", "I02", "I03", "I04"];

fn plan() -> Kit {
    let mut text = r#"
[exercise]
id = "held"
title = { fr = "Disque lent", en = "Slow disk" }
scenario = "small"

[[objective]]
id = "O1"
title = { fr = "Dire la crise", en = "Declare" }
rule = "health ner(15) < 0.99"
"#
    .to_owned();
    for (id, at) in IDS.into_iter().zip(["0s", "1m", "1m", "10m", "30m"]) {
        let what = if id == "F01" {
            "fault = 'fault = \"reject\", p = 0.5'\non = [\"cs-1\"]"
        } else {
            "from = \"SDIS\"\nto = \"director\"\nanswer_within = \"5m\""
        };
        write!(
            text,
            "\n[[inject]]\nid = \"{id}\"\nat = \"{at}\"\n{what}\ntext = {{ fr = \"Texte {id}\", en = \"Text {id}\" }}\n"
        )
        .expect("text");
    }
    crate::exercise::parse("held.toml", &text).expect("plan")
}

#[derive(Debug, Default)]
struct Mood {
    /// Flushes wait.
    held: bool,
    /// The next flush fails: the file is poisoned.
    bad_flush: bool,
    /// The next write fails.
    bad_write: bool,
    /// The process is dead; with `torn`, in the middle of a write.
    dead: bool,
    torn: bool,
}

/// The machine's files at the pace, and with the failures, that a test wants. Only log files are held up.
#[derive(Debug, Clone, Default)]
struct Moody(Arc<(Mutex<Mood>, Condvar)>);

impl Moody {
    fn mood(&self) -> MutexGuard<'_, Mood> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, change: impl FnOnce(&mut Mood)) {
        change(&mut self.mood());
        self.0.1.notify_all();
    }
}

fn eio() -> io::Error {
    io::Error::from_raw_os_error(5)
}

impl Disk for Moody {
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        Files.create_dir(path)
    }

    fn open_append(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = Files.open_append(path)?;
        if path.extension().is_some_and(|kind| kind == "jsonl") {
            return Ok(Box::new(MoodyFile { disk: self.clone(), file }));
        }
        Ok(file)
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        Files.sync_dir(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        Files.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        Files.remove(path)
    }
}

#[derive(Debug)]
struct MoodyFile {
    disk: Moody,
    file: Box<dyn DiskFile>,
}

impl DiskFile for MoodyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut mood = self.disk.mood();
        if mood.dead {
            if std::mem::take(&mut mood.torn) {
                self.file.write(&bytes[..bytes.len() / 2])?;
            }
            return Err(eio());
        }
        if std::mem::take(&mut mood.bad_write) {
            return Err(eio());
        }
        self.file.write(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut mood = self.disk.mood();
        while mood.held && !mood.dead {
            mood = self.disk.0.1.wait(mood).unwrap_or_else(PoisonError::into_inner);
        }
        // What a dead process had written is in the file, flushed or not.
        if mood.dead || std::mem::take(&mut mood.bad_flush) { Err(eio()) } else { Ok(()) }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        if self.disk.mood().dead { Err(eio()) } else { self.file.truncate(length) }
    }

    fn length(&self) -> io::Result<u64> {
        self.file.length()
    }

    fn try_lock(&self) -> io::Result<bool> {
        self.file.try_lock()
    }
}

#[derive(Debug, Clone)]
enum Op {
    /// Tenths of a second pass on the wall.
    Wait(u32),
    Hold,
    Settle,
    BadFlush,
    BadWrite,
    /// The process is killed and the exercise taken up again.
    Kill {
        torn: bool,
    },
    Pause,
    Resume,
    Plain(bool),
    Speed(u32),
    Jump(u32),
    Fire(usize),
    Skip(usize),
    Keep(usize),
    Release(usize),
    Delay(usize, u32),
    Copy(usize, u32),
    /// Somebody takes the desk, or leaves it to the machine.
    Sit(bool),
}

fn op() -> impl Strategy<Value = Op> {
    let one = 0_usize..IDS.len();
    prop_oneof![
        8 => (1_u32..60).prop_map(Op::Wait),
        4 => Just(Op::Hold),
        4 => Just(Op::Settle),
        1 => Just(Op::BadFlush),
        1 => Just(Op::BadWrite),
        1 => any::<bool>().prop_map(|torn| Op::Kill { torn }),
        3 => Just(Op::Pause),
        4 => Just(Op::Resume),
        1 => any::<bool>().prop_map(Op::Plain),
        2 => prop_oneof![Just(1_000_u32), Just(60_000), Just(600_000)].prop_map(Op::Speed),
        1 => (1_u32..1_200).prop_map(Op::Jump),
        2 => one.clone().prop_map(Op::Fire),
        2 => one.clone().prop_map(Op::Skip),
        2 => one.clone().prop_map(Op::Keep),
        2 => one.clone().prop_map(Op::Release),
        1 => (one.clone(), 1_u32..900).prop_map(|(i, s)| Op::Delay(i, s)),
        1 => (one, 0_u32..2_400).prop_map(|(i, s)| Op::Copy(i, s)),
        1 => any::<bool>().prop_map(Op::Sit),
    ]
}

struct Table {
    world: World,
    disk: Moody,
    session: Session,
    /// Asked and not answered.
    asked: BTreeSet<Ticket>,
    last: DateTime<Utc>,
    copies: u32,
}

fn entries(session: &Session) -> Vec<Arc<Entry>> {
    (0..session.log().len()).filter_map(|at| session.log().get(at)).collect()
}

impl Table {
    fn new() -> Self {
        let mut world = world();
        let disk = Moody::default();
        world.setup.disk = Arc::new(disk.clone());
        world.setup.author.role = Role::Facilitator;
        let setup = world.setup.clone();
        let mut session =
            Session::new_exercise_with(setup, small(), Some(7), 60_000, Perimeter::Nation, Some(&plan())).expect("new");
        settle(&mut session);
        let last = session.now_incident();
        Self { world, disk, session, asked: BTreeSet::new(), last, copies: 0 }
    }

    fn ask(&mut self, act: DeskAct) {
        let ticket = self.session.act(act, "");
        self.asked.insert(ticket);
    }

    fn heard(&mut self, outcomes: Vec<Outcome>) -> Result<(), TestCaseError> {
        for outcome in outcomes {
            if let Outcome::Saved { ticket, .. } | Outcome::Refused { ticket, .. } | Outcome::NotSaved { ticket, .. } =
                outcome
            {
                // What the machine asked for has tickets too, that nobody here waits for.
                self.asked.remove(&ticket);
            } else {
                prop_assert!(false, "{:?}", outcome);
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), TestCaseError> {
        self.disk.set(|mood| mood.held = false);
        let outcomes = settle(&mut self.session);
        self.heard(outcomes)
    }

    fn kill(&mut self, torn: bool) {
        self.disk.set(|mood| (mood.dead, mood.torn) = (true, torn));
        let session = std::mem::replace(&mut self.session, empty(&self.world));
        drop(session);
        self.asked.clear();
        self.disk.set(|mood| *mood = Mood::default());
        self.world.clock.advance(Duration::from_mins(5));
        let path = folder_of(&self.world, Mode::Exercise);
        self.session = Session::resume(self.world.setup.clone(), &path).expect("resumed");
        settle(&mut self.session);
        // What nobody had written down may be seen again: at most what play went on since the last frame.
        self.last = self.session.now_incident();
    }

    /// What must hold at every moment.
    fn check(&mut self) -> Result<(), TestCaseError> {
        let now = self.session.now_incident();
        prop_assert!(now >= self.last, "the clock ran backwards: {} after {}", now, self.last);
        self.last = now;
        let live = self.session.live.as_ref().expect("live");
        prop_assert!(live.next_index() <= live.frame_after(now), "health is ahead of the clock");
        judge(&self.session)
    }
}

/// A session that stands for none.
fn empty(world: &World) -> Session {
    Session::open_real(Setup { disk: Arc::new(Files), ..world.setup.clone() }, "–", Perimeter::Nation).expect("open")
}

/// What a person with paper and pencil says of the log, line by line.
fn judge(session: &Session) -> Result<(), TestCaseError> {
    struct Paper {
        due_s: i64,
        waits: bool,
        since: Option<DateTime<Utc>>,
        fires: u32,
    }
    let kit = session.desk().expect("desk").kit();
    let new = |due_s: i64, since| Paper { due_s, waits: false, since, fires: 0 };
    let mut paper: BTreeMap<String, Paper> =
        kit.injects.iter().map(|inject| (inject.id.clone(), new(i64::from(inject.at_s.unwrap_or(0)), None))).collect();
    let (mut start, mut locked) = (None, false);
    let mut last: Option<DateTime<Utc>> = None;
    let mut desk = Desk::new(Arc::clone(kit), session.desk().expect("desk").scripted());
    let mut clock: Option<DateTime<Utc>> = None;
    for entry in entries(session) {
        desk.apply(&entry);
        let at = load::instant(&entry);
        if let Body::Clock { x_at, .. } = &entry.body {
            prop_assert!(clock.is_none_or(|clock| x_at.to_utc() >= clock), "a clock was set back: {:?}", entry);
            clock = Some(x_at.to_utc());
        }
        let Body::Desk { act, .. } = &entry.body else { continue };
        prop_assert!(last.is_none_or(|last| at >= last), "{:?} lies before what was done before it", entry);
        last = Some(at);
        let of = act.inject().map(ToOwned::to_owned);
        let one = of.as_ref().and_then(|id| paper.get_mut(id));
        match (act, one) {
            (DeskAct::Start { .. }, _) => {
                prop_assert!(start.is_none(), "two starts");
                start = Some(at);
            }
            (DeskAct::Pause, _) => locked = true,
            (DeskAct::Resume, _) => locked = false,
            (DeskAct::Fire { inject, .. }, Some(one)) => {
                one.fires += 1;
                prop_assert_eq!(one.fires, 1, "{} came twice", inject);
                prop_assert!(!locked, "{} came while play was suspended", inject);
                if entry.role == Role::Machine {
                    prop_assert!(!one.waits, "{} came although it was held or skipped", inject);
                    let due = start.expect("started") + TimeDelta::seconds(one.due_s);
                    prop_assert!(at >= due.max(one.since.unwrap_or(due)), "{} came too early: {} {}", inject, at, due);
                }
            }
            (DeskAct::Skip { .. } | DeskAct::Hold { .. }, Some(one)) => one.waits = true,
            (DeskAct::Release { .. }, Some(one)) => (one.waits, one.since) = (false, Some(at)),
            (DeskAct::Delay { by_s, .. }, Some(one)) => one.due_s += i64::from(*by_s),
            (DeskAct::Duplicate { copy, at_s, .. }, _) => {
                paper.insert(copy.clone(), new(i64::from(*at_s), Some(at)));
            }
            _ => {}
        }
    }
    prop_assert_eq!(desk.items(), session.desk().expect("desk").items());
    prop_assert_eq!(desk.phase(), session.desk().expect("desk").phase());
    Ok(())
}

fn play(ops: &[Op]) -> Result<(), TestCaseError> {
    let mut table = Table::new();
    let start = |kit: &Kit| DeskAct::Start { sha256: kit.sha256.clone(), injects: kit.injects.len() as u32 };
    let act = start(table.session.desk().expect("desk").kit());
    table.ask(act);
    table.settle()?;
    for op in ops {
        let inject = |i: &usize| IDS[*i].to_owned();
        match op {
            Op::Wait(tenths) => table.world.clock.advance(Duration::from_millis(u64::from(*tenths) * 100)),
            Op::Hold => table.disk.set(|mood| mood.held = true),
            Op::Settle => table.settle()?,
            Op::BadFlush => table.disk.set(|mood| mood.bad_flush = true),
            Op::BadWrite => table.disk.set(|mood| mood.bad_write = true),
            Op::Kill { torn } => table.kill(*torn),
            Op::Pause => table.ask(DeskAct::Pause),
            Op::Resume => table.ask(DeskAct::Resume),
            Op::Plain(true) => table.asked.extend(table.session.resume_clock()),
            Op::Plain(false) => table.asked.extend(table.session.pause()),
            Op::Speed(milli) => table.asked.extend(table.session.set_speed(*milli)),
            Op::Jump(s) => {
                let to = table.session.now_incident() + TimeDelta::seconds(i64::from(*s));
                table.ask(DeskAct::Jump { to: to.fixed_offset() });
            }
            Op::Fire(i) => table.ask(DeskAct::Fire { inject: inject(i), rule: String::new() }),
            Op::Skip(i) => table.ask(DeskAct::Skip { inject: inject(i) }),
            Op::Keep(i) => table.ask(DeskAct::Hold { inject: inject(i) }),
            Op::Release(i) => table.ask(DeskAct::Release { inject: inject(i) }),
            Op::Delay(i, by_s) => table.ask(DeskAct::Delay { inject: inject(i), by_s: *by_s }),
            Op::Copy(i, at_s) => {
                table.copies += 1;
                let copy = format!("K{}", table.copies);
                table.ask(DeskAct::Duplicate { inject: inject(i), copy, at_s: *at_s });
            }
            Op::Sit(on) => {
                let role = if *on { Role::Facilitator } else { Role::Director };
                let author = Author { role, ..table.session.author().clone() };
                table.session.set_author(author);
            }
        }
        let outcomes = table.session.pump();
        table.heard(outcomes)?;
        table.check()?;
    }
    table.disk.set(|mood| *mood = Mood::default());
    table.settle()?;
    table.check()?;
    prop_assert!(table.asked.is_empty(), "nobody answered {:?}", table.asked);
    // Whatever was done: once play runs on to the end, what is neither skipped nor held has come, once.
    if table.session.desk().expect("desk").phase() == Phase::Paused {
        table.ask(DeskAct::Resume);
    }
    table.settle()?;
    table.asked.extend(table.session.resume_clock());
    table.asked.extend(table.session.set_speed(600_000));
    table.settle()?;
    let waits =
        |table: &Table| table.session.desk().expect("desk").items().iter().any(|item| item.state == ItemState::Planned);
    for _ in 0..100 {
        if !waits(&table) {
            break;
        }
        table.world.clock.advance(Duration::from_secs(1));
        table.settle()?;
    }
    table.check()?;
    for item in table.session.desk().expect("desk").items() {
        prop_assert!(item.state != ItemState::Planned, "{} never came", item.id);
    }
    table.asked.extend(table.session.pause());
    table.settle()?;
    // A log tells all: whoever takes it up again finds the same board, and the same desk.
    let found = (table.session.board().digest(), table.session.desk().expect("desk").items().to_vec());
    let bad = |table: &Table| table.session.desk().expect("desk").first_true("health ner(15) < 0.99");
    let first = bad(&table);
    table.kill(false);
    prop_assert_eq!(found.1, table.session.desk().expect("desk").items().to_vec());
    prop_assert_eq!(found.0, table.session.board().digest());
    prop_assert_eq!(first, bad(&table), "what health was is known frame by frame, however many were cut at once");
    Ok(())
}

#[test]
fn an_inject_that_the_log_does_not_take_is_held_and_said() {
    let world = world();
    let long = "x".repeat(crate::incident::MAX_TEXT + 1);
    let text = plan().text.replace("fr = \"Texte I01\"", &format!("fr = \"{long}\""));
    let kit = crate::exercise::parse("held.toml", &text).expect("plan");
    let setup = world.setup.clone();
    let mut session =
        Session::new_exercise_with(setup, small(), Some(7), 60_000, Perimeter::Nation, Some(&kit)).expect("new");
    settle(&mut session);
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(1));
        settle(&mut session);
    }
    let state = |id: &str| session.desk().and_then(|desk| desk.item(id)).map(|item| item.state);
    assert_eq!(state("I01"), Some(ItemState::Held));
    assert_eq!(state("I02"), Some(ItemState::Given), "the others come");
    let said = |entry: &Arc<Entry>| entry.body.text().contains("I01 ne peut pas être écrit");
    assert_eq!(entries(&session).iter().filter(|entry| said(entry)).count(), 1);
    let genesis = session.incident().genesis();
    assert_eq!(genesis.title, "Disque lent", "an exercise goes by its own name, not by its scenario's");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_slow_or_failing_disk_makes_no_inject_come_twice_or_never(ops in proptest::collection::vec(op(), 1..40)) {
        play(&ops)?;
    }
}
