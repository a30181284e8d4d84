//! Four words of the log's head: read aloud at a point de situation and written on paper by another cell.
//!
//! Whoever holds the paper can later tell whether the log up to that line is the one that was read from. The words
//! are 4 × 11 = 44 bits of a *slow* hash of the head, so that finding another log with the same words costs about
//! 2⁴⁴ × [`ROUNDS`] hashes. They prove nothing about lines after the head, nor who wrote.
//!
//! The word lists are those of BIP-39 (2,048 words a language, told apart by their first four letters).

use bip39::Language;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::lang::LangId;

/// How often the hash is hashed again: some twenty milliseconds for who reads four words, ages for who searches.
pub const ROUNDS: u32 = 1 << 18;

/// Bits of a word.
const BITS: u32 = 11;

/// The places of the four words in their list, from the head: SHA-256 of a line, hexadecimal.
///
/// `head` is hashed as text, then [`ROUNDS`] times more as bytes; the first 44 bits are cut into four.
fn places(head: &str) -> [usize; 4] {
    let mut hash = Sha256::digest(head.as_bytes());
    for _ in 0..ROUNDS {
        hash = Sha256::digest(hash);
    }
    let bits = hash.iter().take(6).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    // 48 bits were read; the first 44 count.
    let bits = bits >> 4;
    [3_u32, 2, 1, 0].map(|n| (bits >> (n * BITS)) as usize & ((1 << BITS) - 1))
}

fn list(lang: LangId) -> &'static [&'static str; 2048] {
    match lang {
        LangId::Fr => Language::French.word_list(),
        LangId::En => Language::English.word_list(),
    }
}

/// The four words of a head, in a language.
pub fn four(head: &str, lang: LangId) -> String {
    let list = list(lang);
    let words: Vec<String> =
        places(head).iter().filter_map(|place| list.get(*place)).map(|word| word.nfc().collect()).collect();
    words.join(" ")
}

/// Are these the words of this head, in either language? Accents, case and everything after the fourth letter of a
/// word are forgiven: what was written down over a bad line still counts, and the first four letters tell words apart.
pub fn are(head: &str, typed: &str) -> bool {
    let typed: Vec<String> = typed.split(|c: char| !c.is_alphabetic() && !is_combining_mark(c)).map(key).collect();
    let typed: Vec<&String> = typed.iter().filter(|word| !word.is_empty()).collect();
    let places = places(head);
    [LangId::Fr, LangId::En].into_iter().any(|lang| {
        let words = places.iter().filter_map(|place| list(lang).get(*place));
        typed.len() == 4 && words.zip(&typed).all(|(word, typed)| key(word) == **typed)
    })
}

/// The first four letters, small, without accents.
fn key(word: &str) -> String {
    let plain = crate::text::plain(word);
    plain.chars().filter(char::is_ascii_alphabetic).take(4).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const HEAD: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    #[test]
    fn every_word_is_known_by_its_first_four_letters_and_shown_with_its_accents_on() {
        for lang in [LangId::Fr, LangId::En] {
            let keys: BTreeSet<String> = list(lang).iter().map(|word| key(word)).collect();
            assert_eq!(keys.len(), 2048, "{lang:?}");
            let shown: Vec<String> = list(lang).iter().map(|word| word.nfc().collect()).collect();
            assert!(!shown.iter().any(|word| word.chars().any(is_combining_mark)), "{lang:?}");
            assert!(list(lang).iter().zip(&shown).all(|(word, shown)| key(word) == key(shown)), "{lang:?}");
        }
    }

    #[test]
    fn words_are_recognised_in_both_languages_and_other_words_are_not() {
        let french = four(HEAD, LangId::Fr);
        let english = four(HEAD, LangId::En);
        assert_eq!(french.split(' ').count(), 4);
        assert_ne!(french, english);
        for typed in [french.clone(), english.to_uppercase(), english.replace(' ', ", "), crate::text::plain(&french)] {
            assert!(are(HEAD, &typed), "{typed}");
        }
        let other = HEAD.replacen('9', "8", 1);
        assert!(!are(&other, &french));
        assert!(!are(HEAD, english.rsplit_once(' ').unwrap().0), "three words are not enough");
        assert!(!are(HEAD, ""));
    }

    #[test]
    fn the_recipe_of_the_documentation_gives_the_same_words() {
        // As in docs/log-format.md, made with python3 and hashlib.
        assert_eq!(places(HEAD), PYTHON);
    }

    const PYTHON: [usize; 4] = [1930, 735, 1908, 1610];
}
