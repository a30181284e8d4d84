//! What is owed, kind by kind: it appears, it stays, and only what pays it takes it away.

use super::*;
use crate::incident::event::RunChange;
use crate::incident::record::{DecisionRecord, PublicMessage, PublicStage, Section, SitrepVariant, SubstituteChange};

impl Desk {
    /// As [`Desk::about`], by somebody.
    fn by(&mut self, who: &str, role: Role, body: Body, re: &[EntryId]) -> Result<EntryId, Refusal> {
        let author = Author { who: who.to_owned(), org: "Opérateur".to_owned(), role };
        self.command(Command { author, event_at: None, body, re: re.to_vec() })
    }

    fn owed(&self) -> Vec<DebtKind> {
        self.incident.debts(self.moment().incident, &[]).into_iter().map(|debt| debt.kind).collect()
    }

    pub(super) fn in_strip(&self, kind: DeadlineKind) -> bool {
        self.incident.deadlines(self.moment().incident).iter().any(|deadline| deadline.kind == kind)
    }
}

fn sitrep() -> Body {
    Body::Sitrep {
        number: 0,
        variant: SitrepVariant::Full,
        text: "point".to_owned(),
        sections: vec![Section { id: "facts".to_owned(), text: "rien".to_owned() }],
        as_of: "2026-11-23T10:00:00+01:00".parse().unwrap(),
        next_at: None,
    }
}

fn approval(granted: bool, text: &str) -> Body {
    Body::Approval { granted, text: text.to_owned() }
}

fn handover(role: Role) -> Body {
    Body::Handover { roles: vec![role], to: "b.petit".to_owned(), text: String::new(), sections: Vec::new() }
}

fn answer(accepted: bool, mode_read: bool) -> Body {
    Body::HandoverAnswer { accepted, mode_read, text: "reçu".to_owned() }
}

fn taken(role: Role) -> Body {
    Body::RoleTaken { text: String::new(), taken: role }
}

fn number(change: SubstituteChange) -> Body {
    Body::Substitute { number: "03 20 00 00 15".to_owned(), change, text: String::new() }
}

fn words(headline: &str) -> PublicMessage {
    PublicMessage { headline: headline.to_owned(), ..PublicMessage::default() }
}

fn public(stage: PublicStage, headline: Option<&str>) -> Body {
    Body::Public { stage, message: headline.map(|text| Box::new(words(text))), text: String::new() }
}

#[test]
fn a_question_is_owed_from_its_time_until_somebody_decides() {
    let mut desk = Desk::new(Mode::Real);
    let decide_by = Some((desk.wall + TimeDelta::minutes(10)).fixed_offset());
    let question = desk.say(Body::Question { text: "isoler ?".to_owned(), decide_by, record: Box::default() }).unwrap();
    assert!(desk.owed().is_empty() && desk.in_strip(DeadlineKind::Question));
    desk.pass(600);
    assert_eq!(desk.owed(), [DebtKind::Question]);
    desk.about(Body::decision("non", "trop tôt", Vec::new()), &question).unwrap();
    assert!(desk.owed().is_empty() && !desk.in_strip(DeadlineKind::Question));
    // Without a time of its own, half an hour.
    desk.say(Body::Question { text: "et après ?".to_owned(), decide_by: None, record: Box::default() }).unwrap();
    desk.pass(1_799);
    assert!(desk.owed().is_empty());
    desk.pass(1);
    assert_eq!(desk.owed(), [DebtKind::Question]);
}

#[test]
fn a_decision_is_owed_its_reason_and_its_review() {
    let mut desk = Desk::new(Mode::Real);
    let review_at = Some((desk.wall + TimeDelta::minutes(5)).fixed_offset());
    let record = Box::new(DecisionRecord { review_at, not_to_act: true, ..DecisionRecord::default() });
    let decision =
        Body::Decision { text: "ne rien publier".to_owned(), rationale: String::new(), levers: Vec::new(), record };
    let decision = desk.say(decision).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Rationale]);
    assert!(desk.in_strip(DeadlineKind::Review));
    desk.about(note("parce que"), &decision).unwrap();
    desk.pass(300);
    assert_eq!(desk.owed(), [DebtKind::Review]);
    let again = Some((desk.wall + TimeDelta::minutes(5)).fixed_offset());
    desk.about(Body::Outcome { text: "inchangé".to_owned(), review_at: again }, &decision).unwrap();
    assert!(desk.owed().is_empty() && desk.in_strip(DeadlineKind::Review));
    desk.about(Body::Outcome { text: "fini".to_owned(), review_at: None }, &decision).unwrap();
    desk.pass(3_600);
    assert!(desk.owed().is_empty() && !desk.in_strip(DeadlineKind::Review));
}

#[test]
fn a_point_de_situation_is_owed_a_second_person() {
    let mut desk = Desk::new(Mode::Real);
    let one = desk.say(sitrep()).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Sitrep]);
    assert!(desk.in_strip(DeadlineKind::Approval));
    // The author's own word is recorded and does not count, however he spells his name.
    desk.about(approval(true, ""), &one).unwrap();
    desk.by(" M.Durand", Role::Director, approval(true, ""), std::slice::from_ref(&one)).unwrap();
    assert_eq!(desk.incident.sitrep(&one).unwrap().marks.len(), 2);
    assert_eq!(desk.owed(), [DebtKind::Sitrep]);
    desk.by("b.petit", Role::Director, approval(true, ""), std::slice::from_ref(&one)).unwrap();
    assert!(desk.owed().is_empty());
    // Who refuses after having approved has not approved; a new draft that names the refused one takes its place.
    desk.by("b.petit", Role::Director, approval(false, "chiffres"), std::slice::from_ref(&one)).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Sitrep]);
    let two = desk.about(sitrep(), &one).unwrap();
    assert_eq!(desk.incident.sitrep(&two).unwrap().number, 2);
    assert_eq!(desk.owed(), [DebtKind::Sitrep]);
    // One that nobody refused is not replaced: both are owed.
    desk.about(sitrep(), &two).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Sitrep; 2]);
}

#[test]
fn a_handover_is_owed_acceptance_and_the_mode() {
    let mut desk = Desk::new(Mode::Real);
    desk.say(taken(Role::Director)).unwrap();
    let given = desk.say(handover(Role::Director)).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Handover]);
    // Nobody hands over to himself.
    desk.about(answer(true, true), &given).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Handover]);
    desk.by("b.petit", Role::Director, answer(true, false), std::slice::from_ref(&given)).unwrap();
    assert_eq!(desk.owed(), [DebtKind::HandoverMode]);
    assert_eq!(desk.incident.roles()[&Role::Director].holder.who, "b.petit");
    // Somebody else cannot read the mode for him.
    desk.by("c.roux", Role::Director, answer(true, true), std::slice::from_ref(&given)).unwrap();
    assert_eq!(desk.owed(), [DebtKind::HandoverMode]);
    desk.by("b.petit", Role::Director, answer(true, true), std::slice::from_ref(&given)).unwrap();
    assert!(desk.owed().is_empty());
}

#[test]
fn a_role_that_was_taken_over_stays_owed_through_later_hands() {
    let mut desk = Desk::new(Mode::Real);
    desk.by("a", Role::Director, taken(Role::Director), &[]).unwrap();
    desk.by("b", Role::Director, taken(Role::Director), &[]).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Seized]);
    desk.by("c", Role::Director, taken(Role::Director), &[]).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Seized; 2]);
    // What c hands over properly does not mend what b did to a.
    let given = desk.by("c", Role::Director, handover(Role::Director), &[]).unwrap();
    desk.by("d", Role::Director, answer(true, true), &[given]).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Seized; 2]);
    // b hands over afterwards to the one who has it: the second is mended.
    let late = desk.by("b", Role::Director, handover(Role::Director), &[]).unwrap();
    desk.by("d", Role::Director, answer(true, true), &[late]).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Seized]);
}

#[test]
fn a_handover_of_somebody_elses_role_is_a_seizure() {
    let mut desk = Desk::new(Mode::Real);
    desk.by("a", Role::Director, taken(Role::Director), &[]).unwrap();
    let given = desk.by("x", Role::LogKeeper, handover(Role::Director), &[]).unwrap();
    desk.by("y", Role::LogKeeper, answer(true, true), &[given]).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Seized]);
    assert_eq!(desk.incident.seizures()[0].from, "a");
}

#[test]
fn a_published_number_is_owed_the_register_and_a_test_from_each_access() {
    let mut desk = Desk::new(Mode::Real);
    let published = SubstituteChange::Published { place: "site".to_owned() };
    desk.say(number(published.clone())).unwrap();
    assert_eq!(desk.owed(), [DebtKind::SubstituteUnregistered, DebtKind::SubstituteUntested]);
    desk.say(number(SubstituteChange::Registered {
        centre: "SAMU 59".to_owned(),
        path: "fixed".to_owned(),
        lines: Some(4),
    }))
    .unwrap();
    for access in ["Cuivre", "box Orange", "mobile SFR"] {
        assert_eq!(desk.owed(), [DebtKind::SubstituteUntested], "{access}");
        desk.say(number(SubstituteChange::Tested { access: access.to_owned(), ok: true })).unwrap();
    }
    assert!(desk.owed().is_empty());
    // One operator's mobile that no longer works is one access too few.
    desk.say(number(SubstituteChange::Tested { access: "mobile Free".to_owned(), ok: false })).unwrap();
    let debts = desk.incident.debts(desk.wall, &[]);
    assert_eq!(debts[0].missing, ["mobile"]);
    let lang = crate::lang::Lang::new(crate::lang::LangId::Fr);
    assert_eq!(debts[0].words(&lang), "numéro publié sans essai réussi depuis : mobile");
    desk.say(number(SubstituteChange::Refuted)).unwrap();
    assert!(desk.owed().contains(&DebtKind::SubstituteRefuted));
    desk.say(Body::Close { text: "fin".to_owned() }).unwrap();
    assert!(desk.owed().contains(&DebtKind::SubstituteInUse));
    desk.say(Body::Reopen { text: "reprise".to_owned() }).unwrap();
    assert!(!desk.owed().contains(&DebtKind::SubstituteInUse));
    desk.say(number(SubstituteChange::Withdrawn { place: String::new() })).unwrap();
    assert!(desk.owed().is_empty());
}

#[test]
fn a_public_message_is_owed_two_people_and_two_roles() {
    let mut desk = Desk::new(Mode::Real);
    let draft = desk.say(public(PublicStage::Draft, Some("composez le 15"))).unwrap();
    let re = std::slice::from_ref(&draft);
    assert!(desk.owed().is_empty(), "a draft owes nothing");
    desk.by("b", Role::Communication, approval(true, ""), re).unwrap();
    desk.about(public(PublicStage::Published, None), &draft).unwrap();
    assert_eq!(desk.owed(), [DebtKind::PublicUnapproved]);
    // The same person twice, and the author, are no second signature; the same role is not enough in REAL.
    desk.by("B", Role::Director, approval(true, ""), re).unwrap();
    desk.about(approval(true, ""), &draft).unwrap();
    desk.by("c", Role::Communication, approval(true, ""), re).unwrap();
    assert_eq!(desk.owed(), [DebtKind::PublicUnapproved]);
    desk.by("d", Role::Director, approval(true, ""), re).unwrap();
    assert!(desk.owed().is_empty());
    // Other words need other approvals, and their writer gives none.
    desk.by("d", Role::Director, public(PublicStage::Draft, Some("composez le 112")), re).unwrap();
    assert!(desk.owed().is_empty());
    desk.by("d", Role::Director, approval(true, ""), re).unwrap();
    desk.by("c", Role::Communication, approval(true, ""), re).unwrap();
    desk.about(public(PublicStage::Published, None), &draft).unwrap();
    assert_eq!(desk.owed(), [DebtKind::PublicUnapproved]);
    // Changing the words again does not hide that these went out.
    desk.about(public(PublicStage::Draft, Some("composez le 114")), &draft).unwrap();
    let debts = desk.incident.debts(desk.wall, &[]);
    assert!(debts.len() == 1 && !debts[0].payable && debts[0].label.fr == "composez le 112", "{debts:?}");
}

#[test]
fn in_an_exercise_two_people_are_enough() {
    let mut desk = Desk::new(Mode::Exercise);
    let draft = desk.say(public(PublicStage::Draft, Some("EXERCICE"))).unwrap();
    for who in ["b", "c"] {
        desk.by(who, Role::Communication, approval(true, ""), std::slice::from_ref(&draft)).unwrap();
    }
    desk.about(public(PublicStage::Published, None), &draft).unwrap();
    assert!(desk.owed().is_empty());
}

#[test]
fn messages_actions_and_clocks_past_their_time_are_owed() {
    let mut desk = Desk::new(Mode::Real);
    desk.say(Body::Request { text: "effectifs ?".to_owned(), to: "SDIS".to_owned() }).unwrap();
    let due = Some(desk.wall.fixed_offset());
    let action = Body::Action { text: "geler".to_owned(), owner: String::new(), due, state: ActionState::Ordered };
    let action = desk.say(action).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Action]);
    desk.pass(300);
    assert_eq!(desk.owed(), [DebtKind::Action, DebtKind::Message]);
    let done = Body::Action { text: String::new(), owner: String::new(), due: None, state: ActionState::Done };
    desk.about(done, &action).unwrap();
    desk.say(Body::Awareness { text: "oui".to_owned() }).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Clock, DebtKind::Message]);
    desk.say(Body::ClockStop { id: "fr-d98-5".to_owned(), reason: "fait".to_owned() }).unwrap();
    assert_eq!(desk.owed(), [DebtKind::Message]);
}

#[test]
fn debts_of_other_rooms_join_list_and_strip() {
    let desk = Desk::new(Mode::Real);
    let step = |kind| Debt {
        kind,
        label: crate::network::Text { fr: "Isoler".to_owned(), en: "Isolate".to_owned() },
        since: desk.wall - TimeDelta::minutes(2),
        owner: "operations".to_owned(),
        source: DeadlineSource::Step { playbook: "call-servers".to_owned(), step: "isoler".to_owned() },
        payable: true,
        missing: vec!["1/2".to_owned()],
    };
    let extra = [step(DebtKind::StepSignature), step(DebtKind::StepEvidence)];
    assert_eq!(desk.incident.debts(desk.wall, &extra).len(), 2);
    let strip = desk.incident.deadlines_with(desk.wall, &[], &extra);
    assert!(strip.iter().all(|deadline| deadline.state == DeadlineState::Overdue) && strip.len() == 2);
    assert_eq!(strip[0].kind, DeadlineKind::Debt(DebtKind::StepSignature));
}

#[test]
fn every_kind_has_its_words_in_both_languages() {
    for id in [crate::lang::LangId::Fr, crate::lang::LangId::En] {
        let lang = crate::lang::Lang::new(id);
        for kind in DebtKind::ALL {
            let (list, strip) = (format!("debt-{}", kind.word()), format!("deadline-debt-{}", kind.word()));
            assert!(lang.has(&list) && lang.has(&strip), "{list}");
            assert!(crate::text::width(&lang.t(&strip)) <= 18, "{strip}");
        }
    }
}

#[test]
fn runs_are_about_open_playbooks() {
    let mut desk = Desk::new(Mode::Real);
    let run = || Body::PlaybookRun { id: "x".to_owned(), change: RunChange::Ended, text: String::new() };
    assert_eq!(desk.say(run()), Err(Refusal::NoSuchPlaybook("x".to_owned())));
    let open =
        Body::Playbook { id: "x".to_owned(), sha256: String::new(), text: "ouverte".to_owned(), called_by: None };
    desk.say(open).unwrap();
    desk.say(run()).unwrap();
}
