//! Commitments and reveals: what is refused, what silence costs, and that every round ends.

use crate::{mock::*, Error, Event, Phase, Seats, Standing};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use hanzo_poai::{
    committee::{Score, Verdict, Vote},
    JobId, JobStatus,
};
use proptest::prelude::*;
use sp_core::H256;

const ALWAYS: u32 = 1_000_000_000;

/// A job on which three verifiers sit.
fn sitting() -> JobId {
    let job = attested(40);
    run_to_committee(job);
    job
}

fn test(run: impl FnOnce()) {
    ExtBuilder::default().audit_rate(ALWAYS).verifiers(12).build_and_execute(run);
}

#[test]
fn commitment_should_be_refused_when_it_is_an_outsiders_early_late_or_double() {
    test(|| {
        let job = attested(40);
        let hash = H256::repeat_byte(1);
        let by = |who| Poai::commit_verdict(RuntimeOrigin::signed(who), job, hash);
        assert_noop!(by(FIRST_VERIFIER), Error::<Test>::NotInReview);
        run_to_committee(job);
        let jury = members(job);
        let outsider = (FIRST_VERIFIER..).find(|who| !jury.contains(who)).unwrap();
        for who in [outsider, WORKER, CLIENT, STRANGER] {
            assert_noop!(by(who), Error::<Test>::NotMember);
        }
        assert_noop!(Poai::commit_verdict(RuntimeOrigin::signed(jury[0]), job + 1, hash), Error::<Test>::NoOpenWindow);
        let paid = by(jury[0]).unwrap();
        assert_eq!(paid.pays_fee, Pays::No);
        assert_noop!(by(jury[0]), Error::<Test>::AlreadyCommitted);
        let Standing::InReview { at } = window(job).standing else { panic!() };
        run_to(at - 1);
        assert_ok!(by(jury[1]));
        next_block();
        assert_eq!(review(job).phase, Phase::Revealing);
        assert_noop!(by(jury[2]), Error::<Test>::NotCommitting);
    });
}

#[test]
fn reveal_should_be_refused_when_it_is_early_late_double_or_not_what_was_committed() {
    test(|| {
        let job = sitting();
        let jury = members(job);
        assert_ok!(commit(jury[0], job, vote(Score::Good)));
        assert_ok!(commit(jury[1], job, vote(Score::Good)));
        assert_noop!(reveal(jury[0], job, vote(Score::Good)), Error::<Test>::NotRevealing);
        while review(job).phase == Phase::Committing {
            next_block();
        }
        assert_noop!(reveal(STRANGER, job, vote(Score::Good)), Error::<Test>::NotMember);
        assert_noop!(reveal(jury[0], job, vote(Score::Bad)), Error::<Test>::WrongReveal);
        let other = Vote { score: Score::Good, digest: H256::repeat_byte(1) };
        assert_noop!(reveal(jury[0], job, other), Error::<Test>::WrongReveal);
        let salted =
            Poai::reveal_verdict(RuntimeOrigin::signed(jury[0]), job, vote(Score::Good), [9; 32], H256::zero());
        assert_noop!(salted, Error::<Test>::WrongReveal);
        assert_noop!(reveal(jury[2], job, vote(Score::Good)), Error::<Test>::WrongReveal);
        assert_ok!(reveal(jury[0], job, vote(Score::Good)));
        assert_noop!(reveal(jury[0], job, vote(Score::Good)), Error::<Test>::AlreadyRevealed);
        let Standing::InReview { at } = window(job).standing else { panic!() };
        run_to(at);
        assert_eq!(reveal(jury[1], job, vote(Score::Good)).unwrap_err().error, Error::<Test>::NotRevealing.into());
    });
}

#[test]
fn commitment_should_be_worthless_when_it_is_copied() {
    test(|| {
        let job = sitting();
        let jury = members(job);
        assert_ok!(commit(jury[0], job, vote(Score::Good)));
        let copied = review(job).members[0].commitment.unwrap();
        assert_ok!(Poai::commit_verdict(RuntimeOrigin::signed(jury[1]), job, copied));
        assert_ok!(commit(jury[2], job, vote(Score::Good)));
        next_block();
        assert_ok!(reveal(jury[0], job, vote(Score::Good)));
        // The original's salt is public now, and does not open the copy.
        let opened = Poai::reveal_verdict(
            RuntimeOrigin::signed(jury[1]),
            job,
            vote(Score::Good),
            [jury[0] as u8; 32],
            H256::zero(),
        );
        assert_noop!(opened, Error::<Test>::WrongReveal);
    });
}

#[test]
fn committee_should_not_wait_when_everybody_has_spoken() {
    test(|| {
        let job = sitting();
        let jury = members(job);
        for member in &jury {
            assert_ok!(commit(*member, job, vote(Score::Good)));
        }
        next_block();
        assert_eq!(review(job).phase, Phase::Revealing);
        for member in &jury {
            assert_ok!(reveal(*member, job, vote(Score::Good)));
        }
        next_block();
        assert_eq!(window(job).standing, Standing::Upheld);
    });
}

#[test]
fn silent_member_should_lose_a_hundredth_of_its_bond_and_the_others_be_paid() {
    test(|| {
        let job = sitting();
        let jury = members(job);
        let (paid, silent) = (wealth(jury[0]), wealth(jury[2]));
        hold_round(job, &[good(), good(), None]);
        assert_eq!(wealth(jury[0]), paid + REPLAY);
        assert_eq!((wealth(jury[2]), verifier(jury[2]).bond), (silent - BOND / 100, BOND - BOND / 100));
        let fine = Event::VerifierSilent { job, round: 0, verifier: jury[2], fined: BOND / 100 };
        assert!(events().contains(&fine));
    });
}

#[test]
fn committee_should_be_drawn_anew_twice_at_most_when_too_few_reveal() {
    test(|| {
        let job = sitting();
        let wait = System::block_number();
        for round in 0..3 {
            run_to_committee(job);
            assert_eq!(review(job).round, round);
            hold_round(job, &[good(), None, None]);
        }
        assert_eq!(window(job).standing, Standing::Unjudged);
        assert!(System::block_number() <= wait + 3 * (COMMIT + REVEAL + 4));
        assert_eq!(Poai::verdict(job).map(|verdict| (verdict.verdict, verdict.rounds)), Some((Verdict::Undecided, 3)));
        assert_eq!(Seats::<Test>::iter().count(), 0);
        run_to(2 + WINDOW);
        assert_eq!(status(job), JobStatus::Settled);
    });
}

#[test]
fn members_should_not_be_fined_when_nothing_is_to_be_had() {
    test(|| {
        let job = sitting();
        let lost = Some(Vote { score: Score::Unavailable, digest: H256::zero() });
        for _ in 0..3 {
            hold_round(job, &[lost, lost, good()]);
        }
        assert_eq!(window(job).standing, Standing::Unjudged);
        assert!(crate::Verifiers::<Test>::iter_values().all(|record| (record.bond, record.frozen) == (BOND, 0)));
    });
}

#[test]
fn pot_should_pay_what_it_has_and_keep_its_account_when_it_runs_dry() {
    test(|| {
        let job = sitting();
        let jury = members(job);
        let most = wealth(Poai::pot());
        let deposit = ExistentialDeposit::get();
        frame_support::assert_ok!(<Balances as frame_support::traits::fungible::Mutate<u64>>::transfer(
            &Poai::pot(),
            &STRANGER,
            most - deposit - REPLAY - REPLAY / 2,
            frame_support::traits::tokens::Preservation::Preserve,
        ));
        let before: Vec<_> = jury.iter().map(|member| wealth(*member)).collect();
        hold_round(job, &[good(); 3]);
        let paid: Vec<_> = jury.iter().zip(before).map(|(member, before)| wealth(*member) - before).collect();
        assert_eq!(paid, [REPLAY, REPLAY / 2, 0]);
        assert_eq!(wealth(Poai::pot()), deposit);
    });
}

proptest! {
    #![proptest_config(cases(60))]

    /// Whatever members do, every review ends, no seat is left, and money only goes where the rules send it.
    #[test]
    fn review_should_end_in_bounded_time_whatever_its_members_do(
        votes in prop::collection::vec(prop::collection::vec((0u8..5, any::<bool>()), 7), 6),
        challenged in any::<bool>(),
    ) {
        let rate = if challenged { 0 } else { ALWAYS };
        ExtBuilder::default().audit_rate(rate).verifiers(12).build_and_execute(|| {
            let job = attested(40);
            if challenged {
                challenged_by(STRANGER, job);
            }
            let start = System::block_number();
            let issuance = <Balances as frame_support::traits::fungible::Inspect<u64>>::total_issuance();
            for round in &votes {
                if !matches!(window(job).standing, Standing::InReview { .. }) {
                    break;
                }
                run_to_committee(job);
                let jury = members(job);
                let number = review(job).round;
                let plan: Vec<_> = jury.iter().zip(round).collect();
                let voted = |kind: u8| match kind {
                    0 | 1 => vote(Score::Good),
                    2 => vote(Score::Bad),
                    3 => Vote { score: Score::Bad, digest: H256::repeat_byte(3) },
                    _ => Vote { score: Score::Unavailable, digest: H256::zero() },
                };
                for (member, (kind, speaks)) in &plan {
                    if *speaks || *kind < 3 {
                        commit(**member, job, voted(*kind)).unwrap();
                    }
                }
                while crate::Reviews::<Test>::get(job).is_some_and(|review| review.phase == Phase::Committing) {
                    next_block();
                }
                for (member, (kind, speaks)) in &plan {
                    if *speaks {
                        reveal(**member, job, voted(*kind)).unwrap();
                    }
                }
                while crate::Reviews::<Test>::get(job)
                    .is_some_and(|review| review.round == number && review.phase == Phase::Revealing)
                {
                    next_block();
                }
                Poai::do_try_state(1).unwrap();
            }
            assert!(!matches!(window(job).standing, Standing::InReview { .. }), "{:?}", window(job).standing);
            assert!(System::block_number() <= start + 6 * (COMMIT + REVEAL + 6));
            assert_eq!(Seats::<Test>::iter().count(), 0);
            let burned = issuance - <Balances as frame_support::traits::fungible::Inspect<u64>>::total_issuance();
            let lost: u128 = crate::Verifiers::<Test>::iter_values().map(|record| BOND - record.bond).sum();
            let of_bonds: u128 = events()
                .iter()
                .map(|event| if let Event::ChallengeLost { burned, .. } = event { *burned } else { 0 })
                .sum();
            assert_eq!(burned, lost + of_bonds, "only silence and undecided challenges burn at once");
            // Slashes and windows run out too.
            run_to(System::block_number() + SLASH_DELAY + WINDOW);
            assert!(matches!(status(job), JobStatus::Settled | JobStatus::Slashed));
            assert_eq!(crate::Slashes::<Test>::count(), 0);
        });
    }
}
