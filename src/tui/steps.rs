//! What a step's card can ask for beyond a plain change of the step, and what the input line is then asked for.

use crate::incident::event::{RunChange, StepRef};
use crate::playbook::EvidenceKind;

/// Something asked of a playbook by a button of a card.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StepAct {
    /// Take a branch; its reason is asked: the choice is a decision.
    Choose {
        /// The step with the branches.
        at: StepRef,
        /// The step to go on at.
        go: String,
    },
    /// Add evidence; the board needs no words.
    Evidence {
        /// The step.
        at: StepRef,
        /// What kind.
        kind: EvidenceKind,
    },
    /// Abort, take up again or end a whole playbook; the reason is asked.
    Run {
        /// Playbook id.
        playbook: String,
        /// What.
        change: RunChange,
    },
    /// Open a playbook that a step calls.
    Call {
        /// The playbook that is called.
        playbook: String,
        /// The step that calls it.
        from: StepRef,
    },
    /// A contact was called; what was said is asked.
    Contact {
        /// Contact id.
        id: String,
        /// Was somebody reached?
        reached: bool,
    },
}

impl StepAct {
    /// Message id of the input line's label; `None`: it needs no words. `hint-…` is its hint.
    pub const fn input_id(&self) -> Option<&'static str> {
        Some(match self {
            Self::Choose { .. } => "input-step-choice",
            Self::Evidence { kind: EvidenceKind::Text, .. } => "input-step-text",
            Self::Evidence { kind: EvidenceKind::Number, .. } => "input-step-number",
            Self::Evidence { kind: EvidenceKind::File, .. } => "input-step-file",
            Self::Evidence { kind: EvidenceKind::Board, .. } | Self::Call { .. } => return None,
            Self::Run { .. } => "input-playbook-run",
            Self::Contact { .. } => "input-contact-call",
        })
    }
}

/// A figure with its unit, as typed: `12`, `82,5 %`, `3 lines`.
pub fn number(text: &str) -> Option<(f64, String)> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || "+-.,".contains(c))).unwrap_or(text.len());
    let (figure, unit) = text.split_at(end);
    let value: f64 = figure.replace(',', ".").parse().ok()?;
    value.is_finite().then(|| (value, unit.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_with_their_unit() {
        assert_eq!(number("12"), Some((12.0, String::new())));
        assert_eq!(number("82,5 %"), Some((82.5, "%".to_owned())));
        assert_eq!(number(" -3 lignes "), Some((-3.0, "lignes".to_owned())));
        assert_eq!(number("beaucoup"), None);
        assert_eq!(number(""), None);
    }
}
