//! The playbook file: TOML, both languages in one file; every mistake at once.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::{
    Branch, Check, EvidenceKind, Join, Lanes, LimitFrom, Playbook, PlaybookErrors, Role, Section, SignOff, Source,
    Step, Style, Trigger,
};
use crate::health::Metric;
use crate::network::{LEVER_WORDS, Said, Text};
use crate::text::document::{At, Document, Table, choose, position, write};

/// What `advise …` can say: [`crate::network::Advice`].
const ADVICE: [&str; 4] = ["redial", "landline", "mobile", "no_test"];
/// What `publish path=…` can be narrowed to: [`crate::network::SubstitutePath`].
const PATHS: [&str; 3] = ["path=same_exchange", "path=mobile", "path=ip"];

/// Who may own a step: the others only watch or run the exercise.
const ROLES: [(&str, Role); 6] = [
    ("director", Role::Director),
    ("log-keeper", Role::LogKeeper),
    ("operations", Role::Operations),
    ("communication", Role::Communication),
    ("anticipation", Role::Anticipation),
    ("liaison", Role::Liaison),
];

/// The word of a role that may own a step.
pub(super) fn role_word(role: Role) -> &'static str {
    ROLES.iter().find(|(_, known)| *known == role).map_or("operations", |(word, _)| word)
}

/// The vocabulary word of a lever offer (`advise` of `advise redial`).
pub fn lever_word(offer: &str) -> &str {
    offer.split_whitespace().next().unwrap_or_default()
}

/// Reads a playbook. `name` is its file name: the id must be the same without the extension.
///
/// # Errors
/// All mistakes at once, each with file, line, column and mend.
pub fn parse(name: &str, text: &str) -> Result<Playbook, PlaybookErrors> {
    let document = Document::parse(name, text)?;
    let playbook = read(&document, name, text);
    document.finish(playbook)
}

fn read(document: &Document<'_>, name: &str, text: &str) -> Option<Playbook> {
    let root = document.root();
    let id = root.string("id", Said::new("doc-mend-stem"));
    if let Some(id) = &id {
        check_id(&root, id);
        let stem = name.rsplit(['/', '\\']).next().unwrap_or(name).trim_end_matches(".toml");
        if stem != id.value {
            root.problem(
                id.span.clone(),
                Said::new("doc-other-file").with("id", &id.value).with("file", name),
                Said::new("doc-mend-other-file").with("stem", stem).with("id", &id.value),
            );
        }
    }
    let version = root.string("version", write("version = \"1.0.0\""));
    let title = root.text("title");
    let about = root.text("about");
    let valid_until = root.opt_date("valid_until").map(|at| at.value);
    let last_exercised = root.opt_date("last_exercised").map(|at| at.value);
    let last_rehearsed = root.opt_date("last_rehearsed").map(|at| at.value);
    let covers = root.strings("covers");
    let lanes: Vec<Lanes> = root.tables("lanes").iter().filter_map(|table| read_lanes(table, text)).collect();
    let sources: Vec<Source> = root.tables("source").iter().filter_map(source).collect();
    let known: Vec<&str> = sources.iter().map(|source| source.id.as_str()).collect();
    let triggers = root.tables("trigger").iter().filter_map(trigger).collect();
    let sections: Vec<Section> = root.tables("section").iter().filter_map(|t| section(t, &known, text)).collect();
    if !root.has("section") {
        root.problem(0..0, Said::new("doc-no-section"), write("[[section]]"));
    }
    root.finish();
    let digest = Sha256::digest(text.as_bytes());
    let playbook = Playbook {
        id: id?.value,
        version: version?.value,
        title: title?,
        about: about?,
        valid_until,
        last_exercised,
        last_rehearsed,
        covers: covers.into_iter().map(|at| at.value).collect(),
        lanes,
        sources,
        triggers,
        sections,
        sha256: hex(&digest),
        text: text.to_owned(),
    };
    cross_check(&root, &playbook);
    Some(playbook)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut out, byte| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn check_id(table: &Table<'_>, id: &At<String>) {
    let good = id.value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !good {
        table.problem(id.span.clone(), Said::new("doc-not-an-id").with("id", &id.value), Said::new("doc-mend-id"));
    }
}

fn source(table: &Table<'_>) -> Option<Source> {
    let id = table.string("id", write("id = \"S07\""));
    let title = table.string("title", write("title = \"…\""));
    let address = table.opt_string("address").map(|at| at.value).unwrap_or_default();
    table.finish();
    Some(Source { id: id?.value, title: title?.value, address })
}

fn metric(table: &Table<'_>, at: &At<String>) {
    if let Err(error) = Metric::parse(&at.value) {
        // The value begins after its quote; the error counts characters.
        let before: usize = at.value.chars().take(error.column.saturating_sub(1)).map(char::len_utf8).sum();
        let start = at.span.start + 1 + before;
        table.problem(start..start, Said::new("doc-bad-metric").with("metric", &at.value), error.message);
    }
}

fn trigger(table: &Table<'_>) -> Option<Trigger> {
    let at = table.string("metric", write("metric = \"ner(15) < 0.95 for 3m\""));
    if let Some(at) = &at {
        metric(table, at);
    }
    let why = table.text("why");
    table.finish();
    Some(Trigger { metric: at?.value, why: why? })
}

/// Lanes and how they join: `join = "all"`, `"any"`, or how many (`2`).
fn read_lanes(table: &Table<'_>, text: &str) -> Option<Lanes> {
    let id = table.string("id", write("id = \"repair-and-inform\""));
    if let Some(id) = &id {
        check_id(table, id);
    }
    let join = if table.is_integer("join") {
        table.opt_integer("join", 1..100).and_then(|at| usize::try_from(at.value).ok()).map(Join::Of)
    } else {
        table.opt_word("join", &[("all", Join::All), ("any", Join::Any)]).map(|at| at.value)
    };
    table.finish();
    let line = position(text, table.span().start).0;
    Some(Lanes { id: id?.value, join: join.unwrap_or_default(), line })
}

fn section(table: &Table<'_>, sources: &[&str], text: &str) -> Option<Section> {
    let id = table.string("id", write("id = \"see\""));
    if let Some(id) = &id {
        check_id(table, id);
    }
    let title = table.text("title");
    let style = table.word("style", &[("read-do", Style::ReadDo), ("do-confirm", Style::DoConfirm)]);
    let lanes = table.opt_string("lanes").map(|at| at.value);
    let safe = table.flag("safe", false);
    if safe && lanes.is_some() {
        table.problem(table.span(), Said::new("doc-safe-lane"), Said::new("doc-mend-safe-lane"));
    }
    let steps: Vec<Step> = table.tables("step").into_iter().filter_map(|t| step(t, sources, text)).collect();
    if !table.has("step") {
        table.problem(table.span(), Said::new("doc-no-step"), write("[[section.step]]"));
    }
    table.finish();
    let line = position(text, table.span().start).0;
    Some(Section { id: id?.value, title: title?, style: style?.value, lanes, safe, steps, line })
}

fn step(mut table: Table<'_>, sources: &[&str], text: &str) -> Option<Step> {
    let id = table.string("id", write("id = \"freeze-changes\""));
    if let Some(id) = &id {
        table.name(Said::new("doc-step").with("id", &id.value));
        check_id(&table, id);
    }
    let words = table.text("text");
    let role = table.word("role", &ROLES);
    let soft = table.opt_duration("soft");
    let hard = table.opt_duration("hard");
    if let (Some(soft), Some(hard)) = (&soft, &hard)
        && soft.value > hard.value
    {
        table.problem(soft.span.clone(), Said::new("doc-soft-longer"), Said::new("doc-mend-soft-longer"));
    }
    let from = table.opt_word("from", &[("awareness", LimitFrom::Awareness), ("section", LimitFrom::Section)]);
    let levers = table.strings("levers");
    for lever in &levers {
        check_lever(&table, lever);
    }
    let proof = table.opt_string("proof");
    if let Some(at) = &proof {
        metric(&table, at);
    }
    let sign_off =
        table.opt_word("sign_off", &[("one", SignOff::One), ("two", SignOff::Two), ("director", SignOff::Director)]);
    let cited = table.strings("sources");
    for source in cited.iter().filter(|source| !sources.contains(&source.value.as_str())) {
        let mend = if sources.is_empty() { write("[[source]]") } else { choose(&source.value, sources) };
        let what = Said::new("doc-source").with("id", &source.value);
        table.problem(source.span.clone(), Said::new("doc-not-listed").with("what", what), mend);
    }
    let mut branches: Vec<Branch> = table.tables("branch").iter().filter_map(|table| branch(table, false)).collect();
    branches.extend(table.tables("gate").iter().filter_map(|table| branch(table, true)));
    let gates = branches.iter().any(|branch| branch.less_than_s.is_some());
    if gates && hard.is_none() {
        table.problem(table.span(), Said::new("doc-gate-no-limit"), Said::new("doc-mend-gate-no-limit"));
    }
    let decision = table.flag("decision", false);
    if decision && !branches.iter().any(|branch| !branch.gate) {
        table.problem(table.span(), Said::new("doc-no-branch"), write("[[section.step.branch]]"));
    }
    let evidence = table.opt_text("evidence");
    let evidence_as = table.opt_word(
        "evidence_as",
        &[
            ("text", EvidenceKind::Text),
            ("number", EvidenceKind::Number),
            ("board", EvidenceKind::Board),
            ("file", EvidenceKind::File),
        ],
    );
    let evidence_required = table.flag("evidence_required", false);
    if evidence.is_none() && (evidence_required || evidence_as.is_some()) {
        table.problem(table.span(), Said::new("doc-no-evidence"), Said::new("doc-mend-no-evidence"));
    }
    let within = table.opt_duration("effective_within");
    if let Some(within) = within.as_ref().filter(|_| proof.is_none()) {
        table.problem(within.span.clone(), Said::new("doc-no-proof"), Said::new("doc-mend-no-proof"));
    }
    let step = Step {
        soft_s: soft.map(|at| at.value),
        hard_s: hard.map(|at| at.value),
        from: from.map(|at| at.value).unwrap_or_default(),
        clock: table.opt_string("clock").map(|at| at.value),
        precondition: table.opt_text("precondition"),
        warning: table.opt_text("warning"),
        risky: table.flag("risky", false),
        back_out: table.opt_text("back_out"),
        levers: levers.into_iter().map(|at| at.value).collect(),
        proof: proof.map(|at| at.value),
        effective_within_s: within.map(|at| at.value),
        checks: table.tables("check").iter().filter_map(check).collect(),
        evidence,
        evidence_as: evidence_as.map(|at| at.value),
        evidence_required,
        until: table.opt_text("until"),
        decision,
        calls: table.opt_string("calls").map(|at| at.value),
        contacts: table.strings("contacts").into_iter().map(|at| at.value).collect(),
        sign_off: sign_off.map(|at| at.value).unwrap_or_default(),
        branches,
        note: table.opt_text("note"),
        grade: table.opt_grade("grade"),
        sources: cited.into_iter().map(|at| at.value).collect(),
        line: position(text, table.span().start).0,
        id: String::new(),
        text: Text::default(),
        role: Role::Director,
    };
    table.finish();
    Some(Step { id: id?.value, text: words?, role: role?.value, ..step })
}

fn branch(table: &Table<'_>, gate: bool) -> Option<Branch> {
    let when = if gate { table.text("when") } else { table.opt_text("when") };
    let go = table.string("go", write("go = \"…\""));
    let at = table.opt_string("metric");
    if let Some(at) = &at {
        metric(table, at);
    }
    let less_than = if gate { table.opt_duration("less_than") } else { None };
    table.finish();
    let (metric, less_than_s) = (at.map(|at| at.value), less_than.map(|at| at.value));
    Some(Branch { when, go: go?.value, metric, less_than_s, gate })
}

/// A condition looked at before a step.
fn check(table: &Table<'_>) -> Option<Check> {
    let at = table.string("metric", write("metric = \"headroom(backup) >= 2\""));
    if let Some(at) = &at {
        metric(table, at);
    }
    let why = table.text("why");
    table.finish();
    Some(Check { metric: at?.value, why: why? })
}

/// An offer is the beginning of a lever's line (`Network::lever`): what depends on the network is completed
/// by the one who pulls it.
fn check_lever(table: &Table<'_>, lever: &At<String>) {
    let word = lever_word(&lever.value);
    if !LEVER_WORDS.contains(&word) {
        table.problem(lever.span.clone(), Said::new("doc-not-a-lever").with("word", word), choose(word, &LEVER_WORDS));
        return;
    }
    let choices: &[&str] = match word {
        "advise" => &ADVICE,
        "publish" | "retire" => &PATHS,
        _ => return,
    };
    for argument in lever.value.split_whitespace().skip(1) {
        let free = word != "advise" && !argument.starts_with("path=");
        if !free && !choices.contains(&argument) {
            table.problem(
                lever.span.clone(),
                Said::new("doc-cannot-be").with("key", Said::new("doc-key").with("key", word)).with("value", argument),
                Said::new("doc-mend-one-of").with("known", choices.join(", ")),
            );
        }
    }
}

/// Ids twice, and branches to nowhere. Their places are found by the ids' own words.
fn cross_check(root: &Table<'_>, playbook: &Playbook) {
    let mut seen = BTreeSet::new();
    for section in &playbook.sections {
        if !seen.insert(section.id.as_str()) {
            at_line(
                root,
                playbook,
                section.line,
                Said::new("doc-twice").with("what", Said::new("doc-section").with("id", &section.id)),
                Said::new("doc-mend-own-id"),
            );
        }
    }
    let mut seen = BTreeSet::new();
    let ids: Vec<&str> = playbook.steps().map(|(_, step)| step.id.as_str()).collect();
    for (_, step) in playbook.steps() {
        if !seen.insert(step.id.as_str()) {
            let what = Said::new("doc-step").with("id", &step.id);
            let twice = Said::new("doc-twice").with("what", what);
            at_line(root, playbook, step.line, twice, Said::new("doc-mend-own-id"));
        }
        for branch in step.branches.iter().filter(|branch| !ids.contains(&branch.go.as_str())) {
            let message = Said::new("doc-goes-nowhere").with("step", &step.id).with("go", &branch.go);
            at_line(root, playbook, step.line, message, choose(&branch.go, &ids));
        }
    }
    let lanes: Vec<&str> = playbook.lanes.iter().map(|lanes| lanes.id.as_str()).collect();
    for section in &playbook.sections {
        if let Some(id) = section.lanes.as_deref().filter(|id| !lanes.contains(id)) {
            let message = Said::new("doc-no-lanes").with("section", &section.id).with("lanes", id);
            let mend = if lanes.is_empty() { write(format!("[[lanes]] id = \"{id}\"")) } else { choose(id, &lanes) };
            at_line(root, playbook, section.line, message, mend);
        }
    }
    let mut seen = BTreeSet::new();
    for source in playbook.sources.iter().filter(|source| !seen.insert(source.id.as_str())) {
        let what = Said::new("doc-source").with("id", &source.id);
        root.problem(0..0, Said::new("doc-twice").with("what", what), Said::new("doc-mend-own-id"));
    }
}

fn at_line(root: &Table<'_>, playbook: &Playbook, line: u32, message: Said, mend: Said) {
    let starts = memchr::memchr_iter(b'\n', playbook.text.as_bytes()).map(|i| i + 1);
    let start = std::iter::once(0).chain(starts).nth(line.saturating_sub(1) as usize).unwrap_or(0);
    let span: Range<usize> = start..start;
    root.problem(span, message, mend);
}
