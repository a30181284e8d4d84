//! The console: terminal guard, loop, state of the interface, actions, keymap, views.
//!
//! Does not belong here: rules of the domain.

pub mod action;
pub mod app;
pub mod cell;
pub mod dirty;
pub mod edit;
pub mod entry;
pub mod input;
pub mod kept;
pub mod keymap;
pub mod launcher;
pub mod layout;
pub mod lists;
pub mod model;
pub mod output;
pub mod paint;
pub mod run;
pub mod steps;
pub mod terminal;
pub mod theme;
pub mod view;

use std::io::IsTerminal as _;

use crate::clock::Clock;
use crate::config::{Config, GlyphSet};
use crate::lang::{Lang, LangId};
use crate::session::Session;

use app::App;
use launcher::{Choice, Chooser, Offers};
use model::Glyphs;
use run::Console;
use theme::{Theme, ThemeId};

/// How the console looks and behaves at first.
#[derive(Debug, Clone)]
pub struct Options {
    /// The clocks.
    pub clock: Clock,
    /// Language of the screen.
    pub lang: LangId,
    /// Palette.
    pub theme: ThemeId,
    /// Glyphs.
    pub glyphs: Glyphs,
    /// Is the mouse taken?
    pub mouse: bool,
    /// Slow link.
    pub slow: bool,
}

impl Options {
    /// From the settings.
    pub fn new(config: &Config, clock: Clock, lang: LangId) -> Self {
        let theme = match config.theme.value.as_str() {
            _ if config.no_color.value => ThemeId::Mono,
            "light" => ThemeId::Light,
            "contrast" => ThemeId::HighContrast,
            word => word.parse().unwrap_or_default(),
        };
        let glyphs = match config.glyphs.value {
            GlyphSet::Unicode => Glyphs::Unicode,
            GlyphSet::Ascii => Glyphs::Ascii,
        };
        Self { clock, lang, theme, glyphs, mouse: config.mouse.value, slow: config.slow.value }
    }
}

/// Why the console cannot run.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    /// There is no terminal to run on, or it failed.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] std::io::Error),
}

/// Can the console run here? Else the caller prints plain text.
pub fn possible(config: &Config) -> bool {
    std::io::stdout().is_terminal() && config.term != "dumb" && !config.term.is_empty()
}

/// Runs the console on a session until somebody quits, a signal asks for it or the terminal is gone. The terminal
/// is given back before this returns; the session comes back to be closed.
///
/// # Errors
///
/// There is no terminal.
pub fn run(session: Session, options: &Options) -> Result<Session, TuiError> {
    let mut console = Console::open()?;
    Ok(on(&mut console, session, options)?)
}

/// The first screen, then the console on what was chosen there; `None` if nothing was. `open` opens a choice, or
/// says why it cannot.
///
/// # Errors
///
/// There is no terminal.
pub fn launch(
    config: &Config,
    options: &Options,
    offers: &Offers,
    open: &mut dyn FnMut(&Choice) -> Result<Session, String>,
) -> Result<Option<Session>, TuiError> {
    let mut console = Console::open()?;
    let lang = Lang::new(options.lang);
    let theme = Theme::new(options.theme);
    let mut chooser = Chooser::new(config, &lang, offers);
    loop {
        let choice = console.choose(&mut chooser, &lang, &theme, options.glyphs)?;
        if choice == Choice::Quit {
            return Ok(None);
        }
        match open(&choice) {
            Ok(session) => return Ok(Some(on(&mut console, session, options)?)),
            Err(why) => chooser.refuse(&why),
        }
    }
}

fn on(console: &mut Console, mut session: Session, options: &Options) -> std::io::Result<Session> {
    let mut said = None;
    loop {
        let mut app = sit(console, session, options, said.take())?;
        let Some(path) = app.over.take() else { return Ok(app.session) };
        match app.session.go_over(&path) {
            Ok(real) => {
                // What of the exercise could not be kept is said where somebody looks.
                said = Some(app.went_over(&path));
                let left = std::mem::replace(&mut app.session, real);
                if let Err(error) = left.close() {
                    said = Some(error.to_string());
                }
            }
            Err(error) => said = Some(error.to_string()),
        }
        session = app.session;
    }
}

/// One incident on the screen, until it is left.
fn sit(console: &mut Console, session: Session, options: &Options, said: Option<String>) -> std::io::Result<App> {
    let theme = Theme::new(options.theme);
    let mut app = App::new(session, options.clock.clone(), options.lang, theme, options.glyphs);
    app.ui.slow = options.slow;
    if options.mouse {
        app.ui.mouse = true;
        console.take_mouse();
    }
    app.welcome();
    app.take_up_unsent();
    if let Some(said) = said {
        app.warn(said);
    }
    let ended = console.run(&mut app);
    app.keep_unsent_at_the_end();
    ended?;
    Ok(app)
}
