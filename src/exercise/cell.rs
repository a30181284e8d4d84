//! The cells of an exercise: which organisations play, by which names messages reach them, what they see.

use super::kit::{Inject, Kit};
use super::rule::{ROLES, role_word};
use crate::health::Perimeter;
use crate::network::{Said, Text};
use crate::text::document::{Table, choose};
use crate::text::drill::plain;

/// The id of the cell that sits at the desk and hosts the simulation.
pub const CONTROL: &str = "control";

/// What control answers to besides its id, without accents.
const CONTROL_NAMES: [&str; 7] =
    ["animation", "direction du jeu", "dirani", "facilitator", "facilitateur", "exercise control", "directing staff"];

/// Words that reach everyone, without accents.
const EVERYONE: [&str; 4] = ["tous", "toutes les cellules", "all", "all cells"];

/// A cell of an exercise, as planned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CellSpec {
    /// Id: `samu`.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// Other names by which messages reach it.
    pub names: Vec<String>,
    /// Does it see the operator's counters and call servers?
    pub operator: bool,
    /// Does it see what the centres count?
    pub psaps: bool,
    /// The part of the country that its board shows; `None`: that of the exercise.
    pub perimeter: Option<Perimeter>,
    /// Ids of the clocks that run for it; `None`: all.
    pub clocks: Option<Vec<String>>,
}

/// The names in an address.
pub fn addressees(to: &str) -> impl Iterator<Item = &str> {
    to.split([',', ';', '/', '+', '&']).map(str::trim).filter(|name| !name.is_empty())
}

impl CellSpec {
    /// A cell that no plan names: it sees what the scenario shows to any organisation.
    pub fn unplanned(id: &str) -> Self {
        let title = Text { fr: id.to_owned(), en: id.to_owned() };
        Self { id: id.to_owned(), title, operator: true, psaps: true, ..Self::default() }
    }

    /// The cell that sits at the desk.
    pub fn control() -> Self {
        let title = Text { fr: "Direction du jeu".to_owned(), en: "Exercise control".to_owned() };
        let names = CONTROL_NAMES.map(str::to_owned).into();
        Self { id: CONTROL.to_owned(), title, names, operator: true, psaps: true, ..Self::default() }
    }

    /// Its names, without accents.
    fn plain_names(&self) -> impl Iterator<Item = String> {
        let all = [&self.id, &self.title.fr, &self.title.en].into_iter().chain(&self.names);
        all.map(|name| plain(name)).filter(|name| !name.is_empty())
    }

    /// A name that it has in common with another.
    pub(super) fn shared_name(&self, other: &Self) -> Option<String> {
        self.plain_names().find(|name| other.plain_names().any(|theirs| theirs == *name))
    }

    /// Does this address reach it? An address may name several, and add words to a name (`SAMU 69`).
    pub fn answers_to(&self, to: &str) -> bool {
        let own: Vec<String> = self.plain_names().collect();
        addressees(to).map(plain).any(|one| {
            EVERYONE.contains(&one.as_str())
                || own
                    .iter()
                    .any(|name| one.strip_prefix(name.as_str()).is_some_and(|r| r.is_empty() || r.starts_with(' ')))
        })
    }
}

/// Reads a cell of a plan; what is wrong is noted in the document.
pub(super) fn read(mut table: Table<'_>) -> Option<CellSpec> {
    let id = table.string("id", super::kit::named("id = \"samu\""));
    if let Some(id) = &id {
        table.name(Said::new("doc-cell").with("id", &id.value));
        if id.value == CONTROL {
            table.problem(id.span.clone(), Said::new("doc-control"), Said::new("doc-mend-other-id"));
        } else if id.value.is_empty()
            || id.value.chars().any(|c| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '-')
        {
            table.problem(id.span.clone(), Said::new("doc-not-an-id").with("id", &id.value), Said::new("doc-mend-id"));
        }
    }
    let title = table.text("title");
    let names = table.strings("names").into_iter().map(|at| at.value).collect();
    let (mut operator, mut psaps) = (false, false);
    for seen in table.strings("sees") {
        match seen.value.as_str() {
            "operator" => operator = true,
            "psaps" => psaps = true,
            other => {
                table.problem(
                    seen.span,
                    Said::new("doc-no-sight").with("word", other),
                    choose(other, &["operator", "psaps"]),
                );
            }
        }
    }
    let perimeter = table.opt_string("perimeter").and_then(|at| {
        let found = Perimeter::parse(&at.value);
        if found.is_none() {
            let what = Said::new("doc-no-perimeter").with("word", &at.value);
            table.problem(at.span, what, Said::new("doc-mend-perimeter"));
        }
        found
    });
    let clocks = table.has("clocks").then(|| table.strings("clocks").into_iter().map(|at| at.value).collect());
    table.finish();
    Some(CellSpec { id: id?.value, title: title.unwrap_or_default(), names, operator, psaps, perimeter, clocks })
}

/// Roles as people name them, without accents, beside the words of the program.
const ROLE_NAMES: [&str; 14] = [
    "observateur",
    "historien",
    "exploitation",
    "operation",
    "transmission",
    "directeur",
    "directrice",
    "direction",
    "evaluateur",
    "evaluation",
    "chef de cellule",
    "communicant",
    "duty officer",
    "permanence",
];

/// Does an address begin with the name of a role?
fn is_role(to: &str) -> bool {
    let to = plain(to);
    let named = |role: &str| to.strip_prefix(role).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    ROLES.iter().any(|role| named(role_word(*role))) || ROLE_NAMES.iter().any(|role| named(role))
}

impl Kit {
    /// The first name in an address that is neither a cell of the plan nor control nor a role; without cells in the plan
    /// any name will do.
    pub(super) fn nobody<'a>(&self, to: &'a str) -> Option<&'a str> {
        let control = CellSpec::control();
        let known = |name: &str| {
            plain(name).is_empty()
                || is_role(name)
                || control.answers_to(name)
                || self.cells.iter().any(|cell| cell.answers_to(name))
        };
        if self.cells.is_empty() { None } else { addressees(to).find(|name| !known(name)) }
    }

    /// A cell by its id: control, one of the plan, or, where the plan names none, any.
    pub fn cell(&self, id: &str) -> Option<CellSpec> {
        if id == CONTROL {
            return Some(CellSpec::control());
        }
        if self.cells.is_empty() {
            return Some(CellSpec::unplanned(id));
        }
        self.cells.iter().find(|cell| cell.id == id).cloned()
    }

    /// Does the message of an inject reach this cell? It goes to its audience; else to the cell that it is addressed
    /// to; else, addressed to a role, to the first cell of the plan; without cells in the plan, to all.
    pub fn reaches(&self, inject: &Inject, cell: &CellSpec) -> bool {
        if self.cells.is_empty() {
            return inject.audience.is_empty() || inject.audience.iter().any(|name| cell.answers_to(name));
        }
        let named = |name: &str| self.cells.iter().any(|other| other.answers_to(name));
        if inject.audience.iter().any(|name| named(name)) {
            return inject.audience.iter().any(|name| cell.answers_to(name));
        }
        if named(&inject.to) {
            return cell.answers_to(&inject.to);
        }
        self.cells.first().is_some_and(|first| first.id == cell.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samu() -> CellSpec {
        let title = Text { fr: "SAMU".into(), en: "Medical dispatch".into() };
        CellSpec { id: "samu".into(), title, names: vec!["CRRA".into()], psaps: true, ..CellSpec::default() }
    }

    #[test]
    fn an_address_reaches_by_name_whatever_stands_behind_it() {
        for to in ["samu", "SAMU 69", "Médical, Samu", "crra 13", "medical dispatch", "tous"] {
            assert!(samu().answers_to(to), "{to}");
        }
        for to in ["", "samurai", "SDIS 69", "préfecture", "la samu"] {
            assert!(!samu().answers_to(to), "{to}");
        }
        assert!(CellSpec::control().answers_to("Animation"));
    }

    #[test]
    fn every_cell_of_the_kits_has_its_own_injects_in_the_first_hour() {
        for (id, text) in crate::exercise::shipped() {
            let kit = crate::exercise::parse(id, text).unwrap();
            for cell in &kit.cells {
                let reached = |inject: &&Inject| !inject.to.is_empty() && kit.reaches(inject, cell);
                let first = kit.injects.iter().filter(reached).filter(|inject| inject.at_s.is_some_and(|s| s <= 3_600));
                assert!(first.count() >= 2, "{id} {}", cell.id);
                // Who plays a cell is nobody that control speaks for to the others.
                for inject in kit.injects.iter().filter(reached) {
                    let played = kit.cells.iter().find(|other| other.id != cell.id && other.answers_to(&inject.from));
                    assert!(played.is_none(), "{id} {}: {} is played", inject.id, inject.from);
                }
            }
        }
    }

    #[test]
    fn every_message_of_the_kits_reaches_one_cell_that_plays() {
        for (id, text) in crate::exercise::shipped() {
            let kit = crate::exercise::parse(id, text).unwrap();
            for inject in kit.injects.iter().filter(|inject| !inject.to.is_empty() && !kit.cells.is_empty()) {
                let reached = kit.cells.iter().filter(|cell| kit.reaches(inject, cell)).count();
                assert!(reached >= 1, "{id} {}", inject.id);
            }
        }
    }
}
