//! Sessions: which validators work in which epoch, and under which keys.

use super::babe::EpochDuration;
use crate::{
    constants::AI, AccountId, Babe, Balance, Balances, Historical, Runtime, RuntimeEvent, Session, SessionKeys,
};
use alloc::vec::Vec;
use frame_support::{parameter_types, traits::Get};
use pallet_session::historical::NoteHistoricalRoot;
use sp_runtime::traits::{Convert, OpaqueKeys};
use sp_staking::SessionIndex;

/// Sessions for which it stays provable who held which key: a week of hours. A misbehaviour can be reported that long.
pub const KEPT_SESSIONS: SessionIndex = 168;

parameter_types! {
    /// Most validators. GRANDPA's messages grow with the square of their number.
    pub const MaxValidators: u32 = 100;
    /// Held while an account has session keys registered, so that keys are not a cheap way to fill the state.
    pub const KeyDeposit: Balance = 10 * AI;
}

/// How long a report of an equivocation stays in the transaction pool, in blocks.
pub struct ReportLongevity;

impl Get<u64> for ReportLongevity {
    fn get() -> u64 {
        EpochDuration::get().saturating_mul(KEPT_SESSIONS.into())
    }
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = Validators;
    type ShouldEndSession = Babe;
    type NextSessionRotation = Babe;
    type SessionManager = NoteHistoricalRoot<Runtime, GenesisValidators>;
    type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    type DisablingStrategy = ();
    type Currency = Balances;
    type KeyDeposit = KeyDeposit;
    type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
}

impl pallet_session::historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    /// A validator is identified by its account alone, as long as it has no bond.
    type FullIdentification = ();
    type FullIdentificationOf = NoIdentification;
}

/// Validators are known by their accounts. Nobody else may register keys: the deposit for them could not be had back while
/// keys cannot be purged (see the call filter).
pub struct Validators;

impl Convert<AccountId, Option<AccountId>> for Validators {
    fn convert(account: AccountId) -> Option<AccountId> {
        Session::validators().contains(&account).then_some(account)
    }
}

/// Every validator identifies itself with nothing.
pub struct NoIdentification;

impl Convert<AccountId, Option<()>> for NoIdentification {
    fn convert(_: AccountId) -> Option<()> {
        Some(())
    }
}

/// Keeps the validators of the genesis for ever, under whatever keys they set.
///
/// It answers with a set only where the historical record needs a new root: at genesis, and when a validator has
/// changed its keys. Everywhere else "no change" spares GRANDPA a change of voters.
pub struct GenesisValidators;

impl GenesisValidators {
    fn keys_changed() -> bool {
        Session::queued_keys().into_iter().any(|(validator, keys)| {
            pallet_session::NextKeys::<Runtime>::get(validator).is_some_and(|next| next != keys)
        })
    }
}

impl pallet_session::SessionManager<AccountId> for GenesisValidators {
    fn new_session(_: SessionIndex) -> Option<Vec<AccountId>> {
        Self::keys_changed().then(Session::validators)
    }

    fn new_session_genesis(_: SessionIndex) -> Option<Vec<AccountId>> {
        // At genesis only validators have keys. Without any, the session pallet is left to complain.
        let mut validators: Vec<_> = pallet_session::NextKeys::<Runtime>::iter_keys().collect();
        validators.sort();
        (!validators.is_empty()).then_some(validators)
    }

    fn start_session(start: SessionIndex) {
        if let Some(oldest) = start.checked_sub(KEPT_SESSIONS) {
            Historical::prune_up_to(oldest);
        }
    }

    fn end_session(_: SessionIndex) {}
}

impl pallet_session::historical::SessionManager<AccountId, ()> for GenesisValidators {
    fn new_session(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        <Self as pallet_session::SessionManager<_>>::new_session(index).map(identified)
    }

    fn new_session_genesis(index: SessionIndex) -> Option<Vec<(AccountId, ())>> {
        <Self as pallet_session::SessionManager<_>>::new_session_genesis(index).map(identified)
    }

    fn start_session(start: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::start_session(start)
    }

    fn end_session(end: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::end_session(end)
    }
}

fn identified(validators: Vec<AccountId>) -> Vec<(AccountId, ())> {
    validators.into_iter().map(|validator| (validator, ())).collect()
}
