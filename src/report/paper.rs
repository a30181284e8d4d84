//! The paper kit: what a cell works with in the night when the machine is down. Blank log sheets with page numbers,
//! playbooks as checklists, contacts, the card of the first ten minutes.
//!
//! What was written on paper is entered afterwards with its page number (`docs/paper.md`).
//!
//! Does not belong here: reading files.

use super::document::{Block, Check, Document, Marking, Table};
use super::wording::role_id;
use crate::incident::clocks::ClockSpec;
use crate::lang::{Arg, Lang};
use crate::playbook::{Playbook, SignOff, Step, Style};
use crate::text::duration::print_duration;

/// Lines on a sheet of the log: what fits on A4.
const LINES: usize = 19;
/// The card takes steps that are due within this time \[s\].
const CARD_S: u32 = 600;
/// Empty rows for contacts that nobody listed.
const EMPTY_CONTACTS: usize = 16;

/// A contact as it stands on paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactRow {
    /// What for.
    pub role: String,
    /// Organisation and name.
    pub organisation: String,
    /// Number, address, radio.
    pub means: String,
    /// When it was last tested; empty: never.
    pub tested: String,
}

fn blank(title: String, lang: &Lang) -> Document {
    let mut document = Document::new(title, Marking::Blank, lang);
    document.foot = lang.t("paper-foot");
    document
}

fn empty_rows(count: usize, columns: usize) -> Vec<Vec<String>> {
    vec![vec![String::new(); columns]; count]
}

/// Blank sheets of the log, numbered from `first`.
pub fn log_sheets(first: u32, count: u32, lang: &Lang) -> Document {
    let mut document = blank(lang.t("paper-log"), lang);
    document.own_pages = true;
    for page in first..first.saturating_add(count) {
        if page > first {
            document.blocks.push(Block::NewPage);
        }
        document.blocks.push(Block::Heading(2, lang.ta("paper-page", &[("page", Arg::from(page))])));
        document.paragraph(lang.t("paper-log-head"));
        let head = ["fact", "written", "from", "text", "checked", "who", "entered"]
            .map(|column| lang.t(&format!("paper-column-{column}")));
        document.blocks.push(Block::Table(Table {
            head: head.to_vec(),
            rows: empty_rows(LINES, head.len()),
            figures: Vec::new(),
            by_hand: Some(vec![9, 9, 15, 40, 9, 10, 8]),
        }));
        document.paragraph(lang.t("paper-log-rules"));
    }
    document
}

/// The card of the first ten minutes: the steps of all playbooks that are due by then, and the clocks.
pub fn card<'a>(playbooks: impl IntoIterator<Item = &'a Playbook>, clocks: &[ClockSpec], lang: &Lang) -> Document {
    let mut document = blank(lang.t("paper-card"), lang);
    document.one_sheet = true;
    document.blocks.push(Block::Warning(lang.t("paper-card-about")));
    let first: Vec<String> = (1..=4).map(|n| lang.t(&format!("paper-card-{n}"))).collect();
    let check = |text: &String| Check { text: text.clone(), ..Check::default() };
    document.blocks.push(Block::Checks(first.iter().map(check).collect()));
    document.heading(lang.t("paper-clocks"));
    // Those of other regimes are started by hand and stand on no card.
    let rows = clocks
        .iter()
        .filter(|clock| clock.from_awareness(clocks))
        .map(|clock| vec![lang.of(&clock.label).to_owned(), lang.of(&clock.authority).to_owned(), due(clock, lang)]);
    document.blocks.push(Block::Table(Table {
        head: ["label", "authority", "due"].map(|column| lang.t(&format!("paper-clock-{column}"))).to_vec(),
        rows: rows.collect(),
        ..Table::default()
    }));
    for playbook in playbooks {
        let checks: Vec<Check> = early(playbook).map(|step| short(step, lang)).collect();
        if !checks.is_empty() {
            document.heading(lang.of(&playbook.title));
            document.blocks.push(Block::Checks(checks));
        }
    }
    document
}

/// Steps that are due within ten minutes, and those before them in their section that have no limit of their own.
fn early(playbook: &Playbook) -> impl Iterator<Item = &Step> {
    playbook.sections.iter().flat_map(|section| {
        let limit = |step: &Step| step.soft_s.or(step.hard_s);
        let last = section.steps.iter().rposition(|step| limit(step).is_some_and(|limit| limit <= CARD_S));
        let steps = section.steps.get(..last.map_or(0, |last| last + 1)).unwrap_or_default();
        steps.iter().filter(move |step| limit(step).is_none_or(|limit| limit <= CARD_S))
    })
}

fn due(clock: &ClockSpec, lang: &Lang) -> String {
    use crate::incident::clocks::Delay;
    match clock.delay {
        Delay::AsSoonAsKnown => lang.t("paper-at-once"),
        // Legal clocks are told in hours.
        Delay::Seconds(seconds) if seconds > 0 && seconds % 3_600 == 0 => format!("{} h", seconds / 3_600),
        Delay::Seconds(seconds) => print_duration(u32::try_from(seconds).unwrap_or(u32::MAX)),
        Delay::Days(days) => lang.ta("age-days", &[("n", Arg::from(days))]),
        Delay::Months(months) => lang.ta("paper-months", &[("n", Arg::from(months))]),
    }
}

/// A playbook as a checklist.
pub fn checklist(playbook: &Playbook, lang: &Lang) -> Document {
    let mut document = blank(lang.of(&playbook.title).to_owned(), lang);
    let day = |day: Option<chrono::NaiveDate>| day.map_or_else(|| lang.t("paper-never"), |day| day.to_string());
    let args = [("version", Arg::Str(&playbook.version)), ("hash", Arg::Str(playbook.sha256.get(..12).unwrap_or("")))];
    document.blocks.push(Block::Facts(vec![
        (lang.t("paper-version"), lang.ta("paper-version-of", &args)),
        (lang.t("paper-exercised"), day(playbook.last_exercised)),
        (lang.t("paper-valid"), day(playbook.valid_until)),
    ]));
    document.paragraph(lang.of(&playbook.about));
    for section in &playbook.sections {
        let style = lang.t(match section.style {
            Style::ReadDo => "cli-playbook-read-do",
            Style::DoConfirm => "cli-playbook-do-confirm",
        });
        document.heading(format!("{} ({style})", lang.of(&section.title)));
        document.blocks.push(Block::Checks(section.steps.iter().map(|step| full(step, playbook, lang)).collect()));
    }
    if !playbook.sources.is_empty() {
        document.heading(lang.t("paper-sources"));
        let source = |source: &crate::playbook::Source| format!("[{}] {} {}", source.id, source.title, source.address);
        document.blocks.push(Block::List(playbook.sources.iter().map(source).collect()));
    }
    document
}

/// Who and by when: `liaison · 5 min, 15 min at most`.
fn side(step: &Step, lang: &Lang) -> String {
    let mut parts = vec![lang.t(role_id(step.role))];
    parts.extend(step.soft_s.map(print_duration));
    parts.extend(step.hard_s.map(|s| lang.ta("paper-at-most", &[("time", Arg::Str(&print_duration(s)))])));
    parts.extend(match step.sign_off {
        SignOff::One => None,
        SignOff::Two => Some(lang.t("paper-sign-two")),
        SignOff::Director => Some(lang.t("paper-sign-director")),
    });
    parts.join(" · ")
}

fn short(step: &Step, lang: &Lang) -> Check {
    let warning = step.warning.as_ref().map_or(String::new(), |text| lang.of(text).to_owned());
    Check { text: lang.of(&step.text).to_owned(), side: side(step, lang), warning, below: Vec::new() }
}

fn full(step: &Step, playbook: &Playbook, lang: &Lang) -> Check {
    let mut check = short(step, lang);
    if let Some(before) = &step.precondition {
        check.below.push(lang.ta("cli-playbook-before", &[("value", Arg::Str(lang.of(before)))]));
    }
    for branch in &step.branches {
        let when = branch.when.as_ref().map_or_else(|| lang.t("paper-always"), |when| lang.of(when).to_owned());
        let to = playbook.step(&branch.go).map_or(branch.go.as_str(), |step| lang.of(&step.text));
        check.below.push(lang.ta("paper-branch", &[("when", Arg::Str(&when)), ("to", Arg::Str(to))]));
    }
    for (id, text) in [
        ("cli-playbook-back-out", &step.back_out),
        ("cli-playbook-evidence", &step.evidence),
        ("cli-playbook-note", &step.note),
    ] {
        if let Some(text) = text {
            check.below.push(lang.ta(id, &[("value", Arg::Str(lang.of(text)))]));
        }
    }
    check.below.push(lang.t("paper-done"));
    check
}

/// Contacts, with empty rows for those that nobody listed.
pub fn contacts(rows: &[ContactRow], lang: &Lang) -> Document {
    let mut document = blank(lang.t("paper-contacts"), lang);
    document.paragraph(lang.t("paper-contacts-about"));
    let listed = rows.iter().map(|row| {
        let tested = if row.tested.is_empty() { lang.t("paper-never") } else { row.tested.clone() };
        vec![row.role.clone(), row.organisation.clone(), row.means.clone(), tested, String::new()]
    });
    let mut table: Vec<Vec<String>> = listed.collect();
    table.extend(empty_rows(EMPTY_CONTACTS.saturating_sub(rows.len()).max(4), 5));
    document.blocks.push(Block::Table(Table {
        head: ["role", "organisation", "means", "tested", "called"]
            .map(|column| lang.t(&format!("paper-contact-{column}")))
            .to_vec(),
        rows: table,
        figures: Vec::new(),
        by_hand: Some(vec![18, 26, 28, 13, 15]),
    }));
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::incident::clocks;
    use crate::lang::LangId;
    use crate::playbook::library;
    use crate::report::document::Form;

    #[test]
    fn every_shipped_playbook_is_on_paper_whole_in_both_languages() {
        for id in [LangId::Fr, LangId::En] {
            let lang = Lang::new(id);
            for playbook in library::shipped() {
                let page = checklist(playbook, &lang).render(Form::Html);
                for (_, step) in playbook.steps() {
                    assert!(page.contains(&super::super::html::escape(lang.of(&step.text))), "{}", step.id);
                }
                assert_eq!(page.matches("<li><div>").count(), playbook.steps().count());
                assert!(page.contains("☐"), "{}", playbook.id);
            }
        }
    }

    #[test]
    fn sheets_are_numbered_and_empty() {
        let lang = Lang::new(LangId::Fr);
        let document = log_sheets(7, 3, &lang);
        let pages: Vec<&str> = document
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Heading(2, words) => Some(words.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(pages, ["Page 7", "Page 8", "Page 9"]);
        assert_eq!(document.blocks.iter().filter(|block| matches!(block, Block::NewPage)).count(), 2);
    }

    /// Rows that the two columns of the card have below its clocks, at ten points on A4; measured on printed pages.
    const CARD_ROWS: usize = 38;
    /// Letters that fit on a row of a column.
    const CARD_COLUMNS: usize = 44;

    #[test]
    fn the_card_fits_on_one_sheet() {
        for id in [LangId::Fr, LangId::En] {
            let lang = Lang::new(id);
            let document = card(library::shipped().iter().map(AsRef::as_ref), clocks::shipped(), &lang);
            assert!(document.one_sheet && document.render(Form::Html).contains("one-sheet"));
            let rows_of = |text: &str, columns: usize| text.chars().count().div_ceil(columns);
            let mut rows = 0;
            let below = document.blocks.iter().skip_while(|block| !matches!(block, Block::Table(_))).skip(1);
            for block in below {
                match block {
                    Block::Heading(..) => rows += 2,
                    Block::Checks(checks) => {
                        for check in checks {
                            rows += rows_of(&format!("{} {}", check.text, check.side), CARD_COLUMNS);
                            rows += rows_of(&check.warning, CARD_COLUMNS);
                        }
                    }
                    other => panic!("{other:?}"),
                }
            }
            // The columns need not be equally long.
            assert!(rows.div_ceil(2) + 2 <= CARD_ROWS, "{id}: {rows} rows: the card is more than one sheet");
        }
    }

    #[test]
    fn the_card_holds_what_is_due_in_ten_minutes_and_nothing_later() {
        let lang = Lang::new(LangId::En);
        let playbooks = library::shipped();
        let document = card(playbooks.iter().map(AsRef::as_ref), clocks::shipped(), &lang);
        let text = document.render(Form::Text);
        assert!(text.contains("Make one test call per access"), "{text}");
        assert!(!text.contains("Convene the crisis cell."), "due in twenty minutes: {text}");
        for step in playbooks.iter().flat_map(|playbook| early(playbook)) {
            assert!(step.soft_s.or(step.hard_s).is_none_or(|limit| limit <= CARD_S), "{}", step.id);
        }
        assert_eq!(document.blocks.iter().filter(|block| matches!(block, Block::Table(_))).count(), 1);
    }
}
