//! A small language for proofs and triggers in playbooks: `ner(15) > 0.97 for 5m`.
//!
//! Does not belong here: reading playbooks, deciding what a proof means for a step.

/// A condition on the board, as written in a playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    text: String,
}

/// Why a metric cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {message}")]
pub struct MetricError {
    /// Column of the first character that does not fit, from 1.
    pub column: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Metric {
    /// Reads a condition.
    ///
    /// # Errors
    /// [`MetricError`] with the column and a mend.
    pub fn parse(text: &str) -> Result<Self, MetricError> {
        if text.trim().is_empty() {
            return Err(MetricError {
                column: 1,
                message: "the metric is empty; write for example `ner(15) > 0.97 for 5m`".to_owned(),
            });
        }
        Ok(Self { text: text.trim().to_owned() })
    }

    /// The condition as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }
}
