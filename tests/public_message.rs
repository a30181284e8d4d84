//! A message to the public as a CAP 1.2 document, and the four words of the log's head, from outside.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which clippy does not see as tests")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use vigie::clock::Clock;
use vigie::config::{Config, Flags};
use vigie::health::Perimeter;
use vigie::incident::EntryId;
use vigie::incident::event::{Author, Body, Role};
use vigie::incident::record::{PublicMessage, PublicStage, Section, SitrepVariant};
use vigie::lang::LangId;
use vigie::network::Source;
use vigie::session::{Outcome, Session, Setup};

const SCHEMA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/CAP-v1.2.xsd");

/// A console and the folder it writes into.
struct World {
    dir: tempfile::TempDir,
    session: Session,
}

impl World {
    fn real() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let setup = setup(dir.path());
        let session = Session::open_real(setup, "Numéros d'urgence", Perimeter::Nation).unwrap();
        Self { dir, session }
    }

    fn exercise() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let setup = setup(dir.path());
        let text = include_str!("../src/sim/tests/small.toml");
        let sources = vec![Source { name: "small.toml".to_owned(), text: text.into() }];
        let session = Session::new_exercise(setup, sources, Some(1), 1_000, Perimeter::Nation).unwrap();
        Self { dir, session }
    }

    fn say(&mut self, who: &str, role: Role, body: Body, re: &[EntryId]) -> EntryId {
        self.session.set_author(Author { who: who.to_owned(), org: "SAMU 59".to_owned(), role });
        let (waker, woken) = std::sync::mpsc::channel();
        self.session.waker(Box::new(move || {
            let _ = waker.send(());
        }));
        let ticket = self.session.submit(body, None, re.to_vec());
        for _ in 0..400 {
            for outcome in self.session.pump() {
                match outcome {
                    Outcome::Saved { ticket: saved, ids } if saved == ticket => return ids[0].clone(),
                    Outcome::Saved { .. } => {}
                    other => panic!("{other:?}"),
                }
            }
            let _ = woken.recv_timeout(Duration::from_millis(50));
        }
        panic!("never saved");
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(cargo_bin("vigie"))
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("VIGIE_DATA", self.dir.path().join("data"))
            .env("VIGIE_CONFIG", self.dir.path().join("config"))
            .env("VIGIE_STATE", self.dir.path().join("state"))
            .env("LANG", "en_GB.UTF-8")
            .env("TERM", "dumb")
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The CAP document on standard output, checked against the schema.
    fn cap(&self, args: &[&str]) -> String {
        let all: Vec<&str> = ["export", "--format", "cap", "--output", "-"].iter().chain(args).copied().collect();
        let output = self.run(&all);
        assert!(output.status.success(), "{}", text(&output));
        let file = self.dir.path().join("checked.xml");
        fs::write(&file, &output.stdout).unwrap();
        let lint = Command::new("xmllint").args(["--noout", "--schema", SCHEMA]).arg(&file).output();
        let lint = lint.unwrap_or_else(|why| panic!("xmllint (package libxml2-utils, see tests/run): {why}"));
        assert!(lint.status.success(), "{}\n{}", text(&lint), text(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

fn setup(dir: &Path) -> Setup {
    let dir = dir.to_owned();
    let env = move |name: &str| match name {
        "VIGIE_DATA" => Some(dir.join("data").into()),
        "VIGIE_CONFIG" => Some(dir.join("config").into()),
        "VIGIE_STATE" => Some(dir.join("state").into()),
        _ => None,
    };
    let config = Config::load_with(&Flags::default(), &env).unwrap();
    Setup::new(&config, Clock::system(), LangId::En)
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn draft(description: &str) -> Body {
    let message = PublicMessage {
        headline: "15, 17, 18, 112 : appels perdus <&> \u{1b}[31m".to_owned(),
        description: description.to_owned(),
        instruction: "Rappelez depuis un poste fixe. N'appelez pas pour tester.".to_owned(),
        area: "Nord".to_owned(),
        lang: "fr".to_owned(),
        expires: None,
    };
    Body::Public { stage: PublicStage::Draft, message: Some(Box::new(message)), text: String::new() }
}

fn yes() -> Body {
    Body::Approval { granted: true, text: String::new() }
}

#[test]
fn a_real_message_is_a_draft_until_two_other_people_approve_it() {
    let mut world = World::real();
    let none = world.run(&["export", "--format", "cap"]);
    assert_eq!(none.status.code(), Some(4), "{}", text(&none));
    let id = world.say("ana", Role::Communication, draft("Une partie des appels n'aboutit pas."), &[]);
    assert!(world.cap(&[]).contains("<status>Draft</status>"));

    // One's own approval, and one person twice, do not count.
    let re = [id.clone()];
    world.say("ana", Role::Communication, yes(), &re);
    world.say("ben", Role::Director, yes(), &re);
    world.say("ben", Role::Liaison, yes(), &re);
    let refused = world.run(&["export", "--format", "cap", "--actual", "--output", "caps"]);
    assert_eq!(refused.status.code(), Some(4));
    assert!(text(&refused).contains("1 of 2"), "{}", text(&refused));
    let glass = world.cap(&["--actual", "--break-glass", "director unreachable"]);
    assert!(glass.contains("<status>Actual</status>") && glass.contains("director unreachable"), "{glass}");

    world.say("cy", Role::Operations, yes(), &re);
    let actual = world.cap(&["--actual"]);
    assert!(actual.contains("<status>Actual</status>") && !actual.contains("without two approvals"), "{actual}");
    assert!(!actual.contains('\u{1b}') && actual.contains("&lt;&amp;&gt;"), "{actual}");

    // Other words need other approvals.
    world.say("ana", Role::Communication, draft("Le service est rétabli."), &re);
    assert!(world.cap(&[]).contains("rétabli"));
    assert_eq!(world.run(&["export", "--format", "cap", "--actual"]).status.code(), Some(4));

    let file = world.run(&["export", "--format", "cap", "--output", "caps"]);
    assert!(text(&file).contains("REAL_") && text(&file).trim().ends_with(".cap.xml"), "{}", text(&file));
}

#[test]
fn an_exercise_never_makes_an_actual_message() {
    let mut world = World::exercise();
    let id = world.say("ana", Role::Communication, draft("Essai."), &[]);
    let re = [id];
    world.say("ben", Role::Director, yes(), &re);
    world.say("cy", Role::Operations, yes(), &re);
    let cap = world.cap(&[]);
    assert!(cap.contains("<status>Exercise</status>") && cap.contains("<headline>EXERCISE · "), "{cap}");
    for args in [vec!["--actual"], vec!["--actual", "--break-glass", "now"]] {
        let all: Vec<&str> = ["export", "--format", "cap"].iter().chain(&args).copied().collect();
        assert_eq!(world.run(&all).status.code(), Some(4), "{args:?}");
    }
}

#[test]
fn four_words_name_the_log_up_to_an_approved_point_de_situation() {
    let mut world = World::real();
    let now = world.session.now_incident().fixed_offset();
    let sections = vec![Section { id: "facts".to_owned(), text: "chute des appels au 15".to_owned() }];
    let sitrep = Body::Sitrep {
        number: 1,
        variant: SitrepVariant::Full,
        text: "point 1".to_owned(),
        sections,
        as_of: now,
        next_at: None,
    };
    let id = world.say("ana", Role::LogKeeper, sitrep, &[]);
    world.say("ben", Role::Director, yes(), std::slice::from_ref(&id));
    let shown = text(&world.run(&["verify", "--words"]));
    let line = shown.lines().find(|line| line.contains("no. 1")).unwrap_or_else(|| panic!("{shown}"));
    let words = line.rsplit_once(": ").unwrap().1.to_owned();
    assert_eq!(words.split(' ').count(), 4, "{shown}");

    // The paper's words hold while the log goes on.
    world.say("ana", Role::LogKeeper, Body::Note { text: "la suite".to_owned() }, &[]);
    let right = world.run(&["verify", &format!("--words={words}")]);
    assert!(right.status.success() && text(&right).contains("no. 1"), "{}", text(&right));
    let wrong = world.run(&["verify", "--words=abandon ability able about"]);
    assert_eq!(wrong.status.code(), Some(3), "{}", text(&wrong));
}
