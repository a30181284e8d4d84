//! Cards: what something is, and what can be done with it.

use std::sync::Arc;

use crate::incident::event::{Body, Entry, EntryId};
use crate::incident::{ActionStatus, AlarmStatus, DeadlineSource, DeadlineState, MessageStatus};
use crate::lang::Arg;
use crate::report::wording;
use crate::text;
use crate::tui::action::Act;
use crate::tui::model::{Button, Card, CardLine, Level, Overlay, Purpose};

use super::App;

/// How long an alarm is shelved by its button \[min\].
const SHELVE_MIN: u32 = 30;

pub(super) fn line(label: String, value: impl Into<String>) -> CardLine {
    CardLine { label, value: text::visible(&value.into()).into_owned(), level: Level::Info }
}

pub(super) fn sentence(value: impl Into<String>) -> CardLine {
    line(String::new(), value)
}

/// When a message that names no time is due an answer.
const ANSWERED_WITHIN: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

impl App {
    pub(super) fn button(&self, id: &str, act: Act) -> Button {
        Button { label: self.t(id), act, why_not: self.why_not_write() }
    }

    pub(super) fn why_not_write(&self) -> Option<String> {
        if self.session.read_only() {
            Some(self.t("why-read-only"))
        } else if self.session.incident().closed() {
            Some(self.t("why-closed"))
        } else {
            None
        }
    }

    pub(super) fn open_card(&mut self, title: &str, lines: Vec<CardLine>, buttons: Vec<Button>) {
        let title = text::visible(title).into_owned();
        let grave = false;
        self.ui.push(Overlay::Card(Card { title, lines, buttons, selected: None, scroll: 0, grave }));
    }

    pub(super) fn open_latest_alarm(&mut self) {
        let open = |status: &&AlarmStatus| !status.over && status.acknowledged.is_none();
        let latest = self.session.incident().alarms().iter().filter(open).max_by_key(|status| status.alarm.since);
        if let Some(group) = latest.map(|status| status.alarm.group.clone()) {
            self.ui.clear_overlays();
            self.open_alarm_card(&group);
        }
    }

    fn open_alarm_card(&mut self, group: &str) {
        let Some(status) = self.session.incident().alarms().iter().find(|status| status.alarm.group == group) else {
            return;
        };
        let (alarm, zone) = (&status.alarm, self.session.zone());
        let mut lines = vec![
            line(self.t("card-elements"), format!("{} ({})", alarm.elements.join(", "), alarm.count)),
            line(self.t("card-measure"), self.measure(&alarm.measure)),
            line(self.t("card-seen"), self.figure(&alarm.measure, alarm.seen)),
            line(self.t("card-expected"), self.figure(&alarm.measure, alarm.expected)),
            line(self.t("card-since"), self.lang.time(alarm.since, zone)),
        ];
        let days = format!("{:.0}", alarm.false_alarm_days);
        lines.push(sentence(self.lang.ta("card-false-alarm", &[("days", Arg::Str(&days))])));
        if let Some((_, at)) = &status.acknowledged {
            lines.push(line(self.t("card-acknowledged"), self.lang.time(*at, zone)));
        }
        let entry = status.entry.clone();
        let mut buttons = Vec::new();
        if !status.over && status.acknowledged.is_none() {
            buttons.push(self.button("button-acknowledge", Act::Acknowledge(group.to_owned())));
            let label = self.lang.ta("button-shelve", &[("minutes", Arg::Num(f64::from(SHELVE_MIN)))]);
            buttons.push(Button {
                label,
                act: Act::Shelve(group.to_owned(), SHELVE_MIN),
                why_not: self.why_not_write(),
            });
        }
        buttons.push(Button { label: self.t("button-goto"), act: Act::Goto(entry), why_not: None });
        buttons.push(Button { label: self.t("act-playbooks"), act: Act::Run("playbooks"), why_not: None });
        let group = crate::session::alarm_group(&self.lang, alarm);
        let title = self.lang.ta("card-alarm", &[("group", Arg::Str(&group))]);
        self.open_card(&title, lines, buttons);
    }

    /// The name of a measure that an alarm speaks of.
    fn measure(&self, measure: &str) -> String {
        let id = format!("measure-{measure}");
        if self.lang.has(&id) { self.t(&id) } else { measure.to_owned() }
    }

    /// A figure of it: shares in percent, calls as a count.
    fn figure(&self, measure: &str, value: f64) -> String {
        if matches!(measure, "failed" | "ner" | "progressed" | "answered") {
            self.lang.percent(value, 0)
        } else {
            self.lang.number(value.max(0.0).round() as u64)
        }
    }

    /// The card of an entry of the log.
    pub(super) fn open_entry_card(&mut self, entry: &Entry) {
        if let Body::Crossing { alarm, over: false, .. } = &entry.body {
            let group = alarm.group.clone();
            self.open_alarm_card(&group);
            return;
        }
        let (id, zone) = (entry.id(), self.session.zone());
        if let Some((title, lines, buttons)) = self.cell_card(&id) {
            self.open_card(&title, lines, buttons);
            return;
        }
        let incident = self.session.incident();
        let mut lines = vec![sentence(entry.body.text())];
        let details = wording::details(entry, &self.lang, zone);
        if !details.is_empty() {
            lines.push(sentence(details));
        }
        let (fact, typed) = (wording::fact_time(entry, &self.lang, zone), wording::entry_time(entry, &self.lang, zone));
        lines.push(line(self.t("card-times"), format!("{fact} / {typed}")));
        let role = self.t(wording::role_id(entry.role));
        lines.push(line(self.t("card-author"), format!("{}  {}  {role}", entry.who, entry.org)));
        lines.push(line(self.t("card-id"), format!("{}:{}", entry.chain, entry.seq)));
        if let Some(number) = self.session.number_of_entry(&id) {
            lines.push(line(self.t("card-number"), format!("#{number}")));
        }
        if let Some(correction) = incident.corrections(&id) {
            lines.push(CardLine { level: Level::Warning, ..line(self.t("card-corrected"), correction.text.clone()) });
        }
        let mut buttons = Vec::new();
        match &entry.body {
            Body::Message { .. } | Body::Request { .. } => {
                if let Some(message) = incident.message(&id) {
                    buttons.extend(self.message_buttons(message));
                }
            }
            Body::Action { .. } => {
                if let Some(action) = incident.action(&id) {
                    buttons.extend(self.action_buttons(action));
                }
            }
            _ => {}
        }
        if correctable(&entry.body) {
            buttons.push(self.button("button-correct", Act::Correct(id)));
        }
        let title = self.t(&wording::kind_id(&entry.body));
        self.open_card(&title, lines, buttons);
    }

    fn message_buttons(&self, message: &MessageStatus) -> Vec<Button> {
        let id = &message.origin.entry;
        let mut buttons = Vec::new();
        if message.acknowledged.is_none() {
            buttons.push(self.button("button-answer", Act::Answer(id.clone())));
            buttons.push(self.button("button-understood", Act::Receipt(id.clone(), true)));
            if message.received.is_none() {
                buttons.push(self.button("button-received", Act::Receipt(id.clone(), false)));
            }
        }
        buttons
    }

    fn action_buttons(&self, action: &ActionStatus) -> Vec<Button> {
        if action.state != crate::incident::event::ActionState::Ordered {
            return Vec::new();
        }
        let id = &action.origin.entry;
        vec![
            self.button("button-action-done", Act::Settle(id.clone(), true)),
            self.button("button-action-dropped", Act::Settle(id.clone(), false)),
        ]
    }

    /// The card of a deadline, by its place in the list.
    pub(super) fn open_deadline(&mut self, at: usize) {
        let now = self.session.now_incident();
        let Some(deadline) = self.session.deadlines(now).into_iter().nth(at) else { return };
        let label = deadline.title(&self.lang).into_owned();
        let mut lines = vec![line(self.t("card-due"), self.lang.time(deadline.due, self.session.zone()))];
        let left = deadline.due - now;
        if deadline.state != DeadlineState::Done {
            let (id, level) = if left < chrono::TimeDelta::zero() {
                ("card-overdue", Level::Bad)
            } else {
                ("card-left", Level::Info)
            };
            lines.push(CardLine { level, ..line(self.t(id), self.lang.span(left.abs())) });
        }
        if !deadline.owner.is_empty() {
            lines.push(line(self.t("card-owner"), deadline.owner.clone()));
        }
        if !deadline.basis.is_empty() {
            lines.push(line(self.t("card-basis"), deadline.basis.clone()));
        }
        let mut buttons = Vec::new();
        match &deadline.source {
            DeadlineSource::Clock(id) if deadline.state != DeadlineState::Done => {
                buttons.push(self.button("button-stop-clock", Act::StopClock(id.clone())));
            }
            DeadlineSource::Clock(_) => {}
            source @ (DeadlineSource::Slot(_) | DeadlineSource::Number(_) | DeadlineSource::Contact(_)) => {
                self.open_source(source);
                return;
            }
            source @ DeadlineSource::Entry(id) if self.cell_card(id).is_some() => {
                self.open_source(source);
                return;
            }
            DeadlineSource::Entry(id) => {
                let incident = self.session.incident();
                if let Some(message) = incident.message(id) {
                    buttons.extend(self.message_buttons(message));
                }
                if let Some(action) = incident.action(id) {
                    buttons.extend(self.action_buttons(action));
                }
                buttons.push(Button { label: self.t("button-goto"), act: Act::Goto(id.clone()), why_not: None });
            }
            DeadlineSource::Step { playbook, step } => {
                if let Some(card) = self.step_card_of(playbook, step) {
                    let (title, lines, buttons) = card;
                    self.open_card(&title, lines, buttons);
                    return;
                }
            }
        }
        self.open_card(&label, lines, buttons);
    }

    /// Opens what settles a deadline or pays a debt.
    pub(super) fn open_source(&mut self, source: &DeadlineSource) {
        match source {
            DeadlineSource::Clock(id) => self.open_clock_card(id),
            DeadlineSource::Entry(id) => self.open_card_of(id),
            DeadlineSource::Slot(_) => self.open_rhythm_card(),
            DeadlineSource::Number(number) => self.open_substitute_card(number),
            DeadlineSource::Contact(id) => self.open_contact_card(id),
            DeadlineSource::Step { playbook, step } => {
                if let Some((title, lines, buttons)) = self.step_card_of(playbook, step) {
                    self.open_card(&title, lines, buttons);
                }
            }
        }
    }

    /// Corrects an entry: its text comes into the line to be changed.
    pub(super) fn correct(&mut self, of: EntryId) {
        let text = self.entry_text(&of).unwrap_or_default();
        self.ui.clear_overlays();
        self.ask(Purpose::Correction { of }, &text);
    }

    /// Receipt of the focused message, or of the one whose answer is due first.
    pub(super) fn ask_receipt(&mut self) {
        let messages = self.session.incident().messages();
        let focused = self.focused_entry().map(|entry| entry.id());
        let unanswered = |message: &&Arc<MessageStatus>| message.unanswered() && self.session.answers_for(message);
        let of = messages.iter().filter(unanswered).find(|message| Some(&message.origin.entry) == focused.as_ref());
        // What others wait for goes before what we wait for.
        let due = |message: &&Arc<MessageStatus>| {
            (message.from.is_empty(), message.answer_by.unwrap_or(message.origin.at + ANSWERED_WITHIN))
        };
        let of = of.or_else(|| messages.iter().filter(unanswered).min_by_key(due));
        let of = of.map(|message| message.origin.entry.clone());
        if let Some(of) = of {
            self.ui.clear_overlays();
            self.ask(Purpose::Receipt { of }, "");
        }
    }

    /// Correction of the focused entry, or of the author's last one.
    pub(super) fn ask_correction(&mut self) {
        let entry = self.focused_entry().filter(|entry| correctable(&entry.body)).or_else(|| self.last_own_entry());
        match entry {
            Some(entry) => self.correct(entry.id()),
            None => self.status(Level::Warning, self.t("why-no-entry")),
        }
    }
}

/// Can its words be corrected? What the machine wrote cannot.
pub(super) fn correctable(body: &Body) -> bool {
    !matches!(
        body,
        Body::Crossing { .. }
            | Body::Clock { .. }
            | Body::Notice { .. }
            | Body::Correction { .. }
            | Body::Acknowledge { .. }
            | Body::Lever { .. }
    ) && !body.text().is_empty()
}
