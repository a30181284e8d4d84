//! Network C under two other engines: `peer-engines desque|nexosim HOURS RUNS [WARM]`. Each run has a seed of its own and
//! WARM hours (1) that are not counted. Prints `engine version, events/s, needs/s (best run), share of needs lost, its standard error`,
//! separated by tabs.

mod model;

use std::time::Duration;

use model::{Counts, Network, What};
use nexosim::Message;
use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{EventSource, QuerySource};
use nexosim::simulation::{Mailbox, SimInit};
use nexosim::time::MonotonicTime;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

const HOUR: u64 = 3_600;

fn processor_s() -> f64 {
    let t = clock_gettime(ClockId::ProcessCPUTime);
    t.tv_sec as f64 + t.tv_nsec as f64 / 1e9
}

// ---- desque: every event a box ----

struct State {
    network: Network,
    end: u64,
}

impl desque::SimState<u64> for State {
    fn is_complete(&self, now: &u64) -> bool {
        *now >= self.end
    }
}

#[derive(Debug)]
struct Happens(What);

impl desque::serial::Event<State, u64> for Happens {
    fn execute(&mut self, simulation: &mut desque::serial::Simulation<State, u64>) -> desque::Result {
        // An event plans two others at most.
        let mut planned = [None; 3];
        let mut n = 0;
        simulation.state_mut().network.happen(self.0, &mut |delay, what| {
            planned[n] = Some((delay, what));
            n += 1;
        });
        for (delay, what) in planned.into_iter().flatten() {
            simulation.schedule_with_delay(Happens(what), delay)?;
        }
        Ok(())
    }
}

fn desque_run(seed: u64, hours: u64, warm: u64) -> (Counts, f64) {
    let mut simulation =
        desque::serial::Simulation::new(State { network: Network::new(seed), end: warm * HOUR * 1_000_000_000 }, 0u64);
    simulation.schedule(Happens(What::Fresh), 0).expect("now is not past");
    simulation.run().expect("no event fails");
    simulation.state_mut().network.counts = Counts::default();
    simulation.state_mut().end = (hours + warm) * HOUR * 1_000_000_000;
    let before = processor_s();
    simulation.run().expect("no event fails");
    (simulation.state().network.counts, processor_s() - before)
}

// ---- nexosim: one model that plans its own events (faster here than a model for each server and centre) ----

#[derive(Serialize, Deserialize)]
struct Cell {
    network: Network,
}

#[Model]
impl Cell {
    #[nexosim(schedulable)]
    fn happen(&mut self, what: What, cx: &Context<Self>) {
        self.network.happen(what, &mut |delay, what| {
            cx.schedule_event(Duration::from_nanos(delay), schedulable!(Self::happen), what)
                .expect("a delay is positive");
        });
    }

    /// The counts so far, from zero again.
    async fn counts(&mut self, _: ()) -> Tally {
        let Counts { events, needs, lost, attempts } = std::mem::take(&mut self.network.counts);
        Tally { events, needs, lost, attempts }
    }
}

#[derive(Clone, Serialize, Deserialize, Message)]
struct Tally {
    events: u64,
    needs: u64,
    lost: u64,
    attempts: u64,
}

impl Cell {
    fn begin(&mut self, _: (), cx: &Context<Self>) {
        cx.schedule_event(Duration::from_nanos(1), schedulable!(Self::happen), What::Fresh)
            .expect("a delay is positive");
    }
}

fn nexosim_run(seed: u64, hours: u64, warm: u64) -> (Counts, f64) {
    let mailbox = Mailbox::new();
    let mut bench = SimInit::with_num_threads(1);
    let begin = EventSource::new().connect(Cell::begin, &mailbox).register(&mut bench);
    let counts = QuerySource::new().connect(Cell::counts, &mailbox).register(&mut bench);
    let mut simulation = bench
        .add_model(Cell { network: Network::new(seed) }, mailbox, "cell")
        .init(MonotonicTime::EPOCH)
        .expect("it starts");
    simulation.process_event(&begin, ()).expect("it runs");
    simulation.step_until(Duration::from_secs(warm * HOUR)).expect("it runs");
    let read = |simulation: &mut nexosim::simulation::Simulation| {
        let Tally { events, needs, lost, attempts } = simulation.process_query(&counts, ()).expect("it answers");
        Counts { events, needs, lost, attempts }
    };
    read(&mut simulation);
    let before = processor_s();
    simulation.step_until(Duration::from_secs(hours * HOUR)).expect("it runs");
    let time = processor_s() - before;
    (read(&mut simulation), time)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let engine = arguments.first().map_or("desque", String::as_str);
    let number = |i: usize, usual: u64| arguments.get(i).map_or(usual, |a| a.parse().expect("a whole number"));
    let (hours, runs, warm) = (number(1, 24), number(2, 3), number(3, 1));
    let (name, run): (&str, fn(u64, u64, u64) -> (Counts, f64)) = match engine {
        "nexosim" => ("nexosim 1.0", nexosim_run),
        _ => ("desque 0.4", desque_run),
    };
    let (mut pace, mut needs_pace, mut shares) = (0.0f64, 0.0f64, Vec::new());
    for seed in 1..=runs {
        let (counts, time) = run(seed, hours, warm);
        pace = pace.max(counts.events as f64 / time);
        needs_pace = needs_pace.max(counts.needs as f64 / time);
        shares.push(counts.lost as f64 / counts.needs as f64);
    }
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let square = shares.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>();
    let error = (square / (n - 1.0).max(1.0) / n).sqrt();
    println!("{name}\t{pace:.0}\t{needs_pace:.0}\t{mean:.6}\t{error:.6}");
}
