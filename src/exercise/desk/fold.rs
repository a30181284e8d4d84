//! Entries of the log, and what health says, made true at the desk.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Desk, Item, ItemState, Mark, Phase};
use crate::incident::desk::DeskAct;
use crate::incident::event::{Body, Entry, Role};

impl Desk {
    /// Makes one entry true. Total: what refers to nothing known changes nothing.
    pub fn apply(&mut self, entry: &Entry) {
        let at = entry.fact_time().to_utc();
        let moment = entry.x.unwrap_or(entry.at).to_utc();
        if self.in_play(entry) {
            self.done(entry, at);
        }
        match &entry.body {
            Body::Awareness { .. } if self.in_play(entry) => {
                self.awareness.insert(at);
            }
            Body::Message { .. } | Body::Receipt { acknowledged: true, .. } | Body::Decision { .. } => {
                let places: Vec<usize> = entry.re.iter().filter_map(|id| self.of_entry.get(id).copied()).collect();
                for place in places {
                    self.linked(place, entry, at);
                }
            }
            Body::Desk { act, text } => self.act(act, text, entry, moment),
            _ => {}
        }
    }

    /// Hears an entry from the log of another cell of the exercise: objectives look at what every cell wrote. Acts of
    /// the desk and injects are those of this log alone.
    pub fn hear(&mut self, entry: &Entry) {
        if entry.role == Role::Machine || matches!(entry.body, Body::Desk { .. }) || !self.in_play(entry) {
            return;
        }
        let at = entry.fact_time().to_utc();
        self.done(entry, at);
        if matches!(entry.body, Body::Awareness { .. }) {
            self.awareness.insert(at);
        }
    }

    /// What an entry makes true, and what it undoes.
    fn done(&mut self, entry: &Entry, at: DateTime<Utc>) {
        for rule in self.kit.rules() {
            if rule.matches(entry) {
                self.truths.entry(rule.text().to_owned()).or_default().moments.insert(at);
            } else if rule.undone_by(entry) {
                self.truths.entry(rule.text().to_owned()).or_default().undone.insert(at);
            }
        }
    }

    /// Was it written since STARTEX? What the cells try out before has the exercise's first instant as its time.
    fn in_play(&self, entry: &Entry) -> bool {
        self.start_wall.is_some_and(|wall| entry.at.to_utc() >= wall)
    }

    /// A message of an inject, or an answer to one.
    fn linked(&mut self, place: usize, entry: &Entry, at: DateTime<Utc>) {
        let kit = Arc::clone(&self.kit);
        let Some(item) = self.items.get_mut(place) else { return };
        let given_by_it = item.given.as_ref().is_some_and(|(id, _)| entry.re.contains(id));
        if given_by_it && matches!(entry.body, Body::Message { .. }) && item.message.is_none() {
            item.message = Some(entry.id());
            self.of_entry.insert(entry.id(), place);
        } else if item.answered.is_none() && item.message.as_ref().is_some_and(|id| entry.re.contains(id)) {
            item.answered = Some(at);
            let id = kit.injects.get(item.inject).map_or(item.id.as_str(), |inject| inject.id.as_str());
            for rule in kit.rules().filter(|rule| rule.is_answer(id) || rule.is_answer(&item.id)) {
                self.truths.entry(rule.text().to_owned()).or_default().moments.insert(at);
            }
        }
    }

    fn act(&mut self, act: &DeskAct, text: &str, entry: &Entry, at: DateTime<Utc>) {
        let place = act.inject().and_then(|id| self.items.iter().position(|item| item.id == id));
        self.reached = self.reached.max(Some(at));
        let not_given = place.and_then(|place| self.items.get_mut(place)).filter(|item| item.state != ItemState::Given);
        match act {
            DeskAct::Start { .. } if self.start.is_none() => {
                self.start = Some(at);
                self.start_wall = Some(entry.at.to_utc());
                self.phase = Phase::Running;
            }
            DeskAct::Pause if self.phase == Phase::Running || self.phase == Phase::Before => self.phase = Phase::Paused,
            DeskAct::Resume if matches!(self.phase, Phase::Paused | Phase::Frozen) => {
                self.phase = match self.start {
                    _ if self.end.is_some() => Phase::Ended,
                    None if !self.kit.injects.is_empty() => Phase::Before,
                    _ => Phase::Running,
                };
            }
            DeskAct::End if self.phase != Phase::Ended => {
                self.phase = Phase::Ended;
                self.end.get_or_insert(at);
            }
            DeskAct::RealWorld { .. } => {
                self.phase = Phase::Frozen;
                self.mark(act, text, entry, at);
            }
            DeskAct::Jump { to } => {
                self.card = Some((to.to_utc(), entry.at.to_utc(), text.to_owned()));
            }
            DeskAct::Skip { .. } => {
                if let Some(item) = not_given {
                    item.state = ItemState::Skipped;
                }
            }
            DeskAct::Hold { .. } => {
                if let Some(item) = not_given {
                    item.state = ItemState::Held;
                }
            }
            DeskAct::Release { .. } => {
                if let Some(item) = not_given {
                    item.state = ItemState::Planned;
                    item.not_before = Some(at);
                }
            }
            DeskAct::Delay { by_s, .. } => {
                if let Some(item) = not_given {
                    item.at_s = item.at_s.map(|at_s| at_s.saturating_add(u64::from(*by_s)));
                }
            }
            DeskAct::Test { .. } => {
                if let Some(item) = not_given {
                    item.tested = true;
                }
            }
            DeskAct::Fire { rule, .. } => {
                let Some(item) = not_given else { return };
                item.state = ItemState::Given;
                item.given = Some((entry.id(), at));
                item.rule.clone_from(rule);
                let (inject, id) = (item.inject, item.id.clone());
                if let Some(place) = place {
                    self.of_entry.insert(entry.id(), place);
                }
                let kit = Arc::clone(&self.kit);
                let planned = kit.injects.get(inject).map_or("", |inject| inject.id.as_str());
                for rule in kit.rules().filter(|rule| rule.is_given(&id) || rule.is_given(planned)) {
                    self.truths.entry(rule.text().to_owned()).or_default().moments.insert(at);
                }
            }
            DeskAct::Duplicate { copy, at_s, .. } => {
                let Some(inject) = place.and_then(|place| self.items.get(place)).map(|item| item.inject) else {
                    return;
                };
                if self.item(copy).is_none() {
                    let copy = Item::new(copy.clone(), inject, Some(u64::from(*at_s)));
                    self.items.push(Item { not_before: Some(at), ..copy });
                }
            }
            DeskAct::Check { .. }
            | DeskAct::Fog { .. }
            | DeskAct::Observe { .. }
            | DeskAct::Rate { .. }
            | DeskAct::Improve { .. } => {
                self.mark(act, text, entry, at);
            }
            _ => {}
        }
    }

    fn mark(&mut self, act: &DeskAct, text: &str, entry: &Entry, at: DateTime<Utc>) {
        self.marks.push(Mark {
            entry: entry.id(),
            at,
            who: entry.who.clone(),
            act: act.clone(),
            text: text.to_owned(),
        });
    }

    /// Tells the desk what health says at `now`: from when to when conditions hold is remembered.
    pub fn look(&mut self, now: DateTime<Utc>, holds: &dyn Fn(&crate::health::Metric) -> Option<bool>) {
        let kit = Arc::clone(&self.kit);
        for rule in kit.rules() {
            let Some(metric) = rule.metric() else { continue };
            self.truths.entry(rule.text().to_owned()).or_default().look(now, holds(metric) == Some(true));
        }
    }

    /// Takes over what another desk of the same exercise saw of health: one that looked at its tape.
    pub fn saw(&mut self, other: &Self) {
        for (rule, truth) in &other.truths {
            let mine = self.truths.entry(rule.clone()).or_default();
            mine.spans.clone_from(&truth.spans);
            mine.holds = truth.holds;
        }
    }
}
