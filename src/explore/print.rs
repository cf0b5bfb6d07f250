//! Fingerprints: 128 bits, the wrapping sum of one constant for each part of a world, so that a successor's costs a few
//! additions.
//!
//! The constants are as good as random and do not depend on each other, so two different worlds have equal sums with a
//! probability of about 2^-128; that any two of a hundred million worlds do, with one of about 2^-76. With symmetry a
//! world's fingerprint is the smallest of those of its renamings, at most 144, which makes that 2^-62. A search that met
//! such a pair would miss what lies behind one of the two. Nothing else in a search is left to chance.

/// The kinds of parts that a world has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Local,
    Envelope,
    History,
    Budget,
    Requested,
    Memory,
    Verdict,
}

/// The constant of one part: the `id`-th value at a position.
pub(super) fn constant(part: Part, position: usize, id: u32) -> u128 {
    let name = (part as u64) << 48 | (position as u64) << 32 | u64::from(id);
    let low = spread(name ^ 0x9e37_79b9_7f4a_7c15);
    let high = spread(spread(name ^ 0xd1b5_4a32_d192_ed03) ^ low.rotate_left(29));
    u128::from(high) << 64 | u128::from(low)
}

/// The finalizer of `SplitMix64`: every bit of the result depends on every bit of the value.
pub(super) const fn spread(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// What a predicate remembers, one bit each.
pub(super) fn print_of_memory(memory: u64) -> u128 {
    if memory == 0 {
        return 0;
    }
    let bits = (0..64).filter(|bit| memory >> bit & 1 == 1);
    bits.fold(0, |sum: u128, bit| sum.wrapping_add(constant(Part::Memory, bit, 0)))
}
