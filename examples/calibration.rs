//! Runs a scenario of 2 June 2021 and prints the figures it is calibrated against (`docs/calibration.md`):
//! `cargo run --release --example calibration -- [SCENARIO] [RUNS] [FIRST_SEED]`.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use chrono::TimeDelta;
use vigie::network::{Access, Network, ZoneId, find, load};
use vigie::sim::{Plan, Sample, ServerState, Simulation};

/// Attempts and attempts not delivered.
#[derive(Clone, Copy, Default)]
struct Loss {
    attempts: i64,
    lost: i64,
}

impl Loss {
    fn add(&mut self, attempts: u16, delivered: u16) {
        self.attempts += i64::from(attempts);
        // A call set up across the end of a frame is delivered in the next one.
        self.lost += i64::from(attempts) - i64::from(delivered);
    }

    fn percent(self) -> f64 {
        100.0 * self.lost as f64 / self.attempts.max(1) as f64
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let id = args.first().map_or("france-2021-06-02", String::as_str);
    let runs: u64 = args.get(1).map_or(Ok(1), |s| s.parse())?;
    let first: u64 = args.get(2).map_or(Ok(1), |s| s.parse())?;
    let scenario = match find(id, None).and_then(|files| load(&files)) {
        Ok(scenario) => scenario,
        Err(errors) => {
            writeln!(std::io::stderr(), "{errors}")?;
            return Ok(());
        }
    };
    let network = &scenario.network;
    let plan = Arc::new(Plan::new(&scenario)?);
    let mut out = std::io::stdout().lock();
    // Frame of a local time given in minutes after the start's midnight.
    let from_midnight = network.local(ZoneId(0), scenario.start).0;
    let frame = |h: u32, m: u32| {
        let minute = f64::from(h * 60 + m) - from_midnight;
        (if minute < 0.0 { minute + 1440.0 } else { minute } * 6.0) as usize
    };
    for seed in first..first + runs {
        let mut sim = Simulation::new(Arc::clone(&plan), seed);
        let frames = (scenario.duration_s / 10) as usize;
        let samples: Vec<Sample> = (0..frames).map(|_| sim.next_sample()).collect();
        report(&mut out, seed, network, &samples, &frame, runs == 1)?;
        if runs == 1 {
            servers(&mut out, network, &samples, &frame)?;
            worst_psaps(&mut out, &scenario, &samples, &frame)?;
            writeln!(out, "{:?}", samples.last().map(|s| s.truth))?;
        }
    }
    Ok(())
}

fn report(
    out: &mut impl Write,
    seed: u64,
    network: &Network,
    samples: &[Sample],
    frame: &dyn Fn(u32, u32) -> usize,
    long: bool,
) -> std::io::Result<()> {
    let loss = |from: usize, to: usize, keep: &dyn Fn(u32) -> bool| {
        let mut sum = Loss::default();
        for sample in samples.iter().take(to).skip(from) {
            for cell in sample.cells.iter().filter(|c| keep(c.cell)) {
                sum.add(cell.attempts, cell.delivered);
            }
        }
        sum
    };
    let mobile = |cell: u32| network.lines[network.of_cell(cell).2.index()].access == Access::Mobile;
    let all = loss(frame(16, 45), frame(0, 0), &|_| true);
    // The worst two hours of the country.
    let (mut worst_at, mut worst) = (0, Loss::default());
    for at in (frame(16, 45)..frame(22, 0)).step_by(60) {
        let here = loss(at, at + 720, &|_| true);
        if here.percent() > worst.percent() {
            (worst_at, worst) = (at, here);
        }
    }
    let height = (frame(17, 0), frame(22, 0));
    let onset = loss(frame(16, 45), frame(16, 50), &|_| true);
    let night = loss(frame(0, 0), frame(1, 50), &|_| true);
    writeln!(
        out,
        "seed {seed}: 16:45-24:00 {:.2} % of {} ({} lost); 17-22 {:.2} %, mobile {:.2} %, fixed {:.2} %; worst 2 h {:.2} % from frame {}; 16:45-16:50 {:.2} %; after midnight {:.2} %",
        all.percent(),
        all.attempts,
        all.lost,
        loss(height.0, height.1, &|_| true).percent(),
        loss(height.0, height.1, &mobile).percent(),
        loss(height.0, height.1, &|c| !mobile(c)).percent(),
        worst.percent(),
        worst_at,
        onset.percent(),
        night.percent(),
    )?;
    writeln!(
        out,
        "  worst 2 h: mobile {:.2} %, fixed {:.2} %",
        loss(worst_at, worst_at + 720, &mobile).percent(),
        loss(worst_at, worst_at + 720, &|c| !mobile(c)).percent()
    )?;
    rows_of(out, network, samples.iter().skip(frame(0, 0)), 25, if long { 10 } else { 0 })?;
    rows_of(out, network, samples.iter().take(worst_at + 720).skip(worst_at), 100, if long { 14 } else { 3 })?;
    if long {
        by_time(out, network, samples, frame)?;
    }
    Ok(())
}

/// Loss by département and service.
fn rows_of<'a>(
    out: &mut impl Write,
    network: &Network,
    samples: impl Iterator<Item = &'a Sample>,
    least: i64,
    show: usize,
) -> std::io::Result<()> {
    let mut rows: BTreeMap<(u16, u8), Loss> = BTreeMap::new();
    for sample in samples {
        for cell in &sample.cells {
            let (zone, service, _) = network.of_cell(cell.cell);
            rows.entry((zone.0, service.0)).or_default().add(cell.attempts, cell.delivered);
        }
    }
    let mut rows: Vec<_> = rows.into_iter().filter(|(_, l)| l.attempts >= least).collect();
    rows.sort_by(|a, b| b.1.percent().total_cmp(&a.1.percent()));
    let name = |(zone, service): (u16, u8)| {
        format!("{}×{}", network.zones[usize::from(zone)].code, network.services[usize::from(service)].code)
    };
    let below = rows.iter().filter(|(_, l)| l.percent() < 2.0).count();
    write!(out, "  {} rows with {least} attempts, {below} below 2 %; worst:", rows.len())?;
    for (row, l) in rows.iter().take(show) {
        write!(out, " {} {:.0} %", name(*row), l.percent())?;
    }
    writeln!(out)
}

/// Half hours, services and kinds of centre.
fn by_time(
    out: &mut impl Write,
    network: &Network,
    samples: &[Sample],
    frame: &dyn Fn(u32, u32) -> usize,
) -> std::io::Result<()> {
    let loss = |from: usize, to: usize, keep: &dyn Fn(u32) -> bool| {
        let mut sum = Loss::default();
        for sample in samples.iter().take(to).skip(from) {
            for cell in sample.cells.iter().filter(|c| keep(c.cell)) {
                sum.add(cell.attempts, cell.delivered);
            }
        }
        sum
    };
    let mobile = |cell: u32| network.lines[network.of_cell(cell).2.index()].access == Access::Mobile;
    {
        for half in 0..((samples.len() - frame(16, 0)) / 180) {
            let at = frame(16, 0) + half * 180;
            let here = loss(at, at + 180, &|_| true);
            writeln!(
                out,
                "  {:02}:{:02} {:6} attempts {:5.2} %  mobile {:5.2} fixed {:5.2}",
                (16 + half / 2) % 24,
                half % 2 * 30,
                here.attempts,
                here.percent(),
                loss(at, at + 180, &mobile).percent(),
                loss(at, at + 180, &|c| !mobile(c)).percent()
            )?;
        }
        for (s, service) in network.services.iter().enumerate() {
            let mut sum = [0u64; 5];
            for c in samples.iter().flat_map(|s| &s.cells).filter(|c| network.of_cell(c.cell).1.index() == s) {
                for (slot, n) in sum.iter_mut().zip([c.attempts, c.delivered, c.answered, c.busy, c.abandoned]) {
                    *slot += u64::from(n);
                }
            }
            writeln!(
                out,
                "  {}: attempts {} delivered {} answered {} busy {} abandoned {}",
                service.code, sum[0], sum[1], sum[2], sum[3], sum[4]
            )?;
        }
        for kind in ["samu", "fire", "police", "gend"] {
            let (mut received, mut answered, mut in_target, mut hung) = (0u64, 0u64, 0u64, 0u64);
            for r in samples.iter().flat_map(|s| &s.received) {
                if network.psaps[usize::from(r.psap)].id.starts_with(kind) {
                    received += u64::from(r.received);
                    answered += u64::from(r.answered);
                    in_target += u64::from(r.in_target);
                    hung += u64::from(r.abandoned);
                }
            }
            writeln!(
                out,
                "  {kind}: received {received}, answered {:.1} %, of which in target {:.1} %, hung up {:.1} %",
                100.0 * answered as f64 / received as f64,
                100.0 * in_target as f64 / answered as f64,
                100.0 * hung as f64 / received as f64
            )?;
        }
    }
    Ok(())
}

fn servers(
    out: &mut impl Write,
    network: &Network,
    samples: &[Sample],
    frame: &dyn Fn(u32, u32) -> usize,
) -> std::io::Result<()> {
    for (i, server) in network.call_servers.iter().enumerate() {
        write!(out, "  {:12}", server.id)?;
        for sample in samples.iter().skip(frame(16, 30)).step_by(18) {
            let gauge = sample.servers[i];
            let mark = match gauge.state {
                ServerState::Up => '.',
                ServerState::Impaired if gauge.sessions >= gauge.capacity => 'F',
                ServerState::Impaired => 'i',
                ServerState::Restarting => 'R',
                ServerState::Down => 'D',
                ServerState::Withdrawn => 'W',
            };
            write!(out, "{}", if gauge.managed { mark } else { mark.to_ascii_uppercase() })?;
        }
        writeln!(out)?;
        write!(out, "    leaked    ")?;
        for sample in samples.iter().skip(frame(16, 40)).step_by(30).take(14) {
            let gauge = sample.servers[i];
            write!(out, " {}/{}", gauge.leaked, gauge.sessions)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Received against expected over the last 30 minutes, as the console's worst list sees it.
fn worst_psaps(
    out: &mut impl Write,
    scenario: &vigie::network::Scenario,
    samples: &[Sample],
    frame: &dyn Fn(u32, u32) -> usize,
) -> std::io::Result<()> {
    let network = &scenario.network;
    for (h, m, minutes) in [(16, 52, 8), (16, 58, 14), (17, 10, 26), (18, 0, 30), (20, 0, 30)] {
        let to = frame(h, m);
        let from = to - minutes * 6;
        let mut received = vec![0u64; network.psaps.len()];
        for r in samples.iter().take(to).skip(from).flat_map(|s| &s.received) {
            if usize::from(r.service) < network.services.len() {
                received[usize::from(r.psap)] += u64::from(r.received);
            }
        }
        let middle = scenario.start + TimeDelta::seconds(((from + to) * 5) as i64);
        let expected = network.expected_received_all(middle);
        let mut rows: Vec<(f64, usize, f64)> = expected
            .iter()
            .enumerate()
            .map(|(i, rate)| (rate * minutes as f64 * 60.0, i))
            .map(|(e, i)| ((e - received[i] as f64) / e.max(0.1).sqrt(), i, e))
            .collect();
        rows.sort_by(|a, b| b.0.total_cmp(&a.0));
        write!(out, "  {h}:{m:02} worst:")?;
        for (z, i, e) in rows.iter().take(6) {
            write!(out, " {} {}/{e:.0} ({z:.1})", network.psaps[*i].name, received[*i])?;
        }
        writeln!(out)?;
    }
    Ok(())
}
