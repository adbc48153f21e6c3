//! Calls: who is called, what lifts a call, and what is bought meanwhile.

use crate::{
    margin::types::{Lane, MarginCall},
    mock::*,
    weights::WeightInfo,
    Error, Event, MarginCalls, MarginQueue,
};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::Pays,
    traits::{fungible::hold::Inspect as _, fungibles::Inspect as _},
    weights::Weight,
};
use hanzo_traits::{Balance, FailureReason, JobRegistry, PoolId, EJECTION_PPB};

/// Where a worker's tokens are out of its reach.
const ELSEWHERE: AccountId = 60;
/// One horizon of 8 units at quality 0.5.
const HORIZON: Balance = 600 * 8 * UNIT / 2;

/// A worker that owes 2,400 tokens and 1,600 of another class, which use up what its bond backs; it sold them all.
fn short_worker(account: AccountId) {
    register(account, 108 * UNIT);
    for (pool, amount) in [(GPU, HORIZON), (VRAM, 4_000 * UNIT - HORIZON)] {
        assert_ok!(Compute::mint_tokens(signed(account), pool, amount));
        move_tokens(pool, &account, &ELSEWHERE, amount).unwrap();
    }
}

fn check_margin(account: AccountId) -> Result<Pays, sp_runtime::DispatchError> {
    let outcome = Compute::check_margin(signed(CLIENT), account);
    outcome.map(|info| info.pays_fee).map_err(|error| error.error)
}

fn call(account: AccountId) -> MarginCall<u64> {
    MarginCalls::<Test>::get(account).unwrap()
}

fn is_called(account: AccountId) -> bool {
    MarginCalls::<Test>::contains_key(account)
}

/// Slices bought so far: worker, pool, amount, cost.
fn slices() -> Vec<(AccountId, PoolId, Balance, Balance)> {
    events()
        .into_iter()
        .filter_map(|event| match event {
            Event::BoughtBack { worker, pool, amount, cost, .. } => Some((worker, pool, amount, cost)),
            _ => None,
        })
        .collect()
}

fn double_gpu_price() {
    set_prices(GPU, |prices| (prices.spot, prices.twap_hour, prices.twap_day) = (2 * PRICE, 2 * PRICE, 2 * PRICE));
}

#[test]
fn worker_should_be_called_when_prices_leave_its_bond_behind() {
    test(|| {
        short_worker(10);
        assert_noop!(Compute::check_margin(signed(CLIENT), 10), Error::<Test>::WithinMargin);
        assert_noop!(Compute::check_margin(signed(CLIENT), 11), Error::<Test>::NotRegistered);
        set_prices(GPU, |prices| prices.spot = PRICE + 1);
        assert_eq!(check_margin(10), Ok(Pays::No), "who calls pays nothing");
        let now = System::block_number();
        let (buys_from, settles_from) = (now + 50, now + 200);
        assert_eq!(last_event(), Event::MarginCalled { worker: 10, buys_from, settles_from });
        assert_eq!(call(10).prices.to_vec(), vec![(GPU, PRICE), (VRAM, PRICE)]);
        assert_eq!(check_margin(10), Err(Error::<Test>::MarginCalled.into()));
        Prices::set(&Default::default());
    });
}

#[test]
fn call_should_be_lifted_when_its_worker_is_back_within_the_limit() {
    let ways: [(&str, fn()); 3] = [
        ("the price returned", || Prices::set(&Default::default())),
        ("topped up", || {
            assert_ok!(Compute::bond_more(signed(10), 65 * UNIT));
        }),
        ("burned", || {
            move_tokens(GPU, &ELSEWHERE, &10, 1_200 * UNIT).unwrap();
            assert_ok!(Compute::burn_tokens(signed(10), GPU, 1_200 * UNIT));
        }),
    ];
    for (what, mend) in ways {
        test(|| {
            short_worker(10);
            double_gpu_price();
            assert_ok!(check_margin(10));
            assert_noop!(Compute::mint_tokens(signed(10), GPU, 1), Error::<Test>::MarginCalled);
            mend();
            assert_eq!(check_margin(10), Ok(Pays::Yes), "{what}");
            assert_eq!(last_event(), Event::MarginCallLifted { worker: 10 });
            assert!(!is_called(10));
            run(60);
            assert_eq!(slices(), vec![], "{what}");
            Prices::set(&Default::default());
        });
    }
}

#[test]
fn call_should_be_lifted_by_itself_when_nobody_asks() {
    test(|| {
        short_worker(10);
        double_gpu_price();
        assert_ok!(check_margin(10));
        Prices::set(&Default::default());
        run(49);
        assert!(is_called(10));
        run(1);
        assert!(!is_called(10));
        assert_eq!(slices(), vec![]);
    });
}

#[test]
fn nothing_should_be_bought_in_the_grace_and_no_more_than_is_too_much_after() {
    test(|| {
        short_worker(10);
        double_gpu_price();
        assert_ok!(check_margin(10));
        let bond = worker(10).bond;
        let issued = Assets::total_issuance(GPU.asset_id());
        run(49);
        assert_eq!((slices(), worker(10).bond), (vec![], bond));
        run(2);
        assert!(!is_called(10), "two turns: one buys, the next finds all well");
        let [(_, pool, amount, cost)] = slices()[..] else { panic!() };
        // 2.4 credits too much at 0.002, and a tenth for what the purchase itself takes from the bond.
        assert_eq!((pool, amount), (GPU, 1_320 * UNIT));
        assert_eq!(worker(10).bond, bond - cost);
        assert_eq!(Balances::balance_on_hold(&crate::HoldReason::WorkerBond.into(), &10), bond - cost);
        assert_eq!(worker(10).obligation(GPU), HORIZON - amount);
        assert_eq!(Assets::total_issuance(GPU.asset_id()), issued - amount);
        assert_eq!(credits(10), FUNDS - cost);
        assert_eq!(check_margin(10), Err(Error::<Test>::WithinMargin.into()));
        Prices::set(&Default::default());
    });
}

#[test]
fn worker_should_be_called_when_its_quality_backs_less_than_it_owes() {
    test(|| {
        short_worker(10);
        Qualities::set(&[(10, 400_000_000)].into());
        assert_ok!(check_margin(10));
        run(52);
        assert_eq!(worker(10).obligation(GPU), HORIZON * 4 / 5, "one horizon at 0.4");
        assert_eq!(worker(10).obligation(VRAM), 1_600 * UNIT);
        assert!(!is_called(10));
    });
}

#[test]
fn own_tokens_should_be_burned_before_any_are_bought() {
    test(|| {
        short_worker(10);
        move_tokens(GPU, &ELSEWHERE, &10, 300 * UNIT).unwrap();
        assert_ok!(Compute::deregister(signed(10)));
        run(50);
        assert_eq!(tokens(GPU, 10), 0);
        let [(_, pool, amount, _)] = slices()[..] else { panic!() };
        assert_eq!((pool, amount), (GPU, HORIZON - 300 * UNIT));
        assert!(events().contains(&Event::TokensBurned {
            worker: 10,
            pool: GPU,
            amount: 300 * UNIT,
            obligation: HORIZON - 300 * UNIT
        }));
    });
}

#[test]
fn slice_should_come_once_per_pool_and_block_however_many_workers_are_called() {
    test(|| {
        for account in 10..14 {
            short_worker(account);
            assert_ok!(Compute::deregister(signed(account)));
        }
        run(50);
        let mut seen = std::collections::BTreeSet::new();
        for block in 0..20 {
            let now = slices();
            for (worker, pool, ..) in &now {
                assert!(seen.insert((block, *pool)), "{worker} had a second slice of {pool:?}");
            }
            System::reset_events();
            run(1);
        }
        assert!((10..14).all(|account| worker(account).obligations.is_empty() && !is_called(account)));
    });
}

#[test]
fn slices_should_stay_within_three_thousandths_of_the_pool() {
    test(|| {
        register_with(10, offer(100 * UNIT), 10_000 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 20_000 * UNIT));
        move_tokens(GPU, &10, &ELSEWHERE, 20_000 * UNIT).unwrap();
        assert_ok!(Compute::deregister(signed(10)));
        run(51);
        let bought: Vec<_> = slices().into_iter().map(|(_, _, amount, _)| amount).collect();
        assert_eq!(bought, vec![DEPTH * 3 / 1_000, (DEPTH - DEPTH * 3 / 1_000) * 3 / 1_000]);
        run(10);
        assert!(worker(10).obligations.is_empty());
        assert_eq!(slices().iter().map(|(_, _, amount, _)| amount).sum::<Balance>(), 20_000 * UNIT);
    });
}

#[test]
fn slice_should_be_skipped_while_it_costs_too_much_and_tried_again() {
    type Change = fn(&mut hanzo_traits::MarketPrices);
    let dear: [(&str, Change); 2] = [
        ("above the mean over a day", |prices| prices.spot = PRICE * 106 / 100),
        ("above twice the mean at the call", |prices| {
            (prices.spot, prices.twap_day) = (PRICE * 211 / 100, PRICE * 211 / 100);
        }),
    ];
    for (what, change) in dear {
        test(|| {
            short_worker(10);
            assert_ok!(Compute::deregister(signed(10)));
            set_prices(GPU, change);
            set_prices(VRAM, change);
            run(60);
            assert_eq!((slices(), worker(10).bond), (vec![], 108 * UNIT), "{what}");
            Prices::set(&Default::default());
            run(2);
            assert_eq!(slices().len(), 2, "{what}");
            run(2);
            assert!(!is_called(10));
        });
    }
}

#[test]
fn slice_that_the_market_refuses_should_change_nothing() {
    test(|| {
        short_worker(10);
        assert_ok!(Compute::deregister(signed(10)));
        PurchasesRefused::set(&true);
        run(60);
        assert_eq!((slices(), worker(10).bond, credits(10)), (vec![], 108 * UNIT, FUNDS));
        assert_eq!(credits(Compute::escrow_account()), 0);
        PurchasesRefused::set(&false);
        run(3);
        assert_eq!(slices().len(), 2);
        assert_eq!(credits(Compute::escrow_account()), 0);
    });
}

#[test]
fn bond_should_pay_whatever_its_owner_does_with_the_rest_of_its_balance() {
    test(|| {
        short_worker(10);
        let all = Balances::free_balance(10) - DEPOSIT;
        assert_ok!(Balances::transfer_keep_alive(signed(10), 20, all));
        use frame_support::traits::{LockableCurrency, WithdrawReasons};
        Balances::set_lock(*b"allofit_", &10, FUNDS, WithdrawReasons::all());
        assert_ok!(Compute::deregister(signed(10)));
        run(53);
        assert!(worker(10).obligations.is_empty());
        Balances::remove_lock(*b"allofit_", &10);
    });
}

#[test]
fn ejected_worker_should_be_called_at_once() {
    test(|| {
        let id = accepted(10);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 100 * UNIT));
        move_tokens(GPU, &10, &ELSEWHERE, 100 * UNIT).unwrap();
        Qualities::set(&[(10, EJECTION_PPB - 1)].into());
        assert_ok!(<Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld));
        assert!(is_called(10));
        assert_noop!(Compute::set_accepting(signed(10), true), Error::<Test>::Ejected);
        run(51);
        assert!(worker(10).obligations.is_empty() && !is_called(10));
        // And so it can leave, and is gone in bounded time.
        assert_ok!(Compute::deregister(signed(10)));
        run(200);
        assert_ok!(Compute::withdraw_bond(signed(10)));
    });
}

#[test]
fn worker_ejected_otherwise_should_be_called_when_anybody_asks() {
    test(|| {
        short_worker(10);
        Qualities::set(&[(10, EJECTION_PPB - 1)].into());
        assert_ok!(check_margin(10));
        run(53);
        assert!(worker(10).obligations.is_empty());
    });
}

#[test]
fn leaving_should_call_only_who_owes_something() {
    test(|| {
        register(10, 108 * UNIT);
        assert_ok!(Compute::deregister(signed(10)));
        assert!(!is_called(10));
        short_worker(11);
        assert_ok!(Compute::deregister(signed(11)));
        assert!(is_called(11));
    });
}

#[test]
fn leaving_should_give_a_called_worker_its_time_again_once() {
    test(|| {
        short_worker(10);
        double_gpu_price();
        assert_ok!(check_margin(10));
        run(30);
        assert_ok!(Compute::deregister(signed(10)));
        let now = System::block_number();
        assert_eq!((call(10).buys_from, call(10).settles_from), (now + 50, now + 200));
        // The entry of the first call counts nothing when its time comes.
        assert_eq!(MarginQueue::<Test>::iter_prefix(Lane::Grace).count(), 2);
        run(20);
        assert_eq!(MarginQueue::<Test>::iter_prefix(Lane::Grace).count(), 1);
        assert_eq!(slices(), vec![]);
        assert_noop!(Compute::deregister(signed(10)), Error::<Test>::Leaving);
        Prices::set(&Default::default());
    });
}

#[test]
fn every_call_should_end_when_blocks_have_no_room() {
    test(|| {
        for account in 10..20 {
            short_worker(account);
            assert_ok!(Compute::deregister(signed(account)));
        }
        AgendaWeight::set(&Weight::zero());
        PurchasesRefused::set(&true);
        // One turn a block: ten first turns, then two more for two pools each and one to find them done.
        run(200 + 10 + 30);
        assert!((10..20).all(|account| worker(account).obligations.is_empty() && !is_called(account)));
        assert_eq!(MarginQueue::<Test>::iter().count(), 0);
        PurchasesRefused::set(&false);
    });
}

#[test]
fn calls_that_were_lifted_should_not_hold_up_those_that_stand() {
    test(|| {
        short_worker(10);
        for _ in 0..40 {
            double_gpu_price();
            assert_ok!(check_margin(10));
            Prices::set(&Default::default());
            assert_ok!(check_margin(10));
        }
        short_worker(11);
        assert_ok!(Compute::deregister(signed(11)));
        AgendaWeight::set(&Weight::zero());
        run(50 + 8);
        assert_eq!(slices(), vec![], "forty entries of calls that were lifted come first, four a block");
        run(3);
        assert_eq!(slices().len(), 2);
    });
}

#[test]
fn turns_should_keep_to_the_agenda_s_weight() {
    test(|| {
        for account in 10..30 {
            register(account, 108 * UNIT);
            assert_ok!(Compute::mint_tokens(signed(account), GPU, UNIT));
            assert_ok!(Compute::deregister(signed(account)));
        }
        run(40);
        let turn = Weights::buy_back_turn().max(Weights::settle_turn());
        let rest = Weights::on_initialize() + Weights::skip_bucket();
        AgendaWeight::set(&(Compute::least_weight() + rest + turn * 4));
        run(10);
        let left = (10..30).filter(|account| !worker(*account).obligations.is_empty()).count();
        assert_eq!(left, 16, "their own tokens are burned, four in the first block");
        run(20);
        assert!((10..30).all(|account| !is_called(account)));
    });
}
