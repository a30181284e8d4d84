//! What a normal day would bring: demand × profile, and what each psap should receive of it.

use chrono::{DateTime, Datelike, Timelike, Utc};

use super::{Access, Connection, GroupId, LineId, Network, Profile, PsapId, ServerId, ServiceId, SubstituteId, ZoneId};

/// Seconds of a day.
const DAY_S: f64 = 86_400.0;

impl Profile {
    /// Relative rate at a minute of the local day (fractions allowed) of a day of the week (Monday = 0).
    /// Linear between points, round midnight; 1 when the profile has no points.
    pub fn value(&self, minute: f64, weekday: usize) -> f64 {
        let day = self.days.get(weekday).copied().unwrap_or(1.0);
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else { return day };
        let next = self.points.partition_point(|&(m, _)| f64::from(m) <= minute);
        let before = match next {
            0 => (f64::from(last.0) - 1440.0, last.1),
            n => self.points.get(n - 1).map_or((0.0, 1.0), |&(m, v)| (f64::from(m), v)),
        };
        let after = self.points.get(next).map_or((f64::from(first.0) + 1440.0, first.1), |&(m, v)| (f64::from(m), v));
        let span = after.0 - before.0;
        let value = if span <= 0.0 { before.1 } else { before.1 + (after.1 - before.1) * (minute - before.0) / span };
        value * day
    }
}

impl Network {
    /// Minute of the local day and day of the week (Monday = 0) in a zone.
    pub fn local(&self, zone: ZoneId, t: DateTime<Utc>) -> (f64, usize) {
        let tz = self.zones.get(zone.index()).map_or(self.tz, |z| z.tz);
        let local = t.with_timezone(&tz);
        let minute = f64::from(local.num_seconds_from_midnight()) / 60.0;
        (minute, local.weekday().num_days_from_monday() as usize)
    }

    /// Needs per second expected from a zone for a service: demand × profile at the zone's local time.
    /// On a normal day attempts are hardly more.
    pub fn expected_attempts_per_s(&self, zone: ZoneId, service: ServiceId, t: DateTime<Utc>) -> f64 {
        let (minute, weekday) = self.local(zone, t);
        self.demand
            .iter()
            .filter(|d| d.zone == zone && d.service == service)
            .map(|d| self.rate(d.per_day.value, d.profile, minute, weekday))
            .sum()
    }

    /// Calls per second that a psap should receive: expected attempts × its share in the translation table.
    pub fn expected_received_per_s(&self, psap: PsapId, t: DateTime<Utc>) -> f64 {
        self.translation
            .iter()
            .filter_map(|row| {
                let share = share_of(&row.to, psap)?;
                Some(share * self.expected_attempts_per_s(row.zone, row.service, t))
            })
            .sum()
    }

    /// Calls per second that every psap should receive, in one pass (index = psap).
    pub fn expected_received_all(&self, t: DateTime<Utc>) -> Vec<f64> {
        let services = self.services.len();
        let mut needs = vec![0.0; self.zones.len() * services];
        let local: Vec<_> = (0..self.zones.len()).map(|z| self.local(ZoneId(z as u16), t)).collect();
        for d in &self.demand {
            let (Some(&(minute, weekday)), Some(cell)) =
                (local.get(d.zone.index()), needs.get_mut(d.zone.index() * services + d.service.index()))
            else {
                continue;
            };
            *cell += self.rate(d.per_day.value, d.profile, minute, weekday);
        }
        let mut out = vec![0.0; self.psaps.len()];
        for row in &self.translation {
            let total: f64 = row.to.iter().map(|(_, w)| w).sum();
            let rate = needs.get(row.zone.index() * services + row.service.index()).copied().unwrap_or(0.0);
            for (psap, weight) in &row.to {
                if let (Some(sum), true) = (out.get_mut(psap.index()), total > 0.0) {
                    *sum += rate * weight / total;
                }
            }
        }
        out
    }

    fn rate(&self, per_day: f64, profile: u16, minute: f64, weekday: usize) -> f64 {
        let factor = self.profiles.get(usize::from(profile)).map_or(1.0, |p| p.value(minute, weekday));
        per_day / DAY_S * factor
    }

    /// Does a call from this line to this psap cross a call server? Yes when one is on the switched
    /// network and the other is not, and there are call servers.
    pub fn crosses(&self, line: LineId, psap: PsapId) -> bool {
        let (Some(line), Some(psap)) = (self.lines.get(line.index()), self.psaps.get(psap.index())) else {
            return false;
        };
        let switched = psap.connection == Connection::Pstn;
        !self.call_servers.is_empty() && (line.access == Access::Pstn) != switched
    }

    /// The zone with this official code.
    pub fn zone_by_code(&self, code: &str) -> Option<ZoneId> {
        self.zones.iter().position(|z| z.code == code).map(|i| ZoneId(i as u16))
    }

    /// The service with these digits.
    pub fn service_by_code(&self, code: &str) -> Option<ServiceId> {
        self.services.iter().position(|s| s.code == code).map(|i| ServiceId(i as u8))
    }

    /// The psap with this id.
    pub fn psap_by_id(&self, id: &str) -> Option<PsapId> {
        self.psaps.iter().position(|p| p.id == id).map(|i| PsapId(i as u16))
    }

    /// The call server with this id.
    pub fn server_by_id(&self, id: &str) -> Option<ServerId> {
        self.call_servers.iter().position(|s| s.id == id).map(|i| ServerId(i as u16))
    }

    /// The trunk group with this id.
    pub fn group_by_id(&self, id: &str) -> Option<GroupId> {
        self.trunk_groups.iter().position(|g| g.id == id).map(|i| GroupId(i as u16))
    }

    /// The substitute number with this id.
    pub fn substitute_by_id(&self, id: &str) -> Option<SubstituteId> {
        self.substitutes.iter().position(|s| s.id == id).map(|i| SubstituteId(i as u16))
    }
}

/// Share of a psap among weighted destinations; `None` when it is not one of them.
fn share_of(to: &[(PsapId, f64)], psap: PsapId) -> Option<f64> {
    let total: f64 = to.iter().map(|(_, w)| w).sum();
    let own: f64 = to.iter().filter(|(p, _)| *p == psap).map(|(_, w)| w).sum();
    (own > 0.0 && total > 0.0).then(|| own / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(points: &[(u16, f64)]) -> Profile {
        Profile { id: String::new(), points: points.to_vec(), days: vec![] }
    }

    #[test]
    fn a_profile_is_linear_between_points_and_round_midnight() {
        let p = profile(&[(60, 1.0), (180, 3.0)]);
        assert!((p.value(120.0, 0) - 2.0).abs() < 1e-12);
        // 23:00 to 01:00 … 1 at 01:00, 3 at 03:00 the day before: 22 h between them.
        let midnight = p.value(0.0, 0);
        let expected = 3.0 - 2.0 * (1440.0 - 180.0) / (1440.0 - 120.0);
        assert!((midnight - expected).abs() < 1e-9, "{midnight} {expected}");
        assert!((p.value(1439.999, 0) - midnight).abs() < 1e-3);
    }

    #[test]
    fn a_profile_without_points_is_flat_and_days_multiply() {
        let p = Profile { id: String::new(), points: vec![], days: vec![1.0, 0.5] };
        assert!((p.value(300.0, 1) - 0.5).abs() < 1e-12);
        assert!((p.value(300.0, 6) - 1.0).abs() < 1e-12);
    }
}
