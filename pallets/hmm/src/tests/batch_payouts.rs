//! Payment of cleared orders: in turn, bounded per block, to accounts that must be there.

use crate::{mock::*, Event, PayoutCursor, PayoutPages, PAGE_ORDERS};
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate, traits::tokens::Preservation};
use sp_runtime::{AccountId32, TokenError};

fn in_batches() -> ExtBuilder {
    ExtBuilder::default().order_limit()
}

fn someone(number: u32) -> AccountId {
    let mut id = [8; 32];
    id[..4].copy_from_slice(&number.to_le_bytes());
    let who = AccountId32::new(id);
    assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), who.clone(), 10 * UNIT));
    who
}

/// Orders settled in this block, by number.
fn settled() -> Vec<u16> {
    let events = System::events().into_iter();
    let index = |event| match event {
        RuntimeEvent::Market(Event::OrderSettled { index, paid, .. }) => paid.map(|()| index).ok(),
        _ => None,
    };
    events.filter_map(|record| index(record.event)).collect()
}

#[test]
fn payouts_should_come_a_page_a_block_while_blocks_are_full() {
    in_batches().build_and_execute(|| {
        let people: Vec<_> = (0..40).map(someone).collect();
        for who in &people {
            commit(who, GPU, hidden_buy(2 * UNIT, 2 * UNIT));
        }
        run_to_clearing();
        for expected in [0..16u16, 16..32, 32..40] {
            assert_eq!(settled(), expected.collect::<Vec<_>>());
            assert_sound();
            next_block();
        }
        assert_eq!(settled(), Vec::<u16>::new());
        assert!(people.iter().all(|who| credits(who) == 10 * UNIT - 2 * UNIT / 100));
        assert_eq!((PayoutPages::<Test>::iter().count(), PayoutCursor::<Test>::get().next), (0, 3));
    });
}

#[test]
fn payouts_should_all_come_at_once_when_the_block_has_room() {
    in_batches().build_and_execute(|| {
        for number in 0..40 {
            commit(&someone(number), GPU, hidden_buy(2 * UNIT, 2 * UNIT));
        }
        run_to_clearing();
        assert_eq!(settled().len(), PAGE_ORDERS as usize);
        idle();
        assert_eq!(settled().len(), 40);
        assert_eq!(Market::locked_in_batches(GPU), (0, 0));
    });
}

#[test]
fn account_with_an_open_order_should_not_be_emptied() {
    in_batches().build_and_execute(|| {
        let who = someone(1);
        let kept = commit(&who, GPU, hidden_buy(2 * UNIT, 3 * UNIT));
        let all = credits(&who);
        let leave = |amount| <Balances as Mutate<_>>::transfer(&who, &BOB, amount, Preservation::Expendable);
        assert_noop!(leave(all), TokenError::Frozen);
        assert_ok!(leave(all - DEPOSIT));
        run_to_reveals();
        assert_ok!(reveal(&kept));
        run_to_clearing();
        assert_eq!(settled(), [0]);
        assert_eq!(tokens(GPU, &who), 2 * UNIT);
        // Nothing holds it any more.
        assert_eq!(System::consumers(&who), 0);
    });
}

#[test]
fn payout_that_cannot_be_made_should_stay_in_the_pool() {
    in_batches().build_and_execute(|| {
        let who = someone(1);
        // All but half an existential deposit of the lock is filled. Another provider lets it empty its account meanwhile.
        System::inc_providers(&who);
        let cost = state(GPU).pool().buy_exact_out(2 * UNIT).unwrap().theta;
        let kept = commit_locking(&who, GPU, hidden_buy(2 * UNIT, cost), cost + DEPOSIT / 2).unwrap();
        let rest = credits(&who);
        assert_ok!(<Balances as Mutate<_>>::transfer(&who, &BOB, rest, Preservation::Expendable));
        run_to_reveals();
        assert_ok!(reveal(&kept));
        let theta = reserves(GPU).theta;
        run_to_clearing();
        assert_eq!(settled(), Vec::<u16>::new());
        assert_eq!((credits(&who), tokens(GPU, &who)), (0, 0));
        assert_eq!(reserves(GPU).psi + state(GPU).donated.psi, 1_000 * UNIT);
        assert!(reserves(GPU).theta + state(GPU).donated.theta > theta + 2 * UNIT);
        assert_eq!(System::consumers(&who), 0);
    });
}
