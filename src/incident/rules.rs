//! Rules of `decide` for the cell's own work: what refers to something names an existing thing of the right sort.
//!
//! What can be recorded is recorded, and becomes a debt where something is missing ([`super::debts`]): refused is only
//! what would make no sense in the log.

use chrono::TimeDelta;

use super::Incident;
use super::command::{Moment, Refusal};
use super::decide::MAX_TEXT;
use super::event::{Body, EntryId, Mode, StepRef};
use super::record::{DecisionRecord, PublicStage, Section, SubstituteChange};
use crate::text::{drill, json_line};

/// Longest body of an entry, as JSON, with its references \[bytes\]: the line is at most 65,536.
pub(super) const MAX_BODY: usize = 60_000;
/// Most parts of a point de situation or a handover.
const MAX_SECTIONS: usize = 64;
/// A rhythm lies between these \[min\].
const RHYTHM_MIN: std::ops::RangeInclusive<u32> = 5..=7 * 24 * 60;
/// Longest page number of the paper log \[bytes\].
pub(super) const MAX_PAGE: usize = 64;
impl Incident {
    /// Checks a body of the cell's own work, and numbers a point de situation.
    pub(super) fn check_cell(&self, body: Body, re: &[EntryId], m: &Moment) -> Result<Body, Refusal> {
        match &body {
            Body::Question { record, .. } | Body::Decision { record, .. } => self.check_record(record)?,
            Body::Outcome { .. } => all_are(re, |id| self.decision(id).is_some())?,
            Body::ClockStart { id, .. } if !self.clocks().iter().any(|clock| clock.id == *id) => {
                return Err(Refusal::NoSuchClock(id.clone()));
            }
            Body::Rhythm { every_min, .. } if *every_min != 0 && !RHYTHM_MIN.contains(every_min) => {
                return Err(Refusal::Rhythm(*every_min));
            }
            Body::Slot { slot, held, .. } => {
                let slot = slot.to_utc();
                let half = self.rhythm().map_or(TimeDelta::zero(), |r| TimeDelta::minutes(i64::from(r.every_min) / 2));
                let early = *held && slot - half > m.incident;
                if early || !self.is_slot(slot) {
                    return Err(Refusal::NoSuchSlot(slot.to_rfc3339()));
                }
            }
            Body::ContactCall { contact, .. } => {
                if contact.trim().is_empty() {
                    return Err(Refusal::Empty);
                }
                if !self.known_contacts.is_empty() && !self.known_contacts.contains(contact) {
                    return Err(Refusal::NoSuchContact(contact.clone()));
                }
            }
            Body::Substitute { number, change, .. } => self.check_substitute(number, change)?,
            Body::Sitrep { number, sections, .. } => {
                check_sections(sections)?;
                let next = self.next_sitrep();
                if *number != 0 && *number != next {
                    return Err(Refusal::SitrepNumber(next));
                }
            }
            Body::Approval { granted, text } => {
                all_are(re, |id| self.sitrep(id).is_some() || self.public(id).is_some())?;
                reason_for(*granted, text)?;
            }
            Body::Handover { roles, sections, .. } => {
                if roles.is_empty() {
                    return Err(Refusal::NoRole);
                }
                check_sections(sections)?;
            }
            Body::HandoverAnswer { accepted, text, .. } => {
                all_are(re, |id| self.handover(id).is_some())?;
                reason_for(*accepted, text)?;
            }
            Body::Public { stage, message, .. } => {
                let known = re.iter().any(|id| self.public(id).is_some());
                if !known && (message.is_none() || *stage == PublicStage::Withdrawn) {
                    return Err(Refusal::NoReference);
                }
                if message.as_ref().is_some_and(|message| message.headline.trim().is_empty()) {
                    return Err(Refusal::Empty);
                }
            }
            Body::PlaybookRun { id, .. } if !self.is_open(id) => return Err(Refusal::NoSuchPlaybook(id.clone())),
            Body::Playbook { called_by: Some(step), .. } => self.check_step(step)?,
            _ => {}
        }
        Ok(match body {
            Body::Sitrep { variant, text, sections, as_of, next_at, .. } => {
                Body::Sitrep { number: self.next_sitrep(), variant, text, sections, as_of, next_at }
            }
            body => body,
        })
    }

    /// The number of the next point de situation.
    pub fn next_sitrep(&self) -> u32 {
        self.sitreps().iter().map(|sitrep| sitrep.number).max().unwrap_or(0).saturating_add(1)
    }

    fn is_open(&self, playbook: &str) -> bool {
        self.state.playbooks.iter().any(|open| open.id == playbook)
    }

    /// The step stands in an open playbook, as far as its steps are known.
    pub(super) fn check_step(&self, step: &StepRef) -> Result<(), Refusal> {
        let known = self.known_steps.get(&step.playbook).is_none_or(|steps| steps.contains(&step.step));
        if self.is_open(&step.playbook) && known { Ok(()) } else { Err(Refusal::NoSuchStep(step.step.clone())) }
    }

    fn check_record(&self, record: &DecisionRecord) -> Result<(), Refusal> {
        if let Some(choice) = &record.choice {
            for step in [&choice.step, &choice.go] {
                self.check_step(&StepRef { playbook: choice.playbook.clone(), step: step.clone() })?;
            }
        }
        match &record.forecast {
            Some(forecast) if !self.has_entry(forecast) => Err(Refusal::NoSuchEntry(forecast.to_string())),
            _ => Ok(()),
        }
    }

    fn check_substitute(&self, number: &str, change: &SubstituteChange) -> Result<(), Refusal> {
        let empty = match change {
            SubstituteChange::Registered { centre, .. } => centre.trim().is_empty(),
            SubstituteChange::Tested { access, .. } => access.trim().is_empty(),
            SubstituteChange::Published { place } => place.trim().is_empty(),
            SubstituteChange::Withdrawn { .. } | SubstituteChange::Refuted => false,
        };
        if number.trim().is_empty() || empty {
            return Err(Refusal::Empty);
        }
        if let SubstituteChange::Withdrawn { place } = change {
            let there = |known: &super::SubstituteStatus| {
                known.published.iter().any(|p| p.withdrawn.is_none() && (place.is_empty() || p.place == *place))
            };
            if !self.substitutes().get(number).is_some_and(there) {
                return Err(Refusal::NotPublished(number.to_owned()));
            }
        }
        Ok(())
    }

    /// In an exercise nothing says that it is none: who overhears it believes it.
    pub(super) fn check_drill(&self, texts: &[&str]) -> Result<(), Refusal> {
        if self.genesis.mode != Mode::Exercise {
            return Ok(());
        }
        if texts.iter().any(|text| drill::refused(text).is_some()) { Err(Refusal::NotADrill) } else { Ok(()) }
    }
}

/// Everything in `re` is of the right sort, and there is something.
fn all_are(re: &[EntryId], right: impl Fn(&EntryId) -> bool) -> Result<(), Refusal> {
    if re.is_empty() {
        return Err(Refusal::NoReference);
    }
    re.iter().find(|id| !right(id)).map_or(Ok(()), |id| Err(Refusal::NoSuchEntry(id.to_string())))
}

/// Who says no says why.
fn reason_for(yes: bool, text: &str) -> Result<(), Refusal> {
    if yes || !text.trim().is_empty() { Ok(()) } else { Err(Refusal::NoReason) }
}

fn check_sections(sections: &[Section]) -> Result<(), Refusal> {
    if sections.len() > MAX_SECTIONS || sections.iter().any(|section| section.id.len() > MAX_PAGE) {
        return Err(Refusal::LineTooLong(sections.iter().map(|section| section.text.len()).sum()));
    }
    if sections.iter().any(|section| section.id.trim().is_empty()) {
        return Err(Refusal::Empty);
    }
    sections.iter().find(|s| s.text.len() > MAX_TEXT).map_or(Ok(()), |s| Err(Refusal::TooLong(s.text.len())))
}

/// The whole line has room in the log.
pub(super) fn check_length(body: &Body, re: &[EntryId]) -> Result<(), Refusal> {
    let bytes =
        json_line(body).map_or(usize::MAX, |line| line.len()) + re.iter().map(|id| id.0.len() + 3).sum::<usize>();
    if bytes > MAX_BODY { Err(Refusal::LineTooLong(bytes)) } else { Ok(()) }
}
