//! `vigie doctor`: what this machine and terminal can do.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use super::out::Out;
use super::{Context, Exit, Failure, Globals};
use crate::clock::Clock;
use crate::lang::Lang;
use crate::network::Said;
use crate::session;
use crate::store::disk::{FileSystem, file_system, free_bytes};
use crate::store::folder::read_genesis;

/// Say what this machine and terminal can do.
#[derive(Debug, clap::Args)]
pub struct Doctor {}

/// Less room than this is worth a word \[bytes\].
const LITTLE: u64 = 200 << 20;

/// What was found, in the reader's language: how it is, of what, and what. What is looked at has a message `doctor-…`.
struct Findings<'a> {
    lang: &'a Lang,
    rows: Vec<Vec<String>>,
    bad: bool,
}

impl Findings<'_> {
    fn row(&mut self, how: &str, what: &str, found: impl Into<Said>) {
        let row = vec![self.lang.t(how), self.lang.t(what), self.lang.say(&found.into()).replace('\n', "; ")];
        self.rows.push(row);
    }

    fn good(&mut self, what: &str, found: impl Into<Said>) {
        self.row("doctor-good", what, found);
    }

    fn note(&mut self, what: &str, found: impl Into<Said>) {
        self.row("doctor-note", what, found);
    }

    fn bad(&mut self, what: &str, found: impl Into<Said>) {
        self.bad = true;
        self.row("doctor-bad", what, found);
    }
}

impl Doctor {
    pub(super) fn run(globals: &Globals, lang: &Lang) -> Result<Exit, Failure> {
        let mut found = Findings { lang, rows: Vec::new(), bad: false };
        found.good("doctor-vigie", env!("CARGO_PKG_VERSION").to_owned());
        match Context::new(globals, None) {
            Ok(context) => check(&context, &mut found),
            Err(failure) => found.bad("doctor-configuration", failure.message),
        }
        let mut out = Out::new();
        out.table(&found.rows, &[])?;
        out.flush()?;
        Ok(if found.bad { Exit::Failed } else { Exit::Ok })
    }
}

fn check(context: &Context, found: &mut Findings) {
    let config = &context.config;
    let file = config.file.as_ref().map(|file| Said::from(file.display().to_string()));
    found.good("doctor-configuration", file.unwrap_or_else(|| Said::new("doctor-defaults")));
    found.good("doctor-language", context.lang.id().to_string());
    for (what, path) in [("doctor-data", &config.data.value), ("doctor-state", &config.state.value)] {
        folder(what, path, found);
    }
    disk(&config.data.value, found);
    terminal(context, found);
    let library = session::playbooks(config);
    found.good("doctor-playbooks", library.iter().count().to_string());
    for errors in library.errors() {
        found.bad("doctor-playbooks", errors.said());
    }
    let incidents = session::incidents(config);
    found.good("doctor-incidents", incidents.len().to_string());
    for mode in ["real", "exercise", "replay"] {
        let Ok(entries) = std::fs::read_dir(config.data.value.join(mode)) else { continue };
        for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            match read_genesis(&path) {
                Err(_) if hidden => {
                    found.note("doctor-incidents", Said::new("doctor-left").with("path", path.display().to_string()));
                }
                Err(error) => found.bad("doctor-incidents", error.said()),
                Ok(_) => {}
            }
        }
    }
}

/// Can it be written to?
fn folder(what: &str, path: &Path, found: &mut Findings) {
    let probe = path.join(".vigie-doctor");
    let tried = std::fs::create_dir_all(path).and_then(|()| std::fs::write(&probe, b"x"));
    match tried {
        Ok(()) => {
            // A probe that stays is overwritten by the next check.
            let _ = std::fs::remove_file(&probe);
            found.good(what, path.display().to_string());
        }
        Err(error) => found.bad(what, crate::lang::at(path, &error)),
    }
}

/// What "saved" is worth here, and how long it takes.
fn disk(path: &Path, found: &mut Findings) {
    match file_system(path) {
        FileSystem::Local => found.good("doctor-file-system", Said::new("doctor-local")),
        FileSystem::Memory => found.note("doctor-file-system", Said::new("doctor-memory")),
        FileSystem::Remote => found.note("doctor-file-system", Said::new("doctor-remote")),
        FileSystem::Removable => found.note("doctor-file-system", Said::new("doctor-removable")),
        FileSystem::Overlay => found.note("doctor-file-system", Said::new("doctor-overlay")),
    }
    match free_bytes(path) {
        Some(free) if free < LITTLE => {
            found.bad("doctor-space", Said::new("doctor-free").with("mb", (free >> 20).to_string()));
        }
        Some(free) => found.good("doctor-space", Said::new("doctor-free").with("mb", (free >> 20).to_string())),
        None => found.note("doctor-space", Said::new("doctor-unknown")),
    }
    let probe = path.join(".vigie-doctor");
    let clock = Clock::system();
    let mut worst = 0;
    let tried = std::fs::File::create(&probe).and_then(|mut file| {
        for _ in 0..20 {
            let begun = clock.now().boot_ms;
            file.write_all(&[b'x'; 400])?;
            file.sync_data()?;
            worst = worst.max(clock.now().boot_ms - begun);
        }
        Ok(())
    });
    let _ = std::fs::remove_file(&probe);
    match tried {
        Ok(()) if worst > 200 => found.note("doctor-saving", Said::new("doctor-slow").with("ms", worst.to_string())),
        Ok(()) => found.good("doctor-saving", Said::new("doctor-quick").with("ms", worst.to_string())),
        Err(error) => found.bad("doctor-saving", crate::lang::os(&error)),
    }
}

fn terminal(context: &Context, found: &mut Findings) {
    let term = &context.config.term;
    if !std::io::stdout().is_terminal() {
        found.note("doctor-terminal", Said::new("doctor-no-terminal"));
        return;
    }
    if term.is_empty() || term == "dumb" {
        found.note("doctor-terminal", Said::new("doctor-dumb"));
        return;
    }
    found.good("doctor-terminal", term.clone());
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col < 40 || size.ws_row < 12 => {
            let size = format!("{}x{}", size.ws_col, size.ws_row);
            found.note("doctor-size", Said::new("doctor-small").with("doctor-size", size));
        }
        Ok(size) => found.good("doctor-size", format!("{}x{}", size.ws_col, size.ws_row)),
        Err(error) => found.note("doctor-size", crate::lang::os(&error.into())),
    }
}
