//! Network C as one state machine that any engine can drive: what happens now, and what is to happen later.
//!
//! 6 fresh callers a second over 20 zones and 4 numbers; 6 call servers of 150 sessions, the zone's own and the next
//! one; 100 centres of 12 trunks and 8 call-takers, first come, first served; set-up 2 s, talk 120 s, patience 60 s;
//! whatever fails is tried again with probability 0.8 after 15 s, six attempts at most. All times exponential.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub const SERVERS: usize = 6;
const SESSIONS: u32 = 150;
const TRUNKS: u32 = 12;
const AGENTS: u32 = 8;

/// xoshiro256++ (Blackman and Vigna 2019), seeded by splitmix64.
#[derive(Debug, Serialize, Deserialize)]
pub struct Random([u64; 4]);

impl Random {
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

    /// An exponential time \[ns\].
    fn exp(&mut self, mean_s: f64) -> u64 {
        (-self.uniform().ln() * mean_s * 1e9) as u64 + 1
    }
}

/// Something that happens to a caller, or the next fresh caller. A patience carries the number of the wait that it
/// limits: one that was answered meanwhile is void.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum What {
    Fresh,
    Redial(u32),
    SetUp(u32),
    Patience(u32, u32),
    Talk(u32),
}

#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Caller {
    zone: u8,
    number: u8,
    tries: u8,
    server: u8,
    psap: u8,
    waiting: bool,
    wait: u32,
}

/// What is counted: events are those that did something; a void patience is none.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Counts {
    pub events: u64,
    pub needs: u64,
    pub lost: u64,
    pub attempts: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Network {
    random: Random,
    callers: Vec<Caller>,
    free: Vec<u32>,
    sessions: [u32; SERVERS],
    trunks: Vec<u32>,
    busy: Vec<u32>,
    queues: Vec<VecDeque<(u32, u32)>>,
    pub counts: Counts,
}

impl Network {
    pub fn new(seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            callers: Vec::new(),
            free: Vec::new(),
            sessions: [0; SERVERS],
            trunks: vec![0; 100],
            busy: vec![0; 100],
            queues: vec![VecDeque::new(); 100],
            counts: Counts::default(),
        }
    }

    /// What happens now; `later` takes what follows, with its delay \[ns\].
    #[inline]
    pub fn happen(&mut self, what: What, later: &mut impl FnMut(u64, What)) {
        self.counts.events += 1;
        match what {
            What::Fresh => {
                later(self.random.exp(1.0 / 6.0), What::Fresh);
                self.counts.needs += 1;
                let zone = (self.random.uniform() * 20.0) as u8;
                let number = (self.random.uniform() * 4.0) as u8;
                let at = self.free.pop().unwrap_or_else(|| {
                    self.callers.push(Caller::default());
                    self.callers.len() as u32 - 1
                });
                let wait = self.callers[at as usize].wait;
                self.callers[at as usize] = Caller { zone, number, wait, ..Caller::default() };
                self.dial(at, later);
            }
            What::Redial(at) => self.dial(at, later),
            What::SetUp(at) => self.arrive(at, later),
            What::Patience(at, wait) => {
                let c = &mut self.callers[at as usize];
                if !c.waiting || c.wait != wait {
                    self.counts.events -= 1;
                    return;
                }
                c.waiting = false;
                let (psap, server) = (c.psap as usize, c.server as usize);
                let place = self.queues[psap].iter().position(|&(caller, _)| caller == at);
                place.map(|p| self.queues[psap].remove(p));
                self.trunks[psap] -= 1;
                self.sessions[server] -= 1;
                self.fail(at, later);
            }
            What::Talk(at) => {
                let c = self.callers[at as usize];
                let psap = c.psap as usize;
                self.trunks[psap] -= 1;
                self.busy[psap] -= 1;
                self.sessions[c.server as usize] -= 1;
                self.free.push(at);
                if let Some((next, _)) = self.queues[psap].pop_front() {
                    self.callers[next as usize].waiting = false;
                    self.answer(next, later);
                }
            }
        }
    }

    fn dial(&mut self, at: u32, later: &mut impl FnMut(u64, What)) {
        self.counts.attempts += 1;
        let c = &mut self.callers[at as usize];
        c.tries += 1;
        let first = c.zone as usize % SERVERS;
        for server in [first, (first + 1) % SERVERS] {
            if self.sessions[server] < SESSIONS {
                self.sessions[server] += 1;
                c.server = server as u8;
                later(self.random.exp(2.0), What::SetUp(at));
                return;
            }
        }
        self.fail(at, later);
    }

    fn arrive(&mut self, at: u32, later: &mut impl FnMut(u64, What)) {
        let c = &mut self.callers[at as usize];
        let own = c.zone * 5 + c.number;
        let found = [own, c.zone * 5 + 4].into_iter().find(|&p| self.trunks[p as usize] < TRUNKS);
        let Some(psap) = found else {
            self.sessions[c.server as usize] -= 1;
            self.fail(at, later);
            return;
        };
        self.trunks[psap as usize] += 1;
        c.psap = psap;
        if self.busy[psap as usize] < AGENTS {
            self.answer(at, later);
        } else {
            c.waiting = true;
            c.wait += 1;
            let wait = c.wait;
            self.queues[psap as usize].push_back((at, wait));
            later(self.random.exp(60.0), What::Patience(at, wait));
        }
    }

    fn answer(&mut self, at: u32, later: &mut impl FnMut(u64, What)) {
        self.busy[self.callers[at as usize].psap as usize] += 1;
        later(self.random.exp(120.0), What::Talk(at));
    }

    fn fail(&mut self, at: u32, later: &mut impl FnMut(u64, What)) {
        if self.callers[at as usize].tries < 6 && self.random.uniform() < 0.8 {
            later(self.random.exp(15.0), What::Redial(at));
        } else {
            self.counts.lost += 1;
            self.free.push(at);
        }
    }
}
