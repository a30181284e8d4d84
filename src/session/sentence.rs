//! The one sentence that a machine line carries beside its data, and what injects say.

use crate::health::AlarmEvent;
use crate::lang::{Arg, Lang};

/// What an alarm says in the log, in the incident's language.
pub(super) fn alarm(lang: &Lang, event: &AlarmEvent) -> String {
    let alarm = &event.alarm;
    let id = if event.over { "session-alarm-over" } else { "session-alarm" };
    lang.ta(
        id,
        &[
            ("elements", Arg::Str(&alarm.elements.join(", "))),
            ("count", Arg::Num(f64::from(alarm.count))),
            ("measure", Arg::Str(&alarm.measure)),
            ("seen", Arg::Num(alarm.seen)),
            ("expected", Arg::Num(alarm.expected)),
        ],
    )
}

/// What an inject does, from its text.
pub(super) fn fault(text: &str) -> Result<crate::network::FaultKind, String> {
    Err(format!("fault {text:?} cannot be put in yet"))
}
