//! Joining and leaving as a verifier, and the weight of its bond in the draw.

use crate::{mock::*, Error, Event, HoldReason, Phase, Seats, VerifierSlots, Verifiers};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use hanzo_poai::draw;
use sp_core::Pair;
use std::collections::{BTreeMap, BTreeSet};

const NEW: u64 = STRANGER;

fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

fn test(run: impl FnOnce()) {
    ExtBuilder::default().audit_rate(1_000_000_000).verifiers(12).build_and_execute(run);
}

#[test]
fn verifier_should_join_with_a_bond_and_be_drawn_four_blocks_later() {
    test(|| {
        let all = draw::total::<Poai>();
        assert_ok!(Poai::register_verifier(signed(NEW), 3 * BOND));
        assert_eq!(Balances::balance_on_hold(&HoldReason::VerifierBond.into(), &NEW), 3 * BOND);
        assert_eq!(events().last(), Some(&Event::VerifierRegistered { verifier: NEW, bond: 3 * BOND }));
        run_to(4);
        assert_eq!(draw::total::<Poai>(), all);
        next_block();
        assert_eq!(draw::total::<Poai>(), all + 3 * BOND);
    });
}

#[test]
fn verifier_should_be_refused_when_it_is_one_already_a_worker_or_bonds_too_little() {
    test(|| {
        assert_noop!(Poai::register_verifier(signed(FIRST_VERIFIER), BOND), Error::<Test>::AlreadyVerifier);
        assert_noop!(Poai::register_verifier(signed(WORKER), BOND), Error::<Test>::IsWorker);
        assert_noop!(Poai::register_verifier(signed(NEW), BOND - 1), Error::<Test>::VerifierBondTooSmall);
        assert!(Poai::register_verifier(signed(NEW), 2 * FUNDS).is_err());
        crate::VerifierSlotCount::<Test>::put(draw::SLOTS);
        assert_noop!(Poai::register_verifier(signed(NEW), BOND), Error::<Test>::TooManyVerifiers);
    });
}

#[test]
fn verifier_that_became_a_worker_should_judge_nothing() {
    test(|| {
        for who in FIRST_VERIFIER + 8..FIRST_VERIFIER + 12 {
            Keys::insert(who, pair(who).public());
        }
        for _ in 0..5 {
            let job = attested(1);
            run_to_committee(job);
            assert!(members(job).iter().all(|member| *member < FIRST_VERIFIER + 8), "{:?}", members(job));
            hold_round(job, &[good(); 3]);
        }
    });
}

#[test]
fn verifiers_should_be_drawn_in_proportion_to_their_bonds() {
    test(|| {
        assert_ok!(Poai::add_verifier_bond(signed(FIRST_VERIFIER), 3 * BOND));
        run_to(6);
        let mut firsts = BTreeMap::<u64, u32>::new();
        for round in 0..1_500u32 {
            let mut draws =
                draw::WithoutReplacement::new::<Poai>(sp_io::hashing::blake2_256(&round.to_le_bytes()).into());
            let slot = draws.draw::<Poai>().unwrap().slot;
            *firsts.entry(VerifierSlots::<Test>::get(slot).unwrap()).or_default() += 1;
        }
        // 4 of 15 parts: 400 expected, five standard deviations of 17.
        let count = firsts[&FIRST_VERIFIER];
        assert!((315..485).contains(&count), "{count} of 1,500");
    });
}

#[test]
fn verifier_should_leave_with_its_bond_when_its_time_is_over() {
    test(|| {
        assert_noop!(Poai::withdraw_verifier_bond(signed(FIRST_VERIFIER)), Error::<Test>::VerifierNotLeaving);
        assert_noop!(Poai::withdraw_verifier_bond(signed(NEW)), Error::<Test>::NotVerifier);
        assert_ok!(Poai::retire_verifier(signed(FIRST_VERIFIER)));
        assert_noop!(Poai::retire_verifier(signed(FIRST_VERIFIER)), Error::<Test>::VerifierLeaving);
        assert_noop!(Poai::add_verifier_bond(signed(FIRST_VERIFIER), 1), Error::<Test>::VerifierLeaving);
        run_to(UNBONDING);
        assert_eq!(draw::lot::<Poai>(0), 0);
        assert_noop!(Poai::withdraw_verifier_bond(signed(FIRST_VERIFIER)), Error::<Test>::Unbonding);
        next_block();
        assert_ok!(Poai::withdraw_verifier_bond(signed(FIRST_VERIFIER)));
        assert_eq!(Balances::balance_on_hold(&HoldReason::VerifierBond.into(), &FIRST_VERIFIER), 0);
        assert_eq!((Verifiers::<Test>::count(), VerifierSlots::<Test>::get(0)), (11, None));
        // Its slot goes to nobody else.
        assert_ok!(Poai::register_verifier(signed(FIRST_VERIFIER), BOND));
        assert_eq!(verifier(FIRST_VERIFIER).slot, 12);
    });
}

#[test]
fn verifier_should_not_leave_while_it_sits_or_a_slash_waits() {
    test(|| {
        let job = attested(1);
        run_to_committee(job);
        let member = members(job)[0];
        assert_ok!(Poai::retire_verifier(signed(member)));
        // As if the time had passed already.
        Verifiers::<Test>::mutate(member, |record| record.as_mut().unwrap().leaving_since = Some(0));
        for _ in 0..5 {
            next_block();
        }
        assert_noop!(Poai::withdraw_verifier_bond(signed(member)), Error::<Test>::StillSeated);
        hold_round(job, &[good(); 3]);
        assert!(Seats::<Test>::get(member).is_empty());
        Poai::punish_false_verdict(&member, job).unwrap();
        run_to(100);
        assert_noop!(Poai::withdraw_verifier_bond(signed(member)), Error::<Test>::StillSeated);
        run_to(UNBONDING + 10);
        assert_ok!(Poai::withdraw_verifier_bond(signed(member)));
    });
}

#[test]
fn verifier_should_sit_on_so_many_committees_and_the_others_wait_for_it() {
    ExtBuilder::default().audit_rate(1_000_000_000).verifiers(3).build_and_execute(|| {
        let jobs: Vec<_> = (0..6).map(|_| attested(1)).collect();
        run_to(12);
        let sitting = |job: &&u64| crate::Reviews::<Test>::get(**job).is_some_and(|review| !review.members.is_empty());
        assert_eq!(jobs.iter().filter(sitting).count(), 4);
        assert!((0..3).all(|place| Seats::<Test>::get(FIRST_VERIFIER + place).len() == 4));
        // The two that find no free seats lose no draw by it, and are judged like the others.
        let mut waited = BTreeSet::new();
        while crate::Reviews::<Test>::count() > 0 {
            for (job, review) in crate::Reviews::<Test>::iter().collect::<Vec<_>>() {
                assert_eq!(review.redraws, 0);
                if review.waits > 0 {
                    waited.insert(job);
                }
                for member in review.members {
                    match review.phase {
                        Phase::Committing => drop(commit(member.account, job, good().unwrap())),
                        Phase::Revealing => drop(reveal(member.account, job, good().unwrap())),
                        Phase::Summoning => {}
                    }
                }
            }
            next_block();
        }
        assert_eq!(waited.len(), 2);
        assert!(jobs.iter().all(|job| window(*job).standing == crate::Standing::Upheld));
    });
}

#[test]
fn job_should_be_judged_even_where_every_seat_stays_taken() {
    ExtBuilder::default().audit_rate(1_000_000_000).verifiers(3).build_and_execute(|| {
        let job = attested(1);
        for place in 0..3 {
            for other in 100..104 {
                Poai::seat(&(FIRST_VERIFIER + place), other).unwrap();
            }
        }
        run_to_committee(job);
        assert_eq!((review(job).redraws, review(job).waits), (0, 8));
        for place in 0..3 {
            (100..104).for_each(|other| Poai::unseat(&(FIRST_VERIFIER + place), other));
        }
        hold_round(job, &[good(); 3]);
    });
}

#[test]
fn verifier_whose_bond_changes_should_keep_its_old_lot_for_draws_under_way() {
    test(|| {
        run_to(5);
        let before = draw::lot::<Poai>(0);
        assert_ok!(Poai::add_verifier_bond(signed(FIRST_VERIFIER), BOND));
        run_to(8);
        assert_eq!(draw::lot::<Poai>(0), before);
        run_to(9);
        assert_eq!(draw::lot::<Poai>(0), before + BOND);
    });
}

#[test]
fn verifier_should_not_keep_the_lot_from_before_a_slash_by_adding_little_to_its_bond() {
    test(|| {
        run_to(5);
        let job = attested(1);
        let (from, before) = (System::block_number(), draw::lot::<Poai>(0));
        assert_ok!(Poai::punish_false_verdict(&FIRST_VERIFIER, job));
        for block in from..from + 4 {
            run_to(block);
            assert_eq!(draw::lot::<Poai>(0), before, "block {block}");
            assert_noop!(Poai::add_verifier_bond(signed(FIRST_VERIFIER), 1), Error::<Test>::LotPending);
        }
        run_to(from + 4);
        assert_eq!(draw::lot::<Poai>(0), before / 10 * 9);
        assert_ok!(Poai::add_verifier_bond(signed(FIRST_VERIFIER), 1));
    });
}

#[test]
fn wrong_books_should_be_found_by_the_invariants() {
    test(|| {
        let text = |break_it: &dyn Fn()| {
            frame_support::storage::with_transaction(|| {
                break_it();
                let found = Poai::do_try_state(1);
                sp_runtime::TransactionOutcome::Rollback(Ok::<_, sp_runtime::DispatchError>(found))
            })
            .unwrap()
            .expect_err("not found")
        };
        let job = attested(1);
        run_to_committee(job);
        let member = members(job)[0];
        let found = text(&|| Seats::<Test>::remove(member));
        assert!(found.contains("sit without a seat"), "{found}");
        let found = text(&|| crate::Reviews::<Test>::remove(job));
        assert!(found.contains("a review is stored: false"), "{found}");
        let found = text(&|| Verifiers::<Test>::mutate(member, |record| record.as_mut().unwrap().bond += 1));
        assert!(found.contains("held"), "{found}");
        let found = text(&|| Verifiers::<Test>::mutate(member, |record| record.as_mut().unwrap().frozen += 1));
        assert!(found.contains("frozen, its slashes are 0"), "{found}");
        let found = text(&|| draw::set_lot::<Poai>(5, 1));
        assert!(found.contains("lot 1, should be"), "{found}");
        let found = text(&|| crate::VerifierLots::<Test>::mutate(1, 0, |node| node.as_mut().unwrap()[0] += 1));
        assert!(found.contains("above it says"), "{found}");
        let found = text(&|| {
            Poai::punish_false_verdict(&member, job).unwrap();
            let key = crate::SlashQueue::<Test>::iter_keys().next().unwrap();
            crate::SlashQueue::<Test>::remove(key);
        });
        assert!(found.contains("not in the queue"), "{found}");
        hold_round(job, &[good(); 3]);
        let found = text(&|| crate::Verdicts::<Test>::insert(job + 1, crate::Verdicts::<Test>::get(job).unwrap()));
        assert!(found.contains("verdict without an attestation"), "{found}");
    });
}
