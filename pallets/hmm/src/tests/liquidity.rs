//! Deposits and withdrawals: roundings, locks, and what shares are worth.

use crate::{mock::*, Error, LockedShares, Positions};
use frame_support::{assert_noop, assert_ok};
use hanzo_hmm::LOCKED_SHARES;

fn add(who: &AccountId, psi: u128, theta: u128) -> sp_runtime::DispatchResult {
    Market::add_liquidity(signed(who), GPU, psi, theta, 0, NEVER)
}

fn remove(who: &AccountId, shares: u128) -> sp_runtime::DispatchResult {
    Market::remove_liquidity(signed(who), GPU, shares, 0, 0, NEVER)
}

fn shares(who: &AccountId) -> u128 {
    Positions::<Test>::get(GPU, who).total().unwrap()
}

#[test]
fn deposit_should_take_the_pools_ratio_and_leave_the_surplus() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(buy(&ALICE, GPU, 30 * UNIT));
        let before = reserves(GPU);
        assert_ok!(add(&BOB, 10 * UNIT, 500 * UNIT));
        let (psi, theta) = (ENDOWMENT - tokens(GPU, &BOB), ENDOWMENT - credits(&BOB));
        assert!(psi <= 10 * UNIT && psi > 10 * UNIT - 10);
        // Ceiled: never less than the shares' part.
        assert!(theta * before.psi >= psi * before.theta - before.theta * 2);
        assert!(theta < 12 * UNIT);
    });
}

#[test]
fn deposit_should_be_refused_when_it_mints_fewer_shares_than_asked() {
    ExtBuilder::default().build_and_execute(|| {
        let wants = |shares| Market::add_liquidity(signed(&BOB), GPU, 10 * UNIT, 10 * UNIT, shares, NEVER);
        assert_noop!(wants(10 * UNIT + 1), Error::<Test>::SlippageExceeded);
        assert_ok!(wants(10 * UNIT));
        assert_eq!(shares(&BOB), 10 * UNIT);
    });
}

#[test]
fn withdrawal_should_be_refused_when_it_pays_less_than_asked() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(25);
        let wants = |psi, theta| Market::remove_liquidity(signed(&PROVIDER), GPU, 10 * UNIT, psi, theta, NEVER);
        assert_noop!(wants(10 * UNIT + 1, 0), Error::<Test>::SlippageExceeded);
        assert_noop!(wants(0, 10 * UNIT + 1), Error::<Test>::SlippageExceeded);
        assert_ok!(wants(10 * UNIT, 10 * UNIT));
    });
}

#[test]
fn deposit_and_withdrawal_should_never_gain_when_repeated() {
    ExtBuilder::default().build_and_execute(|| {
        ShareLock::set(0);
        let mut dice = Dice(11);
        assert_ok!(sell(&ALICE, GPU, 20 * UNIT + 7));
        for _ in 0..200 {
            let (psi, theta) = (tokens(GPU, &BOB), credits(&BOB));
            if add(&BOB, dice.below(1_000) + 1, dice.below(1_000) + 1).is_ok() {
                assert_ok!(remove(&BOB, shares(&BOB)));
            }
            assert!(tokens(GPU, &BOB) <= psi && credits(&BOB) <= theta);
            next_block();
        }
    });
}

#[test]
fn deposit_should_pay_for_its_part_of_fees_that_wait() {
    ExtBuilder::default().build_and_execute(|| {
        assert_ok!(sell(&ALICE, GPU, 40 * UNIT));
        let before = state(GPU);
        let waiting = before.pending_lp_fee;
        assert!(waiting > UNIT / 100, "the sale left a fee worth having: {waiting}");
        // As large as all other shares together, so that half of the fee would be its own.
        assert_ok!(add(&BOB, before.reserves.psi, ENDOWMENT / 2));
        let (paid, after) = (ENDOWMENT - credits(&BOB), state(GPU));
        assert_eq!(after.reserves.theta, 2 * before.reserves.theta);
        assert_eq!(after.pending_lp_fee, 2 * waiting);
        assert_eq!(paid, before.reserves.theta + waiting);
        assert_eq!(after.spot_price(), before.spot_price(), "the price does not move");
        // Some of the fee has entered Θ, and a withdrawal of the deposit leaves the earlier shares what was theirs, and its own part
        // of the rest.
        run_to(System::block_number() + 20);
        assert_ok!(remove(&BOB, shares(&BOB)));
        let left = state(GPU);
        assert!(left.reserves.psi >= before.reserves.psi && left.reserves.theta > before.reserves.theta, "{left:?}");
        let credits = left.reserves.theta + left.pending_lp_fee;
        assert!(credits > before.reserves.theta + waiting + waiting * 9 / 10, "{left:?}");
    });
}

#[test]
fn deposit_should_stay_within_its_limit_when_fees_wait() {
    ExtBuilder::default().build_and_execute(|| {
        let mut dice = Dice(5);
        for _ in 0..200 {
            assert_ok!(sell(&ALICE, GPU, dice.below(UNIT) + 1_000));
            let (most, before) = (dice.below(UNIT) + 10, credits(&BOB));
            let _ = add(&BOB, ENDOWMENT / 2, most);
            assert!(before - credits(&BOB) <= most);
            if dice.below(4) == 0 {
                next_block();
            }
        }
    });
}

#[test]
fn shares_should_unlock_after_their_lock() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(30);
        assert_ok!(add(&BOB, 10 * UNIT, 10 * UNIT));
        assert_noop!(remove(&BOB, 1), Error::<Test>::SharesLocked);
        run_to(49);
        assert_noop!(remove(&BOB, 1), Error::<Test>::SharesLocked);
        run_to(50);
        assert_noop!(remove(&BOB, 10 * UNIT + 1), Error::<Test>::NotEnoughShares);
        assert_ok!(remove(&BOB, 10 * UNIT));
        assert!(!Positions::<Test>::contains_key(GPU, &BOB));
    });
}

#[test]
fn deposit_should_not_delay_shares_of_an_earlier_one() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(30);
        assert_ok!(add(&BOB, 10 * UNIT, 10 * UNIT));
        run_to(40);
        assert_ok!(add(&BOB, UNIT, UNIT));
        assert_ok!(add(&BOB, UNIT, UNIT));
        let locked = Positions::<Test>::get(GPU, &BOB).locked.into_inner();
        assert_eq!(
            locked,
            [LockedShares { unlock_at: 50, shares: 10 * UNIT }, LockedShares { unlock_at: 60, shares: 2 * UNIT }],
            "deposits of one block share an entry"
        );
        run_to(50);
        assert_ok!(remove(&BOB, 10 * UNIT));
        assert_noop!(remove(&BOB, 1), Error::<Test>::SharesLocked);
    });
}

#[test]
fn deposit_should_be_refused_when_the_list_of_locks_is_full() {
    ExtBuilder::default().build_and_execute(|| {
        for _ in 0..200 {
            assert_ok!(add(&BOB, UNIT, UNIT));
            next_block();
        }
        // Only a lock longer than the list can fill it.
        ShareLock::set(1_000);
        for _ in 0..20 {
            let _ = add(&BOB, UNIT, UNIT);
            next_block();
        }
        assert_noop!(add(&BOB, UNIT, UNIT), Error::<Test>::TooManyDeposits);
    });
}

#[test]
fn last_provider_should_get_all_but_the_locked_shares() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(25);
        let supply = state(GPU).supply;
        assert_noop!(remove(&PROVIDER, supply), Error::<Test>::NotEnoughShares);
        assert_ok!(remove(&PROVIDER, supply - LOCKED_SHARES));
        assert_eq!(state(GPU).supply, LOCKED_SHARES);
        let left = reserves(GPU);
        assert!(left.psi >= 1 && left.theta >= 1 && left.psi <= 1_001 && left.theta <= 1_001);
        assert!(credits(&Market::pool_account(GPU)) >= DEPOSIT, "the account lives on");
    });
}

#[test]
fn gifts_to_the_pools_account_should_change_nothing() {
    ExtBuilder::default().build_and_execute(|| {
        let before = state(GPU);
        let account = Market::pool_account(GPU);
        assert_ok!(Balances::transfer_keep_alive(signed(&ALICE), account.clone(), 700 * UNIT));
        assert_ok!(Assets::transfer(signed(&ALICE), GPU.asset_id(), account, 700 * UNIT));
        assert_eq!(state(GPU), before);
        next_block();
        assert_eq!(Market::open(GPU).unwrap().reserves, before.reserves);
    });
}
