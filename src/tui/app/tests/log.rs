//! The log pane by keystrokes: search, filter, cursor, earlier lines.

use super::*;

#[test]
fn the_log_is_searched_and_esc_shows_it_whole_again() {
    let mut bench = bench();
    for text in ["SAMU 59 muet", "SDIS 95 répond", "SAMU 69 muet"] {
        bench.enter(text);
    }
    bench.write("/muet");
    assert_eq!(bench.app.ui.log.hits, Some(2));
    assert_eq!(bench.app.ui.log.window(bench.app.session.log(), 10), [0, 2]);
    bench.press(Code::Enter);
    assert_eq!(bench.app.ui.log.cursor, Some(2));
    bench.press(Code::Up);
    assert_eq!(bench.app.ui.log.cursor, Some(0));
    // A new line ends the search: it must be seen.
    bench.press(Code::Esc);
    bench.press(Code::Esc);
    assert!(bench.app.ui.log.search.is_none());
    assert_eq!(bench.app.ui.log.window(bench.app.session.log(), 2), [1, 2]);
}

#[test]
fn the_log_is_filtered_by_kind() {
    let mut bench = bench();
    bench.enter("un");
    bench.press(Code::F(2));
    bench.enter("deux");
    bench.write(":filtre");
    bench.press(Code::Enter);
    let FieldValue::Many { options, .. } = &mut bench.form().fields[0].value else { panic!() };
    let at = options.iter().position(|(name, _)| name == "DÉCISION").unwrap();
    options[at].1 = true;
    bench.send();
    assert_eq!(bench.app.ui.log.window(bench.app.session.log(), 10), [1]);
}

#[test]
fn the_cursor_of_the_log_stays_in_view() {
    let mut bench = bench();
    for n in 0..30 {
        bench.enter(&format!("ligne {n}"));
    }
    bench.press(Code::PageUp);
    bench.press(Code::PageUp);
    let ui = &bench.app.ui.log;
    let window = ui.window(bench.app.session.log(), ui.rows);
    assert!(window.contains(&ui.cursor.unwrap()), "{window:?} {:?}", ui.cursor);
    bench.press(Code::Home);
    assert_eq!(bench.app.ui.log.cursor, Some(0));
    bench.press(Code::End);
    bench.press(Code::Down);
    assert_eq!((bench.app.ui.log.cursor, bench.app.ui.log.bottom), (None, None));
}

#[test]
fn earlier_lines_come_back_by_arrow() {
    let mut bench = bench();
    bench.enter("un");
    bench.enter("deux");
    bench.write("x");
    bench.press(Code::Up);
    assert_eq!(bench.line(), "deux");
    bench.press(Code::Up);
    assert_eq!(bench.line(), "un");
    bench.press(Code::Down);
    bench.press(Code::Down);
    assert_eq!(bench.line(), "x");
}
