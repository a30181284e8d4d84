//! What is said of a plan before it is played.

use super::*;
use crate::lang::{Lang, LangId};

/// Everything that is said of a plan, in English.
fn said(text: &str) -> Vec<String> {
    let lang = Lang::new(LangId::En);
    let scenario = network::load(&network::find("france-ordinary-day", None).unwrap()).unwrap();
    let (kit, problems) = examine("plan.toml", text);
    let mut all: Vec<String> = problems.0.iter().map(|problem| lang.say(&problem.said())).collect();
    let found = lint(&kit.unwrap(), Some(&scenario));
    let wrong = found.iter().filter(|finding| finding.level == Level::Error);
    all.extend(wrong.map(|finding| finding.words("plan.toml", &lang)));
    all
}

const CELLS: &str = "\n[[cell]]\nid = \"samu\"\ntitle = { fr = \"SAMU\", en = \"Dispatch\" }\nnames = [\"CRRA\"]\n\n[[cell]]\nid = \
                     \"noc\"\ntitle = { fr = \"Exploitation réseau\", en = \"Network\" }\nnames = [\"NOC\"]\n";

/// A plan that is good.
fn good() -> String {
    format!("{BASE}{CELLS}{}", inject("I1", "5m"))
}

fn once(text: &str, part: &str) {
    let all = said(text);
    assert_eq!(all.len(), 1, "{part}: {all:#?}");
    assert!(all[0].contains(part), "{part}: {all:#?}");
}

#[test]
fn no_text_of_a_plan_says_that_it_is_no_exercise() {
    assert_eq!(said(&good()), Vec::<String>::new());
    let phrase = "Ceci n'est plus un exercice";
    for (old, new) in [
        ("from = \"SAMU\"", format!("from = \"{phrase}\"")),
        ("fr = \"Essai\"", format!("fr = \"{phrase}\"")),
        ("fr = \"SAMU\"", format!("fr = \"{phrase}\"")),
        ("names = [\"CRRA\"]", format!("names = [\"CRRA\", \"{phrase}\"]")),
        ("to = \"operations\"", format!("to = \"operations\"\nexpected = {{ fr = \"{phrase}\", en = \"x\" }}")),
        ("to = \"operations\"", format!("to = \"operations\"\nchannel = \"{phrase}\"")),
    ] {
        let text = good().replacen(old, &new, 1);
        once(&text, "the text says \"plus un exercice\"");
        assert!(parse("plan.toml", &text).is_err());
    }
}

#[test]
fn what_would_never_come_is_said_and_where() {
    let head = |more: &str| good().replacen("[[objective]]", &format!("{more}\n\n[[objective]]"), 1);
    once(&head("length = \"40d\""), "is planned to last");
    once(&head("length = \"4m\""), "comes after the end of the exercise (4 min)");
    once(&head("length = \"0m\""), "`length` is nought");
    once(&good().replace("at = \"5m\"", "at = \"30d\""), "comes after the end");
    once(&good().replace("target = \"10m\"", "target = \"0m\""), "`target` is nought");
    once(&good().replace("to = \"operations\"", "to = \"operatuer\""), "\"operatuer\" is neither a cell nor a role");
    once(&good().replace("Texte I1", &"x".repeat(crate::incident::MAX_TEXT + 1)), "the log does not take it");
    for to in ["exploitation", "NOC", "CRRA 59, Network", "animation", "tous"] {
        assert_eq!(
            said(&good().replace("to = \"operations\"", &format!("to = \"{to}\""))),
            Vec::<String>::new(),
            "{to}"
        );
    }
    let audience = "to = \"operations\"\naudience = [\"prefectura\"]";
    once(&good().replace("to = \"operations\"", audience), "no cell of the audience is called \"prefectura\"");
    once(&good().replace("names = [\"NOC\"]", "names = [\"crra\"]"), "\"crra\" is a name of two cells");
    once(
        &good().replace("\"I1\"", "\"I 1\"").replace("inject I1", "start").replace("answered I1", "entry fact"),
        "named in an order",
    );
    once(&good().replace("entry message to=samu", "entry lever lever=publsh"), "did you mean `publish`");
    once(&good().replace("entry message to=samu", "entry step state=finished"), "`state` is never \"finished\"");
    once(&good().replace("entry message to=samu", "health state(psap:samu-999) = down"), "plan.toml:7:1: error");
}

#[test]
fn a_delay_that_counts_from_itself_is_said_once() {
    once(&good().replace("since = \"inject I1\"", "since = \"objective O2\""), "counts from itself");
    let text = good().replace("since = \"inject I1\"", "since = \"objective O1\"");
    once(&text.replace("target = \"10m\"", "target = \"10m\"\nsince = \"objective O2\""), "counts from itself");
    once(&good().replace("answered I1", "answered I9"), "plan.toml:13:1: the rule");
}

#[test]
fn a_fault_is_written_as_a_table_and_befalls_what_can_have_it() {
    let fault = |fault: &str, on: &str| format!("{}fault = {fault}\non = [\"{on}\"]\n", good());
    let flood = "{ fault = \"flood\", per_s = 1.5, hold = { exp = \"60s\" } }";
    assert_eq!(said(&fault(flood, "samu-76")), Vec::<String>::new());
    let kit = parse("plan.toml", &fault(flood, "samu-76")).unwrap();
    let old =
        parse("plan.toml", &fault("'fault = \"flood\", per_s = 1.5, hold = { exp = \"60s\" }'", "samu-76")).unwrap();
    assert_eq!(kit.injects, old.injects, "both are read alike");
    let again = format!("{BASE}{CELLS}{}", write_injects(&kit.injects));
    assert_eq!(parse("again.toml", &again).unwrap().injects[0].act, kit.injects[0].act);
    once(&fault(flood, "cs-lille"), "cs-lille cannot have the fault `flood`; it is for psaps");
    once(&fault("{ fault = \"blackhole\", p = 0.4 }", "samu-76"), "samu-76 cannot have the fault `blackhole`");
    once(&fault(flood, "samu-99"), "no element \"samu-99\"");
    once(&fault("{ fault = \"fluod\" }", "samu-76"), "the fault cannot be read");
    let kind = |text: &str, on: &str| parse("plan.toml", &fault(text, on)).unwrap().injects[0].kind();
    assert_eq!(kind("{ fault = \"clear\", kinds = [\"telemetry\"] }", "cs-lille"), InjectKind::Repair);
    assert_eq!(kind("{ fault = \"telemetry\", frozen = true }", "cs-lille"), InjectKind::View);
}

#[test]
fn everything_is_said_at_once_and_one_mistake_once() {
    let text = format!("{}fault = {{ fault = \"down\" }}\non = [\"samu-99\"]\n", good());
    let text = text.replace("fr = \"Répondre\", en = \"Answer\"", "fr = 3").replace("to = \"operations\"", "to = 7");
    let all = said(&text);
    assert_eq!(all.len(), 3, "{all:#?}");
    assert!(all.iter().any(|line| line.contains("samu-99")), "{all:#?}");
}

#[test]
fn a_pack_of_a_pack_is_the_same_pack() {
    let kit = parse("plan.toml", &good()).unwrap();
    let files = [("crisis.toml".to_owned(), "a = 1\n".to_owned())];
    let packed = kit.pack(&files, 7, "0");
    assert_eq!(packed, kit.pack(&files, 7, "0"));
    assert_eq!(parse("packed.toml", &packed).unwrap().pack(&[], 7, "0"), packed);
}

#[test]
fn an_improvement_plan_becomes_objectives_of_the_next_exercise() {
    let plan = "\u{feff}mode;incident;exercise;objective;rule;target_s;improvement;owner;state\n\
                EXERCISE;x;kit;O2;answered I1;120;répondre en deux minutes;;open\n\
                EXERCISE;x;kit;O2;answered I1;120;Répondre en deux minutes;;open\n\
                EXERCISE;x;kit;O4;;;partager \"une\" image;;open\n";
    let objectives = improvements("plan.csv", plan.as_bytes()).unwrap().unwrap();
    let text = format!(
        "[exercise]\nid = \"next\"\ntitle = {{ fr = \"a\", en = \"a\" }}\nscenario = \"x\"\n{}{}",
        write_objectives(&objectives),
        inject("I1", "5m").replace("\"O1\"", "\"O2\"")
    );
    let kit = parse("next.toml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    let [first, second] = &kit.objectives[..] else { panic!("{:?}", kit.objectives) };
    assert_eq!(
        (first.id.as_str(), first.target_s, first.title.fr.as_str()),
        ("O2", Some(120), "répondre en deux minutes")
    );
    assert_eq!(first.rule.as_ref().map(Rule::text), Some("answered I1"));
    assert!(second.rule.is_none() && second.title.en.contains("\"une\""));
    let french = "mode,objectif,intitulé,règle,cible,à améliorer,depuis\nX,O1,Ouvrir,entry awareness,10 min,plus tôt,inject I1\n";
    let french = improvements("plan.csv", french.as_bytes()).unwrap().unwrap();
    let first = &french[0].objective;
    assert_eq!((first.target_s, &first.since), (Some(600), &Since::Inject("I1".to_owned())));
    assert_eq!(first.title.fr, "Ouvrir", "people who judge know it by its title");
    assert!(write_objectives(&french).contains("# plus tôt\n[[objective]]\nid = \"O1\""));
    let none = "mode;incident;exercise;objective;rule;target_s;improvement;owner;state\nX;x;kit;;;;;;none\n";
    assert_eq!(improvements("plan.csv", none.as_bytes()).unwrap(), Ok(Vec::new()));
    let wrong = improvements("plan.csv", "objective;rule;improvement\nO1;entri x;mieux\n;;mieux\n".as_bytes());
    assert_eq!(wrong.unwrap().unwrap_err().0.iter().map(|one| one.line).collect::<Vec<_>>(), [2, 3]);
    assert!(improvements("plan.csv", "id;time;inject\nI1;10m;x\n".as_bytes()).is_none(), "a chronogramme is none");
}

#[test]
fn an_improvement_plan_that_a_french_spreadsheet_saved_is_read_with_its_accents() {
    let bytes = b"objectif;r\xE8gle;am\xE9lioration\nO1;entry awareness;pr\xE9venir plus t\xF4t\n";
    let read = improvements("plan.csv", bytes).expect("an improvement plan").expect("read");
    let said = format!("{read:?}");
    assert!(said.contains("O1") && said.contains("prévenir plus tôt"), "{said}");
}
