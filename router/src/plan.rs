//! The search: blocks, then water-filling where nothing couples them and the conic program where something does, then whole
//! amounts and prices.

use crate::{
    blocks::{ppb, Block, Candidate, Pools, Setup},
    efe::{weights, Expectation},
    error::Error,
    program::{worth, Goal, Program, Solution},
    round::{amounts, amounts_and_tokens, of_share, purchase, spread, tokens, Amounts, Tokens},
    sla::Filter,
    types::{
        FilterPrice, Job, JobPlan, Market, Method, Offer, Place, Placement, Plan, Purchase, Request, WorkerPrice,
        MAX_JOBS, MAX_MARKETS, MAX_OFFERS,
    },
};
use hanzo_hmm::{
    find_route,
    route::{Route, RouteError, SHADOW_ONE},
    HmmError, U256,
};
use hanzo_traits::{ResourceClass, Resources};
use std::collections::BTreeSet;

/// Costs that differ by no more than this part are equal.
const EQUAL: f64 = 1e-9;
/// A limit whose rent is less than this part of the cost does not bind.
const BINDS: f64 = 1e-7;
/// Attempts to make a part whole that fits its limits.
const ATTEMPTS: i32 = 16;

/// The cheapest way to serve a request from these pools by these workers.
///
/// All positions in the answer are those of `markets`, `offers` and the request's jobs. Classes that nothing couples are
/// routed by integer water-filling, and so is what workers have room for however it is bought; where sets of tiers compete, workers' limits
/// bind, or a budget is to be used up, the conic program decides how to split. With several jobs that each want one worker the program is solved in
/// parts first and then once more with every job where most of it was: [`Plan::bound`] tells how far that may be from the least.
///
/// Errors: see [`Error`]; whatever is missing is told with its numbers.
pub fn find_plan(markets: &[Market], offers: &[Offer], request: &Request) -> Result<Plan, Error> {
    ensure_count("jobs", request.jobs.len(), 1, MAX_JOBS)?;
    ensure_count("pools", markets.len(), 1, MAX_MARKETS)?;
    ensure_count("offers", offers.len(), 0, MAX_OFFERS)?;
    weights(&[], request.beta)?;
    let search = Search { setup: Setup::new(markets, offers)?, beta: request.beta };
    let found = search.within_limits(request)?;
    search.plan(request, found)
}

fn ensure_count(what: &'static str, count: usize, least: usize, most: usize) -> Result<(), Error> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    Err(Error::Count { what, count, least, most })
}

/// An answer before it is told.
struct Draft {
    blocks: Vec<Block>,
    amounts: Amounts,
    tokens: Tokens,
    purchases: Vec<Purchase>,
    total: u128,
    bound: u128,
    /// Water-filling's routes by class, or the program's solution.
    prices: Prices,
    /// Weights of candidates, per block.
    weights: Vec<Vec<f64>>,
}

enum Prices {
    Routes(Vec<(ResourceClass, u128)>),
    Program(Box<Solution>),
}

/// A draft and how much of the jobs it serves.
struct Found {
    draft: Draft,
    served: f64,
    budget_price: f64,
}

struct Search<'a> {
    setup: Setup<'a>,
    beta: f64,
}

impl Search<'_> {
    /// All of every job if that is possible within the budget, else, where that will do, as large a part as is.
    fn within_limits(&self, request: &Request) -> Result<Found, Error> {
        let budget = request.max_credits;
        let outcome = self.whole(&request.jobs);
        let refusal = match outcome {
            Ok(draft) if budget.is_none_or(|budget| draft.total <= budget) => {
                return Ok(Found { draft, served: 1.0, budget_price: 0.0 });
            }
            Ok(draft) => {
                Error::OverBudget { cost: draft.total, max_credits: budget.unwrap_or_default(), served_ppb: 0 }
            }
            Err(refusal) => refusal,
        };
        match refusal {
            Error::OverBudget { cost, max_credits, .. } if !request.partial => {
                let (part, _) = self.largest_part(&request.jobs, budget)?;
                Err(Error::OverBudget { cost, max_credits, served_ppb: ppb(part) })
            }
            Error::Coupled { .. } if !request.partial => {
                let (part, _) = self.largest_part(&request.jobs, None)?;
                Err(Error::Coupled { served_ppb: ppb(part) })
            }
            refusal if !request.partial => Err(refusal),
            refusal => self.in_part(request, refusal),
        }
    }

    /// The largest part of all jobs, whole amounts and all.
    fn in_part(&self, request: &Request, refusal: Error) -> Result<Found, Error> {
        let budget = request.max_credits;
        let (mut served, budget_price) = self.largest_part(&request.jobs, budget)?;
        let mut margin = EQUAL;
        for _ in 0..ATTEMPTS {
            served *= 1.0 - margin;
            let jobs: Vec<Job> = request.jobs.iter().map(|job| scaled(job, served)).collect();
            if jobs.iter().any(|job| job.needs.is_zero()) {
                break;
            }
            match self.whole(&jobs) {
                Ok(draft) if budget.is_none_or(|budget| draft.total <= budget) => {
                    return Ok(Found { draft, served, budget_price });
                }
                // Costs are convex: a part less costs at least that part less.
                Ok(draft) => {
                    let most = budget.unwrap_or_default();
                    margin = draft.total.saturating_sub(most) as f64 / draft.total as f64 + 1e-12;
                }
                Err(_) => margin *= 4.0,
            }
        }
        Err(match refusal {
            Error::OverBudget { cost, max_credits, .. } => {
                Error::OverBudget { cost, max_credits, served_ppb: ppb(served) }
            }
            Error::Coupled { .. } => Error::Coupled { served_ppb: ppb(served) },
            refusal => refusal,
        })
    }

    /// t, and what one more credit-wei of budget would add to it.
    fn largest_part(&self, jobs: &[Job], budget: Option<u128>) -> Result<(f64, f64), Error> {
        let blocks = self.setup.blocks(jobs, false)?;
        let solve = |blocks: &[Block]| {
            let solution = Program::new(&self.setup, blocks, Goal::Part(budget)).solve()?;
            Ok((solution.part.clamp(0.0, 1.0), solution.budget_price))
        };
        match (jobs, blocks.as_slice()) {
            ([job], [block]) if job.placement == Placement::OneWorker => {
                let mut best = (0.0, 0.0);
                for set in 0..block.sets.len() {
                    let outcome: Result<(f64, f64), Error> = solve(&[self.roomiest(block, set)]);
                    best = outcome.map_or(best, |found| if found.0 > best.0 { found } else { best });
                }
                Ok(best)
            }
            (_, blocks) => solve(blocks),
        }
    }

    /// A block left to the one candidate of a set that has most room for it.
    fn roomiest(&self, block: &Block, set: usize) -> Block {
        let worth = worth(&self.setup, block, &block.sets[set]);
        let room = |candidate: &&Candidate| {
            candidate.offer.map_or(1.0, |offer| {
                let offer = &self.setup.offers[offer];
                block.room(&offer.capacity).min(offer.free_limit as f64 / worth)
            })
        };
        let candidates = block.candidates.iter().filter(|candidate| candidate.set == set);
        let best = candidates.max_by(|one, other| room(one).total_cmp(&room(other)));
        narrowed(block, best.copied().into_iter().collect())
    }

    /// All of every job.
    fn whole(&self, jobs: &[Job]) -> Result<Draft, Error> {
        let blocks = self.setup.blocks(jobs, true)?;
        let wants_one = |block: &Block| jobs[block.job].placement == Placement::OneWorker;
        match blocks.as_slice() {
            [block] if wants_one(block) => self.one_worker(block),
            blocks if blocks.iter().any(wants_one) => self.workers_one_each(blocks, wants_one),
            _ => self.parts(blocks),
        }
    }

    /// One job on one worker: each set of tiers is a program of its own that nothing couples, and the bond is asked about the
    /// exact cost.
    fn one_worker(&self, block: &Block) -> Result<Draft, Error> {
        let mut options = Vec::new();
        let mut short = None;
        // Of the sets whose bonds are too small the one that misses least: what it costs, and the largest limit.
        let mut nearest: Option<(u128, u128)> = None;
        for set in 0..block.sets.len() {
            let draft = match self.routed(vec![narrowed(block, vec![Candidate { offer: None, set }])]) {
                Ok(draft) => draft,
                Err(error) => {
                    short = Some(error);
                    continue;
                }
            };
            let of_set = block.candidates.iter().filter(|candidate| candidate.set == set);
            let answers: Vec<(usize, u128)> = of_set
                .filter_map(|candidate| candidate.offer)
                .map(|offer| (offer, self.setup.offers[offer].free_limit))
                .collect();
            let largest = answers.iter().map(|(_, limit)| *limit).max().unwrap_or(0);
            let misses = |(cost, limit): (u128, u128)| cost.saturating_sub(limit);
            let this = (draft.total, largest);
            nearest = Some(nearest.map_or(this, |known| if misses(this) < misses(known) { this } else { known }));
            let able: Vec<usize> =
                answers.into_iter().filter(|(_, limit)| *limit >= draft.total).map(|(offer, _)| offer).collect();
            if !able.is_empty() {
                options.push((draft, able));
            }
        }
        let Some(least) = options.iter().map(|(draft, _)| draft.total).min() else {
            return Err(match (nearest, short) {
                (Some((cost, most)), _) => Error::BondTooSmall { job: block.job, cost, most },
                (None, Some(error)) => error,
                (None, None) => Error::NoPlace { job: block.job, best_ppb: 0 },
            });
        };
        options.retain(|(draft, _)| draft.total as f64 <= least as f64 * (1.0 + EQUAL));
        let expected = options.iter().flat_map(|(draft, able)| able.iter().map(move |offer| (draft.total, *offer)));
        let expected: Vec<Expectation> =
            expected.map(|(cost, offer)| self.expected(offer, cost as f64 / least.max(1) as f64)).collect();
        let weights = weights(&expected, self.beta)?;
        let chosen = (0..weights.len()).reduce(|best, next| if weights[next] > weights[best] { next } else { best });
        // Workers of all options as candidates of the chosen one: they cost the same.
        let mut candidates = Vec::new();
        let mut taken = None;
        for (draft, able) in options {
            let range = candidates.len()..candidates.len() + able.len();
            candidates.extend(able);
            if chosen.is_some_and(|chosen| range.contains(&chosen)) {
                taken = Some(draft);
            }
        }
        let (Some(mut draft), Some(chosen)) = (taken, chosen) else {
            return Err(Error::NoPlace { job: block.job, best_ppb: 0 });
        };
        let does = |place| if place == chosen { block.needs } else { Resources::default() };
        draft.amounts = vec![(0..candidates.len()).map(does).collect()];
        if let Some(block) = draft.blocks.first_mut() {
            let candidate = |offer| Candidate { offer: Some(offer), set: 0 };
            block.candidates = candidates.into_iter().map(candidate).collect();
        }
        draft.weights = vec![weights];
        draft.bound = least;
        Ok(draft)
    }

    /// Several jobs of which some want one worker each: in parts first, then each where most of it was and still fits.
    fn workers_one_each(&self, blocks: &[Block], wants_one: impl Fn(&Block) -> bool) -> Result<Draft, Error> {
        let relaxed = self.parts(blocks.to_vec())?;
        let mut rooms: Vec<Resources> = self.setup.offers.iter().map(|offer| offer.capacity).collect();
        let mut limits: Vec<f64> = self.setup.offers.iter().map(|offer| offer.free_limit as f64).collect();
        let worth_of = |block: &Block, set: usize| worth(&self.setup, block, &block.sets[set]);
        let mut order: Vec<usize> = (0..blocks.len()).filter(|index| wants_one(&blocks[*index])).collect();
        let size = |index: &usize| {
            (0..blocks[*index].sets.len()).map(|set| worth_of(&blocks[*index], set)).fold(0.0, f64::max)
        };
        order.sort_by(|one, other| size(other).total_cmp(&size(one)));
        let mut placed = blocks.to_vec();
        for index in order {
            let block = &blocks[index];
            let fits = |place: &usize| {
                let candidate = &block.candidates[*place];
                candidate.offer.is_some_and(|offer| {
                    rooms[offer].checked_sub(&block.needs).is_some() && limits[offer] >= worth_of(block, candidate.set)
                })
            };
            let part = |place: &usize| block.room(&relaxed.amounts[index][*place]);
            let best = (0..block.candidates.len()).filter(fits).reduce(|best, next| match part(&next) > part(&best) {
                true => next,
                false => best,
            });
            let Some(candidate) = best.map(|place| block.candidates[place]) else {
                return Err(Error::NotPlaced { job: block.job });
            };
            if let Some(offer) = candidate.offer {
                rooms[offer] = rooms[offer].checked_sub(&block.needs).unwrap_or_default();
                limits[offer] -= worth_of(block, candidate.set);
            }
            placed[index] = narrowed(block, vec![candidate]);
        }
        let first = blocks.iter().find(|block| wants_one(block)).map_or(0, |block| block.job);
        let outcome = self.parts(placed);
        let mut draft = outcome.map_err(|error| match error {
            Error::Coupled { .. } => Error::NotPlaced { job: first },
            error => error,
        })?;
        draft.bound = relaxed.bound.min(draft.total);
        Ok(draft)
    }

    /// Blocks that may be shared among their candidates.
    fn parts(&self, blocks: Vec<Block>) -> Result<Draft, Error> {
        let weights = self.weights_of(&blocks)?;
        if separable(&blocks) {
            if let Some(parts) = spread(&self.setup, &blocks, |_, _| 1.0, &weights) {
                let amounts = amounts(&self.setup, &blocks, &parts)?;
                let mut draft = self.routed(blocks)?;
                (draft.amounts, draft.weights) = (amounts, weights);
                return Ok(draft);
            }
        }
        match self.uncoupled(&blocks, &weights) {
            Some(draft) => Ok(draft),
            None => self.coupled(blocks, weights),
        }
    }

    /// As if whoever does something could take the tokens of all: nothing costs less, so it is the answer if sets and limits
    /// leave room for it. `None` where this way finds none.
    fn uncoupled(&self, blocks: &[Block], weights: &[Vec<f64>]) -> Option<Draft> {
        let unions: Vec<Block> = blocks.iter().map(of_anybody).collect();
        if !separable(&unions) {
            return None;
        }
        let mut draft = self.routed(unions).ok()?;
        let mut holds = vec![0; self.setup.markets.len()];
        draft.purchases.iter().for_each(|bought| holds[bought.market] = bought.psi);
        // What of a class is bought where only one set may take it, that set has to do.
        let mut required = [0u128; ResourceClass::COUNT];
        let mut sets_of = vec![BTreeSet::new(); holds.len()];
        for block in blocks {
            for (class, need) in block.classes() {
                required[class.index()] = required[class.index()].saturating_add(need);
            }
            for set in &block.sets {
                for pool in set.iter().flatten() {
                    sets_of[*pool].insert(set);
                }
            }
        }
        let only = |set: &Pools| {
            let of_class = |class: ResourceClass| {
                let pools = set[class.index()].iter().filter(|pool| sets_of[**pool].len() == 1);
                let alone: u128 = pools.map(|pool| holds[*pool]).sum();
                alone as f64 / required[class.index()].max(1) as f64
            };
            ResourceClass::ALL.into_iter().map(of_class).fold(0.0, f64::max)
        };
        let parts_of = |(block, weights): (&Block, &Vec<f64>)| {
            let least: Vec<f64> = block.sets.iter().map(only).collect();
            let rest = 1.0 - least.iter().sum::<f64>();
            let weight = |set: usize| {
                let of_set = block.candidates.iter().zip(weights).filter(|(candidate, _)| candidate.set == set);
                of_set.map(|(_, weight)| weight).sum::<f64>()
            };
            (rest >= 0.0).then(|| least.iter().enumerate().map(|(set, least)| least + rest * weight(set)).collect())
        };
        let of_sets: Vec<Vec<f64>> = blocks.iter().zip(weights).map(parts_of).collect::<Option<_>>()?;
        let parts = spread(&self.setup, blocks, |block, set| of_sets[block][set], weights)?;
        let guess = |_: usize, set: usize, class: ResourceClass, place: usize| {
            let pool =
                blocks.first().and_then(|block| block.sets.get(set)).and_then(|set| set[class.index()].get(place));
            let alone = pool.filter(|pool| blocks.len() == 1 && sets_of[**pool].len() == 1);
            alone.map_or(0.0, |pool| holds[*pool] as f64 / required[class.index()].max(1) as f64)
        };
        let (amounts, tokens) = amounts_and_tokens(&self.setup, blocks, &parts, &holds, guess).ok()?;
        (draft.blocks, draft.amounts, draft.tokens) = (blocks.to_vec(), amounts, tokens);
        draft.weights = weights.to_vec();
        Some(draft)
    }

    /// Blocks that each have one set of pools, class by class: nothing couples them.
    fn routed(&self, blocks: Vec<Block>) -> Result<Draft, Error> {
        let markets = self.setup.markets;
        let mut purchases = Vec::new();
        let mut holds = vec![0; markets.len()];
        let mut prices = Vec::new();
        let mut total = 0u128;
        for class in ResourceClass::ALL {
            let needing = || blocks.iter().filter(|block| block.needs.get(class) > 0);
            let required = needing().map(|block| block.needs.get(class)).fold(0, u128::saturating_add);
            let Some(first) = needing().next().filter(|_| required > 0) else { continue };
            let pools: &[usize] = first.sets.first().map_or(&[], |set| &set[class.index()]);
            let sources: Vec<_> = pools.iter().map(|pool| markets[*pool].source).collect();
            let route: Route = find_route(&sources, required).map_err(|error| match error {
                RouteError::NotEnoughCompute { required, available } => {
                    Error::NotEnoughCompute { job: first.job, class, required, available }
                }
                RouteError::Source { index, error } => {
                    RouteError::Source { index: pools.get(index as usize).map_or(index, |pool| *pool as u32), error }
                        .into()
                }
                error => error.into(),
            })?;
            total = total.checked_add(route.total).ok_or(RouteError::Market(HmmError::Overflow))?;
            prices.push((class, route.shadow_price));
            for (pool, share) in pools.iter().zip(&route.shares) {
                holds[*pool] = share.psi;
                purchases.push(of_share(*pool, share));
            }
        }
        let amounts: Amounts = blocks.iter().map(|block| vec![block.needs]).collect();
        let one: Vec<Block> =
            blocks.iter().map(|block| narrowed(block, vec![Candidate { offer: None, set: 0 }])).collect();
        let tokens = tokens(&one, &amounts, &holds, |_, _, _, _| 0.0)?;
        let weights = blocks.iter().map(|_| vec![1.0]).collect();
        let prices = Prices::Routes(prices);
        Ok(Draft { blocks, amounts, tokens, purchases, total, bound: total, prices, weights })
    }

    /// Blocks that something couples: the program, and its answer made whole.
    fn coupled(&self, blocks: Vec<Block>, weights: Vec<Vec<f64>>) -> Result<Draft, Error> {
        let solution = Program::new(&self.setup, &blocks, Goal::Cost).solve()?;
        let of_set = |block: usize, set: usize| {
            let candidates = blocks[block].candidates.iter().zip(&solution.parts[block]);
            candidates.filter(|(candidate, _)| candidate.set == set).map(|(_, part)| part.max(0.0)).sum()
        };
        // Workers of one set are alike to the program, which knows no weights.
        let parts = spread(&self.setup, &blocks, of_set, &weights).unwrap_or_else(|| solution.parts.clone());
        let holds: Vec<u128> = self.setup.costs.iter().map(|cost| cost.most).collect();
        let guess = |block: usize, set: usize, class: ResourceClass, place: usize| {
            solution.tokens[block][set][class.index()].get(place).copied().unwrap_or(0.0)
        };
        let (amounts, tokens) = amounts_and_tokens(&self.setup, &blocks, &parts, &holds, guess)?;
        let mut purchases = Vec::new();
        let mut total = 0u128;
        for (position, market) in self.setup.markets.iter().enumerate() {
            let class = market.class.index();
            if !blocks.iter().any(|block| block.sets.iter().any(|set| set[class].contains(&position))) {
                continue;
            }
            let psi = tokens.iter().map(|of_block| of_block[position]).fold(0, u128::saturating_add);
            let mut bought = purchase(position, &market.source, psi)?;
            if psi > 0 && psi as f64 >= self.setup.costs[position].most as f64 * (1.0 - BINDS) {
                bought.cap_price = fixed(solution.cap_prices[position]);
            }
            total = total.checked_add(bought.theta).ok_or(RouteError::Market(HmmError::Overflow))?;
            purchases.push(bought);
        }
        let bound = (solution.cost.max(0.0) as u128).min(total);
        Ok(Draft {
            blocks,
            amounts,
            tokens,
            purchases,
            total,
            bound,
            prices: Prices::Program(Box::new(solution)),
            weights,
        })
    }

    /// Weights of all candidates, which cost the same within a set.
    fn weights_of(&self, blocks: &[Block]) -> Result<Vec<Vec<f64>>, Error> {
        let of_block = |block: &Block| {
            let expected = |candidate: &Candidate| {
                candidate.offer.map_or(Expectation::default(), |offer| self.expected(offer, 1.0))
            };
            weights(&block.candidates.iter().map(expected).collect::<Vec<_>>(), self.beta)
        };
        blocks.iter().map(of_block).collect()
    }

    fn expected(&self, offer: usize, cost: f64) -> Expectation {
        let Offer { information, utility, .. } = self.setup.offers[offer];
        Expectation { information, utility, cost }
    }

    /// Tells a draft, with the prices of filters.
    fn plan(&self, request: &Request, found: Found) -> Result<Plan, Error> {
        let Found { draft, served, budget_price } = found;
        let mut jobs = Vec::new();
        for index in 0..request.jobs.len() {
            jobs.push(self.job_plan(index, &draft)?);
        }
        let whole: Vec<Job> =
            request.jobs.iter().zip(&jobs).map(|(job, plan)| Job { needs: plan.amounts, ..job.clone() }).collect();
        for (index, plan) in jobs.iter_mut().enumerate() {
            for filter in Filter::ALL.into_iter().filter(|filter| filter.is_set(&whole[index])) {
                let mut lifted = whole.clone();
                lifted[index] = filter.lifted(&whole[index]);
                let price = match self.whole(&lifted) {
                    Ok(without) => draft.total.saturating_sub(without.total),
                    // Placing whole jobs is not sure to succeed, and no cheaper plan is known then.
                    Err(Error::NotPlaced { .. }) => 0,
                    Err(error) => return Err(error),
                };
                plan.filters.push(FilterPrice { filter, price });
            }
        }
        let workers = self.worker_prices(&draft);
        // A part is always the program's to find, however it is bought then.
        let method = match draft.prices {
            Prices::Routes(_) if served == 1.0 => Method::WaterFilling,
            Prices::Routes(_) | Prices::Program(_) => Method::Conic,
        };
        let Draft { purchases, total, bound, .. } = draft;
        Ok(Plan { method, jobs, purchases, total, bound, served, budget_price, workers })
    }

    /// What the plan says of one job.
    fn job_plan(&self, index: usize, draft: &Draft) -> Result<JobPlan, Error> {
        let mut plan = JobPlan {
            amounts: Resources::default(),
            cost: 0,
            shadow_prices: [0; ResourceClass::COUNT],
            served: Vec::new(),
            places: Vec::new(),
            filters: Vec::new(),
        };
        let mut bought = vec![0u128; self.setup.markets.len()];
        let own = draft.blocks.iter().enumerate().filter(|(_, block)| block.job == index);
        let count = own.clone().count();
        for (position, block) in own {
            plan.amounts = plan.amounts.checked_add(&block.needs).ok_or(RouteError::Market(HmmError::Overflow))?;
            for (sum, amount) in bought.iter_mut().zip(&draft.tokens[position]) {
                *sum = sum.saturating_add(*amount);
            }
            for (class, _) in block.classes() {
                plan.shadow_prices[class.index()] = self.shadow_price(draft, position, class);
            }
            let candidates = block.candidates.iter().zip(&draft.amounts[position]).zip(&draft.weights[position]);
            for ((candidate, amounts), weight) in candidates {
                if let Some(offer) = candidate.offer {
                    // Classes placed by themselves share the weight of their job.
                    plan.places.push(Place { offer, amounts: *amounts, weight: weight / count as f64 });
                }
            }
        }
        plan.places = merged(plan.places);
        for purchase in &draft.purchases {
            let amount = bought[purchase.market];
            if amount > 0 {
                let Market { class, tier, .. } = self.setup.markets[purchase.market];
                plan.served.push((class, tier, amount));
                plan.cost = plan.cost.saturating_add(part_of(purchase, amount));
            }
        }
        Ok(plan)
    }

    /// μ of a block's class, 10²⁴ fixed point.
    fn shadow_price(&self, draft: &Draft, position: usize, class: ResourceClass) -> u128 {
        let solution = match &draft.prices {
            Prices::Routes(prices) => {
                return prices.iter().find(|(of, _)| *of == class).map_or(0, |(_, price)| *price);
            }
            Prices::Program(solution) => solution,
        };
        let block = &draft.blocks[position];
        let mut price = 0.0;
        for (set, pools) in block.sets.iter().enumerate() {
            for (pool, part) in pools[class.index()].iter().zip(&solution.tokens[position][set][class.index()]) {
                price += part.max(0.0) * solution.prices[*pool];
            }
        }
        for (candidate, part) in block.candidates.iter().zip(&solution.parts[position]) {
            if let Some(offer) = candidate.offer {
                let dearest = self.setup.dearest(&block.sets[candidate.set], class, block.needs.get(class));
                let room = solution.capacity_prices[offer][class.index()];
                price += part.max(0.0) * (room + solution.bond_prices[offer] * dearest);
            }
        }
        fixed(price)
    }

    /// Rents of workers' limits that bind.
    fn worker_prices(&self, draft: &Draft) -> Vec<WorkerPrice> {
        let Prices::Program(solution) = &draft.prices else { return Vec::new() };
        let least = draft.total as f64 * BINDS;
        let mut found = Vec::new();
        for (offer, worker) in self.setup.offers.iter().enumerate() {
            let mut capacity = [0; ResourceClass::COUNT];
            for class in ResourceClass::ALL {
                let price = solution.capacity_prices[offer][class.index()];
                if price * worker.capacity.get(class) as f64 > least {
                    capacity[class.index()] = fixed(price);
                }
            }
            let bond = solution.bond_prices[offer];
            let bond = if bond * worker.free_limit as f64 > least { bond } else { 0.0 };
            if bond > 0.0 || capacity.iter().any(|price| *price > 0) {
                found.push(WorkerPrice { offer, capacity, bond });
            }
        }
        found
    }
}

/// Whether every block has one set of pools, and all blocks the same pools of each class.
fn separable(blocks: &[Block]) -> bool {
    let alike = |class: ResourceClass| {
        let needing = || blocks.iter().filter(|block| block.needs.get(class) > 0);
        let mut pools = needing().map(|block| block.sets.first().map(|set| &set[class.index()]));
        let first = pools.next();
        pools.all(|other| Some(other) == first)
    };
    blocks.iter().all(|block| block.sets.len() == 1) && ResourceClass::ALL.into_iter().all(alike)
}

/// A block that anybody may do, with the tokens of all of its sets.
fn of_anybody(block: &Block) -> Block {
    let union = ResourceClass::ALL.map(|class| block.pools(class));
    let candidates = vec![Candidate { offer: None, set: 0 }];
    Block { job: block.job, needs: block.needs, candidates, sets: vec![union] }
}

/// A block left to these candidates, which are all of one set.
fn narrowed(block: &Block, candidates: Vec<Candidate>) -> Block {
    let sets = candidates.first().map(|candidate| block.sets[candidate.set].clone()).into_iter().collect();
    let candidates = candidates.into_iter().map(|candidate| Candidate { set: 0, ..candidate }).collect();
    Block { job: block.job, needs: block.needs, candidates, sets }
}

/// A part of a job, floored.
fn scaled(job: &Job, part: f64) -> Job {
    let mut needs = Resources::default();
    for (class, amount) in job.needs.iter() {
        needs.set(class, ((amount as f64 * part) as u128).min(amount));
    }
    Job { needs, ..job.clone() }
}

/// Places of one worker in several blocks of a job as one.
fn merged(places: Vec<Place>) -> Vec<Place> {
    let mut by_offer = std::collections::BTreeMap::<usize, Place>::new();
    for place in places {
        by_offer
            .entry(place.offer)
            .and_modify(|known| {
                known.weight += place.weight;
                known.amounts = known.amounts.checked_add(&place.amounts).unwrap_or(known.amounts);
            })
            .or_insert(place);
    }
    by_offer.into_values().collect()
}

/// What an amount of a purchase costs in proportion, ceiled, wei.
fn part_of(purchase: &Purchase, amount: u128) -> u128 {
    let product = U256::from(purchase.theta).saturating_mul(amount.into());
    let (whole, rest) = product.div_mod(U256::from(purchase.psi.max(1)));
    let ceiled = whole.saturating_add(U256::from(u8::from(!rest.is_zero())));
    u128::try_from(ceiled).unwrap_or(u128::MAX)
}

/// A price as 10²⁴ fixed point; what does not fit is the largest there is.
fn fixed(price: f64) -> u128 {
    (price * SHADOW_ONE as f64) as u128
}
