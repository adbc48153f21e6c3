use crate::{mock::*, types::Offer, Error, Event, HoldReason, KeyOwner, WorkerIndex, WorkerPosition, Workers};
use frame_support::{assert_noop, assert_ok, traits::fungible::hold::Inspect};
use hanzo_poai::{ResourceClass, Resources};
use hanzo_traits::WorkerRegistry;

const BOND: u128 = 100 * UNIT;

#[test]
fn worker_should_join_with_its_bond_held() {
    test(|| {
        register(10, BOND);
        assert_eq!(Balances::balance_on_hold(&HoldReason::WorkerBond.into(), &10), BOND);
        let record = worker(10);
        assert!(record.accepting && !record.sell_earned);
        assert_eq!((record.bond, record.idle_since), (BOND, Some(1)));
        assert_eq!(Compute::session_key(&10), Some(key(10)));
        let units = Resources([8 * UNIT; ResourceClass::COUNT]);
        assert!(events().contains(&Event::WorkerRegistered { worker: 10, bond: BOND, units }));
    });
}

#[test]
fn worker_should_be_refused_when_registered_already() {
    test(|| {
        register(10, BOND);
        let again = Compute::register_worker(signed(10), offer(UNIT), key(11), BOND);
        assert_noop!(again, Error::<Test>::AlreadyRegistered);
    });
}

#[test]
fn worker_should_be_refused_while_it_is_a_verifier() {
    test(|| {
        JudgingAccounts::set(&[10].into());
        let judge = Compute::register_worker(signed(10), offer(UNIT), key(10), BOND);
        assert_noop!(judge, Error::<Test>::IsVerifier);
        JudgingAccounts::set(&[11].into());
        register(10, BOND);
    });
}

#[test]
fn worker_should_be_refused_when_the_bond_is_too_small_or_not_owned() {
    test(|| {
        let poor = Compute::register_worker(signed(10), offer(UNIT), key(10), BOND - 1);
        assert_noop!(poor, Error::<Test>::BondTooSmall);
        let bold = Compute::register_worker(signed(10), offer(UNIT), key(10), FUNDS);
        assert!(bold.is_err());
        assert!(!Workers::<Test>::contains_key(10));
    });
}

#[test]
fn worker_should_be_refused_when_its_offer_is_unsound() {
    test(|| {
        let registered = |offer: Offer, error: Error<Test>| {
            assert_noop!(Compute::register_worker(signed(10), offer, key(10), BOND), error);
        };
        registered(offer(0), Error::<Test>::NothingOffered);
        registered(Offer { tiers: vec![2].try_into().unwrap(), ..offer(UNIT) }, Error::<Test>::UnknownTier);
        registered(Offer { tiers: vec![TIER, TIER].try_into().unwrap(), ..offer(UNIT) }, Error::<Test>::DuplicateTier);
    });
}

#[test]
fn session_key_should_belong_to_one_worker_only() {
    test(|| {
        register(10, BOND);
        let taken = Compute::register_worker(signed(11), offer(UNIT), key(10), BOND);
        assert_noop!(taken, Error::<Test>::SessionKeyTaken);
        register(11, BOND);
        assert_noop!(Compute::set_session_key(signed(11), key(10)), Error::<Test>::SessionKeyTaken);
        assert_noop!(Compute::set_session_key(signed(11), key(11)), Error::<Test>::SessionKeyTaken);
        assert_noop!(Compute::set_session_key(signed(12), key(12)), Error::<Test>::NotRegistered);
    });
}

#[test]
fn session_key_should_change_at_once_and_free_the_old_one() {
    test(|| {
        accepted(10);
        assert_ok!(Compute::set_session_key(signed(10), key(50)));
        assert_eq!(Compute::session_key(&10), Some(key(50)));
        assert_eq!(KeyOwner::<Test>::get(key(10)), None);
        assert_ok!(Compute::register_worker(signed(11), offer(UNIT), key(10), BOND));
    });
}

#[test]
fn settings_should_change_for_workers_only() {
    test(|| {
        assert_noop!(Compute::set_accepting(signed(10), true), Error::<Test>::NotRegistered);
        assert_noop!(Compute::set_payout(signed(10), true), Error::<Test>::NotRegistered);
        assert_noop!(Compute::bond_more(signed(10), 1), Error::<Test>::NotRegistered);
        register(10, BOND);
        assert_ok!(Compute::set_accepting(signed(10), false));
        assert_ok!(Compute::set_payout(signed(10), true));
        assert_ok!(Compute::bond_more(signed(10), UNIT));
        assert_noop!(Compute::bond_more(signed(10), 0), Error::<Test>::ZeroAmount);
        assert!(Compute::bond_more(signed(10), 2 * FUNDS).is_err());
        let record = worker(10);
        assert_eq!((record.accepting, record.sell_earned, record.bond), (false, true, BOND + UNIT));
    });
}

#[test]
fn bond_should_be_released_only_after_the_unbonding_period() {
    test(|| {
        register(10, BOND);
        assert_noop!(Compute::withdraw_bond(signed(10)), Error::<Test>::NotLeaving);
        run_to(50);
        assert_ok!(Compute::deregister(signed(10)));
        assert_noop!(Compute::deregister(signed(10)), Error::<Test>::Leaving);
        assert_noop!(Compute::set_accepting(signed(10), true), Error::<Test>::Leaving);
        run_to(249);
        assert_noop!(Compute::withdraw_bond(signed(10)), Error::<Test>::Unbonding);
        run_to(250);
        assert_ok!(Compute::withdraw_bond(signed(10)));
        assert_eq!(credits(10), FUNDS);
        assert_eq!(Balances::balance_on_hold(&HoldReason::WorkerBond.into(), &10), 0);
        assert_noop!(Compute::withdraw_bond(signed(10)), Error::<Test>::NotRegistered);
        register(10, BOND);
    });
}

#[test]
fn bond_should_stay_while_a_job_or_an_obligation_is_open() {
    test(|| {
        MarginGrace::set(&1_000);
        let id = accepted(10);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, UNIT));
        assert_ok!(Compute::deregister(signed(10)));
        assert_noop!(Compute::mint_tokens(signed(10), GPU, UNIT), Error::<Test>::Leaving);
        run_to(job(id).deadline);
        assert_noop!(Compute::withdraw_bond(signed(10)), Error::<Test>::StillBound);
        run(1);
        assert_noop!(Compute::withdraw_bond(signed(10)), Error::<Test>::StillBound);
        run(10);
        assert_ok!(Compute::burn_tokens(signed(10), GPU, UNIT));
        let idle = System::block_number();
        assert_eq!(worker(10).idle_since, Some(idle));
        run(199);
        assert_noop!(Compute::withdraw_bond(signed(10)), Error::<Test>::Unbonding);
        run(1);
        assert_ok!(Compute::withdraw_bond(signed(10)));
    });
}

#[test]
fn index_should_stay_dense_when_workers_leave_in_any_order() {
    for order in [[10, 11, 12], [12, 11, 10], [11, 10, 12], [11, 12, 10]] {
        test(|| {
            (10..13).for_each(|account| register(account, BOND));
            for account in 10..13 {
                assert_ok!(Compute::deregister(signed(account)));
            }
            run(200);
            for account in order {
                assert_ok!(Compute::withdraw_bond(signed(account)));
                check();
            }
            assert_eq!(Workers::<Test>::count(), 1);
            assert_eq!(WorkerIndex::<Test>::get(0), Some(PROVIDER));
            assert_eq!(WorkerPosition::<Test>::get(PROVIDER), Some(0));
        });
    }
}

#[test]
fn governance_should_be_the_only_one_to_set_tiers_and_profiles() {
    test(|| {
        register(10, BOND);
        assert_noop!(Compute::set_tier(signed(10), 2, Default::default()), sp_runtime::DispatchError::BadOrigin);
        assert_noop!(Compute::set_model_profile(signed(10), MODEL, None), sp_runtime::DispatchError::BadOrigin);
        assert_noop!(Compute::set_tier(root(), 0, Default::default()), Error::<Test>::UnknownTier);
    });
}
