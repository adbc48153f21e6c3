//! Jobs that take tokens of several tiers.

use crate::{
    mock::*,
    types::{Payout, TierRule},
    Error, Event,
};
use frame_support::{assert_noop, assert_ok};
use hanzo_hmm::{find_route, route::Source};
use hanzo_poai::{parts::MAX_POOLS, JobRequest, JobStatus, Part, Parts, ResourceClass, Resources};
use hanzo_traits::{Amount, FailureReason, JobRegistry, PoolId};
use sp_core::H256;
use sp_runtime::DispatchError;

/// Graphics processors of the other tier.
const OTHER_GPU: PoolId = PoolId { class: ResourceClass::Gpu, tier: TIER };
/// Tiers without pools.
const TEE: u8 = 2;
const REGION: u8 = 3;

fn gpu(amount: u128) -> Resources {
    let mut out = Resources::default();
    out.set(ResourceClass::Gpu, amount);
    out
}

fn part(tier: u8, resources: Resources) -> Part {
    Part { tier, resources }
}

fn parts(parts: &[Part]) -> Parts {
    parts.to_vec().try_into().unwrap()
}

/// [`request`] with so many tokens of [`OTHER_GPU`] among its 40.
fn with_part(amount: u128, nonce: u64) -> JobRequest<u64> {
    JobRequest { parts: parts(&[part(TIER, gpu(amount))]), ..request(nonce) }
}

fn in_escrow() -> [u128; 3] {
    [GPU, OTHER_GPU, VRAM].map(|pool| tokens(pool, Compute::escrow_account()))
}

fn held_by(account: AccountId) -> [u128; 3] {
    [GPU, OTHER_GPU, VRAM].map(|pool| tokens(pool, account))
}

/// The same job with a part of 15 tokens, accepted by a worker of tier 0 only and attested with 4 and 5 tokens: 19 of 40 GPU
/// and 33 of 70 VRAM.
fn half_used(sell_earned: bool, sell_unused: bool) -> u64 {
    register(10, 10_000 * UNIT);
    assert_ok!(Compute::set_payout(signed(10), sell_earned));
    let id = submit_as(CLIENT, JobRequest { sell_unused, ..with_part(15 * UNIT + 1, 0) });
    run(4);
    assert_ok!(Compute::accept_job(signed(10), id));
    assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 4, 5));
    id
}

/// 19 of the 40 tokens: of the part of 15 tokens and a wei, exactly 7.125 tokens and 0.475 wei.
const EARNED_OF_PART: u128 = 7_125 * UNIT / 1_000;
const EARNED: [u128; 3] = [19 * UNIT - EARNED_OF_PART, EARNED_OF_PART, 33 * UNIT];
const UNUSED: [u128; 3] = [25 * UNIT - 1 - EARNED[0], 15 * UNIT + 1 - EARNED[1], 37 * UNIT];

/// Has an account hold so many tokens of a pool, which a worker owes.
fn give(pool: PoolId, account: AccountId, amount: u128) {
    move_tokens(pool, &market_account(), &account, amount).unwrap();
}

#[test]
fn job_should_be_paid_for_with_tokens_of_two_tiers() {
    test(|| {
        let before = credits(CLIENT);
        let id = submit_as(CLIENT, with_part(15 * UNIT, 0));
        assert_eq!(in_escrow(), [25 * UNIT, 15 * UNIT, 70 * UNIT]);
        let job = job(id);
        let pools = [(GPU, 25 * UNIT), (OTHER_GPU, 15 * UNIT), (VRAM, 70 * UNIT)];
        assert_eq!(job.pools(), Some(pools.to_vec()));
        assert_eq!((job.escrow, job.pool_count()), (needs(), 3));
        // At a thousandth each, 0.3 % of fee, a wei of rounding for each pool.
        let costs = [25, 15, 70].map(|tokens| tokens * UNIT / 1_000 + tokens * UNIT * 3 / 1_000_000 + 1);
        assert_eq!((job.paid, job.value), (costs.iter().sum(), job.paid));
        assert_eq!(before - credits(CLIENT), job.paid);
        let Event::JobSubmitted { tier, parts, bought, held, cost, .. } = last_event() else { panic!() };
        assert_eq!((tier, parts), (0, self::parts(&[part(TIER, gpu(15 * UNIT))])));
        assert_eq!((bought, held), (needs(), Resources::default()));
        assert_eq!(cost, [costs[0] + costs[1], costs[2], 0, 0, 0, 0]);
    });
}

#[test]
fn held_tokens_should_be_spent_first_in_each_tier() {
    test(|| {
        give(OTHER_GPU, CLIENT, 10 * UNIT);
        give(GPU, CLIENT, 5 * UNIT);
        set_prices(OTHER_GPU, |prices| prices.twap_hour = 3 * PRICE);
        let id = submit_as(CLIENT, JobRequest { use_held_tokens: true, ..with_part(15 * UNIT, 0) });
        assert_eq!(held_by(CLIENT), [0; 3]);
        assert_eq!(in_escrow(), [25 * UNIT, 15 * UNIT, 70 * UNIT]);
        let Event::JobSubmitted { bought, held, .. } = last_event() else { panic!() };
        assert_eq!((held, bought.get(ResourceClass::Gpu)), (gpu(15 * UNIT), 25 * UNIT));
        // Each held token counts at the price of its own tier.
        assert_eq!(job(id).value, job(id).paid + 10 * UNIT * 3 / 1_000 + 5 * UNIT / 1_000);

        // All of a part can be held.
        give(OTHER_GPU, CLIENT, 40 * UNIT);
        let id = submit_as(CLIENT, JobRequest { use_held_tokens: true, ..with_part(40 * UNIT, 1) });
        assert_eq!(job(id).pools(), Some(vec![(OTHER_GPU, 40 * UNIT), (VRAM, 70 * UNIT)]));
    });
}

#[test]
fn settlement_should_pay_each_party_its_share_of_every_tier() {
    test(|| {
        let id = half_used(false, false);
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
        assert_eq!((held_by(10), held_by(CLIENT)), (EARNED, UNUSED));
        let Event::JobSettled { earned, returned, .. } = last_event() else { panic!() };
        let due = |all: [u128; 3]| {
            let mut due = gpu(all[0] + all[1]);
            due.set(ResourceClass::Vram, all[2]);
            Payout { due, parts: parts(&[part(TIER, gpu(all[1]))]), ..Default::default() }
        };
        assert_eq!((earned, returned), (due(EARNED), due(UNUSED)));
        assert_eq!((job(id).status, job(id).parts.len()), (JobStatus::Settled, 0));
    });
}

#[test]
fn settlement_should_sell_in_every_tier_that_takes_it() {
    test(|| {
        let id = half_used(true, true);
        // 99 % less the fee of 0.3 % is below the bound.
        set_prices(OTHER_GPU, |prices| prices.spot = PRICE * 99 / 100);
        let before = [10, CLIENT].map(credits);
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
        assert_eq!((held_by(10), held_by(CLIENT)), ([0, EARNED[1], 0], [0, UNUSED[1], 0]));
        let Event::JobSettled { earned, returned, .. } = last_event() else { panic!() };
        for (payout, all) in [(&earned, EARNED), (&returned, UNUSED)] {
            assert_eq!(payout.sold.0[..2], [all[0], all[2]]);
            assert_eq!(payout.due.0[..2], [all[0] + all[1], all[2]]);
        }
        assert_eq!([10, CLIENT].map(credits), [before[0] + earned.credits, before[1] + returned.credits]);
    });
}

#[test]
fn settlement_should_take_all_of_every_tier_when_everything_was_used() {
    test(|| {
        register(10, 10_000 * UNIT);
        let id = submit_as(CLIENT, with_part(15 * UNIT + 1, 0));
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 10, 10));
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
        assert_eq!((held_by(10), held_by(CLIENT)), ([25 * UNIT - 1, 15 * UNIT + 1, 70 * UNIT], [0; 3]));
    });
}

#[test]
fn tokens_of_every_tier_should_come_back_when_a_job_is_cancelled_refunded_or_fails() {
    let all = [25 * UNIT, 15 * UNIT, 70 * UNIT];
    let submitted = || submit_as(CLIENT, with_part(15 * UNIT, 0));
    test(|| {
        let id = submitted();
        assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        assert_eq!((held_by(CLIENT), job(id).status), (all, JobStatus::Refunded));
    });
    test(|| {
        // Nobody is there.
        let id = submitted();
        run(20);
        assert_eq!((held_by(CLIENT), job(id).status), (all, JobStatus::Refunded));
    });
    for attested in [false, true] {
        test(|| {
            register(10, 10_000 * UNIT);
            let id = submitted();
            run(4);
            assert_ok!(Compute::accept_job(signed(10), id));
            if attested {
                assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 4, 5));
            }
            assert_ok!(<Compute as JobRegistry<_, _>>::fail(id, FailureReason::OutputWithheld));
            assert_eq!((held_by(CLIENT), job(id).status), (all, JobStatus::Slashed));
        });
    }
}

#[test]
fn part_should_be_refused_when_it_is_unsound() {
    test(|| {
        assert_ok!(Compute::set_tier(root(), TEE, TierRule { regions: 0b11, tee: true }));
        assert_ok!(Compute::set_tier(root(), REGION, TierRule { regions: 0b1, tee: false }));
        let refused = |tier, parts: &[Part], error: Error<Test>, says: &[&str]| {
            let parts = self::parts(parts);
            let request = JobRequest { tier, parts: parts.clone(), ..request(0) };
            assert_noop!(Compute::submit_job(signed(CLIENT), request), error);
            let text = Compute::quote(MODEL, tier, &parts, 10, 10).unwrap_err();
            assert!(says.iter().all(|said| text.contains(said)), "{text}");
        };
        let one = |tier| part(tier, gpu(UNIT));
        refused(0, &[one(9)], Error::UnknownTier, &["no tier 9"]);
        refused(0, &[one(0)], Error::DuplicateTier, &["tier 0", "parts of tiers 0"]);
        refused(0, &[one(TIER), one(TEE), one(TIER)], Error::DuplicateTier, &["parts of tiers 1, 2, 1"]);
        refused(0, &[one(TIER), part(TEE, Resources::default())], Error::EmptyPart, &["tier 2 takes nothing"]);
        refused(TEE, &[one(0)], Error::TierTooLax, &["tier 0 (any hardware, any region)", "tier 2 (a trusted"]);
        refused(TEE, &[one(REGION)], Error::TierTooLax, &["tier 3 (any hardware, regions 0b1)", "regions 0b11"]);
        refused(REGION, &[one(TEE)], Error::TierTooLax, &["regions 0b11"]);
        let above = 41 * UNIT;
        let says = [above.to_string(), (40 * UNIT).to_string()];
        refused(0, &[part(TIER, gpu(above))], Error::PartsExceedNeeds, &[&says[0], &says[1], "gpu"]);
        let both = [part(TIER, gpu(20 * UNIT)), part(TEE, gpu(21 * UNIT))];
        refused(0, &both, Error::PartsExceedNeeds, &[&says[0], &says[1]]);
        let most = [part(TIER, gpu(u128::MAX)), part(TEE, gpu(2))];
        refused(0, &most, Error::PartsExceedNeeds, &["gpu"]);
        let mut disk = gpu(1);
        disk.set(ResourceClass::Disk, 5);
        refused(0, &[part(TIER, disk)], Error::PartsExceedNeeds, &["take 5 wei of disk", "needs 0"]);
    });
}

#[test]
fn job_should_be_refused_when_it_takes_tokens_of_too_many_pools() {
    test(|| {
        for tier in [TEE, REGION] {
            assert_ok!(Compute::set_tier(root(), tier, TierRule::default()));
        }
        let all = Resources([3 * UNIT; 6]);
        let each = Resources([UNIT; 6]);
        let spread = |parts: &[Part]| JobRequest {
            model: H256::zero(),
            resources: Some(all),
            parts: self::parts(parts),
            ..request(0)
        };
        // Twelve are checked and bought, as far as there are such pools.
        let twelve = spread(&[part(TIER, each)]);
        assert_eq!(twelve.most_pools(), MAX_POOLS);
        assert_noop!(Compute::submit_job(signed(CLIENT), twelve), DispatchError::Other("no such pool"));
        let thirteen = spread(&[part(TIER, each), part(TEE, gpu(UNIT))]);
        let text = Compute::quote_resources(0, &thirteen.parts, &all).unwrap_err();
        assert!(text.contains("13 pools, 12 are the most"), "{text}");
        assert_noop!(Compute::submit_job(signed(CLIENT), thirteen), Error::<Test>::TooManyPools);
    });
}

#[test]
fn stricter_rule_should_imply_a_laxer_one() {
    let rule = |regions, tee| TierRule { regions, tee };
    let implied = [
        (rule(0, false), rule(0, false)),
        (rule(0b1, true), rule(0, false)),
        (rule(0b10, false), rule(0b11, false)),
        (rule(0b10, true), rule(0b10, false)),
    ];
    for (strict, lax) in implied {
        assert!(strict.implies(&lax), "{strict:?} and {lax:?}");
        assert!(strict == lax || !lax.implies(&strict), "{strict:?} and {lax:?}");
    }
    assert!(!rule(0b101, false).implies(&rule(0b110, false)));
}

#[test]
fn credits_for_all_tiers_should_stay_within_the_limit() {
    test(|| {
        let paid = job(submit_as(CLIENT, with_part(15 * UNIT, 0))).paid;
        let limited = |nonce, max_credits| {
            let mut request = with_part(15 * UNIT, nonce);
            request.limits.max_credits = max_credits;
            request
        };
        submit_as(CLIENT, limited(1, paid));
        let short = Compute::submit_job(signed(CLIENT), limited(2, paid - 1));
        assert_noop!(short, Error::<Test>::CreditLimitExceeded);
    });
}

#[test]
fn price_should_be_limited_by_the_mean_of_each_tier() {
    test(|| {
        // A dear tier is taken at its own mean, and not above it.
        set_prices(OTHER_GPU, |prices| (prices.spot, prices.twap_hour) = (2 * PRICE, 2 * PRICE));
        submit_as(CLIENT, with_part(15 * UNIT, 0));
        set_prices(OTHER_GPU, |prices| prices.spot = 2 * PRICE * 102 / 100);
        let dear = Compute::submit_job(signed(CLIENT), with_part(15 * UNIT, 1));
        assert_noop!(dear, DispatchError::Other("slippage"));
        assert_eq!(in_escrow(), [25 * UNIT, 15 * UNIT, 70 * UNIT]);
    });
}

#[test]
fn quote_should_be_what_a_job_of_two_tiers_then_costs() {
    test(|| {
        set_prices(OTHER_GPU, |prices| (prices.spot, prices.twap_hour) = (2 * PRICE, 2 * PRICE));
        let request = with_part(15 * UNIT, 0);
        let quote = Compute::quote(MODEL, 0, &request.parts, 10, 10).unwrap();
        let lines: Vec<_> = quote.classes.iter().map(|line| (line.class, line.tier, line.trade.psi.0)).collect();
        let (gpu, vram) = (ResourceClass::Gpu, ResourceClass::Vram);
        assert_eq!(lines, [(gpu, 0, 25 * UNIT), (gpu, TIER, 15 * UNIT), (vram, 0, 70 * UNIT)]);
        let id = submit_as(CLIENT, request);
        assert_eq!((quote.total, quote.held), (Amount(job(id).paid), Amount(job(id).fee)));
        let view = Compute::job(id).unwrap();
        assert_eq!((view.tier, view.parts.len(), view.escrow[0]), (0, 1, Amount(40 * UNIT)));
        assert_eq!((view.parts[0].tier, view.parts[0].resources[0]), (TIER, Amount(15 * UNIT)));
    });
}

#[test]
fn replay_should_be_priced_in_the_tiers_of_the_job() {
    test(|| {
        set_prices(OTHER_GPU, |prices| prices.twap_hour = 3 * PRICE);
        let id = half_used(false, false);
        let terms = <Compute as JobRegistry<_, _>>::review_terms(id).unwrap();
        // Nine prompt tokens: 9 GPU, of which 15 of 40 at three times the price, and 18 VRAM.
        let of_part = 9 * (15 * UNIT + 1) / 40;
        let wanted = (9 * UNIT - of_part) / 1_000 + of_part * 3 / 1_000 + 18 * UNIT / 1_000;
        assert!(terms.replay_price.abs_diff(wanted) <= 2, "{} and {wanted}", terms.replay_price);
    });
}

#[test]
fn route_should_be_usable_for_a_job() {
    test_with_real_market(|| {
        register(10, 10_000 * UNIT);
        trade_without_limit();
        // Tier 0 is a little dearer, so the cheapest way is to take some of both.
        assert_ok!(Hmm::buy_exact_out(signed(50), GPU, 3 * UNIT, FUNDS, u64::MAX));
        run(1);
        let (sources, _) = Hmm::route_sources();
        let sources: Vec<_> = sources.into_iter().filter(|source| source.id.class == ResourceClass::Gpu).collect();
        let maths = |source: &hanzo_traits::api::RouteSource| Source {
            pool: source.pool(),
            cap: Some(source.most),
            floor: source.floor,
        };
        let route = find_route(&sources.iter().map(maths).collect::<Vec<_>>(), 40 * UNIT).unwrap();
        let share = |pool: PoolId| {
            let place = sources.iter().position(|source| source.id == pool).unwrap();
            (route.shares[place].psi, route.shares[place].theta)
        };
        let (own, other) = (share(GPU), share(OTHER_GPU));
        assert!(own.0 > 0 && other.0 > own.0, "{route:?}");

        let plain = Compute::quote(MODEL, 0, &[], 10, 10).unwrap();
        // Both hold for the next block.
        run(1);
        let id = submit_as(CLIENT, with_part(other.0, 0));
        let Event::JobSubmitted { cost, .. } = last_event() else { panic!() };
        assert_eq!((cost[0], own.1 + other.1), (route.total, route.total));
        assert!(job(id).paid < plain.total.0, "{} and {}", job(id).paid, plain.total);
        run(4);
        assert_ok!(Compute::accept_job(signed(10), id));
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 10, 10));
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
        assert_eq!(held_by(10), [own.0, other.0, 70 * UNIT]);
    });
}

#[test]
fn bonus_should_need_a_value_above_what_the_work_is_worth_in_its_tiers() {
    for (times, earns) in [(1, true), (20, false)] {
        test_with_real_market(|| {
            (10..20).for_each(|account| register(account, 100_000 * UNIT));
            assert_ok!(Balances::force_set_balance(root(), REWARDS_POT, 100 * UNIT));
            let id = submit_as(CLIENT, with_part(40 * UNIT, 0));
            run(4);
            let worker = drawn(id);
            assert_ok!(Compute::accept_job(signed(worker), id));
            assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 10, 10));
            // As if it had cost that much less than its tokens are worth.
            let value = job(id).value;
            crate::Jobs::<Test>::mutate(id, |job| job.as_mut().unwrap().value = value / times);
            crate::Workers::<Test>::mutate(worker, |record| record.as_mut().unwrap().open_value = value / times);
            assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, true));
            let paid = events().into_iter().any(|event| matches!(event, Event::BonusPaid { .. }));
            assert_eq!(paid, earns);
        });
    }
}
