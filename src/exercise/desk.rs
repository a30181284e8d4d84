//! The desk: an exercise as it runs, and what can be read off it.
//!
//! Pure: the same kit and the same entries give the same desk. Times are incident time, which stands while play is
//! suspended: a pause can neither lose an inject nor bring one forward.

mod decide;
mod fold;

pub use decide::Asked;
pub(super) use decide::elements;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::kit::{Inject, Kit, Objective, Since};
use crate::incident::desk::{DeskAct, Rating};
use crate::incident::event::{EntryId, Role};

/// How long the card of a jump is shown \[min\]: of incident time, and no longer by the wall while that stands.
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

impl Item {
    fn new(id: String, inject: usize, at_s: Option<u64>) -> Self {
        Self {
            id,
            inject,
            state: ItemState::Planned,
            at_s,
            not_before: None,
            given: None,
            message: None,
            answered: None,
            tested: false,
            rule: String::new(),
        }
    }
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

/// When a rule was true.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Truth {
    /// Moments at which an entry made it true.
    moments: BTreeSet<DateTime<Utc>>,
    /// Moments at which what had made it true was undone.
    undone: BTreeSet<DateTime<Utc>>,
    /// Spans in which a condition on health held: the first and the last moment at which it was seen to.
    spans: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// Does the last span go on?
    holds: bool,
}

impl Truth {
    /// The first moment from `from` on at which it was true.
    fn from(&self, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let span = self.spans.iter().find(|(_, last)| *last >= from).map(|(first, _)| from.max(*first));
        self.moments.range(from..).next().copied().into_iter().chain(span).min()
    }

    /// Since when, not before `start`, what people did holds at `at`; `None`: it does not.
    fn standing(&self, start: DateTime<Utc>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let from = self.undone.range(..=at).next_back().map_or(start, |undone| start.max(*undone));
        self.moments.range(from..).next().copied().filter(|moment| *moment <= at)
    }

    /// Whether a condition on health holds at `now`.
    fn look(&mut self, now: DateTime<Utc>, holds: bool) {
        match self.spans.last_mut() {
            Some((_, last)) if holds && self.holds => *last = now.max(*last),
            _ if holds => self.spans.push((now, now)),
            _ => {}
        }
        self.holds = holds;
    }
}

/// An exercise as it runs.
#[derive(Debug, Clone)]
pub struct Desk {
    kit: Arc<Kit>,
    /// Nobody sits at the desk: injects are given by the machine and the player may use the verbs.
    scripted: bool,
    phase: Phase,
    start: Option<DateTime<Utc>>,
    /// The same by the clock on the wall: the exercise's own stands still until then.
    start_wall: Option<DateTime<Utc>>,
    end: Option<DateTime<Utc>>,
    /// When anybody said that there is a crisis.
    awareness: BTreeSet<DateTime<Utc>>,
    items: Vec<Item>,
    marks: Vec<Mark>,
    /// When each rule was true, by its text.
    truths: BTreeMap<String, Truth>,
    /// The moment of the last act.
    reached: Option<DateTime<Utc>>,
    /// The last jump in time: where to, when by the wall, and its card.
    card: Option<(DateTime<Utc>, DateTime<Utc>, String)>,
    /// Entries that gave an inject, or carried its message: place among the items.
    of_entry: BTreeMap<EntryId, usize>,
}

impl Desk {
    /// The desk before anything happened.
    pub fn new(kit: Arc<Kit>, scripted: bool) -> Self {
        let planned = kit.injects.iter().enumerate();
        let items = planned
            .map(|(inject, planned)| Item::new(planned.id.clone(), inject, planned.at_s.map(u64::from)))
            .collect();
        Self {
            kit,
            scripted,
            phase: Phase::Before,
            start: None,
            start_wall: None,
            end: None,
            awareness: BTreeSet::new(),
            items,
            marks: Vec::new(),
            truths: BTreeMap::new(),
            reached: None,
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

    /// When the last act at the desk was (incident time): none comes before it.
    pub fn last_act(&self) -> Option<DateTime<Utc>> {
        self.reached
    }

    /// When ENDEX was (incident time).
    pub fn end(&self) -> Option<DateTime<Utc>> {
        self.end
    }

    /// All injects and copies, in the kit's order, copies last.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// All of them in the order of play: what was given when it was, what waits when it is due, contingency injects
    /// last.
    pub fn chronogramme(&self) -> Vec<&Item> {
        let since_start = |at: DateTime<Utc>| self.start.map_or(0, |start| (at - start).num_seconds());
        let at = |item: &Item| {
            if let Some((_, at)) = &item.given {
                return Some(since_start(*at));
            }
            let due = i64::try_from(item.at_s?).ok()?;
            Some(item.not_before.map_or(due, |floor| due.max(since_start(floor))))
        };
        let mut all: Vec<&Item> = self.items.iter().collect();
        all.sort_by_key(|item| (at(item).is_none(), at(item), item.inject));
        all
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

    /// Without what observers noted and rated: that stands in control's log and report alone.
    #[must_use]
    pub fn for_players(mut self) -> Self {
        let noted = |act: &DeskAct| {
            matches!(
                act,
                DeskAct::Observe { .. } | DeskAct::Rate { .. } | DeskAct::Improve { .. } | DeskAct::Check { .. }
            )
        };
        self.marks.retain(|mark| !noted(&mark.act));
        self
    }

    /// When a rule was first true, from STARTEX on.
    pub fn first_true(&self, rule: &str) -> Option<DateTime<Utc>> {
        self.truths.get(rule)?.from(self.start?)
    }

    /// When an objective was reached; `None`: it was not, or people judge. That is the first time its rule was true from
    /// the moment its delay counts; of what may be done early, when what holds at that moment was done.
    pub fn reached(&self, objective: &Objective) -> Option<DateTime<Utc>> {
        self.reached_within(objective, self.kit.objectives.len())
    }

    /// `left`: so many objectives may hang on one another; past that they hang in a circle, and none is ever reached.
    fn reached_within(&self, objective: &Objective, left: usize) -> Option<DateTime<Utc>> {
        let from = self.since_within(&objective.since, left)?;
        let truth = self.truths.get(objective.rule.as_ref()?.text())?;
        let early = objective.early.then(|| truth.standing(self.start?, from)).flatten();
        early.or_else(|| truth.from(from))
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
        self.since_within(since, self.kit.objectives.len())
    }

    fn since_within(&self, since: &Since, left: usize) -> Option<DateTime<Utc>> {
        let start = self.start?;
        let at = match since {
            Since::Start => start,
            Since::Awareness => *self.awareness.range(start..).next()?,
            Since::Inject(id) => self.item(id)?.given.as_ref().map(|(_, at)| *at)?,
            Since::Objective(id) => self.reached_within(self.kit.objective(id)?, left.checked_sub(1)?)?,
        };
        Some(at.max(start))
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
                let true_yet =
                    |rule: &super::Rule| self.truths.get(rule.text()).is_some_and(|truth| truth.from(from).is_some());
                // What was done before and still holds needs no nudge.
                let stands = |rule: &super::Rule| {
                    let truth = self.truths.get(rule.text()).filter(|_| rule.stays());
                    truth.zip(self.start).is_some_and(|(truth, start)| truth.standing(start, from).is_some())
                };
                let asked = contingency.when.as_ref();
                let denied = contingency.unless.as_ref();
                if asked.is_none() && denied.is_none() {
                    // Without a rule it is the facilitator's alone.
                    return None;
                }
                if asked.is_some_and(|rule| !true_yet(rule))
                    || denied.is_some_and(|rule| true_yet(rule) || stands(rule))
                {
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

    /// The card of a jump in time, for a few minutes after it; `wall` is wall time.
    pub fn card(&self, now: DateTime<Utc>, wall: DateTime<Utc>) -> Option<&str> {
        let (at, told, card) = self.card.as_ref().filter(|(_, _, card)| !card.trim().is_empty())?;
        let fresh = |age: TimeDelta| age < TimeDelta::minutes(CARD_MIN);
        (now >= *at && fresh(now - *at) && fresh(wall - *told)).then_some(card.as_str())
    }

    /// The last real emergency that was declared.
    pub fn real_world(&self) -> Option<&Mark> {
        self.marks.iter().rfind(|mark| matches!(mark.act, DeskAct::RealWorld { .. }))
    }

    /// The ratings that people gave an objective, oldest first.
    pub fn ratings(&self, objective: &str) -> impl Iterator<Item = (&Mark, Rating)> {
        self.marks.iter().filter_map(move |mark| match &mark.act {
            DeskAct::Rate { objective: of, rating } if of == objective => Some((mark, *rating)),
            _ => None,
        })
    }
}
