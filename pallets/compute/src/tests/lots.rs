//! Shares in the draw: in proportion to bonds, however they are spread, and fixed before the randomness.

use crate::{mock::*, types::Offer, Error, FreeSlots, LotNodes, LotQueue, SlotCounts, SlotOwner, Workers};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use hanzo_poai::{draw, JobStatus};
use std::collections::BTreeMap;

const BOND: u128 = 100 * UNIT;

fn bond(account: AccountId, amount: u128) {
    assert_ok!(Balances::force_set_balance(root(), account, amount + FUNDS));
    register(account, amount);
}

/// Many workers with the least bond, which promise what the request of [`served`] does not take.
fn sybils(count: u128) {
    for account in 1_000..1_000 + count {
        assert_ok!(Balances::force_set_balance(root(), account, BOND + UNIT));
        let slow = Offer { latency_ms: 10_000, ..offer(UNIT) };
        register_with(account, slow, BOND);
    }
}

#[test]
fn honest_worker_should_be_found_among_any_number_of_small_ones() {
    test(|| {
        // As many as the bond of the one worker would pay for a tenth of.
        sybils(400);
        bond(10, 40 * 100 * BOND);
        run(4);
        for nonce in 0..20 {
            let mut quick = request(nonce);
            quick.sla.max_latency_ms = 500;
            let id = submit_as(CLIENT, quick);
            run(4);
            assert_eq!(job(id).status, JobStatus::Assigned, "job {nonce}");
            assert_eq!(drawn(id), 10);
            assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        }
    });
}

#[test]
fn lot_should_be_nothing_as_long_as_the_worker_names_no_model() {
    test(|| {
        let lot = || hanzo_poai::draw::lot::<Compute>(worker(10).slot);
        assert_ok!(Compute::register_worker(signed(10), offer(UNIT), key(10), BOND));
        run(4);
        assert_eq!(lot(), 0);
        serve(10);
        run(3);
        assert_eq!(lot(), 0, "changes wait for 4 blocks");
        run(1);
        assert!(lot() > 0);
        assert_ok!(Compute::set_models(signed(10), Default::default()));
        run(4);
        assert_eq!(lot(), 0);
        check();
    });
}

#[test]
fn bond_should_win_as_often_whole_as_in_parts() {
    let mut whole = 0;
    test(|| {
        bond(10, 40 * BOND);
        (20..60).for_each(|account| bond(account, BOND));
        run(4);
        for nonce in 0..400 {
            let id = submit(CLIENT, nonce);
            run(4);
            whole += u32::from(drawn(id) == 10);
            assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        }
    });
    // 200 expected, standard deviation 10.
    assert!(whole.abs_diff(200) < 50, "{whole}");
}

#[test]
fn choice_should_be_weighted_by_what_is_free() {
    let mut wins = BTreeMap::new();
    test(|| {
        // Both bonds back 10; half of one is bound by tokens.
        for account in [10, 11] {
            register_with(account, offer(100 * UNIT), 270 * UNIT);
        }
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 5_000 * UNIT));
        run(4);
        for nonce in 0..600 {
            let id = submit(CLIENT, nonce);
            run(4);
            *wins.entry(drawn(id)).or_insert(0u32) += 1;
            assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        }
    });
    // 1 : 2; standard deviation below 12.
    assert!(wins[&10].abs_diff(200) < 60, "{wins:?}");
}

#[test]
fn lot_should_follow_a_change_after_four_blocks() {
    test(|| {
        let lots = || draw::total::<Compute>();
        register(10, 270 * UNIT);
        run(3);
        assert_eq!(lots(), 0);
        run(1);
        assert_eq!(lots(), 10 * UNIT);
        assert_ok!(Compute::bond_more(signed(10), 270 * UNIT));
        run(3);
        // Another change has the first wait for it.
        assert_ok!(Compute::bond_more(signed(10), 270 * UNIT));
        assert_eq!(LotQueue::<Test>::iter().count(), 1);
        run(3);
        assert_eq!(lots(), 10 * UNIT);
        run(4);
        assert_eq!(lots(), 30 * UNIT);
        assert_ok!(Compute::set_accepting(signed(10), false));
        run(4);
        assert_eq!((lots(), LotNodes::<Test>::iter().count(), LotQueue::<Test>::iter().count()), (0, 0, 0));
    });
}

#[test]
fn draw_should_not_depend_on_changes_made_in_its_window() {
    // Whoever knows the outputs of blocks 6 to 8 must not be able to choose among the draws of block 9 by moving lots.
    let chosen = |moves: &dyn Fn(u64)| {
        let mut chosen = Vec::new();
        test(|| {
            // So large that no job takes a part of them that another draw would notice.
            (10..20).chain(30..40).for_each(|account| register(account, 400 * BOND));
            run_to(5);
            let ids: Vec<_> = (0..20).map(|nonce| submit(CLIENT, nonce)).collect();
            for block in 6..=8 {
                run_to(block);
                moves(block);
            }
            run_to(9);
            chosen = ids.into_iter().map(drawn).collect();
        });
        chosen
    };
    let still = chosen(&|_| ());
    let moved = chosen(&|block| {
        for account in [3u128, 4, 5].map(|step| 36 + u128::from(block) % 2 + step) {
            if Workers::<Test>::contains_key(account) {
                assert_ok!(Compute::bond_more(signed(account), 100 * BOND));
            } else {
                register(account, 900 * BOND);
            }
        }
    });
    // Only the draws that a worker lost by its own change differ.
    for (before, after) in still.iter().zip(&moved) {
        assert!(before == after || *before == 39, "{still:?} {moved:?}");
    }
    assert!(moved.iter().all(|account| *account < 39));
}

#[test]
fn changes_should_be_applied_in_order_when_blocks_have_no_room() {
    test(|| {
        AgendaWeight::set(&Weight::zero());
        (10..20).for_each(|account| register(account, 270 * UNIT));
        let all = || draw::total::<Compute>() / UNIT;
        run(4);
        assert_eq!(all(), 20);
        run(1);
        assert_eq!(all(), 40);
        check();
        run(3);
        assert_eq!(all(), 100);
    });
}

#[test]
fn slot_should_be_kept_while_others_leave_and_then_be_used_again() {
    test(|| {
        (10..14).for_each(|account| register(account, BOND));
        let slots = || (10..14).map(|account| Workers::<Test>::get(account).map(|w| w.slot)).collect::<Vec<_>>();
        assert_eq!(slots(), [Some(1), Some(2), Some(3), Some(4)]);
        for account in [11, 12] {
            assert_ok!(Compute::deregister(signed(account)));
        }
        run(200);
        for account in [11, 12] {
            assert_ok!(Compute::withdraw_bond(signed(account)));
        }
        assert_eq!(slots(), [Some(1), None, None, Some(4)]);
        assert_eq!((FreeSlots::<Test>::iter().count(), SlotCounts::<Test>::get()), (2, (2, 5)));
        check();
        register(20, BOND);
        assert_eq!((worker(20).slot, SlotOwner::<Test>::get(3)), (3, Some(20)));
        register(21, BOND);
        register(22, BOND);
        assert_eq!((worker(21).slot, worker(22).slot), (2, 5));
        run(4);
    });
}

#[test]
fn worker_should_be_refused_when_every_slot_is_taken() {
    test(|| {
        SlotCounts::<Test>::put((0, draw::SLOTS));
        let late = Compute::register_worker(signed(10), offer(UNIT), key(10), BOND);
        assert_noop!(late, Error::<Test>::TooManyWorkers);
        SlotCounts::<Test>::put((0, 1));
    });
}

#[test]
fn wrong_lot_should_be_found_by_the_invariants() {
    test(|| {
        register(10, 270 * UNIT);
        run(4);
        let slot = worker(10).slot;
        draw::set_lot::<Compute>(slot, 1);
        let text = Compute::do_try_state(0).unwrap_err();
        assert!(text.contains("has a lot of 1, should have 10000000000000000000"), "{text}");
        draw::set_lot::<Compute>(slot, 10 * UNIT);
        LotNodes::<Test>::mutate(2, 0, |node| node.as_mut().unwrap()[0] += 1);
        let text = Compute::do_try_state(0).unwrap_err();
        assert!(text.contains(" sums to 1000000000000000000"), "{text}");
        LotNodes::<Test>::mutate(2, 0, |node| node.as_mut().unwrap()[0] -= 1);
    });
}
