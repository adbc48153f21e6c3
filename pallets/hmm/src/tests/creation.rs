//! Creating pools, and the genesis.

use crate::{mock::*, Error, Oracles, PoolIds};
use frame_support::{assert_noop, assert_ok, traits::fungibles::Inspect};
use hanzo_hmm::{Curve, FeeParameters};
use hanzo_traits::{PoolId, ResourceClass};
use sp_runtime::{traits::BadOrigin, BuildStorage};

fn curve() -> Curve {
    Curve { epsilon_ppb: 50_000_000, theta_scale: UNIT, psi_scale: UNIT }
}

#[test]
fn genesis_should_move_the_first_deposit_from_its_provider() {
    ExtBuilder::default().build_and_execute(|| {
        let account = Market::pool_account(GPU);
        assert_eq!(credits(&account), 1_000 * UNIT + DEPOSIT);
        assert_eq!(tokens(GPU, &account), 1_000 * UNIT);
        assert_eq!(credits(&PROVIDER), ENDOWMENT - 1_000 * UNIT - DEPOSIT);
        assert_eq!(tokens(GPU, &PROVIDER), ENDOWMENT - 1_000 * UNIT);
        assert_eq!(state(GPU).start_price, UNIT);
        assert!(state(GPU).is_open());
    });
}

#[test]
#[should_panic(expected = "pool ram/0 of the genesis refused")]
fn genesis_should_name_the_pool_it_refuses() {
    let mut pool = genesis_pool(RAM, 50_000_000, UNIT, UNIT);
    pool.provider = STRANGER;
    let _ = crate::GenesisConfig::<Test> { pools: vec![pool] }.build_storage();
}

#[test]
fn create_pool_should_be_for_governance_only() {
    ExtBuilder::default().build_and_execute(|| {
        assert_noop!(Market::create_pool(signed(&ALICE), RAM, curve(), FeeParameters::DEFAULT), BadOrigin);
    });
}

#[test]
fn create_pool_should_create_the_token_when_it_does_not_exist() {
    ExtBuilder::default().build_and_execute(|| {
        let pool = PoolId { class: ResourceClass::Net, tier: 3 };
        assert!(!Assets::asset_exists(pool.asset_id()));
        assert_ok!(Market::create_pool(RuntimeOrigin::root(), pool, curve(), FeeParameters::DEFAULT));
        assert!(Assets::asset_exists(pool.asset_id()));
        assert!(!state(pool).is_open());
        assert_noop!(buy(&ALICE, pool, UNIT), Error::<Test>::EmptyPool);
        next_block();
        assert_eq!(Oracles::<Test>::get(pool), None, "no sample without liquidity");
    });
}

#[test]
fn create_pool_should_be_refused_by_name_when_out_of_bounds() {
    ExtBuilder::default().build_and_execute(|| {
        let root = RuntimeOrigin::root;
        let fees = FeeParameters::DEFAULT;
        assert_noop!(Market::create_pool(root(), GPU, curve(), fees), Error::<Test>::PoolExists);
        let steep = Curve { epsilon_ppb: 500_000_001, ..curve() };
        assert_noop!(Market::create_pool(root(), RAM, steep, fees), Error::<Test>::CurvatureTooHigh);
        let flat = Curve { theta_scale: 0, ..curve() };
        assert_noop!(Market::create_pool(root(), RAM, flat, fees), Error::<Test>::BadScale);
        let dear = FeeParameters { cap_ppb: 250_000_001, ..fees };
        assert_noop!(Market::create_pool(root(), RAM, curve(), dear), Error::<Test>::BadFeeParameters);
        let pool = PoolId { class: ResourceClass::Net, tier: 0 };
        assert_ok!(Assets::force_create(root(), pool.asset_id(), ALICE, true, 2));
        assert_noop!(Market::create_pool(root(), pool, curve(), fees), Error::<Test>::UnsuitableToken);
    });
}

#[test]
fn create_pool_should_stop_at_the_bound_on_pools() {
    ExtBuilder::default().build_and_execute(|| {
        for tier in 1..48 {
            let pool = PoolId { class: ResourceClass::Cpu, tier };
            assert_ok!(Market::create_pool(RuntimeOrigin::root(), pool, curve(), FeeParameters::DEFAULT));
        }
        assert_eq!(PoolIds::<Test>::get().len(), 48);
        assert_noop!(
            Market::create_pool(RuntimeOrigin::root(), RAM, curve(), FeeParameters::DEFAULT),
            Error::<Test>::TooManyPools
        );
    });
}

#[test]
fn first_deposit_should_set_the_price_and_lock_a_thousand_shares() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(Market::create_pool(RuntimeOrigin::root(), RAM, curve(), FeeParameters::DEFAULT));
        assert_noop!(
            Market::add_liquidity(signed(&ALICE), RAM, 999_999_999_999, 999_999_999_999, 0, NEVER),
            Error::<Test>::DepositTooSmall
        );
        assert_ok!(Market::add_liquidity(signed(&ALICE), RAM, UNIT, 2 * UNIT, 0, NEVER));
        let state = state(RAM);
        assert_eq!((state.reserves.psi, state.reserves.theta), (UNIT, 2 * UNIT));
        assert_eq!(state.start_price, state.spot_price());
        assert_eq!(state.psi_average, UNIT);
        let held = crate::Positions::<Test>::get(RAM, ALICE).total().unwrap();
        assert_eq!(held + hanzo_hmm::LOCKED_SHARES, state.supply);
        // The provider gave the pool's existential deposit besides.
        assert_eq!(credits(&ALICE), ENDOWMENT - 2 * UNIT - DEPOSIT);
    });
}
