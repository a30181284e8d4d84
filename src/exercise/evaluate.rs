//! What became true first when, against what was wanted. People rate; the machine only measures.

use chrono::{DateTime, TimeDelta, Utc};

use super::desk::{Desk, Mark};
use super::kit::Objective;
use crate::incident::desk::{DeskAct, Rating};

/// One objective as it stands.
#[derive(Debug, Clone)]
pub struct Verdict<'a> {
    /// The objective.
    pub objective: &'a Objective,
    /// From when its delay counts; `None` = that has not happened.
    pub from: Option<DateTime<Utc>>,
    /// When its rule was first true; `None` = not, or people judge.
    pub reached: Option<DateTime<Utc>>,
    /// Within its target? `None` = no target, no rule, or it can still be met.
    pub met: Option<bool>,
    /// Ratings by people, oldest first.
    pub ratings: Vec<(&'a Mark, Rating)>,
    /// Observations tagged with it, oldest first.
    pub observations: Vec<&'a Mark>,
}

impl Verdict<'_> {
    /// How long it took; never less than nothing.
    pub fn delay(&self) -> Option<TimeDelta> {
        Some((self.reached? - self.from?).max(TimeDelta::zero()))
    }
}

/// Every objective of the exercise as it stands at `now`. There is no sum: a number for the whole would hide what it
/// is made of.
pub fn evaluate(desk: &Desk, now: DateTime<Utc>) -> Vec<Verdict<'_>> {
    let of = |objective: &'_ Objective| {
        let from = desk.since(&objective.since);
        let reached = desk.reached(objective);
        let target = objective.target_s.map(|s| TimeDelta::seconds(i64::from(s)));
        let met = match (objective.rule.is_some(), from, reached, target) {
            (true, Some(from), Some(reached), Some(target)) => Some(reached - from <= target),
            (true, Some(from), None, Some(target)) if desk.end().unwrap_or(now) - from > target => Some(false),
            _ => None,
        };
        (from, reached, met)
    };
    let kit = desk.kit();
    kit.objectives
        .iter()
        .map(|objective| {
            let (from, reached, met) = of(objective);
            let observations = desk
                .marks()
                .iter()
                .filter(|mark| matches!(&mark.act, DeskAct::Observe { objective: id, .. } if *id == objective.id))
                .collect();
            Verdict { objective, from, reached, met, ratings: desk.ratings(&objective.id).collect(), observations }
        })
        .collect()
}
