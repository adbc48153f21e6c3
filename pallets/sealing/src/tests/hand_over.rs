//! Handing the key of a job over.

use crate::{mock::*, Error, Event, HandOver, HandOvers, HoldReason};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use sp_core::H256;
use sp_runtime::DispatchResult;

fn held(who: u64) -> u128 {
    Balances::balance_on_hold(&HoldReason::SealingDeposit.into(), &who)
}

fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

fn envelope(byte: u8) -> H256 {
    H256::repeat_byte(byte)
}

fn hand_over(from: u64, envelopes: &[(u64, u8)]) -> DispatchResult {
    let envelopes: Vec<_> = envelopes.iter().map(|(to, byte)| (*to, envelope(*byte))).collect();
    Sealing::hand_over(signed(from), JOB, envelopes.try_into().unwrap())
}

/// Worker and verifier can be sent keys.
fn with_keys() {
    for who in [WORKER, VERIFIER] {
        assert_ok!(Sealing::set_key(signed(who), key(who as u8)));
    }
}

#[test]
fn receiver_should_find_the_envelopes_of_client_and_worker() {
    run(|| {
        with_keys();
        assert_ok!(hand_over(CLIENT, &[(WORKER, 1)]));
        System::assert_last_event(
            Event::HandedOver { job: JOB, from: CLIENT, to: WORKER, envelope: envelope(1) }.into(),
        );
        assert_ok!(hand_over(CLIENT, &[(VERIFIER, 2)]));
        assert_ok!(hand_over(WORKER, &[(VERIFIER, 3)]));
        assert_eq!(Sealing::envelopes(JOB, &WORKER), [(CLIENT, envelope(1))]);
        assert_eq!(Sealing::envelopes(JOB, &VERIFIER), [(CLIENT, envelope(2)), (WORKER, envelope(3))]);
        assert_eq!((held(CLIENT), held(WORKER)), (2 * HAND_OVER_DEPOSIT, KEY_DEPOSIT + HAND_OVER_DEPOSIT));
        // A later one takes the place of the one before, for the same deposit.
        assert_ok!(hand_over(WORKER, &[(VERIFIER, 4)]));
        assert_eq!(Sealing::envelopes(JOB, &VERIFIER)[1], (WORKER, envelope(4)));
        assert_eq!(held(WORKER), KEY_DEPOSIT + HAND_OVER_DEPOSIT);
    });
}

#[test]
fn envelopes_of_a_worker_should_count_no_longer_when_another_was_drawn() {
    run(|| {
        with_keys();
        assert_ok!(hand_over(WORKER, &[(VERIFIER, 3)]));
        Jobs::insert(JOB, (CLIENT, Some(STRANGER), true, false));
        assert_eq!(Sealing::envelopes(JOB, &VERIFIER), []);
        assert_noop!(hand_over(WORKER, &[(VERIFIER, 4)]), Error::<Test>::NotParty);
    });
}

#[test]
fn hand_over_should_be_for_parties_of_open_sealed_jobs_and_receivers_with_keys() {
    run(|| {
        assert_noop!(hand_over(CLIENT, &[(WORKER, 1)]), Error::<Test>::ReceiverHasNoKey);
        with_keys();
        assert_noop!(hand_over(STRANGER, &[(WORKER, 1)]), Error::<Test>::NotParty);
        assert_noop!(hand_over(CLIENT, &[]), Error::<Test>::BadEnvelopes);
        // All or nothing.
        let twice = frame_support::storage::with_storage_layer(|| hand_over(CLIENT, &[(WORKER, 1), (WORKER, 2)]));
        assert_eq!(twice, Err(Error::<Test>::BadEnvelopes.into()));
        assert_noop!(hand_over(CLIENT, &[(STRANGER, 2)]), Error::<Test>::ReceiverHasNoKey);
        assert_eq!((HandOvers::<Test>::iter().count(), held(CLIENT)), (0, 0));
        Jobs::insert(JOB, (CLIENT, Some(WORKER), false, false));
        assert_noop!(hand_over(CLIENT, &[(WORKER, 1)]), Error::<Test>::NotSealed);
        Jobs::insert(JOB, (CLIENT, Some(WORKER), true, true));
        assert_noop!(hand_over(CLIENT, &[(WORKER, 1)]), Error::<Test>::JobOver);
        Jobs::remove(JOB);
        assert_noop!(hand_over(CLIENT, &[(WORKER, 1)]), Error::<Test>::NotSealed);
    });
}

#[test]
fn hand_over_should_reach_the_others_when_a_receiver_has_taken_its_key_back() {
    run(|| {
        with_keys();
        assert_ok!(hand_over(CLIENT, &[(STRANGER, 2), (WORKER, 1)]));
        assert_eq!(Sealing::envelopes(JOB, &STRANGER), []);
        assert_eq!(Sealing::envelopes(JOB, &WORKER), [(CLIENT, envelope(1))]);
        let HandOver { deposit, .. } = HandOvers::<Test>::get(JOB, (CLIENT, WORKER)).unwrap();
        assert_eq!((HandOvers::<Test>::iter().count(), held(CLIENT)), (1, deposit));
    });
}

#[test]
fn hand_over_should_be_dropped_by_anybody_once_its_job_is_over_and_not_before() {
    run(|| {
        with_keys();
        assert_ok!(hand_over(CLIENT, &[(WORKER, 1), (VERIFIER, 2)]));
        let dropped = |to| Sealing::drop_hand_over(signed(STRANGER), JOB, CLIENT, to);
        assert_noop!(dropped(WORKER), Error::<Test>::JobOpen);
        Jobs::insert(JOB, (CLIENT, Some(WORKER), true, true));
        assert_ok!(dropped(WORKER));
        System::assert_last_event(Event::HandOverDropped { job: JOB, from: CLIENT, to: WORKER }.into());
        assert_noop!(dropped(WORKER), Error::<Test>::NotHandedOver);
        // A pruned job is over too.
        Jobs::remove(JOB);
        assert_ok!(dropped(VERIFIER));
        assert_eq!((held(CLIENT), Balances::free_balance(CLIENT)), (0, ENDOWMENT));
    });
}
