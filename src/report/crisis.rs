//! The cell's own lines in words: what questions, points de situation, handovers and the register carry.

use chrono::{DateTime, FixedOffset};
use chrono_tz::Tz;

use super::wording::role_id;
use crate::incident::event::{Body, RunChange};
use crate::incident::record::{DecisionRecord, Evidence, PublicStage, SubstituteChange};
use crate::lang::{Arg, Lang};

/// What a line of the cell's own work says besides its text.
pub fn details(body: &Body, lang: &Lang, tz: Tz) -> Vec<String> {
    let say = |id: &str, value: &str| lang.ta(id, &[("value", Arg::Str(value))]);
    let hm = |at: &DateTime<FixedOffset>| lang.hm(at.to_utc(), tz);
    match body {
        Body::Question { decide_by, record: taken_on, .. } => {
            let mut parts: Vec<String> = decide_by.iter().map(|at| say("crisis-decide-by", &hm(at))).collect();
            parts.extend(record(taken_on, lang, tz));
            parts
        }
        Body::Outcome { review_at, .. } => review_at.iter().map(|at| say("crisis-review", &hm(at))).collect(),
        Body::ClockStart { id, .. } => vec![say("crisis-clock", id)],
        Body::Rhythm { every_min: 0, .. } => vec![lang.t("crisis-no-rhythm")],
        Body::Rhythm { every_min, next_at, .. } => {
            vec![say("crisis-every", &every_min.to_string()), say("crisis-next", &hm(next_at))]
        }
        Body::Slot { slot, held, .. } => {
            vec![say("crisis-slot", &hm(slot)), lang.t(if *held { "crisis-held" } else { "crisis-missed" })]
        }
        Body::ContactCall { contact, reached, .. } => {
            let id = if *reached { "crisis-reached" } else { "crisis-not-reached" };
            vec![say("crisis-contact", contact), lang.t(id)]
        }
        Body::Substitute { number, change, .. } => {
            let mut parts = vec![say("crisis-number", number)];
            parts.extend(substitute(change, lang));
            parts
        }
        Body::Sitrep { number, next_at, .. } => {
            let mut parts = vec![say("crisis-sitrep-number", &number.to_string())];
            parts.extend(next_at.iter().map(|at| say("crisis-next", &hm(at))));
            parts
        }
        Body::Approval { granted, .. } => {
            vec![lang.t(if *granted { "crisis-granted" } else { "crisis-not-granted" })]
        }
        Body::Handover { roles, to, .. } => {
            let names: Vec<String> = roles.iter().map(|role| lang.t(role_id(*role))).collect();
            vec![say("crisis-roles", &names.join(", ")), say("crisis-to", to)]
        }
        Body::HandoverAnswer { accepted, mode_read, .. } => {
            let mut parts = vec![lang.t(if *accepted { "crisis-accepted" } else { "crisis-not-accepted" })];
            parts.extend(mode_read.then(|| lang.t("crisis-mode-read")));
            parts
        }
        Body::Public { stage, .. } => vec![lang.t(match stage {
            PublicStage::Draft => "crisis-draft",
            PublicStage::Published => "crisis-public-published",
            PublicStage::Withdrawn => "crisis-public-withdrawn",
        })],
        Body::PlaybookRun { id, change, .. } => {
            vec![say("crisis-playbook", id), lang.t(run_id(*change))]
        }
        _ => Vec::new(),
    }
}

/// Message id of what happened to a playbook as a whole.
pub fn run_id(change: RunChange) -> &'static str {
    match change {
        RunChange::Aborted => "crisis-aborted",
        RunChange::Resumed => "crisis-resumed",
        RunChange::Ended => "crisis-run-ended",
    }
}

/// What a decision was taken on.
pub fn record(record: &DecisionRecord, lang: &Lang, tz: Tz) -> Vec<String> {
    let say = |id: &str, value: &str| lang.ta(id, &[("value", Arg::Str(value))]);
    let mut parts = Vec::new();
    if record.not_to_act {
        parts.push(lang.t("sitrep-not-to-act"));
    }
    for (id, value) in [("crisis-known", &record.known), ("crisis-unknown", &record.unknown)] {
        if !value.is_empty() {
            parts.push(say(id, value));
        }
    }
    if !record.options.is_empty() {
        parts.push(lang.ta("sitrep-options", &[("options", Arg::Str(&record.options.join(" / ")))]));
    }
    for (id, value) in [("crisis-consulted", &record.consulted), ("crisis-dissent", &record.dissent)] {
        if !value.is_empty() {
            parts.push(say(id, value));
        }
    }
    parts.extend(record.choice.iter().map(|choice| say("crisis-choice", &choice.go)));
    parts.extend(record.review_at.iter().map(|at| say("crisis-review", &lang.hm(at.to_utc(), tz))));
    parts
}

/// What shows that a step was done.
pub fn evidence(evidence: &Evidence, lang: &Lang) -> String {
    let value = match evidence {
        Evidence::Text { text } => text.clone(),
        Evidence::Number { value, unit } => format!("{value} {unit}").trim_end().to_owned(),
        Evidence::Board { frame } => lang.ta("crisis-board", &[("frame", Arg::from(frame.index))]),
        Evidence::File { name, sha256, .. } => format!("{name} ({})", sha256.get(..12).unwrap_or(sha256)),
    };
    lang.ta("crisis-evidence", &[("value", Arg::Str(&value))])
}

fn substitute(change: &SubstituteChange, lang: &Lang) -> Vec<String> {
    let say = |id: &str, value: &str| lang.ta(id, &[("value", Arg::Str(value))]);
    match change {
        SubstituteChange::Registered { centre, path, lines } => {
            let mut parts = vec![lang.t("crisis-registered"), say("crisis-centre", centre), say("crisis-path", path)];
            parts.extend(lines.map(|lines| lang.ta("crisis-lines", &[("n", Arg::from(lines))])));
            parts
        }
        SubstituteChange::Tested { access, ok } => {
            vec![lang.t(if *ok { "crisis-tested-ok" } else { "crisis-tested-ko" }), say("crisis-access", access)]
        }
        SubstituteChange::Published { place } => vec![say("crisis-published", place)],
        SubstituteChange::Withdrawn { place } => vec![say("crisis-withdrawn", place)],
        SubstituteChange::Refuted => vec![lang.t("crisis-refuted")],
    }
}
