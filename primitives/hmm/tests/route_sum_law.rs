//! Laws of any route: its amounts are exactly what is required and within caps and floors; another pool never makes it
//! dearer; routing in two steps never makes it cheaper.

mod common;

use common::{
    config_up_to, extreme, fees, pool,
    routing::{amounts, available, class, convex_fees, cost, requirement, slack},
    share, UNIT,
};
use hanzo_hmm::{
    find_route,
    route::{Route, RouteError, Source},
    Curve, FeeParameters, HmmError, Reserves, PPB,
};
use proptest::{collection::vec, prelude::*};

/// The sources after a route was bought from them.
fn after(sources: &[Source], route: &Route) -> Vec<Source> {
    let bought = |(source, share): (&Source, &hanzo_hmm::route::Share)| {
        let mut source = *source;
        if share.psi > 0 {
            source.pool.reserves = source.pool.buy_exact_out(share.psi).unwrap().after;
            source.cap = source.cap.map(|cap| cap - share.psi);
        }
        source
    };
    sources.iter().zip(&route.shares).map(bought).collect()
}

proptest! {
    #![proptest_config(config_up_to(20_000))]

    #[test]
    fn amounts_should_be_exactly_what_is_required(sources in class(fees()), part in 0..=1_000_000_000u32) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        let amounts = amounts(&route);
        prop_assert_eq!(amounts.iter().sum::<u128>(), required);
        prop_assert!(amounts.iter().zip(&sources).all(|(amount, source)| *amount <= source.most()));
        prop_assert_eq!(cost(&sources, &amounts), Some(route.total));
        prop_assert_eq!(route.shares.iter().map(|share| share.theta).sum::<u128>(), route.total);
    }

    #[test]
    fn amounts_should_be_exactly_what_is_required_when_reserves_are_extreme(
        pools in vec((extreme(), fees(), 500_000_000..=2_000_000_000u32), 1..=6), part in 0..=1_000_000_000u32,
    ) {
        let sources: Vec<Source> = pools
            .into_iter()
            .map(|((curve, reserves), fees, moved)| {
                let mut pool = pool(curve, fees, reserves);
                pool.reference.psi = share(reserves.psi, moved).max(1);
                Source { pool, cap: None, floor: 0 }
            })
            .collect();
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        prop_assert_eq!(amounts(&route).iter().sum::<u128>(), required);
        prop_assert_eq!(cost(&sources, &amounts(&route)), Some(route.total));
    }

    #[test]
    fn route_should_be_refused_with_the_numbers_when_too_much_is_required(sources in class(fees()), more in 1..=u64::MAX) {
        let available = available(&sources);
        let required = available + u128::from(more);
        prop_assert_eq!(find_route(&sources, required), Err(RouteError::NotEnoughCompute { required, available }));
        if available > 0 {
            prop_assert!(find_route(&sources, available).is_ok());
        }
        prop_assert_eq!(find_route(&sources, 0), Err(RouteError::Market(HmmError::ZeroAmount)));
    }

    #[test]
    fn route_should_not_be_dearer_when_a_pool_is_added(sources in class(convex_fees()), part in 1..=1_000_000_000u32) {
        let fewer = &sources[1..];
        let Some(required) = requirement(fewer, part) else { return Ok(()) };
        let before = find_route(fewer, required).unwrap();
        let route = find_route(&sources, required).unwrap();
        let slack = slack(&sources, &route);
        prop_assert!(route.total <= before.total + slack, "{} > {} + {slack}", route.total, before.total);
    }

    #[test]
    fn two_routes_should_not_be_cheaper_than_one_when_no_reserve_is_above_its_reference(
        mut sources in class(convex_fees()), part in 1..=1_000_000_000u32, first in 1..1_000_000_000u32,
    ) {
        for source in &mut sources {
            source.pool.reference.psi = source.pool.reference.psi.max(source.pool.reserves.psi);
        }
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let whole = find_route(&sources, required).unwrap();
        let first = share(required, first).clamp(1, required);
        if first == required {
            return Ok(());
        }
        let one = find_route(&sources, first).unwrap();
        let Ok(two) = find_route(&after(&sources, &one), required - first) else { return Ok(()) };
        let slack = slack(&sources, &whole);
        prop_assert!(whole.total <= one.total + two.total + slack, "{} > {} + {}", whole.total, one.total, two.total);
    }

    #[test]
    fn route_should_not_depend_on_an_empty_pool(sources in class(fees()), part in 1..=1_000_000_000u32) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let mut with_empty = sources.clone();
        with_empty.push(Source { cap: None, ..sources[0] });
        with_empty.last_mut().unwrap().pool.reserves = Default::default();
        let (route, with_empty) = (find_route(&sources, required).unwrap(), find_route(&with_empty, required).unwrap());
        prop_assert_eq!(&with_empty.shares[..sources.len()], &route.shares[..]);
        prop_assert_eq!(with_empty.shares[sources.len()], Default::default());
    }
}

/// One pool of a thousand a side.
fn plain() -> Source {
    let reserves = Reserves { psi: 1_000 * UNIT, theta: 1_000 * UNIT };
    Source { pool: pool(Curve::new(0, UNIT, UNIT).unwrap(), FeeParameters::DEFAULT, reserves), cap: None, floor: 0 }
}

#[test]
fn route_should_be_refused_when_a_curve_or_fees_are_out_of_bounds() {
    let (mut curved, mut greedy) = (plain(), plain());
    curved.pool.curve.epsilon_ppb = PPB;
    greedy.pool.fees.market_ppb = PPB;
    for (source, error) in [(curved, HmmError::CurvatureTooHigh), (greedy, HmmError::BadFeeParameters)] {
        assert_eq!(find_route(&[plain(), source], UNIT), Err(RouteError::Source { index: 1, error }));
    }
    assert_eq!(find_route(&[], UNIT), Err(RouteError::NotEnoughCompute { required: UNIT, available: 0 }));
}

#[test]
fn error_should_tell_the_numbers_when_shown() {
    let capped = Source { cap: Some(7), ..plain() };
    let error = find_route(&[capped, capped], 15).unwrap_err();
    assert_eq!(error.to_string(), "15 wei of compute required, 14 available within caps and floors");
}
