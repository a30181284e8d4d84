//! The cells of a CSV file with their places: line and column of the file, as an editor counts them.

use crate::text::document::{Problem, Problems};

/// How the bytes of a spreadsheet are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, or UTF-16 where a byte order mark says so.
    #[default]
    Unicode,
    /// Windows-1252: what a French Excel writes as plain "CSV".
    Windows1252,
}

/// A cell and where it stands, both from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub text: String,
    pub line: u32,
    /// In characters.
    pub column: u32,
}

/// Most lines that are named one by one where the bytes cannot be read.
const MOST_NAMED: usize = 20;

/// Windows-1252 from 0x80 to 0x9f; five of them mean nothing.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows(byte: u8) -> char {
    byte.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at)).copied()).unwrap_or(char::from(byte))
}

/// The text of a file.
///
/// # Errors
/// Line by line what is not UTF-8, and what it would be in Windows-1252.
pub(super) fn decode(file: &str, bytes: &[u8], encoding: Encoding) -> Result<String, Problems> {
    if encoding == Encoding::Windows1252 {
        return Ok(bytes.iter().copied().map(windows).collect());
    }
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return Ok(wide(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => return Ok(wide(rest, u16::from_be_bytes)),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let mut problems = Vec::new();
    for (line, raw) in (1_u32..).zip(bytes.split(|byte| *byte == b'\n')) {
        let Err(error) = std::str::from_utf8(raw) else { continue };
        if problems.len() == MOST_NAMED {
            let message = "more lines are not UTF-8".to_owned();
            problems.push(Problem { file: file.to_owned(), line, column: 1, message, mend: String::new() });
            break;
        }
        let (good, bad) = raw.split_at(error.valid_up_to());
        let byte = bad.first().copied().unwrap_or_default();
        let column = String::from_utf8_lossy(good).chars().count() as u32 + 1;
        let message = format!("the byte {byte:02X} is not UTF-8; in Windows-1252 it is \"{}\"", windows(byte));
        let mend =
            "in the spreadsheet, save as \"CSV UTF-8\"; or say --encoding windows-1252 if its accents come out right";
        problems.push(Problem { file: file.to_owned(), line, column, message, mend: mend.to_owned() });
    }
    Err(Problems(problems))
}

/// The rows of a CSV text, and what is wrong with its quotes: place and message. Blank lines are no rows.
pub(super) fn scan(text: &str, delimiter: char) -> (Vec<Vec<Cell>>, Vec<(u32, u32, &'static str)>) {
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    let mut row: Vec<Cell> = Vec::new();
    let (mut line, mut column) = (1_u32, 1_u32);
    let mut cell = Cell { text: String::new(), line, column };
    // Inside quotes: where they opened. After them only the separator or the end of the line may come.
    let mut open: Option<(u32, u32)> = None;
    let mut closed = false;
    let mut chars = text.chars().peekable();
    let mut push = |row: &mut Vec<Cell>| {
        if row.len() > 1 || row.iter().any(|cell| !cell.text.trim().is_empty()) {
            rows.push(std::mem::take(row));
        }
        row.clear();
    };
    while let Some(c) = chars.next() {
        let at = (line, column);
        if c == '\n' {
            (line, column) = (line + 1, 1);
        } else {
            column += 1;
        }
        match c {
            '"' if open.is_some() && chars.peek() == Some(&'"') => {
                chars.next();
                column += 1;
                cell.text.push('"');
            }
            '"' if open.is_some() => (open, closed) = (None, true),
            '\r' if chars.peek() == Some(&'\n') => {}
            c if open.is_some() => cell.text.push(c),
            '"' if cell.text.trim().is_empty() && !closed => {
                open = Some(at);
                cell = Cell { text: String::new(), line: at.0, column: at.1 };
            }
            c if c == delimiter => {
                row.push(std::mem::replace(&mut cell, Cell { text: String::new(), line, column }));
                closed = false;
            }
            '\n' | '\r' => {
                row.push(std::mem::replace(&mut cell, Cell { text: String::new(), line, column }));
                closed = false;
                push(&mut row);
            }
            c if closed && !c.is_whitespace() => {
                wrong.push((at.0, at.1, "something stands behind the closing quote"));
                cell.text.push(c);
                closed = false;
            }
            c => cell.text.push(c),
        }
    }
    if let Some((line, column)) = open {
        wrong.push((line, column, "the quote that opens here is never closed"));
    }
    row.push(cell);
    push(&mut row);
    (rows, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_knows_its_place() {
        let text = "a;b\r\n\r\n1;\"x\r\ny \"\"z\"\"\"; é;d\r\n;;\r\nlast";
        let (rows, wrong) = scan(text, ';');
        assert_eq!(wrong, []);
        let of = |row: usize, at: usize| (rows[row][at].text.as_str(), rows[row][at].line, rows[row][at].column);
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [2, 4, 3, 1]);
        assert_eq!((of(1, 0), of(1, 1)), (("1", 3, 1), ("x\ny \"z\"", 3, 3)));
        assert_eq!((of(1, 2), of(1, 3)), ((" é", 4, 10), ("d", 4, 13)));
        assert_eq!(of(3, 0), ("last", 6, 1));
        assert_eq!(scan("a;\"b\nc", ';').1, [(1, 3, "the quote that opens here is never closed")]);
        assert_eq!(scan("\"a\"b", ';').1, [(1, 4, "something stands behind the closing quote")]);
    }

    #[test]
    fn bytes_of_another_encoding_are_named_line_by_line_or_read_when_told() {
        let bytes = b"id;texte\nA;d\xE9bord\nB;x\nC;\x80\n";
        let errors = decode("p.csv", bytes, Encoding::Unicode).unwrap_err().to_string();
        assert!(errors.contains("p.csv:2:4: the byte E9 is not UTF-8; in Windows-1252 it is \"é\""), "{errors}");
        assert!(errors.contains("p.csv:4:3: ") && errors.contains('€') && errors.lines().count() == 2, "{errors}");
        assert_eq!(decode("", bytes, Encoding::Windows1252).unwrap(), "id;texte\nA;débord\nB;x\nC;€\n");
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("é;x".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(decode("", &wide, Encoding::Unicode).unwrap(), "é;x");
    }
}
