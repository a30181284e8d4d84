//! The lines that the fold needs, read without the detour of a tagged and flattened object: a long log is folded at
//! start. Kinds that are rare are parsed in full.

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;

use super::scan::Scanned;
use crate::incident::event::{ActionState, Author, Body, Entry, EntryId, EventTime, LeverOrder, StepChange};
use crate::incident::kind::Kind;
use crate::incident::record::{DecisionRecord, Evidence};

type At = DateTime<FixedOffset>;

#[derive(Deserialize)]
struct Message {
    text: String,
    to: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    channel: String,
    answer_by: Option<At>,
    #[serde(default)]
    re: Vec<EntryId>,
}

#[derive(Deserialize)]
struct Receipt {
    acknowledged: bool,
    #[serde(default)]
    text: String,
    #[serde(default)]
    re: Vec<EntryId>,
}

#[derive(Deserialize)]
struct Decision {
    text: String,
    #[serde(default)]
    rationale: String,
    #[serde(default)]
    levers: Vec<LeverOrder>,
    #[serde(default)]
    record: Box<DecisionRecord>,
    #[serde(default)]
    re: Vec<EntryId>,
}

#[derive(Deserialize)]
struct Action {
    text: String,
    #[serde(default)]
    owner: String,
    due: Option<At>,
    state: ActionState,
    #[serde(default)]
    re: Vec<EntryId>,
}

#[derive(Deserialize)]
struct Request {
    text: String,
    to: String,
    #[serde(default)]
    re: Vec<EntryId>,
}

#[derive(Deserialize)]
struct Correction {
    text: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    re: Vec<EntryId>,
}

#[derive(Deserialize)]
struct Note {
    text: String,
    #[serde(default)]
    re: Vec<EntryId>,
}

#[derive(Deserialize)]
struct Step {
    playbook: String,
    #[serde(rename = "step")]
    id: String,
    change: StepChange,
    #[serde(default)]
    text: String,
    go: Option<String>,
    #[serde(default)]
    evidence: Vec<Evidence>,
    #[serde(default)]
    re: Vec<EntryId>,
}

/// What the fold needs of a line: `inc`, `up`, `seen`, `frame` and `prev` stay empty. `None`: parse it in full.
pub(super) fn entry(scanned: &Scanned<'_>, chain: &str, author: &Author, scratch: &mut Vec<u8>) -> Option<Entry> {
    scratch.clear();
    scratch.push(b'{');
    // What follows the kind: its own fields and the rest of the line, as an object of their own.
    scratch.extend_from_slice(scanned.rest.strip_prefix(b",")?);
    let fields = scratch.as_slice();
    let (body, re) = match scanned.kind {
        Kind::Message => {
            let Message { text, to, from, channel, answer_by, re } = parse(fields)?;
            (Body::Message { text, to, from, channel, answer_by }, re)
        }
        Kind::Receipt => {
            let Receipt { acknowledged, text, re } = parse(fields)?;
            (Body::Receipt { acknowledged, text }, re)
        }
        Kind::Decision => {
            let Decision { text, rationale, levers, record, re } = parse(fields)?;
            (Body::Decision { text, rationale, levers, record }, re)
        }
        Kind::Action => {
            let Action { text, owner, due, state, re } = parse(fields)?;
            (Body::Action { text, owner, due, state }, re)
        }
        Kind::Request => {
            let Request { text, to, re } = parse(fields)?;
            (Body::Request { text, to }, re)
        }
        Kind::Correction => {
            let Correction { text, reason, re } = parse(fields)?;
            (Body::Correction { text, reason }, re)
        }
        Kind::Note => {
            let Note { text, re } = parse(fields)?;
            (Body::Note { text }, re)
        }
        Kind::Step => {
            let Step { playbook, id, change, text, go, evidence, re } = parse(fields)?;
            (Body::Step { playbook, step: id, change, text, go, evidence }, re)
        }
        _ => return None,
    };
    let time = |bytes| std::str::from_utf8(bytes).ok().and_then(|s| DateTime::parse_from_rfc3339(s).ok());
    let (mut x, mut event_at) = (None, None);
    if let Some(at) = field(scanned.times, b",\"x\":\"") {
        x = Some(time(at.get(..memchr::memchr(b'"', at)?)?)?);
    }
    if let Some(at) = field(scanned.times, b",\"event_at\":") {
        let mut parser = serde_json::Deserializer::from_slice(at);
        event_at = Some(EventTime::deserialize(&mut parser).ok()?);
    }
    Some(Entry {
        v: 1,
        inc: String::new(),
        chain: chain.to_owned(),
        seq: scanned.seq,
        at: time(scanned.at)?,
        up: String::new(),
        x,
        event_at,
        who: author.who.clone(),
        org: author.org.clone(),
        role: author.role,
        body,
        re,
        seen: std::collections::BTreeMap::new(),
        frame: None,
        prev: String::new(),
        sig: None,
    })
}

fn parse<'a, T: Deserialize<'a>>(fields: &'a [u8]) -> Option<T> {
    serde_json::from_slice(fields).ok()
}

/// What follows a name in the part of a line between `at` and `who`.
fn field<'a>(times: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    times.get(memchr::memmem::find(times, name)? + name.len()..)
}

/// An author from the part of a line that the scanner finds: `who","org":"…","role":"…`.
pub(super) fn author(key: &[u8]) -> Option<Author> {
    let mut object = b"{\"who\":\"".to_vec();
    object.extend_from_slice(key);
    object.extend_from_slice(b"\"}");
    serde_json::from_slice(&object).ok()
}
