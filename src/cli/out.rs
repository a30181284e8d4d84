//! Standard output: whole lines, through the output wall; a closed pipe ends the command without noise.

use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use super::Failure;
use crate::lang::Lang;
use crate::network::Said;
use crate::text;

/// Makes the folder that results will be written into, and tries to write there: said before long work, not after it.
pub(super) fn ready(folder: &Path) -> Result<(), Failure> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let probe = folder.join(format!(".vigie-{}", std::process::id()));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::File::create_new(&probe))
        .and_then(|_| std::fs::remove_file(&probe))
        .map_err(|error| Failure::at(folder, &error).next(Said::new("cli-next-folder")))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_and_one_that_cannot_be_is_refused_before_the_work() {
        let dir = tempfile::tempdir().expect("a folder");
        let new = dir.path().join("a/b");
        ready(&new).expect("made");
        assert_eq!(std::fs::read_dir(&new).expect("there").count(), 0, "no trace of the try");
        std::fs::write(dir.path().join("file"), "").expect("written");
        assert!(ready(&dir.path().join("file/below")).is_err());
    }
}
