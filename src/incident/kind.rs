//! Kinds of entries as one byte, and sets of them: what the log is filtered by.

use super::event::Body;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// Kind of an entry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$doc])* $name,)+
        }

        impl Kind {
            /// All kinds, in the order of [`Body`].
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in the line's `kind` field.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// From the bytes of the word.
            pub fn from_bytes(word: &[u8]) -> Option<Self> {
                $(if word == $word.as_bytes() { return Some(Self::$name); })+
                None
            }
        }
    };
}

kinds! {
    /// Information in.
    Information = "information",
    /// A fact.
    Fact = "fact",
    /// A message.
    Message = "message",
    /// A receipt.
    Receipt = "receipt",
    /// A decision.
    Decision = "decision",
    /// An action.
    Action = "action",
    /// A request.
    Request = "request",
    /// A correction.
    Correction = "correction",
    /// A note.
    Note = "note",
    /// An observation by hand.
    Observation = "observation",
    /// Awareness.
    Awareness = "awareness",
    /// A clock stopped.
    ClockStop = "clock_stop",
    /// A role taken.
    RoleTaken = "role_taken",
    /// A playbook opened.
    Playbook = "playbook",
    /// A step.
    Step = "step",
    /// A lever.
    Lever = "lever",
    /// An inject.
    Inject = "inject",
    /// The exercise clock.
    Clock = "clock",
    /// A threshold crossed.
    Crossing = "crossing",
    /// An alarm acknowledged.
    Acknowledge = "acknowledge",
    /// A notice of the machine.
    Notice = "notice",
    /// The close.
    Close = "close",
    /// Reopened.
    Reopen = "reopen",
    /// A pending decision.
    Question = "question",
    /// What a decision led to.
    Outcome = "outcome",
    /// A clock started by hand.
    ClockStart = "clock_start",
    /// The battle rhythm.
    Rhythm = "rhythm",
    /// A slot of the rhythm held or missed.
    Slot = "slot",
    /// A contact called.
    ContactCall = "contact_call",
    /// A substitute number.
    Substitute = "substitute",
    /// A point de situation.
    Sitrep = "sitrep",
    /// An approval or a refusal.
    Approval = "approval",
    /// A handover.
    Handover = "handover",
    /// The answer to a handover.
    HandoverAnswer = "handover_answer",
    /// A message to the public.
    Public = "public",
    /// A whole playbook aborted, resumed, ended.
    PlaybookRun = "playbook_run",
    /// A forecast as it was shown.
    Forecast = "forecast",
    /// The desk of an exercise.
    Desk = "desk",
}

impl Kind {
    /// The kind of a body.
    pub fn of(body: &Body) -> Self {
        // The words are the same by a test.
        Self::from_bytes(body.kind().as_bytes()).unwrap_or(Self::Notice)
    }

    /// From its number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Written by the machine, not by people.
    pub fn is_machine(self) -> bool {
        matches!(self, Self::Clock | Self::Crossing | Self::Notice)
    }
}

/// A set of kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct KindSet(u64);

impl KindSet {
    /// No kind.
    pub const EMPTY: Self = Self(0);

    /// With one more kind.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1_u64 << kind as u8)
    }

    /// Without this kind.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Self {
        Self(self.0 & !(1_u64 << kind as u8))
    }

    /// Every kind.
    pub fn all() -> Self {
        Kind::ALL.iter().copied().collect()
    }

    /// Is this kind in it?
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & (1_u64 << kind as u8) != 0
    }

    /// Is it empty?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Kind> for KindSet {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::EMPTY, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_come_back() {
        for (n, kind) in Kind::ALL.iter().enumerate() {
            assert_eq!(Kind::from_bytes(kind.word().as_bytes()), Some(*kind));
            assert_eq!(Kind::from_number(n as u8), Some(*kind));
            assert!(KindSet::EMPTY.with(*kind).has(*kind));
            assert!(!KindSet::all().without(*kind).has(*kind));
        }
        assert_eq!(Kind::from_bytes(b"informations"), None);
    }
}
