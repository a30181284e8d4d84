//! The one sentence that a machine line carries beside its data, and what injects say.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::feed::frame_end;
use crate::health::AlarmEvent;
use crate::incident::event::Body;
use crate::lang::{Arg, Lang};
use crate::network::{FaultKind, Network, fault_in};
use crate::sim::{FRAME_S, LeverOutcome, LeverResult};
use crate::store::tape::Gap;

/// What an alarm says in the log, in the incident's language.
pub(super) fn alarm(lang: &Lang, event: &AlarmEvent) -> String {
    let alarm = &event.alarm;
    let (kind, name) = alarm.group.split_once(':').unwrap_or((&alarm.group, ""));
    let share = matches!(alarm.measure.as_str(), "ner" | "progressed");
    let figure = |value: f64| if share { lang.percent(value, 0) } else { lang.number(value.round() as u64) };
    let (seen, expected) = (figure(alarm.seen), figure(alarm.expected));
    let elements = alarm.elements.join(", ");
    let args = [
        ("name", Arg::Str(name)),
        ("elements", Arg::Str(&elements)),
        ("count", Arg::Num(f64::from(alarm.count))),
        ("seen", Arg::Str(&seen)),
        ("expected", Arg::Str(&expected)),
    ];
    let subject = match kind {
        "national-ner" => "national",
        "psap" => "received",
        other => other,
    };
    if event.over {
        let what = lang.ta(&format!("health-group-{subject}"), &args);
        return lang.ta("health-alarm-over", &[("what", Arg::Str(&what))]);
    }
    let sentence = match (subject, alarm.measure.as_str()) {
        ("received", "services") => "services",
        ("received", "silence") => "silence",
        _ => subject,
    };
    lang.ta(&format!("health-alarm-{sentence}"), &args)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::{Alarm, State};
    use crate::lang::LangId;

    #[test]
    fn every_kind_of_group_has_its_sentence() {
        for id in [LangId::Fr, LangId::En] {
            let lang = Lang::new(id);
            for (group, measure) in [
                ("national-ner", "ner"),
                ("operator:orion", "ner"),
                ("zone:59", "ner"),
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
                    false_alarm_days: 30.0,
                    since: DateTime::UNIX_EPOCH,
                };
                for over in [false, true] {
                    let said = super::alarm(&lang, &AlarmEvent { alarm: alarm.clone(), over });
                    assert!(!said.contains("health-") && !said.contains('{'), "{group} {measure}: {said}");
                }
            }
        }
    }
}
