//! Weights of options that cost the same.

mod common;

use common::{offer, CLASSES, UNIT};
use hanzo_hmm::{route::Source, Curve, FeeParameters, Pool, Reserves};
use hanzo_router::{
    efe::{weights, Expectation, MAX_BETA},
    find_plan, Job, Market, Offer, Placement, Request,
};
use hanzo_traits::Resources;
use proptest::{collection::vec, prelude::*};

fn expecting(information: f64, utility: f64, cost: f64) -> Expectation {
    Expectation { information, utility, cost }
}

#[test]
fn weights_should_be_the_exponentials_of_what_is_expected() {
    let found = weights(&[expecting(1.0, 0.5, 2.0), expecting(0.0, 0.0, 0.0)], 2.0).unwrap();
    // EFE is 1 + 0.5 − 0.1·2 = 1.3 and 0.
    let odds = (2.0f64 * 1.3).exp();
    assert!((found[0] - odds / (odds + 1.0)).abs() < 1e-15);
    assert!((found[0] + found[1] - 1.0).abs() < 1e-15);
}

#[test]
fn expectations_should_count_within_their_bounds_only() {
    assert_eq!(expecting(9.0, -3.0, 99.0).value(), 4.0 - 1.0 - 1.0);
    assert_eq!(expecting(f64::NAN, f64::INFINITY, f64::NEG_INFINITY).value(), 1.0);
    assert!(weights(&[], -1.0).is_err() && weights(&[], MAX_BETA + 1.0).is_err() && weights(&[], f64::NAN).is_err());
    assert_eq!(weights(&[], 1.0), Ok(vec![]));
}

/// A world in which all workers are equally cheap.
fn plan(offers: &[Offer], placement: Placement, beta: f64) -> hanzo_router::Plan {
    let reserves = Reserves { psi: 10_000 * UNIT, theta: 10_000 * UNIT };
    let curve = Curve::new(0, UNIT, UNIT).unwrap();
    let pool = Pool { curve, fees: FeeParameters::DEFAULT, reserves, reference: reserves, mean: None };
    let market = Market { class: CLASSES[0], tier: 0, source: Source { pool, cap: None, floor: 0 } };
    let mut needs = Resources::default();
    needs.set(CLASSES[0], 10 * UNIT);
    let request = Request { beta, ..Request::of(Job { needs, placement, ..Job::default() }) };
    find_plan(&[market], offers, &request).unwrap()
}

#[test]
fn worker_with_the_largest_weight_should_be_taken_when_all_cost_the_same() {
    let offers = [0.0, 0.8, 0.3].map(|utility| Offer { utility, ..offer(&[]) });
    let plan = plan(&offers, Placement::OneWorker, 5.0);
    let places = &plan.jobs[0].places;
    let doing: Vec<_> = places.iter().filter(|place| !place.amounts.is_zero()).map(|place| place.offer).collect();
    assert_eq!((places.len(), doing), (3, vec![1]));
    let odds = (places[1].weight / places[2].weight).ln();
    assert!((odds - 5.0 * 0.5).abs() < 1e-12);
}

#[test]
fn parts_should_follow_the_weights_as_far_as_workers_have_room() {
    let mut offers = [0.0, 0.5].map(|utility| Offer { utility, ..offer(&[]) });
    let parts = |offers: &[Offer]| -> Vec<f64> {
        let plan = plan(offers, Placement::Parts, 2.0);
        plan.jobs[0].places.iter().map(|place| place.amounts.get(CLASSES[0]) as f64 / 10e18).collect()
    };
    let weight = 1.0 / (1.0 + 1f64.exp());
    assert!((parts(&offers)[0] - weight).abs() < 1e-12);
    offers[1].capacity.set(CLASSES[0], 6 * UNIT);
    assert!((parts(&offers)[0] - 0.4).abs() < 1e-12);
}

proptest! {
    #[test]
    fn weights_should_add_up_to_one_and_grow_with_what_is_expected(
        options in vec((any::<f64>(), any::<f64>(), any::<f64>()), 1..40), beta in 0.0..=MAX_BETA,
    ) {
        let options: Vec<_> = options.into_iter().map(|(a, b, c)| expecting(a, b, c)).collect();
        let found = weights(&options, beta).unwrap();
        prop_assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for (one, option) in found.iter().zip(&options) {
            prop_assert!((0.0..=1.0).contains(one));
            for (other, than) in found.iter().zip(&options) {
                prop_assert!(option.value() < than.value() || one >= other);
            }
        }
    }
}
