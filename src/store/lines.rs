//! Lines of a file, read in large pieces through one buffer.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::chain::MAX_LINE;

/// Size of a piece \[bytes\]: small enough to stay in the cache of a core.
const PIECE: usize = 512 << 10;

/// A line of a file.
#[derive(Clone, Copy)]
pub(super) enum RawLine<'a> {
    /// Its bytes, without the newline.
    Whole(&'a [u8]),
    /// Longer than any line of ours.
    TooLong,
}

/// Calls `each(offset, line)` for every finished line between two offsets; `from` must be the start of a line.
/// Stops early when `each` says `false`. Returns where the unfinished rest begins.
pub(super) fn for_each(
    file: &File,
    from: u64,
    to: u64,
    mut each: impl FnMut(u64, RawLine<'_>) -> bool,
) -> io::Result<u64> {
    let piece = PIECE.min(to.saturating_sub(from) as usize);
    let mut buffer = vec![0_u8; piece + MAX_LINE + 1];
    // Offset in the file of the buffer's first byte, and how much of it is filled.
    let (mut base, mut filled) = (from, 0_usize);
    // Start of a line that is too long, whose newline is still to come.
    let mut too_long: Option<u64> = None;
    loop {
        let room = buffer.len() - filled;
        let want = room.min(to.saturating_sub(base + filled as u64) as usize);
        if want == 0 {
            return Ok(too_long.unwrap_or(base));
        }
        let Some(target) = buffer.get_mut(filled..filled + want) else { return Ok(base) };
        let read = match file.read_at(target, base + filled as u64) {
            Ok(0) => return Ok(too_long.unwrap_or(base)),
            Ok(read) => read,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        let searched = filled;
        filled += read;
        let mut start = 0_usize;
        let fresh = buffer.get(searched..filled).unwrap_or_default();
        for newline in memchr::memchr_iter(b'\n', fresh) {
            let end = searched + newline;
            let go_on = if let Some(offset) = too_long.take() {
                each(offset, RawLine::TooLong)
            } else {
                let line = buffer.get(start..end).unwrap_or_default();
                let line = if line.len() > MAX_LINE { RawLine::TooLong } else { RawLine::Whole(line) };
                each(base + start as u64, line)
            };
            start = end + 1;
            if !go_on {
                return Ok(base + start as u64);
            }
        }
        if too_long.is_some() {
            // Still inside the long line: nothing of it is kept.
            base += filled as u64;
            filled = 0;
            continue;
        }
        buffer.copy_within(start..filled, 0);
        base += start as u64;
        filled -= start;
        if filled > MAX_LINE {
            too_long = Some(base);
            base += filled as u64;
            filled = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn pieces_long_lines_and_rests() {
        let mut expected = Vec::new();
        let mut bytes = Vec::new();
        for n in 0..40_000_usize {
            let line = if n == 777 {
                vec![b'x'; MAX_LINE * 30]
            } else {
                format!("line {n} {}", "y".repeat(n % 70)).into_bytes()
            };
            expected.push((bytes.len() as u64, (line.len() <= MAX_LINE).then(|| line.clone())));
            bytes.extend_from_slice(&line);
            bytes.push(b'\n');
        }
        let end = bytes.len() as u64;
        bytes.extend_from_slice(b"unfinished");
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let mut found = Vec::new();
        let rest = for_each(&file, 0, bytes.len() as u64, |at, line| {
            found.push((
                at,
                match line {
                    RawLine::Whole(line) => Some(line.to_vec()),
                    RawLine::TooLong => None,
                },
            ));
            true
        })
        .unwrap();
        assert_eq!(rest, end);
        assert!(found == expected);
        let mut seen = 0;
        for_each(&file, 0, bytes.len() as u64, |_, _| {
            seen += 1;
            seen < 10
        })
        .unwrap();
        assert_eq!(seen, 10);
    }
}
