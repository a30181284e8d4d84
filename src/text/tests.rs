use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::document::{Document, choose, position};
use super::duration::{DurationError, parse_duration, print_duration};
use super::*;
use crate::network::Said;

/// Ranges of Cc, Cf, Zl, Zp from tables that are not ours.
fn oracle() -> Vec<(u32, u32)> {
    let text = include_str!("../../tests/data/unicode-format.txt");
    let hex = |s: &str| u32::from_str_radix(s, 16).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| line.split_once("..").unwrap()).map(|(a, b)| (hex(a), hex(b))).collect()
}

fn inert(s: &str, ranges: &[(u32, u32)]) -> bool {
    s.chars().all(|c| {
        let code = c as u32;
        let listed = ranges.partition_point(|&(start, _)| start <= code);
        let hit = listed > 0 && ranges[listed - 1].1 >= code;
        // Variation selectors, fillers and noncharacters are not in those categories but hide text all the same.
        let hidden = matches!(code, 0xFE00..=0xFE0F | 0xE0000..=0xE0FFF | 0x034F | 0x115F | 0x1160 | 0x3164 | 0xFFA0 | 0xFFFE | 0xFFFF | 0xFDD0..=0xFDEF);
        !hit && !hidden
    })
}

fn scalars() -> impl Iterator<Item = char> {
    (0..=0x10_FFFF_u32).filter_map(char::from_u32)
}

#[test]
fn no_scalar_anywhere_in_a_text_comes_through_as_a_control() {
    let ranges = oracle();
    let mut text = String::new();
    for c in scalars() {
        for (before, after) in [("", "ab"), ("a", "b"), ("ab", ""), ("é", "中")] {
            text.clear();
            text.push_str(before);
            text.push(c);
            text.push_str(after);
            let shown = visible(&text);
            assert!(inert(&shown, &ranges), "U+{:04X} in {text:?} gave {shown:?}", c as u32);
            assert_eq!(visible(&shown), shown, "U+{:04X} twice", c as u32);
        }
    }
}

#[test]
fn the_width_of_every_scalar_is_what_the_screen_s_cells_use() {
    let area = Rect::new(0, 0, 24, 1);
    let mut buffer = Buffer::empty(area);
    for c in scalars().filter(|c| (*c as u32) < 0x2_0000 || (*c as u32) >= 0xE_0000) {
        let text = visible(&format!("a{c}b")).into_owned();
        let columns = width(&text);
        buffer.reset();
        let (end, _) = buffer.set_stringn(0, 0, &text, 24, Style::new());
        assert_eq!(usize::from(end), columns, "U+{:04X}: {text:?}", c as u32);
    }
}

#[test]
fn what_counts_as_simple_is_one_column_and_one_grapheme_each() {
    let simple: String = scalars().filter(|c| is_simple(c.encode_utf8(&mut [0; 4]))).collect();
    assert!(simple.chars().count() > 700);
    assert_eq!(simple.graphemes(true).count(), simple.chars().count());
    assert!(simple.graphemes(true).all(|g| cluster_width(g) == 1));
    assert!(!simple.chars().any(is_dangerous));
}

#[test]
fn stand_ins_say_what_was_there() {
    assert_eq!(visible("\x1b[2Jrouge"), "␛[2Jrouge");
    assert_eq!(visible("\u{9b}31m"), "⟨U+009B⟩31m");
    assert_eq!(visible("a\u{202E}b"), "a⟨U+202E⟩b");
    assert_eq!(visible("a\tb\nc\x7f"), "a b⏎c␡");
    assert_eq!(visible("tag\u{E0041}"), "tag⟨U+E0041⟩");
    assert_eq!(visible("\u{301}e"), "◌\u{301}e");
    assert_eq!(visible("⚠\u{FE0F}"), "⚠⟨U+FE0F⟩");
}

#[test]
fn plain_text_is_not_copied() {
    for text in ["", "call 15", "Échéance dépassée à 17:42", "数字"] {
        assert!(matches!(visible(text), Cow::Borrowed(_)), "{text}");
    }
}

#[test]
fn towers_of_marks_and_endless_clusters_are_cut() {
    let tower = format!("a{}b", "\u{301}".repeat(50));
    assert_eq!(visible(&tower), format!("a{}⟨+46⟩b", "\u{301}".repeat(4)));
    let chain = format!("x{}", "क\u{94D}".repeat(100));
    let shown = visible(&chain);
    assert!(shown.graphemes(true).all(|g| g.chars().count() <= CLUSTER), "{shown}");
    assert_eq!(visible(&shown), shown);
}

#[test]
fn a_megabyte_is_shown_in_reasonable_time_and_stays_inert() {
    let text = "\u{202E}\x1b]52;c;AAAA\x07 e\u{301}".repeat(60_000);
    assert!(inert(&visible(&text), &oracle()));
}

#[test]
fn texts_are_cut_at_graphemes() {
    assert_eq!(truncate("appel", 5), "appel");
    assert_eq!(truncate("appels", 5), "appe…");
    assert_eq!(truncate("中文字", 4), "中…");
    assert_eq!(truncate("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    assert_eq!(truncate("x", 0), "");
    assert_eq!(pad("中文字", 4), "中… ");
    assert_eq!(pad_left("7", 3), "  7");
}

#[test]
fn words_are_wrapped_and_long_ones_broken() {
    assert_eq!(wrap("un seul call server", 9), ["un seul", "call", "server"]);
    assert_eq!(wrap("anticonstitutionnel", 6), ["antico", "nstitu", "tionne", "l"]);
    assert_eq!(wrap("a\n\nb", 5), ["a", "", "b"]);
    assert_eq!(wrap("", 5), [""]);
    assert_eq!(wrap("中", 1), ["…"]);
}

#[test]
fn dangerous_characters_are_escaped_in_json_and_read_back_the_same() {
    let text: String = scalars().filter(|c| is_dangerous(*c)).collect();
    let line = json_line(&text).unwrap();
    assert!(inert(&line, &oracle()));
    assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    assert_eq!(json_line(&"a\u{9b}\u{202E}\u{E0041}").unwrap(), r#""a\u009b\u202e\udb40\udc41""#);
}

#[test]
fn durations_are_read_in_both_languages_units() {
    assert_eq!(parse_duration("30 min"), Ok(1_800));
    assert_eq!(parse_duration("1h30m"), Ok(5_400));
    assert_eq!(parse_duration("2 j"), parse_duration("2 d"));
    assert_eq!(parse_duration(""), Err(DurationError::Empty));
    assert_eq!(parse_duration("30"), Err(DurationError::Malformed("30".to_owned())));
    assert_eq!(parse_duration("3 weeks"), Err(DurationError::Unit("weeks".to_owned())));
    assert_eq!(parse_duration("99999 d"), Err(DurationError::TooLong));
    assert_eq!(parse_duration("99999999999999999999 s"), Err(DurationError::TooLong));
}

#[test]
fn places_are_counted_in_characters() {
    assert_eq!(position("é = 1\nàb", 3), (1, 3));
    assert_eq!(position("é = 1\nàb", 9), (2, 2));
    assert_eq!(position("", 5), (1, 1));
}

#[test]
fn near_words_are_proposed() {
    assert_eq!(choose("sorce", &["source", "section"]), Said::new("doc-mend-mean").with("word", "source"));
    assert_eq!(choose("x", &["y", "z"]), Said::new("doc-mend-known").with("known", "`y`, `z`"));
}

#[test]
fn all_syntax_errors_of_a_document_come_at_once() {
    let errors = Document::parse("x.toml", "a = \nb = [1\nc = \"ok\"\n= 3\n").unwrap_err();
    assert!(errors.0.len() >= 2, "{errors}");
    assert!(errors.0.iter().all(|problem| problem.line > 0 && problem.file == "x.toml"));
}

/// Texts with everything that makes width hard.
fn hard_text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => "[ -~]{0,8}",
        2 => "\\PC{0,6}",
        1 => Just("\u{301}".to_owned()),
        1 => Just("\u{202E}\u{200D}".to_owned()),
        1 => Just("👩\u{200D}🚒".to_owned()),
        1 => Just("🇫🇷".to_owned()),
        1 => Just("\n\t\x1b".to_owned()),
        1 => Just("中文 ".to_owned()),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn visible_is_idempotent_and_inert(s in hard_text()) {
        let once = visible(&s).into_owned();
        prop_assert!(!once.chars().any(is_dangerous));
        let twice = visible(&once).into_owned();
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn truncation_never_exceeds_and_keeps_what_fits(s in hard_text(), columns in 0_usize..40) {
        let shown = visible(&s);
        let cut = truncate(&shown, columns);
        prop_assert!(width(&cut) <= columns);
        if width(&shown) <= columns {
            prop_assert_eq!(&cut, &shown);
        } else if columns > 0 {
            prop_assert!(cut.ends_with('…'));
            prop_assert!(shown.starts_with(cut.trim_end_matches('…')));
        }
        prop_assert_eq!(width(&pad(&shown, columns)), columns);
        prop_assert_eq!(width(&pad_left(&shown, columns)), columns);
    }

    #[test]
    fn wrapped_lines_fit_and_lose_nothing(s in hard_text(), columns in 2_usize..40) {
        let shown = visible(&s);
        let lines = wrap(&shown, columns);
        for line in &lines {
            prop_assert!(width(line) <= columns, "{line:?}");
        }
        let joined: String = lines.concat().replace(' ', "");
        prop_assert_eq!(joined, shown.replace(' ', ""));
    }

    #[test]
    fn json_reads_back_the_same(s in any::<String>()) {
        let line = json_line(&s).unwrap();
        prop_assert!(!line.chars().any(is_dangerous));
        prop_assert_eq!(serde_json::from_str::<String>(&line).unwrap(), s);
    }

    #[test]
    fn durations_print_as_they_are_read(seconds in any::<u32>()) {
        prop_assert_eq!(parse_duration(&print_duration(seconds)), Ok(seconds));
    }

    #[test]
    fn no_duration_panics(s in "\\PC{0,12}") {
        let _ = parse_duration(&s);
    }
}
