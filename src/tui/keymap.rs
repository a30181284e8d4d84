//! What a key means, given what has the focus. Pure: the state in, an [`Intent`] out.
//!
//! Letters only ever write: into the input line, or into the form field that stands in for it. The one exception
//! is the F10 menu, which somebody has just opened by a function key to choose by letter.

use super::action;
use super::input::{Code, Key};
use super::model::{FieldValue, Form, Overlay, Purpose, UiState};

/// An edit of the line being typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    /// The grapheme before the cursor.
    Backspace,
    /// The grapheme after it.
    Delete,
    /// The word before it.
    WordBack,
    /// One to the left.
    Left,
    /// One to the right.
    Right,
    /// To the start.
    Home,
    /// To the end.
    End,
    /// The whole line, kept as a draft.
    Clear,
}

/// A move of a cursor or of what is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first.
    First,
    /// To the last.
    Last,
}

/// What a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// An action of the table.
    Run(&'static str),
    /// A character to write into the input line.
    Write(char),
    /// A letter for the F10 menu.
    Letter(char),
    /// An edit of the input line.
    Edit(Edit),
    /// Bring an earlier line back (true) or go forward again (false).
    History(bool),
    /// A key for the form on top.
    Form(FormKey),
    /// Move in what lies on top, or in the focused pane.
    Move(Move),
    /// The line is not empty: record it.
    Submit,
    /// The line is empty: open or choose what has the focus.
    Choose,
    /// Go back one step.
    Back,
    /// Another pane; true = backwards.
    Pane(bool),
    /// Ctrl-C.
    Interrupt,
    /// Nothing.
    Nothing,
}

/// A key for a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormKey {
    /// A character for the field.
    Write(char),
    /// An edit of the field.
    Edit(Edit),
    /// The next field.
    Next,
    /// The field before.
    Previous,
    /// Enter: the next field but never further than the last one; on the button, submit.
    Enter,
    /// Another option, or the mark of a list; true = forward.
    Option(bool),
    /// Tick.
    Tick,
    /// The line below (true) or above, in a text of several lines.
    Line(bool),
    /// The next part (true) or the one before.
    Part(bool),
}

/// What a key means now.
pub fn resolve(key: Key, ui: &UiState) -> Intent {
    match key.code {
        Code::Ctrl('c') => return Intent::Interrupt,
        Code::F(_) | Code::Ctrl('z' | 'l' | 'x' | 'd') if !key.shift => {
            return action::by_key(key).map_or(Intent::Nothing, |action| Intent::Run(action.id));
        }
        Code::Esc => return Intent::Back,
        _ => {}
    }
    if let Overlay::Form(form) = &ui.overlay {
        return form_key(key, form);
    }
    if let Overlay::Draft(_) = &ui.overlay {
        return draft_key(key);
    }
    let line = &ui.input.line;
    let typing = !line.is_empty();
    let on_top = ui.overlay != Overlay::None;
    match key.code {
        Code::Char(c) => {
            if let (Overlay::Menu(menu), false) = (&ui.overlay, typing)
                && menu.letters
            {
                return Intent::Letter(c);
            }
            match c {
                ':' if !typing && ui.input.purpose == Purpose::Entry => Intent::Run("palette"),
                '/' if !typing && ui.input.purpose == Purpose::Entry => Intent::Run("search"),
                c => Intent::Write(c),
            }
        }
        Code::Enter if typing => Intent::Submit,
        Code::Enter if ui.input.purpose != Purpose::Entry => Intent::Submit,
        Code::Enter => Intent::Choose,
        Code::Backspace => Intent::Edit(Edit::Backspace),
        Code::Delete => Intent::Edit(Edit::Delete),
        Code::Ctrl('w') => Intent::Edit(Edit::WordBack),
        Code::Ctrl('u') => Intent::Edit(Edit::Clear),
        Code::Ctrl('e') => Intent::Edit(Edit::End),
        Code::Left if typing => Intent::Edit(Edit::Left),
        Code::Right if typing => Intent::Edit(Edit::Right),
        Code::Home if typing => Intent::Edit(Edit::Home),
        Code::End if typing => Intent::Edit(Edit::End),
        Code::Up if typing && !on_top => Intent::History(true),
        Code::Down if typing && !on_top => Intent::History(false),
        Code::Left => Intent::Move(Move::Left),
        Code::Right => Intent::Move(Move::Right),
        Code::Up => Intent::Move(Move::Up),
        Code::Down => Intent::Move(Move::Down),
        Code::Home => Intent::Move(Move::First),
        Code::End => Intent::Move(Move::Last),
        Code::PageUp => Intent::Move(Move::PageUp),
        Code::PageDown => Intent::Move(Move::PageDown),
        Code::Tab => Intent::Pane(false),
        Code::BackTab => Intent::Pane(true),
        Code::Ctrl(_) => action::by_key(key).map_or(Intent::Nothing, |action| Intent::Run(action.id)),
        Code::Esc | Code::F(_) | Code::Insert => Intent::Nothing,
    }
}

/// What a key means for a form.
pub fn form_key(key: Key, form: &Form) -> Intent {
    let field = form.fields.get(form.focus).map(|field| &field.value);
    let text = matches!(field, Some(FieldValue::Text(_)));
    Intent::Form(match key.code {
        Code::Enter => FormKey::Enter,
        Code::Tab | Code::Down => FormKey::Next,
        Code::BackTab | Code::Up => FormKey::Previous,
        Code::Char(c) if text => FormKey::Write(c),
        Code::Char(' ') => FormKey::Tick,
        Code::Left if text => FormKey::Edit(Edit::Left),
        Code::Right if text => FormKey::Edit(Edit::Right),
        Code::Left => FormKey::Option(false),
        Code::Right => FormKey::Option(true),
        Code::Backspace => FormKey::Edit(Edit::Backspace),
        Code::Delete => FormKey::Edit(Edit::Delete),
        Code::Home => FormKey::Edit(Edit::Home),
        Code::End => FormKey::Edit(Edit::End),
        Code::Ctrl('w') => FormKey::Edit(Edit::WordBack),
        Code::Ctrl('u') => FormKey::Edit(Edit::Clear),
        _ => return Intent::Nothing,
    })
}

/// What a key means for a document being edited: letters write, Enter breaks the line.
fn draft_key(key: Key) -> Intent {
    Intent::Form(match key.code {
        // On a document that was taken up as it had been left: another one.
        Code::Ctrl('k') => return Intent::Run("sitrep"),
        Code::Char(c) => FormKey::Write(c),
        Code::Enter => FormKey::Enter,
        Code::Tab => FormKey::Next,
        Code::BackTab => FormKey::Previous,
        Code::Up => FormKey::Line(false),
        Code::Down => FormKey::Line(true),
        Code::PageUp => FormKey::Part(false),
        Code::PageDown => FormKey::Part(true),
        Code::Left => FormKey::Edit(Edit::Left),
        Code::Right => FormKey::Edit(Edit::Right),
        Code::Backspace => FormKey::Edit(Edit::Backspace),
        Code::Delete => FormKey::Edit(Edit::Delete),
        Code::Home => FormKey::Edit(Edit::Home),
        Code::End => FormKey::Edit(Edit::End),
        Code::Ctrl('w') => FormKey::Edit(Edit::WordBack),
        _ => return Intent::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::network::ZoneId;
    use crate::tui::edit::Editor;
    use crate::tui::model::{Card, Menu, Pane};

    fn menu(letters: bool) -> Overlay {
        Overlay::Menu(Menu { title: String::new(), items: Vec::new(), cursor: 0, letters })
    }

    fn card() -> Overlay {
        let (title, lines, buttons) = (String::new(), Vec::new(), Vec::new());
        Overlay::Card(Card { title, lines, buttons, selected: None, scroll: 0, grave: false })
    }

    fn overlays() -> Vec<Overlay> {
        vec![
            Overlay::None,
            menu(false),
            card(),
            Overlay::Help { lines: Vec::new(), scroll: 0 },
            Overlay::Map { cursor: ZoneId(0), service: None },
            Overlay::Deadlines { cursor: 0 },
            Overlay::List { of: crate::tui::cell::Listing::Debts, cursor: 0 },
        ]
    }

    proptest! {
        /// A mistyped letter in any pane, under anything but the F10 menu, only ever writes.
        #[test]
        fn letters_only_write(c in "[a-zA-Z0-9éèàç&\"'(_ù*!,;.?<>~-]", text in "[a-z]{0,3}", pane in 0usize..4, over in 0usize..7) {
            let c = c.chars().next().unwrap();
            let mut ui = UiState { focus: Pane::RING[pane], overlay: overlays()[over].clone(), ..UiState::default() };
            ui.input.line = Editor::new(text);
            prop_assert_eq!(resolve(Code::Char(c).into(), &ui), Intent::Write(c));
        }

        /// With text in the line, Enter records it, whatever lies on top (a form has fields of its own).
        #[test]
        fn enter_with_text_records(pane in 0usize..4, over in 0usize..7) {
            let mut ui = UiState { focus: Pane::RING[pane], overlay: overlays()[over].clone(), ..UiState::default() };
            ui.input.line = Editor::new("x");
            prop_assert_eq!(resolve(Code::Enter.into(), &ui), Intent::Submit);
        }
    }

    #[test]
    fn colon_and_slash_command_on_an_empty_line_only() {
        let mut ui = UiState::default();
        assert_eq!(resolve(Code::Char(':').into(), &ui), Intent::Run("palette"));
        assert_eq!(resolve(Code::Char('/').into(), &ui), Intent::Run("search"));
        ui.input.line = Editor::new("17");
        assert_eq!(resolve(Code::Char(':').into(), &ui), Intent::Write(':'));
        assert_eq!(resolve(Code::Char('/').into(), &ui), Intent::Write('/'));
    }

    #[test]
    fn the_f10_menu_takes_letters_until_something_is_typed() {
        let mut ui = UiState { overlay: menu(true), ..UiState::default() };
        assert_eq!(resolve(Code::Char('q').into(), &ui), Intent::Letter('q'));
        ui.input.line = Editor::new("x");
        assert_eq!(resolve(Code::Char('q').into(), &ui), Intent::Write('q'));
    }

    #[test]
    fn function_keys_work_everywhere() {
        for overlay in overlays() {
            let ui = UiState { overlay, ..UiState::default() };
            assert_eq!(resolve(Code::F(10).into(), &ui), Intent::Run("menu"));
            assert_eq!(resolve(Code::F(2).into(), &ui), Intent::Run("decision"));
        }
    }
}
