//! Nothing typed is lost: forms and documents that are left wait for the next opening.

use super::*;

fn part(bench: &Bench, at: usize) -> String {
    match &bench.app.ui.overlay {
        Overlay::Draft(draft) => draft.parts[at].text.text().to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_document_that_is_left_is_taken_up_again() {
    let mut bench = bench();
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Enter);
    bench.write("Le 15 ne répond plus à Lille. ");
    bench.press(Code::Esc);
    assert!(bench.status().contains("gardé"), "{}", bench.status());
    assert_eq!(bench.app.ui.overlay, Overlay::None);
    // Somebody else records one meanwhile: the number moves on, the words stay.
    let sitrep = Body::Sitrep {
        number: 1,
        variant: crate::incident::record::SitrepVariant::Full,
        text: "un autre".into(),
        sections: Vec::new(),
        as_of: "2026-11-23T20:00:00Z".parse().unwrap(),
        next_at: None,
    };
    bench.app.record(sitrep, None, Vec::new());
    bench.settle();
    bench.press(Code::Ctrl('k'));
    assert!(part(&bench, 1).starts_with("Le 15 ne répond plus"), "{}", part(&bench, 1));
    let Overlay::Draft(draft) = &bench.app.ui.overlay else { panic!() };
    assert!(draft.title.contains("n° 2"), "{}", draft.title);
    // A function key is no way to lose it either.
    bench.press(Code::F(9));
    bench.press(Code::Esc);
    bench.press(Code::Ctrl('k'));
    assert!(part(&bench, 1).starts_with("Le 15 ne répond plus"));
    // The same key once more drafts a new one; the other one is still kept.
    bench.press(Code::Ctrl('k'));
    assert!(!part(&bench, 1).contains("Lille"));
    bench.press(Code::Esc);
    bench.press(Code::Ctrl('k'));
    assert!(part(&bench, 1).starts_with("Le 15 ne répond plus"));
    // Recorded, it is not kept any more.
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.app.ui.clear_overlays();
    assert_eq!(bench.app.session.incident().sitreps().len(), 2);
    assert!(bench.app.ui.kept.is_empty());
    bench.press(Code::Ctrl('k'));
    assert!(!part(&bench, 1).contains("Lille"));
    bench.press(Code::Esc);
    assert!(bench.app.ui.kept.is_empty(), "nothing was typed into it");
}

#[test]
fn a_form_that_is_left_is_taken_up_again_and_a_refused_one_too() {
    let mut bench = bench();
    bench.command("question");
    bench.write("isoler CS 3 ?");
    bench.press(Code::Esc);
    assert!(bench.status().contains("gardé"), "{}", bench.status());
    bench.command("question");
    assert_eq!(bench.form().fields[0].value, FieldValue::Text(Editor::new("isoler CS 3 ?")));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.command("question");
    assert_eq!(bench.form().fields[0].value, FieldValue::Text(Editor::default()));
    bench.press(Code::Esc);
    assert!(bench.app.ui.kept.is_empty());
    // Refused by the incident, not by the form: the words come back with the next opening.
    bench.command("rythme");
    bench.fill("every", "3");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    assert!(bench.app.session.incident().rhythm().is_none());
    bench.app.ui.clear_overlays();
    bench.command("rythme");
    assert_eq!(bench.form().fields[0].value, FieldValue::Text(Editor::new("3")));
}

#[test]
fn esc_leaves_what_the_console_is_as_it_was() {
    let mut bench = bench();
    bench.command("auteur");
    bench.write("x");
    bench.press(Code::Esc);
    assert!(bench.app.ui.kept.is_empty());
    bench.command("auteur");
    assert_eq!(bench.form().fields[0].value, FieldValue::Text(Editor::new("m.durand")));
}

#[test]
fn the_sitrep_after_a_refusal_takes_the_place_of_the_refused_one() {
    let mut bench = bench();
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.button("Refuser");
    bench.fill("who", "c.petit");
    bench.fill("text", "impacts à revoir");
    bench.send();
    bench.app.ui.clear_overlays();
    bench.press(Code::Ctrl('k'));
    assert!(bench.status().contains("n° 1"), "{}", bench.status());
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let sitreps = bench.app.session.incident().sitreps();
    assert_eq!(sitreps[0].replaced_by.as_ref(), Some(&sitreps[1].origin.entry));
    // The next one replaces nothing.
    bench.app.ui.clear_overlays();
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    assert_eq!(bench.app.session.incident().sitreps()[1].replaced_by, None);
}

/// The console dies and is started again on the same log.
fn crash(bench: Bench) -> Bench {
    let Bench { app, clock, setup, keystrokes, _dir: dir, .. } = bench;
    drop(app);
    let path = crate::session::incidents(&setup.config).remove(0).path;
    let mut session = Session::resume(setup.clone(), &path).unwrap();
    let (tx, woken) = channel();
    session.waker(Box::new(move || {
        let _ = tx.send(());
    }));
    let mut app = App::new(session, clock.clone(), LangId::Fr, Theme::new(ThemeId::Mono), Glyphs::Unicode);
    app.resized((120, 40), 10);
    let mut bench = Bench { app, clock, woken, keystrokes, setup, _dir: dir };
    bench.app.pump();
    while bench.app.session.progress().is_some() || !bench.app.session.log().complete() {
        bench.woken.recv_timeout(Duration::from_secs(30)).unwrap();
        bench.app.pump();
    }
    bench
}

/// A second goes by.
fn second(bench: &mut Bench) {
    bench.clock.advance(Duration::from_secs(1));
    bench.app.pump();
}

#[test]
fn what_was_half_written_is_there_again_after_a_crash() {
    let mut bench = bench();
    bench.enter("une ligne");
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Enter);
    bench.write("Le 15 ne répond plus à Lille. ");
    bench.press(Code::Esc);
    bench.command("rythme");
    bench.fill("every", "3");
    bench.press(Code::Esc);
    bench.press(Code::F(2));
    bench.write("ouvrir la cellule");
    second(&mut bench);
    let mut bench = crash(bench);
    assert_eq!((bench.line(), bench.app.ui.input.kind), ("ouvrir la cellule", EntryKind::Decision));
    assert!(bench.status().contains("2 formulaires ou documents"), "{}", bench.status());
    assert_eq!(bench.texts().iter().filter(|text| *text == "ouvrir la cellule").count(), 0, "nothing was recorded");
    // Put aside, it waits as well; so does what is open on the screen.
    bench.press(Code::Esc);
    bench.command("question");
    bench.write("isoler CS 3 ?");
    second(&mut bench);
    let mut bench = crash(bench);
    assert!(bench.status().contains("Ctrl-Y"), "{}", bench.status());
    bench.command("question");
    assert_eq!(bench.form().fields[0].value, FieldValue::Text(Editor::new("isoler CS 3 ?")));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.app.ui.clear_overlays();
    bench.command("rythme");
    assert_eq!(bench.form().fields[0].value, FieldValue::Text(Editor::new("3")));
    bench.fill("every", "30");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.app.ui.clear_overlays();
    bench.press(Code::Ctrl('k'));
    assert!(part(&bench, 1).starts_with("Le 15 ne répond plus"), "{}", part(&bench, 1));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.app.ui.clear_overlays();
    bench.press(Code::Ctrl('y'));
    assert_eq!((bench.line(), bench.app.ui.input.kind), ("ouvrir la cellule", EntryKind::Decision));
    bench.press(Code::Enter);
    bench.settle();
    // Everything is recorded: nothing is left beside the log.
    let path = bench.app.session.unsent().unwrap();
    assert!(path.exists());
    second(&mut bench);
    let bench = crash(bench);
    assert!(!path.exists());
    assert_eq!((bench.line(), bench.status()), ("", String::new()));
}

#[test]
fn the_answer_to_a_question_waits_as_a_draft_after_a_crash() {
    let mut bench = bench();
    bench.enter("chute des appels");
    bench.write("à suivre");
    bench.app.ask(Purpose::Correction { of: EntryId("x:0".to_owned()) }, "");
    bench.write("chute des appels au 15");
    second(&mut bench);
    let mut bench = crash(bench);
    assert_eq!(bench.line(), "à suivre");
    bench.press(Code::Ctrl('y'));
    assert_eq!(bench.line(), "chute des appels au 15 à suivre");
}
