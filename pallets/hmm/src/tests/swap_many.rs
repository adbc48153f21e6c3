//! Several classes at once: all or nothing.

use crate::{mock::*, Error, Leg, Order};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use hanzo_traits::PoolId;

fn three_pools() -> ExtBuilder {
    ExtBuilder::default()
        .pools([GPU, RAM, DISK].map(|pool| genesis_pool(pool, 50_000_000, 1_000 * UNIT, 500 * UNIT)).to_vec())
}

fn swap(legs: Vec<Leg>) -> sp_runtime::DispatchResult {
    Market::swap_many(signed(&ALICE), BoundedVec::try_from(legs).unwrap(), NEVER)
}

fn buys(pool: PoolId, psi_out: u128, max_theta_in: u128) -> Leg {
    Leg { pool, order: Order::BuyExactOut { psi_out, max_theta_in } }
}

#[test]
fn swap_many_should_do_what_its_legs_would_do_one_by_one() {
    three_pools().build_and_execute(|| {
        let costs = [GPU, RAM].map(|pool| Market::quote_buy_exact_out(pool, 3 * UNIT).unwrap().theta.0);
        let gain = Market::quote_sell(DISK, 2 * UNIT).unwrap().theta.0;
        let sale = Leg { pool: DISK, order: Order::Sell { psi_in: 2 * UNIT, min_theta_out: gain } };
        assert_ok!(swap(vec![buys(GPU, 3 * UNIT, costs[0]), buys(RAM, 3 * UNIT, costs[1]), sale]));
        assert_eq!(credits(&ALICE), ENDOWMENT - costs[0] - costs[1] + gain);
        assert_eq!(tokens(GPU, &ALICE), ENDOWMENT + 3 * UNIT);
        assert_eq!(tokens(RAM, &ALICE), ENDOWMENT + 3 * UNIT);
        assert_eq!(tokens(DISK, &ALICE), ENDOWMENT - 2 * UNIT);
    });
}

#[test]
fn swap_many_should_change_nothing_when_its_last_leg_fails() {
    three_pools().build_and_execute(|| {
        assert_noop!(
            swap(vec![buys(GPU, 3 * UNIT, u128::MAX), buys(RAM, 3 * UNIT, u128::MAX), buys(DISK, 3 * UNIT, UNIT)]),
            Error::<Test>::SlippageExceeded
        );
    });
}

#[test]
fn swap_many_should_refuse_two_legs_of_one_class() {
    three_pools().build_and_execute(|| {
        let (one, other) = (buys(GPU, UNIT, u128::MAX), buys(PoolId { tier: 1, ..GPU }, UNIT, u128::MAX));
        assert_noop!(swap(vec![one, other]), Error::<Test>::DuplicateClass);
        assert_noop!(swap(vec![one, buys(RAM, UNIT, u128::MAX), one]), Error::<Test>::DuplicateClass);
        assert_noop!(swap(vec![]), Error::<Test>::NoLegs);
    });
}
