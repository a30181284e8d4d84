use std::collections::BTreeMap;

use super::*;
use crate::health::Observation;
use crate::incident::MAX_TEXT;
use crate::incident::event::{Mode, Role, Statement, Verification};
use crate::lang::LangId;
use crate::report::desk::Desk;

const PARIS: Tz = chrono_tz::Europe::Paris;

fn said(text: &str, verification: Verification) -> Body {
    Body::Information(Statement { text: text.into(), source: "SAMU 59".into(), channel: String::new(), verification })
}

fn action(text: &str, owner: &str, state: ActionState) -> Body {
    Body::Action { text: text.into(), owner: owner.into(), due: None, state }
}

/// Headed texts, by section.
fn drafted(desk: &Desk, lang: &Lang, variant: SitrepVariant) -> BTreeMap<String, String> {
    let statements = Statements::from_entries(desk.entries.iter().cloned());
    let deadlines = desk.incident.deadlines(desk.now);
    let mut input = Input::new(&desk.incident, desk.now, lang, PARIS);
    input.statements = Some(&statements);
    let debts = desk.incident.debts(desk.now, &[]);
    input.deadlines = &deadlines;
    input.debts = &debts;
    input.variant = variant;
    draft(&input).sections.into_iter().map(|section| (section.id, section.text)).collect()
}

#[test]
fn statements_stand_where_their_last_state_of_verification_puts_them() {
    let mut desk = Desk::new(Mode::Real);
    let first = desk.say(said("chute des appels au 15", Verification::ToVerify));
    desk.say(said("panne d'un câble", Verification::Refuted));
    let wrong = desk.say(said("le 18 va bien", Verification::Verified));
    desk.about(said("le 15 ne passe plus", Verification::Verified), &first);
    desk.about(Body::Correction { text: "le 18 aussi".into(), reason: "relu".into() }, &wrong);
    let lang = Lang::new(LangId::Fr);
    let parts = drafted(&desk, &lang, SitrepVariant::Full);
    assert_eq!(parts["unverified"], "Néant.");
    assert_eq!(
        parts["confirmed"],
        "- 17:03 le 15 ne passe plus (source : SAMU 59)\n- 17:02 le 18 aussi (source : SAMU 59, corrigé)"
    );
    assert_eq!(parts["refuted"], "- 17:01 panne d'un câble (source : SAMU 59)");
}

#[test]
fn what_is_owed_and_pending_is_in_it_and_what_is_new_since_the_last() {
    let mut desk = Desk::new(Mode::Exercise);
    desk.say(Body::Awareness { text: "incident".into() });
    desk.say(Body::Request { text: "deux opérateurs".into(), to: "préfecture".into() });
    let ordered = desk.say(action("isoler cs-1", "exploitation", ActionState::Ordered));
    desk.say(Body::decision("geler les changements", "", Vec::new()));
    let lang = Lang::new(LangId::En);
    let first = drafted(&desk, &lang, SitrepVariant::Full);
    assert_eq!(first["changes"], "- first situation report");
    assert!(first["debts"].contains("- geler les changements ("), "{}", first["debts"]);
    assert_eq!(first["in-progress"], "- isoler cs-1 (exploitation)");
    assert_eq!(first["needs"], "- 17:01 deux opérateurs (to préfecture, unanswered for 3 min)");

    let input = Input::new(&desk.incident, desk.now, &lang, PARIS);
    let draft = draft(&input);
    assert_eq!((draft.number, draft.next_at.to_rfc3339().as_str()), (1, "2021-06-02T15:30:00+00:00"));
    assert!(desk.incident.sitreps().is_empty());
    desk.say(draft.body(PARIS));
    desk.about(action("", "", ActionState::Done), &ordered);
    let decide_by = Some(desk.now.fixed_offset());
    desk.say(Body::Question { text: "publier ?".into(), decide_by, record: Box::default() });
    let second = drafted(&desk, &lang, SitrepVariant::Full);
    assert_eq!(second["changes"], "- 17:06 to decide: publier ?\n- 17:05 done: isoler cs-1");
    assert_eq!(second["done"], "- 17:05 isoler cs-1 (exploitation)");
    assert_eq!(second["pending"], "- publier ? (overdue, due 17:06)");
    assert_eq!(second["in-progress"], "Nothing.");
    let can = drafted(&desk, &lang, SitrepVariant::Can);
    assert_eq!(can.keys().collect::<Vec<_>>(), ["actions", "conditions", "needs"]);
    assert_eq!(super::draft(&Input::new(&desk.incident, desk.now, &lang, PARIS)).number, 2);
}

#[test]
fn a_section_that_is_too_long_says_how_much_it_left_out() {
    let mut desk = Desk::new(Mode::Real);
    for i in 0..40 {
        desk.say(said(&format!("centre {i} {}", "é".repeat(400)), Verification::ToVerify));
    }
    for id in [LangId::Fr, LangId::En] {
        let lang = Lang::new(id);
        let text = drafted(&desk, &lang, SitrepVariant::Full).remove("unverified").expect("a section");
        assert!(text.len() <= MAX_TEXT && text.len() > MAX_TEXT / 2, "{}", text.len());
        let kept = text.lines().count() - 1;
        let left: String = text.lines().last().expect("a line").chars().filter(char::is_ascii_digit).collect();
        assert_eq!(left, (40 - kept).to_string(), "{text}");
        assert!(text.starts_with("- 17:39 centre 39"), "the latest first: {text}");
    }
}

#[test]
fn the_latest_forecast_stands_under_anticipation_while_it_looks_ahead() {
    use crate::incident::outlook::{Outlook, OutlookOption};
    let mut desk = Desk::new(Mode::Exercise);
    let option = OutlookOption { text: "publier".into(), lost: vec![(90, 120, 170)], ..OutlookOption::default() };
    let outlook = Outlook { horizons_min: vec![60], options: vec![option], futures: 100, ..Outlook::default() };
    desk.say(Body::Forecast { text: "publier ou attendre".into(), outlook: Box::new(outlook) });
    let lang = Lang::new(LangId::En);
    let text = |desk: &Desk| drafted(desk, &lang, SitrepVariant::Full).remove("anticipation").expect("a section");
    let now = text(&desk);
    assert!(now.contains("publier ou attendre") && now.contains("90–170") && now.contains("MODEL"), "{now}");
    desk.now += TimeDelta::minutes(61);
    assert!(!text(&desk).contains("publier ou attendre"));
}

#[test]
fn without_a_feed_the_impacts_are_what_people_saw() {
    let mut desk = Desk::new(Mode::Real);
    let network = std::sync::Arc::new(crate::network::reference());
    let mut board = Board::new(network, desk.now, crate::health::Perimeter::Nation, false);
    let seen = Observation {
        zone: Some("59".into()),
        service: "15".into(),
        source: "SAMU 59".into(),
        state: crate::health::State::Degraded,
        share: Some(0.4),
        at: desk.now,
    };
    board.observe(&seen);
    desk.say(Body::Observation { text: "x".into(), data: seen });
    let lang = Lang::new(LangId::En);
    let mut input = Input::new(&desk.incident, desk.now, &lang, PARIS);
    let text = |input: &Input<'_>| section(input, "impacts").text;
    assert_eq!(text(&input), "- no routing data");
    input.board = Some(&board);
    assert_eq!(text(&input), "- 17:00 15 seen from 59: degraded (40%, source: SAMU 59)");
}

#[test]
fn the_next_point_is_the_next_slot_of_the_rhythm() {
    let mut desk = Desk::new(Mode::Real);
    let first = "2021-06-02T17:20:00+02:00".parse().expect("a time");
    desk.say(Body::Rhythm { every_min: 20, next_at: first, text: String::new() });
    let at = |s: &str| next_at(&desk.incident, s.parse().expect("a time")).to_rfc3339();
    assert_eq!(at("2021-06-02T15:10:00Z"), "2021-06-02T15:20:00+00:00");
    assert_eq!(at("2021-06-02T15:20:00Z"), "2021-06-02T15:40:00+00:00");
    assert_eq!(at("2021-06-02T16:59:59Z"), "2021-06-02T17:00:00+00:00");
}

#[test]
fn a_handover_names_the_mode_the_clocks_and_who_is_where() {
    let mut desk = Desk::new(Mode::Exercise);
    desk.say(Body::Awareness { text: "incident".into() });
    desk.role = Role::Director;
    desk.say(Body::RoleTaken { text: String::new(), taken: Role::Director });
    let deadlines = desk.incident.deadlines(desk.now);
    for id in [LangId::Fr, LangId::En] {
        let lang = Lang::new(id);
        let mut input = Input::new(&desk.incident, desk.now, &lang, PARIS);
        input.deadlines = &deadlines;
        let sections = crate::report::handover::draft(&input, &[Role::Director]);
        let ids: Vec<&str> = sections.iter().map(|section| section.id.as_str()).collect();
        assert_eq!(ids, crate::report::handover::PACKAGE);
        for section in &sections {
            assert!(lang.has(&heading_id(&section.id)), "{}", section.id);
            assert!(!section.text.contains("sitrep-") && !section.text.contains("report-"), "{}", section.text);
        }
        let text = |id: &str| sections.iter().find(|section| section.id == id).expect("a section").text.clone();
        assert!(text("mode").contains(&lang.t("mode-exercise")), "{}", text("mode"));
        assert!(text("people").contains("m.durand") && text("people").contains("SAMU 59"), "{}", text("people"));
        assert!(text("clocks").lines().count() >= 4, "{}", text("clocks"));
    }
}
