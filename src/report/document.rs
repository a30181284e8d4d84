//! A report as a document: built once, rendered as HTML, Markdown or plain text to paste.
//!
//! Every rendering carries the marking (the mode's word) at its head and foot, and goes through the output wall.
//!
//! Does not belong here: what a report says.

use crate::incident::event::{Genesis, Mode};
use crate::lang::{Lang, LangId};

/// What stands at the head and foot of every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marking {
    /// Of an incident: its mode.
    Mode(Mode),
    /// Figures of a model, of no incident.
    Model,
    /// Paper that is not filled in yet: real and exercise are boxes to tick.
    Blank,
}

impl Marking {
    /// The word in file names and in style sheets: ASCII, upper case.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mode(mode) => mode.file_word(),
            Self::Model => "MODEL",
            Self::Blank => "BLANK",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Self::Mode(mode) => mode.id(),
            Self::Model => "document-model",
            Self::Blank => "document-blank",
        }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Title.
    pub title: String,
    /// What stands at the head and foot of every page.
    pub marking: Marking,
    /// The marking's word in the language of the document.
    pub word: String,
    /// Language.
    pub lang: LangId,
    /// A line at the foot of every page, beside the marking; may be empty.
    pub foot: String,
    /// Does it number its pages itself? Else the printer's count stands at the foot.
    pub own_pages: bool,
    /// Does it have to fit on one sheet? Then it is set smaller, boxes to tick in two columns.
    pub one_sheet: bool,
    /// Its parts.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A heading; level 2 is the highest below the title, 4 the lowest.
    Heading(u8, String),
    /// A paragraph; line ends are kept.
    Text(String),
    /// A paragraph that warns: bold, with a bar.
    Warning(String),
    /// A list.
    List(Vec<String>),
    /// Pairs of a name and a value.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// Boxes to tick.
    Checks(Vec<Check>),
    /// A drawing.
    Drawing(Drawing),
    /// On paper: a new page.
    NewPage,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Column headings.
    pub head: Vec<String>,
    /// Rows; short ones are filled up with empty cells.
    pub rows: Vec<Vec<String>>,
    /// Columns of figures (from 0), set to the right.
    pub figures: Vec<usize>,
    /// To be filled in by hand: high rows. Widths of the columns in percent may be given.
    pub by_hand: Option<Vec<u8>>,
}

/// A box to tick, with what goes below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Check {
    /// What.
    pub text: String,
    /// Who, by when: short, on the right.
    pub side: String,
    /// What to know before.
    pub warning: String,
    /// Lines below.
    pub below: Vec<String>,
}

/// A drawing: SVG made by this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawing {
    /// One `<svg>` element; only shapes and text are kept of it ([`super::html`]).
    pub svg: String,
    /// What it shows, in words: the other forms say this.
    pub words: String,
}

impl Document {
    /// An empty document with a marking.
    pub fn new(title: impl Into<String>, marking: Marking, lang: &Lang) -> Self {
        Self {
            title: title.into(),
            marking,
            word: lang.t(marking.id()),
            lang: lang.id(),
            foot: String::new(),
            own_pages: false,
            one_sheet: false,
            blocks: Vec::new(),
        }
    }

    /// An empty document of an incident: its mode at every head and foot, its title and id at the foot.
    pub fn of(title: impl Into<String>, genesis: &Genesis, lang: &Lang) -> Self {
        let foot = format!("{} · {}", genesis.title, genesis.inc);
        Self { foot, ..Self::new(title, Marking::Mode(genesis.mode), lang) }
    }

    /// Adds a heading of level 2.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(2, text.into()));
    }

    /// Adds a paragraph.
    pub fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Text(text.into()));
    }

    /// Adds text as people type it in the console: lines that begin with `- ` become a list.
    pub fn typed(&mut self, text: &str) {
        let mut list: Vec<String> = Vec::new();
        let mut words: Vec<&str> = Vec::new();
        for line in text.lines() {
            if let Some(item) = line.trim_start().strip_prefix("- ") {
                self.flush_words(&mut words);
                list.push(item.to_owned());
            } else {
                self.flush_list(&mut list);
                if line.trim().is_empty() { self.flush_words(&mut words) } else { words.push(line) }
            }
        }
        self.flush_list(&mut list);
        self.flush_words(&mut words);
    }

    fn flush_words(&mut self, words: &mut Vec<&str>) {
        if !words.is_empty() {
            self.blocks.push(Block::Text(words.join("\n")));
            words.clear();
        }
    }

    fn flush_list(&mut self, list: &mut Vec<String>) {
        if !list.is_empty() {
            self.blocks.push(Block::List(std::mem::take(list)));
        }
    }

    /// What stands between a name and its value.
    pub(super) fn colon(&self) -> &'static str {
        match self.lang {
            LangId::Fr => " :",
            LangId::En => ":",
        }
    }

    /// The whole document in a form.
    pub fn render(&self, form: Form) -> String {
        match form {
            Form::Html => super::html::render(self),
            Form::Markdown => super::markdown::render(self),
            Form::Text => super::plain::render(self),
        }
    }

    /// `EXERCISE_name.html`: the marking first, so that nobody mistakes one for the other in a folder.
    pub fn file_name(&self, name: &str, form: Form) -> String {
        let safe: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
        format!("{}_{safe}.{}", self.marking.word(), form.extension())
    }
}

/// A form of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One self-contained page; prints on A4.
    Html,
    /// Markdown.
    Markdown,
    /// Plain text, to paste into a message.
    Text,
}

impl Form {
    /// The end of file names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown => "md",
            Self::Text => "txt",
        }
    }
}

/// Lines of a text, each through the output wall: a line end is a line end, everything else is shown.
pub(super) fn lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| crate::text::visible(line).into_owned())
}

#[cfg(test)]
mod tests;
