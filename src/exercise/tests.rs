mod checked;
mod measured;
mod model;
mod sheets;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::incident::desk::{DeskAct, Rating};
use crate::incident::event::{Author, Body, Entry, EntryId, Genesis, Mode, Role, ScenarioRef};
use crate::incident::{Command, Incident, Moment, Refusal};
use crate::lang::LangId;
use crate::network::{self, Network};
use crate::playbook::lint::Level;

const BASE: &str = r#"
[exercise]
id = "test"
title = { fr = "Essai", en = "Test" }
scenario = "france-ordinary-day"

[[objective]]
id = "O1"
title = { fr = "Prévenir", en = "Inform" }
rule = "entry message to=samu"
target = "10m"

[[objective]]
id = "O2"
title = { fr = "Répondre", en = "Answer" }
rule = "answered I1"
since = "inject I1"
target = "5m"
"#;

fn inject(id: &str, at: &str) -> String {
    format!(
        "\n[[inject]]\nid = \"{id}\"\nat = \"{at}\"\nfrom = \"SAMU\"\nto = \"operations\"\ntext = {{ fr = \"Texte {id}\", en = \
         \"Text {id}\" }}\nobjectives = [\"O1\"]\n"
    )
}

fn kit(injects: &[(&str, u32)]) -> Kit {
    let mut text = BASE.to_owned();
    for (id, at_s) in injects {
        text.push_str(&inject(id, &crate::text::duration::print_duration(*at_s)));
    }
    text.push_str(
        "\n[[inject]]\nid = \"C1\"\ncontingency = true\nunless = \"entry message to=samu\"\nafter = \"20m\"\nto = \
         \"director\"\ntext = { fr = \"Alors ?\", en = \"Well?\" }\n",
    );
    parse("test.toml", &text).unwrap()
}

fn author(role: Role) -> Author {
    Author { who: "a".to_owned(), org: "o".to_owned(), role }
}

/// The injects of a spreadsheet.
fn read(file: &str, bytes: &[u8], start_s: Option<u32>) -> Result<Vec<Inject>, crate::text::document::Problems> {
    import(file, bytes, start_s, LangId::Fr).map(|read| read.injects)
}

/// A console without disk and screen: what is decided is applied, as the session does it.
struct Table {
    incident: Incident,
    desk: Desk,
    network: Network,
    wall: DateTime<Utc>,
    lines: Vec<Entry>,
}

fn at(s: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + s, 0).unwrap()
}

impl Table {
    fn new(kit: Kit, scripted: bool) -> Self {
        let genesis = Genesis {
            v: 1,
            inc: "x".to_owned(),
            mode: Mode::Exercise,
            title: String::new(),
            at: at(0).fixed_offset(),
            zone: "UTC".to_owned(),
            lang: "fr".to_owned(),
            perimeter: crate::health::Perimeter::default(),
            scenario: Some(ScenarioRef { id: "s".to_owned(), sha256: String::new(), seed: 1, start: at(0) }),
            origin: None,
            playbooks: BTreeMap::new(),
            engine: "0".to_owned(),
        };
        Self {
            incident: Incident::new(genesis),
            desk: Desk::new(Arc::new(kit), scripted),
            network: network::reference(),
            wall: at(0),
            lines: Vec::new(),
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.incident.clock().at(self.wall)
    }

    #[expect(clippy::needless_pass_by_value, reason = "references are made where they are written")]
    fn write(&mut self, body: Body, role: Role, re: Vec<EntryId>, x: DateTime<Utc>) -> Result<EntryId, Refusal> {
        let moment = Moment { wall: self.wall, incident: x, next_frame: 0 };
        let asked = author(role);
        let bodies = match body {
            Body::Desk { act, text } => {
                let clock = self.incident.clock().clone();
                let asked = Asked {
                    author: &asked,
                    now: x,
                    clock: &clock,
                    zone: chrono_tz::Tz::UTC,
                    network: &self.network,
                    french: true,
                };
                self.desk.decide(act, &text, &asked)?
            }
            body => {
                self.desk.admit(&body, &asked)?;
                vec![body]
            }
        };
        let mut first = None;
        for body in bodies {
            // The first line carries what it refers to; those it brings about refer to it.
            let said = if first.is_none() { re.clone() } else { Vec::new() };
            let command = Command { author: asked.clone(), event_at: None, body, re: said };
            for (body, event_at, _) in self.incident.decide(command, &moment)? {
                let seq = self.lines.len() as u64;
                let id = EntryId::new("00000000", seq);
                let refers = first.clone().map_or_else(|| re.clone(), |first| vec![first]);
                first.get_or_insert(id);
                let entry = Entry {
                    v: 1,
                    inc: "x".to_owned(),
                    chain: "00000000".to_owned(),
                    seq,
                    at: self.wall.fixed_offset(),
                    up: String::new(),
                    x: Some(x.fixed_offset()),
                    event_at,
                    who: "a".to_owned(),
                    org: "o".to_owned(),
                    role,
                    body,
                    re: refers,
                    seen: BTreeMap::new(),
                    frame: None,
                    prev: String::new(),
                    sig: None,
                };
                self.incident.apply(&entry);
                self.desk.apply(&entry);
                self.lines.push(entry);
            }
        }
        Ok(first.unwrap())
    }

    fn act(&mut self, act: DeskAct) -> Result<EntryId, Refusal> {
        self.write(Body::Desk { act, text: String::new() }, Role::Facilitator, Vec::new(), self.now())
    }

    fn start(&mut self) {
        self.act(DeskAct::Start { sha256: String::new(), injects: 0 }).unwrap();
    }

    /// What the session does when it is woken: gives what is due.
    fn tick(&mut self) {
        let now = self.now();
        let floor = self.incident.clock().anchor_incident;
        let due: Vec<(String, DateTime<Utc>)> =
            self.desk.due(now).into_iter().map(|(item, at)| (item.id.clone(), at.max(floor))).collect();
        for (inject, x) in due {
            let act = DeskAct::Fire { inject, rule: String::new() };
            self.write(Body::Desk { act, text: String::new() }, Role::Machine, Vec::new(), x).unwrap();
        }
    }

    fn fires(&self, id: &str) -> Vec<DateTime<Utc>> {
        let fire = |entry: &&Entry| matches!(&entry.body, Body::Desk { act: DeskAct::Fire { inject, .. }, .. } if inject == id);
        self.lines.iter().filter(fire).map(|entry| entry.x.unwrap().to_utc()).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn import_never_panics(text in ".{0,300}") {
        let _ = read("x.csv", text.as_bytes(), None);
    }

    #[test]
    fn no_rule_panics(text in ".{0,80}") {
        let _ = Rule::parse(&text);
    }
}

#[test]
fn an_inject_reaches_the_players_and_its_answer_is_measured() {
    let mut table = Table::new(kit(&[("I1", 60)]), true);
    table.start();
    table.wall += TimeDelta::seconds(70);
    table.tick();
    let message = table.lines.iter().find(|line| matches!(line.body, Body::Message { .. })).unwrap();
    assert_eq!(message.body.text(), "Texte I1");
    assert_eq!(message.x.unwrap().to_utc(), at(60), "it comes at its time, not when the machine woke");
    let id = message.id();
    table.wall += TimeDelta::seconds(130);
    let receipt = Body::Receipt { acknowledged: true, text: String::new() };
    table.write(receipt, Role::Operations, vec![id], table.now()).unwrap();
    let told = Body::Message {
        text: "Nous avons une panne".to_owned(),
        to: "SAMU 59".to_owned(),
        from: String::new(),
        channel: String::new(),
        answer_by: None,
    };
    table.wall += TimeDelta::seconds(1_000);
    table.write(told, Role::Operations, Vec::new(), table.now()).unwrap();
    let verdicts = evaluate(&table.desk, table.now());
    assert_eq!(verdicts[0].delay(), Some(TimeDelta::seconds(1_200)));
    assert_eq!(verdicts[0].met, Some(false));
    assert_eq!(verdicts[1].delay(), Some(TimeDelta::seconds(140)));
    assert_eq!(verdicts[1].met, Some(true));
}

#[test]
fn a_contingency_inject_is_suggested_with_the_rule_that_fired_and_only_then() {
    let mut table = Table::new(kit(&[("I1", 60)]), true);
    table.start();
    table.wall += TimeDelta::seconds(1_199);
    table.tick();
    assert!(table.desk.suggestions(table.now()).is_empty());
    table.wall += TimeDelta::seconds(2);
    let found = table.desk.suggestions(table.now());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].item, "C1");
    assert!(found[0].rule.contains("entry message to=samu"), "{}", found[0].rule);
    let told = Body::Message {
        text: "x".to_owned(),
        to: "SAMU".to_owned(),
        from: String::new(),
        channel: String::new(),
        answer_by: None,
    };
    table.write(told, Role::Operations, Vec::new(), table.now()).unwrap();
    assert!(table.desk.suggestions(table.now()).is_empty());
}

#[test]
fn players_are_locked_while_play_is_suspended_and_a_real_emergency_is_for_everyone() {
    let mut table = Table::new(kit(&[("I1", 60)]), false);
    let note = || Body::Note { text: "x".to_owned() };
    let act = |act| Body::Desk { act, text: String::new() };
    table.start();
    let player = table.write(act(DeskAct::Pause), Role::Director, Vec::new(), table.now());
    assert_eq!(player, Err(Refusal::Desk("role")));
    table.act(DeskAct::Pause).unwrap();
    let now = table.now();
    assert_eq!(table.write(note(), Role::Director, Vec::new(), now), Err(Refusal::Desk("locked")));
    table.write(note(), Role::Evaluator, Vec::new(), now).unwrap();
    let real = DeskAct::RealWorld { incident: String::new() };
    table.write(act(real), Role::LogKeeper, Vec::new(), now).unwrap();
    assert_eq!(table.desk.phase(), Phase::Frozen);
    assert_eq!(table.write(act(DeskAct::Resume), Role::Director, Vec::new(), now), Err(Refusal::Desk("role")));
    assert_eq!(table.write(note(), Role::Director, Vec::new(), now), Err(Refusal::Desk("frozen")));
    table.act(DeskAct::Resume).unwrap();
    assert_eq!(table.desk.phase(), Phase::Running);
}

#[test]
fn whoever_is_alone_cannot_undo_a_real_emergency() {
    let mut table = Table::new(kit(&[("I1", 60)]), true);
    table.start();
    let now = table.now();
    let act = |act| Body::Desk { act, text: String::new() };
    table.write(act(DeskAct::RealWorld { incident: String::new() }), Role::Director, Vec::new(), now).unwrap();
    assert_eq!(table.write(act(DeskAct::Resume), Role::Director, Vec::new(), now), Err(Refusal::Desk("frozen")));
}

#[test]
fn the_refused_phrase_is_refused_in_entries_and_in_plans() {
    let mut table = Table::new(kit(&[("I1", 60)]), true);
    let body = Body::Note { text: "Ceci n’est PAS un exercice !".to_owned() };
    assert_eq!(table.write(body, Role::Director, Vec::new(), at(0)), Err(Refusal::NotADrill));
    let text = format!("{BASE}{}", inject("I1", "1m").replace("Texte I1", "ceci n'est pas un exercice"));
    let errors = parse("x.toml", &text).unwrap_err().to_string();
    assert!(errors.contains("pas un exercice") && errors.contains("x.toml:"), "{errors}");
}

#[test]
fn people_rate_and_note_also_after_the_end() {
    let mut table = Table::new(kit(&[("I1", 60)]), false);
    table.start();
    table.act(DeskAct::End).unwrap();
    let rate = |objective: &str| DeskAct::Rate { objective: objective.to_owned(), rating: Rating::S };
    table.act(rate("O1")).unwrap();
    assert_eq!(table.act(rate("O9")), Err(Refusal::Desk("no-objective")));
    let seen = DeskAct::Observe { objective: "O1".to_owned(), good: Some(true) };
    table.write(Body::Desk { act: seen, text: "Calme".to_owned() }, Role::Evaluator, Vec::new(), table.now()).unwrap();
    let verdicts = evaluate(&table.desk, table.now());
    assert_eq!(verdicts[0].ratings[0].1, Rating::S);
    assert_eq!(verdicts[0].observations.len(), 1);
}

#[test]
fn the_shipped_exercises_can_be_played() {
    for (id, text) in shipped() {
        let kit = parse(&format!("{id}.toml"), text).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(kit.id, *id);
        let sources = network::layered(&kit.scenario, &kit.files).unwrap_or_else(|errors| panic!("{errors}"));
        let scenario = network::load(&sources).unwrap_or_else(|errors| panic!("{errors}"));
        let errors: Vec<Finding> =
            lint(&kit, Some(&scenario)).into_iter().filter(|finding| finding.level > Level::Note).collect();
        assert!(errors.is_empty(), "{id}: {errors:?}");
        let packed = kit.pack(&[("more.toml".to_owned(), "a = \"b\\\"c\"\n".to_owned())], 7, "0");
        let again = parse("packed.toml", &packed).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(again.file("more.toml"), Some("a = \"b\\\"c\"\n"));
        assert_eq!(again.injects.len(), kit.injects.len());
    }
}

/// A chronogramme as planners keep it: `;`, byte order mark, a title line, French headings, times of day past midnight.
fn spreadsheet() -> String {
    let mut text = "\u{feff}EXERCICE EXERCICE EXERCICE;;;;;;;;\r\nN°;Heure;De;Vers;Moyen;Texte;Réaction attendue;Objectif;Animateur\r\n"
        .to_owned();
    for n in 0..60 {
        let minutes = 22 * 60 + n * 3;
        let (h, m) = (minutes / 60 % 24, minutes % 60);
        let quote = if n % 7 == 0 { "\"Texte ; avec \"\"guillemets\"\"\net deux lignes\"" } else { "Texte" };
        writeln!(text, "S{n:02};{h:02}h{m:02};SAMU;Direction;téléphone;{quote};Répondre;O1, O2;Animateur 1\r").unwrap();
    }
    text
}

#[test]
fn sixty_injects_come_in_from_a_spreadsheet() {
    let injects = read("plan.csv", spreadsheet().as_bytes(), None).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(injects.len(), 60);
    assert_eq!(injects[0].at_s, Some(0));
    assert_eq!(injects[59].at_s, Some(59 * 180), "past midnight the day goes on");
    assert_eq!(injects[7].text.fr, "Texte ; avec \"guillemets\"\net deux lignes");
    assert_eq!(injects[1].objectives, ["O1", "O2"]);
    let text = format!("{}{}", BASE.replace("I1", "S01"), write_injects(&injects));
    let kit = parse("kit.toml", &text).unwrap_or_else(|errors| panic!("{errors}"));
    assert_eq!(kit.injects.len(), 60);
    assert_eq!(kit.injects[59].at_s, Some(59 * 180));
}

#[test]
fn what_cannot_be_taken_is_said_line_by_line() {
    let text = "id;heure;texte\nA;25;\nA;hier;Bonjour\n;T+5;ceci n'est pas un exercice\nD;T+10;bon\n";
    let errors = read("plan.csv", text.as_bytes(), None).unwrap_err();
    let said = errors.to_string();
    for part in [
        "plan.csv:2:3: \"25\" is not a time",
        "plan.csv:2:6: inject \"A\" has no text",
        "plan.csv:3:1: inject \"A\" is there twice",
        "plan.csv:3:3: \"hier\" is not a time",
        "plan.csv:4:1: the inject has no id",
        "plan.csv:4:6: the text says",
    ] {
        assert!(said.contains(part), "{part} not in:\n{said}");
    }
    assert!(!said.contains("plan.csv:5"), "{said}");
    let errors = read("plan.csv", b"nom;lieu\na;b\n", None).unwrap_err().to_string();
    assert!(errors.contains("no column is the id"), "{errors}");
}

#[test]
fn export_comes_back_and_no_cell_is_a_formula() {
    let mut injects = read("plan.csv", spreadsheet().as_bytes(), None).unwrap();
    "=HYPERLINK(\"http://x\")".clone_into(&mut injects[3].text.fr);
    "+33 1".clone_into(&mut injects[4].from);
    for separator in [b',', b';', b'\t'] {
        let text = export(&injects, true, separator, "EXERCICE", &|_| String::new()).unwrap();
        assert!(
            text.starts_with("EXERCICE EXERCICE EXERCICE") && text.trim_end().ends_with("EXERCICE EXERCICE EXERCICE")
        );
        assert!(text.contains("'=HYPERLINK") && text.contains("'+33 1"));
        let again = read("again.csv", text.as_bytes(), None).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(again.len(), 60);
        for (a, b) in injects.iter().zip(&again) {
            assert_eq!(
                (&a.id, a.at_s, &a.text.fr, &a.from, &a.objectives),
                (&b.id, b.at_s, &b.text.fr, &b.from, &b.objectives)
            );
        }
    }
}

#[test]
fn health_that_was_good_before_something_broke_is_no_recovery() {
    let mut text = BASE.to_owned();
    text.push_str(
        "\n[[objective]]\nid = \"O3\"\ntitle = { fr = \"Rétablir\", en = \"Recover\" }\nrule = \"health ner(15) > \
         0.97\"\nsince = \"inject I1\"\ntarget = \"45m\"\n",
    );
    text.push_str(&inject("I1", "10m"));
    let mut table = Table::new(parse("test.toml", &text).unwrap(), true);
    table
        .write(
            Body::Desk { act: DeskAct::Start { sha256: String::new(), injects: 1 }, text: String::new() },
            Role::Machine,
            vec![],
            at(0),
        )
        .unwrap();
    let verdict = |table: &Table, now| {
        let all = evaluate(&table.desk, at(now));
        all.iter().find(|one| one.objective.id == "O3").map(|one| (one.reached, one.met))
    };
    table.desk.look(at(60), &|_| Some(true));
    assert_eq!(verdict(&table, 60), Some((None, None)), "nothing has broken yet");
    let fire = DeskAct::Fire { inject: "I1".to_owned(), rule: String::new() };
    table.write(Body::Desk { act: fire, text: String::new() }, Role::Machine, vec![], at(600)).unwrap();
    table.desk.look(at(660), &|_| Some(false));
    assert_eq!(verdict(&table, 660), Some((None, None)));
    assert_eq!(verdict(&table, 600 + 46 * 60), Some((None, Some(false))));
    table.desk.look(at(1_800), &|_| Some(true));
    assert_eq!(verdict(&table, 1_800), Some((Some(at(1_800)), Some(true))));
}
