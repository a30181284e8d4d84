//! The playbook pane and the cards of steps: what a step asks, what it owes, and a button for everything that can be
//! done with it. Whatever was done is recorded at once; what is missing is shown.

use std::io::Read as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::incident::event::{Body, RunChange, StepChange, StepRef};
use crate::incident::record::{Choice, DecisionRecord, Evidence};
use crate::lang::Arg;
use crate::playbook::{Aside, Called, EvidenceKind, Playbook, SignOff, Step, StepState, StepView, Validity, validity};
use crate::report::wording;
use crate::text;
use crate::tui::action::Act;
use crate::tui::model::{Button, CardLine, Level, Menu, MenuItem, Overlay, Pane, Purpose};
use crate::tui::steps::{StepAct, number};

use crate::tui::view::playbook::with_reading;

use super::cards::{line, sentence};
use super::{App, Sent};

/// Longest file that is hashed while the console waits \[bytes\].
const FILE_MOST: u64 = 64 << 20;

impl App {
    /// The playbook shown in its pane: the running copy if it is one of the library's, with its steps as they stand.
    fn shown_playbook(&self) -> Option<Arc<Playbook>> {
        let all = self.session.incident().open_playbooks();
        let open = all.get(self.ui.playbook.min(all.len().saturating_sub(1)))?;
        self.session.library().get(&open.id).cloned()
    }

    fn with_steps<T>(&self, playbook: &Playbook, read: impl FnOnce(&[StepView<'_>]) -> T) -> T {
        let views = self.session.progress_of(playbook, self.session.now_incident());
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
            let next =
                self.with_steps(&playbook, |views| views.iter().position(|view| view.current && !view.state.settled()));
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
        let warned = |label: &str, value: String| CardLine { level: Level::Warning, ..line(self.t(label), value) };
        let mut lines = Vec::new();
        // What must be looked at before stands first.
        if let Some(before) = &step.precondition {
            lines.push(line(self.t("card-before"), of(before)));
        }
        for (check, holds, reading) in &view.checks {
            let id = match holds {
                Some(true) => "check-holds",
                Some(false) => "check-fails",
                None => "check-unknown",
            };
            let why = of(&check.why);
            let metric = with_reading(&check.metric, *reading);
            let value = self.lang.ta(id, &[("why", Arg::Str(&why)), ("metric", Arg::Str(&metric))]);
            let level = if *holds == Some(true) { Level::Good } else { Level::Bad };
            lines.push(CardLine { level, ..line(self.t("card-check"), value) });
        }
        if let Some(warning) = &step.warning {
            lines.push(warned("card-warning", of(warning)));
        }
        if !view.acknowledged {
            lines.push(warned("card-read", self.t("card-read-not")));
        }
        for owed in &view.owed {
            lines.push(warned("card-owed", owed.what.sentence(&self.lang)));
        }
        if let Some(back_out) = &step.back_out {
            lines.push(line(self.t("card-back-out"), of(back_out)));
        }
        if let Some(until) = &step.until {
            lines.push(line(self.t("card-until"), of(until)));
        }
        if let Some(aside) = view.aside {
            lines.push(line(self.t("card-aside"), self.t(aside_id(aside))));
        }
        lines.push(line(self.t("card-owner"), self.t(wording::role_id(step.role))));
        match step.sign_off {
            SignOff::One => {}
            SignOff::Two => lines.push(line(self.t("card-sign-off"), self.t("cli-playbook-two"))),
            SignOff::Director => lines.push(line(self.t("card-sign-off"), self.t("cli-playbook-director"))),
        }
        if step.sign_off != SignOff::One && !view.signers.is_empty() {
            lines.push(line(self.t("card-signed"), view.signers.join(", ")));
        }
        for refusal in &view.refusals {
            lines.push(warned("card-refused", format!("{}  {}", refusal.who, refusal.text)));
        }
        if let Some(due) = view.due {
            lines.push(line(self.t("card-due"), self.lang.time(due, self.session.zone())));
        }
        if !view.state.settled() {
            let words: Vec<&str> = step.levers.iter().map(|offer| crate::playbook::lever_word(offer)).collect();
            lines.extend(self.delay_lines(None, &words));
        }
        if let Some(evidence) = &step.evidence {
            lines.push(line(self.t("card-evidence"), of(evidence)));
        }
        if let Some(proof) = &step.proof {
            lines.push(self.proof_line(proof, view));
        }
        for way in view.ways.iter().filter(|way| way.suggested.is_some() || way.branch.metric.is_some()) {
            let id = match way.suggested {
                Some(true) => "way-suggested",
                Some(false) => "way-not-suggested",
                None => "way-unknown",
            };
            let when = way.branch.when.as_ref().map(of).unwrap_or_default();
            let level = if way.suggested == Some(true) { Level::Warning } else { Level::Info };
            lines.push(CardLine { level, ..line(self.t(id), when) });
        }
        if let Some(go) = view.chosen.and_then(|id| playbook.step(id)) {
            lines.push(line(self.t("card-chosen"), of(&go.text)));
        }
        if let Some(other) = view.elsewhere {
            lines.push(line(self.t("card-elsewhere"), self.lang.of(&other.title).to_owned()));
        }
        if let Some(called) = step.calls.as_deref().and_then(|id| self.session.library().get(id)) {
            let id = match view.called {
                Called::No => "called-no",
                Called::Running => "called-running",
                Called::Returned => "called-returned",
            };
            lines.push(line(self.t("card-calls"), format!("{} ({})", self.lang.of(&called.title), self.t(id))));
        }
        for contact in &step.contacts {
            let calls = self.session.incident().contact_calls(contact);
            let last = calls.iter().rfind(|call| call.reached).map(|call| self.hm(call.origin.at));
            lines.push(line(self.t("card-contact"), format!("{contact}  {}", last.unwrap_or_default())));
        }
        if let Some(note) = &step.note {
            lines.push(line(self.t("card-note"), of(note)));
        }
        if let Some(status) = view.status {
            // The last few entries, the newest first: all of them are in the log.
            for mark in status.marks.iter().rev().take(4) {
                let at = self.hm(mark.at);
                let what = self.t(&wording::step_id(mark.change));
                lines.push(line(self.t("card-recorded"), format!("{at}  {}  {what}  {}", mark.who, mark.text)));
            }
        }
        if !step.sources.is_empty() {
            lines.push(line(self.t("card-sources"), step.sources.join(", ")));
        }
        (of(&step.text), lines, self.step_buttons(playbook, view))
    }

    fn hm(&self, at: chrono::DateTime<chrono::Utc>) -> String {
        self.lang.time(at, self.session.zone())
    }

    fn proof_line(&self, proof: &str, view: &StepView<'_>) -> CardLine {
        let (state, level) = match view.proof {
            Some(true) => ("proof-holds", Level::Good),
            Some(false) if view.effect_late => ("proof-late", Level::Bad),
            Some(false) => ("proof-fails", Level::Info),
            None if view.effect_late => ("proof-unknown", Level::Bad),
            None => ("proof-unknown", Level::Info),
        };
        let mut value = self.lang.ta(state, &[("metric", Arg::Str(proof))]);
        if let Some(due) = view.effect_due {
            value = format!("{value}  {}", self.lang.ta("proof-until", &[("time", Arg::Str(&self.hm(due)))]));
        }
        CardLine { level, ..line(self.t("card-proof"), value) }
    }

    fn step_buttons(&self, playbook: &Playbook, view: &StepView<'_>) -> Vec<Button> {
        let (step, state) = (view.step, view.state);
        let at = || StepRef { playbook: playbook.id.clone(), step: step.id.clone() };
        let plain = |id: &str, change, ask| {
            self.button(id, Act::Step { playbook: playbook.id.clone(), step: step.id.clone(), change, ask })
        };
        let mut buttons = Vec::new();
        if !view.acknowledged {
            buttons.push(plain("button-read", StepChange::Acknowledged, false));
        }
        let open = !state.settled() || state == StepState::Aside || state == StepState::BackedOut;
        if view.pinned {
            buttons.push(plain("button-ended", StepChange::Ended, true));
        }
        if open {
            buttons.push(plain("button-done", StepChange::Done, false));
            buttons.push(plain("button-done-note", StepChange::Done, true));
            if state != StepState::Started {
                buttons.push(plain("button-start", StepChange::Started, false));
            }
        }
        buttons.extend(self.way_buttons(playbook, view));
        if let Some(called) = step.calls.as_ref().filter(|_| view.called == Called::No) {
            buttons.push(self.button("button-call", StepAct::Call { playbook: called.clone(), from: at() }.into()));
        }
        for offer in &step.levers {
            let word = crate::playbook::lever_word(offer);
            let name = self.lever_name(word);
            let label = self.lang.ta("button-lever", &[("name", Arg::Str(&name))]);
            let act = Act::Lever { word: word.to_owned(), on: Vec::new() };
            buttons.push(Button { label, act, why_not: self.why_not_write() });
        }
        let offers =
            |way: &crate::playbook::Way<'_>| playbook.step(&way.branch.go).is_some_and(|s| !s.levers.is_empty());
        if view.current && !state.settled() && (!step.levers.is_empty() || view.ways.iter().any(offers)) {
            buttons.push(self.what_if_button(None, Some(at())));
        }
        if state == StepState::NotYetEffective {
            buttons.push(plain("button-effect", StepChange::Effect, true));
        }
        if state.done() && view.missing_signatures > 0 {
            buttons.push(plain("button-sign", StepChange::Signed, false));
            buttons.push(plain("button-refuse", StepChange::Refused, true));
        }
        if step.evidence.is_some() && view.status.is_some() {
            buttons.extend(self.evidence_buttons(step, &at()));
        }
        for contact in &step.contacts {
            for (id, reached) in [("button-contact-reached", true), ("button-contact-missed", false)] {
                let label = self.lang.ta(id, &[("contact", Arg::Str(contact))]);
                let act = StepAct::Contact { id: contact.clone(), reached }.into();
                buttons.push(Button { label, act, why_not: self.why_not_write() });
            }
        }
        if step.back_out.is_some() && (state.done() || state == StepState::Started) {
            buttons.push(plain("button-back-out", StepChange::BackedOut, true));
        }
        if state.settled() && !open {
            buttons.push(plain("button-undo", StepChange::Undone, false));
        } else {
            buttons.push(plain("button-defer", StepChange::Deferred, true));
            buttons.push(plain("button-skip", StepChange::Skipped, true));
            buttons.push(plain("button-not-applicable", StepChange::NotApplicable, true));
        }
        let playbook = Act::PlaybookCard(playbook.id.clone());
        buttons.push(Button { label: self.t("button-whole-playbook"), act: playbook, why_not: None });
        buttons
    }

    /// The branches by name, then the gates; the next step is an answer of a decision point too.
    fn way_buttons(&self, playbook: &Playbook, view: &StepView<'_>) -> Vec<Button> {
        let step = view.step;
        let at = StepRef { playbook: playbook.id.clone(), step: step.id.clone() };
        let button = |label: String, go: &str| {
            let act = StepAct::Choose { at: at.clone(), go: go.to_owned() }.into();
            Button { label, act, why_not: self.why_not_write() }
        };
        let mut buttons = Vec::new();
        for way in &view.ways {
            let target = playbook.step(&way.branch.go).map(|step| self.lang.of(&step.text).to_owned());
            let target = target.unwrap_or_else(|| way.branch.go.clone());
            let when = way.branch.when.as_ref().map(|when| self.lang.of(when).to_owned()).unwrap_or_default();
            let id = if way.branch.gate { "button-gate" } else { "button-branch" };
            let label = self.lang.ta(id, &[("when", Arg::Str(&when)), ("go", Arg::Str(&target))]);
            buttons.push(button(label, &way.branch.go));
        }
        let turns = view.ways.iter().any(|way| !way.branch.gate && way.branch.when.is_none());
        if step.decision && !turns {
            let next = playbook.position(&step.id).and_then(|i| playbook.steps().nth(i + 1));
            if let Some((_, next)) = next.filter(|(_, next)| view.ways.iter().all(|way| way.branch.go != next.id)) {
                let target = self.lang.of(&next.text).to_owned();
                buttons.push(button(self.lang.ta("button-otherwise", &[("go", Arg::Str(&target))]), &next.id));
            }
        }
        buttons
    }

    fn evidence_buttons(&self, step: &Step, at: &StepRef) -> Vec<Button> {
        let all = [
            (EvidenceKind::Text, "button-evidence-text"),
            (EvidenceKind::Number, "button-evidence-number"),
            (EvidenceKind::Board, "button-evidence-board"),
            (EvidenceKind::File, "button-evidence-file"),
        ];
        let asked = all.into_iter().filter(|(kind, _)| step.evidence_as.is_none_or(|asked| asked == *kind));
        asked.map(|(kind, id)| self.button(id, StepAct::Evidence { at: at.clone(), kind }.into())).collect()
    }

    pub(super) fn step_card_of(&self, playbook: &str, step: &str) -> Option<(String, Vec<CardLine>, Vec<Button>)> {
        let playbook = self.session.library().get(playbook)?.clone();
        self.with_steps(&playbook, |views| {
            views.iter().find(|view| view.step.id == step).map(|view| self.step_card(&playbook, view))
        })
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

    /// Shows the playbook whose title or id has these words: its steps when it is open, else its card. Several, or none:
    /// the menu.
    pub(super) fn find_playbook(&mut self, words: &str) {
        let words = text::plain(words);
        let wanted = |playbook: &Playbook| {
            let names = [self.lang.of(&playbook.title), playbook.id.as_str()];
            words.split_whitespace().all(|word| names.iter().any(|name| text::plain(name).contains(word)))
        };
        let found: Vec<String> = self.session.library().iter().filter(|p| wanted(p)).map(|p| p.id.clone()).collect();
        let [id] = found.as_slice() else {
            self.ui.push(Overlay::Menu(self.playbook_menu()));
            return;
        };
        match self.session.incident().open_playbooks().iter().position(|open| open.id == *id) {
            Some(at) => self.perform(Act::ShowPlaybook(at)),
            None => self.open_playbook_card(id),
        }
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
        lines.extend(self.validity_lines(&playbook));
        let exercised = playbook.last_exercised.map_or_else(|| self.t("card-never"), |day| day.to_string());
        lines.push(line(self.t("card-exercised"), exercised));
        lines.push(line(self.t("card-steps"), playbook.steps().count().to_string()));
        let run = |id: &str, change| self.button(id, StepAct::Run { playbook: playbook.id.clone(), change }.into());
        let buttons = match self.session.run_of(&playbook.id) {
            None => vec![self.button("button-open-playbook", Act::OpenPlaybook(playbook.id.clone()))],
            Some(None | Some(RunChange::Resumed)) => {
                vec![run("button-run-end", RunChange::Ended), run("button-run-abort", RunChange::Aborted)]
            }
            Some(Some(_)) => vec![run("button-run-resume", RunChange::Resumed)],
        };
        let title = self.lang.of(&playbook.title).to_owned();
        self.open_card(&title, lines, buttons);
    }

    /// What stands on the card of a playbook about its age.
    fn validity_lines(&self, playbook: &Playbook) -> Vec<CardLine> {
        let mut lines = Vec::new();
        if let Some(day) = playbook.valid_until {
            lines.push(line(self.t("card-valid-until"), day.to_string()));
        }
        let rehearsed = playbook.last_rehearsed.map_or_else(|| self.t("card-never"), |day| day.to_string());
        lines.push(line(self.t("card-rehearsed"), rehearsed));
        if validity(playbook, self.session.today()) == Validity::Expired {
            lines.push(CardLine { level: Level::Bad, ..line(self.t("card-warning"), self.t("playbook-expired")) });
        }
        lines
    }

    pub(super) fn open_playbook(&mut self, id: &str) {
        self.start_playbook(id, None);
    }

    fn start_playbook(&mut self, id: &str, called_by: Option<StepRef>) {
        let Some(playbook) = self.session.library().get(id).cloned() else {
            self.status(Level::Warning, self.t("why-no-playbook"));
            return;
        };
        self.ui.clear_overlays();
        let open = self.session.incident().open_playbooks();
        self.ui.playbook = open.iter().position(|open| open.id == id).unwrap_or(open.len());
        self.ui.step = 0;
        self.focus(Pane::Playbook);
        let text = self.lang.of(&playbook.title).to_owned();
        self.record(
            Body::Playbook { id: playbook.id.clone(), sha256: playbook.sha256.clone(), text, called_by },
            None,
            Vec::new(),
        );
    }

    /// Does what a step's card asks for, or asks for the words it needs.
    pub(super) fn step_act(&mut self, act: StepAct) {
        self.ui.clear_overlays();
        match act {
            StepAct::Call { playbook, from } => self.start_playbook(&playbook, Some(from)),
            StepAct::Evidence { at, kind: EvidenceKind::Board } => match self.session.frame_on_screen() {
                Some(frame) => self.record(evidenced(at, Evidence::Board { frame }), None, Vec::new()),
                None => self.status(Level::Warning, self.t("why-no-board")),
            },
            act => self.ask(Purpose::Playbook(act), ""),
        }
    }

    /// Enter on the words that a step's card asked for.
    pub(super) fn answer_step_act(&mut self, act: &StepAct) {
        let typed = self.ui.input.line.text().trim().to_owned();
        let body = match act {
            // A branch without a reason is taken all the same: the reason stays a debt.
            StepAct::Choose { at, go } => Ok(self.chosen(at, go, &typed)),
            StepAct::Evidence { at, kind } => self.evidence(at, *kind, &typed),
            StepAct::Run { change: RunChange::Aborted, .. } if typed.is_empty() => Err(self.t("refusal-empty")),
            StepAct::Run { playbook, change } => {
                Ok(Body::PlaybookRun { id: playbook.clone(), change: *change, text: typed })
            }
            StepAct::Contact { id, reached } => {
                Ok(Body::ContactCall { contact: id.clone(), reached: *reached, text: typed })
            }
            StepAct::Call { .. } => return,
        };
        match body {
            Ok(body) => {
                let raw = self.ui.input.line.take();
                let purpose = std::mem::take(&mut self.ui.input.purpose);
                self.unstash();
                self.submit(None, body, None, Vec::new(), Sent { raw, purpose, ..Sent::default() });
            }
            Err(why) => self.status(Level::Warning, why),
        }
    }

    /// The decision that a choice is: the question, what was chosen among what, and why.
    fn chosen(&self, at: &StepRef, go: &str, why: &str) -> Body {
        let playbook = self.session.library().get(&at.playbook);
        let text = |id: &str| {
            let step = playbook.and_then(|playbook| playbook.step(id));
            step.map_or_else(|| id.to_owned(), |step| self.lang.of(&step.text).to_owned())
        };
        let step = playbook.and_then(|playbook| playbook.step(&at.step));
        let options = step.into_iter().flat_map(|step| &step.branches).map(|branch| {
            let when = branch.when.as_ref().map(|when| self.lang.of(when).to_owned()).unwrap_or_default();
            format!("{when} → {}", text(&branch.go))
        });
        let options = options.map(|option| option.trim_start_matches(" → ").to_owned()).collect();
        let said = self.lang.ta("decision-choice", &[("step", Arg::Str(&text(&at.step))), ("go", Arg::Str(&text(go)))]);
        let choice = Choice { playbook: at.playbook.clone(), step: at.step.clone(), go: go.to_owned() };
        let record = DecisionRecord { options, choice: Some(choice), ..DecisionRecord::default() };
        Body::Decision { text: said, rationale: why.to_owned(), levers: Vec::new(), record: Box::new(record) }
    }

    fn evidence(&self, at: &StepRef, kind: EvidenceKind, typed: &str) -> Result<Body, String> {
        if typed.is_empty() {
            return Err(self.t("refusal-empty"));
        }
        let evidence = match kind {
            EvidenceKind::Text | EvidenceKind::Board => Evidence::Text { text: typed.to_owned() },
            EvidenceKind::Number => {
                let (value, unit) = number(typed).ok_or_else(|| self.t("why-no-number"))?;
                Evidence::Number { value, unit }
            }
            EvidenceKind::File => file(typed).map_err(|error| {
                let error = text::visible(&error).into_owned();
                self.lang.ta("why-no-file", &[("error", Arg::Str(&error))])
            })?,
        };
        Ok(evidenced(at.clone(), evidence))
    }
}

fn evidenced(at: StepRef, evidence: Evidence) -> Body {
    let (change, text) = (StepChange::Evidenced, String::new());
    Body::Step { playbook: at.playbook, step: at.step, change, text, go: None, evidence: vec![evidence] }
}

/// A file as evidence: its name, its length, its hash. The file itself stays where it is.
fn file(path: &str) -> Result<Evidence, String> {
    let at = std::path::Path::new(path);
    let mut file = std::fs::File::open(at).map_err(|error| format!("{path}: {error}"))?;
    let length = file.metadata().map_err(|error| format!("{path}: {error}"))?.len();
    if length > FILE_MOST {
        return Err(format!("{path}: > {} MB", FILE_MOST >> 20));
    }
    let (mut hash, mut bytes, mut part) = (Sha256::new(), 0_u64, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut part).map_err(|error| format!("{path}: {error}"))?;
        if read == 0 {
            break;
        }
        bytes += read as u64;
        if bytes > FILE_MOST {
            return Err(format!("{path}: > {} MB", FILE_MOST >> 20));
        }
        hash.update(part.get(..read).unwrap_or_default());
    }
    let name = at.file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned());
    let sha256 = crate::incident::hex(&hash.finalize());
    Ok(Evidence::File { name, sha256, bytes })
}

/// Message id of why a step is not on the way.
const fn aside_id(aside: Aside) -> &'static str {
    match aside {
        Aside::Branch => "aside-branch",
        Aside::Joined => "aside-joined",
        Aside::Aborted => "aside-aborted",
        Aside::Safe => "aside-safe",
    }
}
