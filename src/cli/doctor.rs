//! `vigie doctor`: what this machine and terminal can do.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use super::out::Out;
use super::{Context, Exit, Failure, Globals};
use crate::clock::Clock;
use crate::session;
use crate::store::disk::{FileSystem, file_system, free_bytes};
use crate::store::folder::read_genesis;

/// Say what this machine and terminal can do.
#[derive(Debug, clap::Args)]
pub struct Doctor {}

/// Less room than this is worth a word \[bytes\].
const LITTLE: u64 = 200 << 20;

struct Findings {
    rows: Vec<Vec<String>>,
    bad: bool,
}

impl Findings {
    fn good(&mut self, what: &str, found: impl Into<String>) {
        self.rows.push(vec!["good".to_owned(), what.to_owned(), found.into()]);
    }

    fn note(&mut self, what: &str, found: impl Into<String>) {
        self.rows.push(vec!["note".to_owned(), what.to_owned(), found.into()]);
    }

    fn bad(&mut self, what: &str, found: impl Into<String>) {
        self.bad = true;
        self.rows.push(vec!["BAD".to_owned(), what.to_owned(), found.into()]);
    }
}

impl Doctor {
    pub(super) fn run(globals: &Globals) -> Result<Exit, Failure> {
        let mut found = Findings { rows: Vec::new(), bad: false };
        found.good("vigie", env!("CARGO_PKG_VERSION"));
        match Context::new(globals, None) {
            Ok(context) => check(&context, &mut found),
            Err(failure) => found.bad("configuration", failure.message),
        }
        let mut out = Out::new();
        out.table(&found.rows, &[])?;
        out.flush()?;
        Ok(if found.bad { Exit::Failed } else { Exit::Ok })
    }
}

fn check(context: &Context, found: &mut Findings) {
    let config = &context.config;
    let file = config.file.as_ref().map_or_else(|| "none, defaults are used".to_owned(), |f| f.display().to_string());
    found.good("configuration", file);
    found.good("language", context.lang.id().to_string());
    for (what, path) in [("data", &config.data.value), ("state", &config.state.value)] {
        folder(what, path, found);
    }
    disk(&config.data.value, found);
    terminal(context, found);
    let library = session::playbooks(config);
    found.good("playbooks", library.iter().count().to_string());
    for errors in library.errors() {
        found.bad("playbooks", errors.to_string().replace('\n', "; "));
    }
    let incidents = session::incidents(config);
    found.good("incidents", incidents.len().to_string());
    for mode in ["real", "exercise", "replay"] {
        let Ok(entries) = std::fs::read_dir(config.data.value.join(mode)) else { continue };
        for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()) {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            match read_genesis(&path) {
                Err(_) if hidden => {
                    found.note("incidents", format!("{}: left by a crash, can be removed", path.display()));
                }
                Err(error) => found.bad("incidents", error.to_string()),
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
        Err(error) => found.bad(what, format!("{}: {error}", path.display())),
    }
}

/// What "saved" is worth here, and how long it takes.
fn disk(path: &Path, found: &mut Findings) {
    match file_system(path) {
        FileSystem::Local => found.good("file system", "local"),
        FileSystem::Memory => found.note("file system", "in memory: the log is lost with the power"),
        FileSystem::Remote => found.note("file system", "remote: a flush may mean less than on a local disk"),
        FileSystem::Removable => found.note("file system", "removable, without a journal"),
        FileSystem::Overlay => found.note("file system", "layer of a container: lost with it"),
    }
    match free_bytes(path) {
        Some(free) if free < LITTLE => found.bad("free space", format!("{} MB", free >> 20)),
        Some(free) => found.good("free space", format!("{} MB", free >> 20)),
        None => found.note("free space", "unknown"),
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
        Ok(()) if worst > 200 => found.note("time to save", format!("up to {worst} ms: slow")),
        Ok(()) => found.good("time to save", format!("up to {worst} ms")),
        Err(error) => found.bad("time to save", error.to_string()),
    }
}

fn terminal(context: &Context, found: &mut Findings) {
    let term = &context.config.term;
    if !std::io::stdout().is_terminal() {
        found.note("terminal", "none: commands print plain text");
        return;
    }
    if term.is_empty() || term == "dumb" {
        found.note("terminal", "TERM is empty or dumb: commands print plain text");
        return;
    }
    found.good("terminal", term.clone());
    match rustix::termios::tcgetwinsize(std::io::stdout()) {
        Ok(size) if size.ws_col < 40 || size.ws_row < 12 => {
            found.note(
                "size",
                format!("{}x{}: at least 40x12 is needed, 120x40 is comfortable", size.ws_col, size.ws_row),
            );
        }
        Ok(size) => found.good("size", format!("{}x{}", size.ws_col, size.ws_row)),
        Err(error) => found.note("size", error.to_string()),
    }
}
