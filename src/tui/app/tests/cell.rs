//! The cell's own work by keystrokes.

use super::*;
use crate::incident::event::EntryId;
use crate::tui::cell::{CellAct, Listing};
use crate::tui::lists::listing;

impl Bench {
    /// Types a command after `:` and presses Enter.
    pub(super) fn command(&mut self, words: &str) {
        self.app.key(Code::Char(':').into());
        self.enter(words);
    }

    /// The rows of a list, as text.
    fn rows(&self, of: Listing) -> Vec<String> {
        let list = listing(&self.app.session, &self.app.lang, of, self.app.session.now_incident());
        list.rows.iter().map(|row| format!("{} | {} | {}", row.head, row.end, row.details.join(" · "))).collect()
    }

    /// Chooses the row of the list on top that begins so.
    fn row(&mut self, start: &str) {
        let Overlay::List { of, .. } = self.app.ui.overlay else { panic!("{:?}", self.app.ui.overlay) };
        let at = self.rows(of).iter().position(|row| row.starts_with(start));
        let at = at.unwrap_or_else(|| panic!("{start}: {:?}", self.rows(of)));
        self.press(Code::Home);
        for _ in 0..at {
            self.press(Code::Down);
        }
        self.press(Code::Enter);
        self.settle();
    }

    fn card_text(&self) -> String {
        let card = self.card();
        let lines = card.lines.iter().map(|line| format!("{}: {}", line.label, line.value));
        lines.collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn an_approved_sitrep_takes_at_most_twelve_keystrokes() {
    let mut bench = bench();
    bench.enter("SAMU 59: chute des appels au 15");
    bench.keystrokes = 0;
    bench.press(Code::Ctrl('k'));
    assert!(matches!(bench.app.ui.overlay, Overlay::Draft(_)));
    bench.write("Panne partielle du 15 dans le Nord. ");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let Overlay::Card(card) = &bench.app.ui.overlay else { panic!("{:?}", bench.app.ui.overlay) };
    assert_eq!((card.title.as_str(), card.selected), ("Point de situation n° 1", None));
    // A bounced Enter does nothing.
    bench.app.key(Code::Enter.into());
    assert_eq!(bench.app.session.incident().sitreps()[0].marks, []);
    bench.press(Code::Down);
    bench.press(Code::Enter);
    // The writer's own name is not proposed: the second person types hers.
    assert_eq!(bench.form().fields[0].value, FieldValue::Text(Editor::default()));
    bench.write("c.petit");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let sitrep = &bench.app.session.incident().sitreps()[0];
    assert_eq!(sitrep.approved().map(|mark| mark.origin.who.as_str()), Some("c.petit"));
    assert!(sitrep.text.starts_with("Panne partielle du 15"), "{}", sitrep.text);
    assert!(bench.keystrokes <= 12, "{}", bench.keystrokes);
    assert_eq!(bench.keystrokes, 5);
    // The four words of the head are on the card; the author at this console is still the first person.
    let words = bench.card_text().lines().find_map(|line| line.strip_prefix("quatre mots: ").map(str::to_owned));
    assert_eq!(words.map(|words| words.split(' ').count()), Some(4));
    assert_eq!(bench.app.session.author().who, "m.durand");
}

#[test]
fn ones_own_approval_is_recorded_and_said_not_to_count() {
    let mut bench = bench();
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.button("Approuver…");
    bench.write("M.Durand");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    assert!(bench.status().contains("ne compte pas"), "{}", bench.status());
    let sitrep = &bench.app.session.incident().sitreps()[0];
    assert_eq!((sitrep.marks.len(), sitrep.approved()), (1, None));
    assert!(bench.card_text().contains("visa de l'auteur, ne compte pas"));
    // A refusal needs its reason; the text is then taken up again.
    bench.button("Refuser");
    bench.write("c.petit");
    bench.press(Code::Ctrl('x'));
    assert!(matches!(bench.app.ui.overlay, Overlay::Form(_)), "without a reason nothing is recorded");
    bench.fill("text", "impacts à revoir");
    bench.send();
    bench.button("Reprendre");
    assert!(matches!(bench.app.ui.overlay, Overlay::Draft(_)));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let sitreps = bench.app.session.incident().sitreps();
    assert_eq!(sitreps.iter().map(|sitrep| sitrep.number).collect::<Vec<_>>(), [1, 2]);
    assert!(sitreps[0].replaced_by.is_some());
}

#[test]
fn in_a_document_letters_write_and_enter_breaks_the_line() {
    let mut bench = bench();
    bench.press(Code::Ctrl('k'));
    // The top line stays one line: Enter goes on to the next part.
    bench.press(Code::Enter);
    bench.write("q");
    bench.press(Code::Enter);
    bench.write(":quit");
    bench.press(Code::Tab);
    bench.write("z");
    let Overlay::Draft(draft) = &bench.app.ui.overlay else { panic!("{:?}", bench.app.ui.overlay) };
    assert!(draft.parts[1].text.text().starts_with("q\n:quit"), "{:?}", draft.parts[1]);
    assert!(draft.parts[2].text.text().starts_with('z'), "{:?}", draft.parts[2]);
    // Esc leaves it without a line in the log.
    bench.press(Code::Esc);
    bench.settle();
    assert_eq!(bench.bodies(), []);
    // It is taken up again as it was; the same key again drafts a new one. BackTab from its top reaches the button,
    // where Enter records.
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Ctrl('k'));
    bench.press(Code::BackTab);
    bench.press(Code::Enter);
    bench.settle();
    assert!(matches!(bench.bodies().as_slice(), [Body::Sitrep { number: 1, .. }]));
}

#[test]
fn a_pending_decision_is_due_and_its_decision_settles_it() {
    let mut bench = bench();
    bench.command("à décider +30 isoler CS 3 ?");
    bench.command("question 22:15 publier ?");
    let questions = bench.app.session.incident().questions().to_vec();
    let by: Vec<String> = questions.iter().map(|q| q.decide_by.unwrap().format("%H:%M").to_string()).collect();
    // 20:00 UTC is 21:00 in Paris.
    assert_eq!((questions[0].text.as_str(), by[0].as_str(), by[1].as_str()), ("isoler CS 3 ?", "20:30", "21:15"));
    bench.app.open_card_of(&questions[0].origin.entry);
    bench.button("Décider…");
    bench.write("ne pas isoler CS 3");
    bench.fill("why", "les cinq autres ne tiendraient pas");
    bench.fill("options", "isoler / attendre");
    bench.fill("dissent", "exploitation aurait isolé");
    bench.fill("review", "+60");
    bench.press(Code::Down);
    bench.press(Code::Right);
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let incident = bench.app.session.incident();
    let decision = &incident.decisions()[0];
    assert!(decision.record.not_to_act);
    assert_eq!(decision.record.options, ["isoler", "attendre"]);
    assert_eq!(decision.record.dissent, "exploitation aurait isolé");
    assert_eq!(decision.review_at.unwrap().to_rfc3339(), "2026-11-23T21:00:00+00:00");
    assert_eq!(incident.questions()[0].settled.as_ref().map(|(id, _)| id), Some(&decision.origin.entry));
    assert_eq!(incident.questions()[1].settled, None);
    // Its review.
    let id = decision.origin.entry.clone();
    bench.app.open_card_of(&id);
    bench.button("Noter la suite");
    bench.write("rien n'a lâché");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let decision = &bench.app.session.incident().decisions()[0];
    assert_eq!((decision.outcomes.len(), decision.review_at), (1, None));
    // Its record is completed later: it is still one decision, and keeps its reason.
    bench.app.open_card_of(&id);
    bench.button("Compléter");
    bench.fill("consulted", "SAMU 59, NOC");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let decisions = bench.app.session.incident().decisions();
    assert_eq!((decisions.len(), decisions[0].record.consulted.as_str()), (1, "SAMU 59, NOC"));
    assert_eq!(decisions[0].rationale, "les cinq autres ne tiendraient pas");
    assert_eq!(decisions[0].record.options, ["isoler", "attendre"]);
}

#[test]
fn decisions_and_messages_keep_their_short_ways_and_have_forms() {
    let mut bench = bench();
    // A decision: its key, Enter.
    bench.press(Code::F(2));
    bench.enter("réunir la cellule, car trois départements sont muets");
    assert_eq!(bench.keystrokes, 2);
    // A message with its receipt: key, Enter, key, Enter.
    bench.keystrokes = 0;
    bench.press(Code::F(8));
    bench.enter("SDIS 95: défaut réseau confirmé ? @+20m");
    bench.press(Code::Ctrl('r'));
    bench.enter("oui");
    assert_eq!(bench.keystrokes, 4);
    assert!(!bench.app.session.incident().messages()[0].unanswered());
    // The same key again: the form, with what was typed.
    bench.press(Code::F(8));
    bench.write("COZ Nord: combien de centres ?");
    bench.press(Code::F(8));
    bench.fill("channel", "téléphone");
    bench.fill("by", "+15");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let message = &bench.app.session.incident().messages()[1];
    assert_eq!(
        (message.to.as_str(), message.text.as_str(), message.channel.as_str()),
        ("COZ Nord", "combien de centres ?", "téléphone")
    );
    assert_eq!(message.answer_by.unwrap().to_rfc3339(), "2026-11-23T20:15:00+00:00");
    bench.press(Code::F(2));
    bench.write("attendre car rien ne presse");
    bench.press(Code::F(2));
    bench.fill("known", "le 15 est muet");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let decision = &bench.app.session.incident().decisions()[1];
    let record = &decision.record;
    assert_eq!((decision.rationale.as_str(), record.known.as_str()), ("rien ne presse", "le 15 est muet"));
}

#[test]
fn the_register_knows_the_numbers_of_the_network_that_is_played() {
    let mut bench = exercise();
    let numbers = bench.app.session.network().substitutes.len();
    assert!(numbers > 50);
    bench.command("substituts");
    let rows = bench.rows(Listing::Substitutes);
    assert_eq!(rows.len(), numbers + 1, "{rows:?}");
    assert!(rows[0].starts_with("+ Inscrire"), "a number of one's own comes first: {}", rows[0]);
    assert!(rows[1].contains("à inscrire au registre") && rows[1].contains("chemin"), "{}", rows[1]);
    // Enter brings the form with what the network says of it.
    let number = rows[1].split(" · ").next().unwrap().to_owned();
    bench.row(&number);
    let mut filled = |at: usize| match &bench.form().fields[at].value {
        FieldValue::Text(editor) => editor.text().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(filled(0), number);
    assert!((1..4).all(|at| !filled(at).is_empty()));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    assert!(bench.app.session.incident().substitutes()[&number].registered);
    assert_eq!(bench.rows(Listing::Substitutes).len(), numbers + 1, "one number, one row");
    // Behind a real incident stands a synthetic network: its numbers are nobody's.
    let mut real = self::bench();
    real.command("substituts");
    assert_eq!(real.rows(Listing::Substitutes).len(), 1);
}

#[test]
fn substitutes_are_registered_tested_published_and_withdrawn() {
    let mut bench = bench();
    bench.command("substituts");
    bench.row("+ Inscrire");
    bench.write("03 59 00 00 15");
    bench.fill("centre", "SAMU 59");
    bench.fill("path", "fixe");
    bench.fill("lines", "huit");
    bench.press(Code::Ctrl('x'));
    assert!(bench.status().contains("nombre de lignes"), "{}", bench.status());
    bench.fill("lines", "8");
    bench.send();
    assert!(matches!(bench.app.ui.overlay, Overlay::List { of: Listing::Substitutes, .. }), "the list comes back");
    let rows = bench.rows(Listing::Substitutes);
    assert!(rows[0].starts_with("03 59 00 00 15 · SAMU 59 | aucun essai réussi"), "{rows:?}");
    bench.row("03 59");
    bench.button("Noter un essai");
    bench.write("mobile Orange");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.row("03 59");
    bench.button("Noter une publication");
    bench.write("préfecture du Nord");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let status = &bench.app.session.incident().substitutes()["03 59 00 00 15"];
    assert_eq!((status.works_from(), status.in_use(), status.lines), (vec!["mobile Orange"], true, Some(8)));
    assert!(bench.rows(Listing::Substitutes)[0].contains("| publié |"), "{:?}", bench.rows(Listing::Substitutes));
    bench.row("03 59");
    bench.button("Noter un retrait");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    assert!(!bench.app.session.incident().substitutes()["03 59 00 00 15"].in_use());
}

#[test]
fn a_handover_is_accepted_by_the_person_who_names_himself() {
    let mut bench = bench();
    bench.command("relève");
    bench.write("a.morel");
    bench.fill("worries", "le 17 n'a pas été vérifié");
    bench.press(Code::Ctrl('x'));
    let Overlay::Draft(draft) = &bench.app.ui.overlay else { panic!("{:?}", bench.app.ui.overlay) };
    assert!(draft.parts.len() > 5, "{draft:?}");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.button("Accepter…");
    bench.write("m.durand");
    bench.press(Code::Ctrl('x'));
    assert!(bench.status().contains("ne se relève pas soi-même"), "{}", bench.status());
    bench.fill("who", "a.morel");
    bench.fill("mode", "exercice");
    bench.press(Code::Ctrl('x'));
    assert!(bench.status().contains("RÉEL"), "{}", bench.status());
    bench.fill("mode", "réel");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let handover = &bench.app.session.incident().handovers()[0];
    assert_eq!((handover.accepted(), handover.roles.as_slice()), (true, [Role::LogKeeper].as_slice()));
    assert!(handover.answer.as_ref().is_some_and(|answer| answer.mode_read && answer.origin.who == "a.morel"));
    let holder = &bench.app.session.incident().roles()[&Role::LogKeeper].holder;
    assert_eq!(holder.who, "a.morel");
    // The console was left to the incoming person.
    assert_eq!(
        (bench.app.session.author().who.as_str(), bench.app.session.author().role),
        ("a.morel", Role::LogKeeper)
    );
}

#[test]
fn a_public_message_needs_two_people_and_loses_them_with_its_words() {
    let mut bench = bench();
    bench.command("public");
    bench.row("+ Préparer");
    bench.write("Le 15 est perturbé dans le Nord");
    bench.fill("instruction", "Appeler le 112. Ne pas appeler pour essayer.");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let id = bench.app.session.incident().publics()[0].origin.entry.clone();
    for who in ["c.petit", "a.morel"] {
        bench.app.ui.clear_overlays();
        bench.app.open_card_of(&id);
        bench.button("Approuver…");
        bench.write(who);
        bench.press(Code::Ctrl('x'));
        bench.settle();
    }
    assert_eq!(bench.app.session.incident().publics()[0].approvals().len(), 2);
    bench.button("Noter la publication");
    bench.write("préfecture, 21:05");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.button("Changer les mots");
    bench.fill("area", "Nord et Pas-de-Calais");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    assert_eq!(bench.app.session.incident().publics()[0].approvals().len(), 0);
}

#[test]
fn clocks_are_shown_with_both_times_and_stopped_with_a_reason() {
    let mut bench = bench();
    bench.command("horloges");
    assert!(bench.rows(Listing::Clocks).iter().any(|row| row.contains("ne tourne pas")));
    bench.press(Code::Esc);
    bench.command("conscience panne nationale");
    bench.command("horloges");
    let rows = bench.rows(Listing::Clocks);
    let cell = rows.iter().find(|row| row.starts_with("Réunir la cellule")).unwrap();
    assert!(cell.contains("échéance 21:30 (20:30 UTC)"), "{cell}");
    bench.row("Réunir la cellule");
    bench.button("Arrêter cette horloge");
    bench.write("cellule réunie");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let rows = bench.rows(Listing::Clocks);
    assert!(rows.iter().any(|row| row.starts_with("Réunir la cellule") && row.contains("cellule réunie")), "{rows:?}");
}

#[test]
fn a_call_to_a_contact_is_its_test() {
    let mut bench = bench();
    bench.command("contacts");
    let id = bench.app.session.contacts().contacts()[0].id.clone();
    bench.app.ui.clear_overlays();
    bench.app.perform(Act::Cell(CellAct::Contact(id.clone())));
    bench.button("Appelé, non joint");
    bench.write("sonne dans le vide");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    assert!(bench.rows(Listing::Contacts)[0].contains("NON JOINT"), "{:?}", bench.rows(Listing::Contacts));
    bench.app.perform(Act::Cell(CellAct::Contact(id.clone())));
    bench.button("Appelé, joint");
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let calls = bench.app.session.incident().contact_calls(&id);
    assert_eq!(calls.iter().map(|call| call.reached).collect::<Vec<_>>(), [false, true]);
    assert!(bench.rows(Listing::Contacts).iter().all(|row| !row.contains("NON JOINT")));
}

#[test]
fn the_rhythm_says_when_it_freezes_and_what_was_missed() {
    let mut bench = bench();
    bench.command("rythme 30 21:30");
    let rows = bench.rows(Listing::Clocks);
    assert!(rows[0].contains("prochain point 21:30 · gel à 21:25"), "{}", rows[0]);
    bench.clock.advance(Duration::from_mins(26));
    assert!(bench.rows(Listing::Clocks)[0].contains("GEL depuis 21:25"), "{:?}", bench.rows(Listing::Clocks)[0]);
    bench.clock.advance(Duration::from_mins(10));
    bench.command("rythme");
    bench.button("Point de 21:30 tenu");
    let rows = bench.rows(Listing::Clocks);
    assert!(rows[0].contains("prochain point 22:00") && !rows[0].contains("non tenu"), "{}", rows[0]);
    bench.clock.advance(Duration::from_mins(40));
    bench.settle();
    let rows = bench.rows(Listing::Clocks);
    assert!(rows[0].contains("prochain point 22:30") && rows[0].contains("1 point non tenu"), "{}", rows[0]);
    assert!(bench.rows(Listing::Debts).iter().any(|row| row.contains("manqué : reste au compte")));
    // Whoever was there says so afterwards, in words.
    bench.command("rythme");
    bench.button("Point de 22:00 : tenu malgré tout");
    bench.press(Code::Ctrl('x'));
    assert!(matches!(bench.app.ui.overlay, Overlay::Form(_)), "without words nothing is recorded");
    bench.fill("text", "à l'oral, tous présents");
    bench.send();
    assert!(bench.app.session.incident().missed_slots(bench.app.session.now_incident()).is_empty());
    assert!(!bench.rows(Listing::Debts).iter().any(|row| row.contains("manqué")));
}

#[test]
fn nothing_of_the_cells_work_is_done_by_a_letter_or_by_opening_a_card() {
    let mut bench = bench();
    bench.command("question isoler ?");
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    let before = bench.bodies().len();
    for of in [Listing::Clocks, Listing::Substitutes, Listing::Publics, Listing::Documents, Listing::Debts] {
        bench.app.perform(Act::Cell(CellAct::List(of)));
        for c in ('a'..='z').chain('0'..='9') {
            bench.press(Code::Char(c));
        }
        assert!(matches!(bench.app.ui.overlay, Overlay::List { .. }), "{of:?}");
        bench.press(Code::Ctrl('u'));
        bench.press(Code::Enter);
        bench.press(Code::Enter);
        bench.settle();
        assert_eq!(bench.bodies().len(), before, "{of:?}");
        bench.app.ui.clear_overlays();
    }
    let ids: Vec<EntryId> =
        (0..before as u64).map(|seq| EntryId::new(&bench.app.session.log().get(0).unwrap().chain, seq)).collect();
    for id in ids {
        bench.app.open_card_of(&id);
        bench.press(Code::Enter);
        bench.press(Code::Enter);
        assert_eq!(bench.bodies().len(), before);
    }
}
