//! Which single shared element explains the failures best, and with what odds.
//!
//! Each candidate predicts where failures fall: cells that use it fail at one rate, the others at another; call
//! servers likewise. The candidate with the highest likelihood wins; its odds are the ratio to the next best one that
//! is not part of it, tempered by [`TEMPER`] because redials of the same callers fail together (quasi-likelihood,
//! `McCullagh` & Nelder, ch. 9).
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

/// Failures and trials over the last 20 minutes.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    failed: f64,
    of: f64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.failed += other.failed;
        self.of += other.of;
    }
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
    let mut whole = Tally::default();
    for (_, tally) in &cells {
        whole.add(*tally);
    }
    if whole.failed < 8.0 {
        return None;
    }
    let mut candidates = server_candidates(network, tables, &cells, whole, switching);
    let servers = server_tallies(switching);
    let apart = fit_servers(&servers, &[]);
    let mut push = |kind, name: String, elements, inside: Tally| {
        candidates.push(Candidate { kind, name, elements, servers: Vec::new(), fit: fit_split(inside, whole) + apart });
    };
    let tally = |holds: &dyn Fn(usize) -> bool| {
        let mut sum = Tally::default();
        cells.iter().filter(|(cell, _)| holds(*cell)).for_each(|(_, tally)| sum.add(*tally));
        sum
    };
    let parts = |cell: usize| network.of_cell(cell as u32);
    let operator_of = |line: usize| network.lines.get(line).map_or(usize::MAX, |line| line.operator.index());
    for (i, line) in network.lines.iter().enumerate() {
        let operator = network.operators.get(line.operator.index()).map_or("?", |operator| operator.name.as_str());
        let access = format!("{:?}", line.access).to_lowercase();
        push("line", format!("{operator} {access}"), 1, tally(&|cell| parts(cell).2.index() == i));
    }
    for (i, operator) in network.operators.iter().enumerate().filter(|_| network.operators.len() > 1) {
        let lines = network.lines.iter().filter(|line| line.operator.index() == i).count();
        if lines > 1 {
            let inside = tally(&|cell| operator_of(parts(cell).2.index()) == i);
            push("operator", operator.name.clone(), lines as u32, inside);
        }
    }
    for zone in worst_places(&cells, |cell| parts(cell).0.index()) {
        let name = network.zones.get(zone).map_or(String::new(), |zone| zone.name.clone());
        push("zone", name, 1, tally(&|cell| parts(cell).0.index() == zone));
    }
    let main_psap = |cell: usize| {
        let to = tables.shares.get(cell / tables.lines.max(1)).map(Vec::as_slice).unwrap_or_default();
        to.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(psap, _)| *psap)
    };
    for leaf in worst_places(&cells, |cell| cell / tables.lines.max(1)) {
        let Some(psap) = main_psap(leaf * tables.lines) else { continue };
        let name = network.psaps.get(usize::from(psap)).map_or(String::new(), |psap| psap.name.clone());
        push("psap", name, 1, tally(&|cell| main_psap(cell) == Some(psap)));
    }
    choose(&candidates)
}

fn server_tallies(switching: &Switching) -> Vec<Tally> {
    let counts = switching.servers.iter().map(|track| track.short);
    counts.map(|short| Tally { failed: f64::from(short.of - short.ok), of: f64::from(short.of) }).collect()
}

/// Call servers and groups that share their software. Cells that cross the same servers alike are one tally: their
/// sum is all that the likelihood needs.
fn server_candidates(
    network: &Network,
    tables: &Tables,
    cells: &[(usize, Tally)],
    whole: Tally,
    switching: &Switching,
) -> Vec<Candidate> {
    let count = network.call_servers.len();
    let mut classes = vec![Tally::default(); tables.crossing.len() / count.max(1)];
    for (cell, tally) in cells {
        let class = tables.class_of.get(*cell).map_or(usize::MAX, |class| *class as usize);
        if let Some(sum) = classes.get_mut(class) {
            sum.add(*tally);
        }
    }
    let servers = server_tallies(switching);
    let candidate = |kind, name: &str, members: Vec<usize>| {
        let exposure = |class: usize| -> f64 {
            let row = tables.crossing.get(class * count..(class + 1) * count).unwrap_or_default();
            members.iter().filter_map(|server| row.get(*server)).map(|share| f64::from(*share)).sum()
        };
        let fit = fit_shares(&classes, exposure, whole) + fit_servers(&servers, &members);
        Candidate { kind, name: name.to_owned(), elements: members.len() as u32, fit, servers: members }
    };
    let single = network.call_servers.iter().enumerate().map(|(i, server)| candidate("server", &server.name, vec![i]));
    let groups = tables.software.iter().filter(|(_, members)| members.len() > 1);
    let groups = groups.map(|(name, members)| candidate("software", name, members.iter().map(|s| s.index()).collect()));
    single.chain(groups).collect()
}

fn choose(candidates: &[Candidate]) -> Option<Cause> {
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

/// Cells with trials, by number.
fn recent_cells(network: &Network, delivery: &Delivery) -> Vec<(usize, Tally)> {
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
    let tallies = sums.into_iter().enumerate().filter(|(_, (_, of))| *of > 0);
    tallies.map(|(cell, (failed, of))| (cell, Tally { failed: f64::from(failed), of: f64::from(of) })).collect()
}

/// The places with most failures, worst first; ties by number.
fn worst_places(cells: &[(usize, Tally)], place: impl Fn(usize) -> usize) -> Vec<usize> {
    let mut sums: Vec<(usize, f64)> = Vec::new();
    for (cell, tally) in cells.iter().filter(|(_, tally)| tally.failed > 0.0) {
        let place = place(*cell);
        match sums.last_mut() {
            Some((last, sum)) if *last == place => *sum += tally.failed,
            _ => sums.push((place, tally.failed)),
        }
    }
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    sums.into_iter().take(PLACES).map(|(place, _)| place).collect()
}

/// Log-likelihood when the calls inside fail at one rate and the others at another. A part that fails less than the rest
/// is no cause: it gets the likelihood of one rate for all.
fn fit_split(inside: Tally, whole: Tally) -> f64 {
    let outside = Tally { failed: whole.failed - inside.failed, of: whole.of - inside.of };
    if inside.failed * outside.of <= outside.failed * inside.of {
        return alone(whole);
    }
    alone(inside) + alone(outside)
}

/// Log-likelihood of a tally at its own rate.
fn alone(tally: Tally) -> f64 {
    if tally.of > 0.0 { ln_bernoulli(tally.failed, tally.of, tally.failed / tally.of) } else { 0.0 }
}

/// Log-likelihood when a share `exposure` of each class's calls fails at one rate and the rest at another; the two rates
/// by a few steps of expectation and maximisation.
fn fit_shares(classes: &[Tally], exposure: impl Fn(usize) -> f64, whole: Tally) -> f64 {
    let exposed: Vec<(f64, Tally)> = classes
        .iter()
        .enumerate()
        .filter(|(_, tally)| tally.of > 0.0)
        .map(|(class, tally)| (exposure(class).clamp(0.0, 1.0), *tally))
        .collect();
    let (mut inside, mut outside) = (0.5, 0.01);
    for _ in 0..20 {
        let (mut failed_in, mut of_in, mut failed_out, mut of_out) = (0.5, 1.0, 0.5, 1.0);
        for (share, tally) in &exposed {
            let rate = inside * share + outside * (1.0 - share);
            let blame = if rate > 0.0 { inside * share / rate } else { 0.0 };
            let passed = 1.0 - rate;
            let through = if passed > 0.0 { (1.0 - inside) * share / passed } else { *share };
            let ok = tally.of - tally.failed;
            failed_in += tally.failed * blame;
            failed_out += tally.failed * (1.0 - blame);
            of_in += tally.failed * blame + ok * through;
            of_out += tally.failed * (1.0 - blame) + ok * (1.0 - through);
        }
        inside = failed_in / of_in;
        outside = failed_out / of_out;
    }
    if inside <= outside {
        return alone(whole);
    }
    let fit =
        |(share, tally): &(f64, Tally)| ln_bernoulli(tally.failed, tally.of, inside * share + outside * (1.0 - share));
    exposed.iter().map(fit).sum()
}

/// Log-likelihood of the call servers' own counts when `members` each fail at their own rate and the others together
/// at one; each free rate costs half a logarithm of the trials (Schwarz, *Ann. Statist.* 6, 1978).
fn fit_servers(servers: &[Tally], members: &[usize]) -> f64 {
    let mut whole = Tally::default();
    for tally in servers {
        whole.add(*tally);
    }
    if whole.of <= 0.0 {
        return 0.0;
    }
    let mut rest = Tally::default();
    let mut sum = 0.0;
    for (i, tally) in servers.iter().enumerate() {
        if members.contains(&i) { sum += alone(*tally) } else { rest.add(*tally) }
    }
    sum + alone(rest) - 0.5 * (members.len() as f64 + 1.0) * libm::log(whole.of)
}
