//! Sealed jobs: who judges them, what follows when a committee cannot read one, and how their output is delivered.

use crate::{mock::*, Error, Event, Outputs, SealedOutput, SealedOutputs};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::{
    committee::{Committee, Score, Verdict, Vote},
    review::Standing,
    JobId, JobStatus,
};
use hanzo_traits::Balance;
use sp_core::H256;

/// A vote of a member that got no key.
fn withheld() -> Option<Vote> {
    Some(Vote { score: Score::Withheld, digest: H256::zero() })
}

/// A vote of a member that lacks something else.
fn unavailable() -> Option<Vote> {
    Some(Vote { score: Score::Unavailable, digest: H256::zero() })
}

/// A sealed job that is audited.
fn audited() -> JobId {
    Sealed::put(true);
    attested(40)
}

fn scene() -> ExtBuilder {
    ExtBuilder::default().verifiers(20).audit_rate(1_000_000_000)
}

fn ended(job: JobId) -> Option<Verdict> {
    events().into_iter().find_map(|event| match event {
        Event::ReviewEnded { job: ended, verdict, .. } if ended == job => Some(verdict),
        _ => None,
    })
}

#[test]
fn worker_should_be_condemned_when_its_committees_do_not_get_the_key() {
    scene().build_and_execute(|| {
        let job = audited();
        run_to(6);
        hold_round(job, &[withheld(); 3]);
        assert_eq!(review(job).committee, Committee::Appeal, "as if they had found it bad");
        let wealth: Vec<Balance> = (FIRST_VERIFIER..FIRST_VERIFIER + 20).map(wealth_of).collect();
        let mut votes = [withheld(); 7];
        // It hands the key to one of them, who sees nothing wrong.
        votes[0] = good();
        hold_round(job, &votes);
        assert_eq!(ended(job), Some(Verdict::Bad));
        run_to(frame_system::Pallet::<Test>::block_number() + 2);
        assert_eq!(status(job), JobStatus::Slashed);
        // Nobody lied, and nobody replayed anything.
        let after: Vec<Balance> = (FIRST_VERIFIER..FIRST_VERIFIER + 20).map(wealth_of).collect();
        assert_eq!(wealth, after);
        assert!((FIRST_VERIFIER..FIRST_VERIFIER + 20).all(|who| verifier(who).frozen == 0));
    });
}

fn wealth_of(who: u64) -> Balance {
    wealth(who)
}

#[test]
fn sealed_job_should_count_as_unjudged_when_its_verifiers_lack_something_else() {
    scene().build_and_execute(|| {
        let job = audited();
        run_to(6);
        for _ in 0..3 {
            hold_round(job, &[unavailable(); 3]);
        }
        assert_eq!(ended(job), Some(Verdict::Undecided));
    });
}

#[test]
fn open_job_should_count_as_unjudged_when_nobody_can_have_what_it_takes() {
    scene().build_and_execute(|| {
        let job = attested(40);
        run_to(6);
        for _ in 0..3 {
            hold_round(job, &[withheld(); 3]);
        }
        assert_eq!(ended(job), Some(Verdict::Undecided));
        assert_eq!(window(job).standing, Standing::Unjudged);
    });
}

#[test]
fn sealed_job_should_be_judged_when_five_verifiers_of_twenty_have_keys() {
    for seed in 0..30 {
        scene().build_and_execute(|| {
            System::set_block_number(1_000 * seed + 1);
            (FIRST_VERIFIER + 5..FIRST_VERIFIER + 20).for_each(|keyless| Keyless::insert(keyless, ()));
            let job = audited();
            run_to_committee(job);
            hold_round(job, &[good(); 3]);
            assert_eq!(ended(job), Some(Verdict::Good));
        });
    }
}

#[test]
fn committee_of_a_sealed_job_should_be_of_verifiers_with_keys() {
    scene().build_and_execute(|| {
        for keyless in FIRST_VERIFIER..FIRST_VERIFIER + 10 {
            Keyless::insert(keyless, ());
        }
        for _ in 0..8 {
            let job = audited();
            run_to_committee_of(job);
            assert!(members(job).iter().all(|member| *member >= FIRST_VERIFIER + 10), "{:?}", members(job));
        }
    });
}

/// Goes on until the draw of an audit, and its committee.
fn run_to_committee_of(job: JobId) {
    while crate::Reviews::<Test>::get(job).is_none() {
        next_block();
    }
    run_to_committee(job);
}

fn sealed_output(length: usize) -> SealedOutput {
    vec![7; length].try_into().unwrap()
}

/// A job with this sealed output, which its client demands.
fn demanded(output: &SealedOutput) -> JobId {
    Sealed::put(true);
    let job = attested(40);
    let hash = H256(sp_io::hashing::blake2_256(output));
    crate::Attestations::<Test>::mutate(job, |record| record.as_mut().unwrap().output = hash);
    assert_ok!(Poai::demand_output(RuntimeOrigin::signed(CLIENT), job));
    job
}

#[test]
fn sealed_output_should_be_delivered_as_its_bytes_and_paid_for_by_them() {
    ExtBuilder::default().build_and_execute(|| {
        let bytes = sealed_output(1_000);
        let job = demanded(&bytes);
        events();
        assert_ok!(Poai::deliver_sealed_output(RuntimeOrigin::signed(WORKER), job, bytes.clone()));
        let charged = 1_000 * (AI / 1_000);
        let returned = 20 * AI - charged;
        assert_eq!(events(), [Event::OutputDelivered { job, worker: WORKER, tokens: 40, charged, returned }]);
        let shown = Poai::delivered(job).unwrap();
        assert_eq!((shown.tokens, shown.sealed), (vec![], Some(bytes.into_inner())));
        run_to(WINDOW + 1);
        assert_eq!(status(job), JobStatus::Settled);
    });
}

#[test]
fn output_should_be_refused_when_it_is_not_the_attested_one_or_open_where_it_should_be_sealed() {
    ExtBuilder::default().build_and_execute(|| {
        let bytes = sealed_output(1_000);
        let job = demanded(&bytes);
        let deliver = |bytes| Poai::deliver_sealed_output(RuntimeOrigin::signed(WORKER), job, bytes);
        assert_noop!(deliver(sealed_output(999)), Error::<Test>::WrongOutput);
        let other = Poai::deliver_sealed_output(RuntimeOrigin::signed(OTHER_WORKER), job, bytes.clone());
        assert_noop!(other, Error::<Test>::WrongWorker);
        let open = Poai::deliver_output(RuntimeOrigin::signed(WORKER), job, output(40));
        assert_noop!(open, Error::<Test>::WrongOutput);
        Sealed::put(false);
        assert_noop!(deliver(bytes.clone()), Error::<Test>::WrongOutput);
        Sealed::put(true);
        assert_ok!(deliver(bytes));
        assert!(!Outputs::<Test>::contains_key(job) && SealedOutputs::<Test>::contains_key(job));
    });
}
