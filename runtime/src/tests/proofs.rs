//! Jobs that ask for another proof than a replay, in real blocks; and what checks of proofs cost.

use super::{
    actors::{attestation, last_job, request, session_pair, status, CLIENT, WORKER},
    chain::Chain,
};
use crate::{
    AccountId, Attestors, Compute, Poai, Runtime, RuntimeCall, RuntimeEvent, System, TransactionPayment,
    UncheckedExtrinsic,
};
use codec::Encode;
use frame_support::{
    dispatch::{DispatchClass, GetDispatchInfo},
    weights::Weight,
};
use hanzo_poai::{attestation::report_data, Attestation, JobId, JobStatus, Proof, Verification};
use hanzo_proofs::{
    binding::{self, Verdict},
    testing::{snp, NOW},
    OnChain, QuoteVerifiers, TcbPolicy, Vendor, MAX_COLLATERAL, MAX_QUOTE,
};
use hanzo_traits::ProofRegistry;
use pallet_attestors::{
    Allowance, Call, Error, Event, QuorumEvidence, SignedVerdict, Target, TeeEvidence, MAX_ATTESTORS,
};
use sp_core::{sr25519, Pair, H256};
use sp_keyring::Sr25519Keyring::{self, *};
use sp_runtime::DispatchError;

/// A worker's hardware: certificates that hold at the time of the tests' chains.
fn chip() -> snp::Chip {
    snp::Chip::new(snp::Flaws { period: (1, NOW), certificates: (1, NOW), ..Default::default() })
}

fn sudo(chain: &mut Chain, call: impl Into<RuntimeCall>) {
    let call = pallet_sudo::Call::sudo { call: Box::new(call.into()) };
    chain.send(Alice, call).unwrap().unwrap();
    let done = pallet_sudo::Event::Sudid { sudo_result: Ok(()) };
    assert!(System::events().iter().any(|record| record.event == done.clone().into()));
}

/// What governance does before anybody can answer a job that asks for trusted hardware; the names of root and measurement.
fn trust(chain: &mut Chain, chip: &snp::Chip) -> (H256, H256) {
    let root = chip.root();
    let report = OnChain::verify(Vendor::SevSnp, &chip.report([0; 64]), &chip.collateral(), &root, 2).unwrap();
    let id = Attestors::root_id(&root);
    sudo(chain, Call::set_root { vendor: Vendor::SevSnp, certificate: root.try_into().unwrap(), until: NOW });
    let allowance = Allowance { vendor: Vendor::SevSnp, policy: TcbPolicy::up_to_date(), until: NOW };
    sudo(chain, Call::allow_measurement { measurement: report.measurement, allowance });
    (id, report.measurement)
}

/// The epoch in force.
fn epoch() -> u64 {
    Attestors::epoch_at(System::block_number())
}

/// What a quote carries that binds the worker's session key now.
fn registration(measurement: &H256) -> H256 {
    let (worker, key) = (WORKER.to_account_id(), session_pair(WORKER).public());
    binding::registration(&System::block_hash(0), &worker, &key, epoch(), measurement)
}

/// A job of this kind, as far as its client's submission.
fn submitted(chain: &mut Chain, verification: Verification) -> Result<JobId, DispatchError> {
    let now = chain.now();
    let mut request = request(now.into(), 200, now + 150);
    request.verification = verification;
    chain.send(CLIENT, pallet_compute::Call::submit_job { request }).unwrap()?;
    Ok(last_job())
}

/// A job of this kind that the worker has accepted.
fn accepted(chain: &mut Chain, verification: Verification) -> JobId {
    let id = submitted(chain, verification).unwrap();
    chain.run_to(chain.now() + 5);
    chain.send(WORKER, pallet_compute::Call::accept_job { job: id }).unwrap().unwrap();
    chain.step();
    id
}

/// Attests with this proof.
fn attest(
    chain: &mut Chain,
    id: JobId,
    prove: impl FnOnce(&Attestation<AccountId>, &H256) -> Proof,
) -> Result<(), DispatchError> {
    let (mut attestation, challenge) = attestation(WORKER.to_account_id(), id, 20, 40).unwrap();
    attestation.proof = prove(&attestation, &challenge);
    let signature = session_pair(WORKER).sign(attestation.signing_hash(&challenge).as_bytes());
    chain.send(WORKER, pallet_poai::Call::attest { attestation, signature }).unwrap()
}

/// Evidence of trusted hardware, signed by this key.
fn tee(signer: &sr25519::Pair, measurement: H256) -> impl Fn(&Attestation<AccountId>, &H256) -> Proof + '_ {
    move |attestation, challenge| {
        let Attestation { model, input, output, .. } = attestation;
        let message = report_data(challenge, model, input, output, measurement.as_bytes());
        let evidence = TeeEvidence { measurement, signature: signer.sign(message.as_bytes()) };
        Proof::Tee(evidence.encode().try_into().unwrap())
    }
}

/// The attestors of the presets, in the order of the set.
fn attestors() -> Vec<Sr25519Keyring> {
    let mut attestors = vec![Alice, Bob, Charlie];
    attestors.sort_by_key(|attestor| attestor.public());
    attestors
}

/// Signatures of the attestors at these places.
fn sign(places: &[u8], message: &H256) -> Vec<(u8, sr25519::Signature)> {
    let attestors = attestors();
    places.iter().map(|place| (*place, attestors[usize::from(*place)].sign(message.as_bytes()))).collect()
}

fn quorum(places: &'static [u8]) -> impl Fn(&Attestation<AccountId>, &H256) -> Proof {
    move |attestation, challenge| {
        let message = binding::quorum(1, &binding::statement(challenge, attestation));
        let evidence = QuorumEvidence { set: 1, signatures: sign(places, &message).try_into().unwrap() };
        Proof::Quorum(evidence.encode().try_into().unwrap())
    }
}

#[test]
fn bound_session_key_should_answer_a_job_that_asks_for_trusted_hardware() {
    Chain::run("development", |chain| {
        assert_eq!(submitted(chain, Verification::Tee), Err(unsupported()), "nothing is registered");
        let chip = chip();
        let (root, measurement) = trust(chain, &chip);
        let unserved = submitted(chain, Verification::Tee).unwrap();
        chain.run_to(chain.now() + 5);
        assert_eq!(status(unserved), JobStatus::Submitted, "nobody has such hardware");
        let key = session_pair(WORKER);
        let quote = chip.report(binding::report_data(&registration(&measurement))).try_into().unwrap();
        let collateral = chip.collateral().try_into().unwrap();
        let bind = Call::register_key { vendor: Vendor::SevSnp, root, epoch: epoch(), quote, collateral };
        chain.send(WORKER, bind).unwrap().unwrap();
        assert!(Compute::worker(&WORKER.to_account_id()).unwrap().tee);

        chain.run_to(chain.now() + 5);
        let id = accepted(chain, Verification::Tee);
        assert_eq!(attest(chain, id, |_, _| Proof::Replay), Err(pallet_poai::Error::<Runtime>::ProofMismatch.into()));
        let forged = attest(chain, id, tee(&session_pair(CLIENT), measurement));
        assert_eq!(forged, Err(Error::<Runtime>::BadSignature.into()));
        let target = Target::Measurement(measurement);
        sudo(chain, Call::pause { target });
        assert_eq!(attest(chain, id, tee(&key, measurement)), Err(Error::<Runtime>::NotBound.into()));
        sudo(chain, Call::unpause { target });
        assert_eq!(attest(chain, id, tee(&key, measurement)), Ok(()));
        assert_eq!(status(id), JobStatus::Attested);
        chain.step();
    });
}

#[test]
fn verdict_of_attestors_should_bind_a_key_when_the_chain_cannot_check_the_quote() {
    Chain::run("development", |chain| {
        let (certificate, measurement) = (vec![7; 1_000], H256::repeat_byte(9));
        let root = Attestors::root_id(&certificate);
        let vendor = Vendor::Tdx;
        sudo(chain, Call::set_root { vendor, certificate: certificate.try_into().unwrap(), until: NOW });
        let allowance = Allowance { vendor, policy: TcbPolicy::up_to_date(), until: NOW };
        sudo(chain, Call::allow_measurement { measurement, allowance });
        let bind = Call::register_key {
            vendor,
            root,
            epoch: epoch(),
            quote: vec![0; 5_000].try_into().unwrap(),
            collateral: Default::default(),
        };
        let refused = chain.send(WORKER, bind).unwrap();
        assert_eq!(refused, Err(Error::<Runtime>::OffChainOnly.into()));

        let key = session_pair(WORKER);
        let verdict = Verdict {
            set: 1,
            vendor,
            root,
            key: key.public(),
            epoch: epoch(),
            measurement,
            expires: NOW,
            evidence: H256::repeat_byte(8),
        };
        let message = binding::verdict(&System::block_hash(0), &WORKER.to_account_id(), &verdict);
        let bind = |places: &[u8]| Call::register_key_by_verdict {
            signed: SignedVerdict { verdict: verdict.clone(), signatures: sign(places, &message).try_into().unwrap() },
        };
        assert_eq!(chain.send(WORKER, bind(&[1])).unwrap(), Err(Error::<Runtime>::NoQuorum.into()));
        // Another worker's verdict is of no use.
        let other = chain.send(Eve, bind(&[0, 2])).unwrap();
        assert_eq!(other, Err(Error::<Runtime>::WrongReportData.into()));
        chain.send(WORKER, bind(&[0, 2])).unwrap().unwrap();
        let bound = |event: &RuntimeEvent| matches!(event, RuntimeEvent::Attestors(Event::KeyBound { .. }));
        assert!(System::events().iter().any(|record| bound(&record.event)));

        chain.run_to(chain.now() + 5);
        let id = accepted(chain, Verification::Tee);
        assert_eq!(attest(chain, id, tee(&key, measurement)), Ok(()));
        assert_eq!(status(id), JobStatus::Attested);
        chain.step();
    });
}

#[test]
fn attestors_should_answer_for_a_job_when_as_many_sign_as_must() {
    Chain::run("development", |chain| {
        assert_eq!(submitted(chain, Verification::Zk), Err(unsupported()), "no verifying key is registered");
        let id = accepted(chain, Verification::Quorum);
        assert_eq!(attest(chain, id, quorum(&[2])), Err(Error::<Runtime>::NoQuorum.into()));
        let other = attest(chain, id, |attestation, _| quorum(&[0, 1])(attestation, &H256::zero()));
        assert_eq!(other, Err(Error::<Runtime>::BadSignature.into()));
        assert_eq!(attest(chain, id, quorum(&[0, 1])), Ok(()));
        assert_eq!(status(id), JobStatus::Attested);
        // It is open to audits and challenges as any other.
        assert!(Poai::attestation(id).is_some_and(|view| view.settles_at > chain.now()));
        chain.step();
    });
}

fn unsupported() -> DispatchError {
    pallet_compute::Error::<Runtime>::UnsupportedVerification.into()
}

fn weight(call: impl Into<RuntimeCall>) -> Weight {
    call.into().get_dispatch_info().call_weight
}

/// Calls that check the longest of each kind of evidence.
fn checks() -> Vec<(&'static str, RuntimeCall)> {
    let empty = sr25519::Signature::from_raw([0; 64]);
    let verdict = Verdict {
        set: 1,
        vendor: Vendor::Tdx,
        root: H256::zero(),
        key: session_pair(WORKER).public(),
        epoch: 0,
        measurement: H256::zero(),
        expires: 0,
        evidence: H256::zero(),
    };
    let signatures: Vec<_> = (0..MAX_ATTESTORS as u8).map(|place| (place, empty)).collect();
    let register = Call::register_key {
        vendor: Vendor::SevSnp,
        root: H256::zero(),
        epoch: 0,
        quote: vec![0; MAX_QUOTE as usize].try_into().unwrap(),
        collateral: vec![0; MAX_COLLATERAL as usize].try_into().unwrap(),
    };
    let signed = SignedVerdict { verdict, signatures: signatures.try_into().unwrap() };
    let verifier = Call::set_verifier { id: 1, key: vec![0; 488].try_into().unwrap() };
    vec![
        ("register_key", register.into()),
        ("register_key_by_verdict", Call::register_key_by_verdict { signed }.into()),
        ("set_verifier", verifier.into()),
        ("attest by replay", attest_call(Proof::Replay)),
        ("attest by hardware", attest_call(Proof::Tee(Default::default()))),
        ("attest by attestors", attest_call(Proof::Quorum(Default::default()))),
        ("attest by a succinct proof", attest_call(Proof::Zk(Default::default()))),
    ]
}

fn attest_call(proof: Proof) -> RuntimeCall {
    let attestation = Attestation {
        job: 0,
        worker: WORKER.to_account_id(),
        model: H256::zero(),
        input: H256::zero(),
        output: H256::zero(),
        tokens_root: H256::zero(),
        fingerprints_root: H256::zero(),
        prompt_tokens: 0,
        output_tokens: 0,
        nonce: 0,
        seed: H256::zero(),
        engine_profile: H256::zero(),
        prior_root: H256::zero(),
        proof,
    };
    pallet_poai::Call::attest { attestation, signature: sr25519::Signature::from_raw([0; 64]) }.into()
}

#[test]
fn proof_check_should_be_bounded_and_paid_for() {
    Chain::run("development", |_| {
        let limits = <Runtime as frame_system::Config>::BlockWeights::get();
        let class = limits.get(DispatchClass::Normal);
        let most = class.max_extrinsic.expect("limited");
        for (name, call) in checks() {
            let info = call.get_dispatch_info();
            assert!(info.call_weight.all_lte(most), "{name}: {:?} of {most:?}", info.call_weight);
            // No call can take more than a tenth of a block's time.
            let (time, block) = (info.call_weight.ref_time(), limits.max_block.ref_time());
            assert!(time <= block / 10, "{name}: {time} of {block}");
            let length = UncheckedExtrinsic::new_bare(call.clone()).encode().len() as u32;
            let fee = TransactionPayment::compute_fee(length, &info, 0);
            let time_only = TransactionPayment::weight_to_fee(Weight::from_parts(time, 0));
            assert!(fee >= time_only && time_only > 0, "{name}: {fee} for a time worth {time_only}");
        }
    });
}

#[test]
fn attestation_should_weigh_its_check_beside_itself() {
    let base = weight(attest_call(Proof::Replay));
    for (kind, proof) in [
        (Verification::Tee, Proof::Tee(Default::default())),
        (Verification::Quorum, Proof::Quorum(Default::default())),
        (Verification::Zk, Proof::Zk(Default::default())),
    ] {
        let check = <Attestors as ProofRegistry<AccountId>>::check_weight(kind);
        assert!(check.ref_time() > 0, "{kind:?}");
        assert_eq!(weight(attest_call(proof)), base + check, "{kind:?}");
    }
}
