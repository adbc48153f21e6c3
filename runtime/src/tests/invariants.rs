//! The runtime API that walks whole maps: for the node's own questions only.

use super::{actors::*, chain::Chain, on_genesis};
use crate::{constants::AI, Balances, Block, Runtime, RuntimeHoldReason};
use frame_support::traits::fungible::MutateHold;
use hanzo_traits::api::runtime_decl_for_invariants::InvariantsV1;
use sp_keyring::Sr25519Keyring::{AliceStash, Dave};

pub use crate::test_kit::invariants as check;

#[test]
fn check_should_be_refused_at_any_level_when_the_node_does_not_permit_it() {
    on_genesis("development", || {
        for level in [0, 1, u8::MAX] {
            let error = <Runtime as InvariantsV1<Block>>::check(level).unwrap_err();
            assert!(error.contains("invariants_check"), "{error}");
        }
        assert_eq!(check(), Ok(()));
    });
}

#[test]
fn holds_should_be_found_when_no_record_names_them() {
    use pallet_compute::HoldReason::{JobFee, WorkerBond};
    use pallet_poai::HoldReason::{ChallengeBond, DeliveryBond, VerifierBond};
    use pallet_sealing::HoldReason::SealingDeposit;

    Chain::run("development", |chain| {
        // Of those who have a record, and beside it.
        chain.send(Dave, pallet_poai::Call::register_verifier { bond: 50 * AI }).unwrap().unwrap();
        chain.send(CLIENT, submit(1, 200, chain.now() + 150)).unwrap().unwrap();
        assert_eq!(check(), Ok(()));
        let reasons: [RuntimeHoldReason; 6] = [
            WorkerBond.into(),
            JobFee.into(),
            DeliveryBond.into(),
            VerifierBond.into(),
            ChallengeBond.into(),
            SealingDeposit.into(),
        ];
        // An account that no record names is one that no pallet looks at.
        for (reason, who) in reasons.into_iter().flat_map(|reason| [Dave, CLIENT, AliceStash].map(|who| (reason, who)))
        {
            let who = who.to_account_id();
            let _ = frame_support::storage::with_transaction(|| {
                Balances::hold(&reason, &who, AI).unwrap();
                let error = check().unwrap_err();
                assert!(error.contains("held"), "{error}");
                sp_runtime::TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(()))
            });
        }
        assert_eq!(check(), Ok(()));
    });
}
