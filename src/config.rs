//! One validated [`Config`]: defaults < file < environment < flags, and where each value came from.
//!
//! The environment is read here and nowhere else; the rest of the program is *given* its settings.
//!
//! Does not belong here: what a setting does, how it looks on a screen.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::Deserialize;

use crate::health::Perimeter;
use crate::incident::event::{Author, Role};
use crate::lang::Lang;
use crate::network::Said;

/// Where a value came from, weakest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// The configuration file, with its line.
    File(PathBuf, usize),
    /// An environment variable.
    Env(&'static str),
    /// A command-line flag.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Env(name) => write!(f, "${name}"),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

impl Origin {
    /// Where it is from, in words.
    fn words(&self, lang: &Lang) -> String {
        if *self == Self::Default { lang.t("config-default") } else { self.to_string() }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: Origin,
}

impl<T> Setting<T> {
    fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }
}

/// The characters used to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GlyphSet {
    /// Box drawing and block characters.
    Unicode,
    /// ASCII only.
    Ascii,
}

/// Everything that can be set from outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// Language asked for: `fr` or `en`; `None` = that of the system.
    pub lang: Setting<Option<String>>,
    /// Who writes; `None` = ask at the first start.
    pub author: Setting<Option<Author>>,
    /// Folder of the incidents.
    pub data: Setting<PathBuf>,
    /// Folder of the configuration file, of own playbooks (`playbooks/`) and scenarios (`scenarios/`).
    pub config_dir: Setting<PathBuf>,
    /// Folder of what belongs to this machine (chain id).
    pub state: Setting<PathBuf>,
    /// Theme: `auto`, `dark`, `light`, `mono`, `contrast`.
    pub theme: Setting<String>,
    /// Characters used to draw.
    pub glyphs: Setting<GlyphSet>,
    /// Is the mouse taken?
    pub mouse: Setting<bool>,
    /// Slow link: fewer frames, nothing decorative.
    pub slow: Setting<bool>,
    /// No colour at all.
    pub no_color: Setting<bool>,
    /// IANA zone in which the times of new REAL incidents are shown.
    pub zone: Setting<chrono_tz::Tz>,
    /// Part of the country that boards show unless told otherwise.
    pub perimeter: Setting<Perimeter>,
    /// The terminal's name (`TERM`).
    pub term: String,
    /// The configuration file, if there is one.
    pub file: Option<PathBuf>,
}

/// What the command line may say about any setting.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// `--lang`.
    pub lang: Option<String>,
    /// `--as`.
    pub author: Option<String>,
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--theme`.
    pub theme: Option<String>,
    /// `--ascii`.
    pub ascii: bool,
    /// `--slow`.
    pub slow: bool,
    /// `--perimeter`.
    pub perimeter: Option<String>,
}

/// Why a configuration cannot be used.
#[derive(Debug)]
pub enum ConfigError {
    /// The file cannot be read.
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file says something that cannot be used.
    File {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong and how to mend it.
        message: Said,
    },
    /// A flag or a variable says something that cannot be used.
    Value {
        /// Which one.
        origin: Origin,
        /// What is wrong and how to mend it.
        message: Said,
    },
    /// There is no home folder to put anything in.
    NoHome,
}

impl ConfigError {
    /// The error as a sentence.
    pub fn said(&self) -> Said {
        match self {
            Self::Read { path, source } => crate::lang::at(path, source),
            Self::File { path, line, column, message } => {
                Said::new("config-at").with("place", format!("{}:{line}:{column}", path.display())).with("why", message)
            }
            Self::Value { origin, message } => {
                Said::new("config-at").with("place", origin.to_string()).with("why", message)
            }
            Self::NoHome => Said::new("config-no-home"),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::lang::english(&self.said()))
    }
}

impl std::error::Error for ConfigError {}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileConfig {
    lang: Option<toml::Spanned<String>>,
    #[serde(rename = "as")]
    author: Option<toml::Spanned<String>>,
    data: Option<toml::Spanned<PathBuf>>,
    theme: Option<toml::Spanned<String>>,
    glyphs: Option<toml::Spanned<GlyphSet>>,
    mouse: Option<toml::Spanned<bool>>,
    slow: Option<toml::Spanned<bool>>,
    zone: Option<toml::Spanned<String>>,
    perimeter: Option<toml::Spanned<String>>,
}

/// Name of the configuration file in the configuration folder.
const FILE_NAME: &str = "config.toml";

/// Path of this process's configuration file, whether it exists or not.
pub fn path() -> Result<PathBuf, ConfigError> {
    Ok(Config::defaults(&process_env)?.config_dir.value.join(FILE_NAME))
}

fn process_env(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Themes that exist.
pub const THEMES: [&str; 8] = ["auto", "default", "dark", "light", "mono", "contrast", "high-contrast", "deuteranopia"];

impl Config {
    /// Reads defaults, file, the process's environment and flags.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        Self::load_with(flags, &process_env)
    }

    /// As [`Config::load`] with an environment of one's own.
    pub fn load_with(flags: &Flags, env: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        let mut config = Self::defaults(&set)?;
        let path = config.config_dir.value.join(FILE_NAME);
        if path.is_file() {
            config.file = Some(path.clone());
            config.take_file(&path)?;
        }
        if let Some(value) = text("VIGIE_LANG") {
            let origin = Origin::Env("VIGIE_LANG");
            config.lang = Setting { value: Some(lang(&value, &origin)?), origin };
        }
        if let Some(value) = text("VIGIE_AS") {
            let origin = Origin::Env("VIGIE_AS");
            config.author = Setting { value: Some(author(&value, &origin)?), origin };
        }
        if let Some(value) = text("VIGIE_THEME") {
            let origin = Origin::Env("VIGIE_THEME");
            config.theme = Setting { value: theme(&value, &origin)?, origin };
        }
        if set("NO_COLOR").is_some() {
            config.no_color = Setting { value: true, origin: Origin::Env("NO_COLOR") };
        }
        config.term = text("TERM").unwrap_or_default();
        config.take_flags(flags)?;
        Ok(config)
    }

    fn defaults(set: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, ConfigError> {
        let home = directories::ProjectDirs::from("", "", "vigie");
        let place = |name: &'static str, of: &dyn Fn(&directories::ProjectDirs) -> PathBuf| {
            if let Some(value) = set(name) {
                return Ok(Setting { value: PathBuf::from(value), origin: Origin::Env(name) });
            }
            home.as_ref().map(|dirs| Setting::default(of(dirs))).ok_or(ConfigError::NoHome)
        };
        Ok(Self {
            lang: Setting::default(None),
            author: Setting::default(None),
            data: place("VIGIE_DATA", &|dirs| dirs.data_dir().to_path_buf())?,
            config_dir: place("VIGIE_CONFIG", &|dirs| dirs.config_dir().to_path_buf())?,
            state: place("VIGIE_STATE", &|dirs| dirs.state_dir().unwrap_or(dirs.data_local_dir()).to_path_buf())?,
            theme: Setting::default("auto".to_owned()),
            glyphs: Setting::default(GlyphSet::Unicode),
            mouse: Setting::default(false),
            slow: Setting::default(false),
            no_color: Setting::default(false),
            zone: Setting::default(chrono_tz::Europe::Paris),
            perimeter: Setting::default(Perimeter::Nation),
            term: String::new(),
            file: None,
        })
    }

    fn take_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let read = std::fs::read(path).map_err(|source| ConfigError::Read { path: path.to_path_buf(), source })?;
        let text = String::from_utf8(read).map_err(|error| {
            let (line, column) = position(error.as_bytes(), error.utf8_error().valid_up_to());
            let message = Said::new("config-not-utf8");
            ConfigError::File { path: path.to_path_buf(), line, column, message }
        })?;
        let at = |offset: usize| position(text.as_bytes(), offset);
        let file: FileConfig = toml::from_str(&text).map_err(|error| {
            let (line, column) = at(error.span().map_or(0, |span| span.start));
            ConfigError::File { path: path.to_path_buf(), line, column, message: unreadable(error.message()) }
        })?;
        let origin = |start: usize| Origin::File(path.to_path_buf(), at(start).0);
        // A value error gets the file's full position instead of the bare origin.
        let placed = |error: ConfigError, start: usize| match error {
            ConfigError::Value { message, .. } => {
                let (line, column) = at(start);
                ConfigError::File { path: path.to_path_buf(), line, column, message }
            }
            other => other,
        };
        macro_rules! take {
            ($($field:ident => $slot:ident, $read:expr);+ $(;)?) => {$(
                if let Some(spanned) = file.$field {
                    let start = spanned.span().start;
                    let origin = origin(start);
                    let read = $read;
                    let value = read(spanned.into_inner(), &origin).map_err(|error| placed(error, start))?;
                    self.$slot = Setting { value, origin };
                }
            )+};
        }
        take! {
            lang => lang, |value: String, origin: &Origin| lang(&value, origin).map(Some);
            author => author, |value: String, origin: &Origin| author(&value, origin).map(Some);
            theme => theme, |value: String, origin: &Origin| theme(&value, origin);
            glyphs => glyphs, |value: GlyphSet, _: &Origin| Ok::<_, ConfigError>(value);
            mouse => mouse, |value: bool, _: &Origin| Ok::<_, ConfigError>(value);
            slow => slow, |value: bool, _: &Origin| Ok::<_, ConfigError>(value);
            zone => zone, |value: String, origin: &Origin| zone(&value, origin);
            perimeter => perimeter, |value: String, origin: &Origin| perimeter(&value, origin);
        }
        if let Some(data) = file.data {
            // The environment is stronger than the file.
            if self.data.origin == Origin::Default {
                let origin = origin(data.span().start);
                self.data = Setting { value: data.into_inner(), origin };
            }
        }
        Ok(())
    }

    fn take_flags(&mut self, flags: &Flags) -> Result<(), ConfigError> {
        if let Some(value) = &flags.lang {
            let origin = Origin::Flag("--lang");
            self.lang = Setting { value: Some(lang(value, &origin)?), origin };
        }
        if let Some(value) = &flags.author {
            let origin = Origin::Flag("--as");
            self.author = Setting { value: Some(author(value, &origin)?), origin };
        }
        if let Some(value) = &flags.data {
            self.data = Setting { value: value.clone(), origin: Origin::Flag("--data") };
        }
        if let Some(value) = &flags.theme {
            let origin = Origin::Flag("--theme");
            self.theme = Setting { value: theme(value, &origin)?, origin };
        }
        if flags.ascii {
            self.glyphs = Setting { value: GlyphSet::Ascii, origin: Origin::Flag("--ascii") };
        }
        if flags.slow {
            self.slow = Setting { value: true, origin: Origin::Flag("--slow") };
        }
        if let Some(value) = &flags.perimeter {
            let origin = Origin::Flag("--perimeter");
            self.perimeter = Setting { value: perimeter(value, &origin)?, origin };
        }
        Ok(())
    }

    /// Every setting as (name, value, origin), for `vigie config print`.
    pub fn rows(&self, lang: &Lang) -> Vec<(&'static str, String, String)> {
        let bool = |setting: &Setting<bool>| (setting.value.to_string(), setting.origin.words(lang));
        let path = |setting: &Setting<PathBuf>| (setting.value.display().to_string(), setting.origin.words(lang));
        let language = self.lang.value.clone().unwrap_or_else(|| lang.t("config-system"));
        let author = self.author.value.as_ref().map_or_else(|| lang.t("config-asked"), author_text);
        let glyphs = match self.glyphs.value {
            GlyphSet::Unicode => "unicode",
            GlyphSet::Ascii => "ascii",
        };
        [
            ("lang", (language, self.lang.origin.words(lang))),
            ("as", (author, self.author.origin.words(lang))),
            ("data", path(&self.data)),
            ("config", path(&self.config_dir)),
            ("state", path(&self.state)),
            ("theme", (self.theme.value.clone(), self.theme.origin.words(lang))),
            ("glyphs", (glyphs.to_owned(), self.glyphs.origin.words(lang))),
            ("mouse", bool(&self.mouse)),
            ("slow", bool(&self.slow)),
            ("no_color", bool(&self.no_color)),
            ("zone", (self.zone.value.to_string(), self.zone.origin.words(lang))),
            ("perimeter", (perimeter_text(&self.perimeter.value), self.perimeter.origin.words(lang))),
        ]
        .into_iter()
        .map(|(name, (value, origin))| (name, value, origin))
        .collect()
    }

    /// Folder of own playbooks.
    pub fn playbooks_dir(&self) -> PathBuf {
        self.config_dir.value.join("playbooks")
    }

    /// Folder of own clocks.
    pub fn clocks_dir(&self) -> PathBuf {
        self.config_dir.value.join("clocks")
    }

    /// Folder of the own directory of contacts.
    pub fn contacts_dir(&self) -> PathBuf {
        self.config_dir.value.join("contacts")
    }

    /// Folder of own scenarios.
    pub fn scenarios_dir(&self) -> PathBuf {
        self.config_dir.value.join("scenarios")
    }
}

/// Line and column, from 1, of a byte offset; the column counts characters.
fn position(bytes: &[u8], offset: usize) -> (usize, usize) {
    let before = bytes.get(..offset.min(bytes.len())).unwrap_or_default();
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default()).chars().count() + 1;
    (line, column)
}

/// What the TOML of the file cannot be used for: the library's words, which are English, beside ours.
fn unreadable(message: &str) -> Said {
    Said::new("config-unreadable").with("what", message.trim())
}

fn wrong<T>(origin: &Origin, message: Said) -> Result<T, ConfigError> {
    Err(ConfigError::Value { origin: origin.clone(), message })
}

fn lang(value: &str, origin: &Origin) -> Result<String, ConfigError> {
    match value.to_ascii_lowercase().as_str() {
        "fr" => Ok("fr".to_owned()),
        "en" => Ok("en".to_owned()),
        _ => wrong(origin, Said::new("config-no-lang").with("value", value)),
    }
}

fn theme(value: &str, origin: &Origin) -> Result<String, ConfigError> {
    if THEMES.contains(&value) {
        return Ok(value.to_owned());
    }
    wrong(origin, Said::new("config-no-theme").with("value", value).with("known", THEMES.join(", ")))
}

fn zone(value: &str, origin: &Origin) -> Result<chrono_tz::Tz, ConfigError> {
    match chrono_tz::Tz::from_str(value) {
        Ok(zone) => Ok(zone),
        Err(_) => wrong(origin, Said::new("config-no-zone").with("value", value)),
    }
}

/// Reads `name/org/role`.
pub fn author(value: &str, origin: &Origin) -> Result<Author, ConfigError> {
    let mut parts = value.splitn(3, '/').map(str::trim);
    let who = parts.next().unwrap_or_default();
    let org = parts.next().unwrap_or_default();
    let role = parts.next().unwrap_or("log-keeper");
    if who.is_empty() || who.len() > 64 || org.len() > 64 {
        return wrong(origin, Said::new("config-no-author").with("value", value));
    }
    match role_word(role) {
        Some(role) => Ok(Author { who: who.to_owned(), org: org.to_owned(), role }),
        None => wrong(origin, no_role(role)),
    }
}

/// The roles that people can take, with their words.
pub const ROLES: [(&str, Role); 9] = [
    ("observer", Role::Observer),
    ("log-keeper", Role::LogKeeper),
    ("operations", Role::Operations),
    ("communication", Role::Communication),
    ("anticipation", Role::Anticipation),
    ("liaison", Role::Liaison),
    ("director", Role::Director),
    ("facilitator", Role::Facilitator),
    ("evaluator", Role::Evaluator),
];

/// That there is no such role, and which there are.
pub fn no_role(word: &str) -> Said {
    Said::new("config-no-role").with("value", word).with("known", ROLES.map(|(word, _)| word).join(", "))
}

/// The role of a word.
pub fn role_word(word: &str) -> Option<Role> {
    ROLES.iter().find(|(name, _)| *name == word).map(|(_, role)| *role)
}

/// The word of a role.
pub fn role_name(role: Role) -> &'static str {
    ROLES.iter().find(|(_, other)| *other == role).map_or("machine", |(word, _)| word)
}

/// `name/org/role` of an author.
pub fn author_text(author: &Author) -> String {
    format!("{}/{}/{}", author.who, author.org, role_name(author.role))
}

/// Reads a perimeter: `nation`, `region:CODE`, `zone:CODE` (or the bare code), `operator:ID`.
pub fn perimeter(value: &str, origin: &Origin) -> Result<Perimeter, ConfigError> {
    match Perimeter::parse(value) {
        Some(perimeter) => Ok(perimeter),
        None => wrong(origin, Said::new("config-no-perimeter").with("value", value)),
    }
}

/// The word of a perimeter, as [`perimeter`] reads it.
pub fn perimeter_text(perimeter: &Perimeter) -> String {
    match perimeter {
        Perimeter::Nation => "nation".to_owned(),
        Perimeter::Region(code) => format!("region:{code}"),
        Perimeter::Zone(code) => format!("zone:{code}"),
        Perimeter::Operator(id) => format!("operator:{id}"),
    }
}

#[cfg(test)]
mod tests;
