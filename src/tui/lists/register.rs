//! The register of substitute numbers.

use chrono_tz::Tz;

use crate::incident::SubstituteStatus;
use crate::incident::event::Mode;
use crate::lang::{Arg, Lang};
use crate::network::{LeverKind, Network, Substitute, SubstitutePath};
use crate::session::Session;
use crate::tui::cell::{CellAct, CellForm};
use crate::tui::model::Level;

use super::ListRow;

/// What the register knows of a number: label, value, stress.
pub fn substitute_facts(status: &SubstituteStatus, lang: &Lang, zone: Tz) -> Vec<(String, String, Level)> {
    let by = |origin: &crate::incident::Origin| format!("{} {}", lang.hm(origin.at, zone), origin.who);
    let mut lines = Vec::new();
    if let Some(origin) = &status.refuted {
        lines.push((lang.t("cell-state"), format!("{} ({})", lang.t("crisis-refuted"), by(origin)), Level::Bad));
    }
    if status.registered {
        lines.push((lang.t("cell-centre"), status.centre.clone(), Level::Info));
        lines.push((lang.t("cell-path"), status.path.clone(), Level::Info));
        let lines_ = status.lines.map_or_else(|| lang.t("cell-lines-unknown"), |n| n.to_string());
        lines.push((lang.t("cell-lines"), lines_, Level::Info));
    } else {
        lines.push((lang.t("cell-state"), lang.t("cell-unregistered"), Level::Bad));
    }
    if status.tests.is_empty() {
        lines.push((lang.t("cell-tests"), lang.t("cell-untested"), Level::Bad));
    }
    for (origin, access, ok) in &status.tests {
        let id = if *ok { "crisis-tested-ok" } else { "crisis-tested-ko" };
        let level = if *ok { Level::Good } else { Level::Bad };
        lines.push((lang.t("cell-tests"), format!("{access} : {} ({})", lang.t(id), by(origin)), level));
    }
    for publication in &status.published {
        let mut value = format!("{} ({})", publication.place, by(&publication.origin));
        if let Some(origin) = &publication.withdrawn {
            let since = by(origin);
            value = format!("{value} · {}", lang.ta("cell-withdrawn-at", &[("by", Arg::Str(&since))]));
        }
        lines.push((lang.t("cell-place"), value, Level::Info));
    }
    lines
}

/// The register: numbers in use first, then those that could be; below, those that could still be put on it.
pub fn rows(session: &Session, lang: &Lang) -> Vec<ListRow> {
    let mut all: Vec<&SubstituteStatus> = session.incident().substitutes().values().collect();
    all.sort_by_key(|status| (status.refuted.is_some(), !status.in_use(), status.origin.at));
    let zone = session.zone();
    let numbers = all.into_iter().map(|status| {
        let works = status.works_from();
        let places: Vec<String> = status
            .published
            .iter()
            .filter(|publication| publication.withdrawn.is_none())
            .map(|publication| format!("{} {}", publication.place, lang.hm(publication.origin.at, zone)))
            .collect();
        let (level, state) = if status.refuted.is_some() {
            (if status.in_use() { Level::Bad } else { Level::Info }, lang.t("crisis-refuted"))
        } else if status.in_use() && (works.is_empty() || !status.registered) {
            (Level::Bad, lang.t("cell-in-use-untested"))
        } else if status.in_use() {
            (Level::Good, lang.t("cell-in-use"))
        } else if works.is_empty() {
            (Level::Warning, lang.t("cell-untested"))
        } else {
            (Level::Info, lang.t("cell-ready"))
        };
        let head = if status.centre.is_empty() {
            status.number.clone()
        } else {
            format!("{} · {}", status.number, status.centre)
        };
        let lines = status.lines.map_or_else(|| lang.t("cell-lines-unknown"), |n| n.to_string());
        let path = if status.registered {
            let args = [("path", Arg::Str(&status.path)), ("lines", Arg::Str(&lines))];
            lang.ta("cell-path-lines", &args)
        } else {
            lang.t("cell-unregistered")
        };
        let tested = if works.is_empty() {
            lang.t("cell-untested")
        } else {
            lang.ta("cell-works-from", &[("from", Arg::Str(&works.join(", ")))])
        };
        let row = ListRow::new(level, head, state, CellAct::Substitute(status.number.clone()));
        let row = row.with(format!("{path} · {tested}"));
        row.with(if places.is_empty() {
            String::new()
        } else {
            lang.ta("cell-published-at", &[("where", Arg::Str(&places.join(", ")))])
        })
    });
    let add = ListRow::form(lang.t("cell-register-row"), CellForm::Register(String::new()));
    numbers.chain(std::iter::once(add)).chain(known(session, lang)).collect()
}

/// The numbers that the network has and nobody put on the register yet, those of the worst centres first.
fn known(session: &Session, lang: &Lang) -> Vec<ListRow> {
    if session.mode() == Mode::Real {
        // The network that stands behind a real incident is synthetic, and so are its numbers.
        return Vec::new();
    }
    let (network, register) = (session.network(), session.incident().substitutes());
    let states = session.board().psaps();
    let mut known: Vec<_> = network.substitutes.iter().filter(|one| !register.contains_key(&one.number)).collect();
    known.sort_by_key(|one| std::cmp::Reverse(states.get(one.psap.index()).map(|row| row.state)));
    let published = |at: usize| {
        let orders = session.incident().levers().iter().rev();
        orders.map(|status| &status.order.lever).find_map(|lever| match lever {
            LeverKind::Publish { substitutes } => substitutes.iter().any(|id| id.index() == at).then_some(true),
            LeverKind::Retire { substitutes } => substitutes.iter().any(|id| id.index() == at).then_some(false),
            _ => None,
        })
    };
    let row = |one: &Substitute| {
        let at = network.substitutes.iter().position(|other| std::ptr::eq(other, one)).unwrap_or(usize::MAX);
        let (level, state) = match published(at) {
            Some(true) => (Level::Bad, lang.t("cell-ordered-unregistered")),
            _ => (Level::Info, lang.t("cell-not-registered")),
        };
        let facts = facts_of(network, one, lang);
        let head = format!("{} · {}", one.number, facts.centre);
        let row = ListRow::new(level, head, state, CellAct::Form(CellForm::Register(one.number.clone())));
        row.with(lang.ta("cell-path-lines", &[("path", Arg::Str(&facts.path)), ("lines", Arg::Str(&facts.lines))]))
    };
    known.into_iter().map(row).collect()
}

/// What the network says of a substitute number, in words.
pub struct Facts {
    /// The centre it reaches.
    pub centre: String,
    /// Through what.
    pub path: String,
    /// Simultaneous calls.
    pub lines: String,
}

/// What the network says of this number; `None`: it has no such number.
pub fn network_facts(network: &Network, number: &str, lang: &Lang) -> Option<Facts> {
    let one = network.substitutes.iter().find(|one| one.number == number)?;
    Some(facts_of(network, one, lang))
}

fn facts_of(network: &Network, one: &Substitute, lang: &Lang) -> Facts {
    Facts {
        centre: network.psaps.get(one.psap.index()).map_or_else(String::new, |psap| psap.name.clone()),
        path: lang.t(path_id(one.path)),
        lines: one.lines.to_string(),
    }
}

/// Message id of a path.
pub const fn path_id(path: SubstitutePath) -> &'static str {
    match path {
        SubstitutePath::SameExchange => "path-same-exchange",
        SubstitutePath::Mobile => "access-mobile",
        SubstitutePath::Ip => "detail-connection-ip",
    }
}
