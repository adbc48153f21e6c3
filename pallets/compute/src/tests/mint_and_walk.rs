//! Whoever mints, sells and walks away never ends with more than it began with, on the market maker itself.
//!
//! The adversary has several workers, and an account that trades. Others move the price once; they are not in its pay.
//! Unless the price falls after it has sold, it ends with no more than before. If the price falls it is short at the right
//! time, as anybody can be: then walking away brings no more than buying its tokens back itself does, once the price is
//! where it goes.

use crate::{mock::*, Event, MarginCalls};
use frame_support::{
    assert_ok,
    traits::{Get, Hooks},
};
use hanzo_traits::{Balance, ComputeMarket};
use proptest::prelude::*;

/// The adversary's workers.
const WORKERS: [AccountId; 3] = [10, 11, 12];
/// Sells and buys for it, a little each.
const HELPERS: std::ops::Range<AccountId> = 50..80;
/// Who moves the price.
const CROWD: AccountId = 90;
const NEVER: u64 = u64::MAX;

/// When others move the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// Just before the adversary mints: no mean knows it yet.
    BeforeMint,
    /// After it has sold and before it leaves.
    BeforeLeaving,
    /// In the grace.
    InGrace,
    /// In the last blocks in which the protocol buys.
    BeforeCash,
}

/// How the adversary gets rid of what it owes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It leaves, and the protocol does the rest.
    Walk,
    /// It leaves, and settles in cash as soon as it may.
    Cash,
    /// It buys back once the price has moved.
    Honest,
}

#[derive(Clone, Debug)]
struct Plan {
    /// Tokens minted in all, thousandths of the pool.
    minted: u128,
    /// How many percent of them are sold at once; the rest is kept with an accomplice until the end.
    sold: u128,
    when: When,
    /// Tokens that others buy, or sell if negative, thousandths of the pool.
    moved: i128,
}

fn adversary() -> impl Iterator<Item = AccountId> {
    WORKERS.into_iter().chain(HELPERS)
}

fn wealth() -> Balance {
    adversary().map(credits).sum()
}

/// Blocks of the market alone between events of the plan: nothing else has anything to do.
fn pass(blocks: u64) {
    run(blocks);
}

/// What others do, whatever it takes them.
fn crowd(thousandths: i128) {
    let limit = OrderLimitPpb::get();
    trade_without_limit();
    let mut left = DEPTH / 1_000 * thousandths.unsigned_abs();
    while left > 0 {
        let step = left.min(DEPTH / 100);
        let done = if thousandths > 0 {
            Hmm::buy_exact_out(signed(CROWD), GPU, step, FUNDS, NEVER).map(|_| ())
        } else {
            Hmm::sell(signed(CROWD), GPU, step, 0, NEVER).map(|_| ())
        };
        match done {
            Ok(()) => left -= step,
            // Others have moved this block's price as far as it may go: the next one is theirs.
            Err(error) => assert_eq!(error, pallet_hmm::Error::<Test>::PriceMoveTooLarge.into()),
        }
        run(1);
    }
    OrderLimitPpb::set(&limit);
}

/// What an account may still move in this block.
fn room(who: AccountId) -> Balance {
    Hmm::room(&who, GPU).unwrap()
}

/// Sells so many of the helpers' tokens, all that each may in every block.
fn sell(mut amount: Balance) {
    while amount > 0 {
        for helper in HELPERS {
            let step = amount.min(room(helper)).min(tokens(GPU, helper));
            // What is worth less than a wei stays.
            if step > 0 && Hmm::sell(signed(helper), GPU, step, 0, NEVER).is_ok() {
                amount -= step;
            }
        }
        if amount < 1_000_000 {
            return;
        }
        run(1);
    }
}

/// Buys so many tokens for a worker, as slowly as the protocol does: a slice a block.
fn buy(worker: AccountId, mut amount: Balance) {
    let helper = HELPERS.start;
    while amount > 0 {
        let step = amount.min(room(helper));
        assert_ok!(Hmm::buy_exact_out(signed(helper), GPU, step, FUNDS, NEVER));
        move_tokens(GPU, &helper, &worker, step).unwrap();
        amount -= step;
        run(1);
    }
}

/// Gives the workers' tokens to the helpers, in equal parts.
fn hand_out(workers: &[AccountId]) {
    for worker in workers {
        let part = tokens(GPU, *worker) / HELPERS.count() as u128;
        for helper in HELPERS {
            move_tokens(GPU, worker, &helper, part).unwrap();
        }
        let rest = tokens(GPU, *worker);
        assert!(rest == 0 || move_tokens(GPU, worker, &HELPERS.start, rest).is_ok());
    }
}

fn owed(account: AccountId) -> Balance {
    worker(account).obligation(GPU)
}

/// Plays a plan; the adversary's credits before and after.
fn play(plan: &Plan, way: Way) -> (Balance, Balance) {
    let mut out = (0, 0);
    test_with_real_market(|| {
        // As on the network: a grace as long as the mean over a day, and seven such days of buying.
        let day = <Test as pallet_hmm::Config>::Day::get();
        let week = 7 * day;
        MarginGrace::set(&day);
        BuyBackPeriod::set(&week);
        // Others hold tokens to sell, too.
        crowd(100);
        crowd(-50);
        pass(day + 30);
        for worker in WORKERS {
            register_with(worker, offer(DEPTH), 200_000 * UNIT);
        }
        out.0 = wealth();
        let at = |when| {
            if plan.when == when {
                crowd(plan.moved);
            }
        };
        at(When::BeforeMint);
        for worker in WORKERS {
            assert_ok!(Compute::mint_tokens(signed(worker), GPU, DEPTH / 1_000 * plan.minted / 3));
        }
        hand_out(&WORKERS);
        sell(DEPTH / 1_000 * plan.minted * plan.sold / 100);
        at(When::BeforeLeaving);
        let leave = |worker| {
            if way != Way::Honest {
                assert_ok!(Compute::deregister(signed(worker)));
            }
        };
        WORKERS.into_iter().for_each(leave);
        at(When::InGrace);
        pass(day);
        match way {
            Way::Honest | Way::Walk => {}
            Way::Cash => {
                // Of little the protocol may have bought all back by now.
                for worker in WORKERS.into_iter().filter(|worker| owed(*worker) > 0) {
                    assert_ok!(Compute::settle_in_cash(signed(worker), GPU, owed(worker), FUNDS));
                }
            }
        }
        let before_cash = week - 30;
        pass(before_cash);
        at(When::BeforeCash);
        pass(100);
        if way == Way::Honest {
            for worker in WORKERS {
                let held: Balance = HELPERS.map(|helper| tokens(GPU, helper)).sum();
                for helper in HELPERS.filter(|_| held > 0) {
                    let given = tokens(GPU, helper).min(owed(worker) - tokens(GPU, worker));
                    assert!(given == 0 || move_tokens(GPU, &helper, &worker, given).is_ok());
                }
                buy(worker, owed(worker) - tokens(GPU, worker));
                assert_ok!(Compute::burn_tokens(signed(worker), GPU, owed(worker)));
                assert_ok!(Compute::deregister(signed(worker)));
            }
        }
        sell(HELPERS.map(|helper| tokens(GPU, helper)).sum());
        pass(200);
        for worker in WORKERS {
            assert_ok!(Compute::withdraw_bond(signed(worker)));
        }
        out.1 = wealth();
    });
    out
}

fn when() -> impl Strategy<Value = When> {
    prop::sample::select(vec![When::BeforeMint, When::BeforeLeaving, When::InGrace, When::BeforeCash])
}

/// Prices that do not fall while the adversary is short, and do not rise while it keeps tokens: anybody could gain by that.
/// They less than double within the day of the call, and so stay below what slices may cost.
fn steady() -> impl Strategy<Value = Plan> {
    (1u128..300, 0u128..=100, when(), -49i128..250).prop_map(|(minted, sold, when, moved)| match when {
        When::BeforeMint => Plan { minted, sold, when, moved },
        _ => Plan { minted, sold: 100, when, moved: moved.abs() },
    })
}

fn falling() -> impl Strategy<Value = Plan> {
    (1u128..300, when(), -49i128..0).prop_map(|(minted, when, moved)| Plan { minted, sold: 100, when, moved })
}

proptest! {
    #![proptest_config(config(3))]

    #[test]
    fn walking_away_should_not_pay_when_the_price_does_not_fall(plan in steady(), cash in any::<bool>()) {
        let (before, after) = play(&plan, if cash { Way::Cash } else { Way::Walk });
        assert!(after <= before, "{} gained by {plan:?}", after - before);
    }

    #[test]
    fn walking_away_should_pay_no_more_than_buying_back_when_the_price_falls(plan in falling()) {
        let (before, walked) = play(&plan, Way::Walk);
        let (_, honest) = play(&plan, Way::Honest);
        // Last slices are smaller in one order or another: a thousandth of what was minted.
        let most = honest.max(before) + DEPTH / 1_000 * plan.minted / UNIT * PRICE / 1_000;
        assert!(walked <= most, "{} more than {most} by {plan:?}", walked - most);
    }
}

#[test]
fn walking_away_should_not_pay_when_a_spike_is_sold_into() {
    let spikes = [(30, 240, Way::Walk), (240, 240, Way::Walk), (150, 300, Way::Cash), (390, 390, Way::Cash)];
    for (minted, moved, way) in spikes {
        for sold in [50, 100] {
            let plan = Plan { minted, sold, when: When::BeforeMint, moved };
            let (before, after) = play(&plan, way);
            assert!(after <= before, "{} gained by {way:?} {plan:?}", after - before);
        }
    }
}

/// Every slice costs at most what it may, and what is settled at the end 1.05 × the mean over a week.
#[test]
fn corner_should_end_in_cash_at_a_bounded_cost() {
    test_with_real_market(|| {
        run(30);
        register_with(10, offer(DEPTH / 1_000), 10_000 * UNIT);
        let minted = DEPTH / 20;
        assert_ok!(Compute::mint_tokens(signed(10), GPU, minted));
        move_tokens(GPU, &10, &CROWD, minted).unwrap();
        assert_ok!(Compute::deregister(signed(10)));
        let at_call = MarginCalls::<Test>::get(10).unwrap().price(GPU);
        // All that can be had is bought up by somebody, and kept.
        crowd(700);
        let bond = worker(10).bond;
        System::reset_events();
        let mut settled = false;
        for _ in 0..260 {
            let prices = Hmm::prices(GPU).unwrap();
            run(1);
            let highest = prices.twap_day.min(2 * at_call) * 106 / 100;
            for event in events() {
                match event {
                    Event::BoughtBack { amount, cost, .. } => assert!(cost <= amount / UNIT * highest + highest),
                    Event::SettledInCash { amount, due, paid, .. } => {
                        settled = true;
                        assert_eq!(due, paid);
                        assert!(paid <= amount / UNIT * (prices.twap_week * 107 / 100) + UNIT);
                    }
                    _ => {}
                }
            }
            System::reset_events();
        }
        assert!(settled && worker(10).obligations.is_empty());
        println!("{} for what was worth {}", bond - worker(10).bond, minted / UNIT * PRICE);
    });
}

/// Somebody buys at the end of a block and sells at the start of the next but one, around every slice.
#[test]
fn sandwiching_slices_should_lose() {
    for thousandths in [1u128, 3, 9, 15] {
        test_with_real_market(|| {
            register_with(10, offer(DEPTH / 1_000), 50_000 * UNIT);
            assert_ok!(Compute::mint_tokens(signed(10), GPU, DEPTH / 5));
            move_tokens(GPU, &10, &CROWD, DEPTH / 5).unwrap();
            crowd(-200);
            run(700);
            assert_ok!(Compute::deregister(signed(10)));
            run(49);
            let bandits = 50..50 + thousandths.div_ceil(3);
            let before: Balance = bandits.clone().map(credits).sum();
            let mut slices = 0;
            loop {
                for bandit in bandits.clone() {
                    let amount = (DEPTH / 1_000 * thousandths / bandits.clone().count() as u128).min(room(bandit));
                    assert_ok!(Hmm::buy_exact_out(signed(bandit), GPU, amount, FUNDS, NEVER));
                }
                let owed = owed(10);
                run(1);
                let bought = self::owed(10) < owed;
                for bandit in bandits.clone() {
                    let all = tokens(GPU, bandit);
                    assert_ok!(Hmm::sell(signed(bandit), GPU, all.min(room(bandit)), 0, NEVER));
                }
                // Until they have driven the price beyond what slices may cost.
                if !bought {
                    break;
                }
                slices += 1;
            }
            assert!(slices >= 2, "{slices} slices were bought around {thousandths} thousandths");
            run(1);
            for bandit in bandits.clone() {
                let all = tokens(GPU, bandit);
                assert!(all == 0 || Hmm::sell(signed(bandit), GPU, all.min(room(bandit)), 0, NEVER).is_ok());
            }
            let after: Balance = bandits.map(credits).sum();
            assert!(after < before, "{} gained with {thousandths} thousandths", after - before);
            Hmm::on_idle(System::block_number(), frame_support::weights::Weight::MAX);
        });
    }
}

proptest! {
    #![proptest_config(config(12))]

    /// The worker's accomplices buy ahead of the slices and sell into them as they like.
    #[test]
    fn worker_and_accomplices_around_its_own_buy_backs_should_not_gain(
        minted in 5u128..300, trades in prop::collection::vec((any::<bool>(), 0u128..=3_000, 0u64..3), 1..80),
    ) {
        test_with_real_market(|| {
            register_with(10, offer(DEPTH / 100), 100_000 * UNIT);
            let before: Balance = credits(10) + HELPERS.map(credits).sum::<Balance>();
            assert_ok!(Compute::mint_tokens(signed(10), GPU, DEPTH / 1_000 * minted));
            assert_ok!(Compute::deregister(signed(10)));
            hand_out(&[10]);
            run(48);
            for (buys, millionths, blocks) in trades {
                for helper in HELPERS {
                    let amount = (DEPTH / 1_000_000 * millionths).min(room(helper));
                    let _ = match buys {
                        true => Hmm::buy_exact_out(signed(helper), GPU, amount, FUNDS, NEVER),
                        false => Hmm::sell(signed(helper), GPU, amount.min(tokens(GPU, helper)), 0, NEVER),
                    };
                }
                run(blocks);
            }
            run(200);
            sell(HELPERS.map(|helper| tokens(GPU, helper)).sum());
            run(200);
            assert_ok!(Compute::withdraw_bond(signed(10)));
            let after: Balance = credits(10) + HELPERS.map(credits).sum::<Balance>();
            assert!(after <= before, "{} gained", after - before);
        });
    }
}
