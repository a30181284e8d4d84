//! The desk and what players see of it: the chronogramme as a menu, screens while play stands still.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use super::*;
use crate::incident::desk::DeskAct;
use crate::network::Source;
use crate::tui::layout::layout;

const PLAN: &str = r#"
[exercise]
id = "small"
title = { fr = "Petit exercice", en = "Small exercise" }
brief = { fr = "EXERCICE. Un mardi, 14 h.", en = "EXERCISE. A Tuesday, 14:00." }
scenario = "small"

[[objective]]
id = "O1"
title = { fr = "Dire la crise", en = "Declare the crisis" }
rule = "entry awareness"
target = "30m"

[[inject]]
id = "F01"
at = "1m"
text = { fr = "Un call server refuse des appels", en = "A call server rejects calls" }
fault = 'fault = "reject", p = 0.5'
on = ["cs-1"]

[[inject]]
id = "I01"
at = "2m"
from = "SDIS 69"
to = "operations"
text = { fr = "Des gens ont composé le 15 en vain.", en = "People dialled 15 in vain." }
expected = { fr = "Consigner, recouper", en = "Log it, cross-check" }

[[inject]]
id = "I02"
at = "40m"
from = "CODIS"
to = "director"
text = { fr = "Nous prenons vos appels.", en = "We take your calls." }
"#;

/// An exercise with a chronogramme, at the console of somebody with this role.
fn desk(role: Role, lang: LangId) -> Bench {
    let mut bench = bench();
    let mut setup = Setup { lang, ..bench.setup.clone() };
    setup.author.role = role;
    let kit = crate::exercise::parse("small.toml", PLAN).unwrap();
    let text = include_str!("../../../sim/tests/small.toml");
    let sources = vec![Source { name: "small.toml".into(), text: text.into() }];
    let mut session =
        Session::new_exercise_with(setup, sources, Some(7), 60_000, Perimeter::Nation, Some(&kit)).unwrap();
    let (tx, woken) = channel();
    session.waker(Box::new(move || {
        let _ = tx.send(());
    }));
    bench.app = App::new(session, bench.clock.clone(), lang, Theme::new(ThemeId::Mono), Glyphs::Unicode);
    bench.woken = woken;
    while bench.app.session.progress() == Some(crate::session::Progress::Loading) {
        bench.woken.recv_timeout(Duration::from_mins(2)).unwrap();
        bench.app.pump();
    }
    bench.settle();
    bench
}

impl Bench {
    /// So many minutes of play, at ×60.
    fn minutes(&mut self, minutes: u64) {
        for _ in 0..minutes {
            self.clock.advance(Duration::from_secs(1));
            self.settle();
            while matches!(self.app.session.progress(), Some(crate::session::Progress::CatchingUp { .. })) {
                self.app.pump();
            }
            self.settle();
        }
    }

    fn act(&mut self, act: DeskAct) {
        self.app.session.act(act, "");
        self.settle();
    }

    /// The screen as it is drawn, a line a row.
    fn screen(&mut self, width: u16, height: u16) -> Vec<String> {
        self.app.resized((width, height), 10);
        let mut screen = Buffer::empty(Rect::new(0, 0, width, height));
        let model = self.app.model();
        for (region, area) in layout(Size { width, height }, model.ui).regions {
            crate::tui::view::draw(region, &model, area, &mut screen);
        }
        let row = |y| (0..width).map(|x| screen[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
        (0..height).map(row).collect()
    }

    fn menu(&self) -> &crate::tui::model::Menu {
        match &self.app.ui.overlay {
            Overlay::Menu(menu) => menu,
            other => panic!("{other:?}"),
        }
    }

    fn planned(&self, id: &str) -> (String, String) {
        let item = self.menu().items.iter().find(|item| item.label.split_whitespace().nth(1) == Some(id)).unwrap();
        (item.label.clone(), item.key.clone())
    }
}

#[test]
fn the_desk_says_for_whom_what_and_how_it_stands_and_goes_on_with_play() {
    let mut bench = desk(Role::Facilitator, LangId::Fr);
    bench.enter(":animation debutex");
    bench.minutes(1);
    bench.enter(":animation");
    assert!(bench.menu().title.starts_with("Animation · en jeu · I01 dans 01:00"), "{}", bench.menu().title);
    let (label, key) = bench.planned("I01");
    assert!(label.contains("exploitation") && label.contains("Des gens ont composé"), "{label}");
    assert_eq!(key, "prévu");
    assert_eq!(bench.planned("F01").1, "joué", "a fault needs no answer");
    // The cursor stays on its inject while the rows change.
    let at = bench.menu().items.iter().position(|item| item.label.contains("I02")).unwrap();
    for _ in 0..at {
        bench.press(Code::Down);
    }
    bench.minutes(2);
    assert_eq!(bench.planned("I01").1, "sans réponse 01:00");
    assert!(bench.menu().items[bench.menu().cursor].label.contains("I02"));
    let screen = bench.screen(120, 40).join("\n");
    assert!(screen.contains("sans réponse 01:00") && screen.contains("Dire la crise"), "{screen}");
    bench.press(Code::Esc);
    bench.enter(":animation verifier SAMU ok");
    bench.enter(":animation retarder I02 5");
    let words = bench.screen(120, 40).join("\n");
    assert!(words.contains("communications vérifiées : SAMU"), "{words}");
    assert!(words.contains("stimulus I02 retardé de 05:00"), "{words}");
}

#[test]
fn whoever_plays_alone_reads_the_brief_and_never_what_is_to_come() {
    let mut bench = desk(Role::Director, LangId::Fr);
    bench.minutes(1);
    assert!(bench.texts().contains(&"EXERCICE. Un mardi, 14 h.".to_owned()), "{:?}", bench.texts());
    bench.enter(":animation");
    let (label, _) = bench.planned("I02");
    assert!(label.contains("à venir") && !label.contains("Nous prenons") && !label.contains("directeur"), "{label}");
    assert_eq!(bench.menu().title, "Animation · en jeu");
}

#[test]
fn a_receipt_says_whom_it_answers_the_most_urgent_first() {
    let mut bench = desk(Role::Director, LangId::Fr);
    bench.minutes(42);
    assert_eq!(bench.app.session.incident().unanswered().count(), 2);
    bench.press(Code::Ctrl('r'));
    let hint = bench.app.ui.input.hint.clone();
    assert!(hint.starts_with("à SDIS 69 : « Des gens ont composé le 15 en"), "{hint}");
}

#[test]
fn screens_while_play_stands_still() {
    for lang in [LangId::Fr, LangId::En] {
        let mut bench = desk(Role::Director, lang);
        bench.minutes(3);
        bench.act(DeskAct::Pause);
        for (width, height) in [(120, 40), (80, 24)] {
            let screen = bench.screen(width, height).join("\n");
            insta::assert_snapshot!(format!("locked_{width}x{height}_{lang}"), screen);
        }
        bench.act(DeskAct::Resume);
        bench.act(DeskAct::RealWorld { incident: "2026-11-24-urgence-reelle-a12d".into() });
        let screen = bench.screen(80, 24);
        assert!(screen[22].ends_with("vigie resume 2026-11-24-urgence-reelle-a12d"), "{screen:?}");
        // Whoever sits at the desk is told as well, in the band, for as long as it lasts.
        let mut bench = desk(Role::Facilitator, lang);
        bench.act(DeskAct::Start { sha256: String::new(), injects: 3 });
        bench.minutes(1);
        bench.act(DeskAct::Pause);
        let told = bench.screen(120, 40).join("\n");
        assert!(told.contains(if lang == LangId::Fr { "JEU SUSPENDU" } else { "PLAY SUSPENDED" }), "{told}");
        bench.act(DeskAct::RealWorld { incident: String::new() });
        let told = bench.screen(120, 40).join("\n");
        assert!(told.contains(if lang == LangId::Fr { "EXERCICE FIGÉ" } else { "EXERCISE FROZEN" }), "{told}");
    }
}
