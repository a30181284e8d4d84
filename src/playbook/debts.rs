//! What a step still owes: signatures, evidence, what was to be read before, an effect. A debt is shown, in the strip
//! of deadlines and in the point de situation; it locks no door.

use chrono::{DateTime, Utc};

use super::{SignOff, Step, StepChange, StepMark, same_person};

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owes {
    /// It was done, and its effect did not come within its limit.
    Effect,
    /// It was done, or begun, without saying that its precondition and warnings were read.
    Acknowledgement,
    /// Signatures of so many other people.
    Signature(usize),
    /// A signature by somebody in another role.
    OtherRole,
    /// The director's signature.
    Director,
    /// Evidence.
    Evidence,
    /// A reason: for skipping, refusing, putting off.
    Reason,
    /// The choice of a branch.
    Choice,
    /// It was put off, and is still to be done.
    Deferred,
}

impl Owes {
    /// Message id of its sentence.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Effect => "playbook-owes-effect",
            Self::Acknowledgement => "playbook-owes-acknowledgement",
            Self::Signature(_) => "playbook-owes-signature",
            Self::OtherRole => "playbook-owes-other-role",
            Self::Director => "playbook-owes-director",
            Self::Evidence => "playbook-owes-evidence",
            Self::Reason => "playbook-owes-reason",
            Self::Choice => "playbook-owes-choice",
            Self::Deferred => "playbook-owes-deferred",
        }
    }

    /// The sentence, in the reader's language.
    pub fn sentence(self, lang: &crate::lang::Lang) -> String {
        let n = if let Self::Signature(n) = self { n } else { 1 };
        lang.ta(self.id(), &[("n", n.into())])
    }
}

/// A debt of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// What.
    pub what: Owes,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Who signed, each person once with the roles he signed in: the one who did it counts; who refuses after having
/// signed has not signed.
pub(super) fn signers<'a>(marks: &[&'a StepMark]) -> Vec<(&'a str, Vec<super::Role>)> {
    let mut signers: Vec<(&str, Vec<super::Role>)> = Vec::new();
    for mark in marks {
        match mark.change {
            StepChange::Done | StepChange::Signed => {
                match signers.iter_mut().find(|(who, _)| same_person(who, &mark.who)) {
                    Some((_, roles)) if !roles.contains(&mark.role) => roles.push(mark.role),
                    Some(_) => {}
                    None => signers.push((&mark.who, vec![mark.role])),
                }
            }
            StepChange::Refused => signers.retain(|(who, _)| !same_person(who, &mark.who)),
            _ => {}
        }
    }
    signers
}

/// Refusals that stand: the person has not signed since.
pub(super) fn refusals<'a>(marks: &[&'a StepMark]) -> Vec<&'a StepMark> {
    let mut refusals: Vec<&StepMark> = Vec::new();
    for mark in marks {
        match mark.change {
            StepChange::Done | StepChange::Signed => refusals.retain(|known| !same_person(&known.who, &mark.who)),
            StepChange::Refused => {
                refusals.retain(|known| !same_person(&known.who, &mark.who));
                refusals.push(mark);
            }
            _ => {}
        }
    }
    refusals
}

/// The signatures that a step done still owes: how many at least, and what it lacks.
pub(super) fn missing_signature(step: &Step, marks: &[&StepMark]) -> Option<Owes> {
    let signers = signers(marks);
    match step.sign_off {
        SignOff::One => None,
        SignOff::Two if signers.len() < 2 => Some(Owes::Signature(2 - signers.len())),
        SignOff::Two => {
            // Two people can be named who signed in two different roles.
            let apart = signers.iter().enumerate().any(|(i, (_, one))| {
                signers.iter().skip(i + 1).any(|(_, other)| one.iter().any(|a| other.iter().any(|b| a != b)))
            });
            (!apart).then_some(Owes::OtherRole)
        }
        SignOff::Director => {
            let director = signers.iter().any(|(_, roles)| roles.contains(&super::Role::Director));
            (!director).then_some(Owes::Director)
        }
    }
}

/// Does the step ask that what stands before it was read?
pub(super) fn asks_acknowledgement(step: &Step) -> bool {
    step.precondition.is_some() || step.warning.is_some() || !step.checks.is_empty()
}

/// Was evidence of the kind that is asked given? Words written with the step count as words.
pub(super) fn has_evidence(step: &Step, marks: &[&StepMark]) -> bool {
    marks.iter().any(|mark| {
        let words = !mark.text.trim().is_empty()
            && matches!(mark.change, StepChange::Done | StepChange::Evidenced | StepChange::Ended);
        match step.evidence_as {
            None => words || !mark.evidence.is_empty(),
            Some(super::EvidenceKind::Text) => words || mark.evidence.contains(&super::EvidenceKind::Text),
            Some(kind) => mark.evidence.contains(&kind),
        }
    })
}
