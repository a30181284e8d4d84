//! Two exercises side by side: what improved; and the improvement plan as a file for a spreadsheet.

use super::super::document::{Block, Document, Table};
use super::{Material, Words, tables};
use crate::exercise::{Verdict, evaluate};
use crate::lang::{Arg, Lang};

/// Columns of the improvement plan.
const COLUMNS: [&str; 9] =
    ["mode", "incident", "exercise", "objective", "rule", "target_s", "improvement", "owner", "state"];

/// The improvement plan as CSV: every line carries an objective and its rule, which the next exercise can test.
///
/// # Errors
/// When the rows cannot be written.
pub fn improvements_csv(material: &Material, separator: u8) -> Result<String, csv::Error> {
    let genesis = material.incident.genesis();
    let kit = material.desk.kit();
    let mut writer = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    let lines = tables::lines(material);
    if lines.is_empty() {
        // A file without a line would not say of which mode it is.
        let mode = genesis.mode.file_word();
        let row = [mode, &genesis.inc, &kit.id, "", "", "", "", "", "none"];
        writer.write_record(row.map(crate::text::cell))?;
    }
    for (objective, text, owner) in lines {
        let known = kit.objective(&objective);
        let rule = known.and_then(|one| one.rule.as_ref()).map_or("", |rule| rule.text());
        let target = known.and_then(|one| one.target_s).map_or_else(String::new, |s| s.to_string());
        let mode = genesis.mode.file_word();
        let row = [mode, &genesis.inc, &kit.id, &objective, rule, &target, &text, &owner, "open"];
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
        format!("{} ({}{seed})", genesis.title, genesis.inc)
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
        let Some(other) = second.iter().find(|other| other.objective.id == one.objective.id) else { continue };
        let change = one.delay().zip(other.delay()).map(|(a, b)| b - a);
        let change = change.map_or_else(
            || "–".to_owned(),
            |change| {
                let length = lang.lasted(change.abs());
                let id = if change < chrono::TimeDelta::zero() { "retex-sooner" } else { "retex-later" };
                if change.is_zero() { words.t("retex-same") } else { lang.ta(id, &[("delay", Arg::Str(&length))]) }
            },
        );
        rows.push(vec![
            one.objective.id.clone(),
            lang.of(&one.objective.title).to_owned(),
            words.delay(one.delay()),
            words.delay(other.delay()),
            change,
            words.t(result(one)),
            words.t(result(other)),
        ]);
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
            let tested = second.iter().find(|verdict| verdict.objective.id == objective);
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

fn result(verdict: &Verdict<'_>) -> &'static str {
    match (verdict.met, verdict.objective.rule.is_some()) {
        (Some(true), _) => "retex-met",
        (Some(false), _) => "retex-not-met",
        (None, true) => "retex-open",
        (None, false) => "retex-people-judge",
    }
}
