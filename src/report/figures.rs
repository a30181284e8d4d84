//! Figures of simulated runs: what share of attempts was not delivered, where, when, by which access; with spread.
//!
//! An attempt is *not delivered* when the network refused it or swallowed it (silence until someone gave up). The
//! denominator of every share is **all attempts that began in the same window** (redials included), never people.

use chrono::{DateTime, TimeDelta, Utc};

use crate::network::{Access, Network};
use crate::sim::{FRAME_S, Sample, Truth};

/// Width of the bins that windows slide over \[frames\]: ten minutes.
const BIN_FRAMES: u32 = 60;
/// Bins of the worst five hours: the height of an evening.
const HEIGHT_BINS: usize = 30;
/// Bins of the worst two hours.
const WORST_BINS: usize = 12;
/// A zone × service with fewer attempts in the window is not judged.
pub const MIN_ATTEMPTS: u64 = 100;
/// A zone × service below this share counts as spared.
pub const SPARED: f64 = 0.02;

/// Attempts and what the network did not deliver of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Attempts begun.
    pub attempts: u64,
    /// Refused by the network.
    pub refused: u64,
    /// Swallowed.
    pub swallowed: u64,
}

impl Share {
    /// Not delivered over attempts; `None` without attempts.
    pub fn value(&self) -> Option<f64> {
        (self.attempts > 0).then(|| (self.refused + self.swallowed) as f64 / self.attempts as f64)
    }

    fn part(&self, count: u64) -> Option<f64> {
        (self.attempts > 0).then(|| count as f64 / self.attempts as f64)
    }

    fn add(&mut self, other: Self) {
        self.attempts += other.attempts;
        self.refused += other.refused;
        self.swallowed += other.swallowed;
    }
}

/// From when to when \[frames\], the end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First frame.
    pub from: u32,
    /// First frame after.
    pub to: u32,
}

/// Counts one run, sample by sample.
#[derive(Debug)]
pub struct Counter {
    window: Window,
    services: usize,
    lines: usize,
    access: Vec<Access>,
    zones: usize,
    /// Bin × (zone × service × access).
    bins: Vec<Vec<Share>>,
    in_window: Vec<Share>,
    answered: u64,
    abandoned: u64,
    truth: Truth,
    frames: u32,
}

/// Kinds of access, in the order of the counts.
const ACCESSES: [(Access, &str); 3] = [(Access::Pstn, "pstn"), (Access::Voip, "voip"), (Access::Mobile, "mobile")];

impl Counter {
    /// A counter for runs on this network.
    pub fn new(network: &Network, window: Window) -> Self {
        let cells = network.zones.len() * network.services.len() * ACCESSES.len();
        Self {
            window,
            services: network.services.len(),
            lines: network.lines.len().max(1),
            access: network.lines.iter().map(|line| line.access).collect(),
            zones: network.zones.len(),
            bins: Vec::new(),
            in_window: vec![Share::default(); cells],
            answered: 0,
            abandoned: 0,
            truth: Truth::default(),
            frames: 0,
        }
    }

    /// Takes one frame.
    pub fn take(&mut self, sample: &Sample) {
        self.frames = sample.index + 1;
        self.truth = sample.truth;
        let bin = (sample.index / BIN_FRAMES) as usize;
        while self.bins.len() <= bin {
            self.bins.push(vec![Share::default(); self.in_window.len()]);
        }
        let inside = (self.window.from..self.window.to).contains(&sample.index);
        for cell in &sample.cells {
            let at = cell.cell as usize;
            let (pair, line) = (at / self.lines, at % self.lines);
            let access = self.access.get(line).map_or(0, |access| *access as usize);
            let place = pair * ACCESSES.len() + access;
            let counted = Share {
                attempts: u64::from(cell.attempts),
                refused: u64::from(cell.refused),
                swallowed: u64::from(cell.silent),
            };
            if let Some(share) = self.bins.get_mut(bin).and_then(|bin| bin.get_mut(place)) {
                share.add(counted);
            }
            if inside {
                if let Some(share) = self.in_window.get_mut(place) {
                    share.add(counted);
                }
                self.answered += u64::from(cell.answered);
                self.abandoned += u64::from(cell.abandoned);
            }
        }
    }

    /// The figures of the run.
    pub fn finish(self, network: &Network) -> Figures {
        let (height_bin, at_height) = self.worst(HEIGHT_BINS);
        let (worst_bin, at_worst) = self.worst(WORST_BINS);
        let mut figures = Figures { rows: Vec::new(), height_bin, worst_bin };
        let all = total(&self.in_window, |_| true);
        figures.share("window.not_delivered", all);
        figures.push("window.refused", Unit::Share, all.part(all.refused));
        figures.push("window.swallowed", Unit::Share, all.part(all.swallowed));
        figures.push("window.attempts", Unit::Attempts, Some(all.attempts as f64));
        figures.push("window.answered", Unit::Share, all.part(self.answered));
        figures.push("window.abandoned", Unit::Share, all.part(self.abandoned));
        for (index, service) in network.services.iter().enumerate() {
            let of = |place: usize| (place / ACCESSES.len()) % self.services.max(1) == index;
            figures.share(&format!("window.service.{}", service.code), total(&self.in_window, of));
        }
        for (name, shares) in [("height", &at_height), ("worst2h", &at_worst)] {
            let sum = total(shares, |_| true);
            figures.share(&format!("{name}.not_delivered"), sum);
            figures.push(&format!("{name}.attempts"), Unit::Attempts, Some(sum.attempts as f64));
            for (index, (_, access)) in ACCESSES.iter().enumerate() {
                let by = total(shares, |place| place % ACCESSES.len() == index);
                figures.share(&format!("{name}.access.{access}"), by);
            }
            let fixed = total(shares, |place| place % ACCESSES.len() != Access::Mobile as usize);
            figures.share(&format!("{name}.access.fixed"), fixed);
            for (index, service) in network.services.iter().enumerate() {
                let of = |place: usize| (place / ACCESSES.len()) % self.services.max(1) == index;
                figures.share(&format!("{name}.service.{}", service.code), total(shares, of));
            }
        }
        self.places(&at_worst, network, &mut figures);
        let truth = self.truth;
        for (name, unit, count) in [
            ("run.needs", Unit::People, truth.needs),
            ("run.served_first", Unit::People, truth.served_first),
            ("run.served_later", Unit::People, truth.served_later),
            ("run.served_elsewhere", Unit::People, truth.served_elsewhere),
            ("run.served_substitute", Unit::People, truth.served_substitute),
            ("run.own_means", Unit::People, truth.own_means),
            ("run.lost_network", Unit::People, truth.lost_network),
            ("run.lost_psap", Unit::People, truth.lost_psap),
            ("run.attempts", Unit::Attempts, truth.attempts),
        ] {
            figures.push(name, unit, Some(count as f64));
        }
        let per_need = (truth.needs > 0).then(|| truth.attempts as f64 / truth.needs as f64);
        figures.push("run.attempts_per_need", Unit::Ratio, per_need);
        figures
    }

    /// Zone × service pairs in the worst two hours.
    fn places(&self, at_worst: &[Share], network: &Network, figures: &mut Figures) {
        let mut judged: Vec<(f64, usize)> = (0..self.zones * self.services)
            .filter_map(|pair| {
                let share = total(at_worst, |place| place / ACCESSES.len() == pair);
                (share.attempts >= MIN_ATTEMPTS).then(|| share.value().map(|value| (value, pair))).flatten()
            })
            .collect();
        judged.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        figures.push("worst2h.places.judged", Unit::Places, Some(judged.len() as f64));
        figures.push("worst2h.places.worst", Unit::Share, judged.first().map(|(share, _)| *share));
        let spared = judged.iter().filter(|(share, _)| *share < SPARED).count();
        figures.push("worst2h.places.spared", Unit::Places, Some(spared as f64));
        for (value, pair) in judged.iter().take(10) {
            let zone = network.zones.get(pair / self.services.max(1)).map_or("?", |zone| &zone.code);
            let service = network.services.get(pair % self.services.max(1)).map_or("?", |service| &service.code);
            figures.push(&format!("worst2h.place.{zone}.{service}"), Unit::Share, Some(*value));
        }
    }

    /// The worst stretch of so many bins of the whole run for the whole country: first bin and counts.
    fn worst(&self, bins: usize) -> (usize, Vec<Share>) {
        let totals: Vec<Share> = self.bins.iter().map(|bin| total(bin, |_| true)).collect();
        let width = bins.min(totals.len());
        let mut best = (0, -1.0);
        for (first, bins) in totals.windows(width.max(1)).enumerate() {
            let mut sum = Share::default();
            for bin in bins {
                sum.add(*bin);
            }
            let value = sum.value().unwrap_or(-1.0);
            if value > best.1 {
                best = (first, value);
            }
        }
        let mut counts = vec![Share::default(); self.in_window.len()];
        for bin in self.bins.iter().skip(best.0).take(width) {
            counts.iter_mut().zip(bin).for_each(|(sum, share)| sum.add(*share));
        }
        (best.0, counts)
    }
}

fn total(shares: &[Share], of: impl Fn(usize) -> bool) -> Share {
    let mut sum = Share::default();
    shares.iter().enumerate().filter(|(place, _)| of(*place)).for_each(|(_, share)| sum.add(*share));
    sum
}

/// In what a figure is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Share of attempts \[0 to 1\].
    Share,
    /// Attempts (redials included).
    Attempts,
    /// People with a need.
    People,
    /// Zone × service pairs.
    Places,
    /// A plain ratio.
    Ratio,
    /// Seconds.
    Seconds,
}

impl Unit {
    /// Its word in tables and JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Share => "share of attempts",
            Self::Attempts => "attempts",
            Self::People => "people",
            Self::Places => "zone×service",
            Self::Ratio => "ratio",
            Self::Seconds => "s",
        }
    }
}

/// The figures of one run, by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Name, unit and value; `None` = not defined in this run.
    pub rows: Vec<(String, Unit, Option<f64>)>,
    /// Ten-minute bin at which the worst five hours begin.
    pub height_bin: usize,
    /// Ten-minute bin at which the worst two hours begin.
    pub worst_bin: usize,
}

impl Figures {
    /// Adds a figure.
    pub fn push(&mut self, name: &str, unit: Unit, value: Option<f64>) {
        self.rows.push((name.to_owned(), unit, value));
    }

    fn share(&mut self, name: &str, share: Share) {
        self.push(name, Unit::Share, share.value());
    }

    /// Incident time at which the worst five hours begin, and the worst two.
    pub fn worst_at(&self, start: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let at = |bin: usize| start + TimeDelta::seconds(bin as i64 * i64::from(BIN_FRAMES) * FRAME_S as i64);
        (at(self.height_bin), at(self.worst_bin))
    }
}

/// One figure over all runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: Unit,
    /// Runs in which it is defined.
    pub runs: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation between runs; `None` with one run.
    pub sd: Option<f64>,
    /// 5 % and 95 % quantiles between runs.
    pub range: (f64, f64),
}

/// Mean and spread of every figure, in the order they first appear. The order of the runs does not matter to the bit
/// as long as it is the same.
pub fn spread(runs: &[Figures]) -> Vec<Spread> {
    let mut names: Vec<(&str, Unit)> = Vec::new();
    let mut places = std::collections::BTreeMap::<&str, Vec<f64>>::new();
    for (name, unit, value) in runs.iter().flat_map(|run| &run.rows) {
        let values = places.entry(name).or_insert_with(|| {
            names.push((name, *unit));
            Vec::new()
        });
        values.extend(value);
    }
    names
        .into_iter()
        .filter_map(|(name, unit)| {
            let mut values = places.remove(name)?;
            let runs = values.len();
            if runs == 0 {
                return None;
            }
            let mean = values.iter().sum::<f64>() / runs as f64;
            let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
            let sd = (runs > 1).then(|| (squares / (runs - 1) as f64).sqrt());
            values.sort_by(f64::total_cmp);
            Some(Spread {
                name: name.to_owned(),
                unit,
                runs,
                mean,
                sd,
                range: (quantile(&values, 0.05), quantile(&values, 0.95)),
            })
        })
        .collect()
}

/// Quantile of sorted values, linear between neighbours (type 7).
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len().saturating_sub(1)) as f64;
    let below = place.floor() as usize;
    let low = sorted.get(below).copied().unwrap_or(f64::NAN);
    let high = sorted.get(below + 1).copied().unwrap_or(low);
    low + (high - low) * (place - place.floor())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Source, load};
    use crate::sim::CellCount;

    fn network() -> Network {
        let text = include_str!("../sim/tests/small.toml").to_owned();
        load(&[Source { name: "small.toml".into(), text }]).expect("valid").network
    }

    fn figure(figures: &Figures, name: &str) -> Option<f64> {
        figures.rows.iter().find(|(other, ..)| other == name).and_then(|(.., value)| *value)
    }

    #[test]
    fn shares_have_the_attempts_of_their_window_as_denominator() {
        let network = network();
        let mobile = network.lines.iter().position(|line| line.access == Access::Mobile).expect("a mobile line");
        let cell =
            network.cell(crate::network::ZoneId(0), crate::network::ServiceId(0), crate::network::LineId(mobile as u8));
        let mut counter = Counter::new(&network, Window { from: 60, to: 120 });
        for index in 0..180 {
            // Ten attempts a frame; in the window one is refused and two are swallowed, before and after none.
            let bad = u16::from((60..120).contains(&index));
            let count = CellCount { cell, attempts: 10, refused: bad, silent: 2 * bad, ..CellCount::default() };
            counter.take(&Sample { index, cells: vec![count], ..Sample::default() });
        }
        let figures = counter.finish(&network);
        assert_eq!(figure(&figures, "window.attempts"), Some(600.0));
        assert_eq!(figure(&figures, "window.not_delivered"), Some(0.3));
        assert_eq!(figure(&figures, "window.refused"), Some(0.1));
        assert_eq!(figure(&figures, "window.swallowed"), Some(0.2));
        // The whole run is shorter than two hours: all of it is the worst stretch.
        assert_eq!(figure(&figures, "worst2h.not_delivered"), Some(0.1));
        assert_eq!(figure(&figures, "worst2h.access.mobile"), Some(0.1));
        assert_eq!(figure(&figures, "worst2h.access.fixed"), None, "no attempts, no share");
        assert_eq!(figure(&figures, "worst2h.places.judged"), Some(1.0));
        let place = format!("worst2h.place.{}.{}", network.zones[0].code, network.services[0].code);
        assert_eq!(figure(&figures, &place), Some(0.1));
    }

    #[test]
    fn spread_counts_only_the_runs_in_which_a_figure_is_defined() {
        let run = |value: Option<f64>| {
            let mut figures = Figures { rows: Vec::new(), height_bin: 0, worst_bin: 0 };
            figures.push("x", Unit::Share, value);
            figures
        };
        let rows = spread(&[run(Some(1.0)), run(None), run(Some(2.0)), run(Some(3.0))]);
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.runs, row.mean, row.sd), (3, 2.0, Some(1.0)));
        assert!((row.range.0 - 1.1).abs() < 1e-12 && (row.range.1 - 2.9).abs() < 1e-12, "{row:?}");
        assert_eq!(spread(&[run(Some(1.0))])[0].sd, None, "one run has no spread");
    }
}
