//! Settlement in cash.

use crate::{mock::*, CashSettled, Error, Event, MarginCalls};
use frame_support::{assert_noop, assert_ok, traits::fungible::hold::Inspect as _};
use hanzo_traits::{Balance, PoolId, EJECTION_PPB};

const ELSEWHERE: AccountId = 60;
const BOND: Balance = 108 * UNIT;

/// A worker that owes these tokens, has given them away and is leaving; nobody sells any.
fn leaving_worker(owed: &[(PoolId, Balance)]) {
    register(10, BOND);
    for (pool, amount) in owed {
        assert_ok!(Compute::mint_tokens(signed(10), *pool, *amount));
        move_tokens(*pool, &10, &ELSEWHERE, *amount).unwrap();
    }
    assert_ok!(Compute::deregister(signed(10)));
    PurchasesRefused::set(&true);
}

/// `amount` tokens at 1.05 × `price`.
fn cash(amount: Balance, price: u128) -> Balance {
    (amount / UNIT * price * 105).div_ceil(100)
}

fn held() -> Balance {
    Balances::balance_on_hold(&crate::HoldReason::WorkerBond.into(), &10)
}

#[test]
fn what_is_left_after_the_days_of_buying_should_be_settled_at_the_mean_over_a_week() {
    test(|| {
        leaving_worker(&[(GPU, 1_000 * UNIT), (VRAM, 500 * UNIT)]);
        set_prices(GPU, |prices| (prices.spot, prices.twap_hour, prices.twap_week) = (9 * PRICE, 8 * PRICE, 2 * PRICE));
        let market = credits(market_account());
        run(199);
        assert_eq!(worker(10).obligation(GPU), 1_000 * UNIT);
        run(1);
        let due = cash(1_000 * UNIT, 2 * PRICE);
        let (amount, obligation) = (1_000 * UNIT, 0);
        assert_eq!(last_event(), Event::SettledInCash { worker: 10, pool: GPU, amount, due, paid: due, obligation });
        run(1);
        let both = due + cash(500 * UNIT, PRICE);
        assert_eq!((worker(10).bond, held()), (BOND - both, BOND - both));
        assert_eq!(credits(market_account()), market + both);
        assert_eq!((CashSettled::<Test>::get(GPU), CashSettled::<Test>::get(VRAM)), (1_000 * UNIT, 500 * UNIT));
        assert_eq!(worker(10).idle_since, Some(System::block_number()));
        run(1);
        assert!(!MarginCalls::<Test>::contains_key(10));
        run(199);
        assert_ok!(Compute::withdraw_bond(signed(10)));
        assert_eq!(credits(10), FUNDS - both);
        PurchasesRefused::set(&false);
    });
}

#[test]
fn bond_should_be_shared_out_when_it_does_not_suffice() {
    test(|| {
        leaving_worker(&[(GPU, 1_000 * UNIT), (VRAM, 500 * UNIT)]);
        for pool in [GPU, VRAM] {
            set_prices(pool, |prices| prices.twap_week = 1_000 * PRICE);
        }
        let market = credits(market_account());
        run(202);
        // 1,575 credits are due, of which there are 108 less a deposit.
        let paid: Vec<_> = events()
            .into_iter()
            .filter_map(|event| match event {
                Event::SettledInCash { due, paid, .. } => Some((due, paid)),
                _ => None,
            })
            .collect();
        let spendable = BOND - DEPOSIT;
        assert_eq!(paid, vec![(1_050 * UNIT, spendable * 2 / 3), (525 * UNIT, spendable - spendable * 2 / 3)]);
        assert!(worker(10).obligations.is_empty() && !MarginCalls::<Test>::contains_key(10));
        assert_eq!((worker(10).bond, held()), (DEPOSIT, DEPOSIT));
        assert_eq!(credits(market_account()), market + spendable);
        run(200);
        assert_ok!(Compute::withdraw_bond(signed(10)));
        PurchasesRefused::set(&false);
        Prices::set(&Default::default());
    });
}

#[test]
fn only_what_is_too_much_should_be_settled_when_the_worker_stays() {
    test(|| {
        register(10, BOND);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 2_000 * UNIT));
        move_tokens(GPU, &10, &ELSEWHERE, 2_000 * UNIT).unwrap();
        set_prices(GPU, |prices| prices.spot = 4 * PRICE);
        assert_ok!(Compute::check_margin(signed(10), 10));
        PurchasesRefused::set(&true);
        run(201);
        // 4 credits too much at 0.004: a thousand tokens, and a tenth.
        assert_eq!(worker(10).obligation(GPU), 900 * UNIT);
        assert_eq!(CashSettled::<Test>::get(GPU), 1_100 * UNIT);
        assert!(!MarginCalls::<Test>::contains_key(10));
        PurchasesRefused::set(&false);
        Prices::set(&Default::default());
    });
}

#[test]
fn leaving_worker_should_settle_in_cash_as_it_asks_when_its_grace_is_over() {
    test(|| {
        leaving_worker(&[(GPU, 1_000 * UNIT)]);
        let settle = |amount, most| Compute::settle_in_cash(signed(10), GPU, amount, most);
        let dear = 10 * UNIT;
        assert_noop!(settle(UNIT, dear), Error::<Test>::GraceNotOver);
        run(50);
        assert_noop!(settle(0, dear), Error::<Test>::ZeroAmount);
        assert_noop!(settle(1_001 * UNIT, dear), Error::<Test>::ExceedsObligation);
        assert_noop!(settle(400 * UNIT, cash(400 * UNIT, PRICE) - 1), Error::<Test>::CostLimitExceeded);
        assert_noop!(Compute::settle_in_cash(signed(11), GPU, UNIT, dear), Error::<Test>::NotRegistered);
        assert_noop!(Compute::settle_in_cash(signed(10), VRAM, UNIT, dear), Error::<Test>::ExceedsObligation);
        let paid = cash(400 * UNIT, PRICE);
        assert_ok!(settle(400 * UNIT, paid));
        let (amount, obligation) = (400 * UNIT, 600 * UNIT);
        assert_eq!(last_event(), Event::SettledInCash { worker: 10, pool: GPU, amount, due: paid, paid, obligation });
        assert_eq!((worker(10).bond, held()), (BOND - paid, BOND - paid));
        assert_ok!(settle(600 * UNIT, dear));
        run(1);
        assert!(!MarginCalls::<Test>::contains_key(10));
        assert_noop!(settle(UNIT, dear), Error::<Test>::WithinMargin);
        PurchasesRefused::set(&false);
    });
}

#[test]
fn settling_by_choice_should_cost_the_highest_of_all_prices() {
    type Change = fn(&mut hanzo_traits::MarketPrices);
    let changes: [Change; 4] = [
        |prices| prices.spot = 3 * PRICE,
        |prices| prices.twap_hour = 3 * PRICE,
        |prices| prices.twap_day = 3 * PRICE,
        |prices| prices.twap_week = 3 * PRICE,
    ];
    for change in changes {
        test(|| {
            leaving_worker(&[(GPU, 1_000 * UNIT)]);
            run(50);
            set_prices(GPU, change);
            let cost = cash(1_000 * UNIT, 3 * PRICE);
            let settle = |most| Compute::settle_in_cash(signed(10), GPU, 1_000 * UNIT, most);
            assert_noop!(settle(cost - 1), Error::<Test>::CostLimitExceeded);
            assert_ok!(settle(cost));
            PurchasesRefused::set(&false);
            Prices::set(&Default::default());
        });
    }
}

#[test]
fn settling_by_choice_should_be_refused_to_who_stays_or_cannot_pay() {
    test(|| {
        register(10, BOND);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 1_000 * UNIT));
        let settle = || Compute::settle_in_cash(signed(10), GPU, 1_000 * UNIT, FUNDS);
        assert_noop!(settle(), Error::<Test>::NotLeaving);
        Qualities::set(&[(10, EJECTION_PPB - 1)].into());
        assert_noop!(settle(), Error::<Test>::WithinMargin);
        assert_ok!(Compute::check_margin(signed(11), 10));
        assert_noop!(settle(), Error::<Test>::GraceNotOver);
        move_tokens(GPU, &10, &ELSEWHERE, 1_000 * UNIT).unwrap();
        PurchasesRefused::set(&true);
        run(50);
        set_prices(GPU, |prices| prices.spot = 200 * PRICE);
        assert_noop!(settle(), Error::<Test>::BondExhausted);
        Prices::set(&Default::default());
        assert_ok!(settle());
        PurchasesRefused::set(&false);
    });
}
