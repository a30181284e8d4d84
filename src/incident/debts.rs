//! What is owed: everything that was done without something it should have had. The console never stops people;
//! this list is what it keeps instead, and nothing drops out of it but by an entry that pays.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::Incident;
use super::clocks::ClockSpec;
use super::crisis::{HandoverStatus, Publication, SubstituteStatus};
use super::event::EntryId;
use super::status::{DeadlineSource, Origin};
use crate::lang::{Arg, Lang};
use crate::network::Text;
use crate::playbook::same_person;

/// A question without a time of its own is decided within this time \[s\].
pub(super) const DECIDE_S: i64 = 1_800;

/// Accesses from which a substitute number is tested before it is published: word, and how a test may call it.
const ACCESSES: [(&str, &[&str]); 3] = [
    ("copper", &["copper", "cuivre", "pstn", "rtc", "landline", "fixe"]),
    ("box", &["box", "voip", "fibre", "fiber", "ip"]),
    ("mobile", &["mobile", "gsm", "volte"]),
];

/// Kind of a debt. The order is that of urgency between debts of the same instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DebtKind {
    /// A legal or internal clock is past its deadline.
    Clock,
    /// A question is past its time and nobody has decided.
    Question,
    /// A substitute number that must not be used is still published.
    SubstituteRefuted,
    /// A substitute number is published and not on the register.
    SubstituteUnregistered,
    /// A substitute number is published and its last test from an access failed, or there was none.
    SubstituteUntested,
    /// The incident was closed and a substitute number is still published.
    SubstituteInUse,
    /// A message to the public went out with fewer than two approvals.
    PublicUnapproved,
    /// A handover that the incoming person has not accepted.
    Handover,
    /// A handover was accepted and the mode was not read back.
    HandoverMode,
    /// A role was taken over from somebody who had not handed it over.
    Seized,
    /// A step for several signatures lacks one, or somebody refused his.
    StepSignature,
    /// A step was done and its precondition or warning had not been acknowledged.
    StepPrecondition,
    /// A step was done and the evidence it asks for is missing.
    StepEvidence,
    /// A step was done and nothing shows that it took effect.
    StepEffect,
    /// A step was skipped, put off or chosen without its reason.
    StepReason,
    /// A step is past its limit.
    StepLate,
    /// Something else about a step, in the words of the debt.
    Step,
    /// A message or request is past its time without an answer.
    Message,
    /// An action is past its time.
    Action,
    /// A decision without a reason.
    Rationale,
    /// A decision is past its review.
    Review,
    /// A point de situation that no second person has approved.
    Sitrep,
    /// A slot of the rhythm was missed.
    Slot,
    /// A contact has not been tested for too long.
    Contact,
}

impl DebtKind {
    /// All kinds.
    pub const ALL: [Self; 24] = [
        Self::Clock,
        Self::Question,
        Self::SubstituteRefuted,
        Self::SubstituteUnregistered,
        Self::SubstituteUntested,
        Self::SubstituteInUse,
        Self::PublicUnapproved,
        Self::Handover,
        Self::HandoverMode,
        Self::Seized,
        Self::StepSignature,
        Self::StepPrecondition,
        Self::StepEvidence,
        Self::StepEffect,
        Self::StepReason,
        Self::StepLate,
        Self::Step,
        Self::Message,
        Self::Action,
        Self::Rationale,
        Self::Review,
        Self::Sitrep,
        Self::Slot,
        Self::Contact,
    ];

    /// Its word in message ids (`debt-…`).
    pub const fn word(self) -> &'static str {
        match self {
            Self::Clock => "clock",
            Self::Question => "question",
            Self::SubstituteRefuted => "substitute-refuted",
            Self::SubstituteUnregistered => "substitute-unregistered",
            Self::SubstituteUntested => "substitute-untested",
            Self::SubstituteInUse => "substitute-in-use",
            Self::PublicUnapproved => "public-unapproved",
            Self::Handover => "handover",
            Self::HandoverMode => "handover-mode",
            Self::Seized => "seized",
            Self::StepSignature => "step-signature",
            Self::StepPrecondition => "step-precondition",
            Self::StepEvidence => "step-evidence",
            Self::StepEffect => "step-effect",
            Self::StepReason => "step-reason",
            Self::StepLate => "step-late",
            Self::Step => "step",
            Self::Message => "message",
            Self::Action => "action",
            Self::Rationale => "rationale",
            Self::Review => "review",
            Self::Sitrep => "sitrep",
            Self::Slot => "slot",
            Self::Contact => "contact",
        }
    }
}

/// Something that is owed.
#[derive(Debug, Clone, PartialEq)]
pub struct Debt {
    /// What kind.
    pub kind: DebtKind,
    /// What it is about, as typed (or as a playbook says it); may be empty.
    pub label: Text,
    /// Since when (incident time).
    pub since: DateTime<Utc>,
    /// Whose (a role word such as `liaison`, or a name as typed); empty when nobody's.
    pub owner: String,
    /// Where it comes from: entry, step, contact, number, slot, role.
    pub source: DeadlineSource,
    /// Can it still be paid? What cannot stays in the list.
    pub payable: bool,
    /// What is missing or from whom, as data: accesses without a test, `1/2` signatures, a name.
    pub missing: Vec<String>,
}

impl Debt {
    /// What is wrong, in a few words of the reader's language, without what it is about.
    pub fn words(&self, lang: &Lang) -> String {
        let word = |word: &String| {
            let id = format!("debt-access-{word}");
            if lang.has(&id) { lang.t(&id) } else { word.clone() }
        };
        let missing = self.missing.iter().map(word).collect::<Vec<_>>().join(", ");
        lang.ta(&format!("debt-{}", self.kind.word()), &[("missing", Arg::from(missing.as_str()))])
    }
}

impl Incident {
    /// Everything that is owed at `now`, the oldest first; `extra` are debts that other rooms know (steps of playbooks,
    /// stale contacts). Nothing is left out, however many there are.
    pub fn debts(&self, now: DateTime<Utc>, extra: &[Debt]) -> Vec<Debt> {
        let mut debts = self.cell_debts(now);
        debts.extend(
            self.missed_slots(now).into_iter().map(|slot| Debt {
                payable: false,
                ..owed(DebtKind::Slot, slot, "director", DeadlineSource::Slot(slot))
            }),
        );
        debts.extend(self.clock_debts(now));
        debts.extend(self.unanswered().filter(|message| message.awaits()).filter_map(|message| {
            let due = message.due();
            let source = entry(&message.origin);
            (due <= now)
                .then(|| Debt { label: both(&message.text), ..owed(DebtKind::Message, due, &message.to, source) })
        }));
        debts.extend(self.undone().filter_map(|action| {
            let due = action.due.filter(|due| *due <= now)?;
            let source = entry(&action.origin);
            Some(Debt { label: both(&action.text), ..owed(DebtKind::Action, due, &action.owner, source) })
        }));
        debts.extend(self.unexplained().map(|decision| Debt {
            label: both(&decision.text),
            ..owed(DebtKind::Rationale, decision.origin.at, &decision.origin.who, entry(&decision.origin))
        }));
        debts.extend_from_slice(extra);
        debts.sort_by(|a, b| (a.since, a.kind, &a.source).cmp(&(b.since, b.kind, &b.source)));
        debts
    }

    /// The debts of the cell's own work: few, whatever the length of the log.
    pub(super) fn cell_debts(&self, now: DateTime<Utc>) -> Vec<Debt> {
        let mut debts = Vec::new();
        for question in self.unsettled() {
            let due = question.due();
            if due <= now {
                let source = entry(&question.origin);
                debts.push(Debt { label: both(&question.text), ..owed(DebtKind::Question, due, "director", source) });
            }
        }
        for decision in self.reviewed() {
            let Some(due) = decision.review_at.filter(|due| *due <= now) else { continue };
            let source = entry(&decision.origin);
            let owner = &decision.origin.who;
            debts.push(Debt { label: both(&decision.text), ..owed(DebtKind::Review, due, owner, source) });
        }
        for sitrep in self.sitreps() {
            if sitrep.approved().is_none() && sitrep.replaced_by.is_none() {
                let label = both(&format!("{} · {}", sitrep.number, sitrep.text));
                let source = entry(&sitrep.origin);
                debts.push(Debt { label, ..owed(DebtKind::Sitrep, sitrep.origin.at, "director", source) });
            }
        }
        self.handover_debts(&mut debts);
        self.public_debts(&mut debts);
        for substitute in self.substitutes().values() {
            self.substitute_debts(substitute, &mut debts);
        }
        debts
    }

    fn handover_debts(&self, debts: &mut Vec<Debt>) {
        for (place, handover) in self.handovers().iter().enumerate() {
            let source = entry(&handover.origin);
            let label = both(if handover.text.is_empty() { &handover.to } else { &handover.text });
            match &handover.answer {
                Some(answer) if answer.accepted => {
                    if !answer.mode_read {
                        let owner = &answer.origin.who;
                        debts.push(Debt { label, ..owed(DebtKind::HandoverMode, answer.origin.at, owner, source) });
                    }
                }
                _ if self.handed_over_later(handover, place) => {}
                _ => {
                    debts.push(Debt { label, ..owed(DebtKind::Handover, handover.origin.at, &handover.to, source) });
                }
            }
        }
        for seizure in self.seizures().iter().filter(|seizure| seizure.mended.is_none()) {
            debts.push(Debt {
                missing: vec![seizure.from.clone()],
                label: both(&format!("{} ← {}", seizure.by, seizure.from)),
                ..owed(DebtKind::Seized, seizure.origin.at, &seizure.from, entry(&seizure.origin))
            });
        }
    }

    /// Were all its roles handed over by the same person in a later handover that was accepted?
    fn handed_over_later(&self, handover: &HandoverStatus, place: usize) -> bool {
        let later = self.handovers().iter().skip(place + 1);
        let accepted = later.filter(|other| other.accepted() && same_person(&other.origin.who, &handover.origin.who));
        let given: BTreeSet<_> = accepted.flat_map(|other| other.roles.iter().copied()).collect();
        !handover.roles.is_empty() && handover.roles.iter().all(|role| given.contains(role))
    }

    fn public_debts(&self, debts: &mut Vec<Debt>) {
        for public in self.publics() {
            let source = entry(&public.origin);
            for (published, headline) in &public.unapproved {
                debts.push(Debt {
                    label: both(headline),
                    payable: false,
                    ..owed(DebtKind::PublicUnapproved, published.at, "communication", source.clone())
                });
            }
            if let Some(published) = public.published.as_ref().filter(|_| !public.approved(self.genesis().mode)) {
                debts.push(Debt {
                    label: both(&public.message.headline),
                    missing: vec![format!("{}/2", public.approvals().len().min(2))],
                    ..owed(DebtKind::PublicUnapproved, published.at, "communication", source)
                });
            }
        }
    }

    fn substitute_debts(&self, substitute: &SubstituteStatus, debts: &mut Vec<Debt>) {
        let current = substitute.published.iter().filter(|publication| publication.withdrawn.is_none());
        let Some(first) = current.min_by_key(|publication| publication.origin.at) else { return };
        let Publication { origin, place, .. } = first;
        let source = DeadlineSource::Number(substitute.number.clone());
        let debt = |kind, since| Debt {
            label: both(&format!("{} · {place}", substitute.number)),
            ..owed(kind, since, &origin.who, source.clone())
        };
        if !substitute.registered {
            debts.push(debt(DebtKind::SubstituteUnregistered, origin.at));
        }
        let missing = substitute.untested();
        if !missing.is_empty() {
            let missing = missing.into_iter().map(str::to_owned).collect();
            debts.push(Debt { missing, ..debt(DebtKind::SubstituteUntested, origin.at) });
        }
        if let Some(refuted) = &substitute.refuted {
            debts.push(debt(DebtKind::SubstituteRefuted, refuted.at.max(origin.at)));
        }
        if let Some(closed) = &self.state.closed {
            debts.push(debt(DebtKind::SubstituteInUse, closed.at));
        }
    }

    fn clock_debts(&self, now: DateTime<Utc>) -> Vec<Debt> {
        let running = self.clocks().iter().filter(|clock| !self.state.stopped.contains_key(&clock.id));
        let owed_by = |clock: &ClockSpec| {
            let due = self.clock_due(clock, self.clocks())?;
            let source = DeadlineSource::Clock(clock.id.clone());
            (due <= now)
                .then(|| Debt { label: clock.label.clone(), ..owed(DebtKind::Clock, due, &clock.owner, source) })
        };
        running.filter_map(owed_by).collect()
    }
}

impl SubstituteStatus {
    /// Accesses (`copper`, `box`, `mobile`) from which no test reached the right centre, or the last one of some
    /// operator did not.
    pub fn untested(&self) -> Vec<&'static str> {
        let missing = |names: &[&str]| {
            let mut last: std::collections::BTreeMap<String, bool> = std::collections::BTreeMap::new();
            for (_, access, ok) in &self.tests {
                let words = access.to_lowercase();
                let first = words.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
                if first.is_some_and(|first| names.contains(&first)) {
                    last.insert(words.trim().to_owned(), *ok);
                }
            }
            last.is_empty() || last.values().any(|ok| !ok)
        };
        ACCESSES.iter().filter(|(_, names)| missing(names)).map(|(word, _)| *word).collect()
    }
}

fn owed(kind: DebtKind, since: DateTime<Utc>, owner: &str, source: DeadlineSource) -> Debt {
    Debt { kind, label: both(""), since, owner: owner.to_owned(), source, payable: true, missing: Vec::new() }
}

fn entry(origin: &Origin) -> DeadlineSource {
    DeadlineSource::Entry(EntryId::clone(&origin.entry))
}

/// Words from the log are the same in both languages.
pub(super) fn both(text: &str) -> Text {
    Text { fr: text.to_owned(), en: text.to_owned() }
}

impl super::crisis::QuestionStatus {
    /// When it is to be decided: its own time, or half an hour after it was asked.
    pub fn due(&self) -> DateTime<Utc> {
        self.decide_by.unwrap_or(self.origin.at + TimeDelta::seconds(DECIDE_S))
    }
}
