use crate::{mock::*, types::GenesisTokens, Error};
use frame_support::traits::fungibles::Inspect;
use hanzo_poai::ResourceClass;
use hanzo_traits::PoolId;

fn refused(change: impl FnOnce(&mut ExtBuilder)) -> String {
    let mut builder = ExtBuilder::default();
    change(&mut builder);
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        builder.storage();
    }))
    .unwrap_err();
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn genesis_should_register_workers_with_their_tokens() {
    test(|| {
        let record = worker(PROVIDER);
        assert!(!record.accepting);
        assert_eq!(record.bond, 200_000 * UNIT);
        for pool in pools() {
            assert_eq!(record.obligation(pool), DEPTH);
            assert_eq!(Assets::total_issuance(pool.asset_id()), DEPTH);
        }
        assert_eq!(Compute::model_profile(MODEL), Some(profile()));
    });
}

#[test]
fn genesis_should_be_refused_when_the_bond_does_not_back_its_tokens() {
    let text = refused(|builder| builder.workers[0].bond = 180_000 * UNIT);
    assert!(text.contains("worker 900") && text.contains("BondLimitExceeded"), "{text}");
    let text = refused(|builder| builder.workers[0].tokens[0].price *= 2);
    assert!(text.contains("BondLimitExceeded"), "{text}");
}

#[test]
fn genesis_should_be_refused_beyond_the_horizon_or_outside_the_tiers() {
    let text = refused(|builder| {
        let pool = PoolId::any_worker(ResourceClass::Disk);
        builder.workers[0].tokens = vec![GenesisTokens { pool, amount: 3_000_001 * UNIT, price: 1 }];
    });
    assert!(text.contains("HorizonExceeded"), "{text}");
    let text = refused(|builder| builder.workers[0].offer.tiers = Default::default());
    assert!(text.contains("NotQualified"), "{text}");
}

#[test]
fn escrow_account_should_live_without_a_deposit() {
    test(|| {
        assert_eq!(System::providers(&Compute::escrow_account()), 1);
        let id = submit(CLIENT, 0);
        frame_support::assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        assert_eq!(System::providers(&Compute::escrow_account()), 1);
    });
}

#[test]
fn genesis_should_say_what_it_refused() {
    let error = Error::<Test>::BadProfile;
    let mut ext = sp_io::TestExternalities::default();
    ext.execute_with(|| {
        let mut config = crate::GenesisConfig::<Test>::default();
        config.model_profiles.push((MODEL, Default::default()));
        let (what, refused) = Compute::build_genesis(&config).unwrap_err();
        assert!(what.starts_with("model 0x0101"), "{what}");
        assert_eq!(refused, error.into());
    });
}
