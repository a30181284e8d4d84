//! Impacts in figures: ranges, rates with their intervals, the age of the data; without a feed, what people saw.

use std::collections::BTreeMap;

use super::Input;
use crate::health::{Board, Rate, Trend};
use crate::lang::Arg;
use crate::report::parts::{Voice, one_line};
use crate::report::wording::state_id;

/// Worst centres named.
const WORST: usize = 6;
/// From these odds on, in powers of ten, a cause is called probable; the screen uses the same bound.
const LIKELY: f64 = 2.0;

/// The state and the range, for the one line.
pub(super) fn headline(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let Some(board) = input.board.filter(|board| board.has_feed()) else { return Vec::new() };
    let mut parts = vec![voice.t(state_id(board.overview().state))];
    parts.extend(lost(&voice, board));
    parts
}

/// Lines on the impacts.
pub(super) fn lines(input: &Input<'_>) -> Vec<String> {
    let voice = input.voice();
    let Some(board) = input.board else { return vec![voice.bullet(&voice.t("sitrep-no-board"), &[])] };
    let mut lines = if board.has_feed() { measured(&voice, board) } else { Vec::new() };
    lines.extend(seen(&voice, board));
    if lines.is_empty() {
        lines.push(voice.bullet(&voice.t("sitrep-no-observation"), &[]));
    }
    lines
}

/// Where the overall state is heading.
pub(super) fn trend(input: &Input<'_>) -> Option<String> {
    let voice = input.voice();
    let board = input.board.filter(|board| board.has_feed())?;
    let trend = voice.t(match board.overview().trend {
        Trend::Worse => "trend-worse",
        Trend::Better => "trend-better",
        Trend::Steady => "trend-steady",
    });
    let state = voice.t(state_id(board.overview().state));
    Some(voice.bullet(&voice.say("sitrep-trend", &[("state", Arg::Str(&state)), ("trend", Arg::Str(&trend))]), &[]))
}

fn measured(voice: &Voice<'_>, board: &Board) -> Vec<String> {
    let overview = board.overview();
    let network = board.network();
    let state = voice.t(state_id(overview.state));
    let areas = voice.lang.of(&network.areas);
    let zones = [("n", Arg::from(overview.zones)), ("of", Arg::from(overview.zones_of)), ("areas", Arg::Str(areas))];
    let zones = voice.say("sitrep-zones", &zones);
    let mut lines = vec![voice.bullet(&voice.say("sitrep-state", &[("state", Arg::Str(&state))]), &[zones])];
    lines.push(match lost(voice, board) {
        Some(range) => voice.bullet(&range, &[]),
        None => voice.bullet(&voice.t("sitrep-no-estimate"), &[]),
    });
    if overview.abandoned > 0 {
        lines.push(voice.bullet(&voice.say("sitrep-abandoned", &[("n", Arg::from(overview.abandoned))]), &[]));
    }
    for row in board.services() {
        let Some(service) = network.services.get(row.service.index()) else { continue };
        let figures = [
            voice.say("sitrep-ner", &[("rate", Arg::Str(&rate(voice, &row.ner)))]),
            voice.say("sitrep-asr", &[("rate", Arg::Str(&rate(voice, &row.asr)))]),
        ];
        let state = voice.t(state_id(row.state));
        let args = [("service", Arg::Str(&service.code)), ("state", Arg::Str(&state))];
        lines.push(voice.bullet(&voice.say("sitrep-service", &args), &figures));
    }
    for row in board.worst(WORST) {
        let Some(psap) = network.psaps.get(row.psap.index()) else { continue };
        let (seen, expected) = (row.received.seen.round(), row.received.expected.round());
        let received = voice.say("sitrep-received", &[("seen", Arg::Num(seen)), ("expected", Arg::Num(expected))]);
        lines.push(voice.bullet(&psap.name, &[voice.t(state_id(row.state)), received]));
    }
    if let Some(cause) = &overview.cause {
        let id = if cause.odds_log10 >= LIKELY { "sitrep-cause-likely" } else { "sitrep-cause-lead" };
        let since = cause.since.map_or(String::new(), |at| voice.say("since", &[("time", Arg::Str(&voice.hm(at)))]));
        let args = [("name", Arg::Str(&one_line(&cause.name))), ("n", Arg::from(cause.elements))];
        lines.push(voice.bullet(&voice.say(id, &args), &[since]));
    }
    let age = |seconds: Option<u64>| {
        seconds
            .map_or_else(|| voice.t("overview-none"), |s| voice.age(voice.now - chrono::TimeDelta::seconds(s as i64)))
    };
    let (operator, psaps) = (age(overview.operator_age_s), age(overview.psaps_age_s));
    let args = [("operator", Arg::Str(&operator)), ("psaps", Arg::Str(&psaps)), ("mute", Arg::from(overview.mute))];
    lines.push(voice.bullet(&voice.say("sitrep-ages", &args), &[]));
    lines
}

/// Callers not served because of the network, as a range with its meaning.
fn lost(voice: &Voice<'_>, board: &Board) -> Option<String> {
    let (low, high) = board.overview().lost?;
    let (low, high) = (voice.lang.number(u64::from(low)), voice.lang.number(u64::from(high)));
    let range = voice.say("sitrep-lost", &[("low", Arg::Str(&low)), ("high", Arg::Str(&high))]);
    Some(match board.overview().lost_since {
        Some(since) => format!("{range}, {}", voice.say("since", &[("time", Arg::Str(&voice.hm(since)))])),
        None => range,
    })
}

/// `82–86 %` over so many; without trials, that there are none.
fn rate(voice: &Voice<'_>, rate: &Rate) -> String {
    if rate.of == 0 {
        return voice.t("sitrep-no-data");
    }
    let (low, high) = (voice.lang.percent(rate.low, 0), voice.lang.percent(rate.high, 0));
    voice.say("sitrep-rate", &[("low", Arg::Str(&low)), ("high", Arg::Str(&high)), ("of", Arg::from(rate.of))])
}

/// The latest observation by hand of each place, number and source.
fn seen(voice: &Voice<'_>, board: &Board) -> Vec<String> {
    let mut latest = BTreeMap::new();
    for observation in board.observations() {
        latest.insert((&observation.service, &observation.zone, &observation.source), observation);
    }
    let mut latest: Vec<_> = latest.into_values().collect();
    latest.sort_by_key(|observation| std::cmp::Reverse(observation.at));
    latest
        .into_iter()
        .map(|observation| {
            let zone = observation.zone.as_deref().map_or_else(|| voice.t("sitrep-everywhere"), one_line);
            let state = voice.t(state_id(observation.state));
            let (service, source) = (one_line(&observation.service), one_line(&observation.source));
            let args = [("service", Arg::Str(&service)), ("zone", Arg::Str(&zone)), ("state", Arg::Str(&state))];
            let share = observation.share.map_or(String::new(), |share| voice.lang.percent(share, 0));
            let source = voice.say("report-source", &[("value", Arg::Str(&source))]);
            voice.line(observation.at, &voice.say("sitrep-observed", &args), &[share, source])
        })
        .collect()
}
