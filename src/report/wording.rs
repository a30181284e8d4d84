//! An entry in words: what `follow`, Markdown and CSV say.
//!
//! Screens render from the same data; nothing here is stored.

use chrono_tz::Tz;

use crate::health::State;
use crate::incident::desk::DeskAct;
use crate::incident::event::{ActionState, Body, Entry, Precision, Role, StepChange, Verification};
use crate::lang::{Arg, Lang};

/// Message id of an entry's kind.
pub fn kind_id(body: &Body) -> String {
    format!("report-kind-{}", body.kind().replace('_', "-"))
}

/// Message id of a role.
pub fn role_id(role: Role) -> &'static str {
    match role {
        Role::Observer => "report-role-observer",
        Role::LogKeeper => "report-role-log-keeper",
        Role::Operations => "report-role-operations",
        Role::Communication => "report-role-communication",
        Role::Anticipation => "report-role-anticipation",
        Role::Liaison => "report-role-liaison",
        Role::Director => "report-role-director",
        Role::Facilitator => "report-role-facilitator",
        Role::Evaluator => "report-role-evaluator",
        Role::Machine => "report-role-machine",
    }
}

/// Message id of a state of health.
pub fn state_id(state: State) -> &'static str {
    match state {
        State::Unknown => "cli-state-unknown",
        State::Stale => "cli-state-stale",
        State::Maintenance => "cli-state-maintenance",
        State::Nominal => "cli-state-nominal",
        State::Watch => "cli-state-watch",
        State::Degraded => "cli-state-degraded",
        State::Critical => "cli-state-critical",
        State::Silent => "cli-state-silent",
        State::Down => "cli-state-down",
    }
}

/// Message id of a state of verification.
pub fn verification_id(verification: Verification) -> &'static str {
    match verification {
        Verification::ToVerify => "report-to-verify",
        Verification::BeingVerified => "report-being-verified",
        Verification::Verified => "report-verified",
        Verification::Refuted => "report-refuted",
    }
}

/// The time of the fact, as typed: `~` about, `≤` before.
pub fn fact_time(entry: &Entry, lang: &Lang, tz: Tz) -> String {
    let mark = match entry.event_at.as_ref().map(|event| event.precision) {
        Some(Precision::About) => "~",
        Some(Precision::Before) => "≤",
        Some(Precision::Exact) | None => "",
    };
    format!("{mark}{}", lang.time(entry.fact_time().to_utc(), tz))
}

/// The time of the entry: incident time in exercises and replays.
pub fn entry_time(entry: &Entry, lang: &Lang, tz: Tz) -> String {
    lang.time(entry.x.unwrap_or(entry.at).to_utc(), tz)
}

/// What was done at the desk of an exercise, with what it was done to.
pub fn desk_act(act: &DeskAct, lang: &Lang, tz: Tz) -> String {
    let inject = ("inject", Arg::Str(act.inject().unwrap_or_default()));
    let say = |id: &str, key: &'static str, value: &str| lang.ta(id, &[inject, (key, Arg::Str(value))]);
    match act {
        DeskAct::Check { whom, ok } => {
            say(if *ok { "report-desk-check-ok" } else { "report-desk-check-ko" }, "whom", whom)
        }
        DeskAct::Fog { cell, lifted } => {
            say(if *lifted { "report-desk-fog-lifted" } else { "report-desk-fog-down" }, "cell", cell)
        }
        DeskAct::Delay { by_s, .. } => {
            say("report-desk-delay", "by", &lang.duration(chrono::TimeDelta::seconds(i64::from(*by_s))))
        }
        DeskAct::Duplicate { copy, .. } => say("report-desk-duplicate", "copy", copy),
        DeskAct::Jump { to } => say("report-desk-jump", "to", &lang.hm(to.to_utc(), tz)),
        DeskAct::Observe { objective, good } => {
            let sign = match good {
                Some(true) => " +",
                Some(false) => " −",
                None => "",
            };
            let of = if objective.is_empty() { sign.to_owned() } else { format!(" {objective}{sign}") };
            say("report-desk-observe", "of", &of)
        }
        DeskAct::Rate { objective, rating } => say("report-desk-rate", "of", &format!("{objective} {rating:?}")),
        DeskAct::Improve { objective, .. } => say("report-desk-improve", "of", objective),
        _ => lang.ta(&format!("report-desk-{}", act.word().replace('_', "-")), &[inject]),
    }
}

/// Whom an address of a chronogramme means: a role by its name in the reader's language, anything else as it stands.
pub fn addressee(to: &str, lang: &Lang) -> String {
    let role = match to.trim() {
        "director" => Role::Director,
        "operations" => Role::Operations,
        "communication" => Role::Communication,
        "anticipation" => Role::Anticipation,
        "liaison" => Role::Liaison,
        "log keeper" => Role::LogKeeper,
        _ => return to.to_owned(),
    };
    lang.t(role_id(role))
}

/// What an entry says besides its text: source, addressee, due time, reason… in the reader's language; may be empty.
pub fn details(entry: &Entry, lang: &Lang, tz: Tz) -> String {
    let mut parts: Vec<String> = Vec::new();
    let say = |parts: &mut Vec<String>, id: &str, value: &str| {
        if !value.is_empty() {
            parts.push(lang.ta(id, &[("value", Arg::Str(value))]));
        }
    };
    match &entry.body {
        Body::Information(statement) | Body::Fact(statement) => {
            say(&mut parts, "report-source", &statement.source);
            say(&mut parts, "report-channel", &statement.channel);
            parts.push(lang.t(verification_id(statement.verification)));
        }
        Body::Message { to, from, channel, answer_by, .. } => {
            say(&mut parts, "report-from", from);
            say(&mut parts, "report-to", &addressee(to, lang));
            say(&mut parts, "report-channel", channel);
            if let Some(by) = answer_by {
                say(&mut parts, "report-answer-by", &lang.hm(by.to_utc(), tz));
            }
        }
        Body::Request { to, .. } => say(&mut parts, "report-to", &addressee(to, lang)),
        Body::Receipt { acknowledged, .. } => {
            parts.push(lang.t(if *acknowledged { "report-acknowledged" } else { "report-received" }));
        }
        Body::Decision { rationale, record, .. } => {
            if rationale.is_empty() {
                parts.push(lang.t("report-no-reason"));
            } else {
                say(&mut parts, "report-reason", rationale);
            }
            parts.extend(super::crisis::record(record, lang, tz));
        }
        Body::Action { owner, due, state, .. } => {
            parts.push(lang.t(match state {
                ActionState::Ordered => "report-ordered",
                ActionState::Done => "report-done",
                ActionState::Dropped => "report-dropped",
            }));
            say(&mut parts, "report-owner", owner);
            if let Some(due) = due {
                say(&mut parts, "report-due", &lang.hm(due.to_utc(), tz));
            }
        }
        Body::Desk { act, .. } => parts.push(desk_act(act, lang, tz)),
        Body::Correction { reason, .. } => say(&mut parts, "report-reason", reason),
        Body::ClockStop { id, .. } => say(&mut parts, "report-clock", id),
        Body::RoleTaken { taken, .. } => say(&mut parts, "report-role", &lang.t(role_id(*taken))),
        Body::Playbook { id, sha256, .. } => {
            say(&mut parts, "report-playbook", id);
            say(&mut parts, "report-sha256", sha256.get(..12).unwrap_or(sha256));
        }
        Body::Step { playbook, step, change, go, evidence, .. } => {
            say(&mut parts, "report-step", &format!("{playbook}/{step}"));
            parts.push(lang.t(&step_id(*change)));
            say(&mut parts, "crisis-choice", go.as_deref().unwrap_or_default());
            parts.extend(evidence.iter().map(|one| super::crisis::evidence(one, lang)));
        }
        Body::Lever { frame_at, .. } | Body::Inject { frame_at, .. } => {
            say(&mut parts, "report-frame-at", &frame_at.to_string());
        }
        Body::Crossing { alarm, over, .. } => {
            say(&mut parts, "report-alarm", &alarm.group);
            if *over {
                parts.push(lang.t("report-over"));
            }
        }
        Body::Acknowledge { group, shelved_until, .. } => {
            say(&mut parts, "report-alarm", group);
            if let Some(until) = shelved_until {
                say(&mut parts, "report-shelved", &lang.hm(until.to_utc(), tz));
            }
        }
        Body::Observation { data, .. } => {
            say(&mut parts, "report-source", &data.source);
            say(&mut parts, "report-service", &data.service);
            say(&mut parts, "report-zone", data.zone.as_deref().unwrap_or_default());
            if let Some(share) = data.share {
                say(&mut parts, "report-share", &lang.percent(share, 0));
            }
        }
        Body::Clock { running, rate_milli, .. } => {
            parts.push(if *running {
                lang.ta("report-clock-runs", &[("rate", Arg::Num(f64::from(*rate_milli) / 1_000.0))])
            } else {
                lang.t("report-clock-paused")
            });
        }
        Body::Notice { data, .. } => parts.extend(data.iter().map(|(key, value)| format!("{key}: {value}"))),
        Body::Question { .. }
        | Body::Outcome { .. }
        | Body::ClockStart { .. }
        | Body::Rhythm { .. }
        | Body::Slot { .. }
        | Body::ContactCall { .. }
        | Body::Substitute { .. }
        | Body::Sitrep { .. }
        | Body::Approval { .. }
        | Body::Handover { .. }
        | Body::HandoverAnswer { .. }
        | Body::Public { .. }
        | Body::PlaybookRun { .. } => parts.extend(super::crisis::details(&entry.body, lang, tz)),
        Body::Forecast { outlook, .. } => parts.extend(super::outlook::details(outlook, lang)),
        Body::Note { .. } | Body::Awareness { .. } | Body::Close { .. } | Body::Reopen { .. } => {}
    }
    if let Some(reason) = entry.event_at.as_ref().and_then(|event| event.reason.as_deref()) {
        say(&mut parts, "report-late", reason);
    }
    if let Some(page) = entry.event_at.as_ref().and_then(|event| event.page.as_deref()) {
        say(&mut parts, "report-page", page);
    }
    if !entry.re.is_empty() {
        let ids: Vec<&str> = entry.re.iter().map(|id| id.0.as_str()).collect();
        say(&mut parts, "report-re", &ids.join(", "));
    }
    parts.join(" · ")
}

/// One line for a linear stream: fact time, entry time when it differs, kind, author, text, details.
pub fn line(entry: &Entry, lang: &Lang, tz: Tz) -> String {
    let fact = fact_time(entry, lang, tz);
    let written = entry_time(entry, lang, tz);
    let times = if fact == written { fact } else { format!("{fact} / {written}") };
    let author = if entry.role == Role::Machine {
        lang.t(role_id(entry.role))
    } else if entry.org.is_empty() {
        entry.who.clone()
    } else {
        format!("{}, {}", entry.who, entry.org)
    };
    let details = details(entry, lang, tz);
    let tail = if details.is_empty() { String::new() } else { format!(" ({details})") };
    format!("{times} | {} | {author} | {}{tail}", lang.t(&kind_id(&entry.body)), entry.body.text())
}

/// Message id of what was done to a step.
pub fn step_id(change: StepChange) -> String {
    format!("report-step-{}", change.word())
}
