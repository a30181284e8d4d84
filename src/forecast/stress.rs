//! Crises × networks × seeds: how much each costs, how soon it could be seen, when it is over, where it is worst.

mod row;
mod table;

use std::sync::Arc;

use super::draw::{Ranges, mix};
use super::setup::{Crisis, Proposal, Setup, SetupError, no_doubles};
use super::workers::each;
use crate::sim::{CellCount, FRAME_S, Plan, Sample, Scalars, SimTime, Simulation};

pub use row::{Header, ReadError, Row, jsonl, merge, read};
pub use table::{Kind, Line, Table, Weakness};

/// Length of the window in which a département is judged \[s\]: the 15 minutes over which the share of completed calls is
/// watched since the counter outage of 2014 (FCC, after Intrado).
pub const WINDOW_S: u64 = 900;
/// Standard errors by which the answered share must lie below that of the undisturbed twin.
const CLEAR: f64 = 5.0;
/// Fewest calls in the window for a judgement.
const FEWEST: u64 = 20;

/// What is run.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// Networks.
    pub networks: Vec<Proposal>,
    /// Crises.
    pub crises: Vec<Crisis>,
    /// Runs of each pair.
    pub seeds: u32,
    /// Root of all draws.
    pub seed: u64,
}

/// A part of the matrix: rows whose number leaves `index` when divided by `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    pub index: u32,
    /// How many there are.
    pub of: u32,
}

impl Shard {
    /// Everything.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// Reads `i/n`, `i` from 1.
    pub fn parse(text: &str) -> Option<Self> {
        let (index, of) = text.split_once('/')?;
        let (index, of): (u32, u32) = (index.trim().parse().ok()?, of.trim().parse().ok()?);
        (1..=of).contains(&index).then(|| Self { index: index - 1, of })
    }
}

/// A crisis on a network beside its undisturbed twin.
struct Pair {
    crisis: Setup,
    calm: Setup,
    ranges: Ranges,
}

impl Matrix {
    /// Rows of the whole matrix.
    pub fn len(&self) -> usize {
        self.networks.len() * self.crises.len() * self.seeds as usize
    }

    /// Is there nothing to run?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Rows of a shard.
    pub fn len_of(&self, shard: Shard) -> usize {
        (0..self.len()).filter(|i| i % shard.of as usize == shard.index as usize).count()
    }

    /// Runs a shard; rows are in order, whatever the threads.
    ///
    /// # Errors
    /// When a network and a crisis do not go together, or two of them have one name.
    pub fn run(
        &self,
        shard: Shard,
        threads: usize,
        step: &(dyn Fn() + Sync),
    ) -> Result<(Header, Vec<Row>), SetupError> {
        no_doubles(self.networks.iter().map(|network| &network.id), "networks")?;
        no_doubles(self.crises.iter().map(|crisis| &crisis.id), "crises")?;
        let mut pairs = Vec::new();
        for crisis in &self.crises {
            for network in &self.networks {
                let setup = Setup::of(network, crisis)?;
                let ranges = Ranges::of(&setup.scenario);
                pairs.push(Pair { calm: setup.calm()?, crisis: setup, ranges });
            }
        }
        let header = Header::of(self, pairs.iter().map(|p| p.crisis.scenario.sha256.as_str()));
        let mine: Vec<usize> = (0..self.len()).filter(|i| i % shard.of as usize == shard.index as usize).collect();
        let rows = each(mine.len(), threads, step, &|k| self.row(&pairs, mine[k]));
        Ok((header, rows))
    }

    fn row(&self, pairs: &[Pair], index: usize) -> Row {
        let seeds = self.seeds.max(1) as usize;
        let (at, run) = (index / seeds, index % seeds);
        let pair = &pairs[at];
        // The same callers in every network.
        let seed = mix(self.seed ^ 0x57_4e55, run as u64);
        let scalars = pair.ranges.draw(self.seed, run as u64);
        let watched = Watched::run(pair, seed, &scalars);
        let zones = &pair.crisis.scenario.network.zones;
        Row {
            row: index as u64,
            crisis: self.crises[at / self.networks.len()].id.clone(),
            network: self.networks[at % self.networks.len()].id.clone(),
            run: run as u32,
            needs: watched.needs,
            lost: watched.lost,
            lost_calm: watched.lost_calm,
            detect_s: watched.first.map(|at| at.saturating_sub(watched.begin)),
            recover_s: watched.last.filter(|_| !watched.goes_on).map(|at| at.saturating_sub(watched.begin)),
            worst: watched.worst.and_then(|(zone, _)| zones.get(zone)).map(|z| z.code.clone()),
            worst_unanswered: watched.worst.map(|(_, share)| (share * 1e4).round() / 1e4),
        }
    }
}

/// Calls and answers of a zone.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    attempts: u64,
    answered: u64,
}

/// Calls of each zone over a sliding window.
struct Sliding {
    ring: Vec<Vec<Seen>>,
    sum: Vec<Seen>,
    at: usize,
    per_zone: u32,
}

impl Sliding {
    fn new(plan: &Plan) -> Self {
        let zones = vec![Seen::default(); plan.zones()];
        Self {
            ring: vec![zones.clone(); (WINDOW_S / FRAME_S) as usize],
            sum: zones,
            at: 0,
            per_zone: (plan.services() * plan.lines()) as u32,
        }
    }

    fn take(&mut self, cells: &[CellCount]) {
        let old = &mut self.ring[self.at];
        self.at = (self.at + 1) % (WINDOW_S / FRAME_S) as usize;
        for (sum, old) in self.sum.iter_mut().zip(old.iter_mut()) {
            sum.attempts -= old.attempts;
            sum.answered -= old.answered;
            *old = Seen::default();
        }
        for cell in cells {
            let zone = (cell.cell / self.per_zone) as usize;
            for seen in [&mut old[zone], &mut self.sum[zone]] {
                seen.attempts += u64::from(cell.attempts);
                seen.answered += u64::from(cell.answered);
            }
        }
    }
}

/// A run beside its undisturbed twin.
#[derive(Debug, Default)]
struct Watched {
    begin: u64,
    needs: u64,
    lost: u64,
    lost_calm: u64,
    /// First and last second at which some zone was clearly below its twin.
    first: Option<u64>,
    last: Option<u64>,
    /// Was it so at the last look? Then nobody knows when it ends.
    goes_on: bool,
    /// Zone that answered least, against its twin, since the beginning; share of calls unanswered there.
    worst: Option<(usize, f64)>,
}

impl Watched {
    fn run(pair: &Pair, seed: u64, scalars: &Scalars) -> Self {
        let begin = pair.crisis.first_fault_s();
        let mut out = Self { begin, ..Self::default() };
        let start = |setup: &Setup| {
            let mut simulation = Simulation::new(Arc::clone(&setup.plan), seed);
            simulation.set_scalars(scalars);
            simulation
        };
        let (mut crisis, mut calm) = (start(&pair.crisis), start(&pair.calm));
        let plan = &pair.crisis.plan;
        let (mut in_crisis, mut in_calm) = (Sliding::new(plan), Sliding::new(plan));
        let mut total = vec![(Seen::default(), Seen::default()); plan.zones()];
        let end = SimTime::secs(pair.crisis.scenario.duration_s);
        while crisis.now() < end {
            let (a, b): (Sample, Sample) = (crisis.next_sample(), calm.next_sample());
            in_crisis.take(&a.cells);
            in_calm.take(&b.cells);
            let now = crisis.now().0 / SimTime::SECOND;
            if now <= begin {
                continue;
            }
            if now.is_multiple_of(60) {
                out.goes_on = in_crisis.sum.iter().zip(&in_calm.sum).any(|(a, b)| is_clear(a, b));
                if out.goes_on {
                    out.first.get_or_insert(now);
                    out.last = Some(now);
                }
            }
            for (which, sample) in [(0, &a), (1, &b)] {
                for cell in &sample.cells {
                    let place = &mut total[(cell.cell / in_crisis.per_zone) as usize];
                    let tally = if which == 0 { &mut place.0 } else { &mut place.1 };
                    tally.attempts += u64::from(cell.attempts);
                    tally.answered += u64::from(cell.answered);
                }
            }
        }
        let lost = |s: &Simulation| s.truth().lost_network + s.truth().lost_psap;
        (out.needs, out.lost, out.lost_calm) = (crisis.truth().needs, lost(&crisis), lost(&calm));
        let excess = total.iter().enumerate().filter(|(_, (a, b))| a.attempts >= FEWEST && b.attempts >= FEWEST);
        let excess = excess.map(|(zone, (a, b))| (zone, unanswered(a), unanswered(a) - unanswered(b)));
        out.worst =
            excess.max_by(|a, b| a.2.total_cmp(&b.2)).filter(|w| w.2 > 0.0).map(|(zone, share, _)| (zone, share));
        out
    }
}

fn unanswered(seen: &Seen) -> f64 {
    1.0 - seen.answered as f64 / (seen.attempts as f64).max(1.0)
}

/// Does the zone answer clearly less than its twin? Two shares, pooled variance.
fn is_clear(a: &Seen, b: &Seen) -> bool {
    if a.attempts < FEWEST || b.attempts < FEWEST {
        return false;
    }
    let (n, m) = (a.attempts as f64, b.attempts as f64);
    let pooled = ((a.answered + b.answered) as f64 / (n + m)).clamp(0.0, 1.0);
    let se = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    b.answered as f64 / m - a.answered as f64 / n > CLEAR * se && se > 0.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::shipped;

    /// An hour at noon; after ten minutes the server of the south swallows nine calls in ten for half an hour.
    const SHORT: &str = r#"
layers = ["france.toml"]
[scenario]
title = { fr = "Court", en = "Short" }
about = { fr = "Essai.", en = "Test." }
start = 2025-09-18T12:00:00+02:00
open_at = 2025-09-18T12:00:00+02:00
duration = "75m"
seed = 1
[visibility]
operator = "5s"
psaps = "120s"
[[events]]
id = "lock"
at = "12:10"
fault = "blackhole"
p = 0.9
on = "cs-marseille"
[[events]]
id = "unlock"
at = "12:40"
fault = "clear"
kinds = ["blackhole"]
on = "cs-marseille"
"#;

    fn matrix(seeds: u32) -> Matrix {
        let network = |id| shipped::measure(id).expect("known").expect("reads");
        let sources = crate::network::find_text("short.toml", SHORT).expect("layers");
        let crisis = Crisis { id: "short".to_owned(), sources };
        let france = shipped::france().expect("reads");
        Matrix { networks: vec![france, network("automatic-reroute")], crises: vec![crisis], seeds, seed: 3 }
    }

    #[test]
    fn two_shards_are_one_run_bit_for_bit() {
        let matrix = matrix(3);
        let none = || ();
        let (header, whole) = matrix.run(Shard::WHOLE, 2, &none).expect("runs");
        let whole = jsonl(&header, &whole);
        let part = |index| {
            let (header, rows) = matrix.run(Shard { index, of: 2 }, 1, &none).expect("runs");
            read(&jsonl(&header, &rows)).expect("reads")
        };
        let (first, second) = (part(0), part(1));
        let (header, merged) = merge(vec![second.clone(), first.clone()]).expect("merges");
        assert_eq!(jsonl(&header, &merged), whole);
        assert!(matches!(merge(vec![first.clone()]), Err(ReadError::Missing(_))));
        assert!(matches!(merge(vec![first.clone(), first, second]), Err(ReadError::Twice(_))));
    }

    #[test]
    fn a_crisis_is_seen_after_it_begins_and_where_it_is() {
        let matrix = matrix(2);
        let (_, rows) = matrix.run(Shard::WHOLE, 2, &|| ()).expect("runs");
        for row in rows.iter().filter(|r| r.network == "france") {
            assert!(row.lost > row.lost_calm, "{row:?}");
            assert!((60..1_800).contains(&row.detect_s.unwrap_or_default()), "{row:?}");
            // Half an hour of fault, and the window that it has to leave.
            assert!((1_800..=1_800 + WINDOW_S + 300).contains(&row.recover_s.unwrap_or_default()), "{row:?}");
            assert!(row.worst.is_some() && row.worst_unanswered > Some(0.2), "{row:?}");
        }
    }

    #[test]
    fn a_crisis_that_does_not_end_is_not_over_at_the_end() {
        let mut matrix = matrix(6);
        let endless = SHORT.split("[[events]]\nid = \"unlock\"").next().expect("first part");
        matrix.crises[0].sources = crate::network::find_text("short.toml", endless).expect("layers");
        let (header, rows) = matrix.run(Shard::WHOLE, 2, &|| ()).expect("runs");
        for row in rows.iter().filter(|r| r.network == "france") {
            assert!(row.detect_s.is_some() && row.recover_s.is_none(), "{row:?}");
        }
        let table = Table::of(&header, &rows);
        let weakness = table.weaknesses.iter().find(|w| w.network == "france").expect("people are lost");
        assert!(weakness.kinds.contains(&Kind::NotOver), "{weakness:?}");
    }

    #[test]
    fn two_of_one_name_are_refused() {
        let mut matrix = matrix(1);
        matrix.networks[1].id = matrix.networks[0].id.clone();
        assert!(matches!(matrix.run(Shard::WHOLE, 1, &|| ()), Err(SetupError::Double { .. })));
    }

    #[test]
    fn shards_are_written_as_people_write_them() {
        assert_eq!(Shard::parse("1/2"), Some(Shard { index: 0, of: 2 }));
        assert_eq!((Shard::parse("0/2"), Shard::parse("3/2"), Shard::parse("x")), (None, None, None));
    }
}
