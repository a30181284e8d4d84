//! `vigie plan new|check|pack|import|export|show|list`: exercises before they are played.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::fail::example;
use super::out::Out;
use super::{Context, Exit, Failure};
use crate::exercise::{self, Inject, InjectKind, Kit, Since};
use crate::incident::event::Mode;
use crate::lang::{Arg, Lang};
use crate::network::{self, Said, Source};
use crate::playbook::lint::Level;
use crate::report::wording;
use crate::text::document::Problem;
use crate::text::duration::print_duration;

/// Plan exercises: chronogramme, objectives, packs.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Lay out a folder for a new exercise: crisis, chronogramme, objectives, packs for players and facilitators
    New {
        /// The folder; its name becomes the exercise's id
        folder: PathBuf,
    },
    /// Report every mistake of an exercise at once, then what a planner should mend
    Check {
        /// Shipped id, folder or file
        #[arg(required = true)]
        exercises: Vec<String>,
    },
    /// Put an exercise into one portable file with its crisis, its network and its seed
    Pack {
        /// Shipped id, folder or file
        exercise: String,
        /// The file to write [default: EXERCISE-ID.toml]
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Turn a chronogramme from a spreadsheet (CSV; `,`, `;` or tabs) into injects, an improvement plan of a RETEX into objectives, or say line by line why not
    Import {
        /// The CSV file
        csv: PathBuf,
        /// Time of day of STARTEX, where the chronogramme is written in times of day [default: the first time in it]
        #[arg(long, value_parser = time_of_day)]
        start: Option<u32>,
    },
    /// Write the chronogramme as CSV for a spreadsheet
    Export {
        /// Shipped id, folder or file
        exercise: String,
        /// Separator: , or ; [default: ; in French, , in English]
        #[arg(long, value_parser = super::usage::separator)]
        separator: Option<u8>,
    },
    /// The chronogramme and the objectives, for facilitators
    Show {
        /// Shipped id, folder or file
        exercise: String,
    },
    /// What players are told before the start
    Brief {
        /// Shipped id, folder or file
        exercise: String,
    },
    /// The shipped exercises
    List,
}

fn time_of_day(text: &str) -> Result<u32, Said> {
    let time = chrono::NaiveTime::parse_from_str(&text.replace('h', ":"), "%H:%M");
    time.map(|time| chrono::Timelike::num_seconds_from_midnight(&time)).map_err(|_why| Said::new("cli-next-time"))
}

/// The marking of every page about an exercise.
fn marking(context: &Context) -> String {
    let mode = context.lang.t(Mode::Exercise.id());
    format!("{mode} {mode} {mode}")
}

impl Plan {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut out = Out::new();
        let mut exit = Exit::Ok;
        match self {
            Self::New { folder } => scaffold(context, &folder, &mut out)?,
            Self::Check { exercises } => exit = check(&exercises, &context.lang, &mut out)?,
            Self::Pack { exercise, output } => pack(&exercise, output, &mut out)?,
            Self::Import { csv, start } => {
                let bytes = fs::read(&csv).map_err(|error| Failure::unread(&csv, &error))?;
                if let Some(read) = exercise::improvements(&csv.display().to_string(), &bytes) {
                    let objectives = read.map_err(Failure::input)?;
                    if objectives.is_empty() {
                        return Err(Failure::input(Said::new("plan-no-improvement")).next(Said::new("plan-improve")));
                    }
                    out.raw(format!("# {}\n", marking(context)).as_bytes())?;
                    out.raw(exercise::write_objectives(&objectives).as_bytes())?;
                    out.flush()?;
                    return Ok(exit);
                }
                let read = exercise::import(&csv.display().to_string(), &bytes, start, context.lang.id())
                    .map_err(Failure::input)?;
                for unread in &read.unread {
                    // Nobody can be told on a stderr that is gone.
                    let _ =
                        writeln!(io::stderr().lock(), "{}", crate::text::visible(&context.lang.say(&unread.said())));
                }
                out.raw(format!("# {}\n", marking(context)).as_bytes())?;
                out.raw(exercise::write_injects(&read.injects).as_bytes())?;
            }
            Self::Export { exercise, separator } => {
                let kit = load(&exercise)?;
                let french = context.lang.id() == crate::lang::LangId::Fr;
                let separator = separator.unwrap_or(if french { b';' } else { b',' });
                let mode = context.lang.t(Mode::Exercise.id());
                let text = exercise::export(&kit.injects, french, separator, &mode, &|_| String::new())
                    .map_err(|error| Failure::failed(error.to_string()))?;
                // Spreadsheets take a file for UTF-8 by its byte order mark.
                out.raw(format!("\u{feff}{text}").as_bytes())?;
            }
            Self::Show { exercise } => show(context, &load(&exercise)?, &mut out)?,
            Self::Brief { exercise } => {
                let kit = load(&exercise)?;
                out.line(&marking(context))?;
                out.line(context.lang.of(&kit.title))?;
                out.line("")?;
                out.line(context.lang.of(&kit.brief))?;
                if let Some(pack) = kit.file("players.md") {
                    out.line("")?;
                    for line in pack.lines() {
                        out.line(line)?;
                    }
                }
                out.line(&marking(context))?;
            }
            Self::List => {
                for (id, text) in exercise::shipped() {
                    let kit = exercise::parse(id, text).map_err(Failure::input)?;
                    out.line(&format!("{id}  {}", context.lang.of(&kit.title)))?;
                }
            }
        }
        out.flush()?;
        Ok(exit)
    }
}

/// The file of an exercise: itself, or `exercise.toml` in a folder.
fn file_of(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.is_dir() {
        let inside = path.join("exercise.toml");
        return inside.is_file().then_some(inside);
    }
    path.is_file().then(|| path.to_path_buf())
}

/// Is this name an exercise with a chronogramme, not a bare scenario?
pub(super) fn is_exercise(name: &str) -> bool {
    if exercise::shipped().iter().any(|(id, _)| *id == name) {
        return true;
    }
    let text = file_of(name).and_then(|path| fs::read_to_string(path).ok());
    text.is_some_and(|text| text.lines().any(|line| line.trim() == "[exercise]"))
}

/// An exercise by shipped id, folder or file; files beside it that it names come with it.
pub(super) fn load(name: &str) -> Result<Kit, Failure> {
    let (shown, text, beside) = text_of(name)?;
    let mut kit = exercise::parse(&shown, &text).map_err(Failure::input)?;
    if kit.files.is_empty() {
        kit.files = beside;
    }
    Ok(kit)
}

/// Names and texts.
type Files = Vec<(String, String)>;

/// The name by which an exercise's file is shown, its text, and the files beside it.
fn text_of(name: &str) -> Result<(String, String, Files), Failure> {
    if let Some((id, text)) = exercise::shipped().iter().find(|(id, _)| *id == name) {
        return Ok(((*id).to_owned(), (*text).to_owned(), Vec::new()));
    }
    let Some(path) = file_of(name) else {
        let known: Vec<&str> = exercise::shipped().iter().map(|(id, _)| *id).collect();
        return Err(Failure::input(Said::new("cli-no-exercise").with("name", name))
            .next(Said::new("cli-next-file-or").with("known", known.join(", "))));
    };
    let text = fs::read_to_string(&path).map_err(|error| Failure::unread(&path, &error))?;
    Ok((path.display().to_string(), text, beside(&path)))
}

/// The other files of an exercise's folder: crisis and packs.
fn beside(path: &Path) -> Files {
    let Some(entries) = path.parent().and_then(|folder| fs::read_dir(folder).ok()) else { return Vec::new() };
    let mut files: Vec<(String, String)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|other| other != path && other.extension().is_some_and(|e| e == "toml" || e == "md"))
        .filter_map(|other| {
            let name = other.file_name()?.to_string_lossy().into_owned();
            Some((name, fs::read_to_string(&other).ok()?))
        })
        .filter(|(_, text)| !text.lines().any(|line| line.trim() == "[exercise]"))
        .collect();
    files.sort();
    files
}

/// The layers of an exercise's scenario, base first, of one that can be played: what would be refused or never come
/// while it is played is said before.
pub(super) fn sources(kit: &Kit) -> Result<Vec<Source>, Failure> {
    let found = layers(kit)?;
    if exercise::shipped().iter().any(|(_, text)| *text == kit.text) {
        return Ok(found);
    }
    let scenario = network::load(&found)?;
    let mistakes = exercise::lint(kit, Some(&scenario)).into_iter().filter(|finding| finding.level == Level::Error);
    match mistakes.min_by_key(|finding| finding.line) {
        None => Ok(found),
        Some(first) => {
            let line = usize::try_from(first.line).unwrap_or(0);
            let said = Said::new("plan-not-playable").with("exercise", &kit.id).with("line", line);
            Err(Failure::input(said.with("why", first.message)).next(Said::new("plan-next-check")))
        }
    }
}

fn layers(kit: &Kit) -> Result<Vec<Source>, Failure> {
    let packed = format!("{}.toml", kit.scenario);
    // Packs for people are no layers.
    let is_layer = |name: &str| Path::new(name).extension().is_some_and(|end| end == "toml");
    let files: Files = kit.files.iter().filter(|(name, _)| is_layer(name)).cloned().collect();
    if kit.file(&packed).is_some() {
        return Ok(network::layered(&packed, &files)?);
    }
    if network::shipped().iter().any(|(id, _)| *id == kit.scenario) {
        return Ok(network::find(&kit.scenario, None)?);
    }
    Ok(network::layered(&kit.scenario, &files)?)
}

/// Everything that is wrong with an exercise, at once: what cannot be read, what the network does not know, what a
/// planner should mend.
fn check(names: &[String], lang: &Lang, out: &mut Out) -> Result<Exit, Failure> {
    let mut exit = Exit::Ok;
    for name in names {
        let (shown, text, beside) = text_of(name)?;
        let (kit, problems) = exercise::examine(&shown, &text);
        for problem in &problems.0 {
            exit = Exit::Input;
            let leveled = Problem { message: Level::Error.said(&problem.message), ..problem.clone() };
            out.line(&lang.say(&leveled.said()))?;
        }
        let Some(mut kit) = kit else { continue };
        if kit.files.is_empty() {
            kit.files = beside;
        }
        let read = layers(&kit).and_then(|found| Ok(network::load(&found)?));
        let scenario = match read {
            Ok(scenario) => Some(scenario),
            // Without a scenario's name there is none to look for, and that was said.
            Err(_) if kit.scenario.is_empty() => None,
            Err(failure) => {
                exit = Exit::Input;
                for line in lang.say(&failure.message).lines() {
                    out.line(&lang.say(&Level::Error.said(&Said::from(line))))?;
                }
                None
            }
        };
        for finding in exercise::lint(&kit, scenario.as_ref()) {
            if finding.level == Level::Error {
                exit = Exit::Input;
            }
            out.line(&finding.words(&shown, lang))?;
        }
        let Some(scenario) = scenario else { continue };
        let contingency = kit.injects.iter().filter(|inject| inject.contingency.is_some()).count();
        let length = match kit.length_s {
            0 => (scenario.start - scenario.open_at).num_seconds() + scenario.duration_s as i64,
            length_s => i64::from(length_s),
        };
        let length = print_duration(u32::try_from(length).unwrap_or(0));
        let args = [
            ("name", Arg::Str(name)),
            ("objectives", Arg::from(kit.objectives.len())),
            ("injects", Arg::from(kit.injects.len())),
            ("contingency", Arg::from(contingency)),
            ("scenario", Arg::Str(&scenario.id)),
            ("length", Arg::Str(&length)),
        ];
        out.line(&lang.ta("lint-exercise", &args))?;
    }
    Ok(exit)
}

/// Files of a folder that go into a packed exercise beside the layers of its scenario.
const PACKS: [&str; 2] = ["players.md", "facilitators.md"];

fn pack(name: &str, output: Option<PathBuf>, out: &mut Out) -> Result<(), Failure> {
    let kit = load(name)?;
    let sources = sources(&kit)?;
    let scenario = network::load(&sources)?;
    // The layers go in under the names by which they name one another.
    let mut files: Vec<(String, String)> = sources
        .iter()
        .map(|source| {
            let file = source.name.rsplit(['/', '\\']).next().unwrap_or(&source.name);
            (file.to_owned(), source.text.clone())
        })
        .collect();
    // Of what else lies in the folder, only the packs go out: nobody hands out his notes unawares.
    let packs = kit.files.iter().filter(|(file, _)| PACKS.contains(&file.as_str()));
    for (file, text) in packs {
        if !files.iter().any(|(known, _)| known == file) {
            files.push((file.clone(), text.clone()));
        }
    }
    // What the exercise's own text already holds goes in once.
    let own = exercise::parse(name, &kit.text).map_err(Failure::input)?;
    files.retain(|(file, _)| own.file(file).is_none());
    let seed = kit.seed.unwrap_or(scenario.seed);
    let text = kit.pack(&files, seed, env!("CARGO_PKG_VERSION"));
    // What was packed must come back.
    let again = exercise::parse("packed", &text).map_err(Failure::failed)?;
    network::load(&self::sources(&again)?)?;
    let path = output.unwrap_or_else(|| PathBuf::from(format!("EXERCISE-{}.toml", kit.id)));
    fs::File::create_new(&path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::at(&path, &error).next(Said::new("plan-next-output")))?;
    out.line(&path.display().to_string())?;
    // What is in it is for planners and facilitators: players get `plan brief`.
    for (file, text) in &again.files {
        out.line(&format!("  {file}  {} B", text.len()))?;
    }
    Ok(())
}

fn show(context: &Context, kit: &Kit, out: &mut Out) -> Result<(), Failure> {
    let lang = &context.lang;
    out.line(&marking(context))?;
    out.line(&format!("{} ({})", lang.of(&kit.title), kit.id))?;
    if !lang.of(&kit.about).is_empty() {
        out.line(lang.of(&kit.about))?;
    }
    if !kit.cells.is_empty() {
        out.line("")?;
    }
    for cell in &kit.cells {
        let seen = [(cell.operator, "exercise-sees-operator"), (cell.psaps, "exercise-sees-psaps")];
        let seen: Vec<String> = seen.into_iter().filter(|(sees, _)| *sees).map(|(_, id)| lang.t(id)).collect();
        let names = if cell.names.is_empty() { String::new() } else { format!(" · {}", cell.names.join(", ")) };
        let seen = if seen.is_empty() { String::new() } else { format!("  [{}]", seen.join(", ")) };
        out.line(&format!("{}  {}{names}{seen}", cell.id, lang.of(&cell.title)))?;
    }
    out.line("")?;
    for objective in &kit.objectives {
        let rule = objective.rule.as_ref().map_or_else(|| lang.t("exercise-judged"), |rule| rule.text().to_owned());
        let target = objective.target_s.map_or_else(String::new, |s| format!(" ≤ {}", print_duration(s)));
        // Of what people judge nothing counts from anywhere.
        let since = objective.rule.as_ref().map_or_else(String::new, |_| {
            let since = match &objective.since {
                Since::Start => lang.t("exercise-since-start"),
                Since::Awareness => lang.t("exercise-since-awareness"),
                Since::Inject(id) | Since::Objective(id) => lang.ta("exercise-since", &[("what", Arg::Str(id))]),
            };
            let early = objective.early && objective.since != Since::Start;
            format!(", {since}{}", if early { format!(" {}", lang.t("exercise-early")) } else { String::new() })
        });
        out.line(&format!("{}  {}  [{rule}{target}{since}]", objective.id, lang.of(&objective.title)))?;
    }
    out.line("")?;
    // In the order of play, what has no time last.
    let mut injects: Vec<&Inject> = kit.injects.iter().collect();
    injects.sort_by_key(|inject| inject.at_s.unwrap_or(u32::MAX));
    let rows: Vec<Vec<String>> = injects
        .into_iter()
        .map(|inject| {
            let at = inject.at_s.map_or_else(
                || lang.t("exercise-contingency"),
                |s| format!("T+{}:{:02}:{:02}", s / 3_600, s / 60 % 60, s % 60),
            );
            let kind = lang.t(match inject.kind() {
                InjectKind::Message => "exercise-kind-message",
                InjectKind::Fault => "exercise-kind-fault",
                InjectKind::Repair => "exercise-kind-repair",
                InjectKind::View => "exercise-kind-view",
            });
            let to = wording::addressee(&inject.to, lang);
            let way = match (inject.from.is_empty(), inject.to.is_empty()) {
                (_, true) => inject.act.as_ref().map_or_else(String::new, |act| act.on.join(", ")),
                (true, false) => to,
                (false, false) => format!("{} → {to}", inject.from),
            };
            vec![inject.id.clone(), at, kind, way, lang.of(&inject.text).replace('\n', " ")]
        })
        .collect();
    out.table(&rows, &[])?;
    out.line(&marking(context))?;
    Ok(())
}

/// A word for a shell, between quotes where it needs them.
fn shell_word(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

fn scaffold(context: &Context, folder: &Path, out: &mut Out) -> Result<(), Failure> {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let id: String = exercise::plain(&name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let id = id.trim_matches('-').to_owned();
    if id.is_empty() {
        return Err(Failure::usage(Said::new("cli-no-folder-name")).next(example("vigie plan new exercice-2027")));
    }
    if let Some(phrase) = exercise::refused(&name) {
        return Err(Failure::usage(Said::new("plan-phrase").with("phrase", phrase)));
    }
    fs::create_dir_all(folder).map_err(|error| Failure::at(folder, &error))?;
    let files = [
        (
            "exercise.toml",
            include_str!("../../assets/exercises/new/exercise.toml")
                .replace("@ID@", &id)
                .replace("@TITLE@", &exercise::quoted(&name)),
        ),
        ("crisis.toml", include_str!("../../assets/exercises/new/crisis.toml").to_owned()),
        ("players.md", include_str!("../../assets/exercises/new/players.md").to_owned()),
        ("facilitators.md", include_str!("../../assets/exercises/new/facilitators.md").to_owned()),
    ];
    // Nothing of an exercise that is already there is touched.
    if let Some((taken, _)) = files.iter().find(|(file, _)| folder.join(file).exists()) {
        return Err(Failure::usage(Said::new("cli-taken").with("path", folder.join(taken).display().to_string()))
            .next(Said::new("cli-next-other-name")));
    }
    for (file, text) in &files {
        let path = folder.join(file);
        fs::write(&path, text).map_err(|error| Failure::at(&path, &error))?;
        out.line(&path.display().to_string())?;
    }
    let folder = shell_word(&folder.display().to_string());
    out.line(&context.lang.ta("exercise-next", &[("folder", Arg::Str(&folder))]))?;
    Ok(())
}
