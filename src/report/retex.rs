//! The after-action report (RETEX): what happened on the curve of health, delays, who knew what when, decisions with
//! their reasons, steps late or without effect, what people observed, and what is to be improved.
//!
//! It speaks of measures and of objectives, never of persons' worth; there is no global score.
//!
//! Does not belong here: reading files.

mod curve;
mod delays;
mod pair;
mod tables;
mod whatif;

pub use delays::MILESTONES;
pub use pair::{compare, improvements_csv};
pub use whatif::{Measure, WhatIf};

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::document::{Block, Document, Drawing, Table};
use crate::exercise::Desk;
use crate::incident::Incident;
use crate::incident::event::{Entry, EntryId, Mode, Role};
use crate::lang::{Arg, Lang};
use crate::network::Text;
use crate::playbook::{Facts, Library, Step, StepView};
use crate::sim::Truth;

/// One minute of health.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its end (incident time).
    pub at: DateTime<Utc>,
    /// Share of attempts that were delivered, as the simulation knows it; `None` without attempts or simulation.
    pub truth: Option<f64>,
    /// As the board showed it.
    pub seen: Option<f64>,
}

/// What the report of one cell of an exercise is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellReport {
    /// The plan and the measures of the whole exercise, which is over.
    Whole,
    /// Nothing yet: play goes on, the plan is not for players.
    Playing,
    /// Nothing: control's folder is not beside it.
    Alone,
}

/// All that a report is made of.
#[derive(Debug)]
pub struct Material {
    /// The incident at its end.
    pub incident: Incident,
    /// It is that of one cell of an exercise; `None`: of an incident of its own, or of the whole exercise.
    pub cell: Option<CellReport>,
    /// Its desk at its end.
    pub desk: Desk,
    /// All entries in order.
    pub entries: Vec<Arc<Entry>>,
    /// Health, minute by minute.
    pub curve: Vec<Point>,
    /// What the simulation knows of needs and attempts at the end; `None` without a simulation.
    pub truth: Option<Truth>,
    /// The playbooks.
    pub library: Library,
    /// Conditions that prove steps, and whether they held at the end; `None` = no data.
    pub proofs: BTreeMap<String, Option<bool>>,
    /// The last moment that is known (incident time).
    pub end: DateTime<Utc>,
    /// When the first fault happens that the scenario or an inject brings (incident time); what only changes what is seen,
    /// and what ends faults, is none.
    pub fault_at: Option<DateTime<Utc>>,
    /// How long levers take to be prepared, by their word; what is not here takes no time.
    pub preparation: BTreeMap<String, TimeDelta>,
    /// Ids and names of the operators of the network.
    pub operators: Vec<String>,
    /// The historic team it is held against.
    pub historic: Option<Historic>,
    /// What the measures were worth; `None`: it was not asked.
    pub what_if: Option<WhatIf>,
    /// What a damaged tape no longer gives, in sentences.
    pub missing: Vec<String>,
}

/// What is documented of the team of a past incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Historic {
    /// The incident.
    pub title: Text,
    /// Is it the incident that was played, not another one to be held against?
    pub same: bool,
    /// When it began.
    pub start: DateTime<Utc>,
    /// What was reached when.
    pub steps: Vec<HistoricStep>,
    /// What was wanted afterwards: milestone, within \[s\], source.
    pub targets: Vec<(String, u32, String)>,
}

/// One milestone of a past incident.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoricStep {
    /// Which of [`MILESTONES`].
    pub milestone: String,
    /// When.
    pub at: DateTime<Utc>,
    /// What stands before the time: `≈` = known only about, `≤` = at the latest, nothing = to the minute.
    pub mark: &'static str,
    /// Where it comes from, with its grade.
    pub source: String,
}

impl Material {
    /// Zone in which times are shown.
    pub(super) fn tz(&self) -> Tz {
        self.incident.genesis().zone.parse().unwrap_or(Tz::UTC)
    }

    /// Is an entry what is documented of others, from before an incident was taken over?
    pub(super) fn quoted(&self, entry: &Entry) -> bool {
        entry.role == Role::Observer && self.incident.genesis().taken_over().is_some()
    }

    /// What an entry says, as it was corrected if it was.
    pub(super) fn text(&self, entry: &Entry) -> String {
        let corrected = self.incident.corrections(&entry.id()).map(|correction| correction.text.clone());
        corrected.unwrap_or_else(|| entry.body.text().to_owned())
    }

    /// The role in which an entry was written.
    pub(super) fn author(&self, words: Words<'_>, id: &EntryId) -> String {
        let entry = self.entries.iter().find(|entry| entry.id() == *id);
        entry.map_or_else(String::new, |entry| words.role(entry.role, &entry.org))
    }

    /// Steps of the open playbooks as they stand at the end.
    pub(super) fn steps(&self) -> Vec<(String, Vec<StepView<'_>>)> {
        let open = self.incident.open_playbooks().iter();
        open.filter_map(|open| {
            let playbook = self.library.get(&open.id)?;
            let statuses = self.incident.steps(&open.id);
            let holds = |metric: &str| self.proofs.get(metric).copied().flatten();
            let elsewhere = |step: &Step| self.incident.done_elsewhere(&self.library, &open.id, step);
            let facts = Facts::new(statuses, &holds, self.end, self.incident.awareness());
            let views = crate::playbook::progress(playbook, &Facts { elsewhere: &elsewhere, ..facts });
            Some((open.id.clone(), views))
        })
        .collect()
    }
}

/// How the parts word things.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub lang: &'a Lang,
    pub tz: Tz,
}

impl Words<'_> {
    pub(super) fn t(self, id: &str) -> String {
        self.lang.t(id)
    }

    pub(super) fn hm(self, at: DateTime<Utc>) -> String {
        self.lang.time(at, self.tz)
    }

    pub(super) fn opt_hm(self, at: Option<DateTime<Utc>>) -> String {
        at.map_or_else(|| "–".to_owned(), |at| self.hm(at))
    }

    pub(super) fn delay(self, delay: Option<TimeDelta>) -> String {
        delay.map_or_else(|| "–".to_owned(), |delay| self.lang.lasted(delay))
    }

    /// In which role somebody of an organisation acted: a report names no person.
    pub(super) fn role(self, role: Role, org: &str) -> String {
        let role = self.t(super::wording::role_id(role));
        if org.is_empty() { role } else { format!("{role} ({org})") }
    }

    /// The name of a lever.
    pub(super) fn lever(self, word: &str) -> String {
        self.t(&format!("lever-{word}"))
    }

    pub(super) fn seconds(self, s: Option<u32>) -> String {
        self.delay(s.map(|s| TimeDelta::seconds(i64::from(s))))
    }

    pub(super) fn heads(self, ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| self.t(id)).collect()
    }
}

/// The report.
pub fn retex(material: &Material, lang: &Lang) -> Document {
    let words = Words { lang, tz: material.tz() };
    let genesis = material.incident.genesis();
    let mut document = Document::of(words.t("retex-title"), genesis, lang);
    head(&mut document, material, words);
    document.heading(words.t("retex-curve"));
    for missing in &material.missing {
        document.paragraph(missing.clone());
    }
    if material.curve.is_empty() {
        document.paragraph(words.t("retex-no-curve"));
    } else {
        let (pins, left) = curve::pins(material, words);
        let svg = curve::svg(material, &pins, words);
        let drawn = words.t("retex-curve-words");
        document.blocks.push(Block::Drawing(Drawing { svg, words: drawn }));
        document.blocks.push(Block::Table(curve::legend(&pins, words)));
        if left > 0 {
            document.paragraph(lang.ta("retex-pins-left", &[("count", Arg::Str(&lang.number(left as u64)))]));
        }
    }
    if let Some(truth) = &material.truth {
        document.paragraph(lang.ta(
            "retex-lost",
            &[
                ("attempts", Arg::Str(&lang.number(truth.attempts))),
                ("failed", Arg::Str(&lang.number(truth.not_delivered))),
                ("lost", Arg::Str(&lang.number(truth.lost_network + truth.lost_psap))),
                ("network", Arg::Str(&lang.number(truth.lost_network))),
            ],
        ));
    }
    // Where no exercise was planned there is neither objective nor chronogramme.
    let planned = !material.desk.kit().id.is_empty();
    if planned {
        part(&mut document, words, "retex-objectives", tables::objectives(material, words));
    }
    document.paragraph(words.t("retex-no-score"));
    if let Some(table) = delays::milestones(material, words) {
        document.heading(words.t("retex-milestones"));
        let fault = words.opt_hm(delays::fault(material));
        let historic = material.historic.as_ref();
        let title = historic.map_or_else(String::new, |historic| lang.of(&historic.title).to_owned());
        let id = match historic.map(|historic| historic.same) {
            Some(true) => "retex-milestones-same",
            Some(false) => "retex-milestones-other",
            None => "retex-milestones-none",
        };
        document.paragraph(lang.ta(id, &[("fault", Arg::Str(&fault)), ("title", Arg::Str(&title))]));
        document.blocks.push(Block::Table(table));
    }
    part(&mut document, words, "retex-delays", tables::delays(material, words));
    whatif::part(&mut document, material, words);
    if planned {
        part(&mut document, words, "retex-injects", tables::injects(material, words));
    }
    let led = tables::led(material, words);
    if !led.rows.is_empty() {
        part(&mut document, words, "retex-led", led);
    }
    part(&mut document, words, "retex-known", tables::known(material, words));
    document.heading(words.t("retex-decisions"));
    tables::decisions(&mut document, material, words);
    part(&mut document, words, "retex-steps", tables::steps(material, words));
    let checks = tables::checks(material, words);
    if !checks.rows.is_empty() {
        part(&mut document, words, "retex-checks", checks);
    }
    let fog = tables::fog(material, words);
    if !fog.rows.is_empty() {
        part(&mut document, words, "retex-fog", fog);
    }
    part(&mut document, words, "retex-observations", tables::observations(material, words));
    if planned {
        part(&mut document, words, "retex-ratings", tables::ratings(material, words));
    }
    part(&mut document, words, "retex-improvements", tables::improvements(material, words));
    if genesis.mode != Mode::Real {
        document.paragraph(words.t("retex-model"));
    }
    document
}

fn filled(table: Table) -> Table {
    let says = |cell: &String| !matches!(cell.as_str(), "" | "–");
    let kept: Vec<usize> = (0..table.head.len())
        .filter(|column| table.rows.iter().any(|row| row.get(*column).is_some_and(says)))
        .collect();
    let of = |row: &Vec<String>| kept.iter().filter_map(|column| row.get(*column).cloned()).collect::<Vec<_>>();
    Table {
        head: of(&table.head),
        rows: table.rows.iter().map(of).collect(),
        figures: kept
            .iter()
            .enumerate()
            .filter(|(_, column)| table.figures.contains(column))
            .map(|(at, _)| at)
            .collect(),
        by_hand: table.by_hand,
    }
}

/// A heading and its table, or that there is nothing. Columns in which no row has anything are left out.
fn part(document: &mut Document, words: Words<'_>, id: &str, table: Table) {
    document.heading(words.t(id));
    let table = filled(table);
    if table.rows.is_empty() {
        document.paragraph(words.t("retex-nothing"));
    } else {
        document.blocks.push(Block::Table(table));
    }
}

fn head(document: &mut Document, material: &Material, words: Words<'_>) {
    let lang = words.lang;
    let genesis = material.incident.genesis();
    let kit = material.desk.kit();
    let mut facts = vec![(words.t("retex-incident"), format!("{} ({})", genesis.title, genesis.inc))];
    let day = lang.date_year(genesis.at.to_utc(), words.tz);
    facts.push((words.t("retex-opened"), format!("{day} {}", lang.time(genesis.at.to_utc(), words.tz))));
    if let Some(scenario) = &genesis.scenario {
        let seed = format!("{}, {} {}", scenario.id, words.t("retex-seed"), scenario.seed);
        facts.push((words.t("retex-scenario"), format!("{seed}, vigie {}", genesis.engine)));
    }
    if !kit.id.is_empty() {
        let pin = kit.sha256.get(..16).unwrap_or_default();
        facts.push((words.t("retex-exercise"), format!("{} ({pin})", lang.of(&kit.title))));
        facts.push((words.t("retex-start"), words.opt_hm(material.desk.start())));
        facts.push((words.t("retex-end"), words.opt_hm(material.desk.end())));
    }
    let roles = |quoted: bool| {
        let wrote = material.entries.iter().filter(|one| one.role != Role::Machine && material.quoted(one) == quoted);
        let roles = wrote.map(|one| if quoted { one.org.clone() } else { words.role(one.role, &one.org) });
        roles.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("; ")
    };
    for (id, roles) in [("retex-people", roles(false)), ("retex-quoted", roles(true))] {
        if !roles.is_empty() {
            facts.push((words.t(id), roles));
        }
    }
    let began = delays::fault(material).unwrap_or(material.end);
    facts.push((words.t("retex-zone"), format!("{} ({})", words.tz.name(), lang.zone(began, words.tz))));
    facts.push((words.t("retex-entries"), lang.number(material.entries.len() as u64)));
    document.blocks.push(Block::Facts(facts));
    if let Some(cell) = material.cell {
        document.paragraph(words.t(match cell {
            CellReport::Whole => "retex-cell-whole",
            CellReport::Playing => "retex-cell-playing",
            CellReport::Alone => "retex-cell-alone",
        }));
    }
    for mark in material.desk.marks() {
        if let crate::incident::desk::DeskAct::RealWorld { incident } = &mark.act {
            let at = words.hm(mark.at);
            document.blocks.push(Block::Warning(
                lang.ta("retex-real-world", &[("at", Arg::Str(&at)), ("incident", Arg::Str(incident))]),
            ));
        }
    }
}
