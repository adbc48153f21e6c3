//! Proofs of attestations.

use crate::{mock::*, Error, QuorumEvidence, Target, TeeEvidence, ZkEvidence};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, weights::Weight, BoundedVec};
use hanzo_poai::{attestation::report_data, Attestation, Proof, Verification};
use hanzo_proofs::{binding, Vendor};
use hanzo_traits::ProofRegistry;
use sp_core::{ConstU32, Pair, H256};
use sp_runtime::DispatchResult;

fn check(attestation: &Attestation<u64>) -> DispatchResult {
    check_under(attestation, &CHALLENGE)
}

fn check_under(attestation: &Attestation<u64>, challenge: &H256) -> DispatchResult {
    Attesting::check(attestation, challenge, &pair(attestation.worker).public())
}

fn evidence(evidence: impl Encode) -> BoundedVec<u8, ConstU32<{ hanzo_poai::attestation::MAX_EVIDENCE }>> {
    evidence.encode().try_into().expect("short")
}

/// An attestation with a good proof from a trusted environment.
fn by_tee() -> Attestation<u64> {
    let base = attestation(WORKER);
    let measurement = measurement(Vendor::Sgx);
    let message = report_data(&CHALLENGE, &base.model, &base.input, &base.output, measurement.as_bytes());
    let signature = pair(WORKER).sign(message.as_bytes());
    Attestation { proof: Proof::Tee(evidence(TeeEvidence { measurement, signature })), ..base }
}

/// An attestation that these attestors vouch for.
fn by_quorum(places: &[u8]) -> Attestation<u64> {
    let base = attestation(WORKER);
    let message = binding::quorum(1, &binding::statement(&CHALLENGE, &base));
    let signatures = signatures(places, &message).try_into().expect("few");
    Attestation { proof: Proof::Quorum(evidence(QuorumEvidence { set: 1, signatures })), ..base }
}

/// An attestation with a good succinct proof.
fn by_zk() -> Attestation<u64> {
    let base = attestation(WORKER);
    let proof = prove(&binding::statement(&CHALLENGE, &base));
    Attestation { proof: Proof::Zk(evidence(ZkEvidence { verifier: 1, proof })), ..base }
}

/// The same attestation with one field of the receipt changed, each in turn.
fn changed(base: &Attestation<u64>) -> Vec<Attestation<u64>> {
    let other = H256::repeat_byte(99);
    vec![
        Attestation { job: 99, ..base.clone() },
        Attestation { model: other, ..base.clone() },
        Attestation { input: other, ..base.clone() },
        Attestation { output: other, ..base.clone() },
        Attestation { tokens_root: other, ..base.clone() },
        Attestation { output_tokens: 1, ..base.clone() },
        Attestation { seed: other, ..base.clone() },
    ]
}

/// The evidence of an attestation, damaged in every way that its length or its bytes can be.
fn damaged(base: &Attestation<u64>) -> Vec<Attestation<u64>> {
    let (bytes, wrap): (_, fn(_) -> Proof) = match &base.proof {
        Proof::Tee(bytes) => (bytes.clone(), Proof::Tee),
        Proof::Quorum(bytes) => (bytes.clone(), Proof::Quorum),
        Proof::Zk(bytes) => (bytes.clone(), Proof::Zk),
        Proof::Replay => unreachable!("has no evidence"),
    };
    let with = |bytes: Vec<u8>| Attestation { proof: wrap(bytes.try_into().expect("short")), ..base.clone() };
    let flips = (0..bytes.len()).step_by(3).map(|at| {
        let mut bytes = bytes.to_vec();
        bytes[at] ^= 1 << (at % 8);
        with(bytes)
    });
    let cuts = (0..bytes.len()).step_by(7).map(|length| with(bytes[..length].to_vec()));
    flips.chain(cuts).chain([with([&bytes[..], &[0]].concat())]).collect()
}

#[test]
fn check_should_pass_a_replay_and_leave_it_to_committees() {
    run(|| {
        assert_ok!(check(&attestation(WORKER)));
    });
}

#[test]
fn tee_should_pass_when_the_key_is_bound_and_signed_this_job() {
    run(|| {
        let good = by_tee();
        assert_noop!(check(&good), Error::<Test>::NotBound);
        assert_ok!(register(Vendor::Sgx, WORKER, 1));
        assert_ok!(check(&good));
        assert_noop!(check_under(&good, &H256::zero()), Error::<Test>::BadSignature);
        for field in [H256::repeat_byte(98), H256::zero()] {
            let other = Attestation { output: field, ..good.clone() };
            assert_noop!(check(&other), Error::<Test>::BadSignature);
        }
        let other = Attestation { worker: OTHER_WORKER, ..good.clone() };
        assert_noop!(check(&other), Error::<Test>::NotBound);
        for bad in damaged(&good) {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
        assert_ok!(Attesting::pause(RuntimeOrigin::signed(GUARD), Target::Vendor(Vendor::Sgx)));
        assert_noop!(check(&good), Error::<Test>::NotBound);
    });
}

#[test]
fn tee_should_fail_when_the_key_is_bound_to_another_measurement() {
    run(|| {
        assert_ok!(register(Vendor::Tdx, WORKER, 1));
        assert_noop!(check(&by_tee()), Error::<Test>::WrongMeasurement);
    });
}

#[test]
fn quorum_should_pass_when_enough_attestors_signed_the_same() {
    run(|| {
        for places in [&[0u8, 1, 2][..], &[0, 2, 3, 4]] {
            let good = by_quorum(places);
            assert_ok!(check(&good));
            assert!(check_under(&good, &H256::zero()).is_err());
            for other in changed(&good) {
                assert_noop!(check(&other), Error::<Test>::BadSignature);
            }
        }
        for places in [&[0u8, 1][..], &[0, 0, 0], &[2, 1, 0], &[]] {
            assert_noop!(check(&by_quorum(places)), Error::<Test>::NoQuorum);
        }
        for bad in damaged(&by_quorum(&[0, 1, 2])) {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
    });
}

#[test]
fn quorum_should_fail_when_the_attestors_changed_or_are_paused() {
    run(|| {
        let good = by_quorum(&[0, 1, 2]);
        assert_ok!(Attesting::pause(RuntimeOrigin::signed(GUARD), Target::Attestors));
        assert_noop!(check(&good), Error::<Test>::Paused);
        assert!(
            !<Attesting as ProofRegistry<_>>::supports(Verification::Quorum),
            "no job is taken that nobody can prove"
        );
        assert_ok!(Attesting::unpause(RuntimeOrigin::root(), Target::Attestors));
        assert!(<Attesting as ProofRegistry<_>>::supports(Verification::Quorum));
        assert_ok!(Attesting::set_attestors(RuntimeOrigin::root(), Default::default(), 0));
        assert_noop!(check(&good), Error::<Test>::WrongSet);
    });
    new_test_ext().execute_with(|| {
        // Without attestors nothing passes, whatever set it names.
        crate::Attestors::<Test>::kill();
        let empty = QuorumEvidence { set: 0, signatures: Default::default() };
        let bad = Attestation { proof: Proof::Quorum(evidence(empty)), ..attestation(WORKER) };
        assert_noop!(check(&bad), Error::<Test>::WrongSet);
    });
}

#[test]
fn zk_should_pass_when_the_proof_is_of_this_attestation() {
    run(|| {
        let good = by_zk();
        assert_ok!(check(&good));
        assert_noop!(check_under(&good, &H256::zero()), Error::<Test>::ProofRefused);
        for other in changed(&good) {
            assert_noop!(check(&other), Error::<Test>::ProofRefused);
        }
        for bad in damaged(&good) {
            assert!(check(&bad).is_err(), "{bad:?}");
        }
    });
}

#[test]
fn zk_should_fail_when_the_verifying_key_is_unknown_paused_or_removed() {
    run(|| {
        let good = by_zk();
        let proof = prove(&binding::statement(&CHALLENGE, &good));
        let unknown = Proof::Zk(evidence(ZkEvidence { verifier: 2, proof }));
        assert_noop!(check(&Attestation { proof: unknown, ..good.clone() }), Error::<Test>::NotRegistered);
        assert_ok!(Attesting::pause(RuntimeOrigin::signed(GUARD), Target::Verifier(1)));
        assert_noop!(check(&good), Error::<Test>::Paused);
        assert_ok!(Attesting::unpause(RuntimeOrigin::root(), Target::Verifier(1)));
        assert_ok!(check(&good));
        assert_ok!(Attesting::remove_verifier(RuntimeOrigin::root(), 1));
        assert_noop!(check(&good), Error::<Test>::NotRegistered);
    });
}

#[test]
fn check_weight_should_price_each_kind_that_costs_something() {
    assert!(<Attesting as ProofRegistry<u64>>::check_weight(Verification::Replay) == Weight::zero());
    for kind in [Verification::Tee, Verification::Quorum, Verification::Zk] {
        assert!(<Attesting as ProofRegistry<u64>>::check_weight(kind).ref_time() > 50_000_000, "{kind:?}");
    }
}

#[test]
fn pilot_of_the_benchmarks_should_be_a_key_and_a_proof_under_it() {
    let (key, proof) = (include_bytes!("../pilot/key.bin"), include_bytes!("../pilot/proof.bin"));
    let statement = binding::statement(&CHALLENGE, &attestation(WORKER));
    assert_eq!(&key[..], &PILOT.verifying[..]);
    assert_eq!(*proof, prove(&statement));
}
