//! The whole console by keystrokes, on a real log in a temporary folder and a clock that moves when told to.

mod steps;

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::*;
use crate::config::{Config, Flags};
use crate::feed::documented::Layer;
use crate::health::{Perimeter, State};
use crate::incident::event::{Author, Precision, Role, StepChange};
use crate::session::Setup;
use crate::tui::action::Act;
use crate::tui::input::Code;
use crate::tui::keymap::Move;
use crate::tui::model::{FieldValue, FormId, Layers};
use crate::tui::theme::ThemeId;

mod cell;
mod desk;
mod exercise;
mod forecast;
mod kept;
mod letters;
mod log;

struct Bench {
    app: App,
    clock: Clock,
    woken: Receiver<()>,
    keystrokes: usize,
    setup: Setup,
    _dir: tempfile::TempDir,
}

fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().to_path_buf();
    let config = Config::load_with(&Flags::default(), &move |name| {
        ["VIGIE_DATA", "VIGIE_CONFIG", "VIGIE_STATE"].contains(&name).then(|| root.join(name).into_os_string())
    })
    .unwrap();
    let clock = Clock::manual("2026-11-23T20:00:00Z".parse().unwrap());
    let mut setup = Setup::new(&config, clock.clone(), LangId::Fr);
    setup.author = Author { who: "m.durand".into(), org: "SAMU 59".into(), role: Role::LogKeeper };
    let mut session = Session::open_real(setup.clone(), "Numéros d'urgence", Perimeter::Nation).unwrap();
    let (tx, woken) = channel();
    session.waker(Box::new(move || {
        let _ = tx.send(());
    }));
    let mut app = App::new(session, clock.clone(), LangId::Fr, Theme::new(ThemeId::Mono), Glyphs::Unicode);
    app.resized((120, 40), 10);
    Bench { app, clock, woken, keystrokes: 0, setup, _dir: dir }
}

impl Bench {
    fn press(&mut self, code: Code) -> Vec<Effect> {
        self.keystrokes += 1;
        self.app.key(code.into())
    }

    /// Types text, which does not count as keystrokes.
    fn write(&mut self, text: &str) {
        for c in text.chars() {
            self.app.key(Code::Char(c).into());
        }
    }

    /// Types and presses Enter.
    fn enter(&mut self, text: &str) {
        self.write(text);
        self.press(Code::Enter);
        self.settle();
    }

    /// Waits until the disk has everything.
    fn settle(&mut self) {
        self.app.pump();
        while self.app.session.pending().count() > 0 {
            self.woken.recv_timeout(Duration::from_secs(30)).unwrap();
            self.app.pump();
        }
    }

    /// The bodies of all entries.
    fn bodies(&self) -> Vec<Body> {
        let log = self.app.session.log();
        (0..log.len()).filter_map(|position| log.get(position)).map(|entry| entry.body.clone()).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.bodies().iter().map(|body| body.text().to_owned()).collect()
    }

    fn line(&self) -> &str {
        self.app.ui.input.line.text()
    }

    fn status(&self) -> String {
        self.app.ui.status.as_ref().map(|status| status.text.clone()).unwrap_or_default()
    }

    fn card(&self) -> &super::super::model::Card {
        match &self.app.ui.overlay {
            Overlay::Card(card) => card,
            other => panic!("{other:?}"),
        }
    }

    /// Chooses a button of the card on top by its label, with arrows and Enter.
    fn button(&mut self, label: &str) {
        let at = self.card().buttons.iter().position(|button| button.label.starts_with(label));
        let at = at.unwrap_or_else(|| panic!("{label}: {:?}", self.card().buttons));
        for _ in 0..=at {
            self.press(Code::Down);
        }
        self.press(Code::Enter);
        self.settle();
    }

    fn form(&mut self) -> &mut Form {
        match &mut self.app.ui.overlay {
            Overlay::Form(form) => form,
            other => panic!("{other:?}"),
        }
    }

    /// Fills a field of the form on top.
    fn fill(&mut self, id: &str, text: &str) {
        let at = self.form().fields.iter().position(|field| field.id == id).unwrap();
        while self.form().focus != at {
            self.press(Code::Down);
        }
        self.app.key(Code::Ctrl('u').into());
        self.write(text);
    }

    /// Goes to the button and presses it.
    fn send(&mut self) {
        let button = self.form().fields.len();
        while self.form().focus != button {
            self.press(Code::Down);
        }
        self.press(Code::Enter);
        self.settle();
    }
}

#[test]
fn a_typed_line_and_enter_is_an_entry() {
    let mut bench = bench();
    bench.enter("SAMU 59: chute des appels au 15");
    let bodies = bench.bodies();
    let [Body::Information(statement)] = bodies.as_slice() else { panic!("{bodies:?}") };
    assert_eq!((statement.source.as_str(), statement.text.as_str()), ("SAMU 59", "chute des appels au 15"));
    assert_eq!(bench.keystrokes, 1, "Enter is the only key besides the text");
    assert_eq!(bench.line(), "");
}

#[test]
fn every_printable_key_in_every_pane_only_writes() {
    let mut bench = bench();
    for pane in Pane::RING {
        bench.app.focus(pane);
        for c in ('!'..='~').chain("éèàçù".chars()).filter(|c| !matches!(c, ':' | '/')) {
            assert_eq!(bench.press(Code::Char(c)), [], "{c}");
            assert_eq!(bench.app.ui.overlay, Overlay::None, "{c}");
        }
        assert!(bench.line().len() > 90);
        bench.press(Code::Esc);
    }
    assert_eq!(bench.bodies(), []);
}

#[test]
fn back_dated_entries_take_the_time_of_the_fact() {
    let mut bench = bench();
    bench.enter("-3m le 17 sonne dans le vide");
    bench.enter("~20:58 première alerte");
    let log = bench.app.session.log();
    let first = log.get(0).unwrap();
    let time = first.event_at.as_ref().unwrap();
    assert_eq!((time.at.to_string().as_str(), time.precision), ("2026-11-23 20:57:00 +01:00", Precision::Exact));
    assert_eq!(first.body.text(), "le 17 sonne dans le vide");
    assert_eq!(log.get(1).unwrap().event_at.as_ref().unwrap().precision, Precision::About);
}

#[test]
fn a_late_fact_asks_why_and_keeps_the_words() {
    let mut bench = bench();
    bench.enter("20:40 centre muet");
    assert!(matches!(bench.app.ui.input.purpose, Purpose::LateReason { .. }));
    assert_eq!(bench.bodies(), []);
    // Enter alone does not get past the question.
    bench.press(Code::Enter);
    assert_eq!(bench.bodies(), []);
    bench.enter("au téléphone");
    let entry = bench.app.session.log().get(0).unwrap();
    assert_eq!(entry.body.text(), "centre muet");
    assert_eq!(entry.event_at.as_ref().and_then(|time| time.reason.as_deref()), Some("au téléphone"));
    assert_eq!(bench.app.ui.input.purpose, Purpose::Entry);
}

#[test]
fn esc_leaves_the_question_and_gives_the_words_back() {
    let mut bench = bench();
    bench.enter("20:40 centre muet");
    bench.press(Code::Esc);
    assert_eq!(bench.line(), "20:40 centre muet");
    assert_eq!(bench.app.ui.input.purpose, Purpose::Entry);
}

#[test]
fn a_refused_line_comes_back_in_front_of_what_was_typed_since() {
    let mut bench = bench();
    bench.write("21:20 demain");
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.line(), "21:20 demain", "{}", bench.status());
    assert!(bench.status().contains("à venir"), "{}", bench.status());
    let sent = Sent { raw: "un".into(), kind: EntryKind::Note, ..Sent::default() };
    bench.app.ui.input.line = Editor::new("deux");
    bench.app.give_back(sent);
    assert_eq!((bench.line(), bench.app.ui.input.kind), ("un deux", EntryKind::Note));
}

#[test]
fn a_decision_is_two_keys_and_its_reason_is_kept() {
    let mut bench = bench();
    bench.press(Code::F(2));
    bench.enter("réunir la cellule, car trois départements sont muets");
    assert!(bench.keystrokes <= 3);
    let bodies = bench.bodies();
    let [Body::Decision { text, rationale, .. }] = bodies.as_slice() else { panic!("{bodies:?}") };
    assert_eq!((text.as_str(), rationale.as_str()), ("réunir la cellule", "trois départements sont muets"));
    assert_eq!(bench.app.ui.input.kind, EntryKind::Information, "the kind is for one line");
}

#[test]
fn a_correction_is_at_most_three_keys() {
    let mut bench = bench();
    bench.enter("SDIS 95 muet");
    bench.keystrokes = 0;
    bench.press(Code::F(7));
    assert_eq!(bench.line(), "SDIS 95 muet");
    bench.enter(" depuis 16:51");
    assert!(bench.keystrokes <= 3);
    let id = bench.app.session.log().id(0).unwrap();
    let corrected = bench.app.session.incident().corrections(&id).unwrap();
    assert_eq!(corrected.text, "SDIS 95 muet depuis 16:51");
}

#[test]
fn a_message_with_its_receipt_is_at_most_four_keys() {
    let mut bench = bench();
    bench.press(Code::F(8));
    bench.enter("< SDIS 95: défaut réseau confirmé ?");
    bench.press(Code::Ctrl('r'));
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.keystrokes, 4);
    let messages = bench.app.session.incident().messages();
    assert_eq!((messages[0].from.as_str(), messages[0].to.as_str()), ("SDIS 95", ""));
    assert!(messages[0].acknowledged.is_some());
}

#[test]
fn actions_have_an_owner_and_a_time() {
    let mut bench = bench();
    bench.press(Code::F(3));
    bench.enter("exploitation: isoler CS 3 @+20m");
    let action = bench.app.session.incident().actions()[0].clone();
    assert_eq!((action.owner.as_str(), action.text.as_str()), ("exploitation", "isoler CS 3"));
    assert_eq!(action.due, Some("2026-11-23T20:20:00Z".parse().unwrap()));
    bench.press(Code::Up);
    bench.press(Code::Enter);
    bench.button("Action faite");
    assert_eq!(bench.app.session.incident().actions()[0].state, crate::incident::event::ActionState::Done);
}

#[test]
fn a_bounced_enter_on_a_card_does_nothing() {
    let mut bench = bench();
    bench.press(Code::F(8));
    bench.enter("< SDIS 95: question");
    bench.press(Code::Up);
    for _ in 0..5 {
        bench.press(Code::Enter);
    }
    bench.settle();
    assert_eq!(bench.bodies().len(), 1);
    assert_eq!(bench.card().selected, None);
}

#[test]
fn text_typed_over_a_card_is_recorded_by_enter() {
    let mut bench = bench();
    bench.enter("un");
    bench.press(Code::Up);
    bench.press(Code::Enter);
    bench.enter("deux");
    assert_eq!(bench.texts(), ["un", "deux"]);
}

#[test]
fn quit_is_f10_then_q_or_a_word_or_two_interrupts() {
    let mut bench = bench();
    bench.press(Code::F(10));
    assert_eq!(bench.press(Code::Char('q')), [Effect::Quit]);
    bench.app.ui.clear_overlays();
    bench.write(":quitter");
    assert_eq!(bench.press(Code::Enter), [Effect::Quit]);
    assert_eq!(bench.press(Code::Ctrl('c')), []);
    assert_eq!(bench.press(Code::Ctrl('c')), [Effect::Quit]);
    bench.press(Code::Ctrl('c'));
    bench.clock.advance(Duration::from_secs(5));
    assert_eq!(bench.press(Code::Ctrl('c')), [], "too late");
}

#[test]
fn each_function_key_has_a_word_that_does_the_same() {
    for (key, fr, en) in
        [(2, ":décision", ":decision"), (6, ":carte", ":map"), (9, ":échéances", ":deadlines"), (1, ":aide", ":help")]
    {
        let mut by_key = bench();
        by_key.press(Code::F(key));
        for word in [fr, en, &crate::tui::action::fold(fr)] {
            let mut by_word = bench();
            by_word.write(word);
            by_word.press(Code::Enter);
            assert_eq!(by_word.app.ui.input.kind, by_key.app.ui.input.kind, "{word}");
            assert_eq!(by_word.app.ui.overlay, by_key.app.ui.overlay, "{word}");
            assert_eq!(by_word.line(), "", "{word}");
        }
    }
}

#[test]
fn words_take_arguments() {
    let mut bench = bench();
    bench.write(":décision isoler CS 3");
    bench.press(Code::Enter);
    assert_eq!((bench.line(), bench.app.ui.input.kind), ("isoler CS 3", EntryKind::Decision));
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.texts(), ["isoler CS 3"]);
    bench.write(":périmètre 59");
    bench.press(Code::Enter);
    assert_eq!(bench.app.session.board().perimeter(), &Perimeter::Zone("59".into()));
    bench.write(":périmètre 999");
    bench.press(Code::Enter);
    assert!(bench.status().contains("999"), "{}", bench.status());
}

#[test]
fn what_cannot_be_done_says_why() {
    let mut bench = bench();
    bench.write(":pause");
    bench.press(Code::Enter);
    assert_eq!(bench.status(), "un incident réel suit l'heure du jour");
    bench.press(Code::F(4));
    assert!(bench.status().starts_with("aucune fiche"), "{}", bench.status());
    bench.write(":xyzzy");
    bench.press(Code::Enter);
    assert!(bench.status().contains("xyzzy"));
    assert_eq!(bench.line(), ":xyzzy".trim_start_matches(':'), "the word stays to be mended");
}

#[test]
fn esc_keeps_a_draft_that_comes_back() {
    let mut bench = bench();
    bench.press(Code::F(2));
    bench.write("isoler");
    bench.press(Code::Esc);
    assert_eq!(bench.line(), "");
    bench.press(Code::Esc);
    assert_eq!(bench.app.ui.input.kind, EntryKind::Information);
    bench.press(Code::Ctrl('y'));
    assert_eq!((bench.line(), bench.app.ui.input.kind), ("isoler", EntryKind::Decision));
}

#[test]
fn a_paste_is_text_and_is_cut_with_a_notice() {
    let mut bench = bench();
    bench.app.paste(":quit\r\nF10 q\x1b[21~", 12);
    assert_eq!(bench.line(), ":quit F10 q[21~");
    assert_eq!(bench.app.ui.input.purpose, Purpose::Entry);
    bench.press(Code::Esc);
    bench.app.paste(&"é".repeat(2_048), 1_000_000);
    assert_eq!(bench.line().len(), 4_096);
    assert!(
        bench.status().contains("1 000 000") || bench.status().contains("1\u{202f}000\u{202f}000"),
        "{}",
        bench.status()
    );
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.bodies().len(), 1);
}

#[test]
fn a_playbook_is_opened_and_its_steps_ticked_skipped_and_undone() {
    let mut bench = bench();
    bench.press(Code::F(10));
    bench.press(Code::Char('f'));
    bench.press(Code::Enter);
    assert!(bench.bodies().is_empty(), "the menu shows the playbook's card first");
    bench.button("Ouvrir");
    assert_eq!(bench.app.session.incident().open_playbooks().len(), 1);
    let id = bench.app.session.incident().open_playbooks()[0].id.clone();
    bench.press(Code::F(4));
    bench.button("Fait");
    let steps = |bench: &Bench| {
        bench.app.session.incident().steps(&id).values().map(|status| status.change).collect::<Vec<_>>()
    };
    assert_eq!(steps(&bench), [StepChange::Done]);
    bench.press(Code::F(4));
    bench.button("Passer");
    assert!(matches!(bench.app.ui.input.purpose, Purpose::Step { .. }));
    bench.press(Code::Enter);
    assert_eq!(bench.status(), "dire pourquoi cette étape n'est pas faite");
    bench.enter("déjà fait par le SDIS");
    assert!(steps(&bench).contains(&StepChange::Skipped));
    bench.app.ui.step = 0;
    bench.press(Code::Enter);
    bench.button("Rouvrir");
    assert!(steps(&bench).contains(&StepChange::Undone));
}

#[test]
fn awareness_starts_the_clocks() {
    let mut bench = bench();
    bench.write(":conscience -2m numéros d'urgence");
    bench.press(Code::Enter);
    bench.settle();
    assert_eq!(bench.app.session.incident().awareness(), Some("2026-11-23T19:58:00Z".parse().unwrap()));
    bench.press(Code::F(9));
    bench.press(Code::Enter);
    assert!(bench.card().buttons.iter().any(|button| button.label.starts_with("Arrêter")));
}

#[test]
fn an_observation_by_hand_reaches_the_board() {
    let mut bench = bench();
    bench.press(Code::F(12));
    assert_eq!(bench.form().id, FormId::Observation);
    bench.fill("zone", "xx");
    bench.fill("source", "SAMU 59");
    bench.send();
    assert!(bench.form().fields[1].error.contains("XX"), "wrong département is named in its field");
    bench.fill("zone", "59");
    bench.fill("share", "40 %");
    bench.send();
    assert_eq!(bench.app.ui.overlay, Overlay::None);
    let observations = bench.app.session.board().observations();
    assert_eq!((observations[0].zone.as_deref(), observations[0].share), (Some("59"), Some(0.4)));
    assert_eq!(observations[0].state, State::Degraded);
}

#[test]
fn a_bounced_enter_in_a_form_does_not_submit() {
    let mut bench = bench();
    bench.press(Code::F(12));
    for _ in 0..20 {
        bench.press(Code::Enter);
    }
    bench.settle();
    assert!(matches!(bench.app.ui.overlay, Overlay::Form(_)));
    assert_eq!(bench.bodies(), []);
}

#[test]
fn a_lever_in_a_real_incident_is_words_of_a_decision() {
    let mut bench = bench();
    bench.press(Code::F(5));
    bench.press(Code::Enter);
    bench.fill("on", "CS 3");
    bench.fill("by", "NOC");
    bench.fill("why", "il redémarre");
    bench.send();
    let bodies = bench.bodies();
    let [Body::Decision { text, rationale, levers, .. }] = bodies.as_slice() else { panic!("{bodies:?}") };
    assert_eq!(text, "Retirer un call server : CS 3 (fait par NOC)");
    assert_eq!((rationale.as_str(), levers.len()), ("il redémarre", 0));
}

#[test]
fn the_author_changes_by_a_form_and_an_entry() {
    let mut bench = bench();
    bench.write(":auteur");
    bench.press(Code::Enter);
    bench.fill("who", "a.petit");
    bench.send();
    assert_eq!(bench.app.session.author().who, "a.petit");
    assert!(matches!(bench.bodies().as_slice(), [Body::RoleTaken { .. }]));
}

#[test]
fn the_map_moves_by_arrows_and_esc_comes_back_step_by_step() {
    let mut bench = bench();
    bench.press(Code::F(6));
    let Overlay::Map { cursor: start, .. } = bench.app.ui.overlay else { panic!() };
    for code in [Code::Down, Code::Down, Code::Right] {
        bench.press(code);
    }
    let Overlay::Map { cursor, .. } = bench.app.ui.overlay else { panic!() };
    assert_ne!(cursor, start);
    bench.press(Code::Enter);
    assert!(matches!(bench.app.ui.overlay, Overlay::Detail { .. }));
    bench.press(Code::Esc);
    assert!(matches!(bench.app.ui.overlay, Overlay::Map { .. }));
    bench.press(Code::Esc);
    assert_eq!(bench.app.ui.overlay, Overlay::None);
}

#[test]
fn every_tile_of_the_map_is_reached_by_arrows() {
    let bench = bench();
    let network = bench.app.session.network();
    let mut reached = vec![false; network.zones.len()];
    let mut todo = vec![bench.app.map_start()];
    while let Some(zone) = todo.pop() {
        if std::mem::replace(&mut reached[zone.index()], true) {
            continue;
        }
        todo.extend([Move::Up, Move::Down, Move::Left, Move::Right].map(|to| bench.app.neighbour(zone, to)));
    }
    let missed: Vec<&str> = network
        .zones
        .iter()
        .zip(&reached)
        .filter(|(zone, reached)| zone.tile.is_some() && !**reached)
        .map(|(zone, _)| zone.code.as_str())
        .collect();
    assert_eq!(missed, [""; 0]);
}

#[test]
fn close_and_reopen_ask_for_words() {
    let mut bench = bench();
    bench.write(":clore");
    bench.press(Code::Enter);
    bench.fill("text", "fin de crise");
    bench.send();
    assert!(bench.app.session.incident().closed());
    bench.enter("encore");
    assert_eq!(bench.line(), "encore", "what cannot be recorded comes back");
    bench.press(Code::Esc);
    bench.write(":rouvrir");
    bench.press(Code::Enter);
    bench.fill("text", "reprise");
    bench.send();
    assert!(!bench.app.session.incident().closed());
}

#[test]
fn language_and_theme_switch_at_once() {
    let mut bench = bench();
    bench.write(":langue en");
    bench.press(Code::Enter);
    assert_eq!(bench.app.ui.input.label, "info received");
    bench.write(":theme light");
    bench.press(Code::Enter);
    assert_eq!(bench.app.theme.id(), ThemeId::Light);
}

/// An exercise on the evening of 2 June 2021 whose scenario is still being read.
fn loading() -> Bench {
    let mut bench = bench();
    let mut setup = bench.setup.clone();
    setup.author.role = Role::Director;
    let sources = crate::network::find("france-2021-06-02", None).unwrap();
    let mut session = Session::new_exercise(setup, sources, None, 1_000, Perimeter::Nation).unwrap();
    let (tx, woken) = channel();
    session.waker(Box::new(move || {
        let _ = tx.send(());
    }));
    bench.app = App::new(session, bench.clock.clone(), LangId::Fr, Theme::new(ThemeId::Mono), Glyphs::Unicode);
    bench.app.resized((200, 60), 10);
    bench.woken = woken;
    bench
}

/// The same, loaded and standing at its opening time.
fn exercise() -> Bench {
    let mut bench = loading();
    while bench.app.session.progress() == Some(crate::session::Progress::Loading) {
        bench.woken.recv_timeout(Duration::from_mins(2)).unwrap();
        bench.app.pump();
    }
    bench.settle();
    bench
}
