//! The binary in a pseudo-terminal: what a person at a keyboard, a shell and a dying terminal see.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests, which clippy does not see as tests; a harness waits for real programs"
)]

mod bits;
mod cell;
mod harness;
mod three;

use harness::{Term, open};

/// Another process is waited for at most this long.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

#[test]
fn an_entry_is_typed_saved_and_still_there_after_quitting() {
    let mut term = open(120, 40);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("SAMU 59: chute des appels au 15\r");
    term.wait("the entry, saved", |s| s.contains("chute des appels au 15") && s.contains("tout est enregistré"));
    assert!(term.log().contains("chute des appels au 15"));
    term.send("\x1b[21~q");
    assert_eq!(term.exit(), 0);
    term.assert_given_back();
}

#[test]
fn letters_quit_nothing_and_a_function_key_in_two_parts_is_one_key() {
    let mut term = open(100, 30);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("q");
    term.wait("a letter", |screen| screen.contains("▸ q"));
    term.send("\x7f");
    term.send("\x1b");
    term.send("[21~");
    term.wait("the menu", |screen| screen.contains("q : quitter"));
    term.send("q");
    assert_eq!(term.exit(), 0);
}

#[test]
fn a_cut_off_sequence_stops_nothing() {
    let mut term = open(100, 30);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("\x1b[");
    // The clock of the band goes on without any key.
    let before = term.screen();
    term.wait("the clock", |screen| *screen != before);
    term.send("zx");
    term.wait("letters again", |screen| screen.contains("zx"));
    term.send("\x15\x1b[21~q");
    assert_eq!(term.exit(), 0);
}

#[test]
fn a_paste_is_text() {
    let mut term = open(100, 30);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("\x1b[200~:quit\r\x1b[21~q\x1b[201~");
    term.wait("the pasted text", |screen| screen.contains(":quit [21~q"));
    term.send("\r");
    let recorded = |screen: &String| screen.contains(":quit [21~q") && !screen.contains("▸ :quit");
    term.wait("an entry", |screen| recorded(screen) && !screen.contains("en écriture"));
    assert!(term.log().contains(":quit [21~q"));
    term.send("\x1b[21~q");
    assert_eq!(term.exit(), 0);
}

#[test]
fn signals_end_in_order() {
    use rustix::process::Signal;
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        let mut term = open(80, 24);
        term.wait("the input line", |screen| screen.contains("info reçue ▸"));
        term.send("une ligne\r");
        term.wait("saved", |screen| screen.contains("une ligne") && !screen.contains("en écriture"));
        term.signal(signal);
        assert_eq!(term.exit(), 0, "{signal:?}");
        term.assert_given_back();
        assert!(term.log().contains("une ligne"), "{signal:?}");
    }
}

#[test]
fn a_terminal_that_goes_away_ends_the_console_and_loses_nothing() {
    let mut term = open(80, 24);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("dernière ligne\r");
    term.wait("saved", |screen| screen.contains("dernière ligne") && !screen.contains("en écriture"));
    assert!(term.hang_up(), "the program goes on without a terminal");
    assert!(term.log().contains("dernière ligne"));
}

#[test]
fn what_was_being_typed_is_there_again_after_a_crash() {
    let mut term = open(120, 40);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("SAMU 59: chute des app");
    let folder = term.dir().join("VIGIE_STATE/unsent");
    let kept = || {
        // One that is being written has another ending.
        let files = std::fs::read_dir(&folder).ok()?.flatten();
        let texts = files
            .filter(|file| file.path().extension().is_some_and(|ending| ending == "json"))
            .filter_map(|file| std::fs::read_to_string(file.path()).ok());
        Some(texts.collect::<String>())
    };
    term.wait("the words on the disk", |_| kept().is_some_and(|text| text.contains("chute des app")));
    term.signal(rustix::process::Signal::KILL);
    term.exit();
    let mut again = term.beside(&["resume", "--lang", "fr", "--as", "m.durand/SAMU 59"], 120, 40);
    again.wait("the words again", |screen| screen.contains("▸ SAMU 59: chute des app"));
    again.send("els\r");
    again.wait_log("the entry", |log| log.contains("chute des appels"));
    again.send("\x1b[21~q");
    assert_eq!(again.exit(), 0);
    assert_eq!(kept(), Some(String::new()), "recorded words are not kept beside the log");
}

#[test]
fn any_size_is_survived() {
    let mut term = open(120, 40);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    for (columns, rows) in [(40, 12), (20, 5), (2, 2), (1, 1), (500, 100), (80, 24)] {
        term.resize(columns, rows);
    }
    term.send("après");
    term.wait("the line at 80x24", |screen| screen.contains("▸ après"));
    term.send("\x15\x1b[21~q");
    assert_eq!(term.exit(), 0);
    term.assert_given_back();
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_continuing_draws_anew() {
    let mut term = open(80, 24);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("à suivre");
    term.wait("the text", |screen| screen.contains("à suivre"));
    term.send("\x1a");
    term.wait_stopped();
    term.assert_given_back();
    term.signal(rustix::process::Signal::CONT);
    term.wait("the same text, drawn anew", |screen| screen.contains("▸ à suivre"));
    term.send("\x15\x1b[21~q");
    assert_eq!(term.exit(), 0);
    term.assert_given_back();
}

#[test]
fn two_interrupts_quit() {
    let mut term = open(80, 24);
    term.wait("the input line", |screen| screen.contains("info reçue ▸"));
    term.send("\x03");
    term.wait("the question", |screen| screen.contains("Ctrl-C"));
    term.send("\x03");
    assert_eq!(term.exit(), 0);
    term.assert_given_back();
}

#[test]
fn the_launcher_opens_a_real_incident() {
    let mut term = Term::vigie(&["--lang", "fr", "--as", "m.durand/SAMU 59"], 100, 30);
    term.wait("the launcher", |screen| screen.contains("Ouvrir un incident réel"));
    term.send("\r");
    term.wait("the form", |screen| screen.contains("titre"));
    term.send("panne nationale\x1b[B\r");
    term.wait("the console", |screen| screen.contains("panne nationale") && screen.contains("info reçue ▸"));
    term.send("\x1b[21~q");
    assert_eq!(term.exit(), 0);
    term.assert_given_back();
}

#[test]
fn without_a_terminal_nothing_is_drawn() {
    let mut term = Term::vigie(&["open", "x", "--lang", "fr", "--as", "m.durand/SAMU 59"], 80, 24);
    term.wait("the console", |screen| screen.contains("info reçue ▸"));
    term.send("\x1b[21~q");
    assert_eq!(term.exit(), 0);
    let mut dumb = Term::dumb(&["open", "y", "--lang", "fr", "--as", "m.durand/SAMU 59"]);
    dumb.wait("plain text", |screen| screen.contains("RÉEL"));
    assert!(!dumb.bytes().contains("\x1b[?1049h"), "{:?}", dumb.bytes());
}

/// Run by the tests below as a process of its own, in a pseudo-terminal: takes the terminal, then dies.
#[test]
fn child() {
    let Some(how) = std::env::var_os("VIGIE_TEST_DIES") else { return };
    let guard = vigie::tui::terminal::Guard::take(std::os::fd::AsFd::as_fd(&std::io::stdout())).unwrap();
    if how == "worker" {
        let worker = std::thread::Builder::new().name("feed".to_owned()).spawn(|| panic!("a worker dies")).unwrap();
        worker.join().unwrap_err();
        let deaths = vigie::tui::terminal::deaths();
        assert!(deaths.len() == 1 && deaths[0].starts_with("feed: a worker dies"), "{deaths:?}");
        // Still ours: the alternate screen was not left.
        rustix::io::write(std::io::stdout(), b"still here").unwrap();
        drop(guard);
        return;
    }
    panic!("the interface dies");
}

#[test]
fn a_panic_of_the_interface_gives_the_terminal_back_first() {
    let mut term = Term::child("interface");
    assert_ne!(term.exit(), 0);
    term.assert_given_back();
    let bytes = term.bytes();
    let (left, said) = (bytes.rfind("\x1b[?1049l").unwrap(), bytes.find("the interface dies").unwrap());
    assert!(left < said, "the message is on the shell's screen: {bytes:?}");
}

#[test]
fn a_panic_of_a_worker_leaves_the_terminal_alone() {
    let mut term = Term::child("worker");
    assert_eq!(term.exit(), 0);
    term.assert_given_back();
    let bytes = term.bytes();
    assert!(bytes.find("still here").unwrap() < bytes.rfind("\x1b[?1049l").unwrap(), "{bytes:?}");
    assert!(!bytes.contains("a worker dies"), "{bytes:?}");
}
