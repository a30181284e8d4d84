//! The delays that decided the evening of 2021 (detect, understand, declare, inform the authorities, call other
//! operators, publish substitutes, recover): as played, as wanted, and as the historic team took.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::document::Table;
use super::{Historic, Material, Words};
use crate::exercise::Rule;
use crate::incident::event::{Body, Entry, Role, StepChange};
use crate::incident::kind::Kind;
use crate::incident::record::SubstituteChange;
use crate::text::plain;

/// The milestones, in order: the words that documented timelines use.
pub const MILESTONES: [&str; 7] = ["detect", "understand", "declare", "authorities", "operators", "publish", "recover"];

/// From this share of delivered attempts on, for good, routing counts as recovered.
const RECOVERED: f64 = 0.97;
/// So many minutes it must hold.
const RECOVERED_MIN: usize = 10;

/// The lever that makes substitute numbers public.
const PUBLISH: &str = "publish";

/// The step of the shipped playbooks with which a cell is opened.
const MEET: &str = "meet";

/// Words by which an addressee is another operator.
const OPERATORS: [&str; 4] = ["operateur", "operateurs", "operator", "operators"];

/// Words by which an addressee is an authority.
const AUTHORITIES: [&str; 16] = [
    "prefecture",
    "prefet",
    "ministere",
    "interieur",
    "sante",
    "etat",
    "cogic",
    "coz",
    "codis",
    "sgdsn",
    "cced",
    "hfds",
    "ars",
    "anssi",
    "arcep",
    "cic",
];
/// The same in English, and of other countries.
const AUTHORITIES_EN: [&str; 9] =
    ["authorities", "authority", "ministry", "prefect", "state", "government", "regulator", "ofcom", "fcc"];

/// When a milestone was reached; `None`: it was not.
fn reached(material: &Material, milestone: &str, fault: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let first = |is: &dyn Fn(&Entry) -> bool| {
        let own = material.entries.iter().filter(|entry| entry.role != Role::Observer);
        own.filter(|entry| is(entry)).map(|entry| entry.fact_time().to_utc()).filter(|at| *at >= fault).min()
    };
    match milestone {
        "detect" => first(&|entry| matches!(entry.body, Body::Crossing { over: false, .. })),
        "understand" => material.incident.awareness().filter(|at| *at >= fault),
        "declare" => first(&|entry| match &entry.body {
            Body::Rhythm { every_min, .. } => *every_min > 0,
            Body::RoleTaken { taken, .. } => *taken == Role::Director,
            Body::Step { step, change, .. } => step == MEET && *change == StepChange::Done,
            Body::Decision { text, .. } => has_word(text, &["cellule", "cell"]),
            _ => false,
        }),
        "authorities" => first(&|entry| told(entry, &|to| has_word(to, &AUTHORITIES) || has_word(to, &AUTHORITIES_EN))),
        "operators" => first(&|entry| told(entry, &|to| operator(material, to))),
        "publish" => published(material).filter(|at| *at >= fault),
        "recover" => recovered(material, fault),
        _ => None,
    }
}

/// When the first substitute numbers were public: as written, or once the lever that was ordered had been prepared.
pub(super) fn published(material: &Material) -> Option<DateTime<Utc>> {
    let outcome = |entry: &Entry| match &entry.body {
        Body::Notice { data, .. } if data.get("lever").is_some_and(|lever| lever == PUBLISH) => {
            let outcome = data.get("outcome").filter(|outcome| *outcome != "pending");
            outcome.map(|outcome| matches!(outcome.as_str(), "worked" | "partly"))
        }
        _ => None,
    };
    // What became of them is said in the order they were given in. Where nothing is simulated nothing is said: a lever is
    // written when it was done.
    let mut outcomes = material.entries.iter().filter_map(|entry| outcome(entry)).peekable();
    let simulated = outcomes.peek().is_some();
    let preparation = material.preparation.get(PUBLISH).copied().unwrap_or_default();
    let at = material.entries.iter().filter_map(|entry| match &entry.body {
        Body::Lever { order, .. } if order.lever.word() == PUBLISH => {
            (outcomes.next().unwrap_or(!simulated)).then(|| entry.fact_time().to_utc() + preparation)
        }
        Body::Substitute { change: SubstituteChange::Published { .. }, .. } => Some(entry.fact_time().to_utc()),
        _ => None,
    });
    at.filter(|at| *at <= material.end).min()
}

/// Is somebody outside told something, by message, request or call?
fn told(entry: &Entry, whom: &dyn Fn(&str) -> bool) -> bool {
    match &entry.body {
        Body::Message { to, from, .. } => from.is_empty() && whom(to),
        Body::Request { to, .. } => whom(to),
        Body::ContactCall { contact, reached, .. } => *reached && whom(contact),
        _ => false,
    }
}

fn operator(material: &Material, to: &str) -> bool {
    // A cell that plays is no other operator, whatever it is called.
    if material.desk.kit().cells.iter().any(|cell| cell.answers_to(to)) {
        return false;
    }
    let names = material.operators.iter().map(|name| plain(name)).filter(|name| name.len() > 2);
    let to_plain = plain(to);
    has_word(to, &OPERATORS) || names.into_iter().any(|name| format!(" {to_plain} ").contains(&format!(" {name} ")))
}

fn has_word(text: &str, words: &[&str]) -> bool {
    plain(text).split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

/// The first minute from which on attempts were delivered as on a good day, to the end of what is known.
fn recovered(material: &Material, fault: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let after: Vec<_> = material.curve.iter().filter(|point| point.at >= fault).collect();
    let share = |point: &super::Point| point.truth.or(point.seen);
    let bad = after.iter().rposition(|point| share(point).is_some_and(|share| share < RECOVERED))?;
    let good = after.get(bad + 1..)?;
    (good.len() >= RECOVERED_MIN).then(|| good.first().map(|point| point.at)).flatten()
}

/// What an objective of the exercise wants of a milestone \[s\].
fn objective(material: &Material, milestone: &str) -> Option<u32> {
    let told = |rule: &Rule, whom: &[&str]| {
        rule.entry_kind() == Some(Kind::Message) && rule.asks("to").is_some_and(|to| has_word(to, whom))
    };
    let wants = |rule: &Rule| match milestone {
        "understand" => rule.entry_kind() == Some(Kind::Awareness),
        "declare" => rule.entry_kind() == Some(Kind::Rhythm) || rule.asks("step") == Some(MEET),
        "authorities" => told(rule, &AUTHORITIES) || told(rule, &AUTHORITIES_EN),
        "operators" => told(rule, &OPERATORS),
        "publish" => {
            rule.asks("lever") == Some(PUBLISH)
                || rule.entry_kind() == Some(Kind::Substitute) && rule.asks("state") == Some("published")
        }
        "recover" => rule.metric().is_some(),
        _ => false,
    };
    let objectives = &material.desk.kit().objectives;
    objectives.iter().find(|one| one.rule.as_ref().is_some_and(wants)).and_then(|one| one.target_s)
}

/// When the fault began: the first that was put in or stands in the scenario; else when the exercise did, the scenario, or
/// the log.
pub(super) fn fault(material: &Material) -> Option<DateTime<Utc>> {
    let scenario = material.incident.genesis().scenario.as_ref().map(|one| one.start);
    material
        .fault_at
        .or_else(|| material.desk.start())
        .or(scenario)
        .or_else(|| material.entries.first().map(|entry| entry.fact_time().to_utc()))
}

/// The table: milestone, when, after how long, wanted, historic, source. `None`: nothing to count from.
pub(super) fn milestones(material: &Material, words: Words<'_>) -> Option<Table> {
    let fault = fault(material)?;
    let historic = material.historic.as_ref();
    let rows = MILESTONES.iter().map(|milestone| {
        let at = reached(material, milestone, fault);
        let (wanted, from) = match (objective(material, milestone), historic.and_then(|h| h.target(milestone))) {
            (Some(s), _) => (words.seconds(Some(s)), words.t("retex-of-exercise")),
            (None, Some((s, source))) => (words.seconds(Some(s)), source),
            (None, None) => ("–".to_owned(), String::new()),
        };
        let step = historic.and_then(|historic| historic.step(milestone));
        let (then, source) = step.map_or_else(
            || ("–".to_owned(), String::new()),
            |(delay, mark, source)| (format!("{mark}{}", words.lang.lasted(delay)), source),
        );
        vec![
            words.t(&format!("retex-milestone-{milestone}")),
            words.opt_hm(at),
            words.delay(at.map(|at| at - fault)),
            wanted,
            from,
            then,
            source,
        ]
    });
    let heads = [
        "retex-milestone",
        "retex-reached",
        "retex-delay",
        "retex-target",
        "retex-target-source",
        "retex-historic",
        "retex-source",
    ];
    Some(Table { head: words.heads(&heads), rows: rows.collect(), figures: vec![2, 3, 5], by_hand: None })
}

impl Historic {
    /// How long history took to a milestone, how exactly that is known, and the source.
    fn step(&self, milestone: &str) -> Option<(TimeDelta, &'static str, String)> {
        let step = self.steps.iter().find(|step| step.milestone == milestone)?;
        Some((step.at - self.start, step.mark, step.source.clone()))
    }

    /// What was wanted afterwards \[s\], and the source.
    fn target(&self, milestone: &str) -> Option<(u32, String)> {
        self.targets.iter().find(|target| target.0 == milestone).map(|(_, s, source)| (*s, source.clone()))
    }
}
