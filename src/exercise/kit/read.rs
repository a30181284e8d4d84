//! Reading an exercise's file: every mistake at once, and as much of the exercise as can be read all the same.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::super::cell::{self, CellSpec};
use super::super::rule::Rule;
use super::{Act, Contingency, Inject, Kit, Objective, Since};
use crate::incident::hex;
use crate::network::{Said, Text};
use crate::text::document::{At, Document, Problems, Table, choose, position, write};
use crate::text::drill::refused;

/// Names something that has no name yet.
pub(in crate::exercise) fn named(code: &str) -> Said {
    Said::new("doc-mend-name-it").with("code", code)
}

/// Reads an exercise.
///
/// # Errors
/// All mistakes at once, each with file, line, column and mend.
pub fn parse(name: &str, text: &str) -> Result<Kit, Problems> {
    match examine(name, text) {
        (Some(kit), problems) if problems.0.is_empty() => Ok(kit),
        (_, problems) => Err(problems),
    }
}

/// As much of an exercise as can be read, and all mistakes in it; `None`: not even its head.
pub fn examine(name: &str, text: &str) -> (Option<Kit>, Problems) {
    match Document::parse(name, text) {
        Ok(document) => {
            let kit = read(&document, text);
            (kit, document.into_problems())
        }
        Err(problems) => (None, problems),
    }
}

fn read(document: &Document<'_>, text: &str) -> Option<Kit> {
    let root = document.root();
    // Whatever a text is for, and whatever key it stands under.
    for at in document.texts("file") {
        if let Some(phrase) = refused(&at.value) {
            document.problem(at.span, Said::new("doc-phrase").with("phrase", phrase), Said::new("doc-mend-phrase"));
        }
    }
    let Some(mut head) = root.opt_table("exercise") else {
        root.problem(0..0, Said::new("doc-missing").with("key", "[exercise]"), Said::new("doc-mend-exercise"));
        return None;
    };
    head.name("[exercise]");
    let id = head.string("id", named("id = \"kit-a\""));
    let title = head.text("title");
    let about = head.opt_text("about").unwrap_or_default();
    let brief = head.opt_text("brief").unwrap_or_default();
    let scenario = head.string("scenario", named("scenario = \"france-ordinary-day\""));
    let seed = head.opt_integer("seed", 0..i64::MAX).map(|at| at.value as u64);
    let length_s = span(&head, "length").unwrap_or(0);
    head.finish();
    let mut places = Vec::new();
    let cells: Vec<CellSpec> = root
        .tables("cell")
        .into_iter()
        .filter_map(|table| {
            let place = table.span();
            let cell = cell::read(table)?;
            places.push(place);
            Some(cell)
        })
        .collect();
    let objectives: Vec<Objective> = root.tables("objective").into_iter().filter_map(|t| objective(t, text)).collect();
    let injects: Vec<Inject> = root.tables("inject").into_iter().filter_map(|t| inject(t, text)).collect();
    let files = root
        .tables("file")
        .iter()
        .filter_map(|table| {
            let name = table.string("name", named("name = \"players.md\""));
            let text = table.string("text", write("text = \"…\""));
            table.finish();
            Some((name?.value, text?.value))
        })
        .collect();
    root.finish();
    let kit = Kit {
        id: id.map(|at| at.value).unwrap_or_default(),
        title: title.unwrap_or_default(),
        about,
        brief,
        scenario: scenario.map(|at| at.value).unwrap_or_default(),
        seed,
        length_s,
        cells,
        objectives,
        injects,
        files,
        text: text.to_owned(),
        sha256: hex(&Sha256::digest(text.as_bytes())),
    };
    cross_check(&root, &kit, &places, text);
    Some(kit)
}

/// A delay that is none where it is nought \[s\].
fn span(table: &Table<'_>, key: &'static str) -> Option<u32> {
    let at = table.opt_duration(key)?;
    if at.value == 0 {
        table.problem(at.span, Said::new("doc-nought").with("key", key), Said::new("doc-mend-nought"));
        return None;
    }
    Some(at.value)
}

/// The id of an objective or inject: one word, so that it can be typed in an order and in a rule.
fn one_word(table: &Table<'_>, id: &At<String>) {
    let strange = |c: char| c.is_whitespace() || c.is_control() || ",;/\"'".contains(c);
    if id.value.chars().any(strange) {
        let what = Said::new("doc-not-one-word").with("id", &id.value);
        table.problem(id.span.clone(), what, Said::new("doc-mend-one-word"));
    }
}

fn rule(table: &Table<'_>, at: Option<At<String>>) -> Option<Rule> {
    let at = at?;
    match Rule::parse(&at.value) {
        Ok(rule) => Some(rule),
        Err(why) => {
            table.problem(at.span, Said::new("doc-bad-rule").with("rule", at.value), why);
            None
        }
    }
}

fn since(at: Option<&At<String>>) -> Since {
    at.map_or(Since::Start, |at| Since::parse(&at.value))
}

/// Does what was done before its delay counts meet an objective with this rule, unless its plan says otherwise? Only
/// what is said can be an answer, and only an inject asks.
pub(in crate::exercise) fn early(rule: Option<&Rule>, since: &Since) -> bool {
    rule.is_some_and(|rule| rule.is_entry() && (!matches!(since, Since::Inject(_)) || rule.stays()))
}

fn objective(mut table: Table<'_>, text: &str) -> Option<Objective> {
    let id = table.string("id", named("id = \"O1\""));
    if let Some(id) = &id {
        table.name(Said::new("doc-objective").with("id", &id.value));
        one_word(&table, id);
    }
    let title = table.text("title");
    let rule = rule(&table, table.opt_string("rule"));
    let since = since(table.opt_string("since").as_ref());
    let early = table.flag("early", early(rule.as_ref(), &since));
    if early && !rule.as_ref().is_some_and(Rule::is_entry) {
        table.problem(table.span(), Said::new("doc-early"), Said::new("doc-mend-early"));
    }
    let found = Objective {
        rule,
        since,
        early,
        target_s: span(&table, "target"),
        historic_s: span(&table, "historic"),
        source: table.opt_string("source").map(|at| at.value).unwrap_or_default(),
        line: position(text, table.span().start).0,
        id: String::new(),
        title: Text::default(),
    };
    table.finish();
    Some(Objective { id: id?.value, title: title.unwrap_or_default(), ..found })
}

fn inject(mut table: Table<'_>, text: &str) -> Option<Inject> {
    let id = table.string("id", named("id = \"I01\""));
    if let Some(id) = &id {
        table.name(Said::new("doc-inject").with("id", &id.value));
        one_word(&table, id);
    }
    let at_s = table.opt_duration("at").map(|at| at.value);
    let (when, unless) = (table.opt_string("when"), table.opt_string("unless"));
    let (after, since_at) = (table.opt_duration("after"), table.opt_string("since"));
    let reserve = table.flag("contingency", false);
    let ruled = when.is_some() || unless.is_some();
    match (at_s.is_some(), reserve) {
        (true, true) => {
            table.problem(table.span(), Said::new("doc-reserve-time"), Said::new("doc-mend-reserve-time"));
        }
        (false, false) => {
            table.problem(table.span(), Said::new("doc-inject-no-time"), Said::new("doc-mend-inject-time"));
        }
        (_, false) if ruled || after.is_some() => {
            table.problem(table.span(), Said::new("doc-reserve-only"), Said::new("doc-mend-reserve-only"));
        }
        _ => {}
    }
    let contingency = reserve.then(|| Contingency {
        when: rule(&table, when),
        unless: rule(&table, unless),
        after_s: after.map_or(0, |at| at.value),
        since: since(since_at.as_ref()),
    });
    let words = table.text("text");
    let word = |key| table.opt_string(key).map(|at| at.value).unwrap_or_default();
    let (from, to, channel, controller) = (word("from"), word("to"), word("channel"), word("controller"));
    let fault = table.opt_written("fault");
    let on: Vec<String> = table.strings("on").into_iter().map(|at| at.value).collect();
    if table.has("fault") && !table.has("on") {
        table.problem(table.span(), Said::new("doc-fault-nowhere"), named("on = [\"cs-lille\"]"));
    }
    let act = fault.and_then(|fault| match Act::new(&fault.value, on) {
        Ok(act) => Some(act),
        Err(errors) => {
            let why = errors.first();
            let mend = errors.0.first().and_then(|error| error.mend.clone()).unwrap_or_default();
            table.problem(fault.span, Said::new("doc-bad-fault").with("why", why), mend);
            None
        }
    });
    if !table.has("to") && !table.has("fault") {
        table.problem(table.span(), Said::new("doc-inject-nobody"), Said::new("doc-mend-inject-nobody"));
    }
    let list = |key| table.strings(key).into_iter().map(|at| at.value).collect();
    let found = Inject {
        id: String::new(),
        at_s,
        contingency,
        from,
        to,
        channel,
        text: Text::default(),
        expected: table.opt_text("expected").unwrap_or_default(),
        objectives: list("objectives"),
        controller,
        audience: list("audience"),
        answer_s: span(&table, "answer_within"),
        act,
        line: position(text, table.span().start).0,
    };
    table.finish();
    Some(Inject { id: id?.value, text: words.unwrap_or_default(), ..found })
}

/// Ids twice, names of what is not there, and delays that hang on themselves. `places`: where the cells stand.
fn cross_check(root: &Table<'_>, kit: &Kit, places: &[std::ops::Range<usize>], text: &str) {
    let at = |line: u32| {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i + 1);
        let start = std::iter::once(0).chain(starts).nth(line.saturating_sub(1) as usize).unwrap_or(0);
        start..start
    };
    let objectives: Vec<&str> = kit.objectives.iter().map(|one| one.id.as_str()).collect();
    let injects: Vec<&str> = kit.injects.iter().map(|one| one.id.as_str()).collect();
    let all =
        kit.objectives.iter().map(|one| (&one.id, one.line)).chain(kit.injects.iter().map(|one| (&one.id, one.line)));
    let mut seen = BTreeSet::new();
    for (id, line) in all {
        if !seen.insert(id) {
            root.problem(at(line), Said::new("doc-twice").with("what", id), Said::new("doc-mend-own-id"));
        }
    }
    for (n, (cell, place)) in kit.cells.iter().zip(places).enumerate() {
        for other in kit.cells.iter().take(n) {
            if other.id == cell.id {
                let what = Said::new("doc-twice").with("what", Said::new("doc-cell").with("id", &cell.id));
                root.problem(place.clone(), what, Said::new("doc-mend-own-id"));
            } else if let Some(name) = cell.shared_name(other) {
                let what = Said::new("doc-shared-name").with("name", name);
                let what = what.with("first", &other.id).with("second", &cell.id);
                root.problem(place.clone(), what, Said::new("doc-mend-shared-name"));
            }
        }
    }
    let known = |since: &Since, line: u32| match since {
        Since::Inject(id) if !injects.contains(&id.as_str()) => {
            root.problem(at(line), Said::new("doc-no-inject").with("id", id), choose(id, &injects));
        }
        Since::Objective(id) if !objectives.contains(&id.as_str()) => {
            root.problem(at(line), Said::new("doc-no-objective").with("id", id), choose(id, &objectives));
        }
        _ => {}
    };
    for objective in &kit.objectives {
        known(&objective.since, objective.line);
    }
    for inject in &kit.injects {
        for id in inject.objectives.iter().filter(|id| !objectives.contains(&id.as_str())) {
            root.problem(at(inject.line), Said::new("doc-no-objective").with("id", id), choose(id, &objectives));
        }
        if let Some(contingency) = &inject.contingency {
            known(&contingency.since, inject.line);
        }
    }
    for (rule, line) in kit.rules_with_lines() {
        if let Some(id) = rule.inject().filter(|id| !injects.contains(id)) {
            let message = Said::new("doc-rule-no-inject").with("rule", rule.text()).with("id", id);
            root.problem(at(line), message, choose(id, &injects));
        }
    }
    let starts = kit.objectives.iter().map(|one| (Since::Objective(one.id.clone()), one.line));
    let starts = starts.chain(kit.injects.iter().map(|one| (Since::Inject(one.id.clone()), one.line)));
    let mut told = Vec::new();
    for (start, line) in starts {
        let mut way = Vec::new();
        let mut next = kit.counts_from(&start);
        while let Some(since) = next.filter(|since| !way.contains(since)) {
            way.push(since);
            next = kit.counts_from(since);
        }
        // A circle is said once.
        if way.contains(&&start) && !told.contains(&start) {
            told.extend(way.into_iter().cloned());
            let message = Said::new("doc-circle").with("what", start.words());
            root.problem(at(line), message, Said::new("doc-mend-circle"));
        }
    }
}
