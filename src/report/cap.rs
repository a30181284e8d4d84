//! A message to the public as a CAP 1.2 document (OASIS Common Alerting Protocol, 2010): a draft for those who
//! transmit, which vigie never does.
//!
//! `status` follows the incident's mode: *Exercise* in exercises and replays, *Draft* in a real incident. *Actual*
//! is written in a real incident only, after two approvals of the latest words by two people other than the author,
//! or by breaking the glass, which the document's note then says.

use std::io;

use chrono::{DateTime, FixedOffset, TimeZone, Utc};
use chrono_tz::Tz;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::incident::event::Mode;
use crate::incident::record::PublicStage;
use crate::incident::{Incident, PublicStatus};
use crate::lang::{Arg, Lang};

/// The namespace of CAP 1.2.
const NAMESPACE: &str = "urn:oasis:names:tc:emergency:cap:1.2";

/// Approvals of the latest words by different people before *Actual* is written.
pub const APPROVALS: usize = 2;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ask {
    /// Write status *Actual*.
    pub actual: bool,
    /// Write it although approvals are missing, for this reason.
    pub break_glass: Option<String>,
}

/// Why *Actual* cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotActual {
    /// Exercises and replays have no actual messages.
    #[error("only a REAL incident has actual messages")]
    Mode,
    /// Approvals are missing.
    #[error("{0} of {APPROVALS} approvals by different people")]
    Approvals(usize),
}

/// CAP's word for the status of a message.
///
/// # Errors
/// [`NotActual`] when *Actual* is asked for and cannot be had.
pub fn status(incident: &Incident, message: &PublicStatus, ask: &Ask) -> Result<&'static str, NotActual> {
    let real = incident.genesis().mode == Mode::Real;
    if !ask.actual {
        return Ok(if real { "Draft" } else { "Exercise" });
    }
    if !real {
        return Err(NotActual::Mode);
    }
    let approvals = message.approvals().len();
    let reason = ask.break_glass.as_deref().map(str::trim).unwrap_or_default();
    if approvals < APPROVALS && reason.is_empty() {
        return Err(NotActual::Approvals(approvals));
    }
    Ok("Actual")
}

/// The document.
///
/// # Errors
/// [`NotActual`], as [`status`].
pub fn document(incident: &Incident, message: &PublicStatus, ask: &Ask, lang: &Lang) -> Result<String, NotActual> {
    let status = status(incident, message, ask)?;
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Writing into memory cannot fail.
    let _ = alert(&mut writer, incident, message, ask, status, lang);
    let mut text = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    text.push('\n');
    Ok(text)
}

type Xml = Writer<Vec<u8>>;

fn leaf(xml: &mut Xml, name: &str, value: &str) -> io::Result<()> {
    // Characters that XML 1.0 does not know, and those that act on terminals, are shown as stand-ins.
    let value = crate::text::visible(value.trim());
    if !value.is_empty() {
        xml.create_element(name).write_text_content(BytesText::new(&value))?;
    }
    Ok(())
}

fn alert(
    xml: &mut Xml,
    incident: &Incident,
    public: &PublicStatus,
    ask: &Ask,
    status: &str,
    lang: &Lang,
) -> io::Result<()> {
    let genesis = incident.genesis();
    let tz: Tz = genesis.zone.parse().unwrap_or(Tz::UTC);
    let (first, last) = (&public.origin, public.stages.last());
    let sent = last.map_or(first.at, |(origin, ..)| origin.at);
    let sender = sender(&genesis.inc);
    let identifier = |entry: &str| format!("{}.{}.{}", genesis.mode.file_word(), genesis.inc, dotted(entry));
    let entry = last.map_or(&first.entry, |(origin, ..)| &origin.entry);
    let kind = match public.stage {
        PublicStage::Withdrawn => "Cancel",
        PublicStage::Draft | PublicStage::Published => "Alert",
    };
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.create_element("alert").with_attribute(("xmlns", NAMESPACE)).write_inner_content(|xml| {
        leaf(xml, "identifier", &identifier(&entry.0))?;
        leaf(xml, "sender", &sender)?;
        leaf(xml, "sent", &time(sent, tz))?;
        leaf(xml, "status", status)?;
        leaf(xml, "msgType", kind)?;
        if status == "Actual" {
            leaf(xml, "scope", "Public")?;
        } else {
            leaf(xml, "scope", "Restricted")?;
            leaf(xml, "restriction", &lang.t("cap-restriction"))?;
        }
        leaf(xml, "note", &note(incident, public, ask, status, lang))?;
        if kind == "Cancel" {
            let reference = format!("{sender},{},{}", identifier(&first.entry.0), time(first.at, tz));
            leaf(xml, "references", &reference)?;
        }
        leaf(xml, "incidents", &dotted(&genesis.inc))?;
        xml.create_element("info").write_inner_content(|xml| info(xml, incident, public, tz, lang))?;
        Ok(())
    })?;
    Ok(())
}

fn info(xml: &mut Xml, incident: &Incident, public: &PublicStatus, tz: Tz, lang: &Lang) -> io::Result<()> {
    let message = &public.message;
    let mode = lang.t(incident.genesis().mode.id());
    let language = if message.lang.is_empty() { lang.id().to_string() } else { message.lang.clone() };
    leaf(xml, "language", &language)?;
    leaf(xml, "category", "Infra")?;
    leaf(xml, "event", &lang.t("cap-event"))?;
    leaf(xml, "responseType", "Execute")?;
    leaf(xml, "urgency", "Immediate")?;
    leaf(xml, "severity", "Severe")?;
    leaf(xml, "certainty", "Observed")?;
    if let Some(expires) = message.expires {
        leaf(xml, "expires", &time(expires.to_utc(), tz))?;
    }
    leaf(xml, "senderName", &format!("{} · {mode}", public.origin.who))?;
    let marked = |text: &str| {
        let real = incident.genesis().mode == Mode::Real;
        if real || text.is_empty() { text.to_owned() } else { format!("{mode} · {text}") }
    };
    leaf(xml, "headline", &marked(&message.headline))?;
    leaf(xml, "description", &marked(&message.description))?;
    leaf(xml, "instruction", &marked(&message.instruction))?;
    let area = if message.area.is_empty() { lang.t("cap-area-unknown") } else { message.area.clone() };
    xml.create_element("area").write_inner_content(|xml| leaf(xml, "areaDesc", &area))?;
    Ok(())
}

fn note(incident: &Incident, public: &PublicStatus, ask: &Ask, status: &str, lang: &Lang) -> String {
    let genesis = incident.genesis();
    let mode = lang.t(genesis.mode.id());
    let mut parts = vec![lang.ta("cap-note", &[("mode", Arg::Str(&mode)), ("inc", Arg::Str(&genesis.inc))])];
    let names: Vec<&str> = public.approvals().iter().map(|mark| mark.origin.who.as_str()).collect();
    if names.is_empty() {
        parts.push(lang.t("cap-no-approval"));
    } else {
        parts.push(lang.ta("cap-approved", &[("who", Arg::Str(&names.join(", ")))]));
    }
    if status == "Actual"
        && names.len() < APPROVALS
        && let Some(reason) = &ask.break_glass
    {
        parts.push(lang.ta("cap-glass", &[("reason", Arg::Str(reason.trim()))]));
    }
    parts.join(" ")
}

/// CAP's times have whole seconds and an offset in figures, never `Z`.
fn time(at: DateTime<Utc>, tz: Tz) -> String {
    let local: DateTime<FixedOffset> = tz.from_utc_datetime(&at.naive_utc()).fixed_offset();
    local.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Identifiers hold no spaces, commas, `<` or `&`.
fn dotted(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '.' }).collect()
}

fn sender(inc: &str) -> String {
    format!("vigie.{}.invalid", dotted(inc))
}
