//! Everybody can leave, the last worker of a class too; on the market maker itself.

use crate::{mock::*, CashSettled, Error, MarginCalls, Workers};
use frame_support::{assert_noop, assert_ok, traits::fungibles::Inspect as _};
use hanzo_hmm::LOCKED_SHARES;

/// Takes all liquidity that can be taken out, and burns the tokens.
fn withdraw_and_burn(account: AccountId) {
    for pool in pools() {
        let shares = pallet_hmm::Positions::<Test>::get(pool, account).total().unwrap();
        assert_ok!(Hmm::remove_liquidity(signed(account), pool, shares, 0, 0, u64::MAX));
        assert_ok!(Compute::burn_tokens(signed(account), pool, tokens(pool, account)));
    }
}

#[test]
fn last_worker_should_leave_when_only_what_is_locked_for_ever_is_left() {
    test_with_real_market(|| {
        let bond = worker(PROVIDER).bond;
        run(30);
        assert_ok!(Compute::deregister(signed(PROVIDER)));
        withdraw_and_burn(PROVIDER);
        for pool in pools() {
            assert_eq!(pallet_hmm::Pools::<Test>::get(pool).unwrap().supply, LOCKED_SHARES);
            let owed = worker(PROVIDER).obligation(pool);
            assert!(owed > 0 && owed == tokens(pool, Hmm::pool_account(pool)), "{owed}");
        }
        // Nothing of it can be bought: it is below any floor.
        run(199);
        assert_eq!(worker(PROVIDER).obligations.len(), pools().len());
        run(pools().len() as u64);
        assert!(worker(PROVIDER).obligations.is_empty());
        for pool in pools() {
            assert_eq!(CashSettled::<Test>::get(pool), Assets::total_issuance(pool.asset_id()));
        }
        let paid = bond - worker(PROVIDER).bond;
        assert!(paid > 0 && paid < UNIT / 1_000_000, "{paid}");
        assert_noop!(Compute::withdraw_bond(signed(PROVIDER)), Error::<Test>::Unbonding);
        run(200);
        assert_ok!(Compute::withdraw_bond(signed(PROVIDER)));
        assert_eq!((Workers::<Test>::count(), MarginCalls::<Test>::iter().count()), (0, 0));
    });
}

#[test]
fn last_worker_should_leave_when_others_keep_its_tokens() {
    test_with_real_market(|| {
        run(30);
        assert_ok!(Hmm::buy_exact_out(signed(60), GPU, 2_000 * UNIT, FUNDS, u64::MAX));
        assert_ok!(Compute::deregister(signed(PROVIDER)));
        withdraw_and_burn(PROVIDER);
        run(50);
        let owed = worker(PROVIDER).obligation(GPU);
        assert!(owed >= 2_000 * UNIT);
        // It may wait for the days of buying to be over, or pay at once what is asked.
        let bond = worker(PROVIDER).bond;
        assert_ok!(Compute::settle_in_cash(signed(PROVIDER), GPU, owed, bond));
        assert!(bond - worker(PROVIDER).bond > 2 * UNIT * 105 / 100);
        run(160 + 200);
        assert_ok!(Compute::withdraw_bond(signed(PROVIDER)));
        assert_eq!(tokens(GPU, 60), 2_000 * UNIT);
        assert_eq!(CashSettled::<Test>::get(GPU), Assets::total_issuance(GPU.asset_id()));
    });
}

#[test]
fn leaving_worker_should_be_bought_free_by_the_protocol_when_the_market_has_its_tokens() {
    test_with_real_market(|| {
        register_with(10, offer(100 * UNIT), 10_000 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 20_000 * UNIT));
        for seller in 50..60 {
            move_tokens(GPU, &10, &seller, 2_000 * UNIT).unwrap();
            assert_ok!(Hmm::sell(signed(seller), GPU, 2_000 * UNIT, 0, u64::MAX));
        }
        assert_ok!(Compute::deregister(signed(10)));
        let bond = worker(10).bond;
        run(60);
        assert!(worker(10).obligations.is_empty());
        let paid = bond - worker(10).bond;
        assert!(paid > 19 * UNIT && paid < 21 * UNIT, "{paid}");
        assert_eq!(CashSettled::<Test>::get(GPU), 0);
        run(200);
        assert_ok!(Compute::withdraw_bond(signed(10)));
        assert_eq!(credits(10), FUNDS - paid);
    });
}
