//! Law: no way of splitting a requirement costs less than the route, fees included, as long as the cap of the fee is out of
//! reach: neither random splits nor small changes of the route itself. With the cap in reach, no split would cost less if
//! there were no cap.

mod common;

use common::{
    config_up_to,
    routing::{amounts, class, convex_fees, cost, requirement, slack},
    share,
};
use hanzo_hmm::{find_route, route::Source};
use proptest::{collection::vec, prelude::*};

/// `required` in proportion to random weights, what a source cannot take going to the next ones.
fn split(sources: &[Source], required: u128, weights: &[u32]) -> Vec<u128> {
    let sum: u128 = weights.iter().take(sources.len()).map(|weight| u128::from(*weight)).sum();
    let mut rest = required;
    let mut split: Vec<u128> = sources
        .iter()
        .zip(weights)
        .map(|(source, weight)| {
            let part = (u128::from(*weight) * 1_000_000_000 / sum) as u32;
            let amount = share(required, part).min(source.most()).min(rest);
            rest -= amount;
            amount
        })
        .collect();
    for (source, amount) in sources.iter().zip(&mut split) {
        let more = rest.min(source.most() - *amount);
        *amount += more;
        rest -= more;
    }
    split
}

proptest! {
    #![proptest_config(config_up_to(20_000))]

    #[test]
    fn route_should_cost_no_more_than_any_split_when_fees_are_convex(
        sources in class(convex_fees()), part in 1..=1_000_000_000u32, weights in vec(vec(1..=1_000u32, 8), 12),
    ) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        let slack = slack(&sources, &route);
        for weights in weights {
            if let Some(cost) = cost(&sources, &split(&sources, required, &weights)) {
                prop_assert!(route.total <= cost + slack, "{} > {cost} + {slack}: {:?}", route.total, route);
            }
        }
    }

    #[test]
    fn route_should_cost_no_more_when_a_part_moves_from_one_pool_to_another(
        sources in class(convex_fees()), part in 1..=1_000_000_000u32, moved in 1..=200_000_000u32,
    ) {
        let Some(required) = requirement(&sources, part) else { return Ok(()) };
        let route = find_route(&sources, required).unwrap();
        let slack = slack(&sources, &route);
        let best = amounts(&route);
        for from in 0..sources.len() {
            for to in 0..sources.len() {
                for moved in [moved, 1 + moved / 1_000, 1 + moved / 1_000_000] {
                    let mut other = best.clone();
                    let amount = share(best[from], moved);
                    other[from] -= amount;
                    other[to] += amount;
                    if let Some(cost) = cost(&sources, &other) {
                        prop_assert!(route.total <= cost + slack, "{} > {cost} + {slack}: {:?}", route.total, route);
                    }
                }
            }
        }
    }

    #[test]
    fn route_should_cost_no_more_than_any_split_would_without_the_cap_when_the_cap_binds(
        sources in class(convex_fees()), part in 1..=1_000_000_000u32, cap in 0..=300_000_000u32,
        weights in vec(vec(1..=1_000u32, 8), 4),
    ) {
        let mut capped = sources.clone();
        for source in &mut capped {
            let fees = &mut source.pool.fees;
            fees.cap_ppb = fees.cap_ppb.min(fees.market_ppb + share(fees.risk_ppb.into(), cap) as u32);
        }
        let Some(required) = requirement(&capped, part) else { return Ok(()) };
        let route = find_route(&capped, required).unwrap();
        let slack = slack(&capped, &route);
        for weights in weights {
            if let Some(cost) = cost(&sources, &split(&sources, required, &weights)) {
                prop_assert!(route.total <= cost + slack, "{} > {cost} + {slack}: {:?}", route.total, route);
            }
        }
    }
}
