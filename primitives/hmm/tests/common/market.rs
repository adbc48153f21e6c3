//! A pool with its surroundings, and one party that may do anything to it.

use super::{exact_invariant, share};
use hanzo_hmm::{HmmError, LiquidityChange, Pool, Reserves, Trade};
use num_bigint::BigUint;
use proptest::prelude::*;

/// How much: a part of what there is, or a few wei.
#[derive(Clone, Copy, Debug)]
pub enum Amount {
    /// Parts per billion.
    Share(u32),
    /// Wei.
    Wei(u16),
}

impl Amount {
    /// In wei, of `whole`.
    pub fn of(self, whole: u128) -> u128 {
        match self {
            Self::Share(part) => share(whole, part),
            Self::Wei(wei) => wei.into(),
        }
    }
}

/// What a party can do.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// Buy with credits.
    Buy(Amount),
    /// Buy this much compute.
    BuyExactOut(Amount),
    /// Sell compute.
    Sell(Amount),
    /// Sell for this many credits.
    SellExactOut(Amount),
    /// Deposit at most these amounts.
    Add(Amount, Amount),
    /// Withdraw a part of one's own shares.
    Remove(Amount),
    /// Begin the next block.
    Roll,
}

/// Amounts from a few wei to the whole, most of them moderate.
pub fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![
        4 => (0..=100_000_000u32).prop_map(Amount::Share),
        2 => (0..=1_000_000_000u32).prop_map(Amount::Share),
        1 => (0..=10_000u32).prop_map(Amount::Share),
        1 => (1..=50u16).prop_map(Amount::Wei),
    ]
}

/// A trade.
pub fn trade() -> impl Strategy<Value = Step> {
    prop_oneof![
        amount().prop_map(Step::Buy),
        amount().prop_map(Step::BuyExactOut),
        amount().prop_map(Step::Sell),
        amount().prop_map(Step::SellExactOut),
    ]
}

/// Anything.
pub fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => trade(),
        1 => (amount(), amount()).prop_map(|(psi, theta)| Step::Add(psi, theta)),
        1 => (0..=1_000_000_000u32).prop_map(|part| Step::Remove(Amount::Share(part))),
        1 => Just(Step::Roll),
    ]
}

/// A pool, its share supply, the fees kept beside it, and the balances of one party (negative: spent).
#[derive(Clone, Copy, Debug)]
pub struct Market {
    /// The pool.
    pub pool: Pool,
    /// Shares, the party's and all others'.
    pub supply: u128,
    /// LP fees of sells that wait for the next block, wei.
    pub pending: u128,
    /// The party's shares.
    pub shares: u128,
    /// The party's compute since the start, wei.
    pub psi: i128,
    /// The party's credits since the start, wei.
    pub theta: i128,
    /// Burned and sent to the treasury, wei.
    pub gone: u128,
}

impl Market {
    /// A pool whose `supply` shares belong to others.
    pub fn new(pool: Pool, supply: u128) -> Self {
        Self { pool, supply, pending: 0, shares: 0, psi: 0, theta: 0, gone: 0 }
    }

    /// Does one step, or nothing where it is refused. Checks that a refusal is never a broken invariant, and that not a wei
    /// appears or vanishes.
    pub fn apply(&mut self, step: Step) -> Result<(), TestCaseError> {
        let before = *self;
        let Reserves { psi, theta } = self.pool.reserves;
        let outcome = match step {
            Step::Buy(amount) => self.pool.buy(amount.of(theta)).map(|trade| self.bought(&trade)),
            Step::BuyExactOut(amount) => self.pool.buy_exact_out(amount.of(psi)).map(|trade| self.bought(&trade)),
            Step::Sell(amount) => self.pool.sell(amount.of(psi)).map(|trade| self.sold(&trade)),
            Step::SellExactOut(amount) => self.pool.sell_exact_out(amount.of(theta)).map(|trade| self.sold(&trade)),
            Step::Add(a, b) => self
                .pool
                .add_liquidity(self.supply, self.pending, a.of(psi), b.of(theta))
                .map(|change| self.added(&change)),
            Step::Remove(part) => {
                self.pool.remove_liquidity(self.supply, part.of(self.shares)).map(|change| self.removed(&change))
            }
            Step::Roll => {
                self.roll();
                Ok(())
            }
        };
        prop_assert!(outcome != Err(HmmError::InvariantDecreased), "{step:?} on {before:?}");
        prop_assert_eq!(before.compute_in_existence(), self.compute_in_existence(), "{:?}", step);
        prop_assert_eq!(before.credits_in_existence(), self.credits_in_existence(), "{:?}", step);
        Ok(())
    }

    /// Folds the waiting fees into Θ and takes the reserves as the block's references.
    pub fn roll(&mut self) {
        self.pool.reserves.theta += self.pending;
        self.pending = 0;
        self.pool.reference = self.pool.reserves;
    }

    /// Exact K / shares², as numerator and denominator.
    pub fn worth(&self) -> (BigUint, BigUint) {
        let supply = BigUint::from(self.supply);
        (exact_invariant(&self.pool.curve, &self.pool.reserves), &supply * &supply)
    }

    /// [`Market::worth`] with the waiting fees counted as if they were in Θ already.
    pub fn worth_with_pending(&self) -> (BigUint, BigUint) {
        let mut rolled = *self;
        rolled.roll();
        rolled.worth()
    }

    /// Compute in the pool and with the party.
    pub fn compute_in_existence(&self) -> i128 {
        self.pool.reserves.psi as i128 + self.psi
    }

    /// Credits in the pool, beside it, with the party, burned and in the treasury.
    pub fn credits_in_existence(&self) -> i128 {
        (self.pool.reserves.theta + self.pending + self.gone) as i128 + self.theta
    }

    fn bought(&mut self, trade: &Trade) {
        self.psi += trade.psi as i128;
        self.theta -= trade.theta as i128;
        self.settle(trade);
    }

    fn sold(&mut self, trade: &Trade) {
        self.psi -= trade.psi as i128;
        self.theta += trade.theta as i128;
        self.settle(trade);
    }

    fn settle(&mut self, trade: &Trade) {
        self.pending += trade.fee.lp;
        self.gone += trade.fee.burned + trade.fee.treasury;
        self.pool.reserves = trade.after;
    }

    fn added(&mut self, change: &LiquidityChange) {
        self.psi -= change.psi as i128;
        self.theta -= change.theta as i128;
        self.pending += change.pending_lp_fee;
        self.shares += change.shares;
        self.moved(change);
    }

    fn removed(&mut self, change: &LiquidityChange) {
        self.psi += change.psi as i128;
        self.theta += change.theta as i128;
        self.shares -= change.shares;
        self.moved(change);
    }

    fn moved(&mut self, change: &LiquidityChange) {
        self.pool.reference = self.pool.reference.rescaled(&self.pool.reserves, &change.after).unwrap();
        self.pool.reserves = change.after;
        self.supply = change.supply_after;
    }
}
