//! Kit A played by a facilitator, the operator and a SAMU in three terminals on one machine, twice, with other choices;
//! then the after-action report and the comparison. The scripts of keys are the test; every wait is for a condition.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use super::harness::{Term, log};

const F8: &str = "\x1b[19~";
const RECEIPT: &str = "\x12";

/// The three consoles of an exercise.
struct Three {
    control: Term,
    operator: Term,
    samu: Term,
    /// Id of the control's incident.
    inc: String,
}

/// A message from this console.
fn message(term: &mut Term, words: &str) {
    term.send(F8);
    term.wait("a message", |screen| screen.contains("message ▸"));
    term.send(words);
    term.send("\r");
}

/// The incident folder of this origin.
fn folder(dir: &Path, origin: &str) -> Option<PathBuf> {
    let folders = std::fs::read_dir(dir.join("VIGIE_DATA/exercise")).ok()?;
    folders.flatten().map(|entry| entry.path()).find(|path| {
        let genesis = std::fs::read_to_string(path.join("incident.json")).unwrap_or_default();
        genesis.contains(&format!("\"origin\":\"{origin}\""))
    })
}

/// Waits until something holds, of files that other processes write.
fn until(what: &str, terms: &[&Term], holds: impl Fn() -> bool) {
    let end = Instant::now() + super::PATIENCE;
    while !holds() {
        let screens: Vec<String> = terms.iter().map(|term| term.screen()).collect();
        assert!(Instant::now() < end, "{what} never came; the screens are\n{}", screens.join("\n=====\n"));
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Three {
    /// Opens the three consoles; `beside` names the folders of an earlier exercise.
    fn open(beside: Option<&Term>, seen: &[String]) -> Self {
        let start = |args: &[&str]| match beside {
            Some(term) => term.beside(args, 120, 40),
            None => Term::vigie(args, 120, 40),
        };
        let mut control =
            start(&["exercise", "kit-a", "--cell", "control", "--lang", "fr", "--as", "f.roux/DIREX/facilitator"]);
        control
            .wait("the exercise", |screen| screen.contains("info reçue ▸") && !screen.contains("scénario en lecture"));
        let data = control.dir().join("VIGIE_DATA/exercise");
        let fresh = || {
            let names = std::fs::read_dir(&data).ok()?.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
            names.filter(|name| !name.starts_with('.')).find(|name| !seen.contains(name))
        };
        until("the control's folder", &[&control], || fresh().is_some());
        let inc = fresh().unwrap();
        let player = |cell: &str, who: &str| {
            let args = ["exercise", "kit-a", "--cell", cell, "--join", &inc, "--lang", "fr", "--as", who];
            let mut term = control.beside(&args, 120, 40);
            term.wait("the cell", |screen| screen.contains("info reçue ▸") && !screen.contains("scénario en lecture"));
            term
        };
        let (operator, samu) =
            (player("operator", "m.durand/NOC/director"), player("samu", "a.morel/SAMU 13/director"));
        Self { control, operator, samu, inc }
    }

    fn path(&self, cell: &str) -> PathBuf {
        let dir = self.control.dir();
        match cell {
            "control" => dir.join("VIGIE_DATA/exercise").join(&self.inc),
            cell => folder(dir, &format!("cell:{cell}:{}", self.inc)).unwrap(),
        }
    }

    /// Waits until the log of a cell holds a line with all these words.
    fn logged(&self, cell: &str, words: &[&str]) {
        let path = self.path(cell);
        let there = || log(&path).lines().any(|line| words.iter().all(|word| line.contains(word)));
        until(&format!("{cell}: {words:?}"), &[&self.control, &self.operator, &self.samu], there);
    }

    /// STARTEX and the first signals: the SAMU asks, six minutes pass.
    fn begin(&mut self) {
        self.control.command("animation debutex");
        for cell in ["control", "operator", "samu"] {
            self.logged(cell, &["\"act\":\"start\""]);
        }
        message(&mut self.samu, "Opérateur: chute des appels au 15, et chez vous ?");
        self.logged("operator", &["\"kind\":\"message\"", "chute des appels au 15"]);
        self.control.command("animation saut 6 six minutes plus tard");
        for cell in ["operator", "samu"] {
            self.logged(cell, &["\"act\":\"jump\"", "six minutes plus tard"]);
        }
    }

    /// The rest of the first hour, fast, then ENDEX in every cell; the consoles are left.
    fn end(&mut self) {
        self.control.command("vitesse 600");
        // The last inject of the first hour; then the hour itself.
        self.logged("control", &["\"act\":\"fire\"", "\"inject\":\"I08\""]);
        self.control.command("animation finex");
        for cell in ["control", "operator", "samu"] {
            self.logged(cell, &["\"act\":\"end\""]);
        }
        for term in [&mut self.operator, &mut self.samu, &mut self.control] {
            term.send("\x1b\x1b[21~");
            term.wait("the menu", |screen| screen.contains("q : quitter"));
            term.send("q");
            assert_eq!(term.exit(), 0);
            term.assert_given_back();
        }
    }

    fn lines(&self, cell: &str) -> Vec<serde_json::Value> {
        log(&self.path(cell)).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A command without a screen that must go well.
fn succeeds(beside: &Term, args: &[&str]) -> Output {
    let output = beside.run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// The pages that a report wrote.
fn page(beside: &Term, args: &[&str]) -> String {
    let output = succeeds(beside, args);
    let written = String::from_utf8_lossy(&output.stdout).into_owned();
    let html = written.lines().find(|line| Path::new(line).extension().is_some_and(|e| e == "html")).unwrap();
    std::fs::read_to_string(html).unwrap()
}

#[test]
fn three_cells_play_the_first_hour_of_kit_a_twice_and_learn_from_it() {
    let mut first = Three::open(None, &[]);
    first.begin();
    first.operator.send(RECEIPT);
    first.operator.wait("the receipt", |screen| screen.contains("accusé") && screen.contains("▸"));
    first.operator.send("bien reçu, nous cherchons\r");
    first.logged("samu", &["\"acknowledged\":true", "nous cherchons"]);
    first.operator.command("conscience numéros d'urgence perturbés au sud");
    first.logged("operator", &["\"kind\":\"awareness\""]);
    message(&mut first.operator, "SAMU 13: combien de lignes avez-vous en service ?");
    first.logged("samu", &["\"kind\":\"message\"", "combien de lignes"]);
    // Whoever plays has no desk.
    first.samu.command("animation jouer I05");
    first.end();
    // One message was acknowledged, six minutes after it was sent; the other was not.
    let samu = first.lines("samu");
    let sent = samu.iter().find(|e| e["kind"] == "message" && e["who"] == "a.morel").expect("sent");
    let id = format!("{}:{}", sent["chain"].as_str().unwrap(), sent["seq"]);
    let receipts: Vec<_> = samu
        .iter()
        .filter(|e| e["kind"] == "receipt" && e["re"][0] == id.as_str())
        .map(|e| &e["acknowledged"])
        .collect();
    assert_eq!(receipts, [false, true], "received, then acknowledged");
    let operator = first.lines("operator");
    let asked = operator.iter().find(|e| e["kind"] == "message" && e["who"] == "m.durand").expect("asked");
    let id = format!("{}:{}", asked["chain"].as_str().unwrap(), asked["seq"]);
    assert!(!operator.iter().any(|e| e["kind"] == "receipt" && e["acknowledged"] == true && e["re"][0] == id.as_str()));
    // No player's log holds what is not for him.
    for cell in ["operator", "samu"] {
        let text = log(&first.path(cell));
        assert!(!text.contains("\"act\":\"fire\"") && !text.contains("\"kind\":\"inject\"") && !text.contains("I05"));
    }
    let (told, other) = (log(&first.path("samu")), log(&first.path("operator")));
    assert!(
        told.contains("composé le 15 deux ou trois fois") && told.contains("deux fois moins d'appels"),
        "what it observes"
    );
    assert!(!other.contains("composé le 15 deux ou trois fois"), "it must be warned by the SAMU");
    assert!(other.contains("Vingt abonnés en dix minutes") && !told.contains("Vingt abonnés"));
    let dir = first.control.dir().to_path_buf();
    for cell in ["control", "operator", "samu"] {
        succeeds(&first.control, &["verify", first.path(cell).to_str().unwrap()]);
    }
    let out = dir.join("retex");
    let retex = page(
        &first.control,
        &["report", "retex", &first.inc, "--runs", "0", "--output", out.to_str().unwrap(), "--lang", "fr"],
    );
    assert!(retex.contains("EXERCICE"));
    for words in ["chute des appels au 15", "combien de lignes"] {
        assert!(retex.contains(words), "{words}");
    }
    // Of one cell: what it saw and wrote, measured by the plan of the whole exercise.
    let own = first.path("operator");
    let args =
        ["report", "retex", own.to_str().unwrap(), "--runs", "0", "--output", out.to_str().unwrap(), "--lang", "fr"];
    let own = page(&first.control, &args);
    for words in ["stimuli et mesures sont ceux de", "Prévenir les autorités", "combien de lignes"] {
        assert!(own.contains(words), "{words}");
    }
    // The second time nobody answers, and the crisis is declared by the SAMU.
    let seen: Vec<String> = std::fs::read_dir(dir.join("VIGIE_DATA/exercise"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let mut second = Three::open(Some(&first.control), &seen);
    second.begin();
    second.samu.command("conscience le 15 ne passe plus");
    second.logged("samu", &["\"kind\":\"awareness\""]);
    second.end();
    let compared = page(
        &first.control,
        &["report", "compare", &first.inc, &second.inc, "--output", out.to_str().unwrap(), "--lang", "fr"],
    );
    assert!(compared.contains("EXERCICE") && compared.contains("Prévenir les autorités"), "{compared}");
}
