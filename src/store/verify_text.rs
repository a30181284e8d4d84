//! What verification found, in words.

use super::verify::{Note, Place, Problem, Suspect, VerifyReport};
use crate::lang::{Arg, Lang};

impl VerifyReport {
    /// The report for people, one line each: what was checked, what is wrong, what is worth knowing, and what a check of
    /// this kind cannot prove. Texts from files are passed through the output wall.
    pub fn lines(&self, lang: &Lang) -> Vec<String> {
        let mut out = Vec::new();
        let path = self.path.display().to_string();
        let inc = self.inc.clone().unwrap_or_else(|| "?".to_owned());
        let mode = self.mode.map_or_else(|| "?".to_owned(), |mode| lang.t(mode.id()));
        let args = [("mode", Arg::Str(&mode)), ("inc", Arg::Str(&inc)), ("path", Arg::Str(&path))];
        out.push(lang.ta("verify-incident", &args));
        for chain in &self.chains {
            let head: String = chain.head.chars().take(16).collect();
            let entries = lang.number(chain.entries);
            let bytes = lang.number(chain.bytes);
            let args = [
                ("chain", (&chain.chain).into()),
                ("entries", (&entries).into()),
                ("bytes", (&bytes).into()),
                ("head", (&head).into()),
            ];
            out.push(lang.ta(if chain.problems.is_empty() { "verify-chain-ok" } else { "verify-chain-bad" }, &args));
        }
        for problem in self.all_problems() {
            out.push(problem.words(lang));
        }
        for note in &self.notes {
            out.push(note.words(lang));
        }
        if self.ok() {
            let checkpoints = lang.number(self.checkpoints as u64);
            let entries = lang.number(self.entries());
            out.push(lang.ta("verify-ok", &[("entries", (&entries).into()), ("checkpoints", (&checkpoints).into())]));
            out.push(lang.t("verify-limits"));
        } else {
            out.push(lang.t("verify-bad"));
        }
        out.into_iter().map(|line| crate::text::visible(&line).into_owned()).collect()
    }
}

fn place(lang: &Lang, at: &Place) -> String {
    let line = at.line.to_string();
    let seq = at.seq.to_string();
    lang.ta("verify-place", &[("file", (&at.file).into()), ("line", (&line).into()), ("seq", (&seq).into())])
}

fn suspect(lang: &Lang, suspect: &Suspect) -> String {
    match suspect {
        Suspect::Line(at) => place(lang, at),
        Suspect::Genesis => "incident.json".to_owned(),
        Suspect::Checkpoint(name) => format!("checkpoints/{name}"),
    }
}

impl Problem {
    /// One sentence.
    pub fn words(&self, lang: &Lang) -> String {
        match self {
            Self::GenesisUnreadable { line, why } => {
                let line = line.to_string();
                lang.ta("verify-genesis-unreadable", &[("line", (&line).into()), ("why", why.into())])
            }
            Self::Unreadable { at, why } => {
                lang.ta("verify-unreadable", &[("place", (&place(lang, at)).into()), ("why", why.into())])
            }
            Self::Foreign { at, field, found } => lang.ta(
                "verify-foreign",
                &[("place", (&place(lang, at)).into()), ("field", Arg::Str(field)), ("found", found.into())],
            ),
            Self::Missing { at, found } => lang.ta(
                "verify-missing",
                &[
                    ("place", (&place(lang, at)).into()),
                    ("found", (&found.to_string()).into()),
                    ("expected", (&at.seq.to_string()).into()),
                ],
            ),
            Self::Repeated { at, found } => lang.ta(
                "verify-repeated",
                &[
                    ("place", (&place(lang, at)).into()),
                    ("found", (&found.to_string()).into()),
                    ("expected", (&at.seq.to_string()).into()),
                ],
            ),
            Self::Changed { at } => lang.ta("verify-changed", &[("place", (&place(lang, at)).into())]),
            Self::GenesisChanged { at } => lang.ta("verify-genesis-changed", &[("place", (&place(lang, at)).into())]),
            Self::Pair { first, second } => lang.ta(
                "verify-pair",
                &[("first", (&suspect(lang, first)).into()), ("second", (&suspect(lang, second)).into())],
            ),
            Self::CutTail { checkpoint, file, entries, found } => lang.ta(
                "verify-cut-tail",
                &[
                    ("checkpoint", checkpoint.into()),
                    ("file", file.into()),
                    ("entries", (&entries.to_string()).into()),
                    ("found", (&found.to_string()).into()),
                ],
            ),
            Self::Rewritten { checkpoint, at } => {
                lang.ta("verify-rewritten", &[("checkpoint", checkpoint.into()), ("place", (&place(lang, at)).into())])
            }
            Self::CheckpointUnreadable { checkpoint, why } => {
                lang.ta("verify-checkpoint-unreadable", &[("checkpoint", checkpoint.into()), ("why", why.into())])
            }
            Self::KeptChanged { file } => lang.ta("verify-kept-changed", &[("file", file.into())]),
        }
    }
}

impl Note {
    /// One sentence.
    pub fn words(&self, lang: &Lang) -> String {
        match self {
            Self::TornTail { file, bytes } => {
                lang.ta("verify-note-torn", &[("file", file.into()), ("bytes", (&bytes.to_string()).into())])
            }
            Self::Superseded { file, lines } => {
                lang.ta("verify-note-superseded", &[("file", file.into()), ("lines", (&lines.to_string()).into())])
            }
            Self::Side { file, bytes } => {
                lang.ta("verify-note-side", &[("file", file.into()), ("bytes", (&bytes.to_string()).into())])
            }
            Self::OpenEnd { chain, lines } => {
                lang.ta("verify-note-open-end", &[("chain", chain.into()), ("lines", (&lines.to_string()).into())])
            }
        }
    }
}
