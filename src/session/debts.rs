//! What the open playbooks set as limits, and what their steps owe, beside the debts that the log itself knows.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Session;
use crate::incident::{Deadline, DeadlineSource, Debt, DebtKind, StepLimit};
use crate::playbook::{Owes, SignOff, StepView};

impl Session {
    /// Everything that is due or was, the most urgent first, with the limits of open playbooks and what they owe.
    pub fn deadlines(&self, now: DateTime<Utc>) -> Vec<Deadline> {
        let (mut limits, mut debts) = (Vec::new(), Vec::new());
        self.each_step(now, &mut |id, view| {
            debts.extend(self.debts_of(id, view));
            // What is off the way is due no more.
            let Some(due) = view.due.filter(|_| view.aside.is_none()) else { return };
            limits.push(StepLimit {
                playbook: id.to_owned(),
                step: view.step.id.clone(),
                label: view.step.text.clone(),
                due,
                owner: crate::config::role_name(view.step.role).to_owned(),
                done: view.state.settled(),
            });
        });
        self.incident.deadlines_with(now, &limits, &debts)
    }

    /// Everything that is owed, the oldest first: by the cell's own entries, by the steps of open
    /// playbooks, and stale contacts that these name.
    pub fn debts(&self, now: DateTime<Utc>) -> Vec<Debt> {
        let mut debts = Vec::new();
        let mut wanted = BTreeSet::new();
        self.each_step(now, &mut |id, view| {
            debts.extend(self.debts_of(id, view));
            wanted.extend(view.step.contacts.iter().cloned());
        });
        // Contacts that a running playbook wants to call; the invented directory owes nothing.
        if !self.contacts.is_example() {
            debts.extend(self.contacts.debts(&self.incident, now, self.today(), Some(&wanted)));
        }
        self.incident.debts(now, &debts)
    }

    fn each_step(&self, now: DateTime<Utc>, look: &mut dyn FnMut(&str, &StepView<'_>)) {
        let mut seen = Vec::new();
        for open in self.incident.open_playbooks() {
            // Opened twice in two versions, it is one list of steps.
            if seen.contains(&&open.id) {
                continue;
            }
            seen.push(&open.id);
            let Some(playbook) = self.library.get(&open.id) else { continue };
            for view in self.progress_of(playbook, now) {
                look(&open.id, &view);
            }
        }
    }

    fn debts_of(&self, playbook: &str, view: &StepView<'_>) -> Vec<Debt> {
        let debt = |owed: &crate::playbook::Owed| {
            let signed = || format!("{}/2", view.signers.len().min(2));
            let (kind, missing) = match owed.what {
                Owes::Effect => (DebtKind::StepEffect, Vec::new()),
                Owes::Acknowledgement => (DebtKind::StepPrecondition, Vec::new()),
                Owes::Signature(_) if view.step.sign_off == SignOff::Two => (DebtKind::StepSignature, vec![signed()]),
                Owes::Signature(_) | Owes::Director | Owes::OtherRole => {
                    (DebtKind::StepSignature, vec![owed.what.sentence(&self.lang)])
                }
                Owes::Evidence => (DebtKind::StepEvidence, Vec::new()),
                Owes::Reason => (DebtKind::StepReason, Vec::new()),
                Owes::Choice | Owes::Deferred => (DebtKind::Step, vec![owed.what.sentence(&self.lang)]),
            };
            Debt {
                kind,
                label: view.step.text.clone(),
                since: owed.since,
                owner: crate::config::role_name(view.step.role).to_owned(),
                source: DeadlineSource::Step { playbook: playbook.to_owned(), step: view.step.id.clone() },
                payable: true,
                missing,
            }
        };
        view.owed.iter().map(debt).collect()
    }
}
