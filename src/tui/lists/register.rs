//! The register of substitute numbers.

use chrono_tz::Tz;

use crate::incident::SubstituteStatus;
use crate::lang::{Arg, Lang};
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

/// The register: numbers in use first, then those that could be.
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
    numbers.chain(std::iter::once(add)).collect()
}
