//! Challenges of jobs that were not drawn: what they cost in vain, and what they bring.

use crate::{mock::*, Error, Event, HoldReason, Standing};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use hanzo_poai::{
    committee::{Score, Verdict, Vote},
    JobId, JobStatus,
};
use sp_core::H256;

fn test(run: impl FnOnce()) {
    ExtBuilder::default().verifiers(12).build_and_execute(run);
}

fn held_for_challenges(who: u64) -> u128 {
    Balances::balance_on_hold(&HoldReason::ChallengeBond.into(), &who)
}

/// A job that a stranger has challenged.
fn challenged() -> JobId {
    let job = attested(40);
    challenged_by(STRANGER, job);
    job
}

#[test]
fn challenge_should_bring_seven_and_hold_a_bond() {
    test(|| {
        let job = attested(40);
        // Ten $AI: the value and two replays are less.
        assert_eq!(challenged_by(STRANGER, job), 10 * AI);
        assert_eq!(events().last(), Some(&Event::Challenged { job, challenger: STRANGER, bond: 10 * AI }));
        run_to_committee(job);
        assert_eq!(members(job).len(), 7);
        hold_round(job, &[good(); 7]);
    });
}

#[test]
fn challenge_bond_should_grow_with_the_job() {
    let bond = |value: u128, replay_price: u128| {
        Poai::challenge_bond(&hanzo_traits::ReviewTerms { value, replay_price, counts: true, sealed: false })
    };
    test(|| {
        assert_eq!(bond(6 * AI, 0), 10 * AI);
        assert_eq!(bond(1_000 * AI + 1, 0), 1_500 * AI + 2);
        assert_eq!(bond(AI, 7 * AI), 14 * AI);
    });
}

#[test]
fn challenge_should_be_refused_when_it_is_the_workers_late_second_or_nobody_can_judge() {
    test(|| {
        let job = attested(40);
        let by = |who| Poai::challenge(RuntimeOrigin::signed(who), job);
        assert_noop!(Poai::challenge(RuntimeOrigin::signed(STRANGER), job + 1), Error::<Test>::NoOpenWindow);
        assert_noop!(by(WORKER), Error::<Test>::OwnWork);
        run_to(WINDOW);
        assert_ok!(by(STRANGER));
        assert_noop!(by(CLIENT), Error::<Test>::AlreadyReviewed);
        for _ in 0..3 {
            hold_round(job, &[None; 7]);
        }
        assert_eq!(window(job).standing, Standing::Unjudged);

        let late = attested(40);
        crate::Attestations::<Test>::mutate(late, |record| {
            record.as_mut().unwrap().settles_at = System::block_number()
        });
        assert_noop!(Poai::challenge(RuntimeOrigin::signed(STRANGER), late), Error::<Test>::WindowOver);
        crate::Attestations::<Test>::mutate(late, |record| {
            record.as_mut().unwrap().settles_at = window(late).due;
        });
    });
    ExtBuilder::default().verifiers(6).build_and_execute(|| {
        let job = attested(40);
        assert_noop!(Poai::challenge(RuntimeOrigin::signed(STRANGER), job), Error::<Test>::TooFewVerifiers);
    });
}

#[test]
fn challenger_should_lose_its_bond_to_worker_and_committee_when_the_job_is_good() {
    test(|| {
        let job = challenged();
        run_to_committee(job);
        let jury = members(job);
        let before: Vec<_> = jury.iter().map(|member| wealth(*member)).collect();
        let (worker, stranger, pot) = (wealth(WORKER), wealth(STRANGER), wealth(Poai::pot()));
        hold_round(job, &[good(), good(), good(), bad(), good(), good(), None]);
        let each = 5 * AI / 5;
        for (place, (member, before)) in jury.iter().zip(before).enumerate() {
            let gain = if [3, 6].contains(&place) { 0 } else { each };
            let fine = if place == 6 { BOND / 100 } else { 0 };
            assert_eq!(wealth(*member), before + gain - fine, "place {place}");
        }
        assert_eq!((wealth(WORKER), wealth(STRANGER)), (worker + 5 * AI, stranger - 10 * AI));
        assert_eq!(wealth(Poai::pot()), pot, "its bond pays for it");
        assert_eq!(held_for_challenges(STRANGER), 0);
        assert_eq!(Poai::verdict(job).unwrap().challenger, Some(STRANGER));
        run_to(2 + WINDOW);
        assert_eq!(status(job), JobStatus::Settled);
    });
}

#[test]
fn pot_should_pay_for_a_challenge_when_it_proves_a_fraud_and_not_when_it_proves_nothing() {
    for (bads, paid) in [(4, 0), (5, 5), (7, 7)] {
        test(|| {
            let job = challenged();
            let pot = wealth(Poai::pot());
            let votes: Vec<_> = (0..7).map(|place| if place < bads { bad() } else { good() }).collect();
            hold_round(job, &votes);
            assert_eq!(wealth(Poai::pot()), pot - paid * REPLAY, "{bads} of seven");
        });
    }
}

#[test]
fn challenger_should_be_paid_out_of_the_slash_when_it_is_taken_and_not_before() {
    test(|| {
        let job = challenged();
        let stranger = wealth(STRANGER);
        hold_round(job, &[bad(); 7]);
        assert_eq!((wealth(STRANGER), held_for_challenges(STRANGER)), (stranger, 0), "the bond is back");
        next_block();
        assert_eq!(status(job), JobStatus::Slashed);
        run_to(System::block_number() + SLASH_DELAY);
        // Half of the slash would be 100; twice the job's value and a replay are less.
        assert_eq!(wealth(STRANGER), stranger + 2 * VALUE + REPLAY);
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND / 2, 0)));
    });
}

#[test]
fn bounty_should_be_half_of_the_slash_at_most() {
    test(|| {
        Bonds::insert(WORKER, (4 * AI, 0));
        let job = challenged();
        let stranger = wealth(STRANGER);
        hold_round(job, &[bad(); 7]);
        run_to(System::block_number() + SLASH_DELAY + 1);
        assert_eq!(wealth(STRANGER), stranger + AI, "half of a slash of two");
    });
}

/// What the challenger has lost and the worker has gained once the review of a challenge ends in which every committee votes so.
fn cost_of_challenge(votes: [Option<Vote>; 7], verdict: Verdict) -> (u128, u128) {
    let mut cost = (0, 0);
    test(|| {
        let (stranger, worker) = (wealth(STRANGER), wealth(WORKER));
        let job = challenged();
        while matches!(window(job).standing, Standing::InReview { .. }) {
            hold_round(job, &votes);
        }
        assert_eq!(held_for_challenges(STRANGER), 0);
        assert_eq!(Poai::verdict(job).unwrap().verdict, verdict);
        cost = (stranger - wealth(STRANGER), wealth(WORKER) - worker);
        let burned = events().iter().find_map(|event| match event {
            Event::ChallengeLost { burned, .. } => Some(*burned),
            _ => None,
        });
        assert_eq!(burned.unwrap_or_default(), cost.0 - cost.1, "nothing is lost on the way");
        run_to(2 + WINDOW);
        assert_eq!(status(job), JobStatus::Settled);
    });
    cost
}

/// Who has four of the seven, or can keep three of them silent, must not challenge at no risk until five are its own.
#[test]
fn challenger_should_lose_its_bond_when_five_do_not_agree_with_it() {
    for votes in [
        [bad(), bad(), bad(), bad(), good(), good(), good()],
        [None; 7],
        [bad(), bad(), bad(), bad(), None, None, None],
    ] {
        assert_eq!(cost_of_challenge(votes, Verdict::Undecided), (10 * AI, 5 * AI), "{votes:?}");
    }
}

#[test]
fn challenge_bond_should_come_back_when_nobody_could_judge() {
    let unable = || Some(Vote { score: Score::Unavailable, digest: H256::zero() });
    for (able, cost) in [(0, (0, 0)), (2, (0, 0)), (3, (10 * AI, 5 * AI))] {
        let votes = core::array::from_fn(|place| if place < able { good() } else { unable() });
        assert_eq!(cost_of_challenge(votes, Verdict::Undecided), cost, "{able} could");
    }
}

#[test]
fn bounty_should_be_lost_when_the_first_committee_was_silent() {
    test(|| {
        let job = challenged();
        let stranger = wealth(STRANGER);
        hold_round(job, &[bad(), bad(), bad(), bad(), None, None, None]);
        hold_round(job, &[bad(); 7]);
        assert_eq!((wealth(STRANGER), held_for_challenges(STRANGER)), (stranger, 0), "the bond is back");
        run_to(System::block_number() + SLASH_DELAY + 1);
        assert_eq!(wealth(STRANGER), stranger, "and that is all");
        assert_eq!(Bonds::get(WORKER), Some((WORKER_BOND / 2, 0)));
    });
}

/// With its own challenge a cheat that was not drawn still pays more than it wins back.
#[test]
fn self_challenge_should_cost_the_forger() {
    test(|| {
        let job = challenged();
        let before = wealth(WORKER) + wealth(STRANGER) + wealth(CLIENT);
        hold_round(job, &[bad(); 7]);
        run_to(System::block_number() + SLASH_DELAY + 1);
        let after = wealth(WORKER) + wealth(STRANGER) + wealth(CLIENT) - VALUE;
        // The mock's escrow gives the client its payment back; the rest moved among the three, but what was burned.
        assert_eq!(before - after, WORKER_BOND / 2 - (2 * VALUE + REPLAY));
        assert!(before - after > WORKER_BOND / 4);
    });
}
