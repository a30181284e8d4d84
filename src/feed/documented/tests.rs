use super::*;

fn evening() -> Timeline {
    load("france-2021-06-02").unwrap().unwrap()
}

#[test]
fn the_shipped_timeline_is_read_whole_and_in_order() {
    let timeline = evening();
    assert!(timeline.events.len() >= 60);
    assert!(timeline.events.is_sorted_by_key(|event| event.known));
    for event in &timeline.events {
        assert!(!event.text.fr.is_empty() && !event.text.en.is_empty());
    }
    for layer in Layer::ALL {
        assert!(timeline.events.iter().any(|event| event.layer == layer), "nothing in {layer:?}");
    }
}

#[test]
fn every_source_and_every_contradiction_has_two_sides_or_more() {
    let timeline = evening();
    for conflict in &timeline.conflicts {
        let sides = timeline.events.iter().filter(|e| e.conflict.as_deref() == Some(&conflict.id)).count();
        assert!(sides >= 2, "{} has {sides}", conflict.id);
    }
    for source in &timeline.sources {
        assert!(timeline.events.iter().any(|e| e.sources.contains(&source.id)), "{} is not cited", source.id);
        assert!(source.address.starts_with("http"), "{} has no address", source.id);
    }
}

#[test]
fn what_is_known_at_a_time_holds_nothing_later() {
    let timeline = evening();
    let now = "2021-06-02T14:44:00Z".parse().unwrap();
    let known: Vec<_> = timeline.until(now).collect();
    assert!(known.iter().all(|event| event.at <= now && event.known <= now));
    // 16:44 in Paris: the change itself is the last thing known.
    assert!(known.last().unwrap().at == now);
    assert!(timeline.events[known.len()].known > now);
    // Nobody counts the calls of an evening, or tells of it, before it is over.
    for words in ["11 800", "Plus fort de la crise", "dira que", "situera", "Doubs est épargné"] {
        assert!(known.iter().all(|event| !event.text.fr.contains(words)), "{words}");
    }
}

#[test]
fn no_event_is_shown_before_what_it_tells_of() {
    for id in shipped() {
        let timeline = load(id).unwrap().unwrap();
        for event in &timeline.events {
            assert!(event.known >= event.at, "{id}: {}", event.text.fr);
            let window = event.until.filter(|_| event.precision == TimePrecision::Window);
            assert!(window.is_none_or(|until| event.known >= until), "{id}: {}", event.text.fr);
            // What lasts is told in words that know its end.
            assert!(
                event.until.is_none_or(|until| event.known >= until || id == "uk-2023-06-25"),
                "{id}: {}",
                event.text.fr
            );
            // A later hour of the same day in its words, if it is an hour of the incident.
            let known = event.known.with_timezone(&timeline.tz);
            for word in event.text.fr.split(|c: char| !(c.is_ascii_digit() || c == ':')) {
                let Ok(hour) = chrono::NaiveTime::parse_from_str(word, "%H:%M") else { continue };
                let another = event.conflict.is_some() || event.text.fr.contains("jusque vers");
                assert!(hour <= known.time() || another, "{id}: {word} in {}", event.text.fr);
            }
            for later in ["dira ", "diront", "situera", "seront ", "travailleront", "apprendra"] {
                assert!(!event.text.fr.contains(later) || event.known > event.at, "{id}: {}", event.text.fr);
            }
        }
    }
}

#[test]
fn no_telephone_number_and_no_victim_is_repeated() {
    let timeline = evening();
    for event in &timeline.events {
        for words in [&event.text.fr, &event.text.en] {
            let digits = words.chars().filter(char::is_ascii_digit).count();
            let longest = words.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0);
            assert!(longest <= 4 && digits <= 16, "{words}");
            for word in ["décès", "death", "décédé", "died", "victim"] {
                assert!(!words.to_lowercase().contains(word), "{words}");
            }
        }
    }
}

#[test]
fn mistakes_are_named_all_at_once() {
    let text = "id = \"x\"\nzone = \"Europe/Pari\"\ntitle = { fr = \"a\", en = \"b\" }\nabout = { fr = \"a\", en = \"b\" }\n\
                [[event]]\nat = \"16:44\"\nlayer = \"thruth\"\norganisation = \"nobody\"\ntext = { fr = \"a\", en = \"b\" }\n\
                grade = \"D\"\n";
    let errors = parse("timeline.toml", text).unwrap_err().to_string();
    assert_eq!(
        errors,
        "timeline.toml:2:8: \"Europe/Pari\" is not an IANA zone; write zone = \"Europe/Paris\"\n\
         timeline.toml:5:1: a documented event names no source; write sources = [\"S07\"], or another grade\n\
         timeline.toml:6:6: \"16:44\" is not a time; write \"2021-06-02 16:44\"\n\
         timeline.toml:7:9: `layer` in `event` cannot be \"thruth\"; did you mean `truth`?\n\
         timeline.toml:8:16: organisation \"nobody\" is not listed in this file; known: "
    );
}

#[test]
fn every_shipped_incident_marks_the_steps_whose_minute_is_documented() {
    for id in shipped() {
        let timeline = load(id).unwrap().unwrap();
        let marked: Vec<_> = timeline.events.iter().filter(|event| event.milestone.is_some()).collect();
        assert!(marked.iter().any(|event| event.milestone.as_deref() == Some("start")), "{id} has no beginning");
        for (i, event) in marked.iter().enumerate() {
            let word = event.milestone.as_deref().unwrap();
            assert!(marked[..i].iter().all(|other| other.milestone != event.milestone), "{id}: {word} twice");
            // A minute that is not known is no step to be held against; a beginning may be a window.
            let known = event.precision != TimePrecision::Window || word == "start";
            assert!(known && !event.sources.is_empty() && event.grade != Grade::U, "{id}: {word}");
        }
    }
}
