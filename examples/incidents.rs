//! Runs a scenario of the incident library and prints what it is calibrated against (`docs/calibration.md`), mean ±
//! standard deviation over the runs:
//! `cargo run --release --example incidents -- SCENARIO[@ZONE,…[@SERVICE,…]] RUNS FIRST_SEED MINUTES…`; the minutes,
//! after the start of the scenario, cut it into windows; counts of attempts are of the zones and services named.

use std::io::Write;
use std::sync::Arc;

use vigie::network::{find, load};
use vigie::sim::report::Moments;
use vigie::sim::{FRAME_S, Plan, Sample, Simulation, Truth};

/// One window of one run.
#[derive(Default)]
struct Window {
    attempts: f64,
    delivered: f64,
    answered: f64,
    failed: f64,
    by: [f64; 5],
    in_target: f64,
    needs: f64,
    /// People whose first attempt did not serve them.
    hit: f64,
}

fn hit(t: &Truth) -> f64 {
    (t.needs - t.served_first - t.pending) as f64
}

fn window(samples: &[Sample], from: usize, to: usize, keep: &dyn Fn(u32) -> bool) -> Window {
    let mut out = Window::default();
    for cell in samples[from..to].iter().flat_map(|s| &s.cells).filter(|c| keep(c.cell)) {
        out.attempts += f64::from(cell.attempts);
        out.delivered += f64::from(cell.delivered);
        out.answered += f64::from(cell.answered);
        let by = [cell.refused, cell.silent, cell.dropped, cell.abandoned, cell.busy].map(f64::from);
        for (sum, n) in out.by.iter_mut().zip(by) {
            *sum += n;
        }
        out.failed += by.iter().sum::<f64>();
    }
    out.in_target = samples[from..to].iter().flat_map(|s| &s.received).map(|r| f64::from(r.in_target)).sum();
    let before = if from == 0 { Truth::default() } else { samples[from - 1].truth };
    let after = samples[to - 1].truth;
    out.needs = (after.needs - before.needs) as f64;
    out.hit = hit(&after) - hit(&before);
    out
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut asked = args.first().map_or("uk-2023-06-25", String::as_str).split('@');
    let id = asked.next().unwrap_or_default();
    let [zones, services] = [0, 1].map(|_| asked.next().map(|list| list.split(',').collect::<Vec<_>>()));
    let runs: u64 = args.get(1).map_or(Ok(1), |s| s.parse())?;
    let first: u64 = args.get(2).map_or(Ok(1), |s| s.parse())?;
    let scenario = load(&find(id, None)?)?;
    let network = &scenario.network;
    let keep = |cell: u32| {
        let (zone, service, _) = network.of_cell(cell);
        zones.as_ref().is_none_or(|list| list.contains(&network.zones[zone.index()].code.as_str()))
            && services.as_ref().is_none_or(|list| list.contains(&network.services[service.index()].code.as_str()))
    };
    let frames = (scenario.duration_s / FRAME_S) as usize;
    let mut cuts = vec![0];
    for minutes in args.iter().skip(3) {
        cuts.push((minutes.parse::<f64>()? * 6.0) as usize);
    }
    cuts.push(frames);
    let mut windows: Vec<(usize, usize)> = cuts.iter().copied().zip(cuts.iter().copied().skip(1)).collect();
    windows.push((0, frames));
    let plan = Arc::new(Plan::new(&scenario)?);
    let mut sums: Vec<Vec<Moments>> = Vec::new();
    for seed in first..first + runs {
        let mut sim = Simulation::new(Arc::clone(&plan), seed);
        // Mean wait of the people answered so far, by frame \[s\].
        let mut waited = vec![(0.0, 0.0)];
        let mut samples: Vec<Sample> = Vec::with_capacity(frames);
        for _ in 0..frames {
            samples.push(sim.next_sample());
            let waits = sim.waits();
            waited.push((waits.people_wait as f64 / 1e6, waits.people_answered as f64));
        }
        for (i, (from, to)) in windows.iter().enumerate() {
            let w = window(&samples, *from, *to, &keep);
            let wait = (waited[*to].0 - waited[*from].0) / (waited[*to].1 - waited[*from].1).max(1.0);
            let row = [
                w.needs,
                w.attempts,
                w.answered,
                w.failed,
                w.hit,
                w.failed / w.hit.max(1.0),
                100.0 * w.failed / w.attempts.max(1.0),
                w.by[0],
                w.by[1],
                w.by[2],
                w.by[3],
                w.by[4],
                100.0 * w.in_target / w.answered.max(1.0),
                100.0 * (w.attempts - w.delivered) / w.attempts.max(1.0),
                wait,
            ];
            sums.resize_with(windows.len(), || vec![Moments::default(); row.len()]);
            for (m, x) in sums[i].iter_mut().zip(row) {
                m.add(x);
            }
        }
        if runs == 1 {
            writeln!(std::io::stdout(), "{:?}", sim.truth())?;
        }
    }
    let mut out = std::io::stdout().lock();
    let names = [
        "needs",
        "attempts",
        "answered",
        "failed",
        "people hit",
        "failed/hit",
        "failed %",
        "refused",
        "silent",
        "dropped",
        "abandoned",
        "busy",
        "in target %",
        "not deliv. %",
        "people wait s",
    ];
    for ((from, to), row) in windows.iter().zip(&sums) {
        writeln!(out, "minutes {} to {}", from / 6, to / 6)?;
        for (name, m) in names.iter().zip(row) {
            writeln!(out, "  {name:13} {:10.2} ± {:.2}", m.mean, m.sd())?;
        }
    }
    Ok(())
}
