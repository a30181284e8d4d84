//! The table of actions: keys, words, letters, the document made of it.

use std::collections::BTreeSet;

use super::*;

#[test]
fn ids_keys_letters_and_words_are_unique() {
    let mut seen = BTreeSet::new();
    for action in ACTIONS {
        assert!(seen.insert(format!("id {}", action.id)), "{}", action.id);
        if let Some(key) = action.key {
            assert!(seen.insert(format!("key {key:?}")), "{key:?}");
        }
        if let Some(letter) = action.letter {
            assert!(seen.insert(format!("letter {letter}")), "{letter}");
        }
        let words: BTreeSet<String> = action.words.iter().map(|word| fold(word)).collect();
        for word in words {
            assert!(seen.insert(format!("word {word}")), "{word}");
        }
    }
}

/// Keys that an AZERTY keyboard, tmux, screen, zellij or a plain terminal cannot give or keep for themselves.
#[test]
fn keys_are_safe_on_azerty_and_in_multiplexers() {
    for key in ACTIONS.iter().filter_map(|action| action.key) {
        match key.code {
            Code::Char(c) => assert!(matches!(c, ':' | '/'), "{c}: letters only ever write"),
            Code::Ctrl(c) => assert!(!"baogptnhsqjmi".contains(c), "Ctrl-{c}"),
            Code::F(n) => assert!((1..=12).contains(&n)),
            Code::Tab | Code::BackTab => {}
            other => panic!("{other:?}"),
        }
        assert!(!key.shift && !key.ctrl, "{key:?}");
    }
    for word in ACTIONS.iter().flat_map(|action| action.words) {
        assert!(!word.contains(['[', ']', '{', '}', '\\', '|', '~', '#', '@', '^', '`', ' ']), "{word}");
    }
}

#[test]
fn every_function_key_has_a_word_in_both_languages() {
    for action in ACTIONS.iter().filter(|action| matches!(action.key, Some(Key { code: Code::F(_), .. }))) {
        assert_eq!(action.words.len(), 2, "{}", action.id);
    }
}

#[test]
fn every_action_is_named_and_explained_in_both_languages() {
    for lang in [Lang::new(LangId::Fr), Lang::new(LangId::En)] {
        for action in ACTIONS {
            assert!(lang.has(&format!("act-{}", action.id)), "act-{} {:?}", action.id, lang.id());
            assert!(lang.has(&format!("help-{}", action.id)), "help-{} {:?}", action.id, lang.id());
        }
        for (_, text) in RULES {
            assert!(lang.has(text), "{text} {:?}", lang.id());
        }
        for group in Group::ALL {
            assert!(lang.has(group.id()), "{group:?}");
        }
    }
}

#[test]
fn a_word_without_accents_finds_its_action_first() {
    let lang = Lang::new(LangId::Fr);
    for (typed, id) in [
        ("decision", "decision"),
        ("DÉCISION réunir", "decision"),
        ("ech", "deadlines"),
        ("carte", "map"),
        ("map", "map"),
        ("quit", "quit"),
        ("à décider 18:15 isoler ?", "question"),
        ("a-decider", "question"),
        ("question +30 isoler ?", "question"),
        ("relève", "handover"),
        ("rhythm", "rhythm"),
    ] {
        assert_eq!(matching(typed, &lang).first().map(|action| action.id), Some(id), "{typed}");
    }
}

#[test]
fn commands_come_apart() {
    assert_eq!(command("à décider 18:15 isoler ?"), ("a-decider".to_owned(), "18:15 isoler ?"));
    assert_eq!(command(" saut +10m"), ("saut".to_owned(), "+10m"));
    assert_eq!(command("quit"), ("quit".to_owned(), ""));
    assert_eq!(command(""), (String::new(), ""));
}

#[test]
fn keys_document_is_fresh() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/keys.md");
    let made = keys_document();
    #[expect(clippy::disallowed_methods, reason = "asks whether to write the document anew")]
    if std::env::var_os("VIGIE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "docs/keys.md is stale: VIGIE_WRITE_DOCS=1 cargo test keys_document");
}
