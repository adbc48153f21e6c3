use crate::{mock::*, Error};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::Verification;
use hanzo_traits::{AttestableJob, JobRegistry, WorkerRegistry};
use sp_core::H256;

type Registry = Compute;

fn attest(id: u64, prompt_tokens: u32, output_tokens: u32) -> sp_runtime::DispatchResult {
    <Registry as JobRegistry<_, _>>::note_attested(id, prompt_tokens, output_tokens)
}

#[test]
fn accepted_job_should_be_attestable_with_all_it_is_bound_to() {
    test(|| {
        register(10, 1_000 * UNIT);
        let prior = H256::repeat_byte(5);
        let id = submit(CLIENT, 77);
        // No job may ask for one yet.
        crate::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().prior_root = prior);
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        let wanted = AttestableJob {
            worker: 10,
            client: CLIENT,
            model: MODEL,
            input: H256::repeat_byte(9),
            opening: job(id).opening.unwrap(),
            deadline: 301,
            nonce: 77,
            seed: job(id).assignment.unwrap().seed,
            max_prompt_tokens: 10,
            max_output_tokens: 10,
            prior_root: prior,
            verification: Verification::Replay,
            value: job(id).value,
        };
        assert_eq!(Registry::attestable(id), Ok(wanted));
        assert_eq!(<Registry as JobRegistry<_, _>>::client(id), Some(CLIENT));
    });
}

#[test]
fn job_should_be_attestable_in_no_other_state() {
    test(|| {
        assert_eq!(Registry::attestable(0), Err(Error::<Test>::UnknownJob.into()));
        register(10, 1_000 * UNIT);
        let id = submit(CLIENT, 0);
        assert_eq!(Registry::attestable(id), Err(Error::<Test>::NotAccepted.into()));
        run(4);
        assert_eq!(Registry::attestable(id), Err(Error::<Test>::NotAccepted.into()));
        assert_noop!(attest(id, 1, 1), Error::<Test>::NotAccepted);
        assert_ok!(Compute::accept_job(signed(10), id));
        assert_ok!(attest(id, 1, 1));
        assert_eq!(Registry::attestable(id), Err(Error::<Test>::NotAccepted.into()));
    });
}

#[test]
fn attestation_should_be_taken_once_and_within_bounds() {
    test(|| {
        let id = accepted(10);
        assert_noop!(attest(id + 1, 1, 1), Error::<Test>::UnknownJob);
        assert_noop!(attest(id, 11, 1), Error::<Test>::TooManyTokens);
        assert_noop!(attest(id, 1, 11), Error::<Test>::TooManyTokens);
        assert_ok!(attest(id, 10, 10));
        assert_noop!(attest(id, 10, 10), Error::<Test>::NotAccepted);
    });
}

#[test]
fn attestation_should_be_taken_in_the_last_block_and_not_after() {
    test(|| {
        let id = accepted(10);
        run_to(job(id).deadline);
        // A lagging agenda must not let a late attestation in.
        System::set_block_number(job(id).deadline + 1);
        assert_noop!(attest(id, 1, 1), Error::<Test>::DeadlinePassed);
        System::set_block_number(job(id).deadline);
        assert_ok!(attest(id, 1, 1));
        run(50);
        assert_eq!(job(id).status, hanzo_poai::JobStatus::Attested);
    });
}

#[test]
fn session_key_should_be_known_for_workers_only() {
    test(|| {
        assert_eq!(Registry::session_key(&10), None);
        register(10, 1_000 * UNIT);
        assert_eq!(Registry::session_key(&10), Some(key(10)));
    });
}
