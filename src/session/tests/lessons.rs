//! What is learnt from an exercise: the report of what was played and how it was led, the plan of what is to be better, and
//! whether the next exercise was.

use super::*;
use crate::incident::desk::{DeskAct, Rating};
use crate::lang::Lang;
use crate::report::document::Form;
use crate::report::retex::{compare, improvements_csv, retex};

const PLAN: &str = r#"
[exercise]
id = "lessons"
title = { fr = "Leçons", en = "Lessons" }
scenario = "small"

[[cell]]
id = "operator"
title = { fr = "Opérateur", en = "Operator" }
sees = ["operator"]

[[objective]]
id = "O1"
title = { fr = "Dire la crise", en = "Declare" }
rule = "entry awareness"
target = "30m"

[[objective]]
id = "O2"
title = { fr = "Appeler un autre opérateur", en = "Call another operator" }
rule = "entry message to=operateur"
target = "10m"

[[inject]]
id = "I01"
at = "5m"
from = "SDIS 69"
to = "director"
text = { fr = "Des gens ont composé le 15 en vain.", en = "People dialled 15 in vain." }
"#;

/// Plays ten minutes of a plan as its facilitator, with these words to this addressee, and reads it for its report.
fn played(plan: &str, to: &str) -> (World, crate::report::retex::Material) {
    let mut world = world();
    world.setup.author = Author { who: "f.roux".into(), org: "DIREX".into(), role: Role::Facilitator };
    let kit = crate::exercise::parse("lessons.toml", plan).expect("plan");
    let start = Session::new_exercise_with;
    let mut session =
        start(world.setup.clone(), small(), Some(7), 60_000, Perimeter::Nation, Some(&kit)).expect("exercise");
    settle(&mut session);
    session.act(DeskAct::Start { sha256: String::new(), injects: 1 }, "");
    settle(&mut session);
    session.act(DeskAct::Delay { inject: "I01".into(), by_s: 120 }, "la cellule respire");
    session.set_author(Author { who: "m.durand".into(), org: "NOC".into(), role: Role::Director });
    session.submit(info("le 15 ne passe pls"), None, vec![]);
    settle(&mut session);
    let log = session.log();
    let wrong = (0..log.len()).filter_map(|at| log.get(at)).find(|entry| entry.body.text().contains("pls"));
    let wrong = wrong.expect("the line").id();
    let correction = Body::Correction { text: "le 15 ne passe plus".into(), reason: "faute".into() };
    session.submit(correction, None, vec![wrong]);
    let body = Body::Message {
        text: "voyez-vous des échecs ?".into(),
        to: to.into(),
        from: String::new(),
        channel: String::new(),
        answer_by: None,
    };
    session.submit(body, None, vec![]);
    settle(&mut session);
    run(&mut session, &world.clock, 10);
    session.set_author(Author { who: "f.roux".into(), org: "DIREX".into(), role: Role::Facilitator });
    session.act(DeskAct::Rate { objective: "O1".into(), rating: Rating::S }, "tard");
    session.act(DeskAct::Improve { objective: "O2".into(), owner: "liaison".into() }, "tenir l'annuaire");
    session.act(DeskAct::End, "");
    settle(&mut session);
    session.close().expect("closed");
    let material = study(&world.setup, &folder_of(&world, Mode::Exercise)).expect("read");
    (world, material)
}

#[test]
fn a_report_says_how_the_exercise_was_led_and_what_was_written_as_it_was_corrected() {
    let (_world, material) = played(PLAN, "Opérateur");
    let lang = Lang::new(LangId::Fr);
    let text = retex(&material, &lang).render(Form::Markdown);
    let row = |of: &str| text.lines().find(|line| line.contains(of)).unwrap_or_default().to_owned();
    assert!(text.contains("le 15 ne passe plus") && !text.contains("ne passe pls"), "{text}");
    assert!(row("la cellule respire").contains("I01"), "{text}");
    // Planned when the plan says, though it was delayed.
    let start = material.desk.start().expect("begun");
    let planned =
        lang.time(start + chrono::TimeDelta::minutes(5), material.incident.genesis().zone.parse().expect("a zone"));
    assert!(row("| I01 |").contains(&planned), "{planned}\n{text}");
    // The cell of the exercise that is called Opérateur is no other operator.
    assert!(row("appeler un autre opérateur").contains("| – | – |"), "{text}");
    let (_world, elsewhere) = played(PLAN, "Opérateur Borée");
    let text = retex(&elsewhere, &lang).render(Form::Markdown);
    assert!(!text.contains("m.durand") && !text.contains("f.roux"), "{text}");
}

#[test]
fn the_next_exercise_is_held_against_the_same_objectives_only() {
    let (_world, before) = played(PLAN, "SAMU 59");
    let other = PLAN.replace("entry message to=operateur", "entry message to=samu");
    let (_other_world, after) = played(&other, "SAMU 59");
    let lang = Lang::new(LangId::Fr);
    let text = compare(&before, &after, &lang).render(Form::Markdown);
    // O2 asks something else the second time: it stands twice, and says nothing of the line of the plan.
    assert_eq!(
        text.lines().filter(|line| line.starts_with("| O2 |") && line.contains("non demandé")).count(),
        2,
        "{text}"
    );
    let line = text.lines().find(|line| line.contains("tenir l'annuaire")).unwrap_or_default();
    assert!(line.contains("non repris au second"), "{text}");
    assert!(text.contains("×60") && text.contains("· S"), "speed and ratings\n{text}");
    let csv = improvements_csv(&before, &lang, b';').expect("written");
    let mut lines = csv.lines();
    assert!(lines.next().is_some_and(|head| head.starts_with("mode;incident;exercice;objectif;intitulé;règle;cible")));
    let line = lines.next().unwrap_or_default();
    for cell in
        ["EXERCICE", "lessons", "O2", "entry message to=operateur", "10 min", "tenir l'annuaire", "liaison", "ouvert"]
    {
        assert!(line.contains(cell), "{cell}: {line}");
    }
}
