//! The first screen of `vigie` without arguments: what can be opened, chosen by arrows and Enter.
//!
//! Does not belong here: opening it (the caller's `open`).

use std::path::PathBuf;

use crate::config::Config;
use crate::lang::{Arg, Lang};
use crate::network::Text;
use crate::session::incidents;

use super::action::Act;
use super::app::forms;
use super::edit::Editor;
use super::input::{Code, Key};
use super::keymap::form_key;
use super::model::{Field, FieldValue, Form, FormId, Launcher, Level, Menu, MenuItem, Overlay, Status};

/// Speeds offered for an exercise \[×\].
const SPEEDS: [u32; 5] = [1, 10, 20, 60, 120];
/// The speed offered first: the first alarm comes within a minute, the evening in half an hour.
const FIRST_SPEED: usize = 2;
/// Incidents listed at most.
const LISTED: usize = 50;

/// What somebody chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A new real incident of this title.
    Open(String),
    /// Go on with an incident, by its folder.
    Continue(PathBuf),
    /// An exercise on a scenario.
    Exercise {
        /// Id or path of the scenario.
        scenario: String,
        /// Speed, thousandths.
        rate_milli: u32,
        /// Seed; `None` = the scenario's own.
        seed: Option<u64>,
    },
    /// A recorded incident (its folder) or a documented one (its id), to look at.
    Replay(String),
    /// Nothing.
    Quit,
}

/// A scenario that can be played: id and title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
}

/// What can be opened on this machine.
#[derive(Debug, Clone, Default)]
pub struct Offers {
    /// Scenarios.
    pub scenarios: Vec<Offer>,
    /// Documented incidents.
    pub replays: Vec<Offer>,
}

/// The first screen.
#[derive(Debug)]
pub struct Chooser<'a> {
    /// What is drawn.
    pub screen: Launcher,
    lang: &'a Lang,
    config: &'a Config,
    offers: &'a Offers,
    /// The exercise that the form on top is about.
    scenario: String,
}

fn item(label: String, key: String, hint: String, act: Act) -> MenuItem {
    MenuItem { label, key, hint, enabled: true, why_not: String::new(), act }
}

impl<'a> Chooser<'a> {
    /// The first screen, as it opens.
    pub fn new(config: &'a Config, lang: &'a Lang, offers: &'a Offers) -> Self {
        let t = |id: &str| lang.t(id);
        let items = vec![
            item(t("launcher-open"), String::new(), t("launcher-open-hint"), Act::Run("open")),
            item(t("launcher-continue"), String::new(), t("launcher-continue-hint"), Act::Run("continue")),
            item(t("launcher-exercise"), String::new(), t("launcher-exercise-hint"), Act::Run("exercise")),
            item(t("launcher-replay"), String::new(), t("launcher-replay-hint"), Act::Run("replay")),
            item(t("act-quit"), String::new(), String::new(), Act::Quit),
        ];
        let menu = Menu { title: t("launcher-title"), items, cursor: 0, letters: false };
        let about = vec![t("launcher-about")];
        let screen = Launcher { menu, overlay: Overlay::None, about, status: None };
        Self { screen, lang, config, offers, scenario: String::new() }
    }

    /// Says why what was chosen could not be opened.
    pub fn refuse(&mut self, why: &str) {
        self.screen.overlay = Overlay::None;
        self.screen.status = Some(Status { text: crate::text::visible(why).into_owned(), level: Level::Bad });
    }

    /// Takes a key; gives back what was chosen.
    pub fn key(&mut self, key: Key) -> Option<Choice> {
        self.screen.status = None;
        if key.code == Code::Ctrl('c') {
            return Some(Choice::Quit);
        }
        match &mut self.screen.overlay {
            Overlay::Form(form) => {
                if key.code == Code::Esc {
                    self.screen.overlay = Overlay::None;
                    return None;
                }
                if let super::keymap::Intent::Form(key) = form_key(key, form)
                    && forms::edit(form, key)
                {
                    return self.submit();
                }
                None
            }
            Overlay::Menu(menu) => match key.code {
                Code::Esc => {
                    self.screen.overlay = Overlay::None;
                    None
                }
                Code::Enter => {
                    let act = menu.items.get(menu.cursor).map(|item| item.act.clone());
                    act.and_then(|act| self.choose(act))
                }
                code => {
                    turn(menu, code);
                    None
                }
            },
            _ => match key.code {
                Code::Enter => {
                    let menu = &self.screen.menu;
                    let act = menu.items.get(menu.cursor).map(|item| item.act.clone());
                    act.and_then(|act| self.choose(act))
                }
                // There is no input line here: a letter may quit.
                Code::Esc | Code::Char('q') => Some(Choice::Quit),
                Code::F(10) => {
                    self.screen.menu.cursor = self.screen.menu.items.len().saturating_sub(1);
                    None
                }
                code => {
                    turn(&mut self.screen.menu, code);
                    None
                }
            },
        }
    }

    fn choose(&mut self, act: Act) -> Option<Choice> {
        match act {
            Act::Run("open") => {
                let field = self.field("title", "launcher-incident-title", "", "launcher-incident-title-hint");
                self.form(FormId::Open, "launcher-open", vec![field], "launcher-open-submit");
            }
            Act::Run("continue") => self.list_incidents("launcher-continue", Act::Continue),
            Act::Run("exercise") => {
                let items = self.offers.scenarios.iter().map(|offer| {
                    item(
                        self.lang.of(&offer.title).to_owned(),
                        String::new(),
                        offer.id.clone(),
                        Act::Exercise(offer.id.clone()),
                    )
                });
                self.list("launcher-exercise", items.collect());
            }
            Act::Run("replay") => {
                let documented = self.offers.replays.iter().map(|offer| {
                    item(
                        self.lang.of(&offer.title).to_owned(),
                        String::new(),
                        offer.id.clone(),
                        Act::Replay(offer.id.clone()),
                    )
                });
                let mut items: Vec<MenuItem> = documented.collect();
                items.extend(self.known(|path| Act::Replay(path.display().to_string())));
                self.list("launcher-replay", items);
            }
            Act::Exercise(id) => {
                self.scenario = id;
                let options = SPEEDS.iter().map(|speed| format!("×{speed}")).collect();
                let value = FieldValue::Choice { options, selected: FIRST_SPEED };
                let rate = Field { value, ..self.field("speed", "act-speed", "", "") };
                let seed = self.field("seed", "launcher-seed", "", "launcher-seed-hint");
                self.form(FormId::Exercise, "launcher-exercise", vec![rate, seed], "launcher-exercise-submit");
            }
            Act::Continue(path) => return Some(Choice::Continue(path)),
            Act::Replay(what) => return Some(Choice::Replay(what)),
            Act::Quit => return Some(Choice::Quit),
            _ => {}
        }
        None
    }

    fn submit(&mut self) -> Option<Choice> {
        let Overlay::Form(form) = &mut self.screen.overlay else { return None };
        match form.id {
            FormId::Open => {
                let title = forms::text_of(form, "title");
                if title.is_empty() {
                    forms::refuse(form, "title", self.lang.t("refusal-empty"));
                    return None;
                }
                Some(Choice::Open(title))
            }
            FormId::Exercise => {
                let rate = forms::chosen(form, "speed").and_then(|at| SPEEDS.get(at)).copied().unwrap_or(1);
                let typed = forms::text_of(form, "seed");
                let seed = match typed.parse() {
                    Ok(seed) => Some(seed),
                    Err(_) if typed.is_empty() => None,
                    Err(_) => {
                        forms::refuse(form, "seed", self.lang.t("launcher-seed-wrong"));
                        return None;
                    }
                };
                Some(Choice::Exercise { scenario: self.scenario.clone(), rate_milli: rate * 1_000, seed })
            }
            _ => None,
        }
    }

    fn field(&self, id: &'static str, label: &str, value: &str, hint: &str) -> Field {
        let hint = if hint.is_empty() { String::new() } else { self.lang.t(hint) };
        let (label, value) = (self.lang.t(label), FieldValue::Text(Editor::new(value)));
        Field { id, label, value, hint, error: String::new() }
    }

    fn form(&mut self, id: FormId, title: &str, fields: Vec<Field>, submit: &str) {
        let (title, submit) = (self.lang.t(title), self.lang.t(submit));
        self.screen.overlay = Overlay::Form(Form { id, title, about: Vec::new(), fields, focus: 0, submit });
    }

    fn known(&self, act: impl Fn(PathBuf) -> Act) -> Vec<MenuItem> {
        let found = incidents(self.config).into_iter().take(LISTED).map(|known| {
            let genesis = known.genesis;
            let mode = self.lang.t(genesis.mode.id());
            let when = genesis.at.format("%Y-%m-%d %H:%M").to_string();
            let args = [("mode", Arg::Str(&mode)), ("when", Arg::Str(&when)), ("id", Arg::Str(&genesis.inc))];
            item(genesis.title.clone(), String::new(), self.lang.ta("launcher-incident", &args), act(known.path))
        });
        found.collect()
    }

    fn list_incidents(&mut self, title: &str, act: impl Fn(PathBuf) -> Act) {
        let items = self.known(act);
        self.list(title, items);
    }

    fn list(&mut self, title: &str, items: Vec<MenuItem>) {
        if items.is_empty() {
            let text = self.lang.t("launcher-nothing");
            self.screen.status = Some(Status { text, level: Level::Info });
            return;
        }
        let title = self.lang.t(title);
        self.screen.overlay = Overlay::Menu(Menu { title, items, cursor: 0, letters: false });
    }
}

fn turn(menu: &mut Menu, code: Code) {
    let last = menu.items.len().saturating_sub(1);
    menu.cursor = match code {
        Code::Up => menu.cursor.saturating_sub(1),
        Code::Down | Code::Tab => (menu.cursor + 1).min(last),
        Code::Home | Code::PageUp => 0,
        Code::End | Code::PageDown => last,
        _ => menu.cursor,
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Flags;
    use crate::lang::LangId;

    fn config(dir: &tempfile::TempDir) -> Config {
        let root = dir.path().to_path_buf();
        let ours = |name: &str| ["VIGIE_DATA", "VIGIE_CONFIG", "VIGIE_STATE"].contains(&name);
        Config::load_with(&Flags::default(), &move |name| ours(name).then(|| root.join(name).into_os_string())).unwrap()
    }

    fn press(chooser: &mut Chooser<'_>, codes: &[Code]) -> Option<Choice> {
        codes.iter().filter_map(|code| chooser.key((*code).into())).last()
    }

    #[test]
    fn a_real_incident_needs_a_title() {
        let dir = tempfile::tempdir().unwrap();
        let (config, lang, offers) = (config(&dir), Lang::new(LangId::Fr), Offers::default());
        let mut chooser = Chooser::new(&config, &lang, &offers);
        assert_eq!(press(&mut chooser, &[Code::Enter, Code::Down, Code::Enter]), None);
        assert!(matches!(chooser.screen.overlay, Overlay::Form(_)), "the empty title is refused");
        let title = [Code::Char('p'), Code::Char('a'), Code::Down, Code::Enter];
        assert_eq!(press(&mut chooser, &title), Some(Choice::Open("pa".into())));
    }

    #[test]
    fn an_exercise_has_a_speed_and_a_seed() {
        let dir = tempfile::tempdir().unwrap();
        let (config, lang) = (config(&dir), Lang::new(LangId::En));
        let offer = Offer { id: "evening".into(), title: Text { fr: "Soir".into(), en: "Evening".into() } };
        let offers = Offers { scenarios: vec![offer], replays: Vec::new() };
        let mut chooser = Chooser::new(&config, &lang, &offers);
        let keys = [
            Code::Down,
            Code::Down,
            Code::Enter,
            Code::Enter,
            Code::Right,
            Code::Down,
            Code::Char('7'),
            Code::Down,
            Code::Enter,
        ];
        let wanted = Choice::Exercise { scenario: "evening".into(), rate_milli: 60_000, seed: Some(7) };
        assert_eq!(press(&mut chooser, &keys), Some(wanted));
    }

    #[test]
    fn nothing_to_continue_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let (config, lang, offers) = (config(&dir), Lang::new(LangId::Fr), Offers::default());
        let mut chooser = Chooser::new(&config, &lang, &offers);
        assert_eq!(press(&mut chooser, &[Code::Down, Code::Enter]), None);
        assert!(chooser.screen.status.is_some());
        assert_eq!(press(&mut chooser, &[Code::Ctrl('c')]), Some(Choice::Quit));
    }
}
