//! What calls weigh.

use crate::{Call, Config, HandOvers, Keys, Pallet, PublicKey, MAX_ENVELOPES};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
    traits::{fungible::Mutate, Get},
    BoundedVec,
};
use frame_system::RawOrigin;
use hanzo_poai::{job::SEALING_KEY_BYTES, JobId};
use hanzo_traits::{Balance, JobRegistry, SealingKeys, SessionKey};
use sp_core::H256;

/// An account that can pay any deposit.
fn rich<T: Config>(name: &'static str, number: u32) -> T::AccountId
where
    T::Currency: Mutate<T::AccountId>,
{
    let who = account(name, number, 0);
    let deposits = T::KeyDeposit::get().saturating_add(T::HandOverDeposit::get().saturating_mul(MAX_ENVELOPES.into()));
    endow::<T>(&who, deposits);
    who
}

fn endow<T: Config>(who: &T::AccountId, deposits: Balance)
where
    T::Currency: Mutate<T::AccountId>,
{
    let least = <T::Currency as frame_support::traits::fungible::Inspect<T::AccountId>>::minimum_balance();
    T::Currency::set_balance(who, deposits.saturating_add(least).saturating_mul(1_000));
}

fn key() -> PublicKey {
    PublicKey::truncate_from(vec![1; SEALING_KEY_BYTES as usize])
}

/// A sealed job and its client.
fn job<T: Config>() -> Result<(JobId, T::AccountId), BenchmarkError>
where
    T::Currency: Mutate<T::AccountId>,
{
    let job = T::Jobs::accepted_for_benchmark(SessionKey::from_raw([3; 32]));
    T::Jobs::seal_for_benchmark(job);
    let client = T::Jobs::client(job).ok_or("no client")?;
    let deposits = T::HandOverDeposit::get().saturating_mul(MAX_ENVELOPES.into());
    endow::<T>(&client, deposits);
    Ok((job, client))
}

fn envelopes<T: Config>(n: u32) -> BoundedVec<(T::AccountId, H256), frame_support::traits::ConstU32<MAX_ENVELOPES>> {
    let receivers: Vec<_> = (0..n)
        .map(|number| {
            let to: T::AccountId = account("receiver", number, 0);
            Pallet::<T>::set_for_benchmark(&to);
            (to, H256::repeat_byte(1))
        })
        .collect();
    BoundedVec::truncate_from(receivers)
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn set_key() {
        let who = rich::<T>("owner", 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), key());
        assert!(Keys::<T>::contains_key(who));
    }

    #[benchmark]
    fn remove_key() -> Result<(), BenchmarkError> {
        let who = rich::<T>("owner", 0);
        Pallet::<T>::set_key(RawOrigin::Signed(who.clone()).into(), key())?;
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));
        assert!(!Keys::<T>::contains_key(who));
        Ok(())
    }

    #[benchmark]
    fn hand_over(n: Linear<1, MAX_ENVELOPES>) -> Result<(), BenchmarkError> {
        let (job, client) = job::<T>()?;
        let envelopes = envelopes::<T>(n);
        #[extrinsic_call]
        _(RawOrigin::Signed(client), job, envelopes);
        assert_eq!(HandOvers::<T>::iter_prefix(job).count() as u32, n);
        Ok(())
    }

    #[benchmark]
    fn drop_hand_over() -> Result<(), BenchmarkError> {
        let (job, client) = job::<T>()?;
        let envelopes = envelopes::<T>(1);
        let to = envelopes.first().ok_or("no receiver")?.0.clone();
        Pallet::<T>::hand_over(RawOrigin::Signed(client.clone()).into(), job, envelopes)?;
        // Of a job that is pruned.
        let record = HandOvers::<T>::take(job, (client.clone(), to.clone())).ok_or("not handed over")?;
        let gone = JobId::MAX;
        HandOvers::<T>::insert(gone, (client.clone(), to.clone()), record);
        #[extrinsic_call]
        _(RawOrigin::Signed(client.clone()), gone, client.clone(), to);
        assert_eq!(HandOvers::<T>::iter_prefix(gone).count(), 0);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
