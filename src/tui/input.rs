//! Bytes of the terminal become keys.
//!
//! A parser of our own, for four reasons that were measured with others: a sequence cut by a bad link never
//! blocks; an F key that arrives in two parts within the grace time is put together again, and later leaves at
//! worst letters; a paste is text whatever it holds; a terminal that is gone ends the reading thread instead
//! of burning a core.

use std::os::fd::{AsFd, BorrowedFd};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A lone Esc waits this long for the rest of a sequence \[ms\].
pub const GRACE_MS: i64 = 40;
/// A paste that stops without its end mark is delivered after this long \[ms\].
const PASTE_MS: i64 = 1_000;
/// Bytes of a paste that are kept: as many as one entry takes.
pub const PASTE_MAX: usize = 4_096;
/// Longer control sequences are swallowed without being understood.
const SEQUENCE_MAX: usize = 64;

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A character that is written.
    Char(char),
    /// Ctrl with a letter.
    Ctrl(char),
    /// Enter.
    Enter,
    /// Tab.
    Tab,
    /// Shift-Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Esc.
    Esc,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Function key.
    F(u8),
}

/// A key with the modifiers that matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which.
    pub code: Code,
    /// With Shift (arrows and function keys only).
    pub shift: bool,
    /// With Ctrl (arrows and function keys only).
    pub ctrl: bool,
}

impl From<Code> for Key {
    fn from(code: Code) -> Self {
        Self { code, shift: false, ctrl: false }
    }
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseKind {
    /// Left button pressed.
    Press,
    /// Wheel up.
    WheelUp,
    /// Wheel down.
    WheelDown,
}

/// What came from the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A key.
    Key(Key),
    /// Pasted text: at most [`PASTE_MAX`] bytes of it, and how many there were in all.
    Paste {
        /// What is kept.
        text: String,
        /// Bytes pasted.
        bytes: usize,
    },
    /// The mouse, at column and row from 0.
    Mouse(MouseKind, u16, u16),
    /// The terminal is gone.
    HangUp,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    Esc,
    Ss3,
    Csi(Vec<u8>),
    /// `ESC [ M`, then three bytes.
    X10(Vec<u8>),
    Utf8(Vec<u8>, usize),
    Paste {
        kept: Vec<u8>,
        bytes: usize,
        /// How much of the end mark has been seen.
        mark: usize,
        /// It stopped once without its end mark: an escape sequence ends it too.
        stalled: bool,
    },
}

const PASTE_END: &[u8] = b"\x1b[201~";

/// Takes bytes as they come, gives events; holds what may be incomplete.
#[derive(Debug, Default)]
pub struct Parser {
    state: State,
}

impl Parser {
    /// Takes the bytes of one read.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<Event>) {
        for byte in bytes {
            self.byte(*byte, out);
        }
        if let State::Paste { stalled: true, .. } = self.state {
            self.deliver_paste(out);
        }
    }

    /// How long to wait for more before [`Parser::silence`] \[ms\]; `None`: nothing is held.
    pub fn patience(&self) -> Option<i64> {
        match &self.state {
            State::Ground => None,
            State::Paste { kept, stalled, .. } => (!*stalled || !kept.is_empty()).then_some(PASTE_MS),
            _ => Some(GRACE_MS),
        }
    }

    /// Nothing came for [`Parser::patience`]: a lone Esc is a key, half a sequence is dropped.
    pub fn silence(&mut self, out: &mut Vec<Event>) {
        match &mut self.state {
            State::Esc => {
                self.state = State::Ground;
                push(out, Code::Esc);
            }
            State::Paste { stalled, .. } => {
                *stalled = true;
                self.deliver_paste(out);
            }
            _ => self.state = State::Ground,
        }
    }

    fn deliver_paste(&mut self, out: &mut Vec<Event>) {
        if let State::Paste { kept, bytes, mark, .. } = &mut self.state {
            *mark = 0;
            if *bytes > 0 {
                out.push(pasted(kept, *bytes));
                kept.clear();
                *bytes = 0;
            }
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<Event>) {
        match std::mem::take(&mut self.state) {
            State::Ground => self.ground(byte, out),
            State::Esc => match byte {
                b'[' => self.state = State::Csi(Vec::new()),
                b'O' => self.state = State::Ss3,
                0x1b => {
                    push(out, Code::Esc);
                    self.state = State::Esc;
                }
                // Esc and a letter typed (or delivered) together: both happened; there are no Alt keys.
                _ => {
                    push(out, Code::Esc);
                    self.ground(byte, out);
                }
            },
            State::Ss3 => {
                if let Some(code) = ss3(byte) {
                    push(out, code);
                } else {
                    push(out, Code::Esc);
                    push(out, Code::Char('O'));
                    self.ground(byte, out);
                }
            }
            State::Csi(mut held) => match byte {
                b'M' if held.is_empty() => self.state = State::X10(Vec::new()),
                // The Linux console's F1 to F5: `ESC [ [ A`.
                b'[' if held.is_empty() => {
                    held.push(byte);
                    self.state = State::Csi(held);
                }
                0x20..=0x3f => {
                    if held.len() < SEQUENCE_MAX {
                        held.push(byte);
                    }
                    self.state = State::Csi(held);
                }
                0x40..=0x7e => self.csi(&held, byte, out),
                _ => self.ground(byte, out),
            },
            State::X10(mut held) => {
                held.push(byte);
                if let [button, x, y] = *held.as_slice() {
                    mouse(button.wrapping_sub(32).into(), (x.into(), y.into()), 33, false, out);
                } else {
                    self.state = State::X10(held);
                }
            }
            State::Utf8(mut held, want) => {
                if byte & 0xc0 != 0x80 {
                    push(out, Code::Char(char::REPLACEMENT_CHARACTER));
                    return self.ground(byte, out);
                }
                held.push(byte);
                if held.len() < want {
                    self.state = State::Utf8(held, want);
                } else {
                    let text = std::str::from_utf8(&held).ok().and_then(|text| text.chars().next());
                    push(out, Code::Char(text.unwrap_or(char::REPLACEMENT_CHARACTER)));
                }
            }
            State::Paste { kept, bytes, mark, stalled } => self.in_paste(byte, (kept, bytes, mark, stalled), out),
        }
    }

    fn in_paste(&mut self, byte: u8, held: (Vec<u8>, usize, usize, bool), out: &mut Vec<Event>) {
        let (mut kept, mut bytes, mut mark, stalled) = held;
        if stalled && (byte == 0x1b || byte == 0x03) {
            if bytes > 0 {
                out.push(pasted(&kept, bytes));
            }
            return self.ground(byte, out);
        }
        if PASTE_END.get(mark) == Some(&byte) {
            mark += 1;
            if mark == PASTE_END.len() {
                if bytes > 0 || !stalled {
                    out.push(pasted(&kept, bytes));
                }
                return;
            }
        } else {
            // What looked like the end mark was text after all; this byte may begin the real one.
            let begins = byte == 0x1b;
            let text = PASTE_END.iter().take(mark).chain((!begins).then_some(&byte));
            for held in text {
                if kept.len() < PASTE_MAX {
                    kept.push(*held);
                }
                bytes += 1;
            }
            mark = usize::from(begins);
        }
        self.state = State::Paste { kept, bytes, mark, stalled };
    }

    fn ground(&mut self, byte: u8, out: &mut Vec<Event>) {
        match byte {
            0x1b => self.state = State::Esc,
            b'\r' | b'\n' => push(out, Code::Enter),
            b'\t' => push(out, Code::Tab),
            0x7f | 0x08 => push(out, Code::Backspace),
            0x01..=0x1a => push(out, Code::Ctrl(char::from(b'a' + byte - 1))),
            0x20..=0x7e => push(out, Code::Char(char::from(byte))),
            0xc2..=0xdf => self.state = State::Utf8(vec![byte], 2),
            0xe0..=0xef => self.state = State::Utf8(vec![byte], 3),
            0xf0..=0xf4 => self.state = State::Utf8(vec![byte], 4),
            0x80.. => push(out, Code::Char(char::REPLACEMENT_CHARACTER)),
            0x00 | 0x1c..=0x1f => {}
        }
    }

    fn csi(&mut self, held: &[u8], last: u8, out: &mut Vec<Event>) {
        if let Some((b'[', _)) = held.split_first() {
            if (b'A'..=b'E').contains(&last) {
                push(out, Code::F(last - b'A' + 1));
            }
            return;
        }
        if let Some((b'<', numbers)) = held.split_first() {
            if let [button, x, y] = *numbers_of(numbers).as_slice() {
                mouse(button, (x, y), 1, last == b'm', out);
            }
            return;
        }
        if !held.iter().all(|b| b.is_ascii_digit() || matches!(b, b';' | b':')) {
            return;
        }
        let numbers = numbers_of(held);
        let first = numbers.first().copied().unwrap_or(1);
        let modifiers = numbers.get(1).copied().unwrap_or(1).saturating_sub(1);
        let code = match (last, first) {
            (b'A', _) => Code::Up,
            (b'B', _) => Code::Down,
            (b'C', _) => Code::Right,
            (b'D', _) => Code::Left,
            (b'H', _) | (b'~', 1 | 7) => Code::Home,
            (b'F', _) | (b'~', 4 | 8) => Code::End,
            (b'Z', _) => Code::BackTab,
            (b'P'..=b'S', 1) => Code::F(last - b'P' + 1),
            (b'~', 2) => Code::Insert,
            (b'~', 3) => Code::Delete,
            (b'~', 5) => Code::PageUp,
            (b'~', 6) => Code::PageDown,
            (b'~', n @ 11..=15) => Code::F(n as u8 - 10),
            (b'~', n @ 17..=21) => Code::F(n as u8 - 11),
            (b'~', n @ 23..=24) => Code::F(n as u8 - 12),
            (b'~', 200) => {
                self.state = State::Paste { kept: Vec::new(), bytes: 0, mark: 0, stalled: false };
                return;
            }
            _ => return,
        };
        out.push(Event::Key(Key { code, shift: modifiers & 1 != 0, ctrl: modifiers & 4 != 0 }));
    }
}

fn pasted(kept: &[u8], bytes: usize) -> Event {
    let mut text = String::from_utf8_lossy(kept).into_owned();
    if bytes > kept.len() {
        // The cut may have left half a character at the end.
        while text.ends_with(char::REPLACEMENT_CHARACTER) {
            text.pop();
        }
    }
    Event::Paste { text, bytes }
}

fn push(out: &mut Vec<Event>, code: Code) {
    out.push(Event::Key(code.into()));
}

fn ss3(byte: u8) -> Option<Code> {
    Some(match byte {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'M' => Code::Enter,
        b'P'..=b'S' => Code::F(byte - b'P' + 1),
        _ => return None,
    })
}

fn numbers_of(bytes: &[u8]) -> Vec<u32> {
    let number = |part: &[u8]| {
        part.iter().take(6).filter(|b| b.is_ascii_digit()).fold(0u32, |n, b| n * 10 + u32::from(b - b'0'))
    };
    bytes.split(|b| *b == b';').map(number).collect()
}

fn mouse(button: u32, at: (u32, u32), origin: u32, release: bool, out: &mut Vec<Event>) {
    let kind = match button {
        0 if !release => MouseKind::Press,
        64 => MouseKind::WheelUp,
        65 => MouseKind::WheelDown,
        _ => return,
    };
    let place = |n: u32| u16::try_from(n.saturating_sub(origin)).unwrap_or(u16::MAX);
    out.push(Event::Mouse(kind, place(at.0), place(at.1)));
}

/// Reads the terminal until it is gone, on a thread of its own; `send` says whether somebody still listens.
pub fn read_all(tty: BorrowedFd<'_>, mut send: impl FnMut(Event) -> bool) {
    let mut parser = Parser::default();
    let mut bytes = vec![0u8; 16 * 1024];
    let mut events = Vec::new();
    loop {
        let wait = parser.patience().map(|ms| Timespec { tv_sec: ms / 1_000, tv_nsec: (ms % 1_000) * 1_000_000 });
        let mut fds = [PollFd::from_borrowed_fd(tty.as_fd(), PollFlags::IN)];
        match poll(&mut fds, wait.as_ref()) {
            Ok(0) => parser.silence(&mut events),
            Ok(_) => {
                let seen = fds.first().map_or(PollFlags::empty(), PollFd::revents);
                let gone = !seen.contains(PollFlags::IN);
                match rustix::io::read(tty, &mut bytes) {
                    Ok(n) if n > 0 => parser.feed(bytes.get(..n).unwrap_or_default(), &mut events),
                    Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) if !gone => {}
                    _ => {
                        send(Event::HangUp);
                        return;
                    }
                }
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => {
                send(Event::HangUp);
                return;
            }
        }
        if !events.drain(..).all(&mut send) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Feeds each part, with silence after each.
    fn parts(parts: &[&[u8]]) -> Vec<Event> {
        let mut parser = Parser::default();
        let mut out = Vec::new();
        for part in parts {
            parser.feed(part, &mut out);
            if parser.patience().is_some() {
                parser.silence(&mut out);
            }
        }
        out
    }

    fn keys(bytes: &[u8]) -> Vec<Code> {
        let mut parser = Parser::default();
        let mut out = Vec::new();
        // One byte per read, without silence between: a slow but steady link.
        for byte in bytes {
            parser.feed(&[*byte], &mut out);
        }
        if parser.patience().is_some() {
            parser.silence(&mut out);
        }
        out.into_iter()
            .map(|event| match event {
                Event::Key(key) => key.code,
                other => panic!("{other:?}"),
            })
            .collect()
    }

    const SEQUENCES: &[(&[u8], Code)] = &[
        (b"\x1bOP", Code::F(1)),
        (b"\x1b[11~", Code::F(1)),
        (b"\x1b[[A", Code::F(1)),
        (b"\x1b[1;2P", Code::F(1)),
        (b"\x1b[15~", Code::F(5)),
        (b"\x1b[21~", Code::F(10)),
        (b"\x1b[24~", Code::F(12)),
        (b"\x1b[A", Code::Up),
        (b"\x1bOB", Code::Down),
        (b"\x1b[1;5C", Code::Right),
        (b"\x1b[5~", Code::PageUp),
        (b"\x1b[Z", Code::BackTab),
        (b"\x1b[4~", Code::End),
    ];

    #[test]
    fn reads_the_keys_of_common_terminals() {
        for (bytes, code) in SEQUENCES {
            assert_eq!(keys(bytes), [*code], "{bytes:?}");
        }
        assert_eq!(
            keys(b"\r\t\x7f\x03\x1a"),
            [Code::Enter, Code::Tab, Code::Backspace, Code::Ctrl('c'), Code::Ctrl('z')]
        );
        assert_eq!(keys("éà€𝄞".as_bytes()), ['é', 'à', '€', '𝄞'].map(Code::Char));
        assert_eq!(keys(b"\x1b"), [Code::Esc]);
        assert_eq!(keys(b"\x1b\x1b[A"), [Code::Esc, Code::Up]);
        assert_eq!(keys(b"\x1bOk"), [Code::Esc, Code::Char('O'), Code::Char('k')]);
    }

    #[test]
    fn a_sequence_cut_anywhere_leaves_at_worst_esc_and_letters() {
        for (bytes, _) in SEQUENCES {
            for cut in 1..bytes.len() {
                let (one, two) = bytes.split_at(cut);
                for event in parts(&[one, two]) {
                    let Event::Key(key) = event else { panic!("{bytes:?} cut at {cut}: {event:?}") };
                    assert!(matches!(key.code, Code::Esc | Code::Char(_)), "{bytes:?} cut at {cut}: {key:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_is_held_for_ever() {
        for (bytes, _) in SEQUENCES {
            for cut in 1..bytes.len() {
                let events = parts(&[bytes.split_at(cut).0, b"a"]);
                assert_eq!(events.last(), Some(&Event::Key(Code::Char('a').into())), "{bytes:?} cut at {cut}");
            }
        }
    }

    #[test]
    fn a_paste_is_text_whatever_it_holds() {
        let events = parts(&[b"\x1b[200~a\x1b[21~q\r\x1b[201~b"]);
        let paste = Event::Paste { text: "a\u{1b}[21~q\r".to_owned(), bytes: 8 };
        assert_eq!(events, [paste, Event::Key(Code::Char('b').into())]);
    }

    #[test]
    fn a_huge_paste_keeps_its_start_and_says_how_much_came() {
        let mut bytes = b"\x1b[200~".to_vec();
        bytes.extend("é".repeat(500_000).as_bytes());
        bytes.extend(b"\x1b[201~");
        let mut parser = Parser::default();
        let mut out = Vec::new();
        for part in bytes.chunks(16 * 1024) {
            parser.feed(part, &mut out);
        }
        let [Event::Paste { text, bytes }] = out.as_slice() else { panic!("{}", out.len()) };
        assert_eq!((text.len(), *bytes), (PASTE_MAX, 1_000_000));
    }

    #[test]
    fn a_paste_that_lost_its_end_goes_on_as_text_until_a_function_key() {
        let events = parts(&[b"\x1b[200~abc", b"d\r", b"\x1b[21~", b"q"]);
        let texts: Vec<_> = events.iter().filter(|event| matches!(event, Event::Paste { .. })).collect();
        assert_eq!(texts.len(), 2);
        assert_eq!(events.last(), Some(&Event::Key(Code::Char('q').into())));
        assert!(events.contains(&Event::Key(Code::F(10).into())));
    }

    #[test]
    fn an_end_mark_after_a_false_one_still_ends_the_paste() {
        let events = parts(&[b"\x1b[200~x\x1b[20\x1b[201~"]);
        assert_eq!(events, [Event::Paste { text: "x\u{1b}[20".to_owned(), bytes: 5 }]);
    }

    #[test]
    fn reads_the_wheel() {
        assert_eq!(parts(&[b"\x1b[<64;10;5M"]), [Event::Mouse(MouseKind::WheelUp, 9, 4)]);
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_parts_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..200) {
            let (one, two) = bytes.split_at(at.min(bytes.len()));
            parts(&[one, two]);
        }

        #[test]
        fn typed_text_arrives_whole(text in "[a-zA-Zéèà€ ]{0,40}") {
            let got: String = keys(text.as_bytes()).iter().filter_map(|code| match code { Code::Char(c) => Some(*c), _ => None }).collect();
            prop_assert_eq!(got, text);
        }
    }
}
