//! Letters and digits only ever write: whatever has the focus, whatever lies on top.

use proptest::prelude::*;

use super::*;
use crate::tui::action::ACTIONS;

/// What can be opened without words, each on an incident where something has happened.
fn openings() -> Vec<&'static str> {
    // These end, stop, redraw or are typed into by design (the palette's word, the search, the F10 menu's letter).
    let aside = ["quit", "suspend", "redraw", "palette", "search", "menu", "pause", "play", "real-world"];
    ACTIONS.iter().map(|row| row.id).filter(|id| !aside.contains(id)).collect()
}

fn lived() -> Bench {
    let mut bench = bench();
    bench.command("conscience panne nationale");
    bench.command("question isoler ?");
    bench.enter("> SDIS 95: confirmez");
    bench.app.open_playbook("ransomware-dispatch");
    bench.settle();
    bench.press(Code::Ctrl('k'));
    bench.press(Code::Ctrl('x'));
    bench.settle();
    bench.app.ui.clear_overlays();
    bench
}

/// What letters must not change: everything but text.
fn standing(bench: &Bench) -> (usize, std::mem::Discriminant<Overlay>, Pane, bool, usize) {
    let ui = &bench.app.ui;
    let overlay = std::mem::discriminant(&ui.overlay);
    (bench.app.session.log().len(), overlay, ui.focus, ui.zoom, ui.under.len())
}

#[test]
fn after_every_action_all_letters_and_digits_only_write() {
    let mut bench = lived();
    for id in openings() {
        for pane in Pane::RING {
            bench.app.ui.clear_overlays();
            bench.app.focus(pane);
            bench.app.run(id, "");
            bench.settle();
            let before = standing(&bench);
            for c in ('a'..='z').chain('A'..='Z').chain('0'..='9') {
                assert_eq!(bench.press(Code::Char(c)), [], "{c} after {id} in {pane:?}");
            }
            bench.settle();
            assert_eq!(standing(&bench), before, "letters after {id} in {pane:?}");
            while bench.app.ui.overlay != Overlay::None {
                bench.press(Code::Esc);
            }
            bench.press(Code::Esc);
            bench.press(Code::Ctrl('u'));
        }
    }
}

#[test]
fn a_letter_of_the_f10_menu_records_nothing() {
    for c in ('a'..='z').chain('0'..='9') {
        let mut bench = lived();
        let before = bench.app.session.log().len();
        bench.press(Code::F(10));
        let effects = bench.press(Code::Char(c));
        bench.settle();
        assert_eq!(bench.app.session.log().len(), before, "F10 {c}");
        // Two keys quit, and everything is on the disk: nothing is lost by it.
        assert_eq!(effects.contains(&Effect::Quit), c == 'q', "F10 {c}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn letters_write_whatever_was_opened_and_wherever_arrows_went(
        opened in prop::collection::vec((0usize..200, 0usize..6), 1..4),
        letters in "[a-zA-Z0-9]{1,20}",
    ) {
        let mut bench = lived();
        let ids = openings();
        for (id, arrows) in opened {
            let id = ids[id % ids.len()];
            bench.app.run(id, "");
            for _ in 0..arrows {
                bench.press(Code::Down);
            }
            bench.settle();
        }
        let before = standing(&bench);
        for c in letters.chars() {
            prop_assert_eq!(bench.press(Code::Char(c)), []);
        }
        bench.settle();
        prop_assert_eq!(standing(&bench), before);
    }
}
