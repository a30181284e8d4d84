//! What the index needs to know of a line, found without parsing its JSON: our own lines have their fields in a fixed
//! order. A line that does not look like ours is parsed in full instead.

use memchr::memmem;

use crate::incident::event::{Body, Entry};
use crate::incident::kind::Kind;

/// Finds the fields of the lines of one chain.
pub(super) struct Scanner {
    prefix: Vec<u8>,
    at: memmem::Finder<'static>,
    who: memmem::Finder<'static>,
    kind: memmem::Finder<'static>,
    text: memmem::Finder<'static>,
}

/// What was found.
pub(super) struct Scanned<'a> {
    pub seq: u64,
    pub kind: Kind,
    /// `who`, `org` and `role` as they stand in the line.
    pub author: &'a [u8],
    /// Entry time as it stands in the line.
    pub at: &'a [u8],
    /// What stands between entry time and author: `up`, `x`, `event_at`.
    pub times: &'a [u8],
    /// What follows the kind, from the comma on.
    pub rest: &'a [u8],
    /// JSON string of the text, without its quotes.
    pub text: &'a [u8],
    /// JSON string of a source, if one follows the text.
    pub source: &'a [u8],
    /// The fold needs this line whole.
    pub stateful: bool,
}

impl Scanner {
    pub fn new(inc: &str, chain: &str) -> Self {
        let prefix = format!("{{\"v\":1,\"inc\":\"{inc}\",\"chain\":\"{chain}\",\"seq\":");
        Self {
            prefix: prefix.into_bytes(),
            at: memmem::Finder::new(b"\"at\":\""),
            who: memmem::Finder::new(b"\"who\":\""),
            kind: memmem::Finder::new(b"\",\"kind\":\""),
            text: memmem::Finder::new(b"\"text\":\""),
        }
    }

    /// `None`: not in the shape that we write.
    pub fn scan<'a>(&self, line: &'a [u8]) -> Option<Scanned<'a>> {
        let rest = line.strip_prefix(self.prefix.as_slice())?;
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 || digits > 18 {
            return None;
        }
        let seq = rest.get(..digits)?.iter().fold(0_u64, |n, b| n * 10 + u64::from(b - b'0'));
        let rest = rest.get(digits..)?;
        let at = rest.strip_prefix(b",\"at\":\"").or_else(|| rest.get(self.at.find(rest)? + 6..))?;
        let at_end = memchr::memchr(b'"', at)?;
        let rest = at.get(at_end..)?;
        let who = self.who.find(rest)?;
        let times = rest.get(..who)?;
        let author = rest.get(who + 7..)?;
        let author_end = self.kind.find(author)?;
        let rest = author.get(author_end + 10..)?;
        let word_end = memchr::memchr(b'"', rest)?;
        let kind = Kind::from_bytes(rest.get(..word_end)?)?;
        let rest = rest.get(word_end + 1..)?;
        let after_kind = rest;
        let text = match rest.strip_prefix(b",\"text\":\"") {
            Some(text) => text,
            None if kind == Kind::ClockStop => rest.get(memmem::find(rest, b"\"reason\":\"")? + 10..)?,
            None => rest.get(self.text.find(rest)? + 8..)?,
        };
        let text_end = string_end(text)?;
        let rest = text.get(text_end + 1..)?;
        let source = match rest.strip_prefix(b",\"source\":\"") {
            Some(source) => source.get(..string_end(source)?)?,
            None => &[],
        };
        // These change nothing in the fold; a note does when it refers to something.
        let stateful = match kind {
            Kind::Information | Kind::Fact | Kind::Notice => false,
            Kind::Note => rest.starts_with(b",\"re\":"),
            _ => true,
        };
        let (author, at) = (author.get(..author_end)?, at.get(..at_end)?);
        let text = text.get(..text_end)?;
        Some(Scanned { seq, kind, author, at, times, rest: after_kind, text, source, stateful })
    }
}

/// Where a JSON string ends: the first quote that is not escaped.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if *bytes.get(found)? == b'"' {
            return Some(found);
        }
        from = found + 2;
    }
}

/// Appends a JSON string (without quotes) to the text that is searched, folded.
pub(super) fn fold_json(out: &mut Vec<u8>, string: &[u8]) {
    if memchr::memchr(b'\\', string).is_none() {
        fold(out, string);
        return;
    }
    let mut quoted = Vec::with_capacity(string.len() + 2);
    quoted.push(b'"');
    quoted.extend_from_slice(string);
    quoted.push(b'"');
    match serde_json::from_slice::<String>(&quoted) {
        Ok(text) => fold(out, text.as_bytes()),
        Err(_) => fold(out, string),
    }
}

/// Appends text as it is searched: small letters whether typed small or capital, no line ends.
pub(super) fn fold(out: &mut Vec<u8>, text: &[u8]) {
    let start = out.len();
    out.extend_from_slice(text);
    let Some(added) = out.get_mut(start..) else { return };
    for byte in added.iter_mut() {
        *byte = if *byte < b' ' { b' ' } else { byte.to_ascii_lowercase() };
    }
    // Capital letters of Latin-1 (À to Þ, but ×) and Œ, in UTF-8, have small letters of the same length. Plain
    // arithmetic over pairs of bytes: a million entries pass through here.
    for (lead, byte) in text.iter().zip(added.iter_mut().skip(1)) {
        let capital = *lead == 0xC3 && byte.wrapping_sub(0x80) <= 0x1E && *byte != 0x97;
        let ligature = *lead == 0xC5 && *byte == 0x92;
        *byte += u8::from(capital) * 0x20 + u8::from(ligature);
    }
}

/// The words of a body beyond its text, for the search.
pub(super) fn more_text<'a>(body: &'a Body) -> Vec<&'a str> {
    let words: Vec<&'a str> = match body {
        Body::Information(s) | Body::Fact(s) => vec![&s.source, &s.channel],
        Body::Message { to, from, channel, .. } => vec![to, from, channel],
        Body::Decision { rationale, record, .. } => {
            let mut words = vec![rationale.as_str()];
            words.extend(record.texts());
            words
        }
        Body::Action { owner, .. } => vec![owner],
        Body::Request { to, .. } => vec![to],
        Body::Correction { reason, .. } => vec![reason],
        Body::Observation { data, .. } => vec![&data.source],
        Body::Crossing { alarm, .. } => alarm.elements.iter().map(String::as_str).collect(),
        body => body.cell_texts(),
    };
    words.into_iter().filter(|word| !word.is_empty()).collect()
}

/// The author of an entry as the scanner finds it in a line.
pub(super) fn author_key(entry: &Entry) -> Vec<u8> {
    let json = |s: &str| crate::text::json_line(&s).unwrap_or_default();
    let who = json(&entry.who);
    let role = crate::text::json_line(&entry.role).unwrap_or_default();
    let key = format!("{who},\"org\":{},\"role\":{role}", json(&entry.org));
    // Without the first quote and the last.
    key.as_bytes().get(1..key.len().saturating_sub(1)).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_makes_capitals_small_and_keeps_the_rest() {
        let folded = |text: &str| {
            let mut out = b"x".to_vec();
            fold(&mut out, text.as_bytes());
            String::from_utf8(out).unwrap()
        };
        let latin: String = ('\u{20}'..='\u{ff}').filter(|c| !c.is_control()).collect();
        assert_eq!(folded(&latin), format!("x{}", latin.to_lowercase()));
        assert_eq!(folded("ŒUVRE Ž 日本 ×÷ A\nB"), "xœuvre Ž 日本 ×÷ a b");
        let mut escaped = Vec::new();
        fold_json(&mut escaped, br#"\u00c9VOLUTION \"a\\b\""#);
        assert_eq!(String::from_utf8(escaped).unwrap(), "évolution \"a\\b\"");
    }
}
