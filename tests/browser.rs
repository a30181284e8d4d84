//! Pages for people opened in a real browser: no error on its console, nothing fetched, a printed page that carries the
//! marking. Skipped, with a line that says so, where no Chromium is installed.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which clippy does not see as tests")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use vigie::clock::Clock;
use vigie::config::{Config, Flags};
use vigie::health::Perimeter;
use vigie::incident::event::{Author, Body, LeverOrder, Role};
use vigie::lang::LangId;
use vigie::network::{LeverKind, Source};
use vigie::session::{Session, Setup};

/// Where Chromium is, under the names that distributions give it.
fn chromium() -> Option<PathBuf> {
    let names = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = names.iter().map(PathBuf::from).find(|path| path.exists());
    if found.is_none() {
        // The test harness shows what is written here when it is asked to.
        let _ = writeln!(std::io::stdout(), "skipped: no Chromium at any of {names:?}");
    }
    found
}

fn vigie(dir: &Path, args: &[&str]) -> Output {
    let output = Command::new(cargo_bin("vigie"))
        .args(args)
        .current_dir(dir)
        .env_clear()
        .env("VIGIE_DATA", dir.join("data"))
        .env("VIGIE_CONFIG", dir.join("config"))
        .env("VIGIE_STATE", dir.join("state"))
        .env("TERM", "dumb")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "vigie {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr));
    output
}

fn page(folder: &Path) -> PathBuf {
    let mut files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|extension| extension == "html")).unwrap()
}

/// Opens a page without any network. What the browser's console says comes on its error output.
fn open(chromium: &Path, dir: &Path, args: &[&str], page: &Path) -> Output {
    let profile = dir.join("profile");
    Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0"])
        // Every name resolves to nothing: whatever is fetched fails, and says so.
        .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--no-first-run", "--disable-background-networking"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(args)
        .arg(format!("file://{}", page.display()))
        .current_dir(dir)
        .env("HOME", dir)
        .output()
        .unwrap()
}

fn check(chromium: &Path, dir: &Path, page: &Path, word: &str) {
    let seen = open(chromium, dir, &["--dump-dom"], page);
    let said = String::from_utf8_lossy(&seen.stderr).into_owned();
    let wrong: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(wrong.is_empty(), "{}: {wrong:?}", page.display());
    let dom = String::from_utf8_lossy(&seen.stdout).into_owned();
    assert!(dom.contains("</svg>") && dom.matches(word).count() >= 4, "{}: {dom}", page.display());
    assert!(
        !dom.contains("http://") || dom.replace("http://www.w3.org/", "").matches("http://").count() == 0,
        "a link"
    );
    let pdf = dir.join("page.pdf");
    let print = format!("--print-to-pdf={}", pdf.display());
    open(chromium, dir, &[&print, "--no-pdf-header-footer"], page);
    let bytes = fs::read(&pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF") && bytes.len() > 10_000, "{} bytes", bytes.len());
    // Where poppler is installed the printed text is read: the word stands on every page.
    if let Ok(text) = Command::new("pdftotext").args(["-layout"]).arg(&pdf).arg("-").output() {
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        for (number, page) in text.split('\u{c}').filter(|page| !page.trim().is_empty()).enumerate() {
            assert!(page.matches(word).count() >= 2, "printed page {}:\n{page}", number + 1);
        }
    }
    fs::remove_file(&pdf).unwrap();
}

/// Half an hour of an exercise with a decision that sets a lever in motion.
fn exercise(dir: &Path) {
    let root = dir.to_owned();
    let env = move |name: &str| match name {
        "VIGIE_DATA" => Some(root.join("data").into()),
        "VIGIE_CONFIG" => Some(root.join("config").into()),
        "VIGIE_STATE" => Some(root.join("state").into()),
        _ => None,
    };
    let config = Config::load_with(&Flags::default(), &env).unwrap();
    let clock = Clock::manual("2026-11-23T20:00:00Z".parse().unwrap());
    let mut setup = Setup::new(&config, clock.clone(), LangId::Fr);
    setup.author = Author { who: "m.durand".into(), org: "SAMU 59".into(), role: Role::Director };
    let text = include_str!("../src/sim/tests/small.toml").into();
    let sources = vec![Source { name: "small.toml".to_owned(), text }];
    let mut session = Session::new_exercise(setup, sources, Some(7), 60_000, Perimeter::Nation).unwrap();
    let (wake, woken) = channel();
    session.waker(Box::new(move || {
        let _ = wake.send(());
    }));
    let settle = |session: &mut Session| {
        loop {
            session.pump();
            if session.progress().is_none() && session.pending().count() == 0 {
                return;
            }
            let _ = woken.recv_timeout(Duration::from_millis(20));
        }
    };
    settle(&mut session);
    for minute in 0..40 {
        if minute == 10 {
            session.submit(Body::Awareness { text: "le 15 échoue".into() }, None, Vec::new());
            let levers = vec![LeverOrder { lever: LeverKind::Gap { share: 0.3 } }];
            session.submit(
                Body::decision("alléger <le trafic> & décider", "l'ordinaire étouffe", levers),
                None,
                vec![],
            );
        }
        clock.advance(Duration::from_secs(1));
        settle(&mut session);
    }
    session.close().unwrap();
}

#[test]
fn a_retex_opens_without_network_and_prints_with_its_marking() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().unwrap();
    exercise(dir.path());
    for (lang, word) in [("fr", "EXERCICE"), ("en", "EXERCISE")] {
        let folder = dir.path().join(lang);
        vigie(dir.path(), &["report", "retex", "--runs", "20", "--lang", lang, "--output", folder.to_str().unwrap()]);
        check(&chromium, dir.path(), &page(&folder), word);
    }
}

#[test]
fn a_comparison_opens_without_network_and_prints_with_its_marking() {
    let Some(chromium) = chromium() else { return };
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("out");
    let args = ["compare", "france", "canary", "--only", "january-2023", "--runs", "4", "--lang", "fr", "--out"];
    vigie(dir.path(), &[&args[..], &[folder.to_str().unwrap()]].concat());
    check(&chromium, dir.path(), &page(&folder), "MODÈLE");
}
