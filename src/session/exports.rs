//! Documents as files, outside the folder of the log: what is evidence is never written beside.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::Session;
use crate::report::document::{Document, Form};

impl Session {
    /// Where documents of this incident are written.
    pub fn exports(&self) -> PathBuf {
        self.setup.config.data.value.join("exports").join(&self.incident().genesis().inc)
    }

    /// Writes a document in all its forms; no file takes another one's place. Gives back the folder.
    ///
    /// # Errors
    /// When a file cannot be written; the error names it.
    pub fn export(&self, document: &Document, name: &str) -> io::Result<PathBuf> {
        let folder = self.exports();
        fs::create_dir_all(&folder)?;
        for form in [Form::Markdown, Form::Html, Form::Text] {
            let mut number = 1_u32;
            let mut file = loop {
                let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
                let path = folder.join(document.file_name(&name, form));
                match fs::File::create_new(&path) {
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                    Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
                    Ok(file) => break file,
                }
            };
            file.write_all(document.render(form).as_bytes())?;
        }
        Ok(folder)
    }
}
