//! The word of each kind, and the words that people read in a line of it.

use super::{Body, LeverOrder};
use crate::incident::record::Evidence;
use crate::playbook::StepChange;

impl Body {
    /// A decision without a record.
    pub fn decision(text: impl Into<String>, rationale: impl Into<String>, levers: Vec<LeverOrder>) -> Self {
        Self::Decision { text: text.into(), rationale: rationale.into(), levers, record: Box::default() }
    }

    /// A change of a step, without evidence.
    pub fn step(
        playbook: impl Into<String>,
        step: impl Into<String>,
        change: StepChange,
        text: impl Into<String>,
    ) -> Self {
        let (playbook, step, text) = (playbook.into(), step.into(), text.into());
        Self::Step { playbook, step, change, text, go: None, evidence: Vec::new() }
    }

    /// The word in the line's `kind` field.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Information(_) => "information",
            Self::Fact(_) => "fact",
            Self::Message { .. } => "message",
            Self::Receipt { .. } => "receipt",
            Self::Decision { .. } => "decision",
            Self::Action { .. } => "action",
            Self::Request { .. } => "request",
            Self::Correction { .. } => "correction",
            Self::Note { .. } => "note",
            Self::Observation { .. } => "observation",
            Self::Awareness { .. } => "awareness",
            Self::ClockStop { .. } => "clock_stop",
            Self::Question { .. } => "question",
            Self::Outcome { .. } => "outcome",
            Self::ClockStart { .. } => "clock_start",
            Self::Rhythm { .. } => "rhythm",
            Self::Slot { .. } => "slot",
            Self::ContactCall { .. } => "contact_call",
            Self::Substitute { .. } => "substitute",
            Self::Sitrep { .. } => "sitrep",
            Self::Approval { .. } => "approval",
            Self::Handover { .. } => "handover",
            Self::HandoverAnswer { .. } => "handover_answer",
            Self::Public { .. } => "public",
            Self::PlaybookRun { .. } => "playbook_run",
            Self::Forecast { .. } => "forecast",
            Self::Desk { .. } => "desk",
            Self::RoleTaken { .. } => "role_taken",
            Self::Playbook { .. } => "playbook",
            Self::Step { .. } => "step",
            Self::Lever { .. } => "lever",
            Self::Inject { .. } => "inject",
            Self::Clock { .. } => "clock",
            Self::Crossing { .. } => "crossing",
            Self::Acknowledge { .. } => "acknowledge",
            Self::Notice { .. } => "notice",
            Self::Close { .. } => "close",
            Self::Reopen { .. } => "reopen",
        }
    }

    /// All words beyond [`Body::text`] that people typed into the lines of the cell's own work.
    pub fn cell_texts(&self) -> Vec<&str> {
        match self {
            Self::Question { record, .. } => record.texts().collect(),
            Self::Step { evidence, .. } => evidence.iter().map(Evidence::text).collect(),
            Self::ContactCall { contact, .. } => vec![contact],
            Self::Substitute { number, change, .. } => {
                let mut all = vec![number.as_str()];
                all.extend(change.texts());
                all
            }
            Self::Sitrep { sections, .. } => sections.iter().map(|section| section.text.as_str()).collect(),
            Self::Handover { to, sections, .. } => {
                let mut all = vec![to.as_str()];
                all.extend(sections.iter().map(|section| section.text.as_str()));
                all
            }
            Self::Public { message: Some(message), .. } => {
                vec![&message.headline, &message.description, &message.instruction, &message.area]
            }
            Self::Forecast { outlook, .. } => outlook.texts().collect(),
            _ => Vec::new(),
        }
    }

    /// The words people read.
    pub fn text(&self) -> &str {
        match self {
            Self::Information(s) | Self::Fact(s) => &s.text,
            Self::Message { text, .. }
            | Self::Receipt { text, .. }
            | Self::Decision { text, .. }
            | Self::Action { text, .. }
            | Self::Request { text, .. }
            | Self::Correction { text, .. }
            | Self::Note { text }
            | Self::Question { text, .. }
            | Self::Outcome { text, .. }
            | Self::ClockStart { text, .. }
            | Self::Rhythm { text, .. }
            | Self::Slot { text, .. }
            | Self::ContactCall { text, .. }
            | Self::Substitute { text, .. }
            | Self::Sitrep { text, .. }
            | Self::Approval { text, .. }
            | Self::Handover { text, .. }
            | Self::HandoverAnswer { text, .. }
            | Self::PlaybookRun { text, .. }
            | Self::Forecast { text, .. }
            | Self::Desk { text, .. }
            | Self::Observation { text, .. }
            | Self::Awareness { text }
            | Self::RoleTaken { text, .. }
            | Self::Playbook { text, .. }
            | Self::Step { text, .. }
            | Self::Lever { text, .. }
            | Self::Inject { text, .. }
            | Self::Clock { text, .. }
            | Self::Crossing { text, .. }
            | Self::Acknowledge { text, .. }
            | Self::Notice { text, .. }
            | Self::Close { text }
            | Self::Reopen { text } => text,
            Self::ClockStop { reason, .. } => reason,
            Self::Public { message, text, .. } => match message {
                Some(message) if text.is_empty() => &message.headline,
                _ => text,
            },
        }
    }
}
