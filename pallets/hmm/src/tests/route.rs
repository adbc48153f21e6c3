//! Purchases over several tiers: whatever was found off chain is checked, all or nothing.

use crate::{mock::*, Error, RouteLeg};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use hanzo_hmm::{find_route, route::Source};
use hanzo_traits::PoolId;
use sp_runtime::DispatchResult;

const TIERS: [PoolId; 3] = [GPU, PoolId { tier: 1, ..GPU }, PoolId { tier: 2, ..GPU }];

/// Three tiers of different depth, at prices of 1, 1.001 and 1.1.
fn tiers() -> ExtBuilder {
    let [any, near, far] = TIERS;
    ExtBuilder::default().order_limit().pools(vec![
        genesis_pool(any, 50_000_000, 1_000 * UNIT, 1_000 * UNIT),
        genesis_pool(near, 0, 2_000 * UNIT, 2_002 * UNIT),
        genesis_pool(far, 0, 500 * UNIT, 550 * UNIT),
    ])
}

fn buy_route(required: u128, shares: &[(u8, u128)], max_theta: u128) -> DispatchResult {
    let shares = shares.iter().map(|(tier, psi)| RouteLeg { tier: *tier, psi: *psi }).collect();
    Market::buy_route(signed(&ALICE), GPU.class, required, BoundedVec::truncate_from(shares), max_theta, NEVER)
}

/// The best route at the pools' own numbers.
fn found(required: u128) -> (Vec<(u8, u128)>, u128) {
    let (sources, _) = Market::route_sources();
    let as_source = |source: &hanzo_traits::api::RouteSource| Source {
        pool: source.pool(),
        cap: Some(source.most),
        floor: source.floor,
    };
    let route = find_route(&sources.iter().map(as_source).collect::<Vec<_>>(), required).unwrap();
    let shares = sources.iter().zip(&route.shares).filter(|(_, share)| share.psi > 0);
    (shares.map(|(source, share)| (source.id.tier, share.psi)).collect(), route.total)
}

#[test]
fn route_should_cost_what_the_router_said_to_the_wei() {
    tiers().build_and_execute(|| {
        let required = 5 * UNIT;
        let (shares, total) = found(required);
        assert_eq!(shares.len(), 2, "the dear tier is left alone: {shares:?}");
        assert_noop!(buy_route(required, &shares, total - 1), Error::<Test>::SlippageExceeded);
        assert_ok!(buy_route(required, &shares, total));
        assert_eq!(credits(&ALICE), ENDOWMENT - total);
        assert_eq!(shares.iter().map(|(_, psi)| psi).sum::<u128>(), required);
        for (tier, psi) in shares {
            assert_eq!(tokens(PoolId { tier, ..GPU }, &ALICE), ENDOWMENT + psi);
        }
    });
}

#[test]
fn route_should_be_refused_when_it_buys_a_wei_less_than_required() {
    tiers().build_and_execute(|| {
        assert_noop!(buy_route(3 * UNIT + 1, &[(0, 2 * UNIT), (1, UNIT)], 9 * UNIT), Error::<Test>::RequirementMissed);
        assert_ok!(buy_route(3 * UNIT, &[(0, 2 * UNIT), (1, UNIT)], 9 * UNIT));
    });
}

#[test]
fn route_should_be_refused_when_its_shares_are_none_doubled_or_unknown() {
    tiers().build_and_execute(|| {
        assert_noop!(buy_route(0, &[], UNIT), Error::<Test>::NoLegs);
        assert_noop!(buy_route(UNIT, &[(0, UNIT), (0, UNIT)], 9 * UNIT), Error::<Test>::DuplicateTier);
        assert_noop!(buy_route(UNIT, &[(0, UNIT), (7, UNIT)], 9 * UNIT), Error::<Test>::UnknownPool);
        assert_noop!(buy_route(UNIT, &[(0, UNIT), (1, 0)], 9 * UNIT), Error::<Test>::ZeroAmount);
        assert_noop!(buy_route(UNIT, &[(0, 4 * UNIT)], 9 * UNIT), Error::<Test>::OrderTooLarge);
        run_to(5);
        let shares = BoundedVec::truncate_from(vec![RouteLeg { tier: 0, psi: UNIT }]);
        let late = Market::buy_route(signed(&ALICE), GPU.class, UNIT, shares, 9 * UNIT, 4);
        assert_noop!(late, Error::<Test>::DeadlinePassed);
    });
}

#[test]
fn sources_should_be_what_trades_of_the_next_block_find() {
    tiers().build_and_execute(|| {
        sold(&BOB, GPU, UNIT);
        let (sources, at) = Market::route_sources();
        assert_eq!((sources.len(), at), (3, 2));
        next_block();
        let state = Market::open(GPU).unwrap();
        assert_eq!((sources[0].reserves, sources[0].reference), (state.reserves, state.reference));
        assert_eq!((sources[0].floor, sources[0].most), (state.floor(), state.reference.psi * 3 / 1_000));
    });
}
