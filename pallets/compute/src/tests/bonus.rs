//! What verified jobs earn their workers besides, on the market maker itself: only its fees are lost to anybody.

use crate::{
    mock::*,
    types::{BonusEpoch, BonusParameters},
    BonusEpochs, Error, Event, Jobs,
};
use frame_support::{assert_noop, assert_ok, traits::fungible::Mutate as _};
use hanzo_poai::{
    bonus::{MAX_PART, MAX_RATE},
    JobRequest, JobStatus, ResourceClass, Resources,
};
use hanzo_traits::{JobRegistry, PoolId};
use proptest::prelude::*;
use sp_core::H256;
use sp_runtime::DispatchError::BadOrigin;

const NEVER: u64 = u64::MAX;
/// What the pot is funded with: budgets of 10 credits.
const SHARE: u128 = 100 * UNIT;
/// Length of an epoch.
const EPOCH: u64 = 100;

fn fund(amount: u128) {
    assert_ok!(Balances::mint_into(&REWARDS_POT, amount));
}

/// A funded pot, and as many workers as a job needs for a bonus, so rich that most samples have all of them.
fn with_workers(run: impl FnOnce()) {
    test_with_real_market(|| {
        fund(SHARE + DEPOSIT);
        (10..20).for_each(|account| register(account, 100_000 * UNIT));
        run();
    });
}

/// A job of this request, accepted and attested by whoever was drawn.
fn done(client: AccountId, request: JobRequest<u64>) -> u64 {
    let id = submit_as(client, request);
    run(4);
    assert_ok!(Compute::accept_job(signed(drawn(id)), id));
    assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 4, 5));
    id
}

fn settle(id: u64, earns: bool) {
    assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, earns));
    assert_eq!(job(id).status, JobStatus::Settled);
}

/// Settles a job and returns what its worker got besides its tokens, which must be what was announced.
fn bonus_of(id: u64, earns: bool) -> u128 {
    let (before, pot) = (credits(drawn(id)), credits(REWARDS_POT));
    settle(id, earns);
    let bonus = credits(drawn(id)) - before;
    assert_eq!(pot - credits(REWARDS_POT), bonus);
    let paid = events().into_iter().filter_map(|event| match event {
        Event::BonusPaid { job, worker, amount } if job == id => Some((worker, amount)),
        _ => None,
    });
    assert_eq!(paid.collect::<Vec<_>>(), if bonus > 0 { vec![(drawn(id), bonus)] } else { vec![] });
    bonus
}

/// Fees of the purchases so far: burned and the treasury's but for the mean fee, that, and the providers'.
fn fees() -> (u128, u128, u128) {
    System::events().into_iter().fold((0, 0, 0), |(lost, mean, lp), record| match record.event {
        RuntimeEvent::Hmm(pallet_hmm::Event::Traded { fee, .. }) => {
            (lost + fee.burned + fee.treasury - fee.mean, mean + fee.mean, lp + fee.lp)
        }
        _ => (lost, mean, lp),
    })
}

#[test]
fn verified_job_should_earn_what_its_purchase_lost_to_burning_and_treasury() {
    with_workers(|| {
        let id = done(CLIENT, request(0));
        let (lost, mean, lp) = fees();
        assert!(lost > 0 && lp > 0 && mean == 0);
        assert!(job(id).assignment.unwrap().candidates >= 5);
        assert_eq!(job(id).lost_fees, lost);
        assert_eq!(bonus_of(id, true), lost);
        let epoch = BonusEpoch { number: 0, share: SHARE, budget: SHARE / 10, paid: lost };
        assert_eq!(BonusEpochs::<Test>::get(), epoch);
        // Clients of the chain know the last event of a settlement.
        assert!(matches!(last_event(), Event::JobSettled { .. }));
    });
}

#[test]
fn bonus_should_be_a_tenth_of_the_value_when_fees_are_higher() {
    with_workers(|| {
        let id = done(CLIENT, request(0));
        let value = job(id).value;
        Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().lost_fees = value / 2);
        assert_eq!(bonus_of(id, true), value / 10);
        let id = done(CLIENT, request(1));
        Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().lost_fees = value / 2);
        assert_ok!(Compute::set_bonus(root(), BonusParameters { rate_ppb: MAX_RATE / 4, part_ppb: MAX_PART }));
        assert_eq!(bonus_of(id, true), job(id).value / 40);
    });
}

#[test]
fn job_should_earn_nothing_when_it_is_not_verified_or_slashing_is_off() {
    with_workers(|| {
        let id = done(CLIENT, request(0));
        assert_eq!(bonus_of(id, false), 0);
    });
}

#[test]
fn job_should_earn_nothing_when_nothing_funds_the_pot() {
    test_with_real_market(|| {
        (10..20).for_each(|account| register(account, 100_000 * UNIT));
        assert_eq!(bonus_of(done(CLIENT, request(0)), true), 0);
        // Not even what the account needs to exist.
        fund(DEPOSIT);
        assert_eq!(bonus_of(done(CLIENT, request(1)), true), 0);
    });
}

#[test]
fn job_should_earn_nothing_when_few_workers_could_have_had_it() {
    test_with_real_market(|| {
        fund(SHARE);
        (10..14).for_each(|account| register(account, 100_000 * UNIT));
        let id = done(CLIENT, request(0));
        assert!(job(id).assignment.unwrap().candidates < 5);
        assert_eq!(bonus_of(id, true), 0);
    });
}

#[test]
fn job_should_earn_nothing_when_its_model_has_no_profile() {
    with_workers(|| {
        let mut resources = Resources::default();
        resources.set(ResourceClass::Gpu, 40 * UNIT);
        let id = done(CLIENT, JobRequest { model: H256::zero(), resources: Some(resources), ..request(0) });
        assert!(job(id).lost_fees > 0 && job(id).assignment.unwrap().candidates >= 5);
        assert_eq!(bonus_of(id, true), 0);
    });
}

#[test]
fn job_should_earn_nothing_when_its_client_held_the_tokens() {
    with_workers(|| {
        for pool in [GPU, VRAM] {
            assert_ok!(Hmm::buy_exact_out(signed(CLIENT), pool, 100 * UNIT, UNIT, NEVER));
        }
        let id = done(CLIENT, JobRequest { use_held_tokens: true, ..request(0) });
        assert_eq!(job(id).lost_fees, 0);
        assert_eq!(bonus_of(id, true), 0);
    });
}

#[test]
fn job_should_earn_nothing_when_its_work_is_worth_more_than_was_paid() {
    with_workers(|| {
        let id = done(CLIENT, request(0));
        // 19 GPU and 33 VRAM at the hour's mean, which is still the reference price.
        let cost = 52 * UNIT / 1_000;
        Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().value = cost - 1);
        crate::Workers::<Test>::mutate(drawn(id), |worker| worker.as_mut().unwrap().open_value = cost - 1);
        assert_eq!(bonus_of(id, true), 0);
        let id = done(CLIENT, request(1));
        Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().value = cost);
        crate::Workers::<Test>::mutate(drawn(id), |worker| worker.as_mut().unwrap().open_value = cost);
        assert!(bonus_of(id, true) > 0);
    });
}

/// Who sells ahead of others and buys back through a job of its own pays the mean price for that; the bonus must not return it.
#[test]
fn mean_fee_should_not_count() {
    with_workers(|| {
        run(80);
        assert_ok!(Hmm::buy(signed(50), GPU, 2 * UNIT, 0, NEVER));
        let held = tokens(GPU, 50);
        run(60);
        assert_ok!(Hmm::sell(signed(50), GPU, held, 0, NEVER));
        System::reset_events();
        let id = done(CLIENT, request(0));
        let (lost, mean, _) = fees();
        assert!(mean > 0, "the pool is not below its mean");
        assert_eq!(job(id).lost_fees, lost);
        assert_eq!(bonus_of(id, true), lost);
    });
}

#[test]
fn bonuses_should_stop_at_the_budget_and_go_on_in_the_next_epoch() {
    test_with_real_market(|| {
        (10..20).for_each(|account| register(account, 100_000 * UNIT));
        // A tenth of this pays one job and a half.
        let one = {
            let id = done(CLIENT, request(0));
            settle(id, false);
            job(id).lost_fees
        };
        let share = 15 * one;
        fund(share + DEPOSIT);
        let bonuses: Vec<_> = (1..4).map(|nonce| bonus_of(done(CLIENT, request(nonce)), true)).collect();
        let budget = share / 10;
        assert_eq!(bonuses.iter().sum::<u128>(), budget);
        assert!(bonuses[0] > 0 && bonuses[1] > 0 && bonuses[1] < bonuses[0] && bonuses[2] == 0, "{bonuses:?}");
        // Neither money that comes meanwhile nor a greater part changes what the epoch began with.
        fund(share);
        assert_eq!(bonus_of(done(CLIENT, request(4)), true), 0);
        run_to(EPOCH);
        assert!(bonus_of(done(CLIENT, request(5)), true) > 0);
        let epoch = BonusEpochs::<Test>::get();
        assert_eq!((epoch.number, epoch.share), (1, 2 * share - budget));
    });
}

#[test]
fn settlement_should_not_fail_when_the_pot_cannot_pay() {
    with_workers(|| {
        assert!(bonus_of(done(CLIENT, request(0)), true) > 0);
        let paid = BonusEpochs::<Test>::get();
        assert_ok!(Balances::burn_from(
            &REWARDS_POT,
            credits(REWARDS_POT) - DEPOSIT,
            frame_support::traits::tokens::Preservation::Preserve,
            frame_support::traits::tokens::Precision::Exact,
            frame_support::traits::tokens::Fortitude::Force,
        ));
        assert_eq!(bonus_of(done(CLIENT, request(1)), true), 0);
        assert_eq!(BonusEpochs::<Test>::get(), paid);
        assert!(Compute::do_try_state(1).unwrap_err().contains("the pot can pay"));
        fund(SHARE);
    });
}

#[test]
fn bonus_should_be_set_by_governance_within_its_bounds() {
    with_workers(|| {
        let parameters = BonusParameters { rate_ppb: MAX_RATE, part_ppb: MAX_PART };
        assert_noop!(Compute::set_bonus(signed(10), parameters), BadOrigin);
        for beyond in [
            BonusParameters { rate_ppb: MAX_RATE + 1, ..parameters },
            BonusParameters { part_ppb: MAX_PART + 1, ..parameters },
        ] {
            assert_noop!(Compute::set_bonus(root(), beyond), Error::<Test>::BonusOutOfRange);
        }
        for off in [BonusParameters { rate_ppb: 0, ..parameters }, BonusParameters { part_ppb: 0, ..parameters }] {
            assert_ok!(Compute::set_bonus(root(), off));
            assert_eq!(last_event(), Event::BonusSet { parameters: off });
            assert_eq!(bonus_of(done(CLIENT, request(u64::from(off.rate_ppb))), true), 0);
        }
    });
}

/// Client, every worker and the only provider in one: with the bonus it gets back at most what its jobs lost, and the audit fee is
/// gone.
#[test]
fn self_dealer_should_lose_the_audit_fee_at_least() {
    with_workers(|| {
        let owned = || (1..100).chain([PROVIDER]).map(credits).sum::<u128>();
        let reserves = || pools().into_iter().map(theta_of).sum::<u128>();
        let tokens_before: Vec<_> = pools().into_iter().map(all_tokens).collect();
        let before = owned() + reserves();
        let mut audits = 0;
        for nonce in 0..5 {
            for worker in 10..20 {
                assert_ok!(Compute::set_payout(signed(worker), true));
            }
            let id = done(CLIENT, JobRequest { sell_unused: true, ..request(nonce) });
            audits += events()
                .iter()
                .find_map(|event| match event {
                    Event::JobSubmitted { job, audit_fee, .. } if *job == id => Some(*audit_fee),
                    _ => None,
                })
                .unwrap();
            assert!(bonus_of_selling(id) > 0);
        }
        let after = owned() + reserves();
        assert_eq!(tokens_before, pools().into_iter().map(all_tokens).collect::<Vec<_>>());
        assert!(before - after >= audits, "it lost {} only, of audit fees of {audits}", before - after);
    });
}

/// Tokens of a pool outside the escrow.
fn all_tokens(pool: PoolId) -> u128 {
    use frame_support::traits::fungibles::Inspect;
    Assets::total_issuance(pool.asset_id()) - tokens(pool, Compute::escrow_account())
}

/// Credits of a pool, with the fees that wait.
fn theta_of(pool: PoolId) -> u128 {
    credits(Hmm::pool_account(pool))
}

fn bonus_of_selling(id: u64) -> u128 {
    let pot = credits(REWARDS_POT);
    settle(id, true);
    pot - credits(REWARDS_POT)
}

#[derive(Clone, Debug)]
enum Step {
    Fund(u128),
    Job { prompt: u32, output: u32, held: bool },
    Settle { earns: bool },
    Set(BonusParameters),
    Trade { pool: PoolId, amount: u128, buy: bool },
    Run(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => (0..UNIT).prop_map(Step::Fund),
        4 => (0u32..10, 1u32..10, any::<bool>()).prop_map(|(prompt, output, held)| Step::Job { prompt, output, held }),
        4 => (0u32..4).prop_map(|coin| Step::Settle { earns: coin > 0 }),
        1 => (0..=MAX_RATE, 0..=MAX_PART)
            .prop_map(|(rate_ppb, part_ppb)| Step::Set(BonusParameters { rate_ppb, part_ppb })),
        2 => (prop::sample::select(vec![GPU, VRAM]), 1u128..2_000, any::<bool>())
            .prop_map(|(pool, amount, buy)| Step::Trade { pool, amount: amount * UNIT, buy }),
        2 => (1u64..60).prop_map(Step::Run),
    ]
}

proptest! {
    #![proptest_config(config(24))]

    /// In any order of events: no job earns more than it lost, no epoch pays more than a tenth of what the pot held.
    #[test]
    fn bonuses_should_stay_within_every_bound_through_any_history(steps in prop::collection::vec(step(), 1..60)) {
        test_with_real_market(|| {
            (10..20).for_each(|account| register(account, 100_000 * UNIT));
            let (mut nonce, mut open) = (0, Vec::new());
            let mut epochs = std::collections::BTreeMap::<u64, (u128, u128)>::new();
            for step in steps {
                nonce += 1;
                match step {
                    Step::Fund(amount) => fund(amount.max(DEPOSIT)),
                    Step::Job { prompt, output, held } => {
                        let id = crate::NextJob::<Test>::get();
                        let wanted = JobRequest { use_held_tokens: held, ..request(nonce) };
                        if Compute::submit_job(signed(CLIENT), wanted).is_ok() {
                            run(4);
                            let accepted = job(id).assignment.is_some_and(|drawn| {
                                Compute::accept_job(signed(drawn.worker), id).is_ok()
                            });
                            if accepted {
                                assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, prompt, output));
                                open.push(id);
                            }
                        }
                    }
                    Step::Settle { earns } => {
                        let Some(id) = open.pop() else { continue };
                        let pot = credits(REWARDS_POT);
                        let bonus = bonus_of(id, earns);
                        let settled = job(id);
                        assert!(bonus == 0 || earns);
                        assert!(bonus <= settled.lost_fees && bonus <= settled.value / 10);
                        if bonus > 0 {
                            let (_, paid) = epochs.entry(System::block_number() / EPOCH).or_insert((pot, 0));
                            *paid += bonus;
                        }
                    }
                    Step::Set(parameters) => Compute::set_bonus(root(), parameters).unwrap(),
                    Step::Trade { pool, amount, buy } => {
                        let _ = if buy {
                            Hmm::buy_exact_out(signed(CLIENT), pool, amount, FUNDS, NEVER)
                        } else {
                            Hmm::sell(signed(CLIENT), pool, amount, 0, NEVER)
                        };
                    }
                    Step::Run(blocks) => run(blocks),
                }
                check();
            }
            for (held, paid) in epochs.values() {
                assert!(*paid <= held / 10, "an epoch paid {paid} where the pot held {held}");
            }
        });
    }
}
