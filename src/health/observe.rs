//! Observations by hand: what a REAL incident without a feed lives on. They fade.
//!
//! Does not belong here: how an observation is typed or logged.

use chrono::{DateTime, TimeDelta, Utc};

use super::view::worst;
use super::{Observation, State};

/// How far an observation may still be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// At most 15 minutes old.
    Fresh,
    /// At most an hour old.
    Old,
    /// Older: says nothing on the present.
    Stale,
}

impl Observation {
    /// Its age at `now`.
    pub fn age(&self, now: DateTime<Utc>) -> Age {
        let age = now - self.at;
        if age <= TimeDelta::minutes(15) {
            Age::Fresh
        } else if age <= TimeDelta::minutes(60) {
            Age::Old
        } else {
            Age::Stale
        }
    }

    /// Does it speak of this zone? One without a zone speaks of everywhere its source sees.
    fn covers(&self, zone: Option<&str>) -> bool {
        match (&self.zone, zone) {
            (Some(own), Some(zone)) => own == zone,
            (None, _) => true,
            (Some(_), None) => false,
        }
    }
}

/// State of a service (in a zone; `None` = in the country) from observations: the worst of each source's latest.
/// An observation older than an hour leaves `Stale`; none leaves `Unknown`. Somewhere well does not make everywhere
/// well: without a zone only observations of everywhere count as good, while any bad one counts as bad.
pub fn state(observations: &[Observation], service: &str, zone: Option<&str>, now: DateTime<Utc>) -> State {
    let mut latest: Vec<&Observation> = Vec::new();
    for observation in observations.iter().filter(|o| o.service == service && o.at <= now) {
        match latest.iter_mut().find(|known| known.source == observation.source && known.zone == observation.zone) {
            Some(known) if known.at <= observation.at => *known = observation,
            Some(_) => {}
            None => latest.push(observation),
        }
    }
    let mut found = State::Unknown;
    for observation in latest {
        let here = observation.covers(zone);
        if !here && zone.is_some() {
            continue;
        }
        let seen = if observation.age(now) == Age::Stale { State::Stale } else { observation.state };
        if here || super::track::severity(seen) > 0 {
            found = worst(found, seen);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn seen(zone: Option<&str>, source: &str, state: State, minute: i64) -> Observation {
        Observation {
            zone: zone.map(str::to_owned),
            service: "15".to_owned(),
            source: source.to_owned(),
            state,
            share: None,
            at: at(minute),
        }
    }

    #[test]
    fn the_worst_source_counts_and_fades() {
        let all = [seen(Some("59"), "SAMU 59", State::Critical, 0), seen(Some("59"), "SDIS 59", State::Nominal, 5)];
        assert_eq!(state(&all, "15", Some("59"), at(10)), State::Critical);
        assert_eq!(state(&all, "15", Some("69"), at(10)), State::Unknown);
        assert_eq!(state(&all, "17", Some("59"), at(10)), State::Unknown);
        assert_eq!(state(&all, "15", Some("59"), at(62)), State::Nominal);
        assert_eq!(state(&all, "15", Some("59"), at(90)), State::Stale);
    }

    #[test]
    fn a_later_word_of_the_same_source_replaces_the_earlier() {
        let all = [seen(None, "NOC", State::Down, 0), seen(None, "NOC", State::Nominal, 3)];
        assert_eq!(state(&all, "15", None, at(4)), State::Nominal);
        assert_eq!(state(&all, "15", Some("59"), at(4)), State::Nominal);
    }

    #[test]
    fn one_good_zone_does_not_make_a_country_green() {
        let all = [seen(Some("59"), "SAMU 59", State::Nominal, 0)];
        assert_eq!(state(&all, "15", None, at(1)), State::Unknown);
        let bad = [seen(Some("59"), "SAMU 59", State::Down, 0)];
        assert_eq!(state(&bad, "15", None, at(1)), State::Down);
    }
}
