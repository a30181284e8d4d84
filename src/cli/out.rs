//! Standard output: whole lines, through the output wall; a closed pipe ends the command without noise.

use std::io::{self, BufWriter, StdoutLock, Write};

use crate::lang::Lang;
use crate::text;

/// Standard output of a command.
pub(super) struct Out {
    inner: BufWriter<StdoutLock<'static>>,
}

impl Out {
    /// Takes standard output.
    pub(super) fn new() -> Self {
        Self { inner: BufWriter::new(io::stdout().lock()) }
    }

    /// A line for people: what could disturb a terminal is shown as visible stand-ins.
    pub(super) fn line(&mut self, line: &str) -> io::Result<()> {
        self.inner.write_all(text::visible(line).as_bytes())?;
        self.inner.write_all(b"\n")
    }

    /// Says that what follows comes from a simulation: nobody takes its figures for those of an incident.
    pub(super) fn model(&mut self, lang: &Lang) -> io::Result<()> {
        self.line(&lang.t("document-model-line"))
    }

    /// Bytes for programs, as they are (JSON, completions, manual page).
    pub(super) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_all(bytes)
    }

    /// Hands everything over; to be called at the end, since a drop would hide the error.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    /// Lines for people, in columns; the first row is the head.
    pub(super) fn table(&mut self, rows: &[Vec<String>], right: &[usize]) -> io::Result<()> {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                rows.iter().filter_map(|row| row.get(column)).map(|cell| text::width(cell)).max().unwrap_or(0)
            })
            .collect();
        for row in rows {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                if column > 0 {
                    line.push_str("  ");
                }
                line.push_str(&if right.contains(&column) {
                    text::pad_left(cell, *width)
                } else {
                    text::pad(cell, *width)
                });
            }
            self.line(line.trim_end())?;
        }
        Ok(())
    }
}
