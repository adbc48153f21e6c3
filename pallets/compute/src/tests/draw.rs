use crate::{
    mock::*,
    types::{Offer, RefundReason, TierRule},
    Error, Event,
};
use frame_support::{assert_noop, assert_ok};
use hanzo_poai::{attestation::job_seed, JobRequest, JobStatus, ServiceLevel};
use hanzo_traits::{JobRegistry, EJECTION_PPB};
use sp_core::H256;
use std::collections::{BTreeMap, BTreeSet};

const BOND: u128 = 1_000 * UNIT;

#[test]
fn draw_should_wait_for_the_four_blocks_after_submission() {
    test(|| {
        register(10, BOND);
        run(5);
        let id = submit(CLIENT, 3);
        let submitted = System::block_number();
        run(3);
        assert_eq!(job(id).status, JobStatus::Submitted);
        run(1);
        let assigned = job(id);
        assert_eq!(assigned.status, JobStatus::Assigned);
        let assignment = assigned.assignment.unwrap();
        assert_eq!(assignment.worker, 10);
        assert_eq!(assignment.accept_by, submitted + 4 + 20);
        assert_eq!(assignment.candidates, 1);
        assert_eq!(assignment.seed, job_seed(&Compute::mix(submitted).unwrap(), id, &CLIENT, 3));
        assert_eq!((worker(10).open_value, worker(10).open_jobs), (assigned.value, 1));
    });
}

#[test]
fn seed_should_depend_on_the_outputs_of_the_four_blocks_after_the_submission_and_no_other() {
    // Submitted in block 2, whose output its author knows when it writes the transaction.
    let seed = |salted: Option<u64>| {
        let mut seed = H256::zero();
        test(|| {
            register(10, BOND);
            let mut id = 0;
            for block in 2..=6 {
                Salt::set(&u64::from(salted == Some(block)));
                run_to(block);
                if block == 2 {
                    id = submit(CLIENT, 0);
                }
            }
            seed = job(id).assignment.unwrap().seed;
        });
        seed
    };
    let seeds: BTreeSet<_> = [None, Some(3), Some(4), Some(5), Some(6)].map(seed).into();
    assert_eq!(seeds.len(), 5);
    assert_eq!(seed(Some(2)), seed(None));
}

#[test]
fn draw_should_be_postponed_when_an_output_is_missing() {
    for silent in 2..=5u64 {
        test(|| {
            register(10, BOND);
            Silent::set(&[silent].into());
            let id = submit(CLIENT, 0);
            run_to(5);
            assert_eq!(job(id).status, JobStatus::Submitted);
            assert_eq!(last_event(), Event::DrawPostponed { job: id, nobody: false, empty_draws: 0, drawn_after: 5 });
            run_to(8);
            assert_eq!(job(id).status, JobStatus::Submitted);
            run_to(9);
            assert_eq!(job(id).status, JobStatus::Assigned);
            assert_eq!(job(id).assignment.unwrap().seed, job_seed(&Compute::mix(5).unwrap(), id, &CLIENT, 0));
        });
    }
}

#[test]
fn job_should_be_refunded_in_full_when_outputs_never_come() {
    test(|| {
        register(10, BOND);
        Silent::set(&(2..1_000).collect());
        let before = credits(CLIENT);
        let id = submit(CLIENT, 0);
        run_to(301);
        assert_eq!(job(id).status, JobStatus::Submitted);
        run_to(302);
        assert_eq!(job(id).status, JobStatus::Refunded);
        assert_eq!(credits(CLIENT), before - job(id).paid);
        assert_eq!(tokens(GPU, CLIENT), 40 * UNIT);
    });
}

#[test]
fn job_should_be_refunded_less_the_floor_when_draws_find_nobody() {
    test(|| {
        let before = credits(CLIENT);
        let id = submit(CLIENT, 0);
        for draw in 1..5 {
            run(4);
            assert_eq!((job(id).status, job(id).empty_draws), (JobStatus::Submitted, draw));
        }
        run(4);
        assert_eq!(job(id).status, JobStatus::Refunded);
        assert_eq!(
            last_event(),
            Event::JobRefunded {
                job: id,
                client: CLIENT,
                reason: RefundReason::NoWorker,
                returned: needs(),
                burned: MIN_FEE
            }
        );
        assert_eq!(credits(CLIENT), before - job(id).paid - MIN_FEE);
        assert_eq!((tokens(GPU, CLIENT), tokens(VRAM, CLIENT)), (40 * UNIT, 70 * UNIT));
    });
}

#[test]
fn draw_should_find_a_worker_that_joined_late() {
    test(|| {
        let id = submit(CLIENT, 0);
        run(4);
        register(10, BOND);
        run(4);
        assert_eq!(drawn(id), 10);
    });
}

/// Whether a lone worker made by `prepare` is drawn for the job changed by `ask`.
fn serves(prepare: impl FnOnce(), ask: impl FnOnce(&mut JobRequest<u64>)) -> bool {
    let mut served = false;
    test(|| {
        prepare();
        let mut wanted = request(0);
        ask(&mut wanted);
        let id = submit_as(CLIENT, wanted);
        run(4);
        served = job(id).status == JobStatus::Assigned;
    });
    served
}

#[test]
fn draw_should_respect_every_hard_filter() {
    let plain = || register(10, BOND);
    let level = |sla: ServiceLevel| move |request: &mut JobRequest<u64>| request.sla = sla;
    assert!(serves(plain, |_| ()));

    assert!(serves(plain, level(ServiceLevel { max_latency_ms: 100, ..Default::default() })));
    assert!(!serves(plain, level(ServiceLevel { max_latency_ms: 99, ..Default::default() })));
    assert!(serves(plain, level(ServiceLevel { max_jitter_ms: 10, ..Default::default() })));
    assert!(!serves(plain, level(ServiceLevel { max_jitter_ms: 9, ..Default::default() })));
    assert!(serves(plain, level(ServiceLevel { regions: 0b11, ..Default::default() })));
    assert!(!serves(plain, level(ServiceLevel { regions: 0b10, ..Default::default() })));
    assert!(serves(plain, level(ServiceLevel { min_quality_ppb: 500_000_000, ..Default::default() })));
    assert!(!serves(plain, level(ServiceLevel { min_quality_ppb: 500_000_001, ..Default::default() })));

    let tee = level(ServiceLevel { tee: true, ..Default::default() });
    assert!(!serves(plain, tee));
    let certified = || {
        plain();
        TeeWorkers::set(&[10].into());
    };
    assert!(serves(certified, tee));

    let resting = || {
        plain();
        assert_ok!(Compute::set_accepting(signed(10), false));
    };
    assert!(!serves(resting, |_| ()));
    let leaving = || {
        plain();
        assert_ok!(Compute::deregister(signed(10)));
    };
    assert!(!serves(leaving, |_| ()));
    let denied = || {
        plain();
        DeniedAccounts::set(&[10].into());
    };
    assert!(!serves(denied, |_| ()));
    assert!(!serves(|| register(CLIENT, BOND), |_| ()));
}

#[test]
fn draw_should_respect_the_tier_of_the_job() {
    let tiered = |request: &mut JobRequest<u64>| {
        let mut gpu = hanzo_poai::Resources::default();
        gpu.set(hanzo_poai::ResourceClass::Gpu, UNIT);
        (request.tier, request.model, request.resources) = (TIER, H256::zero(), Some(gpu));
    };
    let listed = || {
        let both = Offer { tiers: vec![TIER].try_into().unwrap(), ..offer(UNIT) };
        register_with(10, both, BOND);
    };
    assert!(!serves(|| register(10, BOND), tiered));
    assert!(serves(listed, tiered));
    assert!(serves(listed, |_| ()));
    let elsewhere = || {
        listed();
        assert_ok!(Compute::set_tier(root(), TIER, TierRule { regions: 0b100, tee: false }));
    };
    assert!(!serves(elsewhere, tiered));
}

#[test]
fn draw_should_leave_out_workers_whose_bond_is_bound() {
    // 100 credits back 3.70; tokens for 3.60 leave less than the job's 0.11.
    let bound = || {
        register_with(10, offer(100 * UNIT), 100 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 3_600 * UNIT));
    };
    assert!(!serves(bound, |_| ()));
    let dearer = || {
        register_with(10, offer(100 * UNIT), 100 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 3_000 * UNIT));
        set_prices(GPU, |prices| prices.twap_week = PRICE * 13 / 10);
    };
    assert!(!serves(dearer, |_| ()));
}

#[test]
fn worker_should_not_be_drawn_for_more_than_its_bond_backs() {
    test(|| {
        // Backs 3.70 credits: 33 jobs of 0.1103, but 32 is the most a worker may have open.
        register(10, 100 * UNIT);
        let ids: Vec<_> = (0..40).map(|nonce| submit(CLIENT, nonce)).collect();
        run(4);
        let placed = ids.iter().filter(|id| job(**id).status == JobStatus::Assigned).count();
        assert_eq!((placed, worker(10).open_jobs), (32, 32));
        register_with(11, offer(100 * UNIT), 100 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(11), GPU, 3_400 * UNIT));
        run(4);
        // 0.30 are left: two more.
        assert_eq!(worker(11).open_jobs, 2);
        check();
    });
}

#[test]
fn worker_should_be_drawn_as_long_as_its_quality_is_not_below_the_threshold_of_ejection() {
    assert!(serves(|| register(10, 10_000 * UNIT), |_| Qualities::set(&[(10, EJECTION_PPB)].into())));
    assert!(!serves(|| register(10, 10_000 * UNIT), |_| Qualities::set(&[(10, EJECTION_PPB - 1)].into())));
}

#[test]
fn attested_jobs_should_keep_neither_worker_nor_client_from_the_next() {
    test(|| {
        register(10, 10_000 * UNIT);
        // As many again as either may have waiting.
        for nonce in 0..130 {
            let id = submit(CLIENT, nonce % 3);
            run(4);
            assert_ok!(Compute::accept_job(signed(10), id));
            assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 1, 1));
        }
        assert_eq!((worker(10).open_jobs, worker(10).attested_jobs), (0, 130));
        let value = job(0).value;
        assert!(worker(10).open_value >= 130 * value, "the bond still answers for them");
        check();
    });
}

#[test]
fn choice_should_be_weighted_by_free_bond() {
    let mut wins = BTreeMap::new();
    test(|| {
        // Free limits 10 : 30 : 60 after nothing is bound.
        for (account, bond) in [(10, 2_700), (11, 8_100), (12, 16_200)] {
            register(account, bond * UNIT);
        }
        for nonce in 0..600 {
            let id = submit(CLIENT, nonce);
            run(4);
            *wins.entry(drawn(id)).or_insert(0u32) += 1;
            assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        }
    });
    let wins: Vec<_> = wins.into_values().collect();
    for (won, wanted) in wins.iter().zip([60u32, 180, 360]) {
        assert!(won.abs_diff(wanted) < 45, "{wins:?}");
    }
}

/// Draws of 900 jobs for three workers with the same bond and qualities of 0.3, 0.5 and 1 are shared out by exp(β·(2q − 1)).
fn assert_draws_go_by_quality(beta: f64, prepare: impl FnOnce()) {
    let mut wins = BTreeMap::new();
    test(|| {
        prepare();
        Qualities::set(&[(10, EJECTION_PPB), (12, 1_000_000_000)].into());
        (10..13).for_each(|account| register(account, 400 * BOND));
        for nonce in 0..900 {
            let id = submit(CLIENT, nonce);
            run(4);
            *wins.entry(drawn(id)).or_insert(0u32) += 1;
            assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        }
    });
    let factors = [-0.4, 0.0, 1.0].map(|utility: f64| (beta * utility).exp());
    for (won, factor) in wins.values().zip(factors) {
        let wanted = 900.0 * factor / factors.iter().sum::<f64>();
        let spread = (wanted * (1.0 - wanted / 900.0)).sqrt();
        assert!((f64::from(*won) - wanted).abs() < 3.5 * spread, "{wins:?}, not {wanted}");
    }
}

#[test]
fn choice_should_be_weighted_by_quality_when_the_job_is_worth_no_more_than_the_reference() {
    assert_draws_go_by_quality(1.0, || ());
}

#[test]
fn quality_should_weigh_less_when_the_job_is_worth_more_than_the_reference() {
    let mut value = 0;
    test(|| value = job(submit(CLIENT, 0)).value);
    assert_draws_go_by_quality(0.1, || ReferenceValue::set(&(value / 10)));
}

#[test]
fn draw_should_count_candidates() {
    test(|| {
        (10..13).for_each(|account| register(account, BOND));
        let candidates = |nonce| {
            let id = submit(CLIENT, nonce);
            run(4);
            job(id).assignment.unwrap().candidates
        };
        assert_eq!(candidates(0), 3);
        // 16 samples of 30 equal workers are 12.6 of them, give or take 1.5.
        (13..40).for_each(|account| register(account, BOND));
        run(4);
        let many = candidates(1);
        assert!((8..=16).contains(&many), "{many}");
    });
}

#[test]
fn late_draw_should_use_the_outputs_up_to_its_own_block() {
    test(|| {
        register(10, BOND);
        let ids: Vec<_> = (0..12).map(|nonce| submit(CLIENT, nonce)).collect();
        // Only the guaranteed two entries a block, from block 5 on.
        AgendaWeight::set(&frame_support::weights::Weight::zero());
        for (id, drawn_after) in ids.into_iter().zip([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]) {
            run_to(drawn_after + 4);
            let wanted = job_seed(&Compute::mix(drawn_after).unwrap(), id, &CLIENT, id);
            assert_eq!(job(id).assignment.unwrap().seed, wanted);
            assert_eq!(job(id).drawn_after, drawn_after);
        }
    });
}

#[test]
fn draw_should_pass_over_workers_that_changed_after_its_inputs_were_fixed() {
    let changes: [(&str, fn()); 7] = [
        ("bond", || Compute::bond_more(signed(10), 1).unwrap()),
        ("tokens minted", || Compute::mint_tokens(signed(10), GPU, UNIT).unwrap()),
        ("tokens burned", || Compute::burn_tokens(signed(10), GPU, UNIT).unwrap()),
        ("key", || Compute::set_session_key(signed(10), key(50)).unwrap()),
        ("accepting", || {
            assert_ok!(Compute::set_accepting(signed(10), false));
            assert_ok!(Compute::set_accepting(signed(10), true));
        }),
        ("models", || serve(10)),
        ("nothing that a draw looks at", || Compute::set_payout(signed(10), true).unwrap()),
    ];
    for (what, change) in changes {
        for block in 5..10 {
            test(|| {
                register(10, BOND);
                assert_ok!(Compute::mint_tokens(signed(10), GPU, UNIT));
                run_to(5);
                let id = submit(CLIENT, 0);
                run_to(block);
                change();
                run_to(9);
                let unchanged = block == 5 || block == 9 || what.starts_with("nothing");
                assert_eq!(job(id).status == JobStatus::Assigned, unchanged, "{what} in block {block}");
                run_to(13);
                assert_eq!(job(id).status, JobStatus::Assigned, "{what} in block {block}");
            });
        }
    }
}

#[test]
fn drawn_worker_should_be_the_only_one_to_accept() {
    test(|| {
        register(10, BOND);
        let id = submit(CLIENT, 0);
        run(4);
        register(11, BOND);
        assert_noop!(Compute::accept_job(signed(11), id), Error::<Test>::NotYourJob);
        assert_noop!(Compute::accept_job(signed(CLIENT), id), Error::<Test>::NotYourJob);
        assert_ok!(Compute::accept_job(signed(10), id));
    });
}
