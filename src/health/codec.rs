//! A frame as bytes: the same frame gives the same bytes on every platform.
//!
//! Numbers are LEB128; differences are zigzag. With a frame `before`, gauges are written as changes
//! against it; without, the bytes stand alone ("full"). `docs/tape-format.md` is the specification.
//!
//! Does not belong here: files, checksums, lengths (room `store`).

use sha2::{Digest, Sha256};

use super::{Frame, Part};
use crate::sim::{CellCount, PsapGauge, Received, ServerGauge, ServerState, Truth};

/// Bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("byte {at}: {what}")]
pub struct CodecError {
    /// Position of the first byte that does not fit.
    pub at: usize,
    /// What was expected there.
    pub what: &'static str,
}

/// The part is the same as in the frame before.
const SAME: u8 = 0;
/// Nothing heard yet; data follow.
const UNHEARD: u8 = 1;
/// Frame number and data follow.
const HEARD: u8 = 2;

impl Frame {
    /// First 16 hexadecimal digits of the SHA-256 of the frame's full encoding.
    pub fn digest(&self) -> String {
        let mut bytes = Vec::with_capacity(512);
        encode(self, None, &mut bytes);
        hex16(&Sha256::digest(&bytes))
    }
}

/// First 16 hexadecimal digits of a digest.
pub(super) fn hex16(digest: &[u8]) -> String {
    use std::fmt::Write as _;
    digest.iter().take(8).fold(String::with_capacity(16), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Appends the frame's bytes to `out`: against `before`, or standing alone.
pub fn encode(frame: &Frame, before: Option<&Frame>, out: &mut Vec<u8>) {
    varint(out, u64::from(frame.index));
    let nothing = Frame::default();
    let base = before.unwrap_or(&nothing);
    let can_repeat = before.is_some();
    part(out, frame.index, &frame.cells, can_repeat.then_some(&base.cells), |out, cells| {
        varint(out, cells.len() as u64);
        let mut last = 0_i64;
        for count in cells {
            zigzag(out, i64::from(count.cell) - last);
            last = i64::from(count.cell);
            counts(out, &cell_fields(count));
        }
    });
    part(out, frame.index, &frame.received, can_repeat.then_some(&base.received), |out, received| {
        varint(out, received.len() as u64);
        let mut last = 0_i64;
        for row in received {
            zigzag(out, i64::from(row.psap) - last);
            last = i64::from(row.psap);
            out.push(row.service);
            counts(out, &[row.received, row.answered, row.in_target, row.abandoned]);
        }
    });
    part(out, frame.index, &frame.psaps, can_repeat.then_some(&base.psaps), |out, gauges| {
        changes(out, gauges, &base.psaps.data, |out, now, was| {
            zigzag(out, i64::from(now.queue) - i64::from(was.queue));
            zigzag(out, i64::from(now.busy) - i64::from(was.busy));
            zigzag(out, i64::from(now.positions) - i64::from(was.positions));
        });
    });
    part(out, frame.index, &frame.servers, can_repeat.then_some(&base.servers), |out, gauges| {
        changes(out, gauges, &base.servers.data, |out, now, was| {
            zigzag(out, i64::from(now.sessions) - i64::from(was.sessions));
            zigzag(out, i64::from(now.leaked) - i64::from(was.leaked));
            zigzag(out, i64::from(now.capacity) - i64::from(was.capacity));
            varint(out, u64::from(now.setups));
            varint(out, u64::from(now.refused));
            varint(out, u64::from(now.silent));
            out.push(state_code(now.state) | u8::from(now.managed) << 3 | u8::from(now.telemetry_frozen) << 4);
        });
    });
    match &frame.truth {
        None => out.push(0),
        Some(truth) => {
            out.push(1);
            let was = truth_fields(&base.truth.unwrap_or_default());
            for (now, was) in truth_fields(truth).iter().zip(was) {
                zigzag(out, now.wrapping_sub(was) as i64);
            }
        }
    }
}

/// Reads the bytes of one frame; `before` must be the frame it was written against.
///
/// # Errors
/// [`CodecError`] if the bytes end early, go on too long, or hold a value out of range.
pub fn decode(bytes: &[u8], before: Option<&Frame>) -> Result<Frame, CodecError> {
    let mut input = Input::new(bytes);
    let nothing = Frame::default();
    let base = before.unwrap_or(&nothing);
    let index = input.narrow("a frame number")?;
    let cells = input.part(index, &base.cells, |input| {
        let len = input.length()?;
        let mut cells = Vec::with_capacity(len);
        let mut last = 0;
        for _ in 0..len {
            last = input.step(last)?;
            let [attempts, delivered, answered, busy, abandoned, refused, silent, dropped] = input.counts()?;
            let cell = narrow(last, input.at, "a cell number")?;
            cells.push(CellCount { cell, attempts, delivered, answered, busy, abandoned, refused, silent, dropped });
        }
        Ok(cells)
    })?;
    let received = input.part(index, &base.received, |input| {
        let len = input.length()?;
        let mut rows = Vec::with_capacity(len);
        let mut last = 0;
        for _ in 0..len {
            last = input.step(last)?;
            let psap = narrow(last, input.at, "a psap number")?;
            let service = input.byte("a service number")?;
            let [received, answered, in_target, abandoned] = input.counts()?;
            rows.push(Received { psap, service, received, answered, in_target, abandoned });
        }
        Ok(rows)
    })?;
    let psaps = input.part(index, &base.psaps, |input| {
        input.changes(&base.psaps.data, |input, was: PsapGauge| {
            Ok(PsapGauge {
                queue: input.change(was.queue)?,
                busy: input.change(was.busy)?,
                positions: input.change(was.positions)?,
            })
        })
    })?;
    let servers = input.part(index, &base.servers, |input| {
        input.changes(&base.servers.data, |input, was: ServerGauge| {
            let (sessions, leaked) = (input.change(was.sessions)?, input.change(was.leaked)?);
            let capacity = input.change(was.capacity)?;
            let (setups, refused) = (input.narrow("set-ups")?, input.narrow("refused set-ups")?);
            let silent = input.narrow("silent set-ups")?;
            let flags = input.byte("a server's state")?;
            let state = code_state(flags & 7)
                .filter(|_| flags < 32)
                .ok_or(CodecError { at: input.at, what: "a server's state" })?;
            let (managed, telemetry_frozen) = (flags & 8 != 0, flags & 16 != 0);
            Ok(ServerGauge { sessions, leaked, capacity, setups, refused, silent, state, managed, telemetry_frozen })
        })
    })?;
    let truth = match input.byte("the simulator's figures")? {
        0 => None,
        1 => {
            let mut fields = truth_fields(&base.truth.unwrap_or_default());
            for field in &mut fields {
                *field = field.wrapping_add(input.zigzag()? as u64);
            }
            Some(fields_truth(fields))
        }
        _ => return Err(CodecError { at: input.at, what: "the simulator's figures" }),
    };
    if input.at != bytes.len() {
        return Err(CodecError { at: input.at, what: "the end of the frame" });
    }
    Ok(Frame { index, cells, received, psaps, servers, truth })
}

/// Appends a number as LEB128.
pub(super) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn zigzag(out: &mut Vec<u8>, value: i64) {
    varint(out, ((value << 1) ^ (value >> 63)) as u64);
}

/// A byte that says which counts are not zero, then those counts.
fn counts(out: &mut Vec<u8>, fields: &[u16]) {
    let mask = fields.iter().enumerate().fold(0_u8, |mask, (i, count)| mask | u8::from(*count != 0) << i);
    out.push(mask);
    for count in fields.iter().filter(|count| **count != 0) {
        varint(out, u64::from(*count));
    }
}

fn part<T: PartialEq>(
    out: &mut Vec<u8>,
    index: u32,
    now: &Part<T>,
    before: Option<&Part<T>>,
    body: impl FnOnce(&mut Vec<u8>, &T),
) {
    if before == Some(now) {
        out.push(SAME);
        return;
    }
    match now.of {
        None => out.push(UNHEARD),
        Some(of) => {
            out.push(HEARD);
            zigzag(out, i64::from(index) - i64::from(of));
        }
    }
    body(out, &now.data);
}

/// Length, then only the elements that differ from the frame before: how many, the gap, the change.
fn changes<T: Copy + Default + PartialEq>(
    out: &mut Vec<u8>,
    now: &[T],
    before: &[T],
    mut body: impl FnMut(&mut Vec<u8>, &T, T),
) {
    let was = |i: usize| before.get(i).copied().unwrap_or_default();
    let changed = || now.iter().enumerate().filter(|(i, gauge)| **gauge != was(*i));
    varint(out, now.len() as u64);
    varint(out, changed().count() as u64);
    let mut next = 0;
    for (i, gauge) in changed() {
        varint(out, (i - next) as u64);
        next = i + 1;
        body(out, gauge, was(i));
    }
}

fn narrow<T: TryFrom<i64>>(value: i64, at: usize, what: &'static str) -> Result<T, CodecError> {
    T::try_from(value).map_err(|_out_of_range| CodecError { at, what })
}

/// Bytes as they are read.
#[derive(Debug)]
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// So many bytes, or as many as there are.
    pub fn rest(&mut self, length: usize) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let rest = &rest[..length.min(rest.len())];
        self.at += rest.len();
        rest
    }

    pub fn byte(&mut self, what: &'static str) -> Result<u8, CodecError> {
        let byte = *self.bytes.get(self.at).ok_or(CodecError { at: self.at, what })?;
        self.at += 1;
        Ok(byte)
    }

    pub fn varint(&mut self) -> Result<u64, CodecError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte("a number")?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(CodecError { at: self.at, what: "a number of at most ten bytes" })
    }

    fn zigzag(&mut self) -> Result<i64, CodecError> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    fn narrow<T: TryFrom<u64>>(&mut self, what: &'static str) -> Result<T, CodecError> {
        let value = self.varint()?;
        T::try_from(value).map_err(|_out_of_range| CodecError { at: self.at, what })
    }

    fn step(&mut self, last: i64) -> Result<i64, CodecError> {
        let step = self.zigzag()?;
        last.checked_add(step).ok_or(CodecError { at: self.at, what: "a step within range" })
    }

    fn change<T: Into<i64> + TryFrom<i64>>(&mut self, was: T) -> Result<T, CodecError> {
        let value = self.step(was.into())?;
        narrow(value, self.at, "a gauge within range")
    }

    /// A length that the bytes left can hold: a broken length never asks for much memory.
    fn length(&mut self) -> Result<usize, CodecError> {
        let len: usize = self.narrow("a length")?;
        if len > self.bytes.len().saturating_sub(self.at) {
            return Err(CodecError { at: self.at, what: "a length that fits" });
        }
        Ok(len)
    }

    fn counts<const N: usize>(&mut self) -> Result<[u16; N], CodecError> {
        let mask = self.byte("which counts follow")?;
        let mut fields = [0_u16; N];
        for (i, field) in fields.iter_mut().enumerate() {
            if mask >> i & 1 == 1 {
                *field = self.narrow("a count")?;
            }
        }
        if u32::from(mask) >> N != 0 {
            return Err(CodecError { at: self.at, what: "counts that exist" });
        }
        Ok(fields)
    }

    fn part<T: Clone>(
        &mut self,
        index: u32,
        before: &Part<T>,
        body: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<Part<T>, CodecError> {
        let of = match self.byte("a part")? {
            SAME => return Ok(before.clone()),
            UNHEARD => None,
            HEARD => {
                let age = self.zigzag()?;
                let of = i64::from(index).checked_sub(age).unwrap_or(-1);
                Some(narrow(of, self.at, "a frame number")?)
            }
            _ => return Err(CodecError { at: self.at, what: "a part" }),
        };
        Ok(Part { of, data: body(self)? })
    }

    fn changes<T: Copy + Default>(
        &mut self,
        before: &[T],
        mut body: impl FnMut(&mut Self, T) -> Result<T, CodecError>,
    ) -> Result<Vec<T>, CodecError> {
        let len: u16 = self.narrow("at most 65535 elements")?;
        let len = usize::from(len);
        let changed = self.length()?;
        let mut now: Vec<T> = before.iter().copied().take(len).collect();
        now.resize(len, T::default());
        let mut next = 0_usize;
        for _ in 0..changed {
            let gap: u16 = self.narrow("a gap")?;
            let i = next + usize::from(gap);
            let at = self.at;
            let gauge = now.get_mut(i).ok_or(CodecError { at, what: "an element that exists" })?;
            *gauge = body(self, *gauge)?;
            next = i + 1;
        }
        Ok(now)
    }
}

fn cell_fields(count: &CellCount) -> [u16; 8] {
    let CellCount { cell: _, attempts, delivered, answered, busy, abandoned, refused, silent, dropped } = *count;
    [attempts, delivered, answered, busy, abandoned, refused, silent, dropped]
}

pub(super) fn state_code(state: ServerState) -> u8 {
    match state {
        ServerState::Up => 0,
        ServerState::Impaired => 1,
        ServerState::Restarting => 2,
        ServerState::Down => 3,
        ServerState::Withdrawn => 4,
    }
}

pub(super) fn code_state(code: u8) -> Option<ServerState> {
    Some(match code {
        0 => ServerState::Up,
        1 => ServerState::Impaired,
        2 => ServerState::Restarting,
        3 => ServerState::Down,
        4 => ServerState::Withdrawn,
        _ => return None,
    })
}

fn truth_fields(truth: &Truth) -> [u64; 11] {
    let Truth {
        needs,
        served_first,
        served_later,
        served_elsewhere,
        served_substitute,
        own_means,
        lost_network,
        lost_psap,
        pending,
        attempts,
        not_delivered,
    } = *truth;
    [
        needs,
        served_first,
        served_later,
        served_elsewhere,
        served_substitute,
        own_means,
        lost_network,
        lost_psap,
        pending,
        attempts,
        not_delivered,
    ]
}

fn fields_truth(fields: [u64; 11]) -> Truth {
    let [
        needs,
        served_first,
        served_later,
        served_elsewhere,
        served_substitute,
        own_means,
        lost_network,
        lost_psap,
        pending,
        attempts,
        not_delivered,
    ] = fields;
    Truth {
        needs,
        served_first,
        served_later,
        served_elsewhere,
        served_substitute,
        own_means,
        lost_network,
        lost_psap,
        pending,
        attempts,
        not_delivered,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cell() -> impl Strategy<Value = CellCount> {
        (any::<u32>(), proptest::array::uniform8(prop_oneof![3 => Just(0_u16), 2 => 0..40_u16, 1 => any::<u16>()]))
            .prop_map(|(cell, [attempts, delivered, answered, busy, abandoned, refused, silent, dropped])| CellCount {
                cell,
                attempts,
                delivered,
                answered,
                busy,
                abandoned,
                refused,
                silent,
                dropped,
            })
    }

    fn received() -> impl Strategy<Value = Received> {
        (any::<u16>(), any::<u8>(), proptest::array::uniform4(0..9_u16)).prop_map(
            |(psap, service, [received, answered, in_target, abandoned])| Received {
                psap,
                service,
                received,
                answered,
                in_target,
                abandoned,
            },
        )
    }

    fn gauge() -> impl Strategy<Value = PsapGauge> {
        (0..50_u16, any::<u16>(), 0..9_u16).prop_map(|(queue, busy, positions)| PsapGauge { queue, busy, positions })
    }

    fn server() -> impl Strategy<Value = ServerGauge> {
        (any::<[u32; 3]>(), any::<[u16; 3]>(), 0..5_u8, any::<bool>(), any::<bool>()).prop_map(
            |([sessions, leaked, capacity], [setups, refused, silent], state, managed, telemetry_frozen)| ServerGauge {
                sessions,
                leaked,
                capacity,
                setups,
                refused,
                silent,
                state: code_state(state).unwrap_or_default(),
                managed,
                telemetry_frozen,
            },
        )
    }

    fn heard<T: std::fmt::Debug + Clone>(data: impl Strategy<Value = T>) -> impl Strategy<Value = Part<T>> {
        (proptest::option::of(any::<u32>()), data).prop_map(|(of, data)| Part { of, data })
    }

    /// Any frame that the types allow.
    pub(crate) fn any_frame() -> impl Strategy<Value = Frame> {
        (
            any::<u32>(),
            heard(proptest::collection::vec(cell(), 0..12)),
            heard(proptest::collection::vec(received(), 0..12)),
            heard(proptest::collection::vec(gauge(), 0..12)),
            heard(proptest::collection::vec(server(), 0..7)),
            proptest::option::of(any::<[u64; 11]>().prop_map(fields_truth)),
        )
            .prop_map(|(index, cells, received, psaps, servers, truth)| Frame {
                index,
                cells,
                received,
                psaps,
                servers,
                truth,
            })
    }

    proptest! {
        #[test]
        fn a_frame_survives_its_encoding(frame in any_frame(), before in any_frame()) {
            let mut bytes = Vec::new();
            encode(&frame, None, &mut bytes);
            prop_assert_eq!(decode(&bytes, None), Ok(frame.clone()));
            bytes.clear();
            encode(&frame, Some(&before), &mut bytes);
            prop_assert_eq!(decode(&bytes, Some(&before)), Ok(frame));
        }

        #[test]
        fn garbage_is_refused_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(frame) = decode(&bytes, None) {
                let mut again = Vec::new();
                encode(&frame, None, &mut again);
                prop_assert_eq!(decode(&again, None), Ok(frame));
            }
        }
    }

    #[test]
    fn a_repeated_part_costs_one_byte() {
        let data = vec![CellCount { cell: 7, attempts: 3, ..CellCount::default() }];
        let frame = Frame { index: 1, cells: Part { of: Some(1), data }, ..Frame::default() };
        let mut bytes = Vec::new();
        encode(&frame, Some(&frame), &mut bytes);
        assert_eq!(bytes, [1, SAME, SAME, SAME, SAME, 0]);
    }

    #[test]
    fn the_digest_tells_frames_apart() {
        let frame = Frame { index: 3, ..Frame::default() };
        assert_eq!(frame.digest().len(), 16);
        assert_eq!(frame.digest(), frame.clone().digest());
        assert_ne!(frame.digest(), Frame { index: 4, ..Frame::default() }.digest());
    }
}
