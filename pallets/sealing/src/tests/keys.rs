//! Publishing public keys.

use crate::{mock::*, Error, Event, HoldReason, Keys};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use hanzo_traits::SealingKeys;

fn held(who: u64) -> u128 {
    Balances::balance_on_hold(&HoldReason::SealingDeposit.into(), &who)
}

fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

#[test]
fn key_should_be_kept_for_one_deposit_however_often_it_is_replaced() {
    run(|| {
        assert!(!Sealing::has_key(&WORKER));
        assert_ok!(Sealing::set_key(signed(WORKER), key(1)));
        System::assert_last_event(Event::KeySet { account: WORKER, key: key(1) }.into());
        assert_eq!((held(WORKER), Sealing::has_key(&WORKER)), (KEY_DEPOSIT, true));
        assert_ok!(Sealing::set_key(signed(WORKER), key(2)));
        assert_eq!((held(WORKER), Sealing::key(&WORKER)), (KEY_DEPOSIT, Some(key(2).into_inner())));
    });
}

#[test]
fn key_should_be_refused_when_it_has_another_length_or_cannot_be_paid_for() {
    run(|| {
        for length in [0, 1, 1_215] {
            let short = vec![1; length].try_into().unwrap();
            assert_noop!(Sealing::set_key(signed(WORKER), short), Error::<Test>::WrongLength);
        }
        assert!(crate::PublicKey::try_from(vec![1; 1_217]).is_err(), "no call can carry a longer one");
        assert!(Sealing::set_key(signed(99), key(1)).is_err(), "the account has nothing");
        assert!(!Keys::<Test>::contains_key(99));
    });
}

#[test]
fn deposit_should_come_back_with_the_key() {
    run(|| {
        assert_noop!(Sealing::remove_key(signed(WORKER)), Error::<Test>::NoKey);
        assert_ok!(Sealing::set_key(signed(WORKER), key(1)));
        assert_ok!(Sealing::remove_key(signed(WORKER)));
        assert_eq!((held(WORKER), Balances::free_balance(WORKER)), (0, ENDOWMENT));
        assert!(!Sealing::has_key(&WORKER));
    });
}
