//! Drawing accounts in proportion to what they have at stake: a stream of numbers from one seed, and lots in a tree of sums,
//! so that a draw finds one in proportion to its size with a bounded number of reads, however many there are.
//!
//! The tree has [`ARITY`] children a node and [`LEVELS`] levels: level 0 holds the lots themselves, every other level the sums of
//! the nodes below. Where the nodes lie is the caller's ([`Nodes`]); nodes without lots are not stored.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_core::H256;
use sp_crypto_hashing::blake2_256;

/// Children of a node.
pub const ARITY: u32 = 32;
/// Levels of the tree.
pub const LEVELS: u8 = 4;
/// Lots that have a place in it: 32⁴.
pub const SLOTS: u32 = ARITY.pow(LEVELS as u32);

/// What the children of a node hold, wei.
pub type Node = [u128; ARITY as usize];

/// A stream of numbers from one seed.
pub struct Stream {
    seed: H256,
    counter: u32,
}

impl Stream {
    /// The stream of a seed.
    pub fn new(seed: H256) -> Self {
        Self { seed, counter: 0 }
    }

    /// A number below `bound` (0 if `bound` is 0): 128 bits modulo the bound. Bounds are amounts and stay below 2⁹⁷, so
    /// the bias is below 2⁻³¹.
    pub fn below(&mut self, bound: u128) -> u128 {
        let hash = blake2_256(&(self.seed, self.counter).encode());
        self.counter = self.counter.wrapping_add(1);
        let number = u128::decode(&mut &hash[..]).unwrap_or_default();
        number.checked_rem(bound).unwrap_or_default()
    }
}

/// When a candidate arrives in a race that each wins with a chance in proportion to its weight: −log₂(u) over the weight, for a number u
/// of its own between 0 and 1 (an exponential variable each). Whoever drops out has those behind it move up, and changes nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// −log₂ u, with 32 bits behind the point.
    time: u64,
    weight: u64,
}

impl Arrival {
    /// Bits of `time` behind the point.
    const POINT: u32 = 32;

    /// The arrival of who has that weight, for u = `coin` over 2⁶⁴; a coin of zero counts as one.
    pub fn new(coin: u64, weight: u64) -> Self {
        let coin = coin.max(1);
        let mut logarithm = u64::from(coin.ilog2());
        // Between 1 and 2, with 63 bits behind the point: squared, its whole part is the next bit of the logarithm.
        let mut mantissa = u128::from(coin) << coin.leading_zeros();
        for _ in 0..Self::POINT {
            mantissa = mantissa.saturating_mul(mantissa) >> 63;
            let bit = (mantissa >> 64) as u64;
            mantissa >>= bit;
            logarithm = (logarithm << 1) | bit;
        }
        Self { time: (64u64 << Self::POINT).saturating_sub(logarithm), weight }
    }

    /// Whether it comes before another. Who has no weight never comes.
    pub fn is_before(&self, other: &Self) -> bool {
        let scaled = |arrival: &Self, by: &Self| u128::from(arrival.time).saturating_mul(by.weight.into());
        self.weight > 0 && (other.weight == 0 || scaled(self, other) < scaled(other, self))
    }
}

/// Where the nodes of a tree lie.
pub trait Nodes {
    /// A node; `None` if all of its children are zero.
    fn node(level: u8, place: u32) -> Option<Node>;
    /// Stores a node, or drops it.
    fn set_node(level: u8, place: u32, node: Option<Node>);
}

/// A lot that was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Whose it is.
    pub slot: u32,
    /// Where it begins when all lots are laid end to end in the order of their slots, wei.
    pub start: u128,
    /// Its size, wei.
    pub size: u128,
}

/// Place of a slot or of a node in the node above it: which node, and which of its children.
fn parent(place: u32) -> (u32, usize) {
    let child = place.checked_rem(ARITY).unwrap_or_default();
    (place.checked_div(ARITY).unwrap_or_default(), child as usize)
}

/// Sum of a node. Lots are parts of bonds, which cannot exceed the issuance.
pub fn sum(node: &Node) -> u128 {
    node.iter().fold(0, |sum: u128, child| sum.saturating_add(*child))
}

/// All lots together, wei.
pub fn total<N: Nodes>() -> u128 {
    N::node(LEVELS.saturating_sub(1), 0).map_or(0, |root| sum(&root))
}

/// The lot in a slot, wei.
pub fn lot<N: Nodes>(slot: u32) -> u128 {
    let (node, child) = parent(slot);
    N::node(0, node).and_then(|node| node.get(child).copied()).unwrap_or_default()
}

/// Sets the lot in a slot and the sums above it.
pub fn set_lot<N: Nodes>(slot: u32, size: u128) {
    let (mut place, mut value) = (slot, size);
    for level in 0..LEVELS {
        let (index, child) = parent(place);
        let mut node = N::node(level, index).unwrap_or_default();
        if let Some(held) = node.get_mut(child) {
            *held = value;
        }
        (place, value) = (index, sum(&node));
        N::set_node(level, index, (value > 0).then_some(node));
    }
}

/// The lot that covers `ticket` when all are laid end to end in the order of their slots; none at or beyond their sum.
pub fn lot_at<N: Nodes>(ticket: u128) -> Option<Lot> {
    let mut rest = ticket;
    let mut place = 0u32;
    let mut size = 0;
    for level in (0..LEVELS).rev() {
        let node = N::node(level, place)?;
        let mut found = None;
        for (child, held) in (0u32..).zip(node) {
            match rest.checked_sub(held) {
                Some(beyond) => rest = beyond,
                None => {
                    found = Some((child, held));
                    break;
                }
            }
        }
        let (child, held) = found?;
        place = place.saturating_mul(ARITY).saturating_add(child);
        size = held;
    }
    Some(Lot { slot: place, start: ticket.saturating_sub(rest), size })
}

/// Draws lots one after the other, each in proportion to its size among those not drawn yet.
pub struct WithoutReplacement {
    stream: Stream,
    /// What the lots not drawn yet come to, wei.
    left: u128,
    /// Start and size of those drawn, by start.
    drawn: Vec<(u128, u128)>,
}

impl WithoutReplacement {
    /// Draws from the lots of a tree as they are now.
    pub fn new<N: Nodes>(seed: H256) -> Self {
        Self { stream: Stream::new(seed), left: total::<N>(), drawn: Vec::new() }
    }

    /// The next lot; `None` when all were drawn.
    pub fn draw<N: Nodes>(&mut self) -> Option<Lot> {
        if self.left == 0 {
            return None;
        }
        let mut ticket = self.stream.below(self.left);
        let mut at = 0usize;
        // Lots drawn before are passed over: the ticket counts what lies between them.
        for (start, size) in &self.drawn {
            if ticket < *start {
                break;
            }
            ticket = ticket.saturating_add(*size);
            at = at.saturating_add(1);
        }
        let lot = lot_at::<N>(ticket)?;
        self.left = self.left.saturating_sub(lot.size);
        self.drawn.insert(at, (lot.start, lot.size));
        Some(lot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::{BTreeMap, BTreeSet};
    use proptest::prelude::*;
    use std::cell::RefCell;

    std::thread_local! {
        static TREE: RefCell<BTreeMap<(u8, u32), Node>> = const { RefCell::new(BTreeMap::new()) };
    }

    struct Tree;

    impl Nodes for Tree {
        fn node(level: u8, place: u32) -> Option<Node> {
            TREE.with_borrow(|tree| tree.get(&(level, place)).copied())
        }

        fn set_node(level: u8, place: u32, node: Option<Node>) {
            TREE.with_borrow_mut(|tree| match node {
                Some(node) => drop(tree.insert((level, place), node)),
                None => drop(tree.remove(&(level, place))),
            })
        }
    }

    fn plant(lots: &BTreeMap<u32, u128>) {
        TREE.with_borrow_mut(BTreeMap::clear);
        lots.iter().for_each(|(slot, size)| set_lot::<Tree>(*slot, *size));
    }

    fn any_lots() -> impl Strategy<Value = BTreeMap<u32, u128>> {
        let size = prop_oneof![1 => Just(0u128), 3 => 1..50u128, 3 => 1..u128::from(u64::MAX)];
        prop::collection::btree_map(prop_oneof![0..40u32, 0..SLOTS], size, 1..20)
    }

    #[test]
    fn race_should_be_won_in_proportion_to_weights() {
        let weights = [1u64, 20, 300, 679, 0];
        let mut stream = Stream::new(H256::repeat_byte(3));
        let mut wins = [0u32; 5];
        for _ in 0..20_000 {
            let arrivals = weights.map(|weight| Arrival::new(stream.below(1 << 64) as u64, weight));
            let ahead =
                |place: &usize| (0..5).all(|other| other == *place || arrivals[*place].is_before(&arrivals[other]));
            wins[(0..5).find(ahead).unwrap()] += 1;
        }
        for (won, weight) in wins.iter().zip(weights) {
            let (share, wanted) = (weight as f64 / 1_000.0, weight as f64 * 20.0);
            assert!((f64::from(*won) - wanted).abs() <= 4.0 * (wanted * (1.0 - share)).sqrt(), "{wins:?}");
        }
    }

    #[test]
    fn arrival_should_be_the_logarithm_of_its_coin() {
        let coins =
            (0..64).flat_map(|bit| [1u64 << bit, (1u64 << bit) | 0x5555_5555 & ((1 << bit) - 1), u64::MAX >> bit]);
        for coin in coins {
            let exact = 64.0 - (coin as f64).log2();
            let got = Arrival::new(coin, 1).time as f64 / 2f64.powi(32);
            assert!((got - exact).abs() < 1e-9, "{coin}: {got}, not {exact}");
        }
        assert_eq!(Arrival::new(0, 1).time, 64 << 32, "and never divides by nothing");
    }

    proptest! {
        #[test]
        fn lot_should_be_found_where_lots_laid_end_to_end_have_it(lots in any_lots(), part in 0.0..1.0f64) {
            plant(&lots);
            let all: u128 = lots.values().sum();
            prop_assert_eq!(total::<Tree>(), all);
            prop_assert_eq!(lot_at::<Tree>(all), None);
            let ticket = ((all as f64 * part) as u128).min(all.saturating_sub(1));
            let mut start = 0;
            for (slot, size) in &lots {
                prop_assert_eq!(lot::<Tree>(*slot), *size);
                if all > 0 && ticket >= start && ticket - start < *size {
                    prop_assert_eq!(lot_at::<Tree>(ticket), Some(Lot { slot: *slot, start, size: *size }));
                }
                start += size;
            }
            lots.keys().for_each(|slot| set_lot::<Tree>(*slot, 0));
            prop_assert!(TREE.with_borrow(BTreeMap::is_empty), "nothing is kept of empty nodes");
        }

        #[test]
        fn every_lot_should_be_drawn_once_when_drawn_to_the_end(lots in any_lots(), seed in any::<[u8; 32]>()) {
            plant(&lots);
            let mut draws = WithoutReplacement::new::<Tree>(seed.into());
            let drawn: Vec<_> = core::iter::from_fn(|| draws.draw::<Tree>()).collect();
            let slots: BTreeSet<_> = drawn.iter().map(|lot| lot.slot).collect();
            let expected: BTreeSet<_> = lots.iter().filter(|(_, size)| **size > 0).map(|(slot, _)| *slot).collect();
            prop_assert_eq!(drawn.len(), slots.len(), "none twice");
            prop_assert_eq!(slots, expected);
        }
    }

    /// The law of successive sampling: P(i first, j second) = w_i/W · w_j/(W − w_i).
    #[test]
    fn chances_should_follow_the_sizes_of_what_is_left_when_drawn_without_replacement() {
        let sizes = [1u128, 2, 3, 4];
        plant(&(0u32..).zip(sizes).collect());
        let rounds = 20_000u32;
        let mut seen = [[0u32; 4]; 4];
        for round in 0..rounds {
            let mut draws = WithoutReplacement::new::<Tree>(blake2_256(&round.encode()).into());
            let first = draws.draw::<Tree>().unwrap().slot as usize;
            let second = draws.draw::<Tree>().unwrap().slot as usize;
            seen[first][second] += 1;
        }
        for first in 0..4 {
            for second in (0..4).filter(|second| *second != first) {
                let chance = sizes[first] as f64 / 10.0 * sizes[second] as f64 / (10 - sizes[first]) as f64;
                let spread = (chance * (1.0 - chance) / f64::from(rounds)).sqrt();
                let share = f64::from(seen[first][second]) / f64::from(rounds);
                assert!((share - chance).abs() < 5.0 * spread, "{first} then {second}: {share}, expected {chance}");
            }
        }
    }
}
