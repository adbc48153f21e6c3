use crate::{
    mock::*,
    types::{Offer, TierRule},
    Error, Event,
};
use frame_support::{assert_noop, assert_ok, traits::fungibles::Inspect};
use hanzo_poai::ResourceClass;
use hanzo_traits::PoolId;

/// One horizon of 8 units at quality 0.5.
const HORIZON: u128 = 600 * 8 * UNIT / 2;

#[test]
fn mint_should_create_tokens_and_an_obligation() {
    test(|| {
        register(10, 10_000 * UNIT);
        let before = Assets::total_issuance(GPU.asset_id());
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 5 * UNIT));
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 2 * UNIT));
        assert_eq!(last_event(), Event::TokensMinted { worker: 10, pool: GPU, amount: 2 * UNIT, obligation: 7 * UNIT });
        assert_eq!(tokens(GPU, 10), 7 * UNIT);
        assert_eq!(worker(10).obligation(GPU), 7 * UNIT);
        assert_eq!(Assets::total_issuance(GPU.asset_id()), before + 7 * UNIT);
        assert_eq!(worker(10).idle_since, None);
    });
}

#[test]
fn mint_should_stop_at_one_horizon_of_quality_times_units() {
    test(|| {
        register(10, 10_000 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, HORIZON));
        assert_noop!(Compute::mint_tokens(signed(10), GPU, 1), Error::<Test>::HorizonExceeded);
        assert_ok!(Compute::mint_tokens(signed(10), VRAM, HORIZON));
        Qualities::set(&[(10, 1_000_000_000)].into());
        assert_ok!(Compute::mint_tokens(signed(10), GPU, HORIZON));
        assert_noop!(Compute::mint_tokens(signed(10), GPU, 1), Error::<Test>::HorizonExceeded);
    });
}

#[test]
fn horizon_should_be_shared_by_the_tiers_of_a_class() {
    test(|| {
        let both = Offer { tiers: vec![TIER].try_into().unwrap(), ..offer(8 * UNIT) };
        register_with(10, both, 10_000 * UNIT);
        let tiered = PoolId { tier: TIER, ..GPU };
        assert_ok!(Compute::mint_tokens(signed(10), GPU, HORIZON - UNIT));
        assert_noop!(Compute::mint_tokens(signed(10), tiered, UNIT + 1), Error::<Test>::HorizonExceeded);
        assert_ok!(Compute::mint_tokens(signed(10), tiered, UNIT));
    });
}

#[test]
fn mint_should_be_refused_beyond_what_the_bond_backs_at_the_highest_price() {
    // 27 × 0.001 × 1000 tokens = 27 credits of bond for 1000 tokens at the initial price.
    type Change = fn(&mut hanzo_traits::MarketPrices);
    let changes: [(&str, Change); 5] = [
        ("spot", |prices| prices.spot = 4 * PRICE),
        ("hour", |prices| prices.twap_hour = 4 * PRICE),
        ("week", |prices| prices.twap_week = 4 * PRICE),
        ("reference", |prices| prices.reference = 8 * PRICE),
        ("day, which does not count", |prices| prices.twap_day = 9 * PRICE),
    ];
    for (what, change) in changes {
        test(|| {
            register(10, 108 * UNIT);
            set_prices(VRAM, change);
            let full = if what.starts_with("day") { 4_000 } else { 1_000 };
            let full = (full * UNIT).min(HORIZON);
            assert_ok!(Compute::mint_tokens(signed(10), VRAM, full));
            if full < HORIZON {
                assert_noop!(Compute::mint_tokens(signed(10), VRAM, 1_000), Error::<Test>::BondLimitExceeded);
                assert_eq!(Compute::worker(&10).unwrap().free_limit.0, 0, "{what}");
            }
            set_prices(VRAM, |prices| *prices = self::even());
        });
    }
}

fn even() -> hanzo_traits::MarketPrices {
    prices(GPU)
}

#[test]
fn limit_should_be_one_for_obligations_and_open_jobs() {
    test(|| {
        // Backs 4 credits: 0.11 for the job leaves room for 3.89 of tokens, fees apart.
        register(10, 108 * UNIT);
        let id = submit(CLIENT, 0);
        run(4);
        assert_eq!(drawn(id), 10);
        let free = 4 * UNIT - job(id).value;
        assert_ok!(Compute::mint_tokens(signed(10), GPU, HORIZON));
        let rest = (free - HORIZON / 1_000) * 1_000;
        assert_noop!(Compute::mint_tokens(signed(10), VRAM, rest + 1), Error::<Test>::BondLimitExceeded);
        assert_ok!(Compute::mint_tokens(signed(10), VRAM, rest));
        assert_eq!(Compute::worker(&10).unwrap().free_limit.0, 0);
    });
}

#[test]
fn mint_should_be_refused_outside_the_tiers_of_a_worker() {
    test(|| {
        register(10, 10_000 * UNIT);
        let tiered = PoolId { tier: TIER, ..GPU };
        assert_noop!(Compute::mint_tokens(signed(10), tiered, UNIT), Error::<Test>::NotQualified);
        assert_noop!(Compute::mint_tokens(signed(10), PoolId { tier: 7, ..GPU }, UNIT), Error::<Test>::UnknownTier);
        assert_noop!(Compute::mint_tokens(signed(11), GPU, UNIT), Error::<Test>::NotRegistered);
        assert_noop!(Compute::mint_tokens(signed(10), GPU, 0), Error::<Test>::ZeroAmount);

        let both = Offer { tiers: vec![TIER].try_into().unwrap(), ..offer(8 * UNIT) };
        register_with(11, both, 10_000 * UNIT);
        assert_ok!(Compute::set_tier(root(), TIER, TierRule { regions: 0b10, tee: false }));
        assert_noop!(Compute::mint_tokens(signed(11), tiered, UNIT), Error::<Test>::NotQualified);
        assert_ok!(Compute::set_tier(root(), TIER, TierRule { regions: 0b11, tee: true }));
        assert_noop!(Compute::mint_tokens(signed(11), tiered, UNIT), Error::<Test>::NotQualified);
        TeeWorkers::set(&[11].into());
        assert_ok!(Compute::mint_tokens(signed(11), tiered, UNIT));
    });
}

#[test]
fn burn_should_end_the_obligation() {
    test(|| {
        register(10, 10_000 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 5 * UNIT));
        assert_noop!(Compute::burn_tokens(signed(10), GPU, 5 * UNIT + 1), Error::<Test>::ExceedsObligation);
        assert_noop!(Compute::burn_tokens(signed(10), VRAM, 1), Error::<Test>::ExceedsObligation);
        assert_noop!(Compute::burn_tokens(signed(10), GPU, 0), Error::<Test>::ZeroAmount);
        assert_ok!(Compute::burn_tokens(signed(10), GPU, 2 * UNIT));
        assert_eq!(last_event(), Event::TokensBurned { worker: 10, pool: GPU, amount: 2 * UNIT, obligation: 3 * UNIT });
        assert_ok!(Compute::burn_tokens(signed(10), GPU, 3 * UNIT));
        assert!(worker(10).obligations.is_empty());
        assert_eq!(tokens(GPU, 10), 0);
    });
}

#[test]
fn burn_should_need_tokens_whoever_they_came_from() {
    test(|| {
        register(10, 10_000 * UNIT);
        register(11, 10_000 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 5 * UNIT));
        assert_ok!(Compute::mint_tokens(signed(11), GPU, 5 * UNIT));
        move_tokens(GPU, &10, &11, 5 * UNIT).unwrap();
        assert!(Compute::burn_tokens(signed(10), GPU, UNIT).is_err());
        assert_eq!(worker(10).obligation(GPU), 5 * UNIT);
        // A holder that owes nothing cannot burn.
        move_tokens(GPU, &11, &CLIENT, UNIT).unwrap();
        assert_noop!(Compute::burn_tokens(signed(CLIENT), GPU, UNIT), Error::<Test>::NotRegistered);
        move_tokens(GPU, &11, &10, 5 * UNIT).unwrap();
        assert_ok!(Compute::burn_tokens(signed(10), GPU, 5 * UNIT));
    });
}

#[test]
fn worker_should_owe_in_every_pool_it_serves() {
    test(|| {
        register(10, 10_000 * UNIT);
        for class in ResourceClass::ALL {
            assert_ok!(Compute::mint_tokens(signed(10), PoolId::any_worker(class), UNIT));
        }
        assert_eq!(worker(10).obligations.len(), 6);
    });
}
