//! The mini network C by an engine of its own: one plain generator for everything, a binary heap, no code of the core.
//!
//! A wrongly keyed draw passes most cases of theory and still biases results by a percent: callers who are served
//! would, say, be the patient ones. Only another generator shows it. Every counter must agree within four standard
//! errors of the difference.

#![expect(clippy::print_stdout, reason = "the margins are printed")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use vigie::network::{Source, load};
use vigie::sim::report::{Moments, Snapshot};
use vigie::sim::{Plan, SimTime, Simulation};

/// xoshiro256++ (Blackman and Vigna 2019), seeded by splitmix64.
struct Plain([u64; 4]);

impl Plain {
    fn new(seed: u64) -> Self {
        let mut z = seed;
        Self(std::array::from_fn(|_| {
            z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let x = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            x ^ (x >> 31)
        }))
    }
    fn uniform(&mut self) -> f64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        ((out >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }
    fn exp(&mut self, mean: f64) -> f64 {
        -libm::log(self.uniform()) * mean
    }
}

const SERVERS: usize = 6;
const SESSIONS: u32 = 150;
const TRUNKS: u32 = 12;
const AGENTS: u32 = 8;

#[derive(Clone, Copy)]
enum Event {
    Fresh,
    SetUp(usize),
    Patience(usize, u32),
    Talk(usize),
    Redial(usize),
}

#[derive(Clone, Copy, Default)]
struct Caller {
    zone: usize,
    number: usize,
    tries: u32,
    server: usize,
    psap: usize,
    queued: f64,
    waiting: bool,
    generation: u32,
}

#[derive(Default)]
struct Counts {
    needs: u64,
    attempts: u64,
    refused: u64,
    busy: u64,
    abandoned: u64,
    answered: u64,
    received: u64,
    waited: u64,
    wait: f64,
    lost: u64,
}

struct Engine {
    random: Plain,
    now: f64,
    events: BinaryHeap<Reverse<(u64, u64)>>,
    what: Vec<Event>,
    spare: Vec<usize>,
    callers: Vec<Caller>,
    free: Vec<usize>,
    sessions: [u32; SERVERS],
    trunks: Vec<u32>,
    busy: Vec<u32>,
    queues: Vec<VecDeque<(usize, u32)>>,
    counts: Counts,
}

impl Engine {
    fn new(seed: u64) -> Self {
        Self {
            random: Plain::new(seed),
            now: 0.0,
            events: BinaryHeap::new(),
            what: Vec::new(),
            spare: Vec::new(),
            callers: Vec::new(),
            free: Vec::new(),
            sessions: [0; SERVERS],
            trunks: vec![0; 100],
            busy: vec![0; 100],
            queues: vec![VecDeque::new(); 100],
            counts: Counts::default(),
        }
    }

    fn plan(&mut self, after: f64, event: Event) {
        let at = self.spare.pop().unwrap_or_else(|| {
            self.what.push(event);
            self.what.len() - 1
        });
        self.what[at] = event;
        // Nanoseconds: fine enough that ties do not matter.
        self.events.push(Reverse((((self.now + after) * 1e9) as u64, at as u64)));
    }

    fn run(&mut self, until: f64) {
        if self.what.is_empty() {
            let gap = self.random.exp(1.0 / 6.0);
            self.plan(gap, Event::Fresh);
        }
        while let Some(&Reverse((time, at))) = self.events.peek() {
            if time as f64 / 1e9 >= until {
                break;
            }
            self.events.pop();
            self.now = time as f64 / 1e9;
            self.spare.push(at as usize);
            match self.what[at as usize] {
                Event::Fresh => {
                    let gap = self.random.exp(1.0 / 6.0);
                    self.plan(gap, Event::Fresh);
                    let zone = (self.random.uniform() * 20.0) as usize;
                    let number = (self.random.uniform() * 4.0) as usize;
                    let caller = self.free.pop().unwrap_or_else(|| {
                        self.callers.push(Caller::default());
                        self.callers.len() - 1
                    });
                    let generation = self.callers[caller].generation + 1;
                    self.callers[caller] = Caller { zone, number, generation, ..Caller::default() };
                    self.counts.needs += 1;
                    self.dial(caller);
                }
                Event::Redial(caller) => self.dial(caller),
                Event::SetUp(caller) => self.arrive(caller),
                Event::Patience(caller, generation) => {
                    let c = self.callers[caller];
                    if c.waiting && c.generation == generation {
                        self.callers[caller].waiting = false;
                        self.counts.abandoned += 1;
                        self.counts.wait += self.now - c.queued;
                        self.trunks[c.psap] -= 1;
                        self.sessions[c.server] -= 1;
                        self.fail(caller);
                    }
                }
                Event::Talk(caller) => {
                    let c = self.callers[caller];
                    self.trunks[c.psap] -= 1;
                    self.busy[c.psap] -= 1;
                    self.sessions[c.server] -= 1;
                    self.free.push(caller);
                    while let Some((next, generation)) = self.queues[c.psap].pop_front() {
                        let n = self.callers[next];
                        if n.waiting && n.generation == generation {
                            self.callers[next].waiting = false;
                            self.counts.wait += self.now - n.queued;
                            self.answer(next);
                            break;
                        }
                    }
                }
            }
        }
        self.now = until;
    }

    fn dial(&mut self, caller: usize) {
        let c = &mut self.callers[caller];
        c.tries += 1;
        // A generation per attempt: patience planned for an earlier one is void.
        c.generation += 1;
        let first = c.zone % SERVERS;
        self.counts.attempts += 1;
        for server in [first, (first + 1) % SERVERS] {
            if self.sessions[server] < SESSIONS {
                self.sessions[server] += 1;
                self.callers[caller].server = server;
                let time = self.random.exp(2.0);
                self.plan(time, Event::SetUp(caller));
                return;
            }
        }
        self.counts.refused += 1;
        self.fail(caller);
    }

    fn arrive(&mut self, caller: usize) {
        let c = self.callers[caller];
        let own = c.zone * 5 + c.number;
        let Some(psap) = [own, c.zone * 5 + 4].into_iter().find(|&p| self.trunks[p] < TRUNKS) else {
            self.counts.busy += 1;
            self.sessions[c.server] -= 1;
            self.fail(caller);
            return;
        };
        self.trunks[psap] += 1;
        self.counts.received += 1;
        self.callers[caller].psap = psap;
        if self.busy[psap] < AGENTS {
            self.answer(caller);
        } else {
            self.counts.waited += 1;
            self.callers[caller].waiting = true;
            self.callers[caller].queued = self.now;
            self.queues[psap].push_back((caller, c.generation));
            let patience = self.random.exp(60.0);
            self.plan(patience, Event::Patience(caller, c.generation));
        }
    }

    fn answer(&mut self, caller: usize) {
        self.busy[self.callers[caller].psap] += 1;
        self.counts.answered += 1;
        let talk = self.random.exp(120.0);
        self.plan(talk, Event::Talk(caller));
    }

    fn fail(&mut self, caller: usize) {
        if self.callers[caller].tries < 6 && self.random.uniform() < 0.8 {
            let pause = self.random.exp(15.0);
            self.plan(pause, Event::Redial(caller));
        } else {
            self.counts.lost += 1;
            self.free.push(caller);
        }
    }
}

const NAMES: [&str; 8] = [
    "attempts per need",
    "refused per attempt",
    "busy per attempt",
    "abandoned per attempt",
    "answered per attempt",
    "waited per received",
    "mean wait, seconds",
    "lost per need",
];

fn figures(c: &Counts) -> [f64; 8] {
    let over = |a: u64, b: u64| a as f64 / b as f64;
    [
        over(c.attempts, c.needs),
        over(c.refused, c.attempts),
        over(c.busy, c.attempts),
        over(c.abandoned, c.attempts),
        over(c.answered, c.attempts),
        over(c.waited, c.received),
        c.wait / c.received as f64,
        over(c.lost, c.needs),
    ]
}

#[test]
fn keyed_draws_give_what_a_plain_generator_gives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/theory/network-c.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let scenario = load(&[Source { name: "network-c.toml".into(), text }]).unwrap();
    let plan = Arc::new(Plan::new(&scenario).unwrap());
    let (warm, end) = (3_600, 25 * 3_600);
    let mut keyed: [Moments; 8] = Default::default();
    let mut other: [Moments; 8] = Default::default();
    for seed in 0..16 {
        let mut sim = Simulation::new(Arc::clone(&plan), 1_000 + seed);
        sim.advance(SimTime::secs(warm));
        let start = Snapshot::of(&sim);
        sim.advance(SimTime::secs(end));
        let day = Snapshot::of(&sim).since(&start);
        let counts = Counts {
            needs: day.truth.needs,
            attempts: day.totals.attempts,
            refused: day.totals.refused,
            busy: day.totals.busy,
            abandoned: day.totals.abandoned,
            answered: day.totals.answered,
            received: day.waits.received,
            waited: day.waits.waited,
            wait: day.waits.wait as f64 / 1e6,
            lost: day.truth.lost_network + day.truth.lost_psap,
        };
        figures(&counts).into_iter().zip(&mut keyed).for_each(|(x, m)| m.add(x));
        let mut engine = Engine::new(seed);
        engine.run(f64::from(warm as u32));
        engine.counts = Counts::default();
        engine.run(f64::from(end as u32));
        figures(&engine.counts).into_iter().zip(&mut other).for_each(|(x, m)| m.add(x));
    }
    let mut bad = Vec::new();
    for ((name, a), b) in NAMES.iter().zip(&keyed).zip(&other) {
        let se = a.se().hypot(b.se());
        let z = (a.mean - b.mean) / se;
        let line = format!("{name}: keyed {:.5}, other {:.5}, {z:+.2} SE of {se:.1e}", a.mean, b.mean);
        println!("{line}");
        if z.abs() > 4.0 || se > 0.02 * b.mean {
            bad.push(line);
        }
    }
    assert!(bad.is_empty(), "\n{}", bad.join("\n"));
}
