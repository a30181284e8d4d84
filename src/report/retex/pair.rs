//! Two exercises side by side: what improved; and the improvement plan as a file for a spreadsheet.

use super::super::document::{Block, Document, Table};
use super::{Material, Words, tables};
use crate::exercise::{Objective, Verdict, evaluate};
use crate::incident::event::Body;
use crate::lang::{Arg, Lang};
use crate::text::duration::print_duration;

/// Columns of the improvement plan: messages that say their headings.
const COLUMNS: [&str; 11] = [
    "retex-csv-mode",
    "retex-csv-incident",
    "retex-csv-exercise",
    "retex-csv-objective",
    "retex-csv-title",
    "retex-csv-rule",
    "retex-csv-target",
    "retex-csv-since",
    "retex-csv-improvement",
    "retex-csv-owner",
    "retex-csv-state",
];

/// The improvement plan as CSV: every line carries an objective and its rule, which the next exercise can test.
///
/// # Errors
/// When the rows cannot be written.
pub fn improvements_csv(material: &Material, lang: &Lang, separator: u8) -> Result<String, csv::Error> {
    let genesis = material.incident.genesis();
    let kit = material.desk.kit();
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    writer.write_record(COLUMNS.map(|id| lang.t(id)))?;
    let mode = lang.t(genesis.mode.id());
    let lines = tables::lines(material);
    if lines.is_empty() {
        // A file without a line would not say of which mode it is.
        let none = lang.t("retex-csv-none");
        let row = [&mode, &genesis.inc, &kit.id, "", "", "", "", "", "", "", &none];
        writer.write_record(row.map(crate::text::cell))?;
    }
    for (objective, text, owner) in lines {
        let known = kit.objective(&objective);
        let rule = known.and_then(|one| one.rule.as_ref()).map_or("", |rule| rule.text());
        let target = known.and_then(|one| one.target_s).map_or_else(String::new, print_duration);
        let since = known.map_or_else(String::new, |one| one.since.words());
        let title = known.map_or("", |one| lang.of(&one.title));
        let open = lang.t("retex-csv-open");
        let row = [&mode, &genesis.inc, &kit.id, &objective, title, rule, &target, &since, &text, &owner, &open];
        writer.write_record(row.map(crate::text::cell))?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// What changed from one exercise to the next.
pub fn compare(before: &Material, after: &Material, lang: &Lang) -> Document {
    let words = Words { lang, tz: after.tz() };
    let mut document = Document::of(words.t("retex-compare-title"), after.incident.genesis(), lang);
    let side = |material: &Material| {
        let genesis = material.incident.genesis();
        let seed = genesis.scenario.as_ref().map_or_else(String::new, |one| format!(", {} {}", one.id, one.seed));
        format!("{} ({}{seed}, {})", genesis.title, genesis.inc, speeds(material))
    };
    document
        .blocks
        .push(Block::Facts(vec![(words.t("retex-first"), side(before)), (words.t("retex-second"), side(after))]));
    if before.desk.kit().sha256 != after.desk.kit().sha256 {
        document.blocks.push(Block::Warning(words.t("retex-other-exercise")));
    }
    let (first, second) = (evaluate(&before.desk, before.end), evaluate(&after.desk, after.end));
    let mut rows = Vec::new();
    for one in &first {
        let Some(other) = second.iter().find(|other| same(one.objective, other.objective)) else {
            // Another objective of the same number is another one.
            rows.push(row(words, one.objective, [Some(one), None], String::new()));
            continue;
        };
        let change = one.delay().zip(other.delay()).map(|(a, b)| b - a);
        let change = change.map_or_else(
            || "–".to_owned(),
            |change| {
                let length = lang.lasted(change.abs());
                let id = if change < chrono::TimeDelta::zero() { "retex-sooner" } else { "retex-later" };
                if change.is_zero() { words.t("retex-same") } else { lang.ta(id, &[("delay", Arg::Str(&length))]) }
            },
        );
        rows.push(row(words, one.objective, [Some(one), Some(other)], change));
    }
    for other in second.iter().filter(|other| !first.iter().any(|one| same(one.objective, other.objective))) {
        rows.push(row(words, other.objective, [None, Some(other)], String::new()));
    }
    document.heading(words.t("retex-objectives"));
    document.blocks.push(Block::Table(Table {
        head: words.heads(&[
            "retex-objective",
            "retex-what",
            "retex-first",
            "retex-second",
            "retex-change",
            "retex-result-first",
            "retex-result-second",
        ]),
        rows,
        figures: vec![2, 3, 4],
        by_hand: None,
    }));
    document.heading(words.t("retex-delays"));
    let (a, b) = (tables::delays(before, words), tables::delays(after, words));
    let both = a.rows.iter().filter_map(|row| {
        let name = row.first()?;
        let other = b.rows.iter().find(|other| other.first() == Some(name))?;
        Some(vec![name.clone(), row.last()?.clone(), other.last()?.clone()])
    });
    document.blocks.push(Block::Table(Table {
        head: words.heads(&["retex-delay", "retex-first", "retex-second"]),
        rows: both.collect(),
        figures: vec![1, 2],
        by_hand: None,
    }));
    document.heading(words.t("retex-improvements"));
    let lines: Vec<Vec<String>> = tables::lines(before)
        .into_iter()
        .map(|(objective, text, _)| {
            let asked = before.desk.kit().objective(&objective);
            let tested = asked.and_then(|asked| second.iter().find(|verdict| same(asked, verdict.objective)));
            let state = match tested.map(|verdict| verdict.met) {
                Some(Some(true)) => "retex-line-closed",
                Some(Some(false)) => "retex-line-open",
                Some(None) => "retex-line-judge",
                None => "retex-line-not-tested",
            };
            vec![objective, text, words.t(state)]
        })
        .collect();
    if lines.is_empty() {
        document.paragraph(words.t("retex-nothing"));
    } else {
        let head = words.heads(&["retex-objective", "retex-improvement", "retex-state"]);
        document.blocks.push(Block::Table(Table { head, rows: lines, figures: Vec::new(), by_hand: None }));
    }
    document.paragraph(words.t("retex-no-score"));
    document
}

/// Are two objectives the same: the number and what is asked?
fn same(one: &Objective, other: &Objective) -> bool {
    let rule = |objective: &Objective| objective.rule.as_ref().map(|rule| rule.text().to_owned());
    // An improvement plan carries the title in one language.
    let titled = |one: &str, other: &str| !one.is_empty() && one == other;
    one.id == other.id
        && rule(one) == rule(other)
        && (one.rule.is_some() || titled(&one.title.fr, &other.title.fr) || titled(&one.title.en, &other.title.en))
}

/// One objective beside itself; `None` where it was not asked.
fn row(words: Words<'_>, objective: &Objective, both: [Option<&Verdict<'_>>; 2], change: String) -> Vec<String> {
    let of = |verdict: Option<&Verdict<'_>>| {
        let Some(verdict) = verdict else { return words.t("retex-not-asked") };
        let ratings = verdict.ratings.iter().map(|(_, rating)| format!("{rating:?}"));
        let said: Vec<String> = std::iter::once(words.t(result(verdict))).chain(ratings).collect();
        said.join(" · ")
    };
    let delay = |verdict: Option<&Verdict<'_>>| words.delay(verdict.and_then(Verdict::delay));
    vec![
        objective.id.clone(),
        words.lang.of(&objective.title).to_owned(),
        delay(both[0]),
        delay(both[1]),
        change,
        of(both[0]),
        of(both[1]),
    ]
}

/// The speeds at which an exercise was played: `×6`, `×6, ×60`.
fn speeds(material: &Material) -> String {
    let mut speeds: Vec<u32> = Vec::new();
    for entry in &material.entries {
        if let Body::Clock { running: true, rate_milli, .. } = &entry.body
            && !speeds.contains(rate_milli)
        {
            speeds.push(*rate_milli);
        }
    }
    let speeds = speeds.into_iter().map(|rate| format!("×{}", f64::from(rate) / 1_000.0));
    speeds.collect::<Vec<_>>().join(", ")
}

fn result(verdict: &Verdict<'_>) -> &'static str {
    match (verdict.met, verdict.objective.rule.is_some()) {
        (Some(true), _) => "retex-met",
        (Some(false), _) => "retex-not-met",
        (None, true) => "retex-open",
        (None, false) => "retex-people-judge",
    }
}
