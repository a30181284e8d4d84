//! What a spreadsheet holds, and what it would lose.

use super::*;

fn times(rows: &[&str]) -> Result<Vec<Option<u32>>, String> {
    let mut text = "id;heure;texte\n".to_owned();
    for (n, time) in rows.iter().enumerate() {
        writeln!(text, "A{n};{time};Bonjour").unwrap();
    }
    let injects = read("plan.csv", text.as_bytes(), None).map_err(|errors| errors.to_string())?;
    Ok(injects.iter().map(|inject| inject.at_s).collect())
}

#[test]
fn times_of_day_go_on_from_the_row_above() {
    let hours = |all: &[f64]| all.iter().map(|h| Some((h * 3_600.0) as u32)).collect::<Vec<_>>();
    assert_eq!(times(&["09:00", "23:00", "08:30", "09:30", "14:00"]), Ok(hours(&[0.0, 14.0, 23.5, 24.5, 29.0])));
    assert_eq!(times(&["14:00", "14:30", "14:20"]), Ok(vec![Some(0), Some(1_800), Some(1_200)]), "out of order");
    let error = times(&["J+0 10:30"]).unwrap_err();
    assert!(error.contains("\"J+0 10:30\" is not a time") && error.contains("days are not read"), "{error}");
}

#[test]
fn nothing_of_the_shipped_chronogrammes_is_lost_in_a_spreadsheet() {
    for (id, text) in shipped() {
        let kit = parse(id, text).unwrap();
        for french in [true, false] {
            let sheet = export(&kit.injects, french, b';', "EXERCICE", &|_| String::new()).unwrap();
            let again = read("x.csv", sheet.as_bytes(), None).unwrap_or_else(|errors| panic!("{errors}"));
            let plain = |all: Vec<Inject>| all.into_iter().map(|one| Inject { line: 0, ..one }).collect::<Vec<_>>();
            assert_eq!(plain(again), plain(kit.injects.clone()), "{id}");
        }
    }
    let kit = parse("kit-a", shipped()[0].1).unwrap();
    let mut one = kit.injects[1].clone();
    one.contingency =
        Some(Contingency { when: None, unless: None, after_s: 60, since: Since::Objective("O1".to_owned()) });
    one.at_s = None;
    let sheet = export(&[one.clone()], true, b',', "EXERCICE", &|_| String::new()).unwrap();
    let again = read("x.csv", sheet.as_bytes(), None).unwrap();
    assert_eq!(again[0].contingency, one.contingency);
    let changed = sheet.replacen(&one.text.fr, "Autre chose", 1);
    let error = read("x.csv", changed.as_bytes(), None).unwrap_err().to_string();
    assert!(error.contains("inject_fr"), "{error}");
}

#[test]
fn injects_may_name_call_servers_and_nothing_is_written_raw() {
    let fault = "fault = 'fault = \"failover\", to = \"cs-lille\"'\non = [\"cs-lyon\"]\n";
    let text = format!("{BASE}{}{fault}", inject("I1", "60s"));
    let kit = parse("test.toml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let scenario = network::load(&network::find("france-ordinary-day", None).unwrap()).unwrap();
    let wrong = |kit: &Kit| lint(kit, Some(&scenario)).iter().filter(|one| one.level == Level::Error).count();
    assert_eq!(wrong(&kit), 0);
    let kit = parse("test.toml", &text.replace("cs-lille", "cs-nowhere")).unwrap();
    assert_eq!(wrong(&kit), 1, "what it names is not there");
    let mut one = kit.injects[0].clone();
    one.text.fr = "a\u{202e}b\u{e0041}".to_owned();
    let written = write_injects(&[one.clone()]);
    assert!(written.contains("\\u202E") && !written.contains('\u{202e}'), "{written}");
    let again = parse("test.toml", &format!("{BASE}{written}")).unwrap();
    assert_eq!(again.injects[0].text.fr, one.text.fr);
}

#[test]
fn mistakes_are_named_by_line_and_column_below_titles_and_marks() {
    let text = "\u{feff}EXERCICE du 3 mars;;version 2\r\n\r\nN°;Heure;De;À;Stimulus;Réaction attendue;Couleur\r\nS1;T+5;SAMU \
                59;opérateur;\"Chute des appels\r\nau 15\";Consigner;rouge\r\nS2;25h21;SDIS;opérateur;Appel;;bleu\r\n;T+9;SDIS;;\
                Appel;;\r\n";
    let errors = read("plan.csv", text.as_bytes(), None).unwrap_err().to_string();
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 2, "{errors}");
    assert!(lines[0].starts_with("plan.csv:6:4: \"25h21\" is not a time; a day has 24 hours"), "{errors}");
    assert!(lines[1].starts_with("plan.csv:7:1: the inject has no id"), "{errors}");
    let good = text.replace("25h21", "T+25").replace("\r\n;T+9", "\r\nS3;T+9");
    let all = import("plan.csv", good.as_bytes(), None, LangId::Fr).unwrap();
    assert_eq!(
        all.injects[0].text.fr, "Chute des appels\nau 15",
        "the heading Stimulus holds the text beside a number"
    );
    assert_eq!(all.injects.iter().map(|one| one.line).collect::<Vec<_>>(), [4, 6, 7]);
    let unread: Vec<String> = all.unread.iter().map(ToString::to_string).collect();
    assert_eq!(
        unread,
        ["plan.csv:3:42: the column \"Couleur\" is not read (2 cells); docs/exercise.md lists the headings"]
    );
}

#[test]
fn headings_that_may_be_the_number_or_the_text_are_whichever_is_missing() {
    let read_as = |heads: &str| {
        let text = format!("{heads}\nA1;T+5;Bonjour\n");
        let injects = read("x.csv", text.as_bytes(), None).map_err(|errors| errors.to_string())?;
        Ok::<_, String>((injects[0].id.clone(), injects[0].text.fr.clone()))
    };
    let right = Ok(("A1".to_owned(), "Bonjour".to_owned()));
    for heads in ["Stimulus;Heure;Texte", "N°;Heure;Stimulus", "Inject;Time;Description", "Event;Time;Inject"] {
        assert_eq!(read_as(heads), right, "{heads}");
    }
    let error = read_as("N°;Réf;Texte").unwrap_err();
    assert!(error.contains("no column is the time") && error.contains("call one of them: time, heure"), "{error}");
    let error = read_as("N°;Heure;Horaire").unwrap_err();
    assert!(error.contains("x.csv:1:10: \"Heure\" and \"Horaire\" are both the time"), "{error}");
}

#[test]
fn a_quote_that_is_never_closed_swallows_nothing_in_silence() {
    let error = read("x.csv", b"id;time;text\nA1;09:00;\"un mot\nA2;09:10;two\n", None).unwrap_err().to_string();
    assert!(error.starts_with("x.csv:2:10: the quote that opens here is never closed"), "{error}");
}

#[test]
fn titles_between_the_rows_are_said_and_texts_are_in_one_language() {
    let text = "id;time;text\n;;\nPhase 1;;\nA1;T+5;Bonjour\n;;Phase 2\nA2;;Encore\n";
    let errors = read("x.csv", text.as_bytes(), None).unwrap_err().to_string();
    assert!(errors.starts_with("x.csv:6:4: inject \"A2\" has no time; write 17:05 or T+10 (merged"), "{errors}");
    let all = import("x.csv", text.replace("A2;;", "A2;T+9;").as_bytes(), None, LangId::Fr).unwrap();
    let said: Vec<String> = all.unread.iter().map(ToString::to_string).collect();
    assert!(
        said[0].starts_with("x.csv:3:1: \"Phase 1\" stands alone") && said[1].starts_with("x.csv:5:3: "),
        "{said:?}"
    );
    assert_eq!((all.injects[0].text.fr.as_str(), all.injects[0].text.en.as_str()), ("Bonjour", ""));
    let english = import("x.csv", b"id;time;text\nA1;T+5;Hello\n", None, LangId::En).unwrap();
    assert_eq!((english.injects[0].text.fr.as_str(), english.injects[0].text.en.as_str()), ("", "Hello"));
}
