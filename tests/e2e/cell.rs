//! The cell's own work on the evening of 2 June 2021, from the keyboard alone: the script of keys is the test.

use super::harness::Term;

const F8: &str = "\x1b[19~";
const F9: &str = "\x1b[20~";
const SITREP: &str = "\x0b";
const RECORD: &str = "\x18";
const RECEIPT: &str = "\x12";
const DOWN: &str = "\x1b[B";
const TAB: &str = "\t";

/// Types a command after `:` and Enter.
fn command(term: &mut Term, words: &str) {
    term.send(":");
    term.wait("the palette", |screen| screen.contains("Commandes"));
    term.send(words);
    term.send("\r");
}

/// Waits for what must have reached the log.
fn logged(term: &mut Term, what: &str, times: usize) {
    let end = std::time::Instant::now() + super::PATIENCE;
    while term.log().matches(what).count() < times {
        assert!(std::time::Instant::now() < end, "{what} ×{times} never came; the screen is\n{}", term.screen());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Chooses the `n`th button of the card on top, from 1.
fn button(term: &mut Term, n: usize) {
    term.send(&DOWN.repeat(n));
    term.send("\r");
}

/// A point de situation from the key to the approval by a second person.
fn sitrep(term: &mut Term, words: &str, second: &str, number: usize) {
    term.send(SITREP);
    term.wait("the draft", |screen| screen.contains("Faits confirmés"));
    term.send(words);
    term.send(RECORD);
    logged(term, "\"kind\":\"sitrep\"", number);
    term.wait("its card", |screen| screen.contains("pas encore approuvé"));
    button(term, 1);
    term.wait("the approval", |screen| screen.contains("deuxième personne"));
    term.send(second);
    term.send(RECORD);
    logged(term, "\"kind\":\"approval\"", number);
    term.wait("the four words", |screen| screen.contains("quatre mots"));
    term.send("\x1b");
}

#[test]
fn the_evening_of_2_june_is_led_from_the_keyboard() {
    let args = ["exercise", "france-2021-06-02", "--lang", "fr", "--as", "m.durand/opérateur/director"];
    let mut term = Term::vigie(&args, 120, 40);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.wait("the network", |screen| !screen.contains("chargement"));
    // Awareness starts the clocks; the crisis cell is declared by a decision with its reason.
    command(&mut term, "conscience numéros d'urgence perturbés");
    logged(&mut term, "\"kind\":\"awareness\"", 1);
    term.send("\x1bOQ");
    term.wait("a decision", |screen| screen.contains("DÉCISION ▸"));
    term.send("réunir la cellule de crise, car plusieurs départements sont touchés\r");
    logged(&mut term, "plusieurs départements sont touchés", 1);
    // The authorities are informed: message, receipt, clock stopped with a reason.
    term.send(F8);
    term.send("Intérieur: numéros d'urgence perturbés, cellule réunie @+20m\r");
    logged(&mut term, "\"kind\":\"message\"", 1);
    term.send(RECEIPT);
    term.send("bien reçu par le COGIC\r");
    logged(&mut term, "\"kind\":\"receipt\"", 1);
    command(&mut term, "horloges");
    term.wait("the clock board", |screen| screen.contains("Informer l'Intérieur"));
    // The rhythm stands first, the most urgent clock below it.
    term.send(DOWN);
    term.send("\r");
    term.wait("its card", |screen| screen.contains("Arrêter cette horloge"));
    button(&mut term, 1);
    term.wait("the reason", |screen| screen.contains("motif"));
    term.send("COGIC informé par message");
    term.send(RECORD);
    logged(&mut term, "\"kind\":\"clock_stop\"", 1);
    term.send("\x1b");
    // A substitute number: registered, tested from three accesses, published.
    command(&mut term, "substituts");
    term.wait("the register", |screen| screen.contains("+ Inscrire un numéro"));
    term.send("\r");
    term.wait("the form", |screen| screen.contains("qui répond"));
    term.send(&format!("01 99 00 00 15{TAB}SAMU 59{TAB}fixe{TAB}8{RECORD}"));
    logged(&mut term, "\"change\":\"registered\"", 1);
    for (n, access) in ["cuivre", "box", "mobile"].into_iter().enumerate() {
        term.wait("the number", |screen| screen.contains("01 99 00 00 15"));
        term.send("\r");
        term.wait("its card", |screen| screen.contains("Noter un essai"));
        button(&mut term, 1);
        term.wait("the test", |screen| screen.contains("Essai du"));
        term.send(access);
        term.send(RECORD);
        logged(&mut term, "\"change\":\"tested\"", n + 1);
    }
    term.wait("the tests", |screen| screen.contains("répond depuis"));
    term.send("\r");
    term.wait("its card", |screen| screen.contains("Noter une publication"));
    button(&mut term, 2);
    term.wait("the publication", |screen| screen.contains("Publication du"));
    term.send("préfecture du Nord");
    term.send(RECORD);
    logged(&mut term, "\"change\":\"published\"", 1);
    term.wait("it is in use", |screen| screen.contains("préfecture du Nord"));
    term.send("\x1b");
    // Two points de situation, each approved by a second person.
    sitrep(&mut term, "Premier point. ", "c.petit", 1);
    sitrep(&mut term, "Second point. ", "a.morel", 2);
    // The handover: package, acceptance by the incoming person, who reads the mode back.
    command(&mut term, "relève");
    term.wait("the form", |screen| screen.contains("ce qui inquiète"));
    term.send(&format!("a.morel{RECORD}"));
    term.wait("the package", |screen| screen.contains("Relève à a.morel"));
    term.send(RECORD);
    logged(&mut term, "\"kind\":\"handover\"", 1);
    term.wait("its card", |screen| screen.contains("pas encore acceptée"));
    button(&mut term, 1);
    term.wait("the acceptance", |screen| screen.contains("mode relu"));
    term.send(&format!("a.morel{TAB}{TAB}{TAB}exercice{RECORD}"));
    logged(&mut term, "\"kind\":\"handover_answer\"", 1);
    term.send("\x1b\x1b");
    term.send(F9);
    term.wait("the deadlines", |screen| screen.contains("Échéances"));
    term.send("\x1b");
    term.send("\x1b[21~q");
    assert_eq!(term.exit(), 0);
    term.assert_given_back();
    let entries: Vec<serde_json::Value> =
        term.log().lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    let of = |kind: &str| entries.iter().filter(|entry| entry["kind"] == kind).collect::<Vec<_>>();
    let approvers: Vec<&str> = of("approval").iter().filter_map(|entry| entry["who"].as_str()).collect();
    assert_eq!(approvers, ["c.petit", "a.morel"]);
    assert!(of("approval").iter().all(|entry| entry["granted"] == true));
    let numbers: Vec<_> = of("sitrep").iter().map(|entry| entry["number"].as_u64()).collect();
    assert_eq!(numbers, [Some(1), Some(2)]);
    let answer = of("handover_answer");
    assert!(answer[0]["accepted"] == true && answer[0]["mode_read"] == true && answer[0]["who"] == "a.morel");
    assert!(of("clock_stop")[0]["id"] == "fr-d98-5", "{:?}", of("clock_stop"));
    assert!(term.verified(), "the chain is whole");
}
