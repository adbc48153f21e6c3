//! Session keys: validators replace theirs; nobody else registers any, as nobody can drop them again.

use super::chain::{dispatch, Chain};
use crate::{Babe, Balances, Grandpa, Runtime, Session, SessionKeys};
use codec::Encode;
use frame_support::traits::fungible::InspectHold;
use sp_keyring::Sr25519Keyring::{self, Bob, Charlie};
use sp_runtime::DispatchError;

/// Has an account register keys made for it; they, and the result.
fn set_keys(owner: Sr25519Keyring) -> (SessionKeys, Result<(), DispatchError>) {
    let made = owner.to_account_id().using_encoded(|owner| SessionKeys::generate(owner, None));
    let call = pallet_session::Call::set_keys { keys: made.keys.clone(), proof: made.proof.encode() };
    (made.keys, dispatch(owner, call))
}

#[test]
fn keys_should_be_refused_when_their_owner_is_no_validator() {
    Chain::run("local_testnet", |_| {
        let refused = pallet_session::Error::<Runtime>::NoAssociatedValidatorId.into();
        assert_eq!(set_keys(Charlie).1, Err(refused));
        assert_eq!(Balances::total_balance_on_hold(&Charlie.to_account_id()), 0);
    });
}

#[test]
fn validator_should_work_under_new_keys_two_epochs_after_it_has_set_them() {
    Chain::run("local_testnet", |chain| {
        let validators = Session::validators();
        let (keys, result) = set_keys(Bob);
        assert_eq!(result, Ok(()));
        let in_force = || {
            let babe = Babe::authorities().iter().any(|(key, _)| *key == keys.babe);
            (babe, Grandpa::grandpa_authorities().iter().any(|(key, _)| *key == keys.grandpa))
        };
        chain.run_to(31);
        assert_eq!(in_force(), (false, false));
        chain.run_to(62);
        assert_eq!(in_force(), (true, true));
        assert_eq!(Session::validators(), validators);
    });
}
