//! Signs of life, and what a worker's jobs showed of it.

use crate::{mock::*, types::SlaRecord, Error, Event};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use hanzo_poai::JobStatus;
use hanzo_traits::{FailureReason, JobRegistry};

/// Blocks without a sign after which nobody is drawn, here.
const LIMIT: u64 = 100;

fn sla(account: AccountId) -> SlaRecord {
    worker(account).sla
}

fn attest(id: u64) {
    assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 1, 1));
}

/// A job with a latency that may not pass, accepted by the only worker.
fn accepted_within(max_latency_ms: u32, nonce: u64) -> u64 {
    let mut wanted = request(nonce);
    wanted.sla.max_latency_ms = max_latency_ms;
    let id = submit_as(CLIENT, wanted);
    run(4);
    assert_ok!(Compute::accept_job(signed(10), id));
    id
}

#[test]
fn record_should_count_what_becomes_of_jobs() {
    test(|| {
        attest(accepted(10));
        let late = accepted_by(10, 1);
        run_to(job(late).deadline + 1);
        let withheld = accepted_by(10, 2);
        attest(withheld);
        assert_ok!(<Compute as JobRegistry<_, _>>::fail(withheld, FailureReason::OutputWithheld));
        let declined = submit(CLIENT, 3);
        run(4);
        assert_ok!(Compute::decline_job(signed(10), declined));
        let expected = SlaRecord {
            accepted: 3,
            declined: 1,
            attested: 2,
            deadlines_missed: 1,
            outputs_withheld: 1,
            ..Default::default()
        };
        assert_eq!(SlaRecord { mean_millis: 0, ..sla(10) }, expected);
        let view = Compute::worker(&10).unwrap();
        assert_eq!((view.sla.accepted, view.sla.outputs_withheld), (3, 1));
    });
}

#[test]
fn attestation_should_count_as_late_when_it_exceeds_the_latency_of_its_job() {
    test(|| {
        register(10, 10_000 * UNIT);
        // Two seconds a block.
        for (nonce, (limit, blocks, late)) in [(10_000, 5, 0), (10_000, 6, 1), (0, 60, 1)].into_iter().enumerate() {
            let id = accepted_within(limit, nonce as u64);
            run(blocks);
            attest(id);
            assert_eq!(sla(10).late, late, "{blocks} blocks of {limit} ms");
        }
    });
}

#[test]
fn mean_time_should_follow_the_last_jobs() {
    test(|| {
        register(10, 10_000 * UNIT);
        for (nonce, (blocks, mean)) in [(3, 6_000), (5, 8_000), (2, 6_666)].into_iter().enumerate() {
            let id = accepted_within(0, nonce as u64);
            run(blocks);
            attest(id);
            assert_eq!(sla(10).mean_millis, mean);
        }
        for nonce in 3..40 {
            attest(accepted_within(0, nonce));
        }
        assert!(sla(10).mean_millis < 100, "{}", sla(10).mean_millis);
    });
}

#[test]
fn heartbeat_should_be_free_once_per_period() {
    test(|| {
        register(10, 1_000 * UNIT);
        assert_noop!(Compute::heartbeat(signed(11)), Error::<Test>::NotRegistered);
        assert_noop!(Compute::heartbeat(signed(10)), Error::<Test>::HeartbeatTooEarly);
        assert_eq!(Compute::worker(&10).unwrap().heartbeat_from, 26);
        run_to(25);
        assert_noop!(Compute::heartbeat(signed(10)), Error::<Test>::HeartbeatTooEarly);
        run_to(26);
        assert_eq!(Compute::heartbeat(signed(10)).unwrap().pays_fee, Pays::No);
        assert_eq!(last_event(), Event::Heartbeat { worker: 10 });
        assert_noop!(Compute::heartbeat(signed(10)), Error::<Test>::HeartbeatTooEarly);
    });
}

#[test]
fn silent_worker_should_not_be_drawn_and_give_up_its_lot_until_its_next_sign() {
    test(|| {
        SilenceLimit::set(&LIMIT);
        register(10, 10_000 * UNIT);
        run_to(LIMIT + 1);
        let id = submit(CLIENT, 0);
        run(4);
        assert_eq!(drawn(id), 10, "not too long yet when the draw's randomness began");
        assert_ok!(Compute::decline_job(signed(10), id));
        run(LIMIT + 5);
        assert!(Compute::worker(&10).unwrap().silent);
        let id = submit(OTHER_CLIENT, 0);
        run(4);
        assert_eq!(job(id).status, JobStatus::Submitted);
        assert!(events().contains(&Event::WorkerSilent { worker: 10 }));
        run(4);
        assert_eq!(hanzo_poai::draw::lot::<Compute>(worker(10).slot), 0);
        assert!(worker(10).accepting, "it stays registered, and open to jobs");
        assert_ok!(Compute::heartbeat(signed(10)));
        run(8);
        assert_eq!(drawn(id), 10);
        assert!(!Compute::worker(&10).unwrap().silent);
    });
}

#[test]
fn returning_worker_should_not_enter_draws_under_way() {
    test(|| {
        SilenceLimit::set(&LIMIT);
        register(10, 10_000 * UNIT);
        run(LIMIT + 5);
        let id = submit(CLIENT, 0);
        run(2);
        assert_ok!(Compute::heartbeat(signed(10)));
        run(2);
        assert_eq!(job(id).status, JobStatus::Submitted, "it knew two of the four outputs");
    });
}

#[test]
fn answers_should_be_signs_of_life() {
    test(|| {
        SilenceLimit::set(&LIMIT);
        register(10, 10_000 * UNIT);
        run(50);
        let id = accepted_by(10, 0);
        assert_eq!(worker(10).seen_at, System::block_number());
        run(50);
        attest(id);
        assert_eq!(worker(10).seen_at, System::block_number());
        let id = submit(CLIENT, 1);
        run(4);
        assert_ok!(Compute::decline_job(signed(10), id));
        assert_eq!(worker(10).seen_at, System::block_number());
    });
}
