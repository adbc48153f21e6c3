//! Law: the check accepts every route the solver finds, at its cost and not below, and refuses one that gives a wei less, or
//! takes a wei more than a cap leaves.

mod common;

use common::{
    config_up_to, fees,
    routing::{amounts, class, requirement},
};
use hanzo_hmm::{
    find_route,
    route::{RouteError, Source},
    verify_route, HmmError,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(config_up_to(20_000))]

    #[test]
    fn route_should_be_accepted_when_the_solver_found_it(sources in class(fees()), part in 0..=1_000_000_000u32) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        prop_assert_eq!(verify_route(&sources, &amounts(&route), required, route.total), Ok(route.total));
    }

    #[test]
    fn route_should_be_refused_when_a_wei_is_missing(sources in class(fees()), part in 0..=1_000_000_000u32) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        let mut fewer = amounts(&route);
        let used = fewer.iter().position(|amount| *amount > 0).unwrap();
        fewer[used] -= 1;
        prop_assert_eq!(
            verify_route(&sources, &fewer, required, u128::MAX),
            Err(RouteError::RequirementMissed { required, routed: required - 1 })
        );
        prop_assert_eq!(
            verify_route(&sources, &amounts(&route), required, route.total - 1),
            Err(RouteError::TooExpensive { cost: route.total, max_credits: route.total - 1 })
        );
        prop_assert_eq!(
            verify_route(&sources[1..], &amounts(&route), required, u128::MAX),
            Err(RouteError::WrongLength { sources: sources.len() as u32 - 1, amounts: sources.len() as u32 })
        );
    }

    #[test]
    fn route_should_be_refused_when_a_cap_is_exceeded(sources in class(fees()), part in 0..=1_000_000_000u32) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        let amounts = amounts(&route);
        let used = amounts.iter().position(|amount| *amount > 0).unwrap();
        let mut capped = sources.clone();
        capped[used] = Source { cap: Some(amounts[used] - 1), ..capped[used] };
        let above = RouteError::AboveCap { index: used as u32, amount: amounts[used], most: amounts[used] - 1 };
        prop_assert_eq!(verify_route(&capped, &amounts, required, u128::MAX), Err(above));
        let floor = sources[used].pool.reserves.psi - amounts[used] + 1;
        capped[used] = Source { floor, ..sources[used] };
        prop_assert_eq!(verify_route(&capped, &amounts, required, u128::MAX), Err(above));
    }

    #[test]
    fn route_should_be_refused_when_a_pool_cannot_trade_it(sources in class(fees()), index in any::<usize>()) {
        let used = index % sources.len();
        let mut drained = sources.clone();
        drained[used] = Source { cap: None, floor: 0, ..drained[used] };
        drained[used].pool.curve.epsilon_ppb = 0;
        let mut amounts = vec![0; sources.len()];
        amounts[used] = drained[used].pool.reserves.psi;
        prop_assert_eq!(
            verify_route(&drained, &amounts, 1, u128::MAX),
            Err(RouteError::Source { index: used as u32, error: HmmError::PoolExhausted })
        );
    }
}
