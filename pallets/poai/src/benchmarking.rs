//! What calls and hook steps weigh. Needs a keystore, as the runtime bencher has one.

use crate::{
    types::*, windows::queue_key, Attestations, Call, Config, Event, Expiries, HoldReason, Outputs, Pallet, Queue,
    Windows,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::traits::{
    fungible::{Inspect, InspectHold, Mutate},
    Get,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use hanzo_poai::{chunks, Attestation, JobId, Proof};
use hanzo_traits::{Balance, JobRegistry};
use sp_core::{crypto::KeyTypeId, sr25519, H256};
use sp_runtime::{traits::Saturating, DispatchError};

/// Type of the session keys made here.
const KEYS: KeyTypeId = KeyTypeId(*b"poai");

/// An accepted job, an attestation of it that passes, and its signature.
fn attestable<T: Config>() -> Result<(Attestation<T::AccountId>, sr25519::Signature), BenchmarkError> {
    let key = sp_io::crypto::sr25519_generate(KEYS, None);
    let job = T::Jobs::accepted_for_benchmark(key);
    let open = T::Jobs::attestable(job)?;
    let attestation = Attestation {
        job,
        worker: open.worker.clone(),
        model: open.model,
        input: open.input,
        output: H256::repeat_byte(1),
        tokens_root: H256::repeat_byte(2),
        fingerprints_root: H256::repeat_byte(3),
        prompt_tokens: 0,
        output_tokens: 1,
        nonce: open.nonce,
        seed: open.seed,
        engine_profile: H256::repeat_byte(4),
        prior_root: open.prior_root,
        proof: Proof::Replay,
    };
    let signed = attestation.signing_hash(&Pallet::<T>::challenge_of(job, &open));
    let signature = sp_io::crypto::sr25519_sign(KEYS, &key, signed.as_bytes()).ok_or("no key in the keystore")?;
    Ok((attestation, signature))
}

/// An attested job: its number, client and worker. The client can pay the bond.
fn attested<T: Config>() -> Result<(JobId, T::AccountId, T::AccountId), BenchmarkError> {
    let (attestation, signature) = attestable::<T>()?;
    let (job, worker) = (attestation.job, attestation.worker.clone());
    Pallet::<T>::attest(RawOrigin::Signed(worker.clone()).into(), attestation, signature).map_err(|e| e.error)?;
    let client = T::Jobs::client(job).ok_or("job without client")?;
    let enough = T::DeliveryBond::get().saturating_add(T::Currency::minimum_balance()).saturating_mul(100);
    T::Currency::set_balance(&client, enough.max(T::Currency::balance(&client)));
    Ok((job, client, worker))
}

/// An attested job with an open demand.
fn demanded<T: Config>() -> Result<(JobId, T::AccountId, T::AccountId), BenchmarkError> {
    let (job, client, worker) = attested::<T>()?;
    Pallet::<T>::demand_output(RawOrigin::Signed(client.clone()).into(), job)?;
    Ok((job, client, worker))
}

fn held<T: Config>(client: &T::AccountId) -> Balance {
    T::Currency::balance_on_hold(&HoldReason::DeliveryBond.into(), client)
}

/// Makes `n` tokens the attested output of a job, and returns them.
fn attest_tokens<T: Config>(job: JobId, n: u32) -> OutputTokens {
    let tokens: Vec<u32> = (0..n).collect();
    Attestations::<T>::mutate(job, |record| {
        if let Some(record) = record {
            record.output_tokens = n;
            record.tokens_root = chunks::tokens_root(&tokens).unwrap_or_default();
        }
    });
    OutputTokens::truncate_from(tokens)
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn attest() -> Result<(), BenchmarkError> {
        let (attestation, signature) = attestable::<T>()?;
        let (job, worker) = (attestation.job, attestation.worker.clone());

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), attestation, signature);

        assert!(Windows::<T>::contains_key(job));
        Ok(())
    }

    #[benchmark]
    fn demand_output() -> Result<(), BenchmarkError> {
        let (job, client, _) = attested::<T>()?;

        #[extrinsic_call]
        _(RawOrigin::Signed(client.clone()), job);

        assert_eq!(held::<T>(&client), T::DeliveryBond::get());
        Ok(())
    }

    #[benchmark]
    fn deliver_output(n: Linear<1, MAX_DELIVERED_TOKENS>) -> Result<(), BenchmarkError> {
        let (job, client, worker) = demanded::<T>()?;
        let tokens = attest_tokens::<T>(job, n);

        #[extrinsic_call]
        _(RawOrigin::Signed(worker), job, tokens);

        assert_eq!(held::<T>(&client), 0);
        assert!(Outputs::<T>::contains_key(job));
        Ok(())
    }

    /// A due entry is found; nothing is done about it.
    #[benchmark]
    fn service_queue() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        let first;

        #[block]
        {
            first = Queue::<T>::iter_keys().next();
        }

        assert_eq!(first.map(|key| crate::windows::parse_key(key).1), Some(job));
        Ok(())
    }

    /// With an open demand, whose bond is given back. The entry is read from the queue as the hook does.
    #[benchmark]
    fn close_window() -> Result<(), BenchmarkError> {
        let (job, client, _) = demanded::<T>()?;
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            let _ = Queue::<T>::iter_keys().next();
            if let Some(window) = Windows::<T>::get(job) {
                Pallet::<T>::conclude(job, &window, None, now)?;
            }
        }

        assert!(!Windows::<T>::contains_key(job));
        assert_eq!(held::<T>(&client), 0);
        Ok(())
    }

    #[benchmark]
    fn defer_window() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        let now = frame_system::Pallet::<T>::block_number();

        #[block]
        {
            let _ = Queue::<T>::iter_keys().next();
            if let Some(window) = Windows::<T>::get(job) {
                Pallet::<T>::defer(job, window, now, DispatchError::Unavailable);
            }
        }

        let attempts = Windows::<T>::get(job).map(|window| window.attempts);
        assert_eq!(attempts, Some(1));
        frame_system::Pallet::<T>::assert_last_event(
            Event::<T>::WindowDeferred {
                job,
                attempts: 1,
                retry_at: now.saturating_add(BlockNumberFor::<T>::from(2u32).min(T::MaxBackoff::get())),
                error: DispatchError::Unavailable,
            }
            .into(),
        );
        Ok(())
    }

    #[benchmark]
    fn prune() -> Result<(), BenchmarkError> {
        let (job, ..) = attested::<T>()?;
        let now = frame_system::Pallet::<T>::block_number();
        Outputs::<T>::insert(job, attest_tokens::<T>(job, MAX_DELIVERED_TOKENS));
        let window = Windows::<T>::get(job).ok_or("no window")?;
        Pallet::<T>::conclude(job, &window, None, now)?;
        let key = queue_key(now.saturating_add(T::AttestationRetention::get()), job);

        #[block]
        {
            let _ = Expiries::<T>::iter_keys().next();
            Pallet::<T>::prune_one(key, job);
        }

        assert!(!Attestations::<T>::contains_key(job));
        assert!(!Outputs::<T>::contains_key(job));
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
