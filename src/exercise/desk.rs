//! The desk: an exercise as it runs. A fold of log entries over a kit, and the rules of the facilitator's verbs.
//!
//! Pure: the same kit and the same entries give the same desk. Times are incident time, which stands while play is
//! suspended: a pause can neither lose an inject nor bring one forward.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::kit::{Inject, Kit, Since};
use crate::clock::IncidentClock;
use crate::incident::Refusal;
use crate::incident::desk::{DeskAct, Rating};
use crate::incident::event::{Author, Body, Entry, EntryId, Role};
use crate::network::{Element, Network, Text};

/// How long the card of a jump is shown \[min of incident time\].
const CARD_MIN: i64 = 3;

/// How far an exercise is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Phase {
    /// Before STARTEX.
    #[default]
    Before,
    /// Play runs.
    Running,
    /// Play is suspended: players are locked.
    Paused,
    /// After ENDEX.
    Ended,
    /// Frozen by a real emergency.
    Frozen,
}

/// How an inject stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ItemState {
    /// It is given at its time; contingency: it waits to be given by hand.
    #[default]
    Planned,
    /// It waits until it is released or given by hand.
    Held,
    /// It is not given.
    Skipped,
    /// It was given.
    Given,
}

/// An inject, or a copy of one, at the desk.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its id; a copy has its own.
    pub id: String,
    /// Place of the inject in the kit.
    pub inject: usize,
    /// How it stands.
    pub state: ItemState,
    /// Seconds after STARTEX, delays included; `None` for contingency injects.
    pub at_s: Option<u64>,
    /// It cannot have come before: it was released, or copied, only then.
    pub not_before: Option<DateTime<Utc>>,
    /// The entry that gave it, and when (incident time).
    pub given: Option<(EntryId, DateTime<Utc>)>,
    /// The message that reached the players.
    pub message: Option<EntryId>,
    /// When that message was acknowledged or answered.
    pub answered: Option<DateTime<Utc>>,
    /// It was tried before the start.
    pub tested: bool,
    /// The rule that suggested it.
    pub rule: String,
}

/// Something that people noted at the desk: an observation, a rating, a check, an improvement.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Its entry.
    pub entry: EntryId,
    /// When (incident time).
    pub at: DateTime<Utc>,
    /// By whom.
    pub who: String,
    /// What.
    pub act: DeskAct,
    /// In words.
    pub text: String,
}

/// A contingency inject that is worth a thought, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// Id of the item.
    pub item: String,
    /// The rule that fired, as written.
    pub rule: String,
}

/// An exercise as it runs.
#[derive(Debug, Clone)]
pub struct Desk {
    kit: Arc<Kit>,
    /// Nobody sits at the desk: injects are given by the machine and the player may use the verbs.
    scripted: bool,
    phase: Phase,
    start: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    awareness: Option<DateTime<Utc>>,
    items: Vec<Item>,
    marks: Vec<Mark>,
    /// When a rule was first true, by its text.
    seen: BTreeMap<String, DateTime<Utc>>,
    /// The last jump in time: where to, and its card.
    card: Option<(DateTime<Utc>, String)>,
    /// Entries that gave an inject, or carried its message: place among the items.
    of_entry: BTreeMap<EntryId, usize>,
}

impl Desk {
    /// The desk before anything happened.
    pub fn new(kit: Arc<Kit>, scripted: bool) -> Self {
        let items = kit
            .injects
            .iter()
            .enumerate()
            .map(|(inject, planned)| Item {
                id: planned.id.clone(),
                inject,
                state: ItemState::Planned,
                at_s: planned.at_s.map(u64::from),
                not_before: None,
                given: None,
                message: None,
                answered: None,
                tested: false,
                rule: String::new(),
            })
            .collect();
        Self {
            kit,
            scripted,
            phase: Phase::Before,
            start: None,
            end: None,
            awareness: None,
            items,
            marks: Vec::new(),
            seen: BTreeMap::new(),
            card: None,
            of_entry: BTreeMap::new(),
        }
    }

    /// The exercise as planned.
    pub fn kit(&self) -> &Arc<Kit> {
        &self.kit
    }

    /// How far it is.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Does the machine give the injects?
    pub fn scripted(&self) -> bool {
        self.scripted
    }

    /// Someone with this role is at the console: a facilitator takes the desk from the machine.
    pub fn sit(&mut self, role: Role) {
        self.scripted = role != Role::Facilitator;
    }

    /// When STARTEX was (incident time).
    pub fn start(&self) -> Option<DateTime<Utc>> {
        self.start
    }

    /// When ENDEX was (incident time).
    pub fn end(&self) -> Option<DateTime<Utc>> {
        self.end
    }

    /// All injects and copies, in the kit's order, copies last.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// An item by its id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// What an item gives.
    pub fn planned(&self, item: &Item) -> Option<&Inject> {
        self.kit.injects.get(item.inject)
    }

    /// Observations, ratings, checks and improvements, oldest first.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// When a rule was first true.
    pub fn first_true(&self, rule: &str) -> Option<DateTime<Utc>> {
        self.seen.get(rule).copied()
    }

    /// When an item is due (incident time).
    pub fn due_at(&self, item: &Item) -> Option<DateTime<Utc>> {
        let at_s = i64::try_from(item.at_s?).ok()?;
        self.start?.checked_add_signed(TimeDelta::try_seconds(at_s)?)
    }

    /// What is to be given now and as of when, the oldest first. Nothing while play does not run.
    pub fn due(&self, now: DateTime<Utc>) -> Vec<(&Item, DateTime<Utc>)> {
        if self.phase != Phase::Running {
            return Vec::new();
        }
        let waiting = self.items.iter().filter(|item| item.state == ItemState::Planned);
        let mut due: Vec<_> =
            waiting.filter_map(|item| Some((item, self.due_at(item)?))).filter(|(_, at)| *at <= now).collect();
        for (item, at) in &mut due {
            *at = item.not_before.map_or(*at, |floor| floor.max(*at));
        }
        due.sort_by_key(|(item, at)| (*at, item.inject));
        due
    }

    /// The next inject that time will bring.
    pub fn next(&self) -> Option<(&Item, DateTime<Utc>)> {
        let waiting = self.items.iter().filter(|item| item.state == ItemState::Planned);
        waiting.filter_map(|item| Some((item, self.due_at(item)?))).min_by_key(|(_, at)| *at)
    }

    /// From when something counts; `None` = not yet.
    pub fn since(&self, since: &Since) -> Option<DateTime<Utc>> {
        match since {
            Since::Start => self.start,
            Since::Awareness => self.awareness,
            Since::Inject(id) => self.item(id)?.given.as_ref().map(|(_, at)| *at),
            Since::Objective(id) => self.first_true(self.kit.objective(id)?.rule.as_ref()?.text()),
        }
    }

    /// Contingency injects that are worth a thought now, each with the rule that fired.
    pub fn suggestions(&self, now: DateTime<Utc>) -> Vec<Suggestion> {
        if self.phase != Phase::Running {
            return Vec::new();
        }
        let waiting = self.items.iter().filter(|item| item.state == ItemState::Planned);
        waiting
            .filter_map(|item| {
                let contingency = self.planned(item)?.contingency.as_ref()?;
                let from = self.since(&contingency.since)?;
                let after = i64::from(contingency.after_s);
                if now - from < TimeDelta::seconds(after) {
                    return None;
                }
                let true_yet = |rule: &super::Rule| self.seen.contains_key(rule.text());
                let asked = contingency.when.as_ref();
                let denied = contingency.unless.as_ref();
                if asked.is_none() && denied.is_none() {
                    // Without a rule it is the facilitator's alone.
                    return None;
                }
                if asked.is_some_and(|rule| !true_yet(rule)) || denied.is_some_and(true_yet) {
                    return None;
                }
                let mut words = Vec::new();
                words.extend(asked.map(|rule| rule.text().to_owned()));
                words.extend(denied.map(|rule| format!("not yet after {} min: {}", after / 60, rule.text())));
                Some(Suggestion { item: item.id.clone(), rule: words.join("; ") })
            })
            .collect()
    }

    /// Are players locked?
    pub fn locked(&self) -> bool {
        matches!(self.phase, Phase::Paused | Phase::Ended | Phase::Frozen)
    }

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
            (DeskAct::RealWorld { .. }, Phase::Frozen) => return no("frozen"),
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
            DeskAct::Start { .. } | DeskAct::Resume => follow.push(clock(true, asked.now)),
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

    /// Makes one entry true. Total: what refers to nothing known changes nothing.
    pub fn apply(&mut self, entry: &Entry) {
        let at = entry.fact_time().to_utc();
        let moment = entry.x.unwrap_or(entry.at).to_utc();
        if let Some(rules) = self.kit.rules().any(|rule| rule.matches(entry)).then(|| Arc::clone(&self.kit)) {
            for rule in rules.rules().filter(|rule| rule.matches(entry)) {
                self.seen.entry(rule.text().to_owned()).or_insert(at);
            }
        }
        match &entry.body {
            Body::Awareness { .. } => {
                self.awareness.get_or_insert(at);
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
        if entry.role == Role::Machine || matches!(entry.body, Body::Desk { .. }) {
            return;
        }
        let at = entry.fact_time().to_utc();
        let kit = Arc::clone(&self.kit);
        for rule in kit.rules().filter(|rule| rule.matches(entry)) {
            self.seen.entry(rule.text().to_owned()).or_insert(at);
        }
        if matches!(entry.body, Body::Awareness { .. }) {
            self.awareness.get_or_insert(at);
        }
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
                self.seen.entry(rule.text().to_owned()).or_insert(at);
            }
        }
    }

    fn act(&mut self, act: &DeskAct, text: &str, entry: &Entry, at: DateTime<Utc>) {
        let place = act.inject().and_then(|id| self.items.iter().position(|item| item.id == id));
        let not_given = place.and_then(|place| self.items.get_mut(place)).filter(|item| item.state != ItemState::Given);
        match act {
            DeskAct::Start { .. } if self.start.is_none() => {
                self.start = Some(at);
                self.phase = Phase::Running;
            }
            DeskAct::Pause if self.phase == Phase::Running || self.phase == Phase::Before => self.phase = Phase::Paused,
            DeskAct::Resume if matches!(self.phase, Phase::Paused | Phase::Frozen) => {
                self.phase =
                    if self.start.is_some() || self.kit.injects.is_empty() { Phase::Running } else { Phase::Before };
            }
            DeskAct::End if self.phase != Phase::Ended => {
                self.phase = Phase::Ended;
                self.end.get_or_insert(at);
            }
            DeskAct::RealWorld { .. } => {
                self.phase = Phase::Frozen;
                self.mark(act, text, entry, at);
            }
            DeskAct::Jump { to } => self.card = Some((to.to_utc(), text.to_owned())),
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
                    self.seen.entry(rule.text().to_owned()).or_insert(at);
                }
            }
            DeskAct::Duplicate { copy, at_s, .. } => {
                let Some(inject) = place.and_then(|place| self.items.get(place)).map(|item| item.inject) else {
                    return;
                };
                if self.item(copy).is_none() {
                    self.items.push(Item {
                        id: copy.clone(),
                        inject,
                        state: ItemState::Planned,
                        at_s: Some(u64::from(*at_s)),
                        not_before: Some(at),
                        given: None,
                        message: None,
                        answered: None,
                        tested: false,
                        rule: String::new(),
                    });
                }
            }
            DeskAct::Check { .. } | DeskAct::Observe { .. } | DeskAct::Rate { .. } | DeskAct::Improve { .. } => {
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

    /// Tells the desk what health says at `now`: conditions that hold for the first time are remembered.
    pub fn look(&mut self, now: DateTime<Utc>, holds: &dyn Fn(&crate::health::Metric) -> Option<bool>) {
        // Before the start nobody is judged.
        if self.start.is_none_or(|start| now < start) {
            return;
        }
        let kit = Arc::clone(&self.kit);
        for rule in kit.rules() {
            let Some(metric) = rule.metric() else { continue };
            if !self.seen.contains_key(rule.text()) && holds(metric) == Some(true) {
                self.seen.insert(rule.text().to_owned(), now);
            }
        }
    }

    /// The card of a jump in time, for a few minutes after it.
    pub fn card(&self, now: DateTime<Utc>) -> Option<&str> {
        let (at, card) = self.card.as_ref().filter(|(_, card)| !card.trim().is_empty())?;
        let age = now - *at;
        (TimeDelta::zero() <= age && age < TimeDelta::minutes(CARD_MIN)).then_some(card.as_str())
    }

    /// How often a real emergency was declared.
    pub fn chords(&self) -> usize {
        self.marks.iter().filter(|mark| matches!(mark.act, DeskAct::RealWorld { .. })).count()
    }

    /// The ratings that people gave an objective, oldest first.
    pub fn ratings(&self, objective: &str) -> impl Iterator<Item = (&Mark, Rating)> {
        self.marks.iter().filter_map(move |mark| match &mark.act {
            DeskAct::Rate { objective: of, rating } if of == objective => Some((mark, *rating)),
            _ => None,
        })
    }
}

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

/// Elements by id, or `software=…` for all call servers of a software.
pub(super) fn elements(names: &[String], network: &Network) -> Vec<Element> {
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
