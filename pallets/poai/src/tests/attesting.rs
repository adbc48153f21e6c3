//! What an attestation must be to be taken, and what taking it does.

use crate::{mock::*, Attestations, Error, Event, Queue, Windows};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{GetDispatchInfo, Pays},
    weights::Weight,
};
use hanzo_poai::{chunks, Attestation, JobStatus, Proof, Verification};
use sp_core::{Pair, H256};

type Change = fn(&mut Attestation<u64>);

/// Attests to a new job after a change made before signing, so that only the checks of the fields can refuse it.
fn refused(change: Change, error: Error<Test>) {
    ExtBuilder::default().build_and_execute(|| {
        let mut attestation = statement(accept(CLIENT, WORKER), 40);
        change(&mut attestation);
        let signature = sign(&attestation);
        assert_noop!(Poai::attest(RuntimeOrigin::signed(WORKER), attestation, signature), error);
    });
}

#[test]
fn attestation_should_open_a_window_when_everything_holds() {
    ExtBuilder::default().build_and_execute(|| {
        run_to(7);
        let job = accept(CLIENT, WORKER);
        let attestation = statement(job, 40);
        let signature = sign(&attestation);
        let done = Poai::attest(RuntimeOrigin::signed(WORKER), attestation.clone(), signature).unwrap();
        assert_eq!(done.pays_fee, Pays::No);

        assert_eq!(status(job), JobStatus::Attested);
        assert_eq!(Jobs::get(job).unwrap().counts, Some((17, 40)));
        let record = Attestations::<Test>::get(job).unwrap();
        assert_eq!((record.attested_at, record.settles_at), (7, 7 + WINDOW));
        assert_eq!(record.receipt_root, attestation.receipt_root());
        assert_eq!(record.challenge, challenge(job));
        assert_eq!((Windows::<Test>::count(), Queue::<Test>::iter().count()), (1, 1));
        assert_eq!(
            events(),
            [Event::Attested {
                job,
                worker: WORKER,
                model: attestation.model,
                input: attestation.input,
                output: attestation.output,
                tokens_root: attestation.tokens_root,
                fingerprints_root: attestation.fingerprints_root,
                receipt_root: attestation.receipt_root(),
                engine_profile: attestation.engine_profile,
                prompt_tokens: 17,
                output_tokens: 40,
                settles_at: 7 + WINDOW,
            }]
        );
    });
}

#[test]
fn attestation_should_be_refused_when_a_bound_field_is_not_the_jobs() {
    refused(|a| a.model = H256::repeat_byte(9), Error::ModelMismatch);
    refused(|a| a.input = H256::repeat_byte(9), Error::InputMismatch);
    refused(|a| a.nonce += 1, Error::NonceMismatch);
    refused(|a| a.seed = H256::repeat_byte(9), Error::SeedMismatch);
    refused(|a| a.prior_root = H256::zero(), Error::PriorMismatch);
    refused(|a| a.worker = OTHER_WORKER, Error::WrongWorker);
}

#[test]
fn attestation_should_be_refused_when_a_count_is_not_paid_for() {
    refused(|a| a.prompt_tokens = 513, Error::TooManyPromptTokens);
    refused(|a| a.prompt_tokens = u32::MAX, Error::TooManyPromptTokens);
    refused(|a| a.output_tokens = 0, Error::NoOutputTokens);
    refused(|a| a.output_tokens = 8_193, Error::TooManyOutputTokens);
    refused(|a| a.output_tokens = u32::MAX, Error::TooManyOutputTokens);
}

#[test]
fn attestation_should_be_taken_when_counts_are_at_their_bounds() {
    for (prompt, output) in [(0, 1), (512, 8_192)] {
        ExtBuilder::default().build_and_execute(|| {
            let mut attestation = statement(accept(CLIENT, WORKER), 40);
            (attestation.prompt_tokens, attestation.output_tokens) = (prompt, output);
            let signature = sign(&attestation);
            assert_ok!(Poai::attest(RuntimeOrigin::signed(WORKER), attestation, signature));
        });
    }
}

#[test]
fn attestation_should_be_refused_when_its_proof_is_of_another_kind() {
    refused(|a| a.proof = Proof::Tee(vec![1; 100].try_into().unwrap()), Error::ProofMismatch);
    refused(|a| a.proof = Proof::Quorum(Default::default()), Error::ProofMismatch);
    refused(|a| a.proof = Proof::Zk(Default::default()), Error::ProofMismatch);
}

#[test]
fn attestation_should_be_refused_when_the_job_asks_for_another_proof() {
    for verification in [Verification::Tee, Verification::Quorum, Verification::Zk] {
        ExtBuilder::default().build_and_execute(|| {
            let job = accept(CLIENT, WORKER);
            Jobs::mutate(job, |entry| entry.as_mut().unwrap().terms.verification = verification);
            let attestation = statement(job, 40);
            let signature = sign(&attestation);
            let call = Poai::attest(RuntimeOrigin::signed(WORKER), attestation, signature);
            assert_noop!(call, Error::<Test>::ProofMismatch);
        });
    }
}

#[test]
fn attestation_should_be_refused_when_a_hash_commits_to_nothing() {
    refused(|a| a.output = H256::zero(), Error::DegenerateHash);
    refused(|a| a.engine_profile = H256::zero(), Error::DegenerateHash);
    refused(|a| a.tokens_root = H256::zero(), Error::DegenerateHash);
    refused(|a| a.fingerprints_root = H256::zero(), Error::DegenerateHash);
    refused(|a| a.tokens_root = chunks::tokens_root(&[]).unwrap(), Error::DegenerateHash);
    refused(|a| a.fingerprints_root = chunks::fingerprints_root(&[]).unwrap(), Error::DegenerateHash);
    refused(|a| a.fingerprints_root = a.tokens_root, Error::DegenerateHash);
}

#[test]
fn attestation_should_be_refused_when_the_deadline_has_passed() {
    ExtBuilder::default().build_and_execute(|| {
        let (first, second) = (accept(CLIENT, WORKER), accept(CLIENT, WORKER));
        run_to(1 + DEADLINE);
        attest(first, 40);
        run_to(2 + DEADLINE);
        let attestation = statement(second, 40);
        let signature = sign(&attestation);
        let call = Poai::attest(RuntimeOrigin::signed(WORKER), attestation, signature);
        assert_noop!(call, Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn attestation_should_be_refused_when_another_account_sends_it() {
    ExtBuilder::default().build_and_execute(|| {
        let attestation = statement(accept(CLIENT, WORKER), 40);
        let signature = sign(&attestation);
        for who in [CLIENT, OTHER_WORKER, STRANGER] {
            let call = Poai::attest(RuntimeOrigin::signed(who), attestation.clone(), signature);
            assert_noop!(call, Error::<Test>::WrongWorker);
        }
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert!(Poai::attest(origin, attestation.clone(), signature).is_err());
        }
    });
}

#[test]
fn attestation_should_be_refused_when_the_job_is_not_accepted() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        let attestation = statement(job, 40);
        let signature = sign(&attestation);
        for status in [JobStatus::Submitted, JobStatus::Assigned, JobStatus::Attested, JobStatus::Refunded] {
            Jobs::mutate(job, |entry| entry.as_mut().unwrap().status = status);
            let before = sp_io::storage::root(Default::default());
            assert!(Poai::attest(RuntimeOrigin::signed(WORKER), attestation.clone(), signature).is_err());
            assert_eq!(sp_io::storage::root(Default::default()), before);
        }
        Jobs::remove(job);
        assert!(Poai::attest(RuntimeOrigin::signed(WORKER), attestation, signature).is_err());
    });
}

#[test]
fn attestation_should_be_checked_against_the_key_registered_now() {
    ExtBuilder::default().build_and_execute(|| {
        let attestation = statement(accept(CLIENT, WORKER), 40);
        let signature = sign(&attestation);
        Keys::insert(WORKER, pair(77).public());
        let call = Poai::attest(RuntimeOrigin::signed(WORKER), attestation.clone(), signature);
        assert_noop!(call, Error::<Test>::BadSignature);
        Keys::remove(WORKER);
        let call = Poai::attest(RuntimeOrigin::signed(WORKER), attestation.clone(), signature);
        assert_noop!(call, Error::<Test>::NoSessionKey);
        Keys::insert(WORKER, pair(77).public());
        let renewed = pair(77).sign(attestation.signing_hash(&challenge(attestation.job)).as_bytes());
        assert_ok!(Poai::attest(RuntimeOrigin::signed(WORKER), attestation, renewed));
    });
}

#[test]
fn calls_should_fit_a_block() {
    ExtBuilder::default().build_and_execute(|| {
        let attestation = statement(accept(CLIENT, WORKER), 40);
        let signature = sign(&attestation);
        let calls = [
            crate::Call::<Test>::attest { attestation, signature },
            crate::Call::demand_output { job: 0 },
            crate::Call::deliver_output { job: 0, tokens: output(4_096) },
        ];
        // A twentieth of a second of computation and 64 KiB of proof.
        let bound = Weight::from_parts(50_000_000_000, 65_536);
        for call in calls {
            let weight = call.get_dispatch_info().call_weight;
            assert!(weight.all_lte(bound), "{call:?} weighs {weight}");
            assert!(weight.all_gt(Weight::zero()));
        }
        let short = crate::Call::<Test>::deliver_output { job: 0, tokens: output(1) }.get_dispatch_info();
        let long = crate::Call::<Test>::deliver_output { job: 0, tokens: output(4_096) }.get_dispatch_info();
        assert!(short.call_weight.ref_time() < long.call_weight.ref_time());
    });
}

#[test]
fn attestation_should_be_refused_when_it_names_a_profile_that_nobody_could_judge() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        let attestation = statement(job, 40);
        let profile = |profile| crate::Settings::<Test>::mutate(|settings| settings.engine_profile = profile);
        let send = || Poai::attest(RuntimeOrigin::signed(WORKER), attestation.clone(), sign(&attestation));
        profile(Some(H256::repeat_byte(0xcd)));
        assert_noop!(send(), Error::<Test>::WrongEngineProfile);
        profile(Some(attestation.engine_profile));
        assert_ok!(send());
    });
}
