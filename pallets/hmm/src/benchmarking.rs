//! Benchmarks of every call and of the hook.

use crate::{
    oracle::slot_blocks, Call, Config, Leg, Oracle, Oracles, Order, Pallet, PoolIds, Pools, Positions, Volume, Volumes,
    Window, CLEARED_PER_BLOCK, MAX_LEGS,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{fungible::Mutate as _, fungibles::Mutate as _, EnsureOrigin, Get, Hooks},
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use hanzo_hmm::{Curve, FeeParameters};
use hanzo_traits::{Balance, PoolId, ResourceClass, Tier};
use sp_runtime::traits::{Bounded, One, Saturating};

/// One whole unit.
const UNIT: Balance = 1_000_000_000_000_000_000;
/// Reserve of a pool on either side.
const DEPTH: Balance = 1_000_000_000_000_000_000_000_000;
/// Pools that the hook is measured with, at most.
const POOLS: u32 = 48;

const CURVE: Curve = Curve { epsilon_ppb: 50_000_000, theta_scale: UNIT, psi_scale: UNIT };

/// Gives an account plenty of credits and of a pool's token. The token must exist.
fn fund<T: Config>(who: &T::AccountId, pool: PoolId) {
    assert!(T::Currency::mint_into(who, DEPTH.saturating_mul(2)).is_ok());
    assert!(T::Tokens::mint_into(pool.asset_id(), who, DEPTH.saturating_mul(2)).is_ok());
}

/// Creates a pool of 10²⁴ wei on either side at a price of 1, unless it exists with liquidity.
pub(crate) fn open_deep_pool<T: Config>(pool: PoolId, provider: &T::AccountId) {
    if Pools::<T>::get(pool).is_some_and(|state| state.is_open()) {
        return;
    }
    if !Pools::<T>::contains_key(pool) {
        assert!(Pallet::<T>::do_create_pool(pool, CURVE, FeeParameters::DEFAULT).is_ok());
    }
    fund::<T>(provider, pool);
    assert!(Pallet::<T>::do_add_liquidity(provider, pool, DEPTH, DEPTH, 0).is_ok());
    // An existing treasury is the dearer case.
    let _ = T::Currency::mint_into(&T::TreasuryAccount::get(), UNIT);
}

/// The `number`-th pool of an order that has all tiers of a class far apart from those of genesis.
fn pool_number(number: u32) -> PoolId {
    let class = ResourceClass::ALL[number as usize % ResourceClass::COUNT];
    PoolId { class, tier: 100 + (number as usize / ResourceClass::COUNT) as Tier }
}

/// An open pool, touched in an earlier block and with a fee waiting, and a trader with funds.
fn market<T: Config>() -> (PoolId, T::AccountId) {
    let pool = pool_number(0);
    open_deep_pool::<T>(pool, &account("provider", 0, 0));
    let trader: T::AccountId = whitelisted_caller();
    fund::<T>(&trader, pool);
    assert!(Pallet::<T>::trade(&trader, pool, Order::Sell { psi_in: UNIT, min_theta_out: 0 }, never::<T>()).is_ok());
    advance::<T>(T::ShareLock::get().saturating_add(One::one()));
    (pool, trader)
}

fn advance<T: Config>(blocks: BlockNumberFor<T>) {
    let now = frame_system::Pallet::<T>::block_number();
    frame_system::Pallet::<T>::set_block_number(now.saturating_add(blocks));
}

fn never<T: Config>() -> BlockNumberFor<T> {
    BlockNumberFor::<T>::max_value()
}

/// A position with as many locked deposits as may be, all but the newest of them served.
fn fill_position<T: Config>(who: &T::AccountId, pool: PoolId) {
    for _ in 1..T::MaxLockedDeposits::get() {
        assert!(Pallet::<T>::do_add_liquidity(who, pool, UNIT, UNIT, 0).is_ok());
        advance::<T>(One::one());
    }
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn create_pool() -> Result<(), BenchmarkError> {
        let origin = T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let pool = pool_number(0);
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, pool, CURVE, FeeParameters::DEFAULT);
        assert!(Pools::<T>::contains_key(pool));
        Ok(())
    }

    #[benchmark]
    fn buy() {
        let (pool, trader) = market::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), pool, UNIT, 1, never::<T>());
        assert_eq!(Pools::<T>::get(pool).map(|state| state.pending_lp_fee), Some(0));
    }

    #[benchmark]
    fn buy_exact_out() {
        let (pool, trader) = market::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), pool, UNIT, Balance::MAX, never::<T>());
        assert_eq!(Pools::<T>::get(pool).map(|state| state.pending_lp_fee), Some(0));
    }

    #[benchmark]
    fn sell() {
        let (pool, trader) = market::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), pool, UNIT, 1, never::<T>());
        assert!(Pools::<T>::get(pool).is_some_and(|state| state.pending_lp_fee > 0));
    }

    #[benchmark]
    fn swap_many(n: Linear<1, MAX_LEGS>) {
        let trader: T::AccountId = whitelisted_caller();
        let mut legs = Vec::new();
        for number in 0..n {
            let pool = pool_number(number);
            open_deep_pool::<T>(pool, &account("provider", 0, 0));
            fund::<T>(&trader, pool);
            legs.push(Leg { pool, order: Order::BuyExactOut { psi_out: UNIT, max_theta_in: Balance::MAX } });
        }
        advance::<T>(One::one());
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), BoundedVec::truncate_from(legs), never::<T>());
        let sold = |number| Pools::<T>::get(pool_number(number)).is_some_and(|state| state.reserves.psi < DEPTH);
        assert!((0..n).all(sold));
    }

    #[benchmark]
    fn add_liquidity() {
        let (pool, trader) = market::<T>();
        fill_position::<T>(&trader, pool);
        #[extrinsic_call]
        _(RawOrigin::Signed(trader.clone()), pool, UNIT, DEPTH, 1, never::<T>());
        assert!(Positions::<T>::get(pool, trader).total() > Some(0));
    }

    #[benchmark]
    fn remove_liquidity() {
        let (pool, trader) = market::<T>();
        fill_position::<T>(&trader, pool);
        advance::<T>(T::ShareLock::get());
        let shares = Positions::<T>::get(pool, &trader).total().unwrap_or_default();
        #[extrinsic_call]
        _(RawOrigin::Signed(trader.clone()), pool, shares, 1, 1, never::<T>());
        assert!(!Positions::<T>::contains_key(pool, trader));
    }

    #[benchmark]
    fn set_parameters() -> Result<(), BenchmarkError> {
        let (pool, _) = market::<T>();
        let origin = T::GovernanceOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
        let fees = FeeParameters { market_ppb: 3_300_000, ..FeeParameters::DEFAULT };
        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, pool, fees);
        assert_eq!(Pools::<T>::get(pool).map(|state| state.fees), Some(fees));
        Ok(())
    }

    /// `p` pools in whose sample all three windows end a slot and enter the next, and `c` volumes to clear.
    #[benchmark]
    fn on_initialize(p: Linear<0, POOLS>, c: Linear<0, CLEARED_PER_BLOCK>) {
        // The pools of the runtime's genesis would count besides.
        for pool in PoolIds::<T>::take() {
            Pools::<T>::remove(pool);
        }
        let slots = Window::ALL.map(|window| slot_blocks(Pallet::<T>::window_blocks(window)));
        let together: u64 = slots.into_iter().product();
        let history = together.saturating_mul(Pallet::<T>::window_blocks(Window::Week));
        for number in 0..p {
            let pool = pool_number(number);
            open_deep_pool::<T>(pool, &account("provider", 0, 0));
            let oracle = Oracle { sample: UNIT, samples: history.saturating_sub(1), ..Default::default() };
            Oracles::<T>::insert(pool, oracle);
        }
        let block = frame_system::Pallet::<T>::block_number();
        for number in 0..c {
            let owner: T::AccountId = account("owner", number, 0);
            Volumes::<T>::insert(pool_number(0), owner, Volume { block, psi: UNIT });
        }
        let next = block.saturating_add(One::one());
        #[block]
        {
            Pallet::<T>::on_initialize(next);
        }
        assert_eq!(Volumes::<T>::iter().count(), 0);
        assert!((0..p).all(|number| Pallet::<T>::last_sample(pool_number(number)) == Some((UNIT, history))));
    }

    impl_benchmark_test_suite!(
        Pallet,
        crate::mock::ExtBuilder::default().pools(Default::default()).build(),
        crate::mock::Test
    );
}
