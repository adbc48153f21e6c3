//! What is held of accounts is what the pallets' records say is held, account by account and reason by reason.
//!
//! Each pallet looks at the accounts that its own records name. Only a walk over all holds finds what is held of one that none
//! names any more, and that walk is too long for a node's checks.

use crate::{AccountId, Balance, Runtime, RuntimeHoldReason as Reason};
use codec::Encode;
use hanzo_traits::api::ApiResult;
use pallet_compute::HoldReason as Compute;
use pallet_poai::{Cause, Delivery, HoldReason as Poai};
use pallet_sealing::HoldReason as Sealing;
use std::collections::{BTreeMap, BTreeSet};

/// Wei by account and reason; reasons in SCALE, since they have no order.
#[derive(Default)]
struct Sums(BTreeMap<(AccountId, Vec<u8>), Balance>);

impl Sums {
    fn add(&mut self, account: AccountId, reason: impl Into<Reason>, amount: Balance) -> ApiResult<()> {
        let sum = self.0.entry((account, reason.into().encode())).or_default();
        *sum = sum.checked_add(amount).ok_or("holds leave their range")?;
        Ok(())
    }

    fn of(&self, key: &(AccountId, Vec<u8>)) -> Balance {
        self.0.get(key).copied().unwrap_or_default()
    }
}

/// Checks every hold for a reason of our pallets. The error names account and reason, with both numbers.
pub fn check() -> ApiResult<()> {
    let (held, recorded) = (held()?, recorded()?);
    for key in held.0.keys().chain(recorded.0.keys()).collect::<BTreeSet<_>>() {
        let (is, should) = (held.of(key), recorded.of(key));
        if is != should {
            let reason = <Reason as codec::Decode>::decode(&mut &key.1[..]);
            return Err(format!("{:?}: {is} wei held for {reason:?}, records say {should}", key.0));
        }
    }
    Ok(())
}

/// What is held.
fn held() -> ApiResult<Sums> {
    let mut sums = Sums::default();
    for (account, holds) in pallet_balances::Holds::<Runtime>::iter() {
        for hold in holds {
            if matches!(hold.id, Reason::Compute(_) | Reason::Poai(_) | Reason::Sealing(_)) {
                sums.add(account.clone(), hold.id, hold.amount)?;
            }
        }
    }
    Ok(sums)
}

/// What should be.
fn recorded() -> ApiResult<Sums> {
    let mut sums = Sums::default();
    for (worker, record) in pallet_compute::Workers::<Runtime>::iter() {
        sums.add(worker, Compute::WorkerBond, record.bond)?;
    }
    for job in pallet_compute::Jobs::<Runtime>::iter_values() {
        sums.add(job.client.clone(), Compute::JobFee, job.fee)?;
        sums.add(job.client, Compute::JobFee, job.audit_fee)?;
    }
    for (verifier, record) in pallet_poai::Verifiers::<Runtime>::iter() {
        sums.add(verifier, Poai::VerifierBond, record.bond)?;
    }
    for window in pallet_poai::Windows::<Runtime>::iter_values() {
        if let Delivery::Demanded { client, bond, .. } = window.delivery {
            sums.add(client, Poai::DeliveryBond, bond)?;
        }
    }
    for review in pallet_poai::Reviews::<Runtime>::iter_values() {
        if let Cause::Challenge { challenger, bond } = review.cause {
            sums.add(challenger, Poai::ChallengeBond, bond)?;
        }
    }
    for (account, record) in pallet_sealing::Keys::<Runtime>::iter() {
        sums.add(account, Sealing::SealingDeposit, record.deposit)?;
    }
    for (_, (from, _), record) in pallet_sealing::HandOvers::<Runtime>::iter() {
        sums.add(from, Sealing::SealingDeposit, record.deposit)?;
    }
    Ok(sums)
}
