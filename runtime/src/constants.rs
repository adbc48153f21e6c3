//! Units and prices of the chain. Times are not here: they follow the genesis' clock (`pallet-time-scale`).

use crate::Balance;

/// Decimals of $AI.
pub const DECIMALS: u8 = 18;
/// Ticker of the native token.
pub const SYMBOL: &str = "AI";
/// Prefix of printed addresses: the generic one, as the network has none registered.
pub const SS58_PREFIX: u16 = 42;

/// One $AI, in its smallest unit.
pub const AI: Balance = 1_000_000_000_000_000_000;
/// A thousandth of an $AI.
pub const MILLI_AI: Balance = AI / 1_000;
/// A millionth of an $AI.
pub const MICRO_AI: Balance = MILLI_AI / 1_000;

/// Least balance that keeps an account in the state. It has to make a flood of empty accounts expensive (a million of
/// them locks 1,000 $AI) and still be negligible to a user.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_AI;

/// Held for storing `items` values of `bytes` bytes in all; returned when they are removed. An item costs as much as
/// several hundred bytes because each carries a trie path.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
    (items as Balance).saturating_mul(100 * MILLI_AI).saturating_add((bytes as Balance).saturating_mul(MILLI_AI / 10))
}
