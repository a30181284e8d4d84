//! The chronogramme as a spreadsheet holds it: import and export as CSV, with the columns planners use.
//!
//! Import takes `,`, `;` and tabs, a byte order mark, French or English headings in any order. What cannot be taken
//! is said line by line; nothing is guessed and nothing is dropped in silence.

mod cells;
mod import;

pub use import::{Imported, import};

use super::kit::{Inject, Since};
use super::rule::Rule;
use crate::network::Text;
use crate::text::duration::print_duration;
pub(super) use cells::decode;

/// Columns of the export, in their order; `docs/exercise.md` says what stands in them.
const COLUMNS: [&str; 23] = [
    "id",
    "time",
    "from",
    "to",
    "method",
    "inject",
    "expected",
    "objective",
    "controller",
    "status",
    "audience",
    "answer",
    "fault",
    "on",
    "contingency",
    "when",
    "unless",
    "since",
    "inject_fr",
    "inject_en",
    "expected_fr",
    "expected_en",
    "mode",
];

/// What a column may be called, without accents and punctuation; `docs/exercise.md` lists them.
const NAMES: [(&str, &[&str]); 22] = [
    ("id", &["id", "no", "n", "num", "numero", "ref", "reference", "inject id", "number", "n stimulus"]),
    (
        "time",
        &[
            "time",
            "heure",
            "scenario time",
            "heure scenario",
            "temps",
            "h",
            "heure d injection",
            "horaire",
            "t",
            "timing",
        ],
    ),
    ("from", &["from", "de", "emetteur", "source", "sender", "expediteur", "origine"]),
    ("to", &["to", "a", "vers", "destinataire", "recipient", "destinataires", "cible"]),
    ("method", &["method", "moyen", "canal", "channel", "support", "mode d envoi", "vecteur", "means", "delivery"]),
    ("inject", &["text", "texte", "message", "stimulus texte", "contenu", "description", "inject text", "libelle"]),
    (
        "expected",
        &[
            "expected",
            "reaction attendue",
            "attendu",
            "action attendue",
            "expected action",
            "expected player action",
            "reactions attendues",
            "actions attendues",
            "expected response",
        ],
    ),
    ("objective", &["objective", "objectif", "objectifs", "objectives", "capability", "capacite"]),
    ("controller", &["controller", "animateur", "responsable", "responsible controller", "owner", "controleur"]),
    (
        "status",
        &["status", "etat", "statut", "fait", "real time", "heure reelle", "remarques", "notes", "commentaires"],
    ),
    ("audience", &["audience", "cellule", "cellules", "joueurs", "cells"]),
    ("answer", &["answer", "reponse sous", "answer within", "delai de reponse"]),
    ("fault", &["fault", "panne"]),
    ("on", &["on", "element", "elements", "sur"]),
    ("contingency", &["contingency", "reserve", "de reserve"]),
    ("when", &["when", "si", "if"]),
    ("unless", &["unless", "sauf", "sauf si"]),
    ("since", &["since", "depuis"]),
    ("inject_fr", &["inject fr", "texte fr"]),
    ("inject_en", &["inject en", "texte en"]),
    ("expected_fr", &["expected fr", "attendu fr"]),
    ("expected_en", &["expected en", "attendu en"]),
];

/// Headings that some planners write above the id and others above the text: whichever of the two no other column is.
const EITHER: [&str; 5] = ["inject", "stimulus", "stimuli", "event", "evenement"];

/// A cell that a spreadsheet would run as a formula; the apostrophe that guards it is taken off again.
fn runs(cell: &str) -> bool {
    cell.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r'])
}

fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest,
        _ => cell,
    }
}

/// Writes a chronogramme as CSV, `mode` (the mode's word) at the beginning and at the end. `states` says how an inject
/// stands (empty in a plan). No cell is a formula.
pub fn export(
    injects: &[Inject],
    french: bool,
    separator: u8,
    mode: &str,
    states: &dyn Fn(&Inject) -> String,
) -> Result<String, csv::Error> {
    let of = |text: &Text| if french { text.fr.clone() } else { text.en.clone() };
    let mut writer = csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(Vec::new());
    let marking = format!("{mode} {mode} {mode}");
    writer.write_record([&marking])?;
    writer.write_record(COLUMNS)?;
    for inject in injects {
        let rule = |rule: Option<&Rule>| rule.map_or(String::new(), |rule| rule.text().to_owned());
        let contingency = inject.contingency.as_ref();
        let (fault, on) =
            inject.act.as_ref().map_or((String::new(), String::new()), |act| (act.fault.clone(), act.on.join("; ")));
        let when = match (inject.at_s, contingency) {
            (Some(at_s), _) => format!("T+{}:{:02}:{:02}", at_s / 3_600, at_s / 60 % 60, at_s % 60),
            (None, Some(contingency)) if contingency.after_s > 0 => print_duration(contingency.after_s),
            _ => String::new(),
        };
        let row = [
            inject.id.clone(),
            when,
            inject.from.clone(),
            inject.to.clone(),
            inject.channel.clone(),
            of(&inject.text),
            of(&inject.expected),
            inject.objectives.join("; "),
            inject.controller.clone(),
            states(inject),
            inject.audience.join("; "),
            inject.answer_s.map_or(String::new(), print_duration),
            fault,
            on,
            if contingency.is_some() { "yes".to_owned() } else { String::new() },
            rule(contingency.and_then(|one| one.when.as_ref())),
            rule(contingency.and_then(|one| one.unless.as_ref())),
            contingency.filter(|one| one.since != Since::Start).map_or(String::new(), |one| one.since.words()),
            inject.text.fr.clone(),
            inject.text.en.clone(),
            inject.expected.fr.clone(),
            inject.expected.en.clone(),
            mode.to_owned(),
        ];
        writer.write_record(row.iter().map(|cell| guard(cell)))?;
    }
    writer.write_record([&marking])?;
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn guard(cell: &str) -> String {
    let cell: String = cell.chars().filter(|c| *c == '\n' || !crate::text::is_dangerous(*c)).collect();
    if runs(&cell) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accepted_headings_are_documented() {
        let docs = include_str!("../../docs/exercise.md");
        for (column, names) in NAMES {
            let row = format!("| `{column}` | {} |", names.join(", "));
            assert!(docs.contains(&row), "docs/exercise.md lacks\n{row}");
        }
        assert!(docs.contains(&EITHER.join(", ")), "{EITHER:?}");
    }
}
