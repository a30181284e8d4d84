//! A sentence that is said later, in the language of whoever reads it.

/// A sentence: the id of its message and what is put into it. `lang` says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// Id of the message.
    pub id: &'static str,
    /// What is put into it, by name.
    pub with: Vec<(&'static str, Given)>,
}

/// What is put into a sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Given {
    /// Text that is the same in every language.
    Text(String),
    /// A count: it chooses plural forms.
    Count(u32),
    /// Part of a sentence.
    Said(Said),
}

impl Said {
    /// A sentence without variables.
    pub const fn new(id: &'static str) -> Self {
        Self { id, with: Vec::new() }
    }

    /// Puts something into it.
    #[must_use]
    pub fn with(mut self, name: &'static str, given: impl Into<Given>) -> Self {
        self.with.push((name, given.into()));
        self
    }
}

impl Said {
    /// Sentences, one a line.
    pub fn lines(all: impl IntoIterator<Item = Self>) -> Self {
        let add = |first: Self, second: Self| Self::new("said-lines").with("first", first).with("second", second);
        all.into_iter().reduce(add).unwrap_or_else(|| Self::from(String::new()))
    }
}

impl From<&str> for Said {
    /// A text that is the same in every language.
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl std::fmt::Display for Said {
    /// Its id: what it says is for `lang` to say.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

impl std::error::Error for Said {}

impl From<String> for Said {
    /// A text that is already in the reader's language.
    fn from(text: String) -> Self {
        Self::new("said-text").with("text", text)
    }
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Given {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Given {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Given {
    fn from(count: usize) -> Self {
        Self::Count(u32::try_from(count).unwrap_or(u32::MAX))
    }
}

impl From<Said> for Given {
    fn from(said: Said) -> Self {
        Self::Said(said)
    }
}

impl From<&Said> for Given {
    fn from(said: &Said) -> Self {
        Self::Said(said.clone())
    }
}
