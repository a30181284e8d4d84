//! The cells of a CSV file with their places: line and column of the file, as an editor counts them.

use crate::network::Said;
use crate::text::document::{Problem, Problems};

/// A cell and where it stands, both from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub text: String,
    pub line: u32,
    /// In characters.
    pub column: u32,
}

/// Line and column of a mistake, and what it is.
pub(super) type Wrong = (u32, u32, &'static str);

/// Windows-1252 from 0x80 to 0x9f; five of them mean nothing.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows(byte: u8) -> char {
    byte.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at)).copied()).unwrap_or(char::from(byte))
}

/// The text of a file: UTF-8, UTF-16 where a byte order mark says so, else Windows-1252, as a French Excel writes plain
/// "CSV". With it, where it was the last, the first line that shows it, to be said.
///
/// # Errors
/// The bytes that are neither.
pub(in crate::exercise) fn decode(file: &str, bytes: &[u8]) -> Result<(String, Option<Problem>), Problems> {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|pair| of(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => return Ok((wide(rest, u16::from_le_bytes), None)),
        [0xfe, 0xff, rest @ ..] => return Ok((wide(rest, u16::from_be_bytes), None)),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.to_owned(), None));
    }
    let problem = |line: usize, at: usize, message: Said| {
        let mend = Some(Said::new("sheet-mend-encoding"));
        Problem { file: file.to_owned(), line: line as u32 + 1, column: at as u32 + 1, message, mend }
    };
    let meaningless = |byte: &u8| matches!(byte, 0 | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d);
    let mut bad = Vec::new();
    let mut first = None;
    for (line, raw) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if let Some(at) = raw.iter().position(meaningless) {
            let byte = raw.get(at).copied().unwrap_or_default();
            bad.push(problem(line, at, Said::new("sheet-no-text-byte").with("byte", format!("{byte:02X}"))));
        }
        if let Some(at) = raw.iter().position(|byte| *byte >= 0x80).filter(|_| first.is_none()) {
            let shown: String = raw.iter().skip(at.saturating_sub(12)).take(24).copied().map(windows).collect();
            let message = Said::new("sheet-read-as-1252").with("shown", shown.trim());
            first = Some(problem(line, at, message));
        }
    }
    if bad.is_empty() { Ok((bytes.iter().copied().map(windows).collect(), first)) } else { Err(Problems(bad)) }
}

/// The rows of a CSV text, and what is wrong with its quotes: place and message. Blank lines are no rows.
pub(super) fn scan(text: &str, delimiter: char) -> (Vec<Vec<Cell>>, Vec<Wrong>) {
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
    fn what_a_french_excel_writes_is_read_and_said() {
        let read = |bytes: &[u8]| decode("p.csv", bytes);
        let (text, said) = read(b"id;texte\nA;d\xE9bord\nB;x\nC;\x80\n").unwrap();
        assert_eq!(text, "id;texte\nA;débord\nB;x\nC;€\n");
        let said = said.unwrap().to_string();
        assert!(
            said.starts_with("p.csv:2:4: the file is not UTF-8 and was read as Windows-1252: \"A;débord\""),
            "{said}"
        );
        let errors = read(b"id\nA;\xE9\x81\nB;\x00\xE9").unwrap_err().to_string();
        assert!(
            errors.contains("p.csv:2:4: the byte 81 is neither") && errors.contains("p.csv:3:3: the byte 00"),
            "{errors}"
        );
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain("é;x".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(read(&wide).unwrap(), ("é;x".to_owned(), None));
        assert_eq!(read("\u{feff}é".as_bytes()).unwrap(), ("é".to_owned(), None));
    }
}
