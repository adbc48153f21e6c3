//! An attestation is worth nothing for another job, worker or chain, after any change, or a second time.

use crate::{mock::*, Error};
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::{Attestation, JobStatus};
use proptest::prelude::*;
use sp_core::{sr25519, H256};

type Signed = (Attestation<u64>, sr25519::Signature);

fn signed(job: u64) -> Signed {
    let attestation = statement(job, 40);
    let signature = sign(&attestation);
    (attestation, signature)
}

/// The call is refused by whichever account sends it, and storage stays as it was.
fn assert_refused((attestation, signature): &Signed) {
    for who in [attestation.worker, WORKER, OTHER_WORKER, CLIENT] {
        let before = sp_io::storage::root(Default::default());
        let result = Poai::attest(RuntimeOrigin::signed(who), attestation.clone(), *signature);
        assert!(result.is_err(), "{attestation:?} taken from {who}");
        assert_eq!(sp_io::storage::root(Default::default()), before);
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn attestation_should_be_refused_when_any_bit_is_flipped(pick in any::<prop::sample::Index>(), bit in 0u8..8) {
        ExtBuilder::default().build_and_execute(|| {
            let genuine = signed(accept(CLIENT, WORKER));
            let mut bytes = genuine.encode();
            let at = pick.index(bytes.len());
            bytes[at] ^= 1 << bit;
            if let Ok(forged) = Signed::decode(&mut bytes.as_slice()) {
                assert_ne!(forged, genuine);
                assert_refused(&forged);
            }
            assert_ok!(Poai::attest(RuntimeOrigin::signed(WORKER), genuine.0, genuine.1));
        });
    }

    #[test]
    fn attestation_should_be_refused_when_fields_come_from_another_one(mask in 1u16..(1 << 14)) {
        ExtBuilder::default().build_and_execute(|| {
            let (one, two) = (signed(accept(CLIENT, WORKER)), signed(accept(CLIENT, OTHER_WORKER)));
            let (mut mixed, other) = (one.0.clone(), &two.0);
            let take = |field: u16| mask & (1 << field) != 0;
            if take(0) { mixed.job = other.job }
            if take(1) { mixed.worker = other.worker }
            if take(2) { mixed.model = other.model }
            if take(3) { mixed.input = other.input }
            if take(4) { mixed.output = H256::repeat_byte(0x11) }
            if take(5) { mixed.tokens_root = H256::repeat_byte(0x22) }
            if take(6) { mixed.fingerprints_root = H256::repeat_byte(0x33) }
            if take(7) { mixed.prompt_tokens += 1 }
            if take(8) { mixed.output_tokens += 1 }
            if take(9) { mixed.nonce = other.nonce }
            if take(10) { mixed.seed = other.seed }
            if take(11) { mixed.engine_profile = H256::repeat_byte(0x44) }
            if take(12) { mixed.prior_root = other.prior_root }
            let signature = if take(13) { two.1 } else { one.1 };
            // Fields in which the two happen to agree change nothing; and all of the other's make that one, genuine too.
            if ![&one, &two].contains(&&(mixed.clone(), signature)) {
                assert_refused(&(mixed, signature));
            }
        });
    }
}

#[test]
fn attestation_should_be_refused_when_sent_again() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        let (attestation, signature) = signed(job);
        assert_ok!(Poai::attest(RuntimeOrigin::signed(WORKER), attestation.clone(), signature));
        let again = || Poai::attest(RuntimeOrigin::signed(WORKER), attestation.clone(), signature);
        assert_noop!(again(), Error::<Test>::AlreadyAttested);
        run_to(1 + WINDOW);
        assert_eq!(status(job), JobStatus::Settled);
        assert_noop!(again(), Error::<Test>::AlreadyAttested);
    });
}

#[test]
fn attestation_should_be_refused_when_sent_again_after_its_record_is_pruned() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        let genuine = signed(job);
        assert_ok!(Poai::attest(RuntimeOrigin::signed(WORKER), genuine.0.clone(), genuine.1));
        run_to(1 + WINDOW + RETENTION);
        assert_eq!(Poai::attestation(job), None);
        assert_refused(&genuine);
    });
}

#[test]
fn attestation_should_be_refused_when_it_was_signed_for_another_chain_or_fork() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        let genuine = signed(job);
        let refused = || {
            let call = Poai::attest(RuntimeOrigin::signed(WORKER), genuine.0.clone(), genuine.1);
            assert_noop!(call, Error::<Test>::BadSignature);
        };
        // The same job number on a fork on which it was accepted elsewhere.
        let opening = Jobs::get(job).unwrap().terms.opening;
        Jobs::mutate(job, |entry| entry.as_mut().unwrap().terms.opening = H256::repeat_byte(8));
        refused();
        Jobs::mutate(job, |entry| entry.as_mut().unwrap().terms.opening = opening);
        // A chain that differs in nothing but its genesis.
        let genesis = System::block_hash(0);
        frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(8));
        refused();
        frame_system::BlockHash::<Test>::insert(0, genesis);
        assert_ok!(Poai::attest(RuntimeOrigin::signed(WORKER), genuine.0, genuine.1));
    });
}

#[test]
fn attestation_should_be_refused_when_two_workers_share_a_key() {
    ExtBuilder::default().build_and_execute(|| {
        Keys::insert(OTHER_WORKER, Keys::get(WORKER).unwrap());
        let (mine, theirs) = (accept(CLIENT, WORKER), accept(CLIENT, OTHER_WORKER));
        // Same terms but for the worker: its name in the challenge is all that tells the two apart.
        let mut terms = Jobs::get(mine).unwrap().terms;
        terms.worker = OTHER_WORKER;
        Jobs::mutate(theirs, |entry| entry.as_mut().unwrap().terms = terms);
        let (mut attestation, signature) = signed(mine);
        (attestation.job, attestation.worker) = (theirs, OTHER_WORKER);
        let call = Poai::attest(RuntimeOrigin::signed(OTHER_WORKER), attestation, signature);
        assert_noop!(call, Error::<Test>::BadSignature);
    });
}

#[test]
fn challenge_should_stay_the_same_when_block_hashes_are_pruned() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        let before = Poai::attestation_challenge(job).unwrap();
        for block in 2..40 {
            System::initialize(&block, &H256::repeat_byte(block as u8), &Default::default());
            System::finalize();
        }
        assert_eq!(System::block_hash(20), H256::zero(), "old hashes are pruned");
        assert_eq!(Poai::attestation_challenge(job), Ok(before));
    });
}
