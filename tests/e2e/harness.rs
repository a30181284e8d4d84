//! A pseudo-terminal with a program in it, and an emulator that looks at it.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};

use super::PATIENCE;

/// The variables that say where the program keeps its folders.
const FOLDERS: [&str; 3] = ["VIGIE_DATA", "VIGIE_CONFIG", "VIGIE_STATE"];

/// A program in a terminal.
pub struct Term {
    /// Both gone once it is hung up.
    ends: Option<(Box<dyn MasterPty + Send>, Box<dyn Write + Send>)>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    /// Tells the reading thread to let go of the terminal.
    let_go: Arc<AtomicBool>,
    parser: vt100::Parser,
    bytes: Vec<u8>,
    dir: Arc<tempfile::TempDir>,
}

/// A real incident, open in a terminal of this size.
pub fn open(columns: u16, rows: u16) -> Term {
    Term::vigie(&["open", "Numéros d'urgence", "--lang", "fr", "--as", "m.durand/SAMU 59"], columns, rows)
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

/// All lines of all chains below a folder.
pub fn log(dir: &Path) -> String {
    let mut folders = vec![dir.to_path_buf()];
    let mut text = String::new();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ext| ext == "jsonl") {
                text += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    text
}

impl Term {
    /// The program with these arguments.
    pub fn vigie(args: &[&str], columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(args);
        Self::spawn(command, columns, rows)
    }

    /// The program with these arguments, on the folders of another terminal.
    pub fn beside(&self, args: &[&str], columns: u16, rows: u16) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(args);
        Self::spawn_in(Arc::clone(&self.dir), command, columns, rows)
    }

    /// Where its folders are.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// The program on a terminal that can do nothing.
    pub fn dumb(args: &[&str]) -> Self {
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_vigie"));
        command.args(args);
        command.env("TERM", "dumb");
        Self::spawn(command, 80, 24)
    }

    /// This test program, running the test `child`.
    pub fn child(how: &str) -> Self {
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--exact", "child", "--nocapture", "--test-threads=1"]);
        command.env("VIGIE_TEST_DIES", how);
        Self::spawn(command, 80, 24)
    }

    fn spawn(command: CommandBuilder, columns: u16, rows: u16) -> Self {
        Self::spawn_in(Arc::new(tempfile::tempdir().unwrap()), command, columns, rows)
    }

    fn spawn_in(dir: Arc<tempfile::TempDir>, mut command: CommandBuilder, columns: u16, rows: u16) -> Self {
        for name in FOLDERS {
            let path: PathBuf = dir.path().join(name);
            command.env(name, path);
        }
        if command.get_env("TERM").is_none_or(|term| term != "dumb") {
            command.env("TERM", "xterm-256color");
        }
        command.env("LANG", "C.UTF-8");
        command.env_remove("NO_COLOR");
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to, output) = channel();
        let let_go = Arc::new(AtomicBool::new(false));
        let leave = Arc::clone(&let_go);
        std::thread::spawn(move || {
            let mut bytes = [0; 16 * 1024];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                if to.send(bytes[..n].to_vec()).is_err() || leave.load(Ordering::SeqCst) {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new(rows, columns, 0);
        Self { ends: Some((pair.master, writer)), child, output, let_go, parser, bytes: Vec::new(), dir }
    }

    /// Types.
    pub fn send(&mut self, text: &str) {
        let (_, writer) = self.ends.as_mut().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Types a command after `:` and Enter.
    pub fn command(&mut self, words: &str) {
        self.send(":");
        self.wait("the palette", |screen| screen.contains("Commandes"));
        self.send(words);
        self.send("\r");
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap()
    }

    /// Changes the size of the terminal.
    pub fn resize(&mut self, columns: u16, rows: u16) {
        self.ends.as_ref().unwrap().0.resize(size(columns, rows)).unwrap();
        self.parser.screen_mut().set_size(rows, columns);
    }

    fn take(&mut self, wait: Duration) -> Result<(), RecvTimeoutError> {
        let bytes = self.output.recv_timeout(wait)?;
        self.parser.process(&bytes);
        self.bytes.extend(bytes);
        Ok(())
    }

    /// Takes what the program writes within this time, if anything.
    pub fn look(&mut self, wait: Duration) {
        let _ = self.take(wait);
    }

    /// What the terminal shows.
    pub fn screen(&self) -> String {
        self.parser.screen().contents()
    }

    /// All bytes the program wrote.
    pub fn bytes(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Waits until the screen is as wanted.
    pub fn wait(&mut self, what: &str, wanted: impl Fn(&String) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(&self.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(self.take(left).is_ok(), "{what} never came; the screen is\n{}", self.screen());
        }
    }

    /// Waits until the log is as wanted. The screen is read meanwhile: the program never waits for its terminal.
    pub fn wait_log(&mut self, what: &str, wanted: impl Fn(&str) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !wanted(&self.log()) {
            assert!(Instant::now() < end, "{what} never came; the screen is\n{}", self.screen());
            // What was recorded is shown: there is something to read soon.
            let _ = self.take(Duration::from_millis(50));
        }
    }

    /// Waits until the program is stopped, as by a shell's Ctrl-Z.
    pub fn wait_stopped(&mut self) {
        let end = Instant::now() + PATIENCE;
        let path = format!("/proc/{}/stat", self.child.process_id().unwrap());
        loop {
            let stat = std::fs::read_to_string(&path).unwrap();
            if stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T')) {
                // It writes no more; what it wrote may still be on its way through the reader's thread.
                while self.take(Duration::from_millis(300)).is_ok() {}
                return;
            }
            assert!(Instant::now() < end, "it does not stop: {stat}");
            let _ = self.take(Duration::from_millis(10));
        }
    }

    /// Waits for the end; the exit code.
    pub fn exit(&mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        // The terminal is closed by the end of the program: then nothing more comes.
        while self.take(end.saturating_duration_since(Instant::now())) != Err(RecvTimeoutError::Disconnected) {
            assert!(Instant::now() < end, "it does not end; the screen is\n{}", self.screen());
        }
        self.child.wait().unwrap().exit_code()
    }

    /// Is the terminal as a shell wants it?
    pub fn assert_given_back(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "alternate screen");
        assert!(!screen.hide_cursor(), "hidden cursor");
        assert!(!screen.bracketed_paste(), "bracketed paste");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(screen.fgcolor(), vt100::Color::Default);
        assert!(!screen.bold() && !screen.inverse());
        let bytes = self.bytes();
        assert!(bytes.rfind("\x1b[?7h") > bytes.rfind("\x1b[?7l"), "autowrap");
        assert!(bytes.rfind("\x1b[?2026l") > bytes.rfind("\x1b[?2026h"), "synchronized update");
    }

    /// All lines of the log.
    pub fn log(&self) -> String {
        log(self.dir.path())
    }

    /// Does `vigie verify` say that the newest incident is whole?
    pub fn verified(&self) -> bool {
        self.run(&["verify", "--lang", "en"]).status.success()
    }

    /// A command without a screen on the same folders.
    pub fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        for name in FOLDERS {
            command.env(name, self.dir.path().join(name));
        }
        command.args(args).output().unwrap()
    }

    /// Closes the terminal under the program's feet; says whether the program ended.
    pub fn hang_up(&mut self) -> bool {
        self.let_go.store(true, Ordering::SeqCst);
        // The reading thread lets go after its next piece: the echo of this key.
        self.send("x");
        while self.take(PATIENCE).is_ok() {}
        self.ends = None;
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if self.child.try_wait().unwrap().is_some() {
                return true;
            }
            std::thread::yield_now();
        }
        false
    }
}

impl Drop for Term {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
