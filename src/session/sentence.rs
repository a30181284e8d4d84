//! The one sentence that a machine line carries beside its data, and what injects say.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::feed::frame_end;
use crate::health::{Alarm, AlarmEvent};
use crate::incident::event::Body;
use crate::lang::{Arg, Lang};
use crate::network::{FaultKind, Network, fault_in};
use crate::sim::{FRAME_S, LeverOutcome, LeverResult};
use crate::store::tape::Gap;

/// What an alarm says in the log, in the incident's language: the figure, its window, its bound, the worst element first.
pub(super) fn alarm(lang: &Lang, event: &AlarmEvent, zone: Tz) -> String {
    let alarm = &event.alarm;
    let (kind, name) = alarm.group.split_once(':').unwrap_or((&alarm.group, ""));
    let share = matches!(alarm.measure.as_str(), "failed" | "progressed");
    let figure = |value: f64| if share { lang.percent(value, 0) } else { lang.number(value.round() as u64) };
    let (seen, expected) = (figure(alarm.seen), figure(alarm.expected));
    let elements = elements(lang, alarm);
    let counted = lang.number((alarm.seen * f64::from(alarm.of)).round() as u64);
    let (of, minutes) = (lang.number(u64::from(alarm.of)), lang.number(u64::from(alarm.window_s / 60)));
    let since = lang.hm(alarm.since, zone);
    let window = match (share, alarm.window_s, alarm.recent) {
        (true, _, _) => lang
            .ta("health-window", &[("n", Arg::Str(&counted)), ("of", Arg::Str(&of)), ("minutes", Arg::Str(&minutes))]),
        (false, 0, Some((seen, expected))) => {
            let (seen, expected) = (lang.number(u64::from(seen)), lang.number(u64::from(expected)));
            let args = [("since", Arg::Str(&since)), ("seen", Arg::Str(&seen)), ("expected", Arg::Str(&expected))];
            lang.ta("health-window-young", &args)
        }
        (false, 0, None) => lang.ta("since", &[("time", Arg::Str(&since))]),
        (false, _, _) => lang.ta("health-window-calls", &[("minutes", Arg::Str(&minutes))]),
    };
    let args = [
        ("name", Arg::Str(name)),
        ("elements", Arg::Str(&elements)),
        ("count", Arg::Num(f64::from(alarm.count))),
        ("seen", Arg::Str(&seen)),
        ("expected", Arg::Str(&expected)),
        ("window", Arg::Str(&window)),
    ];
    let subject = subject(kind);
    if event.over {
        let what = group(lang, alarm);
        return lang.ta("health-alarm-over", &[("what", Arg::Str(&what)), ("minutes", Arg::Str(&minutes))]);
    }
    let sentence = match (subject, alarm.measure.as_str()) {
        ("received", "services") => "services",
        ("received", "silence") => "silence",
        _ => subject,
    };
    lang.ta(&format!("health-alarm-{sentence}"), &args)
}

/// What an alarm is about, in a few words.
pub fn group(lang: &Lang, alarm: &Alarm) -> String {
    let (kind, name) = alarm.group.split_once(':').unwrap_or((&alarm.group, ""));
    let elements = alarm.elements.join(", ");
    lang.ta(&format!("health-group-{}", subject(kind)), &[("name", Arg::Str(name)), ("elements", Arg::Str(&elements))])
}

/// The last part of the message ids of a kind of group.
fn subject(kind: &str) -> &str {
    match kind {
        "national-ner" => "national",
        "psap" => "received",
        other => other,
    }
}

/// The elements, the worst first with its state where there are several, and how many more.
fn elements(lang: &Lang, alarm: &Alarm) -> String {
    let mut names = alarm.elements.clone();
    if let Some(first) = names.first_mut().filter(|_| alarm.count > 1 && alarm.of > 0) {
        *first = format!("{first} ({})", lang.t(alarm.state.id()));
    }
    let more = (alarm.count as usize).saturating_sub(names.len());
    if more > 0 {
        names.push(format!("+{more}"));
    }
    names.join(", ")
}

/// What an inject does, from its text; the servers and centres it names are those of the network.
pub(super) fn fault(network: &Network, text: &str) -> Result<FaultKind, String> {
    fault_in(network, text).map_err(|errors| errors.to_string())
}

/// What a damaged tape no longer gives; `start` is the incident time at which frame 0 begins.
pub(super) fn gap(lang: &Lang, gap: &Gap, start: DateTime<Utc>, zone: Tz) -> String {
    let time = |at: DateTime<Utc>| format!("{} {}", lang.date(at, zone), lang.time(at, zone));
    let from = time(frame_end(start, gap.first) - chrono::TimeDelta::seconds(FRAME_S as i64));
    let byte = lang.number(gap.offset);
    let args = [("from", Arg::Str(&from)), ("byte", Arg::Str(&byte)), ("what", Arg::Str(&gap.what))];
    match gap.last {
        Some(last) => {
            let to = time(frame_end(start, last));
            lang.ta("session-tape-gap", &[&args[..], &[("to", Arg::Str(&to))]].concat())
        }
        None => lang.ta("session-tape-gap-end", &args),
    }
}

/// What became of a lever.
pub(super) fn lever(lang: &Lang, lever: &LeverResult) -> Body {
    let (id, word) = match lever.outcome {
        LeverOutcome::Pending => ("session-lever-pending", "pending"),
        LeverOutcome::Worked => ("session-lever-worked", "worked"),
        LeverOutcome::Partly => ("session-lever-partly", "partly"),
        LeverOutcome::Refused => ("session-lever-refused", "refused"),
        LeverOutcome::Failed => ("session-lever-failed", "failed"),
        LeverOutcome::NotAvailable => ("session-lever-none", "not_available"),
    };
    let name = lang.t(&format!("lever-{}", lever.lever.word()));
    let text = lang.ta(id, &[("lever", Arg::Str(&name))]);
    let data = [("what", "lever"), ("lever", lever.lever.word()), ("outcome", word)];
    Body::Notice { text, data: data.map(|(key, value)| (key.to_owned(), value.to_owned())).into() }
}

/// The lever of a line that says what became of one, and whether it did anything; `None`: another line, or it is still
/// being prepared.
pub(super) fn lever_outcome(data: &BTreeMap<String, String>) -> Option<(&str, bool)> {
    let of = |key: &str| data.get(key).map(String::as_str);
    let worked = match of("outcome")? {
        "worked" | "partly" | "refused" => true,
        "failed" | "not_available" => false,
        _ => return None,
    };
    (of("what") == Some("lever")).then_some(())?;
    Some((of("lever")?, worked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Alarm, State};
    use crate::lang::LangId;

    #[test]
    fn a_sentence_carries_the_figure_its_window_and_its_bound() {
        let lang = Lang::new(LangId::Fr);
        let alarm = Alarm {
            group: "national-ner".to_owned(),
            state: State::Critical,
            elements: vec!["15".to_owned(), "17".to_owned()],
            count: 2,
            measure: "failed".to_owned(),
            seen: 216.0 / 1_082.0,
            expected: 0.03,
            of: 1_082,
            window_s: 300,
            recent: None,
            false_alarm_days: 30.0,
            since: "2021-06-02T14:44:00Z".parse().expect("time"),
        };
        let say = |alarm: &Alarm, over| {
            let said = super::alarm(&lang, &AlarmEvent { alarm: alarm.clone(), over }, chrono_tz::Europe::Paris);
            said.replace(['\u{a0}', '\u{202f}'], " ")
        };
        assert_eq!(
            say(&alarm, false),
            "Acheminement national : 20 % d'échecs (216 sur 1 082 en 5 min ; seuil 3 %), numéros 15 (CRITIQUE), 17"
        );
        let over = Alarm { window_s: 1_200, ..alarm.clone() };
        assert_eq!(say(&over, true), "Fin d'alarme : acheminement national, calme depuis 20 min");
        let centre = Alarm {
            group: "received".to_owned(),
            elements: vec!["SAMU 59".to_owned()],
            count: 1,
            measure: "received".to_owned(),
            seen: 7.0,
            expected: 22.1,
            of: 0,
            window_s: 0,
            recent: Some((62, 80)),
            ..alarm
        };
        assert_eq!(
            say(&centre, false),
            "1 centre sous l'attendu : 7 reçus, 22 attendus depuis 16:44 ; sur 30 min : 62 reçus, 80 attendus (SAMU 59)"
        );
        let old = Alarm { window_s: 1_800, recent: None, ..centre };
        assert_eq!(say(&old, false), "1 centre sous l'attendu : 7 reçus, 22 attendus en 30 min (SAMU 59)");
    }

    #[test]
    fn every_kind_of_group_has_its_sentence() {
        for id in [LangId::Fr, LangId::En] {
            let lang = Lang::new(id);
            for (group, measure) in [
                ("national-ner", "failed"),
                ("operator:orion", "failed"),
                ("zone:59", "failed"),
                ("software:cs-7.2", "progressed"),
                ("server:cs-1", "progressed"),
                ("received", "received"),
                ("received", "services"),
                ("received", "silence"),
                ("psap:samu-59", "silence"),
            ] {
                let alarm = Alarm {
                    group: group.to_owned(),
                    state: State::Critical,
                    elements: vec!["Élément".to_owned()],
                    count: 2,
                    measure: measure.to_owned(),
                    seen: 0.5,
                    expected: 0.97,
                    of: 829,
                    window_s: 300,
                    recent: None,
                    false_alarm_days: 30.0,
                    since: DateTime::UNIX_EPOCH,
                };
                for over in [false, true] {
                    let said =
                        super::alarm(&lang, &AlarmEvent { alarm: alarm.clone(), over }, chrono_tz::Europe::Paris);
                    assert!(!said.contains("health-") && !said.contains('{'), "{group} {measure}: {said}");
                }
            }
        }
    }
}
