//! `vigie verify [INCIDENT]`.

use super::launch::find;
use super::out::Out;
use super::{Context, Exit, Failure};
use crate::incident::SitrepStatus;
use crate::lang::Arg;
use crate::report::words as four_words;
use crate::store::{self, Access, Folder, LogView, VerifyReport};

/// Check that a log is whole and unaltered.
#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Folder, a file in it, id or part of an id [default: the newest]
    incident: Option<String>,
    /// The four words of the log's head and of every approved point de situation; with words (--words="a b c d"):
    /// are they among them?
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "", value_name = "WORDS")]
    words: Option<String>,
}

impl Verify {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let path = find(context, self.incident.as_deref())?;
        let report = store::verify(&path)?;
        let mut out = Out::new();
        if let Some(typed) = &self.words {
            let found = words(context, &report, &path, typed, &mut out)?;
            out.flush()?;
            return Ok(if report.ok() && found { Exit::Ok } else { Exit::Verification });
        }
        for line in report.lines(&context.lang) {
            out.line(&line)?;
        }
        out.flush()?;
        Ok(if report.ok() { Exit::Ok } else { Exit::Verification })
    }
}

/// Prints the four words of every head that somebody may have written down; with words typed, says whether they are
/// among them.
fn words(
    context: &Context,
    report: &VerifyReport,
    path: &std::path::Path,
    typed: &str,
    out: &mut Out,
) -> Result<bool, Failure> {
    let lang = &context.lang;
    if !report.ok() {
        // Words of a log that does not hold together would vouch for it.
        for line in report.lines(lang) {
            out.line(&line)?;
        }
        return Ok(false);
    }
    let folder = Folder::open(path, Access::Read, &context.config.state.value)?;
    let (_, incident) = LogView::open(&folder)?;
    let tz = incident.genesis().zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let mode = lang.t(incident.genesis().mode.id());
    out.line(&format!("{mode} · {}", incident.genesis().inc))?;
    let mut heads: Vec<(String, String)> = Vec::new();
    let approved = |sitrep: &SitrepStatus| sitrep.approved().map(|mark| (mark.head.clone(), mark.origin.at));
    for sitrep in incident.sitreps() {
        let Some((head, at)) = approved(sitrep) else { continue };
        let at = format!("{} {}", lang.date_year(at, tz), lang.time(at, tz));
        let args = [("number", Arg::Num(f64::from(sitrep.number))), ("at", Arg::Str(&at))];
        heads.push((lang.ta("verify-words-sitrep", &args), head));
    }
    for chain in &report.chains {
        let args = [("chain", (&chain.chain).into()), ("entries", Arg::from(chain.entries as usize))];
        heads.push((lang.ta("verify-words-head", &args), chain.head.clone()));
    }
    if typed.is_empty() {
        for (what, head) in &heads {
            let words = four_words::four(head, lang.id());
            out.line(&lang.ta("verify-words", &[("what", what.into()), ("words", (&words).into())]))?;
        }
        out.line(&lang.t("verify-words-limits"))?;
        return Ok(true);
    }
    let found = heads.iter().find(|(_, head)| four_words::are(head, typed));
    match found {
        Some((what, _)) => out.line(&lang.ta("verify-words-found", &[("what", what.into())]))?,
        None => out.line(&lang.t("verify-words-not-found"))?,
    }
    Ok(found.is_some())
}
