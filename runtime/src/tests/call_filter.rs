//! No call of the assets pallet changes how many resource tokens there are, however it is wrapped; no validator drops its
//! keys.

use super::{
    actors::*,
    chain::{check, dispatch, Chain},
};
use crate::{
    call_filter::{resource_tokens, CallFilter},
    configs::assets::AssetId,
    constants::AI,
    AccountId, Assets, Balance, Multisig, RuntimeCall,
};
use codec::Compact;
use frame_support::traits::{fungibles::Inspect as _, Contains};
use hanzo_traits::{PoolId, ResourceClass};
use pallet_assets::Call;
use sp_keyring::Sr25519Keyring::{self, Bob, Dave, Eve};
use sp_runtime::DispatchError;

fn token() -> AssetId {
    pools()[0].asset_id()
}

fn refused() -> DispatchError {
    frame_system::Error::<crate::Runtime>::CallFiltered.into()
}

/// Ways to have a call made by some account: what signs, and the account it counts for.
fn wrapped(call: RuntimeCall) -> Vec<(&'static str, AccountId, RuntimeCall)> {
    let (call, owner) = (Box::new(call), Dave.to_account_id());
    let mut signers = vec![owner.clone(), Eve.to_account_id()];
    signers.sort();
    let others = vec![Eve.to_account_id()];
    let multi = Multisig::multi_account_id(&signers, 1);
    vec![
        ("direct", owner.clone(), *call.clone()),
        ("batch_all", owner.clone(), pallet_utility::Call::batch_all { calls: vec![*call.clone()] }.into()),
        ("force_batch", owner.clone(), pallet_utility::Call::force_batch { calls: vec![*call.clone()] }.into()),
        (
            "derivative",
            pallet_utility::derivative_account_id(owner.clone(), 3),
            pallet_utility::Call::as_derivative { index: 3, call: call.clone() }.into(),
        ),
        ("proxy", Bob.to_account_id(), proxied(*call.clone())),
        (
            "multisig",
            multi,
            pallet_multisig::Call::as_multi_threshold_1 { other_signatories: others, call: call.clone() }.into(),
        ),
    ]
}

/// A call that Dave makes for Bob.
fn proxied(call: RuntimeCall) -> RuntimeCall {
    pallet_proxy::Call::proxy { real: Bob.to_account_id().into(), force_proxy_type: None, call: Box::new(call) }.into()
}

fn supply() -> Balance {
    Assets::total_issuance(token())
}

#[test]
fn refund_should_not_burn_resource_tokens_however_it_is_wrapped() {
    Chain::run("development", |_| {
        let delegate = Dave.to_account_id().into();
        let proxy = pallet_proxy::Call::add_proxy { delegate, proxy_type: Default::default(), delay: 0 };
        dispatch(Bob, proxy).unwrap();
        let before = supply();
        let buy = pallet_hmm::Call::buy { pool: pools()[0], theta_in: AI / 10, min_psi_out: 0, deadline: 9 };
        dispatch(Sr25519Keyring::AliceStash, buy).unwrap();

        let id = Compact(token());
        let touches = wrapped(Call::touch { id }.into());
        let refunds = wrapped(Call::refund { id, allow_burn: true }.into());
        for ((name, account, touch), (_, _, refund)) in touches.into_iter().zip(refunds) {
            if name.ends_with("batch") || name.starts_with("batch") {
                // The same account as the direct call's.
                let _ = dispatch(Dave, refund);
            } else {
                let gift = pallet_balances::Call::transfer_allow_death { dest: account.clone().into(), value: AI };
                dispatch(Sr25519Keyring::AliceStash, gift).unwrap();
                dispatch(Dave, touch).unwrap();
                assert!(Assets::account_balances(account.clone()).iter().any(|(asset, _)| *asset == token()), "{name}");
                let wei = Call::transfer { id, target: account.clone().into(), amount: 1 };
                dispatch(Sr25519Keyring::AliceStash, wei).unwrap();
                let _ = dispatch(Dave, refund);
            }
            assert_eq!((supply(), Assets::balance(token(), &account)), (before, 1), "{name}");
        }
        check();
    });
}

#[test]
fn refusal_should_be_named() {
    Chain::run("development", |chain| {
        let call = Call::refund { id: Compact(token()), allow_burn: true };
        assert_eq!(chain.send(Dave, call.clone()), Ok(Err(refused())));
        assert_eq!(dispatch(Dave, pallet_utility::Call::batch_all { calls: vec![call.into()] }), Err(refused()));
    });
}

#[test]
fn every_call_that_could_change_supply_should_be_closed_for_resource_tokens_only() {
    let who = || Bob.to_account_id();
    let calls = |id: AssetId| -> Vec<Call<crate::Runtime>> {
        let id = Compact(id);
        vec![
            Call::create { id, admin: who().into(), min_balance: 1 },
            Call::force_create { id, owner: who().into(), is_sufficient: true, min_balance: 1 },
            Call::start_destroy { id },
            Call::destroy_accounts { id },
            Call::destroy_approvals { id },
            Call::finish_destroy { id },
            Call::mint { id, beneficiary: who().into(), amount: 1 },
            Call::burn { id, who: who().into(), amount: 1 },
            Call::force_transfer { id, source: who().into(), dest: who().into(), amount: 1 },
            Call::freeze { id, who: who().into() },
            Call::freeze_asset { id },
            Call::transfer_ownership { id, owner: who().into() },
            Call::set_team { id, issuer: who().into(), admin: who().into(), freezer: who().into() },
            Call::set_metadata { id, name: vec![], symbol: vec![], decimals: 18 },
            Call::clear_metadata { id },
            Call::set_min_balance { id, min_balance: 2 },
            Call::refund { id, allow_burn: true },
            Call::block { id, who: who().into() },
        ]
    };
    let passes = |call: &Call<crate::Runtime>| CallFilter::contains(&call.clone().into());
    let last = PoolId { class: ResourceClass::Disk, tier: u8::MAX }.asset_id();
    for resource in [token(), last] {
        assert!(resource_tokens().contains(&resource));
        assert!(!calls(resource).iter().any(passes), "{resource}");
    }
    for other in [0, token() - 1, last + 3] {
        assert!(calls(other).iter().all(passes), "{other}");
    }
    let id = Compact(token());
    let harmless: [Call<crate::Runtime>; 4] = [
        Call::transfer { id, target: who().into(), amount: 1 },
        Call::approve_transfer { id, delegate: who().into(), amount: 1 },
        Call::touch { id },
        Call::refund { id, allow_burn: false },
    ];
    assert!(harmless.iter().all(passes));
}

#[test]
fn validator_should_be_refused_when_it_would_drop_its_keys() {
    Chain::run("development", |_| {
        let validators = crate::Session::validators();
        let signer = Sr25519Keyring::iter().find(|key| validators.contains(&key.to_account_id())).unwrap();
        assert_eq!(dispatch(signer, pallet_session::Call::purge_keys {}), Err(refused()));
    });
}
