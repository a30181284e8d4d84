//! The cell's own work on the evening of 2 June 2021, from the keyboard alone: the script of keys is the test.

use super::harness::Term;

/// The button that says that the warnings of a step were read.
const READ: &str = "Lu : acquitter les mises en garde";
const F4: &str = "\x1bOS";
const F8: &str = "\x1b[19~";
const F9: &str = "\x1b[20~";
const SITREP: &str = "\x0b";
const RECORD: &str = "\x18";
const RECEIPT: &str = "\x12";
const DOWN: &str = "\x1b[B";
const TAB: &str = "\t";

/// Waits for what must have reached the log.
fn logged(term: &mut Term, what: &str, times: usize) {
    term.wait_log(what, |log| log.matches(what).count() >= times);
}

/// Chooses the `n`th button of the card on top, from 1.
fn button(term: &mut Term, n: usize) {
    term.send(&DOWN.repeat(n));
    term.send("\r");
}

/// Opens the playbook with this word in its title.
fn playbook(term: &mut Term, word: &str, title: &str, number: usize) {
    term.command(&format!("fiches {word}"));
    term.wait("its card", |screen| screen.contains("[ Ouvrir cette fiche ]"));
    button(term, 1);
    logged(term, "\"kind\":\"playbook\"", number);
    term.wait("its steps", |screen| screen.contains(&format!("{title} · 0")));
}

/// Does something to the step that stands next: the button with this label, then the words it asks for.
fn step(term: &mut Term, of: &str, label: &str, words: Option<&str>, change: &str) {
    let before = term.log().matches(change).count();
    // The disk has a line a moment before the console takes it: until then the step before is the next one.
    let card = |screen: &String| screen.contains("[ La fiche entière ]");
    loop {
        term.send(F4);
        term.wait(of, card);
        let screen = term.screen();
        let stale = label != READ && screen.contains("[ Lu : ");
        if screen.contains(&format!("┏ {of}")) && !stale {
            break;
        }
        term.send("\x1b");
        term.wait("no card", |screen| !card(screen));
    }
    let buttons = term.screen();
    let buttons = buttons.lines().filter_map(|line| line.split_once("[ ")?.1.split_once(" ]").map(|(label, _)| label));
    let at = buttons.clone().position(|button| button == label);
    assert!(at.is_some(), "no button {label}; the screen is\n{}", term.screen());
    button(term, at.unwrap_or_default() + 1);
    if let Some(words) = words {
        term.wait("the question", |screen| !screen.contains("[ La fiche entière ]"));
        term.send(words);
        term.send("\r");
    }
    logged(term, change, before + 1);
}

/// Waits until the register is on top and has these words: in the form, and in the line that is being written, they stand
/// before it has them.
fn register(term: &mut Term, words: &str) {
    let has = |line: &str| line.starts_with('┃') && line.contains(words);
    term.wait(words, |screen| screen.contains("+ Inscrire un numéro") && screen.lines().any(has));
}

/// Another person takes the keyboard.
fn at_the_keyboard(term: &mut Term, who: &str, role: &str) {
    term.command("auteur");
    term.wait("the form", |screen| screen.contains("Auteur et rôle"));
    term.send(&format!("\x15{who}{TAB}{TAB}"));
    let right = |screen: &String| screen.contains(&format!("◀ {role} ▶"));
    let shown = |screen: &String| screen.lines().find(|line| line.contains('◀')).map(str::to_owned);
    while !right(&term.screen()) {
        let before = shown(&term.screen());
        term.send("\x1b[C");
        term.wait("another role", |screen| shown(screen) != before);
    }
    term.wait("the role", right);
    term.send(RECORD);
    term.wait("it is taken", |screen| !screen.contains("Auteur et rôle"));
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
    let args =
        ["exercise", "france-2021-06-02", "--speed", "600", "--lang", "fr", "--as", "m.durand/opérateur/director"];
    let mut term = Term::vigie(&args, 120, 40);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    // The evening comes as it came; from a quarter to six on the cell works in its own time.
    let late = ["17:4", "17:5", "18:"].map(|time| format!("mer. 2 juin {time}"));
    term.wait("the evening", |screen| late.iter().any(|time| screen.contains(time)));
    term.command("vitesse 1");
    term.wait("the pace", |screen| screen.contains("· ×1 ▶"));
    // Awareness starts the clocks; the crisis cell is declared by a decision with its reason.
    term.command("conscience numéros d'urgence perturbés");
    logged(&mut term, "\"kind\":\"awareness\"", 1);
    term.send("\x1bOQ");
    term.wait("a decision", |screen| screen.contains("DÉCISION ▸"));
    term.send("réunir la cellule de crise, car plusieurs départements sont touchés\r");
    logged(&mut term, "plusieurs départements sont touchés", 1);
    // The authorities are informed: message, receipt, clock stopped with a reason.
    term.send(F8);
    term.send("Intérieur: numéros d'urgence perturbés, cellule réunie @+20m\r");
    logged(&mut term, "\"kind\":\"message\"", 1);
    term.wait("it waits for an answer", |screen| screen.contains("sans réponse"));
    term.send(RECEIPT);
    term.wait("the answer", |screen| screen.contains("numéros d'urgence perturbés, cellule réunie"));
    term.send("bien reçu par le COGIC\r");
    logged(&mut term, "\"kind\":\"receipt\"", 1);
    term.command("horloges");
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
    // The checklist of it: what was done, what does not apply and why, what was read before.
    playbook(&mut term, "informer", "Informer autorités et public", 1);
    let done = "\"change\":\"done\"";
    step(&mut term, "Prévenir l'Intérieur", "Fait, avec preuve…", Some("COGIC, M. Petit"), done);
    step(&mut term, "Origine peut-être", "Passer, avec motif…", Some("rien ne l'indique"), "\"change\":\"skipped\"");
    step(&mut term, "Obtenir un accusé", READ, None, "\"change\":\"acknowledged\"");
    step(&mut term, "Obtenir un accusé", "Fait, avec preuve…", Some("M. Petit a répété"), done);
    step(&mut term, "Réunir la cellule", "Fait", None, done);
    // The checklist of substitute numbers, up to the list that two people have read.
    playbook(&mut term, "substitution", "Numéros de substitution", 2);
    step(&mut term, "Faire dire à l'opérateur", "Fait, avec preuve…", Some("Mme Roux : le mobile passe"), done);
    step(&mut term, "Ouvrir un seul registre", "Fait", None, done);
    step(&mut term, "Pour chaque numéro", READ, None, "\"change\":\"acknowledged\"");
    step(&mut term, "Pour chaque numéro", "Fait, avec preuve…", Some("ligne IP, dit Mme Roux"), done);
    step(&mut term, "Comparer ses lignes", "Fait", None, done);
    // A substitute number: registered, tested from three accesses, published.
    term.command("substituts");
    term.wait("the register", |screen| screen.contains("+ Inscrire un numéro"));
    term.send("\r");
    term.wait("the form", |screen| screen.contains("qui répond"));
    term.send(&format!("01 99 00 00 15{TAB}SAMU 59{TAB}fixe{TAB}8{RECORD}"));
    logged(&mut term, "\"change\":\"registered\"", 1);
    for (n, access) in ["cuivre", "box", "mobile"].into_iter().enumerate() {
        register(&mut term, "01 99 00 00 15");
        term.send("\r");
        term.wait("its card", |screen| screen.contains("Noter un essai"));
        button(&mut term, 1);
        term.wait("the test", |screen| screen.contains("Essai du"));
        term.send(access);
        term.send(RECORD);
        logged(&mut term, "\"change\":\"tested\"", n + 1);
    }
    register(&mut term, "répond depuis");
    term.send("\x1b");
    step(&mut term, "Appeler chaque numéro", "Fait, avec preuve…", Some("cuivre, box, mobile : le SAMU"), done);
    step(&mut term, "Faire relire la liste", READ, None, "\"change\":\"acknowledged\"");
    step(&mut term, "Faire relire la liste", "Fait", None, done);
    // One person is one signature: a debt until somebody in another role has read the list too.
    term.wait("the debt", |screen| screen.contains("signature manque"));
    at_the_keyboard(&mut term, "c.petit", "exploitation");
    term.command("dettes");
    term.wait("the list", |screen| screen.contains("signature"));
    term.send("\r");
    term.wait("the step", |screen| screen.contains("[ Signer aussi ]"));
    button(&mut term, 1);
    logged(&mut term, "\"change\":\"signed\"", 1);
    at_the_keyboard(&mut term, "m.durand", "directeur");
    step(&mut term, "Renforcer les salles", "Fait", None, done);
    step(&mut term, "Publier les numéros", READ, None, "\"change\":\"acknowledged\"");
    term.command("substituts");
    register(&mut term, "01 99 00 00 15");
    term.send("\r");
    term.wait("its card", |screen| screen.contains("Noter une publication"));
    button(&mut term, 2);
    term.wait("the publication", |screen| screen.contains("Publication du"));
    term.send("préfecture du Nord");
    term.send(RECORD);
    logged(&mut term, "\"change\":\"published\"", 1);
    register(&mut term, "préfecture du Nord");
    // Checked where it was published: it is called once more.
    term.send("\r");
    term.wait("its card", |screen| screen.contains("Noter un essai"));
    button(&mut term, 1);
    term.wait("the test", |screen| screen.contains("Essai du"));
    term.send(&format!("mobile{RECORD}"));
    logged(&mut term, "\"change\":\"tested\"", 4);
    register(&mut term, "préfecture du Nord");
    term.send("\x1b");
    step(
        &mut term,
        "Publier les numéros",
        "Fait, avec preuve…",
        Some("liste relue sur le site de la préfecture"),
        done,
    );
    step(&mut term, "Donner la même liste", "Fait, avec preuve…", Some("préfectures, 18:05"), done);
    // Two points de situation, each approved by a second person.
    sitrep(&mut term, "Premier point. ", "c.petit", 1);
    sitrep(&mut term, "Second point. ", "a.morel", 2);
    // The handover: package, acceptance by the incoming person, who reads the mode back.
    term.command("relève");
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
    // The number was checked after it was published, and nothing of its list is owed any more but what it takes time to show.
    let place = |wanted: &dyn Fn(&serde_json::Value) -> bool| entries.iter().rposition(wanted);
    let tested = place(&|entry| entry["change"] == "tested" && entry["ok"] == true);
    assert!(tested > place(&|entry| entry["change"] == "published") && tested.is_some());
    let steps = |change: &str| of("step").iter().filter(|entry| entry["change"] == change).count();
    assert_eq!((steps("done"), steps("skipped"), steps("acknowledged"), steps("signed")), (12, 1, 4, 1));
    let signed = |entry: &&&serde_json::Value| entry["step"] == "four-eyes" && entry["change"] != "acknowledged";
    let signers: Vec<_> = of("step").iter().filter(signed).map(|entry| entry["who"].as_str()).collect();
    assert_eq!(signers, [Some("m.durand"), Some("c.petit")]);
    assert!(of("clock_stop")[0]["id"] == "fr-d98-5", "{:?}", of("clock_stop"));
    assert!(term.verified(), "the chain is whole");
}
