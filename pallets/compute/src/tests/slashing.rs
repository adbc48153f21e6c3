//! Bonds frozen, freed and taken after a fraud, and the fee that pays for audits.

use crate::{mock::*, Error, Event, HoldReason};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use hanzo_traits::{JobRegistry, ReviewTerms, WorkerRegistry};

const BOND: u128 = 1_000 * UNIT;
const HALF: u32 = 500_000_000;

fn freeze(worker: AccountId) -> u128 {
    <Compute as WorkerRegistry<_>>::freeze_bond(&worker, HALF).unwrap()
}

fn held(worker: AccountId) -> u128 {
    Balances::balance_on_hold(&HoldReason::WorkerBond.into(), &worker)
}

#[test]
fn frozen_bond_should_back_nothing_and_be_held_all_the_same() {
    test(|| {
        register(10, BOND);
        assert_eq!(freeze(10), BOND / 2);
        assert_eq!(last_event(), Event::BondFrozen { worker: 10, amount: BOND / 2 });
        assert_eq!((worker(10).bond, worker(10).frozen, held(10)), (BOND, BOND / 2, BOND));
        let view = Compute::worker(&10).unwrap();
        assert_eq!(view.free_limit.0, BOND / 2 / 27);
        assert_eq!(freeze(10), BOND / 4, "of what is left");
        assert_eq!(freeze(99), 0, "no worker");
    });
}

#[test]
fn frozen_bond_should_come_first_after_what_is_owed() {
    test(|| {
        register(10, BOND);
        // As if prices had risen until what it owes takes nearly all of the bond.
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 2_000 * UNIT));
        set_prices(GPU, |prices| prices.spot = PRICE * 450);
        assert_eq!(freeze(10), BOND / 10, "900 of 1,000 are owed");
        set_prices(GPU, |prices| prices.spot = PRICE);
    });
}

#[test]
fn slash_should_pay_the_bounty_and_burn_the_rest() {
    test(|| {
        register(10, BOND);
        let amount = freeze(10);
        let (issuance, client) = (Balances::total_issuance(), credits(CLIENT));
        let slash = |amount, bounty| <Compute as WorkerRegistry<_>>::slash_frozen(&10, amount, bounty);
        assert_noop!(slash(amount + 1, None), Error::<Test>::Overflow);
        assert_ok!(slash(amount, Some((CLIENT, 3 * UNIT))));
        assert_eq!((worker(10).bond, worker(10).frozen, worker(10).slashed, held(10)), (amount, 0, amount, amount));
        assert_eq!(credits(CLIENT), client + 3 * UNIT);
        assert_eq!(Balances::total_issuance(), issuance - (amount - 3 * UNIT));
        assert_eq!(last_event(), Event::BondSlashed { worker: 10, burned: amount - 3 * UNIT, bounty: 3 * UNIT });
        let amount = freeze(10);
        assert_ok!(slash(amount, Some((CLIENT, 2 * amount))));
        assert_eq!(credits(CLIENT), client + 3 * UNIT + amount, "at most all of it");
    });
}

#[test]
fn slash_should_be_burned_whole_when_its_bounty_cannot_open_the_account_it_is_for() {
    test(|| {
        register(10, BOND);
        let (amount, gone) = (freeze(10), 99_999);
        let least = <Balances as frame_support::traits::fungible::Inspect<_>>::minimum_balance();
        assert!(least > 1 && credits(gone) == 0);
        assert_ok!(<Compute as WorkerRegistry<_>>::slash_frozen(&10, amount, Some((gone, least - 1))));
        assert_eq!((credits(gone), held(10)), (0, BOND - amount));
        assert_eq!(last_event(), Event::BondSlashed { worker: 10, burned: amount, bounty: 0 });
        let amount = freeze(10);
        assert_ok!(<Compute as WorkerRegistry<_>>::slash_frozen(&10, amount, Some((gone, least))));
        assert_eq!(credits(gone), least, "as much as opens it");
    });
}

#[test]
fn thawed_bond_should_back_again() {
    test(|| {
        register(10, BOND);
        let amount = freeze(10);
        assert_ok!(<Compute as WorkerRegistry<_>>::thaw_bond(&10, amount));
        assert_eq!((worker(10).bond, worker(10).frozen), (BOND, 0));
        assert_noop!(<Compute as WorkerRegistry<_>>::thaw_bond(&10, 1), Error::<Test>::Overflow);
    });
}

#[test]
fn worker_should_not_leave_with_a_bond_that_waits_to_be_slashed() {
    test(|| {
        register(10, BOND);
        let amount = freeze(10);
        assert_ok!(Compute::deregister(signed(10)));
        run(300);
        assert_noop!(Compute::withdraw_bond(signed(10)), Error::<Test>::StillBound);
        assert_ok!(<Compute as WorkerRegistry<_>>::slash_frozen(&10, amount, None));
        run(200);
        assert_ok!(Compute::withdraw_bond(signed(10)));
    });
}

#[test]
fn audit_fee_should_go_to_the_pot_with_the_attestation_and_back_when_there_is_none() {
    test(|| {
        assert_ok!(Balances::force_set_balance(root(), AUDIT_POT, UNIT));
        let id = accepted(10);
        let fee = job(id).audit_fee;
        assert!(fee > 0);
        let other = accepted_by(10, 1);
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 5, 5));
        assert_eq!(credits(AUDIT_POT), UNIT + fee);
        assert_eq!(
            (job(id).audit_fee, last_event()),
            (0, Event::JobAttested { job: id, prompt_tokens: 5, output_tokens: 5, audit_fee: fee })
        );
        run_to(job(other).deadline + 1);
        assert_eq!(credits(AUDIT_POT), UNIT + fee, "the other's deadline has passed");
    });
}

#[test]
fn audit_fee_should_be_burned_while_the_pot_does_not_exist() {
    test(|| {
        let id = accepted(10);
        let issuance = Balances::total_issuance();
        let fee = job(id).audit_fee;
        assert!(fee > 0 && credits(AUDIT_POT) == 0);
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 5, 5));
        let (pot, burned) = (credits(AUDIT_POT), issuance - Balances::total_issuance());
        assert_eq!(pot + burned, fee);
    });
}

#[test]
fn review_should_go_by_the_jobs_value_and_what_a_replay_takes() {
    test(|| {
        let id = accepted(10);
        assert_eq!(<Compute as JobRegistry<_, _>>::review_terms(id), None, "not attested");
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 7, 8));
        // 15 tokens as a prompt: 15 GPU and 30 VRAM at a thousandth.
        let replay_price = 45 * UNIT / 1_000;
        let terms = ReviewTerms { value: job(id).value, replay_price, counts: false, sealed: false };
        assert_eq!(<Compute as JobRegistry<_, _>>::review_terms(id), Some(terms));
    });
}
