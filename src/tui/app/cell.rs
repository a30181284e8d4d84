//! The cell's own work: what its actions, buttons and filled forms do.

mod cards;
mod documents;
mod draft;
mod forms;
mod reports;

pub use documents::stage_id;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

use crate::config::ROLES;
use crate::incident::event::{Author, Body, EntryId, Role};
use crate::incident::record::{DecisionRecord, PublicMessage, PublicStage, SubstituteChange};
use crate::lang::Arg;
use crate::playbook::same_person;
use crate::report::wording;
use crate::tui::cell::{CellAct, CellForm, Listing};
use crate::tui::entry;
use crate::tui::lists;
use crate::tui::model::{EntryKind, Form, Level, Overlay};

use super::forms::{chosen, text_of, ticked};
use super::{App, Then};

/// What is wrong with a field: its id and a sentence.
type Wrong = (&'static str, String);

impl App {
    /// Does an action of the cell's own work; says whether it is one.
    pub(super) fn run_cell(&mut self, id: &str, args: &str) -> bool {
        match id {
            "question" => self.ask_question(args),
            "sitrep" => self.draft_sitrep(None),
            "handover" => self.open_cell_form(&CellForm::Handover),
            "public" => self.open_list(Listing::Publics),
            "rhythm" => self.set_rhythm(args),
            "debts" => self.open_list(Listing::Debts),
            "clocks" => self.open_list(Listing::Clocks),
            "substitutes" => self.open_list(Listing::Substitutes),
            "contacts" => self.open_list(Listing::Contacts),
            "documents" => self.open_list(Listing::Documents),
            "record" => self.record_what_is_open(),
            _ => return false,
        }
        true
    }

    /// Does what a button of the cell's own cards asks for.
    pub(super) fn perform_cell(&mut self, act: CellAct) {
        match act {
            CellAct::Form(form) => self.open_cell_form(&form),
            CellAct::List(of) => self.open_list(of),
            CellAct::Entry(id) => self.open_card_of(&id),
            CellAct::Clock(id) => self.open_clock_card(&id),
            CellAct::Rhythm => self.open_rhythm_card(),
            CellAct::Held(slot) => {
                let slot = self.local(slot);
                self.record(Body::Slot { slot, held: true, text: String::new() }, None, Vec::new());
            }
            CellAct::Contact(id) => self.open_contact_card(&id),
            CellAct::Substitute(number) => self.open_substitute_card(&number),
            CellAct::Redraft(id) => self.draft_sitrep(Some(&id)),
            CellAct::Sitrep => self.draft_sitrep(None),
            CellAct::Pay(source) => self.open_source(&source),
            CellAct::Export(id) => self.export_document(&id),
        }
    }

    /// The same key again on a line of its kind asks for more: the form takes what was typed.
    pub(super) fn form_instead(&mut self, kind: EntryKind) -> bool {
        if self.ui.input.kind != kind || self.ui.overlay != Overlay::None {
            return false;
        }
        let form = match kind {
            EntryKind::Decision => CellForm::Decision { re: None },
            EntryKind::Message => CellForm::Message,
            _ => return false,
        };
        let typed = self.ui.input.line.take();
        self.ui.input.kind = EntryKind::default();
        let form = self.cell_form(&form, &typed);
        self.open_form(form);
        true
    }

    pub(super) fn open_cell_form(&mut self, form: &CellForm) {
        let form = self.cell_form(form, "");
        self.open_form(form);
    }

    /// Opens a list, or closes it if it is on top.
    pub(super) fn open_list(&mut self, of: Listing) {
        if matches!(self.ui.overlay, Overlay::List { of: open, .. } if open == of) {
            self.ui.pop();
            return;
        }
        self.ui.clear_overlays();
        self.ui.push(Overlay::List { of, cursor: 0 });
    }

    /// Enter on a row of the list on top.
    pub(super) fn choose_row(&mut self, of: Listing, cursor: usize) {
        let list = lists::listing(&self.session, &self.lang, of, self.session.now_incident());
        if let Some(act) = list.rows.into_iter().nth(cursor).and_then(|row| row.act) {
            self.perform(act);
        }
    }

    /// Rows of the list on top.
    pub(super) fn list_len(&self) -> usize {
        let Overlay::List { of, .. } = self.ui.overlay else { return 0 };
        lists::listing(&self.session, &self.lang, of, self.session.now_incident()).rows.len()
    }

    /// How many rows the list on top asks for: the panes beside a short one go on living.
    pub(super) fn measure_list(&mut self) {
        self.ui.list_rows = match self.ui.overlay {
            Overlay::List { of, cursor } => {
                let list = lists::listing(&self.session, &self.lang, of, self.session.now_incident());
                crate::tui::view::list::rows(&list, cursor, 112)
            }
            _ => 0,
        };
    }

    /// Ctrl-X: the form or the document on top is recorded as it is.
    fn record_what_is_open(&mut self) {
        match &self.ui.overlay {
            Overlay::Form(_) => self.submit_form(),
            Overlay::Draft(_) => self.submit_draft(),
            _ => {}
        }
    }

    /// An incident time as it is written into the log.
    fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.session.zone()).fixed_offset()
    }

    /// A time ahead, as typed: `18:15`, `+30` (minutes), `+2h`; a time of day that is long past means tomorrow.
    pub(super) fn ahead(&self, typed: &str) -> Option<DateTime<Utc>> {
        let now = self.session.now_incident();
        let minutes = typed.strip_prefix('+').filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        let word = minutes.map_or_else(|| typed.to_owned(), |n| format!("+{n}m"));
        let at = entry::moment(&word, now, self.session.zone())?;
        Some(if now - at > TimeDelta::hours(12) { at + TimeDelta::hours(24) } else { at })
    }

    /// The time ahead in a field; empty is none.
    fn ahead_of(&self, form: &Form, id: &'static str) -> Result<Option<DateTime<FixedOffset>>, Wrong> {
        let typed = text_of(form, id);
        if typed.is_empty() {
            return Ok(None);
        }
        if self.no_time_yet() {
            return Err((id, self.t("why-loading")));
        }
        let at = self.ahead(&typed);
        let wrong = || (id, self.lang.ta("status-no-time", &[("what", Arg::Str(&typed))]));
        at.map(|at| Some(self.local(at))).ok_or_else(wrong)
    }

    fn needed(&self, form: &Form, id: &'static str) -> Result<String, Wrong> {
        let text = text_of(form, id);
        if text.is_empty() { Err((id, self.t("refusal-empty"))) } else { Ok(text) }
    }

    /// `:question 18:15 text`, `:question +30 text`; without words a form.
    fn ask_question(&mut self, args: &str) {
        let (first, rest) = args.split_once(char::is_whitespace).unwrap_or((args, ""));
        let (decide_by, text) = match self.ahead(first) {
            Some(at) => (Some(self.local(at)), rest.trim()),
            None => (None, args.trim()),
        };
        if text.is_empty() {
            let mut form = self.cell_form(&CellForm::Question, "");
            if decide_by.is_some() {
                super::forms::preset(&mut form, "by", first);
            }
            self.open_form(form);
            return;
        }
        let text = text.to_owned();
        self.record(Body::Question { text, decide_by, record: Box::default() }, None, Vec::new());
    }

    /// `:rhythm 30 18:30`: every half hour, first at 18:30; `:rhythm 0` ends it; without words its card, or the form.
    fn set_rhythm(&mut self, args: &str) {
        let (every, next) = args.split_once(char::is_whitespace).unwrap_or((args, ""));
        match every.trim_end_matches("min").parse::<u32>() {
            Ok(every) => match self.rhythm_body(every, next.trim()) {
                Ok(body) => self.record(body, None, Vec::new()),
                Err((_, why)) => self.status(Level::Warning, why),
            },
            Err(_) if self.session.incident().rhythm().is_some_and(|rhythm| rhythm.every_min > 0) => {
                self.open_rhythm_card();
            }
            Err(_) => self.open_cell_form(&CellForm::Rhythm),
        }
    }

    fn rhythm_body(&self, every_min: u32, next: &str) -> Result<Body, Wrong> {
        if every_min > 24 * 60 {
            return Err(("every", self.t("cell-every-wrong")));
        }
        let now = self.session.now_incident();
        let next_at = if next.is_empty() {
            // On the next five minutes that leave at least one interval.
            let at = now + TimeDelta::minutes(i64::from(every_min));
            at + TimeDelta::seconds((300 - at.timestamp().rem_euclid(300)) % 300)
        } else {
            let wrong = || ("next", self.lang.ta("status-no-time", &[("what", Arg::Str(next))]));
            self.ahead(next).filter(|at| *at >= now).ok_or_else(wrong)?
        };
        Ok(Body::Rhythm { every_min, next_at: self.local(next_at), text: String::new() })
    }

    /// Who signs, from the fields `who`, `org`, `role`: the author himself when the name is left as it is.
    fn signer(&self, form: &Form) -> Result<Author, Wrong> {
        let who = text_of(form, "who");
        if who.is_empty() || who.contains('/') {
            return Err(("who", self.t("form-who-missing")));
        }
        let role = chosen(form, "role").and_then(|at| ROLES.get(at)).map_or(Role::Director, |(_, role)| *role);
        Ok(Author { who, org: text_of(form, "org"), role })
    }

    /// Does what a filled form of the cell's own work asks for; the error names the field.
    pub(super) fn submit_cell(&mut self, form: &Form, which: &CellForm) -> Result<(), Wrong> {
        let text = text_of(form, "text");
        let mut re = Vec::new();
        let mut then = Then::Nothing;
        let body = match which {
            CellForm::Decision { re: of } => {
                re.extend(of.clone());
                let mut body = self.decision_of(form)?;
                // It cites the forecast that was asked for it, or the one it was opened from.
                if let Body::Decision { record, .. } = &mut body {
                    record.forecast = of.as_ref().and_then(|id| self.forecast_about(id)).or_else(|| self.cited.take());
                }
                self.decided();
                body
            }
            CellForm::Question => {
                let (text, decide_by) = (self.needed(form, "text")?, self.ahead_of(form, "by")?);
                let record = Box::new(DecisionRecord {
                    known: text_of(form, "known"),
                    unknown: text_of(form, "unknown"),
                    options: options(&text_of(form, "options")),
                    ..DecisionRecord::default()
                });
                Body::Question { text, decide_by, record }
            }
            CellForm::Outcome(of) => {
                re.push(of.clone());
                Body::Outcome { text: self.needed(form, "text")?, review_at: self.ahead_of(form, "review")? }
            }
            CellForm::Message => {
                let (to, text) = (self.needed(form, "to")?, self.needed(form, "text")?);
                let channel = text_of(form, "channel");
                let (from, to) = if chosen(form, "way") == Some(1) { (to, String::new()) } else { (String::new(), to) };
                Body::Message { text, to, from, channel, answer_by: self.ahead_of(form, "by")? }
            }
            CellForm::ClockStart(id) => Body::ClockStart { id: id.clone(), text: self.needed(form, "text")? },
            CellForm::Rhythm => {
                let every = self.needed(form, "every")?;
                let Ok(every) = every.parse::<u32>() else { return Err(("every", self.t("cell-every-wrong"))) };
                self.rhythm_body(every, &text_of(form, "next"))?
            }
            CellForm::Missed(slot) => {
                Body::Slot { slot: self.local(*slot), held: false, text: self.needed(form, "text")? }
            }
            CellForm::HeldAfterAll(slot) => {
                Body::Slot { slot: self.local(*slot), held: true, text: self.needed(form, "text")? }
            }
            CellForm::Call(contact, reached) => Body::ContactCall { contact: contact.clone(), reached: *reached, text },
            CellForm::Register(_)
            | CellForm::Test(_)
            | CellForm::Publish(_)
            | CellForm::Withdraw(_)
            | CellForm::Refute(_) => self.substitute_of(form, which)?,
            CellForm::Approve(of, granted) => return self.submit_approval(form, of, *granted),
            CellForm::Accept(of, accepted) => return self.submit_answer(form, of, *accepted),
            CellForm::Handover => return self.draft_handover(form),
            CellForm::Public(of) => {
                re.extend(of.clone());
                then = of.clone().map_or(Then::ShowFirst, Then::Show);
                Body::Public { stage: PublicStage::Draft, message: Some(Box::new(self.public_of(form)?)), text }
            }
            CellForm::Published(of) => {
                re.push(of.clone());
                then = Then::Show(of.clone());
                Body::Public { stage: PublicStage::Published, message: None, text: self.needed(form, "text")? }
            }
            CellForm::PublicWithdrawn(of) => {
                re.push(of.clone());
                then = Then::Show(of.clone());
                Body::Public { stage: PublicStage::Withdrawn, message: None, text: self.needed(form, "text")? }
            }
        };
        self.record_then(None, body, re, then);
        Ok(())
    }

    fn decision_of(&self, form: &Form) -> Result<Body, Wrong> {
        let record = DecisionRecord {
            known: text_of(form, "known"),
            unknown: text_of(form, "unknown"),
            options: options(&text_of(form, "options")),
            consulted: text_of(form, "consulted"),
            dissent: text_of(form, "dissent"),
            review_at: self.ahead_of(form, "review")?,
            not_to_act: chosen(form, "act") == Some(1),
            ..DecisionRecord::default()
        };
        let (text, rationale) = (self.needed(form, "text")?, text_of(form, "why"));
        Ok(Body::Decision { text, rationale, levers: Vec::new(), record: Box::new(record) })
    }

    fn substitute_of(&self, form: &Form, which: &CellForm) -> Result<Body, Wrong> {
        let (number, change) = match which {
            CellForm::Register(_) => {
                let lines = text_of(form, "lines");
                let lines = match (lines.is_empty(), lines.parse::<u32>()) {
                    (true, _) => None,
                    (false, Ok(lines)) => Some(lines),
                    _ => return Err(("lines", self.t("cell-lines-wrong"))),
                };
                let (centre, path) = (self.needed(form, "centre")?, self.needed(form, "path")?);
                (self.needed(form, "number")?, SubstituteChange::Registered { centre, path, lines })
            }
            CellForm::Test(number) => {
                let ok = chosen(form, "ok") == Some(0);
                (number.clone(), SubstituteChange::Tested { access: self.needed(form, "access")?, ok })
            }
            CellForm::Publish(number) => {
                (number.clone(), SubstituteChange::Published { place: self.needed(form, "place")? })
            }
            CellForm::Withdraw(number) => {
                (number.clone(), SubstituteChange::Withdrawn { place: text_of(form, "place") })
            }
            CellForm::Refute(number) => {
                self.needed(form, "text")?;
                (number.clone(), SubstituteChange::Refuted)
            }
            _ => return Err(("text", self.t("refusal-empty"))),
        };
        Ok(Body::Substitute { number, change, text: text_of(form, "text") })
    }

    fn public_of(&self, form: &Form) -> Result<PublicMessage, Wrong> {
        Ok(PublicMessage {
            headline: self.needed(form, "headline")?,
            description: text_of(form, "description"),
            instruction: text_of(form, "instruction"),
            area: text_of(form, "area"),
            lang: if chosen(form, "lang") == Some(1) { "en" } else { "fr" }.to_owned(),
            expires: self.ahead_of(form, "expires")?,
        })
    }

    /// An approval or a refusal, by whoever names himself. One's own is recorded, and said not to count.
    fn submit_approval(&mut self, form: &Form, of: &EntryId, granted: bool) -> Result<(), Wrong> {
        let author = self.signer(form)?;
        let text = if granted { text_of(form, "text") } else { self.needed(form, "text")? };
        let incident = self.session.incident();
        let writer = incident.sitrep(of).map(|sitrep| &sitrep.origin.who);
        let writer = writer.or_else(|| incident.public(of).map(|public| &public.origin.who));
        let own = writer.is_some_and(|writer| same_person(writer, &author.who));
        if granted && own {
            self.status(Level::Warning, self.t("cell-own-approval"));
        }
        self.record_then(Some(author), Body::Approval { granted, text }, vec![of.clone()], Then::Show(of.clone()));
        Ok(())
    }

    /// The incoming person's answer to a handover: he names himself and reads the mode back.
    fn submit_answer(&mut self, form: &Form, of: &EntryId, accepted: bool) -> Result<(), Wrong> {
        let incoming = self.signer(form)?;
        let text = if accepted { text_of(form, "text") } else { self.needed(form, "text")? };
        let Some(handover) = self.session.incident().handover(of) else {
            return Err(("who", self.t("refusal-no-reference")));
        };
        let outgoing = handover.origin.who.clone();
        let role = handover.roles.first().copied().unwrap_or(incoming.role);
        if accepted && same_person(&outgoing, &incoming.who) {
            return Err(("who", self.t("cell-own-handover")));
        }
        let typed = super::super::action::fold(&text_of(form, "mode"));
        let mode_read = super::super::action::fold(&self.mode_word()) == typed;
        if accepted && !mode_read && !typed.is_empty() {
            let args = [("mode", Arg::Str(&self.mode_word()))];
            return Err(("mode", self.lang.ta("cell-mode-wrong", &args)));
        }
        let body = Body::HandoverAnswer { accepted, mode_read, text };
        self.record_then(Some(incoming.clone()), body, vec![of.clone()], Then::Show(of.clone()));
        // Whoever leaves this console leaves it to the one who has just named himself.
        if accepted && outgoing == self.session.author().who {
            let author = Author { role, ..incoming };
            let name = self.t(wording::role_id(author.role));
            let args = [("who", Arg::Str(&author.who)), ("role", Arg::Str(&name))];
            self.status(Level::Good, self.lang.ta("cell-console-changed", &args));
            self.session.set_author(author);
        }
        Ok(())
    }

    /// The mode's word, as it stands in the bands.
    pub(super) fn mode_word(&self) -> String {
        self.t(self.session.mode().id())
    }

    /// Roles that change hands in a filled form of a handover.
    fn roles_of(form: &Form) -> Vec<Role> {
        ticked(form, "roles").into_iter().filter_map(|at| ROLES.get(at)).map(|(_, role)| *role).collect()
    }
}

/// Options as they are typed: between slashes or semicolons.
fn options(typed: &str) -> Vec<String> {
    typed.split([';', '/']).map(str::trim).filter(|option| !option.is_empty()).map(str::to_owned).collect()
}
