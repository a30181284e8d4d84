//! Contacts, messages to the public, points de situation and handovers, debts.

use chrono::{DateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::contacts::{Contact, Freshness};
use crate::incident::DebtKind;
use crate::incident::record::PublicStage;
use crate::lang::{Arg, Lang};
use crate::session::Session;
use crate::tui::action::Act;
use crate::tui::cell::{CellAct, CellForm};
use crate::tui::model::Level;

use super::ListRow;

/// How far a contact can be trusted, in words, and how much that matters.
fn trust(session: &Session, lang: &Lang, contact: &Contact, now: DateTime<Utc>) -> (Level, String) {
    let calls = session.incident().contact_calls(&contact.id);
    // The file knows a day, a call of this incident the minute.
    let filed = contact.last_tested.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let on = |id: &str, at: DateTime<Utc>| {
        let when = if filed == Some(at) {
            lang.date_year(at, Tz::UTC)
        } else {
            format!("{} {}", lang.date_year(at, session.zone()), lang.hm(at, session.zone()))
        };
        lang.ta(id, &[("when", Arg::Str(&when))])
    };
    match contact.freshness(now, session.today(), calls) {
        Freshness::Fresh(at) => (Level::Good, on("cell-tested", at)),
        Freshness::Stale(at) => (Level::Warning, on("cell-stale", at)),
        Freshness::Unreached(at) => (Level::Bad, on("cell-unreached", at)),
        Freshness::Never => (Level::Bad, lang.t("cell-never-tested")),
    }
}

/// What is known of a contact, as sentences.
pub fn contact_words(session: &Session, lang: &Lang, id: &str) -> Vec<String> {
    let Some(contact) = session.contacts().get(id) else { return vec![id.to_owned()] };
    let now = session.now_incident();
    let mut words = vec![format!("{} · {}", lang.of(&contact.role), contact.organisation)];
    words.extend(contact.means.iter().cloned());
    words.push(trust(session, lang, contact, now).1);
    words.extend(contact.note.as_ref().map(|note| lang.of(note).to_owned()));
    words
}

/// The sentence above the directory: an invented example says that it is one.
pub fn contacts_about(session: &Session, lang: &Lang) -> String {
    lang.t(if session.contacts().is_example() { "cell-contacts-example" } else { "cell-contacts-about" })
}

/// The directory, those first that must not be relied on.
pub fn contacts(session: &Session, lang: &Lang, now: DateTime<Utc>) -> Vec<ListRow> {
    let mut rows: Vec<ListRow> = session
        .contacts()
        .contacts()
        .iter()
        .map(|contact| {
            let (level, words) = trust(session, lang, contact, now);
            let head = format!("{} · {}", lang.of(&contact.role), contact.organisation);
            let means = contact.means.join(" · ");
            ListRow::new(level, head, "", CellAct::Contact(contact.id.clone())).with(words).with(means)
        })
        .collect();
    rows.sort_by_key(|row| match row.level {
        Level::Bad => 0,
        Level::Warning => 1,
        _ => 2,
    });
    rows
}

/// Messages to the public, the latest first.
pub fn publics(session: &Session, lang: &Lang) -> Vec<ListRow> {
    let zone = session.zone();
    let messages = session.incident().publics().iter().rev().map(|public| {
        let approvals = public.approvals().len();
        let level = match (public.stage, approvals) {
            (PublicStage::Published, 0 | 1) => Level::Bad,
            (PublicStage::Published, _) => Level::Good,
            (PublicStage::Draft, _) => Level::Warning,
            (PublicStage::Withdrawn, _) => Level::Info,
        };
        let stage = lang.t(crate::tui::app::stage_id(public.stage));
        let act = CellAct::Entry(public.origin.entry.clone());
        let by = format!("{} {}", lang.hm(public.origin.at, zone), public.origin.who);
        let count = lang.ta("cell-approvals", &[("n", Arg::from(approvals))]);
        ListRow::new(level, public.message.headline.clone(), stage, act).with(format!("{by} · {count}"))
    });
    let add = ListRow::form(lang.t("cell-public-row"), CellForm::Public(None));
    messages.chain(std::iter::once(add)).collect()
}

/// Points de situation and handovers, the latest first.
pub fn documents(session: &Session, lang: &Lang) -> Vec<ListRow> {
    let (incident, zone) = (session.incident(), session.zone());
    let sitreps = incident.sitreps().iter().map(|sitrep| {
        let approved = sitrep.approved().is_some();
        let refused = sitrep.marks.iter().any(|mark| !mark.granted);
        let (level, end) = match (approved, refused) {
            (true, _) => (Level::Good, "crisis-granted"),
            (false, true) => (Level::Info, "crisis-not-granted"),
            (false, false) => (Level::Bad, "cell-not-approved"),
        };
        let n = sitrep.number.to_string();
        let head = lang.ta("cell-sitrep-title", &[("n", Arg::Str(&n))]);
        let by = format!("{} {}", lang.hm(sitrep.as_of, zone), sitrep.origin.who);
        let row = ListRow::new(level, head, lang.t(end), CellAct::Entry(sitrep.origin.entry.clone()));
        (sitrep.origin.at, row.with(format!("{by} · {}", sitrep.text)))
    });
    let handovers = incident.handovers().iter().map(|handover| {
        let (level, end) =
            if handover.accepted() { (Level::Good, "crisis-accepted") } else { (Level::Bad, "cell-not-accepted") };
        let head = lang.ta("cell-handover-title", &[("to", Arg::Str(&handover.to))]);
        let by = format!("{} {}", lang.hm(handover.origin.at, zone), handover.origin.who);
        let row = ListRow::new(level, head, lang.t(end), CellAct::Entry(handover.origin.entry.clone()));
        (handover.origin.at, row.with(by))
    });
    let mut all: Vec<_> = sitreps.chain(handovers).collect();
    all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut rows: Vec<ListRow> = all.into_iter().map(|(_, row)| row).collect();
    rows.push(ListRow::new(Level::Info, lang.t("cell-sitrep-row"), "", CellAct::Sitrep));
    rows.push(ListRow::form(lang.t("cell-handover-row"), CellForm::Handover));
    rows
}

/// Everything owed, the oldest first. Enter opens what pays it; what cannot be paid any more stays to be read.
pub fn debts(session: &Session, lang: &Lang, now: DateTime<Utc>) -> Vec<ListRow> {
    let age = |since: DateTime<Utc>| lang.ta("cell-since", &[("time", Arg::Str(&lang.span(now - since)))]);
    let owed = session.debts(now).into_iter().map(|debt| {
        // What it is about comes first: a narrow screen cuts the end. What is missing stands below, whole.
        let (words, label) = (debt.words(lang), lang.of(&debt.label));
        let (head, missing) = if label.is_empty() { (words, String::new()) } else { (label.to_owned(), words) };
        let role = format!("role-short-{}", debt.owner);
        let owner = if !debt.owner.is_empty() && lang.has(&role) { lang.t(&role) } else { debt.owner.clone() };
        let level = if debt.payable { Level::Bad } else { Level::Warning };
        let unpayable = match (debt.payable, debt.kind) {
            (true, _) => String::new(),
            (false, DebtKind::Slot) => lang.t("cell-slot-unpayable"),
            (false, _) => lang.t("cell-unpayable"),
        };
        let act = Act::Cell(CellAct::Pay(debt.source));
        let below: Vec<String> = [missing, owner].into_iter().filter(|part| !part.is_empty()).collect();
        let row = ListRow { level, head, end: age(debt.since), details: Vec::new(), act: Some(act) };
        row.with(below.join(" · ")).with(unpayable)
    });
    owed.collect()
}
