//! `vigie rehearse PLAYBOOK`: a playbook worked through by a model of a cell, against many outages.

use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;

use super::compare::{bar, crises, network};
use super::out::Out;
use super::usage::within;
use super::{Context, Exit, Failure};
use crate::forecast::rehearse::{Cell, Rehearsal, rehearse};
use crate::lang::{Arg, Lang};
use crate::network::Said;
use crate::playbook::{Playbook, parse, shipped};
use crate::text;

/// Rehearse a playbook against many outages.
#[derive(Debug, clap::Args)]
pub struct Rehearse {
    /// Shipped id or file
    playbook: String,
    /// Outages
    #[arg(long, default_value_t = 1_000, value_parser = within::<u32>(10, 100_000))]
    outages: u32,
    /// Only these crises, by id
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    only: Vec<String>,
    /// Root of all draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Threads; the results do not depend on them
    #[arg(long, default_value_t = 2, value_parser = within::<u16>(1, 256))]
    threads: u16,
    /// Write the day into the file as `last_rehearsed`
    #[arg(long)]
    write: bool,
}

impl Rehearse {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let file = Path::new(&self.playbook);
        let from_file = file.extension().is_some_and(|e| e == "toml");
        let playbook: Arc<Playbook> = if from_file {
            let text = std::fs::read_to_string(file).map_err(|error| Failure::unread(file, &error))?;
            Arc::new(parse(&self.playbook, &text).map_err(Failure::input)?)
        } else {
            shipped().iter().find(|p| p.id == self.playbook).cloned().ok_or_else(|| {
                let known: Vec<&str> = shipped().iter().map(|p| p.id.as_str()).collect();
                Failure::input(Said::new("cli-no-playbook").with("name", &self.playbook))
                    .next(Said::new("cli-next-file-or").with("known", known.join(", ")))
            })?
        };
        if self.write && !from_file {
            return Err(Failure::usage(Said::new("cli-shipped-playbook")).next(Said::new("cli-next-own-file")));
        }
        if self.write {
            // Nothing is written yet: a file that cannot be is said before the work.
            std::fs::OpenOptions::new().append(true).open(file).map_err(|error| Failure::at(file, &error))?;
        }
        let crises = crises(None, &self.only)?;
        let france = network("france", &crises)?;
        let bar = bar(self.outages as usize);
        let found = rehearse(
            &playbook,
            &france,
            &crises,
            &Cell::default(),
            self.outages,
            self.seed,
            usize::from(self.threads),
            &|| bar.inc(1),
        )?;
        bar.finish_and_clear();
        let mut out = Out::new();
        show(&playbook, &found, &mut out, &context.lang)?;
        if self.write {
            let day = crate::clock::Clock::system().now().wall.date_naive();
            std::fs::write(file, dated(&playbook.text, &day.to_string())).map_err(|error| Failure::at(file, &error))?;
            out.line(&context.lang.ta("compare-done", &[("file", Arg::Str(&self.playbook))]))?;
        }
        out.flush()?;
        Ok(Exit::Ok)
    }
}

/// The text with `last_rehearsed` set to this day: the line that is there, or one after `version`.
fn dated(text: &str, day: &str) -> String {
    let line = format!("last_rehearsed = {day}");
    let is = |l: &str, key: &str| l.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let mut out: Vec<&str> = text.lines().collect();
    let head = out.iter().position(|l| l.starts_with('[')).unwrap_or(out.len());
    if let Some(at) = out.iter().take(head).position(|l| is(l, "last_rehearsed")) {
        out[at] = &line;
    } else {
        let at = out.iter().take(head).position(|l| is(l, "version")).map_or(0, |at| at + 1);
        out.insert(at, &line);
    }
    out.join("\n") + "\n"
}

/// Columns of a step's words in the table.
const STEP: usize = 48;

fn show(playbook: &Playbook, found: &Rehearsal, out: &mut Out, lang: &Lang) -> Result<(), Failure> {
    out.model(lang)?;
    out.line(&lang.ta(
        "rehearse-title",
        &[("title", Arg::Str(lang.of(&playbook.title))), ("outages", Arg::Num(f64::from(found.outages)))],
    ))?;
    let head = ["step", "reached", "done", "soft", "hard", "critical"];
    let mut table = vec![head.map(|c| lang.t(&format!("rehearse-column-{c}"))).to_vec()];
    // People know a step by what it says, not by its id.
    let step_text = |id: &str| {
        let text = playbook.step(id).map_or(id, |step| lang.of(&step.text));
        text::truncate(text.trim_end_matches('.'), STEP).into_owned()
    };
    let share = |s: Option<f64>| s.map(|s| lang.percent(s, 0)).unwrap_or_default();
    for step in &found.steps {
        table.push(vec![
            step_text(&step.id),
            lang.percent(step.reached, 0),
            step.done_s.map(|s| lang.duration(TimeDelta::seconds(s as i64))).unwrap_or_default(),
            share(step.soft_broken),
            share(step.hard_broken),
            lang.percent(step.critical, 0),
        ]);
    }
    out.table(&table, &[1, 2, 3, 4, 5])?;
    out.line(&lang.t("rehearse-columns"))?;
    out.line("")?;
    for (step, runs) in &found.dead_ends {
        let runs = lang.percent(*runs, 0);
        out.line(&lang.ta("rehearse-dead-end", &[("step", Arg::Str(&step_text(step))), ("share", Arg::Str(&runs))]))?;
    }
    for (step, go) in &found.unused {
        out.line(
            &lang.ta("rehearse-unused", &[("step", Arg::Str(&step_text(step))), ("go", Arg::Str(&step_text(go)))]),
        )?;
    }
    let path: Vec<String> = found.steps.iter().filter(|s| s.critical >= 0.5).map(|s| step_text(&s.id)).collect();
    out.line(&lang.ta("rehearse-path", &[("steps", Arg::Str(&path.join(" → ")))]))?;
    let overload = lang.percent(found.overload, 0);
    out.line(&lang.ta("rehearse-overload", &[("share", Arg::Str(&overload))]))?;
    let (mid, low, high) = found.lost;
    let [mid, low, high] = [mid, low, high].map(|x| lang.signed(x));
    out.line(
        &lang.ta("rehearse-lost", &[("mid", Arg::Str(&mid)), ("low", Arg::Str(&low)), ("high", Arg::Str(&high))]),
    )?;
    out.line(&lang.t("rehearse-servers"))?;
    if !found.not_simulated.is_empty() {
        out.line(&lang.ta("rehearse-not-simulated", &[("levers", Arg::Str(&found.not_simulated.join(", ")))]))?;
    }
    out.line(&lang.t("rehearse-note"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_written_once() {
        let text = "id = \"a\"\nversion = \"1\"\n\n[about]\nen = \"version = 2\"\n";
        let once = dated(text, "2026-11-24");
        assert_eq!(once, "id = \"a\"\nversion = \"1\"\nlast_rehearsed = 2026-11-24\n\n[about]\nen = \"version = 2\"\n");
        assert_eq!(dated(&once, "2026-11-25"), once.replace("24", "25"));
    }
}
