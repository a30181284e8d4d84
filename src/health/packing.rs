//! The state of detectors as bytes and back, for boards that are kept in memory: one list of fields serves both ways.
//!
//! Only for memory: what is packed here never leaves the program.
//!
//! Does not belong here: frames on the tape (`codec`), moments that are remembered (`metric`).

use super::codec::{Input, varint};

/// Which way the numbers go.
#[derive(Debug)]
pub enum Through<'a> {
    /// From the fields to these bytes.
    Out(Vec<u8>),
    /// From these bytes to the fields; past their end all is zero.
    In(Input<'a>),
}

impl<'a> Through<'a> {
    /// Into bytes.
    pub fn out() -> Self {
        Self::Out(Vec::with_capacity(1 << 16))
    }

    /// Back from bytes.
    pub fn back(bytes: &'a [u8]) -> Self {
        Self::In(Input::new(bytes))
    }

    /// The bytes that were written.
    pub fn bytes(self) -> Box<[u8]> {
        match self {
            Self::Out(bytes) => bytes.into_boxed_slice(),
            Self::In(_) => Box::default(),
        }
    }

    fn number(&mut self, number: &mut u64) {
        match self {
            Self::Out(bytes) => varint(bytes, *number),
            Self::In(from) => *number = from.varint().unwrap_or_default(),
        }
    }
}

/// What can be packed field by field.
pub trait Pack {
    /// Hands every field to `through`, or takes it from there.
    fn pack(&mut self, through: &mut Through<'_>);
}

macro_rules! unsigned {
    ($($type:ty),+) => {$(
        impl Pack for $type {
            fn pack(&mut self, through: &mut Through<'_>) {
                let mut number = u64::from(*self);
                through.number(&mut number);
                *self = number as Self;
            }
        }
    )+};
}
unsigned!(u16, u32, u64);

macro_rules! signed {
    ($($type:ty),+) => {$(
        impl Pack for $type {
            fn pack(&mut self, through: &mut Through<'_>) {
                let value = i64::from(*self);
                let mut number = ((value << 1) ^ (value >> 63)) as u64;
                through.number(&mut number);
                *self = ((number >> 1) as i64 ^ -((number & 1) as i64)) as Self;
            }
        }
    )+};
}
signed!(i32, i64);

impl Pack for bool {
    fn pack(&mut self, through: &mut Through<'_>) {
        let mut number = u64::from(*self);
        through.number(&mut number);
        *self = number != 0;
    }
}

impl Pack for f64 {
    /// The bits, their zeros at the end first: round figures are short.
    fn pack(&mut self, through: &mut Through<'_>) {
        let mut number = self.to_bits().swap_bytes();
        through.number(&mut number);
        *self = Self::from_bits(number.swap_bytes());
    }
}

impl Pack for super::State {
    fn pack(&mut self, through: &mut Through<'_>) {
        let mut number = Self::ALL.iter().position(|known| known == self).unwrap_or_default() as u64;
        through.number(&mut number);
        *self = Self::ALL.get(number as usize).copied().unwrap_or_default();
    }
}

impl Pack for Option<u32> {
    fn pack(&mut self, through: &mut Through<'_>) {
        let mut number = self.map_or(0, |value| u64::from(value) + 1);
        through.number(&mut number);
        *self = number.checked_sub(1).map(|value| value as u32);
    }
}

impl Pack for (u32, u32) {
    fn pack(&mut self, through: &mut Through<'_>) {
        self.0.pack(through);
        self.1.pack(through);
    }
}

/// Elements only: how many there are is known from the network.
impl<T: Pack> Pack for Vec<T> {
    fn pack(&mut self, through: &mut Through<'_>) {
        for one in self {
            one.pack(through);
        }
    }
}

impl<T: Pack, const N: usize> Pack for [T; N] {
    fn pack(&mut self, through: &mut Through<'_>) {
        for one in self {
            one.pack(through);
        }
    }
}

/// Packs a struct by all its fields; one that is forgotten does not compile.
macro_rules! pack_fields {
    ($type:ident: $($field:ident),+) => {
        impl $crate::health::packing::Pack for $type {
            fn pack(&mut self, through: &mut $crate::health::packing::Through<'_>) {
                let Self { $($field),+ } = self;
                $($crate::health::packing::Pack::pack($field, through);)+
            }
        }
    };
}
pub(super) use pack_fields;
