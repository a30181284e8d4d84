//! The desk and what players see of it: the chronogramme as a menu, screens while play stands still.

use ratatui::buffer::Buffer;
use ratatui::layout::{Rect, Size};

use super::*;
use crate::exercise::{ItemState, Phase};
use crate::incident::desk::{DeskAct, Rating};
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
    for lang in [LangId::Fr, LangId::En] {
        let mut bench = desk(Role::Director, lang);
        bench.minutes(3);
        let brief = if lang == LangId::Fr { "EXERCICE. Un mardi, 14 h." } else { "EXERCISE. A Tuesday, 14:00." };
        assert!(bench.texts().contains(&brief.to_owned()), "{:?}", bench.texts());
        bench.enter(":desk");
        let screen = bench.screen(120, 40).join("\n");
        let (got, rest) = match lang {
            LangId::Fr => ("Des gens ont composé", "Le reste vient de soi-même"),
            LangId::En => ("People dialled 15", "The rest comes by itself"),
        };
        // The message that he got; neither the fault, nor what comes, nor how much of it, nor what is looked for.
        assert!(screen.contains(got) && screen.contains(rest), "{screen}");
        for hidden in ["F01", "I02", "Nous prenons", "We take", "call server re", "Dire la crise", "Declare the"] {
            assert!(!screen.contains(hidden), "{hidden}: {screen}");
        }
        assert_eq!(bench.menu().items.len(), 4, "{:?}", bench.menu());
        bench.press(Code::Esc);
        bench.enter(":fire I02");
        assert_eq!(bench.app.session.desk().unwrap().item("I02").unwrap().state, ItemState::Planned);
        // When it is over everything may be looked at.
        bench.enter(":finex");
        bench.enter(":desk");
        let screen = bench.screen(120, 40).join("\n");
        for shown in ["F01", "I02", if lang == LangId::Fr { "Dire la crise" } else { "Declare the" }] {
            assert!(screen.contains(shown), "{shown}: {screen}");
        }
    }
}

#[test]
fn the_verbs_are_words_of_their_own_in_both_languages() {
    for (lang, words) in [
        (LangId::Fr, [":débutex", ":jouer 2", ":retenir i02", ":libérer I02", ":ecarter I02", ":vérifier SAMU ko"]),
        (LangId::En, [":startex", ":fire 2", ":hold i02", ":release I02", ":skip I02", ":check SAMU ko"]),
    ] {
        let mut bench = desk(Role::Facilitator, lang);
        for word in words {
            bench.enter(word);
        }
        let desk = bench.app.session.desk().unwrap();
        assert_eq!(desk.phase(), Phase::Running);
        assert_eq!(desk.item("I02").unwrap().state, ItemState::Given, "{:?}", bench.app.ui.status);
        assert_eq!(desk.marks().len(), 1);
        // A word without what it needs says how it is typed.
        bench.enter(if lang == LangId::Fr { ":jouer" } else { ":fire" });
        let said = bench.screen(80, 24).join("\n");
        assert!(said.contains("I03"), "{said}");
    }
}

#[test]
fn an_order_typed_as_a_line_with_the_desk_open_is_written_and_said_not_to_be_one() {
    for (lang, order, plain, said) in [
        (LangId::Fr, "jouer I02", "jouer franc jeu", "« :jouer I02 »"),
        (LangId::En, "fire 2", "fire at the mill", "\":fire 2\""),
    ] {
        let mut bench = desk(Role::Facilitator, lang);
        bench.enter(":startex");
        bench.enter(":desk");
        bench.enter(order);
        assert!(bench.texts().contains(&order.to_owned()), "Enter saves, always");
        assert_eq!(bench.app.session.desk().unwrap().item("I02").unwrap().state, ItemState::Planned);
        let screen = bench.screen(80, 24).join("\n");
        assert!(screen.contains(said), "{screen}");
        bench.enter(plain);
        assert!(!bench.screen(80, 24).join("\n").contains(&format!(":{plain}")));
        // With the desk closed it is a line like any other.
        bench.app.ui.clear_overlays();
        bench.enter(order);
        assert!(!bench.screen(80, 24).join("\n").contains(said));
    }
}

#[test]
fn the_chronogramme_stands_in_the_order_of_play() {
    let mut bench = desk(Role::Facilitator, LangId::Fr);
    bench.enter(":startex");
    bench.enter(":retarder F01 50");
    bench.enter(":jouer I02");
    bench.enter(":animation");
    let ids: Vec<String> = ["F01", "I01", "I02"].map(ToOwned::to_owned).into();
    let shown: Vec<String> = (bench.menu().items.iter())
        .filter_map(|item| item.label.split_whitespace().nth(1).map(ToOwned::to_owned))
        .filter(|id| ids.contains(id))
        .collect();
    assert_eq!(shown, ["I02", "I01", "F01"]);
}

#[test]
fn one_key_neither_ends_an_exercise_nor_resumes_it_in_a_real_emergency() {
    let mut bench = desk(Role::Facilitator, LangId::Fr);
    let phase = |bench: &Bench| bench.app.session.desk().unwrap().phase();
    bench.enter(":débutex");
    bench.enter(":animation");
    bench.press(Code::Down);
    assert_eq!(bench.menu().items[bench.menu().cursor].label, "FINEX");
    bench.press(Code::Enter);
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(phase(&bench), Phase::Running, "the question begins on no");
    bench.act(DeskAct::RealWorld { incident: "2026-11-24-urgence-reelle-a12d".into() });
    let told = bench.screen(120, 40).join("\n");
    assert!(told.contains("EXERCICE FIGÉ") && told.contains("2026-11-24-urgence-reelle-a12d"), "{told}");
    for open in [":animation", ":reprise"] {
        bench.enter(open);
        if open == ":animation" {
            bench.press(Code::Enter);
        }
        assert!(bench.menu().title.contains("urgence réelle"), "{:?}", bench.menu());
        bench.press(Code::Enter);
        bench.settle();
        assert_eq!(phase(&bench), Phase::Frozen, "{open}");
    }
    bench.enter(":reprise");
    bench.press(Code::Down);
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(phase(&bench), Phase::Running);
    bench.enter(":finex");
    assert_eq!(phase(&bench), Phase::Ended, "a typed word is no bounced key");
}

#[test]
fn a_row_of_the_desk_opens_over_it_and_esc_comes_back_to_it() {
    let mut bench = desk(Role::Facilitator, LangId::Fr);
    bench.enter(":débutex");
    bench.enter(":animation");
    let rows = bench.menu().items.len();
    for at in [2, rows - 1] {
        bench.app.ui.clear_overlays();
        bench.enter(":animation");
        for _ in 0..at {
            bench.press(Code::Down);
        }
        let row = bench.menu().items[at].label.clone();
        bench.press(Code::Enter);
        assert_ne!(bench.menu().items.len(), rows, "{row}");
        bench.press(Code::Esc);
        assert_eq!((bench.menu().items.len(), bench.menu().cursor), (rows, at), "{row}");
    }
    // Objectives are rated there.
    bench.press(Code::Enter);
    bench.press(Code::Down);
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.app.session.desk().unwrap().ratings("O1").map(|(_, r)| r).collect::<Vec<_>>(), [Rating::S]);
}

#[test]
fn the_chord_freezes_the_screen_before_the_disk_has_said_anything() {
    let mut bench = desk(Role::Director, LangId::Fr);
    bench.minutes(3);
    let before = bench.app.session.now_incident();
    bench.app.real_world("incendie");
    bench.clock.advance(Duration::from_secs(5));
    // Nothing was pumped: no answer of any disk was taken.
    assert_eq!(bench.app.session.now_incident(), before, "time stands from the key on");
    assert_eq!(bench.app.session.desk().unwrap().phase(), Phase::Running);
    let screen = bench.screen(120, 40).join("\n");
    assert!(screen.contains("EXERCICE FIGÉ"), "{screen}");
    assert!(!screen.contains("vigie resume"), "the log is not there yet: {screen}");
    while bench.app.session.opening().is_some() {
        bench.woken.recv_timeout(Duration::from_secs(30)).unwrap();
        bench.app.pump();
    }
    bench.settle();
    let screen = bench.screen(120, 40).join("\n");
    assert!(screen.contains("vigie resume"), "{screen}");
    // The console goes over, and nobody is asked again who he is.
    let path = bench.app.over.clone().expect("the REAL log");
    let real = bench.app.session.go_over(&path).unwrap();
    assert_eq!((real.mode(), real.author()), (crate::incident::event::Mode::Real, bench.app.session.author()));
    assert!(bench.app.went_over(&path).contains(&bench.app.session.incident().genesis().inc));
}

#[test]
fn a_role_of_exercises_only_is_not_carried_into_a_real_log() {
    let mut bench = desk(Role::Facilitator, LangId::Fr);
    bench.app.real_world("incendie");
    while bench.app.session.opening().is_some() {
        bench.woken.recv_timeout(Duration::from_secs(30)).unwrap();
        bench.app.session.pump();
    }
    let inc = bench.app.session.desk().and_then(|desk| desk.real_world()).map(|mark| mark.act.clone());
    let Some(DeskAct::RealWorld { incident }) = inc else { panic!("{inc:?}") };
    let path = crate::session::find_incident(&bench.setup.config, Some(&incident)).unwrap();
    let real = bench.app.session.go_over(&path).unwrap();
    assert_eq!((real.author().who.as_str(), real.author().role), ("m.durand", Role::LogKeeper));
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
