//! The tables of the report.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::super::document::{Block, Document, Table};
use super::{Material, Words};
use crate::exercise::{Inject, Item, ItemState, evaluate};
use crate::incident::desk::DeskAct;
use crate::incident::event::{Body, Entry, EntryId, LeverOrder, Role, StepChange};
use crate::lang::Arg;
use crate::playbook::Late;

fn table(words: Words<'_>, heads: &[&str], rows: Vec<Vec<String>>, figures: &[usize]) -> Table {
    Table { head: words.heads(heads), rows, figures: figures.to_vec(), by_hand: None }
}

/// Objectives against their targets, and beside the historic team.
pub(super) fn objectives(material: &Material, words: Words<'_>) -> Table {
    let rows = evaluate(&material.desk, material.end).into_iter().map(|verdict| {
        let met = match (verdict.met, verdict.objective.rule.is_some()) {
            (Some(true), _) => "retex-met",
            (Some(false), _) => "retex-not-met",
            (None, true) => "retex-open",
            (None, false) => "retex-people-judge",
        };
        let ratings: Vec<String> = verdict.ratings.iter().map(|(_, rating)| format!("{rating:?}")).collect();
        vec![
            verdict.objective.id.clone(),
            words.lang.of(&verdict.objective.title).to_owned(),
            words.opt_hm(verdict.from),
            words.opt_hm(verdict.reached),
            words.delay(verdict.delay()),
            words.seconds(verdict.objective.target_s),
            words.seconds(verdict.objective.historic_s),
            verdict.objective.source.clone(),
            words.t(met),
            ratings.join(" "),
        ]
    });
    let heads = [
        "retex-objective",
        "retex-what",
        "retex-from",
        "retex-reached",
        "retex-delay",
        "retex-target",
        "retex-historic",
        "retex-source",
        "retex-result",
        "retex-rating",
    ];
    table(words, &heads, rows.collect(), &[4, 5, 6])
}

/// The first entry that is such a one.
fn first(material: &Material, is: impl Fn(&Entry) -> bool) -> Option<DateTime<Utc>> {
    material.entries.iter().filter(|entry| is(entry)).map(|entry| entry.fact_time().to_utc()).min()
}

/// Delays that every crisis has: detect, declare, tell, decide, act, publish, answer.
pub(super) fn delays(material: &Material, words: Words<'_>) -> Table {
    let alarm = first(material, |entry| matches!(entry.body, Body::Crossing { over: false, .. }));
    let fault = super::delays::fault(material);
    let awareness = material.incident.awareness();
    let seen = first(material, |entry| matches!(entry.body, Body::Acknowledge { .. }));
    // What the direction of the exercise writes is no act of those who are trained; what anybody sent before anything was
    // wrong told nobody of it.
    let told = first(material, |entry| {
        let played = entry.role != Role::Facilitator && fault.is_none_or(|fault| entry.fact_time() >= fault);
        played && matches!(&entry.body, Body::Message { from, .. } if from.is_empty())
    });
    let decided = first(material, |entry| matches!(entry.body, Body::Decision { .. }));
    let acted = first(material, |entry| matches!(entry.body, Body::Lever { .. }));
    let published = super::delays::published(material);
    let mut rows: Vec<Vec<String>> = [
        ("retex-delay-detect", fault, alarm),
        ("retex-delay-acknowledge", alarm, seen),
        ("retex-delay-declare", fault, awareness),
        ("retex-delay-tell", awareness, told),
        ("retex-delay-decide", awareness, decided),
        ("retex-delay-act", awareness, acted),
        ("retex-delay-publish", awareness, published),
    ]
    .into_iter()
    .map(|(id, from, to)| {
        let delay = from.zip(to).map(|(from, to)| to - from);
        vec![
            words.t(id),
            words.opt_hm(from),
            words.opt_hm(to),
            delay.map_or_else(|| "–".to_owned(), |d| signed(words, d)),
        ]
    })
    .collect();
    let mut waits: Vec<TimeDelta> = material
        .incident
        .messages()
        .iter()
        .filter(|message| message.acknowledged.is_some())
        .map(|message| message.waited(material.end))
        .collect();
    waits.sort();
    let open = material.incident.unanswered().count();
    if let Some(middle) = waits.get(waits.len() / 2) {
        rows.push(vec![words.t("retex-delay-answer"), String::new(), String::new(), words.lang.lasted(*middle)]);
    }
    if let Some(worst) = waits.last() {
        rows.push(vec![words.t("retex-delay-answer-worst"), String::new(), String::new(), words.lang.lasted(*worst)]);
    }
    let open = words.lang.number(open as u64);
    rows.push(vec![words.t("retex-unanswered"), String::new(), String::new(), open]);
    table(words, &["retex-delay", "retex-from", "retex-to", "retex-duration"], rows, &[3])
}

/// A delay that may be before its origin.
fn signed(words: Words<'_>, delay: TimeDelta) -> String {
    if delay < TimeDelta::zero() {
        let before = words.lang.lasted(-delay);
        words.lang.ta("retex-before", &[("delay", Arg::Str(&before))])
    } else {
        words.lang.lasted(delay)
    }
}

/// When the plan wanted an inject, whatever became of it later.
fn planned_at(material: &Material, planned: Option<&Inject>, item: &Item) -> Option<DateTime<Utc>> {
    let written = planned.and_then(|inject| inject.at_s).zip(material.desk.start());
    let written = written.map(|(at_s, start)| start + TimeDelta::seconds(i64::from(at_s)));
    // What has no time in the plan (a copy, a reserve) is due when somebody said so.
    written.or_else(|| material.desk.due_at(item))
}

/// What the direction of the exercise did besides giving injects: held, delayed, skipped, jumped, lifted fog…
pub(super) fn led(material: &Material, words: Words<'_>) -> Table {
    let rows = material.entries.iter().filter_map(|entry| {
        let Body::Desk { act, text } = &entry.body else { return None };
        let told = matches!(
            act,
            DeskAct::Fire { .. }
                | DeskAct::Check { .. }
                | DeskAct::Observe { .. }
                | DeskAct::Rate { .. }
                | DeskAct::Improve { .. }
                | DeskAct::RealWorld { .. }
        );
        let at = entry.x.unwrap_or(entry.at).to_utc();
        let what = super::super::wording::desk_act(act, words.lang, words.tz);
        (!told).then(|| vec![words.hm(at), what, text.clone(), words.role(entry.role, &entry.org)])
    });
    table(words, &["retex-time", "retex-what", "retex-text", "retex-by"], rows.collect(), &[])
}

/// The chronogramme as it was played.
pub(super) fn injects(material: &Material, words: Words<'_>) -> Table {
    let desk = &material.desk;
    let rows = desk.items().iter().map(|item| {
        let planned = desk.planned(item);
        let state = match item.state {
            ItemState::Given if item.answered.is_some() => "desk-item-answered",
            ItemState::Given if planned.is_some_and(|inject| inject.to.is_empty()) => "desk-item-done",
            ItemState::Given => "desk-item-given",
            ItemState::Held => "desk-item-held",
            ItemState::Skipped => "desk-item-skipped",
            ItemState::Planned => "retex-not-given",
        };
        let given = item.given.as_ref().map(|(_, at)| *at);
        let (text, expected) = planned.map_or_else(Default::default, |inject| {
            (words.lang.of(&inject.text).to_owned(), words.lang.of(&inject.expected).to_owned())
        });
        vec![
            item.id.clone(),
            words.opt_hm(planned_at(material, planned, item)),
            words.opt_hm(given),
            words.delay(given.zip(item.answered).map(|(given, answered)| answered - given)),
            words.t(state),
            text,
            expected,
            item.rule.clone(),
        ]
    });
    let heads = [
        "retex-inject",
        "retex-planned",
        "retex-given",
        "retex-answer",
        "retex-state",
        "retex-text",
        "retex-expected",
        "retex-rule",
    ];
    table(words, &heads, rows.collect(), &[])
}

/// What each role was told, when, and when it said that it had understood.
pub(super) fn known(material: &Material, words: Words<'_>) -> Table {
    let incident = &material.incident;
    // Where several organisations play, each is called by its name. What is documented of others is none of them.
    let plays = |role: Role| !matches!(role, Role::Machine | Role::Facilitator | Role::Evaluator);
    let people = material.entries.iter().filter(|entry| plays(entry.role) && !material.quoted(entry));
    let several = people.map(|entry| entry.org.as_str()).collect::<BTreeSet<_>>().len() > 1;
    let us = |org: &str| if several && !org.is_empty() { org.to_owned() } else { words.t("retex-us") };
    let entry_of = |id: &EntryId| material.entries.iter().find(|entry| entry.id() == *id);
    let org_of = |id: &EntryId| entry_of(id).filter(|entry| !material.quoted(entry)).map(|entry| entry.org.as_str());
    let mut rows: Vec<(DateTime<Utc>, Vec<String>)> = incident
        .messages()
        .iter()
        .map(|message| {
            let own = us(org_of(&message.origin.entry).unwrap_or_default());
            let name = |one: &str| if one.is_empty() { own.clone() } else { one.to_owned() };
            let understood = message.acknowledged.as_ref().and_then(|(id, at)| {
                let entry = entry_of(id)?;
                Some((*at, words.role(entry.role, &entry.org)))
            });
            let (at, by) = understood.map_or((None, String::new()), |(at, by)| (Some(at), by));
            let text = crate::text::truncate(&message.text, 120).into_owned();
            let to = super::super::wording::addressee(&name(&message.to), words.lang);
            let row = vec![words.hm(message.origin.at), name(&message.from), to, text, words.opt_hm(at), by];
            (message.origin.at, row)
        })
        .collect();
    for entry in &material.entries {
        let told = match &entry.body {
            Body::Information(one) | Body::Fact(one) => Some((one.source.clone(), material.text(entry))),
            Body::Crossing { over: false, .. } => Some((words.t("retex-console"), material.text(entry))),
            _ => None,
        };
        if let Some((from, text)) = told {
            // A fact may have been known long before it was written: both stand here.
            let written = entry.x.unwrap_or(entry.at).to_utc();
            let text = crate::text::truncate(&text, 120).into_owned();
            let at = entry.fact_time().to_utc();
            // What is documented of others was not told to the cell; what only happened was known to nobody yet.
            let whom = match (entry.role, &entry.body) {
                (Role::Observer, Body::Fact(_)) => words.t("retex-truth"),
                (Role::Observer, _) => entry.org.clone(),
                _ => us(&entry.org),
            };
            let by = match entry.role {
                _ if material.quoted(entry) => words.t("retex-documented"),
                Role::Machine => words.t("retex-console"),
                role => words.role(role, &entry.org),
            };
            rows.push((at, vec![words.hm(at), from, whom, text, words.hm(written), by]));
        }
    }
    rows.sort_by_key(|(at, _)| *at);
    let heads = ["retex-time", "retex-sender", "retex-addressee", "retex-text", "retex-understood", "retex-by"];
    table(words, &heads, rows.into_iter().map(|(_, row)| row).collect(), &[])
}

/// Decisions with what they were taken on.
pub(super) fn decisions(document: &mut Document, material: &Material, words: Words<'_>) {
    if material.incident.decisions().is_empty() {
        document.paragraph(words.t("retex-nothing"));
    }
    for decision in material.incident.decisions() {
        let written = material.entries.iter().find(|entry| entry.id() == decision.origin.entry);
        let org = written.map_or("", |entry| entry.org.as_str());
        let title = format!("{} · {}", words.hm(decision.origin.at), words.role(decision.origin.role, org));
        document.blocks.push(Block::Heading(3, title));
        document.paragraph(decision.text.clone());
        let record = &decision.record;
        let name = |order: &LeverOrder| words.lever(order.lever.word());
        let levers: Vec<String> = decision.levers.iter().map(name).collect();
        let reason =
            if decision.rationale.is_empty() { words.t("retex-no-reason") } else { decision.rationale.clone() };
        let outcomes: Vec<String> =
            decision.outcomes.iter().map(|(origin, text)| format!("{} {text}", words.hm(origin.at))).collect();
        let frame = written.and_then(|entry| entry.frame.as_ref());
        let frame = frame.map_or_else(String::new, |frame| format!("{} · {}", frame.index, frame.digest));
        // The forecast in the words in which it was shown, not only its number.
        let forecast = record.forecast.as_ref().map_or_else(String::new, |id| {
            let shown = material.entries.iter().find(|entry| entry.id() == *id);
            shown.map_or_else(
                || id.0.clone(),
                |entry| format!("{} {} ({id})", words.hm(entry.fact_time().to_utc()), entry.body.text()),
            )
        });
        let facts = [
            ("retex-reason", reason),
            ("retex-was-known", record.known.clone()),
            ("retex-was-unknown", record.unknown.clone()),
            ("retex-options", record.options.join("; ")),
            ("retex-consulted", record.consulted.clone()),
            ("retex-dissent", record.dissent.clone()),
            ("retex-forecast", forecast),
            ("retex-levers", levers.join(", ")),
            ("retex-outcome", outcomes.join("; ")),
            ("retex-frame", frame),
        ];
        let said = facts.into_iter().filter(|(_, value)| !value.is_empty());
        document.blocks.push(Block::Facts(said.map(|(id, value)| (words.t(id), value)).collect()));
    }
}

/// Steps of playbooks that were late, skipped or without effect.
pub(super) fn steps(material: &Material, words: Words<'_>) -> Table {
    let mut rows = Vec::new();
    for (playbook, views) in material.steps() {
        for view in views {
            let change = view.status.map(|status| status.change);
            let what = match (change, view.late) {
                (Some(StepChange::Skipped), _) => "retex-step-skipped",
                (Some(StepChange::NotApplicable), _) => "retex-step-not-applicable",
                (_, Late::Hard) => "retex-step-late",
                (_, Late::Soft) => "retex-step-slow",
                _ if change == Some(StepChange::Done) && view.proof == Some(false) => "retex-step-no-effect",
                _ => continue,
            };
            rows.push(vec![
                playbook.clone(),
                words.lang.of(&view.step.text).to_owned(),
                words.t(what),
                words.opt_hm(match view.late {
                    Late::Soft => view.soft_due,
                    Late::Hard => view.hard_due,
                    Late::No => view.due,
                }),
                words.opt_hm(view.status.map(|status| status.at)),
                view.status.map_or_else(String::new, |status| status.reason.clone()),
            ]);
        }
    }
    let heads = ["retex-playbook", "retex-step", "retex-result", "retex-due", "retex-done", "retex-reason"];
    table(words, &heads, rows, &[])
}

/// What people observed.
pub(super) fn observations(material: &Material, words: Words<'_>) -> Table {
    let rows = material.desk.marks().iter().filter_map(|mark| {
        let (objective, sign) = match &mark.act {
            DeskAct::Observe { objective, good } => (
                objective.clone(),
                match good {
                    Some(true) => "+",
                    Some(false) => "−",
                    None => "",
                },
            ),
            _ => return None,
        };
        Some(vec![
            words.hm(mark.at),
            objective,
            sign.to_owned(),
            mark.text.clone(),
            material.author(words, &mark.entry),
        ])
    });
    let heads = ["retex-time", "retex-objective", "retex-sign", "retex-text", "retex-by"];
    table(words, &heads, rows.collect(), &[])
}

/// Who could be reached before play began.
pub(super) fn checks(material: &Material, words: Words<'_>) -> Table {
    let rows = material.desk.marks().iter().filter_map(|mark| match &mark.act {
        DeskAct::Check { whom, ok } => {
            let reached = words.t(if *ok { "retex-checked" } else { "retex-not-checked" });
            Some(vec![words.hm(mark.at), whom.clone(), reached, mark.text.clone(), material.author(words, &mark.entry)])
        }
        _ => None,
    });
    let heads = ["retex-time", "retex-addressee", "retex-result", "retex-text", "retex-by"];
    table(words, &heads, rows.collect(), &[])
}

/// When cells were shown more than their own view.
pub(super) fn fog(material: &Material, words: Words<'_>) -> Table {
    let marks = material.desk.marks().iter();
    let marks = marks.filter(|mark| matches!(mark.act, DeskAct::Fog { .. }));
    let rows = marks.map(|mark| {
        let act = crate::report::wording::desk_act(&mark.act, words.lang, words.tz);
        vec![words.hm(mark.at), act, mark.text.clone(), material.author(words, &mark.entry)]
    });
    table(words, &["retex-time", "retex-what", "retex-text", "retex-by"], rows.collect(), &[])
}

/// What people rated.
pub(super) fn ratings(material: &Material, words: Words<'_>) -> Table {
    let rows = material.desk.marks().iter().filter_map(|mark| match &mark.act {
        DeskAct::Rate { objective, rating } => {
            let meaning = words.t(&format!("retex-rating-{}", format!("{rating:?}").to_lowercase()));
            let rating = format!("{rating:?}");
            Some(vec![objective.clone(), rating, meaning, mark.text.clone(), material.author(words, &mark.entry)])
        }
        _ => None,
    });
    let heads = ["retex-objective", "retex-rating", "retex-meaning", "retex-text", "retex-by"];
    table(words, &heads, rows.collect(), &[])
}

/// What is to be improved, each line with the objective that tests it next time.
pub(super) fn improvements(material: &Material, words: Words<'_>) -> Table {
    let rows = lines(material).into_iter().map(|(objective, text, owner)| {
        let title = material.desk.kit().objective(&objective).map(|one| words.lang.of(&one.title).to_owned());
        vec![objective, title.unwrap_or_default(), text, owner]
    });
    table(words, &["retex-objective", "retex-what", "retex-improvement", "retex-owner"], rows.collect(), &[])
}

/// The lines of the improvement plan: objective, words, whose.
pub(super) fn lines(material: &Material) -> Vec<(String, String, String)> {
    let marks = material.desk.marks().iter();
    marks
        .filter_map(|mark| match &mark.act {
            DeskAct::Improve { objective, owner } => Some((objective.clone(), mark.text.clone(), owner.clone())),
            _ => None,
        })
        .collect()
}
