//! Scenario sources: files by path, shipped scenarios by id, and the errors found in them.

use std::fmt;
use std::path::{Path, PathBuf};

/// One scenario file: its name (as shown in errors) and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Path or shipped name.
    pub name: String,
    /// The TOML text.
    pub text: String,
}

/// One mistake in a scenario, with the place and the mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// Name of the file (layer) that holds the mistake.
    pub file: String,
    /// Line, from 1; 0 when the mistake is of the file as a whole.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub mend: Option<String>,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.message)?;
        } else {
            write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        }
        match &self.mend {
            Some(mend) => write!(f, "; {mend}"),
            None => Ok(()),
        }
    }
}

/// All the mistakes of a scenario, by layer and place; displayed one per line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScenarioErrors(pub Vec<ScenarioError>);

impl ScenarioErrors {
    /// The first mistake in words, without its place: for text that has a place of its own.
    pub fn first(&self) -> &str {
        self.0.first().map_or("", |error| &error.message)
    }

    /// The one mistake that a file as a whole has.
    pub(super) fn of_file(file: &str, message: String, mend: Option<String>) -> Self {
        Self(vec![ScenarioError { file: file.to_owned(), line: 0, column: 0, message, mend }])
    }
}

impl fmt::Display for ScenarioErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ScenarioErrors {}

/// The shipped files by name, layers included.
const FILES: &[(&str, &str)] = &[
    ("departements.toml", include_str!("../../assets/scenarios/departements.toml")),
    ("france.toml", include_str!("../../assets/scenarios/france.toml")),
    ("france-2021-06-02.toml", include_str!("../../assets/scenarios/france-2021-06-02.toml")),
    ("france-2021-06-02-canary.toml", include_str!("../../assets/scenarios/france-2021-06-02-canary.toml")),
    ("france-2021-06-02-canary-left.toml", include_str!("../../assets/scenarios/france-2021-06-02-canary-left.toml")),
    ("france-ordinary-day.toml", include_str!("../../assets/scenarios/france-ordinary-day.toml")),
    ("france-2023-01-17.toml", include_str!("../../assets/scenarios/france-2023-01-17.toml")),
    ("optus-2025-09-18.toml", include_str!("../../assets/scenarios/optus-2025-09-18.toml")),
    ("intrado-2014-04-09.toml", include_str!("../../assets/scenarios/intrado-2014-04-09.toml")),
    ("flood-2016-10-25.toml", include_str!("../../assets/scenarios/flood-2016-10-25.toml")),
    ("uk-2023-06-25.toml", include_str!("../../assets/scenarios/uk-2023-06-25.toml")),
];

/// Shipped scenarios: id and file name of the last layer.
const SHIPPED: &[(&str, &str)] = &[
    ("france-2021-06-02", "france-2021-06-02.toml"),
    ("france-2021-06-02-canary", "france-2021-06-02-canary.toml"),
    ("france-2021-06-02-canary-left", "france-2021-06-02-canary-left.toml"),
    ("france-ordinary-day", "france-ordinary-day.toml"),
    ("france-2023-01-17", "france-2023-01-17.toml"),
    ("optus-2025-09-18", "optus-2025-09-18.toml"),
    ("intrado-2014-04-09", "intrado-2014-04-09.toml"),
    ("flood-2016-10-25", "flood-2016-10-25.toml"),
    ("uk-2023-06-25", "uk-2023-06-25.toml"),
];

/// The shipped scenarios: (id, file name of the last layer). [`find`] gives their sources.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    SHIPPED
}

/// The layers of the built-in network of [`super::reference`].
pub(super) fn reference_files() -> Vec<Source> {
    FILES
        .iter()
        .filter(|(name, _)| *name == "departements.toml")
        .map(|(name, text)| Source { name: (*name).to_owned(), text: (*text).to_owned() })
        .collect()
}

/// Most layers below one another.
const DEEPEST: usize = 16;

/// The sources of a scenario, base first: `id_or_path` is a path of a file (its `layers` are relative to
/// it), a scenario of `user_dir`, or a shipped id. A user's scenario goes before a shipped one of the same
/// id; a layer that is not beside the file may be a shipped one.
///
/// # Errors
/// When no such scenario exists, a layer cannot be read, or layers go round in a circle.
pub fn find(id_or_path: &str, user_dir: Option<&Path>) -> Result<Vec<Source>, ScenarioErrors> {
    let mut out = Vec::new();
    let path = Path::new(id_or_path);
    if path.extension().is_some_and(|e| e == "toml") || path.components().count() > 1 {
        collect(&Place::File(path.to_path_buf()), id_or_path, &mut out, &mut Vec::new())?;
        return Ok(out);
    }
    let file = format!("{id_or_path}.toml");
    if let Some(user) = user_dir.map(|d| d.join(&file)).filter(|p| p.is_file()) {
        collect(&Place::File(user), id_or_path, &mut out, &mut Vec::new())?;
        return Ok(out);
    }
    if let Some((_, name)) = SHIPPED.iter().find(|(id, _)| *id == id_or_path) {
        collect(&Place::Shipped(name), id_or_path, &mut out, &mut Vec::new())?;
    } else {
        let known: Vec<&str> = SHIPPED.iter().map(|(id, _)| *id).collect();
        let mend = super::doc::suggest(id_or_path, &known, "scenarios");
        return Err(ScenarioErrors::of_file(id_or_path, "no such scenario".to_owned(), Some(mend)));
    }
    Ok(out)
}

/// The sources of a text that is not a file, base first; its `layers` are shipped files.
///
/// # Errors
/// When a layer does not exist or layers go round in a circle.
pub fn find_text(name: &str, text: &str) -> Result<Vec<Source>, ScenarioErrors> {
    let mut out = Vec::new();
    for layer in layers_of(text) {
        let Some((shipped, _)) = FILES.iter().find(|(n, _)| *n == layer) else {
            let known: Vec<&str> = FILES.iter().map(|(n, _)| *n).collect();
            let mend = super::doc::suggest(&layer, &known, "shipped layers");
            return Err(ScenarioErrors::of_file(name, format!("there is no layer `{layer}`"), Some(mend)));
        };
        collect(&Place::Shipped(shipped), name, &mut out, &mut vec![name.to_owned()])?;
    }
    out.push(Source { name: name.to_owned(), text: text.to_owned() });
    Ok(out)
}

/// As [`find`], of a scenario that lies in memory, as a packed exercise carries it: `files` are names and texts, and a
/// layer that is not among them is a shipped one.
///
/// # Errors
/// When a layer is not there, or layers go round in a circle.
pub fn layered(name: &str, files: &[(String, String)]) -> Result<Vec<Source>, ScenarioErrors> {
    let mut out = Vec::new();
    gather(name, files, &mut out, 0)?;
    Ok(out)
}

fn gather(name: &str, files: &[(String, String)], out: &mut Vec<Source>, deep: usize) -> Result<(), ScenarioErrors> {
    let carried = files.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str());
    let Some(text) = carried.or_else(|| shipped_text(name)) else {
        let known: Vec<&str> = files.iter().map(|(n, _)| n.as_str()).chain(FILES.iter().map(|(n, _)| *n)).collect();
        let mend = super::doc::suggest(name, &known, "layers");
        return Err(ScenarioErrors::of_file(name, format!("there is no layer `{name}`"), Some(mend)));
    };
    if deep >= DEEPEST {
        let mend = "a base layer must not name the files above it".to_owned();
        return Err(ScenarioErrors::of_file(name, "its layers go round in a circle".to_owned(), Some(mend)));
    }
    if out.iter().any(|source| source.name == name) {
        return Ok(());
    }
    for layer in layers_of(text) {
        gather(&layer, files, out, deep + 1)?;
    }
    out.push(Source { name: name.to_owned(), text: text.to_owned() });
    Ok(())
}

/// Where a file comes from.
enum Place {
    File(PathBuf),
    Shipped(&'static str),
}

/// Reads a file after its layers, each file once.
fn collect(place: &Place, asked: &str, out: &mut Vec<Source>, above: &mut Vec<String>) -> Result<(), ScenarioErrors> {
    let (name, text) = match place {
        Place::Shipped(name) => ((*name).to_owned(), shipped_text(name).unwrap_or_default().to_owned()),
        Place::File(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path).map_err(|e| {
                let mend = format!("asked for by {asked}");
                ScenarioErrors::of_file(&name, format!("cannot be read: {e}"), Some(mend))
            })?;
            (name, text)
        }
    };
    if above.contains(&name) || above.len() >= DEEPEST {
        let mend = "a base layer must not name the files above it".to_owned();
        return Err(ScenarioErrors::of_file(&name, "its layers go round in a circle".to_owned(), Some(mend)));
    }
    if out.iter().any(|s| s.name == name) {
        return Ok(());
    }
    above.push(name.clone());
    for layer in layers_of(&text) {
        let beside = match place {
            Place::File(path) => Some(path.with_file_name(&layer)).filter(|p| p.is_file()),
            Place::Shipped(_) => None,
        };
        let below = match beside {
            Some(path) => Place::File(path),
            None => {
                if let Some((n, _)) = FILES.iter().find(|(n, _)| *n == layer) {
                    Place::Shipped(n)
                } else {
                    let known: Vec<&str> = FILES.iter().map(|(n, _)| *n).collect();
                    let mend = super::doc::suggest(&layer, &known, "shipped layers");
                    return Err(ScenarioErrors::of_file(&name, format!("there is no layer `{layer}`"), Some(mend)));
                }
            }
        };
        collect(&below, &name, out, above)?;
    }
    above.pop();
    out.push(Source { name, text });
    Ok(())
}

fn shipped_text(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(n, _)| *n == name).map(|(_, t)| *t)
}

/// The `layers` of a file, which stand before its first table; what is not a list of texts is reported by
/// `load`.
fn layers_of(text: &str) -> Vec<String> {
    let sink = super::doc::Sink::default();
    let head = text.split("\n[").next().unwrap_or_default();
    let head = super::doc::parse(0, head, &sink);
    head.get("layers")
        .map(|n| super::read::strs(n, "layers", &sink).into_iter().map(|(s, _)| s.to_owned()).collect())
        .unwrap_or_default()
}
