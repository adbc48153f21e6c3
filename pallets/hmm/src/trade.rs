//! Trades: open, quote, limit, apply. There is one `apply`, whoever trades.

use crate::{
    average::average_after, refusal::Refusal, BalanceOf, Config, Error, Event, Order, Pallet, PoolState, Pools,
    RouteLeg,
};
use frame_support::{
    ensure,
    traits::{
        fungible::{Balanced, Credit, Inspect},
        fungibles::Mutate as _,
        tokens::{Fortitude, Precision, Preservation, Provenance},
        Get, Imbalance,
    },
};
use frame_system::pallet_prelude::BlockNumberFor;
use hanzo_hmm::{FeeSplit, Side, Trade, MAX_RESERVE, PPB};
use hanzo_traits::{Balance, PoolId, ResourceClass};
use sp_core::U256;
use sp_runtime::{
    traits::{One, Saturating, UniqueSaturatedInto},
    DispatchError, DispatchResult,
};

/// A trade may not end further than this from the block-start price, unless it moves towards it (parts per billion).
pub const BREAKER_PPB: u32 = 100_000_000;

/// Least part of max(Ψ_ref, 1-hour mean of Ψ) that a buy leaves in the pool: one in this many.
pub const FLOOR_PARTS: u128 = 100;

/// The accounts of a trade.
pub(crate) struct Parties<'a, AccountId> {
    /// Whose order it is.
    pub owner: &'a AccountId,
    /// Pays or gets the credits.
    pub credits: &'a AccountId,
    /// Gets or gives the resource tokens.
    pub tokens: &'a AccountId,
}

impl<'a, AccountId> Parties<'a, AccountId> {
    /// An account that trades for itself.
    pub(crate) fn one(who: &'a AccountId) -> Self {
        Self { owner: who, credits: who, tokens: who }
    }
}

impl<T: Config> Pallet<T> {
    /// The whole of a user's trade.
    pub(crate) fn trade(
        who: &T::AccountId,
        pool: PoolId,
        order: Order,
        deadline: BlockNumberFor<T>,
    ) -> Result<Trade, DispatchError> {
        Self::ensure_in_time(deadline).map_err(Self::refused)?;
        Self::trade_for(&Parties::one(who), pool, order)
    }

    /// The whole of a purchase over several tiers.
    pub(crate) fn do_buy_route(
        who: &T::AccountId,
        class: ResourceClass,
        required: Balance,
        shares: &[RouteLeg],
        max_theta: Balance,
        deadline: BlockNumberFor<T>,
    ) -> DispatchResult {
        Self::ensure_in_time(deadline).map_err(Self::refused)?;
        ensure!(!shares.is_empty(), Error::<T>::NoLegs);
        let (mut bought, mut left) = (0u128, max_theta);
        for (place, &RouteLeg { tier, psi }) in shares.iter().enumerate() {
            let repeats = shares.iter().take(place).any(|earlier| earlier.tier == tier);
            ensure!(!repeats, Error::<T>::DuplicateTier);
            // What one share leaves is what the next may cost.
            let order = Order::BuyExactOut { psi_out: psi, max_theta_in: left };
            let trade = Self::trade_for(&Parties::one(who), PoolId { class, tier }, order)?;
            left = left.checked_sub(trade.theta).ok_or(Error::<T>::SlippageExceeded)?;
            bought = bought.checked_add(trade.psi).ok_or(Error::<T>::Overflow)?;
        }
        ensure!(bought >= required, Error::<T>::RequirementMissed);
        Ok(())
    }

    /// A trade outside batches: limits of the order, of its owner in this block, and of the pool.
    pub(crate) fn trade_for(
        parties: &Parties<T::AccountId>,
        pool: PoolId,
        order: Order,
    ) -> Result<Trade, DispatchError> {
        let state = Self::open(pool).map_err(Self::refused)?;
        let trade = Self::quote(&state, &order).map_err(Self::refused)?;
        order.ensure_within_limit(&trade).map_err(Self::refused)?;
        Self::count_volume(pool, parties.owner, &state, trade.psi).map_err(Self::refused)?;
        Self::apply(pool, state, order.side(), parties, &trade)?;
        Ok(trade)
    }

    /// What an order would do if nothing came before it in the next block, the first it can be in; and that block.
    pub(crate) fn quote_next(pool: PoolId, order: &Order) -> Result<(Trade, BlockNumberFor<T>), Refusal> {
        let next = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
        let state = Self::opened_at(pool, next)?;
        let trade = Self::quote(&state, order)?;
        Self::ensure_within_volume(&state, trade.psi)?;
        Ok((trade, next))
    }

    /// The pool as the current block's calls find it.
    pub(crate) fn open(pool: PoolId) -> Result<PoolState<BlockNumberFor<T>>, Refusal> {
        Self::opened_at(pool, frame_system::Pallet::<T>::block_number())
    }

    /// The pool as calls in block `at` would find it if nothing happened before.
    pub(crate) fn opened_at(pool: PoolId, at: BlockNumberFor<T>) -> Result<PoolState<BlockNumberFor<T>>, Refusal> {
        let state = Pools::<T>::get(pool).ok_or(Refusal::UnknownPool)?;
        Ok(Self::rolled(state, at))
    }

    /// A pool's first touch in block `at`: a little of the LPs' fees and of what was given enters the reserves, the references become the reserves, and the means follow the last block's close.
    ///
    /// Cannot fail, so that a withdrawal always passes.
    fn rolled(mut state: PoolState<BlockNumberFor<T>>, at: BlockNumberFor<T>) -> PoolState<BlockNumberFor<T>> {
        if state.rolled_at >= at {
            return state;
        }
        let blocks: u64 = at.saturating_sub(state.rolled_at).unique_saturated_into();
        let hour: u64 = T::Hour::get().unique_saturated_into();
        state.psi_average = average_after(state.psi_average, state.reserves.psi, blocks, hour);
        let day: u64 = T::Day::get().unique_saturated_into();
        let let_in = |waiting: &mut u128, reserve: &mut u128| {
            // What would lift a reserve over its bound waits; all differences are exact.
            let due = waiting.saturating_sub(average_after(*waiting, 0, blocks, day));
            let entering = due.min(MAX_RESERVE.saturating_sub(*reserve));
            *waiting = waiting.saturating_sub(entering);
            *reserve = reserve.saturating_add(entering);
        };
        let_in(&mut state.pending_lp_fee, &mut state.reserves.theta);
        let_in(&mut state.donated.theta, &mut state.reserves.theta);
        let_in(&mut state.donated.psi, &mut state.reserves.psi);
        state.reference = state.reserves;
        state.start_price = state.spot_price();
        let period: u64 = T::MeanBlocks::get().unique_saturated_into();
        if state.is_open() && period > 0 {
            state.mean_price = average_after(state.mean_price, state.start_price, blocks, period);
        }
        state.rolled_at = at;
        state
    }

    /// What an order does to a pool, every rule of the pool checked but the order's own limit.
    pub(crate) fn quote(state: &PoolState<BlockNumberFor<T>>, order: &Order) -> Result<Trade, Refusal> {
        let pool = state.pool();
        let mut trade = match *order {
            Order::Buy { theta_in, .. } => pool.buy(theta_in),
            Order::BuyExactOut { psi_out, .. } => pool.buy_exact_out(psi_out),
            Order::Sell { psi_in, .. } => pool.sell(psi_in),
        }
        .map_err(|error| Refusal::Maths { error, reserves: state.reserves })?;
        state.ensure_allowed(order.side(), &trade, BREAKER_PPB)?;
        trade.fee = Self::payable(trade.fee);
        Ok(trade)
    }

    /// Moves the money of a quoted trade, checks the invariant, stores the pool and tells.
    pub(crate) fn apply(
        pool: PoolId,
        mut state: PoolState<BlockNumberFor<T>>,
        side: Side,
        parties: &Parties<T::AccountId>,
        trade: &Trade,
    ) -> DispatchResult {
        state.curve.ensure_not_decreased(&state.reserves, &trade.after).map_err(Error::<T>::from)?;
        match side {
            Side::Buy => Self::settle_buy(pool, parties, trade)?,
            Side::Sell => Self::settle_sell(pool, parties, trade)?,
        }
        state.reserves = trade.after;
        state.pending_lp_fee = state.pending_lp_fee.checked_add(trade.fee.lp).ok_or(Error::<T>::Overflow)?;
        Pools::<T>::insert(pool, state);
        Self::deposit_event(Event::Traded {
            pool,
            trader: parties.owner.clone(),
            side,
            psi: trade.psi,
            theta: trade.theta,
            fee: trade.fee,
            price_before: trade.price_before,
            price_after: trade.price_after,
        });
        Ok(())
    }

    /// Credits from their account to pool, treasury and nowhere; tokens from the pool.
    fn settle_buy(pool: PoolId, parties: &Parties<T::AccountId>, trade: &Trade) -> DispatchResult {
        let account = Self::pool_account(pool);
        let kept = Self::take_fee(Self::withdraw(parties.credits, trade.theta)?, &trade.fee)?;
        Self::pay(&account, kept)?;
        T::Tokens::transfer(pool.asset_id(), &account, parties.tokens, trade.psi, Preservation::Expendable)?;
        Ok(())
    }

    /// Tokens to the pool; credits from the pool to their account, treasury and nowhere. The LPs' part stays in its account.
    fn settle_sell(pool: PoolId, parties: &Parties<T::AccountId>, trade: &Trade) -> DispatchResult {
        let account = Self::pool_account(pool);
        T::Tokens::transfer(pool.asset_id(), parties.tokens, &account, trade.psi, Preservation::Expendable)?;
        let leaving = trade.theta_on_curve.checked_sub(trade.fee.lp).ok_or(Error::<T>::Overflow)?;
        let kept = Self::take_fee(Self::withdraw(&account, leaving)?, &trade.fee)?;
        Self::pay(parties.credits, kept)
    }

    /// Takes credits out of an account, which keeps its existential deposit.
    fn withdraw(from: &T::AccountId, amount: u128) -> Result<Credit<T::AccountId, T::Currency>, DispatchError> {
        T::Currency::withdraw(from, amount, Precision::Exact, Preservation::Preserve, Fortitude::Polite)
    }

    /// Pays the treasury's part, burns what is to be burned, and returns the rest.
    fn take_fee(
        paid: Credit<T::AccountId, T::Currency>,
        fee: &FeeSplit,
    ) -> Result<Credit<T::AccountId, T::Currency>, DispatchError> {
        let (burned, rest) = paid.split(fee.burned);
        let (treasury, kept) = rest.split(fee.treasury);
        Self::pay(&T::TreasuryAccount::get(), treasury)?;
        // Dropping a credit takes it out of issuance.
        drop(burned);
        Ok(kept)
    }

    /// Puts credits into an account. The caller's storage layer undoes the drop of what cannot be put.
    pub(crate) fn pay(to: &T::AccountId, credit: Credit<T::AccountId, T::Currency>) -> DispatchResult {
        if credit.peek() == 0 {
            return Ok(());
        }
        T::Currency::resolve(to, credit).map_err(|_| Error::<T>::PayoutTooSmall.into())
    }

    /// A fee split as it can be paid: while the treasury's account does not exist and its part would not bring it into
    /// being, that part is burned with the rest.
    pub(crate) fn payable(fee: FeeSplit) -> FeeSplit {
        let treasury = T::TreasuryAccount::get();
        let deposit = T::Currency::can_deposit(&treasury, fee.treasury, Provenance::Extant);
        match (deposit.into_result(), fee.burned.checked_add(fee.treasury)) {
            (Err(_), Some(burned)) => FeeSplit { burned, treasury: 0, ..fee },
            _ => fee,
        }
    }

    /// Refuses calls after their last block.
    pub(crate) fn ensure_in_time(deadline: BlockNumberFor<T>) -> Result<(), Refusal> {
        let now = frame_system::Pallet::<T>::block_number();
        ensure!(
            now <= deadline,
            Refusal::DeadlinePassed { deadline: deadline.unique_saturated_into(), now: now.unique_saturated_into() }
        );
        Ok(())
    }

    /// The named error of a refusal.
    pub(crate) fn refused(refusal: Refusal) -> DispatchError {
        Error::<T>::from(refusal).into()
    }

    /// Existential deposit: what the first provider leaves in the pool's account for ever.
    pub(crate) fn existential_deposit() -> BalanceOf<T> {
        T::Currency::minimum_balance()
    }
}

impl<BlockNumber> PoolState<BlockNumber> {
    /// Least compute that a buy may leave, wei: 1 % of max(Ψ_ref, 1-hour mean of Ψ), ceiled.
    pub fn floor(&self) -> u128 {
        self.reference.psi.max(self.psi_average).div_ceil(FLOOR_PARTS)
    }

    /// The pool's own rules: something comes out, the floor is kept, and the price ends no further than `breaker_ppb` from
    /// where the block began.
    pub(crate) fn ensure_allowed(&self, side: Side, trade: &Trade, breaker_ppb: u32) -> Result<(), Refusal> {
        ensure!(trade.psi > 0 && trade.theta > 0, Refusal::ZeroOutput);
        let (left, floor) = (trade.after.psi, self.floor());
        ensure!(side == Side::Sell || left >= floor, Refusal::ReserveFloor { left, floor });
        self.ensure_within_breaker(side, trade.price_after, breaker_ppb)
    }

    /// Buys can only leave the band at its upper end and sells at its lower one: a buy that starts below the band moves
    /// towards the block-start price and passes, and so does a sell from above.
    fn ensure_within_breaker(&self, side: Side, after: u128, breaker_ppb: u32) -> Result<(), Refusal> {
        let start = self.start_price;
        let beyond = match side {
            Side::Buy => after.saturating_sub(start),
            Side::Sell => start.saturating_sub(after),
        };
        // Neither product leaves 256 bits: one factor has 128, the other 32.
        let within = U256::from(beyond).checked_mul(PPB.into()) <= U256::from(start).checked_mul(breaker_ppb.into());
        ensure!(within, Refusal::PriceMoveTooLarge { after, start, breaker_ppb });
        Ok(())
    }
}

impl Order {
    /// The order's own limit.
    pub(crate) fn ensure_within_limit(&self, trade: &Trade) -> Result<(), Refusal> {
        match *self {
            Order::Buy { min_psi_out: least, .. } => {
                ensure!(trade.psi >= least, Refusal::TooLittleOut { out: trade.psi, least });
            }
            Order::Sell { min_theta_out: least, .. } => {
                ensure!(trade.theta >= least, Refusal::TooLittleOut { out: trade.theta, least });
            }
            Order::BuyExactOut { max_theta_in: most, .. } => {
                ensure!(trade.theta <= most, Refusal::TooMuchIn { taken: trade.theta, most });
            }
        }
        Ok(())
    }
}
