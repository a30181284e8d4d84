//! Which single shared element explains the failures best, and with what odds.
//!
//! Each candidate predicts where failures fall: cells that use it fail at one rate, the others at another; call
//! servers likewise. The candidate with the highest likelihood wins; its odds are the ratio to the next best one that
//! is not part of it, tempered by [`TEMPER`] because redials of the same callers fail together (quasi-likelihood,
//! McCullagh & Nelder, ch. 9).
//!
//! Does not belong here: saying that a cause is *established*: people do.

use super::Cause;
use super::expected::Tables;
use super::fold::{Delivery, Switching};
use super::formulas::ln_bernoulli;
use super::window::MID;
use crate::network::Network;

/// Divisor of the log-likelihood for failures that come in clumps.
const TEMPER: f64 = 2.0;
/// Odds (power of ten) below which nothing is said.
const CLEAR: f64 = 1.0;
/// Odds are not believed beyond a million to one: the candidates are simpler than the world.
const BELIEVED: f64 = 6.0;
/// Zones and psaps taken as candidates: those with most failures.
const PLACES: usize = 4;

/// Failures and trials of a cell over the last 20 minutes.
struct Cell {
    cell: usize,
    failed: f64,
    of: f64,
}

struct Candidate {
    kind: &'static str,
    name: String,
    elements: u32,
    servers: Vec<usize>,
    fit: f64,
}

/// The likeliest shared element, if one stands out; `since` is left to the caller.
pub fn likeliest(network: &Network, tables: &Tables, delivery: &Delivery, switching: &Switching) -> Option<Cause> {
    let cells = recent_cells(network, delivery);
    if cells.iter().map(|cell| cell.failed).sum::<f64>() < 8.0 {
        return None;
    }
    let servers: Vec<(f64, f64)> = switching
        .servers
        .iter()
        .map(|track| (f64::from(track.short.of - track.short.ok), f64::from(track.short.of)))
        .collect();
    let count = network.call_servers.len();
    let crossing =
        |cell: usize, server: usize| tables.crossing.get(cell * count + server).copied().map_or(0.0, f64::from);
    let mut candidates = Vec::new();
    for (i, server) in network.call_servers.iter().enumerate() {
        candidates.push(Candidate {
            kind: "server",
            name: server.name.clone(),
            elements: 1,
            servers: vec![i],
            fit: fit(&cells, |cell| crossing(cell, i)) + fit_servers(&servers, &[i]),
        });
    }
    for (name, members) in tables.software.iter().filter(|(_, members)| members.len() > 1) {
        let members: Vec<usize> = members.iter().map(|server| server.index()).collect();
        candidates.push(Candidate {
            kind: "software",
            name: name.clone(),
            elements: members.len() as u32,
            fit: fit(&cells, |cell| members.iter().map(|server| crossing(cell, *server)).sum())
                + fit_servers(&servers, &members),
            servers: members,
        });
    }
    let apart = fit_servers(&servers, &[]);
    let mut push = |kind, name: String, elements, exposure: &dyn Fn(usize) -> f64| {
        candidates.push(Candidate { kind, name, elements, servers: Vec::new(), fit: fit(&cells, exposure) + apart });
    };
    let parts = |cell: usize| network.of_cell(cell as u32);
    for (i, line) in network.lines.iter().enumerate() {
        let operator = network.operators.get(line.operator.index()).map_or("?", |operator| operator.name.as_str());
        let access = format!("{:?}", line.access).to_lowercase();
        push("line", format!("{operator} {access}"), 1, &|cell| f64::from(u8::from(parts(cell).2.index() == i)));
    }
    for (i, operator) in network.operators.iter().enumerate() {
        let lines: Vec<usize> = (0..network.lines.len())
            .filter(|l| network.lines.get(*l).is_some_and(|l| l.operator.index() == i))
            .collect();
        if lines.len() > 1 && network.operators.len() > 1 {
            let inside = |cell| f64::from(u8::from(lines.contains(&parts(cell).2.index())));
            push("operator", operator.name.clone(), lines.len() as u32, &inside);
        }
    }
    for zone in worst_places(&cells, |cell| parts(cell).0.index()) {
        let name = network.zones.get(zone).map_or(String::new(), |zone| zone.name.clone());
        push("zone", name, 1, &|cell| f64::from(u8::from(parts(cell).0.index() == zone)));
    }
    for leaf in worst_places(&cells, |cell| cell / tables.lines.max(1)) {
        let Some((psap, _)) = tables.shares.get(leaf).and_then(|to| to.first()) else { continue };
        let name = network.psaps.get(usize::from(*psap)).map_or(String::new(), |psap| psap.name.clone());
        push("psap", name, 1, &|cell| {
            let to = tables.shares.get(cell / tables.lines.max(1)).map(Vec::as_slice).unwrap_or_default();
            to.iter().filter(|(other, _)| other == psap).map(|(_, share)| share).sum()
        });
    }
    choose(candidates)
}

fn choose(candidates: Vec<Candidate>) -> Option<Cause> {
    let best = candidates.iter().reduce(|best, other| if other.fit > best.fit { other } else { best })?;
    let inside = |other: &Candidate| {
        other.kind == "server" && !best.servers.is_empty() && other.servers.iter().all(|s| best.servers.contains(s))
    };
    let second = candidates
        .iter()
        .filter(|other| !std::ptr::eq(*other, best) && !inside(other))
        .map(|other| other.fit)
        .fold(f64::NEG_INFINITY, f64::max);
    let odds = if second.is_finite() { (best.fit - second) / TEMPER / std::f64::consts::LN_10 } else { CLEAR };
    (odds >= CLEAR).then(|| Cause {
        kind: best.kind.to_owned(),
        name: best.name.clone(),
        elements: best.elements,
        odds_log10: odds.min(BELIEVED),
        since: None,
    })
}

fn recent_cells(network: &Network, delivery: &Delivery) -> Vec<Cell> {
    let Some(newest) = delivery.ring.newest() else { return Vec::new() };
    let mut sums = vec![(0_u32, 0_u32); network.cells()];
    for slot in delivery.ring.iter().rev().take_while(|slot| slot.of + MID > newest) {
        for row in &slot.rows {
            if let Some((failed, of)) = sums.get_mut(row.cell as usize) {
                let (ok, lost) = super::view::outcomes(row);
                *failed += lost;
                *of += ok + lost;
            }
        }
    }
    sums.iter()
        .enumerate()
        .filter(|(_, (_, of))| *of > 0)
        .map(|(cell, (failed, of))| Cell { cell, failed: f64::from(*failed), of: f64::from(*of) })
        .collect()
}

/// The places with most failures, worst first; ties by number.
fn worst_places(cells: &[Cell], place: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut sums: Vec<(usize, f64)> = Vec::new();
    for cell in cells.iter().filter(|cell| cell.failed > 0.0) {
        let place = place(cell.cell);
        match sums.last_mut() {
            Some((last, sum)) if *last == place => *sum += cell.failed,
            _ => sums.push((place, cell.failed)),
        }
    }
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    sums.into_iter().take(PLACES).map(|(place, _)| place).collect()
}

/// Log-likelihood of the cells when a share `exposure` of a cell's calls fails at one rate and the rest at another;
/// the two rates by a few steps of expectation and maximisation.
fn fit(cells: &[Cell], exposure: impl Fn(usize) -> f64) -> f64 {
    let exposed: Vec<f64> = cells.iter().map(|cell| exposure(cell.cell).clamp(0.0, 1.0)).collect();
    let (mut inside, mut outside) = (0.5, 0.01);
    for _ in 0..6 {
        let (mut failed_in, mut of_in, mut failed_out, mut of_out) = (0.5, 1.0, 0.5, 1.0);
        for (cell, share) in cells.iter().zip(&exposed) {
            let rate = inside * share + outside * (1.0 - share);
            let blame = if rate > 0.0 { inside * share / rate } else { 0.0 };
            failed_in += cell.failed * blame;
            failed_out += cell.failed * (1.0 - blame);
            let passed = 1.0 - rate;
            let through = if passed > 0.0 { (1.0 - inside) * share / passed } else { *share };
            let ok = cell.of - cell.failed;
            of_in += cell.failed * blame + ok * through;
            of_out += cell.failed * (1.0 - blame) + ok * (1.0 - through);
        }
        inside = failed_in / of_in;
        outside = failed_out / of_out;
    }
    // what spares its calls is no cause
    if inside <= outside {
        let failed: f64 = cells.iter().map(|cell| cell.failed).sum();
        let of: f64 = cells.iter().map(|cell| cell.of).sum();
        (inside, outside) = (failed / of, failed / of);
    }
    cells
        .iter()
        .zip(&exposed)
        .map(|(cell, share)| ln_bernoulli(cell.failed, cell.of, inside * share + outside * (1.0 - share)))
        .sum()
}

/// Log-likelihood of the call servers' own counts when `members` each fail at their own rate and the others together
/// at one; each free rate costs half a logarithm of the trials (Schwarz, *Ann. Statist.* 6, 1978).
fn fit_servers(servers: &[(f64, f64)], members: &[usize]) -> f64 {
    let total: f64 = servers.iter().map(|(_, of)| of).sum();
    if total <= 0.0 {
        return 0.0;
    }
    let alone = |(failed, of): (f64, f64)| ln_bernoulli(failed, of, (failed + 0.5) / (of + 1.0));
    let mut sum = 0.0;
    let (mut failed, mut of) = (0.0, 0.0);
    for (i, server) in servers.iter().enumerate() {
        if members.contains(&i) {
            sum += alone(*server);
        } else {
            failed += server.0;
            of += server.1;
        }
    }
    sum + alone((failed, of)) - 0.5 * (members.len() as f64 + 1.0) * libm::log(total)
}
