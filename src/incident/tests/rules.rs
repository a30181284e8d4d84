//! What `decide` refuses of the cell's own work, and what it records all the same.

use super::*;
use crate::incident::event::StepRef;
use crate::incident::record::{
    Choice, DecisionRecord, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange,
};

#[expect(clippy::needless_pass_by_value, reason = "bodies are made where they are refused")]
fn refused(desk: &mut Desk, body: Body, re: &[EntryId], refusal: &Refusal) {
    let before = desk.entries.len();
    assert_eq!(desk.say_at(body.clone(), None, re).as_ref(), Err(refusal), "{body:?}");
    assert_eq!(desk.entries.len(), before);
}

fn nothing(id: &EntryId) -> Refusal {
    Refusal::NoSuchEntry(id.to_string())
}

fn sitrep(number: u32, parts: &[&str]) -> Body {
    let part = |text: &&str| Section { id: "facts".to_owned(), text: (*text).to_owned() };
    Body::Sitrep {
        number,
        variant: SitrepVariant::Full,
        text: "point".to_owned(),
        sections: parts.iter().map(part).collect(),
        as_of: "2026-11-23T10:00:00+01:00".parse().unwrap(),
        next_at: None,
    }
}

#[test]
fn references_are_of_the_right_sort() {
    let mut desk = Desk::new(Mode::Real);
    let plain = desk.say(note("rien")).unwrap();
    let re = std::slice::from_ref(&plain);
    let outcome = || Body::Outcome { text: "bien".to_owned(), review_at: None };
    let approval = || Body::Approval { granted: true, text: String::new() };
    let answer = || Body::HandoverAnswer { accepted: true, mode_read: true, text: String::new() };
    for body in [outcome(), approval(), answer()] {
        refused(&mut desk, body.clone(), &[], &Refusal::NoReference);
        refused(&mut desk, body, re, &nothing(&plain));
    }
    let later = |stage| Body::Public { stage, message: None, text: String::new() };
    refused(&mut desk, later(PublicStage::Published), re, &Refusal::NoReference);
    refused(&mut desk, later(PublicStage::Withdrawn), &[], &Refusal::NoReference);
    let empty = Body::Public { stage: PublicStage::Draft, message: Some(Box::default()), text: String::new() };
    refused(&mut desk, empty, &[], &Refusal::Empty);
    let forecast = Some(EntryId::new("c0ffee00", 99));
    let record = Box::new(DecisionRecord { forecast, ..DecisionRecord::default() });
    let decision = Body::Decision { text: "x".to_owned(), rationale: "y".to_owned(), levers: Vec::new(), record };
    refused(&mut desk, decision, &[], &nothing(&EntryId::new("c0ffee00", 99)));
    refused(
        &mut desk,
        Body::ClockStart { id: "nope".to_owned(), text: "x".to_owned() },
        &[],
        &Refusal::NoSuchClock("nope".to_owned()),
    );
}

#[test]
fn a_refusal_says_why() {
    let mut desk = Desk::new(Mode::Real);
    let point = desk.say(sitrep(0, &["a"])).unwrap();
    let handover =
        Body::Handover { roles: vec![Role::Director], to: "b".to_owned(), text: String::new(), sections: Vec::new() };
    let handover = desk.say(handover).unwrap();
    let no = Body::Approval { granted: false, text: "  ".to_owned() };
    refused(&mut desk, no, &[point], &Refusal::NoReason);
    let no = Body::HandoverAnswer { accepted: false, mode_read: false, text: String::new() };
    refused(&mut desk, no, &[handover], &Refusal::NoReason);
    let nobody = Body::Handover { roles: Vec::new(), to: "b".to_owned(), text: String::new(), sections: Vec::new() };
    refused(&mut desk, nobody, &[], &Refusal::NoRole);
}

#[test]
fn points_de_situation_are_numbered_without_gaps() {
    let mut desk = Desk::new(Mode::Real);
    for (asked, expected) in [(0, 1), (2, 2), (0, 3)] {
        let id = desk.say(sitrep(asked, &["a"])).unwrap();
        assert_eq!(desk.incident.sitrep(&id).unwrap().number, expected);
    }
    for wrong in [1, 3, 5] {
        refused(&mut desk, sitrep(wrong, &["a"]), &[], &Refusal::SitrepNumber(4));
    }
}

#[test]
fn parts_and_lines_have_their_limits() {
    let mut desk = Desk::new(Mode::Real);
    let long = "é".repeat(MAX_TEXT / 2 + 1);
    refused(&mut desk, sitrep(0, &[&long]), &[], &Refusal::TooLong(MAX_TEXT + 2));
    let full = "a".repeat(MAX_TEXT);
    desk.say(sitrep(0, &vec![full.as_str(); 14])).unwrap();
    let line = crate::text::json_line(desk.entries.last().unwrap()).unwrap();
    assert!(line.len() < 65_536, "{}", line.len());
    let many = vec![full.as_str(); 15];
    assert!(matches!(desk.say(sitrep(0, &many)), Err(Refusal::LineTooLong(_))));
    // Control characters grow sixfold on the line: what counts is what is written.
    let control = "\u{1}".repeat(MAX_TEXT);
    assert!(matches!(desk.say(sitrep(0, &[&control, &control, &control])), Err(Refusal::LineTooLong(_))));
}

#[test]
fn a_page_of_the_paper_log_is_reason_enough() {
    let mut desk = Desk::new(Mode::Real);
    let at = (desk.wall - TimeDelta::hours(2)).fixed_offset();
    let late =
        |page: Option<&str>| EventTime { at, precision: Precision::Exact, reason: None, page: page.map(str::to_owned) };
    assert_eq!(desk.say_at(note("x"), late(None), &[]), Err(Refusal::LateReason));
    assert_eq!(desk.say_at(note("x"), late(Some("  ")), &[]), Err(Refusal::LateReason));
    desk.say_at(note("x"), late(Some(" 3 ")), &[]).unwrap();
    assert_eq!(desk.entries[0].event_at.as_ref().unwrap().page.as_deref(), Some("3"));
    assert_eq!(desk.say_at(note("x"), late(Some(&"9".repeat(65))), &[]), Err(Refusal::TooLong(65)));
}

#[test]
fn an_exercise_never_says_that_it_is_none() {
    let mut desk = Desk::new(Mode::Exercise);
    for text in ["Ceci n'est PAS un  exercice !", "this is not a drill", "c’est réel : pas un exercice"] {
        refused(&mut desk, note(text), &[], &Refusal::NotADrill);
    }
    let message = Box::new(PublicMessage {
        headline: "15".to_owned(),
        description: "This is NOT a drill.".to_owned(),
        ..PublicMessage::default()
    });
    let public = Body::Public { stage: PublicStage::Draft, message: Some(message), text: String::new() };
    refused(&mut desk, public, &[], &Refusal::NotADrill);
    desk.say(note("ceci est un exercice")).unwrap();
    Desk::new(Mode::Real).say(note("this is not a drill")).unwrap();
}

#[test]
fn substitute_numbers_name_what_happens_where() {
    let mut desk = Desk::new(Mode::Real);
    let number = |change| Body::Substitute { number: "03 20 00 00 15".to_owned(), change, text: String::new() };
    let gone = number(SubstituteChange::Withdrawn { place: String::new() });
    refused(&mut desk, gone.clone(), &[], &Refusal::NotPublished("03 20 00 00 15".to_owned()));
    refused(&mut desk, number(SubstituteChange::Published { place: " ".to_owned() }), &[], &Refusal::Empty);
    refused(&mut desk, number(SubstituteChange::Tested { access: String::new(), ok: true }), &[], &Refusal::Empty);
    // Never registered: recorded all the same.
    desk.say(number(SubstituteChange::Published { place: "site".to_owned() })).unwrap();
    let elsewhere = number(SubstituteChange::Withdrawn { place: "radio".to_owned() });
    refused(&mut desk, elsewhere, &[], &Refusal::NotPublished("03 20 00 00 15".to_owned()));
    desk.say(gone).unwrap();
}

#[test]
fn contacts_are_those_of_the_directory_if_there_is_one() {
    let mut desk = Desk::new(Mode::Real);
    let call = |id: &str| Body::ContactCall { contact: id.to_owned(), reached: true, text: String::new() };
    desk.say(call("samu-59")).unwrap();
    desk.incident.know_contacts(["codis-59"]);
    refused(&mut desk, call("samu-59"), &[], &Refusal::NoSuchContact("samu-59".to_owned()));
    desk.say(call("codis-59")).unwrap();
    assert_eq!(desk.incident.contact_calls("samu-59").len(), 1);
}

#[test]
fn branches_and_calls_name_steps_of_open_playbooks() {
    let mut desk = Desk::new(Mode::Real);
    let open = |id: &str, called_by| Body::Playbook {
        id: id.to_owned(),
        sha256: String::new(),
        text: "ouverte".to_owned(),
        called_by,
    };
    desk.say(open("a", None)).unwrap();
    desk.incident.know_steps("a", ["un", "deux"]);
    let step = |step: &str| StepRef { playbook: "a".to_owned(), step: step.to_owned() };
    refused(&mut desk, open("b", Some(step("trois"))), &[], &Refusal::NoSuchStep("trois".to_owned()));
    desk.say(open("b", Some(step("un")))).unwrap();
    let chosen = |go: &str| Body::Step {
        playbook: "a".to_owned(),
        step: "un".to_owned(),
        change: StepChange::Chosen,
        text: String::new(),
        go: Some(go.to_owned()),
        evidence: Vec::new(),
    };
    refused(&mut desk, chosen("trois"), &[], &Refusal::NoSuchStep("trois".to_owned()));
    desk.say(chosen("deux")).unwrap();
    let choice = |go: &str| {
        let choice = Choice { playbook: "a".to_owned(), step: "un".to_owned(), go: go.to_owned() };
        let record = Box::new(DecisionRecord { choice: Some(choice), ..DecisionRecord::default() });
        Body::Decision { text: "x".to_owned(), rationale: "y".to_owned(), levers: Vec::new(), record }
    };
    refused(&mut desk, choice("trois"), &[], &Refusal::NoSuchStep("trois".to_owned()));
    desk.say(choice("deux")).unwrap();
    for change in [StepChange::Refused, StepChange::Deferred] {
        refused(&mut desk, Body::step("a", "un", change, ""), &[], &Refusal::NoReason);
        desk.say(Body::step("a", "un", change, "parce que")).unwrap();
    }
}
