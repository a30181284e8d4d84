//! Help and refusals of the command line are French where French is asked for: every sentence of every command.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use vigie::lang::LangId;

/// The sentences of a command and of what lies below it: where, and what.
fn sentences(command: &clap::Command, path: &str, found: &mut BTreeMap<String, String>) {
    let mut note = |what: String, text: Option<&clap::builder::StyledStr>| {
        if let Some(text) = text {
            found.insert(what, text.to_string());
        }
    };
    note(format!("{path} about"), command.get_about());
    note(format!("{path} long"), command.get_long_about());
    note(format!("{path} after"), command.get_after_help());
    for arg in command.get_arguments() {
        note(format!("{path} {}", arg.get_id()), arg.get_help());
        note(format!("{path} {} long", arg.get_id()), arg.get_long_help());
        for value in arg.get_possible_values() {
            note(format!("{path} {} = {}", arg.get_id(), value.get_name()), value.get_help());
        }
    }
    for inner in command.get_subcommands() {
        sentences(inner, &format!("{path} {}", inner.get_name()), found);
    }
}

fn catalogue() -> BTreeMap<String, String> {
    toml::from_str(include_str!("../assets/i18n/help.toml")).unwrap()
}

/// The commands that have pages of their own.
fn pages(command: &clap::Command, path: &[String], found: &mut Vec<Vec<String>>) {
    found.push(path.to_vec());
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        pages(inner, &[path, &[inner.get_name().to_owned()]].concat(), found);
    }
}

fn vigie(dir: &std::path::Path, args: &[&str]) -> Output {
    let mut command = Command::new(cargo_bin("vigie"));
    command.args(args).current_dir(dir).env_clear().env("TERM", "dumb").env("LANG", "fr_FR.UTF-8");
    for (name, folder) in [("VIGIE_DATA", "data"), ("VIGIE_CONFIG", "config"), ("VIGIE_STATE", "state")] {
        command.env(name, dir.join(folder));
    }
    command.output().unwrap()
}

#[test]
fn every_sentence_of_the_help_has_its_french() {
    let catalogue = catalogue();
    let mut english = BTreeMap::new();
    let mut command = vigie::cli::command();
    command.build();
    sentences(&command, "vigie", &mut english);
    assert!(english.len() > 200, "{}", english.len());
    let missing: BTreeSet<&String> = english.values().filter(|text| !catalogue.contains_key(*text)).collect();
    assert!(missing.is_empty(), "no French in assets/i18n/help.toml for {missing:#?}");
    let said: BTreeSet<&String> = english.values().collect();
    let stale: Vec<&String> = catalogue.keys().filter(|text| !said.contains(text)).collect();
    assert!(stale.is_empty(), "nobody says {stale:#?}");
    for (english, french) in &catalogue {
        assert_ne!(english, french);
        assert!(!french.contains("[default"), "{french}");
    }
}

#[test]
fn no_page_of_help_has_an_english_sentence_in_french() {
    let dir = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    pages(&vigie::cli::command(), &[], &mut found);
    assert!(found.len() > 40, "{}", found.len());
    let mut french = BTreeMap::new();
    sentences(&vigie::cli::command_in(LangId::Fr), "vigie", &mut french);
    let catalogue = catalogue();
    let left: Vec<_> = french.iter().filter(|(_, text)| catalogue.contains_key(*text)).collect();
    // What a value means stands in the help of its argument.
    let left: Vec<_> = left.into_iter().filter(|(place, _)| !place.contains(" = ")).collect();
    assert!(left.is_empty(), "{left:#?}");
    for page in &found {
        let args: Vec<&str> = page.iter().map(String::as_str).chain(["--help"]).collect();
        let output = vigie(dir.path(), &args);
        assert!(output.status.success(), "{args:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        for word in ["Usage:", "Commands:", "[default", "[possible", "Possible values", "Print ", " the "] {
            assert!(!text.contains(word), "{args:?}: {word}\n{text}");
        }
    }
    // The same page in English where English is asked for.
    let text = String::from_utf8(vigie(dir.path(), &["--help", "--lang", "en"]).stdout).unwrap();
    assert!(text.contains("Print help") && text.contains("Commands:"), "{text}");
}

#[test]
fn a_command_line_that_is_not_understood_is_refused_in_french() {
    let dir = tempfile::tempdir().unwrap();
    for (args, words) in [
        (&["frobnicate"][..], "frobnicate : commande inconnue"),
        (&["verfy"], "peut-être verify"),
        (&["verify", "--nonsense"], "option ou argument inconnu"),
        (&["open"], "il manque : <TITLE>"),
        (&["export", "--format", "pdf"], "valeurs : md, csv, jsonl, cap"),
        (&["export", "--separator", "x"], "écrire , ou ;"),
        (&["report", "retex", "--runs", "-1"], "option ou argument inconnu"),
        (&["report", "retex", "--runs", "x"], "nombre entier de 0 à 10000"),
        (&["exercise", "kit-a", "--speed", "0"], "une vitesse est un nombre de 1 à 600"),
        (&["exercise", "kit-a", "--join", "x"], "il manque : --cell <CELL>"),
        (&["report", "handover", "--role", "king"], "le rôle « king » n'existe pas"),
        (&["--lang"], "il manque une valeur"),
        (&["--theme", "rainbow", "doctor"], "rainbow"),
    ] {
        let output = vigie(dir.path(), args);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(text.contains(words), "{args:?}: {text}");
        for word in [" the ", "error:", "Usage:", "unexpected", "invalid"] {
            assert!(!text.contains(word), "{args:?}: {word}\n{text}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_in_french() {
    let dir = tempfile::tempdir().unwrap();
    let playbook = "id = \"Fiche\"\nversion = 1\ntitre = \"x\"\nvalid_until = \"demain\"\n[[section]]\nid = \"s\"\n\
                    style = \"autre\"\n[[section.step]]\nid = \"e\"\nrole = \"roi\"\nsoft = \"3\"\nlevers = [\"x\"]\n";
    let exercise = "[exercise]\nid = \"x\"\nseed = \"un\"\n[[objective]]\nid = \"O1\"\nrule = \"entree message\"\n\
                    [[inject]]\nid = \"I1\"\n";
    let contacts = "[[contact]]\nid = \"É\"\nkind = \"backup\"\n";
    std::fs::write(dir.path().join("fiche.toml"), playbook).unwrap();
    std::fs::write(dir.path().join("exercice.toml"), exercise).unwrap();
    std::fs::write(dir.path().join("casse.toml"), "= 1\n").unwrap();
    std::fs::create_dir_all(dir.path().join("config/contacts")).unwrap();
    std::fs::write(dir.path().join("config/contacts/a.toml"), contacts).unwrap();
    std::fs::write(dir.path().join("journal.csv"), "a;b\n\"c;d\n").unwrap();
    std::fs::write(dir.path().join("cartes.toml"), "zone = \"Lune\"\n").unwrap();
    for (args, words) in [
        (
            &["playbook", "show", "fiche.toml"][..],
            &["est inconnu", "n'est pas un levier", "manque", "et non une date"][..],
        ),
        (&["plan", "check", "exercice.toml"], &["et non un nombre entier", "n'est pas une règle", "a une heure"]),
        (&["plan", "check", "casse.toml"], &["ce n'est pas du TOML"]),
        (&["contacts", "check"], &["n'est pas un identifiant", "aucun moyen d'être joint"]),
        (&["import", "journal.csv", "--mapping", "cartes.toml"], &["n'est pas un fuseau IANA", "`columns` manque"]),
    ] {
        let output = vigie(dir.path(), args);
        let status = output.status;
        // What a check finds is its output.
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(!status.success(), "{args:?}: {text}");
        for words in words {
            assert!(text.contains(words), "{args:?}: {words}: {text}");
        }
        for word in [" is ", " not ", " the ", "write ", "did you", "known"] {
            assert!(!text.contains(word), "{args:?}: {word}\n{text}");
        }
    }
}

#[test]
fn what_cannot_be_opened_is_said_in_french() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("file"), "x").unwrap();
    for (args, words) in [
        (&["verify"][..], "il n'y a pas encore d'incident"),
        (&["resume", "nobody"], "aucun incident ne s'appelle « nobody »"),
        (&["import", "none.csv", "--mapping", "vigie"], "none.csv : ce fichier ou ce dossier n'existe pas"),
        (&["plan", "import", "none.csv"], "n'existe pas"),
        (&["plan", "check", "nobody"], "aucun exercice ne s'appelle « nobody »"),
        (&["plan", "new", "file"], "file : "),
        (&["playbook", "show", "nobody"], "aucune fiche ne s'appelle"),
        (&["playbook", "import", "none.md"], "n'existe pas"),
        (&["compare", "nowhere"], "ce réseau n'existe pas"),
        (&["compare", "--only", "none"], "cette crise n'existe pas"),
        (&["simulate", "france-2021-06-02", "--from", "99"], "ce n'est pas une heure"),
        (&["replay", "nowhere", "--take-over-at", "17:20"], "aucun incident ne s'appelle « nowhere »"),
        (&["open", " "], "le titre est vide"),
        (&["--as", "x/y/king", "doctor"], "le rôle « king » n'existe pas"),
    ] {
        let output = vigie(dir.path(), args);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success() && text.contains(words), "{args:?}: {text}");
        for word in ["No such", "os error", " the ", "Is a directory", "not a"] {
            assert!(!text.contains(word), "{args:?}: {word}\n{text}");
        }
    }
}
