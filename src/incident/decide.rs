//! `decide`: what may become an event. Pure: it reads the incident and the moment, and writes nothing.

use chrono::{DateTime, TimeDelta, Utc};

use super::Incident;
use super::command::{Command, Moment, Refusal};
use super::event::{Body, EntryId, EventTime, Mode, Role, StepChange, StepRef};
use super::rules::{MAX_PAGE, check_length};
use super::status::Decided;

/// Longest text kept in one entry \[bytes\].
pub const MAX_TEXT: usize = 4096;

/// A fact older than this \[wall seconds\] is entered with a reason.
pub const LATE_AFTER_S: i64 = 300;

/// How far behind the present a change of the exercise clock may lie and still mean "now" \[wall milliseconds\]:
/// the command was made a moment before it is decided.
const CLOCK_GRACE_MS: i64 = 2_000;

impl Incident {
    /// Says what a command becomes: one or more lines, or a refusal that goes back to the input line.
    ///
    /// # Errors
    /// The [`Refusal`] that names the rule.
    pub fn decide(&self, cmd: Command, m: &Moment) -> Result<Vec<Decided>, Refusal> {
        let Command { author, event_at, body, re } = cmd;
        if author.role == Role::Observer {
            return Err(Refusal::Observer);
        }
        match (&body, self.closed()) {
            (Body::Reopen { .. }, false) => return Err(Refusal::NotClosed),
            (Body::Reopen { .. }, true) | (_, false) => {}
            (_, true) => return Err(Refusal::Closed),
        }
        check_texts(&body, &re)?;
        self.check_drill(&texts(&body))?;
        if let Some(missing) = re.iter().find(|id| !self.has_entry(id)) {
            return Err(Refusal::NoSuchEntry(missing.to_string()));
        }
        let event_at = match event_at {
            Some(event) => Some(self.event_time(&event, m, author.role)?),
            None => None,
        };
        let body = self.check_cell(self.check(body, &re, m)?, &re, m)?;
        check_length(&body, &re)?;
        Ok(match body {
            Body::Decision { text, rationale, levers, record } if !levers.is_empty() || record.choice.is_some() => {
                // One fact, one line: the decision, then each lever that it sets in motion, then the branch of a
                // playbook that it takes.
                let mut lines = Vec::with_capacity(levers.len() + 2);
                let orders = levers.clone().into_iter().map(|order| {
                    let body = Body::Lever { order, frame_at: m.next_frame, text: text.clone() };
                    (body, None, vec![EntryId::in_same_append(0)])
                });
                lines.extend(orders);
                if let Some(choice) = &record.choice {
                    let body = Body::Step {
                        playbook: choice.playbook.clone(),
                        step: choice.step.clone(),
                        change: StepChange::Chosen,
                        text: text.clone(),
                        go: Some(choice.go.clone()),
                        evidence: Vec::new(),
                    };
                    lines.push((body, event_at.clone(), vec![EntryId::in_same_append(0)]));
                }
                let decision = Body::Decision { text, rationale, levers, record };
                lines.insert(0, (decision, event_at, re));
                lines
            }
            body => vec![(body, event_at, re)],
        })
    }

    /// Checks what depends on the incident, and fills in what only this moment knows.
    fn check(&self, body: Body, re: &[EntryId], m: &Moment) -> Result<Body, Refusal> {
        Ok(match body {
            Body::Lever { order, text, .. } => Body::Lever { order, frame_at: m.next_frame, text },
            Body::Inject { fault, on, text, .. } => {
                if self.genesis.mode == Mode::Real {
                    return Err(Refusal::Mode("REAL".to_owned()));
                }
                if fault.trim().is_empty() {
                    return Err(Refusal::Empty);
                }
                Body::Inject { fault, on, frame_at: m.next_frame, text }
            }
            Body::Clock { x_at, running, rate_milli, text } => {
                if self.genesis.mode == Mode::Real {
                    return Err(Refusal::Mode("REAL".to_owned()));
                }
                let behind = (m.incident - x_at.to_utc()).num_milliseconds();
                let rate = i64::from(self.state.clock.rate_milli.max(1_000));
                let grace = CLOCK_GRACE_MS.saturating_mul(rate) / 1_000;
                if self.genesis.forward_only() && behind > grace {
                    return Err(Refusal::Backwards);
                }
                let x_at =
                    if (0..=grace).contains(&behind) { m.incident.with_timezone(&x_at.timezone()) } else { x_at };
                Body::Clock { x_at, running, rate_milli, text }
            }
            Body::Step { playbook, step, change, text, go, evidence } => {
                for step in std::iter::once(&step).chain(&go) {
                    self.check_step(&StepRef { playbook: playbook.clone(), step: step.clone() })?;
                }
                match change {
                    StepChange::Skipped | StepChange::NotApplicable if text.trim().is_empty() => {
                        return Err(Refusal::SkipReason);
                    }
                    StepChange::Refused | StepChange::Deferred if text.trim().is_empty() => {
                        return Err(Refusal::NoReason);
                    }
                    _ => {}
                }
                Body::Step { playbook, step, change, text, go, evidence }
            }
            Body::Receipt { acknowledged, text } => {
                if re.is_empty() {
                    return Err(Refusal::NoReference);
                }
                if let Some(other) = re.iter().find(|id| self.message(id).is_none()) {
                    return Err(Refusal::NoSuchEntry(other.to_string()));
                }
                Body::Receipt { acknowledged, text }
            }
            Body::Correction { .. } if re.is_empty() => return Err(Refusal::NoReference),
            Body::Acknowledge { group, shelved_until, text } => {
                if !self.state.alarms.iter().any(|status| status.alarm.group == group) {
                    return Err(Refusal::NoSuchAlarm(group));
                }
                Body::Acknowledge { group, shelved_until, text }
            }
            Body::ClockStop { id, reason } => {
                if !self.clocks().iter().any(|clock| clock.id == id) {
                    return Err(Refusal::NoSuchClock(id));
                }
                Body::ClockStop { id, reason }
            }
            body => body,
        })
    }

    /// The time of a fact cannot lie ahead; past five minutes of wall time it needs a reason.
    fn event_time(&self, event: &EventTime, m: &Moment, role: Role) -> Result<EventTime, Refusal> {
        let at = event.at.to_utc();
        if at > m.incident {
            return Err(Refusal::FutureFact);
        }
        let reason = event.reason.as_deref().map(str::trim).unwrap_or_default();
        if reason.len() > MAX_TEXT {
            return Err(Refusal::TooLong(reason.len()));
        }
        // What was written on paper first is late because of that: the page says so.
        let page = event.page.as_deref().map(str::trim).unwrap_or_default();
        if page.len() > MAX_PAGE {
            return Err(Refusal::TooLong(page.len()));
        }
        let age = m.wall - self.wall_of(at, m);
        let why = !reason.is_empty() || !page.is_empty();
        if role != Role::Machine && age > TimeDelta::seconds(LATE_AFTER_S) && !why {
            return Err(Refusal::LateReason);
        }
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(EventTime { reason: given(reason), page: given(page), ..event.clone() })
    }

    /// The wall time at which incident time was `at`; before the first map, as many seconds earlier.
    fn wall_of(&self, at: DateTime<Utc>, m: &Moment) -> DateTime<Utc> {
        if self.genesis.mode == Mode::Real {
            return at;
        }
        let maps = self.state.clock_before.iter().chain(std::iter::once(&self.state.clock));
        let Some(map) = maps.rev().find(|map| map.anchor_incident <= at) else {
            // Before anybody was at the console: it is old however one counts.
            return m.wall - (m.incident - at);
        };
        // A paused map stands at one instant, which lasted until it ended: at the earliest, its anchor.
        map.wall_at(at).unwrap_or(map.anchor_wall).min(m.wall)
    }
}

/// Texts are neither empty where words are the point, nor too long.
fn check_texts(body: &Body, re: &[EntryId]) -> Result<(), Refusal> {
    let needed = match body {
        Body::Receipt { .. }
        | Body::Lever { .. }
        | Body::Inject { .. }
        | Body::Clock { .. }
        | Body::Crossing { .. }
        | Body::Acknowledge { .. }
        | Body::Step { .. }
        | Body::RoleTaken { .. }
        | Body::Playbook { .. }
        | Body::Observation { .. }
        | Body::Rhythm { .. }
        | Body::Slot { .. }
        | Body::ContactCall { .. }
        | Body::Substitute { .. }
        | Body::Approval { .. }
        | Body::Handover { .. }
        | Body::HandoverAnswer { .. }
        | Body::PlaybookRun { .. }
        | Body::Public { .. }
        | Body::Desk { .. }
        | Body::Close { .. } => false,
        // A later state of an action refers to it and needs no words.
        Body::Action { .. } => re.is_empty(),
        _ => true,
    };
    if needed && body.text().trim().is_empty() {
        return Err(Refusal::Empty);
    }
    for text in texts(body) {
        if text.len() > MAX_TEXT {
            return Err(Refusal::TooLong(text.len()));
        }
    }
    Ok(())
}

/// All the words that people typed into a body.
fn texts(body: &Body) -> Vec<&str> {
    let mut all = vec![body.text()];
    match body {
        Body::Information(s) | Body::Fact(s) => all.extend([s.source.as_str(), s.channel.as_str()]),
        Body::Message { to, from, channel, .. } => all.extend([to.as_str(), from.as_str(), channel.as_str()]),
        Body::Decision { rationale, record, .. } => {
            all.push(rationale);
            all.extend(record.texts());
        }
        Body::Action { owner, .. } => all.push(owner),
        Body::Request { to, .. } => all.push(to),
        Body::Correction { reason, .. } => all.push(reason),
        Body::Inject { fault, .. } => all.push(fault),
        Body::Observation { data, .. } => all.extend([data.source.as_str(), data.service.as_str()]),
        Body::Notice { data, .. } => all.extend(data.values().map(String::as_str)),
        body => all.extend(body.cell_texts()),
    }
    all
}
