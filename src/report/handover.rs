//! The package of a handover (ICS-201 in shape): what the incoming person must know, computed from the log.
//!
//! Does not belong here: who may accept it, writing entries.

use super::parts::one_line;
use super::sitrep::{Input, section};
use super::wording;
use crate::incident::event::Role;
use crate::incident::record::Section;
use crate::incident::{Debt, DebtKind};
use crate::lang::Arg;

/// Sections of the package, in their order.
pub const PACKAGE: [&str; 10] = [
    "mode",
    "situation",
    "objectives",
    "in-progress",
    "pending",
    "clocks",
    "debts",
    "people",
    "communication",
    "worries",
];

/// Drafts the package for these roles.
pub fn draft(input: &Input<'_>, roles: &[Role]) -> Vec<Section> {
    PACKAGE
        .iter()
        .map(|id| match *id {
            "mode" => input.voice().section(id, mode(input)),
            "situation" => input.voice().section(id, situation(input)),
            "objectives" => input.voice().section(id, objectives(input)),
            "people" => input.voice().section(id, people(input, roles)),
            // Overdue clocks stand among the clocks already.
            "debts" => {
                let others: Vec<Debt> =
                    input.debts.iter().filter(|debt| debt.kind != DebtKind::Clock).cloned().collect();
                section(&Input { debts: &others, ..*input }, id)
            }
            "worries" => {
                let voice = input.voice();
                voice.section(id, vec![voice.bullet(&voice.t("sitrep-worries"), &[])])
            }
            other => section(input, other),
        })
        .collect()
}

/// The mode, to be read aloud: an exercise mistaken for reality happened at a change of shift.
fn mode(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let genesis = input.incident.genesis();
    let mode = voice.t(genesis.mode.id());
    let args = [("mode", Arg::Str(&mode))];
    vec![
        voice.bullet(&voice.say("sitrep-mode", &args), &[]),
        voice.bullet(&genesis.title, std::slice::from_ref(&genesis.inc)),
    ]
}

/// Impacts, and the last point de situation.
fn situation(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let mut lines = Vec::new();
    if let Some(awareness) = input.incident.awareness() {
        lines.push(voice.bullet(&voice.say("sitrep-aware", &[("time", Arg::Str(&voice.hm(awareness)))]), &[]));
    }
    if let Some(last) = input.incident.sitreps().last() {
        let as_of = voice.hm(last.as_of);
        let args =
            [("n", Arg::from(last.number)), ("time", Arg::Str(&as_of)), ("text", Arg::Str(&one_line(&last.text)))];
        let approved = match last.approved() {
            Some(mark) => voice.say("sitrep-approved-by", &[("who", Arg::Str(&one_line(&mark.origin.who)))]),
            None => voice.t("sitrep-not-approved"),
        };
        lines.push(voice.bullet(&voice.say("sitrep-last", &args), &[approved]));
    }
    lines.extend(super::sitrep::impact_lines(input));
    lines
}

/// What is aimed at: decisions that are to be reviewed, playbooks that run.
fn objectives(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let running = input.playbooks.iter().map(|running| {
        let what = voice.say("sitrep-playbook", &[("title", Arg::Str(&one_line(&running.title)))]);
        voice.bullet(&what, &[running.tally.sentence(input.lang)])
    });
    let mut reviews: Vec<_> =
        input.incident.decisions().iter().filter_map(|decision| Some((decision.review_at?, decision))).collect();
    reviews.sort_by_key(|(at, _)| *at);
    let reviews = reviews.into_iter().map(|(at, decision)| {
        voice.bullet(&decision.text, &[voice.say("crisis-review", &[("value", Arg::Str(&voice.hm(at)))])])
    });
    let mut lines: Vec<String> = running.chain(reviews).collect();
    lines.push(voice.bullet(&voice.t("sitrep-objectives"), &[]));
    lines
}

/// Who holds which role, and which of them change hands.
fn people(input: &Input<'_>, roles: &[Role]) -> Vec<String> {
    let voice = input.voice();
    input
        .incident
        .roles()
        .values()
        .map(|status| {
            let role = voice.t(wording::role_id(status.role));
            let (who, org) = (one_line(&status.holder.who), one_line(&status.holder.org));
            let args = [("role", Arg::Str(&role)), ("who", Arg::Str(&who))];
            let leaves = if roles.contains(&status.role) { voice.t("sitrep-changes-hands") } else { String::new() };
            let seized = status
                .seized_from
                .as_ref()
                .map_or(String::new(), |before| voice.say("sitrep-seized", &[("who", Arg::Str(&one_line(before)))]));
            voice.bullet(&voice.say("sitrep-person", &args), &[org, leaves, seized])
        })
        .collect()
}
