//! Commitment and revelation: who may, when, and what of it is binding.

use crate::{mock::*, Error, HiddenOrder, OpenBatches, Orders, MAX_BATCH_ORDERS};
use frame_support::{assert_noop, assert_ok};
use hanzo_hmm::{Side, MAX_RESERVE};
use hanzo_traits::api::BatchPhase;
use sp_core::H256;
use sp_runtime::{AccountId32, DispatchError, TokenError};

fn in_batches() -> ExtBuilder {
    ExtBuilder::default().order_limit()
}

/// 2 % of the reserve at 1 % above the price.
const BUY: HiddenOrder = HiddenOrder { side: Side::Buy, psi: 20 * UNIT, theta: 21 * UNIT };
const SALE: HiddenOrder = HiddenOrder { side: Side::Sell, psi: 20 * UNIT, theta: 19 * UNIT };

#[test]
fn commitment_should_lock_its_maximum_and_tell_nothing_else() {
    in_batches().build_and_execute(|| {
        let buy = commit_locking(&ALICE, GPU, BUY, 30 * UNIT).unwrap();
        let sale = commit_locking(&BOB, GPU, SALE, 25 * UNIT).unwrap();
        assert_eq!((buy.index, sale.index), (0, 1));
        assert_eq!(credits(&ALICE), ENDOWMENT - 30 * UNIT);
        assert_eq!(tokens(GPU, &BOB), ENDOWMENT - 25 * UNIT);
        assert_eq!(Market::locked_in_batches(GPU), (25 * UNIT, 30 * UNIT));
        // The reserves count none of it.
        assert_eq!((reserves(GPU).psi, reserves(GPU).theta), (1_000 * UNIT, 1_000 * UNIT));
        let batch = Market::batch(GPU).unwrap();
        assert_eq!((batch.number, batch.at, batch.phase), (0, 2, BatchPhase::Commit));
        assert_eq!((batch.commit_until, batch.reveal_until, batch.clears_at), (4, 9, 10));
        let told: Vec<_> =
            batch.orders.iter().map(|order| (order.trader.clone(), order.side, order.locked.0)).collect();
        assert_eq!(told, [(ALICE, Side::Buy, 30 * UNIT), (BOB, Side::Sell, 25 * UNIT)]);
        assert!(batch.orders.iter().all(|order| order.psi.is_none() && order.theta.is_none()));
    });
}

#[test]
fn commitment_should_be_refused_outside_the_first_half_of_its_batch() {
    in_batches().build_and_execute(|| {
        let commit_to = |batch| Market::commit_order(signed(&ALICE), GPU, batch, Side::Buy, 30 * UNIT, H256::zero());
        run_to(14);
        assert_noop!(commit_to(0), Error::<Test>::NotTheCurrentBatch);
        assert_noop!(commit_to(2), Error::<Test>::NotTheCurrentBatch);
        assert_ok!(commit_to(1));
        run_to(15);
        assert_noop!(commit_to(1), Error::<Test>::CommitsClosed);
        run_to(19);
        assert_noop!(commit_to(1), Error::<Test>::CommitsClosed);
        run_to(20);
        assert_ok!(commit_to(2));
    });
}

#[test]
fn revelation_should_be_refused_outside_the_second_half_of_its_batch() {
    in_batches().build_and_execute(|| {
        let [first, second, third] = [(); 3].map(|()| commit(&ALICE, GPU, BUY));
        run_to(4);
        assert_noop!(reveal(&first), Error::<Test>::RevealsNotOpen);
        run_to(5);
        assert_ok!(reveal(&first));
        run_to(9);
        assert_ok!(reveal(&second));
        run_to(10);
        assert_noop!(reveal(&third), Error::<Test>::NotTheCurrentBatch);
        run_to(15);
        assert_noop!(reveal(&third), Error::<Test>::NotTheCurrentBatch);
    });
}

#[test]
fn revelation_should_be_refused_when_anything_differs_from_the_commitment() {
    in_batches().build_and_execute(|| {
        let kept = commit(&ALICE, GPU, BUY);
        run_to_reveals();
        let reveal_as = |who: &AccountId, index, psi, theta, salt| {
            Market::reveal_order(signed(who), GPU, 0, index, psi, theta, salt)
        };
        let HiddenOrder { psi, theta, .. } = BUY;
        assert_noop!(reveal_as(&ALICE, 0, psi + 1, theta, SALT), Error::<Test>::CommitmentMismatch);
        assert_noop!(reveal_as(&ALICE, 0, psi, theta - 1, SALT), Error::<Test>::CommitmentMismatch);
        assert_noop!(reveal_as(&ALICE, 0, psi, theta, [6; 32]), Error::<Test>::CommitmentMismatch);
        assert_noop!(reveal_as(&BOB, 0, psi, theta, SALT), Error::<Test>::UnknownOrder);
        assert_noop!(reveal_as(&ALICE, 1, psi, theta, SALT), Error::<Test>::UnknownOrder);
        assert_noop!(reveal_as(&ALICE, u16::MAX, psi, theta, SALT), Error::<Test>::UnknownOrder);
        assert_noop!(Market::reveal_order(signed(&ALICE), RAM, 0, 0, psi, theta, SALT), Error::<Test>::UnknownOrder);
        assert_ok!(reveal(&kept));
        assert_noop!(reveal(&kept), Error::<Test>::AlreadyRevealed);
    });
}

#[test]
fn copied_commitment_should_be_of_no_use() {
    in_batches().build_and_execute(|| {
        let kept = commit(&ALICE, GPU, BUY);
        let hash = commitment(&ALICE, GPU, &BUY);
        assert_ok!(Market::commit_order(signed(&BOB), GPU, 0, Side::Buy, BUY.theta, hash));
        run_to_reveals();
        assert_ok!(reveal(&kept));
        // Bob now knows order and salt, and still cannot reveal.
        assert_noop!(
            Market::reveal_order(signed(&BOB), GPU, 0, 1, BUY.psi, BUY.theta, SALT),
            Error::<Test>::CommitmentMismatch
        );
        run_to_clearing();
        assert_eq!(cleared().forfeited_theta, BUY.theta / 100);
    });
}

#[test]
fn commitment_should_hold_for_one_chain_pool_batch_and_trader() {
    let [genesis, other] = [1, 2].map(H256::repeat_byte);
    let hash = |genesis, pool, batch, who: &AccountId, order: &HiddenOrder, salt| {
        crate::commitment_of(genesis, pool, batch, who, order, &[salt; 32])
    };
    let all = [
        hash(genesis, GPU, 0, &ALICE, &BUY, 0),
        hash(other, GPU, 0, &ALICE, &BUY, 0),
        hash(genesis, RAM, 0, &ALICE, &BUY, 0),
        hash(genesis, GPU, 1, &ALICE, &BUY, 0),
        hash(genesis, GPU, 0, &BOB, &BUY, 0),
        hash(genesis, GPU, 0, &ALICE, &SALE, 0),
        hash(genesis, GPU, 0, &ALICE, &BUY, 1),
    ];
    assert_eq!(std::collections::BTreeSet::from(all).len(), all.len());
}

#[test]
fn order_should_be_refused_when_it_gives_more_than_was_locked() {
    in_batches().build_and_execute(|| {
        let buy = commit_locking(&ALICE, GPU, BUY, BUY.theta - 1).unwrap();
        let sale = commit_locking(&ALICE, GPU, SALE, SALE.psi - 1).unwrap();
        let nothing = commit_locking(&ALICE, GPU, hidden_buy(0, UNIT), 30 * UNIT).unwrap();
        let absurd = commit_locking(&ALICE, GPU, hidden_sale(UNIT, MAX_RESERVE + 1), 30 * UNIT).unwrap();
        run_to_reveals();
        assert_noop!(reveal(&buy), Error::<Test>::OrderExceedsLock);
        assert_noop!(reveal(&sale), Error::<Test>::OrderExceedsLock);
        assert_noop!(reveal(&nothing), Error::<Test>::ZeroAmount);
        assert_noop!(reveal(&absurd), Error::<Test>::ReserveTooLarge);
    });
}

#[test]
fn lock_should_be_refused_when_it_is_small_or_not_there() {
    in_batches().build_and_execute(|| {
        let lock = |who: &AccountId, pool, side, amount| {
            Market::commit_order(signed(who), pool, 0, side, amount, H256::zero())
        };
        let batch = Market::batch(GPU).unwrap();
        // Half of 0.3 % of 1,000.
        assert_eq!((batch.least_buy_lock.0, batch.least_sell_lock.0), (15 * UNIT / 10, 15 * UNIT / 10));
        assert_noop!(lock(&ALICE, GPU, Side::Buy, 15 * UNIT / 10 - 1), Error::<Test>::OrderTooSmall);
        assert_noop!(lock(&ALICE, GPU, Side::Sell, 15 * UNIT / 10 - 1), Error::<Test>::OrderTooSmall);
        assert_noop!(lock(&ALICE, GPU, Side::Buy, MAX_RESERVE + 1), Error::<Test>::ReserveTooLarge);
        assert_noop!(lock(&ALICE, RAM, Side::Buy, 15 * UNIT), Error::<Test>::UnknownPool);
        assert_noop!(lock(&ALICE, GPU, Side::Buy, 2 * ENDOWMENT), TokenError::FundsUnavailable);
        assert!(lock(&ALICE, GPU, Side::Sell, 2 * ENDOWMENT).is_err());
        assert_noop!(lock(&STRANGER, GPU, Side::Sell, 15 * UNIT), DispatchError::NoProviders);
        assert_ok!(lock(&ALICE, GPU, Side::Buy, 15 * UNIT / 10));
    });
}

#[test]
fn batch_should_take_no_more_orders_than_it_can_clear() {
    in_batches().build_and_execute(|| {
        let someone = |number: u32| {
            let mut id = [7; 32];
            id[..4].copy_from_slice(&number.to_le_bytes());
            let who = AccountId32::new(id);
            assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), who.clone(), 10 * UNIT));
            who
        };
        let order = hidden_buy(2 * UNIT, 2 * UNIT);
        for number in 0..MAX_BATCH_ORDERS {
            assert_eq!(u32::from(commit(&someone(number), GPU, order).index), number);
        }
        let late = someone(MAX_BATCH_ORDERS);
        assert_eq!(commit_locking(&late, GPU, order, 2 * UNIT).err(), Some(Error::<Test>::BatchFull.into()));
        assert_eq!(credits(&late), 10 * UNIT);
        assert_sound();
        run_to_clearing();
        assert_eq!(Orders::<Test>::iter().count(), 0);
        assert!(OpenBatches::<Test>::get().is_empty());
        // The next batch has room.
        assert_eq!(commit(&late, GPU, order).index, 0);
    });
}
