//! A line of the log in words: its kind, who stands behind it, what it says, how it stands.
//!
//! Does not belong here: columns, rows, scrolling.

use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::incident::Incident;
use crate::incident::event::{ActionState, Body, Entry, EntryId, Verification};
use crate::incident::record::PublicStage;
use crate::lang::Arg;
use crate::report::crisis;
use crate::report::outlook::details as outlook_words;
use crate::report::wording::addressee;
use crate::text::visible;
use crate::tui::lists;
use crate::tui::theme::{Role, Sign};
use crate::tui::view::Ctx;

use super::In;

/// Message id of a kind of line, from the word in the log's `kind` field.
pub fn kind_id(kind: &str) -> &'static str {
    match kind {
        "information" => "kind-information",
        "fact" => "kind-fact",
        "message" => "kind-message",
        "receipt" => "kind-receipt",
        "decision" => "kind-decision",
        "action" => "kind-action",
        "request" => "kind-request",
        "correction" => "kind-correction",
        "observation" => "kind-observation",
        "awareness" => "kind-awareness",
        "clock_stop" => "kind-clock-stop",
        "role_taken" => "kind-role-taken",
        "playbook" => "kind-playbook",
        "step" => "kind-step",
        "lever" => "kind-lever",
        "inject" => "kind-inject",
        "clock" => "kind-clock",
        "crossing" => "kind-crossing",
        "acknowledge" => "kind-acknowledge",
        "notice" => "kind-notice",
        "close" => "kind-close",
        "reopen" => "kind-reopen",
        "question" => "kind-question",
        "outcome" => "kind-outcome",
        "clock_start" => "kind-clock-start",
        "rhythm" => "kind-rhythm",
        "slot" => "kind-slot",
        "contact_call" => "kind-contact-call",
        "substitute" => "kind-substitute",
        "sitrep" => "kind-sitrep",
        "approval" => "kind-approval",
        "handover" => "kind-handover",
        "handover_answer" => "kind-handover-answer",
        "public" => "kind-public",
        "playbook_run" => "kind-playbook-run",
        "forecast" => "kind-forecast",
        "desk" => "kind-desk",
        _ => "kind-note",
    }
}

pub(super) fn kind_of(body: &Body) -> (&'static str, Role) {
    let role = match body {
        Body::Decision { .. } | Body::Awareness { .. } => Role::Decision,
        Body::Lever { .. } | Body::Action { .. } => Role::Strong,
        Body::Crossing { alarm, over, .. } if !over => Role::of_state(alarm.state),
        Body::Crossing { .. } | Body::Notice { .. } | Body::Clock { .. } | Body::Step { .. } => Role::Muted,
        _ => Role::Base,
    };
    // A word in a column is not a banner: severity here is bold and coloured, never reversed.
    let role = match role {
        Role::Critical | Role::Down => Role::Overdue,
        Role::Silent => Role::Due,
        other => other,
    };
    (kind_id(body.kind()), role)
}

/// Who stands behind a line: the source of a statement, the parties of a message, else its author.
pub(super) fn who(ctx: &Ctx<'_>, body: &Body, author: &str, role: crate::incident::Role) -> String {
    let us = || ctx.lang.t("log-us");
    let arrow = ctx.glyphs.sign(Sign::To);
    match body {
        Body::Information(s) | Body::Fact(s) if !s.source.is_empty() => visible(&s.source).into_owned(),
        Body::Message { to, from, .. } => {
            let named = |name: &str| visible(&addressee(name, ctx.lang)).into_owned();
            let party = |name: &str| if name.is_empty() { us() } else { named(name) };
            format!("{} {arrow} {}", party(from), party(to))
        }
        Body::Request { to, .. } => format!("{arrow} {}", visible(&addressee(to, ctx.lang))),
        Body::Observation { data, .. } => visible(&data.source).into_owned(),
        _ if role == crate::incident::Role::Machine => ctx.lang.t("role-short-machine"),
        _ => visible(author).into_owned(),
    }
}

/// The words of a line.
pub(super) fn words(ctx: &Ctx<'_>, input: &In<'_>, body: &Body, re: &[EntryId]) -> String {
    let text = visible(body.text());
    match body {
        Body::Decision { rationale, .. } if !rationale.is_empty() => {
            ctx.lang.ta("log-because", &[("text", Arg::Str(&text)), ("why", Arg::Str(&visible(rationale)))])
        }
        Body::Action { owner, due, .. } => {
            let owner = visible(owner);
            let due =
                due.map(|due| format!(" {} {}", ctx.glyphs.sign(Sign::To), ctx.hm(due.into()))).unwrap_or_default();
            if owner.is_empty() { format!("{text}{due}") } else { format!("{owner} : {text}{due}") }
        }
        Body::Step { playbook, step, change, .. } => {
            let name = (input.step)(playbook, step);
            let name = name.as_ref().map_or_else(|| visible(step), |name| visible(ctx.lang.of(name)));
            let what = ctx.lang.ta(&format!("log-step-{}", change.word()), &[("step", Arg::Str(&name))]);
            if text.is_empty() { what } else { format!("{what} ({text})") }
        }
        Body::Acknowledge { group, shelved_until, .. } => {
            let id = if shelved_until.is_some() { "log-words-shelved" } else { "log-words-acknowledged" };
            let alarm = input.incident.alarms().iter().find(|status| status.alarm.group == *group);
            let names = alarm.map_or_else(|| group.clone(), |status| status.alarm.elements.join(", "));
            let what = ctx.lang.ta(id, &[("alarm", Arg::Str(&visible(&names)))]);
            if text.is_empty() { what } else { format!("{what} ({text})") }
        }
        Body::Receipt { acknowledged, .. } if text.is_empty() => {
            ctx.lang.t(if *acknowledged { "log-words-understood" } else { "log-words-received" })
        }
        Body::Correction { reason, .. } if !reason.is_empty() => format!("{text} ({})", visible(reason)),
        _ => of_the_cell(ctx, input, body, re),
    }
}

/// The words of a line of the cell's own work: what happened to what, then what was typed.
fn of_the_cell(ctx: &Ctx<'_>, input: &In<'_>, body: &Body, re: &[EntryId]) -> String {
    let lang = ctx.lang;
    let hm = |at: &DateTime<FixedOffset>| ctx.hm(at.to_utc());
    let say = |id: &str, value: &str| lang.ta(id, &[("value", Arg::Str(value))]);
    let own = || crisis::details(body, lang, ctx.tz);
    let clock = |id: &str| lists::clock(id).map_or_else(|| id.to_owned(), |clock| lang.of(&clock.label).to_owned());
    let (before, after) = match body {
        // The machine's own line says of which slot it speaks.
        Body::Slot { slot, text, .. } if text.contains(&hm(slot)) => (Vec::new(), Vec::new()),
        Body::Rhythm { .. } | Body::Slot { .. } | Body::Substitute { .. } => (own(), Vec::new()),
        Body::Question { decide_by: Some(at), .. } => (Vec::new(), vec![say("crisis-decide-by", &hm(at))]),
        Body::Outcome { review_at: Some(at), .. } => (Vec::new(), vec![say("crisis-review", &hm(at))]),
        Body::ClockStart { id, .. } => {
            (vec![lang.ta("log-clock-started", &[("clock", Arg::Str(&clock(id)))])], Vec::new())
        }
        Body::ClockStop { id, .. } => {
            (vec![lang.ta("log-clock-stopped", &[("clock", Arg::Str(&clock(id)))])], Vec::new())
        }
        Body::ContactCall { contact, reached, .. } => {
            let name = (input.contact)(contact).unwrap_or_else(|| contact.clone());
            (vec![name, lang.t(if *reached { "crisis-reached" } else { "crisis-not-reached" })], Vec::new())
        }
        Body::Sitrep { number, .. } => (vec![say("crisis-sitrep-number", &number.to_string())], Vec::new()),
        Body::Approval { .. } => (own().into_iter().chain(approved(ctx, input, re)).collect(), Vec::new()),
        Body::Handover { .. } => (own().into_iter().rev().collect(), Vec::new()),
        Body::HandoverAnswer { .. } => {
            let to = re.iter().find_map(|id| input.incident.handover(id)).map(|handover| handover.to.clone());
            let to = to.map(|to| lang.ta("cell-handover-title", &[("to", Arg::Str(&to))]));
            (to.into_iter().chain(own()).collect(), Vec::new())
        }
        Body::Public { message, .. } => {
            let known = || re.iter().find_map(|id| input.incident.public(id)).map(|public| &public.message);
            let headline = message.as_deref().or_else(known).map(|message| message.headline.clone());
            (own().into_iter().chain(headline).collect(), Vec::new())
        }
        Body::Playbook { .. } => (Vec::new(), vec![lang.t("log-playbook-opened")]),
        Body::Clock { running: true, rate_milli, .. } => {
            let rate = [("rate", Arg::Num(f64::from(*rate_milli) / 1_000.0))];
            (Vec::new(), vec![lang.ta("report-clock-runs", &rate)])
        }
        Body::Clock { running: false, text, .. } if text.is_empty() => {
            (Vec::new(), vec![lang.t("report-clock-paused")])
        }
        Body::PlaybookRun { id, change, .. } => {
            let title = (input.playbook)(id).map_or_else(|| id.clone(), |title| lang.of(&title).to_owned());
            (vec![title, lang.t(crisis::run_id(*change))], Vec::new())
        }
        Body::Desk { act, .. } => (vec![crate::report::wording::desk_act(act, lang, ctx.tz)], Vec::new()),
        Body::Forecast { text, outlook } if text.is_empty() => (outlook_words(outlook, lang), Vec::new()),
        _ => (Vec::new(), Vec::new()),
    };
    // Of a message to the public the text is only what was typed with this stage.
    let typed = if let Body::Public { text, .. } = body { text.as_str() } else { body.text() };
    let typed = Some(typed.to_owned()).filter(|text| !text.is_empty());
    let all: Vec<String> = before.into_iter().chain(typed).chain(after).collect();
    visible(&all.join(" · ")).into_owned()
}

/// What was approved, or refused.
fn approved(ctx: &Ctx<'_>, input: &In<'_>, re: &[EntryId]) -> Option<String> {
    re.iter().find_map(|id| {
        let sitrep = input.incident.sitrep(id).map(|sitrep| sitrep.number.to_string());
        let sitrep = sitrep.map(|n| ctx.lang.ta("cell-sitrep-title", &[("n", Arg::Str(&n))]));
        sitrep.or_else(|| {
            let headline = &input.incident.public(id)?.message.headline;
            Some(ctx.lang.ta("log-public-named", &[("headline", Arg::Str(headline))]))
        })
    })
}

/// How a line stands: verification, receipt, reason, acknowledgement.
pub(super) fn status(ctx: &Ctx<'_>, incident: &Incident, entry: &Entry, id: &EntryId) -> Vec<(String, Role)> {
    let t = |id: &str| ctx.lang.t(id);
    let mut out = Vec::with_capacity(2);
    match &entry.body {
        Body::Information(s) | Body::Fact(s) => out.push(match s.verification {
            Verification::ToVerify => (t("verify-to-verify"), Role::Base),
            Verification::BeingVerified => (t("verify-being-verified"), Role::Base),
            Verification::Verified => (t("verify-verified"), Role::Recorded),
            Verification::Refuted => (t("verify-refuted"), Role::Overdue),
        }),
        Body::Message { .. } | Body::Request { .. } => {
            if let Some(message) = incident.message(id) {
                if let Some((_, at)) = &message.acknowledged {
                    out.push((ctx.lang.ta("log-answered", &[("time", Arg::Str(&ctx.hm(*at)))]), Role::Recorded));
                } else if message.awaits() {
                    let waited = ctx.lang.span(message.waited(ctx.now));
                    let role = if message.waited(ctx.now) > TimeDelta::minutes(5) { Role::Overdue } else { Role::Due };
                    out.push((ctx.lang.ta("log-unanswered", &[("time", Arg::Str(&waited))]), role));
                } else if let Some((_, at)) = &message.received {
                    out.push((ctx.lang.ta("log-received", &[("time", Arg::Str(&ctx.hm(*at)))]), Role::Base));
                }
            }
        }
        Body::Decision { rationale, .. } => out.push(if rationale.is_empty() {
            (t("log-no-rationale"), Role::Due)
        } else {
            let mark = ctx.glyphs.sign(Sign::Check);
            (ctx.lang.ta("log-rationale", &[("mark", Arg::Str(mark))]), Role::Base)
        }),
        Body::Action { state, .. } => {
            let state = incident.action(id).map_or(*state, |action| action.state);
            out.push(match state {
                ActionState::Ordered => (t("action-ordered"), Role::Base),
                ActionState::Done => (t("action-done"), Role::Recorded),
                ActionState::Dropped => (t("action-dropped"), Role::Muted),
            });
        }
        Body::Question { .. } => {
            if let Some(question) = incident.question(id) {
                out.push(match (&question.settled, question.decide_by) {
                    (Some((_, at)), _) => {
                        (ctx.lang.ta("log-settled", &[("time", Arg::Str(&ctx.hm(*at)))]), Role::Recorded)
                    }
                    (None, Some(by)) if by <= ctx.now => (t("log-undecided"), Role::Overdue),
                    (None, _) => (t("log-undecided"), Role::Due),
                });
            }
        }
        Body::Sitrep { .. } => {
            if let Some(sitrep) = incident.sitrep(id) {
                let refused = sitrep.marks.iter().any(|mark| !mark.granted);
                out.push(match (sitrep.approved(), &sitrep.replaced_by, refused) {
                    (Some(mark), ..) => {
                        let at = ctx.hm(mark.origin.at);
                        (ctx.lang.ta("log-approved", &[("time", Arg::Str(&at))]), Role::Recorded)
                    }
                    (None, Some(_), _) => (t("log-replaced"), Role::Muted),
                    (None, None, true) => (t("crisis-not-granted"), Role::Overdue),
                    (None, None, false) => (t("cell-not-approved"), Role::Due),
                });
            }
        }
        Body::Handover { .. } => {
            if let Some(handover) = incident.handover(id) {
                out.push(match &handover.answer {
                    Some(answer) if answer.accepted => {
                        let at = ctx.hm(answer.origin.at);
                        (ctx.lang.ta("log-accepted", &[("time", Arg::Str(&at))]), Role::Recorded)
                    }
                    Some(_) => (t("crisis-not-accepted"), Role::Overdue),
                    None => (t("cell-not-accepted"), Role::Due),
                });
            }
        }
        Body::Public { stage: PublicStage::Draft, .. } => {
            if let Some(public) = incident.public(id).filter(|public| public.stage != PublicStage::Withdrawn) {
                let n = public.approvals().len();
                let role = if n < 2 { Role::Due } else { Role::Recorded };
                out.push((ctx.lang.ta("log-approvals", &[("n", Arg::from(n))]), role));
            }
        }
        Body::Crossing { alarm, over, .. } => {
            let now = incident.alarms().iter().find(|status| status.alarm.group == alarm.group);
            out.push(match now {
                _ if *over => (t("log-over"), Role::Recorded),
                // An older line of the same alarm: the newest one says how it stands.
                Some(status) if status.entry != *id && status.first != *id => return out,
                Some(status) if status.over => (t("log-over"), Role::Recorded),
                Some(status) if status.shelved_until.is_some_and(|until| until > ctx.now) => {
                    (t("log-shelved"), Role::Base)
                }
                Some(status) if status.acknowledged.is_some() => (t("log-acknowledged"), Role::Base),
                _ => (t("log-unacknowledged"), Role::Overdue),
            });
        }
        _ => {}
    }
    out
}
