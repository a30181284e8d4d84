//! Cards of the cell's own work: questions and decisions, clocks, the rhythm, contacts, substitute numbers.

use chrono::TimeDelta;

use crate::incident::event::EntryId;
use crate::incident::record::DecisionRecord;
use crate::incident::rhythm::FREEZE_MIN;
use crate::incident::{DecisionStatus, Origin, QuestionStatus};
use crate::lang::Arg;
use crate::tui::action::Act;
use crate::tui::cell::{CellAct, CellForm};
use crate::tui::lists;
use crate::tui::model::{Button, CardLine, Level};

use super::super::App;
use super::super::cards::{line, sentence};

impl App {
    pub(super) fn cell_button(&self, id: &str, act: CellAct) -> Button {
        self.button(id, Act::Cell(act))
    }

    pub(super) fn form_button(&self, id: &str, form: CellForm) -> Button {
        self.cell_button(id, CellAct::Form(form))
    }

    pub(super) fn goto(&self, id: &EntryId) -> Button {
        Button { label: self.t("button-goto"), act: Act::Goto(id.clone()), why_not: None }
    }

    pub(super) fn bad(&self, id: &str, value: impl Into<String>) -> CardLine {
        CardLine { level: Level::Bad, ..line(self.t(id), value) }
    }

    pub(super) fn warning(&self, id: &str, value: impl Into<String>) -> CardLine {
        CardLine { level: Level::Warning, ..line(self.t(id), value) }
    }

    /// `17:57 m.durand`.
    pub(super) fn by(&self, origin: &Origin) -> String {
        format!("{} {}", self.lang.hm(origin.at, self.session.zone()), origin.who)
    }

    /// The card of an entry, by what it is; what has no card of its own is shown in the log.
    pub(in crate::tui::app) fn open_card_of(&mut self, id: &EntryId) {
        let Some((title, lines, buttons)) = self.cell_card(id) else {
            match self.session.log().entry(id) {
                Some(entry) => self.open_entry_card(&entry),
                None => self.show_entry(id),
            }
            return;
        };
        self.open_card(&title, lines, buttons);
    }

    /// Title, lines and buttons of what the cell itself made with an entry; `None` for plain lines.
    pub(in crate::tui::app) fn cell_card(&self, id: &EntryId) -> Option<(String, Vec<CardLine>, Vec<Button>)> {
        let incident = self.session.incident();
        let mut made = if let Some(question) = incident.question(id) {
            self.question_card(question)
        } else if let Some(decision) = incident.decision(id) {
            self.decision_card(decision)
        } else if let Some(sitrep) = incident.sitrep(id) {
            self.sitrep_card(sitrep)
        } else if let Some(handover) = incident.handover(id) {
            self.handover_card(handover)
        } else {
            self.public_card(incident.public(id)?)
        };
        made.2.push(self.goto(id));
        Some(made)
    }

    fn record_lines(&self, record: &DecisionRecord) -> Vec<CardLine> {
        let options = record.options.join(" / ");
        let texts = [
            ("cell-known", &record.known),
            ("cell-unknown", &record.unknown),
            ("cell-options", &options),
            ("cell-consulted", &record.consulted),
            ("cell-dissent", &record.dissent),
        ];
        texts
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(id, text)| line(self.t(id), text.clone()))
            .collect()
    }

    fn question_card(&self, question: &QuestionStatus) -> (String, Vec<CardLine>, Vec<Button>) {
        let (now, zone) = (self.session.now_incident(), self.session.zone());
        let id = &question.origin.entry;
        let mut lines = vec![sentence(question.text.clone()), line(self.t("cell-asked"), self.by(&question.origin))];
        if let Some(by) = question.decide_by {
            lines.push(line(self.t("cell-by"), self.lang.hm(by, zone)));
            if question.settled.is_none() && by <= now {
                lines.push(self.bad("card-overdue", self.lang.span(now - by)));
            }
        }
        lines.extend(self.record_lines(&question.record));
        let mut buttons = Vec::new();
        if let Some((entry, at)) = &question.settled {
            let text = self.session.incident().decision(entry).map(|d| d.text.clone()).unwrap_or_default();
            let value = format!("{} {text}", self.lang.hm(*at, zone));
            lines.push(CardLine { level: Level::Good, ..line(self.t("cell-settled"), value) });
            buttons.push(self.cell_button("cell-show-decision", CellAct::Entry(entry.clone())));
        } else {
            lines.extend(self.delay_lines(Some(id), &[]));
            buttons.push(self.form_button("cell-decide", CellForm::Decision { re: Some(id.clone()) }));
            buttons.push(self.what_if_button(Some(id), None));
        }
        (self.t("act-question"), lines, buttons)
    }

    fn decision_card(&self, decision: &DecisionStatus) -> (String, Vec<CardLine>, Vec<Button>) {
        let (now, zone) = (self.session.now_incident(), self.session.zone());
        let id = &decision.origin.entry;
        let mut lines = vec![sentence(decision.text.clone()), line(self.t("cell-taken"), self.by(&decision.origin))];
        if decision.record.not_to_act {
            lines.push(sentence(self.t("cell-act-no")));
        }
        if decision.rationale.trim().is_empty() {
            lines.push(self.bad("cell-why", self.t("cell-no-reason")));
        } else {
            lines.push(line(self.t("cell-why"), decision.rationale.clone()));
        }
        lines.extend(self.record_lines(&decision.record));
        lines.extend(decision.record.forecast.as_ref().map(|id| self.forecast_lines(id)).unwrap_or_default());
        if let Some(at) = decision.review_at {
            let value = self.lang.hm(at, zone);
            lines.push(if at <= now { self.bad("cell-review", value) } else { line(self.t("cell-review"), value) });
        }
        for (origin, text) in &decision.outcomes {
            lines.push(line(self.t("cell-outcome"), format!("{} : {text}", self.by(origin))));
        }
        let mut buttons = Vec::new();
        if decision.rationale.trim().is_empty() {
            buttons.push(self.button("button-explain", Act::Explain(id.clone())));
        }
        buttons.push(self.form_button("cell-complete-button", CellForm::Decision { re: Some(id.clone()) }));
        buttons.push(self.form_button("cell-outcome-button", CellForm::Outcome(id.clone())));
        buttons.push(self.button("button-correct", Act::Correct(id.clone())));
        (self.t("act-decision"), lines, buttons)
    }

    /// The forecast that a decision cites, as it was shown then.
    fn forecast_lines(&self, id: &EntryId) -> Vec<CardLine> {
        let known = self.session.incident().forecasts().iter().find(|forecast| forecast.origin.entry == *id);
        // Of another console, and not here yet.
        let Some(forecast) = known else { return vec![line(self.t("cell-forecast"), id.to_string())] };
        let at = self.lang.hm(forecast.outlook.as_of.map_or(forecast.origin.at, |at| at.to_utc()), self.session.zone());
        let mut lines = vec![line(self.t("cell-forecast"), at)];
        lines.extend(crate::report::outlook::details(&forecast.outlook, &self.lang).into_iter().map(sentence));
        lines
    }

    pub(super) fn clock_label(&self, id: &str) -> Option<String> {
        lists::clock(id).map(|clock| self.lang.of(&clock.label).to_owned())
    }

    pub(in crate::tui::app) fn open_clock_card(&mut self, id: &str) {
        let Some(clock) = lists::clock(id) else { return };
        let (now, zone) = (self.session.now_incident(), self.session.zone());
        let title = self.lang.of(&clock.label).to_owned();
        let stand = lists::stand(&self.session, id, now);
        let mut lines = vec![line(self.t("cell-clock-state"), stand.words(&self.lang, zone, now))];
        lines.extend(lists::clock_facts(clock, &self.lang).into_iter().map(|(id, value)| line(self.t(id), value)));
        let mut buttons = Vec::new();
        if stand.stopped.is_none() && stand.due.is_some() {
            buttons.push(self.button("button-stop-clock", Act::StopClock(id.to_owned())));
        }
        if stand.due.is_none() && stand.stopped.is_none() {
            buttons.push(self.form_button("cell-clock-start-button", CellForm::ClockStart(id.to_owned())));
        }
        self.open_card(&title, lines, buttons);
    }

    pub(in crate::tui::app) fn open_rhythm_card(&mut self) {
        let (now, zone) = (self.session.now_incident(), self.session.zone());
        let mut lines = vec![sentence(self.t("cell-rhythm-about"))];
        let mut buttons = Vec::new();
        let slots = lists::slots(self.session.incident(), now);
        if let Some(next) = slots.next {
            lines.push(line(self.t("cell-next"), self.lang.hm(next.slot, zone)));
            lines.push(line(self.t("cell-freeze"), self.lang.hm(next.slot - TimeDelta::minutes(FREEZE_MIN), zone)));
            let time = self.lang.hm(next.slot, zone);
            let label = self.lang.ta("cell-held-button", &[("time", Arg::Str(&time))]);
            let act = Act::Cell(CellAct::Held(next.slot));
            buttons.push(Button { label, act, why_not: self.why_not_write() });
            let label = self.lang.ta("cell-missed-button", &[("time", Arg::Str(&time))]);
            let act = Act::Cell(CellAct::Form(CellForm::Missed(next.slot)));
            buttons.push(Button { label, act, why_not: self.why_not_write() });
        }
        for (slot, held) in slots.past.iter().rev() {
            let time = self.lang.hm(*slot, zone);
            if !held {
                let label = self.lang.ta("cell-held-late-button", &[("time", Arg::Str(&time))]);
                let act = Act::Cell(CellAct::Form(CellForm::HeldAfterAll(*slot)));
                buttons.push(Button { label, act, why_not: self.why_not_write() });
            }
            lines.push(if *held {
                CardLine { level: Level::Good, ..line(time, self.t("crisis-held")) }
            } else {
                CardLine { level: Level::Bad, ..line(time, self.t("crisis-missed")) }
            });
        }
        buttons.push(self.form_button("cell-rhythm-change", CellForm::Rhythm));
        let title = self.t("act-rhythm");
        self.open_card(&title, lines, buttons);
    }

    pub(in crate::tui::app) fn open_substitute_card(&mut self, number: &str) {
        let Some(status) = self.session.incident().substitutes().get(number) else { return };
        let mut lines = lists::substitute_facts(status, &self.lang, self.session.zone());
        let mut buttons = Vec::new();
        let to = number.to_owned();
        if status.refuted.is_none() && !status.in_use() {
            let costs = self.delay_lines(None, &["publish"]);
            lines.extend(costs.into_iter().map(|line| (line.label, line.value, line.level)));
        }
        if status.refuted.is_none() {
            if !status.registered {
                buttons.push(self.form_button("cell-register-button", CellForm::Register(to.clone())));
            }
            buttons.push(self.form_button("cell-test-button", CellForm::Test(to.clone())));
            buttons.push(self.form_button("cell-publish-button", CellForm::Publish(to.clone())));
        }
        if status.in_use() {
            buttons.push(self.form_button("cell-withdraw-button", CellForm::Withdraw(to.clone())));
        }
        if status.refuted.is_none() {
            buttons.push(self.form_button("cell-refute-button", CellForm::Refute(to)));
        }
        buttons.push(self.goto(&status.origin.entry));
        let title = self.lang.ta("cell-number-title", &[("number", Arg::Str(number))]);
        let lines = lines.drain(..).map(|(label, value, level)| CardLine { level, ..line(label, value) }).collect();
        self.open_card(&title, lines, buttons);
    }

    pub(super) fn contact_about(&self, id: &str) -> Vec<String> {
        lists::contact_words(&self.session, &self.lang, id)
    }

    pub(in crate::tui::app) fn open_contact_card(&mut self, id: &str) {
        let lines = self.contact_about(id).into_iter().map(sentence).collect();
        let buttons = vec![
            self.form_button("cell-reached-button", CellForm::Call(id.to_owned(), true)),
            self.form_button("cell-not-reached-button", CellForm::Call(id.to_owned(), false)),
        ];
        let title = self.t("cell-contact");
        self.open_card(&title, lines, buttons);
    }
}
