//! Benchmarks of every call and of the hook.

use crate::{
    commitment_of, oracle::slot_blocks, BatchEntry, BatchNumber, Call, Config, Disclosure, HiddenOrder, Leg, OpenBatch,
    OpenBatches, Oracle, Oracles, Order, Orders, Pallet, Payout, PayoutPages, PoolIds, Pools, Positions, RouteLeg,
    Volume, Volumes, Window, BATCH_BLOCKS, CLEARED_PER_BLOCK, COMMIT_BLOCKS, MAX_BATCH_PAGES, MAX_LEGS,
    MAX_OPEN_BATCHES, MAX_ROUTE_POOLS, PAGE_ORDERS,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{
        fungible::Mutate as _,
        fungibles::{Inspect as _, Mutate as _},
        EnsureOrigin, Get, Hooks,
    },
    BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use hanzo_hmm::{Curve, FeeParameters, Side};
use hanzo_traits::{Balance, PoolId, ResourceClass, Tier};
use sp_core::H256;
use sp_runtime::traits::{Bounded, One, Saturating, UniqueSaturatedFrom, UniqueSaturatedInto, Zero};

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
    // An existing treasury is the dearer case, and so is a mean price that decides for a purchase instead of the curve.
    let _ = T::Currency::mint_into(&T::TreasuryAccount::get(), UNIT);
    move_mean::<T>(pool, 105);
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

/// Moves a pool's mean price to `percent` of what it is, so that the mean decides instead of the curve.
fn move_mean<T: Config>(pool: PoolId, percent: u128) {
    Pools::<T>::mutate(pool, |state| {
        state.iter_mut().for_each(|state| state.mean_price = state.mean_price.saturating_mul(percent) / 100)
    });
}

/// Whether a pool has providers' fees waiting.
fn has_fees_waiting<T: Config>(pool: PoolId) -> bool {
    Pools::<T>::get(pool).is_some_and(|state| state.pending_lp_fee > 0)
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

/// Goes on to a block of a new batch, `blocks` after its first; the number of that batch.
fn to_new_batch<T: Config>(blocks: u32) -> BatchNumber {
    let now: u64 = frame_system::Pallet::<T>::block_number().unique_saturated_into();
    let batch = now / u64::from(BATCH_BLOCKS) + 1;
    let block = batch * u64::from(BATCH_BLOCKS) + u64::from(blocks);
    frame_system::Pallet::<T>::set_block_number(BlockNumberFor::<T>::unique_saturated_from(block));
    batch as BatchNumber
}

/// The `number`-th of many accounts, with funds.
fn trader<T: Config>(number: u32, pool: PoolId) -> T::AccountId {
    let who: T::AccountId = account("trader", number, 0);
    fund::<T>(&who, pool);
    who
}

/// A page with room for one more order, in the first of as many batches as may be open.
fn nearly_full_page<T: Config>(pool: PoolId, batch: BatchNumber) {
    for number in 1..PAGE_ORDERS {
        let who = trader::<T>(number, pool);
        assert!(Pallet::<T>::do_commit(&who, pool, batch, Side::Buy, DEPTH / 100, H256::zero()).is_ok());
    }
    OpenBatches::<T>::mutate(|open| {
        for number in 1..MAX_OPEN_BATCHES {
            assert!(open.try_push(OpenBatch { number: batch, pool: pool_number(number), orders: 1 }).is_ok());
        }
    });
}

/// The order that is revealed.
const HIDDEN: HiddenOrder = HiddenOrder { side: Side::Sell, psi: DEPTH / 100, theta: UNIT };
const SALT: [u8; 32] = [1; 32];

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
        assert!(has_fees_waiting::<T>(pool));
    }

    #[benchmark]
    fn buy_exact_out() {
        let (pool, trader) = market::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), pool, UNIT, Balance::MAX, never::<T>());
        assert!(has_fees_waiting::<T>(pool));
    }

    #[benchmark]
    fn sell() {
        let (pool, trader) = market::<T>();
        move_mean::<T>(pool, 90);
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), pool, UNIT, 1, never::<T>());
        assert!(has_fees_waiting::<T>(pool));
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

    #[benchmark]
    fn buy_route(n: Linear<1, MAX_ROUTE_POOLS>) {
        let trader: T::AccountId = whitelisted_caller();
        let class = ResourceClass::ALL[0];
        let mut shares = Vec::new();
        for tier in 100..100 + n as Tier {
            open_deep_pool::<T>(PoolId { class, tier }, &account("provider", 0, 0));
            fund::<T>(&trader, PoolId { class, tier });
            shares.push(RouteLeg { tier, psi: UNIT });
        }
        advance::<T>(One::one());
        let required = UNIT.saturating_mul(n.into());
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), class, required, BoundedVec::truncate_from(shares), DEPTH, never::<T>());
        let sold = |tier| Pools::<T>::get(PoolId { class, tier }).is_some_and(|state| state.reserves.psi < DEPTH);
        assert!((100..100 + n as Tier).all(sold));
    }

    #[benchmark]
    fn commit_order() {
        let (pool, trader) = market::<T>();
        let batch = to_new_batch::<T>(0);
        nearly_full_page::<T>(pool, batch);
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), pool, batch, Side::Sell, DEPTH / 100, H256::zero());
        assert_eq!(Orders::<T>::get((pool, batch), 0).len() as u32, PAGE_ORDERS);
    }

    #[benchmark]
    fn reveal_order() {
        let (pool, trader) = market::<T>();
        let batch = to_new_batch::<T>(0);
        nearly_full_page::<T>(pool, batch);
        let genesis = H256::from_slice(frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero()).as_ref());
        let commitment = commitment_of(genesis, pool, batch, &trader, &HIDDEN, &SALT);
        assert!(Pallet::<T>::do_commit(&trader, pool, batch, HIDDEN.side, HIDDEN.psi, commitment).is_ok());
        advance::<T>(COMMIT_BLOCKS.into());
        let index = (PAGE_ORDERS - 1) as u16;
        #[extrinsic_call]
        _(RawOrigin::Signed(trader), pool, batch, index, HIDDEN.psi, HIDDEN.theta, SALT);
        let page = Orders::<T>::get((pool, batch), 0);
        assert!(page.last().is_some_and(|entry| matches!(entry.disclosure, Disclosure::Revealed { .. })));
    }

    /// `p` full pages of buys with as many limits, of which the pool fills a part: the price is found by bisection.
    #[benchmark]
    fn clear_batch(p: Linear<1, MAX_BATCH_PAGES>) {
        let n = p * PAGE_ORDERS;
        let (pool, _) = market::<T>();
        move_mean::<T>(pool, 96);
        let number = to_new_batch::<T>(BATCH_BLOCKS);
        let (psi, locked) = (DEPTH / 200, DEPTH / 100);
        for order in 0..n {
            let theta = psi + psi / 1_000 * 19 * Balance::from(order + 1) / Balance::from(n);
            let disclosure = Disclosure::Revealed { psi, theta };
            let entry = BatchEntry { trader: account("trader", order, 0), side: Side::Buy, locked, disclosure };
            assert!(Orders::<T>::try_append((pool, number), (order / PAGE_ORDERS) as u8, entry).is_ok());
        }
        let funds = locked.saturating_mul(n.into());
        assert!(T::Currency::mint_into(&Pallet::<T>::pool_account(pool), funds).is_ok());
        let before = Pools::<T>::get(pool).map(|state| state.reserves.psi);
        #[block]
        {
            Pallet::<T>::clear_batch(OpenBatch { number, pool, orders: n as u16 });
        }
        assert!(Pools::<T>::get(pool).map(|state| state.reserves.psi) < before);
        assert_eq!(PayoutPages::<T>::iter_values().map(|page| page.payouts.len() as u32).sum::<u32>(), n);
    }

    /// `n` orders that get tokens, and credits back.
    #[benchmark]
    fn pay_orders(n: Linear<0, PAGE_ORDERS>) {
        let (pool, _) = market::<T>();
        assert!(T::Currency::mint_into(&Pallet::<T>::pool_account(pool), DEPTH).is_ok());
        let payout = |number| {
            let trader: T::AccountId = account("trader", number, 0);
            assert!(T::Currency::mint_into(&trader, UNIT).is_ok());
            assert!(frame_system::Pallet::<T>::inc_consumers(&trader).is_ok());
            Payout { trader, side: Side::Buy, psi: UNIT, theta: UNIT, returned: UNIT, forfeited: 0 }
        };
        Pallet::<T>::queue_payouts(pool, 0, (0..n).map(payout).collect());
        #[block]
        {
            Pallet::<T>::pay_page();
        }
        let tokens = |number| T::Tokens::balance(pool.asset_id(), &account("trader", number, 0));
        assert!((0..n).all(|number| tokens(number) == UNIT));
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
