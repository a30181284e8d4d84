//! Words that no text of an exercise may hold: they would make whoever overhears them believe in a real emergency.

/// The phrases, without accents and punctuation (advice after the false alert of Hawaii, 2018).
const REFUSED: [&str; 5] = ["pas un exercice", "et non un exercice", "not a drill", "not an exercise", "no drill"];

/// Small letters without accents; everything that is neither letter nor digit becomes one blank.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'à' | 'â' | 'ä' | 'á' | 'ã' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' | 'í' => 'i',
            'ô' | 'ö' | 'ó' => 'o',
            'ù' | 'û' | 'ü' | 'ú' => 'u',
            'ç' => 'c',
            'œ' => {
                out.push('o');
                'e'
            }
            // A zero-width or combining sign does not part a word.
            '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{2060}' | '\u{feff}' | '\u{300}'..='\u{36f}' => continue,
            c if c.is_alphanumeric() => c,
            _ => ' ',
        };
        if c != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The refused phrase that a text holds, if it does.
pub fn refused(text: &str) -> Option<&'static str> {
    let text = format!(" {} ", plain(text));
    REFUSED.into_iter().find(|phrase| text.contains(&format!(" {phrase} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrase_is_found_however_it_is_dressed() {
        for text in [
            "Ceci n'est pas un exercice.",
            "CECI N’EST PAS UN EXERCICE",
            "ceci  n'est\npas un… exercice",
            "This is NOT a drill!",
            "this is n\u{200b}ot a drill",
            "incident réel et non un exercice",
        ] {
            assert!(refused(text).is_some(), "{text}");
        }
        for text in ["EXERCICE EXERCICE EXERCICE", "ceci est un exercice", "a drill, notably", "exercice pas à pas"] {
            assert!(refused(text).is_none(), "{text}");
        }
    }
}
