//! The next attempt: which number, which access, what the caller has learnt meanwhile.
//!
//! Does not belong here: whether there is one (`call`).

use super::calendar::NEVER;
use super::draw::{Chance, Key, Purpose};
use super::plan::{NO, Plan};
use super::state::{Net, Slot, Source, flag};
use crate::network::Law;

/// Half-time and reach of advice given to the public \[s, share\]: no figure known, a common assumption for
/// broadcast media.
const ADVICE_HALF_TIME: f64 = 1_800.0;
const ADVICE_REACH: f64 = 0.4;
/// Share of those who heard it and can follow: redial anyway, have copper at hand, have a mobile at hand, leave the
/// number alone. Assumed.
const ADVICE_FOLLOWED: [f64; 4] = [0.9, 0.3, 0.9, 0.9];
/// How fast people cease to try the number only to see, once they know of the outage \[s\], and how long such a call
/// lasts; assumed. Such calls hampered a centre in the United States in April 2024.
const CURIOUS_HALF_TIME: f64 = 3_600.0;
const CURIOUS_TALK: Law = Law::Exp(15.0);

impl Net {
    /// A redial's decisions, taken when the caller picks up the phone again.
    pub fn redial(&self, plan: &Plan, call: &mut Slot) {
        let Slot { key, attempt, zone, service, line, .. } = *call;
        let mut substitute = NO;
        if self.any_published {
            let psap = self.translate(plan, key, zone, service);
            substitute = self.known_substitute(plan, key, zone, psap);
        }
        let mut other = service;
        if key.coin(attempt, Purpose::SwitchService, 0, self.compiled.switch_service) {
            let choices = &plan.callers.other_services;
            let left = choices.iter().filter(|&&s| s != service).count() as u64;
            if left > 0 {
                let pick = (((key.word(attempt, Purpose::OtherService, 0) >> 32) * left) >> 32) as usize;
                other = choices.iter().copied().filter(|&s| s != service).nth(pick).unwrap_or(service);
            }
        }
        let mut access = line;
        if key.coin(attempt, Purpose::SwitchAccess, 0, self.compiled.switch_access) {
            access = plan.line_of.pick(zone as usize, key.word(attempt, Purpose::OtherLine, 0)) as u8;
        }
        for (advice, kind) in [(1, 0), (2, 2)] {
            if self.follows_advice(plan, call, advice)
                && let Some((lines, alias)) = &plan.line_of_access[kind]
                && !lines.contains(&access)
            {
                access = alias.pick(key.word(0, Purpose::OtherLine, advice as u8)) as u8;
            }
        }
        call.substitute = substitute;
        call.flags &= !flag::SUBSTITUTE;
        if substitute != NO {
            call.flags |= flag::SUBSTITUTE;
        }
        call.service = other;
        call.line = access;
    }

    /// Share of those who will learn of something who know it `since` then.
    pub fn known(&self, plan: &Plan, since: u64, half_time: f64, everyone: bool) -> f64 {
        if since == NEVER || since > self.now {
            0.0
        } else if everyone {
            1.0
        } else {
            plan.aware.at((self.now - since) as f64 / 1e6 / half_time)
        }
    }

    pub fn known_substitute(&self, plan: &Plan, key: Key, zone: u16, psap: u16) -> u16 {
        if psap == NO {
            return NO;
        }
        let u = (key.word(0, Purpose::Awareness, 0) >> 32) as f64 / 4_294_967_296.0;
        let knows = |&s: &u16| {
            let number = &plan.substitutes[s as usize];
            let known = self.known(plan, self.published[s as usize], number.half_time, self.alerted[zone as usize]);
            u < number.reach * known
        };
        plan.substitutes_of[psap as usize].iter().copied().find(knows).unwrap_or(NO)
    }

    /// The outage is public: some people try the number only to see.
    pub fn go_public(&mut self, plan: &Plan) {
        let share = plan.callers.test_calls;
        if share <= 0.0 || self.streams.iter().any(|s| matches!(s.source, Source::Curious { .. })) {
            return;
        }
        self.floods.push(CURIOUS_TALK);
        let law = (self.floods.len() - 1) as u16;
        self.add_stream(plan, Source::Curious { since: self.now, stretch: 1.0 / share, law });
    }

    /// Does this one of the curious still call?
    pub fn still_curious(&self, plan: &Plan, key: Key, zone: u16, since: u64) -> bool {
        let faded = plan.aware.at((self.now - since) as f64 / 1e6 / CURIOUS_HALF_TIME);
        if key.coin(0, Purpose::Curious, 0, Chance::new(faded)) {
            return false;
        }
        let known = self.known(plan, self.advised[3], ADVICE_HALF_TIME, self.alerted[zone as usize]);
        // Who looks for news is reached by it.
        !key.coin(0, Purpose::Advice, 3, Chance::new(ADVICE_FOLLOWED[3] * known))
    }

    /// Has the caller heard the advice (0 redial, 1 landline, 2 mobile), and does he follow it?
    #[inline]
    pub fn follows_advice(&self, plan: &Plan, call: &Slot, advice: usize) -> bool {
        self.advised[advice] != NEVER && self.persuaded(plan, call, advice)
    }

    /// The same once the advice is given.
    fn persuaded(&self, plan: &Plan, call: &Slot, advice: usize) -> bool {
        let known = self.known(plan, self.advised[advice], ADVICE_HALF_TIME, self.alerted[call.zone as usize]);
        let p = Chance::new(ADVICE_REACH * ADVICE_FOLLOWED[advice] * known);
        call.key.coin(0, Purpose::Advice, advice as u8, p)
    }
}
