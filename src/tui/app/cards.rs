//! Cards: what something is, and what can be done with it.

use std::sync::Arc;

use crate::incident::event::{Body, Entry, EntryId, StepChange};
use crate::incident::{ActionStatus, AlarmStatus, DeadlineSource, DeadlineState, MessageStatus};
use crate::lang::Arg;
use crate::playbook::{Playbook, Step, StepState, StepView, progress};
use crate::report::wording;
use crate::text;
use crate::tui::action::Act;
use crate::tui::model::{Button, Card, CardLine, Level, Menu, MenuItem, Overlay, Pane, Purpose};

use super::App;

/// How long an alarm is shelved by its button \[min\].
const SHELVE_MIN: u32 = 30;

fn line(label: String, value: impl Into<String>) -> CardLine {
    CardLine { label, value: text::visible(&value.into()).into_owned(), level: Level::Info }
}

fn sentence(value: impl Into<String>) -> CardLine {
    line(String::new(), value)
}

impl App {
    fn button(&self, id: &str, act: Act) -> Button {
        Button { label: self.t(id), act, why_not: self.why_not_write() }
    }

    fn why_not_write(&self) -> Option<String> {
        if self.session.read_only() {
            Some(self.t("why-read-only"))
        } else if self.session.incident().closed() {
            Some(self.t("why-closed"))
        } else {
            None
        }
    }

    fn open_card(&mut self, title: &str, lines: Vec<CardLine>, buttons: Vec<Button>) {
        let title = text::visible(title).into_owned();
        let grave = false;
        self.ui.push(Overlay::Card(Card { title, lines, buttons, selected: None, scroll: 0, grave }));
    }

    /// The playbook shown in its pane: the running copy if it is one of the library's, with its steps as they stand.
    fn shown_playbook(&self) -> Option<Arc<Playbook>> {
        let open = self.session.incident().open_playbooks().get(self.ui.playbook)?;
        self.session.library().get(&open.id).cloned()
    }

    fn with_steps<T>(&self, playbook: &Playbook, read: impl FnOnce(&[StepView<'_>]) -> T) -> T {
        let incident = self.session.incident();
        let (statuses, now) = (incident.steps(&playbook.id), self.session.now_incident());
        let views = progress(playbook, statuses, &|metric| self.session.holds(metric), now, incident.awareness());
        read(&views)
    }

    /// Rows of the playbook pane that the cursor can stand on: steps, or the library while nothing is open.
    pub(super) fn playbook_rows(&self) -> usize {
        if self.session.incident().open_playbooks().is_empty() {
            return self.session.library().iter().count();
        }
        self.shown_playbook().map_or(0, |playbook| playbook.steps().count())
    }

    /// The next step that is not settled, in any open playbook; its card.
    pub(super) fn open_next_step(&mut self) {
        let open: Vec<String> = self.session.incident().open_playbooks().iter().map(|open| open.id.clone()).collect();
        let shown = self.ui.playbook.min(open.len().saturating_sub(1));
        for index in (shown..open.len()).chain(0..shown) {
            let Some(playbook) = open.get(index).and_then(|id| self.session.library().get(id)).cloned() else {
                continue;
            };
            let next = self.with_steps(&playbook, |views| views.iter().position(|view| !view.state.settled()));
            if let Some(step) = next {
                self.ui.clear_overlays();
                self.ui.playbook = index;
                self.ui.step = step;
                self.focus(Pane::Playbook);
                self.open_step_card();
                return;
            }
        }
        self.focus(Pane::Playbook);
        self.status(Level::Good, self.t("status-no-step-left"));
    }

    /// The card of the focused step, or of the focused playbook of the library while none is open.
    pub(super) fn open_step_card(&mut self) {
        self.settle_focus();
        if self.session.incident().open_playbooks().is_empty() {
            let id = self.session.library().iter().nth(self.ui.step).map(|playbook| playbook.id.clone());
            if let Some(id) = id {
                self.open_playbook_card(&id);
            }
            return;
        }
        let Some(playbook) = self.shown_playbook() else { return };
        let at = self.ui.step;
        let made = self.with_steps(&playbook, |views| views.get(at).map(|view| self.step_card(&playbook, view)));
        if let Some((title, lines, buttons)) = made {
            self.open_card(&title, lines, buttons);
        }
    }

    fn step_card(&self, playbook: &Playbook, view: &StepView<'_>) -> (String, Vec<CardLine>, Vec<Button>) {
        let step = view.step;
        let of = |text| self.lang.of(text).to_owned();
        let mut lines = Vec::new();
        if let Some(before) = &step.precondition {
            lines.push(line(self.t("card-before"), of(before)));
        }
        if let Some(warning) = &step.warning {
            lines.push(CardLine { level: Level::Warning, ..line(self.t("card-warning"), of(warning)) });
        }
        if let Some(back_out) = &step.back_out {
            lines.push(line(self.t("card-back-out"), of(back_out)));
        }
        lines.push(line(self.t("card-owner"), self.t(wording::role_id(step.role))));
        if let Some(due) = view.due {
            lines.push(line(self.t("card-due"), self.lang.time(due, self.session.zone())));
        }
        if let Some(evidence) = &step.evidence {
            lines.push(line(self.t("card-evidence"), of(evidence)));
        }
        if let Some(proof) = &step.proof {
            let state = match view.proof {
                Some(true) => "proof-holds",
                Some(false) => "proof-fails",
                None => "proof-unknown",
            };
            let level = if view.proof == Some(true) { Level::Good } else { Level::Info };
            let value = self.lang.ta(state, &[("metric", Arg::Str(proof))]);
            lines.push(CardLine { level, ..line(self.t("card-proof"), value) });
        }
        if let Some(note) = &step.note {
            lines.push(line(self.t("card-note"), of(note)));
        }
        if let Some(status) = view.status {
            let at = self.lang.time(status.at, self.session.zone());
            let what = self.t(&wording::step_id(status.change));
            lines.push(line(self.t("card-recorded"), format!("{at}  {}  {what}  {}", status.author, status.reason)));
        }
        if !step.sources.is_empty() {
            lines.push(line(self.t("card-sources"), step.sources.join(", ")));
        }
        (of(&step.text), lines, self.step_buttons(playbook, step, view.state))
    }

    fn step_buttons(&self, playbook: &Playbook, step: &Step, state: StepState) -> Vec<Button> {
        let act = |change, ask| Act::Step { playbook: playbook.id.clone(), step: step.id.clone(), change, ask };
        let mut buttons = Vec::new();
        if !state.settled() {
            buttons.push(self.button("button-done", act(StepChange::Done, false)));
            buttons.push(self.button("button-done-note", act(StepChange::Done, true)));
            if state == StepState::Open {
                buttons.push(self.button("button-start", act(StepChange::Started, false)));
            }
        }
        for offer in &step.levers {
            let word = crate::playbook::lever_word(offer);
            let name = self.lever_name(word);
            let label = self.lang.ta("button-lever", &[("name", Arg::Str(&name))]);
            let act = Act::Lever { word: word.to_owned(), on: Vec::new() };
            buttons.push(Button { label, act, why_not: self.why_not_write() });
        }
        if state == StepState::NotYetEffective {
            buttons.push(self.button("button-effect", act(StepChange::Effect, true)));
        }
        if state.settled() {
            // Somebody else may sign too, or the same one again.
            buttons.push(self.button("button-sign", act(StepChange::Done, false)));
            buttons.push(self.button("button-undo", act(StepChange::Undone, false)));
        } else {
            buttons.push(self.button("button-skip", act(StepChange::Skipped, true)));
            buttons.push(self.button("button-not-applicable", act(StepChange::NotApplicable, true)));
        }
        buttons
    }

    /// The playbooks: open ones to show, others to open.
    pub(super) fn playbook_menu(&self) -> Menu {
        let open = self.session.incident().open_playbooks();
        let suggested: Vec<&str> = {
            let holds = |metric: &str| self.session.holds(metric);
            self.session.library().suggestions(&holds).into_iter().map(|s| s.playbook.id.as_str()).collect()
        };
        let items = self.session.library().iter().map(|playbook| {
            let at = open.iter().position(|open| open.id == playbook.id);
            let (act, key) = match at {
                Some(at) => (Act::ShowPlaybook(at), self.t("playbook-open")),
                None if suggested.contains(&playbook.id.as_str()) => {
                    (Act::PlaybookCard(playbook.id.clone()), self.t("playbook-suggested"))
                }
                None => (Act::PlaybookCard(playbook.id.clone()), String::new()),
            };
            let (label, hint) = (self.lang.of(&playbook.title).to_owned(), self.lang.of(&playbook.about).to_owned());
            MenuItem { label, key, hint, enabled: true, why_not: String::new(), act }
        });
        Menu { title: self.t("act-playbooks"), items: items.collect(), cursor: 0, letters: false }
    }

    pub(super) fn open_playbook_card(&mut self, id: &str) {
        let Some(playbook) = self.session.library().get(id).cloned() else { return };
        let holds = |metric: &str| self.session.holds(metric);
        let why = self.session.library().suggestions(&holds).into_iter().find(|s| s.playbook.id == id);
        let why = why.map(|suggestion| self.lang.of(&suggestion.trigger.why).to_owned());
        let mut lines = vec![sentence(self.lang.of(&playbook.about))];
        if let Some(why) = why {
            lines.push(CardLine { level: Level::Warning, ..line(self.t("card-suggested"), why) });
        }
        lines.push(line(self.t("card-version"), playbook.version.clone()));
        if let Some(day) = playbook.valid_until {
            lines.push(line(self.t("card-valid-until"), day.to_string()));
        }
        let exercised = playbook.last_exercised.map_or_else(|| self.t("card-never"), |day| day.to_string());
        lines.push(line(self.t("card-exercised"), exercised));
        lines.push(line(self.t("card-steps"), playbook.steps().count().to_string()));
        let buttons = vec![self.button("button-open-playbook", Act::OpenPlaybook(playbook.id.clone()))];
        let title = self.lang.of(&playbook.title).to_owned();
        self.open_card(&title, lines, buttons);
    }

    pub(super) fn open_playbook(&mut self, id: &str) {
        let Some(playbook) = self.session.library().get(id).cloned() else { return };
        self.ui.clear_overlays();
        self.ui.playbook = self.session.incident().open_playbooks().len();
        self.ui.step = 0;
        self.focus(Pane::Playbook);
        let text = self.lang.of(&playbook.title).to_owned();
        self.record(
            Body::Playbook { id: playbook.id.clone(), sha256: playbook.sha256.clone(), text, called_by: None },
            None,
            Vec::new(),
        );
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
            line(self.t("card-measure"), alarm.measure.clone()),
            line(self.t("card-seen"), format!("{:.2}", alarm.seen)),
            line(self.t("card-expected"), format!("{:.2}", alarm.expected)),
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
        let title = self.lang.ta("card-alarm", &[("group", Arg::Str(group))]);
        self.open_card(&title, lines, buttons);
    }

    /// The card of an entry of the log.
    pub(super) fn open_entry_card(&mut self, entry: &Entry) {
        if let Body::Crossing { alarm, over: false, .. } = &entry.body {
            let group = alarm.group.clone();
            self.open_alarm_card(&group);
            return;
        }
        let (id, zone) = (entry.id(), self.session.zone());
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
            Body::Decision { .. } if incident.decision(&id).is_some_and(|decision| decision.rationale.is_empty()) => {
                buttons.push(self.button("button-explain", Act::Explain(id.clone())));
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
            lines.push(CardLine { level, ..line(self.t(id), self.lang.duration(left.abs())) });
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
            DeadlineSource::Clock(_)
            | DeadlineSource::Slot(_)
            | DeadlineSource::Number(_)
            | DeadlineSource::Contact(_) => {}
            DeadlineSource::Entry(id) => {
                let incident = self.session.incident();
                if let Some(message) = incident.message(id) {
                    buttons.extend(self.message_buttons(message));
                }
                if let Some(action) = incident.action(id) {
                    buttons.extend(self.action_buttons(action));
                }
                if incident.decision(id).is_some_and(|decision| decision.rationale.is_empty()) {
                    buttons.push(self.button("button-explain", Act::Explain(id.clone())));
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

    fn step_card_of(&self, playbook: &str, step: &str) -> Option<(String, Vec<CardLine>, Vec<Button>)> {
        let playbook = self.session.library().get(playbook)?.clone();
        self.with_steps(&playbook, |views| {
            views.iter().find(|view| view.step.id == step).map(|view| self.step_card(&playbook, view))
        })
    }

    /// Corrects an entry: its text comes into the line to be changed.
    pub(super) fn correct(&mut self, of: EntryId) {
        let text = self.entry_text(&of).unwrap_or_default();
        self.ui.clear_overlays();
        self.ask(Purpose::Correction { of }, &text);
    }

    /// Receipt of the focused message, or of the last one without an answer.
    pub(super) fn ask_receipt(&mut self) {
        let messages = self.session.incident().messages();
        let focused = self.focused_entry().map(|entry| entry.id());
        let unanswered = |message: &&MessageStatus| message.unanswered();
        let of = messages.iter().filter(unanswered).find(|message| Some(&message.origin.entry) == focused.as_ref());
        let of = of.or_else(|| messages.iter().rfind(unanswered)).map(|message| message.origin.entry.clone());
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
