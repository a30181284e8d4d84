//! Words that no text of an exercise may hold: they would make whoever overhears them believe in a real emergency.

/// What denies (advice after the false alert of Hawaii, 2018); all words here are without accents and punctuation.
const NO: [&str; 7] = ["pas", "non", "not", "never", "jamais", "isnt", "wasnt"];
/// Forms of to be before `plus` or `no`: `une carte plus une simulation` denies nothing.
const BE: [&str; 10] = ["est", "etait", "sera", "soit", "nest", "netait", "is", "was", "s", "thats"];
/// What may stand between.
const BETWEEN: [&str; 14] = [
    "simple",
    "simplement",
    "vrai",
    "vraiment",
    "du",
    "tout",
    "juste",
    "seulement",
    "just",
    "simply",
    "only",
    "mere",
    "longer",
    "training",
];
/// Articles.
const ONE: [&str; 4] = ["un", "une", "a", "an"];
/// What is denied.
const GAME: [&str; 6] = ["exercice", "exercise", "drill", "simulation", "simulacre", "entrainement"];

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

/// The phrase by which a text says that this is no exercise, if it does: accents, capitals, signs and the words between
/// do not hide it.
pub fn refused(text: &str) -> Option<String> {
    let text = plain(text);
    let words: Vec<&str> = text.split(' ').collect();
    let word = |at: usize| words.get(at).copied().unwrap_or_default();
    (1..words.len()).filter(|at| GAME.contains(&word(*at))).find_map(|game| {
        let mut article = false;
        let mut no = game - 1;
        while no > 0 && (ONE.contains(&word(no)) || BETWEEN.contains(&word(no))) {
            article |= ONE.contains(&word(no));
            no -= 1;
        }
        let before = if no > 0 { word(no - 1) } else { "" };
        let denies = match word(no) {
            // `isn't` falls into two words.
            "t" => article && before.ends_with('n'),
            "plus" => article && BE.contains(&before),
            // `There is no exercise on Tuesday` says nothing of today.
            "no" => article || word(game) == "drill" || BE.contains(&before) && (no < 2 || word(no - 2) != "there"),
            other => article && NO.contains(&other),
        };
        denies.then(|| words.get(no..=game).unwrap_or_default().join(" "))
    })
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
            "Ceci n'est plus un exercice",
            "This isn't a drill",
            "this isn’t just a drill",
            "Ceci n'est pas une simulation",
            "Ceci n'est PAS un simple entraînement",
            "this is no longer an exercise",
            "This is no drill",
            "THIS-IS-NO-EXERCISE",
        ] {
            assert!(refused(text).is_some(), "{text}");
        }
        for text in ["EXERCICE EXERCICE EXERCICE", "ceci est un exercice", "a drill, notably", "exercice pas à pas"]
            .into_iter()
            .chain(["une carte plus une simulation", "there is no exercise on Tuesday", "pas d'exercice cette semaine"])
            .chain(["", "exercice", "not in the exercise", "ceci est bien un exercice, pas plus"])
        {
            assert!(refused(text).is_none(), "{text}");
        }
    }
}
