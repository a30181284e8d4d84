//! The loop: waits for the terminal, for signals, for the session and for the clock; draws what changed.
//!
//! One thread, one `select!`: signals first, then keys, the session's work is done in slices, a terminal that takes
//! no bytes is not waited for. When nothing happens, nothing runs but one tick a second for the clock.
//!
//! Does not belong here: what keys mean (`app`), what is drawn (`view`).

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use chrono::DateTime;
use chrono_tz::Tz;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal as Number;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use crate::lang::Lang;
use crate::session::Session;

use super::app::{App, Effect};
use super::dirty::fingerprint;
use super::input::{Code, Event, Parser};
use super::launcher::{Choice, Chooser};
use super::layout::{Class, Layout, Region, layout, region_of};
use super::model::{Glyphs, Model, Pane};
use super::output::{Output, open_input};
use super::paint::Screen;
use super::terminal::Guard;
use super::theme::Theme;
use super::view::Ctx;

/// Live updates are drawn at most this often \[ms\].
const LIVE_MS: i64 = 500;
/// The same over a slow link \[ms\].
const SLOW_MS: i64 = 5_000;
/// The terminal's size when it does not know it (a serial line).
const UNKNOWN_SIZE: (u16, u16) = (80, 24);

/// Why the console ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Somebody quit.
    Quit,
    /// A signal asked for it.
    Signal,
    /// The terminal is gone.
    HangUp,
}

/// The signals that concern the console, and those that came and were not yet looked at.
#[derive(Debug)]
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    quit: Signal,
    lost: Signal,
    window: Signal,
    suspend: Signal,
    go_on: Signal,
    end: bool,
    hang_up: bool,
    resize: bool,
    stop: bool,
    resume: bool,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            lost: signal(SignalKind::hangup())?,
            window: signal(SignalKind::window_change())?,
            suspend: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            go_on: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
            end: false,
            hang_up: false,
            resize: false,
            stop: false,
            resume: false,
        })
    }

    /// Waits for one and notes it.
    async fn next(&mut self) {
        tokio::select! {
            biased;
            _ = self.lost.recv() => self.hang_up = true,
            _ = self.terminate.recv() => self.end = true,
            _ = self.interrupt.recv() => self.end = true,
            _ = self.quit.recv() => self.end = true,
            _ = self.suspend.recv() => self.stop = true,
            _ = self.go_on.recv() => self.resume = true,
            _ = self.window.recv() => self.resize = true,
        }
    }
}

/// Time that only goes forward \[ms\]: for delays, never shown.
fn monotonic_ms() -> i64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec * 1_000 + now.tv_nsec / 1_000_000
}

/// The terminal as the console uses it.
#[derive(Debug)]
pub struct Console {
    guard: Guard,
    input: AsyncFd<OwnedFd>,
    output: Output,
    /// Tells when the terminal takes bytes again.
    room: AsyncFd<OwnedFd>,
    /// Wakes once per wait; the runtime's own timers wake two or three times on the way to a second.
    timer: AsyncFd<OwnedFd>,
    parser: Parser,
    screen: Screen,
    regions: Vec<(Region, Drawn)>,
    signals: Signals,
    wake: Arc<Notify>,
    /// Given to the shell until SIGCONT.
    away: bool,
    gone: bool,
    /// Waits for all of the above; dropped after them.
    runtime: Runtime,
}

/// A region as it was last drawn.
#[derive(Debug)]
struct Drawn {
    fingerprint: u64,
    cursor: Option<Position>,
    buffer: Buffer,
}

impl Console {
    /// Takes the terminal.
    ///
    /// # Errors
    ///
    /// Standard output is not a terminal, or it is gone.
    #[expect(deprecated, reason = "the other constructor is `unsafe`; what these own is never replaced or closed")]
    pub fn open() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let entered = runtime.enter();
        let input = AsyncFd::with_interest(open_input()?, Interest::READABLE)?;
        let output = Output::new(std::io::stdout().as_fd())?;
        let room = AsyncFd::with_interest(output.fd().try_clone_to_owned()?, Interest::WRITABLE)?;
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
        let timer = AsyncFd::with_interest(timer, Interest::READABLE)?;
        let signals = Signals::new()?;
        drop(entered);
        let guard = Guard::take(output.fd())?;
        let (width, height) = size(&output);
        Ok(Self {
            guard,
            input,
            output,
            room,
            timer,
            parser: Parser::default(),
            screen: Screen::new(width, height),
            regions: Vec::new(),
            signals,
            wake: Arc::new(Notify::new()),
            away: false,
            gone: false,
            runtime,
        })
    }

    /// Runs the console on a session until somebody quits, a signal asks for it or the terminal is gone.
    ///
    /// # Errors
    ///
    /// The terminal cannot be waited for.
    pub fn run(&mut self, app: &mut App) -> std::io::Result<Ended> {
        self.attach(&mut app.session);
        let mut events = Vec::new();
        let mut last_read = 0;
        let mut last_live = i64::MIN / 2;
        // A key or a signal was taken: the next frame is due at once; else when the live updates are.
        let (mut key_frame, mut live_frame) = (true, false);
        self.resize(app);
        loop {
            if let Some(ended) = self.signals(app, &mut key_frame) {
                return Ok(ended);
            }
            if !self.away && !self.output.busy() {
                let every = if app.ui.slow { SLOW_MS } else { LIVE_MS };
                let now = monotonic_ms();
                if key_frame || (live_frame && now - last_live >= every) {
                    if live_frame {
                        last_live = now;
                    }
                    self.draw(app);
                    (key_frame, live_frame) = (false, false);
                }
            }
            if self.gone {
                return Ok(Ended::HangUp);
            }
            let more = app.ui.log.search.is_some() && app.background();
            live_frame |= more;
            let wait = self.wait(app, more, live_frame, last_read, last_live);
            let ready = self.poll(Some(wait))?;
            if ready.keys {
                last_read = monotonic_ms();
                self.read(&mut events);
            }
            if let Some(patience) = self.parser.patience()
                && monotonic_ms() - last_read >= patience
            {
                last_read = monotonic_ms();
                self.parser.silence(&mut events);
            }
            for event in events.drain(..) {
                key_frame = true;
                let effects = match event {
                    Event::Key(key) => app.key(key),
                    Event::Paste { text, bytes } => app.paste(&text, bytes),
                    Event::Mouse(kind, x, y) => app.mouse(kind, self.pane_at(app, x, y)),
                    Event::HangUp => return Ok(Ended::HangUp),
                };
                if let Some(ended) = self.effects(app, effects) {
                    return Ok(ended);
                }
            }
            if ready.output {
                self.gone |= self.output.go_on().is_err();
            }
            if !ready.keys {
                let before = app.session.incident().entries();
                let effects = app.pump();
                // What people wait to see recorded is not held back.
                key_frame |= app.session.incident().entries() != before;
                live_frame = true;
                if let Some(ended) = self.effects(app, effects) {
                    return Ok(ended);
                }
            }
        }
    }

    /// Captures the mouse from the start.
    pub fn take_mouse(&mut self) {
        self.guard.set_mouse(true);
    }

    /// Shows the first screen until something is chosen there; a signal or a lost terminal chooses to quit.
    ///
    /// # Errors
    ///
    /// The terminal cannot be waited for.
    pub fn choose(
        &mut self,
        chooser: &mut Chooser<'_>,
        lang: &Lang,
        theme: &Theme,
        glyphs: Glyphs,
    ) -> std::io::Result<Choice> {
        let mut events = Vec::new();
        let mut last_read = 0;
        self.screen.reset(self.screen.size().0, self.screen.size().1);
        loop {
            if std::mem::take(&mut self.signals.hang_up) || std::mem::take(&mut self.signals.end) || self.gone {
                return Ok(Choice::Quit);
            }
            if std::mem::take(&mut self.signals.stop) {
                self.suspend();
            }
            if std::mem::take(&mut self.signals.resume) {
                self.away = false;
                self.gone |= self.guard.set_up().is_err();
                self.signals.resize = true;
            }
            if std::mem::take(&mut self.signals.resize) {
                let (width, height) = size(&self.output);
                self.screen.reset(width, height);
            }
            if !self.away && !self.output.busy() {
                self.draw_chooser(chooser, lang, theme, glyphs);
            }
            let patience = self.parser.patience().map(|patience| (last_read + patience - monotonic_ms()).max(0));
            let ready = self.poll(patience)?;
            if ready.keys {
                last_read = monotonic_ms();
                self.read(&mut events);
            } else if self.parser.patience().is_some_and(|patience| monotonic_ms() - last_read >= patience) {
                self.parser.silence(&mut events);
            }
            if ready.output {
                self.gone |= self.output.go_on().is_err();
            }
            for event in events.drain(..) {
                let choice = match event {
                    Event::Key(key) if key.code == Code::Ctrl('z') => {
                        self.signals.stop = true;
                        None
                    }
                    Event::Key(key) => chooser.key(key),
                    Event::Paste { text, .. } => {
                        let typed = text.chars().filter(|c| !c.is_control());
                        typed.filter_map(|c| chooser.key(Code::Char(c).into())).last()
                    }
                    Event::Mouse(..) => None,
                    Event::HangUp => Some(Choice::Quit),
                };
                if let Some(choice) = choice {
                    return Ok(choice);
                }
            }
        }
    }

    fn draw_chooser(&mut self, chooser: &Chooser<'_>, lang: &Lang, theme: &Theme, glyphs: Glyphs) {
        let (width, height) = self.screen.size();
        let area = Rect::new(0, 0, width, height);
        let now = DateTime::UNIX_EPOCH;
        let ctx = Ctx { lang, theme, glyphs, tz: Tz::UTC, now, class: Class::of(Size { width, height }) };
        let mut buffer = Buffer::empty(area);
        let cursor = super::view::launcher::draw(&ctx, &chooser.screen, area, &mut buffer);
        self.screen.put(&buffer, None);
        self.screen.set_cursor(cursor);
        if let Some(frame) = self.screen.frame() {
            self.gone |= self.output.send(frame).is_err();
        }
    }

    /// Lets the session's threads wake the loop.
    fn attach(&self, session: &mut Session) {
        let wake = Arc::clone(&self.wake);
        session.waker(Box::new(move || wake.notify_one()));
    }

    fn signals(&mut self, app: &mut App, key_frame: &mut bool) -> Option<Ended> {
        if std::mem::take(&mut self.signals.hang_up) {
            return Some(Ended::HangUp);
        }
        if std::mem::take(&mut self.signals.end) {
            return Some(Ended::Signal);
        }
        if std::mem::take(&mut self.signals.stop) && !self.away {
            self.suspend();
        }
        if std::mem::take(&mut self.signals.resume) {
            self.away = false;
            // Whoever had the terminal meanwhile may have left it in any state.
            self.output.forget();
            self.gone |= self.guard.set_up().is_err();
            self.resize(app);
            *key_frame = true;
        }
        if std::mem::take(&mut self.signals.resize) {
            self.resize(app);
            *key_frame = true;
        }
        None
    }

    fn effects(&mut self, app: &mut App, effects: Vec<Effect>) -> Option<Ended> {
        for effect in effects {
            match effect {
                Effect::Quit => return Some(Ended::Quit),
                Effect::Suspend => self.suspend(),
                Effect::Mouse(on) => self.guard.set_mouse(on),
                Effect::Redraw => self.resize(app),
            }
        }
        None
    }

    /// Gives the terminal to the shell and stops; SIGCONT brings it back.
    fn suspend(&mut self) {
        self.away = true;
        self.signals.resume = false;
        self.output.forget();
        self.guard.give_back();
        // SIGTSTP would be dropped in an orphaned group; SIGSTOP never is.
        if rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP).is_err() {
            self.signals.resume = true;
        }
    }

    /// Takes the terminal's size and begins with an empty screen.
    fn resize(&mut self, app: &mut App) {
        let (width, height) = size(&self.output);
        self.screen.reset(width, height);
        self.regions.clear();
        app.resized((width, height), app.ui.log.rows);
    }

    fn pane_at(&self, app: &App, x: u16, y: u16) -> Option<Pane> {
        let layout = self.layout(app);
        Pane::RING
            .into_iter()
            .find(|pane| layout.rect(region_of(*pane)).is_some_and(|rect| rect.contains(Position { x, y })))
    }

    fn layout(&self, app: &App) -> Layout {
        let (width, height) = self.screen.size();
        layout(Size { width, height }, &app.ui)
    }

    /// Draws the regions that have something new and sends one frame, if anything changed.
    fn draw(&mut self, app: &mut App) {
        let layout = self.layout(app);
        if let Some(rect) = layout.rect(Region::Log) {
            let frame = if layout.class.framed() && !app.ui.zoom { 2 } else { 0 };
            let rows = usize::from(rect.height.saturating_sub(frame));
            if rows != app.ui.log.rows {
                app.resized(app.ui.size, rows);
            }
        }
        let model = app.model();
        let hole = layout.rect(Region::Overlay);
        self.regions.retain(|(region, _)| layout.rect(*region).is_some());
        let mut cursor = None;
        for (region, area) in &layout.regions {
            let hole = hole.filter(|_| *region != Region::Overlay);
            let place = self.draw_region(*region, *area, hole, &model);
            // The overlay comes last: its cursor wins.
            cursor = place.or(cursor);
        }
        self.screen.set_cursor(cursor);
        if let Some(frame) = self.screen.frame() {
            self.gone |= self.output.send(frame).is_err();
        }
    }

    fn draw_region(&mut self, region: Region, area: Rect, hole: Option<Rect>, model: &Model<'_>) -> Option<Position> {
        let print = fingerprint(region, model, area, hole);
        let known = self.regions.iter().position(|(of, _)| *of == region);
        let at = known.unwrap_or_else(|| {
            let drawn = Drawn { fingerprint: !print, cursor: None, buffer: Buffer::empty(area) };
            self.regions.push((region, drawn));
            self.regions.len() - 1
        });
        let (_, drawn) = self.regions.get_mut(at)?;
        if drawn.fingerprint != print {
            drawn.fingerprint = print;
            drawn.buffer.resize(area);
            drawn.buffer.reset();
            drawn.cursor = super::view::draw(region, model, area, &mut drawn.buffer);
            self.screen.put(&drawn.buffer, hole);
        }
        drawn.cursor
    }

    /// How long nothing is due \[ms\].
    fn wait(&self, app: &App, more: bool, live_frame: bool, last_read: i64, last_live: i64) -> i64 {
        if more && !self.output.busy() {
            return 0;
        }
        let now = monotonic_ms();
        let wall_ms = i64::from(app.model().wall.timestamp_subsec_millis().min(999));
        let mut wait = if app.ui.slow { SLOW_MS } else { 1_000 - wall_ms };
        if let Some(wake) = app.session.next_wake() {
            wait = wait.min(i64::try_from(wake.as_millis()).unwrap_or(i64::MAX));
        }
        if let Some(patience) = self.parser.patience() {
            wait = wait.min(last_read + patience - now);
        }
        if live_frame && !self.output.busy() && !self.away {
            let every = if app.ui.slow { SLOW_MS } else { LIVE_MS };
            wait = wait.min(last_live + every - now);
        }
        wait.max(0)
    }

    /// Waits for a signal, keys, room in the terminal, the session, or so many milliseconds.
    fn poll(&mut self, wait_ms: Option<i64>) -> std::io::Result<Ready> {
        let Self { runtime, input, room, timer, wake, signals, output, away, .. } = self;
        let ms = wait_ms.unwrap_or(0);
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let it_value = Timespec { tv_sec: ms / 1_000, tv_nsec: (ms % 1_000) * 1_000_000 };
        // Zero sets the timer to rest.
        timerfd_settime(timer.get_ref(), TimerfdTimerFlags::empty(), &Itimerspec { it_interval: zero, it_value })?;
        let (reads, writes) = (!*away, output.busy() && !*away);
        let due = async {
            match wait_ms {
                // Even a wait of nothing looks at the terminal first: a long search must not outrun the keys.
                Some(0) => tokio::task::yield_now().await,
                Some(_) => timer.readable().await?.clear_ready(),
                None => std::future::pending().await,
            }
            Ok::<(), std::io::Error>(())
        };
        runtime.block_on(async {
            let mut came = Ready { keys: false, output: false };
            tokio::select! {
                biased;
                () = signals.next() => {}
                // Readiness is taken back before the bytes are: what comes meanwhile makes it ready again.
                guard = input.readable(), if reads => {
                    guard?.clear_ready();
                    came.keys = true;
                }
                guard = room.writable(), if writes => {
                    guard?.clear_ready();
                    came.output = true;
                }
                () = wake.notified() => {}
                rang = due => rang?,
            }
            Ok(came)
        })
    }

    /// Reads all that waits, so that a burst of keys is one frame.
    fn read(&mut self, events: &mut Vec<Event>) {
        let mut bytes = [0; 16 * 1024];
        loop {
            match rustix::io::read(self.input.get_ref(), &mut bytes) {
                Ok(n) if n > 0 => {
                    self.parser.feed(bytes.get(..n).unwrap_or_default(), events);
                    // A terminal hands out a paste in pieces of 4 KB: is there more already? What is left unread
                    // would not make the descriptor ready a second time.
                    let mut fds = [PollFd::from_borrowed_fd(self.input.get_ref().as_fd(), PollFlags::IN)];
                    if !matches!(poll(&mut fds, Some(&Timespec { tv_sec: 0, tv_nsec: 0 })), Ok(1)) {
                        return;
                    }
                }
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => return,
                Ok(_) | Err(_) => {
                    events.push(Event::HangUp);
                    return;
                }
            }
        }
    }
}

/// What came.
#[derive(Debug, Clone, Copy)]
struct Ready {
    keys: bool,
    output: bool,
}

fn size(output: &Output) -> (u16, u16) {
    match rustix::termios::tcgetwinsize(output.fd()) {
        Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
        _ => UNKNOWN_SIZE,
    }
}
