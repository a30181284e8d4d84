//! `vigie simulate SCENARIO`: runs without a screen, figures with their spread.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, NaiveTime, TimeDelta, TimeZone as _, Utc};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use super::out::Out;
use super::usage::within;
use super::{Context, Exit, Failure};
use crate::lang::Arg;
use crate::network::{self, Said, Scenario};
use crate::report::figures::{Counter, Figures, Spread, Unit, Window, spread};
use crate::sim::report::{ELEMENT_FIGURES, FIGURES, Observer, Snapshot, batch_means, t95};
use crate::sim::{FRAME_S, Plan, Simulation};

/// Run a scenario without a screen and report its figures.
#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// Shipped id or file
    scenario: String,
    /// Begin of the window that is reported: HH:MM on the day of the scenario [default: its first event, to the
    /// nearest five minutes]
    #[arg(long, value_name = "HH:MM")]
    from: Option<String>,
    /// End of the run and of the window: HH:MM, 24:00 for midnight, 30:00 for six the next day [default: midnight, or
    /// the end of the scenario; a case of theory always runs to its end]
    #[arg(long, value_name = "HH:MM")]
    until: Option<String>,
    /// Number of runs; run k uses seed + k
    #[arg(long, default_value_t = 1, value_parser = within::<u32>(1, 100_000))]
    runs: u32,
    /// Seed of the first run [default: that of the scenario]
    #[arg(long)]
    seed: Option<u64>,
    /// Threads; the results do not depend on them
    #[arg(long, default_value_t = 2, value_parser = within::<u16>(1, 256))]
    threads: u16,
    /// Machine-readable output
    #[arg(long)]
    json: bool,
}

/// The window begins at a multiple of this \[s\].
const FIVE_MINUTES_S: f64 = 300.0;
/// A truth is missed when what was found lies further away than this many standard errors (6 in 100,000 by chance).
const MISSED: f64 = 4.0;
/// Where nothing varies, a value is right within rounding.
const EXACT: f64 = 1e-9;
/// Sets of figures that are counted in windows of an evening, or over a whole run.
const WINDOWS: [&str; 4] = ["window", "height", "worst2h", "run"];

impl Simulate {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let sources = network::find(&self.scenario, Some(&context.config.scenarios_dir()))?;
        let scenario = network::load(&sources)?;
        let plan = compile(&scenario)?;
        let window = self.window(&scenario)?;
        let seed = self.seed.unwrap_or(scenario.seed);
        let runs = self.all(&scenario, &plan, window, seed);
        let events = runs.iter().map(|run| run.events).sum();
        let digests = runs.iter().map(|run| format!("{:016x}", run.digest)).collect();
        let ratios = ratios(&scenario, &runs);
        let runs: Vec<Figures> = runs.into_iter().map(|run| run.figures).collect();
        let rows = spread(&runs);
        let whole = f64::from(window.to) * FRAME_S as f64 >= scenario.duration_s as f64;
        let truths = compare(&scenario, &rows, &ratios, runs.len(), whole);
        let report = Report {
            scenario: &scenario,
            window,
            seed,
            runs: &runs,
            rows: &rows,
            ratios: &ratios,
            truths: &truths,
            events,
            digests,
        };
        let mut out = Out::new();
        if self.json {
            let mut bytes =
                serde_json::to_vec_pretty(&report.json()).map_err(|error| Failure::failed(error.to_string()))?;
            bytes.push(b'\n');
            out.raw(&bytes)?;
        } else {
            report.table(&mut out, context)?;
        }
        out.flush()?;
        Ok(if truths.iter().any(|truth| truth.met == Some(false)) { Exit::Verification } else { Exit::Ok })
    }

    fn window(&self, scenario: &Scenario) -> Result<Window, Failure> {
        let frames = |s: f64| (s / FRAME_S as f64) as u32;
        let last = frames(scenario.duration_s as f64);
        let at = |text: &Option<String>, flag: &str| {
            text.as_ref().map(|text| frame_at(scenario, text).ok_or_else(|| wrong_time(flag, text))).transpose()
        };
        let first = scenario.events.iter().map(|event| event.at_s).min_by(f64::total_cmp);
        // Scripted minutes are rarely known better than that.
        let first = first.map_or(0, |at_s| frames((at_s / FIVE_MINUTES_S).round() * FIVE_MINUTES_S));
        // What theory says holds for a run of the stated length.
        let theory = scenario.truth.iter().any(|truth| is_counter(&truth.figure));
        let midnight = frame_at(scenario, "24:00").filter(|at| !theory && (first + 1..last).contains(at));
        let to = at(&self.until, "--until")?.unwrap_or(midnight.unwrap_or(last));
        let from = at(&self.from, "--from")?.unwrap_or(first.min(to.saturating_sub(1)));
        if from >= to || to > last {
            let lasts = Said::new("cli-next-window")
                .with("seconds", scenario.duration_s.to_string())
                .with("start", scenario.start.with_timezone(&scenario.network.tz).to_string());
            return Err(Failure::usage(Said::new("cli-no-window")).next(lasts));
        }
        Ok(Window { from, to })
    }

    /// All runs, in the order of their seeds whatever thread ran them.
    fn all(&self, scenario: &Scenario, plan: &Arc<Plan>, window: Window, seed: u64) -> Vec<Run> {
        let bar = ProgressBar::new(u64::from(self.runs));
        if self.runs < 2 {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} left") {
            bar.set_style(style);
        }
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::with_capacity(self.runs as usize));
        let total = self.runs as usize;
        std::thread::scope(|scope| {
            for _ in 0..usize::from(self.threads).min(total) {
                scope.spawn(|| {
                    loop {
                        let run = next.fetch_add(1, Ordering::Relaxed);
                        if run >= total {
                            return;
                        }
                        let found = one(scenario, plan, window, seed.wrapping_add(run as u64));
                        done.lock().unwrap_or_else(PoisonError::into_inner).push((run, found));
                        bar.inc(1);
                    }
                });
            }
        });
        bar.finish_and_clear();
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(run, _)| *run);
        done.into_iter().map(|(_, found)| found).collect()
    }
}

/// Batches that a run is cut into for the spread of its own figures, and how many are dropped at its start.
const BATCHES: u32 = 40;
const WARM_UP: u32 = 2;
/// From so many runs on they speak for themselves; the spread of fewer is that of the batches of all of them.
const INDEPENDENT: usize = 30;

/// What one run gave.
struct Run {
    figures: Figures,
    events: u64,
    /// Digest of the state at its end.
    digest: u64,
    /// Counters of its batches, in order, without the warm-up.
    batches: Vec<Observer>,
}

/// One run.
fn one(scenario: &Scenario, plan: &Arc<Plan>, window: Window, seed: u64) -> Run {
    let network = &scenario.network;
    let mut simulation = Simulation::new(Arc::clone(plan), seed);
    let mut counter = Counter::new(network, window);
    let length = (window.to / (BATCHES + WARM_UP)).max(1);
    let mut batches: Vec<Observer> = Vec::new();
    for frame in 0..window.to {
        if frame % length == 0 && frame >= length * WARM_UP && batches.len() < BATCHES as usize {
            batches.push(Observer::new(scenario, &simulation));
        }
        let sample = simulation.next_sample();
        counter.take(&sample);
        if frame < length * (BATCHES + WARM_UP)
            && let Some(batch) = batches.last_mut()
        {
            batch.add(network, &simulation, &sample);
        }
    }
    let mut figures = counter.finish(network);
    let counts = Snapshot::of(&simulation);
    for (name, unit) in [
        ("blocking", Unit::Share),
        ("delivered", Unit::Share),
        ("answered", Unit::Share),
        ("wait_probability", Unit::Ratio),
        ("mean_wait_s", Unit::Seconds),
        ("mean_wait_answered_s", Unit::Seconds),
        ("abandon", Unit::Ratio),
        ("answered_in_target", Unit::Ratio),
    ] {
        let value = counts.figure(name).filter(|(_, of)| *of > 0.0).map(|(part, of)| part / of);
        figures.push(name, unit, value);
    }
    Run { figures, events: simulation.events(), digest: simulation.digest(), batches }
}

/// A counter of the core over all runs: a ratio of counts with its standard error.
struct Ratio {
    name: String,
    meaning: &'static str,
    unit: &'static str,
    value: f64,
    /// Standard error for correlated output: of many independent runs, or batch means of a few.
    se: f64,
    /// Half of the 95 % interval, by Student.
    half: f64,
    top: f64,
    bottom: f64,
}

/// The counters of the core, those that the scenario's own truths name included.
fn ratios(scenario: &Scenario, runs: &[Run]) -> Vec<Ratio> {
    let network = &scenario.network;
    let mut names: Vec<(String, &'static str)> =
        FIGURES.iter().map(|(name, meaning, _)| ((*name).to_owned(), *meaning)).collect();
    for truth in &scenario.truth {
        let figure = truth.figure.split('.').next().unwrap_or_default();
        let known = ELEMENT_FIGURES.iter().find(|(name, _, _)| *name == figure && truth.figure.contains('.'));
        if let Some((_, _, meaning)) = known
            && !names.iter().any(|(name, _)| *name == truth.figure)
        {
            names.push((truth.figure.clone(), *meaning));
        }
    }
    let sums = |name: &str| -> Option<Vec<(f64, f64)>> {
        let of = |run: &Run| -> Option<Vec<(f64, f64)>> {
            run.batches.iter().map(|batch| batch.figure(network, name)).collect()
        };
        let total = |batches: Vec<(f64, f64)>| batches.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
        if runs.len() >= INDEPENDENT {
            return runs.iter().map(|run| of(run).map(total)).collect();
        }
        let all: Option<Vec<_>> = runs.iter().map(of).collect();
        all.map(|batches| batches.concat())
    };
    names
        .into_iter()
        .filter_map(|(name, meaning)| {
            let parts = sums(&name)?;
            let (value, se) = batch_means(&parts);
            let (top, bottom) = parts.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
            let unit = unit_of(&name);
            let half = se * t95(parts.len().saturating_sub(1));
            Some(Ratio { name, meaning, unit, value, se, half, top, bottom })
        })
        .collect()
}

/// Unit of a counter of the core, by its name.
fn unit_of(name: &str) -> &'static str {
    match name.split('.').next().unwrap_or_default() {
        "mean_wait_s" | "mean_wait_answered_s" => "s",
        "needs_per_s" => "1/s",
        "busy" | "queue" => "places",
        "busy_square" => "places²",
        _ => "1",
    }
}

fn wrong_time(flag: &str, text: &str) -> Failure {
    Failure::usage(Said::new("cli-no-time").with("flag", flag).with("text", text)).next(Said::new("cli-next-time"))
}

/// Frame that begins at a time of day of the scenario's own zone, on its first day or the next.
fn frame_at(scenario: &Scenario, text: &str) -> Option<u32> {
    let tz = scenario.network.tz;
    let day = scenario.start.with_timezone(&tz).date_naive();
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    // 24:00 is midnight; 30:00 is 06:00 on the next day.
    let day = day.checked_add_days(chrono::Days::new(u64::from(hours / 24)))?;
    let time = NaiveTime::from_hms_opt(hours % 24, minutes, 0)?;
    let mut at = tz.from_local_datetime(&day.and_time(time)).earliest()?.to_utc();
    if at < scenario.start {
        at += TimeDelta::days(1);
    }
    u32::try_from((at - scenario.start).num_seconds() / FRAME_S as i64).ok()
}

/// Is it a counter of the core, by name or of one element? The others count in windows of an evening.
fn is_counter(figure: &str) -> bool {
    match figure.split_once('.') {
        None => FIGURES.iter().any(|(name, _, _)| *name == figure),
        Some((name, _)) => ELEMENT_FIGURES.iter().any(|(known, _, _)| *known == name),
    }
}

/// Compiles a scenario, and looks whether its truths name figures that exist: others would never be judged.
pub(super) fn compile(scenario: &Scenario) -> Result<Arc<Plan>, Failure> {
    let plan = Arc::new(Plan::new(scenario).map_err(|error| Failure::input(error.to_string()))?);
    if scenario.truth.is_empty() {
        return Ok(plan);
    }
    let observer = Observer::new(scenario, &Simulation::new(Arc::clone(&plan), scenario.seed));
    for truth in &scenario.truth {
        let name = truth.figure.as_str();
        let known = observer.figure(&scenario.network, name).is_some()
            || name.split_once('.').is_some_and(|(set, _)| WINDOWS.contains(&set));
        if !known {
            let names: Vec<_> = FIGURES.iter().map(|(name, _, _)| *name).collect();
            let of_elements: Vec<_> = ELEMENT_FIGURES.iter().map(|(name, of, _)| format!("{name}.ID ({of})")).collect();
            return Err(Failure::input(format!("{}: [[truth]]: there is no figure `{name}`", scenario.id)).next(
                format!(
                    "figures are {}; of one element, {}; of an evening, {}",
                    names.join(", "),
                    of_elements.join(", "),
                    WINDOWS.map(|set| format!("{set}.…")).join(", ")
                ),
            ));
        }
    }
    Ok(plan)
}

/// A figure of the scenario's own `[[truth]]` beside what came out.
#[derive(Debug)]
struct Compared {
    figure: String,
    expected: f64,
    source: String,
    found: Option<f64>,
    /// Standard error it is judged by: the stated one, or that of the runs.
    se: Option<f64>,
    /// Standard errors between them.
    z: Option<f64>,
    /// `None`: not judged (nothing says how far off it may be): the difference is shown as unexplained.
    met: Option<bool>,
}

/// `whole`: the run is as long as the scenario, so that a stated error holds for it.
fn compare(scenario: &Scenario, rows: &[Spread], ratios: &[Ratio], runs: usize, whole: bool) -> Vec<Compared> {
    scenario
        .truth
        .iter()
        .map(|truth| {
            let counted = ratios.iter().find(|ratio| ratio.name == truth.figure);
            let row = rows.iter().find(|row| row.name == truth.figure).filter(|_| counted.is_none());
            let found = counted.map(|ratio| ratio.value).or(row.map(|row| row.mean));
            // The stated error is that of one run.
            let stated = found.and(truth.se).filter(|_| whole).map(|se| se / (runs as f64).sqrt());
            // Figures of a place and time (`window.…`) are documented, not derived: only a stated error judges them.
            let own = row.filter(|_| !truth.figure.contains('.')).and_then(|row| row.sd);
            let own = counted.map(|ratio| ratio.se).or(own.map(|sd| sd / (runs as f64).sqrt()));
            let se = stated.or(own).filter(|se| se.is_finite());
            let off = found.map(|found| found - truth.value);
            let z = off.zip(se).filter(|(_, se)| *se > 0.0).map(|(off, se)| off / se);
            // Without any spread only the very value is right; a counter that never counted is not.
            let exact = off.filter(|_| se == Some(0.0)).map(|off| off.abs() <= EXACT * truth.value.abs().max(1.0));
            let met =
                z.map(|z| z.abs() <= MISSED).or(exact).or((is_counter(&truth.figure) && se.is_none()).then_some(false));
            Compared {
                figure: truth.figure.clone(),
                expected: truth.value,
                source: truth.source.clone(),
                found,
                se,
                z,
                met,
            }
        })
        .collect()
}

struct Report<'a> {
    scenario: &'a Scenario,
    window: Window,
    seed: u64,
    runs: &'a [Figures],
    rows: &'a [Spread],
    ratios: &'a [Ratio],
    truths: &'a [Compared],
    events: u64,
    /// By run, of the state at its end: the same on every machine.
    digests: Vec<String>,
}

impl Report<'_> {
    fn at(&self, frame: u32) -> DateTime<Utc> {
        self.scenario.start + TimeDelta::seconds(i64::from(frame) * FRAME_S as i64)
    }

    fn json(&self) -> serde_json::Value {
        let figures: Vec<_> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "figure": row.name, "unit": row.unit.word(), "mean": row.mean, "sd": row.sd,
                    "p05": row.range.0, "p95": row.range.1, "runs": row.runs,
                })
            })
            .collect();
        let finite = |value: f64| value.is_finite().then_some(value);
        let counters: Vec<_> = self
            .ratios
            .iter()
            .map(|ratio| {
                json!({
                    "counter": ratio.name, "meaning": ratio.meaning, "unit": ratio.unit,
                    "value": finite(ratio.value), "se": finite(ratio.se),
                    "ci95": [finite(ratio.value - ratio.half), finite(ratio.value + ratio.half)],
                    "numerator": ratio.top, "denominator": ratio.bottom,
                })
            })
            .collect();
        let truths: Vec<_> = self
            .truths
            .iter()
            .map(|truth| {
                json!({
                    "figure": truth.figure, "expected": truth.expected, "found": truth.found, "se": truth.se, "z": truth.z,
                    "met": truth.met, "unexplained": truth.found.filter(|_| truth.met.is_none()).map(|f| f - truth.expected),
                    "source": truth.source,
                })
            })
            .collect();
        json!({
            "model": true,
            "scenario": self.scenario.id,
            "sha256": self.scenario.sha256,
            "engine": env!("CARGO_PKG_VERSION"),
            "seed": self.seed,
            "runs": self.runs.len(),
            "events": self.events,
            "digests": self.digests,
            "window": {
                "from": self.at(self.window.from).to_rfc3339(),
                "to": self.at(self.window.to).to_rfc3339(),
                "denominator": "all attempts that began in the window, redials included",
            },
            "figures": figures,
            "counters": {
                "of": if self.runs.len() < INDEPENDENT {
                    "each run without its first twenty-first part; standard error by 40 batch means of each run"
                } else {
                    "each run without its first twenty-first part; standard error over runs"
                },
                "rows": counters,
            },
            "truth": truths,
        })
    }

    fn table(&self, out: &mut Out, context: &Context) -> Result<(), Failure> {
        let lang = &context.lang;
        let tz = self.scenario.network.tz;
        let (from, to) = (lang.hm(self.at(self.window.from), tz), lang.hm(self.at(self.window.to), tz));
        let runs = self.runs.len();
        out.model(lang)?;
        out.line(&lang.ta(
            "cli-simulate-head",
            &[
                ("title", Arg::Str(lang.of(&self.scenario.title))),
                ("runs", Arg::Num(runs as f64)),
                ("seed", Arg::Str(&self.seed.to_string())),
                ("from", Arg::Str(&from)),
                ("to", Arg::Str(&to)),
            ],
        ))?;
        out.line(&lang.t("cli-simulate-denominator"))?;
        let worst = self.runs.first().map(|run| run.worst_at(self.scenario.start));
        let (height, worst) = worst.map(|(five, two)| (lang.hm(five, tz), lang.hm(two, tz))).unwrap_or_default();
        out.line(&lang.ta("cli-simulate-height", &[("height", Arg::Str(&height)), ("worst", Arg::Str(&worst))]))?;
        out.line("")?;
        let head =
            ["figure", "mean", "low", "high", "unit"].map(|column| lang.t(&format!("cli-simulate-column-{column}")));
        let mut table = vec![head.to_vec()];
        for row in self.rows {
            let show = |value: f64| number(value, row.unit);
            let (low, high) = match row.sd {
                Some(_) => (show(row.range.0), show(row.range.1)),
                None => (String::new(), String::new()),
            };
            table.push(vec![row.name.clone(), show(row.mean), low, high, row.unit.word().to_owned()]);
        }
        out.table(&table, &[1, 2, 3])?;
        if runs < 2 {
            out.line(&lang.t("cli-simulate-no-spread"))?;
        }
        if !self.truths.is_empty() {
            out.line("")?;
            let head = ["figure", "expected", "found", "z", "verdict", "source"]
                .map(|column| lang.t(&format!("cli-simulate-column-{column}")));
            let mut table = vec![head.to_vec()];
            for truth in self.truths {
                let figure = |value: f64| format!("{value:.5}").trim_end_matches('0').trim_end_matches('.').to_owned();
                let verdict = match truth.met {
                    Some(true) => lang.t("cli-simulate-met"),
                    Some(false) => lang.t("cli-simulate-missed"),
                    None => {
                        let gap = truth.found.map(|found| figure(found - truth.expected)).unwrap_or_default();
                        lang.ta("cli-simulate-unexplained", &[("gap", Arg::Str(&gap))])
                    }
                };
                table.push(vec![
                    truth.figure.clone(),
                    figure(truth.expected),
                    truth.found.map(figure).unwrap_or_default(),
                    truth.z.map(|z| format!("{z:+.2}")).unwrap_or_default(),
                    verdict,
                    truth.source.clone(),
                ]);
            }
            out.table(&table, &[1, 2, 3])?;
        }
        Ok(())
    }
}

/// A figure with as many digits as its unit deserves.
fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Share => format!("{:.2} %", value * 100.0),
        Unit::Attempts | Unit::People | Unit::Places => format!("{value:.0}"),
        Unit::Ratio => format!("{value:.4}"),
        Unit::Seconds => format!("{value:.2}"),
    }
}
