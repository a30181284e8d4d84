//! What is around the network in a scenario: its head, the scripted events, the levers that exist, what is
//! seen when, and the figures a test scenario must give.

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

use super::doc::{Node, Pos, Sink, Value, suggest};
use super::merge::Doc;
use super::read::{DURATION, Is, MANY, Row, SHARE, Unit, one_of, seconds, text};
use super::select::{Names, id_of};
use super::words::{ADVICE, FAULT_WORDS, LEVER_WORDS};
use super::{
    CounterPer, CounterReset, CounterThen, Element, FaultKind, LeverKind, LeverSpec, Network, OverloadControl,
    OverloadModel, PsapId, ScenarioErrors, ScriptedAct, ScriptedEvent, ServerId, ServiceId, Source, SubstituteId, Text,
    Truth, Visibility, ZoneId,
};

/// The `[scenario]` table.
pub(super) struct Head {
    pub title: Text,
    pub about: Text,
    pub start: DateTime<Utc>,
    pub open_at: DateTime<Utc>,
    pub duration_s: u64,
    pub seed: u64,
    pub playbooks: Vec<String>,
}

/// Longest scenario \[s\]: an event word of the simulation has room for 203 days.
const LONGEST: Is = Is(Unit::Seconds, 1.0, 200.0 * 86_400.0);

pub(super) fn head(doc: &Doc, tz: Tz, sink: &Sink) -> Option<Head> {
    let Some((pos, table)) = doc.singles.get("scenario") else {
        let mend = "add [scenario] with title, start and duration".to_owned();
        sink.error(doc.end, "there is no [scenario]", mend);
        return None;
    };
    let row = Row::new(table, *pos, "scenario".to_owned(), sink);
    let title = row.text("title");
    if title.is_none() {
        row.need("title");
    }
    let about = row.text("about").unwrap_or_default();
    let start = row.need("start").and_then(|n| date_time(n, "start", tz, sink));
    let duration = row.need("duration").and_then(|_| row.num("duration", LONGEST));
    let open_at = match (row.get("open_at"), start) {
        (Some(node), Some(start)) => at(node, "open_at", start, tz, sink).map(|s| start + micros(s)),
        (Some(_), None) => None,
        (None, start) => start,
    };
    if let (Some(open), Some(start), Some(d), Some(node)) = (open_at, start, duration, row.get("open_at"))
        && (open < start || open > start + micros(d))
    {
        sink.error(node.pos, "`open_at` is outside the scenario", "start ≤ open_at ≤ start + duration".to_owned());
    }
    let seed = row.num("seed", Is(Unit::Whole, 0.0, 9e15)).unwrap_or(1.0) as u64;
    let playbooks = row.strs("playbooks").into_iter().map(|(s, _)| s.to_owned()).collect();
    row.finish();
    let (start, duration) = (start?, duration?);
    Some(Head {
        title: title?,
        about,
        start,
        open_at: open_at.unwrap_or(start),
        duration_s: duration.round() as u64,
        seed,
        playbooks,
    })
}

fn micros(s: f64) -> TimeDelta {
    TimeDelta::microseconds((s * 1e6).round() as i64)
}

/// An instant: `2021-06-02T16:44:00+02:00`, or without offset in the scenario's zone.
fn date_time(node: &Node, key: &str, tz: Tz, sink: &Sink) -> Option<DateTime<Utc>> {
    let written = match &node.value {
        Value::Str(s) | Value::Time(s) => s.as_str(),
        _ => "",
    };
    if let Ok(t) = DateTime::parse_from_rfc3339(written) {
        return Some(t.to_utc());
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|f| NaiveDateTime::parse_from_str(written, f).ok());
    let found = local.and_then(|t| tz.from_local_datetime(&t).earliest());
    if found.is_none() {
        let mend = "write it as 2021-06-02T16:44:00+02:00".to_owned();
        sink.error(node.pos, format!("`{key}` is not a date and time"), mend);
    }
    found.map(|t| t.to_utc())
}

/// A moment of the scenario in seconds after its start: `"+90m"`, a clock time (`"16:44"`, `"16:44:10"`: the
/// first one at or after the start), or a date and time.
fn at(node: &Node, key: &str, start: DateTime<Utc>, tz: Tz, sink: &Sink) -> Option<f64> {
    let written = match &node.value {
        Value::Str(s) | Value::Time(s) => s.as_str(),
        _ => "",
    };
    if let Some(after) = written.strip_prefix('+') {
        let found = seconds(after);
        if found.is_none() {
            sink.error(node.pos, format!("`{key}`: \"{written}\" is not a duration"), "write \"+1h30m\"".to_owned());
        }
        return found;
    }
    let clock = ["%H:%M:%S", "%H:%M"].iter().find_map(|f| NaiveTime::parse_from_str(written, f).ok());
    if let Some(clock) = clock {
        let local = start.with_timezone(&tz);
        let from = f64::from(local.num_seconds_from_midnight()) + f64::from(local.nanosecond()) / 1e9;
        let to = f64::from(clock.num_seconds_from_midnight());
        return Some(if to >= from { to - from } else { to - from + 86_400.0 });
    }
    if written.contains('-') {
        let t = date_time(node, key, tz, sink)?;
        let after = (t - start).num_microseconds().unwrap_or(i64::MAX) as f64 / 1e6;
        if after < 0.0 {
            sink.error(node.pos, format!("`{key}` is before the start"), "start the scenario earlier".to_owned());
            return None;
        }
        return Some(after);
    }
    let mend = "write \"16:44\", \"+1h30m\" or 2021-06-02T16:44:00+02:00".to_owned();
    sink.error(node.pos, format!("`{key}` is not a moment"), mend);
    None
}

/// Ids of scripted levers, and of the faults that follow from one, with the second at which each comes.
type LeverTimes = Vec<(String, f64)>;

/// The scripted events in order of time, and when the levers among them that have an id are ordered, with what follows
/// from them.
pub(super) fn events(
    doc: &Doc,
    names: &Names<'_>,
    head: Option<&Head>,
    tz: Tz,
    sink: &Sink,
) -> (Vec<ScriptedEvent>, Vec<String>, LeverTimes) {
    let start = head.map_or(DateTime::UNIX_EPOCH, |h| h.start);
    let length = head.map_or(f64::INFINITY, |h| h.duration_s as f64);
    let mut out = Vec::new();
    let mut levers = Vec::new();
    let mut followers = Vec::new();
    for (i, entry) in doc.list("events").iter().enumerate() {
        let row = entry.row("events", i, sink);
        let id = row.get("id");
        let at_node = row.need("at");
        let at_s = at_node.and_then(|n| at(n, "at", start, tz, sink)).unwrap_or(0.0);
        if let (true, Some(node)) = (at_s > length, at_node) {
            let mend = "lengthen `duration`, or move the event".to_owned();
            sink.error(node.pos, format!("{} comes after the scenario's end", row.path), mend);
        }
        let stagger_s = row.num("stagger", DURATION).unwrap_or(0.0);
        let lasts = row.num("for", DURATION);
        let note = row.text("note");
        let follows = row.get("follows").and_then(|n| Some((text(n, "follows", sink)?, n.pos)));
        let grade = row.grade();
        let source = row.str("source").map(str::to_owned);
        let what = ["fault", "lever", "surge"].map(|k| row.get(k).map(|n| n.pos));
        if what.iter().flatten().count() != 1 {
            let mend = "write one of fault = \"…\", lever = \"…\", surge = 2.0".to_owned();
            sink.error(entry.pos, format!("{} must be one fault, lever or surge", row.path), mend);
            continue;
        }
        let (act, on) = if what[0].is_some() {
            let on = row.need("on").map(|n| names.elements(n, sink)).unwrap_or_default();
            let find = |what: &'static str, id: &str, pos: Pos| names.find(what, id, pos, sink);
            let Some(kind) = fault(&row, &find) else { continue };
            fits(&kind, &on, &row);
            (ScriptedAct::Fault(kind), on)
        } else if what[1].is_some() {
            let Some(kind) = lever(&row, names) else { continue };
            let on = kind.elements().to_vec();
            (ScriptedAct::Lever(kind), on)
        } else {
            let factor = row.num("surge", Is(Unit::Number, 0.0, 1000.0)).unwrap_or(1.0);
            let services = row
                .strs("services")
                .into_iter()
                .filter_map(|(id, pos)| names.find("services", id, pos, sink).map(|i| ServiceId(i as u8)))
                .collect();
            let zones = row.get("zones").map(|n| names.select("zones", n, sink)).unwrap_or_default();
            let zones = zones.into_iter().map(|z| ZoneId(z as u16)).collect();
            if lasts.is_none() {
                row.need("for");
            }
            (ScriptedAct::Surge { factor, for_s: lasts.unwrap_or(0.0), services, zones }, Vec::new())
        };
        row.finish();
        let end = match (&act, lasts) {
            (ScriptedAct::Fault(kind), Some(lasts)) => Some((at_s + lasts, kind.word())),
            (ScriptedAct::Lever(_), Some(_)) => {
                if let Some(node) = row.get("for") {
                    let mend = "script the lever that undoes it".to_owned();
                    sink.error(node.pos, "a lever has no `for`", mend);
                }
                None
            }
            _ => None,
        };
        if let Some((at_s, word)) = end {
            let act = ScriptedAct::Fault(FaultKind::Clear { kinds: vec![word.to_owned()] });
            let on = on.clone();
            let cleared = ScriptedEvent { at_s, stagger_s, act, on, note: None, grade, source: source.clone() };
            out.push((cleared, String::new()));
        }
        let id = match id {
            Some(Node { value: Value::Str(id), .. }) => id.clone(),
            _ => String::new(),
        };
        if matches!(act, ScriptedAct::Lever(_)) && !id.is_empty() {
            levers.push((id.clone(), at_s));
        }
        if let Some((lever, pos)) = follows {
            if id.is_empty() || matches!(act, ScriptedAct::Lever(_)) {
                let mend = "give it an `id`, or take `follows` away".to_owned();
                sink.error(pos, "what follows from a lever is a fault or a surge with an id", mend);
            }
            followers.push((lever, pos, id.clone(), at_s));
        }
        out.push((ScriptedEvent { at_s, stagger_s, act, on, note, grade, source }, id));
    }
    let scripted: Vec<String> = levers.iter().map(|(id, _)| id.clone()).collect();
    let scripted: Vec<&str> = scripted.iter().map(String::as_str).collect();
    for (lever, pos, id, at_s) in followers {
        if scripted.contains(&lever) {
            levers.push((id, at_s));
        } else {
            sink.error(
                pos,
                format!("no lever of the script has the id \"{lever}\""),
                suggest(lever, &scripted, "levers"),
            );
        }
    }
    out.sort_by(|(a, _), (b, _)| a.at_s.total_cmp(&b.at_s));
    let (events, ids) = out.into_iter().unzip();
    (events, ids, levers)
}

/// The word of a facilitator's fault, if it can be read. It is the inline table of its entry: `{ fault = "reject",
/// p = 0.5 }`, or the bare fields of such a table; the same words as in scenario files. Whether what it names is there
/// says [`fault_in`].
///
/// # Errors
/// What is wrong with it.
pub fn fault_syntax(text: &str) -> Result<&'static str, ScenarioErrors> {
    one_fault(text, |_, _| Some(0)).map(|kind| kind.word())
}

/// What a facilitator's fault does (see [`fault_syntax`]), with the call servers and psaps that it names looked up in a
/// network.
///
/// # Errors
/// What is wrong with it.
pub fn fault_in(network: &Network, text: &str) -> Result<FaultKind, ScenarioErrors> {
    one_fault(text, |what, id| {
        let of = |e: Option<usize>, kind: &str| e.filter(|_| what == kind);
        of(network.psap_by_id(id).map(PsapId::index), "psaps")
            .or_else(|| of(network.server_by_id(id).map(ServerId::index), "call_servers"))
    })
}

fn one_fault(text: &str, find: impl Fn(&str, &str) -> Option<usize>) -> Result<FaultKind, ScenarioErrors> {
    let inner = text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    let source = Source { name: "inject".to_owned(), text: format!("inject = {{ {} }}\n", inner.trim()) };
    let sink = Sink::default();
    let table = super::doc::parse(0, &source.text, &sink);
    let row = Row::new(&table, Pos::default(), String::new(), &sink).inner("inject");
    let find = |what: &'static str, id: &str, pos: Pos| {
        let found = find(what, id);
        if found.is_none() {
            sink.error(pos, format!("{what} has no `{id}`"), None);
        }
        found
    };
    let kind = row.as_ref().and_then(|row| fault(row, &find));
    if let Some(row) = &row {
        row.finish();
    }
    match kind {
        Some(kind) if sink.is_empty() => Ok(kind),
        _ => Err(sink.into_errors(&[source])),
    }
}

/// Finds a psap or call server by its id, or notes that there is none.
type Find<'a> = &'a dyn Fn(&'static str, &str, Pos) -> Option<usize>;

/// Words of what a counter counts, does and is reset by; of overload control.
const PER: [(&str, CounterPer); 2] = [("setup", CounterPer::Setup), ("hour", CounterPer::Hour)];
const THEN: [(&str, CounterThen); 3] =
    [("reject", CounterThen::Reject), ("blackhole", CounterThen::Blackhole), ("crash", CounterThen::Crash)];
const RESET: [(&str, CounterReset); 2] = [("restart", CounterReset::Restart), ("config", CounterReset::Config)];
const CONTROL: [(&str, OverloadControl); 3] =
    [("none", OverloadControl::None), ("loss", OverloadControl::Loss), ("rate", OverloadControl::Rate)];

fn overload(row: &Row<'_>) -> Option<FaultKind> {
    row.need("model");
    let model = match row.word("model", &["reject_cost", "fifo_timeout", "thrash"].map(|w| (w, w)))? {
        "reject_cost" => OverloadModel::RejectCost { f: row.need_num("f", Is(Unit::Number, 0.0, 0.99))? },
        "fifo_timeout" => {
            let (places, patience) =
                (row.need_num("places", Is(Unit::Whole, 0.0, 1e6)), row.need_num("patience", DURATION));
            OverloadModel::FifoTimeout { places: places? as u32, patience_s: patience? }
        }
        _ => OverloadModel::Thrash { knee: row.need_num("knee", Is(Unit::Number, 1.0, MANY))? },
    };
    Some(FaultKind::Overload {
        model,
        control: row.word("control", &CONTROL).unwrap_or(OverloadControl::None),
        emergency_exempt: row.bool("emergency_exempt").unwrap_or(false),
    })
}

fn fault(row: &Row<'_>, find: Find<'_>) -> Option<FaultKind> {
    let word = row.word("fault", &FAULT_WORDS.map(|w| (w, w)))?;
    let p = || if row.get("p").is_some() { row.num("p", SHARE) } else { Some(1.0) };
    let law = |key: &'static str| row.need(key).and_then(|_| row.law(key));
    let share = |key: &'static str| row.need_num(key, SHARE);
    let positive = |key: &'static str| row.need_num(key, Is(Unit::Number, 0.0, MANY));
    let flag = |key: &'static str, default: bool| row.bool(key).unwrap_or(default);
    let named = |what: &'static str| {
        let (id, pos) = row.need("to").and_then(|n| id_of(n, "to", row.sink))?;
        find(what, id, pos)
    };
    Some(match word {
        "mute" => FaultKind::Mute { p: p()? },
        "misroute" => {
            let transfer_s = row.num("transfer", DURATION).unwrap_or(40.0);
            FaultKind::Misroute { p: p()?, to: PsapId(named("psaps")? as u16), transfer_s }
        }
        "hang" => FaultKind::Hang,
        "counter" => FaultKind::Counter {
            start: row.num("start", Is(Unit::Whole, 0.0, 1e15)).unwrap_or(0.0) as u64,
            limit: row.need_num("limit", Is(Unit::Whole, 1.0, 1e15))? as u64,
            per: row.word("per", &PER).unwrap_or(CounterPer::Setup),
            then: row.word("then", &THEN).unwrap_or(CounterThen::Reject),
            reset_by: row.word("reset_by", &RESET).unwrap_or(CounterReset::Restart),
        },
        "overload" => overload(row)?,
        "storm" => {
            let (population, period) = (positive("population"), row.need_num("period", DURATION));
            FaultKind::Storm {
                population: population?,
                period_s: period?,
                backoff: row.num("backoff", Is(Unit::Number, 1.0, 1000.0)).unwrap_or(1.0),
                jitter: row.num("jitter", SHARE).unwrap_or(1.0),
                cost: row.num("cost", Is(Unit::Number, 0.0, MANY)).unwrap_or(1.0),
            }
        }
        "failover" => {
            let after_s = row.num("after", DURATION).unwrap_or(0.0);
            FaultKind::Failover { to: ServerId(named("call_servers")? as u16), p: p()?, after_s }
        }
        "wrong_number" => FaultKind::WrongNumber { p: p()? },
        "degraded" => {
            let delay_s = row.num("delay", DURATION).unwrap_or(0.0);
            FaultKind::Degraded { capacity: row.num("capacity", SHARE).unwrap_or(1.0), delay_s }
        }
        "reject" => FaultKind::Reject { p: p()? },
        "blackhole" => FaultKind::Blackhole { p: p()?, leak: flag("leak", false) },
        "drop" => FaultKind::Drop { p: p()?, after: law("after")? },
        "crash" => FaultKind::Crash { lose_calls: flag("lose_calls", true) },
        "restart" => {
            let ramp_s = row.num("ramp", DURATION).unwrap_or(0.0);
            FaultKind::Restart { lose_calls: flag("lose_calls", true), ramp_s }
        }
        "restart_loop" => {
            let (up, down) = (law("up"), law("down"));
            FaultKind::RestartLoop { up: up?, down: down? }
        }
        "leak" => FaultKind::Leak { per_s: positive("per_s")? },
        "latent_bug" => {
            let (threshold, delay, up, down) = (share("threshold"), law("delay"), law("up"), law("down"));
            FaultKind::LatentBug {
                threshold: threshold?,
                delay: delay?,
                up: up?,
                down: down?,
                unmanageable: share("unmanageable")?,
            }
        }
        "unmanageable" => FaultKind::Unmanageable,
        "isolated" => FaultKind::Isolated,
        "locked" => FaultKind::Locked,
        "telemetry" => {
            let delay_s = row.num("delay", DURATION).unwrap_or(0.0);
            FaultKind::Telemetry { frozen: flag("frozen", false), delay_s, lying: flag("lying", false) }
        }
        "down" => FaultKind::Down,
        "positions" => FaultKind::Positions { share: share("share")? },
        "flood" => {
            let (per_s, hold) = (positive("per_s"), law("hold"));
            FaultKind::Flood { per_s: per_s?, hold: hold? }
        }
        _ => {
            let kinds = row.strs("kinds");
            if kinds.is_empty() {
                row.need("kinds");
            }
            for (kind, pos) in &kinds {
                one_of(kind, *pos, &FAULT_WORDS.map(|w| (w, ())), row.sink, "fault");
            }
            FaultKind::Clear { kinds: kinds.into_iter().map(|(k, _)| k.to_owned()).collect() }
        }
    })
}

/// A fault that an element of this sort cannot have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// What it is, with its article.
    pub bad: &'static str,
    /// What may have the fault.
    pub may: Vec<&'static str>,
}

/// The first of these elements that cannot have this fault.
pub fn misfit(kind: &FaultKind, on: &[Element]) -> Option<Misfit> {
    let (server, group, psap) = match kind {
        FaultKind::Degraded { .. } | FaultKind::Clear { .. } => (true, true, true),
        FaultKind::Reject { .. }
        | FaultKind::Blackhole { .. }
        | FaultKind::Drop { .. }
        | FaultKind::Mute { .. }
        | FaultKind::Misroute { .. }
        | FaultKind::Crash { .. }
        | FaultKind::Isolated
        | FaultKind::Locked => (true, true, false),
        FaultKind::Restart { .. }
        | FaultKind::RestartLoop { .. }
        | FaultKind::Leak { .. }
        | FaultKind::Hang
        | FaultKind::Counter { .. }
        | FaultKind::Overload { .. }
        | FaultKind::Storm { .. }
        | FaultKind::Failover { .. }
        | FaultKind::LatentBug { .. }
        | FaultKind::Unmanageable => (true, false, false),
        FaultKind::Telemetry { .. } => (true, false, true),
        FaultKind::Down | FaultKind::Positions { .. } | FaultKind::WrongNumber { .. } | FaultKind::Flood { .. } => {
            (false, false, true)
        }
    };
    let bad = on.iter().find_map(|e| match e {
        Element::Server(_) if !server => Some("a call server"),
        Element::Group(_) if !group => Some("a trunk group"),
        Element::Psap(_) if !psap => Some("a psap"),
        _ => None,
    });
    let may = [(server, "call servers"), (group, "trunk groups"), (psap, "psaps")];
    Some(Misfit { bad: bad?, may: may.into_iter().filter_map(|(may, what)| may.then_some(what)).collect() })
}

/// Is this fault one that such elements can have?
fn fits(kind: &FaultKind, on: &[Element], row: &Row<'_>) {
    if let (Some(Misfit { bad, may }), Some(node)) = (misfit(kind, on), row.get("on")) {
        let mend = format!("it is for {}", may.join(" and "));
        row.sink.error(node.pos, format!("{bad} cannot have the fault `{}`", kind.word()), mend);
    }
}

fn lever(row: &Row<'_>, names: &Names<'_>) -> Option<LeverKind> {
    let sink = row.sink;
    let word = row.word("lever", &LEVER_WORDS.map(|w| (w, w)))?;
    let on = || row.need("on").map(|n| names.elements(n, sink)).unwrap_or_default();
    let psap = |key: &'static str| {
        let (id, pos) = id_of(row.need(key)?, key, sink)?;
        names.find("psaps", id, pos, sink).map(|i| PsapId(i as u16))
    };
    let numbers = || -> Vec<SubstituteId> {
        let chosen = row.need("substitutes").map(|n| names.select("substitutes", n, sink)).unwrap_or_default();
        chosen.into_iter().map(|i| SubstituteId(i as u16)).collect()
    };
    let rate = |key: &'static str| row.need_num(key, Is(Unit::Number, 0.0, MANY));
    Some(match word {
        "withdraw" => LeverKind::Withdraw { on: on() },
        "reinstate" => LeverKind::Reinstate { on: on() },
        "restart" => LeverKind::Restart { on: on() },
        "rollback" => LeverKind::Rollback { on: on() },
        "complete" => LeverKind::Complete { on: on() },
        "freeze" => LeverKind::Freeze,
        "weight" => LeverKind::Weight { on: on(), weight: rate("weight")? },
        "cap" => LeverKind::Cap { on: on(), setups_per_s: rate("setups_per_s")? },
        "gap" => LeverKind::Gap { share: row.need_num("share", SHARE)? },
        "reroute" | "failover" => {
            let server = |key: &'static str| {
                let (id, pos) = id_of(row.need(key)?, key, sink)?;
                names.find("call_servers", id, pos, sink).map(|i| ServerId(i as u16))
            };
            let (from, to) = (server("from"), server("to"));
            if word == "reroute" {
                LeverKind::Reroute { from: from?, to: to? }
            } else {
                LeverKind::Failover { from: from?, to: to? }
            }
        }
        "reserve" => {
            let (on, n) = (on(), row.need_num("circuits", Is(Unit::Whole, 0.0, 1e6)));
            LeverKind::Reserve { on, circuits: n? as u32 }
        }
        "filter" => {
            let (psap, caught) = (psap("psap"), row.need_num("caught", SHARE));
            LeverKind::Filter { psap: psap?, caught: caught?, wrong: row.num("wrong", SHARE).unwrap_or(0.0) }
        }
        "probe" => {
            let (on, every) = (on(), row.need_num("every", DURATION));
            LeverKind::Probe { on, every_s: every? }
        }
        "repoint" => {
            let find = |what: &'static str, key: &'static str| {
                let (id, pos) = id_of(row.need(key)?, key, sink)?;
                names.find(what, id, pos, sink)
            };
            let (zone, service, psap) = (find("zones", "zone"), find("services", "service"), psap("psap"));
            LeverKind::Repoint { zone: ZoneId(zone? as u16), service: ServiceId(service? as u8), psap: psap? }
        }
        "overflow" => {
            let (from, to) = (psap("from"), psap("to"));
            LeverKind::Overflow { from: from?, to: to? }
        }
        "positions" => {
            let (psap, n) = (psap("psap"), row.need_num("positions", Is(Unit::Whole, 0.0, 100_000.0)));
            LeverKind::Positions { psap: psap?, positions: n? as u32 }
        }
        "publish" => LeverKind::Publish { substitutes: numbers() },
        "retire" => LeverKind::Retire { substitutes: numbers() },
        "advise" => {
            row.need("advice");
            LeverKind::Advise { advice: row.word("advice", &ADVICE)? }
        }
        "alert" => {
            let zones = row.get("zones").map(|n| names.select("zones", n, sink)).unwrap_or_default();
            LeverKind::Alert { zones: zones.into_iter().map(|z| ZoneId(z as u16)).collect() }
        }
        _ => LeverKind::Callback { per_min: rate("per_min")? },
    })
}

pub(super) fn levers(doc: &Doc, sink: &Sink) -> Vec<LeverSpec> {
    let mut out = Vec::new();
    for (i, entry) in doc.list("levers").iter().enumerate() {
        let row = entry.row("levers", i, sink);
        let id = row.need("id").and_then(|n| Some((text(n, "id", sink)?, n.pos)));
        if let Some((id, pos)) = id.filter(|(id, _)| !LEVER_WORDS.contains(id)) {
            sink.error(pos, format!("there is no lever `{id}`"), suggest(id, &LEVER_WORDS, "levers"));
        }
        let name = row.text("name").unwrap_or_default();
        let help = row.text("help").unwrap_or_default();
        let preparation_s = row.num("preparation", DURATION).unwrap_or(0.0);
        let success = row.num("success", SHARE).unwrap_or(1.0);
        row.finish();
        let id = id.map_or_else(String::new, |(id, _)| id.to_owned());
        out.push(LeverSpec { id, name, help, preparation_s, success });
    }
    out
}

pub(super) fn visibility(doc: &Doc, sink: &Sink) -> Visibility {
    let mut out = Visibility { operator_s: 0, psaps_s: 0 };
    let Some((pos, table)) = doc.singles.get("visibility") else { return out };
    let row = Row::new(table, *pos, "visibility".to_owned(), sink);
    out.operator_s = row.num("operator", DURATION).unwrap_or(0.0) as u32;
    out.psaps_s = row.num("psaps", DURATION).unwrap_or(0.0) as u32;
    row.finish();
    out
}

pub(super) fn truth(doc: &Doc, sink: &Sink) -> Vec<Truth> {
    let mut out = Vec::new();
    for (i, entry) in doc.truth.iter().enumerate() {
        let row = entry.row("truth", i, sink);
        let figure = row.need_str("figure").unwrap_or_default().to_owned();
        let value = row.need_num("value", Is(Unit::Number, -MANY, MANY)).unwrap_or(0.0);
        let se = row.num("se", Is(Unit::Number, 0.0, MANY));
        let source = row.need_str("source").unwrap_or_default().to_owned();
        row.finish();
        out.push(Truth { figure, value, se, source });
    }
    out
}

/// Where an element was set: for messages of cross-checks.
pub(super) fn place(doc: &Doc, list: &str, index: usize) -> Pos {
    doc.list(list).get(index).map_or(doc.end, |e| e.pos)
}
