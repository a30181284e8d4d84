//! What holds in whatever order the consoles hear of each other: emergencies, and messages to several.

use super::*;
use crate::incident::event::EntryId;

fn frozen(session: &Session) -> bool {
    session.desk().is_some_and(|desk| desk.phase() == Phase::Frozen)
}

fn running(session: &Session) -> bool {
    session.desk().is_some_and(|desk| desk.phase() == Phase::Running) && session.clock().running
}

fn open(session: &Session, id: &EntryId) -> bool {
    session.incident().message(id).is_some_and(|message| message.acknowledged.is_none())
}

fn chords(session: &Session) -> usize {
    let chord = |entry: &Arc<Entry>| matches!(entry.body, Body::Desk { act: DeskAct::RealWorld { .. }, .. });
    entries(session).iter().filter(|entry| chord(entry)).count()
}

#[test]
fn control_may_answer_a_chord_before_the_disk_of_the_cell_has() {
    let mut three = three();
    three.start();
    three.samu.real_world("incendie au CRRA").expect("a REAL log");
    // The line is in the file before this console has taken the answer of its writer: control reads it there and freezes
    // everyone, and the cell hears of that first.
    let answer = three.samu.recorder.writer.as_ref().and_then(|writer| writer.wait_ack(Duration::from_secs(30)));
    settle(&mut three.control);
    assert!(frozen(&three.control) && three.samu.pending().count() == 1 && !frozen(&three.samu));
    three.samu.advance();
    three.samu.take_ack(answer.expect("kept"));
    three.play(1);
    assert!(frozen(&three.samu) && frozen(&three.operator));
    assert_eq!([chords(&three.samu), chords(&three.control), chords(&three.operator)], [1, 1, 1]);
    three.control.act(DeskAct::Resume, "");
    three.play(1);
    assert!(running(&three.samu) && running(&three.operator) && running(&three.control));
}

#[test]
fn two_emergencies_are_both_known_and_one_resumption_ends_both() {
    let mut three = three();
    three.start();
    three.samu.real_world("incendie au CRRA").expect("a REAL log");
    three.operator.real_world("malaise au NOC").expect("a REAL log");
    three.play(2);
    assert!([&three.control, &three.operator, &three.samu].into_iter().all(frozen));
    let marks = three.control.desk().expect("desk").marks();
    let said: Vec<&str> = marks.iter().map(|mark| mark.text.as_str()).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said.contains(&"SAMU (a.morel): incendie au CRRA"), "{said:?}");
    assert!(said.contains(&"Opérateur (m.durand): malaise au NOC"), "{said:?}");
    three.control.act(DeskAct::Resume, "");
    three.play(3);
    assert!([&three.control, &three.operator, &three.samu].into_iter().all(running), "no chord comes back later");
}

#[test]
fn what_was_over_is_still_over_after_an_emergency() {
    let mut three = three();
    three.start();
    three.control.act(DeskAct::End, "");
    three.play(1);
    three.samu.real_world("").expect("a REAL log");
    three.play(1);
    assert!(frozen(&three.control));
    three.control.act(DeskAct::Resume, "");
    three.play(1);
    for session in [&three.control, &three.operator, &three.samu] {
        assert!(session.desk().is_some_and(|desk| desk.phase() == Phase::Ended) && !session.clock().running);
    }
}

#[test]
fn of_a_message_to_all_each_owes_an_answer_of_his_own() {
    let mut three = three();
    three.start();
    say(&mut three.control, "tous", "vérification des communications");
    three.settle();
    let [sent] = messages(&three.control, "vérification").try_into().expect("one");
    let [to_samu] = messages(&three.samu, "vérification").try_into().expect("one");
    let [to_operator] = messages(&three.operator, "vérification").try_into().expect("one");
    three.samu.submit(Body::Receipt { acknowledged: true, text: "fort et clair".into() }, None, vec![to_samu.id()]);
    three.settle();
    assert!(open(&three.operator, &to_operator.id()), "another's answer is not mine");
    assert!(open(&three.control, &sent.id()), "one of two has answered");
    let receipts = |session: &Session| {
        let mut all = entries(session);
        all.retain(|entry| matches!(entry.body, Body::Receipt { .. }));
        all.iter().map(|entry| entry.body.text().to_owned()).collect::<Vec<_>>()
    };
    let partly = "accusé par SAMU (reste : Opérateur) · fort et clair".to_owned();
    assert!(receipts(&three.control).contains(&partly), "{:?}", receipts(&three.control));
    assert!(receipts(&three.operator).is_empty());
    three.operator.submit(Body::Receipt { acknowledged: true, text: String::new() }, None, vec![to_operator.id()]);
    three.settle();
    assert!(!open(&three.control, &sent.id()) && !open(&three.operator, &to_operator.id()));
    assert!(receipts(&three.control).contains(&"accusé par Opérateur".to_owned()));
    assert_eq!(receipts(&three.samu), ["fort et clair"]);
}

#[test]
fn players_find_what_they_are_told_at_the_head_of_their_log_once() {
    let mut three = three();
    three.play(2);
    three.start();
    let told = |session: &Session| {
        let brief = |entry: &Arc<Entry>| matches!(&entry.body, Body::Notice { text, .. } if text.contains("un mardi"));
        entries(session).iter().filter(|entry| brief(entry)).count()
    };
    assert_eq!([told(&three.control), told(&three.operator), told(&three.samu)], [0, 1, 1]);
    let Three { world, samu, .. } = three;
    samu.close().expect("closed");
    assert_eq!(told(&join(&world, "a.morel", "samu")), 1, "not again after a restart");
}

fn answer(session: &mut Session, to: &str, text: &str, re: Vec<EntryId>) {
    let (text, to) = (text.to_owned(), to.to_owned());
    let body = Body::Message { text, to, from: String::new(), channel: String::new(), answer_by: None };
    session.submit(body, None, re);
}

#[test]
fn an_answer_by_message_settles_nothing_for_the_others_and_control_owes_for_whom_it_plays() {
    let mut three = three();
    three.start();
    say(&mut three.operator, "SAMU, préfecture de zone", "le 15 est coupé");
    three.settle();
    let [sent] = messages(&three.operator, "le 15 est coupé").try_into().expect("one");
    let [to_samu] = messages(&three.samu, "le 15 est coupé").try_into().expect("one");
    let [copy] = messages(&three.control, "le 15 est coupé").try_into().expect("one");
    answer(&mut three.samu, "Opérateur", "reçu, nous basculons", vec![to_samu.id()]);
    three.settle();
    assert!(!open(&three.samu, &to_samu.id()));
    assert!(open(&three.operator, &sent.id()), "the prefecture has said nothing");
    assert!(open(&three.control, &copy.id()), "control plays the prefecture");
    let said = |session: &Session, words: &str| entries(session).iter().any(|entry| entry.body.text() == words);
    assert!(said(&three.operator, "répondu par SAMU (reste : préfecture de zone)"));
    let message = three.control.incident().message(&copy.id()).expect("message").clone();
    assert!(three.control.answers_for(&message));
    assert_eq!(three.control.plays(&message).as_deref(), Some("préfecture de zone"));
    three.control.submit(Body::Receipt { acknowledged: true, text: String::new() }, None, vec![copy.id()]);
    three.settle();
    assert!(!open(&three.operator, &sent.id()));
    assert!(said(&three.operator, "accusé par préfecture de zone"), "not by those who direct the exercise");
}

#[test]
fn control_answers_for_nobody_who_has_a_console() {
    let mut three = three();
    three.start();
    say(&mut three.operator, "SAMU", "le 15 est coupé");
    three.settle();
    three.play(5);
    for words in ["le 15 est coupé", "Des gens ont composé"] {
        let [copy] = messages(&three.control, words).try_into().expect("one");
        let message = three.control.incident().message(&copy.id()).expect("message").clone();
        assert!(message.unanswered() && !three.control.answers_for(&message), "{words}");
        three.control.submit(Body::Receipt { acknowledged: true, text: String::new() }, None, vec![copy.id()]);
        let refused = settle(&mut three.control);
        let said = |outcome: &Outcome| matches!(outcome, Outcome::Refused { refusal: Refusal::Desk("addressee"), .. });
        assert!(refused.iter().any(said), "{refused:?}");
    }
    // What waits with a cell is what others sent it.
    let playing = three.control.playing();
    let waits = |id: &str| playing.iter().find(|cell| cell.spec.id == id).expect("cell").unanswered;
    assert_eq!((waits("samu"), waits("operator")), (1, 1));
}
