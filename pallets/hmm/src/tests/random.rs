//! Random sequences of all calls by several accounts: promises hold after every step, money is conserved to the wei, what
//! fails changes nothing, and K/shares² never falls.

use crate::{mock::*, Event, HiddenOrder, Leg, Order, PoolState};
use frame_support::BoundedVec;
use hanzo_hmm::{FeeParameters, Side};
use hanzo_traits::{ComputeMarket, PoolId};
use proptest::{prelude::*, strategy::ValueTree};
use sp_core::U512;
use sp_runtime::{DispatchError, StateVersion};
use std::cell::RefCell;

/// A step of a history. Amounts spread over the orders of magnitude.
#[derive(Clone, Debug)]
pub enum Step {
    Trade {
        who: usize,
        pool: usize,
        order: Order,
    },
    Several {
        who: usize,
        orders: [Order; 3],
    },
    Protocol {
        who: usize,
        other: usize,
        pool: usize,
        order: Order,
    },
    Add {
        who: usize,
        pool: usize,
        psi: u128,
        theta: u128,
    },
    Remove {
        who: usize,
        pool: usize,
        share: u128,
    },
    Donate {
        who: usize,
        pool: usize,
        theta: u128,
    },
    Fees {
        pool: usize,
        market_ppb: u32,
    },
    Commit {
        who: usize,
        pool: usize,
        order: HiddenOrder,
        spare: u128,
    },
    /// Goes on to where orders are revealed, and reveals all but every so many-th.
    Reveal {
        but: usize,
    },
    Wait {
        blocks: u64,
    },
}

thread_local! {
    /// Orders committed and maybe still to be revealed.
    static KEPT: RefCell<Vec<Kept>> = const { RefCell::new(Vec::new()) };
}

pub const POOLS: [PoolId; 3] = [GPU, RAM, DISK];

/// Amounts from one wei to a thousand units.
fn amount() -> impl Strategy<Value = u128> {
    (1u128..1_000, 0u32..19, 0u128..1_000).prop_map(|(head, zeros, tail)| head * 10u128.pow(zeros) + tail)
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![
        amount().prop_map(|theta_in| Order::Buy { theta_in, min_psi_out: 0 }),
        amount().prop_map(|psi_out| Order::BuyExactOut { psi_out, max_theta_in: u128::MAX }),
        amount().prop_map(|psi_in| Order::Sell { psi_in, min_theta_out: 0 }),
    ]
}

/// An order at a price around one, or at any at all.
fn hidden_order() -> impl Strategy<Value = HiddenOrder> {
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    prop_oneof![
        4 => (side.clone(), amount(), 900u128..1_100)
            .prop_map(|(side, psi, price)| HiddenOrder { side, psi, theta: psi * price / 1_000 }),
        1 => (side, amount(), amount()).prop_map(|(side, psi, theta)| HiddenOrder { side, psi, theta }),
    ]
}

/// Any step; `who` numbers of [`PEOPLE`], pools of [`POOLS`].
pub fn step(people: std::ops::Range<usize>, pools: usize) -> impl Strategy<Value = Step> {
    let who = move || people.clone();
    prop_oneof![
        6 => (who(), 0..pools, order()).prop_map(|(who, pool, order)| Step::Trade { who, pool, order }),
        1 => (who(), [order(), order(), order()]).prop_map(|(who, orders)| Step::Several { who, orders }),
        2 => (who(), who(), 0..pools, order())
            .prop_map(|(who, other, pool, order)| Step::Protocol { who, other, pool, order }),
        2 => (who(), 0..pools, amount(), amount()).prop_map(|(who, pool, psi, theta)| Step::Add { who, pool, psi, theta }),
        2 => (who(), 0..pools, 0u128..1_000).prop_map(|(who, pool, share)| Step::Remove { who, pool, share }),
        4 => (who(), 0..pools, hidden_order(), 0u128..UNIT)
            .prop_map(|(who, pool, order, spare)| Step::Commit { who, pool, order, spare }),
        2 => (1usize..8).prop_map(|but| Step::Reveal { but }),
        3 => prop_oneof![4 => 1u64..4, 1 => 20u64..60].prop_map(|blocks| Step::Wait { blocks }),
    ]
}

/// Steps that only outsiders take: they give something away, or are governance's.
fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        16 => step(0..PEOPLE.len(), POOLS.len()),
        1 => (0..PEOPLE.len(), 0..POOLS.len(), amount())
            .prop_map(|(who, pool, theta)| Step::Donate { who, pool, theta }),
        1 => (0..POOLS.len(), 0u32..6_000_000).prop_map(|(pool, market_ppb)| Step::Fees { pool, market_ppb }),
    ]
}

/// Takes a step; failing is fine.
pub fn take(step: &Step) -> Result<(), DispatchError> {
    let person = |who: usize| PEOPLE[who].clone();
    match *step {
        Step::Trade { who, pool, order } => {
            let (origin, pool) = (signed(&person(who)), POOLS[pool]);
            match order {
                Order::Buy { theta_in, min_psi_out } => Market::buy(origin, pool, theta_in, min_psi_out, NEVER),
                Order::BuyExactOut { psi_out, max_theta_in } => {
                    Market::buy_exact_out(origin, pool, psi_out, max_theta_in, NEVER)
                }
                Order::Sell { psi_in, min_theta_out } => Market::sell(origin, pool, psi_in, min_theta_out, NEVER),
            }
        }
        Step::Several { who, orders } => {
            let legs = POOLS.into_iter().zip(orders).map(|(pool, order)| Leg { pool, order }).collect();
            Market::swap_many(signed(&person(who)), BoundedVec::truncate_from(legs), NEVER)
        }
        Step::Protocol { who, other, pool, order } => {
            let (owner, other, pool) = (person(who), person(other), POOLS[pool]);
            match order {
                Order::Sell { psi_in, min_theta_out } => {
                    <Market as ComputeMarket<AccountId>>::sell(&owner, &other, pool, psi_in, min_theta_out)
                }
                Order::BuyExactOut { psi_out: psi, .. } | Order::Buy { theta_in: psi, .. } => {
                    <Market as ComputeMarket<AccountId>>::buy_exact_out(&owner, &other, pool, psi, u128::MAX)
                }
            }
            .map(|_| ())
        }
        Step::Add { who, pool, psi, theta } => {
            Market::add_liquidity(signed(&person(who)), POOLS[pool], psi, theta, 0, NEVER)
        }
        Step::Remove { who, pool, share } => {
            let unlocked = crate::Positions::<Test>::get(POOLS[pool], person(who)).total().unwrap();
            Market::remove_liquidity(signed(&person(who)), POOLS[pool], unlocked * share / 999, 0, 0, NEVER)
        }
        Step::Donate { who, pool, theta } => {
            <Market as ComputeMarket<AccountId>>::donate(&person(who), POOLS[pool], theta)
        }
        Step::Fees { pool, market_ppb } => {
            let fees = FeeParameters { market_ppb, ..state(POOLS[pool]).fees };
            Market::set_parameters(RuntimeOrigin::root(), POOLS[pool], fees)
        }
        Step::Commit { who, pool, order, spare } => {
            let (reserves, given) = match order.side {
                Side::Buy => (reserves(POOLS[pool]).theta, order.theta),
                Side::Sell => (reserves(POOLS[pool]).psi, order.psi),
            };
            let kept = commit_locking(&person(who), POOLS[pool], order, given.max(reserves / 2) + spare)?;
            KEPT.with_borrow_mut(|all| all.push(kept));
            Ok(())
        }
        Step::Reveal { but } => {
            run_to_reveals();
            let kept = KEPT.take();
            let due = kept.iter().filter(|kept| kept.batch == this_batch());
            for kept in due.enumerate().filter(|(number, _)| number % 8 + 1 != but).map(|(_, kept)| kept) {
                let _ = reveal(kept);
            }
            Ok(())
        }
        Step::Wait { blocks } => {
            run_to(System::block_number() + blocks);
            Ok(())
        }
    }
}

/// Three pools of different shape, scale and size.
pub fn varied_pools() -> ExtBuilder {
    ExtBuilder::default().pools(vec![
        genesis_pool(GPU, 50_000_000, 1_000 * UNIT, 1_000 * UNIT),
        genesis_pool(RAM, 0, 7_000 * UNIT + 13, 12 * UNIT + 7),
        genesis_pool(DISK, 500_000_000, 3_000_000_000_017, 5_000_000_000_003),
    ])
}

/// K of exact rationals, on a common denominator.
fn exact_invariant(state: &PoolState<u64>) -> U512 {
    let [psi, theta, psi_scale, theta_scale, epsilon] = [
        state.reserves.psi,
        state.reserves.theta,
        state.curve.psi_scale,
        state.curve.theta_scale,
        state.curve.epsilon_ppb.into(),
    ]
    .map(U512::from);
    let (a, b) = (psi * theta_scale, theta * psi_scale);
    U512::from(2_000_000_000u64) * a * b + epsilon * (a * a + b * b)
}

/// K/shares² after is not below that before.
fn ensure_not_diluted(before: &PoolState<u64>, after: &PoolState<u64>) {
    let square = |state: &PoolState<u64>| U512::from(state.supply) * U512::from(state.supply);
    assert!(
        exact_invariant(after) * square(before) >= exact_invariant(before) * square(after),
        "K/shares² fell: {before:?} {after:?}"
    );
}

/// Credits burned by the trades of this block so far.
fn burned() -> u128 {
    let burned_by = |event| match event {
        RuntimeEvent::Market(Event::Traded { fee, .. }) => fee.burned,
        _ => 0,
    };
    System::events().into_iter().map(|record| burned_by(record.event)).sum()
}

fn run(steps: &[Step], builder: ExtBuilder) -> usize {
    let mut passed = 0;
    KEPT.take();
    builder.build_and_execute(|| {
        let tokens_at_start = POOLS.map(|pool| Assets::total_supply(pool.asset_id()));
        for step in steps {
            let before = POOLS.map(state);
            System::reset_events();
            let root = sp_io::storage::root(StateVersion::V1);
            let issuance = pallet_balances::TotalIssuance::<Test>::get();
            let outcome = take(step);
            assert_sound();
            for (pool, before) in POOLS.into_iter().zip(&before) {
                ensure_not_diluted(before, &state(pool));
            }
            match (outcome, step) {
                // What blocks do is told by their own events, which are gone.
                (_, Step::Wait { .. } | Step::Reveal { .. }) => {}
                (Ok(()), _) => {
                    passed += 1;
                    assert_eq!(issuance - pallet_balances::TotalIssuance::<Test>::get(), burned(), "{step:?}");
                }
                (Err(_), _) => {
                    System::reset_events();
                    assert_eq!(
                        root,
                        sp_io::storage::root(StateVersion::V1),
                        "a failed call changed something: {step:?}"
                    );
                }
            }
            let unclaimed = credits(&Market::pool_account(GPU))
                - DEPOSIT
                - reserves(GPU).theta
                - state(GPU).pending_lp_fee
                - state(GPU).donated.theta
                - Market::locked_in_batches(GPU).1;
            assert_eq!(unclaimed, 0, "every wei in the account is somebody's");
        }
        assert_eq!(POOLS.map(|pool| Assets::total_supply(pool.asset_id())), tokens_at_start);
    });
    passed
}

proptest! {
    #![proptest_config(cases(85))]

    #[test]
    fn promises_should_hold_over_random_histories(steps in prop::collection::vec(any_step(), 1..80)) {
        run(&steps, varied_pools());
    }

    #[test]
    fn promises_should_hold_when_there_are_no_fees(steps in prop::collection::vec(any_step(), 1..60)) {
        let none = FeeParameters { market_ppb: 0, risk_ppb: 0, ..FeeParameters::DEFAULT };
        run(&steps, varied_pools().fees(none));
    }

    #[test]
    fn promises_should_hold_while_the_treasury_has_no_account(steps in prop::collection::vec(any_step(), 1..40)) {
        run(&steps, varied_pools().without_treasury_account());
    }
}

#[test]
fn random_histories_should_fill_orders_in_batches() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut cleared, mut filled) = (0, 0);
    for _ in 0..20 {
        let steps = prop::collection::vec(any_step(), 50).new_tree(&mut runner).unwrap().current();
        KEPT.take();
        varied_pools().build_and_execute(|| {
            for step in &steps {
                let _ = take(step);
                if !matches!(step, Step::Reveal { .. }) {
                    continue;
                }
                run_to_clearing();
                for record in System::events() {
                    if let RuntimeEvent::Market(Event::BatchCleared { price, .. }) = record.event {
                        cleared += 1;
                        filled += usize::from(price > 0);
                    }
                }
            }
        });
    }
    assert!(cleared > 20 && filled > 5, "{cleared} batches, {filled} with a price");
}

#[test]
fn random_histories_should_be_more_than_refusals() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut passed = 0;
    for _ in 0..20 {
        let steps = prop::collection::vec(any_step(), 50).new_tree(&mut runner).unwrap().current();
        passed += run(&steps, varied_pools());
    }
    assert!(passed > 200, "{passed} of 1000 calls passed");
}
