//! Law: the program as it is written down first, on the reserves themselves, has the same least cost.
//!
//! The reference shares no code with the router: {H ≥ κ} is the cone in Ψ and Θ, tokens are counted per worker and pool
//! instead of per set of tiers, amounts in units of the largest need. There is a market fee only, as a factor: no cone
//! describes a risk fee. Large numbers that cancel cost it digits, so amounts are a tenth of the reserves at least and
//! costs have to agree to 10⁻⁶.

mod common;

use clarabel::{
    algebra::CscMatrix,
    solver::{
        DefaultSettings, DefaultSolver, IPSolver, SolverStatus,
        SupportedConeT::{self, NonnegativeConeT, SecondOrderConeT, ZeroConeT},
    },
};
use common::{agree, config, ensure_holds, markets, needs, offer, sized, Fees, CLASSES};
use hanzo_router::{find_plan, Error, Job, Market, Offer, Placement, Request};
use hanzo_traits::{Resources, Tier};
use proptest::{collection::vec, prelude::*};

const AGREE: f64 = 1e-6;

/// Rows `a·v + s = b`.
#[derive(Default)]
struct Rows {
    entries: Vec<(usize, usize, f64)>,
    bounds: Vec<f64>,
}

impl Rows {
    fn push(&mut self, entries: Vec<(usize, f64)>, bound: f64) {
        let row = self.bounds.len();
        self.entries.extend(entries.into_iter().map(|(column, value)| (row, column, value)));
        self.bounds.push(bound);
    }
}

/// The least cost of jobs in parts, credit-wei; `None` where there is no way, an error where doubles
/// do not carry that far.
fn least_cost(markets: &[Market], offers: &[Offer], jobs: &[Resources]) -> Result<Option<f64>, SolverStatus> {
    let Some(unit) = jobs.iter().flat_map(|job| job.0).max().map(|most| most as f64) else { return Ok(None) };
    let (pools, workers) = (markets.len(), offers.len());
    // Per pool what is bought and paid; per job and worker the part; per job, worker and pool the tokens.
    let (bought, paid) = (|pool: usize| pool, |pool: usize| pools + pool);
    let part = |job: usize, worker: usize| 2 * pools + job * workers + worker;
    let token = |job: usize, worker: usize, pool: usize| {
        2 * pools + jobs.len() * workers + (job * workers + worker) * pools + pool
    };
    let columns = token(jobs.len(), 0, 0);
    let takes = |worker: usize, tier: Tier| tier == 0 || offers[worker].tiers.contains(&tier);
    let (mut equal, mut within, mut cones) = (Rows::default(), Rows::default(), Rows::default());
    for (job, needs) in jobs.iter().enumerate() {
        equal.push((0..workers).map(|worker| (part(job, worker), 1.0)).collect(), 1.0);
        for worker in 0..workers {
            within.push(vec![(part(job, worker), -1.0)], 0.0);
            for class in CLASSES {
                let mut entries = vec![(part(job, worker), -(needs.get(class) as f64) / unit)];
                let of_class = (0..pools).filter(|pool| markets[*pool].class == class);
                entries.extend(of_class.map(|pool| (token(job, worker, pool), 1.0)));
                equal.push(entries, 0.0);
            }
            for (pool, market) in markets.iter().enumerate() {
                within.push(vec![(token(job, worker, pool), -1.0)], 0.0);
                if !takes(worker, market.tier) {
                    within.push(vec![(token(job, worker, pool), 1.0)], 0.0);
                }
            }
        }
    }
    for (worker, offer) in offers.iter().enumerate() {
        for class in CLASSES {
            let does = |job: usize| (part(job, worker), jobs[job].get(class) as f64 / unit);
            let (all, room) = (jobs.iter().map(|needs| needs.get(class)).sum(), offer.capacity.get(class));
            within.push((0..jobs.len()).map(does).collect(), room.min(all) as f64 / unit);
        }
    }
    let mut objective = vec![0.0; columns];
    for (pool, market) in markets.iter().enumerate() {
        let tokens = (0..jobs.len()).flat_map(|job| (0..workers).map(move |worker| (token(job, worker, pool), -1.0)));
        equal.push([(bought(pool), 1.0)].into_iter().chain(tokens).collect(), 0.0);
        within.push(vec![(bought(pool), 1.0)], market.source.most() as f64 / unit);
        let mean = market.source.pool.mean.unwrap_or(0) as f64 * 1e-18;
        within.push(vec![(bought(pool), mean), (paid(pool), -1.0)], 0.0);
        let curve = market.source.pool.curve;
        let epsilon = f64::from(curve.epsilon_ppb) * 1e-9;
        let reserves = market.source.pool.reserves;
        let (psi, theta) = (reserves.psi as f64 / unit, reserves.theta as f64 / unit);
        let (sum, difference) = (((1.0 + epsilon) / 2.0).sqrt(), ((1.0 - epsilon) / 2.0).sqrt());
        let k = (2.0 * psi * theta + epsilon * (psi * psi + theta * theta)).sqrt();
        cones.push(vec![(bought(pool), sum / k), (paid(pool), -sum / k)], sum * (psi + theta) / k);
        cones.push(vec![(bought(pool), difference / k), (paid(pool), difference / k)], difference * (psi - theta) / k);
        cones.push(vec![], 1.0);
        objective[paid(pool)] = 1.0 / (1.0 - f64::from(market.source.pool.fees.market_ppb) * 1e-9);
    }
    let mut kinds: Vec<SupportedConeT<f64>> =
        vec![ZeroConeT(equal.bounds.len()), NonnegativeConeT(within.bounds.len())];
    kinds.extend((0..pools).map(|_| SecondOrderConeT(3)));
    let (mut rows, mut of, mut values, mut bounds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for part in [equal, within, cones] {
        for (row, column, value) in part.entries {
            rows.push(row + bounds.len());
            of.push(column);
            values.push(value);
        }
        bounds.extend(part.bounds);
    }
    // As far as doubles carry it: what it may violate its rows by weighs with the reserves, which are thousands of needs.
    let settings = DefaultSettings {
        verbose: false,
        tol_feas: 1e-11,
        tol_gap_abs: 1e-11,
        tol_gap_rel: 1e-11,
        reduced_tol_feas: 1e-9,
        reduced_tol_gap_abs: 1e-9,
        reduced_tol_gap_rel: 1e-9,
        ..Default::default()
    };
    let matrix = CscMatrix::new_from_triplets(bounds.len(), columns, rows, of, values);
    let quadratic = CscMatrix::zeros((columns, columns));
    let mut solver = DefaultSolver::new(&quadratic, &objective, &matrix, &bounds, &kinds, settings).unwrap();
    solver.solve();
    match solver.solution.status {
        SolverStatus::Solved | SolverStatus::AlmostSolved => Ok(Some(solver.solution.obj_val * unit)),
        SolverStatus::PrimalInfeasible | SolverStatus::AlmostPrimalInfeasible => Ok(None),
        status => Err(status),
    }
}

/// A worker in some of the tiers 1 to 3.
fn tiers() -> impl Strategy<Value = Vec<Tier>> {
    (0..8u8).prop_map(|bits| (1..=3).filter(|tier| bits >> (tier - 1) & 1 == 1).collect())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn jobs_in_parts_should_cost_what_the_program_on_reserves_finds(
        markets in markets(4, Fees::Flat, 2), kinds in vec((tiers(), prop::array::uniform3(100_000_000..=900_000_000u32)), 1..=5),
        jobs in vec(any::<[u32; 3]>(), 1..=3),
    ) {
        // All jobs together a tenth to a half of what there is.
        let count = jobs.len() as u32;
        let needs: Vec<Resources> = jobs
            .iter()
            .map(|parts| needs(&markets, parts.map(|part| (100_000_000 + part % 400_000_000) / count), |_| true))
            .collect();
        let all = needs.iter().fold(Resources::default(), |sum, needs| sum.checked_add(needs).unwrap());
        let mut offers: Vec<Offer> = kinds.iter().map(|(tiers, rooms)| sized(tiers, &all, *rooms)).collect();
        // Somebody who can always help, at tier 0 only.
        offers.push(offer(&[]));
        let asks = |needs: &Resources| Job { needs: *needs, placement: Placement::Parts, ..Job::default() };
        let request = Request { jobs: needs.iter().map(asks).collect(), max_credits: None, partial: false, beta: 0.0 };
        // The reference, not the router, may be lost in its large numbers: then there is nothing to compare with.
        let Ok(reference) = least_cost(&markets, &offers, &needs) else { return Err(TestCaseError::reject("no reference")) };
        match (find_plan(&markets, &offers, &request), reference) {
            (Ok(plan), Some(least)) => {
                ensure_holds(&plan, &markets, &offers, &request)?;
                prop_assert!(agree(plan.total as f64, least, AGREE), "{} here, {least} there", plan.total);
            }
            (Err(Error::Coupled { served_ppb }), None) => prop_assert!(served_ppb < 1_000_000_000),
            (Err(Error::NotEnoughCompute { .. } | Error::NotEnoughCapacity { .. }), None) => {}
            (outcome, reference) => prop_assert!(false, "{outcome:?} here, {reference:?} there"),
        }
    }
}
