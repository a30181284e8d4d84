//! The one table of what the interface can be asked to do: keys, words, palette, menus, help and
//! `docs/keys.md` all come from it.

use std::fmt::Write as _;

use crate::incident::event::{EntryId, Mode, Role, StepChange};
use crate::incident::status::MessageStatus;
use crate::lang::{Lang, LangId};
use crate::session::Session;

use super::input::{Code, Key};
use super::model::{HelpLine, MenuItem, Overlay, Target, UiState};

/// What a button, a menu item or a key asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// An action of the table, by id.
    Run(&'static str),
    /// Close what is on top.
    Back,
    /// Look closely at something.
    Show(Target),
    /// Do something to a step; `ask` first asks for a text in the input line.
    Step {
        /// Playbook id.
        playbook: String,
        /// Step id.
        step: String,
        /// What.
        change: StepChange,
        /// Ask for a reason or evidence first?
        ask: bool,
    },
    /// Something else that a step's card asks for.
    Playbook(super::steps::StepAct),
    /// Open the form of a lever, by its word, with the targets already ticked.
    Lever {
        /// Word of the vocabulary.
        word: String,
        /// Ids of the elements.
        on: Vec<String>,
    },
    /// Say what a playbook is for, with a button that opens it.
    PlaybookCard(String),
    /// Open a playbook.
    OpenPlaybook(String),
    /// Show one of the open playbooks.
    ShowPlaybook(usize),
    /// Correct an entry.
    Correct(EntryId),
    /// Answer a message.
    Answer(EntryId),
    /// Note that a message was received (false) or understood (true).
    Receipt(EntryId, bool),
    /// Mark an action done (true) or dropped (false).
    Settle(EntryId, bool),
    /// Acknowledge an alarm group.
    Acknowledge(String),
    /// Shelve an alarm group for this many minutes.
    Shelve(String, u32),
    /// Show an entry in the log.
    Goto(EntryId),
    /// Stop a clock.
    StopClock(String),
    /// Set the speed of the exercise clock, in thousandths.
    Speed(u32),
    /// Go to this incident time of a replay.
    Seek(chrono::DateTime<chrono::Utc>),
    /// Use another theme, by name.
    Theme(String),
    /// Continue an incident, by folder.
    Continue(std::path::PathBuf),
    /// Start an exercise on a scenario.
    Exercise(String),
    /// Replay something that is shipped, or a folder.
    Replay(String),
    /// Give the reason of a decision that has none.
    Explain(EntryId),
    /// Ask for a forecast: for a pending decision, or with what a step offers.
    WhatIf {
        /// The pending decision.
        re: Option<EntryId>,
        /// The step.
        step: Option<crate::incident::event::StepRef>,
    },
    /// Decide, citing the forecast on the card.
    CiteForecast,
    /// Something of the cell's own work.
    Cell(super::cell::CellAct),
    /// Switch the language.
    Language(LangId),
    /// Ask the desk of the exercise for something.
    Desk(crate::incident::desk::DeskAct),
    /// The same, after a question that was answered with yes.
    DeskSure(crate::incident::desk::DeskAct),
    /// Offer the ratings of an objective, by its id.
    DeskObjective(String),
    /// Say what can be done with an inject, by its id.
    DeskInject(String),
    /// Say what can be done with a cell of the exercise, by its id.
    DeskCell(String),
    /// Declare a real emergency, with what was said of it.
    RealWorld(String),
    /// Quit.
    Quit,
}

impl From<super::steps::StepAct> for Act {
    fn from(act: super::steps::StepAct) -> Self {
        Self::Playbook(act)
    }
}

/// What availability depends on.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The incident.
    pub session: &'a Session,
    /// The interface.
    pub ui: &'a UiState,
}

/// Whether an action can be used now, else the message id of why not.
type When = fn(&Context<'_>) -> Result<(), &'static str>;

/// Heading under which help and menu show an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// Writing into the log.
    Write,
    /// Looking.
    Look,
    /// Exercise and replay clock.
    Time,
    /// The verbs of the facilitator's desk.
    Desk,
    /// The console itself.
    Console,
}

impl Group {
    /// All, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Write, Self::Look, Self::Time, Self::Desk, Self::Console];

    /// Message id of its heading.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Write => "group-write",
            Self::Look => "group-look",
            Self::Time => "group-time",
            Self::Desk => "group-desk",
            Self::Console => "group-console",
        }
    }
}

/// A row of the table. Its name is the message `act-ID`, its help `help-ID`.
#[derive(Debug)]
pub struct Action {
    /// Id.
    pub id: &'static str,
    /// Heading.
    pub group: Group,
    /// Key.
    pub key: Option<Key>,
    /// Letter in the F10 menu; `None` = not in the menu.
    pub letter: Option<char>,
    /// Words to type after `:`, French first; compared without accents and case.
    pub words: &'static [&'static str],
    /// When it can be used.
    pub when: When,
}

const fn f(n: u8) -> Key {
    plain(Code::F(n))
}

const fn ctrl(letter: char) -> Key {
    plain(Code::Ctrl(letter))
}

const fn plain(code: Code) -> Key {
    Key { code, shift: false, ctrl: false }
}

#[expect(clippy::unnecessary_wraps, reason = "the shape of every condition in the table")]
fn always(_: &Context<'_>) -> Result<(), &'static str> {
    Ok(())
}

fn documented(ctx: &Context<'_>) -> Result<(), &'static str> {
    let now = ctx.session.now_incident();
    if ctx.session.documented_until(now).is_empty() { Err("why-not-documented") } else { Ok(()) }
}

fn can_write(ctx: &Context<'_>) -> Result<(), &'static str> {
    if ctx.session.read_only() {
        Err("why-read-only")
    } else if ctx.session.incident().closed() {
        Err("why-closed")
    } else {
        Ok(())
    }
}

/// Until the scenario is read nobody knows what time it is in an exercise: "in half an hour" would be the wall's.
fn timed(ctx: &Context<'_>) -> Result<(), &'static str> {
    can_write(ctx)?;
    let loading = ctx.session.progress() == Some(crate::session::Progress::Loading);
    if loading && ctx.session.mode() != Mode::Real { Err("why-loading") } else { Ok(()) }
}

fn closed(ctx: &Context<'_>) -> Result<(), &'static str> {
    match (ctx.session.read_only(), ctx.session.incident().closed()) {
        (true, _) => Err("why-read-only"),
        (false, true) => Ok(()),
        (false, false) => Err("why-not-closed"),
    }
}

fn open_playbook(ctx: &Context<'_>) -> Result<(), &'static str> {
    if ctx.session.incident().open_playbooks().is_empty() { Err("why-no-playbook") } else { Ok(()) }
}

fn an_alarm(ctx: &Context<'_>) -> Result<(), &'static str> {
    can_write(ctx)?;
    let open = ctx.session.incident().alarms().iter().any(|alarm| !alarm.over && alarm.acknowledged.is_none());
    if open { Ok(()) } else { Err("why-no-alarm") }
}

fn a_message(ctx: &Context<'_>) -> Result<(), &'static str> {
    can_write(ctx)?;
    let ours = |message: &MessageStatus| message.unanswered() && ctx.session.answers_for(message);
    let messages = ctx.session.incident().messages();
    match messages.iter().any(|message| message.unanswered()) {
        true if messages.iter().any(|message| ours(message)) => Ok(()),
        true => Err("refusal-desk-addressee"),
        false => Err("why-no-message"),
    }
}

fn a_twin(ctx: &Context<'_>) -> Result<(), &'static str> {
    match (ctx.session.mode(), ctx.session.has_twin()) {
        // Off until a twin of the real network was tested on its own past.
        (Mode::Real, _) => Err("why-no-forecast-real"),
        (_, false) => Err("why-no-twin"),
        (_, true) => Ok(()),
    }
}

fn has_entries(ctx: &Context<'_>) -> Result<(), &'static str> {
    can_write(ctx)?;
    if ctx.session.incident().entries() > 0 { Ok(()) } else { Err("why-no-entry") }
}

fn in_a_form(ctx: &Context<'_>) -> Result<(), &'static str> {
    if matches!(ctx.ui.overlay, Overlay::Form(_) | Overlay::Draft(_)) { Ok(()) } else { Err("why-no-form") }
}

fn own_clock(ctx: &Context<'_>) -> Result<(), &'static str> {
    match ctx.session.mode() {
        Mode::Real => Err("why-real-clock"),
        _ if ctx.session.is_played() => Err("refusal-desk-control"),
        _ => Ok(()),
    }
}

/// The chronogramme is for who sits at the desk, and for who plays alone.
fn desk(ctx: &Context<'_>) -> Result<(), &'static str> {
    can_write(ctx)?;
    let staff = matches!(ctx.session.author().role, Role::Facilitator | Role::Evaluator);
    let desk = ctx.session.desk().filter(|desk| !desk.kit().injects.is_empty());
    if desk.is_some_and(|desk| staff || desk.scripted()) { Ok(()) } else { Err("why-no-desk") }
}

/// What is to come is for people who do not play.
fn staff(ctx: &Context<'_>) -> Result<(), &'static str> {
    desk(ctx)?;
    let staff = matches!(ctx.session.author().role, Role::Facilitator | Role::Evaluator);
    if staff { Ok(()) } else { Err("why-no-desk") }
}

fn exercise(ctx: &Context<'_>) -> Result<(), &'static str> {
    if ctx.session.desk().is_some() { can_write(ctx) } else { Err("why-not-exercise") }
}

fn replayed(ctx: &Context<'_>) -> Result<(), &'static str> {
    if ctx.session.can_take_over() { Ok(()) } else { Err("why-no-take-over") }
}

fn has_ghost(ctx: &Context<'_>) -> Result<(), &'static str> {
    if ctx.session.has_ghost() { Ok(()) } else { Err("why-no-ghost") }
}

fn running(ctx: &Context<'_>) -> Result<(), &'static str> {
    own_clock(ctx)?;
    if ctx.session.clock().running { Ok(()) } else { Err("why-paused") }
}

fn paused(ctx: &Context<'_>) -> Result<(), &'static str> {
    own_clock(ctx)?;
    if ctx.session.clock().running { Err("why-running") } else { Ok(()) }
}

macro_rules! action {
    ($id:literal, $group:ident, $key:expr, $letter:expr, [$($word:literal),*], $when:expr) => {
        Action { id: $id, group: Group::$group, key: $key, letter: $letter, words: &[$($word),*], when: $when }
    };
}

/// The table.
pub const ACTIONS: &[Action] = &[
    action!("decision", Write, Some(f(2)), None, ["décision", "decision"], can_write),
    action!("action", Write, Some(f(3)), None, ["action", "action"], can_write),
    action!("message", Write, Some(f(8)), None, ["message", "message"], can_write),
    action!("receipt", Write, Some(ctrl('r')), Some('r'), ["accusé", "receipt"], a_message),
    action!("correct", Write, Some(f(7)), None, ["corriger", "correct"], has_entries),
    action!("question", Write, None, None, ["à-décider", "question"], timed),
    action!("sitrep", Write, Some(ctrl('k')), Some('j'), ["point", "sitrep"], timed),
    action!("handover", Write, None, Some('w'), ["relève", "handover"], timed),
    action!("public", Write, None, Some('b'), ["public", "public"], can_write),
    action!("rhythm", Write, None, None, ["rythme", "rhythm"], timed),
    action!("information", Write, None, None, ["info", "information"], can_write),
    action!("fact", Write, None, None, ["fait", "fact"], can_write),
    action!("request", Write, None, None, ["demande", "request"], can_write),
    action!("note", Write, None, None, ["note", "note"], can_write),
    action!("awareness", Write, None, Some('c'), ["conscience", "awareness"], can_write),
    action!("observation", Write, Some(f(12)), Some('o'), ["observation", "observation"], can_write),
    action!("acknowledge", Write, Some(f(11)), Some('a'), ["acquitter", "acknowledge"], an_alarm),
    action!("step", Look, Some(f(4)), None, ["étape", "step"], open_playbook),
    action!("levers", Look, Some(f(5)), None, ["leviers", "levers"], can_write),
    action!("forecast", Look, Some(ctrl('f')), Some('e'), ["prévoir", "forecast"], a_twin),
    action!("map", Look, Some(f(6)), None, ["carte", "map"], always),
    action!("timeline", Look, None, Some('h'), ["chronologie", "timeline"], documented),
    action!("deadlines", Look, Some(f(9)), None, ["échéances", "deadlines"], always),
    action!("debts", Look, None, Some('d'), ["dettes", "debts"], always),
    action!("clocks", Look, None, Some('k'), ["horloges", "clocks"], always),
    action!("substitutes", Look, None, Some('x'), ["substituts", "substitutes"], always),
    action!("contacts", Look, None, Some('y'), ["contacts", "contacts"], always),
    action!("documents", Look, None, None, ["documents", "documents"], always),
    action!("record", Console, Some(ctrl('x')), None, ["enregistrer", "record"], in_a_form),
    action!("playbooks", Look, None, Some('f'), ["fiches", "playbooks"], always),
    action!("search", Look, Some(plain(Code::Char('/'))), None, ["chercher", "search"], always),
    action!("filter", Look, None, Some('i'), ["filtre", "filter"], always),
    action!("perimeter", Look, None, Some('g'), ["périmètre", "perimeter"], always),
    action!("next-pane", Look, Some(plain(Code::Tab)), None, ["suivant", "next"], always),
    action!("previous-pane", Look, Some(plain(Code::BackTab)), None, ["précédent", "previous"], always),
    action!("zoom", Look, None, Some('z'), ["zoom", "zoom"], always),
    action!("pause", Time, None, Some('p'), ["pause", "pause"], running),
    action!("play", Time, None, Some('l'), ["lecture", "play"], paused),
    action!("speed", Time, None, Some('v'), ["vitesse", "speed"], own_clock),
    action!("jump", Time, None, Some('s'), ["saut", "jump"], own_clock),
    action!("bookmark", Time, None, None, ["signet", "bookmark"], can_write),
    action!("take-over", Time, None, None, ["reprendre", "take-over"], replayed),
    action!("ghost", Time, None, None, ["fantôme", "ghost"], has_ghost),
    action!("desk", Time, None, None, ["animation", "desk"], desk),
    action!("real-world", Time, Some(ctrl('d')), None, ["urgence-réelle", "real-world"], exercise),
    action!("desk-start", Desk, None, None, ["débutex", "startex"], desk),
    action!("desk-suspend", Desk, None, None, ["suspendre-jeu", "suspend-play"], desk),
    action!("desk-resume", Desk, None, None, ["reprise", "resume"], desk),
    action!("desk-end", Desk, None, None, ["finex", "endex"], desk),
    action!("desk-fire", Desk, None, None, ["jouer", "fire"], staff),
    action!("desk-skip", Desk, None, None, ["écarter", "skip"], staff),
    action!("desk-hold", Desk, None, None, ["retenir", "hold"], staff),
    action!("desk-release", Desk, None, None, ["libérer", "release"], staff),
    action!("desk-delay", Desk, None, None, ["retarder", "delay"], staff),
    action!("desk-duplicate", Desk, None, None, ["dupliquer", "duplicate"], staff),
    action!("desk-test", Desk, None, None, ["essayer", "test"], staff),
    action!("desk-leap", Desk, None, None, ["sauter", "leap"], staff),
    action!("desk-fog", Desk, None, None, ["brouillard", "fog"], staff),
    action!("desk-check", Desk, None, None, ["vérifier", "check"], staff),
    action!("desk-observe", Desk, None, None, ["observer", "observe"], desk),
    action!("desk-rate", Desk, None, None, ["évaluer", "rate"], desk),
    action!("desk-improve", Desk, None, None, ["améliorer", "improve"], desk),
    action!("help", Console, Some(f(1)), None, ["aide", "help"], always),
    action!("palette", Console, Some(plain(Code::Char(':'))), None, [], always),
    action!("menu", Console, Some(f(10)), None, ["menu", "menu"], always),
    action!("author", Console, None, Some('u'), ["auteur", "author"], always),
    action!("language", Console, None, Some('n'), ["langue", "language"], always),
    action!("theme", Console, None, Some('t'), ["thème", "theme"], always),
    action!("mouse", Console, None, Some('m'), ["souris", "mouse"], always),
    action!("slow", Console, None, None, ["lent", "slow"], always),
    action!("redraw", Console, Some(ctrl('l')), None, ["redessiner", "redraw"], always),
    action!("draft", Console, Some(ctrl('y')), None, ["brouillon", "draft"], always),
    action!("suspend", Console, Some(ctrl('z')), None, ["suspendre", "suspend"], always),
    action!("close", Console, None, None, ["clore", "close"], can_write),
    action!("reopen", Console, None, None, ["rouvrir", "reopen"], closed),
    action!("quit", Console, None, Some('q'), ["quitter", "quit"], always),
];

impl Action {
    /// Its name.
    pub fn name(&self, lang: &Lang) -> String {
        lang.t(&format!("act-{}", self.id))
    }

    /// One sentence about it.
    pub fn help(&self, lang: &Lang) -> String {
        lang.t(&format!("help-{}", self.id))
    }

    /// Its key as people name it; empty if it has none.
    pub fn key_name(&self, lang: &Lang) -> String {
        self.key.map(|key| key_name(key, lang)).unwrap_or_default()
    }

    /// The word of this language.
    pub fn word(&self, lang: &Lang) -> &'static str {
        let word = match lang.id() {
            LangId::Fr => self.words.first(),
            LangId::En => self.words.get(1),
        };
        word.copied().unwrap_or_default()
    }

    /// Why it cannot be used now, translated; empty if it can.
    pub fn why_not(&self, ctx: &Context<'_>, lang: &Lang) -> String {
        (self.when)(ctx).err().map(|id| lang.t(id)).unwrap_or_default()
    }

    /// As a line of a menu or of the palette.
    pub fn item(&self, ctx: &Context<'_>, lang: &Lang) -> MenuItem {
        let why_not = self.why_not(ctx, lang);
        MenuItem {
            label: self.name(lang),
            key: self.key_name(lang),
            hint: self.help(lang),
            enabled: why_not.is_empty(),
            why_not,
            act: Act::Run(self.id),
        }
    }
}

/// A row by its id.
pub fn by_id(id: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.id == id)
}

/// A row by its key.
pub fn by_key(key: Key) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.key == Some(key))
}

/// A key as people name it.
pub fn key_name(key: Key, lang: &Lang) -> String {
    match key.code {
        Code::F(n) => format!("F{n}"),
        Code::Ctrl(letter) => format!("Ctrl-{}", letter.to_ascii_uppercase()),
        Code::Char(c) => c.to_string(),
        Code::Tab => lang.t("key-tab"),
        Code::BackTab => lang.t("key-backtab"),
        Code::Enter => lang.t("key-enter"),
        Code::Esc => lang.t("key-esc"),
        other => format!("{other:?}"),
    }
}

/// So that `decision` finds `décision`.
pub use crate::text::plain as fold;

/// Takes what is typed after `:` apart: the word of an action and the rest. A word of two parts (`à-décider`) may be
/// typed with a space.
pub fn command(typed: &str) -> (String, &str) {
    let typed = typed.trim();
    let mut ends = typed.match_indices(char::is_whitespace).map(|(at, _)| at);
    let (first, second) = (ends.next().unwrap_or(typed.len()), ends.next().unwrap_or(typed.len()));
    for end in [second, first] {
        let (word, rest) = typed.split_at(end);
        let word = fold(&word.split_whitespace().collect::<Vec<_>>().join("-"));
        if end == first || ACTIONS.iter().flat_map(|action| action.words).any(|known| fold(known) == word) {
            return (word, rest.trim());
        }
    }
    (String::new(), "")
}

/// The actions that fit what is typed after `:`, best first: a whole word, the start of one, then any letters in order.
pub fn matching(typed: &str, lang: &Lang) -> Vec<&'static Action> {
    let wanted = command(typed).0;
    let rank = |action: &Action| -> Option<u8> {
        if wanted.is_empty() {
            return Some(0);
        }
        let words: Vec<String> = action.words.iter().map(|word| fold(word)).collect();
        let name = fold(&action.name(lang));
        if words.contains(&wanted) {
            Some(0)
        } else if words.iter().any(|word| word.starts_with(&wanted)) {
            Some(1)
        } else if name.split_whitespace().any(|part| part.starts_with(&wanted)) {
            Some(2)
        } else {
            let mut rest = name.chars();
            wanted.chars().all(|c| rest.any(|other| other == c)).then_some(3)
        }
    };
    let mut found: Vec<_> = ACTIONS.iter().filter_map(|action| Some((rank(action)?, action))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, action)| action).collect()
}

/// The help: fixed rules of the input line, then every action under its heading.
pub fn help(ctx: &Context<'_>, lang: &Lang) -> Vec<HelpLine> {
    let heading =
        |id: &str| HelpLine { key: String::new(), word: String::new(), text: lang.t(id), why_not: String::new() };
    let mut lines = vec![heading("help-line-title")];
    for (key, text) in RULES {
        let key = if key.starts_with("key-") { lang.t(key) } else { (*key).to_owned() };
        lines.push(HelpLine { key, word: String::new(), text: lang.t(text), why_not: String::new() });
    }
    for group in Group::ALL {
        lines.push(heading(group.id()));
        for action in ACTIONS.iter().filter(|action| action.group == group) {
            let word = action.word(lang);
            lines.push(HelpLine {
                key: action.key_name(lang),
                word: word.to_owned(),
                text: format!("{} — {}", action.name(lang), action.help(lang)),
                why_not: action.why_not(ctx, lang),
            });
        }
    }
    lines
}

/// What the keys that are no actions do: key or message id of its name, message id of what it does.
const RULES: &[(&str, &str)] = &[
    ("a–z", "rule-letters"),
    ("key-enter", "rule-enter"),
    ("17:42", "rule-time"),
    ("-6m", "rule-ago"),
    ("~17:40 <17:40", "rule-about"),
    ("SAMU 59: …", "rule-source"),
    ("key-esc", "rule-esc"),
    ("key-arrows", "rule-arrows"),
    ("key-pages", "rule-pages"),
    ("Ctrl-C ×2", "rule-interrupt"),
];

/// `docs/keys.md`, made from the table.
pub fn keys_document() -> String {
    let (fr, en) = (Lang::new(LangId::Fr), Lang::new(LangId::En));
    let mut out = String::from(
        "# Keys and words\n\nMade from the table of actions; do not edit by hand (`VIGIE_WRITE_DOCS=1 cargo test keys_document`).\n\nLetters only ever write into the input line. Every action also has a word: `:` on an empty line, the word in French or English (accents may be left away), Enter.\n",
    );
    let _ = writeln!(out, "\n## The input line\n\n| key | en | fr |\n|---|---|---|");
    for (key, text) in RULES {
        let key = if key.starts_with("key-") { en.t(key) } else { (*key).to_owned() };
        let _ = writeln!(out, "| `{key}` | {} | {} |", en.t(text), fr.t(text));
    }
    for group in Group::ALL {
        let _ = writeln!(
            out,
            "\n## {} / {}\n\n| key | menu F10 | words | en | fr |\n|---|---|---|---|---|",
            en.t(group.id()),
            fr.t(group.id())
        );
        for action in ACTIONS.iter().filter(|action| action.group == group) {
            let code = |text: String| if text.is_empty() { text } else { format!("`{text}`") };
            let mut words: Vec<String> = action.words.iter().map(|word| format!("`:{word}`")).collect();
            words.dedup();
            let _ = writeln!(
                out,
                "| {} | {} | {} | **{}.** {} | **{}.** {} |",
                code(action.key_name(&en)),
                code(action.letter.map(String::from).unwrap_or_default()),
                words.join(" "),
                action.name(&en),
                action.help(&en),
                action.name(&fr),
                action.help(&fr)
            );
        }
    }
    out
}

#[cfg(test)]
mod tests;
