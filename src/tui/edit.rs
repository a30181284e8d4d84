//! A line of text with a cursor that never stands inside a grapheme.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Text being typed and the place of the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Editor {
    text: String,
    cursor: usize,
}

impl From<String> for Editor {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<Editor> for String {
    fn from(editor: Editor) -> Self {
        editor.text
    }
}

impl Editor {
    /// Text with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { cursor: text.len(), text }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte offset of the cursor, always between two graphemes.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Is there nothing?
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text before the cursor.
    pub fn before(&self) -> &str {
        self.text.get(..self.cursor).unwrap_or_default()
    }

    /// The text from the cursor on.
    pub fn after(&self) -> &str {
        self.text.get(self.cursor..).unwrap_or_default()
    }

    /// Writes at the cursor. A combining mark joins the grapheme before it.
    pub fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        self.cursor += text.len();
        self.snap();
    }

    /// Deletes the grapheme before the cursor; says whether there was one.
    pub fn backspace(&mut self) -> bool {
        let Some(last) = self.before().graphemes(true).next_back().map(str::len) else { return false };
        let from = self.cursor - last;
        self.text.drain(from..self.cursor);
        self.cursor = from;
        self.snap();
        true
    }

    /// Deletes the grapheme after the cursor; says whether there was one.
    pub fn delete(&mut self) -> bool {
        let Some(first) = self.after().graphemes(true).next().map(str::len) else { return false };
        self.text.drain(self.cursor..self.cursor + first);
        self.snap();
        true
    }

    /// Deletes back to the start of the word before the cursor.
    pub fn delete_word(&mut self) {
        let from = word_start(self.before());
        self.text.drain(from..self.cursor);
        self.cursor = from;
        self.snap();
    }

    /// One grapheme to the left.
    pub fn left(&mut self) {
        self.cursor -= self.before().graphemes(true).next_back().map_or(0, str::len);
    }

    /// One grapheme to the right.
    pub fn right(&mut self) {
        self.cursor += self.after().graphemes(true).next().map_or(0, str::len);
    }

    /// To the start.
    pub fn home(&mut self) {
        self.cursor = 0;
    }

    /// To the end.
    pub fn end(&mut self) {
        self.cursor = self.text.len();
    }

    /// To the line above, at the same column or its end; says whether there was one.
    pub fn up(&mut self) -> bool {
        let Some(end) = self.before().rfind('\n') else { return false };
        let column = self.text.get(end + 1..self.cursor).unwrap_or_default().graphemes(true).count();
        let start = self.text.get(..end).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
        self.at_column(start, column);
        true
    }

    /// To the line below, at the same column or its end; says whether there was one.
    pub fn down(&mut self) -> bool {
        let Some(next) = self.after().find('\n') else { return false };
        let start = self.before().rfind('\n').map_or(0, |at| at + 1);
        let column = self.text.get(start..self.cursor).unwrap_or_default().graphemes(true).count();
        self.at_column(self.cursor + next + 1, column);
        true
    }

    /// To the start of the line.
    pub fn line_start(&mut self) {
        self.cursor = self.before().rfind('\n').map_or(0, |at| at + 1);
    }

    /// To the end of the line.
    pub fn line_end(&mut self) {
        self.cursor += self.after().find('\n').unwrap_or(self.after().len());
    }

    fn at_column(&mut self, start: usize, column: usize) {
        let line = self.text.get(start..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default();
        self.cursor = start + line.graphemes(true).take(column).map(str::len).sum::<usize>();
    }

    /// Takes the text away.
    pub fn take(&mut self) -> String {
        self.cursor = 0;
        std::mem::take(&mut self.text)
    }

    /// An edit may have joined the cursor's two sides into one grapheme: step to its end.
    fn snap(&mut self) {
        let here = self.cursor;
        let boundary = self.text.grapheme_indices(true).map(|(at, _)| at).find(|at| *at >= here);
        self.cursor = boundary.unwrap_or(self.text.len());
    }
}

/// Where the last word of `text` starts; the spaces after it belong to it.
fn word_start(text: &str) -> usize {
    let trimmed = text.trim_end();
    trimmed
        .rfind(char::is_whitespace)
        .map_or(0, |at| at + trimmed.get(at..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn deletes_whole_graphemes() {
        let mut line = Editor::new("cafe\u{301}");
        assert!(line.backspace());
        assert_eq!(line.text(), "caf");
    }

    #[test]
    fn deletes_a_word_and_the_spaces_after_it() {
        let mut line = Editor::new("un deux  ");
        line.delete_word();
        assert_eq!(line.text(), "un ");
    }

    #[test]
    fn lines_are_walked_at_the_same_column() {
        let mut line = Editor::new("un\néquipe\n\nquatre");
        assert!(line.up() && line.before().ends_with("\n\n") || line.before() == "un\néquipe\n");
        assert!(line.up());
        line.line_end();
        assert_eq!(line.before(), "un\néquipe");
        assert!(line.up());
        assert_eq!(line.before(), "un");
        assert!(!line.up());
        assert!(line.down());
        assert_eq!(line.before(), "un\néq");
        line.line_start();
        assert_eq!(line.before(), "un\n");
        assert!(line.down() && line.down() && !line.down());
    }

    proptest! {
        #[test]
        fn cursor_is_always_between_graphemes(ops in prop::collection::vec((0u8..12, "[\\PC\n]{0,3}"), 0..40)) {
            let mut line = Editor::default();
            for (op, text) in ops {
                match op {
                    0 | 1 => line.insert(&text),
                    2 => { line.backspace(); }
                    3 => { line.delete(); }
                    4 => line.left(),
                    5 => line.right(),
                    6 => line.delete_word(),
                    7 => { line.up(); }
                    8 => { line.down(); }
                    9 => line.line_start(),
                    10 => line.line_end(),
                    _ => line.home(),
                }
                let whole = line.text().grapheme_indices(true).map(|(at, _)| at).chain([line.text().len()]).any(|at| at == line.cursor());
                prop_assert!(whole);
            }
        }
    }
}
