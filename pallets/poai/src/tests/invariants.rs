//! A broken state is named, with both numbers.

use crate::{mock::*, windows::queue_key, Attestations, Expiries, Outputs, Quality, Queue, Windows};
use frame_support::{assert_ok, traits::fungible::MutateHold};

/// What is done to a state in which job 1 is open.
type Damage = fn(u64);

/// The error of a state with one open demand and one settled job, after `damage`.
fn error_after(damage: impl FnOnce(u64)) -> String {
    ExtBuilder::default().build().execute_with(|| {
        attested(40);
        run_to(1 + WINDOW);
        let job = attested(40);
        assert_ok!(Poai::demand_output(RuntimeOrigin::signed(CLIENT), job));
        Poai::do_try_state(1).unwrap();
        damage(job);
        Poai::do_try_state(1).unwrap_err()
    })
}

#[test]
fn invariants_should_name_what_is_broken() {
    let cases: [(&str, Damage); 10] = [
        ("job 1: window without attestation", |job| {
            Attestations::<Test>::remove(job);
            Attestations::<Test>::insert(9, Attestations::<Test>::get(0).unwrap());
        }),
        ("job 1: attested by 3, window of 2", |job| {
            Attestations::<Test>::mutate(job, |record| record.as_mut().unwrap().worker = OTHER_WORKER)
        }),
        ("job 1: not in the queue at its block 152", |job| {
            Queue::<Test>::remove(queue_key(1 + WINDOW + DELIVERY_WINDOW + 1, job))
        }),
        ("job 1: attested, but the job book would take another one", |job| {
            Jobs::mutate(job, |entry| entry.as_mut().unwrap().status = hanzo_poai::JobStatus::Accepted)
        }),
        ("queue: 2 entries for 1 open windows", |job| Poai::enqueue(job, 999)),
        ("client 1: 19000000000000000000 wei held for open demands of 20000000000000000000 wei", |_| {
            let reason = crate::HoldReason::DeliveryBond.into();
            let precision = frame_support::traits::tokens::Precision::Exact;
            assert_ok!(<Balances as MutateHold<u64>>::release(&reason, &CLIENT, AI, precision));
        }),
        ("job 0: attestation with neither a window nor an end of its retention", |_| {
            Expiries::<Test>::remove(queue_key(1 + WINDOW + RETENTION, 0))
        }),
        ("job 1: expires in block 500 with its window open", |job| {
            Expiries::<Test>::insert(queue_key(500u64, job), ())
        }),
        ("job 9: output without attestation", |_| Outputs::<Test>::insert(9, output(1))),
        ("worker 2: quality 1000000001 above 1000000000 parts per billion", |_| {
            Quality::<Test>::insert(WORKER, 1_000_000_001)
        }),
    ];
    for (text, damage) in cases {
        assert_eq!(error_after(damage), text);
    }
}

#[test]
fn cheap_check_should_compare_the_counts() {
    ExtBuilder::default().build().execute_with(|| {
        let job = attested(40);
        Windows::<Test>::insert(job + 1, Windows::<Test>::get(job).unwrap());
        let error = Poai::do_try_state(0).unwrap_err();
        assert_eq!(error, "2 windows are open for 1 attestations");
    });
}
