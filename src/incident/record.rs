//! What the crisis cell keeps beside plain lines: the record of a decision, evidence, points de situation, handovers,
//! substitute numbers, public messages.
//!
//! Plain data of the log's lines (`docs/log-format.md`). Does not belong here: rules, folds.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

use super::event::{EntryId, FrameRef};

/// What a decision was taken on (JESIP joint decision log, ISO 22361). Every part may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct DecisionRecord {
    /// What was known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub known: String,
    /// What was not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unknown: String,
    /// Options considered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Who was consulted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub consulted: String,
    /// Who disagreed, and why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dissent: String,
    /// When it is to be looked at again (incident time).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_at: Option<DateTime<FixedOffset>>,
    /// It was decided not to act.
    #[serde(skip_serializing_if = "is_false")]
    pub not_to_act: bool,
    /// The branch of a playbook that was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<Choice>,
    /// The forecast that was on the table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<EntryId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

impl DecisionRecord {
    /// Nothing was written into it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// All the words that people typed into it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.known, &self.unknown, &self.consulted, &self.dissent]
            .into_iter()
            .chain(&self.options)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }
}

/// A branch of a playbook that was chosen at a decision point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Playbook id.
    pub playbook: String,
    /// The step with the branches.
    pub step: String,
    /// The step to go on at.
    pub go: String,
}

/// Something that shows that a step was done, or how things stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Evidence {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A figure with its unit.
    Number {
        /// The figure.
        value: f64,
        /// Its unit, as typed.
        #[serde(default)]
        unit: String,
    },
    /// The board as it was on the screen.
    Board {
        /// The health frame.
        frame: FrameRef,
    },
    /// A file, known by its hash; the file itself is kept elsewhere.
    File {
        /// Its name.
        name: String,
        /// SHA-256 of its bytes, hexadecimal.
        sha256: String,
        /// Its length \[bytes\].
        bytes: u64,
    },
}

impl Evidence {
    /// What kind of evidence it is.
    pub fn kind(&self) -> crate::playbook::EvidenceKind {
        use crate::playbook::EvidenceKind;
        match self {
            Self::Text { .. } => EvidenceKind::Text,
            Self::Number { .. } => EvidenceKind::Number,
            Self::Board { .. } => EvidenceKind::Board,
            Self::File { .. } => EvidenceKind::File,
        }
    }

    /// The words in it: the text, the unit, the name of the file.
    pub fn text(&self) -> &str {
        match self {
            Self::Text { text } => text,
            Self::Number { unit, .. } => unit,
            Self::Board { .. } => "",
            Self::File { name, .. } => name,
        }
    }
}

/// A headed part of a longer document in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Id (`facts`, `impacts`, `actions`…): screens and exports show its heading in the reader's language.
    pub id: String,
    /// Text, several lines; at most [`super::MAX_TEXT`] bytes.
    pub text: String,
}

/// Shape of a situation report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum SitrepVariant {
    /// Point de situation, all sections.
    #[default]
    Full,
    /// Conditions, actions, needs.
    Can,
}

/// What happens to a substitute number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum SubstituteChange {
    /// It is put on the register.
    Registered {
        /// The centre that answers.
        centre: String,
        /// The way it takes (`fixed`, `ip`, `mobile`, words).
        path: String,
        /// Lines that can be taken at once; `None` = not known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        lines: Option<u32>,
    },
    /// It was called as a test.
    Tested {
        /// From which access (`copper`, `box`, `mobile`…) and operator.
        access: String,
        /// Did the right centre answer?
        ok: bool,
    },
    /// It was published.
    Published {
        /// Where.
        place: String,
    },
    /// It was withdrawn from where it had been published.
    Withdrawn {
        /// From where.
        place: String,
    },
    /// Someone else circulates it, or it is wrong: it must not be used.
    Refuted,
}

impl SubstituteChange {
    /// All the words that people typed into it.
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::Registered { centre, path, .. } => vec![centre, path],
            Self::Tested { access, .. } => vec![access],
            Self::Published { place } | Self::Withdrawn { place } => vec![place],
            Self::Refuted => Vec::new(),
        }
    }
}

/// Where a message to the public stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum PublicStage {
    /// Drafted; needs approval.
    #[default]
    Draft,
    /// Given to those who publish it; vigie itself transmits nothing.
    Published,
    /// Withdrawn or out of date.
    Withdrawn,
}

/// A message to the public, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct PublicMessage {
    /// One line.
    pub headline: String,
    /// What happens.
    #[serde(default)]
    pub description: String,
    /// What people should do.
    #[serde(default)]
    pub instruction: String,
    /// Where it holds, in words.
    #[serde(default)]
    pub area: String,
    /// Language (`fr`, `en`).
    #[serde(default)]
    pub lang: String,
    /// When it stops to hold (incident time).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires: Option<DateTime<FixedOffset>>,
}
