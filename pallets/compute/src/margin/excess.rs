//! How much of its obligations a worker has to get rid of.
//!
//! All of them if it is leaving or ejected. Else what lies beyond one horizon of its units at its quality, and what its
//! bond does not back.

use crate::{
    bonds::PriceBook,
    pallet::*,
    types::{Obligation, Worker},
};
use frame_support::traits::fungible::Inspect as _;
use hanzo_hmm::PRICE_ONE;
use hanzo_poai::{ResourceClass, Resources};
use hanzo_traits::{Balance, QualityOracle};
use sp_runtime::{helpers_128bit::multiply_by_rational_with_rounding, DispatchError, Rounding};

/// What is bought beyond an excess of value, in percent: a purchase takes from the bond as well, and so from what it backs.
const ROOM_PERCENT: u128 = 110;

/// What a worker has too much of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excess {
    /// All of it.
    pub all: bool,
    /// Obligations and open value beyond what the bond backs, wei of credits.
    pub value: Balance,
    /// Tokens beyond the horizon, wei per class.
    pub tokens: Resources,
}

impl Excess {
    /// The part of an obligation, worth `price` a token, that has to go, wei of compute.
    pub(crate) fn part_of(&self, owed: &Obligation, price: u128) -> Balance {
        if self.all {
            return owed.amount;
        }
        let with_room = multiply_by_rational_with_rounding(self.value, ROOM_PERCENT, 100, Rounding::Up);
        let by_value = with_room.and_then(|value| match value {
            0 => Some(0),
            _ => multiply_by_rational_with_rounding(value, PRICE_ONE, price, Rounding::Up),
        });
        // What leaves the range of amounts is more than is owed.
        by_value.unwrap_or(Balance::MAX).max(self.tokens.get(owed.pool.class)).min(owed.amount)
    }
}

impl<T: Config> Pallet<T> {
    /// What a worker has to get rid of; none if it is within its limits. Fails where a pool has no price.
    pub(crate) fn excess<B>(
        worker: &T::AccountId,
        record: &Worker<B>,
        book: &mut PriceBook,
    ) -> Result<Option<Excess>, DispatchError> {
        if record.obligations.is_empty() {
            return Ok(None);
        }
        if record.leaving_since.is_some() || Self::is_ejected(worker) {
            return Ok(Some(Excess { all: true, value: 0, tokens: Resources::default() }));
        }
        let quality = T::Quality::quality(worker);
        let value = Self::bound_value(record, book)?.saturating_sub(Self::bond_limit(record));
        let mut tokens = Resources::default();
        for class in ResourceClass::ALL {
            let most = Self::horizon(record, class, quality)?;
            tokens.set(class, Self::owed_of_class(record, class)?.saturating_sub(most));
        }
        let excess = Excess { all: false, value, tokens };
        Ok((value > 0 || !tokens.is_zero()).then_some(excess))
    }

    /// What may be taken from a bond for obligations, wei: all that is not frozen but for one existential deposit, which
    /// passes through the escrow account with every payment.
    pub(crate) fn bond_to_spend<B>(record: &Worker<B>) -> Balance {
        Self::effective_bond(record).saturating_sub(Self::deposit())
    }

    /// Existential deposit, wei.
    pub(crate) fn deposit() -> Balance {
        T::Currency::minimum_balance()
    }
}
