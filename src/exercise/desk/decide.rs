//! What may be done at the desk, and what it brings about.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Desk, Item, ItemState, Phase};
use crate::clock::IncidentClock;
use crate::incident::Refusal;
use crate::incident::desk::DeskAct;
use crate::incident::event::{Author, Body, Role};
use crate::network::{Element, Network, Text};

/// Who asks the desk for something, and what it has to know to say yes.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who.
    pub author: &'a Author,
    /// Incident time.
    pub now: DateTime<Utc>,
    /// The clock as it stands.
    pub clock: &'a IncidentClock,
    /// Zone in which times are written.
    pub zone: chrono_tz::Tz,
    /// The network, to find elements by their ids.
    pub network: &'a Network,
    /// Are machine sentences French?
    pub french: bool,
}

impl Desk {
    /// May this be recorded now by this author? For everything but the desk's own acts.
    ///
    /// # Errors
    /// The rule that says no.
    pub fn admit(&self, body: &Body, author: &Author) -> Result<(), Refusal> {
        if author.role == Role::Machine && matches!(body, Body::Message { .. } | Body::Receipt { .. }) {
            // What was sent between cells before the end arrives.
            return Ok(());
        }
        let staff = matches!(author.role, Role::Facilitator | Role::Evaluator | Role::Machine);
        let last_words =
            matches!(body, Body::Note { .. } | Body::Correction { .. } | Body::Close { .. } | Body::Reopen { .. });
        match self.phase {
            Phase::Before | Phase::Running => Ok(()),
            Phase::Paused if staff => Ok(()),
            Phase::Paused => Err(Refusal::Desk("locked")),
            Phase::Ended | Phase::Frozen if last_words && (staff || self.scripted) => Ok(()),
            // The machine stops the clock when a session ends: it stands already.
            Phase::Ended => Err(Refusal::Desk("ended")),
            Phase::Frozen => Err(Refusal::Desk("frozen")),
        }
    }

    /// What an act of the desk becomes: its own line, then the lines that it brings about.
    ///
    /// # Errors
    /// The rule that says no.
    pub fn decide(&self, act: DeskAct, text: &str, asked: &Asked<'_>) -> Result<Vec<Body>, Refusal> {
        let no = |word| Err(Refusal::Desk(word));
        let role = asked.author.role;
        let lead = self.scripted || matches!(role, Role::Facilitator | Role::Machine);
        let noted = matches!(
            act,
            DeskAct::Observe { .. } | DeskAct::Rate { .. } | DeskAct::Improve { .. } | DeskAct::Check { .. }
        );
        #[expect(clippy::match_same_arms, reason = "read from top to bottom, a rule a line")]
        match (&act, self.phase) {
            // A second emergency, in another cell, is one more thing to know.
            (DeskAct::RealWorld { .. }, Phase::Frozen) if role != Role::Machine => return no("frozen"),
            // From any role, at any time.
            (DeskAct::RealWorld { .. }, _) => {}
            _ if noted && (lead || role == Role::Evaluator) => {}
            _ if noted || !lead => return no("role"),
            // A player who is alone cannot undo a real emergency.
            (DeskAct::Resume, Phase::Frozen) if role == Role::Facilitator => {}
            (_, Phase::Frozen) => return no("frozen"),
            (_, Phase::Ended) => return no("ended"),
            (DeskAct::Resume, Phase::Paused) => {}
            (DeskAct::Resume, _) => return no("running"),
            (DeskAct::Start { .. }, Phase::Before) => {}
            (DeskAct::Start { .. }, _) => return no("started"),
            (DeskAct::Test { .. }, Phase::Before) => {}
            (DeskAct::Test { .. }, _) => return no("started"),
            (DeskAct::Pause, Phase::Paused) => return no("locked"),
            (DeskAct::Pause | DeskAct::End | DeskAct::Fire { .. } | DeskAct::Jump { .. }, Phase::Before)
                if !self.kit.injects.is_empty() =>
            {
                return no("before");
            }
            (DeskAct::Fire { .. }, Phase::Paused) => return no("locked"),
            _ => {}
        }
        let clock = |running: bool, x: DateTime<Utc>| Body::Clock {
            x_at: x.with_timezone(&asked.zone).fixed_offset(),
            running,
            rate_milli: asked.clock.rate_milli,
            text: text.to_owned(),
        };
        let mut follow = Vec::new();
        match &act {
            // What was over before it was frozen stays over.
            DeskAct::Start { .. } | DeskAct::Resume => follow.push(clock(self.end.is_none(), asked.now)),
            DeskAct::Pause | DeskAct::End | DeskAct::RealWorld { .. } => follow.push(clock(false, asked.now)),
            DeskAct::Jump { to } => {
                if to.to_utc() <= asked.now {
                    return Err(Refusal::Backwards);
                }
                follow.push(clock(asked.clock.running, to.to_utc()));
            }
            DeskAct::Duplicate { inject, copy, .. } => {
                self.known(inject)?;
                if self.item(copy).is_some() || copy.trim().is_empty() {
                    return no("taken");
                }
            }
            DeskAct::Fire { inject, .. } => {
                let item = self.known(inject)?;
                if item.state == ItemState::Given {
                    return no("fired");
                }
                // Since the machine saw that it was due, people may have held, skipped or put it off.
                let due = || self.due_at(item).is_some_and(|at| at <= asked.now);
                if role == Role::Machine && !(item.state == ItemState::Planned && due()) {
                    return no("not-waiting");
                }
                follow = self.effects(item, asked);
            }
            DeskAct::Skip { inject } | DeskAct::Hold { inject } if self.known(inject)?.state == ItemState::Given => {
                return no("fired");
            }
            DeskAct::Release { inject } => match self.known(inject)?.state {
                ItemState::Held | ItemState::Skipped => {}
                _ => return no("not-waiting"),
            },
            DeskAct::Delay { inject, .. } => {
                let item = self.known(inject)?;
                match (item.state, item.at_s) {
                    (ItemState::Given, _) => return no("fired"),
                    (_, None) => return no("contingency"),
                    _ => {}
                }
            }
            DeskAct::Test { inject } => {
                self.known(inject)?;
            }
            DeskAct::Rate { objective, .. } | DeskAct::Improve { objective, .. }
                if self.kit.objective(objective).is_none() =>
            {
                return no("no-objective");
            }
            DeskAct::Observe { objective, .. } if !objective.is_empty() && self.kit.objective(objective).is_none() => {
                return no("no-objective");
            }
            _ => {}
        }
        follow.insert(0, Body::Desk { act, text: text.to_owned() });
        Ok(follow)
    }

    fn known(&self, id: &str) -> Result<&Item, Refusal> {
        self.item(id).ok_or(Refusal::Desk("no-inject"))
    }

    /// What an inject brings about.
    fn effects(&self, item: &Item, asked: &Asked<'_>) -> Vec<Body> {
        let Some(inject) = self.planned(item) else { return Vec::new() };
        let words = |text: &Text| if asked.french { text.fr.clone() } else { text.en.clone() };
        let mut all = Vec::new();
        if !inject.to.is_empty() {
            let by = inject.answer_s.map(|s| asked.now + TimeDelta::seconds(i64::from(s)));
            all.push(Body::Message {
                text: words(&inject.text),
                to: inject.to.clone(),
                from: inject.from.clone(),
                channel: inject.channel.clone(),
                answer_by: by.map(|at| at.with_timezone(&asked.zone).fixed_offset()),
            });
        }
        if let Some(act) = &inject.act {
            let on = elements(&act.on, asked.network);
            if !on.is_empty() {
                let text = if inject.to.is_empty() { words(&inject.text) } else { String::new() };
                all.push(Body::Inject { fault: act.fault.clone(), on, frame_at: 0, text });
            }
        }
        all
    }
}

/// Elements by id, or `software=…` for all call servers of a software.
pub(in crate::exercise) fn elements(names: &[String], network: &Network) -> Vec<Element> {
    let mut found = Vec::new();
    for name in names {
        match name.strip_prefix("software=") {
            Some(software) => found.extend(
                network
                    .call_servers
                    .iter()
                    .filter(|server| server.software == software)
                    .filter_map(|server| network.element_by_id(&server.id)),
            ),
            None => found.extend(network.element_by_id(name)),
        }
    }
    found
}
