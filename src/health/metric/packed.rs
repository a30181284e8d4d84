//! Moments of the board packed into bytes, a sixth of what they take: a replay of three days keeps four thousand.
//!
//! Only for memory: what is packed here never leaves the program. Unpacking gives back the very same moment.

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};

use super::snap::{PsapSnap, ServerSnap, ServiceSnap, Snap};
use crate::health::State;
use crate::health::codec::{Input, code_state, state_code, varint};

/// A packed moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::health) struct Packed {
    at: DateTime<Utc>,
    bytes: Box<[u8]>,
}

/// A moment that is remembered: packed until somebody asks what it says.
#[derive(Debug, Clone)]
pub(in crate::health) struct Moment {
    at: DateTime<Utc>,
    packed: Option<Arc<Packed>>,
    whole: OnceLock<Arc<Snap>>,
}

impl Moment {
    /// A moment that is at hand.
    pub fn new(snap: Arc<Snap>) -> Self {
        Self { at: snap.at, packed: None, whole: snap.into() }
    }

    /// A moment that was packed.
    pub fn packed(packed: &Arc<Packed>) -> Self {
        Self { at: packed.at, packed: Some(Arc::clone(packed)), whole: OnceLock::new() }
    }

    /// Its time.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// What it says.
    pub fn snap(&self) -> &Snap {
        let unpack = || self.packed.as_ref().map(|packed| packed.unpack()).unwrap_or_default().into();
        self.whole.get_or_init(unpack)
    }
}

/// Figures that are whole millionths are written as such.
const MILLIONTH: f64 = 1e6;

impl Packed {
    /// The time of the moment.
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Packs a moment.
    pub fn new(snap: &Snap) -> Self {
        let mut out = Out(Vec::with_capacity(4_096));
        out.bit(snap.fed);
        out.state(snap.state);
        out.number(snap.services.len() as u64);
        for one in &snap.services {
            out.pair(one.ner);
            out.pair(one.asr);
            out.figures(one.received);
            out.figures(one.attempts);
            out.state(one.state);
        }
        out.number(snap.zones.len() as u64);
        for (state, counts) in &snap.zones {
            out.state(*state);
            out.pair(*counts);
        }
        out.number(snap.psaps.len() as u64);
        for one in &snap.psaps {
            out.state(one.state);
            out.figures(one.received);
            out.bit(one.gauge.is_some());
            if let Some((queue, busy, positions)) = one.gauge {
                out.number(queue.into());
                out.number(busy.into());
                out.number(positions.into());
            }
        }
        out.number(snap.servers.len() as u64);
        for one in &snap.servers {
            out.0.push(state_code(one.says));
            out.state(one.state);
            out.bit(one.managed);
            out.bit(one.frozen);
            for number in [one.sessions, one.leaked, one.capacity] {
                out.number(number.into());
            }
            out.pair(one.progressed);
        }
        out.bit(snap.zones_degraded.is_some());
        out.number(snap.zones_degraded.unwrap_or_default().into());
        out.bit(snap.lost.is_some());
        out.pair(snap.lost.unwrap_or_default());
        out.bit(snap.cause_odds.is_some());
        out.figure(snap.cause_odds.unwrap_or_default());
        out.number(snap.alarms.len() as u64);
        for alarm in &snap.alarms {
            out.number(alarm.len() as u64);
            out.0.extend_from_slice(alarm.as_bytes());
        }
        Self { at: snap.at, bytes: out.0.into_boxed_slice() }
    }

    /// The moment.
    pub fn unpack(&self) -> Snap {
        let mut from = Bytes(Input::new(&self.bytes));
        Snap {
            at: self.at,
            fed: from.bit(),
            state: from.state(),
            services: from.many(|from| ServiceSnap {
                ner: from.pair(),
                asr: from.pair(),
                received: from.figures(),
                attempts: from.figures(),
                state: from.state(),
            }),
            zones: from.many(|from| (from.state(), from.pair())),
            psaps: from.many(|from| PsapSnap {
                state: from.state(),
                received: from.figures(),
                gauge: from.bit().then(|| (from.number() as u16, from.number() as u16, from.number() as u16)),
            }),
            servers: from.many(|from| ServerSnap {
                says: code_state(from.byte()).unwrap_or_default(),
                state: from.state(),
                managed: from.bit(),
                frozen: from.bit(),
                sessions: from.number() as u32,
                leaked: from.number() as u32,
                capacity: from.number() as u32,
                progressed: from.pair(),
            }),
            zones_degraded: from.maybe(|from| from.number() as u32),
            lost: from.maybe(Bytes::pair),
            cause_odds: from.maybe(Bytes::figure),
            alarms: from.many(Bytes::text),
        }
    }
}

/// Bytes as they are written.
struct Out(Vec<u8>);

impl Out {
    fn bit(&mut self, bit: bool) {
        self.0.push(bit.into());
    }

    fn state(&mut self, state: State) {
        self.0.push(State::ALL.iter().position(|known| *known == state).unwrap_or_default() as u8);
    }

    fn number(&mut self, number: u64) {
        varint(&mut self.0, number);
    }

    fn pair(&mut self, (one, two): (u32, u32)) {
        self.number(one.into());
        self.number(two.into());
    }

    /// A figure: twice its millionths where it has no more of them, else 1 and its bits.
    fn figure(&mut self, figure: f64) {
        let millionths = figure * MILLIONTH;
        let whole = (0.0..1e15).contains(&millionths).then(|| millionths.round() as u64);
        if let Some(whole) = whole.filter(|whole| (*whole as f64 / MILLIONTH).to_bits() == figure.to_bits()) {
            self.number(whole << 1);
        } else {
            self.number(1);
            self.0.extend_from_slice(&figure.to_bits().to_le_bytes());
        }
    }

    fn figures(&mut self, (one, two): (f64, f64)) {
        self.figure(one);
        self.figure(two);
    }
}

/// Bytes as they are read; past their end all is zero.
struct Bytes<'a>(Input<'a>);

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        self.0.byte("a byte").unwrap_or_default()
    }

    fn bit(&mut self) -> bool {
        self.byte() != 0
    }

    fn state(&mut self) -> State {
        State::ALL.get(usize::from(self.byte())).copied().unwrap_or_default()
    }

    fn number(&mut self) -> u64 {
        self.0.varint().unwrap_or_default()
    }

    fn pair(&mut self) -> (u32, u32) {
        (self.number() as u32, self.number() as u32)
    }

    fn figure(&mut self) -> f64 {
        let number = self.number();
        if number & 1 == 0 {
            return (number >> 1) as f64 / MILLIONTH;
        }
        let bytes: [u8; 8] = std::array::from_fn(|_| self.byte());
        f64::from_bits(u64::from_le_bytes(bytes))
    }

    fn figures(&mut self) -> (f64, f64) {
        (self.figure(), self.figure())
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.number() as usize;
        (0..count).map(|_| one(self)).collect()
    }

    /// Something that may be missing; its place is written all the same.
    fn maybe<T>(&mut self, one: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let there = self.bit();
        let value = one(self);
        there.then_some(value)
    }

    fn text(&mut self) -> String {
        let length = self.number() as usize;
        String::from_utf8_lossy(self.0.rest(length)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn state() -> impl Strategy<Value = State> {
        (0..State::ALL.len()).prop_map(|at| State::ALL[at])
    }

    fn figure() -> impl Strategy<Value = f64> {
        prop_oneof![
            (0..4_000_000_000_u64).prop_map(|whole| whole as f64 / 1e6),
            any::<u32>().prop_map(f64::from),
            any::<f64>().prop_filter("a number", |x| !x.is_nan()),
        ]
    }

    prop_compose! {
        fn any_snap()(
            seconds in -4_000_000_000_i64..4_000_000_000, nanos in 0..1_000_000_000_u32,
            fed in any::<bool>(), overall in state(),
            services in proptest::collection::vec((any::<[u32; 4]>(), (figure(), figure()), (figure(), figure()), state()), 0..4),
            zones in proptest::collection::vec((state(), any::<(u32, u32)>()), 0..9),
            psaps in proptest::collection::vec((state(), (figure(), figure()), proptest::option::of(any::<(u16, u16, u16)>())), 0..9),
            servers in proptest::collection::vec((0..5_u8, state(), any::<[bool; 2]>(), any::<[u32; 5]>()), 0..4),
            zones_degraded in any::<Option<u32>>(), lost in any::<Option<(u32, u32)>>(), odds in proptest::option::of(figure()),
            alarms in proptest::collection::vec(".{0,12}", 0..3),
        ) -> Snap {
            Snap {
                at: DateTime::from_timestamp(seconds, nanos).unwrap(),
                fed, state: overall,
                services: services.into_iter().map(|(n, received, attempts, state)| ServiceSnap {
                    ner: (n[0], n[1]), asr: (n[2], n[3]), received, attempts, state,
                }).collect(),
                zones,
                psaps: psaps.into_iter().map(|(state, received, gauge)| PsapSnap { state, received, gauge }).collect(),
                servers: servers.into_iter().map(|(says, state, [managed, frozen], n)| ServerSnap {
                    says: code_state(says).unwrap(), state, managed, frozen,
                    sessions: n[0], leaked: n[1], capacity: n[2], progressed: (n[3], n[4]),
                }).collect(),
                zones_degraded, lost, cause_odds: odds, alarms,
            }
        }
    }

    proptest! {
        #[test]
        fn a_packed_moment_is_the_same_moment(snap in any_snap()) {
            let packed = Packed::new(&snap);
            prop_assert_eq!(packed.at, snap.at);
            prop_assert_eq!(packed.unpack(), snap);
        }
    }
}
