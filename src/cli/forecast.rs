//! `vigie forecast calibrate`: do the bands hold, also when the twin is wrong?

use chrono::{NaiveTime, TimeZone as _};
use clap::Subcommand;
use serde_json::json;

use super::compare::bar;
use super::fail::one_of;
use super::out::Out;
use super::usage::within;
use super::{Context, Exit, Failure};
use crate::forecast::HORIZONS_S;
use crate::forecast::calibrate::{Calibrated, CalibrationRow, Coverage, Trials, Wrong};
use crate::forecast::setup::Setup;
use crate::lang::Arg;
use crate::network::{Said, find, load};

/// Forecasts and how far they can be trusted.
#[derive(Debug, Subcommand)]
pub enum Forecast {
    /// How often a band of 90 % holds: on held-out seeds, and with a twin that is wrong
    Calibrate(Calibrate),
}

/// Settings of the calibration.
#[derive(Debug, clap::Args)]
pub struct Calibrate {
    /// Shipped id or file
    #[arg(default_value = "france-2021-06-02")]
    scenario: String,
    /// Times of day at which a forecast is made, each in turn
    #[arg(long, value_name = "HH:MM", value_delimiter = ',', default_values_t = ["17:30", "18:30", "19:30", "20:30"].map(str::to_owned))]
    at: Vec<String>,
    /// Only these rows, by their word in JSON
    #[arg(long, value_name = "ROW", value_delimiter = ',')]
    only: Vec<String>,
    /// Forecasts of each row
    #[arg(long, default_value_t = 200, value_parser = within::<u32>(10, 100_000))]
    trials: u32,
    /// Futures of each forecast
    #[arg(long, default_value_t = 60, value_parser = within::<u32>(10, 10_000))]
    futures: u32,
    /// Root of all draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads; the results do not depend on them
    #[arg(long, default_value_t = 2, value_parser = within::<u16>(1, 256))]
    threads: u16,
    /// Machine-readable output
    #[arg(long)]
    json: bool,
}

impl Forecast {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let Self::Calibrate(args) = self;
        args.run(context)
    }
}

impl Calibrate {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let scenario = load(&find(&self.scenario, Some(&context.config.scenarios_dir()))?)?;
        let tz = scenario.network.tz;
        let day = scenario.start.with_timezone(&tz).date_naive();
        let mut at_s = Vec::new();
        for text in &self.at {
            let wrong = || {
                let what = Said::new("cli-no-time").with("flag", "--at").with("text", text);
                Failure::usage(what).next(Said::new("cli-next-time"))
            };
            let time = NaiveTime::parse_from_str(text, "%H:%M").ok().ok_or_else(wrong)?;
            let at = tz.from_local_datetime(&day.and_time(time)).earliest().ok_or_else(wrong)?.to_utc();
            let seconds = (at - scenario.start).num_seconds();
            at_s.push(u64::try_from(seconds).ok().filter(|s| *s < scenario.duration_s).ok_or_else(wrong)?);
        }
        let setup = Setup::compile(scenario).map_err(Failure::input)?;
        let trials = Trials { setup, at_s, trials: self.trials, futures: self.futures, seed: self.seed };
        let wrongs = self.wrongs()?;
        let bar = bar(wrongs.len() * self.trials as usize);
        let rows = trials.run(&wrongs, usize::from(self.threads), &|| bar.inc(1)).map_err(Failure::input)?;
        bar.finish_and_clear();
        let mut out = Out::new();
        if self.json {
            let mut text = serde_json::to_string_pretty(&self.document(&rows))
                .map_err(|error| Failure::failed(error.to_string()))?;
            text.push('\n');
            out.raw(text.as_bytes())?;
        } else {
            self.table(&rows, &mut out, context)?;
        }
        out.flush()?;
        Ok(Exit::Ok)
    }

    /// The rows that are asked for.
    fn wrongs(&self) -> Result<Vec<Wrong>, Failure> {
        let find = |word: &String| {
            Wrong::ALL.into_iter().find(|wrong| wrong.word() == word).ok_or_else(|| {
                let known: Vec<&str> = Wrong::ALL.iter().map(|wrong| wrong.word()).collect();
                Failure::usage(Said::new("cli-no-row").with("name", word)).next(one_of(&known.join(", ")))
            })
        };
        if self.only.is_empty() { Ok(Wrong::ALL.to_vec()) } else { self.only.iter().map(find).collect() }
    }

    fn document(&self, rows: &[CalibrationRow]) -> serde_json::Value {
        let coverage = |c: &Coverage| {
            json!({
                "share": c.share, "low": c.low, "high": c.high, "holds": c.holds(),
                "below": c.below, "above": c.above, "noise": c.noise,
            })
        };
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "wrong": row.wrong.word(),
                    "lost": row.lost.iter().map(coverage).collect::<Vec<_>>(),
                    "in_target": row.in_target.iter().map(coverage).collect::<Vec<_>>(),
                    "verdict": {
                        "lost": Calibrated::of(&row.lost).word(),
                        "in_target": Calibrated::of(&row.in_target).word(),
                    },
                })
            })
            .collect();
        json!({
            "model": true, "scenario": self.scenario, "trials": self.trials, "futures": self.futures, "seed": self.seed,
            "at": self.at, "horizons_s": HORIZONS_S, "band": [0.05, 0.95], "rows": rows,
        })
    }

    fn table(&self, rows: &[CalibrationRow], out: &mut Out, context: &Context) -> Result<(), Failure> {
        let lang = &context.lang;
        out.model(lang)?;
        out.line(&lang.ta(
            "calibrate-title",
            &[("trials", Arg::Num(f64::from(self.trials))), ("futures", Arg::Num(f64::from(self.futures)))],
        ))?;
        for (id, of) in [
            ("calibrate-lost", (|row: &CalibrationRow| row.lost.clone()) as fn(&CalibrationRow) -> Vec<Coverage>),
            ("calibrate-in-target", |row| row.in_target.clone()),
        ] {
            out.line("")?;
            let mut head = vec![lang.t(id)];
            head.extend(HORIZONS_S.map(|s| lang.ta("forecast-in", &[("minutes", Arg::Num((s / 60) as f64))])));
            head.extend(["verdict", "below", "above", "noise"].map(|c| lang.t(&format!("calibrate-{c}"))));
            let mut table = vec![head];
            for row in rows {
                let coverages = of(row);
                let mut cells = vec![lang.t(&format!("calibrate-{}", row.wrong.word()))];
                cells.extend(coverages.iter().map(|c| {
                    format!("{} [{}–{}]", lang.percent(c.share, 0), lang.percent(c.low, 0), lang.percent(c.high, 0))
                }));
                cells.push(lang.t(&format!("calibrate-is-{}", Calibrated::of(&coverages).word())));
                let all = |of: fn(&Coverage) -> f64| {
                    let shares: Vec<String> = coverages.iter().map(|c| format!("{:.0}", of(c) * 100.0)).collect();
                    shares.join(" · ")
                };
                cells.extend([all(|c| c.below), all(|c| c.above), all(|c| c.noise)]);
                table.push(cells);
            }
            out.table(&table, &[1, 2, 3, 4])?;
        }
        out.line("")?;
        out.line(&lang.t("calibrate-note"))?;
        Ok(())
    }
}
