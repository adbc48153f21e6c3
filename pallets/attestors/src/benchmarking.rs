//! What calls and checks weigh. Quotes are made here, under the test PKI; signatures need a keystore, as the runtime bencher
//! has one.

use crate::{types::*, Attestors, Bindings, Call, Config, Measurements, Pallet, Paused, Roots, Verifiers};
use alloc::{vec, vec::Vec};
use codec::Encode;
use frame_benchmarking::v2::*;
use frame_support::{traits::EnsureOrigin, BoundedVec};
use frame_system::RawOrigin;
use hanzo_poai::{attestation::report_data, Attestation, Proof};
use hanzo_proofs::{
    binding::{self, Verdict},
    testing::{snp, NOW, VALIDITY},
    QuoteVerifiers, TcbPolicy, Vendor, MAX_ROOT,
};
use hanzo_traits::{ProofRegistry, SessionKey, TeeRegistry};
use sp_core::{crypto::KeyTypeId, sr25519, H256};

/// Type of the keys made here.
const KEYS: KeyTypeId = KeyTypeId(*b"poai");

const CHALLENGE: H256 = H256::repeat_byte(0xC4);

/// The pilot's verifying key, and a proof under it of another statement: the equation costs the same either way.
const VERIFYING_KEY: &[u8] = include_bytes!("pilot/key.bin");
const PROOF: &[u8; 192] = include_bytes!("pilot/proof.bin");

/// Makes what other pallets would have.
pub trait BenchmarkHelper<AccountId> {
    /// Sets the clock, seconds since 1970.
    fn set_time(seconds: u64);

    /// A worker with this session key.
    fn worker(key: SessionKey) -> AccountId;
}

fn governance<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
    T::GovernOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn new_key() -> sr25519::Public {
    sp_io::crypto::sr25519_generate(KEYS, None)
}

fn sign(key: &sr25519::Public, message: &H256) -> Result<sr25519::Signature, BenchmarkError> {
    sp_io::crypto::sr25519_sign(KEYS, key, message.as_bytes()).ok_or("no key in the keystore".into())
}

/// Sets the clock, and gives a worker and its session key.
fn worker<T: Config>() -> (T::AccountId, SessionKey) {
    T::BenchmarkHelper::set_time(NOW);
    let key = new_key();
    (T::BenchmarkHelper::worker(key), key)
}

/// Trusts a root and allows a measurement, and gives the root's name.
fn trust<T: Config>(vendor: Vendor, certificate: Vec<u8>, measurement: H256) -> H256 {
    let root = Pallet::<T>::root_id(&certificate);
    let until = NOW.saturating_add(VALIDITY);
    Roots::<T>::insert(vendor, root, Root { certificate: BoundedVec::truncate_from(certificate), until });
    Measurements::<T>::insert(measurement, Allowance { vendor, policy: TcbPolicy::up_to_date(), until });
    root
}

/// A set of as many attestors as there may be, of whom `n` must sign; gives the keys in the order of the set.
fn seat_attestors<T: Config>(n: u32) -> Vec<sr25519::Public> {
    let mut keys: Vec<_> = (0..MAX_ATTESTORS).map(|_| new_key()).collect();
    keys.sort();
    let threshold = n as u8;
    Attestors::<T>::put(AttestorSet { number: 1, keys: BoundedVec::truncate_from(keys.clone()), threshold });
    keys
}

fn signatures(keys: &[sr25519::Public], n: u32, message: &H256) -> Result<Signatures, BenchmarkError> {
    let places = (0u8..).zip(keys).take(n as usize);
    let signed: Result<Vec<_>, BenchmarkError> = places.map(|(place, key)| Ok((place, sign(key, message)?))).collect();
    Ok(BoundedVec::truncate_from(signed?))
}

fn attestation<T: Config>(worker: T::AccountId) -> Attestation<T::AccountId> {
    Attestation {
        job: 7,
        worker,
        model: H256::repeat_byte(3),
        input: H256::repeat_byte(4),
        output: H256::repeat_byte(5),
        tokens_root: H256::repeat_byte(6),
        fingerprints_root: H256::repeat_byte(7),
        prompt_tokens: 8,
        output_tokens: 9,
        nonce: 10,
        seed: H256::repeat_byte(11),
        engine_profile: H256::repeat_byte(12),
        prior_root: H256::zero(),
        proof: Proof::Replay,
    }
}

/// A verdict on a TDX quote of this worker's key, everything it rests on in force.
fn verdict<T: Config>(key: SessionKey) -> Verdict {
    let measurement = H256::repeat_byte(9);
    Verdict {
        set: 1,
        vendor: Vendor::Tdx,
        root: trust::<T>(Vendor::Tdx, vec![1; MAX_ROOT as usize], measurement),
        key,
        epoch: Pallet::<T>::epoch_at(frame_system::Pallet::<T>::block_number()),
        measurement,
        expires: NOW.saturating_add(VALIDITY),
        evidence: H256::repeat_byte(8),
    }
}

/// A worker whose key is bound, and the measurement.
fn bound<T: Config>() -> Result<(T::AccountId, SessionKey, H256), BenchmarkError> {
    let (who, key) = worker::<T>();
    let keys = seat_attestors::<T>(1);
    let verdict = verdict::<T>(key);
    let measurement = verdict.measurement;
    let message = binding::verdict(&Pallet::<T>::genesis(), &who, &verdict);
    let signatures = signatures(&keys, 1, &message)?;
    Pallet::<T>::bind_by_verdict(who.clone(), SignedVerdict { verdict, signatures })?;
    Ok((who, key, measurement))
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn set_root() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        T::BenchmarkHelper::set_time(NOW);
        for byte in 1..MAX_ROOTS {
            trust::<T>(Vendor::Sgx, vec![byte as u8; MAX_ROOT as usize], H256::zero());
        }
        let certificate = BoundedVec::truncate_from(vec![0; MAX_ROOT as usize]);

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, Vendor::Sgx, certificate, NOW.saturating_add(1));

        assert_eq!(Roots::<T>::iter_key_prefix(Vendor::Sgx).count(), MAX_ROOTS as usize);
        Ok(())
    }

    #[benchmark]
    fn remove_root() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        let root = trust::<T>(Vendor::Sgx, vec![0; MAX_ROOT as usize], H256::zero());

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, Vendor::Sgx, root);

        assert!(!Roots::<T>::contains_key(Vendor::Sgx, root));
        Ok(())
    }

    #[benchmark]
    fn allow_measurement() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        T::BenchmarkHelper::set_time(NOW);
        let allowance =
            Allowance { vendor: Vendor::Sgx, policy: TcbPolicy::up_to_date(), until: NOW.saturating_add(1) };

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, H256::zero(), allowance);

        assert!(Measurements::<T>::contains_key(H256::zero()));
        Ok(())
    }

    #[benchmark]
    fn remove_measurement() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        trust::<T>(Vendor::Sgx, vec![0], H256::zero());

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, H256::zero());

        assert!(!Measurements::<T>::contains_key(H256::zero()));
        Ok(())
    }

    #[benchmark]
    fn set_attestors() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        let keys: Vec<_> = (0..MAX_ATTESTORS).map(|_| new_key()).collect();

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, BoundedVec::truncate_from(keys), 1);

        assert_eq!(Attestors::<T>::get().keys.len(), MAX_ATTESTORS as usize);
        Ok(())
    }

    #[benchmark]
    fn set_verifier() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        let key = BoundedVec::truncate_from(VERIFYING_KEY.to_vec());

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 1, key);

        assert!(Verifiers::<T>::contains_key(1));
        Ok(())
    }

    #[benchmark]
    fn remove_verifier() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        Verifiers::<T>::insert(1, BoundedVec::truncate_from(VERIFYING_KEY.to_vec()));

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, 1);

        assert!(!Verifiers::<T>::contains_key(1));
        Ok(())
    }

    #[benchmark]
    fn pause() -> Result<(), BenchmarkError> {
        let origin = T::EmergencyOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, Target::Measurement(H256::zero()));

        assert!(Paused::<T>::contains_key(Target::Measurement(H256::zero())));
        Ok(())
    }

    #[benchmark]
    fn unpause() -> Result<(), BenchmarkError> {
        let origin = governance::<T>()?;
        Paused::<T>::insert(Target::Measurement(H256::zero()), ());

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, Target::Measurement(H256::zero()));

        assert!(!Paused::<T>::contains_key(Target::Measurement(H256::zero())));
        Ok(())
    }

    #[benchmark]
    fn register_key() -> Result<(), BenchmarkError> {
        let (who, key) = worker::<T>();
        let chip = snp::Chip::new(Default::default());
        let (root, collateral) = (chip.root(), chip.collateral());
        let sample = T::Quotes::verify(Vendor::SevSnp, &chip.report([0; 64]), &collateral, &root, NOW);
        let measurement = sample.map_err(|_| "the test PKI's report does not verify")?.measurement;
        let root = trust::<T>(Vendor::SevSnp, root, measurement);
        let epoch = Pallet::<T>::epoch_at(frame_system::Pallet::<T>::block_number());
        let bound = binding::registration(&Pallet::<T>::genesis(), &who, &key, epoch, &measurement);
        let quote = Quote::truncate_from(chip.report(binding::report_data(&bound)));
        let collateral = Collateral::truncate_from(collateral);

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), Vendor::SevSnp, root, epoch, quote, collateral);

        assert_eq!(Pallet::<T>::is_bound(&who, &key), Some(measurement));
        Ok(())
    }

    #[benchmark]
    fn register_key_by_verdict(n: Linear<1, MAX_ATTESTORS>) -> Result<(), BenchmarkError> {
        let (who, key) = worker::<T>();
        let keys = seat_attestors::<T>(n);
        let verdict = verdict::<T>(key);
        let message = binding::verdict(&Pallet::<T>::genesis(), &who, &verdict);
        let signatures = signatures(&keys, n, &message)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), SignedVerdict { verdict, signatures });

        assert!(Pallet::<T>::is_bound(&who, &key).is_some());
        Ok(())
    }

    #[benchmark]
    fn revoke_key() -> Result<(), BenchmarkError> {
        let (who, ..) = bound::<T>()?;

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), who.clone());

        assert!(!Bindings::<T>::contains_key(who));
        Ok(())
    }

    #[benchmark]
    fn drop_expired() -> Result<(), BenchmarkError> {
        let (who, ..) = bound::<T>()?;
        T::BenchmarkHelper::set_time(NOW.saturating_add(VALIDITY));

        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), who.clone());

        assert!(!Bindings::<T>::contains_key(who));
        Ok(())
    }

    #[benchmark]
    fn check_tee() -> Result<(), BenchmarkError> {
        let (who, key, measurement) = bound::<T>()?;
        let mut attestation = attestation::<T>(who);
        let Attestation { model, input, output, .. } = &attestation;
        let message = report_data(&CHALLENGE, model, input, output, measurement.as_bytes());
        let evidence = TeeEvidence { measurement, signature: sign(&key, &message)? }.encode();
        attestation.proof = Proof::Tee(BoundedVec::truncate_from(evidence));
        let checked;

        #[block]
        {
            checked = Pallet::<T>::check(&attestation, &CHALLENGE, &key);
        }

        assert_eq!(checked, Ok(()));
        Ok(())
    }

    #[benchmark]
    fn check_quorum(n: Linear<1, MAX_ATTESTORS>) -> Result<(), BenchmarkError> {
        let (who, key) = worker::<T>();
        let keys = seat_attestors::<T>(n);
        let mut attestation = attestation::<T>(who);
        let message = binding::quorum(1, &binding::statement(&CHALLENGE, &attestation));
        let evidence = QuorumEvidence { set: 1, signatures: signatures(&keys, n, &message)? }.encode();
        attestation.proof = Proof::Quorum(BoundedVec::truncate_from(evidence));
        let checked;

        #[block]
        {
            checked = Pallet::<T>::check(&attestation, &CHALLENGE, &key);
        }

        assert_eq!(checked, Ok(()));
        Ok(())
    }

    /// The proof is of another attestation: it is read, its points are checked, and the pairings come to another value.
    #[benchmark]
    fn check_zk() -> Result<(), BenchmarkError> {
        let (who, key) = worker::<T>();
        Verifiers::<T>::insert(1, BoundedVec::truncate_from(VERIFYING_KEY.to_vec()));
        let mut attestation = attestation::<T>(who);
        let evidence = ZkEvidence { verifier: 1, proof: *PROOF }.encode();
        attestation.proof = Proof::Zk(BoundedVec::truncate_from(evidence));
        let checked;

        #[block]
        {
            checked = Pallet::<T>::check(&attestation, &CHALLENGE, &key);
        }

        assert_eq!(checked, Err(crate::Error::<T>::ProofRefused.into()));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
