//! `vigie stress`: crises × networks × seeds; `vigie stress merge` puts parts together.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;

use super::compare::{bar, crises, network};
use super::fail::example;
use super::out::{Out, ready};
use super::usage::within;
use super::{Context, Exit, Failure};
use crate::forecast::stress::{Header, Kind, Matrix, Row, Shard, Table, jsonl, merge, read};
use crate::lang::Arg;
use crate::network::Said;
use crate::report::document::Marking;

/// Run crises on networks many times: resilience table and weaknesses.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Stress {
    #[command(subcommand)]
    merge: Option<Part>,
    /// Networks: `france`, a shipped measure or a file
    #[arg(default_values_t = ["france", "two-vendors", "ip-centres", "automatic-reroute"].map(str::to_owned))]
    networks: Vec<String>,
    /// Folder of crises [default: the six that are shipped]
    #[arg(long, value_name = "DIR")]
    crises: Option<PathBuf>,
    /// Only these crises, by id
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Runs of each crisis on each network
    #[arg(long, default_value_t = 50, value_parser = within::<u32>(1, 100_000))]
    seeds: u32,
    /// Root of all draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run one part only: 1/2 is the first of two
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// Threads; the results do not depend on them
    #[arg(long, default_value_t = 2, value_parser = within::<u16>(1, 256))]
    threads: u16,
    /// Write the runs here as JSON Lines, and beside it as CSV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Parts of a test.
#[derive(Debug, clap::Subcommand)]
pub enum Part {
    /// Put the parts of one test together
    Merge {
        /// JSON Lines that `--shard` wrote
        #[arg(required = true)]
        parts: Vec<PathBuf>,
        /// Write the whole here as JSON Lines, and beside it as CSV
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

impl Stress {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if let Some(Part::Merge { parts, out }) = self.merge {
            if let Some(path) = &out {
                writable(path)?;
            }
            let mut read_parts = Vec::new();
            for path in &parts {
                let text = std::fs::read_to_string(path).map_err(|error| Failure::unread(path, &error))?;
                let wrong = |why: String| Failure::input(format!("{}: {why}", path.display()));
                read_parts.push(read(&text).map_err(|error| wrong(error.to_string()))?);
            }
            let (header, rows) = merge(read_parts).map_err(|error| Failure::input(error.to_string()))?;
            return finish(&header, &rows, out.as_deref(), context);
        }
        if let Some(path) = &self.out {
            writable(path)?;
        }
        let shard = match &self.shard {
            None => Shard::WHOLE,
            Some(text) => Shard::parse(text).ok_or_else(|| {
                Failure::usage(Said::new("cli-no-shard").with("text", text)).next(Said::new("cli-next-shard"))
            })?,
        };
        if shard != Shard::WHOLE && self.out.is_none() {
            return Err(Failure::usage(Said::new("cli-shard-without-file")).next(example("--out parts.jsonl")));
        }
        let crises = crises(self.crises.as_deref(), &self.only)?;
        let networks = self.networks.iter().map(|name| network(name, &crises)).collect::<Result<Vec<_>, _>>()?;
        let matrix = Matrix { networks, crises, seeds: self.seeds, seed: self.seed };
        let bar = bar(matrix.len_of(shard));
        let (header, rows) = matrix.run(shard, usize::from(self.threads), &|| bar.inc(1))?;
        bar.finish_and_clear();
        if shard == Shard::WHOLE {
            return finish(&header, &rows, self.out.as_deref(), context);
        }
        let path = self.out.unwrap_or_default();
        write(&path, &header, &rows)?;
        let mut out = Out::new();
        out.line(&context.lang.ta("compare-done", &[("file", Arg::Str(&path.display().to_string()))]))?;
        out.flush()?;
        Ok(Exit::Ok)
    }
}

/// Two files will be written, and what took hours is not written over: said before the run, not after it.
fn writable(path: &Path) -> Result<(), Failure> {
    if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv")) {
        return Err(Failure::usage(Said::new("cli-out-names-lines").with("path", path.display().to_string()))
            .next(Said::new("cli-next-jsonl")));
    }
    for path in [path, &path.with_extension("csv")] {
        if path.exists() {
            return Err(Failure::usage(Said::new("cli-taken").with("path", path.display().to_string()))
                .next(Said::new("cli-next-other-name")));
        }
    }
    ready(path.parent().unwrap_or(Path::new("")))
}

fn write(path: &Path, header: &Header, rows: &[Row]) -> Result<(), Failure> {
    std::fs::write(path, jsonl(header, rows)).map_err(|error| Failure::at(path, &error))?;
    let csv = path.with_extension("csv");
    let mut text =
        String::from("row,crisis,network,run,needs,lost,lost_calm,detect_s,recover_s,worst,worst_unanswered,marking\n");
    let quoted = |s: &str| format!("\"{}\"", crate::text::cell(s).replace('"', "\"\""));
    let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    for row in rows {
        let _ = writeln!(
            text,
            "{},{},{},{},{},{},{},{},{},{},{},{}",
            row.row,
            quoted(&row.crisis),
            quoted(&row.network),
            row.run,
            row.needs,
            row.lost,
            row.lost_calm,
            number(row.detect_s),
            number(row.recover_s),
            row.worst.as_deref().map(quoted).unwrap_or_default(),
            row.worst_unanswered.map(|s| s.to_string()).unwrap_or_default(),
            Marking::Model.word(),
        );
    }
    std::fs::write(&csv, text).map_err(|error| Failure::at(&csv, &error))
}

fn finish(header: &Header, rows: &[Row], file: Option<&Path>, context: &Context) -> Result<Exit, Failure> {
    let lang = &context.lang;
    let table = Table::of(header, rows);
    let mut out = Out::new();
    if let Some(path) = file {
        write(path, header, rows)?;
        out.line(&lang.ta("compare-done", &[("file", Arg::Str(&path.display().to_string()))]))?;
    }
    let time =
        |s: Option<f64>| s.map_or_else(|| lang.t("stress-never"), |s| lang.duration(TimeDelta::seconds(s as i64)));
    out.model(lang)?;
    out.line(
        &lang.ta(
            "stress-title",
            &[("rows", Arg::Num(header.rows as f64)), ("seeds", Arg::Num(f64::from(header.seeds)))],
        ),
    )?;
    let head = ["crisis", "network", "lost", "detect", "recover", "worst"];
    let mut lines = vec![head.map(|c| lang.t(&format!("stress-column-{c}"))).to_vec()];
    for line in &table.lines {
        let share = line.worst_unanswered.map(|s| lang.percent(s, 0)).unwrap_or_default();
        let worst = line.worst.as_ref().map(|(code, runs)| {
            let runs = lang.percent(*runs, 0);
            lang.ta("stress-worst", &[("code", Arg::Str(code)), ("runs", Arg::Str(&runs)), ("share", Arg::Str(&share))])
        });
        lines.push(vec![
            line.crisis.clone(),
            line.network.clone(),
            format!("{:.0} [{:.0}–{:.0}]", line.lost.mean, line.lost.low, line.lost.high),
            time(line.detect_s),
            if line.detect_s.is_some() && line.recover_s.is_none() {
                lang.t("stress-not-over")
            } else {
                time(line.recover_s)
            },
            worst.unwrap_or_default(),
        ]);
    }
    out.table(&lines, &[2, 3, 4])?;
    out.line("")?;
    out.line(&lang.t("stress-weaknesses"))?;
    for (i, weakness) in table.weaknesses.iter().enumerate() {
        let kinds: Vec<String> = weakness.kinds.iter().map(|kind| lang.t(kind_id(*kind))).collect();
        out.line(&lang.ta(
            "stress-weakness",
            &[
                ("rank", Arg::Num((i + 1) as f64)),
                ("network", Arg::Str(&weakness.network)),
                ("crisis", Arg::Str(&weakness.crisis)),
                ("lost", Arg::Str(&format!("{:.0}", weakness.lost))),
                ("kinds", Arg::Str(&kinds.join(", "))),
            ],
        ))?;
    }
    out.line("")?;
    for note in ["lost", "detect", "network"] {
        out.line(&lang.t(&format!("stress-note-{note}")))?;
    }
    out.flush()?;
    Ok(Exit::Ok)
}

fn kind_id(kind: Kind) -> &'static str {
    match kind {
        Kind::Unseen => "stress-kind-unseen",
        Kind::SeenLate => "stress-kind-late",
        Kind::OnePlace => "stress-kind-place",
        Kind::Long => "stress-kind-long",
        Kind::NotOver => "stress-kind-not-over",
    }
}
