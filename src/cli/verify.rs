//! `vigie verify [INCIDENT]`.

use super::launch::find;
use super::out::Out;
use super::{Context, Exit, Failure};
use crate::store;

/// Check that a log is whole and unaltered.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Folder, a file in it, id or part of an id [default: the newest]
    incident: Option<String>,
}

impl Verify {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let path = find(context, self.incident.as_deref())?;
        let report = store::verify(&path)?;
        let mut out = Out::new();
        for line in report.lines(&context.lang) {
            out.line(&line)?;
        }
        out.flush()?;
        Ok(if report.ok() { Exit::Ok } else { Exit::Verification })
    }
}
