//! The incidents on this machine.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::incident::event::{Genesis, Mode};
use crate::network::Said;
use crate::store::folder::read_genesis;

/// An incident's folder and what its `incident.json` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// Where it is.
    pub path: PathBuf,
    /// What it is.
    pub genesis: Genesis,
}

/// Folder of the incidents of one mode, in the data folder.
pub fn folder_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Real => "real",
        Mode::Exercise => "exercise",
        Mode::Replay => "replay",
    }
}

/// All incidents of the data folder, the newest first. A folder that cannot be read is left out: `doctor` names it.
pub fn incidents(config: &Config) -> Vec<Known> {
    let mut found = Vec::new();
    for mode in [Mode::Real, Mode::Exercise, Mode::Replay] {
        let Ok(entries) = std::fs::read_dir(config.data.value.join(folder_of(mode))) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if hidden || !path.is_dir() {
                continue;
            }
            if let Ok((genesis, _)) = read_genesis(&path) {
                found.push(Known { path, genesis });
            }
        }
    }
    found.sort_by(|a, b| b.genesis.at.cmp(&a.genesis.at).then_with(|| a.path.cmp(&b.path)));
    found
}

/// Why no incident answers to a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFound {
    /// There is none at all.
    None,
    /// None of this name.
    Unknown(String),
    /// Several.
    Several {
        /// What was asked.
        name: String,
        /// Ids.
        candidates: Vec<String>,
    },
}

impl NotFound {
    /// The answer as a sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::None => Said::new("cli-no-incident"),
            Self::Unknown(name) => Said::new("cli-unknown-incident").with("name", name),
            Self::Several { name, candidates } => {
                Said::new("cli-several-incidents").with("name", name).with("ids", candidates.join(", "))
            }
        }
    }
}

/// The incident of a path (its folder, or a file in it), of an id, or of a part of an id; `None`: the newest.
///
/// # Errors
/// When none or several answer to it.
pub fn find_incident(config: &Config, name: Option<&str>) -> Result<PathBuf, NotFound> {
    let Some(name) = name else {
        return incidents(config).into_iter().next().map(|known| known.path).ok_or(NotFound::None);
    };
    let path = Path::new(name);
    if path.exists()
        && let Some(folder) = path.ancestors().take(4).find(|folder| folder.join("incident.json").is_file())
    {
        return Ok(folder.to_path_buf());
    }
    let known = incidents(config);
    if let Some(exact) = known.iter().find(|known| known.genesis.inc == name) {
        return Ok(exact.path.clone());
    }
    let found: Vec<&Known> = known.iter().filter(|known| known.genesis.inc.contains(name)).collect();
    match found.as_slice() {
        [] => Err(NotFound::Unknown(name.to_owned())),
        [one] => Ok(one.path.clone()),
        several => Err(NotFound::Several {
            name: name.to_owned(),
            candidates: several.iter().map(|known| known.genesis.inc.clone()).collect(),
        }),
    }
}
