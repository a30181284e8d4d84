//! The playbooks at hand: the shipped ones and the user's own, which override by id.

use std::sync::{Arc, OnceLock};

use super::{Playbook, PlaybookErrors, Trigger, parse};
use crate::network::FAULT_WORDS;

/// The shipped files: name and text.
pub const FILES: &[(&str, &str)] = &[
    ("call-server-failure.toml", include_str!("../../playbooks/call-server-failure.toml")),
    ("failover-to-backup.toml", include_str!("../../playbooks/failover-to-backup.toml")),
    ("overload-storm.toml", include_str!("../../playbooks/overload-storm.toml")),
    ("silent-fault.toml", include_str!("../../playbooks/silent-fault.toml")),
    ("tdos-flood.toml", include_str!("../../playbooks/tdos-flood.toml")),
    ("ransomware-dispatch.toml", include_str!("../../playbooks/ransomware-dispatch.toml")),
    ("inform-authorities-and-public.toml", include_str!("../../playbooks/inform-authorities-and-public.toml")),
    ("substitute-numbers.toml", include_str!("../../playbooks/substitute-numbers.toml")),
    ("public-message.toml", include_str!("../../playbooks/public-message.toml")),
    ("call-back-lost-callers.toml", include_str!("../../playbooks/call-back-lost-callers.toml")),
    ("end-of-crisis.toml", include_str!("../../playbooks/end-of-crisis.toml")),
];

/// The shipped playbooks.
pub fn shipped() -> &'static [Arc<Playbook>] {
    static SHIPPED: OnceLock<Vec<Arc<Playbook>>> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        // A test refuses a shipped file that does not parse.
        FILES.iter().filter_map(|(name, text)| parse(name, text).ok()).map(Arc::new).collect()
    })
}

/// The playbooks at hand.
#[derive(Debug, Clone, Default)]
pub struct Library {
    playbooks: Vec<Arc<Playbook>>,
    own: Vec<String>,
    /// Ids of playbooks that run as they were when the incident was opened, while a newer file is at hand.
    renewed: Vec<String>,
    errors: Vec<PlaybookErrors>,
}

/// A playbook that the board suggests.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Suggestion<'a> {
    /// The playbook.
    pub playbook: &'a Playbook,
    /// The first of its triggers that holds.
    pub trigger: &'a Trigger,
}

impl Library {
    /// The shipped playbooks and the user's own files (name, text), which override by id. A file that
    /// does not parse is kept among the [`Library::errors`]; the shipped playbook of that id stays.
    pub fn new(own: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut library = Self { playbooks: shipped().to_vec(), ..Self::default() };
        for (name, text) in own {
            match parse(&name, &text) {
                Ok(playbook) => library.put(playbook),
                Err(errors) => library.errors.push(errors),
            }
        }
        library
    }

    fn put(&mut self, playbook: Playbook) {
        self.own.push(playbook.id.clone());
        let playbook = Arc::new(playbook);
        match self.playbooks.iter_mut().find(|other| other.id == playbook.id) {
            Some(other) => *other = playbook,
            None => self.playbooks.push(playbook),
        }
    }

    /// Takes the playbooks as they were when an incident was opened: name, text and SHA-256 of its kept files. They
    /// replace what has changed since, so that a running checklist never changes under its readers' hands.
    pub fn pin(&mut self, kept: impl IntoIterator<Item = (String, String, String)>) {
        for (name, text, sha256) in kept {
            // A kept file that was altered, or that a later vigie no longer reads, leaves the present one, with its banner.
            let Some(playbook) = parse(&name, &text).ok().filter(|playbook| playbook.sha256 == sha256) else {
                continue;
            };
            let now = self.playbooks.iter_mut().find(|other| other.id == playbook.id);
            match now {
                Some(now) if now.sha256 == playbook.sha256 => {}
                Some(now) => {
                    self.renewed.push(playbook.id.clone());
                    *now = Arc::new(playbook);
                }
                None => self.playbooks.push(Arc::new(playbook)),
            }
        }
    }

    /// Is there a newer file than the one that runs?
    pub fn is_renewed(&self, id: &str) -> bool {
        self.renewed.iter().any(|renewed| renewed == id)
    }

    /// All playbooks: the shipped ones first, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Playbook>> {
        self.playbooks.iter()
    }

    /// A playbook by id.
    pub fn get(&self, id: &str) -> Option<&Arc<Playbook>> {
        self.playbooks.iter().find(|playbook| playbook.id == id)
    }

    /// The playbooks with those that their steps call, for the lint.
    pub fn calls(&self) -> Vec<(String, Vec<String>)> {
        let called = |playbook: &Playbook| playbook.steps().filter_map(|(_, step)| step.calls.clone()).collect();
        self.playbooks.iter().map(|playbook| (playbook.id.clone(), called(playbook))).collect()
    }

    /// Which playbooks answer which fault of the vocabulary, in the order of the vocabulary. `clear` ends faults and
    /// needs no answer.
    pub fn coverage(&self) -> Vec<(&'static str, Vec<&str>)> {
        let faults = FAULT_WORDS.iter().copied().filter(|fault| *fault != "clear");
        let answer = |fault: &str| {
            let all = self.playbooks.iter().filter(|playbook| playbook.covers.iter().any(|covered| covered == fault));
            all.map(|playbook| playbook.id.as_str()).collect()
        };
        faults.map(|fault| (fault, answer(fault))).collect()
    }

    /// Is this one of the user's own files?
    pub fn is_own(&self, id: &str) -> bool {
        self.own.iter().any(|own| own == id)
    }

    /// The mistakes of the user's own files that could not be read.
    pub fn errors(&self) -> &[PlaybookErrors] {
        &self.errors
    }

    /// The playbooks one of whose triggers holds, in order. They are suggested, never started.
    pub fn suggestions(&self, metric: &dyn Fn(&str) -> Option<bool>) -> Vec<Suggestion<'_>> {
        let held = |playbook: &'_ Arc<Playbook>| {
            playbook.triggers.iter().position(|trigger| metric(&trigger.metric) == Some(true))
        };
        let found = self.playbooks.iter().filter_map(|playbook| Some((playbook, held(playbook)?)));
        found.filter_map(|(playbook, i)| Some(Suggestion { playbook, trigger: playbook.triggers.get(i)? })).collect()
    }
}
